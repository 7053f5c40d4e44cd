/* rule_fold.h -- what the folds of the rules share; nobody but rules.c, judge.c and rule_*.c includes it.
 *
 * A fold is asked at every sight of a trace. It counts its trigger, and tells what it found against the documentation. */
#ifndef BGCHECK_CONFORMANCE_RULE_FOLD_H
#define BGCHECK_CONFORMANCE_RULE_FOLD_H

#include "conformance/rules.h"
#include "conformance/view.h"

#include <string.h>

enum rule_index {
#define RULE(ident, id, level, in_do, in_bits, area, kind, fold, trigger, sentence, do_pages, bits_pages, why) RULE_##ident,
#include "conformance/rule.def"
	RULE_COUNT
};

typedef void rule_fold(struct judge *judge, unsigned rule, const struct sight *sight);

#define RULE(ident, id, level, in_do, in_bits, area, kind, fold, trigger, sentence, do_pages, bits_pages, why) \
	void rule_##fold(struct judge *judge, unsigned rule, const struct sight *sight);
#include "conformance/rule.def"
void rule_none(struct judge *judge, unsigned rule, const struct sight *sight);

/* Fold of each rule; rule_none when it has none. */
extern rule_fold *const rules_folds[];

/* The kinds of sight that the fold of a rule looks at, as bits (rule_sight.def). */
unsigned rules_sees(unsigned rule);

#define JUDGE_FINDINGS_MAX 400u
#define JUDGE_SAME_MAX 3u        /* findings of one rule and job that are told; more are only counted */
#define JUDGE_READINGS_MAX 96u

struct judge {
	struct arena *arena;
	int64_t host_ns;             /* tolerance of the host */
	int64_t tolerance_ns;        /* and, beside it, as much as the clocks of the machine are apart */
	unsigned seen;               /* lines */
	const struct sight *sight;   /* the present one */
	enum status status;
	view_shower *along;          /* is shown what the rules have been shown; NULL: nobody */
	void *along_context;
	unsigned asked_count[SIGHT_KINDS];             /* rules of the dialect that look at a kind of sight, in their order */
	unsigned triggered[RULE_COUNT];
	unsigned findings_count;
	struct finding *findings[JUDGE_FINDINGS_MAX];
	const char *readings[JUDGE_READINGS_MAX];
	const char *taken[JUDGE_READINGS_MAX];   /* by judge_take(); NULL: what the requirements say */
	uint32_t reach[STATE_COUNT]; /* states that hidden moves lead to, as bits */
	struct view view;            /* from here on what is used is made by whoever uses it */
	uint16_t asked[SIGHT_KINDS][RULE_COUNT]; /* asked_count of them */
};

/* From here on whoever goes along is shown each sight, after the rules. NULL: nobody any more. */
void judge_along(struct judge *judge, view_shower *along, void *context);

/* From here on every fold is asked at every sight: what rule_sight.def says is held against that (rules_test.c). */
void judge_ask_all(struct judge *judge);

/* Somebody looked at every job between any two things that happened; in a simulation without probes what was seen last may be old. */
static inline bool judge_looks(const struct judge *judge)
{
	return judge->view.probed || !judge->view.virtual_time;
}

#define STATE_BIT(state) (UINT32_C(1) << (state))
#define STATES_FINAL (STATE_BIT(STATE_ACKNOWLEDGED) | STATE_BIT(STATE_CANCELLED))
#define STATES_ACTION (STATE_BIT(STATE_QUEUED) | STATE_BIT(STATE_CONNECTING) | STATE_BIT(STATE_TRANSFERRING))
#define STATES_ERROR (STATE_BIT(STATE_ERROR) | STATE_BIT(STATE_TRANSIENT_ERROR))
#define STATES_ALL ((UINT32_C(1) << STATE_COUNT) - 1)
#define SECOND INT64_C(1000000000)

static inline bool state_in(enum state state, uint32_t states)
{
	return state != STATE_NONE && (STATE_BIT(state) & states) != 0;
}

/* A state of a job was observed; a look at its error object that is certain; a getter that gave a property's value. */
static inline bool sight_is_state(const struct sight *sight)
{
	return sight->kind == SIGHT_STATE && sight->job;
}
static inline bool sight_is_look(const struct sight *sight)
{
	return sight->kind == SIGHT_LOOK && sight->job->look.known;
}
static inline bool sight_is_getter(const struct sight *sight, const char *property)
{
	const char *asked = sight->kind == SIGHT_CALL && sight->job && !strcmp(sight->command, "job.get") ? trace_get(sight->line, "property") : NULL;
	return asked && !strcmp(asked, property) && !sight->failed && trace_get(sight->line, "value");
}

/* The service was there to answer, and what it answered is a code; objects of a service that died are gone with it. */
bool judge_may_ask(const struct judge *judge, const struct sight *sight);
/* The client called the command, and judge_may_ask. A macro, so that the word is compared in place: many rules ask this of every call. */
#define sight_asks(judge, sight, literal) ((sight)->kind == SIGHT_CALL && !strcmp((sight)->command, (literal)) && judge_may_ask(judge, sight))

