/* trace.c -- one line of a trace: struct and text, in the caller's memory. */
#include "model/trace_part.h"

#include <stdio.h>
#include <string.h>


/* A line of nothing but maxima must fit: trace_print has no way to fail. A field adds a blank, its key, `=` and two
 * quotes; the NUL of the key and that of the value (which counts as text) are not printed. */
#define PRINTED_FIXED_MAX 224u
_Static_assert(PRINTED_FIXED_MAX + TRACE_FIELDS_MAX * (sizeof ((struct trace_field *)0)->key + 2) + TRACE_TEXT_MAX <=
	TRACE_LINE_MAX, "a printed line fits TRACE_LINE_MAX");

static const char *const actor_names[ACTOR_COUNT] = { "client", "cb", "impl", "origin", "world", "player" };

const char *trace_actor_name(enum actor actor)
{
	return (unsigned)actor < ACTOR_COUNT ? actor_names[actor] : NULL;
}

#define W BYTE_WORD
#define K (BYTE_WORD | BYTE_KEY)
#define C BYTE_CONTROL
#define E BYTE_ESCAPED
const uint8_t trace_bytes[256] = {
	C, C, C, C, C, C, C, C, C, 0, C | E, C, C, C, C, C,  C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	0, W, E, W, W, W, W, W, W, W, W, W, W, K, K, W,  K, K, K, K, K, K, K, K, K, K, W, W, W, W, W, W,   /* !"#$%&'()*+,-./ 0-9 :;<=>? */
	W, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,  K, K, K, K, K, K, K, K, K, K, K, W, E, W, W, K,   /* @A-O P-Z [\]^_ */
	W, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,  K, K, K, K, K, K, K, K, K, K, K, W, W, W, W, C,   /* `a-o p-z {|}~ DEL */
	W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
	W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
	W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
	W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
};
#undef W
#undef K
#undef C
#undef E

/* Copies a word for the fixed places of a line. Whatever it was, it can be read again. */
static inline void copy_word(char *to, size_t size, const char *word, unsigned allowed)
{
	size_t n = 0;

	for (; word[n] && n < size - 1; n++) to[n] = trace_bytes[(unsigned char)word[n]] & allowed ? word[n] : '_';
	if (n == 0) to[n++] = '-';
	to[n] = '\0';
}

void trace_line_init(struct trace_line *line, int64_t at_ns, enum actor actor, const char *object, const char *event)
{
	assert(line && object && event);
	assert((unsigned)actor < ACTOR_COUNT);
	memset(line, 0, offsetof(struct trace_line, fields));
	line->text_length = line->escaped = 0;
	line->text[0] = '\0';
	line->at_ns = at_ns;
	line->actor = actor;
	line->from = line->to = STATE_NONE;
	copy_word(line->object, sizeof line->object, object, BYTE_WORD);
	copy_word(line->event, sizeof line->event, event, BYTE_WORD);
}

/* How many bytes of value[length] fit into `left` printed bytes. */
size_t trace_fitting(const char *value, size_t length, size_t left)
{
	size_t n = 0;

	while (n < length) {
		size_t cost = is_escaped(value[n]) ? 2 : 1;
		if (cost > left) break;
		left -= cost;
		n++;
	}
	return n;
}

/* Appends a field whose value was seen to fit. */
void trace_append(struct trace_line *line, const char *key, const char *value, size_t length, const char *tail)
{
	struct trace_field *field = &line->fields[line->fields_count++];
	char *to = line->text + line->text_length;
	size_t tail_length = strlen(tail);

	assert(line->text_length + length + tail_length < sizeof line->text);
	memset(field->key, 0, TRACE_KEY_WORD);   /* trace_get compares so many at once */
	copy_word(field->key, sizeof field->key, key, BYTE_KEY);
	field->at = line->text_length;
	unsigned bytes = 0;
	for (size_t i = 0; i < length; i++) bytes |= trace_bytes[(unsigned char)value[i]];
	memcpy(to, value, length);
	for (size_t i = 0; bytes & (BYTE_CONTROL | BYTE_ESCAPED) && i < length; i++) {
		to[i] = is_control(value[i]) && value[i] != '\n' ? '?' : value[i];
		line->escaped = (uint16_t)(line->escaped + is_escaped(value[i]));
	}
	memcpy(to + length, tail, tail_length + 1);
	line->text_length = (uint16_t)(line->text_length + length + tail_length + 1);
}

void trace_add(struct trace_line *line, const char *key, const char *value)
{
	size_t left, length, n;

	assert(line && key && value);
	assert(line->fields_count <= TRACE_FIELDS_MAX && line->text_length <= TRACE_TEXT_MAX);
	if (line->fields_count == TRACE_FIELDS_MAX) return;
	left = TRACE_TEXT_MAX - trace_text_used(line);
	if (left < sizeof CUT) return;
	left--; /* the NUL */
	length = strlen(value);
	/* A byte takes two at most: most values need not be looked through for whether they fit. */
	n = 2 * length <= left ? length : trace_fitting(value, length, left);
	if (n == length) {
		trace_append(line, key, value, length, "");
		return;
	}
	n = trace_fitting(value, length, left - strlen(CUT));
	while (n > 0 && ((unsigned char)value[n] & 0xC0) == 0x80) n--; /* never half a UTF-8 character */
	trace_append(line, key, value, n, CUT);
}

