/* SPDX-License-Identifier: MIT
 *
 * A run as OpenTelemetry spans: OTLP/JSON, an ExportTraceServiceRequest of up to SPANS_A_LINE spans a line, as the
 * Collector's file exporter writes and its receivers take it (64-bit numbers as strings, ids as hexadecimal digits,
 * enumerations as numbers).
 *
 *   run     trace: its id when it has the form of one, else a hash of the run's id and attempt
 *   step    span: the same with step ids
 *   records attributes · logs events · links links · error status and an event "exception"
 *
 * What a span has no place for goes into attributes "pipelens.*" (input/restore.h), so that reading the spans again
 * gives the same run. A run that was read from traces gets its own spans back, without a word of ours where it can.
 */
#include "render/export_otlp.h"

#include "base/sha256.h"
#include "render/anyvalue.h"
#include "render/exports.h"

#include <stdlib.h>

enum { SPANS_A_LINE = 256 };

/* ---- ids ---- */

static bool is_id(struct str text, size_t digits)
{
    size_t zeros = 0;
    if (text.len != digits) return false;
    for (size_t i = 0; i < digits; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
        zeros += c == '0';
    }
    return zeros < digits;
}

/* A hash of two texts and a number; a hash of only zeros, which would be no id, does not come up in any lifetime. */
static void put_hash(struct str first, struct str second, uint64_t number, size_t digits, char *ret)
{
    struct sha256 h;
    char hex[SHA256_HEX_SIZE];
    uint64_t head[2] = { first.len, number };
    unsigned char bytes[sizeof head];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(head[i / 8] >> (i % 8 * 8));
    sha256_begin(&h);
    sha256_add(&h, str_of((const char *)bytes, sizeof bytes));
    sha256_add(&h, first);
    sha256_add(&h, second);
    sha256_end_hex(&h, hex);
    memcpy(ret, hex, digits);
    ret[digits] = '\0';
}

void otlp_trace_of(struct str run_id, uint32_t attempt, char ret[TRACE_DIGITS + 1])
{
    if (attempt == 1 && (is_id(run_id, TRACE_DIGITS) || is_id(run_id, SPAN_DIGITS))) {
        memset(ret, '0', TRACE_DIGITS);
        memcpy(ret + TRACE_DIGITS - run_id.len, run_id.ptr, run_id.len);
        ret[TRACE_DIGITS] = '\0';
    } else put_hash(run_id, S(""), attempt, TRACE_DIGITS, ret);
}

void otlp_span_of_id(const char *trace, struct str id, char ret[SPAN_DIGITS + 1])
{
    if (is_id(id, SPAN_DIGITS)) {
        memcpy(ret, id.ptr, SPAN_DIGITS);
        ret[SPAN_DIGITS] = '\0';
    } else put_hash(str_z(trace), id, 0, SPAN_DIGITS, ret);
}

static int by_id(const void *a, const void *b)
{
    return str_cmp((*(const struct step *const *)a)->more->id, (*(const struct step *const *)b)->more->id);
}

/* The run's steps that have an id, in the order of their ids. */
static void sort_ids(struct writing *w)
{
    const struct run *run = w->run;
    w->by_id = calloc(run->step_count + (size_t)1, sizeof *w->by_id);
    if (!w->by_id) arena_exhausted(run->step_count * sizeof *w->by_id);
    for (uint32_t i = 0; i < run->step_count; i++)
        if (run->steps[i]->more->id.len) w->by_id[w->by_id_count++] = run->steps[i];
    qsort(w->by_id, w->by_id_count, sizeof *w->by_id, by_id);
}

void otlp_trace_of_link(struct writing *w, const struct step_link *l, char ret[TRACE_DIGITS + 1])
{
    const struct run *run = w->run;
    struct step_more more = { .id = l->step_id };
    struct step wanted = { .more = &more };
    const struct step *key = &wanted;
    struct str run_id = l->run_id.len ? l->run_id : run->id;
    uint32_t attempt = 1;
    if (run->attempt > 1 && str_eq(run_id, run->id)) {
        if (!w->by_id) sort_ids(w);
        if (bsearch(&key, w->by_id, w->by_id_count, sizeof *w->by_id, by_id)) attempt = run->attempt;
    }
    otlp_trace_of(run_id, attempt, ret);
}

