/* timer_test.c -- every bound and default that a timer has (limits.def, constants.md 6): just before, at, and after; set while it runs;
 * with a wall clock that jumps by a year or drifts, which moves none of them; and with the clock that they follow (C-72), which does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/clock.h"
#include "sim/play.h"
#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US INT64_C(1000)
#define SECOND INT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define TEXT_MAX 2000

#define BUSY "serve /f1 status=503\n"
#define JOB "do job.create as=j1 -> S_OK\ndo job.add_file j1 url=$S/f1 local=$W/f1 -> S_OK\n"
#define SET(property) "do job.set j1 " property " -> S_OK\n"
#define RESUME "do job.resume j1 -> S_OK\n"

static const struct row {
	const char *name;
	enum dialect dialect;
	const char *lines;           /* up to where time begins to pass */
	const char *from, *to;       /* events of the reference: the first `from`, and the first `to` behind it */
	int64_t ns;                  /* from one to the other */
	const char *late;            /* a line that comes when a quarter of the time is over; NULL: none */
} rows[] = {
	{ "bits_retry_default_600_s", DIALECT_BITS, BUSY JOB RESUME, "TRANSIENT", "RETRY_DUE", 600 * SECOND, NULL },
	{ "bits_retry_of_60_s", DIALECT_BITS, BUSY JOB SET("minimum_retry_delay=60s") RESUME, "TRANSIENT", "RETRY_DUE", 60 * SECOND, NULL },
	{ "bits_retry_at_its_lowest", DIALECT_BITS, BUSY JOB SET("minimum_retry_delay=5s") RESUME, "TRANSIENT", "RETRY_DUE", 5 * SECOND, NULL },
	{ "bits_retry_below_its_lowest", DIALECT_BITS, BUSY JOB SET("minimum_retry_delay=1s") RESUME, "TRANSIENT", "RETRY_DUE", 5 * SECOND, NULL },
	{ "bits_retry_above_its_lowest", DIALECT_BITS, BUSY JOB SET("minimum_retry_delay=6s") RESUME, "TRANSIENT", "RETRY_DUE", 6 * SECOND, NULL },
	{ "bits_retry_after_is_longer", DIALECT_BITS, "serve /f1 status=503(retry-after=20m)\n" JOB RESUME, "TRANSIENT", "RETRY_DUE", 20 * MINUTE, NULL },
	{ "bits_retry_after_is_shorter", DIALECT_BITS, "serve /f1 status=503(retry-after=5m)\n" JOB RESUME, "TRANSIENT", "RETRY_DUE", 600 * SECOND, NULL },
	{ "bits_retry_shortened_while_it_waits", DIALECT_BITS, BUSY JOB RESUME, "TRANSIENT", "RETRY_DUE", 600 * SECOND, SET("minimum_retry_delay=5s") },
	{ "bits_no_progress_default_14_days", DIALECT_BITS, BUSY JOB RESUME, "TRANSIENT", "NO_PROGRESS", 14 * DAY, NULL },
	{ "bits_no_progress_in_foreground", DIALECT_BITS, BUSY JOB SET("priority=FOREGROUND") RESUME, "TRANSIENT", "NO_PROGRESS", 14 * DAY, NULL },
	{ "bits_no_progress_of_an_hour", DIALECT_BITS, BUSY JOB SET("no_progress_timeout=1h") RESUME, "TRANSIENT", "NO_PROGRESS", HOUR, NULL },
	{ "bits_no_progress_lengthened", DIALECT_BITS, BUSY JOB SET("no_progress_timeout=1h") RESUME, "TRANSIENT", "NO_PROGRESS", 2 * HOUR, SET("no_progress_timeout=2h") },
	{ "bits_no_progress_shortened", DIALECT_BITS, BUSY JOB SET("no_progress_timeout=2h") RESUME, "TRANSIENT", "NO_PROGRESS", 90 * MINUTE, SET("no_progress_timeout=90m") },
	{ "bits_maximum_download_of_an_hour", DIALECT_BITS, "serve /f1 size=1m throttle=1\n" JOB SET("maximum_download_time=1h") RESUME, "TURN", "FATAL", HOUR, NULL },
	{ "bits_retention_90_days", DIALECT_BITS, JOB, "ADD_FILE", "EXPIRED", 90 * DAY, NULL },
	{ "bits_retention_of_a_done_job", DIALECT_BITS, "serve /f1 size=0\n" JOB RESUME, "ALL_DONE", "EXPIRED", 90 * DAY, NULL },
	{ "bits_retention_begins_anew_with_a_property", DIALECT_BITS, JOB, "ADD_FILE", "EXPIRED", 120 * DAY, SET("description=\"kept\"") },
	{ "do_retry_60_s", DIALECT_DO, BUSY JOB RESUME, "TRANSIENT", "RETRY_DUE", 60 * SECOND, NULL },
	{ "do_no_progress_default_a_day", DIALECT_DO, BUSY JOB RESUME, "RESUME", "NO_PROGRESS", DAY, NULL },
	{ "do_no_progress_in_foreground_an_hour", DIALECT_DO, BUSY JOB SET("priority=FOREGROUND") RESUME, "RESUME", "NO_PROGRESS", HOUR, NULL },
	{ "do_no_progress_of_two_hours", DIALECT_DO, BUSY JOB SET("no_progress_timeout=2h") RESUME, "RESUME", "NO_PROGRESS", 2 * HOUR, NULL },
	{ "do_retention_30_days", DIALECT_DO, JOB, "ADD_FILE", "EXPIRED", 30 * DAY, NULL },
	{ "do_retention_of_a_done_job", DIALECT_DO, "serve /f1 size=1k\n" JOB RESUME, "ADD_FILE", "EXPIRED", 30 * DAY, NULL },
};

