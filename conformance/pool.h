/* pool.h -- many tasks by worker processes that share memory; a task that ends its worker harms itself only. */
#ifndef BGCHECK_CONFORMANCE_POOL_H
#define BGCHECK_CONFORMANCE_POOL_H

#include "sim/arena.h"

#include <stdbool.h>

struct pool {
	unsigned count, jobs;         /* tasks, and workers at once */
	unsigned task_seconds;        /* of CPU that a task may need: who needs more runs without end */
	size_t arena_bytes;           /* of each worker's arena, which is not emptied between tasks */
	void *context;
	/* In a worker. False: the worker cannot go on, and neither can the pool. */
	bool (*work)(void *context, struct arena *arena, unsigned task);
	/* In the caller: the task broke an assertion, or ran without end; `why` says which. Another worker takes the dead one's place. */
	void (*died)(void *context, unsigned task, const char *why);
};

/* Memory that workers and caller share, zeroed; NULL: there is none. Given back by pool_unshare. */
void *pool_share(size_t bytes);
void pool_unshare(void *at, size_t bytes);

/* In a child whose end by a signal is awaited: it says nothing, leaves no core, and may need so much CPU. */
void pool_be_quiet(unsigned seconds);

/* Runs every task once, in an order of its own. Workers say nothing on standard error. False: interrupted, out of memory or processes. */
bool pool_run(const struct pool *pool);

#endif
