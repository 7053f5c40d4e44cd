# determinism_test.sh -- the same bytes of the suite and of a campaign: twice, gcc and clang, -O0 and -O2, with sanitizers, another locale,
# time zone and year, any number of workers.
. conformance/test/tap.sh
first=$scratch/first

traces() { # DIR COMMAND... -- one checksum over all traces, the results, and what 1000 seeds find on a mutant
	local dir=$1 code=0
	shift
	"$@" campaign --quiet --swarm --impl mutant:error_gone_at_resume --seeds 1..1000 --out "$dir.tsv" || code=$?
	[ $code = 1 ] || return 1
	sha256sum <"$dir.tsv"
	"$@" run --quiet --out "$dir" && (cd "$dir" && cat trace/*.trace results.json | sed 's/"[^"]*bgcheck run/"bgcheck run/' | sha256sum)
}
same() {
	traces "$scratch/other" "$@" >"$scratch/sum" && cmp "$scratch/sum" "$scratch/sum.first"
}
build() { # NAME CC OPT [SAN=1]
	make -s BUILD="$BUILD/determinism/$1" CC="$2" OPT="$3" $4 "$BUILD/determinism/$1/bgcheck"
}

traces "$first" $bgcheck >"$scratch/sum.first"
tap "the first run has traces" test -s "$scratch/sum.first"
tap "a second run" same $bgcheck
tap "two workers" same $bgcheck --jobs 2
tap "seven workers" same $bgcheck --jobs 7
tap "another locale and time zone" same env LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 TZ=Asia/Kathmandu $bgcheck
tap "ten years later (libfaketime)" same faketime '2036-02-29 12:00:00' $bgcheck
for variant in "gcc-O0-san gcc -O0 SAN=1" "clang-O0 clang -O0" "clang-O2 clang -O2"; do
	set -- $variant
	tap "$2 $3 $4 builds without a warning" build $1 $2 $3 $4
	tap "$2 $3 $4" same "$BUILD/determinism/$1/bgcheck"
done
tap_end
