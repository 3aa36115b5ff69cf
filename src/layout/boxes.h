/* SPDX-License-Identifier: MIT
 *
 * What the execution graph shows: visible steps as boxes, siblings of a kind folded into one, and when there are too
 * many of them, which ones stay. Knows nothing of sizes and places.
 */
#ifndef LAYOUT_BOXES_H
#define LAYOUT_BOXES_H

#include "layout/fold.h"

#define BOX_NONE UINT32_MAX

struct box {
    const struct step *step; /* the step, or the first member of the fold */
    uint32_t fold;           /* index into boxes->folds, FOLD_NONE for a single step */
    uint32_t parent;         /* box, BOX_NONE for the root */
    uint32_t depth;
    uint32_t rank;        /* place in the order of keeping; an ancestor always comes before */
    struct tally dropped; /* steps below that boxes_keep left out */
};

struct boxes {
    const struct run *run;
    struct box *items; /* in pre-order: parents before children, siblings in order */
    uint32_t count;
    uint32_t kept; /* items whose rank is less are drawn */
    struct fold_list folds;
    struct merit *merits; /* working state of boxes_rank */
    struct arena scratch;
};

/* Collects the boxes of a run's visible steps; folds more than `fold_over` siblings of a kind (0: none). Patterns live
 * in `arena`. Needs boxes_free. */
void boxes_collect(struct boxes *boxes, const struct run *run, uint32_t fold_over, struct arena *arena);
void boxes_free(struct boxes *boxes);

/* Ranks all boxes above depth `max_depth`: first failed and unfinished ones in tree order, then the longest, all of
 * them after their ancestors. Deeper ones are never kept. */
void boxes_rank(struct boxes *boxes, uint32_t max_depth);

/* Keeps at most max_boxes (at least 1), and counts on each kept box what is missing below it. */
void boxes_keep(struct boxes *boxes, uint32_t max_boxes);

static inline bool box_kept(const struct boxes *boxes, const struct box *box) { return box->rank < boxes->kept; }

#endif
