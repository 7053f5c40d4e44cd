/* rule_world.c -- PERSIST, COST, PRIO: what restarts, policies and other jobs do to a job. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

#define SOON_NS (10 * SECOND)        /* turns and connections take their time */
#define LATE_NS (120 * SECOND)       /* nothing is under way any more */
#define TURNS_NS (3600 * SECOND)     /* longer than any time slice (inferred: the pages give no length) */

#define STATES_RUNNING (STATE_BIT(STATE_CONNECTING) | STATE_BIT(STATE_TRANSFERRING))

static bool enters(const struct sight *sight, enum state state)
{
	return sight_is_state(sight) && sight->state == state && sight->from != state;
}

static bool is_well(const struct view *view)
{
	return !view->net_down && !view->policy_block && !view->service_down && !view->logged_off && !view->disk_bad;
}

static bool is_after(int64_t a, int64_t b)
{
	return a != VIEW_NEVER && (b == VIEW_NEVER || a >= b);
}

#define SEEN(sight) TEXT("state %s = %s", (sight)->job->name, judge_state((sight)->state))
#define FROM_TO(from, to) TEXT("%s > %s", judge_state(from), judge_state(to))

/* --- PERSIST */

/* The service was started again, and the job was there before; calls may have come since. */
static bool is_restarted(const struct judge *judge, const struct view_job *job)
{
	const struct view *view = &judge->view;
	return !view->service_down && view->kill_ns != VIEW_NEVER && is_after(view->start_ns, view->kill_ns) && job->created_ns <= view->kill_ns;
}

static bool state_was_kept(const struct judge *judge, const struct sight *sight)
{
	bool expired = sight->state == STATE_CANCELLED && sight->now_ns - sight->job->created_ns >= judge->view.machine->limits.retention_ns - judge->tolerance_ns;
	return sight->state == sight->job->kill_state || expired;
}

static void judge_kept_value(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const char *property = trace_get(sight->line, "property"), *value = trace_get(sight->line, "value");
	int64_t number, wanted = -1;
	if (sight->failed || !property || !value) return;
	if (!machine_word_value(property, value, strlen(value), &number)) number = view_seconds(value);
	if (!strcmp(property, "priority")) wanted = job->priority;
	if (!strcmp(property, "no_progress_timeout") && job->np_set) wanted = job->np_s;
	if (wanted >= 0) judge_claim(judge, rule, number == wanted, TEXT("%s is %s after the restart", property, value), TEXT("%s is lost", property));
}

/* The first look after the restart, and what else the job says of itself then. */
void rule_world_survives(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || !is_restarted(judge, job)) return;
	if (sight->kind == SIGHT_CALL && !strcmp(sight->command, "job.get")) judge_kept_value(judge, rule, sight);
	if (sight->kind == SIGHT_CALL && !strcmp(sight->command, "job.progress") && !sight->failed && !job->files_vague && !state_in(sight->state, STATES_FINAL))
		judge_claim(judge, rule, trace_get_int(sight->line, "files_total", job->files_count) == job->files_count,
			TEXT("%s files after the restart, %u were added", trace_get(sight->line, "files_total"), job->files_count), "files are lost");
	bool young = sight->now_ns - job->created_ns < view->machine->limits.retention_ns;
	if (sight->kind == SIGHT_CALL && !strcmp(sight->command, "job.open") && young && state_in(sight->state, STATES_ALL & ~STATES_FINAL))
		judge_claim(judge, rule, sight->hr != judge_word(judge, "NOT_FOUND"), "GetJob does not find the job", "the job is lost");
	if (!sight_is_state(sight) || !view_sticky(job->kill_state) || job->rounds != job->kill_rounds || job->calls_since_state) return;
	if (sight->from_ns > view->start_ns || (view->policy_ever && job->kill_state == STATE_SUSPENDED)) return;
	judge_claim(judge, rule, state_was_kept(judge, sight) || state_in(job->kill_state, STATES_FINAL), SEEN(sight), TEXT("after restart: %s", FROM_TO(job->kill_state, sight->state)));
}

