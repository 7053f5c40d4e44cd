/* job.c -- a job, and job_step(): the only way a job changes. */
#include "model/job.h"

#include <string.h>

#include "model/guard.h"
#include "model/retry.h"
#include "model/status.h"

#define NOTIFY_ALL (NOTIFY_JOB_TRANSFERRED | NOTIFY_JOB_ERROR | NOTIFY_JOB_MODIFICATION)

/* One occurrence under way. */
struct step {
	const struct machine *machine;
	struct job *job;
	const struct occurrence *occurrence;
	const struct move *row;
	struct effects *effects;
};

static bool has_defect(const struct machine *machine, enum defect defect)
{
	return (machine->defects & (UINT64_C(1) << defect)) != 0;
}

void job_init(struct job *job, const struct machine *machine, enum job_type type, int64_t now_ns)
{
	assert(job && machine);
	memset(job, 0, sizeof *job);
	job->state = STATE_SUSPENDED;
	job->type = type;
	job->priority = JOB_PRIORITY_NORMAL;
	job->error.file = ERROR_NO_FILE;
	job->error.cause = CAUSE_NONE;
	job->retry_delay_ns = machine->limits.retry_delay_ns_default;
	job->no_progress_ns = machine->limits.no_progress_ns_default;
	job->retry_due_ns = job->no_progress_due_ns = job->no_progress_held_ns = JOB_NEVER;
	job->expires_ns = retry_deadline_ns(now_ns, machine->limits.retention_ns);
	if (machine_varies(machine, VARIANT_retention_from_transferred)) job->expires_ns = JOB_NEVER;
	job->notify_flags = NOTIFY_JOB_TRANSFERRED | NOTIFY_JOB_ERROR;
	if (machine_varies(machine, VARIANT_flags_none)) job->notify_flags = 0;
	job->network_up = job->owner_present = true;
}

bool job_is_final(const struct job *job)
{
	return job->state == STATE_ACKNOWLEDGED || job->state == STATE_CANCELLED;
}

unsigned job_files_done(const struct job *job)
{
	unsigned done = 0;

	for (unsigned i = 0; i < job->files_count; i++) done += job->files[i].done;
	return done;
}

int64_t job_no_progress_ns(const struct machine *machine, const struct job *job)
{
	bool high = job->priority == JOB_PRIORITY_HIGH && machine_varies(machine, VARIANT_high_is_foreground);

	if (job->no_progress_was_set) return job->no_progress_ns;
	if (high || job->priority == JOB_PRIORITY_FOREGROUND) return machine->limits.no_progress_ns_foreground;
	return machine->limits.no_progress_ns_default;
}

static const struct move *find_row(const struct machine *machine, const struct job *job,
	const struct occurrence *occurrence)
{
	unsigned count;
	const struct move *row = machine_cell(machine, job->state, occurrence->event, &count);

	for (unsigned i = 0; i < count; i++)
		if (guard_holds(row[i].guard, machine, job, occurrence) != row[i].negated) return &row[i];
	UNREACHABLE("the last guard of every cell is `always`");
	return row;
}

bool job_has_error(const struct machine *machine, const struct job *job)
{
	const struct occurrence get_error = { .event = EVENT_GET_ERROR, .cause = CAUSE_NONE };

	return find_row(machine, job, &get_error)->result == CODE_S_OK;
}

static void emit(struct step *step, enum effect_kind kind, int64_t at_ns)
{
	effects_add(step->effects, kind, at_ns);
}

/* do ignores DISABLE, unless C-27 is read otherwise. */
static bool is_disabled(const struct machine *machine, const struct job *job)
{
	bool works = machine->dialect == DIALECT_BITS || machine_varies(machine, VARIANT_disable_disables);

	return works && (job->notify_flags & NOTIFY_DISABLE);
}

/* The callbacks that the job's flags ask for now. */
static uint32_t flags_asked(const struct machine *machine, const struct job *job)
{
	if (has_defect(machine, DEFECT_callback_ignores_flags)) return NOTIFY_ALL;
	if (is_disabled(machine, job)) return 0;
	return job->notify_flags & NOTIFY_ALL;
}

