/* results_test.c -- what a run is worth: verdicts and exit codes from the results of units. */
#include "conformance/results.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, 32u << 20);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* A unit's result with the members in `more` (JSON text of an object) laid over one that passed. */
static json_t *unit_with(const char *more)
{
	json_error_t error;
	json_t *unit = json_loads("{\"id\":\"0001-a\",\"title\":\"t\",\"dialect\":\"bits\",\"file\":\"f/0001-a.scn\",\"end\":\"done\",\"why\":\"\",\"feature\":\"\","
		"\"checks\":[],\"findings\":[],\"triggered\":{\"ERR-LIFE-001\":1},\"rows\":{},\"cells\":{},\"causes\":{},\"contexts\":{},\"transitions\":{},"
		"\"readings\":{},\"seen\":{},\"impl\":{\"name\":\"x\",\"version\":\"1\",\"tier\":\"virtual\"}}", 0, &error);
	json_t *over = json_loads(more, 0, &error);
	assert_non_null(unit);
	assert_non_null(over);
	json_object_update(unit, over);
	json_decref(over);
	return unit;
}

static const char FINDING[] = "{\"findings\":[{\"rule\":\"ERR-LIFE-001\",\"level\":\"MUST\",\"line\":3,\"at_ns\":5,\"signature\":\"sig\",\"seen\":\"s\"}]}";
static const char MISSED_SHOULD[] = "{\"findings\":[{\"rule\":\"ERR-LIFE-007\",\"level\":\"SHOULD\",\"line\":3,\"at_ns\":5,\"signature\":\"sig\",\"seen\":\"s\"}]}";
static const char CHECK[] = "{\"checks\":[{\"line\":4,\"step\":\"within 3s   state j1 = A\",\"passed\":false,\"expected\":\"A\",\"found\":\"state j1 = B since 1.5s\"}]}";
static const char UNSUPPORTED[] = "{\"end\":\"unsupported\",\"feature\":\"net.down\"}";
static const char BROKEN[] = "{\"end\":\"broken\",\"why\":\"it hung\"}";
static const char HARNESS[] = "{\"harness\":\"out of memory\"}";

static json_t *make(const char *const *units, struct results_options *options)
{
	static char *argv[] = { "adapter", NULL };
	static const struct run_options run = { .unit = { .impl = IMPL_EXEC, .argv = argv } };
	json_t *all = json_array();
	for (; *units; units++) json_array_append_new(all, unit_with(*units));
	options->run = &run;
	options->today = "2026-11-24";
	options->again = "bgcheck run";
	options->again_adapter = "";
	json_t *results = results_make(all, options);
	json_decref(all);
	return results;
}

static void exit_is(enum exit_code want, const char *const *units, struct results_options options)
{
	json_t *results = make(units, &options);
	assert_int_equal(json_integer_value(json_object_get(results, "exit")), want);
	json_decref(results);
}

static struct xfail *parse_xfail(const char *text)
{
	struct xfail *xfail = NULL;
	struct failure failure;
	assert_int_equal(xfail_parse(&arena, "x", text, strlen(text), &xfail, &failure), STATUS_OK);
	return xfail;
}

#define HEAD "implementation: x\nversion: 1\n"
#define EXCUSE HEAD "fail ERR-LIFE-001 \"sig\"\n in: 0001-*\n reason: r\n expires: 2030-01-01\n"
#define UNITS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void exit_codes_follow_the_worst_unit(void **state)
{
	(void)state;
	exit_is(EXIT_CONFORMS, UNITS("{}"), (struct results_options){ 0 });
	exit_is(EXIT_FAILED, UNITS("{}", FINDING), (struct results_options){ 0 });
	exit_is(EXIT_FAILED, UNITS(CHECK), (struct results_options){ 0 });
	exit_is(EXIT_UNSUPPORTED, UNITS("{}", UNSUPPORTED), (struct results_options){ 0 });
	exit_is(EXIT_ADAPTER, UNITS(FINDING, BROKEN), (struct results_options){ 0 });
	exit_is(EXIT_HARNESS, UNITS(FINDING, BROKEN, HARNESS), (struct results_options){ 0 });
	exit_is(EXIT_FAILED, UNITS("{\"golden\":\"differs\"}"), (struct results_options){ 0 });
}

