/* scenario_word.c -- the lexer: words, quoted texts and marks of one line. */
#include "sim/scenario_internal.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_mark(char c)
{
	return c != '\0' && strchr("{}[],=~", c);
}

static void skip_blanks(struct parser *parser)
{
	while (parser->at < parser->end && is_blank(*parser->at)) parser->at++;
}

static struct word make_word(const struct parser *parser, enum token token, const char *from, const char *to)
{
	return (struct word){
		.token = token, .text = from, .length = (size_t)(to - from),
		.col = (unsigned)(from - parser->line_start) + 1 };
}

/* Text between quotes with its escapes replaced; `word` is what stands there. */
static bool replace_escapes(struct parser *parser, struct word *word)
{
	char *copy;
	size_t length = 0;

	if (!memchr(word->text, '\\', word->length)) return true;
	copy = scenario_fail_take(parser, word->length);
	if (!copy) return false;
	for (size_t i = 0; i < word->length; i++) {
		char c = word->text[i];
		if (c == '\\') {
			size_t to = i + 2;
			while (to < word->length && ((unsigned char)word->text[to] & 0xC0) == 0x80) to++;
			struct word found = scenario_word_part(word, i, to);
			c = word->text[++i];
			if (c != '"' && c != '\\' && c != 'n')
				return scenario_fail_found(parser, &found, "\\\", \\\\ or \\n");
			if (c == 'n') c = '\n';
		}
		copy[length++] = c;
	}
	word->text = copy;
	word->length = length;
	return true;
}

/* At a quote. */
static bool read_quoted(struct parser *parser, struct word *word)
{
	const char *open = parser->at, *from = open + 1, *at = from;

	while (at < parser->end && *at != '"') at += *at == '\\' ? 2 : 1;
	if (at >= parser->end)
		return scenario_fail(parser, (unsigned)(open - parser->line_start) + 1,
			"expected a closing quote, found a line end");
	parser->at = at + 1;
	*word = make_word(parser, TOKEN_QUOTED, from, at);
	word->col--;
	return replace_escapes(parser, word);
}

/* A word must be followed by a blank, the line's end, or (in wants) by a mark. */
static bool check_behind(struct parser *parser, bool marks)
{
	struct word found;

	if (parser->at == parser->end || is_blank(*parser->at) || (marks && is_mark(*parser->at))) return true;
	if (marks && *parser->at == '!') return true;
	found = make_word(parser, TOKEN_PLAIN, parser->at, parser->at + 1);
	return scenario_fail_found(parser, &found, "a blank");
}

/* Up to a blank; stops at `stop` too. */
static void read_plain(struct parser *parser, struct word *word, char stop)
{
	const char *from = parser->at;

	while (parser->at < parser->end && !is_blank(*parser->at) && *parser->at != '"' && *parser->at != stop)
		parser->at++;
	*word = make_word(parser, TOKEN_PLAIN, from, parser->at);
}

bool scenario_word_next(struct parser *parser, struct word *word)
{
	skip_blanks(parser);
	*word = make_word(parser, TOKEN_END, parser->at, parser->at);
	if (parser->at == parser->end) return true;
	if (*parser->at == '"') {
		if (!read_quoted(parser, word)) return false;
	} else {
		read_plain(parser, word, ' ');
	}
	return check_behind(parser, false);
}

bool scenario_word_pair(struct parser *parser, struct word *key, struct word *value)
{
	struct word found;

	skip_blanks(parser);
	*key = *value = make_word(parser, TOKEN_END, parser->at, parser->at);
	if (parser->at == parser->end || *parser->at == '"') return scenario_word_next(parser, value);
	read_plain(parser, value, '=');
	if (parser->at == parser->end || *parser->at != '=') return check_behind(parser, false);
	if (value->length == 0) {
		found = make_word(parser, TOKEN_PLAIN, parser->at, parser->at + 1);
		return scenario_fail_found(parser, &found, "key=value");
	}
	*key = *value;
	parser->at++;
	if (parser->at == parser->end || is_blank(*parser->at)) {
		found = scenario_word_rest(parser);
		return scenario_fail_found(parser, &found, "a value directly behind %.*s=", (int)key->length, key->text);
	}
	return scenario_word_next(parser, value);
}

