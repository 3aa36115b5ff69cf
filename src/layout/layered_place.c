/* SPDX-License-Identifier: MIT
 *
 * Coordinates. Across, every vertex wants to be where its neighbours are; sweeps over the ranks give each rank the
 * places nearest to that (least squares) which keep its order and its gaps. Edges want to be straight more than nodes
 * want to be in the middle. Down, ranks stand apart the more the farther edges between them have to go across.
 */
#include "layout/layered_ranks.h"

#include <math.h>
#include <stdlib.h>

/* px */
enum {
    NODE_GAP = 28,
    PASSING_GAP = 10,
    RANK_GAP_MIN = 20,
    RANK_GAP_MAX = 64,
    BACK_FIRST = 18, /* from a node's side to the first edge that goes up there, */
    BACK_NEXT = 12,  /* and from one to the next */
    SIDE_FIRST = 12, /* from a node's corner to the end of the first such edge, */
    SIDE_NEXT = 7,
    PORT_NEXT = 26, /* between edges at the bottom or top of a node */
    PORT_MARGIN = 18,
};
enum {
    SWEEPS = 48,
    SWEEPS_LEAST = 8,
    SWEPT_MOST = 4000000 /* vertices, in all sweeps */,
    STRAIGHTENED = 4,
    SIDE_TURNS = 2
};

/* Is the link the only one of its kind at that end of it? Ends of passing edges always are. */
static bool is_alone(const struct ranks *r, const struct link *link, bool at_lower)
{
    uint32_t v = at_lower ? link->lower : link->upper, count = 0;
    const uint32_t *links = at_lower ? r->above : r->below, *first = at_lower ? r->above_first : r->below_first;
    for (uint32_t k = first[v]; k < first[v + 1] && count < 2; k++) count += r->links[links[k]].back == link->back;
    return count < 2;
}

/* The pull of a link: long edges straight, then those straight that are alone at a node, so that edges spread and meet
 * where there are many of them. */
static double pull(const struct ranks *r, const struct link *link)
{
    if (r->vertices[link->upper].passing && r->vertices[link->lower].passing) return 8;
    return is_alone(r, link, false) && is_alone(r, link, true) ? 5 : 1;
}

static double gap_between(const struct vertex *a, const struct vertex *b)
{
    return a->right + b->left + (a->passing || b->passing ? PASSING_GAP : NODE_GAP);
}

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

/* The links of one kind at one side of a vertex, sorted by where they go. */
static uint32_t ports_of(const struct ranks *r, uint32_t v, bool above, bool back, bool by_order, struct port *ports)
{
    const uint32_t *links = above ? r->above : r->below, *first = above ? r->above_first : r->below_first;
    uint32_t count = 0;
    for (uint32_t k = first[v]; k < first[v + 1]; k++) {
        const struct link *link = &r->links[links[k]];
        if (link->back != back) continue;
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
        for (int above = 0; above < 2; above++) {
            uint32_t count = ports_of(r, n, above, true, true, ports), nth[2] = { 0, 0 };
            for (uint32_t i = 0; i < count; i++) {
                struct link *right = &r->links[ports[i].link], *left_one = &r->links[ports[count - 1 - i].link];
                for (int left = 0; left < 2;
                     left++) { /* from the inside: to the right the first, to the left the last */
                    struct link *link = left ? left_one : right;
                    if ((above ? link->lower_left : link->upper_left) != left) continue;
                    double port = sides[left] + BACK_FIRST + BACK_NEXT * nth[left];
                    *(above ? &link->lower_port : &link->upper_port) = left ? -port : port;
                    *(above ? &link->lower_nth : &link->upper_nth) = nth[left]++;
                    used[left] = fmax(used[left], port + PASSING_GAP / 2.0);
                }
            }
        }
        r->vertices[n].right = used[0];
        r->vertices[n].left = used[1];
    }
}

/* An edge that leads back ends at the side of a node that it passes by. */
static void choose_sides(struct ranks *r)
{
    for (uint32_t i = 0; i < r->link_count; i++) {
        struct link *link = &r->links[i];
        if (!link->back) continue;
        const struct vertex *upper = &r->vertices[link->upper], *lower = &r->vertices[link->lower];
        link->upper_left = !upper->passing && lower->x < upper->x;
        link->lower_left = !lower->passing && upper->x < lower->x;
    }
}

