/* scenario_header.c -- the `key: value` lines above `---`. */
#include "sim/scenario_internal.h"

#include <string.h>

#define DIALECT_WORDS "do, bits or do bits"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* The name of the file without folder and .scn; length 0 when it has no such ending. */
static const char *stem_of(const char *file, size_t *length)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	size_t n = strlen(name);

	*length = n > 4 && strcmp(name + n - 4, ".scn") == 0 ? n - 4 : 0;
	return name;
}

static bool read_id(struct parser *parser)
{
	struct word word;
	size_t length;
	const char *stem = stem_of(parser->file, &length);

	if (!scenario_word_next(parser, &word)) return false;
	if (!scenario_value_name(parser, &word, "-@=,.", "an id such as 0412-error-gone") || !scenario_word_last(parser))
		return false;
	parser->scenario->id = scenario_fail_text(parser, word.text, word.length);
	if (!parser->scenario->id) return false;
	if (length && (length != word.length || memcmp(stem, word.text, length)))
		return scenario_fail_found(parser, &word, "the id %.*s, as the file is named", (int)length, stem);
	return true;
}

static bool read_rest(struct parser *parser, const char **text)
{
	*text = scenario_fail_text(parser, parser->at, (size_t)(parser->end - parser->at));
	parser->at = parser->end;
	return *text != NULL;
}

static bool read_title(struct parser *parser)
{
	return read_rest(parser, &parser->scenario->title);
}

static bool read_was(struct parser *parser)
{
	return read_rest(parser, &parser->scenario->was);
}

static bool read_dialect(struct parser *parser)
{
	struct word word;

	for (;;) {
		if (!scenario_word_next(parser, &word)) return false;
		if (word.token == TOKEN_END) return true;
		int dialect = machine_dialect_find(word.text, word.length);
		if (word.token != TOKEN_PLAIN || dialect < 0)
			return scenario_fail_found(parser, &word, DIALECT_WORDS);
		if (parser->scenario->dialects[dialect])
			return scenario_fail_found(parser, &word, "each dialect once");
		parser->scenario->dialects[dialect] = true;
	}
}

/* AREA-NNN, where AREA may have parts: ERR-LIFE-002. */
static bool is_rule(const char *text, size_t length)
{
	size_t area = length - 4;

	if (length < 5 || text[area] != '-' || !is_digit(text[area + 1]) || !is_digit(text[area + 2]) ||
		!is_digit(text[area + 3])) return false;
	for (size_t i = 0; i < area; i++) {
		bool dash = text[i] == '-' && i > 0 && i + 1 < area && text[i - 1] != '-';
		if (!is_upper(text[i]) && !dash) return false;
	}
	return true;
}

static bool read_rule(struct parser *parser, const struct word *word)
{
	struct scenario *scenario = parser->scenario;
	bool witness = word->length > 0 && word->text[word->length - 1] == '!';
	size_t length = word->length - witness;

	if (word->token != TOKEN_PLAIN || !is_rule(word->text, length))
		return scenario_fail_found(parser, word, "a rule such as ERR-LIFE-002");
	for (unsigned i = 0; i < scenario->rules_count; i++)
		if (strlen(scenario->rules[i].id) == length && !memcmp(scenario->rules[i].id, word->text, length))
			return scenario_fail_found(parser, word, "each rule once");
	if (scenario->rules_count == SCENARIO_RULES_MAX)
		return scenario_fail_limit(parser, word, "at most %d rules", SCENARIO_RULES_MAX);
	const char *id = scenario_fail_text(parser, word->text, length);
	if (!id) return false;
	scenario->rules[scenario->rules_count++] =
		(struct scenario_rule){ .id = id, .witness = witness, .line = parser->line, .col = word->col };
	return true;
}

static bool read_rules(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	struct word word;

	scenario->rules = scenario_fail_take(parser, SCENARIO_RULES_MAX * sizeof *scenario->rules);
	if (!scenario->rules) return false;
	for (;;) {
		if (!scenario_word_next(parser, &word)) return false;
		if (word.token == TOKEN_END) return true;
		if (!read_rule(parser, &word)) return false;
	}
}

static bool read_needs(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	struct word word;

	scenario->needs = scenario_fail_take(parser, SCENARIO_NEEDS_MAX * sizeof *scenario->needs);
	if (!scenario->needs) return false;
	for (;;) {
		if (!scenario_word_next(parser, &word)) return false;
		if (word.token == TOKEN_END) return true;
		if (word.token != TOKEN_PLAIN || !scenario_feature_known(word.text, word.length))
			return scenario_fail_found(parser, &word, "a feature such as net.down, or a command");
		if (scenario->needs_count == SCENARIO_NEEDS_MAX)
			return scenario_fail_limit(parser, &word, "at most %d features", SCENARIO_NEEDS_MAX);
		const char *text = scenario_fail_text(parser, word.text, word.length);
		if (!text) return false;
		scenario->needs[scenario->needs_count++] = text;
	}
}

static bool read_probe(struct parser *parser)
{
	struct word word;

	if (!scenario_word_next(parser, &word)) return false;
	if (!scenario_word_is(&word, "on") && !scenario_word_is(&word, "off"))
		return scenario_fail_found(parser, &word, "on or off");
	parser->scenario->probe = scenario_word_is(&word, "on");
	return scenario_word_last(parser);
}

static const struct header {
	const char *key;
	bool required;
	bool (*read)(struct parser *parser);
} headers[] = {
	{ "id", true, read_id },         { "title", true, read_title },
	{ "dialect", true, read_dialect }, { "rules", false, read_rules },
	{ "needs", false, read_needs },  { "was", false, read_was },
	{ "probe", false, read_probe },
};
#define HEADERS_COUNT (sizeof headers / sizeof *headers)
_Static_assert(HEADERS_COUNT <= SCENARIO_HEADER_KEYS, "header_seen has a place for each key");

static size_t find_header(const struct word *key)
{
	size_t i = 0;

	while (i < HEADERS_COUNT && !scenario_word_is(key, headers[i].key)) i++;
	return i;
}

bool scenario_header_line(struct parser *parser)
{
	const char *colon = memchr(parser->at, ':', (size_t)(parser->end - parser->at));
	struct word found = scenario_word_rest(parser), key;

	if (!colon || colon >= found.text + found.length) return scenario_fail_found(parser, &found, "`key: value` or `---`");
	key = scenario_word_part(&found, 0, (size_t)(colon - found.text));
	size_t n = find_header(&key);
	if (n == HEADERS_COUNT) {
		if (key.token == TOKEN_END) key = found;
		return scenario_fail_found(parser, &key, "id, title, dialect, rules, needs, was or probe");
	}
	if (parser->header_seen[n]) return scenario_fail_found(parser, &key, "each header once");
	parser->header_seen[n] = true;
	parser->at = colon + 1;
	found = scenario_word_rest(parser);
	if (found.token == TOKEN_END) return scenario_fail_found(parser, &found, "a value behind %s:", headers[n].key);
	parser->at = found.text;
	return headers[n].read(parser);
}

void scenario_header_end(struct parser *parser)
{
	for (size_t i = 0; i < HEADERS_COUNT && !parser->unsure; i++)
		if (headers[i].required && !parser->header_seen[i])
			scenario_fail(parser, 1, "expected `%s:` above `---`, found none", headers[i].key);
}
