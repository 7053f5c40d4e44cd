/* world.h -- the reference machine (or a mutant of it) in a simulated world, as a target.
 *
 * Virtual time in integer ns, one event queue, one seed. Same scenario, machine and seed: the same trace, byte for byte. */
#ifndef BGCHECK_SIM_WORLD_H
#define BGCHECK_SIM_WORLD_H

#include "sim/target.h"

/* Makes a target in the arena; it lives as long as the arena. Returns NULL when the arena is used up. */
struct target *world_new(struct arena *arena, const struct machine *machine, uint64_t seed);

#endif
