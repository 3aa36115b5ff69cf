/* SPDX-License-Identifier: MIT
 *
 * The critical path. Answers are worked out by hand from the rules in critical.h; then what must hold for any run.
 */
#include "made_run.h"

#include "model/critical.h"

/* "run 0-2, load 2-10": the path as text, BESIDE as `~` and OUTLIVES as `+` behind the name. */
static void put_path(const struct critical *path, struct buf *out)
{
    for (size_t i = 0; i < path->count; i++) {
        const struct critical_segment *s = &path->segments[i];
        buf_puts(out, i ? ", " : "");
        buf_put(out, s->step->name);
        if (path->flags[s->step->index] & CRITICAL_BESIDE) buf_putc(out, '~');
        if (path->flags[s->step->index] & CRITICAL_OUTLIVES) buf_putc(out, '+');
        buf_printf(out, " %lld-%lld", (long long)s->from, (long long)s->to);
    }
}

static void check_made(struct made *m, const char *expected)
{
    struct critical path;
    struct buf text = BUF_INIT;
    critical_path(m->run, &m->arena, &path);
    put_path(&path, &text);
    buf_putc(&text, '\0');
    assert_string_equal(text.ptr, expected);
    buf_free(&text);
}

static void check(const struct given *given, uint32_t count, const char *expected)
{
    struct made m;
    make_run(&m, given, count);
    check_made(&m, expected);
    made_free(&m);
}
#define CHECK(given, expected) check(given, COUNT(given), expected)

static void the_picture_of_the_header(void **state)
{
    (void)state;
    const struct given run[] = {
        { "run", -1, 0, 28 }, { "load", 0, 2, 10 }, { "scan", 0, 2, 6 }, { "save", 0, 12, 20 }, { "send", 0, 22, 28 }
    };
    CHECK(run, "run 0-2, load~ 2-10, run 10-12, save 12-20, run 20-22, send 22-28");
}

static void own_time_is_what_no_child_on_the_path_covers(void **state)
{
    (void)state;
    const struct given nested[] = {
        { "run", -1, 0, 100 }, { "a", 0, 10, 90 }, { "b", 1, 20, 50 }, { "c", 2, 30, 40 }, { "d", 1, 60, 80 }
    };
    CHECK(nested, "run 0-10, a 10-20, b 20-30, c 30-40, b 40-50, a 50-60, d 60-80, a 80-90, run 90-100");
    const struct given alone[] = { { "run", -1, 5, 9 } };
    CHECK(alone, "run 5-9");
}

/* jaeger#9148: the sibling that ends exactly where the next one starts was skipped. */
static void siblings_that_touch_are_all_on_the_path(void **state)
{
    (void)state;
    const struct given touching[] = { { "p", -1, 100, 200 }, { "one", 0, 100, 150 }, { "two", 0, 150, 200 } };
    CHECK(touching, "one 100-150, two 150-200");
    const struct given nearest[] = {
        { "p", -1, 100, 200 }, { "early", 0, 100, 120 }, { "one", 0, 120, 150 }, { "two", 0, 150, 200 }
    };
    CHECK(nearest, "early 100-120, one 120-150, two 150-200");
    /* a microsecond more, and it overlaps: it is no predecessor */
    const struct given over[] = { { "p", -1, 100, 200 }, { "one", 0, 100, 151 }, { "two", 0, 150, 200 } };
    CHECK(over, "p 100-150, two~ 150-200");
}

/* The epoch itself is a time: 0 was taken for "no boundary yet". */
static void a_start_at_zero_is_a_start(void **state)
{
    (void)state;
    const struct given zero[] = {
        { "p", -1, -10, 50 }, { "before", 0, -10, 0 }, { "one", 0, 0, 30 }, { "two", 0, 30, 50 }
    };
    CHECK(zero, "before -10-0, one 0-30, two 30-50");
    const struct given from_zero[] = { { "p", -1, 0, 40 }, { "one", 0, 0, 40 }, { "late", 0, 10, 40 } };
    CHECK(from_zero, "one~ 0-40");
}

