/* witness.c -- the search: every line that a scenario may have next, in the reference's own world, shortest scenarios first.
 *
 * Two passes. The first finds the states of the world that matter to a job, the shortest scenario to each, and the first row
 * that each line takes there. The second plays, from each state, each line and then those lines whose first row makes a pair
 * that was not seen yet: which row came before is a thing of the way, not of the state. */
#include "sim/witness_internal.h"

#include "model/retry.h"
#include "sim/explore_internal.h"
#include "sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#ifndef STATES_MAX
#define STATES_MAX 60000u
#endif
#define PLAY_BYTES (6u << 20)
#define SLOTS (1u << 19)
#define LATER_NS (INT64_C(400) * 86400 * 1000000000)  /* longer than any timer */
#define STEPS_MAX 3000u     /* of time, to the next row: other jobs may take turns for long */
#define NONE (-1)

/* The state of the world as far as it matters to the job. All bytes. */
struct key {
	uint8_t state, type, files, done, partial, error, blocked_error, retry, progress, np, above;
	uint8_t network, owner, blocked, running, held, phase, asks, started, other, ready;
	uint8_t file, second, host, disk, near_end, near_stop, room, almost;
};

/* A line or more of a scenario, and what it does. */
struct situation {
	struct key key;
	int parent;              /* NONE: a new job, or a plot */
	const struct scenario *plot;  /* of witness_plot.def; NULL: none */
	uint8_t start;           /* library */
	uint8_t action;          /* of the parent's library */
	uint8_t file, second, host, disk;
	bool almost;             /* the next row is a moment away */
	uint16_t lines;          /* of the scenario so far, the creation of the job included */
	struct footing footing;
	const struct step *time; /* of an action of time */
	int16_t first[ACTIONS_MAX];  /* row; NONE: none */
	int32_t to[ACTIONS_MAX];     /* state */
};

/* The end of a witness: a state, and one or two actions more. */
struct trail {
	int state;
	uint8_t actions_count, actions[2];
	const struct step *times[2];
	uint16_t lines;          /* 0: there is none */
};

struct snapshot {
	char *bytes;
	size_t size;
};

struct witness_search {
	struct arena *arena;
	const struct machine *machine;
	unsigned files;
	struct library library[2];
	unsigned libraries_count;
	struct arena stage;      /* of the play; a part of the arena */
	struct snapshot root[2], before, between;
	struct play *play;
	struct player *player;
	struct target *target;
	struct situation *states;
	unsigned states_count;
	uint32_t *slots;
	unsigned settled_to;
	struct witness_set found;
	struct trail *of_row, *of_pair;
	struct trail now;        /* what is played */
	struct trail broken;
	int invariant;
	bool no_memory;
};

/* --- the stage: a play that can be put back */

static bool keep(struct witness_search *search, struct snapshot *snapshot)
{
	size_t size = (size_t)(search->stage.at - search->stage.block);
	if (!snapshot->bytes) snapshot->bytes = arena_take(search->arena, PLAY_BYTES);
	if (!snapshot->bytes) return false;
	memcpy(snapshot->bytes, search->stage.block, size);
	snapshot->size = size;
	return true;
}

static void put_back(struct witness_search *search, const struct snapshot *snapshot)
{
	memcpy(search->stage.block, snapshot->bytes, snapshot->size);
	search->stage.at = search->stage.block + snapshot->size;
}

static bool open_stage(struct witness_search *search, unsigned start, struct failure *failure)
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
	return play_line_going(search->player) && keep(search, &search->root[start]);
}

static const struct service_job *the_job(const struct witness_search *search)
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

