/* selftest.h -- attacks bgcheck itself: nothing may be silent, half written, stuck or left behind.
 *
 * Every attack starts a program, bgcheck itself unless another is named, with a scenario and an adapter of its own, in a
 * folder of its own, and looks at what it exits with, what it says, and what it leaves. The attacks stand in selftest_attack.def. */
#ifndef BGCHECK_CONFORMANCE_SELFTEST_H
#define BGCHECK_CONFORMANCE_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct selftest_options {
	const char *program;      /* what is attacked; NULL: this bgcheck */
	char *const *words;       /* globs over the first column of the attacks; none: all */
	unsigned words_count;
	int64_t watchdog_ns;      /* after which an attack is stuck */
	bool json;
};

/* Makes the attacks. Each is a line of `out`, the last one is `N attacks, M silent`; json: one
 * object instead. Returns EXIT_CONFORMS when none was silent, EXIT_FAILED when one was, EXIT_HARNESS when it could not try,
 * EXIT_SELECTION for a word that chooses none. */
int selftest(const struct selftest_options *options, FILE *out);

#endif
