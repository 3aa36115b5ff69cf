/* SPDX-License-Identifier: MIT
 *
 * How many steps ran at once, and durations by name; answers worked out by hand.
 */
#include "made_run.h"

#include "model/running.h"
#include "model/statistics.h"

static void check_bins(const struct running *r, const uint32_t *expected, size_t count)
{
    assert_int_equal(r->count, count);
    for (size_t i = 0; i < count; i++) assert_int_equal(r->bins[i], expected[i]);
}

/*  run |==========|     0-100      a and b at once 20-40, nothing 60-70
 *  a   |====|           0-40       inner covers a from 10 to 40 */
static void leaves_are_counted(void **state)
{
    (void)state;
    const struct given run[] = {
        { "run", -1, 0, 100 }, { "a", 0, 0, 40 }, { "inner", 1, 10, 40 }, { "b", 0, 20, 60 }, { "c", 0, 70, 100 }
    };
    const uint32_t tenths[] = { 1, 1, 2, 2, 1, 1, 0, 1, 1, 1 };
    struct made m;
    struct running r;
    make_run(&m, run, COUNT(run));
    running_steps(m.run, 10, &m.arena, &r);
    assert_int_equal(r.max, 2);
    assert_int_equal(r.idle, 10);
    assert_true(r.mean > 1.0999 && r.mean < 1.1001); /* (10 + 30 + 40 + 30) / 100 */
    check_bins(&r, tenths, 10);
    const uint32_t halves[] = { 2, 1 };
    running_steps(m.run, 2, &m.arena, &r);
    check_bins(&r, halves, 2);
    running_steps(m.run, 0, &m.arena, &r);
    assert_int_equal(r.max, 2);
    made_free(&m);
}

static void a_short_peak_is_not_lost_in_its_bin(void **state)
{
    (void)state;
    const struct given run[] = { { "run", -1, 0, 1000000 }, { "a", 0, 400000, 400001 }, { "b", 0, 400000, 400002 } };
    const uint32_t bins[] = { 0, 2, 0, 0 };
    struct made m;
    struct running r;
    make_run(&m, run, COUNT(run));
    running_steps(m.run, 4, &m.arena, &r);
    check_bins(&r, bins, 4);
    assert_int_equal(r.idle, 999998);
    made_free(&m);
}

static void the_root_counts_when_it_is_alone(void **state)
{
    (void)state;
    const struct given alone[] = { { "run", -1, 0, 10 } }, timeless[] = { { "run", -1, TIME_NONE, OPEN } },
                       outlived[] = { { "run", -1, 0, 10 }, { "a", 0, 5, OPEN }, { "b", 1, 6, 30 } };
    struct made m;
    struct running r;
    make_run(&m, alone, 1);
    running_steps(m.run, 1, &m.arena, &r);
    assert_int_equal(r.max, 1);
    assert_int_equal(r.idle, 0);
    made_free(&m);
    make_run(&m, timeless, 1);
    running_steps(m.run, 8, &m.arena, &r);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.max, 0);
    made_free(&m);
    make_run(&m, outlived, COUNT(outlived));
    running_steps(m.run, 3, &m.arena, &r); /* a waits for b to the end of all */
    const uint32_t thirds[] = { 1, 1, 1 };
    check_bins(&r, thirds, 3);
    assert_int_equal(r.idle, 5);
    made_free(&m);
}

/* All that runs is self time of some step. */
static void counts_add_up_to_self_times(void **state)
{
    (void)state;
    enum { STEPS = 400 };
    uint64_t seed = 11;
    struct made m;
    struct running r;
    made_begin(&m, STEPS);
    made_add(&m, -1, S("run"), 0, 5000);
    for (int i = 1, start = 0; i < STEPS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1;
        const struct step *parent = m.run->steps[i - 1];
        while (parent->parent && (seed >> 40) % 3 + parent->depth > 3) parent = parent->parent;
        start += (int)(seed >> 50) % 20;
        made_add(&m, (int)parent->index, S("s"), start, start + (int)(seed >> 33) % 600);
    }
    made_end(&m);
    double self = 0;
    for (int i = 1; i < STEPS; i++) self += (double)m.run->steps[i]->self;
    running_steps(m.run, 100, &m.arena, &r);
    double busy = r.mean * (double)(m.run->end - m.run->start);
    assert_true(busy > self - 0.5 && busy < self + 0.5);
    assert_true(r.max > 1 && r.idle >= 0);
    made_free(&m);
}

