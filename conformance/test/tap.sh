# tap.sh -- words for shell tests that speak TAP. Sourced; the caller ends with `tap_end`.
BUILD=${BUILD:-build}
bgcheck=$BUILD/bgcheck
tap_count=0 tap_bad=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# tap CLAIM COMMAND... -- the claim holds when the command succeeds.
tap() {
	local claim=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$scratch/tap.log" 2>&1; then
		echo "ok $tap_count - $claim"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_count - $claim"
		sed 's/^/    /' "$scratch/tap.log" | head -n 20
	fi
}

# exits CODE COMMAND... -- the command ends with exactly this code.
exits() {
	local want=$1 code=0
	shift
	"$@" || code=$?
	[ "$code" = "$want" ] || { echo "expected exit $want, found $code: $*"; return 1; }
}

# says PATTERN COMMAND... -- its output or error holds the extended regular expression, whatever the exit code.
says() {
	local pattern=$1
	shift
	"$@" >"$scratch/said" 2>&1 || :
	grep -Eq -- "$pattern" "$scratch/said" || { echo "expected /$pattern/, found:"; head -n 10 "$scratch/said"; return 1; }
}

tap_end() {
	echo "1..$tap_count"
	[ $tap_bad = 0 ]
	exit
}
