/* mutant.c -- a copy of the reference machine with the edits of mutant.def. */
#include "conformance/mutant.h"

#include <string.h>

static const struct mutant MUTANTS[] = {
#define MUTANT(id, rules, in_do, in_bits, sentence, ...) { #id, rules, { in_do, in_bits }, sentence, { __VA_ARGS__ } },
#include "conformance/mutant.def"
};

const struct mutant *mutants_all(unsigned *count)
{
	*count = sizeof MUTANTS / sizeof MUTANTS[0];
	return MUTANTS;
}

const struct mutant *mutant_find(const char *id)
{
	for (size_t i = 0; i < sizeof MUTANTS / sizeof MUTANTS[0]; i++)
		if (!strcmp(MUTANTS[i].id, id)) return &MUTANTS[i];
	return NULL;
}

static void edit_move(struct move *move, const struct edit *edit)
{
	if ((int)move->event != edit->event) return;
	if (edit->row && strcmp(edit->row, move->id)) return;
	if (edit->from != MUTANT_ANY && (int)move->from != edit->from) return;
	if (move->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) return;
	switch (edit->kind) {
	case EDIT_EFFECT_OFF: move->effects &= ~EFFECT_BIT((unsigned)edit->value); break;
	case EDIT_EFFECT_ON:
		if (!(move->effects & EFFECT_BIT(EFFECT_REFUSE))) move->effects |= EFFECT_BIT((unsigned)edit->value);
		break;
	case EDIT_TO: move->to = (enum state)edit->value; break;
	case EDIT_GUARD: move->guard = (enum guard)edit->value; break;
	case EDIT_RESULT:
		move->result = (enum code)edit->value;
		if (move->result == CODE_S_OK) move->effects &= ~EFFECT_BIT(EFFECT_REFUSE);
		else move->effects |= EFFECT_BIT(EFFECT_REFUSE);
		break;
	case EDIT_NONE:
	case EDIT_CAUSE_CODE:
	case EDIT_CAUSE_CONTEXT:
	case EDIT_CAUSE_FILE:
	case EDIT_CAUSE_CLASS:
	case EDIT_LIMIT:
	case EDIT_DEFECT:
	case EDIT_VARIANT: break;
	}
}

static void edit_report(struct fault_report *report, const struct edit *edit)
{
	switch (edit->kind) {
	case EDIT_CAUSE_CODE: report->code = (uint32_t)edit->value; break;
	case EDIT_CAUSE_CONTEXT: report->context = (enum context)edit->value; break;
	case EDIT_CAUSE_FILE: report->file = edit->value != 0; break;
	case EDIT_CAUSE_CLASS: report->fault_class = (enum fault_class)edit->value; break;
	case EDIT_NONE:
	case EDIT_EFFECT_OFF:
	case EDIT_EFFECT_ON:
	case EDIT_TO:
	case EDIT_RESULT:
	case EDIT_GUARD:
	case EDIT_LIMIT:
	case EDIT_DEFECT:
	case EDIT_VARIANT: break;
	}
}

static void edit_faults(struct fault *faults, enum dialect dialect, const struct edit *edit)
{
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		if (edit->event == MUTANT_ANY || edit->event == cause) edit_report(&faults[cause].report[dialect], edit);
}

static void edit_limit(struct limits *limits, const struct edit *edit)
{
	switch ((enum mutant_limit)edit->event) {
	case LIMIT_RETRY_DELAY_DEFAULT: limits->retry_delay_ns_default = edit->value; break;
	case LIMIT_RETRY_DELAY_MIN: limits->retry_delay_ns_min = edit->value; break;
	case LIMIT_NO_PROGRESS_DEFAULT: limits->no_progress_ns_default = edit->value; break;
	case LIMIT_NO_PROGRESS_FOREGROUND: limits->no_progress_ns_foreground = edit->value; break;
	case LIMIT_RETENTION: limits->retention_ns = edit->value; break;
	case LIMIT_DISPLAY_NAME: limits->display_name_max = (unsigned)edit->value; break;
	case LIMIT_DESCRIPTION: limits->description_max = (unsigned)edit->value; break;
	}
}

static void edit_machine(struct machine *machine, struct move *moves, struct fault *faults, const struct edit *edit)
{
	switch (edit->kind) {
	case EDIT_NONE: break;
	case EDIT_EFFECT_OFF:
	case EDIT_EFFECT_ON:
	case EDIT_TO:
	case EDIT_RESULT:
	case EDIT_GUARD:
		for (unsigned i = 0; i < machine->moves_count; i++) edit_move(&moves[i], edit);
		break;
	case EDIT_CAUSE_CODE:
	case EDIT_CAUSE_CONTEXT:
	case EDIT_CAUSE_FILE:
	case EDIT_CAUSE_CLASS: edit_faults(faults, machine->dialect, edit); break;
	case EDIT_LIMIT: edit_limit(&machine->limits, edit); break;
	case EDIT_DEFECT: machine->defects |= UINT64_C(1) << edit->value; break;
	case EDIT_VARIANT: machine->variants |= UINT64_C(1) << edit->value; break;
	}
}

const struct machine *mutant_edit(struct arena *arena, const struct machine *from, const struct edit *edits, unsigned count)
{
	struct machine *machine = arena_take(arena, sizeof *machine);
	struct move *moves = arena_take(arena, from->moves_count * sizeof *moves);
	struct fault *faults = arena_take(arena, CAUSE_COUNT * sizeof *faults);
	if (!machine || !moves || !faults) return NULL;
	memcpy(moves, from->moves, from->moves_count * sizeof *moves);
	memcpy(faults, from->faults, CAUSE_COUNT * sizeof *faults);
	*machine = *from;
	for (unsigned i = 0; i < count; i++) edit_machine(machine, moves, faults, &edits[i]);
	machine->moves = moves;
	machine->faults = faults;
	return machine;
}

const struct machine *mutant_machine(struct arena *arena, const struct mutant *mutant, enum dialect dialect)
{
	return mutant_edit(arena, machine_reference(dialect), mutant->edits, MUTANT_EDITS_MAX);
}
