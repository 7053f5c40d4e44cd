/* format_test.c -- the canonical form of scenarios. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sim/expand.h"
#include "sim/format.h"
#include "sim/scenario.h"

#define ARENA_BYTES (64u << 20)
#define LIBRARY "fixtures/scenario/*.scn"
#define LIBRARY_LEAST 300

static int setup(void **state)
{
	static struct arena arena;

	*state = &arena;
	return arena_init(&arena, ARENA_BYTES);
}

static int teardown(void **state)
{
	arena_done(*state);
	return 0;
}

struct form { const char *name, *text, *expected; };

static const struct form forms[] = {
	{ "values begin in the tenth column", "id: x\n  title:\t  a  b \nneeds:\n", "id:      x\ntitle:   a  b\nneeds:\n" },
	{ "a long key has one blank", "abcdefghij:  x\n", "abcdefghij: x\n" },
	{ "blanks between words are one", "---\nserve   /f1\tsize=64k\n  end leaks = 0\n", "---\nserve  /f1 size=64k\nend    leaks = 0\n" },
	{ "blanks in quotes stay", "---\ndo x name=\"a  \\\"  # b\"   y\n", "---\ndo     x name=\"a  \\\"  # b\" y\n" },
	{ "arrows stand where most of them stood",
		"---\ndo     a       -> S_OK\ndo     b       ->   X\ndo     a longer one -> S_OK\ndo c -> S_OK\n",
		"---\ndo     a       -> S_OK\ndo     b       -> X\ndo     a longer one -> S_OK\ndo     c       -> S_OK\n" },
	{ "of columns with as many arrows it is the last", "---\ndo a -> S_OK\ndo bcd -> S_OK\n", "---\ndo     a   -> S_OK\ndo     bcd -> S_OK\n" },
	{ "columns count characters", "---\ndo     \xC3\xA4 -> S_OK\ndo     b -> S_OK\n", "---\ndo     \xC3\xA4 -> S_OK\ndo     b -> S_OK\n" },
	{ "an arrow in quotes is none", "---\ndo \" -> \"   x\n", "---\ndo     \" -> \" x\n" },
	{ "comments stay in their column", "---\nnet up       # why\nnet up#why\n # alone\n", "---\nnet    up    # why\nnet    up  #why\n# alone\n" },
	{ "blank lines stay", "id: x\n\n---\n \n\nnet up\n", "id:      x\n\n---\n\n\nnet    up\n" },
	{ "what is below the golden mark stays", "---\nnet  up\n ==== \n  1  2\n\t3", "---\nnet    up\n ==== \n  1  2\n\t3" },
	{ "a line end is added", "---\nnet up", "---\nnet    up\n" },
	{ "nothing stays nothing", "", "" },
};

static void each_form_is_as_expected_and_a_fixed_point(void **state)
{
	struct arena *arena = *state;
	size_t length, again_length;

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		char *once = format_scenario(arena, forms[i].text, strlen(forms[i].text), &length), *again;
		assert_non_null(once);
		if (strcmp(once, forms[i].expected)) print_error("%s\n", forms[i].name);
		assert_string_equal(once, forms[i].expected);
		assert_int_equal(length, strlen(once));
		again = format_scenario(arena, once, length, &again_length);
		assert_string_equal(again, once);
	}
}

static void without_memory_there_is_no_text(void **state)
{
	struct arena *arena = *state;
	size_t length;

	for (unsigned long n = 1; n <= 2; n++) {
		arena_fail_at(n);
		assert_null(format_scenario(arena, "---\n", 4, &length));
	}
	arena_fail_at(0);
}

/* --- the whole library */

static char *read_whole(struct arena *arena, const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*length = (size_t)ftell(file);
	rewind(file);
	text = arena_take(arena, *length + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, *length, file), *length);
	fclose(file);
	return text;
}

static struct scenario *parse(struct arena *arena, const char *path, const char *text, size_t length)
{
	struct scenario *scenario = NULL;
	struct scenario_failures failures = { 0 };

	if (expand_parse_all(arena, path, text, length, read_whole, &scenario, &failures))
		print_error("%s:%u: %s\n", path, failures.list[0].line, failures.list[0].text);
	assert_non_null(scenario);
	return scenario;
}

static void same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a) assert_string_equal(a, b);
}

static void same_want(const struct want *a, const struct want *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->words_count, b->words_count);
	assert_int_equal(a->low, b->low);
	assert_int_equal(a->high, b->high);
	for (unsigned i = 0; i < a->words_count; i++) same_text(a->words[i], b->words[i]);
}

