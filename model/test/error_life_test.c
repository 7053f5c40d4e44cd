/* error_life_test.c -- when a job has an error object, and what it says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/test/words.h"

/* --- the life of the error object */

/* ERR-LIFE-004, ERR-ACC-006 */
static void a_job_that_never_failed_has_no_error_in_any_state(void **state)
{
	static const enum state clean[] = { STATE_QUEUED, STATE_CONNECTING, STATE_TRANSFERRING, STATE_SUSPENDED,
		STATE_TRANSFERRED, STATE_ACKNOWLEDGED, STATE_CANCELLED };
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		for (size_t i = 0; i < sizeof clean / sizeof *clean; i++) {
			if (d == DIALECT_DO && clean[i] == STATE_CONNECTING) continue;
			to_state(&p, d, clean[i]);
			assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_ERROR_INFORMATION_UNAVAILABLE);
			assert_false(job_has_error(&p.machine, &p.job));
		}
	}
}

/* ERR-LIFE-001, 002, 007, C-02: from the error over Resume to the moment when data flows */
static void an_error_lives_until_transferring(void **state)
{
	static const enum state errors[] = { STATE_ERROR, STATE_TRANSIENT_ERROR };
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		for (size_t i = 0; i < 2; i++) {
			to_state(&p, d, errors[i]);
			assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
			happen(&p, EVENT_RESUME);
			assert_state(&p, STATE_QUEUED);
			assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
			happen(&p, EVENT_TURN);
			if (d == DIALECT_BITS) {
				assert_state(&p, STATE_CONNECTING);
				assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
				happen(&p, EVENT_CONNECTED);
			}
			assert_true(did(&p, EFFECT_ERROR_CLEAR));
			assert_state(&p, STATE_TRANSFERRING);
			assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_ERROR_INFORMATION_UNAVAILABLE);
		}
	}
}

/* ERR-LIFE-008, C-03 */
static void an_error_survives_suspend_and_resume(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		happen(&p, EVENT_SUSPEND);
		assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
		happen(&p, EVENT_RESUME);
		assert_state(&p, STATE_QUEUED);
		assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
	}
}

/* ERR-LIFE-010 */
static void a_new_error_is_another_generation(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		assert_int_equal(p.job.error.generation, 1);
		fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_DNS);
		assert_state(&p, STATE_TRANSIENT_ERROR);
		assert_int_equal(p.job.error.generation, 2);
		assert_int_equal(p.job.error.code, 0x80072EE7);
		fail_by(&p, EVENT_FATAL, CAUSE_HTTP_403);
		assert_state(&p, STATE_ERROR);
		assert_int_equal(p.job.error.generation, 3);
		assert_int_equal(p.job.error.code, 0x80190193);
		assert_int_equal(p.job.error.context, CONTEXT_REMOTE_FILE);
		assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
	}
}

/* ERR-LIFE-005, 006 */
static void a_refused_call_neither_makes_nor_removes_an_error(void **state)
{
	struct play p;
	struct error before;

	(void)state;
	begin(&p, DIALECT_BITS, JOB_TYPE_UPLOAD);
	happen(&p, EVENT_RESUME);
	assert_false(p.job.error.present);
	happen(&p, EVENT_ADD_FILE);
	happen(&p, EVENT_RESUME);
	happen(&p, EVENT_TURN);
	fail_by(&p, EVENT_FATAL, CAUSE_HTTP_403);
	before = p.job.error;
	assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_INVALID_STATE);
	assert_memory_equal(&before, &p.job.error, sizeof before);
}

/* ERR-LIFE-016 */
static void a_job_that_recovered_has_no_error_in_transferred(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		happen(&p, EVENT_RETRY_DUE);
		happen(&p, EVENT_TURN);
		if (d == DIALECT_BITS) happen(&p, EVENT_CONNECTED);
		happen(&p, EVENT_ALL_DONE);
		assert_state(&p, STATE_TRANSFERRED);
		assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_ERROR_INFORMATION_UNAVAILABLE);
	}
}

/* ERR-FILE-005, ERR-FILE-002, 003 */
static void the_file_of_an_error_is_the_current_one_or_none(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 3);
		happen(&p, EVENT_FILE_DONE);
		fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
		assert_int_equal(p.job.error.file, 1);
		to_transferring(&p, d, 3);
		fail_by(&p, EVENT_NET_LOST, CAUSE_NET_DOWN);
		assert_int_equal(p.job.error.file, ERROR_NO_FILE);
	}
}

