/* SPDX-License-Identifier: MIT */
#include "render/paint.h"

#include "render/shape.h"

#include <math.h>

#define QUARTER_TURN 1.57079632679489661923 /* in radians */

void paint_source(cairo_t *cr, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, alpha);
}

static void outline(cairo_t *cr, const struct shape_box *box, bool torn)
{
    double r = box->radius, right = box->x + box->w, bottom = box->y + box->h;
    if (r <= 0 && !torn) {
        cairo_rectangle(cr, box->x, box->y, box->w, box->h);
        return;
    }
    cairo_new_path(cr);
    if (torn) {
        struct point points[TEAR_POINTS];
        shape_tear(box, points);
        for (int i = 0; i < TEAR_POINTS; i++) cairo_line_to(cr, points[i].x, points[i].y);
    } else {
        cairo_arc(cr, right - r, box->y + r, r, -QUARTER_TURN, 0);
        cairo_arc(cr, right - r, bottom - r, r, 0, QUARTER_TURN);
    }
    cairo_arc(cr, box->x + r, bottom - r, r, QUARTER_TURN, 2 * QUARTER_TURN);
    cairo_arc(cr, box->x + r, box->y + r, r, 2 * QUARTER_TURN, 3 * QUARTER_TURN);
    cairo_close_path(cr);
}

/* One period of stripes at 45 degrees, as svg.c has it: the two short ones fill the corners where neighbouring tiles'
 * stripes end. */
static void draw_tile(cairo_t *cr, enum picture_theme theme)
{
    const double p = HATCH_PERIOD;
    cairo_move_to(cr, -1, p + 1);
    cairo_line_to(cr, p + 1, -1);
    cairo_move_to(cr, -1, 1);
    cairo_line_to(cr, 1, -1);
    cairo_move_to(cr, p - 1, p + 1);
    cairo_line_to(cr, p + 1, p - 1);
    paint_source(cr, theme_colour(theme, ROLE_ON_STATUS), HATCH_ALPHA);
    cairo_set_line_width(cr, HATCH_WIDTH);
    cairo_stroke(cr);
}

void paint_begin(struct paint *p, cairo_t *cr, enum picture_theme theme, double scale)
{
    int side = (int)ceil(HATCH_PERIOD * scale);
    double factor = side / HATCH_PERIOD; /* pixels of the tile per px */
    cairo_rectangle_t extents = { 0, 0, HATCH_PERIOD, HATCH_PERIOD };
    cairo_surface_t *tile = side > 0 ? cairo_image_surface_create(CAIRO_FORMAT_ARGB32, side, side)
                                     : cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    cairo_t *tile_cr = cairo_create(tile);
    if (side > 0) cairo_scale(tile_cr, factor, factor);
    draw_tile(tile_cr, theme);
    cairo_destroy(tile_cr);
    *p = (struct paint){ cr, theme, cairo_pattern_create_for_surface(tile) };
    cairo_surface_destroy(tile);
    cairo_pattern_set_extend(p->hatch, CAIRO_EXTEND_REPEAT);
    cairo_matrix_t matrix;
    cairo_matrix_init_scale(&matrix, side > 0 ? factor : 1, side > 0 ? factor : 1);
    cairo_pattern_set_matrix(p->hatch, &matrix);
}

void paint_end(struct paint *p)
{
    if (p->hatch) cairo_pattern_destroy(p->hatch);
    *p = (struct paint){ 0 };
}

static void paint_rect(const struct paint *p, const struct scene_item *item)
{
    struct ink ink = theme_ink(p->theme, item);
    struct shape_box box = shape_inset(item, ink.stroke_width);
    outline(p->cr, &box, item->open_end);
    paint_source(p->cr, ink.fill, ink.fill_alpha);
    if (item->hatched || ink.stroke_width > 0) cairo_fill_preserve(p->cr);
    else cairo_fill(p->cr);
    if (item->hatched) {
        cairo_set_source(p->cr, p->hatch);
        if (ink.stroke_width > 0) cairo_fill_preserve(p->cr);
        else cairo_fill(p->cr);
    }
    if (ink.stroke_width > 0) {
        paint_source(p->cr, ink.stroke, 1);
        cairo_set_line_width(p->cr, ink.stroke_width);
        cairo_stroke(p->cr);
    }
}

void paint_shape(const struct paint *p, const struct scene_item *item)
{
    if (item->kind == SCENE_RECT) {
        paint_rect(p, item);
        return;
    }
    struct ink ink = theme_ink(p->theme, item);
    if (item->kind == SCENE_ARROW) {
        struct point points[ARROW_POINTS];
        shape_arrow(item, points);
        for (int i = 0; i < ARROW_POINTS; i++) cairo_line_to(p->cr, points[i].x, points[i].y);
        cairo_close_path(p->cr);
        paint_source(p->cr, ink.fill, 1);
        cairo_fill(p->cr);
        return;
    }
    cairo_move_to(p->cr, item->x, item->y);
    if (item->kind == SCENE_CURVE) {
        struct point first, second;
        shape_curve(item, &first, &second);
        cairo_curve_to(p->cr, first.x, first.y, second.x, second.y, item->x + item->w, item->y + item->h);
    } else {
        cairo_line_to(p->cr, item->x + item->w, item->y + item->h);
    }
    paint_source(p->cr, ink.stroke, 1);
    cairo_set_line_width(p->cr, ink.stroke_width);
    cairo_stroke(p->cr);
}
