/* trace_parse.c -- a line of a trace from its text, and what is wrong with it. */
#include "model/trace_part.h"

#include <stdio.h>
#include <string.h>

/* The line that is read. */
struct in {
	const char *text;
	size_t length, at;
	struct failure *failure;
};

/* A word of it, up to a blank. Length 0: the line has ended. */
struct piece {
	size_t at, length;
};

#define FOUND_MAX 40

/* `expected EXPECTED, found WORD` at the piece. Bytes that would disturb the message are shown as `?`. */
static bool fail(const struct in *in, struct piece found, const char *expected)
{
	char word[FOUND_MAX + 4] = "the end of the line";
	size_t n = found.length < FOUND_MAX ? found.length : FOUND_MAX;

	for (size_t i = 0; i < n; i++) {
		char c = in->text[found.at + i];
		word[i] = (unsigned char)c < ' ' || c == 0x7f ? '?' : c;
	}
	if (n > 0) strcpy(word + n, found.length > n ? CUT : "");
	in->failure->col = (unsigned)found.at + 1;
	snprintf(in->failure->text, sizeof in->failure->text, "expected %s, found %s", expected, word);
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece next_piece(struct in *in)
{
	struct piece piece;

	while (in->at < in->length && is_blank(in->text[in->at])) in->at++;
	piece.at = in->at;
	while (in->at < in->length && !is_blank(in->text[in->at])) in->at++;
	piece.length = in->at - piece.at;
	return piece;
}

static bool piece_is(const struct in *in, struct piece piece, const char *word)
{
	return strlen(word) == piece.length && !memcmp(in->text + piece.at, word, piece.length);
}

/* The first byte of the piece that is not allowed; its length when all are. */
static size_t bad_byte(const struct in *in, struct piece piece, bool (*is_allowed)(char))
{
	size_t i = 0;

	while (i < piece.length && is_allowed(in->text[piece.at + i])) i++;
	return i;
}

static bool read_word(struct in *in, struct piece piece, const char *what, char word[TRACE_WORD_MAX])
{
	size_t bad = bad_byte(in, piece, is_word_byte);

	if (piece.length == 0) return fail(in, piece, what);
	if (bad < piece.length) return fail(in, (struct piece){ piece.at + bad, 1 }, "a byte of a word");
	if (piece.length >= TRACE_WORD_MAX) return fail(in, piece, "a word of at most 47 bytes");
	memcpy(word, in->text + piece.at, piece.length);
	word[piece.length] = '\0';
	return true;
}
_Static_assert(TRACE_WORD_MAX == 48, "the message of read_word says 47");

static bool read_time(struct in *in, int64_t *at_ns)
{
	static const char expected[] = "a time such as 0.000000000";
	struct piece piece = next_piece(in);
	const char *text = in->text + piece.at;
	size_t sign = piece.length > 0 && text[0] == '-', point = sign, decimals;
	uint64_t s, ns = 0;

	while (point < piece.length && text[point] != '.') point++;
	if (!trace_read_number(text + sign, point - sign, 10, INT64_MAX / NS_PER_S, &s)) return fail(in, piece, expected);
	if (point < piece.length) {
		decimals = piece.length - point - 1;
		if (decimals > 9 || !trace_read_number(text + point + 1, decimals, 10, NS_PER_S - 1, &ns)) {
			return fail(in, piece, expected);
		}
		for (; decimals < 9; decimals++) ns *= 10;
	}
	if (ns > (uint64_t)INT64_MAX - s * NS_PER_S) return fail(in, piece, expected);
	*at_ns = (int64_t)(s * NS_PER_S + ns);
	if (sign) *at_ns = -*at_ns;
	return true;
}

static bool read_actor(struct in *in, enum actor *actor)
{
	struct piece piece = next_piece(in);

	for (unsigned i = 0; i < ACTOR_COUNT; i++) {
		if (!piece_is(in, piece, trace_actor_name((enum actor)i))) continue;
		*actor = (enum actor)i;
		return true;
	}
	return fail(in, piece, "client, cb, impl, origin, world or player");
}

static bool read_state(struct in *in, struct piece piece, enum state *state)
{
	*state = piece.length > 0 ? machine_state_find(in->text + piece.at, piece.length) : STATE_NONE;
	return *state != STATE_NONE || piece_is(in, piece, "-") || fail(in, piece, "a state or -");
}

/* FROM > TO; the first word was read already. One of them may be `-`. */
static bool read_transition(struct in *in, struct piece from, struct trace_line *line)
{
	struct piece mark, to;

	if (!read_state(in, from, &line->from)) return fail(in, from, "FROM > TO, [row], key=value or @line");
	mark = next_piece(in);
	if (!piece_is(in, mark, ">")) return fail(in, mark, ">");
	to = next_piece(in);
	if (!read_state(in, to, &line->to)) return false;
	return line->from != STATE_NONE || line->to != STATE_NONE || fail(in, to, "a state");
}

static bool read_row(struct in *in, struct piece piece, struct trace_line *line)
{
	struct piece word = { piece.at + 1, piece.length - 2 };

	if (piece.length < 3 || in->text[piece.at + piece.length - 1] != ']') return fail(in, piece, "[row]");
	return read_word(in, word, "[row]", line->row);
}

static bool read_scenario_line(struct in *in, struct piece piece, struct trace_line *line)
{
	uint64_t number;
	struct piece rest;

	if (!trace_read_number(in->text + piece.at + 1, piece.length - 1, 10, UINT32_MAX, &number) || number == 0) {
		return fail(in, piece, "@line, a number from 1");
	}
	line->scenario_line = (unsigned)number;
	rest = next_piece(in);
	return rest.length == 0 || fail(in, rest, "the end of the line");
}

/* A value in double quotes, which start at in->at; in->at is behind them afterwards. */
static bool read_quoted(struct in *in, char value[TRACE_TEXT_MAX], size_t *length)
{
	struct piece whole = { in->at, 1 };
	size_t n = 0;

	for (in->at++; in->at < in->length && in->text[in->at] != '"'; in->at++) {
		char c = in->text[in->at];
		if (is_control(c)) return fail(in, (struct piece){ in->at, 1 }, "a byte of a text");
		if (c == '\\') {
			c = ++in->at < in->length ? in->text[in->at] : '\0';
			if (!is_escaped(c) && c != 'n') {
				return fail(in, (struct piece){ in->at - 1, 1 + (c != 0) }, "\\\", \\\\ or \\n");
			}
			if (c == 'n') c = '\n';
		}
		if (n == TRACE_TEXT_MAX - 1) return fail(in, whole, "a text that fits a line");
		value[n++] = c;
	}
	if (in->at == in->length) return fail(in, (struct piece){ in->at, 0 }, "a closing quote");
	in->at++;
	if (in->at < in->length && !is_blank(in->text[in->at])) {
		return fail(in, (struct piece){ in->at, 1 }, "a blank behind the closing quote");
	}
	*length = n;
	return true;
}

static bool read_bare(struct in *in, char value[TRACE_TEXT_MAX], size_t *length)
{
	struct piece piece = next_piece(in);
	size_t bad = bad_byte(in, piece, is_word_byte);

	if (bad < piece.length) return fail(in, (struct piece){ piece.at + bad, 1 }, "a value in quotes");
	if (piece.length >= TRACE_TEXT_MAX) return fail(in, piece, "a text that fits a line");
	memcpy(value, in->text + piece.at, piece.length);
	*length = piece.length;
	return true;
}

/* key=value. The piece ends at the first blank, which may stand inside quotes. */
static bool read_field(struct in *in, struct piece piece, size_t key_length, struct trace_line *line)
{
	struct piece value_at = { piece.at + key_length + 1, piece.length - key_length - 1 };
	size_t bad = bad_byte(in, (struct piece){ piece.at, key_length }, is_key_byte), length = 0, used;
	char key[sizeof line->fields[0].key], value[TRACE_TEXT_MAX];

	if (bad < key_length) return fail(in, (struct piece){ piece.at + bad, 1 }, "a byte of a key");
	if (key_length == 0 || key_length >= sizeof key) return fail(in, piece, "a key of 1 to 23 bytes");
	if (line->fields_count == TRACE_FIELDS_MAX) return fail(in, piece, "at most 24 fields");
	if (value_at.length == 0) return fail(in, value_at, "a value, \"\" when empty");
	in->at = value_at.at;
	if (in->text[value_at.at] == '"') {
		if (!read_quoted(in, value, &length)) return false;
	} else if (!read_bare(in, value, &length)) {
		return false;
	}
	used = trace_text_used(line) + 1;
	if (used > TRACE_TEXT_MAX || trace_fitting(value, length, TRACE_TEXT_MAX - used) < length) {
		return fail(in, value_at, "values that fit a line");
	}
	memcpy(key, in->text + piece.at, key_length);
	key[key_length] = '\0';
	trace_append(line, key, value, length, "");
	return true;
}
_Static_assert(sizeof ((struct trace_field *)0)->key == 24 && TRACE_FIELDS_MAX == 24, "read_field says 23 and 24");

/* What stands behind the event, in its order: a transition, a row, fields, the line. */
static bool read_tail(struct in *in, struct trace_line *line)
{
	struct piece piece = next_piece(in);
	char first = piece.length > 0 ? in->text[piece.at] : '\0';

	if (piece.length > 0 && first != '[' && first != '@' && !memchr(in->text + piece.at, '=', piece.length)) {
		if (!read_transition(in, piece, line)) return false;
		piece = next_piece(in);
	}
	if (piece.length > 0 && in->text[piece.at] == '[') {
		if (!read_row(in, piece, line)) return false;
		piece = next_piece(in);
	}
	for (; piece.length > 0 && in->text[piece.at] != '@'; piece = next_piece(in)) {
		const char *equals = memchr(in->text + piece.at, '=', piece.length);
		if (!equals) return fail(in, piece, "key=value or @line");
		if (!read_field(in, piece, (size_t)(equals - in->text) - piece.at, line)) return false;
	}
	return piece.length == 0 || read_scenario_line(in, piece, line);
}

enum status trace_parse(const char *text, size_t length, struct trace_line *line, bool *present,
	struct failure *failure)
{
	struct in in = { text, length, 0, failure };
	struct piece first;
	bool good;

	assert(line && present && failure);
	assert(text || length == 0);
	trace_line_init(line, 0, ACTOR_CLIENT, "-", "-");
	if (length > 0 && text[length - 1] == '\r') in.length--; /* a trace that was recorded on Windows */
	first = next_piece(&in);
	*present = first.length > 0 && text[first.at] != '#';
	if (!*present) return STATUS_OK;
	in.at = 0;
	good = read_time(&in, &line->at_ns) && read_actor(&in, &line->actor) &&
		read_word(&in, next_piece(&in), "an object or -", line->object) &&
		read_word(&in, next_piece(&in), "an event", line->event) && read_tail(&in, line);
	return good ? STATUS_OK : STATUS_BAD_INPUT;
}
