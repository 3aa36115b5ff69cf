/* SPDX-License-Identifier: MIT
 *
 * The way a run went: what is inferred from times, and its drawing.
 */
#include "made_run.h"

#include "layout/graph.h"
#include "layout/sequence.h"
#include "model/keep.h"

#include <string.h>

/* ---- what came after what ---- */

/* "root[a {b|c d} a*2 +3]": a frame, a fork of two lanes, attempts, and steps left out. Goes along the links between
 * blocks, up again where there is no next one. */
static void put_sequence(const struct boxes *boxes, const struct sequence *s, struct buf *out)
{
    for (uint32_t i = 0, up = BLOCK_NONE; i != BLOCK_NONE;) {
        const struct block *b = &s->blocks[i];
        if (b->kind == BLOCK_LANE && s->blocks[b->parent].first_child != i) buf_putc(out, '|');
        else if (b->kind != BLOCK_LANE && out->len && !strchr("[{|(", out->ptr[out->len - 1])) buf_putc(out, ' ');
        if (b->kind == BLOCK_FORK) buf_putc(out, '{');
        if (b->kind == BLOCK_ATTEMPTS) buf_putc(out, '(');
        if (b->kind == BLOCK_STUB) buf_printf(out, "+%u", (unsigned)boxes->items[b->box].dropped.steps);
        if (b->kind == BLOCK_BOX || b->kind == BLOCK_FRAME) {
            const struct box *box = &boxes->items[b->box];
            buf_put(out, box->step->name);
            if (box->fold != FOLD_NONE) buf_printf(out, "x%u", (unsigned)boxes->folds.items[box->fold].members.steps);
        }
        if (b->kind == BLOCK_FRAME) buf_putc(out, '[');
        up = i;
        i = b->first_child;
        while (i == BLOCK_NONE && up != BLOCK_NONE) {
            enum block_kind kind = s->blocks[up].kind;
            if (kind == BLOCK_FRAME) buf_putc(out, ']');
            if (kind == BLOCK_FORK) buf_putc(out, '}');
            if (kind == BLOCK_ATTEMPTS) buf_putc(out, ')');
            i = s->blocks[up].next;
            up = s->blocks[up].parent;
        }
    }
}

static void assert_sequence(struct made *m, uint32_t fold_over, uint32_t max_boxes, const char *expected)
{
    struct boxes boxes;
    struct buf out = BUF_INIT;
    boxes_collect(&boxes, m->run, NULL, fold_over, &m->arena);
    boxes_keep(&boxes, max_boxes, UINT32_MAX);
    struct sequence s = sequence_of(&boxes, &m->arena);
    put_sequence(&boxes, &s, &out);
    if (!str_eq(buf_str(&out), str_z(expected))) fail_msg("%.*s is not %s", STR_ARG(buf_str(&out)), expected);
    boxes_free(&boxes);
    buf_free(&out);
}

#define ASSERT_SEQUENCE(given, expected)                                                                               \
    do {                                                                                                               \
        struct made made_;                                                                                             \
        make_run(&made_, given, COUNT(given));                                                                         \
        assert_sequence(&made_, 8, UINT32_MAX, expected);                                                              \
        made_free(&made_);                                                                                             \
    } while (0)

static void chains_and_forks(void **state)
{
    (void)state;
    static const struct given alone[] = { { "r", -1, 0, 9 } };
    ASSERT_SEQUENCE(alone, "r");
    static const struct given chain[] = { { "r", -1, 0, 9 }, { "a", 0, 0, 3 }, { "b", 0, 3, 3 }, { "c", 0, 3, 9 } };
    ASSERT_SEQUENCE(chain, "r[a b c]"); /* touching is no overlap, and no length is none either */
    static const struct given fork[] = {
        { "r", -1, 0, 9 }, { "a", 0, 0, 2 }, { "b", 0, 2, 5 }, { "c", 0, 3, 6 }, { "d", 0, 6, 9 },
    };
    ASSERT_SEQUENCE(fork, "r[a {b|c} d]");
    /* two workers: whoever is free takes the next */
    static const struct given workers[] = {
        { "r", -1, 0, 9 }, { "a", 0, 0, 5 }, { "b", 0, 0, 2 }, { "c", 0, 2, 4 }, { "d", 0, 4, 7 }, { "e", 0, 5, 6 },
    };
    ASSERT_SEQUENCE(workers, "r[{a e|b c d}]");
    static const struct given nested[] = {
        { "r", -1, 0, 9 }, { "a", 0, 0, 4 }, { "x", 1, 0, 2 }, { "y", 1, 1, 3 }, { "b", 0, 4, 9 }, { "z", 4, 5, 6 },
    };
    ASSERT_SEQUENCE(nested, "r[a[{x|y}] b[z]]");
}

