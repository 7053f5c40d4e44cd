/* space_test.c -- every job that can be reached in a small world, and what must hold for each of them.
 *
 * Breadth first from new jobs, by every occurrence that the world may bring; jobs that differ only in time and counts
 * are one. This also proves that no row of the tables is dead. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/job.h"

#define JOBS_MAX 200000u
#define SLOTS (1u << 19)
#define FILES 2u
#define BYTES 100u
#define S INT64_C(1000000000)
#define NOW (1000 * S)

struct space {
	const struct machine *machine;
	struct job **jobs;
	unsigned jobs_count, next;
	unsigned *slots;     /* index of a job + 1 by hash */
	bool *row_hit;
};

static bool is_armed(int64_t at_ns)
{
	return at_ns != JOB_NEVER;
}

/* --- what must hold */

static void check_error(const struct machine *machine, const struct job *job)
{
	const struct error *error = &job->error;

	assert_int_equal(job_has_error(machine, job), error->present);
	if (job->state == STATE_ERROR || job->state == STATE_TRANSIENT_ERROR) assert_true(error->present);
	if (job->state == STATE_TRANSFERRING || job->state == STATE_TRANSFERRED) assert_false(error->present);
	if (job_is_final(job)) assert_false(error->present);
	if (!error->present) return;
	assert_true(error->code & 0x80000000u);
	assert_true(error->file >= ERROR_NO_FILE && error->file < (int)job->files_count);
	assert_true(error->generation > 0);
	if (machine->dialect == DIALECT_BITS) assert_int_not_equal(error->context, CONTEXT_NONE);
	else assert_true(error->context == CONTEXT_NONE || error->context == CONTEXT_REMOTE_FILE);
	if (error->context == CONTEXT_LOCAL_FILE || error->context == CONTEXT_REMOTE_FILE) assert_true(error->file >= 0);
}

static void check_timers(const struct machine *machine, const struct job *job)
{
	bool runs = job->state == STATE_CONNECTING || job->state == STATE_TRANSFERRING ||
		job->state == STATE_TRANSIENT_ERROR;

	if (is_armed(job->retry_due_ns)) assert_int_equal(job->state, STATE_TRANSIENT_ERROR);
	if (is_armed(job->no_progress_due_ns)) assert_true(runs && !is_armed(job->no_progress_held_ns));
	if (is_armed(job->no_progress_held_ns)) assert_int_equal(job->state, STATE_QUEUED);
	if (job->state == STATE_TRANSIENT_ERROR) assert_true(is_armed(job->no_progress_due_ns));
	if (machine->dialect == DIALECT_DO && job->state == STATE_TRANSFERRING)
		assert_true(is_armed(job->no_progress_due_ns));
	assert_int_equal(is_armed(job->expires_ns), !job_is_final(job));
}

static void check_files(const struct job *job)
{
	unsigned first = 0;

	while (first < job->files_count && job->files[first].done) first++;
	assert_int_equal(job->file_current, first);
	for (unsigned i = 0; i < job->files_count; i++) {
		const struct job_file *file = &job->files[i];

		assert_true(file->bytes_transferred <= file->bytes_total);
		if (file->done) assert_int_equal(file->bytes_transferred, file->bytes_total);
		assert_int_equal(file->kept, file->done && job->state == STATE_ACKNOWLEDGED);
	}
}

static void check_callbacks(const struct job *job)
{
	uint32_t pending = job->notify_pending;

	assert_int_equal(pending & ~job->notify_flags, 0);
	if (pending & NOTIFY_JOB_ERROR) assert_true(job->error.present);
	if (pending & NOTIFY_JOB_TRANSFERRED)
		assert_true(job->state == STATE_TRANSFERRED || job->state == STATE_SUSPENDED);
	if (job_is_final(job)) assert_int_equal(pending, 0);
}

static void check_job(const struct machine *machine, const struct job *job)
{
	assert_true((unsigned)job->state < STATE_COUNT);
	if (machine->dialect == DIALECT_DO) assert_int_not_equal(job->state, STATE_CONNECTING); /* STATE-005 */
	check_error(machine, job);
	check_timers(machine, job);
	check_files(job);
	check_callbacks(job);
}

static void check_step(const struct job *before, const struct job *after, const struct move *row,
	const struct effects *effects)
{
	uint32_t still = EFFECT_BIT(EFFECT_REFUSE) | EFFECT_BIT(EFFECT_IMPOSSIBLE);

	assert_int_equal(row->from, before->state);
	if (row->effects & still) assert_memory_equal(before, after, sizeof *before);
	else assert_int_equal(after->state, row->to);
	assert_true(after->error.generation >= before->error.generation);
	assert_true(after->error_count >= before->error_count); /* TIME-022 */
	if (job_is_final(before)) assert_int_equal(after->state, before->state);
	if (after->error.generation != before->error.generation) assert_true(after->error.present);
	for (unsigned i = 0; i < effects->count; i++) {
		assert_true(effects->list[i].at_ns >= 0);
		assert_true(effects->list[i].at_ns != JOB_NEVER);
	}
}

