/* scenario_want.c -- what an answer must be: codes, states, numbers, sets, ranges and classes. */
#include "sim/scenario_internal.h"

#include <stdio.h>
#include <string.h>

#define SIZE_UNKNOWN "18446744073709551615"    /* BG_SIZE_UNKNOWN, too large for our numbers */
#define CODE_FAILURE_BIT UINT32_C(0x80000000)  /* of an HRESULT */

enum domain scenario_want_domain(const char *key)
{
	static const struct { const char *keys; enum domain domain; } rows[] = {
		{ "code", DOMAIN_CODE }, { "state", DOMAIN_STATE }, { "context", DOMAIN_CONTEXT },
		{ "minimum_retry_delay no_progress_timeout maximum_download_time", DOMAIN_SECONDS },
		{ "type priority notify_flags proxy_usage", DOMAIN_WORD },
		{ "bytes_total bytes_transferred files_total files_transferred creation modification completion count fetched "
			"same completed notify_interface acl_flags peer_caching_flags security_flags", DOMAIN_NUMBER },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (scenario_value_listed(rows[i].keys, key, strlen(key))) return rows[i].domain;
	return DOMAIN_TEXT;
}

static bool has_prefix(const struct word *word, const char *prefix)
{
	return word->length >= strlen(prefix) && !memcmp(word->text, prefix, strlen(prefix));
}

/* A word in full names one dialect, and the others need not have it: DO_E_INVALID_STATE. */
static bool is_full(const struct word *word)
{
	return has_prefix(word, "DO_") || has_prefix(word, "BG_");
}

static bool in_dialect(enum dialect dialect, const char *text, size_t length)
{
	uint32_t hresult;

	return machine_code(dialect, text, length, &hresult);
}

static bool is_chosen(const struct parser *parser, int dialect)
{
	const bool *dialects = parser->scenario->dialects;

	for (int d = 0; d < DIALECT_COUNT; d++)
		if (dialects[d]) return dialects[dialect];
	return true;  /* the header has failed already: every dialect may be meant */
}

bool scenario_want_code(struct parser *parser, const struct word *word)
{
	int has = -1, lacks = -1;

	for (int d = 0; d < DIALECT_COUNT; d++) {
		if (!is_chosen(parser, d)) continue;
		if (word->token == TOKEN_PLAIN && in_dialect((enum dialect)d, word->text, word->length)) has = d;
		else lacks = d;
	}
	if (has < 0) return scenario_fail_found(parser, word, "a code such as S_OK or INVALID_STATE");
	if (lacks < 0 || is_full(word)) return true;
	return scenario_fail_found(parser, word, "a code that dialect %s has too, or %s_ before the name",
		machine_dialect_name((enum dialect)lacks), has == DIALECT_DO ? "DO" : "BG");
}

/* A set of codes must have one for every dialect, or the scenario fails in one of them whatever happens. */
static bool check_codes(struct parser *parser, const struct want *want, const struct word *found)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		unsigned n = 0;
		while (n < want->words_count && !in_dialect((enum dialect)d, want->words[n], strlen(want->words[n]))) n++;
		if (is_chosen(parser, d) && n == want->words_count)
			return scenario_fail_found(parser, found, "a code of dialect %s", machine_dialect_name((enum dialect)d));
	}
	return true;
}

bool scenario_want_bound(const struct parser *parser, const struct word *word)
{
	for (unsigned i = 0; i < parser->binds_count; i++)
		if (scenario_word_is(word, parser->binds[i])) return true;
	return false;
}

/* The text that the player compares with: numbers as plain decimals. NULL on failure. */
static const char *print_number(struct parser *parser, int64_t number)
{
	char text[24];
	int length = snprintf(text, sizeof text, "%lld", (long long)number);

	return scenario_fail_text(parser, text, (size_t)length);
}

/* A number of the domain, as the answer has it: durations of the API in seconds, our own in ns. */
static bool read_number(struct parser *parser, enum domain domain, const struct word *word, int64_t *number)
{
	if (domain == DOMAIN_NUMBER) return scenario_value_scaled(parser, word, "a number such as 3 or 64k", number);
	if (!scenario_value_duration(parser, word, number)) return false;
	if (domain == DOMAIN_NS) return true;
	if (*number % 1000000000) return scenario_fail_found(parser, word, "whole seconds");
	*number /= 1000000000;
	return true;
}

