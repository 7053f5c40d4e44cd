/* serve_reference.h -- the reference as an adapter: it speaks the protocol on stdin and stdout.
 *
 * For those who write a runner, or want to see a good conversation; and the self-test spoils it. Its time is real; it has
 * no network of its own: every file of the scenario's origin is missing (404), other hosts have no name. */
#ifndef BGCHECK_CONFORMANCE_SERVE_REFERENCE_H
#define BGCHECK_CONFORMANCE_SERVE_REFERENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct serve_options {
	void *context;
	/* Before the nth line (from 1) is written, LF included. False: it is not written. NULL: all are. */
	bool (*say)(void *context, unsigned n, const char *line, size_t length);
	/* Each line that came, parsed, before it is obeyed. NULL: nobody listens. */
	void (*hear)(void *context, const json_t *message);
	/* 0: time is real. Otherwise every command lets this much time pass, and what happens in it is told before the command is
	 * answered: the same conversation with the same runner, line by line. */
	int64_t command_ns;
};

/* Serves until bye or the end of stdin. Returns an exit status: 0, or 1 with a message on stderr when it could not go on. */
int serve_reference(const struct serve_options *options);

#endif
