/* expand_block.c -- `use FILE`, `repeat N as NAME ... done` and `in parallel ... and ... done`: lines of other files, lines again and again,
 * and the lines of several clients in every order. */
#include "sim/expand_internal.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX 8u               /* repeats in each other */
#define FILES_MAX 8u               /* that use each other */
#define PATH_BYTES 400u

struct line {
	const char *text;
	size_t length;
	struct scenario_place place;
};
struct lines {
	unsigned count;
	struct line *list;
};

/* What a repeat's name stands for at the moment. */
struct counter {
	struct part name;
	unsigned value;
};

struct blocks {
	struct arena *arena;
	struct scenario_failures *failures;
	expand_reader *read;
	bool golden, no_memory;
	unsigned files;                    /* that are open */
	const char *open[FILES_MAX];
	unsigned names;
	struct counter counters[NAMES_MAX];
};

enum word { WORD_OTHER, WORD_USE, WORD_REPEAT, WORD_PARALLEL, WORD_AND, WORD_DONE };

static bool fail(struct blocks *blocks, const struct line *line, const char *expected)
{
	return expand_fail(blocks->failures, line->place.file, line->place.line, 1, "expected %s", expected);
}

/* The line without its comment: *rest is what follows the word. */
static enum word word_of(const struct line *line, struct part *rest)
{
	static const struct { const char *text; enum word word; } words[] = { { "use", WORD_USE }, { "repeat", WORD_REPEAT }, { "in", WORD_PARALLEL } };
	const char *at = line->text, *end = expand_end_of(at, at + line->length);

	expand_skip(&at, end);
	*rest = (struct part){ at, (size_t)(end - at) };
	if (expand_is(rest, "and")) return WORD_AND;
	if (expand_is(rest, "done")) return WORD_DONE;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!expand_starts(at, end, words[i].text)) continue;
		at += strlen(words[i].text);
		expand_skip(&at, end);
		*rest = (struct part){ at, (size_t)(end - at) };
		return words[i].word != WORD_PARALLEL || expand_is(rest, "parallel") ? words[i].word : WORD_OTHER;
	}
	return WORD_OTHER;
}

static bool add(struct blocks *blocks, struct lines *lines, const struct line *line)
{
	if (lines->count == EXPAND_LINES_MAX)
		return expand_fail(blocks->failures, line->place.file, line->place.line, 1, "expected at most %u lines", EXPAND_LINES_MAX);
	lines->list[lines->count++] = *line;
	return true;
}

static struct lines new_lines(struct blocks *blocks)
{
	struct lines lines = { 0, arena_take(blocks->arena, EXPAND_LINES_MAX * sizeof *lines.list) };

	blocks->no_memory |= !lines.list;
	return lines;
}

/* --- use FILE */

static bool load(struct blocks *blocks, struct lines *lines, const char *file, const char *text, size_t length, bool part);

/* The path as seen from the file that uses it. */
static const char *path_from(struct blocks *blocks, const struct line *line, const struct part *name)
{
	const char *slash = strrchr(line->place.file, '/');
	char path[PATH_BYTES];
	int folder = slash ? (int)(slash - line->place.file) + 1 : 0;

	snprintf(path, sizeof path, "%.*s%.*s", folder, line->place.file, (int)name->length, name->text);
	return arena_text(blocks->arena, path, strlen(path));
}

static bool load_used(struct blocks *blocks, struct lines *lines, const struct line *line, const struct part *name)
{
	const char *path;
	size_t length = 0;
	char *text;

	if (name->length == 0 || name->length > PATH_BYTES / 2 || name->text[0] == '/' || memchr(name->text, ' ', name->length))
		return fail(blocks, line, "use FILE, a path from this file's folder");
	path = path_from(blocks, line, name);
	if (!path) return !(blocks->no_memory = true);
	for (unsigned i = 0; i < blocks->files; i++)
		if (!strcmp(blocks->open[i], path))
			return expand_fail(blocks->failures, line->place.file, line->place.line, 1, "expected files that do not use themselves, found %s again", path);
	text = blocks->read ? blocks->read(blocks->arena, path, &length) : NULL;
	if (!text) return expand_fail(blocks->failures, line->place.file, line->place.line, 1, "expected a file that can be read, found %s", path);
	return load(blocks, lines, path, text, length, true);
}

