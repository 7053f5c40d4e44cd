/* rule_time.c -- TIME: defaults, bounds and what the documented periods do. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

#define LATE_NS (120 * SECOND)       /* beyond a documented limit: nothing is under way any more */
#define DAY_NS (86400 * SECOND)

static bool is_attempt(const struct sight *sight)
{
	return (sight->kind == SIGHT_REQUEST || sight->kind == SIGHT_CONNECT) && sight->job && !sight->shared;
}

static int64_t value_of(const struct sight *sight)
{
	return view_seconds(trace_get(sight->line, "value"));
}

static void claim_value(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	judge_claim(judge, rule, holds, TEXT("%s is %s", trace_get(sight->line, "property"), trace_get(sight->line, "value")),
		TEXT("%s=%s", trace_get(sight->line, "property"), trace_get(sight->line, "value")));
}

/* Whether HTTP 503 and its like are fatal is open (C-63), until the job is seen in TRANSIENT_ERROR. */
static bool is_transient_only(const struct judge *judge, const struct view_job *job, bool was_transient)
{
	struct view_causes causes;
	view_causes(&judge->view, job, &causes);
	if (causes.untold || job->max_set || job->np_short || !causes.count) return false;
	for (unsigned i = 0; i < causes.count; i++)
		if (judge_class(judge, &causes.list[i]) != FAULT_CLASS_TRANSIENT || (!was_transient && judge_class_is_open(&causes.list[i]))) return false;
	return true;
}

/* The default shows in when ERROR comes, too. */
static bool ends_by_default(const struct judge *judge, const struct sight *sight)
{
	return sight_is_state(sight) && sight->state == STATE_ERROR && sight->from == STATE_TRANSIENT_ERROR && !sight->job->np_set &&
		judge->view.dialect == DIALECT_DO && is_transient_only(judge, sight->job, true);
}

void rule_time_default(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct limits *limits = &judge->view.machine->limits;
	const struct view_job *job = sight->job;
	bool foreground = job && job->priority == JOB_PRIORITY_FOREGROUND, high = job && job->priority == JOB_PRIORITY_HIGH;
	if (rule == RULE_time_001) {
		if (sight_is_getter(sight, "minimum_retry_delay") && !job->retry_set) claim_value(judge, rule, sight, value_of(sight) == limits->retry_delay_ns_default / SECOND);
		return;
	}
	if (ends_by_default(judge, sight) && rule != RULE_time_005 && foreground == (rule == RULE_time_009))
		judge_claim(judge, rule, judge_period_over(judge, job, sight->now_ns), "state ERROR before the default period is over", "ERROR before the default period");
	if (!sight_is_getter(sight, "no_progress_timeout") || job->np_set) return;
	int64_t short_s = limits->no_progress_ns_foreground / SECOND, long_s = limits->no_progress_ns_default / SECOND, value = value_of(sight);
	if (rule == RULE_time_005) claim_value(judge, rule, sight, value == long_s);
	if (rule == RULE_time_009 && foreground) claim_value(judge, rule, sight, value == short_s);
	/* Whether HIGH counts as high is C-31. */
	if (rule == RULE_time_010 && !foreground) claim_value(judge, rule, sight, value == long_s || (high && value == short_s));
}

/* 5 s, or 60 s on other versions of the page (C-29). */
void rule_time_lowest(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_getter(sight, "minimum_retry_delay") || !sight->job->retry_set || sight->job->retry_s >= 5) return;
	int64_t value = value_of(sight);
	if (value == 5 || value == 60) judge_show(judge, "C-29", value == 5 ? "5s" : "60s");
	claim_value(judge, rule, sight, value == 5 || value == 60);
}

void rule_time_getters(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	int64_t value = sight->kind == SIGHT_CALL && trace_get(sight->line, "value") ? value_of(sight) : -1;
	if (sight_is_getter(sight, "minimum_retry_delay") && job->retry_set) {
		bool corrected = (job->retry_s < 5 && value == 5) || (job->retry_s < 60 && value == 60);
		claim_value(judge, rule, sight, value == job->retry_s || corrected);
	}
	if (sight_is_getter(sight, "no_progress_timeout") && job->np_set) claim_value(judge, rule, sight, value == job->np_s);
}

/* Setters in a final state are refused: those of time, and for CB-018 those of callbacks. */
void rule_time_final(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_CALL || !sight->job || strcmp(sight->command, "job.set") || !state_in(sight->state, STATES_FINAL) || !sight->method) return;
	const char *property = sight->method->property;
	bool bits = judge->view.dialect == DIALECT_BITS, mine = false;
	if (rule == RULE_time_013) mine = !strcmp(property, "no_progress_timeout");
	if (rule == RULE_time_014) mine = !strcmp(property, "minimum_retry_delay");
	if (rule == RULE_cb_018) mine = !strcmp(property, "notify_flags") || (bits && !strcmp(property, "notify_interface"));
	if (!mine || judge->view.service_down) return;
	judge_claim(judge, rule, sight->hr == judge_word(judge, "INVALID_STATE"), TEXT("%s answers %s in %s", sight->method->name, CODE_TEXT(judge, sight->hr), judge_state(sight->state)),
		TEXT("%s in %s hr=%s", sight->method->name, judge_state(sight->state), CODE_TEXT(judge, sight->hr)));
}

