/* shrink_text.c -- words and numbers of a step. */
#include "conformance/shrink_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lines */

/* Where a comment begins, or the line ends; blanks before it do not count. */
static size_t length_of(const char *line, size_t length)
{
	bool quoted = false;
	size_t end = 0;
	for (size_t i = 0; i < length; i++) {
		if (line[i] == '\\' && quoted) i++;
		else if (line[i] == '"') quoted = !quoted;
		else if (line[i] == '#' && !quoted) break;
		if (i < length && line[i] != ' ' && line[i] != '\t') end = i + 1;
	}
	return end < length ? end : length;
}

static bool is(const char *line, size_t length, const char *text)
{
	return strlen(text) == length && !memcmp(line, text, length);
}

bool shrink_text_split(struct arena *arena, const char *text, size_t length, struct shrink_lines *steps)
{
	bool in_body = false;
	*steps = (struct shrink_lines){ .lines = arena_take(arena, (length / 2 + 2) * sizeof *steps->lines) };
	if (!steps->lines) return false;
	for (const char *at = text, *end = text + length; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t whole = (size_t)((stop ? stop : end) - at);
		while (whole && (*at == ' ' || *at == '\t')) at++, whole--;
		size_t used = length_of(at, whole);
		if (is(at, used, "====")) break;
		if (!in_body && used > 6 && !memcmp(at, "probe:", 6) && !memcmp(at + used - 3, "off", 3)) steps->no_probe = true;
		if (in_body && used && !(steps->lines[steps->count++] = arena_text(arena, at, used))) return false;
		in_body |= is(at, used, "---");
		at += whole + 1;
	}
	return true;
}

/* --- words */

/* The next word from `at`, quotes included; returns its length, 0: none. */
static size_t next_word(const char **at)
{
	bool quoted = false;
	size_t length = 0;
	while (**at == ' ' || **at == '\t') ++*at;
	for (; (*at)[length] && (quoted || ((*at)[length] != ' ' && (*at)[length] != '\t')); length++) {
		if ((*at)[length] == '\\' && quoted && (*at)[length + 1]) length++;
		else if ((*at)[length] == '"') quoted = !quoted;
	}
	return length;
}

/* The whole line but `cut` bytes at `from`, with text[length] in their place. */
static char *replaced(struct arena *arena, const char *line, size_t from, size_t cut, const char *text, size_t length)
{
	size_t whole = strlen(line);
	char *other = arena_take(arena, whole - cut + length + 1);
	if (!other) return NULL;
	memcpy(other, line, from);
	memcpy(other + from, text, length);
	memcpy(other + from + length, line + from + cut, whole - from - cut);
	return other;
}

char *shrink_text_without(struct arena *arena, const char *line, unsigned word)
{
	const char *at = line;
	size_t length = next_word(&at);
	for (unsigned i = 0; length && i < word + 1; i++) {   /* the first word is the step's kind */
		at += length;
		length = next_word(&at);
	}
	return length ? replaced(arena, line, (size_t)(at - line), length, "", 0) : NULL;
}

/* --- numbers */

static bool has_numbers(const char *line)
{
	static const char *const kinds[] = { "serve ", "host ", "disk ", "clock ", "advance ", "do ", "on " };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strncmp(line, kinds[i], strlen(kinds[i]))) return true;
	return false;
}

/* A number stands behind one of the marks of values, and has digits and perhaps a unit. */
static const char *next_number(const char *line, const char *at, size_t *digits, size_t *unit)
{
	const char *arrow = strstr(line, "->"), *end = arrow ? arrow : line + strlen(line);
	for (; at < end; at++) {
		if (at == line || !isdigit((unsigned char)*at) || !strchr("=@+- ,(", at[-1])) continue;
		*digits = strspn(at, "0123456789");
		*unit = strspn(at + *digits, "abcdefghijklmnopqrstuvwxyz");
		char behind = at[*digits + *unit];
		if (!behind || strchr(" ,)-(", behind)) return at;
	}
	return NULL;
}

/* What is below a unit; "": nothing. */
static const char *below(const char *unit, size_t length)
{
	static const char *const units[][2] = { { "d", "12h" }, { "h", "30m" }, { "m", "30s" }, { "s", "500ms" }, { "ms", "500us" }, { "g", "512m" }, { "k", "512" } };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (is(unit, length, units[i][0])) return units[i][1];
	return "";
}

/* 0, then 1 of its unit, then half, then one less; of 1 of a unit half of it in the one below. */
static bool simpler(const char *number, size_t digits, size_t unit, unsigned way, char *text, size_t size)
{
	unsigned long long n = strtoull(number, NULL, 10);
	int length = (int)unit;
	const char *suffix = number + digits;
	if (way == 0 && n > 0) return snprintf(text, size, "0") > 0;
	if (way == 1 && n > 1) return snprintf(text, size, "1%.*s", length, suffix) > 0;
	if (way == 2 && n > 3) return snprintf(text, size, "%llu%.*s", n / 2, length, suffix) > 0;
	if (way == 3 && n > 2 && n < 20) return snprintf(text, size, "%llu%.*s", n - 1, length, suffix) > 0;
	if (way == 4 && n == 1 && *below(suffix, unit)) return snprintf(text, size, "%s", below(suffix, unit)) > 0;
	text[0] = '\0';
	return way < 5;
}

char *shrink_text_simpler(struct arena *arena, const char *line, unsigned number, unsigned way)
{
	char text[40];
	size_t digits = 0, unit = 0;
	const char *at = has_numbers(line) ? next_number(line, line, &digits, &unit) : NULL;
	for (unsigned i = 0; at && i < number; i++) at = next_number(line, at + digits, &digits, &unit);
	if (!at || !simpler(at, digits, unit, way, text, sizeof text)) return NULL;
	if (!*text) return arena_text(arena, line, strlen(line));   /* this way is none for this number */
	return replaced(arena, line, (size_t)(at - line), digits + unit, text, strlen(text));
}
