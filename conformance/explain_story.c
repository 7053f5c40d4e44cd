/* explain_story.c -- finds the line at which documentation and implementation part, and what surrounds it. */
#include "conformance/explain_story.h"

#include "conformance/explain_diagram.h"
#include "conformance/json_text.h"
#include "conformance/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NOWHERE UINT32_MAX

struct teller {
	const struct story_source *source;
	const struct rule *rule;       /* NULL: no rule is broken, the scenario itself or the adapter is */
	const struct machine *machine;
	const char *job;               /* "-" when it is about none */
	unsigned line;                 /* of the scenario; 0: none */
	unsigned at;                   /* index of the divergent line; NOWHERE: there is no trace */
};

static const char *of(const struct teller *teller, const char *key)
{
	return json_text(teller->source->finding, key);
}

static const char *or_else(const char *text, const char *otherwise)
{
	return *text ? text : otherwise;
}

/* A check has no index: its own line of the player is the place, else the last line that its step caused, else the end. */
static unsigned find_place(const struct teller *teller)
{
	const struct story_source *source = teller->source;
	const json_t *index = json_object_get(source->finding, "trace_index");
	if (!source->count) return NOWHERE;
	if (json_is_integer(index) && json_integer_value(index) < (json_int_t)source->count) return (unsigned)json_integer_value(index);
	unsigned place = source->count - 1;
	for (unsigned i = 0; teller->line && i < source->count; i++)
		if (source->lines[i].scenario_line == teller->line) place = i;
	return place;
}

/* The scenario's own line, when the file still stands where it stood. */
static void read_step(const char *path, unsigned number, char *text, size_t size)
{
	char line[4200];
	FILE *file = number ? fopen(path, "r") : NULL;
	*text = '\0';
	for (unsigned i = 1; file && fgets(line, sizeof line, file); i++)
		if (i == number) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(text, size, "%s", line);
			break;
		}
	if (file) fclose(file);
}

static json_t *tell_done(const struct teller *teller)
{
	char step[500], when[60] = "at no time that was recorded";
	const char *file = json_text(teller->source->unit, "file");
	if (teller->at != NOWHERE) {
		int64_t ns = teller->source->lines[teller->at].at_ns;
		snprintf(when, sizeof when, "at %" PRId64 ".%09" PRId64 " s", ns / 1000000000, ns % 1000000000);
	}
	read_step(file, teller->line, step, sizeof step);
	const char *done = or_else(of(teller, "done"), *step ? step : "the scenario was played");
	if (!teller->line) return json_sprintf("%s, %s; no line of the scenario caused it alone", done, when);
	return json_sprintf("%s, %s\n%s:%u: %s", done, when, file, teller->line, *step ? step : "(the file is no longer there)");
}

static json_t *tell_documentation(const struct teller *teller)
{
	const char *allowed = or_else(of(teller, "allowed"), json_text(teller->source->unit, "feature"));
	const char *page = of(teller, "source");
	if (teller->rule)
		return json_sprintf("%s\n%s %s: %s\nsource: %s", or_else(allowed, "what the rule says"), of(teller, "level"), teller->rule->id,
			teller->rule->sentence, or_else(page, "no page says it in so many words; the rule is inferred"));
	if (teller->source->finding)
		return json_sprintf("%s\nsource: the scenario itself expects it; no rule of the documentation was found broken at this step", or_else(allowed, "what the step says"));
	if (*json_text(teller->source->unit, "feature"))
		return json_sprintf("the feature %s\nsource: the scenario needs it, see fixtures/README.md", allowed);
	return json_string("any answer within the time limits and in the form of the protocol\nsource: bgcheck show protocol");
}

/* As in the trace file, without what stands around it. */
static const char *line_text(const struct trace_line *line, char text[TRACE_LINE_MAX])
{
	size_t length = trace_print(line, text, TRACE_LINE_MAX);
	while (length && text[length - 1] == '\n') text[--length] = '\0';
	return text + strspn(text, " ");
}

