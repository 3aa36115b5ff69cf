/* SPDX-License-Identifier: MIT
 *
 * The execution graph: the folding of siblings, which boxes stay, and the scene that comes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layout/boxes.h"
#include "model/fold.h"
#include "layout/graph.h"
#include "model/keep.h"

/* ---- a run made by hand ---- */

struct fixture {
    struct arena arena;
    struct run run;
    struct step_more more;
    struct step *steps;
    uint32_t cap;
    struct scene scene;
};

static struct fixture *fixture_new(uint32_t cap)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->cap = cap;
    f->steps = ARENA_ARRAY(&f->arena, struct step, cap);
    f->run = (struct run){ .arena = &f->arena,
                           .id = S("7f3a"),
                           .name = S("demo"),
                           .root = f->steps,
                           .start = 0,
                           .end = 1000000,
                           .duration = 1000000 };
    f->run.steps = ARENA_ARRAY(&f->arena, struct step *, cap);
    scene_init(&f->scene, &f->arena);
    return f;
}

static void fixture_free(struct fixture *f)
{
    scene_free(&f->scene);
    arena_free(&f->arena);
    free(f);
}

/* Steps must be added in pre-order. */
static struct step *add(struct fixture *f, struct step *parent, struct str name, int64_t duration,
                        enum step_status status)
{
    assert_true(f->run.step_count < f->cap);
    struct step *s = &f->steps[f->run.step_count];
    *s = (struct step){
        .parent = parent,
        .name = name,
        .key = name,
        .start = 0,
        .end = duration,
        .shown_end = duration,
        .duration = duration,
        .more = &f->more,
        .index = f->run.step_count,
        .subtree = 1,
        .status = (uint8_t)status,
    };
    if (status == STEP_RUNNING || status == STEP_UNFINISHED) s->end = TIME_NONE;
    f->run.steps[f->run.step_count++] = s;
    if (!parent) return s;
    s->depth = parent->depth < UINT16_MAX ? (uint16_t)(parent->depth + 1) : UINT16_MAX;
    parent->child_count++;
    if (parent->last_child) parent->last_child->next = s;
    else parent->first_child = s;
    parent->last_child = s;
    for (struct step *up = parent; up && f->run.step_count < 5000; up = up->parent) up->subtree++;
    return s;
}

static struct str numbered(struct fixture *f, const char *format, unsigned n)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return arena_format(&f->arena, format, n);
#pragma GCC diagnostic pop
}

static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

/* A tree of n steps in pre-order: each new one goes below the last one or below one of its ancestors. */
static struct fixture *random_run(uint32_t seed, uint32_t n)
{
    struct fixture *f = fixture_new(n);
    uint32_t state = seed;
    struct step *last = add(f, NULL, S("root"), 1000000, STEP_OK);
    while (f->run.step_count < n) {
        struct step *parent = last;
        while (parent->parent && random_below(&state, 5) < 3) parent = parent->parent;
        enum step_status status = STEP_OK;
        if (random_below(&state, 10) == 0) status = (enum step_status)random_below(&state, STEP_STATUS_COUNT);
        const char *format = random_below(&state, 2) ? "task_%u" : "quite a long name of a step, number %u, indeed";
        struct str name = numbered(f, format, random_below(&state, 40));
        last = add(f, parent, name, random_below(&state, 1000000), status);
    }
    return f;
}

static const struct graph_options plain = {
    .min_width = 500,
    .min_height = 300,
    .max_boxes = GRAPH_BOXES,
    .fold_over = GRAPH_FOLD_OVER,
};

static void lay_out(struct fixture *f, struct graph_options o)
{
    keep_rank(&f->run);
    graph_layout(&f->run, &o, &f->scene);
}

static bool is_box(const struct scene_item *item)
{
    return item->kind == SCENE_RECT && item->role == ROLE_BOX && item->step != SCENE_NO_STEP;
}

