/* rule_state.c -- STATE: what each call answers, where it leads, and what the world leads to without a call. */
#include "conformance/rule_state_part.h"

#include <string.h>

#define UNABLE_TO_DELETE_FILES 0x0020001Au  /* BG_S_, which do does not know */

void rule_state_first(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_state(sight) || sight->from != STATE_NONE || sight->job->rounds) return;
	if (sight->now_ns - sight->job->created_ns >= judge->view.machine->limits.retention_ns) return;   /* its first state was long ago */
	judge_claim(judge, rule, sight->state == STATE_SUSPENDED, SEEN(sight), TEXT("first state=%s", judge_state(sight->state)));
}

/* --- calls: in a state, what is answered, and the state that follows */

enum answer { ANSWER_OK, ANSWER_SUCCESS, ANSWER_INVALID_STATE, ANSWER_EMPTY, ANSWER_ANY };

static const struct call_rule {
	unsigned rule;
	enum event event;
	uint32_t in;             /* states before the call */
	enum answer answer;
	uint32_t after;          /* states that may follow, hidden moves not counted; 0: the one before */
} CALL_RULES[] = {
	{ RULE_state_002, EVENT_RESUME, STATE_BIT(STATE_SUSPENDED), ANSWER_OK, STATE_BIT(STATE_QUEUED) },
	{ RULE_state_003, EVENT_RESUME, STATE_BIT(STATE_SUSPENDED), ANSWER_OK, STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_TRANSFERRING) },
	{ RULE_state_014, EVENT_SUSPEND, STATES_ACTION | STATE_BIT(STATE_TRANSIENT_ERROR), ANSWER_OK, STATE_BIT(STATE_SUSPENDED) },
	{ RULE_state_015, EVENT_SUSPEND, STATE_BIT(STATE_SUSPENDED), ANSWER_OK, STATE_BIT(STATE_SUSPENDED) },
	{ RULE_state_016, EVENT_SUSPEND, STATE_BIT(STATE_ERROR) | STATE_BIT(STATE_TRANSFERRED), ANSWER_ANY, STATES_ALL },
	{ RULE_state_017, EVENT_SUSPEND, STATES_FINAL, ANSWER_INVALID_STATE, 0 },
	{ RULE_state_019, EVENT_RESUME, STATES_FINAL, ANSWER_INVALID_STATE, 0 },
	{ RULE_state_020, EVENT_RESUME, STATE_BIT(STATE_SUSPENDED), ANSWER_EMPTY, STATE_BIT(STATE_SUSPENDED) },
	{ RULE_state_023, EVENT_RESUME, STATES_ACTION, ANSWER_OK, STATES_ACTION },
	{ RULE_state_024, EVENT_RESUME, STATE_BIT(STATE_TRANSFERRED), ANSWER_ANY, STATES_ALL },
	{ RULE_state_025, EVENT_CANCEL, STATES_ALL & ~STATES_FINAL, ANSWER_SUCCESS, STATE_BIT(STATE_CANCELLED) },
	{ RULE_state_026, EVENT_CANCEL, STATES_FINAL, ANSWER_INVALID_STATE, 0 },
	{ RULE_state_028, EVENT_CANCEL, STATES_ALL & ~STATES_FINAL, ANSWER_ANY, STATE_BIT(STATE_CANCELLED) },
	{ RULE_state_029, EVENT_COMPLETE, STATE_BIT(STATE_TRANSFERRED), ANSWER_SUCCESS, STATE_BIT(STATE_ACKNOWLEDGED) },
	{ RULE_state_030, EVENT_COMPLETE, STATES_ALL & ~STATES_FINAL & ~STATE_BIT(STATE_TRANSFERRED), ANSWER_SUCCESS, STATE_BIT(STATE_ACKNOWLEDGED) },
	{ RULE_state_033, EVENT_COMPLETE, STATES_FINAL, ANSWER_INVALID_STATE, 0 },
	{ RULE_state_034, EVENT_COMPLETE, STATES_ALL & ~STATES_FINAL & ~STATE_BIT(STATE_TRANSFERRED), ANSWER_INVALID_STATE, 0 },
	{ RULE_state_036, EVENT_COMPLETE, STATE_BIT(STATE_ERROR), ANSWER_SUCCESS, STATE_BIT(STATE_ACKNOWLEDGED) },
};

