/* main.c -- the command line: verbs, files, exit codes, nothing else. */
#include "conformance/adapter_check.h"
#include "conformance/certify.h"
#include "conformance/explain.h"
#include "conformance/explore_verb.h"
#include "conformance/fmt.h"
#include "conformance/interrupt.h"
#include "conformance/lint.h"
#include "conformance/mutants_verb.h"
#include "conformance/options.h"
#include "conformance/output.h"
#include "conformance/replace.h"
#include "conformance/results.h"
#include "conformance/rules.h"
#include "conformance/run.h"
#include "conformance/selftest.h"
#include "conformance/selftest_adapter.h"
#include "conformance/serve_reference.h"
#include "conformance/show.h"
#include "conformance/xfail_update.h"
#include "model/trace.h"
#include "sim/play.h"
#include "sim/world.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAIN_ARENA_BYTES (1024u << 20)   /* reserved; touched as far as it is used */

static int flush_stdout(int code)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "bgcheck: cannot write to standard output: %s\n", strerror(errno));
		return EXIT_HARNESS;
	}
	return code;
}

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
	size_t used = (size_t)snprintf(again, again_size, "%s run%s%s", self, options->impl ? " --impl " : "", options->impl ? options->impl : "");
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

static int adapter_is_there(char *const *argv)
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
	bool written = options->out && !output_end(output, results);
	if (options->out && !written) code = EXIT_HARNESS;
	if (!options->quiet) output_summary(stdout, results);
	if (!written || options->quiet) return flush_stdout(code);
	printf("\nwritten to %s\n", options->out);
	if (code) printf("explain: bgcheck explain %s ID\n", options->out);
	return flush_stdout(code);
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

static void tell_today(char *today, size_t size)
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

static int verb_run(struct options *options, struct arena *arena, const char *self)
{
	struct selection selection;
	struct output output;
	struct xfail *xfail = NULL;
	char again[1000], adapter[1000], today[16];
	int code = options->xfail ? load_xfail(arena, options->xfail, &xfail) : 0;
	if (!code) code = check_required(options);
	if (code || (code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr))) return code;
	if (options->run.unit.impl == IMPL_EXEC && !adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	tell_today(today, sizeof today);
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
	tell_again(options, self, again, sizeof again, adapter, sizeof adapter);
	json_t *results = results_make(units, &(struct results_options){ .run = &options->run, .xfail = xfail,
		.library = options->words_count ? NULL : &selection, .today = today,
		.strict = options->strict, .require_count = options->require_count, .require = options->require, .again = again, .again_adapter = adapter });
	code = interrupt_seen() ? EXIT_HARNESS : finish_run(options, &output, results);
	if (options->run.unit.out_dir) output_abandon(&output);   /* when it is in its place, there is none */
	json_decref(results);
	json_decref(units);
	return interrupt_exit(code);
}

static int verb_xfail(struct options *options, struct arena *arena)
{
	char today[16];
	unsigned count = options->words_count;
	if (!count || strcmp(options->words[0], "update")) return options_usage("expected xfail update, found", count ? options->words[0] : "nothing");
	if (!options->xfail) return options_usage("expected --xfail FILE, found nothing", NULL);
	if (count < 2 || count - 1 > XFAIL_RUNS_MAX) return options_usage("expected 1 to 32 results.json behind xfail update", NULL);
	tell_today(today, sizeof today);
	options->update.today = today;
	options->update.strict = options->strict;
	return flush_stdout(xfail_update(arena, options->xfail, options->words + 1, count - 1, &options->update, stdout, stderr));
}

static int verb_certify(struct options *options, struct arena *arena, char *const *argv)
{
	if (options->run.unit.impl == IMPL_EXEC) return options_usage("expected no adapter with --certify: its time is real", NULL);
	interrupt_begin();
	return interrupt_exit(flush_stdout(certify(arena, &(struct certify_options){ options->program, argv, options->out }, stdout)));
}

static int verb_list(struct options *options, struct arena *arena)
{
	struct selection selection;
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	if (code) return code;
	unsigned listed = 0;
	for (unsigned i = 0; i < selection.count; i++) {
		const struct scenario *scenario = selection.scenarios[i];
		if (options->dialect >= 0 && !scenario->dialects[options->dialect]) continue;
		listed++;
		printf("%-44s %-8s %s\n", scenario->id, scenario->dialects[DIALECT_DO] ? scenario->dialects[DIALECT_BITS] ? "do bits" : "do" : "bits", scenario->title);
	}
	return flush_stdout(listed ? EXIT_CONFORMS : EXIT_SELECTION);
}

