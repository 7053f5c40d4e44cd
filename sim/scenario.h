/* scenario.h -- a scenario file as a value. The grammar stands in fixtures/README.md.
 *
 * Steps are kept as words: what a command or a fault word means is checked against the tables at parse time, so that
 * a scenario that parses can be played. */
#ifndef BGCHECK_SIM_SCENARIO_H
#define BGCHECK_SIM_SCENARIO_H

#include "model/machine.h"
#include "model/status.h"
#include "sim/arena.h"

#define SCENARIO_FAILURES_MAX 20
#define SCENARIO_STEPS_MAX 512
#define SCENARIO_ARGS_MAX 24
#define SCENARIO_SIZE_MAX (16u << 20)  /* bytes of a file, golden trace included */
#define SCENARIO_LINE_MAX 4096         /* bytes of a line */
#define SCENARIO_NAME_MAX 47           /* bytes of a handle, host or path: what an object of a trace line holds */
#define SCENARIO_RULES_MAX 64
#define SCENARIO_NEEDS_MAX 32
#define SCENARIO_HANDLES_MAX 128
#define SCENARIO_WORDS_MAX 16          /* in { } of a want */
#define SCENARIO_FIELDS_MAX 16         /* of a reply that is expected */

enum step_kind {
	STEP_SERVE,    /* serve PATH key=value...            what the origin answers for PATH, in order */
	STEP_HOST,     /* host NAME WORD key=value...        how NAME answers: ok refuse dns unreachable connect-timeout */
	STEP_LINK,     /* link NAME [use] key=value...       how a link of the client machine is; the machine moves to it */
	STEP_NET,      /* net up|down                        the client machine's network */
	STEP_DISK,     /* disk full@N | denied | ok          the client machine's disk */
	STEP_SERVICE,  /* service kill|start                 the service under test */
	STEP_USER,     /* user logoff|logon */
	STEP_CLOCK,    /* clock CLOCK +1h|-1h|drift=+100ppm | clock sleep 1h   the client machine's clocks; it sleeps */
	STEP_POLICY,   /* policy block|allow [cause=WORD] */
	STEP_CRASH,    /* crash at every event | crash at event N   the service is killed and started again */
	STEP_DO,       /* do COMMAND [HANDLE] key=value... [-> EXPECT] */
	STEP_ON,       /* on CALLBACK JOB [return=CODE] [times=N] [do=COMMAND] */
	STEP_WATCH,    /* watch never|always PREDICATE       from here on to the end */
	STEP_WITHIN,   /* within DURATION PREDICATE          wait until it holds; a failure when it does not in time */
	STEP_ADVANCE,  /* advance DURATION                   let time pass */
	STEP_EXPECT,   /* expect PREDICATE                   holds now; also `next-timer in [a, b]` */
	STEP_END,      /* end CHECK, CHECK...                at the end; at most one, last */
	STEP_KIND_COUNT
};

/* key=value of a step; a positional word has key "", a flag the text "". Durations and sizes are kept as written in
 * `text` and as number. What a word holds inside stands behind it as arguments of their own:
 *   fault=stall@16k(for=20s)      fault.word=stall fault.at=16384 fault.for=20000000000
 *   status=503(retry-after=30s)   number 503; retry_after=30000000000
 *   length=lie-100                length.lie=-100
 *   disk full@48k                 word full; at=49152
 * step->word is no argument, but for serve, where it is the path and also argument 0.
 * DO: argument 0 is the handle, when the command has one. Words of properties (type, priority, notify_flags,
 * proxy_usage) have their number too; durations are ns here, the API takes seconds. `null` has no number.
 * id=?name is the id that a field `id = ?name` above has bound. */
struct scenario_arg {
	const char *key;
	const char *text;     /* variables not yet replaced: $S $S(host) $W */
	int64_t number;       /* sizes in bytes, durations in ns, plain numbers; valid when is_number */
	bool is_number;
	unsigned col;
};

/* What an answer must be. A reply is accepted when the HRESULT is and every field is. Numbers stand in words as plain
 * decimals (64k is 65536; 60s of a property is 60, as the API answers); one number alone also stands in low and high.
 * Codes stand as written, states, contexts and the words of properties in the spelling of the tables. */
enum want_kind {
	WANT_ANY,       /* _ or nothing written */
	WANT_WORDS,     /* one of the words (codes, states, contexts, numbers, strings) */
	WANT_SUCCESS,   /* success: HRESULT >= 0 */
	WANT_FAILURE,   /* failure: HRESULT < 0 */
	WANT_CLASS,     /* ~ word: one of the codes that a cause may give */
	WANT_RANGE,     /* in [a, b] */
	WANT_MODEL,     /* whatever the machine allows */
	WANT_BIND,      /* ?name: remember; a later ?name must be equal */
	WANT_NOT,       /* != word */
};
struct want {
	enum want_kind kind;
	unsigned words_count;
	const char **words;
	int64_t low, high;    /* WANT_RANGE, both included */
};
struct want_field {
	const char *key;
	struct want want;
	unsigned col;
};

