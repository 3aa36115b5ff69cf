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

struct str path_title(const struct teller *t, struct str standard_input)
{
    struct str path = str_z(t->path);
    while (str_ends(path, S("/"))) path.len--;
    size_t slash = str_rfind(path, '/');
    if (slash < path.len) path = str_skip(path, slash + 1);
    return !path.len || str_eq(path, S("-")) ? standard_input : path;
}

struct str path_stem(const struct teller *t, struct str standard_input)
{
    static const struct str endings[] = { { ".gz", 3 }, { ".json", 5 }, { ".ndjson", 7 }, { ".jsonl", 6 } };
    struct str title = path_title(t, standard_input);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (title.len > endings[i].len && str_ends(title, endings[i])) title.len -= endings[i].len;
    return title;
}

bool time_of_text(const struct teller *t, struct str text, int64_t *ret_us, uint64_t *naive)
{
    bool zoned;
    if (!clock_parse_iso(text, ret_us, &zoned)) return false;
    if (zoned) return true;
    if (t->zone->known) *ret_us = zone_to_utc(t->zone, *ret_us);
    else ++*naive;
    return true;
}

int64_t time_after(int64_t us, int64_t duration)
{
    int64_t sum;
    if (us == TIME_NONE || duration == TIME_NONE || __builtin_add_overflow(us, duration, &sum)) return TIME_NONE;
    return sum > TIME_MAX || sum < -TIME_MAX ? TIME_NONE : sum;
}
