/* SPDX-License-Identifier: MIT */
#include "input/partial.h"

/* The value at j. Of an object that the text ends within, what there is of it, and j->error is set. */
static struct str skip(struct json *j)
{
    const char *from = j->at;
    bool object = from < j->end && *from == '{';
    struct str value = json_skip(j);
    return j->error && object ? str_of(from, (size_t)(j->end - from)) : value;
}

void partial_take(struct json *j, const struct field *table, size_t count, void *base, struct str deep,
                  other_member *other, void *context)
{
    struct str key;
    bool open = json_enter(j, '{');
    while (open && json_member(j, &key)) {
        struct str value = skip(j), *field = field_find(base, table, count, key);
        if (j->error && !(field && json_key_is(key, deep))) break;
        if (field) *field = value;
        else if (other) other(context, key, value);
    }
}

static void take_object(struct teller *t, struct json *j, partial_object *each, void *context)
{
    if (!json_at_end(j) && *j->at == '{') {
        each(t, context, j);
        return;
    }
    struct str value = json_skip(j);
    if (value.len) tell_problem(t, value.ptr, "an object is expected here: left out");
}

void partial_each(struct teller *t, struct str text, partial_object *each, void *context)
{
    struct json j = json_begin(text);
    bool array = !json_at_end(&j) && *j.at == '[' && json_enter(&j, '[');
    if (!array) take_object(t, &j, each, context);
    while (array && json_element(&j)) take_object(t, &j, each, context);
    json_done(&j);
}