static void read_unquoted_token(struct parser *parser, struct word *word)
{
	const char *from = parser->at;

	if (is_mark(*from)) {
		parser->at++;
	} else if (parser->end - from >= 2 && from[0] == '!' && from[1] == '=') {
		parser->at += 2;
	} else {
		while (parser->at < parser->end && !is_blank(*parser->at) && !is_mark(*parser->at) && *parser->at != '"' &&
			(*parser->at != '!' || parser->at == from)) parser->at++;
		*word = make_word(parser, TOKEN_PLAIN, from, parser->at);
		return;
	}
	*word = make_word(parser, TOKEN_MARK, from, parser->at);
}

bool scenario_word_token(struct parser *parser, struct word *word)
{
	skip_blanks(parser);
	*word = make_word(parser, TOKEN_END, parser->at, parser->at);
	if (parser->at == parser->end) return true;
	if (*parser->at == '"') return read_quoted(parser, word) && check_behind(parser, true);
	read_unquoted_token(parser, word);
	return word->token == TOKEN_MARK || check_behind(parser, true);
}

bool scenario_word_peek(struct parser *parser, struct word *word)
{
	const char *at = parser->at;
	bool ok = scenario_word_token(parser, word);

	parser->at = at;
	return ok;
}

bool scenario_word_mark(struct parser *parser, const char *mark)
{
	struct word word;

	if (!scenario_word_token(parser, &word)) return false;
	if (word.token != TOKEN_MARK || !scenario_word_is(&word, mark))
		return scenario_fail_found(parser, &word, "`%s`", mark);
	return true;
}

bool scenario_word_last(struct parser *parser)
{
	struct word word = scenario_word_rest(parser);

	if (word.token == TOKEN_END) return true;
	return scenario_fail_found(parser, &word, "a line end");
}

bool scenario_word_arrow(struct parser *parser)
{
	skip_blanks(parser);
	if (parser->end - parser->at < 2 || parser->at[0] != '-' || parser->at[1] != '>') return false;
	parser->at += 2;
	return true;
}

struct word scenario_word_rest(struct parser *parser)
{
	const char *at = parser->at;

	while (at < parser->end && is_blank(*at)) at++;
	if (at == parser->end) return make_word(parser, TOKEN_END, parser->end, parser->end);
	const char *to = at;
	while (to < parser->end && !is_blank(*to)) to++;
	return make_word(parser, TOKEN_PLAIN, at, to);
}

bool scenario_word_is(const struct word *word, const char *text)
{
	if (word->token != TOKEN_PLAIN && word->token != TOKEN_MARK) return false;
	return strlen(text) == word->length && memcmp(text, word->text, word->length) == 0;
}

struct word scenario_word_part(const struct word *word, size_t from, size_t to)
{
	struct word part = *word;

	assert(from <= to && to <= word->length);
	part.token = from == to ? TOKEN_END : TOKEN_PLAIN;
	part.text = word->text + from;
	part.length = to - from;
	part.col = word->col + (unsigned)from + (word->token == TOKEN_QUOTED);
	return part;
}

bool scenario_word_split(struct parser *parser, const struct word *word, const char *key, struct word *head,
	struct word *inner)
{
	const char *open = memchr(word->text, '(', word->length);
	size_t at = open ? (size_t)(open - word->text) : word->length;
	size_t key_length = strlen(key), from = at + 1 + key_length + 1;
	struct word rest = scenario_word_part(word, at, word->length);

	*head = scenario_word_part(word, 0, at);
	*inner = scenario_word_part(word, word->length, word->length);
	if (!open) return true;
	if (rest.length < key_length + 4 || memcmp(rest.text + 1, key, key_length) || rest.text[key_length + 1] != '=' ||
		rest.text[rest.length - 1] != ')')
		return scenario_fail_found(parser, &rest, "(%s=DURATION)", key);
	*inner = scenario_word_part(word, from, word->length - 1);
	return true;
}
