/* SPDX-License-Identifier: MIT
 *
 * Measuring text, cutting it to fit, and the ticks of the time axis.
 */
#include "base/utf8.h"
#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/scale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_near(a, b, within) assert_true(fabs((a) - (b)) <= (within))
#define COUNT(array)              (sizeof(array) / sizeof *(array))
#define MS                        INT64_C(1000)
#define SECOND                    (1000 * MS)
#define MINUTE                    (60 * SECOND)
#define HOUR                      (60 * MINUTE)
#define DAY                       (24 * HOUR)
#define START                     INT64_C(1747542400125000)

/* --- metrics --- */

static void width_is_the_sum_of_advances(void **state)
{
    (void)state;
    /* Open Sans: a 1139, b 1255, em 2048; semibold differs */
    assert_near(metrics_width(S("ab"), 2048, WEIGHT_REGULAR), 1139 + 1255, 0.001);
    assert_true(metrics_width(S("ab"), 13, WEIGHT_BOLD) > metrics_width(S("ab"), 13, WEIGHT_REGULAR));
    assert_near(metrics_width(S("中"), 10, WEIGHT_REGULAR), 10, 0.001);
    assert_true(metrics_width(S("→✓"), 10, WEIGHT_REGULAR) > 10);
    assert_near(metrics_width(S("\xF0\x9F\x9A\x80"), 10, WEIGHT_REGULAR), 10, 0.001); /* no face has U+1F680 */
    assert_near(metrics_width(S("a\u0301"), 10, WEIGHT_REGULAR), metrics_width(S("a"), 10, WEIGHT_REGULAR), 0.001);
    assert_near(metrics_width(S("a\u200D\uFE0F\x01"), 10, WEIGHT_REGULAR), metrics_width(S("a"), 10, WEIGHT_REGULAR),
                0.001);
    assert_near(metrics_width(S(""), 10, WEIGHT_REGULAR), 0, 0.001);
}

