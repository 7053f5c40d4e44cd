/* words.h -- words for tests of the job: a job, its machine, and one line for each thing that happens to it.
 * Included after cmocka.h. */
#ifndef BGCHECK_MODEL_TEST_WORDS_H
#define BGCHECK_MODEL_TEST_WORDS_H

#include <string.h>

#include "model/job.h"

#define S INT64_C(1000000000)
#define DAY (86400 * S)

/* A job, its machine, and what the last step gave. */
struct play {
	struct machine machine;
	struct job job;
	struct effects effects;
	const struct move *row;
	int64_t now_ns;
};

static inline void begin(struct play *play, enum dialect dialect, enum job_type type)
{
	memset(play, 0, sizeof *play);
	play->machine = *machine_reference(dialect);
	job_init(&play->job, &play->machine, type, 0);
}

static inline enum code step(struct play *play, const struct occurrence *occurrence)
{
	struct occurrence now = *occurrence;

	now.now_ns = play->now_ns;
	effects_init(&play->effects);
	play->row = job_step(&play->machine, &play->job, &now, &play->effects);
	return play->row->result;
}

static inline enum code happen(struct play *play, enum event event)
{
	const struct occurrence occurrence = { .event = event, .cause = CAUSE_NONE,
		.bytes_total = JOB_SIZE_UNKNOWN };

	return step(play, &occurrence);
}

static inline void fail_by(struct play *play, enum event event, enum cause cause)
{
	const struct occurrence occurrence = { .event = event, .cause = cause };

	step(play, &occurrence);
}

static inline enum code set(struct play *play, enum property property, int64_t value)
{
	const struct occurrence occurrence = { .event = EVENT_SET, .cause = CAUSE_NONE, .property = property,
		.value = value };

	return step(play, &occurrence);
}

static inline void data(struct play *play, uint64_t bytes, uint64_t total)
{
	const struct occurrence occurrence = { .event = EVENT_DATA, .cause = CAUSE_NONE, .bytes = bytes,
		.bytes_total = total };

	step(play, &occurrence);
}

static inline bool did(const struct play *play, enum effect_kind kind)
{
	for (unsigned i = 0; i < play->effects.count; i++)
		if (play->effects.list[i].kind == kind) return true;
	return false;
}

static inline int64_t time_of(const struct play *play, enum effect_kind kind)
{
	for (unsigned i = 0; i < play->effects.count; i++)
		if (play->effects.list[i].kind == kind) return play->effects.list[i].at_ns;
	return -1;
}

static inline void assert_state(const struct play *play, enum state state)
{
	if (play->job.state != state)
		fail_msg("state is %s, wanted %s (row %s)", machine_state_name(play->job.state), machine_state_name(state),
			play->row ? play->row->id : "none");
}

/* bits: a job with files that has come to CONNECTING; do: to TRANSFERRING. */
static inline void start(struct play *play, enum dialect dialect, unsigned files)
{
	begin(play, dialect, JOB_TYPE_DOWNLOAD);
	while (files--) happen(play, EVENT_ADD_FILE);
	happen(play, EVENT_RESUME);
	if (play->job.state == STATE_QUEUED) happen(play, EVENT_TURN);
}

static inline void to_transferring(struct play *play, enum dialect dialect, unsigned files)
{
	start(play, dialect, files);
	if (dialect == DIALECT_BITS) happen(play, EVENT_CONNECTED);
	assert_state(play, STATE_TRANSFERRING);
}

/* Every claim that is the same in both dialects is checked in both. */
#define EACH_DIALECT(d) for (enum dialect d = DIALECT_DO; d < DIALECT_COUNT; d++)

static inline void to_state(struct play *play, enum dialect dialect, enum state wanted)
{
	to_transferring(play, dialect, 1);
	switch (wanted) {
	case STATE_QUEUED: happen(play, EVENT_LOGOFF); break;
	case STATE_CONNECTING: start(play, dialect, 1); break;
	case STATE_TRANSFERRING: break;
	case STATE_SUSPENDED: happen(play, EVENT_SUSPEND); break;
	case STATE_ERROR: fail_by(play, EVENT_FATAL, CAUSE_DISK_DENIED); break;
	case STATE_TRANSIENT_ERROR: fail_by(play, EVENT_TRANSIENT, CAUSE_NET_RESET); break;
	case STATE_TRANSFERRED: happen(play, EVENT_ALL_DONE); break;
	case STATE_ACKNOWLEDGED:
		happen(play, EVENT_ALL_DONE);
		happen(play, EVENT_COMPLETE);
		break;
	case STATE_CANCELLED: happen(play, EVENT_CANCEL); break;
	case STATE_COUNT:
	case STATE_NONE: break;
	}
	assert_state(play, wanted);
}

#endif