static bool is_number(enum domain domain)
{
	return domain == DOMAIN_NUMBER || domain == DOMAIN_NS || domain == DOMAIN_SECONDS;
}

/* A word of the domain that is no number. */
static bool check_word(struct parser *parser, enum domain domain, const char *property, const struct word *word)
{
	int64_t number;
	bool plain = word->token == TOKEN_PLAIN;

	switch (domain) {
	case DOMAIN_CODE:
		return scenario_want_code(parser, word);
	case DOMAIN_STATE:
		if (plain && machine_state_find(word->text, word->length) != STATE_NONE) return true;
		return scenario_fail_found(parser, word, "a state such as TRANSFERRED");
	case DOMAIN_CONTEXT:
		if (plain && machine_context_find(word->text, word->length) >= 0) return true;
		return scenario_fail_found(parser, word, "a context such as REMOTE_FILE");
	case DOMAIN_WORD:
		if (plain && machine_word_value(property, word->text, word->length, &number)) return true;
		return scenario_fail_found(parser, word, "a word of %s", property);
	case DOMAIN_NUMBER:
	case DOMAIN_NS:
	case DOMAIN_SECONDS:
	case DOMAIN_TEXT:
		break;
	}
	return scenario_value_text(parser, word);
}

static bool read_word(struct parser *parser, enum domain domain, const char *property, const struct word *word,
	struct want *want)
{
	const char *text;

	if (!strcmp(property, "bytes_total") && scenario_word_is(word, "unknown")) {
		text = scenario_fail_text(parser, SIZE_UNKNOWN, strlen(SIZE_UNKNOWN));
	} else if (is_number(domain)) {
		if (!read_number(parser, domain, word, &want->low)) return false;
		want->high = want->low;
		text = print_number(parser, want->low);
	} else {
		if (!check_word(parser, domain, property, word)) return false;
		text = scenario_fail_text(parser, word->text, word->length);
	}
	if (!text) return false;
	want->words[want->words_count++] = text;
	return true;
}

static bool take_words(struct parser *parser, struct want *want, unsigned count)
{
	want->words = scenario_fail_take(parser, count * sizeof *want->words);
	return want->words != NULL;
}

/* One word, already read. */
static bool read_single(struct parser *parser, enum domain domain, const char *property, const struct word *word,
	struct want *want)
{
	want->kind = WANT_WORDS;
	return take_words(parser, want, 1) && read_word(parser, domain, property, word, want) &&
		(domain != DOMAIN_CODE || check_codes(parser, want, word));
}

/* Behind `{`: words with commas between them, and `}`. */
static bool read_set(struct parser *parser, enum domain domain, const char *property, struct want *want)
{
	struct word word, first;

	want->kind = WANT_WORDS;
	if (!take_words(parser, want, SCENARIO_WORDS_MAX) || !scenario_word_peek(parser, &first)) return false;
	for (;;) {
		if (!scenario_word_token(parser, &word)) return false;
		if (want->words_count == SCENARIO_WORDS_MAX)
			return scenario_fail_limit(parser, &word, "at most %d words", SCENARIO_WORDS_MAX);
		if (!read_word(parser, domain, property, &word, want) || !scenario_word_token(parser, &word)) return false;
		if (word.token == TOKEN_MARK && scenario_word_is(&word, "}")) break;
		if (word.token != TOKEN_MARK || !scenario_word_is(&word, ","))
			return scenario_fail_found(parser, &word, "`,` or `}`");
	}
	return domain != DOMAIN_CODE || check_codes(parser, want, &first);
}

/* Behind `[`: `a, b]`. */
static bool read_range(struct parser *parser, enum domain domain, struct want *want)
{
	struct word low, high;

	want->kind = WANT_RANGE;
	if (!scenario_word_token(parser, &low) || !read_number(parser, domain, &low, &want->low)) return false;
	if (!scenario_word_mark(parser, ",") || !scenario_word_token(parser, &high)) return false;
	if (!read_number(parser, domain, &high, &want->high)) return false;
	if (want->high < want->low)
		return scenario_fail_found(parser, &high, "at least %.*s", (int)low.length, low.text);
	return scenario_word_mark(parser, "]");
}

