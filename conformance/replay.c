/* replay.c -- reads the folder, runs its scenario in a process of its own, and compares. */
#include "conformance/replay.h"

#include "conformance/interrupt.h"
#include "conformance/json_text.h"
#include "conformance/output.h"
#include "conformance/repro.h"
#include "conformance/select.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_SIZE 2400
#define ARGS_MAX 256

struct replayed {
	struct arena *arena;
	const struct replay_options *options;
	FILE *out;
	json_t *repro, *results;
	const json_t *unit;         /* of results: the scenario again */
	char scratch[PATH_SIZE];    /* where it is run */
};

static int refuse(const struct replayed *replayed, const char *expected, const char *found)
{
	fprintf(stderr, "bgcheck: %s: expected %s, found %s\n", replayed->options->folder, expected, *found ? found : "nothing");
	return EXIT_USAGE;
}

/* --- the folder */

static bool is_list_of_texts(const json_t *list)
{
	size_t i;
	const json_t *word;
	json_array_foreach(list, i, word)
		if (!json_is_string(word)) return false;
	return json_is_array(list);
}

static int read_repro(struct replayed *replayed)
{
	char path[PATH_SIZE];
	json_error_t error;
	snprintf(path, sizeof path, "%s/repro.json", replayed->options->folder);
	replayed->repro = json_load_file(path, 0, &error);
	if (!replayed->repro) return refuse(replayed, "a folder below repro/ with a repro.json", error.text);
	const json_t *repro = replayed->repro;
	if (json_integer_value(json_object_get(repro, "schema")) != REPRO_SCHEMA) return refuse(replayed, "a repro.json of schema 1", "another");
	const char *id = json_text(repro, "id"), *dialect = json_text(repro, "dialect");
	if (!*id || strchr(id, '/')) return refuse(replayed, "the id of a scenario", id);
	if (machine_dialect_find(dialect, strlen(dialect)) < 0) return refuse(replayed, "the dialect do or bits", dialect);
	if (!*json_text(repro, "verdict")) return refuse(replayed, "a verdict", "");
	if (!is_list_of_texts(json_object_get(repro, "args")) || !is_list_of_texts(json_object_get(repro, "adapter"))) return refuse(replayed, "args and adapter, lists of texts", "something else");
	if (!json_is_array(json_object_get(repro, "findings"))) return refuse(replayed, "findings", "");
	snprintf(path, sizeof path, "%s/%s.scn", replayed->options->folder, id);
	return access(path, R_OK) ? refuse(replayed, "the scenario beside it", strerror(errno)) : 0;
}

/* --- the run */

static void add(char **args, unsigned *count, const char *word)
{
	if (*count < ARGS_MAX - 1) args[(*count)++] = (char *)(uintptr_t)word;
	args[*count] = NULL;
}

static void add_adapter(const struct replayed *replayed, char **args, unsigned *count)
{
	const json_t *word, *recorded = json_object_get(replayed->repro, "adapter");
	size_t i;
	if (!replayed->options->adapter && !json_array_size(recorded)) return;
	add(args, count, "--");
	for (char *const *arg = replayed->options->adapter; arg && *arg; arg++) add(args, count, *arg);
	json_array_foreach(recorded, i, word)
		if (!replayed->options->adapter) add(args, count, json_string_value(word));
}

static _Noreturn void be_run(const struct replayed *replayed)
{
	char *args[ARGS_MAX], out[PATH_SIZE + 16], file[PATH_SIZE];
	unsigned count = 0;
	const json_t *word, *list = json_object_get(replayed->repro, "args");
	size_t i;
	snprintf(out, sizeof out, "%s/out", replayed->scratch);
	snprintf(file, sizeof file, "%s/%s.scn", replayed->options->folder, json_text(replayed->repro, "id"));
	add(args, &count, "bgcheck");
	add(args, &count, "run");
	for (i = 0; i < json_array_size(list); i++) {
		word = json_array_get(list, i);
		if (replayed->options->adapter && !strcmp(json_string_value(word), "--impl")) i++;   /* another implementation takes its place */
		else add(args, &count, json_string_value(word));
	}
	add(args, &count, "--dialect");
	add(args, &count, json_text(replayed->repro, "dialect"));
	add(args, &count, "--quiet");
	add(args, &count, "--out");
	add(args, &count, out);
	add(args, &count, file);
	add_adapter(replayed, args, &count);
	execv("/proc/self/exe", args);
	_exit(EXIT_HARNESS);
}

static int run(struct replayed *replayed)
{
	char path[PATH_SIZE + 32];
	int status = 0;
	json_error_t error;
	pid_t pid = interrupt_fork();
	if (!pid) be_run(replayed);
	if (pid < 0 || !interrupt_wait_for(pid, &status) || !WIFEXITED(status)) return EXIT_HARNESS;
	snprintf(path, sizeof path, "%s/out/results.json", replayed->scratch);
	replayed->results = json_load_file(path, 0, &error);
	replayed->unit = json_array_get(json_object_get(replayed->results, "scenarios"), 0);
	if (replayed->unit) return 0;
	fprintf(stderr, "bgcheck: the scenario could not be run again: exit %d\n", WEXITSTATUS(status));
	return WEXITSTATUS(status) == EXIT_USAGE || WEXITSTATUS(status) == EXIT_ADAPTER ? WEXITSTATUS(status) : EXIT_HARNESS;
}

