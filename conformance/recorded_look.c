/* recorded_look.c -- looks at a job that a log of calls holds. */
#include "conformance/recorded.h"

#include <stdio.h>
#include <string.h>

static struct recorded_look *look_of(struct recorded_looks *looks, const char *job)
{
	for (unsigned i = 0; i < looks->count; i++)
		if (!strcmp(looks->looks[i].job, job)) return &looks->looks[i];
	if (looks->count == RECORDED_LOOKS) return NULL;
	struct recorded_look *look = &looks->looks[looks->count++];
	*look = (struct recorded_look){ 0 };
	snprintf(look->job, sizeof look->job, "%s", job);
	return look;
}

static void forget(struct recorded_look *look)
{
	look->state[0] = look->hr[0] = look->error[0] = look->context[0] = look->code[0] = '\0';
}

static void keep(char to[TRACE_WORD_MAX], const char *text)
{
	snprintf(to, TRACE_WORD_MAX, "%s", text ? text : "");
}

static bool is_good(const struct trace_line *line)
{
	const char *hr = trace_get(line, "hr");
	return hr && !strcmp(hr, "S_OK");
}

static void tell(const struct recorded_look *look, const struct trace_line *line, struct trace_line *probe)
{
	trace_line_init(probe, line->at_ns, ACTOR_CLIENT, look->job, "probe");
	trace_add(probe, "state", look->state);
	trace_add(probe, "hr", look->hr);
	if (look->context[0]) trace_add(probe, "context", look->context);
	if (look->code[0]) trace_add(probe, "code", look->code);
	trace_add(probe, "after", look->state);
}

static bool see_state(struct recorded_look *look, const struct trace_line *line, struct trace_line *probe)
{
	const char *state = is_good(line) ? trace_get(line, "state") : NULL;
	bool ends = state && look->hr[0] && !strcmp(look->state, state);
	if (ends) tell(look, line, probe);
	forget(look);
	keep(look->state, state);
	return ends;
}

/* What the error object says belongs to the look in which it was got. */
static void see_error(struct recorded_looks *looks, const struct trace_line *line)
{
	for (unsigned i = 0; i < looks->count; i++) {
		struct recorded_look *look = &looks->looks[i];
		if (!look->error[0] || strcmp(look->error, line->object) || strcmp(line->event, "error.get_error") || !is_good(line)) continue;
		keep(look->context, trace_get(line, "context"));
		keep(look->code, trace_get(line, "code"));
	}
}

bool recorded_look(struct recorded_looks *looks, const struct trace_line *line, struct trace_line *probe)
{
	if (line->actor != ACTOR_CLIENT && line->actor != ACTOR_CB) {   /* the world may have moved any job */
		for (unsigned i = 0; i < looks->count; i++) forget(&looks->looks[i]);
		return false;
	}
	if (!strncmp(line->event, "error.", strlen("error."))) {
		see_error(looks, line);
		return false;
	}
	struct recorded_look *look = look_of(looks, line->object);
	if (!look) return false;
	if (!strcmp(line->event, "job.state")) return see_state(look, line, probe);
	if (strcmp(line->event, "job.get_error") || !look->state[0] || look->hr[0]) {
		forget(look);
		return false;
	}
	keep(look->hr, trace_get(line, "hr"));
	keep(look->error, trace_get(line, "as"));
	return false;
}
