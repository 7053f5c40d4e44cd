/* explore_internal.h -- what explore*.c share: the letters, the states of one job, and what each letter makes of each. */
#ifndef BGCHECK_SIM_EXPLORE_INTERNAL_H
#define BGCHECK_SIM_EXPLORE_INTERNAL_H

#include "sim/explore.h"

#define LETTERS_MAX 96u
#define LETTERS_ALL (LETTERS_MAX + EXPLORE_GLOBALS)  /* by number; from LETTERS_MAX on: LETTERS_MAX + enum explore_global */
#define NETWORK_UP 1u
#define OWNER_HERE 2u
#define POLICY_FREE 4u
#define CONDITION_START (NETWORK_UP | OWNER_HERE | POLICY_FREE)
#define NOT_POSSIBLE 0xFFFFFFFFu

struct alphabet {
	unsigned count;
	struct explore_letter letters[LETTERS_MAX];
	unsigned causes_count;
	enum cause causes[EXPLORE_CAUSES_MAX];  /* what `report` counts from 1; the last is NO_PROGRESS */
	unsigned statuses[EXPLORE_CAUSES_MAX];
};

/* One job in one condition of the machine: by number, in the order found (breadth first). */
struct node {
	struct explore_job job;
	unsigned condition;
	uint32_t rank;               /* among the nodes of its condition */
	uint32_t parent;             /* node, NOT_POSSIBLE: a start */
	uint16_t parent_letter;      /* letter, or LETTERS_MAX + enum explore_global */
	uint32_t edges, edges_count; /* distinct other nodes, in space.edges */
	uint32_t moves;              /* letters that may happen, whatever they lead to */
	uint32_t global[EXPLORE_GLOBALS];  /* node; NOT_POSSIBLE: none of this machine's events now */
};

struct space {
	const struct explore_bounds *bounds;
	struct alphabet alphabet;
	struct node *nodes;
	uint32_t nodes_count, nodes_max;
	uint32_t *slots;             /* hash: node + 1 */
	uint32_t slots_mask;
	uint32_t *edges;
	uint32_t edges_count, edges_max;
	uint32_t ranks[EXPLORE_CONDITIONS];        /* nodes of each condition */
	uint32_t *by_rank[EXPLORE_CONDITIONS];     /* node of a rank */
	bool *row_taken;
	struct explore_seen *look;   /* NULL, or where each step is told to */
};

/* What steps show outside of the job that the explorer keeps: those of one letter, or two of a restart. */
struct explore_seen {
	unsigned steps;
	const struct move *rows[2];
	enum code result[2];         /* of calls */
	uint32_t carried[2];         /* effects that the world carries out and that can be seen */
	bool untouched[2];           /* a refusal, or what cannot happen: the modification time stays */
	int64_t retry_due_ns, no_progress_due_ns, held_ns, expires_ns;
	uint32_t error_count;
	uint64_t kept;               /* files that have their names: a bit each */
};
/* A step that was made from `before` to `after`; `seen` was zero before the first. */
void explore_look(struct explore_seen *seen, const struct move *row, const struct effects *effects, const struct explore_job *before,
	const struct job *after);

static inline bool explore_is_wired(const struct explore_job *job)
{
	return job->state == STATE_CONNECTING || job->state == STATE_TRANSFERRING;
}

static inline bool explore_is_final(const struct explore_job *job)
{
	return job->state == STATE_ACKNOWLEDGED || job->state == STATE_CANCELLED;
}

/* FNV-1a of the bytes, begun with the seed. */
uint32_t explore_hash(const void *bytes, size_t size, unsigned seed);

/* STATUS_BAD_INPUT and why, when a bound is out of range. */
enum status explore_check_bounds(const struct explore_bounds *bounds, struct failure *failure);
void alphabet_make(const struct explore_bounds *bounds, struct alphabet *alphabet);
/* Whether the world, or a client, may bring the letter to the job now. */
bool explore_may(const struct explore_bounds *bounds, const struct explore_letter *letter, const struct explore_job *job, unsigned condition);
/* One class of a global event: whether it exists within the bounds; the condition after it. */
bool explore_global_may(const struct explore_bounds *bounds, enum explore_global global);
unsigned explore_global_after(enum explore_global global, unsigned condition);
/* Finds all nodes. */
enum status space_make(struct arena *arena, const struct explore_bounds *bounds, struct space *space, struct failure *failure);
/* Letters by number (LETTERS_ALL): whether one may come to the job, the condition after it, and what it makes of the job, with
 * the rows that it took. space_take is false when it cannot happen there (the row says so). */
bool space_may(const struct space *space, unsigned letter, const struct explore_job *job, unsigned condition);
unsigned space_after(unsigned letter, unsigned condition);
bool space_take(struct space *space, unsigned letter, struct explore_job *job, unsigned condition, struct explore_seen *seen);
/* Every move between the nodes that were found that takes a row. */
typedef void space_move(void *context, uint32_t from, uint32_t to, const struct explore_seen *seen);
void space_each_move(struct space *space, space_move *see, void *context);
/* Path from a start to a node; returns its length. */
unsigned space_path(const struct space *space, uint32_t node, struct explore_step *path);
/* Index of the first invariant that the job breaks; -1: none. */
int explore_broken(const struct explore_job *job);

#endif