static const struct call_rule *call_rule(unsigned rule)
{
	for (size_t i = 0; i < sizeof CALL_RULES / sizeof CALL_RULES[0]; i++)
		if (CALL_RULES[i].rule == rule) return &CALL_RULES[i];
	UNREACHABLE("every rule of the fold state_call stands in the table");
	return NULL;
}

/* Where the documents make a difference beyond the state. */
static bool call_concerns(const struct judge *judge, unsigned rule, const struct view_job *job, uint32_t hr)
{
	if (rule == RULE_state_002 || rule == RULE_state_003) return job->files_count > 0;
	if (rule == RULE_state_020) return job->files_count == 0;
	if (rule == RULE_state_028) return hr == UNABLE_TO_DELETE_FILES;
	bool takes_names = !judge->view.disk_bad && !judge->view.taken_count;
	if (rule == RULE_state_029) return takes_names;
	if (rule == RULE_state_030 || rule == RULE_state_036) return !job->upload && takes_names;
	if (rule == RULE_state_034) return job->upload;
	return true;
}

static bool answers(const struct judge *judge, enum answer answer, uint32_t hr)
{
	switch (answer) {
	case ANSWER_OK: return hr == 0;
	case ANSWER_SUCCESS: return !(hr & 0x80000000u);
	case ANSWER_INVALID_STATE: return hr == judge_word(judge, "INVALID_STATE");
	case ANSWER_EMPTY: return hr == judge_word(judge, "EMPTY");
	case ANSWER_ANY: return true;
	}
	UNREACHABLE("every answer has a case");
	return true;
}

static void show_reading(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool calm = !job->ever_error && rule_reading_is_calm(&judge->view);
	if (rule == RULE_state_003 && calm) judge_show(judge, "C-16", sight->state == STATE_QUEUED ? "via-queued" : "direct");
	if (rule == RULE_state_016) judge_show(judge, "C-19", sight->state == STATE_SUSPENDED ? "suspended" : "unchanged");
	/* With a file that was added there is something to do. */
	if (rule != RULE_state_024 || job->added_in_transferred) return;
	if (job->call_hr & 0x80000000u) judge_show(judge, "C-21", "invalid-state");
	else judge_show(judge, "C-21", sight->state == STATE_TRANSFERRED ? "ok-unchanged" : "queued-then-transferred");
}

/* The state that follows: hidden moves may already have gone on, and may have come before a call that was not sure. */
static uint32_t may_follow(const struct judge *judge, const struct call_rule *row, const struct view_job *job)
{
	uint32_t before = STATE_BIT(job->call_state), after = row->after ? row->after : before;
	if (!job->call_sure) {
		uint32_t moved = judge_closure(judge, job, before);
		after |= judge_after_call(judge, job, moved & ~row->in, row->event, job->call_hr);
	}
	return judge_closure(judge, job, after);
}

