/* run_verb.c -- `bgcheck run` and `bgcheck judge`: what they are given, what they leave behind, what they say at the end. */
#include "conformance/certify.h"
#include "conformance/interrupt.h"
#include "conformance/json_text.h"
#include "conformance/output.h"
#include "conformance/repro.h"
#include "conformance/results.h"
#include "conformance/rules.h"
#include "conformance/run.h"
#include "conformance/verb.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int load_xfail(struct arena *arena, const char *path, struct xfail **xfail)
{
	size_t length;
	struct failure failure = { 0 };
	char *text = select_read_file(arena, path, &length);
	if (!text) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	if (!xfail_parse(arena, path, text, length, xfail, &failure)) return 0;
	fprintf(stderr, "%s:%u:%u: %s\n", failure.file, failure.line, failure.col, failure.text);
	return EXIT_USAGE;
}

/* The command that ran this, without the selection, for people who want to see a failure again. */
static void tell_again(const struct options *options, const char *self, char *again, size_t again_size, char *adapter, size_t adapter_size)
{
	size_t used = (size_t)snprintf(again, again_size, "%s %s%s%s", self, options->verb, options->impl ? " --impl " : "", options->impl ? options->impl : "");
	for (unsigned i = 0; i < options->reading_count && used < again_size; i++)
		used += (size_t)snprintf(again + used, again_size - used, " --reading %s", options->reading[i]);
	static const char *const oracles[] = { [ORACLE_ON] = "", [ORACLE_OFF] = " --oracle off", [ORACLE_STRICT] = " --oracle strict" };
	if (used < again_size)
		snprintf(again + used, again_size - used, "%s%s", oracles[options->run.unit.oracle], options->run.unit.no_rules ? " --rules none" : "");
	adapter[0] = '\0';
	if (options->run.unit.impl != IMPL_EXEC) return;
	used = (size_t)snprintf(adapter, adapter_size, " --");
	for (char *const *arg = options->run.unit.argv; *arg && used < adapter_size; arg++)
		used += (size_t)snprintf(adapter + used, adapter_size - used, strpbrk(*arg, " \t'\"$\\") ? " '%s'" : " %s", *arg);
}

int verb_adapter_is_there(char *const *argv)
{
	const char *paths = getenv("PATH");
	char path[2048];
	if (strchr(argv[0], '/')) {
		if (!access(argv[0], X_OK)) return 1;
	} else
		for (const char *at = paths ? paths : ""; *at;) {
			const char *end = strchrnul(at, ':');
			snprintf(path, sizeof path, "%.*s/%s", (int)(end - at), at, argv[0]);
			if (!access(path, X_OK)) return 1;
			at = *end ? end + 1 : end;
		}
	fprintf(stderr, "bgcheck: the adapter %s cannot be run: %s\n", argv[0], strerror(errno));
	return 0;
}

static int finish_run(struct options *options, struct output *output, json_t *results)
{
	int code = (int)json_integer_value(json_object_get(results, "exit"));
	bool kept = !options->out || options->run.unit.impl == IMPL_RECORDED || !repro_write(output, options, results);
	bool written = options->out && kept && !output_end(output, results);
	if (options->out && !written) code = EXIT_HARNESS;
	if (!options->quiet) output_summary(stdout, results);
	if (!written || options->quiet) return verb_flush(code);
	printf("\nwritten to %s\n", options->out);
	if (code) printf("explain: %s explain %s ID\n", options->argv[0], options->out);
	return verb_flush(code);
}

/* Where traces, logs and work folders go; NULL in *where when nothing is kept and nobody works. */
static int begin_output(const struct options *options, struct output *output, const char **where)
{
	*where = NULL;
	if (!options->out && options->run.unit.impl != IMPL_EXEC) return 0;
	if (options->out ? output_begin(output, options->out) : output_begin_scratch(output)) return EXIT_HARNESS;
	*where = output->draft;
	return 0;
}

void verb_today(char *today, size_t size)
{
	time_t now = time(NULL);
	strftime(today, size, "%Y-%m-%d", gmtime(&now));
}

/* A glob that no judged rule of a wanted dialect fits would otherwise demand nothing. */
static int check_required(const struct options *options)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned r = 0; r < options->require_count; r++) {
		bool found = false;
		for (unsigned i = 0; i < count; i++)
			for (int d = 0; d < DIALECT_COUNT; d++)
				found |= options->run.dialects[d] && rules[i].dialects[d] && rules[i].kind == RULE_KIND_JUDGED && !fnmatch(options->require[r], rules[i].id, 0);
		if (found) continue;
		fprintf(stderr, "bgcheck: expected a judged rule behind --require, found none that rule:%s fits\n", options->require[r]);
		return EXIT_SELECTION;
	}
	return 0;
}

