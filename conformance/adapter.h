/* adapter.h -- a third party's process as a target: NDJSON over stdin and stdout, protocol version 1.
 *
 * The documentation of the protocol is `bgcheck show protocol`. The process gets a process group of its own, and the
 * whole group is ended with it: after the scenario, or, when the adapter itself says that its reset makes it as good as
 * new, after several. Nothing that the process does can harm the runner: it may hang, die, flood,
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
	struct adapter_session *session;  /* where the process may wait for the next scenario; NULL: it ends with this one */
	unsigned flood_max;          /* unasked lines between two commands that are still patience */
};

/* What `describe` said. */
struct adapter_description {
	char implementation[128], version[64];
	char tier[16];               /* cooperative, preload, real */
	char dialects[32];           /* "bits", "do bits" */
	bool reset;                  /* after reset it is as if started anew: one process may play several scenarios */
};

/* A place for one process, for targets that play one after the other. NULL when memory is used up. */
struct adapter_session *adapter_session_new(void);
/* Says bye to the process that waits there, if any, and ends it. False: it ended badly, `why`. */
bool adapter_session_done(struct adapter_session *session, char *why, size_t why_size);

/* Makes a target in the arena. Nothing is started before target->begin. NULL when the arena is used up. */
struct target *adapter_new(struct arena *arena, const struct adapter_options *options);
/* Valid after a begin that succeeded; NULL before. */
const struct adapter_description *adapter_description(const struct target *target);
/* Why begin did not use the process that waited in the session, although that had said it was as good as new; "" when there is
 * nothing to tell. After a lie, or three resets that failed, each scenario of the session gets a process of its own. */
const char *adapter_restarted(const struct target *target);

#endif
