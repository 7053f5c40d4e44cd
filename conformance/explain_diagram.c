/* explain_diagram.c -- draws messages between the columns; who speaks to whom follows from the actor of a line. */
#include "conformance/explain_diagram.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The columns' lines stand here; texts fill what lies between them. */
enum { AT_CALLER = 18, AT_IMPL = 54, AT_ORIGIN = 84, AT_CLOCK = 98 };

#define GAP_NS 1000000000   /* a shorter wait is no gap */
#define ROWS_MAX 128

struct drawing {
	unsigned count;
	char rows[ROWS_MAX][DIAGRAM_COLUMNS + 1];
	unsigned lines[ROWS_MAX];   /* the trace line that each row shows */
};

static void empty_row(char *row, const char *mark, int64_t at_ns)
{
	char head[40];
	memset(row, ' ', DIAGRAM_COLUMNS);
	row[AT_CALLER] = row[AT_IMPL] = row[AT_ORIGIN] = row[AT_CLOCK] = '|';
	int n = snprintf(head, sizeof head, "%-2s %6" PRId64 ".%06" PRId64 " ", mark, at_ns / 1000000000, at_ns % 1000000000 / 1000);
	memcpy(row, head, (size_t)(n < AT_CALLER ? n : AT_CALLER));
	row[AT_CLOCK + 1] = '\0';
}

/* Only ASCII, so that a byte is a column; what is too wide ends in `...`. */
static void put(char *row, int from, int to, const char *text)
{
	int width = to - from, length = (int)strlen(text);
	for (int i = 0; i < width && i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		row[from + i] = c >= ' ' && c < 127 ? (char)c : '?';
		if (length > width && i >= width - 3) row[from + i] = '.';
	}
}

static char *add_row(struct drawing *drawing, const struct trace_line *line, unsigned index, bool marked)
{
	if (drawing->count == ROWS_MAX) return NULL;
	char *row = drawing->rows[drawing->count];
	drawing->lines[drawing->count++] = index;
	empty_row(row, marked ? ">>" : "", line->at_ns);
	return row;
}

/* An arrow between two columns, its words upon it; rightwards when to > from. */
static void arrow(char *row, int from, int to, const char *text)
{
	int left = from < to ? from : to, right = from < to ? to : from;
	if (!row) return;
	memset(row + left + 1, '-', (size_t)(right - left - 1));
	if (from < to) row[right - 1] = '>';
	else row[left + 1] = '<';
	char words[400];
	snprintf(words, sizeof words, " %.390s", text);
	put(row, left + 3, right - 4, words);
	size_t length = strlen(words);
	if (left + 3 + (int)length < right - 4) row[left + 3 + (int)length] = ' ';
}

static const char *field(const struct trace_line *line, const char *key)
{
	const char *value = trace_get(line, key);
	return value ? value : "";
}

/* Every field but those that say little to a reader. */
static void tell_fields(const struct trace_line *line, char *text, size_t size)
{
	size_t used = strlen(text);
	for (unsigned i = 0; i < line->fields_count && used < size; i++) {
		if (!strcmp(line->fields[i].key, "hr")) continue;
		used += (size_t)snprintf(text + used, size - used, " %s=%s", line->fields[i].key, line->text + line->fields[i].at);
	}
}

static void draw_client(struct drawing *drawing, const struct trace_line *line, unsigned index, bool marked)
{
	char text[1500];
	if (strcmp(line->event, "probe")) {
		snprintf(text, sizeof text, "%s %s", line->event, line->object);
		tell_fields(line, text, sizeof text);
		arrow(add_row(drawing, line, index, marked), AT_CALLER, AT_IMPL, text);
		snprintf(text, sizeof text, "%s", *field(line, "hr") ? field(line, "hr") : "answered");
	} else {
		snprintf(text, sizeof text, "%s %s, error %s %s", line->object, field(line, "state"), field(line, "hr"), field(line, "context"));
	}
	arrow(add_row(drawing, line, index, marked), AT_IMPL, AT_CALLER, text);
}

static void draw_origin(struct drawing *drawing, const struct trace_line *line, unsigned index, bool marked)
{
	char text[1500];
	char *row = add_row(drawing, line, index, marked);
	if (!strcmp(line->event, "response")) {
		snprintf(text, sizeof text, "%s %s %s sent=%s", field(line, "status"), line->object, field(line, "ending"), field(line, "sent"));
		arrow(row, AT_ORIGIN, AT_IMPL, text);
		return;
	}
	if (!strcmp(line->event, "connect")) snprintf(text, sizeof text, "connect %s: %s", line->object, field(line, "answer"));
	else snprintf(text, sizeof text, "%s %s %s", field(line, "method"), line->object, field(line, "range"));
	arrow(row, AT_IMPL, AT_ORIGIN, text);
}

