/* SPDX-License-Identifier: MIT */
#include "track/names.h"

#include <stdlib.h>

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t pl_hash(const char *name, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static struct pl_name *slot_of(const struct pl_names *names, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (names->cap - 1);
    while (names->slots[at].hash && names->slots[at].hash != hash) at = (at + 1) & (names->cap - 1);
    return &names->slots[at];
}

/* Doubles the table. */
static int grow(struct pl_names *names)
{
    if (names->cap > UINT32_MAX / 2) return 0;
    struct pl_names larger = { .used = names->used, .cap = names->cap ? names->cap * 2 : 8 };
    larger.slots = calloc(larger.cap, sizeof *larger.slots);
    if (!larger.slots) return 0;
    for (uint32_t i = 0; i < names->cap; i++)
        if (names->slots[i].hash) *slot_of(&larger, names->slots[i].hash) = names->slots[i];
    free(names->slots);
    *names = larger;
    return 1;
}

uint32_t *pl_names_at(struct pl_names *names, const char *name, size_t length)
{
    uint64_t hash = pl_hash(name, length);
    if (names->used >= names->cap / 4 * 3 && !grow(names)) return NULL;
    struct pl_name *slot = slot_of(names, hash);
    if (!slot->hash) {
        slot->hash = hash;
        names->used++;
    }
    return &slot->number;
}

void pl_names_free(struct pl_names *names)
{
    free(names->slots);
    *names = (struct pl_names){ 0 };
}
