/* SPDX-License-Identifier: MIT
 *
 *     import-orders                                       <- head: the pipeline, and what is known of its runs
 *     38 runs · 2 failed · 2026-05-01 to 2026-05-20
 *                             slower since run #31, 2026-05-12: 12.1 s → 18.4 s
 *     20 s ┬──────────────────────┊──────────             <- changes: words above the plot, a line through it
 *          ┊  ·    ▲              ┊· ··  · ··   p95 19 s
 *     10 s ┼─·─·──···──·───·──·───┊──────────   median 18.4 s
 *          ┊                      ┊             <- of the last stretch
 *      0   └──────────────────────┴──────────
 *          #1         #10         #20           <- runs have equal room, whenever they began
 *          2026-05-01 2026-05-04  2026-05-12
 *     <- gutter ->< plot ->< labels of the lines
 *
 * The gutters are as wide as the widest text in any chart, so that all plots of a picture stand below each other. More
 * runs than the plot has room for share columns: a line from the fastest to the slowest completed one, a dot at their
 * median, a mark at the slowest failed one.
 */
#include "layout/trend.h"

#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/trend_chart.h"

#include <math.h>

#define MARGIN      20.0
#define TITLE_SIZE  18.0
#define HEAD_SIZE   15.0  /* a pipeline's name below a title */
#define WIDTH       960.0 /* of a picture without a minimal width */
#define PLOT_MIN    120.0
#define PLOT_HEIGHT 220.0
#define PLOT_LOW    110.0 /* in a picture of several */
#define CHANGE_ROOM 24.0  /* above a plot that has changes */
#define PLOT_GAP    22.0
#define TICKS_ROOM  36.0 /* below: two lines */
#define CHART_GAP   26.0
#define GUTTER_MIN  36.0 /* half of a date below the first mark, and the last */
#define COLUMN      4.0  /* px: runs that have less share a column of this width */

static struct str name_of(const struct trend *t, struct arena *a)
{
    struct str name = str_trim(metrics_clean(t->name, a));
    return name.len ? name : CAPTION_NO_NAME;
}

struct picture {
    const struct trend_options *o;
    struct scene *s;
    struct chart charts[TREND_CHARTS_MAX];
    size_t count, more, single; /* pipelines without a chart: beyond the limit; with one run */
    double gutter, labels;      /* left and right of the plots */
    double plot_height;
    struct str title;
};

static void choose(struct picture *p, const struct trends *trends)
{
    bool tell = trends_tell(trends);
    for (size_t i = 0; i < trends->count; i++) {
        const struct trend *t = &trends->list[i];
        if (t->count < (tell ? 2U : 1U)) p->single++;
        else if (p->count == TREND_CHARTS_MAX) p->more++;
        else p->charts[p->count++] = (struct chart){ .trend = t, .o = p->o, .s = p->s };
    }
}

static void widen(double *width, struct str text, double size)
{
    *width = fmax(*width, ceil(metrics_width(text, size, WEIGHT_REGULAR)) + GUTTER_GAP);
}

static void measure(struct picture *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct chart *c = &p->charts[i];
        trend_find_longest(c);
        c->y = scale_make(0, c->longest, 0, p->plot_height * Y_TICKS_PART, p->o->unit, TICK_SIZE);
        for (uint32_t k = 0; k < c->y.ticks; k++) {
            struct buf label = BUF_INIT;
            scale_put_label(&c->y, k, &label);
            widen(&p->gutter, buf_str(&label), TICK_SIZE);
            buf_free(&label);
        }
        if (!c->trend->stretch_count) continue;
        const struct trend_stretch *last = &c->trend->stretches[c->trend->stretch_count - 1];
        widen(&p->labels, trend_duration(c, "median ", last->median), TEXT_SIZE);
        if (last->p95 != TIME_NONE) widen(&p->labels, trend_duration(c, "p95 ", last->p95), TEXT_SIZE);
    }
}

static double chart_height(const struct picture *p, const struct chart *c)
{
    return 2 * LEADING + (c->trend->stretch_count > 1 ? CHANGE_ROOM : 0) + PLOT_GAP + p->plot_height + TICKS_ROOM;
}

static double height_of(const struct picture *p)
{
    double height = 2 * MARGIN + (p->title.len ? 2 * LEADING : 0) + (p->more || p->single ? 2 * LEADING : 0);
    for (size_t i = 0; i < p->count; i++) height += chart_height(p, &p->charts[i]) + (i ? CHART_GAP : 0);
    return height;
}

