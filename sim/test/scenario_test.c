/* scenario_test.c -- what a scenario file becomes: header, steps with their arguments, wants, predicates, features. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (8u << 20)
#define SECOND INT64_C(1000000000)
#define HEADER "id: x\ntitle: a scenario\ndialect: bits\n---\n"
#define JOB "do job.create as=j1 -> S_OK\n"
#define ERROR JOB "do job.get_error j1 as=e1 -> S_OK\n"

static const char example[] =
	"id:      0412-error-gone\n"
	"title:   the error object is gone once data flows again\n"
	"dialect: bits   # one of two\n"
	"rules:   ERR-LIFE-002 ERR-LIFE-003!\n"
	"needs:   job.get_error net.down\n"
	"was:     do-0412\n"
	"probe:   off\n"
	"---\n"
	"serve  /f1 size=64k etag=\"a\" fault=reset@16k times=1\n"
	"serve  /f1 size=64k etag=\"a\"\n"
	"\n"
	"do     job.create as=j1 type=download             -> S_OK   # a comment\n"
	"do     job.set j1 minimum_retry_delay=60s         -> S_OK\n"
	"do     job.add_file j1 url=$S/f1 local=\"$W/f 1\"   -> S_OK\n"
	"do     job.resume j1                              -> in {S_OK, 0x00000001}\n"
	"watch  never callback job_error j1\n"
	"within 30s   state j1 in {TRANSIENT_ERROR, ERROR}\n"
	"do     job.get_error j1 as=e1                     -> S_OK\n"
	"do     error.get_error e1                         -> { context in {REMOTE_FILE, GENERAL_TRANSPORT}, code ~ net.reset }\n"
	"expect next-timer in [60s, 61s]\n"
	"advance 61s\n"
	"do     job.get_error j1 as=_                      -> ERROR_INFORMATION_UNAVAILABLE\n"
	"end    leaks = 0, file \"$W/f 1\" = server /f1\n"
	"====\n"
	"0.000000000 player - begin id=0412-error-gone\n";

static struct arena arena;
static struct scenario_failures failures;

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, ARENA_BYTES);
}

static int teardown(void **state)
{
	(void)state;
	arena_fail_at(0);
	arena_done(&arena);
	return 0;
}

static enum status parse(const char *file, const char *text, size_t length, struct scenario **scenario)
{
	arena_reset(&arena);
	return scenario_parse(&arena, file, text, length, scenario, &failures);
}

/* A scenario that must parse. */
static const struct scenario *accept(const char *file, const char *text)
{
	struct scenario *scenario;
	enum status status = parse(file, text, strlen(text), &scenario);

	for (unsigned i = 0; i < failures.count; i++)
		print_error("%u:%u: %s\n", failures.list[i].line, failures.list[i].col, failures.list[i].text);
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(failures.count, 0);
	return scenario;
}

/* A plot that must parse; its last step. */
static const struct step *accept_last(const char *plot)
{
	static char text[20000];

	assert_in_range(snprintf(text, sizeof text, "%s%s", HEADER, plot), 0, (int)sizeof text - 1);
	const struct scenario *scenario = accept("x.scn", text);
	return &scenario->steps[scenario->steps_count - 1];
}

/* A plot that must fail with this one error. */
static void refuse(const char *plot, const char *error)
{
	static char text[200000];
	struct scenario *scenario;

	assert_in_range(snprintf(text, sizeof text, "%s%s", HEADER, plot), 0, (int)sizeof text - 1);
	assert_int_not_equal(parse("x.scn", text, strlen(text), &scenario), STATUS_OK);
	assert_null(scenario);
	assert_int_equal(failures.count, 1);
	assert_string_equal(failures.list[0].text, error);
}

static void assert_text(const struct step *step, const char *key, const char *text)
{
	const struct scenario_arg *arg = step_arg(step, key);

	assert_non_null(arg);
	assert_string_equal(arg->text, text);
}

static void assert_number(const struct step *step, const char *key, int64_t number)
{
	const struct scenario_arg *arg = step_arg(step, key);

	assert_non_null(arg);
	assert_true(arg->is_number);
	assert_int_equal(arg->number, number);
}

static void the_header_is_kept(void **state)
{
	const struct scenario *scenario = accept("some/0412-error-gone.scn", example);

	(void)state;
	assert_string_equal(scenario->file, "some/0412-error-gone.scn");
	assert_string_equal(scenario->id, "0412-error-gone");
	assert_string_equal(scenario->title, "the error object is gone once data flows again");
	assert_string_equal(scenario->was, "do-0412");
	assert_false(scenario->probe);
	assert_false(scenario->dialects[DIALECT_DO]);
	assert_true(scenario->dialects[DIALECT_BITS]);
	assert_int_equal(scenario->needs_count, 2);
	assert_string_equal(scenario->needs[1], "net.down");
}

static void a_rule_keeps_its_place_and_whether_it_is_witnessed(void **state)
{
	const struct scenario *scenario = accept("0412-error-gone.scn", example);

	(void)state;
	assert_int_equal(scenario->rules_count, 2);
	assert_string_equal(scenario->rules[0].id, "ERR-LIFE-002");
	assert_false(scenario->rules[0].witness);
	assert_string_equal(scenario->rules[1].id, "ERR-LIFE-003");
	assert_true(scenario->rules[1].witness);
	assert_int_equal(scenario->rules[1].line, 4);
	assert_int_equal(scenario->rules[1].col, 23);
}

