/* SPDX-License-Identifier: MIT
 *
 * The tidy tree: nothing overlaps, parents are centred, equal trees look alike, time grows with the nodes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "layout/tidy.h"

static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

enum { GAP = 12, COUSIN_GAP = 24 };

/* A tree of n nodes from a random pre-order; returns the depths. */
static uint32_t *random_tree(struct tidy_node *nodes, uint32_t n, uint32_t seed, bool one_size)
{
    uint32_t *depth = calloc(n, sizeof *depth), state = seed;
    assert_non_null(depth);
    tidy_add(nodes, 0, TIDY_NONE, 40);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t parent = i - 1;
        while (parent && random_below(&state, 7) < 4) parent = nodes[parent].parent;
        tidy_add(nodes, i, parent, one_size ? 40 : 10 + 10.0 * random_below(&state, 9));
        depth[i] = depth[parent] + 1;
    }
    return depth;
}

static void check_tidy(const struct tidy_node *nodes, uint32_t n, const uint32_t *depth)
{
    /* pre-order visits each depth from first to last, so subtrees neither overlap nor mix */
    uint32_t *last = malloc(n * sizeof *last);
    assert_non_null(last);
    for (uint32_t d = 0; d < n; d++) last[d] = TIDY_NONE;
    double least = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct tidy_node *v = &nodes[i];
        if (v->centre - v->size / 2 < least + 1e-6) least = v->centre - v->size / 2;
        if (last[depth[i]] != TIDY_NONE) {
            const struct tidy_node *before = &nodes[last[depth[i]]];
            double gap = v->centre - v->size / 2 - before->centre - before->size / 2;
            assert_true(gap >= (before->parent == v->parent ? GAP : COUSIN_GAP) - 1e-6);
        }
        last[depth[i]] = i;
        if (v->first_child == TIDY_NONE) continue;
        double middle = (nodes[v->first_child].centre + nodes[v->last_child].centre) / 2;
        assert_true(v->centre > middle - 1e-6 && v->centre < middle + 1e-6);
    }
    assert_true(least > -1e-6);
    free(last);
}

static void tidy_random_trees(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        uint32_t n = 1 + seed * 7 % 300;
        struct tidy_node *nodes = calloc(n, sizeof *nodes);
        assert_non_null(nodes);
        uint32_t *depth = random_tree(nodes, n, seed, seed % 2);
        tidy_layout(nodes, n, GAP, COUSIN_GAP);
        check_tidy(nodes, n, depth);
        free(depth);
        free(nodes);
    }
}

/* The same tree with the order of all siblings reversed is the same picture upside down. */
static void tidy_mirrored_trees(void **state)
{
    (void)state;
    enum { N = 120 };
    for (uint32_t seed = 1; seed <= 100; seed++) {
        struct tidy_node a[N], b[N];
        uint32_t *depth = random_tree(a, N, seed, true), order[N], at = 0, stack[N], top = 0, image[N];
        stack[top++] = 0;
        while (top) {
            uint32_t v = stack[--top];
            order[at] = v;
            image[v] = at;
            tidy_add(b, at++, v ? image[a[v].parent] : TIDY_NONE, a[v].size);
            for (uint32_t c = a[v].first_child; c != TIDY_NONE; c = a[c].next) stack[top++] = c; /* popped last first */
        }
        tidy_layout(a, N, GAP, COUSIN_GAP);
        tidy_layout(b, N, GAP, COUSIN_GAP);
        double height = 0;
        for (uint32_t i = 0; i < N; i++)
            if (a[i].centre + a[i].size / 2 > height) height = a[i].centre + a[i].size / 2;
        for (uint32_t i = 0; i < N; i++) {
            double upside_down = height - b[i].centre - a[order[i]].centre;
            assert_true(upside_down > -1e-6 && upside_down < 1e-6);
        }
        free(depth);
    }
}

/* What is symmetric in itself is drawn so: with equal subtrees above and below, the middle child is level with its
 * parent, and the small ones between two large ones are spread evenly. */
static void tidy_symmetric_tree(void **state)
{
    (void)state;
    struct tidy_node v[16];
    uint32_t n = 0;
    tidy_add(v, n++, TIDY_NONE, 40);
    for (uint32_t i = 1; i <= 5; i++) tidy_add(v, n++, 0, 40);
    for (uint32_t i = 0; i < 5; i++) tidy_add(v, n++, 1, 40);
    for (uint32_t i = 0; i < 5; i++) tidy_add(v, n++, 5, 40);
    tidy_layout(v, n, GAP, COUSIN_GAP);
    assert_true(v[3].centre == v[0].centre);
    for (uint32_t i = 2; i <= 5; i++) {
        double step = v[i].centre - v[i - 1].centre, first = v[2].centre - v[1].centre;
        assert_true(step > first - 1e-6 && step < first + 1e-6);
        assert_true(step > 40 + GAP);
    }
}

enum shape { CHAIN, STAR, COMB, SHAPES };

static uint32_t shape_parent(enum shape shape, uint32_t i)
{
    if (shape == CHAIN) return i - 1;
    if (shape == STAR) return 0;
    return i % 2 ? i - 1 : i >= 2 ? i - 2 : 0; /* a chain of the even ones, a leaf on each */
}

static double tidy_seconds(enum shape shape, uint32_t n)
{
    struct tidy_node *nodes = calloc(n, sizeof *nodes);
    assert_non_null(nodes);
    double best = 1e9;
    for (int turn = 0; turn < 3; turn++) {
        tidy_add(nodes, 0, TIDY_NONE, 40);
        for (uint32_t i = 1; i < n; i++) tidy_add(nodes, i, shape_parent(shape, i), 40);
        clock_t start = clock();
        tidy_layout(nodes, n, GAP, COUSIN_GAP);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (seconds < best) best = seconds;
    }
    free(nodes);
    return best;
}

/* Ten times the nodes may take forty times as long (caches), not the hundred times of a quadratic layout. */
static void tidy_linear_time(void **state)
{
    (void)state;
    for (enum shape shape = CHAIN; shape < SHAPES; shape++) {
        double small = tidy_seconds(shape, 5000), large = tidy_seconds(shape, 50000);
        assert_true(large < 40 * (small > 0.0002 ? small : 0.0002));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tidy_random_trees),
        cmocka_unit_test(tidy_mirrored_trees),
        cmocka_unit_test(tidy_symmetric_tree),
        cmocka_unit_test(tidy_linear_time),
    };
    return cmocka_run_group_tests_name("tidy", tests, NULL, NULL);
}
