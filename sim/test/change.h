/* change.h -- steps of a scenario for tests: one line of its language. */
#ifndef BGCHECK_SIM_TEST_CHANGE_H
#define BGCHECK_SIM_TEST_CHANGE_H

#include "sim/scenario.h"

#include <stdio.h>
#include <string.h>

/* The step of the line, in the arena; NULL when it is none (a test that writes nonsense fails). */
static inline const struct step *change_step(struct arena *arena, const char *line)
{
	struct scenario_failures failures = { 0 };
	struct scenario *scenario;
	char text[800];

	snprintf(text, sizeof text, "id: t\ntitle: a test\ndialect: do bits\n---\n%s\n", line);
	if (scenario_parse(arena, "t.scn", text, strlen(text), &scenario, &failures) || scenario->steps_count != 1) return NULL;
	return &scenario->steps[0];
}

#endif
