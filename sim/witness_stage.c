/* witness_stage.c -- the play that the search leads: put back, told apart, let on in time. */
#include "sim/witness_stage.h"

#include "sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LATER_NS (INT64_C(400) * 86400 * 1000000000)  /* longer than any timer */
#define STEPS_MAX 3000u     /* of time, to the next row: other jobs may take turns for long */

/* --- the stage: a play that can be put back */

bool witness_keep(struct witness_search *search, struct snapshot *snapshot)
{
	size_t size = (size_t)(search->stage.at - search->stage.block);
	if (!snapshot->bytes) snapshot->bytes = arena_take(search->arena, PLAY_BYTES);
	if (!snapshot->bytes) return false;
	memcpy(snapshot->bytes, search->stage.block, size);
	snapshot->size = size;
	return true;
}

void witness_put_back(struct witness_search *search, const struct snapshot *snapshot)
{
	memcpy(search->stage.block, snapshot->bytes, snapshot->size);
	search->stage.at = search->stage.block + snapshot->size;
}

bool witness_open(struct witness_search *search, unsigned start, struct failure *failure)
{
	struct play_options *options;
	arena_reset(&search->stage);
	search->target = world_new(&search->stage, search->machine, 1);
	search->play = arena_take(&search->stage, sizeof *search->play);
	options = arena_take(&search->stage, sizeof *options);
	if (!search->target || !search->play || !options) return false;
	options->dialect = search->machine->dialect;
	options->seed = 1;
	search->player = play_new(&search->stage, search->library[start].scenario, search->target, options, search->play, failure);
	if (!search->player || !play_open(search->player)) return false;
	search->player->states_asked = true;
	play_one(search->player, &search->library[start].scenario->steps[0]);
	return play_line_going(search->player) && witness_keep(search, &search->root[start]);
}

const struct service_job *witness_job(const struct witness_search *search)
{
	return world_service(search->target)->jobs[0];
}

/* --- keys */

static uint8_t is_near(const struct witness_search *search, int64_t due_ns)
{
	static const int64_t bounds[] = { INT64_C(600000), INT64_C(22000000), INT64_C(48000000), INT64_C(68000000), INT64_C(26000000000) };
	int64_t left = due_ns == JOB_NEVER ? INT64_MAX : due_ns - world_service(search->target)->now_ns;
	for (unsigned i = 0; i < sizeof bounds / sizeof *bounds; i++)
		if (left <= bounds[i]) return (uint8_t)(i + 1);
	return 0;
}

static uint8_t other_job(const struct service *service)
{
	if (service->jobs_count < 2) return 0;
	return (uint8_t)(1 + service->jobs[1]->job.state);
}

static uint8_t progress_of(const struct job *job)
{
	return job->no_progress_due_ns != JOB_NEVER ? EXPLORE_PROGRESS_RUNS :
		job->no_progress_held_ns != JOB_NEVER ? EXPLORE_PROGRESS_HELD : EXPLORE_PROGRESS_OFF;
}

static void key_of_job(const struct witness_search *search, const struct job *job, struct key *key)
{
	int64_t np = job_no_progress_ns(search->machine, job);
	key->state = (uint8_t)job->state;
	key->type = (uint8_t)job->type;
	key->files = (uint8_t)job->files_count;
	key->done = (uint8_t)job_files_done(job);
	key->partial = job->file_current < job->files_count && job->files[job->file_current].bytes_transferred > 0;
	key->error = job->error.present;
	key->blocked_error = job->error.present ? job->error.cause == CAUSE_POLICY_COST : 0;
	key->retry = job->retry_due_ns != JOB_NEVER;
	key->progress = progress_of(job);
	key->np = np == 0 ? 0 : np < INT64_C(2000000000) ? 1 : np < INT64_C(10000000000) ? 2 : np < INT64_C(100000000000) ? 3 : np < INT64_C(8000000000000000) ? 4 : 5;
	key->above = job->retry_delay_ns > np;
	key->near_end = is_near(search, job->expires_ns);
	key->near_stop = job->no_progress_due_ns < job->retry_due_ns;
}

