/* rule_callback.c -- CB: which callbacks are made, when, how often, and which must not be. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

#define OWED_NS (30 * SECOND)     /* the documents say when the state changes; so long is waited */
#define AGAIN_NS (300 * SECOND)   /* until it returns S_OK: no page says how often (inferred) */

static bool is_callback(const struct sight *sight, enum view_callback kind)
{
	return sight->kind == SIGHT_CALLBACK && sight->job && sight->callback == kind;
}

static uint32_t flag_of(enum view_callback kind)
{
	switch (kind) {
	case VIEW_JOB_ERROR: return NOTIFY_JOB_ERROR;
	case VIEW_JOB_TRANSFERRED: return NOTIFY_JOB_TRANSFERRED;
	case VIEW_JOB_MODIFICATION: return NOTIFY_JOB_MODIFICATION;
	case VIEW_CALLBACKS: break;
	}
	UNREACHABLE("every callback has a flag");
	return 0;
}

static bool is_disabled(const struct judge *judge, const struct view_job *job)
{
	return judge->view.dialect == DIALECT_BITS && job->flags_set && (job->flags & NOTIFY_DISABLE);
}

/* The client has asked for the callback, and can be called. The default of the flags is nobody's word (C-28), and what
 * DISABLE does in do is open (C-27). */
static bool is_asked(const struct view_job *job, enum view_callback kind)
{
	return job->flags_set && (job->flags & flag_of(kind)) && job->interface_ == VIEW_INTERFACE_SET && !(job->flags & NOTIFY_DISABLE);
}

static bool service_stopped_since(const struct judge *judge, int64_t at_ns)
{
	return judge->view.service_down || (judge->view.kill_ns != VIEW_NEVER && judge->view.kill_ns >= at_ns);
}

static bool was_called(const struct view_job *job, enum view_callback kind)
{
	const struct view_calls *calls = &job->callbacks[kind];
	return calls->count && (calls->round == job->rounds || calls->at_ns >= job->since_ns);   /* a Resume may change nothing (C-21) */
}

/* The state that it tells was left by a call before it came: it may still be under way (CB-025). */
static bool is_late(const struct view_job *job, enum view_callback kind)
{
	const struct view_calls *calls = &job->callbacks[kind];
	bool again = calls->count && (calls->returned & 0x80000000u) && calls->round < job->rounds;   /* the repetition of one that failed */
	return again || view_is_overtaken(job, calls);
}

static bool is_no_progress(const struct judge *judge, const struct view_job *job)
{
	return job->transient_ns != VIEW_NEVER && (job->resumed_ns == VIEW_NEVER || job->resumed_ns < job->transient_ns) &&
	       judge_period_over(judge, job, job->since_ns);
}

/* 001: the job is in ERROR. 006: it is TRANSFERRED. 015: the interface came later. 024: by the no-progress period. */
void rule_callback_owed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool waits = sight->kind == SIGHT_STATE || sight->kind == SIGHT_END;
	if (!job || (!waits && sight->kind != SIGHT_CALLBACK) || (sight->kind == SIGHT_END && job->calls_since_state)) return;
	bool late = rule == RULE_cb_015;
	enum view_callback kind = rule == RULE_cb_006 || (late && job->state == STATE_TRANSFERRED) ? VIEW_JOB_TRANSFERRED : VIEW_JOB_ERROR;
	enum state state = kind == VIEW_JOB_ERROR ? STATE_ERROR : STATE_TRANSFERRED;
	int64_t since = later_ns(job->since_ns, later_ns(job->interface_ns, job->flags_ns));
	if (job->state != state || !is_asked(job, kind) || service_stopped_since(judge, job->interface_ns)) return;
	if (late && (job->interface_state != state || job->interface_ns < job->since_ns)) return;
	if (rule == RULE_cb_024 && !is_no_progress(judge, job)) return;
	if (is_callback(sight, kind)) judge_trigger(judge, rule);
	if (!waits || was_called(job, kind) || sight->now_ns - since < OWED_NS + judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, NULL, NULL, TEXT("no callback while %s is in %s", job->name, judge_state(state)), TEXT("state=%s, no callback", judge_state(state)));
}

void rule_callback_transient(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!job) return;
	if (sight->kind == SIGHT_STATE && sight->state == STATE_TRANSIENT_ERROR && sight->from != STATE_TRANSIENT_ERROR && is_asked(job, VIEW_JOB_ERROR))
		judge_trigger(judge, rule);
	if (!is_callback(sight, VIEW_JOB_ERROR) || sight->state != STATE_TRANSIENT_ERROR || is_late(job, VIEW_JOB_ERROR)) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, NULL, NULL, TEXT("JobError, state %s = TRANSIENT_ERROR", job->name), "JobError in TRANSIENT_ERROR");
}

