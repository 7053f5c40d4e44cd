/* witness_excuse.c -- why the reference's world never brings what the table allows: the rows of witness.def. */
#include "sim/witness.h"

#define IS(row, event_) ((row)->event == EVENT_##event_)
#define IN(row, state_) ((row)->from == STATE_##state_)
#define ASKS(row, guard_) ((row)->guard == GUARD_##guard_)
#define WIRED(row) (IN(row, CONNECTING) || IN(row, TRANSFERRING))
#define ENDED(row) (IN(row, ACKNOWLEDGED) || IN(row, CANCELLED))
#define STARTS(row) ((row)->to == STATE_TRANSFERRING && !IN(row, TRANSFERRING) && !IN(row, CONNECTING))
#define MOVES_AGE(row) ((row)->effects & EFFECT_BIT(EFFECT_ACTIVE))

enum where { BITS, DO, BOTH };

static const struct {
	enum where where;
	const char *why;
} reasons[] = {
#define EXCUSE(where, why, claim) { where, why },
#include "sim/witness.def"
};

static bool speaks_of(enum where where, enum dialect dialect)
{
	return where == BOTH || (where == BITS) == (dialect == DIALECT_BITS);
}

/* Number of the first excuse; -1: there is none. */
static int excuse(enum dialect dialect, const struct move *before, const struct move *row)
{
	const bool alone = !before;
	int number = 0;
#define EXCUSE(where, why, claim) if (speaks_of(where, dialect) && (claim)) return number; number++;
#include "sim/witness.def"
	return -1;
}

int witness_excuse(const struct machine *machine, unsigned row, int next)
{
	const struct move *first = &machine->moves[row], *second = next < 0 ? NULL : &machine->moves[next];
	int number = excuse(machine->dialect, NULL, first);
	if (number < 0 && second) number = excuse(machine->dialect, NULL, second);
	if (number < 0 && second) number = excuse(machine->dialect, first, second);
	return number;
}

unsigned witness_excuses(void)
{
	return sizeof reasons / sizeof *reasons;
}

const char *witness_reason(int number)
{
	return reasons[number].why;
}

bool witness_excuses_in(int number, enum dialect dialect)
{
	return speaks_of(reasons[number].where, dialect);
}
