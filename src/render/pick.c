/* SPDX-License-Identifier: MIT */
#include "render/pick.h"

#include <stdlib.h>

struct candidate {
    int64_t weight; /* how much it rather stays */
    uint32_t index;
};

static int64_t weight_of(const struct step *step)
{
    if (step->status == STEP_ERROR) return INT64_MAX;
    if (step->status == STEP_RUNNING || step->status == STEP_UNFINISHED) return INT64_MAX - 1;
    return step->duration == TIME_NONE ? -1 : step->duration;
}

static bool is_better(struct candidate a, struct candidate b)
{
    return a.weight != b.weight ? a.weight > b.weight : a.index < b.index;
}

static int best_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return is_better(*x, *y) ? -1 : is_better(*y, *x);
}

/* The `limit` best so far, as a heap with the worst of them on top. */
struct best {
    struct candidate *heap;
    uint32_t count, limit;
};

static void swap(struct candidate *a, struct candidate *b)
{
    struct candidate moved = *a;
    *a = *b;
    *b = moved;
}

static void sift_down(struct best *best)
{
    struct candidate *heap = best->heap;
    for (uint32_t at = 0;;) {
        uint32_t worst = at, left = 2 * at + 1, right = left + 1;
        if (left < best->count && is_better(heap[worst], heap[left])) worst = left;
        if (right < best->count && is_better(heap[worst], heap[right])) worst = right;
        if (worst == at) return;
        swap(&heap[at], &heap[worst]);
        at = worst;
    }
}

static void offer(struct best *best, struct candidate c)
{
    struct candidate *heap = best->heap;
    if (best->count == best->limit) {
        if (!is_better(c, heap[0])) return;
        heap[0] = c;
        sift_down(best);
        return;
    }
    uint32_t at = best->count++;
    heap[at] = c;
    for (; at > 0 && is_better(heap[(at - 1) / 2], heap[at]); at = (at - 1) / 2) swap(&heap[at], &heap[(at - 1) / 2]);
}

/* Keeps the step and its ancestors when there is room for all of them. */
static void keep(struct pick *pick, const struct step *step, uint32_t limit)
{
    uint32_t missing = 0;
    for (const struct step *s = step; s && !pick->keep[s->index]; s = s->parent)
        if (++missing > limit - pick->kept) return;
    pick->kept += missing;
    for (const struct step *s = step; s && !pick->keep[s->index]; s = s->parent) pick->keep[s->index] = true;
}

static void count_below(const struct run *run, struct arena *arena, struct pick *pick)
{
    uint32_t *owner = malloc((run->step_count + (size_t)1) * sizeof *owner);
    if (!owner) arena_exhausted(run->step_count * sizeof *owner);
    pick->below = ARENA_ARRAY(arena, uint32_t, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        owner[i] = pick->keep[i] || !step->parent ? i : owner[step->parent->index];
        if (step->hidden || pick->keep[i]) continue;
        pick->below[owner[i]]++;
        pick->left_out++;
    }
    free(owner);
}

void pick_steps(const struct run *run, uint32_t limit, struct arena *arena, struct pick *pick)
{
    *pick = (struct pick){ .kept = run->visible_count };
    if (run->visible_count <= limit) return;
    pick->kept = 0;
    pick->keep = ARENA_ARRAY(arena, bool, run->step_count);
    /* twice as many as there is room for: some will not fit with their ancestors */
    struct best best = { .limit = limit < UINT32_MAX / 2 ? 2 * limit : limit };
    best.heap = malloc((best.limit + (size_t)1) * sizeof *best.heap);
    if (!best.heap) arena_exhausted(best.limit * sizeof *best.heap);
    if (limit) {
        keep(pick, run->root, limit);
        for (uint32_t i = 0; i < run->step_count; i++)
            if (!run->steps[i]->hidden) offer(&best, (struct candidate){ weight_of(run->steps[i]), i });
        qsort(best.heap, best.count, sizeof *best.heap, best_first);
    }
    for (uint32_t i = 0; i < best.count; i++) keep(pick, run->steps[best.heap[i].index], limit);
    free(best.heap);
    count_below(run, arena, pick);
}