/* A callback that failed comes again while its reason lasts. */
void rule_callback_repeated(struct judge *judge, unsigned rule, const struct sight *sight)
{
	enum view_callback kind = rule == RULE_cb_003 ? VIEW_JOB_ERROR : VIEW_JOB_TRANSFERRED;
	const struct view_job *job = sight->job;
	if (!job) return;
	const struct view_calls *calls = &job->callbacks[kind];
	bool failed = calls->count && (calls->returned & 0x80000000u) && calls->round == job->rounds;
	if (!failed || !is_asked(job, kind) || job->program) return;   /* a command line takes its place: CB-020 */
	if (is_callback(sight, kind)) judge_trigger(judge, rule);
	if ((sight->kind != SIGHT_STATE && sight->kind != SIGHT_END) || job->state != (kind == VIEW_JOB_ERROR ? STATE_ERROR : STATE_TRANSFERRED)) return;
	if (sight->now_ns - calls->at_ns < AGAIN_NS + judge->tolerance_ns || service_stopped_since(judge, calls->at_ns)) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, TEXT("the callback returned %s", CODE_TEXT(judge, calls->returned)), NULL, "it was not called again", "not repeated after a failure");
}

void rule_callback_once(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_callback(sight, VIEW_JOB_ERROR)) return;
	const struct view_calls *calls = &job->callbacks[VIEW_JOB_ERROR];
	if (!sight->returned) judge_trigger(judge, rule);
	if (!calls->count || calls->returned || calls->round != job->rounds) return;
	judge_break(judge, rule, "JobError returned S_OK", NULL, "it was called again", "called again after S_OK");
}

/* Where a command line is set it is run instead; whether it was, no trace tells. */
void rule_callback_command(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_callback(sight, VIEW_JOB_ERROR) || !job->program) return;
	const struct view_calls *calls = &job->callbacks[VIEW_JOB_ERROR];
	if (sight->returned & 0x80000000u) judge_trigger(judge, rule);
	bool failed = calls->count && (calls->returned & 0x80000000u) && calls->round == job->rounds;
	if (!failed || calls->at_ns < job->program_ns) return;
	judge_break(judge, rule, TEXT("JobError returned %s", CODE_TEXT(judge, calls->returned)), NULL, "it was called again", "called again in spite of a command line");
}

void rule_callback_borrowed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_callback(sight, VIEW_JOB_ERROR)) return;
	const char *code = trace_get(sight->line, "code");
	judge_claim(judge, rule, code && strcmp(code, "?") && sight->state != STATE_NONE,
		"the job or the error that JobError was given does not answer during the call", "borrowed handle does not answer");
}

void rule_callback_all_done(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const struct view_file *missing = NULL;
	if (!is_callback(sight, VIEW_JOB_TRANSFERRED) || is_late(job, VIEW_JOB_TRANSFERRED) || judge->view.blind || job->upload || job->added_in_transferred) return;
	if (job->changed_ns != VIEW_NEVER && job->changed_ns > job->state_ns) return;   /* a file may have come meanwhile */
	for (unsigned i = 0; i < job->files_count && !missing; i++)
		if (!rule_net_file_complete(job->files[i])) missing = job->files[i];
	judge_claim(judge, rule, !missing, TEXT("JobTransferred although %s is not there", missing ? missing->path : ""), "JobTransferred before all files");
}

void rule_callback_modified(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_callback(sight, VIEW_JOB_MODIFICATION)) return;
	const struct view_calls *calls = &job->callbacks[VIEW_JOB_MODIFICATION];
	bool changed = job->modifications || !calls->count || job->since_ns >= calls->at_ns || !view_sticky(job->state);
	judge_claim(judge, rule, changed, TEXT("JobModification, nothing changed since the one before in %s", judge_state(job->state)),
		"JobModification without a change");
}

/* Where nothing else has changed, the change to ERROR or TRANSFERRED is what it was made for. */
void rule_callback_not_modified(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	uint32_t ends = STATE_BIT(STATE_ERROR) | STATE_BIT(STATE_TRANSFERRED);
	if (!job || !judge->view.virtual_time) return;
	if (sight->kind == SIGHT_STATE && state_in(sight->state, ends) && sight->from != sight->state && is_asked(job, VIEW_JOB_MODIFICATION)) judge_trigger(judge, rule);
	if (!is_callback(sight, VIEW_JOB_MODIFICATION) || !state_in(sight->state, ends) || job->modifications || job->stirs > 1) return;
	judge_break(judge, rule, NULL, NULL, TEXT("JobModification for the change to %s", judge_state(sight->state)), TEXT("JobModification for %s", judge_state(sight->state)));
}