static void note(char *row, int from, int to, const char *text)
{
	if (row) put(row, from + 2, to - 1, text);
}

static void draw_note(struct drawing *drawing, const struct trace_line *line, unsigned index, bool marked)
{
	char text[1500];
	char *row = add_row(drawing, line, index, marked);
	if (line->actor == ACTOR_IMPL) {
		snprintf(text, sizeof text, "%s %s", line->object, line->event);
		if (line->to != STATE_NONE) snprintf(text, sizeof text, "%s: %s", line->event, machine_state_name(line->to));
		note(row, AT_IMPL, AT_ORIGIN, text);
		return;
	}
	snprintf(text, sizeof text, "%s %s %s", trace_actor_name(line->actor), line->event, line->object[0] == '-' ? "" : line->object);
	tell_fields(line, text, sizeof text);
	if (line->actor == ACTOR_PLAYER) note(row, AT_CALLER, AT_IMPL, text);
	else note(row, AT_IMPL, AT_ORIGIN, text);
}

static void draw_gap(struct drawing *drawing, const struct trace_line *before, const struct trace_line *line, unsigned index)
{
	char text[80];
	if (line->at_ns - before->at_ns < GAP_NS) return;
	snprintf(text, sizeof text, "... %" PRId64 " s ...", (line->at_ns - before->at_ns) / 1000000000);
	char *row = add_row(drawing, line, index, false);
	if (!row) return;
	memset(row, ' ', AT_CALLER);
	put(row, AT_ORIGIN + 1, AT_CLOCK, text);
}

static void draw_line(struct drawing *drawing, const struct trace_line *line, unsigned index, bool marked)
{
	char text[1500];
	switch (line->actor) {
	case ACTOR_CLIENT: draw_client(drawing, line, index, marked); break;
	case ACTOR_CB:
		snprintf(text, sizeof text, "%s %s", line->event, line->object);
		tell_fields(line, text, sizeof text);
		arrow(add_row(drawing, line, index, marked), AT_IMPL, AT_CALLER, text);
		break;
	case ACTOR_ORIGIN: draw_origin(drawing, line, index, marked); break;
	case ACTOR_IMPL:
	case ACTOR_WORLD:
	case ACTOR_PLAYER: draw_note(drawing, line, index, marked); break;
	case ACTOR_COUNT: UNREACHABLE("no line has this actor");
	}
}

static json_t *head(void)
{
	char row[DIAGRAM_COLUMNS + 1];
	memset(row, ' ', DIAGRAM_COLUMNS);
	row[DIAGRAM_COLUMNS] = '\0';
	put(row, 6, AT_CALLER - 1, "seconds");
	put(row, AT_CALLER - 2, AT_CALLER + 8, "caller");
	put(row, AT_IMPL - 7, AT_IMPL + 10, "implementation");
	put(row, AT_ORIGIN - 3, AT_ORIGIN + 8, "origin");
	put(row, AT_CLOCK - 5, DIAGRAM_COLUMNS, "clock");
	json_t *rows = json_array();
	json_array_append_new(rows, json_string(row));
	return rows;
}

json_t *diagram_draw(const struct trace_line *lines, unsigned count, unsigned at)
{
	struct drawing drawing = { .count = 0 };
	json_t *rows = head();
	unsigned first = at > DIAGRAM_BEFORE ? at - DIAGRAM_BEFORE : 0, before = 0, after = 0;
	if (!count) json_array_append_new(rows, json_string("   (the trace has no line)"));
	for (unsigned i = first; i < count && i <= at + DIAGRAM_AFTER; i++) {
		if (i > first) draw_gap(&drawing, &lines[i - 1], &lines[i], i);
		draw_line(&drawing, &lines[i], i, i == at);
	}
	for (unsigned i = 0; i < drawing.count; i++) before += drawing.lines[i] < at;
	for (unsigned i = 0; i < drawing.count; i++) {
		if (drawing.lines[i] < at && before-- > DIAGRAM_BEFORE) continue;
		if (drawing.lines[i] > at && after++ >= DIAGRAM_AFTER) break;
		json_array_append_new(rows, json_string(drawing.rows[i]));
	}
	return rows;
}
