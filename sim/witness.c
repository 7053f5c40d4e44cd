/* witness.c -- the search: every line that a scenario may have next, in the reference's own world, shortest scenarios first.
 *
 * Two passes. The first finds the states of the world that matter to a job, the shortest scenario to each, and the first row
 * that each line takes there. The second plays, from each state, each line and then those lines whose first row makes a pair
 * that was not seen yet: which row came before is a thing of the way, not of the state. */
#include "sim/witness_stage.h"

#include <string.h>

#define STATES_MAX 60000u
#define SLOTS (1u << 19)

/* --- playing */

static bool play_action(struct witness_search *search, const struct library *library, unsigned number, const struct step *time)
{
	const struct action *action = &library->actions[number];
	if (time) play_one(search->player, time);
	for (unsigned i = 0; i < action->steps_count && play_line_going(search->player); i++)
		play_one(search->player, &library->scenario->steps[action->steps_from + i]);
	return play_line_going(search->player);
}

/* The action now: one of time is given its line first. False when it makes no sense now, or ended the play. */
static bool perform(struct witness_search *search, const struct library *library, unsigned number, const struct step **time)
{
	const struct action *action = &library->actions[number];
	*time = action->lines ? NULL : witness_time(search, action);
	return (action->lines || *time) && play_action(search, library, number, *time);
}

static uint16_t lines_of(const struct action *action)
{
	return (uint16_t)(action->steps_count ? action->steps_count : 1);
}

static void replay(struct witness_search *search, int number)
{
	const struct situation *state = &search->states[number];
	if (state->parent == NONE) {
		witness_put_back(search, &search->root[state->start]);
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
	while ((row = witness_next_row(search, &from)) != NONE) {
		if (first == NONE) first = row;
		search->found.row[row] = true;
		offer(search, &search->of_row[row]);
		footing_step(footing, search->machine, row, pair_seen, search);
	}
	witness_look(search);
	return first;
}

/* --- the first pass */

static int find_state(const struct witness_search *search, const struct key *key, uint32_t *slot)
{
	for (*slot = explore_hash(key, sizeof *key, 0) & (SLOTS - 1); search->slots[*slot]; *slot = (*slot + 1) & (SLOTS - 1))
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
	witness_put_back(search, &search->before);
	if (!witness_fits(search, &search->states[number], done, witness_job(search))) return;
	const struct step *time;
	unsigned from = search->play->trace.count;
	if (!perform(search, library, action, &time)) return;
	struct situation state = child_of(search, number, action, time);
	search->now = (struct trail){ .state = number, .actions_count = 1, .actions = { (uint8_t)action }, .times = { time }, .lines = state.lines };
	int first = see_rows(search, from, &state.footing);
	state.key = witness_key(search, &state);
	uint32_t slot;
	int to = find_state(search, &state.key, &slot);
	if (to == NONE && witness_is_plain(&state.key) && state.lines < WITNESS_LINES_MAX - 8) to = add_state(search, &state, slot);
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
	witness_keep(search, &search->before);
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
	const struct step *time;
	unsigned from = search->play->trace.count;
	if (!perform(search, library, two, &time)) return;
	search->now = (struct trail){ .state = number, .actions_count = 2, .actions = { (uint8_t)one, (uint8_t)two }, .times = { time_one, time },
		.lines = (uint16_t)(search->states[number].lines + lines_of(&library->actions[one]) + lines_of(done)) };
	see_rows(search, from, &after);
}

/* The state again, the first action, and then each that promises something new. */
static void follow_action(struct witness_search *search, int number, unsigned one)
{
	const struct situation *state = &search->states[number], *to = &search->states[state->to[one]];
	const struct library *library = &search->library[state->start];
	struct footing footing = state->footing;
	witness_put_back(search, &search->before);
	const struct step *time;
	unsigned from = search->play->trace.count;
	perform(search, library, one, &time);
	search->now = (struct trail){ .state = number, .actions_count = 1, .actions = { (uint8_t)one }, .times = { time },
		.lines = (uint16_t)(state->lines + lines_of(&library->actions[one])) };
	see_rows(search, from, &footing);
	if (!leads_to_new(search, &footing, to, library->count) || !witness_keep(search, &search->middle)) return;
	for (unsigned two = 0; two < library->count; two++) {
		if (to->first[two] == NONE || !is_new(search, &footing, to->first[two])) continue;
		witness_put_back(search, &search->middle);
		try_second(search, number, one, time, &footing, two);
	}
}

static void follow(struct witness_search *search, int number)
{
	const struct situation *state = &search->states[number];
	replay(search, number);
	witness_keep(search, &search->before);
	for (unsigned one = 0; one < search->library[state->start].count; one++)
		if (state->first[one] != NONE && state->to[one] != NONE) follow_action(search, number, one);
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
		if (!witness_open(search, i, failure)) return STATUS_NO_MEMORY;
		footing_start(&state.footing);
		state.key = witness_key(search, &state);
		find_state(search, &state.key, &slot);
		add_state(search, &state, slot);
	}
	return STATUS_OK;
}

/* A plot ends where it says, or it is no plot. */
static enum status start_plot(struct witness_search *search, const struct plot *plot)
{
	struct situation state = { .parent = NONE, .start = plot->type == JOB_TYPE_UPLOAD, .plot = plot->scenario,
		.lines = (uint16_t)plot->scenario->steps_count };
	int number = (int)search->states_count;
	if (search->states_count == STATES_MAX) return STATUS_LIMIT;
	footing_start(&state.footing);
	search->states[search->states_count++] = state;
	replay(search, number);
	if (!play_line_going(search->player)) { /* a mutant may never come there */
		search->states_count--;
		return STATUS_OK;
	}
	search->now = (struct trail){ .state = number, .lines = state.lines };
	see_rows(search, 0, &search->states[number].footing);
	search->states[number].key = witness_key(search, &state);
	return STATUS_OK;
}

static enum status start_plots(struct witness_search *search, struct failure *failure)
{
	struct plot plot = { 0 };
	enum status status = STATUS_OK;
	for (unsigned i = 0; !status; i++) {
		status = witness_plot(search->arena, search->machine->dialect, i, &plot, failure);
		if (status || !plot.scenario) break;
		status = start_plot(search, &plot);
	}
	return status;
}

enum status witness_find(struct arena *arena, const struct explore_bounds *bounds, struct witness_search **found, struct failure *failure)
{
	struct witness_search *search = arena_take(arena, sizeof *search);
	if (!search) return STATUS_NO_MEMORY;
	search->arena = arena;
	enum status status = prepare(search, bounds, failure);
	if (!status) status = start_all(search, failure);
	if (!status) status = start_plots(search, failure);
	if (status) return status;
	for (unsigned i = 0; i < search->states_count && !search->no_memory; i++) expand(search, (int)i);
	for (unsigned i = 0; i < search->states_count && !search->no_memory; i++) follow(search, (int)i);
	*found = search;
	return search->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

/* --- what was found */

const struct witness_set *witness_found(const struct witness_search *search)
{
	return &search->found;
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
