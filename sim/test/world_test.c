/* world_test.c -- the reference service in the simulated world, driven as the player drives it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/test/world_box.h"

/* --- downloads and their faults */

static void a_clean_download_is_the_servers_file(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k etag=\"a\"");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	assert_int_equal(box_temporary(box), 1);
	assert_int_equal(box_compare(box, "/f1"), -1); /* FILE-012: before Complete there is no such file */
	assert_int_equal(box_do(box, "job.complete"), 0);
	assert_int_equal(box_state(box), STATE_ACKNOWLEDGED);
	assert_int_equal(box_compare(box, "/f1"), 1);
	assert_int_equal(box_temporary(box), 0);
}

static void every_state_on_the_way_can_be_seen(void **state)
{
	struct box *box = *state;
	enum state seen[8];
	unsigned count = 0;

	box_change(box, "serve /f1 size=64k etag=\"a\"");
	box_start_job(box, "/f1");
	for (seen[count++] = box_state(box); count < 8 && seen[count - 1] != STATE_TRANSFERRED;) {
		box_step(box, 10 * NET_S);
		if (box_state(box) != seen[count - 1]) seen[count++] = box_state(box);
	}
	if (box->dialect == DIALECT_BITS) {
		assert_int_equal(count, 4);
		assert_int_equal(seen[0], STATE_QUEUED);
		assert_int_equal(seen[1], STATE_CONNECTING);
		assert_int_equal(seen[2], STATE_TRANSFERRING);
	} else {
		assert_int_equal(count, 2);
		assert_int_equal(seen[0], STATE_TRANSFERRING);
	}
}

static void bits_asks_by_head_first_and_do_does_not(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k etag=\"a\"");
	box_start_job(box, "/f1");
	box_reaches(box, STATE_TRANSFERRED, 10);
	assert_int_equal(box_count(box, "method=HEAD"), box->dialect == DIALECT_BITS);
	assert_int_equal(box_count(box, "method=GET"), 1);
}

static void a_reset_is_transient_and_goes_on_where_it_broke(void **state)
{
	struct box *box = *state;
	int64_t broke_ns;

	box_change(box, "serve /f1 size=64k etag=\"a\" fault=reset@16k times=1");
	box_change(box, "serve /f1 size=64k etag=\"a\"");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSIENT_ERROR, 10));
	assert_true(box_error_is(box, CAUSE_NET_RESET, 0));
	assert_int_equal(box_number(box, "job.progress", "bytes_transferred"), 16384);
	broke_ns = box->target->now(box->target->self);
	assert_int_equal(box->target->next_timer(box->target->self), broke_ns + box_retry_ns(box));
	assert_true(box_reaches(box, STATE_TRANSFERRED, 1000));
	assert_true(box->target->now(box->target->self) >= broke_ns + box_retry_ns(box));
	assert_int_equal(box_count(box, "range=16384- if_range=\"\\\"a\\\"\""), 1);
	assert_int_equal(box_do(box, "job.complete"), 0);
	assert_int_equal(box_compare(box, "/f1"), 1);
}

