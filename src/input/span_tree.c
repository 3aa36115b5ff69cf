/* SPDX-License-Identifier: MIT
 *
 * Traces of span-tree (Python): its LogTrace objects as JSON, one a line or an array of them.
 *
 *   {"trace_id": "t-1", "span_name": "root", "runtime_id": "MainThread", "parent_trace": null, "spans": {
 *      "0":   {"span_name": "root", "span_status": "succeeded", "ts_start": 1795255890.378, "ts_end": …,
 *              "call_location": "File …", "__EVENTS__": [["INFO", "text"], ["extra", {…}], …], "customer": "acme"},
 *      "0/1": {…}}}
 *
 * A trace is a run, a span a step; its path is its id, the path without the last number its parent. Events in order:
 * levels with messages (logs), `extra` objects (records, as are members that the library does not know), `exit_error`
 * and `except_error` with stacks (error, handled errors) and behind each its `call_trace`, `trace_child` (a link to the
 * trace of a thread), `ref_src` and `ref_dest` (a link between two spans, whoever has them). Counters and placeholders
 * of children say nothing that the paths do not. What is left is kept as `events` of the span.
 */
#include "input/format.h"

#include "input/partial.h"
#include "input/span_refs.h"
#include "input/titles.h"

#include <stdlib.h>

enum { US_A_SECOND = 1000000 };

struct forest {
    struct buf records, handled, events; /* of the span at hand */
    bool handled_open;                   /* an object in `handled` may get its trace */
    struct span_refs refs;
    struct span_times times;
    uint64_t traces;   /* so far */
    const char *place; /* where the trace at hand begins */
};

struct trace {
    struct str trace_id, span_name, runtime_id, parent_trace, spans;
    struct str id; /* JSON */
    bool said;     /* what belongs to the trace was told, with the first span */
    struct buf others;
};

struct span {
    struct str span_name, status, start, end, location, events, node_counter, child_counter;
    struct str error, error_type, error_stacks, call_trace, parent;
    int64_t start_us, end_us;
    bool followed; /* messages or links follow it */
};

static void put_member(struct buf *b, struct str raw_name, struct str value)
{
    buf_puts(b, b->len ? ",\"" : "\"");
    buf_put(b, raw_name);
    buf_puts(b, "\":");
    buf_put(b, value);
}

static void keep_record(void *context, struct str raw_name, struct str value)
{
    put_member(&((struct forest *)context)->records, raw_name, value);
}

static void keep_of_trace(void *context, struct str raw_name, struct str value)
{
    put_member(context, raw_name, value);
}

static void keep_event(struct forest *f, struct str event)
{
    if (f->events.len) buf_putc(&f->events, ',');
    buf_put(&f->events, event);
}

static void close_handled(struct forest *f, struct str trace)
{
    if (!f->handled_open) return;
    if (trace.len) buf_puts(&f->handled, ",\"trace\":");
    buf_put(&f->handled, trace);
    buf_putc(&f->handled, '}');
    f->handled_open = false;
}

/* The first stack of an error is that of the exception itself, the others are of what caused it. */
static void take_stacks(struct str value, struct str *ret_type, struct str *ret_message)
{
    *ret_type = *ret_message = (struct str){ 0 };
    if (json_type(value) == JSON_STRING) *ret_message = value;
    if (json_type(value) != JSON_OBJECT) return;
    struct str stacks = json_get(value, S("__rich_trace__"));
    struct json j = json_begin(stacks);
    if (stacks.len && json_enter(&j, '[') && json_element(&j)) {
        struct str first = json_skip(&j);
        if (json_type(first) == JSON_OBJECT) {
            *ret_type = json_get(first, S("exc_type"));
            *ret_message = json_get(first, S("exc_value"));
        }
    }
    json_done(&j);
}

static void take_handled(struct forest *f, struct str value)
{
    struct str type, message;
    take_stacks(value, &type, &message);
    buf_puts(&f->handled, f->handled.len ? ",{" : "{");
    size_t from = f->handled.len;
    if (type.len) buf_puts(&f->handled, "\"type\":");
    buf_put(&f->handled, type);
    if (type.len && message.len) buf_putc(&f->handled, ',');
    if (message.len) buf_puts(&f->handled, "\"message\":");
    buf_put(&f->handled, message);
    buf_puts(&f->handled, f->handled.len > from ? ",\"stacks\":" : "\"stacks\":");
    buf_put(&f->handled, value);
    f->handled_open = true;
}

