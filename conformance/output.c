/* output.c -- results.json and what is made from it without Python. */
#include "conformance/output.h"
#include "conformance/json_text.h"

#include "conformance/choice.h"
#include "conformance/show.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int say(const char *what, const char *path)
{
	fprintf(stderr, "bgcheck: cannot %s %s: %s\n", what, path, strerror(errno));
	return -1;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about, (void)kind, (void)where;
	return remove(path);
}

void output_remove(const char *path)
{
	nftw(path, remove_one, 1, FTW_DEPTH | FTW_PHYS);   /* one file at a time: few may be left to open */
}

static int make_parents(const char *path)
{
	char part[1200];
	snprintf(part, sizeof part, "%s", path);
	for (char *at = part + 1; *at; at++) {
		if (*at != '/') continue;
		*at = '\0';
		if (mkdir(part, 0777) && errno != EEXIST) return -1;
		*at = '/';
	}
	return 0;
}

/* Only an output folder of ours, or nothing, is ever replaced. */
static int check_replaceable(const char *path)
{
	char inside[1100];
	struct stat about;
	DIR *dir = opendir(path);
	if (!dir) return errno == ENOENT ? 0 : say("use output folder", path);
	unsigned entries = 0;
	while (readdir(dir)) entries++;
	closedir(dir);
	snprintf(inside, sizeof inside, "%s/results.json", path);
	if (entries <= 2 || !stat(inside, &about)) return 0;
	fprintf(stderr, "bgcheck: %s is no output folder of bgcheck and not empty: it is not replaced\n", path);
	return -1;
}

int output_begin(struct output *output, const char *path)
{
	char inside[1200], here[512] = "";
	size_t length = strlen(path);
	output->scratch[0] = '\0';
	while (length > 1 && path[length - 1] == '/') length--;
	if (length + 20 >= sizeof output->final) {
		errno = ENAMETOOLONG;
		return say("use output folder", path);
	}
	if (path[0] != '/' && !getcwd(here, sizeof here)) return say("find", "the working directory");
	snprintf(output->final, sizeof output->final, "%s%s%.*s", here, *here ? "/" : "", (int)length, path);
	snprintf(output->draft, sizeof output->draft, "%s.draft-%d", output->final, (int)getpid());
	if (check_replaceable(output->final)) return -1;
	if (make_parents(output->draft) || mkdir(output->draft, 0777)) return say("make", output->draft);
	for (int i = 0; i < 2; i++) {
		snprintf(inside, sizeof inside, "%s/%s", output->draft, i ? "work" : "trace");
		if (!mkdir(inside, 0777)) continue;
		say("make", inside);
		output_abandon(output);
		return -1;
	}
	return 0;
}

int output_scratch(char *path, size_t size, const char *name)
{
	const char *base = getenv("TMPDIR");
	int length = snprintf(path, size, "%s/bgcheck-%s-XXXXXX", base && *base ? base : "/tmp", name);
	if (length < 0 || (size_t)length >= size) errno = ENAMETOOLONG;
	else if (mkdtemp(path)) return 0;
	return say("make a folder to work in", path);
}

int output_begin_scratch(struct output *output)
{
	char path[1100], scratch[1000];
	if (output_scratch(scratch, sizeof scratch, "run")) return -1;
	snprintf(path, sizeof path, "%s/run", scratch);
	int code = output_begin(output, path);
	snprintf(output->scratch, sizeof output->scratch, "%s", scratch);
	if (code) output_remove(scratch);
	return code;
}

void output_abandon(struct output *output)
{
	output_remove(output->draft);
	if (output->scratch[0]) output_remove(output->scratch);
}

static void xml(FILE *file, const char *text)
{
	for (; *text; text++) switch (*text) {
		case '&': fputs("&amp;", file); break;
		case '<': fputs("&lt;", file); break;
		case '>': fputs("&gt;", file); break;
		case '"': fputs("&quot;", file); break;
		case '\n': fputs("&#10;", file); break;
		default: fputc((unsigned char)*text < 0x20 && *text != '\t' ? '?' : *text, file);
		}
}

