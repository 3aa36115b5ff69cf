/* SPDX-License-Identifier: MIT */
#include "layout/rows.h"

#include <stdlib.h>

struct selection {
    const struct run *run;
    bool *kept;    /* by step index */
    uint32_t room; /* rows still free */
};

static bool troubled(const struct step *step)
{
    return step->status == STEP_ERROR || step->status == STEP_RUNNING || step->status == STEP_UNFINISHED;
}

/* Keeps the step and those of its ancestors that are not kept yet, when there is room for all of them. */
static bool keep(struct selection *s, const struct step *step)
{
    uint32_t cost = 0;
    for (const struct step *at = step; at && !s->kept[at->index]; at = at->parent) {
        if (at->hidden) continue;
        if (++cost > s->room) return false;
    }
    for (const struct step *at = step; at && !s->kept[at->index]; at = at->parent) s->kept[at->index] = !at->hidden;
    s->room -= cost;
    return true;
}

/* Longest first, then tree order. */
static int by_duration(const void *left, const void *right)
{
    const struct step *a = *(const struct step *const *)left, *b = *(const struct step *const *)right;
    if (a->duration != b->duration) return a->duration > b->duration ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void keep_longest(struct selection *s)
{
    const struct step **rest = calloc(s->run->step_count, sizeof *rest);
    if (!rest) arena_exhausted(s->run->step_count * sizeof *rest);
    size_t count = 0;
    for (uint32_t i = 0; i < s->run->step_count; i++) {
        const struct step *step = s->run->steps[i];
        if (!step->hidden && !s->kept[i]) rest[count++] = step;
    }
    qsort(rest, count, sizeof *rest, by_duration);
    for (size_t i = 0; i < count && s->room; i++) keep(s, rest[i]);
    free(rest);
}

static void select_some(struct selection *s, uint32_t max_rows)
{
    s->room = max_rows;
    for (uint32_t i = 0; i < s->run->step_count && s->room == max_rows; i++)
        if (!s->run->steps[i]->hidden) keep(s, s->run->steps[i]);
    for (uint32_t i = 0; i < s->run->step_count && s->room; i++)
        if (!s->run->steps[i]->hidden && troubled(s->run->steps[i])) keep(s, s->run->steps[i]);
    if (s->room) keep_longest(s);
}

/* Rows of the kept steps. `nearest` has, by step index, the row of the step or of its nearest ancestor with one; in
 * pre-order a parent's is known before its children ask. */
static void make_rows(struct rows *rows, const struct selection *s, uint32_t *nearest)
{
    for (uint32_t i = 0; i < s->run->step_count; i++) {
        const struct step *step = s->run->steps[i];
        uint32_t above = step->parent ? nearest[step->parent->index] : ROW_NONE;
        nearest[i] = above;
        if (step->hidden) continue;
        if (!s->kept[i]) {
            rows->left_out++;
            rows->troubled_left_out += troubled(step);
            if (above != ROW_NONE) rows->items[above].left_out++;
            continue;
        }
        struct row *row = &rows->items[rows->count];
        *row = (struct row){ .step = step, .parent = above, .last_child = ROW_NONE };
        if (above != ROW_NONE) {
            row->depth = rows->items[above].depth + 1;
            rows->items[above].last_child = rows->count;
        }
        nearest[i] = rows->count++;
    }
}

void rows_select(struct rows *rows, const struct run *run, uint32_t max_rows)
{
    *rows = (struct rows){ 0 };
    uint32_t visible = 0;
    struct selection s = { .run = run, .kept = calloc(run->step_count + 1, sizeof *s.kept) };
    uint32_t *nearest = calloc(run->step_count + 1, sizeof *nearest);
    if (!s.kept || !nearest) arena_exhausted(run->step_count * sizeof *nearest);
    for (uint32_t i = 0; i < run->step_count; i++) visible += s.kept[i] = !run->steps[i]->hidden;
    if (max_rows && visible > max_rows) {
        memset(s.kept, 0, run->step_count);
        select_some(&s, max_rows);
        visible = max_rows;
    }
    rows->items = calloc(visible + 1, sizeof *rows->items);
    if (!rows->items) arena_exhausted(visible * sizeof *rows->items);
    make_rows(rows, &s, nearest);
    free(nearest);
    free(s.kept);
}

void rows_free(struct rows *rows)
{
    free(rows->items);
    *rows = (struct rows){ 0 };
}
