/* SPDX-License-Identifier: MIT
 *
 * One chart of the picture of trend.c, between its parts: axes, bands and changes (trend_chart.c), the marks of the
 * runs (trend_marks.c). Coordinates are final.
 */
#ifndef LAYOUT_TREND_CHART_H
#define LAYOUT_TREND_CHART_H

#include "layout/scale.h"
#include "layout/trend.h"

#define TEXT_SIZE    12.0
#define TICK_SIZE    11.5
#define LEADING      18.0
#define GUTTER_GAP   10.0
#define TICK_GAP     22.0 /* px at least between two labels below */
#define Y_TICKS_PART 2.0  /* the axis of time wants more room from tick to tick than lines of text do */
#define DOT_MAX      4.0  /* radius, px */
#define RUN_ID_MAX   280.0

struct chart {
    const struct trend *trend;
    const struct trend_options *o;
    struct scene *s;
    struct scale y; /* of Y_TICKS_PART times the height */
    double left, right, top, bottom;
    int64_t longest; /* that the plot has room for */
    size_t beyond;   /* runs that are drawn at the upper edge */
    size_t columns;  /* 0: every run has a mark */
};

/* The left edge of the run at `place`, whose middle is half a run further; the height of a duration. */
double trend_x(const struct chart *c, double place);
double trend_y(const struct chart *c, int64_t duration);

/* The longest duration that the chart has room for: that of the slowest run, unless it is so much slower than nearly
 * all that they would lie flat. Counts those beyond. */
void trend_find_longest(struct chart *c);
/* "2026-05-18", "2026-05-18 04:26", "2026-05-18 04:26:40". */
enum trend_date { DATE_DAY, DATE_MINUTE, DATE_SECOND };
void trend_put_date(struct buf *b, int64_t time, enum trend_date precision);
struct str trend_duration(const struct chart *c, const char *before, int64_t us);

/* "38 runs · ▲ 2 failed · 2026-05-01 to 2026-05-20 UTC": shapes tell what a mark is, those that occur. */
void trend_put_head(struct chart *c, double x, double y);
void trend_put_marks(struct chart *c);
/* All within its bounds, and the texts around them. */
void trend_put_chart(struct chart *c);

#endif
