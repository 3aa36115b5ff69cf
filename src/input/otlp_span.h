/* SPDX-License-Identifier: MIT
 *
 * A span of OTLP/JSON while it is read, between otlp_span.c, which tells the step, and otlp_events.c, which tells its
 * events and links.
 */
#ifndef INPUT_OTLP_SPAN_H
#define INPUT_OTLP_SPAN_H

#include "input/otlp.h"
#include "input/restore.h"

struct span {
    struct str trace_id, id, parent, name, kind, start, end, attributes, events, links, status, state, flags;
    struct str dropped_attributes, dropped_events, dropped_links;
};

struct happening { /* an event of a span */
    struct str time, name, attributes, dropped;
    const char *level;
    struct str type, text, stack; /* of an exception */
    struct str message;           /* what our own export was told, JSON */
    bool made;
};

/* All of one span that is not as it stands. */
struct reading {
    struct otlp *o;
    struct teller *t;
    struct span span;
    struct restored restored;
    const char *at;
    bool error, ok;
    struct str message;         /* of the status */
    struct happening exception; /* the first one */
    int64_t start, end;
    const char *kind;
};

static inline bool otlp_is_text(struct str value) { return json_type(value) == JSON_STRING && value.len > 2; }
/* Is there a number, and is it not 0? */
static inline bool otlp_counts(struct str n)
{
    return !value_absent(n) && !str_eq(n, S("0")) && !str_eq(n, S("\"0\""));
}

/* Nanoseconds as microseconds; 0 is unknown. What is no time is reported. */
int64_t otlp_time(const struct reading *r, struct str value);
/* Begins an event of the span's step. */
void otlp_begin_event(struct reading *r, enum event_kind kind);

/* The first event that is an exception, to r->exception. */
void otlp_find_exception(struct reading *r);
void otlp_tell_events(struct reading *r);
void otlp_tell_links(struct reading *r);
/* Links that say more than where they go become a field of the step, since a link of ours has no attributes. */
void otlp_keep_link_details(struct reading *r);

#endif