/* It was in an action state, and nobody has called since. */
void rule_world_runs_again(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || !is_restarted(judge, job) || !state_in(job->kill_state, STATES_ACTION) || job->rounds != job->kill_rounds || view->policy_ever) return;
	if (sight->kind == SIGHT_REQUEST && !sight->shared) judge_trigger(judge, rule);
	if (!sight_is_state(sight) || job->calls_since_state || sight->now_ns < view->start_ns + judge->tolerance_ns) return;
	if (state_in(sight->state, STATES_RUNNING | STATE_BIT(STATE_TRANSFERRED))) judge_trigger(judge, rule);
	bool waits = sight->state == STATE_QUEUED && view->jobs_count == 1 && is_well(view) && sight->now_ns - view->start_ns > LATE_NS + judge->tolerance_ns &&
		!is_after(job->attempt_ns, view->start_ns) && !is_after(view->logon_ns, view->start_ns) && !is_after(view->net_up_ns, view->start_ns);
	if (sight->state != STATE_SUSPENDED && !waits) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the service was killed and started", NULL, SEEN(sight), TEXT("state=%s after restart", judge_state(sight->state)));
}

/* Suspend, SetRemoteName, Resume: the new name outlives a restart. */
void rule_world_renamed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	const struct view_file *file = sight->file;
	if (!job || !file || !file->renamed_suspended || !is_restarted(judge, job) || job->resumed_ns == VIEW_NEVER) return;
	if (job->resumed_ns < file->renamed_ns || view->kill_ns < job->resumed_ns || sight->now_ns < view->start_ns + judge->tolerance_ns) return;
	if (sight->kind == SIGHT_REQUEST && !sight->shared && strcmp(file->path, file->old_path) && !file->redirected)
		judge_claim(judge, rule, !strcmp(sight->line->object, file->path), TEXT("%s is asked for, not %s", sight->line->object, file->path), "the old name after restart");
	const char *name = sight->kind == SIGHT_CALL && !sight->failed && !strcmp(sight->command, "file.remote_name") ? trace_get(sight->line, "name") : NULL;
	if (name) judge_claim(judge, rule, !strcmp(name, file->url), TEXT("GetRemoteName gives %s", name), "GetRemoteName gives the old name");
}

/* The client has bytes of a file that broke off, and the server lets it go on. In real time only the client knows what reached it. */
static bool can_go_on(const struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_file *file = sight->file;
	if (sight->kind != SIGHT_REQUEST || sight->shared || file->asked_head || file->ranges || !rule_progress_own_path(sight->job, file)) return false;
	if (!file->interrupted || !file->resumable || file->breaks || !file->covered || !file->total_known || file->covered >= file->total) return false;
	if (is_after(view->kill_ns, file->answered_ns) || view_disk_was_bad(view)) return false;
	return view->virtual_time || (file->told.valid && file->told.bytes);
}

void rule_world_goes_on(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!can_go_on(judge, sight)) return;
	const struct view_file *file = sight->file;
	judge_claim(judge, rule, file->asked_range && file->asked_from > 0, TEXT("%s is asked for from the beginning, %llu bytes were there", file->path,
		(unsigned long long)file->covered), "from the beginning after a break");
}

/* NET-002: no hole, and a guard: a validator with the request, or HEAD before it. */
void rule_world_asks_rest(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!can_go_on(judge, sight) || !sight->file->asked_range || !sight->file->asked_from) return;
	const struct view_file *file = sight->file;
	bool hole = file->asked_from > file->covered, guarded = trace_get(sight->line, "if_range") || file->headed;
	judge_claim(judge, rule, !hole && guarded, TEXT("%s is asked for from byte %llu on%s", file->path, (unsigned long long)file->asked_from,
		hole ? ", behind what was sent" : " without a guard"), hole ? "a hole in the file" : "no validator");
}

/* The file before the one that is worked on is done, and was taken as such. */
static bool is_done_before(const struct view_job *job, const struct sight *sight)
{
	const struct view_file *file = sight->file;
	if (file->complete_at_ns == VIEW_NEVER || sight->now_ns <= file->complete_at_ns || file->last_failure != CAUSE_NONE || file->breaks) return false;
	if (!rule_progress_own_path(job, file) || file->ranges || sight->file_index + 1 >= (int)job->files_count) return false;
	return job->files[sight->file_index + 1]->gets > 0;
}

