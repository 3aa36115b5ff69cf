/* SPDX-License-Identifier: MIT
 *
 * What is said about the rows of a chart, and how they are divided into pages.
 */
#include "layout/rows.h"

static void put_troubled(uint32_t count, struct buf *b)
{
    if (!count) return;
    buf_puts(b, ", ");
    buf_put_number(b, count);
    buf_puts(b, " of them failed or unfinished");
}

/* "4,812 of 5,000 steps are folded by kind into 9 rows (×N)": what stands apart depends on what had room. */
static void put_folds(const struct rows *rows, struct buf *b)
{
    buf_put_number(b, rows->folded);
    buf_puts(b, " of ");
    buf_put_count(b, rows->steps, "step", "steps");
    buf_puts(b, " are folded by kind into ");
    buf_put_count(b, rows->folds, "row", "rows");
    buf_puts(b, " (×N)");
    if (rows->folded_troubled) {
        put_troubled(rows->folded_troubled, b);
        buf_puts(b, ", which fold among themselves.");
    } else if (rows->path_known && !rows->folded_critical)
        buf_puts(b, "; what failed or is on the critical path stands alone.");
    else buf_puts(b, "; what failed stands alone.");
}

static void put_left_out(const struct rows *rows, struct buf *b)
{
    buf_put_number(b, rows->left_out);
    buf_puts(b, " of ");
    buf_put_count(b, rows->steps, "step", "steps");
    buf_puts(b, rows->left_out == 1 ? " is hidden" : " are hidden");
    put_troubled(rows->troubled_left_out, b);
    buf_puts(b, ": shown are failed and unfinished ones first, ");
    if (rows->path_known) buf_puts(b, "then the critical path, ");
    buf_puts(b, "then the longest, each with its ancestors. +N behind a name counts hidden steps below it.");
}

void rows_put_note(const struct rows *rows, struct buf *b)
{
    if (rows->folds) put_folds(rows, b);
    if (rows->folds && rows->left_out) buf_putc(b, ' ');
    if (rows->left_out) put_left_out(rows, b);
}

/* The ancestors of a row that its page repeats, the first one first. */
static uint32_t find_ancestors(const struct rows *all, uint32_t row, uint32_t most, uint32_t *ret_list)
{
    uint32_t depth = all->items[row].depth, count = depth < most ? depth : most;
    uint32_t at = all->items[row].parent;
    for (uint32_t i = count; i-- > 1; at = all->items[at].parent) ret_list[i] = at;
    while (count && all->items[at].parent != ROW_NONE) at = all->items[at].parent;
    if (count) ret_list[0] = at;
    return count;
}

/* Where a row of all is on the page; of what is not there the nearest ancestor that is. */
static uint32_t place_of(const uint32_t *ancestors, uint32_t repeated, uint32_t first, uint32_t row)
{
    if (row == ROW_NONE) return ROW_NONE;
    if (row >= first) return repeated + (row - first);
    uint32_t i = repeated;
    while (i > 0 && ancestors[i - 1] > row) i--;
    return i ? i - 1 : ROW_NONE;
}

struct rows rows_page(const struct rows *all, uint32_t first, uint32_t room, struct arena *arena, uint32_t *ret_next)
{
    struct rows page = *all;
    uint32_t ancestors[ROWS_REPEATED], most = room / 2 < ROWS_REPEATED ? room / 2 : ROWS_REPEATED;
    uint32_t repeated = first < all->count ? find_ancestors(all, first, most, ancestors) : 0;
    uint32_t left = all->count - first, own = left < room - repeated ? left : room - repeated;
    page.items = ARENA_ARRAY(arena, struct row, room);
    page.count = repeated + own;
    for (uint32_t i = 0; i < page.count; i++) {
        uint32_t from = i < repeated ? ancestors[i] : first + (i - repeated);
        struct row *row = &page.items[i];
        *row = all->items[from];
        row->repeated = i < repeated;
        row->continues = row->last_child != ROW_NONE && row->last_child >= first + own;
        row->last_child = ROW_NONE;
        row->parent = place_of(ancestors, repeated, first, row->parent);
        if (row->parent != ROW_NONE) page.items[row->parent].last_child = i;
    }
    *ret_next = first + own;
    return page;
}