static bool read_in(struct parser *parser, enum domain domain, const char *property, struct want *want)
{
	struct word open;

	if (!scenario_word_token(parser, &open)) return false;
	if (open.token == TOKEN_MARK && scenario_word_is(&open, "[") && is_number(domain))
		return read_range(parser, domain, want);
	if (open.token == TOKEN_MARK && scenario_word_is(&open, "{")) return read_set(parser, domain, property, want);
	return scenario_fail_found(parser, &open, is_number(domain) ? "`[` or `{`" : "`{`");
}

/* Behind `~`: a cause of fault.def. */
static bool read_class(struct parser *parser, struct want *want)
{
	struct word word;

	if (!scenario_word_token(parser, &word)) return false;
	if (word.token != TOKEN_PLAIN || machine_cause_find(word.text, word.length) < 0)
		return scenario_fail_found(parser, &word, "a cause such as net.reset");
	want->kind = WANT_CLASS;
	if (!take_words(parser, want, 1)) return false;
	want->words[0] = scenario_fail_text(parser, word.text, word.length);
	want->words_count = 1;
	return want->words[0] != NULL;
}

/* ?name: the first one binds, all others compare. Kept without its `?`. */
static bool read_bind(struct parser *parser, const struct word *word, struct want *want)
{
	struct word name = scenario_word_part(word, 1, word->length);

	if (!scenario_value_name(parser, &name, "", "a name behind ?")) return false;
	const char *text = scenario_fail_text(parser, word->text, word->length);
	if (!text || !take_words(parser, want, 1)) return false;
	if (!scenario_want_bound(parser, word)) {
		if (parser->binds_count == SCENARIO_BINDS_MAX)
			return scenario_fail_limit(parser, word, "at most %d names", SCENARIO_BINDS_MAX);
		parser->binds[parser->binds_count++] = text;
	}
	want->kind = WANT_BIND;
	want->words_count = 1;
	want->words[0] = text + 1;
	return true;
}

/* Behind `=`. */
static bool read_equal(struct parser *parser, enum domain domain, const char *property, bool field, struct want *want)
{
	struct word word;

	if (!scenario_word_token(parser, &word)) return false;
	if (field && scenario_word_is(&word, "_")) return true;
	if (field && word.token == TOKEN_PLAIN && word.text[0] == '?') return read_bind(parser, &word, want);
	return read_single(parser, domain, property, &word, want);
}

static bool read_not(struct parser *parser, enum domain domain, const char *property, struct want *want)
{
	struct word word;

	if (!scenario_word_token(parser, &word) || !take_words(parser, want, 1)) return false;
	want->kind = WANT_NOT;
	return read_word(parser, domain, property, &word, want);
}

bool scenario_want_tail(struct parser *parser, enum domain domain, const char *property, bool field, struct want *want)
{
	struct word sign;

	*want = (struct want){ .kind = WANT_ANY };
	if (!scenario_word_token(parser, &sign)) return false;
	if (sign.token == TOKEN_MARK) {
		if (scenario_word_is(&sign, "=")) return read_equal(parser, domain, property, field, want);
		if (scenario_word_is(&sign, "!=")) return read_not(parser, domain, property, want);
		if (field && domain == DOMAIN_CODE && scenario_word_is(&sign, "~")) return read_class(parser, want);
	} else if (scenario_word_is(&sign, "in")) {
		return read_in(parser, domain, property, want);
	}
	return scenario_fail_found(parser, &sign, field && domain == DOMAIN_CODE ? "`=`, `!=`, `~` or in" : "`=`, `!=` or in");
}

static bool is_failure(const struct parser *parser, const char *word)
{
	uint32_t hresult = 0;

	for (int d = 0; d < DIALECT_COUNT; d++)
		if (is_chosen(parser, d) && machine_code((enum dialect)d, word, strlen(word), &hresult) &&
			!(hresult & CODE_FAILURE_BIT)) return false;
	return true;
}

