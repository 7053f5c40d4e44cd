/* run.h -- all chosen scenarios on an implementation: worker processes, one result each, in the order chosen. */
#ifndef BGCHECK_CONFORMANCE_RUN_H
#define BGCHECK_CONFORMANCE_RUN_H

#include "conformance/select.h"
#include "conformance/unit.h"

struct run_options {
	struct unit_options unit;
	bool dialects[DIALECT_COUNT];  /* those wanted; a scenario runs in those of its own that are wanted */
	unsigned jobs;                 /* worker processes at once; from 1 */
};

/* Runs every scenario in every wanted dialect. A worker that dies harms its own scenario only. Progress goes to
 * `progress` (NULL: none). Returns a new array of unit_run() results, in order whatever the number of workers; NULL on harness errors,
 * which are printed, and when it was interrupted (interrupt.h). An empty array: no scenario has a wanted dialect. */
json_t *run_units(const struct selection *selection, const struct run_options *options, FILE *progress);

#endif