void rule_state_call(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	/* Cheap questions first: many rules ask, at every call. */
	bool called = sight->kind == SIGHT_CALL && view_steers(sight->event), seen = sight->kind == SIGHT_STATE && job && job->call_open;
	if (!job || (!called && !seen) || judge->view.service_down) return;
	const struct call_rule *row = call_rule(rule);
	if (sight->kind == SIGHT_CALL && sight->event == row->event && state_in(sight->state, row->in) && call_concerns(judge, rule, job, sight->hr)) {
		bool moved = !sight->sure && judge_after_call(judge, job, judge_closure(judge, job, STATE_BIT(sight->state)) & ~row->in, row->event, sight->hr);
		if (row->answer == ANSWER_ANY) judge_trigger(judge, rule);
		else judge_claim(judge, rule, answers(judge, row->answer, sight->hr) || moved, TEXT("it answers %s", CODE_TEXT(judge, sight->hr)),
			TEXT("in %s hr=%s", judge_state(sight->state), CODE_TEXT(judge, sight->hr)));
	}
	if (!sight_is_state(sight) || !job->call_open || job->call != row->event || !state_in(job->call_state, row->in) || job->calls_since_state > 1) return;
	if (!call_concerns(judge, rule, job, job->call_hr) || !answers(judge, row->answer, job->call_hr)) return;
	show_reading(judge, rule, sight);
	if (row->answer == ANSWER_ANY && rule != RULE_state_028) return;
	if (!state_in(sight->state, may_follow(judge, row, job)))
		judge_break(judge, rule, NULL, NULL, SEEN(sight), TEXT("in %s then %s", judge_state(job->call_state), judge_state(sight->state)));
}

/* --- states that follow each other */

void rule_state_path(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_entered(sight, STATE_TRANSFERRING) || !state_in(sight->from, STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_CONNECTING))) return;
	if (!judge_looks(judge) || (judge->view.virtual_time && sight->job->released)) return;   /* nobody looked in between */
	/* In real time the short visit to CONNECTING may be missed. */
	judge_claim(judge, rule, !judge->view.virtual_time || sight->from == STATE_CONNECTING, SEEN(sight), FROM_TO(sight));
}

void rule_state_connecting(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_state(sight)) return;
	judge_claim(judge, rule, sight->state != STATE_CONNECTING, SEEN(sight), "state=CONNECTING");
}

static bool is_connection(const struct view_cause *cause)
{
	return cause->cause == CAUSE_NET_DNS || cause->cause == CAUSE_NET_REFUSED || cause->cause == CAUSE_NET_UNREACHABLE || cause->cause == CAUSE_NET_TIMEOUT;
}

void rule_state_connection_fails(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	struct view_causes causes;
	if (!sight_is_state(sight) || !state_in(sight->state, STATES_ERROR) || sight->from == sight->state || state_in(sight->from, STATES_ERROR)) return;
	view_causes(&judge->view, job, &causes);
	if (!judge_only(&causes, is_connection) || judge_every_error_fatal(judge, job) || judge_period_over(judge, job, sight->now_ns)) return;
	judge_claim(judge, rule, sight->state == STATE_TRANSIENT_ERROR, SEEN(sight), TEXT("state=%s after a failed connection", judge_state(sight->state)));
}

/* A background job that waits while another one of its priority runs gets its turn in the end. */
void rule_state_slice(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (!sight_is_state(sight) || view->jobs_count < 2 || !world_is_well(view)) return;
	if (sight->state == STATE_QUEUED && sight->from == STATE_TRANSFERRING && !sight->job->calls_since_state) judge_trigger(judge, rule);
	if (sight->state != STATE_QUEUED || sight->now_ns - sight->job->since_ns < TURN_NS) return;
	for (unsigned i = 0; i < view->jobs_count; i++) {
		const struct view_job *other = view->jobs[i];
		if (other == sight->job || other->priority != sight->job->priority || other->state != STATE_TRANSFERRING) continue;
		if (sight->now_ns - other->since_ns < TURN_NS) continue;
		judge_trigger(judge, rule);
		judge_break(judge, rule, NULL, NULL, TEXT("%s runs for a day while %s waits", other->name, sight->job->name), "one job keeps the turn");
	}
}

static bool all_files_complete(const struct view_job *job, int64_t *since_ns)
{
	*since_ns = 0;
	for (unsigned i = 0; i < job->files_count; i++) {
		const struct view_file *file = job->files[i];
		if (view_is_vague(file) || !rule_net_file_complete(file) || file->complete_at_ns == VIEW_NEVER) return false;
		if (file->complete_at_ns > *since_ns) *since_ns = file->complete_at_ns;
	}
	return job->files_count > 0;
}

