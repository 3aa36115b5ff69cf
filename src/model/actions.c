/* SPDX-License-Identifier: MIT */
#include "model/actions.h"

#include <stdlib.h>

bool action_has_state(const struct step *action) { return payload_present(action->more->state); }

static bool is_action(const struct step *step)
{
    return action_has_state(step) || str_eq(step->more->kind, S("action"));
}

/* By start; what has none comes last. Steps that began at once stay in pre-order. */
static int by_start(const void *left, const void *right)
{
    const struct step *a = *(const struct step *const *)left, *b = *(const struct step *const *)right;
    bool timed_a = a->start != TIME_NONE, timed_b = b->start != TIME_NONE;
    if (timed_a != timed_b) return timed_a ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* The next step that is an action, from index i on; step_count at the end. */
static uint32_t next_action(const struct run *run, uint32_t i)
{
    while (i < run->step_count && !is_action(run->steps[i]))
        i += str_eq(run->steps[i]->more->kind, S("application")) ? run->steps[i]->subtree : 1;
    return i < run->step_count ? i : run->step_count;
}

static bool sequence_of(const struct run *run, const struct step *action, uint64_t *ret)
{
    const struct extra *x = action->more->extras;
    while (x && !str_eq(x->name, S("sequence_id"))) x = x->next;
    struct str text = x ? sources_text(run->sources, x->data) : (struct str){ 0 };
    *ret = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        *ret = *ret * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len && text.len <= 18;
}

void actions_number(const struct run *run, struct actions *actions, struct arena *a)
{
    uint64_t *numbers = ARENA_ARRAY(a, uint64_t, actions->count + 1);
    for (size_t i = 0; i < actions->count; i++)
        if (!sequence_of(run, actions->list[i], &numbers[i])) return;
    actions->numbers = numbers;
}

uint64_t action_number(const struct actions *actions, size_t at)
{
    return actions->numbers ? actions->numbers[at] : at;
}

struct actions actions_of(const struct run *run, struct arena *a)
{
    struct actions actions = { 0 };
    for (uint32_t i = next_action(run, 0); i < run->step_count; i = next_action(run, i + 1)) actions.count++;
    actions.list = ARENA_ARRAY(a, const struct step *, actions.count);
    size_t n = 0;
    for (uint32_t i = next_action(run, 0); i < run->step_count; i = next_action(run, i + 1)) {
        actions.list[n++] = run->steps[i];
        actions.with_state += action_has_state(run->steps[i]);
    }
    if (n) qsort(actions.list, n, sizeof(const struct step *), by_start);
    return actions;
}
