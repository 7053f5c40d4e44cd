/* oracle_shadow.c -- the scenario on the reference, and its answers beside those of the trace. */
#include "conformance/oracle_part.h"

#include "sim/word_list.h"
#include "sim/world.h"

#include <stdio.h>

#define JOBS_MAX 64u                 /* whose states are remembered; more: their answers are not compared */
#define CALLBACKS_MAX 2u             /* none, one, and more: how often a callback is repeated is a question of time */

/* What was seen of the jobs so far, in the order in which they were looked at first. */
struct states {
	unsigned count;
	bool full;
	struct { const char *job; enum state state; } jobs[JOBS_MAX];
};

/* A place in a trace: how far it was read, and what is known there. */
struct reader {
	const struct trace *trace;
	unsigned at;
	struct states states;
};

const struct play *oracle_shadow_play(struct arena *arena, const struct oracle_options *options, const struct machine *machine)
{
	struct play *play = arena_take(arena, sizeof *play);
	struct target *target = world_new(arena, machine, options->seed);
	struct play_options how = { .dialect = options->dialect, .seed = options->seed };
	struct failure failure = { 0 };
	if (!play || !target || play_scenario(arena, options->scenario, target, &how, play, &failure)) return NULL;
	return play;
}

/* --- what is asked, and where the jobs are */

static bool is_probe(const struct trace_line *line)
{
	return line->actor == ACTOR_CLIENT && !strcmp(line->event, "probe");
}

static bool is_question(const struct trace_line *line)
{
	return line->actor == ACTOR_CLIENT || (line->actor == ACTOR_PLAYER && !strcmp(line->event, "check"));
}

static void note_state(struct states *states, const struct trace_line *line)
{
	const char *word = is_probe(line) ? trace_get(line, "after") : NULL;
	unsigned i = 0;
	if (!word) return;
	while (i < states->count && strcmp(states->jobs[i].job, line->object)) i++;
	states->full |= i == JOBS_MAX;
	if (i == JOBS_MAX) return;
	if (i == states->count) states->count++;
	states->jobs[i].job = line->object;
	states->jobs[i].state = machine_state_find(word, strlen(word));
}

static bool are_same(const struct states *a, const struct states *b)
{
	if (a->full || b->full || a->count != b->count) return false;
	for (unsigned i = 0; i < a->count; i++)
		if (strcmp(a->jobs[i].job, b->jobs[i].job) || a->jobs[i].state != b->jobs[i].state) return false;
	return true;
}

/* Something is under way: how far it is depends on time. */
static bool are_moving(const struct states *states)
{
	for (unsigned i = 0; i < states->count; i++)
		if (states->jobs[i].state <= STATE_TRANSFERRING || states->jobs[i].state == STATE_TRANSIENT_ERROR) return true;
	return false;
}

/* --- one question in two traces */

static bool is_same_question(const struct trace_line *a, const struct trace_line *b)
{
	return a->scenario_line == b->scenario_line && a->actor == b->actor && !strcmp(a->event, b->event) && !strcmp(a->object, b->object);
}

/* A look while time passes is no question; the one that ends its line is: the last one of line and job. */
static bool is_last_look(const struct trace *trace, unsigned at)
{
	const struct trace_line *line = trace->lines[at];
	for (unsigned i = at + 1; i < trace->count && trace->lines[i]->scenario_line <= line->scenario_line; i++)
		if (is_question(trace->lines[i]) && is_same_question(trace->lines[i], line)) return false;
	return true;
}

/* The next question after the reader that is the same: *found stands at it. False when there is none. */
static bool find_same(const struct reader *reader, const struct trace_line *line, struct reader *found)
{
	*found = *reader;
	for (; found->at < found->trace->count; found->at++) {
		const struct trace_line *other = found->trace->lines[found->at];
		note_state(&found->states, other);
		if (!is_question(other) || !is_same_question(other, line)) continue;
		if (!is_probe(other) || is_last_look(found->trace, found->at)) return true;
	}
	return false;
}

/* A look may stand behind questions that are still to come; all others are asked in order. */
static void go_on(struct reader *reader, const struct reader *found, const struct trace_line *line)
{
	if (is_probe(line)) return;
	*reader = *found;
	reader->at++;
}

/* What the documentation leaves to the implementation. */
#define FREE "id as creation modification completion text description state owner"
/* What the player itself writes of an answer. */
#define TOLD "hr left context code file passed"

/* An address or a path is one of its world. */
static bool is_place(const char *value)
{
	return strstr(value, "://") || strpbrk(value, "/\\");
}

/* Whether the key is an answer: what was asked stands in the line as well. */
static bool is_answer(const struct trace_line *line, const char *key)
{
	const char *property = trace_get(line, "property");
	const struct method *method = line->actor == ACTOR_CLIENT ? machine_method(line->event, property ? property : "") : NULL;
	if (word_listed(FREE, key)) return false;
	if (!strncmp(line->event, "handle.", 7) && !strcmp(key, "count")) return false; /* COM: of AddRef and Release, only for tests */
	return word_listed(TOLD, key) || (method && word_listed(method->fields, key));
}

/* C-09: which of the two NULL is answered by, no page says for all methods. */
static bool is_same_code(const char *a, const char *b)
{
	bool null = word_listed("E_POINTER E_INVALIDARG", a) && word_listed("E_POINTER E_INVALIDARG", b);
	return null || !strcmp(a, b);
}