static void no_unit_at_all_is_no_success(void **state)
{
	(void)state;
	exit_is(EXIT_SELECTION, (const char *const[]){ NULL }, (struct results_options){ 0 });
}

static void only_unsupported_units_are_no_success_even_when_allowed(void **state)
{
	(void)state;
	struct xfail *xfail = parse_xfail(HEAD "allow net.*\n reason: r\n");
	exit_is(EXIT_INCONCLUSIVE, UNITS(UNSUPPORTED), (struct results_options){ .xfail = xfail });
	exit_is(EXIT_CONFORMS, UNITS("{}", UNSUPPORTED), (struct results_options){ .xfail = xfail });
}

static void a_missed_should_fails_only_when_strict(void **state)
{
	(void)state;
	exit_is(EXIT_CONFORMS, UNITS(MISSED_SHOULD), (struct results_options){ 0 });
	exit_is(EXIT_FAILED, UNITS(MISSED_SHOULD), (struct results_options){ .strict = true });
}

static void a_named_deviation_is_excused_and_the_same_one_gone_is_stale(void **state)
{
	(void)state;
	exit_is(EXIT_CONFORMS, UNITS(FINDING), (struct results_options){ .xfail = parse_xfail(EXCUSE) });
	exit_is(EXIT_STALE, UNITS("{}"), (struct results_options){ .xfail = parse_xfail(EXCUSE) });
}

static void another_signature_or_rule_is_not_excused(void **state)
{
	(void)state;
	exit_is(EXIT_FAILED, UNITS(CHECK), (struct results_options){ .xfail = parse_xfail(EXCUSE) });
	exit_is(EXIT_FAILED, UNITS("{\"findings\":[{\"rule\":\"ERR-LIFE-001\",\"level\":\"MUST\",\"line\":3,\"signature\":\"sig2\"}]}"),
		(struct results_options){ .xfail = parse_xfail(EXCUSE) });
	exit_is(EXIT_FAILED, UNITS("{\"findings\":[{\"rule\":\"ERR-LIFE-002\",\"level\":\"MUST\",\"line\":3,\"signature\":\"sig\"}]}"),
		(struct results_options){ .xfail = parse_xfail(EXCUSE) });
}

static void one_of_two_excused_scenarios_that_passes_is_stale(void **state)
{
	(void)state;
	static const char two[] = HEAD "fail ERR-LIFE-001 \"sig\"\n in: 0001-a 0002-b\n reason: r\n expires: 2030-01-01\n";
	exit_is(EXIT_STALE, UNITS(FINDING, "{\"id\":\"0002-b\"}"), (struct results_options){ .xfail = parse_xfail(two) });
	exit_is(EXIT_CONFORMS, UNITS(FINDING), (struct results_options){ .xfail = parse_xfail(two) });
}

static void an_excused_scenario_that_is_not_in_the_library_is_stale(void **state)
{
	(void)state;
	static const char two[] = HEAD "fail ERR-LIFE-001 \"sig\"\n in: 0001-a 0002-b\n reason: r\n expires: 2030-01-01\n";
	struct scenario *known = arena_take(&arena, sizeof *known);
	const struct selection library = { .count = 1, .scenarios = &known };
	assert_non_null(known);
	known->id = "0001-a";
	exit_is(EXIT_STALE, UNITS(FINDING), (struct results_options){ .xfail = parse_xfail(two), .library = &library });
	exit_is(EXIT_CONFORMS, UNITS(FINDING), (struct results_options){ .xfail = parse_xfail(EXCUSE), .library = &library });
}

static void an_expired_entry_or_another_implementation_or_version_is_stale(void **state)
{
	(void)state;
	static const char expired[] = HEAD "fail ERR-LIFE-001 \"sig\"\n in: 0001-*\n reason: r\n expires: 2026-11-23\n";
	exit_is(EXIT_STALE, UNITS(FINDING), (struct results_options){ .xfail = parse_xfail(expired) });
	exit_is(EXIT_STALE, UNITS("{}"), (struct results_options){ .xfail = parse_xfail("implementation: y\nversion: 1\n") });
	exit_is(EXIT_STALE, UNITS("{}"), (struct results_options){ .xfail = parse_xfail("implementation: x\nversion: 2\n") });
}

