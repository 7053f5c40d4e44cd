/* mutant_work.c -- workers take the next task from memory that they share, and leave what they found there. */
#include "conformance/mutant_work.h"

#include "conformance/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 64
#define TASK_SECONDS 20      /* of CPU, of all that one task asks: who needs more runs without end */

struct worker {
	pid_t pid;               /* 0: none */
	unsigned task;           /* taken last */
};

/* Shared by all. */
struct shared {
	unsigned next;
	struct worker workers[WORKERS_MAX];
};

struct work {
	const struct kill_field *field;
	const struct kill_task *tasks;
	unsigned count;
	FILE *matrix;
	struct shared *shared;
	struct kill_result *results;
};

static void *share(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

static bool take(struct work *work, struct worker *worker)
{
	worker->task = __atomic_fetch_add(&work->shared->next, 1, __ATOMIC_RELAXED);
	return worker->task < work->count;
}

/* An assertion that a mutant breaks is what was hoped for: it needs no word and no core. */
static void be_quiet(void)
{
	const struct rlimit none = { 0, 0 };
	int null = open("/dev/null", O_WRONLY);
	if (null >= 0) dup2(null, 2);
	setrlimit(RLIMIT_CORE, &none);
}

/* In the child. Lines of the matrix are written whole, one task at a time, so that workers do not mix them. */
static void serve(struct work *work, struct worker *worker)
{
	const struct itimerval limit = { .it_value = { TASK_SECONDS, 0 } };
	struct arena arena;
	be_quiet();
	if (arena_init(&arena, KILL_ARENA_BYTES)) _exit(70);
	while (take(work, worker)) {
		setitimer(ITIMER_VIRTUAL, &limit, NULL);
		kill_try(&arena, work->field, &work->tasks[worker->task], work->matrix, &work->results[worker->task]);
		if (work->matrix && fflush(work->matrix)) _exit(71);
	}
	_exit(0);
}

static bool start(struct work *work, struct worker *worker)
{
	worker->task = work->count;
	pid_t pid = interrupt_fork();
	if (pid < 0) return false;
	if (!pid) serve(work, worker);
	worker->pid = pid;
	return true;
}

/* The mutant that a worker died of: by an assertion, or because it ran without end. 70 and 71 are our own faults. */
static bool bury(struct work *work, struct worker *worker, int wait_status)
{
	worker->pid = 0;
	if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status) == 0;
	int number = WTERMSIG(wait_status);
	bool expected = number == SIGABRT || number == SIGSEGV || number == SIGBUS || number == SIGVTALRM || number == SIGFPE;
	if (!expected || worker->task >= work->count) return false;
	struct kill_result *result = &work->results[worker->task];
	result->status = result->status == KILL_EXPLORING ? KILL_SURVIVED : KILL_CRASHED;
	snprintf(result->text, sizeof result->text, "%s", number == SIGVTALRM ? "it ran without end" : strsignal(number));
	return start(work, worker);
}

static void stop(struct work *work)
{
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		if (!work->shared->workers[i].pid) continue;
		kill(work->shared->workers[i].pid, SIGTERM);
		waitpid(work->shared->workers[i].pid, NULL, 0);
	}
}

static bool run(struct work *work, unsigned jobs)
{
	unsigned alive = 0;
	bool good = true;
	fflush(NULL);
	for (; good && alive < jobs && alive < WORKERS_MAX; alive++) good = start(work, &work->shared->workers[alive]);
	while (good && alive) {
		int wait_status;
		pid_t pid = waitpid(-1, &wait_status, 0);
		if (pid < 0) return false;
		for (unsigned i = 0; i < WORKERS_MAX; i++) {
			struct worker *worker = &work->shared->workers[i];
			if (worker->pid != pid) continue;
			good = bury(work, worker, wait_status);
			alive -= !worker->pid;
		}
	}
	if (!good) stop(work);
	return good;
}

struct kill_result *mutant_work(const struct kill_field *field, const struct kill_task *tasks, unsigned count, unsigned jobs, FILE *matrix)
{
	struct work work = { field, tasks, count, matrix, share(sizeof *work.shared), share((count + 1) * sizeof *work.results) };
	if (!work.shared || !work.results || !run(&work, jobs)) {
		fprintf(stderr, "bgcheck: the mutants were given up: a worker failed, or memory or processes ran out\n");
		return NULL;
	}
	munmap(work.shared, sizeof *work.shared);
	return work.results;
}

void mutant_work_done(struct kill_result *results, unsigned count)
{
	if (results) munmap(results, (count + 1) * sizeof *results);
}
