/* pool.c -- workers take the next task from a counter that they share. */
#include "conformance/pool.h"

#include "conformance/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 64

struct worker {
	pid_t pid;               /* 0: none */
	unsigned task;           /* taken last */
};

/* Shared by all. */
struct shared {
	unsigned next;
	struct worker workers[WORKERS_MAX];
};

void *pool_share(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

void pool_unshare(void *at, size_t bytes)
{
	if (at) munmap(at, bytes);
}

static bool take(const struct pool *pool, struct shared *shared, struct worker *worker)
{
	worker->task = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
	return worker->task < pool->count;
}

/* An assertion that a mutant breaks is what was hoped for: it needs no word and no core. */
void pool_be_quiet(unsigned seconds)
{
	const struct itimerval limit = { .it_value = { (time_t)seconds, 0 } };
	const struct rlimit none = { 0, 0 };
	int null = open("/dev/null", O_WRONLY);
	if (null >= 0) dup2(null, 2);
	setrlimit(RLIMIT_CORE, &none);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

/* In the child. */
static void serve(const struct pool *pool, struct shared *shared, struct worker *worker)
{
	const struct itimerval limit = { .it_value = { (time_t)pool->task_seconds, 0 } };
	struct arena arena;
	pool_be_quiet(pool->task_seconds);
	if (arena_init(&arena, pool->arena_bytes)) _exit(70);
	while (take(pool, shared, worker)) {
		setitimer(ITIMER_VIRTUAL, &limit, NULL);
		if (!pool->work(pool->context, &arena, worker->task)) _exit(71);
	}
	_exit(0);
}

static bool start(const struct pool *pool, struct shared *shared, struct worker *worker)
{
	worker->task = pool->count;
	pid_t pid = interrupt_fork();
	if (pid < 0) return false;
	if (!pid) serve(pool, shared, worker);
	worker->pid = pid;
	return true;
}

/* 70 and 71 are our own faults. */
static bool bury(const struct pool *pool, struct shared *shared, struct worker *worker, int wait_status)
{
	worker->pid = 0;
	if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status) == 0;
	int number = WTERMSIG(wait_status);
	bool expected = number == SIGABRT || number == SIGSEGV || number == SIGBUS || number == SIGVTALRM || number == SIGFPE;
	if (!expected || worker->task >= pool->count) return false;
	pool->died(pool->context, worker->task, number == SIGVTALRM ? "it ran without end" : strsignal(number));
	return start(pool, shared, worker);
}

static void stop(struct shared *shared)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		if (!shared->workers[i].pid) continue;
		kill(shared->workers[i].pid, SIGTERM);
		waitpid(shared->workers[i].pid, NULL, 0);
	}
}

static bool run(const struct pool *pool, struct shared *shared)
{
	unsigned alive = 0;
	bool good = true;
	fflush(NULL);
	for (; good && alive < pool->jobs && alive < WORKERS_MAX; alive++) good = start(pool, shared, &shared->workers[alive]);
	while (good && alive) {
		int wait_status;
		pid_t pid = waitpid(-1, &wait_status, 0);
		if (pid < 0) good = false;
		for (unsigned i = 0; good && i < WORKERS_MAX; i++) {
			struct worker *worker = &shared->workers[i];
			if (worker->pid != pid) continue;
			good = bury(pool, shared, worker, wait_status);
			alive -= !worker->pid;
		}
	}
	if (!good) stop(shared);
	return good;
}

bool pool_run(const struct pool *pool)
{
	struct shared *shared = pool_share(sizeof *shared);
	bool good = shared && run(pool, shared);
	pool_unshare(shared, sizeof *shared);
	return good;
}
