/* explore_test.c -- the walk over all states: what it counts, what it finds in a machine that is wrong, where it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sim/explore.h"

#define ARENA_BYTES ((size_t)1 << 30)

static struct arena arena;
static struct explore_report report;

static int set_up(void **state)
{
	(void)state;
	return arena_init(&arena, ARENA_BYTES);
}

static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static enum status explore(struct explore_bounds bounds)
{
	struct failure failure = { 0 };
	arena_reset(&arena);
	return explore_run(&arena, &bounds, &report, &failure);
}

static struct explore_bounds bounds_of(enum dialect dialect, unsigned jobs, unsigned files, unsigned retries, bool core)
{
	return (struct explore_bounds){ .machine = machine_reference(dialect), .jobs = jobs, .files = files, .retries = retries, .core = core, .threads = 1 };
}

static void assert_sound(void)
{
	if (report.broken) fail_msg("%s %s", report.broken, report.broken_sentence);
	assert_int_equal(report.stuck, 0);
	assert_true(report.complete);
}

/* A copy of the reference with one row changed. */
static struct machine copy_with(enum dialect dialect, const char *id, enum state to, uint32_t off, struct move **moves)
{
	struct machine machine = *machine_reference(dialect);
	*moves = malloc(machine.moves_count * sizeof **moves);
	memcpy(*moves, machine.moves, machine.moves_count * sizeof **moves);
	machine.moves = *moves;
	for (unsigned i = 0; i < machine.moves_count; i++) {
		if (strcmp((*moves)[i].id, id)) continue;
		(*moves)[i].effects &= ~off;
		if (to != STATE_NONE) (*moves)[i].to = to;
	}
	return machine;
}

static void every_row_of_the_reference_is_taken_or_says_why_not(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		assert_int_equal(explore(bounds_of((enum dialect)d, 1, 2, 1, false)), STATUS_OK);
		assert_sound();
		const struct machine *machine = machine_reference((enum dialect)d);
		for (unsigned i = 0; i < machine->moves_count; i++) {
			bool excused = machine->moves[i].effects & (EFFECT_BIT(EFFECT_IMPOSSIBLE) | EFFECT_BIT(EFFECT_MUTANT_ONLY));
			if (report.row_taken[i] == excused) fail_msg("%s is%s taken", machine->moves[i].id, excused ? "" : " not");
		}
	}
}

/* With one job the walk over all jobs is the walk over the states of one; with two it is at most their square. */
static void two_jobs_have_the_product_of_their_states_less_what_the_machine_forbids(void **state)
{
	(void)state;
	assert_int_equal(explore(bounds_of(DIALECT_BITS, 1, 1, 1, true)), STATUS_OK);
	assert_sound();
	assert_int_equal(report.states, report.job_states);
	unsigned one = report.job_states, depth = report.depth;
	assert_int_equal(explore(bounds_of(DIALECT_BITS, 2, 1, 1, true)), STATUS_OK);
	assert_sound();
	assert_int_equal(report.job_states, one);
	assert_true(report.states > (uint64_t)one * one / 4 && report.states < (uint64_t)one * one);
	assert_true(report.depth > depth);
	assert_true(report.bytes_a_state < 8);
}

/* Without retries in the bound no retry is taken; each more gives states in which one more has been. */
static void retries_bound_the_timed_retries(void **state)
{
	(void)state;
	uint64_t before = 0;
	for (unsigned retries = 0; retries < 4; retries++) {
		assert_int_equal(explore(bounds_of(DIALECT_DO, 1, 1, retries, true)), STATUS_OK);
		assert_sound();
		assert_true(report.states > before);
		before = report.states;
	}
}

static void a_broken_invariant_is_told_with_the_shortest_way(void **state)
{
	(void)state;
	struct move *moves;
	struct machine machine = copy_with(DIALECT_BITS, "cancel_error", STATE_NONE, EFFECT_BIT(EFFECT_ERROR_CLEAR), &moves);
	struct explore_bounds bounds = { .machine = &machine, .jobs = 1, .files = 1, .retries = 1, .core = true, .threads = 1 };
	assert_int_equal(explore(bounds), STATUS_OK);
	assert_non_null(report.broken);
	assert_string_equal(report.broken, "ERR-LIFE-014");
	/* AddFile, Resume, TURN, a fatal fault, Cancel: nothing shorter makes an error object and keeps it. */
	assert_int_equal(report.path_length, 5);
	char name[64];
	assert_string_equal(explore_step_name(&bounds, &report.path[4], name), "CANCEL");
	assert_int_equal(report.path[4].after.state, STATE_CANCELLED);
	assert_true(report.path[4].after.error);
	free(moves);
}

