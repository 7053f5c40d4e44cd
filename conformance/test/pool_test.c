/* pool_test.c -- tasks that end their worker harm themselves only, and what was found does not depend on the number of workers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/pool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TASKS 40u
#define ENDLESS 7u
#define BROKEN 11u

struct found {
	unsigned done[TASKS];
	char why[TASKS][60];
};

static bool work(void *context, struct arena *arena, unsigned task)
{
	struct found *found = context;
	if (!arena_take(arena, 100)) return false;
	if (task == BROKEN) raise(SIGABRT);
	for (volatile bool ever = task == ENDLESS; ever;) continue;
	found->done[task]++;
	return true;
}

static bool give_up(void *context, struct arena *arena, unsigned task)
{
	(void)context;
	(void)arena;
	return task != 3;
}

static void died(void *context, unsigned task, const char *why)
{
	struct found *found = context;
	snprintf(found->why[task], sizeof found->why[task], "%s", why);
}

static void each_task_is_done_once_and_the_dead_are_told(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs <= 3; jobs++) {
		struct found *found = pool_share(sizeof *found);
		const struct pool pool = { .count = TASKS, .jobs = jobs, .task_seconds = 1, .arena_bytes = 1u << 16, .context = found, .work = work, .died = died };
		assert_non_null(found);
		assert_true(pool_run(&pool));
		for (unsigned i = 0; i < TASKS; i++) {
			assert_int_equal(found->done[i], i != ENDLESS && i != BROKEN);
			assert_int_equal(found->why[i][0] != '\0', i == ENDLESS || i == BROKEN);
		}
		assert_string_equal(found->why[ENDLESS], "it ran without end");
		assert_string_equal(found->why[BROKEN], strsignal(SIGABRT));
		pool_unshare(found, sizeof *found);
	}
}

static void worker_that_gives_up_ends_the_pool(void **state)
{
	const struct pool pool = { .count = TASKS, .jobs = 2, .task_seconds = 5, .arena_bytes = 1u << 16, .work = give_up, .died = died };
	(void)state;
	assert_false(pool_run(&pool));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_task_is_done_once_and_the_dead_are_told),
		cmocka_unit_test(worker_that_gives_up_ends_the_pool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
