/* mutant_kill.c -- plays a mutant in one scenario after the other, the likeliest first, and asks the explorer about the rest. */
#include "conformance/mutant_kill.h"

#include "conformance/failure.h"
#include "conformance/mutant_open.h"
#include "conformance/rules.h"
#include "model/status.h"

#include <stdlib.h>
#include <string.h>

#define TRIED_FIRST 8u      /* scenarios that a generated mutant meets before the explorer is asked */
#define FILES 2u            /* of the explorer's job */
#define RETRIES 1u

/* --- sets */

static void put(uint64_t *set, unsigned n)
{
	assert(n < KILL_WORDS * 64);
	set[n / 64] |= UINT64_C(1) << n % 64;
}

bool kill_has(const uint64_t *set, unsigned n)
{
	return n < KILL_WORDS * 64 && (set[n / 64] >> n % 64 & 1);
}

static bool meets(const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < KILL_WORDS; i++)
		if (a[i] & b[i]) return true;
	return false;
}

static bool holds_all(const uint64_t *set, const uint64_t *wanted)
{
	for (unsigned i = 0; i < KILL_WORDS; i++)
		if (wanted[i] & ~set[i]) return false;
	return true;
}


void kill_rules(const char *text, enum dialect dialect, uint64_t *set)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, " ");
		int rule = rules_find(at, length);
		if (rule >= 0 && rules[rule].dialects[dialect]) put(set, (unsigned)rule);
		at += length + strspn(at + length, " ");
	}
}

/* --- one run */

struct trial {
	const struct kill_field *field;
	const struct kill_task *task;
	const struct machine *machine;
	FILE *matrix;
	struct kill_result *result;
};

static void tell(const struct trial *trial, const struct kill_unit *unit, const char *rule, const char *signature)
{
	if (!trial->matrix) return;
	fprintf(trial->matrix, "%s\t%s\t%s\t%s\t", rule, trial->task->mutant->id, unit->unit.scenario->id, machine_dialect_name(unit->unit.dialect));
	for (; *signature; signature++) fputc(*signature == '\t' || *signature == '\n' ? ' ' : *signature, trial->matrix);
	fputc('\n', trial->matrix);
}

struct seeing {
	const struct trial *trial;
	const struct kill_unit *unit;
};

static void see(void *context, const struct broken *broken)
{
	const struct seeing *seeing = context;
	struct kill_result *result = seeing->trial->result;
	if (broken->index >= 0) put(result->shown, (unsigned)broken->index);
	if (broken->index >= 0 && kill_has(seeing->unit->rules, (unsigned)broken->index)) put(result->credited, (unsigned)broken->index);
	tell(seeing->trial, seeing->unit, broken->rule, broken->signature);
}

/* Whether something was broken. */
static bool play(struct arena *arena, const struct trial *trial, const struct kill_unit *unit, struct unit_trial *played)
{
	struct seeing seeing = { trial, unit };
	unit_try(arena, trial->field->options, &unit->unit, trial->machine, false, played);
	trial->result->ran++;
	return failure_look(played, see, &seeing) > 0;
}

/* --- what the reference does */

static void take_rows(struct kill_unit *unit, const struct trace *trace)
{
	const struct machine *machine = machine_reference(unit->unit.dialect);
	unit->lines = trace->count;
	for (unsigned i = 0; i < trace->count; i++) {
		if (trace->lines[i]->actor != ACTOR_IMPL || !trace->lines[i]->row[0]) continue;
		const struct move *row = machine_move(machine, trace->lines[i]->row);
		if (row) put(unit->rows, (unsigned)(row - machine->moves));
	}
}

static void play_reference(struct arena *arena, struct kill_field *field, struct kill_unit *unit)
{
	static const struct mutant reference = { .id = "reference", .rules = "", .sentence = "" };
	struct kill_result result = { 0 };
	struct unit_trial played;
	const struct kill_task task = { &reference, NULL, unit->unit.dialect };
	const struct trial trial = { field, &task, choices_machine(arena, &field->options->choices, unit->unit.dialect), NULL, &result };
	if (!trial.machine || play(arena, &trial, unit, &played)) field->false_alarms++;
	else take_rows(unit, &played.play.trace);
}

