/* play_test.c -- the player sends, waits, looks and compares as the scenario says, whatever the target does. */
#include "sim/play.h"
#include "sim/test/fake_target.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define ARENA_SIZE (8u << 20)
#define SWEEP_MAX 5000
/* The header has four lines: steps start at line 5. */

#define HEAD_BITS "id: t\ntitle: a plot for the player\ndialect: bits\n---\n"
#define HEAD_BOTH "id: t\ntitle: a plot for the player\ndialect: do bits\n---\n"
#define HEAD_DARK "id: t\ntitle: a plot for the player\ndialect: bits\nprobe: off\n---\n"

#define CREATE "do job.create as=j1 type=download -> S_OK\n"

/* A play and all that it needs. */
struct stage {
	struct arena arena;
	struct fake fake;
	struct play_options options;
	struct scenario *scenario;
	struct play play;
	struct failure failure;
	enum status status;
	char text[1 << 16];   /* the trace, blanks collapsed */
};

static int setup(void **state)
{
	struct stage *stage = calloc(1, sizeof *stage);

	*state = stage;
	if (!stage || arena_init(&stage->arena, ARENA_SIZE)) return -1;
	fake_init(&stage->fake, DIALECT_BITS);
	stage->options = (struct play_options){ DIALECT_BITS, 1, 0, 0 };
	return 0;
}

static int teardown(void **state)
{
	struct stage *stage = *state;

	arena_done(&stage->arena);
	free(stage);
	return 0;
}

static void parse(struct stage *stage, const char *text)
{
	static struct scenario_failures failures;
	enum status status;

	memset(&failures, 0, sizeof failures);
	status = scenario_parse(&stage->arena, "t.scn", text, strlen(text), &stage->scenario, &failures);
	if (status != STATUS_OK) {
		fail_msg("status %d, %u:%u: %s", status, failures.list[0].line, failures.list[0].col, failures.list[0].text);
	}
}

/* Columns of the trace are for people; a test compares what stands in them. */
static size_t collapse(const char *line, char *to)
{
	size_t n = 0;

	for (; *line; line++)
		if (*line != ' ' || (n > 0 && to[n - 1] != ' ')) to[n++] = *line;
	to[n] = '\0';
	return n;
}

static void print_trace(struct stage *stage)
{
	size_t at = 0;
	char line[TRACE_LINE_MAX];

	stage->text[0] = '\0';
	for (unsigned i = 0; i < stage->play.trace.count && at < sizeof stage->text - TRACE_LINE_MAX; i++) {
		trace_print(stage->play.trace.lines[i], line, sizeof line);
		at += collapse(line, stage->text + at);
	}
}

static void run(struct stage *stage)
{
	stage->status = play_scenario(&stage->arena, stage->scenario, &stage->fake.target, &stage->options, &stage->play,
		&stage->failure);
	print_trace(stage);
}

static void play_text(struct stage *stage, const char *text)
{
	parse(stage, text);
	run(stage);
	if (stage->status != STATUS_OK) fail_msg("status %d: %s", stage->status, stage->failure.text);
	assert_int_equal(stage->fake.errors_of_use, 0);
	assert_int_equal(stage->fake.ends, stage->fake.begins);
}

static void assert_has(const struct stage *stage, const char *text)
{
	if (!strstr(stage->text, text)) fail_msg("no\n%s\nin\n%s", text, stage->text);
}

static void assert_has_not(const struct stage *stage, const char *text)
{
	if (strstr(stage->text, text)) fail_msg("there is\n%s\nin\n%s", text, stage->text);
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++) n++;
	return n;
}

static void assert_sent(const struct stage *stage, const char *text)
{
	if (!strstr(stage->fake.log, text)) fail_msg("no\n%s\nin\n%s", text, stage->fake.log);
}

static void assert_check(const struct stage *stage, unsigned n, bool passed, const char *expected, const char *found)
{
	const struct play_check *check = &stage->play.checks[n];

	assert_in_range(n + 1, 1, stage->play.checks_count);
	assert_string_equal(check->expected, expected);
	assert_string_equal(check->found, found);
	assert_int_equal(check->passed, passed);
}

static const struct fake_error reset = { CONTEXT_GENERAL_TRANSPORT, 0x80072EFF, 0 };
static const struct fake_error down = { CONTEXT_GENERAL_QUEUE_MANAGER, 0x80200010, FAKE_NO_FILE };

/* -- lines and calls */

static void whole_trace_tells_the_play(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 2 * FAKE_S, "j1", STATE_TRANSIENT_ERROR, reset);
	fake_request_at(&stage->fake, 1 * FAKE_S, "/f1");
	play_text(stage, HEAD_BITS
		"serve /f1 size=64k etag=\"a\"\n"
		"do job.create as=j1 type=download -> S_OK\n"
		"do job.add_file j1 url=$S/f1 local=$W/f1 -> S_OK\n"
		"do job.resume j1 -> S_OK\n"
		"within 30s state j1 = TRANSIENT_ERROR\n"
		"do job.get_error j1 as=e1 -> S_OK\n"
		"end leaks = 0\n");
	assert_string_equal(stage->text,
		"0.000000000 player - begin id=t dialect=bits tier=virtual\n"
		"0.000000000 world /f1 serve size=64k etag=a @5\n"
		"0.000000000 client - job.create hr=S_OK as=j1 type=download id={id-0} @6\n"
		"0.000000000 player - check passed=1 step=\"do job.create as=j1 type=download -> S_OK\" expected=S_OK found=S_OK @6\n"
		"0.000000000 client j1 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=SUSPENDED @6\n"
		"0.000000000 client j1 job.add_file hr=S_OK url=http://origin/f1 local=/work/f1 @7\n"
		"0.000000000 player - check passed=1 step=\"do job.add_file j1 url=$S/f1 local=$W/f1 -> S_OK\" expected=S_OK found=S_OK @7\n"
		"0.000000000 client j1 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=SUSPENDED @7\n"
		"0.000000000 client j1 job.resume hr=S_OK @8\n"
		"0.000000000 player - check passed=1 step=\"do job.resume j1 -> S_OK\" expected=S_OK found=S_OK @8\n"
		"0.000000000 client j1 probe state=QUEUED hr=ERROR_INFORMATION_UNAVAILABLE after=QUEUED @8\n"
		"1.000000000 origin /f1 request @9\n"
		"2.000000000 client j1 probe state=TRANSIENT_ERROR hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET file=0 after=TRANSIENT_ERROR @9\n"
		"2.000000000 player - check passed=1 step=\"within 30s state j1 = TRANSIENT_ERROR\" expected=\"state j1 = TRANSIENT_ERROR within 30s\" found=\"state j1 = TRANSIENT_ERROR since 2s\" @9\n"
		"2.000000000 client j1 probe state=TRANSIENT_ERROR hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET file=0 after=TRANSIENT_ERROR @9\n"
		"2.000000000 client j1 job.get_error hr=S_OK as=e1 @10\n"
		"2.000000000 player - check passed=1 step=\"do job.get_error j1 as=e1 -> S_OK\" expected=S_OK found=S_OK @10\n"
		"2.000000000 client j1 probe state=TRANSIENT_ERROR hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET file=0 after=TRANSIENT_ERROR @10\n"
		"2.000000000 player - check passed=1 step=\"end leaks = 0\" expected=\"leaks = 0\" found=\"leaks = 0\" @11\n"
		"2.000000000 player - end reason=done leaks=0 @11\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void arguments_are_sent_as_the_api_takes_them(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS
		"do job.create as=j1 type=download name=null\n"
		"do job.set j1 priority=HIGH\n"
		"do job.set j1 notify_flags=JOB_ERROR|JOB_TRANSFERRED\n"
		"do job.set j1 minimum_retry_delay=10m\n"
		"do job.set j1 no_progress_timeout=14d\n"
		"do job.set j1 notify_interface=null\n"
		"do job.set j1 display_name=12\n"
		"do job.get j1 property=priority -> S_OK { value = NORMAL }\n"
		"do job.progress j1 out=null\n");
	assert_sent(stage, "job.create as='j1' type=0 name=NULL\n");
	assert_sent(stage, "job.set job='j1' priority=1\n");
	assert_sent(stage, "job.set job='j1' notify_flags=3\n");
	assert_sent(stage, "job.set job='j1' minimum_retry_delay=600\n");
	assert_sent(stage, "job.set job='j1' no_progress_timeout=1209600\n");
	assert_sent(stage, "job.set job='j1' notify_interface=NULL\n");
	assert_sent(stage, "job.set job='j1' display_name='12'\n");
	assert_sent(stage, "job.progress job='j1' out=NULL\n");
	assert_has(stage, "client j1 job.set hr=S_OK minimum_retry_delay=10m @8\n");
	assert_has(stage, "client j1 job.set hr=S_OK notify_flags=JOB_ERROR|JOB_TRANSFERRED @7\n");
	assert_has(stage, "client j1 job.get hr=S_OK property=priority value=NORMAL @12\n");
	assert_check(stage, 0, true, "S_OK, value = NORMAL", "S_OK, value = NORMAL");
}