/* jaeger-ui#2371: foo1 fetches (0-100), sleeps, then fetches foo3 (200-500); foo2 (0-200) runs beside it. By times
 * alone foo3 seems to wait for foo2, which is flagged; a link tells better. */
static void what_siblings_waited_for_is_told_by_links(void **state)
{
    (void)state;
    const struct given async[] = {
        { "main", -1, 0, 500 }, { "foo1", 0, 0, 100 }, { "foo2", 0, 0, 200 }, { "foo3", 0, 200, 500 }
    };
    CHECK(async, "foo2~ 0-200, foo3 200-500");
    struct made m;
    make_run(&m, async, COUNT(async));
    struct step_more foo1 = { .id = S("1") }, foo2 = { .id = S("2") }, foo3 = { .id = S("3") };
    struct step_link other_run = { .run_id = S("another"), .step_id = S("2"), .relation = S("follows") };
    struct step_link link = { .next = &other_run, .step_id = S("1"), .relation = S("follows") };
    foo3.links = &link;
    m.run->steps[1]->more = &foo1;
    m.run->steps[2]->more = &foo2;
    m.run->steps[3]->more = &foo3;
    check_made(&m, "foo1 0-100, main 100-200, foo3 200-500");
    link.relation = S("refers");
    check_made(&m, "foo2~ 0-200, foo3 200-500");
    link.relation = S("follows");
    link.step_id = S("3"); /* itself: no predecessor at all */
    check_made(&m, "foo2~ 0-200, foo3 200-500");
    made_free(&m);
    const struct given cousin[] = {
        { "main", -1, 0, 500 }, { "foo1", 0, 0, 100 }, { "inner", 1, 0, 50 }, { "foo3", 0, 200, 500 }
    };
    make_run(&m, cousin, COUNT(cousin)); /* a step that is no sibling is none to go on with */
    link.step_id = S("2");
    m.run->steps[2]->more = &foo2;
    m.run->steps[3]->more = &foo3;
    check_made(&m, "inner 0-50, foo1 50-100, main 100-200, foo3 200-500");
    made_free(&m);
}

static void siblings_that_ran_beside_are_told(void **state)
{
    (void)state;
    const struct given both[] = {
        { "run", -1, 0, 100 }, { "long", 0, 0, 60 }, { "first", 0, 0, 30 }, { "last", 0, 40, 100 }
    };
    CHECK(both, "first~ 0-30, run 30-40, last~ 40-100");
    const struct given moment[] = { { "run", -1, 0, 50 }, { "load", 0, 0, 50 }, { "event", 0, 20, 20 } };
    CHECK(moment, "load 0-50");
}

static void what_outlives_its_parent_is_on_the_path(void **state)
{
    (void)state;
    const struct given outliving[] = { { "run", -1, 0, 120 }, { "p", 0, 0, 50 }, { "c", 1, 10, 100 } };
    CHECK(outliving, "p 0-10, c+ 10-100, run 100-120");
    const struct given twice[] = { { "run", -1, 0, 100 }, { "p", 0, 0, 10 }, { "c", 1, 5, 20 }, { "d", 2, 15, 60 } };
    CHECK(twice, "p 0-5, c+ 5-15, d+ 15-60, run 60-100");
    /* longer than the run's own root: the run ends with it */
    const struct given beyond[] = { { "run", -1, 0, 50 }, { "c", 0, 40, 80 } };
    CHECK(beyond, "run 0-40, c+ 40-80");
    /* begun when its parent was over: a child of the nearest ancestor that was open */
    const struct given detached[] = {
        { "run", -1, 0, 200 }, { "g", 0, 0, 100 }, { "p", 1, 10, 20 }, { "c", 2, 30, 60 }
    };
    CHECK(detached, "g 0-10, p 10-20, g 20-30, c+ 30-60, g 60-100, run 100-200");
    /* asynchronous: c goes on beside p's next sibling, and is what the last step waited for */
    const struct given beside[] = {
        { "run", -1, 0, 100 }, { "p", 0, 0, 40 }, { "c", 1, 10, 70 }, { "q", 0, 40, 60 }, { "s", 0, 70, 100 }
    };
    CHECK(beside, "p~ 0-10, c+ 10-70, s 70-100");
    const struct given adrift[] = { { "run", -1, 0, 10 }, { "p", 0, 0, 10 }, { "c", 1, 30, 60 } };
    CHECK(adrift, "p 0-10, run 10-30, c+ 30-60");
}