void rule_world_begins_anew(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind == SIGHT_REQUEST && !sight->shared && !sight->file->asked_head && is_done_before(job, sight) && !view_disk_was_bad(&judge->view))
		judge_claim(judge, rule, false, TEXT("%s is asked for again, it was done", sight->file->path), "a finished file is asked for again");
	if (!enters(sight, STATE_TRANSFERRED)) return;
	for (unsigned f = 0; f < job->files_count; f++) {
		const struct view_file *file = job->files[f];
		if (!file->versions || file->ranges || !rule_progress_own_path(job, file)) continue;
		judge_claim(judge, rule, rule_net_file_complete(file), TEXT("state TRANSFERRED with %llu of %llu bytes of the changed %s sent",
			(unsigned long long)file->covered, (unsigned long long)file->total, file->path), "TRANSFERRED with a changed file");
	}
}

void rule_world_every_byte(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!enters(sight, STATE_TRANSFERRED) || job->upload || job->files_vague) return;
	if (sight->from == STATE_NONE || (job->changed_ns != VIEW_NEVER && job->changed_ns > sight->from_ns)) return;   /* a file may have come later */
	for (unsigned f = 0; f < job->files_count; f++) {
		const struct view_file *file = job->files[f];
		/* In real time the last answer may be told after the state. */
		bool is_open = !judge->view.virtual_time && file->requests != file->answers;
		if (file->unseen || !rule_progress_own_path(job, file) || is_open || (file->requests && !file->total_known)) continue;
		judge_claim(judge, rule, rule_net_file_complete(file), TEXT("state TRANSFERRED with %llu of %llu bytes of %s sent", (unsigned long long)file->covered,
			(unsigned long long)file->total, file->path), "state=TRANSFERRED with bytes missing");
	}
}

/* --- COST */

static bool was_resumed(const struct view_job *job, int64_t before_ns)
{
	return job->resumed_ns != VIEW_NEVER && job->resumed_ns <= before_ns;
}

void rule_world_blocked(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || !view->policy_block) return;
	int64_t late = view->block_ns + judge->tolerance_ns;
	if (sight->kind == SIGHT_WORLD && sight->now_ns == view->block_ns && state_in(sight->state, STATES_ACTION)) judge_trigger(judge, rule);
	if (sight->kind == SIGHT_REQUEST && !sight->shared && sight->now_ns > late)
		judge_claim(judge, rule, false, TEXT("%s is asked for while a policy forbids it", sight->line->object), "a request while blocked");
	if (sight->kind != SIGHT_RESPONSE || sight->shared || sight->now_ns <= late + SECOND || sight->file->asked_head) return;
	if (trace_get_int(sight->line, "content", 0) != 1 || trace_get_int(sight->line, "sent", 0) == 0) return;
	bool ends = !strcmp(trace_get(sight->line, "ending") ? trace_get(sight->line, "ending") : "", "done");
	judge_claim(judge, rule, !ends, TEXT("%s is sent to its end while a policy forbids it", sight->line->object), "a body while blocked");
}

/* C-64 leaves open in which of the waiting states. */
void rule_world_waits(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!sight_is_state(sight) || !view->policy_block || view->service_down || job->calls_since_state || !was_resumed(job, sight->now_ns)) return;
	int64_t since = job->resumed_ns > view->block_ns ? job->resumed_ns : view->block_ns;
	if (state_in(sight->state, STATE_BIT(STATE_TRANSIENT_ERROR) | STATE_BIT(STATE_QUEUED)) && !job->is_suspended) judge_trigger(judge, rule);
	if (!state_in(sight->state, STATES_RUNNING) || job->is_suspended || sight->now_ns <= since + SOON_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "a policy forbids transfer", NULL, SEEN(sight), TEXT("state=%s while blocked", judge_state(sight->state)));
}

