/* SPDX-License-Identifier: MIT
 *
 * A run on its way to OTLP/JSON, between export_otlp.c, which writes requests and spans, and export_otlp_fields.c,
 * which writes what a span holds.
 */
#ifndef RENDER_EXPORT_OTLP_H
#define RENDER_EXPORT_OTLP_H

#include "event/json.h"
#include "render/payload.h"

enum { TRACE_DIGITS = 32, SPAN_DIGITS = 16 };
struct writing {
    const struct run *run;
    struct buf *b;
    struct arena scratch;
    bool traced; /* the run was a trace: its root is a span like others, keys are made from names */
    char trace[TRACE_DIGITS + 1];
    struct buf resource, scope; /* those of the spans at hand, whole objects */
    uint32_t spans;             /* in the line at hand */
    bool any_attribute;         /* of the span at hand */
    const struct step **by_id;  /* made when a link of a later attempt asks for it */
    size_t by_id_count;
};

/* The trace of a run; the span of a step id in a trace. */
void otlp_trace_of(struct str run_id, uint32_t attempt, char ret[TRACE_DIGITS + 1]);
/* That of a link's target: a link names a run, not which of its attempts. A step that the run at hand has is of this
 * attempt; others are taken for steps of the first one, as other attempts are not known here. */
void otlp_trace_of_link(struct writing *w, const struct step_link *l, char ret[TRACE_DIGITS + 1]);
void otlp_span_of_id(const char *trace, struct str id, char ret[SPAN_DIGITS + 1]);

/* A field of the log that this program does not know, "" when the step has none; valid until the next text is read. */
struct str otlp_extra(const struct writing *w, const struct step *step, const char *name);
bool otlp_is_object(struct str value);
/* The number of a span's kind, 0 when it is none of them. */
int otlp_kind(struct str kind);

void otlp_attribute_text(struct writing *w, const char *key, struct str text);
/* All attributes that are no ids. */
void otlp_put_attributes(struct writing *w, const struct step *step);
/* Members of a span, each with a comma before it. */
void otlp_put_count(struct writing *w, const struct step *step, const char *name);
void otlp_put_time(struct writing *w, const struct step *step, const char *name, int64_t us);
void otlp_put_events(struct writing *w, const struct step *step);
void otlp_put_links(struct writing *w, const struct step *step);
void otlp_put_status(struct writing *w, const struct step *step);

#endif
