/* scenario_serve.c -- `serve` and `host`: what the origin answers, and how it lies. */
#include "sim/fault_word.h"
#include "sim/scenario_internal.h"

#include <string.h>

#define ETAG_MAX 61               /* struct response holds it with its quotes */
#define LOCATION_MAX 255
#define MODIFIED_MAX 100000       /* days; a date of four digits for the year */
#define TIMES_MAX 1000000
#define ERROR_BODY 32             /* bytes of the body of an error status */

static bool read_size(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t bytes;

	return scenario_value_size(parser, value, &bytes) && scenario_step_add_number(parser, step, key, value, bytes);
}

static bool read_throttle(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t bytes;

	if (!scenario_value_size(parser, value, &bytes)) return false;
	if (bytes == 0) return scenario_fail_found(parser, value, "at least 1 byte a second");
	return scenario_step_add_number(parser, step, key, value, bytes);
}

static bool read_etag(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	if (value->token != TOKEN_QUOTED) return scenario_fail_found(parser, value, "an etag in quotes");
	for (size_t i = 0; i < value->length; i++)
		if (value->text[i] == '"' || value->text[i] == '\n')
			return scenario_fail_found(parser, value, "an etag without quotes or line ends in it");
	if (value->length > ETAG_MAX) return scenario_fail_limit(parser, value, "an etag of at most %d bytes", ETAG_MAX);
	return scenario_step_add(parser, step, key, value) != NULL;
}

static bool read_number(struct parser *parser, struct step *step, const char *key, const struct word *value, int64_t low,
	int64_t high)
{
	int64_t number;

	return scenario_value_number(parser, value, low, high, &number) &&
		scenario_step_add_number(parser, step, key, value, number);
}

static bool read_modified(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	return read_number(parser, step, key, value, 0, MODIFIED_MAX);
}

static bool read_times(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	return read_number(parser, step, key, value, 1, TIMES_MAX);
}

/* A duration as a number beside the word that it was written in. */
static bool add_duration(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t ns;

	return scenario_value_duration(parser, value, &ns) && scenario_step_add_number(parser, step, key, value, ns);
}

/* 30s, or date+30s */
static bool read_retry_after(struct parser *parser, struct step *step, const struct word *value)
{
	static const char date[] = "date+";
	struct word duration = *value;
	bool is_date = value->length >= strlen(date) && !memcmp(value->text, date, strlen(date));

	if (is_date) duration = scenario_word_part(value, strlen(date), value->length);
	return add_duration(parser, step, is_date ? "retry_date" : "retry_after", &duration);
}

/* 503 or 503(retry-after=30s) */
static bool read_status(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	struct word head, inner;
	int64_t status;

	if (!scenario_word_split(parser, value, "retry-after", &head, &inner)) return false;
	if (!scenario_value_number(parser, &head, 200, 599, &status)) return false;
	if (!scenario_step_add_number(parser, step, key, value, status)) return false;
	return inner.token == TOKEN_END || read_retry_after(parser, step, &inner);
}

/* WORD or WORD@POSITION; `position` is TOKEN_END without. */
static void split_position(const struct word *word, struct word *name, struct word *position)
{
	const char *sign = memchr(word->text, '@', word->length);
	size_t at = sign ? (size_t)(sign - word->text) : word->length;

	*name = scenario_word_part(word, 0, at);
	*position = scenario_word_part(word, sign ? at + 1 : at, word->length);
}

/* reset@16k, stall@16k(for=20s), garbage */
static bool read_fault(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	struct word head, inner, name, position;
	int64_t at;

	if (!scenario_word_split(parser, value, "for", &head, &inner)) return false;
	split_position(&head, &name, &position);
	const struct fault_word *fault = fault_word_find(STEP_SERVE, "fault.word", name.text, name.length);
	if (!fault) return scenario_fail_words(parser, &name, "", STEP_SERVE, "fault.word", NULL);
	bool at_position = fault->form & FAULT_FORM_AT;
	if (at_position != (position.token != TOKEN_END))
		return scenario_fail_found(parser, value, at_position ? "%s@POSITION" : "%s without position", fault->text);
	if (inner.token != TOKEN_END && !(fault->form & FAULT_FORM_FOR))
		return scenario_fail_found(parser, value, "%s without for=", fault->text);
	if (!scenario_step_add(parser, step, key, value) || !scenario_step_add(parser, step, "fault.word", &name)) return false;
	if (at_position && !(scenario_value_size(parser, &position, &at) &&
		scenario_step_add_number(parser, step, "fault.at", &position, at))) return false;
	return inner.token == TOKEN_END || add_duration(parser, step, "fault.for", &inner);
}

