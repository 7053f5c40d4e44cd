# xfail_update_test.sh -- from the results of a run to a file that excuses them, and to a second update with nothing to change.
. conformance/test/tap.sh

mutant=mutant:error_kept_while_data_flows
file=$scratch/m.xfail
run() { $bgcheck run --quiet --impl $mutant "$@"; }
update() { $bgcheck xfail update --xfail "$file" "$@"; }
verdict() { # WANTED RESULTS
	$PYTHON -c 'import json, sys; found = json.load(open(sys.argv[2]))["verdict"]; print(found); sys.exit(found != sys.argv[1])' "$@"
}

printf '# kept\nimplementation: mutant\nversion: *\n' >"$file"
chmod 640 "$file"
cp "$file" "$scratch/before"
tap "the mutant fails" exits 1 run --out "$scratch/a"
tap "without --accept the difference is exit 3" exits 3 update "$scratch/a/results.json"
tap "and told" says '^\+ fail ERR-LIFE-003 "state=TRANSFERRING hr=S_OK" in 0' update "$scratch/a/results.json"
tap "new entries without a reason are exit 2" exits 2 update --accept=new "$scratch/a/results.json"
tap "a reason TODO is exit 2" exits 2 update --accept=new --reason TODO "$scratch/a/results.json"
tap "and the file is untouched" cmp "$file" "$scratch/before"
tap "accepted, it is written" exits 0 update --accept=new,fixed,changed --reason 'a known defect' --expires 2099-12-31 "$scratch/a/results.json"
tap "behind what was there" bash -c "head -c \$(wc -c <$scratch/before) $file | cmp - $scratch/before"
tap "with its permissions" bash -c "[ \$(stat -c %a $file) = 640 ]"
tap "and no draft is left" bash -c "[ \$(ls $scratch/m.xfail* | wc -l) = 1 ]"
tap "no entry names more than 20 scenarios" awk '/^  in:/ && NF > 21 { exit 1 }' "$file"
tap "the next run with the file is exit 0" exits 0 run --xfail "$file" --out "$scratch/b"
tap "and expected-fail" verdict expected-fail "$scratch/b/results.json"
cp "$file" "$scratch/before"
tap "a second update has nothing to change" says '^nothing to change$' update --accept=new,fixed,changed "$scratch/a/results.json" "$scratch/b/results.json"
tap "and leaves every byte" cmp "$file" "$scratch/before"

run --out "$scratch/c" 0303* >"$scratch/log" 2>&1
$bgcheck run --quiet --impl mutant:error_kept_after_cancel --out "$scratch/d" >"$scratch/log" 2>&1
tap "a run of some scenarios leaves the others alone" says '^nothing to change$' update --accept=new,fixed,changed "$scratch/c/results.json"
tap "runs of two mutants are exit 2" exits 2 update "$scratch/a/results.json" "$scratch/d/results.json"
tap "what the file excuses and the run does not show is told" says '^- fail ERR-LIFE-003 ' update "$scratch/d/results.json"
tap "and taken out when accepted" exits 0 update --accept=new,fixed,changed --reason 'another' "$scratch/d/results.json"
tap "so that the other mutant is expected to fail" exits 0 $bgcheck run --quiet --impl mutant:error_kept_after_cancel --xfail "$file"
tap "and the comment stands" grep -qx '# kept' "$file"

printf '{ "schema": 1,\n' >"$scratch/bad.json"
printf 'implementation: mutant\nversion: 9\n' >"$scratch/nine.xfail"
tap "bad JSON is exit 2" exits 2 update "$scratch/bad.json"
tap "bad JSON is told with its line" says "^$scratch/bad.json:[0-9]+:[0-9]+: " update "$scratch/bad.json"
tap "results that cannot be read are exit 2" exits 2 update "$scratch/nowhere.json"
tap "results of another version are exit 2" exits 2 $bgcheck xfail update --xfail "$scratch/nine.xfail" "$scratch/a/results.json"
tap "a file that cannot be read is exit 2" exits 2 $bgcheck xfail update --xfail "$scratch/nowhere" "$scratch/a/results.json"
tap "an unknown word behind --accept is exit 2" exits 2 update --accept=all "$scratch/a/results.json"
tap "no results are exit 2" exits 2 update
tap "no --xfail is exit 2" exits 2 $bgcheck xfail update "$scratch/a/results.json"
tap "xfail wants to know what" exits 2 $bgcheck xfail
tap_end
