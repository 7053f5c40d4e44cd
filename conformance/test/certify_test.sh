# certify_test.sh -- run --certify: two runs that differ in everything but their arguments have the same bytes, or the first difference is told.
. conformance/test/tap.sh
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"

certifies() {
	$bgcheck run --certify --out "$scratch/out" '00*' > "$scratch/said" || { cat "$scratch/said"; return 1; }
	grep -qx 'certified: 10 runs, 2 times, 0 differences' "$scratch/said" || { cat "$scratch/said"; return 1; }
	$PYTHON -c '
import json, sys
told = json.load(open(sys.argv[1]))
assert (told["runs"], told["times"], told["differences"]) == (10, 2, 0) and "address layout" in told["varied"], told' "$scratch/out/certificate.json"
}

# wrapper NAME SCRIPT -- a program that is bgcheck, and does what the script says with $out when it is the second run
wrapper() {
	printf '#!/bin/bash\n%s "$@"; code=$?\nfor out; do :; done\n[ "${TZ-}" = Asia/Kathmandu ] || exit $code\n%s\nexit $code\n' "$PWD/$bgcheck" "$2" > "$scratch/$1"
	chmod +x "$scratch/$1"
}

# notices NAME PATTERN -- exit 7, and what differs is said
notices() {
	$bgcheck run --certify --program "$scratch/$1" 0001-basic-download > "$scratch/said" 2>&1
	[ $? = 7 ] && grep -q "$2" "$scratch/said" || { cat "$scratch/said"; return 1; }
}

wrapper byte 'sed -i "3s/client/clienT/" "$out"/trace/0001-basic-download.do.trace'
wrapper missing 'rm "$out"/trace/0001-basic-download.do.trace'
wrapper results 'sed -i s/pass/fail/ "$out"/results.json'
wrapper code 'code=1'
tap "the reference is certified, and the certificate written" certifies
tap "a byte of a trace is noticed, with its line" notices byte '^not deterministic: trace/0001-basic-download.do.trace:3$'
tap "both lines are shown" grep -q '^  second:.* clienT ' "$scratch/said"
tap "a trace that is missing is noticed" notices missing 'not deterministic: trace/0001-basic-download.do.trace:1'
tap "other results are noticed" notices results 'not deterministic: results.json'
tap "another exit code is noticed" notices code 'not deterministic: exit 0, then 1'
tap "a mutant's exit code stays" exits 1 $bgcheck run --certify --impl mutant:error_kept_after_cancel 'rule:ERR-LIFE-014'
tap "an adapter has real time: exit 2" exits 2 $bgcheck run --certify -- true
tap "nothing is left in the folder for temporary files" [ -z "$(ls "$TMPDIR")" ]
tap_end
