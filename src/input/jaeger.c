/* SPDX-License-Identifier: MIT
 *
 * Jaeger's JSON: what its query service answers (/api/traces/ID) and its page offers for download, or one bare trace.
 *
 *   {"data":[{"traceID","spans":[
 *       {"traceID","spanID","operationName","references":[{"refType":"CHILD_OF","traceID","spanID"}],
 *        "startTime":µs,"duration":µs,"tags":[{"key","type","value"}],
 *        "logs":[{"timestamp":µs,"fields":[{"key","type","value"}]}],"processID":"p1","warnings":null}],
 *     "processes":{"p1":{"serviceName","tags":[…]}}}]}
 */
#include "input/format.h"
#include "input/trace.h"

#include <stdlib.h>

struct process_row {
    uint64_t hash; /* of its id */
    struct str value;
};

struct jaeger {
    bool begun;
    struct trace_ids ids;
    struct buf records, more, fields, scope; /* members of objects that are being written */
    struct process_row *processes;           /* of the trace at hand, by hash */
    size_t process_count, process_cap;
};

struct trace {
    struct str id, spans, processes, warnings;
};

struct span {
    struct str trace_id, id, parent, name, references, start, duration, tags, logs, process_id, process, warnings,
        flags;
};

struct reference {
    struct str type, trace_id, id;
};

struct pair {
    struct str key, type, value;
};

struct line {
    struct str time, fields;
};

struct process {
    struct str service, tags;
};

/* One span on its way. */
struct reading {
    struct jaeger *g;
    struct teller *t;
    struct span span;
    const char *at;
    size_t parent_at;                      /* which reference names the parent */
    struct str status, description;        /* as OpenTelemetry's exporter writes them into tags */
    struct str kind, message, type, stack; /* of the tags, and of the first log line that tells of an error */
    bool error;
};

static bool next_pair(struct json *list, struct pair *ret)
{
    static const struct field table[] = { FIELD(struct pair, key, "key"), FIELD(struct pair, type, "type"),
                                          FIELD(struct pair, value, "value") };
    *ret = (struct pair){ 0 };
    if (!json_element(list)) return false;
    trace_take(list, table, COUNT_OF(table), ret, false, NULL, NULL);
    return !list->error;
}

/* The value by its type: numbers that were written as text, because JavaScript has none so large, are numbers. */
static struct str value_of(const struct pair *p)
{
    if (!p->value.len) return S("null");
    bool number = str_eq(p->type, S("\"int64\"")) || str_eq(p->type, S("\"float64\""));
    return number && trace_number(p->value).len ? trace_number(p->value) : p->value;
}

static void put_pairs(struct buf *members, struct str list)
{
    struct pair p;
    struct json j = trace_list(list);
    while (next_pair(&j, &p)) {
        trace_put_key(members, p.key);
        buf_put(members, value_of(&p));
    }
    json_done(&j);
}

static bool is(struct str value, struct str word)
{
    return json_type(value) == JSON_STRING && str_eq_ignoring_case(json_inside(value), word);
}

/* Tags that are no records, because the step has a place of its own for them. */
static bool take_tag(struct reading *r, struct str key, struct str value)
{
    const struct {
        struct str key;
        struct str *field;
    } known[] = {
        { S("\"span.kind\""), &r->kind },
        { S("\"otel.status_code\""), &r->status },
        { S("\"otel.status_description\""), &r->description },
    };
    if (!trace_is_text(value)) return false;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(key, known[i].key) && !known[i].field->len) {
            *known[i].field = value;
            return true;
        }
    bool name = str_eq(key, S("\"otel.library.name\"")) || str_eq(key, S("\"otel.scope.name\""));
    bool version = str_eq(key, S("\"otel.library.version\"")) || str_eq(key, S("\"otel.scope.version\""));
    if (name || version) trace_keep(&r->g->scope, name ? S("name") : S("version"), value);
    return name || version;
}

