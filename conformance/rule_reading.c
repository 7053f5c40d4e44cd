/* rule_reading.c -- what an implementation shows of the contradictions that no rule asks for by itself.
 *
 * Nothing here breaks a rule. A choice is shown only by what tells it from all others. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

#define E_INVALIDARG_HR 0x80070057u
#define PATH_NOT_FOUND_HR 0x80070003u
#define URL_LONG 1000u               /* longer ones are cut in a trace; those that are refused for it have more than 2,200 */
#define NAME_MAX_CHARACTERS 256u
#define SURE_NS (2 * SECOND)         /* what the worlds do at once is over */
#define NO_CALLBACK_NS (30 * SECOND)
#define NOT_AGAIN_NS (300 * SECOND)  /* as CB-008 waits */
#define DAY_NS (86400 * SECOND)

static bool is_command(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && sight->job && !strcmp(sight->command, command);
}

static bool adds_file(const struct sight *sight)
{
	return is_command(sight, "job.add_file") || is_command(sight, "job.add_file_with_ranges");
}

static bool is_new_state(const struct sight *sight, enum state state)
{
	return sight->kind == SIGHT_STATE && sight->state == state && sight->from != state;
}

/* Bytes of an argument; 0 when there is none. */
static size_t length_of(const struct sight *sight, const char *key)
{
	const char *text = trace_get(sight->line, key);
	return text ? strlen(text) : 0;
}

/* --- answers of calls */

/* Of two codes that a failing call may answer, each a choice of its own. */
static void show_code(struct judge *judge, const struct sight *sight, const char *id, uint32_t hr, const char *choice)
{
	if (sight->failed && sight->hr == hr) judge_show(judge, id, choice);
}

static void see_add(struct judge *judge, const struct sight *sight)
{
	bool final = is_command(sight, "job.add_file") && state_in(sight->state, STATES_FINAL);
	uint32_t invalid_state = judge_word(judge, "INVALID_STATE");
	show_code(judge, sight, "C-52", PATH_NOT_FOUND_HR, "at-add");
	show_code(judge, sight, "C-53", judge_word(judge, "STRING_TOO_LONG"), "STRING_TOO_LONG");
	if (length_of(sight, "url") >= URL_LONG) show_code(judge, sight, "C-53", E_INVALIDARG_HR, "E_INVALIDARG");
	if (final && sight->failed && !judge->view.service_down) judge_show(judge, "C-55", sight->hr == invalid_state ? "INVALID_STATE" : "other-failure");
}

static void see_set(struct judge *judge, const struct sight *sight)
{
	const char *property = sight->method ? sight->method->property : "";
	bool final = state_in(sight->state, STATES_FINAL) && !judge->view.service_down;
	if (judge->view.dialect == DIALECT_BITS && !strcmp(property, "display_name") && length_of(sight, property) > NAME_MAX_CHARACTERS) {
		show_code(judge, sight, "C-57", E_INVALIDARG_HR, "E_INVALIDARG");
		show_code(judge, sight, "C-57", judge_word(judge, "STRING_TOO_LONG"), "STRING_TOO_LONG");
	}
	if (judge->view.dialect != DIALECT_DO || strcmp(property, "priority") || !final) return;
	show_code(judge, sight, "C-58", judge_word(judge, "INVALID_STATE"), "INVALID_STATE");
	if (!sight->failed) judge_show(judge, "C-58", "ok");
}

/* C-54: how many files there are after AddFileSet failed. */
static void see_progress(struct judge *judge, const struct sight *sight)
{
	int64_t files = trace_get_int(sight->line, "files_total", -1), known = sight->job->files_count;
	if (sight->failed || files < 0 || strcmp(sight->job->failed, "job.add_file_set")) return;
	judge_show(judge, "C-54", files > known ? "those-before" : "none-added");
}

