/* SPDX-License-Identifier: MIT
 *
 * Runs over time: what counts, medians and percentiles worked out by hand, and changes: found where there is one, at
 * the right run, and only there.
 */
#include "made_history.h"

static void runs_are_grouped_and_ordered(void **state)
{
    (void)state;
    struct history h = { 0 };
    history_add(&h, "b", 30, 3, RUN_COMPLETED);
    history_add(&h, "a", 20, 2, RUN_FAILED);
    history_add(&h, "b", 10, 1, RUN_RUNNING);
    history_add(&h, "b", TIME_NONE, TIME_NONE, RUN_UNFINISHED);
    history_add(&h, "b", 10, -5, RUN_COMPLETED);
    history_add(&h, "", 10, 7, RUN_COMPLETED);
    struct trends t = trends_of_history(&h);
    assert_int_equal(t.count, 3);
    assert_true(trends_tell(&t));
    assert_true(str_eq(t.list[0].name, S("b")));
    assert_true(str_eq(t.list[1].name, S("")));
    assert_true(str_eq(t.list[2].name, S("a")));
    assert_int_equal(t.list[0].count, 3);
    assert_int_equal(t.list[0].untimed, 1);
    assert_int_equal(t.list[0].completed, 2);
    assert_int_equal(t.list[2].failed, 1);
    const size_t positions[] = { 2, 4, 0 };
    const int64_t durations[] = { 1, 0, 3 };
    for (size_t i = 0; i < COUNT(positions); i++) {
        assert_int_equal(t.list[0].points[i].position, positions[i]);
        assert_int_equal(t.list[0].points[i].duration, durations[i]);
    }
    assert_int_equal(t.list[0].stretch_count, 0);
    history_free(&h);
    struct history none = { 0 };
    t = trends_of_history(&none);
    assert_int_equal(t.count, 0);
    assert_false(trends_tell(&t));
    history_add(&none, "once", 1, 1, RUN_COMPLETED);
    history_add(&none, "other", 1, 1, RUN_COMPLETED);
    t = trends_of_history(&none);
    assert_false(trends_tell(&t));
    history_free(&none);
}

static void median_and_percentile_are_of_completed_runs(void **state)
{
    (void)state;
    struct history h = { 0 };
    for (int i = 20; i > 0; i--) {
        history_add(&h, "p", 100 - i, i * 1000, RUN_COMPLETED);
        history_add(&h, "p", 100 - i, 1000000, i % 2 ? RUN_FAILED : RUN_UNFINISHED);
    }
    struct trends t = trends_of_history(&h);
    assert_int_equal(t.list[0].count, 40);
    assert_int_equal(t.list[0].failed, 10);
    /* 20 ms down to 1 ms: the medians of the halves differ, each falls in itself */
    assert_true(t.list[0].stretch_count > 1);
    history_free(&h);
    h = (struct history){ 0 };
    const int jumbled[] = { 7, 14, 1, 20, 9, 3, 16, 11, 5, 18, 2, 12, 19, 6, 15, 8, 4, 17, 10, 13 };
    for (size_t i = 0; i < COUNT(jumbled); i++) {
        history_add(&h, "p", (int64_t)i, jumbled[i] * 1000, RUN_COMPLETED);
        history_add(&h, "p", (int64_t)i, 1000000, RUN_FAILED);
    }
    t = trends_of_history(&h);
    assert_int_equal(t.list[0].stretch_count, 1);
    assert_int_equal(t.list[0].stretches[0].counted, 20);
    assert_int_equal(t.list[0].stretches[0].median, 10000);
    assert_int_equal(t.list[0].stretches[0].p95, 19000);
    assert_int_equal(t.list[0].stretches[0].first, 0);
    assert_int_equal(t.list[0].stretches[0].end, 40);
    history_free(&h);
}

