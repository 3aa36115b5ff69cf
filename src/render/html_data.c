/* SPDX-License-Identifier: MIT
 *
 * The JSON block of the page. It holds every visible step in columns, so that a hundred thousand of them stay small,
 * and the details of those that have no row:
 *
 *   { "count": 3, "unit": 0, "start": [ms, us] or null, "tick": microseconds, "span": microseconds,
 *     "names": ["etl", "load"], "name": [0, 1, 1],           each name once, then which one a step has
 *     "id": [0, 4, 5],                                        step indices, only when some steps are hidden
 *     "parent": [-1, 0, 0], "status": "010",                  positions; digits of enum step_status
 *     "root": "failed",                                       the run's, only where the root's own says less
 *     "offset": [0, 12, null], "duration": [9, 3, null], "self": [1, 3, null],        in ticks
 *     "tails": {"2": "load___1"}, "keys": {"2": "whole key"}, where a key is not its parent's + "." + name
 *     "errors": {"2": "first line"},
 *     "records": [0, 4, 1],                                   how many
 *     "levels": {"1": 8}, "tokens": {"2": 1830},              bits of enum log_level; LLM tokens
 *     "labels": …, "items": …, "cut": …, "facts": …           see html_items.c
 *     "critical": [0, 2, 1, 9],                               position and end in ticks: 0 to 2, then 2 to 9
 *     "running": {"max": 3, "mean": 1.7, "idle": 0, "bins": [1, 3]} or null,          see running.h
 *     "google": {"only": false, "rows": [["load · 3 ms", "ok", 0, 3]]} }
 *
 * Nothing here is executable, and '<' never stands in it as itself.
 */
#include "render/html.h"

#include "base/utf8.h"
#include "model/error_lines.h"
#include "model/records.h"
#include "render/payload.h"
#include "render/wording.h"

#include <stdlib.h>

enum { GOOGLE_NAME_MAX = 40 /* code points */, GOOGLE_DEPTH_MAX = 6 };

/* Unique names, by open addressing; slots hold 1 + position of the name's first step. */
struct names {
    uint32_t *slots, *number;
    size_t mask;
};

static void put_comma(struct buf *out, bool *first)
{
    if (!*first) buf_putc(out, ',');
    *first = false;
}

static struct names names_make(const struct html_plan *plan)
{
    size_t size = 16;
    while (size < (size_t)plan->count * 2) size *= 2;
    struct names n = { calloc(size, sizeof *n.slots), calloc(plan->count + (size_t)1, sizeof *n.number), size - 1 };
    if (!n.slots || !n.number) arena_exhausted(size * sizeof *n.slots);
    return n;
}

/* Writes "names" and "name"; a step's number is remembered with its name's first step. */
static void put_names(const struct html_plan *plan, struct buf *out)
{
    struct names n = names_make(plan);
    uint32_t count = 0;
    uint32_t *which = n.number;
    buf_puts(out, ",\"names\":[");
    for (uint32_t i = 0; i < plan->count; i++) {
        struct str name = plan->steps[i]->name;
        size_t slot = str_hash(name, 0) & n.mask;
        while (n.slots[slot] && !str_eq(plan->steps[n.slots[slot] - 1]->name, name)) slot = (slot + 1) & n.mask;
        if (n.slots[slot]) {
            which[i] = which[n.slots[slot] - 1];
            continue;
        }
        n.slots[slot] = i + 1;
        if (count) buf_putc(out, ',');
        which[i] = count++;
        buf_put_json_html(out, name);
    }
    buf_puts(out, "],\n\"name\":[");
    for (uint32_t i = 0; i < plan->count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_uint(out, which[i]);
    }
    buf_puts(out, "]");
    free(n.slots);
    free(n.number);
}

static int64_t offset_of(const struct html_plan *plan, const struct step *step)
{
    bool placed = step->start != TIME_NONE && plan->run->start != TIME_NONE && !step->older;
    return placed ? step->start - plan->run->start : TIME_NONE;
}

/* The largest of 1 and 1,000 µs that all times are multiples of: most logs know no more than milliseconds. */
static int64_t tick_of(const struct html_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct step *step = plan->steps[i];
        if (step->start == TIME_NONE || plan->run->start == TIME_NONE) continue;
        if ((step->start - plan->run->start) % 1000 || step->duration % 1000 || step->self % 1000) return 1;
    }
    return (plan->run->end - plan->run->start) % 1000 ? 1 : 1000;
}

static void put_times(const char *name, const int64_t *times, size_t stride, uint32_t count, int64_t tick,
                      struct buf *out)
{
    buf_printf(out, ",\n\"%s\":[", name);
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_putc(out, ',');
        if (times[i * stride] == TIME_NONE) buf_puts(out, "null");
        else buf_put_int(out, times[i * stride] / tick);
    }
    buf_putc(out, ']');
}

