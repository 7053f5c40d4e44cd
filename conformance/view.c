/* view.c -- jobs, handles and looks; the parts about calls, the network and the world are view_call.c, view_net.c and view_world.c. */
#include "conformance/view_part.h"

#include "model/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)

void view_init(struct view *view, struct arena *arena, const struct machine *machine)
{
	memset(view, 0, offsetof(struct view, jobs));
	view->arena = arena;
	view->machine = machine;
	view->dialect = machine->dialect;
	view->block_cause = CAUSE_NONE;
	view->clock_ns = view->sleep_from_ns = view->sleep_to_ns = view->power_ns = VIEW_NEVER;
	view->net_up_ns = view->net_down_ns = view->block_ns = view->allow_ns = VIEW_NEVER;
	view->logoff_ns = view->logon_ns = view->kill_ns = view->start_ns = VIEW_NEVER;
}

void view_show(struct view_seeing *seeing, const struct sight *sight)
{
	seeing->show(seeing->context, sight);
}

void view_done_pieces(struct view_job *job, const char *const pieces[VIEW_DONE_MAX])
{
	memcpy(job->done, pieces, sizeof job->done);
	job->called_back = false;
}

void view_done_text(const struct view_job *job, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%s", job && job->done[0] ? job->done[0] : "the job was looked at");
	for (unsigned i = 1; job && i < VIEW_DONE_MAX && job->done[i] && used < size; i++) used += (size_t)snprintf(text + used, size - used, "%s", job->done[i]);
}

const char *view_text(struct view_seeing *seeing, const char *text)
{
	char *copy = arena_text(seeing->view->arena, text, strlen(text));
	if (!copy) seeing->status = STATUS_NO_MEMORY;
	return copy;
}

bool view_sticky(enum state state)
{
	return state == STATE_SUSPENDED || state == STATE_ERROR || state == STATE_TRANSFERRED || state == STATE_ACKNOWLEDGED ||
		state == STATE_CANCELLED;
}

bool view_undisturbed(const struct view *view, const struct view_job *job)
{
	const struct view_look *look = &job->look, *last = &job->last;
	if (!look->valid || !last->valid || job->changes || look->state != last->state) return false;
	if (look->at_ns == last->at_ns && view->virtual_time && !job->stirs) return true;
	return view_sticky(look->state);
}

uint32_t view_code(const struct view *view, const struct trace_line *line, const char *key, uint32_t otherwise)
{
	const char *word = trace_get(line, key);
	uint32_t hr;
	return word && machine_code(view->dialect, word, strlen(word), &hr) ? hr : otherwise;
}

int64_t view_seconds(const char *text)
{
	static const struct { const char *word; int64_t seconds; } units[] = {
		{ "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 },
	};
	int64_t value = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (value > INT64_MAX / 10 / 100000) return -1;
		value = value * 10 + (*at - '0');
	}
	if (at == text) return -1;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (!strcmp(at, units[i].word)) return value * units[i].seconds;
	return !strcmp(at, "ms") || !strcmp(at, "us") ? 0 : -1;
}

uint64_t view_size(const char *text)
{
	char *end;
	uint64_t bytes = strtoull(text, &end, 10);
	const char *unit = strchr("kmg", *end);
	if (end == text || !unit) return UINT64_MAX;
	return *end ? bytes << 10 * (unsigned)(unit - "kmg" + 1) : bytes;
}

struct view_handle *view_handle_find(struct view *view, const char *name)
{
	for (unsigned i = view->handles_count; i > 0; i--)
		if (!strcmp(view->handles[i - 1]->name, name)) return view->handles[i - 1];
	return NULL;
}

/* Names that the player made for as=_ are released at once: nothing can be learnt from them. */
struct view_handle *view_handle_add(struct view_seeing *seeing, const char *name, enum view_handle_kind kind, struct view_job *job)
{
	struct view *view = seeing->view;
	if (!name || name[0] == '_') return NULL;
	if (view->handles_count == VIEW_HANDLES_MAX) {
		seeing->status = STATUS_LIMIT;
		return NULL;
	}
	struct view_handle *handle = arena_take(view->arena, sizeof *handle);
	if (!handle) {
		seeing->status = STATUS_NO_MEMORY;
		return NULL;
	}
	view->handles[view->handles_count++] = handle;
	snprintf(handle->name, sizeof handle->name, "%s", name);
	handle->kind = kind;
	handle->job = job;
	handle->references = 1;
	handle->made_ns = seeing->line->at_ns;
	handle->file = VIEW_FILE_UNKNOWN;
	handle->total = -1;
	return handle;
}

/* Nobody has seen that the present error has another code. */
static bool may_have_code(const struct view *view, const struct view_job *job, enum code code)
{
	const struct view_look *look = &job->look;
	return !look->present || !look->values || look->state != job->state || look->code == machine_code_value(view->dialect, code, NULL);
}

