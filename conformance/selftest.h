/* selftest.h -- attacks bgcheck itself: nothing may be silent, half written, stuck or left behind.
 *
 * Every attack starts a program, bgcheck itself unless another is named, with a scenario and an adapter of its own, in a
 * folder of its own, and looks at what it exits with, what it says, and what it leaves. The attacks stand in selftest_attack.def. */
#ifndef BGCHECK_CONFORMANCE_SELFTEST_H
#define BGCHECK_CONFORMANCE_SELFTEST_H

#include <stdbool.h>
#include <stdio.h>

/* Makes every attack on `program` (NULL: this one). Each is a line of `out`, the last one is `N attacks, M silent`; json: one
 * object instead. Returns EXIT_CONFORMS when none was silent, EXIT_FAILED when one was, EXIT_HARNESS when it could not try. */
int selftest(const char *program, bool json, FILE *out);

#endif
