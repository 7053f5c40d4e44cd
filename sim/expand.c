/* expand.c -- reads `let` and `matrix` lines, and writes the text of each row. */
#include "sim/expand_internal.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 31u
#define SUFFIX_MAX 200u

struct variable {
	struct part name;
	unsigned line;                 /* from where on it stands for its value */
	unsigned count;                /* of values: 1 of a `let` */
	struct part values[EXPAND_VALUES_MAX];
	bool used;
};

struct expanding {
	struct arena *arena;
	const char *file, *text;
	size_t length;
	struct scenario_failures *failures;
	unsigned lets_count, variables_count;
	struct variable lets[EXPAND_LETS_MAX], variables[EXPAND_VARIABLES_MAX];
	bool pairwise;
	unsigned matrix_line;          /* 0: none */
	bool golden;
	const struct block_text *from; /* whose text this is */
	unsigned room;                 /* for rows */
};

#define fail(expanding, line, start, at, ...) expand_fail((expanding)->failures, (expanding)->file, line, (unsigned)((at) - (start)) + 1, __VA_ARGS__)

/* --- let NAME = VALUE */

static bool is_taken(const struct expanding *expanding, const struct part *name)
{
	for (unsigned i = 0; i < expanding->lets_count; i++)
		if (expand_same(&expanding->lets[i].name, name)) return true;
	for (unsigned i = 0; i < expanding->variables_count; i++)
		if (expand_same(&expanding->variables[i].name, name)) return true;
	return false;
}

static bool read_name(struct expanding *expanding, unsigned line, const char *start, const char **at, const char *end, struct part *name)
{
	expand_skip(at, end);
	*name = expand_take_name(at, end);
	if (!name->length || name->length > NAME_MAX_BYTES)
		return fail(expanding, line, start, name->text, "expected a name of small letters, found %.*s", (int)(end - name->text), name->text);
	if (is_taken(expanding, name)) return fail(expanding, line, start, name->text, "expected each name once, found %.*s", (int)name->length, name->text);
	expand_skip(at, end);
	return true;
}

static bool read_let(struct expanding *expanding, unsigned line, const char *start, const char *at, const char *end)
{
	struct variable *let = &expanding->lets[expanding->lets_count];

	if (expanding->lets_count == EXPAND_LETS_MAX) return fail(expanding, line, start, at, "expected at most %u let lines", EXPAND_LETS_MAX);
	*let = (struct variable){ .line = line, .count = 1 };
	if (!read_name(expanding, line, start, &at, end, &let->name)) return false;
	if (at == end || *at != '=') return fail(expanding, line, start, at, "expected =, found %.*s", (int)(end - at), at == end ? "a line end" : at);
	at++;
	expand_skip(&at, end);
	if (at == end) return fail(expanding, line, start, at, "expected a value, found a line end");
	let->values[0] = (struct part){ at, (size_t)(end - at) };
	expanding->lets_count++;
	return true;
}

/* --- matrix NAME in {VALUE, VALUE} ... : pairwise */

static bool read_values(struct expanding *expanding, unsigned line, const char *start, const char **at, const char *end, struct variable *variable)
{
	if (*at == end || **at != '{') return fail(expanding, line, start, *at, "expected { VALUE, VALUE }");
	const char *close = memchr(*at, '}', (size_t)(end - *at));
	if (!close) return fail(expanding, line, start, end, "expected }, found a line end");
	for (++*at; *at <= close;) {
		expand_skip(at, close);
		const char *comma = *at < close ? memchr(*at, ',', (size_t)(close - *at)) : NULL, *stop = comma ? comma : close, *last = expand_end_of(*at, stop);
		if (last == *at) return fail(expanding, line, start, *at, "expected a value");
		if (variable->count == EXPAND_VALUES_MAX) return fail(expanding, line, start, *at, "expected at most %u values", EXPAND_VALUES_MAX);
		variable->values[variable->count++] = (struct part){ *at, (size_t)(last - *at) };
		*at = stop + 1;
	}
	return true;
}

static bool read_variable(struct expanding *expanding, unsigned line, const char *start, const char **at, const char *end)
{
	struct variable *variable = &expanding->variables[expanding->variables_count];
	struct part in;

	if (expanding->variables_count == EXPAND_VARIABLES_MAX) return fail(expanding, line, start, *at, "expected at most %u variables", EXPAND_VARIABLES_MAX);
	*variable = (struct variable){ .line = line };
	if (!read_name(expanding, line, start, at, end, &variable->name)) return false;
	in = expand_take_name(at, end);
	if (!expand_is(&in, "in")) return fail(expanding, line, start, in.text, "expected in {VALUE, VALUE}");
	expand_skip(at, end);
	if (!read_values(expanding, line, start, at, end, variable)) return false;
	expanding->variables_count++;
	expand_skip(at, end);
	return true;
}