static int compare(const void *a, const void *b)
{
	const struct kill_unit *x = a, *y = b;
	if (x->lines != y->lines) return x->lines < y->lines ? -1 : 1;
	return strcmp(x->unit.scenario->id, y->unit.scenario->id);
}

static bool add_units(struct arena *arena, struct arena *own, const struct selection *selection, enum dialect dialect, struct kill_field *field)
{
	struct kill_unit *units = field->units[dialect] = arena_take(arena, (selection->count + 1) * sizeof *units);
	if (!units) return false;
	for (unsigned i = 0; i < selection->count; i++) {
		const struct scenario *scenario = selection->scenarios[i];
		if (!scenario->dialects[dialect]) continue;
		struct kill_unit *unit = &units[field->counts[dialect]++];
		unit->unit = (struct unit){ scenario, dialect };
		for (unsigned r = 0; r < scenario->rules_count; r++) kill_rules(scenario->rules[r].id, dialect, unit->rules);
		arena_reset(own);
		play_reference(own, field, unit);
	}
	qsort(units, field->counts[dialect], sizeof *units, compare);
	return true;
}

static bool add_explorer(struct arena *arena, enum dialect dialect, struct kill_field *field)
{
	const struct explore_bounds bounds = { .machine = machine_reference(dialect), .jobs = 1, .files = FILES, .retries = RETRIES, .threads = 1 };
	field->equal[dialect] = explore_equal_new(arena, &bounds);
	return field->equal[dialect] != NULL;
}

enum status kill_field_make(struct arena *arena, const struct selection *selection, const struct run_options *options, bool explores,
	struct kill_field *field)
{
	struct arena own;
	bool made = true;
	*field = (struct kill_field){ .options = &options->unit };
	if (arena_init(&own, KILL_ARENA_BYTES)) return STATUS_NO_MEMORY;
	for (int d = 0; made && d < DIALECT_COUNT; d++) {
		if (!options->dialects[d]) continue;
		made = add_units(arena, &own, selection, (enum dialect)d, field);
		if (made && explores) made = add_explorer(arena, (enum dialect)d, field);
	}
	arena_done(&own);
	return made ? STATUS_OK : STATUS_NO_MEMORY;
}

/* --- a mutant */

/* The machine lies in the arena too, so it is made anew for each run. */
static bool run(struct arena *arena, struct trial *trial, unsigned n)
{
	const struct kill_field *field = trial->field;
	enum dialect dialect = trial->task->dialect;
	struct unit_trial played;
	arena_reset(arena);
	const struct machine *machine = choices_machine(arena, &field->options->choices, dialect);
	trial->machine = machine ? mutant_edit(arena, machine, trial->task->mutant->edits, MUTANT_EDITS_MAX) : NULL;
	if (!trial->machine) {
		trial->result->status = KILL_NO_MEMORY;
		return true;
	}
	bool killed = trial->result->status == KILL_KILLED;
	if (!killed) {
		trial->result->status = KILL_TRYING;
		trial->result->killer = n;
	}
	if (!play(arena, trial, &field->units[dialect][n], &played)) return false;
	trial->result->status = KILL_KILLED;
	return true;
}

/* Those that list one of the rules, then the others, until no more is asked. */
static void try_rules(struct arena *arena, struct trial *trial)
{
	struct kill_result *result = trial->result;
	const struct kill_field *field = trial->field;
	enum dialect dialect = trial->task->dialect;
	uint64_t wanted[KILL_WORDS] = { 0 };
	kill_rules(trial->task->mutant->rules, dialect, wanted);
	for (int lists = 1; lists >= 0; lists--)
		for (unsigned n = 0; n < field->counts[dialect]; n++) {
			bool enough = holds_all(lists ? result->credited : result->shown, wanted);
			if (enough && result->status == KILL_KILLED) return;
			if (meets(field->units[dialect][n].rules, wanted) == (bool)lists) run(arena, trial, n);
		}
}

