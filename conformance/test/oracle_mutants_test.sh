# oracle_mutants_test.sh -- the oracle alone and the rules alone each kill nine mutants of ten, and the oracle is silent about the reference.
. conformance/test/tap.sh
one=fixtures/scenario/0406-error-gone-once-data-flows.scn

# Lines: MUTANT FILE..., the scenarios that name the first rule that it breaks and that has any.
$bgcheck show mutants | awk '/^ *breaks/ { print id, substr($0, index($0, "breaks") + 7); next } { id = $1 }' | while read -r id rules; do
	for rule in $rules none; do
		files=$(grep -lE "^rules:.*\b$rule\b" fixtures/scenario/*.scn | tr '\n' ' ')
		[ -z "$files" ] || break
	done
	echo "$id $files"
done >"$scratch/list"

# fails OPTIONS... -- the run is a failure; a pass is none, and anything else is told.
fails() {
	local code=0
	$bgcheck run --quiet "$@" || code=$?
	[ $code -le 1 ] || echo "exit $code: $*" >>"$scratch/odd"
	[ $code = 1 ]
}

# kills SHARE OPTIONS... -- so many of a hundred mutants are failures: of the scenarios about the rules that they break, else of any.
kills() {
	local share=$1 id files killed=0 all=0 survivors=
	shift
	: >"$scratch/odd"
	while read -r id files; do
		all=$((all + 1))
		if { [ -n "$files" ] && fails "$@" --impl "mutant:$id" $files; } || fails "$@" --impl "mutant:$id"; then killed=$((killed + 1)); else survivors="$survivors $id"; fi
	done <"$scratch/list"
	echo "$* kills $killed of $all; survivors:$survivors"
	cat "$scratch/odd"
	[ ! -s "$scratch/odd" ] && [ $((killed * 100)) -ge $((share * all)) ]
}

tap "there are mutants" test -s "$scratch/list"
tap "the oracle alone kills at least 90 % of the mutants" kills 90 --rules none
tap "the rules alone kill at least 90 % of the mutants" kills 90 --oracle off
$bgcheck run --quiet --out "$scratch/reference"
tap "the oracle has nothing to tell of the reference, and looks no further than its first hypothesis" $PYTHON - "$scratch/reference/results.json" <<'P'
import json, sys
r = json.load(open(sys.argv[1]))
print(r["oracle"])
assert r["oracle"]["mode"] == "on" and not r["oracle"]["diverged"] and not r["oracle"]["inconclusive"] and r["oracle"]["hypotheses"] == 1
assert 2 <= r["oracle"]["largest"] <= 64 and all(s["first_divergence"] is None for s in r["scenarios"])
P
tap "another seed gives no false alarm" exits 0 $bgcheck run --quiet --rules none --seed 20

# story MUTANT RULES SCENARIO -- results.json of one run is at $scratch/story.
story() {
	exits 1 $bgcheck run --quiet --dialect bits --rules "$2" --impl "mutant:$1" --out "$scratch/story" "$3"
}
tap "the oracle alone is the rule of its finding, with the row and its page" story error_kept_while_data_flows none "$one"
tap "its finding says what was allowed, seen and forbidden" $PYTHON - "$scratch/story/results.json" <<'P'
import json, sys
s = json.load(open(sys.argv[1]))["scenarios"][0]
first = s["first_divergence"]
print(first)
assert [f["rule"] for f in s["findings"]] == ["oracle"] and first["rule"] == "oracle" and first["level"] == "MUST"
assert first["row"] and first["source"] and first["allowed"] and "in TRANSFERRING" in first["seen"] and first["job"] == "j1"
assert first["agreed_index"] < first["trace_index"] and first["largest"] >= 2
P
story error_kept_while_data_flows all "$one" >"$scratch/log" 2>&1
tap "a rule at the same line names the divergence, which is not counted twice" $PYTHON - "$scratch/story/results.json" <<'P'
import json, sys
s = json.load(open(sys.argv[1]))["scenarios"][0]
assert s["first_divergence"]["rule"] != "oracle" and s["first_divergence"]["row"], s["first_divergence"]
assert not [f for f in s["findings"] if f["rule"] == "oracle"]
P
printf 'implementation: mutant\nversion: *\n\nfail oracle "*"\n\tin: 0406-*\n\treason: the oracle is excused like a rule\n\texpires: 2099-01-01\n' >"$scratch/x"
tap "the oracle is excused like a rule" exits 0 $bgcheck run --quiet --dialect bits --rules none --xfail "$scratch/x" --impl mutant:error_kept_while_data_flows "$one"
tap "another reading is not a divergence" exits 0 $bgcheck run --quiet --rules none --impl mutant:error_gone_at_resume 0434-error-resume-from-error
tap "unless the other one is pinned" exits 1 $bgcheck run --quiet --rules none --reading C-02=until-data --reading C-01=both-errors --impl mutant:error_gone_at_resume 0434-error-resume-from-error
tap "a reading that is taken is the only one" exits 0 $bgcheck run --quiet --rules none --reading C-02=gone-at-resume 0434-error-resume-from-error
adapter="$PYTHON conformance/kit/adapter.py"   # its toy refuses Suspend in TRANSFERRED
refuses=0105-state-suspend-transferred
tap "what an adapter does against the machine is told and no failure" exits 0 $bgcheck run --quiet --dialect bits --rules none --out "$scratch/exec" $refuses -- $adapter
tap "and is the first divergence of the scenario" grep -q '"row": "suspend_transferred"' "$scratch/exec/results.json"
tap "--oracle strict makes it one" exits 1 $bgcheck run --quiet --dialect bits --rules none --oracle strict $refuses -- $adapter
tap "what it does right is no divergence in real time" exits 0 $bgcheck run --quiet --dialect bits --rules none --oracle strict '0401*' '0103*' '0414*' -- $adapter
tap "--oracle takes no other word" exits 2 $bgcheck run --oracle maybe "$one"
tap "--rules takes no other word" exits 2 $bgcheck run --rules some "$one"
tap "somebody must judge" exits 2 $bgcheck run --rules none --oracle off "$one"
tap "the summary tells of the oracle" says '^- oracle: 0 diverged, largest set of states [0-9]+, most hypotheses 1$' $bgcheck run "$one"
tap_end
