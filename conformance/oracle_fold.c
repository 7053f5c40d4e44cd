/* oracle_fold.c -- observations: each closes the set of beliefs and drops what does not agree. */
#include "conformance/oracle_part.h"

#include <stdarg.h>
#include <stdio.h>

/* An observation of a job, and whether a belief agrees with it; it may change the belief by what was observed. */
struct seeing {
	struct oracle_fold *fold;
	const struct sight *sight;
	struct believed *of;
	const struct move *row;      /* the row that answered otherwise, for the story */
	char answer[60];             /* what it answers */
	int64_t retry_delay_ns, no_progress_ns;   /* as a belief that agrees with the call has them after it */
};
typedef bool agrees(struct seeing *seeing, struct belief *belief);
/* What was observed, in words; asked when no belief agrees. */
typedef void tells(const struct seeing *seeing, char *seen, size_t size);

void oracle_text(char *to, size_t size, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(to, size, format, args);
	va_end(args);
}

static const char *code_text(const struct oracle_fold *fold, uint32_t hr, char buffer[16])
{
	const char *word = machine_code_name(fold->view->dialect, hr);
	if (!word) oracle_text(buffer, 16, "0x%08X", (unsigned)hr);
	return word ? word : buffer;
}

static uint32_t row_code(const struct oracle_fold *fold, const struct move *row)
{
	return machine_code_value(fold->view->dialect, row->result, NULL);
}

static bool is_code(const struct oracle_fold *fold, const char *word, uint32_t hr)
{
	uint32_t value;
	return machine_code(fold->view->dialect, word, strlen(word), &value) && value == hr;
}

/* --- the story of a divergence */

/* `SUSPENDED [suspend], ERROR [fatal_transferring]`: each belief with the row that led to it. */
static void tell_beliefs(const struct believed *of, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (unsigned i = 0; i < of->count && used < size; i++) {
		const struct belief *belief = &of->beliefs[i];
		char one[120];
		oracle_text(one, sizeof one, "%s%s%s%s%s", judge_state(belief->state), belief->error.present ? " with an error" : "", belief->row ? " [" : "",
			belief->row ? belief->row->id : "", belief->row ? "]" : "");
		if (strstr(text, one)) continue;
		oracle_text(text + used, size - used, "%s%s", used ? ", " : "", one);
		used += strlen(text + used);
	}
}

static void tell_row(struct divergence *first, const struct move *row)
{
	if (!row) return;
	oracle_text(first->row, sizeof first->row, "%s", row->id);
	oracle_text(first->source, sizeof first->source, "%s", row->cite);
}

static void diverge(struct seeing *seeing, tells *tell)
{
	char seen[200];
	const struct believed *before = seeing->of;
	struct oracle_fold *fold = seeing->fold;
	struct divergence *first = &fold->first;
	const struct sight *sight = seeing->sight;
	const struct view_job *job = before->view;
	const struct move *row = seeing->row ? seeing->row : before->beliefs[0].row;
	tell(seeing, seen, sizeof seen);
	fold->diverged = true;
	*first = (struct divergence){ .trace_index = fold->index, .agreed_index = fold->agreed,
		.scenario_line = sight->line->scenario_line, .at_ns = sight->now_ns };
	oracle_text(first->job, sizeof first->job, "%s", job->name);
	view_done_text(job, first->done, sizeof first->done);
	char states[ORACLE_TEXT_MAX - 80];
	tell_beliefs(before, states, sizeof states);
	oracle_text(first->allowed, sizeof first->allowed, "%s%s%s", seeing->answer, seeing->answer[0] ? ", from " : "", states);
	oracle_text(first->seen, sizeof first->seen, "%s", seen);
	oracle_text(first->signature, sizeof first->signature, "%s", seen);
	tell_row(first, row);
}

/* Drops what does not agree. The set that was there before stays when nothing is left: it is what the story tells. */
static void observe(struct seeing *seeing, agrees *agree, tells *tell)
{
	struct believed *of = seeing->of;
	struct oracle_fold *fold = seeing->fold;
	unsigned count = of->count;
	memcpy(fold->before, of->beliefs, count * sizeof *of->beliefs);
	of->count = 0;
	for (unsigned i = 0; i < count; i++) {
		struct belief belief = fold->before[i];
		if (agree(seeing, &belief)) oracle_belief_add(fold, of, &belief);
	}
	fold->observed = true;
	if (of->count) return;
	memcpy(of->beliefs, fold->before, count * sizeof *of->beliefs);
	of->count = count;
	diverge(seeing, tell);
}

