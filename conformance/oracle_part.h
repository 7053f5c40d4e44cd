/* oracle_part.h -- what the parts of the oracle share; nobody else includes it. */
#ifndef BGCHECK_CONFORMANCE_ORACLE_PART_H
#define BGCHECK_CONFORMANCE_ORACLE_PART_H

#include "conformance/oracle.h"
#include "conformance/rule_fold.h"
#include "model/job.h"

#define ORACLE_ANY_FILE 0               /* an error that has a file: which one follows from its cause, not from the machine */
#define ORACLE_WIRE_NS SECOND           /* a request may reach the origin so long after the call that ended it */

/* A state of the model, without what calls have set (that is the same in all beliefs). */
struct belief {
	enum state state;
	struct error error;                 /* file: ORACLE_ANY_FILE or ERROR_NO_FILE */
	bool error_open;                    /* its values are not known: anything agrees */
	bool code_open;                     /* its code is inferred: any failure agrees */
	uint32_t owed;                      /* callbacks: NOTIFY_JOB_ERROR, NOTIFY_JOB_TRANSFERRED */
	int64_t since_ns;                   /* the earliest that it can hold */
	int64_t queued_ns;                  /* the earliest that its present attempt can have begun */
	int64_t retry_ns, retry_last_ns;    /* due: earliest and latest; JOB_NEVER: not armed */
	int64_t period_ns, held_ns;         /* end of the no-progress period, running and held: earliest */
	int64_t expires_ns;                 /* earliest */
	const struct move *row;             /* that led here; NULL: none yet */
	bool fresh;                         /* of a closure: what follows from it is not looked at yet */
};

struct believed {
	const struct view_job *view;
	struct job base;                    /* what calls have set; no file is begun */
	struct job work;                    /* for one step */
	unsigned count;
	int64_t closed_ns;                  /* time of the last observation of this job */
	unsigned closed_line;               /* 1 + the trace line for which the set was closed last */
	bool added_is_done;                 /* of one step: the file that was added last is there already */
	bool lost;                          /* the set outgrew its place */
	struct belief beliefs[ORACLE_BELIEFS_MAX];   /* count of them */
};

/* A trace under one hypothesis. */
struct oracle_fold {
	struct arena *arena;
	const struct machine *machine;
	int64_t host_ns;                /* tolerance of the host */
	int64_t tolerance_ns;           /* and, beside it, as much as the clocks of the machine are apart */
	const struct view *view;        /* what the trace has shown so far: the judge's, when it sees the trace along, else `own` */
	struct believed *jobs[VIEW_JOBS_MAX];
	unsigned index, agreed;             /* of the present line, and of the last observation that agreed */
	unsigned largest;
	bool observed;                      /* the line of `index` was an observation */
	bool watched;                       /* an origin tells what it sees */
	bool inconclusive, diverged;
	struct divergence first;
	enum status status;
	struct view own;                    /* from here on what is used is made by whoever uses it */
	struct belief before[ORACLE_BELIEFS_MAX];  /* an observation */
};

/* --- oracle_fold.c: observations */

/* Folds the trace up to its end or the first divergence. The judge, unless NULL, sees all of it along. */
enum status oracle_fold_run(struct oracle_fold *fold, const struct trace *trace, struct judge *judge);

/* --- oracle_belief.c: steps and the closure */

void oracle_belief_init(struct oracle_fold *fold, struct believed *of);
/* One step of one belief. False: it cannot happen there. */
bool oracle_belief_step(struct oracle_fold *fold, struct believed *of, const struct belief *from, const struct occurrence *occurrence,
	struct belief *to);
/* What a step made of a job, as a belief. */
void oracle_belief_take(struct belief *to, const struct belief *from, const struct job *job, const struct occurrence *occurrence);
/* Adds, joining timers with an equal one; what has changed is fresh. */
void oracle_belief_add(struct oracle_fold *fold, struct believed *of, const struct belief *belief);
/* Hidden moves up to the time. */
void oracle_belief_close(struct oracle_fold *fold, struct believed *of, int64_t now_ns);
/* The belief as a job, until the next step. */
const struct job *oracle_belief_job(struct oracle_fold *fold, struct believed *of, const struct belief *belief);

/* --- oracle_shadow.c: answers */

/* Plays the scenario on the machine. NULL: no memory. */
const struct play *oracle_shadow_play(struct arena *arena, const struct oracle_options *options, const struct machine *machine);
/* First answer of the trace that the play does not give. False: there is none. */
bool oracle_shadow_compare(const struct oracle_options *options, const struct trace *trace, const struct trace *shadow,
	struct divergence *first);

/* A cut copy. */
void oracle_text(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
