#!/bin/bash
# check_wine.sh -- the suite on Wine's BITS through the COM adapter, against fixtures/xfail/wine-8.0.xfail.
set -u
out=$BUILD/wine-out
adapter=(conformance/kit/com/wine.sh "$BUILD/com/bgcom.exe")
export BGCHECK_WINE_DIR=$PWD/$BUILD/wine
export BUILD
xfail=${XFAIL-fixtures/xfail/wine-8.0.xfail}

if ! "${adapter[0]}" --prepare; then
	echo "check-wine: Wine's prefix could not be made" >&2
	exit 6
fi
"$BUILD/bgcheck" run --dialect bits --jobs "${JOBS:-6}" --real-limit 45 --retries 2 --quiet --out "$out" ${xfail:+--xfail "$xfail"} "$@" -- "${adapter[@]}"
code=$?
"${adapter[0]}" --clean
if [ -s "$out/results.json" ]; then
	"$PYTHON" reports/report.py --results "$out/results.json" --table "$out/table.tsv" --out "$out/report.html"
	sed -n '1,14p' "$out/summary.md"
	sed -n '/^## Findings/,/^## [^F]/p;/^## Stale/,/^## [^S]/p' "$out/summary.md" | head -n 200
	echo "report: $PWD/$out/report.html"
fi
echo "check-wine: exit $code"
exit $code
