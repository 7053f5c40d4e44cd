/* effect_test.c -- the caller-owned list of effects. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/effect.h"

static void a_new_list_is_empty(void **state)
{
	struct effects effects = { .count = 7 };

	(void)state;
	effects_init(&effects);
	assert_int_equal(effects.count, 0);
}

static void effects_keep_their_order_and_time(void **state)
{
	struct effects effects;

	(void)state;
	effects_init(&effects);
	effects_add(&effects, EFFECT_CONNECT, 0);
	effects_add(&effects, EFFECT_RETRY_ARM, 42);
	assert_int_equal(effects.count, 2);
	assert_int_equal(effects.list[0].kind, EFFECT_CONNECT);
	assert_int_equal(effects.list[1].kind, EFFECT_RETRY_ARM);
	assert_int_equal(effects.list[1].at_ns, 42);
}

/* A row can list each effect once, and entering a state may add one more to each timer. */
static void the_list_holds_every_row(void **state)
{
	(void)state;
	assert_true(EFFECT_COUNT + 2 <= EFFECTS_MAX);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_list_is_empty),
		cmocka_unit_test(effects_keep_their_order_and_time),
		cmocka_unit_test(the_list_holds_every_row),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("effect", tests, NULL, NULL);
}
