/* main.c -- the command line: verbs, files, exit codes, nothing else. */
#include "conformance/explore_verb.h"
#include "conformance/lint.h"
#include "conformance/output.h"
#include "conformance/results.h"
#include "conformance/rules.h"
#include "conformance/run.h"
#include "conformance/show.h"
#include "conformance/xfail_update.h"
#include "model/trace.h"
#include "sim/play.h"
#include "sim/world.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAIN_ARENA_BYTES (1024u << 20)   /* reserved; touched as far as it is used */
#define REQUIRE_MAX 32
#define READING_MAX 64

static const char USAGE[] =
	"usage: bgcheck run [OPTIONS] [SELECT...] [-- ADAPTER ARGS...]   play scenarios on an implementation and judge it\n"
	"       bgcheck list [SELECT...]                                 the scenarios: id, dialects, title\n"
	"       bgcheck lint [SELECT...]                                 what is wrong with scenarios although they parse\n"
	"       bgcheck show table|rules|faults|readings|protocol|mutants [--dialect D] [--json] [--tsv]\n"
	"       bgcheck trace FILE [--dialect D] [--json]                a trace, or what the reference does with a scenario\n"
	"       bgcheck explore [--files F] [--retries R] [BOUNDS]       every reachable state of --jobs jobs: invariants, rows, cells\n"
	"       bgcheck export promela [--files F] [--retries R]         the same machine as a model for SPIN\n"
	"       bgcheck xfail update --xfail FILE [ACCEPT] RESULTS.json... the difference between FILE and what runs show\n"
	"       bgcheck bless FILE...                                    write the reference's trace below ====\n"
	"\n"
	"SELECT is a file, a folder, an id, a glob over ids, rule:GLOB or area:NAME; without one, every scenario.\n"
	"\n"
	"  --impl reference|mutant:ID   what is under test; with `--` it is the adapter's command\n"
	"  --reading ID=CHOICE          the reference takes this reading of a contradiction, and a MUST that decided it accepts it;\n"
	"                               of run and trace, may be repeated (ids and choices: bgcheck show readings)\n"
	"  --dialect do|bits            only this dialect (default: each that a scenario has)\n"
	"  --library DIR                the folder of scenarios (default fixtures/scenario)\n"
	"  --out DIR                    results.json, junit.xml, results.tap, summary.md, coverage.json, table.tsv, trace/\n"
	"  --xfail FILE                 accepted deviations, by name\n"
	"  --accept new,fixed,changed   xfail update: what is written to the file; the rest is only told\n"
	"  --reason TEXT --expires DATE xfail update: of new entries (no default; in a year)\n"
	"  --require GLOB               rules that must have been triggered, else exit 4; may be repeated\n"
	"  --strict                     a missed SHOULD is a failure\n"
	"  --seed N                     (default 1)\n"
	"  --jobs N                     worker processes (default 1; with an adapter 4)\n"
	"  --tolerance MS               host tolerance of real time (default 1500)\n"
	"  --real-limit S               scenarios that certainly wait longer are unsupported in real time (default 30)\n"
	"  --start-timeout S  --step-timeout S  --scenario-timeout S    of the adapter (defaults 60, 30, 180)\n"
	"  --retries N                  play a scenario again whose adapter broke (default 0); results.json says so\n"
	"  --quiet                      no summary on the terminal\n"
	"  --files N --retries N        explore: files of a job, timed retries without progress (default 1, 1); --jobs: jobs\n"
	"  --core                       explore: one cause of each class; no uploads, owners, policies, set periods\n"
	"  --threads N                  explore: (default 1)\n"
	"  --bound N --memory MIB       explore: stop after so many states, so much memory (exit 4)\n"
	"\n"
	"exit: 0 conforms  1 failure  2 usage or bad scenario  3 stale expectations  4 inconclusive or vacuous\n"
	"      5 unsupported  6 adapter  7 harness  8 selection empty\n";