static void both_dialects_can_be_meant(void **state)
{
	const struct scenario *scenario = accept("x.scn", "id: x\ntitle: t\ndialect: do bits\n---\n" JOB);

	(void)state;
	assert_true(scenario->dialects[DIALECT_DO] && scenario->dialects[DIALECT_BITS]);
	assert_true(scenario->probe);
}

static void the_id_is_free_when_the_file_is_no_scn_file(void **state)
{
	(void)state;
	accept("-", HEADER JOB);
	accept("folder.scn/standard-input", HEADER JOB);
}

static void a_step_keeps_its_line_column_and_text(void **state)
{
	const struct scenario *scenario = accept("0412-error-gone.scn", example);
	const struct step *step = &scenario->steps[2];

	(void)state;
	assert_int_equal(scenario->steps_count, 14);
	assert_int_equal(step->kind, STEP_DO);
	assert_int_equal(step->line, 12);
	assert_int_equal(step->col, 1);
	assert_string_equal(step->text, "do     job.create as=j1 type=download             -> S_OK");
	assert_string_equal(step->word, "job.create");
}

static void blanks_tabs_and_indentation_are_free(void **state)
{
	const struct step *step = accept_last(JOB "\t  do\tjob.resume   j1 ->S_OK\t \n");

	(void)state;
	assert_int_equal(step->col, 4);
	assert_string_equal(step->text, "do\tjob.resume   j1 ->S_OK");
}

static void the_last_line_needs_no_line_end(void **state)
{
	const struct step *step = accept_last("advance 5us");

	(void)state;
	assert_int_equal(step->duration_ns, 5000);
}

static void a_comment_starts_outside_quotes_only(void **state)
{
	const struct step *step = accept_last("do job.create as=j1 name=\"a # \\\" b\"# end\n");

	(void)state;
	assert_text(step, "name", "a # \" b");
}

static void escapes_in_quotes_are_replaced(void **state)
{
	(void)state;
	assert_text(accept_last("do job.create as=j1 name=\"a\\\\b\\nc\"\n"), "name", "a\\b\nc");
	assert_text(accept_last("do job.create as=j1 name=\"\"\n"), "name", "");
}

static void the_golden_trace_is_the_text_below(void **state)
{
	const struct scenario *scenario = accept("0412-error-gone.scn", example);

	(void)state;
	assert_string_equal(scenario->golden, "0.000000000 player - begin id=0412-error-gone\n");
	assert_int_equal(scenario->golden_line, 25);
	assert_null(accept("x.scn", HEADER JOB)->golden);
	assert_string_equal(accept("x.scn", HEADER JOB "====")->golden, "");
}

static void a_serve_line_keeps_words_and_numbers(void **state)
{
	const struct step *step = accept_last("serve /f1 size=2m etag=\"v1\" modified=3 throttle=1k times=2 method=HEAD\n");

	(void)state;
	assert_string_equal(step->word, "/f1");
	assert_string_equal(step_word(step, 0)->text, "/f1");
	assert_null(step_word(step, 1));
	assert_text(step, "size", "2m");
	assert_number(step, "size", 2 << 20);
	assert_text(step, "etag", "v1");
	assert_number(step, "modified", 3);
	assert_number(step, "throttle", 1024);
	assert_number(step, "times", 2);
	assert_text(step, "method", "HEAD");
}

static void lies_are_numbers_with_a_sign(void **state)
{
	const struct step *step = accept_last("serve /f1 size=1k length=lie-10 range=lie+20\n");

	(void)state;
	assert_text(step, "length", "lie-10");
	assert_number(step, "length.lie", -10);
	assert_text(step, "range", "lie+20");
	assert_number(step, "range.lie", 20);
}

static void a_flag_is_an_argument_without_text(void **state)
{
	const struct step *step = accept_last("serve /f1 size=1k no-length no-range no-head chunked\n");

	(void)state;
	assert_text(step, "no-length", "");
	assert_text(step, "no-range", "");
	assert_text(step, "no-head", "");
	assert_text(step, "chunked", "");
	assert_null(step_word(step, 1));
}

static void a_fault_is_taken_apart(void **state)
{
	const struct step *step = accept_last("serve /f1 size=64k fault=stall@16k(for=20s)\n");

	(void)state;
	assert_text(step, "fault", "stall@16k(for=20s)");
	assert_text(step, "fault.word", "stall");
	assert_number(step, "fault.at", 16384);
	assert_number(step, "fault.for", 20 * SECOND);
	step = accept_last("serve /f1 fault=garbage\n");
	assert_text(step, "fault.word", "garbage");
	assert_null(step_arg(step, "fault.at"));
}

static void each_fault_word_is_known(void **state)
{
	static const char *const words[] = { "reset@0", "stall@1k", "truncate@1024", "etag-change@512", "garbage" };
	char plot[100];

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(plot, sizeof plot, "serve /f1 size=1k fault=%s\n", words[i]);
		assert_text(accept_last(plot), "fault", words[i]);
	}
}

