/* mutant_work.c -- the tasks as those of a pool, whose workers leave what they found in memory that they share. */
#include "conformance/mutant_work.h"

#include "conformance/pool.h"

#define TASK_SECONDS 20u     /* of CPU, of all that one task asks */

struct work {
	const struct kill_field *field;
	const struct kill_task *tasks;
	FILE *matrix;
	struct kill_result *results;
};

/* Lines of the matrix are written whole, one task at a time, so that workers do not mix them. */
static bool try(void *context, struct arena *arena, unsigned task)
{
	const struct work *work = context;
	kill_try(arena, work->field, &work->tasks[task], work->matrix, &work->results[task]);
	return !work->matrix || !fflush(work->matrix);
}

/* The mutant that a worker died of. */
static void died(void *context, unsigned task, const char *why)
{
	const struct work *work = context;
	struct kill_result *result = &work->results[task];
	result->status = result->status == KILL_EXPLORING ? KILL_SURVIVED : KILL_CRASHED;
	snprintf(result->text, sizeof result->text, "%s", why);
}

struct kill_result *mutant_work(const struct kill_field *field, const struct kill_task *tasks, unsigned count, unsigned jobs, FILE *matrix)
{
	struct work work = { field, tasks, matrix, pool_share((count + 1) * sizeof *work.results) };
	const struct pool pool = { .count = count, .jobs = jobs, .task_seconds = TASK_SECONDS, .arena_bytes = KILL_ARENA_BYTES, .context = &work,
		.work = try, .died = died };
	if (!work.results || !pool_run(&pool)) {
		fprintf(stderr, "bgcheck: the mutants were given up: a worker failed, or memory or processes ran out\n");
		return NULL;
	}
	return work.results;
}

void mutant_work_done(struct kill_result *results, unsigned count)
{
	pool_unshare(results, (count + 1) * sizeof *results);
}
