/* xfail_update_test.c -- the file of accepted deviations after an update, byte for byte, and what is told of the difference. */
#include "conformance/xfail_update.h"

#include "conformance/verdict.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "# why\nimplementation: x\nversion: 1\n\n"
#define ENTRY(rule, signature, ids) "fail " rule " \"" signature "\"\n  in: " ids "\n  reason: old\n  expires: 2030-01-01\n"
#define NEW(rule, signature, ids) "fail " rule " \"" signature "\"\n  in: " ids "\n  reason: why\n  expires: 2027-11-24\n"
#define RUN_OF(name, version, units) "{\"schema\":1,\"impl\":{\"name\":\"" name "\",\"version\":\"" version "\"},\"scenarios\":[" units "]}"
#define RUN(units) RUN_OF("x", "1", units)
#define UNIT(id, findings) "{\"id\":\"" id "\",\"end\":\"done\",\"verdict\":\"fail\",\"findings\":[" findings "]}"
#define FOUND(rule, signature) "{\"rule\":\"" rule "\",\"level\":\"MUST\",\"signature\":\"" signature "\"}"
#define ALL (XFAIL_ACCEPT_NEW | XFAIL_ACCEPT_FIXED | XFAIL_ACCEPT_CHANGED)

static struct arena arena;
static const char *changed;   /* the file's text after the update; NULL: as it was */
static char *told, *wrong;

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, 128u << 20);
}

static int teardown(void **state)
{
	(void)state;
	free(told);
	free(wrong);
	told = wrong = NULL;
	arena_done(&arena);
	return 0;
}

static int update_with(const char *text, const char *first, const char *second, struct xfail_update_options options)
{
	struct xfail_run runs[2] = { { "1.json", json_loads(first, 0, NULL) }, { "2.json", second ? json_loads(second, 0, NULL) : NULL } };
	size_t told_size, wrong_size;
	free(told);
	free(wrong);
	FILE *out = open_memstream(&told, &told_size), *errors = open_memstream(&wrong, &wrong_size);
	options.today = "2026-11-24";
	assert_non_null(runs[0].results);
	assert_true(!second || runs[1].results);
	int code = xfail_update_text(&arena, "x.xfail", text, strlen(text), runs, second ? 2 : 1, &options, out, errors, &changed);
	fclose(out);
	fclose(errors);
	json_decref(runs[0].results);
	json_decref(runs[1].results);
	return code;
}

static int update(const char *text, const char *run, unsigned accept)
{
	return update_with(text, run, NULL, (struct xfail_update_options){ .accept = accept, .reason = "why" });
}

/* The update is told, written when accepted, and leaves nothing for the next one. */
static void becomes(const char *text, const char *first, const char *second, const char *want)
{
	struct xfail_update_options options = { .accept = ALL, .reason = "why" };
	assert_int_equal(update_with(text, first, second, options), EXIT_CONFORMS);
	assert_non_null(changed);
	assert_string_equal(changed, want);
	assert_int_equal(update_with(want, first, second, options), EXIT_CONFORMS);
	assert_null(changed);
	assert_string_equal(told, "nothing to change\n");
}

static void what_differs_from_run_to_run_is_a_star(void **state)
{
	static const struct {
		const char *signature, *pattern;
	} rows[] = {
		{ "state=ERROR hr=S_OK", "state=ERROR hr=S_OK" },
		{ "name = http://127.0.0.1:46191/f1", "name = http://127.0.0.1:*/f1" },
		{ "url=\"gopher://127.0.0.1/f1\" => S_OK", "url=\"gopher://127.0.0.1/f1\" => S_OK" },
		{ "name = Z:\\work\\main\\out.draft-1\\work\\0205-a.bits\\f2", "name = *0205-a.bits\\\\f2" },
		{ "name = /work/a b/out.draft-1/work/0205-a/f2", "name = *0205-a/f2" },
		{ "expect requests /f2 = 0 => /tmp/work/f", "expect requests /f2 = 0 => *f" },
		{ "a=\"/x/work/f\", b=/y/work/g", "a=\"*f\", b=*g" },
		{ "id=?id x[0] * \\", "id=\\?id x\\[0] \\* \\\\" },
		{ "two\nlines", "two?lines" },
	};
	char pattern[XFAIL_SIGNATURE_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		xfail_update_pattern(rows[i].signature, pattern, sizeof pattern);
		assert_string_equal(pattern, rows[i].pattern);
	}
	xfail_update_pattern("0123456789012345678901234567890", pattern, 20);
	assert_string_equal(pattern, "0123456*");
}

