/* SPDX-License-Identifier: MIT
 *
 * Which steps of a run get a row of the Gantt chart.
 */
#ifndef LAYOUT_ROWS_H
#define LAYOUT_ROWS_H

#include "model/run.h"

#define ROW_NONE UINT32_MAX

struct row {
    const struct step *step;
    uint32_t parent;     /* row of the nearest ancestor with one, ROW_NONE for the first */
    uint32_t last_child; /* row of the last child with one, ROW_NONE without */
    uint32_t depth;      /* ancestors with a row */
    uint32_t left_out;   /* steps below that have no row and no nearer row than this */
};

struct rows {
    struct row *items; /* in tree order; freed by rows_free */
    uint32_t count;
    uint32_t left_out;          /* visible steps without a row */
    uint32_t troubled_left_out; /* failed, running and unfinished ones of these */
};

/* Rows for all visible steps, or when they are more than max_rows (0: no limit) for max_rows of them: the root; failed,
 * running and unfinished steps in tree order as long as they fit together with their ancestors; then the longest,
 * again with their ancestors. */
void rows_select(struct rows *rows, const struct run *run, uint32_t max_rows);
void rows_free(struct rows *rows);

#endif
