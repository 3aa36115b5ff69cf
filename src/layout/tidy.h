/* SPDX-License-Identifier: MIT
 *
 * Where the nodes of a tree go across the direction in which it grows: parents centred on their children, subtrees as
 * close as their outlines allow, equal subtrees drawn alike. Knows nothing of steps, boxes or texts.
 */
#ifndef LAYOUT_TIDY_H
#define LAYOUT_TIDY_H

#include <stdint.h>

#define TIDY_NONE UINT32_MAX

struct tidy_node {
    /* The tree, as indices into the array of nodes, TIDY_NONE where there is none; parents before their children. */
    uint32_t parent, first_child, last_child, prev, next;
    double size;   /* extent across */
    double centre; /* result; the smallest edge of all nodes is at 0 */
    /* Working state, by the names of the algorithm's authors. */
    uint32_t ancestor, thread, number;
    double prelim, mod, change, shift;
};

/* Nodes 0..count-1, the root is 0. Neighbours of one depth keep `gap` between their edges, and `cousin_gap` when they
 * have different parents. Linear time, no recursion. */
void tidy_layout(struct tidy_node *nodes, uint32_t count, double gap, double cousin_gap);

/* Puts a node behind the children that `parent` has so far (TIDY_NONE: it is the root) and clears the rest of it. */
void tidy_add(struct tidy_node *nodes, uint32_t node, uint32_t parent, double size);

#endif
