/* world_box.h -- a world with a listener that remembers, and short words to drive it. For world_test.c. */
#ifndef BGCHECK_SIM_TEST_WORLD_BOX_H
#define BGCHECK_SIM_TEST_WORLD_BOX_H

#include "model/job.h"
#include "sim/net.h"
#include "sim/test/change.h"
#include "sim/world.h"

#define BOX_ARENA (64u << 20)
#define BOX_RESULTS_MAX 8

struct box {
	struct arena arena, steps;      /* steps: of the change lines */
	enum dialect dialect;
	struct machine machine;         /* the reference, or with a defect */
	struct target *target;
	struct reply reply;
	char log[200000];               /* every line that the world told */
	size_t log_length;
	/* Callbacks. */
	unsigned calls;
	uint32_t results[BOX_RESULTS_MAX];  /* what the client's method returns, call by call; then S_OK */
	const char *action;             /* command that it calls on its job meanwhile */
	char kind[32], error[32];
	bool error_agreed;              /* the borrowed error says the same as the job's own */
};

static inline uint32_t box_do_with(struct box *box, const char *command, const char *key, const char *handle,
	const struct named_value *args, unsigned count)
{
	struct call call = { .command = command };

	if (key) call.args[call.args_count++] = (struct named_value){ key, { VALUE_TEXT, 0, handle } };
	for (unsigned i = 0; i < count; i++) call.args[call.args_count++] = args[i];
	box->target->call(box->target->self, &call, &box->reply);
	return box->reply.hr;
}

static inline uint32_t box_do_on(struct box *box, const char *command, const char *handle)
{
	return box_do_with(box, command, strncmp(command, "handle.", 7) ? "job" : "handle", handle, NULL, 0);
}

static inline uint32_t box_do(struct box *box, const char *command)
{
	return box_do_on(box, command, "j1");
}

static inline const struct value *box_field(const struct box *box, const char *field)
{
	static const struct value missing = { VALUE_NUMBER, UINT64_MAX, "" };

	for (unsigned i = 0; i < box->reply.fields_count; i++)
		if (!strcmp(box->reply.fields[i].key, field)) return &box->reply.fields[i].value;
	return &missing;
}

static inline uint64_t box_number_of(struct box *box, const char *command, const char *key,
	const char *handle, const char *field)
{
	box_do_with(box, command, key, handle, NULL, 0);
	return box_field(box, field)->number;
}

static inline uint64_t box_number(struct box *box, const char *command, const char *field)
{
	return box_number_of(box, command, "job", "j1", field);
}

static inline const char *box_text(struct box *box, const char *command, const char *field)
{
	box_do(box, command);
	return box_field(box, field)->text;
}

static inline enum state box_state_of(struct box *box, const char *job)
{
	uint64_t state = box_number_of(box, "job.state", "job", job, "state");

	return state < STATE_COUNT ? (enum state)state : STATE_NONE;
}

static inline enum state box_state(struct box *box)
{
	return box_state_of(box, "j1");
}

static inline uint32_t box_code(const struct box *box, enum code code)
{
	return machine_code_value(box->dialect, code, NULL);
}

/* --- the listener */

static inline void box_line(void *context, const struct trace_line *line)
{
	struct box *box = context;

	if (sizeof box->log - box->log_length < TRACE_LINE_MAX) return;
	box->log_length += trace_print(line, box->log + box->log_length, TRACE_LINE_MAX);
}

static inline void box_compare_errors(struct box *box, const struct callback *callback)
{
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "own" } } };
	uint64_t code = box_number_of(box, "error.get_error", "error", callback->error, "code");
	bool got = box_do_with(box, "job.get_error", "job", callback->job, as, 1) == 0;

	box->error_agreed = got && code >> 31 && box_number_of(box, "error.get_error", "error", "own", "code") == code;
	if (got) box_do_on(box, "handle.release", "own");
}

static inline uint32_t box_called(void *context, const struct callback *callback)
{
	struct box *box = context;
	unsigned n = box->calls++;

	snprintf(box->kind, sizeof box->kind, "%s", callback->kind);
	snprintf(box->error, sizeof box->error, "%s", callback->error);
	if (callback->error[0]) box_compare_errors(box, callback);
	if (box->action) box_do_on(box, box->action, callback->job);
	return n < BOX_RESULTS_MAX ? box->results[n] : 0;
}

static inline unsigned box_count(const struct box *box, const char *text)
{
	unsigned count = 0;

	for (const char *at = box->log; (at = strstr(at, text)) != NULL; at++) count++;
	return count;
}

/* --- setting up */

static inline bool box_begin_seed(struct box *box, uint64_t seed)
{
	struct failure failure;

	arena_reset(&box->arena);
	box->log_length = 0;
	box->log[0] = '\0';
	box->calls = 0;
	box->target = world_new(&box->arena, &box->machine, seed);
	if (!box->target) return false;
	box->target->listener = (struct listener){ box, box_called, box_line };
	return box->target->begin(box->target->self, NULL, &failure) == STATUS_OK;
}

static inline void box_begin(struct box *box)
{
	assert_true(box_begin_seed(box, 1));
}

/* From here on the service has the defect. */
static inline void box_spoil(struct box *box, enum defect defect)
{
	box->machine.defects |= UINT64_C(1) << defect;
	box_begin(box);
}

static inline int box_setup(void **state)
{
	static struct box box;

	box = (struct box){ .dialect = *(enum dialect *)*state };
	box.machine = *machine_reference(box.dialect);
	if (arena_init(&box.arena, BOX_ARENA) || arena_init(&box.steps, BOX_ARENA)) return -1;
	*state = &box;
	return box_begin_seed(&box, 1) ? 0 : -1;
}

