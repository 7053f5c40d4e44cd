/* adapter_test.c -- adapters that hang, die, flood or lie end their scenario with a reason, and leave nothing behind. */
#include "conformance/test/adapter_fixture.h"

#include <sys/wait.h>
#include <time.h>

/* --- bad adapters --- */

enum at { AT_BEGIN, AT_CALL, AT_STEP, AT_END };

static const struct row {
	const char *name;       /* of the test */
	const char *script, *word;
	enum at at;             /* where it must break */
	bool late;              /* it breaks by a time-out */
	const char *why[2];     /* what the reason holds */
} rows[] = {
	{ "hang_at_start_is_broken", "hang_start", NULL, AT_BEGIN, true, { "expected a reply to hello (id 1) within 1.000 s, found none", "still runs" } },
	{ "hang_at_the_second_command_is_broken", "hang_at", "2", AT_BEGIN, true, { "expected a reply to describe (id 2) within", "still runs" } },
	{ "hang_at_a_command_is_broken", "hang_at", "5", AT_CALL, true, { "expected a reply to job.state (id 5) within", "still runs" } },
	{ "death_by_signal_is_broken", "die_by_signal", NULL, AT_CALL, false, { "expected a reply to job.state (id 5)", "was ended by signal 11" } },
	{ "exit_in_the_middle_is_broken", "exit_in_the_middle", NULL, AT_CALL, false, { "expected a reply to job.state (id 5)", "exited with status 3" } },
	{ "garbage_is_broken", "garbage", NULL, AT_CALL, false, { "expected a JSON object on one line", "\"this is \\x1b[31mnot\\x00 JSON\"" } },
	{ "json_that_is_no_object_is_broken", "no_object", NULL, AT_CALL, false, { "expected a JSON object on one line", "\"[1, 2]\"" } },
	{ "line_without_end_is_broken", "long_line", NULL, AT_CALL, false, { "at most 1048576 bytes", "\"xxxxx" } },
	{ "flood_is_broken", "flood", NULL, AT_CALL, false, { "at most 100 lines that nobody asked for", "found more" } },
	{ "reply_to_unknown_id_is_broken", "unknown_id", NULL, AT_CALL, false, { "expected a reply to id 5", "unknown id 4711" } },
	{ "stray_text_is_broken", "stray_text", NULL, AT_BEGIN, false, { "expected a JSON object on one line", "\"Toy BITS 1.0 starting up...\"" } },
	{ "closed_stdout_is_broken", "close_stdout", NULL, AT_CALL, false, { "the end of the adapter's stdout", "still runs" } },
	{ "hang_that_ignores_sigterm_is_broken", "ignore_sigterm", NULL, AT_CALL, true, { "expected a reply to job.state (id 5) within", "still runs" } },
	{ "guessed_replies_are_broken", "never_reads", NULL, AT_BEGIN, false, { "unknown id 2", "" } },
	{ "wrong_version_is_broken", "wrong_version", NULL, AT_BEGIN, false, { "expected version 1 in the reply to hello, found 2", "" } },
	{ "second_reply_is_broken", "reply_twice", NULL, AT_STEP, false, { "found a second one to id 5", "" } },
	{ "invalid_utf8_is_broken", "bad_utf8", NULL, AT_CALL, false, { "expected a JSON object on one line", "\\xff\\xfe" } },
	{ "deep_nesting_is_broken", "deep_nesting", NULL, AT_CALL, false, { "expected a JSON object on one line", "depth" } },
	{ "broken_reply_is_broken", "good", "broken", AT_CALL, false, { "the adapter says that it failed at job.state", "COM is gone" } },
	{ "missing_field_is_broken", "good", "missing", AT_CALL, false, { "expected the field state in the reply to job.state", "" } },
	{ "missing_hr_is_broken", "good", "no-hr", AT_CALL, false, { "expected the field hr in the reply to job.state", "" } },
	{ "list_as_field_is_broken", "good", "list", AT_CALL, false, { "expected integers, texts of at most 3000 bytes and null in the reply to job.state", "" } },
	{ "unknown_clock_tier_is_broken", "good", "cooperative", AT_BEGIN, false, { "expected the clock tier real", "cooperative" } },
	{ "exit_status_after_bye_is_broken", "good", "status", AT_END, false, { "expected exit status 0 after bye", "exited with status 9" } },
};

