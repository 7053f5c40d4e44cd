/* fake_target.h -- a target that does what a test tells it, for tests of the player. It knows no machine. */
#ifndef BGCHECK_SIM_TEST_FAKE_TARGET_H
#define BGCHECK_SIM_TEST_FAKE_TARGET_H

#include "sim/target.h"

#define FAKE_S INT64_C(1000000000)
#define FAKE_JOBS_MAX 8
#define FAKE_FILES_MAX 8
#define FAKE_HANDLES_MAX 1024
#define FAKE_EVENTS_MAX 64
#define FAKE_ANSWERS_MAX 32
#define FAKE_LACKS_MAX 8
#define FAKE_LOG_MAX 65536
#define FAKE_NO_FILE (-1)

struct fake_error {
	enum context context;
	uint32_t code;
	int file;                     /* index, or FAKE_NO_FILE */
};

struct fake_job {
	char name[48], id[16];
	enum state state;
	bool has_error;
	struct fake_error error;
	unsigned files_count;
	char files[FAKE_FILES_MAX][64];
};

struct fake_handle {
	char name[48];
	char kind;                    /* j e f n x */
	unsigned references;
	unsigned job;
	struct fake_error error;
	int file;                     /* index; of an enumerator: the next one */
};

/* What happens at a time, in the order told; an event that was not told a time comes with the call of `command`. */
struct fake_event {
	enum fake_event_kind { FAKE_STATE, FAKE_ERROR, FAKE_CALLBACK, FAKE_LINE, FAKE_GONE } kind;
	int64_t at_ns;
	const char *command;          /* comes inside this command, once; NULL: by time */
	const char *job;              /* also the object of a line */
	enum state state;
	struct fake_error error;
	const char *word;             /* kind of callback; event of a line */
	bool done;
};

/* The nth call (from 1; 0: every one) of a command is answered so. */
struct fake_answer {
	const char *command;
	unsigned nth;
	enum reply_kind kind;
	uint32_t hr;
	const char *why;
};

struct fake {
	struct target target;
	enum dialect dialect;
	int64_t now_ns, timer_ns, slice_ns;   /* slice_ns: a real world's */
	int file_answer, temporary_count;
	unsigned leaks_more;
	const char *change_why;               /* change fails with it */
	bool no_variables;                    /* $W has no value */
	bool stuck;                           /* time does not move */
	unsigned flood;                       /* lines of the origin in each step */
	enum status begin_status, end_status;
	unsigned jobs_count, handles_count, events_count, answers_count, lacks_count, ends, begins, in_callback;
	unsigned errors_of_use;               /* calls with an unknown handle, calls after the end, probes in callbacks */
	uint32_t returned;                    /* by the last callback */
	struct fake_job jobs[FAKE_JOBS_MAX];
	struct fake_handle handles[FAKE_HANDLES_MAX];
	struct fake_event events[FAKE_EVENTS_MAX];
	struct fake_answer answers[FAKE_ANSWERS_MAX];
	unsigned asked[FAKE_ANSWERS_MAX];
	const char *lacks[FAKE_LACKS_MAX];
	size_t log_length;
	char log[FAKE_LOG_MAX];               /* a line for each call, as text */
	char text[256];
};

void fake_init(struct fake *fake, enum dialect dialect);

void fake_at(struct fake *fake, int64_t at_ns, const char *job, enum state state);
void fake_error_at(struct fake *fake, int64_t at_ns, const char *job, enum state state, struct fake_error error);
void fake_callback_at(struct fake *fake, int64_t at_ns, const char *kind, const char *job);
void fake_callback_in(struct fake *fake, const char *command, const char *kind, const char *job);
void fake_request_at(struct fake *fake, int64_t at_ns, const char *path);
void fake_gone_at(struct fake *fake, int64_t at_ns);
void fake_answer(struct fake *fake, const char *command, unsigned nth, enum reply_kind kind, uint32_t hr, const char *why);
void fake_lacks(struct fake *fake, const char *feature);

#endif