static void an_entry_that_excuses_more_than_twenty_scenarios_is_stale(void **state)
{
	(void)state;
	static const char all[] = HEAD "fail ERR-LIFE-001 \"sig\"\n in: *\n reason: r\n expires: 2030-01-01\n";
	for (int count = XFAIL_MATCHES_MAX; count <= XFAIL_MATCHES_MAX + 1; count++) {
		char text[XFAIL_MATCHES_MAX + 1][200];
		const char *units[XFAIL_MATCHES_MAX + 2] = { NULL };
		for (int i = 0; i < count; i++) {
			snprintf(text[i], sizeof text[i], "{\"id\":\"%04d-a\",%s", i, FINDING + 1);
			units[i] = text[i];
		}
		exit_is(count > XFAIL_MATCHES_MAX ? EXIT_STALE : EXIT_CONFORMS, units, (struct results_options){ .xfail = parse_xfail(all) });
	}
}

static void an_adapter_or_harness_error_is_never_excused(void **state)
{
	(void)state;
	struct xfail *xfail = parse_xfail(HEAD "fail CHECK \"*\"\n in: *\n reason: r\n expires: 2030-01-01\n");
	exit_is(EXIT_ADAPTER, UNITS(BROKEN), (struct results_options){ .xfail = xfail });
	exit_is(EXIT_HARNESS, UNITS(HARNESS), (struct results_options){ .xfail = xfail });
}

static void a_required_rule_that_never_triggered_is_inconclusive(void **state)
{
	(void)state;
	char *vacuous[] = { "ERR-LIFE-00[23]" }, *triggered[] = { "ERR-LIFE-001" };
	exit_is(EXIT_INCONCLUSIVE, UNITS("{}"), (struct results_options){ .require_count = 1, .require = vacuous });
	exit_is(EXIT_CONFORMS, UNITS("{}"), (struct results_options){ .require_count = 1, .require = triggered });
}

static void a_failed_check_has_a_signature_without_times(void **state)
{
	(void)state;
	struct results_options options = { 0 };
	json_t *results = make(UNITS(CHECK), &options);
	json_t *finding = json_array_get(json_object_get(json_array_get(json_object_get(results, "scenarios"), 0), "findings"), 0);
	assert_string_equal(json_string_value(json_object_get(finding, "signature")), "within 3s state j1 = A => state j1 = B");
	json_decref(results);
}

static void a_rule_without_trigger_is_vacuous_not_green(void **state)
{
	(void)state;
	struct results_options options = { 0 };
	json_t *results = make(UNITS("{}"), &options), *rule;
	size_t i;
	unsigned vacuous = 0, passed = 0;
	json_array_foreach(json_object_get(results, "rules"), i, rule) {
		const char *verdict = json_string_value(json_object_get(rule, "verdict"));
		vacuous += !strcmp(verdict, "vacuous");
		passed += !strcmp(verdict, "pass");
	}
	assert_int_equal(passed, 1);
	assert_true(vacuous > 50);
	json_decref(results);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(exit_codes_follow_the_worst_unit, setup, teardown),
		cmocka_unit_test_setup_teardown(no_unit_at_all_is_no_success, setup, teardown),
		cmocka_unit_test_setup_teardown(only_unsupported_units_are_no_success_even_when_allowed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missed_should_fails_only_when_strict, setup, teardown),
		cmocka_unit_test_setup_teardown(a_named_deviation_is_excused_and_the_same_one_gone_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(another_signature_or_rule_is_not_excused, setup, teardown),
		cmocka_unit_test_setup_teardown(one_of_two_excused_scenarios_that_passes_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(an_excused_scenario_that_is_not_in_the_library_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(an_expired_entry_or_another_implementation_or_version_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(an_entry_that_excuses_more_than_twenty_scenarios_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(an_adapter_or_harness_error_is_never_excused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_required_rule_that_never_triggered_is_inconclusive, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_check_has_a_signature_without_times, setup, teardown),
		cmocka_unit_test_setup_teardown(a_rule_without_trigger_is_vacuous_not_green, setup, teardown),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("results", tests, NULL, NULL);
}