static void key_of_service(const struct service_job *job, struct key *key)
{
	const struct service *service = job->service;
	key->network = service->network_up;
	key->owner = service->owner_present;
	key->blocked = service->blocked;
	key->running = service->running;
	key->held = job->is_held;
	key->phase = (uint8_t)job->transfer.phase;
	key->other = other_job(service);
	key->ready = job->job.state == STATE_QUEUED && service->now_ns >= job->ready_ns;
	if (job->transfer.phase == TRANSFER_IDLE) return;
	key->asks = (uint8_t)(job->transfer.head | job->transfer.open << 1 | job->transfer.is_silent << 2 | (job->transfer.told > 0) << 3);
	key->started = job->is_connected;
}

/* What was left behind matters no more when the job has ended. */
static void forget(struct key *key)
{
	if (key->state < STATE_ACKNOWLEDGED) return;
	key->phase = key->asks = key->started = key->ready = key->file = key->second = key->host = key->disk = key->other = key->partial = 0;
	key->np = key->above = 0;
}

struct key witness_key(const struct witness_search *search, const struct situation *state)
{
	struct key key = { .file = state->file, .second = state->second, .host = state->host, .disk = state->disk };
	const struct service_job *job = witness_job(search);
	key_of_job(search, &job->job, &key);
	key_of_service(job, &key);
	key.almost = state->almost;
	key.room = key.files < search->files;
	if (key.host == 1) key.host = 0;
	if (key.done == key.files && key.files) key.file = key.second = 0;
	if (key.disk == 2) key.disk = 0;
	forget(&key);
	return key;
}

/* Whether few things are unusual at once: combinations of many show nothing that those of few do not. */
bool witness_is_plain(const struct key *key)
{
	unsigned machine = (unsigned)(!key->network + !key->owner + key->blocked + !key->running + (key->disk > 0));
	unsigned plot = (unsigned)((key->np != 4) + (key->file > 1) + (key->second > 1) + (key->host > 1) + key->almost + (key->other > 0) +
		(key->near_end > 0));
	if (key->state >= STATE_ACKNOWLEDGED) return true;
	if (key->np == 0 && plot == 1 && machine == 2) return true;
	if (key->near_end) return machine + plot <= 3 && machine <= 1;
	if (key->second > 1 || key->almost) return machine == 0 && plot <= 2;
	return plot <= 2 && machine + plot <= 2;
}

/* --- what the job's invariants say */

static struct explore_job as_explored(const struct job *job)
{
	return (struct explore_job){ .state = (uint8_t)job->state, .type = job->type != JOB_TYPE_DOWNLOAD, .files = (uint8_t)job->files_count,
		.done = (uint8_t)job_files_done(job), .error = job->error.present, .report = job->error.generation > 0,
		.file = (uint8_t)(job->error.file + 1), .retry = job->retry_due_ns != JOB_NEVER, .progress = progress_of(job),
		.owes = (uint8_t)(job->notify_pending & (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED)) };
}

void witness_look(struct witness_search *search)
{
	struct explore_job job = as_explored(&witness_job(search)->job);
	int broken = explore_broken(&job);
	if (broken < 0 || (search->broken.lines && search->broken.lines <= search->now.lines)) return;
	search->broken = search->now;
	search->invariant = broken;
}

/* --- actions */

bool witness_fits(const struct witness_search *search, const struct situation *state, const struct action *action, const struct service_job *job)
{
	const struct service *service = job->service;
	switch (action->when) {
	case WHEN_ALWAYS: return service->running;
	case WHEN_NEW: return service->running && job->job.state == STATE_SUSPENDED && job->job.files_count == 0;
	case WHEN_FILE: return service->running && job->job.files_count == 0 && (action->file == 1 || (job->job.state == STATE_SUSPENDED && !job->resumed));
	case WHEN_ROOM: return service->running && job->job.files_count == 1 && search->files > 1 &&
		(action->second == 1 || (job->job.state == STATE_SUSPENDED && state->file == 1 && !job->job.error.present && !job->job.file_current));
	case WHEN_DISK: return !state->disk && !job->resumed && job->job.state == STATE_SUSPENDED && job->job.files_count == 1 && state->file == 1;
	case WHEN_RESTING: return action->host != (state->host ? state->host : 1) &&
		((job->job.state == STATE_SUSPENDED && !job->resumed) || job->job.state == STATE_TRANSIENT_ERROR) && job->job.files_count == 1 && state->file == 1;
	case WHEN_NET_UP: return service->network_up;
	case WHEN_NET_DOWN: return !service->network_up;
	case WHEN_OWNER_HERE: return service->owner_present;
	case WHEN_OWNER_AWAY: return !service->owner_present;
	case WHEN_FREE: return !service->blocked;
	case WHEN_BLOCKED: return service->blocked;
	case WHEN_RUNNING: return service->running;
	case WHEN_STOPPED: return !service->running;
	case WHEN_DONE: return job->job.state == STATE_TRANSFERRED && !state->disk;
	case WHEN_LOCKED: return job->job.state == STATE_TRANSFERRED && state->disk == 1;
	case WHEN_ALONE: return service->running && service->jobs_count < 2 && service_is_active(job);
	case WHEN_NEXT: return service->running;
	case WHEN_ALMOST: return service_is_active(job) && !state->almost;
	case WHEN_BEFORE: return service->running && job->job.state == STATE_SUSPENDED && job->job.files_count == 1 && !state->key.near_end &&
		!job->resumed && (state->file == 1 || (state->file > 10 && state->file < 14)) && !state->host;
	}
	return false;
}

