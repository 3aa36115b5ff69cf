/* SPDX-License-Identifier: MIT
 *
 * A scene as pixels, a band of rows at a time, so that memory does not follow the height.
 */
#ifndef RENDER_BANDS_H
#define RENDER_BANDS_H

#include "render/paint.h"
#include "render/raster.h"

struct bands {
    const struct scene *scene;
    enum picture_theme theme;
    double scale;
    int width, height; /* device pixels */
    int rows;          /* of a band; the last one may have fewer */
    uint32_t *first;   /* by band: where its items begin in `items`, and behind the last band where they end */
    uint32_t *items;   /* those that may touch a band, in the scene's order */
    struct fonts fonts;
    struct raster raster;
    cairo_surface_t *surface;
    cairo_t *cr;
    struct paint paint;
    struct arena arena;
};

/* scene, theme, scale, width and height are set. bands_close is due whatever it returns. */
bool bands_open(struct bands *b, struct err *e);
void bands_close(struct bands *b);

/* Draws the rows from `top` on, a multiple of b->rows. NULL with *ret_message when cairo has failed. */
const unsigned char *bands_draw(struct bands *b, int top, const char **ret_message);
/* Bytes from row to row of what bands_draw returns; a pixel is 0x__RRGGBB. */
size_t bands_stride(const struct bands *b);

#endif