static void a_status_has_its_number_and_retry_after(void **state)
{
	const struct step *step = accept_last("serve /f1 status=503(retry-after=30s)\n");

	(void)state;
	assert_text(step, "status", "503(retry-after=30s)");
	assert_number(step, "status", 503);
	assert_number(step, "retry_after", 30 * SECOND);
	assert_null(step_arg(accept_last("serve /f1 status=404\n"), "retry_after"));
}

static void a_lie_about_the_length_is_signed(void **state)
{
	(void)state;
	assert_number(accept_last("serve /f1 size=1k length=lie+100\n"), "length.lie", 100);
	assert_number(accept_last("serve /f1 size=1k length=lie-1k\n"), "length.lie", -1024);
}

static void a_host_line_makes_a_host_for_urls(void **state)
{
	const struct step *step = accept_last("host mirror dns times=2 for=10s\n" JOB
		"do job.add_file j1 url=$S(mirror)/f1 local=$W/$S(origin) -> S_OK\n");

	(void)state;
	assert_text(step, "url", "$S(mirror)/f1");
	step = accept_last("host mirror connect-timeout for=10s\n");
	assert_string_equal(step->word, "connect-timeout");
	assert_string_equal(step_word(step, 0)->text, "mirror");
	assert_number(step, "for", 10 * SECOND);
}

static void world_steps_keep_their_word(void **state)
{
	static const struct { const char *plot, *word; enum step_kind kind; } rows[] = {
		{ "net up", "up", STEP_NET }, { "net down", "down", STEP_NET },
		{ "disk denied", "denied", STEP_DISK }, { "disk locked", "locked", STEP_DISK }, { "disk ok", "ok", STEP_DISK },
		{ "service kill", "kill", STEP_SERVICE }, { "service start", "start", STEP_SERVICE },
		{ "user logoff", "logoff", STEP_USER }, { "user logon", "logon", STEP_USER },
		{ "policy block", "block", STEP_POLICY }, { "policy allow", "allow", STEP_POLICY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct step *step = accept_last(rows[i].plot);
		assert_int_equal(step->kind, rows[i].kind);
		assert_string_equal(step->word, rows[i].word);
		assert_int_equal(step->args_count, 0);
	}
}

static void a_link_has_numbers(void **state)
{
	const struct step *step = accept_last("link cell-5 use delay=40ms jitter=1s bandwidth=100k loss=0.25% policy=policy.cost\n");

	(void)state;
	assert_int_equal(step->kind, STEP_LINK);
	assert_string_equal(step_word(step, 0)->text, "cell-5");
	assert_non_null(step_arg(step, "use"));
	assert_number(step, "delay", SECOND / 25);
	assert_number(step, "jitter", SECOND);
	assert_number(step, "bandwidth", 102400);
	assert_number(step, "loss", 2500);
	assert_string_equal(step_arg(step, "policy")->text, "policy.cost");
	assert_number(accept_last("link lan loss=50%\n"), "loss", 500000);
	assert_number(accept_last("link lan loss=0.0001%\n"), "loss", 1);
	assert_null(step_arg(accept_last("link lan policy=none\n"), "use"));
}

static void a_full_disk_has_a_position(void **state)
{
	const struct step *step = accept_last("disk full@48k\n");

	(void)state;
	assert_string_equal(step->word, "full");
	assert_number(step, "at", 49152);
}

static void a_clock_jump_is_signed(void **state)
{
	(void)state;
	assert_int_equal(accept_last("clock wall +1h\n")->duration_ns, 3600 * SECOND);
	assert_int_equal(accept_last("clock wall -2d\n")->duration_ns, -172800 * SECOND);
	assert_string_equal(accept_last("clock wall -2d\n")->word, "wall");
	assert_int_equal(accept_last("clock sleep 90m\n")->duration_ns, 5400 * SECOND);
	assert_int_equal(accept_last("clock boot +1h\n")->duration_ns, 3600 * SECOND);
	assert_number(accept_last("clock monotonic drift=-250ppm\n"), "drift", -250);
	assert_number(accept_last("clock wall drift=100000ppm\n"), "drift", 100000);
}

static void a_policy_may_name_its_cause(void **state)
{
	(void)state;
	assert_text(accept_last("policy block cause=policy.cost\n"), "cause", "policy.cost");
}

static void durations_have_units(void **state)
{
	static const struct { const char *text; int64_t ns; } rows[] = {
		{ "0", 0 }, { "0s", 0 }, { "5us", 5000 }, { "100ms", 100000000 }, { "30s", 30 * SECOND }, { "10m", 600 * SECOND },
		{ "2h", 7200 * SECOND }, { "14d", 1209600 * SECOND }, { "9223372036s", 9223372036 * SECOND },
	};
	char plot[100];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(plot, sizeof plot, "advance %s\n", rows[i].text);
		assert_int_equal(accept_last(plot)->duration_ns, rows[i].ns);
	}
}

