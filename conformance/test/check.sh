#!/bin/bash
# check.sh TEST... -- runs test programs that speak TAP (cmocka, shell, Python), as many side by side as there are CPUs, shows what fails,
# ends with `N passed, N failed`.
set -u
taps=$BUILD/tap
export taps CMOCKA_MESSAGE_OUTPUT=TAP

# run_one TEST -- its TAP, and a file COUNTS beside it: passed and failed. What a test says is printed at once when it ends.
run_one() {
	local test=$1 name tap code ok bad plan
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
	echo "$ok $bad" >"$tap.counts"
	{
		printf '%-50s %5d passed %3d failed %5d s\n' "$name" "$ok" "$bad" "$SECONDS"
		if [ "$bad" != 0 ]; then
			grep -a -A 12 '^not ok' "$tap" | head -n 60
			head -n 40 "$tap.err"
			echo "    alone: $(case $test in *.py) echo "$PYTHON $test" ;; *.sh) echo "BUILD=$BUILD PYTHON=$PYTHON bash $test" ;; *) echo "$test" ;; esac)"
		fi
	} >"$tap.said"
	cat "$tap.said"
}

if [ "${1-}" = --one ]; then
	run_one "$2"
	exit 0
fi
rm -rf "$taps"
mkdir -p "$taps"
# Scripts play whole suites: the longest work begins first.
{ printf '%s\n' "$@" | grep '\.sh$'; printf '%s\n' "$@" | grep -v '\.sh$'; } | xargs -P "$(nproc)" -n 1 bash "$0" --one
# A test without counts has not been run: xargs or its shell was ended.
cat "$taps"/*.counts | awk -v tests=$# '
	{ passed += $1; failed += $2 }
	END {
		if (NR != tests) { print tests - NR " tests have not been run"; failed += tests - NR }
		print passed + 0 " passed, " failed + 0 " failed"
		exit !(failed == 0 && passed > 0)
	}'