static void see_error_count(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	int64_t count = trace_get_int(sight->line, "count", -1);
	if (sight->failed || !job->failures_connecting || job->failures_counted || job->failures_uncounted) return;
	judge_show(judge, "C-65", count > job->count ? "yes" : "no");
}

/* C-31. */
static void see_get(struct judge *judge, const struct sight *sight)
{
	const char *property = trace_get(sight->line, "property"), *value = trace_get(sight->line, "value");
	const struct limits *limits = &judge->view.machine->limits;
	if (sight->failed || !property || !value || strcmp(property, "no_progress_timeout")) return;
	if (sight->job->priority != JOB_PRIORITY_HIGH || sight->job->np_set) return;
	if (view_seconds(value) * SECOND == limits->no_progress_ns_default) judge_show(judge, "C-31", "foreground=3600,others=86400");
	if (view_seconds(value) * SECOND == limits->no_progress_ns_foreground) judge_show(judge, "C-31", "high-and-foreground=3600,normal-and-low=86400");
}

static void see_call_do(struct judge *judge, const struct sight *sight)
{
	if (sight->kind == SIGHT_CALL && !strcmp(sight->command, "job.open")) show_code(judge, sight, "C-51", 0x80D02003u, "0x80D02003");
	if (is_command(sight, "job.resume") && !sight->job->files_count) show_code(judge, sight, "C-20", 0x80D02004u, "0x80D02004");
	if (is_command(sight, "error.get_file") && !sight->null_out && sight->handle && !sight->handle->over && sight->job->look.present)
		show_code(judge, sight, "C-14", judge_word(judge, "FILE_NOT_AVAILABLE"), "no-file-in-error");
	if (is_command(sight, "job.get")) see_get(judge, sight);
}

static bool has_taken_name(const struct view *view, const struct view_job *job)
{
	for (unsigned f = 0; f < job->files_count; f++)
		for (unsigned i = 0; job->files[f]->local && i < view->taken_count; i++)
			if (!strcmp(view->taken[i], job->files[f]->local)) return true;
	return false;
}

/* C-73: all files are done, and one of their names may be taken; that a file is right shows elsewhere. */
static void see_taken(struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (view->disk_bad || view->service_down || sight->job->upload) return;
	if (!sight->sure || sight->state != STATE_TRANSFERRED || !has_taken_name(view, sight->job)) return;
	judge_show(judge, "C-73", sight->failed ? "refused" : "replaced");
}

static void see_call(struct judge *judge, const struct sight *sight)
{
	bool bits = judge->view.dialect == DIALECT_BITS;
	if (!bits) see_call_do(judge, sight);
	if (bits && adds_file(sight)) see_add(judge, sight);
	if (bits && is_command(sight, "job.progress")) see_progress(judge, sight);
	if (bits && is_command(sight, "job.error_count")) see_error_count(judge, sight);
	if (is_command(sight, "job.set")) see_set(judge, sight);
	if (is_command(sight, "job.complete")) see_taken(judge, sight);
}

/* --- the error object */

static bool has_vanished(const struct view *view)
{
	for (unsigned i = 0; i < view->conditions_count; i++)
		if (view->conditions[i].cause == CAUSE_DISK_VANISHED) return true;
	return false;
}

static bool is_refused_redirect(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_REDIRECT_REFUSED;
}

/* C-68: nothing but a redirect that the job's flags forbid can have made the error. */
static void see_refused_redirect(struct judge *judge, const struct view_job *job)
{
	struct view_causes causes;
	if (!job->look.values || !job->security_flags) return;
	judge_error_causes(judge, job, &causes);
	const struct view_cause *cause = judge_only(&causes, is_refused_redirect) ? judge_newest(&causes) : NULL;
	if (!cause) return;
	if (job->look.code == 0x80190000u + cause->status) judge_show(judge, "C-68", "0x80190000+status");
	if (job->look.code == 0x80070000u + cause->status) judge_show(judge, "C-68", "0x80070000+status");
}