void rule_world_allowed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!job || view->policy_block || view->allow_ns == VIEW_NEVER || !is_after(view->allow_ns, view->block_ns)) return;
	if (view->block_ns == VIEW_NEVER || !was_resumed(job, view->allow_ns) || job->resumed_ns == view->allow_ns || job->is_suspended) return;
	if (sight->kind == SIGHT_REQUEST && !sight->shared && (sight->attempt_before_ns == VIEW_NEVER || sight->attempt_before_ns < view->allow_ns)) judge_trigger(judge, rule);
	uint32_t waiting = STATE_BIT(STATE_TRANSIENT_ERROR) | STATE_BIT(STATE_QUEUED);   /* C-15, C-64: a call ends SUSPENDED */
	if (!sight_is_state(sight) || !state_in(sight->state, waiting) || job->calls_since_state || !is_well(view) || view->jobs_count > 1) return;
	if (view->net_ever_down || view->kill_ns != VIEW_NEVER || view->logoff_ns != VIEW_NEVER || is_after(job->attempt_ns, view->allow_ns)) return;
	if (job->retry_set_ns != VIEW_NEVER && job->failed_ns != VIEW_NEVER && job->retry_set_ns >= job->failed_ns) return;   /* whether the present wait follows it, no page says */
	if (sight->now_ns - view->allow_ns <= view_retry_ns(view, job) + LATE_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, "the policy allowed transfer again", NULL, SEEN(sight), TEXT("state=%s after the policy", judge_state(sight->state)));
}

/* --- PRIO: all of it from looks at two jobs at one moment */

static int priority_of(const struct view_job *job)
{
	return job->priority < 0 ? JOB_PRIORITY_NORMAL : job->priority;
}

static bool is_background(const struct view_job *job)
{
	return priority_of(job) != JOB_PRIORITY_FOREGROUND;
}

/* The job was seen so last, and nothing has been called since: enough to say that there was something to judge. */
static bool is_in(const struct view_job *job, uint32_t states)
{
	return state_in(job->state, states) && !job->calls_since_state && !job->upload;
}

/* It is seen so at this moment. */
static bool is_seen(const struct judge *judge, const struct view_job *job, uint32_t states, int64_t now_ns)
{
	return is_in(job, states) && now_ns - job->state_ns <= (judge->view.virtual_time ? 0 : SECOND);
}

/* And has been so for a while, with the priority that it has. */
static bool is_settled(const struct judge *judge, const struct view_job *job, uint32_t states, int64_t for_ns, int64_t now_ns)
{
	int64_t from = now_ns - for_ns - judge->tolerance_ns;
	if (!is_seen(judge, job, states, now_ns) || job->since_ns >= from || (job->priority_ns != VIEW_NEVER && job->priority_ns >= from)) return false;
	/* A job that waits has asked for nothing meanwhile: it was not away between two looks. */
	return state_in(job->state, STATES_RUNNING) || job->attempt_ns == VIEW_NEVER || job->attempt_ns <= job->since_ns;
}

static bool is_calm(const struct view *view)
{
	return !view->net_ever_down && !view->policy_ever && view->logoff_ns == VIEW_NEVER && view->kill_ns == VIEW_NEVER && !view->disk_bad;
}

static void tell_pair(struct judge *judge, unsigned rule, const struct view_job *a, const struct view_job *b, const char *signature)
{
	judge_trigger(judge, rule);
	judge_break(judge, rule, "two jobs were looked at", NULL, TEXT("%s = %s, %s = %s", a->name, judge_state(a->state), b->name, judge_state(b->state)), signature);
}

/* 001: no turn for the lower one. 005: the lower one that ran when the higher came gives way. */
static void judge_order(struct judge *judge, unsigned rule, const struct view_job *low, const struct view_job *high, int64_t now)
{
	if (!is_background(high) || priority_of(low) <= priority_of(high) || high->resumed_ns == VIEW_NEVER) return;
	bool ran = low->since_ns <= high->resumed_ns, gave_way = state_in(low->other, STATES_RUNNING) && low->since_ns >= high->resumed_ns;
	if (is_in(low, STATE_BIT(STATE_QUEUED)) && is_in(high, STATES_RUNNING) && (rule == RULE_prio_001 || gave_way)) judge_trigger(judge, rule);
	if (ran != (rule == RULE_prio_005) || !is_settled(judge, low, STATE_BIT(STATE_TRANSFERRING), SOON_NS, now)) return;
	if (is_settled(judge, high, STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_TRANSFERRING), SOON_NS, now))
		tell_pair(judge, rule, low, high, ran ? "the lower one is not pre-empted" : "the lower one runs");
}

