/* run.c -- worker processes over the units; each plays one unit after the other and tells its results through a file. */
#include "conformance/run.h"

#include "conformance/adapter.h"
#include "conformance/adapter_process.h"
#include "conformance/interrupt.h"
#include "conformance/json_text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNIT_ARENA_BYTES (512u << 20)   /* reserved, not touched before it is used */
#define WORKERS_MAX 64
#define NONE (-1)
#define HEAR_MS 500

struct worker {
	pid_t pid;       /* 0: none */
	int index;       /* of the unit that it plays; NONE: it was told that there are no more */
	int last;        /* the unit whose result came last; NONE: no result yet */
	int fd;          /* results are read from here */
	int line;        /* indices go down, one byte for each result comes up */
};

/* The units, and what has become of them. */
struct work {
	const struct run_options *options;
	const struct unit *units;
	unsigned count, next, done;
	int order[DIALECT_COUNT * SELECT_FILES_MAX];   /* the next is units[order[next]] */
	json_t **results;
	FILE *progress;
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

/* --- in the worker --- */

/* The file holds one value at a time: the parent has read the one before when it sends the next index. */
static bool tell(int fd, int line, json_t *value)
{
	bool told = value && !ftruncate(fd, 0) && !lseek(fd, 0, SEEK_SET) && !json_dumpfd(value, fd, JSON_COMPACT) && write(line, "", 1) == 1;
	json_decref(value);
	return told;
}

/* The adapter's end belongs to the unit that it played last. */
static bool end_session(struct adapter_session *session, int fd, int line)
{
	char why[FAILURE_TEXT_MAX];
	if (adapter_session_done(session, why, sizeof why)) return true;
	json_t *value = json_object();
	json_put_text(value, "broken", why);
	return tell(fd, line, value);
}

/* Plays what it is told to until it is told NONE. */
static _Noreturn void serve(const struct work *work, int fd, int line)
{
	struct arena arena;
	struct unit_options options = work->options->unit;
	int index;
	if (arena_init(&arena, UNIT_ARENA_BYTES)) _exit(70);
	if (options.impl == IMPL_EXEC && !(options.session = adapter_session_new())) _exit(70);
	while (read(line, &index, sizeof index) == (ssize_t)sizeof index && index != NONE) {
		if (!tell(fd, line, unit_run(&arena, &options, &work->units[index]))) _exit(71);
		arena_reset(&arena);
	}
	_exit(end_session(options.session, fd, line) ? 0 : 71);
}

/* --- in the parent --- */

static bool start(struct worker *worker, const struct work *work)
{
	int line[2], fd = memfd_create("result", MFD_CLOEXEC);
	if (fd < 0) return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line)) {
		close(fd);
		return false;
	}
	fflush(NULL);
	pid_t pid = interrupt_fork();
	if (!pid) serve(work, fd, line[1]);
	close(line[1]);
	*worker = (struct worker){ .pid = pid, .index = NONE, .last = NONE, .fd = fd, .line = line[0] };
	if (pid > 0) return true;
	close(fd);
	close(line[0]);
	worker->pid = 0;
	return false;
}

static void finish(struct work *work, int index, json_t *result)
{
	work->results[index] = result;
	work->done++;
	if (!work->progress) return;
	fprintf(work->progress, "\r%u of %u", work->done, work->count);
	if (work->done == work->count) fprintf(work->progress, "\r                        \r");
	fflush(work->progress);
}

/* The next unit, or NONE. A worker that cannot be told is dead, and is buried with it soon. */
static void give(struct worker *worker, struct work *work)
{
	worker->index = work->next < work->count ? work->order[work->next++] : NONE;
	send(worker->line, &worker->index, sizeof worker->index, MSG_NOSIGNAL);
}

static void take(struct worker *worker, struct work *work)
{
	json_error_t error;
	json_t *value = lseek(worker->fd, 0, SEEK_SET) ? NULL : json_loadfd(worker->fd, 0, &error);
	const char *broken = json_string_value(json_object_get(value, "broken"));
	if (broken && worker->last != NONE) {
		json_t *result = work->results[worker->last];
		json_put_text(result, "end", "broken");
		json_put_text(result, "why", broken);
	}
	if (broken || worker->index == NONE) {
		json_decref(value);
		return;
	}
	const char *restarted = json_string_value(json_object_get(value, "restarted"));
	if (restarted) fprintf(stderr, "bgcheck: a new process, because reset has not made the adapter as good as new: %s\n", restarted);
	finish(work, worker->index, value ? value : harness_result(&work->units[worker->index], "the result of the worker of bgcheck cannot be read"));
	worker->last = worker->index;
	give(worker, work);
}

static void describe_end(int status, char *why, size_t size)
{
	if (WIFSIGNALED(status)) snprintf(why, size, "the worker of bgcheck died by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else snprintf(why, size, "the worker of bgcheck exited with %d and no result", WEXITSTATUS(status));
}

/* A worker has ended: as it was told to, or with the unit that it played, or when it should have told how its adapter ended. */
static void bury(struct worker *worker, struct work *work)
{
	char why[200];
	int status = 0;
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) continue;
	close(worker->fd);
	close(worker->line);
	worker->pid = 0;
	describe_end(status, why, sizeof why);
	if (worker->index != NONE) finish(work, worker->index, harness_result(&work->units[worker->index], why));
	else if (status && worker->last != NONE) json_put_text(work->results[worker->last], "harness", why);
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
		close(workers[i].line);
		workers[i].pid = 0;
	}
	end_orphans(workers, count);
}

