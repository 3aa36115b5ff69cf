/* SPDX-License-Identifier: MIT
 *
 * Between the steps of the layered layout, private to the layered files.
 */
#ifndef LAYOUT_LAYERED_RANKS_H
#define LAYOUT_LAYERED_RANKS_H

#include "layout/layered.h"

#define VERTEX_NONE UINT32_MAX

enum { PASSING_GAP = 10 /* px between edges */ };

/* A node, or the place where an edge passes a rank. Nodes have even ranks, labels odd ones. */
struct vertex {
    uint32_t rank, order; /* order: from the left */
    double left, right;   /* px that it takes to either side of x */
    double x;
    bool passing; /* an edge's */
};

/* A piece of an edge, from one rank to the next. */
struct link {
    uint32_t upper, lower;         /* vertices */
    double upper_port, lower_port; /* px right of the vertex's x where it ends */
    bool back;
    int upper_side, lower_side;    /* back: it ends at the left (-1) or right (1) side of the node, else 0 */
    uint32_t upper_nth, lower_nth; /* its place among those at the same side of the node, from the inside */
};

struct ranks {
    struct layered *l;
    struct arena *arena;
    struct vertex *vertices; /* the nodes first */
    uint32_t vertex_count;
    struct link *links;
    uint32_t link_count;
    uint32_t *first_link;    /* by edge: of its links, from the top; they lie side by side */
    uint32_t *first_passing; /* by edge: of its vertices between */
    uint32_t rank_count;
    uint32_t **members; /* by rank, in order */
    uint32_t *member_count;
    uint32_t *above, *above_first; /* links that come from above, by vertex: above[above_first[v]] … */
    uint32_t *below, *below_first;
    bool ordered;
    struct crossing_end *ends; /* scratch of ranks_crossings */
    uint32_t *sums;
    uint32_t *discovery; /* by node: when the search from the entry came to it, */
    uint32_t reached;    /* or, from this number on, from other nodes */
};

/* At which side of that node the link ends, 0 for its top or bottom. */
static inline int link_side(const struct link *link, bool at_lower)
{
    return at_lower ? link->lower_side : link->upper_side;
}

/* The upper and the lower node of an edge that is no loop. */
static inline uint32_t edge_upper(const struct layered_edge *e) { return e->back ? e->to : e->from; }
static inline uint32_t edge_lower(const struct layered_edge *e) { return e->back ? e->from : e->to; }

/* layered_order.c: orders the members of all ranks, the second time from where the first has ended; sets
 * l->crossings. */
void ranks_order(struct ranks *r);
/* Pairs of links from that rank to the next one that cross; after ranks_order. */
uint64_t ranks_crossings(struct ranks *r, uint32_t rank);
/* layered_across.c: gives every vertex its x. */
void ranks_settle(struct ranks *r);
/* layered_place.c: sets coordinates of nodes and edges. */
void ranks_place(struct ranks *r);

#endif