struct options {
	const char *verb;
	struct run_options run;
	const char *library, *out, *xfail, *impl;
	struct xfail_update_options update;
	int dialect;                 /* -1: all */
	bool json, tsv, strict, quiet;
	struct explore_bounds bounds;
	unsigned require_count;
	char *require[REQUIRE_MAX];
	unsigned reading_count;
	char *reading[READING_MAX];
	char **words;                /* what is no option */
	unsigned words_count;
};

static int usage(const char *what, const char *word)
{
	fprintf(stderr, "bgcheck: %s%s%s\n", what, word ? ": " : "", word ? word : "");
	fprintf(stderr, "Try `bgcheck --help`.\n");
	return EXIT_USAGE;
}

static bool parse_number(const char *text, int64_t low, int64_t high, int64_t *number)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < low || value > high) return false;
	*number = value;
	return true;
}

enum option_id { OPTION_IMPL = 256, OPTION_DIALECT, OPTION_LIBRARY, OPTION_OUT, OPTION_XFAIL, OPTION_REQUIRE, OPTION_STRICT, OPTION_SEED,
	OPTION_JOBS, OPTION_TOLERANCE, OPTION_REAL_LIMIT, OPTION_START, OPTION_STEP, OPTION_SCENARIO, OPTION_QUIET, OPTION_JSON, OPTION_TSV,
	OPTION_RETRIES, OPTION_READING, OPTION_FILES, OPTION_THREADS, OPTION_CORE, OPTION_BOUND, OPTION_MEMORY, OPTION_ACCEPT,
	OPTION_REASON, OPTION_EXPIRES, OPTION_HELP, OPTION_VERSION };

static const struct option LONG_OPTIONS[] = {
	{ "impl", required_argument, NULL, OPTION_IMPL },
	{ "dialect", required_argument, NULL, OPTION_DIALECT },
	{ "library", required_argument, NULL, OPTION_LIBRARY },
	{ "out", required_argument, NULL, OPTION_OUT },
	{ "xfail", required_argument, NULL, OPTION_XFAIL },
	{ "require", required_argument, NULL, OPTION_REQUIRE },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "jobs", required_argument, NULL, OPTION_JOBS },
	{ "tolerance", required_argument, NULL, OPTION_TOLERANCE },
	{ "real-limit", required_argument, NULL, OPTION_REAL_LIMIT },
	{ "start-timeout", required_argument, NULL, OPTION_START },
	{ "step-timeout", required_argument, NULL, OPTION_STEP },
	{ "scenario-timeout", required_argument, NULL, OPTION_SCENARIO },
	{ "retries", required_argument, NULL, OPTION_RETRIES },
	{ "reading", required_argument, NULL, OPTION_READING },
	{ "quiet", no_argument, NULL, OPTION_QUIET },
	{ "files", required_argument, NULL, OPTION_FILES },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "core", no_argument, NULL, OPTION_CORE },
	{ "bound", required_argument, NULL, OPTION_BOUND },
	{ "memory", required_argument, NULL, OPTION_MEMORY },
	{ "accept", required_argument, NULL, OPTION_ACCEPT },
	{ "reason", required_argument, NULL, OPTION_REASON },
	{ "expires", required_argument, NULL, OPTION_EXPIRES },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "tsv", no_argument, NULL, OPTION_TSV },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static int set_number(struct options *options, int id, const char *text)
{
	int64_t n;
	struct unit_options *unit = &options->run.unit;
	if (!parse_number(text, id == OPTION_JOBS ? 1 : 0, id == OPTION_JOBS ? 64 : 1000000000, &n)) return usage("expected a number in range, found", text);
	switch (id) {
	case OPTION_SEED: unit->seed = (uint64_t)n; break;
	case OPTION_JOBS: options->run.jobs = (unsigned)n; break;
	case OPTION_RETRIES:
		unit->retries = n < 9 ? (unsigned)n : 9;
		options->bounds.retries = (unsigned)n;
		break;
	case OPTION_FILES: options->bounds.files = (unsigned)n; break;
	case OPTION_THREADS: options->bounds.threads = (unsigned)n; break;
	case OPTION_BOUND: options->bounds.states_max = (uint64_t)n; break;
	case OPTION_MEMORY: options->bounds.memory_max = (uint64_t)n << 20; break;
	case OPTION_TOLERANCE: unit->tolerance_ns = n * 1000000; break;
	case OPTION_REAL_LIMIT: unit->real_limit_ns = n * 1000000000; break;
	case OPTION_START: unit->start_timeout_ns = n * 1000000000; break;
	case OPTION_STEP: unit->step_timeout_ns = n * 1000000000; break;
	case OPTION_SCENARIO: unit->scenario_timeout_ns = n * 1000000000; break;
	}
	return 0;
}

