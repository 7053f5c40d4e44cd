/* replace.h -- a file gets new contents, or keeps the old ones: never half of either. */
#ifndef BGCHECK_CONFORMANCE_REPLACE_H
#define BGCHECK_CONFORMANCE_REPLACE_H

#include <stddef.h>
#include <stdio.h>

/* Writes beside the file, which must exist, and renames; links are followed, permissions kept.
 * Returns 0, or -1 with a message on `errors`; then the file is as it was. */
int replace_file(const char *path, const char *text, size_t length, FILE *errors);

#endif
