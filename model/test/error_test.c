/* error_test.c -- the error object as a value. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/error.h"

static const struct fault_report denied = { FAULT_CLASS_FATAL, 0x80070005u, CONTEXT_LOCAL_FILE, true, 'd' };
static const struct fault_report lost = { FAULT_CLASS_TRANSIENT, 0x80200010u, CONTEXT_GENERAL_QUEUE_MANAGER, false, 'd' };

/* ERR-LIFE-001: it exists from the error on. */
static void a_set_error_is_present_with_its_values(void **state)
{
	struct error error = { .file = ERROR_NO_FILE };

	(void)state;
	error_set(&error, &denied, CAUSE_DISK_DENIED, 3);
	assert_true(error.present);
	assert_int_equal(error.context, CONTEXT_LOCAL_FILE);
	assert_int_equal(error.code, 0x80070005u);
	assert_int_equal(error.file, 3);
	assert_int_equal(error.cause, CAUSE_DISK_DENIED);
	assert_int_equal(error.generation, 1);
}

/* ERR-LIFE-010: context, code and file are those of the new one. */
static void a_new_error_replaces_all_values_of_the_old_one(void **state)
{
	struct error error = { .file = ERROR_NO_FILE };

	(void)state;
	error_set(&error, &denied, CAUSE_DISK_DENIED, 3);
	error_set(&error, &lost, CAUSE_NET_DOWN, ERROR_NO_FILE);
	assert_int_equal(error.context, CONTEXT_GENERAL_QUEUE_MANAGER);
	assert_int_equal(error.code, 0x80200010u);
	assert_int_equal(error.file, ERROR_NO_FILE);
	assert_int_equal(error.cause, CAUSE_NET_DOWN);
	assert_int_equal(error.generation, 2);
}

/* An equal error is another error all the same. */
static void generations_count_errors_over_clears(void **state)
{
	struct error error = { .file = ERROR_NO_FILE };

	(void)state;
	error_set(&error, &lost, CAUSE_NET_DOWN, ERROR_NO_FILE);
	error_clear(&error);
	assert_false(error.present);
	assert_int_equal(error.generation, 1);
	error_set(&error, &lost, CAUSE_NET_DOWN, ERROR_NO_FILE);
	assert_true(error.present);
	assert_int_equal(error.generation, 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_error_is_present_with_its_values),
		cmocka_unit_test(a_new_error_replaces_all_values_of_the_old_one),
		cmocka_unit_test(generations_count_errors_over_clears),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
