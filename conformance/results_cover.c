/* results_cover.c -- which rows, cells, causes, contexts, readings and transitions a run has met, and which not. */
#include "conformance/results_cover.h"
#include "conformance/json_text.h"

#include <stdio.h>
#include <string.h>

/* Rows that no path of the reference takes. */
#define UNTAKEN (EFFECT_BIT(EFFECT_IMPOSSIBLE) | EFFECT_BIT(EFFECT_MUTANT_ONLY))

bool results_dialect_ran(json_t *units, const char *dialect)
{
	json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit)
		if (!strcmp(json_text(unit, "dialect"), dialect)) return true;
	return false;
}

/* Words that any unit of the dialect has under `key`. */
static json_t *union_of(json_t *units, const char *dialect, const char *key)
{
	json_t *all = json_object(), *unit, *count;
	const char *word;
	size_t i;
	json_array_foreach(units, i, unit) {
		if (strcmp(json_text(unit, "dialect"), dialect)) continue;
		json_object_foreach(json_object_get(unit, key), word, count)
			json_object_set_new(all, word, json_integer(json_integer_value(count) + json_integer_value(json_object_get(all, word))));
	}
	return all;
}

/* What there is of one kind in a dialect, against what its units have met. */
struct cover {
	const char *dialect;
	json_t *seen, *missed;
	unsigned hit, total;
};

static struct cover cover_begin(json_t *units, const struct machine *machine, const char *key)
{
	const char *dialect = machine_dialect_name(machine->dialect);
	return (struct cover){ .dialect = dialect, .seen = union_of(units, dialect, key), .missed = json_array() };
}

static void cover_one(struct cover *cover, const char *name)
{
	cover->total++;
	if (json_object_get(cover->seen, name)) cover->hit++;
	else json_array_append_new(cover->missed, json_string(name));
}

static json_t *cover_end(struct cover *cover)
{
	json_decref(cover->seen);
	json_t *told = json_object();
	json_put_text(told, "dialect", cover->dialect);
	json_object_set_new(told, "hit", json_integer(cover->hit));
	json_object_set_new(told, "total", json_integer(cover->total));
	json_object_set_new(told, "missed", cover->missed);
	return told;
}

static json_t *cover_rows(json_t *units, const struct machine *machine)
{
	struct cover cover = cover_begin(units, machine, "rows");
	for (unsigned i = 0; i < machine->moves_count; i++)
		if (!(machine->moves[i].effects & UNTAKEN)) cover_one(&cover, machine->moves[i].id);
	return cover_end(&cover);
}

static json_t *cover_cells(json_t *units, const struct machine *machine)
{
	struct cover cover = cover_begin(units, machine, "cells");
	for (int state = 0; state < STATE_COUNT; state++)
		for (int event = 0; event < EVENT_COUNT; event++) {
			char cell[100];
			unsigned rows;
			if (machine_cell(machine, (enum state)state, (enum event)event, &rows)->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) continue;
			snprintf(cell, sizeof cell, "%s %s", machine_state_name((enum state)state), machine_event_name((enum event)event));
			cover_one(&cover, cell);
		}
	return cover_end(&cover);
}

static json_t *cover_faults(json_t *units, const struct machine *machine)
{
	struct cover cover = cover_begin(units, machine, "causes");
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		if (machine->faults[cause].report[machine->dialect].fault_class != FAULT_CLASS_NONE) cover_one(&cover, machine->faults[cause].word);
	return cover_end(&cover);
}

static json_t *cover_contexts(json_t *units, const struct machine *machine)
{
	struct cover cover = cover_begin(units, machine, "contexts");
	for (int context = 0; context < CONTEXT_COUNT; context++) cover_one(&cover, machine_context_name((enum context)context));
	return cover_end(&cover);
}

static void add_readings(json_t *readings, json_t *units, enum dialect dialect)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	const char *name = machine_dialect_name(dialect);
	for (unsigned r = 0; r < count; r++) {
		char seen[300] = "";
		json_t *unit;
		size_t i;
		json_array_foreach(units, i, unit) {
			const char *choice = json_text(json_object_get(unit, "readings"), all[r].id);
			if (strcmp(json_text(unit, "dialect"), name) || !*choice || strstr(seen, choice)) continue;
			size_t used = strlen(seen);
			snprintf(seen + used, sizeof seen - used, "%s%s", used ? ", " : "", choice);
		}
		json_t *told = json_object();
		json_put_text(told, "id", all[r].id);
		json_put_text(told, "dialect", name);
		json_put_text(told, "question", all[r].question);
		json_put_text(told, "choices", all[r].choices);
		json_put_text(told, "takes", all[r].takes[dialect]);
		json_put_text(told, "seen", seen);
		json_array_append_new(readings, told);
	}
}

/* Whether the table has a row that leads from one state to the other. */
static bool is_documented(const struct machine *machine, enum state from, enum state to)
{
	for (unsigned i = 0; i < machine->moves_count; i++)
		if (machine->moves[i].from == from && machine->moves[i].to == to && !(machine->moves[i].effects & UNTAKEN))
			return true;
	return false;
}

void results_add_transitions(json_t *transitions, json_t *units, const struct machine *machine, bool seen_only)
{
	const char *dialect = machine_dialect_name(machine->dialect), *pair;
	json_t *seen = union_of(units, dialect, seen_only ? "seen" : "transitions"), *count;
	for (int from = 0; from < STATE_COUNT; from++)
		for (int to = 0; to < STATE_COUNT; to++) {
			char key[100];
			snprintf(key, sizeof key, "%s>%s", machine_state_name((enum state)from), machine_state_name((enum state)to));
			pair = key;
			if (!(count = json_object_get(seen, pair))) continue;
			json_t *told = json_object();
			json_put_text(told, "dialect", dialect);
			json_put_text(told, "from", machine_state_name((enum state)from));
			json_put_text(told, "to", machine_state_name((enum state)to));
			json_object_set(told, "count", count);
			json_object_set_new(told, "documented", json_boolean(is_documented(machine, (enum state)from, (enum state)to)));
			json_array_append_new(transitions, told);
		}
	json_decref(seen);
}

json_t *results_coverage(json_t *units)
{
	json_t *rows = json_array(), *cells = json_array(), *faults = json_array(), *contexts = json_array(), *readings = json_array();
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		if (!results_dialect_ran(units, machine_dialect_name((enum dialect)d))) continue;
		json_array_append_new(rows, cover_rows(units, machine));
		json_array_append_new(cells, cover_cells(units, machine));
		json_array_append_new(faults, cover_faults(units, machine));
		json_array_append_new(contexts, cover_contexts(units, machine));
		add_readings(readings, units, (enum dialect)d);
	}
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "rows", rows, "cells", cells, "faults", faults, "contexts", contexts, "readings", readings);
}
