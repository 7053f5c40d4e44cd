/* adapter.h -- a third party's process as a target: NDJSON over stdin and stdout, protocol version 1.
 *
 * The documentation of the protocol is `bgcheck show protocol`. The process gets a process group of its own, and the
 * whole group is ended with the scenario. Nothing that the process does can harm the runner: it may hang, die, flood,
 * write garbage or a line without end; the scenario then ends with a reason. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_H
#define BGCHECK_CONFORMANCE_ADAPTER_H

#include "sim/target.h"

#define ADAPTER_LINE_MAX (1u << 20)

struct adapter_options {
	char *const *argv;           /* NULL terminated; found on the PATH */
	enum dialect dialect;
	const char *work_dir;        /* absolute; made for each scenario: $W */
	const char *log;             /* file for the adapter's stderr and the conversation; NULL: none */
	int64_t start_timeout_ns;    /* from start to the answer to hello */
	int64_t step_timeout_ns;     /* one command */
	int64_t scenario_timeout_ns; /* the whole scenario */
	unsigned flood_max;          /* unasked lines between two commands that are still patience */
};

/* What `describe` said. */
struct adapter_description {
	char implementation[128], version[64];
	char tier[16];               /* cooperative, preload, real */
	char dialects[32];           /* "bits", "do bits" */
};

/* Makes a target in the arena. Nothing is started before target->begin. NULL when the arena is used up. */
struct target *adapter_new(struct arena *arena, const struct adapter_options *options);
/* Valid after a begin that succeeded; NULL before. */
const struct adapter_description *adapter_description(const struct target *target);

#endif
