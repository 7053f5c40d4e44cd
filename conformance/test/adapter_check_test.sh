# adapter_check_test.sh -- adapter check finds what is wrong with each bad adapter, and says it in words of its own.
. conformance/test/tap.sh

bad=conformance/test/bad
export PYTHON=${PYTHON:-/usr/bin/python3}
python="$PYTHON -BS"   # no cache of bytecode in the source tree; starts faster
export TMPDIR=$scratch

# adapter [word] | the line that diagnoses it
cat >"$scratch/table" <<'T'
stray_text|^not ok 2 - hello: .* expected a JSON object on one line, found "Toy BITS 1.0 starting up
hang_start|^not ok 2 - hello: .* expected a reply to hello \(id 1\) within .* found none; the adapter still runs
wrong_version|^not ok 2 - hello: .* came version 2$
exit_in_the_middle|^not ok [0-9]+ - id-echo: .* found the end of the adapter.*; the adapter exited with status 3
garbage|^not ok [0-9]+ - id-echo: .* found "this is \\x1b\[31mnot\\x00 JSON"
bad_utf8|^not ok [0-9]+ - id-echo: .* expected a JSON object on one line, found .*\\xff\\xfe
long_line|^not ok [0-9]+ - id-echo: .* expected a line of at most 1048576 bytes
unknown_id|^not ok [0-9]+ - id-echo: .* found one to the unknown id 4711
reply_twice|^not ok [0-9]+ - .*: .* expected one reply to each command, found a second one
flood|^not ok [0-9]+ - id-echo: .* found (more|none)
close_stdout|^not ok [0-9]+ - id-echo: .* found the end of the adapter's stdout; the adapter still runs
never_reads|^not ok 3 - describe: .* found one to the unknown id 2
grandchild|^not ok [0-9]+ - children: .* 1 more processes were there
good cooperative|^not ok [0-9]+ - describe: .* expected the clock tier real.* cooperative
good crlf|^not ok [0-9]+ - framing: .* lines came with CR before LF
good status|^not ok [0-9]+ - bye: .* the adapter exited with status 9
good broken|^not ok [0-9]+ - id-echo: .* came .*"broken":\{"why":"COM is gone"
good no-hr|^not ok [0-9]+ - id-echo: .* expected the field hr in the reply to job.state
success_for_unknown|^not ok [0-9]+ - unknown-command: sent .*job.frobnicate.* allowed is unsupported .* came .*"hr":0
success_for_advance|^not ok [0-9]+ - clock-advance: sent .*clock.advance.* came .*"hr":0
unknown_property|^not ok [0-9]+ - unknown-property: sent .*frobnication.* came .*"value":0
feature_that_is_not_there|^not ok [0-9]+ - features: sent .*job.times.* came .*unsupported
feature_without_field|^not ok [0-9]+ - features: sent .*job.progress.* expected the field bytes_transferred
lack_that_is_there|^not ok [0-9]+ - lacks: sent .*job.type.* came .*"type":0
lack_misspelt|^not ok [0-9]+ - describe-words: .* came job.owmer in lacks, which is no command
describe_changes|^not ok [0-9]+ - describe-again: .* another answer came than before
describe_without_dialects|^not ok 3 - describe: .* expected a list of do, bits for dialects
reset_fails|^not ok [0-9]+ - reset: sent .*reset.* came .*"hr":2147500037
create_without_id|^not ok [0-9]+ - create: .* came no text for id
id_as_text|^not ok [0-9]+ - id-echo: .* expected a reply with an integer id
id_of_32_bits|^not ok [0-9]+ - id-echo: .* expected a reply to id 9007199254740881, found .* id 4294967185
ascii_only|^not ok [0-9]+ - text-echo: .* came another text for value: na\?ve
dies_of_a_missing_argument|^not ok [0-9]+ - malformed: sent .*"a":\{\}.* exited with status 1
clock_runs_back|^not ok [0-9]+ - clock: .* came ns 999999999 after 1000000000
probe_everything_lives|^not ok [0-9]+ - probe: .* came alive 1 for a handle that was never made
handle_after_failure|^not ok [0-9]+ - no-handle: sent .*"error":"e0".* came .*"context"
out_is_never_null|^not ok [0-9]+ - out-null: sent .*"out":null.* came .*"hr":0
count_is_wrong|^not ok [0-9]+ - release: .* came count 0 although one of two references was left
release_twice|^not ok [0-9]+ - release-twice: sent .*handle.release.*j9.* came .*"count":0
use_after_release|^not ok [0-9]+ - released-use: sent .*job.state.*j9.* came .*"state":3
other_kind|^not ok [0-9]+ - other-kind: sent .*"error":"j1".* came .*"context":5
callback_unasked|^not ok [0-9]+ - unasked: .* came .*job_error
callback_never|^not ok [0-9]+ - callback: .* no callback came within
callback_lends_nothing|^not ok [0-9]+ - callback: .* its error is not in borrowed
callback_of_another_job|^not ok [0-9]+ - callback: .* its job is not j1
callback_deaf|^not ok [0-9]+ - callback-inside: sent .*job.state.* found none; the adapter still runs
callback_again|^not ok [0-9]+ - callback-once: .* came .*"cb":2
callback_same_number|^not ok [0-9]+ - callback-once: .* whose number was used before
borrowed_lives|^not ok [0-9]+ - borrowed: sent .*error.get_error.*e1.* came .*"code"
leaks_nothing|^not ok [0-9]+ - leaks: .* came leaks 0 although the client holds j1
late_callback|^not ok [0-9]+ - late: .* came .*job_error
no_exit|^not ok [0-9]+ - bye: .* the adapter still runs
stray_goodbye|^not ok [0-9]+ - bye: .* found "Toy BITS 1.0 shut down
remembers_jobs|^not ok [0-9]+ - reset-forgets: sent .*job.open.* came .*"hr":0
works_once|^not ok [0-9]+ - hello: .* found the end of the adapter.* exited with status 1
T

# check NAME COMMAND... -- what adapter check says of it, and its exit code in the last line.
check() {
	local name=$1 limits=
	shift
	case $name in   # who is late by fault is not waited for long; others may be slow on a busy machine
	hang_start) limits='--start-timeout 2' ;;
	callback_deaf) limits='--step-timeout 8' ;;
	esac
	"$bgcheck" adapter check $limits -- "$@" >"$scratch/said.$name" 2>&1
	echo "exit $?" >>"$scratch/said.$name"
}

