/* play_line.c -- lines and checks of a play, and how it ends. */
#include "sim/play_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool play_line_going(const struct player *player)
{
	return player->status == STATUS_OK && !player->over;
}

/* The player itself cannot go on; the first reason is kept. */
static void fail(struct player *player, enum status status, const char *text)
{
	struct failure *failure = player->failure;

	if (player->status != STATUS_OK) return;
	player->status = status;
	memset(failure, 0, sizeof *failure);
	snprintf(failure->file, sizeof failure->file, "%s", player->scenario->file ? player->scenario->file : "");
	failure->line = player->line;
	snprintf(failure->text, sizeof failure->text, "%s", text);
}

void *play_line_take(struct player *player, size_t size)
{
	void *memory = arena_take(player->arena, size);

	if (!memory) fail(player, STATUS_NO_MEMORY, "expected memory for the play, found none left");
	return memory;
}

const char *play_line_copy(struct player *player, const char *text)
{
	size_t length = strlen(text);
	char *copy = play_line_take(player, length + 1);

	if (copy) memcpy(copy, text, length + 1);
	return copy;
}

bool play_line_limit(struct player *player, unsigned max, const char *what)
{
	struct play_text text = {0};

	play_line_text(&text, "expected at most %u %s, found more", max, what);
	fail(player, STATUS_LIMIT, text.text);
	return false;
}

void play_line_stop(struct player *player, enum play_end end, const char *feature, const char *why)
{
	if (!play_line_going(player)) return;
	player->over = true;
	player->play->end = end;
	player->play->line = player->line;
	player->play->feature = feature ? play_line_copy(player, feature) : NULL;
	player->play->why = why ? play_line_copy(player, why) : NULL;
}

void play_line_init(struct player *player, struct trace_line *line, enum actor actor, const char *object,
	const char *event)
{
	trace_line_init(line, player->target->now(player->target->self), actor, object, event);
	line->scenario_line = player->line;
}

/* Room for one more pointer. The old array stays in the arena: it is small beside the lines. */
static bool trace_grow(struct player *player)
{
	struct trace *trace = &player->play->trace;
	unsigned size = trace->size ? trace->size * 2 : 64;
	struct trace_line **lines;

	if (trace->count < trace->size) return true;
	if (trace->count >= PLAY_LINES_MAX) return play_line_limit(player, PLAY_LINES_MAX, "lines of trace");
	lines = play_line_take(player, size * sizeof *lines);
	if (!lines) return false;
	if (trace->count) memcpy(lines, trace->lines, trace->count * sizeof *lines);
	trace->lines = lines;
	trace->size = size < PLAY_LINES_MAX ? size : PLAY_LINES_MAX;
	return true;
}

struct trace_line *play_line_record(struct player *player, const struct trace_line *line)
{
	struct trace *trace = &player->play->trace;
	struct trace_line *copy;

	if (player->status != STATUS_OK || !trace_grow(player)) return NULL;
	copy = play_line_take(player, trace_line_size(line));
	if (!copy) return NULL;
	trace_line_copy(copy, line);
	if (copy->at_ns < player->last_ns) copy->at_ns = player->last_ns;
	player->last_ns = copy->at_ns;
	trace->lines[trace->count++] = copy;
	return copy;
}

void play_line_replace(struct player *player, unsigned index, const struct trace_line *line)
{
	struct trace_line *copy = play_line_take(player, trace_line_size(line));

	if (!copy) return;
	trace_line_copy(copy, line);
	player->play->trace.lines[index] = copy;
}

static struct play_check *check_add(struct player *player)
{
	struct play *play = player->play;
	unsigned size = player->checks_size ? player->checks_size * 2 : 32;
	struct play_check *checks = play->checks;

