/* target.h -- an implementation under test, as the player sees it: commands, callbacks, time and its world.
 *
 * The reference in simulation, a plugin and an adapter process are targets; the player and the judge do not know which. */
#ifndef BGCHECK_SIM_TARGET_H
#define BGCHECK_SIM_TARGET_H

#include "model/trace.h"
#include "sim/scenario.h"

#define CALL_ARGS_MAX 16
#define REPLY_FIELDS_MAX 24
#define VALUE_TEXT_MAX 3000

enum value_kind { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT };
struct value {
	enum value_kind kind;
	uint64_t number;               /* enumerations as in the API; sizes; durations in seconds; booleans 0, 1 */
	const char *text;              /* borrowed: valid until the next call of the target */
};
struct named_value {
	const char *key;
	struct value value;
};

/* One command of the protocol, e.g. job.add_file job=j1 url=... local=... */
struct call {
	const char *command;
	unsigned args_count;
	struct named_value args[CALL_ARGS_MAX];
	unsigned scenario_line;
	bool probe;                    /* the player looks for itself; no line of the scenario asked */
};

enum reply_kind {
	REPLY_RESULT,       /* the implementation answered: hr, fields */
	REPLY_UNSUPPORTED,  /* it lacks this: feature, why */
	REPLY_BROKEN,       /* the adapter failed, hung or died: why; no more calls for this scenario */
};
struct reply {
	enum reply_kind kind;
	uint32_t hr;
	unsigned fields_count;
	struct named_value fields[REPLY_FIELDS_MAX];
	char feature[64];
	char why[FAILURE_TEXT_MAX];
};

/* A callback of the implementation. `error` is a borrowed handle name, "" when none; both die when the callback returns. */
struct callback {
	const char *kind;   /* job_error, job_transferred, job_modification */
	const char *job;    /* name of the handle that the client gave the job */
	const char *error;
};

/* How the player hears of what happens. */
struct listener {
	void *context;
	/* A callback: may call target->call (not step); returns the HRESULT that the client's method returns. */
	uint32_t (*called)(void *context, const struct callback *callback);
	/* A line for the trace: of origin, world or the implementation's inside. */
	void (*line)(void *context, const struct trace_line *line);
};

enum tier { TIER_VIRTUAL, TIER_REAL };

struct target {
	void *self;
	enum tier tier;
	struct listener listener;          /* set by the player before begin */

	/* Starts a scenario: fresh implementation, origin, disk and clock 0. Errors: failure->text. */
	enum status (*begin)(void *self, const struct scenario *scenario, struct failure *failure);
	/* Whether the target has a feature (scenario_features, needs, a command). */
	bool (*has)(void *self, const char *feature);
	/* One command. Callbacks may come through the listener before it returns. */
	void (*call)(void *self, const struct call *call, struct reply *reply);
	/* Changes the world: SERVE HOST NET DISK SERVICE USER CLOCK POLICY. Arguments have variables replaced; the step and its
	 * words are valid during the call only.
	 * Returns false when the world cannot; `why` says so. */
	bool (*change)(void *self, const struct step *step, char *why, size_t why_size);
	/* Lets time pass to the next thing that happens, but not beyond until_ns; callbacks and lines come through the
	 * listener. Virtual: jumps; real: waits a slice. Returns false when the implementation is gone (`why`). */
	bool (*step)(void *self, int64_t until_ns, char *why, size_t why_size);
	int64_t (*now)(void *self);
	/* When the next timer of the implementation fires, or JOB_NEVER. Real worlds: -1, not known. */
	int64_t (*next_timer)(void *self);
	/* Replaces $S, $S(host), $W. Returns text valid until the next call. */
	const char *(*expand)(void *self, const char *text);
	/* Whether the local file is equal to what the origin serves at path now (PREDICATE_FILE): 1 yes, 0 no, -1 no file. */
	int (*compare)(void *self, const char *local, const char *path);
	/* Number of files that the implementation left in the folder besides those under the names given to it. */
	int (*temporary)(void *self, const char *folder);
	/* Ends the scenario: releases the implementation. `leaks`: handles that it still holds for the client. */
	enum status (*end)(void *self, unsigned *leaks, struct failure *failure);
};

#endif
