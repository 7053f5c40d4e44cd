/* retry_test.c -- retry-delay and no-progress arithmetic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/retry.h"

#define S INT64_C(1000000000)

static void deadlines_add_and_never_reach_job_never(void **state)
{
	static const struct {
		int64_t now, delay, expected;
	} rows[] = {
		{ 0, 0, 0 },
		{ 5, 7, 12 },
		{ JOB_NEVER - 1, 0, JOB_NEVER - 1 },
		{ JOB_NEVER - 1, 1, JOB_NEVER - 1 },
		{ 1, JOB_NEVER - 1, JOB_NEVER - 1 },
		{ 4 * S, JOB_NEVER, JOB_NEVER - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(retry_deadline_ns(rows[i].now, rows[i].delay), rows[i].expected);
}

static void seconds_of_the_api_are_brought_into_ulong(void **state)
{
	static const struct {
		int64_t seconds, expected;
	} rows[] = {
		{ 0, 0 },
		{ 1, S },
		{ 1209600, 1209600 * S },
		{ -1, 0 },
		{ INT64_MIN, 0 },
		{ 0xFFFFFFFF, 0xFFFFFFFF * S },
		{ INT64_C(0x100000000), 0xFFFFFFFF * S },
		{ INT64_MAX, 0xFFFFFFFF * S },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(retry_seconds_ns(rows[i].seconds), rows[i].expected);
}

/* NET-012 and TIME-003: no retry before either is over. */
static void the_longer_of_delay_and_retry_after_counts(void **state)
{
	const struct machine *bits = machine_reference(DIALECT_BITS);
	struct job job;

	(void)state;
	job_init(&job, bits, JOB_TYPE_DOWNLOAD, 0);
	assert_int_equal(retry_delay_ns(bits, &job, 0), 600 * S);
	assert_int_equal(retry_delay_ns(bits, &job, 599 * S), 600 * S);
	assert_int_equal(retry_delay_ns(bits, &job, 601 * S), 601 * S);
}

static void the_defect_retry_early_halves_the_delay(void **state)
{
	struct machine mutant = *machine_reference(DIALECT_BITS);
	struct job job;

	(void)state;
	mutant.defects = UINT64_C(1) << DEFECT_retry_early;
	job_init(&job, &mutant, JOB_TYPE_DOWNLOAD, 0);
	assert_int_equal(retry_delay_ns(&mutant, &job, 0), 300 * S);
}

/* TIME-002: less than 5 becomes 5. */
static void a_delay_below_five_seconds_becomes_five(void **state)
{
	const struct machine *bits = machine_reference(DIALECT_BITS);

	(void)state;
	assert_int_equal(retry_delay_corrected_ns(bits, 0), 5 * S);
	assert_int_equal(retry_delay_corrected_ns(bits, 5 * S - 1), 5 * S);
	assert_int_equal(retry_delay_corrected_ns(bits, 5 * S), 5 * S);
	assert_int_equal(retry_delay_corrected_ns(bits, 6 * S), 6 * S);
}

static void a_running_period_ends_where_its_new_length_says_but_not_in_the_past(void **state)
{
	(void)state;
	assert_int_equal(retry_moved_ns(110 * S, 20 * S, 100 * S, 50 * S), 60 * S);
	assert_int_equal(retry_moved_ns(110 * S, 20 * S, 100 * S, 200 * S), 210 * S);
	assert_int_equal(retry_moved_ns(110 * S, 20 * S, 100 * S, 0), 20 * S);
}

/* STATE-044: disconnection and volume lock have no timed retry. */
static void disconnection_and_volume_lock_are_not_retried_by_time(void **state)
{
	const struct machine *bits = machine_reference(DIALECT_BITS);

	(void)state;
	assert_true(retry_is_not_timed(bits, CAUSE_NET_DOWN));
	assert_true(retry_is_not_timed(bits, CAUSE_VOLUME_LOCKED));
	assert_true(retry_is_not_timed(bits, CAUSE_POLICY_BANDWIDTH));
	assert_false(retry_is_not_timed(bits, CAUSE_NET_RESET));
	assert_false(retry_is_not_timed(bits, CAUSE_DISK_LOCKED));
	assert_false(retry_is_not_timed(bits, CAUSE_NONE));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines_add_and_never_reach_job_never),
		cmocka_unit_test(seconds_of_the_api_are_brought_into_ulong),
		cmocka_unit_test(the_longer_of_delay_and_retry_after_counts),
		cmocka_unit_test(the_defect_retry_early_halves_the_delay),
		cmocka_unit_test(a_delay_below_five_seconds_becomes_five),
		cmocka_unit_test(a_running_period_ends_where_its_new_length_says_but_not_in_the_past),
		cmocka_unit_test(disconnection_and_volume_lock_are_not_retried_by_time),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
