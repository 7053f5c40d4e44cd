/* arena_test.c -- memory of a run: zeroed, aligned, bounded, and failing on demand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/arena.h"

#include <string.h>

#define SIZE 1024

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, SIZE);
}

static int teardown(void **state)
{
	(void)state;
	arena_fail_at(0);
	arena_done(&arena);
	return 0;
}

static void memory_is_zeroed_even_after_a_reset(void **state)
{
	(void)state;
	memset(arena_take(&arena, SIZE / 2), 0xFF, SIZE / 2);
	arena_reset(&arena);
	const unsigned char *memory = arena_take(&arena, SIZE / 2);
	for (size_t i = 0; i < SIZE / 2; i++) assert_int_equal(memory[i], 0);
}

static void memory_is_aligned_for_any_type(void **state)
{
	(void)state;
	for (size_t size = 1; size < 8; size++)
		assert_int_equal((uintptr_t)arena_take(&arena, size) % _Alignof(max_align_t), 0);
}

static void pieces_do_not_overlap(void **state)
{
	(void)state;
	char *a = arena_take(&arena, 3), *b = arena_take(&arena, 3);
	assert_true(b >= a + 3);
}

static void the_whole_block_can_be_taken_and_no_more(void **state)
{
	(void)state;
	assert_non_null(arena_take(&arena, SIZE));
	assert_null(arena_take(&arena, 1));
	arena_reset(&arena);
	assert_null(arena_take(&arena, SIZE + 1));
	assert_non_null(arena_take(&arena, SIZE));
}

static void a_size_that_overflows_is_refused(void **state)
{
	(void)state;
	assert_non_null(arena_take(&arena, 1));
	assert_null(arena_take(&arena, SIZE_MAX));
	assert_null(arena_take(&arena, SIZE_MAX - 8));
	assert_null(arena_text(&arena, "", SIZE_MAX));
	assert_non_null(arena_take(&arena, 1));
}

static void text_is_a_copy_with_a_nul(void **state)
{
	(void)state;
	char text[] = "job.resume";
	const char *copy = arena_text(&arena, text, 3);
	text[0] = 'x';
	assert_string_equal(copy, "job");
	assert_string_equal(arena_text(&arena, NULL, 0), "");
}

static void text_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	char text[SIZE];
	memset(text, 'a', sizeof text);
	assert_null(arena_text(&arena, text, sizeof text));
	assert_non_null(arena_text(&arena, text, sizeof text - 1));
}

static void the_nth_take_fails_once(void **state)
{
	(void)state;
	arena_fail_at(3);
	assert_non_null(arena_take(&arena, 1));
	assert_non_null(arena_text(&arena, "a", 1));
	assert_null(arena_take(&arena, 1));
	assert_non_null(arena_take(&arena, 1));
}

static void fail_at_zero_ends_the_sweep(void **state)
{
	(void)state;
	arena_fail_at(1);
	arena_fail_at(0);
	assert_non_null(arena_take(&arena, 1));
}

static void an_arena_that_is_done_gives_nothing(void **state)
{
	struct arena other;
	(void)state;
	assert_int_equal(arena_init(&other, 0), 0);
	assert_null(arena_take(&other, 1));
	arena_done(&other);
	assert_null(arena_take(&other, 1));
	arena_done(&other);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_zeroed_even_after_a_reset, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_is_aligned_for_any_type, setup, teardown),
		cmocka_unit_test_setup_teardown(pieces_do_not_overlap, setup, teardown),
		cmocka_unit_test_setup_teardown(the_whole_block_can_be_taken_and_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(a_size_that_overflows_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_a_copy_with_a_nul, setup, teardown),
		cmocka_unit_test_setup_teardown(text_that_does_not_fit_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_nth_take_fails_once, setup, teardown),
		cmocka_unit_test_setup_teardown(fail_at_zero_ends_the_sweep, setup, teardown),
		cmocka_unit_test_setup_teardown(an_arena_that_is_done_gives_nothing, setup, teardown),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