enum predicate_kind {
	PREDICATE_STATE,       /* state JOB = X | in {X, Y} | != X */
	PREDICATE_CALLBACK,    /* callback KIND JOB [count=N] */
	PREDICATE_REQUESTS,    /* requests PATH = N | in [a, b]    so far */
	PREDICATE_NEXT_TIMER,  /* next-timer in [a, b]             from now */
	PREDICATE_FILE,        /* file $W/f1 = server /f1 */
	PREDICATE_NO_FILE,     /* no-file $W/f1 */
	PREDICATE_LEAKS,       /* leaks = N: handles that are still alive; only in `end` */
	PREDICATE_NO_TEMPORARY /* no-temporary $W: no file of a job is left in the folder that has no name given to it */
};
struct predicate {
	enum predicate_kind kind;
	const char *object;    /* job, path or file */
	const char *word;      /* callback kind, or the server path of PREDICATE_FILE */
	struct want want;
};

#define STEP_CHECKS_MAX 16
struct step {
	enum step_kind kind;
	unsigned line, col;
	const char *text;              /* the line as written, without comment */
	const char *word;              /* command, host word, net word, never/always; ON: callback kind; SERVE: path */
	unsigned args_count;
	struct scenario_arg args[SCENARIO_ARGS_MAX];
	struct want want;              /* DO: the HRESULT */
	unsigned fields_count;
	struct want_field *fields;     /* DO: fields of the reply */
	int64_t duration_ns;           /* WITHIN, ADVANCE; CLOCK: the jump, or how long it sleeps */
	unsigned checks_count;         /* WITHIN, WATCH, EXPECT: 1; END: several */
	struct predicate *checks;
};

/* Where a line stands. */
struct scenario_place {
	const char *file;
	unsigned line;
};

struct scenario {
	const char *file;              /* as given to the parser */
	const char *id, *title, *was;
	bool dialects[DIALECT_COUNT];
	unsigned rules_count;
	struct scenario_rule { const char *id; bool witness; unsigned line, col; } *rules;
	unsigned needs_count;
	const char **needs;            /* features: job.get_error, net.down */
	bool crashes;                  /* `crash at every event`: a scenario for each (expand.h) */
	bool probe;                    /* the player looks at every job after each step; default on */
	unsigned steps_count;
	struct step *steps;
	const char *row;               /* of a file with `let` or `matrix`: its text as it was parsed (expand.h); else NULL */
	size_t row_length;
	const struct scenario_place *places;  /* of its lines, from 1, when they are not those of the file: use, repeat, in parallel; else NULL */
	const char *golden;            /* text below ====, or NULL */
	unsigned golden_line;
};

struct scenario_failures {
	unsigned count;                /* at most SCENARIO_FAILURES_MAX are kept */
	struct failure list[SCENARIO_FAILURES_MAX];
};

/* Parses text[length] named `file`. Every error is collected; parsing goes on at the next line.
 * Returns STATUS_OK and a scenario in the arena, or STATUS_BAD_INPUT, STATUS_NO_MEMORY, STATUS_LIMIT. */
enum status scenario_parse(struct arena *arena, const char *file, const char *text, size_t length,
	struct scenario **scenario, struct scenario_failures *failures);

/* Argument by key; NULL when the step has none. */
const struct scenario_arg *step_arg(const struct step *step, const char *key);
/* Its number, of 0 and more, in the unit that the key has (ns, bytes, times); `otherwise` when the step has none. */
int64_t step_number(const struct step *step, const char *key, int64_t otherwise);
/* nth positional argument (from 0); NULL when there are fewer. */
const struct scenario_arg *step_word(const struct step *step, unsigned n);

/* What `text` asks of a world beyond the core, as feature words for `needs` (net.down, service.restart, disk.full,
 * clock.wall, host.unreachable ...). Fills list[max]; returns the count. */
unsigned scenario_features(const struct scenario *scenario, const char **list, unsigned max);

/* Whether the word is a feature of worlds, not a command: all that a simulated world has. */
bool scenario_feature_is_of_world(const char *text, size_t length);

/* Sum of the times that the scenario certainly waits (advance), in ns. */
int64_t scenario_wait_ns(const struct scenario *scenario);

const char *step_kind_name(enum step_kind kind);

#endif
