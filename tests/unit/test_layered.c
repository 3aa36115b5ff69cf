/* SPDX-License-Identifier: MIT
 *
 * The layered layout of directed graphs: what holds for every graph, and a few whose outcome is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layout/layered.h"

#include <math.h>

enum { NODES = 200, EDGES = 500 };

struct fixture {
    struct arena arena;
    struct layered l;
    struct layered_node nodes[NODES];
    struct layered_edge edges[EDGES];
};

static struct fixture *fixture_new(uint32_t nodes)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->l = (struct layered){ .nodes = f->nodes, .edges = f->edges, .node_count = nodes };
    for (uint32_t i = 0; i < nodes; i++) f->nodes[i] = (struct layered_node){ .width = 120, .height = 46 };
    return f;
}

static void fixture_free(struct fixture *f)
{
    arena_free(&f->arena);
    free(f);
}

static struct layered_edge *connect(struct fixture *f, uint32_t from, uint32_t to, double label)
{
    struct layered_edge *e = &f->edges[f->l.edge_count++];
    *e = (struct layered_edge){ .from = from, .to = to, .label = label };
    return e;
}

static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

static struct fixture *random_graph(uint32_t seed, uint32_t nodes, uint32_t edges)
{
    uint32_t state = seed;
    struct fixture *f = fixture_new(nodes);
    for (uint32_t i = 0; i < nodes; i++) {
        f->nodes[i].width = 112 + 2 * random_below(&state, 80);
        f->nodes[i].height = random_below(&state, 3) ? 46 : 62;
        if (!random_below(&state, 6)) f->nodes[i].left_room = 40;
    }
    for (uint32_t i = 0; i < edges; i++)
        connect(f, random_below(&state, nodes), random_below(&state, nodes), random_below(&state, 3) * 40.0);
    f->l.entry = random_below(&state, nodes);
    return f;
}

struct area {
    double left, top, right, bottom;
};

static struct area with_room(struct area a, double room)
{
    return (struct area){ a.left - room, a.top - room, a.right + room, a.bottom + room };
}

static struct area node_area(const struct layered_node *n)
{
    return (struct area){ n->x, n->y, n->x + n->width, n->y + n->height };
}

static struct area label_area(const struct layered_edge *e)
{
    const struct layered_stop *stop = &e->stops[e->label_stop];
    return (struct area){ stop->x - e->label / 2, stop->top, stop->x + e->label / 2, stop->top + LAYERED_LABEL_HEIGHT };
}

static bool apart(struct area a, struct area b)
{
    return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}

static bool is_loop(const struct layered_edge *e) { return e->from == e->to; }

static void check_nodes(const struct layered *l)
{
    for (uint32_t i = 0; i < l->node_count; i++) {
        const struct layered_node *n = &l->nodes[i];
        assert_true(n->x - n->left_room >= -1 && n->x + n->width <= l->width + 1);
        assert_true(n->y >= 0 && n->y + n->height <= l->height);
        for (uint32_t k = 0; k < i; k++) assert_true(apart(with_room(node_area(n), 16), node_area(&l->nodes[k])));
    }
}

static void check_labels(const struct layered *l)
{
    for (uint32_t i = 0; i < l->edge_count; i++) {
        const struct layered_edge *e = &l->edges[i];
        if (is_loop(e) || e->label <= 0) continue;
        for (uint32_t n = 0; n < l->node_count; n++) assert_true(apart(label_area(e), node_area(&l->nodes[n])));
        for (uint32_t k = 0; k < i; k++)
            if (!is_loop(&l->edges[k]) && l->edges[k].label > 0)
                assert_true(apart(label_area(e), label_area(&l->edges[k])));
    }
}

/* No edge runs through a node, but for where it passes the rank of it. */
static void check_stops(const struct layered *l, const struct layered_edge *e)
{
    assert_true(e->stop_count >= 1 && e->label_stop < e->stop_count);
    for (uint32_t i = 0; i < e->stop_count; i++) {
        const struct layered_stop *stop = &e->stops[i];
        assert_true(stop->top <= stop->bottom && stop->x >= 0 && stop->x <= l->width);
        if (i && e->back) assert_true(stop->bottom < e->stops[i - 1].top);
        if (i && !e->back) assert_true(stop->top > e->stops[i - 1].bottom);
        for (uint32_t n = 0; n < l->node_count; n++) {
            struct area area = { stop->x, stop->top, stop->x, stop->bottom };
            assert_true(stop->top == stop->bottom || apart(area, node_area(&l->nodes[n])));
        }
    }
}

