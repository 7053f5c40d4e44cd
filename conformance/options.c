/* options.c -- what the options are, and what is wrong with them. */
#include "conformance/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
	"usage: bgcheck run [OPTIONS] [SELECT...] [-- ADAPTER ARGS...]   play scenarios on an implementation and judge it\n"
	"       bgcheck list [SELECT...]                                 the scenarios: id, dialects, title\n"
	"       bgcheck lint [SELECT...]                                 what is wrong with scenarios although they parse\n"
	"       bgcheck show table|rules|faults|readings|protocol|mutants [--dialect D] [--json] [--tsv]\n"
	"       bgcheck trace FILE [--dialect D] [--json]                a trace, or what the reference does with a scenario\n"
	"       bgcheck explore [--files F] [--retries R] [BOUNDS]       every reachable state of --jobs jobs: invariants, rows, cells\n"
	"       bgcheck export promela [--files F] [--retries R]         the same machine as a model for SPIN\n"
	"       bgcheck xfail update --xfail FILE [ACCEPT] RESULTS.json... the difference between FILE and what runs show\n"
	"       bgcheck explain OUT [ID|ID/DIALECT|RULE] [--all] [--json] why it failed, from the folder that run --out wrote\n"
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
	"  --require rule:GLOB          rules that must have been triggered, else exit 4; may be repeated; an unknown one is exit 8\n"
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

int options_usage(const char *what, const char *word)
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

enum option_id { OPTION_IMPL = 256, OPTION_DIALECT, OPTION_LIBRARY, OPTION_OUT, OPTION_XFAIL, OPTION_REQUIRE, OPTION_STRICT, OPTION_ALL, OPTION_SEED,
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
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "tsv", no_argument, NULL, OPTION_TSV },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static int set_number(struct options *options, int id, const char *text)
{
	int64_t n;
	struct unit_options *unit = &options->run.unit;
	if (!parse_number(text, id == OPTION_JOBS ? 1 : 0, id == OPTION_JOBS ? 64 : 1000000000, &n)) return options_usage("expected a number in range, found", text);
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
		return options->dialect < 0 ? options_usage("expected a dialect do or bits, found", value) : 0;
	case OPTION_LIBRARY: options->library = value; return 0;
	case OPTION_OUT: options->out = value; return 0;
	case OPTION_XFAIL: options->xfail = value; return 0;
	case OPTION_ACCEPT:
		return xfail_update_accept(value, &options->update.accept) ? 0 : options_usage("expected --accept new,fixed,changed, found", value);
	case OPTION_REASON: options->update.reason = value; return 0;
	case OPTION_EXPIRES: options->update.expires = value; return 0;
	case OPTION_REQUIRE:
		if (options->require_count == REQUIRE_MAX) return options_usage("more than 32 --require", NULL);
		options->require[options->require_count++] = strncmp(value, "rule:", 5) ? value : value + 5;
		return 0;
	case OPTION_READING:
		if (options->reading_count == READING_MAX) return options_usage("more than 64 --reading", NULL);
		options->reading[options->reading_count++] = value;
		return 0;
	case OPTION_STRICT: options->strict = true; return 0;
	case OPTION_QUIET: options->quiet = true; return 0;
	case OPTION_CORE: options->bounds.core = true; return 0;
	case OPTION_JSON: options->json = true; return 0;
	case OPTION_ALL: options->all = true; return 0;
	case OPTION_TSV: options->tsv = true; return 0;
	case OPTION_HELP: fputs(USAGE, stdout); return -1;
	case OPTION_VERSION: puts("bgcheck " BGCHECK_VERSION); return -1;
	case '?':
	case ':': return options_usage("an option is not known or lacks its value", NULL);
	default: return set_number(options, id, value);
	}
}

static int parse_impl(struct options *options, char **adapter)
{
	struct unit_options *unit = &options->run.unit;
	if (adapter && options->impl) return options_usage("expected --impl or an adapter behind --, found both", NULL);
	if (adapter) {
		if (!*adapter) return options_usage("expected an adapter's command behind --, found nothing", NULL);
		unit->impl = IMPL_EXEC;
		unit->argv = adapter;
		if (!options->run.jobs) options->run.jobs = 4;
	} else if (!options->impl || !strcmp(options->impl, "reference")) unit->impl = IMPL_REFERENCE;
	else if (!strncmp(options->impl, "mutant:", 7)) {
		unit->impl = IMPL_MUTANT;
		unit->mutant = mutant_find(options->impl + 7);
		if (!unit->mutant) return options_usage("expected a mutant of `bgcheck show mutants`, found", options->impl + 7);
	} else return options_usage("expected --impl reference or mutant:ID, found", options->impl);
	if (!options->run.jobs) options->run.jobs = 1;
	return 0;
}

/* After all options: which choices there are depends on the dialect. */
static int parse_readings(struct options *options)
{
	struct failure failure = { 0 };
	if (options->reading_count && strcmp(options->verb, "run") && strcmp(options->verb, "trace"))
		return options_usage("only `run` and `trace` take --reading, found", options->verb);
	for (unsigned i = 0; i < options->reading_count; i++)
		if (choices_parse(&options->run.unit.choices, options->reading[i], options->dialect, &failure)) {
			fprintf(stderr, "bgcheck: %s\n", failure.text);
			return EXIT_USAGE;
		}
	return 0;
}

/* Splits at `--`, reads the options anywhere before it, leaves the words. */
int options_parse(struct options *options, int argc, char **argv)
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
	if (optind >= split) return options_usage("expected a verb, found nothing", NULL);
	options->verb = argv[optind];
	options->words = argv + optind + 1;
	options->words_count = (unsigned)(split - optind - 1);
	for (int d = 0; d < DIALECT_COUNT; d++) options->run.dialects[d] = options->dialect < 0 || options->dialect == d;
	failed = parse_readings(options);
	return failed ? failed : parse_impl(options, adapter);
}
