/* timer_test.c -- retry, no progress, retention, and what the world does to a job. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/test/words.h"

/* --- retry and no progress */

/* TIME-003, STATE-012 */
static void a_transient_error_arms_the_minimum_retry_delay(void **state)
{
	struct play p;

	(void)state;
	start(&p, DIALECT_BITS, 1);
	p.now_ns = 7 * S;
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_REFUSED);
	assert_state(&p, STATE_TRANSIENT_ERROR);
	assert_int_equal(p.job.retry_due_ns, 607 * S);
	assert_int_equal(time_of(&p, EFFECT_RETRY_ARM), 607 * S);
	p.now_ns = 607 * S;
	happen(&p, EVENT_RETRY_DUE);
	assert_state(&p, STATE_QUEUED);
	assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
}

/* NET-012 */
static void retry_after_delays_the_retry(void **state)
{
	const struct occurrence busy = { .event = EVENT_TRANSIENT, .cause = CAUSE_HTTP_503_504, .http_status = 503,
		.retry_after_ns = 900 * S };
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	step(&p, &busy);
	assert_int_equal(p.job.retry_due_ns, 900 * S);
}

/* TIME-002 */
static void a_retry_delay_below_five_seconds_becomes_five(void **state)
{
	struct play p;

	(void)state;
	begin(&p, DIALECT_BITS, JOB_TYPE_DOWNLOAD);
	assert_int_equal(set(&p, PROPERTY_RETRY_DELAY, 1), CODE_S_OK);
	assert_int_equal(p.job.retry_delay_ns, 5 * S);
	set(&p, PROPERTY_RETRY_DELAY, 60);
	assert_int_equal(p.job.retry_delay_ns, 60 * S);
}

/* STATE-044 */
static void causes_without_timed_retry_arm_no_timer(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_VOLUME_LOCKED);
	assert_state(&p, STATE_TRANSIENT_ERROR);
	assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
	assert_false(did(&p, EFFECT_RETRY_ARM));
	to_state(&p, DIALECT_BITS, STATE_TRANSIENT_ERROR);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_VOLUME_LOCKED);
	assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
	assert_true(did(&p, EFFECT_RETRY_CANCEL));
}

/* STATE-022 */
static void resume_in_transient_error_does_not_wait(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		assert_int_equal(happen(&p, EVENT_RESUME), CODE_S_OK);
		assert_state(&p, STATE_QUEUED);
		assert_true(did(&p, EFFECT_RETRY_CANCEL));
	}
}

/* TIME-006 */
static void no_progress_zero_makes_every_error_fatal_in_bits(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	set(&p, PROPERTY_NO_PROGRESS, 0);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_state(&p, STATE_ERROR);
	assert_int_equal(p.job.error.code, 0x80072EFF);
	assert_true(did(&p, EFFECT_NOTIFY_ERROR));
	start(&p, DIALECT_BITS, 1);
	set(&p, PROPERTY_NO_PROGRESS, 0);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_DNS);
	assert_state(&p, STATE_ERROR);
}

/* TIME-006: a lost network and a policy are errors too. */
static void no_progress_zero_makes_what_stops_all_jobs_fatal_in_bits(void **state)
{
	struct play p;

	(void)state;
	for (int s = STATE_QUEUED; s <= STATE_TRANSFERRING; s++) {
		to_state(&p, DIALECT_BITS, (enum state)s);
		set(&p, PROPERTY_NO_PROGRESS, 0);
		happen(&p, EVENT_NET_LOST);
		assert_state(&p, STATE_ERROR);
		assert_int_equal(p.job.error.code, 0x80200010);
		assert_true(did(&p, EFFECT_NOTIFY_ERROR));
		to_state(&p, DIALECT_BITS, (enum state)s);
		set(&p, PROPERTY_NO_PROGRESS, 0);
		fail_by(&p, EVENT_BLOCK, CAUSE_POLICY_BANDWIDTH);
		assert_state(&p, STATE_ERROR);
		assert_int_equal(p.job.error.code, 0x8020003E);
	}
}

