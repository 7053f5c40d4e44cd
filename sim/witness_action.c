/* witness_action.c -- what a scenario may do next: calls, faults of the server and the machine, and time. */
#include "sim/witness_internal.h"

#include <stdio.h>
#include <string.h>

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define TEXT_MAX 16384u

#define OTHER_JOB(name) "do     job.create as=" name " -> model\ndo     job.set " name " priority=HIGH -> model\n" \
	"do     job.add_file " name " url=$S/h local=$W/c -> model\ndo     job.resume " name " -> model"

static const struct action all[] = {
	/* calls */
	{ .when = WHEN_ALWAYS, .lines = "do     job.resume j1 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.suspend j1 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.cancel j1 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.complete j1 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.state j1 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.get_error j1 as=_ -> model" },
	{ .when = WHEN_ALWAYS, .bits = true, .lines = "do     job.set j1 description=\"set again\" -> model" },
	{ .when = WHEN_ALWAYS, .do_ = true, .lines = "do     job.set j1 notify_flags=JOB_ERROR -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.set j1 no_progress_timeout=0 -> model" },
	{ .when = WHEN_ALWAYS, .lines = "do     job.set j1 no_progress_timeout=1s -> model" },
	{ .when = WHEN_NEW, .lines = "do     job.set j1 no_progress_timeout=100d -> model" },
	{ .when = WHEN_NEW, .bits = true, .lines = "do     job.set j1 minimum_retry_delay=5s -> model\ndo     job.set j1 no_progress_timeout=7s -> model" },
	{ .when = WHEN_NEW, .bits = true, .lines = "do     job.set j1 minimum_retry_delay=15s -> model\ndo     job.set j1 no_progress_timeout=31s -> model" },
	{ .when = WHEN_NEW, .do_ = true, .lines = "do     job.set j1 no_progress_timeout=31s -> model" },
	/* files, and what the server does with them */
	{ .when = WHEN_FILE, .file = 1, .lines = "serve  /f size=64k etag=\"a\"\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 2, .lines = "serve  /f size=0\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 3, .lines = "serve  /f status=404\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 4, .lines = "serve  /f size=64k method=HEAD\nserve  /f status=404 method=GET\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 5, .lines = "serve  /f size=64k etag=\"a\" fault=reset@16k\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 6, .lines = "serve  /f size=64k etag=\"a\" fault=reset@16k method=GET\nserve  /f size=64k etag=\"a\"\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 7, .lines = "serve  /f size=64k etag=\"a\" fault=etag-change@16k method=GET\nserve  /f size=64k etag=\"b\"\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 8, .lines = "serve  /f size=64k fault=stall@16k\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 9, .lines = "serve  /f status=503\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 10, .lines = "serve  /f size=64k etag=\"a\" throttle=1k\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 11, .lines = "serve  /f size=64k fault=stall@0\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 12, .lines = "serve  /f size=64k fault=reset@0\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 13, .lines = "serve  /f size=64k etag=\"a\" fault=reset@16k method=GET\nserve  /f size=64k etag=\"a\" no-range\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 14, .bits = true, .lines = "serve  /f size=64k etag=\"a\" method=HEAD times=1\nserve  /f size=64k etag=\"a\" fault=reset@16k method=GET times=1\n"
		"serve  /f size=64k etag=\"b\" method=HEAD\nserve  /f status=503 method=GET\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 15, .bits = true, .lines = "serve  /f size=64k etag=\"a\" method=HEAD times=1\nserve  /f size=64k etag=\"a\" fault=reset@16k method=GET times=1\n"
		"serve  /f size=64k etag=\"b\" method=HEAD\nserve  /f status=404 method=GET\ndo     job.add_file j1 url=$S/f local=$W/a -> model" },
	{ .when = WHEN_FILE, .file = 16, .lines = "serve  /f size=64k etag=\"a\" method=HEAD\nserve  /f size=64k etag=\"a\" method=GET times=1\n"
		"serve  /f size=64k etag=\"b\" method=GET\ndo     job.add_file_with_ranges j1 url=$S/f local=$W/a ranges=0-99,16384-eof -> model" },
	{ .when = WHEN_FILE, .file = 17, .lines = "serve  /f size=64k etag=\"a\" method=HEAD\nserve  /f size=64k etag=\"a\" method=GET times=1\n"
		"serve  /f size=64k etag=\"b\" method=GET times=1\nserve  /f status=503 method=GET\ndo     job.add_file_with_ranges j1 url=$S/f local=$W/a ranges=0-99,16384-eof -> model" },
	{ .when = WHEN_FILE, .file = 18, .lines = "serve  /f size=64k etag=\"a\" method=HEAD\nserve  /f size=64k etag=\"a\" method=GET times=1\n"
		"serve  /f size=64k etag=\"b\" method=GET times=1\nserve  /f status=404 method=GET\ndo     job.add_file_with_ranges j1 url=$S/f local=$W/a ranges=0-99,16384-eof -> model" },
	{ .when = WHEN_ROOM, .second = 1, .lines = "serve  /g size=64k etag=\"b\"\ndo     job.add_file j1 url=$S/g local=$W/b -> model" },
	{ .when = WHEN_ROOM, .second = 2, .lines = "serve  /g status=404\ndo     job.add_file j1 url=$S/g local=$W/b -> model" },
	{ .when = WHEN_ROOM, .second = 3, .lines = "serve  /g size=64k fault=reset@0\ndo     job.add_file j1 url=$S/g local=$W/b -> model" },
	{ .when = WHEN_ROOM, .second = 4, .lines = "serve  /g size=0\ndo     job.add_file j1 url=$S/g local=$W/b -> model" },
	{ .when = WHEN_ROOM, .second = 5, .lines = "serve  /g size=64k fault=stall@0\ndo     job.add_file j1 url=$S/g local=$W/b -> model" },
	{ .when = WHEN_ROOM, .second = 6, .lines = "host   mirror connect-timeout\ndo     job.add_file j1 url=$S(mirror)/g local=$W/b -> model" },
	{ .when = WHEN_RESTING, .host = 1, .lines = "host   origin ok" },
	{ .when = WHEN_RESTING, .host = 2, .lines = "host   origin refuse" },
	{ .when = WHEN_RESTING, .host = 3, .lines = "host   origin connect-timeout" },
	/* the machine */
	{ .when = WHEN_NET_UP, .lines = "net    down" },
	{ .when = WHEN_NET_DOWN, .lines = "net    up" },
	{ .when = WHEN_OWNER_HERE, .lines = "user   logoff" },
	{ .when = WHEN_OWNER_AWAY, .lines = "user   logon" },
	{ .when = WHEN_FREE, .lines = "policy block cause=policy.cost" },
	{ .when = WHEN_BLOCKED, .lines = "policy allow" },
	{ .when = WHEN_RUNNING, .lines = "service kill" },
	{ .when = WHEN_STOPPED, .lines = "service start" },
	{ .when = WHEN_DISK, .disk = 3, .lines = "disk   full@20k" },
	{ .when = WHEN_DISK, .disk = 4, .lines = "disk   denied" },
	{ .when = WHEN_DONE, .disk = 1, .lines = "disk   locked" },
	{ .when = WHEN_LOCKED, .disk = 2, .lines = "disk   ok\ndo     job.complete j1 -> model" },
	{ .when = WHEN_ALONE, .bits = true, .lines = "serve  /h size=64k\n" OTHER_JOB("j2") },
	{ .when = WHEN_ALONE, .bits = true, .lines = "serve  /h size=16m throttle=1\n" OTHER_JOB("j3") },
	/* time */
	{ .when = WHEN_NEXT },
	{ .when = WHEN_ALMOST, .before_ns = MS / 2 },
	{ .when = WHEN_BEFORE, .before_ns = MS / 2 },
	{ .when = WHEN_BEFORE, .before_ns = 20 * MS },
	{ .when = WHEN_BEFORE, .before_ns = 46 * MS + MS / 2 },
	{ .when = WHEN_BEFORE, .before_ns = 66 * MS + MS / 2 },
	{ .when = WHEN_BEFORE, .before_ns = 25 * SECOND },
};

