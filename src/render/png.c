/* SPDX-License-Identifier: MIT
 *
 * A scene as a PNG with a palette: drawn in bands, so that memory does not follow the height, and handed to libpng row
 * by row. The palette is fixed by the theme, so one pass is enough. A Gantt chart of 1,000 rows takes a sixth of the
 * time of cairo's own writer and half of its bytes.
 */
#include "layout/metrics.h"
#include "render/paint.h"
#include "render/raster.h"
#include "render/shape.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BAND_ROWS = 192,
    CACHE_SIZE = 16384,    /* colours whose palette entry is known */
    COMPRESSION_LEVEL = 1, /* a tenth less time than 2, for two per cent more bytes */
    TEXT_MAX = 16,         /* chunks with provenance */
    INK_AROUND = 6,        /* px */
};

struct picture {
    const struct scene *scene;
    enum picture_theme theme;
    double scale;
    int width, height; /* device pixels */
    int *rows;         /* by item: first and last device row it may touch */
    struct fonts fonts;
    struct raster raster;
    cairo_surface_t *surface; /* one band */
    cairo_t *cr;
    struct paint paint;
    uint32_t palette[256];
    size_t palette_count;
    uint32_t cache_colour[CACHE_SIZE];
    unsigned char cache_index[CACHE_SIZE];
    unsigned char *row; /* palette entries of a row */
    const struct picture_text *text;
    struct arena arena; /* texts for libpng */
    struct buf *out;
    png_structp png;
    png_infop info;
    char message[200]; /* what libpng or cairo said */
};

/* Rows that the item's ink may touch; glyphs reach at most one size above and half of one below the baseline, half of a
 * line or an arrow head INK_AROUND px beyond its ends. */
static void find_rows(struct picture *p)
{
    for (size_t i = 0; i < p->scene->count; i++) {
        const struct scene_item *item = &p->scene->items[i];
        double top = item->y, bottom = item->y + item->h;
        if (item->kind == SCENE_TEXT) {
            top -= item->size * 1.3;
            bottom += item->size * 0.6;
        }
        if (bottom < top) {
            double swap = top;
            top = bottom;
            bottom = swap;
        }
        double first = floor((top - INK_AROUND) * p->scale), last = ceil((bottom + INK_AROUND) * p->scale);
        p->rows[2 * i] = first > 0 ? (first < p->height ? (int)first : p->height) : 0;
        p->rows[2 * i + 1] = last < p->height ? (last > -1 ? (int)last : -1) : p->height - 1;
    }
}

/* Draws the device rows from `top` on into the band's surface: shapes, then texts (see scene.h). */
static bool draw_band(struct picture *p, int top, int rows)
{
    cairo_identity_matrix(p->cr);
    paint_source(p->cr, theme_colour(p->theme, ROLE_BACKGROUND), 1);
    cairo_paint(p->cr);
    cairo_translate(p->cr, 0, -top);
    cairo_scale(p->cr, p->scale, p->scale);
    for (size_t i = 0; i < p->scene->count; i++) {
        const struct scene_item *item = &p->scene->items[i];
        if (item->kind == SCENE_TEXT || p->rows[2 * i] >= top + rows || p->rows[2 * i + 1] < top) continue;
        paint_shape(&p->paint, item);
    }
    cairo_surface_flush(p->surface);
    cairo_status_t status = cairo_status(p->cr);
    if (status) {
        snprintf(p->message, sizeof p->message, "cairo: %s", cairo_status_to_string(status));
        return false;
    }
    struct raster_target target = {
        .pixels = (uint32_t *)(void *)cairo_image_surface_get_data(p->surface),
        .stride = (size_t)cairo_image_surface_get_stride(p->surface) / 4,
        .width = p->width,
        .height = rows,
        .top = top,
    };
    for (size_t i = 0; i < p->scene->count; i++) {
        const struct scene_item *item = &p->scene->items[i];
        if (item->kind != SCENE_TEXT || p->rows[2 * i] >= top + rows || p->rows[2 * i + 1] < top) continue;
        raster_text(&p->raster, &target, item, theme_colour(p->theme, item->role));
    }
    cairo_surface_mark_dirty(p->surface);
    return true;
}