static void same_predicate(const struct predicate *a, const struct predicate *b)
{
	assert_int_equal(a->kind, b->kind);
	same_text(a->object, b->object);
	same_text(a->word, b->word);
	same_want(&a->want, &b->want);
}

static void same_arg(const struct scenario_arg *a, const struct scenario_arg *b)
{
	same_text(a->key, b->key);
	same_text(a->text, b->text);
	assert_int_equal(a->is_number, b->is_number);
	assert_int_equal(a->number, b->number);
}

static void same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->duration_ns, b->duration_ns);
	assert_int_equal(a->args_count, b->args_count);
	assert_int_equal(a->fields_count, b->fields_count);
	assert_int_equal(a->checks_count, b->checks_count);
	same_text(a->word, b->word);
	same_want(&a->want, &b->want);
	for (unsigned i = 0; i < a->args_count; i++) same_arg(&a->args[i], &b->args[i]);
	for (unsigned i = 0; i < a->checks_count; i++) same_predicate(&a->checks[i], &b->checks[i]);
	for (unsigned i = 0; i < a->fields_count; i++) {
		same_text(a->fields[i].key, b->fields[i].key);
		same_want(&a->fields[i].want, &b->fields[i].want);
	}
}

/* Everything but columns and the lines as written. */
static void same_scenario(const struct scenario *a, const struct scenario *b)
{
	same_text(a->id, b->id);
	same_text(a->title, b->title);
	same_text(a->was, b->was);
	same_text(a->golden, b->golden);
	assert_memory_equal(a->dialects, b->dialects, sizeof a->dialects);
	assert_int_equal(a->probe, b->probe);
	assert_int_equal(a->rules_count, b->rules_count);
	assert_int_equal(a->needs_count, b->needs_count);
	assert_int_equal(a->steps_count, b->steps_count);
	for (unsigned i = 0; i < a->rules_count; i++) {
		same_text(a->rules[i].id, b->rules[i].id);
		assert_int_equal(a->rules[i].witness, b->rules[i].witness);
	}
	for (unsigned i = 0; i < a->needs_count; i++) same_text(a->needs[i], b->needs[i]);
	for (unsigned i = 0; i < a->steps_count; i++) same_step(&a->steps[i], &b->steps[i]);
}

/* Blanks of steps outside quotes become one, some of them a tab, and each line has one in front. */
static char *loosen(struct arena *arena, const char *text, size_t length, size_t *loose_length)
{
	char *loose = arena_take(arena, 4 * length + 1), *to = loose;
	const char *golden = strstr(text, "\n====\n"), *end = golden ? golden + 1 : text + length;
	const char *steps = strstr(text, "\n---\n");
	bool quoted = false;

	assert_non_null(loose);
	assert_non_null(steps);
	for (const char *at = text; at < end; at++) {
		if (*at == '"' && at[-1] != '\\') quoted = !quoted;
		if (*at == '\n') quoted = false;
		if (*at != ' ' || quoted || at < steps) *to++ = *at;
		else if (to > loose && to[-1] != ' ' && to[-1] != '\t') *to++ = (at - text) % 3 ? ' ' : '\t';
		if (*at == '\n' && at + 1 < end && at[1] != '\n') *to++ = ' ';
	}
	memcpy(to, end, (size_t)(text + length - end));
	*loose_length = (size_t)(to - loose) + (size_t)(text + length - end);
	return loose;
}

static void check_file(struct arena *arena, const char *path)
{
	size_t length, once_length, loose_length, again_length;
	char *text = read_whole(arena, path, &length), *once, *again, *loose = loosen(arena, text, length, &loose_length);
	const struct scenario *scenario = parse(arena, path, text, length);

	once = format_scenario(arena, text, length, &once_length);
	assert_string_equal(once, text);
	once = format_scenario(arena, loose, loose_length, &once_length);
	same_scenario(parse(arena, path, once, once_length), scenario);
	again = format_scenario(arena, once, once_length, &again_length);
	assert_string_equal(again, once);
}

static void the_library_is_in_its_form_and_loosened_means_the_same(void **state)
{
	glob_t paths;

	assert_int_equal(glob(LIBRARY, 0, NULL, &paths), 0);
	assert_true(paths.gl_pathc >= LIBRARY_LEAST);
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		arena_reset(*state);
		check_file(*state, paths.gl_pathv[i]);
	}
	globfree(&paths);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_form_is_as_expected_and_a_fixed_point, setup, teardown),
		cmocka_unit_test_setup_teardown(without_memory_there_is_no_text, setup, teardown),
		cmocka_unit_test_setup_teardown(the_library_is_in_its_form_and_loosened_means_the_same, setup, teardown),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