static void take_extra(struct forest *f, struct str value)
{
    struct json j = json_begin(value);
    struct str name;
    if (json_type(value) != JSON_OBJECT) put_member(&f->records, S("extra"), value);
    else if (json_enter(&j, '{'))
        while (json_member(&j, &name)) put_member(&f->records, name, json_skip(&j));
    json_done(&j);
}

/* What belongs to the step itself; messages and links follow it. */
static void take_event(struct forest *f, struct span *s, struct str event, struct str type, struct str value)
{
    struct str raw = json_type(type) == JSON_STRING ? json_inside(type) : S("");
    bool trace = json_key_is(raw, S("call_trace"));
    if (trace && f->handled_open) {
        close_handled(f, value);
        return;
    }
    close_handled(f, S(""));
    if (trace && s->error_stacks.len && !s->call_trace.len) {
        s->call_trace = value;
    } else if (json_key_is(raw, S("exit_error")) && value.len && !s->error_stacks.len) {
        s->error_stacks = value;
        take_stacks(value, &s->error_type, &s->error);
    } else if (json_key_is(raw, S("except_error")) && value.len) {
        take_handled(f, value);
    } else if (json_key_is(raw, S("extra")) && value.len) {
        take_extra(f, value);
    } else if (!json_key_is(raw, S("__child_placeholder"))) {
        bool told = span_event_follows(type, value);
        if (!told) keep_event(f, event);
        s->followed |= told || span_event_refers(type);
    }
}

/* The next event of the list: [type, value]. Empty at its end. */
static struct str next_event(struct json *list, struct str *ret_type, struct str *ret_value)
{
    if (list->error || !json_element(list)) return (struct str){ 0 };
    struct str pair = json_skip(list);
    *ret_type = pair;
    *ret_value = (struct str){ 0 };
    struct json j = json_begin(pair);
    if (pair.len && *pair.ptr == '[' && json_enter(&j, '[') && json_element(&j)) {
        *ret_type = json_skip(&j);
        if (json_element(&j)) *ret_value = json_skip(&j);
    }
    json_done(&j);
    return pair;
}

static void take_events(struct forest *f, struct span *s)
{
    struct json list = json_begin(s->events);
    struct str event, type, value;
    if (json_type(s->events) == JSON_ARRAY && json_enter(&list, '['))
        while ((event = next_event(&list, &type, &value)).len) take_event(f, s, event, type, value);
    else if (!value_absent(s->events)) keep_event(f, s->events);
    close_handled(f, S(""));
    json_done(&list);
}

static void tell_object(struct teller *t, struct str *field, char open, struct buf *inside, char close)
{
    if (!inside->len) return;
    struct buf *b = tell_open(t, field);
    buf_putc(b, open);
    buf_put(b, buf_str(inside));
    buf_putc(b, close);
    tell_close(t);
}

static void tell_extra_array(struct teller *t, struct str name, const struct buf *elements)
{
    if (!elements->len) return;
    struct buf *b = tell_open_extra(t, name);
    buf_putc(b, '[');
    buf_put(b, buf_str(elements));
    buf_putc(b, ']');
    tell_close(t);
}

/* What belongs to the trace as a whole stands at its first span. */
static void tell_trace_members(struct teller *t, struct trace *trace)
{
    if (trace->said) return;
    trace->said = true;
    if (!value_absent(trace->parent_trace)) tell_raw(t, &t->event.parentRun, trace->parent_trace);
    if (!value_absent(trace->runtime_id)) {
        struct buf *b = tell_open(t, &t->event.tags);
        buf_puts(b, "{\"runtime_id\":");
        buf_put(b, trace->runtime_id);
        buf_putc(b, '}');
        tell_close(t);
    }
    if (!trace->others.len) return;
    struct buf *b = tell_open_extra(t, S("trace_members"));
    buf_putc(b, '{');
    buf_put(b, buf_str(&trace->others));
    buf_putc(b, '}');
    tell_close(t);
}

