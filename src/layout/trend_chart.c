/* SPDX-License-Identifier: MIT */
#include "layout/trend_chart.h"

#include "layout/caption.h"
#include "layout/metrics.h"

#include <math.h>

#define CHANGE_RISE  15.0 /* from the plot to the words: between them is the sign of runs beyond the edge */
#define OUTLIER_OVER 3.0  /* times the 95th percentile: what is beyond is drawn at the upper edge, */
#define OUTLIER_TOP  1.5  /* which is at so many times of it */

double trend_x(const struct chart *c, double place)
{
    return c->left + place / (double)c->trend->count * (c->right - c->left);
}

double trend_y(const struct chart *c, int64_t duration) { return c->bottom - scale_x(&c->y, duration) / Y_TICKS_PART; }

struct str trend_duration(const struct chart *c, const char *before, int64_t us)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, before);
    clock_put_duration(&b, us, c->o->unit);
    return caption_take(&b, c->s->arena);
}

void trend_put_date(struct buf *b, int64_t time, enum trend_date precision)
{
    struct buf utc = BUF_INIT;
    clock_put_utc(&utc, time);
    struct str text = buf_str(&utc), day = str_cut(&text, ' ');
    buf_put(b, day);
    if (precision != DATE_DAY) {
        buf_putc(b, ' ');
        buf_put(b, str_first(text, precision == DATE_MINUTE ? 5 : 8));
    }
    buf_free(&utc);
}

void trend_put_change(const struct trend *trend, size_t stretch, enum time_unit unit, struct buf *b)
{
    int64_t before = trend->stretches[stretch - 1].median, now = trend->stretches[stretch].median;
    buf_puts(b, now > before ? "slower since run #" : "faster since run #");
    buf_put_number(b, trend->stretches[stretch].first + 1);
    buf_puts(b, ", ");
    trend_put_date(b, trend->points[trend->stretches[stretch].first].run->start, DATE_DAY);
    buf_puts(b, ": ");
    clock_put_duration(b, before, unit);
    buf_puts(b, " → ");
    clock_put_duration(b, now, unit);
}

void trend_find_longest(struct chart *c)
{
    const struct trend *t = c->trend;
    int64_t slowest = 0, usual = 0;
    for (size_t i = 0; i < t->count; i++)
        if (t->points[i].duration > slowest) slowest = t->points[i].duration;
    for (size_t i = 0; i < t->stretch_count; i++) {
        const struct trend_stretch *stretch = &t->stretches[i];
        int64_t most = stretch->p95;
        if (most == TIME_NONE) most = stretch->median > INT64_MAX / 2 ? INT64_MAX : 2 * stretch->median;
        if (most > usual) usual = most;
    }
    int64_t top = slowest;
    if (usual > 0 && (double)slowest > OUTLIER_OVER * (double)usual) top = (int64_t)(OUTLIER_TOP * (double)usual);
    if (top < 1) top = 1;
    c->longest = top;
    c->beyond = 0;
    for (size_t i = 0; i < t->count; i++) c->beyond += t->points[i].duration > top;
}

static void put_y_axis(struct chart *c)
{
    for (uint32_t i = 0; i < c->y.ticks; i++) {
        struct buf label = BUF_INIT;
        double y = c->bottom - scale_tick_x(&c->y, i) / Y_TICKS_PART;
        scale_put_label(&c->y, i, &label);
        scene_line(c->s, i ? ROLE_GRID : ROLE_AXIS, c->left, y, c->right, y);
        scene_text(c->s, ROLE_LABEL_MUTED, c->left - GUTTER_GAP, y + 4, TICK_SIZE, WEIGHT_REGULAR, ALIGN_RIGHT,
                   buf_str(&label));
        buf_free(&label);
    }
}

/* The next round number of runs from tick to tick. */
static size_t next_step(size_t step)
{
    size_t power = 1;
    while (step / power >= 10) power *= 10;
    size_t digit = step / power;
    return digit < 2 ? 2 * power : digit < 5 ? 5 * power : 10 * power;
}

/* How exact the dates below the plot are, so that hardly any two say the same; *ret_room: px from one to the next. */
static enum trend_date date_precision(const struct chart *c, double *ret_room)
{
    static const double spans[] = { [DATE_DAY] = 86400e6, [DATE_MINUTE] = 60e6, [DATE_SECOND] = 0 }; /* µs */
    const struct trend *t = c->trend;
    double span = (double)(t->points[t->count - 1].run->start - t->points[0].run->start);
    enum trend_date precision = DATE_DAY;
    for (;; precision++) {
        struct buf b = BUF_INIT;
        trend_put_date(&b, t->points[0].run->start, precision);
        *ret_room = metrics_width(buf_str(&b), TICK_SIZE, WEIGHT_REGULAR) + TICK_GAP;
        buf_free(&b);
        double ticks = fmin((double)t->count, (c->right - c->left) / *ret_room);
        if (precision == DATE_SECOND || span >= (ticks - 1) * spans[precision]) return precision;
    }
}

