/* SPDX-License-Identifier: MIT
 *
 * What a span of OTLP/JSON holds: attributes, times, status, events, links.
 */
#include "render/export_otlp.h"

#include "input/restore.h"
#include "render/anyvalue.h"

/* Nanoseconds of later times do not fit 64 bits. */
#define NANOSECONDS_MAX_US INT64_C(18000000000000000)

/* ---- attributes ---- */

static void begin_attribute(struct writing *w, struct str key)
{
    if (w->any_attribute) buf_putc(w->b, ',');
    w->any_attribute = true;
    buf_puts(w->b, "{\"key\":");
    buf_put_json(w->b, key);
    buf_puts(w->b, ",\"value\":");
}

void otlp_attribute_text(struct writing *w, const char *key, struct str text)
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
    otlp_attribute_text(w, key, buf_str(&text));
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
    if (rest.len) otlp_attribute_text(w, "pipelens.records", buf_str(&rest));
    buf_free(&rest);
    buf_free(&key);
}

/* ---- fields of the log that spans have as well ---- */

struct str otlp_extra(const struct writing *w, const struct step *step, const char *name)
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

bool otlp_is_object(struct str value) { return json_type(value) == JSON_OBJECT && any_holds(value); }

/* Fields that reading a span again tells from the span's own members. */
static bool is_of_span(const struct writing *w, const struct step *step, const struct extra *x)
{
    static const char *const counts[] = { "flags", "droppedAttributesCount", "droppedEventsCount",
                                          "droppedLinksCount" };
    struct str value = sources_text(w->run->sources, x->data);
    if (str_eq(x->name, S("resource")) || str_eq(x->name, S("scope"))) return otlp_is_object(value);
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
    if (rest.len) otlp_attribute_text(w, "pipelens.extras", buf_str(&rest));
    buf_free(&rest);
    buf_free(&name);
}

void otlp_put_count(struct writing *w, const struct step *step, const char *name)
{
    struct str value = otlp_extra(w, step, name);
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
void otlp_put_time(struct writing *w, const struct step *step, const char *name, int64_t us)
{
    struct str fine = otlp_extra(w, step, name);
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
    otlp_attribute_text(w, "pipelens.time", buf_str(&text));
    buf_free(&text);
}

/* ---- status and error ---- */

static bool is_plain_error(struct str error) { return json_type(error) == JSON_STRING && error.len > 2; }

void otlp_put_status(struct writing *w, const struct step *step)
{
    struct str said = otlp_extra(w, step, "statusMessage");
    if (step->status != STEP_ERROR) {
        bool ok = step->status == STEP_OK && str_eq(otlp_extra(w, step, "statusCode"), S("\"OK\""));
        buf_puts(w->b, ok ? ",\"status\":{\"code\":1" : ",\"status\":{");
        if (json_type(said) == JSON_STRING) buf_puts(w->b, ok ? ",\"message\":" : "\"message\":");
        said = otlp_extra(w, step, "statusMessage");
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
    if (run->attempt > 1) buf_printf(&text, ",\"attempt\":%u", (unsigned)run->attempt);
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
    otlp_attribute_text(w, "pipelens.run", buf_str(&text));
    buf_free(&text);
}

int otlp_kind(struct str kind)
{
    static const char *const kinds[] = { "internal", "server", "client", "producer", "consumer" };
    for (int i = 0; i < 5; i++)
        if (str_eq(kind, str_z(kinds[i]))) return i + 1;
    return 0;
}

void otlp_put_attributes(struct writing *w, const struct step *step)
{
    const struct step_more *more = step->more;
    const struct run *run = w->run;
    struct str kind = more->kind;
    if (kind.len && !otlp_kind(kind)) otlp_attribute_text(w, "pipelens.kind", kind);
    if ((step->status != STEP_OK || step->end == TIME_NONE) && step->status != STEP_ERROR)
        otlp_attribute_text(w, "pipelens.status", str_z(step_status_name((enum step_status)step->status)));
    attribute_time(w, step);
    if (more->location.len) otlp_attribute_text(w, "pipelens.location", more->location);
    attribute_json(w, "pipelens.result", step->result);
    if (step->status != STEP_ERROR || !is_plain_error(sources_text(run->sources, step->error)))
        attribute_json(w, "pipelens.error", step->error);
    bool told = step->status == STEP_ERROR && !(tells_exception(w, step) && !w->traced);
    if (more->error_type.len && !told) otlp_attribute_text(w, "pipelens.errorType", more->error_type);
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
    if (more->error_type.len) otlp_attribute_text(w, "exception.type", more->error_type);
    otlp_attribute_text(w, "exception.message", text);
    struct str trace = sources_text(w->run->sources, more->trace);
    if (json_type(trace) == JSON_STRING) otlp_attribute_text(w, "exception.stacktrace", json_text(trace, &w->scratch));
    otlp_attribute_text(w, "pipelens.made", S("error"));
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
        otlp_attribute_text(w, "pipelens.level", level);
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

void otlp_put_events(struct writing *w, const struct step *step)
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

void otlp_put_links(struct writing *w, const struct step *step)
{
    if (!step->more->links) return;
    buf_puts(w->b, ",\"links\":[");
    for (const struct step_link *l = step->more->links; l; l = l->next) {
        char trace[TRACE_DIGITS + 1], span[SPAN_DIGITS + 1];
        otlp_trace_of_link(w, l, trace);
        otlp_span_of_id(trace, l->step_id, span);
        buf_printf(w->b, "%s{\"traceId\":\"%s\",\"spanId\":\"%s\"", l == step->more->links ? "" : ",", trace, span);
        w->any_attribute = false;
        buf_puts(w->b, ",\"attributes\":[");
        if (!str_eq(l->run_id, str_z(trace))) otlp_attribute_text(w, "pipelens.runId", l->run_id);
        if (!str_eq(l->step_id, str_z(span))) otlp_attribute_text(w, "pipelens.stepId", l->step_id);
        if (!str_eq(l->relation, S("refers"))) otlp_attribute_text(w, "pipelens.relation", l->relation);
        buf_puts(w->b, "]}");
    }
    buf_putc(w->b, ']');
}