static void numbers_that_overflow_are_refused(void **state)
{
	(void)state;
	refuse("advance 9223372037s\n", "expected a duration below 2^63 ns, found 9223372037s");
	refuse("advance 99999999999999999999us\n", "expected a duration below 2^63 ns, found 99999999999999999999us");
	refuse("disk full@9007199254740992k\n", "expected a number below 2^63, found 9007199254740992k");
	assert_number(accept_last("disk full@8589934591g\n"), "at", INT64_C(8589934591) << 30);
	assert_number(accept_last("disk full@0x7fffffffffffffff\n"), "at", INT64_MAX);
}

static void a_command_has_handle_and_arguments(void **state)
{
	const struct step *step = accept_last(JOB "do job.add_file j1 url=null local=\"$W/a b\" -> E_INVALIDARG\n");

	(void)state;
	assert_string_equal(step_word(step, 0)->text, "j1");
	assert_text(step, "url", "null");
	assert_text(step, "local", "$W/a b");
	assert_int_equal(step_arg(step, "url")->col, 24);
}

static void words_of_properties_have_their_number(void **state)
{
	(void)state;
	assert_number(accept_last("do job.create as=j1 type=upload_reply\n"), "type", 2);
	assert_number(accept_last(JOB "do job.set j1 priority=LOW\n"), "priority", 3);
	assert_number(accept_last(JOB "do job.set j1 priority=77\n"), "priority", 77);
	assert_number(accept_last(JOB "do job.set j1 notify_flags=JOB_ERROR|JOB_TRANSFERRED\n"), "notify_flags", 3);
	assert_number(accept_last(JOB "do job.set j1 no_progress_timeout=10m\n"), "no_progress_timeout", 600 * SECOND);
	assert_number(accept_last(JOB "do job.set j1 notify_interface=1\n"), "notify_interface", 1);
	assert_false(step_arg(accept_last(JOB "do job.set j1 notify_interface=null\n"), "notify_interface")->is_number);
}

static void an_out_parameter_may_be_null(void **state)
{
	(void)state;
	assert_text(accept_last(JOB "do job.get_error j1 out=null -> failure\n"), "out", "null");
	assert_text(accept_last(JOB "do job.state j1 out=null -> failure\n"), "out", "null");
	assert_text(accept_last("do job.create out=null -> failure\n"), "out", "null");
}

static void an_answer_of_any_kind_is_wanted_when_nothing_is_written(void **state)
{
	(void)state;
	assert_int_equal(accept_last(JOB "do job.resume j1\n")->want.kind, WANT_ANY);
	assert_int_equal(accept_last(JOB "do job.resume j1 -> _\n")->want.kind, WANT_ANY);
}

static void an_answer_can_be_wanted_in_words(void **state)
{
	const struct step *step = accept_last(JOB "do job.resume j1 -> in {S_OK, EMPTY,0x80200002}\n");

	(void)state;
	assert_int_equal(step->want.kind, WANT_WORDS);
	assert_int_equal(step->want.words_count, 3);
	assert_string_equal(step->want.words[1], "EMPTY");
	assert_string_equal(step->want.words[2], "0x80200002");
	assert_int_equal(accept_last(JOB "do job.resume j1 -> success\n")->want.kind, WANT_SUCCESS);
	assert_int_equal(accept_last(JOB "do job.resume j1 -> failure\n")->want.kind, WANT_FAILURE);
	assert_int_equal(accept_last(JOB "do job.resume j1 -> model\n")->want.kind, WANT_MODEL);
}

static void a_full_code_may_be_of_one_dialect(void **state)
{
	(void)state;
	accept("x.scn", "id: x\ntitle: t\ndialect: do bits\n---\n" JOB
		"do job.complete j1 -> in {S_OK, BG_S_PARTIAL_COMPLETE}\n"
		"do job.resume j1 -> in {DO_E_JOB_EMPTY, BG_E_EMPTY}\n"
		"do job.resume j1 -> HTTP_404\n");
}

static void a_bare_block_means_success_with_fields(void **state)
{
	const struct step *step = accept_last(ERROR
		"do error.get_error e1 -> { context in {REMOTE_FILE, GENERAL_TRANSPORT}, code ~ net.reset }\n");

	(void)state;
	assert_int_equal(step->want.kind, WANT_SUCCESS);
	assert_int_equal(step->fields_count, 2);
	assert_string_equal(step->fields[0].key, "context");
	assert_int_equal(step->fields[0].want.kind, WANT_WORDS);
	assert_int_equal(step->fields[0].want.words_count, 2);
	assert_int_equal(step->fields[1].want.kind, WANT_CLASS);
	assert_string_equal(step->fields[1].want.words[0], "net.reset");
	assert_int_equal(step->fields[1].col, 73);
}

static void fields_may_follow_a_code_of_success(void **state)
{
	(void)state;
	assert_int_equal(accept_last(JOB "do job.state j1 -> S_OK { state != ERROR }\n")->fields[0].want.kind, WANT_NOT);
	assert_int_equal(accept_last(JOB "do job.state j1 -> success { state = _ }\n")->fields[0].want.kind, WANT_ANY);
	assert_int_equal(accept_last(JOB "do job.state j1 -> in {S_OK, S_FALSE} { state=QUEUED }\n")->fields_count, 1);
}

