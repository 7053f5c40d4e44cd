/* explain.c -- reads what a run left, chooses the failures that are asked for, and prints their stories. */
#include "conformance/explain.h"

#include "conformance/explain_story.h"
#include "conformance/json_text.h"
#include "conformance/results.h"
#include "conformance/rules.h"
#include "conformance/select.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#define RESULTS_SCHEMA 1
#define TEXT_COLUMNS 96   /* 100 without the indent */

struct explainer {
	struct arena *arena;
	const struct explain_options *options;
	FILE *file;
	json_t *stories;
};

static json_t *load_results(const char *out)
{
	char path[4200];
	json_error_t error;
	snprintf(path, sizeof path, "%s/results.json", out);
	json_t *results = json_load_file(path, 0, &error);
	if (!results) {
		fprintf(stderr, "bgcheck: %s:%d:%d: expected results of `bgcheck run --out`, found: %s\n", path, error.line < 0 ? 0 : error.line,
			error.column < 0 ? 0 : error.column, error.text);
		return NULL;
	}
	json_int_t schema = json_integer_value(json_object_get(results, "schema"));
	if (schema == RESULTS_SCHEMA && json_is_array(json_object_get(results, "scenarios"))) return results;
	fprintf(stderr, "bgcheck: %s: expected results of schema %d with scenarios, found %s %lld\n", path, RESULTS_SCHEMA,
		json_is_object(results) ? "schema" : "no object, schema", (long long)schema);
	json_decref(results);
	return NULL;
}

static bool has_failed(const json_t *unit)
{
	int verdict = verdict_find(json_text(unit, "verdict"));
	if (json_array_size(json_object_get(unit, "findings"))) return true;
	if (verdict == VERDICT_UNSUPPORTED) return !json_is_true(json_object_get(unit, "allowed"));
	return verdict > VERDICT_UNSUPPORTED;
}

static bool is_asked_unit(const json_t *unit, const char *glob)
{
	char both[300];
	snprintf(both, sizeof both, "%s/%s", json_text(unit, "id"), json_text(unit, "dialect"));
	return !fnmatch(glob, json_text(unit, "id"), 0) || !fnmatch(glob, both, 0);
}

/* Lines of the trace in the arena. A unit without a trace has none; a trace that cannot be read is an error. */
static bool load_trace(struct explainer *explainer, const json_t *unit, struct story_source *source)
{
	char path[5000];
	size_t length, capacity = 1;
	const char *name = json_text(unit, "trace");
	if (!*name) return true;
	snprintf(path, sizeof path, "%s/%s", explainer->options->out, name);
	char *text = select_read_file(explainer->arena, path, &length);
	for (size_t i = 0; text && i < length; i++) capacity += text[i] == '\n';
	struct trace_line *lines = text ? arena_take(explainer->arena, capacity * sizeof *lines) : NULL;
	if (!lines) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	source->lines = lines;
	unsigned number = 0;
	for (char *at = text, *end; at < text + length; at = end + 1) {
		struct failure failure = { 0 };
		bool present = false;
		end = strchrnul(at, '\n');
		number++;
		if (trace_parse(at, (size_t)(end - at), &lines[source->count], &present, &failure)) {
			fprintf(stderr, "%s:%u:%u: %s\n", path, number, failure.col, failure.text);
			return false;
		}
		source->count += present;
	}
	return true;
}

/* At most `most` characters of the line; breaks at a blank when there is one. Returns the bytes taken. */
static size_t take_columns(const char *text, size_t length, size_t most)
{
	size_t columns = 0, blank = 0, i = 0;
	for (; i < length; i++) {
		if (((unsigned char)text[i] & 0xC0) == 0x80) continue;
		if (columns++ == most) return blank ? blank : i;
		if (text[i] == ' ' && i) blank = i;
	}
	return length;
}

static void print_text(FILE *file, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n"), n = take_columns(text, length, TEXT_COLUMNS);
		fprintf(file, "   %.*s\n", (int)n, text);
		for (text += n, length -= n; length; text += n, length -= n) {
			size_t blanks = strspn(text, " ");
			if (blanks >= length) blanks = length - 1;
			text += blanks;
			length -= blanks;
			n = take_columns(text, length, TEXT_COLUMNS - 2);
			fprintf(file, "     %.*s\n", (int)n, text);
		}
		if (*text == '\n') text++;
	}
}

