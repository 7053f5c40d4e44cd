/* results_cover.h -- what the units of a run have met of the tables. */
#ifndef BGCHECK_CONFORMANCE_RESULTS_COVER_H
#define BGCHECK_CONFORMANCE_RESULTS_COVER_H

#include "model/machine.h"

#include <jansson.h>

/* Whether a unit of the dialect ran. */
bool results_dialect_ran(json_t *units, const char *dialect);

/* Rows, cells, faults, contexts and readings of each dialect that ran: hit, and missed. The caller owns it. */
json_t *results_coverage(json_t *units);

/* Appends the transitions of a dialect. seen_only: the implementation cannot be looked into, and they are those that clients saw. */
void results_add_transitions(json_t *transitions, json_t *units, const struct machine *machine, bool seen_only);

#endif
