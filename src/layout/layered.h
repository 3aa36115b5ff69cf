/* SPDX-License-Identifier: MIT
 *
 * A directed graph in layers, from top to bottom (after K. Sugiyama, S. Tagawa, M. Toda, 1981): cycles are broken by
 * turning some edges round, every node gets a rank below those that lead to it, edges that pass a rank or have a label
 * get a place in it, and the order within the ranks is improved until few edges cross. Knows nothing of states or
 * texts.
 *
 *        ┌───┐           Edges leave at the bottom of a node and enter at the top. One that leads back leaves at a
 *        │ a │<───╮      side, goes up between the others and enters at a side, if it can. One that leads to its own
 *        └───┘    │      node is a loop at the left; the caller draws it into `left_room`.
 *        │   │    ×3
 *       ×2   ×1   │
 *       v    v    │
 *     ┌───┐┌───┐  │
 *     │ b ││ c │──╯
 *     └───┘└───┘
 */
#ifndef LAYOUT_LAYERED_H
#define LAYOUT_LAYERED_H

#include "base/arena.h"

struct layered_node {
    double width, height, left_room; /* px */
    double x, y;                     /* result: left and top */
};

/* Where an edge passes a rank: upright at x from top to bottom. */
struct layered_stop {
    double x, top, bottom;
};

struct layered_edge {
    uint32_t from, to;
    double label; /* px, width of what is written on it, 0: nothing */
    bool back;    /* result: leads back up; loops do not, and have nothing else of this */
    /* Result: the way from `from` to `to`, stop by stop, the label at that number. A forward edge begins at x1, y1 on
     * the bottom of a node and ends at x2, y2 on the top of another; one that leads back begins at x1, y1 on a side,
     * goes up at turn1, and from turn2 to x2, y2 on a side. */
    double x1, y1, x2, y2, turn1, turn2;
    int side1,
        side2; /* leads back: it begins, and ends, at the left (-1) or right (1) side of its node; 0: it begins on
                       * the top, ends at the bottom, where it would cross others on the way to a side */
    struct layered_stop *stops;
    uint32_t stop_count, label_stop;
};

struct layered {
    struct layered_node *nodes;
    struct layered_edge *edges;
    uint32_t node_count, edge_count;
    uint32_t entry; /* the node that is on top */
    double width, height;
    uint64_t crossings;
};

enum { LAYERED_LABEL_HEIGHT = 16 };

/* Fills the results. Stops live in `arena`. */
void layered_layout(struct layered *l, struct arena *arena);

#endif
