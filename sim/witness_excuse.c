/* witness_excuse.c -- why the reference's world never brings what the table allows: the rows of witness.def. */
#include "sim/witness.h"

#include <string.h>

#define IS(row, event_) ((row)->event == EVENT_##event_)
#define IN(row, state_) ((row)->from == STATE_##state_)
#define ASKS(row, guard_) ((row)->guard == GUARD_##guard_)
#define WIRED(row) (IN(row, CONNECTING) || IN(row, TRANSFERRING))
#define ENDED(row) (IN(row, ACKNOWLEDGED) || IN(row, CANCELLED))
#define STARTS(row) ((row)->to == STATE_TRANSFERRING && !IN(row, TRANSFERRING) && !IN(row, CONNECTING))
#define MOVES_AGE(row) ((row)->effects & EFFECT_BIT(EFFECT_ACTIVE))

/* Number of the first excuse; -1: there is none. */
static int excuse(bool is_do, const struct move *before, const struct move *row)
{
	const bool alone = !before;
	int number = 0;
#define EXCUSE(why, claim) if (claim) return number; number++;
#include "sim/witness.def"
	return -1;
}

int witness_excuse(const struct machine *machine, unsigned row, int next)
{
	const struct move *first = &machine->moves[row], *second = next < 0 ? NULL : &machine->moves[next];
	bool is_do = machine->dialect == DIALECT_DO;
	int number = excuse(is_do, NULL, first);
	if (number < 0 && second) number = excuse(is_do, NULL, second);
	if (number < 0 && second) number = excuse(is_do, first, second);
	return number;
}

static const char *const reasons[] = {
#define EXCUSE(why, claim) why,
#include "sim/witness.def"
};

unsigned witness_excuses(void)
{
	return sizeof reasons / sizeof *reasons;
}

const char *witness_reason(int number)
{
	return reasons[number];
}
