/* live_request.h -- the head of an HTTP request as struct request, the head of a response as text. No I/O. */
#ifndef BGCHECK_CONFORMANCE_LIVE_REQUEST_H
#define BGCHECK_CONFORMANCE_LIVE_REQUEST_H

#include "model/trace.h"
#include "sim/origin.h"

struct live_request {
	char method[16];
	char path[2300];        /* with the query; of an absolute URL only the path */
	char range[TRACE_WORD_MAX];  /* 0-99, 5-, -10; "none" */
	char if_range[100];     /* "" : none */
	bool has_range;
	bool suffix;            /* range_from is the number of the last bytes */
	uint64_t range_from, range_to;
};

/* Parses a head, CRLFCRLF included. Several or senseless ranges are no range (RFC 9110, 14.2). False: no HTTP request. */
bool live_request_parse(const char *head, size_t length, struct live_request *request);

#define LIVE_BOUNDARY "bgcheck-part"

/* What stands before and behind the part in a multipart body; both empty of others. */
struct live_around {
	char before[200], behind[40];
};
/* Returns the bytes of both; `around` may be NULL. */
size_t live_request_around(const struct response *response, struct live_around *around);

/* Prints the status line and fields. `base` is the URL of the host, for Location. Returns the length. */
size_t live_request_head(const struct response *response, const char *base, char *text, size_t size);

#endif