/* TIME-004 */
static void a_retry_delay_above_the_no_progress_period_is_no_retry_in_bits(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	set(&p, PROPERTY_NO_PROGRESS, 599);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_state(&p, STATE_ERROR);
	to_transferring(&p, DIALECT_BITS, 1);
	set(&p, PROPERTY_NO_PROGRESS, 600);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_state(&p, STATE_TRANSIENT_ERROR);
	to_transferring(&p, DIALECT_BITS, 1);
	set(&p, PROPERTY_NO_PROGRESS, 599);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_VOLUME_LOCKED); /* is not retried by time anyway */
	assert_state(&p, STATE_TRANSIENT_ERROR);
}

/* C-30: bits */
static void the_period_of_bits_starts_with_the_first_transient_error(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER);
	set(&p, PROPERTY_NO_PROGRESS, 1000);
	p.now_ns = 100 * S;
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.no_progress_due_ns, 1100 * S);
	p.now_ns = 700 * S;
	happen(&p, EVENT_RETRY_DUE);
	assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER); /* it cannot run out in QUEUED */
	happen(&p, EVENT_TURN);
	assert_int_equal(p.job.no_progress_due_ns, 1100 * S);
	assert_int_equal(time_of(&p, EFFECT_PROGRESS_ARM), 1100 * S);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.no_progress_due_ns, 1100 * S);
}

/* TIME-007 */
static void progress_ends_the_period_of_bits(void **state)
{
	struct play p;

	(void)state;
	to_state(&p, DIALECT_BITS, STATE_TRANSIENT_ERROR);
	happen(&p, EVENT_RETRY_DUE);
	happen(&p, EVENT_TURN);
	happen(&p, EVENT_CONNECTED);
	assert_int_not_equal(p.job.no_progress_due_ns, JOB_NEVER);
	data(&p, 10, 100);
	assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER);
	assert_true(did(&p, EFFECT_PROGRESS_CANCEL));
}

/* C-30: do; TIME-007, 009, 010, C-31 */
static void the_period_of_do_runs_from_the_last_progress_and_follows_the_priority(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_DO, 1);
	assert_int_equal(p.job.no_progress_due_ns, 86400 * S);
	p.now_ns = 50 * S;
	data(&p, 10, 100);
	assert_int_equal(p.job.no_progress_due_ns, 86450 * S);
	set(&p, PROPERTY_PRIORITY, JOB_PRIORITY_FOREGROUND);
	assert_int_equal(job_no_progress_ns(&p.machine, &p.job), 3600 * S);
	assert_int_equal(p.job.no_progress_due_ns, 3650 * S);
	set(&p, PROPERTY_NO_PROGRESS, 60);
	assert_int_equal(p.job.no_progress_due_ns, 110 * S);
	assert_int_equal(time_of(&p, EFFECT_PROGRESS_RESTART), 110 * S);
	set(&p, PROPERTY_PRIORITY, JOB_PRIORITY_LOW);
	assert_int_equal(job_no_progress_ns(&p.machine, &p.job), 60 * S);
	p.now_ns = 60 * S;
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.no_progress_due_ns, 110 * S); /* an error is no progress */
	happen(&p, EVENT_SUSPEND);
	assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER);
}

/* ERR-LIFE-009, C-04: bits */
static void at_the_time_out_bits_reports_the_last_error_as_a_new_one(void **state)
{
	struct play p;
	struct error last;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 2);
	happen(&p, EVENT_FILE_DONE);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	last = p.job.error;
	happen(&p, EVENT_NO_PROGRESS);
	assert_state(&p, STATE_ERROR);
	assert_int_equal(p.job.error.code, last.code);
	assert_int_equal(p.job.error.context, last.context);
	assert_int_equal(p.job.error.file, last.file);
	assert_int_equal(p.job.error.generation, last.generation + 1);
	assert_int_equal(p.job.error.cause, CAUSE_NO_PROGRESS);
	assert_int_equal(p.job.notify_pending, NOTIFY_JOB_ERROR); /* CB-024 */
}

