/* selftest_part.h -- what the files of the self-test share: an attack, and what came of it. */
#ifndef BGCHECK_CONFORMANCE_SELFTEST_PART_H
#define BGCHECK_CONFORMANCE_SELFTEST_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SELFTEST_SAID_MAX 65536
#define SELFTEST_WORDS_MAX 64
#define SELFTEST_ID "0001-selftest"

enum left { LEFT_NOTHING, LEFT_WHOLE, LEFT_OLD, LEFT_FOREIGN, LEFT_ANY };

struct attack {
	const char *word, *what, *how, *command, *codes, *said;
	enum left left;
};

/* Where an attack happens, and what came of it. Folders are absolute. */
struct attempt {
	const struct attack *attack;
	const char *program, *self;   /* what is attacked; where the adapter is */
	const char *clock;            /* the library that fakes clocks; NULL: there is none */
	unsigned number;              /* {K} */
	int64_t watchdog_ns;
	char folder[400];             /* {T}: holds library/, tmp/ and whatever the attack makes */
	char command[4000];           /* as a shell would take it, to see it again */

	bool skipped;                 /* `why` says what the machine lacks */
	int code;                     /* exit code, 128 + signal */
	char said[SELFTEST_SAID_MAX]; /* stdout and stderr */
	unsigned orphans;             /* processes that were left */
	bool stuck;                   /* it had to be killed */
	char why[600];                /* "" : nothing is wrong */
};

/* The words of `how`: `key=value` or `key`. The value, "" without one, NULL when there is no such word. In a static text. */
bool selftest_word(const struct attempt *attempt, const char *key, char *value, size_t size);

/* Makes library/ with the scenario and whatever `how` puts there. False: why. */
bool selftest_prepare(struct attempt *attempt);
/* Starts the program, does to it what `how` says, and waits for its end. False: why; nothing was started. */
bool selftest_strike(struct attempt *attempt);
/* Looks at what came of it: why says the first thing that is wrong. */
void selftest_look(struct attempt *attempt);
/* Removes the folder, and unmounts what lies in it. */
void selftest_clean(struct attempt *attempt);

/* A path below the folder. Text valid until the next call of the same buffer. */
const char *selftest_path(const struct attempt *attempt, const char *name, char *path, size_t size);

#endif
