/* SPDX-License-Identifier: MIT
 *
 * A mark for each run, or for each column of runs, and the line that explains them.
 */
#include "layout/trend_chart.h"

#include "layout/caption.h"
#include "layout/metrics.h"

#include <math.h>
#include <stdlib.h>

#define DOT_PART    0.42
#define DOT_LEAST   1.75
#define FAILED_SIZE 9.0

static const char *status_word(const struct run *run)
{
    return run->status == RUN_UNFINISHED || run->status == RUN_RUNNING ? "without an end"
                                                                       : run_status_name(run->status);
}

/* "#31 · run import-7 · completed · 2026-05-18 04:26:40.125 UTC · 12.4 s" */
static struct str point_tip(const struct chart *c, size_t i)
{
    const struct trend_point *p = &c->trend->points[i];
    struct buf b = BUF_INIT;
    buf_putc(&b, '#');
    buf_put_number(&b, i + 1);
    if (p->run->id.len) {
        buf_puts(&b, " · run ");
        buf_put(&b, metrics_fit_middle(metrics_clean(p->run->id, c->s->arena), TEXT_SIZE, WEIGHT_REGULAR, RUN_ID_MAX,
                                       c->s->arena));
    }
    buf_puts(&b, " · ");
    buf_puts(&b, status_word(p->run));
    buf_puts(&b, " · ");
    clock_put_utc(&b, p->run->start);
    buf_puts(&b, " · ");
    clock_put_duration(&b, p->duration, c->o->unit);
    return caption_take(&b, c->s->arena);
}

/* A completed run is a dot, a failed one a triangle, one without an end a ring. */
static struct scene_item *put_shape(struct chart *c, enum run_status status, double x, double y, double radius)
{
    if (status == RUN_FAILED) {
        double size = FAILED_SIZE * fmax(radius / DOT_MAX, 0.7);
        return scene_arrow(c->s, ROLE_ERROR, x, y + size / 2, x, y - size / 2);
    }
    bool ended = status == RUN_COMPLETED;
    double r = ended ? radius : fmax(radius, 3);
    struct scene_item *item = scene_rect(c->s, ended ? ROLE_OK : ROLE_UNFINISHED, x - r, y - r, 2 * r, 2 * r);
    item->radius = r;
    item->outlined = !ended;
    return item;
}

/* An angle that points beyond the upper edge. */
static void put_angle(struct chart *c, double x, double y)
{
    scene_line(c->s, ROLE_CRITICAL, x - 3.5, y, x, y - 3.5)->thickness = 1.25;
    scene_line(c->s, ROLE_CRITICAL, x, y - 3.5, x + 3.5, y)->thickness = 1.25;
}

static void put_mark(struct chart *c, double x, double radius, size_t point, int64_t duration, struct str tip)
{
    const struct trend_point *p = &c->trend->points[point];
    struct scene_item *item = put_shape(c, p->run->status, x, trend_y(c, duration), radius);
    item->tip = tip;
    if (c->o->links) item->link = c->o->links[p->position];
}

/* A piece of the line below a pipeline's name: what it is about has its mark before it. */
static void put_piece(struct chart *c, double *x, double y, struct buf *text)
{
    scene_text(c->s, ROLE_SUBTITLE, *x, y, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, str_trim(buf_str(text)));
    *x += metrics_width(buf_str(text), TEXT_SIZE, WEIGHT_REGULAR);
    buf_clear(text);
}

enum { ANGLE = RUN_STATUS_COUNT };

static void put_counts(struct chart *c, double *x, double y, struct buf *b)
{
    const struct trend *t = c->trend;
    const struct {
        size_t count;
        const char *words;
        unsigned mark; /* enum run_status; RUN_COMPLETED: none; or ANGLE */
    } counts[] = {
        { t->failed, "failed", RUN_FAILED },
        { t->count - t->completed - t->failed, "without an end", RUN_UNFINISHED },
        { c->beyond, "beyond the upper edge", c->columns ? RUN_COMPLETED : ANGLE },
        { t->untimed, "more without times", RUN_COMPLETED },
    };
    buf_put_count(b, t->count, "run", "runs");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!counts[i].count) continue;
        buf_puts(b, " · ");
        if (counts[i].mark != RUN_COMPLETED) {
            put_piece(c, x, y, b);
            if (counts[i].mark == ANGLE) put_angle(c, *x + DOT_MAX, y - DOT_MAX + 2);
            else put_shape(c, (enum run_status)counts[i].mark, *x + DOT_MAX, y - DOT_MAX, DOT_MAX);
            *x += 2 * DOT_MAX + 4;
        }
        buf_put_count(b, counts[i].count, counts[i].words, counts[i].words);
    }
}

