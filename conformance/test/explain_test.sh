# explain_test.sh -- every failure is explained: seven sections, none empty, no line over 100 columns.
. conformance/test/tap.sh

# told OUT -- text and JSON of all its failures, first in short, then each scenario by its name.
told() {
	$PYTHON - "$bgcheck" "$1" <<'P'
import json, subprocess, sys
bgcheck, out = sys.argv[1:]
def run(*words): return subprocess.run([bgcheck, "explain", out, *words], capture_output=True, text=True, check=True).stdout
def narrow(text): assert max(map(len, text.split("\n"))) <= 100 and "\033" not in text, text
stories = json.loads(run("--json", "--all"))
failed = {(s["id"], s["dialect"]) for s in json.load(open(out + "/results.json"))["scenarios"] if s["findings"] or s["verdict"].endswith("-error")}
assert failed and failed == {(s["id"], s["dialect"]) for s in stories}, failed
for s in stories:
    for key in "headline done documentation seen forbids agreed again diagram".split(): assert s[key], (key, s)
    rows = s["diagram"]
    assert len(rows) > 1 and all(len(r) <= 100 for r in rows), rows
    assert any(r.startswith(">>") for r in rows) or "no trace" in s["seen"], rows
    assert "source:" in s["documentation"] and "bgcheck explain" in s["again"], s
id, dialect = sorted(failed)[0]
text = run(f"{id}/{dialect}")
narrow(text)
assert all(f"\n{n}. " in text for n in range(1, 8)), text
P
}

mutant() { # ID RULES: only the scenarios of its rules
	local words=()
	for rule in $2; do grep -lqE "^rules:.*$rule" fixtures/scenario/*.scn && words+=("rule:$rule"); done
	$bgcheck run --quiet --impl "mutant:$1" --out "$scratch/$1" "${words[@]}" && words=()   # some show only elsewhere
	[ ${#words[@]} != 0 ] || exits 1 $bgcheck run --quiet --impl "mutant:$1" --out "$scratch/$1" || return 1
	told "$scratch/$1"
}

while read -r id rules; do
	tap "$id is explained" mutant "$id" "$rules"
done < <($bgcheck show mutants | awk '/^ *breaks/ { print id, substr($0, index($0, "breaks") + 7); next } { id = $1 }')

kept=$scratch/error_kept_while_data_flows
tap "the rule, its page and its row are named" says 'nf-bits-ibackgroundcopyjob-geterror' $bgcheck explain "$kept" ERR-LIFE-003
tap "a rule's findings are explained" says '^7\. ' $bgcheck explain "$kept" ERR-LIFE-003
tap "all failures are listed in short" says "^ +04.*ERR-LIFE-003" $bgcheck explain "$kept"
tap "an unknown id is exit 8" exits 8 $bgcheck explain "$kept" nosuch
tap "a glob of several scenarios is exit 2" exits 2 $bgcheck explain "$kept" '*'
tap "no folder is exit 2" exits 2 $bgcheck explain
tap "a missing folder is exit 7" exits 7 $bgcheck explain "$scratch/nowhere"
mkdir "$scratch/foreign" && echo '{"schema": 9}' >"$scratch/foreign/results.json"
tap "foreign results are exit 7" exits 7 $bgcheck explain "$scratch/foreign"
cp -r "$kept" "$scratch/torn" && for f in "$scratch"/torn/trace/*; do echo 'nonsense here' >"$f"; done
tap "a torn trace is exit 7" exits 7 $bgcheck explain "$scratch/torn"
$bgcheck run --quiet --out "$scratch/good" 0001-basic-download
tap "a run without failures is exit 8" exits 8 $bgcheck explain "$scratch/good"
sed '/^within/a expect state j1 = ERROR' fixtures/scenario/0001-basic-download.scn >"$scratch/0001-basic-download.scn"
$bgcheck run --quiet --out "$scratch/check" "$scratch/0001-basic-download.scn" || :
tap "an expectation of the scenario itself is explained" told "$scratch/check"
$bgcheck run --quiet --start-timeout 5 --out "$scratch/dead" 0001-basic-download -- true || :
tap "an adapter that dies is explained" told "$scratch/dead"
$bgcheck run --quiet --rules none --impl mutant:gen:bits:suspend_transferring:to=QUEUED --out "$scratch/oracle" 0104* || :
tap "what only the oracle tells is explained" told "$scratch/oracle"
tap "the oracle's row is named with its page" says 'by the row suspend_transferring: in TRANSFERRING, on SUSPEND' $bgcheck explain "$scratch/oracle" '*/bits'
tap "... and the step on which both agreed last" bash -c "$bgcheck explain '$scratch/oracle' '*/bits' | grep -A1 '^5' | grep -q 'job.suspend'"
$bgcheck run --quiet --impl mutant:gen:bits:resume_empty:result=S_OK --out "$scratch/guard" 0102* || :
tap "a guard says why it held" says 'it holds: AddFile worked 0 times' $bgcheck explain "$scratch/guard" '*/bits'
tap_end
