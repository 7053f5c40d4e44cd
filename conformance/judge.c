/* judge.c -- folds a trace through all rules, and keeps what they found. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DONE_MAX 200   /* of a story: what happened last */

const char *judge_text(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(buffer, size, format, args);
	va_end(args);
	return buffer;
}

const char *judge_code(const struct judge *judge, uint32_t hr, char buffer[16])
{
	const char *word = machine_code_name(judge->view.dialect, hr);
	if (word) return word;
	snprintf(buffer, 16, "0x%08X", (unsigned)hr);
	return buffer;
}

const char *judge_state(enum state state)
{
	const char *word = machine_state_name(state);
	return word ? word : "no state";
}

const char *judge_context(int64_t context)
{
	const char *word = context >= 0 && context < CONTEXT_COUNT ? machine_context_name((enum context)context) : NULL;
	return word ? word : "no context";
}

bool judge_may_ask(const struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const char *word = sight->kind == SIGHT_CALL ? trace_get(sight->line, "hr") : NULL;
	uint32_t hr;
	if (!word || view->service_down || view->kill_ns != VIEW_NEVER || view->logged_off) return false;
	return machine_code(view->dialect, word, strlen(word), &hr);
}

uint32_t judge_word(const struct judge *judge, const char *word)
{
	uint32_t hr = 0;
	bool known = machine_code(judge->view.dialect, word, strlen(word), &hr);
	assert(known);
	return known ? hr : 0;
}

/* Hidden moves: what the world may do between two looks. Retention is no part of it: it takes weeks. */
static void find_reach(struct judge *judge)
{
	const struct machine *machine = judge->view.machine;
	uint32_t next[STATE_COUNT] = { 0 };
	for (unsigned i = 0; i < machine->moves_count; i++) {
		const struct move *move = &machine->moves[i];
		if (move->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE) || machine_event_kind(move->event) != EVENT_KIND_WORLD || move->event == EVENT_EXPIRED) continue;
		next[move->from] |= STATE_BIT(move->to);
	}
	for (int s = 0; s < STATE_COUNT; s++) {
		judge->reach[s] = STATE_BIT(s);
		for (int round = 0; round < STATE_COUNT; round++)
			for (int from = 0; from < STATE_COUNT; from++)
				if (judge->reach[s] & STATE_BIT(from)) judge->reach[s] |= next[from];
	}
}

static void ask(struct judge *judge, unsigned rule, enum sight_kind kind)
{
	judge->asked[kind][judge->asked_count[kind]++] = (uint16_t)rule;
}

/* Most rules have no fold, or are of the other dialect, or look at one kind of sight: they are passed over once, not each time. */
static void find_folds(struct judge *judge)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned i = 0; i < count; i++) {
		if (!rules[i].dialects[judge->view.dialect]) continue;
		for (unsigned kinds = rules_sees(i); kinds; kinds &= kinds - 1) ask(judge, i, (enum sight_kind)__builtin_ctz(kinds));
	}
}

void judge_ask_all(struct judge *judge)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	memset(judge->asked_count, 0, sizeof judge->asked_count);
	for (unsigned i = 0; i < count; i++)
		for (enum sight_kind kind = 0; kind < SIGHT_KINDS; kind++)
			if (rules[i].dialects[judge->view.dialect]) ask(judge, i, kind);
}

void judge_along(struct judge *judge, view_shower *along, void *context)
{
	judge->along = along;
	judge->along_context = context;
}

void judge_blind(struct judge *judge)
{
	judge->view.blind = true;
}

struct judge *judge_new(struct arena *arena, enum dialect dialect, int64_t tolerance_ns)
{
	struct judge *judge = arena_room(arena, sizeof *judge);
	if (!judge) return NULL;
	memset(judge, 0, offsetof(struct judge, view));
	judge->arena = arena;
	judge->tolerance_ns = judge->host_ns = tolerance_ns;
	view_init(&judge->view, arena, machine_reference(dialect));
	find_reach(judge);
	find_folds(judge);
	return judge;
}

