/* options.h -- the command line: verb, options, words, and the adapter's command behind `--`. */
#ifndef BGCHECK_CONFORMANCE_OPTIONS_H
#define BGCHECK_CONFORMANCE_OPTIONS_H

#include "conformance/mutant_row.h"
#include "conformance/run.h"
#include "conformance/xfail_update.h"
#include "sim/draw.h"
#include "sim/explore.h"

#define REQUIRE_MAX 32
#define READING_MAX 64

struct options {
	char *const *argv;           /* the command line as it was given */
	const char *verb;
	struct run_options run;
	const char *library, *out, *xfail, *impl, *witness, *matrix;
	const char *program;         /* of selftest and run --certify: what is run; NULL: this bgcheck */
	struct mutant_row edit;      /* of --impl mutant:gen:...; run.unit.mutant points here */
	struct xfail_update_options update;
	int dialect;                 /* -1: all */
	struct draw_options draw;    /* campaign: but for the seed */
	uint64_t from, to;           /* campaign: seeds; from > to: none were given */
	const char *write;           /* campaign: a folder for the scenarios that are drawn; NULL: they are played */
	bool json, tsv, strict, quiet, check, all, certify;
	struct explore_bounds bounds;
	unsigned require_count;
	char *require[REQUIRE_MAX];
	unsigned reading_count;
	char *reading[READING_MAX];
	char **words;                /* what is no option */
	unsigned words_count;
};

/* Fills `options`, which hold the defaults. Returns 0, an exit code after a complaint, or -1 when everything is said (help). */
int options_parse(struct options *options, int argc, char **argv);

/* Sets what is under test from options->impl. Returns 0, or EXIT_USAGE after a complaint. */
int options_set_impl(struct options *options);

/* Complains: what was expected, and the word that was found (NULL: none). Returns EXIT_USAGE. */
int options_usage(const char *what, const char *word);

#endif
