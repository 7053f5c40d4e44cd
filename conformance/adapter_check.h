/* adapter_check.h -- a fixed conversation with an adapter that finds what is wrong with it, before any scenario is played.
 *
 * Three processes of the adapter one after the other, as runs start them. What each step asks and what is allowed stands in
 * adapter_check.def. It looks at the adapter alone: what the implementation answers is judged by scenarios. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_CHECK_H
#define BGCHECK_CONFORMANCE_ADAPTER_CHECK_H

#include "conformance/unit.h"

#include <stdio.h>

/* Holds the conversation with unit->argv, with unit's time-outs for start and step. Each step is a line of `out`:
 *     ok 3 - hello: claim          ok 4 - probe: claim # SKIP why
 *     not ok 5 - release-twice: what was sent, what is allowed (where that stands), what came
 * and the last line is `N steps, M not ok`. json: one object instead, {steps: [{step, ok, skip, claim, sent, allowed, place,
 * came}], count, not_ok}. dialect: -1: the last one of the adapter's list.
 * Returns EXIT_CONFORMS when no step is not ok, EXIT_ADAPTER when one is, EXIT_HARNESS when there is no place to work in. */
int adapter_check(struct arena *arena, const struct unit_options *unit, int dialect, bool json, FILE *out);

#endif
