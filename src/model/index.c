/* SPDX-License-Identifier: MIT */
#include "model/index.h"

#include "base/pages.h"

#include <stdlib.h>

/* Keys are hashed byte by byte (FNV-1a, 64 bit), so that the hashes of all prefixes of a key come from one pass. */
#define FNV_BASIS (UINT64_C(0xcbf29ce484222325) ^ str_hash((struct str){ 0 }, 0)) /* differs from run to run */
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t fnv(uint64_t h, struct str s)
{
    for (size_t i = 0; i < s.len; i++) h = (h ^ (unsigned char)s.ptr[i]) * FNV_PRIME;
    return h;
}

/* The text's hash joined with the other properties. */
static uint64_t mix(uint64_t text_hash, enum entry_tag tag, const void *owner, int64_t time, int64_t start)
{
    uint64_t parts[4] = { (uint64_t)tag, (uint64_t)(uintptr_t)owner, (uint64_t)time, (uint64_t)start };
    return str_hash(str_of((const char *)parts, sizeof parts), text_hash);
}

static size_t slot_of(const struct index *x, uint64_t hash, enum entry_tag tag, const void *owner, struct str text,
                      int64_t time, int64_t start)
{
    size_t i = (size_t)hash & (x->cap - 1);
    for (; x->slots[i].entry; i = (i + 1) & (x->cap - 1)) {
        if (x->slots[i].hash != hash) continue;
        const struct entry *e = x->slots[i].entry;
        if (e->tag == tag && e->owner == owner && e->time == time && e->start == start && e->text.len == text.len &&
            (e->text.ptr == text.ptr || str_eq(e->text, text)))
            break;
    }
    return i;
}

static void grow(struct index *x)
{
    if (x->cap && x->count < x->cap / 2) return;
    size_t old_cap = x->cap;
    struct index_slot *old = x->slots;
    x->cap = old_cap ? old_cap * 2 : 1024;
    x->slots = calloc(x->cap, sizeof *x->slots);
    if (!x->slots) arena_exhausted(x->cap * sizeof *x->slots);
    pages_enlarge(x->slots, x->cap * sizeof *x->slots);
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i].entry) continue;
        size_t to = (size_t)old[i].hash & (x->cap - 1);
        while (x->slots[to].entry) to = (to + 1) & (x->cap - 1);
        x->slots[to] = old[i];
    }
    free(old);
}

/* `copy_to`: where the text of a new one is copied to, NULL when it stays where it is. */
static struct entry *find_or_copy(struct index *x, uint64_t text_hash, enum entry_tag tag, const void *owner,
                                  struct str text, int64_t time, int64_t start, bool make, struct arena *copy_to)
{
    grow(x);
    uint64_t hash = mix(text_hash, tag, owner, time, start);
    size_t slot = slot_of(x, hash, tag, owner, text, time, start);
    if (x->slots[slot].entry || !make) return x->slots[slot].entry;
    struct entry *e = ARENA_NEW(&x->arena, struct entry);
    if (copy_to) text = arena_copy(copy_to, text);
    *e = (struct entry){ .tag = tag, .owner = owner, .text = text, .time = time, .start = start };
    x->slots[slot] = (struct index_slot){ hash, e };
    x->count++;
    return e;
}

static struct entry *find(struct index *x, uint64_t text_hash, enum entry_tag tag, const void *owner, struct str text,
                          int64_t time, int64_t start, bool make)
{
    return find_or_copy(x, text_hash, tag, owner, text, time, start, make, NULL);
}

struct entry *index_find(struct index *x, enum entry_tag tag, const void *owner, struct str text, int64_t time,
                         int64_t start, bool make)
{
    bool interned = tag == ENTRY_START || tag == ENTRY_END;
    return find(x, interned ? (uint64_t)(uintptr_t)text.ptr : str_hash(text, 0), tag, owner, text, time, start, make);
}

struct entry *index_key(struct index *x, const void *owner, struct str text, struct arena *arena)
{
    return find_or_copy(x, fnv(FNV_BASIS, text), ENTRY_KEY, owner, text, 0, 0, true, arena);
}

struct entry *index_id(struct index *x, const void *owner, struct str text, struct arena *arena)
{
    return find_or_copy(x, str_hash(text, 0), ENTRY_ID, owner, text, 0, 0, true, arena);
}

struct entry *index_start(struct index *x, struct entry *key, int64_t start)
{
    struct entry *first = key->item;
    if (!first) {
        first = key->item = ARENA_NEW(&x->arena, struct entry);
        *first = (struct entry){ .tag = ENTRY_START, .owner = key->owner, .text = key->text, .time = start };
    }
    return first->time == start ? first : index_find(x, ENTRY_START, key->owner, key->text, start, 0, true);
}

struct entry *index_longest_prefix(struct index *x, const void *owner, struct str text)
{
    struct {
        size_t at;
        uint64_t hash;
    } few[32], *dots = few;
    size_t count = 0, cap = sizeof few / sizeof *few;
    uint64_t h = FNV_BASIS;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') {
            if (count == cap) { /* a deep key: to the heap, once */
                size_t heap_cap = dots == few ? 0 : cap;
                void *grown = array_grow(dots == few ? NULL : dots, &heap_cap, cap * 2, sizeof *dots);
                if (dots == few) memcpy(grown, few, sizeof few);
                dots = grown;
                cap = heap_cap;
            }
            dots[count].at = i;
            dots[count++].hash = h;
        }
        h = (h ^ (unsigned char)text.ptr[i]) * FNV_PRIME;
    }
    struct entry *found = NULL;
    while (count-- > 0 && !found) {
        struct entry *e = find(x, dots[count].hash, ENTRY_KEY, owner, str_first(text, dots[count].at), 0, 0, false);
        if (e && e->first) found = e;
    }
    if (dots != few) free(dots);
    return found;
}

static void grow_texts(struct index *x)
{
    if (x->text_cap && x->text_count < x->text_cap / 2) return;
    size_t old_cap = x->text_cap;
    struct text_slot *old = x->texts;
    x->text_cap = old_cap ? old_cap * 2 : 1024;
    x->texts = calloc(x->text_cap, sizeof *x->texts);
    if (!x->texts) arena_exhausted(x->text_cap * sizeof *x->texts);
    pages_enlarge(x->texts, x->text_cap * sizeof *x->texts);
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i].text.ptr) continue;
        size_t to = (size_t)old[i].hash & (x->text_cap - 1);
        while (x->texts[to].text.ptr) to = (to + 1) & (x->text_cap - 1);
        x->texts[to] = old[i];
    }
    free(old);
}

struct str index_intern(struct index *x, struct str text, struct arena *arena)
{
    grow_texts(x);
    uint64_t hash = str_hash(text, 0);
    size_t i = (size_t)hash & (x->text_cap - 1);
    for (; x->texts[i].text.ptr; i = (i + 1) & (x->text_cap - 1))
        if (x->texts[i].hash == hash && str_eq(x->texts[i].text, text)) return x->texts[i].text;
    x->text_count++;
    x->texts[i] = (struct text_slot){ hash, arena_copy(arena, text) };
    return x->texts[i].text;
}

void index_free(struct index *x)
{
    free(x->slots);
    free(x->texts);
    arena_free(&x->arena);
    *x = (struct index){ 0 };
}
