/* xfail_test.c -- files of accepted deviations: what they say, what they excuse, when they are stale. */
#include "conformance/xfail.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct arena arena;
static struct failure failure;
static char why[200];

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

static enum status parse(const char *text, struct xfail **xfail)
{
	memset(&failure, 0, sizeof failure);
	return xfail_parse(&arena, "x.xfail", text, strlen(text), xfail, &failure);
}

#define HEAD_AND(text) "implementation: x\nversion: 1\n" text

static const char GOOD[] = "# why\nimplementation: wine-bits\nversion: 8.0*\n\n"
	"fail ERR-LIFE-001 \"state=ERROR hr=*\"\n  in: 0301-* 0302-net-refused\n  reason: no error object\n  expires: 2027-01-31\n\n"
	"allow service.*\n  reason: it cannot be restarted\n";

static void entry_excuses_by_rule_signature_and_scenario(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	assert_int_equal(xfail->count, 2);
	assert_non_null(xfail_match(xfail, "0302-net-refused", "ERR-LIFE-001", "state=ERROR hr=X"));
	assert_non_null(xfail_match(xfail, "0301-net-dns", "ERR-LIFE-001", "state=ERROR hr=X"));
	assert_null(xfail_match(xfail, "0303-other", "ERR-LIFE-001", "state=ERROR hr=X"));
	assert_null(xfail_match(xfail, "0302-net-refused", "ERR-LIFE-002", "state=ERROR hr=X"));
	assert_null(xfail_match(xfail, "0302-net-refused", "ERR-LIFE-001", "state=QUEUED hr=X"));
	assert_non_null(xfail_allows(xfail, "any", "service.restart"));
	assert_null(xfail_allows(xfail, "any", "net.down"));
}

static void matches_count_scenarios_not_findings(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	for (int i = 0; i < 5; i++) xfail_match(xfail, "0302-net-refused", "ERR-LIFE-001", "state=ERROR hr=X");
	assert_int_equal(xfail->entries[0].matches, 1);
}

static bool stale(const struct xfail_entry *entry, const char *today)
{
	return xfail_stale(entry, today, why, sizeof why);
}

static void entry_that_matches_nothing_is_stale_only_when_its_scenario_ran(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	assert_false(stale(&xfail->entries[0], "2026-01-01"));
	xfail_ran(xfail, "0302-net-refused");
	assert_true(stale(&xfail->entries[0], "2026-01-01"));
	xfail_match(xfail, "0302-net-refused", "ERR-LIFE-001", "state=ERROR hr=X");
	assert_false(stale(&xfail->entries[0], "2026-01-01"));
}

static void entry_is_stale_when_one_of_its_scenarios_passes(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	xfail_ran(xfail, "0301-net-dns");
	xfail_ran(xfail, "0302-net-refused");
	xfail_match(xfail, "0301-net-dns", "ERR-LIFE-001", "state=ERROR hr=X");
	assert_true(stale(&xfail->entries[0], "2026-01-01"));
	assert_non_null(strstr(why, "in 0302-net-refused"));
}

static void what_is_forgotten_is_as_new(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	xfail_ran(xfail, "0302-net-refused");
	xfail_match(xfail, "0301-net-dns", "ERR-LIFE-001", "state=ERROR hr=X");
	xfail_forget(xfail);
	assert_false(stale(&xfail->entries[0], "2026-01-01"));
	assert_int_equal(xfail->entries[0].matches, 0);
}

static void entry_of_a_race_may_match_nothing_but_expires(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(HEAD_AND("fail A \"b\"\n  in: c\n  reason: d\n  expires: 2027-01-31\n  sometimes: a race\n"), &xfail), STATUS_OK);
	xfail_ran(xfail, "c");
	assert_false(stale(&xfail->entries[0], "2027-01-31"));
	assert_true(stale(&xfail->entries[0], "2027-02-01"));
}

static void entry_is_stale_the_day_after_it_expires(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	assert_false(stale(&xfail->entries[0], "2027-01-31"));
	assert_true(stale(&xfail->entries[0], "2027-02-01"));
}

static void entry_that_excuses_more_than_twenty_scenarios_is_stale(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	xfail->entries[0].matches = XFAIL_MATCHES_MAX;
	assert_false(stale(&xfail->entries[0], "2026-01-01"));
	xfail->entries[0].matches++;
	assert_true(stale(&xfail->entries[0], "2026-01-01"));
}