/* The change of a series of durations in ms, 0 for none; more than one fails. */
static size_t change_of(const int *ms, size_t count)
{
    struct history h = { 0 };
    for (size_t i = 0; i < count; i++) history_add(&h, "p", (int64_t)i, ms[i] * INT64_C(1000), RUN_COMPLETED);
    struct trends t = trends_of_history(&h);
    assert_true(t.list[0].stretch_count <= 2);
    size_t at = t.list[0].stretch_count == 2 ? t.list[0].stretches[1].first : 0;
    history_free(&h);
    return at;
}
#define CHANGE(...) change_of((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static void a_shift_is_found_at_its_run(void **state)
{
    (void)state;
    assert_int_equal(CHANGE(12, 13, 12, 11, 12, 13, 18, 19, 18, 17, 18, 19), 6);
    assert_int_equal(CHANGE(18, 19, 18, 17, 18, 19, 18, 12, 13, 12, 11, 12), 7);
    /* outliers on both sides do not move it, and make none */
    assert_int_equal(CHANGE(12, 13, 99, 12, 11, 98, 12, 13, 12, 11, 12, 13, 12, 11, 12, 13, 18, 19, 18, 1, 17, 18, 19,
                            17, 18, 19, 18, 97, 19, 17, 18, 19),
                     16);
    assert_int_equal(CHANGE(12, 13, 99, 12, 11, 12, 13, 12, 98, 12, 13, 11, 12, 13, 1, 12, 11, 12, 13, 97, 12), 0);
    assert_int_equal(CHANGE(12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12), 0);
    /* it is there, and no news: 2 % of the median, or less than a millisecond */
    assert_int_equal(CHANGE(500, 501, 500, 501, 500, 501, 510, 511, 510, 511, 510, 511), 0);
    assert_int_equal(CHANGE(1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2), 7);
    assert_int_equal(CHANGE(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1), 7);
}

/* 4 + 4 values in order come by chance once in 35 times, 5 + 5 once in 126, which is below the level. */
static void short_series_say_nothing(void **state)
{
    (void)state;
    assert_int_equal(CHANGE(1, 2, 3, 100, 101, 102), 0);
    assert_int_equal(CHANGE(1, 2, 3, 4, 100, 101, 102, 103), 0);
    assert_int_equal(CHANGE(1, 3, 2, 4, 5, 100, 104, 102, 101, 103), 5);
    struct history h = { 0 };
    for (int i = 0; i < TREND_LEAST; i++) {
        struct trends t = trends_of_history(&h);
        assert_int_equal(i ? t.list[0].stretch_count : 0, 0);
        history_add(&h, "p", i, 1000, RUN_COMPLETED);
    }
    struct trends t = trends_of_history(&h);
    assert_int_equal(t.list[0].stretch_count, 1);
    history_free(&h);
}

static void changes_are_counted_in_all_runs(void **state)
{
    (void)state;
    struct history h = { 0 };
    uint64_t seed = 3;
    add_level(&h, 15, 12e6, &seed);
    for (int i = 0; i < 5; i++) history_add(&h, "p", (int64_t)h.count * 1000, 1000, RUN_FAILED);
    add_level(&h, 15, 18e6, &seed);
    struct trends t = trends_of_history(&h);
    assert_int_equal(t.list[0].stretch_count, 2);
    assert_int_equal(t.list[0].stretches[0].end, 20); /* the failed ones are no part of the new level */
    assert_int_equal(t.list[0].stretches[1].first, 20);
    assert_int_equal(t.list[0].stretches[1].end, 35);
    assert_true(t.list[0].stretches[0].median < 13000000 && t.list[0].stretches[1].median > 16000000);
    history_free(&h);
}

static void several_changes_are_found(void **state)
{
    (void)state;
    struct history h = { 0 };
    uint64_t seed = 9;
    add_level(&h, 50, 12e6, &seed);
    add_level(&h, 40, 18e6, &seed);
    add_level(&h, 60, 12e6, &seed);
    struct trends t = trends_of_history(&h);
    assert_int_equal(t.list[0].stretch_count, 3);
    assert_in_range(t.list[0].stretches[1].first, 48, 52);
    assert_in_range(t.list[0].stretches[2].first, 88, 92);
    history_free(&h);
    h = (struct history){ 0 };
    for (int i = 1; i <= 30; i++) add_level(&h, 30, i * 1e6, &seed);
    t = trends_of_history(&h); /* more than a reader could make sense of: it has no level */
    assert_int_equal(t.list[0].stretch_count, 1);
    history_free(&h);
}

