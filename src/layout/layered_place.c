/* SPDX-License-Identifier: MIT
 *
 * Coordinates: where edges end at their nodes, how far the ranks stand apart, and the results. Ranks stand apart the
 * more the farther edges between them have to go across.
 */
#include "layout/layered_ranks.h"

#include <math.h>
#include <stdlib.h>

/* px */
enum {
    RANK_GAP_MIN = 20,
    RANK_GAP_MAX = 64,
    BACK_FIRST = 18, /* from a node's side to the first edge that goes up there, */
    BACK_NEXT = 12,  /* and from one to the next */
    SIDE_FIRST = 8,  /* from a node's corner to the end of the first such edge, */
    SIDE_NEXT = 6,
    PORT_NEXT = 26, /* between edges at the bottom or top of a node */
    PORT_MARGIN = 18,
};
enum { SIDE_TURNS = 2 };

struct port {
    double at; /* of the other end */
    uint32_t link;
};

static int by_at(const void *left, const void *right)
{
    const struct port *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->link < b->link ? -1 : a->link > b->link;
}

/* The links from above or below that end at one side of a vertex (0: at its top or bottom), sorted by where they go. */
static uint32_t ports_of(const struct ranks *r, uint32_t v, bool above, int side, bool by_order, struct port *ports)
{
    const uint32_t *links = above ? r->above : r->below, *first = above ? r->above_first : r->below_first;
    uint32_t count = 0;
    for (uint32_t k = first[v]; k < first[v + 1]; k++) {
        const struct link *link = &r->links[links[k]];
        if (link_side(link, above) != side) continue;
        const struct vertex *other = &r->vertices[above ? link->upper : link->lower];
        double port = above ? link->upper_port : link->lower_port;
        ports[count++] = (struct port){ by_order ? other->order : other->x + port, links[k] };
    }
    qsort(ports, count, sizeof *ports, by_at);
    return count;
}

static double *port_of(const struct ranks *r, uint32_t link, bool above)
{
    return above ? &r->links[link].lower_port : &r->links[link].upper_port;
}

/* Room beside nodes for the edges that lead back there, the one that goes least far first. */
static void place_back_ports(struct ranks *r, struct port *ports)
{
    for (uint32_t n = 0; n < r->l->node_count; n++) {
        double half = r->l->nodes[n].width / 2, sides[2] = { half, half + r->l->nodes[n].left_room };
        double used[2] = { sides[0], sides[1] };
        for (unsigned turn = 0; turn < 4; turn++) {
            bool above = turn & 1, left = turn & 2;
            uint32_t count = ports_of(r, n, above, left ? -1 : 1, true, ports);
            for (uint32_t i = 0; i < count; i++) { /* from the inside: to the right the first, to the left the last */
                struct link *link = &r->links[ports[left ? count - 1 - i : i].link];
                double port = sides[left] + BACK_FIRST + BACK_NEXT * i;
                *(above ? &link->lower_port : &link->upper_port) = left ? -port : port;
                *(above ? &link->lower_nth : &link->upper_nth) = i;
                used[left] = fmax(used[left], port + PASSING_GAP / 2.0);
            }
        }
        r->vertices[n].right = used[0];
        r->vertices[n].left = used[1];
    }
}

/* The wanted side, or the other one, when no more links cross then; else none. */
static int side_for(struct ranks *r, int *side, uint32_t rank, int wanted)
{
    *side = 0;
    uint64_t least = ranks_crossings(r, rank);
    *side = wanted;
    if (ranks_crossings(r, rank) <= least) return wanted;
    *side = -wanted;
    if (ranks_crossings(r, rank) <= least) return -wanted;
    return 0;
}

/* An edge that leads back ends at those sides of its nodes that most of it passes by; where it would cross others on
 * the way there, at the bottom or top of the node like those that lead down. */
