/* SPDX-License-Identifier: MIT */
#include "track/names.h"

#include <stdlib.h>
#include <string.h>

struct pl_name {
    char *name;
    size_t length, hash, number;
};

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static size_t hash_of(const char *name, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

static struct pl_name *slot_of(const struct pl_names *names, const char *name, size_t length, size_t hash)
{
    size_t at = hash & (names->cap - 1);
    for (;; at = (at + 1) & (names->cap - 1)) {
        struct pl_name *slot = &names->slots[at];
        if (!slot->name) return slot;
        if (slot->hash == hash && slot->length == length && memcmp(slot->name, name, length) == 0) return slot;
    }
}

static int grow(struct pl_names *names)
{
    struct pl_names larger = { .used = names->used, .cap = names->cap ? names->cap * 2 : 8 };
    larger.slots = calloc(larger.cap, sizeof *larger.slots);
    if (!larger.slots) return 0;
    for (size_t i = 0; i < names->cap; i++) {
        const struct pl_name *old = &names->slots[i];
        if (old->name) *slot_of(&larger, old->name, old->length, old->hash) = *old;
    }
    free(names->slots);
    *names = larger;
    return 1;
}

size_t *pl_names_at(struct pl_names *names, const char *name, size_t length)
{
    size_t hash = hash_of(name, length);
    if (names->used >= names->cap / 4 * 3 && !grow(names)) return NULL;
    struct pl_name *slot = slot_of(names, name, length, hash);
    if (slot->name) return &slot->number;
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    memcpy(copy, name, length);
    *slot = (struct pl_name){ .name = copy, .length = length, .hash = hash };
    names->used++;
    return &slot->number;
}

void pl_names_free(struct pl_names *names)
{
    for (size_t i = 0; i < names->cap; i++) free(names->slots[i].name);
    free(names->slots);
    *names = (struct pl_names){ 0 };
}