static void file_is_for_one_implementation_and_version(void **state)
{
	(void)state;
	struct xfail *xfail;
	assert_int_equal(parse(GOOD, &xfail), STATUS_OK);
	assert_true(xfail_is_for(xfail, "wine-bits", "8.0"));
	assert_false(xfail_is_for(xfail, "wine-bits", "9.0"));
	assert_false(xfail_is_for(xfail, "windows-bits", "8.0"));
}

static void broken_files_are_told_with_line_and_column(void **state)
{
	static const struct {
		const char *name, *text, *said;
		unsigned line, col;
	} rows[] = {
		{ "unknown word", "implementation: x\nversion: 1\nfial A \"b\"\n", "expected implementation:, version:, fail or allow", 3, 1 },
		{ "unknown word behind an entry", "implementation: x\nversion: 1\nallow a\n  reason: b\nfial A \"b\"\n", "expected fail or allow", 5, 1 },
		{ "no rule", "implementation: x\nversion: 1\nfail\n", "expected a rule id or CHECK", 3, 5 },
		{ "no quotes", "implementation: x\nversion: 1\nfail A b\n", "expected a signature in double quotes", 3, 8 },
		{ "no reason", "implementation: x\nversion: 1\nfail A \"b\"\n  in: c\n  expires: 2030-01-01\n", "expected a reason:", 3, 1 },
		{ "no expiry", "implementation: x\nversion: 1\nfail A \"b\"\n  in: c\n  reason: d\n", "expected an expires:", 3, 1 },
		{ "no scenarios", "implementation: x\nversion: 1\nfail A \"b\"\n  reason: d\n  expires: 2030-01-01\n", "expected an in:", 3, 1 },
		{ "bad date", "implementation: x\nversion: 1\nfail A \"b\"\n  expires: tomorrow\n", "expected a date YYYY-MM-DD", 4, 12 },
		{ "no such day", "implementation: x\nversion: 1\nfail A \"b\"\n  expires: 2030-13-01\n", "expected a date YYYY-MM-DD", 4, 12 },
		{ "empty reason", "implementation: x\nversion: 1\nfail A \"b\"\n  in: c\n  reason:\n  expires: 2030-01-01\n", "expected a reason:", 3, 1 },
		{ "sometimes, and no why", "implementation: x\nversion: 1\nfail A \"b\"\n  sometimes:\n", "expected why only sometimes", 4, 13 },
		{ "property first", "implementation: x\nversion: 1\n  in: c\n", "expected an entry before", 3, 3 },
		{ "unknown property", "implementation: x\nversion: 1\nallow a\n  because: b\n", "expected in:, reason:, expires: or sometimes:", 4, 3 },
		{ "no head", "allow a\n  reason: b\n", "expected implementation: and version:", 2, 1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct xfail *xfail = NULL;
		print_message("%s\n", rows[i].name);
		assert_int_equal(parse(rows[i].text, &xfail), STATUS_BAD_INPUT);
		if (!strstr(failure.text, rows[i].said)) fail_msg("%s: found %s", rows[i].name, failure.text);
		assert_int_equal(failure.line, rows[i].line);
		assert_int_equal(failure.col, rows[i].col);
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	struct xfail *xfail;
	for (unsigned long n = 1; n < 100; n++) {
		arena_fail_at(n);
		enum status status = parse(GOOD, &xfail);
		arena_fail_at(0);
		if (status == STATUS_OK) {
			assert_true(n > 8);
			return;
		}
		assert_int_equal(status, STATUS_NO_MEMORY);
	}
	fail_msg("never succeeds");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entry_excuses_by_rule_signature_and_scenario, setup, teardown),
		cmocka_unit_test_setup_teardown(matches_count_scenarios_not_findings, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_that_matches_nothing_is_stale_only_when_its_scenario_ran, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_is_stale_when_one_of_its_scenarios_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_forgotten_is_as_new, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_of_a_race_may_match_nothing_but_expires, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_is_stale_the_day_after_it_expires, setup, teardown),
		cmocka_unit_test_setup_teardown(entry_that_excuses_more_than_twenty_scenarios_is_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(file_is_for_one_implementation_and_version, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_files_are_told_with_line_and_column, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("xfail", tests, NULL, NULL);
}