static int verb_lint(struct options *options, struct arena *arena)
{
	struct selection selection;
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	if (code) return code;
	code = (int)lint_scenarios(&selection, stdout);
	if (!code && !options->quiet) printf("%u scenarios, nothing to complain of\n", selection.count);
	return flush_stdout(code);
}

static int verb_show(struct options *options)
{
	const char *what = options->words_count == 1 ? options->words[0] : "";
	if (!strcmp(what, "table") && options->tsv) show_table_tsv(stdout, options->dialect);
	else if (!strcmp(what, "table")) show_table(stdout, options->dialect);
	else if (!strcmp(what, "rules")) show_rules(stdout, options->dialect, options->json);
	else if (!strcmp(what, "faults")) show_faults(stdout, options->dialect, options->json);
	else if (!strcmp(what, "readings")) show_readings(stdout, options->json);
	else if (!strcmp(what, "protocol")) show_protocol(stdout);
	else if (!strcmp(what, "mutants")) show_mutants(stdout);
	else return options_usage("expected show table, rules, faults, readings, protocol or mutants, found", *what ? what : "nothing");
	return flush_stdout(EXIT_CONFORMS);
}

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

static int verb_trace(struct options *options, struct arena *arena)
{
	size_t length;
	if (options->words_count != 1) return options_usage("expected one trace file or scenario", NULL);
	const char *path = options->words[0], *dot = strrchr(path, '.');
	if (!dot || strcmp(dot, ".trace")) return flush_stdout(trace_scenarios(options, arena));
	char *text = select_read_file(arena, path, &length);
	if (!text) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	return flush_stdout(trace_file(options, path, text, length));
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

static int verb_bless(struct options *options, struct arena *arena)
{
	struct selection selection;
	if (!options->words_count) return options_usage("expected scenarios to bless, found nothing", NULL);
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	for (unsigned i = 0; !code && i < selection.count; i++) code = bless_file(arena, selection.scenarios[i]);
	return code;
}

static int verb_fmt(struct options *options, struct arena *arena)
{
	if (!options->words_count) return options_usage("expected scenario files, found nothing", NULL);
	return flush_stdout((int)fmt_files(arena, options->words, options->words_count, options->check, stdout, stderr));
}

static const struct machine *machine_of(struct arena *arena, const struct options *options, enum dialect dialect)
{
	const struct unit_options *unit = &options->run.unit;
	return unit->impl == IMPL_MUTANT ? mutant_machine(arena, unit->mutant, dialect) : machine_reference(dialect);
}

/* explore, and export promela: each dialect in turn, worst exit code. */
static int verb_explore(struct options *options, struct arena *arena, bool export)
{
	int worst = EXIT_CONFORMS;
	if (export && (options->words_count != 1 || strcmp(options->words[0], "promela"))) return options_usage("expected export promela", NULL);
	if (export && options->dialect < 0) return options_usage("expected --dialect do or bits: a model is of one dialect", NULL);
	if (!export && options->words_count) return options_usage("expected no word behind explore, found", options->words[0]);
	options->bounds.jobs = options->run.jobs;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		if (!options->run.dialects[d]) continue;
		arena_reset(arena);
		options->bounds.machine = machine_of(arena, options, (enum dialect)d);
		if (!options->bounds.machine) return EXIT_HARNESS;
		int code = export ? explore_export(arena, &options->bounds, stdout) : explore_tell(arena, &options->bounds, options->witness, stdout, options->json);
		if (code > worst) worst = code;
	}
	return flush_stdout(worst);
}

