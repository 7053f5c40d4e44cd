/* results.h -- from the results of units to results.json: verdicts, counts, coverage, and the exit code. */
#ifndef BGCHECK_CONFORMANCE_RESULTS_H
#define BGCHECK_CONFORMANCE_RESULTS_H

#include "conformance/run.h"
#include "conformance/verdict.h"
#include "conformance/xfail.h"

struct results_options {
	const struct run_options *run;
	struct xfail *xfail;           /* NULL: nothing is excused */
	const struct selection *library;  /* every scenario there is, when all were selected, else NULL */
	const char *today;             /* YYYY-MM-DD, for expiry */
	bool strict;                   /* a missed SHOULD is a failure */
	unsigned require_count;
	char *const *require;          /* globs over rule ids: vacuous ones are exit 4 */
	const char *again;             /* the command that ran this, without selection: "build/bgcheck run --impl mutant:x" */
	const char *again_adapter;     /* "" or " -- CMD..." */
};

/* Takes run_units()'s array and makes the whole of results.json (design.md section 9), with verdict and exit. New reference. */
json_t *results_make(json_t *units, const struct results_options *options);

/* The finding of the earliest line of the scenario; NULL: there is none. Borrowed. */
json_t *results_first(const json_t *findings);

#endif