/* 011: a flag that is not set. 012: DISABLE. 013: no interface. Triggered where the callback would else be made. */
void rule_callback_forbidden(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	uint32_t ends = STATE_BIT(STATE_ERROR) | STATE_BIT(STATE_TRANSFERRED);
	if (!job) return;
	enum view_callback kind = sight->kind == SIGHT_CALLBACK ? sight->callback : sight->state == STATE_ERROR ? VIEW_JOB_ERROR : VIEW_JOB_TRANSFERRED;
	bool no_flag = rule == RULE_cb_011 && job->flags_set && !(job->flags & flag_of(kind));
	bool disabled = rule == RULE_cb_012 && is_disabled(judge, job);
	bool no_interface = rule == RULE_cb_013 && job->interface_ == VIEW_INTERFACE_NULL;
	if (!no_flag && !disabled && !no_interface) return;
	if (sight->kind == SIGHT_STATE && state_in(sight->state, ends) && sight->from != sight->state) judge_trigger(judge, rule);
	if (sight->kind != SIGHT_CALLBACK || sight->now_ns - later_ns(job->flags_ns, job->interface_ns) < judge->tolerance_ns) return;
	judge_trigger(judge, rule);
	judge_break(judge, rule, NULL, NULL, TEXT("%s was called for %s", sight->line->event, job->name), TEXT("%s is called", sight->line->event));
}

/* Flags as words or as a number. */
static int64_t flags_value(const struct trace_line *line)
{
	const char *text = trace_get(line, "value");
	int64_t flags = 0, one;
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "|");
		if (!machine_word_value("notify_flags", at, length, &one)) return trace_get_int(line, "value", -1);
		flags |= one;
		at += length + (at[length] == '|');
	}
	return flags;
}

void rule_callback_default(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_getter(sight, "notify_flags") || sight->job->flags_set) return;
	judge_trigger(judge, rule);
	int64_t flags = flags_value(sight->line);
	if (flags == (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED)) judge_show(judge, "C-28", "error+transferred");
	if (flags == 0) judge_show(judge, "C-28", "none");
}

void rule_callback_getters(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight_is_getter(sight, "notify_flags") && job->flags_set)
		judge_claim(judge, rule, flags_value(sight->line) == job->flags, TEXT("GetNotifyFlags gives %s", trace_get(sight->line, "value")), "other flags than set");
	if (sight_is_getter(sight, "notify_interface") && job->interface_ != VIEW_INTERFACE_NEVER && !service_stopped_since(judge, job->interface_ns))
		judge_claim(judge, rule, trace_get_int(sight->line, "value", -1) == (job->interface_ == VIEW_INTERFACE_SET),
			TEXT("GetNotifyInterface gives %s", trace_get(sight->line, "value")), "another interface than set");
}

void rule_callback_unknown_flags(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t known = 0x3F;
	if (sight->kind != SIGHT_CALL || !sight->job || strcmp(sight->command, "job.set") || state_in(sight->state, STATES_FINAL)) return;
	int64_t flags = trace_get_int(sight->line, "notify_flags", 0);
	if (!(flags & ~known)) return;
	judge_claim(judge, rule, sight->hr == judge_word(judge, "E_NOTIMPL"), TEXT("SetNotifyFlags answers %s", CODE_TEXT(judge, sight->hr)),
		TEXT("hr=%s", CODE_TEXT(judge, sight->hr)));
}

/* What the client called inside JobError has its effect. */
void rule_callback_acts(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_STATE || !job || !job->call_open || !job->call_in_callback || job->call_state == STATE_NONE || (job->call_hr & 0x80000000u)) return;
	uint32_t after = judge_after_call(judge, job, STATE_BIT(job->call_state), job->call, job->call_hr);
	judge_claim(judge, rule, state_in(sight->state, judge_closure(judge, job, after)), TEXT("state %s = %s", job->name, judge_state(sight->state)),
		TEXT("state=%s after the call in JobError", judge_state(sight->state)));
}

void rule_callback_state(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_CALLBACK || !job || sight->callback == VIEW_JOB_MODIFICATION || sight->state == STATE_NONE) return;
	enum state told = sight->callback == VIEW_JOB_ERROR ? STATE_ERROR : STATE_TRANSFERRED;
	if (sight->callback == VIEW_JOB_ERROR && sight->state == told) judge_show(judge, "C-67", "state-first");
	bool later = job->calls_since_state > 0 || state_in(sight->state, STATES_FINAL) || sight->state == STATE_SUSPENDED || is_late(job, sight->callback);
	if (!judge_looks(judge) && job->rounds > 1) return;   /* which error it tells of is not known */
	judge_claim(judge, rule, sight->state == told || later, TEXT("state %s = %s inside %s", job->name, judge_state(sight->state), sight->line->event),
		TEXT("state=%s inside %s", judge_state(sight->state), sight->line->event));
}