/* --- the small world */

static bool is_known(const struct space *space, const struct occurrence *occurrence)
{
	enum fault_class wanted = occurrence->event == EVENT_FATAL ? FAULT_CLASS_FATAL : FAULT_CLASS_TRANSIENT;

	return machine_report(space->machine, occurrence->cause, occurrence->http_status).fault_class == wanted;
}

/* What a world brings to this job; calls may come at any time. */
static bool may_happen(const struct space *space, const struct job *job, const struct occurrence *occurrence)
{
	bool fetches = job->file_current < job->files_count, is_bits = space->machine->dialect == DIALECT_BITS;

	switch (occurrence->event) {
	case EVENT_ADD_FILE: return job->files_count < FILES && !(job->type == JOB_TYPE_UPLOAD && job->files_count);
	case EVENT_TURN: return job->state == STATE_QUEUED && job->owner_present;
	case EVENT_CONNECTED: return fetches && (!is_bits || (job->network_up && !job->blocked)) && job->state == (is_bits ? STATE_CONNECTING : STATE_TRANSFERRING);
	case EVENT_DATA:
	case EVENT_FILE_DONE: return job->state == STATE_TRANSFERRING && fetches;
	case EVENT_SLICE_END: return is_bits && (job->state == STATE_CONNECTING || job->state == STATE_TRANSFERRING);
	case EVENT_ALL_DONE:
		if (job->state == STATE_CONNECTING) return !fetches;
		return job->state == STATE_TRANSFERRING && job_files_done(job) + 1 >= job->files_count;
	case EVENT_TRANSIENT:
	case EVENT_FATAL:
		if (!is_known(space, occurrence)) return false;
		if (!fetches && occurrence->cause != CAUSE_NET_RESET) return false;
		return job->state == STATE_CONNECTING || job->state == STATE_TRANSFERRING ||
			(job->state == STATE_TRANSIENT_ERROR && fetches);
	case EVENT_RETRY_DUE: return is_armed(job->retry_due_ns);
	case EVENT_NO_PROGRESS: return is_armed(job->no_progress_due_ns);
	case EVENT_NET_LOST: return job->network_up;
	case EVENT_NET_BACK: return !job->network_up;
	case EVENT_BLOCK: return !job->blocked && is_known(space, occurrence);
	case EVENT_UNBLOCK: return job->blocked;
	case EVENT_LOGOFF: return job->owner_present;
	case EVENT_LOGON: return !job->owner_present && job->state != STATE_CONNECTING && job->state != STATE_TRANSFERRING;
	case EVENT_STOP: return !job_is_final(job);
	case EVENT_START: return !job_is_final(job) && job->state != STATE_CONNECTING && job->state != STATE_TRANSFERRING;
	case EVENT_EXPIRED:
	case EVENT_CHANGED:
	case EVENT_SUSPEND:
	case EVENT_RESUME:
	case EVENT_COMPLETE:
	case EVENT_CANCEL:
	case EVENT_GET_ERROR:
	case EVENT_SET:
	case EVENT_GET: return true;
	case EVENT_COUNT: break;
	}
	return false;
}

/* Makes jobs that differ only in time and counts equal. */
static void normalise(struct job *job)
{
	int64_t *timers[] = { &job->retry_due_ns, &job->no_progress_due_ns, &job->no_progress_held_ns, &job->expires_ns };

	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
		if (is_armed(*timers[i])) *timers[i] = NOW;
	job->error_count = 0;
	if (job->error.generation > 1) job->error.generation = 1;
	if (job->error.present) return;
	job->error = (struct error){ .context = job->error.context, .code = job->error.code, .file = job->error.file,
		.cause = job->error.cause, .generation = job->error.generation };
}

/* FNV-1a over the parts of a job that are ever used here: the long rest of the files is zero. */
#define HEAD_SIZE (offsetof(struct job, files) + FILES * sizeof(struct job_file))
#define TAIL_AT offsetof(struct job, retry_delay_ns)

static uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++) hash = (hash ^ at[i]) * 16777619u;
	return hash;
}

static uint32_t hash_job(const struct job *job)
{
	uint32_t hash = hash_bytes(2166136261u, job, HEAD_SIZE);

	return hash_bytes(hash, (const unsigned char *)job + TAIL_AT, sizeof *job - TAIL_AT);
}

static void add_job(struct space *space, const struct job *job)
{
	unsigned slot = hash_job(job) % SLOTS;

	while (space->slots[slot]) {
		if (memcmp(space->jobs[space->slots[slot] - 1], job, sizeof *job) == 0) return;
		slot = (slot + 1) % SLOTS;
	}
	assert_true(space->jobs_count < JOBS_MAX);
	space->jobs[space->jobs_count] = malloc(sizeof *job);
	memcpy(space->jobs[space->jobs_count], job, sizeof *job);
	space->slots[slot] = ++space->jobs_count;
}

