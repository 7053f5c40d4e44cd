/* selftest_adapter.h -- the reference as an adapter that does one thing wrong at one line: the self-test's ammunition.
 *
 * A fault is WORD, WORD@K or WORD@K:N; K: the line that it writes, from 1. What the words do stands in selftest_fault.def. */
#ifndef BGCHECK_CONFORMANCE_SELFTEST_ADAPTER_H
#define BGCHECK_CONFORMANCE_SELFTEST_ADAPTER_H

/* Serves like serve_reference() until the fault. `mark`: a file that is made at the fault, and at a wish filled with the
 * number of lines; NULL: none. Returns an exit status; EXIT_USAGE for a fault that it does not know. */
int selftest_adapter(const char *fault, const char *mark);

#endif
