/* select.h -- from the words of the command line to scenarios, parsed. */
#ifndef BGCHECK_CONFORMANCE_SELECT_H
#define BGCHECK_CONFORMANCE_SELECT_H

#include "conformance/verdict.h"
#include "sim/scenario.h"

#include <stdio.h>

#define SELECT_FILES_MAX 20000

struct selection {
	unsigned count;
	struct scenario **scenarios;   /* sorted by id */
};

/* A word is a file, a folder, an id, a glob over ids, rule:GLOB or area:NAME; no word selects the whole library.
 * `library` is the folder of scenarios. A word that selects nothing, or nothing at all, is EXIT_SELECTION; a
 * scenario that does not parse is EXIT_USAGE, each error on its own line of `errors`. */
enum exit_code select_scenarios(struct arena *arena, const char *library, char *const *words, unsigned words_count,
	struct selection *selection, FILE *errors);

/* Reads a whole file into the arena, NUL behind it. NULL when it cannot be read; errno says why. */
char *select_read_file(struct arena *arena, const char *path, size_t *length);

#endif
