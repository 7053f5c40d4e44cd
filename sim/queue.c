/* queue.c -- an indexed binary heap: each item knows its place, so that it can be moved and taken out. */
#include "sim/queue.h"

#include <assert.h>
#include <stddef.h>

bool queue_init(struct queue *queue, struct arena *arena, uint32_t size)
{
	assert(queue && arena);
	assert(size > 0 && size < QUEUE_IDLE);
	*queue = (struct queue){ .size = size };
	queue->heap = arena_take(arena, size * sizeof *queue->heap);
	return queue->heap != NULL;
}

void queue_item_init(struct queue_item *item, uint32_t kind, void *owner)
{
	assert(item);
	*item = (struct queue_item){ .place = QUEUE_IDLE, .kind = kind, .owner = owner };
}

static bool is_before(const struct queue_item *a, const struct queue_item *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->seq < b->seq;
}

static void put(struct queue *queue, uint32_t place, struct queue_item *item)
{
	queue->heap[place] = item;
	item->place = place;
}

/* The hole at `place` wanders towards the root until the item fits. */
static void sift_up(struct queue *queue, uint32_t place, struct queue_item *item)
{
	while (place > 0) {
		uint32_t parent = (place - 1) / 2;
		if (!is_before(item, queue->heap[parent])) break;
		put(queue, place, queue->heap[parent]);
		place = parent;
	}
	put(queue, place, item);
}

static void sift_down(struct queue *queue, uint32_t place, struct queue_item *item)
{
	for (;;) {
		uint32_t child = 2 * place + 1;
		if (child >= queue->count) break;
		if (child + 1 < queue->count && is_before(queue->heap[child + 1], queue->heap[child])) child++;
		if (!is_before(queue->heap[child], item)) break;
		put(queue, place, queue->heap[child]);
		place = child;
	}
	put(queue, place, item);
}

/* The item at `place` has changed, or is new there. */
static void settle(struct queue *queue, uint32_t place, struct queue_item *item)
{
	if (place > 0 && is_before(item, queue->heap[(place - 1) / 2])) sift_up(queue, place, item);
	else sift_down(queue, place, item);
}

bool queue_arm(struct queue *queue, struct queue_item *item, int64_t at_ns)
{
	assert(queue && item);
	assert(item->place == QUEUE_IDLE || queue->heap[item->place] == item);
	if (item->place == QUEUE_IDLE && queue->count == queue->size) return false;
	item->at_ns = at_ns;
	item->seq = queue->seq++;
	if (item->place == QUEUE_IDLE) item->place = queue->count++;
	settle(queue, item->place, item);
	return true;
}

void queue_cancel(struct queue *queue, struct queue_item *item)
{
	uint32_t place = item->place;
	struct queue_item *last;

	if (place == QUEUE_IDLE) return;
	assert(place < queue->count && queue->heap[place] == item);
	item->place = QUEUE_IDLE;
	last = queue->heap[--queue->count];
	if (last != item) settle(queue, place, last);
}

bool queue_is_armed(const struct queue_item *item)
{
	return item->place != QUEUE_IDLE;
}

const struct queue_item *queue_peek(const struct queue *queue)
{
	return queue->count ? queue->heap[0] : NULL;
}

struct queue_item *queue_pop(struct queue *queue)
{
	struct queue_item *item = queue->count ? queue->heap[0] : NULL;

	if (item) queue_cancel(queue, item);
	return item;
}
