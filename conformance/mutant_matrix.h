/* mutant_matrix.h -- the kill matrix as a file: what each mutant broke where.
 *
 * TSV, sorted by bytes, the same for any number of workers: rule, mutant, scenario, dialect, signature of the finding. Beside
 * the ids of rules the first column has CHECK (an expectation of the scenario failed), END (the play could not go on), CRASH
 * (an assertion of the simulator), and, of mutants that no scenario noticed, EQUAL, NEVER-TAKEN or SURVIVED. Of a mutant that
 * names rules the scenarios are there that were needed to show them; of the others the first that killed it. */
#ifndef BGCHECK_CONFORMANCE_MUTANT_MATRIX_H
#define BGCHECK_CONFORMANCE_MUTANT_MATRIX_H

#include "conformance/mutant_kill.h"

struct mutant_matrix {
	const char *path;
	FILE *file;        /* workers append to it; it has no name */
	char *buffer;
};

/* 0, or -1 after a complaint: the path cannot be written. */
int mutant_matrix_begin(struct mutant_matrix *matrix, const char *path);
/* Sorts what was appended, adds what became of the others, and writes the file. 0, or -1 after a complaint. */
int mutant_matrix_end(struct arena *arena, struct mutant_matrix *matrix, const struct kill_field *field, const struct kill_task *tasks,
	const struct kill_result *results, unsigned count);

#endif
