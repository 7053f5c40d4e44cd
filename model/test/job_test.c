/* job_test.c -- calls on a job, its files and its callbacks: one claim of the pages each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/test/words.h"

/* --- new jobs and calls */

/* STATE-001, JOB-037, TIME-001, TIME-005, C-28 */
static void a_new_job_has_the_defaults_of_its_dialect(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		begin(&p, d, JOB_TYPE_DOWNLOAD);
		assert_state(&p, STATE_SUSPENDED);
		assert_int_equal(p.job.priority, JOB_PRIORITY_NORMAL);
		assert_int_equal(p.job.notify_flags, NOTIFY_JOB_TRANSFERRED | NOTIFY_JOB_ERROR);
		assert_false(job_has_error(&p.machine, &p.job));
		assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
		assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER);
	}
	assert_int_equal(p.job.retry_delay_ns, 600 * S);
	assert_int_equal(job_no_progress_ns(&p.machine, &p.job), 14 * DAY);
	assert_int_equal(p.job.expires_ns, 90 * DAY);
}

/* STATE-020 */
static void resume_empty_is_refused(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		begin(&p, d, JOB_TYPE_DOWNLOAD);
		assert_int_equal(happen(&p, EVENT_RESUME), CODE_EMPTY);
		assert_state(&p, STATE_SUSPENDED);
		assert_string_equal(p.row->id, "resume_empty");
		assert_true(did(&p, EFFECT_REFUSE));
	}
}

/* STATE-002, STATE-004 */
static void bits_goes_from_queued_over_connecting_to_transferring(void **state)
{
	struct play p;

	(void)state;
	begin(&p, DIALECT_BITS, JOB_TYPE_DOWNLOAD);
	happen(&p, EVENT_ADD_FILE);
	assert_int_equal(happen(&p, EVENT_RESUME), CODE_S_OK);
	assert_state(&p, STATE_QUEUED);
	assert_true(did(&p, EFFECT_ENQUEUE));
	happen(&p, EVENT_TURN);
	assert_state(&p, STATE_CONNECTING);
	assert_true(did(&p, EFFECT_CONNECT));
	happen(&p, EVENT_CONNECTED);
	assert_state(&p, STATE_TRANSFERRING);
}

/* STATE-003, C-16 */
static void do_resumes_to_transferring_at_once_unless_its_owner_is_away(void **state)
{
	struct play p;

	(void)state;
	begin(&p, DIALECT_DO, JOB_TYPE_DOWNLOAD);
	happen(&p, EVENT_ADD_FILE);
	happen(&p, EVENT_RESUME);
	assert_state(&p, STATE_TRANSFERRING);
	assert_true(did(&p, EFFECT_CONNECT));
	begin(&p, DIALECT_DO, JOB_TYPE_DOWNLOAD);
	happen(&p, EVENT_ADD_FILE);
	happen(&p, EVENT_LOGOFF);
	happen(&p, EVENT_RESUME);
	assert_state(&p, STATE_QUEUED);
}

/* STATE-017, 019, 026, 033, JOB-035, JOB-014 */
static void final_states_refuse_every_change_and_stay_equal(void **state)
{
	static const enum event calls[] = { EVENT_ADD_FILE, EVENT_SUSPEND, EVENT_RESUME, EVENT_COMPLETE, EVENT_CANCEL };
	struct play p;
	struct job before;

	(void)state;
	EACH_DIALECT(d) {
		for (int s = STATE_ACKNOWLEDGED; s <= STATE_CANCELLED; s++) {
			to_state(&p, d, (enum state)s);
			before = p.job;
			for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
				assert_int_equal(happen(&p, calls[i]), CODE_INVALID_STATE);
			assert_int_equal(set(&p, PROPERTY_PRIORITY, JOB_PRIORITY_LOW), CODE_INVALID_STATE);
			assert_int_equal(happen(&p, EVENT_GET), CODE_S_OK); /* JOB-048 */
			assert_memory_equal(&before, &p.job, sizeof before);
		}
	}
}

