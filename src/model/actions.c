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

struct actions actions_of(const struct run *run, struct arena *a)
{
    struct actions actions = { 0 };
    for (uint32_t i = 0; i < run->step_count; i++) actions.count += is_action(run->steps[i]);
    actions.list = ARENA_ARRAY(a, const struct step *, actions.count);
    size_t n = 0;
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (!is_action(run->steps[i])) continue;
        actions.list[n++] = run->steps[i];
        actions.with_state += action_has_state(run->steps[i]);
    }
    if (n) qsort(actions.list, n, sizeof(const struct step *), by_start);
    return actions;
}
