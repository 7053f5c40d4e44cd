/* rule_retry.c -- STATE: what follows an error: the retry, the end of the no-progress period, Resume. */
#include "conformance/rule_state_part.h"

/* The latest that the no-progress period can have begun. */
static int64_t period_start(const struct view_job *job)
{
	int64_t start = later_ns(later_ns(job->error_seen_ns, job->progress_ns), later_ns(job->np_set_ns, job->resumed_ns));
	return start;
}

void rule_state_no_progress(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_state_or_end(judge, sight) || !world_is_well(&judge->view)) return;
	if (is_entered(sight, STATE_ERROR) && job->transient_ns != VIEW_NEVER && judge_period_over(judge, job, sight->now_ns)) judge_trigger(judge, rule);
	int64_t start = later_ns(period_start(job), later_ns(judge->view.start_ns, judge->view.net_up_ns)), np = view_np_ns(&judge->view, job);
	if (sight->state != STATE_TRANSIENT_ERROR || job->error_seen_ns == VIEW_NEVER || start == VIEW_NEVER) return;
	int64_t late = judge->tolerance_ns + (judge->view.virtual_time ? SECOND : view_retry_ns(&judge->view, job) + LATE_NS);
	if (sight->now_ns - start <= np + late) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the no-progress period ended", NULL, SEEN(sight), "state=TRANSIENT_ERROR after the no-progress period");
}

static bool is_untimed(const struct view_cause *cause)
{
	return (machine_reference(DIALECT_BITS)->faults[cause->cause].flags & FAULT_NO_TIMED_RETRY) != 0;
}

static bool may_be_untimed(const struct judge *judge, const struct view_job *job)
{
	struct view_causes causes;
	view_causes(&judge->view, job, &causes);
	if (causes.unknown || !causes.count) return true;
	for (unsigned i = 0; i < causes.count; i++)
		if (is_untimed(&causes.list[i])) return true;
	return false;
}

/* How long a retry may keep one waiting: do's delay is the service's own, but shorter than the period (TIME-021). */
static int64_t retry_bound_ns(const struct judge *judge, const struct view_job *job)
{
	const struct view *view = &judge->view;
	int64_t delay = view->dialect == DIALECT_DO ? view_np_ns(view, job) : view_retry_ns(view, job);
	return delay + view->retry_after_ns + LATE_NS + judge->tolerance_ns;
}

void rule_state_retried(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!job || !world_is_well(&judge->view)) return;
	if ((sight->kind == SIGHT_REQUEST || sight->kind == SIGHT_CONNECT) && !sight->shared) {
		bool by_itself = job->transient_ns != VIEW_NEVER && (job->resumed_ns == VIEW_NEVER || job->resumed_ns < job->transient_ns);
		if (by_itself && sight->attempt_before_ns <= job->transient_ns) judge_trigger(judge, rule);
	}
	if (!is_state_or_end(judge, sight) || sight->state != STATE_TRANSIENT_ERROR || sight->from != STATE_TRANSIENT_ERROR) return;
	if (job->retry_set_ns != VIEW_NEVER && job->retry_set_ns >= job->since_ns) return;   /* whether the present wait follows it, no page says */
	int64_t since = later_ns(later_ns(job->since_ns, job->attempt_ns), judge->view.start_ns);
	if (sight->now_ns - since < retry_bound_ns(judge, job) || may_be_untimed(judge, job)) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the retry delay passed", NULL, SEEN(sight), "no retry");
}

void rule_state_error_stays(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || sight->from != STATE_ERROR || job->calls_since_state || sight->now_ns == sight->from_ns) return;
	bool expired = sight->state == STATE_CANCELLED && sight->now_ns - job->created_ns >= judge->view.machine->limits.retention_ns - judge->tolerance_ns;
	judge_claim(judge, rule, sight->state == STATE_ERROR || expired, SEEN(sight), FROM_TO(sight));
}

