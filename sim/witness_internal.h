/* witness_internal.h -- what witness*.c share: what a scenario may do next, and the play that is led step by step. */
#ifndef BGCHECK_SIM_WITNESS_INTERNAL_H
#define BGCHECK_SIM_WITNESS_INTERNAL_H

#include "sim/play_internal.h"
#include "sim/service.h"
#include "sim/witness.h"

#define ACTION_STEPS_MAX 5u
#define ACTIONS_MAX 80u

/* When an action is worth trying; the world decides what it does. */
enum action_when {
	WHEN_ALWAYS,        /* while the service runs */
	WHEN_NEW,           /* no file yet */
	WHEN_FILE,          /* a first file may be added, and the job rests before it was resumed */
	WHEN_ROOM,          /* another file may be added */
	WHEN_DISK,          /* SUSPENDED: what the disk does matters to the next bytes */
	WHEN_RESTING,       /* SUSPENDED or TRANSIENT_ERROR: what the host does matters to the next connection */
	WHEN_NET_UP, WHEN_NET_DOWN, WHEN_OWNER_HERE, WHEN_OWNER_AWAY, WHEN_FREE, WHEN_BLOCKED, WHEN_RUNNING, WHEN_STOPPED,
	WHEN_DONE,          /* TRANSFERRED: what the disk does matters to Complete */
	WHEN_LOCKED,        /* the disk is locked */
	WHEN_ALONE,         /* no second job yet, and this one has a connection */
	WHEN_NEXT,          /* time: to the next row of the job */
	WHEN_ALMOST,        /* time: to just before that */
	WHEN_BEFORE,        /* time: to just before the job is forgotten for its age */
};

struct action {
	enum action_when when;
	bool bits, do_;          /* only in this dialect */
	const char *lines;       /* joined by newlines; NULL: time, whose line is made when it is known how long */
	uint8_t file, second, host, disk;  /* what it sets: 1 + number of the word; 0: nothing */
	int64_t before_ns;       /* WHEN_ALMOST, WHEN_BEFORE: how long before it */
	unsigned steps_from, steps_count;  /* in the library */
};

/* The lines that a scenario of the dialect may have, parsed. The first step creates the job. */
struct library {
	const struct scenario *scenario;
	unsigned count;
	struct action actions[ACTIONS_MAX];
};

/* A beginning of witness_plot.def. */
struct plot {
	const struct scenario *scenario;  /* its first step creates the job */
	enum job_type type;
};

/* The plot of that number; its scenario is NULL when the dialect has no more. */
enum status witness_plot(struct arena *arena, enum dialect dialect, unsigned number, struct plot *plot, struct failure *failure);

enum status witness_library(struct arena *arena, enum dialect dialect, enum job_type type, struct library *library, struct failure *failure);
/* A line that lets time pass, ns of it at most: until j1 is in the state, or all of it (STATE_NONE). NULL when the arena is used up. */
const struct step *witness_step(struct arena *arena, const char *text, int64_t ns, enum state to);

/* Number of the row that a line of the trace tells of the job; -1: none. */
int witness_row(const struct machine *machine, const struct trace_line *line, const char *job);

/* What a row was preceded by: the last one that changed something, and those since that only answered. */
struct footing {
	int solid;               /* -1: none */
	unsigned looks_count;
	int looks[6];
};
void footing_start(struct footing *footing);
/* The row is next: calls `pair` for each that it follows, then moves on. */
void footing_step(struct footing *footing, const struct machine *machine, int row, void (*pair)(void *context, int row, int next), void *context);

#endif