static void read_tags(struct reading *r)
{
    struct pair p;
    struct json j = trace_list(r->span.tags);
    buf_clear(&r->g->records);
    buf_clear(&r->g->scope);
    while (next_pair(&j, &p)) {
        struct str value = value_of(&p);
        if (take_tag(r, p.key, value)) continue;
        if (is(p.key, S("error"))) r->error |= json_type(value) == JSON_TRUE || is(value, S("true"));
        trace_put_key(&r->g->records, p.key);
        buf_put(&r->g->records, value);
    }
    json_done(&j);
    r->error |= is(r->status, S("ERROR"));
    if (r->error) r->message = r->description;
}

static bool next_line(struct json *list, struct line *ret)
{
    static const struct field table[] = { FIELD(struct line, time, "timestamp"), FIELD(struct line, fields, "fields") };
    *ret = (struct line){ 0 };
    if (!json_element(list)) return false;
    trace_take(list, table, COUNT_OF(table), ret, true, NULL, NULL);
    return !list->error;
}

static void set_first(struct str *field, struct str value)
{
    if (!field->len && trace_is_text(value)) *field = value;
}

/* What a log line says, members to g->fields, and how bad it is. The only field stands alone in *ret_alone. */
static const char *read_line(struct reading *r, const struct line *line, struct str *ret_alone, bool *ret_error)
{
    struct pair p;
    struct json j = trace_list(line->fields);
    const char *level = NULL;
    size_t count = 0;
    struct str message = { 0 }, type = { 0 }, stack = { 0 };
    bool error = false;
    buf_clear(&r->g->fields);
    *ret_alone = (struct str){ 0 };
    for (; next_pair(&j, &p); count++) {
        struct str value = value_of(&p);
        bool says = is(p.key, S("event")) || is(p.key, S("message"));
        *ret_alone = says && count == 0 ? value : (struct str){ 0 };
        error |= is(p.key, S("event")) && (is(value, S("error")) || is(value, S("exception")));
        if (is(p.key, S("level")) && trace_is_text(value)) level = trace_level(json_inside(value));
        if (is(p.key, S("message")) || is(p.key, S("exception.message"))) set_first(&message, value);
        if (is(p.key, S("error.object"))) set_first(&message, value);
        if (is(p.key, S("error.kind")) || is(p.key, S("exception.type"))) set_first(&type, value);
        if (is(p.key, S("stack")) || is(p.key, S("exception.stacktrace"))) set_first(&stack, value);
        trace_put_key(&r->g->fields, p.key);
        buf_put(&r->g->fields, value);
    }
    json_done(&j);
    error |= type.len != 0 || stack.len != 0;
    *ret_error = error && !r->message.len && !r->type.len && !r->stack.len;
    if (*ret_error && r->error) {
        r->message = message;
        r->type = type;
        r->stack = stack;
    } else if (error && r->error && !r->type.len && !r->stack.len) {
        r->type = type;
        r->stack = stack;
    }
    return level ? level : error ? "error" : "info";
}

static void find_error(struct reading *r)
{
    struct line line;
    struct str alone;
    bool error;
    struct json j = trace_list(r->span.logs);
    while (next_line(&j, &line)) read_line(r, &line, &alone, &error);
    json_done(&j);
}

static int64_t time_of(const struct reading *r, struct str value)
{
    int64_t us;
    if (value_absent(value)) return TIME_NONE;
    if (json_to_us(value, JSON_MICROSECONDS, &us)) return us;
    tell_problem(r->t, r->at, "a time of this span is no number of microseconds: left out");
    return TIME_NONE;
}

static void tell_lines(struct reading *r)
{
    struct line line;
    struct json j = trace_list(r->span.logs);
    struct teller *t = r->t;
    while (next_line(&j, &line)) {
        struct str alone;
        bool error;
        const char *level = read_line(r, &line, &alone, &error);
        trace_begin(t, EVENT_STEP_LOG, &r->g->ids);
        t->event.ts = time_of(r, line.time);
        tell_text(t, &t->event.level, str_z(level));
        if (alone.len) tell_raw(t, &t->event.message, alone);
        else {
            trace_put_object(tell_open(t, &t->event.message), &r->g->fields);
            tell_close(t);
        }
        tell_send(t);
    }
    json_done(&j);
}

