/* queue_test.c -- the event queue. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/queue.h"
#include "sim/rng.h"

#define SIZE 300
#define SIZE_WIDE 10000  /* its digits are wide */
#define EVENTS 64        /* of a random run */
#define STEPS 3000

struct box {
	struct arena arena;
	struct queue queue;
};

static int setup_queue(void **state, uint32_t size, int64_t start_ns)
{
	static struct box box;

	if (arena_init(&box.arena, queue_bytes(size) + 64)) return -1;
	if (!queue_init(&box.queue, &box.arena, size, start_ns)) return -1;
	*state = &box;
	return 0;
}

static int setup(void **state)
{
	return setup_queue(state, SIZE, -1000);
}

static int setup_long(void **state)
{
	return setup_queue(state, SIZE, INT64_MIN);
}

static int teardown(void **state)
{
	struct box *box = *state;

	arena_done(&box->arena);
	return 0;
}

static uint32_t pop(struct box *box)
{
	int64_t at_ns;

	return queue_pop(&box->queue, &at_ns);
}

static void events_come_by_time(void **state)
{
	struct box *box = *state;
	int64_t at_ns = 0;

	queue_arm(&box->queue, 0, 30);
	queue_arm(&box->queue, 1, 10);
	queue_arm(&box->queue, 2, -5);
	assert_int_equal(queue_peek(&box->queue, &at_ns), 2);
	assert_int_equal(at_ns, -5);
	assert_int_equal(queue_time(&box->queue, 0), 30);
	assert_int_equal(pop(box), 2);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
}

static void events_of_one_time_come_in_the_order_of_arming(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < 100; i++) queue_arm(&box->queue, 99 - i, 7);
	for (uint32_t i = 0; i < 100; i++) assert_int_equal(pop(box), 99 - i);
}

static void an_empty_queue_has_nothing(void **state)
{
	struct box *box = *state;
	int64_t at_ns = 5;

	assert_int_equal(queue_peek(&box->queue, &at_ns), QUEUE_NONE);
	assert_int_equal(queue_pop(&box->queue, &at_ns), QUEUE_NONE);
	assert_int_equal(queue_pop_until(&box->queue, 100, &at_ns), QUEUE_NONE);
	assert_int_equal(at_ns, 5);
}

static void a_cancelled_event_does_not_come(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < 10; i++) queue_arm(&box->queue, i, (int64_t)i);
	for (uint32_t i = 0; i < 10; i += 2) queue_cancel(&box->queue, i);
	assert_false(queue_is_armed(&box->queue, 4));
	assert_true(queue_is_armed(&box->queue, 5));
	for (uint32_t i = 1; i < 10; i += 2) assert_int_equal(pop(box), i);
	assert_int_equal(pop(box), QUEUE_NONE);
}

static void cancelling_twice_changes_nothing(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, 0, 1);
	queue_arm(&box->queue, 1, 2);
	queue_cancel(&box->queue, 0);
	queue_cancel(&box->queue, 0);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), QUEUE_NONE);
}

static void an_event_that_came_is_not_armed(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, 3, 1);
	assert_int_equal(pop(box), 3);
	assert_false(queue_is_armed(&box->queue, 3));
	queue_arm(&box->queue, 3, 1);
	assert_int_equal(pop(box), 3);
}

static void an_armed_event_is_moved_not_doubled(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, 0, 10);
	queue_arm(&box->queue, 1, 20);
	queue_arm(&box->queue, 0, 30);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
	assert_int_equal(pop(box), QUEUE_NONE);
}

static void a_moved_event_stands_behind_the_others_of_its_time(void **state)
{
	struct box *box = *state;

	queue_arm(&box->queue, 0, 10);
	queue_arm(&box->queue, 1, 10);
	queue_arm(&box->queue, 0, 10);
	assert_int_equal(pop(box), 1);
	assert_int_equal(pop(box), 0);
}

static void every_event_has_a_place(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < SIZE; i++) queue_arm(&box->queue, i, 5);
	queue_arm(&box->queue, SIZE - 1, 1);
	assert_int_equal(pop(box), SIZE - 1);
	for (uint32_t i = 0; i < SIZE - 1; i++) assert_int_equal(pop(box), i);
}

static void a_cleared_queue_is_empty_and_keeps_its_clock(void **state)
{
	struct box *box = *state;

	for (uint32_t i = 0; i < SIZE; i++) queue_arm(&box->queue, i, (int64_t)i << (i % 50));
	assert_int_equal(pop(box), 0);
	queue_clear(&box->queue);
	for (uint32_t i = 0; i < SIZE; i++) assert_false(queue_is_armed(&box->queue, i));
	assert_int_equal(pop(box), QUEUE_NONE);
	queue_arm(&box->queue, 7, 0);
	assert_int_equal(pop(box), 7);
}

