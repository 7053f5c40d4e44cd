/* link.c -- delay, loss and fair shares of a link. */
#include "sim/link.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MILLION UINT64_C(1000000)
#define RETRIES_MAX 7                          /* silence of 127 s at most: nobody waits longer */

void links_init(struct links *links, uint64_t seed)
{
	memset(links, 0, sizeof *links);
	rng_init(&links->chance, seed, "link");
	links->used = links_at(links, LINK_FIRST);
}

struct link *links_at(struct links *links, const char *name)
{
	for (unsigned i = 0; i < links->count; i++)
		if (!strcmp(links->list[i].name, name)) return &links->list[i];
	if (links->count == LINKS_MAX) return NULL;
	struct link *link = &links->list[links->count++];
	*link = (struct link){ .delay_ns = LINK_DELAY_NS, .policy = CAUSE_NONE };
	snprintf(link->name, sizeof link->name, "%s", name);
	return link;
}

int64_t links_one_way_ns(struct links *links)
{
	const struct link *link = links->used;

	if (link->jitter_ns == 0) return link->delay_ns;
	return link->delay_ns + (int64_t)rng_below(&links->chance, (uint64_t)link->jitter_ns + 1);
}

int64_t links_round_trip_ns(struct links *links)
{
	int64_t there_ns = links_one_way_ns(links);

	return there_ns + links_one_way_ns(links);
}

int64_t links_silence_ns(struct links *links)
{
	unsigned lost = 0;

	if (links->used->loss == 0) return 0;
	while (lost < RETRIES_MAX && rng_below(&links->chance, MILLION) < links->used->loss) lost++;
	return LINK_RTO_NS * ((INT64_C(1) << lost) - 1);
}

bool link_is_shaped(const struct link *link)
{
	return link->bandwidth > 0 || link->loss > 0;
}

static uint64_t square_root(uint64_t number)
{
	uint64_t low = 0, high = UINT64_C(1) << 32;

	while (low + 1 < high) {
		uint64_t middle = low + (high - low) / 2;
		if (middle <= number / middle) low = middle;
		else high = middle;
	}
	return low;
}

/* Segment / round trip * sqrt(3/2 / loss), in integers: the root is that of millionths, 1.5e18 / loss in millionths. */
uint64_t link_cap(const struct link *link)
{
	uint64_t round_trip_ns = (uint64_t)(2 * link->delay_ns + link->jitter_ns), segments, rate;

	if (link->loss == 0) return LINK_UNLIMITED;
	if (round_trip_ns < 1000) round_trip_ns = 1000;
	segments = LINK_SEGMENT * UINT64_C(1000000000) / round_trip_ns;
	rate = segments * square_root(UINT64_C(1500000000000000000) / link->loss) / MILLION;
	return rate ? rate : 1;
}

uint64_t link_goodput(const struct link *link)
{
	uint64_t rate;

	if (link->bandwidth == 0) return LINK_UNLIMITED;
	rate = link->bandwidth / MILLION * (MILLION - link->loss) + link->bandwidth % MILLION * (MILLION - link->loss) / MILLION;
	return rate ? rate : 1;
}

/* Water filling: who needs less than an equal part of what is left gets what it needs, until all that remain need more. */
void link_share(uint64_t goodput, const uint64_t *caps, uint64_t *rates, unsigned count)
{
	uint64_t left = goodput, part;
	unsigned open = count, before;

	for (unsigned i = 0; i < count; i++) {
		assert(caps[i] > 0);
		rates[i] = 0;
	}
	do {
		before = open;
		part = open ? left / open : 0;
		for (unsigned i = 0; i < count; i++) {
			if (rates[i] || caps[i] > part) continue;
			rates[i] = caps[i];
			left -= caps[i];
			open--;
		}
	} while (open > 0 && open < before);
	part = open ? left / open : 0;
	left = open ? left % open : 0;
	for (unsigned i = 0; i < count; i++) {
		if (rates[i]) continue;
		rates[i] = part + (left > 0);
		left -= left > 0;
		if (rates[i] == 0) rates[i] = 1;
	}
}