/* --- states and errors */

static bool agrees_state(struct seeing *seeing, struct belief *belief)
{
	return belief->state == seeing->sight->state;
}

/* A retry that is due in a calm world has come, and has left the state. */
static bool agrees_waiting(struct seeing *seeing, struct belief *belief)
{
	const struct oracle_fold *fold = seeing->fold;
	const struct view *view = fold->view;
	if (!agrees_state(seeing, belief)) return false;
	bool calm = !view->net_ever_down && !view->policy_ever && view->kill_ns == VIEW_NEVER && view->logoff_ns == VIEW_NEVER;
	if (belief->state != STATE_TRANSIENT_ERROR || belief->retry_last_ns == JOB_NEVER || !calm) return true;
	return seeing->sight->now_ns - belief->retry_last_ns <= fold->tolerance_ns;
}

static void tell_state(const struct seeing *seeing, char *seen, size_t size)
{
	oracle_text(seen, size, "state %s", judge_state(seeing->sight->state));
}

static bool agrees_values(const struct view_look *look, const struct belief *belief)
{
	const struct error *error = &belief->error;
	if (belief->error_open) return true;
	bool same_code = look->code == error->code || (belief->code_open && (look->code & 0x80000000u));
	if (look->values && (look->context != (int64_t)error->context || !same_code)) return false;
	if (look->file == VIEW_FILE_UNKNOWN) return true;
	return (look->file == VIEW_FILE_NONE) == (error->file == ERROR_NO_FILE);
}

/* C-07: whether the error of a finished job is still there is a matter of handles. */
static bool is_kept(const struct oracle_fold *fold, const struct belief *belief)
{
	return machine_varies(fold->machine, VARIANT_error_kept_while_handle) && state_in(belief->state, STATES_FINAL);
}

/* C-58 */
static bool is_late_priority(const struct seeing *seeing, const struct belief *belief)
{
	const struct sight *sight = seeing->sight;
	bool priority = sight->method && !strcmp(sight->method->property, "priority");
	return priority && machine_varies(seeing->fold->machine, VARIANT_priority_in_final) && state_in(belief->state, STATES_FINAL);
}

static bool agrees_look(struct seeing *seeing, struct belief *belief)
{
	const struct view_look *look = &seeing->sight->job->look;
	if (belief->state != look->state) return false;
	const struct job *job = oracle_belief_job(seeing->fold, seeing->of, belief);
	if (job_has_error(seeing->fold->machine, job) != look->present) return is_kept(seeing->fold, belief) && !look->present;
	if (look->present && !agrees_values(look, belief)) {
		char code[16];
		oracle_text(seeing->answer, sizeof seeing->answer, "%s %s%s", judge_context(belief->error.context),
			code_text(seeing->fold, belief->error.code, code), belief->error.file == ERROR_NO_FILE ? " without a file" : " with a file");
		return false;
	}
	return true;
}

static void tell_look(const struct seeing *seeing, char *seen, size_t size)
{
	const struct view_look *look = &seeing->sight->job->look;
	char code[16];
	if (!look->present) oracle_text(seen, size, "GetError answers %s in %s", code_text(seeing->fold, look->hr, code), judge_state(look->state));
	else if (!look->values) oracle_text(seen, size, "an error in %s", judge_state(look->state));
	else oracle_text(seen, size, "an error in %s: %s %s%s", judge_state(look->state), judge_context(look->context),
		code_text(seeing->fold, look->code, code), look->file == VIEW_FILE_NONE ? " without a file" : look->file >= 0 ? " with a file" : "");
}

/* --- calls */

static enum property property_of(const struct sight *sight, int64_t *value)
{
	const char *name = sight->method ? sight->method->property : "", *text = *name ? trace_get(sight->line, name) : NULL;
	*value = 0;
	if (!text || strcmp(sight->command, "job.set")) return PROPERTY_OTHER;
	if (!strcmp(name, "minimum_retry_delay") || !strcmp(name, "no_progress_timeout")) {
		*value = view_seconds(text);
		if (*value < 0) return PROPERTY_OTHER;
		return name[0] == 'm' ? PROPERTY_RETRY_DELAY : PROPERTY_NO_PROGRESS;
	}
	if (!strcmp(name, "priority") || !strcmp(name, "notify_flags")) {
		*value = view_number(name, text);
		if (*value < 0) return PROPERTY_OTHER;
		return name[0] == 'p' ? PROPERTY_PRIORITY : PROPERTY_NOTIFY_FLAGS;
	}
	return PROPERTY_OTHER;
}