/* C-04: the error is gone in TRANSFERRING, but no byte came since */
static void the_last_error_of_bits_is_reported_although_a_retry_had_connected(void **state)
{
	struct play p;

	(void)state;
	to_state(&p, DIALECT_BITS, STATE_TRANSIENT_ERROR);
	happen(&p, EVENT_RETRY_DUE);
	happen(&p, EVENT_TURN);
	happen(&p, EVENT_CONNECTED);
	assert_false(p.job.error.present);
	happen(&p, EVENT_NO_PROGRESS);
	assert_state(&p, STATE_ERROR);
	assert_true(p.job.error.present);
	assert_int_equal(p.job.error.code, 0x80072EFF);
}

/* ERR-CODE-003 */
static void at_the_time_out_do_has_a_code_of_its_own(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_DO, 2);
	happen(&p, EVENT_FILE_DONE);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	happen(&p, EVENT_NO_PROGRESS);
	assert_state(&p, STATE_ERROR);
	assert_int_equal(p.job.error.code, 0x80D02002);
	assert_int_equal(p.job.error.context, CONTEXT_NONE);
	assert_int_equal(p.job.error.file, 1);
}

/* TIME-021: do's delay is not set by the client */
static void do_has_a_retry_delay_of_its_own(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_DO, 1);
	set(&p, PROPERTY_RETRY_DELAY, 5);
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.retry_due_ns, 60 * S);
}

/* --- network, policy, owner, service */

/* STATE-041, C-23 */
static void a_lost_network_stops_the_active_states(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		for (int s = STATE_QUEUED; s <= STATE_TRANSFERRED; s++) {
			if (d == DIALECT_DO && s == STATE_CONNECTING) continue;
			to_state(&p, d, (enum state)s);
			happen(&p, EVENT_NET_LOST);
			assert_false(p.job.network_up);
			assert_state(&p, s <= STATE_TRANSFERRING ? STATE_TRANSIENT_ERROR : (enum state)s);
			if (s > STATE_TRANSFERRING) continue;
			assert_int_equal(p.job.error.code, d == DIALECT_BITS ? 0x80200010 : 0x80D03805);
			assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
		}
	}
}

/* STATE-042 */
static void the_network_coming_back_queues_every_transient_error(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		happen(&p, EVENT_NET_BACK);
		assert_state(&p, STATE_QUEUED);
		to_state(&p, d, STATE_ERROR);
		happen(&p, EVENT_NET_BACK);
		assert_state(&p, STATE_ERROR);
	}
}

/* STATE-043, COST-003 */
static void the_end_of_a_policy_queues_only_what_it_blocked(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 1);
		fail_by(&p, EVENT_BLOCK, CAUSE_POLICY_COST);
		assert_state(&p, STATE_TRANSIENT_ERROR);
		assert_true(p.job.blocked);
		assert_int_equal(p.job.error.code, d == DIALECT_BITS ? 0x80200059 : 0x80D03801);
		happen(&p, EVENT_UNBLOCK);
		assert_state(&p, STATE_QUEUED);
		assert_false(p.job.blocked);
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		happen(&p, EVENT_UNBLOCK);
		assert_state(&p, STATE_TRANSIENT_ERROR);
		fail_by(&p, EVENT_BLOCK, CAUSE_POLICY_COST);
		happen(&p, EVENT_UNBLOCK);
		assert_state(&p, STATE_TRANSIENT_ERROR);
		assert_int_not_equal(p.job.retry_due_ns, JOB_NEVER);
	}
}

/* STATE-039, 040 */
static void logoff_queues_a_running_job_without_an_error(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 1);
		happen(&p, EVENT_LOGOFF);
		assert_state(&p, STATE_QUEUED);
		assert_false(p.job.owner_present);
		assert_false(p.job.error.present);
		assert_true(did(&p, EFFECT_ABORT));
		happen(&p, EVENT_LOGON);
		assert_state(&p, STATE_QUEUED);
		assert_true(p.job.owner_present);
	}
}