static void put_columns(const struct html_plan *plan, int64_t tick, struct buf *out)
{
    struct times {
        int64_t offset, duration, self;
    } *times = calloc(plan->count + (size_t)1, sizeof *times);
    if (!times) arena_exhausted(plan->count * sizeof *times);
    bool some_hidden = plan->count < plan->run->step_count;
    if (some_hidden) buf_puts(out, ",\n\"id\":[");
    for (uint32_t i = 0; i < plan->count && some_hidden; i++)
        buf_printf(out, i ? ",%u" : "%u", (unsigned)plan->steps[i]->index);
    if (some_hidden) buf_putc(out, ']');
    buf_puts(out, ",\n\"parent\":[");
    for (uint32_t i = 0; i < plan->count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_int(out, plan->parent[i] == PLAN_NO_PARENT ? -1 : (int64_t)plan->parent[i]);
    }
    buf_puts(out, "],\n\"status\":\"");
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct step *step = plan->steps[i];
        bool timed = step->start != TIME_NONE;
        times[i] = (struct times){ offset_of(plan, step), timed ? step->duration : TIME_NONE,
                                   timed ? step->self : TIME_NONE };
        buf_putc(out, (char)('0' + step->status));
    }
    buf_putc(out, '"');
    if (run_tells_root(plan->run)) buf_printf(out, ",\n\"root\":\"%s\"", run_status_name(plan->run->status));
    put_times("offset", &times->offset, 3, plan->count, tick, out);
    put_times("duration", &times->duration, 3, plan->count, tick, out);
    put_times("self", &times->self, 3, plan->count, tick, out);
    free(times);
}

/* Is tail what name becomes in a key: each '.' an '_'? */
static bool is_plain_tail(struct str tail, struct str name)
{
    if (tail.len != name.len) return false;
    for (size_t i = 0; i < name.len; i++)
        if (tail.ptr[i] != (name.ptr[i] == '.' ? '_' : name.ptr[i])) return false;
    return true;
}

enum odd_key { KEY_PLAIN, KEY_TAIL, KEY_WHOLE };

/* What of the step's key the page cannot derive: nothing, its last part, or all of it. */
static enum odd_key odd_key(const struct html_plan *plan, uint32_t at, struct str *ret_text)
{
    const struct step *step = plan->steps[at];
    struct str key = step->key;
    *ret_text = key;
    if (plan->parent[at] == PLAN_NO_PARENT) return is_plain_tail(key, step->name) ? KEY_PLAIN : KEY_WHOLE;
    struct str up = plan->steps[plan->parent[at]]->key;
    if (key.len <= up.len || key.ptr[up.len] != '.' || !str_starts(key, up)) return KEY_WHOLE;
    *ret_text = str_skip(key, up.len + 1);
    return is_plain_tail(*ret_text, step->name) ? KEY_PLAIN : KEY_TAIL;
}

static void put_odd_keys(const struct html_plan *plan, struct buf *out)
{
    struct buf keys = BUF_INIT;
    bool first_tail = true, first_key = true;
    buf_puts(out, ",\n\"tails\":{");
    for (uint32_t i = 0; i < plan->count; i++) {
        struct str text;
        enum odd_key odd = odd_key(plan, i, &text);
        if (odd == KEY_PLAIN) continue;
        struct buf *to = odd == KEY_TAIL ? out : &keys;
        put_comma(to, odd == KEY_TAIL ? &first_tail : &first_key);
        buf_printf(to, "\"%u\":", (unsigned)i);
        buf_put_json_html(to, text);
    }
    buf_puts(out, "},\n\"keys\":{");
    buf_put(out, buf_str(&keys));
    buf_putc(out, '}');
    buf_free(&keys);
}

static void put_errors(const struct html_plan *plan, struct arena *scratch, struct buf *out)
{
    bool first = true;
    buf_puts(out, ",\n\"errors\":{");
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->steps[i]->status != STEP_ERROR || !payload_present(plan->steps[i]->error)) continue;
        put_comma(out, &first);
        buf_printf(out, "\"%u\":", (unsigned)i);
        buf_put_json_html(out, error_line(plan->run, plan->steps[i], scratch));
        arena_trim(scratch);
    }
    buf_putc(out, '}');
}

/* The numbers of records; and what few steps have: levels of their log messages, tokens. */
static void put_counts(const struct html_plan *plan, struct arena *scratch, struct buf *out)
{
    bool first = true;
    buf_puts(out, ",\n\"records\":[");
    for (uint32_t i = 0; i < plan->count; i++) {
        put_comma(out, &first);
        buf_put_uint(out, records_count(plan->run, plan->steps[i], scratch));
        arena_trim(scratch);
    }
    first = true;
    buf_puts(out, "],\n\"levels\":{");
    for (uint32_t i = 0; i < plan->count; i++) {
        unsigned levels = 0;
        for (const struct log_entry *l = plan->steps[i]->more->logs; l; l = l->next) levels |= 1u << l->level;
        if (!levels) continue;
        put_comma(out, &first);
        buf_printf(out, "\"%u\":%u", (unsigned)i, levels);
    }
    first = true;
    buf_puts(out, "},\n\"tokens\":{");
    for (uint32_t i = 0; i < plan->count; i++) {
        uint64_t tokens = 0;
        for (const struct usage *u = plan->steps[i]->more->usage; u; u = u->next) tokens += u->total_tokens;
        if (!tokens) continue;
        put_comma(out, &first);
        buf_printf(out, "\"%u\":", (unsigned)i);
        buf_put_uint(out, tokens);
    }
    buf_putc(out, '}');
}

