/* SPDX-License-Identifier: MIT
 *
 * Ink: PNG by its decoded pixels, SVG by a strict reader of tags, PDF by its bytes; the same bytes twice.
 */
#include "base/utf8.h"
#include "layout/metrics.h"
#include "render/font.h"
#include "render/picture.h"
#include "render/theme.h"

#include <cairo-ft.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HOSTILE      "</text><script>alert('1 & \"2\"')</script>]]><!-- \x01\xFF\xEF\xBF\xBF & \xE2\x80\xAE"

/* A bar of every status, a line, a curve, a box, texts in all scripts and alignments. */
static void make_scene(struct scene *s, struct arena *a)
{
    scene_init(s, a);
    s->width = 300;
    s->height = 500;
    s->title = metrics_clean(S("Title " HOSTILE), a);
    s->description = S("a < b");
    scene_rect(s, ROLE_BACKGROUND, 0, 0, 300, 500);
    for (int i = 0; i <= ROLE_RETRIED - ROLE_OK; i++) {
        struct scene_item *bar = scene_rect(s, (enum scene_role)(ROLE_OK + i), 20, 20 + 30 * i, 100, 16);
        bar->step = (uint32_t)i;
        bar->radius = 2.5;
        bar->hatched = i == 1;
        bar->outlined = bar->open_end = i == 2 || i == 3;
        bar->tip = metrics_clean(S("tip " HOSTILE), a);
    }
    scene_line(s, ROLE_GRID, 150.5, 0, 150.5, 400);
    scene_curve(s, ROLE_EDGE, 160, 20, 200, 80);
    for (int bend = BEND_UPRIGHT; bend <= BEND_UPRIGHT_LEVEL; bend++) {
        struct scene_item *curve = scene_curve(s, ROLE_EDGE, 160 + 30 * bend, 160, 180 + 30 * bend, 200);
        curve->bend = (enum scene_bend)bend;
        curve->thickness = bend;
    }
    scene_arrow(s, ROLE_EDGE, 280, 160, 280, 170);
    scene_rect(s, ROLE_FRAME, 150, 90, 120, 60);
    scene_rect(s, ROLE_BOX, 160, 100, 100, 40)->radius = 4;
    scene_text(s, ROLE_LABEL, 160, 250, 13, WEIGHT_BOLD, ALIGN_LEFT, S("Ag 中文 → ✓ א"));
    scene_text(s, ROLE_LABEL_MUTED, 200, 280, 12, WEIGHT_REGULAR, ALIGN_CENTER, S(HOSTILE));
    scene_text(s, ROLE_LABEL_ERROR, 290, 310, 12, WEIGHT_REGULAR, ALIGN_RIGHT, S("e\u0301 a  b"));
    scene_text(s, ROLE_TITLE, -20, 340, 20, WEIGHT_REGULAR, ALIGN_LEFT,
               S("cut at both edges of the picture, and more"));
    scene_text(s, ROLE_TITLE, 5, 3, 20, WEIGHT_REGULAR, ALIGN_LEFT, S("above"));
    scene_text(s, ROLE_LABEL, 20, 450, 40, WEIGHT_REGULAR, ALIGN_LEFT, S("\xF0\x9F\x9A\x80"));
}

/* --- PNG --- */

struct pixels {
    png_image image;
    unsigned char *data; /* RGB */
};

static struct pixels decode(const struct buf *png)
{
    struct pixels p = { .image = { .version = PNG_IMAGE_VERSION } };
    assert_true(png_image_begin_read_from_memory(&p.image, png->ptr, png->len));
    p.image.format = PNG_FORMAT_RGB;
    p.data = malloc(PNG_IMAGE_SIZE(p.image));
    assert_non_null(p.data);
    assert_true(png_image_finish_read(&p.image, NULL, p.data, 0, NULL));
    return p;
}