/* Plays begin, job.state, a step and the end; returns where it broke, with the reason. */
static int play(struct fixture *fixture, char *why, size_t size)
{
	struct failure failure;
	struct reply reply;
	int at = -1;
	unsigned leaks;
	struct target *target = fixture->target;

	if (begin(fixture, &failure)) {
		snprintf(why, size, "%s", failure.text);
		return AT_BEGIN;
	}
	call(fixture, "job.state", &reply);
	if (reply.kind == REPLY_BROKEN) {
		at = AT_CALL;
		snprintf(why, size, "%s", reply.why);
	}
	bool stands = target->step(target->self, target->now(target->self), at < 0 ? why : failure.text, size);
	if (at >= 0) assert_false(stands);   /* broken stays broken */
	else if (!stands) at = AT_STEP;
	enum status status = target->end(target->self, &leaks, &failure);
	if (at >= 0) assert_int_equal(status, STATUS_PEER);
	else if (status) {
		at = AT_END;
		snprintf(why, size, "%s", failure.text);
	}
	return at;
}

static void bad_adapter_ends_with_a_reason(void **state)
{
	struct fixture *fixture = ((void **)*state)[0];
	const struct row *row = ((void **)*state)[1];
	char why[FAILURE_TEXT_MAX] = "";

	/* hang_start must not wait long for what never comes; others may be slow. */
	bool begins_late = row->late && !strcmp(row->script, "hang_start");
	use(fixture, row->script, row->word, begins_late ? SECOND : LONG, row->late ? 2 * SECOND : LONG);
	assert_int_equal(play(fixture, why, sizeof why), row->at);
	assert_in(row->why[0], why);
	assert_in(row->why[1], why);
	assert_int_equal(count_left(fixture), 0);

	use_good(fixture, NULL);   /* another scenario runs afterwards */
	end_well(fixture);
	assert_int_equal(count_left(fixture), 0);
}

static int setup_row(void **state)
{
	void **pair = calloc(2, sizeof *pair);
	if (!pair) return -1;
	pair[1] = *state;
	if (setup(&pair[0])) return -1;
	*state = pair;
	return 0;
}

static int teardown_row(void **state)
{
	void **pair = *state;
	teardown(&pair[0]);
	free(pair);
	return 0;
}

/* --- processes --- */

static void missing_program_does_not_start(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	char missing[] = "no-such-program-anywhere";
	use(fixture, "good", NULL, LONG, LONG);
	fixture->argv[0] = missing;
	assert_int_equal(begin(fixture, &failure), STATUS_PEER);
	assert_in("found no-such-program-anywhere: No such file", failure.text);
	assert_null(adapter_description(fixture->target));
}

static void grandchild_that_holds_stdout_is_ended(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use(fixture, "grandchild", NULL, LONG, LONG);
	begin_well(fixture);
	call(fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_RESULT);
	assert_int_equal(count_left(fixture), 2);
	end_well(fixture);
	assert_int_equal(count_left(fixture), 0);
}

static void adapter_dies_with_the_runner(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	use(fixture, "good", "deaf", LONG, LONG);
	pid_t runner = fork();
	if (!runner) _exit(begin(fixture, &failure) ? 1 : 0);   /* without target->end, as if it had crashed */
	int status = -1;
	assert_int_equal(waitpid(runner, &status, 0), runner);
	assert_int_equal(status, 0);
	time_t from = time(NULL);
	while (count_left(fixture))
		if (time(NULL) - from > 20) fail_msg("expected the adapter to die with its runner, found it alive");
	while (waitpid(-1, NULL, WNOHANG) > 0) continue;   /* it may have been handed to us */
}

