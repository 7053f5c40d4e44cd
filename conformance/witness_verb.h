/* witness_verb.h -- writes the witnesses of a machine's rows and pairs as scenario files, and plays each once more. */
#ifndef BGCHECK_CONFORMANCE_WITNESS_VERB_H
#define BGCHECK_CONFORMANCE_WITNESS_VERB_H

#include "sim/explore.h"

#include <stdio.h>

/* One file for each row and each pair that the reference's world can come to, in `folder`, which is made; what cannot be is
 * counted and said why. Returns an exit code: 1 when something was neither found nor excused, or an excuse is wrong. */
int witness_write(struct arena *arena, const struct explore_bounds *bounds, const char *folder, FILE *out);

/* The shortest scenario of the search that breaks an invariant: into the folder, or onto `out` when it is NULL. False: the
 * world of the search does not come there. */
bool witness_tell_broken(struct arena *arena, const struct explore_bounds *bounds, const char *folder, FILE *out);

#endif
