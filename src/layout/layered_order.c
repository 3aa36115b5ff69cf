/* SPDX-License-Identifier: MIT
 *
 * The order within the ranks: sweeps down and up put each vertex where its neighbours of the rank before are, on
 * average, then neighbours change places where that helps; the best order of several starts is kept. What ends at a
 * side of its node counts a little farther to that side than the node itself.
 */
#include "layout/layered_ranks.h"

#include <stdlib.h>

enum {
    SWEEPS = 24,
    PATIENCE = 6,
    PASSES = 6,
    PASSED_OFTEN = 5000, /* vertices, at most */
    STARTS = 24,
    STARTED_MOST = 20000 /* vertices, in all starts */
};
#define BACK_SIDE 0.4

struct place {
    double at;
    uint32_t order, vertex;
};

static int by_place(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static double upper_at(const struct ranks *r, const struct link *link)
{
    return r->vertices[link->upper].order + BACK_SIDE * link->upper_side;
}

static double lower_at(const struct ranks *r, const struct link *link)
{
    return r->vertices[link->lower].order + BACK_SIDE * link->lower_side;
}

static void number_rank(struct ranks *r, uint32_t rank)
{
    for (uint32_t i = 0; i < r->member_count[rank]; i++) r->vertices[r->members[rank][i]].order = i;
}

/* Sorts a rank by where its neighbours above (or below) are; who has none there stays. Those that are equal keep their
 * order, or take the opposite one: without that the sweeps may go round in a circle. */
static void sort_rank(struct ranks *r, uint32_t rank, bool by_above, bool swap_equal, struct place *places)
{
    uint32_t count = r->member_count[rank];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = r->members[rank][i];
        const uint32_t *links = by_above ? r->above : r->below, *first = by_above ? r->above_first : r->below_first;
        double sum = 0;
        for (uint32_t k = first[v]; k < first[v + 1]; k++)
            sum += by_above ? upper_at(r, &r->links[links[k]]) : lower_at(r, &r->links[links[k]]);
        uint32_t neighbours = first[v + 1] - first[v];
        places[i] = (struct place){ neighbours ? sum / neighbours : i, swap_equal ? count - i : i, v };
    }
    qsort(places, count, sizeof *places, by_place);
    for (uint32_t i = 0; i < count; i++) r->members[rank][i] = places[i].vertex;
    number_rank(r, rank);
}

struct crossing_end {
    double upper, lower;
};

static int by_upper(const void *left, const void *right)
{
    const struct crossing_end *a = left, *b = right;
    if (a->upper != b->upper) return a->upper < b->upper ? -1 : 1;
    return a->lower < b->lower ? -1 : a->lower > b->lower;
}

static uint32_t leaf_of(double at) { return (uint32_t)(at * 3 + 1.5) + 1; }

/* Pairs of links below a rank that cross: inversions of their lower ends, counted with a tree of sums over the lower
 * rank (three leaves a vertex: its left side, itself, its right side). */
uint64_t ranks_crossings(struct ranks *r, uint32_t rank)
{
    struct crossing_end *ends = r->ends;
    uint32_t *sums = r->sums;
    uint32_t count = 0, leaves = r->member_count[rank + 1] * 3;
    for (uint32_t i = 0; i < r->member_count[rank]; i++) {
        uint32_t v = r->members[rank][i];
        for (uint32_t k = r->below_first[v]; k < r->below_first[v + 1]; k++) {
            const struct link *link = &r->links[r->below[k]];
            ends[count++] = (struct crossing_end){ upper_at(r, link), lower_at(r, link) };
        }
    }
    qsort(ends, count, sizeof *ends, by_upper);
    for (uint32_t i = 0; i <= leaves; i++) sums[i] = 0;
    uint64_t crossings = 0;
    for (uint32_t i = 0, same; i < count; i = same) {
        for (same = i; same < count && ends[same].upper == ends[i].upper; same++) {
            uint32_t leaf = leaf_of(ends[same].lower), before = 0;
            for (uint32_t at = leaf; at; at -= at & -at) before += sums[at];
            crossings += i - before;
        }
        for (uint32_t k = i; k < same; k++)
            for (uint32_t at = leaf_of(ends[k].lower); at <= leaves; at += at & -at) sums[at]++;
    }
    return crossings;
}

static uint64_t count_crossings(struct ranks *r)
{
    uint64_t crossings = 0;
    for (uint32_t rank = 0; rank + 1 < r->rank_count; rank++) crossings += ranks_crossings(r, rank);
    return crossings;
}

/* As the search from the entry has found the nodes; an edge goes beside the node it comes from. */
static void first_order(struct ranks *r, struct place *places)
{
    uint32_t *found = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count);
    for (uint32_t n = 0; n < r->l->node_count; n++) found[n] = r->discovery[n];
    for (uint32_t e = 0; e < r->l->edge_count; e++)
        for (uint32_t i = 0; i < r->l->edges[e].stop_count; i++)
            found[r->first_passing[e] + i] =
                r->discovery[r->l->edges[e].back ? r->l->edges[e].from : r->l->edges[e].to];
    for (uint32_t rank = 0; rank < r->rank_count; rank++) {
        for (uint32_t i = 0; i < r->member_count[rank]; i++) {
            uint32_t v = r->members[rank][i];
            places[i] = (struct place){ found[v], i, v };
        }
        qsort(places, r->member_count[rank], sizeof *places, by_place);
        for (uint32_t i = 0; i < r->member_count[rank]; i++) r->members[rank][i] = places[i].vertex;
        number_rank(r, rank);
    }
}

