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

/* An object's members from after its brace. With stop_at_substeps it ends, true, before the value of a `substeps`
 * array; else it ends, false, behind the object. */
bool step_take(struct json *j, struct event_step *s, bool stop_at_substeps);
void meta_take(struct json *j, struct event *e);

#endif