static void xml_attribute(FILE *file, const char *name, const char *text)
{
	fprintf(file, " %s=\"", name);
	xml(file, text);
	fputc('"', file);
}

static json_t *worst_finding(json_t *unit)
{
	json_t *finding, *worst = NULL;
	size_t i;
	json_array_foreach(json_object_get(unit, "findings"), i, finding)
		if (!json_is_true(json_object_get(finding, "expected")) && (!worst || !strcmp(json_text(worst, "rule"), "CHECK"))) worst = finding;
	return worst;
}

static void write_junit(FILE *file, json_t *results)
{
	json_t *units = json_object_get(results, "scenarios"), *unit, *counts = json_object_get(results, "counts");
	size_t i;
	json_int_t failures = json_integer_value(json_object_get(counts, "fail")) + json_integer_value(json_object_get(counts, "non-strict"));
	json_int_t errors = json_integer_value(json_object_get(counts, "adapter-error")) + json_integer_value(json_object_get(counts, "harness-error"));
	fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"bgcheck\" tests=\"%zu\" failures=\"%lld\" errors=\"%lld\" skipped=\"%lld\">\n",
		json_array_size(units), (long long)failures, (long long)errors, (long long)json_integer_value(json_object_get(counts, "unsupported")));
	json_array_foreach(units, i, unit) {
		const char *verdict = json_text(unit, "verdict");
		json_t *finding = worst_finding(unit);
		fputs("  <testcase", file);
		xml_attribute(file, "classname", json_text(unit, "dialect"));
		xml_attribute(file, "name", json_text(unit, "id"));
		fputs(">", file);
		if (!strcmp(verdict, "unsupported")) {
			fputs("<skipped", file);
			xml_attribute(file, "message", json_text(unit, "feature"));
			fputs("/>", file);
		} else if (!strcmp(verdict, "adapter-error") || !strcmp(verdict, "harness-error")) {
			fputs("<error", file);
			xml_attribute(file, "message", json_text(unit, "why"));
			fputs("/>", file);
		} else if (!strcmp(verdict, "fail") || !strcmp(verdict, "non-strict")) {
			fputs("<failure", file);
			xml_attribute(file, "type", finding ? json_text(finding, "rule") : "golden");
			xml_attribute(file, "message", finding ? json_text(finding, "signature") : json_text(unit, "why"));
			fputs(">", file);
			if (finding) {
				fputs("done: ", file), xml(file, json_text(finding, "done"));
				fputs("\nallowed: ", file), xml(file, json_text(finding, "allowed"));
				fputs("\nseen: ", file), xml(file, json_text(finding, "seen"));
			}
			fputs("\nagain: ", file), xml(file, json_text(unit, "again"));
			fputs("</failure>", file);
		}
		fputs("</testcase>\n", file);
	}
	fputs("</testsuite>\n", file);
}

static void write_tap(FILE *file, json_t *results)
{
	json_t *units = json_object_get(results, "scenarios"), *unit;
	size_t i;
	fprintf(file, "TAP version 13\n1..%zu\n", json_array_size(units));
	json_array_foreach(units, i, unit) {
		const char *verdict = json_text(unit, "verdict");
		bool good = !strcmp(verdict, "pass") || !strcmp(verdict, "info") || !strcmp(verdict, "expected-fail") || !strcmp(verdict, "unsupported");
		fprintf(file, "%s %zu - %s %s", good ? "ok" : "not ok", i + 1, json_text(unit, "id"), json_text(unit, "dialect"));
		if (!strcmp(verdict, "unsupported")) fprintf(file, " # SKIP %s", json_text(unit, "feature"));
		if (!strcmp(verdict, "expected-fail")) fputs(" # expected failure", file);
		fputc('\n', file);
	}
}

