/* certify.h -- `bgcheck run --certify`: every scenario twice, by two processes that have nothing in common but the arguments. */
#ifndef BGCHECK_CONFORMANCE_CERTIFY_H
#define BGCHECK_CONFORMANCE_CERTIFY_H

#include "sim/arena.h"

#include <stdio.h>

struct certify_options {
	const char *program;     /* NULL: this bgcheck */
	char *const *argv;       /* of `run --certify ...`, as it was given; argv[0] stands in both runs */
	const char *out;         /* where the first run's report stays, with certificate.json in it; NULL: nowhere */
};

/* The second run has another address layout, number of workers, environment and umask. Compares every
 * trace and results.json byte by byte, and tells the first difference: scenario, line, both lines.
 * Returns the runs' own exit code when they are equal, else EXIT_HARNESS. Simulated worlds only: the caller sees to it. */
int certify(struct arena *arena, const struct certify_options *options, FILE *out);

#endif
