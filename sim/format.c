/* format.c -- a scenario, line by line: first how long everything is, then where the arrows stand, then the text. */
#include "sim/format.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define KEY_WIDTH 9
#define VERB_WIDTH 6

enum row_kind { ROW_AS_IT_IS, ROW_HEADER, ROW_STEP };

/* A line; texts are parts of the source, widths are those of the canonical form. */
struct row {
	enum row_kind kind;
	const char *from, *end;      /* without blanks at the ends; a step without its comment */
	const char *arrow;           /* of a step; NULL: none */
	const char *comment;         /* behind a step; its end is comment_end; NULL: none */
	const char *comment_end;
	size_t comment_column;       /* where it stood */
	size_t left;                 /* width of the step before its arrow */
	size_t column;               /* where the arrow stood, less the blank before it; at least `left` */
};

struct format {
	struct row *rows;
	size_t count;
	size_t column;               /* of the arrows */
	char *at;                    /* where the text grows; NULL: it is only measured */
	size_t length;
	size_t width;                /* characters of the line */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* End of the run of characters that blanks outside quotes end, or a comment. */
static const char *run_end(const char *at, const char *end)
{
	bool quoted = false;

	for (; at < end && (quoted || (!is_blank(*at) && *at != '#')); at++) {
		if (quoted && *at == '\\' && at + 1 < end) at++;
		else if (*at == '"') quoted = !quoted;
	}
	return at;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at)) at++;
	return at;
}

/* Characters of UTF-8: columns count these. */
static size_t width_of(const char *text, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++) width += (text[i] & 0xC0) != 0x80;
	return width;
}

static void put(struct format *format, const char *text, size_t length)
{
	if (format->at) memcpy(format->at + format->length, text, length);
	format->length += length;
	format->width += width_of(text, length);
}

static void pad(struct format *format, size_t width)
{
	while (format->width < width) put(format, " ", 1);
}

/* The runs from `at` to `end` with a blank between; the first of a step is its verb. */
static void put_runs(struct format *format, const char *at, const char *end, bool verb)
{
	for (at = skip_blanks(at, end); at < end;) {
		const char *behind = run_end(at, end);
		put(format, at, (size_t)(behind - at));
		at = skip_blanks(behind, end);
		if (at == end) break;
		if (verb) pad(format, VERB_WIDTH);
		put(format, " ", 1);
		verb = false;
	}
}

static size_t width_of_runs(const char *at, const char *end)
{
	struct format measure = { 0 };

	put_runs(&measure, at, end, true);
	return measure.width;
}

/* --- reading a line */

static void trim(struct row *row)
{
	row->from = skip_blanks(row->from, row->end);
	while (row->end > row->from && is_blank(row->end[-1])) row->end--;
}

/* Where the step ends, and its arrow. */
static void read_step(struct row *row, const char *line)
{
	const char *at = row->from;

	while (at < row->end && *at != '#') {
		const char *behind = run_end(at, row->end);
		if (!row->arrow && behind - at == 2 && !memcmp(at, "->", 2)) row->arrow = at;
		at = skip_blanks(behind, row->end);
	}
	if (at < row->end) {
		row->comment = at;
		row->comment_end = row->end;
		row->comment_column = width_of(line, (size_t)(at - line));
		row->end = at;
		trim(row);
	}
	if (!row->arrow) return;
	row->left = width_of_runs(row->from, row->arrow);
	row->column = width_of(line, (size_t)(row->arrow - line)) - 1;
	if (row->column < row->left) row->column = row->left;
}

static void read_row(struct row *row, const char *line, const char *end, bool steps)
{
	*row = (struct row){ .from = line, .end = end };
	trim(row);
	if (row->from == row->end || *row->from == '#' || *row->from == '-') return;
	row->kind = steps ? ROW_STEP : ROW_HEADER;
	if (steps) read_step(row, line);
}

static bool is_mark(const struct row *row, const char *mark)
{
	size_t length = strlen(mark);

	return (size_t)(row->end - row->from) == length && !memcmp(row->from, mark, length);
}

/* Rows until ====; returns where that stands, or the end. */
static const char *read_rows(struct format *format, const char *text, const char *end)
{
	bool steps = false;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		struct row *row = &format->rows[format->count];
		read_row(row, text, newline ? newline : end, steps);
		if (is_mark(row, "====")) return text;
		if (is_mark(row, "---")) steps = true;
		format->count++;
		text = newline ? newline + 1 : end;
	}
	return end;
}

/* --- where the arrows stand */

static size_t count_column(const struct format *format, size_t column)
{
	size_t count = 0;

	for (size_t i = 0; i < format->count; i++) count += format->rows[i].arrow && format->rows[i].column == column;
	return count;
}

/* The column of most arrows, the last of several. */
static size_t find_column(const struct format *format)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < format->count; i++) {
		size_t column = format->rows[i].column, count = format->rows[i].arrow ? count_column(format, column) : 0;
		if (count < most || !count || (count == most && column <= best)) continue;
		most = count;
		best = column;
	}
	return best;
}

/* Lines that move to the column may leave a column that others had more of: until it is the same. It only grows. */
static void choose_column(struct format *format)
{
	size_t before;

	do {
		before = format->column;
		format->column = find_column(format);
		for (size_t i = 0; i < format->count; i++) {
			struct row *row = &format->rows[i];
			row->column = row->left > format->column ? row->left : format->column;
		}
	} while (format->column != before);
}

/* --- writing */

static void put_header(struct format *format, const struct row *row)
{
	const char *colon = memchr(row->from, ':', (size_t)(row->end - row->from));

	assert(colon);
	put(format, row->from, (size_t)(colon + 1 - row->from));
	colon = skip_blanks(colon + 1, row->end);
	if (colon == row->end) return;
	pad(format, KEY_WIDTH - 1);
	put(format, " ", 1);
	put(format, colon, (size_t)(row->end - colon));
}

static void put_step(struct format *format, const struct row *row)
{
	put_runs(format, row->from, row->arrow ? row->arrow : row->end, true);
	if (row->arrow) {
		pad(format, format->column);
		put(format, " ", 1);
		put_runs(format, row->arrow, row->end, false);
	}
	if (!row->comment) return;
	put(format, "  ", 2);
	pad(format, row->comment_column);
	put(format, row->comment, (size_t)(row->comment_end - row->comment));
}

static void put_rows(struct format *format)
{
	format->length = 0;
	for (size_t i = 0; i < format->count; i++) {
		const struct row *row = &format->rows[i];
		switch (row->kind) {
		case ROW_AS_IT_IS: put(format, row->from, (size_t)(row->end - row->from)); break;
		case ROW_HEADER: put_header(format, row); break;
		case ROW_STEP: put_step(format, row); break;
		}
		put(format, "\n", 1);
		format->width = 0;
	}
}

static size_t count_lines(const char *text, size_t length)
{
	size_t count = 1;

	for (size_t i = 0; i < length; i++) count += text[i] == '\n';
	return count;
}

char *format_scenario(struct arena *arena, const char *text, size_t length, size_t *formatted)
{
	struct format format = { 0 };
	const char *golden;
	char *copy;

	assert(text && formatted);
	format.rows = arena_take(arena, count_lines(text, length) * sizeof *format.rows);
	if (!format.rows) return NULL;
	golden = read_rows(&format, text, text + length);
	choose_column(&format);
	put_rows(&format);
	copy = format.at = arena_take(arena, format.length + (size_t)(text + length - golden) + 1);
	if (!copy) return NULL;
	put_rows(&format);
	put(&format, golden, (size_t)(text + length - golden));
	*formatted = format.length;
	return copy;
}
