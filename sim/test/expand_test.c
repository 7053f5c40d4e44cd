/* expand_test.c -- values stand where their names did, rows have ids of their own, and every two values meet. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ARENA_STATE_BYTES (48u << 20)
#include "sim/test/arena_state.h"
#include "sim/expand.h"
#include "sim/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "id: 0001-x\ntitle: t\ndialect: do\n---\n"
#define ROUNDS 300u

/* Files that others use. */
static char *read_part(struct arena *arena, const char *path, size_t *length)
{
	static const struct { const char *path, *text; } files[] = {
		{ "part/a.part", "advance 1s\n# no step\nuse b.part\n" }, { "part/b.part", "let n = 2s\nadvance $n" }, { "part/loop.part", "use loop.part\n" },
		{ "part/bad.part", "advance 1s\nadvance 2\n" }, { "part/whole.part", "id: 0002-x\n---\nadvance 1s\n" },
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (strcmp(files[i].path, path)) continue;
		*length = strlen(files[i].text);
		return arena_text(arena, files[i].text, *length);
	}
	return NULL;
}

static struct expansion expand(struct arena *arena, const char *text)
{
	struct expansion expansion;
	struct scenario_failures failures;
	if (expand_scenario(arena, "0001-x.scn", text, strlen(text), read_part, &expansion, &failures)) fail_msg("%s", failures.list[0].text);
	return expansion;
}

static void file_without_such_lines_is_itself(void **state)
{
	static const char text[] = HEAD "advance 1s # let x = 1\ndo job.create as=_ name=\"$S\"\n";
	struct expansion expansion = expand(*state, text);
	assert_int_equal(expansion.count, 1);
	assert_string_equal(expansion.rows[0].text, text);
	assert_string_equal(expansion.rows[0].suffix, "");
	assert_false(expansion.rows[0].is_changed);
}

/* Line by line: what errors and traces say of a line is true of the file. */
static void values_stand_in_the_line_of_their_names(void **state)
{
	struct expansion expansion = expand(*state, HEAD "let n = 5s  # five\nadvance $n\nlet m = 1$n\nadvance $m$n $none $S\n");
	assert_string_equal(expansion.rows[0].text, HEAD "\nadvance 5s\n\nadvance 1$n5s $none $S\n");
	assert_true(expansion.rows[0].is_changed);
}

static void every_combination_is_a_row(void **state)
{
	struct expansion expansion = expand(*state, HEAD "matrix a in {1, 2} b in {x y, \"z\"}\nadvance $a $b\n");
	static const char *const texts[] = { "advance 1 x y\n", "advance 1 \"z\"\n", "advance 2 x y\n", "advance 2 \"z\"\n" };
	static const char *const suffixes[] = { "@a=1,b=x-y", "@a=1,b=-z-", "@a=2,b=x-y", "@a=2,b=-z-" };
	assert_int_equal(expansion.count, 4);
	assert_int_equal(expansion.all, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_string_equal(expansion.rows[i].text + strlen(HEAD) + 1, texts[i]);
		assert_string_equal(expansion.rows[i].suffix, suffixes[i]);
	}
}

static void row_has_an_id_of_its_own(void **state)
{
	struct expansion expansion = expand(*state, HEAD "matrix a in {1s, 2s} : all\nadvance $a\n");
	struct scenario *scenario;
	struct scenario_failures failures;
	assert_int_equal(expand_parse(*state, "0001-x.scn", &expansion.rows[1], &scenario, &failures), STATUS_OK);
	assert_string_equal(scenario->id, "0001-x@a=2s");
	assert_int_equal(scenario->steps[0].line, 6);
	assert_int_equal(scenario->steps[0].duration_ns, INT64_C(2000000000));
	assert_string_equal(scenario->row, HEAD "\nadvance 2s\n");
}

static bool meets(unsigned (*rows)[EXPAND_VARIABLES_MAX], unsigned count, unsigned a, unsigned x, unsigned b, unsigned y)
{
	for (unsigned r = 0; r < count; r++)
		if (rows[r][a] == x && rows[r][b] == y) return true;
	return false;
}