/* Edges end at their nodes, and lead down, or back up. */
static void check_edges(const struct layered *l)
{
    for (uint32_t i = 0; i < l->edge_count; i++) {
        const struct layered_edge *e = &l->edges[i];
        if (is_loop(e)) continue;
        struct area from = node_area(&l->nodes[e->from]), to = node_area(&l->nodes[e->to]);
        check_stops(l, e);
        if (e->back) {
            assert_true(to.bottom < from.top);
            assert_true(fmin(e->turn1, e->turn2) >= 0 && fmax(e->turn1, e->turn2) <= l->width);
            if (e->side1) {
                assert_true(e->x1 == (e->side1 < 0 ? from.left : from.right) && (e->turn1 - e->x1) * e->side1 >= 12);
                assert_true(e->y1 > from.top && e->y1 < from.bottom);
            } else assert_true(e->x1 > from.left && e->x1 < from.right && e->y1 == from.top && e->turn1 == e->x1);
            if (e->side2) {
                assert_true(e->x2 == (e->side2 < 0 ? to.left : to.right) && (e->turn2 - e->x2) * e->side2 >= 12);
                assert_true(e->y2 > to.top && e->y2 < to.bottom);
            } else assert_true(e->x2 > to.left && e->x2 < to.right && e->y2 == to.bottom && e->turn2 == e->x2);
        } else {
            assert_true(from.bottom < to.top);
            assert_true(e->x1 > from.left && e->x1 < from.right && e->y1 == from.bottom);
            assert_true(e->x2 > to.left && e->x2 < to.right && e->y2 == to.top);
        }
    }
}

static void check(struct fixture *f)
{
    layered_layout(&f->l, &f->arena);
    check_nodes(&f->l);
    check_labels(&f->l);
    check_edges(&f->l);
}

static void random_graphs(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        uint32_t nodes = 1 + seed * 7 % 50;
        struct fixture *f = random_graph(seed, nodes, seed % 5 ? nodes + seed % 20 : nodes * 3);
        check(f);
        fixture_free(f);
    }
}

static void the_largest_in_time(void **state)
{
    (void)state;
    struct fixture *f = random_graph(3, NODES, EDGES);
    check(f);
    fixture_free(f);
    f = fixture_new(NODES); /* a chain, with edges that pass up to all of it */
    uint32_t random = 9;
    for (uint32_t i = 0; i + 1 < NODES; i++) connect(f, i, i + 1, 20);
    for (uint32_t i = 0; f->l.edge_count < EDGES; i++)
        connect(f, i % NODES, random_below(&random, NODES), i % 2 ? 30 : 0);
    check(f);
    fixture_free(f);
}

static void the_same_twice(void **state)
{
    (void)state;
    struct fixture *a = random_graph(11, 40, 70), *b = random_graph(11, 40, 70);
    layered_layout(&a->l, &a->arena);
    layered_layout(&b->l, &b->arena);
    assert_memory_equal(a->nodes, b->nodes, 40 * sizeof *a->nodes);
    for (uint32_t i = 0; i < 70; i++) {
        assert_true(a->edges[i].x1 == b->edges[i].x1 && a->edges[i].turn2 == b->edges[i].turn2);
        assert_int_equal(a->edges[i].stop_count, b->edges[i].stop_count);
    }
    fixture_free(a);
    fixture_free(b);
}

static void a_chain_is_straight(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(5);
    for (uint32_t i = 0; i < 4; i++) {
        f->nodes[i].width = 112 + 30 * i;
        connect(f, i, i + 1, 18);
    }
    check(f);
    double middle = f->nodes[0].x + f->nodes[0].width / 2;
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(fabs(f->nodes[i].x + f->nodes[i].width / 2 - middle) <= 1);
        if (i) assert_true(f->nodes[i].y > f->nodes[i - 1].y);
    }
    for (uint32_t i = 0; i < 4; i++) assert_true(!f->edges[i].back && fabs(f->edges[i].stops[0].x - middle) <= 1);
    fixture_free(f);
}

/* Edges that pass ranks beside a chain that sways. */
static void long_edges_are_straight(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(12);
    for (uint32_t i = 0; i < 11; i++) {
        f->nodes[i].width = i % 2 ? 112 : 280;
        connect(f, i, i + 1, i % 3 ? 0 : 90);
        if (i % 3 == 0 && i < 9) connect(f, i, i + 3, 0);
    }
    connect(f, 0, 11, 40);
    connect(f, 1, 10, 0);
    connect(f, 11, 0, 20);
    check(f);
    for (uint32_t e = 0; e < f->l.edge_count; e++)
        for (uint32_t i = 1; i < f->edges[e].stop_count; i++)
            assert_true(f->edges[e].stops[i].x == f->edges[e].stops[0].x);
    fixture_free(f);
}

