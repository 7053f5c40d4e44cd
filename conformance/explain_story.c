/* explain_story.c -- finds the line at which documentation and implementation part, and what surrounds it. */
#include "conformance/explain_story.h"

#include "conformance/explain_diagram.h"
#include "conformance/explain_guard.h"
#include "conformance/json_text.h"
#include "conformance/oracle_tell.h"
#include "conformance/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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

static bool is_oracle(const struct teller *teller)
{
	return !strcmp(of(teller, "rule"), ORACLE_RULE);
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
	if (is_oracle(teller))
		return json_sprintf("%s\n%s: some state of the machine agrees with everything that was seen\nsource: %s", or_else(allowed, "no state that is left"),
			of(teller, "level"), or_else(page, "no row of the table: the reference's own answers, played again"));
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

static struct guard_place place_before(const struct teller *teller, const struct trace_line *line)
{
	return (struct guard_place){ .machine = teller->machine, .lines = teller->source->lines, .before = line, .job = teller->job };
}

/* => the row that holds, ?> one that may, -- one that does not, or that stands below one that does. */
static void print_row(FILE *text, const struct teller *teller, const struct trace_line *call, const struct move *row, bool *open)
{
	const struct guard_place place = place_before(teller, call);
	char why[GUARD_WHY_MAX];
	bool exists;
	int holds = guard_held(&place, row->guard, why);
	uint32_t code = machine_code_value(teller->machine->dialect, row->result, &exists);
	const char *name = exists ? machine_code_name(teller->machine->dialect, code) : NULL;
	if (holds >= 0 && row->negated) holds = !holds;
	fprintf(text, "\n%s [%s] when %s%s: %s, %s (%s)", !*open ? "--" : holds < 0 ? "?>" : holds ? "=>" : "--", row->id, row->negated ? "not " : "",
		machine_guard_name(row->guard), machine_state_name(row->to), name ? name : "no answer", row->cite);
	if (*open && *why) fprintf(text, "\n   %s: %s", holds > 0 ? "it holds" : holds == 0 ? "it does not hold" : "it may hold", why);
	if (holds > 0) *open = false;
}

static void print_cell(FILE *text, const struct teller *teller, const struct trace_line *call, int event)
{
	const struct guard_place place = place_before(teller, call);
	const struct trace_line *probe = is_probe(call) ? call : guard_probe(&place);
	const char *word = probe ? trace_get(probe, "state") : NULL;
	enum state state = word ? machine_state_find(word, strlen(word)) : STATE_NONE;
	unsigned rows;
	bool open = true;   /* no row above holds */
	if (state == STATE_NONE) return;
	const struct move *cell = machine_cell(teller->machine, state, (enum event)event, &rows);
	fprintf(text, "\nthe table in %s, on %s (=> is the row that holds, ?> one whose guard the trace cannot tell):",
		machine_state_name(state), machine_event_name((enum event)event));
	for (unsigned i = 0; i < rows; i++) print_row(text, teller, call, &cell[i], &open);
}

/* The oracle names the row itself. */
static const struct move *oracle_row(const struct teller *teller)
{
	const char *row = of(teller, "row");
	return *row ? machine_move(teller->machine, row) : NULL;
}

static void print_oracle(FILE *text, const struct teller *teller)
{
	const struct move *row = oracle_row(teller);
	if (!row) {
		fprintf(text, "the machine as oracle: of all its states that agreed until then none gives what was seen; it is an answer of no row of the table");
		return;
	}
	fprintf(text, "the machine as oracle, by the row %s: in %s, on %s, when %s%s, a job goes to %s (%s)", row->id, machine_state_name(row->from),
		machine_event_name(row->event), row->negated ? "not " : "", machine_guard_name(row->guard), machine_state_name(row->to), row->cite);
}

static json_t *tell_forbids(const struct teller *teller)
{
	char *buffer = NULL;
	size_t size;
	FILE *text = open_memstream(&buffer, &size);
	if (!text) return NULL;
	if (is_oracle(teller)) print_oracle(text, teller);
	else if (teller->rule) fprintf(text, "rule %s, which speaks when: %s", teller->rule->id, teller->rule->trigger);
	else if (teller->source->finding) fprintf(text, "no row of the table: the check of the scenario at line %u", teller->line);
	else fprintf(text, "no row of the table: the run ended `%s`", or_else(json_text(teller->source->unit, "end"), json_text(teller->source->unit, "verdict")));
	const struct trace_line *call = find_call(teller);
	int event = event_of(call);
	if (!call && teller->at != NOWHERE && is_probe(&teller->source->lines[teller->at])) {   /* the player's own GetError */
		call = &teller->source->lines[teller->at];
		event = EVENT_GET_ERROR;
	}
	const struct move *row = is_oracle(teller) ? oracle_row(teller) : NULL;
	if (row && (int)row->event != event) event = -1;   /* what the oracle blames is not the call */
	if (event >= 0) print_cell(text, teller, call, event);
	else if (teller->rule && !row) fprintf(text, "\nno call with a cell of its own was made at this step: the rule alone decides");
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

/* The oracle knows it; for a rule it is the last thing seen of the job that nobody blames. */
static json_t *tell_agreed(const struct teller *teller)
{
	const json_t *agreed = json_object_get(teller->source->finding, "agreed_index");
	if (is_oracle(teller) && json_is_integer(agreed) && json_integer_value(agreed) < (json_int_t)teller->source->count) {
		const struct trace_line *line = &teller->source->lines[json_integer_value(agreed)];
		char text[TRACE_LINE_MAX];
		return json_sprintf("trace line %lld, scenario line %u: %s", (long long)json_integer_value(agreed) + 1, line->scenario_line, line_text(line, text));
	}
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

/* What was kept of a failing run can be played on another build, or by somebody else. */
static const char *replay_line(const struct story_source *source, const char *again, const char *id, const char *dialect, char line[3000])
{
	char folder[2400];
	snprintf(folder, sizeof folder, "%s/repro/%s.%s", source->out, id, dialect);
	if (!access(folder, R_OK)) snprintf(line, 3000, "\n%.*s replay %s", (int)strcspn(again, " "), again, folder);
	return line;
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
	const char *again = json_text(source->unit, "again");
	json_object_set_new(story, "again", json_sprintf("%s\n%.*s explain %s %s/%s%s", again, (int)strcspn(again, " "), again, source->out, id, dialect,
		replay_line(source, again, id, dialect, (char[3000]){ 0 })));
	json_object_set_new(story, "diagram", diagram);
	return story;
}
