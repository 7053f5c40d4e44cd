/* mutant_open.c -- mutants that break no rule: by mutant_open.def, by a reading, by the reference's world. */
#include "conformance/mutant_open.h"

#include "conformance/choice.h"
#include "sim/witness.h"

#include <stdio.h>
#include <string.h>

static const struct { uint32_t effect; const char *requirement, *why; } OPEN[] = {
#define OPEN(effect, requirement, why) { EFFECT_BIT(EFFECT_##effect), requirement, why },
#include "conformance/mutant_open.def"
};
#define OPEN_COUNT (sizeof OPEN / sizeof OPEN[0])

static uint32_t all_open(void)
{
	uint32_t open = 0;
	for (size_t i = 0; i < OPEN_COUNT; i++) open |= OPEN[i].effect;
	return open;
}

static bool is_equal(const struct explore_equal *equal, struct arena *arena, const struct explore_other *other)
{
	char ignored[EXPLORE_EQUAL_TEXT];
	const struct arena before = *arena;   /* a walk needs much room, and for a moment */
	bool is = explore_equal_check(equal, arena, other, ignored) == EXPLORE_EQUAL;
	*arena = before;
	return is;
}

/* Each alone first, so that what is told is what is needed. */
static bool is_left_open(const struct explore_equal *equal, struct arena *arena, struct explore_other other, char text[EXPLORE_EQUAL_TEXT])
{
	for (size_t i = 0; i <= OPEN_COUNT; i++) {
		other.open = i < OPEN_COUNT ? OPEN[i].effect : all_open();
		if (!is_equal(equal, arena, &other)) continue;
		if (i < OPEN_COUNT) snprintf(text, EXPLORE_EQUAL_TEXT, "%s: %s", OPEN[i].requirement, OPEN[i].why);
		else snprintf(text, EXPLORE_EQUAL_TEXT, "all of mutant_open.def together");
		return true;
	}
	return false;
}

/* The explorer compares from the row on: a reading that moves other cells, too, would differ elsewhere without being asked. */
static bool is_of_cell(const struct machine *reading, const struct machine *reference, unsigned row)
{
	unsigned count;
	const struct move *at = &reference->moves[row];
	unsigned first = (unsigned)(machine_cell(reference, at->from, at->event, &count) - reference->moves);
	bool here = false;
	for (unsigned i = 0; i < reference->moves_count; i++) {
		bool same = !memcmp(&reading->moves[i], &reference->moves[i], sizeof reading->moves[i]);
		if (!same && (i < first || i >= first + count)) return false;
		here |= !same;
	}
	return here;
}

static bool is_reading(const struct explore_equal *equal, struct arena *arena, struct explore_other other, enum dialect dialect,
	char text[EXPLORE_EQUAL_TEXT])
{
	unsigned count;
	const struct choice *choices = choices_all(&count);
	const struct machine *reference = machine_reference(dialect);
	other.open = all_open();
	for (unsigned i = 0; i < count; i++) {
		const struct arena before = *arena;
		if (!choices[i].dialects[dialect] || choices[i].refused) continue;
		other.like = mutant_edit(arena, reference, choices[i].edits, CHOICE_EDITS_MAX);
		bool is = other.like && is_of_cell(other.like, reference, other.row) && is_equal(equal, arena, &other);
		*arena = before;
		if (!is) continue;
		snprintf(text, EXPLORE_EQUAL_TEXT, "%s=%s", choices[i].id, choices[i].choice);
		return true;
	}
	return false;
}

static bool is_not_brought(const struct mutant_row *edit, char text[EXPLORE_EQUAL_TEXT])
{
	int excuse = witness_excuse(machine_reference(edit->dialect), edit->row, -1);
	if (excuse < 0) return false;
	snprintf(text, EXPLORE_EQUAL_TEXT, "%s", witness_reason(excuse));
	return true;
}

enum mutant_openness mutant_open(const struct explore_equal *equal, struct arena *arena, const struct machine *machine,
	const struct mutant_row *edit, char text[EXPLORE_EQUAL_TEXT])
{
	const struct explore_other other = { .machine = machine, .row = edit->row, .whole_cell = edit->whole_cell };
	if (is_left_open(equal, arena, other, text)) return MUTANT_LEFT_OPEN;
	if (is_reading(equal, arena, other, edit->dialect, text)) return MUTANT_READING;
	return is_not_brought(edit, text) ? MUTANT_NOT_BROUGHT : MUTANT_BOUND;
}