static void accept_is_a_list_of_three_words(void **state)
{
	unsigned accept;
	(void)state;
	assert_true(xfail_update_accept("changed,new,fixed", &accept));
	assert_int_equal(accept, ALL);
	assert_true(xfail_update_accept("fixed", &accept));
	assert_int_equal(accept, XFAIL_ACCEPT_FIXED);
	assert_false(xfail_update_accept("", &accept));
	assert_false(xfail_update_accept("new,", &accept));
	assert_false(xfail_update_accept("newer", &accept));
}

static void what_is_not_accepted_is_only_told(void **state)
{
	(void)state;
	static const char text[] = HEAD ENTRY("A-1", "s", "0001-a") "\n" ENTRY("A-2", "s", "0001-a");
	static const char run[] = RUN(UNIT("0001-a", FOUND("A-2", "t") "," FOUND("A-3", "u")));
	assert_int_equal(update(text, run, 0), EXIT_STALE);
	assert_null(changed);
	assert_string_equal(told, "--- x.xfail\n+++ 1 run of x 1\n- fail A-1 \"s\" in 0001-a\n~ fail A-2 \"t\" in 0001-a: was \"s\"\n"
		"+ fail A-3 \"u\" in 0001-a\n");
	assert_int_equal(update(text, run, XFAIL_ACCEPT_FIXED), EXIT_STALE);
	assert_string_equal(changed, HEAD ENTRY("A-2", "s", "0001-a"));
	assert_int_equal(update(text, run, XFAIL_ACCEPT_CHANGED), EXIT_STALE);
	assert_string_equal(changed, HEAD ENTRY("A-1", "s", "0001-a") "\n" ENTRY("A-2", "t", "0001-a"));
	assert_int_equal(update(text, run, XFAIL_ACCEPT_NEW), EXIT_STALE);
	assert_string_equal(changed, HEAD ENTRY("A-1", "s", "0001-a") "\n" ENTRY("A-2", "s", "0001-a") "\n" NEW("A-3", "u", "0001-a"));
}

static void new_entry_stands_behind_the_last_of_its_rule(void **state)
{
	(void)state;
	becomes(HEAD ENTRY("A-1", "s", "0001-a") "# about A-2\n\n\n" ENTRY("A-2", "s", "0001-a") "\n# end",
		RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("A-2", "s")) "," UNIT("0002-b", FOUND("A-1", "t")) "," UNIT("0003-c", FOUND("A-1", "t"))), NULL,
		HEAD ENTRY("A-1", "s", "0001-a") "\n" NEW("A-1", "t", "0002-b 0003-c") "# about A-2\n\n\n" ENTRY("A-2", "s", "0001-a") "\n# end");
}

static void new_rule_stands_at_the_end(void **state)
{
	(void)state;
	becomes(HEAD ENTRY("A-1", "s", "0001-a") "# no newline", RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("B-1", "t"))), NULL,
		HEAD ENTRY("A-1", "s", "0001-a") "# no newline\n\n" NEW("B-1", "t", "0001-a"));
}

static void missing_feature_is_allowed(void **state)
{
	(void)state;
	becomes(HEAD, RUN("{\"id\":\"0001-a\",\"end\":\"unsupported\",\"feature\":\"net.down\"}"), NULL,
		HEAD "\nallow net.down\n  reason: why\n");
}