static void numbers_in_wants_are_plain_decimals(void **state)
{
	const struct want *want = &accept_last(JOB "do job.progress j1 -> { bytes_total = 64k }\n")->fields[0].want;

	(void)state;
	assert_int_equal(want->kind, WANT_WORDS);
	assert_string_equal(want->words[0], "65536");
	assert_int_equal(want->low, 65536);
	assert_int_equal(want->high, 65536);
	want = &accept_last(JOB "do job.progress j1 -> { bytes_total in [0x10, 1m] }\n")->fields[0].want;
	assert_int_equal(want->kind, WANT_RANGE);
	assert_int_equal(want->low, 16);
	assert_int_equal(want->high, 1 << 20);
	want = &accept_last(JOB "do job.progress j1 -> { bytes_total = unknown }\n")->fields[0].want;
	assert_string_equal(want->words[0], "18446744073709551615");
}

static void durations_of_a_property_are_seconds_in_wants(void **state)
{
	const struct want *want = &accept_last(JOB
		"do job.get j1 property=minimum_retry_delay -> { value in [10m, 1h] }\n")->fields[0].want;

	(void)state;
	assert_int_equal(want->low, 600);
	assert_int_equal(want->high, 3600);
	want = &accept_last(JOB "do job.get j1 property=no_progress_timeout -> { value = 14d }\n")->fields[0].want;
	assert_string_equal(want->words[0], "1209600");
}

static void a_value_is_of_its_property(void **state)
{
	const struct step *step = accept_last(JOB "do job.get j1 property=priority -> { value in {HIGH, LOW} }\n");

	(void)state;
	assert_string_equal(step->fields[0].want.words[1], "LOW");
	step = accept_last(JOB "do job.get j1 property=display_name -> { value = \"two words\" }\n");
	assert_string_equal(step->fields[0].want.words[0], "two words");
}

static void a_name_is_bound_and_compared(void **state)
{
	const struct step *step = accept_last(JOB "do job.id j1 -> { id = ?id }\ndo job.open as=j2 id=?id -> S_OK\n"
		"do job.id j2 -> { id = ?id }\n");

	(void)state;
	assert_int_equal(step->fields[0].want.kind, WANT_BIND);
	assert_string_equal(step->fields[0].want.words[0], "id");
}

static void an_enumerator_gives_what_it_enumerates(void **state)
{
	(void)state;
	accept_last(JOB "do job.enum_files j1 as=n1 -> S_OK\ndo enum.clone n1 as=n2 -> S_OK\n"
		"do enum.next n2 as=f1 -> S_OK\ndo file.progress f1 -> S_OK\n");
	accept_last("do job.enum as=n1 flags=0 -> S_OK\ndo enum.next n1 as=j1 -> S_OK\ndo job.resume j1 -> S_OK\n");
	accept_last(JOB "do job.enum_files j1 as=n1 -> S_OK\ndo enum.next n1 count=2 -> { fetched in [0, 2] }\n");
}

static void another_interface_is_a_handle_of_the_same_kind(void **state)
{
	(void)state;
	accept_last(ERROR "do handle.query_interface e1 as=e2 iid=IBackgroundCopyError -> S_OK\n"
		"do handle.query_interface e1 as=e3 iid={19c613a0-fcb8-4f28-81ae-897c3d078f81} -> { same = 1 }\n"
		"do error.get_error e2 -> S_OK\n");
}

static void a_name_is_free_again_after_the_last_release(void **state)
{
	(void)state;
	accept_last(ERROR "do handle.add_ref e1\ndo handle.release e1\ndo error.get_error e1\ndo handle.release e1\n"
		"do job.get_error j1 as=e1 -> S_OK\n");
}

static void a_call_that_must_fail_makes_no_handle(void **state)
{
	(void)state;
	accept_last(JOB "do job.get_error j1 as=e1 -> ERROR_INFORMATION_UNAVAILABLE\ndo job.get_error j1 as=e1 -> S_OK\n"
		"do error.get_error e1 -> S_OK\n");
}

static void a_throw_away_handle_may_be_made_again(void **state)
{
	(void)state;
	accept_last(JOB "do job.get_error j1 as=_ -> S_OK\ndo job.get_error j1 as=_ -> S_OK\n");
	refuse(JOB "do job.get_error j1 as=_ -> S_OK\ndo error.get_error _ -> S_OK\n",
		"expected an error that an as= above made, found _");
}

static void one_mistake_is_one_error(void **state)
{
	(void)state;
	refuse("do job.creat as=j1 -> S_OK\ndo job.resume j1 -> S_OK\nwithin 1s state j1 = QUEUED\n",
		"expected a command such as job.resume, found job.creat");
	refuse("serve /f1 size=1 fault=explode\nend file $W/f1 = server /f1\n",
		"expected reset@N, stall@N, truncate@N, garbage, etag-change@N, modified-change@N, size-change@N, garbage-head, header-flood or bad-chunks, found explode");
	refuse("host mirror dead\n" JOB "do job.add_file j1 url=$S(mirror)/ local=$W/f\n",
		"expected refuse, dns, unreachable, connect-timeout, dns-slow, dns-wrong, tls-date, tls-name, tls-issuer, proxy-refuse, proxy-407, proxy-invalid, token or ok, found dead");
}

