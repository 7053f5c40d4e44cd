/* adapter_check_part.h -- what the files of adapter check share: a step's outcome, and asking. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_CHECK_PART_H
#define BGCHECK_CONFORMANCE_ADAPTER_CHECK_PART_H

#include "conformance/adapter_link.h"
#include "conformance/adapter_path.h"
#include "conformance/live.h"
#include "conformance/unit.h"

enum check_step {
#define STEP(id, word, claim, allowed, place) CHECK_##id,
#include "conformance/adapter_check.def"
	CHECK_COUNT
};

/* What came for a command. */
enum came {
	CAME_SUCCESS = 1,
	CAME_FAILURE = 2,       /* hr with the failure bit */
	CAME_UNSUPPORTED = 4,
	CAME_BROKEN = 8,        /* the adapter says that it failed */
	CAME_MALFORMED = 16,    /* a reply that lacks something: reply.why */
	CAME_NOTHING = 32,      /* the link is broken: nothing more can be asked */
};
#define CAME_REFUSED (CAME_FAILURE | CAME_UNSUPPORTED | CAME_BROKEN)

struct check {
	struct arena *arena;
	const struct unit_options *unit;
	FILE *out;
	json_t *told;                /* list of steps with --json, else NULL */
	unsigned steps, bad;
	bool bad_step[CHECK_COUNT];  /* it was not ok at least once */

	struct adapter_link link;
	struct adapter_path path;
	struct live *live;
	struct listener listener;
	int64_t began_ns;
	bool over;                   /* this conversation broke off, and that was told */
	enum dialect dialect;
	struct adapter_description description;
	json_t *said;                /* the answer to describe */
	json_t *answer;              /* the last one: owns the texts of `reply` */
	struct reply reply;
	char sent[1000];             /* the last command */

	bool expects_callbacks;      /* notify_interface is set */
	bool inside;                 /* a callback waits for its answer */
	unsigned callbacks;          /* that came */
	int64_t numbers[64];         /* of them */
	struct adapter_message message;  /* the last one */
};

/* The outcome of a step. `came` is a sentence, printf-like. check_bad returns false. */
bool check_ok(struct check *check, enum check_step step);
void check_skip(struct check *check, enum check_step step, const char *why);
bool check_bad(struct check *check, enum check_step step, const char *came, ...) __attribute__((format(printf, 3, 4)));

/* Sends `COMMAND key=text key=#number key=~` (~ is null), printf-like; a word holds no blank, but \v stands for one.
 * Callbacks that nobody expects are told and answered. */
enum came check_ask(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether what came is among `allowed`; otherwise the step is not ok, or, when the link broke, that is told. */
bool check_came(struct check *check, enum check_step step, enum came came, unsigned allowed);
/* Text or number of the last reply; "" or -1 when it has none. */
const char *check_text(const struct check *check, const char *key);
int64_t check_number(const struct check *check, const char *key);

/* Waits at most ns for a callback: check->message, number kept. False: none came. */
bool check_wait_callback(struct check *check, int64_t ns);
void check_return(struct check *check);

/* What the adapter lacks and has (adapter_check_feature.c): sends every command once. */
void check_features(struct check *check);
/* Callbacks (adapter_check_callback.c). */
void check_callbacks(struct check *check);
/* Handles (adapter_check_handle.c). */
void check_handles(struct check *check);

#endif
