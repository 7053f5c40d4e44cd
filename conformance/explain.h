/* explain.h -- `bgcheck explain OUT [ID]`: every failure of a run as a story, from the files that it left. */
#ifndef BGCHECK_CONFORMANCE_EXPLAIN_H
#define BGCHECK_CONFORMANCE_EXPLAIN_H

#include "conformance/verdict.h"
#include "sim/arena.h"

#include <stdbool.h>
#include <stdio.h>

struct explain_options {
	const char *out;   /* the folder that `run --out` wrote */
	const char *id;    /* id or glob of one scenario, either with /dialect behind; or a rule; NULL: all failures in short */
	bool all;          /* every finding, not only the first of each scenario */
	bool json;         /* an array of stories (story_tell) */
	bool colour;
};

/* Prints to `file`, complaints to stderr. The arena is emptied between scenarios.
 * Returns EXIT_CONFORMS when something was explained, EXIT_SELECTION when nothing failed or there is no such id,
 * EXIT_USAGE when the glob fits several scenarios, EXIT_HARNESS when the files cannot be read or are none of ours. */
enum exit_code explain(struct arena *arena, const struct explain_options *options, FILE *file);

#endif