/* Digits are made from behind: a line has many numbers, and printf is slow. */
static void add_number(struct trace_line *line, const char *key, uint64_t value, bool negative)
{
	char text[24], *at = text + sizeof text - 1;

	*at = '\0';
	do *--at = (char)('0' + value % 10);
	while (value /= 10);
	if (negative) *--at = '-';
	trace_add(line, key, at);
}

void trace_add_int(struct trace_line *line, const char *key, int64_t value)
{
	add_number(line, key, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

void trace_add_unsigned(struct trace_line *line, const char *key, uint64_t value)
{
	add_number(line, key, value, false);
}

void trace_add_hex(struct trace_line *line, const char *key, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof text, "0x%08lX", (unsigned long)value);
	trace_add(line, key, text);
}

size_t trace_line_size(const struct trace_line *line)
{
	return offsetof(struct trace_line, text) + line->text_length + 1;
}

void trace_line_copy(void *to, const struct trace_line *line)
{
	struct trace_line *copy = to;

	memcpy(copy, line, offsetof(struct trace_line, fields) + line->fields_count * sizeof line->fields[0]);
	copy->text_length = line->text_length;
	copy->escaped = line->escaped;
	memcpy(copy->text, line->text, line->text_length);
	((char *)to)[offsetof(struct trace_line, text) + line->text_length] = '\0';
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

/* Digits of text[length], all of them. False for none, for others, and above `max`. */
bool trace_read_number(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *number)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < length; i++) {
		int digit = digit_value(text[i]);
		if (digit < 0 || (unsigned)digit >= base || sum > (max - (unsigned)digit) / base) return false;
		sum = sum * base + (unsigned)digit;
	}
	*number = sum;
	return length > 0;
}

int64_t trace_number(const char *text, int64_t otherwise)
{
	const char *at = text;
	bool negative = text[0] == '-';
	uint64_t number = 0;

	while (*at >= '0' && *at <= '9' && at - text < 18) number = number * 10 + (uint64_t)(*at++ - '0');   /* what nearly all are */
	if (at > text && !*at) return (int64_t)number;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return trace_read_number(text + 2, strlen(text + 2), 16, INT64_MAX, &number) ? (int64_t)number : otherwise;
	if (!trace_read_number(text + negative, strlen(text + negative), 10, INT64_MAX, &number)) return otherwise;
	return negative ? -(int64_t)number : (int64_t)number;
}

/* Where the printed line is written to. */
struct out {
	char *at, *end;
};

static void put(struct out *out, const char *text)
{
	size_t length = strlen(text);

	assert(length < (size_t)(out->end - out->at));
	memcpy(out->at, text, length + 1);
	out->at += length;
}

static void put_byte(struct out *out, char c)
{
	assert(out->end - out->at > 1);
	*out->at++ = c;
	*out->at = '\0';
}

static void put_value(struct out *out, const char *value)
{
	bool bare = value[0] != '\0';

	for (const char *c = value; *c; c++) bare = bare && is_word_byte(*c);
	if (bare) {
		put(out, value);
		return;
	}
	put_byte(out, '"');
	for (const char *c = value; *c; c++) {
		if (is_escaped(*c)) put_byte(out, '\\');
		put_byte(out, *c == '\n' ? 'n' : *c);
	}
	put_byte(out, '"');
}

static const char *state_text(enum state state)
{
	const char *name = state == STATE_NONE ? NULL : machine_state_name(state);

	return name ? name : "-";
}

/* The part with fixed columns; nothing behind it leaves no blanks. */
static void put_head(struct out *out, const struct trace_line *line)
{
	uint64_t ns = line->at_ns < 0 ? 0 - (uint64_t)line->at_ns : (uint64_t)line->at_ns;
	char text[4 * TRACE_WORD_MAX];
	bool more = line->from != STATE_NONE || line->to != STATE_NONE || line->row[0] || line->fields_count > 0 ||
		line->scenario_line > 0;

	snprintf(text, sizeof text, "%s%llu.%09llu %-6s %-8s ", line->at_ns < 0 ? "-" : "",
		(unsigned long long)(ns / NS_PER_S), (unsigned long long)(ns % NS_PER_S), actor_names[line->actor],
		line->object);
	put(out, text);
	snprintf(text, sizeof text, more ? "%-16s" : "%s", line->event);
	put(out, text);
}

size_t trace_print(const struct trace_line *line, char *text, size_t size)
{
	struct out out = { text, text + size };
	char number[24];

	assert(line && text);
	assert(size >= TRACE_LINE_MAX);
	put_head(&out, line);
	if (line->from != STATE_NONE || line->to != STATE_NONE) {
		put_byte(&out, ' ');
		put(&out, state_text(line->from));
		put(&out, " > ");
		put(&out, state_text(line->to));
	}
	if (line->row[0]) {
		put(&out, " [");
		put(&out, line->row);
		put(&out, "]");
	}
	for (unsigned i = 0; i < line->fields_count; i++) {
		put_byte(&out, ' ');
		put(&out, line->fields[i].key);
		put_byte(&out, '=');
		put_value(&out, line->text + line->fields[i].at);
	}
	if (line->scenario_line > 0) {
		snprintf(number, sizeof number, " @%u", line->scenario_line);
		put(&out, number);
	}
	put_byte(&out, '\n');
	return (size_t)(out.at - text);
}
