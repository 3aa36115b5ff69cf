/* SPDX-License-Identifier: MIT
 *
 * Which steps stay where there is no room for all. Ranks are worked out by hand from the rule: failed, then without an
 * end, then by duration, at equal merit in tree order; a step counts as much as the best below it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/keep.h"
#include "model/select.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A step of a table in pre-order, and the rank it must get. */
struct given {
    int parent; /* its place in the table, -1 for the root */
    int64_t duration;
    enum step_status status;
    uint32_t rank;
};

static void add(struct arena *a, struct run *run, int parent, int64_t duration, enum step_status status)
{
    struct step *step = run->steps[run->step_count] = ARENA_NEW(a, struct step);
    step->index = run->step_count++;
    step->parent = parent < 0 ? NULL : run->steps[parent];
    step->depth = step->parent ? (uint16_t)(step->parent->depth + 1) : 0;
    step->duration = duration;
    step->status = (uint8_t)status;
    step->key = arena_format(a, "k%u", (unsigned)step->index);
}

static struct run *new_run(struct arena *a, uint32_t room)
{
    struct run *run = ARENA_NEW(a, struct run);
    run->arena = a;
    run->steps = ARENA_ARRAY(a, struct step *, room);
    return run;
}

static struct run *make_run(struct arena *a, const struct given *given, uint32_t count)
{
    struct run *run = new_run(a, count);
    for (uint32_t i = 0; i < count; i++) add(a, run, given[i].parent, given[i].duration, given[i].status);
    run->root = run->steps[0];
    return run;
}

static void check_ranks(const struct given *given, uint32_t count)
{
    struct arena a = { 0 };
    struct run *run = make_run(&a, given, count);
    keep_rank(run);
    assert_int_equal(run->visible_count, count);
    for (uint32_t i = 0; i < count; i++)
        if (run->steps[i]->rank != given[i].rank)
            fail_msg("step %u has rank %u, not %u", (unsigned)i, (unsigned)run->steps[i]->rank,
                     (unsigned)given[i].rank);
    arena_free(&a);
}

/* Steps 3 and 6 are equally long. */
static void the_longest_stay(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 100, STEP_OK, 0 },   { 0, 30, STEP_OK, 3 },      { 1, 10, STEP_OK, 7 }, { 1, 20, STEP_SKIPPED, 5 },
        { 0, 60, STEP_CACHED, 1 }, { 4, 40, STEP_RETRIED, 2 }, { 4, 20, STEP_OK, 6 }, { 0, TIME_NONE, STEP_OK, 9 },
        { 0, -5, STEP_OK, 8 },     { 0, 25, STEP_OK, 4 },
    };
    check_ranks(given, COUNT(given));
}

/* Step 1 stands above 2, which did not end, and 4 above 5, which failed. */
static void what_went_wrong_comes_first(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 100, STEP_OK, 0 }, { 0, 90, STEP_OK, 3 },      { 1, 1, STEP_UNFINISHED, 4 }, { 1, 80, STEP_OK, 7 },
        { 0, 5, STEP_OK, 1 },    { 4, 2, STEP_ERROR, 2 },    { 4, 3, STEP_OK, 9 },         { 0, 0, STEP_RUNNING, 5 },
        { 0, 85, STEP_OK, 6 },   { 0, 50, STEP_RETRIED, 8 },
    };
    check_ranks(given, COUNT(given));
}

/* A child that outlives its parent, or has a time where its parent has none, is never without it. */
static void ancestors_count_as_much_as_what_is_below(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 10, STEP_OK, 0 }, { 0, 20, STEP_OK, 3 },        { 0, TIME_NONE, STEP_OK, 1 }, { 2, 30, STEP_OK, 2 },
        { 2, -1, STEP_OK, 6 },  { 0, TIME_NONE, STEP_OK, 4 }, { 5, 15, STEP_OK, 5 },
    };
    check_ranks(given, COUNT(given));
}

static void failed_ones_come_before_open_ones(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 9, STEP_UNFINISHED, 0 }, { 0, 9, STEP_UNFINISHED, 3 }, { 0, 1, STEP_ERROR, 1 },
        { 0, 9, STEP_RUNNING, 4 },     { 0, 2, STEP_ERROR, 2 },
    };
    check_ranks(given, COUNT(given));
}

/* They make nothing above them important either. */
static void hidden_steps_have_no_rank(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 10, STEP_OK, 0 }, { 0, 9, STEP_ERROR, RANK_NONE }, { 0, 3, STEP_OK, 2 }, { 2, 3, STEP_ERROR, RANK_NONE },
        { 0, 4, STEP_OK, 1 },
    };
    struct arena a = { 0 };
    struct run *run = make_run(&a, given, COUNT(given));
    run->steps[1]->hidden = run->steps[3]->hidden = true;
    keep_rank(run);
    assert_int_equal(run->visible_count, 3);
    for (uint32_t i = 0; i < COUNT(given); i++) assert_int_equal(run->steps[i]->rank, given[i].rank);
    struct keep keep = keep_first(run, 2, &a);
    assert_int_equal(keep.left_out, 1);
    assert_int_equal(keep.troubled_left_out, 0);
    assert_int_equal(keep_below(&keep, run->root), 1); /* step 2, without what is hidden below it */
    assert_int_equal(keep_below(&keep, run->steps[4]), 0);
    keep = keep_first(run, UINT32_MAX, &a);
    assert_false(keep_has(&keep, run->steps[1])); /* whatever the limit is */
    arena_free(&a);
}

