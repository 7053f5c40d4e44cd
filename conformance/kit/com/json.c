/* json.c -- a strict recursive parser over one line, and a writer into a fixed buffer. */
#include "json.h"

#include <stdio.h>
#include <string.h>

struct parser {
	char *line;
	size_t at, length;
	struct json_tree *tree;
};

static bool refuse(struct parser *parser, const char *why)
{
	if (!parser->tree->why) {
		parser->tree->why = why;
		parser->tree->at = parser->at;
	}
	return false;
}

/* The byte at the reading point; 0 at the end, where the line holds its NUL. */
static unsigned char peek(const struct parser *parser)
{
	return (unsigned char)parser->line[parser->at];
}

static void skip_blanks(struct parser *parser)
{
	while (peek(parser) == ' ' || peek(parser) == '\t' || peek(parser) == '\r' || peek(parser) == '\n')
		parser->at++;
}

static bool accept(struct parser *parser, char wanted)
{
	skip_blanks(parser);
	if (parser->at >= parser->length || parser->line[parser->at] != wanted)
		return false;
	parser->at++;
	return true;
}

static int hex_digit(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* Reads four hexadecimal digits behind \u. */
static bool read_unit(struct parser *parser, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(peek(parser));
		if (digit < 0)
			return refuse(parser, "expected four hexadecimal digits");
		*unit = *unit * 16 + (uint32_t)digit;
		parser->at++;
	}
	return true;
}

/* Reads what stands behind \u: one unit, or a pair of surrogates that belong together. */
static bool read_code_point(struct parser *parser, uint32_t *code)
{
	uint32_t low;
	if (!read_unit(parser, code))
		return false;
	if (*code == 0)
		return refuse(parser, "a text must not hold NUL");
	if (*code < 0xD800 || *code > 0xDFFF)
		return true;
	if (*code > 0xDBFF || peek(parser) != '\\' || parser->line[parser->at + 1] != 'u')
		return refuse(parser, "a surrogate stands alone");
	parser->at += 2;
	if (!read_unit(parser, &low))
		return false;
	if (low < 0xDC00 || low > 0xDFFF)
		return refuse(parser, "a surrogate stands alone");
	*code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
	return true;
}

/* Writes a code point as UTF-8. It is never longer than the escape that it came from. */
static char *put_code_point(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	if (code < 0x800) {
		*to++ = (char)(0xC0 | (code >> 6));
	} else {
		if (code < 0x10000) {
			*to++ = (char)(0xE0 | (code >> 12));
		} else {
			*to++ = (char)(0xF0 | (code >> 18));
			*to++ = (char)(0x80 | ((code >> 12) & 0x3F));
		}
		*to++ = (char)(0x80 | ((code >> 6) & 0x3F));
	}
	*to++ = (char)(0x80 | (code & 0x3F));
	return to;
}

static bool read_escape(struct parser *parser, char **to)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	unsigned char name = peek(parser);
	const char *found = name ? strchr(names, name) : NULL;
	uint32_t code;
	if (found) {
		parser->at++;
		*(*to)++ = values[found - names];
		return true;
	}
	if (name != 'u')
		return refuse(parser, "unknown escape");
	parser->at++;
	if (!read_code_point(parser, &code))
		return false;
	*to = put_code_point(*to, code);
	return true;
}

/* Length of the well-formed UTF-8 sequence at the reading point; 0 when it is not one. */
static size_t sequence_length(const struct parser *parser)
{
	const unsigned char *byte = (const unsigned char *)parser->line + parser->at;
	size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xC2 ? 0 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : byte[0] < 0xF5 ? 4 : 0;
	for (size_t i = 1; i < length; i++)
		if ((byte[i] & 0xC0) != 0x80)
			return 0;
	if ((byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xED && byte[1] > 0x9F) || (byte[0] == 0xF0 && byte[1] < 0x90) ||
	    (byte[0] == 0xF4 && byte[1] > 0x8F))
		return 0;
	return length;
}

/* Reads a text behind its opening quote, decoding it over itself. */
static const char *read_text(struct parser *parser)
{
	char *start = parser->line + parser->at, *to = start;
	for (;;) {
		unsigned char byte = peek(parser);
		size_t length;
		if (byte == '"') {
			parser->at++;
			*to = 0;
			return start;
		}
		if (byte == '\\') {
			parser->at++;
			if (!read_escape(parser, &to))
				return NULL;
			continue;
		}
		length = byte < 0x20 ? 0 : sequence_length(parser);
		if (length == 0) {
			refuse(parser, byte < 0x20 ? "a text must not hold control characters, and must end" : "not UTF-8");
			return NULL;
		}
		memmove(to, parser->line + parser->at, length);
		to += length;
		parser->at += length;
	}
}