/* Every line of the file, and in the place of `use` those of the other. */
static bool load(struct blocks *blocks, struct lines *lines, const char *file, const char *text, size_t length, bool part)
{
	struct line line = { .place = { file, 0 } };
	struct part rest;
	bool plot = part, good = true;

	if (blocks->files == FILES_MAX) return expand_fail(blocks->failures, file, 1, 1, "expected at most %u files that use each other", FILES_MAX);
	blocks->open[blocks->files++] = file;
	for (const char *at = text, *end = text + length, *next; at < end && good; at = next) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		next = stop ? stop + 1 : end;
		line.text = at;
		line.length = (size_t)((stop ? stop : end) - at);
		line.place.line++;
		enum word word = word_of(&line, &rest);
		bool mark = word == WORD_OTHER && (expand_is(&rest, "---") || expand_is(&rest, "===="));
		if (part && mark) good = fail(blocks, &line, "steps only in a file that is used");
		if (good && plot && !blocks->golden && word == WORD_USE) good = load_used(blocks, lines, &line, &rest);
		else good = good && add(blocks, lines, &line);
		blocks->golden |= plot && mark && *rest.text == '=';
		plot |= mark;
	}
	blocks->files--;
	return good;
}

/* --- repeat N as NAME */

/* Where the block of `from` ends: its `done`. */
static unsigned find_done(const struct lines *lines, unsigned from)
{
	unsigned depth = 0, i = from;
	struct part rest;

	for (; i < lines->count; i++) {
		enum word word = word_of(&lines->list[i], &rest);
		depth += word == WORD_REPEAT || word == WORD_PARALLEL;
		depth -= word == WORD_DONE;
		if (depth == 0) break;
	}
	return i;
}

static bool read_repeat(struct blocks *blocks, const struct line *line, struct part rest, unsigned *times, struct part *name)
{
	static const char form[] = "repeat N or repeat N as NAME, with N from 1 to 512";
	const char *at = rest.text, *end = at + rest.length;

	for (*times = 0; at < end && isdigit((unsigned char)*at) && *times <= SCENARIO_STEPS_MAX; at++) *times = *times * 10 + (unsigned)(*at - '0');
	*name = (struct part){ at, 0 };
	if (*times < 1 || *times > SCENARIO_STEPS_MAX) return fail(blocks, line, form);
	expand_skip(&at, end);
	if (at == end) return true;
	if (!expand_starts(at, end, "as")) return fail(blocks, line, form);
	at += 2;
	expand_skip(&at, end);
	*name = expand_take_name(&at, end);
	return (name->length && at == end) || fail(blocks, line, form);
}

/* Writes the line with the counters' values. */
static size_t put_line(const struct blocks *blocks, const struct line *line, char *to)
{
	size_t used = 0;

	for (const char *at = line->text, *end = at + line->length; at < end;) {
		const char *behind = at + 1;
		struct part name = *at == '$' ? expand_take_name(&behind, end) : (struct part){ at, 0 };
		unsigned i = blocks->names;
		while (i > 0 && !(name.length && expand_same(&blocks->counters[i - 1].name, &name))) i--;
		if (i > 0) used += (size_t)sprintf(to + used, "%u", blocks->counters[i - 1].value);
		else to[used++] = *at;
		at = i > 0 ? behind : at + 1;
	}
	return used;
}

static bool add_written(struct blocks *blocks, struct lines *lines, struct line line)
{
	char *text = blocks->names ? arena_take(blocks->arena, line.length * 2 + 8) : NULL; /* $i is never shorter than half of its number */

	blocks->no_memory |= blocks->names && !text;
	if (blocks->no_memory) return false;
	if (text) {
		line.length = put_line(blocks, &line, text);
		line.text = text;
	}
	return add(blocks, lines, &line);
}

