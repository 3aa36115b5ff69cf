/* SPDX-License-Identifier: MIT
 *
 * The execution graph of a run as a scene, in one of three ways:
 *
 *   tree    parents to children, left to right
 *   flow    the way the run went, from top to bottom: what came after what, what ran side by side
 *   states  the state machine that the run went through: each state once, with the ways between them
 */
#ifndef LAYOUT_GRAPH_H
#define LAYOUT_GRAPH_H

#include "layout/scene.h"
#include "model/analysis.h"
#include "model/machine.h"

enum {
    GRAPH_BOXES = 300, /* what pictures have, */
    GRAPH_FOLD_OVER = 8,
    GRAPH_STATES = 200,
    GRAPH_PAGE_BOXES = 48, /* and what a page has room for */
    GRAPH_PAGE_FOLD_OVER = 4,
    GRAPH_PAGE_STATES = 40,
    GRAPH_BOXES_MAX = 5000,
};

enum graph_style { GRAPH_TREE, GRAPH_FLOW, GRAPH_MACHINE };

struct graph_options {
    struct analysis *analysis; /* of the run */
    enum graph_style style;
    enum time_unit unit;
    double min_width, min_height;
    double max_side;    /* px before scaling; 0: no limit */
    uint32_t max_boxes; /* the rest is said, not drawn; 0: all. For states see max_states. */
    uint32_t fold_over; /* more equal-named or numbered siblings than this fold into one box; 0: none do */
    uint32_t max_states;
    const struct machine *machine; /* of the run; for GRAPH_MACHINE only */
    struct str title;
    struct str left_out; /* a sentence about what selection hid, "" when nothing */
    bool bare;           /* no title block: the page around it has one */
};

/* `run` must be measured. The scene's texts live in s->arena. */
void graph_layout(const struct run *run, const struct graph_options *o, struct scene *s);

#endif
