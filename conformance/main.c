/* main.c -- the command line: the table of verbs, and the verbs that are one call of their room. */
#include "conformance/adapter_check.h"
#include "conformance/explain.h"
#include "conformance/explore_verb.h"
#include "conformance/fmt.h"
#include "conformance/interrupt.h"
#include "conformance/lint.h"
#include "conformance/mutants_verb.h"
#include "conformance/replay.h"
#include "conformance/selftest.h"
#include "conformance/selftest_adapter.h"
#include "conformance/serve_reference.h"
#include "conformance/show.h"
#include "conformance/verb.h"
#include "conformance/xfail_update.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "fixtures/scenario"
#define WITNESS "fixtures/witness"   /* what only mutants need: fixtures/README.md */
#define MAIN_ARENA_BYTES (1024u << 20)   /* reserved; touched as far as it is used */

int verb_flush(int code)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "bgcheck: cannot write to standard output: %s\n", strerror(errno));
		return EXIT_HARNESS;
	}
	return code;
}

int verb_cannot_write(const char *path)
{
	fprintf(stderr, "bgcheck: cannot write %s: %s\n", path, strerror(errno));
	return EXIT_HARNESS;
}

int verb_write(const char *path, const char *text, size_t length)
{
	FILE *file = path ? fopen(path, "w") : stdout;
	bool good = file && fwrite(text, 1, length, file) == length;
	if (path && file && fclose(file)) good = false;
	return good ? 0 : verb_cannot_write(path ? path : "to standard output");
}

static int verb_xfail(struct options *options, struct arena *arena)
{
	char today[16];
	unsigned count = options->words_count;
	if (!count || strcmp(options->words[0], "update")) return options_usage("expected xfail update, found", count ? options->words[0] : "nothing");
	if (!options->xfail) return options_usage("expected --xfail FILE, found nothing", NULL);
	if (count < 2 || count - 1 > XFAIL_RUNS_MAX) return options_usage("expected 1 to 32 results.json behind xfail update", NULL);
	verb_today(today, sizeof today);
	options->update.today = today;
	options->update.strict = options->strict;
	return verb_flush(xfail_update(arena, options->xfail, options->words + 1, count - 1, &options->update, stdout, stderr));
}

static int verb_list(struct options *options, struct arena *arena)
{
	struct selection selection;
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	if (code) return code;
	unsigned listed = 0, rows = 0;
	for (unsigned i = 0; i < selection.count; i++) {
		const struct scenario *scenario = selection.scenarios[i];
		if (options->dialect >= 0 && !scenario->dialects[options->dialect]) continue;
		listed++;
		rows += strchr(scenario->id, '@') != NULL;
		printf("%-44s %-8s %s\n", scenario->id, scenario->dialects[DIALECT_DO] ? scenario->dialects[DIALECT_BITS] ? "do bits" : "do" : "bits", scenario->title);
	}
	if (rows) fprintf(stderr, "%u scenarios, %u of them rows of a matrix or of crashes\n", listed, rows);
	return verb_flush(listed ? EXIT_CONFORMS : EXIT_SELECTION);
}

static int verb_lint(struct options *options, struct arena *arena)
{
	struct selection selection;
	int code = (int)select_scenarios(arena, options->library, options->words, options->words_count, &selection, stderr);
	if (code) return code;
	code = (int)lint_scenarios(&selection, stdout);
	if (!code && !options->quiet) printf("%u scenarios, nothing to complain of\n", selection.count);
	return verb_flush(code);
}

static int verb_show(struct options *options, struct arena *arena)
{
	struct selection library;
	const char *what = options->words_count == 1 ? options->words[0] : "";
	if (!strcmp(what, "table") && options->tsv) show_table_tsv(stdout, options->dialect);
	else if (!strcmp(what, "table")) show_table(stdout, options->dialect);
	else if (!strcmp(what, "rules")) show_rules(stdout, options->dialect, options->json);
	else if (!strcmp(what, "faults")) {
		int code = (int)select_scenarios(arena, options->library, NULL, 0, &library, stderr);
		if (code) return code;
		show_faults(stdout, options->dialect, options->json, &library);
	}
	else if (!strcmp(what, "readings")) show_readings(stdout, options->json);
	else if (!strcmp(what, "protocol")) show_protocol(stdout);
	else if (!strcmp(what, "mutants")) show_mutants(stdout);
	else return options_usage("expected show table, rules, faults, readings, protocol or mutants, found", *what ? what : "nothing");
	return verb_flush(EXIT_CONFORMS);
}

