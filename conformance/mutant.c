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

static bool is_meant(const struct move *move, const struct edit *edit)
{
	if (edit->row) return !strcmp(edit->row, move->id);
	if ((int)move->event != edit->event || (move->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE))) return false;
	return edit->from == MUTANT_ANY || (int)move->from == edit->from;
}

static void edit_result(struct move *move, enum code code)
{
	move->result = code;
	if (code == CODE_S_OK) move->effects &= ~EFFECT_BIT(EFFECT_REFUSE);
	else move->effects |= EFFECT_BIT(EFFECT_REFUSE);
}

static void edit_move(struct move *move, const struct edit *edit)
{
	if (!is_meant(move, edit)) return;
	move->effects &= ~EFFECT_BIT(EFFECT_IMPOSSIBLE);   /* who edits an impossible row says what it would do */
	if (edit->kind == EDIT_EFFECT_OFF) move->effects &= ~EFFECT_BIT((unsigned)edit->value);
	if (edit->kind == EDIT_EFFECT_ON && (edit->row || !(move->effects & EFFECT_BIT(EFFECT_REFUSE))))
		move->effects |= EFFECT_BIT((unsigned)edit->value);
	if (edit->kind == EDIT_TO) move->to = (enum state)edit->value;
	if (edit->kind == EDIT_GUARD) move->guard = (enum guard)edit->value;
	if (edit->kind == EDIT_GUARD_NOT) move->negated = true;
	if (edit->kind == EDIT_RESULT) edit_result(move, (enum code)edit->value);
}

static bool is_last(const struct machine *machine, const struct move *moves, unsigned i)
{
	return i + 1 == machine->moves_count || moves[i + 1].from != moves[i].from || moves[i + 1].event != moves[i].event;
}

static void drop_move(struct machine *machine, struct move *moves, const char *row)
{
	unsigned i = 0;
	while (i < machine->moves_count && strcmp(moves[i].id, row)) i++;
	if (i == machine->moves_count) return;
	if (is_last(machine, moves, i)) {
		moves[i].to = moves[i].from;
		moves[i].effects &= EFFECT_BIT(EFFECT_REFUSE);
		return;
	}
	memmove(&moves[i], &moves[i + 1], (machine->moves_count - i - 1) * sizeof *moves);
	machine->moves_count--;
}

static void edit_report(struct fault_report *report, const struct edit *edit)
{
	if (edit->kind == EDIT_CAUSE_CODE) report->code = (uint32_t)edit->value;
	if (edit->kind == EDIT_CAUSE_CONTEXT) report->context = (enum context)edit->value;
	if (edit->kind == EDIT_CAUSE_FILE) report->file = edit->value != 0;
	if (edit->kind == EDIT_CAUSE_CLASS) report->fault_class = (enum fault_class)edit->value;
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

/* What is edited lies here, behind the machine. */
struct copy {
	struct machine machine;
	struct move *moves;
	struct fault *faults;
	struct answer_defect *answers;
	uint16_t ends[MACHINE_CELLS];
};

static void add_answer(struct copy *copy, enum answer_defect_kind kind, const struct edit *edit)
{
	copy->answers[copy->machine.answers_count++] = (struct answer_defect){ kind, edit->row, edit->event, edit->value };
}

static void edit_machine(struct copy *copy, const struct edit *edit)
{
	struct machine *machine = &copy->machine;
	switch (edit->kind) {
	case EDIT_NONE: break;
	case EDIT_EFFECT_OFF:
	case EDIT_EFFECT_ON:
	case EDIT_TO:
	case EDIT_RESULT:
	case EDIT_GUARD:
	case EDIT_GUARD_NOT:
		for (unsigned i = 0; i < machine->moves_count; i++) edit_move(&copy->moves[i], edit);
		break;
	case EDIT_DROP: drop_move(machine, copy->moves, edit->row); break;
	case EDIT_CAUSE_CODE:
	case EDIT_CAUSE_CONTEXT:
	case EDIT_CAUSE_FILE:
	case EDIT_CAUSE_CLASS: edit_faults(copy->faults, machine->dialect, edit); break;
	case EDIT_LIMIT: edit_limit(&machine->limits, edit); break;
	case EDIT_DEFECT: machine->defects |= UINT64_C(1) << edit->value; break;
	case EDIT_VARIANT: machine->variants |= UINT64_C(1) << edit->value; break;
	case EDIT_ANSWER_CODE: add_answer(copy, ANSWER_CODE, edit); break;
	case EDIT_ANSWER_NUMBER: add_answer(copy, ANSWER_NUMBER, edit); break;
	case EDIT_ANSWER_PLUS: add_answer(copy, ANSWER_PLUS, edit); break;
	case EDIT_ANSWER_TEXT: add_answer(copy, ANSWER_TEXT, edit); break;
	}
}

const struct machine *mutant_edit(struct arena *arena, const struct machine *from, const struct edit *edits, unsigned count)
{
	struct copy *copy = arena_take(arena, sizeof *copy);
	if (!copy) return NULL;
	copy->machine = *from;
	copy->moves = arena_take(arena, from->moves_count * sizeof *copy->moves);
	copy->faults = arena_take(arena, CAUSE_COUNT * sizeof *copy->faults);
	copy->answers = arena_take(arena, (from->answers_count + count) * sizeof *copy->answers);
	if (!copy->moves || !copy->faults || !copy->answers) return NULL;
	memcpy(copy->moves, from->moves, from->moves_count * sizeof *copy->moves);
	memcpy(copy->faults, from->faults, CAUSE_COUNT * sizeof *copy->faults);
	for (unsigned i = 0; i < from->answers_count; i++) copy->answers[i] = from->answers[i];
	for (unsigned i = 0; i < count; i++) edit_machine(copy, &edits[i]);
	copy->machine.moves = copy->moves;
	copy->machine.ends = copy->ends;
	machine_find_ends(&copy->machine, copy->ends);
	copy->machine.faults = copy->faults;
	copy->machine.answers = copy->answers;
	return &copy->machine;
}

const struct machine *mutant_machine(struct arena *arena, const struct mutant *mutant, enum dialect dialect)
{
	return mutant_edit(arena, machine_reference(dialect), mutant->edits, MUTANT_EDITS_MAX);
}
