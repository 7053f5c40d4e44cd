/* draw_test.c -- scenarios by chance: always the same, played by the reference to the end, with all words and calls among them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ARENA_STATE_BYTES (96u << 20)
#include "sim/test/arena_state.h"
#include "sim/draw.h"
#include "sim/fault_word.h"
#include "sim/play.h"
#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 1500u
#define WORDS_MAX 128u

static const char *draw(struct arena *arena, uint64_t seed, bool swarm, struct scenario **scenario, enum dialect *dialect)
{
	const struct draw_options options = { .seed = seed, .steps = 16, .faults = 4, .swarm = swarm, .dialects = { true, true } };
	struct scenario_failures failures = { 0 };
	char file[40];
	size_t length;
	const char *text = draw_scenario(arena, &options, dialect, &length);
	assert_non_null(text);
	assert_int_equal(draw_dialect(&options), *dialect);
	snprintf(file, sizeof file, "draw-%llu.scn", (unsigned long long)seed);
	if (scenario_parse(arena, file, text, length, scenario, &failures)) fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, failures.list[0].text, text);
	return text;
}

static void each_is_played_to_its_end(void **state)
{
	struct arena *arena = *state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct scenario *scenario;
		enum dialect dialect;
		struct play play = { 0 };
		struct failure failure = { 0 };
		arena_reset(arena);
		const char *text = draw(arena, seed, seed % 2, &scenario, &dialect);
		const struct play_options how = { .dialect = dialect, .seed = 1 };
		assert_int_equal(play_scenario(arena, scenario, world_new(arena, machine_reference(dialect), 1), &how, &play, &failure), STATUS_OK);
		if (play.end != PLAY_DONE) fail_msg("seed %llu ends at line %u:\n%s", (unsigned long long)seed, play.line, text);
		for (unsigned i = 0; i < play.checks_count; i++) assert_true(play.checks[i].passed);
	}
}

static void the_same_seed_draws_the_same(void **state)
{
	struct scenario *scenario;
	enum dialect dialect;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		arena_reset(*state);
		const char *first = draw(*state, seed, true, &scenario, &dialect), *second = draw(*state, seed, true, &scenario, &dialect);
		assert_string_equal(first, second);
	}
}

/* Every word of fault_word.def is drawn; a number of seeds that never shows one would never find what it breaks. */
static void every_word_is_drawn(void **state)
{
	unsigned count, drawn[WORDS_MAX] = { 0 };
	const struct fault_word *words = fault_words(&count);
	assert_true(count <= WORDS_MAX);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct scenario *scenario;
		enum dialect dialect;
		arena_reset(*state);
		draw(*state, seed, false, &scenario, &dialect);
		for (unsigned w = 0; w < count; w++)
			for (unsigned i = 0; i < scenario->steps_count; i++) drawn[w] += fault_word_is_in(&words[w], &scenario->steps[i]);
	}
	for (unsigned w = 0; w < count; w++)
		if (!drawn[w]) fail_msg("%s is never drawn", words[w].word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_played_to_its_end),
		cmocka_unit_test(the_same_seed_draws_the_same),
		cmocka_unit_test(every_word_is_drawn),
	};
	return cmocka_run_group_tests(tests, arena_state_setup, arena_state_teardown);
}