/* What the origin sends for a path may be another job's progress. */
static bool has_twin(const struct view_job *job)
{
	for (unsigned f = 0; f < job->files_count; f++)
		if (job->files[f]->twin) return true;
	return false;
}

/* When the failure happened that this attempt retries by time; VIEW_NEVER: something else set it going. */
static int64_t retried_from(const struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	int64_t failed = sight->failed_before_ns, events[] = { job->resumed_ns, view->net_up_ns, view->allow_ns, view->logon_ns, view->start_ns, job->retry_set_ns };
	if (failed == VIEW_NEVER || job->transient_ns == VIEW_NEVER || job->transient_ns < failed || has_twin(job)) return VIEW_NEVER;
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (events[i] != VIEW_NEVER && events[i] >= failed) return VIEW_NEVER;
	return failed;
}

void rule_time_retry_early(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_attempt(sight)) return;
	int64_t failed = retried_from(judge, sight), delay = view_retry_ns(&judge->view, sight->job);
	if (failed == VIEW_NEVER) return;
	judge_claim(judge, rule, sight->now_ns - failed >= delay - judge->tolerance_ns,
		TEXT("a retry %lld s after the error, the minimum retry delay is %lld s", (long long)((sight->now_ns - failed) / SECOND), (long long)(delay / SECOND)), "retry too early");
}

/* A retry delay above the no-progress time-out: no retry. */
void rule_time_never_retried(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || view_retry_ns(view, job) <= view_np_ns(view, job)) return;
	if (sight_is_state(sight) && sight->state == STATE_ERROR && sight->from != STATE_ERROR) judge_trigger(judge, rule);
	if (!is_attempt(sight) || retried_from(judge, sight) == VIEW_NEVER) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, NULL, NULL, "the job was retried", "a retry although its delay is above the time-out");
}

void rule_time_every_error(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || !job->np_set || job->np_s || judge->view.net_down || judge->view.policy_block || sight->from == sight->state) return;
	if (!state_in(sight->state, STATES_ERROR) || (job->failed_ns != VIEW_NEVER && job->failed_ns < job->np_set_ns)) return;
	judge_claim(judge, rule, sight->state == STATE_ERROR, TEXT("state %s = %s", job->name, judge_state(sight->state)), TEXT("state=%s", judge_state(sight->state)));
}

/* 008: ERROR by time-out comes when the period is over and not before. 007: progress began it anew. */
void rule_time_period(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || judge_every_error_fatal(judge, job) || sight->from == sight->state) return;
	bool renewed = job->recovered_ns != VIEW_NEVER;
	if (rule == RULE_time_007 && !renewed) return;
	if (rule == RULE_time_007 && state_in(sight->state, STATE_BIT(STATE_TRANSFERRED) | STATE_BIT(STATE_TRANSIENT_ERROR)) &&
		sight->now_ns - job->created_ns > view_np_ns(&judge->view, job)) judge_trigger(judge, rule);
	/* A job that never waited in TRANSIENT_ERROR did not run out of time: that is for STATE-010. */
	bool waited = job->transient_ns != VIEW_NEVER && (job->failed_ns == VIEW_NEVER || job->transient_ns >= job->failed_ns);
	if (sight->state != STATE_ERROR || !waited || !is_transient_only(judge, job, sight->from == STATE_TRANSIENT_ERROR)) return;
	judge_claim(judge, rule, judge_period_over(judge, job, sight->now_ns), TEXT("state %s = ERROR before the no-progress period of %lld s is over", job->name,
		(long long)(view_np_ns(&judge->view, job) / SECOND)), "ERROR before the no-progress period is over");
}

/* A jump of the wall clock while a retry is waited for moves it neither way. */
void rule_time_clock(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || view->clock_ns == VIEW_NEVER || (view->kill_ns != VIEW_NEVER && view->kill_ns > view->clock_ns)) return;
	int64_t delay = view_retry_ns(view, job);
	if (is_attempt(sight)) {
		int64_t failed = retried_from(judge, sight), waited = sight->now_ns - failed;
		if (failed == VIEW_NEVER || failed > view->clock_ns) return;
		judge_claim(judge, rule, waited >= delay - judge->tolerance_ns && waited <= delay + LATE_NS + judge->tolerance_ns,
			TEXT("a retry %lld s after the error, the delay is %lld s", (long long)(waited / SECOND), (long long)(delay / SECOND)), "the retry follows the wall clock");
	}
	if (!sight_is_state(sight) || sight->state != STATE_TRANSIENT_ERROR || job->since_ns > view->clock_ns || view->net_down || view->policy_block) return;
	int64_t since = job->attempt_ns != VIEW_NEVER && job->attempt_ns > job->since_ns ? job->attempt_ns : job->since_ns;
	if (sight->now_ns - since <= delay + view->retry_after_ns + LATE_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the wall clock jumped", NULL, "the retry did not come at its time", "the retry follows the wall clock");
}

