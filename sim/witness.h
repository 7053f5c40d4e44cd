/* witness.h -- a shortest scenario for each row of the table, and for each two rows that can follow each other.
 *
 * The search plays in the reference's own world, by the player that plays every scenario: what is found is what a file of
 * these lines does. One job (another only pre-empts it), at most two files, breadth first over the lines of a scenario. */
#ifndef BGCHECK_SIM_WITNESS_H
#define BGCHECK_SIM_WITNESS_H

#include "sim/explore.h"
#include "sim/play.h"

#define WITNESS_LINES_MAX 64
#define WITNESS_PLACE(set, row, next) ((row) * (set)->rows_count + (next))

/* Rows, and pairs of rows in sequence, by index of the machine's moves. */
struct witness_set {
	unsigned rows_count;
	bool *row;
	bool *pair;              /* [WITNESS_PLACE] */
};

/* A scenario as the lines below `---`. */
struct witness {
	unsigned lines_count;    /* 0: there is none */
	const char *lines[WITNESS_LINES_MAX];
};

struct witness_search;

enum status witness_set_make(struct arena *arena, const struct machine *machine, struct witness_set *set);

/* Adds what the trace shows of a job: rows, and pairs. Rows that only answer (GET, GET_ERROR) change nothing: those between
 * two others stand in every order, and the two follow each other all the same. */
void witness_see(struct witness_set *set, const struct machine *machine, const struct trace *trace, const char *job);

/* Rows and pairs that the explorer reaches within its bounds: what the table allows, whatever the world brings. */
enum status witness_reach(struct arena *arena, const struct explore_bounds *bounds, struct witness_set *set, struct failure *failure);

/* Searches. `bounds` gives the machine and the number of files. Errors: STATUS_NO_MEMORY, STATUS_LIMIT. */
enum status witness_find(struct arena *arena, const struct explore_bounds *bounds, struct witness_search **search, struct failure *failure);
const struct witness_set *witness_found(const struct witness_search *search);
/* The shortest scenario with the row, or with both rows in sequence. */
void witness_of_row(const struct witness_search *search, unsigned row, struct witness *witness);
void witness_of_pair(const struct witness_search *search, unsigned row, unsigned next, struct witness *witness);

/* The shortest scenario to a job that breaks an invariant, and which; lines_count 0 when the search meets none. */
void witness_of_broken(const struct witness_search *search, struct witness *witness, int *invariant);

/* A whole scenario file. */
size_t witness_print(const struct witness *witness, enum dialect dialect, const char *id, const char *title, char *text, size_t size);

/* Which row of witness.def says why the reference's world never does what the table allows; -1: none does. next < 0: a row alone. */
int witness_excuse(const struct machine *machine, unsigned row, int next);
unsigned witness_excuses(void);               /* how many there are */
const char *witness_reason(int number);
/* Whether it must excuse something in the dialect, within bounds at which every row is taken. */
bool witness_excuses_in(int number, enum dialect dialect);

#endif
