/* explore.h -- every reachable state of a few jobs under every call and every fault, by the rows of the table.
 *
 * Jobs see each other only through what happens to the whole machine (network, owner, policy, restart of the service).
 * So a job's states are numbered once, its moves become lists of numbers, a state of all jobs is one number and "visited"
 * one bit. Times are abstract: a timer is armed or not, and any armed timer may be the next to ring. */
#ifndef BGCHECK_SIM_EXPLORE_H
#define BGCHECK_SIM_EXPLORE_H

#include "model/job.h"
#include "model/status.h"
#include "sim/arena.h"

#include <stdio.h>

#define EXPLORE_JOBS_MAX 4u
#define EXPLORE_FILES_MAX 6u
#define EXPLORE_RETRIES_MAX 9u
#define EXPLORE_THREADS_MAX 16u
#define EXPLORE_CAUSES_MAX 24u    /* one for each class of causes that the machine treats alike */
#define EXPLORE_STATES_MAX 0xFFFFu/* of one job in one condition of the machine */
#define EXPLORE_CONDITIONS 8u     /* network, owner, policy: a bit each */
#define EXPLORE_PATH_MAX 400u

struct explore_bounds {
	const struct machine *machine;  /* the reference's or a mutant's */
	unsigned jobs, files;
	unsigned retries;       /* timed retries without progress between; then only the no-progress period ends the wait */
	bool core;              /* one cause of each class, no uploads, no setters of periods, no owner, no policy */
	unsigned threads;       /* of the walk over all jobs; counts do not depend on it */
	uint64_t memory_max;    /* bytes of bits and queue; 0: no bound */
	uint64_t states_max;    /* 0: no bound */
	double (*seconds)(void);/* a clock, to time the walk by; NULL: it is not timed. The simulator reads no clock of its own. */
};

/* A job as the explorer tells jobs apart. All bytes: equal jobs have equal bytes. */
struct explore_job {
	uint8_t state, type;
	uint8_t period;         /* no-progress time-out: enum explore_period */
	uint8_t files, done;
	uint8_t error;          /* present */
	uint8_t report;         /* 1 + index of the cause whose code and context the (last) error has; 0: never failed */
	uint8_t no_progress;    /* the (last) error came from the no-progress time-out */
	uint8_t file;           /* 1 + the error's file; 0: none */
	uint8_t retry;          /* the retry timer is armed */
	uint8_t progress;       /* enum explore_progress */
	uint8_t tries;          /* timed retries since the last progress */
	uint8_t owes;           /* NOTIFY_JOB_TRANSFERRED, NOTIFY_JOB_ERROR: callbacks that are owed */
	uint8_t unused[3];
};
enum explore_period { EXPLORE_PERIOD_DEFAULT, EXPLORE_PERIOD_ZERO, EXPLORE_PERIOD_SHORT };
enum explore_progress { EXPLORE_PROGRESS_OFF, EXPLORE_PROGRESS_RUNS, EXPLORE_PROGRESS_HELD };

/* What may happen to one job. */
struct explore_letter {
	enum event event;       /* EVENT_COUNT: the client answers a callback with S_OK */
	enum cause cause;
	unsigned status;        /* HTTP */
	enum explore_period period;   /* SET of the time-out; else DEFAULT */
	enum property property;
	bool rename_fails;
	uint32_t answers;       /* NOTIFY_ flag of the callback */
};

/* What may happen to the machine and so to all jobs. */
enum explore_global { EXPLORE_NETWORK, EXPLORE_OWNER, EXPLORE_POLICY, EXPLORE_RESTART, EXPLORE_GLOBALS };

struct explore_step {       /* of a path: letter of a job, or a global event (job < 0) */
	int job;
	unsigned letter;
	enum explore_global global;
	unsigned condition;     /* after it */
	struct explore_job after;
};

struct explore_report {
	uint64_t states, transitions;
	unsigned depth;
	unsigned job_states;    /* of one job, in all conditions */
	double seconds;         /* of the walk over all jobs */
	double bytes_a_state;
	bool complete;          /* no bound ended the walk */
	const char *bound;      /* which bound did */
	unsigned rows_count;
	const bool *row_taken;  /* by index of the machine's moves */
	unsigned stuck;         /* states of one job from which no final state can be reached */
	struct explore_step stuck_path[EXPLORE_PATH_MAX];
	unsigned stuck_length;
	const char *broken;     /* rule id of a broken invariant; NULL: none */
	const char *broken_sentence;
	struct explore_step path[EXPLORE_PATH_MAX];  /* shortest one to it */
	unsigned path_length;
};

/* Whether every row must be taken within the bounds: rows of uploads, policies, owners and second files lie outside smaller ones. */
bool explore_takes_all(const struct explore_bounds *bounds);

/* Walks all. Errors: STATUS_BAD_INPUT for bounds out of range or too many states for their numbers, STATUS_NO_MEMORY. */
enum status explore_run(struct arena *arena, const struct explore_bounds *bounds, struct explore_report *report,
	struct failure *failure);

/* Sentence of an invariant (explore_invariant.def), and the rule that it follows from. */
const char *explore_invariant(int number, const char **rule);

/* The same machine, from the same rows, as a Promela model whose assertions are the invariants. `spin -a` reads it. */
enum status explore_promela(struct arena *arena, const struct explore_bounds *bounds, FILE *file, struct failure *failure);

/* What happened in a step, as people read it: TRANSIENT(net.reset), the network goes away. Buffer of 64. */
const char *explore_step_name(const struct explore_bounds *bounds, const struct explore_step *step, char buffer[64]);

#endif
