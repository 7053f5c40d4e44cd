/* queue.h -- future events in the order in which they will happen: by time, then by the order of arming.
 *
 * The queue holds no memory of its own items: whoever waits for something has a struct queue_item inside of it. */
#ifndef BGCHECK_SIM_QUEUE_H
#define BGCHECK_SIM_QUEUE_H

#include "sim/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_IDLE UINT32_MAX  /* place of an item that is not armed */

struct queue_item {
	int64_t at_ns;
	uint64_t seq;    /* counts the arms of the queue: of two items at the same time the one armed first is first */
	uint32_t place;  /* in the heap, or QUEUE_IDLE */
	uint32_t kind;   /* the owner's: what happens */
	void *owner;     /* the owner's: to whom */
};

struct queue {
	struct queue_item **heap;
	uint32_t count, size;
	uint64_t seq;
};

/* A queue of at most `size` armed items, in the arena. Returns false when the arena is used up. */
bool queue_init(struct queue *queue, struct arena *arena, uint32_t size);

/* An item that is not armed. Must be called before the item is given to the functions below. Cannot fail. */
void queue_item_init(struct queue_item *item, uint32_t kind, void *owner);

/* Arms the item for at_ns; an armed one is moved, and stands behind the others of its new time.
 * Returns false when the queue is full (an armed item can always be moved). */
bool queue_arm(struct queue *queue, struct queue_item *item, int64_t at_ns);

/* Disarms; an item that is not armed stays so. Cannot fail. */
void queue_cancel(struct queue *queue, struct queue_item *item);

bool queue_is_armed(const struct queue_item *item);

/* The item that is next; NULL when none is armed. */
const struct queue_item *queue_peek(const struct queue *queue);

/* Takes the next item out; it is no longer armed. NULL when none is. */
struct queue_item *queue_pop(struct queue *queue);

#endif
