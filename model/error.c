/* error.c -- the error object as a value. */
#include "model/error.h"

#include <assert.h>

void error_set(struct error *error, const struct fault_report *report, enum cause cause, int file)
{
	assert(error && report);
	assert(file >= ERROR_NO_FILE);
	*error = (struct error){
		.present = true,
		.context = report->context,
		.code = report->code,
		.file = file,
		.cause = cause,
		.generation = error->generation + 1,
	};
}

/* The values stay: a no-progress time-out that comes before data flowed reports the last error again (C-04). */
void error_clear(struct error *error)
{
	assert(error);
	error->present = false;
}
