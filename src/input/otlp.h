/* SPDX-License-Identifier: MIT
 *
 * Between otlp.c, which goes through requests down to the spans, and otlp_span.c, which tells one.
 */
#ifndef INPUT_OTLP_H
#define INPUT_OTLP_H

#include "input/anyvalue.h"
#include "input/trace.h"

/* The spans of one scope, found but not yet told. */
struct scope_spans {
    const char *at;
    bool good; /* it is an object */
    struct str scope, spans, schema;
};

struct otlp {
    bool begun; /* the buffers below are good */
    struct trace_ids ids;
    struct buf resource, resource_more, scope; /* members of objects: those around the spans at hand */
    struct str service;                        /* of the resource, a JSON value in the text at hand */
    bool resource_made;                        /* an export of ours had none */
    struct buf records, more, event;           /* members: of the span at hand, of its event at hand */
    struct scope_spans *scopes;                /* of the resource at hand */
    size_t scope_count, scope_cap;
    struct arena scratch;
    uint64_t metrics, logs; /* requests that were left out */
};

void otlp_begin(struct otlp *o);
void otlp_done(struct otlp *o);

/* Tells the span that j is at and goes behind it. */
void otlp_tell_span(struct otlp *o, struct teller *t, struct json *j);

#endif
