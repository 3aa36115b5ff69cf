/* SPDX-License-Identifier: MIT
 *
 * What the files of the Gantt chart share: one struct that is filled while measuring (gantt.c) and only read while
 * drawing. From top to bottom: head (gantt_head.c), strip (gantt_strip.c), axis and grid (gantt_axis.c), rows
 * (gantt_rows.c, texts in gantt_text.c), and what leads from row to row (gantt_links.c).
 */
#ifndef LAYOUT_GANTT_CHART_H
#define LAYOUT_GANTT_CHART_H

#include "layout/caption.h"
#include "layout/gantt.h"
#include "layout/metrics.h"
#include "layout/rows.h"
#include "layout/scale.h"

#include <math.h>

#define GANTT_MARGIN     20.0
#define GANTT_BAR_HEIGHT 14.0
#define GANTT_BAR_GAP    7.0 /* bar to duration */
#define GANTT_NAMES_GAP  18.0
#define GANTT_ERROR_GAP  3.5 /* between duration and error */

#define GANTT_TITLE_SIZE 18.0
#define GANTT_TEXT_SIZE  13.0
#define GANTT_SMALL_SIZE 12.0
#define GANTT_TICK_SIZE  11.5

/* What a critical path looks like: under the bars, a little above the row's end. */
#define GANTT_PATH_BELOW 10.0 /* from a row's middle */
#define GANTT_PATH_THICK 2.5

enum {
    GANTT_RUN_ID_MAX = 280,     /* px */
    GANTT_ROWS_AXIS_TWICE = 24, /* more rows have the axis below as well */
};

/* Where a row's bar and the texts beside it are. */
struct bar {
    double left, width; /* width 0: the step has no time */
    double text_left, text_right;
    struct str text;   /* "480 ms · error · 1,830 tokens" */
    struct str error;  /* first line of what failed, "" when another row says it */
    double error_room; /* px: its width, uncut, and the gap before it */
    double error_left;
};

/* A piece of the critical path in one row. */
struct piece {
    uint32_t row;
    double from, to; /* px */
};

struct gantt_link {
    uint32_t from, to; /* rows */
};

struct chart {
    const struct run *run;
    const struct gantt_options *o;
    struct scene *s;
    struct arena *a; /* texts that may not end up in the scene */
    struct rows rows;
    struct bar *bars;               /* by row */
    uint32_t *row_of;               /* by step index: the row that shows the step or its nearest ancestor with one */
    const struct critical *path;    /* NULL: not drawn */
    const struct running *strip;    /* NULL: not drawn */
    const struct gantt_link *links; /* drawn */
    uint32_t link_count, links_found;
    bool warnings, errors_logged, folds; /* occur */
    double indent;                       /* a level's, px */
    double names, plot;                  /* left edges */
    double right;                        /* of everything */
    double row_height, top;
    struct scale scale;
    int64_t start, end; /* µs; TIME_NONE when no row has a time */
};

/* A step that is older than the run has no place on its axis. */
static inline bool gantt_has_time(const struct step *step) { return step->start != TIME_NONE && !step->older; }

/* Until when a bar is drawn. */
static inline int64_t gantt_bar_end(const struct step *step)
{
    return step->shown_end > step->start ? step->shown_end : step->start;
}

/* y of the middle of a row's bar. */
static inline double gantt_middle(const struct chart *c, uint32_t row)
{
    return c->top + c->row_height * row + floor(c->row_height / 2);
}

static inline double gantt_bottom(const struct chart *c) { return c->top + c->row_height * c->rows.count; }

static inline struct scene_item *gantt_small(const struct chart *c, enum scene_role role, double x, double baseline,
                                             struct str text)
{
    return scene_text(c->s, role, x, baseline, GANTT_SMALL_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, text);
}

/* gantt.c: sets path and strip. Where steps come one after the other, the path is the whole run, and the number of
 * running steps one: both say nothing then and stay NULL. */
void gantt_find_analysis(struct chart *c);

/* gantt_text.c: what stands in a row. */
double gantt_names_width(const struct chart *c);
double gantt_indent_of(const struct chart *c, const struct row *row);
void gantt_find_texts(struct chart *c);
void gantt_put_name(const struct chart *c, uint32_t i, double baseline);
void gantt_put_beside(const struct chart *c, uint32_t i, double baseline);
/* "demo.load.page_1 · 480 ms · error · starts at +120 ms". */
struct str gantt_tip(const struct chart *c, uint32_t i);

/* gantt_rows.c: bars with what lies on them. */
struct scene_item *gantt_bar(struct scene *s, enum step_status status, double x, double y, double w, double h);
void gantt_mark(struct scene *s, bool error, double x, double y);
void gantt_find_marks(struct chart *c);
void gantt_put_guides(const struct chart *c);
void gantt_put_row(const struct chart *c, uint32_t i);

/* gantt_head.c: title, line of facts, notes, legend. Sets where the rows begin. */
void gantt_put_head(struct chart *c);
/* "Gantt chart: …", for readers who do not see it. */
void gantt_put_words(const struct chart *c);

/* gantt_axis.c */
void gantt_put_axis(const struct chart *c);
/* px that the axis needs between what is above it and the first row. */
double gantt_axis_height(const struct chart *c);
/* A vertical line with gaps where it would cross a text beside a bar. */
void gantt_put_upright(const struct chart *c, enum scene_role role, double thickness, double x, double y1, double y2);

/* gantt_strip.c: the number of running steps over the plot; `y` is its top. */
#define GANTT_STRIP_HEIGHT 34.0
struct str gantt_strip_text(const struct chart *c); /* "up to 8 steps at once" */
void gantt_put_strip(const struct chart *c, double y);

/* gantt_links.c: what leads from row to row. */
void gantt_find_links(struct chart *c);
void gantt_put_links(const struct chart *c);
void gantt_put_path(const struct chart *c);

/* gantt_mini.c: the whole chart as a sparkline. */
void gantt_mini(struct chart *c);

#endif
