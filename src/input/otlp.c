/* SPDX-License-Identifier: MIT
 *
 * OpenTelemetry traces as OTLP/JSON: what the Collector's file exporter writes, an export request a line, or one
 * document. Field names: opentelemetry/proto/trace/v1/trace.proto and the JSON mapping of the OTLP specification; the
 * names of the protobuf (start_time_unix_nano) and of versions before 0.15 (instrumentationLibrarySpans) are read too.
 *
 *   {"resourceSpans":[{"resource":{"attributes":[…]},
 *     "scopeSpans":[{"scope":{"name","version"},
 *       "spans":[{"traceId","spanId","parentSpanId","name","kind","startTimeUnixNano","endTimeUnixNano",
 *                 "attributes":[{"key","value":{"stringValue":…}}],"events":[…],"links":[…],"status":{…}}]}]}]}
 *
 * Each span is told as a whole: the step, then its events as log lines, then its links.
 */
#include "input/otlp.h"

#include "input/format.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One request, or what stands around it: Jaeger v3 answers {"result":…}, Tempo {"trace":…} and {"batches":[…]}. */
struct request {
    struct str spans, metrics, logs, result, trace, partial;
};

struct resource_spans {
    struct str resource, scopes, old_scopes, schema;
};

struct scope_spans {
    struct str scope, spans, schema;
};

struct described { /* a resource or a scope */
    struct str name, version, attributes, dropped;
};

static void note_schema(struct buf *members, struct str schema)
{
    if (json_type(schema) == JSON_STRING && schema.len > 2) trace_keep(members, S("schemaUrl"), schema);
}

static bool counts(struct str dropped) { return dropped.len && !str_eq(dropped, S("0")) && !value_absent(dropped); }

/* The resource: its attributes as an object, and what it says besides. */
static void take_resource(struct otlp *o, const struct resource_spans *r)
{
    static const struct field table[] = { FIELD(struct described, attributes, "attributes"),
                                          FIELD(struct described, dropped, "droppedAttributesCount"),
                                          FIELD(struct described, dropped, "dropped_attributes_count") };
    struct described d = { 0 };
    struct attribute a;
    bool made_up = false;
    buf_clear(&o->resource);
    o->service = (struct str){ 0 };
    o->resource_made = false;
    note_schema(&o->resource_more, r->schema);
    if (json_type(r->resource) == JSON_OBJECT)
        fields_take(r->resource, table, COUNT(table), &d, trace_keep, &o->resource_more);
    if (counts(d.dropped)) trace_keep(&o->resource_more, S("droppedAttributesCount"), d.dropped);
    struct json list = trace_list(d.attributes);
    while (attribute_next(&list, &a)) {
        if (str_eq(a.key, S("\"service.name\""))) o->service = anyvalue_scalar(a.value);
        if (str_eq(a.key, S("\"pipelens.made\""))) {
            o->resource_made = true;
            made_up = str_eq(anyvalue_scalar(a.value), S("\"name\""));
        }
        trace_put_key(&o->resource, a.key);
        anyvalue_put(&o->resource, a.value);
    }
    json_done(&list);
    if (made_up) o->service = (struct str){ 0 };
}

static void take_scope(struct otlp *o, const struct scope_spans *s)
{
    static const struct field table[] = {
        FIELD(struct described, name, "name"),
        FIELD(struct described, version, "version"),
        FIELD(struct described, attributes, "attributes"),
        FIELD(struct described, dropped, "droppedAttributesCount"),
        FIELD(struct described, dropped, "dropped_attributes_count"),
    };
    struct described d = { 0 };
    struct buf *b = &o->scope, more = BUF_INIT, attributes = BUF_INIT;
    buf_clear(b);
    if (json_type(s->scope) == JSON_OBJECT) fields_take(s->scope, table, COUNT(table), &d, trace_keep, &more);
    if (d.name.len > 2) trace_keep(b, S("name"), d.name);
    if (d.version.len > 2) trace_keep(b, S("version"), d.version);
    attributes_put(&attributes, d.attributes);
    if (attributes.len) {
        trace_put_key(b, S("\"attributes\""));
        trace_put_object(b, &attributes);
    }
    note_schema(b, s->schema);
    if (counts(d.dropped)) trace_keep(b, S("droppedAttributesCount"), d.dropped);
    if (b->len && more.len) buf_putc(b, ',');
    buf_put(b, buf_str(&more));
    buf_free(&more);
    buf_free(&attributes);
}

static void tell_scope_spans(struct otlp *o, struct teller *t, struct str scopes)
{
    static const struct field table[] = {
        FIELD(struct scope_spans, scope, "scope"),
        FIELD(struct scope_spans, scope, "instrumentationLibrary"),
        FIELD(struct scope_spans, scope, "instrumentation_library"),
        FIELD(struct scope_spans, spans, "spans"),
        FIELD(struct scope_spans, schema, "schemaUrl"),
        FIELD(struct scope_spans, schema, "schema_url"),
    };
    struct json list = trace_list(scopes);
    while (json_element(&list)) {
        struct scope_spans s = { 0 };
        const char *at = list.at;
        if (!trace_take(&list, table, COUNT(table), &s, true, NULL, NULL) && !list.error)
            tell_problem(t, at, "the spans of a scope should be an object: skipped");
        take_scope(o, &s);
        struct json spans = trace_list(s.spans);
        while (json_element(&spans)) otlp_tell_span(o, t, &spans);
        json_done(&spans);
    }
    json_done(&list);
}

