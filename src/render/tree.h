/* SPDX-License-Identifier: MIT
 *
 * The lines of the step tree, for tree_write and for the summary's code block.
 */
#ifndef RENDER_TREE_H
#define RENDER_TREE_H

#include "model/keep.h"
#include "render/report.h"

/* A line per kept step; "… 18 more steps" stands for those that were not. With `errors`, the first line of a failed
 * step's error stands under it, unless a step below tells the same. */
void tree_put_lines(const struct run *run, const struct tree_options *o, const struct keep *keep, bool errors,
                    struct buf *out);

#endif