void view_causes(const struct view *view, const struct view_job *job, struct view_causes *causes)
{
	causes->count = 0;
	causes->untold = job->causes_lost;
	for (unsigned i = 0; i < job->causes_count; i++) {
		if (job->progress_before_ns != VIEW_NEVER && job->causes[i].at_ns < job->progress_before_ns) continue;
		causes->list[causes->count++] = job->causes[i];
	}
	int64_t since = job->progress_before_ns == VIEW_NEVER ? job->created_ns : job->progress_before_ns;
	for (unsigned i = 0; i < view->conditions_count; i++) {
		const struct view_condition *condition = &view->conditions[i];
		bool concerns = !condition->host[0];
		if (condition->to_ns < since || causes->count == VIEW_CAUSES_MAX + VIEW_CONDITIONS_MAX) continue;
		for (unsigned f = 0; f < job->files_count && !concerns; f++) {
			const char *host = job->files[f]->host;
			concerns = !strcmp(host, condition->host) || strpbrk(host, ".:0123456789");
		}
		if (!concerns) continue;
		causes->list[causes->count++] = (struct view_cause){ .cause = condition->cause, .file = VIEW_FILE_NONE,
			.at_ns = condition->from_ns };
	}
	for (unsigned f = 0; f < job->files_count; f++) causes->untold |= (job->files[f]->redirected && job->files[f]->redirects < 4) || job->files[f]->twin || job->files[f]->blurred;
	/* Active time is not seen, and a period that is as good as none may be over before anything else happens. */
	bool max_over = job->max_set && view->now_ns - job->created_ns >= job->max_s * SECOND_NS && may_have_code(view, job, CODE_MAXDOWNLOAD_TIMEOUT);
	bool at_once = job->np_short || (job->np_set && job->np_s <= 1 && !view->net_down);
	bool blocked = view->policy_block && !(job->state == STATE_ERROR && job->since_ns <= view->block_ns);
	bool np_over = (at_once || (!view->net_down && !blocked && view_period_over(view, job, view->now_ns))) && may_have_code(view, job, CODE_NO_PROGRESS);
	causes->unknown = causes->untold || max_over || np_over;
}

int64_t view_retry_ns(const struct view *view, const struct view_job *job)
{
	const struct limits *limits = &view->machine->limits;
	int64_t delay = job->retry_set ? job->retry_s * SECOND_NS : limits->retry_delay_ns_default;
	return delay < limits->retry_delay_ns_min ? limits->retry_delay_ns_min : delay;
}

int64_t view_np_ns(const struct view *view, const struct view_job *job)
{
	const struct limits *limits = &view->machine->limits;
	if (job->np_set) return job->np_s > INT64_MAX / SECOND_NS ? INT64_MAX / 4 : job->np_s * SECOND_NS;
	return job->priority == JOB_PRIORITY_FOREGROUND ? limits->no_progress_ns_foreground : limits->no_progress_ns_default;
}

bool view_period_over(const struct view *view, const struct view_job *job, int64_t at_ns)
{
	int64_t start = job->flow_ns == VIEW_NEVER ? job->created_ns : job->flow_ns;
	int64_t period = view_np_ns(view, job), high = view->machine->limits.no_progress_ns_foreground;
	if (job->priority == JOB_PRIORITY_HIGH && !job->np_set && high < period) period = high;   /* C-31 */
	return at_ns - start >= period;
}

static bool is_error(enum state state)
{
	return state == STATE_ERROR || state == STATE_TRANSIENT_ERROR;
}

/* Whether the failure is one that GetErrorCount leaves out (TIME-023): everything that may have caused it is. */
static void count_failure(const struct view *view, struct view_job *job)
{
	struct view_causes causes;
	unsigned uncounted = 0;
	view_causes(view, job, &causes);
	for (unsigned i = 0; i < causes.count; i++)
		uncounted += (view->machine->faults[causes.list[i].cause].flags & FAULT_NOT_COUNTED) != 0;
	if (causes.unknown || causes.count == 0 || job->max_set) {   /* the time that it may take may be over, and the last look is of another error */
		job->failures_mixed++;
		return;
	}
	if (uncounted == causes.count) job->failures_uncounted++;
	else if (uncounted) job->failures_mixed++;
	else if (job->other == STATE_TRANSFERRING) job->failures_counted++;
	else if (job->other == STATE_CONNECTING && job->transient_ns != VIEW_NEVER) job->failures_connecting++;
}