/* A run that never takes the row (for a guard: any row of the cell) is the reference's own, line by line: what is edited was
 * not asked. The trace tells each row that was taken (of getters once for each state and answer, and such a cell has no two
 * rows that answer alike), so such scenarios are left out. */
static bool is_touched(const struct kill_unit *unit, const struct mutant_row *edit)
{
	const struct machine *machine = machine_reference(unit->unit.dialect);
	const struct move *row = &machine->moves[edit->row], *cell = row;
	unsigned count = 1;
	if (edit->whole_cell) cell = machine_cell(machine, row->from, row->event, &count);
	for (unsigned i = 0; i < count; i++)
		if (kill_has(unit->rows, (unsigned)(cell - machine->moves) + i)) return true;
	return false;
}

/* True: the explorer has shown that no path tells the mutant from the reference. */
static bool ask_explorer(struct arena *arena, struct trial *trial)
{
	const struct mutant_row *edit = trial->task->edit;
	struct kill_result *result = trial->result;
	const struct explore_equal *equal = trial->field->equal[edit->dialect];
	arena_reset(arena);
	const struct machine *machine = mutant_machine(arena, &edit->mutant, edit->dialect);
	if (!machine || !equal) return false;
	result->status = KILL_EXPLORING;
	const struct explore_other other = { .machine = machine, .row = edit->row, .whole_cell = edit->whole_cell };
	enum explore_equality found = explore_equal_check(equal, arena, &other, result->text);
	if (found == EXPLORE_EQUAL) result->status = KILL_EQUAL;
	if (found == EXPLORE_NEVER_TAKEN) result->status = KILL_NEVER_TAKEN;
	return found == EXPLORE_EQUAL || found == EXPLORE_NEVER_TAKEN;
}

/* What no scenario has shown may be what none can, or what none may complain of. */
static void ask_openness(struct arena *arena, struct trial *trial)
{
	static const enum kill_status statuses[] = { [MUTANT_BOUND] = KILL_SURVIVED, [MUTANT_LEFT_OPEN] = KILL_LEFT_OPEN,
		[MUTANT_READING] = KILL_READING, [MUTANT_NOT_BROUGHT] = KILL_NOT_BROUGHT };
	const struct mutant_row *edit = trial->task->edit;
	arena_reset(arena);
	trial->result->status = KILL_EXPLORING;
	const struct machine *machine = mutant_machine(arena, &edit->mutant, edit->dialect);
	if (machine) trial->result->status = statuses[mutant_open(trial->field->equal[edit->dialect], arena, machine, edit, trial->result->text)];
}

static void try_edit(struct arena *arena, struct trial *trial)
{
	const struct kill_field *field = trial->field;
	enum dialect dialect = trial->task->dialect;
	bool asked = false;
	for (unsigned n = 0; n < field->counts[dialect]; n++) {
		if (!is_touched(&field->units[dialect][n], trial->task->edit)) continue;
		if (run(arena, trial, n)) return;
		if (trial->result->ran < TRIED_FIRST || asked) continue;
		if (ask_explorer(arena, trial)) return;
		asked = true;
	}
	if (asked || !ask_explorer(arena, trial)) ask_openness(arena, trial);
}

void kill_try(struct arena *arena, const struct kill_field *field, const struct kill_task *task, FILE *matrix, struct kill_result *result)
{
	struct trial trial = { .field = field, .task = task, .matrix = matrix, .result = result };
	if (task->edit) try_edit(arena, &trial);
	else try_rules(arena, &trial);
	if (result->status == KILL_OPEN || result->status == KILL_TRYING || result->status == KILL_EXPLORING) result->status = KILL_SURVIVED;
	if (result->status == KILL_KILLED) result->text[0] = '\0';
}
