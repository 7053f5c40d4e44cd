/* queue_test.c -- the event queue. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/queue.h"
#include "sim/rng.h"

#define SIZE 300

struct box {
	struct arena arena;
	struct queue queue;
	struct queue_item items[SIZE + 1];
};

static int setup(void **state)
{
	static struct box box;

	if (arena_init(&box.arena, 1 << 16) || !queue_init(&box.queue, &box.arena, SIZE)) return -1;
	for (uint32_t i = 0; i <= SIZE; i++) queue_item_init(&box.items[i], i, &box);
	*state = &box;
	return 0;
}

static int teardown(void **state)
{
	struct box *box = *state;

	arena_done(&box->arena);
	return 0;
}

static uint32_t pop(struct box *box)
{
	struct queue_item *item = queue_pop(&box->queue);

	assert_non_null(item);
	assert_ptr_equal(item->owner, box);
	return item->kind;
}

static void items_come_by_time(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, &box->items[0], 30);
	queue_arm(&box->queue, &box->items[1], 10);
	queue_arm(&box->queue, &box->items[2], -5);
	assert_int_equal(queue_peek(&box->queue)->kind, 2);
	assert_int_equal(pop(box), 2);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
}

static void items_of_one_time_come_in_the_order_of_arming(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < 100; i++) queue_arm(&box->queue, &box->items[99 - i], 7);
	for (uint32_t i = 0; i < 100; i++) assert_int_equal(pop(box), 99 - i);
}

static void an_empty_queue_has_nothing(void **state)
{
	struct box *box = *state;

	assert_null(queue_peek(&box->queue));
	assert_null(queue_pop(&box->queue));
}

static void a_cancelled_item_does_not_come(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < 10; i++) queue_arm(&box->queue, &box->items[i], (int64_t)i);
	for (uint32_t i = 0; i < 10; i += 2) queue_cancel(&box->queue, &box->items[i]);
	assert_false(queue_is_armed(&box->items[4]));
	assert_true(queue_is_armed(&box->items[5]));
	for (uint32_t i = 1; i < 10; i += 2) assert_int_equal(pop(box), i);
	assert_null(queue_pop(&box->queue));
}

static void cancelling_twice_changes_nothing(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, &box->items[0], 1);
	queue_arm(&box->queue, &box->items[1], 2);
	queue_cancel(&box->queue, &box->items[0]);
	queue_cancel(&box->queue, &box->items[0]);
	assert_int_equal(pop(box), 1);
	assert_null(queue_pop(&box->queue));
}

static void an_armed_item_is_moved_not_doubled(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, &box->items[0], 10);
	queue_arm(&box->queue, &box->items[1], 20);
	queue_arm(&box->queue, &box->items[0], 30);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
	assert_null(queue_pop(&box->queue));
}

static void a_moved_item_stands_behind_the_others_of_its_time(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, &box->items[0], 10);
	queue_arm(&box->queue, &box->items[1], 10);
	queue_arm(&box->queue, &box->items[0], 10);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
}

static void a_full_queue_refuses_but_still_moves(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < SIZE; i++) assert_true(queue_arm(&box->queue, &box->items[i], 5));
	assert_false(queue_arm(&box->queue, &box->items[SIZE], 1));
	assert_false(queue_is_armed(&box->items[SIZE]));
	assert_true(queue_arm(&box->queue, &box->items[SIZE - 1], 1));
	assert_int_equal(pop(box), SIZE - 1);
	assert_true(queue_arm(&box->queue, &box->items[SIZE], 1));
	assert_int_equal(pop(box), SIZE);
}

static void without_memory_there_is_no_queue(void **state)
{
	struct arena arena;
	struct queue queue;

	(void)state;
	assert_int_equal(arena_init(&arena, 64), 0);
	assert_false(queue_init(&queue, &arena, 1000));
	arena_done(&arena);
}

/* Every pop is compared with a search of the whole list. */
static const struct queue_item *slow_first(const struct box *box)
{
	const struct queue_item *first = NULL;

	for (uint32_t i = 0; i < SIZE; i++) {
		const struct queue_item *item = &box->items[i];
		if (!queue_is_armed(item)) continue;
		if (!first || item->at_ns < first->at_ns || (item->at_ns == first->at_ns && item->seq < first->seq)) first = item;
	}
	return first;
}

static void any_order_of_arms_moves_and_cancels_is_exact(void **state)
{
	struct box *box = *state;
	struct rng rng;

	rng_init(&rng, 42, "queue-test");
	for (int round = 0; round < 20000; round++) {
		struct queue_item *item = &box->items[rng_below(&rng, SIZE)];
		const struct queue_item *first;
		switch (rng_below(&rng, 4)) {
		case 0:
		case 1: assert_true(queue_arm(&box->queue, item, (int64_t)rng_below(&rng, 50))); break;
		case 2: queue_cancel(&box->queue, item); break;
		default:
			first = slow_first(box);
			assert_ptr_equal(queue_peek(&box->queue), first);
			assert_ptr_equal(queue_pop(&box->queue), first);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(items_come_by_time, setup, teardown),
		cmocka_unit_test_setup_teardown(items_of_one_time_come_in_the_order_of_arming, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_queue_has_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cancelled_item_does_not_come, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelling_twice_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(an_armed_item_is_moved_not_doubled, setup, teardown),
		cmocka_unit_test_setup_teardown(a_moved_item_stands_behind_the_others_of_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_queue_refuses_but_still_moves, setup, teardown),
		cmocka_unit_test(without_memory_there_is_no_queue),
		cmocka_unit_test_setup_teardown(any_order_of_arms_moves_and_cancels_is_exact, setup, teardown),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