static void fixed_scenario_is_taken_out_and_comments_stay(void **state)
{
	(void)state;
	becomes(HEAD "fail A-1 \"s\"   \n  # who\n  in:  0001-a   0002-b\n  in: 0003-c 0004-*\n\treason: old\n  expires: 2030-01-01\n\n# next\n",
		RUN(UNIT("0001-a", "") "," UNIT("0002-b", FOUND("A-1", "s")) "," UNIT("0003-c", "") "," UNIT("0004-d", "")), NULL,
		HEAD "fail A-1 \"s\"   \n  # who\n  in: 0002-b\n\treason: old\n  expires: 2030-01-01\n\n# next\n");
	becomes(HEAD ENTRY("A-1", "s", "0001-a") "\n# of A-2\nfail A-2 \"s\"\n  # inside\n  in: 0001-a\n  reason: r\n  expires: 2030-01-01\n\n"
		ENTRY("A-3", "s", "0001-a"), RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("A-3", "s"))), NULL,
		HEAD ENTRY("A-1", "s", "0001-a") "\n# of A-2\n  # inside\n" ENTRY("A-3", "s", "0001-a"));
	becomes(HEAD ENTRY("A-1", "s", "0001-a") "\n" ENTRY("A-2", "s", "0001-a"), RUN(UNIT("0001-a", FOUND("A-1", "s"))), NULL,
		HEAD ENTRY("A-1", "s", "0001-a"));
}

static void scenario_that_was_not_run_or_broke_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(update(HEAD ENTRY("A-1", "s", "0001-a 0002-b"),
		RUN("{\"id\":\"0001-a\",\"end\":\"broken\",\"verdict\":\"adapter-error\",\"findings\":[" FOUND("A-9", "s") "]}"), ALL), EXIT_CONFORMS);
	assert_string_equal(told, "nothing to change\n");
	assert_null(changed);
}

static void changed_signature_keeps_reason_and_expiry(void **state)
{
	(void)state;
	becomes(HEAD ENTRY("A-1", "s", "0001-a 0002-b") "\n" ENTRY("A-2", "s", "0001-a"),
		RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("A-2", "s")) "," UNIT("0002-b", FOUND("A-1", "t"))), NULL,
		HEAD ENTRY("A-1", "s", "0001-a") "\n" ENTRY("A-1", "t", "0002-b") "\n" ENTRY("A-2", "s", "0001-a"));
}

/* CHECK stands for every expectation of a scenario. */
static void another_check_of_the_scenario_is_new_not_changed(void **state)
{
	(void)state;
	becomes(HEAD ENTRY("CHECK", "do a => X", "0001-a"), RUN(UNIT("0001-a", FOUND("CHECK", "do b => X"))), NULL,
		HEAD NEW("CHECK", "do b => X", "0001-a"));
	becomes(HEAD ENTRY("CHECK", "do a => X", "0001-a"), RUN(UNIT("0001-a", FOUND("CHECK", "do a => Y"))), NULL,
		HEAD ENTRY("CHECK", "do a => Y", "0001-a"));
}

static void what_is_not_in_every_run_is_sometimes(void **state)
{
	(void)state;
	static const char some[] = "  sometimes: not in each of 2 runs\n";
	char want[1000];
	snprintf(want, sizeof want, HEAD "%s%s\n%s\n%s%s", ENTRY("A-1", "s", "0001-a 0002-b"), some, NEW("B-1", "always", "0001-a"),
		NEW("B-1", "t", "0001-a"), some);
	becomes(HEAD ENTRY("A-1", "s", "0001-a 0002-b"),
		RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("B-1", "t") "," FOUND("B-1", "always")) "," UNIT("0002-b", FOUND("A-1", "s"))),
		RUN(UNIT("0001-a", FOUND("A-1", "s") "," FOUND("B-1", "always")) "," UNIT("0002-b", "")), want);
}

static void scenario_that_ran_only_once_is_in_every_run(void **state)
{
	(void)state;
	becomes(HEAD, RUN(UNIT("0001-a", FOUND("A-1", "s"))), RUN(UNIT("0002-b", "")), HEAD "\n" NEW("A-1", "s", "0001-a"));
}

static void folders_and_ports_of_two_runs_are_one_deviation(void **state)
{
	(void)state;
	becomes(HEAD, RUN(UNIT("0001-a", FOUND("A-1", "127.0.0.1:1 Z:\\\\a\\\\work\\\\f"))), RUN(UNIT("0001-a", FOUND("A-1", "127.0.0.1:23 Z:\\\\b\\\\work\\\\f"))),
		HEAD "\n" NEW("A-1", "127.0.0.1:* *f", "0001-a"));
}

