# suite_test.sh -- the library of scenarios on the reference, and what is written about it.
. conformance/test/tap.sh
out=$scratch/out

tap "every scenario conforms on the reference, in both dialects" exits 0 $bgcheck run --quiet --out "$out"
for file in results.json junit.xml results.tap summary.md coverage.json table.tsv; do
	tap "$file is written" test -s "$out/$file"
done
tap "junit.xml is well-formed" $PYTHON -c "import sys, xml.dom.minidom as d; d.parse('$out/junit.xml')"
tap "results.json has the fields of design.md" $PYTHON - "$out/results.json" <<'P'
import json, sys
r = json.load(open(sys.argv[1]))
for key in "schema suite impl dialects world seed verdict exit counts rules scenarios coverage".split(): assert key in r, key
assert r["verdict"] in ("pass", "info"), r["verdict"]
assert r["counts"]["pass"] == len(r["scenarios"]), r["counts"]
for key in ("rows", "cells", "faults", "contexts", "readings"): assert r["coverage"][key], key
P
tap "at least 80 scenarios" bash -c "[ \$($bgcheck list | wc -l) -ge 80 ]"
tap "lint has nothing to complain of" exits 0 $bgcheck lint
tap "no draft is left behind" bash -c "! ls -d $out.draft-* $out.old-*"
tap "every trace can be read back and printed again unchanged" bash -c "for t in $out/trace/*.trace; do cmp <($bgcheck trace \$t) \$t || exit 1; done"
tap "worker processes change nothing" bash -c "$bgcheck run --quiet --jobs 3 --out $scratch/jobs && cmp $out/results.json $scratch/jobs/results.json"
tap "all scenarios take less than 2 seconds of CPU" bash -c '
	TIMEFORMAT="%U %S"; t=$( { time '"$bgcheck"' run --quiet --out '"$scratch"'/cpu; } 2>&1 | tail -n 1 )
	echo "user and system: $t"; awk "{ exit !(\$1 + \$2 < ${BGCHECK_CPU_LIMIT:-2}) }" <<<"$t"'
tap_end
