/* scenario_fail.c -- the errors of a scenario file: where, what was expected, what was found. */
#include "sim/fault_word.h"
#include "sim/scenario_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FOUND_MAX 40  /* bytes of a found word that are shown */

/* The place for one more failure; NULL when there are enough. */
static struct failure *add(struct parser *parser, unsigned col)
{
	struct scenario_failures *failures = parser->failures;
	struct failure *failure;

	if (failures->count == SCENARIO_FAILURES_MAX) return NULL;
	failure = &failures->list[failures->count++];
	memset(failure, 0, sizeof *failure);
	snprintf(failure->file, sizeof failure->file, "%s", parser->file);
	failure->line = parser->line;
	failure->col = col;
	return failure;
}

bool scenario_fail(struct parser *parser, unsigned col, const char *format, ...)
{
	struct failure *failure = add(parser, col);
	va_list args;

	if (!failure) return false;
	va_start(args, format);
	vsnprintf(failure->text, sizeof failure->text, format, args);
	va_end(args);
	return false;
}

/* A long word is cut, and not within a character. */
static size_t shown_length(const struct word *word)
{
	size_t length = word->length;

	if (length <= FOUND_MAX) return length;
	length = FOUND_MAX;
	while (length > 0 && ((unsigned char)word->text[length] & 0xC0) == 0x80) length--;
	return length;
}

static void fail_found(struct parser *parser, const struct word *found, const char *format, va_list args)
{
	struct failure *failure = add(parser, found->col);
	char expected[FAILURE_TEXT_MAX / 2];
	const char *quote = found->token == TOKEN_QUOTED ? "\"" : "";
	size_t length;

	if (!failure) return;
	vsnprintf(expected, sizeof expected, format, args);
	if (found->token == TOKEN_END) {
		snprintf(failure->text, sizeof failure->text, "expected %s, found a line end", expected);
		return;
	}
	length = shown_length(found);
	snprintf(failure->text, sizeof failure->text, "expected %s, found %s%.*s%s%s", expected, quote, (int)length,
		found->text, length < found->length ? "..." : "", quote);
}

bool scenario_fail_found(struct parser *parser, const struct word *found, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_found(parser, found, format, args);
	va_end(args);
	return false;
}

bool scenario_fail_limit(struct parser *parser, const struct word *found, const char *format, ...)
{
	va_list args;

	parser->limit = true;
	va_start(args, format);
	fail_found(parser, found, format, args);
	va_end(args);
	return false;
}

bool scenario_fail_words(struct parser *parser, const struct word *found, const char *before, enum step_kind kind, const char *key, const char *last)
{
	char words[400];

	fault_word_phrase(kind, key, last, words, sizeof words);
	return scenario_fail_found(parser, found, "%s%s", before, words);
}

void *scenario_fail_take(struct parser *parser, size_t size)
{
	void *memory = arena_take(parser->arena, size);

	if (!memory) parser->no_memory = true;
	return memory;
}

const char *scenario_fail_text(struct parser *parser, const char *text, size_t length)
{
	const char *copy = arena_text(parser->arena, text, length);

	if (!copy) parser->no_memory = true;
	return copy;
}