static struct key key_now(const struct witness_search *search, const struct situation *state)
{
	struct key key = { .file = state->file, .second = state->second, .host = state->host, .disk = state->disk };
	const struct service_job *job = the_job(search);
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
static bool is_plain_enough(const struct key *key)
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

static uint32_t hash(const struct key *key)
{
	const unsigned char *at = (const unsigned char *)key;
	uint32_t value = 2166136261u;
	for (size_t i = 0; i < sizeof *key; i++) value = (value ^ at[i]) * 16777619u;
	return value ^ value >> 15;
}

/* --- what the job's invariants say */

static struct explore_job as_explored(const struct job *job)
{
	return (struct explore_job){ .state = (uint8_t)job->state, .type = job->type != JOB_TYPE_DOWNLOAD, .files = (uint8_t)job->files_count,
		.done = (uint8_t)job_files_done(job), .error = job->error.present, .report = job->error.generation > 0,
		.file = (uint8_t)(job->error.file + 1), .retry = job->retry_due_ns != JOB_NEVER, .progress = progress_of(job),
		.owes = (uint8_t)(job->notify_pending & (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED)) };
}

static void look_for_broken(struct witness_search *search)
{
	struct explore_job job = as_explored(&the_job(search)->job);
	int broken = explore_broken(&job);
	if (broken < 0 || (search->broken.lines && search->broken.lines <= search->now.lines)) return;
	search->broken = search->now;
	search->invariant = broken;
}

/* --- actions */

static bool fits_job(const struct witness_search *search, const struct situation *state, const struct action *action, const struct service_job *job)
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

static int next_row(const struct witness_search *search, unsigned *from)
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
	enum state before = the_job(search)->job.state;
	for (unsigned steps = 0; steps < STEPS_MAX && target->now(target->self) < until && target->step(target->self, until, why, sizeof why); steps++) {
		if (next_row(search, &from) == NONE) continue;
		*to = the_job(search)->job.state == before ? STATE_NONE : the_job(search)->job.state;
		return target->now(target->self) - start;
	}
	return 0;
}

/* `within` when a state can be waited for, else exactly so much time. */
static const struct step *step_to_row(struct witness_search *search, int64_t before_ns)
{
	enum state to = STATE_NONE;
	if (!keep(search, &search->between)) return NULL;
	int64_t ns = pass_to_row(search, &to);
	put_back(search, &search->between);
	if (!before_ns) return ns ? time_step(search, ns, to) : NULL;
	return ns > before_ns ? time_step(search, (ns - before_ns) / 1000 * 1000, STATE_NONE) : NULL;
}

static const struct step *step_to_age(struct witness_search *search, int64_t before_ns)
{
	int64_t due = the_job(search)->job.expires_ns, left = due - search->target->now(search->target->self);
	if (due == JOB_NEVER || left <= before_ns + 1000) return NULL;
	return time_step(search, (left - before_ns) / 1000 * 1000, STATE_NONE);
}

static const struct step *time_of(struct witness_search *search, const struct action *action)
{
	return action->when == WHEN_BEFORE ? step_to_age(search, action->before_ns) : step_to_row(search, action->before_ns);
}

/* --- playing */

static bool play_action(struct witness_search *search, const struct library *library, unsigned number, const struct step *time)
{
	const struct action *action = &library->actions[number];
	if (time) play_one(search->player, time);
	for (unsigned i = 0; i < action->steps_count && play_line_going(search->player); i++)
		play_one(search->player, &library->scenario->steps[action->steps_from + i]);
	return play_line_going(search->player);
}

static uint16_t lines_of(const struct action *action)
{
	return (uint16_t)(action->steps_count ? action->steps_count : 1);
}

static void replay(struct witness_search *search, int number)
{
	const struct situation *state = &search->states[number];
	if (state->parent == NONE) {
		put_back(search, &search->root[state->start]);
		for (unsigned i = 1; state->plot && i < state->plot->steps_count; i++) play_one(search->player, &state->plot->steps[i]);
		return;
	}
	replay(search, state->parent);
	play_action(search, &search->library[state->start], state->action, state->time);
}

static void offer(struct witness_search *search, struct trail *trail)
{
	if (!trail->lines || search->now.lines < trail->lines) *trail = search->now;
}

static void pair_seen(void *context, int row, int next)
{
	struct witness_search *search = context;
	unsigned place = WITNESS_PLACE(&search->found, (unsigned)row, (unsigned)next);
	search->found.pair[place] = true;
	offer(search, &search->of_pair[place]);
}