static int run_once(struct options *options, struct arena *arena)
{
	struct selection selection;
	struct output output;
	struct xfail *xfail = NULL;
	char again[1000], adapter[1000], today[16];
	int code = options->xfail ? load_xfail(arena, options->xfail, &xfail) : 0;
	if (!code) code = check_required(options);
	if (code || (code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr))) return code;
	if (options->run.unit.impl == IMPL_EXEC && !verb_adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	verb_today(today, sizeof today);
	interrupt_begin();
	if (begin_output(options, &output, &options->run.unit.out_dir)) return interrupt_exit(EXIT_HARNESS);
	json_t *units = run_units(&selection, &options->run, isatty(2) ? stderr : NULL);
	if (!units) {
		if (options->run.unit.out_dir) output_abandon(&output);
		return interrupt_exit(EXIT_HARNESS);
	}
	if (!json_array_size(units)) {
		fprintf(stderr, "bgcheck: the selection is empty: no scenario has the dialect\n");
		if (options->run.unit.out_dir) output_abandon(&output);
		json_decref(units);
		return EXIT_SELECTION;
	}
	tell_again(options, options->argv[0], again, sizeof again, adapter, sizeof adapter);
	json_t *results = results_make(units, &(struct results_options){ .run = &options->run, .xfail = xfail,
		.library = options->words_count ? NULL : &selection, .today = today,
		.strict = options->strict, .require_count = options->require_count, .require = options->require, .again = again, .again_adapter = adapter });
	code = interrupt_seen() ? EXIT_HARNESS : finish_run(options, &output, results);
	if (options->run.unit.out_dir) output_abandon(&output);   /* when it is in its place, there is none */
	json_decref(results);
	json_decref(units);
	return interrupt_exit(code);
}

/* --- judge */

static bool complain(const struct failure *failure)
{
	fprintf(stderr, "%s:%u:%u: %s\n", failure->file, failure->line, failure->col, failure->text);
	return false;
}

/* The dialect is what the file says; --dialect says it where the file does not. */
static bool find_dialect(const struct options *options, struct recorded *recorded)
{
	if (recorded->dialect < 0) recorded->dialect = options->dialect;
	if (recorded->dialect < 0) fprintf(stderr, "bgcheck: expected --dialect do or bits: %s does not say which it is of\n", recorded->file);
	else if (options->dialect >= 0 && options->dialect != recorded->dialect)
		fprintf(stderr, "bgcheck: expected a record of --dialect %s, found one of %s: %s\n", machine_dialect_name((enum dialect)options->dialect),
			machine_dialect_name((enum dialect)recorded->dialect), recorded->file);
	else return true;
	return false;
}

static bool is_twice(const json_t *units, const char *id)
{
	size_t i;
	const json_t *unit;
	json_array_foreach(units, i, unit)
		if (!strcmp(json_text(unit, "id"), id)) return true;
	return false;
}

/* Reads and judges one file; false when it was complained of. */
static bool judge_file(const struct options *options, struct arena *arena, const char *file, json_t *units)
{
	struct recorded recorded;
	struct failure failure = { 0 };
	size_t length;
	arena_reset(arena);
	char *text = select_read_file(arena, file, &length);
	if (!text) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", file, strerror(errno));
		return false;
	}
	enum status status = recorded_read(arena, file, text, length, &recorded, &failure);
	if (status == STATUS_NO_MEMORY) fprintf(stderr, "bgcheck: out of memory\n");
	else if (status) complain(&failure);
	if (status || !find_dialect(options, &recorded)) return false;
	if (is_twice(units, recorded.id)) {
		fprintf(stderr, "bgcheck: expected files of different names, found %s twice\n", recorded.id);
		return false;
	}
	json_array_append_new(units, unit_judge(arena, &options->run.unit, &recorded, (enum dialect)recorded.dialect));
	return true;
}

int verb_judge(struct options *options, struct arena *arena)
{
	struct output output;
	char again[1000], adapter[1000], today[16];
	if (!options->words_count) return options_usage("expected files to judge, found nothing", NULL);
	if (options->impl) return options_usage("expected no --impl with judge, found", options->impl);
	int code = check_required(options);
	if (code) return code;
	options->run.unit.impl = IMPL_RECORDED;
	verb_today(today, sizeof today);
	interrupt_begin();
	if (begin_output(options, &output, &options->run.unit.out_dir)) return interrupt_exit(EXIT_HARNESS);
	json_t *units = json_array();
	for (unsigned i = 0; !code && i < options->words_count; i++)
		if (!judge_file(options, arena, options->words[i], units)) code = EXIT_USAGE;
	tell_again(options, options->argv[0], again, sizeof again, adapter, sizeof adapter);
	json_t *results = code ? NULL : results_make(units, &(struct results_options){ .run = &options->run, .today = today, .strict = options->strict,
		.require_count = options->require_count, .require = options->require, .again = again, .again_adapter = "" });
	if (!code) code = interrupt_seen() ? EXIT_HARNESS : finish_run(options, &output, results);
	if (options->run.unit.out_dir) output_abandon(&output);
	json_decref(results);
	json_decref(units);
	return interrupt_exit(code);
}

static int run_certified(struct options *options, struct arena *arena)
{
	if (options->run.unit.impl == IMPL_EXEC) return options_usage("expected no adapter with --certify: its time is real", NULL);
	interrupt_begin();
	return interrupt_exit(verb_flush(certify(arena, &(struct certify_options){ options->program, options->argv, options->out }, stdout)));
}

int verb_run(struct options *options, struct arena *arena)
{
	return options->certify ? run_certified(options, arena) : run_once(options, arena);
}
