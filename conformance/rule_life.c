/* rule_life.c -- ERR-LIFE: when the error object of a job exists, and whose it is. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

static const char *look_text(const struct judge *judge, const struct view_look *look, char buffer[200])
{
	if (!look->present)
		return judge_text(buffer, 200, "state=%s, GetError answers %s", judge_state(look->state), CODE_TEXT(judge, look->hr));
	return judge_text(buffer, 200, "state=%s, GetError answers S_OK: %s in %s", judge_state(look->state),
		CODE_TEXT(judge, look->code), judge_context(look->context));
}
#define LOOK_TEXT(judge, look) look_text(judge, look, (char[200]){ 0 })
#define LOOK_SIGNATURE(judge, look) \
	TEXT("state=%s hr=%s", judge_state((look)->state), CODE_TEXT(judge, (look)->hr))

static void claim_present(struct judge *judge, unsigned rule, const struct view_look *look, bool present)
{
	judge_claim(judge, rule, look->present == present, LOOK_TEXT(judge, look), LOOK_SIGNATURE(judge, look));
}

/* The readings under which an error state may have no error object, when the judge was told to take them. */
static bool may_be_absent(const struct judge *judge, const struct view_job *job, enum state state)
{
	int64_t start_ns = judge->view.start_ns;
	if (state == STATE_TRANSIENT_ERROR) return judge_takes(judge, "C-01", "error-only");
	return judge_takes(judge, "C-08", "state-only") && start_ns != VIEW_NEVER && job->since_ns <= start_ns;
}

void rule_life_in_error(struct judge *judge, unsigned rule, const struct sight *sight)
{
	enum state state = rule == RULE_err_life_001 ? STATE_ERROR : STATE_TRANSIENT_ERROR;
	if (!sight_is_look(sight) || sight->state != state) return;
	if (state == STATE_TRANSIENT_ERROR) judge_show(judge, "C-01", sight->job->look.present ? "both-errors" : "error-only");
	if (sight->job->look.present || !may_be_absent(judge, sight->job, state)) claim_present(judge, rule, &sight->job->look, true);
}

void rule_life_flowing(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_look(sight) || sight->state != STATE_TRANSFERRING) return;
	if (!sight->job->ever_error && !sight->job->last.present) return;
	claim_present(judge, rule, &sight->job->look, false);
}

/* Nothing that could fail was seen: neither on the way to the origin nor in the world. */
static bool never_failed(const struct judge *judge, const struct view_job *job)
{
	const struct view *view = &judge->view;
	if (job->ever_error || job->causes_total) return false;
	for (unsigned i = 0; i < view->conditions_count; i++)
		if (view->conditions[i].to_ns >= job->created_ns) return false;
	for (unsigned f = 0; f < job->files_count; f++)
		if (!job->files[f]->local || job->files[f]->redirected) return false;
	return true;
}

void rule_life_never(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_look(sight) || !never_failed(judge, sight->job)) return;
	if (state_in(sight->state, STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_CONNECTING)) && sight->job->attempts) return;
	claim_present(judge, rule, &sight->job->look, false);
}

static bool same_error(const struct view_look *a, const struct view_look *b)
{
	if (a->present != b->present) return false;
	return !a->present || !a->values || !b->values ||
		(a->context == b->context && a->code == b->code && (a->file == b->file || a->file == VIEW_FILE_UNKNOWN || b->file == VIEW_FILE_UNKNOWN));
}

void rule_life_call_makes(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || !job->failures || !job->last.valid || !job->last.known) return;
	if (!view_undisturbed(&judge->view, job) && (job->last.present || !never_failed(judge, job))) return;
	judge_trigger(judge, rule);
	if (!job->look.present || same_error(&job->last, &job->look)) return;
	judge_break(judge, rule, TEXT("%s on %s failed with %s", job->failed, job->name, CODE_TEXT(judge, job->failed_hr)), NULL,
		LOOK_TEXT(judge, &job->look), TEXT("GetError S_OK after %s failed", job->failed));
}

void rule_life_call_changes(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || !job->failures || !job->last.present || !view_undisturbed(&judge->view, job)) return;
	judge_trigger(judge, rule);
	if (same_error(&job->last, &job->look)) return;
	judge_break(judge, rule, TEXT("%s on %s failed with %s", job->failed, job->name, CODE_TEXT(judge, job->failed_hr)), NULL,
		LOOK_TEXT(judge, &job->look), TEXT("error %s after %s failed", job->look.present ? "replaced" : "gone", job->failed));
}

