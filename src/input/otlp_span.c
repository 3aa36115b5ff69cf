/* SPDX-License-Identifier: MIT
 *
 * One span of OTLP/JSON as events:
 *
 *   attributes                 records, plain JSON
 *   status ERROR               status "error"; its message, else that of an exception event, is the error
 *   events                     log lines: the name, or {"event":name, attributes…}; exceptions at level error
 *   links                      links that refer to the other span
 *   resource, scope, the rest  fields of the step
 */
#include "input/otlp_span.h"

#include <stdlib.h>

struct status {
    struct str code, message;
};

void otlp_begin(struct otlp *o)
{
    o->begun = true;
    o->ids.text = o->resource = o->resource_more = o->scope = o->records = o->more = o->event = BUF_INIT;
}

void otlp_done(struct otlp *o)
{
    struct buf *const all[] = { &o->resource, &o->resource_more, &o->scope, &o->records, &o->more, &o->event };
    for (size_t i = 0; i < COUNT_OF(all); i++) buf_free(all[i]);
    trace_ids_free(&o->ids);
    free(o->scopes);
    arena_free(&o->scratch);
}

/* The word or the number of an enumeration. */
static bool is_one_of(struct str value, struct str number, struct str word)
{
    return str_eq(value, number) ||
           (json_type(value) == JSON_STRING && str_eq(str_of(value.ptr + 1, value.len - 2), word));
}

