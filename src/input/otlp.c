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

/* One request, or what stands around it: Jaeger v3 answers {"result":…}, Tempo {"trace":…} and {"batches":[…]}. */
struct request {
    struct str spans, metrics, logs, around; /* the key of each that is there */
};

struct resource_spans {
    struct str resource, scopes, schema;
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
        fields_take(r->resource, table, COUNT_OF(table), &d, trace_keep, &o->resource_more);
    if (counts(d.dropped)) trace_keep(&o->resource_more, S("droppedAttributesCount"), d.dropped);
    struct json list = trace_list(d.attributes);
    while (attribute_next(&list, &a)) {
        if (str_eq(a.key, S("\"service.name\""))) o->service = attribute_scalar(&a);
        if (str_eq(a.key, S("\"pipelens.made\""))) {
            o->resource_made = true;
            made_up = str_eq(attribute_scalar(&a), S("\"name\""));
        }
        trace_put_key(&o->resource, a.key);
        attribute_put(&o->resource, &a);
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
    if (json_type(s->scope) == JSON_OBJECT) fields_take(s->scope, table, COUNT_OF(table), &d, trace_keep, &more);
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

static void tell_scope(struct otlp *o, struct teller *t, const struct scope_spans *s)
{
    if (!s->good) tell_problem(t, s->at, "the spans of a scope should be an object: skipped");
    take_scope(o, s);
    struct json spans = trace_list(s->spans);
    while (json_element(&spans)) otlp_tell_span(o, t, &spans);
    json_done(&spans);
}

/* Where the spans of each scope are; what belongs to all of them may stand behind them. */
static void find_scopes(struct otlp *o, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct scope_spans, scope, "scope"),
        FIELD(struct scope_spans, scope, "instrumentationLibrary"),
        FIELD(struct scope_spans, scope, "instrumentation_library"),
        FIELD(struct scope_spans, spans, "spans"),
        FIELD(struct scope_spans, schema, "schemaUrl"),
        FIELD(struct scope_spans, schema, "schema_url"),
    };
    json_enter(j, '[');
    while (json_element(j)) {
        struct scope_spans s = { .at = j->at };
        s.good = trace_take(j, table, COUNT_OF(table), &s, true, NULL, NULL) || j->error;
        o->scopes = array_grow(o->scopes, &o->scope_cap, o->scope_count + 1, sizeof s);
        o->scopes[o->scope_count++] = s;
    }
}

static void tell_resource(struct otlp *o, struct teller *t, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct resource_spans, resource, "resource"),
        FIELD(struct resource_spans, scopes, "scopeSpans"),
        FIELD(struct resource_spans, scopes, "scope_spans"),
        FIELD(struct resource_spans, scopes, "instrumentationLibrarySpans"),
        FIELD(struct resource_spans, scopes, "instrumentation_library_spans"),
        FIELD(struct resource_spans, schema, "schemaUrl"),
        FIELD(struct resource_spans, schema, "schema_url"),
    };
    struct resource_spans r = { 0 };
    struct str key;
    buf_clear(&o->resource_more);
    o->scope_count = 0;
    json_enter(j, '{');
    while (json_member(j, &key)) {
        struct str *field = field_find(&r, table, COUNT_OF(table), key);
        if (field == &r.scopes && j->at < j->end && *j->at == '[') {
            find_scopes(o, j);
            continue;
        }
        struct str value = json_skip(j);
        if (j->error) break;
        if (field) *field = value;
        else trace_keep(&o->resource_more, key, value);
    }
    take_resource(o, &r);
    for (size_t i = 0; i < o->scope_count; i++) tell_scope(o, t, &o->scopes[i]);
}

static void tell_resources(struct otlp *o, struct teller *t, struct json *j)
{
    json_enter(j, '[');
    while (json_element(j)) {
        if (j->at < j->end && *j->at == '{') {
            tell_resource(o, t, j);
            continue;
        }
        tell_problem(t, j->at, "the spans of a resource should be an object: skipped");
        json_skip(j);
    }
}

/* The members of a request; of one that is `wrapped` in another object, those of that one first. */
static void tell_members(struct otlp *o, struct teller *t, struct json *j, struct request *r, bool wrapped)
{
    static const struct field table[] = {
        FIELD(struct request, spans, "resourceSpans"),
        FIELD(struct request, spans, "resource_spans"),
        FIELD(struct request, spans, "batches"),
        FIELD(struct request, metrics, "resourceMetrics"),
        FIELD(struct request, metrics, "resource_metrics"),
        FIELD(struct request, logs, "resourceLogs"),
        FIELD(struct request, logs, "resource_logs"),
        FIELD(struct request, around, "result"),
        FIELD(struct request, around, "trace"),
    };
    struct str key;
    json_enter(j, '{');
    while (json_member(j, &key)) {
        struct str *field = field_find(r, table, COUNT_OF(table), key);
        char first = j->at < j->end ? *j->at : '\0';
        if (field) *field = key;
        if (field == &r->spans && first == '[') tell_resources(o, t, j);
        else if (field == &r->around && first == '{' && !wrapped) tell_members(o, t, j, r, true);
        else json_skip(j);
    }
}

static void tell_request(struct otlp *o, struct teller *t, struct json *j)
{
    struct request r = { 0 };
    const char *at = j->at;
    if (j->at < j->end && *j->at == '{') tell_members(o, t, j, &r, false);
    else json_skip(j);
    o->metrics += r.metrics.len != 0;
    o->logs += r.logs.len != 0;
    if (!j->error && !r.spans.len && !r.metrics.len && !r.logs.len && !r.around.len)
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
    for (size_t i = 0; i < COUNT_OF(words); i++)
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
    .names = (const char *const[]){ "*.otlp", NULL },
    .takes = TAKES_VALUES,
    .knows = knows,
    .state_size = sizeof(struct otlp),
    .text = read_value,
    .end = finish,
};