/* STATE-014, 016 (C-19) */
static void suspend_leads_to_suspended_from_every_state_but_the_final_ones(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		for (int s = STATE_QUEUED; s <= STATE_TRANSFERRED; s++) {
			if (d == DIALECT_DO && s == STATE_CONNECTING) continue;
			to_state(&p, d, (enum state)s);
			assert_int_equal(happen(&p, EVENT_SUSPEND), CODE_S_OK);
			assert_state(&p, STATE_SUSPENDED);
			assert_int_equal(p.job.retry_due_ns, JOB_NEVER);
			assert_int_equal(p.job.no_progress_due_ns, JOB_NEVER);
		}
	}
}

/* STATE-024, STATE-047, C-21 */
static void resume_in_transferred_does_nothing_unless_a_file_was_added(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSFERRED);
		assert_int_equal(happen(&p, EVENT_RESUME), CODE_S_OK);
		assert_state(&p, STATE_TRANSFERRED);
		assert_int_equal(p.effects.count, 0);
		happen(&p, EVENT_ADD_FILE);
		assert_state(&p, STATE_TRANSFERRED);
		assert_int_equal(p.job.file_current, 1);
		assert_int_equal(happen(&p, EVENT_RESUME), CODE_S_OK);
		assert_state(&p, STATE_QUEUED);
		assert_int_equal(p.job.notify_pending & NOTIFY_JOB_TRANSFERRED, 0);
	}
}

/* --- Complete and Cancel */

/* STATE-029 */
static void complete_in_transferred_keeps_all_files(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSFERRED);
		assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_S_OK);
		assert_state(&p, STATE_ACKNOWLEDGED);
		assert_true(p.job.files[0].kept);
		assert_true(did(&p, EFFECT_KEEP_FILES));
		assert_true(did(&p, EFFECT_FORGET));
		assert_int_equal(p.job.notify_pending, 0);
	}
}

/* STATE-030, 031, 032, C-22 */
static void complete_before_transferred_keeps_what_is_done(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 3);
		happen(&p, EVENT_FILE_DONE);
		assert_int_equal(happen(&p, EVENT_COMPLETE), d == DIALECT_BITS ? CODE_PARTIAL_COMPLETE : CODE_S_OK);
		assert_state(&p, STATE_ACKNOWLEDGED);
		assert_true(p.job.files[0].kept);
		assert_false(p.job.files[1].kept);
		assert_false(p.job.files[2].kept);
		assert_true(did(&p, EFFECT_ABORT));
	}
}

/* C-22: with no file done */
static void bits_completes_an_empty_job_in_part(void **state)
{
	struct play p;

	(void)state;
	begin(&p, DIALECT_BITS, JOB_TYPE_DOWNLOAD);
	assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_PARTIAL_COMPLETE);
	assert_state(&p, STATE_ACKNOWLEDGED);
}

/* STATE-034 */
static void complete_of_an_upload_before_transferred_is_refused(void **state)
{
	struct play p;

	(void)state;
	begin(&p, DIALECT_BITS, JOB_TYPE_UPLOAD);
	happen(&p, EVENT_ADD_FILE);
	assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_INVALID_STATE);
	assert_state(&p, STATE_SUSPENDED);
	happen(&p, EVENT_RESUME);
	happen(&p, EVENT_TURN);
	happen(&p, EVENT_CONNECTED);
	assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_INVALID_STATE);
	happen(&p, EVENT_ALL_DONE);
	p.job.rename_fails = true; /* there is no file to name */
	assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_S_OK);
	assert_state(&p, STATE_ACKNOWLEDGED);
}

/* STATE-035 */
static void complete_can_be_called_again_after_a_rename_failed(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_TRANSFERRED);
		p.job.rename_fails = true;
		assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_ERROR_SHARING_VIOLATION);
		assert_state(&p, STATE_TRANSFERRED);
		assert_false(p.job.files[0].kept);
		p.job.rename_fails = false;
		assert_int_equal(happen(&p, EVENT_COMPLETE), CODE_S_OK);
		assert_state(&p, STATE_ACKNOWLEDGED);
	}
}

