/* SPDX-License-Identifier: MIT
 *
 * The picture of all runs over time.
 */
#include "cli/drawings.h"
#include "layout/trend.h"

bool put_trend(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    struct arena arena = { 0 };
    struct trends trends;
    struct scene s;
    const struct trend_options t = {
        .unit = (enum time_unit)w->o->unit,
        .min_width = w->o->min_width,
        .min_height = w->o->min_height,
        .max_side = picture_side(w, path),
        .title = str_z(w->o->title),
    };
    trends_of(w->l->runs, &arena, &trends);
    scene_init(&s, &arena);
    trend_layout(&trends, &t, &s);
    bool good = put_picture(w, path, &s, out, e);
    scene_free(&s);
    arena_free(&arena);
    return good;
}