static bool is_probe(const struct trace_line *line)
{
	return line->actor == ACTOR_CLIENT && !strcmp(line->event, "probe");
}

static json_t *tell_seen(const struct teller *teller)
{
	char line[TRACE_LINE_MAX];
	const json_t *unit = teller->source->unit;
	const char *seen = or_else(of(teller, "seen"), or_else(json_text(unit, "why"), json_text(unit, "verdict")));
	if (teller->at == NOWHERE) return json_sprintf("%s\nthere is no trace of it", seen);
	return json_sprintf("%s\ntrace line %u: %s", seen, teller->at + 1, line_text(&teller->source->lines[teller->at], line));
}

/* The call of the client on the job that the divergent line is, or that its step made; NULL: none did. */
static const struct trace_line *find_call(const struct teller *teller)
{
	for (unsigned i = teller->at + 1; teller->at != NOWHERE && i-- > 0;) {
		const struct trace_line *line = &teller->source->lines[i];
		if (line->scenario_line != teller->line) return NULL;
		if (line->actor == ACTOR_CLIENT && !is_probe(line) && !strcmp(line->object, teller->job)) return line;
	}
	return NULL;
}

static int event_of(const struct trace_line *call)
{
	for (int event = 0; call && event < EVENT_COUNT; event++)
		if (machine_event_kind((enum event)event) == EVENT_KIND_API && !strncmp(call->event, "job.", 4) &&
			!strcasecmp(call->event + 4, machine_event_name((enum event)event))) return event;
	return -1;
}

/* What the player last saw of the job before a line; NULL: it was never looked at. */
static const struct trace_line *last_probe(const struct teller *teller, const struct trace_line *before)
{
	const struct trace_line *found = NULL;
	for (const struct trace_line *line = teller->source->lines; line < before; line++)
		if (is_probe(line) && !strcmp(line->object, teller->job)) found = line;
	return found;
}

/* 1 the guard holds, 0 it does not, -1 the trace cannot tell: most guards ask for what no client sees. */
static int guard_holds(enum guard guard, const struct trace_line *probe)
{
	if (guard == GUARD_always) return 1;
	if (guard == GUARD_error_present && probe && trace_get(probe, "hr")) return !trace_get_int(probe, "hr", 1) || !strcmp(trace_get(probe, "hr"), "S_OK");
	return -1;
}

static void print_cell(FILE *text, const struct teller *teller, const struct trace_line *call, int event)
{
	const struct trace_line *probe = is_probe(call) ? call : last_probe(teller, call);
	const char *word = probe ? trace_get(probe, "state") : NULL;
	enum state state = word ? machine_state_find(word, strlen(word)) : STATE_NONE;
	unsigned rows;
	bool open = true;   /* no row above holds or may hold */
	if (state == STATE_NONE) return;
	const struct move *cell = machine_cell(teller->machine, state, (enum event)event, &rows);
	fprintf(text, "\nthe table in %s, on %s (=> is the row that holds, ?> one whose guard the trace cannot tell):",
		machine_state_name(state), machine_event_name((enum event)event));
	for (unsigned i = 0; i < rows; i++) {
		int holds = guard_holds(cell[i].guard, is_probe(call) ? NULL : probe);   /* a probe is the call itself */
		bool exists;
		uint32_t code = machine_code_value(teller->machine->dialect, cell[i].result, &exists);
		const char *name = exists ? machine_code_name(teller->machine->dialect, code) : NULL;
		fprintf(text, "\n%s [%s] when %s: %s, %s (%s)", holds < 0 ? "?>" : holds && open ? "=>" : "--", cell[i].id,
			machine_guard_name(cell[i].guard), machine_state_name(cell[i].to), name ? name : "no answer", cell[i].cite);
		if (holds) open = false;
	}
}