/* --- what differs */

static void tell_impl(FILE *out, const json_t *impl)
{
	static const char *const keys[] = { "name", "mutant", "version" };
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (*json_text(impl, keys[i])) fprintf(out, " %s", json_text(impl, keys[i]));
}

static void tell_build(const struct replayed *replayed)
{
	char digest[17];
	const char *version = json_text(replayed->repro, "bgcheck"), *tables = json_text(replayed->repro, "tables");
	const json_t *impl = json_object_get(replayed->repro, "impl"), *here = json_object_get(replayed->results, "impl");
	repro_tables(digest);
	if (!strcmp(version, BGCHECK_VERSION) && !strcmp(tables, digest)) fprintf(replayed->out, "  build     the same: bgcheck %s, tables %s\n", version, tables);
	else fprintf(replayed->out, "  build     bgcheck %s, tables %s; recorded with bgcheck %s, tables %s\n", BGCHECK_VERSION, digest, version, tables);
	fputs("  on       ", replayed->out);
	tell_impl(replayed->out, here);
	fputs("; recorded on", replayed->out);
	tell_impl(replayed->out, impl);
	fputc('\n', replayed->out);
}

static bool has_finding(const json_t *findings, const json_t *wanted)
{
	size_t i;
	const json_t *finding;
	json_array_foreach(findings, i, finding)
		if (!strcmp(json_text(finding, "rule"), json_text(wanted, "rule")) && !strcmp(json_text(finding, "signature"), json_text(wanted, "signature"))) return true;
	return false;
}

/* The findings of one list that the other lacks. */
static unsigned tell_lacking(const struct replayed *replayed, const json_t *of, const json_t *in, const char *what)
{
	size_t i;
	const json_t *finding;
	unsigned count = 0;
	json_array_foreach(of, i, finding) {
		if (has_finding(in, finding)) continue;
		fprintf(replayed->out, "  finding   %s: %s `%s`\n", what, json_text(finding, "rule"), json_text(finding, "signature"));
		count++;
	}
	return count;
}

/* The first line that differs. False: none does. */
static bool tell_line(const struct replayed *replayed, const char *a, const char *b)
{
	for (unsigned number = 1; *a || *b; number++) {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
		if (n != m || memcmp(a, b, n)) {
			fprintf(replayed->out, "  trace     differs from line %u on\n    recorded: %.*s\n    now:      %.*s\n", number, (int)n, a, (int)m, b);
			return true;
		}
		a += n + (a[n] != '\0');
		b += m + (b[m] != '\0');
	}
	return false;
}

static void tell_trace(const struct replayed *replayed)
{
	char path[PATH_SIZE];
	size_t length;
	snprintf(path, sizeof path, "%s/%s.%s.trace", replayed->options->folder, json_text(replayed->repro, "id"), json_text(replayed->repro, "dialect"));
	const char *recorded = select_read_file(replayed->arena, path, &length);
	snprintf(path, sizeof path, "%.2000s/out/%s", replayed->scratch, json_text(replayed->unit, "trace"));
	const char *now = *json_text(replayed->unit, "trace") ? select_read_file(replayed->arena, path, &length) : NULL;
	if (!recorded || !now) fprintf(replayed->out, "  trace     not compared: %s\n", recorded ? "there is none now" : "none was recorded");
	else if (strcmp(json_text(replayed->results, "world"), "sim")) fprintf(replayed->out, "  trace     not compared: its time is real\n");
	else if (!tell_line(replayed, recorded, now)) fprintf(replayed->out, "  trace     the same, byte by byte\n");
}

static int compare(const struct replayed *replayed)
{
	const char *before = json_text(replayed->repro, "verdict"), *now = json_text(replayed->unit, "verdict");
	const json_t *then = json_object_get(replayed->repro, "findings"), *findings = json_object_get(replayed->unit, "findings");
	bool same = !strcmp(before, now);
	fprintf(replayed->out, "%s in %s\n", json_text(replayed->repro, "id"), json_text(replayed->repro, "dialect"));
	tell_build(replayed);
	if (same) fprintf(replayed->out, "  verdict   %s, as recorded\n", now);
	else fprintf(replayed->out, "  verdict   %s; recorded was %s\n", now, before);
	unsigned others = tell_lacking(replayed, then, findings, "gone") + tell_lacking(replayed, findings, then, "new");
	if (!others) fprintf(replayed->out, "  findings  %zu, as recorded\n", json_array_size(then));
	tell_trace(replayed);
	fprintf(replayed->out, "%s\n", same && !others ? "the same verdict" : "another verdict");
	return same && !others ? EXIT_CONFORMS : EXIT_FAILED;
}

int replay(struct arena *arena, const struct replay_options *options, FILE *out)
{
	struct replayed replayed = { .arena = arena, .options = options, .out = out };
	int code = read_repro(&replayed);
	if (!code && output_scratch(replayed.scratch, sizeof replayed.scratch, "replay")) code = EXIT_HARNESS;
	if (!code) code = run(&replayed);
	if (!code) code = compare(&replayed);
	if (*replayed.scratch) output_remove(replayed.scratch);
	json_decref(replayed.results);
	json_decref(replayed.repro);
	return code;
}
