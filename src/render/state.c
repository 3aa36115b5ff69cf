/* SPDX-License-Identifier: MIT */
#include "render/state.h"

#include "event/json.h"
#include "render/payload.h"

/* Of several of one number the first that has a state: an action that the program died in begins once more. */
static bool find_number(const struct actions *actions, uint64_t n, size_t *ret_at)
{
    size_t found = actions->count;
    for (size_t i = 0; i < actions->count; i++) {
        if (actions->numbers[i] != n) continue;
        if (found == actions->count) found = i;
        if (!action_has_state(actions->list[i])) continue;
        found = i;
        break;
    }
    *ret_at = found;
    return found < actions->count;
}

bool actions_find(const struct actions *actions, int64_t n, size_t *ret_at)
{
    *ret_at = (size_t)n;
    if (n >= 0 && actions->numbers) return find_number(actions, (uint64_t)n, ret_at);
    if (n >= 0) return (uint64_t)n < actions->count;
    uint64_t back = -(uint64_t)n;
    if (back > actions->with_state) return false;
    for (*ret_at = actions->count; back; back -= action_has_state(actions->list[*ret_at])) --*ret_at;
    return true;
}

static bool is_internal(struct str raw_key, struct arena *scratch)
{
    return str_starts(json_key_text(raw_key, scratch), S("__"));
}

/* Burr's load_state puts the sequence id back, where the action has one of its own: `number` is NULL for others. */
static void put_state(struct buf *b, const struct run *run, struct payload state, const uint64_t *number,
                      struct arena *scratch)
{
    struct str text = str_trim(sources_text(run->sources, state)), key;
    if (json_type(text) != JSON_OBJECT) {
        payload_put(b, text, NOT_NUMBERS_QUOTED);
        return;
    }
    struct json j = json_begin(text);
    bool first = true;
    buf_putc(b, '{');
    for (json_enter(&j, '{'); json_member(&j, &key);) {
        struct str value = json_skip(&j);
        if (is_internal(key, scratch)) continue;
        if (!first) buf_putc(b, ',');
        payload_put(b, str_of(key.ptr - 1, key.len + 2), NOT_NUMBERS_QUOTED); /* with its quotes */
        buf_putc(b, ':');
        payload_put(b, value, NOT_NUMBERS_QUOTED);
        first = false;
    }
    if (number) buf_printf(b, "%s\"__SEQUENCE_ID\":%llu", first ? "" : ",", (unsigned long long)*number);
    buf_putc(b, '}');
    json_done(&j);
}

/* The transitions from `action` in the run's graph, as an array. Returns the name of the action that all of them lead
 * to, {0} when there is none or more than one. Burr writes `from_`, because `from` is a word of Python's. */
static struct str put_transitions(struct buf *b, const struct run *run, struct str action, struct arena *a)
{
    struct str graph = payload_present(run->graph) ? str_trim(sources_text(run->sources, run->graph)) : S("");
    struct json j = json_begin(json_get(graph, S("transitions")));
    struct str only = { 0 };
    size_t count = 0;
    bool several = false;
    buf_putc(b, '[');
    for (bool list = json_enter(&j, '['); list && json_element(&j);) {
        struct str one = json_skip(&j), from = json_get(one, S("from_")), to = json_get(one, S("to"));
        if (!from.len) from = json_get(one, S("from"));
        if (json_type(to) != JSON_STRING || !str_eq(json_text(from, a), action)) continue;
        struct str name = arena_copy(a, json_text(to, a)), condition = json_get(one, S("condition"));
        buf_puts(b, count++ ? ",{\"to\":" : "{\"to\":");
        buf_put_json(b, name);
        buf_puts(b, ",\"condition\":");
        if (condition.len && json_type(condition) != JSON_NULL) payload_put(b, condition, NOT_NUMBERS_QUOTED);
        else buf_puts(b, "\"default\"");
        buf_putc(b, '}');
        several |= count > 1 && !str_eq(only, name);
        only = name;
    }
    buf_putc(b, ']');
    json_done(&j);
    return several ? (struct str){ 0 } : only;
}

static const struct step *following(const struct actions *actions, size_t at)
{
    const struct step *action = actions->list[at];
    for (size_t i = at + 1; i < actions->count; i++) {
        uint32_t index = actions->list[i]->index;
        if (index < action->index || index >= action->index + action->subtree) return actions->list[i];
    }
    return NULL;
}

void state_write(const struct run *run, const struct actions *actions, size_t at, struct buf *out)
{
    const struct step *action = actions->list[at], *follower = following(actions, at);
    struct arena scratch = { 0 };
    struct buf transitions = BUF_INIT;
    struct str next = put_transitions(&transitions, run, action->name, &scratch);
    if (follower) next = follower->name;
    else if (action->status == STEP_ERROR) next = action->name;
    buf_puts(out, "{\"runId\":");
    buf_put_json(out, run->id);
    buf_puts(out, ",\"sequenceId\":");
    buf_put_uint(out, action_number(actions, at));
    buf_puts(out, ",\"action\":");
    buf_put_json(out, action->name);
    buf_puts(out, ",\"key\":");
    buf_put_json(out, action->key);
    member_text(out, "id", action->more->id);
    member_text(out, "status", str_z(step_status_name((enum step_status)action->status)));
    buf_puts(out, ",\"state\":");
    put_state(out, run, action->more->state, actions->numbers ? &actions->numbers[at] : NULL, &scratch);
    buf_puts(out, ",\"next\":");
    if (next.ptr) buf_put_json(out, next);
    else buf_puts(out, "null");
    buf_puts(out, ",\"transitions\":");
    buf_put(out, buf_str(&transitions));
    buf_puts(out, "}\n");
    buf_free(&transitions);
    arena_free(&scratch);
}