static void far_ancestors_are_not_asked(void **state)
{
    (void)state;
    for (int between = CRITICAL_CLIMB_MAX - 1; between <= CRITICAL_CLIMB_MAX; between++) {
        struct made m;
        made_begin(&m, CRITICAL_CLIMB_MAX + 4);
        made_add(&m, -1, S("run"), 0, 100);
        made_add(&m, 0, S("g"), 0, 80);
        for (int i = 0; i < between; i++) made_add(&m, i + 1, S("moment"), 10, 10);
        made_add(&m, between + 1, S("c"), 20, 50);
        made_end(&m);
        check_made(&m, between < CRITICAL_CLIMB_MAX ? "g 0-20, c+ 20-50, g 50-80, run 80-100" : "g~ 0-80, run 80-100");
        made_free(&m);
    }
}

static void what_starts_before_its_parent_is_told_whole(void **state)
{
    (void)state;
    const struct given early[] = { { "run", -1, 0, 100 }, { "p", 0, 50, 90 }, { "c", 1, 30, 70 } };
    CHECK(early, "run 0-30, c 30-70, p 70-90, run 90-100");
    const struct given before_root[] = { { "run", -1, 50, 90 }, { "c", 0, 20, 60 } };
    CHECK(before_root, "c 20-60, run 60-90");
}

static void steps_without_an_end_or_without_times(void **state)
{
    (void)state;
    const struct given open[] = { { "run", -1, 0, OPEN }, { "a", 0, 0, 30 }, { "b", 0, 30, OPEN }, { "c", 2, 40, 80 } };
    CHECK(open, "a 0-30, b 30-40, c 40-80");
    const struct given timeless[] = {
        { "run", -1, 0, 50 }, { "none", 0, TIME_NONE, OPEN }, { "c", 1, 10, 40 }, { "negative", 0, 45, 20 }
    };
    CHECK(timeless, "run 0-10, c 10-40, run 40-50");
    const struct given no_root[] = { { "run", -1, TIME_NONE, OPEN }, { "a", 0, 10, 40 } };
    CHECK(no_root, "a 10-40");
    const struct given nothing[] = { { "run", -1, TIME_NONE, OPEN }, { "a", 0, TIME_NONE, OPEN } };
    CHECK(nothing, "");
    const struct given no_length[] = { { "run", -1, 7, 7 }, { "a", 0, 7, 7 } };
    CHECK(no_length, "");
}

static void hidden_steps_count_for_what_is_seen(void **state)
{
    (void)state;
    const struct given nested[] = { { "run", -1, 0, 100 }, { "a", 0, 10, 90 }, { "b", 1, 20, 50 }, { "c", 2, 30, 40 } };
    struct made m;
    make_run(&m, nested, COUNT(nested));
    m.run->steps[2]->hidden = true;
    check_made(&m, "run 0-10, a 10-30, c 30-40, a 40-90, run 90-100");
    m.run->steps[3]->hidden = true;
    check_made(&m, "run 0-10, a 10-90, run 90-100");
    m.run->steps[1]->hidden = true;
    check_made(&m, "run 0-100");
    made_free(&m);
}