/* A world line stands before what the change causes, and names path or host. */
static void world_changes_are_lines(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS
		"serve /f1 size=64k etag=\"a\" fault=reset@16k times=1\n"
		"serve /f1 size=64k no-length\n"
		"host slow refuse times=2\n"
		"net down\n"
		"disk full@48k\n"
		"policy block cause=policy.cost\n"
		"clock wall -1h\n");
	assert_has(stage, "world - disk word=full at=48k @9\n");
	assert_has(stage, "world - policy word=block cause=policy.cost @10\n");
	assert_has(stage, "world - clock word=wall by=-1h @11\n");
	assert_has(stage, "world /f1 serve size=64k etag=a fault=reset@16k times=1 @5\n");
	assert_has(stage, "world /f1 serve size=64k no-length=1 @6\n");
	assert_has(stage, "world slow host answer=refuse times=2 @7\n");
	assert_has(stage, "world - net word=down @8\n");
	assert_sent(stage, "change serve =/f1 size=64k");
	assert_sent(stage, "change net");
}

static void throw_away_handle_is_released_at_once(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	play_text(stage, HEAD_BITS CREATE
		"do job.get_error j1 as=_\n"
		"advance 2s\n"
		"do job.get_error j1 as=_ -> S_OK\n"
		"end leaks = 0\n");
	assert_has(stage, "client j1 job.get_error hr=ERROR_INFORMATION_UNAVAILABLE as=_1 @6\n");
	assert_has_not(stage, "client _1");
	assert_has(stage, "client j1 job.get_error hr=S_OK as=_2 @8\n");
	assert_has(stage, "client _2 handle.release hr=S_OK count=0 @8\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void lines_of_the_target_keep_their_order(void **state)
{
	struct stage *stage = *state;
	int64_t last = 0;

	stage->fake.now_ns = 5 * FAKE_S;
	fake_request_at(&stage->fake, 1 * FAKE_S, "/late");
	play_text(stage, HEAD_BITS CREATE "advance 1s\n");
	for (unsigned i = 0; i < stage->play.trace.count; i++) {
		assert_true(stage->play.trace.lines[i]->at_ns >= last);
		last = stage->play.trace.lines[i]->at_ns;
	}
	assert_has(stage, "5.000000000 origin /late request @6\n");
}

/* -- probes */

static void probe_names_the_file_by_its_place(void **state)
{
	struct stage *stage = *state;
	struct fake_error second = reset;

	second.file = 1;
	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, second);
	fake_error_at(&stage->fake, 2 * FAKE_S, "j1", STATE_TRANSIENT_ERROR, down);
	play_text(stage, HEAD_BITS CREATE
		"do job.add_file j1 url=$S/a local=$W/a -> S_OK\n"
		"do job.add_file j1 url=$S/b local=$W/b -> S_OK\n"
		"advance 1s\n"
		"advance 1s\n");
	assert_has(stage, "state=ERROR hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET file=1 after=ERROR @8\n");
	assert_has(stage, "context=GENERAL_QUEUE_MANAGER code=NETWORK_DISCONNECTED file=none after=TRANSIENT_ERROR @9\n");
}

static void probe_of_an_unknown_file_says_so(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_answer(&stage->fake, "file.local_name", 0, REPLY_RESULT, 0x80004005, NULL);
	play_text(stage, HEAD_BITS CREATE "do job.add_file j1 url=$S/a local=$W/a -> S_OK\nadvance 1s\nend leaks = 0\n");
	assert_has(stage, "file=? after=ERROR");
	assert_check(stage, 2, true, "leaks = 0", "leaks = 0");
}

static void probe_tells_a_get_file_that_fails_otherwise(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_answer(&stage->fake, "error.get_file", 0, REPLY_RESULT, 0x89990001, NULL);
	play_text(stage, HEAD_BITS CREATE "advance 1s\n");
	assert_has(stage, "file=? file_hr=0x89990001 after=ERROR");
}

static void probe_says_when_the_state_is_not_told(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.state", 0, REPLY_RESULT, 0x80004005, NULL);
	play_text(stage, HEAD_BITS CREATE);
	assert_has(stage, "client j1 probe state=? state_hr=");
	assert_has(stage, "after=? state_hr=");
}

/* state and after differ: the judge sees that the rest of the probe is not of one moment. */
static void probe_that_is_not_stable_shows_both_states(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 0, "j1", STATE_CONNECTING);
	stage->fake.events[0].command = "job.get_error";
	play_text(stage, HEAD_BITS CREATE);
	assert_has(stage, "client j1 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=CONNECTING @5\n");
}

static void every_step_probes_every_job_in_order(void **state)
{
	struct stage *stage = *state;
	const char *first, *second;

	play_text(stage, HEAD_BITS CREATE "do job.create as=a2 type=download\nserve /f1 size=1k\n");
	first = strstr(stage->text, "client j1 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=SUSPENDED @7\n");
	second = strstr(stage->text, "client a2 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=SUSPENDED @7\n");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	assert_int_equal(count_of(stage->text, " j1 probe"), 3);
	assert_int_equal(count_of(stage->text, " a2 probe"), 2);
}

static void released_job_is_probed_no_more(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE
		"do handle.add_ref j1\n"
		"do handle.release j1\n"
		"serve /f1 size=1k\n"
		"do handle.release j1\n"
		"serve /f2 size=1k\n"
		"end leaks = 0\n");
	assert_has(stage, "client j1 probe state=SUSPENDED hr=ERROR_INFORMATION_UNAVAILABLE after=SUSPENDED @8\n");
	assert_has_not(stage, "after=SUSPENDED @9\n");
	assert_has_not(stage, "after=SUSPENDED @10\n");
	assert_check(stage, 1, true, "leaks = 0", "leaks = 0");
}

/* Two handles of one job: an error names its file whatever handle the file was added with. */
static void second_handle_of_a_job_knows_its_files(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	play_text(stage, HEAD_BITS
		"do job.create as=j1 type=download -> S_OK { id = ?x }\n"
		"do job.open as=j2 id=?x -> S_OK\n"
		"do job.add_file j1 url=$S/a local=$W/a -> S_OK\n"
		"advance 1s\n");
	assert_sent(stage, "job.open as='j2' id='{id-0}'\n");
	assert_has(stage, "client j2 probe state=ERROR hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET file=0");
	assert_check(stage, 0, true, "S_OK, id = ?x", "S_OK, id = {id-0}");
}