/* STATE-025, 027, ERR-LIFE-014 */
static void cancel_ends_the_job_and_its_error_in_every_state(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		for (int s = STATE_QUEUED; s <= STATE_TRANSFERRED; s++) {
			if (d == DIALECT_DO && s == STATE_CONNECTING) continue;
			to_state(&p, d, (enum state)s);
			assert_int_equal(happen(&p, EVENT_CANCEL), CODE_S_OK);
			assert_state(&p, STATE_CANCELLED);
			assert_true(did(&p, EFFECT_DELETE_FILES));
			assert_int_equal(happen(&p, EVENT_GET_ERROR), CODE_ERROR_INFORMATION_UNAVAILABLE);
			assert_int_equal(p.job.notify_pending, 0);
			assert_int_equal(p.job.expires_ns, JOB_NEVER);
		}
	}
}

/* --- callbacks */

/* CB-001, 002, 006 */
static void callbacks_are_owed_for_error_and_transferred_but_not_for_transient_error(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_ERROR);
		assert_int_equal(p.job.notify_pending, NOTIFY_JOB_ERROR);
		assert_true(did(&p, EFFECT_NOTIFY_ERROR));
		to_state(&p, d, STATE_TRANSFERRED);
		assert_int_equal(p.job.notify_pending, NOTIFY_JOB_TRANSFERRED);
		to_state(&p, d, STATE_TRANSIENT_ERROR);
		assert_int_equal(p.job.notify_pending, 0);
	}
}

/* CB-015 */
static void a_callback_is_owed_although_no_interface_is_set_yet(void **state)
{
	struct play p;

	(void)state;
	to_state(&p, DIALECT_BITS, STATE_ERROR);
	assert_false(p.job.notify_interface);
	assert_int_equal(p.job.notify_pending, NOTIFY_JOB_ERROR);
	set(&p, PROPERTY_NOTIFY_INTERFACE, 1);
	assert_true(p.job.notify_interface);
	assert_int_equal(p.job.notify_pending, NOTIFY_JOB_ERROR);
}

/* CB-011, CB-012, C-27 */
static void flags_that_are_not_set_and_disable_suppress_callbacks(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 1);
		set(&p, PROPERTY_NOTIFY_FLAGS, NOTIFY_JOB_TRANSFERRED);
		fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
		assert_int_equal(p.job.notify_pending, 0);
		to_transferring(&p, d, 1);
		set(&p, PROPERTY_NOTIFY_FLAGS, NOTIFY_JOB_ERROR | NOTIFY_DISABLE);
		fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
		assert_int_equal(p.job.notify_pending, d == DIALECT_BITS ? 0 : NOTIFY_JOB_ERROR);
	}
}

static void the_callback_defects_owe_what_the_reference_does_not(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 1);
	p.machine.defects = UINT64_C(1) << DEFECT_callback_ignores_flags;
	set(&p, PROPERTY_NOTIFY_FLAGS, NOTIFY_DISABLE);
	fail_by(&p, EVENT_FATAL, CAUSE_DISK_DENIED);
	assert_true(p.job.notify_pending & NOTIFY_JOB_ERROR);
	to_transferring(&p, DIALECT_BITS, 1);
	p.machine.defects = UINT64_C(1) << DEFECT_callback_on_transient;
	fail_by(&p, EVENT_TRANSIENT, CAUSE_NET_RESET);
	assert_int_equal(p.job.notify_pending, NOTIFY_JOB_ERROR);
}

/* CB-009, CB-010, C-26 */
static void modification_is_owed_only_when_asked_for(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 1);
		assert_int_equal(p.job.notify_pending, 0);
		set(&p, PROPERTY_NOTIFY_FLAGS, NOTIFY_JOB_MODIFICATION);
		data(&p, 10, 100);
		assert_true(p.job.notify_pending & NOTIFY_JOB_MODIFICATION);
		p.job.notify_pending = 0;
		happen(&p, EVENT_ALL_DONE);
		assert_int_equal(p.job.notify_pending, d == DIALECT_BITS ? 0 : NOTIFY_JOB_MODIFICATION);
	}
}

/* --- files */