static void try_occurrence(struct space *space, const struct job *before, const struct occurrence *occurrence)
{
	struct effects effects;
	struct job after;
	const struct move *row;

	memcpy(&after, before, sizeof after);
	effects_init(&effects);
	row = job_step(space->machine, &after, occurrence, &effects);
	check_step(before, &after, row, &effects);
	if (!may_happen(space, before, occurrence)) return; /* whatever a foolish world brings does no harm here */
	if (row->effects & (EFFECT_BIT(EFFECT_IMPOSSIBLE) | EFFECT_BIT(EFFECT_MUTANT_ONLY)))
		fail_msg("%s is taken", row->id);
	space->row_hit[row - space->machine->moves] = true;
	check_job(space->machine, &after);
	normalise(&after);
	add_job(space, &after);
}

/* Occurrences that would break the contract of job_step, not only that of the world. */
static bool is_allowed(const struct job *job, const struct occurrence *occurrence)
{
	return occurrence->event != EVENT_ADD_FILE || job->files_count < FILES;
}

static void expand(struct space *space, const struct job *job)
{
	static const enum cause causes[] = { CAUSE_NET_RESET, CAUSE_VOLUME_LOCKED, CAUSE_HTTP_403 };
	static const struct occurrence every_error_fatal = { .event = EVENT_SET, .now_ns = NOW, .cause = CAUSE_NONE,
		.property = PROPERTY_NO_PROGRESS };
	struct occurrence occurrence = { .now_ns = NOW, .cause = CAUSE_NONE, .bytes = BYTES / 2, .bytes_total = BYTES };

	for (int e = 0; e < EVENT_COUNT; e++) {
		occurrence.event = (enum event)e;
		if (!is_allowed(job, &occurrence)) continue;
		if (e == EVENT_TRANSIENT || e == EVENT_FATAL) {
			for (size_t c = 0; c < sizeof causes / sizeof *causes; c++) {
				occurrence.cause = causes[c];
				if (is_known(space, &occurrence)) try_occurrence(space, job, &occurrence);
			}
		} else {
			occurrence.cause = e == EVENT_BLOCK ? CAUSE_POLICY_COST : e == EVENT_NET_LOST ? CAUSE_NET_DOWN : CAUSE_NONE;
			try_occurrence(space, job, &occurrence);
		}
		occurrence.cause = CAUSE_NONE;
	}
	try_occurrence(space, job, &every_error_fatal);
}

/* New jobs: both types, flags on and off, a period of zero, and one below the retry delay. */
static void add_seeds(struct space *space)
{
	static const int64_t periods[] = { -1, 0, 1 };
	const unsigned types = space->machine->dialect == DIALECT_BITS ? 2 : 1;

	for (unsigned type = 0; type < types; type++) {
		for (unsigned p = 0; p < sizeof periods / sizeof *periods; p++) {
			struct job job;

			job_init(&job, space->machine, (enum job_type)type, 0);
			if (periods[p] >= 0) {
				job.no_progress_ns = periods[p] * S;
				job.no_progress_was_set = true;
			}
			check_job(space->machine, &job);
			normalise(&job);
			add_job(space, &job);
			job.rename_fails = true;
			add_job(space, &job);
		}
	}
}

static void explore(enum dialect dialect)
{
	struct space space = { .machine = machine_reference(dialect) };
	unsigned rows_count = space.machine->moves_count;

	space.jobs = calloc(JOBS_MAX, sizeof *space.jobs);
	space.slots = calloc(SLOTS, sizeof *space.slots);
	space.row_hit = calloc(rows_count, sizeof *space.row_hit);
	add_seeds(&space);
	for (space.next = 0; space.next < space.jobs_count; space.next++) expand(&space, space.jobs[space.next]);
	for (unsigned i = 0; i < rows_count; i++) {
		const struct move *row = &space.machine->moves[i];

		if (row->effects & (EFFECT_BIT(EFFECT_IMPOSSIBLE) | EFFECT_BIT(EFFECT_MUTANT_ONLY))) continue;
		if (!space.row_hit[i]) fail_msg("%s is taken by no job", row->id);
	}
	for (unsigned i = 0; i < space.jobs_count; i++) free(space.jobs[i]);
	free(space.jobs);
	free(space.slots);
	free(space.row_hit);
}

static void no_job_of_bits_breaks_an_invariant_and_no_row_is_dead(void **state)
{
	(void)state;
	explore(DIALECT_BITS);
}

static void no_job_of_do_breaks_an_invariant_and_no_row_is_dead(void **state)
{
	(void)state;
	explore(DIALECT_DO);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_job_of_bits_breaks_an_invariant_and_no_row_is_dead),
		cmocka_unit_test(no_job_of_do_breaks_an_invariant_and_no_row_is_dead),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