/* lie+100, lie-100: of the length, or of the first byte of a part. */
static bool read_lie(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	bool of_length = key[0] == 'l';
	struct word sign, size;
	int64_t bytes;

	if (value->length < 5 || memcmp(value->text, "lie", 3) || (value->text[3] != '+' && value->text[3] != '-'))
		return scenario_fail_found(parser, value, "lie+N or lie-N");
	sign = scenario_word_part(value, 3, 4);
	size = scenario_word_part(value, 4, value->length);
	if (!scenario_value_size(parser, &size, &bytes)) return false;
	if (scenario_word_is(&sign, "-")) bytes = -bytes;
	return scenario_step_add(parser, step, key, value) &&
		scenario_step_add_number(parser, step, of_length ? "length.lie" : "range.lie", value, bytes);
}

/* lie+N, lie-N, or how else a part is not what was asked for. */
static bool read_range(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	if (value->length >= 3 && !memcmp(value->text, "lie", 3)) return read_lie(parser, step, key, value);
	if (!fault_word_find(STEP_SERVE, "range", value->text, value->length))
		return scenario_fail_words(parser, value, "lie+N, lie-N, ", STEP_SERVE, "range", NULL);
	return scenario_step_add(parser, step, key, value) != NULL;
}

static bool read_redirect(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	bool elsewhere = value->length > 2 && !memcmp(value->text, "$S", 2);

	if (!scenario_word_is(value, "loop") && value->text[0] != '/' && !elsewhere)
		return scenario_fail_found(parser, value, "loop, a path such as /f1, or $S(HOST)/f1");
	if (elsewhere && !scenario_value_text(parser, value)) return false;
	if (value->length > LOCATION_MAX) return scenario_fail_limit(parser, value, "a path of at most %d bytes", LOCATION_MAX);
	return scenario_step_add(parser, step, key, value) != NULL;
}

static bool read_method(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	if (!scenario_word_is(value, "GET") && !scenario_word_is(value, "HEAD") && !scenario_word_is(value, "PUT"))
		return scenario_fail_found(parser, value, "GET, HEAD or PUT");
	return scenario_step_add(parser, step, key, value) != NULL;
}

static bool read_upload(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	if (!fault_word_find(STEP_SERVE, key, value->text, value->length)) return scenario_fail_words(parser, value, "", STEP_SERVE, key, NULL);
	return scenario_step_add(parser, step, key, value) != NULL;
}

static bool read_for(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	return add_duration(parser, step, key, value);
}

static const struct scenario_key serve_keys[] = {
	{ "size", read_size },         { "etag", read_etag },         { "modified", read_modified },
	{ "status", read_status },     { "fault", read_fault },       { "length", read_lie },
	{ "redirect", read_redirect }, { "throttle", read_throttle }, { "times", read_times },
	{ "method", read_method },     { "no-length", NULL },         { "chunked", NULL },
	{ "no-range", NULL },          { "no-head", NULL },           { "range", read_range },
	{ "after", read_for },         { "until", read_for },         { "upload", read_upload },
};
static const struct scenario_key host_keys[] = { { "times", read_times }, { "for", read_for }, { "delay", read_for }, { "after", read_for }, { "until", read_for } };

static struct word word_of(const struct scenario_arg *arg)
{
	return (struct word){ .token = TOKEN_PLAIN, .text = arg->text, .length = strlen(arg->text), .col = arg->col };
}

/* A line that is never in its time is a mistake. */
static bool check_time(struct parser *parser, const struct step *step)
{
	const struct scenario_arg *after = step_arg(step, "after"), *until = step_arg(step, "until");
	struct word found;

	if (!until || until->number > (after ? after->number : 0)) return true;
	found = word_of(until);
	return scenario_fail_found(parser, &found, "an end behind the beginning");
}

/* dns-slow needs a delay, and no other word may have one. */
static bool check_host(struct parser *parser, const struct step *step)
{
	const struct scenario_arg *delay = step_arg(step, "delay"), *during = step_arg(step, "for"), *until = step_arg(step, "until");
	struct word found = scenario_word_rest(parser);

	if (!delay && !strcmp(step->word, "dns-slow")) return scenario_fail_found(parser, &found, "delay=DURATION");
	if (delay && strcmp(step->word, "dns-slow")) {
		found = word_of(delay);
		return scenario_fail_found(parser, &found, "no delay= but with dns-slow");
	}
	if (during && until) {
		found = word_of(until);
		return scenario_fail_found(parser, &found, "for= or until=, not both");
	}
	return check_time(parser, step);
}