static unsigned count_lines(const char *lines)
{
	unsigned count = 1;
	for (; *lines; lines++) count += *lines == '\n';
	return count;
}

/* An upload has one file, which no server sends. */
static bool fits(const struct action *action, enum dialect dialect, enum job_type type)
{
	bool upload = type == JOB_TYPE_UPLOAD;
	if (upload && (action->file > 1 || action->when == WHEN_ROOM)) return false;
	return dialect == DIALECT_BITS ? !action->do_ : !action->bits;
}

static size_t start(char *text, enum dialect dialect, enum job_type type)
{
	return (size_t)snprintf(text, TEXT_MAX, "id: search\ntitle: search\ndialect: %s\nprobe: off\n---\ndo     job.create as=j1%s -> model\n",
		machine_dialect_name(dialect), type == JOB_TYPE_UPLOAD ? " type=upload" : "");
}

static enum status parse(struct arena *arena, const char *text, size_t length, const struct scenario **scenario, struct failure *failure)
{
	struct scenario_failures *failures = arena_take(arena, sizeof *failures);
	struct scenario *parsed;
	char *copy = arena_text(arena, text, length);
	if (!failures || !copy) return STATUS_NO_MEMORY;
	enum status status = scenario_parse(arena, "search.scn.text", copy, length, &parsed, failures);
	if (status && failures->count) *failure = failures->list[0];
	*scenario = parsed;
	return status;
}

