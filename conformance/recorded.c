/* recorded.c -- a trace from a file as a play: lines, checks, and how it ended. */
#include "conformance/recorded.h"

#include <stdio.h>
#include <string.h>

static bool grow(struct arena *arena, struct recorded *recorded)
{
	struct trace *trace = &recorded->play.trace;
	if (trace->count < trace->size) return true;
	unsigned size = trace->size ? trace->size * 2 : 256;
	struct trace_line **lines = arena_take(arena, size * sizeof *lines);
	unsigned *numbers = arena_take(arena, size * sizeof *numbers);
	if (!lines || !numbers) return false;
	if (trace->count) memcpy(lines, trace->lines, trace->count * sizeof *lines);
	if (trace->count) memcpy(numbers, recorded->lines, trace->count * sizeof *numbers);
	trace->lines = lines;
	recorded->lines = numbers;
	trace->size = size;
	return true;
}

enum status recorded_add(struct arena *arena, struct recorded *recorded, const struct trace_line *line, unsigned number)
{
	struct trace *trace = &recorded->play.trace;
	struct trace_line *copy = grow(arena, recorded) ? arena_take(arena, trace_line_size(line)) : NULL;
	if (!copy) return STATUS_NO_MEMORY;
	trace_line_copy(copy, line);
	recorded->lines[trace->count] = number;
	trace->lines[trace->count++] = copy;
	return STATUS_OK;
}

static const char *kept(struct arena *arena, const char *text)
{
	const char *copy = text ? arena_text(arena, text, strlen(text)) : NULL;
	return copy ? copy : "";
}

/* --- a trace */

static bool is_player(const struct trace_line *line, const char *event)
{
	return line->actor == ACTOR_PLAYER && !strcmp(line->event, event);
}

static void see_begin(struct arena *arena, struct recorded *recorded, const struct trace_line *line)
{
	const char *dialect = trace_get(line, "dialect"), *tier = trace_get(line, "tier");
	if (dialect) recorded->dialect = machine_dialect_find(dialect, strlen(dialect));
	recorded->is_real = tier && !strcmp(tier, "real");
	if (trace_get(line, "implementation")) recorded->implementation = kept(arena, trace_get(line, "implementation"));
	if (trace_get(line, "version")) recorded->version = kept(arena, trace_get(line, "version"));
}

static void see_end(struct arena *arena, struct recorded *recorded, const struct trace_line *line)
{
	static const char *const ends[] = { [PLAY_DONE] = "done", [PLAY_STOPPED] = "stopped", [PLAY_UNSUPPORTED] = "unsupported",
		[PLAY_BROKEN] = "broken" };
	const char *reason = trace_get(line, "reason");
	for (size_t i = 0; reason && i < sizeof ends / sizeof ends[0]; i++)
		if (!strcmp(ends[i], reason)) recorded->play.end = (enum play_end)i;
	recorded->play.feature = kept(arena, trace_get(line, "feature"));
	recorded->play.why = kept(arena, trace_get(line, "why"));
	recorded->play.line = line->scenario_line;
}

static enum status read_lines(struct arena *arena, const char *text, size_t length, struct recorded *recorded, struct failure *failure)
{
	struct trace_line line;
	int64_t last_ns = INT64_MIN;
	for (const char *at = text, *end; at < text + length; at = end + 1) {
		bool present = false;
		end = memchr(at, '\n', (size_t)(text + length - at));
		if (!end) end = text + length;
		failure->line++;
		if (trace_parse(at, (size_t)(end - at), &line, &present, failure)) return STATUS_BAD_INPUT;
		if (!present) continue;
		if (line.at_ns < last_ns) {
			failure->col = 1;
			snprintf(failure->text, sizeof failure->text, "expected a time not before that of the line above, found %.*s", (int)strcspn(at, " \t\n"), at);
			return STATUS_BAD_INPUT;
		}
		last_ns = line.at_ns;
		if (is_player(&line, "begin")) see_begin(arena, recorded, &line);
		if (is_player(&line, "end")) see_end(arena, recorded, &line);
		if (recorded_add(arena, recorded, &line, failure->line)) return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

/* The checks of a scenario that stand in a trace are those of its play. */
static enum status find_checks(struct arena *arena, struct recorded *recorded)
{
	struct play *play = &recorded->play;
	play->checks = arena_take(arena, (play->trace.count + 1) * sizeof *play->checks);
	if (!play->checks) return STATUS_NO_MEMORY;
	for (unsigned i = 0; i < play->trace.count; i++) {
		const struct trace_line *line = play->trace.lines[i];
		if (!is_player(line, "check")) continue;
		play->checks[play->checks_count++] = (struct play_check){ .line = line->scenario_line, .passed = trace_get_int(line, "passed", 0) != 0,
			.step = kept(arena, trace_get(line, "step")), .expected = kept(arena, trace_get(line, "expected")), .found = kept(arena, trace_get(line, "found")) };
	}
	return STATUS_OK;
}

bool recorded_is_blind(const struct recorded *recorded)
{
	const struct trace *trace = &recorded->play.trace;
	bool blind = recorded->is_real;
	for (unsigned i = 0; i < trace->count; i++) blind &= trace->lines[i]->actor != ACTOR_ORIGIN;
	return blind;
}

static const char *id_of(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');
	return arena_text(arena, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

enum status recorded_read(struct arena *arena, const char *file, const char *text, size_t length, struct recorded *recorded,
	struct failure *failure)
{
	const char *dot = strrchr(file, '.');
	*recorded = (struct recorded){ .file = file, .id = id_of(arena, file), .dialect = -1, .implementation = "", .version = "" };
	snprintf(failure->file, sizeof failure->file, "%s", file);
	if (!recorded->id) return STATUS_NO_MEMORY;
	enum status status = dot && !strcmp(dot, ".csv") ? recorded_csv(arena, text, length, recorded, failure) :
		read_lines(arena, text, length, recorded, failure);
	if (status) return status;
	if (!recorded->play.trace.count) {
		failure->line = failure->col = 1;
		snprintf(failure->text, sizeof failure->text, "expected lines of a trace, found none");
		return STATUS_BAD_INPUT;
	}
	return find_checks(arena, recorded);
}