/* Resume in an error state is a new try, in TRANSIENT_ERROR at once. */
void rule_state_tried_again(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	uint32_t in = rule == RULE_state_022 ? STATE_BIT(STATE_TRANSIENT_ERROR) : STATES_ERROR;
	if (!job || judge->view.service_down) return;
	if (sight->kind == SIGHT_CALL && sight->event == EVENT_RESUME && state_in(sight->state, in)) {
		if (rule == RULE_state_021) judge_claim(judge, rule, !sight->hr || !sight->sure, TEXT("Resume answers %s", CODE_TEXT(judge, sight->hr)),
			TEXT("in %s hr=%s", judge_state(sight->state), CODE_TEXT(judge, sight->hr)));
		else judge_trigger(judge, rule);
	}
	if (!sight_is_state(sight) || job->call != EVENT_RESUME || job->call_hr || !state_in(job->call_state, in) || job->call_ns == VIEW_NEVER) return;
	/* In virtual time nothing comes between the call and the look behind it. */
	bool at_once = judge->view.virtual_time && job->call_open && sight->now_ns == job->call_ns && sight->state == job->call_state;
	if (at_once && job->attempts == job->call_attempts)
		judge_break(judge, rule, NULL, NULL, SEEN(sight), TEXT("in %s then the same", judge_state(sight->state)));
	if (judge->view.blind || job->attempts != job->call_attempts || !world_is_well(&judge->view) || judge->view.jobs_count > 1) return;
	if (job->property_ns > job->call_ns || judge_period_over(judge, job, job->call_ns) || job->max_set) return;
	/* The period may have ended at once, or in the midst of the attempt, of which nobody is told then. */
	bool silent = sight->state == STATE_ERROR && judge->view.conditions_count > 0;   /* a host that does not answer */
	bool may_end = judge->view.policy_ever || judge->view.net_ever_down || silent;
	if (may_end && judge_period_over(judge, job, sight->now_ns)) return;
	if (sight->now_ns - well_since(&judge->view, job->call_ns) < SOON_NS + judge->tolerance_ns || !state_in(sight->state, STATES_ERROR | STATES_ACTION)) return;
	judge_break(judge, rule, "Resume was called and time passed", NULL, TEXT("state %s = %s, nothing was asked of the server", job->name, judge_state(sight->state)),
		TEXT("state=%s, no request after Resume", judge_state(sight->state)));
}

/* Since when something lasts for which no page knows a timed retry; VIEW_NEVER: nothing does. */
static int64_t untimed_since(const struct view *view)
{
	if (view->net_down) return view->net_down_ns;
	if (view->policy_block && view->block_cause == CAUSE_POLICY_BANDWIDTH) return view->block_ns;
	for (unsigned i = 0; i < view->conditions_count; i++)
		if (view->conditions[i].cause == CAUSE_VOLUME_LOCKED && view->conditions[i].to_ns == VIEW_NEVER) return view->conditions[i].from_ns;
	return VIEW_NEVER;
}

void rule_state_no_timed_retry(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	int64_t from_ns = untimed_since(view);
	if (!job || from_ns == VIEW_NEVER || sight->shared) return;
	/* Something else has failed since, or had failed before the volume was locked: that, time may retry. */
	bool failing = job->failed_ns != VIEW_NEVER && (job->progress_ns == VIEW_NEVER || job->progress_ns <= job->failed_ns);   /* a body that broke off is both */
	if (failing && (job->failed_ns > from_ns || (!view->net_down && !view->policy_block))) return;
	if (sight_is_state(sight) && sight->state == STATE_TRANSIENT_ERROR && sight->now_ns - from_ns > view_retry_ns(view, job)) judge_trigger(judge, rule);
	if (sight->kind != SIGHT_REQUEST && sight->kind != SIGHT_CONNECT) return;
	int64_t soon = sight->kind == SIGHT_CONNECT ? CONNECT_NS : SOON_NS;   /* the attempt may have begun before */
	if (sight->now_ns - from_ns <= soon + judge->tolerance_ns || (job->resumed_ns != VIEW_NEVER && job->resumed_ns >= from_ns)) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, NULL, NULL, TEXT("%s is asked for while nothing can be transferred", sight->file ? sight->file->path : "a host"), "a timed retry");
}
