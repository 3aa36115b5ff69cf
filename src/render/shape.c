/* SPDX-License-Identifier: MIT */
#include "render/shape.h"

#define TOOTH         3.0       /* px that a tooth reaches inwards */
#define QUARTER_REACH 0.5522847 /* of the way: a quarter of an ellipse */
#define ARROW_HALF    0.45      /* half the width of an arrow head, by its length */

struct shape_box shape_inset(const struct scene_item *item, double border)
{
    double inset = border / 2;
    if (inset > item->w / 2) inset = item->w / 2;
    if (inset > item->h / 2) inset = item->h / 2;
    struct shape_box box = { item->x + inset, item->y + inset, item->w - 2 * inset, item->h - 2 * inset, item->radius };
    if (box.radius > box.w / 2) box.radius = box.w / 2;
    if (box.radius > box.h / 2) box.radius = box.h / 2;
    return box;
}

void shape_tear(const struct shape_box *box, struct point points[TEAR_POINTS])
{
    double depth = box->w / 2 < TOOTH ? box->w / 2 : TOOTH;
    for (int i = 0; i < TEAR_POINTS; i++)
        points[i] = (struct point){ box->x + box->w - (i % 2 ? depth : 0), box->y + box->h * i / (TEAR_POINTS - 1) };
}

void shape_curve(const struct scene_item *item, struct point *ret_first, struct point *ret_second)
{
    bool level_start = item->bend == BEND_LEVEL || item->bend == BEND_LEVEL_UPRIGHT;
    bool level_end = item->bend == BEND_LEVEL || item->bend == BEND_UPRIGHT_LEVEL;
    double reach = level_start == level_end ? 0.5 : QUARTER_REACH, back = 1 - reach;
    *ret_first = level_start ? (struct point){ item->x + item->w * reach, item->y }
                             : (struct point){ item->x, item->y + item->h * reach };
    *ret_second = level_end ? (struct point){ item->x + item->w * back, item->y + item->h }
                            : (struct point){ item->x + item->w, item->y + item->h * back };
}

void shape_arrow(const struct scene_item *item, struct point points[ARROW_POINTS])
{
    double half_x = -item->h * ARROW_HALF, half_y = item->w * ARROW_HALF;
    points[0] = (struct point){ item->x + item->w, item->y + item->h };
    points[1] = (struct point){ item->x + half_x, item->y + half_y };
    points[2] = (struct point){ item->x - half_x, item->y - half_y };
}

double shape_text_left(const struct scene_item *item)
{
    if (item->align == ALIGN_LEFT) return item->x;
    return item->x - (item->align == ALIGN_CENTER ? item->width / 2 : item->width);
}
