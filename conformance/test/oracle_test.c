/* oracle_test.c -- what the machine allows and what it forbids, on traces by hand: a good and a bad one for each kind of observation. */
#include "conformance/oracle.h"
#include "conformance/test/pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINES_MAX 2000u
#define TOLERANCE_NS INT64_C(1500000000)

static struct arena arena;

/* Times are whole or decimal seconds: nine decimals are filled in. */
static void pad_time(char *to, size_t size, const char *text, size_t length)
{
	size_t time = strcspn(text, " "), whole = strcspn(text, ". ");
	size_t decimals = whole < time ? time - whole - 1 : 0;
	snprintf(to, size, "%.*s.%.*s%.*s%.*s", (int)whole, text, (int)decimals, text + whole + 1, (int)(9 - decimals), "000000000",
		(int)(length - time), text + time);
}

static struct trace parsed(const char *text)
{
	struct trace trace = { .lines = arena_take(&arena, LINES_MAX * sizeof(struct trace_line *)) };
	while (*text) {
		char padded[TRACE_LINE_MAX];
		size_t length = strcspn(text, "\n");
		struct failure failure;
		bool present;
		struct trace_line *line = arena_take(&arena, sizeof *line);
		assert_non_null(line);
		assert_true(trace.count < LINES_MAX);
		pad_time(padded, sizeof padded, text, length);
		if (trace_parse(padded, strlen(padded), line, &present, &failure)) fail_msg("%s: %s", padded, failure.text);
		trace.lines[trace.count++] = line;
		text += length + (text[length] == '\n');
	}
	return trace;
}

static struct oracle_result judged_by(const struct oracle_options *options, const char *text)
{
	struct oracle_result result;
	arena_reset(&arena);
	struct trace trace = parsed(text);
	assert_int_equal(oracle_judge(&arena, options, &trace, &result), STATUS_OK);
	return result;
}

static struct oracle_result judged(enum dialect dialect, int64_t tolerance_ns, const char *text)
{
	return judged_by(&(struct oracle_options){ .dialect = dialect, .tolerance_ns = tolerance_ns }, text);
}

static unsigned lines_of(const char *text)
{
	unsigned lines = 0;
	for (; *text; text++) lines += *text == '\n';
	return lines;
}

/* --- one good and one bad trace for each kind of observation */

#define ALL_DONE_DO NEW SET("no_progress_timeout=31s") FILE1 RESUME("0") REQ("1", "/f1") P("1", "TRANSFERRING") WHOLE("2", "/f1") P("2", "TRANSFERRED")
#define HALF_DONE_DO NEW SET("no_progress_timeout=31s") FILE1 RESUME("0") REQ("1", "/f1") P("1", "TRANSFERRING")
#define OFFLINE_DO WORLD("2", "net word=down") E("2", "TRANSIENT_ERROR", "NONE", "BLOCKED_BY_NO_NETWORK", "none")
#define OLD NEW FILE1 P("7776000", "SUSPENDED")
#define OFFLINE_OLD RESUME("7776000") REQ("7776000", "/f1") P("7776000", "CONNECTING") WORLD("7776000", "net word=down") \
	E("7776000", "ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none")
#define NO_NAME DONE CALL("2", "job.complete hr=ERROR_SHARING_VIOLATION") P("2", "TRANSFERRED")

