/* SPDX-License-Identifier: MIT
 *
 * C. Buchheim, M. Jünger, S. Leipert: "Improving Walker's Algorithm to Run in Linear Time" (2002), with nodes of
 * different size. Only nodes of one depth have to keep apart, since each depth has its own column:
 *
 *            ┌ b ─┬ e        centre = prelim + the mods of all ancestors
 *     a ─────┤    └ f
 *            ├ c             The outline of a subtree is the chain of its first (or last) nodes depth by depth. Where
 *            └ d ─── g       one ends, a `thread` leads on to the subtree that reaches further, so walking along two
 *                            outlines costs only the depth of the smaller one.
 */
#include "layout/tidy.h"

#include <stddef.h>

void tidy_add(struct tidy_node *nodes, uint32_t node, uint32_t parent, double size)
{
    struct tidy_node *n = &nodes[node];
    *n = (struct tidy_node){
        .parent = parent,
        .first_child = TIDY_NONE,
        .last_child = TIDY_NONE,
        .prev = TIDY_NONE,
        .next = TIDY_NONE,
        .size = size,
        .ancestor = node,
        .thread = TIDY_NONE,
    };
    if (parent == TIDY_NONE) return;
    struct tidy_node *p = &nodes[parent];
    n->prev = p->last_child;
    if (p->last_child == TIDY_NONE) p->first_child = node;
    else {
        nodes[p->last_child].next = node;
        n->number = nodes[p->last_child].number + 1;
    }
    p->last_child = node;
}

struct gaps {
    double sibling, cousin;
};

/* The least distance between the centres of two neighbours of one depth. */
static double separation(const struct tidy_node *a, const struct tidy_node *b, const struct gaps *gaps)
{
    return (a->size + b->size) / 2 + (a->parent == b->parent ? gaps->sibling : gaps->cousin);
}

/* The next node down along the upper or the lower outline. */
static uint32_t outline_first(const struct tidy_node *n)
{
    return n->first_child != TIDY_NONE ? n->first_child : n->thread;
}

static uint32_t outline_last(const struct tidy_node *n)
{
    return n->last_child != TIDY_NONE ? n->last_child : n->thread;
}

/* Moves the subtree of `right` by `by`; the siblings between `left` and it get their share in execute_shifts. */
static void move_subtree(struct tidy_node *left, struct tidy_node *right, double by)
{
    double share = by / (right->number - left->number);
    right->change -= share;
    right->shift += by;
    right->prelim += by;
    right->mod += by;
    left->change += share;
}

static void execute_shifts(struct tidy_node *nodes, const struct tidy_node *parent)
{
    double shift = 0, change = 0;
    for (uint32_t i = parent->last_child; i != TIDY_NONE; i = nodes[i].prev) {
        struct tidy_node *n = &nodes[i];
        n->prelim += shift;
        n->mod += shift;
        change += n->change;
        shift += n->shift + change;
    }
}

/* Pushes the subtree `v` clear of all subtrees of its earlier siblings. `ancestor` is the sibling whose subtree holds
 * the outline that later ones meet; the new one is returned. i/o: inner and outer outline, l/r: earlier and this. */
static uint32_t apportion(struct tidy_node *nodes, uint32_t v, uint32_t ancestor, const struct gaps *gaps)
{
    uint32_t ir = v, or = v, il = nodes[v].prev, ol = nodes[nodes[v].parent].first_child;
    double ir_mod = nodes[ir].mod, or_mod = ir_mod, il_mod = nodes[il].mod, ol_mod = nodes[ol].mod;
    uint32_t next_il = outline_last(&nodes[il]), next_ir = outline_first(&nodes[ir]);
    while (next_il != TIDY_NONE && next_ir != TIDY_NONE) {
        il = next_il;
        ir = next_ir;
        ol = outline_first(&nodes[ol]);
        or = outline_last(&nodes[or]);
        nodes[or].ancestor = v;
        double by = nodes[il].prelim + il_mod - nodes[ir].prelim - ir_mod + separation(&nodes[il], &nodes[ir], gaps);
        if (by > 0) {
            uint32_t from = nodes[il].ancestor;
            if (nodes[from].parent != nodes[v].parent) from = ancestor;
            move_subtree(&nodes[from], &nodes[v], by);
            ir_mod += by;
            or_mod += by;
        }
        il_mod += nodes[il].mod;
        ir_mod += nodes[ir].mod;
        ol_mod += nodes[ol].mod;
        or_mod += nodes[or].mod;
        next_il = outline_last(&nodes[il]);
        next_ir = outline_first(&nodes[ir]);
    }
    if (next_il != TIDY_NONE && outline_last(&nodes[or]) == TIDY_NONE) {
        nodes[or].thread = next_il;
        nodes[or].mod += il_mod - or_mod;
    }
    if (next_ir != TIDY_NONE && outline_first(&nodes[ol]) == TIDY_NONE) {
        nodes[ol].thread = next_ir;
        nodes[ol].mod += ir_mod - ol_mod;
        ancestor = v;
    }
    return ancestor;
}

/* One node of the first walk; its children are through already. */
static void place(struct tidy_node *nodes, uint32_t v, const struct gaps *gaps)
{
    struct tidy_node *n = &nodes[v];
    double middle = 0;
    if (n->first_child != TIDY_NONE) {
        execute_shifts(nodes, n);
        middle = (nodes[n->first_child].prelim + nodes[n->last_child].prelim) / 2;
    }
    if (n->prev == TIDY_NONE) {
        n->prelim = middle;
        return;
    }
    n->prelim = nodes[n->prev].prelim + separation(&nodes[n->prev], n, gaps);
    n->mod = n->first_child != TIDY_NONE ? n->prelim - middle : 0;
    /* a node with children needs no thread of its own: there it holds the default ancestor of these children */
    struct tidy_node *parent = &nodes[n->parent];
    uint32_t ancestor = parent->thread != TIDY_NONE ? parent->thread : parent->first_child;
    parent->thread = apportion(nodes, v, ancestor, gaps);
}

static uint32_t deepest_first(const struct tidy_node *nodes, uint32_t v)
{
    while (nodes[v].first_child != TIDY_NONE) v = nodes[v].first_child;
    return v;
}

void tidy_layout(struct tidy_node *nodes, uint32_t count, double gap, double cousin_gap)
{
    if (count == 0) return;
    const struct gaps gaps = { gap, cousin_gap };
    for (uint32_t v = deepest_first(nodes, 0);;) {
        place(nodes, v, &gaps);
        if (v == 0) break;
        v = nodes[v].next != TIDY_NONE ? deepest_first(nodes, nodes[v].next) : nodes[v].parent;
    }
    double least = 0;
    for (uint32_t v = 0; v < count; v++) {
        struct tidy_node *n = &nodes[v];
        double moved = n->parent == TIDY_NONE ? 0 : nodes[n->parent].mod;
        n->centre = n->prelim + moved;
        n->mod += moved;
        if (v == 0 || n->centre - n->size / 2 < least) least = n->centre - n->size / 2;
    }
    for (uint32_t v = 0; v < count; v++) nodes[v].centre -= least;
}