static void see_look(struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	const struct view_look *look = &job->look, *last = &job->last;
	if (sight->state != STATE_ERROR || view->service_down) return;
	see_refused_redirect(judge, job);
	bool restarted = view->start_ns != VIEW_NEVER && last->valid && last->at_ns <= view->start_ns && look->at_ns >= view->start_ns;
	if (restarted && last->state == STATE_ERROR && last->present && !job->changes) judge_show(judge, "C-08", look->present ? "kept" : "state-only");
	if (view->dialect != DIALECT_BITS || !look->values) return;
	/* A folder that vanished says nothing of when a missing one is noticed. */
	if (look->code == PATH_NOT_FOUND_HR && look->context == CONTEXT_LOCAL_FILE && !has_vanished(view)) judge_show(judge, "C-52", "at-transfer");
	if (last->state != STATE_TRANSIENT_ERROR || job->changes || job->requests_since_look || !judge_period_over(judge, job, job->since_ns)) return;
	if (look->code == judge_word(judge, "NO_PROGRESS")) judge_show(judge, "C-04", "no-progress");
	else if (last->values && look->code == last->code) judge_show(judge, "C-04", "last-transient");
}

/* --- requests */

/* C-24: a file is begun while an earlier one is under way, or when all before it are there. */
static void see_order(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool under_way = false, all = true;
	if (sight->file_index <= 0 || sight->shared || sight->file->requests != 1) return;
	for (int i = 0; i < sight->file_index; i++) {
		const struct view_file *file = job->files[i];
		bool complete = rule_net_file_complete(file);
		under_way |= !complete && file->requests && file->last_failure == CAUSE_NONE;
		all &= complete;
	}
	if (all) judge_show(judge, "C-24", "serial");
	else if (under_way) judge_show(judge, "C-24", "parallel");
}

static void see_request(struct judge *judge, const struct sight *sight)
{
	if (!sight->job || !sight->file || sight->job->upload) return;
	if (sight->file->requests == 1 && !sight->file->redirected) judge_show(judge, "C-62", sight->file->asked_head ? "head-first" : "get-first");
	if (judge->view.dialect == DIALECT_DO) see_order(judge, sight);
}

/* --- states */

bool rule_reading_is_calm(const struct view *view)
{
	return !view->net_ever_down && !view->policy_ever && view->kill_ns == VIEW_NEVER && view->logoff_ns == VIEW_NEVER;
}

/* C-17: long after Resume, and no server has been reached. */
static void see_connecting_do(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (job->call != EVENT_RESUME || (job->call_hr & 0x80000000u) || job->resumed_ns == VIEW_NEVER || !rule_reading_is_calm(&judge->view)) return;
	if (judge->view.jobs_count > 1 || sight->now_ns - job->resumed_ns < SURE_NS + judge->tolerance_ns) return;
	if (job->attempts || job->ever_error) return;
	if (sight->state == STATE_TRANSFERRING) judge_show(judge, "C-17", "transferring");
	if (sight->state == STATE_QUEUED) judge_show(judge, "C-17", "queued");
}

static bool is_refusal(const struct view_cause *cause)
{
	return cause->certain && cause->status >= 400 && cause->status < 500 && !judge_class_is_open(cause);
}

/* C-18: the first request is answered by a status that is fatal. */
static void see_fatal(struct judge *judge, const struct sight *sight)
{
	struct view_causes causes;
	if (!is_new_state(sight, STATE_ERROR) || sight->job->progress_ns != VIEW_NEVER) return;
	view_causes(&judge->view, sight->job, &causes);
	if (!judge_only(&causes, is_refusal)) return;
	if (sight->from == STATE_CONNECTING) judge_show(judge, "C-18", "fatal-causes");
	if (sight->from == STATE_TRANSFERRING) judge_show(judge, "C-18", "transient-only");
}