static void tell_warnings(struct reading *r)
{
    struct json j = trace_list(r->span.warnings);
    struct teller *t = r->t;
    while (json_element(&j)) {
        struct str warning = json_skip(&j);
        if (j.error) break;
        trace_begin(t, EVENT_STEP_LOG, &r->g->ids);
        tell_text(t, &t->event.level, S("warn"));
        tell_raw(t, &t->event.message, warning);
        tell_send(t);
    }
    json_done(&j);
}

static bool next_reference(struct json *list, struct reference *ret)
{
    static const struct field table[] = { FIELD(struct reference, type, "refType"),
                                          FIELD(struct reference, trace_id, "traceID"),
                                          FIELD(struct reference, id, "spanID") };
    *ret = (struct reference){ 0 };
    if (!json_element(list)) return false;
    trace_take(list, table, COUNT_OF(table), ret, false, NULL, NULL);
    return !list->error;
}

static bool same_trace(const struct reading *r, const struct reference *ref)
{
    return value_absent(ref->trace_id) || str_eq(ref->trace_id, r->span.trace_id);
}

/* Which of the references names the parent: the first CHILD_OF in the trace, else the first FOLLOWS_FROM in it; their
 * number when none does. */
static size_t parent_at(const struct reading *r, struct str *ret_parent)
{
    struct str child_of = { 0 }, follows = { 0 };
    size_t child_at = 0, follows_at = 0, i = 0;
    struct reference ref;
    struct json j = trace_list(r->span.references);
    for (; !child_of.len && next_reference(&j, &ref); i++) {
        if (!same_trace(r, &ref) || !ref.id.len) continue;
        if (is(ref.type, S("CHILD_OF"))) {
            child_of = ref.id;
            child_at = i;
        } else if (is(ref.type, S("FOLLOWS_FROM")) && !follows.len) {
            follows = ref.id;
            follows_at = i;
        }
    }
    json_done(&j);
    *ret_parent = child_of.len ? child_of : follows;
    return child_of.len ? child_at : follows.len ? follows_at : i;
}

static void put_id(struct buf *b, struct str id, size_t bytes)
{
    size_t before = b->len;
    trace_put_id(b, id, bytes);
    if (b->len == before) buf_puts(b, "\"\"");
}

/* All references but the one that only says whose child the span is; that it follows its parent is told. */
static void tell_links(struct reading *r)
{
    struct reference ref;
    struct json j = trace_list(r->span.references);
    struct teller *t = r->t;
    for (size_t i = 0; next_reference(&j, &ref); i++) {
        bool follows = is(ref.type, S("FOLLOWS_FROM"));
        if (i == r->parent_at && !follows) continue;
        trace_begin(t, EVENT_STEP_LINK, &r->g->ids);
        struct buf *b = tell_open(t, &t->event.to);
        buf_puts(b, "{\"runId\":");
        put_id(b, ref.trace_id.len ? ref.trace_id : r->span.trace_id, 16);
        buf_puts(b, ",\"stepId\":");
        put_id(b, ref.id, 8);
        buf_putc(b, '}');
        tell_close(t);
        tell_text(t, &t->event.relation, follows ? S("follows") : S("refers"));
        tell_send(t);
    }
    json_done(&j);
}

