/* SPDX-License-Identifier: MIT */
#include "model/records.h"

#include "event/json.h"

#include <stdlib.h>

struct merging {
    struct arena *scratch;
    struct record_view *list;
    size_t count, cap;
    uint32_t *slots; /* hash table of positions + 1, made when there is more than one source */
    size_t slot_cap;
};

static void rehash(struct merging *m)
{
    m->slot_cap = m->slot_cap ? m->slot_cap * 2 : 64;
    while (m->slot_cap < m->count * 2) m->slot_cap *= 2;
    free(m->slots);
    m->slots = calloc(m->slot_cap, sizeof *m->slots);
    if (!m->slots) arena_exhausted(m->slot_cap * sizeof *m->slots);
    for (size_t i = 0; i < m->count; i++) {
        size_t at = (size_t)str_hash(m->list[i].key, 0) & (m->slot_cap - 1);
        while (m->slots[at]) at = (at + 1) & (m->slot_cap - 1);
        m->slots[at] = (uint32_t)i + 1;
    }
}

static void put(struct merging *m, struct str raw_key, struct str key, struct str value)
{
    if (m->count * 2 >= m->slot_cap) rehash(m);
    size_t at = (size_t)str_hash(key, 0) & (m->slot_cap - 1);
    for (; m->slots[at]; at = (at + 1) & (m->slot_cap - 1))
        if (str_eq(m->list[m->slots[at] - 1].key, key)) {
            m->list[m->slots[at] - 1].value = value;
            return;
        }
    m->list = array_grow(m->list, &m->cap, m->count + 1, sizeof *m->list);
    m->list[m->count++] = (struct record_view){ raw_key, key, value };
    m->slots[at] = (uint32_t)m->count;
}

static void put_object(struct merging *m, struct str object)
{
    struct json j = json_begin(object);
    struct str raw;
    json_enter(&j, '{');
    while (json_member(&j, &raw)) {
        struct str value = json_skip(&j);
        if (!j.error) put(m, raw, json_key_text(raw, m->scratch), value);
    }
    json_done(&j);
}

static struct str raw_key_of(struct str key, struct arena *scratch)
{
    struct buf b = BUF_INIT;
    buf_put_json(&b, key);
    struct str raw = arena_copy(scratch, str_of(b.ptr + 1, b.len - 2));
    buf_free(&b);
    return raw;
}

size_t records_list(const struct run *run, const struct step *step, struct arena *scratch,
                    struct record_view **ret_list)
{
    struct merging m = { .scratch = scratch };
    for (const struct record *r = step->records; r; r = r->next) {
        struct str text = sources_text(run->sources, r->data);
        if (!text.len) continue;
        text = arena_copy(scratch, text);
        if (r->key.ptr) put(&m, raw_key_of(r->key, scratch), r->key, text);
        else put_object(&m, text);
    }
    *ret_list = ARENA_ARRAY(scratch, struct record_view, m.count ? m.count : 1);
    if (m.count) memcpy(*ret_list, m.list, m.count * sizeof *m.list);
    free(m.list);
    free(m.slots);
    return m.count;
}

enum { COMPARED_MAX = 64 };

/* Different keys among single data; SIZE_MAX when there is a whole object, or too many to compare each with each. */
static size_t distinct_keys(const struct record *list)
{
    struct str seen[COMPARED_MAX];
    size_t count = 0;
    for (const struct record *r = list; r; r = r->next) {
        size_t i = 0;
        if (!r->key.ptr) return SIZE_MAX;
        while (i < count && !str_eq(seen[i], r->key)) i++;
        if (i == COMPARED_MAX) return SIZE_MAX;
        seen[i] = r->key;
        if (i == count) count++;
    }
    return count;
}

size_t records_count(const struct run *run, const struct step *step, struct arena *scratch)
{
    if (!step->records) return 0;
    if (!step->records->next) return step->records->members;
    size_t keys = distinct_keys(step->records);
    if (keys != SIZE_MAX) return keys;
    struct record_view *list;
    return records_list(run, step, scratch, &list);
}

struct str error_text(const struct run *run, struct payload error, struct arena *scratch)
{
    struct str value = sources_text(run->sources, error);
    enum json_type type = json_type(value);
    if (type == JSON_STRING) return arena_copy(scratch, json_text(value, scratch));
    if (type == JSON_BAD || type == JSON_NULL) return S("");
    if (type == JSON_OBJECT) {
        struct str message = json_get(value, S("message"));
        if (json_type(message) == JSON_STRING) return arena_copy(scratch, json_text(message, scratch));
    }
    struct buf b = BUF_INIT;
    json_put_compact(&b, value);
    struct str text = arena_copy(scratch, buf_str(&b));
    buf_free(&b);
    return text;
}