/* STATE-049, PROGRESS-003, 004 */
static void files_are_worked_on_in_their_order(void **state)
{
	struct play p;

	(void)state;
	to_transferring(&p, DIALECT_BITS, 3);
	assert_int_equal(p.job.files[0].bytes_total, JOB_SIZE_UNKNOWN);
	data(&p, 40, 100);
	assert_int_equal(p.job.files[0].bytes_transferred, 40);
	assert_int_equal(p.job.files[0].bytes_total, 100);
	data(&p, 60, JOB_SIZE_UNKNOWN);
	assert_int_equal(p.job.files[0].bytes_total, 100);
	data(&p, 140, JOB_SIZE_UNKNOWN);
	assert_int_equal(p.job.files[0].bytes_transferred, 100);
	happen(&p, EVENT_FILE_DONE);
	assert_true(p.job.files[0].done);
	assert_int_equal(p.job.file_current, 1);
	data(&p, 7, 7);
	happen(&p, EVENT_FILE_DONE);
	assert_int_equal(p.job.file_current, 2);
	assert_int_equal(job_files_done(&p.job), 2);
	happen(&p, EVENT_ALL_DONE);
	assert_int_equal(job_files_done(&p.job), 3);
	assert_int_equal(p.job.file_current, 3);
}

/* NET-014, PERSIST-006 */
static void only_the_current_file_restarts_when_the_server_changed_it(void **state)
{
	struct play p;

	(void)state;
	EACH_DIALECT(d) {
		to_transferring(&p, d, 2);
		data(&p, 100, 100);
		happen(&p, EVENT_FILE_DONE);
		data(&p, 40, 200);
		fail_by(&p, EVENT_CHANGED, CAUSE_HTTP_CHANGED);
		assert_state(&p, STATE_TRANSFERRING);
		assert_true(did(&p, EFFECT_FILE_RESTART));
		assert_true(p.job.files[0].done);
		assert_int_equal(p.job.files[1].bytes_transferred, 0);
		assert_int_equal(p.job.files[1].bytes_total, JOB_SIZE_UNKNOWN);
		assert_false(p.job.error.present);
	}
}

static void an_impossible_event_changes_nothing(void **state)
{
	struct play p;
	struct job before;

	(void)state;
	EACH_DIALECT(d) {
		to_state(&p, d, STATE_ERROR);
		before = p.job;
		data(&p, 40, 100);
		assert_true(did(&p, EFFECT_IMPOSSIBLE));
		assert_memory_equal(&before, &p.job, sizeof before);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_job_has_the_defaults_of_its_dialect),
		cmocka_unit_test(resume_empty_is_refused),
		cmocka_unit_test(bits_goes_from_queued_over_connecting_to_transferring),
		cmocka_unit_test(do_resumes_to_transferring_at_once_unless_its_owner_is_away),
		cmocka_unit_test(final_states_refuse_every_change_and_stay_equal),
		cmocka_unit_test(suspend_leads_to_suspended_from_every_state_but_the_final_ones),
		cmocka_unit_test(resume_in_transferred_does_nothing_unless_a_file_was_added),
		cmocka_unit_test(complete_in_transferred_keeps_all_files),
		cmocka_unit_test(complete_before_transferred_keeps_what_is_done),
		cmocka_unit_test(bits_completes_an_empty_job_in_part),
		cmocka_unit_test(complete_of_an_upload_before_transferred_is_refused),
		cmocka_unit_test(complete_can_be_called_again_after_a_rename_failed),
		cmocka_unit_test(cancel_ends_the_job_and_its_error_in_every_state),
		cmocka_unit_test(callbacks_are_owed_for_error_and_transferred_but_not_for_transient_error),
		cmocka_unit_test(a_callback_is_owed_although_no_interface_is_set_yet),
		cmocka_unit_test(flags_that_are_not_set_and_disable_suppress_callbacks),
		cmocka_unit_test(the_callback_defects_owe_what_the_reference_does_not),
		cmocka_unit_test(modification_is_owed_only_when_asked_for),
		cmocka_unit_test(files_are_worked_on_in_their_order),
		cmocka_unit_test(only_the_current_file_restarts_when_the_server_changed_it),
		cmocka_unit_test(an_impossible_event_changes_nothing),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