static void scenario_timeout_ends_the_scenario(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	char why[FAILURE_TEXT_MAX];
	unsigned leaks;
	use(fixture, "good", NULL, LONG, LONG);
	fixture->options.scenario_timeout_ns = 4 * SECOND;
	fixture->target = adapter_new(&fixture->arena, &fixture->options);
	fixture->target->listener = (struct listener){ fixture, on_called, on_line };
	begin_well(fixture);
	while (fixture->target->step(fixture->target->self, INT64_MAX / 2, why, sizeof why)) continue;
	assert_in("expected the scenario to end before its time-out", why);
	assert_int_equal(fixture->target->end(fixture->target->self, &leaks, &failure), STATUS_PEER);
	assert_int_equal(count_left(fixture), 0);
}

static void work_folder_that_is_not_empty_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	char name[100];
	snprintf(name, sizeof name, "%s/precious", fixture->work);
	close(open(name, O_CREAT | O_WRONLY, 0666));
	use(fixture, "good", NULL, LONG, LONG);
	assert_int_equal(begin(fixture, &failure), STATUS_IO);
	assert_in("expected an empty work folder", failure.text);
	assert_int_equal(unlink(name), 0);   /* it is still there */
}

static void work_folder_is_made_and_removed(void **state)
{
	struct fixture *fixture = *state;
	struct stat stat_of;
	char work[100];
	snprintf(work, sizeof work, "%s/a/b", fixture->work);
	use(fixture, "good", NULL, LONG, LONG);
	fixture->options.work_dir = work;
	fixture->target = adapter_new(&fixture->arena, &fixture->options);
	fixture->target->listener = (struct listener){ fixture, on_called, on_line };
	begin_well(fixture);
	assert_int_equal(stat(work, &stat_of), 0);
	end_well(fixture);
	assert_int_equal(stat(work, &stat_of), -1);
	*strrchr(work, '/') = '\0';
	assert_int_equal(rmdir(work), 0);
}

static void log_holds_the_conversation(void **state)
{
	struct fixture *fixture = *state;
	char text[8192];
	use_good(fixture, NULL);
	end_well(fixture);
	int fd = open(fixture->log, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	assert_in("> {\"id\":1,\"cmd\":\"hello\",\"a\":{\"version\":1}}\n< {", text);
	assert_in("\"cmd\":\"scenario.begin\",\"a\":{\"id\":\"0001-test\",\"dir\":\"/tmp/adapter_test.", text);
	assert_in("\"cmd\":\"bye\"", text);
}

/* --- what the target says --- */

static void description_is_what_describe_said(void **state)
{
	struct fixture *fixture = *state;
	use(fixture, "good", NULL, LONG, LONG);
	assert_null(adapter_description(fixture->target));
	begin_well(fixture);
	const struct adapter_description *said = adapter_description(fixture->target);
	assert_string_equal(said->implementation, "good");
	assert_string_equal(said->version, "1.0");
	assert_string_equal(said->tier, "real");
	assert_string_equal(said->dialects, "bits");
	end_well(fixture);
	assert_ptr_equal(adapter_description(fixture->target), said);
}

static void features_are_commands_not_lacked_and_the_live_world(void **state)
{
	static const struct { const char *word; bool has; } words[] = {
		{ "job.resume", true }, { "job.owner", false }, { "job.set", true }, { "job.set.priority", false },
		{ "job.get.priority", true }, { "job.set.nonsense", false }, { "job.nonsense", false }, { "nonsense", false },
		{ "handle.probe", true }, { "dialect.bits", true }, { "dialect.do", false }, { "host.refuse", true },
		{ "host.times", false }, { "host.unreachable", false }, { "net.down", false }, { "disk.full", false },
		{ "service.restart", false }, { "user.session", false }, { "clock.wall", false }, { "policy", false }, { "timer.next", false },
	};
	struct fixture *fixture = *state;
	use_good(fixture, NULL);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (fixture->target->has(fixture->target->self, words[i].word) != words[i].has)
			fail_msg("expected has(%s) to be %d", words[i].word, words[i].has);
	assert_int_equal(fixture->target->next_timer(fixture->target->self), -1);
	end_well(fixture);
}

static void dialect_that_is_missing_is_unsupported(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use(fixture, "good", NULL, LONG, LONG);
	fixture->options.dialect = DIALECT_DO;
	fixture->target = adapter_new(&fixture->arena, &fixture->options);
	fixture->target->listener = (struct listener){ fixture, on_called, on_line };
	begin_well(fixture);
	call(fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_UNSUPPORTED);
	assert_string_equal(reply.feature, "dialect.do");
	end_well(fixture);
}

static void worlds_that_sockets_cannot_be_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct step step = { .kind = STEP_NET, .word = "down" };
	char why[FAILURE_TEXT_MAX] = "";
	use_good(fixture, NULL);
	assert_false(fixture->target->change(fixture->target->self, &step, why, sizeof why));
	assert_in("cannot change", why);
	end_well(fixture);
}