/* Starts workers for what no one plays yet. Returns how many there are. */
static unsigned staff(struct worker *workers, unsigned jobs, struct work *work)
{
	unsigned living = 0;
	for (unsigned i = 0; i < jobs; i++) {
		if (!workers[i].pid && work->next < work->count && start(&workers[i], work)) give(&workers[i], work);
		living += workers[i].pid != 0;
	}
	return living;
}

static void hear(struct worker *workers, unsigned jobs, struct work *work)
{
	struct pollfd polls[WORKERS_MAX];
	char byte;
	for (unsigned i = 0; i < jobs; i++)
		polls[i] = (struct pollfd){ .fd = workers[i].pid ? workers[i].line : -1, .events = POLLIN };
	if (poll(polls, jobs, HEAR_MS) <= 0) return;   /* a signal, which may also come just before */
	for (unsigned i = 0; i < jobs; i++) {
		if (polls[i].fd < 0 || !polls[i].revents) continue;
		if (read(workers[i].line, &byte, 1) == 1) take(&workers[i], work);
		else {
			bury(&workers[i], work);
			end_orphans(workers, jobs);
		}
	}
}

/* The next unit, which no worker can be started for. */
static void give_up(struct work *work)
{
	int index = work->order[work->next++];
	finish(work, index, harness_result(&work->units[index], "no worker process could be started"));
}

/* Keeps `jobs` workers busy until every unit has a result, and every worker has ended. */
static bool run_workers(struct work *work)
{
	struct worker workers[WORKERS_MAX] = { 0 };
	unsigned jobs = work->options->jobs < WORKERS_MAX ? work->options->jobs : WORKERS_MAX, living;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (!interrupt_seen()) {
		living = staff(workers, jobs, work);
		if (living) hear(workers, jobs, work);
		else if (work->next == work->count) break;
		else give_up(work);
	}
	stop_workers(workers, jobs);
	return !interrupt_seen();
}

/* Without workers, for simulations: one arena, emptied between units. */
static bool run_here(struct work *work)
{
	struct arena arena;
	if (arena_init(&arena, UNIT_ARENA_BYTES)) return false;
	for (unsigned i = 0; i < work->count && !interrupt_seen(); i++) {
		work->results[i] = unit_run(&arena, &work->options->unit, &work->units[i]);
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

static int64_t add(int64_t a_ns, int64_t b_ns)
{
	return b_ns > INT64_MAX - a_ns ? INT64_MAX : a_ns + b_ns;
}

/* How long the scenario may go on in real time: what it waits, and what it waits for at the longest (limit_ns; 0: no limit). One
 * that certainly waits longer than is allowed is not even begun. */
static int64_t longest_ns(const struct scenario *scenario, int64_t limit_ns)
{
	int64_t sum_ns = scenario_wait_ns(scenario);
	if (limit_ns > 0 && sum_ns > limit_ns) return 0;
	for (unsigned i = 0; i < scenario->steps_count; i++) {
		const struct step *step = &scenario->steps[i];
		if (step->kind == STEP_WITHIN) sum_ns = add(sum_ns, limit_ns > 0 && limit_ns < step->duration_ns ? limit_ns : step->duration_ns);
	}
	return sum_ns;
}

static int compare_length(const void *left, const void *right, void *context)
{
	const struct work *work = context;
	int a = *(const int *)left, b = *(const int *)right;
	int64_t limit_ns = work->options->unit.real_limit_ns;
	int64_t length_a = longest_ns(work->units[a].scenario, limit_ns), length_b = longest_ns(work->units[b].scenario, limit_ns);
	return length_a != length_b ? (length_a < length_b) - (length_a > length_b) : (a > b) - (a < b);
}

/* In real time long ones come first, so that none of them is alone at the end; else as chosen. */
static void put_in_order(struct work *work)
{
	for (unsigned i = 0; i < work->count; i++) work->order[i] = (int)i;
	if (work->options->unit.impl == IMPL_EXEC) qsort_r(work->order, work->count, sizeof *work->order, compare_length, work);
}

static bool run_all(struct work *work)
{
	put_in_order(work);
	bool complete = work->options->unit.impl != IMPL_EXEC && work->options->jobs <= 1 ? run_here(work) : run_workers(work);
	if (!complete) fprintf(stderr, "bgcheck: the run was %s\n", interrupt_seen() ? "interrupted" : "given up: out of memory or processes");
	return complete;
}

json_t *run_units(const struct selection *selection, const struct run_options *options, FILE *progress)
{
	size_t most = (size_t)selection->count * DIALECT_COUNT;
	struct unit *units = calloc(most, sizeof *units);
	struct work *work = calloc(1, sizeof *work);
	json_t **results = calloc(most + 1, sizeof(json_t *)), *all = NULL;
	if (!units || !work || !results) goto done;
	*work = (struct work){ .options = options, .units = units, .count = list_units(selection, options, units), .results = results, .progress = progress };
	if (run_all(work)) all = json_array();
	for (unsigned i = 0; i < work->count; i++) {
		if (all && results[i]) json_array_append(all, results[i]);
		json_decref(results[i]);
	}
done:
	free(units);
	free(work);
	free(results);
	return all;
}