static void bound_name_is_compared_from_then_on(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS
		"do job.create as=j1 type=download -> S_OK { id = ?x }\n"
		"do job.id j1 -> { id = ?x }\n"
		"do job.create as=j2 type=download -> S_OK\n"
		"do job.id j2 -> { id = ?x }\n");
	assert_true(stage->play.checks[1].passed);
	assert_check(stage, 3, false, "id = ?x", "id = {id-1}");
}

static void probes_can_be_off(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 1 * FAKE_S, "j1", STATE_TRANSFERRED);
	play_text(stage, HEAD_DARK CREATE "within 3s state j1 = TRANSFERRED\n");
	assert_has_not(stage, "probe");
	assert_true(stage->play.checks[1].passed);
	assert_int_equal(stage->fake.now_ns, 1 * FAKE_S);
}

static void probe_leaves_out_what_the_target_lacks(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_lacks(&stage->fake, "error.get_file");
	play_text(stage, HEAD_BITS CREATE "advance 1s\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
	assert_has(stage, "hr=S_OK context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET after=ERROR");
	assert_null(strstr(stage->fake.log, "error.get_file"));
}

static void probe_asks_once_for_what_turns_out_to_be_lacking(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.get_error", 0, REPLY_UNSUPPORTED, 0, "not yet");
	play_text(stage, HEAD_BITS CREATE "advance 1s\nadvance 1s\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
	assert_int_equal(count_of(stage->fake.log, "job.get_error"), 1);
	assert_has(stage, "client j1 probe state=SUSPENDED after=SUSPENDED @7\n");
}

/* -- time */

static void changes_are_probed_while_time_passes(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 1 * FAKE_S, "j1", STATE_CONNECTING);
	fake_request_at(&stage->fake, 2 * FAKE_S, "/f1");
	fake_at(&stage->fake, 3 * FAKE_S, "j1", STATE_TRANSFERRING);
	play_text(stage, HEAD_BITS CREATE "advance 10s\n");
	assert_has(stage, "1.000000000 client j1 probe state=CONNECTING");
	assert_has(stage, "3.000000000 client j1 probe state=TRANSFERRING");
	assert_has(stage, "10.000000000 client j1 probe state=TRANSFERRING");
	assert_int_equal(count_of(stage->text, "probe"), 4);
	assert_int_equal(stage->fake.now_ns, 10 * FAKE_S);
}

static void callback_makes_a_probe_while_time_passes_unless_it_tells_nothing(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_error_at(&stage->fake, 2 * FAKE_S, "j1", STATE_ERROR, down);
	fake_callback_at(&stage->fake, 2 * FAKE_S, "job_error", "j1");
	fake_callback_at(&stage->fake, 3 * FAKE_S, "job_error", "j1");
	play_text(stage, HEAD_BITS CREATE "advance 10s\n");
	assert_has(stage, "2.000000000 client j1 probe state=ERROR hr=S_OK context=GENERAL_QUEUE_MANAGER");
	assert_has_not(stage, "3.000000000 client j1 probe");
}

static void within_ends_when_it_holds(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 1234567890, "j1", STATE_ERROR);
	play_text(stage, HEAD_BITS CREATE "within 10m state j1 in {ERROR, TRANSFERRED}\nadvance 1s\n");
	assert_check(stage, 1, true, "state j1 in {ERROR, TRANSFERRED} within 600s", "state j1 = ERROR since 1.23456789s");
	assert_int_equal(stage->fake.now_ns, 2234567890);
}

static void within_that_fails_stops_the_play(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 1234 * (FAKE_S / 1000), "j1", STATE_ERROR);
	play_text(stage, HEAD_BITS CREATE "within 30s state j1 = TRANSFERRED\ndo job.cancel j1\nend leaks = 0\n");
	assert_check(stage, 1, false, "state j1 = TRANSFERRED within 30s", "state j1 = ERROR since 1.234s");
	assert_int_equal(stage->play.end, PLAY_STOPPED);
	assert_int_equal(stage->play.line, 6);
	assert_int_equal(stage->play.checks_count, 2);
	assert_int_equal(stage->fake.now_ns, 30 * FAKE_S);
	assert_null(strstr(stage->fake.log, "job.cancel"));
	assert_has(stage, "player - end reason=stopped leaks=0 @6\n");
}

static void within_sees_the_last_moment(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 30 * FAKE_S, "j1", STATE_ERROR);
	play_text(stage, HEAD_BITS CREATE "within 30s state j1 = ERROR\n");
	assert_true(stage->play.checks[1].passed);
}

static void real_world_may_be_late_within_the_tolerance(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	stage->fake.slice_ns = FAKE_S / 10;
	stage->options.tolerance_ns = 2 * FAKE_S;
	stage->options.real_limit_ns = 60 * FAKE_S;
	fake_at(&stage->fake, FAKE_S / 10, "j1", STATE_QUEUED);
	fake_at(&stage->fake, 6500 * (FAKE_S / 1000), "j1", STATE_ERROR);
	play_text(stage, HEAD_BITS CREATE "within 5s state j1 = ERROR\n");
	assert_true(stage->play.checks[1].passed);
	assert_int_equal(stage->play.tolerance_used_ns, 1500 * (FAKE_S / 1000));
	assert_has(stage, "begin id=t dialect=bits tier=real\n");
}

static void real_world_gives_up_a_job_that_only_a_call_can_wake(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	stage->fake.slice_ns = FAKE_S / 10;
	stage->options.real_limit_ns = 60 * FAKE_S;
	fake_at(&stage->fake, FAKE_S, "j1", STATE_ERROR);
	fake_at(&stage->fake, 20 * FAKE_S, "j1", STATE_TRANSFERRED);
	play_text(stage, HEAD_BITS CREATE "within 50s state j1 = TRANSFERRED\n");
	assert_false(stage->play.checks[1].passed);
	assert_true(stage->fake.now_ns < 6 * FAKE_S);
}

static void real_world_does_not_wait_in_one_line_beyond_the_limit(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	stage->fake.slice_ns = FAKE_S / 10;
	stage->options.real_limit_ns = 10 * FAKE_S;
	fake_at(&stage->fake, FAKE_S / 10, "j1", STATE_QUEUED);
	play_text(stage, HEAD_BITS CREATE "within 10m state j1 = TRANSFERRED\n");
	assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
	assert_string_equal(stage->play.feature, "clock.virtual");
}

static void real_world_is_too_late_beyond_the_tolerance(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	stage->fake.slice_ns = FAKE_S / 10;
	stage->options.tolerance_ns = 1 * FAKE_S;
	stage->options.real_limit_ns = 60 * FAKE_S;
	fake_at(&stage->fake, 6500 * (FAKE_S / 1000), "j1", STATE_ERROR);
	play_text(stage, HEAD_BITS CREATE "within 5s state j1 = ERROR\n");
	assert_false(stage->play.checks[1].passed);
	assert_int_equal(stage->play.tolerance_used_ns, 0);
}

static void real_world_does_not_begin_what_waits_too_long(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	stage->options.real_limit_ns = 60 * FAKE_S;
	play_text(stage, HEAD_BITS CREATE "advance 40s\nadvance 21s\n");
	assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
	assert_string_equal(stage->play.feature, "clock.virtual");
	assert_string_equal(stage->play.why, "the scenario waits 61s, and real time is limited to 60s");
	assert_int_equal(stage->fake.begins, 0);
	assert_has(stage, "end reason=unsupported feature=clock.virtual");
}

