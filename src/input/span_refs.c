/* SPDX-License-Identifier: MIT */
#include "input/span_refs.h"

#include "event/fields.h"

#include <stdlib.h>

#define SECOND  INT64_C(1000000)
#define QUARTER (15 * 60 * SECOND) /* zones differ by multiples of it */

/* Python's names of levels, and those of common additions. */
static const char *level_of(struct str type)
{
    static const struct {
        struct str name;
        const char *level;
    } levels[] = {
        { { "\"INFO\"", 6 }, "info" },      { { "\"DEBUG\"", 7 }, "debug" },        { { "\"WARNING\"", 9 }, "warn" },
        { { "\"ERROR\"", 7 }, "error" },    { { "\"CRITICAL\"", 10 }, "critical" }, { { "\"WARN\"", 6 }, "warn" },
        { { "\"FATAL\"", 7 }, "critical" }, { { "\"TRACE\"", 7 }, "trace" },        { { "\"NOTSET\"", 8 }, "trace" },
        { { "\"SUCCESS\"", 9 }, "info" },
    };
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (str_eq(type, levels[i].name)) return levels[i].level;
    return NULL;
}

static struct str child_of(struct str type, struct str value)
{
    bool child = str_eq(type, S("\"trace_child\"")) && json_type(value) == JSON_OBJECT;
    struct str id = child ? json_get(value, S("id")) : S("");
    return value_absent(id) ? S("") : id;
}

bool span_event_refers(struct str type) { return str_eq(type, S("\"ref_src\"")) || str_eq(type, S("\"ref_dest\"")); }

/* References are kept as they stand besides: the other end may be in a log that is not here. */
bool span_event_follows(struct str type, struct str value)
{
    return value.len && (level_of(type) || child_of(type, value).len);
}

/* The time that a message begins with, as if it were UTC: "2026-11-21T10:11:30.378 WARNING …". */
static bool leading_time(struct str message, int64_t *ret_us, bool *ret_zoned)
{
    enum { LONGEST = 40 };
    struct str s = str_first(str_skip(message, 1), LONGEST);
    size_t len = 0;
    while (len < s.len && s.ptr[len] && strchr("0123456789-:.,TZ+ ", s.ptr[len])) len++;
    s.len = len;
    for (int tried = 0; tried < 3 && s.len; tried++) {
        s = str_trim(s);
        if (clock_parse_iso(s, ret_us, ret_zoned)) return true;
        size_t space = str_rfind(s, ' ');
        s.len = space < s.len ? space : 0;
    }
    return false;
}

static bool within(int64_t us, const struct span_place *at)
{
    return us >= at->start - SECOND && us <= at->end + SECOND;
}

/* The one multiple of quarters of an hour that puts a local time into its span. */
static bool infer(struct span_times *times, int64_t local, const struct span_place *at)
{
    enum { AHEAD_MAX = 14 * 4, BEHIND_MAX = 12 * 4 };
    if (at->end < at->start || at->end - at->start > QUARTER - 4 * SECOND) return false;
    for (int quarters = -BEHIND_MAX; quarters <= AHEAD_MAX; quarters++)
        if (within(local - quarters * QUARTER, at)) {
            times->offset = quarters * QUARTER;
            return times->known = true;
        }
    return false;
}

/* Messages have milliseconds, cut off; spans are more exact: what was said at 30.378 was not said before a span that
 * began at 30.378236. */
static int64_t not_before(const struct span_place *at, int64_t us)
{
    enum { MILLISECOND = 1000 };
    return at->start != TIME_NONE && us < at->start && us > at->start - MILLISECOND ? at->start : us;
}

static int64_t time_of(const struct teller *t, struct span_times *times, const struct span_place *at, struct str value)
{
    int64_t us;
    bool zoned;
    if (json_type(value) != JSON_STRING || !leading_time(value, &us, &zoned)) return TIME_NONE;
    if (zoned) return us;
    if (t->zone->known) return not_before(at, zone_to_utc(t->zone, us));
    if (at->start == TIME_NONE || at->end == TIME_NONE) return times->known ? us - times->offset : TIME_NONE;
    if (times->known && within(us - times->offset, at)) return not_before(at, us - times->offset);
    return infer(times, us, at) ? not_before(at, us - times->offset) : TIME_NONE;
}

