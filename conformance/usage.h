/* usage.h -- what `bgcheck --help` says. */
#ifndef BGCHECK_CONFORMANCE_USAGE_H
#define BGCHECK_CONFORMANCE_USAGE_H

#include <stdio.h>

void usage_print(FILE *file);

#endif
