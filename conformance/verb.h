/* verb.h -- the verbs of the command line: a row of the table in main.c each. */
#ifndef BGCHECK_CONFORMANCE_VERB_H
#define BGCHECK_CONFORMANCE_VERB_H

#include "conformance/options.h"
#include "sim/arena.h"

/*
 * Each does what its line of `bgcheck --help` says with the words and options given, and returns the exit code of the process. What it says
 * goes to standard output, complaints to standard error. The arena is the verb's own; it may reset it.
 */
int verb_run(struct options *options, struct arena *arena);
int verb_judge(struct options *options, struct arena *arena);
int verb_trace(struct options *options, struct arena *arena);
int verb_bless(struct options *options, struct arena *arena);
int verb_campaign(struct options *options, struct arena *arena);
int verb_merge(struct options *options, struct arena *arena);
int verb_shrink(struct options *options, struct arena *arena);

/* Ends every verb: EXIT_HARNESS with a complaint when standard output took less than was written to it, else `code`. */
int verb_flush(int code);

/* Writes text[length] to a new or emptied file; NULL: to standard output, which is not flushed. EXIT_HARNESS with a complaint, or 0. */
int verb_write(const char *path, const char *text, size_t length);

/* Complains that a file cannot be written, by errno. Returns EXIT_HARNESS. */
int verb_cannot_write(const char *path);

/* Whether an adapter's command can be started at all; complains when not. */
int verb_adapter_is_there(char *const *argv);

/* Today's date in UTC, YYYY-MM-DD. */
void verb_today(char *today, size_t size);

#endif
