/* status.h -- what a function that may fail returns, and where the fault in the input stands. */
#ifndef BGCHECK_MODEL_STATUS_H
#define BGCHECK_MODEL_STATUS_H

#include <assert.h>

enum status {
	STATUS_OK = 0,
	STATUS_BAD_INPUT,  /* the caller's text or value is wrong; struct failure says where */
	STATUS_LIMIT,      /* a named maximum was exceeded */
	STATUS_NO_MEMORY,  /* the arena is used up */
	STATUS_IO,         /* the operating system refused */
	STATUS_PEER,       /* the other process broke the protocol, hung or died */
};

#define FAILURE_TEXT_MAX 400

/* Where and why. Printed as `file:line:col: text`; text has the form `expected X, found Y`, no final dot. */
struct failure {
	char file[256];  /* "" when the input is no file */
	unsigned line;   /* from 1; 0: no line */
	unsigned col;    /* from 1, in bytes; 0: no column */
	char text[FAILURE_TEXT_MAX];
};

/* A branch that no input can reach. Excluded from coverage by this name alone. */
#define UNREACHABLE(why) assert(!*(why))

#endif
