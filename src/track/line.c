/* SPDX-License-Identifier: MIT
 *
 * Steps and runs as JSON, in the order in which `pipelens-report export` writes them: what PipeLens has, then what this
 * vocabulary adds.
 */
#include "track/track.h"

#include <string.h>

static void put_member(struct pl_text *t, const char *name, const char *json)
{
    if (!json) return;
    pl_text_puts(t, ",\"");
    pl_text_puts(t, name);
    pl_text_puts(t, "\":");
    pl_text_puts(t, json);
}

static void put_text_member(struct pl_text *t, const char *name, const char *text)
{
    if (!text) return;
    put_member(t, name, "");
    pl_text_put_string(t, text, strlen(text));
}

static void put_array_member(struct pl_text *t, const char *name, const struct pl_text *elements)
{
    if (!elements->len) return;
    put_member(t, name, "[");
    pl_text_put(t, elements->data, elements->len);
    pl_text_putc(t, ']');
}

static void put_end(struct pl_text *t, const struct pipelens_step *step)
{
    if (step->end == PL_TIME_NONE) return;
    pl_text_puts(t, ",\"endTs\":");
    pl_text_put_ms(t, step->end);
    pl_text_puts(t, ",\"timeUsageMs\":");
    pl_text_put_ms(t, step->end - step->start);
}

void pl_put_time(struct pl_text *t, const struct pipelens_step *step)
{
    pl_text_puts(t, "{\"startTs\":");
    pl_text_put_ms(t, step->start);
    put_end(t, step);
    pl_text_putc(t, '}');
}

void pl_put_records(struct pl_text *t, const struct pipelens_step *step)
{
    pl_text_putc(t, '{');
    for (size_t i = 0; step->more && i < step->more->record_count; i++) {
        const struct pl_record *r = &step->more->records[i];
        if (i) pl_text_putc(t, ',');
        pl_text_put_string(t, r->key, strlen(r->key));
        pl_text_putc(t, ':');
        pl_text_put(t, r->value, r->value_len);
    }
    pl_text_putc(t, '}');
}

void pl_put_location(struct pl_text *t, const char *file, int line, const char *function)
{
    pl_text_putc(t, '"');
    pl_text_put_characters(t, file, strlen(file));
    pl_text_putc(t, ':');
    pl_text_put_int(t, line);
    if (function) {
        pl_text_putc(t, ' ');
        pl_text_put_characters(t, function, strlen(function));
    }
    pl_text_putc(t, '"');
}

static const char *status_of(const struct pl_more *more)
{
    static const char *const names[] = { NULL, "\"skipped\"", "\"cached\"", "\"retried\"" };
    return more->error ? NULL : names[more->status];
}

/* Name, key, time, records, result, error: as PipeLens has them. */
static void put_known(struct pl_text *t, const struct pipelens_step *step, enum pl_extent extent)
{
    pl_text_put(t, step->head, step->head_len);
    if (extent != PL_START_LINE) put_end(t, step);
    pl_text_puts(t, "},\"records\":");
    if (extent == PL_START_LINE || !step->more || !step->more->record_count) pl_text_puts(t, "{}");
    else pl_put_records(t, step);
    if (extent == PL_START_LINE || !step->more) return;
    put_member(t, "result", step->more->result);
    put_member(t, "error", step->more->error);
}

/* Our own ids are hex digits; that of a joined step may be anything. */
static void put_id(struct pl_text *t, const struct pipelens_step *step)
{
    if (step->foreign) {
        pl_text_put_string(t, step->id, strlen(step->id));
        return;
    }
    pl_text_putc(t, '"');
    pl_text_put(t, step->id, sizeof step->own_id - 1);
    pl_text_putc(t, '"');
}

void pl_put_step(struct pl_text *t, const struct pipelens_step *step, enum pl_extent extent)
{
    const struct pl_more *more = step->more;
    put_known(t, step, extent);
    pl_text_puts(t, ",\"id\":");
    put_id(t, step);
    if (step->parent) {
        pl_text_puts(t, ",\"parentId\":");
        put_id(t, step->parent);
    }
    if (more && extent != PL_FINISH_LINE) put_text_member(t, "kind", more->kind);
    if (step->file && extent != PL_FINISH_LINE) {
        pl_text_puts(t, ",\"location\":");
        pl_put_location(t, step->file, step->line, step->function);
    }
    if (!more) return;
    if (extent != PL_START_LINE) {
        put_member(t, "status", status_of(more));
        put_text_member(t, "errorType", more->error_type);
        put_member(t, "trace", more->trace);
    }
    if (extent != PL_FINISH_LINE) put_member(t, "inputs", more->inputs);
    if (extent == PL_START_LINE) return;
    put_array_member(t, "handledErrors", &more->handled);
    put_member(t, "state", more->state);
    if (extent != PL_OUTPUT_STEP) return;
    put_array_member(t, "logs", &more->logs);
    put_array_member(t, "links", &more->links);
}

void pl_put_reference(struct pl_text *t, const struct pipelens_step *step)
{
    pl_text_puts(t, "{\"id\":");
    put_id(t, step);
    pl_text_puts(t, ",\"key\":");
    pl_text_put(t, step->head + step->head_key, step->head_key_len);
    pl_text_putc(t, '}');
}

void pl_put_flat(struct pl_text *t, const struct pipelens_step *top, enum pl_extent extent)
{
    pl_text_putc(t, '[');
    for (const struct pipelens_step *s = top; s; s = pl_step_next(top, s)) {
        if (s != top) pl_text_putc(t, ',');
        pl_put_step(t, s, extent);
        pl_text_putc(t, '}');
    }
    pl_text_putc(t, ']');
}

/* Without recursion: down to the first child, or up to the first ancestor with a next one. */
void pl_put_nested(struct pl_text *t, const struct pipelens_step *top)
{
    const struct pipelens_step *at = top;
    for (;;) {
        pl_put_step(t, at, PL_OUTPUT_STEP);
        pl_text_puts(t, ",\"substeps\":[");
        if (at->first_child) {
            at = at->first_child;
            continue;
        }
        pl_text_puts(t, "]}");
        while (at != top && !at->next) {
            at = at->parent;
            pl_text_puts(t, "]}");
        }
        if (at == top) return;
        at = at->next;
        pl_text_putc(t, ',');
    }
}

void pl_put_meta(struct pl_text *t, const struct pipelens_run *run, bool finished, bool steps, enum pl_extent extent)
{
    put_known(t, run->root, finished ? PL_FINISH_LINE : PL_START_LINE);
    pl_text_puts(t, ",\"logVersion\":1,\"runId\":");
    pl_text_put_string(t, run->id, strlen(run->id));
    put_text_member(t, "parentRun", run->parent_run);
    put_member(t, "args", run->args);
    put_member(t, "tags", run->tags);
    pl_put_graph(t, run);
    pl_text_puts(t, ",\"steps\":");
    if (steps) pl_put_flat(t, run->root, extent);
    else pl_text_puts(t, "[]");
    pl_text_putc(t, '}');
}
