/* SPDX-License-Identifier: MIT
 *
 * The picture of runs over time: a mark for each, words in their places, nothing over anything else, at any number of
 * runs.
 */
#include "made_history.h"

#include "base/utf8.h"
#include "layout/trend.h"
#include "render/picture.h"

static const struct trend_options plain = { .min_width = 500, .min_height = 300, .max_side = PICTURE_SIDE_MAX };

static struct scene draw(struct history *h, const struct trend_options *o)
{
    struct scene s;
    struct trends trends = trends_of_history(h);
    scene_init(&s, &h->arena);
    trend_layout(&trends, o, &s);
    return s;
}

static bool holds(struct str text, const char *words)
{
    size_t n = strlen(words);
    for (size_t i = 0; i + n <= text.len; i++)
        if (memcmp(text.ptr + i, words, n) == 0) return true;
    return false;
}

static bool says(const struct scene *s, const char *words)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && holds(s->items[i].text, words)) return true;
    return false;
}

static double left_of(const struct scene_item *text)
{
    return text->align == ALIGN_LEFT ? text->x : text->x - text->width / (text->align == ALIGN_CENTER ? 2 : 1);
}

/* No text leaves the picture or meets another one, no mark is outside. */
static void check_places(const struct scene *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *a = &s->items[i];
        if (a->kind != SCENE_TEXT) {
            assert_true(a->x >= 0 && a->y >= 0 && a->x + a->w <= s->width + 1e-6 && a->y + a->h <= s->height + 1e-6);
            continue;
        }
        double left = left_of(a), top = a->y - 0.8 * a->size, bottom = a->y + 0.25 * a->size;
        if (left < 0 || left + a->width > s->width || top < 0 || bottom > s->height)
            fail_msg("\"%.*s\" leaves the picture", STR_ARG(a->text));
        for (size_t k = 0; k < i; k++) {
            const struct scene_item *b = &s->items[k];
            if (b->kind != SCENE_TEXT) continue;
            bool apart = left_of(b) >= left + a->width - 0.01 || left_of(b) + b->width <= left + 0.01 ||
                         b->y - 0.8 * b->size >= bottom || b->y + 0.25 * b->size <= top;
            if (!apart) fail_msg("\"%.*s\" meets \"%.*s\"", STR_ARG(a->text), STR_ARG(b->text));
        }
    }
}

static size_t count_linked(const struct scene *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) count += s->items[i].link.len > 0;
    return count;
}

static struct str *links_of(struct history *h)
{
    struct str *links = ARENA_ARRAY(&h->arena, struct str, h->count + 1);
    for (size_t i = 0; i < h->count; i++) links[i] = arena_format(&h->arena, "run-%zu/report.html", i);
    return links;
}

static void every_run_has_its_mark(void **state)
{
    (void)state;
    struct history h = { 0 };
    history_add(&h, "p", 3000000, 2000000, RUN_FAILED);
    history_add(&h, "p", 1000000, 1000000, RUN_COMPLETED)->id = S("<one>");
    history_add(&h, "p", 2000000, 4000000, RUN_RUNNING);
    struct trend_options o = plain;
    o.links = links_of(&h);
    struct scene s = draw(&h, &o);
    check_places(&s);
    const struct {
        enum scene_kind kind;
        enum scene_role role;
        bool outlined;
        const char *link, *tip;
    } marks[] = {
        { SCENE_RECT, ROLE_OK, false, "run-1/report.html",
          "#1 · run <one> · completed · 1970-01-01 00:00:01.000 UTC · 1.00 s" },
        { SCENE_RECT, ROLE_UNFINISHED, true, "run-2/report.html",
          "#2 · without an end · 1970-01-01 00:00:02.000 UTC · 4.00 s" },
        { SCENE_ARROW, ROLE_ERROR, false, "run-0/report.html", "#3 · failed · 1970-01-01 00:00:03.000 UTC · 2.00 s" },
    };
    size_t found = 0;
    double before = 0;
    for (size_t i = 0; i < s.count; i++) {
        const struct scene_item *item = &s.items[i];
        if (!item->link.len) continue;
        assert_true(found < COUNT(marks));
        assert_int_equal(item->kind, marks[found].kind);
        assert_int_equal(item->role, marks[found].role);
        assert_int_equal(item->outlined, marks[found].outlined);
        assert_true(str_eq(item->link, str_z(marks[found].link)));
        assert_true(str_eq(item->tip, str_z(marks[found].tip)));
        assert_true(item->x > before);
        before = item->x;
        found++;
    }
    assert_int_equal(found, COUNT(marks));
    assert_true(says(&s, "1 failed") && says(&s, "1 without an end"));
    assert_false(says(&s, "median"));
    assert_false(says(&s, "beyond"));
    struct buf svg = BUF_INIT; /* in a page it leads there, and is no mere image */
    svg_write(&s, THEME_AUTO, &svg);
    assert_true(holds(buf_str(&svg), "<a href=\"run-0/report.html\" "));
    assert_true(holds(buf_str(&svg), "role=\"group\""));
    assert_true(holds(buf_str(&svg), "run &lt;one&gt;"));
    assert_false(holds(buf_str(&svg), "<one>"));
    buf_free(&svg);
    scene_free(&s);
    history_free(&h);
}

