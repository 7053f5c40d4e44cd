# campaign_test.sh -- campaign, merge and shrink: the same bytes whatever the workers, sets that unite, what is found and made small, bad input.
. conformance/test/tap.sh
python=${PYTHON:-/usr/bin/python3}
bad=mutant:error_gone_at_resume

# campaign NAME OPTIONS... -- to a file; what is found is no failure here.
campaign() {
	local name=$1 code=0
	shift
	$bgcheck campaign --quiet --out "$scratch/$name.tsv" "$@" || code=$?
	[ $code -le 1 ]
}

same() { cmp "$scratch/$1.tsv" "$scratch/$2.tsv"; }

campaign one --seeds 1..600 --impl $bad --jobs 1
campaign two --seeds 1..600 --impl $bad --jobs 2
campaign seven --seeds 1..600 --impl $bad --jobs 7
campaign low --seeds 1..250 --impl $bad
campaign high --seeds 200..600 --impl $bad
campaign none --seeds 1..600
$bgcheck merge --quiet --out "$scratch/merged.tsv" "$scratch/high.tsv" "$scratch/low.tsv"
$bgcheck merge --quiet --out "$scratch/again.tsv" "$scratch/merged.tsv" "$scratch/low.tsv" "$scratch/high.tsv" "$scratch/merged.tsv"

tap "two workers find what one finds, byte by byte" same one two
tap "so do seven" same one seven
tap "parts that overlap unite to the whole, in any order" same one merged
tap "to unite again changes nothing" same one again
tap "a known-bad mutant is found" exits 1 $bgcheck campaign --quiet --out "$scratch/x.tsv" --impl $bad --seeds 1..600
tap "1500 seeds find nothing on the reference" exits 0 $bgcheck campaign --out "$scratch/x.tsv" --seeds 1..1500
tap "nor do 1500 of a swarm" exits 0 $bgcheck campaign --swarm --out "$scratch/x.tsv" --seeds 1..1500
tap "without --out it is told on standard output" says '^# bgcheck campaign impl=reference' $bgcheck campaign --seeds 1..3

one_class() {
	{ head -3 "$scratch/one.tsv"; grep "	$1	" "$scratch/one.tsv" | head -1; } >"$scratch/class.tsv"
	$bgcheck shrink --out "$scratch/shrunk" "$scratch/class.tsv" >"$scratch/said" && [ "$(sed 's/ of .*//' "$scratch/said")" -le 12 ]
}
fails_alike() {
	$bgcheck run --quiet --impl $bad --out "$scratch/out" "$scratch/shrunk/shrunk-001.scn" >/dev/null 2>&1
	grep -q "\"$1\"" "$scratch/out/results.json"
}
rule=$(grep -v '^#' "$scratch/one.tsv" | cut -f2 | grep -E '^ERR-LIFE' | head -1)
tap "what the mutant breaks is shrunk to 12 steps at most" one_class "$rule"
tap "and fails alike when it is run" fails_alike "$rule"
tap "in the form of the others" exits 0 $bgcheck fmt --check "$scratch/shrunk/shrunk-001.scn"
tap "what is small stays as it is" says "^([0-9]+) of \1 steps" $bgcheck shrink --impl $bad --out "$scratch/shrunk-002.scn" "$scratch/shrunk/shrunk-001.scn"

planted() {
	$python conformance/test/planted.py $1 $1 >"$scratch/planted-$1.scn" && $bgcheck shrink --quiet --out "$scratch/left.scn" "$scratch/planted-$1.scn" &&
		[ "$(grep -c '^serve' "$scratch/left.scn")" = $1 ] && [ "$(grep -c '^serve  /q.* redirect' "$scratch/left.scn")" = $1 ]
}
for count in 1 2 3 5; do tap "of 200 faults exactly the $count stay that are needed" planted $count; done

tap "what chance found before is complained of no more" exits 0 $bgcheck run --quiet --out "$scratch/chance" fixtures/chance

written() { $bgcheck campaign --seeds 5..7 --write "$scratch/drawn" && [ "$(ls "$scratch/drawn" | wc -l)" = 3 ] && $bgcheck run --quiet "$scratch/drawn" >/dev/null; }
tap "scenarios that are drawn can be written, and conform" written

sed 's/steps=16/steps=17/' "$scratch/low.tsv" >"$scratch/other.tsv"
sed '4s/	[0-9]*	/	99	/' "$scratch/low.tsv" >"$scratch/count.tsv"
printf 'no campaign\n' >"$scratch/no.tsv"
tap "other arguments are refused by name" says 'expected a campaign with steps=16, found steps=17' $bgcheck merge "$scratch/low.tsv" "$scratch/other.tsv"
tap "a count that does not fit is refused" says 'count.tsv:4: expected the count and the first of the seeds' $bgcheck merge "$scratch/count.tsv"
tap "a file of another kind is refused" says 'no.tsv:1: expected # bgcheck campaign' $bgcheck merge "$scratch/no.tsv"
tap "a missing file is named" says 'gone.tsv: No such file' $bgcheck merge "$scratch/gone.tsv"
tap "merge wants files" exits 2 $bgcheck merge
tap "campaign wants seeds" exits 2 $bgcheck campaign
for seeds in 9..3 x 1..y -1 1...2; do tap "seeds $seeds are none" exits 2 $bgcheck campaign --seeds $seeds; done
tap "too many steps are refused" says 'from 0 to 400' $bgcheck campaign --seeds 1 --steps 401
tap "a folder that cannot be made is named" exits 7 $bgcheck campaign --seeds 1 --write "$scratch/no/such"
tap "a full disk is no success" exits 7 sh -c "$bgcheck campaign --seeds 1..3 >/dev/full"
tap "shrink wants one file" exits 2 $bgcheck shrink
tap "a scenario that passes cannot be shrunk" says 'found one that passes' $bgcheck shrink fixtures/scenario/0001-*.scn
tap "one that does not parse is told line by line" says 'fixtures/reject/0105-status.scn:5:' $bgcheck shrink fixtures/reject/0105-status.scn
tap "a missing scenario is named" says 'cannot read gone.scn' $bgcheck shrink gone.scn
tap "a campaign needs a folder for what is shrunk" says 'expected --out DIR' $bgcheck shrink "$scratch/one.tsv"
tap_end
