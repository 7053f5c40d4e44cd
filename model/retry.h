/* retry.h -- when to try again and when to give up: retry-delay and no-progress arithmetic, in ns.
 *
 * Sums saturate just below JOB_NEVER, so that a far deadline is never taken for a timer that is not armed. */
#ifndef BGCHECK_MODEL_RETRY_H
#define BGCHECK_MODEL_RETRY_H

#include "model/job.h"

/* now + delay, delay >= 0. Never JOB_NEVER. Cannot fail. */
int64_t retry_deadline_ns(int64_t now_ns, int64_t delay_ns);

/* A duration as the API gives it (ULONG seconds); what is out of its range is brought into it. Cannot fail. */
int64_t retry_seconds_ns(int64_t seconds);

/* How long to wait after a transient error: the job's delay, or the server's Retry-After when that is longer. */
int64_t retry_delay_ns(const struct machine *machine, const struct job *job, int64_t retry_after_ns);

/* What a minimum retry delay becomes when it is set (TIME-002). */
int64_t retry_delay_corrected_ns(const struct machine *machine, int64_t delay_ns);

/* Where the end of a running period moves to when its length changes; not before now. */
int64_t retry_moved_ns(int64_t due_ns, int64_t now_ns, int64_t period_old_ns, int64_t period_new_ns);

/* Whether the cause is retried only when it ends, or by a call (STATE-044). CAUSE_NONE is not. */
bool retry_is_not_timed(const struct machine *machine, enum cause cause);

#endif
