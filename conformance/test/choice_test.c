/* choice_test.c -- readings: what a command line may say of them, and the machines that they make. */
#include "conformance/choice.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define ANY (-1)

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

static const struct reading *reading_of(const char *id, unsigned *index)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	for (*index = 0; *index < count; ++*index)
		if (!strcmp(all[*index].id, id)) return &all[*index];
	return NULL;
}

static bool has_choice(const struct reading *reading, const char *choice)
{
	size_t length = strlen(choice);
	for (const char *at = reading->choices; (at = strstr(at, choice)) != NULL; at++)
		if ((at == reading->choices || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return true;
	return false;
}

static void every_row_is_a_choice_that_the_reference_does_not_take(void **state)
{
	unsigned count, index;
	const struct choice *rows = choices_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		const struct reading *reading = reading_of(rows[i].id, &index);
		if (!reading || !has_choice(reading, rows[i].choice)) fail_msg("%s has no choice %s", rows[i].id, rows[i].choice);
		for (int d = 0; d < DIALECT_COUNT; d++) {
			if (!rows[i].dialects[d]) continue;
			if (!reading->takes[d][0] || !strcmp(reading->takes[d], rows[i].choice)) fail_msg("%s %s is no other choice", rows[i].id, rows[i].choice);
		}
	}
}

static bool is_in_table(const char *id, const char *choice, size_t length, enum dialect dialect)
{
	unsigned count;
	const struct choice *rows = choices_all(&count);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(rows[i].id, id) && strlen(rows[i].choice) == length && !memcmp(rows[i].choice, choice, length) && rows[i].dialects[dialect]) return true;
	return false;
}

static void every_other_choice_has_a_row(void **state)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++)
			for (const char *at = all[i].choices; *at && all[i].takes[d][0];) {
				size_t length = strcspn(at, " ");
				bool own = strlen(all[i].takes[d]) == length && !memcmp(all[i].takes[d], at, length);
				if (!own && !is_in_table(all[i].id, at, length, (enum dialect)d))
					fail_msg("%s=%.*s stands nowhere in %s", all[i].id, (int)length, at, machine_dialect_name((enum dialect)d));
				at += length + (at[length] == ' ');
			}
}

static void every_reading_is_shown_or_says_why_not(void **state)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		const char *why, *scenario = choices_shown(all[i].id, &why);
		if (!scenario && !*why) fail_msg("%s is neither shown nor excused", all[i].id);
	}
}

static bool differs(const struct machine *a, const struct machine *b)
{
	if (a->variants != b->variants || memcmp(&a->limits, &b->limits, sizeof a->limits)) return true;
	if (memcmp(a->moves, b->moves, a->moves_count * sizeof *a->moves)) return true;
	return memcmp(a->faults, b->faults, CAUSE_COUNT * sizeof *a->faults) != 0;
}

/* An edit that meets no row, or leaves the row as it was, was written for another table. */
static void every_edit_changes_something(void **state)
{
	unsigned count;
	const struct choice *rows = choices_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++)
		for (unsigned e = 0; e < CHOICE_EDITS_MAX && rows[i].edits[e].kind != EDIT_NONE; e++) {
			bool changes = false;
			for (int d = 0; d < DIALECT_COUNT; d++) {
				if (!rows[i].dialects[d]) continue;
				const struct machine *machine = mutant_edit(&arena, machine_reference((enum dialect)d), rows[i].edits, e);
				const struct machine *more = machine ? mutant_edit(&arena, machine, &rows[i].edits[e], 1) : NULL;
				assert_non_null(more);
				changes |= differs(more, machine);
			}
			if (!changes) fail_msg("edit %u of %s=%s changes nothing", e + 1, rows[i].id, rows[i].choice);
		}
}

static void nothing_chosen_is_the_reference(void **state)
{
	const struct choices choices = { 0 };
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) assert_ptr_equal(choices_machine(&arena, &choices, (enum dialect)d), machine_reference((enum dialect)d));
}

static void choices_add_up_and_leave_the_reference_alone(void **state)
{
	struct choices choices = { 0 };
	struct failure failure = { 0 };
	(void)state;
	assert_int_equal(choices_parse(&choices, "C-29=60s", ANY, &failure), STATUS_OK);
	assert_int_equal(choices_parse(&choices, "C-28=none", ANY, &failure), STATUS_OK);
	const struct machine *bits = choices_machine(&arena, &choices, DIALECT_BITS), *do_ = choices_machine(&arena, &choices, DIALECT_DO);
	assert_true(bits && do_);
	assert_int_equal(bits->limits.retry_delay_ns_min, INT64_C(60000000000));
	assert_int_equal(machine_reference(DIALECT_BITS)->limits.retry_delay_ns_min, INT64_C(5000000000));
	assert_true(machine_varies(bits, VARIANT_flags_none) && machine_varies(do_, VARIANT_flags_none));
	assert_false(machine_varies(machine_reference(DIALECT_BITS), VARIANT_flags_none));
}