/* The error of a failed span; one that only has a failed child says no more than that it failed. */
static void tell_error(struct teller *t, const struct span *s)
{
    bool message = s->error.len && json_type(s->error) != JSON_NULL;
    if (s->error_stacks.len) tell_raw(t, &t->event.step.error, message ? s->error : s->error_stacks);
    tell_raw(t, &t->event.step.errorType, s->error_type);
    if (s->call_trace.len) tell_raw(t, &t->event.step.trace, s->call_trace);
    if (s->error_stacks.len && json_type(s->error_stacks) != JSON_STRING)
        tell_extra(t, S("exit_error"), s->error_stacks);
}

static void tell_status(struct teller *t, const struct span *s)
{
    if (str_eq(s->status, S("\"succeeded\""))) tell_text(t, &t->event.step.status, S("ok"));
    else if (str_eq(s->status, S("\"failed\""))) tell_text(t, &t->event.step.status, S("error"));
    else if (str_eq(s->status, S("\"started\"")) || str_eq(s->status, S("\"created\""))) {
        tell_text(t, &t->event.step.status, S("running"));
        tell_text(t, &t->event.status, S("running"));
        if (str_eq(s->status, S("\"created\""))) tell_extra(t, S("span_status"), s->status);
    } else if (!value_absent(s->status)) {
        tell_extra(t, S("span_status"), s->status);
    }
}

/* A time that is none is kept as it stands. */
static int64_t take_time(struct teller *t, struct forest *f, const char *name, struct str value)
{
    int64_t us;
    if (value_absent(value)) return TIME_NONE;
    if (json_to_us(value, JSON_SECONDS, &us)) return us;
    tell_problem(t, value.ptr, "this is no time in seconds since 1970: kept as a record");
    put_member(&f->records, str_z(name), value);
    return TIME_NONE;
}

/* Messages and links, once their step is known. */
static void tell_followers(struct teller *t, struct forest *f, const struct trace *trace, const struct span *s,
                           struct str path)
{
    struct json list = json_begin(s->events);
    struct str type, value;
    if (s->followed && json_enter(&list, '['))
        while (next_event(&list, &type, &value).len) {
            struct span_place at = { trace->id, path, s->start_us, s->end_us };
            span_event_tell(t, &f->refs, &f->times, &at, type, value);
        }
    json_done(&list);
}

/* The path as a JSON string in which a slash is a slash. */
static struct str plain_path(struct teller *t, struct str raw)
{
    if (str_find(raw, '\\') == raw.len) return str_of(raw.ptr - 1, raw.len + 2); /* as it stands, with its quotes */
    return json_of_text(json_key_text(raw, &t->arena), &t->arena);
}

/* The span that the path is below. */
static void tell_parent(struct teller *t, struct str path)
{
    size_t slash = str_rfind(path, '/');
    if (slash == path.len) return;
    struct buf *b = tell_open(t, &t->event.step.parentId);
    buf_put(b, str_first(path, slash));
    buf_putc(b, '"');
    tell_close(t);
}

static void tell_span(struct teller *t, struct forest *f, struct trace *trace, struct str raw_path, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct span, span_name, "span_name"),
        FIELD(struct span, status, "span_status"),
        FIELD(struct span, start, "ts_start"),
        FIELD(struct span, end, "ts_end"),
        FIELD(struct span, location, "call_location"),
        FIELD(struct span, events, "__EVENTS__"),
        FIELD(struct span, node_counter, "__node_counter__"),
        FIELD(struct span, child_counter, "__child_counter__"),
    };
    struct span s = { 0 };
    struct str path = plain_path(t, raw_path);
    buf_clear(&f->records);
    buf_clear(&f->handled);
    buf_clear(&f->events);
    if (*j->at == '{') {
        partial_take(j, table, COUNT_OF(table), &s, S(""), keep_record, f);
    } else {
        tell_problem(t, j->at, "the span is no object: kept as a step with nothing but its path");
        json_skip(j);
        if (j->error) return;
    }
    s.start_us = take_time(t, f, "ts_start", s.start);
    s.end_us = take_time(t, f, "ts_end", s.end);
    take_events(f, &s);
    tell_begin(t, s.end_us == TIME_NONE ? EVENT_STEP_START : EVENT_STEP_FINISH, raw_path.ptr);
    t->event.trace = true;
    t->event.step.start = s.start_us;
    t->event.step.end = s.end_us;
    tell_raw(t, &t->event.runId, trace->id);
    tell_raw(t, &t->event.step.id, path);
    tell_parent(t, path);
    tell_raw(t, &t->event.step.name, value_absent(s.span_name) ? path : s.span_name);
    if (!value_absent(s.location)) tell_raw(t, &t->event.step.location, s.location);
    tell_status(t, &s);
    tell_error(t, &s);
    tell_object(t, &t->event.step.records, '{', &f->records, '}');
    tell_object(t, &t->event.step.handledErrors, '[', &f->handled, ']');
    tell_extra_array(t, S("events"), &f->events);
    tell_trace_members(t, trace);
    tell_send(t);
    tell_followers(t, f, trace, &s, path);
}