/* Returns 0, an exit code, or -1 when everything is said (help). */
static int set_option(struct options *options, int id, char *value)
{
	switch (id) {
	case OPTION_IMPL: options->impl = value; return 0;
	case OPTION_DIALECT:
		options->dialect = machine_dialect_find(value, strlen(value));
		return options->dialect < 0 ? usage("expected a dialect do or bits, found", value) : 0;
	case OPTION_LIBRARY: options->library = value; return 0;
	case OPTION_OUT: options->out = value; return 0;
	case OPTION_XFAIL: options->xfail = value; return 0;
	case OPTION_ACCEPT:
		return xfail_update_accept(value, &options->update.accept) ? 0 : usage("expected --accept new,fixed,changed, found", value);
	case OPTION_REASON: options->update.reason = value; return 0;
	case OPTION_EXPIRES: options->update.expires = value; return 0;
	case OPTION_REQUIRE:
		if (options->require_count == REQUIRE_MAX) return usage("more than 32 --require", NULL);
		options->require[options->require_count++] = value;
		return 0;
	case OPTION_READING:
		if (options->reading_count == READING_MAX) return usage("more than 64 --reading", NULL);
		options->reading[options->reading_count++] = value;
		return 0;
	case OPTION_STRICT: options->strict = true; return 0;
	case OPTION_QUIET: options->quiet = true; return 0;
	case OPTION_CORE: options->bounds.core = true; return 0;
	case OPTION_JSON: options->json = true; return 0;
	case OPTION_TSV: options->tsv = true; return 0;
	case OPTION_HELP: fputs(USAGE, stdout); return -1;
	case OPTION_VERSION: puts("bgcheck " BGCHECK_VERSION); return -1;
	case '?':
	case ':': return usage("an option is not known or lacks its value", NULL);
	default: return set_number(options, id, value);
	}
}

static int parse_impl(struct options *options, char **adapter)
{
	struct unit_options *unit = &options->run.unit;
	if (adapter && options->impl) return usage("expected --impl or an adapter behind --, found both", NULL);
	if (adapter) {
		if (!*adapter) return usage("expected an adapter's command behind --, found nothing", NULL);
		unit->impl = IMPL_EXEC;
		unit->argv = adapter;
		if (!options->run.jobs) options->run.jobs = 4;
	} else if (!options->impl || !strcmp(options->impl, "reference")) unit->impl = IMPL_REFERENCE;
	else if (!strncmp(options->impl, "mutant:", 7)) {
		unit->impl = IMPL_MUTANT;
		unit->mutant = mutant_find(options->impl + 7);
		if (!unit->mutant) return usage("expected a mutant of `bgcheck show mutants`, found", options->impl + 7);
	} else return usage("expected --impl reference or mutant:ID, found", options->impl);
	if (!options->run.jobs) options->run.jobs = 1;
	return 0;
}

/* After all options: which choices there are depends on the dialect. */
static int parse_readings(struct options *options)
{
	struct failure failure = { 0 };
	if (options->reading_count && strcmp(options->verb, "run") && strcmp(options->verb, "trace"))
		return usage("only `run` and `trace` take --reading, found", options->verb);
	for (unsigned i = 0; i < options->reading_count; i++)
		if (choices_parse(&options->run.unit.choices, options->reading[i], options->dialect, &failure)) {
			fprintf(stderr, "bgcheck: %s\n", failure.text);
			return EXIT_USAGE;
		}
	return 0;
}

