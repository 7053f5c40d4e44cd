/* play_want.c -- what an answer must be, and what it was. */
#include "sim/play_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HTTP_ZONE UINT64_C(0x80190000)   /* codes of HTTP statuses begin here */
#define CODE_IS_FAILURE(hresult) ((hresult) >> 31 & 1u)

static bool is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

bool play_want_digits(const char *text, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	uint64_t base = hex ? 16 : 10, sum = 0;
	const char *c = hex ? text + 2 : text;

	if (!*c) return false;
	for (; *c; c++) {
		unsigned digit = (unsigned)(*c >= '0' && *c <= '9' ? *c - '0' : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10 :
			*c >= 'A' && *c <= 'F' ? *c - 'A' + 10 : 99);
		if (digit >= base || sum > (UINT64_MAX - digit) / base) return false;
		sum = sum * base + digit;
	}
	*number = sum;
	return true;
}

bool play_want_seconds(const char *text, uint64_t *seconds)
{
	static const struct { const char *unit; uint64_t times, through; } units[] = { { "", 1, 1 }, { "s", 1, 1 },
		{ "m", 60, 1 }, { "h", 3600, 1 }, { "d", 86400, 1 }, { "ms", 1, 1000 }, { "us", 1, 1000000 } };
	size_t length = strspn(text, "0123456789");
	char digits[24] = "";
	uint64_t number;

	if (length >= sizeof digits) return false;
	memcpy(digits, text, length);
	if (!play_want_digits(digits, &number)) return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!is(text + length, units[i].unit)) continue;
		if (number > UINT64_MAX / units[i].times) return false;
		*seconds = number * units[i].times / units[i].through;
		return true;
	}
	return false;
}

const char *play_want_code(const struct player *player, uint32_t hresult, char buffer[32])
{
	const char *name = machine_code_name(player->options->dialect, hresult);

	if (name) return name;
	snprintf(buffer, 32, "0x%08" PRIX32, hresult);
	return buffer;
}

/* `value` of job.get is a value of its property. */
static const char *meaning(const char *key, const char *property)
{
	return is(key, "value") ? property : key;
}

static bool is_code(const char *key)
{
	return is(key, "hr") || is(key, "code");
}

const char *play_want_word(const struct player *player, const char *key, const char *property, uint64_t number,
	char buffer[32])
{
	const char *word = NULL;

	key = meaning(key, property);
	if (is_code(key) && number <= UINT32_MAX) return play_want_code(player, (uint32_t)number, buffer);
	if (is(key, "state") && number < STATE_COUNT) word = machine_state_name((enum state)number);
	else if (is(key, "context") && number < CONTEXT_COUNT) word = machine_context_name((enum context)number);
	else if (number <= INT64_MAX) word = machine_word(key, (int64_t)number);
	if (word) return word;
	snprintf(buffer, 32, "%" PRIu64, number);
	return buffer;
}

/* The number that a word of a scenario means under a key. */
static bool number_of(const struct player *player, const char *key, const char *word, uint64_t *number)
{
	size_t length = strlen(word);
	uint32_t hresult;
	int64_t value;
	int found = -1;

	if (is_code(key)) {
		if (!machine_code(player->options->dialect, word, length, &hresult)) return false;
		*number = hresult;
		return true;
	}
	if (is(key, "state")) found = (int)machine_state_find(word, length);
	else if (is(key, "context")) found = machine_context_find(word, length);
	else if (machine_word_value(key, word, length, &value)) {
		*number = (uint64_t)value;
		return true;
	}
	if (found >= 0) {
		*number = (uint64_t)found;
		return true;
	}
	if (is(key, "minimum_retry_delay") || is(key, "no_progress_timeout") || is(key, "maximum_download_time"))
		return play_want_seconds(word, number);
	return play_want_digits(word, number);
}

static bool is_word(struct player *player, const struct play_value *value, const char *key, const char *word)
{
	const char *expanded;
	uint64_t number;

	switch (value->kind) {
	case VALUE_NULL: return is(word, "null");
	case VALUE_NUMBER: return number_of(player, key, word, &number) && number == value->number;
	case VALUE_TEXT: break;
	}
	expanded = play_line_expand(player, word);
	return expanded && is(value->word, expanded);
}

static bool is_one_of(struct player *player, const struct want *want, const struct play_value *value, const char *key)
{
	for (unsigned i = 0; i < want->words_count; i++)
		if (is_word(player, value, key, want->words[i])) return true;
	return false;
}

/* What the dialect reports for a cause word. False when there is no such cause. */
static bool report_of(const struct player *player, const char *word, struct fault_report *report)
{
	int cause = machine_cause_find(word, strlen(word));
	const char *dot = strrchr(word, '.');
	uint64_t status = 0;

	if (cause < 0) return false;
	if (!dot || !play_want_digits(dot + 1, &status) || status > 999) status = 0;
	*report = machine_report(machine_reference(player->options->dialect), (enum cause)cause, (unsigned)status);
	return true;
}

/* The cause is a group of HTTP statuses, and the code is that of one of them. */
static bool is_status_of(const char *word, uint64_t code)
{
	uint64_t status = code - HTTP_ZONE;

	int cause = machine_cause_find(word, strlen(word));
	bool any = cause == CAUSE_UPLOAD_REMOTE_APPLICATION;   /* whose status may be every error's */

	return code >= HTTP_ZONE && status < 1000 && (any || (int)machine_cause_of_status((unsigned)status) == cause);
}

