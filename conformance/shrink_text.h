/* shrink_text.h -- a scenario as lines that can be left out, and lines as words that can be made simpler. No play. */
#ifndef BGCHECK_CONFORMANCE_SHRINK_TEXT_H
#define BGCHECK_CONFORMANCE_SHRINK_TEXT_H

#include "sim/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* The steps, without comments and empty lines; texts live in the arena. */
struct shrink_lines {
	char **lines;
	unsigned count;
	bool no_probe;       /* `probe: off` */
};

/* Takes the steps from the text of a scenario that parses. False: the arena is used up. */
bool shrink_text_split(struct arena *arena, const char *text, size_t length, struct shrink_lines *steps);

/* The line without its nth word from 0, or with the nth number in it made simpler in the nth way; the way goes from 0. NULL: there is no
 * such word, number or way, or the arena is used up. Numbers are only those of the world, of times that pass, and of setters: what
 * is expected stays. */
char *shrink_text_without(struct arena *arena, const char *line, unsigned word);
char *shrink_text_simpler(struct arena *arena, const char *line, unsigned number, unsigned way);

#endif
