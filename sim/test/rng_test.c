/* rng_test.c -- streams of chance. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/rng.h"

#include <string.h>

static void the_same_seed_and_name_give_the_same_numbers(void **state)
{
	struct rng a, b;

	(void)state;
	rng_init(&a, 7, "ids");
	rng_init(&b, 7, "ids");
	for (int i = 0; i < 100; i++) assert_int_equal(rng_next(&a), rng_next(&b));
}

/* The numbers stand in golden traces: they must not change. */
static void the_numbers_are_pinned(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 1, "job-id");
	assert_int_equal(rng_next(&rng), UINT64_C(0xe03571a89df6b717));
	assert_int_equal(rng_next(&rng), UINT64_C(0x95ef68c032425775));
}

static void another_name_is_another_stream(void **state)
{
	struct rng a, b;
	int equal = 0;

	(void)state;
	rng_init(&a, 7, "ids");
	rng_init(&b, 7, "idt");
	for (int i = 0; i < 100; i++) equal += rng_next(&a) == rng_next(&b);
	assert_int_equal(equal, 0);
}

static void another_seed_is_another_stream(void **state)
{
	struct rng a, b;
	int equal = 0;

	(void)state;
	rng_init(&a, 7, "ids");
	rng_init(&b, 8, "ids");
	for (int i = 0; i < 100; i++) equal += rng_next(&a) == rng_next(&b);
	assert_int_equal(equal, 0);
}

/* A consumer that draws more shifts nobody else. */
static void streams_do_not_shift_each_other(void **state)
{
	struct rng a, b, alone;

	(void)state;
	rng_init(&a, 3, "a");
	rng_init(&b, 3, "b");
	rng_init(&alone, 3, "b");
	for (int i = 0; i < 50; i++) {
		rng_next(&a);
		rng_next(&a);
		assert_int_equal(rng_next(&b), rng_next(&alone));
	}
}

static void a_number_below_is_below_and_reaches_all(void **state)
{
	struct rng rng;
	unsigned seen[7] = { 0 };

	(void)state;
	rng_init(&rng, 0, "");
	for (int i = 0; i < 7000; i++) {
		uint64_t number = rng_below(&rng, 7);
		assert_true(number < 7);
		seen[number]++;
	}
	for (int i = 0; i < 7; i++) assert_in_range(seen[i], 800, 1200);
	assert_int_equal(rng_below(&rng, 1), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_and_name_give_the_same_numbers),
		cmocka_unit_test(the_numbers_are_pinned),
		cmocka_unit_test(another_name_is_another_stream),
		cmocka_unit_test(another_seed_is_another_stream),
		cmocka_unit_test(streams_do_not_shift_each_other),
		cmocka_unit_test(a_number_below_is_below_and_reaches_all),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