static void print_story(const struct explainer *explainer, const json_t *story)
{
	static const char *const sections[][2] = { { "done", "What was done" }, { "documentation", "What the documentation allows" },
		{ "seen", "What was seen" }, { "forbids", "What forbids it" }, { "agreed", "The last step on which both agreed" },
		{ "again", "To run it again" } };
	const char *bold = explainer->options->colour ? "\033[1m" : "", *red = explainer->options->colour ? "\033[1;31m" : "";
	const char *plain = explainer->options->colour ? "\033[0m" : "";
	const json_t *row;
	size_t i;
	fprintf(explainer->file, "%s%s/%s%s\n", red, json_text(story, "id"), json_text(story, "dialect"), plain);
	print_text(explainer->file, json_text(story, "headline"));
	for (i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		fprintf(explainer->file, "\n%s%zu. %s%s\n", bold, i + 1, sections[i][1], plain);
		print_text(explainer->file, json_text(story, sections[i][0]));
	}
	fprintf(explainer->file, "\n%s%zu. The messages around it%s\n", bold, i + 1, plain);
	json_array_foreach(json_object_get(story, "diagram"), i, row) {
		bool marked = !strncmp(json_string_value(row), ">>", 2);
		fprintf(explainer->file, "%s%s%s\n", marked ? red : "", json_string_value(row), marked ? plain : "");
	}
	fputc('\n', explainer->file);
}

static void print_short(const struct explainer *explainer, const json_t *story)
{
	char line[2000];
	const char *seen = json_text(story, "seen");
	snprintf(line, sizeof line, "%s/%s  %s", json_text(story, "id"), json_text(story, "dialect"), json_text(story, "headline"));
	print_text(explainer->file, line);
	snprintf(line, sizeof line, "  seen: %.*s", (int)strcspn(seen, "\n"), seen);
	print_text(explainer->file, line);
}

static void tell(struct explainer *explainer, struct story_source *source, const json_t *finding)
{
	source->finding = finding;
	json_t *story = story_tell(source);
	json_array_append_new(explainer->stories, story);
	if (explainer->options->json) return;
	if (explainer->options->id) print_story(explainer, story);
	else print_short(explainer, story);
}

/* The findings of a unit that are asked for: of the rule (NULL: any), all or the first. */
static bool tell_unit(struct explainer *explainer, const json_t *unit, const char *rule)
{
	struct story_source source = { .unit = unit, .out = explainer->options->out };
	const json_t *findings = json_object_get(unit, "findings"), *finding;
	size_t i;
	arena_reset(explainer->arena);
	if (!load_trace(explainer, unit, &source)) return false;
	if (!rule && (!explainer->options->all || !json_array_size(findings))) {
		tell(explainer, &source, results_first(findings));
		return true;
	}
	json_array_foreach(findings, i, finding)
		if (!rule || !strcmp(rule, json_text(finding, "rule"))) tell(explainer, &source, finding);
	return true;
}

static bool is_chosen(const struct explain_options *options, const json_t *unit, bool is_rule)
{
	return !options->id || is_rule || is_asked_unit(unit, options->id);
}

/* A glob that fits several scenarios is a question, not an answer. Returns how many scenarios it fits. */
static unsigned count_asked(const json_t *units, const char *id)
{
	const json_t *unit;
	const char *last = NULL;
	unsigned count = 0;
	size_t i;
	json_array_foreach(units, i, unit) {
		if (!is_asked_unit(unit, id) || (last && !strcmp(last, json_text(unit, "id")))) continue;
		last = json_text(unit, "id");
		count++;
	}
	return count;
}

static enum exit_code complain_selection(const struct explain_options *options, bool known)
{
	if (!options->id) fprintf(stderr, "bgcheck: nothing failed in %s: there is nothing to explain\n", options->out);
	else if (known) fprintf(stderr, "bgcheck: %s did not fail in %s: there is nothing to explain\n", options->id, options->out);
	else fprintf(stderr, "bgcheck: expected a scenario of %s or a rule, found %s\n", options->out, options->id);
	return EXIT_SELECTION;
}

static enum exit_code explain_units(struct explainer *explainer, const json_t *units)
{
	const struct explain_options *options = explainer->options;
	bool is_rule = options->id && (rules_find(options->id, strlen(options->id)) >= 0 || !strcmp(options->id, "CHECK"));
	unsigned asked = options->id && !is_rule ? count_asked(units, options->id) : 1;
	const json_t *unit;
	size_t i;
	if (asked > 1) {
		fprintf(stderr, "bgcheck: expected one scenario, found %u that %s fits\n", asked, options->id);
		return EXIT_USAGE;
	}
	json_array_foreach(units, i, unit)
		if (has_failed(unit) && is_chosen(options, unit, is_rule) && !tell_unit(explainer, unit, is_rule ? options->id : NULL)) return EXIT_HARNESS;
	if (!json_array_size(explainer->stories)) return complain_selection(options, asked);
	if (options->json) json_dumpf(explainer->stories, explainer->file, JSON_INDENT(1));
	if (options->json) fputc('\n', explainer->file);
	return EXIT_CONFORMS;
}

enum exit_code explain(struct arena *arena, const struct explain_options *options, FILE *file)
{
	struct explainer explainer = { .arena = arena, .options = options, .file = file, .stories = json_array() };
	json_t *results = load_results(options->out);
	enum exit_code code = results ? explain_units(&explainer, json_object_get(results, "scenarios")) : EXIT_HARNESS;
	json_decref(results);
	json_decref(explainer.stories);
	return code;
}