static void tell_resource_spans(struct otlp *o, struct teller *t, struct str resources)
{
    static const struct field table[] = {
        FIELD(struct resource_spans, resource, "resource"),
        FIELD(struct resource_spans, scopes, "scopeSpans"),
        FIELD(struct resource_spans, scopes, "scope_spans"),
        FIELD(struct resource_spans, old_scopes, "instrumentationLibrarySpans"),
        FIELD(struct resource_spans, old_scopes, "instrumentation_library_spans"),
        FIELD(struct resource_spans, schema, "schemaUrl"),
        FIELD(struct resource_spans, schema, "schema_url"),
    };
    struct json list = trace_list(resources);
    while (json_element(&list)) {
        struct resource_spans r = { 0 };
        const char *at = list.at;
        buf_clear(&o->resource_more);
        if (!trace_take(&list, table, COUNT(table), &r, true, trace_keep, &o->resource_more) && !list.error)
            tell_problem(t, at, "the spans of a resource should be an object: skipped");
        take_resource(o, &r);
        tell_scope_spans(o, t, r.scopes);
        tell_scope_spans(o, t, r.old_scopes);
    }
    json_done(&list);
}

static void tell_request(struct otlp *o, struct teller *t, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct request, spans, "resourceSpans"),
        FIELD(struct request, spans, "resource_spans"),
        FIELD(struct request, spans, "batches"),
        FIELD(struct request, metrics, "resourceMetrics"),
        FIELD(struct request, metrics, "resource_metrics"),
        FIELD(struct request, logs, "resourceLogs"),
        FIELD(struct request, logs, "resource_logs"),
        FIELD(struct request, result, "result"),
        FIELD(struct request, trace, "trace"),
    };
    struct request r = { 0 }, inside = { 0 };
    const char *at = j->at;
    bool whole = trace_take(j, table, COUNT(table), &r, true, NULL, NULL);
    struct str wrapped = json_type(r.result) == JSON_OBJECT ? r.result : r.trace;
    if (!r.spans.len && json_type(wrapped) == JSON_OBJECT) {
        struct json k = json_begin(wrapped);
        trace_take(&k, table, COUNT(table), &inside, true, NULL, NULL);
        json_done(&k);
        r.spans = inside.spans;
    }
    if (r.spans.len) tell_resource_spans(o, t, r.spans);
    o->metrics += r.metrics.len != 0;
    o->logs += r.logs.len != 0;
    if (whole && !r.spans.len && !r.metrics.len && !r.logs.len && !wrapped.len)
        tell_problem(t, at,
                     "this is no OTLP request: it has neither resourceSpans nor resourceMetrics nor resourceLogs");
}

static void read_value(struct teller *t, void *state, struct str text)
{
    struct otlp *o = state;
    struct json j = json_begin(text);
    if (!o->begun) otlp_begin(o);
    trace_seen_clear(&o->ids.seen);
    if (text.ptr[0] == '[') {
        json_enter(&j, '[');
        while (json_element(&j)) tell_request(o, t, &j);
    } else tell_request(o, t, &j);
    json_done(&j);
}

static void note_left_out(struct teller *t, uint64_t count, const char *one, const char *many)
{
    struct buf b = BUF_INIT;
    buf_put_count(&b, count, one, many);
    buf_puts(&b, count == 1 ? " was left out: only traces are read" : " were left out: only traces are read");
    if (count) tell_note(t, buf_str(&b));
    buf_free(&b);
}

static void finish(struct teller *t, void *state)
{
    struct otlp *o = state;
    note_left_out(t, o->metrics, "request with metrics", "requests with metrics");
    note_left_out(t, o->logs, "request with log records", "requests with log records");
    if (o->begun) otlp_done(o);
}

static bool knows(const struct glance *g)
{
    static const struct str words[] = { { "resourceSpans", 13 },    { "resource_spans", 14 }, { "resourceMetrics", 15 },
                                        { "resource_metrics", 16 }, { "resourceLogs", 12 },   { "resource_logs", 13 } };
    if (!g->object) return false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (glance_get(g, words[i]).len) return true;
    struct str batches = glance_get(g, S("batches"));
    return glance_inside(glance_get(g, S("result")), S("resourceSpans")).len ||
           glance_inside(glance_get(g, S("trace")), S("resourceSpans")).len ||
           glance_inside(batches, S("scopeSpans")).len || glance_inside(batches, S("instrumentationLibrarySpans")).len;
}

const struct format format_otlp = {
    .name = "otlp",
    .title = "OpenTelemetry (OTLP/JSON)",
    .about = "traces as the Collector's file exporter writes them (OTLP/JSON, an\n"
             "export request a line), or a request as one document; Jaeger v3's and\n"
             "Tempo's answers. A trace is a run, a span is a step; metrics and log\n"
             "records in the file are left out.\n",
    .takes = TAKES_VALUES,
    .knows = knows,
    .state_size = sizeof(struct otlp),
    .text = read_value,
    .end = finish,
};
