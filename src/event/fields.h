/* SPDX-License-Identifier: MIT
 *
 * Members of objects into fields: of any JSON object; of steps and metas, between decode.c, which tells what a value
 * is, and the walk over a run's steps.
 */
#ifndef EVENT_FIELDS_H
#define EVENT_FIELDS_H

#include "event/event.h"

struct field {
    struct str name;
    size_t offset; /* of a struct str in what is filled */
};

/* The field of `base` that a raw key names, NULL when none does. */
struct str *field_find(void *base, const struct field *table, size_t count, struct str raw);

/* The members of a JSON object: each that the table knows into its field of `base` (of equal names the last one wins),
 * each other one to `other`, unless that is NULL. Of a text that is cut off what stands before the cut; false then, and
 * when it is no object. */
typedef void other_member(void *context, struct str raw_key, struct str value);
bool fields_take(struct str object, const struct field *table, size_t count, void *base, other_member *other,
                 void *context);
/* A row of such a table: FIELD(struct span, name, "operationName"). */
#define FIELD(type, member, literal)                                                                                   \
    {                                                                                                                  \
        { literal, sizeof(literal) - 1 }, offsetof(type, member)                                                       \
    }

bool value_absent(struct str value);

/* Does a record of this key tell of the use of a language model? (PipeLens's own, OpenTelemetry's conventions, and the
 * ones that came before or stand beside them: OpenInference, OpenLLMetry.) */
bool key_tells_llm(struct str key);

void step_clear(struct event_step *s);
void step_keep_unknown(struct event_step *s, struct str raw, struct str value);

/* An object's members from after its brace to behind the object. `walk` (NULL for a step of a flat list) knows where
 * `substeps` arrays end: they are passed, and walk->below says which one the step has. */
void step_take(struct json *j, struct event_step *s, struct event_steps *walk);
void meta_take(struct json *j, struct event *e);

/* When the key is that of a `substeps` array: goes behind it, noting it as the step's. */
bool substeps_pass(struct event_steps *walk, struct str key);

#endif
