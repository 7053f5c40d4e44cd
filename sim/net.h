/* net.h -- the network between the machine and its servers, at the level of connections: how long things take.
 *
 * Times are integers in ns, rounded up: a byte is there when its last bit is. Nothing is drawn by chance. */
#ifndef BGCHECK_SIM_NET_H
#define BGCHECK_SIM_NET_H

#include "model/machine.h"
#include "sim/link.h"
#include "sim/origin.h"

#define NET_MS INT64_C(1000000)
#define NET_S INT64_C(1000000000)

#define NET_DNS_NS (5 * NET_MS)              /* a name is resolved, or not */
#define NET_FIRST_DATA_NS NET_MS             /* from the head to the first bytes that are told */
#define NET_CONNECT_TIMEOUT_NS (20 * NET_S)  /* the client gives up when nothing answers */
#define NET_STALL_NS (30 * NET_S)            /* the client gives up when no byte comes */
#define NET_BANDWIDTH UINT64_C(1048576)      /* bytes a second of a connection on a link that has no bandwidth of its own */
#define NET_REDIRECTS_MAX 20                 /* hops that are followed */
#define NET_LONG_NS (INT64_MAX / 4)          /* longer than any scenario; times do not grow beyond */

/* How long a connection takes to stand or to fail: name resolution, which takes delay_ns longer than usual, and a round trip over the
 * link; *cause: why it fails, or CAUSE_NONE. The client waits NET_CONNECT_TIMEOUT_NS for the name, and for the connection. */
int64_t net_connect_ns(enum host_answer answer, int64_t delay_ns, int64_t round_trip_ns, enum cause *cause);

/* How long `bytes` more take, and how many are there after `ns`. 0 < rate <= LINK_BANDWIDTH_MAX, bytes a second. *rest: billionths of a
 * byte, below a whole one, that are there already; net_bytes leaves what is there then. */
int64_t net_time_ns(uint64_t bytes, uint64_t rate, uint64_t rest);
uint64_t net_bytes(int64_t ns, uint64_t rate, uint64_t *rest);

#endif
