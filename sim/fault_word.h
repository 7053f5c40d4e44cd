/* fault_word.h -- the words of the scenario language that make something go wrong, as a table. */
#ifndef BGCHECK_SIM_FAULT_WORD_H
#define BGCHECK_SIM_FAULT_WORD_H

#include "sim/scenario.h"

enum fault_form {
	FAULT_FORM_AT = 1,    /* WORD@POSITION */
	FAULT_FORM_FOR = 2,   /* may have (for=DURATION) */
	FAULT_FORM_NAME = 4,  /* WORD FILENAME */
};

/* A row of fault_word.def, which says what the columns are. */
struct fault_word {
	const char *word;
	enum step_kind kind;
	const char *key, *text;
	unsigned form;
	const char *draw, *causes, *feature, *only, *phrase;
};

const struct fault_word *fault_words(unsigned *count);

/* The row of a step's kind and key whose text is text[length]; NULL when there is none. */
const struct fault_word *fault_word_find(enum step_kind kind, const char *key, const char *text, size_t length);

/* Whether the step holds the word. */
bool fault_word_is_in(const struct fault_word *word, const struct step *step);

/* What may stand there, for a complaint: "reset@N, stall@N or garbage". `last` is one more, which is no fault ("ok"); NULL: none. */
void fault_word_phrase(enum step_kind kind, const char *key, const char *last, char *text, size_t size);

#endif
