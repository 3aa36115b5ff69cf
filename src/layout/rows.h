/* SPDX-License-Identifier: MIT
 *
 * The rows of the Gantt chart: the kept steps in tree order, and how they hang together.
 */
#ifndef LAYOUT_ROWS_H
#define LAYOUT_ROWS_H

#include "model/keep.h"

#define ROW_NONE UINT32_MAX

struct row {
    const struct step *step;
    uint32_t parent;     /* row of the nearest ancestor with one, ROW_NONE for the first */
    uint32_t last_child; /* row of the last child with one, ROW_NONE without */
    uint32_t depth;      /* ancestors with a row */
};

struct rows {
    struct row *items; /* in tree order */
    uint32_t count;
    struct keep keep; /* which steps they are, and what was left out */
};

/* Rows for all visible steps, or when they are more than max_rows (0: no limit) for those that are kept. All memory is
 * of `arena`. */
void rows_select(struct rows *rows, const struct run *run, uint32_t max_rows, struct arena *arena);

#endif