/* Splits at `--`, reads the options anywhere before it, leaves the words. */
static int parse_options(struct options *options, int argc, char **argv)
{
	char **adapter = NULL;
	int split = 1, id, failed = 0;
	while (split < argc && strcmp(argv[split], "--")) split++;
	if (split < argc) adapter = argv + split + 1;
	opterr = 0;
	/* getopt orders only what stands before `--`. */
	char *stop = argv[split];
	argv[split] = NULL;
	while ((id = getopt_long(split, argv, ":", LONG_OPTIONS, NULL)) != -1 && !failed) failed = set_option(options, id, optarg);
	argv[split] = stop;
	if (failed) return failed;
	if (optind >= split) return usage("expected a verb, found nothing", NULL);
	options->verb = argv[optind];
	options->words = argv + optind + 1;
	options->words_count = (unsigned)(split - optind - 1);
	for (int d = 0; d < DIALECT_COUNT; d++) options->run.dialects[d] = options->dialect < 0 || options->dialect == d;
	failed = parse_readings(options);
	return failed ? failed : parse_impl(options, adapter);
}

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
	if (options->out && output_end(output, results)) code = EXIT_HARNESS;
	if (!options->quiet) output_summary(stdout, results);
	if (options->out && code != EXIT_HARNESS && !options->quiet) printf("\nwritten to %s\n", options->out);
	return flush_stdout(code);
}

static void tell_today(char *today, size_t size)
{
	time_t now = time(NULL);
	strftime(today, size, "%Y-%m-%d", gmtime(&now));
}

static int verb_run(struct options *options, struct arena *arena, const char *self)
{
	struct selection selection;
	struct output output;
	struct xfail *xfail = NULL;
	char again[1000], adapter[1000], today[16];
	int code = options->xfail ? load_xfail(arena, options->xfail, &xfail) : 0;
	if (code || (code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr))) return code;
	if (options->run.unit.impl == IMPL_EXEC && !adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	tell_today(today, sizeof today);
	char *out = options->out ? strdup(options->out) : NULL;
	bool scratch = !out && options->run.unit.impl == IMPL_EXEC;
	char temporary[] = "/tmp/bgcheck-run-XXXXXX";
	if (scratch && mkdtemp(temporary)) out = strdup(temporary);   /* adapters need a folder to work in */
	if (out && output_begin(&output, out)) return EXIT_HARNESS;
	free(out);
	options->run.unit.out_dir = options->out || scratch ? output.draft : NULL;
	json_t *units = run_units(&selection, &options->run, isatty(2) ? stderr : NULL);
	if (!units) {
		if (options->run.unit.out_dir) output_abandon(&output);
		return EXIT_HARNESS;
	}
	if (!json_array_size(units)) fprintf(stderr, "bgcheck: the selection is empty: no scenario has the dialect\n");
	tell_again(options, self, again, sizeof again, adapter, sizeof adapter);
	json_t *results = results_make(units, &(struct results_options){ .run = &options->run, .xfail = xfail,
		.library = options->words_count ? NULL : &selection, .today = today,
		.strict = options->strict, .require_count = options->require_count, .require = options->require, .again = again, .again_adapter = adapter });
	code = finish_run(options, &output, results);
	if (scratch) {
		output_abandon(&output);
		rmdir(temporary);
	}
	json_decref(results);
	json_decref(units);
	return code;
}

static int verb_xfail(struct options *options, struct arena *arena)
{
	char today[16];
	unsigned count = options->words_count;
	if (!count || strcmp(options->words[0], "update")) return usage("expected xfail update, found", count ? options->words[0] : "nothing");
	if (!options->xfail) return usage("expected --xfail FILE, found nothing", NULL);
	if (count < 2 || count - 1 > XFAIL_RUNS_MAX) return usage("expected 1 to 32 results.json behind xfail update", NULL);
	tell_today(today, sizeof today);
	options->update.today = today;
	options->update.strict = options->strict;
	return flush_stdout(xfail_update(arena, options->xfail, options->words + 1, count - 1, &options->update, stdout, stderr));
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
	else return usage("expected show table, rules, faults, readings, protocol or mutants, found", *what ? what : "nothing");
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
			if (!options->run.dialects[d] || !selection.scenarios[i]->dialects[d]) continue;
			code = play_reference(arena, &options->run.unit.choices, selection.scenarios[i], (enum dialect)d, &play);
			if (selection.count > 1 || (selection.scenarios[i]->dialects[0] && selection.scenarios[i]->dialects[1]))
				if (!options->json) printf("# %s %s\n", selection.scenarios[i]->id, machine_dialect_name((enum dialect)d));
			for (unsigned k = 0; k < play.trace.count; k++) print_line(play.trace.lines[k], options->json);
		}
	return code;
}

