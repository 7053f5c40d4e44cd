/* scenario.c -- from the text of a scenario file to lines, and from lines to header, plot and golden trace. */
#include "sim/scenario_internal.h"

#include <string.h>

const struct scenario_arg *step_arg(const struct step *step, const char *key)
{
	for (unsigned i = 0; i < step->args_count; i++)
		if (*step->args[i].key == *key && !strcmp(step->args[i].key, key)) return &step->args[i];
	return NULL;
}

int64_t step_number(const struct step *step, const char *key, int64_t otherwise)
{
	const struct scenario_arg *arg = step_arg(step, key);

	return arg && arg->is_number && arg->number >= 0 ? arg->number : otherwise;
}

const struct scenario_arg *step_word(const struct step *step, unsigned n)
{
	for (unsigned i = 0; i < step->args_count; i++)
		if (step->args[i].key[0] == '\0' && n-- == 0) return &step->args[i];
	return NULL;
}

static unsigned column(const struct parser *parser, const char *at)
{
	return (unsigned)(at - parser->line_start) + 1;
}

/* Length of the UTF-8 character at text[left]; 0 when it is none. Overlong forms and surrogates are none. */
static size_t character_length(const unsigned char *text, size_t left)
{
	unsigned char c = text[0];
	size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;

	if (n == 0 || n > left) return 0;
	for (size_t i = 1; i < n; i++)
		if ((text[i] & 0xC0) != 0x80) return 0;
	if ((c == 0xE0 && text[1] < 0xA0) || (c == 0xED && text[1] > 0x9F)) return 0;
	if ((c == 0xF0 && text[1] < 0x90) || (c == 0xF4 && text[1] > 0x8F)) return 0;
	return n;
}

/* A CR is told once for the file, and only one at a line's end lets the line be read. */
static bool fail_cr(struct parser *parser, const char *at)
{
	bool last = at + 1 == parser->end;

	if (!parser->cr_seen) scenario_fail(parser, column(parser, at), "expected a line end LF, found CR");
	parser->cr_seen = true;
	if (last) parser->end--;
	return last;
}

/* Only text: no control characters but tabs, and UTF-8. */
static bool check_bytes(struct parser *parser)
{
	const char *at = parser->at;

	while (at < parser->end) {
		unsigned char c = (unsigned char)*at;
		size_t n = character_length((const unsigned char *)at, (size_t)(parser->end - at));
		if (c == '\r') return fail_cr(parser, at);
		if (n == 0) return scenario_fail(parser, column(parser, at), "expected UTF-8, found byte 0x%02X", c);
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return scenario_fail(parser, column(parser, at), "expected printable text, found byte 0x%02X", c);
		at += n;
	}
	return true;
}

/* Cuts the comment and the blanks at both ends. */
static void trim(struct parser *parser)
{
	bool quoted = false;
	const char *at = parser->at;

	for (; at < parser->end && (quoted || *at != '#'); at++) {
		if (*at == '"') quoted = !quoted;
		else if (quoted && *at == '\\' && at + 1 < parser->end) at++;
	}
	parser->end = at;
	while (parser->end > parser->at && (parser->end[-1] == ' ' || parser->end[-1] == '\t')) parser->end--;
	while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\t')) parser->at++;
}

/* The next line of the file, without its LF. False at the end. */
static bool next_line(struct parser *parser)
{
	const char *lf;

	if (parser->text == parser->text_end) return false;
	lf = memchr(parser->text, '\n', (size_t)(parser->text_end - parser->text));
	parser->line++;
	parser->line_start = parser->at = parser->text;
	parser->end = lf ? lf : parser->text_end;
	parser->text = lf ? lf + 1 : parser->text_end;
	return true;
}

/* Whether the line can be read at all. */
static bool check_line(struct parser *parser)
{
	if (parser->end - parser->at > SCENARIO_LINE_MAX) {
		parser->limit = true;
		return scenario_fail(parser, SCENARIO_LINE_MAX + 1, "expected at most %d bytes in a line, found %zu",
			SCENARIO_LINE_MAX, (size_t)(parser->end - parser->at));
	}
	return check_bytes(parser);
}

static bool is_full(const struct parser *parser)
{
	return parser->no_memory || parser->failures->count == SCENARIO_FAILURES_MAX;
}

static bool line_is(const struct parser *parser, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(parser->end - parser->at) == length && !memcmp(parser->at, text, length);
}

/* Whether the line is `mark`; other programs look for it as a whole line, so nothing may stand beside it. */
static bool is_mark_line(struct parser *parser, const char *mark, size_t length)
{
	if (!line_is(parser, mark)) return false;
	if (length != strlen(mark))
		scenario_fail(parser, 1, "expected `%s` alone in its line, found blanks or a comment beside it", mark);
	return true;
}