static const struct name_statistics *named(const struct statistics *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (str_eq(s->list[i].name, str_z(name))) return &s->list[i];
    fail_msg("no entry %s", name);
    return NULL;
}

static void durations_by_name(void **state)
{
    (void)state;
    struct made m;
    struct statistics s;
    made_begin(&m, 23);
    made_add(&m, -1, S("run"), 0, 1000);
    for (int i = 1; i <= 20; i++) made_add(&m, 0, S("work"), 10 * i, 10 * i + 21 - i); /* 20, 19, … 1 µs */
    made_add(&m, 0, S("fail"), 900, 990);
    made_add(&m, 0, S("none"), TIME_NONE, OPEN);
    m.run->steps[21]->status = STEP_ERROR;
    made_end(&m);
    statistics_by_name(m.run, &m.arena, &s);
    assert_int_equal(s.count, 3);
    assert_ptr_equal(&s.list[0], named(&s, "work"));
    assert_ptr_equal(&s.list[1], named(&s, "fail"));
    const struct name_statistics *work = &s.list[0], *none = named(&s, "none");
    assert_int_equal(work->count, 20);
    assert_int_equal(work->total, 210);
    assert_int_equal(work->self, 210);
    assert_int_equal(work->min, 1);
    assert_int_equal(work->mean, 10);
    assert_int_equal(work->p50, 10);
    assert_int_equal(work->p90, 18);
    assert_int_equal(work->p95, 19);
    assert_int_equal(work->max, 20);
    assert_true(work->share > 0.2099 && work->share < 0.2101);
    assert_int_equal(s.list[1].errors, 1);
    assert_int_equal(none->timed, 0);
    assert_int_equal(none->count, 1);
    made_free(&m);
}

/* 1 µs is in quarter 0 and 20 µs in quarter 17 (2^4.25 = 19.03, 2^4.5 = 22.6): 18 bins of one quarter each. */
static void histograms_have_equal_ratios(void **state)
{
    (void)state;
    struct made m;
    struct statistics s;
    made_begin(&m, 8);
    made_add(&m, -1, S("run"), 0, 3000000);
    const int64_t lengths[] = { 0, 1, 2, 3, 20, 19 };
    for (size_t i = 0; i < COUNT(lengths); i++) made_add(&m, 0, S("a"), 0, lengths[i]);
    made_add(&m, 0, S("b"), 0, 5);
    made_end(&m);
    statistics_by_name(m.run, &m.arena, &s);
    const struct name_statistics *a = named(&s, "a");
    assert_int_equal(a->p90, 20); /* five of six are 83 % */
    assert_int_equal(a->bins, 18);
    assert_int_equal(a->histogram[0], 2);
    assert_int_equal(a->histogram[4], 1);
    assert_int_equal(a->histogram[6], 1);
    assert_int_equal(a->histogram[16], 1); /* 19 < 19.03 */
    assert_int_equal(a->histogram[17], 1);
    assert_int_equal(statistics_bin_start(a, 0), 0);
    assert_int_equal(statistics_bin_start(a, 6), 3);
    assert_int_equal(statistics_bin_start(a, 17), 20); /* 19.03 */
    assert_int_equal(named(&s, "b")->bins, 1);
    m.run->steps[6]->end = 2000000; /* 20.9 octaves: 84 quarters in bins of four */
    measure_run(m.run);
    statistics_by_name(m.run, &m.arena, &s);
    a = named(&s, "a");
    assert_int_equal(a->bins, 21);
    assert_int_equal(a->histogram[20], 1);
    made_free(&m);
}

