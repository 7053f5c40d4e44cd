/* play_internal.h -- what the parts of the player share; and witness*.c, which play line by line; nobody
 * else includes it.
 *
 * Two things end a play: `over` (the implementation, the world or an expectation; play->end says which) and a `status`
 * that is not STATUS_OK (the player itself cannot go on). Functions that may meet one return nothing for it: the loops
 * ask play_line_going. */
#ifndef BGCHECK_SIM_PLAY_INTERNAL_H
#define BGCHECK_SIM_PLAY_INTERNAL_H

#include "sim/play.h"

#define PLAY_LINES_MAX 100000u   /* of a trace */
#define PLAY_CHECKS_MAX 1024u
#define PLAY_HANDLES_MAX 400u    /* `as` names of a scenario, released ones included */
#define PLAY_JOBS_MAX 320u       /* more than a machine may have: MGR-008 */
#define PLAY_FILES_MAX 128u      /* added to one job */
#define PLAY_POLICIES_MAX 64u    /* `on` lines */
#define PLAY_WATCHES_MAX 64u
#define PLAY_COUNTS_MAX 256u     /* kinds of callbacks times jobs, and paths */
#define PLAY_BINDS_MAX 64u
#define PLAY_POLLS_MAX 10000000u /* steps of the target in one `within` or `advance` */
#define PLAY_PROBE_TRIES 3u          /* a probe that callbacks interrupt is made anew */
#define PLAY_REST_NS INT64_C(3000000000) /* real time: for so long a resting job is watched before it is given up */
#define PLAY_NESTING_MAX 8u      /* callbacks inside callbacks */

enum play_handle_kind { PLAY_HANDLE_JOB, PLAY_HANDLE_ERROR, PLAY_HANDLE_FILE, PLAY_HANDLE_FILES, PLAY_HANDLE_JOBS,
	PLAY_HANDLE_OTHER };

/* Local names in the order of adding; two handles of one job share them. */
struct play_files {
	unsigned count;
	const char *names[PLAY_FILES_MAX];
};

/* A job handle that is looked at. */
struct play_job {
	const char *name;
	const char *id;                       /* NULL: not known */
	struct play_files *files;
	enum state seen;                      /* by the last poll */
	int64_t since_ns;                     /* when `seen` was seen first */
	const struct trace_line *probe;       /* the last one recorded; NULL: none */
	unsigned handle;                      /* index */
};

struct play_handle {
	const char *name;
	enum play_handle_kind kind;
	unsigned references;                  /* 0: released */
};

struct play_policy {                          /* an `on` line */
	const char *kind, *job;
	uint32_t result;
	unsigned left;                        /* calls that it still answers */
	const char *command;                  /* NULL: none */
	unsigned line;
};

struct play_watch {
	const struct step *step;
	bool told;                            /* its check is made already */
	unsigned before;                      /* callbacks that had been before the watch began */
};

struct play_count {
	const char *what, *object;
	unsigned n;
};

/* A value of a reply that outlives the next call. */
struct play_value {
	const char *key;                      /* hr for the HRESULT */
	enum value_kind kind;
	uint64_t number;
	const char *word;                     /* as in the trace */
};

struct play_bind {
	const char *name;
	struct play_value value;
};

/* Commands of a probe; what the implementation lacks is left out of it. */
enum play_ask { PLAY_ASK_STATE, PLAY_ASK_GET_ERROR, PLAY_ASK_ERROR, PLAY_ASK_FILE, PLAY_ASK_NAME, PLAY_ASK_COUNT };

struct player {
	struct arena *arena;
	const struct scenario *scenario;
	struct target *target;
	const struct play_options *options;
	struct play *play;
	struct failure *failure;

	enum status status;
	bool over;
	bool ending;                          /* target->end runs: no more calls */
	unsigned line;                        /* of the step that is played */
	int64_t last_ns;                      /* time of the last line */
	unsigned checks_size;

	bool states_asked;                    /* a predicate needs states although probes are off */
	bool lacks[PLAY_ASK_COUNT];
	unsigned nesting;                     /* callbacks being handled */
	bool called;                          /* a callback came since the last probes */
	unsigned names_made;                  /* for as=_ */
	const struct step *crash;             /* `crash at event N`, until it has come; NULL: none */
	int64_t crash_left;                   /* events until then */

	unsigned handles_count, jobs_count, policies_count, watches_count, counts_count, binds_count;
	struct play_handle handles[PLAY_HANDLES_MAX];   /* from here on only what the counts say is used */
	struct play_job jobs[PLAY_JOBS_MAX];
	struct play_policy policies[PLAY_POLICIES_MAX];
	struct play_watch watches[PLAY_WATCHES_MAX];
	struct play_count counts[PLAY_COUNTS_MAX];
	struct play_bind binds[PLAY_BINDS_MAX];
};

