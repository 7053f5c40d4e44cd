/* scenario_handle.c -- the handles that a scenario makes: of what kind they are and whether they live. */
#include "sim/scenario_internal.h"

#include <string.h>

static const char *kind_phrase(enum handle_kind kind)
{
	switch (kind) {
	case HANDLE_JOB: return "a job";
	case HANDLE_ERROR: return "an error";
	case HANDLE_FILE: return "a file";
	case HANDLE_JOBS: return "an enumerator of jobs";
	case HANDLE_FILES: return "an enumerator";
	case HANDLE_ANY: return "a handle";
	}
	UNREACHABLE("every kind has a phrase");
	return "";
}

static struct handle *find(struct parser *parser, const struct word *word)
{
	for (unsigned i = 0; i < parser->handles_count; i++)
		if (scenario_word_is(word, parser->handles[i].name)) return &parser->handles[i];
	return NULL;
}

static bool fits(enum handle_kind wanted, enum handle_kind kind)
{
	if (wanted == HANDLE_ANY || kind == HANDLE_ANY || wanted == kind) return true;
	return wanted == HANDLE_FILES && kind == HANDLE_JOBS;
}

struct handle *scenario_handle_find(struct parser *parser, const struct word *word, enum handle_kind kind, bool alive)
{
	struct handle *handle = find(parser, word);
	const char *wanted = kind_phrase(kind);

	if (word->token != TOKEN_PLAIN) {
		scenario_fail_found(parser, word, "%s", wanted);
	} else if (!handle) {
		scenario_fail_found(parser, word, "%s that an as= above made", wanted);
	} else if (!fits(kind, handle->kind)) {
		scenario_fail(parser, word->col, "expected %s, found %s, %s (line %u)", wanted, handle->name,
			kind_phrase(handle->kind), handle->line);
	} else if (alive && handle->references == 0) {
		scenario_fail(parser, word->col, "expected %s that lives, found %s, released in line %u", wanted,
			handle->name, handle->line);
	} else {
		return handle;
	}
	return NULL;
}

bool scenario_handle_free(struct parser *parser, const struct word *word)
{
	const struct handle *handle = find(parser, word);

	if (!handle || handle->references == 0 || handle->kind == HANDLE_ANY) return true;
	return scenario_fail(parser, word->col, "expected a new handle, found %s, which lives since line %u",
		handle->name, handle->line);
}

bool scenario_handle_make(struct parser *parser, const struct word *word, enum handle_kind kind)
{
	struct handle *handle = find(parser, word);

	if (scenario_word_is(word, "_")) return true;
	if (!handle) {
		if (parser->handles_count == SCENARIO_HANDLES_MAX)
			return scenario_fail_limit(parser, word, "at most %d handles", SCENARIO_HANDLES_MAX);
		handle = &parser->handles[parser->handles_count];
		handle->name = scenario_fail_text(parser, word->text, word->length);
		if (!handle->name) return false;
		parser->handles_count++;
	}
	handle->kind = kind;
	handle->references = 1;
	handle->line = parser->line;
	return true;
}

static bool is_guess(struct parser *parser, const struct word *word)
{
	const struct handle *handle = find(parser, word);

	if (word->token != TOKEN_PLAIN || word->length > SCENARIO_NAME_MAX) return false;
	return handle ? handle->references == 0 : parser->handles_count < SCENARIO_HANDLES_MAX;
}

void scenario_handle_guess(struct parser *parser)
{
	struct word key, value;

	parser->at = parser->line_start;
	while (parser->at < parser->end) {
		const char *at = parser->at;
		struct scenario_failures *failures = parser->failures;
		unsigned count = failures->count;
		bool ok = scenario_word_pair(parser, &key, &value);
		failures->count = count;
		if (ok && scenario_word_is(&key, "as") && is_guess(parser, &value))
			scenario_handle_make(parser, &value, HANDLE_ANY);
		if (parser->at == at) parser->at++;
	}
}
