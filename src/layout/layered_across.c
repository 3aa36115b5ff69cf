/* SPDX-License-Identifier: MIT
 *
 * Across: every vertex wants to be where its neighbours are. Sweeps over the ranks give each rank the places nearest to
 * that (least squares) which keep its order and its gaps; then what belongs to one line becomes straight.
 */
#include "layout/layered_ranks.h"

#include <math.h>

enum { NODE_GAP = 28 /* px */ };
enum {
    SWEEPS = 48,
    SWEEPS_LEAST = 8,
    SWEPT_MOST = 4000000 /* vertices, in all sweeps */,
    STRAIGHTENED = 3,
    SQUEEZE = 2 /* px less than a gap */
};

/* Is the link the only one of its kind at that end of it? Ends of passing edges always are. */
static bool is_alone(const struct ranks *r, const struct link *link, bool at_lower)
{
    uint32_t v = at_lower ? link->lower : link->upper, count = 0;
    const uint32_t *links = at_lower ? r->above : r->below, *first = at_lower ? r->above_first : r->below_first;
    for (uint32_t k = first[v]; k < first[v + 1] && count < 2; k++)
        count += link_side(&r->links[links[k]], at_lower) == link_side(link, at_lower);
    return count < 2;
}

/* The pull of a link: long edges straight, then those straight that are alone at a node, so that edges spread and meet
 * where there are many of them. */
static double pull(const struct ranks *r, const struct link *link)
{
    if (r->vertices[link->upper].passing && r->vertices[link->lower].passing) return 8;
    if (link->upper_side || link->lower_side) return 0.1;
    return is_alone(r, link, false) && is_alone(r, link, true) ? 5 : 1;
}

static double gap_between(const struct vertex *a, const struct vertex *b)
{
    return a->right + b->left + (a->passing || b->passing ? PASSING_GAP : NODE_GAP);
}

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

/* Vertices that shall stand in one line: the places of an edge, with the nodes at its ends where it is alone. Of a rank
 * there is never more than one in a line. */
struct lines {
    uint32_t *of; /* by vertex: the first vertex of its line, by which the line is known */
    double *sum;
    uint32_t *count;
};

static uint32_t line_of(const struct lines *lines, uint32_t v)
{
    while (lines->of[v] != v) v = lines->of[v] = lines->of[lines->of[v]];
    return v;
}

static void join(const struct lines *lines, uint32_t a, uint32_t b)
{
    a = line_of(lines, a);
    b = line_of(lines, b);
    if (a < b) lines->of[b] = a;
    else lines->of[a] = b;
}

static struct lines find_lines(const struct ranks *r)
{
    struct lines lines = { .of = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count),
                           .sum = ARENA_ARRAY(r->arena, double, r->vertex_count),
                           .count = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count) };
    for (uint32_t v = 0; v < r->vertex_count; v++) lines.of[v] = v;
    for (uint32_t i = 0; i < r->link_count; i++) {
        const struct link *link = &r->links[i];
        bool upper = r->vertices[link->upper].passing, lower = r->vertices[link->lower].passing;
        bool alone = !link->upper_side && !link->lower_side && is_alone(r, link, !lower);
        if ((upper && lower) || alone) join(&lines, link->upper, link->lower);
    }
    return lines;
}

static void sum_lines(const struct ranks *r, const struct lines *lines)
{
    memset(lines->sum, 0, r->vertex_count * sizeof *lines->sum);
    memset(lines->count, 0, r->vertex_count * sizeof *lines->count);
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        lines->sum[line_of(lines, v)] += r->vertices[v].x;
        lines->count[line_of(lines, v)]++;
    }
}

/* Lines become straight by turns: each takes its mean place, then each rank gives way as little as order and gaps
 * demand. That comes ever closer to both, where both can be had. */
static void align(struct ranks *r, const struct lines *lines, uint32_t sweeps, struct cluster *clusters)
{
    for (uint32_t sweep = 0; sweep < sweeps; sweep++) {
        sum_lines(r, lines);
        for (uint32_t v = 0; v < r->vertex_count; v++)
            r->vertices[v].x = lines->sum[line_of(lines, v)] / lines->count[line_of(lines, v)];
        for (uint32_t rank = 0; rank < r->rank_count; rank++) settle_rank(r, rank, false, false, clusters);
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

/* Takes the last wiggles out: line by line, all of one get the same x where there is room for it, or almost. */
static void straighten(struct ranks *r, const struct lines *lines)
{
    uint32_t *next = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count),
             *last = ARENA_ARRAY(r->arena, uint32_t, r->vertex_count);
    sum_lines(r, lines);
    for (uint32_t v = 0; v < r->vertex_count; v++) {
        uint32_t line = line_of(lines, v);
        next[v] = VERTEX_NONE;
        if (v != line) next[last[line]] = v;
        last[line] = v;
    }
    for (uint32_t line = 0; line < r->vertex_count; line++) {
        double from = -INFINITY, to = INFINITY;
        if (line_of(lines, line) != line) continue;
        for (uint32_t v = line; v != VERTEX_NONE; v = next[v]) {
            from = fmax(from, room_left(r, v));
            to = fmin(to, room_right(r, v));
        }
        if (from > to + 2 * SQUEEZE) continue;
        if (from > to) from = to = (from + to) / 2;
        double x = fmin(fmax(lines->sum[line] / lines->count[line], from), to);
        for (uint32_t v = line; v != VERTEX_NONE; v = next[v]) r->vertices[v].x = x;
    }
}

void ranks_settle(struct ranks *r)
{
    uint32_t widest = 0, sweeps = SWEPT_MOST / r->vertex_count;
    for (uint32_t rank = 0; rank < r->rank_count; rank++)
        if (r->member_count[rank] > widest) widest = r->member_count[rank];
    sweeps = sweeps > SWEEPS ? SWEEPS : sweeps < SWEEPS_LEAST ? SWEEPS_LEAST : sweeps;
    struct cluster *clusters = ARENA_ARRAY(r->arena, struct cluster, widest);
    struct lines lines = find_lines(r);
    settle(r, sweeps, clusters);
    align(r, &lines, sweeps, clusters);
    for (int turn = 0; turn < STRAIGHTENED; turn++) straighten(r, &lines);
}