/* a → b → c → a: only the edge that closes the cycle leads back, whichever node it begins with. */
static void a_cycle_turns_one_edge(void **state)
{
    (void)state;
    for (uint32_t entry = 0; entry < 3; entry++) {
        struct fixture *f = fixture_new(3);
        for (uint32_t i = 0; i < 3; i++) connect(f, i, (i + 1) % 3, 0);
        f->l.entry = entry;
        check(f);
        for (uint32_t i = 0; i < 3; i++) assert_int_equal(f->edges[i].back, (i + 1) % 3 == entry);
        assert_true(f->nodes[entry].y == 0);
        fixture_free(f);
    }
}

/* Nothing stands above the entry, whatever leads to it; what it does not lead to stands close to what that leads to. */
static void the_entry_is_on_top(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(8);
    for (uint32_t i = 0; i < 4; i++) connect(f, i, i + 1, 0);
    connect(f, 5, 0, 0); /* not reached, and leads to the entry */
    connect(f, 6, 7, 0); /* not reached, leads to the end of the chain */
    connect(f, 7, 4, 0);
    check(f);
    assert_true(f->edges[4].back && f->nodes[0].y == 0 && f->nodes[5].y > 0);
    assert_true(f->nodes[7].y == f->nodes[3].y && f->nodes[6].y == f->nodes[2].y);
    fixture_free(f);
}

/* An edge that leads back between two others ends at the bottom of its node, since from a side it would cross one. */
static void back_edges_avoid_crossings(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(7);
    for (uint32_t i = 1; i < 7; i++) connect(f, (i - 1) / 2, i, 0);
    connect(f, 4, 0, 0);
    check(f);
    assert_true(f->edges[6].back);
    assert_int_equal(f->l.crossings, 0);
    fixture_free(f);
}

/* Two rows of four, each to the one below the other end: drawn as given all would cross. */
static void crossings_are_undone(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(9);
    for (uint32_t i = 0; i < 4; i++) connect(f, 0, 1 + i, 0);
    for (uint32_t i = 0; i < 4; i++) connect(f, 1 + i, 8 - i, 0);
    check(f);
    assert_int_equal(f->l.crossings, 0);
    fixture_free(f);
    f = fixture_new(6); /* every one of three to every one of three: it cannot be done with less than nine */
    for (uint32_t i = 0; i < 9; i++) connect(f, i / 3, 3 + i % 3, 0);
    check(f);
    assert_int_equal(f->l.crossings, 9);
    fixture_free(f);
}

/* The order that the search finds has 1,610. */
static void sweeps_undo_crossings(void **state)
{
    (void)state;
    uint64_t crossings = 0;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        struct fixture *f = random_graph(seed, 20, 30);
        layered_layout(&f->l, &f->arena);
        crossings += f->l.crossings;
        fixture_free(f);
    }
    if (crossings > 200) fail_msg("%u crossings", (unsigned)crossings);
}

static void odd_graphs(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0);
    layered_layout(&f->l, &f->arena);
    assert_true(f->l.width == 0 && f->l.height == 0);
    fixture_free(f);

    f = fixture_new(1);
    f->nodes[0].left_room = 50;
    connect(f, 0, 0, 30);
    check(f);
    assert_true(!f->edges[0].back && f->l.width == 170 && f->l.height == 46);
    fixture_free(f);

    f = fixture_new(20); /* without an edge they stand in rows */
    check(f);
    assert_true(f->l.width < 7 * 160 && f->l.height > 3 * 46);
    fixture_free(f);

    f = fixture_new(2); /* there and back, twice each */
    for (uint32_t i = 0; i < 4; i++) connect(f, i % 2, 1 - i % 2, 10);
    check(f);
    for (uint32_t i = 0; i < 4; i++) assert_int_equal(f->edges[i].back, i % 2);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(the_largest_in_time),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(a_chain_is_straight),
        cmocka_unit_test(long_edges_are_straight),
        cmocka_unit_test(a_cycle_turns_one_edge),
        cmocka_unit_test(the_entry_is_on_top),
        cmocka_unit_test(back_edges_avoid_crossings),
        cmocka_unit_test(crossings_are_undone),
        cmocka_unit_test(sweeps_undo_crossings),
        cmocka_unit_test(odd_graphs),
    };
    return cmocka_run_group_tests_name("layered", tests, NULL, NULL);
}