static struct occurrence occurrence_of(const struct sight *sight)
{
	struct occurrence occurrence = { .event = sight->event, .now_ns = sight->now_ns, .cause = CAUSE_NONE, .bytes_total = JOB_SIZE_UNKNOWN };
	if (sight->event == EVENT_SET) occurrence.property = property_of(sight, &occurrence.value);
	return occurrence;
}

/* What a row may answer: a step down in the class of success is told by other pages, and a file that takes no name by the system. */
static bool same_answer(const struct oracle_fold *fold, const struct move *row, uint32_t hr)
{
	uint32_t result = row_code(fold, row);
	bool steps_down = row->event == EVENT_CANCEL || row->event == EVENT_COMPLETE;
	if (result == hr) return true;
	if (steps_down && !(result & 0x80000000u)) return !(hr & 0x80000000u);
	return row->guard == GUARD_rename_fails && (hr & 0x80000000u) && !is_code(fold, "INVALID_STATE", hr);
}

/* Files that are done, and whether they can take their names, are known to no one outside: every way is tried. */
static bool complete_step(struct seeing *seeing, const struct belief *from, unsigned way, struct belief *to)
{
	struct effects effects;
	struct occurrence occurrence = occurrence_of(seeing->sight);
	effects_init(&effects);
	oracle_belief_job(seeing->fold, seeing->of, from);
	struct job *work = &seeing->of->work;
	unsigned done = way % 3 == 0 ? 0 : way % 3 == 1 ? work->files_count : work->files_count / 2;
	for (unsigned i = 0; i < done; i++) work->files[i].done = true;
	work->rename_fails = way >= 3;
	const struct move *row = job_step(seeing->fold->machine, work, &occurrence, &effects);
	if (!same_answer(seeing->fold, row, seeing->sight->hr)) {
		seeing->row = row;
		return false;
	}
	*to = *from;
	to->row = row;
	if (row->effects & EFFECT_BIT(EFFECT_REFUSE)) return true;
	oracle_belief_take(to, from, work, &occurrence);
	if (state_in(to->state, STATES_FINAL)) to->owed = 0;
	if (to->retry_ns == JOB_NEVER) to->retry_last_ns = JOB_NEVER;
	to->row = row;
	return true;
}

static bool agrees_complete(struct seeing *seeing, struct belief *belief)
{
	struct belief to;
	for (unsigned way = 0; way < 6; way++)
		if (complete_step(seeing, belief, way, &to)) {
			*belief = to;
			return true;
		}
	return false;
}

static void tell_answer(struct seeing *seeing, const struct belief *belief)
{
	char code[16];
	oracle_text(seeing->answer, sizeof seeing->answer, "%s in %s", code_text(seeing->fold, row_code(seeing->fold, seeing->row), code),
		judge_state(belief->state));
}

/* Whether the file that was added in TRANSFERRED was fetched since nobody outside may know: then Resume has nothing to do. */
static void resume_done(struct seeing *seeing, const struct belief *belief)
{
	struct occurrence occurrence = occurrence_of(seeing->sight);
	struct believed *of = seeing->of;
	struct belief to;
	if (occurrence.event != EVENT_RESUME || belief->state != STATE_TRANSFERRED || !of->view->added_in_transferred) return;
	of->added_is_done = true;
	bool possible = oracle_belief_step(seeing->fold, of, belief, &occurrence, &to);
	of->added_is_done = false;
	if (possible && same_answer(seeing->fold, to.row, seeing->sight->hr)) oracle_belief_add(seeing->fold, of, &to);
}

static bool agrees_call(struct seeing *seeing, struct belief *belief)
{
	struct occurrence occurrence = occurrence_of(seeing->sight);
	struct belief to;
	resume_done(seeing, belief);
	if (is_late_priority(seeing, belief) || (seeing->sight->event == EVENT_GET_ERROR && is_kept(seeing->fold, belief))) return true;
	if (!oracle_belief_step(seeing->fold, seeing->of, belief, &occurrence, &to)) return true;
	if (!same_answer(seeing->fold, to.row, seeing->sight->hr)) {
		seeing->row = to.row;
		tell_answer(seeing, belief);
		return false;
	}
	to.retry_last_ns = to.retry_ns == belief->retry_ns ? belief->retry_last_ns : to.retry_ns;
	seeing->retry_delay_ns = seeing->of->work.retry_delay_ns;
	seeing->no_progress_ns = seeing->of->work.no_progress_ns;
	if (!view_steers(seeing->sight->event) && to.state == belief->state && belief->row) to.row = belief->row;
	*belief = to;
	return true;
}