static void wider_pattern_serves_what_it_would_hide(void **state)
{
	(void)state;
	becomes(HEAD, RUN(UNIT("0001-a", FOUND("A-1", "x /a/work/f") "," FOUND("A-1", "x f"))), NULL, HEAD "\n" NEW("A-1", "x *f", "0001-a"));
}

static void entry_has_at_most_twenty_scenarios(void **state)
{
	char units[4000] = "", run[5000];
	(void)state;
	for (int i = 0; i <= XFAIL_MATCHES_MAX; i++)
		snprintf(units + strlen(units), sizeof units - strlen(units), "%s" UNIT("%04d-a", FOUND("A-1", "s")), i ? "," : "", i);
	snprintf(run, sizeof run, RUN("%s"), units);
	assert_int_equal(update(HEAD, run, ALL), EXIT_CONFORMS);
	assert_non_null(strstr(changed, " 0018-a 0019-a\n  reason: why\n"));
	assert_non_null(strstr(changed, "\n\n" NEW("A-1", "s", "0020-a")));
	const char *once = changed;
	assert_int_equal(update(once, run, ALL), EXIT_CONFORMS);
	assert_null(changed);
}

static void missed_should_is_a_deviation_only_when_strict(void **state)
{
	(void)state;
	static const char run[] = RUN(UNIT("0001-a", "{\"rule\":\"A-1\",\"level\":\"SHOULD\",\"signature\":\"s\"}"));
	assert_int_equal(update(HEAD, run, 0), EXIT_CONFORMS);
	assert_int_equal(update_with(HEAD, run, NULL, (struct xfail_update_options){ .strict = true }), EXIT_STALE);
}

static void what_only_people_can_decide_is_told(void **state)
{
	char units[4000] = "", run[5000];
	(void)state;
	for (int i = 0; i <= XFAIL_MATCHES_MAX; i++)
		snprintf(units + strlen(units), sizeof units - strlen(units), "%s" UNIT("%04d-a", FOUND("A-1", "s")), i ? "," : "", i);
	snprintf(run, sizeof run, RUN("%s"), units);
	assert_int_equal(update(HEAD ENTRY("A-1", "s", "*"), run, ALL), EXIT_STALE);
	assert_non_null(strstr(told, "\n! fail A-1 \"s\", line 5: excuses more than 20 scenarios"));
	assert_int_equal(update(HEAD "fail A-1 \"s\"\n  in: x\n  reason: r\n  expires: 2026-11-23\n", RUN(""), ALL), EXIT_STALE);
	assert_non_null(strstr(told, "\n! fail A-1 \"s\", line 5: has expired"));
}