static void begin(struct teller *t, enum event_kind kind, struct str run, struct str step, const char *place)
{
    tell_begin(t, kind, place);
    t->event.trace = true;
    tell_raw(t, &t->event.runId, run);
    tell_raw(t, &t->event.step.id, step);
}

static void tell_link(struct teller *t, struct str run, struct str step, const char *relation)
{
    struct buf *b = tell_open(t, &t->event.to);
    buf_puts(b, "{\"runId\":");
    buf_put(b, run);
    buf_puts(b, ",\"stepId\":");
    buf_put(b, step);
    buf_putc(b, '}');
    tell_close(t);
    tell_text(t, &t->event.relation, str_z(relation));
    tell_send(t);
}

static void keep_ref(struct teller *t, struct span_refs *refs, const struct span_place *at, bool src, struct str value)
{
    struct span_ref **list = src ? &refs->src : &refs->dest;
    size_t *count = src ? &refs->src_count : &refs->dest_count, *cap = src ? &refs->src_cap : &refs->dest_cap;
    *list = array_grow(*list, cap, *count + 1, sizeof **list);
    (*list)[*count] = (struct span_ref){ .hash = str_hash(value, 1),
                                         .order = *count,
                                         .run = arena_copy(&t->arena, at->run),
                                         .step = arena_copy(&t->arena, at->step) };
    ++*count;
}

void span_event_tell(struct teller *t, struct span_refs *refs, struct span_times *times, const struct span_place *at,
                     struct str type, struct str value)
{
    const char *level = level_of(type);
    struct str child = child_of(type, value);
    if (!value.len) return;
    if (level) {
        begin(t, EVENT_STEP_LOG, at->run, at->step, type.ptr);
        tell_text(t, &t->event.level, str_z(level));
        tell_raw(t, &t->event.message, value);
        t->event.ts = time_of(t, times, at, value);
        tell_send(t);
    } else if (child.len) {
        begin(t, EVENT_STEP_LINK, at->run, at->step, type.ptr);
        tell_link(t, child, S("\"0\""), "spawned");
    } else if (span_event_refers(type)) {
        keep_ref(t, refs, at, str_eq(type, S("\"ref_src\"")), value);
    }
}

static int by_hash(const void *a, const void *b)
{
    const struct span_ref *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The first source of this reference, NULL when there is none. */
static const struct span_ref *source_of(const struct span_refs *refs, uint64_t hash)
{
    size_t low = 0, high = refs->src_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (refs->src[middle].hash < hash) low = middle + 1;
        else high = middle;
    }
    return low < refs->src_count && refs->src[low].hash == hash ? &refs->src[low] : NULL;
}

void span_refs_tell(struct teller *t, struct span_refs *refs)
{
    if (refs->src_count) qsort(refs->src, refs->src_count, sizeof *refs->src, by_hash);
    for (size_t i = 0; i < refs->dest_count; i++) {
        const struct span_ref *dest = &refs->dest[i], *src = source_of(refs, dest->hash);
        if (!src) continue;
        begin(t, EVENT_STEP_LINK, dest->run, dest->step, NULL);
        tell_link(t, src->run, src->step, "refers");
    }
    free(refs->src);
    free(refs->dest);
}

void span_times_note(struct teller *t, const struct span_times *times)
{
    if (!times->known || t->zone->known) return;
    struct buf b = BUF_INIT;
    struct zone zone = { .known = true, .offset = times->offset };
    buf_puts(&b, "the times in messages have no zone: read as ");
    zone_put(&b, &zone);
    buf_puts(&b, ", which fits their spans");
    tell_note(t, buf_str(&b));
    buf_free(&b);
}
