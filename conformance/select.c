/* select.c -- finds, reads and parses scenario files. */
#include "conformance/select.h"

#include "sim/expand.h"

#include "conformance/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct picker {
	struct arena *arena;
	FILE *errors;
	struct selection *into;
	struct selection library;   /* parsed when a word first needs it */
	bool library_read;
	const char *folder;
	bool bad;                   /* a scenario did not parse */
	bool failed;                /* a file could not be read, memory or the limit */
};

char *select_read_file(struct arena *arena, const char *path, size_t *length)
{
	/* Without waiting: a pipe that nobody writes to would hold bgcheck for ever. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
	struct stat about;
	char *text = NULL;
	if (!file) return NULL;
	if (fstat(fd, &about)) goto close;
	if (S_ISDIR(about.st_mode) || S_ISFIFO(about.st_mode)) {
		errno = S_ISDIR(about.st_mode) ? EISDIR : ESPIPE;
		goto close;
	}
	errno = ENOMEM;
	text = arena_take(arena, (size_t)about.st_size + 1);
	if (!text) goto close;
	*length = fread(text, 1, (size_t)about.st_size, file);
	if (ferror(file)) text = NULL;
	int number;
close:
	number = errno;
	fclose(file);
	errno = number;
	return text;
}

static void print_failures(struct picker *picker, const struct scenario_failures *failures)
{
	for (unsigned i = 0; i < failures->count; i++) {
		const struct failure *failure = &failures->list[i];
		fprintf(picker->errors, "%s:%u:%u: %s\n", failure->file, failure->line, failure->col, failure->text);
	}
}

static void add(struct picker *picker, struct selection *selection, struct scenario *scenario)
{
	for (unsigned i = 0; i < selection->count; i++)
		if (selection->scenarios[i] == scenario || (!strcmp(selection->scenarios[i]->file, scenario->file) && !strcmp(selection->scenarios[i]->id, scenario->id))) return;
	if (selection->count == SELECT_FILES_MAX) {
		fprintf(picker->errors, "bgcheck: more than %d scenarios\n", SELECT_FILES_MAX);
		picker->failed = true;
		return;
	}
	selection->scenarios[selection->count++] = scenario;
}

static enum status read_row(struct picker *picker, struct selection *selection, const char *file, const struct expanded *row, struct scenario_failures *failures)
{
	struct scenario *scenario;
	enum status status = expand_parse(picker->arena, file, row, &scenario, failures);
	if (status || !scenario->crashes) {
		if (!status) add(picker, selection, scenario);
		return status;
	}
	struct expanded *crashes = arena_take(picker->arena, EXPAND_ROWS_MAX * sizeof *crashes);
	unsigned count = crashes ? expand_crashes(picker->arena, file, row, crashes, EXPAND_ROWS_MAX, failures) : 0;
	if (!count) return failures->count ? STATUS_BAD_INPUT : STATUS_NO_MEMORY;
	for (unsigned i = 0; !status && i < count; i++) {
		status = expand_parse(picker->arena, file, &crashes[i], &scenario, failures);
		if (!status) add(picker, selection, scenario);
	}
	return status;
}

static void read_scenario(struct picker *picker, struct selection *selection, const char *path)
{
	size_t length;
	struct expansion expansion;
	struct scenario_failures failures = { 0 };
	char *text = select_read_file(picker->arena, path, &length);
	char *name = arena_text(picker->arena, path, strlen(path));
	if (!text || !name) {
		fprintf(picker->errors, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		picker->failed = true;
		return;
	}
	enum status status = expand_scenario(picker->arena, name, text, length, select_read_file, &expansion, &failures);
	for (unsigned i = 0; !status && i < expansion.count; i++) status = read_row(picker, selection, name, &expansion.rows[i], &failures);
	print_failures(picker, &failures);
	if (status == STATUS_NO_MEMORY) fprintf(picker->errors, "bgcheck: out of memory for %s\n", path);
	picker->bad |= status != STATUS_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_scenario_name(const char *name)
{
	size_t length = strlen(name);
	return length > 4 && !strcmp(name + length - 4, ".scn");
}

/* Every .scn file of the folder, in the order of their names; not those of folders below it. */
static unsigned read_folder(struct picker *picker, struct selection *selection, const char *folder)
{
	DIR *dir = opendir(folder);
	char **names = arena_take(picker->arena, SELECT_FILES_MAX * sizeof *names);
	unsigned count = 0;
	if (!dir || !names) {
		fprintf(picker->errors, "bgcheck: cannot read folder %s: %s\n", folder, strerror(errno));
		picker->failed = true;
		if (dir) closedir(dir);
		return 0;
	}
	for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
		char path[4096];
		if (!is_scenario_name(entry->d_name)) continue;
		int n = snprintf(path, sizeof path, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", entry->d_name);
		if (count < SELECT_FILES_MAX && n < (int)sizeof path && (names[count] = arena_text(picker->arena, path, (size_t)n))) {
			count++;
			continue;
		}
		fprintf(picker->errors, "bgcheck: cannot take %s/%s: expected at most %d scenarios with short names\n", folder, entry->d_name, SELECT_FILES_MAX);
		picker->failed = true;
		break;
	}
	if (errno && !picker->failed) {
		fprintf(picker->errors, "bgcheck: cannot read folder %s: %s\n", folder, strerror(errno));
		picker->failed = true;
	}
	closedir(dir);
	qsort(names, count, sizeof *names, by_name);
	for (unsigned i = 0; i < count; i++) read_scenario(picker, selection, names[i]);
	return count;
}

static void read_library(struct picker *picker)
{
	if (picker->library_read) return;
	picker->library_read = true;
	read_folder(picker, &picker->library, picker->folder);
}

static bool has_rule(const struct scenario *scenario, const char *glob)
{
	for (unsigned i = 0; i < scenario->rules_count; i++)
		if (!fnmatch(glob, scenario->rules[i].id, 0)) return true;
	return false;
}

static bool is_chosen(const struct scenario *scenario, const char *word)
{
	char glob[128];
	if (!strncmp(word, "rule:", 5)) return has_rule(scenario, word + 5);
	if (!strncmp(word, "area:", 5)) {
		snprintf(glob, sizeof glob, "%s-[0-9]*", word + 5);
		return has_rule(scenario, glob);
	}
	/* A matrix is chosen as a whole by the id of its file. */
	const char *row = strchr(scenario->id, '@');
	bool whole = row && strlen(word) == (size_t)(row - scenario->id) && !memcmp(word, scenario->id, strlen(word));
	return whole || !fnmatch(word, scenario->id, 0);
}

static void choose(struct picker *picker, const char *word)
{
	struct stat about;
	bool is_path = strchr(word, '/') || is_scenario_name(word);
	if (is_path && !stat(word, &about)) {
		if (!S_ISDIR(about.st_mode)) read_scenario(picker, picker->into, word);
		else if (!read_folder(picker, picker->into, word) && !picker->failed) {
			fprintf(picker->errors, "bgcheck: no scenario in folder %s\n", word);
			picker->failed = true;
		}
		return;
	}
	read_library(picker);
	unsigned found = 0;
	for (unsigned i = 0; i < picker->library.count; i++) {
		if (!is_chosen(picker->library.scenarios[i], word)) continue;
		add(picker, picker->into, picker->library.scenarios[i]);
		found++;
	}
	if (found || picker->bad) return;
	fprintf(picker->errors, "bgcheck: nothing is selected by `%s`: expected a file, a folder, an id, a glob over ids, rule:GLOB or area:NAME\n", word);
	picker->failed = true;
}

static int by_id(const void *a, const void *b)
{
	const struct scenario *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	return order ? order : strcmp((*x)->file, (*y)->file);
}

static bool has_twins(const struct picker *picker)
{
	const struct selection *into = picker->into;
	bool twins = false;
	for (unsigned i = 1; i < into->count; i++) {
		if (strcmp(into->scenarios[i - 1]->id, into->scenarios[i]->id)) continue;
		fprintf(picker->errors, "bgcheck: id %s stands in %s and in %s\n", into->scenarios[i]->id,
			into->scenarios[i - 1]->file, into->scenarios[i]->file);
		twins = true;
	}
	return twins;
}

enum exit_code select_scenarios(struct arena *arena, const char *library, char *const *words, unsigned words_count,
	struct selection *selection, FILE *errors)
{
	struct picker picker = { .arena = arena, .errors = errors, .into = selection, .folder = library };
	selection->count = 0;
	selection->scenarios = arena_take(arena, SELECT_FILES_MAX * sizeof(struct scenario *));
	picker.library.scenarios = arena_take(arena, SELECT_FILES_MAX * sizeof(struct scenario *));
	if (!selection->scenarios || !picker.library.scenarios) return EXIT_HARNESS;
	if (!words_count) read_folder(&picker, selection, library);
	for (unsigned i = 0; i < words_count; i++) choose(&picker, words[i]);
	if (picker.bad) return EXIT_USAGE;
	if (picker.failed) return EXIT_SELECTION;
	if (!selection->count) {
		fprintf(errors, "bgcheck: the selection is empty: no scenario in %s\n", library);
		return EXIT_SELECTION;
	}
	qsort(selection->scenarios, selection->count, sizeof(struct scenario *), by_id);
	return has_twins(&picker) ? EXIT_USAGE : EXIT_CONFORMS;
}