static unsigned distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return (unsigned)(2 * red * red + 4 * green * green + blue * blue);
}

/* The palette entry next to the colour, remembered. The cache starts with colours no pixel has (over 0xFFFFFF). */
static unsigned char palette_index(struct picture *p, uint32_t colour)
{
    size_t at = (colour * UINT32_C(2654435761)) >> 18 & (CACHE_SIZE - 1);
    if (p->cache_colour[at] == colour) return p->cache_index[at];
    size_t best = 0;
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i < p->palette_count && least > 0; i++) {
        unsigned d = distance(p->palette[i], colour);
        if (d < least) {
            least = d;
            best = i;
        }
    }
    p->cache_colour[at] = colour;
    return p->cache_index[at] = (unsigned char)best;
}

/* Where the run of equal pixels that begins at x ends; two pixels at a time. */
static int run_end(const uint32_t *pixels, int x, int width)
{
    uint64_t twice = (uint64_t)pixels[x] << 32 | pixels[x], two;
    for (x++; x + 2 <= width; x += 2) {
        memcpy(&two, pixels + x, sizeof two);
        if (two != twice) return x + (pixels[x] == (uint32_t)twice);
    }
    return x < width && pixels[x] == (uint32_t)twice ? x + 1 : x;
}

/* Pixels to palette entries, a run of equal ones at a time. */
static void index_row(struct picture *p, const uint32_t *pixels)
{
    for (int x = 0; x < p->width;) {
        int end = run_end(pixels, x, p->width);
        memset(p->row + x, palette_index(p, pixels[x] & 0xFFFFFF), (size_t)(end - x));
        x = end;
    }
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return false;
    return true;
}

/* Provenance: tEXt for ASCII, iTXt for the rest. */
static void put_texts(struct picture *p)
{
    png_text chunks[TEXT_MAX];
    int count = 0;
    for (const struct picture_text *text = p->text; text && text->key && count < TEXT_MAX; text++, count++) {
        /* copies have the NUL that libpng needs */
        struct str value = arena_copy(&p->arena, metrics_clean(text->value, &p->arena));
        struct str key = arena_copy(&p->arena, str_z(text->key));
        chunks[count] = (png_text){
            .compression = is_ascii(value) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
            .key = (char *)(uintptr_t)key.ptr,
            .text = (char *)(uintptr_t)value.ptr,
            .text_length = value.len,
            .itxt_length = value.len,
        };
    }
    if (count) png_set_text(p->png, p->info, chunks, count);
}