static void the_defect_file_first_names_the_first_file(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 3);
	p.machine.defects = UINT64_C(1) << DEFECT_file_first;
	happen(&p, EVENT_FILE_DONE);
	fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
	assert_int_equal(p.job.error.file, 0);
}

/* ERR-CTX-007 against ERR-CTX-004 */
static void a_404_is_about_the_remote_file_in_bits_and_has_no_context_in_do(void **state)
{
	const struct occurrence fatal = { .event = EVENT_FATAL, .cause = CAUSE_HTTP_BAD, .http_status = 404 };
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 1);
		step(&p, &fatal);
		assert_int_equal(p.job.error.code, 0x80190194);
		assert_int_equal(p.job.error.context, d == DIALECT_BITS ? CONTEXT_REMOTE_FILE : CONTEXT_NONE);
		assert_int_equal(p.job.error.file, 0);
	}
}

/* Mutants edit the table of causes; what they write there must show. */
static void an_edited_cause_shows_in_the_error(void **state)
{
	struct fault faults[CAUSE_COUNT];
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	memcpy(faults, p.machine.faults, sizeof faults);
	faults[CAUSE_NET_DOWN].report[DIALECT_BITS].file = true;
	faults[CAUSE_HTTP_BAD].report[DIALECT_BITS].code = 0x00190194;
	p.machine.faults = faults;
	happen(&p, EVENT_NET_LOST);
	assert_int_equal(p.job.error.file, 0);
	to_transferring(&p, DIALECT_BITS, 1);
	p.machine.faults = faults;
	fail_by(&p, EVENT_FATAL, CAUSE_HTTP_BAD);
	assert_int_equal(p.job.error.code, 0x00190194);
}

/* --- GetErrorCount */

/* TIME-022, C-65 */
static void the_error_count_rises_from_transferring_and_with_failed_retries(void **state)
{
	struct play p;

	(void)state;
	start(&p, DIALECT_BITS, 1);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_DNS); /* never was in TRANSFERRING, no retry */
	assert_int_equal(p.job.error_count, 0);
	happen(&p, EVENT_RETRY_DUE);
	happen(&p, EVENT_TURN);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_DNS);
	assert_int_equal(p.job.error_count, 1);
	happen(&p, EVENT_RETRY_DUE);
	happen(&p, EVENT_TURN);
	happen(&p, EVENT_CONNECTED);
	assert_int_equal(p.job.error_count, 1);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.error_count, 2);
	happen(&p, EVENT_RESUME);
	happen(&p, EVENT_TURN);
	happen(&p, EVENT_CONNECTED);
	fail_by(&p, EVENT_FATAL, CAUSE_HTTP_403);
	assert_int_equal(p.job.error_count, 3);
}

/* TIME-023 */
static void disconnection_volume_lock_and_bandwidth_are_not_counted(void **state)
{
	static const enum cause causes[] = { CAUSE_NET_DOWN, CAUSE_VOLUME_LOCKED, CAUSE_POLICY_BANDWIDTH };
	static const enum event events[] = { EVENT_NET_LOST, EVENT_TRANSIENT, EVENT_BLOCK };
	struct play p;

	(void)state;
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
		to_transferring(&p, DIALECT_BITS, 1);
		fail_by(&p, events[i], causes[i]);
		assert_state(&p, STATE_TRANSIENT_ERROR);
		assert_int_equal(p.job.error_count, 0);
		assert_false(did(&p, EFFECT_ERROR_COUNT));
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_that_never_failed_has_no_error_in_any_state),
		cmocka_unit_test(an_error_lives_until_transferring),
		cmocka_unit_test(an_error_survives_suspend_and_resume),
		cmocka_unit_test(a_new_error_is_another_generation),
		cmocka_unit_test(a_refused_call_neither_makes_nor_removes_an_error),
		cmocka_unit_test(a_job_that_recovered_has_no_error_in_transferred),
		cmocka_unit_test(the_file_of_an_error_is_the_current_one_or_none),
		cmocka_unit_test(the_defect_file_first_names_the_first_file),
		cmocka_unit_test(a_404_is_about_the_remote_file_in_bits_and_has_no_context_in_do),
		cmocka_unit_test(an_edited_cause_shows_in_the_error),
		cmocka_unit_test(the_error_count_rises_from_transferring_and_with_failed_retries),
		cmocka_unit_test(disconnection_volume_lock_and_bandwidth_are_not_counted),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("error_life", tests, NULL, NULL);
}