# Mostly waiting: a few at once.
n=0
while IFS='|' read -r adapter pattern; do
	set -- $adapter
	check "$1${2:+.$2}" $python "$bad/$1.py" ${2:-} &
	n=$((n + 1)) && [ $((n % 8)) = 0 ] && wait
done <"$scratch/table"
check kit $python conformance/kit/adapter.py &
check good $python "$bad/good.py" &
check reference.do "$bgcheck" serve-reference &
wait

# diagnosed NAME PATTERN -- exit 6, and a line that says it.
diagnosed() {
	tail -n 1 "$scratch/said.$1" | grep -qx 'exit 6' && grep -Eq -- "$2" "$scratch/said.$1" || { echo "expected exit 6 and /$2/, found:"; grep -v '^ok' "$scratch/said.$1"; return 1; }
}

# faultless NAME -- exit 0, and no step not ok.
faultless() {
	tail -n 1 "$scratch/said.$1" | grep -qx 'exit 0' && grep -Eqx '[0-9]+ steps, 0 not ok' "$scratch/said.$1" || { grep -v '^ok' "$scratch/said.$1"; return 1; }
}

while IFS='|' read -r adapter pattern; do
	set -- $adapter
	tap "$adapter is diagnosed" diagnosed "$1${2:+.$2}" "$pattern"
done <"$scratch/table"
# Two adapters with the same first complaint would be one diagnosis for two faults.
first_complaints() {
	for file in "$scratch"/said.*; do grep -m 1 '^not ok' "$file" | sed 's/^not ok [0-9]* //; s/bgcheck-check-[A-Za-z0-9]*//g'; done | sort | uniq -d
}
no_twins() { first_complaints; [ -z "$(first_complaints)" ]; }
tap "each of them in words of its own" no_twins
tap "the example adapter of the kit is faultless" faultless kit
tap "the good adapter is faultless" faultless good
tap "the reference as an adapter is faultless" faultless reference.do
tap "in the dialect do, too" says ' 0 not ok$' "$bgcheck" adapter check --dialect do -- "$bgcheck" serve-reference
tap "--json tells the same" bash -c "$bgcheck adapter check --json -- $python $bad/release_twice.py | $PYTHON -c '
import json, sys
told = json.load(sys.stdin)
bad = [step for step in told[\"steps\"] if not step[\"ok\"]]
assert told[\"count\"] == len(told[\"steps\"]) and told[\"not_ok\"] == len(bad) == 1, told
assert bad[0][\"step\"] == \"release-twice\" and \"handle.release\" in bad[0][\"sent\"] and bad[0][\"place\"], bad'"
tap "no adapter is exit 2" exits 2 "$bgcheck" adapter check
tap "another word is exit 2" exits 2 "$bgcheck" adapter frob -- true
tap "an adapter that is not there is exit 6" exits 6 "$bgcheck" adapter check -- /nonexistent/adapter
tap "no place to work in is exit 7" exits 7 env TMPDIR=/nonexistent "$bgcheck" adapter check -- true
tap "nothing is left in the folder for temporary files" bash -c "! ls -d $scratch/bgcheck-*"
tap "--help tells of it" says 'adapter check' "$bgcheck" --help
tap_end
