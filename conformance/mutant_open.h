/* mutant_open.h -- a generated mutant that no judge may complain of: what it does else than the reference, the documentation leaves
 * open, is another reading of it, or never comes about in the reference's world. */
#ifndef BGCHECK_CONFORMANCE_MUTANT_OPEN_H
#define BGCHECK_CONFORMANCE_MUTANT_OPEN_H

#include "conformance/mutant_row.h"
#include "sim/explore_equal.h"

enum mutant_openness {
	MUTANT_BOUND,        /* it can be told, and must be */
	MUTANT_LEFT_OPEN,    /* mutant_open.def: the explorer finds no other difference */
	MUTANT_READING,      /* the explorer finds no difference from the reference with one reading of choice.def */
	MUTANT_NOT_BROUGHT,  /* the row is taken by no play: witness.def says why */
};

/* Asks all three. `machine`: the mutant's. `text`: the requirement, the reading, or the reason; else left as it is. The arena
 * keeps what is made. */
enum mutant_openness mutant_open(const struct explore_equal *equal, struct arena *arena, const struct machine *machine,
	const struct mutant_row *edit, char text[EXPLORE_EQUAL_TEXT]);

#endif