/* What a call that worked set is the same in all beliefs. */
static void keep_base(const struct seeing *seeing)
{
	const struct sight *sight = seeing->sight;
	struct believed *of = seeing->of;
	int64_t value;
	if (sight->failed) return;
	if (sight->event != EVENT_SET) return;
	switch (property_of(sight, &value)) {
	case PROPERTY_PRIORITY: of->base.priority = (enum job_priority)value; break;
	case PROPERTY_RETRY_DELAY: of->base.retry_delay_ns = seeing->retry_delay_ns; break;
	case PROPERTY_NO_PROGRESS:
		of->base.no_progress_ns = seeing->no_progress_ns;
		of->base.no_progress_was_set = true;
		break;
	case PROPERTY_NOTIFY_FLAGS: of->base.notify_flags = (uint32_t)value; break;
	case PROPERTY_NONE:
	case PROPERTY_NOTIFY_INTERFACE:
	case PROPERTY_OTHER: break;
	}
}

/* A setter or AddFile may refuse its arguments, in any state. */
static bool refuses_argument(const struct seeing *seeing)
{
	const struct sight *sight = seeing->sight;
	return sight->failed && !view_steers(sight->event) && !is_code(seeing->fold, "INVALID_STATE", sight->hr);
}

static void tell_call(const struct seeing *seeing, char *seen, size_t size)
{
	const struct sight *sight = seeing->sight;
	char code[16];
	oracle_text(seen, size, "%s answers %s", sight->method ? sight->method->name : sight->command, code_text(seeing->fold, sight->hr, code));
}

/* Whether the call says something of the job's state. */
static bool tells_of_state(const struct seeing *seeing)
{
	const struct sight *sight = seeing->sight;
	bool core = sight->method && !strcmp(sight->method->interface_, "IBackgroundCopyJob");
	if (sight->null_out || sight->event == EVENT_GET || seeing->fold->view->service_down) return false;
	if (sight->event != EVENT_GET_ERROR && refuses_argument(seeing)) return false;
	return view_steers(sight->event) || sight->event == EVENT_GET_ERROR || core;
}

/* --- callbacks and requests */

static bool agrees_callback(struct seeing *seeing, struct belief *belief)
{
	const struct sight *sight = seeing->sight;
	uint32_t flag = sight->callback == VIEW_JOB_ERROR ? NOTIFY_JOB_ERROR : NOTIFY_JOB_TRANSFERRED;
	bool returned = !(sight->returned & 0x80000000u), again = machine_varies(seeing->fold->machine, VARIANT_transferred_repeated);
	if (!(belief->owed & flag)) return false;
	if (returned || (flag == NOTIFY_JOB_TRANSFERRED && seeing->fold->view->dialect == DIALECT_DO && !again)) belief->owed &= ~flag;
	return true;
}

static void tell_callback(const struct seeing *seeing, char *seen, size_t size)
{
	static const char *const names[VIEW_CALLBACKS] = { "JobError", "JobTransferred", "JobModification" };
	oracle_text(seen, size, "%s is called", names[seeing->sight->callback]);
}

static bool agrees_request(struct seeing *seeing, struct belief *belief)
{
	(void)seeing;
	return belief->state <= STATE_TRANSFERRING;
}

static bool is_long_ago(const struct seeing *seeing, int64_t at_ns)
{
	return at_ns == VIEW_NEVER || seeing->sight->now_ns - at_ns > ORACLE_WIRE_NS + seeing->fold->tolerance_ns;
}

static void tell_request(const struct seeing *seeing, char *seen, size_t size)
{
	(void)seeing;
	oracle_text(seen, size, "a request");
}

/* What was asked for before a call may arrive after it. */
static bool is_surely_after(const struct seeing *seeing)
{
	const struct view_job *job = seeing->of->view;
	return is_long_ago(seeing, job->suspended_ns) && is_long_ago(seeing, job->completed_ns) && is_long_ago(seeing, job->cancelled_ns);
}

/* --- lines */

static struct believed *find(struct oracle_fold *fold, const struct view_job *view)
{
	struct believed **of = &fold->jobs[view->index];
	if (*of) return *of;
	*of = arena_room(fold->arena, sizeof **of);
	if (!*of) {
		fold->status = STATUS_NO_MEMORY;
		return NULL;
	}
	memset(*of, 0, offsetof(struct believed, beliefs));
	(*of)->view = view;
	oracle_belief_init(fold, *of);
	return *of;
}

