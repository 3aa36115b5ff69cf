/* SPDX-License-Identifier: MIT
 *
 * Texts of any script on a line: what is drawn where, in which form, and how wide it is.
 */
#include "base/utf8.h"
#include "layout/joining.h"
#include "layout/metrics.h"
#include "render/visual.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int by_place(const void *a, const void *b)
{
    double x = ((const struct visual_glyph *)a)->x, y = ((const struct visual_glyph *)b)->x;
    return (x > y) - (x < y);
}

/* The text as it is seen from left to right. */
static void assert_seen(const char *text, const char *seen)
{
    struct visual v = { 0 };
    struct buf b = BUF_INIT;
    char bytes[4];
    visual_lay(&v, str_z(text), WEIGHT_REGULAR);
    if (v.count) qsort(v.glyphs, v.count, sizeof *v.glyphs, by_place);
    for (size_t i = 0; i < v.count; i++)
        if (v.glyphs[i].code) buf_put(&b, str_of(bytes, utf8_encode(v.glyphs[i].code, bytes)));
    buf_putc(&b, '\0');
    assert_string_equal(b.ptr, seen);
    buf_free(&b);
    visual_free(&v);
}

/* Hebrew letters stand for those of UAX #9's examples; each case names its rules. */
static void lines_turn(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "abc", "abc" },
        { "אבג", "גבא" },
        { "ab אבג cd", "ab גבא cd" },
        { "אב גד", "דג בא" },           /* N1 */
        { "ab אב, גד!", "ab דג ,בא!" }, /* N1, N2 */
        { "אב 12.5 גד", "דג 12.5 בא" }, /* W4, I1, L2 */
        { "אב 12-3", "12-3 בא" },
        { "אב 50%", "50% בא" },     /* W5 */
        { "ab 12 אב", "ab 12 בא" }, /* W7 */
        { "אב (ג)", "(ג) בא" },     /* N0, L4 */
        { "אב (3) cd", "(3) בא cd" },
        { "ab (אב) cd", "ab (בא) cd" },
        { "אב (cd) גד", "בא (cd) דג" },
        { "a/אב/1", "a/1/בא" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_seen(cases[i][0], cases[i][1]);
}

/* Letters in the form that joins their neighbours: ba-ba-ba is final, medial, initial from left to right. */
static void arabic_joins(void **state)
{
    (void)state;
    assert_seen("ب", "\uFE8F");
    assert_seen("ببب", "\uFE90\uFE92\uFE91");
    assert_seen("بابا", "\uFE8E\uFE91\uFE8E\uFE91"); /* alef does not go on */
    assert_seen("ب ب", "\uFE8F \uFE8F");             /* nor does a space */
    assert_seen("بَب", "\uFE90\uFE91َ");               /* a mark does */
    assert_seen("لا", "\uFEFB");                     /* lam with alef is one */
    assert_seen("بلا", "\uFEFC\uFE91");
    assert_seen("ءب", "\uFE8F\uFE80"); /* hamza stands alone */
    assert_seen("پچ", "\uFB7B\uFB58"); /* Persian */
    for (uint32_t code = 0x621; code <= 0x64A; code++)
        for (int side = 0; side < 4; side++) {
            uint32_t form = joining_form(side & 1 ? 0x640 : 0, code, side & 2 ? 0x640 : 0);
            assert_true(form == code || (form >= 0xFE80 && form <= 0xFEF4));
        }
}

/* What is drawn ends where it was measured to end, and nothing lies over its neighbour. */
static void places_have_the_measured_width(void **state)
{
    (void)state;
    static const char *const texts[] = { "plain", "ab אבג 12 cd", "بلا ابب لأن 42", "q\u0308\u0323z", "か\u3099",
                                         "🚀 x",   "हिन्दी",        "中文 ab",        "a\u0483b" };
    struct visual v = { 0 };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct str text = str_z(texts[i]);
        visual_lay(&v, text, WEIGHT_BOLD);
        double end = 0, sum = 0;
        size_t bytes = 0;
        for (size_t k = 0; k < v.count; k++) {
            end = fmax(end, v.glyphs[k].x + v.glyphs[k].advance);
            sum += v.glyphs[k].advance;
            assert_int_equal(v.glyphs[k].from, bytes);
            bytes = v.glyphs[k].end;
        }
        assert_int_equal(bytes, text.len);
        assert_true(fabs(sum - end) < 1e-9);
        assert_true(fabs(sum * 13 - metrics_width(text, 13, WEIGHT_BOLD)) < 1e-9);
    }
    visual_free(&v);
}

static void marks_do_not_advance(void **state)
{
    (void)state;
    static const uint32_t marks[] = { 0x301, 0x483, 0x489, 0x5B8, 0x64E, 0x94D, 0x3099, 0x20DD, 0x1AB0 };
    for (size_t i = 0; i < COUNT(marks); i++) {
        assert_true(metrics_is_mark(marks[i]));
        assert_true(metrics_advance(marks[i], WEIGHT_REGULAR) == 0);
    }
    assert_false(metrics_is_mark('a') || metrics_is_mark(0x5D0) || metrics_is_mark(0x4E2D));
    /* one that the font draws behind the letter stands over it */
    struct visual v = { 0 };
    visual_lay(&v, S("ab\u0483"), WEIGHT_REGULAR);
    assert_int_equal(v.count, 3);
    assert_true(v.glyphs[2].x < v.glyphs[1].x + v.glyphs[1].advance - 0.3);
    visual_free(&v);
}

static void letters_and_marks_become_one(void **state)
{
    (void)state;
    struct arena a = { 0 };
    assert_true(str_eq(metrics_clean(S("e\u0301te\u0301"), &a), S("été")));
    assert_true(str_eq(metrics_clean(S("か\u3099"), &a), S("が")));
    assert_true(str_eq(metrics_clean(S("\u1112\u1161\u11AB"), &a), S("한")));
    assert_true(str_eq(metrics_clean(S("q\u0308"), &a), S("q\u0308"))); /* there is none */
    assert_true(str_eq(metrics_clean(S("\xFF"
                                       "e\u0301\n"),
                                     &a),
                       S("\uFFFDé ")));
    arena_free(&a);
}

/* A text that was cut is as wide as the room at most, in whatever form its last letter is then. */
static void cut_texts_fit(void **state)
{
    (void)state;
    static const char *const texts[] = { "بببببببببببببببب", "سلام سلام سلام لا", "שלום עולם שלום עולם",
                                         "हिन्दी कदम हिन्दी" };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT(texts); i++)
        for (double room = 20; room < 130; room += 3.7) {
            struct str end = metrics_fit_end(str_z(texts[i]), 13, WEIGHT_REGULAR, room, &a);
            struct str middle = metrics_fit_middle(str_z(texts[i]), 13, WEIGHT_REGULAR, room, &a);
            assert_true(metrics_width(end, 13, WEIGHT_REGULAR) <= room + 1e-9);
            assert_true(metrics_width(middle, 13, WEIGHT_REGULAR) <= room + 1e-9);
        }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_turn),
        cmocka_unit_test(arabic_joins),
        cmocka_unit_test(places_have_the_measured_width),
        cmocka_unit_test(marks_do_not_advance),
        cmocka_unit_test(letters_and_marks_become_one),
        cmocka_unit_test(cut_texts_fit),
    };
    return cmocka_run_group_tests_name("visual", tests, NULL, NULL);
}