/* The job is seen in another state than before. */
static void note_row(struct view *view, struct view_job *job, enum state state, int64_t now_ns)
{
	job->other = job->state;
	job->since_ns = now_ns;
	job->ever_fatal |= state == STATE_ERROR;
	job->ever_transferred |= state == STATE_TRANSFERRED;
	if (state == STATE_ERROR) job->callbacks[VIEW_JOB_ERROR].due_round = job->rounds + 1;
	if (state == STATE_TRANSFERRED) job->callbacks[VIEW_JOB_TRANSFERRED].due_round = job->rounds + 1;
	if (state == STATE_TRANSFERRED) view_progress_transferred(job, now_ns);
	if (state != STATE_ERROR && state != STATE_TRANSFERRED) job->modifications++;
	if (!is_error(state)) return;
	job->ever_error = true;
	if (!is_error(job->other)) job->attempts_at_error = job->attempts;
	if (job->first_error_ns == VIEW_NEVER) job->first_error_ns = now_ns;
	if (job->error_seen_ns == VIEW_NEVER) job->error_seen_ns = now_ns;
	count_failure(view, job);
}

void view_state(struct view_seeing *seeing, struct view_job *job, enum state state)
{
	struct sight sight = { .kind = SIGHT_STATE, .line = seeing->line, .now_ns = seeing->line->at_ns, .job = job,
		.state = state, .from = job->state, .from_ns = job->state_ns, .failure = CAUSE_NONE };
	if (state == STATE_NONE) return;
	/* A file that came since the last look, and that nobody asked for, was added when all others were there. */
	bool late_file = job->files_count && !job->files[job->files_count - 1]->requests && !job->files[job->files_count - 1]->empty;
	if (state == STATE_TRANSFERRED && late_file && job->changed_ns != VIEW_NEVER && job->changed_ns > job->state_ns) job->added_in_transferred = true;
	if (job->state != state) note_row(seeing->view, job, state, seeing->line->at_ns);
	job->state = state;
	job->state_ns = seeing->line->at_ns;
	if (state == STATE_TRANSIENT_ERROR) job->transient_ns = seeing->line->at_ns;
	view_show(seeing, &sight);
	job->call_open = false;
	job->calls_since_state = 0;
}

/* An error handle's values are settled when the looks around its making agree; they are over when a look differs. */
static void settle_handles(struct view *view, const struct view_job *job)
{
	const struct view_look *look = &job->look, *last = &job->last;
	for (unsigned i = 0; i < view->handles_count; i++) {
		struct view_handle *handle = view->handles[i];
		if (handle->kind != VIEW_HANDLE_ERROR || handle->job != job) continue;
		bool same = look->present && look->values && last->valid && last->present && last->values &&
			look->context == last->context && look->code == last->code;
		if (!handle->settled && !handle->proved && same && !job->stirs) {
			handle->proved = true;
			handle->context = look->context;
			handle->code = look->code;
		}
		handle->settled = true;
		if (!look->present || (handle->proved && look->values && (look->code != handle->code || look->context != handle->context)))
			handle->over = true;
	}
}

static void see_look(struct view_seeing *seeing, struct view_job *job, enum state state)
{
	const struct trace_line *line = seeing->line;
	const char *context = trace_get(line, "context"), *file = trace_get(line, "file");
	struct view_look look = { .valid = true, .state = state, .at_ns = line->at_ns, .file = VIEW_FILE_UNKNOWN };
	look.known = trace_get(line, "hr") != NULL;
	look.hr = view_code(seeing->view, line, "hr", 0x8000FFFF);
	look.present = look.known && look.hr == 0;
	if (context) {
		int found = machine_context_find(context, strlen(context));
		look.context = found >= 0 ? found : trace_get_int(line, "context", -1);
	}
	if (file) look.file = !strcmp(file, "none") ? VIEW_FILE_NONE : (int)trace_get_int(line, "file", VIEW_FILE_UNKNOWN);
	const char *code = trace_get(line, "code");
	look.values = look.present && context && code && machine_code(seeing->view->dialect, code, strlen(code), &look.code);
	job->last = job->look;
	if (job->look.values) job->last_error = job->look;
	job->look = look;
	job->ever_present |= look.present;
	settle_handles(seeing->view, job);
	struct sight sight = { .kind = SIGHT_LOOK, .line = line, .now_ns = line->at_ns, .job = job, .state = state,
		.from = job->last.valid ? job->last.state : STATE_NONE, .failure = CAUSE_NONE };
	view_show(seeing, &sight);
	job->changes = job->failures = job->null_outs = job->asked = job->stirs = job->requests_since_look = 0;
}

