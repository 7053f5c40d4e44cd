/* campaign.h -- many scenarios by chance, judged: what fails, and for which seeds. */
#ifndef BGCHECK_CONFORMANCE_CAMPAIGN_H
#define BGCHECK_CONFORMANCE_CAMPAIGN_H

#include "conformance/campaign_file.h"
#include "conformance/run.h"
#include "sim/draw.h"

#define CAMPAIGN_SEEDS_MAX 100000000u     /* of one call */

struct campaign_options {
	const struct run_options *run;  /* implementation, readings, oracle, workers */
	struct draw_options draw;       /* its seed is not read */
	const char *impl;               /* as on the command line; NULL: the reference */
	char *const *readings;
	unsigned readings_count;
	uint64_t from, to;              /* seeds, both included */
};

/* What all seeds are tried with, as the head of the file says it: text[size]. */
void campaign_arguments(const struct campaign_options *options, char *text, size_t size);

/* Draws, plays and judges each seed, whatever becomes of the others; a play that breaks an assertion of bgcheck, or runs without end, is
 * a class, too. The result depends on the options alone, not on the number of workers. False: interrupted, out of memory or processes. */
bool campaign_run(const struct campaign_options *options, struct campaign_file *found);

#endif
