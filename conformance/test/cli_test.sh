# cli_test.sh -- the command line: exit codes, messages, selections, and that nothing is written by halves.
. conformance/test/tap.sh

one=$(ls fixtures/scenario/*.scn | head -n 1)
printf 'id: bad\ntitle: t\n---\nfrobnicate\n' >"$scratch/bad.scn"
mkdir "$scratch/empty"
mkdir "$scratch/foreign" && touch "$scratch/foreign/precious"

tap "no verb is a usage error" exits 2 $bgcheck
tap "an unknown verb is a usage error" exits 2 $bgcheck frob
tap "an unknown option is a usage error" exits 2 $bgcheck run --frob
tap "--help exits 0" exits 0 $bgcheck --help
tap "--version says the version" says '^bgcheck [0-9]' $bgcheck --version
tap "a bad scenario is exit 2" exits 2 $bgcheck run "$scratch/bad.scn"
tap "a bad scenario is told as file:line:col" says "^$scratch/bad.scn:[0-9]+:[0-9]+: expected .*, found " $bgcheck run "$scratch/bad.scn"
tap "several errors of a file are told at once" bash -c "[ \$($bgcheck run $scratch/bad.scn 2>&1 | wc -l) -ge 2 ]"
tap "an unknown id is exit 8" exits 8 $bgcheck run nosuch-scenario
tap "an unknown id is named" says 'nosuch-scenario' $bgcheck run nosuch-scenario
tap "an unknown rule is exit 8" exits 8 $bgcheck run rule:NO-SUCH-1
tap "an unknown area is exit 8" exits 8 $bgcheck run area:NOSUCH
tap "an empty folder is exit 8" exits 8 $bgcheck run "$scratch/empty"
tap "an empty library is exit 8" exits 8 $bgcheck run --library "$scratch/empty"
tap "a missing library is exit 8" exits 8 $bgcheck run --library "$scratch/nowhere"
tap "a misspelt word among good ones is exit 8" exits 8 $bgcheck run "$one" nosuch
tap "a dialect that no selected scenario has is exit 8" bash -c "
	bits=\$(grep -l '^dialect: *bits *$' fixtures/scenario/*.scn | head -n 1); $bgcheck run --dialect do \$bits; [ \$? = 8 ]"
tap "a missing adapter is exit 6" exits 6 $bgcheck run "$one" -- /nonexistent/adapter
tap "a missing adapter on the PATH is exit 6" exits 6 $bgcheck run "$one" -- nosuch-adapter-command
tap "an empty adapter command is exit 2" exits 2 $bgcheck run "$one" --
tap "--impl and an adapter together are exit 2" exits 2 $bgcheck run --impl reference "$one" -- true
tap "an adapter that says nothing is exit 6" exits 6 $bgcheck run --start-timeout 5 "$(ls fixtures/scenario/*.scn | xargs grep -l '^dialect:.*bits' | head -n 1)" -- true
tap "an unreadable xfail file is exit 2" exits 2 $bgcheck run --xfail "$scratch/nowhere" "$one"
printf 'implementation: x\nversion: 1\nfail\n' >"$scratch/bad.xfail"
tap "a bad xfail file is told as file:line:col" says "^$scratch/bad.xfail:3:5: expected a rule id" $bgcheck run --xfail "$scratch/bad.xfail" "$one"
printf 'implementation: other\nversion: 1\n' >"$scratch/other.xfail"
tap "an xfail file of another implementation is exit 3" exits 3 $bgcheck run --xfail "$scratch/other.xfail" "$one"
printf 'implementation: reference\nversion: *\nfail ERR-LIFE-001 "*"\n  in: *\n  reason: r\n  expires: 2099-01-01\n' >"$scratch/stale.xfail"
tap "an entry that excuses nothing is exit 3" exits 3 $bgcheck run --xfail "$scratch/stale.xfail" "$one"
sed 's/in: \*/in: 9999-nowhere/' "$scratch/stale.xfail" >"$scratch/unknown.xfail"
tap "an entry that names no scenario is exit 3 when all are run" exits 3 $bgcheck run --quiet --xfail "$scratch/unknown.xfail"
tap "and none of this run's otherwise" exits 0 $bgcheck run --quiet --xfail "$scratch/unknown.xfail" "$one"
tap "a folder of others is not replaced" exits 7 $bgcheck run --out "$scratch/foreign" "$one"
tap "and it is untouched" test -e "$scratch/foreign/precious"
tap "an output below a file is exit 7" exits 7 $bgcheck run --out "$scratch/bad.scn/out" "$one"
tap "a full standard output is exit 7" bash -c "$bgcheck run '$one' >/dev/full; [ \$? = 7 ]"
tap "a required rule that is vacuous is exit 4" exits 4 $bgcheck run --require 'TIME-020' "$one"
tap "with a glob behind rule: too" exits 4 $bgcheck run --require 'rule:TIME-02*' "$one"
tap "a required rule that no dialect of the run has is exit 4" exits 4 $bgcheck run --quiet --require rule:ERR-LIFE-003 --dialect do "$one"
tap "an unknown required rule is exit 8" exits 8 $bgcheck run --require 'rule:NO-SUCH-*' "$one"
tap "no required rule is vacuous on the reference" exits 0 $bgcheck run --quiet --require 'rule:*'
tap "show wants to know what" exits 2 $bgcheck show
for what in table rules faults readings protocol mutants; do tap "show $what prints" says . $bgcheck show $what; done
tap "show table --tsv has ten columns" bash -c "$bgcheck show table --tsv | awk -F'\t' 'NF != 10 { exit 1 } END { exit NR < 400 }'"
tap "show rules --json accounts for every requirement" $PYTHON - <<P
import csv, json, subprocess
rules = {r["id"] for r in json.loads(subprocess.check_output(["$bgcheck", "show", "rules", "--json"]))}
wanted = {row["id"] for row in csv.DictReader(open("conformance/requirements.csv"))}
assert len(wanted) == 353 and wanted == rules, sorted(wanted ^ rules)
P
tap "trace of a scenario prints lines" says ' client j1 ' $bgcheck trace "$one"
tap "trace --json prints JSON" bash -c "$bgcheck trace --json '$one' | $PYTHON -c 'import json,sys; [json.loads(l) for l in sys.stdin]'"
printf 'nonsense here\n' >"$scratch/bad.trace"
tap "a bad trace is exit 2 with line and column" says "^$scratch/bad.trace:1:[0-9]+: expected" $bgcheck trace "$scratch/bad.trace"
tap_end
