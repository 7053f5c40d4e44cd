/* guard.c -- the words of the guard column. */
#include "model/guard.h"

#include "model/retry.h"
#include "model/status.h"

static bool is_policy(enum cause cause)
{
	return cause == CAUSE_POLICY_COST || cause == CAUSE_POLICY_CELLULAR || cause == CAUSE_POLICY_POWER ||
		cause == CAUSE_POLICY_VPN || cause == CAUSE_POLICY_MEMORY || cause == CAUSE_POLICY_BANDWIDTH;
}

/* A policy that came while the job waited after another error did not block it: its own retry goes on. */
static bool is_blocked(const struct job *job)
{
	return job->blocked && job->error.present && is_policy(job->error.cause);
}

/* A cause without timed retry is not retried anyway: TIME-004 is about the others. */
static bool is_retry_above_limit(const struct machine *machine, const struct job *job,
	const struct occurrence *occurrence)
{
	if (retry_is_not_timed(machine, occurrence->cause)) return false;
	return job->retry_delay_ns > job_no_progress_ns(machine, job);
}

bool guard_holds(enum guard guard, const struct machine *machine, const struct job *job,
	const struct occurrence *occurrence)
{
	assert(machine && job && occurrence);
	switch (guard) {
	case GUARD_always: return true;
	case GUARD_no_files: return job->files_count == 0;
	case GUARD_all_files_done: return job->files_count > 0 && job_files_done(job) == job->files_count;
	case GUARD_some_files_done: return job_files_done(job) > 0;
	case GUARD_all_or_none_done: return job_files_done(job) == 0 || job_files_done(job) == job->files_count;
	case GUARD_upload: return job->type != JOB_TYPE_DOWNLOAD;
	case GUARD_rename_fails: return job->rename_fails && job->type != JOB_TYPE_UPLOAD; /* which has no file to name */
	case GUARD_error_present: return job->error.present;
	case GUARD_no_timed_retry: return job->error.present && retry_is_not_timed(machine, job->error.cause);
	case GUARD_blocked: return is_blocked(job);
	case GUARD_every_error_fatal: return job_no_progress_ns(machine, job) == 0;
	case GUARD_retry_above_limit: return is_retry_above_limit(machine, job, occurrence);
	case GUARD_owner_away: return !job->owner_present;
	case GUARD_COUNT: break;
	}
	UNREACHABLE("a guard outside the enumeration");
	return false;
}
