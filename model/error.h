/* error.h -- the error object as a value: present or absent, context, code, file, generation.
 *
 * It exists only after an error of the transfer; a failing method call never makes one; it lives until data flows again,
 * or the job ends (nn-bits-ibackgroundcopyerror.md, ibackgroundcopyerror.md). */
#ifndef BGCHECK_MODEL_ERROR_H
#define BGCHECK_MODEL_ERROR_H

#include "model/machine.h"

#define ERROR_NO_FILE (-1)

struct error {
	bool present;
	enum context context;
	uint32_t code;        /* HRESULT */
	int file;             /* index in the job, or ERROR_NO_FILE */
	enum cause cause;
	uint32_t generation;  /* counts the errors of the job; a handle belongs to one */
};

/* A new error: replaces what is there, generation + 1. Cannot fail. */
void error_set(struct error *error, const struct fault_report *report, enum cause cause, int file);

/* Ends the error's life. Handles that clients hold keep their own copy. Cannot fail. */
void error_clear(struct error *error);

#endif
