/* queue.h -- future events in the order in which they will happen: by time, then by the order of arming.
 *
 * An event is a number below the size of the queue: its owner gives the numbers and knows what they mean. The queue
 * has a place for each of them, so that arming cannot fail. Arming, cancelling and popping take constant time: the
 * queue is a wheel of wheels (queue.c). Its clock never goes back: nothing can be armed before what was popped. */
#ifndef BGCHECK_SIM_QUEUE_H
#define BGCHECK_SIM_QUEUE_H

#include "sim/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_NONE UINT32_MAX            /* no event */
#define QUEUE_SIZE_MAX (UINT32_MAX - 1)  /* events of a queue at most */
#define QUEUE_LEVELS_MAX 11              /* 64 bits of time in digits of 6 */

struct queue_node {                      /* of event number - 1 */
	uint64_t key;                    /* its time, so that unsigned order is the order of times */
	uint32_t next, prev;             /* nodes of its list; next is 0 when it is not armed */
};

struct queue_list { uint32_t head, tail; };  /* 0: empty */

struct queue {
	struct queue_node *nodes;        /* size + 1: none has the number 0 */
	struct queue_list *lists;        /* levels << bits */
	uint64_t *used;                  /* a bit a list: it has nodes */
	uint64_t words[QUEUE_LEVELS_MAX];/* by level, a bit a word of `used`: it is not 0; wide ones */
	uint64_t base;                   /* key that no armed one is before */
	uint32_t levels;                 /* a bit a level: it has nodes */
	uint32_t size, bits;             /* events; bits of a digit */
	uint32_t scout;                  /* node that will be wanted soon, or 0 */
};

/* A queue of the events 0 .. size - 1, none of them armed, whose clock begins at start_ns. It lies in the arena.
 * Returns false when the arena is used up. */
bool queue_init(struct queue *queue, struct arena *arena, uint32_t size, int64_t start_ns);

/* Bytes that queue_init() takes from the arena for so many events. */
size_t queue_bytes(uint32_t size);

/* Arms the event for at_ns; an armed one is moved, and stands behind the others of its new time, also when that is its
 * old one. at_ns must not be before the time that was popped last, or was looked at by queue_pop_until(). Cannot fail. */
void queue_arm(struct queue *queue, uint32_t event, int64_t at_ns);

/* Disarms; an event that is not armed stays so. Cannot fail. */
void queue_cancel(struct queue *queue, uint32_t event);

/* Disarms all; the clock stays. Cannot fail. */
void queue_clear(struct queue *queue);

bool queue_is_armed(const struct queue *queue, uint32_t event);

/* When the event is due, which must be armed. */
int64_t queue_time(const struct queue *queue, uint32_t event);

/* The event that is next and its time; QUEUE_NONE when none is armed. It may search a list: do not loop over it. */
uint32_t queue_peek(const struct queue *queue, int64_t *at_ns);

/* Takes out the next event, with its time; it is no longer armed. QUEUE_NONE when none is. */
uint32_t queue_pop(struct queue *queue, int64_t *at_ns);

/* The same for those that are due at until_ns or before; when there is none, the clock stands at until_ns. */
uint32_t queue_pop_until(struct queue *queue, int64_t until_ns, int64_t *at_ns);

#endif