void rule_life_resumed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	uint32_t waiting = STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_CONNECTING);
	if (!sight_is_look(sight) || !state_in(sight->state, waiting) || !job->last.present) return;
	if (!state_in(job->last.state, STATES_ERROR | waiting) || job->requests_since_look || job->resumed_ns == VIEW_NEVER) return;
	if (job->call != EVENT_RESUME || job->call_hr || job->resumed_ns < job->last.at_ns) return;
	if (job->changes) judge_show(judge, "C-02", job->look.present ? "until-data" : "gone-at-resume");
	claim_present(judge, rule, &job->look, true);
}

void rule_life_suspended(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || sight->state != STATE_SUSPENDED || !job->last.present) return;
	if (!state_in(job->last.state, STATES_ERROR) || job->requests_since_look || job->call != EVENT_SUSPEND) return;
	judge_show(judge, "C-03", job->look.present ? "kept" : "gone-at-suspend");
	claim_present(judge, rule, &job->look, true);
}

/* Whether a code is one that something seen may have; inferred rows allow any failure code. */
static bool fits(const struct judge *judge, const struct view_causes *causes, uint32_t code)
{
	if (causes->unknown || causes->count == 0) return true;
	for (unsigned i = 0; i < causes->count; i++) {
		struct fault_report report = machine_report(judge->view.machine, causes->list[i].cause, causes->list[i].status);
		if (report.code == code || (report.mark == 'i' && (code & 0x80000000u))) return true;
	}
	return false;
}

void rule_life_turned_fatal(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_look(sight)) return;
	const struct view_job *job = sight->job;
	const struct view_look *look = &job->look, *last = &job->last;
	struct view_causes causes;
	if (sight->state != STATE_ERROR || last->state != STATE_TRANSIENT_ERROR || !look->values) return;
	view_causes(&judge->view, job, &causes);
	bool holds = (last->values && look->code == last->code) || look->code == judge_word(judge, "NO_PROGRESS");
	judge_claim(judge, rule, holds || fits(judge, &causes, look->code), LOOK_TEXT(judge, look),
		TEXT("state=ERROR code=%s", CODE_TEXT(judge, look->code)));
}

/* Causes that the code may come of: those before the last error was told, and those that may have been since. */
static void find_causes(const struct judge *judge, const struct view_causes *causes, uint32_t code, int64_t told_ns, bool *before, bool *since)
{
	for (unsigned i = 0; i < causes->count; i++) {
		const struct view_cause *cause = &causes->list[i];
		if (machine_report(judge->view.machine, cause->cause, cause->status).code != code) continue;
		*before = true;
		*since |= cause->at_ns > told_ns || !cause->certain;
	}
}

/* The error of an older cause, told although a newer one ended the job. */
void rule_life_replaced(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_look(sight)) return;
	const struct view_job *job = sight->job;
	const struct view_look *look = &job->look, *told = &job->last_error;
	struct view_causes causes;
	bool before = false, since = false;
	if (sight->state != STATE_ERROR || !look->values || !told->valid || told->at_ns >= job->since_ns) return;
	view_causes(&judge->view, job, &causes);
	const struct view_cause *newest = judge_newest(&causes);
	if (causes.unknown || !newest || newest->at_ns < told->at_ns || judge_class(judge, newest) != FAULT_CLASS_FATAL) return;
	uint32_t code = machine_report(judge->view.machine, newest->cause, newest->status).code;
	if (told->code == code) return;
	find_causes(judge, &causes, look->code, told->at_ns, &before, &since);
	judge_claim(judge, rule, look->code == code || look->code != told->code || !before || since, LOOK_TEXT(judge, look),
		TEXT("code=%s of the error before", CODE_TEXT(judge, look->code)));
}

static void break_handle(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *handle = sight->handle;
	uint32_t code = view_code(&judge->view, sight->line, "code", 0);
	judge_break(judge, rule, TEXT("%s was asked for its error a second time", handle->name),
		TEXT("it says %s in %s as before, or refuses", CODE_TEXT(judge, handle->code), judge_context(handle->context)),
		TEXT("it says %s in %s", CODE_TEXT(judge, code), trace_get(sight->line, "context")), "held handle: another error");
}

