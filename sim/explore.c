/* explore.c -- the walk over all jobs at once: a state is a number, visited is a bit, breadth first. */
#define _DEFAULT_SOURCE
#include "sim/explore_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define WIDTH_MAX UINT64_C(0xFFFFFFFF)
#define FOUND_MAX 1024u
#define SLICE 65536u
#define SHARE_MIN 4096u          /* states of a level that are worth another thread */

/* A state of all jobs: base of its condition, and the rank of each job as a digit. */
struct walk {
	const struct space *space;
	unsigned jobs;
	uint64_t width;                               /* numbers in all */
	uint64_t base[EXPLORE_CONDITIONS + 1];
	uint64_t power[EXPLORE_CONDITIONS][EXPLORE_JOBS_MAX];
	uint64_t *visited;
	uint32_t *queue;
	uint64_t count;
	uint64_t transitions;
	unsigned globals;         /* events of the machine within the bounds */
};

/* One thread's part of a level. Found states wait here, so that threads meet at the queue once in a thousand. */
struct worker {
	struct walk *walk;
	pthread_t thread;
	uint64_t from, to;        /* places in the queue */
	bool shared;              /* others walk too */
	uint64_t transitions;
	unsigned found_count;
	uint32_t found[FOUND_MAX];
};

static void *map(uint64_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

static bool number_states(struct walk *walk)
{
	for (unsigned c = 0; c < EXPLORE_CONDITIONS; c++) {
		uint64_t ranks = walk->space->ranks[c], power = 1;
		for (unsigned j = 0; j < walk->jobs; j++) {
			walk->power[c][j] = power;
			power *= ranks;
			if (power > WIDTH_MAX) return false;
		}
		walk->base[c + 1] = walk->base[c] + power * (ranks > 0);
	}
	walk->width = walk->base[EXPLORE_CONDITIONS];
	return walk->width <= WIDTH_MAX;
}

static void hand_in(struct worker *worker)
{
	struct walk *walk = worker->walk;
	uint64_t place = __atomic_fetch_add(&walk->count, worker->found_count, __ATOMIC_RELAXED);
	memcpy(&walk->queue[place], worker->found, worker->found_count * sizeof *worker->found);
	worker->found_count = 0;
}

static inline void visit(struct worker *worker, uint64_t state)
{
	struct walk *walk = worker->walk;
	uint64_t bit = UINT64_C(1) << (state & 63), *word = &walk->visited[state >> 6];
	if (*word & bit) return;
	if (!worker->shared) {
		*word |= bit;
		walk->queue[walk->count++] = (uint32_t)state;
		return;
	}
	if (__atomic_fetch_or(word, bit, __ATOMIC_RELAXED) & bit) return;
	worker->found[worker->found_count++] = (uint32_t)state;
	if (worker->found_count == FOUND_MAX) hand_in(worker);
}

static unsigned condition_of(const struct walk *walk, uint64_t state)
{
	unsigned c = 0;
	while (state >= walk->base[c + 1]) c++;
	return c;
}

/* Marks what the state leads to. */
static inline void follow(struct worker *worker, uint64_t state)
{
	const struct walk *walk = worker->walk;
	const struct space *space = walk->space;
	unsigned c = condition_of(walk, state);
	uint64_t digits = state - walk->base[c], to[EXPLORE_GLOBALS] = { 0 };
	uint32_t ranks = space->ranks[c];
	for (unsigned j = 0; j < walk->jobs; j++) {
		uint32_t rank = (uint32_t)(digits % ranks);
		const struct node *node = &space->nodes[space->by_rank[c][rank]];
		uint64_t power = walk->power[c][j], rest = state - rank * power;
		const uint32_t *edge = &space->edges[node->edges];
		digits /= ranks;
		worker->transitions += node->moves;
		for (uint32_t e = 0; e < node->edges_count; e++) visit(worker, rest + edge[e] * power);
		for (unsigned g = 0; g < EXPLORE_GLOBALS; g++)
			if (node->global[g] != NOT_POSSIBLE)
				to[g] += node->global[g] * walk->power[explore_global_after((enum explore_global)g, c)][j];
	}
	for (unsigned g = 0; g < EXPLORE_GLOBALS; g++) {
		if (!(walk->globals & 1u << g)) continue;
		worker->transitions++;
		visit(worker, walk->base[explore_global_after((enum explore_global)g, c)] + to[g]);
	}
}

/* Start states: each job of each type. */
static void start(struct walk *walk)
{
	struct worker worker = { .walk = walk };
	uint64_t starts = 0, all = 1;
	while (starts < walk->space->nodes_count && walk->space->nodes[starts].parent == NOT_POSSIBLE) starts++;
	for (unsigned j = 0; j < walk->jobs; j++) all *= starts;
	for (uint64_t n = 0; n < all; n++) {
		uint64_t state = walk->base[CONDITION_START], digits = n;
		for (unsigned j = 0; j < walk->jobs; j++, digits /= starts) state += digits % starts * walk->power[CONDITION_START][j];
		visit(&worker, state);
	}
}

static void *work(void *context)
{
	struct worker *worker = context;
	for (uint64_t i = worker->from; i < worker->to; i++) follow(worker, worker->walk->queue[i]);
	if (worker->shared) hand_in(worker);
	return NULL;
}

/* States of the level from..to, by as many threads as are worth it. A thread that cannot be had leaves its part to us. */
static void walk_level(struct walk *walk, struct worker *workers, unsigned threads, uint64_t from, uint64_t to)
{
	unsigned started = 0;
	if (to - from < SHARE_MIN) threads = 1;
	for (unsigned t = 0; t < threads; t++) {
		struct worker *worker = &workers[t];
		worker->shared = threads > 1;
		worker->from = from + (to - from) * t / threads;
		worker->to = from + (to - from) * (t + 1) / threads;
	}
	while (started + 1 < threads && !pthread_create(&workers[started + 1].thread, NULL, work, &workers[started + 1])) started++;
	work(&workers[0]);
	for (unsigned t = started + 1; t < threads; t++) work(&workers[t]);
	for (unsigned t = 1; t <= started; t++) pthread_join(workers[t].thread, NULL);
	for (unsigned t = 0; t < threads; t++) {
		walk->transitions += workers[t].transitions;
		workers[t].transitions = 0;
	}
}

/* Bounds are looked at between slices of a level: they may be passed by what one slice finds. */
static void walk_all(struct walk *walk, struct worker *workers, const struct explore_bounds *bounds, struct explore_report *report)
{
	uint64_t bits = walk->width / 8, slice = bounds->states_max || bounds->memory_max ? SLICE : UINT64_MAX;
	start(walk);
	for (uint64_t from = 0, level_end = walk->count; from < walk->count;) {
		if (bounds->states_max && walk->count > bounds->states_max) report->bound = "--bound";
		if (bounds->memory_max && bits + walk->count * sizeof *walk->queue > bounds->memory_max) report->bound = "--memory";
		if (report->bound) return;
		uint64_t to = level_end - from > slice ? from + slice : level_end;
		walk_level(walk, workers, bounds->threads, from, to);
		from = to;
		if (from < level_end || from == walk->count) continue;
		report->depth++;
		level_end = walk->count;
	}
	report->complete = true;
}

/* Edges and global moves from numbers of nodes to ranks: what the walk adds up. */
static void rank_edges(struct space *space)
{
	for (uint32_t i = 0; i < space->edges_count; i++) space->edges[i] = space->nodes[space->edges[i]].rank;
	for (uint32_t i = 0; i < space->nodes_count; i++)
		for (unsigned g = 0; g < EXPLORE_GLOBALS; g++) {
			uint32_t *to = &space->nodes[i].global[g];
			if (*to != NOT_POSSIBLE) *to = space->nodes[*to].rank;
		}
}

static const struct {
	const char *rule, *sentence;
} invariants[] = {
#define INVARIANT(rule_, sentence_, claim) { rule_, sentence_ },
#include "sim/explore_invariant.def"
};

const char *explore_invariant(int number, const char **rule)
{
	*rule = invariants[number].rule;
	return invariants[number].sentence;
}

static void check_invariants(const struct space *space, struct explore_report *report)
{
	for (uint32_t i = 0; i < space->nodes_count; i++) {
		int broken = explore_broken(&space->nodes[i].job);
		if (broken < 0) continue;
		report->broken_sentence = explore_invariant(broken, &report->broken);
		report->path_length = space_path(space, i, report->path);
		return;
	}
}

static bool leads_on(const struct space *space, const struct node *node, const bool *ends)
{
	for (uint32_t e = 0; e < node->edges_count; e++)
		if (ends[space->edges[node->edges + e]]) return true;
	for (unsigned g = 0; g < EXPLORE_GLOBALS; g++)
		if (node->global[g] != NOT_POSSIBLE && ends[node->global[g]]) return true;
	return false;
}

/* States of a job from which no end can be reached: backwards from the final states until nothing is added. */
static enum status find_stuck(struct arena *arena, const struct space *space, struct explore_report *report)
{
	bool *ends = arena_take(arena, space->nodes_count), changed = true;
	if (!ends) return STATUS_NO_MEMORY;
	for (uint32_t i = 0; i < space->nodes_count; i++) ends[i] = space->nodes[i].job.state >= STATE_ACKNOWLEDGED;
	while (changed) {
		changed = false;
		for (uint32_t i = space->nodes_count; i-- > 0;)
			if (!ends[i] && leads_on(space, &space->nodes[i], ends)) ends[i] = changed = true;
	}
	for (uint32_t i = space->nodes_count; i-- > 0;) {
		if (ends[i]) continue;
		report->stuck++;
		report->stuck_length = space_path(space, i, report->stuck_path);
	}
	return STATUS_OK;
}

static enum status walk_jobs(struct arena *arena, struct space *space, const struct explore_bounds *bounds, struct explore_report *report,
	struct failure *failure)
{
	struct walk walk = { .space = space, .jobs = bounds->jobs };
	struct worker *workers = arena_take(arena, bounds->threads * sizeof *workers);
	for (unsigned t = 0; workers && t < bounds->threads; t++) workers[t].walk = &walk;
	for (unsigned g = 0; g < EXPLORE_GLOBALS; g++) walk.globals |= (unsigned)explore_global_may(bounds, (enum explore_global)g) << g;
	if (!number_states(&walk)) {
		snprintf(failure->text, sizeof failure->text, "expected at most 2^32 possible states, found more: lower --jobs, --files or --retries");
		return STATUS_LIMIT;
	}
	rank_edges(space);
	walk.visited = map(walk.width / 8 + 8);
	walk.queue = map(walk.width * sizeof *walk.queue + 8);
	if (!walk.visited || !walk.queue || !workers) return STATUS_NO_MEMORY;
	double from = bounds->seconds ? bounds->seconds() : 0;
	walk_all(&walk, workers, bounds, report);
	report->seconds = bounds->seconds ? bounds->seconds() - from : 0;
	report->states = walk.count;
	report->transitions = walk.transitions;
	report->bytes_a_state = ((double)walk.width / 8 + (double)walk.count * sizeof *walk.queue) / (double)walk.count;
	munmap(walk.visited, walk.width / 8 + 8);
	munmap(walk.queue, walk.width * sizeof *walk.queue + 8);
	return STATUS_OK;
}

bool explore_takes_all(const struct explore_bounds *bounds)
{
	return !bounds->core && bounds->files >= 2 && bounds->retries;
}

enum status explore_check_bounds(const struct explore_bounds *bounds, struct failure *failure)
{
	const char *wrong = bounds->jobs < 1 || bounds->jobs > EXPLORE_JOBS_MAX ? "expected 1 to 4 jobs" :
		bounds->files < 1 || bounds->files > EXPLORE_FILES_MAX ? "expected 1 to 6 files" :
		bounds->retries > EXPLORE_RETRIES_MAX ? "expected 0 to 9 retries" :
		bounds->threads < 1 || bounds->threads > EXPLORE_THREADS_MAX ? "expected 1 to 16 threads" : NULL;
	if (!wrong) return STATUS_OK;
	snprintf(failure->text, sizeof failure->text, "%s", wrong);
	return STATUS_BAD_INPUT;
}

enum status explore_run(struct arena *arena, const struct explore_bounds *bounds, struct explore_report *report, struct failure *failure)
{
	struct space *space = arena_take(arena, sizeof *space);
	memset(report, 0, sizeof *report);
	enum status status = space ? explore_check_bounds(bounds, failure) : STATUS_NO_MEMORY;
	if (!status) status = space_make(arena, bounds, space, failure);
	if (status) return status;
	report->job_states = space->nodes_count;
	report->rows_count = bounds->machine->moves_count;
	report->row_taken = space->row_taken;
	check_invariants(space, report);
	status = find_stuck(arena, space, report);
	return status ? status : walk_jobs(arena, space, bounds, report, failure);
}