/* Nothing leads out of SUSPENDED: a new job stays for ever. */
static void a_job_that_cannot_end_is_told(void **state)
{
	(void)state;
	struct move *moves;
	struct machine machine = copy_with(DIALECT_DO, "resume", STATE_SUSPENDED, 0, &moves);
	for (unsigned m = 0; m < machine.moves_count; m++)
		if (moves[m].from == STATE_SUSPENDED) moves[m].to = STATE_SUSPENDED;
	assert_int_equal(explore((struct explore_bounds){ .machine = &machine, .jobs = 1, .files = 1, .retries = 1, .core = true, .threads = 1 }), STATUS_OK);
	assert_true(report.stuck > 0);
	assert_int_equal(report.stuck_length, 0); /* a new job is stuck already */
	free(moves);
}

static void threads_change_no_count(void **state)
{
	(void)state;
	struct explore_bounds bounds = bounds_of(DIALECT_DO, 2, 2, 1, true);
	assert_int_equal(explore(bounds), STATUS_OK);
	uint64_t states = report.states, transitions = report.transitions;
	unsigned depth = report.depth;
	for (bounds.threads = 2; bounds.threads < 6; bounds.threads += 3) {
		assert_int_equal(explore(bounds), STATUS_OK);
		assert_sound();
		assert_int_equal(report.states, states);
		assert_int_equal(report.transitions, transitions);
		assert_int_equal(report.depth, depth);
	}
}

static void a_bound_ends_the_walk_and_says_which(void **state)
{
	(void)state;
	struct explore_bounds bounds = bounds_of(DIALECT_BITS, 2, 1, 1, true);
	bounds.states_max = 100;
	assert_int_equal(explore(bounds), STATUS_OK);
	assert_false(report.complete);
	assert_string_equal(report.bound, "--bound");
	bounds.states_max = 0;
	bounds.memory_max = 40000;
	assert_int_equal(explore(bounds), STATUS_OK);
	assert_false(report.complete);
	assert_string_equal(report.bound, "--memory");
	assert_true(report.states > 0 && report.states < 57962);
}

static void bounds_out_of_range_are_refused(void **state)
{
	(void)state;
	assert_int_equal(explore(bounds_of(DIALECT_DO, 0, 1, 1, true)), STATUS_BAD_INPUT);
	assert_int_equal(explore(bounds_of(DIALECT_DO, 5, 1, 1, true)), STATUS_BAD_INPUT);
	assert_int_equal(explore(bounds_of(DIALECT_DO, 1, 0, 1, true)), STATUS_BAD_INPUT);
	assert_int_equal(explore(bounds_of(DIALECT_DO, 1, 7, 1, true)), STATUS_BAD_INPUT);
	assert_int_equal(explore(bounds_of(DIALECT_DO, 1, 1, 10, true)), STATUS_BAD_INPUT);
	struct explore_bounds bounds = bounds_of(DIALECT_DO, 1, 1, 1, true);
	bounds.threads = 0;
	assert_int_equal(explore(bounds), STATUS_BAD_INPUT);
	bounds.threads = 17;
	assert_int_equal(explore(bounds), STATUS_BAD_INPUT);
	assert_int_equal(explore(bounds_of(DIALECT_BITS, 4, 2, 1, false)), STATUS_LIMIT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_reference_is_taken_or_says_why_not),
		cmocka_unit_test(two_jobs_have_the_product_of_their_states_less_what_the_machine_forbids),
		cmocka_unit_test(retries_bound_the_timed_retries),
		cmocka_unit_test(a_broken_invariant_is_told_with_the_shortest_way),
		cmocka_unit_test(a_job_that_cannot_end_is_told),
		cmocka_unit_test(threads_change_no_count),
		cmocka_unit_test(a_bound_ends_the_walk_and_says_which),
		cmocka_unit_test(bounds_out_of_range_are_refused),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("explore", tests, set_up, tear_down);
}
