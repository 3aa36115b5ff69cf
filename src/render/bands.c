/* SPDX-License-Identifier: MIT */
#include "render/bands.h"

#include "render/shape.h"

#include <math.h>

enum {
    BAND_ROWS = 96,
    INK_AROUND = 6 /* px */
};

/* The bands that the item's ink may touch; glyphs reach at most one size above and half of one below the baseline, half
 * of a line or an arrow head INK_AROUND px beyond its ends. False when it is outside of the picture. */
static bool find_bands(const struct bands *b, const struct scene_item *item, int *ret_first, int *ret_last)
{
    double top = fmin(item->y, item->y + item->h), bottom = fmax(item->y, item->y + item->h);
    if (item->kind == SCENE_TEXT) {
        top -= item->size * 1.3;
        bottom += item->size * 0.6;
    }
    double first = floor((top - INK_AROUND) * b->scale), last = ceil((bottom + INK_AROUND) * b->scale);
    if (!(first < b->height && last >= 0)) return false;
    *ret_first = (first > 0 ? (int)first : 0) / b->rows;
    *ret_last = (last < b->height ? (int)last : b->height - 1) / b->rows;
    return true;
}

/* Every item into the lists of its bands: counted first, then put where the counts say. */
static void sort_items(struct bands *b)
{
    size_t count = ((size_t)b->height + (size_t)b->rows - 1) / (size_t)b->rows;
    uint32_t *end = ARENA_ARRAY(&b->arena, uint32_t, count + 1);
    int first, last;
    b->first = ARENA_ARRAY(&b->arena, uint32_t, count + 1);
    for (size_t i = 0; i < b->scene->count; i++)
        if (find_bands(b, &b->scene->items[i], &first, &last))
            for (int band = first; band <= last; band++) b->first[band + 1]++;
    for (size_t band = 0; band < count; band++) end[band + 1] = b->first[band + 1] += b->first[band];
    b->items = ARENA_ARRAY(&b->arena, uint32_t, (size_t)b->first[count] + 1);
    for (size_t i = 0; i < b->scene->count; i++)
        if (find_bands(b, &b->scene->items[i], &first, &last))
            for (int band = first; band <= last; band++) b->items[end[band]++] = (uint32_t)i;
}

bool bands_open(struct bands *b, struct err *e)
{
    if (!fonts_open(&b->fonts, e)) return false;
    raster_init(&b->raster, &b->fonts, b->scale);
    b->rows = b->height < BAND_ROWS ? b->height : BAND_ROWS;
    sort_items(b);
    b->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, b->width, b->rows);
    b->cr = cairo_create(b->surface);
    paint_begin(&b->paint, b->cr, b->theme, b->scale);
    cairo_status_t status = cairo_status(b->cr);
    return !status || err_set(e, ERR_OUTPUT, NULL, "the PNG could not be drawn: %s", cairo_status_to_string(status));
}

void bands_close(struct bands *b)
{
    paint_end(&b->paint);
    if (b->cr) cairo_destroy(b->cr);
    if (b->surface) cairo_surface_destroy(b->surface);
    raster_free(&b->raster);
    fonts_close(&b->fonts);
    arena_free(&b->arena);
}

size_t bands_stride(const struct bands *b) { return (size_t)cairo_image_surface_get_stride(b->surface); }

/* Shapes, then texts (see scene.h). */
const unsigned char *bands_draw(struct bands *b, int top, const char **ret_message)
{
    const uint32_t *items = b->items + b->first[top / b->rows], *end = b->items + b->first[top / b->rows + 1];
    cairo_identity_matrix(b->cr);
    paint_source(b->cr, theme_colour(b->theme, ROLE_BACKGROUND), 1);
    cairo_paint(b->cr);
    cairo_translate(b->cr, 0, -top);
    cairo_scale(b->cr, b->scale, b->scale);
    for (const uint32_t *i = items; i < end; i++)
        if (b->scene->items[*i].kind != SCENE_TEXT) paint_shape(&b->paint, &b->scene->items[*i]);
    cairo_surface_flush(b->surface);
    cairo_status_t status = cairo_status(b->cr);
    *ret_message = cairo_status_to_string(status);
    if (status) return NULL;
    struct raster_target target = {
        .pixels = (uint32_t *)(void *)cairo_image_surface_get_data(b->surface),
        .stride = bands_stride(b) / 4,
        .width = b->width,
        .height = b->height - top < b->rows ? b->height - top : b->rows,
        .top = top,
    };
    for (const uint32_t *i = items; i < end; i++) {
        const struct scene_item *item = &b->scene->items[*i];
        if (item->kind == SCENE_TEXT) raster_text(&b->raster, &target, item, theme_colour(b->theme, item->role));
    }
    cairo_surface_mark_dirty(b->surface);
    return (const unsigned char *)target.pixels;
}
