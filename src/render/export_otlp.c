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
#include "render/exports.h"

#include "base/sha256.h"
#include "input/restore.h"
#include "render/anyvalue.h"
#include "render/payload.h"

enum { SPANS_A_LINE = 256, TRACE_DIGITS = 32, SPAN_DIGITS = 16 };
/* Nanoseconds of later times do not fit 64 bits. */
#define NANOSECONDS_MAX_US INT64_C(18000000000000000)

struct writing {
    const struct run *run;
    struct buf *b;
    struct arena scratch;
    bool traced; /* the run was a trace: its root is a span like others, keys are made from names */
    char trace[TRACE_DIGITS + 1];
    struct buf resource, scope; /* those of the spans at hand, whole objects */
    uint32_t spans;             /* in the line at hand */
    bool any_attribute;         /* of the span at hand */
};

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

static void trace_of(struct str run_id, uint32_t attempt, char ret[TRACE_DIGITS + 1])
{
    if (attempt == 1 && (is_id(run_id, TRACE_DIGITS) || is_id(run_id, SPAN_DIGITS))) {
        memset(ret, '0', TRACE_DIGITS);
        memcpy(ret + TRACE_DIGITS - run_id.len, run_id.ptr, run_id.len);
        ret[TRACE_DIGITS] = '\0';
    } else put_hash(run_id, S(""), attempt, TRACE_DIGITS, ret);
}

static void span_of_id(const char *trace, struct str id, char ret[SPAN_DIGITS + 1])
{
    if (is_id(id, SPAN_DIGITS)) {
        memcpy(ret, id.ptr, SPAN_DIGITS);
        ret[SPAN_DIGITS] = '\0';
    } else put_hash(str_z(trace), id, 0, SPAN_DIGITS, ret);
}