static void fold(void *context, const struct sight *sight)
{
	struct judge *judge = context;
	judge->sight = sight;
	const uint16_t *asked = judge->asked[sight->kind];
	for (unsigned i = 0; i < judge->asked_count[sight->kind]; i++) rules_folds[asked[i]](judge, asked[i], sight);
	rule_reading_see(judge, sight);
	if (judge->along) judge->along(judge->along_context, sight);
}

enum status judge_see(struct judge *judge, const struct trace_line *line)
{
	enum status status;
	if (judge->status) return judge->status;
	judge->tolerance_ns = judge->host_ns + view_slack_ns(&judge->view, line->at_ns);
	status = view_see(&judge->view, line, fold, judge);
	judge->seen++;
	if (status) judge->status = status;
	return judge->status;
}

enum status judge_end(struct judge *judge)
{
	return judge->status;
}

bool judge_has_seen(const struct judge *judge)
{
	return judge->seen > 0;
}

unsigned judge_triggered(const struct judge *judge, unsigned rule)
{
	assert(rule < RULE_COUNT);
	return judge->triggered[rule];
}

unsigned judge_findings_count(const struct judge *judge)
{
	return judge->findings_count;
}

const struct finding *judge_finding(const struct judge *judge, unsigned n)
{
	assert(n < judge->findings_count);
	return judge->findings[n];
}

void judge_trigger(struct judge *judge, unsigned rule)
{
	judge->triggered[rule]++;
}

static const char *keep(struct judge *judge, const char *text)
{
	const char *copy = arena_text(judge->arena, text, strlen(text));
	if (!copy) judge->status = STATUS_NO_MEMORY;
	return copy ? copy : "";
}

static bool is_told(const struct judge *judge, unsigned rule, const char *job)
{
	unsigned same = 0;
	for (unsigned i = 0; i < judge->findings_count; i++)
		same += judge->findings[i]->rule == rule && !strcmp(judge->findings[i]->job, job);
	return same >= JUDGE_SAME_MAX;
}

void judge_break(struct judge *judge, unsigned rule, const char *done, const char *allowed, const char *seen,
	const char *signature)
{
	const struct sight *sight = judge->sight;
	const char *job = sight->job ? sight->job->name : "-";
	unsigned count;
	if (judge->status || is_told(judge, rule, job)) return;
	if (judge->findings_count == JUDGE_FINDINGS_MAX) {
		judge->status = STATUS_LIMIT;
		return;
	}
	struct finding *finding = arena_take(judge->arena, sizeof *finding);
	if (!finding) {
		judge->status = STATUS_NO_MEMORY;
		return;
	}
	finding->rule = rule;
	finding->trace_index = judge->seen;
	finding->scenario_line = sight->line ? sight->line->scenario_line : 0;
	finding->at_ns = sight->now_ns;
	finding->job = keep(judge, job);
	char last[DONE_MAX];
	view_done_text(sight->job, last, sizeof last);
	finding->done = keep(judge, done ? done : last);
	finding->allowed = keep(judge, allowed ? allowed : rules_all(&count)[rule].sentence);
	finding->seen = keep(judge, seen);
	finding->signature = keep(judge, signature);
	judge->findings[judge->findings_count++] = finding;
}

static void claim_answer(struct judge *judge, unsigned rule, const struct sight *sight, const char *name, bool holds)
{
	judge_trigger(judge, rule);
	if (holds) return;
	const char *code = CODE_TEXT(judge, sight->hr);
	judge_break(judge, rule, NULL, NULL, TEXT("%s answers %s", name, code), TEXT("%s=%s", name, code));
}

void judge_claim_call(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	claim_answer(judge, rule, sight, sight->command, holds);
}