/* The later of two times; VIEW_NEVER is before all others. */
static inline int64_t later_ns(int64_t a, int64_t b)
{
	if (a == VIEW_NEVER) return b;
	return b == VIEW_NEVER || a > b ? a : b;
}

/* A text for a story, in a buffer of the caller's block. */
#define TEXT(...) judge_text((char[200]){ 0 }, 200, __VA_ARGS__)
const char *judge_text(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The trigger of the rule happened. */
void judge_trigger(struct judge *judge, unsigned rule);
/* The rule is broken. done, allowed NULL: what happened last to the job, and the rule's sentence. */
void judge_break(struct judge *judge, unsigned rule, const char *done, const char *allowed, const char *seen,
	const char *signature);
/* Trigger, and break when the claim does not hold. A macro, since most hold: `seen` and `signature` are not made for those. */
#define judge_claim(judge, rule, holds, seen, signature) \
	do { \
		const bool judge_claim_holds = (holds); \
		judge_trigger(judge, rule); \
		if (!judge_claim_holds) judge_break(judge, rule, NULL, NULL, seen, signature); \
	} while (0)
/* The same of what a call answered, by the name of its command or of its method: `GetTimes answers E_NOTIMPL`. */
void judge_claim_call(struct judge *judge, unsigned rule, const struct sight *sight, bool holds);
void judge_claim_method(struct judge *judge, unsigned rule, const struct sight *sight, bool holds);
/* The implementation showed a choice of a reading; the first one seen stays. */
void judge_show(struct judge *judge, const char *id, const char *choice);
bool judge_showed(const struct judge *judge, const char *id);
/* Whether the judge was told to accept this choice. */
bool judge_takes(const struct judge *judge, const char *id, const char *choice);
/* Readings that no rule asks for by itself (rule_reading.c): asked at every sight, after the rules. */
void rule_reading_see(struct judge *judge, const struct sight *sight);
/* The world has never kept a job from its turn. */
bool rule_reading_is_calm(const struct view *view);

/* Code as people read it: its word, else hexadecimal. buffer of 16. */
const char *judge_code(const struct judge *judge, uint32_t hr, char buffer[16]);
#define CODE_TEXT(judge, hr) judge_code(judge, hr, (char[16]){ 0 })
const char *judge_state(enum state state);
const char *judge_context(int64_t context);
/* HRESULT of a word in the judge's dialect. */
uint32_t judge_word(const struct judge *judge, const char *word);

/* States that hidden moves lead to from a set. */
uint32_t judge_closure(const struct judge *judge, const struct view_job *job, uint32_t states);
/* What the table says of a call in one of `states` that answered hr: the states that may follow; 0 when no row answers so.
 * The readings of contradictions.md are in it. */
uint32_t judge_after_call(const struct judge *judge, const struct view_job *job, uint32_t states, enum event event, uint32_t hr);

/* The ranges of a file: all of it from the first byte to the last, in order; else another selection (rule_job.c). */
enum rule_parts { RULE_PARTS_NONE, RULE_PARTS_WHOLE, RULE_PARTS_OTHER };
enum rule_parts rule_job_parts(const struct view_file *file);
/* What is wrong with a URL, for certain (rule_job.c). */
bool rule_job_is_no_url(const char *url);
/* It is none, or too long, or of another protocol. */
bool rule_job_is_bad_url(const char *url);
bool rule_job_is_good_url(const char *url);
/* Every byte of the file was sent in good responses, or nothing can be said of it: redirected, renamed (rule_net.c). */
bool rule_net_file_complete(const struct view_file *file);
/* Requests for the file's path are all of them: it has one of its own, spelt plainly, and neither moved nor was renamed (rule_progress.c). */
bool rule_progress_own_path(const struct view_job *job, const struct view_file *file);
/* Whether every thing that may have caused the error is one of the causes; false when nothing is known. */
bool judge_only(const struct view_causes *causes, bool (*is)(const struct view_cause *cause));
/* Causes of an error that is shown in an error state: what came after it is none. */
void judge_error_causes(const struct judge *judge, const struct view_job *job, struct view_causes *causes);
/* Newest certain cause; NULL when there is none. */
const struct view_cause *judge_newest(const struct view_causes *causes);
enum fault_class judge_class(const struct judge *judge, const struct view_cause *cause);
/* HTTP statuses of which the documents leave open whether they are fatal (C-63). */
bool judge_class_is_open(const struct view_cause *cause);
/* Every error is fatal for the job: time-out 0, or a retry delay above the time-out (TIME-004, TIME-006). */
bool judge_every_error_fatal(const struct judge *judge, const struct view_job *job);
/* Whether the no-progress period may be over at a time, reckoned from its earliest possible start. */
bool judge_period_over(const struct judge *judge, const struct view_job *job, int64_t at_ns);

#endif
