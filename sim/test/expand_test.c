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

#include <stdlib.h>
#include <string.h>

#define HEAD "id: 0001-x\ntitle: t\ndialect: do\n---\n"
#define ROUNDS 300u

static struct expansion expand(struct arena *arena, const char *text)
{
	struct expansion expansion;
	struct scenario_failures failures;
	if (expand_scenario(arena, "0001-x.scn", text, strlen(text), &expansion, &failures)) fail_msg("%s", failures.list[0].text);
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
	};
	return cmocka_run_group_tests(tests, arena_state_setup, arena_state_teardown);
}
