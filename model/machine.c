/* machine.c -- the two dialects as constant machines, and the names of everything in their tables. */
#include "model/machine.h"

#include <string.h>

#include "model/fault.h"
#include "model/status.h"

enum { MARK_d = 'd', MARK_i = 'i' };

/* The bare words of the effects column. */
enum effect_word {
	NONE = 0,
#define EFFECT(name, phrase) name = EFFECT_BIT(EFFECT_##name),
#include "model/vocabulary.def"
};
_Static_assert(EFFECT_COUNT <= 31, "a row's effects fit an enumerator and a word of 32 bits");
_Static_assert(DEFECT_COUNT <= 64, "a machine's defects fit a word of 64 bits");
_Static_assert(VARIANT_COUNT <= 64, "a machine's variants fit a word of 64 bits");

#define ROW(id, from, event, guard, to, result, effects, mark, cite) { #id, STATE_##from, EVENT_##event, \
	GUARD_##guard, false, STATE_##to, CODE_##result, (uint32_t)(effects), MARK_##mark, cite },

static const struct move do_moves[] = {
#define MOVE ROW
#include "model/do.def"
};
static const struct move bits_moves[] = {
#define MOVE ROW
#include "model/bits.def"
};

/* One past the last row of each cell. Rows stand in the order of states, then events (table_test.c), so that of those of a cell the last
 * one is the one that stays. */
enum {
#define MOVE(id, from, event, guard, to, result, effects, mark, cite) DO_ROW_##id,
#include "model/do.def"
};
enum {
#define MOVE(id, from, event, guard, to, result, effects, mark, cite) BITS_ROW_##id,
#include "model/bits.def"
};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint16_t do_ends[MACHINE_CELLS] = {
#define MOVE(id, from, event, guard, to, result, effects, mark, cite) [STATE_##from * EVENT_COUNT + EVENT_##event] = DO_ROW_##id + 1,
#include "model/do.def"
};
static const uint16_t bits_ends[MACHINE_CELLS] = {
#define MOVE(id, from, event, guard, to, result, effects, mark, cite) [STATE_##from * EVENT_COUNT + EVENT_##event] = BITS_ROW_##id + 1,
#include "model/bits.def"
};
#pragma GCC diagnostic pop

#define SECONDS(n) (INT64_C(n) * INT64_C(1000000000))

static const struct machine references[DIALECT_COUNT] = {
	[DIALECT_DO] = {
		.dialect = DIALECT_DO,
		.moves = do_moves,
		.moves_count = sizeof do_moves / sizeof *do_moves,
		.ends = do_ends,
		.faults = fault_table,
		.limits = {
#define LIMIT(member, in_do, do_mark, in_bits, bits_mark, cite) .member = in_do,
#include "model/limits.def"
		},
	},
	[DIALECT_BITS] = {
		.dialect = DIALECT_BITS,
		.moves = bits_moves,
		.moves_count = sizeof bits_moves / sizeof *bits_moves,
		.ends = bits_ends,
		.faults = fault_table,
		.limits = {
#define LIMIT(member, in_do, do_mark, in_bits, bits_mark, cite) .member = in_bits,
#include "model/limits.def"
		},
	},
};

static const struct reading readings[] = {
#define READING(id, question, choices, do_takes, bits_takes, cite) \
	{ id, question, choices, { [DIALECT_DO] = do_takes, [DIALECT_BITS] = bits_takes }, cite },
#include "model/reading.def"
};

const struct machine *machine_reference(enum dialect dialect)
{
	assert((unsigned)dialect < DIALECT_COUNT);
	return &references[dialect];
}

bool machine_varies(const struct machine *machine, enum variant variant)
{
	assert((unsigned)variant < VARIANT_COUNT);
	return (machine->variants >> variant & 1) != 0;
}

/* Place of a cell in the order of the table. */
static unsigned cell_rank(enum state from, enum event event)
{
	return (unsigned)from * EVENT_COUNT + (unsigned)event;
}

static unsigned row_rank(const struct move *row)
{
	return cell_rank(row->from, row->event);
}

void machine_find_ends(const struct machine *machine, uint16_t ends[MACHINE_CELLS])
{
	for (unsigned i = 0; i < machine->moves_count; i++) ends[row_rank(&machine->moves[i])] = (uint16_t)(i + 1);
}