/* In random domains: all pairs, and at most half as many rows again as the two largest domains need alone. */
static void every_two_values_meet_in_few_rows(void **state)
{
	static unsigned rows[EXPAND_ROWS_MAX][EXPAND_VARIABLES_MAX];
	struct rng rng;
	(void)state;
	rng_init(&rng, 1, "pairs");
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned counts[EXPAND_VARIABLES_MAX], variables = (unsigned)rng_below(&rng, 6) + 2, largest = 0, second = 0;
		for (unsigned v = 0; v < variables; v++) {
			counts[v] = (unsigned)rng_below(&rng, 6) + 1;
			if (counts[v] >= largest) second = largest, largest = counts[v];
			else if (counts[v] > second) second = counts[v];
		}
		unsigned count = expand_pairs(counts, variables, rows, EXPAND_ROWS_MAX);
		assert_true(count >= largest * second);
		assert_true(count * 2 <= largest * second * 3 + 8);
		for (unsigned a = 0; a < variables; a++)
			for (unsigned b = a + 1; b < variables; b++)
				for (unsigned pair = 0; pair < counts[a] * counts[b]; pair++)
					assert_true(meets(rows, count, a, pair / counts[b], b, pair % counts[b]));
	}
}

/* As many as the reference has events behind the line, each with its number in the place of `every event`. */
static void every_event_is_a_row(void **state)
{
	struct expansion expansion = expand(*state, HEAD "matrix n in {1s, 2s}\nadvance 1s\ncrash at every event # here\nadvance $n\nadvance 1s\n");
	struct expanded crashes[4];
	struct scenario_failures failures = { 0 };
	assert_int_equal(expansion.count, 2);
	assert_int_equal(expand_crashes(*state, "0001-x.scn", &expansion.rows[1], crashes, 4, &failures), 2);
	assert_string_equal(crashes[0].suffix, "@n=2s,crash=1");
	assert_string_equal(crashes[1].text, HEAD "\nadvance 1s\ncrash at event 2 # here\nadvance 2s\nadvance 1s\n");
	assert_int_equal(expand_crashes(*state, "0001-x.scn", &expansion.rows[0], crashes, 1, &failures), 0);
	assert_int_equal(failures.count, 1);
}

static void row_without_a_crash_stays(void **state)
{
	struct expansion expansion = expand(*state, HEAD "advance 1s\n");
	struct expanded crashes[1];
	struct scenario_failures failures = { 0 };
	assert_int_equal(expand_crashes(*state, "0001-x.scn", &expansion.rows[0], crashes, 1, &failures), 1);
	assert_ptr_equal(crashes[0].text, expansion.rows[0].text);
}

static void too_many_rows_are_none(void **state)
{
	static unsigned rows[EXPAND_ROWS_MAX][EXPAND_VARIABLES_MAX];
	const unsigned counts[] = { 16, 16 };
	(void)state;
	assert_int_equal(expand_pairs(counts, 2, rows, 256), 256);
	assert_int_equal(expand_pairs(counts, 2, rows, 255), 0);
}

/* The plot of a row, without the head. */
static const char *plot(const struct expansion *expansion, unsigned row)
{
	assert_true(row < expansion->count);
	return expansion->rows[row].text + strlen(HEAD);
}

static void lines_of_other_files_stand_in_the_place_of_use(void **state)
{
	struct expansion expansion = expand(*state, HEAD "advance 3s\nuse part/a.part  # both\nadvance $n\n");
	assert_int_equal(expansion.count, 1);
	assert_string_equal(plot(&expansion, 0), "advance 3s\nadvance 1s\n# no step\n\nadvance 2s\nadvance 2s\n");
	assert_true(expansion.rows[0].is_changed);
	assert_string_equal(expansion.rows[0].suffix, "");
	assert_string_equal(expansion.rows[0].lines[5].file, "part/a.part");
	assert_int_equal(expansion.rows[0].lines[5].line, 1);
	assert_string_equal(expansion.rows[0].lines[8].file, "part/b.part");
	assert_int_equal(expansion.rows[0].lines[8].line, 2);
	assert_string_equal(expansion.rows[0].lines[9].file, "0001-x.scn");
	assert_int_equal(expansion.rows[0].lines[9].line, 7);
}