/* What GetState says on two sides of GetError; when they differ nobody knows in which state GetError was asked. */
static void see_probe(struct view_seeing *seeing)
{
	const char *state = trace_get(seeing->line, "state"), *after = trace_get(seeing->line, "after");
	struct view_handle *handle = view_handle_find(seeing->view, seeing->line->object);
	if (!handle || handle->kind != VIEW_HANDLE_JOB || !handle->job || !state) return;
	enum state one = machine_state_find(state, strlen(state));
	enum state two = after ? machine_state_find(after, strlen(after)) : one;
	view_state(seeing, handle->job, one);
	handle->job->asked += two != one;   /* GetError stands between the two */
	if (two != one) view_state(seeing, handle->job, two);
	else if (one != STATE_NONE) see_look(seeing, handle->job, one);
}

static enum view_callback callback_kind(const char *word)
{
	static const char *const words[VIEW_CALLBACKS] = { "job_error", "job_transferred", "job_modification" };
	for (int i = 0; i < VIEW_CALLBACKS; i++)
		if (!strcmp(words[i], word)) return (enum view_callback)i;
	return VIEW_CALLBACKS;
}

bool view_is_overtaken(const struct view_job *job, const struct view_calls *calls)
{
	return calls->due_round && calls->due_round <= job->rounds && (!calls->count || calls->round < calls->due_round - 1);
}

static void see_callback(struct view_seeing *seeing)
{
	static const char *const names[VIEW_CALLBACKS] = { "JobError", "JobTransferred", "JobModification" };
	const struct trace_line *line = seeing->line;
	struct view_handle *handle = view_handle_find(seeing->view, line->object);
	struct view_job *job = handle && handle->kind == VIEW_HANDLE_JOB ? handle->job : NULL;
	const char *word = trace_get(line, "state");
	enum view_callback kind = callback_kind(line->event);
	if (!job || kind == VIEW_CALLBACKS) return;
	enum state state = word ? machine_state_find(word, strlen(word)) : STATE_NONE;
	job->stirs++;
	struct sight sight = { .kind = SIGHT_CALLBACK, .line = line, .now_ns = line->at_ns, .job = job, .state = state,
		.from = job->state, .callback = kind, .returned = view_code(seeing->view, line, "return", 0), .failure = CAUSE_NONE };
	view_done(job, names[kind], " was called for ", job->name);
	job->called_back = true;
	view_show(seeing, &sight);
	struct view_calls *calls = &job->callbacks[kind];
	/* One that a call has overtaken belongs to the round before it (CB-025). */
	bool left = kind == VIEW_JOB_ERROR && job->rounds && state != STATE_NONE && state != STATE_ERROR;
	bool late = left || view_is_overtaken(job, calls);
	*calls = (struct view_calls){ calls->count + 1, line->at_ns, sight.returned, left ? job->rounds - 1 : late ? calls->due_round - 1 : job->rounds, calls->due_round };
	if (kind == VIEW_JOB_MODIFICATION) job->modifications = 0;
	/* The state was asked before the client's method called anything: it says nothing of what came after a call. */
	if (!job->calls_since_state) view_state(seeing, job, state);
}

/* What a check looks at beside what the client asks for itself: the files. */
static bool is_of_disk(const char *expected)
{
	return expected && (!strncmp(expected, "file ", 5) || !strncmp(expected, "no-file ", 8) || !strncmp(expected, "no-temporary ", 13));
}

static void see_player(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	const char *tier = trace_get(line, "tier");
	if (!strcmp(line->event, "begin")) view->virtual_time = tier && !strcmp(tier, "virtual");
	bool check = !strcmp(line->event, "check");
	if (!check && strcmp(line->event, "end")) return;
	const char *expected = check ? trace_get(line, "expected") : NULL;
	if (check && !is_of_disk(expected)) return;
	for (unsigned i = 0; i < view->jobs_count; i++) {
		struct sight sight = { .kind = check ? SIGHT_CHECK : SIGHT_END, .line = line, .now_ns = line->at_ns,
			.job = view->jobs[i], .state = view->jobs[i]->state, .from = view->jobs[i]->state,
			.from_ns = view->jobs[i]->state_ns, .failure = CAUSE_NONE };
		view_show(seeing, &sight);
	}
}

enum status view_see(struct view *view, const struct trace_line *line, view_shower *show, void *context)
{
	view->now_ns = line->at_ns;
	struct view_seeing seeing = { .view = view, .line = line, .show = show, .context = context, .status = STATUS_OK };
	switch (line->actor) {
	case ACTOR_CLIENT:
		view->probed |= !strcmp(line->event, "probe");
		if (!strcmp(line->event, "probe")) see_probe(&seeing);
		else view_call_see(&seeing);
		break;
	case ACTOR_CB: see_callback(&seeing); break;
	case ACTOR_IMPL: break;
	case ACTOR_ORIGIN: view_net_origin(&seeing); break;
	case ACTOR_WORLD: view_world_see(&seeing); break;
	case ACTOR_PLAYER: see_player(&seeing); break;
	case ACTOR_COUNT: break;
	}
	return seeing.status;
}
