/* fault_word_test.c -- every word that makes something go wrong: documented, with a cause, and with scenarios in which a job recovers
 * and does not. Runs in the project's root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/select.h"
#include "conformance/show.h"
#include "sim/fault_word.h"
#include "sim/play.h"
#include "sim/world.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128u
#define JOBS_MAX 16u

/* How jobs ended in the scenarios that hold a word. */
struct shown {
	unsigned fixtures, well, badly;
};

static struct shown shown[WORDS_MAX];

static bool ends_well(enum state state)
{
	return state == STATE_TRANSFERRED || state == STATE_ACKNOWLEDGED;
}

/* The best and the worst end among the jobs of a trace. */
static void look_at_ends(const struct trace *trace, bool *well, bool *badly)
{
	struct { char job[TRACE_WORD_MAX]; enum state last; } jobs[JOBS_MAX];
	unsigned count = 0, i;
	for (unsigned n = 0; n < trace->count; n++) {
		const struct trace_line *line = trace->lines[n];
		if (line->actor != ACTOR_IMPL || line->to == STATE_NONE) continue;
		for (i = 0; i < count && strcmp(jobs[i].job, line->object); i++) continue;
		if (i == JOBS_MAX) continue;
		if (i == count) snprintf(jobs[count++].job, sizeof jobs[0].job, "%s", line->object);
		jobs[i].last = line->to;
	}
	for (i = 0; i < count; i++) {
		*well |= ends_well(jobs[i].last);
		*badly |= !ends_well(jobs[i].last);
	}
}

static void play(struct arena *arena, const struct scenario *scenario, enum dialect dialect, bool *well, bool *badly)
{
	const struct play_options options = { .dialect = dialect, .seed = 1 };
	struct play play = { 0 };
	struct failure failure = { 0 };
	struct target *target = world_new(arena, machine_reference(dialect), 1);
	assert_non_null(target);
	assert_int_equal(play_scenario(arena, scenario, target, &options, &play, &failure), STATUS_OK);
	look_at_ends(&play.trace, well, badly);
}

static void see(struct arena *arena, const struct scenario *scenario)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	bool well = false, badly = false;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		arena_reset(arena);
		if (scenario->dialects[d]) play(arena, scenario, (enum dialect)d, &well, &badly);
	}
	for (unsigned i = 0; i < count; i++) {
		bool holds = false;
		for (unsigned n = 0; n < scenario->steps_count; n++) holds |= fault_word_is_in(&words[i], &scenario->steps[n]);
		shown[i].fixtures += holds;
		shown[i].well += holds && well;
		shown[i].badly += holds && badly;
	}
}

static int setup(void **state)
{
	struct arena library, own;
	struct selection selection;
	unsigned count;
	(void)state;
	fault_words(&count);
	if (count > WORDS_MAX || arena_init(&library, 256u << 20) || arena_init(&own, 64u << 20)) return -1;
	if (select_scenarios(&library, "fixtures/scenario", NULL, 0, &selection, stderr)) return -1;
	for (unsigned i = 0; i < selection.count; i++) see(&own, selection.scenarios[i]);
	arena_done(&library);
	arena_done(&own);
	return 0;
}

static void each_word_has_two_scenarios(void **state)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++)
		if (shown[i].fixtures < 2) fail_msg("%s: expected two scenarios, found %u", words[i].word, shown[i].fixtures);
}

static void each_word_is_survived_and_is_not(void **state)
{
	unsigned count, lacking = 0;
	const struct fault_word *words = fault_words(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		bool well = shown[i].well || !strncmp(words[i].only, "fails", 5), badly = shown[i].badly || !strncmp(words[i].only, "recovers", 8);
		if (!well || !badly) print_error("%s: expected a scenario in which the job %s\n", words[i].word, well ? "does not recover" : "recovers");
		lacking += !well || !badly;
	}
	assert_int_equal(lacking, 0);
}

static void each_cause_has_a_word_or_a_reason(void **state)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	(void)state;
	for (int cause = 0; cause < CAUSE_COUNT; cause++) {
		const char *name = machine_reference(DIALECT_BITS)->faults[cause].word;
		bool found = false;
		for (unsigned i = 0; i < count; i++)
			for (const char *at = words[i].causes; *at; at += strcspn(at, " "), at += strspn(at, " "))
				found |= machine_cause_find(at, strcspn(at, " ")) == cause;
		if (found == (show_fault_unworded((enum cause)cause) != NULL)) fail_msg("%s: expected either a word or how else it comes about", name);
	}
}

static void each_row_names_causes_that_exist(void **state)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		for (const char *at = words[i].causes; *at; at += strcspn(at, " "), at += strspn(at, " "))
			if (machine_cause_find(at, strcspn(at, " ")) < 0) fail_msg("%s: no cause %s", words[i].word, at);
		for (unsigned j = 0; j < i; j++) assert_string_not_equal(words[i].word, words[j].word);
	}
}

/* What chance writes parses, and holds the word. */
static void each_word_can_be_drawn(void **state)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, 8u << 20), 0);
	for (unsigned i = 0; i < count; i++) {
		char line[200] = "", text[400];
		struct scenario *scenario;
		struct scenario_failures failures = { 0 };
		for (const char *at = words[i].draw; *at; at++) {
			if (*at != '%') strncat(line, at, 1);
			else strcat(line, *++at == 'p' ? "16k" : *at == 'n' ? "3" : *at == '%' ? "%" : "20s");
		}
		arena_reset(&arena);
		int length = snprintf(text, sizeof text, "id: 0001-test\ntitle: a test\ndialect: bits\n---\nhost mirror ok\n%s %s%s%s\n", step_kind_name(words[i].kind),
			words[i].kind == STEP_SERVE ? "/f1 size=64k " : words[i].kind == STEP_HOST ? "mirror " : "", line, "");
		if (scenario_parse(&arena, "0001-test.scn", text, (size_t)length, &scenario, &failures)) fail_msg("%s: %s", text, failures.list[0].text);
		if (!fault_word_is_in(&words[i], &scenario->steps[1])) fail_msg("%s does not hold %s", text, words[i].word);
	}
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_word_has_two_scenarios),
		cmocka_unit_test(each_word_is_survived_and_is_not),
		cmocka_unit_test(each_cause_has_a_word_or_a_reason),
		cmocka_unit_test(each_row_names_causes_that_exist),
		cmocka_unit_test(each_word_can_be_drawn),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