static void repeats_count(void **state)
{
	struct expansion expansion = expand(*state, HEAD "repeat 3 as n\nadvance ${n}s $n $none\nrepeat 2\ndo $n\ndone\ndone\nadvance $n\n");
	assert_int_equal(expansion.count, 1);
	assert_string_equal(plot(&expansion, 0), "advance ${n}s 1 $none\ndo 1\ndo 1\nadvance ${n}s 2 $none\ndo 2\ndo 2\nadvance ${n}s 3 $none\ndo 3\ndo 3\nadvance $n\n");
	assert_int_equal(expansion.rows[0].lines[4].line, 6);
	assert_int_equal(expansion.rows[0].lines[7].line, 6);
}

static void clients_come_in_every_order(void **state)
{
	struct expansion expansion = expand(*state, HEAD "advance 1s\nin parallel\n  do a1\n  do a2 # last\nand\n\n  do b1\ndone\nadvance 2s\n");
	static const char *const suffixes[] = { "@order=aab", "@order=aba", "@order=baa" };
	static const char *const texts[] = { "  do a1\n  do a2 # last\n  do b1\n", "  do a1\n  do b1\n  do a2 # last\n", "  do b1\n  do a1\n  do a2 # last\n" };
	assert_int_equal(expansion.count, 3);
	assert_int_equal(expansion.all, 3);
	for (unsigned i = 0; i < 3; i++) {
		char wanted[200];
		snprintf(wanted, sizeof wanted, "advance 1s\n%sadvance 2s\n", texts[i]);
		assert_string_equal(expansion.rows[i].suffix, suffixes[i]);
		assert_string_equal(plot(&expansion, i), wanted);
	}
	assert_int_equal(expansion.rows[2].lines[5].line, 11);
	assert_int_equal(expansion.rows[2].lines[6].line, 7);
}

/* 4!/(2! 2!) orders; a client's own steps keep theirs. */
static void orders_are_all_and_each_once(void **state)
{
	struct expansion expansion = expand(*state, HEAD "matrix m in {7, 8}\nin parallel\ndo a$m\ndo b\nand\ndo x\ndo y\ndone\n");
	assert_int_equal(expansion.count, 12);
	assert_string_equal(expansion.rows[1].suffix, "@order=aabb,m=8");
	for (unsigned i = 0; i < 12; i++) {
		const char *text = plot(&expansion, i);
		assert_true(strstr(text, "do a") < strstr(text, "do b") && strstr(text, "do x") < strstr(text, "do y"));
		for (unsigned j = 0; j < i; j++) assert_string_not_equal(text, plot(&expansion, j));
	}
}

