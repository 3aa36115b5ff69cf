/* SPDX-License-Identifier: MIT */
#include "render/store.h"

#include "base/utf8.h"
#include "input/pack.h"

#include <stdlib.h>

struct store {
    struct sources *sources;
    uint64_t *starts; /* of the files in the page's log, by source; NULL when the texts are copied */
    uint64_t max_data, budget;
    uint64_t size; /* bytes copied so far */
    int level;
    struct buf chunk; /* the last of them, not yet packed */
    struct pack packed;
    struct store_totals totals;
};

/* Are the bytes of the page's log those that payloads are counted in? */
static bool log_serves(const struct sources *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].original != ORIGINAL_CONTENT || s->list[i].translated) return false;
    return true;
}

struct store *store_new(struct sources *s, const struct archive *a, uint64_t max_data, uint64_t budget)
{
    struct store *st = calloc(1, sizeof *st);
    if (!st) arena_exhausted(sizeof *st);
    *st =
        (struct store){ .sources = s, .max_data = max_data, .budget = budget, .chunk = BUF_INIT, .packed = PACK_INIT };
    uint64_t total = 0;
    if (a && log_serves(s)) st->starts = array_grow(NULL, &(size_t){ 0 }, s->count, sizeof *st->starts);
    for (size_t i = 0; i < s->count; i++) {
        if (st->starts) st->starts[i] = total;
        total += s->list[i].size;
    }
    st->level = pack_level(total < budget ? total : budget);
    return st;
}

/* Puts s into chunks, whole ones but for the last. */
static void append(struct store *st, struct str s)
{
    st->size += s.len;
    while (s.len) {
        struct str part = str_first(s, PACK_CHUNK - st->chunk.len);
        buf_put(&st->chunk, part);
        s = str_skip(s, part.len);
        if (st->chunk.len < PACK_CHUNK) continue;
        pack_chunk(&st->packed, buf_str(&st->chunk), st->level);
        buf_clear(&st->chunk);
    }
}

/* The beginning of the payload that may be shown; "" when there is no room for that. */
static struct str beginning(struct store *st, struct payload p)
{
    enum { CHARACTER = 4 }; /* bytes at most: where one ends shows behind it only */
    if (p.length > st->max_data) {
        if (st->budget - st->size <= st->max_data) return S("");
        p.length = st->max_data + CHARACTER < p.length ? (uint32_t)(st->max_data + CHARACTER) : p.length;
        struct str text = sources_text(st->sources, p);
        return str_first(text, utf8_floor(text, (size_t)st->max_data));
    }
    return st->budget - st->size > p.length ? sources_text(st->sources, p) : S("");
}

bool store_copies(const struct store *st) { return !st->starts; }

struct store_ref store_add(struct store *st, struct payload p)
{
    struct store_ref ref = { .whole = p.length };
    if (!payload_present(p)) return ref;
    if (st->starts) return (struct store_ref){ st->starts[p.source] + p.offset, p.length, p.length };
    struct str text = beginning(st, p);
    ref.length = text.len;
    st->totals.left_out += !text.len;
    st->totals.cut += text.len && text.len < p.length;
    st->totals.bytes += p.length - text.len;
    if (!text.len) return ref;
    ref.at = st->size;
    append(st, text);
    append(st, S("\n"));
    return ref;
}

struct store_totals store_totals(const struct store *st) { return st->totals; }

void store_put(struct store *st, struct buf *out)
{
    if (!st->size) return;
    if (st->chunk.len) pack_chunk(&st->packed, buf_str(&st->chunk), st->level);
    buf_clear(&st->chunk);
    pack_end(&st->packed);
    buf_puts(out, STORE_OPEN);
    buf_printf(out, "{\"format\":%d,\"chunk\":%d,\"sizes\":[", ARCHIVE_FORMAT, ARCHIVE_CHUNK);
    buf_put_uint(out, st->size);
    buf_puts(out, "],\"packed\":");
    pack_put_lengths(&st->packed, out);
    buf_puts(out, "}\n");
    pack_put_base64(&st->packed, out);
    buf_puts(out, ARCHIVE_CLOSE "\n");
}

void store_free(struct store *st)
{
    if (!st) return;
    free(st->starts);
    buf_free(&st->chunk);
    pack_free(&st->packed);
    free(st);
}
