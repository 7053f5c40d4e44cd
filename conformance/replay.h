/* replay.h -- `bgcheck replay`: a failing run again, from the folder that it left. */
#ifndef BGCHECK_CONFORMANCE_REPLAY_H
#define BGCHECK_CONFORMANCE_REPLAY_H

#include "sim/arena.h"

#include <stdio.h>

struct replay_options {
	const char *folder;       /* OUT/repro/ID.DIALECT */
	char *const *adapter;     /* the command of another implementation; NULL: what was under test then */
};

/*
 * Runs the scenario of the folder as it was run, by another process of this bgcheck, and compares verdict, findings and, in virtual
 * time, the trace. Says on `out` what is the same and what differs, the first line of the trace that does with both texts.
 *
 * Returns EXIT_CONFORMS when verdict and findings are those that were recorded, EXIT_FAILED when they are not, EXIT_USAGE for a folder
 * that is none of ours or is damaged, EXIT_HARNESS when it could not be run.
 */
int replay(struct arena *arena, const struct replay_options *options, FILE *out);

#endif