static void bad_input_is_refused_and_nothing_is_changed(void **state)
{
	static const char good[] = RUN(UNIT("0001-a", FOUND("A-1", "s")));
	static const struct {
		const char *name, *text, *run, *second;
		struct xfail_update_options options;
		const char *said;
	} rows[] = {
		{ "no reason", HEAD, good, NULL, { .accept = ALL }, "bgcheck: expected --reason TEXT" },
		{ "blank reason", HEAD, good, NULL, { .accept = ALL, .reason = " " }, "bgcheck: expected --reason TEXT" },
		{ "TODO", HEAD, good, NULL, { .accept = ALL, .reason = "TODO" }, "found TODO" },
		{ "reason of two lines", HEAD, good, NULL, { .accept = ALL, .reason = "a\nallow *" }, "bgcheck: expected --reason TEXT" },
		{ "no date", HEAD, good, NULL, { .accept = ALL, .reason = "r", .expires = "soon" }, "expected --expires YYYY-MM-DD" },
		{ "past date", HEAD, good, NULL, { .accept = ALL, .reason = "r", .expires = "2026-11-23" }, "found 2026-11-23" },
		{ "bad file", "fial\n", good, NULL, { .accept = ALL, .reason = "r" }, "x.xfail:1:1: expected" },
		{ "another implementation", HEAD, RUN_OF("y", "1", ""), NULL, { .reason = "r" }, "1.json: expected results of x 1, which x.xfail is for, found y 1" },
		{ "another version", HEAD, RUN_OF("x", "2", ""), NULL, { .reason = "r" }, "found x 2" },
		{ "two versions", "implementation: x\nversion: *\n", RUN_OF("x", "1", ""), RUN_OF("x", "2", ""), { .reason = "r" },
			"2.json: expected the implementation of the other runs, found x 2" },
		{ "other JSON", HEAD, "{\"schema\":1}", NULL, { .reason = "r" }, "1.json: expected results.json of a run" },
		{ "an array", HEAD, "[]", NULL, { .reason = "r" }, "1.json: expected results.json of a run" },
		{ "units of another kind", HEAD, RUN("3"), NULL, { .reason = "r" }, "1.json: expected the id of a scenario" },
		{ "an id that is no word", HEAD, RUN(UNIT("a\\nallow", "")), NULL, { .reason = "r" }, "1.json: expected the id of a scenario" },
		{ "a rule that is no word", HEAD, RUN(UNIT("a", FOUND("A *", "s"))), NULL, { .reason = "r" }, "1.json: expected a rule, found A *" },
		{ "no signature", HEAD, RUN(UNIT("a", "{\"rule\":\"A\"}")), NULL, { .reason = "r" }, "1.json: expected a finding's signature" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(update_with(rows[i].text, rows[i].run, rows[i].second, rows[i].options), EXIT_USAGE);
		if (!strstr(wrong, rows[i].said)) fail_msg("%s: found %s", rows[i].name, wrong);
		assert_null(changed);
	}
}

static void given_expiry_is_written(void **state)
{
	(void)state;
	assert_int_equal(update_with(HEAD, RUN(UNIT("0001-a", FOUND("A-1", "s"))), NULL,
		(struct xfail_update_options){ .accept = ALL, .reason = "r", .expires = "2027-01-31" }), EXIT_CONFORMS);
	assert_non_null(strstr(changed, "  reason: r\n  expires: 2027-01-31\n"));
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (unsigned long n = 1; n < 100; n++) {
		arena_reset(&arena);
		arena_fail_at(n);
		int code = update(HEAD ENTRY("A-1", "s", "0001-a"), RUN(UNIT("0001-a", FOUND("A-1", "t"))), ALL);
		arena_fail_at(0);
		if (code == EXIT_CONFORMS) {
			assert_true(n > 15);
			return;
		}
		assert_int_equal(code, EXIT_HARNESS);
		assert_null(changed);
	}
	fail_msg("never succeeds");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_differs_from_run_to_run_is_a_star, setup, teardown),
		cmocka_unit_test_setup_teardown(accept_is_a_list_of_three_words, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_accepted_is_only_told, setup, teardown),
		cmocka_unit_test_setup_teardown(new_entry_stands_behind_the_last_of_its_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(new_rule_stands_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_feature_is_allowed, setup, teardown),
		cmocka_unit_test_setup_teardown(fixed_scenario_is_taken_out_and_comments_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(scenario_that_was_not_run_or_broke_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_signature_keeps_reason_and_expiry, setup, teardown),
		cmocka_unit_test_setup_teardown(another_check_of_the_scenario_is_new_not_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_in_every_run_is_sometimes, setup, teardown),
		cmocka_unit_test_setup_teardown(scenario_that_ran_only_once_is_in_every_run, setup, teardown),
		cmocka_unit_test_setup_teardown(folders_and_ports_of_two_runs_are_one_deviation, setup, teardown),
		cmocka_unit_test_setup_teardown(wider_pattern_serves_what_it_would_hide, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_has_at_most_twenty_scenarios, setup, teardown),
		cmocka_unit_test_setup_teardown(missed_should_is_a_deviation_only_when_strict, setup, teardown),
		cmocka_unit_test_setup_teardown(what_only_people_can_decide_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_input_is_refused_and_nothing_is_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(given_expiry_is_written, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("xfail_update", tests, NULL, NULL);
}
