/* SPDX-License-Identifier: MIT */
#include "model/machine.h"

#include "event/json.h"
#include "model/actions.h"

#include <stdlib.h>

enum { CONDITIONS_MAX = 400 /* bytes, when several are joined */ };

/* Names and pairs of states by hash, open addressing; slots hold 1 + the number of a state or way. */
struct slots {
    uint32_t *items;
    size_t mask;
};

struct making {
    struct machine *m;
    struct arena *arena;
    struct slots names, pairs;
    size_t state_cap, way_cap;
};

static struct slots slots_make(size_t size, struct arena *arena)
{
    return (struct slots){ ARENA_ARRAY(arena, uint32_t, size), size - 1 };
}

static uint32_t *name_slot(const struct making *making, const struct slots *slots, struct str name)
{
    size_t at = str_hash(name, 0) & slots->mask;
    while (slots->items[at] && !str_eq(making->m->states[slots->items[at] - 1].name, name)) at = (at + 1) & slots->mask;
    return &slots->items[at];
}

static uint32_t *pair_slot(const struct making *making, const struct slots *slots, uint32_t from, uint32_t to)
{
    size_t at = (((uint64_t)from << 32 | to) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & slots->mask;
    for (;; at = (at + 1) & slots->mask) {
        if (!slots->items[at]) return &slots->items[at];
        const struct machine_way *way = &making->m->ways[slots->items[at] - 1];
        if (way->from == from && way->to == to) return &slots->items[at];
    }
}

static void grow_names(struct making *making)
{
    struct slots larger = slots_make((making->names.mask + 1) * 2, making->arena);
    for (uint32_t i = 0; i < making->m->state_count; i++)
        *name_slot(making, &larger, making->m->states[i].name) = i + 1;
    making->names = larger;
}

static void grow_pairs(struct making *making)
{
    struct slots larger = slots_make((making->pairs.mask + 1) * 2, making->arena);
    for (uint32_t i = 0; i < making->m->way_count; i++)
        *pair_slot(making, &larger, making->m->ways[i].from, making->m->ways[i].to) = i + 1;
    making->pairs = larger;
}

/* The number of the state of that name, a new one if need be. */
static uint32_t state_of(struct making *making, struct str name, bool declared)
{
    struct machine *m = making->m;
    uint32_t *slot = name_slot(making, &making->names, name);
    if (*slot) return *slot - 1;
    m->states = array_grow(m->states, &making->state_cap, m->state_count + (size_t)1, sizeof *m->states);
    m->states[m->state_count] = (struct machine_state){ .name = name, .mean = TIME_NONE, .declared = declared };
    *slot = ++m->state_count;
    if ((size_t)m->state_count * 2 > making->names.mask) grow_names(making);
    return m->state_count - 1;
}

static struct machine_way *way_of(struct making *making, uint32_t from, uint32_t to, bool declared)
{
    struct machine *m = making->m;
    uint32_t *slot = pair_slot(making, &making->pairs, from, to);
    if (*slot) return &m->ways[*slot - 1];
    m->ways = array_grow(m->ways, &making->way_cap, m->way_count + (size_t)1, sizeof *m->ways);
    m->ways[m->way_count] = (struct machine_way){ .from = from, .to = to, .declared = declared };
    *slot = ++m->way_count;
    uint32_t at = m->way_count - 1;
    if ((size_t)m->way_count * 2 > making->pairs.mask) grow_pairs(making);
    return &m->ways[at];
}

/* ---- what was declared ---- */

static bool is_text(struct str value) { return json_type(value) == JSON_STRING; }

static struct str text_of(struct making *making, struct str value)
{
    return arena_copy(making->arena, json_text(value, making->arena));
}

static void take_action(struct making *making, struct str action)
{
    struct str name = is_text(action) ? action : json_get(action, S("name"));
    if (is_text(name)) state_of(making, text_of(making, name), true);
}

/* Burr writes `from_`, because `from` is a word of Python's. Two ways between the same states are one, with either
 * condition. */
static void take_transition(struct making *making, struct str one)
{
    struct str from = json_get(one, S("from_")), to = json_get(one, S("to")), condition = json_get(one, S("condition"));
    if (!from.len) from = json_get(one, S("from"));
    if (!is_text(from) || !is_text(to)) return;
    uint32_t source = state_of(making, text_of(making, from), true);
    struct machine_way *way = way_of(making, source, state_of(making, text_of(making, to), true), true);
    struct str text = is_text(condition) ? text_of(making, condition) : S("");
    if (!text.len || str_eq(text, S("default"))) return;
    if (way->condition.len > CONDITIONS_MAX) return;
    way->condition = way->condition.len
                         ? arena_format(making->arena, "%.*s or %.*s", STR_ARG(way->condition), STR_ARG(text))
                         : text;
}

static void each_of(struct making *making, struct str array, void (*take)(struct making *, struct str))
{
    struct json j = json_begin(array);
    for (bool list = json_type(array) == JSON_ARRAY && json_enter(&j, '['); list && json_element(&j);)
        take(making, json_skip(&j));
    json_done(&j);
}

static void take_graph(struct making *making, const struct run *run)
{
    if (!payload_present(run->graph)) return;
    struct str graph = arena_copy(making->arena, str_trim(sources_text(run->sources, run->graph)));
    if (json_type(graph) != JSON_OBJECT) return;
    each_of(making, json_get(graph, S("actions")), take_action);
    each_of(making, json_get(graph, S("transitions")), take_transition);
    struct str entry = json_get(graph, S("entrypoint"));
    if (is_text(entry)) making->m->entry = state_of(making, text_of(making, entry), true);
    making->m->evident = making->m->state_count > 0;
}

/* ---- what happened ---- */

/* The actions that are shown, or without any the steps below the root. */
static struct actions shown_actions(const struct run *run, struct arena *arena)
{
    struct actions actions = actions_of(run, arena);
    size_t shown = 0;
    for (size_t i = 0; i < actions.count; i++)
        if (!actions.list[i]->hidden) actions.list[shown++] = actions.list[i];
    bool any = actions.count > 0;
    actions.count = shown;
    if (any) return actions;
    actions.list = ARENA_ARRAY(arena, const struct step *, run->root->child_count);
    for (const struct step *s = run->root->first_child; s; s = s->next)
        if (!s->hidden) actions.list[actions.count++] = s;
    return actions;
}

static int trouble(const struct step *step)
{
    if (step->status == STEP_ERROR) return 2;
    return step->status == STEP_RUNNING || step->status == STEP_UNFINISHED;
}

static bool is_timed(const struct step *step) { return step->end != TIME_NONE && step->duration != TIME_NONE; }

static void visit(struct machine_state *state, const struct step *step)
{
    state->visits++;
    state->errors += step->status == STEP_ERROR;
    state->unfinished += trouble(step) == 1;
    if (!state->step || trouble(step) > trouble(state->step)) state->step = step;
    state->timed += is_timed(step);
}

/* The visits are counted. A mean is a sum of quotients and a sum of remainders: the sum of durations could overflow. */
static void measure_means(struct machine *m, const struct actions *actions, const uint32_t *state, struct arena *arena)
{
    int64_t *remainders = ARENA_ARRAY(arena, int64_t, m->state_count);
    for (size_t i = 0; i < actions->count; i++) {
        struct machine_state *s = &m->states[state[i]];
        if (!is_timed(actions->list[i])) continue;
        if (s->mean == TIME_NONE) s->mean = 0;
        s->mean += actions->list[i]->duration / s->timed;
        remainders[state[i]] += actions->list[i]->duration % s->timed;
    }
    for (uint32_t i = 0; i < m->state_count; i++)
        if (m->states[i].timed) m->states[i].mean += remainders[i] / m->states[i].timed;
}

/* Counts the ways between actions: each leads to the action that began next and is no part of it. Such a one is found
 * by leaps: all between an action and the one that follows it are parts of it. */
static void count_ways(struct making *making, const struct actions *actions, const uint32_t *state)
{
    size_t *follower = ARENA_ARRAY(making->arena, size_t, actions->count + 1);
    for (size_t i = actions->count; i-- > 0;) {
        const struct step *step = actions->list[i];
        size_t next = i + 1;
        while (next < actions->count && actions->list[next]->index - step->index < step->subtree) next = follower[next];
        follower[i] = next;
    }
    for (size_t i = 0; i < actions->count; i++)
        if (follower[i] < actions->count) way_of(making, state[i], state[follower[i]], false)->count++;
}

/* A top level without actions is a state machine when it comes back to a name after another one, and one step runs at a
 * time. */
static bool comes_back(const struct machine *m, const struct actions *actions, const uint32_t *state)
{
    bool again = false;
    uint32_t *seen = calloc(m->state_count + (size_t)1, sizeof *seen);
    if (!seen) arena_exhausted(m->state_count * sizeof *seen);
    int64_t end = TIME_NONE;
    bool beside = false;
    for (size_t i = 0; i < actions->count; i++) {
        const struct step *step = actions->list[i];
        again |= seen[state[i]] && state[i] != state[i - 1];
        seen[state[i]] = 1;
        if (step->start == TIME_NONE) continue;
        beside |= end != TIME_NONE && step->start < end;
        if (step->shown_end > end) end = step->shown_end;
    }
    free(seen);
    return again && !beside;
}

static void take_actions(struct making *making, const struct run *run)
{
    struct machine *m = making->m;
    struct actions actions = shown_actions(run, making->arena);
    bool real = actions.count && (actions.with_state || str_eq(actions.list[0]->more->kind, S("action")));
    uint32_t *state = ARENA_ARRAY(making->arena, uint32_t, actions.count + 1);
    for (size_t i = 0; i < actions.count; i++) {
        state[i] = state_of(making, actions.list[i]->name, false);
        visit(&m->states[state[i]], actions.list[i]);
    }
    m->visits = actions.count;
    if (!actions.count) return;
    measure_means(m, &actions, state, making->arena);
    count_ways(making, &actions, state);
    m->states[state[actions.count - 1]].last = true;
    if (m->entry == STATE_NONE) m->entry = state[0];
    m->evident |= real || comes_back(m, &actions, state);
}

struct machine machine_of(const struct run *run, struct arena *arena)
{
    enum { SLOTS = 64 };
    struct machine m = { .entry = STATE_NONE };
    struct making making = { .m = &m, .arena = arena };
    making.names = slots_make(SLOTS, arena);
    making.pairs = slots_make(SLOTS, arena);
    m.states = array_grow(NULL, &making.state_cap, SLOTS, sizeof *m.states);
    m.ways = array_grow(NULL, &making.way_cap, SLOTS, sizeof *m.ways);
    take_graph(&making, run);
    take_actions(&making, run);
    /* what grew outside the arena moves into it */
    struct machine_state *states = ARENA_ARRAY(arena, struct machine_state, m.state_count + (size_t)1);
    struct machine_way *ways = ARENA_ARRAY(arena, struct machine_way, m.way_count + (size_t)1);
    memcpy(states, m.states, m.state_count * sizeof *states);
    memcpy(ways, m.ways, m.way_count * sizeof *ways);
    free(m.states);
    free(m.ways);
    m.states = states;
    m.ways = ways;
    return m;
}
