# witness_test.sh -- a scenario for every row and every pair of rows that the reference can come to, and one for a broken invariant.
. conformance/test/tap.sh

# writes DIALECT -- everything found or excused, every file shows what it should; then `run` plays a sample of the files.
writes() {
	local said
	said=$($bgcheck explore --dialect "$1" --files 2 --witness "$work/$1") || { echo "$said"; return 1; }
	echo "$said" | grep -q '^0 not found and not excused, or found and excused; 0 that do not show what they should$' || { echo "$said"; return 1; }
}

# covers DIALECT ROWS PAIRS -- by the traces alone: rows, and rows that follow each other but for those that only answer.
covers() {
	$bgcheck trace --dialect "$1" "$work/$1" > "$work/$1.trace" || return 1
	$PYTHON - "$work/$1.trace" "$2" "$3" <<'PY'
import re, sys
rows, pairs, solid, looks = set(), set(), None, []
for line in open(sys.argv[1]):
    if " player   -        begin " in line:
        solid, looks = None, []
    found = re.match(r"\S+ impl   j1 +(\S+) .*\[(\w+)\]", line)
    if not found:
        continue
    event, row = found.groups()
    rows.add(row)
    pairs.update((before, row) for before in looks + [solid] if before)
    if event in ("GET", "GET_ERROR"):
        looks.append(row)
    else:
        solid, looks = row, []
least = int(sys.argv[2]), int(sys.argv[3])
if (len(rows), len(pairs)) < least or len(pairs) < least[1]:
    sys.exit(f"expected at least {least} rows and pairs, found {len(rows)}, {len(pairs)}")
PY
}

# conforms DIALECT -- the judge has nothing to say against the reference on every file.
conforms() {
	$bgcheck run --quiet --dialect "$1" "$work/$1" > "$work/said" || { tail -20 "$work/said"; return 1; }
}

# breaks MUTANT DIALECT -- explore writes the counterexample, and run fails on it, but not on the reference.
breaks() {
	local scenario="$work/$1.$2/$2-broken.scn"
	$bgcheck explore --dialect "$2" --core --impl "mutant:$1" --witness "$work/$1.$2" > "$work/said"
	[ $? = 1 ] && [ -s "$scenario" ] || { cat "$work/said"; return 1; }
	$bgcheck run --quiet --dialect "$2" --impl "mutant:$1" "$scenario" > "$work/said"
	[ $? = 1 ] || { echo "run does not fail on $scenario"; cat "$scenario" "$work/said"; return 1; }
	$bgcheck run --quiet --dialect "$2" "$scenario" > "$work/said" || { cat "$work/said"; return 1; }
}

cannot_write() {
	$bgcheck explore --dialect do --core --witness /proc/none/there > /dev/null 2>&1
	[ $? = 7 ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for dialect in do bits; do tap "$dialect: a witness of each row and pair, or the reason why there is none" writes $dialect; done
tap "do: the files' traces cover them" covers do 147 2278
tap "bits: the files' traces cover them" covers bits 188 3107
for dialect in do bits; do tap "$dialect: the reference conforms on every witness" conforms $dialect; done
for mutant in error_kept_after_cancel error_kept_while_data_flows error_missing_in_error; do tap "bits: $mutant: the counterexample fails" breaks $mutant bits; done
tap "a folder that cannot be made is an error" cannot_write
tap_end
