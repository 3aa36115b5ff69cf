/* SPDX-License-Identifier: MIT
 *
 * A run as the record that stage-tracker documents, one line:
 *
 *   {"run_id", "name", "start_time", "args",
 *    "stages": {"load": {"start_time", "duration_sec", "data", "error"}, "load / parse": {…}, "load (2)": {…}},
 *    "completed_at", "total_duration_sec"}
 *
 * Stages are flat and known by their names: a step below another has its parents' names before its own, and of steps
 * that would have one name the later ones are numbered. `data` are the records, or, of a step that has none, a result
 * that is no object. Where there is more to say, `name`, `result` and `status` go beyond the library's members; its
 * programs do not look at them, and our reader takes them back. Messages, links and usage have no place here.
 */
#include "render/exports.h"

#include "event/json.h"
#include "render/payload.h"

#include <stdlib.h>

enum { NAME_BYTES_MAX = 512 }; /* where names of deep trees stop growing: the step's own stands alone */

struct stages {
    const struct run *run;
    struct buf *b;
    struct arena scratch;
    struct arena scratch_step;
    struct str *names; /* by index */
    struct named {
        struct str name;
        uint32_t index;
    } * sorted; /* those that are written */
    size_t count;
};

/* As Python's isoformat() has it: "2026-05-18T04:26:40.125+00:00". */
static void member_time(struct buf *b, const char *name, int64_t us)
{
    buf_printf(b, "\"%s\":", name);
    if (us == TIME_NONE) {
        buf_puts(b, "null");
        return;
    }
    buf_putc(b, '"');
    clock_put_iso(b, us);
    b->len--; /* the Z */
    buf_puts(b, "+00:00\"");
}

/* Seconds, exact to the microsecond. */
static void member_seconds(struct buf *b, const char *name, int64_t start, int64_t end)
{
    buf_printf(b, ",\"%s\":", name);
    if (start == TIME_NONE || end == TIME_NONE) {
        buf_puts(b, "null");
        return;
    }
    int64_t us = end - start;
    if (us < 0) buf_putc(b, '-');
    uint64_t size = us < 0 ? (uint64_t)-us : (uint64_t)us;
    buf_printf(b, "%llu", (unsigned long long)(size / 1000000));
    if (size % 1000000 == 0) return;
    buf_printf(b, ".%06u", (unsigned)(size % 1000000));
    while (b->ptr[b->len - 1] == '0') b->len--;
}

/* The whole run is no stage, unless it is the only step, or has something of its own to say. */
static bool is_stage(const struct run *run, const struct step *step)
{
    if (step->hidden) return false;
    if (step != run->root) return true;
    if (run->root_made) return false;
    return run->step_count == 1 || step->records || payload_present(step->result) || payload_present(step->error);
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool is_taken(const struct stages *s, struct str name)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(s->sorted[middle].name, name);
        if (!order) return true;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return false;
}

/* Pre-order: a parent has its name before its children. */
static void name_stages(struct stages *s)
{
    const struct run *run = s->run;
    s->names = ARENA_ARRAY(&s->scratch, struct str, run->step_count);
    s->sorted = ARENA_ARRAY(&s->scratch, struct named, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i], *up = step->parent;
        s->names[i] = step->name;
        if (up && up != run->root && s->names[up->index].len + step->name.len < NAME_BYTES_MAX)
            s->names[i] = arena_format(&s->scratch, "%.*s / %.*s", STR_ARG(s->names[up->index]), STR_ARG(step->name));
        if (is_stage(run, step)) s->sorted[s->count++] = (struct named){ s->names[i], i };
    }
    qsort(s->sorted, s->count, sizeof *s->sorted, by_name);
    uint64_t number = 1;
    for (size_t i = 1; i < s->count; i++) {
        struct str base = s->sorted[i].name;
        number = str_eq(base, s->sorted[i - 1].name) ? number + 1 : 1;
        if (number == 1) continue;
        struct str name = arena_format(&s->scratch, "%.*s (%llu)", STR_ARG(base), (unsigned long long)number);
        for (; is_taken(s, name); number++)
            name = arena_format(&s->scratch, "%.*s (%llu)", STR_ARG(base), (unsigned long long)number + 1);
        s->names[s->sorted[i].index] = name;
    }
}

static bool is_object(const struct run *run, struct payload p)
{
    return payload_present(p) && json_type(str_trim(sources_text(run->sources, p))) == JSON_OBJECT;
}

static void put_data(struct stages *s, const struct step *step)
{
    bool as_data = !step->records && payload_present(step->result) && !is_object(s->run, step->result);
    buf_puts(s->b, ",\"data\":");
    if (step->records) payload_put_records(s->b, s->run, step, NOT_NUMBERS_KEPT, &s->scratch_step);
    else if (as_data) payload_put_of(s->b, s->run, step->result, NOT_NUMBERS_KEPT);
    else buf_puts(s->b, "null");
    buf_puts(s->b, ",\"error\":");
    payload_put_of(s->b, s->run, step->error, NOT_NUMBERS_KEPT);
    if (!as_data) member_payload(s->b, "result", s->run, step->result, NOT_NUMBERS_KEPT);
}

static void put_stage(struct stages *s, const struct step *step)
{
    bool told = step->status == STEP_SKIPPED || step->status == STEP_CACHED || step->status == STEP_RETRIED ||
                step->status == STEP_RUNNING || (step->status == STEP_ERROR && !payload_present(step->error));
    buf_put_json(s->b, s->names[step->index]);
    buf_puts(s->b, ":{");
    member_time(s->b, "start_time", step->start);
    member_seconds(s->b, "duration_sec", step->start, step->end);
    put_data(s, step);
    if (told) member_text(s->b, "status", str_z(step_status_name((enum step_status)step->status)));
    member_extras(s->b, s->run, step->more->extras, NOT_NUMBERS_KEPT);
    buf_putc(s->b, '}');
    arena_trim(&s->scratch_step);
}

void export_stage_tracker(const struct run *run, size_t nth, struct buf *out)
{
    struct stages s = { .run = run, .b = out };
    bool first = true;
    (void)nth;
    name_stages(&s);
    buf_puts(out, "{\"run_id\":");
    buf_put_json(out, run->id);
    member_text(out, "name", run->name);
    buf_putc(out, ',');
    member_time(out, "start_time", run->root->start != TIME_NONE ? run->root->start : run->start);
    buf_puts(out, ",\"args\":");
    payload_put_of(out, run, run->args, NOT_NUMBERS_KEPT);
    buf_puts(out, ",\"stages\":{");
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (!is_stage(run, run->steps[i])) continue;
        if (!first) buf_putc(out, ',');
        first = false;
        put_stage(&s, run->steps[i]);
    }
    buf_puts(out, "},");
    member_time(out, "completed_at", run->root->end);
    member_seconds(out, "total_duration_sec", run->root->start, run->root->end);
    member_extras(out, run, run->extras, NOT_NUMBERS_KEPT);
    buf_puts(out, "}\n");
    arena_free(&s.scratch);
    arena_free(&s.scratch_step);
}