/* --- replies --- */

static const struct value *value_of(const struct reply *reply, const char *key)
{
	for (unsigned i = 0; i < reply->fields_count; i++)
		if (!strcmp(reply->fields[i].key, key)) return &reply->fields[i].value;
	fail_msg("expected the field %s", key);
	return NULL;
}

static void numbers_keep_all_their_bits(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	struct call made = { .command = "job.add_file", .args_count = 5, .args = {
		{ "job", { VALUE_TEXT, 0, "j1" } }, { "big", { VALUE_NUMBER, UINT64_MAX, NULL } }, { "large", { VALUE_NUMBER, INT64_MAX, NULL } },
		{ "url", { VALUE_NULL, 0, NULL } }, { "text", { VALUE_TEXT, 0, "\xc3\xa4\"\n" } } } };
	use_good(fixture, "echo");
	fixture->target->call(fixture->target->self, &made, &reply);
	assert_int_equal(reply.kind, REPLY_RESULT);
	assert_string_equal(value_of(&reply, "echo")->text,
		"{\"big\": -1, \"job\": \"j1\", \"large\": 9223372036854775807, \"text\": \"\\u00e4\\\"\\n\", \"url\": null}");
	call(fixture, "job.progress", &reply);
	assert_true(value_of(&reply, "bytes_total")->number == UINT64_MAX);
	end_well(fixture);
}

static void signed_hr_booleans_and_null_are_understood(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use_good(fixture, "signed");
	call(fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_RESULT);
	assert_int_equal(reply.hr, 0x8020000F);
	assert_int_equal(value_of(&reply, "state")->number, 1);
	assert_int_equal(value_of(&reply, "nothing")->kind, VALUE_NULL);
	end_well(fixture);
}

static void text_that_is_no_utf8_is_not_sent(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	struct reply reply;
	unsigned leaks;
	struct call made = { .command = "job.create", .args_count = 1, .args = { { "name", { VALUE_TEXT, 0, "\xff" } } } };
	use_good(fixture, NULL);
	fixture->target->call(fixture->target->self, &made, &reply);
	assert_int_equal(reply.kind, REPLY_BROKEN);
	assert_in("UTF-8", reply.why);
	fixture->target->end(fixture->target->self, &leaks, &failure);
	assert_int_equal(count_left(fixture), 0);
}

static void unsupported_reply_names_the_feature(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use_good(fixture, "unsupported");
	call(fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_UNSUPPORTED);
	assert_string_equal(reply.feature, "job.state");
	assert_string_equal(reply.why, "never had it");
	end_well(fixture);   /* the adapter itself is well */
}