static const struct observation {
	const char *name;
	enum dialect dialect;
	const char *good, *bad;      /* the last line of the bad one is the divergence */
	const char *row;             /* that forbids it; NULL: any */
} OBSERVATIONS[] = {
	{ "a state by a call", DIALECT_BITS, QUEUED, NEW FILE1 CALL("0", "job.suspend hr=S_OK") P("0", "QUEUED"), "suspend_suspended" },
	{ "a state by a hidden move", DIALECT_BITS, GO, QUEUED P("1", "SUSPENDED"), "resume" },
	{ "a state of do", DIALECT_DO, GO_DO, NEW P("1", "TRANSFERRING"), NULL },
	{ "TRANSFERRED with and without bytes", DIALECT_BITS, DONE, GO P("2", "TRANSFERRED"), "connected" },
	{ "ERROR with and without a cause", DIALECT_BITS, FATAL, GO E404("2", "ERROR"), "connected" },
	{ "ERROR is left by no hidden move", DIALECT_BITS, FATAL E404("900", "ERROR"), FATAL P("900", "QUEUED"), "fatal_transferring" },
	{ "the class of a cause", DIALECT_BITS, TRANSIENT, GO STATUS("2", "/f1", "404") E404("2", "TRANSIENT_ERROR"), NULL },
	{ "an error that is there", DIALECT_BITS, FATAL, GO STATUS("2", "/f1", "404") P("2", "ERROR"), "fatal_transferring" },
	{ "an error that is gone", DIALECT_BITS, TRANSIENT RETRY P("604", "TRANSFERRING"), TRANSIENT RETRY ERST("604", "TRANSFERRING"), NULL },
	{ "the code of an error", DIALECT_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "REMOTE_FILE", "HTTP_403", "0"), "fatal_transferring" },
	{ "the context of an error", DIALECT_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "GENERAL_QUEUE_MANAGER", "HTTP_404", "0"), "fatal_transferring" },
	{ "the file of an error", DIALECT_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "REMOTE_FILE", "HTTP_404", "none"), "fatal_transferring" },
	{ "Suspend", DIALECT_BITS, GO CALL("2", "job.suspend hr=S_OK") P("2", "SUSPENDED"), GO CALL("2", "job.suspend hr=INVALID_STATE"), NULL },
	{ "Resume without files", DIALECT_BITS, NEW CALL("0", "job.resume hr=EMPTY"), NEW CALL("0", "job.resume hr=S_OK"), "resume_empty" },
	{ "Resume with files", DIALECT_BITS, QUEUED, NEW FILE1 CALL("0", "job.resume hr=EMPTY"), "resume" },
	{ "Cancel", DIALECT_BITS, QUEUED CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED"), QUEUED CALL("0", "job.cancel hr=S_OK") P("0", "ACKNOWLEDGED"), "cancel_queued" },
	{ "Cancel again", DIALECT_BITS, QUEUED CALL("0", "job.cancel hr=S_OK") CALL("0", "job.cancel hr=INVALID_STATE"),
		QUEUED CALL("0", "job.cancel hr=S_OK") CALL("0", "job.cancel hr=S_OK"), "cancel_cancelled" },
	{ "Complete", DIALECT_BITS, DONE CALL("2", "job.complete hr=S_OK") P("2", "ACKNOWLEDGED"), DONE CALL("2", "job.complete hr=INVALID_STATE"), NULL },
	{ "Complete when files cannot take their names", DIALECT_BITS, DONE CALL("2", "job.complete hr=E_ACCESSDENIED") P("2", "TRANSFERRED"),
		DONE CALL("2", "job.complete hr=E_ACCESSDENIED") P("2", "ACKNOWLEDGED"), NULL },
	{ "GetError", DIALECT_BITS, FATAL CALL("2", "job.get_error hr=S_OK as=e1"), FATAL CALL("2", "job.get_error hr=ERROR_INFORMATION_UNAVAILABLE"), "get_error_error" },
	{ "AddFile when all is over", DIALECT_BITS, QUEUED CALL("0", "job.cancel hr=S_OK") CALL("0", "job.add_file hr=INVALID_STATE url=http://origin/f2 local=w/f2"),
		QUEUED CALL("0", "job.cancel hr=S_OK") CALL("0", "job.add_file hr=S_OK url=http://origin/f2 local=w/f2"), "add_file_cancelled" },
	{ "AddFile refuses an argument in any state", DIALECT_BITS, NEW CALL("0", "job.add_file hr=E_INVALIDARG url=x local=w/f2"),
		NEW CALL("0", "job.add_file hr=INVALID_STATE url=http://origin/f2 local=w/f2"), "add_file_suspended" },
	{ "a setter", DIALECT_BITS, NEW SET("priority=HIGH"), QUEUED CALL("0", "job.cancel hr=S_OK") SET("priority=HIGH"), "set_cancelled" },
	{ "JobError", DIALECT_BITS, FATAL CB("2", "job_error", "state=ERROR return=S_OK n=1"), TRANSIENT CB("2", "job_error", "return=S_OK n=1"), NULL },
	{ "JobError again", DIALECT_BITS, FATAL CB("2", "job_error", "return=E_FAIL n=1") CB("12", "job_error", "return=S_OK n=2"),
		FATAL CB("2", "job_error", "return=S_OK n=1") CB("12", "job_error", "return=S_OK n=2"), NULL },
	{ "JobTransferred", DIALECT_BITS, DONE CB("2", "job_transferred", "return=S_OK n=1"), GO CB("2", "job_transferred", "return=S_OK n=1"), NULL },
	{ "a callback that no flag asks for", DIALECT_BITS, DONE CB("2", "job_transferred", "return=S_OK n=1"),
		NEW SET("notify_flags=JOB_ERROR") FILE1 RESUME("0") GO1 WHOLE("2", "/f1") P("2", "TRANSFERRED") CB("2", "job_transferred", "return=S_OK n=1"), NULL },
	{ "a request", DIALECT_BITS, QUEUED REQ("1", "/f1"), NEW FILE1 REQ("5", "/f1"), NULL },
	{ "a request after Suspend", DIALECT_BITS, GO CALL("2", "job.suspend hr=S_OK") P("2", "SUSPENDED") REQ("2.5", "/f1"),
		GO CALL("2", "job.suspend hr=S_OK") P("2", "SUSPENDED") REQ("9", "/f1"), "suspend_transferring" },
	{ "the network", DIALECT_BITS, NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none"),
		GO E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none"), "connected" },
	{ "a restart", DIALECT_BITS, GO WORLD("2", "service word=kill") WORLD("3", "service word=start") P("3", "QUEUED"),
		GO WORLD("2", "service word=kill") WORLD("3", "service word=start") P("3", "SUSPENDED"), NULL },
	{ "a new attempt needs a new failure", DIALECT_BITS, TRANSIENT RETRY RESET("604", "/f1") ERST("604", "TRANSIENT_ERROR"),
		TRANSIENT RETRY ERST("604", "TRANSIENT_ERROR"), NULL },
	{ "a no-progress time-out when every file is done, and when one is not", DIALECT_DO,
		ALL_DONE_DO CALL("2", "job.suspend hr=S_OK") RESUME("2") OFFLINE_DO E("33", "ERROR", "NONE", "NO_PROGRESS", "none"),
		HALF_DONE_DO OFFLINE_DO E("33", "ERROR", "NONE", "NO_PROGRESS", "none"), "no_progress_transient" },
	{ "a setter while the job may have expired", DIALECT_BITS, OLD CALL("7776000", "job.set hr=S_OK no_progress_timeout=0") OFFLINE_OLD, OLD OFFLINE_OLD, NULL },
	{ "the age limit after Complete that could not rename", DIALECT_BITS, NO_NAME P("7776010", "CANCELLED"), NO_NAME P("900", "CANCELLED"),
		"complete_transferred_rename_fails" },
	{ "JobTransferred after Complete that could not rename", DIALECT_BITS, NO_NAME CB("3", "job_transferred", "return=S_OK n=1"),
		DONE CALL("2", "job.complete hr=S_OK") CB("3", "job_transferred", "return=S_OK n=1"), NULL },
};

static unsigned try_observation(const struct observation *observation)
{
	struct oracle_result good = judged(observation->dialect, 0, observation->good);
	if (good.diverged) {
		print_message("%s: the good trace: allowed %s, seen %s\n", observation->name, good.first.allowed, good.first.seen);
		return 1;
	}
	struct oracle_result bad = judged(observation->dialect, 0, observation->bad);
	if (!bad.diverged || bad.first.trace_index + 1 != lines_of(observation->bad)) {
		print_message("%s: the bad trace diverges %s (line %u): allowed %s, seen %s\n", observation->name, bad.diverged ? "elsewhere" : "nowhere",
			bad.first.trace_index, bad.first.allowed, bad.first.seen);
		return 1;
	}
	bool told = bad.first.done[0] && bad.first.allowed[0] && bad.first.seen[0] && bad.first.signature[0];
	bool named = !observation->row || !strcmp(observation->row, bad.first.row);
	if (!told || !named) print_message("%s: told %d, row %s (%s)\n", observation->name, told, bad.first.row, bad.first.source);
	return !told || !named;
}

static void every_kind_of_observation_is_judged(void **state)
{
	unsigned failures = 0;
	(void)state;
	for (size_t i = 0; i < sizeof OBSERVATIONS / sizeof OBSERVATIONS[0]; i++) failures += try_observation(&OBSERVATIONS[i]);
	assert_int_equal(failures, 0);
}

/* The rules' own examples are a corpus: what keeps a rule is allowed by the machine. */
static unsigned count_pairs(const struct pair *pairs, unsigned count, unsigned *bad_seen)
{
	unsigned failures = 0;
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++) {
			if (!(pairs[i].dialects & (d == DIALECT_DO ? IN_DO : IN_BITS))) continue;
			struct oracle_result good = judged((enum dialect)d, 0, pairs[i].good);
			if (good.diverged) print_message("%s (%s): allowed %s, seen %s\n", pairs[i].rule, machine_dialect_name((enum dialect)d), good.first.allowed, good.first.seen);
			failures += good.diverged;
			*bad_seen += judged((enum dialect)d, 0, pairs[i].bad).diverged;
		}
	return failures;
}

