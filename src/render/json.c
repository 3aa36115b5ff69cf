/* SPDX-License-Identifier: MIT
 *
 * The measured run as one JSON document, a line per step. Keys stand in this order; those in brackets are left out when
 * the log has nothing to say:
 *
 *   format "pipelens-report.run", version 1, id, name, attempt, status, startTs, endTs, durationMs, stepCount,
 *   shownCount, maxDepth, statusCounts {status: count}, [logVersion, parentRun, args, tags, host, graph],
 *   usage [{model, responses, promptTokens, completionTokens, totalTokens}], notes {…}, [unknown {…}],
 *   wallMs, concurrency {max, mean, idleMs}, criticalPath [
 *     step (index), key, fromMs, toMs, flags ["beside", "outlives"]
 *   ], steps [
 *     index, parent (index, null for the root), depth, name, key, [id, kind, location, made], status, startTs, endTs,
 *     durationMs, selfMs, selfShare, criticalMs, records {…}, [result, error, errorType, trace, inputs, handledErrors,
 *     state, usageField, logs, links, usage, unknown {…}]
 *   ]
 *
 * The critical path is told in the order of time, fromMs and toMs counted from startTs; see model/critical.h for what
 * is on it and for the flags. Concurrency counts steps that wait for no child (model/running.h); idleMs is the time in
 * which no step but the root was open. selfShare is the self time by wallMs, 0 without times.
 * Times are milliseconds since the Unix epoch with up to three decimals, null when unknown. For a step without an end
 * endTs is null and durationMs runs to the run's last event. Payloads are the text of the log, but NaN and the
 * infinities, which JSON does not have, are the strings "NaN", "Infinity", "-Infinity". Steps that a selection hides
 * are left out.
 */
#include "render/report.h"

#include "model/measure.h"
#include "render/payload.h"

static void member_name(struct buf *b, const char *name)
{
    buf_putc(b, ',');
    buf_put_json(b, str_z(name));
    buf_putc(b, ':');
}

static void member_string(struct buf *b, const char *name, struct str text)
{
    member_name(b, name);
    buf_put_json(b, text);
}

static void member_number(struct buf *b, const char *name, uint64_t n)
{
    member_name(b, name);
    buf_put_uint(b, n);
}

static void member_ms(struct buf *b, const char *name, int64_t us)
{
    member_name(b, name);
    if (us == TIME_NONE) buf_puts(b, "null");
    else clock_put_ms(b, us);
}