void judge_claim_method(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	claim_answer(judge, rule, sight, sight->method ? sight->method->name : sight->command, holds);
}

/* C-NN: its number is its place. */
static int find_reading(const char *id)
{
	int number = id[0] == 'C' && id[1] == '-' ? (id[2] - '0') * 10 + id[3] - '0' : -1;
	return number >= 0 && number < (int)JUDGE_READINGS_MAX ? number : -1;
}

static bool is_reading(const char *id)
{
	unsigned count;
	const struct reading *readings = machine_readings(&count);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(readings[i].id, id)) return true;
	return false;
}

void judge_show(struct judge *judge, const char *id, const char *choice)
{
	int i = find_reading(id);
	assert(i >= 0);
	if (i < 0 || judge->readings[i]) return;
	assert(is_reading(id));
	judge->readings[i] = choice;
}

const char *judge_reading(const struct judge *judge, const char *id)
{
	int i = find_reading(id);
	return i < 0 ? NULL : judge->readings[i];
}

void judge_take(struct judge *judge, const char *id, const char *choice)
{
	int i = find_reading(id);
	assert(i >= 0 && is_reading(id));
	if (i >= 0) judge->taken[i] = choice;
}

bool judge_takes(const struct judge *judge, const char *id, const char *choice)
{
	int i = find_reading(id);
	return i >= 0 && judge->taken[i] && !strcmp(judge->taken[i], choice);
}

bool judge_showed(const struct judge *judge, const char *id)
{
	return judge_reading(judge, id) != NULL;
}

/* What a policy or a lost network may do by C-15 and C-64: suspend or queue instead of a transient error, and back. */
static uint32_t blocked_moves(const struct judge *judge, uint32_t states)
{
	const struct view *view = &judge->view;
	bool may = view->policy_ever || (view->dialect == DIALECT_DO && view->net_ever_down);
	if (!may) return 0;
	uint32_t more = 0;
	if (states & (STATES_ACTION | STATE_BIT(STATE_TRANSIENT_ERROR))) more |= STATE_BIT(STATE_SUSPENDED) | STATE_BIT(STATE_QUEUED);
	if (states & STATE_BIT(STATE_SUSPENDED)) more |= STATE_BIT(STATE_QUEUED);
	return more;
}

uint32_t judge_closure(const struct judge *judge, const struct view_job *job, uint32_t states)
{
	const struct view *view = &judge->view;
	uint32_t all = states, before = 0;
	while (all != before) {
		before = all;
		for (int s = 0; s < STATE_COUNT; s++)
			if (before & STATE_BIT(s)) all |= judge->reach[s];
		all |= blocked_moves(judge, all) & ~STATES_FINAL;
	}
	/* Nothing runs by itself in SUSPENDED: a policy that suspended it may have let it go. */
	int64_t now = judge->sight ? judge->sight->now_ns : 0;
	if (now - job->created_ns >= view->machine->limits.retention_ns - judge->tolerance_ns && (states & ~STATES_FINAL))
		all |= STATE_BIT(STATE_CANCELLED);
	return all;
}

/* Whether a row of the table may be the one, as far as the guard can be seen from outside. */
static bool guard_may_hold(const struct view_job *job, const struct move *move, bool *is_sure)
{
	*is_sure = false;
	if (move->guard == GUARD_no_files) return *is_sure = job->files_count == 0;
	if (move->guard == GUARD_upload) return *is_sure = job->upload;
	return true;
}

static bool same_answer(const struct judge *judge, const struct move *move, uint32_t hr)
{
	uint32_t result = machine_code_value(judge->view.dialect, move->result, NULL);
	bool steps_down = move->event == EVENT_CANCEL || move->event == EVENT_COMPLETE;
	if (result == hr) return true;
	if (steps_down && !(result & 0x80000000u)) return !(hr & 0x80000000u);
	/* A file that cannot take its name: any code of the system. */
	return move->guard == GUARD_rename_fails && (hr & 0x80000000u) && hr != judge_word(judge, "INVALID_STATE");
}

