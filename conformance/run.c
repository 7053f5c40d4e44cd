/* run.c -- worker processes over the units; each tells its result through a file. */
#include "conformance/run.h"

#include "conformance/adapter_process.h"
#include "conformance/interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNIT_ARENA_BYTES (512u << 20)   /* reserved, not touched before it is used */
#define WORKERS_MAX 64

struct worker {
	pid_t pid;       /* 0: idle */
	unsigned index;
	int fd;          /* the result is read from here */
};

static json_t *harness_result(const struct unit *unit, const char *why)
{
	json_t *result = json_object();
	json_object_set_new(result, "id", json_string(unit->scenario->id));
	json_object_set_new(result, "title", json_string(unit->scenario->title));
	json_object_set_new(result, "dialect", json_string(machine_dialect_name(unit->dialect)));
	json_object_set_new(result, "file", json_string(unit->scenario->file));
	json_object_set_new(result, "harness", json_string(why));
	return result;
}

/* In the child: plays the unit and writes its result to fd. */
static void work(const struct run_options *options, const struct unit *unit, int fd)
{
	struct arena arena;
	if (arena_init(&arena, UNIT_ARENA_BYTES)) _exit(70);
	json_t *result = unit_run(&arena, &options->unit, unit);
	_exit(result && !json_dumpfd(result, fd, JSON_COMPACT) ? 0 : 71);
}

static bool start(struct worker *worker, const struct run_options *options, const struct unit *unit, unsigned index)
{
	int fd = memfd_create("result", MFD_CLOEXEC);
	if (fd < 0) return false;
	fflush(NULL);
	pid_t pid = interrupt_fork();
	if (pid < 0) {
		close(fd);
		return false;
	}
	if (!pid) work(options, unit, fd);
	*worker = (struct worker){ .pid = pid, .index = index, .fd = fd };
	return true;
}

static json_t *collect(const struct worker *worker, const struct unit *unit, int wait_status)
{
	char why[200];
	json_error_t error;
	lseek(worker->fd, 0, SEEK_SET);
	json_t *result = WIFEXITED(wait_status) && !WEXITSTATUS(wait_status) ? json_loadfd(worker->fd, 0, &error) : NULL;
	close(worker->fd);
	if (result) return result;
	if (WIFSIGNALED(wait_status)) snprintf(why, sizeof why, "the worker of bgcheck died by signal %d (%s)", WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
	else snprintf(why, sizeof why, "the worker of bgcheck exited with %d and no result", WEXITSTATUS(wait_status));
	return harness_result(unit, why);
}

static void say_progress(FILE *progress, unsigned done, unsigned total)
{
	if (!progress) return;
	fprintf(progress, "\r%u of %u", done, total);
	if (done == total) fprintf(progress, "\r                        \r");
	fflush(progress);
}

/* What a worker that died left of its adapter was handed to us. */
static void end_orphans(const struct worker *workers, unsigned count)
{
	pid_t pids[WORKERS_MAX];
	for (unsigned i = 0; i < count; i++) pids[i] = workers[i].pid;
	adapter_process_end_orphans(pids, count);
}

static void stop_workers(struct worker *workers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (workers[i].pid) kill(workers[i].pid, SIGTERM);
	for (unsigned i = 0; i < count; i++) {
		if (!workers[i].pid) continue;
		while (waitpid(workers[i].pid, NULL, 0) < 0 && errno == EINTR) continue;
		close(workers[i].fd);
		workers[i].pid = 0;
	}
	end_orphans(workers, count);
}

/* Keeps `jobs` workers busy until every unit has a result in results[]. */
static bool run_workers(const struct run_options *options, const struct unit *units, unsigned count, json_t **results, FILE *progress)
{
	struct worker workers[WORKERS_MAX] = { 0 };
	unsigned jobs = options->jobs < WORKERS_MAX ? options->jobs : WORKERS_MAX, next = 0, done = 0;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (done < count && !interrupt_seen()) {
		for (unsigned i = 0; i < jobs && next < count; i++) {
			if (workers[i].pid) continue;
			if (start(&workers[i], options, &units[next], next)) next++;
			else if ((results[next] = harness_result(&units[next], "no worker process could be started"))) next++, done++;
			else {
				stop_workers(workers, jobs);
				return false;
			}
		}
		int wait_status;
		pid_t pid = interrupt_wait(&wait_status);
		for (unsigned i = 0; pid > 0 && i < jobs; i++) {
			if (workers[i].pid != pid) continue;
			results[workers[i].index] = collect(&workers[i], &units[workers[i].index], wait_status);
			workers[i].pid = 0;
			if (!WIFEXITED(wait_status)) end_orphans(workers, jobs);
			say_progress(progress, ++done, count);
		}
	}
	stop_workers(workers, jobs);
	return !interrupt_seen();
}

/* Without workers, for simulations: one arena, emptied between units. */
static bool run_here(const struct run_options *options, const struct unit *units, unsigned count, json_t **results)
{
	struct arena arena;
	if (arena_init(&arena, UNIT_ARENA_BYTES)) return false;
	for (unsigned i = 0; i < count && !interrupt_seen(); i++) {
		results[i] = unit_run(&arena, &options->unit, &units[i]);
		arena_reset(&arena);
	}
	arena_done(&arena);
	return !interrupt_seen();
}

static unsigned list_units(const struct selection *selection, const struct run_options *options, struct unit *units)
{
	unsigned count = 0;
	for (unsigned i = 0; i < selection->count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++)
			if (options->dialects[d] && selection->scenarios[i]->dialects[d])
				units[count++] = (struct unit){ selection->scenarios[i], (enum dialect)d };
	return count;
}

json_t *run_units(const struct selection *selection, const struct run_options *options, FILE *progress)
{
	struct unit *units = calloc((size_t)selection->count * DIALECT_COUNT, sizeof *units);
	json_t **results = calloc((size_t)selection->count * DIALECT_COUNT + 1, sizeof(json_t *)), *all = NULL;
	if (!units || !results) goto done;
	unsigned count = list_units(selection, options, units);
	bool here = options->unit.impl != IMPL_EXEC && options->jobs <= 1;
	bool complete = here ? run_here(options, units, count, results) : run_workers(options, units, count, results, progress);
	if (complete) all = json_array();
	else fprintf(stderr, "bgcheck: the run was %s\n", interrupt_seen() ? "interrupted" : "given up: out of memory or processes");
	for (unsigned i = 0; i < count; i++) {
		if (complete && results[i]) json_array_append(all, results[i]);
		json_decref(results[i]);
	}
done:
	free(units);
	free(results);
	return all;
}
