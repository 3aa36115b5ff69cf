/* SPDX-License-Identifier: MIT
 *
 * Events and links of a span:
 *
 *   {"timeUnixNano","name":"row"}                     a log line "row"
 *   {"timeUnixNano","name":"slow","attributes":[…]}   a log line {"event":"slow", …}, its level that of an attribute
 *   {"name":"exception","attributes":[…]}             the same at level error
 *   {"traceId","spanId","attributes":[…]}             a link that refers to the span
 */
#include "input/otlp_span.h"

struct link {
    struct str trace_id, id, state, attributes, flags, dropped;
    struct str run_id, step_id, relation; /* what our own export was told */
};

/* An event's attributes: members to o->event, but for what has a place of its own. */
static void read_happening(struct otlp *o, struct happening *h, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct happening, time, "timeUnixNano"),
        FIELD(struct happening, time, "time_unix_nano"),
        FIELD(struct happening, name, "name"),
        FIELD(struct happening, attributes, "attributes"),
        FIELD(struct happening, dropped, "droppedAttributesCount"),
        FIELD(struct happening, dropped, "dropped_attributes_count"),
    };
    struct attribute a;
    const char *said = NULL;
    *h = (struct happening){ 0 };
    buf_clear(&o->event);
    trace_take(j, table, COUNT_OF(table), h, true, trace_keep, &o->event);
    struct json list = trace_list(h->attributes);
    while (attribute_next(&list, &a)) {
        struct str scalar = attribute_scalar(&a);
        struct restored r = { 0 };
        if (str_eq(a.key, S("\"pipelens.made\""))) h->made = true;
        if (str_eq(a.key, S("\"pipelens.level\"")) && otlp_is_text(scalar))
            said = trace_level(str_of(scalar.ptr + 1, scalar.len - 2));
        if (str_eq(a.key, S("\"pipelens.message\"")) && otlp_is_text(scalar) &&
            restored_take(&r, S("\"pipelens.result\""), scalar, &o->scratch))
            h->message = r.result;
        if (str_starts(a.key, S("\"pipelens."))) continue;
        if (str_eq(a.key, S("\"exception.type\""))) h->type = scalar;
        if (str_eq(a.key, S("\"exception.message\""))) h->text = scalar;
        if (str_eq(a.key, S("\"exception.stacktrace\""))) h->stack = scalar;
        if (otlp_is_text(scalar) && (str_eq(a.key, S("\"level\"")) || str_eq(a.key, S("\"log.level\"")) ||
                                     str_eq(a.key, S("\"severity\"")) || str_eq(a.key, S("\"log.severity\""))))
            h->level = trace_level(str_of(scalar.ptr + 1, scalar.len - 2));
        trace_put_key(&o->event, a.key);
        attribute_put(&o->event, &a);
    }
    json_done(&list);
    if (otlp_counts(h->dropped)) trace_keep(&o->event, S("droppedAttributesCount"), h->dropped);
    if (!h->level) h->level = str_eq(h->name, S("\"exception\"")) ? "error" : "info";
    if (said) h->level = said;
}

void otlp_find_exception(struct reading *r)
{
    struct json list = trace_list(r->span.events);
    while (json_element(&list)) {
        struct happening h;
        read_happening(r->o, &h, &list);
        if (!list.error && (h.type.len || h.text.len) && str_eq(h.name, S("\"exception\""))) {
            r->exception = h;
            break;
        }
    }
    json_done(&list);
}

void otlp_tell_events(struct reading *r)
{
    struct otlp *o = r->o;
    struct teller *t = r->t;
    struct json list = trace_list(r->span.events);
    while (json_element(&list)) {
        struct happening h;
        read_happening(o, &h, &list);
        if (list.error || h.made) continue;
        otlp_begin_event(r, EVENT_STEP_LOG);
        t->event.ts = otlp_time(r, h.time);
        tell_text(t, &t->event.level, str_z(h.level));
        if (h.message.len) tell_raw(t, &t->event.message, h.message);
        else if (!o->event.len && h.name.len) tell_raw(t, &t->event.message, h.name);
        else {
            struct buf *b = tell_open(t, &t->event.message);
            buf_puts(b, "{\"event\":");
            if (h.name.len) buf_put(b, h.name);
            else buf_puts(b, "\"\"");
            if (o->event.len) buf_putc(b, ',');
            buf_put(b, buf_str(&o->event));
            buf_putc(b, '}');
            tell_close(t);
        }
        tell_send(t);
    }
    json_done(&list);
}