static bool read_matrix(struct expanding *expanding, unsigned line, const char *start, const char *at, const char *end)
{
	struct part how;

	if (expanding->matrix_line) return fail(expanding, line, start, at, "expected one matrix (line %u), found another", expanding->matrix_line);
	do {
		if (!read_variable(expanding, line, start, &at, end)) return false;
	} while (at < end && *at != ':');
	expanding->matrix_line = line;
	if (at == end) return true;
	at++;
	expand_skip(&at, end);
	how = (struct part){ at, (size_t)(end - at) };
	expanding->pairwise = expand_is(&how, "pairwise");
	if (!expanding->pairwise && !expand_is(&how, "all")) return fail(expanding, line, start, at, "expected pairwise or all, found %.*s", (int)how.length, how.length ? how.text : "");
	return true;
}

/* --- the file */

/* Calls `see` with each line of the plot. */
static bool read_lines(struct expanding *expanding)
{
	bool plot = false, good = true;
	unsigned line = 0;

	for (const char *at = expanding->text, *end = at + expanding->length, *next; at < end && !expanding->golden; at = next) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *start = at;
		next = stop ? stop + 1 : end;
		const char *last = expand_end_of(at, stop ? stop : end);
		line++;
		expand_skip(&at, last);
		if (plot && expand_starts(at, last, "let")) good &= read_let(expanding, line, start, at + 3, last);
		else if (plot && expand_starts(at, last, "matrix")) good &= read_matrix(expanding, line, start, at + 6, last);
		expanding->golden = plot && last - at == 4 && !memcmp(at, "====", 4);
		plot |= last - at == 3 && !memcmp(at, "---", 3);
	}
	return good;
}

static struct variable *find_variable(struct expanding *expanding, const char *at, const char *end, unsigned line, bool *of_matrix, unsigned *index)
{
	struct part name = { at, 0 };

	name = expand_take_name(&at, end);
	for (unsigned i = 0; i < expanding->lets_count; i++)
		if (expand_same(&expanding->lets[i].name, &name) && line > expanding->lets[i].line) return *of_matrix = false, &expanding->lets[i];
	for (unsigned i = 0; i < expanding->variables_count; i++)
		if (expand_same(&expanding->variables[i].name, &name) && line > expanding->variables[i].line) return *of_matrix = true, *index = i, &expanding->variables[i];
	return NULL;
}

struct output {
	char *text;
	size_t used, size;
};

static void put(struct output *output, const char *text, size_t length)
{
	if (output->used + length < output->size) memcpy(output->text + output->used, text, length);
	output->used += length;
}

static void put_line(struct expanding *expanding, struct output *output, const char *at, const char *end, unsigned line, const unsigned *row)
{
	bool of_matrix;
	unsigned index = 0;

	while (at < end) {
		struct variable *variable = *at == '$' ? find_variable(expanding, at + 1, end, line, &of_matrix, &index) : NULL;
		if (!variable) {
			put(output, at++, 1);
			continue;
		}
		const struct part *value = &variable->values[of_matrix ? row[index] : 0];
		put(output, value->text, value->length);
		variable->used = true;
		at += 1 + variable->name.length;
	}
}

/* The whole text with the values of a row; `let` and `matrix` lines are empty. */
static size_t put_row(struct expanding *expanding, const unsigned *row, struct output *output)
{
	bool plot = false;
	unsigned line = 0;

	output->used = 0;
	for (const char *at = expanding->text, *end = at + expanding->length, *next; at < end; at = next) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *word = at;
		next = stop ? stop + 1 : end;
		stop = stop ? stop : end;
		line++;
		expand_skip(&word, stop);
		bool own = plot && (expand_starts(word, stop, "let") || expand_starts(word, stop, "matrix"));
		if (!own) put_line(expanding, output, at, stop, line, row);
		put(output, "\n", next > stop);
		plot |= expand_end_of(word, stop) - word == 3 && !memcmp(word, "---", 3);
	}
	return output->used;
}