/* What only the whole line tells: whether there is a body, and whether the fault lies in it. */
static bool check_serve(struct parser *parser, const struct step *step)
{
	const struct scenario_arg *size = step_arg(step, "size"), *status = step_arg(step, "status");
	const struct scenario_arg *at = step_arg(step, "fault.at"), *lie = step_arg(step, "length.lie");
	const struct scenario_arg *fault = step_arg(step, "fault.word");
	const struct scenario_arg *redirect = step_arg(step, "redirect");
	bool error = redirect || (status && status->number >= 300) || (step_arg(step, "upload") && !size);
	int64_t body = error || !size ? ERROR_BODY : size->number;
	struct word found = scenario_word_rest(parser);

	if (!check_time(parser, step)) return false;
	if (fault && !strcmp(fault->text, "modified-change") && step_arg(step, "etag")) {
		found = word_of(step_arg(step, "etag"));
		return scenario_fail_found(parser, &found, "no etag= beside modified-change, for an ETag that stays says that nothing changed");
	}
	if (redirect && status && (status->number < 300 || status->number > 399)) {
		found = word_of(status);
		return scenario_fail_found(parser, &found, "a status from 300 to 399 beside redirect=");
	}
	if (!size && !error && !(fault && origin_is_no_http(fault->text)))
		return scenario_fail_found(parser, &found, "size=");
	if (at && at->number > body) {
		found = word_of(at);
		return scenario_fail_found(parser, &found, "a position of at most %lld, the size of the body", (long long)body);
	}
	if (lie && lie->number < 0 && -lie->number > body) {
		found = word_of(lie);
		return scenario_fail_found(parser, &found, "a lie of at most %lld, the size of the body", (long long)body);
	}
	return true;
}

static bool read_serve(struct parser *parser, struct step *step)
{
	struct word path;

	if (!scenario_word_next(parser, &path) || !scenario_value_path(parser, &path)) return false;
	struct scenario_arg *arg = scenario_step_add(parser, step, "", &path);
	if (!arg) return false;
	step->word = arg->text;
	if (!scenario_step_keys(parser, step, serve_keys, sizeof serve_keys / sizeof *serve_keys, "a word of serve such as size=64k"))
		return false;
	if (!check_serve(parser, step)) return false;
	if (parser->serves_count == ORIGIN_SERVES_MAX)
		return scenario_fail_limit(parser, &path, "at most %d serve lines", ORIGIN_SERVES_MAX);
	parser->paths[parser->serves_count++] = step->word;
	return true;
}

bool scenario_serve_step(struct parser *parser, struct step *step)
{
	if (read_serve(parser, step)) return true;
	parser->paths_unsure = true;
	return false;
}

static bool add_host(struct parser *parser, const struct word *name, const char *text)
{
	for (unsigned i = 0; i < parser->hosts_count; i++)
		if (!strcmp(parser->hosts[i], text)) return true;
	if (parser->hosts_count == ORIGIN_HOSTS_MAX)
		return scenario_fail_limit(parser, name, "at most %d hosts", ORIGIN_HOSTS_MAX);
	parser->hosts[parser->hosts_count++] = text;
	return true;
}

static bool read_host(struct parser *parser, struct step *step)
{
	struct word name, answer;

	if (!scenario_word_next(parser, &name)) return false;
	if (!scenario_value_name(parser, &name, ".-", "a host name")) return false;
	struct scenario_arg *arg = scenario_step_add(parser, step, "", &name);
	if (!arg || !scenario_word_next(parser, &answer)) return false;
	if (!scenario_word_is(&answer, "ok") && !fault_word_find(STEP_HOST, "", answer.text, answer.length))
		return scenario_fail_words(parser, &answer, "", STEP_HOST, "", "ok");
	step->word = scenario_fail_text(parser, answer.text, answer.length);
	if (!step->word) return false;
	return scenario_step_keys(parser, step, host_keys, sizeof host_keys / sizeof *host_keys, "times=N, for=D, delay=D, after=D or until=D") &&
		check_host(parser, step) && add_host(parser, &name, arg->text);
}

bool scenario_serve_host(struct parser *parser, struct step *step)
{
	if (read_host(parser, step)) return true;
	parser->hosts_unsure = true;
	return false;
}