/* What has no end lasts to the end of the run; what has no time stands where the log has it. */
static void open_ends_and_no_times(void **state)
{
    (void)state;
    static const struct given open[] = { { "r", -1, 0, 9 }, { "a", 0, 1, OPEN }, { "b", 0, 2, 3 }, { "c", 0, 4, 5 } };
    ASSERT_SEQUENCE(open, "r[{a|b c}]");
    static const struct given none[] = {
        { "r", -1, TIME_NONE, TIME_NONE },
        { "a", 0, TIME_NONE, TIME_NONE },
        { "b", 0, TIME_NONE, TIME_NONE },
    };
    ASSERT_SEQUENCE(none, "r[a b]");
}

static void attempts(void **state)
{
    (void)state;
    static const struct given given[] = {
        { "r", -1, 0, 99 }, { "a", 0, 0, 1 }, { "a", 0, 1, 2 }, { "a", 0, 2, 3 }, { "a", 0, 3, 4 },
        { "b", 0, 4, 9 },   { "b", 0, 5, 6 }, { "c", 0, 6, 7 }, { "c", 0, 7, 8 },
    };
    struct made m;
    make_run(&m, given, COUNT(given));
    assert_sequence(&m, 8, UINT32_MAX, "r[a a a a {b|b c c}]");
    m.run->steps[2]->status = STEP_ERROR;
    m.run->steps[3]->status = STEP_RETRIED;
    m.run->steps[7]->status = STEP_ERROR;
    keep_rank(m.run);
    assert_sequence(&m, 8, UINT32_MAX, "r[a (a a a) {b|b (c c)}]");
    made_free(&m);
}

/* a and b by turns are a chain; where one b runs into an a they ran side by side. */
static void folds(void **state)
{
    (void)state;
    for (int overlap = 0; overlap < 2; overlap++) {
        struct made m;
        made_begin(&m, 32);
        made_add(&m, -1, S("r"), 0, 100);
        for (int i = 0; i < 10; i++) {
            made_add(&m, 0, S("a"), i * 10, i * 10 + 5);
            made_add(&m, 0, S("b"), i * 10 + 5, i * 10 + (overlap && i == 4 ? 11 : 10));
        }
        made_end(&m);
        assert_sequence(&m, 8, UINT32_MAX, overlap ? "r[{ax10|bx10}]" : "r[ax10 bx10]");
        made_free(&m);
    }
}

static void what_is_left_out(void **state)
{
    (void)state;
    static const struct given given[] = {
        { "r", -1, 0, 99 }, { "a", 0, 0, 30 },  { "x", 1, 0, 1 },
        { "y", 1, 1, 2 },   { "b", 0, 30, 31 }, { "c", 0, 31, 99 },
    };
    struct made m;
    make_run(&m, given, COUNT(given));
    assert_sequence(&m, 8, 3, "r[a[+2] c +1]");
    assert_sequence(&m, 8, 1, "r[+5]");
    made_free(&m);
}

/* ---- the drawing ---- */

static const struct graph_options plain = {
    .style = GRAPH_FLOW, .min_width = 500, .min_height = 300, .max_boxes = GRAPH_BOXES, .fold_over = GRAPH_FOLD_OVER
};

static bool is_card(const struct scene_item *item)
{
    return item->kind == SCENE_RECT && (item->role == ROLE_BOX || item->role == ROLE_FRAME);
}

static bool apart(const struct scene_item *a, const struct scene_item *b)
{
    return a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y || b->y + b->h <= a->y;
}