/* Bytes that a file name may have. */
static void put_suffix(const struct expanding *expanding, const unsigned *row, char *suffix)
{
	size_t used = (size_t)snprintf(suffix, SUFFIX_MAX, "%s", expanding->from->suffix);

	for (unsigned v = 0; v < expanding->variables_count; v++) {
		const struct part *name = &expanding->variables[v].name, *value = &expanding->variables[v].values[row[v]];
		used += (size_t)snprintf(suffix + used, SUFFIX_MAX - used, "%s%.*s=", used ? "," : "@", (int)(name->length < 20 ? name->length : 20), name->text);
		for (size_t i = 0; i < value->length && i < 24 && used < SUFFIX_MAX - 64; i++)
			suffix[used++] = isalnum((unsigned char)value->text[i]) || value->text[i] == '.' ? value->text[i] : '-';
	}
	suffix[used] = '\0';
}

static bool add_row(struct expanding *expanding, struct expansion *expansion, const unsigned *row)
{
	char suffix[SUFFIX_MAX] = "";
	struct output output = { NULL, 0, 0 };
	struct expanded *expanded = &expansion->rows[expansion->count++];

	output.size = put_row(expanding, row, &output) + 1;
	output.text = arena_take(expanding->arena, output.size);
	if (!output.text) return false;
	expanded->length = put_row(expanding, row, &output);
	expanded->text = output.text;
	expanded->lines = expanding->from->lines;
	expanded->is_changed = true;
	put_suffix(expanding, row, suffix);
	expanded->suffix = arena_text(expanding->arena, suffix, strlen(suffix));
	return expanded->suffix;
}

/* Places for `count` rows more; an order adds as many as the one before. */
static bool has_room(struct expanding *expanding, struct expansion *expansion, unsigned count)
{
	struct expanded *rows;

	if (expansion->count + count <= expanding->room) return true;
	expanding->room = (expansion->count + count) * (expansion->count ? 2 : 1);
	rows = arena_take(expanding->arena, expanding->room * sizeof *rows);
	if (!rows) return false;
	if (expansion->count) memcpy(rows, expansion->rows, expansion->count * sizeof *rows);
	expansion->rows = rows;
	return true;
}

static unsigned all_rows(const struct expanding *expanding)
{
	unsigned all = 1;

	for (unsigned v = 0; v < expanding->variables_count; v++) all = all > EXPAND_ROWS_MAX * 1000 ? all : all * expanding->variables[v].count;
	return all;
}

/* Every combination, the last variable fastest. */
static unsigned combine(const struct expanding *expanding, unsigned (*rows)[EXPAND_VARIABLES_MAX])
{
	unsigned all = all_rows(expanding);

	for (unsigned r = 0; r < all && all <= EXPAND_ROWS_MAX; r++)
		for (unsigned v = expanding->variables_count, left = r; v-- > 0; left /= expanding->variables[v].count) rows[r][v] = left % expanding->variables[v].count;
	return all <= EXPAND_ROWS_MAX ? all : 0;
}

static enum status make_rows(struct expanding *expanding, struct expansion *expansion)
{
	unsigned counts[EXPAND_VARIABLES_MAX], (*rows)[EXPAND_VARIABLES_MAX] = arena_take(expanding->arena, EXPAND_ROWS_MAX * sizeof *rows), count = 1;

	if (!rows) return STATUS_NO_MEMORY;
	for (unsigned v = 0; v < expanding->variables_count; v++) counts[v] = expanding->variables[v].count;
	if (expanding->pairwise) count = expand_pairs(counts, expanding->variables_count, rows, EXPAND_ROWS_MAX);
	else if (expanding->variables_count) count = combine(expanding, rows);
	if (!count) {
		fail(expanding, expanding->matrix_line, "", "", "expected at most %u rows, found %u", EXPAND_ROWS_MAX, all_rows(expanding));
		return STATUS_BAD_INPUT;
	}
	if (expansion->count + count > EXPAND_ROWS_MAX) {
		fail(expanding, expanding->matrix_line, "", "", "expected at most %u rows with all orders, found more", EXPAND_ROWS_MAX);
		return STATUS_BAD_INPUT;
	}
	if (!has_room(expanding, expansion, count)) return STATUS_NO_MEMORY;
	expansion->all += all_rows(expanding);
	for (unsigned r = 0; r < count; r++)
		if (!add_row(expanding, expansion, rows[r])) return STATUS_NO_MEMORY;
	return STATUS_OK;
}