static inline int box_teardown(void **state)
{
	struct box *box = *state;

	arena_done(&box->arena);
	arena_done(&box->steps);
	return 0;
}

static inline void box_change(struct box *box, const char *line)
{
	const struct step *step = change_step(&box->steps, line);
	char why[200] = "";

	assert_non_null(step);
	if (!box->target->change(box->target->self, step, why, sizeof why)) fail_msg("%s: %s", line, why);
}

static inline void box_create(struct box *box, const char *job)
{
	struct named_value args[] = { { "as", { VALUE_TEXT, 0, job } } };

	assert_int_equal(box_do_with(box, "job.create", NULL, NULL, args, 1), 0);
}

static inline void box_add_job(struct box *box, const char *job, const char *url)
{
	char local[40];
	struct named_value args[] = { { "url", { VALUE_TEXT, 0, url } }, { "local", { VALUE_TEXT, 0, local } } };

	snprintf(local, sizeof local, "C:\\bg\\%s", strcmp(job, "j1") ? job : "f1");
	box_create(box, job);
	assert_int_equal(box_do_with(box, "job.add_file", "job", job, args, 2), 0);
}

/* j1 fetches the path to C:\bg\f1. */
static inline void box_start_job(struct box *box, const char *path)
{
	char url[100];

	snprintf(url, sizeof url, "http://origin%s", path);
	box_add_job(box, "j1", url);
	assert_int_equal(box_do(box, "job.resume"), 0);
}

static inline uint32_t box_set(struct box *box, const char *property, uint64_t value)
{
	struct named_value args[] = { { property, { VALUE_NUMBER, value, NULL } } };

	return box_do_with(box, "job.set", "job", "j1", args, 1);
}

static inline uint64_t box_get(struct box *box, const char *property)
{
	struct named_value args[] = { { "property", { VALUE_TEXT, 0, property } } };

	if (box_do_with(box, "job.get", "job", "j1", args, 1)) return UINT64_MAX;
	return box_field(box, "value")->number;
}

static inline void box_notify(struct box *box)
{
	assert_int_equal(box_set(box, "notify_interface", 1), 0);
}

/* --- time */

static inline void box_step(struct box *box, int64_t until_ns)
{
	char why[200];

	assert_true(box->target->step(box->target->self, until_ns, why, sizeof why));
}

static inline void box_advance(struct box *box, int64_t seconds)
{
	int64_t until_ns = box->target->now(box->target->self) + seconds * NET_S;

	do box_step(box, until_ns);
	while (box->target->now(box->target->self) < until_ns);
}

static inline bool box_reaches_one_of(struct box *box, enum state a, enum state b, int64_t seconds)
{
	int64_t until_ns = box->target->now(box->target->self) + seconds * NET_S;

	while (box_state(box) != a && box_state(box) != b) {
		if (box->target->now(box->target->self) >= until_ns) return false;
		box_step(box, until_ns);
	}
	return true;
}

static inline bool box_reaches(struct box *box, enum state state, int64_t seconds)
{
	return box_reaches_one_of(box, state, state, seconds);
}

/* --- looking */

static inline int64_t box_retry_ns(const struct box *box)
{
	return machine_reference(box->dialect)->limits.retry_delay_ns_default;
}

/* Whether the job's error is what the dialect reports for the cause. */
static inline bool box_error_is(struct box *box, enum cause cause, unsigned status)
{
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e0" } } };
	struct fault_report report = machine_report(machine_reference(box->dialect), cause, status);
	bool agreed;

	if (box_do_with(box, "job.get_error", "job", "j1", as, 1)) return false;
	agreed = box_number_of(box, "error.get_error", "error", "e0", "code") == report.code &&
		box_number_of(box, "error.get_error", "error", "e0", "context") == (uint64_t)report.context;
	box_do_on(box, "handle.release", "e0");
	return agreed;
}

static inline int box_compare(struct box *box, const char *path)
{
	return box->target->compare(box->target->self, "C:\\bg\\f1", path);
}

static inline int box_temporary(struct box *box)
{
	return box->target->temporary(box->target->self, "C:\\bg");
}

static inline unsigned box_leaks(struct box *box)
{
	struct failure failure;
	unsigned leaks;

	assert_int_equal(box->target->end(box->target->self, &leaks, &failure), STATUS_OK);
	return leaks;
}

/* A whole life in which any call, change or step may fail for lack of memory. */
static inline void box_try_everything(struct box *box)
{
	static const char *const lines[] = { "serve /f1 size=64k etag=\"a\" fault=reset@16k times=1",
		"serve /f1 size=64k etag=\"a\"" };
	static const struct named_value job[] = { { "as", { VALUE_TEXT, 0, "j1" } } };
	static const struct named_value file[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
		{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } } };
	struct failure failure;
	char why[200];

	if (box->target->begin(box->target->self, NULL, &failure) != STATUS_OK) return;
	for (size_t i = 0; i < 2; i++) {
		const struct step *step = change_step(&box->steps, lines[i]);
		if (step) box->target->change(box->target->self, step, why, sizeof why);
	}
	box_do_with(box, "job.create", NULL, NULL, job, 1);
	box_do_with(box, "job.add_file", "job", "j1", file, 2);
	box_do_with(box, "job.enum", NULL, NULL, job, 1);
	box_do(box, "job.resume");
	for (int i = 0; i < 100; i++)
		if (!box->target->step(box->target->self, 2000 * NET_S, why, sizeof why)) return;
	box_do(box, "job.complete");
}

#endif
