/* mutant_row.c -- the edits of a row, in order: drop, targets, effects, guards, answers. */
#include "conformance/mutant_row.h"

#include <stdio.h>
#include <string.h>

#define BIT(effect) EFFECT_BIT(EFFECT_##effect)

struct list {
	enum dialect dialect;
	const struct machine *machine;
	const struct move *row;
	struct mutant_row *edits;
	unsigned count;
};

void mutant_row_copy(struct mutant_row *to, const struct mutant_row *from)
{
	*to = *from;
	to->mutant.id = to->id;
}

static void add(struct list *list, enum edit_kind kind, int64_t value, const char *text, const char *word)
{
	struct mutant_row *edit = &list->edits[list->count++];
	*edit = (struct mutant_row){ .dialect = list->dialect, .row = (unsigned)(list->row - list->machine->moves),
		.whole_cell = kind == EDIT_DROP || kind == EDIT_GUARD || kind == EDIT_GUARD_NOT };
	snprintf(edit->id, sizeof edit->id, "gen:%s:%s:%s%s", machine_dialect_name(list->dialect), list->row->id, text, word);
	edit->mutant = (struct mutant){ .id = edit->id, .rules = "", .sentence = "an edit of a row of the table" };
	edit->mutant.dialects[list->dialect] = true;
	edit->mutant.edits[0] = (struct edit){ kind, (int)list->row->event, MUTANT_ANY, value, list->row->id };
}

static bool is_last(const struct list *list)
{
	unsigned count;
	const struct move *cell = machine_cell(list->machine, list->row->from, list->row->event, &count);
	return list->row == cell + count - 1;
}

/* The last row of a cell stays, without effect: one that has none is as good as out already. */
static void add_drop(struct list *list)
{
	bool idle = list->row->to == list->row->from && !(list->row->effects & ~(BIT(REFUSE) | BIT(MUTANT_ONLY)));
	if (!is_last(list) || !idle) add(list, EDIT_DROP, 0, "drop", "");
}

static void add_targets(struct list *list)
{
	for (int state = 0; state < STATE_COUNT; state++)
		if (state != (int)list->row->to) add(list, EDIT_TO, state, "to=", machine_state_name((enum state)state));
}

static bool has_cause(enum event event)
{
	return event == EVENT_TRANSIENT || event == EVENT_FATAL || event == EVENT_NET_LOST || event == EVENT_BLOCK || event == EVENT_NO_PROGRESS;
}

/* An effect is meaningful where the event has it in another row: that is what a table's author may mix up. Words that are no
 * effect of their own are left out: a refusal is a matter of the answer, the others are about the table. */
static bool may_have(const struct machine *machine, const struct move *row, int effect)
{
	uint32_t bit = EFFECT_BIT((unsigned)effect), others = 0;
	for (unsigned i = 0; i < machine->moves_count; i++)
		if (machine->moves[i].event == row->event) others |= machine->moves[i].effects;
	if (!(others & bit) || (bit & (BIT(IMPOSSIBLE) | BIT(REFUSE) | BIT(MUTANT_ONLY)))) return false;
	return !(bit & (BIT(ERROR_SET) | BIT(ERROR_COUNT) | BIT(RETRY_ARM))) || has_cause(row->event);
}

static void add_effects(struct list *list)
{
	for (int effect = 0; effect < EFFECT_COUNT; effect++) {
		const char *name = machine_effect_name((enum effect_kind)effect);
		if (list->row->effects & EFFECT_BIT((unsigned)effect)) {
			if (effect != EFFECT_MUTANT_ONLY) add(list, EDIT_EFFECT_OFF, effect, "-", name);
		} else if (may_have(list->machine, list->row, effect)) {
			add(list, EDIT_EFFECT_ON, effect, "+", name);
		}
	}
}

/* The last guard of a cell stays `always`: without it the cell would be open. */
static void add_guards(struct list *list)
{
	unsigned count;
	const struct move *cell = machine_cell(list->machine, list->row->from, list->row->event, &count);
	if (list->row->guard == GUARD_always) return;
	add(list, EDIT_GUARD_NOT, 0, "guard=!", machine_guard_name(list->row->guard));
	for (unsigned i = 0; i < count; i++)
		if (cell[i].guard != list->row->guard) add(list, EDIT_GUARD, cell[i].guard, "guard=", machine_guard_name(cell[i].guard));
}

static void add_results(struct list *list)
{
	static const struct { enum code code; const char *word; } answers[] = { { CODE_S_OK, "S_OK" }, { CODE_INVALID_STATE, "INVALID_STATE" },
		{ CODE_E_FAIL, "E_FAIL" } };
	if (machine_event_kind(list->row->event) != EVENT_KIND_API) return;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (answers[i].code != list->row->result) add(list, EDIT_RESULT, answers[i].code, "result=", answers[i].word);
}

unsigned mutant_row_edits(enum dialect dialect, unsigned row, struct mutant_row *edits)
{
	const struct machine *machine = machine_reference(dialect);
	struct list list = { .dialect = dialect, .machine = machine, .row = &machine->moves[row], .edits = edits };
	add_drop(&list);
	add_targets(&list);
	add_effects(&list);
	add_guards(&list);
	add_results(&list);
	return list.count;
}

struct mutant_row *mutant_row_all(struct arena *arena, enum dialect dialect, unsigned *count)
{
	unsigned rows = machine_reference(dialect)->moves_count;
	struct mutant_row *all = arena_take(arena, (size_t)rows * MUTANT_ROW_EDITS_MAX * sizeof *all);
	*count = 0;
	for (unsigned row = 0; all && row < rows; row++) *count += mutant_row_edits(dialect, row, &all[*count]);
	for (unsigned i = 0; all && i < *count; i++) all[i].mutant.id = all[i].id;
	return all;
}

static bool find_edit(enum dialect dialect, unsigned row, const char *id, struct mutant_row *found)
{
	struct mutant_row edits[MUTANT_ROW_EDITS_MAX];
	unsigned count = mutant_row_edits(dialect, row, edits);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(edits[i].id, id)) {
			mutant_row_copy(found, &edits[i]);
			return true;
		}
	return false;
}

bool mutant_row_find(const char *id, struct mutant_row *found)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		char prefix[16];
		int length = snprintf(prefix, sizeof prefix, "gen:%s:", machine_dialect_name((enum dialect)d));
		if (strncmp(id, prefix, (size_t)length)) continue;
		size_t word = strcspn(id + length, ":");
		const struct machine *machine = machine_reference((enum dialect)d);
		for (unsigned row = 0; row < machine->moves_count; row++)
			if (strlen(machine->moves[row].id) == word && !memcmp(machine->moves[row].id, id + length, word))
				return find_edit((enum dialect)d, row, id, found);
	}
	return false;
}
