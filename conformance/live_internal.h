/* live_internal.h -- what live.c (hosts and their listeners) and live_response.c (connections) share. */
#ifndef BGCHECK_CONFORMANCE_LIVE_INTERNAL_H
#define BGCHECK_CONFORMANCE_LIVE_INTERNAL_H

#include "conformance/live.h"
#include "conformance/live_event.h"

#define LIVE_CONNECTIONS_MAX 256   /* at once; more are reset */
#define LIVE_PATHS_MAX 256         /* whose requests are counted; those beyond share one count */
#define LIVE_FILLERS_MAX 8         /* own connections that fill a backlog */
#define LIVE_HEAD_MAX 65536        /* bytes of a request's head */

struct live_host {
	struct live *live;
	char name[TRACE_WORD_MAX];
	char url[64];
	enum host_answer answer;
	bool url_known;                /* the client has it: a name cannot come or go any more */
	uint16_t port;                 /* 0: none yet */
	int keeper;                    /* bound to the port, never listens: nobody else gets it; -1: none */
	struct evconnlistener *listener;  /* HOST_OK */
	int full;                      /* listens, with a full backlog; -1: none */
	int fillers[LIVE_FILLERS_MAX];
	unsigned fillers_count;
	struct loop_event *until;      /* `for=`: then the host is ok again */
};

struct live_connection;

struct live {
	struct arena *arena;
	struct event_base *base;
	int64_t (*now)(void *);
	void *now_context;
	const struct listener *listener;
	struct origin *origin;
	unsigned hosts_count;
	struct live_host hosts[ORIGIN_HOSTS_MAX];
	unsigned connections_count;    /* made so far; the free ones among them are used again */
	struct live_connection *connections[LIVE_CONNECTIONS_MAX];
	unsigned paths_count;
	struct live_path { char name[TRACE_WORD_MAX]; unsigned requests; } paths[LIVE_PATHS_MAX + 1];
};

int64_t live_now(const struct live *live);
void live_line(const struct live *live, struct trace_line *line);

/* Serves a connection that was accepted for the host; owns fd. */
void live_response_start(struct live_host *host, evutil_socket_t fd);
/* Closes every connection. */
void live_response_done(struct live *live);

#endif