static void errors_name_the_line_where_it_stands(void **state)
{
	static const struct { const char *plot, *file; unsigned line; const char *text; } rows[] = {
		{ "advance 1s\nuse part/bad.part\n", "part/bad.part", 2, "expected a duration such as 30s, found 2" },
		{ "repeat 2\nadvance 1s\nadvance 3\ndone\n", "0001-x.scn", 7, "expected a duration such as 30s, found 3" },
		{ "use part/none.part\n", "0001-x.scn", 5, "expected a file that can be read, found part/none.part" },
		{ "use part/loop.part\n", "part/loop.part", 1, "expected files that do not use themselves, found part/loop.part again" },
		{ "use part/whole.part\n", "part/whole.part", 2, "expected steps only in a file that is used" },
		{ "repeat 2\nadvance 1s\n", "0001-x.scn", 5, "expected done below repeat" },
		{ "repeat 0\ndone\n", "0001-x.scn", 5, "expected repeat N or repeat N as NAME, with N from 1 to 512" },
		{ "repeat 513\ndone\n", "0001-x.scn", 5, "expected repeat N or repeat N as NAME, with N from 1 to 512" },
		{ "repeat 2 as N\ndone\n", "0001-x.scn", 5, "expected repeat N or repeat N as NAME, with N from 1 to 512" },
		{ "repeat 2 times\ndone\n", "0001-x.scn", 5, "expected repeat N or repeat N as NAME, with N from 1 to 512" },
		{ "advance 1s\ndone\n", "0001-x.scn", 6, "expected repeat or in parallel above this line" },
		{ "and\nadvance 1s\n", "0001-x.scn", 5, "expected repeat or in parallel above this line" },
		{ "in parallel\nadvance 1s\n", "0001-x.scn", 5, "expected done below in parallel" },
		{ "in parallel\nadvance 1s\ndone\n", "0001-x.scn", 7, "expected two clients or more, each with a step" },
		{ "in parallel\nadvance 1s\nand\ndone\n", "0001-x.scn", 8, "expected two clients or more, each with a step" },
		{ "in parallel\nand\nadvance 1s\ndone\n", "0001-x.scn", 6, "expected a step above and" },
		{ "in parallel\nin parallel\ndone\ndone\n", "0001-x.scn", 6, "expected one block in parallel" },
		{ "repeat 9\nin parallel\nadvance 1s\nand\nadvance 1s\ndone\ndone\n", "0001-x.scn", 6, "expected one block in parallel" },
		{ "in parallel\nrepeat 17\nadvance 1s\ndone\nand\nadvance 1s\ndone\n", "0001-x.scn", 7, "expected at most 16 steps in parallel" },
		{ "in parallel\nrepeat 8\nadvance 1s\ndone\nand\nrepeat 8\nadvance 1s\ndone\ndone\n", "0001-x.scn", 5, "expected at most 512 orders" },
		{ "repeat 512\nrepeat 9\nadvance 1s\ndone\ndone\n", "0001-x.scn", 7, "expected at most 4096 lines" },
		{ "repeat 2\nadvance 1s\ndone\n====\n", "0001-x.scn", 1, "expected no golden trace below use, repeat or in parallel" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[600];
		struct scenario *scenario;
		struct scenario_failures failures = { 0 };
		arena_reset(*state);
		snprintf(text, sizeof text, "%s%s", HEAD, rows[i].plot);
		assert_int_not_equal(expand_parse_all(*state, "0001-x.scn", text, strlen(text), read_part, &scenario, &failures), STATUS_OK);
		assert_string_equal(failures.list[0].text, rows[i].text);
		assert_string_equal(failures.list[0].file, rows[i].file);
		assert_int_equal(failures.list[0].line, rows[i].line);
	}
}

static void nothing_can_be_used_without_a_reader(void **state)
{
	static const char text[] = HEAD "use part/a.part\n";
	struct expansion expansion;
	struct scenario_failures failures;
	assert_int_equal(expand_scenario(*state, "0001-x.scn", text, strlen(text), NULL, &expansion, &failures), STATUS_BAD_INPUT);
	assert_string_equal(failures.list[0].text, "expected a file that can be read, found part/a.part");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_without_such_lines_is_itself),
		cmocka_unit_test(values_stand_in_the_line_of_their_names),
		cmocka_unit_test(every_combination_is_a_row),
		cmocka_unit_test(row_has_an_id_of_its_own),
		cmocka_unit_test(every_two_values_meet_in_few_rows),
		cmocka_unit_test(every_event_is_a_row),
		cmocka_unit_test(row_without_a_crash_stays),
		cmocka_unit_test(too_many_rows_are_none),
		cmocka_unit_test(lines_of_other_files_stand_in_the_place_of_use),
		cmocka_unit_test(repeats_count),
		cmocka_unit_test(clients_come_in_every_order),
		cmocka_unit_test(orders_are_all_and_each_once),
		cmocka_unit_test(errors_name_the_line_where_it_stands),
		cmocka_unit_test(nothing_can_be_used_without_a_reader),
	};
	return cmocka_run_group_tests(tests, arena_state_setup, arena_state_teardown);
}
