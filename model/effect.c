/* effect.c -- what the world must now do: a fixed, caller-owned list. */
#include "model/effect.h"

#include <assert.h>

void effects_init(struct effects *effects)
{
	assert(effects);
	effects->count = 0;
}

void effects_add(struct effects *effects, enum effect_kind kind, int64_t at_ns)
{
	assert(effects->count < EFFECTS_MAX);
	assert((unsigned)kind < EFFECT_COUNT);
	effects->list[effects->count++] = (struct effect){ .kind = kind, .at_ns = at_ns };
}
