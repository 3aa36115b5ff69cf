/* SPDX-License-Identifier: MIT
 *
 * How many steps ran at once. A step counts while it is open and none of its children is: waiting for children is no
 * work. So the counts over time add up to the self times, and eight parallel downloads below one step are 8, not 9.
 * The root counts only where it is the only step: else there would never be a moment in which nothing ran. All steps
 * count, also hidden ones: how parallel a run was does not change with what is shown of it.
 */
#ifndef MODEL_RUNNING_H
#define MODEL_RUNNING_H

#include "model/run.h"

struct running {
    uint32_t max;   /* steps at once */
    double mean;    /* over the whole of run->start to run->end */
    int64_t idle;   /* µs in which no step but the root was open */
    uint32_t *bins; /* equal parts of run->start to run->end: the most steps at once in each */
    size_t count;   /* of bins; 0 for a run without times or of no length */
};

/* O(n log n). The bins, as many as asked for, live in `arena`. */
void running_steps(const struct run *run, size_t bins, struct arena *arena, struct running *ret_running);

#endif
