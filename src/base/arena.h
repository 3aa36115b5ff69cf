/* SPDX-License-Identifier: MIT
 *
 * Region memory: what is allocated lives until the arena is freed; nothing is freed singly. One arena holds all that
 * lives to the end of a report, a second one, reset in between, what lives for one render.
 * Built with -DARENA_DEBUG every allocation is its own malloc, so that sanitizers see each object's bounds.
 * When memory is exhausted the program ends with one message (exit status 3): no caller could do better.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;
struct arena {
    struct arena_block *block; /* newest first */
    char *at, *end;            /* free room in the newest block */
    size_t total;              /* bytes asked of malloc so far */
};

/* Zeroed memory for count objects of size bytes, aligned for any type; never NULL. count * size may not overflow
 * (checked by division). */
void *arena_alloc(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type)))

/* A copy of s that lives as long as the arena, with a NUL after it. */
struct str arena_copy(struct arena *a, struct str s);

/* printf into the arena. */
struct str arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Releases everything; the arena may be used again. */
void arena_free(struct arena *a);
/* The same for a scratch arena that has grown beyond what is worth keeping; call it once a step. */
void arena_trim(struct arena *scratch);

/* Ends the program with a message on standard error: memory is exhausted. Also used by buf and the tables. */
__attribute__((noreturn)) void arena_exhausted(size_t wanted);

/* realloc of an array that doubles: room for at least `need` elements of `size` bytes; *cap is updated. Owned by the
 * caller, freed with free(). Never returns NULL. */
void *array_grow(void *ptr, size_t *cap, size_t need, size_t size);

#endif
