/* SPDX-License-Identifier: MIT
 *
 * The steps of a whole run one after the other: from an array, or down and up the `substeps` of nested objects.
 *
 *   {"key":"p","substeps":[{"key":"p.a","substeps":[]},{"key":"p.b"}],"time":{}}
 *               ^ array 0                ^ array 1                   ^ its end
 *
 * A first walk notes where each `substeps` array ends. In the second a step's own members are read to the end of its
 * object, jumping over its array, and then the place goes back to that array. So each byte is looked at twice, however
 * deep the nesting and whatever the order of the members.
 */
#include "event/fields.h"

#include <stdlib.h>

struct substeps {
    const char *begin, *end;  /* at the bracket, behind the closing one */
    const char *behind_owner; /* of the step that has it */
    size_t inside;            /* arrays nested in it */
};

/* Enters the object at the value, or skips it when it is something else: then false. */
static bool enter_object(struct json *j)
{
    if (!json_at_end(j) && *j->at == '{') return json_enter(j, '{');
    json_skip(j);
    return false;
}

static bool is_substeps(struct json *j, struct str key)
{
    return json_key_is(key, S("substeps")) && !json_at_end(j) && *j->at == '[';
}

static void open_array(struct event_steps *it, size_t array)
{
    it->open = array_grow(it->open, &it->open_cap, it->open_count + 1, sizeof *it->open);
    it->open[it->open_count++] = array;
    json_enter(&it->json, '[');
}

/* From inside an object to its next `substeps` array, which is entered, or behind the object. */
static void survey_members(struct event_steps *it)
{
    struct str key;
    while (json_member(&it->json, &key)) {
        if (!is_substeps(&it->json, key)) {
            json_skip(&it->json);
            continue;
        }
        it->arrays = array_grow(it->arrays, &it->array_cap, it->array_count + 1, sizeof *it->arrays);
        it->arrays[it->array_count] = (struct substeps){ .begin = it->json.at };
        open_array(it, it->array_count++);
        return;
    }
}

/* The first walk. Whatever ends, an object or an array, the place behind it is in the array around. */
static void survey(struct event_steps *it)
{
    struct json *j = &it->json;
    if (enter_object(j)) survey_members(it);
    while (it->open_count > 0 && !j->error) {
        if (json_element(j)) {
            if (enter_object(j)) survey_members(it);
            continue;
        }
        struct substeps *a = &it->arrays[it->open[--it->open_count]];
        a->end = j->at;
        a->inside = it->array_count - (size_t)(a - it->arrays) - 1;
        survey_members(it);
    }
    it->open_count = 0;
}

bool substeps_pass(struct event_steps *walk, struct str key)
{
    struct json *j = &walk->json;
    if (!is_substeps(j, key)) return false;
    walk->below = walk->next_array;
    const struct substeps *a = &walk->arrays[walk->below];
    walk->next_array += 1 + a->inside;
    j->at = a->end;
    return true;
}

struct event_steps event_steps_begin(const struct event *e)
{
    struct event_steps it = { .json = json_begin(e->steps), .nested = e->nested };
    if (!e->nested) it.in_array = json_type(e->steps) == JSON_ARRAY && json_enter(&it.json, '[');
    else {
        survey(&it);
        it.json.at = e->steps.ptr;
        it.json.first = false;
    }
    return it;
}

/* Nested: to the next object, below the step at hand, beside it or beside one around it. */
static bool next_nested(struct event_steps *it)
{
    struct json *j = &it->json;
    if (it->below != SIZE_MAX) {
        struct substeps *a = &it->arrays[it->below];
        a->behind_owner = j->at;
        j->at = a->begin;
        it->next_array = it->below + 1;
        open_array(it, it->below);
    }
    while (it->open_count > 0) {
        while (json_element(j))
            if (enter_object(j)) return true;
        if (j->error) return false;
        const struct substeps *a = &it->arrays[it->open[--it->open_count]];
        it->next_array = (size_t)(a - it->arrays) + 1 + a->inside;
        j->at = a->behind_owner;
        j->first = false;
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
            step_take(j, &it->step, NULL);
            return !j->error;
        }
        return false;
    }
    if (it->started ? !next_nested(it) : !enter_object(j)) return false;
    it->started = true;
    it->below = SIZE_MAX;
    step_clear(&it->step);
    step_take(j, &it->step, it);
    return !j->error;
}

void event_steps_done(struct event_steps *it)
{
    json_done(&it->json);
    free(it->step.unknown);
    free(it->arrays);
    free(it->open);
}