/* Segments touch each other: one begins where the one before ends, the first one with the run. */
static void put_critical(const struct html_data *d, int64_t tick, struct arena *scratch, struct buf *out)
{
    const struct html_plan *plan = d->plan;
    const struct critical *path = analysis_critical(d->analysis);
    uint32_t *position = ARENA_ARRAY(scratch, uint32_t, plan->run->step_count);
    for (uint32_t i = 0; i < plan->count; i++) position[plan->steps[i]->index] = i;
    buf_puts(out, ",\n\"critical\":[");
    for (size_t i = 0; i < path->count; i++) {
        const struct critical_segment *s = &path->segments[i];
        if (i) buf_putc(out, ',');
        buf_put_uint(out, position[s->step->index]);
        buf_putc(out, ',');
        buf_put_int(out, (s->to - plan->run->start) / tick);
    }
    buf_putc(out, ']');
    arena_trim(scratch);
}

static void put_running(const struct html_data *d, struct buf *out)
{
    const struct running *running = analysis_running(d->analysis);
    if (!running->count) {
        buf_puts(out, ",\n\"running\":null");
        return;
    }
    buf_printf(out, ",\n\"running\":{\"max\":%u,\"mean\":", (unsigned)running->max);
    buf_put_fixed(out, running->mean, 3, true);
    buf_puts(out, ",\"idle\":");
    buf_put_int(out, running->idle);
    buf_puts(out, ",\"bins\":[");
    for (size_t i = 0; i < running->count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_uint(out, running->bins[i]);
    }
    buf_puts(out, "]}");
}

bool html_google_fits(const struct html_plan *plan)
{
    const struct run *run = plan->run;
    return plan->count > 0 && plan->count <= HTML_GOOGLE_ROWS && run->start != TIME_NONE && run->end > run->start;
}

/* "› › name · 12 ms": Google aligns names to the right, so nesting is told by marks before them. */
static void put_google_name(const struct html_plan *plan, uint32_t at, enum time_unit unit, struct buf *out)
{
    const struct step *step = plan->steps[at];
    struct str text = wording_name(step->name);
    struct buf name = BUF_INIT;
    for (uint32_t d = 0; d < plan->depth[at] && d < GOOGLE_DEPTH_MAX; d++) buf_puts(&name, "› ");
    size_t end = 0;
    for (int n = 0; n < GOOGLE_NAME_MAX && end < text.len; n++) utf8_next(text, &end, NULL);
    buf_put_plain(&name, str_first(text, end));
    if (end < text.len) buf_puts(&name, "…");
    buf_puts(&name, " · ");
    clock_put_duration(&name, step->duration, unit);
    buf_put_json_html(out, buf_str(&name));
    buf_free(&name);
}

static void put_google(const struct html_plan *plan, enum time_unit unit, bool only, struct buf *out)
{
    bool first = true;
    buf_printf(out, ",\n\"google\":{\"only\":%s,\"rows\":[", only ? "true" : "false");
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct step *step = plan->steps[i];
        int64_t start = offset_of(plan, step);
        if (start == TIME_NONE) continue; /* a step without times has no place on an axis */
        int64_t length = step->shown_end > step->start ? step->shown_end - step->start : 0;
        put_comma(out, &first);
        buf_puts(out, "\n[");
        put_google_name(plan, i, unit, out);
        buf_printf(out, ",\"%s\",", step_status_name(step->status));
        clock_put_ms(out, start);
        buf_putc(out, ',');
        clock_put_ms(out, start + length);
        buf_putc(out, ']');
    }
    buf_puts(out, "]}");
}

void html_data_write(const struct html_data *d, struct buf *out)
{
    const struct html_plan *plan = d->plan;
    const struct run *run = plan->run;
    struct arena scratch = { 0 };
    buf_printf(out, "{\"count\":%u,\"unit\":%d,\"start\":", (unsigned)plan->count, (int)d->unit);
    if (run->start == TIME_NONE) buf_puts(out, "null");
    else {
        int64_t us = ((run->start % 1000) + 1000) % 1000;
        buf_putc(out, '[');
        buf_put_int(out, (run->start - us) / 1000);
        buf_printf(out, ",%d]", (int)us);
    }
    int64_t tick = tick_of(plan);
    buf_puts(out, ",\"tick\":");
    buf_put_int(out, tick);
    buf_puts(out, ",\"span\":");
    buf_put_int(out, run->start != TIME_NONE && run->end > run->start ? run->end - run->start : 0);
    put_names(plan, out);
    put_columns(plan, tick, out);
    put_odd_keys(plan, out);
    put_errors(plan, &scratch, out);
    put_counts(plan, &scratch, out);
    html_items_write(d, &scratch, out);
    put_critical(d, tick, &scratch, out);
    put_running(d, out);
    if (d->google) put_google(plan, d->unit, d->google_only, out);
    buf_putc(out, '}');
    arena_free(&scratch);
}
