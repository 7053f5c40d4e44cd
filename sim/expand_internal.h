/* expand_internal.h -- what the parts of the expansion share; nobody else includes it. */
#ifndef BGCHECK_SIM_EXPAND_INTERNAL_H
#define BGCHECK_SIM_EXPAND_INTERNAL_H

#include "sim/expand.h"

struct part {                      /* of a line */
	const char *text;
	size_t length;
};

/* expand_word.c: words of a line; `end` is where it ends. */
void expand_skip(const char **at, const char *end);
/* A name of small letters, digits and _; empty when none stands there. */
struct part expand_take_name(const char **at, const char *end);
bool expand_is(const struct part *part, const char *text);
bool expand_same(const struct part *a, const struct part *b);
/* Where the line's comment begins, or its end; blanks before it do not count. */
const char *expand_end_of(const char *start, const char *end);
/* Whether the word stands at `at`, and blanks behind it. */
bool expand_starts(const char *at, const char *end, const char *word);
/* Records what is wrong, unless there are too many already; returns false. */
bool expand_fail(struct scenario_failures *failures, const char *file, unsigned line, unsigned col, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* expand_block.c: texts without `use`, `repeat` and `in parallel`. */
struct block_text {
	const char *suffix;            /* "@order=abba"; "" without `in parallel` */
	const char *text;
	size_t length;
	const struct scenario_place *lines;   /* by number, from 1; NULL: the lines of the file */
};
struct block_texts {
	unsigned count;
	struct block_text *texts;
};
enum status expand_blocks(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read, struct block_texts *texts,
	struct scenario_failures *failures);

#endif