void rule_state_all_done(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t since_ns;
	if (!is_state_or_end(judge, sight) || !all_files_complete(sight->job, &since_ns)) return;
	if (is_entered(sight, STATE_TRANSFERRED)) judge_trigger(judge, rule);
	if (sight->job->resumed_ns != VIEW_NEVER && sight->job->resumed_ns > since_ns) since_ns = sight->job->resumed_ns;
	if (sight->state != STATE_TRANSFERRING || sight->now_ns - since_ns < LATE_NS + judge->tolerance_ns || !world_is_well(&judge->view)) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "all files of the job were sent", NULL, SEEN(sight), "all files sent, state=TRANSFERRING");
}

/* The class that all possible causes of the present failure share; NONE when they differ or nothing is known. */
static enum fault_class shared_class(const struct judge *judge, const struct view_job *job, bool *is_open)
{
	struct view_causes causes;
	enum fault_class shared = FAULT_CLASS_NONE;
	view_causes(&judge->view, job, &causes);
	*is_open = false;
	if (causes.unknown) return FAULT_CLASS_NONE;
	for (unsigned i = 0; i < causes.count; i++) {
		enum fault_class one = judge_class(judge, &causes.list[i]);
		if (i && one != shared) return FAULT_CLASS_NONE;
		shared = one;
		*is_open |= judge_class_is_open(&causes.list[i]);
	}
	return shared;
}

/* A file that failed and of which no good response was ever sent. */
static bool has_failed_file(const struct view_job *job)
{
	if (job->upload) return false;   /* nothing is sent to it */
	for (unsigned i = 0; i < job->files_count; i++) {
		const struct view_file *file = job->files[i];
		if (!file->content && file->last_failure != CAUSE_NONE && !rule_net_file_complete(file)) return true;
	}
	return false;
}

void rule_state_failed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool fatal = rule == RULE_state_009, is_open;
	uint32_t ends = STATES_ERROR | STATE_BIT(STATE_TRANSFERRED);
	if (!sight_is_state(sight) || sight->state == sight->from || !state_in(sight->state, ends)) return;
	enum fault_class shared = shared_class(judge, job, &is_open);
	if (shared != (fatal ? FAULT_CLASS_FATAL : FAULT_CLASS_TRANSIENT)) return;
	if (sight->state == STATE_TRANSFERRED) {
		if (!has_failed_file(job)) return;
		judge_claim(judge, rule, false, SEEN(sight), "state=TRANSFERRED although a file failed");
		return;
	}
	enum state other = fatal ? STATE_TRANSIENT_ERROR : STATE_ERROR;
	bool excused = is_open || (!fatal && (judge_every_error_fatal(judge, job) || judge_period_over(judge, job, sight->now_ns)));
	judge_claim(judge, rule, sight->state != other || excused, SEEN(sight),
		TEXT("state=%s after a %s fault", judge_state(sight->state), fatal ? "fatal" : "transient"));
}

static unsigned files_complete(const struct view_job *job)
{
	unsigned complete = 0;
	for (unsigned i = 0; i < job->files_count; i++) complete += rule_net_file_complete(job->files[i]);
	return complete;
}

void rule_state_partial(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	uint32_t early = STATES_ALL & ~STATES_FINAL & ~STATE_BIT(STATE_TRANSFERRED);
	if (sight->kind != SIGHT_CALL || !job || sight->event != EVENT_COMPLETE || !state_in(sight->state, early) || job->upload) return;
	if (judge->view.service_down || judge->view.disk_bad || sight->failed) return;
	unsigned complete = files_complete(job);
	bool all = complete == job->files_count, unable = sight->hr == UNABLE_TO_DELETE_FILES;
	if (!complete && job->files_count) judge_show(judge, "C-22", sight->hr == 0 ? "ok" : "partial");
	if (rule == RULE_state_031 && (!complete || all)) return;
	bool holds = rule == RULE_state_032 ? sight->hr == 0 : sight->hr == judge_word(judge, "PARTIAL_COMPLETE") || unable;
	judge_claim(judge, rule, holds, TEXT("Complete answers %s, %u of %u files were complete", CODE_TEXT(judge, sight->hr), complete, job->files_count),
		TEXT("hr=%s", CODE_TEXT(judge, sight->hr)));
}