static void choose_sides(struct ranks *r)
{
    for (uint32_t e = 0; e < r->l->edge_count; e++) {
        uint32_t count = r->l->edges[e].stop_count;
        if (!r->l->edges[e].back) continue;
        struct link *first = &r->links[r->first_link[e]], *last = first + count;
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) sum += r->vertices[r->first_passing[e] + i].x;
        int upper = sum / count < r->vertices[first->upper].x ? -1 : 1;
        int lower = sum / count < r->vertices[last->lower].x ? -1 : 1;
        first->upper_side = side_for(r, &first->upper_side, r->vertices[first->upper].rank, upper);
        last->lower_side = side_for(r, &last->lower_side, r->vertices[last->upper].rank, lower);
        if (!first->upper_side) first->upper_port = 0;
        if (!last->lower_side) last->lower_port = 0;
    }
}

/* Edges at the bottom and the top of nodes side by side. */
static void place_ports(struct ranks *r, struct port *ports)
{
    for (uint32_t n = 0; n < r->l->node_count; n++)
        for (int above = 0; above < 2; above++) {
            uint32_t count = ports_of(r, n, above, 0, false, ports);
            double room = fmax(r->l->nodes[n].width - 2 * PORT_MARGIN, 0);
            double next = count > 1 ? fmin(PORT_NEXT, room / (count - 1)) : 0;
            for (uint32_t i = 0; i < count; i++)
                *port_of(r, ports[i].link, above) = floor(next * (i - (count - 1) / 2.0) + 0.5);
        }
}

/* Is there nothing between a vertex and x at one side of it? */
static bool is_free(const struct ranks *r, uint32_t v, double x, bool left)
{
    const struct vertex *at = &r->vertices[v];
    if (left ? at->order == 0 : at->order + 1 == r->member_count[at->rank]) return true;
    const struct vertex *next = &r->vertices[r->members[at->rank][left ? at->order - 1 : at->order + 1]];
    return left ? next->x + next->right + PASSING_GAP <= x : next->x - next->left - PASSING_GAP >= x;
}

/* An edge that leads back turns right below or above its last place before the node, where nothing else is there. */
static void stretch_back_ports(struct ranks *r)
{
    for (uint32_t i = 0; i < r->link_count; i++) {
        struct link *link = &r->links[i];
        for (int above = 0; above < 2; above++) {
            if (!link_side(link, above)) continue;
            uint32_t node = above ? link->lower : link->upper, other = above ? link->upper : link->lower;
            struct vertex *v = &r->vertices[node];
            double *port = above ? &link->lower_port : &link->upper_port, want = r->vertices[other].x - v->x;
            bool left = link_side(link, above) < 0;
            if ((left ? want >= *port : want <= *port) || !is_free(r, node, v->x + want, left)) continue;
            *port = want;
            if (left) v->left = fmax(v->left, PASSING_GAP / 2.0 - want);
            else v->right = fmax(v->right, want + PASSING_GAP / 2.0);
        }
    }
}

static void finish_across(struct ranks *r)
{
    double least = INFINITY, most = 0;
    for (uint32_t v = 0; v < r->vertex_count; v++) least = fmin(least, r->vertices[v].x - r->vertices[v].left);
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        r->vertices[v].x = floor(r->vertices[v].x - least + 0.5);
        most = fmax(most, r->vertices[v].x + r->vertices[v].right);
    }
    for (uint32_t n = 0; n < r->l->node_count; n++)
        r->l->nodes[n].x = ceil(r->vertices[n].x - r->l->nodes[n].width / 2);
    r->l->width = ceil(most);
}

/* ---- down ---- */

static double height_of(const struct ranks *r, uint32_t rank)
{
    double height = 0;
    for (uint32_t i = 0; i < r->member_count[rank]; i++) {
        uint32_t v = r->members[rank][i];
        double own = !r->vertices[v].passing             ? r->l->nodes[v].height
                     : r->vertices[v].left > PASSING_GAP ? LAYERED_LABEL_HEIGHT
                                                         : 0;
        height = fmax(height, own);
    }
    return height;
}