static int by_hash(const void *a, const void *b)
{
    const struct process_row *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static void read_processes(struct jaeger *g, struct str processes)
{
    struct json j = json_begin(processes);
    struct str id;
    g->process_count = 0;
    for (bool in = json_type(processes) == JSON_OBJECT && json_enter(&j, '{'); in && json_member(&j, &id);) {
        struct str value = json_skip(&j);
        if (j.error) break;
        g->processes = array_grow(g->processes, &g->process_cap, g->process_count + 1, sizeof *g->processes);
        g->processes[g->process_count++] = (struct process_row){ str_hash(id, 0), value };
    }
    json_done(&j);
    if (g->process_count) qsort(g->processes, g->process_count, sizeof *g->processes, by_hash);
}

static struct str find_process(const struct jaeger *g, struct str id)
{
    struct process_row key = { .hash = str_hash(id, 0) };
    const struct process_row *row = g->process_count
                                        ? bsearch(&key, g->processes, g->process_count, sizeof key, by_hash)
                                        : NULL;
    return row ? row->value : (struct str){ 0 };
}

/* The process as OpenTelemetry has it: the name of the service is the first of the resource's attributes. */
static void tell_process(struct reading *r)
{
    static const struct field table[] = { FIELD(struct process, service, "serviceName"),
                                          FIELD(struct process, tags, "tags") };
    struct process p = { 0 };
    struct teller *t = r->t;
    struct str process = r->span.process, id = r->span.process_id;
    if (value_absent(process) && trace_is_text(id)) process = find_process(r->g, json_inside(id));
    struct buf *members = &r->g->fields;
    buf_clear(members);
    if (json_type(process) == JSON_OBJECT) fields_take(process, table, COUNT_OF(table), &p, trace_keep, members);
    if (!process.len && id.len) trace_keep(members, S("processID"), id);
    if (trace_is_text(p.service)) {
        tell_extra(t, S("service"), p.service);
        trace_keep(members, S("service.name"), p.service);
    }
    put_pairs(members, p.tags);
    if (!members->len) return;
    trace_put_object(tell_open_extra(t, S("resource")), members);
    tell_close(t);
}

static void tell_step(struct reading *r)
{
    struct jaeger *g = r->g;
    struct teller *t = r->t;
    struct event_step *s = &t->event.step;
    int64_t start = time_of(r, r->span.start), took = time_of(r, r->span.duration), end;
    trace_begin(t, EVENT_STEP_FINISH, &g->ids);
    tell_raw(t, &s->parentId, g->ids.parent);
    if (json_type(r->span.name) == JSON_STRING) tell_raw(t, &s->name, r->span.name);
    else tell_text(t, &s->name, r->span.name);
    s->start = start;
    if (start != TIME_NONE && took != TIME_NONE && !__builtin_add_overflow(start, took, &end) && end <= TIME_MAX)
        s->end = end;
    tell_raw(t, &s->kind, r->kind);
    if (r->error) {
        tell_text(t, &s->status, S("error"));
        tell_raw(t, &s->error, r->message);
        tell_raw(t, &s->errorType, r->type);
        tell_raw(t, &s->trace, r->stack);
    }
    if (g->records.len) {
        trace_put_object(tell_open(t, &s->records), &g->records);
        tell_close(t);
    }
    tell_process(r);
    if (g->scope.len) {
        trace_put_object(tell_open_extra(t, S("scope")), &g->scope);
        tell_close(t);
    }
    if (r->status.len && !is(r->status, S("ERROR"))) tell_extra(t, S("statusCode"), r->status);
    if (r->description.len && !r->error) tell_extra(t, S("statusMessage"), r->description);
    if (!value_absent(r->span.flags) && !str_eq(r->span.flags, S("0"))) tell_extra(t, S("flags"), r->span.flags);
    if (g->more.len) {
        trace_put_object(tell_open_extra(t, S("other")), &g->more);
        tell_close(t);
    }
    tell_send(t);
}

static void tell_span(struct jaeger *g, struct teller *t, const struct trace *trace, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct span, trace_id, "traceID"),
        FIELD(struct span, id, "spanID"),
        FIELD(struct span, parent, "parentSpanID"),
        FIELD(struct span, name, "operationName"),
        FIELD(struct span, references, "references"),
        FIELD(struct span, start, "startTime"),
        FIELD(struct span, duration, "duration"),
        FIELD(struct span, tags, "tags"),
        FIELD(struct span, logs, "logs"),
        FIELD(struct span, process_id, "processID"),
        FIELD(struct span, process, "process"),
        FIELD(struct span, warnings, "warnings"),
        FIELD(struct span, flags, "flags"),
    };
    struct reading r = { .g = g, .t = t };
    json_at_end(j);
    r.at = j->at;
    trace_set_line(&g->ids, t, r.at);
    buf_clear(&g->more);
    if (!trace_take(j, table, COUNT_OF(table), &r.span, true, trace_keep, &g->more) && !j->error) {
        tell_problem(t, r.at, "a span should be an object: skipped");
        return;
    }
    if (j->error && !r.span.id.len) return;
    if (value_absent(r.span.trace_id)) r.span.trace_id = trace->id;
    struct str parent;
    r.parent_at = parent_at(&r, &parent);
    if (!parent.len) parent = r.span.parent; /* as old versions wrote it */
    trace_set_ids(&g->ids, r.span.trace_id, r.span.id, parent);
    read_tags(&r);
    if (r.error) find_error(&r);
    tell_step(&r);
    tell_lines(&r);
    tell_warnings(&r);
    tell_links(&r);
}

