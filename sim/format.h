/* format.h -- the one way in which a scenario is written: blanks, and where arrows stand. */
#ifndef BGCHECK_SIM_FORMAT_H
#define BGCHECK_SIM_FORMAT_H

#include "sim/arena.h"

/* The same scenario in its canonical form; text[length] must parse. Words, quotes, comments and blank lines stay:
 *   key:     value          the value begins in the tenth column
 *   do     job.x j1 -> S_OK # verbs are padded to six; elsewhere one blank; the arrows of a file stand below each other, where
 *                             most of them stood; a line that is longer sticks out
 * A comment behind a step stays in its column, two blanks behind the step at least. What is below ==== stays as it is.
 * Formatting twice changes nothing more. Returns text in the arena with a NUL and its length; NULL when the arena is used up. */
char *format_scenario(struct arena *arena, const char *text, size_t length, size_t *formatted);

#endif