static void clean_makes_one_line(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const struct {
        struct str given, expected;
    } cases[] = {
        { { "plain", 5 }, { "plain", 5 } },
        { { "a\tb\r\nc", 6 }, { "a b  c", 6 } },
        { { "a\0b\x1b[31m", 8 }, { "ab[31m", 6 } },
        { { "x\u202Egnp.exe\u2028y", 15 }, { "xgnp.exe y", 10 } },
        { { "\xC3(\xFF", 3 }, { "\uFFFD(\uFFFD", 7 } },
        { { "a\xEF\xBF\xBF\xF0\x9F\xBF\xBE", 8 }, { "a\uFFFD\uFFFD", 7 } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str clean = metrics_clean(cases[i].given, &a);
        assert_int_equal(clean.len, cases[i].expected.len);
        assert_memory_equal(clean.ptr, cases[i].expected.ptr, clean.len);
    }
    arena_free(&a);
}

static void cut_texts_fit(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const char *const texts[] = {
        "a step with quite a long descriptive name",
        "检索文档并调用模型",
        "WWWWWWWWWWWWWWWWWWWWWWWW",
        "q\u0308q\u0308q\u0308q\u0308q\u0308q\u0308q\u0308q\u0308",
        "x",
    };
    for (size_t t = 0; t < COUNT(texts); t++) {
        struct str text = str_z(texts[t]);
        double whole = metrics_width(text, 13, WEIGHT_REGULAR), dots = metrics_width(S("…"), 13, WEIGHT_REGULAR);
        for (double max = 0; max < whole + 5; max += 3.7) {
            struct str middle = metrics_fit_middle(text, 13, WEIGHT_REGULAR, max, &a);
            struct str end = metrics_fit_end(text, 13, WEIGHT_REGULAR, max, &a);
            if (max >= whole) {
                assert_true(str_eq(middle, text) && str_eq(end, text));
                continue;
            }
            assert_true(metrics_width(middle, 13, WEIGHT_REGULAR) <= fmax(max, dots) + 1e-9);
            assert_true(metrics_width(end, 13, WEIGHT_REGULAR) <= fmax(max, dots) + 1e-9);
            assert_true(utf8_valid(middle) && utf8_valid(end));
            assert_true(str_ends(end, S("…")));
        }
    }
    struct str cut = metrics_fit_middle(S("beginning and end"), 13, WEIGHT_REGULAR, 70, &a);
    assert_true(str_starts(cut, S("beg")) && str_ends(cut, S("end")));
    assert_true(str_eq(metrics_fit_middle(S("long"), 13, WEIGHT_REGULAR, 0, &a), S("…")));
    arena_free(&a);
}

static void lines_break_at_spaces(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    struct str text = S("one two three four five six seven eight nine ten eleven");
    size_t lines = caption_put_lines(&s, ROLE_LABEL, 0, 10, 12, 18, 80, 3, text);
    assert_int_equal(lines, 3);
    for (size_t i = 0; i < s.count; i++) {
        assert_true(s.items[i].width <= 80);
        assert_false(str_starts(s.items[i].text, S(" ")));
        assert_near(s.items[i].y, 10 + 18 * (double)i, 0.001);
    }
    assert_true(str_eq(s.items[0].text, S("one two three")));
    assert_true(str_ends(s.items[2].text, S("…")));
    /* a word that is wider than the line is cut, not lost in a loop */
    assert_int_equal(caption_put_lines(&s, ROLE_LABEL, 0, 10, 12, 18, 3, 5, S("WWWW")), 4);
    scene_free(&s);
    arena_free(&a);
}

/* --- scale --- */

static bool people_use(int64_t step)
{
    static const int64_t units[][7] = {
        { 1, 1, 2, 5 },
        { 10, 1, 2, 5 },
        { 100, 1, 2, 5 },
        { MS, 1, 2, 5 },
        { 10 * MS, 1, 2, 5 },
        { 100 * MS, 1, 2, 5 },
        { SECOND, 1, 2, 5, 10, 15, 30 },
        { MINUTE, 1, 2, 5, 10, 15, 30 },
        { HOUR, 1, 2, 3, 6, 12 },
        { DAY, 1, 2, 5, 10, 20, 50 },
        { 100 * DAY, 1, 2, 5, 10, 20, 50 },
    };
    for (size_t u = 0; u < COUNT(units); u++)
        for (size_t i = 1; i < COUNT(units[u]); i++)
            if (step == units[u][0] * units[u][i]) return true;
    return false;
}

static void assert_ticks_apart(const struct scale *s, double size)
{
    double end = -INFINITY;
    struct buf b = BUF_INIT;
    for (uint32_t i = 0; i < s->ticks; i++) {
        buf_clear(&b);
        scale_put_label(s, i, &b);
        double x = scale_tick_x(s, i), half = metrics_width(buf_str(&b), size, WEIGHT_REGULAR) / 2;
        assert_true(x - half > end + 4);
        assert_true(x >= s->x && x <= s->x + s->width + 1e-6);
        assert_true(i == 0 || b.len > 2);
        end = x + half;
    }
    buf_free(&b);
}

static void ticks_are_round_and_apart(void **state)
{
    (void)state;
    static const double widths[] = { 60, 100, 333, 640, 1500, 30000 };
    static const int64_t factors[] = { 1, 2, 3, 7, 9 };
    for (int64_t decade = 1; decade <= 100 * DAY; decade *= 10) {
        for (size_t f = 0; f < COUNT(factors); f++) {
            for (size_t w = 0; w < COUNT(widths); w++) {
                for (int unit = UNIT_AUTO; unit <= UNIT_S; unit++) {
                    struct scale s = scale_make(START, START + decade * factors[f], 100, widths[w],
                                                (enum time_unit)unit, 11.5);
                    assert_ticks_apart(&s, 11.5);
                    if (unit == UNIT_AUTO) assert_true(people_use(s.step));
                    if (widths[w] >= 640 && decade * factors[f] >= 10) assert_in_range(s.ticks, 4, 1 + widths[w] / 72);
                }
            }
        }
    }
}

static void labels_name_their_unit(void **state)
{
    (void)state;
    static const struct {
        int64_t span;
        double width;
        enum time_unit unit;
        uint32_t tick;
        const char *label;
    } cases[] = {
        { 1, 640, UNIT_AUTO, 0, "0" },
        { 1, 640, UNIT_AUTO, 1, "1 µs" },
        { 900, 640, UNIT_AUTO, 1, "200 µs" },
        { 1300, 640, UNIT_AUTO, 5, "1.0 ms" },
        { 430 * MS, 640, UNIT_AUTO, 3, "150 ms" },
        { 3 * SECOND, 640, UNIT_AUTO, 1, "0.5 s" },
        { 3 * SECOND, 640, UNIT_AUTO, 2, "1.0 s" },
        { 3 * MINUTE, 640, UNIT_AUTO, 3, "1 m 30 s" },
        { 3 * MINUTE, 640, UNIT_AUTO, 2, "1 m" },
        { 10 * HOUR, 640, UNIT_AUTO, 1, "2 h" },
        { 5 * DAY, 640, UNIT_AUTO, 1, "1 d" },
        { 2 * DAY, 640, UNIT_AUTO, 5, "1 d 6 h" },
        { 100 * DAY, 640, UNIT_AUTO, 1, "20 d" },
        { 3 * SECOND, 640, UNIT_MS, 2, "1,000 ms" },
        { 90 * SECOND, 640, UNIT_S, 4, "80 s" },
        { 50 * MS, 640, UNIT_S, 1, "0.01 s" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scale s = scale_make(START, START + cases[i].span, 0, cases[i].width, cases[i].unit, 11.5);
        struct buf b = BUF_INIT;
        scale_put_label(&s, cases[i].tick, &b);
        buf_putc(&b, 0);
        assert_string_equal(b.ptr, cases[i].label);
        buf_free(&b);
    }
}

static void odd_spans_have_a_scale(void **state)
{
    (void)state;
    struct scale none = scale_make(TIME_NONE, TIME_NONE, 10, 100, UNIT_AUTO, 11.5);
    assert_int_equal(none.ticks, 1);
    assert_near(scale_x(&none, START), 10, 0);
    struct scale instant = scale_make(START, START, 10, 100, UNIT_AUTO, 11.5);
    assert_int_equal(instant.ticks, 1);
    assert_near(scale_x(&instant, START), 10, 0);
    struct scale backwards = scale_make(START, START - 5, 10, 100, UNIT_AUTO, 11.5);
    assert_int_equal(backwards.span, 0);
    for (int unit = UNIT_AUTO; unit <= UNIT_S; unit++) {
        struct scale all = scale_make(-TIME_MAX, TIME_MAX, 10, 60, (enum time_unit)unit, 11.5);
        assert_near(scale_x(&all, TIME_MAX), 70, 0);
        assert_near(scale_x(&all, 0), 40, 0.001);
        assert_ticks_apart(&all, 11.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_is_the_sum_of_advances),
        cmocka_unit_test(clean_makes_one_line),
        cmocka_unit_test(cut_texts_fit),
        cmocka_unit_test(lines_break_at_spaces),
        cmocka_unit_test(ticks_are_round_and_apart),
        cmocka_unit_test(labels_name_their_unit),
        cmocka_unit_test(odd_spans_have_a_scale),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
