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
 * that is no object. Where there is more to say, `name`, `result`, `status` and the `end_time` that the library has
 * after errors only go beyond its members; its programs do not look at them, and our reader takes them back. Fields
 * that the log has beyond ours are members as well: one that bears the name of a member above takes its place where
 * that would say nothing, or only how long something took; else it gets a _ behind its name. Messages, links and
 * usage have no place here.
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

/* An object whose members are known by their names here, and with them the fields of the log. */
struct object {
    struct buf *b;
    const struct run *run;
    const struct extra *extras;
    struct str written[10];           /* names of its members */
    const struct extra *in_place[10]; /* of the member, NULL where it is none of them */
    size_t count;
};

static void put_name(struct object *o, const char *name, const struct extra *in_place)
{
    if (o->b->ptr[o->b->len - 1] != '{') buf_putc(o->b, ',');
    buf_printf(o->b, "\"%s\":", name);
    o->in_place[o->count] = in_place;
    o->written[o->count++] = str_z(name);
}

static const struct extra *extra_of(const struct extra *list, struct str name)
{
    while (list && !str_eq(list->name, name)) list = list->next;
    return list;
}

/* The log's own field of that name, if there is one. */
static bool put_extra(struct object *o, const char *name)
{
    const struct extra *x = extra_of(o->extras, str_z(name));
    if (!x) return false;
    put_name(o, name, x);
    payload_put_of(o->b, o->run, x->data, NOT_NUMBERS_KEPT);
    return true;
}

static void put_null(struct object *o, const char *name)
{
    if (put_extra(o, name)) return;
    put_name(o, name, NULL);
    buf_puts(o->b, "null");
}

static void put_payload(struct object *o, const char *name, struct payload p)
{
    if (!payload_present(p)) {
        put_null(o, name);
        return;
    }
    put_name(o, name, NULL);
    payload_put_of(o->b, o->run, p, NOT_NUMBERS_KEPT);
}

/* Fields that no member has made room for. */
static void put_extras(struct object *o)
{
    for (const struct extra *x = o->extras; x; x = x->next) {
        size_t i = 0;
        while (i < o->count && !str_eq(o->written[i], x->name)) i++;
        if (i < o->count && o->in_place[i] == x) continue;
        struct buf name = BUF_INIT;
        buf_put(&name, x->name);
        for (bool taken = i < o->count; taken; taken = extra_of(o->extras, buf_str(&name))) buf_putc(&name, '_');
        buf_putc(o->b, ',');
        buf_put_json(o->b, buf_str(&name));
        buf_putc(o->b, ':');
        payload_put_of(o->b, o->run, x->data, NOT_NUMBERS_KEPT);
        buf_free(&name);
    }
}

/* As Python's isoformat() has it: "2026-05-18T04:26:40.125+00:00". */
static void put_time(struct object *o, const char *name, int64_t us)
{
    struct buf *b = o->b;
    if (us == TIME_NONE) {
        put_null(o, name);
        return;
    }
    put_name(o, name, NULL);
    buf_putc(b, '"');
    clock_put_iso(b, us);
    b->len--; /* the Z */
    buf_puts(b, "+00:00\"");
}

/* Seconds, as the log says them, else exact to the microsecond; the end is a member of its own. */
static void put_seconds(struct object *o, const char *name, int64_t start, int64_t end)
{
    struct buf *b = o->b;
    if (start == TIME_NONE || end == TIME_NONE) {
        put_null(o, name);
        return;
    }
    if (put_extra(o, name)) return;
    put_name(o, name, NULL);
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

static void put_data(struct stages *s, struct object *o, const struct step *step)
{
    bool as_data = !step->records && payload_present(step->result) && !is_object(s->run, step->result);
    if (step->records) {
        put_name(o, "data", NULL);
        payload_put_records(s->b, s->run, step, NOT_NUMBERS_KEPT, &s->scratch_step);
    } else put_payload(o, "data", as_data ? step->result : (struct payload){ 0 });
    put_payload(o, "error", step->error);
    if (!as_data && payload_present(step->result)) put_payload(o, "result", step->result);
}

static void put_stage(struct stages *s, const struct step *step)
{
    struct object o = { .b = s->b, .run = s->run, .extras = step->more->extras };
    bool told = step->status == STEP_SKIPPED || step->status == STEP_CACHED || step->status == STEP_RETRIED ||
                step->status == STEP_RUNNING || (step->status == STEP_ERROR && !payload_present(step->error));
    buf_put_json(s->b, s->names[step->index]);
    buf_puts(s->b, ":{");
    put_time(&o, "start_time", step->start);
    put_seconds(&o, "duration_sec", step->start, step->end);
    put_data(s, &o, step);
    if (step->end != TIME_NONE) put_time(&o, "end_time", step->end);
    if (told) {
        put_name(&o, "status", NULL);
        buf_put_json(s->b, str_z(step_status_name((enum step_status)step->status)));
    }
    put_extras(&o);
    buf_putc(s->b, '}');
    arena_trim(&s->scratch_step);
}

static void put_stages(struct stages *s, struct object *o)
{
    bool none = true;
    for (uint32_t i = 0; none && i < s->run->step_count; i++) none = !is_stage(s->run, s->run->steps[i]);
    if (none && put_extra(o, "stages")) return;
    put_name(o, "stages", NULL);
    buf_putc(s->b, '{');
    for (uint32_t i = 0; i < s->run->step_count; i++) {
        if (!is_stage(s->run, s->run->steps[i])) continue;
        if (s->b->ptr[s->b->len - 1] != '{') buf_putc(s->b, ',');
        put_stage(s, s->run->steps[i]);
    }
    buf_putc(s->b, '}');
}

void export_stage_tracker(const struct run *run, size_t nth, struct buf *out)
{
    struct stages s = { .run = run, .b = out };
    struct object o = { .b = out, .run = run, .extras = run->extras };
    (void)nth;
    name_stages(&s);
    buf_putc(out, '{');
    put_name(&o, "run_id", NULL);
    buf_put_json(out, run->id);
    if (run->name.len) {
        put_name(&o, "name", NULL);
        buf_put_json(out, run->name);
    }
    put_time(&o, "start_time", run->root->start != TIME_NONE ? run->root->start : run->start);
    put_payload(&o, "args", run->args);
    put_stages(&s, &o);
    put_time(&o, "completed_at", run->root->end);
    put_seconds(&o, "total_duration_sec", run->root->start, run->root->end);
    put_extras(&o);
    buf_puts(out, "}\n");
    arena_free(&s.scratch);
    arena_free(&s.scratch_step);
}
