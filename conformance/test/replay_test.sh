# replay_test.sh -- a failing run leaves what is needed to see it again, and a replay says what is the same and what is not.
. conformance/test/tap.sh

mutant=error_kept_while_data_flows
$bgcheck run --quiet --impl mutant:$mutant --out "$scratch/out" 0406* 0407* 0001* || :
kept=$scratch/out/repro/0406-error-gone-once-data-flows.bits
tap "a scenario that fails leaves a folder with three files" bash -c "[ \"\$(ls '$kept' | tr '\n' ' ')\" = \
	'0406-error-gone-once-data-flows.bits.trace 0406-error-gone-once-data-flows.scn repro.json ' ]"
tap "one that passes leaves none" bash -c "! ls '$scratch/out/repro' | grep -q 0001"
$bgcheck run --quiet --out "$scratch/good" 0001*
tap "nor does a run that conforms" bash -c "! [ -e '$scratch/good/repro' ]"

tap "a replay on the same build is exit 0" exits 0 $bgcheck replay "$kept"
tap "it says that all is the same" bash -c "$bgcheck replay '$kept' >'$scratch/told'
	grep -q 'build     the same' '$scratch/told' && grep -q 'fail, as recorded' '$scratch/told' && grep -q 'byte by byte' '$scratch/told' &&
	grep -q 'mutant $mutant; recorded on mutant $mutant' '$scratch/told'"
for folder in "$scratch"/out/repro/*; do
	tap "${folder##*/} is replayed" exits 0 $bgcheck replay "$folder"
done
changed() { rm -rf "$scratch/changed" && cp -r "$kept" "$scratch/changed" && sed -i "$1" "$scratch/changed/repro.json"; }
changed "s/mutant:$mutant/reference/"
tap "another implementation is exit 1" exits 1 $bgcheck replay "$scratch/changed"
tap "with the verdict" says 'pass; recorded was fail' $bgcheck replay "$scratch/changed"
tap "with the findings" says 'gone: ERR-LIFE-003 `state=TRANSFERRING' $bgcheck replay "$scratch/changed"
tap "with the first line that differs, and both texts" bash -c "$bgcheck replay '$scratch/changed' | grep -A2 'differs from line' | grep -c 'CONNECTED' | grep -qx 2"
changed 's/"tables": "[0-9a-f]*"/"tables": "0000000000000000"/'
tap "another build is said, and does not hide the same verdict" bash -c "$bgcheck replay '$scratch/changed' >'$scratch/told' && grep -q 'recorded with bgcheck .*tables 0000' '$scratch/told'"
tap "an adapter takes the place of what was under test" says 'its time is real' $bgcheck replay "$kept" -- $bgcheck serve-reference
tap "explain names the command" says "$bgcheck replay $scratch/out/repro/0407" $bgcheck explain "$scratch/out" '0407*/do'

tap "no folder is a usage error" exits 2 $bgcheck replay
tap "two folders too" exits 2 $bgcheck replay "$kept" "$kept"
tap "a missing folder too" exits 2 $bgcheck replay "$scratch/nowhere"
tap "an output folder too" exits 2 $bgcheck replay "$scratch/out"
changed 's/"schema": 1/"schema": 9/'
tap "another schema is refused" exits 2 $bgcheck replay "$scratch/changed"
changed 's/"bits"/"vb"/'
tap "another dialect is refused" exits 2 $bgcheck replay "$scratch/changed"
changed 's/^ "args": \[/ "args": [ 7,/'
tap "damaged arguments are refused" exits 2 $bgcheck replay "$scratch/changed"
changed '' && rm "$scratch"/changed/*.scn
tap "a folder without its scenario is refused" exits 2 $bgcheck replay "$scratch/changed"
changed '' && echo nonsense >"$scratch/changed/0406-error-gone-once-data-flows.scn"
tap "a damaged scenario is exit 2" exits 2 $bgcheck replay "$scratch/changed"
changed '' && head -c 40 "$kept/repro.json" >"$scratch/changed/repro.json"
tap "a torn repro.json is refused" exits 2 $bgcheck replay "$scratch/changed"
tap "an adapter that is not there is exit 6" exits 6 $bgcheck replay "$kept" -- "$scratch/nosuch"
tap "a closed standard output is exit 7" bash -c "$bgcheck replay '$kept' >&-; [ \$? = 7 ]"
tap_end
