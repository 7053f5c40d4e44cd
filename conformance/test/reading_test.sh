# reading_test.sh -- the reference takes every documented reading: no MUST is broken by one, and a scenario shows which it was.
. conformance/test/tap.sh

# taken DIALECT ID=CHOICE SCENARIO... -- the scenarios show the choice; the whole library breaks no MUST but checks of its own.
taken() {
	local dialect=$1 reading=$2 code=0
	shift 2
	$bgcheck run --quiet --dialect "$dialect" --reading "$reading" --out "$scratch/shown" "$@" || code=$?
	[ $code -le 1 ] || { echo "exit $code"; return 1; }
	$bgcheck run --quiet --dialect "$dialect" --reading "$reading" --out "$scratch/all" || code=$?
	[ $code -le 1 ] || { echo "exit $code"; return 1; }
	$PYTHON - "$scratch" "$dialect" "$reading" <<'P'
import json, sys
scratch, dialect, reading = sys.argv[1:]
id, choice = reading.split("=", 1)
shown, all = (json.load(open(f"{scratch}/{name}/results.json")) for name in ("shown", "all"))
seen = next(r["seen"] for r in shown["coverage"]["readings"] if r["id"] == id and r["dialect"] == dialect)
broken = sorted({(f["rule"], s["id"]) for s in all["scenarios"] for f in s["findings"] if f["level"] == "MUST" and f["rule"] != "CHECK"})
ended = sorted((s["id"], s["verdict"]) for s in all["scenarios"] if s["verdict"] not in ("pass", "fail", "non-strict", "info"))
print("seen:", seen, "broken:", broken, "ended:", ended)
# `either` is a licence: what is seen is one of the others.
sys.exit(bool(broken or ended or not seen or (seen != choice and choice != "either")))
P
}

# Lines: DIALECT ID=CHOICE SCENARIO...
$bgcheck show readings --json >"$scratch/readings.json"
$PYTHON - "$scratch/readings.json" >"$scratch/list" <<'P'
import json, re, sys
for r in json.load(open(sys.argv[1])):
    for d in ("do", "bits"):
        names = [n for n in r["shown"].split() if re.search(rf"^dialect:.*\b{d}\b", open(f"fixtures/scenario/{n}.scn").read(), re.M)]
        for choice in r["can"][d]:
            if r["shown"]: print(d, f"{r['id']}={choice}", *(names or ["no-scenario"]))
P
while read -r dialect reading scenarios; do
	tap "$reading is taken in $dialect, shown, and breaks no MUST" taken "$dialect" "$reading" $scenarios
done <"$scratch/list"
tap "more than 100 choices are taken" bash -c "[ \$(wc -l <$scratch/list) -gt 100 ]"
tap "every row of the table of readings is printed" $PYTHON -c "
import json; r = json.load(open('$scratch/readings.json')); assert len(r) == 53 and all(x['shown'] or x['unseen'] for x in r)"

one=fixtures/scenario/0434-error-resume-from-error.scn
tap "an unknown reading is exit 2" exits 2 $bgcheck run --reading C-99=x "$one"
tap "an unknown choice is exit 2" exits 2 $bgcheck run --reading C-02=x "$one"
tap "an unknown choice is told with those that may be said" says 'expected C-02=until-data or C-02=gone-at-resume, found C-02=x$' $bgcheck run --reading C-02=x "$one"
tap "a reading of the other dialect is exit 2" exits 2 $bgcheck run --dialect do --reading C-11=remote-file "$one"
tap "a choice that no world can show says why" says 'found C-69=65536: no command sets credentials$' $bgcheck run --reading C-69=65536 "$one"
tap "only run and trace take a reading" exits 2 $bgcheck list --reading C-02=gone-at-resume
tap "trace takes a reading" bash -c "
	$bgcheck trace --dialect bits $one >$scratch/a && $bgcheck trace --dialect bits --reading C-02=gone-at-resume $one >$scratch/b && ! cmp -s $scratch/a $scratch/b"
tap "a reading may be given twice, and two readings together" exits 0 $bgcheck run --quiet --reading C-02=gone-at-resume --reading C-02=until-data --reading C-28=none "$one"
tap "a MUST that has decided is not waived without being told" exits 1 $bgcheck run --quiet --impl mutant:error_missing_in_transient 0405-error-present-in-transient-error
$bgcheck run --quiet --reading C-02=gone-at-resume --out "$scratch/one" "$one"
tap "the summary says what was seen" grep -q '^- C-02 (bits): .* gone-at-resume$' "$scratch/one/summary.md"
tap "the summary says what was not seen" grep -q '^- C-29 (bits): .* not seen$' "$scratch/one/summary.md"
tap "the summary says why something is never seen" grep -q '^- C-69 (bits): .* not seen (no command sets credentials)$' "$scratch/one/summary.md"
tap "the story of a failure says how to see it again" bash -c "
	$bgcheck run --reading C-01=error-only 0405-error-present-in-transient-error | grep -q 'again:.*--reading C-01=error-only'"
tap_end