/* What a held handle says is the error for which it was taken, or nothing. */
void rule_life_handle(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *handle = sight->handle;
	const char *context = sight->kind == SIGHT_CALL ? trace_get(sight->line, "context") : NULL;
	if (sight->kind != SIGHT_CALL || strcmp(sight->command, "error.get_error") || sight->null_out) return;
	if (!handle || handle->kind != VIEW_HANDLE_ERROR || !handle->proved) return;
	if (handle->over) {
		judge_trigger(judge, rule);
		judge_show(judge, "C-05", sight->failed ? "refuses" : "frozen");
	}
	if (sight->failed || !context) return;
	int found = machine_context_find(context, strlen(context));
	int64_t value = found >= 0 ? found : trace_get_int(sight->line, "context", -1);
	if (value != handle->context || view_code(&judge->view, sight->line, "code", handle->code) != handle->code)
		break_handle(judge, rule, sight);
}

void rule_life_released(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *handle = sight->handle;
	if (sight->kind != SIGHT_CALL || strncmp(sight->command, "error.", 6) || sight->null_out) return;
	if (!handle || handle->kind != VIEW_HANDLE_ERROR || !sight->job || !sight->job->released) return;
	bool lives = !sight->failed || handle->over || sight->hr == judge_word(judge, "FILE_NOT_AVAILABLE");
	if (strcmp(sight->command, "error.get_error") && sight->failed) return;
	judge_claim(judge, rule, lives, TEXT("%s answers %s", sight->command, CODE_TEXT(judge, sight->hr)),
		TEXT("%s=%s after the job's release", sight->command, CODE_TEXT(judge, sight->hr)));
}

static bool handle_held(const struct judge *judge, const struct view_job *job)
{
	const struct view *view = &judge->view;
	for (unsigned i = 0; i < view->handles_count; i++)
		if (view->handles[i]->kind == VIEW_HANDLE_ERROR && view->handles[i]->job == job && view->handles[i]->references) return true;
	return false;
}

void rule_life_gone(struct judge *judge, unsigned rule, const struct sight *sight)
{
	enum state state = rule == RULE_err_life_014 ? STATE_CANCELLED : rule == RULE_err_life_015 ? STATE_ACKNOWLEDGED : STATE_TRANSFERRED;
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || sight->state != state || (!job->ever_error && !job->last.present)) return;
	bool held = state != STATE_TRANSFERRED && handle_held(judge, job), kept = job->look.present && held;
	if (held) judge_show(judge, "C-07", kept ? "kept-while-handle" : "gone");
	judge_claim(judge, rule, !job->look.present || kept, LOOK_TEXT(judge, &job->look), LOOK_SIGNATURE(judge, &job->look));
}

void rule_life_equal(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || !job->last.present || !job->look.present || !view_undisturbed(&judge->view, job)) return;
	judge_claim(judge, rule, same_error(&job->last, &job->look), LOOK_TEXT(judge, &job->look),
		TEXT("state=%s: another error", judge_state(sight->state)));
}

static bool other_failed_since(const struct judge *judge, const struct view_job *job)
{
	for (unsigned i = 0; i < judge->view.jobs_count; i++) {
		const struct view_job *other = judge->view.jobs[i];
		if (other != job && state_in(other->state, STATES_ERROR) && other->since_ns >= job->last.at_ns) return true;
	}
	return false;
}

void rule_life_other_job(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!sight_is_look(sight) || !job->last.valid || !job->last.known || !other_failed_since(judge, job)) return;
	bool clean = !job->last.present && never_failed(judge, job) &&
		!(state_in(sight->state, STATES_ACTION) && sight->state != STATE_TRANSFERRING);
	if (!clean && !(view_undisturbed(&judge->view, job) && !job->changes)) return;
	judge_claim(judge, rule, same_error(&job->last, &job->look), LOOK_TEXT(judge, &job->look),
		TEXT("another job failed: %s", job->look.present ? "an error came" : "the error is gone"));
}

void rule_life_restart(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_is_look(sight)) return;
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	const struct view_look *look = &job->look, *last = &job->last;
	if (view->service_down || view->start_ns == VIEW_NEVER || !last->valid) return;
	if (last->state != STATE_ERROR || last->at_ns > view->start_ns || look->at_ns < view->start_ns || job->changes) return;
	if (!last->present) return;
	if (look->state == STATE_CANCELLED && (judge_closure(judge, job, STATE_BIT(STATE_ERROR)) & STATE_BIT(STATE_CANCELLED))) return; /* of age */
	bool same = look->state == STATE_ERROR && (!look->present || same_error(last, look));
	judge_claim(judge, rule, same, LOOK_TEXT(judge, look), TEXT("after restart: %s", LOOK_SIGNATURE(judge, look)));
}
