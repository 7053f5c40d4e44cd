/* oracle_belief.c -- steps of beliefs, and the closure over hidden moves. */
#include "conformance/oracle_part.h"

#include "model/retry.h"

#define OWED (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED)
#define ROUNDS_MAX 20000u   /* steps of one closure: a set that does not settle is given up */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t plus(int64_t at_ns, int64_t by_ns)
{
	return at_ns > INT64_MAX - by_ns ? INT64_MAX : at_ns + by_ns;
}

/* Everything but the files, of which none is begun. */
static void refresh(struct job *work, const struct job *base)
{
	size_t files = offsetof(struct job, files), rest = offsetof(struct job, retry_delay_ns);
	memcpy(work, base, files);
	memcpy((char *)work + rest, (const char *)base + rest, sizeof *work - rest);
	for (unsigned i = 0; i <= base->files_count && i < JOB_FILES_MAX; i++) work->files[i] = (struct job_file){ .bytes_total = JOB_SIZE_UNKNOWN };
}

/* TRANSFERRED says that every file is there, but for one that was added since. */
static void finish_files(struct job *work, bool one_more)
{
	unsigned count = work->files_count - (one_more && work->files_count);
	for (unsigned i = 0; i < count; i++) work->files[i].done = true;
	work->file_current = count;
}

const struct job *oracle_belief_job(struct oracle_fold *fold, struct believed *of, const struct belief *belief)
{
	struct job *work = &of->work;
	refresh(work, &of->base);
	work->state = belief->state;
	work->error = belief->error;
	work->retry_due_ns = belief->retry_ns;
	work->no_progress_due_ns = belief->period_ns;
	work->no_progress_held_ns = belief->held_ns;
	work->expires_ns = belief->expires_ns;
	work->notify_pending = belief->owed;
	work->blocked = fold->view->policy_block;
	work->network_up = !fold->view->net_down;
	work->owner_present = !fold->view->logged_off;
	if (belief->state == STATE_TRANSFERRED) finish_files(work, of->view->added_in_transferred && !of->added_is_done);
	return work;
}

void oracle_belief_take(struct belief *to, const struct belief *from, const struct job *job, const struct occurrence *occurrence)
{
	*to = *from;
	to->state = job->state;
	to->error = job->error;
	to->error.generation = job->error.generation > 0;
	if (to->error.present && to->error.file != ERROR_NO_FILE) to->error.file = ORACLE_ANY_FILE;
	if (!to->error.present) to->error_open = to->code_open = false;
	to->owed = job->notify_pending & OWED;
	to->retry_ns = job->retry_due_ns;
	to->period_ns = job->no_progress_due_ns;
	to->held_ns = job->no_progress_held_ns;
	to->expires_ns = job->expires_ns;
	to->since_ns = occurrence->now_ns;
	bool begins = from->state != STATE_QUEUED && from->state != STATE_CONNECTING && from->state != STATE_TRANSFERRING;
	if (begins && job->state <= STATE_TRANSFERRING) to->queued_ns = occurrence->now_ns;
}

bool oracle_belief_step(struct oracle_fold *fold, struct believed *of, const struct belief *from, const struct occurrence *occurrence,
	struct belief *to)
{
	struct effects effects;
	unsigned count;
	const struct move *only = machine_cell(fold->machine, from->state, occurrence->event, &count);
	if (count == 1 && only->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) return false;   /* whatever the job is like */
	effects_init(&effects);
	oracle_belief_job(fold, of, from);
	if (occurrence->event == EVENT_UNBLOCK) of->work.blocked = true;
	const struct move *row = job_step(fold->machine, &of->work, occurrence, &effects);
	if (row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) return false;
	oracle_belief_take(to, from, &of->work, occurrence);
	to->row = row;
	return true;
}

void oracle_belief_init(struct oracle_fold *fold, struct believed *of)
{
	const struct view_job *view = of->view;
	enum job_type type = !view->upload ? JOB_TYPE_DOWNLOAD : view->type == 2 ? JOB_TYPE_UPLOAD_REPLY : JOB_TYPE_UPLOAD;
	job_init(&of->base, fold->machine, type, view->created_ns);
	of->closed_ns = view->created_ns;
	of->count = 1;
	of->beliefs[0] = (struct belief){ .state = of->base.state, .error = of->base.error, .since_ns = view->created_ns,
		.queued_ns = view->created_ns, .retry_ns = JOB_NEVER, .retry_last_ns = JOB_NEVER, .period_ns = JOB_NEVER, .held_ns = JOB_NEVER,
		.expires_ns = of->base.expires_ns };
}

