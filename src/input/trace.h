/* SPDX-License-Identifier: MIT
 *
 * What the readers of traces (otlp.c, jaeger.c, zipkin.c) share. In all three a run is a trace, a step is a span:
 *
 *     trace id ─> run id          lower-case hexadecimal, whatever the log writes; other texts stay as they are
 *     span id  ─> step id         the second span of one id in one text becomes "ID/2"; in Zipkin those of one service
 *                                 are parts of one span
 *     attributes, tags ─> records
 *     events, logs, annotations ─> log lines
 */
#ifndef INPUT_TRACE_H
#define INPUT_TRACE_H

#include "event/fields.h"
#include "input/tell.h"

/* The members of the object that j is at, as fields_take has them, but j goes on behind it. Of an object that is cut
 * off, `keep_cut` also keeps the beginning of an array or object. False when there is no object (what stands there is
 * skipped) or when it is not whole. */
bool trace_take(struct json *j, const struct field *table, size_t count, void *base, bool keep_cut, other_member *other,
                void *context);

/* Elements of a list that may be cut off; nothing when it is no array. */
struct json trace_list(struct str list);

/* Appends the id as a JSON string: hexadecimal in lower case, base64 of `bytes` bytes as hexadecimal, anything else as
 * it stands. Nothing for what is no id: absent, null, "", only zeros. */
void trace_put_id(struct buf *b, struct str value, size_t bytes);

/* Ids that were there before in the text at hand. */
struct trace_seen {
    struct trace_seen_row {
        uint64_t id; /* hash of trace and span id; 0: free */
        uint32_t times;
    } * rows;
    size_t count, cap;
};
/* The row of the two ids, made with times 0 when it is new; valid until the next call. */
struct trace_seen_row *trace_seen_row(struct trace_seen *seen, struct str trace, struct str span);
void trace_seen_clear(struct trace_seen *seen);
void trace_seen_free(struct trace_seen *seen);

/* The ids of the span at hand as JSON strings; `parent` is empty when there is none. */
struct trace_ids {
    struct buf text;
    struct str trace, id, parent;
    struct trace_seen seen;
    uint64_t nameless; /* spans without an id so far: they get one */
    uint64_t line;     /* where the span begins: looked up once, all its events have it */
};
void trace_set_line(struct trace_ids *ids, struct teller *t, const char *at);
void trace_set_ids(struct trace_ids *ids, struct str trace, struct str span, struct str parent);
/* The same where a span may come in parts: those of one id that the same `who` tells are one. One that does not say
 * who tells it (empty) is part of the first. */
void trace_set_part_ids(struct trace_ids *ids, struct str trace, struct str span, struct str parent, struct str who);
void trace_ids_free(struct trace_ids *ids);

/* Begins an event of the span at hand. */
void trace_begin(struct teller *t, enum event_kind kind, const struct trace_ids *ids);

/* A JSON string that is not empty. */
static inline bool trace_is_text(struct str value) { return json_type(value) == JSON_STRING && value.len > 2; }

/* Members of an object that is written piece by piece: `,"key":` for a JSON string (else ""), and its beginning. */
void trace_put_key(struct buf *members, struct str key);
/* An other_member that appends to a struct buf. */
void trace_keep(void *members, struct str raw_key, struct str value);
/* The members as an object. */
void trace_put_object(struct buf *b, const struct buf *members);

/* The word of a level in a log line as ours; NULL when it is none. */
const char *trace_level(struct str word);

/* The number that a text holds, without its quotes; empty when it is none. */
struct str trace_number(struct str value);

#endif
