/* xfail_update.h -- `bgcheck xfail update`: from what runs show to the file of accepted deviations, and back to nothing to change. */
#ifndef BGCHECK_CONFORMANCE_XFAIL_UPDATE_H
#define BGCHECK_CONFORMANCE_XFAIL_UPDATE_H

#include "conformance/xfail.h"

#include <jansson.h>
#include <stdio.h>

#define XFAIL_RUNS_MAX 32             /* bits of a mask of runs */
#define XFAIL_DEVIATIONS_MAX 20000    /* (rule, signature, scenario) that the file does not excuse */
#define XFAIL_SIGNATURE_MAX 1400      /* of a pattern */

enum xfail_accept {
	XFAIL_ACCEPT_NEW = 1,         /* + a deviation that nothing excuses */
	XFAIL_ACCEPT_FIXED = 2,       /* - a name behind in: whose scenario ran and showed nothing */
	XFAIL_ACCEPT_CHANGED = 4,     /* ~ the same rule and scenario with another signature, or only in some of the runs */
};

/* One results.json. */
struct xfail_run {
	const char *path;
	json_t *results;
};

struct xfail_update_options {
	unsigned accept;              /* of enum xfail_accept */
	const char *today;            /* YYYY-MM-DD */
	const char *expires;          /* of new entries; NULL: in a year */
	const char *reason;           /* of new entries; they need one */
	bool strict;                  /* a missed SHOULD is a deviation too */
};

/* `new,fixed,changed` or some of them. Returns false for another word. */
bool xfail_update_accept(const char *words, unsigned *accept);

/* The glob that matches a signature in every run: folders that end in work\ and ports of 127.0.0.1 are `*`; what a glob or
 * a line would misread is escaped or `?`. */
void xfail_update_pattern(const char *signature, char *pattern, size_t pattern_size);

/* Compares the file's text with the runs, tells the difference on `out` and what is wrong on `errors`. *changed is the text with what is
 * accepted, in the arena, or NULL when every byte stays. Returns EXIT_CONFORMS when the file then says what the runs show, EXIT_STALE
 * when it does not, EXIT_USAGE for bad input, EXIT_HARNESS for want of memory. */
int xfail_update_text(struct arena *arena, const char *file, const char *text, size_t length, const struct xfail_run *runs,
	unsigned runs_count, const struct xfail_update_options *options, FILE *out, FILE *errors, const char **changed);

/* The same for files; the changed file is written beside its place and renamed. Returns an exit code. */
int xfail_update(struct arena *arena, const char *file, char *const *paths, unsigned paths_count,
	const struct xfail_update_options *options, FILE *out, FILE *errors);

#endif