bool scenario_want_fails(const struct parser *parser, const struct want *want, const char *also)
{
	if (want->kind == WANT_FAILURE) return true;
	if (want->kind != WANT_WORDS) return false;
	for (unsigned i = 0; i < want->words_count; i++)
		if (!is_failure(parser, want->words[i]) && !(also && !strcmp(want->words[i], also))) return false;
	return true;
}

/* Whether a reply of the wanted kind has fields: those of success have. */
static bool has_fields(const struct parser *parser, const struct want *want)
{
	if (want->kind == WANT_SUCCESS) return true;
	if (want->kind != WANT_WORDS) return false;
	for (unsigned i = 0; i < want->words_count; i++)
		if (is_failure(parser, want->words[i])) return false;
	return true;
}

static bool read_field(struct parser *parser, const struct method *method, const char *property, struct want_field *field)
{
	struct word key;

	if (!scenario_word_token(parser, &key)) return false;
	if (key.token != TOKEN_PLAIN || !scenario_value_listed(method->fields, key.text, key.length))
		return method->fields[0] ? scenario_fail_found(parser, &key, "a field of %s: %s", method->command, method->fields)
			: scenario_fail_found(parser, &key, "no fields, for %s answers with none", method->command);
	field->key = scenario_fail_text(parser, key.text, key.length);
	field->col = key.col;
	if (!field->key) return false;
	const char *name = strcmp(field->key, "value") ? field->key : property;
	return scenario_want_tail(parser, scenario_want_domain(name), name, true, &field->want);
}

/* Behind `{`. */
static bool read_fields(struct parser *parser, const struct method *method, const char *property, struct step *step)
{
	struct want_field fields[SCENARIO_FIELDS_MAX];
	struct word word;

	memset(fields, 0, sizeof fields);
	for (;;) {
		if (!scenario_word_peek(parser, &word)) return false;
		if (step->fields_count == SCENARIO_FIELDS_MAX)
			return scenario_fail_limit(parser, &word, "at most %d fields", SCENARIO_FIELDS_MAX);
		if (!read_field(parser, method, property, &fields[step->fields_count++])) return false;
		if (!scenario_word_token(parser, &word)) return false;
		if (word.token == TOKEN_MARK && scenario_word_is(&word, "}")) break;
		if (word.token != TOKEN_MARK || !scenario_word_is(&word, ",")) return scenario_fail_found(parser, &word, "`,` or `}`");
	}
	step->fields = scenario_fail_take(parser, step->fields_count * sizeof *step->fields);
	if (!step->fields) return false;
	memcpy(step->fields, fields, step->fields_count * sizeof *step->fields);
	return true;
}

/* The part of a want that is about the HRESULT. */
static bool read_hresult(struct parser *parser, const struct word *word, struct want *want)
{
	want->kind = WANT_ANY;
	if (scenario_word_is(word, "_")) return true;
	want->kind = WANT_SUCCESS;
	if (scenario_word_is(word, "success")) return true;
	want->kind = WANT_FAILURE;
	if (scenario_word_is(word, "failure")) return true;
	want->kind = WANT_MODEL;
	if (scenario_word_is(word, "model")) return true;
	if (scenario_word_is(word, "in")) return read_in(parser, DOMAIN_CODE, "", want);
	if (word->token != TOKEN_PLAIN)
		return scenario_fail_found(parser, word, "a code, in, success, failure, model, _ or `{`");
	return read_single(parser, DOMAIN_CODE, "", word, want);
}

bool scenario_want_reply(struct parser *parser, const struct method *method, const char *property, struct step *step)
{
	struct word word;

	if (!scenario_word_token(parser, &word)) return false;
	if (word.token == TOKEN_MARK && scenario_word_is(&word, "{")) {
		step->want.kind = WANT_SUCCESS;
	} else {
		if (!read_hresult(parser, &word, &step->want) || !scenario_word_token(parser, &word)) return false;
		if (word.token == TOKEN_END) return true;
		if (word.token != TOKEN_MARK || !scenario_word_is(&word, "{") || !has_fields(parser, &step->want))
			return scenario_fail_found(parser, &word, has_fields(parser, &step->want) ? "`{` or a line end" : "a line end");
	}
	return read_fields(parser, method, property, step) && scenario_word_last(parser);
}