static void tell_spans(struct teller *t, struct forest *f, struct trace *trace)
{
    struct json j = json_begin(trace->spans);
    struct str path;
    if (json_enter(&j, '{'))
        while (json_member(&j, &path))
            if (!json_at_end(&j)) tell_span(t, f, trace, path, &j);
    json_done(&j);
}

/* When its first span began. */
static int64_t start_of(const struct trace *trace)
{
    int64_t us = TIME_NONE;
    struct json j = json_begin(trace->spans);
    struct str path;
    if (json_enter(&j, '{') && json_member(&j, &path)) {
        struct str span = json_skip(&j);
        if (json_type(span) != JSON_OBJECT || !json_to_us(json_get(span, S("ts_start")), JSON_SECONDS, &us))
            us = TIME_NONE;
    }
    json_done(&j);
    return us;
}

static void tell_trace(struct teller *t, void *context, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct trace, trace_id, "trace_id"),     FIELD(struct trace, span_name, "span_name"),
        FIELD(struct trace, runtime_id, "runtime_id"), FIELD(struct trace, parent_trace, "parent_trace"),
        FIELD(struct trace, spans, "spans"),
    };
    struct forest *f = context;
    struct trace trace = { .others = BUF_INIT };
    const char *at = j->at;
    f->traces++;
    partial_take(j, table, COUNT_OF(table), &trace, S("spans"), keep_of_trace, &trace.others);
    bool known = !value_absent(trace.trace_id) && json_inside(trace.trace_id).len;
    trace.id = known ? trace.trace_id : path_run_id(t, S("span-tree"), f->traces, start_of(&trace));
    if (trace.spans.len && *trace.spans.ptr == '{') tell_spans(t, f, &trace);
    else if (trace.spans.len) tell_problem(t, trace.spans.ptr, "the spans are no object: left out");
    if (!trace.said) tell_problem(t, at, "the trace has no spans: left out");
    buf_free(&trace.others);
}

static void take_text(struct teller *t, void *state, struct str text)
{
    struct forest *f = state;
    if (!f->place) f->records = f->handled = f->events = BUF_INIT;
    f->place = text.ptr;
    partial_each(t, text, tell_trace, f);
}

static void finish(struct teller *t, void *state)
{
    struct forest *f = state;
    span_refs_tell(t, &f->refs);
    span_times_note(t, &f->times);
    if (!f->place) return;
    buf_free(&f->records);
    buf_free(&f->handled);
    buf_free(&f->events);
}

static bool knows_span_tree(const struct glance *g)
{
    struct str spans = glance_get(g, S("spans"));
    return g->object && spans.len && *spans.ptr == '{' && glance_get(g, S("trace_id")).len &&
           (glance_get(g, S("span_name")).len || glance_get(g, S("runtime_id")).len);
}

const struct format format_span_tree = {
    .name = "span-tree",
    .title = "span-tree",
    .about = "traces of span-tree (Python) as JSON: each LogTrace as an object with\n"
             "trace_id, span_name, runtime_id, parent_trace (its id) and spans, one a\n"
             "line or in an array, as json.dumps writes what is in it\n",
    .takes = TAKES_VALUES,
    .knows = knows_span_tree,
    .state_size = sizeof(struct forest),
    .text = take_text,
    .end = finish,
};