/* do: the limit may be reckoned from the last activity or from when the job was transferred, too (C-32). */
static int64_t last_start_ns(const struct judge *judge, const struct view_job *job)
{
	if (judge_takes(judge, "C-32", "since-transferred")) return job->state == STATE_TRANSFERRED ? job->since_ns : VIEW_NEVER;
	if (job->state == STATE_TRANSFERRED && job->since_ns > job->active_ns) return job->since_ns;
	return job->active_ns;
}

/* bits: inactivity; do: age (C-32). 017: a property or progress began it anew. 020: before a longer no-progress period. */
void rule_time_retention(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	int64_t limit = view->machine->limits.retention_ns;
	if (!sight_is_state(sight) || job->cancelled_ns != VIEW_NEVER || view->service_down || has_twin(job)) return;
	if (view->start_ns != VIEW_NEVER && sight->now_ns - view->start_ns < DAY_NS) return;   /* what was due meanwhile is done when it can be */
	int64_t from = rule == RULE_time_016 ? job->created_ns : job->property_ns, last = rule == RULE_time_016 ? last_start_ns(judge, job) : job->active_ns;
	if (rule == RULE_time_017 && job->property_ns <= job->created_ns) return;
	if (rule == RULE_time_020 && view_np_ns(view, job) <= limit) return;
	if (sight->state == STATE_CANCELLED && sight->from != STATE_CANCELLED && !job->calls_since_state)
		judge_claim(judge, rule, sight->now_ns - from >= limit - judge->tolerance_ns, TEXT("state %s = CANCELLED after %lld days", job->name,
			(long long)((sight->now_ns - from) / DAY_NS)), "CANCELLED before the limit");
	if (state_in(sight->state, STATES_FINAL) || last == VIEW_NEVER || sight->now_ns - last < limit + DAY_NS + judge->tolerance_ns || sight->state == STATE_TRANSFERRING) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the limit passed", NULL, TEXT("state %s = %s", job->name, judge_state(sight->state)), "not cancelled after the limit");
}

/* The active time is counted from Resume: a job that transfers is in ERROR when it is over, and not before. */
void rule_time_maximum(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!job || !job->max_set || job->resumed_ns == VIEW_NEVER) return;
	int64_t maximum = job->max_s * SECOND, due = job->since_ns + maximum;
	if (due < job->max_set_ns) due = job->max_set_ns;
	bool told = sight->kind == SIGHT_LOOK && sight->state == STATE_ERROR && job->look.values && job->look.code == judge_word(judge, "MAXDOWNLOAD_TIMEOUT");
	if (told && job->max_set_ns <= job->since_ns)
		judge_claim(judge, rule, job->since_ns - job->resumed_ns >= maximum - judge->tolerance_ns,
			TEXT("state %s = ERROR %lld s after Resume", job->name, (long long)((job->since_ns - job->resumed_ns) / SECOND)), "ERROR before the maximum download time");
	if (!sight_is_state(sight) || sight->state != STATE_TRANSFERRING || sight->now_ns <= due + LATE_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the maximum download time passed", NULL, TEXT("state %s = TRANSFERRING", job->name), "not in ERROR after the maximum download time");
}

void rule_time_own_retry(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_attempt(sight)) return;
	int64_t failed = retried_from(judge, sight);
	if (failed == VIEW_NEVER) return;
	judge_claim(judge, rule, sight->now_ns > failed && sight->now_ns - failed <= view_np_ns(&judge->view, sight->job) + judge->tolerance_ns,
		TEXT("a retry %lld s after the error", (long long)((sight->now_ns - failed) / SECOND)), "retry outside of the period");
}

static bool counts(const struct sight *sight)
{
	return sight->kind == SIGHT_CALL && sight->job && !strcmp(sight->command, "job.error_count") && !sight->failed && trace_get(sight->line, "count");
}

void rule_time_count(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!counts(sight)) return;
	const struct view_job *job = sight->job;
	int64_t count = trace_get_int(sight->line, "count", -1);
	if (!job->failures_counted && count >= job->count) return;
	judge_claim(judge, rule, count > job->count || (count == job->count && !job->failures_counted), TEXT("GetErrorCount gives %lld after %lld and %u more failures",
		(long long)count, (long long)job->count, job->failures_counted), count < job->count ? "the count falls" : "the count does not rise");
}

void rule_time_not_counted(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!counts(sight) || !judge_looks(judge) || sight->job->failures_counted || !sight->job->failures_uncounted || sight->job->failures_mixed) return;
	int64_t count = trace_get_int(sight->line, "count", -1);
	judge_claim(judge, rule, count == sight->job->count, TEXT("GetErrorCount gives %lld after %lld", (long long)count, (long long)sight->job->count), "the count rises");
}
