/* SPDX-License-Identifier: MIT
 *
 * A run as Chrome trace events, for Perfetto and chrome://tracing: slices that nest by their times, so what runs beside
 * something else needs a thread of its own. Threads here are lanes:
 *
 *   lane 1   |-- root -------------------------------|
 *            |-- a ------||-- c ---------------------|    c begins when a is over: below the root
 *   lane 2        |-- b ------|                           b runs beside a
 *                  |-- d --|                              d is b's
 *
 * Records, result and error are in `args`; what the format has no place for, and what nests when times do not say it,
 * in `args.pipelens`, from where input/chrome_own.c takes it back. Messages are instants, links are arrows (flows).
 * A step without an end is a begin (B) without an end.
 */
#include "render/exports.h"

#include "event/json.h"
#include "render/payload.h"

#include <stdlib.h>

/* Where a step is drawn; by index. */
struct drawn {
    int64_t start, end; /* µs; end INT64_MAX of one that did not end */
    int64_t busy_to;    /* children in its own lane end there at the latest */
    uint32_t lane;
};

struct lane {
    int64_t busy_to;
    uint32_t number;
};

struct named {
    struct str id;
    const struct step *step;
};

struct writing {
    const struct run *run;
    struct buf *b;
    struct arena scratch, scratch_step;
    struct drawn *drawn;
    struct lane *heap; /* lanes besides the first, the one that is free first at the top */
    size_t heap_count, heap_cap;
    uint32_t lanes;
    struct named *names;
    size_t name_count;
    struct str id_prefix; /* of steps that have no id */
    uint64_t pid, flows;
};

/* --- lanes --- */

static void sift_down(struct lane *heap, size_t count)
{
    for (size_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && heap[child + 1].busy_to < heap[child].busy_to) child++;
        if (heap[i].busy_to <= heap[child].busy_to) return;
        struct lane swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
    }
}

static void sift_up(struct lane *heap, size_t i)
{
    for (size_t up; i && heap[up = (i - 1) / 2].busy_to > heap[i].busy_to; i = up) {
        struct lane swap = heap[i];
        heap[i] = heap[up];
        heap[up] = swap;
    }
}

/* A lane in which nothing was drawn that ends after `start`. */
static uint32_t lane_for(struct writing *w, int64_t start, int64_t end)
{
    if (w->heap_count && w->heap[0].busy_to <= start) {
        uint32_t number = w->heap[0].number;
        w->heap[0].busy_to = end;
        sift_down(w->heap, w->heap_count);
        return number;
    }
    w->heap = array_grow(w->heap, &w->heap_cap, w->heap_count + 1, sizeof *w->heap);
    w->heap[w->heap_count] = (struct lane){ end, ++w->lanes };
    sift_up(w->heap, w->heap_count++);
    return w->lanes;
}

/* The times that a step is drawn at: one without a time, and one of an earlier run, where its parent begins. */
static void set_times(const struct writing *w, const struct step *step, struct drawn *d)
{
    if (step->start == TIME_NONE || step->older) {
        d->start = step->parent ? w->drawn[step->parent->index].start : w->run->start;
        if (d->start == TIME_NONE) d->start = 0;
        d->end = d->start;
        return;
    }
    d->start = step->start;
    d->end = step->end == TIME_NONE ? INT64_MAX : step->end < step->start ? step->start : step->end;
}

static void place(struct writing *w, const struct step *step)
{
    struct drawn *d = &w->drawn[step->index], *up = step->parent ? &w->drawn[step->parent->index] : NULL;
    set_times(w, step, d);
    d->busy_to = d->start;
    if (!up) {
        d->lane = w->lanes = 1;
    } else if (d->start >= up->busy_to && d->end <= up->end) {
        d->lane = up->lane;
        up->busy_to = d->end;
    } else d->lane = lane_for(w, d->start, d->end);
}

/* --- identity --- */

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static void name_steps(struct writing *w)
{
    w->names = ARENA_ARRAY(&w->scratch, struct named, w->run->step_count);
    struct str prefix = S("#");
    for (uint32_t i = 0; i < w->run->step_count; i++) {
        const struct step *step = w->run->steps[i];
        if (!step->more->id.ptr) continue;
        if (str_starts(step->more->id, S("#"))) prefix = S("#pipelens-");
        w->names[w->name_count++] = (struct named){ step->more->id, step };
    }
    if (w->name_count) qsort(w->names, w->name_count, sizeof *w->names, by_id);
    w->id_prefix = prefix; /* attempts are of one run id, in which each step has its own */
    if (w->run->attempt > 1)
        w->id_prefix = arena_format(&w->scratch, "%.*s%u.", STR_ARG(prefix), (unsigned)w->run->attempt);
}

static const struct step *step_named(const struct writing *w, struct str id)
{
    struct named wanted = { .id = id };
    const struct named *n = w->name_count ? bsearch(&wanted, w->names, w->name_count, sizeof *w->names, by_id) : NULL;
    return n && !n->step->hidden ? n->step : NULL;
}

