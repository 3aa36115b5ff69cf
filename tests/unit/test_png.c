/* SPDX-License-Identifier: MIT
 *
 * PNG files by their chunks, read here byte for byte: provenance, density, palette, sizes; and large pictures, which
 * have sixteen colours, by their pixels.
 */
#include "layout/metrics.h"
#include "render/picture.h"
#include "render/theme.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint32_t number(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* CRC-32 of PNG's annex D, bit by bit. */
static uint32_t checksum(struct str s)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < s.len; i++) {
        crc ^= (unsigned char)s.ptr[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
    }
    return ~crc;
}

/* The data of the n-th chunk of a type; a NULL ptr when there are fewer. Checks the whole file on the way. */
static struct str chunk(const struct buf *png, const char *type, size_t nth)
{
    struct str found = { 0 };
    bool ended = false;
    assert_true(png->len > 8);
    assert_memory_equal(png->ptr, "\x89PNG\r\n\x1A\n", 8);
    for (size_t at = 8; at < png->len;) {
        assert_false(ended);
        assert_true(png->len - at >= 12);
        size_t len = number(png->ptr + at);
        assert_true(len <= png->len - at - 12);
        assert_int_equal(number(png->ptr + at + 8 + len), checksum(str_of(png->ptr + at + 4, len + 4)));
        if (memcmp(png->ptr + at + 4, type, 4) == 0 && nth-- == 0) found = str_of(png->ptr + at + 8, len);
        ended = memcmp(png->ptr + at + 4, "IEND", 4) == 0;
        at += 12 + len;
    }
    assert_true(ended);
    return found;
}

static void write_png(const struct scene *s, enum picture_theme theme, double scale, const struct picture_text *text,
                      struct buf *b)
{
    struct err e = { 0 };
    *b = BUF_INIT;
    if (!png_write(s, theme, scale, text, b, &e)) fail_msg("%s", e.text);
}

static void make_scene(struct scene *s, struct arena *a, double width, double height)
{
    scene_init(s, a);
    s->width = width;
    s->height = height;
    scene_rect(s, ROLE_BACKGROUND, 0, 0, width, height);
}

/* The text of the chunk whose keyword it is. */
static struct str text_of(const struct buf *png, const char *key)
{
    size_t key_len = strlen(key) + 1;
    for (size_t i = 0; chunk(png, "tEXt", i).ptr; i++) {
        struct str data = chunk(png, "tEXt", i);
        if (data.len > key_len && memcmp(data.ptr, key, key_len) == 0) return str_skip(data, key_len);
    }
    for (size_t i = 0; chunk(png, "iTXt", i).ptr; i++) {
        struct str data = chunk(png, "iTXt", i);
        /* not compressed, no language, no translated keyword */
        if (data.len > key_len + 4 && memcmp(data.ptr, key, key_len) == 0) {
            assert_memory_equal(data.ptr + key_len, "\0\0\0\0", 4);
            return str_skip(data, key_len + 4);
        }
    }
    return (struct str){ 0 };
}

static void provenance_is_in_chunks(void **state)
{
    (void)state;
    static char endless[100000];
    struct arena a = { 0 };
    struct scene s;
    struct buf b;
    make_scene(&s, &a, 40, 30);
    memset(endless, 'x', sizeof endless);
    const struct picture_text text[] = { { "Title", S("Ünï\x01 \xFF code\n") },      { "Run", S("r\0un\r\n 7") },
                                         { "Software", S("pipelens-report 1") },     { "Empty", S("") },
                                         { "Options", { endless, sizeof endless } }, { NULL, { 0 } } };
    write_png(&s, THEME_LIGHT, 1, text, &b);
    assert_true(str_eq(text_of(&b, "Title"), S("Ünï \xEF\xBF\xBD code ")));
    assert_true(str_eq(text_of(&b, "Run"), S("run  7")) || str_eq(text_of(&b, "Run"), S("run   7")));
    assert_true(str_eq(text_of(&b, "Software"), S("pipelens-report 1")));
    assert_null(text_of(&b, "Empty").ptr);
    struct str options = text_of(&b, "Options");
    assert_true(options.len > 1000 && options.len < 2100);
    assert_true(str_ends(options, S("…")));
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

static void density_follows_the_scale(void **state)
{
    (void)state;
    static const struct {
        double scale;
        uint32_t density; /* pixels a metre: 96 an inch are 3779.5 */
    } cases[] = { { 1, 3780 }, { 2, 7559 }, { 4, 15118 }, { 0.5, 1890 } };
    struct arena a = { 0 };
    struct scene s;
    make_scene(&s, &a, 40, 30);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf b;
        write_png(&s, THEME_LIGHT, cases[i].scale, NULL, &b);
        struct str size = chunk(&b, "IHDR", 0), density = chunk(&b, "pHYs", 0);
        assert_int_equal(size.len, 13);
        assert_int_equal(number(size.ptr), 40 * cases[i].scale);
        assert_int_equal(number(size.ptr + 4), 30 * cases[i].scale);
        assert_int_equal(density.len, 9);
        assert_int_equal(number(density.ptr), cases[i].density);
        assert_int_equal(number(density.ptr + 4), cases[i].density);
        assert_int_equal(density.ptr[8], 1);
        buf_free(&b);
    }
    scene_free(&s);
    arena_free(&a);
}

