/* SPDX-License-Identifier: MIT
 *
 * A run as an event log, whatever it was read from: reading it gives the same run. Lines stand as if the steps had been
 * told one inside the other:
 *
 *   pipeline start
 *     step start (the root)
 *       step start · record · log · link · … its steps … · step finish
 *     step finish
 *   pipeline finish
 *
 * A step without an end has no finish: what is known of it is in its start. Steps are known by their keys where that
 * finds them and their parents again; else by an id, which is made where the log has none.
 */
#include "render/exports.h"

#include "render/payload.h"

#include <stdlib.h>

struct writing {
    const struct run *run;
    struct buf *b;
    struct arena scratch;      /* for the whole run, */
    struct arena scratch_step; /* for a step */
    bool *twin;                /* by index: another step has its key */
    bool *made_id;             /* by index: it is given an id */
    const char *id_prefix;
};

/* --- identity --- */

static int by_key(const void *left, const void *right)
{
    const struct step *a = *(const struct step *const *)left, *b = *(const struct step *const *)right;
    int order = str_cmp(a->key, b->key);
    return order ? order : a->index < b->index ? -1 : 1;
}

static void find_twins(struct writing *w)
{
    const struct run *run = w->run;
    const struct step **sorted = ARENA_ARRAY(&w->scratch, const struct step *, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) sorted[i] = run->steps[i];
    qsort(sorted, run->step_count, sizeof *sorted, by_key);
    for (uint32_t i = 1; i < run->step_count; i++)
        if (str_eq(sorted[i - 1]->key, sorted[i]->key))
            w->twin[sorted[i - 1]->index] = w->twin[sorted[i]->index] = true;
}

/* Does the step's key alone lead to its parent? It does when it is the parent's key, a dot and one name more, and the
 * parent is the only one of its key. */
static bool key_leads_to_parent(const struct writing *w, const struct step *step)
{
    struct str up = step->parent->key, rest = str_skip(step->key, up.len + 1);
    return !w->twin[step->parent->index] && up.len && rest.len && str_starts(step->key, up) &&
           step->key.ptr[up.len] == '.' && str_find(rest, '.') == rest.len;
}

/* A root that stands for the run and has not even a name: no line could name it but the pipeline's own. */
static bool is_nameless(const struct run *run, const struct step *step)
{
    return step == run->root && run->root_made && !step->key.len && !step->more->id.ptr;
}

static bool names_parent(const struct step *step) { return step->more->parent_id.ptr != NULL; }

static void choose_ids(struct writing *w)
{
    const struct run *run = w->run;
    w->twin = ARENA_ARRAY(&w->scratch, bool, run->step_count);
    w->made_id = ARENA_ARRAY(&w->scratch, bool, run->step_count);
    w->id_prefix = "#";
    find_twins(w);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (str_starts(step->more->id, S("#"))) w->id_prefix = "#pipelens-";
        if (!step->more->id.ptr && w->twin[i]) w->made_id[i] = true;
        if (!step->parent || names_parent(step) || key_leads_to_parent(w, step)) continue;
        if (is_nameless(run, step->parent)) continue; /* what has no parent is below it */
        if (!step->parent->more->id.ptr) w->made_id[step->parent->index] = true;
    }
}

static void put_id(struct writing *w, const char *name, const struct step *step)
{
    if (step->more->id.ptr) member_text(w->b, name, step->more->id);
    else if (w->made_id[step->index]) buf_printf(w->b, ",\"%s\":\"%s%u\"", name, w->id_prefix, (unsigned)step->index);
}

static void put_parent(struct writing *w, const struct step *step)
{
    if (!step->parent) return;
    if (names_parent(step)) member_text(w->b, "parentId", step->more->parent_id);
    else if (!key_leads_to_parent(w, step)) put_id(w, "parentId", step->parent);
}

/* --- lines --- */

