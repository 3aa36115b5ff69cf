/* SPDX-License-Identifier: MIT
 *
 * Which edges lead back, and the ranks. Nothing leads down to the entry, so that it is on top.
 */
#include "layout/layered.h"

#include "layout/layered_ranks.h"

#include <math.h>

enum {
    PASSING_WIDTH = 12, /* px, of an edge without a label */
    LABEL_AROUND = 10,
    ISOLATED_A_RANK = 6, /* nodes without any edge */
};

/* The edges that leave each node, as they stand in the list of edges: edges[first[n]] … edges[first[n + 1] - 1]. */
struct leaving {
    uint32_t *first, *edges;
};

static struct leaving leaving_of(const struct layered *l, struct arena *arena)
{
    struct leaving out = { ARENA_ARRAY(arena, uint32_t, l->node_count + (size_t)2),
                           ARENA_ARRAY(arena, uint32_t, l->edge_count + (size_t)1) };
    for (uint32_t e = 0; e < l->edge_count; e++) out.first[l->edges[e].from + 2]++;
    for (uint32_t n = 2; n < l->node_count + 2; n++) out.first[n] += out.first[n - 1];
    for (uint32_t e = 0; e < l->edge_count; e++) out.edges[out.first[l->edges[e].from + 1]++] = e;
    return out;
}

/* Search in depth from the entry, then from each node not met yet: an edge to a node that is still open closes a cycle
 * and leads back. */
static void find_back_edges(struct ranks *r)
{
    struct layered *l = r->l;
    struct leaving out = leaving_of(l, r->arena);
    uint32_t *next = ARENA_ARRAY(r->arena, uint32_t, l->node_count),
             *stack = ARENA_ARRAY(r->arena, uint32_t, l->node_count);
    unsigned char *state = ARENA_ARRAY(r->arena, unsigned char, l->node_count); /* 1 open, 2 done */
    uint32_t found = 0;
    for (uint32_t root = 0; root <= l->node_count; root++) {
        uint32_t start = root == 0 ? l->entry : root - 1, depth = 0;
        if (start >= l->node_count || state[start]) continue;
        stack[depth++] = start;
        while (depth) {
            uint32_t n = stack[depth - 1];
            if (!state[n]) {
                state[n] = 1;
                r->discovery[n] = found++;
                next[n] = out.first[n];
            }
            if (next[n] == out.first[n + 1]) {
                state[n] = 2;
                depth--;
                continue;
            }
            struct layered_edge *e = &l->edges[out.edges[next[n]++]];
            e->back = e->to != n && (state[e->to] == 1 || e->to == l->entry);
            if (!state[e->to]) stack[depth++] = e->to;
        }
        if (root == 0) r->reached = found;
    }
}

/* Every node below all that lead to it, as far up as it can; what the entry does not lead to, close above what it leads
 * to itself. */
static void rank_nodes(struct ranks *r)
{
    struct layered *l = r->l;
    uint32_t *waiting = ARENA_ARRAY(r->arena, uint32_t, l->node_count),
             *queue = ARENA_ARRAY(r->arena, uint32_t, l->node_count);
    uint32_t head = 0, tail = 0, isolated = 0, deepest = 0;
    uint32_t *first = ARENA_ARRAY(r->arena, uint32_t, l->node_count + (size_t)2);
    uint32_t *down = ARENA_ARRAY(r->arena, uint32_t, l->edge_count + (size_t)1);
    for (uint32_t e = 0; e < l->edge_count; e++) {
        const struct layered_edge *edge = &l->edges[e];
        if (edge->from == edge->to) continue;
        waiting[edge_lower(edge)]++;
        first[edge_upper(edge) + 2]++;
    }
    for (uint32_t n = 2; n < l->node_count + 2; n++) first[n] += first[n - 1];
    for (uint32_t e = 0; e < l->edge_count; e++)
        if (l->edges[e].from != l->edges[e].to) down[first[edge_upper(&l->edges[e]) + 1]++] = e;
    for (uint32_t n = 0; n < l->node_count; n++) {
        if (!waiting[n]) queue[tail++] = n;
    }
    while (head < tail) {
        uint32_t n = queue[head++];
        for (uint32_t i = first[n]; i < first[n + 1]; i++) {
            uint32_t to = edge_lower(&l->edges[down[i]]);
            if (r->vertices[to].rank < r->vertices[n].rank + 2) r->vertices[to].rank = r->vertices[n].rank + 2;
            if (--waiting[to] == 0) queue[tail++] = to;
        }
    }
    for (uint32_t n = 0; n < l->node_count; n++)
        if (r->vertices[n].rank > deepest) deepest = r->vertices[n].rank;
    for (uint32_t i = tail; i-- > 0;) { /* from below */
        uint32_t n = queue[i], nearest = UINT32_MAX;
        bool alone = first[n] == first[n + 1] && r->vertices[n].rank == 0;
        if (r->discovery[n] < r->reached) continue;
        for (uint32_t k = first[n]; k < first[n + 1]; k++) {
            uint32_t rank = r->vertices[edge_lower(&l->edges[down[k]])].rank;
            if (rank < nearest) nearest = rank;
        }
        if (nearest != UINT32_MAX) r->vertices[n].rank = nearest - 2;
        else if (alone) r->vertices[n].rank = (deepest ? deepest + 2 : 0) + isolated++ / ISOLATED_A_RANK * 2;
    }
}

