/* SPDX-License-Identifier: MIT */
#include "model/attempts.h"

bool attempt_again(const struct step *earlier, const struct step *later)
{
    return (earlier->status == STEP_ERROR || earlier->status == STEP_RETRIED) && str_eq(earlier->name, later->name);
}

static bool has_visible_children(const struct step *step)
{
    const struct step *child = step->first_child;
    while (child && child->hidden) child = child->next;
    return child != NULL;
}

/* Did `step` begin when `earlier` was over? Without times the order in the log has to do. */
static bool is_after(const struct step *earlier, const struct step *step)
{
    if (earlier->start == TIME_NONE || step->start == TIME_NONE) return earlier->start == step->start;
    return step->start >= earlier->shown_end && earlier->older == step->older;
}

/* The next attempt at what failed in `step`: the nearest sibling of its name, unless another one ran between them. */
static const struct step *next_attempt(const struct step *step)
{
    if (step->hidden || has_visible_children(step)) return NULL;
    const struct step *later = step->next;
    for (int i = 0; later && (later->hidden || !str_eq(later->name, step->name)); later = later->next)
        if (i++ == ATTEMPTS_BESIDE) return NULL;
    if (!later || !attempt_again(step, later) || !is_after(step, later) || has_visible_children(later)) return NULL;
    for (const struct step *s = step->next; s != later; s = s->next)
        if (!s->hidden && is_after(step, s) && is_after(s, later)) return NULL;
    return later;
}

uint32_t *attempts_find(const struct run *run, struct arena *arena)
{
    uint32_t *counts = NULL;
    for (uint32_t i = run->step_count; i-- > 0;) { /* backwards: a later attempt knows the last one already */
        const struct step *step = run->steps[i];
        if (step->status != STEP_ERROR && step->status != STEP_RETRIED) continue;
        const struct step *later = next_attempt(step);
        if (!later) continue;
        if (!counts) {
            counts = ARENA_ARRAY(arena, uint32_t, run->step_count);
            for (uint32_t k = 0; k < run->step_count; k++) counts[k] = k;
        }
        counts[i] = counts[later->index];
    }
    return counts;
}