static void put_time(struct buf *b, const struct step *step, bool end)
{
    if (step->start == TIME_NONE) return;
    buf_puts(b, ",\"time\":{\"startTs\":");
    clock_put_ms(b, step->start);
    if (end) {
        buf_puts(b, ",\"endTs\":");
        clock_put_ms(b, step->end);
        buf_puts(b, ",\"timeUsageMs\":");
        clock_put_ms(b, step->end - step->start);
    }
    buf_putc(b, '}');
}

/* `{"type":"step","operation":…,"step":{"name":…,"key":…,"id":…`, two braces open. */
static void begin_line(struct writing *w, const char *operation, const struct step *step)
{
    struct buf *b = w->b;
    buf_printf(b, "{\"type\":\"step\",\"operation\":\"%s\",\"runId\":", operation);
    buf_put_json(b, w->run->id);
    buf_puts(b, ",\"step\":{\"name\":");
    buf_put_json(b, step->name);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, step->key);
    put_id(w, "id", step);
}

static void put_payload(struct writing *w, const char *name, struct payload p)
{
    member_payload(w->b, name, w->run, p, NOT_NUMBERS_KEPT);
}

static bool has_data_with_time(const struct step *step)
{
    for (const struct record *r = step->records; r; r = r->next)
        if (r->ts != TIME_NONE) return true;
    return false;
}

/* What a step has besides its name, place and times. */
static void put_rest(struct writing *w, const struct step *step)
{
    const struct step_more *more = step->more;
    struct buf *b = w->b;
    if (step->records && !has_data_with_time(step)) {
        buf_puts(b, ",\"records\":");
        payload_put_records(b, w->run, step, NOT_NUMBERS_KEPT, &w->scratch_step);
    }
    if (step->made && step->parent) buf_puts(b, ",\"made\":true");
    put_payload(w, "result", step->result);
    put_payload(w, "error", step->error);
    bool told = step->status == STEP_SKIPPED || step->status == STEP_CACHED || step->status == STEP_RETRIED ||
                (step->status == STEP_ERROR && !payload_present(step->error)) ||
                (step->status == STEP_OK && step->end == TIME_NONE);
    if (told) member_text(b, "status", str_z(step_status_name((enum step_status)step->status)));
    member_text(b, "errorType", more->error_type);
    put_payload(w, "trace", more->trace);
    put_payload(w, "handledErrors", more->handled_errors);
    put_payload(w, "usage", more->usage_field);
    put_payload(w, "state", more->state);
    member_extras(b, w->run, more->extras, NOT_NUMBERS_KEPT);
}

static void put_ts(struct buf *b, int64_t ts)
{
    if (ts == TIME_NONE) return;
    buf_puts(b, ",\"ts\":");
    clock_put_ms(b, ts);
}

/* Data that were recorded at a time of their own; where there are any, all data, so that their order is kept. */
static void put_records(struct writing *w, const struct step *step)
{
    if (!has_data_with_time(step)) return;
    for (const struct record *r = step->records; r; r = r->next) {
        if (!r->key.ptr) { /* a whole object: as a start that says it */
            begin_line(w, "start", step);
            put_time(w->b, step, false);
            put_payload(w, "records", r->data);
            buf_puts(w->b, "}}\n");
            continue;
        }
        begin_line(w, "record", step);
        buf_puts(w->b, "},\"recordKey\":");
        buf_put_json(w->b, r->key);
        buf_puts(w->b, ",\"data\":");
        payload_put_of(w->b, w->run, r->data, NOT_NUMBERS_KEPT);
        put_ts(w->b, r->ts);
        buf_puts(w->b, "}\n");
    }
}

