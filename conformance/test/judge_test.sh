# judge_test.sh -- what was recorded elsewhere is judged like what was played here; and bad records are refused where they are bad.
. conformance/test/tap.sh

verdict() { # FILE EXIT RULES
	local code=0
	$bgcheck judge --quiet --out "$scratch/one" "fixtures/trace/$1" || code=$?
	$PYTHON - "$scratch/one/results.json" "$3" <<'P' && [ "$code" = "$2" ]
import json, sys
found = {f["rule"] for s in json.load(open(sys.argv[1]))["scenarios"] for f in s["findings"]} - {"oracle"}
sys.exit(found != set(sys.argv[2].split()))
P
}
while IFS=$'\t' read -r file code rules; do
	tap "$file is judged as it should be" verdict "$file" "$code" "$rules"
done < <(tail -n +2 fixtures/trace/expect.tsv)
tap "every record has its line in expect.tsv" bash -c "diff <(ls fixtures/trace | grep -v expect) <(tail -n +2 fixtures/trace/expect.tsv | cut -f1)"

$bgcheck run --quiet --out "$scratch/reference"
tap "every trace of the reference conforms" exits 0 $bgcheck judge --quiet "$scratch"/reference/trace/*.trace

same() { # MUTANT: the judge of its traces finds what the run found
	$bgcheck run --quiet --oracle off --impl "mutant:$1" --out "$scratch/$1" 0[146]* && return 1
	$bgcheck judge --quiet --oracle off --out "$scratch/$1.judged" "$scratch/$1"/trace/*.trace && return 1
	$PYTHON - "$scratch/$1" "$scratch/$1.judged" <<'P'
import json, sys
def findings(path):
    units = json.load(open(path + "/results.json"))["scenarios"]
    return sorted((u["id"].split(".")[0], u["dialect"], f["rule"], f["seen"], f["signature"]) for u in units for f in u["findings"])
run, judged = map(findings, sys.argv[1:])
sys.exit(not run or run != judged)
P
}
for mutant in $($bgcheck show mutants | awk '$1 ~ /^error_/ { print $1 }' | head -n 20); do
	tap "the traces of $mutant are found to be its" same "$mutant"
done

record=fixtures/trace/r02-bits-error-kept.csv
$bgcheck judge --quiet --out "$scratch/kept" $record || :
tap "what is found can be explained" says 'ERR-LIFE-003' $bgcheck explain "$scratch/kept" r02-bits-error-kept
tap "the report can be made of it" bash -c "$PYTHON reports/report.py --results '$scratch/kept/results.json' --table '$scratch/kept/table.tsv' --out '$scratch/kept/report.html' &&
	grep -q 'line 16, at 75.002' '$scratch/kept/report.html'"
tap "and tells how to see it again" says "$bgcheck judge --dialect bits $record" $bgcheck explain "$scratch/kept" r02-bits-error-kept
tap "a finding names the line of the record" says 'r06-bits-retry-too-early.trace:9, at 20.500' $bgcheck judge fixtures/trace/r06-bits-retry-too-early.trace
tap "a required rule that was never triggered is exit 4" exits 4 $bgcheck judge --quiet --require rule:ENUM-009 fixtures/trace/r01-bits-error-gone.csv
tap "nothing to judge is a usage error" exits 2 $bgcheck judge
tap "a missing file too" exits 2 $bgcheck judge "$scratch/nowhere.trace"
tap "an --impl too" exits 2 $bgcheck judge --impl reference $record
tap "an adapter too" exits 2 $bgcheck judge $record -- true
tap "a record of the other dialect too" exits 2 $bgcheck judge --dialect do $record
grep -v ' begin ' fixtures/trace/r06-bits-retry-too-early.trace >"$scratch/mute.trace"
tap "a record that does not say its dialect needs --dialect" exits 2 $bgcheck judge "$scratch/mute.trace"
tap "... and is judged with it" exits 1 $bgcheck judge --quiet --dialect bits "$scratch/mute.trace"
mkdir "$scratch/copy" && cp $record "$scratch/copy"
tap "two files of one name are refused" exits 2 $bgcheck judge $record "$scratch/copy/${record##*/}"
: >"$scratch/empty.trace"
tap "an empty file is refused" exits 2 $bgcheck judge --dialect do "$scratch/empty.trace"
tap "a closed standard output is exit 7" bash -c "$bgcheck judge fixtures/trace/r01-bits-error-gone.csv >&-; [ \$? = 7 ]"
tap "a folder that cannot be written is exit 7" exits 7 $bgcheck judge --quiet --out /proc/nowhere/x fixtures/trace/r01-bits-error-gone.csv
tap_end