/* Up to and with the line `mark`. False when the file ends before. */
static bool read_lines(struct parser *parser, const char *mark, bool (*read)(struct parser *parser))
{
	while (!is_full(parser) && next_line(parser)) {
		if (!check_line(parser)) {
			parser->unsure = true;
			continue;
		}
		size_t length = (size_t)(parser->end - parser->at);
		trim(parser);
		if (is_mark_line(parser, mark, length)) return true;
		if (parser->at < parser->end) read(parser);
	}
	return false;
}

/* The place behind the last byte. */
static void fail_at_end(struct parser *parser, const char *expected)
{
	if (is_full(parser)) return;
	if (parser->line == 0) parser->line = 1;
	scenario_fail(parser, parser->line_start ? column(parser, parser->end) : 1, "expected %s, found the end of the file",
		expected);
}

/* Lines of the plot are at least as many as its steps. */
static bool take_steps(struct parser *parser)
{
	struct parser counter = *parser;
	unsigned lines = 0;

	while (lines < SCENARIO_STEPS_MAX && next_line(&counter)) {
		trim(&counter);
		if (line_is(&counter, "====")) break;
		if (counter.at < counter.end) lines++;
	}
	parser->steps_max = lines;
	parser->scenario->steps = scenario_fail_take(parser, (lines ? lines : 1) * sizeof *parser->scenario->steps);
	return parser->scenario->steps != NULL;
}

static void read_golden(struct parser *parser)
{
	const char *golden = parser->text;
	unsigned line = parser->line + 1;

	while (!is_full(parser) && next_line(parser)) check_line(parser);
	if (is_full(parser)) return;
	parser->scenario->golden = scenario_fail_text(parser, golden, (size_t)(parser->text_end - golden));
	parser->scenario->golden_line = line;
}

static bool read_plot(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	bool golden;

	if (!take_steps(parser)) return false;
	golden = read_lines(parser, "====", scenario_step_line);
	if (scenario->steps_count == 0 && !parser->unsure) {
		if (!golden) fail_at_end(parser, "a step");
		else scenario_fail(parser, 1, "expected a step, found `====`");
	}
	if (golden) read_golden(parser);
	return true;
}

/* Editors hide it; the first key would be unknown, and nobody would see why. */
static void skip_byte_order_mark(struct parser *parser)
{
	if (parser->text_end - parser->text < 3 || memcmp(parser->text, "\xEF\xBB\xBF", 3)) return;
	parser->line = 1;
	scenario_fail(parser, 1, "expected a header, found a byte order mark");
	parser->line = 0;
	parser->text += 3;
}

static void read_file(struct parser *parser)
{
	skip_byte_order_mark(parser);
	bool plot = read_lines(parser, "---", scenario_header_line);

	if (!plot) {
		fail_at_end(parser, "`---`");
		return;
	}
	scenario_header_end(parser);
	read_plot(parser);
}

static struct parser *new_parser(struct arena *arena, const char *file, const char *text, size_t length,
	struct scenario_failures *failures)
{
	struct parser *parser = arena_take(arena, sizeof *parser);

	if (!parser) return NULL;
	*parser = (struct parser){
		.arena = arena, .file = file, .failures = failures, .text = text, .text_end = text + length,
		.hosts_count = 1, .hosts = { "origin" } };
	parser->scenario = scenario_fail_take(parser, sizeof *parser->scenario);
	if (!parser->scenario) return NULL;
	parser->scenario->file = scenario_fail_text(parser, file, strlen(file));
	parser->scenario->probe = true;
	return parser;
}

enum status scenario_parse(struct arena *arena, const char *file, const char *text, size_t length,
	struct scenario **scenario, struct scenario_failures *failures)
{
	struct parser *parser;

	assert(arena && file && scenario && failures);
	assert(text || length == 0);
	*scenario = NULL;
	failures->count = 0;
	parser = new_parser(arena, file, text ? text : "", length, failures);
	if (!parser) return STATUS_NO_MEMORY;
	if (length > SCENARIO_SIZE_MAX) {
		scenario_fail(parser, 0, "expected a file of at most %u bytes, found %zu", SCENARIO_SIZE_MAX, length);
		return STATUS_LIMIT;
	}
	read_file(parser);
	if (parser->no_memory) return STATUS_NO_MEMORY;
	if (parser->limit) return STATUS_LIMIT;
	if (failures->count) return STATUS_BAD_INPUT;
	*scenario = parser->scenario;
	return STATUS_OK;
}
