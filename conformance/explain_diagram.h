/* explain_diagram.h -- a piece of a trace as a sequence diagram: caller, implementation, origin, clock. */
#ifndef BGCHECK_CONFORMANCE_EXPLAIN_DIAGRAM_H
#define BGCHECK_CONFORMANCE_EXPLAIN_DIAGRAM_H

#include "model/trace.h"

#include <jansson.h>

#define DIAGRAM_BEFORE 12     /* rows above those of the divergence */
#define DIAGRAM_AFTER  4      /* rows below them */
#define DIAGRAM_COLUMNS 100   /* no row is longer */

/* The rows around lines[at], head first, as a new array of ASCII texts of at most DIAGRAM_COLUMNS characters. Rows of lines[at]
 * begin with `>>`. A text that does not fit between two columns is cut and ends in `...`. Never empty; cannot fail. */
json_t *diagram_draw(const struct trace_line *lines, unsigned count, unsigned at);

#endif