/* A view has more files than a job of the model. */
static void keep_files(struct believed *of)
{
	of->base.files_count = of->view->files_count < JOB_FILES_MAX - 1 ? of->view->files_count : JOB_FILES_MAX - 1;
}

/* What may be observed at this sight: who agrees, and what it is called. False: nothing, so that the set need not be closed for it.
 * In real time a callback may be under way while a call takes back what it is about, and a request too. */
static bool is_observed(const struct seeing *seeing, agrees **agree, tells **tell)
{
	const struct sight *sight = seeing->sight;
	bool exact = seeing->fold->tolerance_ns == 0;
	*agree = NULL;
	switch (sight->kind) {
	case SIGHT_CALL:
		*agree = sight->event == EVENT_COMPLETE ? agrees_complete : agrees_call;
		*tell = tell_call;
		return tells_of_state(seeing);
	case SIGHT_STATE:
		*agree = agrees_waiting;
		*tell = tell_state;
		return true;
	case SIGHT_LOOK:
		*agree = agrees_look;
		*tell = tell_look;
		return sight->job->look.known;
	case SIGHT_CALLBACK:
		*agree = agrees_callback;
		*tell = tell_callback;
		return exact && sight->callback != VIEW_JOB_MODIFICATION;
	case SIGHT_REQUEST:
		*agree = agrees_request;
		*tell = tell_request;
		return exact && !sight->shared && is_surely_after(seeing);
	case SIGHT_RESPONSE:
	case SIGHT_CONNECT:
	case SIGHT_ASTRAY:
	case SIGHT_WORLD:
	case SIGHT_CHECK:
	case SIGHT_END: break;
	}
	return false;
}

/* What changes what may come next: the set is closed although nothing is observed. */
static bool changes_world(const struct sight *sight)
{
	return sight->kind == SIGHT_WORLD || sight->kind == SIGHT_RESPONSE || sight->kind == SIGHT_CONNECT || sight->kind == SIGHT_REQUEST ||
		(sight->kind == SIGHT_CALL && sight->event != EVENT_GET && sight->event != EVENT_GET_ERROR);
}

static void see(void *context, const struct sight *sight)
{
	struct oracle_fold *fold = context;
	if (!sight->job || fold->diverged || fold->status) return;
	struct seeing seeing = { .fold = fold, .sight = sight, .of = find(fold, sight->job) };
	agrees *agree;
	tells *tell;
	if (!seeing.of || seeing.of->lost) return;
	if (sight->kind == SIGHT_CALL && !strcmp(sight->command, "job.create")) return;
	bool observed = is_observed(&seeing, &agree, &tell);
	/* Between the two states around a look nothing can have come that the first did not close over. */
	bool closed = sight->kind == SIGHT_LOOK && seeing.of->closed_line == fold->index + 1;
	if (!closed && (observed || changes_world(sight))) {
		oracle_belief_close(fold, seeing.of, sight->now_ns);
		seeing.of->closed_line = fold->index + 1;
	}
	if (seeing.of->lost) return;
	if (observed) observe(&seeing, agree, tell);
	if (observed && sight->kind == SIGHT_CALL) keep_base(&seeing);
	keep_files(seeing.of);
}

static bool shows_origin(const struct trace *trace)
{
	for (unsigned i = 0; i < trace->count; i++)
		if (trace->lines[i]->actor == ACTOR_ORIGIN) return true;
	return false;
}

/* What was agreed on before the present line. */
static void begin_line(struct oracle_fold *fold, unsigned index)
{
	if (fold->observed && !fold->diverged) fold->agreed = fold->index;
	fold->observed = false;
	fold->index = index;
}

enum status oracle_fold_run(struct oracle_fold *fold, const struct trace *trace, struct judge *judge)
{
	fold->watched = shows_origin(trace);
	if (judge) judge_along(judge, see, fold);
	for (unsigned i = 0; i < trace->count && (judge || (!fold->diverged && !fold->status)); i++) {
		const struct trace_line *line = trace->lines[i];
		if (!fold->diverged) begin_line(fold, i);
		fold->tolerance_ns = fold->host_ns + view_slack_ns(fold->view, line->at_ns);
		enum status status = judge ? judge_see(judge, line) : view_see(&fold->own, line, see, fold);
		if (status) return status;
	}
	if (judge) judge_along(judge, NULL, NULL);
	if (!fold->diverged) begin_line(fold, trace->count);
	return fold->status;
}
