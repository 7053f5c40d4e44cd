/* bench_queue.c -- the workload of bench.h on sim/queue.h, as the simulator uses it: calls into another object file. */
#include "sim/queue.h"

#include <stdio.h>
#include <stdlib.h>

/* bench.h names what it calls like the queue does; these macros stand between the two. */
static struct queue queue;
static struct arena arena;
static double bytes_an_event;

static void begin(uint32_t n)
{
	size_t bytes = queue_bytes(n);

	if (arena_init(&arena, bytes + 64) || !queue_init(&queue, &arena, n, 0)) exit(1);
	bytes_an_event = (double)(bytes + sizeof queue) / n;
}

static void push(uint32_t id, uint64_t at)
{
	queue_arm(&queue, id, (int64_t)at);
}

static void cancel(uint32_t id)
{
	queue_cancel(&queue, id);
}

static uint64_t pop(uint32_t *id)
{
	int64_t at_ns = 0;

	*id = queue_pop(&queue, &at_ns);
	return (uint64_t)at_ns;
}

#define queue_init begin
#define queue_push push
#define queue_cancel cancel
#define queue_pop pop
#define QUEUE_BYTES (bytes_an_event + 0.999) /* everything that the queue takes, rounded up */
#include "sim/bench/events/bench.h"
