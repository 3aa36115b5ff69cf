/* SPDX-License-Identifier: MIT */
#include "layout/rows.h"

void rows_select(struct rows *rows, const struct run *run, uint32_t max_rows, struct arena *arena)
{
    *rows = (struct rows){ .keep = keep_first(run, max_rows ? max_rows : UINT32_MAX, arena) };
    rows->items = ARENA_ARRAY(arena, struct row, rows->keep.kept);
    /* by step index: the row of the step or of its nearest ancestor with one; pre-order has a parent's before its
     * children ask for it */
    uint32_t *nearest = ARENA_ARRAY(arena, uint32_t, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        uint32_t above = step->parent ? nearest[step->parent->index] : ROW_NONE;
        nearest[i] = above;
        if (!keep_has(&rows->keep, step)) continue;
        struct row *row = &rows->items[rows->count];
        *row = (struct row){ .step = step, .parent = above, .last_child = ROW_NONE };
        if (above != ROW_NONE) {
            row->depth = rows->items[above].depth + 1;
            rows->items[above].last_child = rows->count;
        }
        nearest[i] = rows->count++;
    }
}