static void a_callback_has_return_times_and_command(void **state)
{
	const struct step *step = accept_last(JOB "on job_error j1 return=E_FAIL times=2 do=job.cancel\n");

	(void)state;
	assert_string_equal(step->word, "job_error");
	assert_string_equal(step_word(step, 0)->text, "j1");
	assert_text(step, "return", "E_FAIL");
	assert_number(step, "times", 2);
	assert_text(step, "do", "job.cancel");
}

static void predicates_are_kept(void **state)
{
	const struct step *step = accept_last(JOB "within 2m state j1 != QUEUED\n");

	(void)state;
	assert_int_equal(step->kind, STEP_WITHIN);
	assert_int_equal(step->duration_ns, 120 * SECOND);
	assert_int_equal(step->checks_count, 1);
	assert_int_equal(step->checks[0].kind, PREDICATE_STATE);
	assert_string_equal(step->checks[0].object, "j1");
	assert_int_equal(step->checks[0].want.kind, WANT_NOT);
	step = accept_last(JOB "watch always callback job_transferred j1\n");
	assert_string_equal(step->word, "always");
	assert_string_equal(step->checks[0].word, "job_transferred");
	assert_int_equal(step->checks[0].want.kind, WANT_ANY);
	step = accept_last("expect requests /f1 in [1, 3]\n");
	assert_int_equal(step->checks[0].kind, PREDICATE_REQUESTS);
	assert_int_equal(step->checks[0].want.high, 3);
}

static void a_count_of_callbacks_is_a_number(void **state)
{
	const struct step *step = accept_last(JOB "expect callback job_error j1 count=2\n");

	(void)state;
	assert_string_equal(step->checks[0].want.words[0], "2");
	assert_int_equal(step->checks[0].want.low, 2);
	step = accept_last(JOB "expect callback job_error j1 count in [1, 2]\n");
	assert_int_equal(step->checks[0].want.kind, WANT_RANGE);
}

static void the_next_timer_is_in_ns(void **state)
{
	const struct step *step = accept_last("expect next-timer in [60s, 61s]\n");

	(void)state;
	assert_int_equal(step->checks[0].kind, PREDICATE_NEXT_TIMER);
	assert_int_equal(step->checks[0].want.low, 60 * SECOND);
	assert_int_equal(step->checks[0].want.high, 61 * SECOND);
}

static void end_has_a_list_of_checks(void **state)
{
	const struct step *step = accept_last("serve /f1 size=1\n" JOB "end leaks = 0, file $W/f1=server /f1,no-file $W/f2, "
		"no-temporary $W, callback job_error j1 count=1, requests /f1 = 0\n");

	(void)state;
	assert_int_equal(step->checks_count, 6);
	assert_int_equal(step->checks[0].kind, PREDICATE_LEAKS);
	assert_string_equal(step->checks[0].want.words[0], "0");
	assert_string_equal(step->checks[1].object, "$W/f1");
	assert_string_equal(step->checks[1].word, "/f1");
	assert_int_equal(step->checks[2].kind, PREDICATE_NO_FILE);
	assert_int_equal(step->checks[3].kind, PREDICATE_NO_TEMPORARY);
	assert_int_equal(step->checks[5].kind, PREDICATE_REQUESTS);
}

static void named_maxima_are_limits(void **state)
{
	char plot[20000];
	size_t used = 0;

	(void)state;
	for (int i = 0; i < SCENARIO_HANDLES_MAX + 1; i++)
		used += (size_t)snprintf(plot + used, sizeof plot - used, "do job.create as=j%d\n", i);
	refuse(plot, "expected at most 128 handles, found j128");
	used = (size_t)snprintf(plot, sizeof plot, JOB "do job.resume j1 -> in {");
	for (int i = 0; i < SCENARIO_WORDS_MAX + 1; i++) used += (size_t)snprintf(plot + used, sizeof plot - used, "S_OK, ");
	refuse(plot, "expected at most 16 words, found S_OK");
	used = (size_t)snprintf(plot, sizeof plot, "end ");
	for (int i = 0; i < STEP_CHECKS_MAX + 1; i++) used += (size_t)snprintf(plot + used, sizeof plot - used, "leaks = 0, ");
	refuse(plot, "expected at most 16 checks, found leaks");
	used = 0;
	for (int i = 0; i < 16; i++) used += (size_t)snprintf(plot + used, sizeof plot - used, "host h%d ok\n", i);
	refuse(plot, "expected at most 16 hosts, found h15");
}

static void exactly_the_maximum_of_steps_is_accepted(void **state)
{
	char plot[SCENARIO_STEPS_MAX * 12 + 1];

	(void)state;
	for (int i = 0; i < SCENARIO_STEPS_MAX; i++) memcpy(plot + i * 11, "advance 1s\n", 12);
	assert_int_equal(accept_last(plot)->line, SCENARIO_STEPS_MAX + 4);
}

static bool has(const char *const *list, unsigned count, const char *word)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(list[i], word)) return true;
	return false;
}

