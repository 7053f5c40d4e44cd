/* output.h -- writes an output folder: beside its place first, renamed at the end, so that no half of one is ever seen. */
#ifndef BGCHECK_CONFORMANCE_OUTPUT_H
#define BGCHECK_CONFORMANCE_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

struct output {
	char final[1024];   /* where the folder will stand */
	char draft[1100];   /* where it is written; absolute */
};

/* Makes the draft folder with trace/ and work/ in it. A folder that stands at `path` must be one of ours (it has a
 * results.json) or empty. Returns 0, or -1 with a message on stderr. */
int output_begin(struct output *output, const char *path);

/* Writes results.json, junit.xml, results.tap, summary.md, coverage.json and table.tsv and puts the folder in its place.
 * Returns 0, or -1 with a message on stderr; then nothing stands at the final place that was not there before. */
int output_end(struct output *output, json_t *results);

/* Removes the draft. */
void output_abandon(struct output *output);

/* Gives a file that is there a new text: beside its place first, and renamed, with its permissions, so that no half of it is ever
 * seen. Returns 0, or -1 with a message on `errors`; then the file is what it was. */
int output_replace(const char *file, const char *text, FILE *errors);

/* The summary that people read on the terminal and in summary.md. */
void output_summary(FILE *file, json_t *results);

#endif
