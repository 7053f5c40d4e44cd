# spin_test.sh -- SPIN, given the machine as a Promela model, finds as many states and transitions as the explorer.
. conformance/test/tap.sh

# spin_counts BOUNDS... -- states and transitions that SPIN's verifier stores; its errors.
spin_counts() {
	rm -rf "$scratch/spin" && mkdir "$scratch/spin"
	$bgcheck export promela "$@" >"$scratch/spin/model.pml" || return 1
	(cd "$scratch/spin" && spin -a model.pml >spin.log && gcc -O0 -w -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m2000000 -w22 >pan.log) || return 1
	awk '/errors:/ { e = $NF } /states, stored/ { s = $1 } /transitions \(/ { t = $1 } END { print s, t, e }' "$scratch/spin/pan.log"
}

# agrees STARTS BOUNDS... -- SPIN counts the state before the first one, and a transition to each start, and one to choose.
agrees() {
	local starts=$1 said
	shift
	said=$(spin_counts "$@") || return 1
	$bgcheck explore "$@" --json >"$scratch/explore.json"
	$PYTHON - "$said" "$starts" "$scratch/explore.json" <<-'P'
	import json, sys
	states, transitions, errors = map(int, sys.argv[1].split())
	told = json.load(open(sys.argv[3]))
	print("SPIN:", states, transitions, "explorer:", told["states"], told["transitions"])
	assert told["complete"] and not told["broken"] and errors == 0
	assert states == told["states"] + 1
	assert transitions == told["transitions"] + 1 + int(sys.argv[2])
	P
}

# both_find MUTANT DIALECT -- an invariant that a known-bad machine breaks is broken in both.
both_find() {
	local said
	exits 1 $bgcheck explore --dialect "$2" --files 1 --core --impl "mutant:$1" >"$scratch/explore.txt" || return 1
	grep -q '^broken: ' "$scratch/explore.txt" || return 1
	said=$(spin_counts --dialect "$2" --files 1 --core --impl "mutant:$1") || return 1
	[ "${said##* }" -ge 1 ] || { echo "SPIN finds $said"; return 1; }
}

tap "do: one job, two files, everything that may happen" agrees 1 --dialect do --files 2
tap "do: two jobs, core" agrees 1 --dialect do --files 1 --jobs 2 --core
tap "do: one job, three retries" agrees 1 --dialect do --files 1 --retries 3
tap "bits: one job, everything that may happen" agrees 2 --dialect bits --files 1
tap "bits: two jobs, core" agrees 1 --dialect bits --files 1 --jobs 2 --core
tap "bits: one job, three files, three retries, core" agrees 1 --dialect bits --files 3 --retries 3 --core
for mutant in error_missing_in_error error_kept_while_data_flows error_kept_after_cancel; do
	tap "both find what $mutant breaks in bits" both_find $mutant bits
	tap "both find what $mutant breaks in do" both_find $mutant do
done
tap_end
