/* mutant_open_test.c -- which generated mutants nobody may complain of, and that each notion of it lets nothing else through. */
#include "conformance/mutant_open.h"

#include "sim/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct arena arena;
	const struct explore_equal *equal[DIALECT_COUNT];
};

static int setup(void **state)
{
	static struct world world;
	if (arena_init(&world.arena, (size_t)256 << 20)) return -1;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct explore_bounds bounds = { .machine = machine_reference((enum dialect)d), .jobs = 1, .files = 2, .retries = 1, .threads = 1 };
		world.equal[d] = explore_equal_new(&world.arena, &bounds);
		if (!world.equal[d]) return -1;
	}
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	arena_done(&world->arena);
	return 0;
}

struct asked {
	struct mutant_row edit;
	const struct machine *machine;
	char text[EXPLORE_EQUAL_TEXT];
};

static void find(struct world *world, const char *id, struct asked *asked)
{
	assert_true(mutant_row_find(id, &asked->edit));
	asked->machine = mutant_machine(&world->arena, &asked->edit.mutant, asked->edit.dialect);
	assert_non_null(asked->machine);
}

static enum explore_equality equality(struct world *world, const char *id)
{
	const struct arena before = world->arena;
	struct asked asked;
	find(world, id, &asked);
	const struct explore_other other = { .machine = asked.machine, .row = asked.edit.row, .whole_cell = asked.edit.whole_cell };
	enum explore_equality found = explore_equal_check(world->equal[asked.edit.dialect], &world->arena, &other, asked.text);
	world->arena = before;
	return found;
}

static void assert_openness(struct world *world, const char *id, enum mutant_openness wanted, const char *text)
{
	const struct arena before = world->arena;
	struct asked asked = { 0 };
	find(world, id, &asked);
	enum mutant_openness found = mutant_open(world->equal[asked.edit.dialect], &world->arena, asked.machine, &asked.edit, asked.text);
	if (found != wanted || !strstr(asked.text, text)) fail_msg("%s: %d, %s", id, found, asked.text);
	world->arena = before;
}

static void a_notification_that_may_be_lost_is_left_open(void **state)
{
	assert_openness(*state, "gen:bits:resume:-NOTIFY_MODIFICATION", MUTANT_LEFT_OPEN, "CB-009");
	assert_openness(*state, "gen:do:set_acknowledged:+NOTIFY_MODIFICATION", MUTANT_LEFT_OPEN, "CB-009");
}

static void other_notifications_are_not(void **state)
{
	assert_openness(*state, "gen:bits:fatal_connecting:-NOTIFY_ERROR", MUTANT_BOUND, "");
	assert_openness(*state, "gen:bits:all_done:-NOTIFY_TRANSFERRED", MUTANT_BOUND, "");
}

static void what_a_refusal_does_to_the_modification_time_is_left_open(void **state)
{
	assert_openness(*state, "gen:bits:suspend_cancelled:-REFUSE", MUTANT_LEFT_OPEN, "PROGRESS-009");
}

static void a_refused_property_that_is_taken_is_not(void **state)
{
	assert_openness(*state, "gen:do:set_cancelled:-REFUSE", MUTANT_BOUND, "");
}

static void another_reading_is_named(void **state)
{
	assert_openness(*state, "gen:bits:resume_transferred:result=INVALID_STATE", MUTANT_READING, "C-21=invalid-state");
	assert_openness(*state, "gen:do:resume_transferred:to=QUEUED", MUTANT_READING, "C-21=queued-then-transferred");
	assert_openness(*state, "gen:bits:resume_transferred:result=E_FAIL", MUTANT_BOUND, "");
	assert_openness(*state, "gen:do:resume_transferred:to=SUSPENDED", MUTANT_BOUND, "");
}

static void a_row_that_the_world_never_brings_says_why(void **state)
{
	assert_openness(*state, "gen:bits:net_back_connecting:to=ERROR", MUTANT_NOT_BROUGHT, "meets that at once");
	assert_openness(*state, "gen:bits:net_back_transient:to=ERROR", MUTANT_BOUND, "");
}

/* What an effect carries out shows only where there is something to carry it out on. */
static void effects_without_an_object_show_nothing(void **state)
{
	struct world *world = *state;
	static const char *const equal[] = { "gen:bits:complete_suspended_upload:+DELETE_FILES", "gen:bits:complete_suspended_upload:+KEEP_FILES",
		"gen:bits:cancel_cancelled:+DELETE_FILES", "gen:do:complete_acknowledged:+KEEP_FILES", "gen:bits:complete_queued_all:-DELETE_FILES",
		"gen:bits:transient_transferring:-ABORT", "gen:do:stop_transferring:-ABORT", "gen:bits:complete_connecting_all:-ABORT",
		"gen:bits:no_progress_transient:-ERROR_NO_PROGRESS", "gen:bits:retry_due:-RETRY_CANCEL",
		"gen:bits:transient_connecting_zero:-PROGRESS_CANCEL" };
	static const char *const different[] = { "gen:bits:cancel_suspended:-DELETE_FILES", "gen:bits:complete_suspended:-KEEP_FILES",
		"gen:bits:complete_transferred_rename_fails:+DELETE_FILES", "gen:do:complete_error:-DELETE_FILES", "gen:bits:suspend_transferring:-ABORT",
		"gen:bits:no_progress_transferring:-ABORT", "gen:do:no_progress_transient:-ERROR_NO_PROGRESS", "gen:bits:transient_connecting:-RETRY_ARM",
		"gen:bits:transient_connecting_no_retry:-PROGRESS_CANCEL", "gen:bits:block_connecting_zero:-PROGRESS_CANCEL" };
	for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++)
		if (equality(world, equal[i]) != EXPLORE_EQUAL) fail_msg("%s shows something", equal[i]);
	for (size_t i = 0; i < sizeof different / sizeof different[0]; i++)
		if (equality(world, different[i]) != EXPLORE_DIFFERENT) fail_msg("%s shows nothing", different[i]);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notification_that_may_be_lost_is_left_open),
		cmocka_unit_test(other_notifications_are_not),
		cmocka_unit_test(what_a_refusal_does_to_the_modification_time_is_left_open),
		cmocka_unit_test(a_refused_property_that_is_taken_is_not),
		cmocka_unit_test(another_reading_is_named),
		cmocka_unit_test(a_row_that_the_world_never_brings_says_why),
		cmocka_unit_test(effects_without_an_object_show_nothing),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mutant_open", tests, setup, teardown);
}