static void names_with_numbers_are_one(void **state)
{
    (void)state;
    const struct given run[] = { { "run", -1, 0, 100 },  { "page_1", 0, 0, 1 },  { "page_2", 0, 0, 2 },
                                 { "page_10", 0, 0, 4 }, { "page_11", 0, 0, 8 }, { "part 1", 0, 0, 1 },
                                 { "part 2", 0, 0, 1 },  { "part 3", 0, 0, 1 } };
    struct made m;
    struct statistics s;
    make_run(&m, run, COUNT(run));
    statistics_by_name(m.run, &m.arena, &s);
    assert_int_equal(s.count, 4);
    assert_int_equal(named(&s, "page_*")->names, 4);
    assert_int_equal(named(&s, "page_*")->total, 15);
    assert_int_equal(named(&s, "page_*")->p50, 2);
    assert_int_equal(named(&s, "part 1")->names, 0);
    m.run->steps[4]->hidden = true;
    statistics_by_name(m.run, &m.arena, &s);
    assert_int_equal(s.count, 6);
    made_free(&m);
}

static void what_did_not_end_has_no_duration(void **state)
{
    (void)state;
    const struct given run[] = {
        { "run", -1, 0, 100 }, { "a", 0, 0, 10 }, { "a", 0, 10, TIME_NONE }, { "b", 0, 50, TIME_NONE }
    };
    struct made m;
    struct statistics s;
    make_run(&m, run, COUNT(run));
    statistics_by_name(m.run, &m.arena, &s);
    assert_true(str_eq(s.list[0].name, S("a")));
    assert_int_equal(s.list[0].count, 2);
    assert_int_equal(s.list[0].timed, 1);
    assert_true(s.list[0].mean == 10 && s.list[0].max == 10 && s.list[0].total == 10);
    assert_true(s.list[0].self > 10);
    assert_int_equal(s.list[1].timed, 0);
    assert_true(s.list[1].self > 0);
    made_free(&m);
}

static void sums_do_not_wrap(void **state)
{
    (void)state;
    const struct given run[] = { { "run", -1, -TIME_MAX, TIME_MAX },
                                 { "a", 0, -TIME_MAX, TIME_MAX },
                                 { "a", 0, -TIME_MAX, TIME_MAX },
                                 { "a", 0, 5, 3 } };
    struct made m;
    struct statistics s;
    struct running r;
    make_run(&m, run, COUNT(run));
    statistics_by_name(m.run, &m.arena, &s);
    assert_true(s.list[0].total == INT64_MAX);
    assert_true(s.list[0].min == 0);
    running_steps(m.run, 7, &m.arena, &r);
    assert_int_equal(r.max, 2);
    assert_int_equal(r.bins[6], 2);
    made_free(&m);
}

static void names_tell_where_steps_do_not(void **state)
{
    (void)state;
    struct given run[202] = { { "run", -1, 0, 2000 } };
    for (int i = 1; i < 202; i++) run[i] = (struct given){ i % 4 ? "often" : "seldom", 0, (i - 1) * 10, i * 10 };
    struct made m;
    struct name_time *list;
    make_run(&m, run, 201);
    assert_true(statistics_names_tell(m.run, NULL, 2000));
    assert_int_equal(statistics_name_times(m.run, NULL, &m.arena, &list), 2);
    assert_true(str_eq(list[0].name, S("often")));
    assert_int_equal(list[0].steps, 150);
    assert_int_equal(list[0].time, 1500);
    assert_true(list[0].step == m.run->steps[1]);
    assert_int_equal(list[1].time, 500);
    int64_t path[201] = { 0 };
    path[7] = 20; /* one step has a hundredth: it is named */
    assert_false(statistics_names_tell(m.run, path, 2000));
    path[7] = 19;
    assert_true(statistics_names_tell(m.run, path, 2000));
    m.run->steps[7]->hidden = true;
    assert_int_equal(statistics_name_times(m.run, path, &m.arena, &list), 0);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_are_counted),
        cmocka_unit_test(a_short_peak_is_not_lost_in_its_bin),
        cmocka_unit_test(the_root_counts_when_it_is_alone),
        cmocka_unit_test(counts_add_up_to_self_times),
        cmocka_unit_test(durations_by_name),
        cmocka_unit_test(histograms_have_equal_ratios),
        cmocka_unit_test(names_with_numbers_are_one),
        cmocka_unit_test(what_did_not_end_has_no_duration),
        cmocka_unit_test(sums_do_not_wrap),
        cmocka_unit_test(names_tell_where_steps_do_not),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
