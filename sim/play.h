/* play.h -- plays a scenario against a target and writes the trace. The same player for every world.
 *
 * The player sends the commands, waits, answers callbacks, looks at every job after each step (a probe: GetState,
 * GetError and what the error says, GetState again), and compares the answers with what the scenario expects. It never
 * judges: rules read the trace. */
#ifndef BGCHECK_SIM_PLAY_H
#define BGCHECK_SIM_PLAY_H

#include "sim/target.h"

struct trace {
	struct trace_line **lines;
	unsigned count, size;
};

enum play_end {
	PLAY_DONE,          /* every step was played */
	PLAY_STOPPED,       /* an expectation failed that the rest builds upon */
	PLAY_UNSUPPORTED,   /* the world or the implementation lacks something */
	PLAY_BROKEN,        /* the adapter or implementation failed */
};

struct play_check {     /* an expectation of the scenario */
	unsigned line;
	bool passed;
	const char *step;   /* the line as written */
	const char *expected, *found;
};

struct play {
	enum play_end end;
	const char *feature;      /* UNSUPPORTED */
	const char *why;          /* UNSUPPORTED, BROKEN */
	unsigned line;            /* where it ended */
	unsigned events;                  /* steps of time behind a `crash` line, which can crash there */
	int64_t tolerance_used_ns;/* real worlds: the longest wait beyond a bound that was still accepted */
	struct trace trace;
	unsigned checks_count;
	struct play_check *checks;
};

struct play_options {
	enum dialect dialect;
	uint64_t seed;
	int64_t tolerance_ns;     /* host tolerance of real worlds; 0 in virtual time */
	int64_t real_limit_ns;    /* real worlds: who must wait longer in one line, or certainly in all, is unsupported; 0: no limit */
};

/* Errors: STATUS_NO_MEMORY, STATUS_LIMIT, STATUS_IO. A failing implementation is no error: see play->end. */
enum status play_scenario(struct arena *arena, const struct scenario *scenario, struct target *target,
	const struct play_options *options, struct play *play, struct failure *failure);

#endif
