/* retry.c -- when to try again and when to give up. */
#include "model/retry.h"

#include <assert.h>

#define NS_PER_S INT64_C(1000000000)
#define SECONDS_MAX INT64_C(0xFFFFFFFF) /* ULONG */

int64_t retry_deadline_ns(int64_t now_ns, int64_t delay_ns)
{
	assert(delay_ns >= 0);
	if (now_ns > JOB_NEVER - 1 - delay_ns) return JOB_NEVER - 1;
	return now_ns + delay_ns;
}

int64_t retry_seconds_ns(int64_t seconds)
{
	if (seconds < 0) return 0;
	if (seconds > SECONDS_MAX) seconds = SECONDS_MAX;
	return seconds * NS_PER_S;
}

int64_t retry_delay_ns(const struct machine *machine, const struct job *job, int64_t retry_after_ns)
{
	int64_t delay_ns = job->retry_delay_ns;
	bool reads = !(machine->defects & (UINT64_C(1) << DEFECT_retry_after_ignored));

	assert(delay_ns >= 0);
	if (retry_after_ns > delay_ns && reads) delay_ns = retry_after_ns;
	if (machine->defects & (UINT64_C(1) << DEFECT_retry_early)) delay_ns /= 2;
	return delay_ns;
}

int64_t retry_delay_corrected_ns(const struct machine *machine, int64_t delay_ns)
{
	return delay_ns < machine->limits.retry_delay_ns_min ? machine->limits.retry_delay_ns_min : delay_ns;
}

int64_t retry_moved_ns(int64_t due_ns, int64_t now_ns, int64_t period_old_ns, int64_t period_new_ns)
{
	int64_t moved_ns = retry_deadline_ns(due_ns - period_old_ns, period_new_ns);

	assert(due_ns != JOB_NEVER);
	return moved_ns < now_ns ? now_ns : moved_ns;
}

bool retry_is_not_timed(const struct machine *machine, enum cause cause)
{
	if (cause == CAUSE_NONE || (machine->defects & (UINT64_C(1) << DEFECT_every_cause_retried))) return false;
	assert((unsigned)cause < CAUSE_COUNT);
	return (machine->faults[cause].flags & FAULT_NO_TIMED_RETRY) != 0;
}
