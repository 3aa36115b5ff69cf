/* SPDX-License-Identifier: MIT
 *
 * Texts into pixels. Cairo 1.16 puts glyphs on whole pixels, which makes small text uneven; here a glyph stands on a
 * quarter of a pixel, by the advances that layout measured with, and each mask is made once.
 */
#ifndef RENDER_RASTER_H
#define RENDER_RASTER_H

#include "render/font.h"
#include "render/visual.h"

struct glyph_mask;
struct raster {
    const struct fonts *fonts;
    double scale;             /* device pixels per px */
    struct glyph_mask *table; /* open addressing, a power of two long */
    size_t count, cap;
    struct arena arena;           /* masks' coverage */
    FT_F26Dot6 sizes[FONT_COUNT]; /* that the faces are set to */
    struct visual visual;         /* of the text at hand */
};

/* Opaque pixels, 0x__RRGGBB each; the topmost row is device row `top`. */
struct raster_target {
    uint32_t *pixels;
    size_t stride; /* pixels from row to row */
    int width, height, top;
};

void raster_init(struct raster *r, const struct fonts *fonts, double scale);
void raster_free(struct raster *r);

/* Draws a SCENE_TEXT in `colour`, cut to the target. */
void raster_text(struct raster *r, const struct raster_target *target, const struct scene_item *item, uint32_t colour);

#endif