static int verb_adapter(struct options *options, struct arena *arena)
{
	bool check = options->words_count == 1 && !strcmp(options->words[0], "check");
	if (!check) return options_usage("expected adapter check -- CMD, found", options->words_count ? options->words[0] : "nothing");
	if (options->run.unit.impl != IMPL_EXEC) return options_usage("expected an adapter's command behind --, found none", NULL);
	if (!adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	interrupt_begin();
	return interrupt_exit(flush_stdout(adapter_check(arena, &options->run.unit, options->dialect, options->json, stdout)));
}

static int verb_serve(const struct options *options)
{
	if (options->words_count) return options_usage("expected no word behind serve-reference, found", options->words[0]);
	return serve_reference(&(struct serve_options){ 0 });
}

/* Not in --help: the self-test starts it. */
static int verb_selftest_adapter(const struct options *options)
{
	if (!options->words_count || options->words_count > 2) return options_usage("expected selftest-adapter FAULT [MARK]", NULL);
	return selftest_adapter(options->words[0], options->words_count > 1 ? options->words[1] : NULL);
}

static int verb_selftest(const struct options *options)
{
	struct selftest_options how = { .program = options->program, .words = options->words, .words_count = options->words_count,
		.watchdog_ns = options->run.unit.scenario_timeout_ns, .json = options->json };
	interrupt_begin();
	return interrupt_exit(flush_stdout(selftest(&how, stdout)));
}

static int verb_mutants(struct options *options, struct arena *arena)
{
	struct selection selection;
	if (options->impl) return options_usage("expected no --impl with mutants, found", options->impl);
	int code = (int)select_scenarios(arena, options->library, NULL, 0, &selection, stderr);
	if (code) return code;
	const struct mutants_options how = { .run = &options->run, .words = options->words, .words_count = options->words_count,
		.matrix = options->matrix, .json = options->json };
	return flush_stdout(mutants_tell(arena, &selection, &how, stdout));
}

static int verb_explain(struct options *options, struct arena *arena)
{
	const char *no_colour = getenv("NO_COLOR");
	if (!options->words_count || options->words_count > 2) return options_usage("expected explain OUT [ID]", NULL);
	struct explain_options how = { .out = options->words[0], .id = options->words_count > 1 ? options->words[1] : NULL, .all = options->all,
		.json = options->json, .colour = isatty(1) && !(no_colour && *no_colour) };
	return flush_stdout((int)explain(arena, &how, stdout));
}

static int run_verb(struct options *options, struct arena *arena, const char *self)
{
	if (!strcmp(options->verb, "run")) return verb_run(options, arena, self);
	if (!strcmp(options->verb, "adapter")) return verb_adapter(options, arena);
	if (options->run.unit.impl == IMPL_EXEC) return options_usage("only `run` and `adapter check` take an adapter behind --", NULL);
	if (!strcmp(options->verb, "selftest")) return verb_selftest(options);
	if (!strcmp(options->verb, "serve-reference")) return verb_serve(options);
	if (!strcmp(options->verb, "selftest-adapter")) return verb_selftest_adapter(options);
	if (!strcmp(options->verb, "list")) return verb_list(options, arena);
	if (!strcmp(options->verb, "lint")) return verb_lint(options, arena);
	if (!strcmp(options->verb, "show")) return verb_show(options);
	if (!strcmp(options->verb, "trace")) return verb_trace(options, arena);
	if (!strcmp(options->verb, "explain")) return verb_explain(options, arena);
	if (!strcmp(options->verb, "xfail")) return verb_xfail(options, arena);
	if (!strcmp(options->verb, "fmt")) return verb_fmt(options, arena);
	if (!strcmp(options->verb, "bless")) return verb_bless(options, arena);
	if (!strcmp(options->verb, "mutants")) return verb_mutants(options, arena);
	if (!strcmp(options->verb, "explore")) return verb_explore(options, arena, false);
	if (!strcmp(options->verb, "export")) return verb_explore(options, arena, true);
	return options_usage("expected a verb run, list, lint, show, trace, explain, explore, export, mutants, xfail, fmt, bless, adapter, serve-reference or selftest, found", options->verb);
}

/* A closed standard file must not become another file of ours; what is written to a closed stdout must still fail. */
static void keep_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd) _exit(EXIT_HARNESS);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct options options = { .library = "fixtures/scenario", .dialect = -1, .bounds = { .files = 2, .retries = 1, .threads = 1 },
		.run = { .unit = { .seed = 1, .tolerance_ns = 1500000000, .real_limit_ns = 30000000000, .start_timeout_ns = 60000000000,
			.step_timeout_ns = 30000000000, .scenario_timeout_ns = 180000000000 } } };
	keep_standard_files();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);   /* a file that grows too large is an error like any other */
	char **given = calloc((size_t)argc + 1, sizeof *given);   /* getopt moves the words behind the options */
	if (!given) return EXIT_HARNESS;
	memcpy(given, argv, (size_t)argc * sizeof *given);
	int code = options_parse(&options, argc, argv);
	if (code) return code < 0 ? flush_stdout(0) : code;
	if (arena_init(&arena, MAIN_ARENA_BYTES)) {
		fprintf(stderr, "bgcheck: out of memory\n");
		return EXIT_HARNESS;
	}
	code = options.certify && !strcmp(options.verb, "run") ? verb_certify(&options, &arena, given) : run_verb(&options, &arena, argv[0]);
	arena_done(&arena);
	free(given);
	return code;
}