/* The rows that were told since `from`. Returns the first. */
static int see_rows(struct witness_search *search, unsigned from, struct footing *footing)
{
	int first = NONE, row;
	while ((row = next_row(search, &from)) != NONE) {
		if (first == NONE) first = row;
		search->found.row[row] = true;
		offer(search, &search->of_row[row]);
		footing_step(footing, search->machine, row, pair_seen, search);
	}
	look_for_broken(search);
	return first;
}

/* --- the first pass */

static int find_state(const struct witness_search *search, const struct key *key, uint32_t *slot)
{
	for (*slot = hash(key) & (SLOTS - 1); search->slots[*slot]; *slot = (*slot + 1) & (SLOTS - 1))
		if (!memcmp(&search->states[search->slots[*slot] - 1].key, key, sizeof *key)) return (int)search->slots[*slot] - 1;
	return NONE;
}

static int add_state(struct witness_search *search, const struct situation *state, uint32_t slot)
{
	if (search->states_count == STATES_MAX) return NONE;
	search->states[search->states_count] = *state;
	search->slots[slot] = ++search->states_count;
	return (int)search->states_count - 1;
}

static struct situation child_of(const struct witness_search *search, int parent, unsigned action, const struct step *time)
{
	const struct situation *from = &search->states[parent];
	const struct action *done = &search->library[from->start].actions[action];
	struct situation state = { .parent = parent, .start = from->start, .action = (uint8_t)action, .time = time, .footing = from->footing,
		.file = done->file ? done->file : from->file, .second = done->second ? done->second : from->second, .host = done->host ? done->host : from->host, .disk = done->disk ? done->disk : from->disk };
	state.lines = (uint16_t)(from->lines + lines_of(done));
	state.almost = done->when == WHEN_ALMOST;
	return state;
}

static void try_action(struct witness_search *search, int number, unsigned action)
{
	const struct library *library = &search->library[search->states[number].start];
	const struct action *done = &library->actions[action];
	put_back(search, &search->before);
	if (!fits_job(search, &search->states[number], done, the_job(search))) return;
	const struct step *time = done->lines ? NULL : time_of(search, done);
	if (!done->lines && !time) return;
	unsigned from = search->play->trace.count;
	struct situation state = child_of(search, number, action, time);
	if (!play_action(search, library, action, time)) return;
	search->now = (struct trail){ .state = number, .actions_count = 1, .actions = { (uint8_t)action }, .times = { time }, .lines = state.lines };
	int first = see_rows(search, from, &state.footing);
	state.key = key_now(search, &state);
	uint32_t slot;
	int to = find_state(search, &state.key, &slot);
	if (to == NONE && is_plain_enough(&state.key) && state.lines < WITNESS_LINES_MAX - 8) to = add_state(search, &state, slot);
	search->states[number].first[action] = (int16_t)first;
	search->states[number].to[action] = to;
}

static void expand(struct witness_search *search, int number)
{
	struct situation *state = &search->states[number];
	for (unsigned i = 0; i < ACTIONS_MAX; i++) {
		state->first[i] = NONE;
		state->to[i] = NONE;
	}
	replay(search, number);
	keep(search, &search->before);
	for (unsigned i = 0; i < search->library[state->start].count; i++) try_action(search, number, i);
}

/* --- the second pass */

static bool is_new(const struct witness_search *search, const struct footing *footing, int next)
{
	if (footing->solid >= 0 && !search->found.pair[WITNESS_PLACE(&search->found, (unsigned)footing->solid, (unsigned)next)]) return true;
	for (unsigned i = 0; i < footing->looks_count; i++)
		if (!search->found.pair[WITNESS_PLACE(&search->found, (unsigned)footing->looks[i], (unsigned)next)]) return true;
	return false;
}

static bool leads_to_new(const struct witness_search *search, const struct footing *footing, const struct situation *to, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (to->first[i] != NONE && is_new(search, footing, to->first[i])) return true;
	return false;
}