static struct vertex *add_passing(struct ranks *r, uint32_t rank, double width)
{
    struct vertex *v = &r->vertices[r->vertex_count++];
    *v = (struct vertex){ .rank = rank, .left = width / 2, .right = width / 2, .passing = true };
    return v;
}

/* Cuts each edge into links, with a place in every rank that it passes. */
static void cut_edges(struct ranks *r)
{
    struct layered *l = r->l;
    for (uint32_t i = 0; i < l->edge_count; i++) {
        struct layered_edge *e = &l->edges[i];
        r->first_link[i] = r->link_count;
        r->first_passing[i] = r->vertex_count;
        if (e->from == e->to) continue;
        uint32_t upper = edge_upper(e), lower = edge_lower(e), at = upper;
        uint32_t top = r->vertices[upper].rank, bottom = r->vertices[lower].rank;
        e->stop_count = bottom - top - 1;
        uint32_t label = e->back ? bottom - 1 : top + 1;
        e->label_stop = 0;
        for (uint32_t rank = top + 1; rank < bottom; rank++) {
            double width = rank == label && e->label > 0 ? e->label + LABEL_AROUND : PASSING_WIDTH;
            add_passing(r, rank, width);
            r->links[r->link_count++] = (struct link){ .upper = at, .lower = r->vertex_count - 1, .back = e->back };
            at = r->vertex_count - 1;
        }
        r->links[r->link_count++] = (struct link){ .upper = at, .lower = lower, .back = e->back };
    }
}

static void list_members(struct ranks *r)
{
    for (uint32_t v = 0; v < r->vertex_count; v++)
        if (r->vertices[v].rank + 1 > r->rank_count) r->rank_count = r->vertices[v].rank + 1;
    r->members = ARENA_ARRAY(r->arena, uint32_t *, r->rank_count);
    r->member_count = ARENA_ARRAY(r->arena, uint32_t, r->rank_count);
    for (uint32_t v = 0; v < r->vertex_count; v++) r->member_count[r->vertices[v].rank]++;
    for (uint32_t k = 0; k < r->rank_count; k++) {
        r->members[k] = ARENA_ARRAY(r->arena, uint32_t, r->member_count[k]);
        r->member_count[k] = 0;
    }
    for (uint32_t v = 0; v < r->vertex_count; v++)
        r->members[r->vertices[v].rank][r->member_count[r->vertices[v].rank]++] = v;
}

/* The links at either side of each vertex. */
static void index_links(struct ranks *r)
{
    r->above_first = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count + (size_t)2);
    r->below_first = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count + (size_t)2);
    r->above = ARENA_ARRAY(r->arena, uint32_t, r->link_count + (size_t)1);
    r->below = ARENA_ARRAY(r->arena, uint32_t, r->link_count + (size_t)1);
    for (uint32_t i = 0; i < r->link_count; i++) {
        r->above_first[r->links[i].lower + 2]++;
        r->below_first[r->links[i].upper + 2]++;
    }
    for (uint32_t v = 2; v < r->vertex_count + 2; v++) {
        r->above_first[v] += r->above_first[v - 1];
        r->below_first[v] += r->below_first[v - 1];
    }
    for (uint32_t i = 0; i < r->link_count; i++) {
        r->above[r->above_first[r->links[i].lower + 1]++] = i;
        r->below[r->below_first[r->links[i].upper + 1]++] = i;
    }
}

void layered_layout(struct layered *l, struct arena *arena)
{
    struct ranks r = { .l = l, .arena = arena, .vertex_count = l->node_count };
    l->width = l->height = 0;
    l->crossings = 0;
    if (!l->node_count) return;
    struct vertex *nodes = ARENA_ARRAY(arena, struct vertex, l->node_count);
    r.vertices = nodes;
    r.discovery = ARENA_ARRAY(arena, uint32_t, l->node_count);
    find_back_edges(&r);
    rank_nodes(&r);
    size_t passing = 0;
    for (uint32_t i = 0; i < l->edge_count; i++)
        if (l->edges[i].from != l->edges[i].to)
            passing += nodes[edge_lower(&l->edges[i])].rank - nodes[edge_upper(&l->edges[i])].rank - 1;
    r.vertices = ARENA_ARRAY(arena, struct vertex, l->node_count + passing);
    memcpy(r.vertices, nodes, l->node_count * sizeof *nodes);
    r.links = ARENA_ARRAY(arena, struct link, l->edge_count + passing + 1);
    r.first_link = ARENA_ARRAY(arena, uint32_t, l->edge_count + (size_t)1);
    r.first_passing = ARENA_ARRAY(arena, uint32_t, l->edge_count + (size_t)1);
    for (uint32_t n = 0; n < l->node_count; n++) {
        r.vertices[n].left = l->nodes[n].width / 2 + l->nodes[n].left_room;
        r.vertices[n].right = l->nodes[n].width / 2;
    }
    cut_edges(&r);
    list_members(&r);
    index_links(&r);
    ranks_order(&r);
    ranks_place(&r);
}
