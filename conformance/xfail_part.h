/* xfail_part.h -- what xfail_update.c, which compares, and xfail_write.c, which writes, share. */
#ifndef BGCHECK_CONFORMANCE_XFAIL_PART_H
#define BGCHECK_CONFORMANCE_XFAIL_PART_H

#include "conformance/xfail_update.h"

/* A deviation in one scenario that the file does not excuse, over all runs. */
struct deviation {
	bool allow;                      /* a feature that is missing: `rule` is the feature, `id` is "" */
	bool sometimes;                  /* not in every run of its scenario */
	const char *rule, *signature, *pattern, *id;
	uint32_t runs;                   /* bit r: run r shows it */
	const struct xfail_entry *was;   /* the entry that excused this rule and scenario with a signature that is gone */
};

/* What the runs say of an entry. */
struct note {
	uint32_t hit[XFAIL_IDS_MAX], ran[XFAIL_IDS_MAX];   /* bit r: in run r */
	uint64_t gone, moved;            /* bit i: ids[i] shows nothing in any run; and its rule shows another signature */
	bool sometimes, crowded;         /* shows in some runs; excuses too much */
};

struct updater {
	struct arena *arena;
	struct xfail *xfail;
	const struct xfail_run *runs;
	unsigned runs_count;
	const struct xfail_update_options *options;
	FILE *out, *errors;
	struct note *notes;              /* one for each entry */
	struct deviation *deviations;
	unsigned count, told, left;      /* left: differences that stay in spite of the update */
	char expires[16];                /* of new entries */
};

/* One entry's worth of deviations from `first`: the same but for the scenario, and at most 20. Returns the end. */
unsigned xfail_part_end(const struct updater *updater, unsigned first);
/* Whether it is written. */
bool xfail_part_is_accepted(const struct updater *updater, const struct deviation *deviation);
/* Bit i: ids[i] of entry `e` is taken out. */
uint64_t xfail_part_dropped(const struct updater *updater, unsigned e);
/* Whether the whole entry is. */
bool xfail_part_is_gone(const struct updater *updater, unsigned e);

/* The text with what is accepted, in the arena. Returns 0 or an exit code. */
int xfail_part_write(struct updater *updater, const char *text, size_t length, const char **changed);

#endif
