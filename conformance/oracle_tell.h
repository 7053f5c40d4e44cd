/* oracle_tell.h -- what the oracle found, as parts of results.json. */
#ifndef BGCHECK_CONFORMANCE_ORACLE_TELL_H
#define BGCHECK_CONFORMANCE_ORACLE_TELL_H

#include "conformance/oracle.h"
#include "conformance/verdict.h"

#include <jansson.h>

#define ORACLE_RULE "oracle"         /* stands where a rule's id stands: in findings and .xfail files */

/* ON: a divergence is a failure in a simulated world, and only told of an implementation in real time. */
enum oracle_mode { ORACLE_ON, ORACLE_OFF, ORACLE_STRICT };

/* As the command line says it: on, off, strict. */
const char *oracle_mode_word(enum oracle_mode mode);

/* Adds to a unit: `oracle` {largest, hypotheses, readings, inconclusive}, and of a divergence `first_divergence`, a finding with
 * row, agreed_index and largest beside the usual keys. It is also appended to `findings`, but when a rule was broken by the
 * same line: then it bears the rule's name, and is not counted twice. fails: it counts as a failure. */
void oracle_tell(json_t *unit, const struct oracle_result *result, bool fails);

/* Of a finished run: how many units diverged, largest set, most hypotheses, units that could not be judged to the end. New reference. */
json_t *oracle_tell_sum(json_t *units, enum oracle_mode mode);

/* What an oracle that lost its way makes of the unit. */
enum verdict oracle_tell_verdict(const json_t *unit);

#endif