static uint32_t pixel(const struct pixels *p, unsigned x, unsigned y)
{
    assert_true(x < p->image.width && y < p->image.height);
    const unsigned char *at = p->data + ((size_t)y * p->image.width + x) * 3;
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static struct pixels draw(const struct scene *s, enum picture_theme theme, double scale)
{
    struct buf b = BUF_INIT;
    struct err e = { 0 };
    if (!png_write(s, theme, scale, NULL, &b, &e)) fail_msg("%s", e.text);
    struct pixels p = decode(&b);
    buf_free(&b);
    return p;
}

static void png_has_the_colours_of_the_theme(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    for (enum picture_theme theme = THEME_LIGHT; theme <= THEME_DARK; theme++) {
        for (unsigned scale = 1; scale <= 2; scale++) {
            struct pixels p = draw(&s, theme, scale);
            assert_int_equal(p.image.width, 300 * scale);
            assert_int_equal(p.image.height, 500 * scale);
            assert_int_equal(pixel(&p, 0, 499 * scale), theme_colour(theme, ROLE_BACKGROUND));
            static const int solid[] = { 0, 5, 6 }; /* ok, cached, retried */
            for (size_t i = 0; i < COUNT(solid); i++)
                assert_int_equal(pixel(&p, 70 * scale, (unsigned)(28 + 30 * solid[i]) * scale),
                                 theme_colour(theme, (enum scene_role)(ROLE_OK + solid[i])));
            assert_int_equal(pixel(&p, 150 * scale, 390 * scale), theme_colour(theme, ROLE_GRID));
            assert_int_equal(pixel(&p, 210 * scale, 120 * scale), theme_colour(theme, ROLE_BOX));
            free(p.data);
        }
    }
    scene_free(&s);
    arena_free(&a);
}

/* How many different colours the bar of the status has along its middle. */
static size_t colours_along(const struct pixels *p, unsigned status)
{
    uint32_t seen[64];
    size_t count = 0;
    for (unsigned x = 30; x < 110; x++) {
        uint32_t colour = pixel(p, x, 28 + 30 * status);
        size_t i = 0;
        while (i < count && seen[i] != colour) i++;
        if (i == count && count < COUNT(seen)) seen[count++] = colour;
    }
    return count;
}

static void status_has_a_second_mark(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    struct pixels p = draw(&s, THEME_LIGHT, 1);
    assert_int_equal(colours_along(&p, 0), 1);
    assert_true(colours_along(&p, 1) > 2); /* hatched */
    assert_int_equal(colours_along(&p, 3), 1);
    /* hollow: the inside is paler than the border, the right edge is torn */
    assert_true((pixel(&p, 60, 118) & 255) > (pixel(&p, 60, 110) & 255));
    free(p.data);
    scene_free(&s);
    arena_free(&a);
}

/* Dark pixels of a row and column range. */
static unsigned dark_pixels(const struct pixels *p, unsigned x, unsigned y, unsigned w, unsigned h)
{
    unsigned count = 0;
    for (unsigned row = y; row < y + h; row++)
        for (unsigned column = x; column < x + w; column++) count += (pixel(p, column, row) >> 8 & 255) < 128;
    return count;
}

static void texts_are_drawn_where_they_were_measured(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    s.width = 400;
    s.height = 60;
    struct str text = S("HHHHHHHHHHHHHHHHHHHH");
    double width = metrics_width(text, 20, WEIGHT_REGULAR);
    scene_text(&s, ROLE_LABEL, 20, 40, 20, WEIGHT_REGULAR, ALIGN_LEFT, text);
    struct pixels p = draw(&s, THEME_LIGHT, 1);
    unsigned end = (unsigned)(20 + width);
    assert_true(end < 390);
    assert_int_equal(dark_pixels(&p, 0, 0, 20, 60), 0);
    assert_true(dark_pixels(&p, end - 6, 20, 6, 20) > 10); /* the last stem */
    assert_int_equal(dark_pixels(&p, end, 0, 399 - end, 60), 0);
    assert_int_equal(dark_pixels(&p, 20, 40, 300, 20), 0); /* nothing below the baseline */
    assert_true(dark_pixels(&p, 20, 26, 300, 1) > 20);     /* capitals are 14 px high */
    free(p.data);
    scene_free(&s);
    arena_free(&a);
}

static void missing_glyphs_are_boxes(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    struct pixels p = draw(&s, THEME_LIGHT, 1);
    /* 40 px high at (20, 450): a frame from 14 % to 86 % of the em, hollow */
    assert_true(dark_pixels(&p, 20, 415, 40, 40) > 100);
    assert_int_equal(dark_pixels(&p, 34, 430, 10, 12), 0);
    free(p.data);
    scene_free(&s);
    arena_free(&a);
}

/* A band ends every so many rows: what crosses its end must look as if there were none. */
static void bands_leave_no_seams(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    s.width = 60;
    s.height = 1000;
    for (int y = 10; y < 1000; y += 37) scene_text(&s, ROLE_LABEL, 4, y, 30, WEIGHT_REGULAR, ALIGN_LEFT, S("Åg"));
    struct pixels p = draw(&s, THEME_LIGHT, 1);
    for (int y = 84; y + 37 < 990; y += 37)
        for (int row = -20; row < 10; row++)
            for (unsigned x = 0; x < 60; x++)
                assert_int_equal(pixel(&p, x, (unsigned)(y + row)), pixel(&p, x, (unsigned)(y + row + 37)));
    free(p.data);
    scene_free(&s);
    arena_free(&a);
}

static void large_pictures_are_refused(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const struct {
        double width, height, scale;
        bool ok;
    } cases[] = {
        { 10, 32767, 1, true },  { 10, 32768, 1, false }, { 32768, 10, 1, false },
        { 10, 20000, 2, false }, { 0, 10, 1, false },     { 10, 10, 0, false },
        { 10, 10, NAN, false },  { 10, 10, -1, false },   { INFINITY, 10, 1, false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene s;
        scene_init(&s, &a);
        s.width = cases[i].width;
        s.height = cases[i].height;
        struct buf b = BUF_INIT;
        struct err e = { 0 };
        assert_int_equal(png_write(&s, THEME_LIGHT, cases[i].scale, NULL, &b, &e), cases[i].ok);
        if (!cases[i].ok) {
            assert_true(e.text[0] && e.code == ERR_OUTPUT);
            assert_int_equal(b.len, 0);
        }
        buf_free(&b);
        scene_free(&s);
    }
    arena_free(&a);
}

static bool contains(const struct buf *b, struct str part)
{
    for (size_t at = 0; at + part.len <= b->len; at++)
        if (memcmp(b->ptr + at, part.ptr, part.len) == 0) return true;
    return false;
}

static void png_carries_texts(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    const struct picture_text text[] = { { "Software", S("pipelens-report") },
                                         { "Title", S("Ünï\x01 code") },
                                         { NULL, { 0 } } };
    struct buf b = BUF_INIT;
    assert_true(png_write(&s, THEME_LIGHT, 1, text, &b, NULL));
    assert_true(contains(&b, S("tEXtSoftware\0pipelens-report")));
    assert_true(contains(&b, S("iTXtTitle\0")));
    assert_true(contains(&b, S("Ünï code")));
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

/* --- all formats --- */

static void write_as(const struct scene *s, enum picture_format format, enum picture_theme theme, struct buf *b)
{
    struct err e = { 0 };
    if (format == PICTURE_SVG) svg_write(s, theme, b);
    else if (!(format == PICTURE_PNG ? png_write(s, theme, 1, NULL, b, &e) : pdf_write(s, theme, NULL, b, &e)))
        fail_msg("%s", e.text);
}

static void the_same_bytes_twice(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    for (int format = PICTURE_PNG; format <= PICTURE_PDF; format++) {
        struct buf once = BUF_INIT, twice = BUF_INIT, dark = BUF_INIT;
        write_as(&s, (enum picture_format)format, THEME_LIGHT, &once);
        write_as(&s, (enum picture_format)format, THEME_DARK, &dark);
        write_as(&s, (enum picture_format)format, THEME_LIGHT, &twice);
        assert_true(once.len > 100);
        assert_true(str_eq(buf_str(&once), buf_str(&twice)));
        assert_false(str_eq(buf_str(&once), buf_str(&dark)));
        buf_free(&once);
        buf_free(&twice);
        buf_free(&dark);
    }
    scene_free(&s);
    arena_free(&a);
}

static void pdf_has_no_clock(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    struct buf b = BUF_INIT;
    write_as(&s, PICTURE_PDF, THEME_LIGHT, &b);
    assert_true(str_starts(buf_str(&b), S("%PDF-")));
    assert_true(contains(&b, S("/CreationDate (19700101000000Z")));
    assert_true(contains(&b, S("/MediaBox [ 0 0 225 375 ]")));
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

/* --- SVG --- */

/* The name that begins at *at, moved behind it. */
static struct str take_name(struct str s, size_t *at)
{
    size_t from = *at;
    while (*at < s.len && !strchr(" \t\r\n/>=", s.ptr[*at])) (*at)++;
    return str_of(s.ptr + from, *at - from);
}

static void check_entity(struct str s, size_t at)
{
    static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_starts(str_skip(s, at), str_z(known[i]))) return;
    fail_msg("a bare & at byte %zu", at);
}

/* Attributes up to the end of the tag; *ret_empty when it ends with "/>". */
static void check_attributes(struct str s, size_t *at, bool *ret_empty)
{
    for (;;) {
        while (*at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == '\n')) (*at)++;
        assert_true(*at < s.len);
        *ret_empty = s.ptr[*at] == '/';
        if (*ret_empty) (*at)++;
        if (s.ptr[*at] == '>') break;
        assert_true(take_name(s, at).len > 0);
        assert_memory_equal(s.ptr + *at, "=\"", 2);
        for (*at += 2; s.ptr[*at] != '"'; (*at)++) {
            assert_true(s.ptr[*at] != '<');
            if (s.ptr[*at] == '&') check_entity(s, *at);
        }
        (*at)++;
    }
    (*at)++;
}

/* Checks that s is well-formed: tags nest, attributes are quoted, nothing but the five entities, XML's characters. */
static void check_xml(struct str s)
{
    struct str open[16];
    size_t depth = 0, at = 0, elements = 0;
    if (str_starts(s, S("<?xml"))) at = str_find(s, '>') + 1;
    while (at < s.len) {
        if (s.ptr[at] == '&') check_entity(s, at);
        if (s.ptr[at] != '<') {
            bool ok;
            uint32_t code = utf8_next(s, &at, &ok);
            assert_true(ok && (code >= 0x20 || code == '\n') && code < 0x110000 && (code & 0xFFFE) != 0xFFFE);
            continue;
        }
        bool empty = false, closing = s.ptr[++at] == '/';
        if (closing) at++;
        struct str name = take_name(s, &at);
        static const char *const known[] = { "svg",     "title", "desc", "style", "defs",
                                             "pattern", "path",  "rect", "g",     "text" };
        bool is_known = false;
        for (size_t i = 0; i < COUNT(known); i++) is_known |= str_eq(name, str_z(known[i]));
        assert_true(is_known);
        check_attributes(s, &at, &empty);
        if (closing) assert_true(depth > 0 && str_eq(open[--depth], name));
        else if (!empty) {
            assert_true(depth < COUNT(open));
            open[depth++] = name;
        }
        elements++;
    }
    assert_int_equal(depth, 0);
    assert_true(elements > 20);
}

static void svg_is_well_formed(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a);
    for (int theme = THEME_LIGHT; theme <= THEME_READER; theme++) {
        struct buf b = BUF_INIT;
        svg_write(&s, (enum picture_theme)theme, &b);
        check_xml(buf_str(&b));
        assert_false(contains(&b, S("<script")));
        assert_true(contains(&b, S("textLength=\"")));
        assert_int_equal(contains(&b, S("<style>")), theme != THEME_AUTO);
        assert_int_equal(contains(&b, S("@media(prefers-color-scheme:dark)")), theme == THEME_READER);
        assert_int_equal(contains(&b, S("class=\"r-error")), theme == THEME_AUTO);
        assert_int_equal(contains(&b, S("data-step=\"1\"")), theme == THEME_AUTO);
        assert_true(contains(&b, S("url(#s-hatch)")) && contains(&b, S("id=\"s-hatch\"")));
        buf_free(&b);
    }
    scene_free(&s);
    arena_free(&a);
}

static void css_names_every_role(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    theme_css(&b);
    assert_true(contains(&b, S("prefers-color-scheme:dark")));
    assert_true(contains(&b, S("[data-theme=dark]")));
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        struct buf rule = BUF_INIT;
        buf_printf(&rule, ".r-%s{color:var(--pl-%s)}", scene_role_name(role), scene_role_name(role));
        assert_true(contains(&b, buf_str(&rule)));
        buf_free(&rule);
    }
    buf_free(&b);
}

