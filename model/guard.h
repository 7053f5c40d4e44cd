/* guard.h -- the words of the guard column: predicates over the job and what happens to it. */
#ifndef BGCHECK_MODEL_GUARD_H
#define BGCHECK_MODEL_GUARD_H

#include "model/job.h"

/* Whether the guard holds for the job before the occurrence changes it. Cannot fail. */
bool guard_holds(enum guard guard, const struct machine *machine, const struct job *job,
	const struct occurrence *occurrence);

#endif