static void what_keeps_every_rule_is_allowed(void **state)
{
	unsigned failures = 0, seen = 0;
	(void)state;
	failures += count_pairs(PAIRS_ERROR, PAIRS_ERROR_COUNT, &seen) + count_pairs(PAIRS_STATE, PAIRS_STATE_COUNT, &seen);
	assert_int_equal(failures, 0);
	print_message("%u of the bad traces diverge\n", seen);
	assert_true(seen >= 70);
}

/* --- time */

/* 600 s after the error; an interval whose ends are the two looks between which it came. */
static void a_retry_is_due_in_an_interval(void **state)
{
	(void)state;
	assert_false(judged(DIALECT_BITS, 0, TRANSIENT ERST("602", "QUEUED")).diverged);
	assert_true(judged(DIALECT_BITS, 0, TRANSIENT ERST("600", "QUEUED")).diverged);
	/* The error may have come at any time since second 1. */
	assert_false(judged(DIALECT_BITS, 0, TRANSIENT ERST("601", "QUEUED")).diverged);
	assert_false(judged(DIALECT_BITS, 0, TRANSIENT ERST("602", "TRANSIENT_ERROR")).diverged);
	assert_true(judged(DIALECT_BITS, 0, TRANSIENT ERST("603", "TRANSIENT_ERROR")).diverged);
}

