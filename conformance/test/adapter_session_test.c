/* adapter_session_test.c -- a process is kept for the next scenario when it says so and proves it; one that does not ends, and
 * harms its own scenario only. */
#include "conformance/test/adapter_fixture.h"

struct kept {
	struct fixture *fixture;
	struct adapter_session *session;
};

static int setup_kept(void **state)
{
	struct kept *kept = calloc(1, sizeof *kept);
	if (!kept || setup((void **)&kept->fixture)) return -1;
	kept->session = adapter_session_new();
	*state = kept;
	return !kept->session;
}

static int teardown_kept(void **state)
{
	struct kept *kept = *state;
	char why[FAILURE_TEXT_MAX];
	if (kept->session) adapter_session_done(kept->session, why, sizeof why);
	void *fixture = kept->fixture;
	free(kept);
	return teardown(&fixture);
}

/* A target of its own for the next scenario of the session, as bgcheck run makes it. */
static void use_kept(struct kept *kept, const char *word, int64_t step_ns)
{
	struct fixture *fixture = kept->fixture;
	use(fixture, "kept", word, LONG, step_ns);
	fixture->options.session = kept->session;
	fixture->target = adapter_new(&fixture->arena, &fixture->options);
	assert_non_null(fixture->target);
	fixture->target->listener = (struct listener){ fixture, on_called, on_line };
}

/* How many scenarios the process has begun. */
static uint64_t ask_begun(struct fixture *fixture)
{
	struct reply reply;
	call(fixture, "job.state", &reply);
	if (reply.kind != REPLY_RESULT) fail_msg("%s", reply.why);
	assert_string_equal(reply.fields[0].key, "state");
	return reply.fields[0].value.number;
}

/* Plays a scenario from begin to end; the process must be at its nth. */
static void play_nth(struct kept *kept, const char *word, unsigned nth)
{
	use_kept(kept, word, LONG);
	begin_well(kept->fixture);
	assert_int_equal(ask_begun(kept->fixture), nth);
	struct failure failure;
	unsigned leaks;
	if (kept->fixture->target->end(kept->fixture->target->self, &leaks, &failure)) fail_msg("%s", failure.text);
}

static void finish_well(struct kept *kept)
{
	char why[FAILURE_TEXT_MAX];
	if (!adapter_session_done(kept->session, why, sizeof why)) fail_msg("%s", why);
	kept->session = NULL;
	assert_int_equal(count_left(kept->fixture), 0);
}

static void process_that_can_be_reset_plays_again(void **state)
{
	struct kept *kept = *state;
	for (unsigned n = 1; n <= 3; n++) {
		play_nth(kept, NULL, n);
		assert_string_equal(adapter_restarted(kept->fixture->target), "");
		assert_int_equal(count_left(kept->fixture), 1);
	}
	finish_well(kept);
}

static void process_that_does_not_say_so_ends_with_its_scenario(void **state)
{
	struct kept *kept = *state;
	for (int n = 0; n < 2; n++) {
		play_nth(kept, "never", 1);
		assert_string_equal(adapter_restarted(kept->fixture->target), "");
		assert_int_equal(count_left(kept->fixture), 0);
	}
	finish_well(kept);
}

static void reset_that_is_no_boolean_is_broken(void **state)
{
	struct kept *kept = *state;
	struct failure failure;
	use_kept(kept, "text", LONG);
	assert_int_equal(begin(kept->fixture, &failure), STATUS_PEER);
	assert_in("expected true or false for reset in the reply to describe", failure.text);
	assert_int_equal(count_left(kept->fixture), 0);
}

static void process_that_leaks_a_handle_ends_with_its_scenario(void **state)
{
	struct kept *kept = *state;
	for (int n = 0; n < 2; n++) {
		play_nth(kept, "leaks-handle", 1);
		assert_int_equal(count_left(kept->fixture), 0);
	}
	finish_well(kept);
}

/* --- wrong from the second scenario on --- */

static const struct bad {
	const char *name, *word;
	bool lie;
	const char *why;
} bads[] = {
	{ "job_of_an_earlier_scenario_is_a_lie", "leaks-job", true, "expected no job behind reset, found 1 of earlier scenarios" },
	{ "reset_that_is_missing_is_a_lie", "lies", true, "expected reset of an adapter that says it has reset, found it unsupported" },
	{ "jobs_that_cannot_be_listed_are_a_lie", "no-list", true, "expected job.enum of an adapter that says it has reset, found it unsupported" },
	{ "late_callback_is_a_lie", "calls-late", true, "expected no callback between scenario.end and scenario.begin, found 1" },
	{ "list_that_cannot_be_counted_is_a_failure", "no-count", false, "expected the field count in the reply to enum.count" },
	{ "reset_that_fails_is_a_failure", "fails", false, "expected success of reset behind reset, found hr 0x80004005" },
	{ "death_at_reset_is_a_failure", "dies-at-reset", false, "exited with status 4" },
};
#define BADS_COUNT (sizeof bads / sizeof *bads)

/* Each scenario is well, with a process of its own, and the reason is told. After a lie, or failures enough, no process is kept
 * any more. */
static void bad_reset_is_told_and_harms_no_scenario(void **state)
{
	struct kept *kept = ((void **)*state)[0];
	const struct bad *bad = ((void **)*state)[1];
	int tries = bad->lie ? 1 : 3;
	play_nth(kept, bad->word, 1);
	for (int n = 1; n <= tries; n++) {
		assert_int_equal(count_left(kept->fixture), 1);
		play_nth(kept, bad->word, 1);
		assert_in(bad->why, adapter_restarted(kept->fixture->target));
		assert_int_equal(kept->fixture->called, 0);
	}
	assert_int_equal(count_left(kept->fixture), 0);
	play_nth(kept, bad->word, 1);
	assert_string_equal(adapter_restarted(kept->fixture->target), "");
	finish_well(kept);
}

