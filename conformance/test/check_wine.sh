#!/bin/bash
# check_wine.sh -- the suite on Wine's BITS through the COM adapter, against fixtures/xfail/wine-8.0.xfail.
set -u
out=$BUILD/wine-out
adapter=(conformance/kit/com/wine.sh "$BUILD/com/bgcom.exe")
export BGCHECK_WINE_DIR=$PWD/$BUILD/wine
export BUILD
xfail=${XFAIL-fixtures/xfail/wine-8.0.xfail}
jobs=${JOBS:-6}         # Wines side by side: they mostly wait
real_limit=45           # seconds: Wine notices a stalled body after 30
retries=2               # of a scenario in which Wine crashed or hung

if ! "${adapter[0]}" --prepare; then
	echo "check-wine: Wine's prefix could not be made" >&2
	exit 6
fi
if ! conformance/kit/com/com_smoke_test.sh; then
	echo "check-wine: the adapter does not work under Wine" >&2
	"${adapter[0]}" --clean
	exit 6
fi
"$BUILD/bgcheck" run --dialect bits --jobs "$jobs" --real-limit "$real_limit" --retries "$retries" --quiet --out "$out" ${xfail:+--xfail "$xfail"} "$@" -- "${adapter[@]}"
code=$?
"${adapter[0]}" --clean
if [ -s "$out/results.json" ]; then
	"$PYTHON" reports/report.py --results "$out/results.json" --table "$out/table.tsv" --out "$out/report.html"
	sed -n '1,14p' "$out/summary.md"
	sed -n '/^## Findings/,/^## [^F]/p' "$out/summary.md" | head -n 100
	echo "report: $PWD/$out/report.html"
	# What made it red, a line each and last: logs are read from their end.
	"$PYTHON" - "$out/results.json" <<-'P'
	import json, sys
	results = json.load(open(sys.argv[1]))
	for unit in results["scenarios"]:
	    for finding in unit["findings"]:
	        if not finding.get("expected") and unit["verdict"] == "fail": print("unexpected:", unit["id"], finding["rule"], finding["signature"][:160])
	    if unit.get("restarted"): print("not kept:", unit["id"], unit["restarted"])
	    if unit["verdict"] in ("adapter-error", "harness-error"): print(unit["verdict"] + ":", unit["id"], unit.get("why"))
	    if unit["verdict"] == "unsupported" and not unit.get("allowed"): print("not allowed to be missing:", unit["id"], unit.get("feature"))
	for entry in (results.get("xfail") or {}).get("stale", []): print("stale:", results["xfail"]["file"], entry["line"], entry["text"])
	P
fi
echo "check-wine: exit $code"
exit $code
