/* clock_test.c -- clocks that jump, drift and stop, and when they read what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/clock.h"
#include "sim/rng.h"

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)

static void a_clock_goes_as_time_does(void **state)
{
	struct clock clock = { 0 };

	(void)state;
	assert_int_equal(clock_read(&clock, 90 * DAY), 90 * DAY);
	assert_int_equal(clock_when(&clock, 90 * DAY), 90 * DAY);
	assert_true(clock_when(&clock, CLOCK_NEVER) == CLOCK_NEVER);
}

static void it_jumps_at_once(void **state)
{
	struct clock clock = { 0 };

	(void)state;
	clock_jump(&clock, 10 * SECOND, 5 * SECOND);
	assert_int_equal(clock_read(&clock, 10 * SECOND), 15 * SECOND);
	assert_int_equal(clock_read(&clock, 12 * SECOND), 17 * SECOND);
	assert_int_equal(clock_when(&clock, 12 * SECOND), 10 * SECOND);    /* it never read that */
	clock_jump(&clock, 20 * SECOND, -15 * SECOND);
	assert_int_equal(clock_read(&clock, 21 * SECOND), 11 * SECOND);
}

static void it_drifts_from_then_on(void **state)
{
	struct clock clock = { 0 };

	(void)state;
	clock_set_drift(&clock, DAY, 100);
	assert_int_equal(clock_read(&clock, DAY), DAY);
	assert_int_equal(clock_read(&clock, 2 * DAY), 2 * DAY + 86400 * SECOND / 10000);
	clock_set_drift(&clock, 2 * DAY, -CLOCK_DRIFT_MAX);
	assert_int_equal(clock_read(&clock, 3 * DAY) - clock_read(&clock, 2 * DAY), 9 * DAY / 10);
	clock_set_drift(&clock, 3 * DAY, 0);
	assert_int_equal(clock_read(&clock, 4 * DAY) - clock_read(&clock, 3 * DAY), DAY);
}

static void it_stands_still_while_the_machine_sleeps(void **state)
{
	struct clock clock = { 0 };

	(void)state;
	clock_stop(&clock, 10 * SECOND, 3600 * SECOND);
	assert_int_equal(clock_read(&clock, 10 * SECOND), 10 * SECOND);
	assert_int_equal(clock_read(&clock, 3610 * SECOND), 10 * SECOND);
	assert_int_equal(clock_read(&clock, 3611 * SECOND), 11 * SECOND);
	assert_int_equal(clock_when(&clock, 12 * SECOND), 3612 * SECOND);
}

/* What `when` says is the first time, whatever happened before; and no reading falls. */
static void when_is_the_inverse_of_read(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 3, "clocks");
	for (unsigned round = 0; round < 2000; round++) {
		struct clock clock = { 0 };
		int64_t now_ns = 0, before_ns;
		for (unsigned i = 0; i < 4; i++) {
			now_ns += (int64_t)rng_below(&rng, 100 * (uint64_t)DAY);
			before_ns = clock_read(&clock, now_ns);
			if (rng_below(&rng, 2)) clock_set_drift(&clock, now_ns, (int64_t)rng_below(&rng, 2 * CLOCK_DRIFT_MAX + 1) - CLOCK_DRIFT_MAX);
			else clock_jump(&clock, now_ns, (int64_t)rng_below(&rng, (uint64_t)DAY));
			assert_true(clock_read(&clock, now_ns) >= before_ns);
		}
		int64_t reading_ns = clock_read(&clock, now_ns) + 1 + (int64_t)rng_below(&rng, 100 * (uint64_t)DAY), when_ns = clock_when(&clock, reading_ns);
		assert_true(clock_read(&clock, when_ns) >= reading_ns);
		assert_true(clock_read(&clock, when_ns - 1) < reading_ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_goes_as_time_does),
		cmocka_unit_test(it_jumps_at_once),
		cmocka_unit_test(it_drifts_from_then_on),
		cmocka_unit_test(it_stands_still_while_the_machine_sleeps),
		cmocka_unit_test(when_is_the_inverse_of_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