/* Edges at the bottom and the top of nodes side by side. */
static void place_ports(struct ranks *r, struct port *ports)
{
    for (uint32_t n = 0; n < r->l->node_count; n++)
        for (int above = 0; above < 2; above++) {
            uint32_t count = ports_of(r, n, above, false, false, ports);
            double room = fmax(r->l->nodes[n].width - 2 * PORT_MARGIN, 0);
            double next = count > 1 ? fmin(PORT_NEXT, room / (count - 1)) : 0;
            for (uint32_t i = 0; i < count; i++)
                *port_of(r, ports[i].link, above) = floor(next * (i - (count - 1) / 2.0) + 0.5);
        }
}

/* ---- across ---- */

/* Vertices side by side that have to move as one: their mean place, without the gaps before them. */
struct cluster {
    double place, weight;
    uint32_t count;
};

struct wish {
    double place, weight;
};

static struct wish wish_of(const struct ranks *r, uint32_t v, bool from_above, bool from_below)
{
    struct wish wish = { 0, 0 };
    for (uint32_t k = r->above_first[v]; from_above && k < r->above_first[v + 1]; k++) {
        const struct link *link = &r->links[r->above[k]];
        double weight = pull(r, link);
        wish.place += weight * (r->vertices[link->upper].x + link->upper_port - link->lower_port);
        wish.weight += weight;
    }
    for (uint32_t k = r->below_first[v]; from_below && k < r->below_first[v + 1]; k++) {
        const struct link *link = &r->links[r->below[k]];
        double weight = pull(r, link);
        wish.place += weight * (r->vertices[link->lower].x + link->lower_port - link->upper_port);
        wish.weight += weight;
    }
    if (wish.weight > 0) wish.place /= wish.weight;
    else wish = (struct wish){ r->vertices[v].x, 0.1 };
    return wish;
}

/* The least squares under "in order and apart": neighbours that would come too close join and share their mean, until
 * none do. */
static void settle_rank(struct ranks *r, uint32_t rank, bool from_above, bool from_below, struct cluster *clusters)
{
    uint32_t count = r->member_count[rank], used = 0;
    const uint32_t *members = r->members[rank];
    double offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i) offset += gap_between(&r->vertices[members[i - 1]], &r->vertices[members[i]]);
        struct wish wish = wish_of(r, members[i], from_above, from_below);
        clusters[used++] = (struct cluster){ wish.place - offset, wish.weight, 1 };
        while (used > 1 && clusters[used - 2].place > clusters[used - 1].place) {
            struct cluster *a = &clusters[used - 2], *b = &clusters[used - 1];
            a->place = (a->place * a->weight + b->place * b->weight) / (a->weight + b->weight);
            a->weight += b->weight;
            a->count += b->count;
            used--;
        }
    }
    offset = 0;
    for (uint32_t i = 0, c = 0, left = 0; i < count; i++, left--) {
        if (i) offset += gap_between(&r->vertices[members[i - 1]], &r->vertices[members[i]]);
        if (!left) left = clusters[c++].count;
        r->vertices[members[i]].x = clusters[c - 1].place + offset;
    }
}

static void settle(struct ranks *r, uint32_t sweeps, struct cluster *clusters)
{
    for (uint32_t rank = 0; rank < r->rank_count; rank++)
        for (uint32_t i = 1; i < r->member_count[rank]; i++) {
            const struct vertex *before = &r->vertices[r->members[rank][i - 1]];
            struct vertex *v = &r->vertices[r->members[rank][i]];
            v->x = before->x + gap_between(before, v);
        }
    for (uint32_t sweep = 0; sweep < sweeps; sweep++) {
        bool last = sweep >= sweeps / 2;
        for (uint32_t i = 0; i < r->rank_count; i++) settle_rank(r, i, true, last, clusters);
        for (uint32_t i = r->rank_count; i-- > 0;) settle_rank(r, i, last, true, clusters);
    }
}

static double room_left(const struct ranks *r, uint32_t v)
{
    const struct vertex *at = &r->vertices[v];
    if (!at->order) return -INFINITY;
    const struct vertex *before = &r->vertices[r->members[at->rank][at->order - 1]];
    return before->x + gap_between(before, at);
}

static double room_right(const struct ranks *r, uint32_t v)
{
    const struct vertex *at = &r->vertices[v];
    if (at->order + 1 == r->member_count[at->rank]) return INFINITY;
    const struct vertex *after = &r->vertices[r->members[at->rank][at->order + 1]];
    return after->x - gap_between(at, after);
}

/* Long edges become straight by turns: each takes its mean place, then each rank gives way as little as order and gaps
 * demand. That comes ever closer to both, where both can be had. */