const struct move *machine_cell(const struct machine *machine, enum state from, enum event event, unsigned *count)
{
	unsigned rank = cell_rank(from, event), first;

	assert(machine && count);
	assert((unsigned)from < STATE_COUNT && (unsigned)event < EVENT_COUNT);
	first = rank > 0 ? machine->ends[rank - 1] : 0;
	assert(machine->ends[rank] > first);
	*count = machine->ends[rank] - first;
	return &machine->moves[first];
}

const struct move *machine_move(const struct machine *machine, const char *id)
{
	assert(machine && id);
	for (unsigned i = 0; i < machine->moves_count; i++)
		if (strcmp(machine->moves[i].id, id) == 0) return &machine->moves[i];
	return NULL;
}

const struct reading *machine_readings(unsigned *count)
{
	assert(count);
	*count = sizeof readings / sizeof *readings;
	return readings;
}

/* --- names */

static const char *const dialect_names[] = { [DIALECT_DO] = "do", [DIALECT_BITS] = "bits" };
static const char *const state_names[] = {
#define STATE(name, value, phrase) [STATE_##name] = #name,
#include "model/vocabulary.def"
};
static const char *const event_names[] = {
#define EVENT(name, kind, phrase) [EVENT_##name] = #name,
#include "model/vocabulary.def"
};
static const enum event_kind event_kinds[] = {
#define EVENT(name, kind, phrase) [EVENT_##name] = EVENT_KIND_##kind,
#include "model/vocabulary.def"
};
static const char *const guard_names[] = {
#define GUARD(name, phrase) [GUARD_##name] = #name,
#include "model/vocabulary.def"
};
static const char *const effect_names[] = {
#define EFFECT(name, phrase) [EFFECT_##name] = #name,
#include "model/vocabulary.def"
};
static const char *const context_names[] = {
#define CONTEXT(name, value, in_do, in_bits, cite) [CONTEXT_##name] = #name,
#include "model/context.def"
};
static const char *const defect_names[] = {
#define DEFECT(name, phrase) [DEFECT_##name] = #name,
#include "model/vocabulary.def"
};

/* Values may come from outside: traces, adapters. */
static const char *name_of(const char *const *names, unsigned count, int value)
{
	return value >= 0 && (unsigned)value < count ? names[value] : NULL;
}

static int value_of(const char *const *names, int count, const char *word, size_t length)
{
	for (int value = 0; value < count; value++)
		if (*names[value] == *word && strlen(names[value]) == length && memcmp(names[value], word, length) == 0) return value;
	return -1;
}

const char *machine_dialect_name(enum dialect dialect)
{
	return name_of(dialect_names, DIALECT_COUNT, (int)dialect);
}

const char *machine_state_name(enum state state)
{
	return name_of(state_names, STATE_COUNT, (int)state);
}

const char *machine_event_name(enum event event)
{
	return name_of(event_names, EVENT_COUNT, (int)event);
}

enum event_kind machine_event_kind(enum event event)
{
	assert((unsigned)event < EVENT_COUNT);
	return event_kinds[event];
}

const char *machine_guard_name(enum guard guard)
{
	return name_of(guard_names, GUARD_COUNT, (int)guard);
}

const char *machine_effect_name(enum effect_kind effect)
{
	return name_of(effect_names, EFFECT_COUNT, (int)effect);
}

const char *machine_context_name(enum context context)
{
	return name_of(context_names, CONTEXT_COUNT, (int)context);
}

const char *machine_defect_name(enum defect defect)
{
	return name_of(defect_names, DEFECT_COUNT, (int)defect);
}

enum state machine_state_find(const char *word, size_t length)
{
	return (enum state)value_of(state_names, STATE_COUNT, word, length);
}

int machine_context_find(const char *word, size_t length)
{
	return value_of(context_names, CONTEXT_COUNT, word, length);
}

int machine_dialect_find(const char *word, size_t length)
{
	return value_of(dialect_names, DIALECT_COUNT, word, length);
}

int machine_defect_find(const char *word)
{
	return value_of(defect_names, DEFECT_COUNT, word, strlen(word));
}
