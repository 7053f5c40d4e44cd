/* mutant_work.h -- many mutants before the suite, by worker processes; what is found does not depend on their number. */
#ifndef BGCHECK_CONFORMANCE_MUTANT_WORK_H
#define BGCHECK_CONFORMANCE_MUTANT_WORK_H

#include "conformance/mutant_kill.h"

/* Tries every task. results[i] is that of tasks[i]; the caller gives it back to mutant_work_done. A worker that dies kills the
 * mutant that it had, and another takes its place. Lines of the matrix are appended to `matrix` (NULL: none) in no order.
 * NULL: interrupted, out of memory or of processes; said on standard error. */
struct kill_result *mutant_work(const struct kill_field *field, const struct kill_task *tasks, unsigned count, unsigned jobs, FILE *matrix);
void mutant_work_done(struct kill_result *results, unsigned count);

#endif