static void span_of(const struct writing *w, const struct step *step, char ret[SPAN_DIGITS + 1])
{
    if (step->more->id.len) otlp_span_of_id(w->trace, step->more->id, ret);
    else put_hash(str_z(w->trace), step->key, 1 + (uint64_t)step->index, SPAN_DIGITS, ret);
}

/* Was the run a trace, and nothing but that? Then it is one again without further words. */
static bool is_traced(const struct run *run)
{
    if (run->attempt != 1 || run->log_version >= 0 || run->parent_run.len || run->extras) return false;
    if (payload_present(run->args) || payload_present(run->tags) || payload_present(run->host) ||
        payload_present(run->graph) || run->status == RUN_RUNNING)
        return false;
    if (!is_id(run->id, TRACE_DIGITS) && !is_id(run->id, SPAN_DIGITS)) return false;
    for (uint32_t i = run->root_made; i < run->step_count; i++)
        if (!run->steps[i]->more->id.len) return false;
    return true;
}

/* ---- spans ---- */

/* Ids that are not those of the span. */
static void put_ids(struct writing *w, const struct step *step, const char *span, struct str parent_id,
                    const char *parent_span)
{
    if (!w->traced) otlp_attribute_text(w, "pipelens.key", step->key);
    if (!str_eq(w->run->id, str_z(w->trace))) otlp_attribute_text(w, "pipelens.runId", w->run->id);
    if (step->more->id.len && !str_eq(step->more->id, str_z(span)))
        otlp_attribute_text(w, "pipelens.id", step->more->id);
    if (parent_id.len && !str_eq(parent_id, str_z(parent_span))) otlp_attribute_text(w, "pipelens.parentId", parent_id);
    if (step->made && step->parent) otlp_attribute_text(w, "pipelens.made", S("branch"));
}

static void put_span(struct writing *w, const struct step *step)
{
    char span[SPAN_DIGITS + 1], parent[SPAN_DIGITS + 1] = "";
    const struct step *up = step->parent;
    struct str parent_id = step->more->parent_id;
    struct buf *b = w->b;
    while (up && up->hidden) up = up->parent;
    bool left_out = !up || (w->traced && w->run->root_made && up == w->run->root);
    if (!w->traced && !up) parent_id = S(""); /* of a run: it is the pipeline's parent then */
    bool missing = parent_id.len && (left_out || (up == step->parent && !str_eq(up->more->id, parent_id)));
    if (!missing) parent_id = left_out ? S("") : up->more->id;
    span_of(w, step, span);
    if (missing) otlp_span_of_id(w->trace, parent_id, parent);
    else if (!left_out) span_of(w, up, parent);
    buf_printf(b, "{\"traceId\":\"%s\",\"spanId\":\"%s\"", w->trace, span);
    if (*parent) buf_printf(b, ",\"parentSpanId\":\"%s\"", parent);
    struct str state = otlp_extra(w, step, "traceState");
    if (json_type(state) == JSON_STRING) buf_puts(b, ",\"traceState\":");
    if (json_type(state) == JSON_STRING) payload_put(b, state, NOT_NUMBERS_KEPT);
    otlp_put_count(w, step, "flags");
    buf_puts(b, ",\"name\":");
    buf_put_json(b, step->name);
    int kind = otlp_kind(step->more->kind);
    if (kind || step->more->kind.len) buf_printf(b, ",\"kind\":%d", kind ? kind : 1);
    otlp_put_time(w, step, "startTimeUnixNano", step->start != TIME_NONE ? step->start : w->run->start);
    otlp_put_time(w, step, "endTimeUnixNano", step->end != TIME_NONE ? step->end : step->shown_end);
    buf_puts(b, ",\"attributes\":[");
    w->any_attribute = false;
    put_ids(w, step, span, parent_id, parent);
    otlp_put_attributes(w, step);
    buf_putc(b, ']');
    otlp_put_count(w, step, "droppedAttributesCount");
    otlp_put_events(w, step);
    otlp_put_count(w, step, "droppedEventsCount");
    otlp_put_links(w, step);
    otlp_put_count(w, step, "droppedLinksCount");
    otlp_put_status(w, step);
    buf_putc(b, '}');
    arena_trim(&w->scratch);
}

