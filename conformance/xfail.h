/* xfail.h -- accepted deviations of one implementation, by name, checked both ways.
 *
 * File:
 *     implementation: wine-bits          the name and version that `describe` gives; globs
 *     version: 8.0*
 *
 *     fail ERR-LIFE-001 "state=ERROR hr=ERROR_INFORMATION_UNAVAILABLE"    a rule, or CHECK, and the signature (glob)
 *       in: 0301-* 0302-net-refused      scenario ids (globs)
 *       reason: why this is accepted
 *       expires: 2027-11-24
 *       sometimes: a race decides      only where so: the entry is then not stale when it matches nothing
 *
 *     allow service.restart              a feature that may be unsupported (glob)
 *       reason: ...
 *
 * Entries still run. The run is stale when a name behind in: matches nothing although its scenario was run, or is no scenario at all; when an
 * entry excuses more than 20 scenarios or is expired; when the file is for another implementation. A file that lacks a reason or an expiry
 * does not parse. Adapter and harness errors are never excused. */
#ifndef BGCHECK_CONFORMANCE_XFAIL_H
#define BGCHECK_CONFORMANCE_XFAIL_H

#include "model/status.h"
#include "sim/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define XFAIL_ENTRIES_MAX 1000
#define XFAIL_IDS_MAX 40           /* bits of hit and ran */
#define XFAIL_MATCHES_MAX 20

struct xfail_entry {
	bool allow;               /* allow FEATURE */
	const char *rule;         /* or the feature */
	const char *signature;    /* "" for allow */
	unsigned ids_count;
	const char *ids[XFAIL_IDS_MAX];
	const char *reason, *expires;
	const char *sometimes;    /* why the deviation does not show in every run; NULL: it does */
	unsigned line;
	unsigned matches;         /* scenarios in which it excused something */
	char last[128];           /* the scenario that it matched last, so that matches counts scenarios */
	uint64_t hit, ran;        /* bit i: ids[i] excused something; a scenario that it names was run */
};

struct xfail {
	const char *file;
	const char *implementation, *version;
	unsigned count;
	struct xfail_entry entries[XFAIL_ENTRIES_MAX];
};

/* Parses text[length]. Errors as in a scenario: file, line, col, `expected X, found Y`; the first one only. */
enum status xfail_parse(struct arena *arena, const char *file, const char *text, size_t length, struct xfail **xfail,
	struct failure *failure);

/* The entry that excuses a finding, counted; NULL when there is none. */
const struct xfail_entry *xfail_match(struct xfail *xfail, const char *scenario, const char *rule, const char *signature);
/* The entry that allows an unsupported feature, counted; NULL when there is none. */
const struct xfail_entry *xfail_allows(struct xfail *xfail, const char *scenario, const char *feature);

/* Tells the entries that a scenario was run. Cannot fail. */
void xfail_ran(struct xfail *xfail, const char *scenario);
/* Forgets what matched and what ran, for another run. Cannot fail. */
void xfail_forget(struct xfail *xfail);

/* Whether the file is for this implementation. */
bool xfail_is_for(const struct xfail *xfail, const char *implementation, const char *version);

/* Whether an entry is stale, and why: expired, a name of its in: unmatched, too many matches. `today` is YYYY-MM-DD. */
bool xfail_stale(const struct xfail_entry *entry, const char *today, char *why, size_t why_size);

/* Whether text is YYYY-MM-DD, with a month and a day that can be. */
bool xfail_is_date(const char *text);

#endif
