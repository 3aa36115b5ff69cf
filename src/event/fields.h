/* SPDX-License-Identifier: MIT
 *
 * Between decode.c, which tells what a value is, and the walk over a run's steps: the members of steps and metas.
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

bool value_absent(struct str value);

void step_clear(struct event_step *s);
void step_keep_unknown(struct event_step *s, struct str raw, struct str value);

/* An object's members from after its brace to behind the object. `walk` (NULL for a step of a flat list) knows where
 * `substeps` arrays end: they are passed, and walk->below says which one the step has. */
void step_take(struct json *j, struct event_step *s, struct event_steps *walk);
void meta_take(struct json *j, struct event *e);

/* When the key is that of a `substeps` array: goes behind it, noting it as the step's. */
bool substeps_pass(struct event_steps *walk, struct str key);

#endif