/* --- fonts --- */

/* The advance that cairo's FreeType face gives. */
static double cairo_advance(cairo_font_face_t *face, FT_UInt glyph)
{
    cairo_matrix_t size, identity;
    cairo_matrix_init_scale(&size, 2048, 2048);
    cairo_matrix_init_identity(&identity);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_scaled_font_t *scaled = cairo_scaled_font_create(face, &size, &identity, options);
    cairo_glyph_t g = { .index = glyph };
    cairo_text_extents_t extents;
    cairo_scaled_font_glyph_extents(scaled, &g, 1, &extents);
    assert_int_equal(cairo_scaled_font_status(scaled), CAIRO_STATUS_SUCCESS);
    cairo_scaled_font_destroy(scaled);
    cairo_font_options_destroy(options);
    return extents.x_advance / 2048;
}

static void table_has_the_fonts_advances(void **state)
{
    (void)state;
    static const uint32_t step[] = { 1, 1, 97, 7 };
    struct fonts fonts;
    assert_true(fonts_open(&fonts, NULL));
    cairo_font_face_t *faces[FONT_COUNT];
    for (int i = 0; i < FONT_COUNT; i++)
        faces[i] = cairo_ft_font_face_create_for_ft_face(fonts.faces[i], FT_LOAD_NO_HINTING);
    size_t compared = 0, missing = 0;
    for (uint32_t code = 0x20; code < 0x30000; code += step[code < 0x600     ? 0
                                                            : code < 0x3000  ? 1
                                                            : code < 0x10000 ? 3
                                                                             : 2]) {
        for (enum scene_weight weight = WEIGHT_REGULAR; weight <= WEIGHT_BOLD; weight++) {
            enum font_face id;
            FT_UInt glyph = fonts_glyph(&fonts, code, weight, &id);
            if (!metrics_visible(code)) continue;
            double advance = metrics_advance(code, weight);
            if (metrics_is_mark(code)) assert_true(advance == 0);
            else if (glyph) assert_true(fabs(advance - cairo_advance(faces[id], glyph)) < 0.002);
            else assert_true(advance > 0.999);
            compared += glyph != 0;
            missing += glyph == 0;
        }
    }
    assert_true(compared > 5000 && missing > 1000);
    for (int i = 0; i < FONT_COUNT; i++) cairo_font_face_destroy(faces[i]);
    cairo_debug_reset_static_data(); /* lets go of the faces before the fonts are closed */
    fonts_close(&fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_has_the_colours_of_the_theme),
        cmocka_unit_test(status_has_a_second_mark),
        cmocka_unit_test(texts_are_drawn_where_they_were_measured),
        cmocka_unit_test(missing_glyphs_are_boxes),
        cmocka_unit_test(bands_leave_no_seams),
        cmocka_unit_test(large_pictures_are_refused),
        cmocka_unit_test(png_carries_texts),
        cmocka_unit_test(the_same_bytes_twice),
        cmocka_unit_test(pdf_has_no_clock),
        cmocka_unit_test(svg_is_well_formed),
        cmocka_unit_test(css_names_every_role),
        cmocka_unit_test(table_has_the_fonts_advances),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
