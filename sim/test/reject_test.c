/* reject_test.c -- fixtures/reject: each broken scenario is refused with exactly the errors of its .err file.
 *
 * Runs in the project's root. When errors change on purpose: look at them, then write them into the .err file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/expand.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "fixtures/reject"
#define FILES_MAX 500
#define FILES_MIN 25
#define ARENA_BYTES (8u << 20)
#define ERRORS_MAX (SCENARIO_FAILURES_MAX * (FAILURE_TEXT_MAX + 300))

static struct arena arena;
static struct scenario_failures failures;

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, ARENA_BYTES);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* The whole file; the caller frees it. NULL when there is none. */
static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long size;

	if (!file) return NULL;
	if (!fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 && !fseek(file, 0, SEEK_SET)) {
		text = malloc((size_t)size + 1);
		assert_non_null(text);
		*length = fread(text, 1, (size_t)size, file);
		text[*length] = '\0';
	}
	fclose(file);
	return text;
}

/* A file that another one uses. */
static char *read_part(struct arena *in, const char *path, size_t *length)
{
	char *text = read_file(path, length), *copy = text ? arena_text(in, text, *length) : NULL;

	free(text);
	return copy;
}

/* The failures, one a line, as `bgcheck` prints them. */
static void print_failures(char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < failures.count; i++) {
		const struct failure *failure = &failures.list[i];
		int n = snprintf(text + used, size - used, "%s:%u:%u: %s\n", failure->file, failure->line, failure->col, failure->text);
		assert_true(n > 0 && (size_t)n < size - used);
		used += (size_t)n;
	}
}

static enum status parse(const char *file, const char *text, size_t length)
{
	struct scenario *scenario;

	arena_reset(&arena);
	enum status status = expand_parse_all(&arena, file, text, length, read_part, &scenario, &failures);
	assert_int_equal(status == STATUS_OK, scenario != NULL);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned list_files(char **names)
{
	DIR *folder = opendir(FOLDER);
	unsigned count = 0;

	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));) {
		size_t length = strlen(entry->d_name);
		if (length < 5 || strcmp(entry->d_name + length - 4, ".scn")) continue;
		assert_in_range(count, 0, FILES_MAX - 1);
		names[count] = strdup(entry->d_name);
		assert_non_null(names[count++]);
	}
	closedir(folder);
	qsort(names, count, sizeof *names, by_name);
	return count;
}

/* Returns false when the errors are not those of the .err file. */
static bool check_file(const char *name)
{
	char path[512], found[ERRORS_MAX];
	size_t length = 0, expected_length = 0;

	snprintf(path, sizeof path, FOLDER "/%s", name);
	char *text = read_file(path, &length);
	assert_non_null(text);
	enum status status = parse(path, text, length);
	print_failures(found, sizeof found);
	snprintf(path, sizeof path, FOLDER "/%.*s.err", (int)strlen(name) - 4, name);
	char *expected = read_file(path, &expected_length);
	bool same = expected && expected_length > 0 && status != STATUS_OK && !strcmp(expected, found);
	if (!same) print_error("%s: expected\n%sfound status %d\n%s", path, expected ? expected : "(no such file)\n", status, found);
	free(text);
	free(expected);
	return same;
}

static void each_broken_file_has_exactly_its_errors(void **state)
{
	char *names[FILES_MAX];
	unsigned count = list_files(names), wrong = 0;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		if (!check_file(names[i])) wrong++;
		free(names[i]);
	}
	assert_int_equal(wrong, 0);
	assert_true(count >= FILES_MIN);
}

/* An .err file whose scenario is gone would never be looked at again. */
static void each_err_file_has_a_scenario(void **state)
{
	DIR *folder = opendir(FOLDER);
	char path[512];
	size_t size;

	(void)state;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));) {
		size_t length = strlen(entry->d_name);
		if (length < 5 || strcmp(entry->d_name + length - 4, ".err")) continue;
		snprintf(path, sizeof path, FOLDER "/%.*s.scn", (int)length - 4, entry->d_name);
		char *text = read_file(path, &size);
		if (!text) print_error("%s: no such file\n", path);
		assert_non_null(text);
		free(text);
	}
	closedir(folder);
}

#define HEADER "id: x\ntitle: a scenario\ndialect: bits\n---\n"

static void expect_single(enum status status, enum status expected, unsigned line, unsigned col, const char *text)
{
	assert_int_equal(status, expected);
	assert_int_equal(failures.count, 1);
	assert_int_equal(failures.list[0].line, line);
	assert_int_equal(failures.list[0].col, col);
	assert_string_equal(failures.list[0].text, text);
}

static void a_nul_byte_is_refused(void **state)
{
	static const char text[] = HEADER "do job.create as=j\0001 -> S_OK\n";

	(void)state;
	expect_single(parse("x.scn", text, sizeof text - 1), STATUS_BAD_INPUT, 5, 19, "expected printable text, found byte 0x00");
}

static void a_line_of_70_kB_is_refused_and_the_next_one_read(void **state)
{
	static char text[80000];
	size_t length = (size_t)snprintf(text, sizeof text, "%s", HEADER);

	(void)state;
	memset(text + length, 'a', 70000);
	length += 70000;
	length += (size_t)snprintf(text + length, sizeof text - length, "\nnothing\n");
	assert_int_equal(parse("x.scn", text, length), STATUS_LIMIT);
	assert_int_equal(failures.count, 2);
	assert_string_equal(failures.list[0].text, "expected at most 4096 bytes in a line, found 70000");
	assert_int_equal(failures.list[1].line, 6);
}

/* 10 MB of anything end in an error, and soon. */
static void ten_megabytes_of_one_byte_are_refused(void **state)
{
	static const char bytes[] = { 'a', '\n', '\0', '"', '#', ' ', '-', '\r', (char)0xFF };
	size_t size = 10u << 20;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof bytes; i++) {
		memset(text, bytes[i], size);
		assert_int_not_equal(parse("x.scn", text, size), STATUS_OK);
		assert_in_range(failures.count, 1, SCENARIO_FAILURES_MAX);
	}
	free(text);
}

static void a_file_above_the_maximum_is_refused(void **state)
{
	char *text = calloc(1, SCENARIO_SIZE_MAX + 1);

	(void)state;
	assert_non_null(text);
	expect_single(parse("x.scn", text, SCENARIO_SIZE_MAX + 1), STATUS_LIMIT, 0, 0,
		"expected a file of at most 16777216 bytes, found 16777217");
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_broken_file_has_exactly_its_errors),
		cmocka_unit_test(each_err_file_has_a_scenario),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(a_line_of_70_kB_is_refused_and_the_next_one_read),
		cmocka_unit_test(ten_megabytes_of_one_byte_are_refused),
		cmocka_unit_test(a_file_above_the_maximum_is_refused),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("reject", tests, setup, teardown);
}
