/* SPDX-License-Identifier: MIT
 *
 * A line of Burr's log, and what the files that tell its kinds have in common: burr_action.c, burr_span.c and
 * burr_stream.c; burr_attempt.c tells the run itself.
 */
#ifndef INPUT_BURR_LINE_H
#define INPUT_BURR_LINE_H

#include "input/burr.h"

#include "event/fields.h"

enum { BURR_UNKNOWN_MAX = 32 };

enum burr_line_type {
    LINE_BEGIN_ENTRY,
    LINE_END_ENTRY,
    LINE_BEGIN_SPAN,
    LINE_END_SPAN,
    LINE_ATTRIBUTE,
    LINE_BEGIN_STREAM,
    LINE_FIRST_ITEM,
    LINE_END_STREAM,
    LINE_OTHER
};

struct burr_line {
    struct str text, type;
    struct str start_time, end_time, time_logged, stream_init_time, first_item_time;
    struct str action, inputs, result, exception, state, sequence_id;
    struct str action_sequence_id, span_id, span_name, parent_span_id, span_dependencies;
    struct str key, value, tags, items_streamed;
    struct {
        struct str key, value;
    } unknown[BURR_UNKNOWN_MAX];
    size_t unknown_count, unknown_more;
    struct str sequence, span; /* of the action, and the span_id: characters, in the line or in buffers of the app */
};

/* ---- burr_line.c ---- */

/* The characters of a value: a slice of it, or in `b`. */
struct str burr_characters(struct buf *b, struct str value);
/* Is it {}? */
bool burr_is_empty(struct str value);
/* The id of the step of an action or a span, valid until the next one is asked for: "3", "3:0.1" in the first attempt,
 * "#2/3" in the second one. */
struct str burr_step_id(struct burr_app *app, struct str id, uint32_t attempt);
/* What is remembered of an action of this attempt. */
struct burr_action *burr_action_of(struct burr_app *app, struct str sequence);
/* Is it "n:0", which stands for the action, unless a span of that id was begun? */
bool burr_is_action_span(struct burr_app *app, struct str span, struct str sequence);
/* The step that a span or an attribute belongs to: the span of that id, or the action. */
struct str burr_owner_of(struct burr_app *app, struct burr_line *l, struct str span);

/* Of a log that is read for its parent's sake alone problems are counted. */
void burr_problem(struct burr_app *app, const char *at, const char *what);
/* An event of the run; of the step of this id. */
void burr_begin(struct burr_app *app, enum event_kind kind, const char *at);
void burr_begin_step(struct burr_app *app, enum event_kind kind, struct burr_line *l, struct str id);
/* Hands it on with all members of the line that lines of this type do not have. */
void burr_send(struct burr_app *app, enum burr_line_type type, struct burr_line *l);
/* The attempt lasts from its first time, µs, to its latest. */
void burr_see(struct burr_app *app, int64_t us);

/* ---- burr_attempt.c ---- */

void burr_attempt_begin(struct burr_app *app, const char *at);
/* Ends the one that goes on; the next one begins at `start`, µs. */
void burr_attempt_next(struct burr_app *app, int64_t start);

/* ---- the kinds of lines ---- */

void burr_begin_entry(struct burr_app *app, struct burr_line *l);
void burr_end_entry(struct burr_app *app, struct burr_line *l);
void burr_begin_span(struct burr_app *app, struct burr_line *l);
void burr_end_span(struct burr_app *app, struct burr_line *l);
void burr_attribute(struct burr_app *app, struct burr_line *l);
void burr_stream(struct burr_app *app, enum burr_line_type type, struct burr_line *l);

#endif
