/* expand.h -- one file, several scenarios: lines of other files, repeats, orders of clients, `let` and `matrix` values, before anything is
 * parsed. */
#ifndef BGCHECK_SIM_EXPAND_H
#define BGCHECK_SIM_EXPAND_H

#include "sim/scenario.h"

#define EXPAND_VARIABLES_MAX 10u   /* of a matrix */
#define EXPAND_VALUES_MAX 16u      /* of one of its variables */
#define EXPAND_LETS_MAX 32u
#define EXPAND_ROWS_MAX 512u
#define EXPAND_LINES_MAX 4096u     /* of a file with those that it uses, and of a text with its repeats */
#define EXPAND_CLIENTS_MAX 4u      /* in parallel */
#define EXPAND_STEPS_MAX 16u       /* of theirs together */

/* The text of the file at `path`, in the arena; NULL when it cannot be read. */
typedef char *expand_reader(struct arena *arena, const char *path, size_t *length);

/* One of the scenarios. `let` and `matrix` lines are empty. */
struct expanded {
	const struct scenario_place *lines;   /* of the text, by number, from 1; NULL: they are those of the file */
	const char *suffix;            /* of its id: "@fault=reset-16k,size=64k"; "" without a matrix */
	const char *text;
	size_t length;
	bool is_changed;               /* it differs from the file */
};
struct expansion {
	unsigned count;
	struct expanded *rows;
	unsigned all;                  /* how many there would be with every combination; 1 without a matrix */
};

/*
 * Expands text[length]. A file without such lines is one row, its own text. Texts lie in the arena. `read` reads the files that it uses;
 * NULL: it may use none. Errors: STATUS_BAD_INPUT with failures as scenario_parse() tells them, STATUS_NO_MEMORY.
 *
 *   use part/f1.part                                     the lines of that file, from the folder of this one
 *   repeat 3 as n                                        the lines down to `done` three times; $n is 1, 2, 3
 *   in parallel                                          the lines down to `done`, of clients that `and` parts: a row for each order in
 *                                                        which the service could have got them
 *   let size = 64k                                       $size stands for it from here on
 *   matrix fault in {reset@16k, stall@16k} n in {1, 2} : pairwise   every two values of two variables meet in a row; `: all`: every
 *                                                        combination, also without a colon
 */
enum status expand_scenario(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read,
	struct expansion *expansion, struct scenario_failures *failures);

/* What `crash at every event` makes of a row that has it: a row for each event that the reference meets behind the line, in either
 * dialect, with `crash at event N` in its place. The row itself stays when it has no such line. Adds to rows[max]; returns how many,
 * 0 with a failure when there would be more. */
unsigned expand_crashes(struct arena *arena, const char *file, const struct expanded *row, struct expanded *rows, unsigned max,
	struct scenario_failures *failures);

/* Parses one of the rows: scenario_parse() with its id and text. */
enum status expand_parse(struct arena *arena, const char *file, const struct expanded *row, struct scenario **scenario,
	struct scenario_failures *failures);

/* Expands the text, and parses its rows until one does not parse; *scenario: the last that did. Errors of both. */
enum status expand_parse_all(struct arena *arena, const char *file, const char *text, size_t length, expand_reader *read,
	struct scenario **scenario, struct scenario_failures *failures);

/*
 * A covering array of strength 2 for variables with counts[variables_count] values: rows of a value for each variable, so that every two
 * values of two variables meet in one. Made in parameter order; deterministic. rows[max] has EXPAND_VARIABLES_MAX values each; returns
 * the number of rows, 0 when there would be more than max.
 */
unsigned expand_pairs(const unsigned *counts, unsigned variables_count, unsigned (*rows)[EXPAND_VARIABLES_MAX], unsigned max);

#endif
