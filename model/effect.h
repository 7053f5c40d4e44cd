/* effect.h -- what the world must now do: a fixed, caller-owned list. */
#ifndef BGCHECK_MODEL_EFFECT_H
#define BGCHECK_MODEL_EFFECT_H

#include "model/machine.h"

#define EFFECTS_MAX 32

struct effect {
	enum effect_kind kind;
	int64_t at_ns;  /* timers: when they are due; else 0 */
};

struct effects {
	unsigned count;
	struct effect list[EFFECTS_MAX];
};

void effects_init(struct effects *effects);
/* Appends; the list is large enough for every row (asserted). */
void effects_add(struct effects *effects, enum effect_kind kind, int64_t at_ns);

#endif
