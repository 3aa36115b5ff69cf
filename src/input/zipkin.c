/* SPDX-License-Identifier: MIT
 *
 * Zipkin v2: what reporters post to /api/v2/spans (a list a line, or one), and what its page and /api/v2/traces give (a
 * trace, or a list of traces).
 *
 *   [{"traceId","id","parentId","kind":"CLIENT","name","timestamp":µs,"duration":µs,"localEndpoint":{…},
 *     "remoteEndpoint":{…},"annotations":[{"timestamp":µs,"value"}],"tags":{"k":"v"},"shared":true}]
 *
 * A call has two halves, and older instrumentation gives both the id of the call: the client's is the step, the
 * server's a step "ID/server" below it, and what names ID as its parent is below the server's half, unless another
 * service than the server's tells it:
 *
 *   client {id:7, parent:1, localEndpoint: fe}    7
 *   server {id:7, shared:true, …: be}             ├─ 7/server
 *   query  {id:8, parent:7, …: be}                │  └─ 8
 *   log    {id:9, parent:7, …: fe}                └─ 9
 *
 * Spans of one id, half and service are parts of one step, as reporters flush what they know of a span that goes on;
 * the start may be in one, the duration in another.
 */
#include "input/format.h"
#include "input/trace.h"

#include <stdlib.h>

enum { CLIENT_HALF = 1, SERVER_HALF = 2 };
enum {
    HALVES = CLIENT_HALF | SERVER_HALF,
    SERVICE_SHIFT = 2, /* above the halves: a hash of the server's service, 0 where it is not known */
};
enum { PARTS_MAX = 1 << 16 /* of which one time is remembered; then they are forgotten all at once */ };

struct zipkin {
    bool begun;
    struct trace_ids ids;
    struct trace_seen halves; /* .times: which of them are in the text at hand */
    bool split;               /* any id has both */
    struct trace_seen parted; /* spans of which a part had one time only; .times: 1 + place in `parts` */
    struct part {
        int64_t start, took;
    } * parts;
    size_t part_count, part_cap;
    struct buf more;
};

struct span {
    struct str trace_id, id, parent, kind, name, start, duration, local, remote, annotations, tags, shared, debug;
    struct str service; /* of `local` */
};

struct annotation {
    struct str time, value;
};

static const struct field span_table[] = {
    FIELD(struct span, trace_id, "traceId"),
    FIELD(struct span, id, "id"),
    FIELD(struct span, parent, "parentId"),
    FIELD(struct span, kind, "kind"),
    FIELD(struct span, name, "name"),
    FIELD(struct span, start, "timestamp"),
    FIELD(struct span, duration, "duration"),
    FIELD(struct span, local, "localEndpoint"),
    FIELD(struct span, remote, "remoteEndpoint"),
    FIELD(struct span, annotations, "annotations"),
    FIELD(struct span, tags, "tags"),
    FIELD(struct span, shared, "shared"),
    FIELD(struct span, debug, "debug"),
};

static bool is_shared(const struct span *s) { return json_type(s->shared) == JSON_TRUE; }
static bool is_server(const struct span *s) { return is_shared(s) || str_eq(s->kind, S("\"SERVER\"")); }

static struct str service_of(const struct span *s)
{
    struct str name = json_type(s->local) == JSON_OBJECT ? json_get(s->local, S("serviceName")) : (struct str){ 0 };
    return trace_is_text(name) ? name : (struct str){ 0 };
}

static uint32_t hash_of(struct str service)
{
    return service.len ? (uint32_t)(str_hash(service, 5) | 1) << SERVICE_SHIFT : 0;
}

static void note(struct zipkin *z, const struct span *s, uint32_t half)
{
    struct trace_seen_row *row = trace_seen_row(&z->halves, s->trace_id, s->id);
    row->times |= half;
    if ((half & SERVER_HALF) && !(row->times >> SERVICE_SHIFT)) row->times |= hash_of(service_of(s));
    z->split |= (row->times & HALVES) == HALVES;
}

/* Has the id two halves? *ret_server is the hash of the service of the server's. */
static bool is_split(struct zipkin *z, struct str trace, struct str id, uint32_t *ret_server)
{
    if (!z->split) return false;
    uint32_t halves = trace_seen_row(&z->halves, trace, id)->times;
    *ret_server = halves & ~(uint32_t)HALVES;
    return (halves & HALVES) == HALVES;
}

static void note_half(struct zipkin *z, struct json *j)
{
    struct span s = { 0 };
    trace_take(j, span_table, COUNT_OF(span_table), &s, false, NULL, NULL);
    if (j->error || value_absent(s.id)) return;
    uint32_t half = is_server(&s) ? SERVER_HALF : str_eq(s.kind, S("\"CLIENT\"")) ? CLIENT_HALF : 0;
    if (is_shared(&s)) half |= CLIENT_HALF; /* there is one, here or in another text */
    if (half) note(z, &s, half);
}

