#!/bin/bash
# figures.sh -- the figures of campaigns and of shrink: SEEDS seeds find nothing on the reference; each of 20 known-bad mutants is found,
# and what was found first is shrunk to at most 12 steps in under 2 s of CPU; faults that are needed together among 200 stay alone.
# A line for each figure; exit 1 when one is missed.
set -uo pipefail
BUILD=${BUILD:-build}
SEEDS=${SEEDS:-10000}
STEPS_MAX=12
MUTANTS="error_missing_in_error error_missing_in_transient error_kept_after_cancel error_gone_at_suspend error_gone_at_resume
error_gone_at_restart error_kept_while_data_flows context_none code_success file_missing fatal_is_transient reset_is_fatal
status_body_is_file resume_revives cancel_in_final network_back_is_ignored callback_error_once retry_early error_count_stays policy_ignored"
bgcheck=$BUILD/bgcheck
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missed=0

# figure NAME FOUND WANTED-TEXT HOLDS(0 or 1)
figure() {
	printf '%-34s %-34s %s\n' "$1" "$2" "$([ "$4" = 1 ] && echo "as wanted: $3" || echo "MISSED: $3")"
	[ "$4" = 1 ] || missed=1
}

# seconds COMMAND... -- its CPU time, in hundredths of a second, in $cpu.
seconds() {
	local before after
	before=$(awk '{ print $16 + $17 }' /proc/$$/stat)
	"$@"
	after=$(awk '{ print $16 + $17 }' /proc/$$/stat)
	cpu=$(((after - before) * 100 / $(getconf CLK_TCK)))
}

for how in "" --swarm; do
	code=0
	"$bgcheck" campaign $how --seeds "1..$SEEDS" --jobs "$(nproc)" --quiet --out "$work/reference.tsv" || code=$?
	figure "reference $how" "$(grep -vc '^#' "$work/reference.tsv") classes in $SEEDS seeds" "none" "$((code == 0))"
done

for mutant in $MUTANTS; do
	code=0
	"$bgcheck" campaign --impl "mutant:$mutant" --seeds "1..$SEEDS" --jobs "$(nproc)" --quiet --out "$work/all.tsv" || code=$?
	# The class that most seeds show.
	{ head -3 "$work/all.tsv"; grep -v '^#' "$work/all.tsv" | sort -t"$(printf '\t')" -k4,4nr -s | head -1; } >"$work/one.tsv"
	rm -rf "$work/shrunk"
	seconds "$bgcheck" shrink --impl "mutant:$mutant" --out "$work/shrunk" "$work/one.tsv" >"$work/said" 2>&1
	steps=$(sed -n 's/^\([0-9]*\) of .*/\1/p' "$work/said")
	figure "$mutant" "${steps:-no} steps, $((cpu / 100)).$(printf %02d $((cpu % 100))) s" "found, at most $STEPS_MAX steps, under 2 s of CPU" \
		"$((code == 1 && ${steps:-99} <= STEPS_MAX && cpu < 200))"
done

for count in 1 2 3 5; do
	"${PYTHON:-/usr/bin/python3}" conformance/test/planted.py $count "$count" >"$work/planted-$count.scn"
	"$bgcheck" shrink --quiet --out "$work/left-$count.scn" "$work/planted-$count.scn"
	left=$(grep -c '^serve' "$work/left-$count.scn")
	planted=$(grep -c '^serve  /q[0-9]* redirect' "$work/left-$count.scn")
	figure "$count of 200 faults needed" "$left left, $planted of them needed" "exactly these" "$((left == count && planted == count))"
done
exit $missed
