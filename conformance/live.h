/* live.h -- the fault origin on loopback: sends on real sockets what sim/origin.h decides.
 *
 * One listener per host of the scenario, on 127.0.0.1 with a port of its own. `dns` gives a name that cannot be resolved
 * (.invalid), `refuse` a port that nobody listens on, `connect-timeout` one whose backlog is full. Runs on the caller's libevent base; no thread. */
#ifndef BGCHECK_CONFORMANCE_LIVE_H
#define BGCHECK_CONFORMANCE_LIVE_H

#include "sim/origin.h"
#include "sim/target.h"

struct event_base;
struct live;

/* Listens. `now` gives the scenario's time in ns; lines of the origin go to the listener. NULL with failure on errors. */
struct live *live_new(struct arena *arena, struct event_base *base, int64_t (*now)(void *), void *now_context,
	const struct listener *listener, struct failure *failure);
/* Closes every socket. */
void live_done(struct live *live);

/* A serve or host step. Returns false with `why` for what real sockets cannot do. */
bool live_change(struct live *live, const struct step *step, char *why, size_t why_size);
/* Feature words that the live origin lacks answer false: host.unreachable, host.times, net.down, disk.full ... */
bool live_has(const char *feature);
/* http://127.0.0.1:PORT of a host (made on first use), without a final slash. NULL when no port could be had. */
const char *live_url(struct live *live, const char *host);
/* The same, but the client does not get to see it: the host may still become one that has no name. */
const char *live_url_peek(struct live *live, const char *host);
/* Whether the file at local is what is served at path now: 1, 0, or -1 when there is no such file. */
int live_compare(struct live *live, const char *local, const char *path);

#endif
