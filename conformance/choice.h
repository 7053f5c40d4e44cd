/* choice.h -- which reading of each contradiction is taken: of a command line, and as edits of the reference.
 *
 * Nothing chosen is the reference: it takes what reading.def recommends. */
#ifndef BGCHECK_CONFORMANCE_CHOICE_H
#define BGCHECK_CONFORMANCE_CHOICE_H

#include "conformance/mutant.h"
#include "model/status.h"

#define CHOICE_EDITS_MAX 16
#define CHOICE_READINGS_MAX 96

struct choice {
	const char *id, *choice;
	bool dialects[DIALECT_COUNT];
	const char *refused;                     /* why the reference cannot take it; NULL: it can */
	struct edit edits[CHOICE_EDITS_MAX];
};

/* The choice of each reading, in the order of reading.def; NULL: the recommended one. Texts live in the table. */
struct choices {
	const char *taken[CHOICE_READINGS_MAX];
};

const struct choice *choices_all(unsigned *count);

/* Takes `C-02=gone-at-resume`. dialect: the only one, or -1: one that has the choice is enough.
 * Returns STATUS_BAD_INPUT with `expected X, found Y` in failure->text. */
enum status choices_parse(struct choices *choices, const char *text, int dialect, struct failure *failure);

/* The choice that is taken of a reading in a dialect when it is not the recommended one; else NULL. */
const char *choices_other(const struct choices *choices, unsigned reading, enum dialect dialect);

/* The reference machine of the dialect with all that is chosen, in the arena. NULL when the arena is used up. */
const struct machine *choices_machine(struct arena *arena, const struct choices *choices, enum dialect dialect);

/* Whether the reading has the choice in the dialect: what `--reading` may say. */
bool choices_may(const struct reading *reading, const char *choice, size_t length, enum dialect dialect);

/* The scenarios that show the reading, space separated; NULL: none can, and *why says why. */
const char *choices_shown(const char *id, const char **why);

#endif
