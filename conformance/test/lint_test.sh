# lint_test.sh -- what is wrong with a scenario although it parses: each complaint, once a file, at its place.
. conformance/test/tap.sh
mkdir "$scratch/part"

# lints ID WANTED -- the plot on stdin; the complaint, or "nothing to complain of".
lints() {
	{ printf 'id: %s\ntitle: t\ndialect: do bits\n---\n' "$1"; cat; } >"$scratch/$1.scn"
	says "$2" $bgcheck lint "$scratch/$1.scn"
}
job='do job.create as=j1
do job.add_file j1 url=$S/f1 local=$W/f1
do job.resume j1'

lints 9001-all '9001-all.scn:9:1: this expectation can never fail: within 1h state j1 in' <<P
serve /f1 size=1k
$job
within 1h state j1 in {QUEUED, CONNECTING, TRANSFERRING, SUSPENDED, ERROR, TRANSIENT_ERROR, TRANSFERRED, ACKNOWLEDGED, CANCELLED}
P
tap "every state" test $? = 0
lints 9002-range '9002-range.scn:9:1: this expectation can never fail: expect requests' <<P
serve /f1 size=1k
$job
expect requests /f1 in [0, 1000000000]
P
tap "any number of requests" test $? = 0
lints 9003-bound 'nothing to complain of' <<P
serve /f1 size=1k
$job
within 1h state j1 = TRANSFERRED
expect requests /f1 in [1, 1000000000]
P
tap "a bound is no complaint" test $? = 0
lints 9004-host '9004-host.scn:5:1: nobody connects to the host while this line holds: host mirror refuse' <<P
host mirror refuse
serve /f1 size=1k
$job
within 1h state j1 = TRANSFERRED
P
tap "a host that nobody meets" test $? = 0
lints 9005-rows 'nothing to complain of' <<P
matrix path in {f1, f2}
serve /f1 size=1k
serve /f2 size=1k
do job.create as=j1
do job.add_file j1 url=\$S/\$path local=\$W/f1
do job.resume j1
within 1h state j1 = TRANSFERRED
P
tap "what one row of a matrix uses is used" test $? = 0
lints 9006-rows '9006-rows.scn:7:1: this line never answers a request: serve /f3' <<P
matrix path in {f1, f2}
serve /f1 size=1k
serve /f3 size=1k
serve /f2 size=1k
do job.create as=j1
do job.add_file j1 url=\$S/\$path local=\$W/f1
do job.resume j1
within 1h state j1 = TRANSFERRED
P
tap "what no row uses is a complaint" test $? = 0
tap "... which is told once" bash -c "[ \$($bgcheck lint '$scratch/9006-rows.scn' 2>/dev/null | grep -c 'never answers') = 1 ]"
tap "a complaint is exit 2" exits 2 $bgcheck lint "$scratch/9006-rows.scn"
printf 'serve /f1 size=1k\nserve /idle size=1k\n' >"$scratch/part/two.part"
lints 9007-part 'part/two.part:2:1: this line never answers a request: serve /idle' <<P
use part/two.part
$job
within 1h state j1 = TRANSFERRED
P
tap "a line of a file that is used is named there" test $? = 0
tap_end