static int setup(void **state)
{
	struct arena *arena = calloc(1, sizeof *arena);
	void **pair = calloc(2, sizeof *pair);
	if (!arena || !pair || arena_init(arena, 192u << 20)) return -1;
	pair[0] = arena;
	pair[1] = *state;
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	void **pair = *state;
	arena_done(pair[0]);
	free(pair[0]);
	free(pair);
	return 0;
}

/* The time of the row's first `from`, and of the first `to` behind it; -1: it did not come. */
struct times {
	int64_t from_ns, to_ns;
};

/* Plays the row: a quarter of its time, what comes then, the change of a clock, and the rest up to until_ns behind `from`. followed: the
 * clock of the timers (C-72). */
static struct times play(struct arena *arena, const struct row *row, int64_t from_ns, int64_t until_ns, const char *change, enum clock_kind followed)
{
	char text[TEXT_MAX];
	const struct play_options how = { .dialect = row->dialect, .seed = 1 };
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	struct failure failure = { 0 };
	struct play played = { 0 };
	struct times times = { -1, -1 };
	struct machine machine = *machine_reference(row->dialect);
	int64_t first_ns = (from_ns + row->ns / 4) / US * US;
	int n = snprintf(text, sizeof text, "id: 0001-x\ntitle: t\ndialect: %s\nprobe: off\n---\n%sadvance %lldus\n%s", machine_dialect_name(row->dialect), row->lines,
		(long long)(first_ns / US), row->late ? row->late : "");
	n += snprintf(text + n, sizeof text - (size_t)n, "%s", change);
	n += snprintf(text + n, sizeof text - (size_t)n, "advance %lldus\n", (long long)((from_ns + until_ns - first_ns) / US));
	if (followed == CLOCK_MONOTONIC) machine.variants |= UINT64_C(1) << VARIANT_timers_stop_in_sleep;
	arena_reset(arena);
	if (scenario_parse(arena, "0001-x.scn", text, (size_t)n, &scenario, &failures)) fail_msg("%s in\n%s", failures.list[0].text, text);
	assert_int_equal(play_scenario(arena, scenario, world_new(arena, &machine, 1), &how, &played, &failure), STATUS_OK);
	assert_int_equal(played.end, PLAY_DONE);
	for (unsigned i = 0; i < played.trace.count; i++) {
		const struct trace_line *line = played.trace.lines[i];
		if (line->actor != ACTOR_IMPL) continue;
		if (times.from_ns < 0 && !strcmp(line->event, row->from)) times.from_ns = line->at_ns;
		else if (times.from_ns >= 0 && times.to_ns < 0 && !strcmp(line->event, row->to)) times.to_ns = line->at_ns;
	}
	return times;
}

static void timer_is_due_at_its_time_and_not_before(void **state)
{
	void **pair = *state;
	const struct row *row = pair[1];
	struct times found = play(pair[0], row, 0, 2 * row->ns, "", CLOCK_BOOT);
	assert_int_not_equal(found.from_ns, -1);
	assert_int_equal(found.from_ns % US, 0);
	assert_int_equal(found.to_ns - found.from_ns, row->ns);
	assert_int_equal(play(pair[0], row, found.from_ns, row->ns - US, "", CLOCK_BOOT).to_ns, -1);
	assert_int_equal(play(pair[0], row, found.from_ns, row->ns, "", CLOCK_BOOT).to_ns, found.from_ns + row->ns);
	assert_int_equal(play(pair[0], row, found.from_ns, row->ns + US, "", CLOCK_BOOT).to_ns, found.from_ns + row->ns);
}