static const char *kind_of(struct str kind)
{
    static const struct {
        struct str number, word;
        const char *kind;
    } kinds[] = {
        { { "1", 1 }, { "SPAN_KIND_INTERNAL", 18 }, "internal" },
        { { "2", 1 }, { "SPAN_KIND_SERVER", 16 }, "server" },
        { { "3", 1 }, { "SPAN_KIND_CLIENT", 16 }, "client" },
        { { "4", 1 }, { "SPAN_KIND_PRODUCER", 18 }, "producer" },
        { { "5", 1 }, { "SPAN_KIND_CONSUMER", 18 }, "consumer" },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (is_one_of(kind, kinds[i].number, kinds[i].word)) return kinds[i].kind;
    return NULL;
}

int64_t otlp_time(const struct reading *r, struct str value)
{
    int64_t us;
    if (value_absent(value) || (json_to_us(value, JSON_NANOSECONDS, &us) && us == 0)) return TIME_NONE;
    if (json_to_us(value, JSON_NANOSECONDS, &us)) return us;
    tell_problem(r->t, r->at, "a time of this span is no number of nanoseconds: left out");
    return TIME_NONE;
}

/* Does the time have more digits than microseconds keep? */
static bool is_finer(struct str value)
{
    struct str n = trace_number(value);
    if (n.len < 4) return false; /* no time, or one of the first microsecond of 1970 */
    for (size_t i = 0; i < n.len; i++)
        if (n.ptr[i] < '0' || n.ptr[i] > '9') return false;
    return !str_ends(n, S("000"));
}

static void read_attributes(struct reading *r)
{
    struct otlp *o = r->o;
    struct attribute a;
    struct json list = trace_list(r->span.attributes);
    buf_clear(&o->records);
    while (attribute_next(&list, &a)) {
        if (str_starts(a.key, S("\"pipelens.")) &&
            restored_take(&r->restored, a.key, attribute_scalar(&a), &o->scratch))
            continue;
        trace_put_key(&o->records, a.key);
        attribute_put(&o->records, &a);
    }
    json_done(&list);
    struct str more = r->restored.records;
    if (json_type(more) != JSON_OBJECT) return;
    more = str_trim(str_of(more.ptr + 1, more.len - 2));
    if (o->records.len && more.len) buf_putc(&o->records, ',');
    buf_put(&o->records, more);
}

static void read_status(struct reading *r)
{
    static const struct field table[] = { FIELD(struct status, code, "code"),
                                          FIELD(struct status, message, "message") };
    struct status s = { 0 };
    if (json_type(r->span.status) == JSON_OBJECT) fields_take(r->span.status, table, 2, &s, trace_keep, &r->o->more);
    r->error = is_one_of(s.code, S("2"), S("STATUS_CODE_ERROR"));
    r->ok = is_one_of(s.code, S("1"), S("STATUS_CODE_OK"));
    if (otlp_is_text(s.message)) r->message = s.message;
    if (r->error) otlp_find_exception(r);
}

static void read_times(struct reading *r)
{
    struct str said = r->restored.time;
    if (json_type(said) != JSON_OBJECT) {
        r->start = otlp_time(r, r->span.start);
        r->end = otlp_time(r, r->span.end);
        return;
    }
    struct str start = json_get(said, S("startTs")), end = json_get(said, S("endTs"));
    r->start = r->end = TIME_NONE;
    json_ms_to_us(start, &r->start);
    json_ms_to_us(end, &r->end);
}

static bool is_open(const struct reading *r)
{
    struct str status = r->restored.status;
    return str_eq(status, S("\"running\"")) || str_eq(status, S("\"unfinished\""));
}

void otlp_begin_event(struct reading *r, enum event_kind kind)
{
    trace_begin(r->t, kind, &r->o->ids);
    if (r->restored.key.len) r->t->event.trace = false;
}

/* What the run was, when our own export says it. */
static void tell_run(struct reading *r, enum event_kind kind)
{
    struct event *e = &r->t->event;
    struct str run = r->restored.run, status = json_get(run, S("status"));
    if (kind == EVENT_PIPELINE_FINISH && str_eq(status, S("\"unfinished\""))) return;
    trace_begin(r->t, kind, &r->o->ids);
    e->trace = false;
    e->root_made = json_type(json_get(run, S("rootMade"))) == JSON_TRUE;
    tell_raw(r->t, &e->step.name, r->span.name);
    tell_raw(r->t, &e->step.key, r->restored.key);
    e->step.start = r->start;
    if (kind == EVENT_PIPELINE_FINISH) {
        tell_raw(r->t, &e->status, status);
        if (!is_open(r)) e->step.end = r->end;
        e->unordered = true; /* spans have no order, and our export begins with the root's */
    } else {
        tell_raw(r->t, &e->args, json_get(run, S("args")));
        tell_raw(r->t, &e->tags, json_get(run, S("tags")));
        tell_raw(r->t, &e->host, json_get(run, S("host")));
        tell_raw(r->t, &e->graph, json_get(run, S("graph")));
        tell_raw(r->t, &e->parentRun, json_get(run, S("parentRun")));
        tell_raw(r->t, &e->logVersion, json_get(run, S("logVersion")));
        struct str extras = json_get(run, S("extras")), key;
        struct json j = json_begin(extras);
        for (bool in = extras.len && json_enter(&j, '{'); in && json_member(&j, &key);)
            tell_extra(r->t, json_key_text(key, &r->o->scratch), json_skip(&j));
        json_done(&j);
    }
    tell_send(r->t);
}

static void tell_object(struct teller *t, struct str name, const struct buf *members)
{
    if (!members->len) return;
    trace_put_object(tell_open_extra(t, name), members);
    tell_close(t);
}

static void tell_extras(struct reading *r)
{
    struct otlp *o = r->o;
    struct teller *t = r->t;
    const struct span *s = &r->span;
    struct str key, extras = r->restored.extras;
    if (o->service.len) tell_extra(t, S("service"), o->service);
    if (!o->resource_made) tell_object(t, S("resource"), &o->resource);
    tell_object(t, S("resourceDetails"), &o->resource_more);
    tell_object(t, S("scope"), &o->scope);
    if (r->ok) tell_extra(t, S("statusCode"), S("\"OK\""));
    if (!r->error && r->message.len) tell_extra(t, S("statusMessage"), r->message);
    if (otlp_is_text(s->state)) tell_extra(t, S("traceState"), s->state);
    if (otlp_counts(s->flags)) tell_extra(t, S("flags"), s->flags);
    if (otlp_counts(s->dropped_attributes)) tell_extra(t, S("droppedAttributesCount"), s->dropped_attributes);
    if (otlp_counts(s->dropped_events)) tell_extra(t, S("droppedEventsCount"), s->dropped_events);
    if (otlp_counts(s->dropped_links)) tell_extra(t, S("droppedLinksCount"), s->dropped_links);
    if (is_finer(s->start)) tell_extra(t, S("startTimeUnixNano"), s->start);
    if (is_finer(s->end)) tell_extra(t, S("endTimeUnixNano"), s->end);
    if (otlp_counts(s->kind) && !r->kind && !is_one_of(s->kind, S("0"), S("SPAN_KIND_UNSPECIFIED")))
        tell_extra(t, S("spanKind"), s->kind);
    struct json j = json_begin(extras);
    for (bool in = json_type(extras) == JSON_OBJECT && json_enter(&j, '{'); in && json_member(&j, &key);)
        tell_extra(t, json_key_text(key, &o->scratch), json_skip(&j));
    json_done(&j);
    tell_object(t, S("other"), &o->more);
}

/* Of an error: what our own export says goes before the status, that before an exception. */
static void tell_error(struct reading *r)
{
    const struct restored *own = &r->restored;
    const struct happening *x = &r->exception;
    struct event_step *s = &r->t->event.step;
    if (own->error.len) tell_raw(r->t, &s->error, own->error);
    else if (r->error) tell_raw(r->t, &s->error, r->message.len ? r->message : x->text);
    if (own->error_type.len) tell_raw(r->t, &s->errorType, own->error_type);
    else tell_raw(r->t, &s->errorType, x->type);
    if (own->trace.len) tell_raw(r->t, &s->trace, own->trace);
    else tell_raw(r->t, &s->trace, x->stack);
}

static void tell_step(struct reading *r)
{
    struct otlp *o = r->o;
    struct teller *t = r->t;
    const struct restored *own = &r->restored;
    struct event_step *s = &t->event.step;
    otlp_begin_event(r, is_open(r) ? EVENT_STEP_START : EVENT_STEP_FINISH);
    t->event.made = own->made.len != 0;
    tell_raw(t, &s->parentId, o->ids.parent);
    if (json_type(r->span.name) == JSON_STRING) tell_raw(t, &s->name, r->span.name);
    else tell_text(t, &s->name, r->span.name);
    tell_raw(t, &s->key, own->key);
    s->start = r->start;
    if (!is_open(r)) s->end = r->end;
    if (own->kind.len) tell_raw(t, &s->kind, own->kind);
    else if (r->kind) tell_text(t, &s->kind, str_z(r->kind));
    if (own->status.len && !is_open(r)) tell_raw(t, &s->status, own->status);
    else if (r->error) tell_text(t, &s->status, S("error"));
    tell_error(r);
    tell_raw(t, &s->location, own->location);
    tell_raw(t, &s->result, own->result);
    tell_raw(t, &s->inputs, own->inputs);
    tell_raw(t, &s->state, own->state);
    tell_raw(t, &s->handledErrors, own->handled_errors);
    tell_raw(t, &s->usage, own->usage);
    if (o->records.len) {
        trace_put_object(tell_open(t, &s->records), &o->records);
        tell_close(t);
    }
    tell_extras(r);
    tell_send(t);
}

/* Ids of a run that was no trace come back as they were. */
static void set_ids(struct reading *r)
{
    struct trace_ids *ids = &r->o->ids;
    trace_set_ids(ids, r->span.trace_id, r->span.id, r->span.parent);
    if (r->restored.run_id.len) ids->trace = r->restored.run_id;
    if (r->restored.id.len) ids->id = r->restored.id;
    if (r->restored.parent_id.len) ids->parent = r->restored.parent_id;
}

void otlp_tell_span(struct otlp *o, struct teller *t, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct span, trace_id, "traceId"),
        FIELD(struct span, id, "spanId"),
        FIELD(struct span, parent, "parentSpanId"),
        FIELD(struct span, name, "name"),
        FIELD(struct span, kind, "kind"),
        FIELD(struct span, start, "startTimeUnixNano"),
        FIELD(struct span, end, "endTimeUnixNano"),
        FIELD(struct span, attributes, "attributes"),
        FIELD(struct span, events, "events"),
        FIELD(struct span, links, "links"),
        FIELD(struct span, status, "status"),
        FIELD(struct span, state, "traceState"),
        FIELD(struct span, flags, "flags"),
        FIELD(struct span, dropped_attributes, "droppedAttributesCount"),
        FIELD(struct span, dropped_events, "droppedEventsCount"),
        FIELD(struct span, dropped_links, "droppedLinksCount"),
        FIELD(struct span, trace_id, "trace_id"),
        FIELD(struct span, id, "span_id"),
        FIELD(struct span, parent, "parent_span_id"),
        FIELD(struct span, start, "start_time_unix_nano"),
        FIELD(struct span, end, "end_time_unix_nano"),
        FIELD(struct span, state, "trace_state"),
        FIELD(struct span, dropped_attributes, "dropped_attributes_count"),
        FIELD(struct span, dropped_events, "dropped_events_count"),
        FIELD(struct span, dropped_links, "dropped_links_count"),
    };
    struct reading r = { .o = o, .t = t };
    json_at_end(j);
    r.at = j->at;
    trace_set_line(&o->ids, t, r.at);
    buf_clear(&o->more);
    if (!trace_take(j, table, COUNT_OF(table), &r.span, true, trace_keep, &o->more) && !j->error) {
        tell_problem(t, r.at, "a span should be an object: skipped");
        return;
    }
    if (j->error && !r.span.id.len) return; /* cut off before it says which one it is */
    read_attributes(&r);
    read_status(&r);
    read_times(&r);
    set_ids(&r);
    r.kind = kind_of(r.span.kind);
    if (r.span.links.len > 2) otlp_keep_link_details(&r);
    if (r.restored.run.len && r.restored.key.len) tell_run(&r, EVENT_PIPELINE_START);
    tell_step(&r);
    if (r.span.events.len > 2) otlp_tell_events(&r);
    if (r.span.links.len > 2) otlp_tell_links(&r);
    if (r.restored.run.len && r.restored.key.len) tell_run(&r, EVENT_PIPELINE_FINISH);
    arena_trim(&o->scratch);
}
