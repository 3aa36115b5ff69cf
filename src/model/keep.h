/* SPDX-License-Identifier: MIT
 *
 * Which steps stand for a run where there is no room for all of them: failed ones first, then those without an end,
 * then the longest, each with its ancestors. It is one order for the run, so that whatever keeps fewer steps keeps some
 * of those that others keep: a bar of the chart has its row in the page, a smaller picture shows no step that a larger
 * one lacks.
 */
#ifndef MODEL_KEEP_H
#define MODEL_KEEP_H

#include "model/run.h"

/* The rule in words, for the outputs that say it. */
#define KEEP_RULE "failed and unfinished ones first, then the longest, each with its ancestors"

/* Ranks the visible steps and counts them (run->visible_count). An ancestor ranks before all that is below it: the
 * first N are a tree for every N. O(n log n). */
void keep_rank(struct run *run);

/* The steps of a run that are kept. */
struct keep {
    uint32_t limit;                             /* those that rank before this */
    uint32_t kept, left_out, troubled_left_out; /* visible steps; troubled: failed, running or unfinished */
    uint32_t *below;                            /* by step index: see keep_below; NULL when nothing is left out */
};

/* The first `limit` steps. `below` lives in `arena`. */
struct keep keep_first(const struct run *run, uint32_t limit, struct arena *arena);

static inline bool keep_has(const struct keep *keep, const struct step *step) { return step->rank < keep->limit; }

/* Visible steps below a kept one that were left out and have no nearer kept ancestor. */
static inline uint32_t keep_below(const struct keep *keep, const struct step *step)
{
    return keep->below ? keep->below[step->index] : 0;
}

#endif
