/* mutant_test.c -- every mutant is a machine that differs from the reference, and names rules that exist. */
#include "conformance/mutant_kill.h"
#include "conformance/mutants_verb.h"
#include "conformance/rules.h"

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
	return arena_init(&arena, 64u << 20);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static bool differs(const struct machine *a, const struct machine *b)
{
	if (a->variants != b->variants || a->answers_count != b->answers_count || a->moves_count != b->moves_count) return true;
	if (a->defects != b->defects || memcmp(&a->limits, &b->limits, sizeof a->limits)) return true;
	if (memcmp(a->moves, b->moves, a->moves_count * sizeof *a->moves)) return true;
	return memcmp(a->faults, b->faults, CAUSE_COUNT * sizeof *a->faults) != 0;
}

static void every_mutant_differs_from_the_reference(void **state)
{
	unsigned count;
	const struct mutant *mutants = mutants_all(&count);
	(void)state;
	assert_true(count >= 4);
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++) {
			if (!mutants[i].dialects[d]) continue;
			const struct machine *machine = mutant_machine(&arena, &mutants[i], (enum dialect)d);
			assert_non_null(machine);
			if (!differs(machine, machine_reference((enum dialect)d))) fail_msg("%s does not differ in %s", mutants[i].id, machine_dialect_name((enum dialect)d));
		}
}

static void the_reference_is_not_touched_by_a_mutant(void **state)
{
	(void)state;
	const struct machine *reference = machine_reference(DIALECT_BITS);
	struct machine before = *reference;
	assert_non_null(mutant_machine(&arena, mutant_find("call_failure_makes_error"), DIALECT_BITS));
	assert_int_equal(reference->defects, 0);
	assert_ptr_equal(before.moves, reference->moves);
}

static void every_mutant_names_rules_that_are_judged(void **state)
{
	unsigned count, rules_count;
	const struct mutant *mutants = mutants_all(&count);
	const struct rule *rules = rules_all(&rules_count);
	(void)state;
	for (unsigned i = 0; i < count; i++)
		for (const char *at = mutants[i].rules; *at;) {
			size_t length = strcspn(at, " ");
			int rule = rules_find(at, length);
			if (rule < 0 || rules[rule].kind != RULE_KIND_JUDGED) fail_msg("%s names %.*s", mutants[i].id, (int)length, at);
			at += length + strspn(at + length, " ");
		}
}

static void ids_are_unique(void **state)
{
	unsigned count;
	const struct mutant *mutants = mutants_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) assert_ptr_equal(mutant_find(mutants[i].id), &mutants[i]);
	assert_null(mutant_find("nosuch"));
}

static bool is_named(const char *id)
{
	unsigned count;
	const struct mutant *mutants = mutants_all(&count);
	size_t length = strlen(id);
	for (unsigned i = 0; i < count; i++)
		for (const char *at = mutants[i].rules; (at = strstr(at, id)); at += length)
			if ((at == mutants[i].rules || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return true;
	return false;
}

/* That a mutant shows the rules that it names is for mutants_test.sh. */
static void every_must_and_should_rule_has_a_mutant_or_a_reason(void **state)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		if (rules[i].kind != RULE_KIND_JUDGED || rules[i].level > LEVEL_SHOULD) continue;
		if (!is_named(rules[i].id) && !mutants_none(rules[i].id)) fail_msg("%s has neither", rules[i].id);
		if (is_named(rules[i].id) && mutants_none(rules[i].id)) fail_msg("%s has both", rules[i].id);
	}
}

static void every_edit_of_a_row_differs_and_is_found_by_its_id(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		unsigned count;
		arena_reset(&arena);
		const struct mutant_row *all = mutant_row_all(&arena, (enum dialect)d, &count);
		assert_non_null(all);
		char *mark = arena.at;
		for (unsigned i = 0; i < count; i++) {
			struct mutant_row found;
			arena.at = mark;
			if (!mutant_row_find(all[i].id, &found)) fail_msg("%s is not found", all[i].id);
			if (!differs(mutant_machine(&arena, &found.mutant, (enum dialect)d), machine_reference((enum dialect)d))) fail_msg("%s does not differ", found.id);
		}
	}
}

/* The check can fail: a mutant without a defect is killed by nothing. */
static void a_harmless_mutant_survives(void **state)
{
	static const struct mutant harmless = { .id = "harmless", .rules = "ERR-LIFE-001", .dialects = { true, true }, .sentence = "nothing is wrong" };
	char word[] = "000*", *words[] = { word };
	const struct run_options options = { .unit = { .seed = 1 }, .dialects = { true, true }, .jobs = 1 };
	const struct kill_task task = { &harmless, NULL, DIALECT_BITS };
	struct kill_result result = { 0 };
	struct selection selection;
	struct kill_field field;
	struct arena own;
	(void)state;
	assert_int_equal(arena_init(&own, KILL_ARENA_BYTES), 0);
	arena_reset(&arena);
	assert_int_equal(select_scenarios(&arena, "fixtures/scenario", words, 1, &selection, stderr), 0);
	assert_int_equal(kill_field_make(&arena, &selection, &options, false, &field), STATUS_OK);
	assert_int_equal(field.false_alarms, 0);
	kill_try(&own, &field, &task, NULL, &result);
	assert_int_equal(result.status, KILL_SURVIVED);
	assert_int_equal(result.ran, field.counts[DIALECT_BITS]);
	arena_done(&own);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_mutant_differs_from_the_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(the_reference_is_not_touched_by_a_mutant, setup, teardown),
		cmocka_unit_test(every_mutant_names_rules_that_are_judged),
		cmocka_unit_test(ids_are_unique),
		cmocka_unit_test(every_must_and_should_rule_has_a_mutant_or_a_reason),
		cmocka_unit_test_setup_teardown(every_edit_of_a_row_differs_and_is_found_by_its_id, setup, teardown),
		cmocka_unit_test_setup_teardown(a_harmless_mutant_survives, setup, teardown),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mutant", tests, NULL, NULL);
}
