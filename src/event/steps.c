/* SPDX-License-Identifier: MIT
 *
 * The steps of a whole run one after the other: from an array, or down and up the `substeps` of nested objects. What
 * stands behind `substeps` in an object has been passed by then; it is counted and left out.
 */
#include "event/fields.h"

#include <stdlib.h>

/* Enters the object at the value, or skips it when it is something else: then *ret_object is false. */
static bool enter_object(struct json *j)
{
    if (!json_at_end(j) && *j->at == '{') return json_enter(j, '{');
    json_skip(j);
    return false;
}

struct event_steps event_steps_begin(const struct event *e)
{
    struct event_steps it = { .json = json_begin(e->steps), .nested = e->nested };
    if (!e->nested && json_type(e->steps) == JSON_ARRAY) it.in_array = json_enter(&it.json, '[');
    return it;
}

/* Nested: from behind a step's own members to the next step below, beside or above. */
static bool next_nested(struct event_steps *it)
{
    struct str key;
    struct json *j = &it->json;
    while (it->level > 0) {
        if (it->in_array && json_element(j)) {
            it->in_array = false;
            if (enter_object(j)) return true;
            it->in_array = true; /* no object: the next element */
            continue;
        }
        /* behind a `substeps` array, or a step that has none: the rest of the object around */
        it->in_array = false;
        while (json_member(j, &key)) {
            json_skip(j);
            it->lost++;
        }
        if (j->error) return false;
        it->level--;
        it->in_array = it->level > 0;
    }
    return false;
}

bool event_steps_next(struct event_steps *it)
{
    struct json *j = &it->json;
    if (!it->nested) {
        while (it->in_array && json_element(j)) {
            if (!enter_object(j)) continue;
            step_clear(&it->step);
            step_take(j, &it->step, false);
            return !j->error;
        }
        return false;
    }
    if (it->started ? !next_nested(it) : !enter_object(j)) return false;
    it->started = true;
    step_clear(&it->step);
    it->level++;
    if (step_take(j, &it->step, true)) it->in_array = json_enter(j, '[');
    else { /* the object is behind us: back in the array around it */ it->level--;
        it->in_array = it->level > 0;
    }
    return !j->error;
}

void event_steps_done(struct event_steps *it)
{
    json_done(&it->json);
    free(it->step.unknown);
}
