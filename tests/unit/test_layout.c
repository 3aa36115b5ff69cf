/* SPDX-License-Identifier: MIT
 *
 * Which steps get a row, and where the Gantt chart puts bars and texts.
 */
#include "layout/gantt.h"
#include "layout/rows.h"
#include "model/keep.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_near(a, b, within) assert_true(fabs((a) - (b)) <= (within))
#define COUNT(array)              (sizeof(array) / sizeof *(array))
#define MS                        INT64_C(1000)
#define START                     INT64_C(1747542400125000)

/* --- runs made by hand --- */

/* One step of a table; the parent comes before its children. Times in µs after START. */
struct given {
    int parent;
    const char *name;
    int64_t start, end;
    enum step_status status;
};

static struct run *make_run(struct arena *a, const struct given *given, uint32_t count)
{
    static struct step_more none;
    struct run *run = ARENA_NEW(a, struct run);
    run->name = S("demo");
    run->id = S("7f3a");
    run->step_count = count;
    run->steps = ARENA_ARRAY(a, struct step *, count);
    run->start = run->end = TIME_NONE;
    for (uint32_t i = 0; i < count; i++) {
        struct step *step = run->steps[i] = ARENA_NEW(a, struct step);
        step->index = i;
        step->more = &none;
        step->name = step->key = str_z(given[i].name);
        step->status = (uint8_t)given[i].status;
        step->parent = given[i].parent < 0 ? NULL : run->steps[given[i].parent];
        step->start = given[i].start == TIME_NONE ? TIME_NONE : START + given[i].start;
        step->end = given[i].end == TIME_NONE ? TIME_NONE : START + given[i].end;
        step->shown_end = step->end;
        step->duration = TIME_NONE;
        run->status_count[given[i].status]++;
        if (step->start == TIME_NONE) continue;
        if (step->shown_end < step->start) step->shown_end = step->start;
        step->duration = step->end == TIME_NONE ? 0 : step->end - step->start;
        if (run->start == TIME_NONE || step->start < run->start) run->start = step->start;
        if (run->end == TIME_NONE || step->shown_end > run->end) run->end = step->shown_end;
    }
    run->root = run->steps[0];
    run->duration = run->start == TIME_NONE ? TIME_NONE : run->end - run->start;
    keep_rank(run);
    return run;
}

static const struct gantt_options plain = { .min_width = 500, .min_height = 300 };

/* The bar of the step, NULL without. */
static const struct scene_item *bar_of(const struct scene *s, uint32_t step)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_RECT && s->items[i].step == step) return &s->items[i];
    return NULL;
}

/* The first (name) or second (duration) text of the step. */
static const struct scene_item *text_of(const struct scene *s, uint32_t step, int nth)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && s->items[i].step == step && nth-- == 0) return &s->items[i];
    fail_msg("step %u has no such text", (unsigned)step);
    return NULL;
}

static bool has_text(const struct scene *s, const char *part)
{
    for (size_t i = 0; i < s->count; i++) {
        struct str text = s->items[i].text;
        for (size_t at = 0; s->items[i].kind == SCENE_TEXT && at < text.len; at++)
            if (str_starts(str_skip(text, at), str_z(part))) return true;
    }
    return false;
}

/* What holds for every chart: all numbers finite and inside the picture, no name touches a bar, no duration its bar. */
static void assert_sound(const struct scene *s, const struct run *run)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        assert_true(isfinite(item->x) && isfinite(item->y) && isfinite(item->w) && isfinite(item->h));
        double left = item->x, right = item->x + item->w;
        if (item->kind == SCENE_TEXT) {
            left -= item->align == ALIGN_CENTER ? item->width / 2 : 0;
            right = left + item->width;
        }
        assert_true(left >= 0 && right <= s->width + 0.01);
        assert_true(item->y >= 0 && item->y + item->h <= s->height + 0.01);
        assert_true(item->kind != SCENE_RECT || (item->w >= 0 && item->h >= 0));
    }
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct scene_item *bar = bar_of(s, i);
        if (!bar) continue;
        const struct scene_item *name = text_of(s, i, 0), *duration = text_of(s, i, 1);
        assert_true(name->x + name->width < bar->x);
        assert_true(duration->x > bar->x + bar->w);
        assert_true(bar->w >= 2);
    }
}

/* --- rows --- */

enum { MANY = 400 };