void rule_state_rename_fails(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || !job->call_open || job->call != EVENT_COMPLETE || job->call_state != STATE_TRANSFERRED) return;
	if (!(job->call_hr & 0x80000000u) || judge->view.service_down || !job->call_sure) return;
	judge_claim(judge, rule, sight->state == STATE_TRANSFERRED, SEEN(sight), TEXT("state=%s after a failed Complete", judge_state(sight->state)));
}

void rule_state_final(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_state(sight) || !state_in(sight->from, STATES_FINAL)) return;
	judge_claim(judge, rule, sight->state == sight->from, SEEN(sight), FROM_TO(sight));
}

void rule_state_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_CALL || strcmp(sight->command, "job.open") || !sight->job || sight->null_out) return;
	if (!state_in(sight->state, STATES_FINAL) || judge->view.service_down) return;
	judge_claim(judge, rule, sight->hr == judge_word(judge, "NOT_FOUND"), TEXT("GetJob answers %s for a job in %s", CODE_TEXT(judge, sight->hr), judge_state(sight->state)),
		TEXT("GetJob=%s", CODE_TEXT(judge, sight->hr)));
}

/* --- what the machine around the job does */

void rule_state_logoff(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (!sight_is_state(sight) || !view->logged_off || sight->now_ns - view->logoff_ns < judge->tolerance_ns) return;
	if (sight->from != STATE_TRANSFERRING || sight->job->calls_since_state || view->service_down || view->policy_block || view->net_down) return;   /* which may have ended it before */
	judge_claim(judge, rule, sight->state == STATE_QUEUED, SEEN(sight), FROM_TO(sight));
}

void rule_state_logon(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (!sight_is_state(sight) || view->logon_ns == VIEW_NEVER || sight->job->calls_since_state || !world_is_well(view) || view->jobs_count > 1) return;
	if (sight->from != STATE_QUEUED || sight->job->since_ns > view->logon_ns + LATE_NS) return;
	if (state_in(sight->state, STATE_BIT(STATE_CONNECTING) | STATE_BIT(STATE_TRANSFERRING) | STATE_BIT(STATE_TRANSFERRED))) judge_trigger(judge, rule);
	int64_t since = view->start_ns != VIEW_NEVER && view->start_ns > view->logon_ns ? view->start_ns : view->logon_ns;
	if (sight->state != STATE_QUEUED || sight->now_ns - since < LATE_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the owner logged on", NULL, SEEN(sight), "state=QUEUED after logon");
}

void rule_state_net_lost(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || !judge->view.net_down || job->calls_since_state || judge->view.service_down) return;
	if (!judge_looks(judge)) return;   /* the state before may be an old one */
	if (!state_in(sight->from, STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_TRANSFERRING)) || sight->now_ns - judge->view.net_down_ns < judge->tolerance_ns) return;
	bool asked = (job->resumed_ns != VIEW_NEVER && job->resumed_ns >= judge->view.net_down_ns) || sight->from_ns > judge->view.net_down_ns;
	bool expired = sight->state == STATE_CANCELLED && sight->now_ns - job->created_ns >= judge->view.machine->limits.retention_ns - judge->tolerance_ns;
	if (asked && (sight->state == STATE_QUEUED || expired)) return; /* it learns it when its turn comes, which may be never */
	bool fatal = sight->state == STATE_ERROR && (judge_every_error_fatal(judge, job) || judge_period_over(judge, job, sight->now_ns));
	judge_claim(judge, rule, sight->state == STATE_TRANSIENT_ERROR || fatal, SEEN(sight), FROM_TO(sight));
}

