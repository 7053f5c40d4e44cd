#!/bin/bash
# explore.sh -- races `bgcheck explore` against SPIN's verifier on the model that bgcheck exports, at three sizes, on one core.
#
# SPIN is given its fastest exact configuration: depth first, breadth first, and breadth first on all cores; the best counts.
# Prints `ratio NAME VALUE target T`; exit 1 when a target is missed or the two count differently.
set -u
BUILD=${BUILD:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
bgcheck=$PWD/$BUILD/bgcheck
dir=$BUILD/bench-explore
mkdir -p "$dir" && cd "$dir" || exit 1
missed=0

# spin_rate FLAGS... -- states, transitions and states a second of one configuration; nothing when it does not end in 300 s.
spin_rate() {
	gcc -O3 -w -DSAFETY -DNOREDUCE -DMEMLIM=14000 "$@" -o pan pan.c || return
	timeout 300 ./pan -m20000000 -w26 >pan.out 2>&1 || return
	awk '/states, stored/ { s = $1 } /transitions \(/ { t = $1 } /elapsed time/ { e = $4 }
		END { printf "%d %d %d\n", s, t, s / (e > 0 ? e : 0.01) }' pan.out
}

# race NAME DIALECT JOBS FILES RETRIES
race() {
	local name=$1 bounds="--dialect $2 --jobs $3 --files $4 --retries $5 --core" best=0 states=0 transitions=0 s t r
	"$bgcheck" export promela $bounds >model.pml && spin -a model.pml >/dev/null || exit 1
	for flags in "" "-DBFS" "-DBFS_PAR"; do
		read -r s t r < <(spin_rate $flags) || continue
		echo "  $name: spin ${flags:-depth first}: $s states, $t transitions, $r states/s"
		[ "$flags" = -DBFS_PAR ] || { states=$s transitions=$t; }
		[ "$r" -gt "$best" ] && best=$r
		s= t= r=
	done
	[ "$best" -gt 0 ] || { echo "$name: SPIN did not end"; missed=1; return; }
	for _ in 1 2 3 4 5; do taskset -c 0 "$bgcheck" explore $bounds --json; done >runs.json
	"$PYTHON" - "$name" "$best" "$states" "$transitions" <<-'P' || missed=1
	import json, statistics, sys
	name, spin, states, transitions = sys.argv[1], *map(int, sys.argv[2:])
	runs = [json.loads(line) for line in open("runs.json")]
	rate = statistics.median(r["states"] / r["seconds"] for r in runs)
	size = max(r["bytes_a_state"] for r in runs)
	print(f"  {name}: bgcheck: {runs[0]['states']} states, {runs[0]['transitions']} transitions, {rate:.0f} states/s")
	same = states == runs[0]["states"] + 1 and transitions == runs[0]["transitions"] + 2   # the state before the first, and the ways out of it
	print(f"ratio explore-{name} {rate / spin:.1f} target 30")
	print(f"ratio explore-{name}-bytes-a-state {size:.2f} target 8 (at most)")
	if not same: print(f"  {name}: the counts differ")
	sys.exit(not (same and rate >= 30 * spin and size <= 8))
	P
}

race 1e5 bits 2 1 4
race 1e6 do 2 3 1
race 5e6 do 3 1 1
exit $missed