static const struct scene_item *box_of_step(const struct scene *s, uint32_t step)
{
    for (size_t i = 0; i < s->count; i++)
        if (is_box(&s->items[i]) && s->items[i].step == step) return &s->items[i];
    return NULL;
}

static uint32_t count_boxes(const struct scene *s)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s->count; i++) count += is_box(&s->items[i]);
    return count;
}

static const struct scene_item *find_text(const struct scene *s, struct str text)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && str_eq(s->items[i].text, text)) return &s->items[i];
    return NULL;
}

static bool has_text_starting(const struct scene *s, struct str text)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && str_starts(s->items[i].text, text)) return true;
    return false;
}

/* ---- the scene ---- */

static bool apart(const struct scene_item *a, const struct scene_item *b)
{
    return a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y || b->y + b->h <= a->y;
}

static const struct scene_item *box_with_side(const struct scene *s, double x, double y, bool right)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *b = &s->items[i];
        if (!is_box(b)) continue;
        if ((right ? b->x + b->w : b->x) == x && y > b->y && y < b->y + b->h) return b;
    }
    return NULL;
}

/* What holds for every graph: boxes apart and inside, texts inside the picture and large enough, edges between a
 * right side and a left side. */
static void check_scene(const struct scene *s)
{
    uint32_t boxes = 0, edges = 0, stubs = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        if (item->kind == SCENE_TEXT) {
            double left = item->align == ALIGN_RIGHT ? item->x - item->width : item->x;
            assert_true(item->size >= 9);
            assert_true(left >= 0 && left + item->width <= s->width + 1e-6);
            assert_true(item->y > 0 && item->y <= s->height);
            stubs += item->text.len > 1 && item->text.ptr[0] == '+' && item->text.ptr[1] != ' ';
        } else if (item->kind == SCENE_CURVE) {
            edges++;
            assert_non_null(box_with_side(s, item->x, item->y, true));
            assert_true(item->w > 0);
        } else {
            assert_true(item->x >= 0 && item->x + item->w <= s->width);
            assert_true(item->y >= 0 && item->y + item->h <= s->height);
        }
        if (!is_box(item)) continue;
        boxes++;
        for (size_t j = 0; j < i; j++)
            if (is_box(&s->items[j])) assert_true(apart(item, &s->items[j]));
    }
    assert_int_equal(edges, boxes + stubs - 1);
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *edge = &s->items[i];
        if (edge->kind == SCENE_CURVE && box_with_side(s, edge->x + edge->w, edge->y + edge->h, false)) edges--;
    }
    assert_int_equal(edges, stubs);
}

static void scene_of_random_runs(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        struct fixture *f = random_run(seed, 1 + seed * 11 % 400);
        struct graph_options o = plain;
        o.max_boxes = seed % 3 ? 300 : 40;
        o.fold_over = seed % 4 ? 8 : 0;
        o.max_side = seed % 5 ? 0 : 2500;
        o.bare = seed % 2;
        lay_out(f, o);
        check_scene(&f->scene);
        assert_true(f->scene.width >= 500 && f->scene.height >= 300);
        if (o.max_side > 0) assert_true(f->scene.width <= o.max_side && f->scene.height <= o.max_side);
        fixture_free(f);
    }
}

static void scene_is_the_same_twice(void **state)
{
    (void)state;
    struct buf dumps[2] = { BUF_INIT, BUF_INIT };
    for (int turn = 0; turn < 2; turn++) {
        struct fixture *f = random_run(42, 500);
        lay_out(f, plain);
        scene_dump(&f->scene, &dumps[turn]);
        fixture_free(f);
    }
    assert_true(dumps[0].len > 1000);
    assert_true(str_eq(buf_str(&dumps[0]), buf_str(&dumps[1])));
    buf_free(&dumps[0]);
    buf_free(&dumps[1]);
}