/* "#1", "#10", "#20", and below when they began. */
static void put_x_axis(struct chart *c)
{
    const struct trend *t = c->trend;
    double run = (c->right - c->left) / (double)t->count, room, drawn_to = 0;
    enum trend_date precision = date_precision(c, &room);
    struct buf b = BUF_INIT;
    size_t step = 1;
    while ((double)step * run < room && step < t->count) step = next_step(step);
    for (size_t at = 1; at <= t->count; at = at == 1 && step > 1 ? step : at + step) {
        double x = trend_x(c, (double)at - 0.5);
        if (at > 1 && x - room / 2 < drawn_to) continue;
        buf_putc(&b, '#');
        buf_put_number(&b, at);
        scene_line(c->s, ROLE_AXIS, x, c->bottom, x, c->bottom + 4);
        scene_text(c->s, ROLE_LABEL_MUTED, x, c->bottom + 17, TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, buf_str(&b));
        buf_clear(&b);
        trend_put_date(&b, t->points[at - 1].run->start, precision);
        scene_text(c->s, ROLE_LABEL_MUTED, x, c->bottom + 32, TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, buf_str(&b));
        buf_clear(&b);
        drawn_to = x + room / 2;
    }
    buf_free(&b);
}

static double stretch_end(const struct chart *c, const struct trend_stretch *stretch)
{
    return trend_x(c, (double)stretch->end);
}

/* The pale band from the median to the 95th percentile; under the grid. */
static void put_bands(struct chart *c)
{
    for (size_t i = 0; i < c->trend->stretch_count; i++) {
        const struct trend_stretch *stretch = &c->trend->stretches[i];
        if (stretch->p95 == TIME_NONE) continue;
        double x = trend_x(c, (double)stretch->first), high = trend_y(c, stretch->p95),
               low = trend_y(c, stretch->median);
        if (low > high) scene_rect(c->s, ROLE_FOLD, x, high, stretch_end(c, stretch) - x, low - high);
    }
}

static void put_medians(struct chart *c)
{
    const struct trend *t = c->trend;
    for (size_t i = 0; i < t->stretch_count; i++) {
        const struct trend_stretch *stretch = &t->stretches[i];
        double y = trend_y(c, stretch->median);
        scene_line(c->s, ROLE_CRITICAL, trend_x(c, (double)stretch->first), y, stretch_end(c, stretch), y)->thickness =
            1.5;
    }
    if (!t->stretch_count) return;
    const struct trend_stretch *last = &t->stretches[t->stretch_count - 1];
    double median = trend_y(c, last->median), p95 = last->p95 == TIME_NONE ? c->top : trend_y(c, last->p95);
    if (last->p95 != TIME_NONE && median - p95 < LEADING - 3) {
        double middle = fmin(fmax((median + p95) / 2, c->top + LEADING / 2), c->bottom - LEADING / 2);
        median = middle + (LEADING - 3) / 2;
        p95 = middle - (LEADING - 3) / 2;
    }
    scene_text(c->s, ROLE_LABEL, c->right + GUTTER_GAP, median + 4, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
               trend_duration(c, "median ", last->median));
    if (last->p95 == TIME_NONE) return;
    scene_text(c->s, ROLE_LABEL_MUTED, c->right + GUTTER_GAP, p95 + 4, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
               trend_duration(c, "p95 ", last->p95));
}

/* The last change first: its words have the room they need, those of earlier ones what is left. */
static void put_changes(struct chart *c)
{
    const struct trend *t = c->trend;
    double free_to = c->right;
    for (size_t i = t->stretch_count; i-- > 1;) {
        struct buf b = BUF_INIT;
        double x = trend_x(c, (double)t->stretches[i].first);
        trend_put_change(t, i, c->o->unit, &b);
        double width = metrics_width(buf_str(&b), TEXT_SIZE, WEIGHT_REGULAR);
        double left = fmin(x - 4, free_to - width);
        bool fits = left >= c->left && left + width >= x;
        struct scene_item *line = scene_line(c->s, ROLE_CRITICAL, x, fits ? c->top - CHANGE_RISE + 4 : c->top, x,
                                             c->bottom);
        line->thickness = 1;
        line->tip = arena_copy(c->s->arena, buf_str(&b));
        if (fits) {
            scene_text(c->s, ROLE_LABEL, left, c->top - CHANGE_RISE, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
                       buf_str(&b));
            free_to = left - TICK_GAP;
        }
        buf_free(&b);
    }
}

void trend_put_chart(struct chart *c)
{
    put_bands(c);
    put_y_axis(c);
    put_x_axis(c);
    put_medians(c);
    trend_put_marks(c);
    put_changes(c);
}