/* One row a fault: how the job ends up, and by which cause. */
static void faults_have_their_causes(void **state)
{
	static const struct { const char *lines[2], *url; enum cause cause; unsigned status; } rows[] = {
		{ { "host h1 refuse" }, "http://h1/f1", CAUSE_NET_REFUSED, 0 },
		{ { "host h1 dns" }, "http://h1/f1", CAUSE_NET_DNS, 0 },
		{ { "host h1 unreachable" }, "http://h1/f1", CAUSE_NET_UNREACHABLE, 0 },
		{ { "host h1 connect-timeout" }, "http://h1/f1", CAUSE_NET_TIMEOUT, 0 },
		{ { "serve /f1 status=404" }, NULL, CAUSE_HTTP_BAD, 404 },
		{ { "serve /f1 status=403" }, NULL, CAUSE_HTTP_403, 403 },
		{ { "serve /f1 status=500" }, NULL, CAUSE_HTTP_500_502, 500 },
		{ { "serve /f1 status=503(retry-after=30s)" }, NULL, CAUSE_HTTP_503_504, 503 },
		{ { "serve /f1 size=64k fault=stall@16k" }, NULL, CAUSE_NET_STALL, 0 },
		{ { "serve /f1 size=64k fault=stall@16k(for=60s)" }, NULL, CAUSE_NET_STALL, 0 },
		{ { "serve /f1 size=64k fault=truncate@16k" }, NULL, CAUSE_HTTP_SHORT, 0 },
		{ { "serve /f1 size=64k fault=reset@0" }, NULL, CAUSE_NET_RESET, 0 },
		{ { "serve /f1 size=64k no-length" }, NULL, CAUSE_HTTP_NO_LENGTH, 0 },
		{ { "serve /f1 size=64k chunked" }, NULL, CAUSE_HTTP_CHUNKED, 0 },
		{ { "serve /f1 size=64k fault=garbage" }, NULL, CAUSE_HTTP_NOT_HTTP, 0 },
		{ { "serve /f1 size=64k length=lie+100" }, NULL, CAUSE_HTTP_SHORT, 0 },
		{ { "serve /f1 size=64k length=lie-100" }, NULL, CAUSE_HTTP_LONG, 0 },
		{ { "serve /f1 redirect=loop" }, NULL, CAUSE_HTTP_REDIRECT_LOOP, 0 },
		{ { "serve /f1 size=64k", "disk full@16k" }, NULL, CAUSE_DISK_FULL, 0 },
		{ { "serve /f1 size=64k", "disk denied" }, NULL, CAUSE_DISK_DENIED, 0 },
		{ { "serve /f1 size=64k", "disk locked" }, NULL, CAUSE_DISK_LOCKED, 0 },
		{ { "serve /f1 size=64k", "disk vanished" }, NULL, CAUSE_DISK_VANISHED, 0 },
		{ { "net down" }, NULL, CAUSE_NET_DOWN, 0 },
		{ { "policy block" }, NULL, CAUSE_POLICY_COST, 0 },
	};
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *url = rows[i].url ? rows[i].url : "http://origin/f1";
		box_begin(box);
		if (rows[i].lines[0]) box_change(box, rows[i].lines[0]);
		box_add_job(box, "j1", url);
		if (rows[i].lines[1]) box_change(box, rows[i].lines[1]); /* a denied folder takes no file */
		box_do(box, "job.resume");
		assert_true(box_reaches_one_of(box, STATE_ERROR, STATE_TRANSIENT_ERROR, 100));
		if (!box_error_is(box, rows[i].cause, rows[i].status)) fail_msg("%s: another error", rows[i].lines[0]);
		assert_int_equal(box_do(box, "job.cancel"), 0);
		assert_int_equal(box_temporary(box), 0);
	}
}

static void retry_after_delays_the_retry(void **state)
{
	struct box *box = *state;
	int64_t failed_ns;

	box_change(box, "serve /f1 status=503(retry-after=2000s) times=1");
	box_change(box, "serve /f1 size=64k");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSIENT_ERROR, 10));
	failed_ns = box->target->now(box->target->self);
	assert_int_equal(box->target->next_timer(box->target->self), failed_ns + 2000 * NET_S);
	assert_true(box_reaches(box, STATE_TRANSFERRED, 3000));
}

static void a_stall_that_ends_in_time_is_no_fault(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k fault=stall@16k(for=20s)");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 60));
	assert_in_range(box->target->now(box->target->self), 20 * NET_S, 21 * NET_S);
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_changed_file_starts_anew_and_is_never_mixed(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k etag=\"a\" fault=etag-change@16k");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSIENT_ERROR, 10));
	assert_true(box_reaches(box, STATE_TRANSFERRED, 1000));
	assert_int_equal(box_count(box, "CHANGED"), 1);
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_server_that_ignores_range_restarts_the_file(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k etag=\"a\" no-range fault=reset@16k times=1");
	box_change(box, "serve /f1 size=64k etag=\"a\" no-range");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 1000));
	assert_int_equal(box_count(box, "cause=http.no_range_resume"), 1);
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_smaller_file_than_what_is_there_restarts_it(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k fault=reset@32k times=1");
	box_change(box, "serve /f1 size=16k");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 1000));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void redirects_are_followed(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 redirect=/f2");
	box_change(box, "serve /f2 size=64k");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f2"), 1);
}