/* The server's half of a call whose other half has the same id goes below that. */
static void set_ids(struct zipkin *z, const struct span *s)
{
    uint32_t service = hash_of(s->service), of_server = 0;
    bool halved = is_split(z, s->trace_id, s->id, &of_server);
    bool server = halved && (is_server(s) || (value_absent(s->kind) && service && service == of_server));
    struct str parent = server ? s->id : s->parent, trace = s->trace_id;
    struct buf names = BUF_INIT;
    size_t id_end = 0;
    if (server && trace_is_text(s->id)) {
        trace_put_id(&names, s->id, 8);
        if (names.len) names.len--;
        buf_puts(&names, "/server\"");
        id_end = names.len;
    }
    if (!server && trace_is_text(parent) && is_split(z, trace, parent, &of_server) &&
        (!service || !of_server || service == of_server)) {
        trace_put_id(&names, parent, 8);
        names.len--;
        buf_puts(&names, "/server\"");
        parent = str_skip(buf_str(&names), id_end);
    }
    trace_set_part_ids(&z->ids, trace, id_end ? str_first(buf_str(&names), id_end) : s->id, parent, s->service);
    buf_free(&names);
}

static int64_t time_of(struct teller *t, const char *at, struct str value)
{
    int64_t us;
    if (value_absent(value)) return TIME_NONE;
    if (json_to_us(value, JSON_MICROSECONDS, &us)) return us;
    tell_problem(t, at, "a time of this span is no number of microseconds: left out");
    return TIME_NONE;
}

/* Of a span in parts one has the start, another the duration. */
static void meet_parts(struct zipkin *z, int64_t *start, int64_t *took)
{
    if ((*start == TIME_NONE) == (*took == TIME_NONE)) return;
    if (z->part_count == PARTS_MAX) {
        trace_seen_clear(&z->parted);
        z->part_count = 0;
    }
    struct trace_seen_row *row = trace_seen_row(&z->parted, z->ids.trace, z->ids.id);
    if (!row->times) {
        z->parts = array_grow(z->parts, &z->part_cap, z->part_count + 1, sizeof *z->parts);
        z->parts[z->part_count++] = (struct part){ TIME_NONE, TIME_NONE };
        row->times = (uint32_t)z->part_count;
    }
    struct part *part = &z->parts[row->times - 1];
    if (*start != TIME_NONE) part->start = *start;
    else part->took = *took;
    *start = part->start;
    *took = part->took;
}

static void tell_kind(struct teller *t, struct str kind)
{
    if (json_type(kind) != JSON_STRING) {
        tell_raw(t, &t->event.step.kind, kind);
        return;
    }
    struct buf *b = tell_open(t, &t->event.step.kind);
    for (size_t i = 0; i < kind.len; i++)
        buf_putc(b, kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? (char)(kind.ptr[i] - 'A' + 'a') : kind.ptr[i]);
    tell_close(t);
}

static void tell_step(struct zipkin *z, struct teller *t, const struct span *s, const char *at)
{
    struct event_step *step = &t->event.step;
    int64_t start = time_of(t, at, s->start), took = time_of(t, at, s->duration), end;
    meet_parts(z, &start, &took);
    bool ended = start != TIME_NONE && took != TIME_NONE && !__builtin_add_overflow(start, took, &end) &&
                 end <= TIME_MAX;
    trace_begin(t, ended ? EVENT_STEP_FINISH : EVENT_STEP_START, &z->ids);
    tell_raw(t, &step->parentId, z->ids.parent);
    if (trace_is_text(s->name)) tell_raw(t, &step->name, s->name);
    else if (!value_absent(s->name) && json_type(s->name) != JSON_STRING) tell_text(t, &step->name, s->name);
    step->start = start;
    if (ended) step->end = end;
    if (!value_absent(s->kind)) tell_kind(t, s->kind);
    if (json_type(s->tags) == JSON_OBJECT) {
        struct str error = json_get(s->tags, S("error"));
        tell_raw(t, &step->records, s->tags);
        /* Zipkin: the tag tells by being there, its value is the message when it has one; "false" is a known slip */
        if (error.len && json_type(error) != JSON_FALSE && !str_eq(error, S("\"false\""))) {
            tell_text(t, &step->status, S("error"));
            if (trace_is_text(error) && !str_eq(error, S("\"true\""))) tell_raw(t, &step->error, error);
        }
    } else if (!value_absent(s->tags)) tell_extra(t, S("tags"), s->tags);
    if (s->service.len) tell_extra(t, S("service"), s->service);
    if (!value_absent(s->local)) tell_extra(t, S("localEndpoint"), s->local);
    if (!value_absent(s->remote)) tell_extra(t, S("remoteEndpoint"), s->remote);
    if (!value_absent(s->shared)) tell_extra(t, S("shared"), s->shared);
    if (!value_absent(s->debug)) tell_extra(t, S("debug"), s->debug);
    if (!ended && took != TIME_NONE) tell_extra(t, S("duration"), s->duration);
    if (z->more.len) {
        trace_put_object(tell_open_extra(t, S("other")), &z->more);
        tell_close(t);
    }
    tell_send(t);
}