/* Whatever the times: the segments cover the run exactly once, and each lies in its step. */
static void check_cover(struct made *m)
{
    struct critical path;
    const struct run *run = m->run;
    critical_path(run, &m->arena, &path);
    int64_t at = run->start, sum = 0;
    for (size_t i = 0; i < path.count; i++) {
        const struct critical_segment *s = &path.segments[i];
        assert_true(s->from == at && s->to > at);
        assert_false(s->step->hidden);
        assert_true(i == 0 || path.segments[i - 1].step != s->step);
        if (s->step != run->root && run->visible_count == run->step_count)
            assert_true(s->from >= s->step->start && s->to <= s->step->shown_end);
        at = s->to;
    }
    for (uint32_t i = 0; i < run->step_count; i++) sum += path.time[i];
    assert_true(run->end <= run->start ? path.count == 0 : at == run->end && sum == run->end - run->start);
}

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static void the_path_covers_any_run_once(void **state)
{
    (void)state;
    enum { RUNS = 3000, STEPS = 24 };
    uint64_t seed = 5;
    for (int r = 0; r < RUNS; r++) {
        struct made m;
        made_begin(&m, STEPS);
        uint32_t count = 1 + random_below(&seed, STEPS), span = 1 + random_below(&seed, 60);
        bool some_hidden = random_below(&seed, 2);
        for (uint32_t i = 0; i < count; i++) { /* any parent on the way to the last step: pre-order */
            const struct step *parent = i ? m.run->steps[i - 1] : NULL;
            while (parent && parent->parent && random_below(&seed, 2)) parent = parent->parent;
            int64_t start = random_below(&seed, span), end = start - 3 + random_below(&seed, span);
            if (random_below(&seed, 12) == 0) end = OPEN;
            if (random_below(&seed, 12) == 0) start = TIME_NONE;
            made_add(&m, parent ? (int)parent->index : -1, S("s"), start, end)->hidden = some_hidden && i &&
                                                                                         random_below(&seed, 3) == 0;
        }
        made_end(&m);
        check_cover(&m);
        made_free(&m);
    }
}

static void deep_and_wide_runs_are_quick(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    struct made m;
    made_begin(&m, MANY);
    for (int i = 0; i < MANY; i++) made_add(&m, i - 1, S("deep"), i, 2 * MANY - i);
    made_end(&m);
    check_cover(&m);
    made_free(&m);
    made_begin(&m, MANY); /* a chain of steps that never meet: all are the root's */
    for (int i = 0; i < MANY; i++) made_add(&m, i - 1, S("apart"), 2 * i, 2 * i + 1);
    made_end(&m);
    check_cover(&m);
    made_free(&m);
    made_begin(&m, MANY);
    for (int i = 0; i < MANY; i++) made_add(&m, i ? 0 : -1, S("wide"), i, i ? i + 1 : MANY);
    made_end(&m);
    check_cover(&m);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_of_the_header),
        cmocka_unit_test(own_time_is_what_no_child_on_the_path_covers),
        cmocka_unit_test(siblings_that_touch_are_all_on_the_path),
        cmocka_unit_test(a_start_at_zero_is_a_start),
        cmocka_unit_test(what_siblings_waited_for_is_told_by_links),
        cmocka_unit_test(siblings_that_ran_beside_are_told),
        cmocka_unit_test(what_outlives_its_parent_is_on_the_path),
        cmocka_unit_test(far_ancestors_are_not_asked),
        cmocka_unit_test(what_starts_before_its_parent_is_told_whole),
        cmocka_unit_test(steps_without_an_end_or_without_times),
        cmocka_unit_test(hidden_steps_count_for_what_is_seen),
        cmocka_unit_test(the_path_covers_any_run_once),
        cmocka_unit_test(deep_and_wide_runs_are_quick),
    };
    return cmocka_run_group_tests_name("critical", tests, NULL, NULL);
}
