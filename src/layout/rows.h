/* SPDX-License-Identifier: MIT
 *
 * The rows of the Gantt chart, in tree order, and how they hang together. A row stands for one step, or for several
 * siblings: attempts of one thing, or many of a kind that are folded because there is no room for all of them.
 */
#ifndef LAYOUT_ROWS_H
#define LAYOUT_ROWS_H

#include "model/analysis.h"
#include "model/fold.h"

#define ROW_NONE UINT32_MAX

struct row {
    const struct step *step;   /* the step; of a fold its first member, of attempts the last */
    const struct step **steps; /* all steps that the row stands for, in order of start; of most rows that one */
    uint32_t step_count;
    const struct fold *fold; /* NULL unless siblings are folded: name, counts, durations */
    bool attempts;           /* the steps are attempts of one thing, the last one counts */
    bool repeated;           /* on a later page: an ancestor, shown again above its descendants */
    bool continues;          /* it has children on the next page */
    uint32_t parent;         /* row of the nearest ancestor with one, ROW_NONE for the first */
    uint32_t last_child;     /* row of the last child with one, ROW_NONE without */
    uint32_t depth;          /* ancestors with a row */
    uint32_t below;          /* visible steps that were left out and have no nearer ancestor with a row: "+12" */
};

struct rows {
    struct row *items; /* in tree order */
    uint32_t count;
    uint32_t steps;                       /* visible ones */
    uint32_t folds, folded;               /* rows that are folds; steps in them and below */
    uint32_t folded_troubled;             /* failed, running or unfinished ones of these */
    bool folded_critical;                 /* the critical path goes through folds */
    uint32_t left_out, troubled_left_out; /* steps without a row; of them failed, running or unfinished */
    bool path_known;                      /* steps on the critical path were kept before others */
};

/* Rows for all visible steps, attempts in one. When they are more than max_rows (0: no limit), siblings of a kind fold,
 * no more of them than is needed: first plain ones, then those on the critical path, and those that failed or have no
 * end only when they alone are too many. What is still too much is left out: failed and unfinished ones stay first,
 * then the critical path, then the longest, each with its ancestors. `analysis` (NULL: nothing is known) tells the
 * critical path, and is asked only where it matters. All memory is of `arena`. */
void rows_select(struct rows *rows, const struct run *run, struct analysis *analysis, uint32_t max_rows,
                 struct arena *arena);

/* What the rows do not show one by one, in a sentence or two; nothing when they show all. */
void rows_put_note(const struct rows *rows, struct buf *b);

/* Ancestors that a page repeats at most: the first one and the nearest. */
enum { ROWS_REPEATED = 10 };

/* The rows of a page from row `first` on, above them their ancestors again, `room` (at least 2) rows in all.
 * *ret_next: the row that the next page begins with; all->count when there is none. */
struct rows rows_page(const struct rows *all, uint32_t first, uint32_t room, struct arena *arena, uint32_t *ret_next);

#endif
