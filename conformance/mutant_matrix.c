/* mutant_matrix.c -- lines of workers, sorted. */
#include "conformance/mutant_matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER (1u << 20)   /* more than one mutant's lines: they are appended in one write, so workers do not mix them */

static int complain(const char *path)
{
	fprintf(stderr, "bgcheck: cannot write %s: %s\n", path, strerror(errno));
	return -1;
}

int mutant_matrix_begin(struct mutant_matrix *matrix, const char *path)
{
	char name[] = "/tmp/bgcheck-XXXXXX";
	FILE *file = fopen(path, "w");   /* a path that cannot be written is told before the work, not after it */
	if (!file || fclose(file)) return complain(path);
	int fd = mkstemp(name);
	if (fd < 0) return complain(name);
	close(fd);
	matrix->path = path;
	matrix->file = fopen(name, "a+");
	unlink(name);
	matrix->buffer = malloc(BUFFER);   /* the library heeds the size of no other */
	if (!matrix->file || !matrix->buffer || setvbuf(matrix->file, matrix->buffer, _IOFBF, BUFFER)) return complain(name);
	return 0;
}

static void tell_fates(const struct mutant_matrix *matrix, const struct kill_field *field, const struct kill_task *tasks,
	const struct kill_result *results, unsigned count)
{
	static const char *const words[] = { [KILL_CRASHED] = "CRASH", [KILL_EQUAL] = "EQUAL", [KILL_NEVER_TAKEN] = "NEVER-TAKEN",
		[KILL_LEFT_OPEN] = "LEFT-OPEN", [KILL_READING] = "READING", [KILL_NOT_BROUGHT] = "NOT-BROUGHT", [KILL_SURVIVED] = "SURVIVED", [KILL_NO_MEMORY] = "NO-MEMORY" };
	for (unsigned i = 0; i < count; i++) {
		enum kill_status status = results[i].status;
		if (status == KILL_KILLED) continue;
		const char *scenario = status == KILL_CRASHED ? field->units[tasks[i].dialect][results[i].killer].unit.scenario->id : "-";
		fprintf(matrix->file, "%s\t%s\t%s\t%s\t%s\n", words[status], tasks[i].mutant->id, scenario, machine_dialect_name(tasks[i].dialect),
			results[i].text);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All that the file holds, one string a line. NULL when memory is used up or it cannot be read. */
static char **read_lines(struct arena *arena, FILE *file, unsigned *count)
{
	if (fflush(file) || fseek(file, 0, SEEK_END)) return NULL;
	long size = ftell(file);
	char *text = size < 0 ? NULL : arena_take(arena, (size_t)size + 1);
	rewind(file);
	if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) return NULL;
	*count = 0;
	for (long i = 0; i < size; i++) *count += text[i] == '\n';
	char **lines = arena_take(arena, (*count + 1) * sizeof *lines), *at = text;
	for (unsigned i = 0; lines && i < *count; i++) {
		lines[i] = at;
		at = strchr(at, '\n');
		*at++ = '\0';
	}
	return lines;
}

int mutant_matrix_end(struct arena *arena, struct mutant_matrix *matrix, const struct kill_field *field, const struct kill_task *tasks,
	const struct kill_result *results, unsigned count)
{
	unsigned lines_count = 0;
	tell_fates(matrix, field, tasks, results, count);
	char **lines = read_lines(arena, matrix->file, &lines_count);
	bool failed = !lines | (fclose(matrix->file) != 0);
	free(matrix->buffer);
	FILE *file = failed ? NULL : fopen(matrix->path, "w");
	if (!file) return complain(matrix->path);
	qsort(lines, lines_count, sizeof *lines, compare);
	failed = fputs("rule\tmutant\tscenario\tdialect\tsignature\n", file) < 0;
	for (unsigned i = 0; i < lines_count; i++)
		if (!i || strcmp(lines[i], lines[i - 1])) failed |= fprintf(file, "%s\n", lines[i]) < 0;
	failed |= fclose(file) != 0;
	return failed ? complain(matrix->path) : 0;
}
