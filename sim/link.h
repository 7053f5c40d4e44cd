/* link.h -- the links of the client machine: how far away the servers are, how much goes over the link, how much of it is lost.
 *
 * One link is in use. Bandwidth is shared fairly (max-min) between the bodies that flow: a rate holds until a flow begins, ends or changes, so
 * that a transfer's time follows from arithmetic, however long it is. Loss is goodput (a connection is not faster than the macroscopic
 * model of TCP allows: Mathis, Semke, Mahdavi, Ott 1997) and stalls (a segment that is lost again and again is sent again after 1, 2, 4 ... s:
 * RFC 6298). Nothing is drawn by chance on a link without jitter and loss. */
#ifndef BGCHECK_SIM_LINK_H
#define BGCHECK_SIM_LINK_H

#include "model/machine.h"
#include "sim/rng.h"

#define LINKS_MAX 8
#define LINK_NAME_MAX 48
#define LINK_FIRST "lan"                       /* the machine's link at the beginning */
#define LINK_DELAY_NS INT64_C(10000000)        /* one way, of a link that does not say it */
#define LINK_DELAY_MAX_NS INT64_C(600000000000)
#define LINK_BANDWIDTH_MAX (UINT64_C(1) << 32) /* bytes a second */
#define LINK_LOSS_MAX 500000                   /* millionths */
#define LINK_SEGMENT 1460                      /* bytes: Ethernet's maximum segment */
#define LINK_RTO_NS INT64_C(1000000000)        /* the first time-out of a segment (RFC 6298, 2.4), doubled each time */
#define LINK_UNLIMITED UINT64_MAX

struct link {
	char name[LINK_NAME_MAX];
	int64_t delay_ns, jitter_ns;               /* one way; jitter: at most so much longer */
	uint64_t bandwidth;                        /* bytes a second for all connections; 0: each has its own NET_BANDWIDTH */
	uint32_t loss;                             /* millionths of the segments */
	enum cause policy;                         /* that forbids this link; CAUSE_NONE */
};

struct links {
	struct link list[LINKS_MAX];
	unsigned count;
	struct link *used;
	struct rng chance;
};

/* With LINK_FIRST, in use. Cannot fail. */
void links_init(struct links *links, uint64_t seed);

/* The link of that name, made when there is none. NULL: there are LINKS_MAX others. */
struct link *links_at(struct links *links, const char *name);

/* How long something takes over the link in use, one way and there and back; draws the jitter. ns. */
int64_t links_one_way_ns(struct links *links);
int64_t links_round_trip_ns(struct links *links);

/* How long a segment is missing because it is lost again and again: 0, or 1, 3, 7 ... times LINK_RTO_NS. */
int64_t links_silence_ns(struct links *links);

/* Whether the rates of flows depend on each other, or on loss. */
bool link_is_shaped(const struct link *link);

/* Bytes a second that a connection alone has at most by loss; LINK_UNLIMITED without. At least 1. */
uint64_t link_cap(const struct link *link);

/* Bytes a second of the link that are of use: without what is lost; LINK_UNLIMITED when each connection has its own. At least 1. */
uint64_t link_goodput(const struct link *link);

/* Max-min fair rates of `count` flows that take at most caps[i] > 0 each: nobody could have more without taking it from one who has not
 * more. Bytes a second; what does not divide goes to the first flows, one byte each. Nobody has less than 1. */
void link_share(uint64_t goodput, const uint64_t *caps, uint64_t *rates, unsigned count);

#endif