static void tolerance_widens_an_interval_at_both_ends(void **state)
{
	(void)state;
	assert_false(judged(DIALECT_BITS, TOLERANCE_NS, TRANSIENT ERST("600", "QUEUED")).diverged);
	assert_true(judged(DIALECT_BITS, TOLERANCE_NS, TRANSIENT ERST("590", "QUEUED")).diverged);
	assert_false(judged(DIALECT_BITS, TOLERANCE_NS, TRANSIENT ERST("603", "TRANSIENT_ERROR")).diverged);
	assert_true(judged(DIALECT_BITS, TOLERANCE_NS, TRANSIENT ERST("610", "TRANSIENT_ERROR")).diverged);
}

static void a_timed_retry_that_never_comes_is_seen_at_its_end(void **state)
{
	struct oracle_result result = judged(DIALECT_BITS, 0, TRANSIENT ERST("5000", "TRANSIENT_ERROR"));
	(void)state;
	assert_true(result.diverged);
	assert_string_equal(result.first.seen, "state TRANSIENT_ERROR");
}

/* --- what may be missed */

static void polling_may_miss_states(void **state)
{
	(void)state;
	assert_false(judged(DIALECT_BITS, 0, QUEUED REQ("1", "/f1") WHOLE("2", "/f1") P("2", "TRANSFERRED")).diverged);
	assert_false(judged(DIALECT_BITS, 0, QUEUED REQ("1", "/f1") STATUS("2", "/f1", "404") E404("2", "ERROR")).diverged);
	/* A whole retry between two looks. */
	assert_false(judged(DIALECT_BITS, 0, TRANSIENT RANGE("603", "/f1", "16384-") REST("604") P("700", "TRANSFERRED")).diverged);
}

static void job_modification_may_be_lost_or_joined(void **state)
{
	(void)state;
	const char *flags = NEW SET("notify_flags=JOB_ERROR|JOB_TRANSFERRED|JOB_MODIFICATION") FILE1 RESUME("0") GO1 CB("2", "job_modification", "return=S_OK n=1")
		P("3", "TRANSFERRING") P("4", "TRANSFERRING") CB("5", "job_modification", "return=S_OK n=2");
	assert_false(judged(DIALECT_BITS, 0, flags).diverged);
}

