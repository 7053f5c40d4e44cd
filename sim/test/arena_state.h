/* arena_state.h -- an arena as the state of a test: setup and teardown for cmocka. The includer defines ARENA_STATE_BYTES. */
#ifndef BGCHECK_SIM_TEST_ARENA_STATE_H
#define BGCHECK_SIM_TEST_ARENA_STATE_H

#include "sim/arena.h"

#include <stdlib.h>

static inline int arena_state_setup(void **state)
{
	struct arena *arena = calloc(1, sizeof *arena);
	*state = arena;
	return !arena || arena_init(arena, ARENA_STATE_BYTES);
}

static inline int arena_state_teardown(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

#endif