	if (play->checks_count >= PLAY_CHECKS_MAX) {
		play_line_limit(player, PLAY_CHECKS_MAX, "checks");
		return NULL;
	}
	if (play->checks_count == player->checks_size) {
		checks = play_line_take(player, size * sizeof *checks);
		if (!checks) return NULL;
		if (play->checks_count) memcpy(checks, play->checks, play->checks_count * sizeof *checks);
		play->checks = checks;
		player->checks_size = size;
	}
	return &checks[play->checks_count];
}

void play_line_check(struct player *player, const struct step *step, bool passed, const char *expected,
	const char *found)
{
	struct play_check *check = player->status == STATUS_OK ? check_add(player) : NULL;
	struct trace_line line;

	if (!check) return;
	*check = (struct play_check){ .line = step->line, .passed = passed, .step = step->text ? step->text : "" };
	check->expected = play_line_copy(player, expected);
	check->found = play_line_copy(player, found);
	if (player->status != STATUS_OK) return;
	player->play->checks_count++;
	play_line_init(player, &line, ACTOR_PLAYER, "-", "check");
	line.scenario_line = step->line;
	trace_add_int(&line, "passed", passed);
	trace_add(&line, "step", check->step);
	trace_add(&line, "expected", expected);
	trace_add(&line, "found", found);
	play_line_record(player, &line);
}

unsigned play_line_count(struct player *player, const char *what, const char *object, bool add)
{
	struct play_count *count = player->counts, *end = count + player->counts_count;

	while (count < end && (strcmp(count->what, what) || strcmp(count->object, object))) count++;
	if (!add) return count < end ? count->n : 0;
	if (count == end) {
		if (player->counts_count == PLAY_COUNTS_MAX) {
			play_line_limit(player, PLAY_COUNTS_MAX, "paths and callbacks to count");
			return 0;
		}
		*count = (struct play_count){ .what = play_line_copy(player, what) };
		count->object = play_line_copy(player, object);
		if (player->status != STATUS_OK) return 0;
		player->counts_count++;
	}
	return ++count->n;
}

const char *play_line_expand(struct player *player, const char *text)
{
	const struct play_value *bound = text[0] == '?' ? play_want_bound(player, text + 1) : NULL;
	const char *expanded = text;

	if (bound) return bound->word;
	if (strchr(text, '$')) expanded = player->target->expand(player->target->self, text);
	if (expanded) return play_line_copy(player, expanded);
	play_line_stop(player, PLAY_BROKEN, NULL, "a variable of the scenario has no value");
	return NULL;
}

static void put(struct play_text *text, const char *from, size_t length)
{
	size_t left = sizeof text->text - 1 - text->length;

	if (length > left) length = left;
	memcpy(text->text + text->length, from, length);
	text->length += length;
	text->text[text->length] = '\0';
}

void play_line_text(struct play_text *text, const char *format, ...)
{
	size_t left;
	va_list args;
	int n;

	va_start(args, format);
	/* Up to the first number it is copying, and nearly all have none: printf is slow. */
	for (;; format += 2) {
		size_t plain = strcspn(format, "%");
		put(text, format, plain);
		format += plain;
		if (format[0] != '%' || format[1] != 's') break;
		const char *word = va_arg(args, const char *);
		put(text, word, strlen(word));
	}
	left = sizeof text->text - text->length;
	n = *format ? vsnprintf(text->text + text->length, left, format, args) : 0;
	va_end(args);
	if (n <= 0) return;
	text->length = (size_t)n < left ? text->length + (size_t)n : sizeof text->text - 1;
}

void play_line_seconds(struct play_text *text, int64_t ns)
{
	char fraction[16];
	size_t n = 9;

	if (ns < 0) play_line_text(text, "-");
	if (ns < 0) ns = ns == INT64_MIN ? INT64_MAX : -ns;
	snprintf(fraction, sizeof fraction, "%09d", (int)(ns % 1000000000));
	while (n > 0 && fraction[n - 1] == '0') n--;
	fraction[n] = '\0';
	play_line_text(text, "%" PRId64 "%s%ss", ns / 1000000000, n ? "." : "", fraction);
}
