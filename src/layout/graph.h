/* SPDX-License-Identifier: MIT
 *
 * The execution graph of a run as a scene: parents to children, left to right, tidy and in linear time.
 */
#ifndef LAYOUT_GRAPH_H
#define LAYOUT_GRAPH_H

#include "layout/scene.h"
#include "model/run.h"

enum { GRAPH_BOXES = 300, GRAPH_FOLD_OVER = 8 }; /* what pictures use */

struct graph_options {
    enum time_unit unit;
    double min_width, min_height;
    double max_side;    /* px before scaling; 0: no limit */
    uint32_t max_boxes; /* the rest is said, not drawn; 0: all */
    uint32_t fold_over; /* more equal-named or numbered siblings than this fold into one box; 0: none do */
    struct str title;
    struct str left_out; /* a sentence about what selection hid, "" when nothing */
    bool bare;           /* no title block: the page around it has one */
};

/* `run` must be measured. The scene's texts live in s->arena. */
void graph_layout(const struct run *run, const struct graph_options *o, struct scene *s);

#endif
