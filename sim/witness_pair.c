/* witness_pair.c -- which rows follow which: in a trace, and in all that the explorer reaches. */
#include "sim/explore_internal.h"
#include "sim/witness_internal.h"

#include <string.h>

enum status witness_set_make(struct arena *arena, const struct machine *machine, struct witness_set *set)
{
	set->rows_count = machine->moves_count;
	set->row = arena_take(arena, set->rows_count);
	set->pair = arena_take(arena, (size_t)set->rows_count * set->rows_count);
	return set->row && set->pair ? STATUS_OK : STATUS_NO_MEMORY;
}

/* --- in a trace */

int witness_row(const struct machine *machine, const struct trace_line *line, const char *job)
{
	if (line->actor != ACTOR_IMPL || !line->row[0] || strcmp(line->object, job)) return -1;
	const struct move *row = machine_move(machine, line->row);
	return row ? (int)(row - machine->moves) : -1;
}

void footing_start(struct footing *footing)
{
	*footing = (struct footing){ .solid = -1 };
}

void footing_step(struct footing *footing, const struct machine *machine, int row, void (*pair)(void *context, int row, int next), void *context)
{
	enum event event = machine->moves[row].event;
	if (footing->solid >= 0) pair(context, footing->solid, row);
	for (unsigned i = 0; i < footing->looks_count; i++) pair(context, footing->looks[i], row);
	if (event != EVENT_GET && event != EVENT_GET_ERROR) {
		*footing = (struct footing){ .solid = row };
	} else if (footing->looks_count < sizeof footing->looks / sizeof *footing->looks) {
		footing->looks[footing->looks_count++] = row;
	}
}

static void see_pair(void *context, int row, int next)
{
	struct witness_set *set = context;
	set->pair[WITNESS_PLACE(set, (unsigned)row, (unsigned)next)] = true;
}

void witness_see(struct witness_set *set, const struct machine *machine, const struct trace *trace, const char *job)
{
	struct footing footing;
	footing_start(&footing);
	for (unsigned i = 0; i < trace->count; i++) {
		int row = witness_row(machine, trace->lines[i], job);
		if (row < 0) continue;
		set->row[row] = true;
		footing_step(&footing, machine, row, see_pair, set);
	}
}

/* --- in all that can be reached */

/* Rows that enter a node, as bits. */
struct entered {
	const struct space *space;
	unsigned words;
	uint64_t *bits;
};

static unsigned index_of(const struct entered *entered, const struct move *row)
{
	return (unsigned)(row - entered->space->bounds->machine->moves);
}

/* Of a restart, START is the row that enters. */
static void enter(void *context, uint32_t from, uint32_t to, const struct explore_seen *seen)
{
	struct entered *entered = context;
	unsigned row = index_of(entered, seen->rows[seen->steps - 1]);
	(void)from;
	entered->bits[(size_t)to * entered->words + row / 64] |= UINT64_C(1) << (row % 64);
}

struct left {
	const struct entered *entered;
	struct witness_set *set;
};

static void leave(void *context, uint32_t from, uint32_t to, const struct explore_seen *seen)
{
	struct left *left = context;
	struct witness_set *set = left->set;
	const uint64_t *bits = &left->entered->bits[(size_t)from * left->entered->words];
	unsigned row = index_of(left->entered, seen->rows[0]);
	(void)to;
	set->row[row] = true;
	for (unsigned i = 0; i < set->rows_count; i++)
		if (bits[i / 64] >> (i % 64) & 1) set->pair[WITNESS_PLACE(set, i, row)] = true;
	if (seen->steps < 2) return;
	unsigned after = index_of(left->entered, seen->rows[1]);
	set->row[after] = true;
	set->pair[WITNESS_PLACE(set, row, after)] = true;
}

enum status witness_reach(struct arena *arena, const struct explore_bounds *bounds, struct witness_set *set, struct failure *failure)
{
	struct space *space = arena_take(arena, sizeof *space);
	struct entered entered = { .space = space, .words = (bounds->machine->moves_count + 63) / 64 };
	struct left left = { .entered = &entered, .set = set };
	enum status status = witness_set_make(arena, bounds->machine, set);
	if (!status) status = space ? space_make(arena, bounds, space, failure) : STATUS_NO_MEMORY;
	if (status) return status;
	entered.bits = arena_take(arena, (size_t)space->nodes_count * entered.words * sizeof *entered.bits);
	if (!entered.bits) return STATUS_NO_MEMORY;
	space_each_move(space, enter, &entered);
	space_each_move(space, leave, &left);
	return STATUS_OK;
}