static void tell_annotations(struct zipkin *z, struct teller *t, const struct span *s, const char *at)
{
    static const struct field table[] = { FIELD(struct annotation, time, "timestamp"),
                                          FIELD(struct annotation, value, "value") };
    struct json j = trace_list(s->annotations);
    while (json_element(&j)) {
        struct annotation a = { 0 };
        trace_take(&j, table, COUNT_OF(table), &a, false, NULL, NULL);
        if (j.error) break;
        trace_begin(t, EVENT_STEP_LOG, &z->ids);
        t->event.ts = time_of(t, at, a.time);
        tell_text(t, &t->event.level, str_eq(a.value, S("\"error\"")) ? S("error") : S("info"));
        if (a.value.len) tell_raw(t, &t->event.message, a.value);
        else tell_text(t, &t->event.message, S(""));
        tell_send(t);
    }
    json_done(&j);
}

static void tell_span(struct zipkin *z, struct teller *t, struct json *j)
{
    struct span s = { 0 };
    json_at_end(j);
    const char *at = j->at;
    trace_set_line(&z->ids, t, at);
    buf_clear(&z->more);
    if (!trace_take(j, span_table, COUNT_OF(span_table), &s, true, trace_keep, &z->more) && !j->error) {
        tell_problem(t, at, "a span should be an object: skipped");
        return;
    }
    if (j->error && !s.id.len) return;
    s.service = service_of(&s);
    set_ids(z, &s);
    tell_step(z, t, &s, at);
    tell_annotations(z, t, &s, at);
}

/* Each span of the text: it is one, a list of them, or a list of lists. */
static void each(struct zipkin *z, struct teller *t, struct str text,
                 void (*take)(struct zipkin *, struct teller *, struct json *))
{
    struct json j = json_begin(text);
    if (text.ptr[0] != '[') {
        take(z, t, &j);
        json_done(&j);
        return;
    }
    json_enter(&j, '[');
    while (json_element(&j)) {
        json_at_end(&j);
        if (j.at < j.end && *j.at == '[') {
            json_enter(&j, '[');
            while (json_element(&j)) take(z, t, &j);
            if (j.error) break;
        } else take(z, t, &j);
    }
    json_done(&j);
}

static void take_half(struct zipkin *z, struct teller *t, struct json *j)
{
    (void)t;
    note_half(z, j);
}

static void read_value(struct teller *t, void *state, struct str text)
{
    struct zipkin *z = state;
    if (!z->begun) z->ids.text = z->more = BUF_INIT;
    z->begun = true;
    trace_seen_clear(&z->ids.seen);
    trace_seen_clear(&z->halves);
    z->split = false;
    each(z, t, text, take_half);
    each(z, t, text, tell_span);
}

static void finish(struct teller *t, void *state)
{
    struct zipkin *z = state;
    (void)t;
    if (!z->begun) return;
    buf_free(&z->more);
    trace_ids_free(&z->ids);
    trace_seen_free(&z->halves);
    trace_seen_free(&z->parted);
    free(z->parts);
}

static bool is_span(struct str trace_id, struct str id, struct str other)
{
    return trace_is_text(trace_id) && trace_is_text(id) && other.len;
}

static bool knows(const struct glance *g)
{
    static const struct str others[] = { { "timestamp", 9 }, { "localEndpoint", 13 }, { "duration", 8 },
                                         { "parentId", 8 },  { "annotations", 11 },   { "remoteEndpoint", 14 } };
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (g->object && is_span(glance_get(g, S("traceId")), glance_get(g, S("id")), glance_get(g, others[i])))
            return true;
    struct str inner = str_trim(g->text); /* [[{ … */
    if (!str_starts(inner, S("["))) return false;
    inner = str_trim(str_skip(inner, 1));
    if (!str_starts(inner, S("["))) return false;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (is_span(glance_inside(inner, S("traceId")), glance_inside(inner, S("id")), glance_inside(inner, others[i])))
            return true;
    return false;
}

const struct format format_zipkin = {
    .name = "zipkin",
    .title = "Zipkin (v2 JSON)",
    .about = "what reporters post to /api/v2/spans, one list or a list a line, and what\n"
             "Zipkin's page downloads and /api/v2/traces answers (a trace, or a list of\n"
             "them). A trace is a run, a span is a step; the server's half of a call is\n"
             "below the client's.\n",
    .takes = TAKES_VALUES,
    .knows = knows,
    .state_size = sizeof(struct zipkin),
    .text = read_value,
    .end = finish,
};
