/* explain_guard.c -- guards, from what a trace has of the job and of the world before a line. */
#include "conformance/explain_guard.h"

#include "conformance/view.h"

#include <stdio.h>
#include <string.h>

static bool is_call(const struct guard_place *place, const struct trace_line *line, const char *command)
{
	const char *hr = trace_get(line, "hr");
	return line->actor == ACTOR_CLIENT && !strcmp(line->object, place->job) && !strncmp(line->event, command, strlen(command)) && hr && !strcmp(hr, "S_OK");
}

const struct trace_line *guard_probe(const struct guard_place *place)
{
	const struct trace_line *found = NULL;
	for (const struct trace_line *line = place->lines; line < place->before; line++)
		if (line->actor == ACTOR_CLIENT && !strcmp(line->event, "probe") && !strcmp(line->object, place->job)) found = line;
	return found;
}

static int no_files(const struct guard_place *place, char why[GUARD_WHY_MAX])
{
	unsigned added = 0;
	for (const struct trace_line *line = place->lines; line < place->before; line++) added += is_call(place, line, "job.add_file");
	snprintf(why, GUARD_WHY_MAX, "AddFile worked %u times", added);
	return added == 0;
}

static int uploads(const struct guard_place *place, char why[GUARD_WHY_MAX])
{
	for (const struct trace_line *line = place->lines; line < place->before; line++) {
		const char *as = trace_get(line, "as"), *type = trace_get(line, "type");
		if (line->actor != ACTOR_CLIENT || strcmp(line->event, "job.create") || !as || strcmp(as, place->job)) continue;
		snprintf(why, GUARD_WHY_MAX, "it was made with the type %s", type ? type : "download");
		return type && strcmp(type, "download") && strcmp(type, "0");
	}
	return -1;
}

/* The last word of the world about a thing that holds until it says otherwise; `no` is the word that ends it, and the beginning. */
static int world_says(const struct guard_place *place, const char *event, const char *yes, const char *no, char why[GUARD_WHY_MAX])
{
	const char *last = NULL;
	for (const struct trace_line *line = place->lines; line < place->before; line++) {
		const char *word = trace_get(line, "word");
		if (line->actor == ACTOR_WORLD && !strcmp(line->event, event) && word) last = word;
	}
	snprintf(why, GUARD_WHY_MAX, last ? "the world said last: %s %s" : "the world never said: %s %s", event, last ? last : yes);
	return last && strcmp(last, no) && (!strcmp(yes, last) || !strcmp(event, "disk"));
}

static int has_error(const struct guard_place *place, char why[GUARD_WHY_MAX])
{
	const struct trace_line *probe = guard_probe(place);
	const char *hr = probe ? trace_get(probe, "hr") : NULL;
	if (!hr) return -1;
	snprintf(why, GUARD_WHY_MAX, "GetError last answered %s", hr);
	return !strcmp(hr, "S_OK");
}

/* What the client last set the property to, in seconds; `otherwise` when it never did. */
static int64_t last_set_s(const struct guard_place *place, const char *property, int64_t otherwise)
{
	int64_t seconds = otherwise;
	for (const struct trace_line *line = place->lines; line < place->before; line++) {
		const char *value = is_call(place, line, "job.set") ? trace_get(line, property) : NULL;
		if (value && view_seconds(value) >= 0) seconds = view_seconds(value);
	}
	return seconds;
}

static int is_above(const struct guard_place *place, enum guard guard, char why[GUARD_WHY_MAX])
{
	const struct limits *limits = &place->machine->limits;
	int64_t period_s = last_set_s(place, "no_progress_timeout", limits->no_progress_ns_default / 1000000000);
	int64_t delay_s = last_set_s(place, "minimum_retry_delay", limits->retry_delay_ns_default / 1000000000);
	snprintf(why, GUARD_WHY_MAX, "the retry delay was %lld s, the no-progress time-out %lld s", (long long)delay_s, (long long)period_s);
	return guard == GUARD_every_error_fatal ? period_s == 0 : delay_s > period_s;
}

/* TRANSFERRED says that all are; of other states no client knows. */
static int all_done(const struct guard_place *place, char why[GUARD_WHY_MAX])
{
	const struct trace_line *probe = guard_probe(place), *line = probe;
	const char *state = probe ? trace_get(probe, "state") : NULL;
	if (!state || strcmp(state, "TRANSFERRED")) return -1;
	for (; line < place->before; line++)
		if (is_call(place, line, "job.add_file")) return -1;
	snprintf(why, GUARD_WHY_MAX, "it was seen in TRANSFERRED, and no file was added since");
	return 1;
}

int guard_held(const struct guard_place *place, enum guard guard, char why[GUARD_WHY_MAX])
{
	why[0] = '\0';
	switch (guard) {
	case GUARD_always: return 1;
	case GUARD_no_files: return no_files(place, why);
	case GUARD_upload: return uploads(place, why);
	case GUARD_error_present: return has_error(place, why);
	case GUARD_blocked: return world_says(place, "policy", "block", "allow", why);
	case GUARD_owner_away: return world_says(place, "user", "logoff", "logon", why);
	case GUARD_rename_fails: return world_says(place, "disk", "locked", "ok", why) ? -1 : 0;   /* only a locked disk, or one that cannot name */
	case GUARD_every_error_fatal:
	case GUARD_retry_above_limit: return is_above(place, guard, why);
	case GUARD_all_files_done:
	case GUARD_some_files_done:
	case GUARD_all_or_none_done: return all_done(place, why);
	default: return -1;
	}
}