static void span_of(const struct writing *w, const struct step *step, char ret[SPAN_DIGITS + 1])
{
    if (step->more->id.len) span_of_id(w->trace, step->more->id, ret);
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

/* ---- attributes ---- */

static void begin_attribute(struct writing *w, struct str key)
{
    if (w->any_attribute) buf_putc(w->b, ',');
    w->any_attribute = true;
    buf_puts(w->b, "{\"key\":");
    buf_put_json(w->b, key);
    buf_puts(w->b, ",\"value\":");
}

static void attribute_text(struct writing *w, const char *key, struct str text)
{
    begin_attribute(w, str_z(key));
    buf_puts(w->b, "{\"stringValue\":");
    buf_put_json(w->b, text);
    buf_puts(w->b, "}}");
}

/* The text of a JSON value as a string. */
static void attribute_json(struct writing *w, const char *key, struct payload p)
{
    if (!payload_present(p)) return;
    struct buf text = BUF_INIT;
    payload_put_of(&text, w->run, p, NOT_NUMBERS_KEPT);
    attribute_text(w, key, buf_str(&text));
    buf_free(&text);
}

static void attribute_any(struct writing *w, struct str raw_key, struct str value)
{
    if (w->any_attribute) buf_putc(w->b, ',');
    w->any_attribute = true;
    buf_puts(w->b, "{\"key\":");
    struct str quoted = str_of(raw_key.ptr - 1, raw_key.len + 2);
    payload_put(w->b, quoted, NOT_NUMBERS_KEPT);
    buf_puts(w->b, ",\"value\":");
    any_put(w->b, value);
    buf_putc(w->b, '}');
}

static void put_member(struct buf *object, struct str raw_key, struct str value)
{
    buf_puts(object, object->len ? ",\"" : "{\"");
    buf_put(object, raw_key);
    buf_puts(object, "\":");
    payload_put(object, value, NOT_NUMBERS_KEPT);
}

static void put_records(struct writing *w, const struct step *step)
{
    struct record_view *list;
    struct buf rest = BUF_INIT, key = BUF_INIT;
    size_t count = step->records ? records_list(w->run, step, &w->scratch, &list) : 0;
    for (size_t i = 0; i < count; i++) {
        if (str_starts(list[i].key, S("pipelens.")) || !any_holds(list[i].value)) {
            put_member(&rest, list[i].raw_key, list[i].value);
            continue;
        }
        buf_clear(&key);
        buf_printf(&key, "\"%.*s\"", STR_ARG(list[i].raw_key));
        attribute_any(w, str_of(key.ptr + 1, key.len - 2), list[i].value);
    }
    if (rest.len) buf_putc(&rest, '}');
    if (rest.len) attribute_text(w, "pipelens.records", buf_str(&rest));
    buf_free(&rest);
    buf_free(&key);
}

/* ---- fields of the log that spans have as well ---- */

static struct str extra_of(const struct writing *w, const struct step *step, const char *name)
{
    for (const struct extra *x = step->more->extras; x; x = x->next)
        if (str_eq(x->name, str_z(name))) return sources_text(w->run->sources, x->data);
    return (struct str){ 0 };
}

static bool is_count(struct str value)
{
    if (!value.len || value.len > 9) return false;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9') return false;
    return true;
}

static bool is_object(struct str value) { return json_type(value) == JSON_OBJECT && any_holds(value); }

/* Fields that reading a span again tells from the span's own members. */
static bool is_of_span(const struct writing *w, const struct step *step, const struct extra *x)
{
    static const char *const counts[] = { "flags", "droppedAttributesCount", "droppedEventsCount",
                                          "droppedLinksCount" };
    struct str value = sources_text(w->run->sources, x->data);
    if (str_eq(x->name, S("resource")) || str_eq(x->name, S("scope"))) return is_object(value);
    if (str_eq(x->name, S("service"))) return json_type(value) == JSON_STRING;
    if (str_eq(x->name, S("statusCode"))) return step->status == STEP_OK && str_eq(value, S("\"OK\""));
    if (str_eq(x->name, S("statusMessage"))) return step->status != STEP_ERROR && json_type(value) == JSON_STRING;
    if (str_eq(x->name, S("traceState"))) return json_type(value) == JSON_STRING;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (str_eq(x->name, str_z(counts[i]))) return is_count(value);
    return false;
}

static void put_extras(struct writing *w, const struct step *step)
{
    struct buf rest = BUF_INIT, name = BUF_INIT;
    for (const struct extra *x = step->more->extras; x; x = x->next) {
        if (is_of_span(w, step, x)) continue;
        buf_clear(&name);
        buf_put_json(&name, x->name);
        put_member(&rest, str_of(name.ptr + 1, name.len - 2), sources_text(w->run->sources, x->data));
    }
    if (rest.len) buf_putc(&rest, '}');
    if (rest.len) attribute_text(w, "pipelens.extras", buf_str(&rest));
    buf_free(&rest);
    buf_free(&name);
}

static void put_count(struct writing *w, const struct step *step, const char *name)
{
    struct str value = extra_of(w, step, name);
    if (is_count(value)) buf_printf(w->b, ",\"%s\":%.*s", name, STR_ARG(value));
}

/* ---- times ---- */

static bool is_sayable(int64_t us) { return us != TIME_NONE && us > 0 && us < NANOSECONDS_MAX_US; }

static void put_nanoseconds(struct buf *b, int64_t us)
{
    if (!is_sayable(us)) us = us == TIME_NONE || us <= 0 ? 0 : NANOSECONDS_MAX_US;
    buf_putc(b, '"');
    if (us) buf_put_int(b, us);
    buf_puts(b, us ? "000\"" : "0\"");
}

/* The digits of the log where they are finer than ours. */
static void put_time(struct writing *w, const struct step *step, const char *name, int64_t us)
{
    struct str fine = extra_of(w, step, name);
    int64_t same;
    buf_printf(w->b, ",\"%s\":", name);
    if (fine.len < 24 && json_to_us(fine, JSON_NANOSECONDS, &same) && same == us && json_type(fine) == JSON_STRING)
        buf_put(w->b, fine);
    else put_nanoseconds(w->b, us);
}

static void attribute_time(struct writing *w, const struct step *step)
{
    if (is_sayable(step->start) && is_sayable(step->end)) return;
    struct buf text = BUF_INIT;
    buf_puts(&text, "{\"startTs\":");
    if (step->start == TIME_NONE) buf_puts(&text, "null");
    else clock_put_ms(&text, step->start);
    buf_puts(&text, ",\"endTs\":");
    if (step->end == TIME_NONE) buf_puts(&text, "null");
    else clock_put_ms(&text, step->end);
    buf_putc(&text, '}');
    attribute_text(w, "pipelens.time", buf_str(&text));
    buf_free(&text);
}

/* ---- status and error ---- */

static bool is_plain_error(struct str error) { return json_type(error) == JSON_STRING && error.len > 2; }

static void put_status(struct writing *w, const struct step *step)
{
    struct str said = extra_of(w, step, "statusMessage");
    if (step->status != STEP_ERROR) {
        bool ok = step->status == STEP_OK && str_eq(extra_of(w, step, "statusCode"), S("\"OK\""));
        buf_puts(w->b, ok ? ",\"status\":{\"code\":1" : ",\"status\":{");
        if (json_type(said) == JSON_STRING) buf_puts(w->b, ok ? ",\"message\":" : "\"message\":");
        said = extra_of(w, step, "statusMessage");
        if (json_type(said) == JSON_STRING) payload_put(w->b, said, NOT_NUMBERS_KEPT);
    } else {
        buf_puts(w->b, ",\"status\":{\"code\":2");
        struct str text = error_text(w->run, step->error, &w->scratch);
        if (text.len) buf_puts(w->b, ",\"message\":");
        if (text.len) buf_put_json(w->b, text);
    }
    buf_putc(w->b, '}');
}

/* Does one of the messages tell of the exception, because the step was read from a span? */
static bool tells_exception(const struct writing *w, const struct step *step)
{
    for (const struct log_entry *l = step->more->logs; l; l = l->next) {
        struct str message = sources_text(w->run->sources, l->message);
        if (json_type(message) == JSON_OBJECT && str_eq(json_get(message, S("event")), S("\"exception\""))) return true;
    }
    return false;
}

/* ---- a span's attributes ---- */

static void put_run(struct writing *w)
{
    const struct run *run = w->run;
    struct buf text = BUF_INIT;
    buf_printf(&text, "{\"status\":\"%s\"", run_status_name(run->status));
    if (run->log_version >= 0) buf_printf(&text, ",\"logVersion\":%lld", (long long)run->log_version);
    if (run->root_made) buf_puts(&text, ",\"rootMade\":true");
    member_text(&text, "parentRun", run->parent_run);
    member_payload(&text, "args", run, run->args, NOT_NUMBERS_KEPT);
    member_payload(&text, "tags", run, run->tags, NOT_NUMBERS_KEPT);
    member_payload(&text, "host", run, run->host, NOT_NUMBERS_KEPT);
    member_payload(&text, "graph", run, run->graph, NOT_NUMBERS_KEPT);
    if (run->extras) {
        buf_puts(&text, ",\"extras\":{");
        size_t from = text.len;
        member_extras(&text, run, run->extras, NOT_NUMBERS_KEPT);
        text.ptr[from] = ' '; /* for the comma */
        buf_putc(&text, '}');
    }
    buf_putc(&text, '}');
    attribute_text(w, "pipelens.run", buf_str(&text));
    buf_free(&text);
}

static int kind_of(struct str kind)
{
    static const char *const kinds[] = { "internal", "server", "client", "producer", "consumer" };
    for (int i = 0; i < 5; i++)
        if (str_eq(kind, str_z(kinds[i]))) return i + 1;
    return 0;
}

/* Ids that are not those of the span. */
static void put_ids(struct writing *w, const struct step *step, const char *span, struct str parent_id,
                    const char *parent_span)
{
    if (!w->traced) attribute_text(w, "pipelens.key", step->key);
    if (w->run->attempt == 1 && !str_eq(w->run->id, str_z(w->trace))) attribute_text(w, "pipelens.runId", w->run->id);
    if (step->more->id.len && !str_eq(step->more->id, str_z(span))) attribute_text(w, "pipelens.id", step->more->id);
    if (parent_id.len && !str_eq(parent_id, str_z(parent_span))) attribute_text(w, "pipelens.parentId", parent_id);
}

static void put_attributes(struct writing *w, const struct step *step)
{
    const struct step_more *more = step->more;
    const struct run *run = w->run;
    struct str kind = more->kind;
    if (kind.len && !kind_of(kind)) attribute_text(w, "pipelens.kind", kind);
    if ((step->status != STEP_OK || step->end == TIME_NONE) && step->status != STEP_ERROR)
        attribute_text(w, "pipelens.status", str_z(step_status_name((enum step_status)step->status)));
    attribute_time(w, step);
    if (more->location.len) attribute_text(w, "pipelens.location", more->location);
    attribute_json(w, "pipelens.result", step->result);
    if (step->status != STEP_ERROR || !is_plain_error(sources_text(run->sources, step->error)))
        attribute_json(w, "pipelens.error", step->error);
    bool told = step->status == STEP_ERROR && !(tells_exception(w, step) && !w->traced);
    if (more->error_type.len && !told) attribute_text(w, "pipelens.errorType", more->error_type);
    if (!told || json_type(sources_text(run->sources, more->trace)) != JSON_STRING)
        attribute_json(w, "pipelens.trace", more->trace);
    attribute_json(w, "pipelens.inputs", more->inputs);
    attribute_json(w, "pipelens.state", more->state);
    attribute_json(w, "pipelens.handledErrors", more->handled_errors);
    attribute_json(w, "pipelens.usage", more->usage_field);
    put_extras(w, step);
    if (step == run->root && !w->traced) put_run(w);
    put_records(w, step);
}

/* ---- events and links ---- */

static void begin_event(struct writing *w, int64_t ts, bool *any)
{
    buf_puts(w->b, *any ? ",{\"timeUnixNano\":" : "{\"timeUnixNano\":");
    *any = true;
    put_nanoseconds(w->b, ts);
    buf_puts(w->b, ",\"name\":");
    w->any_attribute = false;
}

/* The error as the event that OpenTelemetry has for it. */
static void put_exception(struct writing *w, const struct step *step, bool *any)
{
    const struct step_more *more = step->more;
    struct str text = error_text(w->run, step->error, &w->scratch);
    begin_event(w, step->end, any);
    buf_puts(w->b, "\"exception\",\"attributes\":[");
    if (more->error_type.len) attribute_text(w, "exception.type", more->error_type);
    attribute_text(w, "exception.message", text);
    struct str trace = sources_text(w->run->sources, more->trace);
    if (json_type(trace) == JSON_STRING) attribute_text(w, "exception.stacktrace", json_text(trace, &w->scratch));
    attribute_text(w, "pipelens.made", S("error"));
    buf_puts(w->b, "]}");
}

/* {"event":"name", …}: can it be an event of that name with attributes, and come back? */
static bool is_event(struct str message)
{
    struct json j = json_begin(message);
    struct str key;
    size_t count = 0;
    bool good = json_type(message) == JSON_OBJECT && any_holds(message) && json_enter(&j, '{');
    for (; good && json_member(&j, &key); count++) {
        struct str value = json_skip(&j);
        if (count == 0) good = str_eq(key, S("event")) && json_type(value) == JSON_STRING;
        else good = !str_starts(key, S("pipelens."));
    }
    json_done(&j);
    return good && count > 1;
}

static void put_message(struct writing *w, const struct log_entry *l, bool *any)
{
    struct str message = arena_copy(&w->scratch, sources_text(w->run->sources, l->message));
    struct str name = S("\"log\""), key, level = str_z(log_level_name(l->level));
    bool plain = json_type(message) == JSON_STRING, event = is_event(message);
    if (plain || event) name = plain ? message : json_get(message, S("event"));
    begin_event(w, l->ts, any);
    payload_put(w->b, name, NOT_NUMBERS_KEPT);
    buf_puts(w->b, ",\"attributes\":[");
    if (!str_eq(level, str_eq(name, S("\"exception\"")) ? S("error") : S("info")))
        attribute_text(w, "pipelens.level", level);
    if (!plain && !event) attribute_json(w, "pipelens.message", l->message);
    struct json j = json_begin(message);
    bool first = true;
    for (bool in = event && json_enter(&j, '{'); in && json_member(&j, &key); first = false) {
        struct str value = json_skip(&j);
        if (!first) attribute_any(w, key, value);
    }
    json_done(&j);
    buf_puts(w->b, "]}");
}

static void put_events(struct writing *w, const struct step *step)
{
    bool any = false;
    bool error = step->status == STEP_ERROR &&
                 (payload_present(step->error) || step->more->error_type.len || payload_present(step->more->trace));
    if (!step->more->logs && !error) return;
    buf_puts(w->b, ",\"events\":[");
    if (error && !tells_exception(w, step)) put_exception(w, step, &any);
    for (const struct log_entry *l = step->more->logs; l; l = l->next) put_message(w, l, &any);
    buf_putc(w->b, ']');
}

static void put_links(struct writing *w, const struct step *step)
{
    if (!step->more->links) return;
    buf_puts(w->b, ",\"links\":[");
    for (const struct step_link *l = step->more->links; l; l = l->next) {
        char trace[TRACE_DIGITS + 1], span[SPAN_DIGITS + 1];
        trace_of(l->run_id, 1, trace);
        span_of_id(trace, l->step_id, span);
        buf_printf(w->b, "%s{\"traceId\":\"%s\",\"spanId\":\"%s\"", l == step->more->links ? "" : ",", trace, span);
        w->any_attribute = false;
        buf_puts(w->b, ",\"attributes\":[");
        if (!str_eq(l->run_id, str_z(trace))) attribute_text(w, "pipelens.runId", l->run_id);
        if (!str_eq(l->step_id, str_z(span))) attribute_text(w, "pipelens.stepId", l->step_id);
        if (!str_eq(l->relation, S("refers"))) attribute_text(w, "pipelens.relation", l->relation);
        buf_puts(w->b, "]}");
    }
    buf_putc(w->b, ']');
}

/* ---- spans ---- */

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
    if (missing) span_of_id(w->trace, parent_id, parent);
    else if (!left_out) span_of(w, up, parent);
    buf_printf(b, "{\"traceId\":\"%s\",\"spanId\":\"%s\"", w->trace, span);
    if (*parent) buf_printf(b, ",\"parentSpanId\":\"%s\"", parent);
    struct str state = extra_of(w, step, "traceState");
    if (json_type(state) == JSON_STRING) buf_puts(b, ",\"traceState\":");
    if (json_type(state) == JSON_STRING) payload_put(b, state, NOT_NUMBERS_KEPT);
    put_count(w, step, "flags");
    buf_puts(b, ",\"name\":");
    buf_put_json(b, step->name);
    int kind = kind_of(step->more->kind);
    if (kind || step->more->kind.len) buf_printf(b, ",\"kind\":%d", kind ? kind : 1);
    put_time(w, step, "startTimeUnixNano", step->start != TIME_NONE ? step->start : w->run->start);
    put_time(w, step, "endTimeUnixNano", step->end != TIME_NONE ? step->end : step->shown_end);
    buf_puts(b, ",\"attributes\":[");
    w->any_attribute = false;
    put_ids(w, step, span, parent_id, parent);
    put_attributes(w, step);
    buf_putc(b, ']');
    put_count(w, step, "droppedAttributesCount");
    put_events(w, step);
    put_count(w, step, "droppedEventsCount");
    put_links(w, step);
    put_count(w, step, "droppedLinksCount");
    put_status(w, step);
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
    struct str said = extra_of(w, step, "resource"), made = S("service");
    buf_puts(text, "{");
    if (is_object(said)) put_object_attributes(text, said);
    else {
        struct str service = extra_of(w, step, "service");
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
    struct str said = extra_of(w, step, "scope");
    buf_putc(text, '{');
    if (is_object(said)) {
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
    trace_of(run->id, run->attempt, w.trace);
    for (uint32_t i = w.traced && run->root_made; i < run->step_count; i++) {
        if (run->steps[i]->hidden) continue;
        begin_span(&w, run->steps[i]);
        put_span(&w, run->steps[i]);
    }
    end_line(&w);
    buf_free(&w.resource);
    buf_free(&w.scope);
    arena_free(&w.scratch);
}
