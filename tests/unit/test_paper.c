/* SPDX-License-Identifier: MIT
 *
 * How scenes come onto paper: which size, how small, and where pages end.
 */
#include "layout/metrics.h"
#include "render/paper.h"
#include "render/picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { HEAD = 100, ROW = 26 };

/* A chart of rows below a head of 100 px; rows 0: one piece. */
static void make_scene(struct scene *s, struct arena *a, double width, double height, bool rows)
{
    scene_init(s, a);
    s->width = width;
    s->height = height;
    scene_rect(s, ROLE_BACKGROUND, 0, 0, width, height);
    if (!rows) return;
    s->head_top = HEAD - 24;
    s->head_bottom = HEAD;
    scene_line(s, ROLE_GRID, 50.5, HEAD, 50.5, height);
    scene_text(s, ROLE_LABEL, 20, HEAD - 8, 11, WEIGHT_REGULAR, ALIGN_LEFT, S("5 s"));
    for (int i = 0; HEAD + ROW * (i + 1) <= height; i++) {
        double y = HEAD + ROW * i;
        if (i % 2) scene_rect(s, ROLE_STRIPE, 0, y, width, ROW);
        scene_rect(s, ROLE_OK, 60, y + 6, 100, 14);
        struct buf b = BUF_INIT;
        buf_printf(&b, "row%04d", i);
        scene_text(s, ROLE_LABEL, 4, y + 18, 13, WEIGHT_REGULAR, ALIGN_LEFT, buf_str(&b));
        buf_free(&b);
    }
}

static bool near(double a, double b) { return fabs(a - b) < 0.1; }

static void papers_are_chosen(void **state)
{
    (void)state;
    static const struct {
        double width, height;
        bool rows;
        double page_width, page_height;
        int pages; /* 0: more than one */
    } cases[] = {
        { 300, 500, false, 225, 375, 1 },                           /* small: its own size */
        { 700, 1040, false, 525, 780, 1 },                          /* just as small */
        { 900, 1200, false, PAPER_A4_SHORT, PAPER_A4_LONG, 1 },     /* made smaller */
        { 1400, 700, false, PAPER_A4_LONG, PAPER_A4_SHORT, 1 },     /* lying */
        { 900, 6000, true, PAPER_A4_SHORT, PAPER_A4_LONG, 0 },      /* broken */
        { 1600, 6000, true, PAPER_A4_LONG, PAPER_A4_SHORT, 0 },     /* lying and broken */
        { 900, 1900, false, PAPER_A4_LONG, 2 * PAPER_A4_SHORT, 1 }, /* a graph: A3 */
        { 9000, 9000, false, 6750, 6750, 1 },                       /* over A0 */
        { 32000, 100, false, 14400, 45, 1 },                        /* over what a PDF may have */
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene s;
        struct paper p;
        make_scene(&s, &a, cases[i].width, cases[i].height, cases[i].rows);
        paper_plan(&s, &p, &a);
        if (!near(p.width, cases[i].page_width) || !near(p.height, cases[i].page_height))
            fail_msg("case %zu: %.1f x %.1f", i, p.width, p.height);
        if (cases[i].pages) assert_int_equal(p.pages, cases[i].pages);
        else assert_true(p.pages > 1);
        assert_true(p.scale <= PAPER_FULL && (p.scale >= PAPER_LEAST || cases[i].width > 9000));
        assert_true(p.left >= 0 && p.left + s.width * p.scale <= p.width + 0.1);
        scene_free(&s);
    }
    arena_free(&a);
}

/* Every page fits, they follow each other without a gap, and each ends between two rows. */
static void pages_end_between_rows(void **state)
{
    (void)state;
    struct arena a = { 0 };
    for (double height = 1500; height < 32767; height += 3111) {
        struct scene s;
        struct paper p;
        make_scene(&s, &a, 871, HEAD + ROW * floor((height - HEAD) / ROW), true);
        paper_plan(&s, &p, &a);
        assert_true(p.breaks[0] == 0 && p.breaks[p.pages] == s.height);
        for (size_t i = 0; i < p.pages; i++) {
            assert_true(p.breaks[i + 1] > p.breaks[i]);
            assert_true(paper_part_top(&s, &p, i) + (p.breaks[i + 1] - p.breaks[i]) * p.scale <= p.height - 28);
            assert_true(fmod(p.breaks[i + 1] - HEAD, ROW) == 0);
        }
        scene_free(&s);
    }
    arena_free(&a);
}

/* One thing that is higher than a page is cut, and that comes to an end. */
static void what_cannot_be_broken_is_cut(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    struct paper p;
    make_scene(&s, &a, 871, 9000, false);
    s.head_bottom = 1;
    scene_rect(&s, ROLE_OK, 0, 0, 800, 9000);
    paper_plan(&s, &p, &a);
    assert_true(p.pages > 3 && p.pages < 20);
    assert_true(p.breaks[p.pages] == 9000);
    scene_free(&s);
    arena_free(&a);
}

static size_t count_of(const struct buf *b, struct str part)
{
    size_t count = 0;
    for (size_t at = 0; at + part.len <= b->len; at++) count += memcmp(b->ptr + at, part.ptr, part.len) == 0;
    return count;
}

static void pdf_has_the_pages_and_where_they_come_from(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    struct paper p;
    struct buf b = BUF_INIT, again = BUF_INIT;
    const struct picture_text text[] = { { "Software", S("pipelens-report 9") },
                                         { "Creation Time", S("2026-05-18T04:26:40.125Z") },
                                         { "Run", S("r-77") },
                                         { NULL, { 0 } } };
    make_scene(&s, &a, 871, 4000, true);
    paper_plan(&s, &p, &a);
    assert_true(pdf_write(&s, THEME_LIGHT, text, &b, NULL));
    assert_true(pdf_write(&s, THEME_LIGHT, text, &again, NULL));
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    assert_int_equal(count_of(&b, S("/Type /Page %")), p.pages);
    assert_int_equal(count_of(&b, S("/Author (pipelens-report 9)")), 1);
    assert_int_equal(count_of(&b, S("/CreationDate (20260518042640Z")), 1);
    assert_int_equal(count_of(&b, S("(Run: r-77)")), 1);
    buf_free(&b);
    buf_free(&again);
    scene_free(&s);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_chosen),
        cmocka_unit_test(pages_end_between_rows),
        cmocka_unit_test(what_cannot_be_broken_is_cut),
        cmocka_unit_test(pdf_has_the_pages_and_where_they_come_from),
    };
    return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