/* "4 pipelines that ran once and 3 more have no chart" */
static struct str left_out_text(const struct picture *p)
{
    struct buf b = BUF_INIT;
    if (p->single) buf_put_count(&b, p->single, "pipeline that ran once", "pipelines that ran once");
    if (p->single && p->more) buf_puts(&b, " and ");
    if (p->more) buf_put_count(&b, p->more, "more pipeline", "more pipelines");
    buf_puts(&b, p->single + p->more == 1 ? " has no chart" : " have no chart");
    return caption_take(&b, p->s->arena);
}

static void put_head(struct picture *p, struct chart *c, double y)
{
    double size = p->count == 1 && !p->title.len ? TITLE_SIZE : HEAD_SIZE, width = p->s->width - 2 * MARGIN;
    struct str name = metrics_fit_end(name_of(c->trend, p->s->arena), size, WEIGHT_BOLD, width, p->s->arena);
    scene_text(p->s, ROLE_TITLE, MARGIN, y + LEADING - 4, size, WEIGHT_BOLD, ALIGN_LEFT, name);
    trend_put_head(c, MARGIN, y + 2 * LEADING - 2);
}

static void place(struct picture *p)
{
    double y = MARGIN;
    if (p->title.len) {
        struct str title = metrics_fit_end(metrics_clean(p->title, p->s->arena), TITLE_SIZE, WEIGHT_BOLD,
                                           p->s->width - 2 * MARGIN, p->s->arena);
        scene_text(p->s, ROLE_TITLE, MARGIN, y + LEADING - 4, TITLE_SIZE, WEIGHT_BOLD, ALIGN_LEFT, title);
        y += 2 * LEADING;
    }
    for (size_t i = 0; i < p->count; i++) {
        struct chart *c = &p->charts[i];
        c->left = MARGIN + p->gutter;
        c->right = p->s->width - MARGIN - p->labels;
        c->bottom = y + chart_height(p, c) - TICKS_ROOM;
        c->top = c->bottom - p->plot_height;
        size_t columns = (size_t)((c->right - c->left) / COLUMN);
        c->columns = c->trend->count > columns ? columns : 0;
        put_head(p, c, y);
        trend_put_chart(c);
        y += chart_height(p, c) + CHART_GAP;
    }
    if (p->more || p->single)
        scene_text(p->s, ROLE_LABEL_MUTED, MARGIN, p->s->height - MARGIN, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
                   left_out_text(p));
}

/* What someone who does not see the picture is told. */
static void describe(struct picture *p)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "Durations of runs over time.");
    for (size_t i = 0; i < p->count; i++) {
        const struct trend *t = p->charts[i].trend;
        buf_putc(&b, ' ');
        buf_put(&b, metrics_fit_end(name_of(t, p->s->arena), TEXT_SIZE, WEIGHT_REGULAR, RUN_ID_MAX, p->s->arena));
        buf_puts(&b, ": ");
        buf_put_count(&b, t->count, "run", "runs");
        if (t->failed) buf_puts(&b, ", "), buf_put_count(&b, t->failed, "failed", "failed");
        if (t->stretch_count > 1) {
            buf_puts(&b, ", ");
            trend_put_change(t, t->stretch_count - 1, p->o->unit, &b);
        } else if (t->stretch_count) {
            buf_puts(&b, ", median ");
            clock_put_duration(&b, t->stretches[0].median, p->o->unit);
        }
        buf_putc(&b, '.');
    }
    p->s->description = caption_take(&b, p->s->arena);
}

void trend_layout(const struct trends *trends, const struct trend_options *o, struct scene *s)
{
    struct picture p = { .o = o, .s = s, .gutter = GUTTER_MIN, .labels = GUTTER_MIN };
    choose(&p, trends);
    p.title = o->bare ? S("") : o->title;
    if (!p.title.len && !o->bare && p.count != 1) p.title = S("Durations of runs");
    p.plot_height = p.count > 1 ? PLOT_LOW : PLOT_HEIGHT;
    double spare = o->min_height - height_of(&p);
    if (p.count && spare > 0) p.plot_height += floor(spare / (double)p.count);
    measure(&p);
    double least = 2 * MARGIN + p.gutter + p.labels + PLOT_MIN;
    s->width = fmax(fmax(o->min_width > 0 ? o->min_width : WIDTH, WIDTH), least);
    if (o->max_side > 0) s->width = fmin(s->width, o->max_side);
    s->height = height_of(&p);
    s->title = o->title.len ? o->title : p.count == 1 ? name_of(p.charts[0].trend, s->arena) : S("Durations of runs");
    s->id_prefix = "t";
    scene_rect(s, ROLE_BACKGROUND, 0, 0, s->width, s->height);
    place(&p);
    describe(&p);
}
