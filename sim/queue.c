/* queue.c -- an exact wheel of wheels.
 *
 * A time is written in digits of `bits` bits. A list of level L holds the nodes whose highest digit that differs from
 * the base is digit L: lists of level 0 are of one time each, those of higher levels of a range of times. The first
 * list of the lowest level has what comes next; one of a higher level is dealt out to the levels below when its range
 * begins. All nodes of one time are in one list, always, and lists keep their order when they are dealt out (those
 * that they are dealt to are empty then): so nodes of one time leave in the order in which they came.
 *
 * What costs time are nodes that are not in the cache. Wide digits deal a node out once or twice instead of four times;
 * and a scout walks along the list that will be dealt out next, one node a pop, so that it is in the cache by then. */
#include "sim/queue.h"

#include <assert.h>

#define END UINT32_MAX          /* next of the last node of a list; 0 would mean that it is not armed */
#define SIGN (UINT64_C(1) << 63)
#define WORD 64                 /* bits of a word: lists of a level are at least so many */
#define NARROW 6                /* digits of a small queue: its lists fit in the nearest cache */
#define WIDE 12
#define SMALL 8192              /* events of a queue that has narrow digits */

static uint32_t digit_bits(uint32_t size)
{
	return size <= SMALL ? NARROW : WIDE;
}

static size_t lists_count(uint32_t bits)
{
	return (size_t)((63 + bits) / bits) << bits;
}

bool queue_init(struct queue *queue, struct arena *arena, uint32_t size, int64_t start_ns)
{
	size_t count = lists_count(digit_bits(size));

	assert(queue && arena);
	assert(size > 0 && size <= QUEUE_SIZE_MAX);
	*queue = (struct queue){ .size = size, .bits = digit_bits(size), .base = (uint64_t)start_ns ^ SIGN };
	queue->nodes = arena_take(arena, ((size_t)size + 1) * sizeof *queue->nodes);
	queue->lists = arena_take(arena, count * sizeof *queue->lists);
	queue->used = arena_take(arena, count / WORD * sizeof *queue->used);
	return queue->nodes && queue->lists && queue->used;
}

size_t queue_bytes(uint32_t size)
{
	size_t count = lists_count(digit_bits(size));

	return ((size_t)size + 1) * sizeof(struct queue_node) + count * sizeof(struct queue_list) + count / WORD * sizeof(uint64_t);
}

/* The list that holds the key while the base is what it is. 43/256 is a sixth and 43/512 a twelfth, for 0 to 63. */
static inline uint32_t list_of(const struct queue *queue, uint64_t key)
{
	uint32_t top = 63 - (uint32_t)__builtin_clzll((key ^ queue->base) | 1);
	uint32_t level = queue->bits == NARROW ? top * 43 >> 8 : top * 43 >> 9;

	return (level << queue->bits) + (uint32_t)(key >> (level * queue->bits) & ((1u << queue->bits) - 1));
}

/* Levels of a narrow queue are one word each: `words` would say what `levels` does. */
static inline void mark(struct queue *queue, uint32_t list)
{
	uint32_t level = list >> queue->bits;

	queue->used[list / WORD] |= UINT64_C(1) << list % WORD;
	if (queue->bits != NARROW) queue->words[level] |= UINT64_C(1) << (list / WORD - (level << (queue->bits - NARROW)));
	queue->levels |= 1u << level;
}

static inline void unmark(struct queue *queue, uint32_t list)
{
	uint32_t level = list >> queue->bits;

	if (queue->used[list / WORD] &= ~(UINT64_C(1) << list % WORD)) return;
	if (queue->bits != NARROW && (queue->words[level] &= ~(UINT64_C(1) << (list / WORD - (level << (queue->bits - NARROW)))))) return;
	queue->levels &= ~(1u << level);
}

static inline void append(struct queue *queue, uint32_t number, uint64_t key)
{
	uint32_t at = list_of(queue, key);
	struct queue_list *list = &queue->lists[at];

	queue->nodes[number] = (struct queue_node){ .key = key, .next = END, .prev = list->tail };
	if (list->tail) {
		queue->nodes[list->tail].next = number;
	} else {
		list->head = number;
		mark(queue, at);
	}
	list->tail = number;
}

