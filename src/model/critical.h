/* SPDX-License-Identifier: MIT
 *
 * The critical path: what the run was waiting for at each moment, told backwards from its end. At a boundary the step
 * goes to the child that ended last at or before it, and on from there to that child's start:
 *
 *   run    |===========================|      segments   run 0-2, load 2-10, run 10-12, save 12-20, run 20-22,
 *   load     |=======|                                   send 22-28
 *   scan     |===|
 *   save               |=======|              scan ended before load did, and nothing waited for it
 *   send                         |=====|      send ended last: the run's end was waiting for it
 *
 *   - A child that ends exactly where the next one starts is on the path.
 *   - A step reaches as far as anything below it that began while it was open: work that outlives its parent is on the
 *     path while nothing later is. What has no moment in common with its parent is taken for a child of the nearest
 *     ancestor that was open then.
 *   - Times do not say who waited for whom where siblings overlap. A link "follows" to a sibling does, and is obeyed;
 *     without one the sibling that ended last is taken, and flagged.
 *   - Time that no child on the path covers is the step's own; before and after the root it is the root's.
 *   - What a hidden step has on the path counts for its nearest visible ancestor.
 */
#ifndef MODEL_CRITICAL_H
#define MODEL_CRITICAL_H

#include "model/run.h"

struct critical_segment {
    const struct step *step; /* visible */
    int64_t from, to;        /* µs since the Unix epoch, from < to */
};

enum {
    CRITICAL_OUTLIVES = 1, /* ends after its parent */
    CRITICAL_BESIDE = 2,   /* siblings ran beside it: that it is on the path follows from the times alone */
};

/* Ancestors that are asked whether they were open; beyond, a step counts as the root's. Without it a deep chain of
 * steps that never meet would take the square of its length. */
enum { CRITICAL_CLIMB_MAX = 100 };

/* Segments ascend, touch each other, and cover run->start to run->end exactly; two in a row are of different steps.
 * A run without times or of no length has none. */
struct critical {
    struct critical_segment *segments;
    size_t count;
    int64_t *time;        /* by step index: µs of the step on the path */
    unsigned char *flags; /* by step index: CRITICAL_*, of steps that the path goes through */
};

/* O(n log n) without recursion. All that it returns lives in `arena`. */
void critical_path(const struct run *run, struct arena *arena, struct critical *ret_path);

#endif