static void features_are_what_the_steps_ask_of_a_world(void **state)
{
	static const struct { const char *plot, *feature; } rows[] = {
		{ "host m unreachable\n", "host.unreachable" }, { "host m dns times=1\n", "host.times" },
		{ "net down\n", "net.down" }, { "disk full@1\n", "disk.full" }, { "disk denied\n", "disk.denied" },
		{ "disk locked\n", "disk.locked" }, { "service kill\n", "service.restart" }, { "user logoff\n", "user.session" },
		{ "clock wall +1h\n", "clock.wall" }, { "clock sleep 1h\n", "clock.sleep" }, { "clock boot +1h\n", "clock.boot" }, { "clock monotonic drift=1ppm\n", "clock.monotonic" }, { "link lan loss=1%\n", "link" }, { "policy block\n", "policy" },
		{ "expect next-timer in [1s, 2s]\n", "timer.next" },
	};
	const char *list[32];
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text, HEADER "advance 1s\n%s%s", rows[i].plot, rows[i].plot);
		unsigned count = scenario_features(accept("x.scn", text), list, 32);
		assert_true(has(list, count, rows[i].feature));
		assert_int_equal(count, 1);
	}
}

static void the_core_asks_for_no_feature(void **state)
{
	const char *list[4];

	(void)state;
	assert_int_equal(scenario_features(accept("x.scn", HEADER "serve /f1 size=1 fault=reset@0\nhost m dns\n" JOB
		"expect state j1 = SUSPENDED\n"), list, 4), 0);
}

static void needs_are_features_too_and_stand_once(void **state)
{
	const char *list[8];
	unsigned count = scenario_features(accept("x.scn", "id: x\ntitle: t\ndialect: bits\n"
		"needs: net.down job.owner job.set.priority\n---\nnet down\n"), list, 8);

	(void)state;
	assert_int_equal(count, 3);
	assert_true(has(list, count, "net.down") && has(list, count, "job.owner") && has(list, count, "job.set.priority"));
	assert_int_equal(scenario_features(accept("x.scn", HEADER "net down\nuser logoff\n"), list, 1), 1);
}

static void the_wait_is_the_sum_of_advances(void **state)
{
	(void)state;
	assert_int_equal(scenario_wait_ns(accept("x.scn", HEADER JOB "advance 2s\nwithin 9s state j1 = QUEUED\nadvance 1m\n")),
		62 * SECOND);
	assert_int_equal(scenario_wait_ns(accept("x.scn", HEADER "advance 9223372036s\nadvance 9223372036s\n")), INT64_MAX);
}

static void each_step_kind_has_a_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < STEP_KIND_COUNT; kind++) assert_non_null(step_kind_name((enum step_kind)kind));
	assert_string_equal(step_kind_name(STEP_SERVE), "serve");
	assert_string_equal(step_kind_name(STEP_END), "end");
	assert_null(step_kind_name(STEP_KIND_COUNT));
}

/* The nth allocation fails, for every n. */
static void running_out_of_memory_is_a_status(void **state)
{
	struct scenario *scenario;
	unsigned long n = 0;
	enum status status;

	(void)state;
	do {
		arena_fail_at(++n);
		status = parse("0412-error-gone.scn", example, sizeof example - 1, &scenario);
		assert_true(status == STATUS_NO_MEMORY || status == STATUS_OK);
		assert_int_equal(status == STATUS_OK, scenario != NULL);
		assert_int_equal(failures.count, 0);
		arena_fail_at(0);
	} while (status != STATUS_OK);
	assert_in_range(n, 100, 1000);
}

