/* SPDX-License-Identifier: MIT */
#include "input/trace.h"

#include "base/base64.h"

#include <stdlib.h>

enum { TRACE_BYTES = 16, SPAN_BYTES = 8, ID_BYTES_MAX = 64 };

bool trace_take(struct json *j, const struct field *table, size_t count, void *base, bool keep_cut, other_member *other,
                void *context)
{
    struct str key;
    if (json_at_end(j) || *j->at != '{') {
        json_skip(j);
        return false;
    }
    json_enter(j, '{');
    while (json_member(j, &key)) {
        const char *from = j->at;
        struct str value = json_skip(j), *field = field_find(base, table, count, key);
        bool begun = keep_cut && j->error && from < j->end && (*from == '[' || *from == '{');
        if (j->error && !begun) break;
        if (begun) value = str_of(from, (size_t)(j->end - from));
        if (field) *field = value;
        else if (other && !j->error) other(context, key, value);
    }
    return !j->error;
}

struct json trace_list(struct str list)
{
    struct json j = json_begin(list);
    if (!list.len || !json_enter(&j, '[')) j.at = j.end;
    return j;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = lower(s.ptr[i]);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

static bool only_zeros(struct str s)
{
    size_t i = 0;
    while (i < s.len && s.ptr[i] == '0') i++;
    return i == s.len;
}

/* Base64 of an id has another length than its hexadecimal digits. */
static bool put_base64_id(struct buf *b, struct str text, size_t bytes)
{
    unsigned char raw[ID_BYTES_MAX];
    size_t len;
    if (text.len != base64_length(bytes) || !base64_decode(text, raw, &len) || len != bytes) return false;
    size_t set = 0;
    for (size_t i = 0; i < len; i++) set |= raw[i];
    if (!set) return true;
    buf_putc(b, '"');
    for (size_t i = 0; i < len; i++) {
        buf_putc(b, "0123456789abcdef"[raw[i] >> 4]);
        buf_putc(b, "0123456789abcdef"[raw[i] & 15]);
    }
    buf_putc(b, '"');
    return true;
}

void trace_put_id(struct buf *b, struct str value, size_t bytes)
{
    if (value_absent(value)) return;
    struct str text = json_type(value) == JSON_STRING ? str_of(value.ptr + 1, value.len - 2) : value;
    bool hex = is_hex(text);
    if (hex && only_zeros(text)) return; /* also "" */
    if (!hex && put_base64_id(b, text, bytes)) return;
    if (!hex && json_type(value) != JSON_STRING) {
        buf_put_json(b, text);
        return;
    }
    buf_putc(b, '"');
    if (!hex) buf_put(b, text);
    for (size_t i = 0; hex && i < text.len; i++) buf_putc(b, lower(text.ptr[i]));
    buf_putc(b, '"');
}

static void seen_grow(struct trace_seen *seen)
{
    struct trace_seen old = *seen;
    seen->cap = old.cap ? old.cap * 2 : 64;
    seen->rows = calloc(seen->cap, sizeof *seen->rows);
    if (!seen->rows) arena_exhausted(seen->cap * sizeof *seen->rows);
    for (size_t i = 0; i < old.cap; i++) {
        if (!old.rows[i].id) continue;
        size_t at = (size_t)old.rows[i].id & (seen->cap - 1);
        while (seen->rows[at].id) at = (at + 1) & (seen->cap - 1);
        seen->rows[at] = old.rows[i];
    }
    free(old.rows);
}

struct trace_seen_row *trace_seen_row(struct trace_seen *seen, struct str trace, struct str span)
{
    uint64_t id = str_hash(span, str_hash(trace, 3));
    if (!id) id = 1;
    if (seen->count * 2 >= seen->cap) seen_grow(seen);
    size_t at = (size_t)id & (seen->cap - 1);
    while (seen->rows[at].id && seen->rows[at].id != id) at = (at + 1) & (seen->cap - 1);
    if (!seen->rows[at].id) {
        seen->rows[at] = (struct trace_seen_row){ .id = id };
        seen->count++;
    }
    return &seen->rows[at];
}

void trace_seen_clear(struct trace_seen *seen)
{
    enum { KEPT = 4096 }; /* rows that are cheaper to empty than to make anew, line by line */
    if (seen->cap > KEPT) trace_seen_free(seen);
    else if (seen->count) memset(seen->rows, 0, seen->cap * sizeof *seen->rows);
    seen->count = 0;
}

void trace_seen_free(struct trace_seen *seen)
{
    free(seen->rows);
    *seen = (struct trace_seen){ 0 };
}

/* Counts the spans of one id, from 1. */
static uint32_t next_number(struct trace_ids *ids, struct str trace, struct str span)
{
    return ++trace_seen_row(&ids->seen, trace, span)->times;
}

/* Which of the spans of that id is the one that `who` tells? */
static uint32_t number_by(struct trace_ids *ids, struct str trace, struct str span, struct str who)
{
    if (!who.len) return 1;
    uint64_t id = trace_seen_row(&ids->seen, trace, span)->id;
    struct str key = str_of((const char *)&id, sizeof id);
    uint32_t *number = &trace_seen_row(&ids->seen, who, key)->times;
    if (*number) return *number;
    uint32_t next = next_number(ids, trace, span); /* may move the rows */
    return trace_seen_row(&ids->seen, who, key)->times = next;
}

static void set_ids(struct trace_ids *ids, struct str trace, struct str span, struct str parent, const struct str *who)
{
    struct buf *b = &ids->text;
    buf_clear(b);
    trace_put_id(b, trace, TRACE_BYTES);
    if (!b->len) buf_puts(b, "\"\"");
    size_t trace_end = b->len;
    trace_put_id(b, span, SPAN_BYTES);
    if (b->len == trace_end) buf_printf(b, "\"span without id %llu\"", (unsigned long long)++ids->nameless);
    struct str trace_id = str_first(buf_str(b), trace_end), span_id = str_skip(buf_str(b), trace_end);
    uint32_t number = who ? number_by(ids, trace_id, span_id, *who) : next_number(ids, trace_id, span_id);
    if (number > 1) {
        b->len--;
        buf_printf(b, "/%u\"", (unsigned)number);
    }
    size_t id_end = b->len;
    trace_put_id(b, parent, SPAN_BYTES);
    ids->trace = str_first(buf_str(b), trace_end);
    ids->id = str_of(b->ptr + trace_end, id_end - trace_end);
    ids->parent = str_skip(buf_str(b), id_end);
}

void trace_set_ids(struct trace_ids *ids, struct str trace, struct str span, struct str parent)
{
    set_ids(ids, trace, span, parent, NULL);
}

void trace_set_part_ids(struct trace_ids *ids, struct str trace, struct str span, struct str parent, struct str who)
{
    set_ids(ids, trace, span, parent, &who);
}

void trace_ids_free(struct trace_ids *ids)
{
    buf_free(&ids->text);
    trace_seen_free(&ids->seen);
}

void trace_set_line(struct trace_ids *ids, struct teller *t, const char *at) { ids->line = t->line_of(t->context, at); }

void trace_begin(struct teller *t, enum event_kind kind, const struct trace_ids *ids)
{
    tell_begin(t, kind, NULL);
    t->event.line = ids->line;
    t->event.trace = true;
    tell_raw(t, &t->event.runId, ids->trace);
    tell_raw(t, &t->event.step.id, ids->id);
}

void trace_put_key(struct buf *members, struct str key)
{
    if (members->len) buf_putc(members, ',');
    if (json_type(key) == JSON_STRING) buf_put(members, key);
    else buf_put_json(members, key);
    buf_putc(members, ':');
}

void trace_keep(void *members, struct str raw_key, struct str value)
{
    struct buf *b = members;
    if (b->len) buf_putc(b, ',');
    buf_putc(b, '"');
    buf_put(b, raw_key);
    buf_puts(b, "\":");
    buf_put(b, value);
}

void trace_put_object(struct buf *b, const struct buf *members)
{
    buf_putc(b, '{');
    buf_put(b, buf_str(members));
    buf_putc(b, '}');
}

const char *trace_level(struct str word)
{
    static const struct {
        struct str word;
        const char *level;
    } words[] = {
        { { "trace", 5 }, "trace" }, { { "debug", 5 }, "debug" },    { { "info", 4 }, "info" },
        { { "warn", 4 }, "warn" },   { { "warning", 7 }, "warn" },   { { "error", 5 }, "error" },
        { { "err", 3 }, "error" },   { { "fatal", 5 }, "critical" }, { { "critical", 8 }, "critical" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_ignoring_case(word, words[i].word)) return words[i].level;
    return NULL;
}

struct str trace_number(struct str value)
{
    if (json_type(value) == JSON_STRING) value = str_of(value.ptr + 1, value.len - 2);
    if (!value.len || !memchr("-0123456789", value.ptr[0], 11)) return (struct str){ 0 };
    struct json j = json_begin(value);
    struct str number = json_skip(&j);
    bool whole = !j.error && j.at == j.end;
    json_done(&j);
    return whole ? number : (struct str){ 0 };
}
