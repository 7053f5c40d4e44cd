# purity_test.sh -- the linker proves that model/ does no I/O, reads no clock, takes no memory, and that arrows point one way.
. conformance/test/tap.sh

undefined() { nm -u "$@" | awk '$1 == "U" { print $2 }' | sort -u; }
defined() { nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u; }

model=$(ls $BUILD/model/*.o) sim=$(ls $BUILD/sim/*.o)
conformance=$(ls $BUILD/conformance/*.o)

model_is_pure() {
	undefined $model | grep -vxFf <(defined $model) | grep -Ev '^(__assert_fail|mem[a-z]*|str[a-z]*|__mem[a-z]*_chk|snprintf|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(asan|ubsan)_.*)$' >"$scratch/impure"
	[ ! -s "$scratch/impure" ] || { cat "$scratch/impure"; return 1; }
}
no_arrow() { # FROM TO -- nothing in FROM needs a symbol that only TO defines
	undefined $1 | grep -xFf <(defined $2) >"$scratch/arrow"
	[ ! -s "$scratch/arrow" ] || { cat "$scratch/arrow"; return 1; }
}
sim_has_no_clock() {
	! undefined $sim | grep -Ex 'time|clock_gettime|gettimeofday|rand|random|srand|getenv|usleep|nanosleep|sleep|localtime.*|setlocale'
}

tap "model uses only memory, string and assert functions" model_is_pure
tap "model needs nothing of sim" no_arrow "$model" "$sim"
tap "model needs nothing of conformance" no_arrow "$model" "$conformance"
tap "sim needs nothing of conformance" no_arrow "$sim" "$conformance"
tap "sim reads no clock, no chance and no environment" sim_has_no_clock
tap "only main.c of the rooms ends the program" bash -c "! nm -u $(echo $model $sim | tr '\n' ' ') | grep -wE 'U (exit|abort|_exit)'"
tap_end