/* Members to o->event: what the link says besides where it goes. */
static void read_link(struct otlp *o, struct link *l, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct link, trace_id, "traceId"),
        FIELD(struct link, trace_id, "trace_id"),
        FIELD(struct link, id, "spanId"),
        FIELD(struct link, id, "span_id"),
        FIELD(struct link, attributes, "attributes"),
        FIELD(struct link, flags, "flags"),
        FIELD(struct link, state, "traceState"),
        FIELD(struct link, state, "trace_state"),
        FIELD(struct link, dropped, "droppedAttributesCount"),
        FIELD(struct link, dropped, "dropped_attributes_count"),
    };
    struct attribute a;
    *l = (struct link){ 0 };
    buf_clear(&o->event);
    trace_take(j, table, COUNT_OF(table), l, false, trace_keep, &o->event);
    if (otlp_is_text(l->state)) trace_keep(&o->event, S("traceState"), l->state);
    if (otlp_counts(l->flags)) trace_keep(&o->event, S("flags"), l->flags);
    if (otlp_counts(l->dropped)) trace_keep(&o->event, S("droppedAttributesCount"), l->dropped);
    struct json list = trace_list(l->attributes);
    while (attribute_next(&list, &a)) {
        struct str scalar = attribute_scalar(&a);
        struct str *own = str_eq(a.key, S("\"pipelens.runId\""))      ? &l->run_id
                          : str_eq(a.key, S("\"pipelens.stepId\""))   ? &l->step_id
                          : str_eq(a.key, S("\"pipelens.relation\"")) ? &l->relation
                                                                      : NULL;
        if (own) *own = scalar;
        if (own) continue;
        trace_put_key(&o->event, a.key);
        attribute_put(&o->event, &a);
    }
    json_done(&list);
}

static void put_or_empty(struct buf *b, struct str own, struct str id, size_t bytes)
{
    size_t before = b->len;
    if (own.len) buf_put(b, own);
    else trace_put_id(b, id, bytes);
    if (b->len == before) buf_puts(b, "\"\"");
}

void otlp_tell_links(struct reading *r)
{
    struct otlp *o = r->o;
    struct teller *t = r->t;
    struct json list = trace_list(r->span.links);
    while (json_element(&list)) {
        struct link l;
        read_link(o, &l, &list);
        if (list.error) break;
        otlp_begin_event(r, EVENT_STEP_LINK);
        struct buf *b = tell_open(t, &t->event.to);
        buf_puts(b, "{\"runId\":");
        put_or_empty(b, l.run_id, l.trace_id, 16);
        buf_puts(b, ",\"stepId\":");
        put_or_empty(b, l.step_id, l.id, 8);
        buf_putc(b, '}');
        tell_close(t);
        if (l.relation.len) tell_raw(t, &t->event.relation, l.relation);
        else tell_text(t, &t->event.relation, S("refers"));
        tell_send(t);
    }
    json_done(&list);
}

void otlp_keep_link_details(struct reading *r)
{
    struct buf details = BUF_INIT;
    struct json list = trace_list(r->span.links);
    while (json_element(&list)) {
        struct link l;
        read_link(r->o, &l, &list);
        if (list.error || !r->o->event.len) continue;
        buf_puts(&details, details.len ? ",{\"spanId\":" : "[{\"spanId\":");
        put_or_empty(&details, l.step_id, l.id, 8);
        buf_putc(&details, ',');
        buf_put(&details, buf_str(&r->o->event));
        buf_putc(&details, '}');
    }
    json_done(&list);
    if (details.len) buf_putc(&details, ']');
    if (details.len) trace_keep(&r->o->more, S("links"), buf_str(&details));
    buf_free(&details);
}