/* --- the set */

static bool is_alike(const struct belief *a, const struct belief *b)
{
	const struct error *x = &a->error, *y = &b->error;
	return a->state == b->state && a->owed == b->owed && a->error_open == b->error_open && a->code_open == b->code_open && x->present == y->present &&
		x->generation == y->generation && x->context == y->context && x->code == y->code && x->file == y->file && x->cause == y->cause &&
		(a->retry_ns == JOB_NEVER) == (b->retry_ns == JOB_NEVER);
}

static bool widen(struct belief *to, const struct belief *by)
{
	struct belief before = *to;
	to->since_ns = earlier(to->since_ns, by->since_ns);
	to->queued_ns = earlier(to->queued_ns, by->queued_ns);
	to->retry_ns = earlier(to->retry_ns, by->retry_ns);
	if (by->retry_last_ns > to->retry_last_ns) to->retry_last_ns = by->retry_last_ns;
	to->period_ns = earlier(to->period_ns, by->period_ns);
	to->held_ns = earlier(to->held_ns, by->held_ns);
	to->expires_ns = earlier(to->expires_ns, by->expires_ns);
	return before.since_ns != to->since_ns || before.queued_ns != to->queued_ns || before.retry_ns != to->retry_ns ||
		before.retry_last_ns != to->retry_last_ns || before.period_ns != to->period_ns || before.held_ns != to->held_ns ||
		before.expires_ns != to->expires_ns;
}

void oracle_belief_add(struct oracle_fold *fold, struct believed *of, const struct belief *belief)
{
	for (unsigned i = 0; i < of->count; i++) {
		if (!is_alike(&of->beliefs[i], belief)) continue;
		of->beliefs[i].fresh |= widen(&of->beliefs[i], belief);
		return;
	}
	if (of->count == ORACLE_BELIEFS_MAX) {
		of->lost = fold->inconclusive = true;
		return;
	}
	of->beliefs[of->count] = *belief;
	of->beliefs[of->count++].fresh = true;
	if (of->count > fold->largest) fold->largest = of->count;
}

/* --- hidden moves */

struct closing {
	struct oracle_fold *fold;
	struct believed *of;
	int64_t now_ns;
	struct belief from;
};

/* A timer that this step armed can have been armed at any time until now, and a server may have asked for more. */
static int64_t latest(const struct closing *closing, int64_t due_ns, int64_t stamp_ns)
{
	int64_t until_ns = closing->now_ns, waits_ns = closing->fold->view->retry_after_ns;
	if (due_ns == JOB_NEVER) return JOB_NEVER;
	if (due_ns == closing->from.retry_ns) return closing->from.retry_last_ns;
	return plus(plus(due_ns, until_ns > stamp_ns ? until_ns - stamp_ns : 0), waits_ns);
}

static bool all_sent(const struct oracle_fold *fold, const struct view_job *view)
{
	if (!fold->watched || view->upload || view->files_vague) return true;
	for (unsigned f = 0; f < view->files_count; f++)
		if (rule_progress_own_path(view, view->files[f]) && !rule_net_file_complete(view->files[f])) return false;
	return true;
}

enum error_kind { ERROR_AS_IT_WAS, ERROR_TOLD, ERROR_CODE_INFERRED, ERROR_ANY };

/* Which values the error has, when the step makes one. */
static void open_error(struct belief *to, enum error_kind kind)
{
	if (kind == ERROR_AS_IT_WAS || !to->error.present) return;
	to->error_open = kind == ERROR_ANY;
	to->code_open = kind == ERROR_CODE_INFERRED;
}

static void move_open(struct closing *closing, struct occurrence occurrence, enum error_kind kind)
{
	struct belief to;
	if (occurrence.now_ns == 0) occurrence.now_ns = closing->from.since_ns;
	if (!oracle_belief_step(closing->fold, closing->of, &closing->from, &occurrence, &to)) return;
	to.retry_last_ns = latest(closing, to.retry_ns, occurrence.now_ns);
	if (to.row->effects & EFFECT_BIT(EFFECT_ERROR_SET)) open_error(&to, kind);
	if (to.state == closing->from.state && closing->from.row) to.row = closing->from.row;
	oracle_belief_add(closing->fold, closing->of, &to);
	if (occurrence.event != EVENT_NO_PROGRESS || to.error.file == ERROR_NO_FILE || !all_sent(closing->fold, closing->of->view)) return;
	to.error.file = ERROR_NO_FILE; /* every file may be done: there is none that it could be about */
	oracle_belief_add(closing->fold, closing->of, &to);
}

