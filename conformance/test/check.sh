#!/bin/bash
# check.sh TEST... -- runs test programs that speak TAP (cmocka, shell, Python), shows what fails, ends with `N passed, N failed`.
set -u
taps=$BUILD/tap
rm -rf "$taps"
mkdir -p "$taps"
export CMOCKA_MESSAGE_OUTPUT=TAP
passed=0 failed=0
for test in "$@"; do
	name=${test#"$BUILD"/}
	tap=$taps/$(echo "$name" | tr / -).tap
	case $test in
	*.py) "$PYTHON" "$test" >"$tap" 2>"$tap.err" </dev/null ;;
	*.sh) bash "$test" >"$tap" 2>"$tap.err" </dev/null ;;
	*) "$test" >"$tap" 2>"$tap.err" </dev/null ;;
	esac
	code=$?
	ok=$(grep -ac '^ok' "$tap")
	bad=$(grep -ac '^not ok' "$tap")
	plan=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$tap" | awk '{ sum += $1 } END { if (NR) print sum }')
	# A program that dies, or that ends before its plan, has failed whatever it printed.
	if [ $bad = 0 ] && { [ $code != 0 ] || [ "$((ok + bad))" = 0 ] || [ "${plan:-$((ok + bad))}" != "$((ok + bad))" ]; }; then
		echo "not ok - $name ended with code $code after $ok of ${plan:-?} tests" >>"$tap"
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
	printf '%-50s %5d passed %3d failed\n' "$name" "$ok" "$bad"
	if [ "$bad" != 0 ]; then
		grep -a -A 12 '^not ok' "$tap" | head -n 60
		head -n 40 "$tap.err"
		echo "    alone: $(case $test in *.py) echo "$PYTHON $test" ;; *.sh) echo "BUILD=$BUILD PYTHON=$PYTHON bash $test" ;; *) echo "$test" ;; esac)"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