static void member_usage(struct buf *b, const struct usage *usage)
{
    member_name(b, "usage");
    buf_putc(b, '[');
    for (const struct usage *u = usage; u; u = u->next) {
        buf_puts(b, u == usage ? "{\"model\":" : ",{\"model\":");
        buf_put_json(b, u->model);
        member_number(b, "responses", u->responses);
        member_number(b, "promptTokens", u->prompt_tokens);
        member_number(b, "completionTokens", u->completion_tokens);
        member_number(b, "totalTokens", u->total_tokens);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

static void member_unknown(struct buf *b, const struct run *run, const struct extra *extras)
{
    if (!extras) return;
    buf_puts(b, ",\"unknown\":{");
    for (const struct extra *x = extras; x; x = x->next) {
        if (x != extras) buf_putc(b, ',');
        buf_put_json(b, x->name);
        buf_putc(b, ':');
        payload_put_of(b, run, x->data, NOT_NUMBERS_QUOTED);
    }
    buf_putc(b, '}');
}

static void put_notes(struct buf *b, const struct run_notes *notes)
{
    const struct {
        const char *name;
        uint64_t count;
    } list[] = {
        { "conflicts", notes->conflicts },
        { "unknownParents", notes->unknown_parents },
        { "negativeDurations", notes->negative_durations },
        { "timeDisagreements", notes->time_disagreements },
        { "statusOverruled", notes->status_overruled },
        { "lateEvents", notes->late_events },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        buf_putc(b, i ? ',' : '{');
        buf_put_json(b, str_z(list[i].name));
        buf_putc(b, ':');
        buf_put_uint(b, list[i].count);
    }
    buf_putc(b, '}');
}

static void put_run(struct buf *b, const struct run *run)
{
    buf_puts(b, "{\"format\":\"pipelens-report.run\",\"version\":1");
    member_string(b, "id", run->id);
    member_string(b, "name", run->name);
    member_number(b, "attempt", run->attempt);
    member_string(b, "status", str_z(run_status_name(run->status)));
    member_ms(b, "startTs", run->start);
    member_ms(b, "endTs", run->end);
    member_ms(b, "durationMs", run->duration);
    member_number(b, "stepCount", run->log_steps);
    member_number(b, "shownCount", run_shown_steps(run));
    if (run->root_made) buf_puts(b, ",\"rootMade\":true");
    member_number(b, "maxDepth", run->max_depth);
    member_name(b, "statusCounts");
    for (int i = 0; i < STEP_STATUS_COUNT; i++) {
        buf_puts(b, i ? ",\"" : "{\"");
        buf_puts(b, step_status_name((enum step_status)i));
        buf_puts(b, "\":");
        buf_put_uint(b, run->status_count[i]);
    }
    buf_putc(b, '}');
    if (run->log_version >= 0) member_number(b, "logVersion", (uint64_t)run->log_version);
    member_text(b, "parentRun", run->parent_run);
    member_payload(b, "args", run, run->args, NOT_NUMBERS_QUOTED);
    member_payload(b, "tags", run, run->tags, NOT_NUMBERS_QUOTED);
    member_payload(b, "host", run, run->host, NOT_NUMBERS_QUOTED);
    member_payload(b, "graph", run, run->graph, NOT_NUMBERS_QUOTED);
    member_usage(b, run->usage);
    member_name(b, "notes");
    put_notes(b, &run->notes);
    member_unknown(b, run, run->extras);
}

static void put_analysis(struct buf *b, const struct run *run, const struct running *running,
                         const struct critical *path)
{
    member_ms(b, "wallMs", run_wall_time(run));
    member_name(b, "concurrency");
    buf_printf(b, "{\"max\":%u,\"mean\":", (unsigned)running->max);
    buf_put_fixed(b, running->mean, 3, true);
    member_ms(b, "idleMs", running->idle);
    buf_puts(b, "},\"criticalPath\":[");
    for (size_t i = 0; i < path->count; i++) {
        const struct critical_segment *s = &path->segments[i];
        unsigned flags = path->flags[s->step->index];
        buf_printf(b, "%s\n{\"step\":%u", i ? "," : "", (unsigned)s->step->index);
        member_string(b, "key", s->step->key);
        member_ms(b, "fromMs", s->from - run->start);
        member_ms(b, "toMs", s->to - run->start);
        member_name(b, "flags");
        buf_puts(b, flags & CRITICAL_BESIDE ? "[\"beside\"" : "[");
        if (flags & CRITICAL_OUTLIVES) buf_puts(b, flags & CRITICAL_BESIDE ? ",\"outlives\"" : "\"outlives\"");
        buf_puts(b, "]}");
    }
    buf_puts(b, path->count ? "\n]" : "]");
}

static void put_step(struct buf *b, const struct run *run, const struct step *step, const struct critical *path,
                     struct arena *scratch)
{
    const struct step_more *more = step->more;
    buf_puts(b, "{\"index\":");
    buf_put_uint(b, step->index);
    member_name(b, "parent");
    if (step->parent) buf_put_uint(b, step->parent->index);
    else buf_puts(b, "null");
    member_number(b, "depth", step->depth);
    member_string(b, "name", step->name);
    member_string(b, "key", step->key);
    member_text(b, "id", more->id);
    member_text(b, "kind", more->kind);
    member_text(b, "location", more->location);
    if (step->made && step->parent) buf_puts(b, ",\"made\":true");
    member_string(b, "status", str_z(step_status_name((enum step_status)step->status)));
    member_ms(b, "startTs", step->start);
    member_ms(b, "endTs", step->end);
    member_ms(b, "durationMs", step->duration);
    member_ms(b, "selfMs", step->self);
    member_name(b, "selfShare");
    buf_put_fixed(b, measure_share(run, step->self), 4, true);
    member_ms(b, "criticalMs", path->time[step->index]);
    member_name(b, "records");
    payload_put_records(b, run, step, NOT_NUMBERS_QUOTED, scratch);
    member_payload(b, "result", run, step->result, NOT_NUMBERS_QUOTED);
    member_payload(b, "error", run, step->error, NOT_NUMBERS_QUOTED);
    member_text(b, "errorType", more->error_type);
    member_payload(b, "trace", run, more->trace, NOT_NUMBERS_QUOTED);
    member_payload(b, "inputs", run, more->inputs, NOT_NUMBERS_QUOTED);
    member_payload(b, "handledErrors", run, more->handled_errors, NOT_NUMBERS_QUOTED);
    member_payload(b, "state", run, more->state, NOT_NUMBERS_QUOTED);
    member_payload(b, "usageField", run, more->usage_field, NOT_NUMBERS_QUOTED);
    member_logs(b, run, step, NOT_NUMBERS_QUOTED);
    member_links(b, step);
    if (more->usage) member_usage(b, more->usage);
    member_unknown(b, run, more->extras);
    buf_putc(b, '}');
}

void json_write(const struct run *run, struct analysis *analysis, struct buf *out)
{
    struct arena scratch = { 0 };
    const struct critical *path = analysis_critical(analysis);
    put_run(out, run);
    put_analysis(out, run, analysis_running(analysis), path);
    buf_puts(out, ",\"steps\":[\n");
    bool first = true;
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (run->steps[i]->hidden) continue;
        if (!first) buf_puts(out, ",\n");
        put_step(out, run, run->steps[i], path, &scratch);
        arena_trim(&scratch);
        first = false;
    }
    buf_puts(out, "\n]}\n");
    arena_free(&scratch);
}
