/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/pages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 16 * 1024 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(16) char data[];
};

void arena_exhausted(size_t wanted)
{
    fprintf(
        stderr,
        "pipelens-report: out of memory (%zu bytes wanted): give the machine more memory or read fewer runs at once\n",
        wanted);
    exit(3);
}

static struct arena_block *block_new(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_block)) arena_exhausted(size);
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b) arena_exhausted(size);
    pages_enlarge(b, sizeof *b + size);
    b->size = size;
    b->older = a->block;
    a->block = b;
    a->total += size;
    return b;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - 64) / size) arena_exhausted(SIZE_MAX);
    size_t want = (count * size + 15) & ~(size_t)15;
#ifdef ARENA_DEBUG
    return block_new(a, want > 0 ? count * size : 1)->data;
#endif
    if (want > (size_t)(a->end - a->at)) {
        size_t grown = a->block ? a->block->size * 2 : FIRST_BLOCK;
        if (grown > LARGEST_BLOCK) grown = LARGEST_BLOCK;
        if (want > grown / 2) return block_new(a, want)->data; /* large: its own block, the current one stays in use */
        struct arena_block *b = block_new(a, grown);
        a->at = b->data;
        a->end = b->data + b->size;
    }
    void *p = a->at;
    a->at += want;
    return p;
}

struct str arena_copy(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.len + 1, 1);
    if (s.len) memcpy(p, s.ptr, s.len);
    return str_of(p, s.len);
}

struct str arena_format(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t len = n > 0 ? (size_t)n : 0;
    char *p = arena_alloc(a, len + 1, 1);
    if (n > 0) vsnprintf(p, len + 1, format, again);
    va_end(again);
    return str_of(p, len);
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->block; b;) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
    *a = (struct arena){ 0 };
}

void arena_trim(struct arena *scratch)
{
    enum { WORTH_KEEPING = 1024 * 1024 };
    if (scratch->total > WORTH_KEEPING) arena_free(scratch);
}

void *array_grow(void *ptr, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return ptr;
    size_t grown = *cap ? *cap : 16;
    while (grown < need) {
        if (grown > SIZE_MAX / 2) arena_exhausted(SIZE_MAX);
        grown *= 2;
    }
    if (grown > SIZE_MAX / size) arena_exhausted(SIZE_MAX);
    void *p = realloc(ptr, grown * size);
    if (!p) arena_exhausted(grown * size);
    *cap = grown;
    return p;
}
