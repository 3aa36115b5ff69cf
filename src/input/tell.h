/* SPDX-License-Identifier: MIT
 *
 * What a reader of another system's log has in hand: it tells events one after the other, as if they had been written
 * to an event log. The values of an event are copied into a text of its own (payloads stay there, in a temporary file,
 * and are read again when an output needs them), so a reader may give slices of what it reads as well as texts it makes
 * up.
 *
 *     tell_begin(t, EVENT_STEP_FINISH, at);
 *     tell_raw(t, &t->event.runId, trace_id);               a JSON value as it stands, with its quotes
 *     tell_text(t, &t->event.step.name, S("make coffee"));  characters, which become a JSON string
 *     t->event.step.start = start_us;                       times are numbers, not texts
 *     struct buf *b = tell_open(t, &t->event.step.records); JSON that is written piece by piece
 *     ...
 *     tell_close(t);
 *     tell_send(t);
 *
 * What the events mean, and in which order they may come, is in event/event.h and model/build.h: a step is known by its
 * id (unique in its run), its parent by parentId, which may come later or never; a finish without a start makes the
 * step; a start without a finish is a step that did not end. Keys need not be given.
 */
#ifndef INPUT_TELL_H
#define INPUT_TELL_H

#include "base/zone.h"
#include "event/event.h"
#include "input/source.h"

struct teller {
    struct event event;      /* the one at hand; between tell_begin and tell_send */
    const struct zone *zone; /* of local times, as the user says; zone->known is false when nobody did */
    const char *path;        /* of the source, "-" for standard input */
    struct arena arena;      /* for the reader, as long as it reads this source */

    /* the rest belongs to tell.c and reader.c */
    struct sources *sources;
    uint32_t source;
    struct buf text;
    uint64_t text_at; /* place of `text` in what is told of the source */
    size_t event_at;  /* place of the event at hand in `text` */
    struct told_field {
        struct str *field; /* NULL: an unknown field, whose name is in the text as well: */
        size_t name_at, name_len;
        size_t from, len;
    } * fields;
    size_t field_count, field_cap;
    size_t open; /* the field that is being written, SIZE_MAX for none */
    bool cut;    /* the text at hand ends early: a field that is not whole is left out */
    void *context;
    event_sink *on_event;
    void (*on_problem)(void *context, const char *at, const char *what);
    void (*on_note)(void *context, struct str text);
    uint64_t (*line_of)(void *context, const char *at);
    struct err *err; /* of the temporary file; ERR_NONE while all is well */
};

/* A new event; `at` is where in the text at hand it is said (for its line number), NULL where the text begins. */
void tell_begin(struct teller *t, enum event_kind kind, const char *at);
/* A field of t->event or t->event.step becomes a copy of a whole JSON value; of an empty one it stays absent. */
void tell_raw(struct teller *t, struct str *field, struct str value);
void tell_text(struct teller *t, struct str *field, struct str text);
/* A field whose JSON the caller appends to the buffer, nothing else in between. */
struct buf *tell_open(struct teller *t, struct str *field);
void tell_close(struct teller *t);
/* The same for a field that our own log does not have: it is shown under the step (of pipeline events, of the run) and
 * kept in exports. `name` is characters, not JSON; it is copied, with a _ behind it when our log has a field of that
 * name. */
void tell_extra(struct teller *t, struct str name, struct str value);
struct buf *tell_open_extra(struct teller *t, struct str name);
/* Hands the event on. */
void tell_send(struct teller *t);

/* Something is wrong in the text at hand, at this place; what can be used is used. `what` has no full stop. */
void tell_problem(struct teller *t, const char *at, const char *what);
/* Nothing is wrong, but the reader of the report should know what was assumed or left out: one sentence without a full
 * stop, such as "12 counter events were left out". */
void tell_note(struct teller *t, struct str text);

/* reader.c: everything goes to the temporary file. False with *t->err set. */
bool tell_end(struct teller *t);

#endif