void trend_put_head(struct chart *c, double x, double y)
{
    const struct trend *t = c->trend;
    struct buf b = BUF_INIT, last = BUF_INIT;
    put_counts(c, &x, y, &b);
    if (t->count) {
        size_t from = b.len;
        buf_puts(&b, " · ");
        trend_put_date(&b, t->points[0].run->start, DATE_DAY);
        trend_put_date(&last, t->points[t->count - 1].run->start, DATE_DAY);
        if (!str_ends(str_skip(buf_str(&b), from), buf_str(&last))) {
            buf_puts(&b, " to ");
            buf_put(&b, buf_str(&last));
        }
        buf_puts(&b, " UTC");
    }
    if (c->columns) {
        buf_puts(&b, " · a column of up to ");
        buf_put_number(&b, (t->count + c->columns - 1) / c->columns);
        buf_puts(&b, " runs: fastest to slowest, and their median");
    }
    put_piece(c, &x, y, &b);
    buf_free(&last);
    buf_free(&b);
}

static void put_points(struct chart *c)
{
    double room = (c->right - c->left) / (double)c->trend->count;
    double radius = fmin(DOT_MAX, fmax(DOT_LEAST, room * DOT_PART));
    for (size_t i = 0; i < c->trend->count; i++) {
        int64_t duration = c->trend->points[i].duration;
        double x = trend_x(c, (double)i + 0.5);
        put_mark(c, x, radius, i, duration, point_tip(c, i));
        if (duration > c->longest) put_angle(c, x, c->top - radius - 2);
    }
}

struct sample {
    int64_t duration;
    size_t point;
};

static int by_duration(const void *pa, const void *pb)
{
    const struct sample *a = pa, *b = pb;
    if (a->duration != b->duration) return a->duration < b->duration ? -1 : 1;
    return (a->point > b->point) - (a->point < b->point);
}

/* The runs from `from` to before `end`: the completed ones by duration, how many others, and the slowest of those. */
struct column {
    size_t from, end;
    struct sample *completed;
    size_t completed_count, failed_count, open_count;
    struct sample failed, open;
};

static void add_slower(struct sample *slowest, size_t *count, struct sample sample)
{
    if (!*count || sample.duration > slowest->duration) *slowest = sample;
    ++*count;
}

static void fill_column(const struct trend *t, struct column *column)
{
    for (size_t i = column->from; i < column->end; i++) {
        struct sample sample = { t->points[i].duration, i };
        enum run_status status = t->points[i].run->status;
        if (status == RUN_COMPLETED) column->completed[column->completed_count++] = sample;
        else if (status == RUN_FAILED) add_slower(&column->failed, &column->failed_count, sample);
        else add_slower(&column->open, &column->open_count, sample);
    }
    if (column->completed_count)
        qsort(column->completed, column->completed_count, sizeof *column->completed, by_duration);
}

/* "#101 to #148 · 3 failed · completed in 12.1 s to 18.4 s, median 13.0 s" */
static struct str column_tip(const struct chart *c, const struct column *column)
{
    struct buf b = BUF_INIT;
    buf_putc(&b, '#');
    buf_put_number(&b, column->from + 1);
    buf_puts(&b, " to #");
    buf_put_number(&b, column->end);
    if (column->failed_count) buf_puts(&b, " · ");
    if (column->failed_count) buf_put_count(&b, column->failed_count, "failed", "failed");
    if (column->open_count) buf_puts(&b, " · ");
    if (column->open_count) buf_put_count(&b, column->open_count, "without an end", "without an end");
    if (column->completed_count) {
        const struct sample *sorted = column->completed;
        buf_puts(&b, " · completed in ");
        clock_put_duration(&b, sorted[0].duration, c->o->unit);
        buf_puts(&b, " to ");
        clock_put_duration(&b, sorted[column->completed_count - 1].duration, c->o->unit);
        buf_puts(&b, ", median ");
        clock_put_duration(&b, sorted[(column->completed_count - 1) / 2].duration, c->o->unit);
    }
    return caption_take(&b, c->s->arena);
}

static void put_column(struct chart *c, const struct column *column)
{
    double x = trend_x(c, (double)(column->from + column->end) / 2);
    bool single = column->end - column->from == 1;
    struct str tip = single ? point_tip(c, column->from) : column_tip(c, column);
    if (column->completed_count) {
        const struct sample *fastest = column->completed, *slowest = fastest + column->completed_count - 1;
        double high = trend_y(c, slowest->duration), low = trend_y(c, fastest->duration);
        int64_t median = fastest[(column->completed_count - 1) / 2].duration;
        if (!single) scene_rect(c->s, ROLE_STRIP, x - 0.75, high, 1.5, fmax(low - high, 1));
        put_mark(c, x, DOT_LEAST, slowest->point, median, tip);
    }
    if (column->open_count) put_mark(c, x, DOT_LEAST, column->open.point, column->open.duration, tip);
    if (column->failed_count) put_mark(c, x, DOT_LEAST, column->failed.point, column->failed.duration, tip);
}

static void put_columns(struct chart *c)
{
    size_t count = c->trend->count;
    struct sample *room = calloc(count / c->columns + 2, sizeof *room);
    if (!room) arena_exhausted(count * sizeof *room);
    for (size_t i = 0; i < c->columns; i++) {
        struct column column = { .from = i * count / c->columns,
                                 .end = (i + 1) * count / c->columns,
                                 .completed = room };
        fill_column(c->trend, &column);
        put_column(c, &column);
    }
    free(room);
}

void trend_put_marks(struct chart *c)
{
    if (c->columns) put_columns(c);
    else put_points(c);
}
