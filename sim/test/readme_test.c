/* readme_test.c -- fixtures/README.md: every scenario that it shows parses. Runs in the project's root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/expand.h"

#include <stdio.h>
#include <string.h>

#define README "fixtures/README.md"
#define README_MAX (256u << 10)
#define ARENA_BYTES (4u << 20)
#define BLOCKS_MIN 6

static char readme[README_MAX];
static struct arena arena;

static int setup(void **state)
{
	FILE *file = fopen(README, "rb");
	size_t length = 0;

	(void)state;
	if (!file) return -1;
	length = fread(readme, 1, sizeof readme - 1, file);
	fclose(file);
	readme[length] = '\0';
	return arena_init(&arena, ARENA_BYTES) || length == sizeof readme - 1;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static unsigned line_of(const char *at)
{
	unsigned line = 1;

	for (const char *c = readme; c < at; c++) line += *c == '\n';
	return line;
}

/* The next block that is marked `scn`, from *at on; NULL behind the last. */
static const char *next_block(const char **at, size_t *length)
{
	const char *open = strstr(*at, "\n```scn\n"), *close;

	if (!open) return NULL;
	open += strlen("\n```scn\n");
	close = strstr(open, "\n```\n");
	assert_non_null(close);
	*length = (size_t)(close + 1 - open);
	*at = close;
	return open;
}

static const struct scenario *parse_block(const char *block, size_t length)
{
	struct scenario_failures failures;
	struct scenario *scenario;
	enum status status = expand_parse_all(&arena, README, block, length, NULL, &scenario, &failures);

	for (unsigned i = 0; i < failures.count; i++)
		print_error(README ":%u:%u: %s\n", line_of(block) + failures.list[i].line - 1, failures.list[i].col,
			failures.list[i].text);
	assert_int_equal(status, STATUS_OK);
	return scenario;
}

static void each_scenario_of_the_readme_parses(void **state)
{
	unsigned count = 0;
	size_t length;
	const char *at = readme;

	(void)state;
	for (const char *block; (block = next_block(&at, &length)); count++) {
		arena_reset(&arena);
		parse_block(block, length);
	}
	assert_true(count >= BLOCKS_MIN);
}

/* What a newcomer looks up: each step kind stands in some scenario of the page. */
static void each_common_step_is_shown_in_a_scenario(void **state)
{
	bool shown[STEP_KIND_COUNT] = { false };
	size_t length;
	const char *at = readme;

	(void)state;
	for (const char *block; (block = next_block(&at, &length));) {
		arena_reset(&arena);
		const struct scenario *scenario = parse_block(block, length);
		for (unsigned i = 0; i < scenario->steps_count; i++) shown[scenario->steps[i].kind] = true;
	}
	for (int kind = 0; kind < STEP_KIND_COUNT; kind++) {
		if (kind == STEP_DISK || kind == STEP_SERVICE || kind == STEP_USER) continue;
		if (!shown[kind]) print_error("%s\n", step_kind_name((enum step_kind)kind));
		assert_true(shown[kind]);
	}
}

/* A feature word or limit that the page does not know is one that nobody finds. */
static void each_step_and_limit_is_explained(void **state)
{
	char text[64];

	(void)state;
	for (int kind = 0; kind < STEP_KIND_COUNT; kind++) {
		snprintf(text, sizeof text, "`%s ", step_kind_name((enum step_kind)kind));
		if (!strstr(readme, text)) print_error("%s\n", text);
		assert_non_null(strstr(readme, text));
	}
	snprintf(text, sizeof text, "%d bytes a line, %d steps, %d handles", SCENARIO_LINE_MAX, SCENARIO_STEPS_MAX,
		SCENARIO_HANDLES_MAX);
	assert_non_null(strstr(readme, text));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_scenario_of_the_readme_parses),
		cmocka_unit_test(each_common_step_is_shown_in_a_scenario),
		cmocka_unit_test(each_step_and_limit_is_explained),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("readme", tests, setup, teardown);
}