static void put_id(const struct writing *w, const struct step *step)
{
    if (step->more->id.ptr) buf_put_json(w->b, step->more->id);
    else buf_printf(w->b, "\"%.*s%u\"", STR_ARG(w->id_prefix), (unsigned)step->index);
}

/* --- events --- */

/* `,⏎{"ph":"X","pid":1,"tid":1,"ts":…,"name":…`; without a time where ts is TIME_NONE. */
static void begin_event(struct writing *w, char ph, uint32_t lane, int64_t ts, struct str name)
{
    buf_printf(w->b, ",\n{\"ph\":\"%c\",\"pid\":%llu,\"tid\":%u", ph, (unsigned long long)w->pid, (unsigned)lane);
    if (ts != TIME_NONE) {
        buf_puts(w->b, ",\"ts\":");
        buf_put_int(w->b, ts);
    }
    buf_puts(w->b, ",\"name\":");
    buf_put_json(w->b, name);
}

static void put_ms(struct buf *b, int64_t us)
{
    if (us == TIME_NONE) buf_puts(b, "null");
    else clock_put_ms(b, us);
}

static void put_payload(struct writing *w, const char *name, struct payload p)
{
    member_payload(w->b, name, w->run, p, NOT_NUMBERS_QUOTED);
}

static void put_extras(struct writing *w, const struct extra *extras)
{
    if (!extras) return;
    buf_puts(w->b, ",\"extras\":{");
    for (const struct extra *x = extras; x; x = x->next) {
        if (x != extras) buf_putc(w->b, ',');
        buf_put_json(w->b, x->name);
        buf_putc(w->b, ':');
        payload_put_of(w->b, w->run, x->data, NOT_NUMBERS_QUOTED);
    }
    buf_putc(w->b, '}');
}

static void put_run(struct writing *w)
{
    const struct run *run = w->run;
    struct buf *b = w->b;
    buf_printf(b, "{\"ph\":\"M\",\"pid\":%llu,\"tid\":1,\"name\":\"pipelens_run\",\"args\":{\"pipelens\":{\"runId\":",
               (unsigned long long)w->pid);
    buf_put_json(b, run->id);
    buf_puts(b, ",\"name\":");
    buf_put_json(b, run->name);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, run->root->key);
    buf_puts(b, ",\"time\":[");
    put_ms(b, run->root->start);
    buf_putc(b, ',');
    put_ms(b, run->root->end);
    buf_putc(b, ']');
    member_text(b, "status", str_z(run_status_name(run->status)));
    if (run->log_version >= 0) buf_printf(b, ",\"logVersion\":%lld", (long long)run->log_version);
    if (run->root_made) buf_puts(b, ",\"rootMade\":true");
    member_text(b, "parentRun", run->parent_run);
    put_payload(w, "args", run->args);
    put_payload(w, "tags", run->tags);
    put_payload(w, "host", run->host);
    put_payload(w, "graph", run->graph);
    put_extras(w, run->extras);
    buf_puts(b, "}}}");
    begin_event(w, 'M', 1, TIME_NONE, S("process_name"));
    buf_puts(b, ",\"args\":{\"name\":");
    buf_put_json(b, run->name);
    buf_puts(b, "}}");
    begin_event(w, 'M', 1, TIME_NONE, S("process_labels"));
    buf_printf(b, ",\"args\":{\"labels\":\"%s", run_status_name(run->status));
    if (run->attempt > 1) buf_printf(b, ", attempt %u", (unsigned)run->attempt);
    buf_puts(b, "\"}}");
}

static void put_lanes(struct writing *w)
{
    for (uint32_t lane = 1; lane <= w->lanes; lane++) {
        begin_event(w, 'M', lane, TIME_NONE, S("thread_name"));
        buf_printf(w->b, ",\"args\":{\"name\":\"lane %u\"}}", (unsigned)lane);
        begin_event(w, 'M', lane, TIME_NONE, S("thread_sort_index"));
        buf_printf(w->b, ",\"args\":{\"sort_index\":%u}}", (unsigned)lane);
    }
}

/* Members of args.pipelens besides the ids. */
static void put_rest(struct writing *w, const struct step *step)
{
    const struct step_more *more = step->more;
    const struct drawn *d = &w->drawn[step->index];
    struct buf *b = w->b;
    buf_puts(b, ",\"key\":");
    buf_put_json(b, step->key);
    if (step->made) buf_puts(b, ",\"made\":true");
    if (d->start != step->start || (d->end != step->end && step->end != TIME_NONE)) {
        buf_puts(b, ",\"time\":[");
        put_ms(b, step->start);
        buf_putc(b, ',');
        put_ms(b, step->end);
        buf_putc(b, ']');
    }
    member_text(b, "kind", more->kind);
    member_text(b, "location", more->location);
    bool told = step->status == STEP_SKIPPED || step->status == STEP_CACHED || step->status == STEP_RETRIED ||
                step->status == STEP_ERROR || (step->status == STEP_OK && step->end == TIME_NONE);
    if (told) member_text(b, "status", str_z(step_status_name((enum step_status)step->status)));
    member_text(b, "errorType", more->error_type);
    put_payload(w, "trace", more->trace);
    put_payload(w, "inputs", more->inputs);
    put_payload(w, "handledErrors", more->handled_errors);
    put_payload(w, "usage", more->usage_field);
    put_payload(w, "state", more->state);
    member_links(b, step);
    put_extras(w, more->extras);
}

