/* SPDX-License-Identifier: MIT
 *
 * What the execution graph shows: visible steps as boxes, siblings of a kind folded into one, and when there are too
 * many of them, which ones stay. Knows nothing of sizes and places.
 */
#ifndef LAYOUT_BOXES_H
#define LAYOUT_BOXES_H

#include "model/fold.h"

#define BOX_NONE UINT32_MAX

struct box {
    const struct step *step; /* the step, or the member of the fold that ranks first (model/keep.h) */
    uint32_t fold;           /* index into boxes->folds, FOLD_NONE for a single step */
    uint32_t parent;         /* box, BOX_NONE for the root */
    uint32_t depth;
    bool kept;
    struct tally dropped; /* steps below that boxes_keep left out */
};

struct boxes {
    const struct run *run;
    struct box *items; /* in pre-order: parents before children, siblings in order */
    uint32_t count;
    uint32_t *owner; /* by step index: the box that draws a visible step, or has it folded away */
    uint32_t *order; /* the items in the order of keeping */
    uint32_t kept;   /* how many of them are */
    struct folding folds;
    struct arena scratch;
};

/* Collects the boxes of a run's visible steps; folds more than `fold_over` siblings of a kind (0: none), those that
 * failed or have no end apart. The critical path, as `analysis` (NULL: nothing is known) tells it, is folded only where
 * it goes through more of a kind than that. Folds live in `arena`. Needs boxes_free. */
void boxes_collect(struct boxes *boxes, const struct run *run, struct analysis *analysis, uint32_t fold_over,
                   struct arena *arena);
void boxes_free(struct boxes *boxes);

/* Keeps the first max_boxes (at least 1) above depth `max_depth`, and counts on each what is missing below it. */
void boxes_keep(struct boxes *boxes, uint32_t max_boxes, uint32_t max_depth);

#endif
