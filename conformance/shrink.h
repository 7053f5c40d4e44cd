/* shrink.h -- a failing run made small: steps, faults, files and numbers are taken away as long as it fails alike. */
#ifndef BGCHECK_CONFORMANCE_SHRINK_H
#define BGCHECK_CONFORMANCE_SHRINK_H

#include "conformance/failure.h"

struct shrink_options {
	const struct unit_options *unit;     /* implementation (a simulated one), readings, judges */
	bool dialects[DIALECT_COUNT];        /* in which it may fail; the first that does is taken */
	const char *class;                   /* as failure_class() writes it; NULL: the first that is found */
	const char *id;                      /* of the result */
};

struct shrunk {
	char *text;                          /* a scenario in the form of format.h, from malloc */
	size_t length;
	unsigned steps_before, steps, tries;
	enum dialect dialect;
	char class[FAILURE_SIGNATURE_MAX];
};

enum shrink_status { SHRINK_DONE, SHRINK_PASSES, SHRINK_NO_PARSE, SHRINK_NO_MEMORY };

/*
 * Shrinks text[length], named `file` in complaints. The result fails in the class of the first failure of the input (or the one that is
 * wanted), and no line of it can be left out. Delta debugging: halves of the lines first, then single ones, then words, then numbers,
 * which go towards 0 and 1, until nothing changes; deterministic. SHRINK_PASSES: the input does not fail so. SHRINK_NO_PARSE: failures
 * say why.
 */
enum shrink_status shrink(const struct shrink_options *options, const char *file, const char *text, size_t length, struct shrunk *shrunk,
	struct scenario_failures *failures);

#endif
