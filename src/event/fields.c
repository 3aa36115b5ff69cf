/* SPDX-License-Identifier: MIT
 *
 * Objects of the log into the fields of an event: what is known by name is kept as a slice, the rest is checked and
 * kept as unknown.
 */
#include "event/fields.h"

static const struct field step_table[] = {
#define SHARED_FIELD(name) { { #name, sizeof #name - 1 }, offsetof(struct event_step, name) },
#define STEP_FIELD(name)   { { #name, sizeof #name - 1 }, offsetof(struct event_step, name) },
#include "event/kinds.def"
};

static const struct field meta_table[] = {
#define SHARED_FIELD(name)                                                                                             \
    { { #name, sizeof #name - 1 }, offsetof(struct event, step) + offsetof(struct event_step, name) },
#define META_FIELD(name) { { #name, sizeof #name - 1 }, offsetof(struct event, name) },
#include "event/kinds.def"
};

struct str *field_find(void *base, const struct field *table, size_t count, struct str raw)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].name.len == raw.len && table[i].name.ptr[0] == raw.ptr[0] &&
            memcmp(table[i].name.ptr, raw.ptr, raw.len) == 0)
            return (struct str *)(void *)((char *)base + table[i].offset);
    if (raw.len && memchr(raw.ptr, '\\', raw.len)) /* a key may be written with escapes */
        for (size_t i = 0; i < count; i++)
            if (json_key_is(raw, table[i].name)) return (struct str *)(void *)((char *)base + table[i].offset);
    return NULL;
}

bool fields_take(struct str object, const struct field *table, size_t count, void *base, other_member *other,
                 void *context)
{
    struct json j = json_begin(object);
    struct str key;
    bool open = json_enter(&j, '{');
    while (open && json_member(&j, &key)) {
        struct str value = json_skip(&j), *field = field_find(base, table, count, key);
        if (j.error) break;
        if (field) *field = value;
        else if (other) other(context, key, value);
    }
    json_done(&j);
    return !j.error;
}

void step_keep_unknown(struct event_step *s, struct str raw, struct str value)
{
    s->unknown = array_grow(s->unknown, &s->unknown_cap, s->unknown_count + 1, sizeof *s->unknown);
    s->unknown[s->unknown_count++] = (struct unknown_field){ raw, value };
}

bool value_absent(struct str value) { return value.len == 0 || json_type(value) == JSON_NULL; }

static void set_time(struct event_step *s, struct str value, int64_t *ret_us)
{
    if (value_absent(value)) return;
    if (!json_ms_to_us(value, ret_us)) s->bad_time = true;
}

static void decode_time(struct event_step *s)
{
    s->start = s->end = s->usage_us = TIME_NONE;
    s->bad_time = false;
    if (value_absent(s->time)) return;
    if (json_type(s->time) != JSON_OBJECT) {
        s->bad_time = true;
        return;
    }
    struct json j = json_begin(s->time);
    struct str key;
    json_enter(&j, '{');
    while (json_member(&j, &key)) {
        struct str value = json_skip(&j);
        if (json_key_is(key, S("startTs"))) set_time(s, value, &s->start);
        else if (json_key_is(key, S("endTs"))) set_time(s, value, &s->end);
        else if (json_key_is(key, S("timeUsageMs"))) set_time(s, value, &s->usage_us);
    }
    json_done(&j);
}

bool key_tells_llm(struct str key)
{
    return str_starts(key, S("__LLM_RESPONSE_")) || str_starts(key, S("gen_ai.")) || str_starts(key, S("llm."));
}

/* The records object, checked like any value; counts its members and notices the keys that tell of LLM usage. */
static struct str skip_records(struct json *j, struct event_step *s)
{
    s->records_count = 0;
    if (json_at_end(j) || *j->at != '{') return json_skip(j);
    const char *from = j->at;
    struct str key;
    json_enter(j, '{');
    for (; json_member(j, &key); s->records_count++) {
        s->llm = s->llm || key_tells_llm(key);
        json_skip(j);
    }
    return j->error ? (struct str){ 0 } : str_of(from, (size_t)(j->at - from));
}

void event_count_records(struct event_step *s)
{
    struct json j = json_begin(s->records);
    s->records_count = 0;
    skip_records(&j, s);
    json_done(&j);
}

void step_clear(struct event_step *s)
{
    struct unknown_field *unknown = s->unknown;
    size_t cap = s->unknown_cap;
    *s = (struct event_step){ .unknown = unknown, .unknown_cap = cap };
}

/* One member's value into its field of `base`; what no field knows is kept with the step. */
static void take_member(struct json *j, struct str key, void *base, const struct field *table, size_t count,
                        struct event_step *step)
{
    struct str *field = field_find(base, table, count, key);
    bool records = field == &step->records || (field == &step->record && !step->records.len);
    struct str value = records ? skip_records(j, step) : json_skip(j);
    if (j->error) return;
    if (field) *field = value;
    else step_keep_unknown(step, key, value);
}

void step_take(struct json *j, struct event_step *s, struct event_steps *walk)
{
    struct str key;
    while (json_member(j, &key))
        if (!walk || !substeps_pass(walk, key)) take_member(j, key, s, step_table, COUNT_OF(step_table), s);
    if (!s->records.len) s->records = s->record; /* version 0 calls it `record` */
    decode_time(s);
}

void meta_take(struct json *j, struct event *e)
{
    struct str key;
    while (json_member(j, &key)) take_member(j, key, e, meta_table, COUNT_OF(meta_table), &e->step);
    decode_time(&e->step);
}