/* A callback is owed whether or not an interface is set: it may be set later (CB-015). */
static void owe(struct step *step, uint32_t flag, enum effect_kind kind)
{
	if (!(flags_asked(step->machine, step->job) & flag)) return;
	if (has_defect(step->machine, DEFECT_owes_only_listeners) && !step->job->notify_interface) return;
	step->job->notify_pending |= flag;
	emit(step, kind, 0);
}

/* --- timers */

static void progress_start(struct step *step)
{
	struct job *job = step->job;
	int64_t now_ns = step->occurrence->now_ns;

	if (job->no_progress_due_ns != JOB_NEVER) return;
	if (job->no_progress_held_ns == JOB_NEVER)
		job->no_progress_due_ns = retry_deadline_ns(now_ns, job_no_progress_ns(step->machine, job));
	else
		job->no_progress_due_ns = job->no_progress_held_ns > now_ns ? job->no_progress_held_ns : now_ns;
	job->no_progress_held_ns = JOB_NEVER;
	emit(step, EFFECT_PROGRESS_ARM, job->no_progress_due_ns);
}

static void progress_stop(struct step *step)
{
	struct job *job = step->job;

	job->no_progress_held_ns = JOB_NEVER;
	if (job->no_progress_due_ns == JOB_NEVER) return;
	job->no_progress_due_ns = JOB_NEVER;
	emit(step, EFFECT_PROGRESS_CANCEL, 0);
}

static void progress_restart(struct step *step)
{
	struct job *job = step->job;

	job->no_progress_held_ns = JOB_NEVER;
	job->no_progress_due_ns =
		retry_deadline_ns(step->occurrence->now_ns, job_no_progress_ns(step->machine, job));
	emit(step, EFFECT_PROGRESS_RESTART, job->no_progress_due_ns);
}

/* A job cannot be timed out while it waits for its turn; its period goes on where it stood when the turn comes. */
static void progress_hold(struct step *step)
{
	struct job *job = step->job;
	int64_t due_ns = job->no_progress_due_ns;

	if (due_ns == JOB_NEVER) return;
	progress_stop(step);
	job->no_progress_held_ns = due_ns;
}

/* A new length acts on the period that runs. */
static void progress_move(struct step *step, int64_t period_old_ns)
{
	struct job *job = step->job;
	int64_t now_ns = step->occurrence->now_ns, period_ns = job_no_progress_ns(step->machine, job);

	if (period_ns == period_old_ns) return;
	if (job->no_progress_held_ns != JOB_NEVER)
		job->no_progress_held_ns = retry_moved_ns(job->no_progress_held_ns, now_ns, period_old_ns, period_ns);
	if (job->no_progress_due_ns == JOB_NEVER) return;
	job->no_progress_due_ns = retry_moved_ns(job->no_progress_due_ns, now_ns, period_old_ns, period_ns);
	emit(step, EFFECT_PROGRESS_RESTART, job->no_progress_due_ns);
}

static void retry_stop(struct step *step)
{
	if (step->job->retry_due_ns == JOB_NEVER) return;
	step->job->retry_due_ns = JOB_NEVER;
	emit(step, EFFECT_RETRY_CANCEL, 0);
}

/* --- the error object */

/* What went wrong. Events that have one cause by nature need not name it. */
static enum cause step_cause(const struct step *step)
{
	enum cause cause = step->occurrence->cause;

	if (step->row->event == EVENT_NO_PROGRESS) return CAUSE_NO_PROGRESS;
	if (cause == CAUSE_NONE && step->row->event == EVENT_NET_LOST) return CAUSE_NET_DOWN;
	if (cause == CAUSE_NONE && step->row->event == EVENT_BLOCK) return CAUSE_POLICY_COST;
	assert((unsigned)cause < CAUSE_COUNT);
	return cause;
}

