/* SPDX-License-Identifier: MIT */
#include "model/keep.h"

#include <stdlib.h>

struct candidate {
    int64_t weight; /* how much it rather stays */
    uint32_t index;
};

static int64_t own_weight(const struct step *step)
{
    if (step->hidden) return INT64_MIN;
    if (step->status == STEP_ERROR) return INT64_MAX;
    if (step->status == STEP_RUNNING || step->status == STEP_UNFINISHED) return INT64_MAX - 1;
    if (step->older) return 0; /* it took no time of this run */
    return step->duration;     /* TIME_NONE is the least */
}

/* At equal weight tree order, which has ancestors first. */
static int heaviest_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

void keep_rank(struct run *run)
{
    struct candidate *list = calloc(run->step_count + (size_t)1, sizeof *list);
    if (!list) arena_exhausted(run->step_count * sizeof *list);
    for (uint32_t i = 0; i < run->step_count; i++) list[i] = (struct candidate){ own_weight(run->steps[i]), i };
    for (uint32_t i = run->step_count; i-- > 1;) { /* what is below a step makes it as heavy as itself */
        struct candidate *up = &list[run->steps[i]->parent->index];
        if (list[i].weight > up->weight) up->weight = list[i].weight;
    }
    qsort(list, run->step_count, sizeof *list, heaviest_first);
    run->visible_count = run->visible_made = 0;
    for (uint32_t i = 0; i < run->step_count; i++) {
        struct step *step = run->steps[list[i].index];
        step->rank = step->hidden ? RANK_NONE : run->visible_count++;
        run->visible_made += step->made && !step->hidden;
    }
    free(list);
}

static bool is_troubled(const struct step *step)
{
    return step->status == STEP_ERROR || step->status == STEP_RUNNING || step->status == STEP_UNFINISHED;
}

struct keep keep_first(const struct run *run, uint32_t limit, struct arena *arena)
{
    struct keep keep = { .limit = limit, .kept = run->visible_count };
    if (run->visible_count <= limit) return keep;
    keep.kept = limit;
    keep.left_out = run->visible_count - limit;
    keep.below = ARENA_ARRAY(arena, uint32_t, run->step_count);
    for (uint32_t i = run->step_count; i-- > 1;) {
        const struct step *step = run->steps[i];
        if (keep_has(&keep, step)) continue;
        keep.below[step->parent->index] += keep.below[i] + !step->hidden;
        keep.troubled_left_out += !step->hidden && is_troubled(step);
    }
    return keep;
}