/* C-23. */
static void see_net_lost(struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	if (!view->net_down || sight->job->calls_since_state || sight->from != STATE_CONNECTING) return;
	if (sight->now_ns - view->net_down_ns < judge->tolerance_ns || sight->from_ns > view->net_down_ns) return;
	if (sight->state == STATE_TRANSIENT_ERROR) judge_show(judge, "C-23", "transient");
	if (sight->state == STATE_CONNECTING && sight->now_ns > view->net_down_ns + judge->tolerance_ns) judge_show(judge, "C-23", "stays");
}

/* C-30: progress and the first transient error lie apart, and the period is over. */
static void see_period_start(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	int64_t progress = job->flow_ns, error = job->error_seen_ns, period = view_np_ns(&judge->view, job), tolerance = judge->tolerance_ns;
	if (!is_new_state(sight, STATE_ERROR) || sight->from != STATE_TRANSIENT_ERROR || progress == VIEW_NEVER || error == VIEW_NEVER) return;
	if (error - progress < SURE_NS + 2 * tolerance || sight->now_ns < progress + period - tolerance) return;
	judge_show(judge, "C-30", sight->now_ns < error + period - tolerance ? "last-progress" : "first-transient-error");
}

/* C-66: the job was resumed while it worked, and then ran out of time. */
static void see_resumed(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	int64_t period = view_np_ns(&judge->view, job), start = job->flow_ns == VIEW_NEVER ? job->created_ns : job->flow_ns;
	if (!is_new_state(sight, STATE_ERROR) || job->call != EVENT_RESUME || !state_in(job->call_state, STATES_ACTION) || !job->call_sure) return;
	if (job->call_hr || job->call_ns - start < SURE_NS + judge->tolerance_ns || !judge_period_over(judge, job, sight->now_ns)) return;
	judge_show(judge, "C-66", sight->now_ns < job->call_ns + period - judge->tolerance_ns ? "no" : "yes");
}

/* C-72: the machine slept while a retry was waited for, beyond the time at which it would have come. */
static void see_slept(struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	bool tries = sight->kind == SIGHT_REQUEST || sight->kind == SIGHT_CONNECT;
	if (!tries || view->sleep_from_ns == VIEW_NEVER || sight->shared || sight->failed_before_ns == VIEW_NEVER) return;
	int64_t slept_ns = view->sleep_to_ns - view->sleep_from_ns, due_ns = sight->failed_before_ns + view_retry_ns(view, job);
	if (job->resumed_ns != VIEW_NEVER && job->resumed_ns > sight->failed_before_ns) return;
	if (sight->failed_before_ns > view->sleep_from_ns || due_ns <= view->sleep_from_ns || due_ns >= view->sleep_to_ns) return;
	if (sight->now_ns < view->sleep_to_ns + SURE_NS + judge->host_ns) judge_show(judge, "C-72", "boot");
	else if (sight->now_ns >= due_ns + slept_ns - judge->host_ns) judge_show(judge, "C-72", "monotonic");
}

static bool is_about(int64_t age_ns, int64_t limit_ns)
{
	return age_ns >= limit_ns - DAY_NS / 2 && age_ns <= limit_ns + DAY_NS / 2;
}

/* C-32: the three starts lie days apart. */
static void see_expired(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	int64_t limit = judge->view.machine->limits.retention_ns;
	if (!is_new_state(sight, STATE_CANCELLED) || job->cancelled_ns != VIEW_NEVER || sight->from != STATE_TRANSFERRED) return;
	bool age = is_about(sight->now_ns - job->created_ns, limit), active = is_about(sight->now_ns - job->active_ns, limit);
	bool done = is_about(sight->now_ns - job->transferred_ns, limit);
	if (age + active + done != 1) return;
	judge_show(judge, "C-32", age ? "age" : active ? "inactivity" : "since-transferred");
}

static bool is_open(const struct view_cause *cause)
{
	return judge_class_is_open(cause);
}

