/* scenario_value.c -- words that mean numbers, sizes, durations, names, paths and texts. */
#include "sim/scenario_internal.h"

#include <string.h>

enum digits { READ_NONE, READ_OK, READ_OVERFLOW };

static int digit_of(char c, int base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;

	return digit < base ? digit : -1;
}

/* Digits at the start of the word, decimal or behind 0x. */
static enum digits read_digits(const struct word *word, int64_t *value, size_t *used)
{
	bool hex = word->length > 2 && word->text[0] == '0' && word->text[1] == 'x';
	int base = hex ? 16 : 10;
	size_t start = hex ? 2 : 0, i = start;
	bool overflow = false;

	*value = 0;
	for (; i < word->length; i++) {
		int digit = digit_of(word->text[i], base);
		if (digit < 0) break;
		if (*value > (INT64_MAX - digit) / base) overflow = true;
		else *value = *value * base + digit;
	}
	*used = i;
	if (i == start || word->token != TOKEN_PLAIN) return READ_NONE;
	return overflow ? READ_OVERFLOW : READ_OK;
}

static bool fail_overflow(struct parser *parser, const struct word *word)
{
	return scenario_fail_found(parser, word, "a number below 2^63");
}

bool scenario_value_number(struct parser *parser, const struct word *word, int64_t low, int64_t high, int64_t *value)
{
	size_t used;
	enum digits reading = read_digits(word, value, &used);

	if (reading == READ_NONE || used != word->length) return scenario_fail_found(parser, word, "a number");
	if (reading == READ_OVERFLOW && high == INT64_MAX) return fail_overflow(parser, word);
	if (reading == READ_OVERFLOW || *value < low || *value > high)
		return scenario_fail_found(parser, word, "a number from %lld to %lld", (long long)low, (long long)high);
	return true;
}

bool scenario_value_scaled(struct parser *parser, const struct word *word, const char *what, int64_t *value)
{
	size_t used;
	int64_t unit = 1;
	enum digits reading = read_digits(word, value, &used);
	struct word rest = scenario_word_part(word, used, word->length);

	if (scenario_word_is(&rest, "k")) unit = INT64_C(1) << 10;
	else if (scenario_word_is(&rest, "m")) unit = INT64_C(1) << 20;
	else if (scenario_word_is(&rest, "g")) unit = INT64_C(1) << 30;
	else if (rest.length) reading = READ_NONE;
	if (reading == READ_NONE) return scenario_fail_found(parser, word, "%s", what);
	if (reading == READ_OVERFLOW || *value > INT64_MAX / unit) return fail_overflow(parser, word);
	*value *= unit;
	return true;
}

bool scenario_value_size(struct parser *parser, const struct word *word, int64_t *bytes)
{
	return scenario_value_scaled(parser, word, "a size such as 64k", bytes);
}

static int64_t unit_of(const struct word *word)
{
	static const struct { const char *word; int64_t ns; } units[] = {
		{ "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { "m", INT64_C(60000000000) },
		{ "h", INT64_C(3600000000000) }, { "d", INT64_C(86400000000000) },
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (scenario_word_is(word, units[i].word)) return units[i].ns;
	return 0;
}

bool scenario_value_duration(struct parser *parser, const struct word *word, int64_t *ns)
{
	size_t used;
	enum digits reading = read_digits(word, ns, &used);
	struct word rest = scenario_word_part(word, used, word->length);
	int64_t unit = unit_of(&rest);

	if (reading == READ_OK && rest.length == 0 && *ns == 0) return true;
	if (reading == READ_NONE || unit == 0) return scenario_fail_found(parser, word, "a duration such as 30s");
	if (reading == READ_OVERFLOW || *ns > INT64_MAX / unit)
		return scenario_fail_found(parser, word, "a duration below 2^63 ns");
	*ns *= unit;
	return true;
}

static bool is_name_char(char c, const char *more)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		(c != '\0' && strchr(more, c));
}

static size_t name_length(const char *text, size_t length, const char *more)
{
	size_t i = 0;

	while (i < length && is_name_char(text[i], more)) i++;
	return i;
}

bool scenario_value_name(struct parser *parser, const struct word *word, const char *more, const char *what)
{
	if (word->token != TOKEN_PLAIN || name_length(word->text, word->length, more) != word->length)
		return scenario_fail_found(parser, word, "%s", what);
	if (word->length > SCENARIO_NAME_MAX)
		return scenario_fail_limit(parser, word, "%s of at most %d bytes", what, SCENARIO_NAME_MAX);
	return true;
}

bool scenario_value_path(struct parser *parser, const struct word *word)
{
	if ((word->token != TOKEN_PLAIN && word->token != TOKEN_QUOTED) || word->length == 0 || word->text[0] != '/')
		return scenario_fail_found(parser, word, "a path such as /f1");
	if (word->length > SCENARIO_NAME_MAX)
		return scenario_fail_limit(parser, word, "a path of at most %d bytes", SCENARIO_NAME_MAX);
	return true;
}

/* $S(NAME): the word starts behind the opening parenthesis. */
static bool check_host(struct parser *parser, const struct word *word)
{
	size_t length = name_length(word->text, word->length, ".-");
	struct word name = scenario_word_part(word, 0, length);

	if (length == 0 || length == word->length || word->text[length] != ')')
		return scenario_fail_found(parser, word, "NAME) behind $S(");
	for (unsigned i = 0; i < parser->hosts_count; i++)
		if (scenario_word_is(&name, parser->hosts[i])) return true;
	return parser->hosts_unsure || scenario_fail_found(parser, &name, "a host of a host line above");
}

bool scenario_value_text(struct parser *parser, const struct word *word)
{
	if (word->token != TOKEN_PLAIN && word->token != TOKEN_QUOTED)
		return scenario_fail_found(parser, word, "a text");
	for (size_t i = 0; i < word->length; i++) {
		if (word->text[i] != '$') continue;
		size_t length = name_length(word->text + i + 1, word->length - i - 1, "");
		struct word found = scenario_word_part(word, i, i + 1 + length);
		bool server = scenario_word_is(&found, "$S");
		if (!server && !scenario_word_is(&found, "$W"))
			return scenario_fail_found(parser, &found, "$S, $S(HOST) or $W");
		i += length;
		if (!server || i + 1 >= word->length || word->text[i + 1] != '(') continue;
		found = scenario_word_part(word, i + 2, word->length);
		if (!check_host(parser, &found)) return false;
	}
	return true;
}

bool scenario_value_listed(const char *list, const char *text, size_t length)
{
	while (*list) {
		size_t n = strcspn(list, " ");
		if (n == length && memcmp(list, text, n) == 0) return true;
		list += n;
		list += strspn(list, " ");
	}
	return false;
}
