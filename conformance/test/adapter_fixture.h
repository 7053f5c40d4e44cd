/* adapter_fixture.h -- a target for an adapter of conformance/test/bad/, and what tests of it ask again and again. */
#ifndef BGCHECK_CONFORMANCE_TEST_ADAPTER_FIXTURE_H
#define BGCHECK_CONFORMANCE_TEST_ADAPTER_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/adapter.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAD "conformance/test/bad/"
#define SECOND INT64_C(1000000000)
#define LONG (60 * SECOND)    /* where nothing is late: only a machine that stands still would see it */

struct fixture {
	struct arena arena;
	struct adapter_options options;
	struct target *target;
	char *argv[5];
	char work[64], log[80];
	char script[64];
	unsigned called;
	char kinds[200];          /* what called back, in order */
	bool ask_inside;          /* send job.state from inside of a callback */
	struct reply inside;
};

static struct scenario scenario = { .file = "0001-test.scn", .id = "0001-test", .title = "a test", .dialects = { true, true } };

static inline struct call make_call(const char *command)
{
	return (struct call){ .command = command, .args_count = 1, .args = { { "job", { VALUE_TEXT, 0, "j1" } } } };
}

static inline void call(struct fixture *fixture, const char *command, struct reply *reply)
{
	struct call made = make_call(command);
	fixture->target->call(fixture->target->self, &made, reply);
}

static inline uint32_t on_called(void *context, const struct callback *callback)
{
	struct fixture *fixture = context;
	size_t used = strlen(fixture->kinds);
	fixture->called++;
	snprintf(fixture->kinds + used, sizeof fixture->kinds - used, "%s %s %s;", callback->kind, callback->job, callback->error);
	if (fixture->ask_inside) call(fixture, "job.state", &fixture->inside);
	return 0x80004005u;
}

static inline void on_line(void *context, const struct trace_line *line)
{
	(void)context;
	(void)line;
}

static inline int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || arena_init(&fixture->arena, 8u << 20)) return -1;
	snprintf(fixture->work, sizeof fixture->work, "/tmp/adapter_test.XXXXXX");
	if (!mkdtemp(fixture->work)) return -1;
	snprintf(fixture->log, sizeof fixture->log, "%s.log", fixture->work);
	setenv("ADAPTER_TEST_MARK", fixture->work, 1);   /* inherited by whatever an adapter leaves behind */
	*state = fixture;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *fixture = *state;
	rmdir(fixture->work);
	unlink(fixture->log);
	arena_done(&fixture->arena);
	free(fixture);
	return 0;
}

/* A target for BAD/script, with a word for it; time-outs of its own. */
static inline void use(struct fixture *fixture, const char *script, const char *word, int64_t start_ns, int64_t step_ns)
{
	static char python[] = "/usr/bin/python3", no_cache[] = "-BS";
	snprintf(fixture->script, sizeof fixture->script, BAD "%s.py", script);
	fixture->argv[0] = python;
	fixture->argv[1] = no_cache;   /* -B: no cache of bytecode in the source tree; -S: starts faster */
	fixture->argv[2] = fixture->script;
	fixture->argv[3] = (char *)(uintptr_t)word;
	fixture->options = (struct adapter_options){ .argv = fixture->argv, .dialect = DIALECT_BITS, .work_dir = fixture->work,
		.log = fixture->log, .start_timeout_ns = start_ns, .step_timeout_ns = step_ns, .scenario_timeout_ns = LONG, .flood_max = 100 };
	fixture->target = adapter_new(&fixture->arena, &fixture->options);
	assert_non_null(fixture->target);
	fixture->target->listener = (struct listener){ fixture, on_called, on_line };
}

static inline enum status begin(struct fixture *fixture, struct failure *failure)
{
	return fixture->target->begin(fixture->target->self, &scenario, failure);
}

static inline void begin_well(struct fixture *fixture)
{
	struct failure failure;
	if (begin(fixture, &failure)) fail_msg("%s", failure.text);
}

static inline void end_well(struct fixture *fixture)
{
	struct failure failure;
	unsigned leaks = 99;
	if (fixture->target->end(fixture->target->self, &leaks, &failure)) fail_msg("%s", failure.text);
	assert_int_equal(leaks, 0);
}

static inline void use_good(struct fixture *fixture, const char *word)
{
	use(fixture, "good", word, LONG, LONG);
	begin_well(fixture);
}

/* Processes that bear the mark of this test in their environment, but ourselves. */
static inline unsigned count_left(const struct fixture *fixture)
{
	static char text[65536];
	unsigned count = 0;
	DIR *proc = opendir("/proc");
	assert_non_null(proc);
	for (const struct dirent *entry; (entry = readdir(proc));) {
		char path[300];
		if (strtol(entry->d_name, NULL, 10) <= 0 || strtol(entry->d_name, NULL, 10) == getpid()) continue;
		snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
		int fd = open(path, O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);
		if (n > 0 && memmem(text, (size_t)n, fixture->work, strlen(fixture->work))) count++;
		if (fd >= 0) close(fd);
	}
	closedir(proc);
	return count;
}

static inline void assert_in(const char *part, const char *text)
{
	if (!strstr(text, part)) fail_msg("expected `%s` in `%s`", part, text);
}

#endif
