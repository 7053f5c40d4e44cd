# reading_test.sh -- the reference takes every documented reading: no MUST is broken by one, and a scenario shows which it was.
. conformance/test/tap.sh

play() { # DIALECT ID=CHOICE FOLDER SELECT... -- a check of a scenario may fail, nothing else
	local dialect=$1 reading=$2 out=$3 code=0
	shift 3
	$bgcheck run --quiet --dialect "$dialect" --reading "$reading" --out "$scratch/$out" "$@" || code=$?
	[ $code -le 1 ] || { echo "exit $code"; return 1; }
}

# shown DIALECT ID=CHOICE SCENARIO... -- the scenarios show this choice and no other.
shown() {
	play "$1" "$2" shown "${@:3}" && $PYTHON - "$scratch/shown/results.json" "$1" "$2" <<'P'
import json, sys
results, dialect, reading = sys.argv[1:]
id, choice = reading.split("=", 1)
seen = next(r["seen"] for r in json.load(open(results))["coverage"]["readings"] if r["id"] == id and r["dialect"] == dialect)
print("seen:", seen)
# `either` is a licence: what is seen is one of the others.
sys.exit(not seen or (seen != choice and choice != "either"))
P
}

# conforms DIALECT ID=CHOICE -- the whole library breaks no MUST: checks that scenarios make by themselves may fail.
conforms() {
	play "$1" "$2" all && $PYTHON - "$scratch/all/results.json" <<'P'
import json, sys
scenarios = json.load(open(sys.argv[1]))["scenarios"]
broken = sorted({(f["rule"], s["id"]) for s in scenarios for f in s["findings"] if f["level"] == "MUST" and f["rule"] != "CHECK"})
ended = sorted((s["id"], s["verdict"]) for s in scenarios if s["verdict"] not in ("pass", "fail", "non-strict", "info"))
print("broken:", broken, "ended:", ended)
sys.exit(bool(broken or ended or not scenarios))
P
}

# Lines: own|other DIALECT ID=CHOICE SCENARIO...
$bgcheck show readings --json >"$scratch/readings.json"
$PYTHON - "$scratch/readings.json" >"$scratch/list" <<'P'
import json, re, sys
for r in json.load(open(sys.argv[1])):
    for d in ("do", "bits"):
        names = [n for n in r["shown"].split() if re.search(rf"^dialect:.*\b{d}\b", open(f"fixtures/scenario/{n}.scn").read(), re.M)]
        for choice in r["can"][d]:
            if r["shown"]: print("own" if choice == r[d] else "other", d, f"{r['id']}={choice}", *(names or ["no-scenario"]))
P
while read -r whose dialect reading scenarios; do
	tap "$reading is shown in $dialect" shown "$dialect" "$reading" $scenarios
	[ "$whose" = own ] || tap "$reading breaks no MUST of $dialect" conforms "$dialect" "$reading"
done <"$scratch/list"
$bgcheck run --quiet --out "$scratch/reference"
tap "the whole library shows of the reference what it takes, and nothing else" $PYTHON - "$scratch/reference/results.json" <<'P'
import json, sys
rows = [r for r in json.load(open(sys.argv[1]))["coverage"]["readings"] if r["seen"]]
other = [(r["id"], r["dialect"], r["seen"]) for r in rows if r["takes"] not in (r["seen"], "either")]
print(other)
sys.exit(bool(other) or len(rows) < 60)
P
tap "more than 100 choices are taken" bash -c "[ \$(wc -l <$scratch/list) -gt 100 ]"
tap "every row of the table of readings is printed" $PYTHON -c "
import json; r = json.load(open('$scratch/readings.json')); assert len(r) == 55 and all(x['shown'] or x['unseen'] for x in r)"

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