static void put_said(struct writing *w, const struct step *step)
{
    for (const struct log_entry *l = step->more->logs; l; l = l->next) {
        begin_line(w, "log", step);
        buf_printf(w->b, "},\"level\":\"%s\",\"message\":", log_level_name(l->level));
        payload_put_of(w->b, w->run, l->message, NOT_NUMBERS_KEPT);
        put_ts(w->b, l->ts);
        buf_puts(w->b, "}\n");
    }
    for (const struct step_link *l = step->more->links; l; l = l->next) {
        begin_line(w, "link", step);
        buf_puts(w->b, "},\"to\":{\"runId\":");
        buf_put_json(w->b, l->run_id);
        if (l->step_id.ptr) buf_puts(w->b, ",\"stepId\":");
        if (l->step_id.ptr) buf_put_json(w->b, l->step_id);
        buf_puts(w->b, "},\"relation\":");
        buf_put_json(w->b, l->relation);
        buf_puts(w->b, "}\n");
    }
}

static void put_start(struct writing *w, const struct step *step)
{
    if (is_nameless(w->run, step)) return;
    begin_line(w, "start", step);
    put_parent(w, step);
    put_time(w->b, step, false);
    member_text(w->b, "kind", step->more->kind);
    member_text(w->b, "location", step->more->location);
    put_payload(w, "inputs", step->more->inputs);
    if (step->end == TIME_NONE) put_rest(w, step);
    buf_puts(w->b, "}}\n");
    put_records(w, step);
    put_said(w, step);
    arena_trim(&w->scratch_step);
}

static void put_finish(struct writing *w, const struct step *step)
{
    if (step->end == TIME_NONE || is_nameless(w->run, step)) return;
    begin_line(w, "finish", step);
    put_time(w->b, step, true);
    put_rest(w, step);
    buf_puts(w->b, "}}\n");
    arena_trim(&w->scratch_step);
}

static void put_pipeline_start(struct writing *w)
{
    const struct run *run = w->run;
    struct buf *b = w->b;
    buf_puts(b, "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":");
    buf_put_json(b, run->name);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, run->root->key);
    put_time(b, run->root, false);
    if (run->log_version >= 0) buf_printf(b, ",\"logVersion\":%lld", (long long)run->log_version);
    buf_puts(b, ",\"runId\":");
    buf_put_json(b, run->id);
    if (run->root_made) buf_puts(b, ",\"rootMade\":true");
    member_text(b, "parentRun", run->parent_run);
    put_payload(w, "args", run->args);
    put_payload(w, "tags", run->tags);
    put_payload(w, "host", run->host);
    put_payload(w, "graph", run->graph);
    member_extras(b, run, run->extras, NOT_NUMBERS_KEPT);
    if (names_parent(run->root)) member_text(b, "parentStep", run->root->more->parent_id);
    buf_puts(b, "}}\n");
}

static void put_pipeline_finish(struct writing *w)
{
    const struct run *run = w->run;
    struct buf *b = w->b;
    if (run->status == RUN_UNFINISHED) return;
    buf_puts(b, "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":");
    buf_put_json(b, run->name);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, run->root->key);
    put_time(b, run->root, run->root->end != TIME_NONE);
    buf_puts(b, ",\"runId\":");
    buf_put_json(b, run->id);
    buf_printf(b, "},\"status\":\"%s\"}\n", run_status_name(run->status));
}

/* Down and up the tree without recursion: a start on the way down, a finish on the way up. */
void export_ndjson(const struct run *run, size_t nth, struct buf *out)
{
    struct writing w = { .run = run, .b = out };
    (void)nth;
    choose_ids(&w);
    put_pipeline_start(&w);
    for (const struct step *at = run->root; at;) {
        if (!at->hidden) put_start(&w, at);
        if (at->first_child) {
            at = at->first_child;
            continue;
        }
        for (;; at = at->parent) {
            if (!at->hidden) put_finish(&w, at);
            if (at == run->root || at->next) break;
        }
        at = at == run->root ? NULL : at->next;
    }
    put_pipeline_finish(&w);
    arena_free(&w.scratch);
    arena_free(&w.scratch_step);
}
