/* draw.h -- scenarios by chance: jobs, calls, and what goes wrong meanwhile. */
#ifndef BGCHECK_SIM_DRAW_H
#define BGCHECK_SIM_DRAW_H

#include "sim/arena.h"
#include "sim/scenario.h"

#define DRAW_STEPS_MAX 400u
#define DRAW_FAULTS_MAX 60u

struct draw_options {
	uint64_t seed;
	unsigned steps;               /* of the client behind the first Resume, at most; up to DRAW_STEPS_MAX */
	unsigned faults;              /* words of fault_word.def, at most; up to DRAW_FAULTS_MAX */
	bool swarm;                   /* only some of the words and calls, others for each seed */
	bool dialects[DIALECT_COUNT]; /* of which one is drawn; at least one */
};

/*
 * Draws a scenario with the id draw-SEED: the same for the same options, whatever else there is. The reference can play it to its end,
 * and meets what the scenario waits for. Returns its text in the arena, in the form of format.h; *dialect: which was drawn.
 * Errors: NULL, the arena is used up.
 */
char *draw_scenario(struct arena *arena, const struct draw_options *options, enum dialect *dialect, size_t *length);

/* The dialect that draw_scenario draws, without drawing the rest. */
enum dialect draw_dialect(const struct draw_options *options);

#endif
