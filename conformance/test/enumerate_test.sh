# enumerate_test.sh -- an enumerator written from the documents, not from the table, finds what the explorer finds.
. conformance/test/tap.sh

# counted BOUNDS... -- states, transitions and depth by the documents; the same and the broken invariant by the rows.
counted() {
	$PYTHON sim/test/enumerate.py "$@"
}
explored() {
	$bgcheck explore "$@" --json | $PYTHON -c '
import json, sys
told = json.load(sys.stdin)
assert told["complete"]
print(told["states"], told["transitions"], told["depth"], told["broken"])'
}

agrees() {
	local documents rows
	documents=$(counted "$@") && rows=$(explored "$@") || return 1
	[ "$documents " = "$rows" ] || { echo "expected (documents) $documents, found (rows) $rows"; return 1; }
}

# is_noticed MUTANT DIALECT -- rows that differ from the documents give other counts, or break an invariant.
is_noticed() {
	local documents rows
	documents=$(counted --dialect "$2" --core --files 2) || return 1
	rows=$(explored --dialect "$2" --core --files 2 --impl "mutant:$1")
	[ -n "$rows" ] && [ "$documents " != "$rows" ] || { echo "both find $documents"; return 1; }
}

for dialect in bits do; do
	tap "$dialect: one file, everything that may happen" agrees --dialect $dialect --files 1
	tap "$dialect: core, one file, no retry" agrees --dialect $dialect --files 1 --core --retries 0
	tap "$dialect: core, two files" agrees --dialect $dialect --core --files 2
	tap "$dialect: core, three files, three retries" agrees --dialect $dialect --core --files 3 --retries 3
done
tap "do: two files, two retries, everything that may happen" agrees --dialect do --files 2 --retries 2
for mutant in error_kept_after_cancel error_gone_at_suspend resume_revives network_back_is_ignored; do
	tap "bits: $mutant is noticed" is_noticed $mutant bits
	tap "do: $mutant is noticed" is_noticed $mutant do
done
tap_end