static int verb_fmt(struct options *options, struct arena *arena)
{
	if (!options->words_count) return options_usage("expected scenario files, found nothing", NULL);
	return verb_flush((int)fmt_files(arena, options->words, options->words_count, options->check, stdout, stderr));
}

static const struct machine *machine_of(struct arena *arena, const struct options *options, enum dialect dialect)
{
	const struct unit_options *unit = &options->run.unit;
	return unit->impl == IMPL_MUTANT ? mutant_machine(arena, unit->mutant, dialect) : machine_reference(dialect);
}

/* explore, and export promela: each dialect in turn, worst exit code. */
static int explore_or_export(struct options *options, struct arena *arena, bool export)
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
	return verb_flush(worst);
}

static int verb_explore(struct options *options, struct arena *arena)
{
	return explore_or_export(options, arena, false);
}

static int verb_export(struct options *options, struct arena *arena)
{
	return explore_or_export(options, arena, true);
}

static int verb_adapter(struct options *options, struct arena *arena)
{
	bool check = options->words_count == 1 && !strcmp(options->words[0], "check");
	if (!check) return options_usage("expected adapter check -- CMD, found", options->words_count ? options->words[0] : "nothing");
	if (options->run.unit.impl != IMPL_EXEC) return options_usage("expected an adapter's command behind --, found none", NULL);
	if (!verb_adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	interrupt_begin();
	return interrupt_exit(verb_flush(adapter_check(arena, &options->run.unit, options->dialect, options->json, stdout)));
}

static int verb_serve(struct options *options, struct arena *arena)
{
	(void)arena;
	if (options->words_count) return options_usage("expected no word behind serve-reference, found", options->words[0]);
	return serve_reference(&(struct serve_options){ 0 });
}

/* Not in --help: the self-test starts it. */
static int verb_selftest_adapter(struct options *options, struct arena *arena)
{
	(void)arena;
	if (!options->words_count || options->words_count > 2) return options_usage("expected selftest-adapter FAULT [MARK]", NULL);
	return selftest_adapter(options->words[0], options->words_count > 1 ? options->words[1] : NULL);
}

static int verb_selftest(struct options *options, struct arena *arena)
{
	(void)arena;
	struct selftest_options how = { .program = options->program, .words = options->words, .words_count = options->words_count,
		.watchdog_ns = options->run.unit.scenario_timeout_ns, .json = options->json };
	interrupt_begin();
	return interrupt_exit(verb_flush(selftest(&how, stdout)));
}

static int verb_mutants(struct options *options, struct arena *arena)
{
	struct selection selection;
	if (options->impl) return options_usage("expected no --impl with mutants, found", options->impl);
	char library[] = LIBRARY, witness[] = WITNESS, *both[] = { library, witness };
	bool own = strcmp(options->library, LIBRARY);
	int code = (int)select_scenarios(arena, options->library, own ? NULL : both, own ? 0 : 2, &selection, stderr);
	if (code) return code;
	const struct mutants_options how = { .run = &options->run, .words = options->words, .words_count = options->words_count,
		.matrix = options->matrix, .json = options->json };
	return verb_flush(mutants_tell(arena, &selection, &how, stdout));
}

static int verb_explain(struct options *options, struct arena *arena)
{
	const char *no_colour = getenv("NO_COLOR");
	if (!options->words_count || options->words_count > 2) return options_usage("expected explain OUT [ID]", NULL);
	struct explain_options how = { .out = options->words[0], .id = options->words_count > 1 ? options->words[1] : NULL, .all = options->all,
		.json = options->json, .colour = isatty(1) && !(no_colour && *no_colour) };
	return verb_flush((int)explain(arena, &how, stdout));
}

static int verb_replay(struct options *options, struct arena *arena)
{
	bool adapter = options->run.unit.impl == IMPL_EXEC;
	if (options->words_count != 1) return options_usage("expected one folder below repro/", NULL);
	if (adapter && !verb_adapter_is_there(options->run.unit.argv)) return EXIT_ADAPTER;
	const struct replay_options how = { .folder = options->words[0], .adapter = adapter ? options->run.unit.argv : NULL };
	interrupt_begin();
	return interrupt_exit(verb_flush(replay(arena, &how, stdout)));
}

static const struct verb {
	const char *name;
	int (*run)(struct options *options, struct arena *arena);
	enum { VERB_PLAIN, VERB_TAKES_ADAPTER, VERB_HIDDEN } kind;   /* a hidden one is not in --help */
} VERBS[] = {
	{ "run", verb_run, VERB_TAKES_ADAPTER },
	{ "judge", verb_judge, VERB_PLAIN },
	{ "list", verb_list, VERB_PLAIN },
	{ "lint", verb_lint, VERB_PLAIN },
	{ "show", verb_show, VERB_PLAIN },
	{ "replay", verb_replay, VERB_TAKES_ADAPTER },
	{ "trace", verb_trace, VERB_PLAIN },
	{ "explain", verb_explain, VERB_PLAIN },
	{ "explore", verb_explore, VERB_PLAIN },
	{ "export", verb_export, VERB_PLAIN },
	{ "mutants", verb_mutants, VERB_PLAIN },
	{ "campaign", verb_campaign, VERB_PLAIN },
	{ "merge", verb_merge, VERB_PLAIN },
	{ "shrink", verb_shrink, VERB_PLAIN },
	{ "xfail", verb_xfail, VERB_PLAIN },
	{ "fmt", verb_fmt, VERB_PLAIN },
	{ "bless", verb_bless, VERB_PLAIN },
	{ "adapter", verb_adapter, VERB_TAKES_ADAPTER },
	{ "serve-reference", verb_serve, VERB_PLAIN },
	{ "selftest", verb_selftest, VERB_PLAIN },
	{ "selftest-adapter", verb_selftest_adapter, VERB_HIDDEN },
};

static int no_such_verb(const char *word)
{
	char expected[400] = "expected a verb";
	size_t count = sizeof VERBS / sizeof VERBS[0];
	for (size_t i = 0, used = strlen(expected), shown = 0; i < count && used < sizeof expected; i++)
		if (VERBS[i].kind != VERB_HIDDEN) used += (size_t)snprintf(expected + used, sizeof expected - used, "%s %s", shown++ ? "," : "", VERBS[i].name);
	strcat(expected, ", found");
	return options_usage(expected, word);
}

static int run_verb(struct options *options, struct arena *arena)
{
	for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
		if (strcmp(options->verb, VERBS[i].name)) continue;
		if (options->run.unit.impl == IMPL_EXEC && VERBS[i].kind != VERB_TAKES_ADAPTER) return options_usage("only `run`, `replay` and `adapter check` take an adapter behind --", NULL);
		return VERBS[i].run(options, arena);
	}
	return no_such_verb(options->verb);
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
	struct options options = { .library = LIBRARY, .dialect = -1, .from = 1, .draw = { .steps = 16, .faults = 4 }, .bounds = { .files = 2, .retries = 1, .threads = 1 },
		.run = { .unit = { .seed = 1, .tolerance_ns = 1500000000, .real_limit_ns = 30000000000, .start_timeout_ns = 60000000000,
			.step_timeout_ns = 30000000000, .scenario_timeout_ns = 180000000000 } } };
	keep_standard_files();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);   /* a file that grows too large is an error like any other */
	char **given = calloc((size_t)argc + 1, sizeof *given);   /* getopt moves the words behind the options */
	if (!given) return EXIT_HARNESS;
	memcpy(given, argv, (size_t)argc * sizeof *given);
	int code = options_parse(&options, argc, argv);
	if (code) return code < 0 ? verb_flush(0) : code;
	if (arena_init(&arena, MAIN_ARENA_BYTES)) {
		fprintf(stderr, "bgcheck: out of memory\n");
		return EXIT_HARNESS;
	}
	options.argv = given;
	code = run_verb(&options, &arena);
	arena_done(&arena);
	free(given);
	return code;
}