/* 20 pages with three steps each: one box among the others, at the place of the first page. Two pages failed, and stand
 * beside it with their steps; had all of them failed they would be one again. */
static void scene_folded_pages(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        struct fixture *f = fixture_new(128);
        struct step *root = add(f, NULL, S("crawl"), 5000000, STEP_OK), *longest = NULL;
        add(f, root, S("open"), 1000, STEP_OK);
        for (unsigned i = 1; i <= 20; i++) {
            bool bad = all || i == 4 || i == 9;
            struct step *page = add(f, root, numbered(f, "page_%u", i), i * 1000, bad ? STEP_ERROR : STEP_OK);
            if (i == 20) longest = page;
            for (int j = 0; j < 3; j++) add(f, page, S("load"), 10, j == 2 && i == 4 ? STEP_ERROR : STEP_OK);
            if (i == 7) add(f, root, S("pause"), 5, STEP_OK);
        }
        lay_out(f, plain);
        check_scene(&f->scene);
        assert_int_equal(count_boxes(&f->scene), all ? 4 : 12);
        assert_non_null(find_text(&f->scene, S("page_*")));
        assert_non_null(find_text(&f->scene, all ? S("×20") : S("×18")));
        assert_true(box_of_step(&f->scene, 1)->y < box_of_step(&f->scene, all ? 2 : longest->index)->y);
        if (all) assert_int_equal(find_text(&f->scene, S("20 errors"))->role, ROLE_LABEL_ERROR);
        if (all) assert_int_equal(find_text(&f->scene, S("60 steps below, 1 error"))->role, ROLE_LABEL_ERROR);
        else assert_non_null(find_text(&f->scene, S("54 steps below")));
        if (!all) assert_non_null(find_text(&f->scene, S("page_4")));
        fixture_free(f);
    }
}

/* Of 2,000 steps 40 boxes: the two that failed, the one without an end, their ancestors, then the longest. */
static void scene_keeps_what_failed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(2100);
    struct step *root = add(f, NULL, S("root"), 100000000, STEP_OK), *failed[3];
    uint32_t n = 0, longest = 0;
    for (unsigned i = 0; i < 100; i++) {
        struct str group_name = arena_format(&f->arena, "group %c%c", 'a' + i / 10, 'a' + i % 10);
        struct step *group = add(f, root, group_name, 1000 + i, STEP_OK);
        for (unsigned j = 0; j < 19; j++) {
            struct str name = arena_format(&f->arena, "leaf %c%c", 'a' + i % 26, 'a' + j);
            bool bad = (i == 10 && j == 3) || (i == 50 && j == 0) || (i == 99 && j == 18);
            enum step_status status = !bad ? STEP_OK : i == 50 ? STEP_UNFINISHED : STEP_ERROR;
            struct step *leaf = add(f, group, name, i == 77 && j == 7 ? 999 : 5, status);
            if (bad) failed[n++] = leaf;
            if (i == 77 && j == 7) longest = leaf->index;
        }
    }
    assert_int_equal(n, 3);
    struct graph_options o = plain;
    o.max_boxes = 40;
    lay_out(f, o);
    check_scene(&f->scene);
    assert_int_equal(count_boxes(&f->scene), 40);
    for (n = 0; n < 3; n++) {
        assert_non_null(box_of_step(&f->scene, failed[n]->index));
        assert_non_null(box_of_step(&f->scene, failed[n]->parent->index));
    }
    assert_null(box_of_step(&f->scene, longest)); /* 97 groups are longer than it */
    assert_non_null(box_of_step(&f->scene, f->steps[0].last_child->index));
    assert_true(has_text_starting(&f->scene, S("+ 1,961 steps not drawn: ")));
    assert_non_null(find_text(&f->scene, S("+18 more")));
    fixture_free(f);
}

