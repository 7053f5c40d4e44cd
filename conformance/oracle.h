/* oracle.h -- the machine as judge: what states a job may be in, given all that was observed, and where nothing is left.
 *
 * Two parts share one set of hypotheses about the readings of contradictions.
 *
 * 1. Beliefs (oracle_fold.c, oracle_belief.c). A trace from any world is folded, and of every job the set of states of the
 *    model is kept that agree with everything seen: calls and answers, callbacks, polled states and errors, requests that the
 *    origin saw, what the scenario did to the world, and time. Before an observation the set is closed over hidden moves, each
 *    one a job_step(): a turn, a connection, data, faults that the world can have caused, timers that may be due. Then what
 *    does not agree is dropped. An observation that leaves nothing is the first divergence. Polling may miss states, and
 *    JobModification may be lost or joined: both are hidden moves. A hidden timer is an interval: the earliest time at which
 *    it can be due and the latest, and the tolerance of the host is added to either end only here, at the comparison.
 *    Beliefs that differ in timers only are joined to the interval that holds both, so that a set has at most as many members
 *    as states, errors and owed callbacks can be combined, and the work is linear in the trace.
 *
 * 2. Answers (oracle_shadow.c). The scenario is played again on the reference, in its own virtual time, and the two traces are
 *    compared question by question: the n-th call of a scenario line. An answer counts only when every job was last seen in
 *    the same state in both plays; what the documentation leaves to the implementation (identifiers, times, bytes under way,
 *    texts) is not compared, nor when anything happened, nor how often a job was looked at. This judges properties, limits,
 *    lists, handles, references, persistence, and errors that were frozen. Of the questions that a scenario asks by itself
 *    (`expect`, `within`, `end`) the outcome is compared, whatever its author expects.
 *
 * A hypothesis is the reference with readings edited in by choice.def. The first one is what the command line takes; others are
 * tried only when it fails, each reading that is not pinned alone, and then upon those that came furthest. Only when all have
 * failed something is told, and that is the failure of the one that came furthest. */
#ifndef BGCHECK_CONFORMANCE_ORACLE_H
#define BGCHECK_CONFORMANCE_ORACLE_H

#include "conformance/choice.h"
#include "conformance/rules.h"
#include "sim/play.h"

#define ORACLE_BELIEFS_MAX 128u      /* of one job; more: it is not judged any further, and that is said */
#define ORACLE_HYPOTHESES_MAX 200u   /* that are tried for one trace */
#define ORACLE_DEPTH_MAX 3u          /* readings that are changed together */
#define ORACLE_TEXT_MAX 320

struct oracle_options {
	enum dialect dialect;
	int64_t tolerance_ns;            /* of the host: 0 in virtual time */
	const struct choices *choices;   /* pinned readings; NULL: none */
	const struct scenario *scenario; /* NULL: no second play, only beliefs */
	uint64_t seed;                   /* of the second play */
	bool blind;                      /* the record has no lines of the origin (judge_blind()) */
	struct judge *judge;             /* has seen nothing yet, and sees the whole trace along, so that what it shows is found out once; NULL: none */
	bool is_reference;               /* the trace is the reference's own with these choices: a second play would be the same one */
};

/* The observation that no hypothesis allows. */
struct divergence {
	unsigned trace_index;            /* of its line, from 0 */
	unsigned agreed_index;           /* of the last line before it on which both agreed */
	unsigned scenario_line;
	int64_t at_ns;
	char job[TRACE_WORD_MAX];        /* handle, or "-" */
	char done[ORACLE_TEXT_MAX];      /* what was done */
	char allowed[ORACLE_TEXT_MAX];   /* states or answers that the machine allows, with their rows */
	char seen[ORACLE_TEXT_MAX];
	char row[TRACE_WORD_MAX];        /* the row of the table that forbids it; "": an answer of no row */
	char source[160];                /* page that the row cites; "": none */
	char signature[ORACLE_TEXT_MAX]; /* stable between runs, for .xfail files */
};

struct oracle_result {
	bool diverged;
	struct divergence first;
	bool inconclusive;               /* a set outgrew ORACLE_BELIEFS_MAX: the rest of that job was not judged */
	unsigned largest;                /* set of beliefs */
	unsigned hypotheses;             /* that were tried: 1 when the first one agrees */
	char readings[ORACLE_TEXT_MAX];  /* of the hypothesis that agrees, beside what was pinned: "C-02=gone-at-resume" */
};

/* Judges a whole trace; memory comes from the arena. Errors: STATUS_NO_MEMORY, STATUS_LIMIT (too many jobs or handles). */
enum status oracle_judge(struct arena *arena, const struct oracle_options *options, const struct trace *trace,
	struct oracle_result *result);

#endif