static void tell_trace(struct jaeger *g, struct teller *t, struct json *j)
{
    static const struct field table[] = { FIELD(struct trace, id, "traceID"), FIELD(struct trace, spans, "spans"),
                                          FIELD(struct trace, processes, "processes"),
                                          FIELD(struct trace, warnings, "warnings") };
    struct trace trace = { 0 };
    json_at_end(j);
    const char *at = j->at;
    if (!trace_take(j, table, COUNT_OF(table), &trace, true, NULL, NULL) && !j->error)
        tell_problem(t, at, "a trace should be an object with \"spans\": skipped");
    read_processes(g, trace.processes);
    struct json list = trace_list(trace.spans);
    while (json_element(&list)) tell_span(g, t, &trace, &list);
    json_done(&list);
    list = trace_list(trace.warnings);
    while (json_element(&list)) {
        struct str warning = json_skip(&list);
        if (!list.error)
            tell_note(t, arena_format(&t->arena, "the trace warns: %.*s", STR_ARG(json_text(warning, &t->arena))));
    }
    json_done(&list);
}

static void begin(struct jaeger *g)
{
    if (g->begun) return;
    g->begun = true;
    g->ids.text = g->records = g->more = g->fields = g->scope = BUF_INIT;
}

static void read_value(struct teller *t, void *state, struct str text)
{
    static const struct field table[] = { FIELD(struct trace, spans, "data") };
    struct jaeger *g = state;
    struct trace answer = { 0 };
    begin(g);
    trace_seen_clear(&g->ids.seen);
    struct json j = json_begin(text);
    if (text.ptr[0] != '[') {
        trace_take(&j, table, 1, &answer, true, NULL, NULL);
        json_done(&j);
        j = json_begin(text);
    }
    if (answer.spans.len || text.ptr[0] == '[') {
        struct json list = trace_list(answer.spans.len ? answer.spans : text);
        while (json_element(&list)) tell_trace(g, t, &list);
        json_done(&list);
    } else tell_trace(g, t, &j);
    json_done(&j);
}

static void finish(struct teller *t, void *state)
{
    struct jaeger *g = state;
    (void)t;
    struct buf *const all[] = { &g->records, &g->more, &g->fields, &g->scope };
    if (!g->begun) return;
    for (size_t i = 0; i < COUNT_OF(all); i++) buf_free(all[i]);
    trace_ids_free(&g->ids);
    free(g->processes);
}

/* A trace: its id, and spans with an id of Jaeger's spelling or none, or not yet in sight behind the processes. */
static bool is_trace(struct str id, struct str spans, struct str processes)
{
    if (id.len && !spans.len) return json_type(processes) == JSON_OBJECT;
    return id.len && json_type(spans) == JSON_ARRAY &&
           (glance_inside(spans, S("spanID")).len || glance_inside(spans, S("operationName")).len || spans.len < 3);
}

static bool knows(const struct glance *g)
{
    if (!g->object) return false;
    struct str data = glance_get(g, S("data"));
    if (json_type(data) == JSON_ARRAY)
        return is_trace(glance_inside(data, S("traceID")), glance_inside(data, S("spans")),
                        glance_inside(data, S("processes")));
    return is_trace(glance_get(g, S("traceID")), glance_get(g, S("spans")), glance_get(g, S("processes")));
}

const struct format format_jaeger = {
    .name = "jaeger",
    .title = "Jaeger (JSON)",
    .about = "what Jaeger's page offers under \"Trace JSON\" and its query service\n"
             "answers under /api/traces; also one trace alone. A trace is a run, a\n"
             "span is a step.\n",
    .takes = TAKES_VALUES,
    .knows = knows,
    .state_size = sizeof(struct jaeger),
    .text = read_value,
    .end = finish,
};