/* Where the documentation names the code it must be that one; where it is inferred any failure will do. */
static bool is_of_class(const struct player *player, const struct want *want, const struct play_value *value)
{
	struct fault_report report;

	for (unsigned i = 0; i < want->words_count; i++) {
		if (value->kind != VALUE_NUMBER || !report_of(player, want->words[i], &report)) continue;
		if (report.code == HTTP_ZONE && is_status_of(want->words[i], value->number)) return true;
		if (report.mark == 'd' ? report.code == value->number : CODE_IS_FAILURE(value->number)) return true;
	}
	return false;
}

const struct play_value *play_want_bound(const struct player *player, const char *name)
{
	for (unsigned i = 0; i < player->binds_count; i++)
		if (is(player->binds[i].name, name)) return &player->binds[i].value;
	return NULL;
}

/* The first ?name binds, later ones compare. */
static bool is_bound(struct player *player, const struct want *want, const struct play_value *value)
{
	const char *name = want->words[0][0] == '?' ? want->words[0] + 1 : want->words[0];
	const struct play_value *bound = play_want_bound(player, name);

	if (bound) return bound->kind == value->kind && is(bound->word, value->word);
	if (player->binds_count == PLAY_BINDS_MAX) return play_line_limit(player, PLAY_BINDS_MAX, "names to bind");
	player->binds[player->binds_count++] = (struct play_bind){ name, *value };
	return true;
}

static bool is_listed(const struct want *want, int64_t number)
{
	uint64_t word;

	for (unsigned i = 0; i < want->words_count; i++)
		if (number >= 0 && play_want_digits(want->words[i], &word) && word == (uint64_t)number) return true;
	return false;
}

bool play_want_number(const struct want *want, int64_t number)
{
	switch (want->kind) {
	case WANT_WORDS: return is_listed(want, number);
	case WANT_NOT: return !is_listed(want, number);
	case WANT_RANGE: return number >= want->low && number <= want->high;
	case WANT_ANY:
	case WANT_MODEL: return true;
	case WANT_SUCCESS:
	case WANT_FAILURE:
	case WANT_CLASS:
	case WANT_BIND: break;
	}
	return false;
}

bool play_want_holds(struct player *player, const struct want *want, const struct play_value *value,
	const char *property)
{
	const char *key = meaning(value->key, property);

	switch (want->kind) {
	case WANT_ANY:
	case WANT_MODEL: return true;
	case WANT_WORDS: return is_one_of(player, want, value, key);
	case WANT_NOT: return !is_one_of(player, want, value, key);
	case WANT_SUCCESS: return value->kind == VALUE_NUMBER && !CODE_IS_FAILURE(value->number);
	case WANT_FAILURE: return value->kind == VALUE_NUMBER && CODE_IS_FAILURE(value->number);
	case WANT_CLASS: return is_of_class(player, want, value);
	case WANT_RANGE:
		return value->kind == VALUE_NUMBER && value->number <= INT64_MAX &&
			play_want_number(want, (int64_t)value->number);
	case WANT_BIND: return is_bound(player, want, value);
	}
	UNREACHABLE("every kind of want returns");
	return false;
}

static void add_class(struct player *player, struct play_text *text, const struct want *want)
{
	struct fault_report report;
	char buffer[32];

	play_line_text(text, "~ %s", want->words[0]);
	if (!report_of(player, want->words[0], &report)) return;
	if (report.code == HTTP_ZONE) {
		play_line_text(text, ", which is 0x80190000 + status");
		return;
	}
	play_line_text(text, report.mark == 'd' ? ", which is %s" : ", any failure, for the code %s is inferred",
		play_want_code(player, report.code, buffer));
}

static void add_words(struct play_text *text, const struct want *want)
{
	play_line_text(text, "in {");
	for (unsigned i = 0; i < want->words_count; i++) play_line_text(text, "%s%s", i ? ", " : "", want->words[i]);
	play_line_text(text, "}");
}

void play_want_expected(struct player *player, struct play_text *text, const struct want *want, const char *key)
{
	bool named = !is(key, "hr");

	if (named) play_line_text(text, "%s ", key);
	switch (want->kind) {
	case WANT_ANY: play_line_text(text, named ? "= _" : "any answer"); break;
	case WANT_MODEL: play_line_text(text, "what the model allows"); break;
	case WANT_SUCCESS: play_line_text(text, "success"); break;
	case WANT_FAILURE: play_line_text(text, "failure"); break;
	case WANT_CLASS: add_class(player, text, want); break;
	case WANT_RANGE: play_line_text(text, "in [%" PRId64 ", %" PRId64 "]", want->low, want->high); break;
	case WANT_NOT:
	case WANT_WORDS:
		if (want->words_count != 1) add_words(text, want);
		else play_line_text(text, "%s%s", want->kind == WANT_NOT ? "!= " : named ? "= " : "", want->words[0]);
		break;
	case WANT_BIND:
		play_line_text(text, "= %s%s", want->words[0][0] == '?' ? "" : "?", want->words[0]);
		break;
	}
}

void play_want_found(struct player *player, struct play_text *text, const struct play_value *value, const char *key)
{
	bool named = !is(key, "hr");

	(void)player;
	if (!value) {
		play_line_text(text, "no %s", key);
		return;
	}
	play_line_text(text, named ? "%s = %s" : "%s%s", named ? key : "", value->word);
	if (value->kind == VALUE_NUMBER && is_code(key) && CODE_IS_FAILURE(value->number) && value->word[0] != '0') {
		play_line_text(text, " (0x%08" PRIX32 ")", (uint32_t)value->number);
	}
}