/* A text that grows to its buffer's size and is cut there. */
struct play_text {
	size_t length;
	char text[700];
};

/* play.c: a play in pieces. play_scenario is new, open, every step, and the end. */
/* A player in the arena, whose target hears it; NULL when the arena is used up (failure says so). */
struct player *play_new(struct arena *arena, const struct scenario *scenario, struct target *target, const struct play_options *options,
	struct play *play, struct failure *failure);
/* Starts the target. False when it could not; the reason is in the play or the status. */
bool play_open(struct player *player);
/* A step that is not `end`, and the look at every job after it. */
void play_one(struct player *player, const struct step *step);

/* play_line.c: lines, checks, and how a play ends. */
bool play_line_going(const struct player *player);
/* Memory of the arena; NULL sets the status. */
void *play_line_take(struct player *player, size_t size);
const char *play_line_copy(struct player *player, const char *text);
/* Fails with STATUS_LIMIT: `expected at most MAX WHAT, found more`. Returns false. */
bool play_line_limit(struct player *player, unsigned max, const char *what);
/* The play ends here, unless it has ended already. feature may be NULL. */
void play_line_stop(struct player *player, enum play_end end, const char *feature, const char *why);
void play_line_init(struct player *player, struct trace_line *line, enum actor actor, const char *object,
	const char *event);
/* Appends a copy; its time is not before that of the last line. Returns the copy, NULL when there was no room. */
struct trace_line *play_line_record(struct player *player, const struct trace_line *line);
/* Writes a recorded line anew: a call's place is taken before the call, and what it answered is known behind it. */
void play_line_replace(struct player *player, unsigned index, const struct trace_line *line);
void play_line_check(struct player *player, const struct step *step, bool passed, const char *expected,
	const char *found);
/* How often `what` happened to object; counts once more when `add`. */
unsigned play_line_count(struct player *player, const char *what, const char *object, bool add);
/* $S, $S(host), $W and ?name replaced; a copy in the arena. NULL when the play cannot go on. */
const char *play_line_expand(struct player *player, const char *text);
void play_line_text(struct play_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* 30s, 1.25s */
void play_line_seconds(struct play_text *text, int64_t ns);

/* play_call.c: commands and replies. */
void play_call_step(struct player *player, const struct step *step);
/* A command on a handle that is recorded, without anything to expect: of `on ... do=` and for as=_. */
void play_call_simple(struct player *player, const char *command, const char *handle, unsigned line);
/* The key of a command's handle: job, error, file, enum, handle; NULL when it takes none. */
const char *play_call_key(const char *command);
/* Releases every handle that the scenario still holds; not recorded. */
void play_call_release_all(struct player *player);

/* play_want.c: what an answer must be, and what it was. */
/* The word of a number under a key; property: what `value` of job.get is a value of. Fits buffer. */
const char *play_want_word(const struct player *player, const char *key, const char *property, uint64_t number,
	char buffer[32]);
const char *play_want_code(const struct player *player, uint32_t hresult, char buffer[32]);
bool play_want_holds(struct player *player, const struct want *want, const struct play_value *value,
	const char *property);
/* `S_OK`, `context in {A, B}`: the key stands before it unless it is hr. */
void play_want_expected(struct player *player, struct play_text *text, const struct want *want, const char *key);
void play_want_found(struct player *player, struct play_text *text, const struct play_value *value, const char *key);
/* Whether a number is wanted: counts, of callbacks and requests. */
bool play_want_number(const struct want *want, int64_t number);
/* 60s, 10m, 2h, 14d, 100ms, 60 as whole seconds. */
bool play_want_seconds(const char *text, uint64_t *seconds);
bool play_want_digits(const char *text, uint64_t *number);
const struct play_value *play_want_bound(const struct player *player, const char *name);

/* play_predicate.c */
/* `before`: callbacks that do not count. */
bool play_predicate_holds(struct player *player, const struct predicate *predicate, unsigned before);
void play_predicate_expected(struct player *player, struct play_text *text, const struct predicate *predicate);
void play_predicate_found(struct player *player, struct play_text *text, const struct predicate *predicate);
/* A watch that fails now makes its check; at the end those that held make theirs. */
void play_predicate_watches(struct player *player, bool at_end);

/* play_probe.c: looking at jobs, and callbacks. */
void play_probe_prepare(struct player *player);
/* After a step: a line for every job. */
void play_probe_all(struct player *player);
/* While time passes: a line only where something is new. */
void play_probe_poll(struct player *player);
uint32_t play_probe_called(void *context, const struct callback *callback);
void play_probe_heard(void *context, const struct trace_line *line);

#endif