static void try_second(struct witness_search *search, int number, unsigned one, const struct step *time_one, const struct footing *footing,
	unsigned two)
{
	const struct library *library = &search->library[search->states[number].start];
	const struct action *done = &library->actions[two];
	struct footing after = *footing;
	const struct step *time = done->lines ? NULL : time_of(search, done);
	if (!done->lines && !time) return;
	unsigned from = search->play->trace.count;
	if (!play_action(search, library, two, time)) return;
	search->now = (struct trail){ .state = number, .actions_count = 2, .actions = { (uint8_t)one, (uint8_t)two }, .times = { time_one, time },
		.lines = (uint16_t)(search->states[number].lines + lines_of(&library->actions[one]) + lines_of(done)) };
	see_rows(search, from, &after);
}

/* The state again, the first action, and then each that promises something new. */
static void follow_action(struct witness_search *search, int number, unsigned one, struct snapshot *middle)
{
	const struct situation *state = &search->states[number], *to = &search->states[state->to[one]];
	const struct library *library = &search->library[state->start];
	struct footing footing = state->footing;
	put_back(search, &search->before);
	const struct step *time = library->actions[one].lines ? NULL : time_of(search, &library->actions[one]);
	unsigned from = search->play->trace.count;
	play_action(search, library, one, time);
	search->now = (struct trail){ .state = number, .actions_count = 1, .actions = { (uint8_t)one }, .times = { time },
		.lines = (uint16_t)(state->lines + lines_of(&library->actions[one])) };
	see_rows(search, from, &footing);
	if (!leads_to_new(search, &footing, to, library->count) || !keep(search, middle)) return;
	for (unsigned two = 0; two < library->count; two++) {
		if (to->first[two] == NONE || !is_new(search, &footing, to->first[two])) continue;
		put_back(search, middle);
		try_second(search, number, one, time, &footing, two);
	}
}

static void follow(struct witness_search *search, int number, struct snapshot *middle)
{
	const struct situation *state = &search->states[number];
	replay(search, number);
	keep(search, &search->before);
	for (unsigned one = 0; one < search->library[state->start].count; one++)
		if (state->first[one] != NONE && state->to[one] != NONE) follow_action(search, number, one, middle);
}

/* --- all of it */

static enum status prepare(struct witness_search *search, const struct explore_bounds *bounds, struct failure *failure)
{
	unsigned rows = bounds->machine->moves_count;
	search->machine = bounds->machine;
	search->files = bounds->files < 2 ? 1 : 2;
	search->libraries_count = bounds->machine->dialect == DIALECT_BITS ? 2 : 1;
	search->states = arena_take(search->arena, STATES_MAX * sizeof *search->states);
	search->slots = arena_take(search->arena, SLOTS * sizeof *search->slots);
	search->of_row = arena_take(search->arena, rows * sizeof *search->of_row);
	search->of_pair = arena_take(search->arena, (size_t)rows * rows * sizeof *search->of_pair);
	search->stage.block = search->stage.at = arena_take(search->arena, PLAY_BYTES);
	if (!search->states || !search->slots || !search->of_row || !search->of_pair || !search->stage.block) return STATUS_NO_MEMORY;
	search->stage.end = search->stage.block + PLAY_BYTES;
	for (unsigned i = 0; i < search->libraries_count; i++) {
		enum job_type type = i ? JOB_TYPE_UPLOAD : JOB_TYPE_DOWNLOAD;
		enum status status = witness_library(search->arena, bounds->machine->dialect, type, &search->library[i], failure);
		if (status) return status;
	}
	return witness_set_make(search->arena, bounds->machine, &search->found);
}

static enum status start_all(struct witness_search *search, struct failure *failure)
{
	for (unsigned i = 0; i < search->libraries_count; i++) {
		struct situation state = { .parent = NONE, .start = (uint8_t)i, .lines = 1 };
		uint32_t slot;
		if (!open_stage(search, i, failure)) return STATUS_NO_MEMORY;
		footing_start(&state.footing);
		state.key = key_now(search, &state);
		find_state(search, &state.key, &slot);
		add_state(search, &state, slot);
	}
	return STATUS_OK;
}