static void lines_with_carriage_returns_are_understood(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use_good(fixture, "crlf");
	call(fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_RESULT);
	end_well(fixture);
}

/* --- callbacks --- */

static void callback_is_answered_behind_the_reply_and_may_send_commands(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	char why[FAILURE_TEXT_MAX];
	fixture->ask_inside = true;
	use_good(fixture, "callback");
	call(fixture, "job.resume", &reply);
	assert_int_equal(reply.kind, REPLY_RESULT);
	assert_string_equal(fixture->kinds, "job_error j1 e7;");
	assert_int_equal(fixture->inside.kind, REPLY_RESULT);
	assert_int_equal(value_of(&fixture->inside, "state")->number, 5);
	/* The adapter tells in another callback what we returned. */
	while (fixture->called < 2) assert_true(fixture->target->step(fixture->target->self, INT64_MAX / 2, why, sizeof why));
	assert_string_equal(fixture->kinds, "job_error j1 e7;job_modification ret=2147500037 ;");
	end_well(fixture);
}

static void callbacks_keep_their_order(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use_good(fixture, "both");
	call(fixture, "job.resume", &reply);
	assert_string_equal(fixture->kinds, "job_error j1 e7;job_error j1 e7;");
	end_well(fixture);
}

static void reply_outlives_calls_inside_callbacks(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	use_good(fixture, "both");
	fixture->ask_inside = true;
	struct call made = make_call("job.resume");
	fixture->target->call(fixture->target->self, &made, &reply);
	assert_int_equal(fixture->called, 2);
	assert_int_equal(reply.kind, REPLY_RESULT);
	for (unsigned i = 0; i < reply.fields_count; i++) assert_non_null(reply.fields[i].key);
	end_well(fixture);
}

/* --- paths --- */

static void variables_are_expanded(void **state)
{
	struct fixture *fixture = *state;
	struct target *target;
	char expected[200];
	unsigned port;
	use_good(fixture, NULL);
	target = fixture->target;
	snprintf(expected, sizeof expected, "%s/a/f1", fixture->work);
	assert_string_equal(target->expand(target->self, "$W/a/f1"), expected);
	assert_int_equal(sscanf(target->expand(target->self, "$S/f1"), "http://127.0.0.1:%u/f1", &port), 1);
	snprintf(expected, sizeof expected, "http://127.0.0.1:%u/x y http://nosuch.invalid/z", port);
	assert_string_equal(target->expand(target->self, "$S(origin)/x y $S(unknown)/z"), expected);
	assert_string_equal(target->expand(target->self, "plain $X"), "plain $X");
	end_well(fixture);
}

static void adapters_may_spell_the_work_folder(void **state)
{
	struct fixture *fixture = *state;
	struct target *target;
	char expected[200] = "Z:", local[200];
	use_good(fixture, "spell");
	target = fixture->target;
	snprintf(expected, sizeof expected, "Z:%s/a/f1", fixture->work);
	for (char *at = expected; *at; at++)
		if (*at == '/') *at = '\\';
	assert_string_equal(target->expand(target->self, "$W/a/f1"), expected);
	snprintf(local, sizeof local, "%s/f2", fixture->work);
	close(open(local, O_CREAT | O_WRONLY, 0666));
	snprintf(local, sizeof local, "%s", target->expand(target->self, "$W/f2"));
	assert_int_not_equal(target->compare(target->self, local, "/nowhere"), -1);
	snprintf(local, sizeof local, "%s", target->expand(target->self, "$W/f3"));
	assert_int_equal(target->compare(target->self, local, "/nowhere"), -1);
	end_well(fixture);
}

