/* explain_guard.h -- whether the guard of a row held at a line of a trace, as far as the lines before it tell. */
#ifndef BGCHECK_CONFORMANCE_EXPLAIN_GUARD_H
#define BGCHECK_CONFORMANCE_EXPLAIN_GUARD_H

#include "model/machine.h"
#include "model/trace.h"

#define GUARD_WHY_MAX 160

/* What is asked about: a job, before a line. */
struct guard_place {
	const struct machine *machine;
	const struct trace_line *lines, *before;   /* of one trace; `before` is one of them, or the end */
	const char *job;                           /* its handle in the trace */
};

/* 1 it held, 0 it did not, -1 the trace cannot tell, as most of what a guard asks no client sees. `why`: from what that is known;
 * empty when it is not, and for `always`. */
int guard_held(const struct guard_place *place, enum guard guard, char why[GUARD_WHY_MAX]);

/* What the player last saw of the job; NULL: it was never looked at. */
const struct trace_line *guard_probe(const struct guard_place *place);

#endif