static void a_change_is_told_where_it_is(void **state)
{
    (void)state;
    struct history h = { 0 };
    for (int i = 0; i < 60; i++)
        history_add(&h, "p", i * INT64_C(86400000000), i < 30 ? 12100000 : 18400000, RUN_COMPLETED);
    struct scene s = draw(&h, &plain);
    check_places(&s);
    assert_true(says(&s, "slower since run #31, 1970-01-31: 12.1 s → 18.4 s"));
    assert_true(says(&s, "median 18.4 s") && says(&s, "p95 18.4 s"));
    assert_true(holds(s.description, "p: 60 runs, slower since run #31"));
    scene_free(&s);
    history_free(&h);
    h = (struct history){ 0 };
    for (int i = 0; i < 60; i++) history_add(&h, "p", i * INT64_C(86400000000), 12100000, RUN_COMPLETED);
    s = draw(&h, &plain);
    assert_false(says(&s, "since"));
    assert_true(says(&s, "median 12.1 s"));
    scene_free(&s);
    history_free(&h);
}

/* Changes wherever they are: their words do not meet. */
static void words_of_changes_keep_apart(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (size_t n = 10; n < 60; n += 7) {
        struct history h = { 0 };
        for (int i = 1; i <= 12; i++) add_level(&h, n, i * i * 1e6, &seed);
        struct scene s = draw(&h, &plain);
        check_places(&s);
        scene_free(&s);
        history_free(&h);
    }
}

static void a_much_slower_run_is_at_the_edge(void **state)
{
    (void)state;
    struct history h = { 0 };
    uint64_t seed = 5;
    add_level(&h, 30, 1e6, &seed);
    history_add(&h, "p", 31000, 600000000, RUN_COMPLETED);
    struct scene s = draw(&h, &plain);
    check_places(&s);
    assert_true(says(&s, "1 beyond the upper edge"));
    assert_false(says(&s, "10 m"));
    scene_free(&s);
    history_free(&h);
}

static void many_runs_share_columns(void **state)
{
    (void)state;
    const size_t counts[] = { 1, 2, 8, 100, 180, 200, 1000, 10000 };
    uint64_t seed = 8;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct history h = { 0 };
        for (size_t k = 0; k < counts[i]; k++)
            history_add(&h, "p", (int64_t)k * 1000000, random_duration(&seed, k * 2 < counts[i] ? 1e6 : 3e6),
                        k % 9 == 4    ? RUN_FAILED
                        : k % 50 == 7 ? RUN_UNFINISHED
                                      : RUN_COMPLETED);
        struct trend_options o = plain;
        o.links = links_of(&h);
        struct scene s = draw(&h, &o);
        check_places(&s);
        size_t marks = count_linked(&s);
        if (counts[i] <= 180) assert_int_equal(marks, counts[i]);
        assert_true(marks <= 700 && s.width < 1200);
        assert_int_equal(says(&s, "a column of up to"), counts[i] >= 200);
        scene_free(&s);
        history_free(&h);
    }
}

/* What the first of many columns says, and that its marks lead to its slowest runs. A column has between 40 and 60 runs
 * here; those behind the 40th are like the others. */