static json_t *tell_forbids(const struct teller *teller)
{
	char *buffer = NULL;
	size_t size;
	FILE *text = open_memstream(&buffer, &size);
	if (!text) return NULL;
	if (teller->rule) fprintf(text, "rule %s, which speaks when: %s", teller->rule->id, teller->rule->trigger);
	else if (teller->source->finding) fprintf(text, "no row of the table: the check of the scenario at line %u", teller->line);
	else fprintf(text, "no row of the table: the run ended `%s`", or_else(json_text(teller->source->unit, "end"), json_text(teller->source->unit, "verdict")));
	const struct trace_line *call = find_call(teller);
	int event = event_of(call);
	if (!call && teller->at != NOWHERE && is_probe(&teller->source->lines[teller->at])) {   /* the player's own GetError */
		call = &teller->source->lines[teller->at];
		event = EVENT_GET_ERROR;
	}
	if (event >= 0) print_cell(text, teller, call, event);
	else if (teller->rule) fprintf(text, "\nno call with a cell of its own was made at this step: the rule alone decides");
	fclose(text);
	json_t *told = json_string(buffer);
	free(buffer);
	return told;
}

/* Whether a finding of the scenario blames the line. */
static bool is_blamed(const struct teller *teller, unsigned index)
{
	const json_t *finding;
	size_t i;
	json_array_foreach(json_object_get(teller->source->unit, "findings"), i, finding) {
		const json_t *at = json_object_get(finding, "trace_index");
		if (json_is_integer(at) && json_integer_value(at) == (json_int_t)index) return true;
	}
	return false;
}

static json_t *tell_agreed(const struct teller *teller)
{
	for (unsigned i = teller->at == NOWHERE ? 0 : teller->at; i-- > 0;) {
		const struct trace_line *line = &teller->source->lines[i];
		char text[TRACE_LINE_MAX];
		bool mine = !strcmp(teller->job, "-") || !strcmp(line->object, teller->job);
		if ((line->actor != ACTOR_CLIENT && line->actor != ACTOR_CB) || !mine || is_blamed(teller, i)) continue;
		return json_sprintf("trace line %u, scenario line %u: %s", i + 1, line->scenario_line, line_text(line, text));
	}
	return json_string(teller->at == NOWHERE ? "none that was recorded: the scenario left no trace" :
		"none: it is the first thing that was seen of this object");
}

json_t *story_tell(const struct story_source *source)
{
	struct teller teller = { .source = source, .job = "-", .at = NOWHERE };
	const char *dialect = json_text(source->unit, "dialect"), *id = json_text(source->unit, "id");
	const char *name = or_else(json_text(source->finding, "rule"), json_text(source->unit, "verdict"));
	int d = machine_dialect_find(dialect, strlen(dialect)), rule = rules_find(name, strlen(name));
	unsigned count;
	teller.machine = machine_reference(d < 0 ? DIALECT_DO : (enum dialect)d);
	teller.rule = rule < 0 ? NULL : &rules_all(&count)[rule];
	teller.job = or_else(json_text(source->finding, "job"), "-");
	const json_t *line = json_object_get(source->finding ? source->finding : source->unit, "line");
	teller.line = (unsigned)json_integer_value(line);
	teller.at = find_place(&teller);
	json_t *story = json_object(), *diagram = diagram_draw(source->lines, source->count, teller.at == NOWHERE ? 0 : teller.at);
	json_object_set_new(story, "headline", json_sprintf("%s in %s: %s", name, dialect, or_else(json_text(source->finding, "sentence"), json_text(source->unit, "why"))));
	json_put_text(story, "id", id);
	json_put_text(story, "dialect", dialect);
	json_put_text(story, "rule", json_text(source->finding, "rule"));
	json_object_set_new(story, "done", tell_done(&teller));
	json_object_set_new(story, "documentation", tell_documentation(&teller));
	json_object_set_new(story, "seen", tell_seen(&teller));
	json_object_set_new(story, "forbids", tell_forbids(&teller));
	json_object_set_new(story, "agreed", tell_agreed(&teller));
	json_object_set_new(story, "again", json_sprintf("%s\nbgcheck explain %s %s/%s", json_text(source->unit, "again"), source->out, id, dialect));
	json_object_set_new(story, "diagram", diagram);
	return story;
}
