/* options.c -- what the options are, and what is wrong with them. */
#include "conformance/options.h"

#include "conformance/campaign.h"
#include "conformance/usage.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


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

enum option_id { OPTION_IMPL = 256, OPTION_DIALECT, OPTION_LIBRARY, OPTION_OUT, OPTION_XFAIL, OPTION_REQUIRE, OPTION_ORACLE, OPTION_RULES, OPTION_STRICT, OPTION_ALL, OPTION_CERTIFY,
	OPTION_SEED,
	OPTION_JOBS, OPTION_TOLERANCE, OPTION_REAL_LIMIT, OPTION_START, OPTION_STEP, OPTION_SCENARIO, OPTION_QUIET, OPTION_JSON, OPTION_TSV,
	OPTION_RETRIES, OPTION_READING, OPTION_FILES, OPTION_THREADS, OPTION_CORE, OPTION_WITNESS, OPTION_BOUND, OPTION_MEMORY, OPTION_ACCEPT,
	OPTION_REASON, OPTION_EXPIRES, OPTION_PROGRAM, OPTION_CHECK, OPTION_MATRIX, OPTION_SEEDS, OPTION_STEPS,
	OPTION_FAULTS, OPTION_SWARM, OPTION_WRITE, OPTION_HELP, OPTION_VERSION };

static const struct option LONG_OPTIONS[] = {
	{ "impl", required_argument, NULL, OPTION_IMPL },
	{ "dialect", required_argument, NULL, OPTION_DIALECT },
	{ "library", required_argument, NULL, OPTION_LIBRARY },
	{ "out", required_argument, NULL, OPTION_OUT },
	{ "xfail", required_argument, NULL, OPTION_XFAIL },
	{ "require", required_argument, NULL, OPTION_REQUIRE },
	{ "oracle", required_argument, NULL, OPTION_ORACLE },
	{ "rules", required_argument, NULL, OPTION_RULES },
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
	{ "witness", required_argument, NULL, OPTION_WITNESS },
	{ "bound", required_argument, NULL, OPTION_BOUND },
	{ "memory", required_argument, NULL, OPTION_MEMORY },
	{ "accept", required_argument, NULL, OPTION_ACCEPT },
	{ "reason", required_argument, NULL, OPTION_REASON },
	{ "expires", required_argument, NULL, OPTION_EXPIRES },
	{ "program", required_argument, NULL, OPTION_PROGRAM },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "certify", no_argument, NULL, OPTION_CERTIFY },
	{ "matrix", required_argument, NULL, OPTION_MATRIX },
	{ "seeds", required_argument, NULL, OPTION_SEEDS },
	{ "steps", required_argument, NULL, OPTION_STEPS },
	{ "faults", required_argument, NULL, OPTION_FAULTS },
	{ "swarm", no_argument, NULL, OPTION_SWARM },
	{ "write", required_argument, NULL, OPTION_WRITE },
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

/* A..B, or one number. */
static int set_seeds(struct options *options, const char *text)
{
	char first[24];
	int64_t from, to;
	const char *dots = strstr(text, "..");
	snprintf(first, sizeof first, "%.*s", (int)(dots ? dots - text : 20), text);
	if (!parse_number(first, 0, INT64_MAX, &from) || !parse_number(dots ? dots + 2 : first, from, INT64_MAX, &to))
		return options_usage("expected seeds A..B with A not above B, found", text);
	if (to - from >= CAMPAIGN_SEEDS_MAX) return options_usage("expected at most 100000000 seeds, found", text);
	options->from = (uint64_t)from;
	options->to = (uint64_t)to;
	return 0;
}

/* How much is drawn. */
static int set_draw(unsigned *number, const char *text, unsigned most)
{
	int64_t n;
	char expected[60];
	snprintf(expected, sizeof expected, "expected a number from 0 to %u, found", most);
	if (!parse_number(text, 0, most, &n)) return options_usage(expected, text);
	*number = (unsigned)n;
	return 0;
}

