/* shrink_text_test.c -- steps as lines, words that go, numbers that become simpler; and sets of seeds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ARENA_STATE_BYTES (1u << 20)
#include "sim/test/arena_state.h"
#include "conformance/campaign_file.h"
#include "conformance/shrink_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void steps_are_lines_without_comments(void **state)
{
	static const char text[] = "id: 0001-x\ntitle: a # in a title\nprobe: off\n---\n\n# alone\n  do job.create as=j1 name=\"a # b\" -> S_OK  # behind\n\tadvance 1s\n====\n0.0 x\n";
	struct shrink_lines steps;
	assert_true(shrink_text_split(*state, text, sizeof text - 1, &steps));
	assert_int_equal(steps.count, 2);
	assert_true(steps.no_probe);
	assert_string_equal(steps.lines[0], "do job.create as=j1 name=\"a # b\" -> S_OK");
	assert_string_equal(steps.lines[1], "advance 1s");
}

static void words_go_one_by_one(void **state)
{
	const char *line = "serve  /f1 size=64k etag=\"a b\" times=1";
	assert_string_equal(shrink_text_without(*state, line, 0), "serve   size=64k etag=\"a b\" times=1");
	assert_string_equal(shrink_text_without(*state, line, 2), "serve  /f1 size=64k  times=1");
	assert_string_equal(shrink_text_without(*state, line, 3), "serve  /f1 size=64k etag=\"a b\" ");
	assert_null(shrink_text_without(*state, line, 4));
}

static void numbers_go_towards_nothing(void **state)
{
	static const struct { const char *line; unsigned number, way; const char *simpler; } rows[] = {
		{ "advance 14d", 0, 0, "advance 0" }, { "advance 14d", 0, 1, "advance 1d" }, { "advance 14d", 0, 2, "advance 7d" },
		{ "advance 14d", 0, 3, "advance 13d" }, { "advance 1d", 0, 4, "advance 12h" }, { "advance 1d", 0, 1, "advance 1d" },
		{ "serve  /f1 size=64k fault=reset@16k", 0, 2, "serve  /f1 size=32k fault=reset@16k" },
		{ "serve  /f1 size=64k fault=reset@16k", 1, 0, "serve  /f1 size=64k fault=reset@0" },
		{ "serve  /f1 length=lie-100", 0, 1, "serve  /f1 length=lie-1" },
		{ "do job.add_file_with_ranges j1 ranges=0-99,16384-eof", 1, 0, "do job.add_file_with_ranges j1 ranges=0-0,16384-eof" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(shrink_text_simpler(*state, rows[i].line, rows[i].number, rows[i].way), rows[i].simpler);
	assert_null(shrink_text_simpler(*state, "advance 14d", 0, 5));
	assert_null(shrink_text_simpler(*state, "advance 14d", 1, 0));
}

/* What is expected, and names with digits in them, are no numbers. */
static void what_is_expected_stays(void **state)
{
	static const char *const lines[] = { "within 1m state j1 = ERROR", "expect requests /f1 = 3", "end leaks = 0", "do job.error_count j1 -> S_OK { count != 5 }",
		"net down", "serve  /f1 redirect=/f22" };
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) assert_null(shrink_text_simpler(*state, lines[i], 0, 0));
}

static void seeds_are_ranges_in_order(void **state)
{
	static const struct { const char *text; uint64_t from, to; const char *after; } rows[] = {
		{ "5", 7, 9, "5,7-9" }, { "5,7-9", 6, 6, "5-9" }, { "1-3,10-12", 2, 11, "1-12" }, { "10-12", 1, 1, "1,10-12" }, { "1-3", 2, 3, "1-3" },
		{ "3-5", 1, 2, "1-5" }, { "0", 18446744073709551615u, 18446744073709551615u, "0,18446744073709551615" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct seeds seeds = { 0 };
		char text[100] = "";
		FILE *file = fmemopen(text, sizeof text, "w");
		assert_true(seeds_parse(&seeds, rows[i].text) && seeds_add(&seeds, rows[i].from, rows[i].to));
		seeds_print(&seeds, file);
		fclose(file);
		assert_string_equal(text, rows[i].after);
		free(seeds.ranges);
	}
}

static void what_is_no_set_is_refused(void **state)
{
	static const char *const texts[] = { "", "x", "3-", "-3", "5-3", "1,,2", "1, 2", "18446744073709551616", "1-2-3" };
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct seeds seeds = { 0 };
		if (seeds_parse(&seeds, texts[i])) fail_msg("`%s` is taken for a set", texts[i]);
		free(seeds.ranges);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_lines_without_comments),
		cmocka_unit_test(words_go_one_by_one),
		cmocka_unit_test(numbers_go_towards_nothing),
		cmocka_unit_test(what_is_expected_stays),
		cmocka_unit_test(seeds_are_ranges_in_order),
		cmocka_unit_test(what_is_no_set_is_refused),
	};
	return cmocka_run_group_tests(tests, arena_state_setup, arena_state_teardown);
}
