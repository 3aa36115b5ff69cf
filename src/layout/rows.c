/* SPDX-License-Identifier: MIT */
#include "layout/rows.h"

#include "model/keep.h"

void rows_select(struct rows *rows, const struct run *run, struct analysis *analysis, uint32_t max_rows,
                 struct arena *arena)
{
    (void)analysis;
    const struct keep keep = keep_first(run, max_rows ? max_rows : UINT32_MAX, arena);
    *rows = (struct rows){ .steps = run->visible_count,
                           .left_out = keep.left_out,
                           .troubled_left_out = keep.troubled_left_out };
    rows->items = ARENA_ARRAY(arena, struct row, keep.kept);
    /* by step index: the row of the step or of its nearest ancestor with one; pre-order has a parent's before its
     * children ask for it */
    uint32_t *nearest = ARENA_ARRAY(arena, uint32_t, run->step_count);
    const struct step **steps = ARENA_ARRAY(arena, const struct step *, keep.kept);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        uint32_t above = step->parent ? nearest[step->parent->index] : ROW_NONE;
        nearest[i] = above;
        if (!keep_has(&keep, step)) continue;
        struct row *row = &rows->items[rows->count];
        steps[rows->count] = step;
        *row = (struct row){ .step = step,
                             .steps = &steps[rows->count],
                             .step_count = 1,
                             .parent = above,
                             .last_child = ROW_NONE,
                             .below = keep_below(&keep, step) };
        if (above != ROW_NONE) {
            row->depth = rows->items[above].depth + 1;
            rows->items[above].last_child = rows->count;
        }
        nearest[i] = rows->count++;
    }
}

void rows_put_note(const struct rows *rows, struct buf *b)
{
    if (!rows->left_out) return;
    buf_put_number(b, rows->left_out);
    buf_puts(b, " of ");
    buf_put_count(b, rows->steps, "step", "steps");
    buf_puts(b, rows->left_out == 1 ? " is hidden" : " are hidden");
    if (rows->troubled_left_out) {
        buf_puts(b, ", ");
        buf_put_number(b, rows->troubled_left_out);
        buf_puts(b, " of them failed or unfinished");
    }
    buf_puts(b, ": shown are " KEEP_RULE ". +N behind a name counts hidden steps below it.");
}