static void retry_start(struct step *step)
{
	struct job *job = step->job;

	if (retry_is_not_timed(step->machine, step_cause(step))) {
		retry_stop(step);
		return;
	}
	job->retry_due_ns = retry_deadline_ns(step->occurrence->now_ns,
		retry_delay_ns(step->machine, job, step->occurrence->retry_after_ns));
	emit(step, EFFECT_RETRY_ARM, job->retry_due_ns);
}

/* The table of causes says whether an error has a file; it is the one that is worked on. */
static int error_file(const struct step *step, const struct fault_report *report)
{
	const struct job *job = step->job;

	if (!report->file || job->file_current >= job->files_count) return ERROR_NO_FILE;
	return has_defect(step->machine, DEFECT_file_first) ? 0 : (int)job->file_current;
}

static void set_error(struct step *step)
{
	enum cause cause = step_cause(step);
	struct fault_report report = machine_report(step->machine, cause, step->occurrence->http_status);

	error_set(&step->job->error, &report, cause, error_file(step, &report));
	emit(step, EFFECT_ERROR_SET, 0);
	if (step->row->to == STATE_TRANSIENT_ERROR && has_defect(step->machine, DEFECT_callback_on_transient))
		owe(step, NOTIFY_JOB_ERROR, EFFECT_NOTIFY_ERROR);
}

/* C-04: bits reports the last error again, do has a code for it; each may be read as the other. */
static bool repeats_last(const struct machine *machine)
{
	if (machine_varies(machine, VARIANT_no_progress_repeats_last)) return true;
	return machine->dialect == DIALECT_BITS && !machine_varies(machine, VARIANT_no_progress_has_code);
}

static void set_error_no_progress(struct step *step)
{
	struct error *error = &step->job->error;
	struct fault_report report = machine_report(step->machine, CAUSE_NO_PROGRESS, 0);
	int file = error_file(step, &report);

	if (repeats_last(step->machine) && error->generation > 0) {
		report.code = error->code;
		report.context = error->context;
		file = error->file;
	}
	if (has_defect(step->machine, DEFECT_no_progress_code)) report.code = 0x80200001u;
	error_set(error, &report, CAUSE_NO_PROGRESS, file);
	emit(step, EFFECT_ERROR_NO_PROGRESS, 0);
}

/* Without an error there is nothing that JobError could be given. */
static void clear_error(struct step *step)
{
	if (!step->job->error.present) return;
	error_clear(&step->job->error);
	step->job->notify_pending &= ~NOTIFY_JOB_ERROR;
	emit(step, EFFECT_ERROR_CLEAR, 0);
}

static void count_error(struct step *step)
{
	bool counts = has_defect(step->machine, DEFECT_every_cause_counted);

	if (!counts && (step->machine->faults[step_cause(step)].flags & FAULT_NOT_COUNTED)) return;
	step->job->error_count++;
	emit(step, EFFECT_ERROR_COUNT, 0);
}

/* --- files */

static void find_current(struct job *job)
{
	job->file_current = 0;
	while (job->file_current < job->files_count && job->files[job->file_current].done) job->file_current++;
}

/* DEFECT_files_backwards. */
static void find_last(struct job *job)
{
	for (unsigned i = 0; i < job->files_count; i++)
		if (!job->files[i].done) job->file_current = i;
}

static void finish_file(struct job_file *file)
{
	file->done = true;
	if (file->bytes_total == JOB_SIZE_UNKNOWN) file->bytes_total = file->bytes_transferred;
	file->bytes_transferred = file->bytes_total;
}

static void advance_files(struct job *job, bool all)
{
	for (unsigned i = 0; i < job->files_count; i++)
		if (!job->files[i].done && (all || i == job->file_current)) finish_file(&job->files[i]);
	find_current(job);
}

static void restart_file(struct job *job)
{
	if (job->file_current >= job->files_count) return;
	job->files[job->file_current] = (struct job_file){ .bytes_total = JOB_SIZE_UNKNOWN };
}

static void keep_files(struct job *job)
{
	for (unsigned i = 0; i < job->files_count; i++) job->files[i].kept = job->files[i].done;
}