/* C-63. */
static void see_open_status(struct judge *judge, const struct sight *sight)
{
	struct view_causes causes;
	if (sight->state == sight->from || !state_in(sight->state, STATES_ERROR) || sight->from == STATE_TRANSIENT_ERROR) return;
	if (judge_every_error_fatal(judge, sight->job)) return;
	view_causes(&judge->view, sight->job, &causes);
	if (judge_only(&causes, is_open)) judge_show(judge, "C-63", sight->state == STATE_ERROR ? "fatal" : "transient");
}

/* --- callbacks of do: what came, and what did not come in time */

static bool may_be_called(const struct view_job *job, int64_t flag)
{
	return job->flags_set && (job->flags & flag) && job->interface_ == VIEW_INTERFACE_SET;
}

static void see_callback_do(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const struct view_calls *transferred = &job->callbacks[VIEW_JOB_TRANSFERRED];
	bool failed = transferred->count && (transferred->returned & 0x80000000u) && transferred->round == job->rounds;
	if (sight->callback == VIEW_JOB_TRANSFERRED && failed) judge_show(judge, "C-25", "repeated");
	if (sight->callback == VIEW_JOB_MODIFICATION && sight->state == STATE_ERROR && !job->modifications) judge_show(judge, "C-26", "allowed");
	if (job->flags_set && (job->flags & NOTIFY_DISABLE)) judge_show(judge, "C-27", "ignored");
}

static void see_silence_do(struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const struct view_calls *calls = job->callbacks;
	const struct view_calls *transferred = &calls[VIEW_JOB_TRANSFERRED], *modified = &calls[VIEW_JOB_MODIFICATION];
	bool failed = transferred->count && (transferred->returned & 0x80000000u) && transferred->round == job->rounds;
	bool quiet = sight->now_ns - job->since_ns >= NO_CALLBACK_NS + judge->tolerance_ns && judge->view.kill_ns == VIEW_NEVER;
	if (sight->state == STATE_TRANSFERRED && failed && sight->now_ns - transferred->at_ns >= NOT_AGAIN_NS + judge->tolerance_ns)
		judge_show(judge, "C-25", "once");
	if (sight->state != STATE_ERROR || !quiet) return;
	if (may_be_called(job, NOTIFY_JOB_MODIFICATION) && !job->modifications && modified->count && modified->at_ns < job->since_ns)
		judge_show(judge, "C-26", "none");
	if (may_be_called(job, NOTIFY_JOB_ERROR) && (job->flags & NOTIFY_DISABLE) && !calls[VIEW_JOB_ERROR].count)
		judge_show(judge, "C-27", "disables");
}

static void see_state_do(struct judge *judge, const struct sight *sight)
{
	see_connecting_do(judge, sight);
	see_silence_do(judge, sight);
	see_expired(judge, sight);
}

static void see_state_bits(struct judge *judge, const struct sight *sight)
{
	see_fatal(judge, sight);
	see_net_lost(judge, sight);
}

static void see_state(struct judge *judge, const struct sight *sight)
{
	if (judge->view.dialect == DIALECT_BITS) see_state_bits(judge, sight);
	else see_state_do(judge, sight);
	see_period_start(judge, sight);
	see_resumed(judge, sight);
	see_open_status(judge, sight);
}

void rule_reading_see(struct judge *judge, const struct sight *sight)
{
	if (sight->kind == SIGHT_CALL) see_call(judge, sight);
	if (!sight->job) return;
	if (sight->kind == SIGHT_LOOK) see_look(judge, sight);
	see_slept(judge, sight);
	if (sight->kind == SIGHT_REQUEST) see_request(judge, sight);
	if (sight->kind == SIGHT_STATE) see_state(judge, sight);
	if (sight->kind == SIGHT_CALLBACK && judge->view.dialect == DIALECT_DO) see_callback_do(judge, sight);
}