static int verb_trace(struct options *options, struct arena *arena)
{
	size_t length;
	if (options->words_count != 1) return usage("expected one trace file or scenario", NULL);
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
	FILE *file = text && trace ? fopen(scenario->file, "w") : NULL;
	if (golden) length = (size_t)(golden - text) + 1;
	if (file) {
		bool failed = fwrite(text, 1, length, file) != length || fprintf(file, "====\n%s", trace) < 0;
		if (!fclose(file) && !failed) return 0;
	}
	fprintf(stderr, "bgcheck: cannot write %s: %s\n", scenario->file, strerror(errno));
	return EXIT_HARNESS;
}

static int verb_bless(struct options *options, struct arena *arena)
{
	struct selection selection;
	if (!options->words_count) return usage("expected scenarios to bless, found nothing", NULL);
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	for (unsigned i = 0; !code && i < selection.count; i++) code = bless_file(arena, selection.scenarios[i]);
	return code;
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
	if (export && (options->words_count != 1 || strcmp(options->words[0], "promela"))) return usage("expected export promela", NULL);
	if (export && options->dialect < 0) return usage("expected --dialect do or bits: a model is of one dialect", NULL);
	if (!export && options->words_count) return usage("expected no word behind explore, found", options->words[0]);
	options->bounds.jobs = options->run.jobs;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		if (!options->run.dialects[d]) continue;
		arena_reset(arena);
		options->bounds.machine = machine_of(arena, options, (enum dialect)d);
		if (!options->bounds.machine) return EXIT_HARNESS;
		int code = export ? explore_export(arena, &options->bounds, stdout) : explore_tell(arena, &options->bounds, stdout, options->json);
		if (code > worst) worst = code;
	}
	return flush_stdout(worst);
}

static int run_verb(struct options *options, struct arena *arena, const char *self)
{
	if (!strcmp(options->verb, "run")) return verb_run(options, arena, self);
	if (options->run.unit.impl == IMPL_EXEC) return usage("only `run` takes an adapter behind --", NULL);
	if (!strcmp(options->verb, "list")) return verb_list(options, arena);
	if (!strcmp(options->verb, "lint")) return verb_lint(options, arena);
	if (!strcmp(options->verb, "show")) return verb_show(options);
	if (!strcmp(options->verb, "trace")) return verb_trace(options, arena);
	if (!strcmp(options->verb, "xfail")) return verb_xfail(options, arena);
	if (!strcmp(options->verb, "bless")) return verb_bless(options, arena);
	if (!strcmp(options->verb, "explore")) return verb_explore(options, arena, false);
	if (!strcmp(options->verb, "export")) return verb_explore(options, arena, true);
	return usage("expected a verb run, list, lint, show, trace, explore, export, xfail or bless, found", options->verb);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct options options = { .library = "fixtures/scenario", .dialect = -1, .bounds = { .files = 1, .retries = 1, .threads = 1 },
		.run = { .unit = { .seed = 1, .tolerance_ns = 1500000000, .real_limit_ns = 30000000000, .start_timeout_ns = 60000000000,
			.step_timeout_ns = 30000000000, .scenario_timeout_ns = 180000000000 } } };
	signal(SIGPIPE, SIG_IGN);
	int code = parse_options(&options, argc, argv);
	if (code) return code < 0 ? flush_stdout(0) : code;
	if (arena_init(&arena, MAIN_ARENA_BYTES)) {
		fprintf(stderr, "bgcheck: out of memory\n");
		return EXIT_HARNESS;
	}
	code = run_verb(&options, &arena, argv[0]);
	arena_done(&arena);
	return code;
}
