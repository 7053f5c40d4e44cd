/* live_event.h -- libevent for files that also know the model, whose `enum event` has the tag of libevent's `struct event`.
 *
 * There it is struct loop_event. */
#ifndef BGCHECK_CONFORMANCE_LIVE_EVENT_H
#define BGCHECK_CONFORMANCE_LIVE_EVENT_H

#define event loop_event
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#undef event

#endif