/* With some room at the sides and below, and more above, where the name is. */
static bool inside(const struct scene_item *inner, const struct scene_item *outer)
{
    enum { ROOM = 8, NAME = 40 };
    return inner->x >= outer->x + ROOM && inner->x + inner->w <= outer->x + outer->w - ROOM &&
           inner->y >= outer->y + NAME && inner->y + inner->h <= outer->y + outer->h - ROOM;
}

/* The smallest card around a point. */
static const struct scene_item *card_at(const struct scene *s, double x, double y)
{
    const struct scene_item *best = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *c = &s->items[i];
        if (!is_card(c) || x < c->x || x > c->x + c->w || y < c->y || y > c->y + c->h) continue;
        if (!best || c->w * c->h < best->w * best->h) best = c;
    }
    return best;
}

static uint32_t count_steps(const struct scene *s)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s->count; i++) count += is_card(&s->items[i]) && s->items[i].step != SCENE_NO_STEP;
    return count;
}

/* Boxes lie apart or in frames, also the cards behind folds; texts stay within the smallest of them around them, and
 * arrows end at boxes or bars. */
static void check_scene(const struct scene *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        if (is_card(item)) {
            assert_true(item->x >= 0 && item->x + item->w <= s->width && item->y + item->h <= s->height);
            for (size_t k = 0; k < i; k++) {
                const struct scene_item *other = &s->items[k];
                bool behind = other->role == ROLE_BOX && other->step == SCENE_NO_STEP && k + 1 == i;
                if (is_card(other) && !behind)
                    assert_true(apart(item, other) || (other->role == ROLE_FRAME && inside(item, other)));
            }
        } else if (item->kind == SCENE_TEXT && item->role != ROLE_TITLE && item->role != ROLE_SUBTITLE) {
            const struct scene_item *card = card_at(s, item->x, item->y);
            double left = item->align == ALIGN_RIGHT ? item->x - item->width : item->x;
            assert_true(left >= 0 && left + item->width <= s->width);
            if (card) assert_true(left >= card->x && left + item->width <= card->x + card->w);
        } else if (item->kind == SCENE_ARROW) {
            bool ends = false;
            for (size_t k = 0; k < s->count && !ends; k++) {
                const struct scene_item *at = &s->items[k];
                bool solid = is_card(at) || (at->kind == SCENE_RECT && at->role == ROLE_AXIS);
                ends = solid && at->y == item->y + item->h && item->x >= at->x && item->x <= at->x + at->w;
            }
            assert_true(ends);
        }
    }
}

static void lay_out(struct made *m, struct scene *s, struct graph_options o)
{
    scene_init(s, &m->arena);
    keep_rank(m->run);
    graph_layout(m->run, &o, s);
}

static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

/* Steps below steps, most of them one after the other, some side by side, some failed, some without an end or any
 * time. */
static void random_run(struct made *m, uint32_t seed, uint32_t n)
{
    static const char *const names[] = { "a", "fetch", "a longer name of a step", "store", "page 1", "page 2", "" };
    uint32_t state = seed;
    int64_t now[1000] = { 0 };
    made_begin(m, n);
    struct step *last = made_add(m, -1, S("root"), 0, 100000);
    for (uint32_t i = 1; i < n; i++) {
        while (last->parent && random_below(&state, 5) < 3) last = last->parent;
        int64_t *at = &now[last->index], start = *at > last->start ? *at : last->start;
        if (random_below(&state, 4)) start += random_below(&state, 200);
        int64_t end = start + random_below(&state, 3000);
        *at = random_below(&state, 3) ? end : start;
        if (!random_below(&state, 30)) start = end = TIME_NONE;
        else if (!random_below(&state, 30)) end = TIME_NONE;
        struct str name = str_z(names[random_below(&state, COUNT(names))]);
        last = made_add(m, (int)last->index, name, start == TIME_NONE ? TIME_NONE : start, end);
        last->status = random_below(&state, 6) ? STEP_OK : (uint8_t)random_below(&state, STEP_STATUS_COUNT);
        if (last->start == TIME_NONE) last->start = last->end = 0;
    }
    made_end(m);
}

