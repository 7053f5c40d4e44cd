/* rules.h -- the documented requirements as rules, and the judge that folds a trace through them.
 *
 * The judge sees a trace and nothing else: one from the simulator, from an adapter, by hand or from a real machine. It
 * reads lines of the client, callbacks, the origin and the world; never those of the implementation's inside. A rule
 * whose trigger did not happen is vacuous, never a pass. */
#ifndef BGCHECK_CONFORMANCE_RULES_H
#define BGCHECK_CONFORMANCE_RULES_H

#include "model/trace.h"
#include "sim/arena.h"

enum level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_MAY, LEVEL_UNSPECIFIED };
enum rule_kind {
	RULE_KIND_JUDGED,          /* a fold judges it */
	RULE_KIND_DERIVED,         /* follows from the rule named in `why` */
	RULE_KIND_NOT_OBSERVABLE,  /* `why` says what is missing */
	RULE_KIND_READING,         /* unspecified: the reading named in `why` is shown, nothing is judged */
};

struct rule {
	const char *id;            /* ERR-LIFE-001 */
	enum level level;
	bool dialects[DIALECT_COUNT];
	const char *area;          /* ERR-LIFE */
	const char *trigger;       /* in words */
	const char *sentence;      /* what the documentation demands, in our words */
	const char *source[DIALECT_COUNT]; /* pages, space separated; "" : inferred */
	enum rule_kind kind;
	const char *why;
};

/* All rules, in the order of rule.def. */
const struct rule *rules_all(unsigned *count);
/* Index of a rule by id; -1 when there is none. */
int rules_find(const char *id, size_t length);

/* One broken rule: a story. Texts live in the judge's arena. */
struct finding {
	unsigned rule;             /* index */
	unsigned trace_index;      /* the line that broke it, from 0 in the order seen */
	unsigned scenario_line;
	int64_t at_ns;
	const char *job;           /* handle name, or "-" */
	const char *done;          /* what was done */
	const char *allowed;       /* what the documentation allows */
	const char *seen;          /* what was seen */
	const char *signature;     /* short and stable between runs, no times or addresses: for .xfail files */
};

struct judge;

/* A judge for a trace of the dialect. tolerance_ns: host tolerance of real worlds, 0 in virtual time.
 * Returns NULL when the arena is used up. */
struct judge *judge_new(struct arena *arena, enum dialect dialect, int64_t tolerance_ns);

/* The record has no lines of the origin: what was asked of it and sent is not known, and nothing follows from that there is none.
 * Before the first line. */
void judge_blind(struct judge *judge);

/* Where a MUST has decided a contradiction, the judge accepts the other reading only when it was told so, before the first
 * line. id and choice stand in reading.def and outlive the judge. */
void judge_take(struct judge *judge, const char *id, const char *choice);

/* The next line, which stays where and as it is for as long as the judge is used. Times never fall. Returns STATUS_NO_MEMORY, STATUS_LIMIT (too many jobs, handles or findings). */
enum status judge_see(struct judge *judge, const struct trace_line *line);
/* After the last line. */
enum status judge_end(struct judge *judge);

/* Whether a line was seen. */
bool judge_has_seen(const struct judge *judge);

/* How often the trigger of a rule happened. */
unsigned judge_triggered(const struct judge *judge, unsigned rule);
unsigned judge_findings_count(const struct judge *judge);
const struct finding *judge_finding(const struct judge *judge, unsigned n);

/* Which reading of contradiction C-NN the implementation showed; NULL: not seen. */
const char *judge_reading(const struct judge *judge, const char *id);

#endif