/* PERSIST-002, ERR-LIFE-019, CB-017 */
static void a_service_restart_keeps_state_and_error(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_ERROR);
		set(&p, PROPERTY_NOTIFY_INTERFACE, 1);
		happen(&p, EVENT_STOP);
		happen(&p, EVENT_START);
		assert_state(&p, STATE_ERROR);
		assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_S_OK);
		assert_int_equal(p.job.notify_interface, d == DIALECT_BITS);
		to_transferring(&p, d, 1);
		happen(&p, EVENT_STOP);
		assert_state(&p, STATE_QUEUED);
		happen(&p, EVENT_START);
		assert_true(did(&p, EFFECT_ENQUEUE));
	}
}

/* TIME-015, 017: inactivity */
static void bits_cancels_after_90_days_without_progress_or_change(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	p.now_ns = DAY;
	data(&p, 10, 100);
	assert_int_equal(p.job.expires_ns, 91 * DAY);
	assert_int_equal(time_of(&p, EFFECT_ACTIVE), 91 * DAY);
	p.now_ns = 2 * DAY;
	set(&p, PROPERTY_OTHER, 0);
	assert_int_equal(p.job.expires_ns, 92 * DAY);
	p.now_ns = 3 * DAY;
	fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
	assert_int_equal(p.job.expires_ns, 92 * DAY);
	happen(&p, EVENT_EXPIRED);
	assert_state(&p, STATE_CANCELLED);
	assert_true(did(&p, EFFECT_DELETE_FILES));
	assert_false(p.job.error.present);
}

/* TIME-016, C-32: age */
static void do_removes_jobs_30_days_old(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_DO, 1);
	p.now_ns = DAY;
	data(&p, 10, 100);
	set(&p, PROPERTY_OTHER, 0);
	assert_int_equal(p.job.expires_ns, 30 * DAY);
	happen(&p, EVENT_EXPIRED);
	assert_state(&p, STATE_CANCELLED);
	assert_true(did(&p, EFFECT_FORGET));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transient_error_arms_the_minimum_retry_delay),
		cmocka_unit_test(retry_after_delays_the_retry),
		cmocka_unit_test(a_retry_delay_below_five_seconds_becomes_five),
		cmocka_unit_test(causes_without_timed_retry_arm_no_timer),
		cmocka_unit_test(resume_in_transient_error_does_not_wait),
		cmocka_unit_test(no_progress_zero_makes_every_error_fatal_in_bits),
		cmocka_unit_test(no_progress_zero_makes_what_stops_all_jobs_fatal_in_bits),
		cmocka_unit_test(a_retry_delay_above_the_no_progress_period_is_no_retry_in_bits),
		cmocka_unit_test(the_period_of_bits_starts_with_the_first_transient_error),
		cmocka_unit_test(progress_ends_the_period_of_bits),
		cmocka_unit_test(the_period_of_do_runs_from_the_last_progress_and_follows_the_priority),
		cmocka_unit_test(at_the_time_out_bits_reports_the_last_error_as_a_new_one),
		cmocka_unit_test(the_last_error_of_bits_is_reported_although_a_retry_had_connected),
		cmocka_unit_test(at_the_time_out_do_has_a_code_of_its_own),
		cmocka_unit_test(do_has_a_retry_delay_of_its_own),
		cmocka_unit_test(a_lost_network_stops_the_active_states),
		cmocka_unit_test(the_network_coming_back_queues_every_transient_error),
		cmocka_unit_test(the_end_of_a_policy_queues_only_what_it_blocked),
		cmocka_unit_test(logoff_queues_a_running_job_without_an_error),
		cmocka_unit_test(a_service_restart_keeps_state_and_error),
		cmocka_unit_test(bits_cancels_after_90_days_without_progress_or_change),
		cmocka_unit_test(do_removes_jobs_30_days_old),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