static void put_header(struct picture *p)
{
    png_color colours[256];
    for (size_t i = 0; i < p->palette_count; i++) {
        colours[i].red = (png_byte)(p->palette[i] >> 16 & 255);
        colours[i].green = (png_byte)(p->palette[i] >> 8 & 255);
        colours[i].blue = (png_byte)(p->palette[i] & 255);
    }
    png_set_IHDR(p->png, p->info, (png_uint_32)p->width, (png_uint_32)p->height, 8, PNG_COLOR_TYPE_PALETTE,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(p->png, p->info, colours, (int)p->palette_count);
    /* 96 px an inch at scale 1, so that a picture at scale 2 shows in the same size */
    png_uint_32 density = (png_uint_32)(96 * p->scale / 0.0254 + 0.5);
    png_set_pHYs(p->png, p->info, density, density, PNG_RESOLUTION_METER);
    png_set_check_for_invalid_index(p->png, 0); /* there are none */
    png_set_filter(p->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(p->png, COMPRESSION_LEVEL);
    put_texts(p);
    png_write_info(p->png, p->info);
}

/* Only this function has a setjmp: libpng's errors come back here. It owns nothing. */
static bool put_image(struct picture *p)
{
    if (setjmp(png_jmpbuf(p->png))) return false;
    put_header(p);
    for (int top = 0; top < p->height; top += BAND_ROWS) {
        int rows = p->height - top < BAND_ROWS ? p->height - top : BAND_ROWS;
        if (!draw_band(p, top, rows)) return false;
        const unsigned char *data = cairo_image_surface_get_data(p->surface);
        size_t stride = (size_t)cairo_image_surface_get_stride(p->surface);
        for (int y = 0; y < rows; y++) {
            const unsigned char *pixels = data + (size_t)y * stride;
            /* rows between the texts are often as the one above */
            if (y == 0 || memcmp(pixels, pixels - stride, (size_t)p->width * 4) != 0)
                index_row(p, (const uint32_t *)(const void *)pixels);
            png_write_row(p->png, p->row);
        }
    }
    png_write_end(p->png, NULL);
    return true;
}

static void on_error(png_structp png, png_const_charp text)
{
    struct picture *p = png_get_error_ptr(png);
    snprintf(p->message, sizeof p->message, "libpng: %s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void on_write(png_structp png, png_bytep bytes, size_t size)
{
    struct picture *p = png_get_io_ptr(png);
    buf_put(p->out, str_of((const char *)bytes, size));
}

static void on_flush(png_structp png) { (void)png; }

/* Everything that has to be released again, whatever fails. */
static bool open_picture(struct picture *p, struct err *e)
{
    if (!fonts_open(&p->fonts, e)) return false;
    raster_init(&p->raster, &p->fonts, p->scale);
    p->palette_count = theme_palette(p->theme, p->palette);
    memset(p->cache_colour, 0xFF, sizeof p->cache_colour);
    p->row = arena_alloc(&p->arena, (size_t)p->width, 1);
    p->rows = ARENA_ARRAY(&p->arena, int, p->scene->count * 2 + 1);
    find_rows(p);
    int band = p->height < BAND_ROWS ? p->height : BAND_ROWS;
    p->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, p->width, band);
    p->cr = cairo_create(p->surface);
    paint_begin(&p->paint, p->cr, p->theme, p->scale);
    cairo_status_t status = cairo_status(p->cr);
    if (status) return err_set(e, ERR_OUTPUT, NULL, "the PNG could not be drawn: %s", cairo_status_to_string(status));
    p->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, p, on_error, on_warning);
    if (p->png) p->info = png_create_info_struct(p->png);
    if (!p->info) return err_set(e, ERR_OUTPUT, NULL, "the PNG could not be written: libpng: %s", p->message);
    png_set_write_fn(p->png, p, on_write, on_flush);
    return true;
}

static void close_picture(struct picture *p)
{
    if (p->png) png_destroy_write_struct(&p->png, &p->info);
    paint_end(&p->paint);
    if (p->cr) cairo_destroy(p->cr);
    if (p->surface) cairo_surface_destroy(p->surface);
    raster_free(&p->raster);
    fonts_close(&p->fonts);
    arena_free(&p->arena);
}

bool png_write(const struct scene *s, enum picture_theme theme, double scale, const struct picture_text *text,
               struct buf *out, struct err *e)
{
    double width = ceil(s->width * scale), height = ceil(s->height * scale);
    if (!(width >= 1 && height >= 1)) return err_set(e, ERR_OUTPUT, NULL, "a PNG of no size was asked for");
    if (!(width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX))
        return err_set(e, ERR_OUTPUT, NULL,
                       "the PNG would be %.0f x %.0f pixels, over %d a side: ask for fewer rows or a smaller scale",
                       width, height, PICTURE_SIDE_MAX);
    struct picture p = {
        .scene = s,
        .theme = theme,
        .scale = scale,
        .text = text,
        .out = out,
        .width = (int)width,
        .height = (int)height,
    };
    bool ok = open_picture(&p, e);
    if (ok && !put_image(&p)) ok = err_set(e, ERR_OUTPUT, NULL, "the PNG could not be written: %s", p.message);
    close_picture(&p);
    return ok;
}