static void a_column_tells_of_its_runs(void **state)
{
    (void)state;
    enum { COLUMN = 40, RUNS = 9600 };
    struct history h = { 0 };
    for (int i = 0; i < RUNS; i++) {
        enum run_status status = i >= COLUMN   ? RUN_COMPLETED
                                 : i % 10 == 3 ? RUN_FAILED
                                 : i == 5      ? RUN_RUNNING
                                               : RUN_COMPLETED;
        history_add(&h, "p", i, 1000000 + (i < COLUMN ? i : 20) * 10000, status);
    }
    struct trend_options o = plain;
    o.links = links_of(&h);
    struct scene s = draw(&h, &o);
    static const char *const links[] = { "run-39/report.html", "run-5/report.html", "run-33/report.html" };
    size_t found = 0;
    for (size_t i = 0; i < s.count && found < COUNT(links); i++) {
        if (!s.items[i].link.len) continue;
        assert_true(str_eq(s.items[i].link, str_z(links[found])));
        assert_true(str_starts(s.items[i].tip, S("#1 to #")));
        assert_true(
            holds(s.items[i].tip, " · 4 failed · 1 without an end · completed in 1.00 s to 1.39 s, median 1.20 s"));
        found++;
    }
    assert_int_equal(found, COUNT(links));
    scene_free(&s);
    history_free(&h);
}

static void pipelines_have_a_chart_each_up_to_a_limit(void **state)
{
    (void)state;
    static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o" };
    struct history h = { 0 };
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t k = 0; k < 2 + (i == 14); k++) history_add(&h, names[i], (int64_t)k, 1000, RUN_COMPLETED);
    history_add(&h, "once", 1, 1000, RUN_COMPLETED);
    struct trend_options o = plain;
    o.links = links_of(&h);
    struct scene s = draw(&h, &o);
    check_places(&s);
    assert_int_equal(count_linked(&s), 2 * TREND_CHARTS_MAX + 1);
    assert_true(says(&s, "1 pipeline that ran once and 3 more pipelines have no chart"));
    assert_true(says(&s, "Durations of runs"));
    scene_free(&s);
    o.title = S("Nightly");
    o.bare = true;
    s = draw(&h, &o);
    assert_false(says(&s, "Nightly"));
    assert_true(str_eq(s.title, S("Nightly")));
    scene_free(&s);
    history_free(&h);
    h = (struct history){ 0 };
    history_add(&h, "once", 1, 1000, RUN_COMPLETED); /* and no other: then it is drawn */
    s = draw(&h, &plain);
    check_places(&s);
    assert_false(says(&s, "no chart"));
    scene_free(&s);
    history_free(&h);
    h = (struct history){ 0 };
    history_add(&h, "timeless", TIME_NONE, TIME_NONE, RUN_UNFINISHED); /* nothing to draw is a picture too */
    s = draw(&h, &plain);
    check_places(&s);
    scene_free(&s);
    history_free(&h);
}

static void extremes_are_drawn(void **state)
{
    (void)state;
    static const char *const names[] = { "", "\xE6\xBC\xA2\xE5\xAD\x97", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
                                         "a\nb\t\x01", "<script>alert(1)</script>" };
    const int64_t durations[] = { 0, 1, 1000, 3600000000, INT64_C(94608000000000) };
    for (size_t i = 0; i < COUNT(durations); i++)
        for (size_t n = 0; n < COUNT(names); n++) {
            struct history h = { 0 };
            char *name = arena_alloc(&h.arena, 10001, 1);
            memset(name, 'x', 10000);
            for (int k = 0; k < 30; k++)
                history_add(&h, n ? names[n] : name, -TIME_MAX / 2 + k, durations[i], RUN_COMPLETED);
            for (int k = 0; k < 30; k++) history_add(&h, names[n], k * (TIME_MAX / 40), durations[i], RUN_COMPLETED);
            struct trend_options o = plain;
            for (double side = 600; side < 40000; side *= 8) {
                o.max_side = side;
                struct scene s = draw(&h, &o);
                check_places(&s);
                assert_true(s.width <= side);
                for (size_t k = 0; k < s.count; k++) assert_true(utf8_valid(s.items[k].text));
                scene_free(&s);
            }
            history_free(&h);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_has_its_mark),
        cmocka_unit_test(a_change_is_told_where_it_is),
        cmocka_unit_test(words_of_changes_keep_apart),
        cmocka_unit_test(a_much_slower_run_is_at_the_edge),
        cmocka_unit_test(many_runs_share_columns),
        cmocka_unit_test(a_column_tells_of_its_runs),
        cmocka_unit_test(pipelines_have_a_chart_each_up_to_a_limit),
        cmocka_unit_test(extremes_are_drawn),
    };
    return cmocka_run_group_tests_name("trend picture", tests, NULL, NULL);
}
