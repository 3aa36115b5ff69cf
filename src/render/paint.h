/* SPDX-License-Identifier: MIT
 *
 * Shapes of a scene with cairo, for pixels and for PDF.
 */
#ifndef RENDER_PAINT_H
#define RENDER_PAINT_H

#include "render/theme.h"

#include <cairo.h>

struct paint {
    cairo_t *cr;
    enum picture_theme theme;
    cairo_pattern_t *hatch; /* one period of the stripes, repeated */
};

/* scale: device pixels per px, for stripes made of pixels; 0 makes them of lines. Errors stick to cr. */
void paint_begin(struct paint *p, cairo_t *cr, enum picture_theme theme, double scale);
void paint_end(struct paint *p);

/* Paints a rectangle, line or curve; texts are the caller's. Coordinates are px of the scene. */
void paint_shape(const struct paint *p, const struct scene_item *item);

/* The colour for what is drawn next. */
void paint_source(cairo_t *cr, uint32_t colour, double alpha);

#endif
