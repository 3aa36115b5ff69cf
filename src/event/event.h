/* SPDX-License-Identifier: MIT
 *
 * One event of a run, whatever wrote it. All texts are raw JSON values: slices of the text it was decoded from, valid
 * as long as that is; the reader of each format makes them, the model turns them into steps.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include "base/clock.h"
#include "event/json.h"

enum event_kind {
#define EVENT_KIND(identifier, type, operation) EVENT_##identifier,
#include "event/kinds.def"
    EVENT_KIND_COUNT
};

/* A member that this program does not know. */
struct unknown_field {
    struct str raw_name; /* as in the log, without its quotes */
    struct str value;
};

struct event_step {
#define SHARED_FIELD(name) struct str name;
#define STEP_FIELD(name)   struct str name;
#include "event/kinds.def"
    int64_t start, end, usage_us; /* from `time`, TIME_NONE when absent, null or no time */
    bool bad_time;                /* one of them was there and was no time */
    bool llm;                     /* a record key tells of an LLM response or of token counts */
    uint32_t records_count;       /* members of `records`, 0 when it is no object */
    struct unknown_field *unknown;
    size_t unknown_count, unknown_cap;
};

struct event {
    enum event_kind kind;
    struct event_step step; /* the step; for pipeline events the pipeline itself */
    /* runId, which every line has, and what pipeline events have besides */
#define META_FIELD(name) struct str name;
#include "event/kinds.def"
    bool trace;     /* of a run without a pipeline of its own: the step that no other is above is the root */
    bool root_made; /* of a pipeline: the log has a run, but no step that is the whole of it */
    bool unordered; /* of a pipeline's finish: where it stands says nothing, its steps may come behind it */
    bool made;      /* of a step: it stands for a branch of the log, such as a thread, and is no step of it */
    bool nested;    /* `steps` is not the array of all steps in pre-order, but the object of the root */
    bool document;  /* not a line of a log but a whole run in one value: how it stands is all there is to know */
    struct str status, recordKey, data, level, message, to, relation;
    int64_t ts; /* record and log: TIME_NONE when absent */
    /* Where the text is that the slices point into: payload offset = offset + (slice.ptr - text.ptr). */
    struct str text;
    uint64_t offset, line;
    uint32_t source;
};

/* Empties all but the place of the text; times are TIME_NONE. */
void event_clear(struct event *e);
/* What the `records` object of the step holds: sets records_count and llm. */
void event_count_records(struct event_step *s);

/* What is wrong with a text, by its place in it. */
struct event_problem {
    size_t at;        /* byte in the text */
    const char *what; /* a sentence without a full stop */
};

/* Takes the events out of JSON values: lines of a log, batches (arrays), request wrappers and bare bodies, whole-run
 * documents (outputPipelineMeta(), nested or flat steps). Reused from value to value; release with decoder_done. */
struct decoder {
    struct event event;
    struct json json;
};

/* Called for each event; the event is valid during the call. */
typedef void event_sink(void *context, struct event *event);
/* Called for each problem inside a value that is JSON but not an event, or only partly one. */
typedef void problem_sink(void *context, const struct event_problem *problem);

/* Decodes the value that begins at d->json.at (set up with json_begin over event->text). False when it is no JSON:
 * d->json.error and d->json.at say what and where. */
bool decode_value(struct decoder *d, void *context, event_sink *on_event, problem_sink *on_problem);
void decoder_done(struct decoder *d);

/* Walks the steps of a whole run (event->steps, event->nested) in pre-order, also nested ones, without recursion. */
struct event_steps {
    struct json json;
    struct event_step step;
    bool nested, started, in_array;
    /* Nested: a `substeps` array may stand before other members of its step, so its end is looked up once for all. */
    struct substeps *arrays; /* in pre-order of their opening brackets */
    size_t array_count, array_cap;
    size_t next_array; /* the first one that begins behind the place */
    size_t *open;      /* those around the place */
    size_t open_count, open_cap;
    size_t below; /* the one of `step`, SIZE_MAX when it has none */
};
struct event_steps event_steps_begin(const struct event *e);
/* The next step in ret->step; false at the end. The text was checked when the event was decoded. */
bool event_steps_next(struct event_steps *it);
void event_steps_done(struct event_steps *it);

#endif