static void files_that_were_never_named_are_temporary(void **state)
{
	struct fixture *fixture = *state;
	struct reply reply;
	struct target *target;
	char first[100], second[100];
	use_good(fixture, "files");
	target = fixture->target;
	snprintf(first, sizeof first, "%s", target->expand(target->self, "$W/f1"));
	snprintf(second, sizeof second, "%s", target->expand(target->self, "$W/sub/f2"));
	struct call made = { .command = "job.add_file_set", .args_count = 2, .args = {
		{ "local", { VALUE_TEXT, 0, first } }, { "local2", { VALUE_TEXT, 0, second } } } };
	assert_int_equal(target->temporary(target->self, target->expand(target->self, "$W")), 0);
	target->call(target->self, &made, &reply);
	call(fixture, "job.resume", &reply);
	assert_int_equal(target->temporary(target->self, target->expand(target->self, "$W")), 2);
	assert_int_equal(target->temporary(target->self, target->expand(target->self, "$W/sub")), 1);
	end_well(fixture);
}

/* --- the kit --- */

static void use_kit(struct fixture *fixture, const char *steps)
{
	char text[400], why[FAILURE_TEXT_MAX] = "";
	struct scenario *parsed;
	struct scenario_failures failures = { 0 };
	int n = snprintf(text, sizeof text, "id: 0001-test\ntitle: a test\ndialect: bits\n---\n%s\n", steps);
	use(fixture, "good", NULL, LONG, LONG);
	snprintf(fixture->script, sizeof fixture->script, "conformance/kit/adapter.py");
	begin_well(fixture);
	if (scenario_parse(&fixture->arena, "0001-test.scn", text, (size_t)n, &parsed, &failures)) fail_msg("%s", failures.list[0].text);
	for (unsigned i = 0; i < parsed->steps_count; i++)
		if (!fixture->target->change(fixture->target->self, &parsed->steps[i], why, sizeof why)) fail_msg("%s", why);
}

static void send_call(struct fixture *fixture, const struct call *made, struct reply *reply)
{
	fixture->target->call(fixture->target->self, made, reply);
	if (reply->kind != REPLY_RESULT) fail_msg("%s", reply->why);
	assert_int_equal(reply->hr, 0);
}

/* Job j1 with the file /f1 starts, and goes on until it has the state. */
static void run_job(struct fixture *fixture, unsigned state)
{
	struct target *target = fixture->target;
	struct reply reply;
	char url[200], local[200], why[FAILURE_TEXT_MAX];
	snprintf(url, sizeof url, "%s", target->expand(target->self, "$S/f1"));
	snprintf(local, sizeof local, "%s", target->expand(target->self, "$W/f1"));
	struct call create = { .command = "job.create", .args_count = 1, .args = { { "as", { VALUE_TEXT, 0, "j1" } } } };
	struct call set = { .command = "job.set", .args_count = 2, .args = { { "job", { VALUE_TEXT, 0, "j1" } }, { "notify_interface", { VALUE_NUMBER, 1, NULL } } } };
	struct call add = { .command = "job.add_file", .args_count = 3, .args = {
		{ "job", { VALUE_TEXT, 0, "j1" } }, { "url", { VALUE_TEXT, 0, url } }, { "local", { VALUE_TEXT, 0, local } } } };
	struct call resume = make_call("job.resume"), ask = make_call("job.state");
	send_call(fixture, &create, &reply);
	send_call(fixture, &set, &reply);
	send_call(fixture, &add, &reply);
	send_call(fixture, &resume, &reply);
	for (send_call(fixture, &ask, &reply); value_of(&reply, "state")->number != state; send_call(fixture, &ask, &reply))
		if (!target->step(target->self, INT64_MAX / 2, why, sizeof why)) fail_msg("%s", why);
}

static void finish_kit(struct fixture *fixture, unsigned expected_leaks)
{
	struct failure failure;
	unsigned leaks = 99;
	if (fixture->target->end(fixture->target->self, &leaks, &failure)) fail_msg("%s", failure.text);
	assert_int_equal(leaks, expected_leaks);
}