/* More failed ones than boxes: the first in tree order stay, the others are counted where they are missing. */
static void scene_counts_failed_that_do_not_fit(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(128);
    struct step *root = add(f, NULL, S("root"), 100, STEP_OK);
    for (unsigned i = 0; i < 100; i++)
        add(f, root, arena_format(&f->arena, "%c%c", 'a' + i / 10, 'a' + i % 10), i, i % 2 ? STEP_ERROR : STEP_OK);
    struct graph_options o = plain;
    o.max_boxes = 11;
    lay_out(f, o);
    check_scene(&f->scene);
    assert_int_equal(count_boxes(&f->scene), 11);
    for (uint32_t i = 0; i < 10; i++) assert_non_null(box_of_step(&f->scene, 2 + 2 * i));
    const struct scene_item *stub = find_text(&f->scene, S("+90 more, 40 errors"));
    assert_non_null(stub);
    assert_int_equal(stub->role, ROLE_LABEL_ERROR);
    fixture_free(f);
}

static void scene_of_one_step(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(1);
    add(f, NULL, S("alone"), 1240, STEP_OK);
    lay_out(f, plain);
    check_scene(&f->scene);
    assert_int_equal(count_boxes(&f->scene), 1);
    assert_non_null(find_text(&f->scene, S("1.24 ms")));
    fixture_free(f);
}

/* However little room there is, the root is drawn and the rest is said. */
static void scene_without_room(void **state)
{
    (void)state;
    struct fixture *f = random_run(7, 50);
    struct graph_options o = plain;
    o.max_side = 340; /* two columns, no row */
    lay_out(f, o);
    assert_int_equal(count_boxes(&f->scene), 1);
    assert_non_null(box_of_step(&f->scene, 0));
    assert_true(has_text_starting(&f->scene, S("+49 more")));
    fixture_free(f);
}

static void scene_of_no_step(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(1);
    add(f, NULL, S("hidden"), 1240, STEP_OK)->hidden = true;
    struct graph_options o = plain;
    o.left_out = S("1 step is left out by --filter.");
    lay_out(f, o);
    assert_int_equal(count_boxes(&f->scene), 0);
    assert_non_null(find_text(&f->scene, S("No steps to show.")));
    assert_non_null(find_text(&f->scene, o.left_out));
    fixture_free(f);
}

static void scene_without_hidden_steps(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(8);
    struct step *root = add(f, NULL, S("root"), 100, STEP_OK);
    struct step *a = add(f, root, S("a"), 1, STEP_OK);
    add(f, a, S("a1"), 1, STEP_OK)->hidden = true;
    struct step *b = add(f, root, S("b"), 1, STEP_OK);
    b->hidden = true;
    add(f, b, S("b1"), 1, STEP_OK); /* what is below a hidden step is hidden with it */
    add(f, root, S("c"), 1, STEP_OK);
    lay_out(f, plain);
    check_scene(&f->scene);
    assert_int_equal(count_boxes(&f->scene), 3);
    assert_null(find_text(&f->scene, S("b")));
    fixture_free(f);
}

static void scene_of_hostile_names(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(32);
    char *long_name = malloc(1000000);
    assert_non_null(long_name);
    for (size_t i = 0; i < 1000000; i++) long_name[i] = "0a"[i % 2];
    const struct str names[] = {
        S(""),
        S("   "),
        S("\0\0"),
        S("a\0b"),
        S("\x1b[31mred"),
        S("line\nbreak\ttab"),
        S("\xE2\x80\xAE"
          "desrever"),
        S("<script>alert(1)</script>"),
        S("\xF0\x9F\x92\xA5\xF0\x9F\x92\xA5"),
        S("名前がとても長い日本語のステップ名前がとても長い日本語"),
        str_of(long_name, 1000000),
        S("\xE2\x80\x8B\xE2\x80\x8B"),
        S("*"),
        S("%s%n"),
        S("\"'&"),
    };
    struct step *root = add(f, NULL, str_of(long_name, 1000000), TIME_NONE, STEP_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) add(f, root, names[i], INT64_MAX - (int64_t)i, STEP_OK);
    f->run.name = f->run.id = str_of(long_name, 1000000);
    struct graph_options o = plain;
    o.left_out = str_of(long_name, 1000000);
    lay_out(f, o);
    check_scene(&f->scene);
    assert_non_null(find_text(&f->scene, S("(no name)")));
    assert_non_null(find_text(&f->scene, S("no time")));
    for (size_t i = 0; i < f->scene.count; i++) {
        assert_true(f->scene.items[i].text.len < 2000);
        assert_true(f->scene.items[i].tip.len < 4000);
    }
    fixture_free(f);
    free(long_name);
}