static bool read_number(struct parser *parser, struct json *node)
{
	bool negative = peek(parser) == '-';
	size_t start;
	uint64_t value = 0;
	if (negative)
		parser->at++;
	start = parser->at;
	for (; peek(parser) >= '0' && peek(parser) <= '9'; parser->at++) {
		uint64_t digit = (uint64_t)(peek(parser) - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return refuse(parser, "the number is too large");
		value = value * 10 + digit;
	}
	if (parser->at == start)
		return refuse(parser, "expected a value");
	if (parser->line[start] == '0' && parser->at > start + 1)
		return refuse(parser, "a number must not begin with 0");
	if (peek(parser) == '.' || peek(parser) == 'e' || peek(parser) == 'E')
		return refuse(parser, "expected an integer");
	if (negative && value > (uint64_t)INT64_MAX + 1)
		return refuse(parser, "the number is too small");
	node->kind = JSON_NUMBER;
	node->number = (int64_t)(negative ? 0 - value : value);
	return true;
}

static bool read_word(struct parser *parser, struct json *node)
{
	static const struct { const char *word; enum json_kind kind; } words[] = {
		{"null", JSON_NULL}, {"true", JSON_TRUE}, {"false", JSON_FALSE}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t length = strlen(words[i].word);
		if (strncmp(parser->line + parser->at, words[i].word, length) == 0) {
			parser->at += length;
			node->kind = words[i].kind;
			return true;
		}
	}
	return refuse(parser, "expected a value");
}

static struct json *read_value(struct parser *parser, unsigned depth);

/* Reads the key of a member and its colon. */
static const char *read_key(struct parser *parser, const struct json *object)
{
	const char *key;
	if (!accept(parser, '"')) {
		refuse(parser, "expected a key");
		return NULL;
	}
	key = read_text(parser);
	if (!key)
		return NULL;
	if (json_find(object, key)) {
		refuse(parser, "a key stands twice");
		return NULL;
	}
	if (!accept(parser, ':')) {
		refuse(parser, "expected :");
		return NULL;
	}
	return key;
}

/* Reads the elements of an array or object behind its opening bracket. */
static bool read_elements(struct parser *parser, struct json *node, char close, unsigned depth)
{
	struct json *last = NULL;
	if (accept(parser, close))
		return true;
	do {
		const char *key = NULL;
		struct json *element;
		if (node->kind == JSON_OBJECT) {
			key = read_key(parser, node);
			if (!key)
				return false;
		}
		element = read_value(parser, depth + 1);
		if (!element)
			return false;
		element->key = key;
		if (last)
			last->next = element;
		else
			node->child = element;
		last = element;
	} while (accept(parser, ','));
	return accept(parser, close) || refuse(parser, "expected , or the closing bracket");
}

static bool fill_value(struct parser *parser, struct json *node, unsigned depth)
{
	if (accept(parser, '"')) {
		node->kind = JSON_TEXT;
		node->text = read_text(parser);
		return node->text != NULL;
	}
	if (accept(parser, '{')) {
		node->kind = JSON_OBJECT;
		return read_elements(parser, node, '}', depth);
	}
	if (accept(parser, '[')) {
		node->kind = JSON_ARRAY;
		return read_elements(parser, node, ']', depth);
	}
	if (peek(parser) == '-' || (peek(parser) >= '0' && peek(parser) <= '9'))
		return read_number(parser, node);
	return read_word(parser, node);
}

static struct json *read_value(struct parser *parser, unsigned depth)
{
	struct json *node;
	if (depth >= JSON_DEPTH_MAX || parser->tree->count >= JSON_NODES_MAX) {
		refuse(parser, depth >= JSON_DEPTH_MAX ? "nested too deep" : "too many values");
		return NULL;
	}
	node = &parser->tree->node[parser->tree->count++];
	memset(node, 0, sizeof *node);
	return fill_value(parser, node, depth) ? node : NULL;
}

const struct json *json_parse(char *line, size_t length, struct json_tree *tree)
{
	struct parser parser = {line, 0, length, tree};
	const struct json *root;
	tree->count = 0;
	tree->why = NULL;
	tree->at = 0;
	root = read_value(&parser, 0);
	skip_blanks(&parser);
	if (root && parser.at != length)
		refuse(&parser, "expected the end of the line");
	return tree->why ? NULL : root;
}

const struct json *json_find(const struct json *object, const char *key)
{
	if (!object || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json *member = object->child; member; member = member->next)
		if (strcmp(member->key, key) == 0)
			return member;
	return NULL;
}

void json_out_init(struct json_out *out, char *text, size_t size)
{
	out->text = text;
	out->size = size;
	out->length = 0;
	out->full = false;
	text[0] = 0;
}

static void append(struct json_out *out, const char *text, size_t length)
{
	if (out->full || length >= out->size - out->length) {
		out->full = true;
		return;
	}
	memcpy(out->text + out->length, text, length);
	out->length += length;
	out->text[out->length] = 0;
}

void json_out_raw(struct json_out *out, const char *text)
{
	append(out, text, strlen(text));
}

void json_out_number(struct json_out *out, int64_t number)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%lld", (long long)number);
	json_out_raw(out, digits);
}

void json_out_text(struct json_out *out, const char *text)
{
	if (!text) {
		json_out_raw(out, "null");
		return;
	}
	json_out_raw(out, "\"");
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		char escape[8];
		if (byte >= 0x20 && byte != '"' && byte != '\\') {
			append(out, text, 1);
			continue;
		}
		snprintf(escape, sizeof escape, byte < 0x20 ? "\\u%04x" : "\\%c", byte);
		json_out_raw(out, escape);
	}
	json_out_raw(out, "\"");
}