static void move(struct closing *closing, enum event event)
{
	move_open(closing, (struct occurrence){ .event = event, .cause = CAUSE_NONE, .bytes_total = JOB_SIZE_UNKNOWN }, ERROR_AS_IT_WAS);
}

/* A timer that may be due by now; what follows cannot have happened before. */
static void timer(struct closing *closing, enum event event, int64_t due_ns)
{
	int64_t at_ns = due_ns - closing->fold->tolerance_ns;
	if (due_ns == JOB_NEVER || at_ns > closing->now_ns) return;
	struct occurrence occurrence = { .event = event, .cause = CAUSE_NONE };
	occurrence.now_ns = at_ns > closing->from.since_ns ? at_ns : closing->from.since_ns;
	move_open(closing, occurrence, ERROR_AS_IT_WAS);
}

/* Nothing is asked for a part without a byte (C-56). */
static bool has_empty_file(const struct view_job *view)
{
	for (unsigned f = 0; f < view->files_count; f++)
		if (view->files[f]->empty) return true;
	return false;
}

/* In the present attempt. */
static bool has_asked(const struct closing *closing)
{
	int64_t at_ns = closing->of->view->attempt_ns;
	return at_ns != VIEW_NEVER && at_ns >= closing->from.queued_ns - closing->fold->tolerance_ns;
}

/* Hidden moves of a transfer. An origin that tells what it sees must have seen something. */
static void move_transfer(struct closing *closing)
{
	const struct view_job *view = closing->of->view;
	bool asked = !closing->fold->watched || has_asked(closing) || has_empty_file(view);
	move(closing, EVENT_TURN);
	move(closing, EVENT_SLICE_END);
	if (asked) {
		move(closing, EVENT_CONNECTED);
		move(closing, EVENT_DATA);
		move(closing, EVENT_CHANGED);
	}
	if (asked && view->files_count > 1) move(closing, EVENT_FILE_DONE);
	if (view->files_count && all_sent(closing->fold, view)) move(closing, EVENT_ALL_DONE);
}

static void fail_by(struct closing *closing, enum cause cause, unsigned status, bool open)
{
	struct fault_report report = machine_report(closing->fold->machine, cause, status);
	enum error_kind kind = open ? ERROR_ANY : report.mark == 'i' ? ERROR_CODE_INFERRED : ERROR_TOLD;
	struct occurrence occurrence = { .cause = cause, .http_status = status, .bytes_total = JOB_SIZE_UNKNOWN };
	if (report.fault_class == FAULT_CLASS_TRANSIENT || open) {
		occurrence.event = EVENT_TRANSIENT;
		move_open(closing, occurrence, kind);
	}
	if (report.fault_class == FAULT_CLASS_FATAL || open) {
		occurrence.event = EVENT_FATAL;
		move_open(closing, occurrence, kind);
	}
}

/* What has failed can make one error of each attempt that it belongs to; a condition of the world makes any number. */
static void move_faults(struct closing *closing)
{
	struct oracle_fold *fold = closing->fold;
	const struct view_job *view = closing->of->view;
	struct view_causes causes;
	if (closing->from.state > STATE_TRANSFERRING) return;
	view_causes(fold->view, view, &causes);
	for (unsigned i = 0; i < causes.count; i++) {
		const struct view_cause *cause = &causes.list[i];
		if (cause->certain && cause->at_ns < closing->from.queued_ns - fold->tolerance_ns) continue;
		fail_by(closing, cause->cause, cause->status, false);
	}
	if (machine_varies(fold->machine, VARIANT_folder_looked_for_late)) fail_by(closing, CAUSE_DISK_VANISHED, 0, false);
	for (unsigned f = 0; f < view->files_count; f++)
		if (!view->files[f]->local) fail_by(closing, CAUSE_NO_LOCAL_PATH, 0, false);
	if (causes.untold || !fold->watched) fail_by(closing, CAUSE_NET_RESET, 0, true);
	int64_t most = view->max_set ? view->max_s * SECOND : INT64_C(7776000) * SECOND;
	if (fold->view->dialect == DIALECT_BITS && view->resumed_ns != VIEW_NEVER && closing->now_ns - view->created_ns >= most - fold->tolerance_ns)
		fail_by(closing, CAUSE_MAX_DOWNLOAD_TIME, 0, false);
}

