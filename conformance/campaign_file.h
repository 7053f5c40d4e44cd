/* campaign_file.h -- what a campaign found: the seeds that were tried, and for each class of failure those that failed so.
 *
 *   # bgcheck campaign impl=reference steps=16 faults=4 swarm=0 dialects=do,bits readings=- version=V tables=T
 *   # seeds 1-10000
 *   # dialect rule signature count first seeds
 *   bits	ERR-LIFE-001	no error in ERROR	3	17	17,40-41
 *
 * Columns are separated by tabs, lines stand in order of dialect, rule and signature, seeds in order. Seeds are sets: to merge is to
 * unite, so order and repetition do not matter. */
#ifndef BGCHECK_CONFORMANCE_CAMPAIGN_FILE_H
#define BGCHECK_CONFORMANCE_CAMPAIGN_FILE_H

#include "model/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Ranges in order, that neither meet nor touch. */
struct seeds {
	struct seed_range { uint64_t from, to; } *ranges;   /* both included */
	size_t count, size;
};

struct campaign_class {
	char *text;                  /* dialect<tab>rule<tab>signature */
	struct seeds seeds;
};

struct campaign_file {
	char *arguments;             /* what all seeds were tried with */
	struct seeds seeds;
	struct campaign_class *classes;  /* in order of text */
	size_t count, size;
};

/* Adds from..to. False: out of memory. */
bool seeds_add(struct seeds *seeds, uint64_t from, uint64_t to);
bool seeds_unite(struct seeds *seeds, const struct seeds *other);
uint64_t seeds_count(const struct seeds *seeds);

/* "3,17-19". False: no such set. */
bool seeds_parse(struct seeds *seeds, const char *text);
void seeds_print(const struct seeds *seeds, FILE *file);

/* An empty campaign with the arguments; false: out of memory. campaign_file_done gives all back. */
bool campaign_file_init(struct campaign_file *campaign, const char *arguments);
void campaign_file_done(struct campaign_file *campaign);

/* A seed of a class. False: out of memory. */
bool campaign_file_add(struct campaign_file *campaign, const char *text, uint64_t from, uint64_t to);

/* Reads a file. Errors: STATUS_IO, STATUS_BAD_INPUT with failure->line and `expected X, found Y`, STATUS_NO_MEMORY. What was read so far
 * must be given back. */
enum status campaign_file_read(struct campaign_file *campaign, const char *path, struct failure *failure);
void campaign_file_write(const struct campaign_file *campaign, FILE *file);

/* Unites. The arguments must be the same: STATUS_BAD_INPUT, failure->text says which differ. */
enum status campaign_file_merge(struct campaign_file *campaign, const struct campaign_file *other, struct failure *failure);

#endif