/* Lines [from, to) with repeats unrolled. */
static bool unroll(struct blocks *blocks, const struct lines *lines, unsigned from, unsigned to, struct lines *into)
{
	struct part rest, name;
	unsigned times;

	for (unsigned i = from; i < to; i++) {
		if (word_of(&lines->list[i], &rest) != WORD_REPEAT) {
			if (!add_written(blocks, into, lines->list[i])) return false;
			continue;
		}
		unsigned done = find_done(lines, i);
		if (done >= to) return fail(blocks, &lines->list[i], "done below repeat");
		if (!read_repeat(blocks, &lines->list[i], rest, &times, &name)) return false;
		if (blocks->names == NAMES_MAX) return fail(blocks, &lines->list[i], "at most 8 repeats in each other");
		blocks->counters[blocks->names++].name = name;
		for (unsigned n = 1; n <= times; n++) {
			blocks->counters[blocks->names - 1].value = n;
			if (!unroll(blocks, lines, i + 1, done, into)) return false;
		}
		blocks->names--;
		i = done;
	}
	return true;
}

/* --- in parallel */

struct parallel {
	unsigned from, to;             /* its first and last line; equal: there is none */
	unsigned clients, total;
	unsigned counts[EXPAND_CLIENTS_MAX];
	struct line *steps[EXPAND_CLIENTS_MAX];
};

static bool add_step(struct blocks *blocks, struct parallel *parallel, const struct line *line, enum word word, const struct part *rest)
{
	if (word == WORD_AND) {
		if (parallel->counts[parallel->clients - 1] == 0) return fail(blocks, line, "a step above and");
		if (parallel->clients == EXPAND_CLIENTS_MAX) return fail(blocks, line, "at most 4 clients in parallel");
		parallel->clients++;
	} else if (rest->length) {
		if (parallel->total == EXPAND_STEPS_MAX) return fail(blocks, line, "at most 16 steps in parallel");
		parallel->steps[parallel->clients - 1][parallel->counts[parallel->clients - 1]++] = *line;
		parallel->total++;
	}
	return true;
}

static bool find_parallel(struct blocks *blocks, const struct lines *lines, struct parallel *parallel)
{
	bool inside = false;
	struct part rest;

	for (unsigned i = 0; i < lines->count; i++) {
		const struct line *line = &lines->list[i];
		enum word word = word_of(line, &rest);
		if (word == WORD_PARALLEL) {
			if (inside || parallel->to) return fail(blocks, line, "one block in parallel");
			inside = true;
			parallel->from = i;
			parallel->clients = 1;
		} else if (inside && word == WORD_DONE) {
			inside = false;
			parallel->to = i;
		} else if (inside) {
			if (!add_step(blocks, parallel, line, word, &rest)) return false;
		} else if (word == WORD_DONE || word == WORD_AND) {
			return fail(blocks, line, "repeat or in parallel above this line");
		}
	}
	if (inside) return fail(blocks, &lines->list[parallel->from], "done below in parallel");
	if (!parallel->to || (parallel->clients > 1 && parallel->counts[parallel->clients - 1])) return true;
	return fail(blocks, &lines->list[parallel->to], "two clients or more, each with a step");
}

/* The next order of the clients' letters, in the order of the alphabet. False behind the last. */
static bool next_order(char *order, unsigned count)
{
	unsigned i = count - 1, j = count - 1;

	while (i > 0 && order[i - 1] >= order[i]) i--;
	if (i == 0) return false;
	while (order[j] <= order[i - 1]) j--;
	char swapped = order[i - 1];
	order[i - 1] = order[j];
	order[j] = swapped;
	for (unsigned a = i, b = count - 1; a < b; a++, b--) {
		swapped = order[a];
		order[a] = order[b];
		order[b] = swapped;
	}
	return true;
}

/* --- texts */

