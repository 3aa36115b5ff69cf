/* SPDX-License-Identifier: MIT
 *
 * The steps that stand for a run where there is no room for all: failed ones, then those without an end, then the
 * longest, each with its ancestors.
 */
#ifndef RENDER_PICK_H
#define RENDER_PICK_H

#include "model/run.h"

struct pick {
    bool *keep;      /* by step index; a kept step's ancestors are kept; NULL: all visible steps are */
    uint32_t *below; /* by step index: visible steps below it that were not kept, counted at the nearest kept one */
    uint32_t kept;
    uint32_t left_out; /* visible steps that were not kept */
};

/* At most `limit` of the visible steps, the root first; everything when there are no more. The arrays live in `arena`.
 * O(n log limit). */
void pick_steps(const struct run *run, uint32_t limit, struct arena *arena, struct pick *pick);

static inline bool pick_keeps(const struct pick *pick, const struct step *step)
{
    return !step->hidden && (!pick->keep || pick->keep[step->index]);
}

#endif
