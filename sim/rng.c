/* rng.c -- xoshiro256** (Blackman and Vigna), its state filled by splitmix64 from seed and name. */
#include "sim/rng.h"

#include <assert.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t hash_name(const char *name)
{
	uint64_t hash = FNV_START;

	for (; *name; name++) hash = (hash ^ (unsigned char)*name) * FNV_PRIME;
	return hash;
}

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

void rng_init(struct rng *rng, uint64_t seed, const char *name)
{
	uint64_t state;

	assert(rng && name);
	/* The seed is mixed before the name meets it: seed 1 with one name is no other seed with another. */
	state = seed;
	state = splitmix(&state) ^ hash_name(name);
	for (int i = 0; i < 4; i++) rng->state[i] = splitmix(&state);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *rng, uint64_t count)
{
	uint64_t uneven, number;

	assert(count > 0);
	/* The numbers below 2^64 mod count would come once too often. */
	uneven = (UINT64_MAX - count + 1) % count;
	do number = rng_next(rng);
	while (number < uneven);
	return number % count;
}