/* -- answers */

static void wrong_answer_is_told_and_the_play_goes_on(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.resume", 0, REPLY_RESULT, 0x80200002, NULL);
	play_text(stage, HEAD_BITS CREATE "do job.resume j1 -> S_OK\ndo job.suspend j1 -> S_OK\n");
	assert_check(stage, 1, false, "S_OK", "INVALID_STATE (0x80200002)");
	assert_true(stage->play.checks[2].passed);
	assert_int_equal(stage->play.checks[1].line, 6);
	assert_string_equal(stage->play.checks[1].step, "do job.resume j1 -> S_OK");
	assert_int_equal(stage->play.end, PLAY_DONE);
	assert_has(stage, "check passed=0 step=\"do job.resume j1 -> S_OK\" expected=S_OK found=\"INVALID_STATE (0x80200002)\" @6\n");
}

static void wrong_answer_that_makes_a_handle_stops_the_play(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE "do job.get_error j1 as=e1 -> S_OK\ndo job.cancel j1\n");
	assert_check(stage, 1, false, "S_OK", "ERROR_INFORMATION_UNAVAILABLE (0x8020000F)");
	assert_int_equal(stage->play.end, PLAY_STOPPED);
	assert_int_equal(stage->play.line, 6);
	assert_null(strstr(stage->fake.log, "job.cancel"));
}

static void wrong_answer_of_a_throw_away_handle_does_not_stop(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE "do job.get_error j1 as=_ -> S_OK\ndo job.cancel j1\n");
	assert_false(stage->play.checks[1].passed);
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void handle_that_was_never_made_is_not_used(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE "do job.get_error j1 as=e1\ndo error.get_error e1 -> S_OK\n");
	assert_check(stage, 1, false, "the handle e1", "none, for no call has made it");
	assert_int_equal(stage->play.end, PLAY_STOPPED);
}

static void only_the_fields_that_differ_are_told(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 0, "j1", STATE_ERROR, down);
	play_text(stage, HEAD_BITS CREATE "advance 1s\ndo job.get_error j1 as=e1 -> S_OK\n"
		"do error.get_error e1 -> { context in {REMOTE_FILE, GENERAL_TRANSPORT}, code = NETWORK_DISCONNECTED }\n"
		"do job.progress j1 -> { files_transferred = 1 }\n"
		"do job.progress j1 -> { files_total in [4, 5] }\n"
		"do job.progress j1 -> { files_total in [2, 3], bytes_total = unknown }\n"
		"do job.state j1 -> { state != ERROR }\n");
	assert_check(stage, 2, false, "context in {REMOTE_FILE, GENERAL_TRANSPORT}", "context = GENERAL_QUEUE_MANAGER");
	assert_check(stage, 3, false, "files_transferred = 1", "no files_transferred");
	assert_check(stage, 4, false, "files_total in [4, 5]", "files_total = 3");
	assert_true(stage->play.checks[5].passed);
	assert_check(stage, 6, false, "state != ERROR", "state = ERROR");
}

static void every_want_of_a_result_is_compared(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE
		"do job.get_error j1 as=_ -> failure\n"
		"do job.get_error j1 as=_ -> success\n"
		"do job.get_error j1 as=_ -> in {S_OK, ERROR_INFORMATION_UNAVAILABLE}\n"
		"do job.get_error j1 as=_ -> in {S_OK, INVALID_STATE}\n"
		"do job.get_error j1 as=_ -> 0x8020000F\n"
		"do job.get_error j1 as=_ -> BG_E_ERROR_INFORMATION_UNAVAILABLE\n");
	assert_check(stage, 1, true, "failure", "ERROR_INFORMATION_UNAVAILABLE (0x8020000F)");
	assert_check(stage, 2, false, "success", "ERROR_INFORMATION_UNAVAILABLE (0x8020000F)");
	assert_true(stage->play.checks[3].passed);
	assert_check(stage, 4, false, "in {S_OK, INVALID_STATE}", "ERROR_INFORMATION_UNAVAILABLE (0x8020000F)");
	assert_true(stage->play.checks[5].passed);
	assert_true(stage->play.checks[6].passed);
}

static void what_is_not_wanted_makes_no_check(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS "do job.create as=j1 type=download\ndo job.resume j1 -> model\ndo job.suspend j1 -> _\n");
	assert_int_equal(stage->play.checks_count, 0);
}

/* net.reset is inferred: any failure will do. http.404 is documented in bits. */
static void code_of_a_cause_is_exact_only_where_documented(void **state)
{
	struct stage *stage = *state;
	struct fake_error other = reset;

	other.code = 0x80004005;
	fake_error_at(&stage->fake, 0, "j1", STATE_ERROR, other);
	play_text(stage, HEAD_BITS CREATE "advance 1s\ndo job.get_error j1 as=e1 -> S_OK\n"
		"do error.get_error e1 -> { code ~ net.reset }\n"
		"do error.get_error e1 -> { code ~ http.404 }\n");
	assert_true(stage->play.checks[2].passed);
	assert_non_null(strstr(stage->play.checks[2].expected, "any failure"));
	assert_non_null(strstr(stage->play.checks[2].expected, "inferred"));
	assert_false(stage->play.checks[3].passed);
	assert_non_null(strstr(stage->play.checks[3].expected, "code ~ http.404, which is "));
}

static void codes_are_those_of_the_dialect(void **state)
{
	struct stage *stage = *state;

	fake_init(&stage->fake, DIALECT_DO);
	stage->options.dialect = DIALECT_DO;
	play_text(stage, HEAD_BOTH CREATE "do job.get_error j1 as=_ -> ERROR_INFORMATION_UNAVAILABLE\n");
	assert_check(stage, 1, true, "ERROR_INFORMATION_UNAVAILABLE", "ERROR_INFORMATION_UNAVAILABLE (0x80D02014)");
	assert_has(stage, "begin id=t dialect=do");
}

/* S_FALSE of enum.next: there was none left, so there is no handle to release. */
static void enumerator_at_its_end_makes_no_handle(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE "do job.enum_files j1 as=n1 -> S_OK\ndo enum.next n1 as=_ count=1\nend leaks = 0\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
	assert_has_not(stage, "handle.release");
	assert_check(stage, 2, true, "leaks = 0", "leaks = 0");
}

static void enumerator_that_tells_no_count_makes_no_handle_either(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "enum.next", 0, REPLY_RESULT, 1, NULL);
	play_text(stage, HEAD_BITS CREATE "do job.enum_files j1 as=n1 -> S_OK\ndo enum.next n1 as=_ count=1\n");
	assert_has_not(stage, "handle.release");
}

/* The place of a file counts those that were added, not those that were refused. */
static void refused_calls_change_nothing(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_answer(&stage->fake, "job.add_file", 1, REPLY_RESULT, 0x80200002, NULL);
	fake_answer(&stage->fake, "handle.release", 1, REPLY_RESULT, 0x80004005, NULL);
	play_text(stage, HEAD_BITS CREATE
		"do job.add_file j1 url=$S/a local=$W/a\n"
		"do job.add_file j1 url=$S/b local=$W/b\n"
		"do handle.add_ref j1\n"
		"do handle.release j1\n"
		"do handle.release j1\n"
		"advance 1s\n");
	assert_has(stage, "file=0 after=ERROR @11\n");
}