static void random_runs(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        struct made m;
        struct scene s;
        struct graph_options o = plain;
        uint32_t n = 2 + seed * 13 % 250;
        o.max_boxes = seed % 3 ? 300 : 30;
        o.fold_over = seed % 4 ? 8 : 0;
        o.max_side = seed % 5 ? 0 : 2500;
        o.bare = seed % 2;
        random_run(&m, seed, n);
        lay_out(&m, &s, o);
        check_scene(&s);
        assert_true(count_steps(&s) >= 1);
        if (o.max_side > 0) assert_true(s.width <= o.max_side && s.height <= o.max_side);
        scene_free(&s);
        made_free(&m);
    }
}

static void the_same_twice(void **state)
{
    (void)state;
    struct buf dumps[2] = { BUF_INIT, BUF_INIT };
    for (int turn = 0; turn < 2; turn++) {
        struct made m;
        struct scene s;
        random_run(&m, 42, 200);
        lay_out(&m, &s, plain);
        scene_dump(&s, &dumps[turn]);
        scene_free(&s);
        made_free(&m);
    }
    assert_true(dumps[0].len > 1000 && str_eq(buf_str(&dumps[0]), buf_str(&dumps[1])));
    buf_free(&dumps[0]);
    buf_free(&dumps[1]);
}

static bool has_text(const struct scene *s, struct str text)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && str_starts(s->items[i].text, text)) return true;
    return false;
}

/* 5,000 steps in a row, 5,000 at once and 1,000 in one another: what is not drawn is said. */
static void extremes(void **state)
{
    (void)state;
    enum { WIDE = 5000, DEEP = 1000 };
    for (int kind = 0; kind < 3; kind++) {
        struct made m;
        struct scene s;
        int n = kind == 2 ? DEEP : WIDE;
        made_begin(&m, WIDE + 1);
        made_add(&m, -1, S("root"), 0, 1000000);
        for (int i = 0; i < n; i++) {
            struct str name = arena_format(&m.arena, "%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
            if (kind == 2) made_add(&m, i, name, i, 1000000 - i);
            else made_add(&m, 0, name, kind ? i : i * 100, kind ? 1000000 - i : i * 100 + 90);
        }
        made_end(&m);
        struct graph_options o = plain;
        o.max_side = 32767;
        lay_out(&m, &s, o);
        check_scene(&s);
        assert_true(has_text(&s, kind == 2 ? S("+ 981 steps not drawn") : S("+ 4,70")));
        scene_free(&s);
        made_free(&m);
    }
}

/* A second passes before b; a and c by turns. */
static void waits_and_turns(void **state)
{
    (void)state;
    struct made m;
    struct scene s;
    made_begin(&m, 40);
    made_add(&m, -1, S("r"), 0, 5000000);
    made_add(&m, 0, S("first"), 0, 1000000);
    made_add(&m, 0, S("b"), 2000000, 3000000);
    for (int i = 0; i < 20; i++) made_add(&m, 0, i % 2 ? S("c") : S("a"), 3000000 + i * 100000, 3090000 + i * 100000);
    made_end(&m);
    lay_out(&m, &s, plain);
    check_scene(&s);
    assert_true(has_text(&s, S("1 s later")) || has_text(&s, S("1.00 s later")));
    assert_true(has_text(&s, S("in turns")));
    scene_free(&s);
    made_free(&m);
}

static void one_and_none(void **state)
{
    (void)state;
    static const struct given given[] = { { "alone", -1, 0, 1240 } };
    struct made m;
    struct scene s;
    make_run(&m, given, 1);
    lay_out(&m, &s, plain);
    check_scene(&s);
    assert_int_equal(count_steps(&s), 1);
    scene_free(&s);
    m.run->steps[0]->hidden = true;
    lay_out(&m, &s, plain);
    assert_int_equal(count_steps(&s), 0);
    assert_true(has_text(&s, S("No steps to show.")));
    scene_free(&s);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_and_forks), cmocka_unit_test(open_ends_and_no_times),
        cmocka_unit_test(attempts),         cmocka_unit_test(folds),
        cmocka_unit_test(what_is_left_out), cmocka_unit_test(random_runs),
        cmocka_unit_test(the_same_twice),   cmocka_unit_test(extremes),
        cmocka_unit_test(waits_and_turns),  cmocka_unit_test(one_and_none),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
