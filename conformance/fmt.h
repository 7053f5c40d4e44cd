/* fmt.h -- `bgcheck fmt`: scenario files in the one way in which they are written. */
#ifndef BGCHECK_CONFORMANCE_FMT_H
#define BGCHECK_CONFORMANCE_FMT_H

#include "conformance/verdict.h"
#include "sim/arena.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes each file in its canonical form (sim/format.h), where that differs, and names it on `out`; with `check` it is only
 * named, and the answer is EXIT_FAILED. A file that does not parse stays as it is, with its errors on `errors`: EXIT_USAGE. A
 * file that cannot be read is EXIT_USAGE, one that cannot be written EXIT_HARNESS. All files are looked at; the worst counts. */
enum exit_code fmt_files(struct arena *arena, char *const *files, unsigned count, bool check, FILE *out, FILE *errors);

#endif