static void add_file(struct job *job, uint64_t bytes_total)
{
	assert(job->files_count < JOB_FILES_MAX);
	job->files[job->files_count++] =
		(struct job_file){ .bytes_total = bytes_total ? bytes_total : JOB_SIZE_UNKNOWN };
	find_current(job);
}

/* PROGRESS-003: bytes_transferred never exceeds a total that is known. */
static void take_bytes(struct job *job, const struct occurrence *occurrence)
{
	struct job_file *file = &job->files[job->file_current];

	if (job->file_current >= job->files_count) return;
	if (occurrence->event == EVENT_DATA) file->bytes_transferred = occurrence->bytes;
	if (occurrence->bytes_total >= file->bytes_transferred && occurrence->bytes_total != JOB_SIZE_UNKNOWN)
		file->bytes_total = occurrence->bytes_total;
	if (file->bytes_total < file->bytes_transferred) file->bytes_transferred = file->bytes_total;
}

static void lose_bytes(struct job *job, uint64_t bytes)
{
	struct job_file *file = &job->files[job->file_current];

	if (job->file_current < job->files_count) file->bytes_transferred -= bytes < file->bytes_transferred ? bytes : file->bytes_transferred;
}

/* --- what happens apart from the row's effects */

static void take_property(struct step *step)
{
	const struct occurrence *occurrence = step->occurrence;
	struct job *job = step->job;
	int64_t period_old_ns = job_no_progress_ns(step->machine, job);

	switch (occurrence->property) {
	case PROPERTY_NONE:
	case PROPERTY_OTHER: break;
	case PROPERTY_PRIORITY: job->priority = (enum job_priority)occurrence->value; break;
	case PROPERTY_RETRY_DELAY:
		if (step->machine->dialect == DIALECT_DO) break; /* TIME-021: the delay is the service's own */
		job->retry_delay_ns = retry_delay_corrected_ns(step->machine, retry_seconds_ns(occurrence->value));
		break;
	case PROPERTY_NO_PROGRESS:
		job->no_progress_ns = retry_seconds_ns(occurrence->value);
		job->no_progress_was_set = true;
		break;
	case PROPERTY_NOTIFY_FLAGS:
		job->notify_flags = (uint32_t)occurrence->value;
		job->notify_pending &= flags_asked(step->machine, job);
		break;
	case PROPERTY_NOTIFY_INTERFACE:
		job->notify_interface = occurrence->value != 0 || (job->notify_interface && has_defect(step->machine, DEFECT_interface_stays));
		break;
	}
	progress_move(step, period_old_ns);
}

/* C-66. A period that does not run has nothing to begin anew. */
static void restart_period(struct step *step)
{
	struct job *job = step->job;

	if (!machine_varies(step->machine, VARIANT_resume_restarts_period) || job->state > STATE_TRANSFERRING) return;
	if (job->no_progress_due_ns != JOB_NEVER) progress_restart(step);
}

/* What the occurrence says, whichever row it takes. */
static void take_occurrence(struct step *step)
{
	struct job *job = step->job;

	switch (step->occurrence->event) {
	case EVENT_ADD_FILE: add_file(job, step->occurrence->bytes_total); break;
	case EVENT_SET: take_property(step); break;
	case EVENT_CONNECTED:
	case EVENT_DATA: take_bytes(job, step->occurrence); break;
	case EVENT_STOP: lose_bytes(job, step->occurrence->bytes_lost); break;
	case EVENT_NET_LOST: job->network_up = false; break;
	case EVENT_NET_BACK: job->network_up = true; break;
	case EVENT_BLOCK: job->blocked = true; break;
	case EVENT_UNBLOCK: job->blocked = false; break;
	case EVENT_LOGOFF: job->owner_present = false; break;
	case EVENT_LOGON: job->owner_present = true; break;
	case EVENT_START:
		if (step->machine->dialect == DIALECT_DO) job->notify_interface = false; /* CB-017 */
		break;
	case EVENT_RESUME: restart_period(step); break;
	case EVENT_SUSPEND:
	case EVENT_COMPLETE:
	case EVENT_CANCEL:
	case EVENT_GET_ERROR:
	case EVENT_GET:
	case EVENT_TURN:
	case EVENT_SLICE_END:
	case EVENT_FILE_DONE:
	case EVENT_ALL_DONE:
	case EVENT_TRANSIENT:
	case EVENT_FATAL:
	case EVENT_RETRY_DUE:
	case EVENT_NO_PROGRESS:
	case EVENT_EXPIRED:
	case EVENT_CHANGED:
	case EVENT_COUNT: break;
	}
}