static void selection_ranks_anew(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 10, STEP_OK, 0 },
        { 0, 4, STEP_OK, 1 },
        { 1, 2, STEP_OK, 2 },
        { 0, 9, STEP_OK, RANK_NONE },
    };
    struct arena a = { 0 };
    struct run *run = make_run(&a, given, COUNT(given));
    const struct selection s = { .keys = "k2", .max_depth = -1 };
    keep_rank(run);
    assert_int_equal(run->steps[3]->rank, 1);
    selection_apply(&s, run);
    assert_int_equal(run->visible_count, 3);
    for (uint32_t i = 0; i < COUNT(given); i++) assert_int_equal(run->steps[i]->rank, given[i].rank);
    arena_free(&a);
}

/* 0 ─┬─ 1 ─┬─ 2 ── 3        in the order of keeping: 0 5 6 1 4 2 3
 *    │     └─ 4 unfinished
 *    └─ 5 ─── 6 failed */
static void what_is_left_out_is_counted_where_it_is_missing(void **state)
{
    (void)state;
    static const struct given given[] = {
        { -1, 100, STEP_OK, 0 },       { 0, 50, STEP_OK, 3 }, { 1, 40, STEP_OK, 5 },   { 2, 30, STEP_OK, 6 },
        { 1, 20, STEP_UNFINISHED, 4 }, { 0, 10, STEP_OK, 1 }, { 5, 5, STEP_ERROR, 2 },
    };
    static const struct {
        uint32_t limit, left_out, troubled, below[COUNT(given)]; /* of the kept ones */
    } cases[] = {
        { 1, 6, 2, { 6 } },    { 2, 5, 2, { 4, [5] = 1 } }, { 3, 4, 1, { 4 } }, { 4, 3, 1, { 0, 3 } },
        { 5, 2, 0, { 0, 2 } }, { 6, 1, 0, { 0, 0, 1 } },    { 7, 0, 0, { 0 } }, { UINT32_MAX, 0, 0, { 0 } },
    };
    check_ranks(given, COUNT(given));
    struct arena a = { 0 };
    struct run *run = make_run(&a, given, COUNT(given));
    keep_rank(run);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct keep keep = keep_first(run, cases[c].limit, &a);
        assert_int_equal(keep.kept + keep.left_out, COUNT(given));
        assert_int_equal(keep.left_out, cases[c].left_out);
        assert_int_equal(keep.troubled_left_out, cases[c].troubled);
        for (uint32_t i = 0; i < COUNT(given); i++)
            if (keep_has(&keep, run->steps[i])) assert_int_equal(keep_below(&keep, run->steps[i]), cases[c].below[i]);
    }
    arena_free(&a);
}

static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

static struct run *random_run(struct arena *a, uint32_t seed, uint32_t count)
{
    struct run *run = new_run(a, count);
    uint32_t state = seed;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t back = i ? random_below(&state, i < 4 ? i : 4) : 0, kind = random_below(&state, 30);
        int64_t duration = kind == 29 ? TIME_NONE : (int64_t)random_below(&state, 50);
        add(a, run, (int)(i - 1 - back), duration, kind < STEP_STATUS_COUNT ? (enum step_status)kind : STEP_OK);
    }
    run->root = run->steps[0];
    return run;
}

/* However many are kept, they are a tree and the counts add up. */
static void any_number_of_them_is_a_tree(void **state)
{
    (void)state;
    enum { STEPS = 120 };
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct arena a = { 0 };
        struct run *run = random_run(&a, seed, STEPS);
        keep_rank(run);
        for (uint32_t limit = 1; limit <= STEPS; limit++) {
            struct keep keep = keep_first(run, limit, &a);
            uint32_t kept = 0, below = 0;
            for (uint32_t i = 0; i < STEPS; i++) {
                if (!keep_has(&keep, run->steps[i])) continue;
                assert_true(i == 0 || keep_has(&keep, run->steps[i]->parent));
                below += keep_below(&keep, run->steps[i]);
                kept++;
            }
            assert_int_equal(kept, limit);
            assert_int_equal(keep.kept, kept);
            assert_int_equal(below, keep.left_out);
        }
        arena_free(&a);
    }
}

/* A chain of a hundred thousand steps, each as long as the others, the last one failed. */
static void deep_and_large_runs_are_ranked(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    struct arena a = { 0 };
    struct run *run = new_run(&a, DEEP);
    for (int i = 0; i < DEEP; i++) add(&a, run, i - 1, 7, i == DEEP - 1 ? STEP_ERROR : STEP_OK);
    run->root = run->steps[0];
    keep_rank(run);
    for (uint32_t i = 0; i < DEEP; i++) assert_int_equal(run->steps[i]->rank, i);
    struct keep keep = keep_first(run, 2000, &a);
    assert_int_equal(keep_below(&keep, run->steps[1999]), DEEP - 2000);
    assert_int_equal(keep_below(&keep, run->steps[1998]), 0);
    assert_int_equal(keep.troubled_left_out, 1);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_stay),
        cmocka_unit_test(what_went_wrong_comes_first),
        cmocka_unit_test(ancestors_count_as_much_as_what_is_below),
        cmocka_unit_test(failed_ones_come_before_open_ones),
        cmocka_unit_test(hidden_steps_have_no_rank),
        cmocka_unit_test(selection_ranks_anew),
        cmocka_unit_test(what_is_left_out_is_counted_where_it_is_missing),
        cmocka_unit_test(any_number_of_them_is_a_tree),
        cmocka_unit_test(deep_and_large_runs_are_ranked),
    };
    return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