static void an_empty_file_is_a_file(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=0");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

/* JOB-024, and again after a reset in the middle of the second range. */
static void ranges_stand_one_after_the_other(void **state)
{
	struct box *box = *state;
	static const struct named_value ranges[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
		{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } }, { "ranges", { VALUE_TEXT, 0, "100-199,0-49,300-eof" } } };

	box_change(box, "serve /f1 size=400 etag=\"a\"");
	box_create(box, "j1");
	assert_int_equal(box_do_with(box, "job.add_file_with_ranges", "job", "j1", ranges, 3), 0);
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	assert_int_equal(box_count(box, "range=100-199"), 1);
	assert_int_equal(box_count(box, "range=0-49"), 1);
	assert_int_equal(box_count(box, "range=300- "), 1);
	assert_int_equal(box_number(box, "job.progress", "bytes_total"), 250);
	assert_int_equal(box_number(box, "job.progress", "bytes_transferred"), 250);
}

static void a_range_outside_the_file_is_fatal(void **state)
{
	static const char *const lists[] = { "0-99,400-499", "350-449", "1000-eof" };
	struct box *box = *state;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct named_value args[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
			{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } }, { "ranges", { VALUE_TEXT, 0, lists[i] } } };
		box_begin(box);
		box_change(box, "serve /f1 size=400 etag=\"a\"");
		box_create(box, "j1");
		assert_int_equal(box_do_with(box, "job.add_file_with_ranges", "job", "j1", args, 3), 0);
		box_do(box, "job.resume");
		assert_true(box_reaches(box, STATE_ERROR, 10));
		assert_true(box_error_is(box, CAUSE_HTTP_416, 416));
	}
}