static inline void take(struct queue *queue, uint32_t number, uint32_t at)
{
	struct queue_node *node = &queue->nodes[number];
	struct queue_list *list = &queue->lists[at];

	if (node->next == END) list->tail = node->prev;
	else queue->nodes[node->next].prev = node->prev;
	if (node->prev) queue->nodes[node->prev].next = node->next;
	else list->head = node->next == END ? 0 : node->next;
	if (!list->head) unmark(queue, at);
	node->next = 0;
}

void queue_arm(struct queue *queue, uint32_t event, int64_t at_ns)
{
	uint64_t key = (uint64_t)at_ns ^ SIGN;

	assert(event < queue->size);
	assert(key >= queue->base);
	queue_cancel(queue, event);
	append(queue, event + 1, key);
}

void queue_cancel(struct queue *queue, uint32_t event)
{
	assert(event < queue->size);
	if (queue->nodes[event + 1].next) take(queue, event + 1, list_of(queue, queue->nodes[event + 1].key));
}

void queue_clear(struct queue *queue)
{
	for (uint32_t event = 0; queue->levels && event < queue->size; event++) queue_cancel(queue, event);
}

bool queue_is_armed(const struct queue *queue, uint32_t event)
{
	assert(event < queue->size);
	return queue->nodes[event + 1].next != 0;
}

int64_t queue_time(const struct queue *queue, uint32_t event)
{
	assert(queue_is_armed(queue, event));
	return (int64_t)(queue->nodes[event + 1].key ^ SIGN);
}

/* The list with what comes next; some must be armed. */
static inline uint32_t first_list(const struct queue *queue)
{
	uint32_t level = (uint32_t)__builtin_ctz(queue->levels);
	uint32_t word = level;

	if (queue->bits != NARROW) word = (level << (queue->bits - NARROW)) + (uint32_t)__builtin_ctzll(queue->words[level]);
	return word * WORD + (uint32_t)__builtin_ctzll(queue->used[word]);
}

uint32_t queue_peek(const struct queue *queue, int64_t *at_ns)
{
	uint32_t first;

	if (!queue->levels) return QUEUE_NONE;
	first = queue->lists[first_list(queue)].head;
	for (uint32_t i = queue->nodes[first].next; i != END; i = queue->nodes[i].next)
		if (queue->nodes[i].key < queue->nodes[first].key) first = i;
	*at_ns = (int64_t)(queue->nodes[first].key ^ SIGN);
	return first - 1;
}

/* The scout's walk is a hint alone: a node that was moved or taken out meanwhile leads it astray, which harms nobody. */
static inline void scout_walk(struct queue *queue)
{
	uint32_t next = queue->scout ? queue->nodes[queue->scout].next : END;

	queue->scout = next == END ? 0 : next;
	__builtin_prefetch(&queue->nodes[queue->scout]);
}

/* From the list at `at` to the next one of its level that is in the same word. */
static void scout_send(struct queue *queue, uint32_t at)
{
	uint64_t later = queue->used[at / WORD];

	if (later) queue->scout = queue->lists[at / WORD * WORD + (uint32_t)__builtin_ctzll(later)].head;
}

/* The range of the first list begins: its nodes go to the levels below, in their order. */
static void deal(struct queue *queue, uint32_t at, uint64_t begin)
{
	uint32_t number = queue->lists[at].head;

	queue->lists[at] = (struct queue_list){0};
	unmark(queue, at);
	queue->base = begin;
	while (number != END) {
		uint32_t next = queue->nodes[number].next;
		if (next != END) __builtin_prefetch(&queue->nodes[next]);
		append(queue, number, queue->nodes[number].key);
		number = next;
	}
	if (queue->bits != NARROW) scout_send(queue, at); /* all of a narrow one is in the cache */
}

uint32_t queue_pop_until(struct queue *queue, int64_t until_ns, int64_t *at_ns)
{
	uint64_t until = (uint64_t)until_ns ^ SIGN;

	if (queue->scout) scout_walk(queue);
	while (queue->levels) {
		uint32_t at = first_list(queue), number = queue->lists[at].head, low = (at >> queue->bits) * queue->bits;
		const struct queue_node *node = &queue->nodes[number];
		if (low && node->next != END && node->key >> low <= until >> low) {
			deal(queue, at, node->key >> low << low);
			continue;
		}
		if (node->key > until) break;
		queue->base = node->key;
		*at_ns = (int64_t)(node->key ^ SIGN);
		take(queue, number, at);
		return number - 1;
	}
	return QUEUE_NONE;
}

uint32_t queue_pop(struct queue *queue, int64_t *at_ns)
{
	return queue_pop_until(queue, INT64_MAX, at_ns);
}
