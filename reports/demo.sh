#!/bin/bash
# demo.sh -- the suite on the reference and on one known-bad mutant, and one report about both.
set -u
mutant=${MUTANT:-error_kept_while_data_flows}
out=$BUILD/report
mkdir -p "$out"

"$BUILD/bgcheck" run --quiet --out "$out/reference"
reference=$?
"$BUILD/bgcheck" run --quiet --impl "mutant:$mutant" --out "$out/mutant"
caught=$?
"$PYTHON" reports/report.py --results "$out/reference/results.json" --results "$out/mutant/results.json" \
	--table "$out/reference/table.tsv" --out "$out/report.html" || exit 7

sentence() { sed -n '1s/^# //p' "$1/summary.md"; }
echo "reference: $(sentence "$out/reference")"
echo "mutant:    $(sentence "$out/mutant")"
[ $reference = 0 ] || { echo "demo: the reference should conform (exit 0), found exit $reference" >&2; exit 1; }
[ $caught = 1 ] || { echo "demo: the mutant should be caught (exit 1), found exit $caught" >&2; exit 1; }
echo "report:    $PWD/$out/report.html"