/* A root with four stages of 99 steps each; step i takes i ms, so later ones are longer. */
static struct run *make_many(struct arena *a)
{
    struct given *given = calloc(MANY, sizeof *given);
    assert_non_null(given);
    for (int i = 0; i < MANY; i++)
        given[i] = (struct given){ i == 0                   ? -1
                                   : i % 100 == 0 || i == 1 ? 0
                                   : i < 100                ? 1
                                                            : i / 100 * 100,
                                   "step", 0, i * MS, STEP_OK };
    given[0].end = MANY * MS;
    given[17].status = STEP_ERROR;
    given[230].status = STEP_UNFINISHED;
    given[350].status = STEP_RUNNING;
    struct run *run = make_run(a, given, MANY);
    free(given);
    return run;
}

static void all_steps_have_rows_without_a_limit(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_many(&a);
    run->steps[5]->hidden = run->steps[6]->hidden = true;
    keep_rank(run);
    for (uint32_t max = 0; max <= MANY - 2; max += MANY - 2) {
        struct rows rows;
        rows_select(&rows, run, NULL, max, &a);
        assert_int_equal(rows.count, MANY - 2);
        assert_int_equal(rows.left_out, 0);
        for (uint32_t i = 0; i < rows.count; i++) assert_false(rows.items[i].step->hidden);
    }
    arena_free(&a);
}

static void limited_rows_hang_together(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_many(&a);
    struct rows rows;
    rows_select(&rows, run, NULL, 10, &a);
    assert_int_equal(rows.count, 10);
    /* root, stages 1, 200 and 300 above the failed, unfinished and running ones, then the longest: 399, 398, 397 */
    static const uint32_t kept[] = { 0, 1, 17, 200, 230, 300, 350, 397, 398, 399 };
    for (uint32_t i = 0; i < rows.count; i++) {
        assert_int_equal(rows.items[i].step->index, kept[i]);
        if (i) assert_ptr_equal(rows.items[rows.items[i].parent].step, rows.items[i].step->parent);
    }
    assert_int_equal(rows.items[0].last_child, 5);
    assert_int_equal(rows.items[5].last_child, 9);
    assert_int_equal(rows.items[9].last_child, ROW_NONE);
    assert_int_equal(rows.items[9].depth, 2);
    arena_free(&a);
}

static void children_of_hidden_steps_hang_on_the_next_one_up(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const struct given given[] = {
        { -1, "root", 0, 9, STEP_OK },
        { 0, "hidden", 0, 9, STEP_OK },
        { 1, "shown", 0, 9, STEP_OK },
    };
    struct run *run = make_run(&a, given, COUNT(given));
    run->steps[1]->hidden = true;
    keep_rank(run);
    struct rows rows;
    rows_select(&rows, run, NULL, 0, &a);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.items[1].parent, 0);
    assert_int_equal(rows.items[1].depth, 1);
    run->steps[0]->hidden = run->steps[2]->hidden = true;
    keep_rank(run);
    rows_select(&rows, run, NULL, 5, &a);
    assert_int_equal(rows.count, 0);
    arena_free(&a);
}

/* --- Gantt --- */

static const struct given small[] = {
    { -1, "demo", 0, 1240 * MS, STEP_ERROR },
    { 0, "load", 0, 300 * MS, STEP_OK },
    { 1, "no time at all", 100 * MS, 100 * MS, STEP_OK },
    { 0, "failed", 500 * MS, 900 * MS, STEP_ERROR },
    { 0, "open", 800 * MS, TIME_NONE, STEP_UNFINISHED },
    { 0, "backwards", 700 * MS, 600 * MS, STEP_OK },
    { 0, "timeless", TIME_NONE, TIME_NONE, STEP_SKIPPED },
};

