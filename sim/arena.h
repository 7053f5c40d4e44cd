/* arena.h -- one block of memory per run; nothing is freed but the whole. */
#ifndef BGCHECK_SIM_ARENA_H
#define BGCHECK_SIM_ARENA_H

#include <stddef.h>

struct arena {
	char *at, *end;
	char *block;
};

/* Takes a block of `size` bytes from the system. Returns 0, or -1 when there is none. */
int arena_init(struct arena *arena, size_t size);
void arena_done(struct arena *arena);
/* Empties the arena; what was taken from it is invalid. Cannot fail. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type. Returns NULL when the arena is used up. */
void *arena_take(struct arena *arena, size_t size);
/* The same as it is, for what counts how much of it is used. */
void *arena_room(struct arena *arena, size_t size);
/* Copy of text[length] with a NUL. Returns NULL when the arena is used up. */
char *arena_text(struct arena *arena, const char *text, size_t length);

/* For sweeps: the nth arena_take from now fails (n from 1), once; 0: never. */
void arena_fail_at(unsigned long n);

#endif