static void place_down(struct ranks *r, double *top, double *bottom)
{
    double *across = ARENA_ARRAY(r->arena, double, r->rank_count + (size_t)1), y = 0;
    for (uint32_t i = 0; i < r->link_count; i++) {
        const struct link *link = &r->links[i];
        const struct vertex *upper = &r->vertices[link->upper], *lower = &r->vertices[link->lower];
        double far = fabs(upper->x + link->upper_port - lower->x - link->lower_port);
        across[upper->rank] = fmax(across[upper->rank], far);
    }
    for (uint32_t rank = 0; rank < r->rank_count; rank++) {
        double height = height_of(r, rank);
        top[rank] = y;
        bottom[rank] = y + height;
        y = bottom[rank] + fmin(floor(RANK_GAP_MIN + across[rank] / 8), RANK_GAP_MAX);
    }
    r->l->height = bottom[r->rank_count - 1];
    for (uint32_t n = 0; n < r->l->node_count; n++) {
        uint32_t rank = r->vertices[n].rank;
        r->l->nodes[n].y = floor((top[rank] + bottom[rank] - r->l->nodes[n].height) / 2);
    }
}

/* ---- edges ---- */

/* The height at which an edge that leads back ends at the node's side: one that turns farther out must end farther
 * from where all of them come from, or it would cross the others. */
static double side_at(const struct layered_node *node, uint32_t nth, bool above)
{
    double from = fmin(SIDE_FIRST + SIDE_NEXT * nth, node->height - SIDE_FIRST);
    return node->y + (above ? from : node->height - from);
}

static void finish_edge(const struct ranks *r, uint32_t i, const double *top, const double *bottom)
{
    struct layered_edge *e = &r->l->edges[i];
    if (e->from == e->to) return;
    const struct link *first = &r->links[r->first_link[i]], *last = first + e->stop_count;
    const struct layered_node *upper = &r->l->nodes[first->upper], *lower = &r->l->nodes[last->lower];
    double x_upper = r->vertices[first->upper].x + first->upper_port;
    double x_lower = r->vertices[last->lower].x + last->lower_port;
    e->stops = ARENA_ARRAY(r->arena, struct layered_stop, e->stop_count);
    for (uint32_t k = 0; k < e->stop_count; k++) {
        const struct vertex *v = &r->vertices[r->first_passing[i] + k];
        e->stops[e->back ? e->stop_count - 1 - k : k] = (struct layered_stop){ v->x, top[v->rank], bottom[v->rank] };
    }
    if (e->back) {
        e->turn1 = e->x1 = x_lower;
        e->turn2 = e->x2 = x_upper;
        e->y1 = lower->y;
        e->y2 = upper->y + upper->height;
        e->side1 = last->lower_side;
        e->side2 = first->upper_side;
        if (e->side1) {
            e->x1 = lower->x + (e->side1 < 0 ? 0 : lower->width);
            e->y1 = side_at(lower, last->lower_nth, true);
        }
        if (e->side2) {
            e->x2 = upper->x + (e->side2 < 0 ? 0 : upper->width);
            e->y2 = side_at(upper, first->upper_nth, false);
        }
    } else {
        e->x1 = x_upper;
        e->y1 = upper->y + upper->height;
        e->x2 = x_lower;
        e->y2 = lower->y;
    }
}

void ranks_place(struct ranks *r)
{
    uint32_t most = 0;
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        uint32_t above = r->above_first[v + 1] - r->above_first[v], below = r->below_first[v + 1] - r->below_first[v];
        if (above > most) most = above;
        if (below > most) most = below;
    }
    struct port *ports = ARENA_ARRAY(r->arena, struct port, most);
    double *top = ARENA_ARRAY(r->arena, double, r->rank_count), *bottom = ARENA_ARRAY(r->arena, double, r->rank_count);
    for (int turn = 0; turn < SIDE_TURNS; turn++) {
        ranks_settle(r);
        choose_sides(r);
        if (turn == 0) ranks_order(r);
        place_back_ports(r, ports);
    }
    ranks_settle(r);
    stretch_back_ports(r);
    place_ports(r, ports);
    finish_across(r);
    place_down(r, top, bottom);
    r->l->crossings = 0;
    for (uint32_t rank = 0; rank + 1 < r->rank_count; rank++) r->l->crossings += ranks_crossings(r, rank);
    for (uint32_t i = 0; i < r->l->edge_count; i++) finish_edge(r, i, top, bottom);
}