/* What stands for a value and is used nowhere is a mistake. */
static void check_used(struct expanding *expanding)
{
	for (unsigned i = 0; i < expanding->lets_count; i++)
		if (!expanding->lets[i].used) fail(expanding, expanding->lets[i].line, "", "", "expected $%.*s to be used below", (int)expanding->lets[i].name.length, expanding->lets[i].name.text);
	for (unsigned i = 0; i < expanding->variables_count; i++)
		if (!expanding->variables[i].used)
			fail(expanding, expanding->variables[i].line, "", "", "expected $%.*s to be used below", (int)expanding->variables[i].name.length, expanding->variables[i].name.text);
}

/* One row, which is the text as it is. */
static bool keep_text(struct expanding *expanding, struct expansion *expansion)
{
	const struct block_text *from = expanding->from;

	if (!has_room(expanding, expansion, 1)) return false;
	expansion->rows[expansion->count++] = (struct expanded){ .suffix = from->suffix, .text = from->text, .length = from->length, .lines = from->lines,
		.is_changed = from->lines != NULL };
	expansion->all++;
	return true;
}

/* Failures of a text whose lines stand elsewhere. */
static void place(const struct scenario_place *lines, struct scenario_failures *failures)
{
	for (unsigned i = 0; lines && i < failures->count; i++) {
		struct failure *failure = &failures->list[i];
		const struct scenario_place *line = &lines[failure->line ? failure->line - 1 : 0];
		failure->line = line->line;
		snprintf(failure->file, sizeof failure->file, "%s", line->file);
	}
}

/* `let` and `matrix` of one text. */
static enum status expand_text(struct expanding *expanding, struct expansion *expansion)
{
	struct scenario_failures *failures = expanding->failures;

	if (!read_lines(expanding)) return STATUS_BAD_INPUT;
	if (expanding->matrix_line && expanding->golden) fail(expanding, expanding->matrix_line, "", "", "expected no golden trace below a matrix");
	if (!expanding->lets_count && !expanding->matrix_line) {
		return keep_text(expanding, expansion) ? STATUS_OK : STATUS_NO_MEMORY;
	}
	enum status status = failures->count ? STATUS_BAD_INPUT : make_rows(expanding, expansion);
	if (!status) check_used(expanding);
	return failures->count ? STATUS_BAD_INPUT : status;
}

enum status expand_scenario(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read,
	struct expansion *expansion, struct scenario_failures *failures)
{
	struct expanding *expanding = arena_take(arena, sizeof *expanding);
	struct block_text whole = { .suffix = "", .text = text, .length = length };
	struct block_texts texts = { 1, &whole };
	enum status status = STATUS_OK;

	failures->count = 0;
	*expansion = (struct expansion){ 0 };
	if (!expanding) return STATUS_NO_MEMORY;
	if (length <= SCENARIO_SIZE_MAX) status = expand_blocks(arena, file, text, length, read, &texts, failures); /* else the parser refuses it */
	expanding->room = 0;
	for (unsigned i = 0; !status && i < texts.count; i++) {
		const struct block_text *from = &texts.texts[i];
		*expanding = (struct expanding){ .arena = arena, .file = file, .text = from->text, .length = from->length, .failures = failures, .from = from, .room = expanding->room };
		if (from->length > SCENARIO_SIZE_MAX) status = keep_text(expanding, expansion) ? STATUS_OK : STATUS_NO_MEMORY;
		else status = expand_text(expanding, expansion);
		place(from->lines, failures);
	}
	return status;
}

enum status expand_parse(struct arena *arena, const char *file, const struct expanded *row, struct scenario **scenario,
	struct scenario_failures *failures)
{
	char id[400];
	enum status status = scenario_parse(arena, file, row->text, row->length, scenario, failures);

	place(row->lines, failures);
	if (status || row->length == 0 || !row->is_changed) return status;
	snprintf(id, sizeof id, "%s%s", (*scenario)->id, row->suffix);
	(*scenario)->id = arena_text(arena, id, strlen(id));
	(*scenario)->row = row->text;
	(*scenario)->row_length = row->length;
	(*scenario)->places = row->lines;
	return (*scenario)->id ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status expand_parse_all(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read,
	struct scenario **scenario, struct scenario_failures *failures)
{
	struct expansion expansion;
	enum status status = expand_scenario(arena, file, text, length, read, &expansion, failures);

	*scenario = NULL;
	for (unsigned i = 0; !status && i < expansion.count; i++) status = expand_parse(arena, file, &expansion.rows[i], scenario, failures);
	return status;
}