static void bars_show_status_and_time(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_run(&a, small, COUNT(small));
    run->steps[4]->shown_end = START + 1240 * MS;
    run->steps[4]->duration = 440 * MS;
    struct scene s;
    scene_init(&s, &a);
    gantt_layout(run, &plain, &s);
    assert_sound(&s, run);
    const struct scene_item *root = bar_of(&s, 0), *load = bar_of(&s, 1), *instant = bar_of(&s, 2),
                            *failed = bar_of(&s, 3);
    const struct scene_item *open = bar_of(&s, 4), *backwards = bar_of(&s, 5);
    assert_near(load->w / root->w, 300.0 / 1240, 0.01);
    assert_near((failed->x - root->x) / root->w, 500.0 / 1240, 0.01);
    assert_near(instant->w, 3, 0.001);
    assert_true(failed->hatched && failed->role == ROLE_ERROR && !load->hatched);
    assert_true(open->outlined && open->open_end && open->role == ROLE_UNFINISHED);
    assert_near(open->x + open->w, root->x + root->w, 0.6);
    assert_near(backwards->w, 3, 0.001);
    assert_true(str_eq(text_of(&s, 5, 1)->text, S("−100 ms")));
    assert_null(bar_of(&s, 6));
    assert_true(str_eq(text_of(&s, 6, 1)->text, S("no time · skipped")));
    assert_true(str_eq(text_of(&s, 3, 1)->text, S("400 ms · error")));
    assert_true(has_text(&s, "run 7f3a"));
    assert_true(has_text(&s, "2025-05-18 04:26:40.125 UTC"));
    assert_true(has_text(&s, "unfinished")); /* legend */
    assert_true(s.width >= 500 && s.height >= 300);
    scene_free(&s);
    arena_free(&a);
}

static void bare_charts_have_no_title(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_run(&a, small, COUNT(small));
    struct gantt_options o = plain;
    o.bare = true;
    struct scene s;
    scene_init(&s, &a);
    gantt_layout(run, &o, &s);
    assert_sound(&s, run);
    assert_false(has_text(&s, "run 7f3a"));
    assert_true(s.title.len > 0);
    scene_free(&s);
    arena_free(&a);
}

static void times_without_a_span(void **state)
{
    (void)state;
    static const struct given instant[] = { { -1, "demo", 0, 0, STEP_OK }, { 0, "a", 0, 0, STEP_OK } };
    static const struct given timeless[] = { { -1, "", TIME_NONE, TIME_NONE, STEP_OK },
                                             { 0, "", TIME_NONE, TIME_NONE, STEP_ERROR } };
    static const struct given extreme[] = { { -1, "demo", -TIME_MAX - START, TIME_MAX - START, STEP_OK },
                                            { 0, "now", 0, 1, STEP_OK } };
    static const struct {
        const struct given *steps;
        uint32_t count;
    } runs[] = { { instant, 2 }, { timeless, 2 }, { extreme, 2 } };
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct arena a = { 0 };
        struct run *run = make_run(&a, runs[i].steps, runs[i].count);
        struct scene s;
        scene_init(&s, &a);
        gantt_layout(run, &plain, &s);
        assert_sound(&s, run);
        assert_true(s.width < 3000 && s.height < 1000);
        scene_free(&s);
        arena_free(&a);
    }
}

static void a_run_without_visible_steps(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_run(&a, small, 1);
    run->root->hidden = true;
    keep_rank(run);
    struct scene s;
    scene_init(&s, &a);
    gantt_layout(run, &plain, &s);
    assert_true(has_text(&s, "No step to show."));
    scene_free(&s);
    arena_free(&a);
}

/* A chain of 1,200 steps with names of 5,000 characters: the indent stays, the names are cut, the width is bounded. */
static void deep_chains_and_long_names(void **state)
{
    (void)state;
    enum { DEEP = GANTT_ROWS_MAX };
    struct arena a = { 0 };
    struct given *given = calloc(DEEP, sizeof *given);
    assert_non_null(given);
    char name[5001];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    for (int i = 0; i < DEEP; i++) given[i] = (struct given){ i - 1, name, i, 10000 - i, STEP_OK };
    struct run *run = make_run(&a, given, DEEP);
    struct scene s;
    scene_init(&s, &a);
    gantt_layout(run, &plain, &s);
    assert_sound(&s, run);
    assert_true(s.width < 1400);
    assert_true(text_of(&s, DEEP - 1, 0)->width > 60);
    assert_true(has_text(&s, "1199: "));
    scene_free(&s);
    free(given);
    arena_free(&a);
}