/* The readings of contradictions.md that the table of the reference does not take. */
static uint32_t other_readings(const struct judge *judge, enum state from, enum event event, uint32_t hr)
{
	bool invalid = hr == judge_word(judge, "INVALID_STATE");
	bool done = from == STATE_TRANSFERRED || from == STATE_ERROR;
	if (event == EVENT_SUSPEND && done && hr == 0) return STATE_BIT(STATE_SUSPENDED) | STATE_BIT(from);   /* C-19 */
	if (event == EVENT_RESUME && from == STATE_TRANSFERRED)   /* C-21 */
		return invalid ? STATE_BIT(from) : hr == 0 ? STATE_BIT(from) | STATE_BIT(STATE_QUEUED) : 0;
	if (event == EVENT_RESUME && from == STATE_SUSPENDED && hr == 0) return STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_TRANSFERRING);
	return 0;
}

uint32_t judge_after_call(const struct judge *judge, const struct view_job *job, uint32_t states, enum event event, uint32_t hr)
{
	uint32_t after = 0;
	for (int s = 0; s < STATE_COUNT; s++) {
		unsigned count;
		const struct move *row = machine_cell(judge->view.machine, (enum state)s, event, &count);
		bool empty = event == EVENT_RESUME && s == STATE_SUSPENDED && job->files_count == 0;
		if (!(states & STATE_BIT(s))) continue;
		for (unsigned i = 0; i < count; i++, row++) {
			bool is_sure, may = guard_may_hold(job, row, &is_sure);
			if (!may || row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) continue;
			if (same_answer(judge, row, hr)) after |= STATE_BIT(row->to);
			if (is_sure) break;
		}
		if (!empty) after |= other_readings(judge, (enum state)s, event, hr);
	}
	return after;
}

bool judge_only(const struct view_causes *causes, bool (*is)(const struct view_cause *cause))
{
	if (causes->unknown) return false;
	for (unsigned i = 0; i < causes->count; i++)
		if (!is(&causes->list[i])) return false;
	return causes->count > 0;
}

void judge_error_causes(const struct judge *judge, const struct view_job *job, struct view_causes *causes)
{
	int64_t until = (job->state == STATE_ERROR ? job->since_ns : job->look.at_ns) + judge->tolerance_ns;
	unsigned kept = 0;
	view_causes(&judge->view, job, causes);
	for (unsigned i = 0; i < causes->count; i++)
		if (causes->list[i].at_ns <= until) causes->list[kept++] = causes->list[i];
	causes->count = kept;
}

const struct view_cause *judge_newest(const struct view_causes *causes)
{
	const struct view_cause *newest = NULL;
	for (unsigned i = 0; i < causes->count; i++)
		if (causes->list[i].certain && (!newest || causes->list[i].at_ns >= newest->at_ns)) newest = &causes->list[i];
	return newest;
}

enum fault_class judge_class(const struct judge *judge, const struct view_cause *cause)
{
	return machine_report(judge->view.machine, cause->cause, cause->status).fault_class;
}

bool judge_class_is_open(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_RETRY_4XX || cause->cause == CAUSE_HTTP_500_502 || cause->cause == CAUSE_HTTP_503_504 ||
		cause->cause == CAUSE_HTTP_OTHER_5XX;
}

bool judge_every_error_fatal(const struct judge *judge, const struct view_job *job)
{
	if (judge->view.dialect != DIALECT_BITS) return job->np_set && job->np_s == 0;
	return (job->np_set && job->np_s == 0) || view_retry_ns(&judge->view, job) > view_np_ns(&judge->view, job);
}

bool judge_period_over(const struct judge *judge, const struct view_job *job, int64_t at_ns)
{
	return view_period_over(&judge->view, job, at_ns + judge->tolerance_ns);
}