static int setup_bad(void **state)
{
	void **pair = calloc(2, sizeof *pair);
	if (!pair) return -1;
	pair[1] = *state;
	*state = pair;
	return setup_kept(&pair[0]);
}

static int teardown_bad(void **state)
{
	void **pair = *state;
	int result = teardown_kept(&pair[0]);
	free(pair);
	return result;
}

/* The second scenario breaks, the first stands, the third is played by a new process. */
static void break_the_second(struct kept *kept, const char *word, int64_t step_ns, const char *why)
{
	struct failure failure;
	struct reply reply;
	unsigned leaks;
	play_nth(kept, word, 1);
	use_kept(kept, word, step_ns);
	begin_well(kept->fixture);
	call(kept->fixture, "job.state", &reply);
	assert_int_equal(reply.kind, REPLY_BROKEN);
	assert_in(why, reply.why);
	assert_int_equal(kept->fixture->target->end(kept->fixture->target->self, &leaks, &failure), STATUS_PEER);
	assert_int_equal(count_left(kept->fixture), 0);
	play_nth(kept, word, 1);
	finish_well(kept);
}

static void death_in_the_second_scenario_ends_that_scenario_only(void **state)
{
	break_the_second(*state, "dies", LONG, "exited with status 3");
}

static void hang_in_the_second_scenario_ends_that_scenario_only(void **state)
{
	break_the_second(*state, "hangs", SECOND, "expected a reply to job.state");
}

static void bad_exit_of_a_kept_process_is_told(void **state)
{
	struct kept *kept = *state;
	char why[FAILURE_TEXT_MAX] = "";
	play_nth(kept, "status", 1);
	bool well = adapter_session_done(kept->session, why, sizeof why);
	kept->session = NULL;
	assert_false(well);
	assert_in("expected exit status 0 after bye, found an adapter that exited with status 9", why);
	assert_int_equal(count_left(kept->fixture), 0);
}

/* --- what belongs to one scenario --- */

static void read_text(const char *name, char *text, size_t size)
{
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0) close(fd);
}

static void scenarios_have_logs_of_their_own(void **state)
{
	struct kept *kept = *state;
	char second[100], text[8192];
	snprintf(second, sizeof second, "%s.second", kept->fixture->log);
	play_nth(kept, NULL, 1);
	use_kept(kept, NULL, LONG);
	kept->fixture->options.log = second;
	kept->fixture->target = adapter_new(&kept->fixture->arena, &kept->fixture->options);
	kept->fixture->target->listener = (struct listener){ kept->fixture, on_called, on_line };
	begin_well(kept->fixture);
	end_well(kept->fixture);
	finish_well(kept);
	read_text(kept->fixture->log, text, sizeof text);
	assert_in("> {\"id\":1,\"cmd\":\"hello\"", text);
	assert_in("\nscenario 1\n", text);   /* stderr of the process */
	assert_null(strstr(text, "scenario 2"));
	read_text(second, text, sizeof text);
	unlink(second);
	assert_ptr_equal(strstr(text, "> {\"id\":7,\"cmd\":\"reset\""), text);
	assert_in("\nscenario 2\n", text);
	assert_null(strstr(text, "scenario 1"));
}

static void origin_and_work_folder_are_new(void **state)
{
	struct kept *kept = *state;
	char name[100];
	unsigned port[2];
	for (int n = 0; n < 2; n++) {
		use_kept(kept, NULL, LONG);
		begin_well(kept->fixture);
		struct target *target = kept->fixture->target;
		assert_int_equal(sscanf(target->expand(target->self, "$S/f1"), "http://127.0.0.1:%u/f1", &port[n]), 1);
		snprintf(name, sizeof name, "%s", target->expand(target->self, "$W/f1"));
		assert_int_equal(access(name, F_OK), -1);
		close(open(name, O_CREAT | O_WRONLY, 0666));
		end_well(kept->fixture);
	}
	assert_int_not_equal(port[0], port[1]);
	finish_well(kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_kept, teardown_kept)

static int run_bads(void)
{
	struct CMUnitTest tests[BADS_COUNT];
	for (size_t i = 0; i < BADS_COUNT; i++)
		tests[i] = (struct CMUnitTest){ bads[i].name, bad_reset_is_told_and_harms_no_scenario, setup_bad, teardown_bad, (void *)(uintptr_t)&bads[i] };
	return _cmocka_run_group_tests("adapters with a bad reset", tests, BADS_COUNT, NULL, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(process_that_can_be_reset_plays_again),
		TEST(process_that_does_not_say_so_ends_with_its_scenario),
		TEST(reset_that_is_no_boolean_is_broken),
		TEST(process_that_leaks_a_handle_ends_with_its_scenario),
		TEST(death_in_the_second_scenario_ends_that_scenario_only),
		TEST(hang_in_the_second_scenario_ends_that_scenario_only),
		TEST(bad_exit_of_a_kept_process_is_told),
		TEST(scenarios_have_logs_of_their_own),
		TEST(origin_and_work_folder_are_new),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	int failed = run_bads();
	return failed + cmocka_run_group_tests_name("adapter session", tests, NULL, NULL);
}
