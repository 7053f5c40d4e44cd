/* mutant_row.h -- every first-order edit of the MOVE rows, made from the table: a row taken out, its target, effects, guard or
 * answer changed. Ids: gen:DIALECT:ROW:EDIT, where EDIT is drop, to=STATE, +EFFECT, -EFFECT, guard=WORD, guard=!WORD or
 * result=CODE. They name no rule: the suite must kill them by any, or the explorer show that nothing can. */
#ifndef BGCHECK_CONFORMANCE_MUTANT_ROW_H
#define BGCHECK_CONFORMANCE_MUTANT_ROW_H

#include "conformance/mutant.h"

#define MUTANT_ROW_ID_MAX 96
#define MUTANT_ROW_EDITS_MAX 64   /* of one row */

struct mutant_row {
	struct mutant mutant;         /* its id is the text below */
	char id[MUTANT_ROW_ID_MAX];
	enum dialect dialect;
	unsigned row;                 /* index in the reference's table */
	bool whole_cell;              /* which row of the cell is taken may change: the guard, or the row is out */
};

/* The edits of one row, in a fixed order; returns how many (at most MUTANT_ROW_EDITS_MAX). What would change nothing, and
 * effects that need a cause where the event has none, are left out. */
unsigned mutant_row_edits(enum dialect dialect, unsigned row, struct mutant_row *edits);
/* All edits of all rows of a dialect, in the order of the table. NULL when the arena is used up. */
struct mutant_row *mutant_row_all(struct arena *arena, enum dialect dialect, unsigned *count);
/* By id. False when there is none. `found` is filled, and holds the mutant as long as it lives. */
bool mutant_row_find(const char *id, struct mutant_row *found);
/* Copies; the copy's mutant has the copy's id. */
void mutant_row_copy(struct mutant_row *to, const struct mutant_row *from);

#endif