/* First key of which the answers differ; NULL: none. */
static const char *difference(const struct trace_line *line, const struct trace_line *shadow, bool moving)
{
	const char *hr = trace_get(line, "hr"), *want = trace_get(shadow, "hr");
	if (line->actor == ACTOR_CLIENT && (!hr || !want)) return NULL;
	if (hr && !is_same_code(hr, want)) return "hr";
	for (unsigned i = 0; !moving && i < shadow->fields_count; i++) {
		const char *key = shadow->fields[i].key, *value = trace_get(line, key);
		if (value && strcmp(key, "hr") && is_answer(line, key) && !is_place(value) && strcmp(value, trace_get(shadow, key))) return key;
	}
	return NULL;
}

static void tell(struct divergence *first, const struct trace *trace, unsigned at, unsigned agreed, const struct trace_line *shadow, const char *key)
{
	const struct trace_line *line = trace->lines[at];
	bool check = line->actor == ACTOR_PLAYER;
	const char *property = trace_get(line, "property"), *value = trace_get(line, check ? "found" : key);
	const struct method *method = check ? NULL : machine_method(line->event, property ? property : "");
	*first = (struct divergence){ .trace_index = at, .agreed_index = agreed, .scenario_line = line->scenario_line, .at_ns = line->at_ns };
	oracle_text(first->job, sizeof first->job, "%s", line->object);
	oracle_text(first->done, sizeof first->done, "%s %s", check ? trace_get(line, "step") : line->event, check ? "" : line->object);
	oracle_text(first->allowed, sizeof first->allowed, "%s%s%s", check ? "" : key, check ? "" : "=", trace_get(shadow, check ? "found" : key));
	oracle_text(first->seen, sizeof first->seen, "%s%s%s", check ? "" : key, check ? "" : "=", value);
	if (check) oracle_text(first->signature, sizeof first->signature, "%.200s", trace_get(line, "step"));
	else oracle_text(first->signature, sizeof first->signature, "%s %s", line->event, first->seen);
	if (method) oracle_text(first->source, sizeof first->source, "%s", method->cite);
}

/* --- callbacks over the whole play */

static unsigned callbacks(const struct trace *trace, const struct trace_line *of)
{
	unsigned count = 0;
	for (unsigned i = 0; i < trace->count && count < CALLBACKS_MAX; i++) {
		const struct trace_line *line = trace->lines[i];
		count += line->actor == ACTOR_CB && !strcmp(line->event, of->event) && !strcmp(line->object, of->object);
	}
	return count;
}

static bool is_done(const struct trace *trace)
{
	const char *reason = trace->count ? trace_get(trace->lines[trace->count - 1], "reason") : NULL;
	return reason && !strcmp(reason, "done");
}

static bool compare_count(const struct trace *trace, const struct trace *shadow, const struct trace_line *of, struct divergence *first)
{
	static const char *const often[] = { "never called", "called once", "called again" };
	unsigned seen = callbacks(trace, of), want = callbacks(shadow, of), last = trace->count - 1;
	if (seen == want) return false;
	*first = (struct divergence){ .trace_index = last, .agreed_index = last ? last - 1 : 0, .at_ns = trace->lines[last]->at_ns,
		.scenario_line = trace->lines[last]->scenario_line };
	oracle_text(first->job, sizeof first->job, "%s", of->object);
	oracle_text(first->done, sizeof first->done, "the whole scenario");
	oracle_text(first->allowed, sizeof first->allowed, "%s is %s", of->event, often[want]);
	oracle_text(first->seen, sizeof first->seen, "%s is %s", of->event, often[seen]);
	oracle_text(first->signature, sizeof first->signature, "%s", first->seen);
	return true;
}

/* Only in virtual time: how many fit into a play is a question of time. JobModification may always be lost or joined. */
static bool compare_callbacks(const struct trace *trace, const struct trace *shadow, struct divergence *first)
{
	const struct trace *const both[] = { trace, shadow };
	if (!is_done(trace) || !is_done(shadow)) return false;
	for (unsigned t = 0; t < 2; t++)
		for (unsigned i = 0; i < both[t]->count; i++) {
			const struct trace_line *line = both[t]->lines[i];
			if (line->actor != ACTOR_CB || !strcmp(line->event, "job_modification")) continue;
			if (compare_count(trace, shadow, line, first)) return true;
		}
	return false;
}

bool oracle_shadow_compare(const struct oracle_options *options, const struct trace *trace, const struct trace *shadow,
	struct divergence *first)
{
	struct reader one = { .trace = trace }, other = { .trace = shadow }, found;
	unsigned agreed = 0;
	for (; one.at < trace->count; one.at++) {
		const struct trace_line *line = trace->lines[one.at];
		note_state(&one.states, line);
		if (!is_question(line) || (is_probe(line) && !is_last_look(trace, one.at)) || !find_same(&other, line, &found)) continue;
		go_on(&other, &found, line);
		const struct trace_line *answer = shadow->lines[found.at];
		bool check = line->actor == ACTOR_PLAYER;
		if (!check && !are_same(&one.states, &found.states)) continue;
		const char *key = difference(line, answer, !check && !is_probe(line) && are_moving(&one.states));
		if (key) {
			tell(first, trace, one.at, agreed, answer, key);
			return true;
		}
		agreed = one.at;
	}
	return options->tolerance_ns == 0 && compare_callbacks(trace, shadow, first);
}