static void enter_state(struct step *step)
{
	struct job *job = step->job;
	enum state from = job->state, to = step->row->to;

	job->state = to;
	if (from == to) return;
	if (to == STATE_QUEUED) progress_hold(step);
	if (to <= STATE_TRANSFERRING) job->notify_pending &= ~NOTIFY_JOB_TRANSFERRED; /* CB-007: not all is done */
	if (from == STATE_QUEUED && to <= STATE_TRANSFERRING && job->no_progress_held_ns != JOB_NEVER)
		progress_start(step);
	if (job_is_final(job)) job->notify_pending = 0;
}

static void apply_effect(struct step *step, enum effect_kind kind)
{
	struct job *job = step->job;

	switch (kind) {
	case EFFECT_REFUSE:
	case EFFECT_ENQUEUE:
	case EFFECT_CONNECT:
	case EFFECT_ABORT:
	case EFFECT_DELETE_FILES: emit(step, kind, 0); break;
	case EFFECT_ERROR_SET: set_error(step); break;
	case EFFECT_ERROR_NO_PROGRESS: set_error_no_progress(step); break;
	case EFFECT_ERROR_CLEAR: clear_error(step); break;
	case EFFECT_ERROR_COUNT: count_error(step); break;
	case EFFECT_RETRY_ARM: retry_start(step); break;
	case EFFECT_RETRY_CANCEL: retry_stop(step); break;
	case EFFECT_PROGRESS_ARM: progress_start(step); break;
	case EFFECT_PROGRESS_RESTART: progress_restart(step); break;
	case EFFECT_PROGRESS_CANCEL: progress_stop(step); break;
	case EFFECT_FILE_RESTART:
		restart_file(job);
		emit(step, kind, 0);
		break;
	case EFFECT_FILE_ADVANCE:
		advance_files(job, step->row->event == EVENT_ALL_DONE);
		emit(step, kind, 0);
		break;
	case EFFECT_KEEP_FILES:
		keep_files(job);
		emit(step, kind, 0);
		break;
	case EFFECT_NOTIFY_ERROR: owe(step, NOTIFY_JOB_ERROR, kind); break;
	case EFFECT_NOTIFY_TRANSFERRED: owe(step, NOTIFY_JOB_TRANSFERRED, kind); break;
	case EFFECT_NOTIFY_MODIFICATION: owe(step, NOTIFY_JOB_MODIFICATION, kind); break;
	case EFFECT_ACTIVE:
		job->expires_ns = retry_deadline_ns(step->occurrence->now_ns, step->machine->limits.retention_ns);
		emit(step, kind, job->expires_ns);
		break;
	case EFFECT_FORGET:
		job->expires_ns = JOB_NEVER;
		emit(step, kind, 0);
		break;
	case EFFECT_IMPOSSIBLE:
	case EFFECT_MUTANT_ONLY:
	case EFFECT_COUNT: break;
	}
}

const struct move *job_step(const struct machine *machine, struct job *job, const struct occurrence *occurrence,
	struct effects *effects)
{
	struct step step = { machine, job, occurrence, NULL, effects };

	assert(machine && job && occurrence && effects);
	step.row = find_row(machine, job, occurrence);
	if (step.row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) {
		emit(&step, EFFECT_IMPOSSIBLE, 0);
		return step.row;
	}
	if (!(step.row->effects & EFFECT_BIT(EFFECT_REFUSE))) take_occurrence(&step);
	enter_state(&step);
	for (uint32_t left = step.row->effects; left; left &= left - 1) apply_effect(&step, (enum effect_kind)__builtin_ctz(left));
	if (has_defect(machine, DEFECT_files_backwards)) find_last(job);
	return step.row;
}
