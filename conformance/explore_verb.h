/* explore_verb.h -- `bgcheck explore` and `bgcheck export promela`: the machine without scenarios. */
#ifndef BGCHECK_CONFORMANCE_EXPLORE_VERB_H
#define BGCHECK_CONFORMANCE_EXPLORE_VERB_H

#include "sim/explore.h"

/* Walks all states within the bounds and tells what it found; writes the witnesses into the folder `witness`, when it is given. Returns an exit code: 1 for a broken invariant, a job that
 * cannot end, or a row or cell that is never reached and not said to be; 2 for bad bounds; 4 when a bound ended the walk. */
int explore_tell(struct arena *arena, const struct explore_bounds *bounds, const char *witness, FILE *file, bool json);

/* Writes the Promela model. Returns an exit code. */
int explore_export(struct arena *arena, const struct explore_bounds *bounds, FILE *file);

#endif
