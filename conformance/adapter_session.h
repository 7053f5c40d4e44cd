/* adapter_session.h -- a process of the adapter from hello to bye, and what of it outlives a scenario.
 *
 * A session plays one scenario, or several when `describe` says "reset": true. It is then held to its word: before each
 * further scenario reset must succeed, nothing of the scenario before may be heard, and no job may be left. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_SESSION_H
#define BGCHECK_CONFORMANCE_ADAPTER_SESSION_H

#include "conformance/adapter_link.h"

#include <limits.h>

#define ADAPTER_DEPTH_MAX 2          /* a command, and one inside of a callback */
#define ADAPTER_DISTRUST_MAX 3       /* resets that failed, and said so; a lie counts as all of them */

struct adapter_session {
	struct adapter_link link;
	bool running;                /* hello and describe were answered well, and nothing broke since */
	bool described;
	struct adapter_description description;
	json_t *said;                /* the answer to describe */
	unsigned distrust;           /* from ADAPTER_DISTRUST_MAX on no process is kept any more */
	unsigned depth;              /* 1: inside of a callback */
	json_t *answers[ADAPTER_DEPTH_MAX];  /* own the texts of the last reply of each depth */
	char log[PATH_MAX];          /* name of the file at link.log; "" : none */
};

/* Points the log at the file, and gives the session until due_ns (monotonic) from now on. A process that runs goes on
 * writing its stderr into that file. Errors: false, `why`; the session has ended. */
bool adapter_session_turn(struct adapter_session *session, const struct adapter_options *options, int64_t due_ns, char *why, size_t why_size);

/* Starts the process, says hello and asks it to describe itself. False: link.broken; end it. */
bool adapter_session_start(struct adapter_session *session, const struct adapter_options *options);

/* Brings a process that has played a scenario back to its beginning, and looks whether it is there. False: link.broken, and the
 * distrust has grown. */
bool adapter_session_renew(struct adapter_session *session, const struct adapter_options *options);

/* Whether the process may wait for another scenario. */
bool adapter_session_stays(const struct adapter_session *session);

/* Asks; the texts of the reply live until the next question of the same depth. A broken reply breaks the link. */
void adapter_session_ask(struct adapter_session *session, const struct call *call, int64_t timeout_ns, struct reply *reply);

/* reset, which an adapter may lack. False: link.broken. */
bool adapter_session_reset(struct adapter_session *session, int64_t timeout_ns);

/* bye: it exits by itself, and well. Otherwise link.broken says how it ended: a crash while it tidies up is a finding. */
void adapter_session_bye(struct adapter_session *session);

/* Ends the process and everything that it left. `broken`, `described` and the description stay. */
void adapter_session_end(struct adapter_session *session);

#endif
