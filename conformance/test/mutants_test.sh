# mutants_test.sh -- every known-bad mutant is caught, and one of the rules that it breaks is named.
. conformance/test/tap.sh

killed() { # MUTANT RULES
	exits 1 $bgcheck run --quiet --impl "mutant:$1" --out "$scratch/$1" || return 1
	$PYTHON - "$scratch/$1/results.json" $2 <<'P'
import json, sys
rules = {r["id"] for r in json.load(open(sys.argv[1]))["rules"] if r["verdict"] in ("fail", "non-strict")}
wanted = set(sys.argv[2:])
print("broken:", sorted(rules))
sys.exit(not rules & wanted)
P
}

$bgcheck show mutants | awk '/^ *breaks/ { print id, substr($0, index($0, "breaks") + 7); next } { id = $1 }' >"$scratch/list"
while read -r id rules; do
	tap "$id is caught by ${rules// / or }" killed "$id" "$rules"
done <"$scratch/list"
tap "there is a mutant for each of the four error-object rules" bash -c "for r in ERR-LIFE-001 ERR-LIFE-003 ERR-LIFE-005 ERR-CTX; do grep -q \$r $scratch/list || exit 1; done"
tap "an unknown mutant is a usage error" exits 2 $bgcheck run --impl mutant:nosuch
tap_end