static int set_oracle(struct options *options, const char *word)
{
	for (unsigned mode = ORACLE_ON; mode <= ORACLE_STRICT; mode++) {
		if (strcmp(oracle_mode_word((enum oracle_mode)mode), word)) continue;
		options->run.unit.oracle = (enum oracle_mode)mode;
		return 0;
	}
	return options_usage("expected --oracle on, off or strict, found", word);
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
	case OPTION_PROGRAM: options->program = value; return 0;
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
	case OPTION_ORACLE: return set_oracle(options, value);
	case OPTION_RULES:
		options->run.unit.no_rules = !strcmp(value, "none");
		return options->run.unit.no_rules || !strcmp(value, "all") ? 0 : options_usage("expected --rules all or none, found", value);
	case OPTION_SEEDS: return set_seeds(options, value);
	case OPTION_STEPS: return set_draw(&options->draw.steps, value, DRAW_STEPS_MAX);
	case OPTION_FAULTS: return set_draw(&options->draw.faults, value, DRAW_FAULTS_MAX);
	case OPTION_SWARM: options->draw.swarm = true; return 0;
	case OPTION_WRITE: options->write = value; return 0;
	case OPTION_MATRIX: options->matrix = value; return 0;
	case OPTION_STRICT: options->strict = true; return 0;
	case OPTION_QUIET: options->quiet = true; return 0;
	case OPTION_CORE: options->bounds.core = true; return 0;
	case OPTION_WITNESS: options->witness = optarg; return 0;
	case OPTION_CHECK: options->check = true; return 0;
	case OPTION_CERTIFY: options->certify = true; return 0;
	case OPTION_JSON: options->json = true; return 0;
	case OPTION_ALL: options->all = true; return 0;
	case OPTION_TSV: options->tsv = true; return 0;
	case OPTION_HELP: usage_print(stdout); return -1;
	case OPTION_VERSION: puts("bgcheck " BGCHECK_VERSION); return -1;
	case '?':
	case ':': return options_usage("an option is not known or lacks its value", NULL);
	default: return set_number(options, id, value);
	}
}

int options_set_impl(struct options *options)
{
	struct unit_options *unit = &options->run.unit;
	unit->impl = IMPL_REFERENCE;
	if (!options->impl || !strcmp(options->impl, "reference")) return 0;
	if (strncmp(options->impl, "mutant:", 7)) return options_usage("expected --impl reference or mutant:ID, found", options->impl);
	unit->impl = IMPL_MUTANT;
	unit->mutant = mutant_find(options->impl + 7);
	if (!unit->mutant && mutant_row_find(options->impl + 7, &options->edit)) unit->mutant = &options->edit.mutant;
	return unit->mutant ? 0 : options_usage("expected a mutant of `bgcheck show mutants`, found", options->impl + 7);
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
	}
	if (!options->run.jobs) options->run.jobs = 1;
	return adapter ? 0 : options_set_impl(options);
}

/* After all options: which choices there are depends on the dialect. */
static int parse_readings(struct options *options)
{
	struct failure failure = { 0 };
	if (options->check && strcmp(options->verb, "fmt")) return options_usage("only `fmt` takes --check, found", options->verb);
	static const char *const takers[] = { "run", "trace", "judge", "campaign", "shrink" };
	bool takes = false;
	for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) takes |= !strcmp(options->verb, takers[i]);
	if (options->reading_count && !takes) return options_usage("only `run`, `judge`, `trace`, `campaign` and `shrink` take --reading, found", options->verb);
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
	for (int d = 0; d < DIALECT_COUNT; d++) options->run.dialects[d] = options->draw.dialects[d] = options->dialect < 0 || options->dialect == d;
	if (options->run.unit.no_rules && options->run.unit.oracle == ORACLE_OFF) return options_usage("expected a judge, found --rules none and --oracle off", NULL);
	failed = parse_readings(options);
	return failed ? failed : parse_impl(options, adapter);
}
