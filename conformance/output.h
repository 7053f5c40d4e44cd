/* output.h -- writes an output folder: beside its place first, renamed at the end, so that no half of one is ever seen. */
#ifndef BGCHECK_CONFORMANCE_OUTPUT_H
#define BGCHECK_CONFORMANCE_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

struct output {
	char final[1024];   /* where the folder will stand */
	char draft[1100];   /* where it is written; absolute */
	char scratch[1024]; /* a folder of its own around the draft, which nobody asked to keep; "": none */
};

/* Makes the draft folder with trace/ and work/ in it. A folder that stands at `path` must be one of ours (it has a
 * results.json) or empty. Returns 0, or -1 with a message on stderr. */
int output_begin(struct output *output, const char *path);

/* A new folder below $TMPDIR or /tmp, named for who works in it: bgcheck-NAME-XXXXXX. Returns 0, or -1 with a message on stderr. */
int output_scratch(char *path, size_t size, const char *name);

/* As output_begin, in a new folder below $TMPDIR or /tmp, for adapters that need a place to work in. */
int output_begin_scratch(struct output *output);

/* Removes the work folders, and looks whether the draft still stands with its traces. Returns 0, or -1 with a message on stderr. */
int output_check(const struct output *output);

/* Writes results.json, junit.xml, results.tap, summary.md, coverage.json and table.tsv and puts the folder in its place.
 * Returns 0, or -1 with a message on stderr; then nothing stands at the final place that was not there before.
 * At any moment, whatever ends bgcheck, the final place holds the whole old folder or the whole new one. */
int output_end(struct output *output, json_t *results);

/* Removes the draft, and the scratch folder. */
void output_abandon(struct output *output);

/* Removes a folder with all that is in it; links are not followed. */
void output_remove(const char *path);

/* The summary that people read on the terminal and in summary.md. */
void output_summary(FILE *file, json_t *results);

#endif
