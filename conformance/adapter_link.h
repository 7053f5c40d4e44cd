/* adapter_link.h -- the conversation with a running adapter: lines out, lines in, watchdogs.
 *
 * Runs on the caller's libevent base, which also serves the live origin while a reply is awaited. Nothing is called back
 * from inside the loop: callbacks of the adapter wait in a queue until the caller takes them. Once broken, it stays so. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_LINK_H
#define BGCHECK_CONFORMANCE_ADAPTER_LINK_H

#include "conformance/adapter_process.h"
#include "conformance/adapter_protocol.h"
#include "conformance/live_event.h"

#define ADAPTER_CALLBACKS_MAX 4096        /* callbacks that wait for an answer */
#define ADAPTER_UNASKED_BYTES_MAX (64u << 20)  /* unasked bytes between two commands */

struct adapter_link {
	struct event_base *base;
	struct adapter_process process;
	struct bufferevent *to, *from;
	struct loop_event *slice;
	int log;                        /* -1: none */
	unsigned flood_max;
	int64_t scenario_due_ns;        /* monotonic */
	int64_t next_id, awaited;       /* awaited: 0 when no reply is due */
	int64_t skipped_from, skipped_to; /* ids between these were never used: adapter check jumps over them */
	json_t *answer;
	unsigned callbacks_first, callbacks_count;
	unsigned callbacks_before;      /* how many of them waited when the last reply came */
	struct adapter_message callbacks[ADAPTER_CALLBACKS_MAX];
	unsigned unasked;
	uint64_t unasked_bytes;
	unsigned crlf;                  /* lines with CR before LF so far */
	bool closed;                    /* its stdout is at its end */
	char broken[FAILURE_TEXT_MAX];  /* why; "" : it is not */
};

/* Starts the adapter. Errors: false, link->broken. link->base, log, flood_max, scenario_due_ns are set by the caller. */
bool adapter_link_start(struct adapter_link *link, char *const *argv);

/* Sends a command and waits for its reply at most timeout_ns. Returns the message, owned by the caller (json_decref), or
 * NULL: link->broken. Callbacks that come meanwhile are queued. */
json_t *adapter_link_ask(struct adapter_link *link, const struct call *call, int64_t timeout_ns);

/* Sends a command without waiting. */
bool adapter_link_tell(struct adapter_link *link, const struct call *call);

/* Runs the loop for ns, or until a callback waits. False: link->broken. */
bool adapter_link_run(struct adapter_link *link, int64_t ns);

/* The oldest callback that waits; false when there is none. The caller owns message->root. */
bool adapter_link_take(struct adapter_link *link, struct adapter_message *message);
void adapter_link_return(struct adapter_link *link, int64_t callback, uint32_t hresult);

/* Waits at most ns for the process to end by itself; lines that come are thrown away. */
bool adapter_link_gone(struct adapter_link *link, int64_t ns);

/* Reads what a process that has ended left in the pipe: at most a pipe's fill. */
void adapter_link_drain(struct adapter_link *link);

/* Declares it broken; the process's fate is added. The first reason stays. Always returns false. */
bool adapter_link_fail(struct adapter_link *link, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the process and everything that it left; frees what the conversation owns. Keeps `broken`.
 * Returns the number of processes that outlived it. */
unsigned adapter_link_end(struct adapter_link *link, int64_t patience_ns);

#endif
