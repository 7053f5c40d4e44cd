/* arena.c -- one block of memory per run; nothing is freed but the whole. */
#include "sim/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGN _Alignof(max_align_t)

/* The only variable of the project that changes outside a run: tests make the nth arena_take fail with it. 0: none. */
static unsigned long arena_takes_left;

int arena_init(struct arena *arena, size_t size)
{
	assert(arena);
	arena->block = malloc(size ? size : 1);
	arena->at = arena->block;
	arena->end = arena->block ? arena->block + size : NULL;
	return arena->block ? 0 : -1;
}

void arena_done(struct arena *arena)
{
	assert(arena);
	free(arena->block);
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	assert(arena);
	arena->at = arena->block;
}

static int take_must_fail(void)
{
	if (arena_takes_left == 0) return 0;
	return --arena_takes_left == 0;
}

void *arena_room(struct arena *arena, size_t size)
{
	size_t left, padding;
	char *memory;

	assert(arena);
	assert(arena->at <= arena->end);
	if (take_must_fail() || !arena->at) return NULL;
	left = (size_t)(arena->end - arena->at);
	padding = (ARENA_ALIGN - (uintptr_t)arena->at % ARENA_ALIGN) % ARENA_ALIGN;
	if (padding > left || size > left - padding) return NULL;
	memory = arena->at + padding;
	arena->at = memory + size;
	return memory;
}

void *arena_take(struct arena *arena, size_t size)
{
	void *memory = arena_room(arena, size);

	return memory ? memset(memory, 0, size) : NULL;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	assert(text || length == 0);
	if (length == SIZE_MAX) return NULL;
	copy = arena_room(arena, length + 1);
	if (!copy) return NULL;
	if (length) memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void arena_fail_at(unsigned long n)
{
	arena_takes_left = n;
}
