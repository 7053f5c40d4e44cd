/* mutant.h -- known-bad variants of the reference: one deliberate defect each, as edits of its machine.
 *
 * A suite is worth something when it kills them, each by the rule that it breaks. */
#ifndef BGCHECK_CONFORMANCE_MUTANT_H
#define BGCHECK_CONFORMANCE_MUTANT_H

#include "model/machine.h"
#include "sim/arena.h"

#define MUTANT_EDITS_MAX 4
#define MUTANT_ANY (-1)

enum edit_kind {
	EDIT_NONE,
	EDIT_EFFECT_OFF,     /* rows of (event, from) lose the effect `value` */
	EDIT_EFFECT_ON,      /* ... gain it, but for refusals: they change nothing */
	EDIT_TO,             /* ... go to the state `value` */
	EDIT_RESULT,         /* ... answer the code `value`; refusals become acceptances and the reverse */
	EDIT_GUARD,          /* ... ask the guard `value` */
	EDIT_GUARD_NOT,      /* ... ask that their guard does not hold */
	EDIT_DROP,           /* the row `row` is taken out; the last one of its cell stays, and does nothing */
	EDIT_CAUSE_CODE,     /* cause `event`, or MUTANT_ANY, reports the HRESULT `value` */
	EDIT_CAUSE_CONTEXT,  /* ... the context `value` */
	EDIT_CAUSE_FILE,     /* ... a file or not */
	EDIT_CAUSE_CLASS,    /* ... the fault class `value` */
	EDIT_LIMIT,          /* the limit `event` (enum mutant_limit) is `value` */
	EDIT_DEFECT,         /* the defect `value` is on */
	EDIT_VARIANT,        /* the variant `value` is on */
	EDIT_ANSWER_CODE,    /* struct answer_defect: `row` is where, `event` what it was */
	EDIT_ANSWER_NUMBER,
	EDIT_ANSWER_PLUS,
	EDIT_ANSWER_TEXT,
};

enum mutant_limit {
	LIMIT_RETRY_DELAY_DEFAULT,
	LIMIT_RETRY_DELAY_MIN,
	LIMIT_NO_PROGRESS_DEFAULT,
	LIMIT_NO_PROGRESS_FOREGROUND,
	LIMIT_RETENTION,
	LIMIT_DISPLAY_NAME,
	LIMIT_DESCRIPTION,
};

struct edit {
	enum edit_kind kind;
	int event;       /* enum event, cause or limit */
	int from;        /* enum state, or MUTANT_ANY */
	int64_t value;
	const char *row; /* of rows: only the one with this id, and that also when it is a refusal or impossible; NULL: all */
};

struct mutant {
	const char *id;
	const char *rules;     /* the rules that it breaks, space separated; the suite must name each of them */
	bool dialects[DIALECT_COUNT];
	const char *sentence;  /* what is wrong with it */
	struct edit edits[MUTANT_EDITS_MAX];
};

const struct mutant *mutants_all(unsigned *count);
/* NULL when there is none. */
const struct mutant *mutant_find(const char *id);

/* A copy of a machine with edits, in the arena. NULL when the arena is used up. */
const struct machine *mutant_edit(struct arena *arena, const struct machine *from, const struct edit *edits, unsigned count);
/* The reference machine of the dialect with the mutant's edits, in the arena. NULL when the arena is used up. */
const struct machine *mutant_machine(struct arena *arena, const struct mutant *mutant, enum dialect dialect);

#endif
