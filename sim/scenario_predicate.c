/* scenario_predicate.c -- what must hold: states, callbacks, requests, timers, files, leaks. */
#include "sim/scenario_internal.h"

#include <string.h>

#define IN_WATCH  (1u << STEP_WATCH)
#define IN_WITHIN (1u << STEP_WITHIN)
#define IN_EXPECT (1u << STEP_EXPECT)
#define IN_END    (1u << STEP_END)
#define IN_ALL    (IN_WATCH | IN_WITHIN | IN_EXPECT | IN_END)

bool scenario_predicate_callback(struct parser *parser, const struct word *word)
{
	if (scenario_word_is(word, "job_error") || scenario_word_is(word, "job_transferred") ||
		scenario_word_is(word, "job_modification")) return true;
	return scenario_fail_found(parser, word, "job_error, job_transferred or job_modification");
}

static bool keep(struct parser *parser, const struct word *word, const char **text)
{
	*text = scenario_fail_text(parser, word->text, word->length);
	return *text != NULL;
}

static bool read_state(struct parser *parser, struct predicate *predicate)
{
	struct word job;

	if (!scenario_word_token(parser, &job) || !scenario_handle_find(parser, &job, HANDLE_JOB, true)) return false;
	return keep(parser, &job, &predicate->object) &&
		scenario_want_tail(parser, DOMAIN_STATE, "", false, &predicate->want);
}

/* count=N may follow: then the want is that number. */
static bool read_callback(struct parser *parser, struct predicate *predicate)
{
	struct word kind, job, word;

	if (!scenario_word_token(parser, &kind) || !scenario_predicate_callback(parser, &kind)) return false;
	if (!scenario_word_token(parser, &job) || !scenario_handle_find(parser, &job, HANDLE_JOB, false)) return false;
	if (!keep(parser, &kind, &predicate->word) || !keep(parser, &job, &predicate->object)) return false;
	if (!scenario_word_peek(parser, &word)) return false;
	if (!scenario_word_is(&word, "count")) return true;
	return scenario_word_token(parser, &word) &&
		scenario_want_tail(parser, DOMAIN_NUMBER, "", false, &predicate->want);
}

static bool read_requests(struct parser *parser, struct predicate *predicate)
{
	struct word path;

	return scenario_word_token(parser, &path) && scenario_value_path(parser, &path) &&
		keep(parser, &path, &predicate->object) &&
		scenario_want_tail(parser, DOMAIN_NUMBER, "", false, &predicate->want);
}

static bool read_next_timer(struct parser *parser, struct predicate *predicate)
{
	return scenario_want_tail(parser, DOMAIN_NS, "", false, &predicate->want);
}

static bool read_local(struct parser *parser, struct predicate *predicate)
{
	struct word local;

	return scenario_word_token(parser, &local) && scenario_value_text(parser, &local) &&
		keep(parser, &local, &predicate->object);
}

static bool is_served(const struct parser *parser, const char *path)
{
	for (unsigned i = 0; i < parser->serves_count; i++)
		if (!strcmp(parser->paths[i], path)) return true;
	return parser->paths_unsure;
}

/* LOCAL = server PATH */
static bool read_file(struct parser *parser, struct predicate *predicate)
{
	struct word word;

	if (!read_local(parser, predicate) || !scenario_word_mark(parser, "=")) return false;
	if (!scenario_word_token(parser, &word)) return false;
	if (!scenario_word_is(&word, "server")) return scenario_fail_found(parser, &word, "server PATH");
	if (!scenario_word_token(parser, &word) || !scenario_value_path(parser, &word)) return false;
	if (!keep(parser, &word, &predicate->word)) return false;
	return is_served(parser, predicate->word) || scenario_fail_found(parser, &word, "a path of a serve line above");
}

static bool read_leaks(struct parser *parser, struct predicate *predicate)
{
	return scenario_want_tail(parser, DOMAIN_NUMBER, "", false, &predicate->want);
}

static const struct row {
	const char *word;
	enum predicate_kind kind;
	unsigned steps;  /* IN_ bits */
	bool (*read)(struct parser *parser, struct predicate *predicate);
} rows[] = {
	{ "state", PREDICATE_STATE, IN_ALL, read_state },
	{ "callback", PREDICATE_CALLBACK, IN_ALL, read_callback },
	{ "requests", PREDICATE_REQUESTS, IN_ALL, read_requests },
	{ "next-timer", PREDICATE_NEXT_TIMER, IN_EXPECT, read_next_timer },
	{ "file", PREDICATE_FILE, IN_ALL, read_file },
	{ "no-file", PREDICATE_NO_FILE, IN_ALL, read_local },
	{ "leaks", PREDICATE_LEAKS, IN_END, read_leaks },
	{ "no-temporary", PREDICATE_NO_TEMPORARY, IN_ALL, read_local },
};

static bool read_predicate(struct parser *parser, enum step_kind kind, struct predicate *predicate)
{
	struct word word;
	size_t i = 0, count = sizeof rows / sizeof *rows;

	if (!scenario_word_token(parser, &word)) return false;
	while (i < count && !scenario_word_is(&word, rows[i].word)) i++;
	if (i == count) return scenario_fail_found(parser, &word, "a predicate such as state");
	if (!(rows[i].steps & 1u << kind))
		return scenario_fail_found(parser, &word, "a predicate that %s may have", step_kind_name(kind));
	predicate->kind = rows[i].kind;
	return rows[i].read(parser, predicate);
}

static bool keep_checks(struct parser *parser, struct step *step, const struct predicate *checks, unsigned count)
{
	step->checks = scenario_fail_take(parser, count * sizeof *checks);
	if (!step->checks) return false;
	memcpy(step->checks, checks, count * sizeof *checks);
	step->checks_count = count;
	return true;
}

bool scenario_predicate_one(struct parser *parser, struct step *step)
{
	struct predicate predicate = { 0 };

	return read_predicate(parser, step->kind, &predicate) && scenario_word_last(parser) &&
		keep_checks(parser, step, &predicate, 1);
}

bool scenario_predicate_list(struct parser *parser, struct step *step)
{
	struct predicate checks[STEP_CHECKS_MAX];
	struct word word;

	memset(checks, 0, sizeof checks);
	for (unsigned count = 0;;) {
		if (!scenario_word_peek(parser, &word)) return false;
		if (count == STEP_CHECKS_MAX) return scenario_fail_limit(parser, &word, "at most %d checks", STEP_CHECKS_MAX);
		if (!read_predicate(parser, step->kind, &checks[count++]) || !scenario_word_token(parser, &word)) return false;
		if (word.token == TOKEN_END) return keep_checks(parser, step, checks, count);
		if (word.token != TOKEN_MARK || !scenario_word_is(&word, ","))
			return scenario_fail_found(parser, &word, "`,` or a line end");
	}
}