/* The members of the object as attributes; appended to text. */
static void put_object_attributes(struct buf *text, struct str object)
{
    struct json j = json_begin(object);
    struct str key;
    bool any = false;
    buf_puts(text, "\"attributes\":[");
    for (bool in = json_enter(&j, '{'); in && json_member(&j, &key); any = true) {
        buf_puts(text, any ? ",{\"key\":\"" : "{\"key\":\"");
        buf_put(text, key);
        buf_puts(text, "\",\"value\":");
        any_put(text, json_skip(&j));
        buf_putc(text, '}');
    }
    json_done(&j);
    buf_putc(text, ']');
}

/* The resource of the step's log, else one that has a name, as receivers want it. */
static void put_resource(struct writing *w, const struct step *step, struct buf *text)
{
    struct str said = otlp_extra(w, step, "resource"), made = S("service");
    buf_puts(text, "{");
    if (otlp_is_object(said)) put_object_attributes(text, said);
    else {
        struct str service = otlp_extra(w, step, "service");
        buf_puts(text, "\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":");
        if (json_type(service) == JSON_STRING) payload_put(text, service, NOT_NUMBERS_KEPT);
        else {
            made = S("name");
            buf_put_json(text, w->run->name);
        }
        buf_puts(text, "}},{\"key\":\"pipelens.made\",\"value\":{\"stringValue\":");
        buf_put_json(text, made);
        buf_puts(text, "}}]");
    }
    buf_putc(text, '}');
}

/* {"name","version","attributes":{…}, …} of the log; what a scope has no member for is an attribute. */
static void put_scope(struct writing *w, const struct step *step, struct buf *text)
{
    struct str said = otlp_extra(w, step, "scope");
    buf_putc(text, '{');
    if (otlp_is_object(said)) {
        struct str name = json_get(said, S("name")), version = json_get(said, S("version")),
                   attributes = json_get(said, S("attributes"));
        buf_puts(text, "\"name\":");
        if (json_type(name) == JSON_STRING) payload_put(text, name, NOT_NUMBERS_KEPT);
        else buf_puts(text, "\"\"");
        if (json_type(version) == JSON_STRING) buf_puts(text, ",\"version\":");
        if (json_type(version) == JSON_STRING) payload_put(text, version, NOT_NUMBERS_KEPT);
        if (json_type(attributes) == JSON_OBJECT) buf_putc(text, ',');
        if (json_type(attributes) == JSON_OBJECT) put_object_attributes(text, attributes);
    }
    buf_putc(text, '}');
}

static void end_line(struct writing *w)
{
    if (w->spans) buf_puts(w->b, "]}]}]}\n");
    w->spans = 0;
}

/* Goes on in the line at hand, with another resource and scope where the step has others. */
static void begin_span(struct writing *w, const struct step *step)
{
    struct buf resource = BUF_INIT, scope = BUF_INIT;
    put_resource(w, step, &resource);
    put_scope(w, step, &scope);
    bool same = w->spans && str_eq(buf_str(&resource), buf_str(&w->resource)) &&
                str_eq(buf_str(&scope), buf_str(&w->scope));
    if (w->spans == SPANS_A_LINE) end_line(w);
    if (w->spans && same) buf_putc(w->b, ',');
    else {
        buf_puts(w->b, w->spans ? "]}]},{\"resource\":" : "{\"resourceSpans\":[{\"resource\":");
        buf_put(w->b, buf_str(&resource));
        buf_puts(w->b, ",\"scopeSpans\":[{\"scope\":");
        buf_put(w->b, buf_str(&scope));
        buf_puts(w->b, ",\"spans\":[");
    }
    w->spans++;
    buf_free(&w->resource);
    buf_free(&w->scope);
    w->resource = resource;
    w->scope = scope;
}

void export_otlp(const struct run *run, size_t nth, struct buf *out)
{
    struct writing w = { .run = run, .b = out, .resource = BUF_INIT, .scope = BUF_INIT, .traced = is_traced(run) };
    (void)nth;
    otlp_trace_of(run->id, run->attempt, w.trace);
    for (uint32_t i = w.traced && run->root_made; i < run->step_count; i++) {
        if (run->steps[i]->hidden) continue;
        begin_span(&w, run->steps[i]);
        put_span(&w, run->steps[i]);
    }
    end_line(&w);
    buf_free(&w.resource);
    buf_free(&w.scope);
    arena_free(&w.scratch);
    free(w.by_id);
}