static void pictures_stay_within_their_limits(void **state)
{
    (void)state;
    static const struct {
        uint32_t max_rows;
        double max_side, min_width;
    } limits[] = {
        { 0, 0, 500 },   { 50, 0, 500 },    { 0, 2000, 500 }, { 300, 2000, 500 },
        { 0, 700, 500 }, { 0, 2000, 9000 }, { 2, 400, 100 },
    };
    struct arena a = { 0 };
    struct run *run = make_many(&a);
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct gantt_options o = { .min_width = limits[i].min_width,
                                   .min_height = 300,
                                   .max_rows = limits[i].max_rows,
                                   .max_side = limits[i].max_side };
        struct scene s;
        scene_init(&s, &a);
        gantt_layout(run, &o, &s);
        assert_sound(&s, run);
        uint32_t shown = 0;
        for (uint32_t n = 0; n < run->step_count; n++) shown += bar_of(&s, n) != NULL;
        if (limits[i].max_rows) assert_in_range(shown, 1, limits[i].max_rows);
        if (limits[i].max_side > 0) assert_true(s.width <= limits[i].max_side && s.height <= limits[i].max_side);
        assert_int_equal(shown < MANY, has_text(&s, " of 400 steps "));
        scene_free(&s);
    }
    arena_free(&a);
}

static void hidden_rows_are_told(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_many(&a);
    struct gantt_options o = plain;
    struct scene s;
    o.max_rows = 5; /* root, 1, 17, 200, 230: above the running step 350 there is no room */
    scene_init(&s, &a);
    gantt_layout(run, &o, &s);
    assert_true(has_text(&s, "395 of 400 steps are hidden, 1 of them failed or unfinished: shown are failed and"));
    assert_true(str_eq(text_of(&s, 1, 0)->text, S("step")));
    assert_true(has_text(&s, "\u00A0\u00A0+97"));  /* of steps 2..99 all but 17 */
    assert_true(has_text(&s, "\u00A0\u00A0+200")); /* the stages 100 and 300 with their 99 steps each */
    scene_free(&s);
    arena_free(&a);
}

static void grid_lines_leave_texts_alone(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct run *run = make_many(&a);
    struct scene s;
    scene_init(&s, &a);
    gantt_layout(run, &plain, &s);
    size_t lines = 0;
    for (size_t g = 0; g < s.count; g++) {
        const struct scene_item *line = &s.items[g];
        if (line->kind != SCENE_LINE || line->role != ROLE_GRID) continue;
        lines++;
        for (uint32_t n = 0; n < MANY; n++) {
            const struct scene_item *text = text_of(&s, n, 1);
            bool beside = line->x < text->x || line->x > text->x + text->width;
            assert_true(beside || line->y >= text->y || line->y + line->h <= text->y - text->size);
        }
    }
    assert_true(lines > 10);
    scene_free(&s);
    arena_free(&a);
}

static void dumps_are_text(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    s.width = 100;
    s.height = 50;
    s.title = S("T");
    struct scene_item *bar = scene_rect(&s, ROLE_ERROR, 1, 2, 3.456, 4);
    bar->hatched = bar->outlined = bar->open_end = true;
    bar->radius = 2.5;
    bar->step = 7;
    bar->tip = S("say \"it\"");
    scene_line(&s, ROLE_GRID, 10, 20, 10, 5);
    scene_curve(&s, ROLE_EDGE, 0, 0, -8, 4);
    struct scene_item *text = scene_text(&s, ROLE_LABEL, 5, 6, 10, WEIGHT_BOLD, ALIGN_RIGHT, S("a\nb"));
    text->width = 12;
    struct buf b = BUF_INIT;
    scene_dump(&s, &b);
    buf_putc(&b, 0);
    assert_string_equal(
        b.ptr, "scene 100.00 50.00 \"T\" \"\"\n"
               "rect error 1.00 2.00 3.46 4.00 radius 2.50 hatched outlined open-end step 7 tip \"say \\\"it\\\"\"\n"
               "line grid 10.00 20.00 0.00 -15.00\n"
               "curve edge 0.00 0.00 -8.00 4.00\n"
               "text label 5.00 6.00 12.00 10.00 right bold \"a b\"\n");
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_steps_have_rows_without_a_limit),
        cmocka_unit_test(limited_rows_hang_together),
        cmocka_unit_test(children_of_hidden_steps_hang_on_the_next_one_up),
        cmocka_unit_test(bars_show_status_and_time),
        cmocka_unit_test(bare_charts_have_no_title),
        cmocka_unit_test(times_without_a_span),
        cmocka_unit_test(a_run_without_visible_steps),
        cmocka_unit_test(deep_chains_and_long_names),
        cmocka_unit_test(pictures_stay_within_their_limits),
        cmocka_unit_test(hidden_rows_are_told),
        cmocka_unit_test(grid_lines_leave_texts_alone),
        cmocka_unit_test(dumps_are_text),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
