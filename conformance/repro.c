/* repro.c -- the folder of a failing scenario: the files, and what they were made with. */
#include "conformance/repro.h"

#include "conformance/json_text.h"
#include "conformance/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define PATH_SIZE 2400

static int complain(const char *path)
{
	fprintf(stderr, "bgcheck: cannot write %s: %s\n", path, strerror(errno));
	return -1;
}

/* --- what was used */

/* FNV-1a; it tells builds apart, nothing more. */
static uint64_t digest_of(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	return hash;
}

void repro_tables(char digest[17])
{
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	if (file) {
		show_table_tsv(file, -1);
		show_rules(file, -1, true);
		show_causes(file);
		fclose(file);
	}
	snprintf(digest, 17, "%016llx", (unsigned long long)digest_of(text ? text : "", length));
	free(text);
}

static void add(json_t *args, const char *option, const char *value)
{
	json_array_append_new(args, json_string(option));
	if (value) json_array_append_new(args, json_string(value));
}

/* What of the command line decides the verdict; not the selection, nor where the report goes. */
static json_t *args_of(const struct options *options)
{
	const struct unit_options *unit = &options->run.unit;
	json_t *args = json_array();
	char number[32];
	if (options->impl) add(args, "--impl", options->impl);
	for (unsigned i = 0; i < options->reading_count; i++) add(args, "--reading", options->reading[i]);
	add(args, "--oracle", oracle_mode_word(unit->oracle));
	if (unit->no_rules) add(args, "--rules", "none");
	if (options->strict) add(args, "--strict", NULL);
	snprintf(number, sizeof number, "%llu", (unsigned long long)unit->seed);
	add(args, "--seed", number);
	snprintf(number, sizeof number, "%lld", (long long)(unit->tolerance_ns / 1000000));
	add(args, "--tolerance", number);
	return args;
}

static json_t *adapter_of(const struct options *options)
{
	json_t *words = json_array();
	for (char *const *arg = options->run.unit.argv; options->run.unit.impl == IMPL_EXEC && *arg; arg++) json_array_append_new(words, json_string(*arg));
	return words;
}

static json_t *environment(void)
{
	struct utsname name;
	json_t *told = json_object();
	char os[2 * sizeof name.sysname + 2] = "";
	if (!uname(&name)) snprintf(os, sizeof os, "%s %s", name.sysname, name.release);
	json_put_text(told, "os", os);
	json_put_text(told, "machine", *os ? name.machine : "");
	json_put_text(told, "compiler", __VERSION__);
	return told;
}

static json_t *findings_of(const json_t *unit)
{
	json_t *told = json_array();
	const json_t *finding;
	size_t i;
	json_array_foreach(json_object_get(unit, "findings"), i, finding) {
		json_t *one = json_object();
		json_put_text(one, "rule", json_text(finding, "rule"));
		json_put_text(one, "signature", json_text(finding, "signature"));
		json_array_append_new(told, one);
	}
	return told;
}

/* --- the folder */

static int copy_file(const char *from, const char *to)
{
	char buffer[65536];
	FILE *in = fopen(from, "r"), *out = in ? fopen(to, "w") : NULL;
	size_t n;
	bool good = in && out;
	while (good && (n = fread(buffer, 1, sizeof buffer, in)) > 0) good = fwrite(buffer, 1, n, out) == n;
	good = good && !ferror(in);
	if (out && fclose(out)) good = false;
	if (in) fclose(in);
	return good ? 0 : complain(to);
}

/* The row of a matrix as a file of its own: its id is that of the row. */
static int write_row(const char *text, const char *id, const char *to)
{
	FILE *out = fopen(to, "w");
	if (!out) return complain(to);
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n");
		bool is_id = !strncmp(at, "id:", 3);
		if (is_id) fprintf(out, "id:      %s\n", id);
		else fprintf(out, "%.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
	return fclose(out) ? complain(to) : 0;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0777) && errno != EEXIST ? complain(path) : 0;
}

static int write_unit(const struct output *output, const struct options *options, const json_t *results, const json_t *unit)
{
	char folder[PATH_SIZE], from[PATH_SIZE], to[PATH_SIZE + 200], digest[17];
	const char *id = json_text(unit, "id"), *dialect = json_text(unit, "dialect"), *trace = json_text(unit, "trace");
	snprintf(folder, sizeof folder, "%s/repro/%s.%s", output->draft, id, dialect);
	snprintf(to, sizeof to, "%s/%s.scn", folder, id);
	if (make_folder(folder) || (*json_text(unit, "row") ? write_row(json_text(unit, "row"), id, to) : copy_file(json_text(unit, "file"), to))) return -1;
	snprintf(from, sizeof from, "%s/%s", output->draft, trace);
	snprintf(to, sizeof to, "%s/%s.%s.trace", folder, id, dialect);
	if (*trace && copy_file(from, to)) return -1;
	json_t *repro = json_object();
	repro_tables(digest);
	json_object_set_new(repro, "schema", json_integer(REPRO_SCHEMA));
	json_put_text(repro, "id", id);
	json_put_text(repro, "dialect", dialect);
	json_put_text(repro, "verdict", json_text(unit, "verdict"));
	json_object_set_new(repro, "findings", findings_of(unit));
	json_put_text(repro, "bgcheck", BGCHECK_VERSION);
	json_put_text(repro, "tables", digest);
	json_object_set(repro, "impl", json_object_get(results, "impl"));
	json_object_set_new(repro, "args", args_of(options));
	json_object_set_new(repro, "adapter", adapter_of(options));
	json_object_set_new(repro, "environment", environment());
	snprintf(to, sizeof to, "%s/repro.json", folder);
	bool written = !json_dump_file(repro, to, JSON_INDENT(1));
	json_decref(repro);
	return written ? 0 : complain(to);
}

static bool is_worth(const json_t *unit)
{
	const char *verdict = json_text(unit, "verdict");
	return !strcmp(verdict, "fail") || !strcmp(verdict, "inconclusive") || !strcmp(verdict, "adapter-error") || !strcmp(verdict, "harness-error");
}

int repro_write(const struct output *output, const struct options *options, const json_t *results)
{
	char folder[PATH_SIZE];
	const json_t *unit;
	size_t i;
	bool any = false;
	if (output_check(output)) return -1;
	snprintf(folder, sizeof folder, "%s/repro", output->draft);
	json_array_foreach(json_object_get(results, "scenarios"), i, unit) {
		if (!is_worth(unit)) continue;
		if (!any && make_folder(folder)) return -1;
		any = true;
		if (write_unit(output, options, results, unit)) return -1;
	}
	return 0;
}