/* Two jobs are judged apart: their lines may stand in any order. */
static void jobs_are_unordered(void **state)
{
	(void)state;
	const char *one = NEW NEW2 FILE1 RESUME("0") P("0", "QUEUED") P2("0", "SUSPENDED"), *other = NEW NEW2 FILE1 RESUME("0") P2("0", "SUSPENDED") P("0", "QUEUED");
	assert_false(judged(DIALECT_BITS, 0, one).diverged);
	assert_false(judged(DIALECT_BITS, 0, other).diverged);
	assert_string_equal(judged(DIALECT_BITS, 0, NEW NEW2 FILE1 RESUME("0") P2("0", "QUEUED")).first.job, "j2");
}

/* --- readings */

#define GONE TRANSIENT CALL("3", "job.resume hr=S_OK") P("3", "QUEUED")

static void another_reading_is_allowed_and_said(void **state)
{
	struct oracle_result result = judged(DIALECT_BITS, 0, GONE);
	(void)state;
	assert_false(result.diverged);
	assert_true(result.hypotheses > 1);
	assert_non_null(strstr(result.readings, "C-0"));
}

static void a_pinned_reading_is_the_only_one(void **state)
{
	struct failure failure;
	struct choices choices = { { NULL } };
	(void)state;
	assert_int_equal(choices_parse(&choices, "C-02=until-data", -1, &failure), STATUS_OK);
	assert_int_equal(choices_parse(&choices, "C-01=both-errors", -1, &failure), STATUS_OK);
	struct oracle_options options = { .dialect = DIALECT_BITS, .choices = &choices };
	assert_true(judged_by(&options, GONE).diverged);
	assert_false(judged_by(&options, TRANSIENT).diverged);
}

/* --- the story */

static void a_divergence_says_what_was_allowed_and_why(void **state)
{
	struct divergence first = judged(DIALECT_BITS, 0, FATAL P("900", "QUEUED")).first;
	(void)state;
	assert_string_equal(first.job, "j1");
	assert_string_equal(first.allowed, "ERROR with an error [fatal_transferring]");
	assert_string_equal(first.seen, "state QUEUED");
	assert_string_equal(first.row, "fatal_transferring");
	assert_non_null(strstr(first.source, "ne-bits-bg_job_state.md"));
	assert_int_equal(first.at_ns, INT64_C(900000000000));
	assert_int_equal(first.agreed_index, first.trace_index - 1);
}

static void the_largest_set_is_told(void **state)
{
	struct oracle_result result = judged(DIALECT_BITS, 0, TRANSIENT RETRY REST("604") P("604", "TRANSFERRED"));
	(void)state;
	assert_false(result.diverged);
	assert_false(result.inconclusive);
	assert_in_range(result.largest, 2, 40);
}

/* No line of the implementation's inside is read: hidden rows that lie change nothing. */
static void lines_of_the_inside_are_not_read(void **state)
{
	(void)state;
	assert_false(judged(DIALECT_BITS, 0, GO "1 impl j1 FATAL TRANSFERRING > ERROR [fatal_transferring]\n" P("1", "TRANSFERRING")).diverged);
}

static void memory_that_runs_out_is_a_status(void **state)
{
	struct oracle_options options = { .dialect = DIALECT_BITS };
	struct oracle_result result;
	unsigned refused = 0;
	(void)state;
	for (unsigned long n = 1; n < 8; n++) {
		arena_reset(&arena);
		struct trace trace = parsed(GO);
		arena_fail_at(n);
		refused += oracle_judge(&arena, &options, &trace, &result) == STATUS_NO_MEMORY;
		arena_fail_at(0);
	}
	assert_true(refused >= 3);
}

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, 256u << 20);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_observation_is_judged),
		cmocka_unit_test(what_keeps_every_rule_is_allowed),
		cmocka_unit_test(a_retry_is_due_in_an_interval),
		cmocka_unit_test(tolerance_widens_an_interval_at_both_ends),
		cmocka_unit_test(a_timed_retry_that_never_comes_is_seen_at_its_end),
		cmocka_unit_test(polling_may_miss_states),
		cmocka_unit_test(job_modification_may_be_lost_or_joined),
		cmocka_unit_test(jobs_are_unordered),
		cmocka_unit_test(another_reading_is_allowed_and_said),
		cmocka_unit_test(a_pinned_reading_is_the_only_one),
		cmocka_unit_test(a_divergence_says_what_was_allowed_and_why),
		cmocka_unit_test(the_largest_set_is_told),
		cmocka_unit_test(lines_of_the_inside_are_not_read),
		cmocka_unit_test(memory_that_runs_out_is_a_status),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("oracle", tests, setup, teardown);
}
