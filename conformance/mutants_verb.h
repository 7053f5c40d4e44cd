/* mutants_verb.h -- the verb `mutants`: how good the suite is at noticing what is wrong. */
#ifndef BGCHECK_CONFORMANCE_MUTANTS_VERB_H
#define BGCHECK_CONFORMANCE_MUTANTS_VERB_H

#include "conformance/mutant_kill.h"

struct mutants_options {
	const struct run_options *run;  /* dialects, jobs, seed */
	char *const *words;             /* globs over ids of mutants; none: all of them, and every rule must have one */
	unsigned words_count;
	const char *matrix;             /* file of the kill matrix, or NULL */
	bool json;
};

/* Why no mutant of the reference can break the rule (mutant_none.def); NULL when nothing says so. */
const char *mutants_none(const char *rule);
/* Brings mutants before the scenarios of the selection and tells the totals. Returns the exit code: EXIT_CONFORMS when every
 * mutant is killed, or shown equivalent; 95 in 100 of the hand-written ones by a scenario that lists its rule; each rule that
 * a mutant names is shown broken; every judged MUST and SHOULD rule has a mutant, or a reason why there is none; and the
 * reference raises no alarm. EXIT_SELECTION: no mutant has such an id. EXIT_HARNESS: a worker failed, or the matrix could not
 * be written. */
int mutants_tell(struct arena *arena, const struct selection *selection, const struct mutants_options *options, FILE *file);

#endif