/* The network is back, or the bandwidth policy is over: every job that waited for it goes to QUEUED. */
void rule_state_end_of_cause(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	int64_t end_ns = rule == RULE_state_042 ? view->net_up_ns : view->allow_ns;
	if (!sight_is_state(sight) || end_ns == VIEW_NEVER || job->calls_since_state || !world_is_well(view)) return;
	if (rule == RULE_state_043 && view->block_cause != CAUSE_POLICY_BANDWIDTH) return;
	if (rule == RULE_state_043 ? job->failed_before_block : job->failed_before_down) return;   /* it waits for something else */
	if (sight->from != STATE_TRANSIENT_ERROR || sight->from_ns > end_ns + judge->tolerance_ns || sight->now_ns - end_ns < judge->tolerance_ns) return;
	bool again = job->attempt_ns != VIEW_NEVER && job->attempt_ns >= end_ns;
	judge_claim(judge, rule, sight->state != STATE_TRANSIENT_ERROR || again, SEEN(sight), FROM_TO(sight));
}

/* Readings that no requirement asks for by itself: what a block does to a job. */
static void show_readings(struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	bool policy = view->policy_block, net = view->net_down && view->dialect == DIALECT_DO;
	const char *id = view->dialect == DIALECT_DO ? "C-15" : "C-64";
	int64_t block_ns = net ? view->net_down_ns : view->block_ns;
	if (!sight_is_state(sight) || (!policy && !net) || sight->job->calls_since_state || sight->from_ns > block_ns) return;
	if (policy && view->dialect == DIALECT_BITS && view->block_cause != CAUSE_POLICY_COST) return;
	if (!state_in(sight->from, STATES_ACTION) || sight->now_ns < block_ns + judge->tolerance_ns) return;
	if (sight->state == STATE_TRANSIENT_ERROR) judge_show(judge, id, "transient");
	if (sight->state == STATE_SUSPENDED) judge_show(judge, id, "suspended");
	if (sight->state == STATE_QUEUED) judge_show(judge, id, "queued");
}

/* The table as a whole: the set of states that it allows after everything observed so far. */
void rule_state_documented(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_job *job = sight->job;
	if (!job) return;
	show_readings(judge, sight);
	if (sight->kind == SIGHT_CALL && view_steers(sight->event) && !judge->view.service_down) {
		uint32_t moved = judge_closure(judge, job, job->possible), after = judge_after_call(judge, job, moved, sight->event, sight->hr);
		/* An answer that no row gives is for the rules of the call; here it may have changed the job or not. */
		job->possible = after ? after : sight->failed ? moved : STATES_ALL;
	}
	if (!sight_is_state(sight)) return;
	uint32_t allowed = judge_closure(judge, job, job->possible);
	if (sight->from != STATE_NONE && sight->from != sight->state)
		judge_claim(judge, rule, state_in(sight->state, allowed), SEEN(sight), FROM_TO(sight));
	job->possible = STATE_BIT(sight->state);
}

void rule_state_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_CALL || !sight->job || strcmp(sight->command, "job.state") || !sight->null_out) return;
	judge_claim(judge, rule, sight->failed, TEXT("GetState(NULL) answers %s", CODE_TEXT(judge, sight->hr)), TEXT("GetState(NULL)=%s", CODE_TEXT(judge, sight->hr)));
}

void rule_state_added(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_entered(sight, STATE_TRANSFERRED) || !job->added_resumed || job->added_file >= job->files_count) return;
	const struct view_file *file = job->files[job->added_file];
	judge_claim(judge, rule, rule_net_file_complete(file), TEXT("state %s = TRANSFERRED, %s was not fetched", job->name, file->path),
		"TRANSFERRED without the added file");
}