static void progress_is_a_matter_of_time(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=160k throttle=16k");
	box_start_job(box, "/f1");
	box_reaches(box, STATE_TRANSFERRING, 10);
	box_advance(box, 5);
	assert_in_range(box_number(box, "job.progress", "bytes_transferred"), 4 * 16384, 5 * 16384);
	assert_int_equal(box_do(box, "job.suspend"), 0);
	box_advance(box, 100);
	assert_in_range(box_number(box, "job.progress", "bytes_transferred"), 4 * 16384, 5 * 16384);
	assert_int_equal(box_count(box, "ending=aborted"), 1);
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

/* --- the machine */

static void the_disk_may_fill_up_while_data_flows(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=160k throttle=16k");
	box_start_job(box, "/f1");
	box_advance(box, 2);
	box_change(box, "disk full@64k");
	assert_true(box_reaches(box, STATE_ERROR, 10));
	assert_in_range(box->target->now(box->target->self), 4 * NET_S, 4 * NET_S + 200 * NET_MS);
	assert_true(box_error_is(box, CAUSE_DISK_FULL, 0));
	assert_int_equal(box_number(box, "job.progress", "bytes_transferred"), 65536);
	box_change(box, "disk ok");
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_locked_disk_keeps_complete_from_renaming(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k");
	box_start_job(box, "/f1");
	box_reaches(box, STATE_TRANSFERRED, 10);
	box_change(box, "disk locked");
	assert_int_equal(box_do(box, "job.complete"), 0x80070020u);
	assert_int_equal(box_state(box), STATE_TRANSFERRED);
	box_change(box, "disk ok");
	assert_int_equal(box_do(box, "job.complete"), 0);
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_lost_network_has_no_timed_retry_and_its_return_runs_the_job(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=160k throttle=16k");
	box_start_job(box, "/f1");
	box_advance(box, 2);
	box_change(box, "net down");
	assert_int_equal(box_state(box), STATE_TRANSIENT_ERROR);
	assert_true(box_error_is(box, CAUSE_NET_DOWN, 0));
	box_advance(box, 3000);
	assert_int_equal(box_state(box), STATE_TRANSIENT_ERROR);
	box_change(box, "net up");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

static void a_killed_service_answers_nothing_and_goes_on_after_its_start(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=160k etag=\"a\" throttle=16k");
	box_start_job(box, "/f1");
	box_advance(box, 2);
	box_change(box, "service kill");
	assert_int_equal(box_do(box, "job.suspend"), 0x800706BAu);
	assert_int_equal(box_do(box, "handle.add_ref"), 0);
	assert_int_equal(box_do(box, "handle.release"), 0);
	box_advance(box, 1000);
	assert_int_equal(box_count(box, "method=GET"), 1);
	box_change(box, "service start");
	assert_int_equal(box_state(box), STATE_QUEUED);
	assert_true(box_number(box, "job.progress", "bytes_transferred") > 16384);
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
	assert_int_equal(box_count(box, "method=GET"), 2);
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 1);
}

/* TIME-011: a jump of the wall clock moves no deadline. */
static void timers_do_not_follow_the_wall_clock(void **state)
{
	struct box *box = *state;
	int64_t due_ns;

	box_change(box, "host h1 refuse");
	box_add_job(box, "j1", "http://h1/f1");
	box_do(box, "job.resume");
	box_reaches(box, STATE_TRANSIENT_ERROR, 10);
	due_ns = box->target->next_timer(box->target->self);
	box_change(box, "clock wall +5m");
	assert_int_equal(box->target->next_timer(box->target->self), due_ns);
}

static void owners_that_log_off_stop_their_jobs(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=160k throttle=16k");
	box_start_job(box, "/f1");
	box_advance(box, 2);
	box_change(box, "user logoff");
	assert_int_equal(box_state(box), STATE_QUEUED);
	box_advance(box, 1000);
	assert_int_equal(box_state(box), STATE_QUEUED);
	box_change(box, "user logon");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
}

/* --- priorities (bits) */

static void equal_jobs_take_turns(void **state)
{
	struct box *box = *state;
	unsigned turns[2] = { 0, 0 };

	box_change(box, "serve /f1 size=16m throttle=16k");
	box_add_job(box, "j1", "http://origin/f1");
	box_add_job(box, "j2", "http://origin/f1");
	box_do_on(box, "job.resume", "j1");
	box_do_on(box, "job.resume", "j2");
	for (int i = 0; i < 10; i++) {
		bool first, second;
		box_advance(box, 150);
		first = box_state_of(box, "j1") == STATE_TRANSFERRING;
		second = box_state_of(box, "j2") == STATE_TRANSFERRING;
		assert_true(first != second);
		turns[second]++;
	}
	assert_true(turns[0] >= 4 && turns[1] >= 4);
}

static void a_higher_priority_pre_empts(void **state)
{
	struct box *box = *state;
	static const struct named_value high[] = { { "priority", { VALUE_NUMBER, JOB_PRIORITY_HIGH, NULL } } };

	box_change(box, "serve /f1 size=16m throttle=16k");
	box_add_job(box, "j1", "http://origin/f1");
	box_add_job(box, "j2", "http://origin/f1");
	assert_int_equal(box_do_with(box, "job.set", "job", "j2", high, 1), 0);
	box_do_on(box, "job.resume", "j1");
	box_advance(box, 1);
	assert_int_equal(box_state_of(box, "j1"), STATE_TRANSFERRING);
	box_do_on(box, "job.resume", "j2");
	box_advance(box, 1);
	assert_int_equal(box_state_of(box, "j1"), STATE_QUEUED);
	assert_int_equal(box_state_of(box, "j2"), STATE_TRANSFERRING);
	box_advance(box, 400); /* beyond a time slice */
	assert_int_equal(box_state_of(box, "j2"), STATE_TRANSFERRING);
}

static void several_jobs_of_do_run_at_once(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=16m throttle=16k");
	box_add_job(box, "j1", "http://origin/f1");
	box_add_job(box, "j2", "http://origin/f1");
	box_do_on(box, "job.resume", "j1");
	box_do_on(box, "job.resume", "j2");
	box_advance(box, 1);
	assert_int_equal(box_state_of(box, "j1"), STATE_TRANSFERRING);
	assert_int_equal(box_state_of(box, "j2"), STATE_TRANSFERRING);
}

/* --- the world itself */

static void variables_become_names_of_the_world(void **state)
{
	struct box *box = *state;
	const struct target *target = box->target;

	assert_string_equal(target->expand(target->self, "$W/f1"), "C:\\bg\\f1");
	assert_string_equal(target->expand(target->self, "$W"), "C:\\bg");
	assert_string_equal(target->expand(target->self, "$S/f1"), "http://origin/f1");
	assert_string_equal(target->expand(target->self, "$S(h1)/f1"), "http://h1/f1");
	assert_string_equal(target->expand(target->self, "a/$b"), "a/$b");
	assert_string_equal(target->expand(target->self, "$S("), "http://origin(");
}

static void the_same_seed_gives_the_same_lines(void **state)
{
	struct box *box = *state;
	static char first[sizeof box->log];

	for (int i = 0; i < 2; i++) {
		box_begin(box);
		box_change(box, "serve /f1 size=64k etag=\"a\" fault=reset@16k times=1");
		box_change(box, "serve /f1 size=64k etag=\"a\"");
		box_start_job(box, "/f1");
		box_notify(box);
		box_reaches(box, STATE_TRANSFERRED, 1000);
		box_number(box, "job.id", "id");
		assert_int_not_equal(box->log_length, 0);
		if (i == 0) memcpy(first, box->log, box->log_length + 1);
	}
	assert_string_equal(box->log, first);
}

static void another_seed_gives_other_ids(void **state)
{
	struct box *box = *state;
	char id[40];

	box_create(box, "j1");
	snprintf(id, sizeof id, "%s", box_text(box, "job.id", "id"));
	box_create(box, "j2");
	box_do_on(box, "job.id", "j2");
	assert_string_not_equal(box_field(box, "id")->text, id);
	box_begin_seed(box, 2);
	box_create(box, "j1");
	assert_string_not_equal(box_text(box, "job.id", "id"), id);
	box_begin_seed(box, 1);
	box_create(box, "j1");
	assert_string_equal(box_text(box, "job.id", "id"), id);
}

/* Found by a witness: the new file was told to be TRANSFERRED without a byte of it. */
static void a_file_added_while_nothing_is_to_be_fetched_is_fetched(void **state)
{
	struct box *box = *state;
	struct named_value args[] = { { "url", { VALUE_TEXT, 0, "http://origin/f2" } }, { "local", { VALUE_TEXT, 0, "C:\\bg\\f2" } } };

	box_change(box, "serve /f1 size=64k");
	box_change(box, "serve /f2 size=64k");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 60));
	box_do(box, "job.suspend");
	if (box_do(box, "job.resume")) return; /* do leaves it TRANSFERRED */
	while (box_state(box) == STATE_QUEUED) box_step(box, INT64_MAX);
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", args, 2), 0);
	assert_true(box_reaches(box, STATE_TRANSFERRED, 60));
	assert_int_equal(box_number(box, "job.progress", "bytes_transferred"), 2 * 65536);
}

