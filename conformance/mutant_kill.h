/* mutant_kill.h -- one mutant before the suite: which scenarios notice it, by which rules, or why none can.
 *
 * A scenario kills a mutant when its run would not be exit 0 with --strict: a finding of a MUST or SHOULD rule, an expectation
 * of its own that fails, a step that cannot be played, an answer that the simulator cannot go on with. The reference must not
 * be killed by any (a false alarm). */
#ifndef BGCHECK_CONFORMANCE_MUTANT_KILL_H
#define BGCHECK_CONFORMANCE_MUTANT_KILL_H

#include "conformance/mutant_row.h"
#include "conformance/run.h"
#include "sim/explore_equal.h"

#define KILL_WORDS 8              /* sets of rules, and of rows: 512 bits */
#define KILL_TEXT EXPLORE_EQUAL_TEXT
#define KILL_ARENA_BYTES (96u << 20)

/* A scenario in a dialect, and what the reference does there. */
struct kill_unit {
	struct unit unit;
	unsigned lines;               /* of the reference's trace: the cheapest come first */
	uint64_t rules[KILL_WORDS];   /* those that its header lists */
	uint64_t rows[KILL_WORDS];    /* those that the reference takes, by index in its table */
};

struct kill_field {
	const struct unit_options *options;  /* seed, readings; of the judge too */
	unsigned counts[DIALECT_COUNT];
	struct kill_unit *units[DIALECT_COUNT];
	const struct explore_equal *equal[DIALECT_COUNT];
	unsigned false_alarms;        /* runs of the reference that something complains of */
};

enum kill_status {
	KILL_OPEN,          /* not tried yet */
	KILL_TRYING,        /* a scenario, or the explorer, is at work: left so by a worker that died there */
	KILL_EXPLORING,
	KILL_KILLED,
	KILL_CRASHED,       /* killed: it broke an assertion of the simulator, or ran without end */
	KILL_EQUAL,         /* the explorer: nothing tells it from the reference within the bounds */
	KILL_NEVER_TAKEN,   /* the explorer: no path takes the row */
	KILL_LEFT_OPEN,     /* the explorer: nothing but what the documentation leaves open; `text`: which requirement */
	KILL_READING,       /* the explorer: it is another reading of the documentation; `text`: which */
	KILL_NOT_BROUGHT,   /* no play takes the row; `text`: why */
	KILL_SURVIVED,      /* `text`: a path that would show it, when the explorer knows one */
	KILL_NO_MEMORY,
};

/* Fixed in size, without pointers: it lies in memory that processes share. */
struct kill_result {
	enum kill_status status;
	unsigned ran;                   /* scenarios that were played */
	unsigned killer;                /* of the dialect's units: the first that kills, or that is being tried */
	uint64_t shown[KILL_WORDS];     /* rules that were broken */
	uint64_t credited[KILL_WORDS];  /* ... in a scenario that lists them */
	char text[KILL_TEXT];
};

/* Whom a mutant is brought before. */
struct kill_task {
	const struct mutant *mutant;
	const struct mutant_row *edit;  /* of generated ones, else NULL */
	enum dialect dialect;
};

/* Plays the reference in every unit of the dialects wanted, and makes the explorer's states when `explores`. Errors:
 * STATUS_NO_MEMORY, STATUS_LIMIT. */
enum status kill_field_make(struct arena *arena, const struct selection *selection, const struct run_options *options, bool explores,
	struct kill_field *field);

/* Tries the task until all is known that is asked. Of a mutant with rules: until each of them is shown by a scenario that
 * lists it, else by any, so that all are run when one is not. Of one without: the first kill. Each thing that was broken is a
 * line of `matrix` (NULL: none): rule, mutant, scenario, dialect, signature, separated by tabs. `arena` is emptied. */
void kill_try(struct arena *arena, const struct kill_field *field, const struct kill_task *task, FILE *matrix, struct kill_result *result);

bool kill_has(const uint64_t *set, unsigned n);
/* Indices of the rules that the text names, those of the dialect. */
void kill_rules(const char *text, enum dialect dialect, uint64_t *set);

#endif
