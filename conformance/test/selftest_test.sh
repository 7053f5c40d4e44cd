# selftest_test.sh -- the attacks on bgcheck find nothing silent, and do find a harness that is.
. conformance/test/tap.sh

export TMPDIR=$scratch
real=$PWD/$bgcheck
# The words of a program under attack: $out is what it was told with --out.
head='#!/bin/bash
out=; args=("$@"); for ((i = 0; i < $#; i++)); do [ "${args[i]}" = --out ] && out=${args[i + 1]}; done'
program() {
	printf '%s\n%s\n' "$head" "$2" >"$scratch/$1"
	chmod +x "$scratch/$1"
}
program always_0 'exit 0'
half="[ \"\$out\" ] && mkdir -p \"\$out\" && echo '{ \"exit\": 6' >\"\$out/results.json\"; echo cannot write, found more, expected signal 9, exited with status 3"
program half_6 "$half; exit 6"
program half_7 "$half; exit 7"
program orphan "$real \"\$@\"; code=\$?; sleep 600 </dev/null >/dev/null 2>&1 & exit \$code"
program draft "$real \"\$@\"; code=\$?; mkdir -p \"\$out.draft-1\"; exit \$code"
program temporary "$real \"\$@\"; code=\$?; touch \"\$TMPDIR/bgcheck-run-1\"; exit \$code"
program stuck "sleep 600"
program mute "$real \"\$@\" >/dev/null 2>&1"
program lying "$real \"\$@\"; sed -i 's/\"exit\": 0/\"exit\": 1/' \"\$out/results.json\""
program eraser "$real \"\$@\"; code=\$?; : >\"\${out%/out}/library/0001-selftest.scn\"; exit \$code"

# silent PATTERN PROGRAM WORD... -- selftest of that program exits 1, names the attack with a command to see it again, and counts it.
silent() {
	local pattern=$1 code=0 name=$2 limits=
	shift 2
	[ "$name" = stuck ] && limits='--scenario-timeout 4'
	"$bgcheck" selftest $limits --program "$scratch/$name" "$@" >"$scratch/silent" 2>&1 || code=$?
	[ $code = 1 ] && grep -Eq "^not ok .*$pattern.*; again.*$scratch/$name" "$scratch/silent" && tail -n 1 "$scratch/silent" | grep -Eq '^[0-9]+ attacks, [1-9][0-9]* silent$' ||
		{ echo "expected exit 1 and /$pattern/, found exit $code"; cat "$scratch/silent"; return 1; }
}

"$bgcheck" selftest >"$scratch/all" 2>"$scratch/all.err"
code=$?
whole() { [ $code = 0 ] && tail -n 1 "$scratch/all" | grep -Eq '^[0-9]+ attacks, 0 silent$' || { echo "exit $code"; grep -v '^ok' "$scratch/all"; cat "$scratch/all.err"; return 1; }; }
tap "bgcheck is not silent under any attack" whole
tap "there are more than a hundred" bash -c "[ \$(tail -n 1 '$scratch/all' | cut -d ' ' -f 1) -gt 100 ]"
tap "an adapter is killed at every line of a conversation" bash -c "
	[ \$(grep -c 'it is killed at' '$scratch/all') -gt 30 ]"
for word in stdout stderr disk-full read-only limits selection unreadable vanish adapter check signal report clock; do
	tap "$word is attacked" grep -q "^ok [0-9]* - $word: " "$scratch/all"
done
tap "a program that always exits 0 is found" silent 'exit 0, expected 8' always_0 selection
tap "by every attack that expects something else" bash -c "! grep '^ok' '$scratch/silent'"
tap "half a report is found" silent 'a report was left, expected none' half_7 disk-full
tap "and where one is expected, that it is half" silent 'a report was left without junit.xml' half_6 adapter
tap "a process that is left is found" silent '1 processes were left running' orphan good
tap "and was ended" bash -c "! pgrep -f '^sleep 600$' -s 0 >/dev/null"
tap "a draft that is left is found" silent './out.draft-1 was left' draft good
tap "a temporary file that is left is found" silent 'tmp/bgcheck-run-1 was left' temporary good
tap "a program that does not end is found" silent 'it did not end within 4 s' stuck vanish
tap "a program that says nothing is found" silent 'nothing was said of' mute selection
tap "results that say something else than the exit code are found" silent 'exit 0, but results.json says 1' lying good
tap "a scenario that was changed is found" silent 'the scenario was changed' eraser good
tap "--json tells the same" bash -c "$bgcheck selftest --json usage | ${PYTHON:-/usr/bin/python3} -c '
import json, sys
told = json.load(sys.stdin)
assert told[\"count\"] == len(told[\"attacks\"]) == 5 and told[\"silent\"] == 0 and all(a[\"ok\"] and a[\"command\"] for a in told[\"attacks\"]), told'"
tap "a word that is no attack is exit 8" exits 8 "$bgcheck" selftest nosuch
tap "a program that is not there is exit 7" exits 7 "$bgcheck" selftest --program "$scratch/nosuch" usage
tap "an attack that could not be reported is exit 7" bash -c "$bgcheck selftest usage >/dev/full 2>/dev/null; [ \$? = 7 ]"
interrupted() {
	"$bgcheck" selftest stdout >"$scratch/interrupted" 2>&1 &
	while ! grep -q '^ok' "$scratch/interrupted"; do sleep 0.01; done
	kill -TERM $!
	wait $!
}
tap "SIGTERM ends it with 143" exits 143 interrupted
tap "and nothing is left" bash -c "! ls -d $scratch/bgcheck-*"
tap_end