/* Whether something that ended at a time was so since the last observation. */
static bool lately(const struct closing *closing, bool now, int64_t ended_ns)
{
	if (now) return true;
	return ended_ns != VIEW_NEVER && ended_ns >= closing->of->closed_ns - closing->fold->tolerance_ns;
}

static void move_cause(struct closing *closing, enum event event, enum cause cause)
{
	move_open(closing, (struct occurrence){ .event = event, .cause = cause }, event == EVENT_BLOCK ? ERROR_ANY : ERROR_TOLD);
}

/* What the scenario did to the world; an implementation may notice it later. */
static void move_world(struct closing *closing)
{
	const struct view *view = closing->fold->view;
	if (view->net_ever_down) {
		if (lately(closing, view->net_down, view->net_up_ns)) move_cause(closing, EVENT_NET_LOST, CAUSE_NET_DOWN);
		if (!view->net_down || lately(closing, false, view->net_down_ns)) move(closing, EVENT_NET_BACK);
	}
	if (view->policy_ever) {
		enum cause cause = view->block_cause == CAUSE_NONE ? CAUSE_POLICY_COST : view->block_cause;
		if (lately(closing, view->policy_block, view->allow_ns)) move_cause(closing, EVENT_BLOCK, cause);
		if (!view->policy_block || lately(closing, false, view->block_ns)) move(closing, EVENT_UNBLOCK);
	}
	if (view->logoff_ns != VIEW_NEVER) {
		if (lately(closing, view->logged_off, view->logon_ns)) move(closing, EVENT_LOGOFF);
		if (!view->logged_off || lately(closing, false, view->logoff_ns)) move(closing, EVENT_LOGON);
	}
	if (view->kill_ns != VIEW_NEVER) {
		if (lately(closing, view->service_down, view->start_ns)) move(closing, EVENT_STOP);
		if (!view->service_down || lately(closing, false, view->kill_ns)) move(closing, EVENT_START);
	}
}

/* What the world suspended it lets go again (C-15, C-64). */
static void move_held(struct closing *closing)
{
	const struct view *view = closing->fold->view;
	const struct move *row = closing->from.row;
	bool held = closing->from.state == STATE_SUSPENDED && row && (row->event == EVENT_BLOCK || row->event == EVENT_NET_LOST);
	if (held && !(row->event == EVENT_BLOCK ? view->policy_block : view->net_down)) move(closing, EVENT_RESUME);
}

static void move_from(struct closing *closing, const struct belief *from)
{
	closing->from = *from;
	if (closing->from.state == STATE_ACKNOWLEDGED || closing->from.state == STATE_CANCELLED) return;
	if (closing->from.since_ns < closing->of->closed_ns) closing->from.since_ns = closing->of->closed_ns;
	if (closing->from.state <= STATE_TRANSFERRING) move_transfer(closing);
	move_faults(closing);
	timer(closing, EVENT_RETRY_DUE, from->retry_ns);
	timer(closing, EVENT_NO_PROGRESS, from->period_ns);
	timer(closing, EVENT_EXPIRED, from->expires_ns);
	move_world(closing);
	move_held(closing);
}

void oracle_belief_close(struct oracle_fold *fold, struct believed *of, int64_t now_ns)
{
	struct closing closing = { .fold = fold, .of = of, .now_ns = now_ns };
	unsigned rounds = 0;
	for (unsigned i = 0; i < of->count; i++) of->beliefs[i].fresh = true;
	bool any;
	do {
		any = false;
		for (unsigned i = 0; i < of->count && !of->lost; i++) {
			struct belief from = of->beliefs[i];
			if (!from.fresh) continue;
			any = true;
			of->beliefs[i].fresh = false;
			move_from(&closing, &from);
		}
		if (any && ++rounds > ROUNDS_MAX) of->lost = fold->inconclusive = true;
	} while (any && !of->lost);
	of->closed_ns = now_ns;
}
