/* trace_verb.c -- `bgcheck trace` and `bgcheck bless`: what the reference does with a scenario, as text. */
#include "conformance/replace.h"
#include "conformance/verb.h"
#include "model/trace.h"
#include "sim/play.h"
#include "sim/world.h"

#include <errno.h>
#include <string.h>

static void print_line(const struct trace_line *line, bool json)
{
	char text[TRACE_LINE_MAX];
	if (!json) {
		trace_print(line, text, sizeof text);
		fputs(text, stdout);
		return;
	}
	json_t *told = json_object();
	json_object_set_new(told, "at_ns", json_integer(line->at_ns));
	json_object_set_new(told, "actor", json_string(trace_actor_name(line->actor)));
	json_object_set_new(told, "object", json_string(line->object));
	json_object_set_new(told, "event", json_string(line->event));
	if (line->from != STATE_NONE) json_object_set_new(told, "from", json_string(machine_state_name(line->from)));
	if (line->to != STATE_NONE) json_object_set_new(told, "to", json_string(machine_state_name(line->to)));
	if (line->row[0]) json_object_set_new(told, "row", json_string(line->row));
	for (unsigned i = 0; i < line->fields_count; i++)
		json_object_set_new(told, line->fields[i].key, json_string(line->text + line->fields[i].at));
	if (line->scenario_line) json_object_set_new(told, "line", json_integer(line->scenario_line));
	json_dumpf(told, stdout, JSON_COMPACT);
	fputc('\n', stdout);
	json_decref(told);
}

static int trace_file(struct options *options, const char *path, const char *text, size_t length)
{
	unsigned number = 0;
	for (const char *at = text; at < text + length;) {
		const char *end = memchr(at, '\n', (size_t)(text + length - at));
		struct trace_line line;
		struct failure failure = { 0 };
		bool present = false;
		if (!end) end = text + length;
		number++;
		if (trace_parse(at, (size_t)(end - at), &line, &present, &failure)) {
			fprintf(stderr, "%s:%u:%u: %s\n", path, number, failure.col, failure.text);
			return EXIT_USAGE;
		}
		if (present) print_line(&line, options->json);
		at = end + 1;
	}
	return EXIT_CONFORMS;
}

static int play_reference(struct arena *arena, const struct choices *choices, const struct scenario *scenario, enum dialect dialect,
	struct play *play)
{
	struct failure failure = { 0 };
	struct play_options how = { .dialect = dialect, .seed = 1 };
	const struct machine *machine = choices_machine(arena, choices, dialect);
	struct target *target = machine ? world_new(arena, machine, 1) : NULL;
	if (target && !play_scenario(arena, scenario, target, &how, play, &failure)) return 0;
	fprintf(stderr, "bgcheck: %s\n", failure.text[0] ? failure.text : "out of memory");
	return EXIT_HARNESS;
}

static int trace_scenarios(struct options *options, struct arena *arena)
{
	struct selection selection;
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	for (unsigned i = 0; !code && i < selection.count; i++)
		for (int d = 0; !code && d < DIALECT_COUNT; d++) {
			struct play play = { 0 };
			struct arena before = *arena;   /* a trace is told and forgotten */
			if (!options->run.dialects[d] || !selection.scenarios[i]->dialects[d]) continue;
			code = play_reference(arena, &options->run.unit.choices, selection.scenarios[i], (enum dialect)d, &play);
			if (selection.count > 1 || (selection.scenarios[i]->dialects[0] && selection.scenarios[i]->dialects[1]))
				if (!options->json) printf("# %s %s\n", selection.scenarios[i]->id, machine_dialect_name((enum dialect)d));
			for (unsigned k = 0; k < play.trace.count; k++) print_line(play.trace.lines[k], options->json);
			*arena = before;
		}
	return code;
}

int verb_trace(struct options *options, struct arena *arena)
{
	size_t length;
	if (options->words_count != 1) return options_usage("expected one trace file or scenario", NULL);
	const char *path = options->words[0], *dot = strrchr(path, '.');
	if (!dot || strcmp(dot, ".trace")) return verb_flush(trace_scenarios(options, arena));
	char *text = select_read_file(arena, path, &length);
	if (!text) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	return verb_flush(trace_file(options, path, text, length));
}

static int bless_file(struct arena *arena, const struct scenario *scenario)
{
	size_t length, trace_length;
	struct play play = { 0 };
	enum dialect dialect = scenario->dialects[DIALECT_BITS] ? DIALECT_BITS : DIALECT_DO;
	if (scenario->dialects[DIALECT_DO] && scenario->dialects[DIALECT_BITS]) {
		fprintf(stderr, "bgcheck: %s has two dialects: a golden trace is of one\n", scenario->file);
		return EXIT_USAGE;
	}
	int code = play_reference(arena, &(struct choices){ 0 }, scenario, dialect, &play);
	if (code) return code;
	char *text = select_read_file(arena, scenario->file, &length), *trace = unit_trace_text(arena, &play.trace, &trace_length);
	char *golden = text ? strstr(text, "\n====\n") : NULL;
	if (golden) length = (size_t)(golden - text) + 1;
	char *blessed = text && trace ? arena_take(arena, length + trace_length + 6) : NULL;
	if (!blessed) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", scenario->file, strerror(errno));
		return EXIT_HARNESS;
	}
	length = (size_t)sprintf(blessed, "%.*s====\n%s", (int)length, text, trace);
	return replace_file(scenario->file, blessed, length, stderr) ? EXIT_HARNESS : 0;
}

int verb_bless(struct options *options, struct arena *arena)
{
	struct selection selection;
	if (!options->words_count) return options_usage("expected scenarios to bless, found nothing", NULL);
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	for (unsigned i = 0; !code && i < selection.count; i++) code = bless_file(arena, selection.scenarios[i]);
	return code;
}
