/* witness_stage.h -- the play that the search leads: put back, told apart, let on in time. Private to witness*.c. */
#ifndef BGCHECK_SIM_WITNESS_STAGE_H
#define BGCHECK_SIM_WITNESS_STAGE_H

#include "sim/explore_internal.h"
#include "sim/witness_internal.h"

#define NONE (-1)
#define PLAY_BYTES (6u << 20)   /* of the stage, and of each snapshot of it */

/* The state of the world as far as it matters to the job. All bytes. */
struct key {
	uint8_t state, type, files, done, partial, error, blocked_error, retry, progress, np, above;
	uint8_t network, owner, blocked, running, held, phase, asks, started, other, ready;
	uint8_t file, second, host, disk, near_end, near_stop, room, almost;
};

/* A line or more of a scenario, and what it does. */
struct situation {
	struct key key;
	int parent;              /* NONE: a new job, or a plot */
	const struct scenario *plot;  /* of witness_plot.def; NULL: none */
	uint8_t start;           /* library */
	uint8_t action;          /* of the parent's library */
	uint8_t file, second, host, disk;
	bool almost;             /* the next row is a moment away */
	uint16_t lines;          /* of the scenario so far, the creation of the job included */
	struct footing footing;
	const struct step *time; /* of an action of time */
	int16_t first[ACTIONS_MAX];  /* row; NONE: none */
	int32_t to[ACTIONS_MAX];     /* state */
};

/* The end of a witness: a state, and one or two actions more. */
struct trail {
	int state;
	uint8_t actions_count, actions[2];
	const struct step *times[2];
	uint16_t lines;          /* 0: there is none */
};

struct snapshot {
	char *bytes;
	size_t size;
};

struct witness_search {
	struct arena *arena;
	const struct machine *machine;
	unsigned files;
	struct library library[2];
	unsigned libraries_count;
	struct arena stage;      /* of the play; a part of the arena */
	struct snapshot root[2], before, middle, between;
	struct play *play;
	struct player *player;
	struct target *target;
	struct situation *states;
	unsigned states_count;
	uint32_t *slots;
	struct witness_set found;
	struct trail *of_row, *of_pair;
	struct trail now;        /* what is played */
	struct trail broken;
	int invariant;
	bool no_memory;
};

/* The play as it is, kept for witness_put_back. False when memory is used up. */
bool witness_keep(struct witness_search *search, struct snapshot *snapshot);
void witness_put_back(struct witness_search *search, const struct snapshot *snapshot);
/* Begins the play of a library: the job is there. */
bool witness_open(struct witness_search *search, unsigned start, struct failure *failure);
const struct service_job *witness_job(const struct witness_search *search);

/* What tells states apart, and whether few enough things are unusual in one to go on from it. */
struct key witness_key(const struct witness_search *search, const struct situation *state);
bool witness_is_plain(const struct key *key);
/* Notes the shortest way to a broken invariant. */
void witness_look(struct witness_search *search);

/* Whether the action is worth trying. */
bool witness_fits(const struct witness_search *search, const struct situation *state, const struct action *action, const struct service_job *job);
/* The line of an action of time, made for now; NULL when it makes no sense now. */
const struct step *witness_time(struct witness_search *search, const struct action *action);
/* Next row of j1 in the trace behind line *from, which moves on; NONE: there is no more. */
int witness_next_row(const struct witness_search *search, unsigned *from);

#endif