enum shape { CHAIN, STAR, COMB, SHAPES };

/* A chain and a star of 50,000 steps: within the sides, with all that is missing said. */
static void scene_of_huge_runs(void **state)
{
    (void)state;
    enum { N = 50000 };
    for (enum shape shape = CHAIN; shape < SHAPES; shape++) {
        struct fixture *f = fixture_new(N);
        if (shape == COMB) {
            struct step *at = add(f, NULL, S("root"), N, STEP_OK);
            while (f->run.step_count + 2 <= N) {
                add(f, at, S("leaf"), 1, STEP_OK);
                at = add(f, at, S("branch"), N - f->run.step_count, STEP_OK);
            }
        } else {
            for (uint32_t i = 0; i < N; i++) {
                struct step *parent = i == 0 ? NULL : shape == CHAIN ? &f->steps[i - 1] : &f->steps[0];
                add(f, parent, i % 2 ? S("odd") : S("even"), N - i, STEP_OK);
            }
        }
        struct graph_options o = plain;
        o.fold_over = 0;
        o.max_side = 32767;
        o.max_boxes = 0;
        lay_out(f, o);
        check_scene(&f->scene);
        assert_true(f->scene.width <= 32767 && f->scene.height <= 32767);
        assert_true(count_boxes(&f->scene) >= 50);
        assert_true(has_text_starting(&f->scene, S("+ ")));
        fixture_free(f);
    }
}

static void scene_of_unfinished_steps(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(4);
    struct step *root = add(f, NULL, S("root"), 5000, STEP_UNFINISHED);
    add(f, root, S("a"), 1000, STEP_ERROR);
    add(f, root, S("b"), 4000, STEP_UNFINISHED);
    add(f, root, S("c"), 0, STEP_SKIPPED);
    lay_out(f, plain);
    check_scene(&f->scene);
    const struct scene_item *error = find_text(&f->scene, S("1 ms · error"));
    assert_non_null(error);
    assert_int_equal(error->role, ROLE_LABEL_ERROR);
    assert_non_null(find_text(&f->scene, S("4 ms · unfinished")));
    assert_non_null(find_text(&f->scene, S("0 ms · skipped")));
    bool hatched = false, outlined = false;
    for (size_t i = 0; i < f->scene.count; i++) {
        hatched |= f->scene.items[i].role == ROLE_ERROR && f->scene.items[i].hatched;
        outlined |= f->scene.items[i].role == ROLE_UNFINISHED && f->scene.items[i].outlined;
    }
    assert_true(hatched && outlined);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scene_of_random_runs),
        cmocka_unit_test(scene_is_the_same_twice),
        cmocka_unit_test(scene_folded_pages),
        cmocka_unit_test(scene_keeps_what_failed),
        cmocka_unit_test(scene_counts_failed_that_do_not_fit),
        cmocka_unit_test(scene_of_one_step),
        cmocka_unit_test(scene_without_room),
        cmocka_unit_test(scene_of_no_step),
        cmocka_unit_test(scene_without_hidden_steps),
        cmocka_unit_test(scene_of_hostile_names),
        cmocka_unit_test(scene_of_huge_runs),
        cmocka_unit_test(scene_of_unfinished_steps),
    };
    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