static void wall_clock_does_not_move_it(void **state)
{
	void **pair = *state;
	const struct row *row = pair[1];
	static const char *const changes[] = { "clock wall -365d\n", "clock wall +365d\n", "clock wall drift=+100000ppm\n", "clock wall drift=-100000ppm\n" };
	for (size_t i = 0; i < 4 * 2; i++) {
		struct times found = play(pair[0], row, 0, 2 * row->ns, changes[i / 2], i % 2 ? CLOCK_MONOTONIC : CLOCK_BOOT);
		assert_int_equal(found.to_ns - found.from_ns, row->ns);
	}
}

/* What flows breaks off in a sleep, and the time that a job may be active stands still then. */
static bool flows(const struct row *row)
{
	return strstr(row->lines, "throttle") != NULL;
}

/* C-72: half of the time is slept, which counts, or does not. */
static void a_sleep_counts_by_the_clock_that_it_follows(void **state)
{
	void **pair = *state;
	const struct row *row = pair[1];
	char sleep[64];
	snprintf(sleep, sizeof sleep, "clock sleep %lldms\n", (long long)(row->ns / 2000000));
	struct times boot = play(pair[0], row, 0, 2 * row->ns, sleep, CLOCK_BOOT), monotonic = play(pair[0], row, 0, 2 * row->ns, sleep, CLOCK_MONOTONIC);
	if (flows(row)) return;
	assert_int_equal(boot.to_ns - boot.from_ns, row->ns);
	assert_int_equal(monotonic.to_ns - monotonic.from_ns, row->ns + row->ns / 2);
}

/* A sleep beyond its time: due when the machine wakes. */
static void what_is_due_in_a_sleep_is_due_at_its_end(void **state)
{
	void **pair = *state;
	const struct row *row = pair[1];
	char sleep[64];
	snprintf(sleep, sizeof sleep, "clock sleep %lldms\n", (long long)(row->ns / 1000000));
	struct times boot = play(pair[0], row, 0, 2 * row->ns, sleep, CLOCK_BOOT);
	if (flows(row)) return;
	/* play() lets a quarter of the time pass from the beginning of the scenario, not from `from`. A retry that was due as well comes before
	 * the end of the no-progress period, and has its try. */
	int64_t awake_ns = row->ns / 4 / US * US + row->ns, tries_ns = strcmp(row->to, "NO_PROGRESS") ? 0 : SECOND;
	assert_in_range(boot.to_ns, awake_ns, awake_ns + tries_ns);
}

/* A clock that gains a tenth: what is left, three quarters less what came before `from`, is over sooner; the other clock changes nothing. */
static void it_drifts_with_its_clock(void **state)
{
	void **pair = *state;
	const struct row *row = pair[1];
	for (enum clock_kind kind = CLOCK_BOOT; kind <= CLOCK_MONOTONIC; kind++) {
		const char *change = kind == CLOCK_BOOT ? "clock boot drift=+100000ppm\n" : "clock monotonic drift=+100000ppm\n";
		struct times found = play(pair[0], row, 0, 2 * row->ns, change, kind), other = play(pair[0], row, 0, 2 * row->ns, change, kind == CLOCK_BOOT ? CLOCK_MONOTONIC : CLOCK_BOOT);
		int64_t before_ns = row->ns / 4 / US * US - found.from_ns, left_ns = row->ns - before_ns;
		assert_in_range(found.to_ns - found.from_ns, before_ns + left_ns * 10 / 11 - 1, before_ns + left_ns * 10 / 11 + 2);
		assert_int_equal(other.to_ns - other.from_ns, row->ns);
	}
}

int main(void)
{
	static const struct { const char *suffix; CMUnitTestFunction test; } claims[] = {
		{ "", timer_is_due_at_its_time_and_not_before }, { "_by_any_wall_clock", wall_clock_does_not_move_it },
		{ "_in_a_sleep", a_sleep_counts_by_the_clock_that_it_follows }, { "_after_a_sleep", what_is_due_in_a_sleep_is_due_at_its_end },
		{ "_with_a_drift", it_drifts_with_its_clock },
	};
	enum { CLAIMS = sizeof claims / sizeof claims[0], ROWS = sizeof rows / sizeof rows[0] };
	struct CMUnitTest tests[CLAIMS * ROWS];
	char names[CLAIMS * ROWS][80];
	size_t count = 0;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t c = 0; c < CLAIMS; c++, count++) {
			snprintf(names[count], sizeof names[0], "%s%s", rows[i].name, claims[c].suffix);
			tests[count] = (struct CMUnitTest){ names[count], claims[c].test, setup, teardown, (void *)(uintptr_t)&rows[i] };
		}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
