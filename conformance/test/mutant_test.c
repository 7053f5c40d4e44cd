/* mutant_test.c -- every mutant is a machine that differs from the reference, and names rules that exist. */
#include "conformance/mutant.h"
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_mutant_differs_from_the_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(the_reference_is_not_touched_by_a_mutant, setup, teardown),
		cmocka_unit_test(every_mutant_names_rules_that_are_judged),
		cmocka_unit_test(ids_are_unique),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mutant", tests, NULL, NULL);
}