static const char *colour_of(const struct step *step)
{
    switch ((enum step_status)step->status) {
    case STEP_ERROR: return ",\"cname\":\"terrible\"";
    case STEP_UNFINISHED: return ",\"cname\":\"bad\"";
    case STEP_RUNNING: return ",\"cname\":\"olive\"";
    case STEP_SKIPPED:
    case STEP_CACHED: return ",\"cname\":\"grey\"";
    default: return "";
    }
}

static void put_slice(struct writing *w, const struct step *step)
{
    const struct drawn *d = &w->drawn[step->index];
    struct buf *b = w->b;
    begin_event(w, d->end == INT64_MAX ? 'B' : 'X', d->lane, d->start, step->name);
    if (d->end != INT64_MAX) {
        buf_puts(b, ",\"dur\":");
        buf_put_int(b, d->end - d->start);
    }
    member_text(b, "cat", str_z(step_status_name((enum step_status)step->status)));
    buf_puts(b, colour_of(step));
    buf_puts(b, ",\"args\":{\"pipelens\":{\"id\":");
    put_id(w, step);
    if (step->parent) {
        buf_puts(b, ",\"parentId\":");
        put_id(w, step->parent);
    }
    put_rest(w, step);
    buf_putc(b, '}');
    if (step->records) {
        buf_puts(b, ",\"records\":");
        payload_put_records(b, w->run, step, NOT_NUMBERS_QUOTED, &w->scratch_step);
    }
    put_payload(w, "result", step->result);
    put_payload(w, "error", step->error);
    buf_puts(b, "}}");
    arena_trim(&w->scratch_step);
}

static void put_log(struct writing *w, const struct step *step, const struct log_entry *l)
{
    const struct drawn *d = &w->drawn[step->index];
    struct buf *b = w->b;
    struct str name = json_text(sources_text(w->run->sources, l->message), &w->scratch_step);
    begin_event(w, 'i', d->lane, l->ts == TIME_NONE ? d->start : l->ts, name);
    buf_printf(b, ",\"s\":\"t\",\"cat\":\"%s\",\"args\":{\"level\":\"%s\",\"message\":", log_level_name(l->level),
               log_level_name(l->level));
    payload_put_of(b, w->run, l->message, NOT_NUMBERS_QUOTED);
    buf_puts(b, ",\"pipelens\":{\"id\":");
    put_id(w, step);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, step->key);
    if (l->ts == TIME_NONE) buf_puts(b, ",\"time\":[null]");
    buf_puts(b, "}}}");
    arena_trim(&w->scratch_step);
}

static void put_flow_end(struct writing *w, char ph, uint32_t lane, int64_t ts, struct str relation)
{
    begin_event(w, ph, lane, ts, relation);
    buf_printf(w->b, ",\"cat\":\"pipelens.link\",\"id\":\"%llu.%llu\",\"bp\":\"e\"}", (unsigned long long)w->pid,
               (unsigned long long)w->flows);
}

/* An arrow between two steps of the run: from what was first; in Perfetto it ends where a slice begins. */
static void put_link(struct writing *w, const struct step *step, const struct step_link *l)
{
    if (l->run_id.len && !str_eq(l->run_id, w->run->id)) return;
    const struct step *other = l->step_id.ptr ? step_named(w, l->step_id) : NULL;
    if (!other) return;
    bool onward = str_eq(l->relation, S("spawned")) || str_eq(l->relation, S("child"));
    const struct step *first = onward ? step : other, *then = onward ? other : step;
    const struct drawn *from = &w->drawn[first->index], *to = &w->drawn[then->index];
    int64_t leaves = from->end < to->start ? from->end : to->start > from->start ? to->start : from->start;
    w->flows++;
    put_flow_end(w, 's', from->lane, leaves, l->relation);
    put_flow_end(w, 'f', to->lane, to->start > leaves ? to->start : leaves, l->relation);
}

void export_chrome(const struct run *run, size_t nth, struct buf *out)
{
    struct writing w = { .run = run, .b = out, .pid = nth + 1 };
    w.drawn = ARENA_ARRAY(&w.scratch, struct drawn, run->step_count);
    name_steps(&w);
    for (uint32_t i = 0; i < run->step_count; i++)
        if (!run->steps[i]->hidden) place(&w, run->steps[i]);
    put_run(&w);
    put_lanes(&w);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->hidden) continue;
        put_slice(&w, step);
        for (const struct log_entry *l = step->more->logs; l; l = l->next) put_log(&w, step, l);
        for (const struct step_link *l = step->more->links; l; l = l->next) put_link(&w, step, l);
    }
    free(w.heap);
    arena_free(&w.scratch);
    arena_free(&w.scratch_step);
}
