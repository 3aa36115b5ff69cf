/* SPDX-License-Identifier: MIT
 *
 * The tree between its parts: graph_place.c says which boxes are drawn, how large everything is and where it stands,
 * graph_columns.c breaks what is too high into columns, graph_tree.c draws it.
 */
#ifndef LAYOUT_GRAPH_TREE_H
#define LAYOUT_GRAPH_TREE_H

#include "layout/sheet.h"
#include "layout/tidy.h"

/* px */
enum {
    TREE_STUB_LEFT = 8, /* to the right: from the edge's end to its text */
    TREE_STUB_TOP = 4,  /* down: likewise */
    TREE_RACK_PADDING = 10,
    TREE_RACK_GAP = 10,
    TREE_COLUMN_GAP = 80,
};

enum tree_kind {
    TREE_BOX,
    TREE_STUB, /* what is missing below a box */
    TREE_RACK, /* boxes in rows and columns that nothing is below of */
};

/* What stands at one place. */
struct tree_node {
    enum tree_kind kind;
    const struct box *box; /* BOX, STUB */
    uint32_t parent;       /* node, TIDY_NONE for the root */
    uint32_t depth;
    bool again;                 /* drawn in an earlier column already */
    double x, y, width, height; /* px, whole numbers; from the top left of the tree */
    struct sheet_box drawn;     /* BOX */
    struct box_line stub;
    uint32_t first, members, columns; /* RACK: its boxes are kept[first] … */
    double cell, cell_height;         /* px, the largest of these */
};

struct tree {
    struct sheet *sheet;
    struct boxes boxes;
    bool down;                 /* children stand below their parents, not to the right of them */
    struct tidy_node *tidy;    /* as nodes */
    struct tree_node *nodes;   /* parents before children */
    uint32_t *kept;            /* the boxes drawn, in pre-order */
    struct sheet_box **wanted; /* by box: what sheet_box says, NULL while nobody has asked */
    uint32_t *node_of;         /* by box */
    unsigned char *inner;      /* by box: some box below it is drawn */
    uint32_t count;            /* of nodes */
    uint32_t depths;
    double width, height; /* px, of the tree without margins */
    uint32_t columns;     /* that it is broken into, 0 when it is whole */
    double *column_left;  /* px */
};

/* Chooses boxes and their arrangement, and fills the nodes; boxes are collected. */
void tree_choose(struct tree *t);
/* Places the nodes, which are measured. Returns how many depths fit. */
uint32_t tree_place(struct tree *t);
/* Breaks a tree to the right that is too high into columns. False when no number of them helps. */
bool tree_break(struct tree *t);
/* How many times the picture is larger than what a reader sees at once, and whether it may be that large. */
double tree_largeness(const struct tree *t);
bool tree_fits(const struct tree *t);
/* The texts of a box and the size that they want; made once. */
const struct sheet_box *tree_wanted(struct tree *t, uint32_t box);

#endif
