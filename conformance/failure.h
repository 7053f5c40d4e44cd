/* failure.h -- what is wrong with a run, as classes: runs that fail alike are of one. */
#ifndef BGCHECK_CONFORMANCE_FAILURE_H
#define BGCHECK_CONFORMANCE_FAILURE_H

#include "conformance/unit.h"

#define FAILURE_SIGNATURE_MAX 400

/* One thing that was broken. Texts live as long as the trial. */
struct broken {
	const char *rule;       /* its id, or CHECK (an expectation of the scenario), END (it could not be played), HARNESS, ORACLE_RULE */
	int index;              /* of the rule; -1 of others */
	const char *signature;
};

/* Tells each thing that was broken in the trial: MUST and SHOULD rules, expectations, the end, and the oracle. Returns how many. */
unsigned failure_look(const struct unit_trial *trial, void (*tell)(void *context, const struct broken *broken), void *context);

/* The class of what was broken: "dialect<tab>rule<tab>signature". Numbers of an expectation are written as #, for they differ between
 * runs that fail alike. */
void failure_class(enum dialect dialect, const struct broken *broken, char text[FAILURE_SIGNATURE_MAX]);

#endif
