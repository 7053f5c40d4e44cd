/* rng.h -- chance: one seed, and a stream of its own for every purpose, so that a new consumer never shifts the others. */
#ifndef BGCHECK_SIM_RNG_H
#define BGCHECK_SIM_RNG_H

#include <stdint.h>

/* A stream (xoshiro256**). The same seed and name give the same numbers on every machine. */
struct rng {
	uint64_t state[4];
};

/* Cannot fail. */
void rng_init(struct rng *rng, uint64_t seed, const char *name);

uint64_t rng_next(struct rng *rng);

/* A number in [0, count), every one equally likely; count > 0. */
uint64_t rng_below(struct rng *rng, uint64_t count);

#endif
