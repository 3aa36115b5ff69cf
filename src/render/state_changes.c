/* SPDX-License-Identifier: MIT */
#include "render/state_changes.h"

#include "event/json.h"

struct members {
    struct state_change list[STATE_MEMBERS_MAX];
    size_t count;
};

static bool take_members(const struct run *run, const struct step *step, struct arena *a, struct members *ret)
{
    struct payload state = step->more->state;
    ret->count = 0;
    if (!payload_present(state) || state.length > STATE_BYTES_MAX) return false;
    struct str text = arena_copy(a, str_trim(sources_text(run->sources, state))), key;
    if (json_type(text) != JSON_OBJECT) return false;
    struct json j = json_begin(text);
    bool few = true;
    for (json_enter(&j, '{'); few && json_member(&j, &key);) {
        struct str name = json_key_text(key, a), value = json_skip(&j);
        if (str_starts(name, S("__"))) continue;
        few = ret->count < STATE_MEMBERS_MAX;
        if (few) ret->list[ret->count++] = (struct state_change){ name, value };
    }
    json_done(&j);
    return few;
}

static const struct state_change *find(const struct members *m, struct str key)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(m->list[i].key, key)) return &m->list[i];
    return NULL;
}

size_t state_changes(const struct run *run, const struct step *before, const struct step *after, struct arena *a,
                     struct state_change *list)
{
    struct members old, now;
    size_t count = 0;
    if (!take_members(run, before, a, &old) || !take_members(run, after, a, &now)) return 0;
    for (size_t i = 0; i < now.count; i++) {
        const struct state_change *was = find(&old, now.list[i].key);
        if (!was || !str_eq(was->value, now.list[i].value)) list[count++] = now.list[i];
    }
    for (size_t i = 0; i < old.count; i++)
        if (!find(&now, old.list[i].key)) list[count++] = (struct state_change){ .key = old.list[i].key };
    return count;
}