static void an_arena_that_is_too_small_is_a_status(void **state)
{
	struct scenario *scenario;
	enum status status = STATUS_NO_MEMORY;

	(void)state;
	for (size_t size = 0; status != STATUS_OK; size += 500) {
		struct arena small;
		assert_int_equal(arena_init(&small, size), 0);
		status = scenario_parse(&small, "0412-error-gone.scn", example, sizeof example - 1, &scenario, &failures);
		assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
		arena_done(&small);
	}
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* One byte is replaced, removed, or put in; `size` is that of text. */
static size_t mutate(char *text, size_t length, size_t size, uint32_t *seed)
{
	static const char bytes[] = "\0\n\r\t \"\\#=,{}[]()@$?~!<>-_.:/0179akmszAZ\x7f\x80\xc3\xff";
	size_t at = next_random(seed) % length;
	char byte = next_random(seed) % 4 ? bytes[next_random(seed) % (sizeof bytes - 1)] : text[next_random(seed) % length];

	switch (next_random(seed) % 3) {
	case 0:
		text[at] = byte;
		return length;
	case 1:
		if (length == 1) return length;
		memmove(text + at, text + at + 1, length - at - 1);
		return length - 1;
	default:
		if (length == size) return length;
		memmove(text + at + 1, text + at, length - at);
		text[at] = byte;
		return length + 1;
	}
}

static void any_bytes_end_in_a_scenario_or_in_errors(void **state)
{
	uint32_t seed = 1;
	unsigned accepted = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[sizeof example + 32];
		size_t length = sizeof example - 1;
		struct scenario *scenario;
		memcpy(text, example, length);
		for (uint32_t n = next_random(&seed) % 4 + 1; n > 0; n--) length = mutate(text, length, sizeof text, &seed);
		/* A copy of exactly this size, so that a sanitizer sees each byte read behind it. */
		char *exact = malloc(length);
		assert_non_null(exact);
		memcpy(exact, text, length);
		enum status status = parse("0412-error-gone.scn", exact, length, &scenario);
		free(exact);
		assert_int_equal(status == STATUS_OK, failures.count == 0);
		assert_int_equal(status == STATUS_OK, scenario != NULL);
		*(status == STATUS_OK ? &accepted : &refused) += 1;
		for (unsigned i = 0; i < failures.count; i++) {
			assert_memory_equal(failures.list[i].text, "expected ", 9);
			assert_non_null(strstr(failures.list[i].text, ", found "));
			assert_in_range(failures.list[i].line, 1, 60);
			assert_in_range(failures.list[i].col, 1, 300);
		}
	}
	assert_true(accepted > 1000 && refused > 1000);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_kept),
		cmocka_unit_test(a_rule_keeps_its_place_and_whether_it_is_witnessed),
		cmocka_unit_test(both_dialects_can_be_meant),
		cmocka_unit_test(the_id_is_free_when_the_file_is_no_scn_file),
		cmocka_unit_test(a_step_keeps_its_line_column_and_text),
		cmocka_unit_test(blanks_tabs_and_indentation_are_free),
		cmocka_unit_test(the_last_line_needs_no_line_end),
		cmocka_unit_test(a_comment_starts_outside_quotes_only),
		cmocka_unit_test(escapes_in_quotes_are_replaced),
		cmocka_unit_test(the_golden_trace_is_the_text_below),
		cmocka_unit_test(a_serve_line_keeps_words_and_numbers),
		cmocka_unit_test(lies_are_numbers_with_a_sign),
		cmocka_unit_test(a_flag_is_an_argument_without_text),
		cmocka_unit_test(a_fault_is_taken_apart),
		cmocka_unit_test(each_fault_word_is_known),
		cmocka_unit_test(a_status_has_its_number_and_retry_after),
		cmocka_unit_test(a_lie_about_the_length_is_signed),
		cmocka_unit_test(a_host_line_makes_a_host_for_urls),
		cmocka_unit_test(world_steps_keep_their_word),
		cmocka_unit_test(a_link_has_numbers),
		cmocka_unit_test(a_full_disk_has_a_position),
		cmocka_unit_test(a_clock_jump_is_signed),
		cmocka_unit_test(a_policy_may_name_its_cause),
		cmocka_unit_test(durations_have_units),
		cmocka_unit_test(numbers_that_overflow_are_refused),
		cmocka_unit_test(a_command_has_handle_and_arguments),
		cmocka_unit_test(words_of_properties_have_their_number),
		cmocka_unit_test(an_out_parameter_may_be_null),
		cmocka_unit_test(an_answer_of_any_kind_is_wanted_when_nothing_is_written),
		cmocka_unit_test(an_answer_can_be_wanted_in_words),
		cmocka_unit_test(a_full_code_may_be_of_one_dialect),
		cmocka_unit_test(a_bare_block_means_success_with_fields),
		cmocka_unit_test(fields_may_follow_a_code_of_success),
		cmocka_unit_test(numbers_in_wants_are_plain_decimals),
		cmocka_unit_test(durations_of_a_property_are_seconds_in_wants),
		cmocka_unit_test(a_value_is_of_its_property),
		cmocka_unit_test(a_name_is_bound_and_compared),
		cmocka_unit_test(an_enumerator_gives_what_it_enumerates),
		cmocka_unit_test(another_interface_is_a_handle_of_the_same_kind),
		cmocka_unit_test(a_name_is_free_again_after_the_last_release),
		cmocka_unit_test(a_call_that_must_fail_makes_no_handle),
		cmocka_unit_test(a_throw_away_handle_may_be_made_again),
		cmocka_unit_test(one_mistake_is_one_error),
		cmocka_unit_test(a_callback_has_return_times_and_command),
		cmocka_unit_test(predicates_are_kept),
		cmocka_unit_test(a_count_of_callbacks_is_a_number),
		cmocka_unit_test(the_next_timer_is_in_ns),
		cmocka_unit_test(end_has_a_list_of_checks),
		cmocka_unit_test(named_maxima_are_limits),
		cmocka_unit_test(exactly_the_maximum_of_steps_is_accepted),
		cmocka_unit_test(features_are_what_the_steps_ask_of_a_world),
		cmocka_unit_test(the_core_asks_for_no_feature),
		cmocka_unit_test(needs_are_features_too_and_stand_once),
		cmocka_unit_test(the_wait_is_the_sum_of_advances),
		cmocka_unit_test(each_step_kind_has_a_name),
		cmocka_unit_test(running_out_of_memory_is_a_status),
		cmocka_unit_test(an_arena_that_is_too_small_is_a_status),
		cmocka_unit_test(any_bytes_end_in_a_scenario_or_in_errors),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("scenario", tests, setup, teardown);
}