static void story(FILE *file, json_t *unit, json_t *finding)
{
	char at[60] = "";
	json_int_t ns = json_integer_value(json_object_get(finding, "at_ns"));
	const json_t *line = json_object_get(finding, "file_line");   /* of a record; else that of the scenario */
	if (ns >= 0) snprintf(at, sizeof at, ", at %lld.%03lld s", (long long)(ns / 1000000000), (long long)(ns / 1000000 % 1000));
	fprintf(file, "- %s (%s), %s, %s:%lld%s\n", json_text(finding, "rule"), json_text(finding, "level"), json_text(unit, "dialect"),
		json_text(unit, "file"), (long long)json_integer_value(line ? line : json_object_get(finding, "line")), at);
	fprintf(file, "  - rule: %s\n", json_text(finding, "sentence"));
	fprintf(file, "  - done: %s\n", json_text(finding, "done"));
	fprintf(file, "  - allowed: %s\n", json_text(finding, "allowed"));
	fprintf(file, "  - seen: %s\n", json_text(finding, "seen"));
	if (*json_text(finding, "source")) fprintf(file, "  - source: %s\n", json_text(finding, "source"));
	fprintf(file, "  - signature: `%s`\n", json_text(finding, "signature"));
	fprintf(file, "  - again: `%s`\n", json_text(unit, "again"));
}

static void write_vacuous(FILE *file, json_t *results)
{
	json_t *rule;
	size_t i;
	unsigned count = 0;
	json_array_foreach(json_object_get(results, "rules"), i, rule) count += !strcmp(json_text(rule, "verdict"), "vacuous");
	if (!count) return;
	fprintf(file, "\n## Rules whose trigger never happened: %u\n\n", count);
	json_array_foreach(json_object_get(results, "rules"), i, rule)
		if (!strcmp(json_text(rule, "verdict"), "vacuous")) fprintf(file, "- %s (%s): %s\n", json_text(rule, "id"), json_text(rule, "dialect"), json_text(rule, "trigger"));
}

static void write_oracle(FILE *file, const json_t *oracle)
{
	long long diverged = json_integer_value(json_object_get(oracle, "diverged")), lost = json_integer_value(json_object_get(oracle, "inconclusive"));
	if (!strcmp(json_text(oracle, "mode"), "off")) return;
	fprintf(file, "- oracle: %lld diverged, largest set of states %lld, most hypotheses %lld", diverged,
		(long long)json_integer_value(json_object_get(oracle, "largest")), (long long)json_integer_value(json_object_get(oracle, "hypotheses")));
	if (lost) fprintf(file, ", %lld inconclusive: the set outgrew its place", lost);
	fputc('\n', file);
}

void output_summary(FILE *file, json_t *results)
{
	json_t *counts = json_object_get(results, "counts"), *count, *unit, *finding, *stale;
	const char *word;
	size_t i, k;
	fprintf(file, "# %s\n\nVerdict: **%s** (exit %lld)\n\n", json_text(results, "sentence"), json_text(results, "verdict"),
		(long long)json_integer_value(json_object_get(results, "exit")));
	json_object_foreach(counts, word, count)
		if (json_integer_value(count)) fprintf(file, "- %s: %lld\n", word, (long long)json_integer_value(count));
	write_oracle(file, json_object_get(results, "oracle"));
	for (int expected = 0; expected <= 1; expected++) {
		bool headed = false;
		json_array_foreach(json_object_get(results, "scenarios"), i, unit)
			json_array_foreach(json_object_get(unit, "findings"), k, finding) {
				if (json_is_true(json_object_get(finding, "expected")) != (expected == 1)) continue;
				if (!headed) fprintf(file, "\n## %s\n\n", expected ? "Expected failures" : "Findings");
				headed = true;
				story(file, unit, finding);
				if (expected) fprintf(file, "  - excused: %s\n", json_text(finding, "reason"));
			}
	}
	bool headed = false;
	json_array_foreach(json_object_get(results, "scenarios"), i, unit) {
		if (!*json_text(unit, "why") && strcmp(json_text(unit, "verdict"), "unsupported")) continue;
		if (!headed) fprintf(file, "\n## Not played to the end\n\n");
		headed = true;
		fprintf(file, "- %s %s (%s): %s%s%s\n", json_text(unit, "verdict"), json_text(unit, "id"), json_text(unit, "dialect"), json_text(unit, "feature"),
			*json_text(unit, "feature") ? ": " : "", json_text(unit, "why"));
	}
	json_t *stale_list = json_object_get(json_object_get(results, "xfail"), "stale");
	if (json_array_size(stale_list)) fprintf(file, "\n## Stale expectations\n\n");
	json_array_foreach(stale_list, i, stale)
		fprintf(file, "- %s:%lld: %s\n", json_text(json_object_get(results, "xfail"), "file"), (long long)json_integer_value(json_object_get(stale, "line")), json_text(stale, "text"));
	write_vacuous(file, results);
}