/* The other choice of one dialect may be the own one of the other. */
static void a_choice_is_taken_where_it_is_another(void **state)
{
	struct choices choices = { 0 };
	struct failure failure = { 0 };
	unsigned index;
	(void)state;
	assert_non_null(reading_of("C-04", &index));
	assert_int_equal(choices_parse(&choices, "C-04=no-progress", ANY, &failure), STATUS_OK);
	assert_null(choices_other(&choices, index, DIALECT_DO));
	assert_string_equal(choices_other(&choices, index, DIALECT_BITS), "no-progress");
}

static void the_last_choice_of_a_reading_counts(void **state)
{
	struct choices choices = { 0 };
	struct failure failure = { 0 };
	(void)state;
	assert_int_equal(choices_parse(&choices, "C-02=gone-at-resume", ANY, &failure), STATUS_OK);
	assert_int_equal(choices_parse(&choices, "C-02=until-data", ANY, &failure), STATUS_OK);
	assert_ptr_equal(choices_machine(&arena, &choices, DIALECT_BITS), machine_reference(DIALECT_BITS));
}

#define NO_ID "expected ID=CHOICE with an ID from C-01 to C-73 of `bgcheck show readings`, found "
#define NO_CHOICE "expected C-02=until-data or C-02=gone-at-resume, found "

static const struct { const char *name, *text; int dialect; const char *wanted; } BAD[] = {
	{ "no equals sign", "C-02", ANY, NO_CHOICE "C-02" },
	{ "unknown id", "C-99=x", ANY, NO_ID "C-99=x" },
	{ "part of an id", "C-0=x", ANY, NO_ID "C-0=x" },
	{ "nothing", "", ANY, NO_ID "" },
	{ "unknown choice", "C-02=maybe", ANY, NO_CHOICE "C-02=maybe" },
	{ "part of a choice", "C-02=gone", ANY, NO_CHOICE "C-02=gone" },
	{ "empty choice", "C-02=", ANY, NO_CHOICE "C-02=" },
	{ "a question of the other dialect", "C-11=remote-file", DIALECT_DO, "expected a reading that do has, found C-11" },
	{ "a choice of the other dialect", "C-61=live", DIALECT_BITS, "expected C-61=snapshot, found C-61=live: the page of bits calls it a snapshot (ENUM-010)" },
	{ "a choice that cannot be taken", "C-24=parallel", ANY, "expected C-24=serial, found C-24=parallel: the reference has one transfer a job; the judge shows it of others" },
};

static void what_may_not_be_said_is_told_with_what_may(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		struct choices choices = { 0 };
		struct failure failure = { 0 };
		if (choices_parse(&choices, BAD[i].text, BAD[i].dialect, &failure) != STATUS_BAD_INPUT) fail_msg("%s is accepted", BAD[i].name);
		if (strcmp(failure.text, BAD[i].wanted)) fail_msg("%s: expected `%s`, found `%s`", BAD[i].name, BAD[i].wanted, failure.text);
		for (unsigned r = 0; r < CHOICE_READINGS_MAX; r++) assert_null(choices.taken[r]);
	}
}

static void an_arena_that_is_used_up_is_told(void **state)
{
	struct choices choices = { 0 };
	struct failure failure = { 0 };
	(void)state;
	assert_int_equal(choices_parse(&choices, "C-29=60s", ANY, &failure), STATUS_OK);
	for (unsigned long n = 1; n <= 3; n++) {
		arena_fail_at(n);
		assert_null(choices_machine(&arena, &choices, DIALECT_BITS));
		arena_fail_at(0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_a_choice_that_the_reference_does_not_take),
		cmocka_unit_test(every_other_choice_has_a_row),
		cmocka_unit_test(every_reading_is_shown_or_says_why_not),
		cmocka_unit_test(every_edit_changes_something),
		cmocka_unit_test(nothing_chosen_is_the_reference),
		cmocka_unit_test(choices_add_up_and_leave_the_reference_alone),
		cmocka_unit_test(a_choice_is_taken_where_it_is_another),
		cmocka_unit_test(the_last_choice_of_a_reading_counts),
		cmocka_unit_test(what_may_not_be_said_is_told_with_what_may),
		cmocka_unit_test(an_arena_that_is_used_up_is_told),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, setup, teardown);
}