/* Rows of a chart, one bar after the other in the statuses up to `statuses`. */
static void make_rows(struct scene *s, struct arena *a, double width, double height, int statuses)
{
    make_scene(s, a, width, height);
    for (int i = 0; i * 26 < (int)height; i++) {
        double y = 26.0 * i;
        enum scene_role status = (enum scene_role)(ROLE_OK + i % statuses);
        if (i % 2) scene_rect(s, ROLE_STRIPE, 0, y, width, 26);
        struct scene_item *bar = scene_rect(s, status, 101, y + 6, 200, 14);
        bar->radius = 2.5;
        bar->hatched = status == ROLE_ERROR;
        bar->outlined = status == ROLE_RUNNING || status == ROLE_UNFINISHED || status == ROLE_SKIPPED;
        scene_text(s, ROLE_LABEL, 4, y + 18, 13, WEIGHT_REGULAR, ALIGN_LEFT, S("load_page"));
        scene_text(s, ROLE_LABEL_MUTED, 310, y + 18, 12, WEIGHT_REGULAR, ALIGN_LEFT, S("480 ms"));
    }
    scene_line(s, ROLE_GRID, 350.5, 0, 350.5, height);
}

static unsigned char *decode(const struct buf *b, png_image *image)
{
    *image = (png_image){ .version = PNG_IMAGE_VERSION };
    assert_true(png_image_begin_read_from_memory(image, b->ptr, b->len));
    image->format = PNG_FORMAT_RGB;
    unsigned char *data = malloc(PNG_IMAGE_SIZE(*image));
    assert_non_null(data);
    assert_true(png_image_finish_read(image, NULL, data, 0, NULL));
    return data;
}

