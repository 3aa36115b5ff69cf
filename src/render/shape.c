/* SPDX-License-Identifier: MIT */
#include "render/shape.h"

#define TOOTH 3.0 /* px that a tooth reaches inwards */

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
    *ret_first = (struct point){ item->x + item->w / 2, item->y };
    *ret_second = (struct point){ item->x + item->w / 2, item->y + item->h };
}

double shape_text_left(const struct scene_item *item)
{
    if (item->align == ALIGN_LEFT) return item->x;
    return item->x - (item->align == ALIGN_CENTER ? item->width / 2 : item->width);
}
