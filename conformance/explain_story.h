/* explain_story.h -- one divergence, told: from a finding of results.json and the trace beside it. */
#ifndef BGCHECK_CONFORMANCE_EXPLAIN_STORY_H
#define BGCHECK_CONFORMANCE_EXPLAIN_STORY_H

#include "model/trace.h"

#include <jansson.h>

/* What a story is made from; all belongs to the caller. */
struct story_source {
	const json_t *unit;               /* a scenario of results.json */
	const json_t *finding;            /* one of its findings; NULL: the scenario failed without one */
	const struct trace_line *lines;   /* its trace; none when it left no trace */
	unsigned count;
	const char *out;                  /* the folder, for the command */
};

/* A new object: headline, and the seven texts done, documentation, seen, forbids, agreed, again (none empty; lines are separated by
 * newlines) and diagram (array of rows). Cannot fail but for memory. */
json_t *story_tell(const struct story_source *source);

#endif