static bool has_higher(const struct view *view, const struct view_job *job)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		if (priority_of(view->jobs[i]) < priority_of(job) && !state_in(view->jobs[i]->state, STATES_FINAL)) return true;
	return false;
}

static void judge_turns(struct judge *judge, unsigned rule, const struct view_job *waits, const struct view_job *runs, int64_t now)
{
	if (!is_background(waits) || priority_of(waits) != priority_of(runs) || has_higher(&judge->view, waits)) return;
	bool turned = state_in(waits->other, STATES_RUNNING) && is_in(waits, STATE_BIT(STATE_QUEUED));
	if (turned && is_in(runs, STATES_RUNNING)) judge_trigger(judge, rule);
	int64_t window = TURNS_NS * judge->view.jobs_count;
	if (is_settled(judge, waits, STATE_BIT(STATE_QUEUED), window, now) && is_settled(judge, runs, STATE_BIT(STATE_TRANSFERRING), window, now))
		tell_pair(judge, rule, waits, runs, "one of two never gets its turn");
}

static void judge_side_by_side(struct judge *judge, unsigned rule, const struct view_job *a, const struct view_job *b, int64_t now)
{
	uint32_t flows = STATE_BIT(STATE_TRANSFERRING);
	bool foreground = !is_background(a);
	if (foreground && is_in(a, STATES_RUNNING) && is_in(b, STATES_RUNNING)) judge_trigger(judge, rule);
	if (foreground && is_settled(judge, a, STATE_BIT(STATE_QUEUED), LATE_NS, now) && is_settled(judge, b, flows, LATE_NS, now))
		tell_pair(judge, rule, a, b, "a foreground job waits for another");
	if (!foreground && is_background(b) && is_settled(judge, a, flows, SOON_NS, now) && is_settled(judge, b, flows, SOON_NS, now))
		tell_pair(judge, rule, a, b, "two background jobs at once");
}

static bool only_runnable(const struct view *view, const struct view_job *job)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		if (view->jobs[i] != job && state_in(view->jobs[i]->state, STATES_ACTION)) return false;
	return true;
}

static void judge_not_blocked(struct judge *judge, unsigned rule, const struct view_job *low, const struct view_job *failed, int64_t now)
{
	if (!is_background(low) || priority_of(low) <= priority_of(failed) || !is_in(failed, STATES_ERROR)) return;
	if (is_in(low, STATES_RUNNING)) judge_trigger(judge, rule);
	if (!is_settled(judge, low, STATE_BIT(STATE_QUEUED), LATE_NS, now) || !is_seen(judge, failed, STATES_ERROR, now) || now - failed->since_ns <= LATE_NS + judge->tolerance_ns) return;
	if (only_runnable(&judge->view, low)) tell_pair(judge, rule, low, failed, "a failed job blocks another");
}

static void judge_pair(struct judge *judge, unsigned rule, const struct view_job *a, const struct view_job *b, int64_t now)
{
	if (rule == RULE_prio_001 || rule == RULE_prio_005) judge_order(judge, rule, a, b, now);
	if (rule == RULE_prio_002) judge_turns(judge, rule, a, b, now);
	if (rule == RULE_prio_003) judge_side_by_side(judge, rule, a, b, now);
	if (rule == RULE_prio_006) judge_not_blocked(judge, rule, a, b, now);
}

void rule_world_priority(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (!sight_is_state(sight) || !is_calm(view)) return;
	for (unsigned i = 0; i < view->jobs_count; i++) {
		if (view->jobs[i] == sight->job) continue;
		judge_pair(judge, rule, sight->job, view->jobs[i], sight->now_ns);
		judge_pair(judge, rule, view->jobs[i], sight->job, sight->now_ns);
	}
}