static bool add_text(struct blocks *blocks, struct block_texts *texts, const struct lines *lines, const struct parallel *parallel, const char *order)
{
	unsigned taken[EXPAND_CLIENTS_MAX] = { 0 }, count = 0;
	struct block_text *text = &texts->texts[texts->count++];
	struct scenario_place *places = arena_take(blocks->arena, (lines->count + 1) * sizeof *places);
	char suffix[48] = "", *to;
	size_t size = 1;

	for (unsigned i = 0; i < lines->count; i++) size += lines->list[i].length + 1;
	to = arena_take(blocks->arena, size);
	if (*order) snprintf(suffix, sizeof suffix, "@order=%s", order);
	*text = (struct block_text){ .text = to, .lines = places, .suffix = arena_text(blocks->arena, suffix, strlen(suffix)) };
	if (!places || !to || !text->suffix) return !(blocks->no_memory = true);
	for (unsigned i = 0; i < lines->count; i++) {
		const struct line *line = &lines->list[i];
		if (parallel->to && i >= parallel->from && i <= parallel->to) {
			if (i - parallel->from >= parallel->total) continue;
			unsigned client = (unsigned)(order[i - parallel->from] - 'a');
			line = &parallel->steps[client][taken[client]++];
		}
		memcpy(to, line->text, line->length);
		to += line->length;
		*to++ = '\n';
		places[count++] = line->place;
	}
	text->length = (size_t)(to - text->text);
	return true;
}

static bool make_texts(struct blocks *blocks, const struct lines *lines, struct block_texts *texts)
{
	struct parallel parallel;
	char order[EXPAND_STEPS_MAX + 1] = "";
	struct line *steps = arena_take(blocks->arena, EXPAND_CLIENTS_MAX * EXPAND_STEPS_MAX * sizeof *steps);

	if (!steps) return !(blocks->no_memory = true);
	memset(&parallel, 0, sizeof parallel);
	for (unsigned i = 0; i < EXPAND_CLIENTS_MAX; i++) parallel.steps[i] = steps + i * EXPAND_STEPS_MAX;
	if (!find_parallel(blocks, lines, &parallel)) return false;
	for (unsigned client = 0, at = 0; client < parallel.clients; client++)
		for (unsigned i = 0; i < parallel.counts[client]; i++) order[at++] = (char)('a' + client);
	do {
		if (texts->count == EXPAND_ROWS_MAX)
			return expand_fail(blocks->failures, lines->list[parallel.from].place.file, lines->list[parallel.from].place.line, 1, "expected at most %u orders", EXPAND_ROWS_MAX);
		if (!add_text(blocks, texts, lines, &parallel, order)) return false;
	} while (parallel.total && next_order(order, parallel.total));
	return true;
}

/* Whether there is such a line at all: most files have none, and cost nothing. */
static bool has_blocks(const char *text, size_t length)
{
	struct line line;
	struct part rest;

	for (const char *at = text, *end = text + length, *stop; at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop) stop = end;
		line = (struct line){ .text = at, .length = (size_t)(stop - at) };
		if (line.length >= 3 && word_of(&line, &rest) != WORD_OTHER) return true;
	}
	return false;
}

enum status expand_blocks(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read, struct block_texts *texts,
	struct scenario_failures *failures)
{
	struct blocks *blocks = arena_take(arena, sizeof *blocks);
	struct lines lines, flat;
	bool plain = !has_blocks(text, length), good;

	texts->count = 0;
	texts->texts = arena_take(arena, (plain ? 1 : EXPAND_ROWS_MAX) * sizeof *texts->texts);
	if (!blocks || !texts->texts) return STATUS_NO_MEMORY;
	if (plain) {
		texts->texts[texts->count++] = (struct block_text){ .suffix = "", .text = text, .length = length };
		return STATUS_OK;
	}
	*blocks = (struct blocks){ .arena = arena, .failures = failures, .read = read };
	lines = new_lines(blocks);
	good = lines.list && load(blocks, &lines, file, text, length, false);
	if (good && blocks->golden) good = expand_fail(failures, file, 1, 1, "expected no golden trace below use, repeat or in parallel");
	flat = new_lines(blocks);
	good = good && flat.list && unroll(blocks, &lines, 0, lines.count, &flat) && make_texts(blocks, &flat, texts);
	if (blocks->no_memory) return STATUS_NO_MEMORY;
	return good ? STATUS_OK : STATUS_BAD_INPUT;
}