static uint32_t pixel(const unsigned char *data, const png_image *image, unsigned x, unsigned y)
{
    const unsigned char *at = data + ((size_t)y * image->width + x) * 3;
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

/* What is large has sixteen colours, and every ink exactly as the theme has it, also at an odd width. */
static void large_pictures_keep_their_inks(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    make_rows(&s, &a, 401, 26 * 220, 2);
    for (enum picture_theme theme = THEME_LIGHT; theme <= THEME_DARK; theme++) {
        struct buf b;
        png_image image;
        write_png(&s, theme, 1, NULL, &b);
        assert_int_equal(chunk(&b, "IHDR", 0).ptr[8], 4);
        assert_true(chunk(&b, "PLTE", 0).len <= 48);
        unsigned char *data = decode(&b, &image);
        for (unsigned row = 0; row < 220; row++) {
            assert_int_equal(pixel(data, &image, 60, row * 26 + 1),
                             theme_colour(theme, row % 2 ? ROLE_STRIPE : ROLE_BACKGROUND));
            if (row % 2 == 0) assert_int_equal(pixel(data, &image, 200, row * 26 + 13), theme_colour(theme, ROLE_OK));
            assert_int_equal(pixel(data, &image, 350, row * 26 + 2), theme_colour(theme, ROLE_GRID));
            assert_int_equal(pixel(data, &image, 400, row * 26 + 1),
                             theme_colour(theme, row % 2 ? ROLE_STRIPE : ROLE_BACKGROUND));
        }
        free(data);
        buf_free(&b);
    }
    scene_free(&s);
    arena_free(&a);
}

/* More inks than sixteen colours can hold: 8 bits, and no ink is lost. */
static void many_inks_have_eight_bits(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    struct buf b;
    uint32_t few[THEME_FEW];
    make_rows(&s, &a, 401, 26 * 220, ROLE_RETRIED - ROLE_OK + 1);
    scene_rect(&s, ROLE_BOX, 320, 5, 20, 10);
    scene_rect(&s, ROLE_FRAME, 320, 35, 20, 10);
    scene_line(&s, ROLE_AXIS, 0, 60, 90, 60);
    scene_line(&s, ROLE_GUIDE, 0, 70, 90, 70);
    assert_int_equal(theme_few_colours(THEME_LIGHT, &s, few), 0);
    write_png(&s, THEME_LIGHT, 1, NULL, &b);
    assert_int_equal(chunk(&b, "IHDR", 0).ptr[8], 8);
    png_image image;
    unsigned char *data = decode(&b, &image);
    static const int full[] = { 0, 5, 6 }; /* ok, cached, retried */
    for (size_t i = 0; i < COUNT(full); i++)
        assert_int_equal(pixel(data, &image, 200, (unsigned)full[i] * 26 + 13),
                         theme_colour(THEME_LIGHT, (enum scene_role)(ROLE_OK + full[i])));
    free(data);
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

/* The last row and column that a picture may have, at each scale; one more is refused. */
static void sides_end_at_the_limit(void **state)
{
    (void)state;
    struct arena a = { 0 };
    for (unsigned scale = 1; scale <= 4; scale *= 2) {
        double most = PICTURE_SIDE_MAX / scale;
        for (int upright = 0; upright < 2; upright++) {
            struct scene s;
            struct buf b;
            png_image image;
            make_scene(&s, &a, upright ? 90 : most, upright ? most : 90);
            scene_rect(&s, ROLE_OK, s.width - 4, s.height - 4, 4, 4);
            write_png(&s, THEME_DARK, scale, NULL, &b);
            unsigned char *data = decode(&b, &image);
            assert_int_equal(image.width, s.width * scale);
            assert_int_equal(image.height, s.height * scale);
            assert_int_equal(pixel(data, &image, image.width - 1, image.height - 1), theme_colour(THEME_DARK, ROLE_OK));
            assert_int_equal(pixel(data, &image, 0, image.height - 1), theme_colour(THEME_DARK, ROLE_BACKGROUND));
            free(data);
            buf_free(&b);
            *(upright ? &s.height : &s.width) = most + 1;
            struct err e = { 0 };
            b = BUF_INIT;
            assert_false(png_write(&s, THEME_DARK, scale, NULL, &b, &e));
            assert_int_equal(b.len, 0);
            scene_free(&s);
        }
    }
    arena_free(&a);
}

/* A picture whose rows do not fit into memory that is kept for them goes row by row: 64 MiB and more of entries. */
static void huge_pictures_are_streamed(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct scene s;
    struct buf b;
    make_rows(&s, &a, 4200, 32760, 1);
    scene_rect(&s, ROLE_ERROR, 4196, 32756, 4, 4);
    write_png(&s, THEME_LIGHT, 1, NULL, &b);
    struct str size = chunk(&b, "IHDR", 0);
    assert_int_equal(number(size.ptr), 4200);
    assert_int_equal(number(size.ptr + 4), 32760);
    assert_true(chunk(&b, "IDAT", 1).ptr != NULL); /* libpng's own writing makes several */
    png_image image;
    unsigned char *data = decode(&b, &image);
    assert_int_equal(pixel(data, &image, 4198, 32758), theme_colour(THEME_LIGHT, ROLE_ERROR));
    assert_int_equal(pixel(data, &image, 200, 26 * 1000 + 13), theme_colour(THEME_LIGHT, ROLE_OK));
    free(data);
    buf_free(&b);
    scene_free(&s);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provenance_is_in_chunks),        cmocka_unit_test(density_follows_the_scale),
        cmocka_unit_test(large_pictures_keep_their_inks), cmocka_unit_test(many_inks_have_eight_bits),
        cmocka_unit_test(sides_end_at_the_limit),         cmocka_unit_test(huge_pictures_are_streamed),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