static void fields_of_a_refused_call_are_not_told(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.progress", 0, REPLY_RESULT, 0x80200002, NULL);
	play_text(stage, HEAD_BITS CREATE "do job.progress j1 -> S_OK { files_total = 3 }\n");
	assert_check(stage, 1, false, "S_OK", "INVALID_STATE (0x80200002)");
}

static void texts_and_nothing_are_compared(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE
		"do job.add_file j1 url=$S/a local=$W/a -> S_OK\n"
		"do job.enum_files j1 as=n1 -> S_OK\n"
		"do enum.clone n1 as=n2 -> S_OK\n"
		"do enum.next n2 as=f1 -> S_OK { fetched = 1 }\n"
		"do file.local_name f1 -> { name = $W/a }\n"
		"do file.local_name f1 -> { name = $W/b }\n"
		"do job.get j1 property=description -> { value = null }\n"
		"do job.get j1 property=description -> { value = text }\n"
		"do manager.error_description code=NO_PROGRESS language=1033 -> { text = \"what it means\" }\n"
		"do job.get j1 property=minimum_retry_delay -> { value = 10m }\n"
		"do job.get j1 property=minimum_retry_delay -> { value in [9m, 599s] }\n"
		"end leaks = 0\n");
	assert_check(stage, 5, true, "success, name = $W/a", "S_OK, name = /work/a");
	assert_check(stage, 6, false, "name = $W/b", "name = /work/a");
	assert_check(stage, 7, true, "success, value = null", "S_OK, value = null");
	assert_check(stage, 8, false, "value = text", "value = null");
	assert_true(stage->play.checks[9].passed);
	assert_check(stage, 10, true, "success, value = 600", "S_OK, value = 600");
	assert_check(stage, 11, false, "value in [540, 599]", "value = 600");
	assert_check(stage, 12, true, "leaks = 0", "leaks = 0");
	assert_sent(stage, "manager.error_description code=2149580836 language=1033\n");
	assert_has(stage, "client j1 job.get hr=S_OK property=description value=null @12\n");
}

/* Another interface of a job is a handle to release, and no other job to look at. */
static void other_interface_of_a_job_is_no_other_job(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE
		"do handle.query_interface j1 as=q1 iid=IUnknown -> S_OK { same = 1 }\n"
		"serve /f1 size=1k\n"
		"end leaks = 0\n");
	assert_has_not(stage, "q1 probe");
	assert_check(stage, 2, true, "leaks = 0", "leaks = 0");
}

static void state_of_a_job_that_was_not_made_is_none(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.create", 0, REPLY_RESULT, 0x80004005, NULL);
	play_text(stage, HEAD_BITS "do job.create as=j1 type=download\nexpect state j1 = ERROR\nexpect state j1 != ERROR\n");
	assert_check(stage, 0, false, "state j1 = ERROR", "no state of j1");
	assert_check(stage, 1, false, "state j1 != ERROR", "no state of j1");
}

/* -- callbacks */

static void callback_tells_what_the_client_sees(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 1 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_error", "j1");
	fake_callback_at(&stage->fake, 2 * FAKE_S, "job_error", "j1");
	fake_callback_at(&stage->fake, 3 * FAKE_S, "job_transferred", "j1");
	play_text(stage, HEAD_BITS CREATE "advance 5s\nend leaks = 0\n");
	assert_has(stage, "1.000000000 cb j1 job_error state=ERROR context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET "
		"job_context=GENERAL_TRANSPORT job_code=WININET_E_CONNECTION_RESET return=S_OK n=1 @6\n");
	assert_has(stage, "return=S_OK n=2 @6\n");
	assert_has(stage, "3.000000000 cb j1 job_transferred state=ERROR return=S_OK n=1 @6\n");
	assert_check(stage, 1, true, "leaks = 0", "leaks = 0");
}

static void callback_without_an_error_says_what_the_job_answers(void **state)
{
	struct stage *stage = *state;

	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_error", "j1");
	play_text(stage, HEAD_BITS CREATE "advance 5s\n");
	assert_has(stage, "cb j1 job_error state=SUSPENDED job_hr=ERROR_INFORMATION_UNAVAILABLE return=S_OK n=1 @6\n");
}

static void callback_inside_a_call_stands_behind_it(void **state)
{
	struct stage *stage = *state;
	const char *call, *callback;

	fake_callback_in(&stage->fake, "job.suspend", "job_modification", "j1");
	play_text(stage, HEAD_BITS CREATE "do job.suspend j1 -> S_OK\n");
	call = strstr(stage->text, "client j1 job.suspend hr=S_OK @6\n");
	callback = strstr(stage->text, "cb j1 job_modification state=SUSPENDED return=S_OK n=1 @6\n");
	assert_non_null(call);
	assert_non_null(callback);
	assert_true(call < callback);
}

static void callback_inside_a_probe_is_handled(void **state)
{
	struct stage *stage = *state;

	fake_callback_in(&stage->fake, "job.get_error", "job_modification", "j1");
	play_text(stage, HEAD_BITS CREATE "advance 1s\n");
	assert_int_equal(count_of(stage->text, "cb j1 job_modification"), 1);
	assert_int_equal(count_of(stage->text, "j1 probe"), 2);
}

static void policy_answers_so_many_calls_and_then_s_ok(void **state)
{
	struct stage *stage = *state;

	for (int i = 1; i <= 3; i++) fake_callback_at(&stage->fake, i * FAKE_S, "job_transferred", "j1");
	play_text(stage, HEAD_BITS CREATE "on job_transferred j1 return=E_FAIL times=2\nadvance 2s\nadvance 5s\n");
	assert_has(stage, "return=E_FAIL n=1 @7\n");
	assert_has(stage, "return=E_FAIL n=2 @7\n");
	assert_has(stage, "return=S_OK n=3 @8\n");
	assert_int_equal(stage->fake.returned, 0);
}

static void policy_is_of_one_kind_and_job(void **state)
{
	struct stage *stage = *state;

	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_modification", "j1");
	fake_callback_at(&stage->fake, 2 * FAKE_S, "job_transferred", "j2");
	fake_callback_at(&stage->fake, 3 * FAKE_S, "job_transferred", "j1");
	play_text(stage, HEAD_BITS CREATE "do job.create as=j2 type=download\non job_transferred j1 return=E_FAIL\nadvance 9s\n");
	assert_has(stage, "cb j1 job_modification state=SUSPENDED return=S_OK");
	assert_has(stage, "cb j2 job_transferred state=SUSPENDED return=S_OK");
	assert_has(stage, "cb j1 job_transferred state=SUSPENDED return=E_FAIL");
	assert_true(stage->fake.returned == 0x80004005u);
}

static void policy_calls_its_command_on_the_job(void **state)
{
	struct stage *stage = *state;
	const char *callback, *command;

	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_transferred", "j1");
	fake_callback_at(&stage->fake, 3 * FAKE_S, "job_transferred", "j1");
	play_text(stage, HEAD_BITS CREATE "on job_transferred j1 times=1 do=job.complete\nadvance 5s\n");
	callback = strstr(stage->text, "cb j1 job_transferred state=SUSPENDED return=S_OK n=1 @7\n");
	command = strstr(stage->text, "1.000000000 client j1 job.complete hr=S_OK @6\n");
	assert_non_null(callback);
	assert_non_null(command);
	assert_true(callback < command);
	assert_int_equal(count_of(stage->fake.log, "job.complete"), 1);
	assert_has(stage, "1.000000000 client j1 probe state=ACKNOWLEDGED");
}

