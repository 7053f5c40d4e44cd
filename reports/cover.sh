#!/bin/bash
# cover.sh -- line coverage of the rooms by all tests, through lcov. Objects with counters never mix with plain ones.
set -eu
cov=$BUILD/cov
rm -rf "$cov"
$MAKE -s BUILD="$cov" OPT='-O0 --coverage' LDLIBS='-ljansson -levent_core -levent_extra --coverage' check || true
lcov --quiet --capture --directory "$cov" --base-directory . --no-external --output-file "$cov/all.info" \
	--rc lcov_excl_line='LCOV_EXCL_LINE|UNREACHABLE'
lcov --quiet --remove "$cov/all.info" '*/test/*' --output-file "$cov/rooms.info"
genhtml --quiet --output-directory "$cov/html" "$cov/rooms.info"
for room in model sim conformance; do
	lcov --quiet --extract "$cov/rooms.info" "*/$room/*" --output-file "$cov/$room.info"
	printf '%-12s %s\n' "$room" "$(lcov --summary "$cov/$room.info" 2>&1 | sed -n 's/.*lines\.*: *//p')"
done
echo "coverage: $PWD/$cov/html/index.html"