/* What was looked for in vain does not move the clock beyond the time of the search. */
static void what_is_not_due_stays_and_others_may_come_before(void **state)
{
	struct box *box = *state;
	int64_t at_ns = 0;

	for (uint32_t i = 0; i < 5; i++) queue_arm(&box->queue, i, 1000000 + i);
	assert_int_equal(queue_pop_until(&box->queue, 999999, &at_ns), QUEUE_NONE);
	queue_arm(&box->queue, 9, 999999);
	assert_int_equal(queue_pop_until(&box->queue, 999999, &at_ns), 9);
	assert_int_equal(queue_pop_until(&box->queue, 1000000, &at_ns), 0);
	assert_int_equal(at_ns, 1000000);
	assert_int_equal(queue_pop_until(&box->queue, 1000000, &at_ns), QUEUE_NONE);
	assert_int_equal(pop(box), 1);
}

static void times_reach_from_the_first_to_the_last(void **state)
{
	const int64_t times[] = { INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MAX, 0, -1, INT64_MIN + 1 };
	const uint32_t expected[] = { 2, 6, 5, 4, 1, 0, 3 };
	struct box *box = *state;
	int64_t at_ns = 0;

	for (uint32_t i = 0; i < 7; i++) queue_arm(&box->queue, i, times[i]);
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(queue_pop(&box->queue, &at_ns), expected[i]);
		assert_int_equal(at_ns, times[expected[i]]);
	}
	queue_arm(&box->queue, 0, INT64_MAX);
	assert_int_equal(queue_pop(&box->queue, &at_ns), 0);
}

static void without_memory_there_is_no_queue(void **state)
{
	struct arena arena;
	struct queue queue;

	(void)state;
	for (unsigned long n = 1; n <= 3; n++) {
		assert_int_equal(arena_init(&arena, queue_bytes(1000) + 64), 0);
		arena_fail_at(n);
		assert_false(queue_init(&queue, &arena, 1000, 0));
		arena_fail_at(0);
		arena_done(&arena);
	}
	assert_int_equal(arena_init(&arena, 64), 0);
	assert_false(queue_init(&queue, &arena, 1000, 0));
	arena_done(&arena);
}

/* --- random runs beside a list that is searched from end to end */

struct plain {
	struct { int64_t at_ns; uint64_t seq; } armed[EVENTS]; /* seq 0: not armed */
	uint64_t seq;
	int64_t now_ns;
};

/* Event numbers of the queue lie far apart, so that a wide queue is used as a whole. */
struct pair {
	struct queue *queue;
	struct plain plain;
	struct rng rng;
	uint32_t stride;
};

static uint32_t plain_first(const struct plain *plain)
{
	uint32_t first = QUEUE_NONE;

	for (uint32_t i = 0; i < EVENTS; i++) {
		if (!plain->armed[i].seq) continue;
		if (first == QUEUE_NONE || plain->armed[i].at_ns < plain->armed[first].at_ns
			|| (plain->armed[i].at_ns == plain->armed[first].at_ns && plain->armed[i].seq < plain->armed[first].seq))
			first = i;
	}
	return first;
}

static int64_t plus(int64_t at_ns, uint64_t delay)
{
	uint64_t room = (uint64_t)INT64_MAX - (uint64_t)at_ns;

	return delay > room ? INT64_MAX : (int64_t)((uint64_t)at_ns + delay);
}

/* Now, soon, at the same time as another, in any digit, and as far as times reach. */
static int64_t some_time(struct pair *pair)
{
	const struct plain *plain = &pair->plain;
	uint32_t other = (uint32_t)rng_below(&pair->rng, EVENTS);

	switch (rng_below(&pair->rng, 6)) {
	case 0: return plain->now_ns;
	case 1: return plus(plain->now_ns, rng_below(&pair->rng, 5));
	case 2: return plus(plain->now_ns, rng_below(&pair->rng, 1000));
	case 3: return plain->armed[other].seq ? plain->armed[other].at_ns : plain->now_ns;
	case 4: return plus(plain->now_ns, rng_next(&pair->rng) >> rng_below(&pair->rng, 64));
	default: return rng_below(&pair->rng, 200) ? plus(plain->now_ns, rng_below(&pair->rng, 1 << 20)) : INT64_MAX;
	}
}

static void arm(struct pair *pair, uint32_t event, int64_t at_ns)
{
	queue_arm(pair->queue, event * pair->stride, at_ns);
	pair->plain.armed[event].at_ns = at_ns;
	pair->plain.armed[event].seq = ++pair->plain.seq;
}

static void cancel(struct pair *pair, uint32_t event)
{
	assert_int_equal(queue_is_armed(pair->queue, event * pair->stride), pair->plain.armed[event].seq != 0);
	queue_cancel(pair->queue, event * pair->stride);
	pair->plain.armed[event].seq = 0;
}

