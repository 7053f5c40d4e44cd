/* explain_diagram_test.c -- the diagram of hand-written traces. */
#include "conformance/explain_diagram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const char *row_of(json_t *rows, size_t n)
{
	return json_string_value(json_array_get(rows, n));
}

/* A wait of a minute is one row, and the divergent line bears the mark. */
static void a_gap_is_told_and_the_divergence_marked(void **state)
{
	static struct trace_line lines[2];
	(void)state;
	trace_line_init(&lines[0], 0, ACTOR_ORIGIN, "/f1", "request");
	trace_line_init(&lines[1], 60000000000, ACTOR_CB, "j1", "job_error");
	json_t *rows = diagram_draw(lines, 2, 1);
	assert_int_equal(json_array_size(rows), 4);
	assert_non_null(strstr(row_of(rows, 2), "... 60 s ..."));
	assert_int_equal(strncmp(row_of(rows, 3), ">>", 2), 0);
	assert_non_null(strstr(row_of(rows, 3), "<- job_error j1 -"));
	json_decref(rows);
}

/* Long and foreign text is cut, never wider than a terminal. */
static void wide_text_is_cut(void **state)
{
	static struct trace_line line;
	(void)state;
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "job.set");
	trace_add(&line, "value", "\xc3\xa4 very long value that has no end and goes on over every column of the diagram");
	json_t *rows = diagram_draw(&line, 1, 0);
	for (size_t i = 0; i < json_array_size(rows); i++) assert_true(strlen(row_of(rows, i)) <= DIAGRAM_COLUMNS);
	assert_non_null(strstr(row_of(rows, 1), "..."));
	json_decref(rows);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_gap_is_told_and_the_divergence_marked), cmocka_unit_test(wide_text_is_cut) };
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
