/* SPDX-License-Identifier: MIT
 *
 * Geometry that every picture format needs: the outline of a rectangle with a torn edge, and a border's inset.
 */
#ifndef RENDER_SHAPE_H
#define RENDER_SHAPE_H

#include "layout/scene.h"

struct point {
    double x, y;
};

/* A rectangle's box as it is painted: moved in by half the border, so that the border lies inside the item. */
struct shape_box {
    double x, y, w, h, radius;
};
struct shape_box shape_inset(const struct scene_item *item, double border);

/*  ┌────────>    The right edge of a bar without an end, from the top corner to the bottom one: teeth that point
 *  │       <     inwards.
 *  └────────>   */
enum { TEAR_POINTS = 7 };
void shape_tear(const struct shape_box *box, struct point points[TEAR_POINTS]);

/* Control points of the curve from (x, y) to (x + w, y + h): half way for an S, those of an ellipse for a bend. */
void shape_curve(const struct scene_item *item, struct point *ret_first, struct point *ret_second);

/* The corners of an arrow head, the tip first. */
enum { ARROW_POINTS = 3 };
void shape_arrow(const struct scene_item *item, struct point points[ARROW_POINTS]);

/* Left edge of a text by its alignment. */
double shape_text_left(const struct scene_item *item);

#endif
