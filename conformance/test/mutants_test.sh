# mutants_test.sh -- the suite notices every known-bad mutant, each by the rules that it breaks; and the check can fail.
. conformance/test/tap.sh

totals() { # JSON CONDITION
	$PYTHON -c 'import json, sys; t = json.load(open(sys.argv[1])); print(t); sys.exit(not eval(sys.argv[2], {}, t))' "$1" "$2"
}

$bgcheck mutants --jobs 2 --json --matrix "$scratch/all.tsv" >"$scratch/all.json"
echo $? >"$scratch/all.exit"
tap "all mutants together end with exit 0" grep -qx 0 "$scratch/all.exit"
tap "there are at least 150 by hand, and all are killed" totals "$scratch/all.json" 'mutants >= 150 and killed == mutants'
tap "at least 95 % of them by a scenario that lists their rule" totals "$scratch/all.json" 'credited * 100 >= mutants * 95'
tap "every rule that one names is shown broken" totals "$scratch/all.json" 'unshown == 0'
tap "every judged MUST and SHOULD has one" totals "$scratch/all.json" 'rules["judged"] == rules["shown"] > 250'
tap "the reference raises no alarm" totals "$scratch/all.json" 'false_alarms == 0'
tap "no edit of a row survives" totals "$scratch/all.json" 'survivors == [] and all(e["all"] > 3000 for e in edits.values())'
tap "every edit of a row has a fate" totals "$scratch/all.json" 'all(e["all"] == sum(e.values()) - e["all"] - e["crashed"] for e in edits.values())'
tap "the matrix is sorted" bash -c "tail -n +2 '$scratch/all.tsv' | LC_ALL=C sort -c"
tap "the matrix has five columns" bash -c "[ \$(awk -F'\t' 'NF != 5' '$scratch/all.tsv' | wc -l) = 0 ]"

$bgcheck mutants --jobs 1 --matrix "$scratch/one.tsv" 'error_*' 'gen:do:fatal_*' >"$scratch/one"
$bgcheck mutants --jobs 3 --matrix "$scratch/three.tsv" 'error_*' 'gen:do:fatal_*' >"$scratch/three"
tap "what is told does not depend on the number of workers" cmp "$scratch/one" "$scratch/three"
tap "nor does the matrix" cmp "$scratch/one.tsv" "$scratch/three.tsv"

tap "an edit that moves a job elsewhere is killed" exits 0 $bgcheck mutants gen:bits:resume:to=ERROR
tap "an edit that no path takes is said to be so" says '1 never taken' $bgcheck mutants gen:bits:x_retry_due_cancelled:to=ERROR
tap "an edit that shows nothing is said to be equivalent" says '1 equivalent' $bgcheck mutants gen:do:logon_queued:-ENQUEUE
tap "an edit of what the documentation leaves open is said to be so" says '1 left open' $bgcheck mutants gen:bits:resume:-NOTIFY_MODIFICATION
tap "... and by which requirement" bash -c "grep -q 'LEFT-OPEN.*gen:bits:resume:-NOTIFY_MODIFICATION.*CB-009' '$scratch/all.tsv'"
tap "an edit that is another reading names it" bash -c "grep -q 'READING.*gen:bits:resume_transferred:result=INVALID_STATE.*C-21=invalid-state' '$scratch/all.tsv'"
tap "an edit of a row that the world never brings says why" bash -c "grep -q 'NOT-BROUGHT.*gen:bits:net_back_connecting:to=ERROR.*meets that at once' '$scratch/all.tsv'"
mkdir "$scratch/one-scenario" && cp fixtures/scenario/0001*.scn "$scratch/one-scenario"
tap "a mutant that survives is exit 1, with the way to see it" bash -c "
	code=0; $bgcheck mutants --library '$scratch/one-scenario' gen:bits:suspend_transferring:-ABORT >'$scratch/alive' || code=\$?
	[ \$code = 1 ] && grep -q 'suspend_transferring:-ABORT (bits): ADD_FILE, RESUME' '$scratch/alive'"
tap "an edit can be run alone" exits 1 $bgcheck run --quiet --impl mutant:gen:bits:resume:to=ERROR 0001*
tap "there is a mutant for each of the four error-object rules" bash -c "$bgcheck show mutants >'$scratch/list'
	for r in ERR-LIFE-001 ERR-LIFE-003 ERR-LIFE-005 ERR-CTX; do grep -q \$r '$scratch/list' || exit 1; done"
tap "an unknown mutant is a usage error of run" exits 2 $bgcheck run --impl mutant:nosuch
tap "an unknown edit too" exits 2 $bgcheck run --impl mutant:gen:bits:resume:to=NOWHERE
tap "an unknown mutant is an empty selection" exits 8 $bgcheck mutants nosuch
tap "mutants takes no --impl" exits 2 $bgcheck mutants --impl reference
tap "a matrix that cannot be written is a failure of the harness" exits 7 $bgcheck mutants --matrix "$scratch/no/such" error_gone_at_resume
tap_end