static void align(struct ranks *r, uint32_t sweeps, struct cluster *clusters)
{
    for (uint32_t sweep = 0; sweep < sweeps; sweep++) {
        for (uint32_t e = 0; e < r->l->edge_count; e++) {
            uint32_t count = r->l->edges[e].stop_count, first = r->first_passing[e];
            double sum = 0;
            for (uint32_t i = 0; i < count; i++) sum += r->vertices[first + i].x;
            for (uint32_t i = 0; i < count; i++) r->vertices[first + i].x = sum / count;
        }
        for (uint32_t rank = 0; rank < r->rank_count; rank++) settle_rank(r, rank, false, false, clusters);
    }
}

/* Where an edge would rather be: straight at an end where it is alone, else where it is on average. */
static double best_x(const struct ranks *r, uint32_t e)
{
    uint32_t count = r->l->edges[e].stop_count;
    const struct link *first = &r->links[r->first_link[e]], *last = first + count;
    double sum = 0;
    if (is_alone(r, last, true) && !last->back) return r->vertices[last->lower].x;
    if (is_alone(r, first, false) && !first->back) return r->vertices[first->upper].x;
    for (uint32_t i = 0; i < count; i++) sum += r->vertices[r->first_passing[e] + i].x;
    return sum / count;
}

/* Takes the last wiggles out of edges: all the places of one get the same x where there is room for it. */
static void straighten(struct ranks *r, bool backwards)
{
    for (uint32_t k = 0; k < r->l->edge_count; k++) {
        uint32_t e = backwards ? r->l->edge_count - 1 - k : k;
        uint32_t count = r->l->edges[e].stop_count, first = r->first_passing[e];
        double from = -INFINITY, to = INFINITY;
        for (uint32_t i = 0; i < count; i++) {
            from = fmax(from, room_left(r, first + i));
            to = fmin(to, room_right(r, first + i));
        }
        if (!count || from > to) continue;
        double x = fmin(fmax(best_x(r, e), from), to);
        for (uint32_t i = 0; i < count; i++) r->vertices[first + i].x = x;
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
        for (int above = 0; above < 2 && link->back; above++) {
            uint32_t node = above ? link->lower : link->upper, other = above ? link->upper : link->lower;
            struct vertex *v = &r->vertices[node];
            double *port = above ? &link->lower_port : &link->upper_port, want = r->vertices[other].x - v->x;
            bool left = above ? link->lower_left : link->upper_left;
            if (v->passing || (left ? want >= *port : want <= *port) || !is_free(r, node, v->x + want, left)) continue;
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
        e->turn1 = x_lower;
        e->turn2 = x_upper;
        e->x1 = lower->x + (last->lower_left ? 0 : lower->width);
        e->y1 = side_at(lower, last->lower_nth, true);
        e->x2 = upper->x + (first->upper_left ? 0 : upper->width);
        e->y2 = side_at(upper, first->upper_nth, false);
    } else {
        e->x1 = x_upper;
        e->y1 = upper->y + upper->height;
        e->x2 = x_lower;
        e->y2 = lower->y;
    }
}

void ranks_place(struct ranks *r)
{
    uint32_t widest = 0, most = 0;
    for (uint32_t rank = 0; rank < r->rank_count; rank++)
        if (r->member_count[rank] > widest) widest = r->member_count[rank];
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        uint32_t above = r->above_first[v + 1] - r->above_first[v], below = r->below_first[v + 1] - r->below_first[v];
        if (above > most) most = above;
        if (below > most) most = below;
    }
    struct port *ports = ARENA_ARRAY(r->arena, struct port, most);
    double *top = ARENA_ARRAY(r->arena, double, r->rank_count), *bottom = ARENA_ARRAY(r->arena, double, r->rank_count);
    place_back_ports(r, ports);
    struct cluster *clusters = ARENA_ARRAY(r->arena, struct cluster, widest);
    uint32_t sweeps = SWEPT_MOST / r->vertex_count;
    sweeps = sweeps > SWEEPS ? SWEEPS : sweeps < SWEEPS_LEAST ? SWEEPS_LEAST : sweeps;
    for (int turn = 0; turn < SIDE_TURNS; turn++) {
        settle(r, sweeps, clusters);
        align(r, sweeps, clusters);
        choose_sides(r);
        ranks_order(r);
        place_back_ports(r, ports);
    }
    settle(r, sweeps, clusters);
    align(r, sweeps, clusters);
    for (int turn = 0; turn < STRAIGHTENED; turn++) straighten(r, turn % 2 != 0);
    stretch_back_ports(r);
    place_ports(r, ports);
    finish_across(r);
    place_down(r, top, bottom);
    for (uint32_t i = 0; i < r->l->edge_count; i++) finish_edge(r, i, top, bottom);
}