/* How many links of v cross links of w above (or below) them, with v to the left of w. */
static uint32_t crossings_of(const struct ranks *r, uint32_t v, uint32_t w, bool above)
{
    const uint32_t *links = above ? r->above : r->below, *first = above ? r->above_first : r->below_first;
    uint32_t crossings = 0;
    for (uint32_t i = first[v]; i < first[v + 1]; i++) {
        double at = above ? upper_at(r, &r->links[links[i]]) : lower_at(r, &r->links[links[i]]);
        for (uint32_t k = first[w]; k < first[w + 1]; k++)
            crossings += at > (above ? upper_at(r, &r->links[links[k]]) : lower_at(r, &r->links[links[k]]));
    }
    return crossings;
}

/* Changes neighbours where fewer links cross then; `equal`: also where as many do, which leads out of dead ends. */
static void change_neighbours(struct ranks *r, bool equal)
{
    bool better = true;
    int passes = r->vertex_count > PASSED_OFTEN ? 1 : PASSES;
    for (int pass = 0; pass < passes && better; pass++) {
        better = false;
        for (uint32_t rank = 0; rank < r->rank_count; rank++)
            for (uint32_t i = 1; i < r->member_count[rank]; i++) {
                uint32_t *pair = &r->members[rank][i - 1], v = pair[0], w = pair[1];
                uint32_t now = crossings_of(r, v, w, true) + crossings_of(r, v, w, false);
                uint32_t then = now ? crossings_of(r, w, v, true) + crossings_of(r, w, v, false) : 1;
                if (then > now || (then == now && !equal)) continue;
                better |= then < now;
                pair[0] = w;
                pair[1] = v;
                r->vertices[w].order = i - 1;
                r->vertices[v].order = i;
            }
    }
}

static void take_order(struct ranks *r, const uint32_t *order)
{
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        r->vertices[v].order = order[v];
        r->members[r->vertices[v].rank][order[v]] = v;
    }
}

/* The best order found so far, and what the search needs. */
struct search {
    struct place *places;
    uint32_t *best;
    uint64_t least;
};

/* Sweeps from the order that the ranks have; `turns`: with those that are equal taking turns. */
static void sweep(struct ranks *r, struct search *s, bool turns)
{
    uint64_t least = UINT64_MAX;
    for (int n = 0, idle = 0; n < SWEEPS && least && idle < PATIENCE; n++, idle++) {
        bool down = n % 2 != 0;
        for (uint32_t i = 1; i < r->rank_count && n; i++)
            sort_rank(r, down ? i : r->rank_count - 1 - i, down, turns && n / 2 % 2, s->places);
        change_neighbours(r, n % 3 == 2);
        uint64_t crossings = count_crossings(r);
        if (crossings >= least) continue;
        least = crossings;
        idle = 0;
        if (crossings >= s->least) continue;
        s->least = crossings;
        for (uint32_t v = 0; v < r->vertex_count; v++) s->best[v] = r->vertices[v].order;
    }
}

/* Another order to start from, the same for everyone. */
static void shuffle(struct ranks *r, uint32_t seed)
{
    uint32_t state = seed * 2654435761u;
    for (uint32_t rank = 0; rank < r->rank_count; rank++) {
        for (uint32_t i = r->member_count[rank]; i > 1; i--) {
            state = state * 1664525u + 1013904223u;
            uint32_t k = (uint32_t)((uint64_t)(state >> 8) * i >> 24), v = r->members[rank][i - 1];
            r->members[rank][i - 1] = r->members[rank][k];
            r->members[rank][k] = v;
        }
        number_rank(r, rank);
    }
}

void ranks_order(struct ranks *r)
{
    uint32_t widest = 0;
    for (uint32_t rank = 0; rank < r->rank_count; rank++)
        if (r->member_count[rank] > widest) widest = r->member_count[rank];
    struct search s = { .places = ARENA_ARRAY(r->arena, struct place, widest),
                        .best = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count),
                        .least = UINT64_MAX };
    if (!r->ordered) {
        r->ends = ARENA_ARRAY(r->arena, struct crossing_end, r->link_count + (size_t)1);
        r->sums = ARENA_ARRAY(r->arena, uint32_t, widest * (size_t)3 + 2);
    }
    uint32_t starts = r->ordered ? 0 : STARTED_MOST / r->vertex_count;
    if (r->ordered) {
        for (uint32_t rank = 0; rank < r->rank_count; rank++) number_rank(r, rank);
    } else first_order(r, s.places);
    r->ordered = true;
    sweep(r, &s, true);
    take_order(r, s.best);
    sweep(r, &s, false);
    for (uint32_t n = 1; n <= starts && n <= STARTS && s.least; n++) {
        shuffle(r, n);
        sweep(r, &s, n % 2);
    }
    take_order(r, s.best);
    r->l->crossings = s.least;
}