/* Of series in which nothing changes about one in a hundred seems to change, and of those most by too little. */
static void nothing_is_found_where_nothing_changed(void **state)
{
    (void)state;
    const size_t lengths[] = { 10, 30, 100, 190, 210, 400 };
    uint64_t seed = 1;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        enum { SERIES = 200 };
        int found = 0;
        for (int k = 0; k < SERIES; k++) {
            struct history h = { 0 };
            add_level(&h, lengths[i], 12e6, &seed);
            struct trends t = trends_of_history(&h);
            found += t.list[0].stretch_count > 1;
            history_free(&h);
        }
        assert_in_range(found, 0, SERIES * 3 / 100);
    }
}

/* And where something did, nearly always, on both sides of the length from which a formula is used. */
static void changes_are_seldom_missed(void **state)
{
    (void)state;
    const size_t lengths[] = { 24, 100, 190, 210, 400 };
    uint64_t seed = 2;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        enum { SERIES = 100 };
        int found = 0;
        for (int k = 0; k < SERIES; k++) {
            struct history h = { 0 };
            add_level(&h, lengths[i] / 2, 12e6, &seed);
            add_level(&h, lengths[i] / 2, 15e6, &seed);
            struct trends t = trends_of_history(&h);
            for (size_t s = 1; s < t.list[0].stretch_count; s++) {
                size_t at = t.list[0].stretches[s].first, half = lengths[i] / 2;
                if (at + 3 < half || at > half + 3) continue;
                found++;
                break;
            }
            history_free(&h);
        }
        assert_in_range(found, SERIES * 90 / 100, SERIES);
    }
}

static void the_answer_is_always_the_same(void **state)
{
    (void)state;
    struct history h = { 0 };
    uint64_t seed = 7;
    add_level(&h, 60, 12e6, &seed);
    add_level(&h, 60, 12.9e6, &seed);
    struct trends a = trends_of_history(&h), b = trends_of_history(&h);
    assert_int_equal(a.list[0].stretch_count, b.list[0].stretch_count);
    for (size_t i = 0; i < a.list[0].stretch_count; i++)
        assert_memory_equal(&a.list[0].stretches[i], &b.list[0].stretches[i], sizeof a.list[0].stretches[i]);
    history_free(&h);
}

static void stretches_cover_all_runs(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (int k = 0; k < 100; k++) {
        struct history h = { 0 };
        size_t count = (size_t)(random_part(&seed) * 120);
        for (size_t i = 0; i < count; i++) {
            int64_t duration = random_duration(&seed, i * 3 < count ? 1e6 : 2e6);
            enum run_status status = random_part(&seed) < 0.2 ? RUN_FAILED : RUN_COMPLETED;
            history_add(&h, "p", (int64_t)(random_part(&seed) * 1e6), duration, status);
        }
        struct trends t = trends_of_history(&h);
        size_t at = 0, counted = 0;
        for (size_t i = 0; count && i < t.list[0].stretch_count; i++) {
            const struct trend_stretch *s = &t.list[0].stretches[i];
            assert_int_equal(s->first, at);
            assert_true(s->end > s->first);
            assert_true(s->counted < TREND_P95_LEAST ? s->p95 == TIME_NONE : s->median <= s->p95);
            at = s->end;
            counted += s->counted;
        }
        assert_true(!at || (at == t.list[0].count && counted == t.list[0].completed));
        history_free(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_grouped_and_ordered),
        cmocka_unit_test(median_and_percentile_are_of_completed_runs),
        cmocka_unit_test(a_shift_is_found_at_its_run),
        cmocka_unit_test(short_series_say_nothing),
        cmocka_unit_test(changes_are_counted_in_all_runs),
        cmocka_unit_test(several_changes_are_found),
        cmocka_unit_test(nothing_is_found_where_nothing_changed),
        cmocka_unit_test(changes_are_seldom_missed),
        cmocka_unit_test(the_answer_is_always_the_same),
        cmocka_unit_test(stretches_cover_all_runs),
    };
    return cmocka_run_group_tests_name("trend", tests, NULL, NULL);
}
