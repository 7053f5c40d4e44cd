/* explain_guard_test.c -- what a trace tells of a guard, and what it does not. */
#include "conformance/explain_guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LINES_MAX 16

static struct trace_line lines[LINES_MAX];

/* Whether the guard held behind the lines of the text. */
static int held_in(enum dialect dialect, enum guard guard, const char *text, char why[GUARD_WHY_MAX])
{
	unsigned count = 0;
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		struct failure failure = { 0 };
		bool present;
		assert_true(count < LINES_MAX);
		assert_int_equal(trace_parse(at, strcspn(at, "\n"), &lines[count++], &present, &failure), STATUS_OK);
		assert_true(present);
	}
	const struct guard_place place = { machine_reference(dialect), lines, lines + count, "j1" };
	return guard_held(&place, guard, why);
}

static void assert_held(enum guard guard, int wanted, const char *text, const char *because)
{
	char why[GUARD_WHY_MAX];
	int held = held_in(DIALECT_BITS, guard, text, why);
	if (held != wanted || !strstr(why, because)) fail_msg("guard %d held %d, not %d: %s", (int)guard, held, wanted, why);
}

#define MADE(type) "0.0 client - job.create hr=S_OK as=j1 type=" type "\n"
#define ADDED "0.0 client j1 job.add_file hr=S_OK url=u local=l\n"
#define SEEN(state, hr) "1.0 client j1 probe state=" state " hr=" hr " after=" state "\n"

static void what_the_client_did_is_known(void **state)
{
	(void)state;
	assert_held(GUARD_always, 1, MADE("download"), "");
	assert_held(GUARD_no_files, 1, MADE("download"), "0 times");
	assert_held(GUARD_no_files, 0, MADE("download") ADDED, "1 times");
	assert_held(GUARD_no_files, 1, MADE("download") "0.0 client j1 job.add_file hr=E_INVALIDARG url=u local=l\n", "0 times");
	assert_held(GUARD_upload, 0, MADE("download"), "download");
	assert_held(GUARD_upload, 1, MADE("upload"), "upload");
	assert_held(GUARD_error_present, 1, MADE("download") SEEN("ERROR", "S_OK"), "S_OK");
	assert_held(GUARD_error_present, 0, MADE("download") SEEN("QUEUED", "ERROR_INFORMATION_UNAVAILABLE"), "UNAVAILABLE");
}

static void the_worlds_last_word_counts(void **state)
{
	(void)state;
	assert_held(GUARD_owner_away, 0, MADE("download"), "never");
	assert_held(GUARD_owner_away, 1, "0.0 world - user word=logoff\n", "logoff");
	assert_held(GUARD_owner_away, 0, "0.0 world - user word=logoff\n1.0 world - user word=logon\n", "logon");
	assert_held(GUARD_blocked, 1, "0.0 world - policy word=block\n", "block");
	assert_held(GUARD_rename_fails, 0, "0.0 world - disk word=locked\n1.0 world - disk word=ok\n", "ok");
	assert_held(GUARD_rename_fails, -1, "0.0 world - disk word=no-rename\n", "no-rename");
}

static void periods_are_what_was_set_or_the_default(void **state)
{
	(void)state;
	assert_held(GUARD_every_error_fatal, 0, MADE("download"), "1209600 s");
	assert_held(GUARD_every_error_fatal, 1, MADE("download") "0.0 client j1 job.set hr=S_OK no_progress_timeout=0\n", "time-out 0 s");
	assert_held(GUARD_retry_above_limit, 1, MADE("download") "0.0 client j1 job.set hr=S_OK no_progress_timeout=5m\n", "delay was 600 s");
	assert_held(GUARD_retry_above_limit, 0, MADE("download") "0.0 client j1 job.set hr=INVALID_STATE no_progress_timeout=5m\n", "600 s");
}

static void what_no_client_sees_is_not_known(void **state)
{
	(void)state;
	assert_held(GUARD_no_timed_retry, -1, MADE("download"), "");
	assert_held(GUARD_upload, -1, ADDED, "");
	assert_held(GUARD_error_present, -1, MADE("download"), "");
	assert_held(GUARD_all_files_done, -1, MADE("download") ADDED SEEN("TRANSFERRING", "S_OK"), "");
	assert_held(GUARD_all_files_done, 1, MADE("download") ADDED SEEN("TRANSFERRED", "S_OK"), "TRANSFERRED");
	assert_held(GUARD_all_files_done, -1, MADE("download") SEEN("TRANSFERRED", "S_OK") ADDED, "");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_client_did_is_known),
		cmocka_unit_test(the_worlds_last_word_counts),
		cmocka_unit_test(periods_are_what_was_set_or_the_default),
		cmocka_unit_test(what_no_client_sees_is_not_known),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("explain_guard", tests, NULL, NULL);
}
