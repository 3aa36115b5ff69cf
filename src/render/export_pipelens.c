/* SPDX-License-Identifier: MIT
 *
 * PipeLens's own shapes, as one line of JSON:
 *
 *   nested    {name, key, time, records, result, error, …, substeps: [the same]}       outputNested()
 *   flat      [{name, key, time, records, result, error, …}, …], in pre-order           outputFlattened()
 *   pipelens  {name, key, time, records, result, error, logVersion, runId, …, steps: flat} outputPipelineMeta()
 *
 * As PipeLens's TypeScript writes them: keys without a value are absent, a step without an end has only its startTs,
 * NaN is null. What the log says beyond PipeLens's own keys stands behind them under the names of the log (…). PipeLens
 * takes its output when the pipeline finishes; this one is taken from the whole log, so a step that ended later has its
 * end here.
 */
#include "render/exports.h"

#include "render/payload.h"

static void put_time(struct buf *b, const struct step *step)
{
    buf_puts(b, ",\"time\":{");
    if (step->start != TIME_NONE) {
        buf_puts(b, "\"startTs\":");
        clock_put_ms(b, step->start);
    }
    if (step->start != TIME_NONE && step->end != TIME_NONE) {
        buf_puts(b, ",\"endTs\":");
        clock_put_ms(b, step->end);
        buf_puts(b, ",\"timeUsageMs\":");
        clock_put_ms(b, step->end - step->start);
    }
    buf_putc(b, '}');
}

/* The keys that PipeLens has as well, without the closing brace. */
static void put_known(struct buf *b, const struct run *run, const struct step *step, struct arena *scratch)
{
    buf_puts(b, "{\"name\":");
    buf_put_json(b, step->name);
    buf_puts(b, ",\"key\":");
    buf_put_json(b, step->key);
    put_time(b, step);
    buf_puts(b, ",\"records\":");
    payload_put_records(b, run, step, NOT_NUMBERS_NULL, scratch);
    member_payload(b, "result", run, step->result, NOT_NUMBERS_NULL);
    member_payload(b, "error", run, step->error, NOT_NUMBERS_NULL);
    arena_trim(scratch);
}

/* Is the status more than what error and times tell? */
static bool says_status(const struct step *step)
{
    return step->status == STEP_SKIPPED || step->status == STEP_CACHED || step->status == STEP_RETRIED ||
           (step->status == STEP_ERROR && !payload_present(step->error)) ||
           (step->status == STEP_OK && step->end == TIME_NONE);
}

static void put_added(struct buf *b, const struct run *run, const struct step *step)
{
    const struct step_more *more = step->more;
    member_text(b, "id", more->id);
    member_text(b, "parentId", more->parent_id);
    member_text(b, "kind", more->kind);
    member_text(b, "location", more->location);
    if (step->made) buf_puts(b, ",\"made\":true");
    if (says_status(step)) member_text(b, "status", str_z(step_status_name((enum step_status)step->status)));
    member_text(b, "errorType", more->error_type);
    member_payload(b, "trace", run, more->trace, NOT_NUMBERS_NULL);
    member_payload(b, "inputs", run, more->inputs, NOT_NUMBERS_NULL);
    member_payload(b, "handledErrors", run, more->handled_errors, NOT_NUMBERS_NULL);
    member_payload(b, "usage", run, more->usage_field, NOT_NUMBERS_NULL);
    member_payload(b, "state", run, more->state, NOT_NUMBERS_NULL);
    member_logs(b, run, step, NOT_NUMBERS_NULL);
    member_links(b, step);
    member_extras(b, run, more->extras, NOT_NUMBERS_NULL);
}

static const struct step *first_shown(const struct step *among)
{
    while (among && among->hidden) among = among->next;
    return among;
}

static void put_nested(struct buf *b, const struct run *run, struct arena *scratch)
{
    const struct step *at = first_shown(run->root);
    while (at) {
        put_known(b, run, at, scratch);
        put_added(b, run, at);
        buf_puts(b, ",\"substeps\":[");
        const struct step *next = first_shown(at->first_child);
        while (!next) {
            buf_puts(b, "]}");
            if (at == run->root) break;
            next = first_shown(at->next);
            if (next) buf_putc(b, ',');
            else at = at->parent;
        }
        at = next;
    }
}

static void put_flat(struct buf *b, const struct run *run, struct arena *scratch)
{
    bool first = true;
    buf_putc(b, '[');
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (run->steps[i]->hidden) continue;
        if (!first) buf_putc(b, ',');
        put_known(b, run, run->steps[i], scratch);
        put_added(b, run, run->steps[i]);
        buf_putc(b, '}');
        first = false;
    }
    buf_putc(b, ']');
}

static void put_meta(struct buf *b, const struct run *run, struct arena *scratch)
{
    put_known(b, run, run->root, scratch);
    buf_puts(b, ",\"logVersion\":1,\"runId\":"); /* the shape is version 1, whatever the log was */
    buf_put_json(b, run->id);
    if (run->root_made) buf_puts(b, ",\"rootMade\":true");
    member_text(b, "parentRun", run->parent_run);
    member_payload(b, "args", run, run->args, NOT_NUMBERS_NULL);
    member_payload(b, "tags", run, run->tags, NOT_NUMBERS_NULL);
    member_payload(b, "host", run, run->host, NOT_NUMBERS_NULL);
    member_payload(b, "graph", run, run->graph, NOT_NUMBERS_NULL);
    member_extras(b, run, run->extras, NOT_NUMBERS_NULL);
    buf_puts(b, ",\"steps\":");
    put_flat(b, run, scratch);
    buf_putc(b, '}');
}

typedef void put_shape(struct buf *b, const struct run *run, struct arena *scratch);

static void put(const struct run *run, put_shape *shape, struct buf *out)
{
    struct arena scratch = { 0 };
    shape(out, run, &scratch);
    buf_putc(out, '\n');
    arena_free(&scratch);
}

void export_nested(const struct run *run, size_t nth, struct buf *out)
{
    (void)nth;
    put(run, put_nested, out);
}

void export_flat(const struct run *run, size_t nth, struct buf *out)
{
    (void)nth;
    put(run, put_flat, out);
}

void export_pipelens(const struct run *run, size_t nth, struct buf *out)
{
    (void)nth;
    put(run, put_meta, out);
}
