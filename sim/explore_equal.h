/* explore_equal.h -- whether a machine with another row can be told from the reference: both walk side by side.
 *
 * Where the row is not taken the two do the same, so the walk begins at every reachable state that takes it. What is seen:
 * answers, the state, the error object, callbacks, when timers are due, requests begun and dropped, files named and deleted,
 * counters and times. Two jobs that differ in what is not seen walk on as a pair. A timer that only one of them has armed
 * rings for that one alone.
 *
 * Within the bounds of explore.h (one job). What is left out there is left out here: bytes of a file, priorities, length of
 * periods; what could be seen of these counts as seen as soon as an effect would change it. So `equal` is a claim about all
 * paths within the bounds, and `different` one about a path, which a suite may still have no scenario for. */
#ifndef BGCHECK_SIM_EXPLORE_EQUAL_H
#define BGCHECK_SIM_EXPLORE_EQUAL_H

#include "sim/explore.h"

#define EXPLORE_EQUAL_TEXT 600u

enum explore_equality {
	EXPLORE_EQUAL,
	EXPLORE_NEVER_TAKEN,   /* equal: no path takes the row */
	EXPLORE_DIFFERENT,
	EXPLORE_TOO_MANY,      /* nothing was shown: too many pairs of jobs */
};

/* The reference's states, and who takes which row. Made once; then only read, so that processes may share it. */
struct explore_equal;

/* bounds: machine, files, retries; one job. NULL when the arena is used up or the bounds are out of range. */
struct explore_equal *explore_equal_new(struct arena *arena, const struct explore_bounds *bounds);

/* What is compared. */
struct explore_other {
	const struct machine *machine; /* the reference's rows but for one */
	unsigned row;                  /* its index */
	bool whole_cell;               /* which row of its cell is taken may have changed */
	const struct machine *like;    /* that may be different there, too, and is compared with; NULL: the reference */
	uint32_t open;                 /* bits of effects that nobody is bound to show: NOTIFY_MODIFICATION; REFUSE stands for the
	                                  modification time, which a refused call then may move */
};

/* Walks both. `text`: the shortest way to the difference that was found, the events with commas between them. */
enum explore_equality explore_equal_check(const struct explore_equal *equal, struct arena *arena, const struct explore_other *other,
	char text[EXPLORE_EQUAL_TEXT]);

#endif