enum status witness_library(struct arena *arena, enum dialect dialect, enum job_type type, struct library *library, struct failure *failure)
{
	char *text = arena_take(arena, TEXT_MAX);
	if (!text) return STATUS_NO_MEMORY;
	size_t length = start(text, dialect, type);
	unsigned steps = 1;
	memset(library, 0, sizeof *library);
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		struct action *action = &library->actions[library->count];
		if (!fits(&all[i], dialect, type)) continue;
		*action = all[i];
		library->count++;
		if (!action->lines) continue;
		action->steps_from = steps;
		action->steps_count = count_lines(action->lines);
		steps += action->steps_count;
		length += (size_t)snprintf(text + length, TEXT_MAX - length, "%s\n", action->lines);
		assert(length < TEXT_MAX);
	}
	return parse(arena, text, length, &library->scenario, failure);
}

const struct step *witness_step(struct arena *arena, const char *text, int64_t ns, enum state to)
{
	struct step *step = arena_take(arena, sizeof *step);
	struct predicate *predicate = arena_take(arena, sizeof *predicate);
	const char **words = arena_take(arena, sizeof *words);
	if (!step || !predicate || !words) return NULL;
	*step = (struct step){ .kind = to == STATE_NONE ? STEP_ADVANCE : STEP_WITHIN, .text = arena_text(arena, text, strlen(text)),
		.duration_ns = ns, .checks_count = to != STATE_NONE, .checks = predicate };
	words[0] = machine_state_name(to == STATE_NONE ? STATE_QUEUED : to);
	*predicate = (struct predicate){ .kind = PREDICATE_STATE, .object = "j1", .want = { .kind = WANT_WORDS, .words_count = 1, .words = words } };
	return step->text ? step : NULL;
}

static const struct {
	enum dialect dialect;
	enum job_type type;
	const char *lines;
} plots[] = {
#define PLOT(dialect_, type_, lines_) { DIALECT_##dialect_, JOB_TYPE_##type_, lines_ },
#include "sim/witness_plot.def"
};

enum status witness_plot(struct arena *arena, enum dialect dialect, unsigned number, struct plot *plot, struct failure *failure)
{
	unsigned n = 0;
	for (size_t i = 0; i < sizeof plots / sizeof *plots; i++) {
		if (plots[i].dialect != dialect || n++ != number) continue;
		char text[TEXT_MAX];
		size_t length = start(text, dialect, plots[i].type);
		length += (size_t)snprintf(text + length, TEXT_MAX - length, "%s", plots[i].lines);
		plot->type = plots[i].type;
		return parse(arena, text, length, &plot->scenario, failure);
	}
	plot->scenario = NULL;
	return STATUS_OK;
}

size_t witness_print(const struct witness *witness, enum dialect dialect, const char *id, const char *title, char *text, size_t size)
{
	size_t length = (size_t)snprintf(text, size, "id:      %s\ntitle:   %s\ndialect: %s\n---\n", id, title, machine_dialect_name(dialect));
	for (unsigned i = 0; i < witness->lines_count && length < size; i++)
		length += (size_t)snprintf(text + length, size - length, "%s\n", witness->lines[i]);
	return length < size ? length : size - 1;
}