/* --- time */

static void print_ns(char *text, size_t size, int64_t ns)
{
	static const struct { int64_t ns; const char *unit; } units[] = { { INT64_C(86400000000000), "d" }, { INT64_C(3600000000000), "h" },
		{ INT64_C(60000000000), "m" }, { INT64_C(1000000000), "s" }, { 1000000, "ms" }, { 1000, "us" } };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (ns % units[i].ns == 0) {
			snprintf(text, size, "%" PRId64 "%s", ns / units[i].ns, units[i].unit);
			return;
		}
	snprintf(text, size, "%" PRId64 "us", (ns + 999) / 1000);
}

static const struct step *time_step(struct witness_search *search, int64_t ns, enum state to)
{
	char text[128], time[32];
	print_ns(time, sizeof time, ns);
	if (to == STATE_NONE) snprintf(text, sizeof text, "advance %s", time);
	else snprintf(text, sizeof text, "within %s state j1 = %s", time, machine_state_name(to));
	const struct step *step = witness_step(search->arena, text, ns, to);
	if (!step) search->no_memory = true;
	return step;
}

int witness_next_row(const struct witness_search *search, unsigned *from)
{
	const struct trace *trace = &search->play->trace;
	while (*from < trace->count) {
		int row = witness_row(search->machine, trace->lines[(*from)++], "j1");
		if (row >= 0) return row;
	}
	return NONE;
}

/* Lets time pass to the job's next row. Returns how long that is; 0: there is none. */
static int64_t pass_to_row(struct witness_search *search, enum state *to)
{
	char why[FAILURE_TEXT_MAX];
	unsigned from = search->play->trace.count;
	struct target *target = search->target;
	int64_t start = target->now(target->self), until = start + LATER_NS;
	enum state before = witness_job(search)->job.state;
	for (unsigned steps = 0; steps < STEPS_MAX && target->now(target->self) < until && target->step(target->self, until, why, sizeof why); steps++) {
		if (witness_next_row(search, &from) == NONE) continue;
		*to = witness_job(search)->job.state == before ? STATE_NONE : witness_job(search)->job.state;
		return target->now(target->self) - start;
	}
	return 0;
}

/* `within` when a state can be waited for, else exactly so much time. */
static const struct step *step_to_row(struct witness_search *search, int64_t before_ns)
{
	enum state to = STATE_NONE;
	if (!witness_keep(search, &search->between)) return NULL;
	int64_t ns = pass_to_row(search, &to);
	witness_put_back(search, &search->between);
	if (!before_ns) return ns ? time_step(search, ns, to) : NULL;
	return ns > before_ns ? time_step(search, (ns - before_ns) / 1000 * 1000, STATE_NONE) : NULL;
}

static const struct step *step_to_age(struct witness_search *search, int64_t before_ns)
{
	int64_t due = witness_job(search)->job.expires_ns, left = due - search->target->now(search->target->self);
	if (due == JOB_NEVER || left <= before_ns + 1000) return NULL;
	return time_step(search, (left - before_ns) / 1000 * 1000, STATE_NONE);
}

const struct step *witness_time(struct witness_search *search, const struct action *action)
{
	return action->when == WHEN_BEFORE ? step_to_age(search, action->before_ns) : step_to_row(search, action->before_ns);
}