/* What the implementation showed of each question that arises in its dialect. */
static void write_readings(FILE *file, json_t *results)
{
	json_t *reading;
	size_t i;
	fprintf(file, "\n## Readings\n\n");
	json_array_foreach(json_object_get(json_object_get(results, "coverage"), "readings"), i, reading) {
		const char *seen = json_text(reading, "seen"), *why = "";
		if (!*json_text(reading, "takes")) continue;
		if (!*seen) choices_shown(json_text(reading, "id"), &why);
		fprintf(file, "- %s (%s): %s: %s%s%s%s\n", json_text(reading, "id"), json_text(reading, "dialect"), json_text(reading, "question"), *seen ? seen : "not seen",
			*why ? " (" : "", why, *why ? ")" : "");
	}
}

/* In the file, not on the terminal: the list is long. */
static void write_summary(FILE *file, json_t *results)
{
	output_summary(file, results);
	write_readings(file, results);
}


static void write_table(FILE *file, json_t *results)
{
	(void)results;
	show_table_tsv(file, -1);
}

static FILE *open_file(const struct output *output, const char *name, char *path, size_t path_size)
{
	snprintf(path, path_size, "%s/%s", output->draft, name);
	FILE *file = fopen(path, "w");
	if (!file) say("write", path);
	return file;
}

static int close_file(FILE *file, bool written, const char *path)
{
	int number = errno;
	bool closed = !fclose(file);
	if (closed && written) return 0;
	if (!written) errno = number;
	return say("write", path);
}

static int write_file(const struct output *output, const char *name, void (*write)(FILE *, json_t *), json_t *results)
{
	char path[1300];
	FILE *file = open_file(output, name, path, sizeof path);
	if (!file) return -1;
	write(file, results);
	return close_file(file, !ferror(file), path);
}

static int write_json(const struct output *output, const char *name, const json_t *value)
{
	char path[1300];
	FILE *file = open_file(output, name, path, sizeof path);
	if (!file) return -1;
	bool written = !json_dumpf(value, file, JSON_INDENT(1)) && fputc('\n', file) != EOF;
	return close_file(file, written, path);
}

/* Work folders that scenarios left empty are of no use; the folder of traces must still be there. */
int output_check(const struct output *output)
{
	char path[1300];
	snprintf(path, sizeof path, "%s/work", output->draft);
	output_remove(path);
	if (!access(path, F_OK)) return say("remove", path);
	snprintf(path, sizeof path, "%s/trace", output->draft);
	return access(path, F_OK) ? say("find", path) : 0;
}

/* In one step where the system can: a kill in the middle leaves the old folder or the new one, never none. */
static int put_in_place(const struct output *output)
{
	char old[1300];
	/* Somebody may have put something there while the scenarios were played. */
	if (check_replaceable(output->final)) return -1;
	if (!renameat2(AT_FDCWD, output->draft, AT_FDCWD, output->final, RENAME_EXCHANGE)) {
		output_remove(output->draft);
		return 0;
	}
	snprintf(old, sizeof old, "%s.old-%d", output->final, (int)getpid());
	bool had = !rename(output->final, old);
	if (!rename(output->draft, output->final)) {
		if (had) output_remove(old);
		return 0;
	}
	say("put in place", output->final);
	if (had) rename(old, output->final);
	return -1;
}

int output_end(struct output *output, json_t *results)
{
	if (output_check(output) || write_json(output, "results.json", results) || write_file(output, "junit.xml", write_junit, results) ||
		write_file(output, "results.tap", write_tap, results) || write_file(output, "summary.md", write_summary, results) ||
		write_json(output, "coverage.json", json_object_get(results, "coverage")) || write_file(output, "table.tsv", write_table, results) ||
		put_in_place(output)) {
		output_abandon(output);
		return -1;
	}
	return 0;
}
