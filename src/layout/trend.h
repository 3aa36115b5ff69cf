/* SPDX-License-Identifier: MIT
 *
 * The durations of runs over time as a scene: a chart per pipeline, a mark per run.
 */
#ifndef LAYOUT_TREND_H
#define LAYOUT_TREND_H

#include "layout/scene.h"
#include "model/trend.h"

enum { TREND_CHARTS_MAX = 12 };

struct trend_options {
    enum time_unit unit;
    double min_width, min_height; /* px */
    double max_side;              /* px before scaling */
    struct str title;             /* "" : made of the pipelines */
    const struct str *links;      /* by position in the list of runs: what a mark leads to; NULL: nothing */
    bool bare;                    /* no title block: the page around it has one */
};

/* Pipelines with a single run have no chart unless all are like that. The scene's texts live in s->arena. */
void trend_layout(const struct trends *trends, const struct trend_options *o, struct scene *s);

/* "from 12.1 s to 18.4 s since run #31", the last change of a trend that has one. */
void trend_put_change(const struct trend *trend, size_t stretch, enum time_unit unit, struct buf *b);

#endif