/* What is next by both until the time; the client that is called may cancel and arm others before it looks again. */
static void take_until(struct pair *pair, int64_t until_ns)
{
	struct plain *plain = &pair->plain;
	uint32_t expected = plain_first(plain), peeked, popped;
	int64_t at_ns = 0, peeked_ns = 0;

	peeked = queue_peek(pair->queue, &peeked_ns);
	assert_int_equal(peeked, expected == QUEUE_NONE ? QUEUE_NONE : expected * pair->stride);
	if (expected != QUEUE_NONE) assert_int_equal(peeked_ns, plain->armed[expected].at_ns);
	if (expected != QUEUE_NONE && plain->armed[expected].at_ns > until_ns) expected = QUEUE_NONE;
	popped = until_ns == INT64_MAX ? queue_pop(pair->queue, &at_ns) : queue_pop_until(pair->queue, until_ns, &at_ns);
	assert_int_equal(popped, expected == QUEUE_NONE ? QUEUE_NONE : expected * pair->stride);
	if (expected == QUEUE_NONE) {
		if (until_ns != INT64_MAX) plain->now_ns = until_ns;
		return;
	}
	assert_int_equal(at_ns, peeked_ns);
	plain->now_ns = at_ns;
	plain->armed[expected].seq = 0;
}

static void step(struct pair *pair)
{
	uint32_t event = (uint32_t)rng_below(&pair->rng, EVENTS);
	struct plain *plain = &pair->plain;

	switch (rng_below(&pair->rng, 8)) {
	case 0:
	case 1:
	case 2: arm(pair, event, some_time(pair)); break;
	case 3: arm(pair, event, plain->armed[event].seq ? plain->armed[event].at_ns : plain->now_ns); break;
	case 4: cancel(pair, event); break;
	case 5: take_until(pair, plus(plain->now_ns, rng_next(&pair->rng) >> (20 + rng_below(&pair->rng, 44)))); break;
	default: take_until(pair, INT64_MAX); break;
	}
}

/* A run ends when its time does: everything that is left comes in its order. */
static void random_run(uint64_t seed, uint32_t size, int64_t start_ns)
{
	void *state;
	struct pair pair = { .stride = size / EVENTS, .plain.now_ns = start_ns };

	assert_int_equal(setup_queue(&state, size, start_ns), 0);
	pair.queue = &((struct box *)state)->queue;
	rng_init(&pair.rng, seed, "queue-test");
	for (int i = 0; i < STEPS; i++) step(&pair);
	while (plain_first(&pair.plain) != QUEUE_NONE) take_until(&pair, INT64_MAX);
	take_until(&pair, INT64_MAX);
	teardown(&state);
}

static void any_order_of_arms_moves_and_cancels_is_exact(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) random_run(seed, seed % 2 ? SIZE : SIZE_WIDE, 0);
}

/* The clock of a run that begins so late reaches the end of time, and stands there. */
static void the_ends_of_time_are_exact_too(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		random_run(seed, seed % 2 ? SIZE : SIZE_WIDE, INT64_MIN);
		random_run(seed, seed % 2 ? SIZE : SIZE_WIDE, INT64_MAX - 100000);
	}
}

/* All of a wide queue at few times: lists are dealt out twice, and must keep their order. */
static void many_events_of_few_times_keep_their_order(void **state)
{
	struct box *box;
	uint32_t before[3] = { 0 };
	int64_t at_ns = 0, last_ns = 0;

	assert_int_equal(setup_queue(state, SIZE_WIDE, 0), 0);
	box = *state;
	for (uint32_t i = 0; i < SIZE_WIDE; i++) queue_arm(&box->queue, i, 20000000 + i % 3 * 5000);
	for (uint32_t i = 0; i < SIZE_WIDE; i++) {
		uint32_t event = queue_pop(&box->queue, &at_ns);
		assert_true(at_ns >= last_ns && event >= before[event % 3]);
		last_ns = at_ns;
		before[event % 3] = event;
	}
	assert_int_equal(queue_pop(&box->queue, &at_ns), QUEUE_NONE);
	teardown(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_come_by_time, setup, teardown),
		cmocka_unit_test_setup_teardown(events_of_one_time_come_in_the_order_of_arming, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_queue_has_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cancelled_event_does_not_come, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelling_twice_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(an_event_that_came_is_not_armed, setup, teardown),
		cmocka_unit_test_setup_teardown(an_armed_event_is_moved_not_doubled, setup, teardown),
		cmocka_unit_test_setup_teardown(a_moved_event_stands_behind_the_others_of_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(every_event_has_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cleared_queue_is_empty_and_keeps_its_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_due_stays_and_others_may_come_before, setup, teardown),
		cmocka_unit_test_setup_teardown(times_reach_from_the_first_to_the_last, setup_long, teardown),
		cmocka_unit_test(without_memory_there_is_no_queue),
		cmocka_unit_test(any_order_of_arms_moves_and_cancels_is_exact),
		cmocka_unit_test(the_ends_of_time_are_exact_too),
		cmocka_unit_test(many_events_of_few_times_keep_their_order),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