static void callbacks_without_end_break_the_play(void **state)
{
	struct stage *stage = *state;

	for (int i = 0; i < 20; i++) fake_callback_in(&stage->fake, "job.resume", "job_modification", "j1");
	for (int i = 0; i < 20; i++) stage->fake.events[i].at_ns = i;
	play_text(stage, HEAD_BITS CREATE "on job_modification j1 do=job.resume\ndo job.resume j1\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "callbacks come inside callbacks without end");
}

/* -- predicates and watches */

static void never_fails_at_once_and_once(void **state)
{
	struct stage *stage = *state;

	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_error", "j1");
	fake_callback_at(&stage->fake, 2 * FAKE_S, "job_error", "j1");
	play_text(stage, HEAD_BITS CREATE "watch never callback job_error j1\nadvance 5s\n");
	assert_int_equal(stage->play.checks_count, 2);
	assert_check(stage, 1, false, "never callback job_error j1", "callback job_error j1 count = 1");
	assert_int_equal(stage->play.checks[1].line, 6);
	assert_has(stage, "1.000000000 player - check passed=0 step=\"watch never callback job_error j1\"");
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void never_that_did_not_happen_passes_at_the_end(void **state)
{
	struct stage *stage = *state;

	fake_callback_at(&stage->fake, 1 * FAKE_S, "job_error", "j1");
	play_text(stage, HEAD_BITS CREATE "advance 2s\nwatch never callback job_error j1\nadvance 5s\n");
	assert_int_equal(stage->play.checks_count, 2);
	assert_true(stage->play.checks[1].passed);
	assert_has(stage, "7.000000000 player - check passed=1 step=\"watch never callback job_error j1\"");
}

static void always_must_hold_at_every_look(void **state)
{
	struct stage *stage = *state;

	fake_at(&stage->fake, 2 * FAKE_S, "j1", STATE_ERROR);
	fake_at(&stage->fake, 3 * FAKE_S, "j1", STATE_SUSPENDED);
	play_text(stage, HEAD_BITS CREATE "watch always state j1 = SUSPENDED\nwatch always state j1 != TRANSFERRED\nadvance 5s\n");
	assert_int_equal(stage->play.checks_count, 3);
	assert_check(stage, 1, false, "always state j1 = SUSPENDED", "state j1 = ERROR since 2s");
	assert_check(stage, 2, true, "always state j1 != TRANSFERRED", "state j1 = SUSPENDED since 3s");
}

static void watches_are_not_judged_when_the_play_stops(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS CREATE "watch never callback job_error j1\nwithin 1s state j1 = ERROR\n");
	assert_int_equal(stage->play.checks_count, 2);
}

static void next_timer_is_counted_from_now(void **state)
{
	struct stage *stage = *state;

	stage->fake.timer_ns = 65 * FAKE_S;
	play_text(stage, HEAD_BITS "advance 5s\nexpect next-timer in [60s, 61s]\nexpect next-timer in [61s, 2m]\n"
		"expect next-timer = 60s\n");
	assert_check(stage, 2, true, "next-timer = 60s", "next-timer = 60s");
	assert_check(stage, 0, true, "next-timer in [60s, 61s]", "next-timer = 60s");
	assert_check(stage, 1, false, "next-timer in [61s, 120s]", "next-timer = 60s");
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void no_timer_is_in_no_range(void **state)
{
	struct stage *stage = *state;

	play_text(stage, HEAD_BITS "expect next-timer in [0, 14d]\n");
	assert_check(stage, 0, false, "next-timer in [0s, 1209600s]", "no timer");
}

static void real_world_does_not_know_the_next_timer(void **state)
{
	struct stage *stage = *state;

	stage->fake.target.tier = TIER_REAL;
	play_text(stage, HEAD_BITS "expect next-timer in [60s, 61s]\n");
	assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
	assert_string_equal(stage->play.feature, "timer.next");
	assert_int_equal(stage->play.checks_count, 0);
}

static void requests_and_callbacks_are_counted(void **state)
{
	struct stage *stage = *state;

	for (int i = 1; i <= 3; i++) fake_request_at(&stage->fake, i * FAKE_S, "/f1");
	fake_callback_at(&stage->fake, 4 * FAKE_S, "job_transferred", "j1");
	play_text(stage, HEAD_BITS CREATE
		"serve /f1 size=1k\n"
		"serve /f2 size=1k\n"
		"within 9s requests /f1 = 2\n"
		"within 9s callback job_transferred j1\n"
		"expect requests /f1 in [3, 4]\n"
		"expect requests /f2 = 1\n"
		"expect callback job_transferred j1 count=2\n");
	assert_true(stage->play.checks[1].passed);
	assert_true(stage->play.checks[2].passed);
	assert_true(stage->play.checks[3].passed);
	assert_check(stage, 4, false, "requests /f2 = 1", "requests /f2 = 0");
	assert_check(stage, 5, false, "callback job_transferred j1 count = 2", "callback job_transferred j1 count = 1");
}

/* -- the end */

static void end_checks_are_all_made(void **state)
{
	struct stage *stage = *state;

	stage->fake.file_answer = 1;
	stage->fake.temporary_count = 2;
	stage->fake.leaks_more = 3;
	play_text(stage, HEAD_BITS "serve /f1 size=1k\n" CREATE
		"end leaks = 0, file $W/f1 = server /f1, no-file $W/f2, no-temporary $W\n");
	assert_sent(stage, "compare /work/f1 /f1\n");
	assert_sent(stage, "temporary /work\n");
	assert_check(stage, 1, true, "file $W/f1 = server /f1", "a file that is equal");
	assert_check(stage, 2, false, "no-file $W/f2", "a file");
	assert_check(stage, 3, false, "no-temporary $W", "2 temporary files");
	assert_check(stage, 4, false, "leaks = 0", "leaks = 3");
	assert_has(stage, "player - end reason=done leaks=3 @7\n");
	assert_int_equal(stage->play.end, PLAY_DONE);
}

static void files_that_differ_or_lack_are_told(void **state)
{
	struct stage *stage = *state;

	stage->fake.file_answer = -1;
	play_text(stage, HEAD_BITS "serve /f1 size=1k\nend file $W/f1 = server /f1, no-file $W/f2\n");
	assert_check(stage, 0, false, "file $W/f1 = server /f1", "no file");
	assert_check(stage, 1, true, "no-file $W/f2", "no file");
}

static void handles_of_the_scenario_are_no_leaks(void **state)
{
	struct stage *stage = *state;

	fake_error_at(&stage->fake, 0, "j1", STATE_ERROR, reset);
	play_text(stage, HEAD_BITS CREATE
		"do job.add_file j1 url=$S/a local=$W/a\n"
		"advance 1s\n"
		"do job.get_error j1 as=e1 -> S_OK\n"
		"do error.get_file e1 as=f1 -> S_OK\n"
		"do handle.add_ref e1 -> S_OK\n"
		"do job.enum_files j1 as=n1 -> S_OK\n"
		"end leaks = 0\n");
	assert_check(stage, 5, true, "leaks = 0", "leaks = 0");
	assert_has_not(stage, "handle.release");
}

/* -- what is lacking or breaks */

static void unsupported_is_found_before_the_first_step(void **state)
{
	static const struct { const char *lacks, *feature; unsigned line; } rows[] = {
		{ "job.get_error", "job.get_error", 0 }, { "net.down", "net.down", 0 }, { "job.cancel", "job.cancel", 9 },
		{ "job.resume", "job.resume", 8 }, { "job.create", "job.create", 6 }, { "job.state", "job.state", 10 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stage *stage = NULL;
		assert_int_equal(setup((void **)&stage), 0);
		fake_lacks(&stage->fake, rows[i].lacks);
		play_text(stage, "id: t\ntitle: a plot for the player\ndialect: bits\nneeds: job.get_error\n---\n" CREATE
			"net down\ndo job.resume j1\non job_error j1 do=job.cancel\nexpect state j1 = ERROR\n");
		assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
		assert_string_equal(stage->play.feature, rows[i].feature);
		assert_int_equal(stage->play.line, rows[i].line);
		assert_null(strstr(stage->fake.log, "job.create"));
		teardown((void **)&stage);
	}
}

static void reply_of_unsupported_ends_the_play(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.suspend", 0, REPLY_UNSUPPORTED, 0, "not written yet");
	play_text(stage, HEAD_BITS CREATE "do job.suspend j1 -> S_OK\ndo job.cancel j1\n");
	assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
	assert_string_equal(stage->play.feature, "job.suspend");
	assert_string_equal(stage->play.why, "not written yet");
	assert_int_equal(stage->play.line, 6);
	assert_has(stage, "client j1 job.suspend reply=unsupported @6\n");
	assert_int_equal(stage->play.checks_count, 1);
}

static void world_that_cannot_change_ends_the_play(void **state)
{
	struct stage *stage = *state;

	stage->fake.change_why = "no such cable";
	play_text(stage, HEAD_BITS CREATE "net down\n");
	assert_int_equal(stage->play.end, PLAY_UNSUPPORTED);
	assert_string_equal(stage->play.feature, "net.down");
	assert_string_equal(stage->play.why, "no such cable");
	assert_has_not(stage, "world");
}

static void broken_reply_ends_the_play_without_more_calls(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.suspend", 0, REPLY_BROKEN, 0, "it hangs");
	play_text(stage, HEAD_BITS CREATE "do job.suspend j1 -> S_OK\ndo job.cancel j1\nend leaks = 0\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "it hangs");
	assert_int_equal(stage->play.line, 6);
	assert_string_equal(strstr(stage->fake.log, "job.suspend"), "job.suspend job='j1'\n");
	assert_int_equal(stage->fake.ends, 1);
	assert_has(stage, "player - end reason=broken why=\"it hangs\" @6\n");
}

static void broken_probe_ends_the_play(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "job.state", 2, REPLY_BROKEN, 0, "it hangs");
	play_text(stage, HEAD_BITS CREATE "do job.cancel j1\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_int_equal(stage->play.line, 5);
	assert_has_not(stage, "probe");
}

static void target_that_breaks_at_the_last_release_is_broken(void **state)
{
	struct stage *stage = *state;

	fake_answer(&stage->fake, "handle.release", 0, REPLY_BROKEN, 0, "it hangs");
	play_text(stage, HEAD_BITS CREATE "end leaks = 0\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "it hangs");
	assert_int_equal(stage->play.checks_count, 1);
}

static void variable_without_a_value_breaks_the_play(void **state)
{
	struct stage *stage = *state;

	stage->fake.no_variables = true;
	play_text(stage, HEAD_BITS CREATE "do job.add_file j1 url=$S/a local=$W/a -> S_OK\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "a variable of the scenario has no value");
}

static void death_while_time_passes_ends_the_play(void **state)
{
	struct stage *stage = *state;

	fake_gone_at(&stage->fake, 2 * FAKE_S);
	play_text(stage, HEAD_BITS CREATE "within 5s state j1 = ERROR\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "the adapter died");
	assert_int_equal(stage->play.checks_count, 1);
}

static void target_that_does_not_begin_is_broken_and_ended(void **state)
{
	struct stage *stage = *state;

	stage->fake.begin_status = STATUS_PEER;
	play_text(stage, HEAD_BITS CREATE);
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "it does not start");
	assert_int_equal(stage->fake.ends, 1);
	assert_string_equal(stage->text, "0.000000000 player - begin id=t dialect=bits tier=virtual\n"
		"0.000000000 player - end reason=broken why=\"it does not start\"\n");
}

static void target_that_does_not_end_is_broken(void **state)
{
	struct stage *stage = *state;

	stage->fake.end_status = STATUS_PEER;
	play_text(stage, HEAD_BITS CREATE "end leaks = 0\n");
	assert_int_equal(stage->play.end, PLAY_BROKEN);
	assert_string_equal(stage->play.why, "it does not end");
	assert_int_equal(stage->play.checks_count, 1);
}

static void failures_of_the_host_are_a_status(void **state)
{
	struct stage *stage = *state;

	stage->fake.begin_status = STATUS_IO;
	parse(stage, HEAD_BITS CREATE);
	run(stage);
	assert_int_equal(stage->status, STATUS_IO);
	assert_string_equal(stage->failure.text, "it does not start");
	assert_int_equal(stage->fake.ends, 1);
}

/* -- limits */

static void trace_has_a_maximum(void **state)
{
	struct stage *stage = *state;

	arena_done(&stage->arena);
	assert_int_equal(arena_init(&stage->arena, 256u << 20), 0);
	stage->fake.flood = 20000;
	parse(stage, HEAD_BITS "advance 1s\nadvance 1s\nadvance 1s\nadvance 1s\nadvance 1s\nadvance 1s\n");
	run(stage);
	assert_int_equal(stage->status, STATUS_LIMIT);
	assert_string_equal(stage->failure.text, "expected at most 100000 lines of trace, found more");
	assert_string_equal(stage->failure.file, "t.scn");
	assert_int_equal(stage->failure.line, 9);
	assert_int_equal(stage->play.trace.count, 100000);
	assert_int_equal(stage->fake.ends, 1);
}

/* Lines of one kind beyond what the player keeps: `expected at most N ...`, no overrun. */
static void every_list_has_a_maximum(void **state)
{
	static const struct { const char *before, *line; unsigned lines; const char *says; } rows[] = {
		{ CREATE, "on job_error j1\n", 65, "at most 64 on lines" },
		{ CREATE, "watch never callback job_error j1\n", 65, "at most 64 watch lines" },
		{ CREATE, "do job.open as=_ id={id-0}\n", 320, "at most 320 jobs" },
		{ CREATE, "do job.enum_files j1 as=_\n", 400, "at most 400 handles" },
		{ CREATE, "do job.add_file_with_ranges j1 url=$S/a local=$W/a ranges=0-1 size=1\n", 129, "at most 128 files of a job" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stage *stage = NULL;
		static char text[65536];
		assert_int_equal(setup((void **)&stage), 0);
		strcpy(text, HEAD_DARK);
		strcat(text, rows[i].before);
		for (unsigned n = 0; n < rows[i].lines; n++) strcat(text, rows[i].line);
		parse(stage, text);
		run(stage);
		assert_int_equal(stage->status, STATUS_LIMIT);
		if (!strstr(stage->failure.text, rows[i].says)) fail_msg("%s: %s", rows[i].says, stage->failure.text);
		assert_int_equal(stage->fake.ends, 1);
		teardown((void **)&stage);
	}
}

static void time_that_does_not_move_has_a_maximum(void **state)
{
	struct stage *stage = *state;

	stage->fake.stuck = true;
	parse(stage, HEAD_BITS "advance 1s\n");
	run(stage);
	assert_int_equal(stage->status, STATUS_LIMIT);
	assert_non_null(strstr(stage->failure.text, "10000000 steps of time"));
	assert_int_equal(stage->fake.ends, 1);
}

static const char sweep_plot[] = HEAD_BITS
	"serve /f1 size=1k\n"
	"do job.create as=j1 type=download -> S_OK { id = ?x }\n"
	"do job.add_file j1 url=$S/a local=$W/a -> S_OK\n"
	"on job_error j1 return=E_FAIL do=job.cancel\n"
	"watch never callback job_transferred j1\n"
	"within 5s state j1 = ERROR\n"
	"do job.get_error j1 as=_\n"
	"advance 2s\n"
	"expect requests /f1 = 1\n"
	"end leaks = 0, no-file $W/a\n";

static enum status sweep(struct stage *stage, unsigned long n)
{
	fake_init(&stage->fake, DIALECT_BITS);
	stage->fake.file_answer = -1;
	fake_request_at(&stage->fake, FAKE_S, "/f1");
	fake_error_at(&stage->fake, 2 * FAKE_S, "j1", STATE_ERROR, reset);
	fake_callback_at(&stage->fake, 2 * FAKE_S, "job_error", "j1");
	arena_reset(&stage->arena);
	parse(stage, sweep_plot);
	memset(&stage->failure, 0, sizeof stage->failure);
	arena_fail_at(n);
	run(stage);
	arena_fail_at(0);
	assert_int_equal(stage->fake.ends, stage->fake.begins);
	assert_int_equal(stage->fake.errors_of_use, 0);
	return stage->status;
}

/* Whichever allocation fails: a status with a reason, and the target is ended. */
static void every_allocation_may_fail(void **state)
{
	struct stage *stage = *state;
	unsigned long n = 1;

	for (; n < SWEEP_MAX && sweep(stage, n) != STATUS_OK; n++) {
		assert_int_equal(stage->status, STATUS_NO_MEMORY);
		assert_string_equal(stage->failure.text, "expected memory for the play, found none left");
	}
	assert_in_range(n, 30, SWEEP_MAX - 1);
	assert_int_equal(stage->play.end, PLAY_DONE);
	assert_int_equal(stage->play.checks_count, 7);
	for (unsigned i = 0; i < stage->play.checks_count; i++) assert_true(stage->play.checks[i].passed);
}

static void same_play_gives_the_same_trace(void **state)
{
	struct stage *stage = *state;
	static char first[sizeof stage->text];

	assert_int_equal(sweep(stage, 0), STATUS_OK);
	memcpy(first, stage->text, sizeof first);
	assert_int_equal(sweep(stage, 0), STATUS_OK);
	assert_string_equal(stage->text, first);
}

#define PLAY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		PLAY_TEST(whole_trace_tells_the_play),
		PLAY_TEST(arguments_are_sent_as_the_api_takes_them),
		PLAY_TEST(world_changes_are_lines),
		PLAY_TEST(throw_away_handle_is_released_at_once),
		PLAY_TEST(lines_of_the_target_keep_their_order),
		PLAY_TEST(probe_names_the_file_by_its_place),
		PLAY_TEST(probe_of_an_unknown_file_says_so),
		PLAY_TEST(probe_tells_a_get_file_that_fails_otherwise),
		PLAY_TEST(probe_says_when_the_state_is_not_told),
		PLAY_TEST(probe_that_is_not_stable_shows_both_states),
		PLAY_TEST(every_step_probes_every_job_in_order),
		PLAY_TEST(released_job_is_probed_no_more),
		PLAY_TEST(second_handle_of_a_job_knows_its_files),
		PLAY_TEST(bound_name_is_compared_from_then_on),
		PLAY_TEST(probes_can_be_off),
		PLAY_TEST(probe_leaves_out_what_the_target_lacks),
		PLAY_TEST(probe_asks_once_for_what_turns_out_to_be_lacking),
		PLAY_TEST(changes_are_probed_while_time_passes),
		PLAY_TEST(callback_makes_a_probe_while_time_passes_unless_it_tells_nothing),
		PLAY_TEST(within_ends_when_it_holds),
		PLAY_TEST(within_that_fails_stops_the_play),
		PLAY_TEST(within_sees_the_last_moment),
		PLAY_TEST(real_world_may_be_late_within_the_tolerance),
		PLAY_TEST(real_world_gives_up_a_job_that_only_a_call_can_wake),
		PLAY_TEST(real_world_does_not_wait_in_one_line_beyond_the_limit),
		PLAY_TEST(real_world_is_too_late_beyond_the_tolerance),
		PLAY_TEST(real_world_does_not_begin_what_waits_too_long),
		PLAY_TEST(wrong_answer_is_told_and_the_play_goes_on),
		PLAY_TEST(wrong_answer_that_makes_a_handle_stops_the_play),
		PLAY_TEST(wrong_answer_of_a_throw_away_handle_does_not_stop),
		PLAY_TEST(handle_that_was_never_made_is_not_used),
		PLAY_TEST(only_the_fields_that_differ_are_told),
		PLAY_TEST(every_want_of_a_result_is_compared),
		PLAY_TEST(what_is_not_wanted_makes_no_check),
		PLAY_TEST(code_of_a_cause_is_exact_only_where_documented),
		PLAY_TEST(codes_are_those_of_the_dialect),
		PLAY_TEST(enumerator_at_its_end_makes_no_handle),
		PLAY_TEST(enumerator_that_tells_no_count_makes_no_handle_either),
		PLAY_TEST(refused_calls_change_nothing),
		PLAY_TEST(fields_of_a_refused_call_are_not_told),
		PLAY_TEST(texts_and_nothing_are_compared),
		PLAY_TEST(other_interface_of_a_job_is_no_other_job),
		PLAY_TEST(state_of_a_job_that_was_not_made_is_none),
		PLAY_TEST(callback_tells_what_the_client_sees),
		PLAY_TEST(callback_without_an_error_says_what_the_job_answers),
		PLAY_TEST(callback_inside_a_call_stands_behind_it),
		PLAY_TEST(callback_inside_a_probe_is_handled),
		PLAY_TEST(policy_answers_so_many_calls_and_then_s_ok),
		PLAY_TEST(policy_is_of_one_kind_and_job),
		PLAY_TEST(policy_calls_its_command_on_the_job),
		PLAY_TEST(callbacks_without_end_break_the_play),
		PLAY_TEST(never_fails_at_once_and_once),
		PLAY_TEST(never_that_did_not_happen_passes_at_the_end),
		PLAY_TEST(always_must_hold_at_every_look),
		PLAY_TEST(watches_are_not_judged_when_the_play_stops),
		PLAY_TEST(next_timer_is_counted_from_now),
		PLAY_TEST(no_timer_is_in_no_range),
		PLAY_TEST(real_world_does_not_know_the_next_timer),
		PLAY_TEST(requests_and_callbacks_are_counted),
		PLAY_TEST(end_checks_are_all_made),
		PLAY_TEST(files_that_differ_or_lack_are_told),
		PLAY_TEST(handles_of_the_scenario_are_no_leaks),
		cmocka_unit_test(unsupported_is_found_before_the_first_step),
		PLAY_TEST(reply_of_unsupported_ends_the_play),
		PLAY_TEST(world_that_cannot_change_ends_the_play),
		PLAY_TEST(broken_reply_ends_the_play_without_more_calls),
		PLAY_TEST(broken_probe_ends_the_play),
		PLAY_TEST(target_that_breaks_at_the_last_release_is_broken),
		PLAY_TEST(variable_without_a_value_breaks_the_play),
		PLAY_TEST(death_while_time_passes_ends_the_play),
		PLAY_TEST(target_that_does_not_begin_is_broken_and_ended),
		PLAY_TEST(target_that_does_not_end_is_broken),
		PLAY_TEST(failures_of_the_host_are_a_status),
		PLAY_TEST(trace_has_a_maximum),
		cmocka_unit_test(every_list_has_a_maximum),
		PLAY_TEST(time_that_does_not_move_has_a_maximum),
		PLAY_TEST(every_allocation_may_fail),
		PLAY_TEST(same_play_gives_the_same_trace),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("play", tests, NULL, NULL);
}