static void a_small_arena_is_an_error_and_never_a_crash(void **state)
{
	struct box *box = *state;

	for (unsigned long n = 1; n < 400; n++) {
		box_begin(box);
		arena_fail_at(n);
		box_try_everything(box);
		arena_fail_at(0);
	}
}

int main(int argc, char **argv)
{
#define TEST_OF(name, dialect) cmocka_unit_test_prestate_setup_teardown(name, box_setup, box_teardown, &dialect)
#define TEST(name) TEST_OF(name, bits), TEST_OF(name, does)
	static enum dialect bits = DIALECT_BITS, does = DIALECT_DO;
	const struct CMUnitTest tests[] = {
		TEST(a_clean_download_is_the_servers_file),
		TEST(every_state_on_the_way_can_be_seen),
		TEST(bits_asks_by_head_first_and_do_does_not),
		TEST(a_reset_is_transient_and_goes_on_where_it_broke),
		TEST(faults_have_their_causes),
		TEST(retry_after_delays_the_retry),
		TEST(a_stall_that_ends_in_time_is_no_fault),
		TEST(a_changed_file_starts_anew_and_is_never_mixed),
		TEST(a_server_that_ignores_range_restarts_the_file),
		TEST(a_smaller_file_than_what_is_there_restarts_it),
		TEST(redirects_are_followed),
		TEST(an_empty_file_is_a_file),
		TEST(a_file_added_while_nothing_is_to_be_fetched_is_fetched),
		TEST(ranges_stand_one_after_the_other),
		TEST(a_range_outside_the_file_is_fatal),
		TEST(progress_is_a_matter_of_time),
		TEST(the_disk_may_fill_up_while_data_flows),
		TEST(a_locked_disk_keeps_complete_from_renaming),
		TEST(a_lost_network_has_no_timed_retry_and_its_return_runs_the_job),
		TEST(a_killed_service_answers_nothing_and_goes_on_after_its_start),
		TEST(timers_do_not_follow_the_wall_clock),
		TEST(owners_that_log_off_stop_their_jobs),
		TEST_OF(equal_jobs_take_turns, bits),
		TEST_OF(a_higher_priority_pre_empts, bits),
		TEST_OF(several_jobs_of_do_run_at_once, does),
		TEST(variables_become_names_of_the_world),
		TEST(the_same_seed_gives_the_same_lines),
		TEST(another_seed_gives_other_ids),
		TEST(a_small_arena_is_an_error_and_never_a_crash),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
