/* lint.h -- what is wrong with a scenario although it parses. */
#ifndef BGCHECK_CONFORMANCE_LINT_H
#define BGCHECK_CONFORMANCE_LINT_H

#include "conformance/select.h"

/* Prints one line a complaint, `file:line:col: text`: rules that do not exist or do not hold in a dialect of the
 * scenario; expectations that can never fail; and, after playing it on the reference: expectations that fail there, rules that it names and
 * never triggers, serve lines that never answered, hosts that nobody met, steps that were not reached. The last four must be so in every row
 * of a file (matrix, orders, crashes). Each complaint is told once a file. Returns EXIT_CONFORMS, EXIT_USAGE with complaints, EXIT_HARNESS. */
enum exit_code lint_scenarios(const struct selection *selection, FILE *out);

#endif