/* A plot ends where it says, or it is no plot. */
static enum status start_plot(struct witness_search *search, const struct plot *plot, struct failure *failure)
{
	struct situation state = { .parent = NONE, .start = plot->type == JOB_TYPE_UPLOAD, .plot = plot->scenario,
		.lines = (uint16_t)plot->scenario->steps_count };
	int number = (int)search->states_count;
	if (search->states_count == STATES_MAX) return STATUS_LIMIT;
	footing_start(&state.footing);
	search->states[search->states_count++] = state;
	replay(search, number);
	if (!play_line_going(search->player)) return STATUS_OK; /* a mutant may never come there */
	search->now = (struct trail){ .state = number, .lines = state.lines };
	see_rows(search, 0, &search->states[number].footing);
	search->states[number].key = key_now(search, &state);
	(void)failure;
	return STATUS_OK;
}

static enum status start_plots(struct witness_search *search, struct failure *failure)
{
	struct plot plot = { 0 };
	enum status status = STATUS_OK;
	for (unsigned i = 0; !status; i++) {
		status = witness_plot(search->arena, search->machine->dialect, i, &plot, failure);
		if (status || !plot.scenario) break;
		status = start_plot(search, &plot, failure);
	}
	return status;
}

enum status witness_find(struct arena *arena, const struct explore_bounds *bounds, struct witness_search **found, struct failure *failure)
{
	struct witness_search *search = arena_take(arena, sizeof *search);
	struct snapshot middle = { 0 };
	if (!search) return STATUS_NO_MEMORY;
	search->arena = arena;
	enum status status = prepare(search, bounds, failure);
	if (!status) status = start_all(search, failure);
	if (!status) status = start_plots(search, failure);
	if (status) return status;
	for (unsigned i = 0; i < search->states_count && !search->no_memory; i++) expand(search, (int)i);
	for (unsigned i = 0; i < search->states_count && !search->no_memory; i++) follow(search, (int)i, &middle);
	*found = search;
	return search->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

/* --- what was found */

const struct witness_set *witness_found(const struct witness_search *search)
{
	return &search->found;
}

unsigned witness_states(const struct witness_search *search)
{
	return search->states_count;
}

static void tell_step(struct witness *witness, const struct step *step)
{
	assert(witness->lines_count < WITNESS_LINES_MAX);
	witness->lines[witness->lines_count++] = step->text;
}

static void tell_action(const struct witness_search *search, struct witness *witness, unsigned start, unsigned number, const struct step *time)
{
	const struct library *library = &search->library[start];
	const struct action *action = &library->actions[number];
	if (time) tell_step(witness, time);
	for (unsigned i = 0; i < action->steps_count; i++) tell_step(witness, &library->scenario->steps[action->steps_from + i]);
}

static void tell_state(const struct witness_search *search, struct witness *witness, int number)
{
	const struct situation *state = &search->states[number];
	if (state->parent == NONE) {
		const struct scenario *from = state->plot ? state->plot : search->library[state->start].scenario;
		for (unsigned i = 0; i < (state->plot ? from->steps_count : 1); i++) tell_step(witness, &from->steps[i]);
		return;
	}
	tell_state(search, witness, state->parent);
	tell_action(search, witness, state->start, state->action, state->time);
}

static void tell_trail(const struct witness_search *search, const struct trail *trail, struct witness *witness)
{
	witness->lines_count = 0;
	if (!trail->lines) return;
	tell_state(search, witness, trail->state);
	for (unsigned i = 0; i < trail->actions_count; i++)
		tell_action(search, witness, search->states[trail->state].start, trail->actions[i], trail->times[i]);
}

void witness_of_row(const struct witness_search *search, unsigned row, struct witness *witness)
{
	tell_trail(search, &search->of_row[row], witness);
}

void witness_of_pair(const struct witness_search *search, unsigned row, unsigned next, struct witness *witness)
{
	tell_trail(search, &search->of_pair[WITNESS_PLACE(&search->found, row, next)], witness);
}

void witness_of_broken(const struct witness_search *search, struct witness *witness, int *invariant)
{
	*invariant = search->invariant;
	tell_trail(search, &search->broken, witness);
}