static void assert_error(struct fixture *fixture, unsigned context, unsigned code)
{
	struct call get = { .command = "job.get_error", .args_count = 2, .args = { { "job", { VALUE_TEXT, 0, "j1" } }, { "as", { VALUE_TEXT, 0, "e1" } } } };
	struct call ask = { .command = "error.get_error", .args_count = 1, .args = { { "error", { VALUE_TEXT, 0, "e1" } } } };
	struct reply reply;
	send_call(fixture, &get, &reply);
	send_call(fixture, &ask, &reply);
	assert_int_equal(value_of(&reply, "context")->number, context);
	assert_int_equal((uint32_t)value_of(&reply, "code")->number, code);
}

static void kit_downloads_a_file(void **state)
{
	struct fixture *fixture = *state;
	struct target *target;
	struct reply reply;
	char local[200];
	use_kit(fixture, "serve /f1 size=64k");
	target = fixture->target;
	run_job(fixture, 6);
	struct call complete = make_call("job.complete");
	send_call(fixture, &complete, &reply);
	snprintf(local, sizeof local, "%s", target->expand(target->self, "$W/f1"));
	assert_int_equal(target->compare(target->self, local, "/f1"), 1);
	assert_int_equal(target->temporary(target->self, target->expand(target->self, "$W")), 0);
	finish_kit(fixture, 1);   /* j1 */
}

static void kit_shows_404_and_calls_back(void **state)
{
	struct fixture *fixture = *state;
	char why[FAILURE_TEXT_MAX];
	use_kit(fixture, "serve /f1 status=404");
	run_job(fixture, 4);
	assert_error(fixture, 5, 0x80190194u);
	while (!fixture->called) assert_true(fixture->target->step(fixture->target->self, INT64_MAX / 2, why, sizeof why));
	assert_in("job_error j1 borrowed", fixture->kinds);
	finish_kit(fixture, 2);   /* j1, e1; not the borrowed one */
}

static void kit_shows_a_refused_connection(void **state)
{
	struct fixture *fixture = *state;
	use_kit(fixture, "host origin refuse");
	run_job(fixture, 5);
	assert_error(fixture, 6, 0x80072EFDu);
	finish_kit(fixture, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define ROWS_COUNT (sizeof rows / sizeof *rows)

static int run_rows(void)
{
	struct CMUnitTest tests[ROWS_COUNT];
	for (size_t i = 0; i < ROWS_COUNT; i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, bad_adapter_ends_with_a_reason, setup_row, teardown_row, (void *)(uintptr_t)&rows[i] };
	return _cmocka_run_group_tests("bad adapters", tests, ROWS_COUNT, NULL, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_program_does_not_start),
		TEST(grandchild_that_holds_stdout_is_ended),
		TEST(adapter_dies_with_the_runner),
		TEST(scenario_timeout_ends_the_scenario),
		TEST(work_folder_that_is_not_empty_is_refused),
		TEST(work_folder_is_made_and_removed),
		TEST(log_holds_the_conversation),
		TEST(description_is_what_describe_said),
		TEST(features_are_commands_not_lacked_and_the_live_world),
		TEST(dialect_that_is_missing_is_unsupported),
		TEST(worlds_that_sockets_cannot_be_are_refused),
		TEST(numbers_keep_all_their_bits),
		TEST(signed_hr_booleans_and_null_are_understood),
		TEST(text_that_is_no_utf8_is_not_sent),
		TEST(unsupported_reply_names_the_feature),
		TEST(lines_with_carriage_returns_are_understood),
		TEST(callback_is_answered_behind_the_reply_and_may_send_commands),
		TEST(callbacks_keep_their_order),
		TEST(reply_outlives_calls_inside_callbacks),
		TEST(variables_are_expanded),
		TEST(adapters_may_spell_the_work_folder),
		TEST(files_that_were_never_named_are_temporary),
		TEST(kit_downloads_a_file),
		TEST(kit_shows_404_and_calls_back),
		TEST(kit_shows_a_refused_connection),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	int failed = run_rows();
	return failed + cmocka_run_group_tests_name("adapter", tests, NULL, NULL);
}
