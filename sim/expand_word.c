/* expand_word.c -- words of lines that are not parsed yet, and complaints about them. */
#include "sim/expand_internal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool expand_fail(struct scenario_failures *failures, const char *file, unsigned line, unsigned col, const char *format, ...)
{
	struct failure *failure = &failures->list[failures->count];
	va_list args;

	if (failures->count == SCENARIO_FAILURES_MAX) return false;
	failures->count++;
	*failure = (struct failure){ .line = line, .col = col };
	snprintf(failure->file, sizeof failure->file, "%s", file);
	va_start(args, format);
	vsnprintf(failure->text, sizeof failure->text, format, args);
	va_end(args);
	return false;
}

void expand_skip(const char **at, const char *end)
{
	while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
}

struct part expand_take_name(const char **at, const char *end)
{
	struct part name = { *at, 0 };

	if (*at < end && islower((unsigned char)**at))
		while (*at < end && (isalnum((unsigned char)**at) || **at == '_')) ++*at;
	name.length = (size_t)(*at - name.text);
	return name;
}

bool expand_is(const struct part *part, const char *text)
{
	return part->length == strlen(text) && !memcmp(part->text, text, part->length);
}

bool expand_same(const struct part *a, const struct part *b)
{
	return a->length == b->length && !memcmp(a->text, b->text, a->length);
}

const char *expand_end_of(const char *start, const char *end)
{
	bool quoted = false;
	const char *last = start;

	for (const char *at = start; at < end && (quoted || *at != '#'); at++) {
		if (*at == '"') quoted = !quoted;
		if (*at != ' ' && *at != '\t') last = at + 1;
	}
	return last;
}

bool expand_starts(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - at) > length && !memcmp(at, word, length) && (at[length] == ' ' || at[length] == '\t');
}
