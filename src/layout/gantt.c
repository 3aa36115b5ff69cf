/* SPDX-License-Identifier: MIT
 *
 *     Title
 *     run 7f3a · failed · 2026-05-18 04:26:40.125 UTC · 1.24 s · 25 steps · 1 error
 *     1,800 of 2,000 steps have no row here: …
 *     ▬ ok  ▨ error  ━ critical path
 *     Up to 3 steps at once                  ▂▂▂▅▅▅▇▇▅▅▂▂▂▂▂▂
 *                                            0        0.5 s     1.0 s
 *     demo                                   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬ 1.24 s
 *     ├ load                                 ▬▬▬▬▬▬ 300 ms    ┊
 *     └ a name that is cut in … the middle   ┊      ▨▨▨▨▨▨▨▨▨ 480 ms · error · Connection ref…
 *     <- names, as wide as they need       -><- plot                -><- room for the texts beside the last bars
 *
 * Everything is measured before the first item is placed: the names give the plot's left edge, the texts beside the
 * bars give its width, so that no text meets a bar or leaves the picture.
 */
#include "layout/gantt_chart.h"

#define ROW_HEIGHT     26.0
#define ROW_HEIGHT_MAX 34.0 /* of short charts in a picture of a minimal height */
#define BAR_MIN        3.0  /* px: what took no time is still seen */

#define INDENT        15.0 /* a level */
#define INDENT_LEAST  4.0
#define INDENT_MAX    225.0 /* all levels together */
#define NAMES_PART    0.45  /* of a picture that may not be wider */
#define PLOT_WIDTH    660.0 /* of a picture without a minimal width */
#define PLOT_MIN      60.0
#define TICK_OVERHANG 26.0 /* half of a tick's label */

#define ERROR_ROOM  260.0 /* px that an error beside a bar may ask for */
#define ERROR_PART  0.7   /* of the plot's width that errors leave it */
#define ERROR_WIDEN 140.0 /* px that they may widen a picture by */

/* The span of the axis: the run's, made larger where a row reaches out of it. */
static void find_span(struct chart *c)
{
    c->start = c->run->start;
    c->end = c->run->end;
    for (uint32_t i = 0; i < c->rows.count; i++)
        for (uint32_t k = 0; k < c->rows.items[i].step_count; k++) {
            const struct step *step = c->rows.items[i].steps[k];
            if (!gantt_has_time(step)) continue;
            if (c->start == TIME_NONE || step->start < c->start) c->start = step->start;
            if (c->end == TIME_NONE || gantt_bar_end(step) > c->end) c->end = gantt_bar_end(step);
        }
    if (c->end < c->start || c->start == TIME_NONE) c->end = c->start;
}

static void find_indent(struct chart *c)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < c->rows.count; i++)
        if (c->rows.items[i].depth > deepest) deepest = c->rows.items[i].depth;
    c->indent = INDENT;
    if (deepest * INDENT > INDENT_MAX) c->indent = fmax(floor(INDENT_MAX / deepest), INDENT_LEAST);
}

/* What a row shows of time: from its first bar to its last. False when it has no bar. */
static bool row_span(const struct row *row, int64_t *ret_from, int64_t *ret_to)
{
    bool any = false;
    for (uint32_t k = 0; k < row->step_count; k++) {
        const struct step *step = row->steps[k];
        if (!gantt_has_time(step)) continue;
        if (!any || step->start < *ret_from) *ret_from = step->start;
        if (!any || gantt_bar_end(step) > *ret_to) *ret_to = gantt_bar_end(step);
        any = true;
    }
    return any;
}

/* The largest width of the plot at which every text still fits behind its bar. With x the plot's left edge, a bar ends
 * at x + width * part (part: 0..1 of the span), its text needs `need` more: width <= (right - x - need) / part. */
static double plot_width(const struct chart *c, bool with_errors)
{
    double most = c->right - c->plot - TICK_OVERHANG, span = (double)(c->end - c->start);
    for (uint32_t i = 0; i < c->rows.count; i++) {
        int64_t from, to;
        if (!(span > 0) || !row_span(&c->rows.items[i], &from, &to)) continue;
        double part = (double)(to - c->start) / span;
        double need = BAR_MIN + GANTT_BAR_GAP + metrics_width(c->bars[i].text, GANTT_SMALL_SIZE, WEIGHT_REGULAR);
        if (with_errors) need += fmin(c->bars[i].error_room, ERROR_ROOM);
        if (part * most > c->right - c->plot - need) most = (c->right - c->plot - need) / part;
    }
    return floor(fmax(most, PLOT_MIN));
}

/* Places the bars on the scale, on half pixels so that their edges are crisp at scale 1 and 2. */
static void place_bars(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) {
        struct bar *bar = &c->bars[i];
        int64_t from, to;
        bar->left = c->plot;
        if (row_span(&c->rows.items[i], &from, &to)) {
            bar->left = floor(scale_x(&c->scale, from) * 2 + 0.5) / 2;
            double right = floor(scale_x(&c->scale, to) * 2 + 0.5) / 2;
            bar->width = fmax(right - bar->left, BAR_MIN);
        }
        bar->text_left = bar->left + bar->width + GANTT_BAR_GAP;
        bar->text_right = bar->text_left + metrics_width(bar->text, GANTT_SMALL_SIZE, WEIGHT_REGULAR);
        double room = fmin(bar->error_room, c->right - bar->text_right);
        /* a word at least, or nothing */
        if (!bar->error.len || room < fmin(bar->error_room, 3 * GANTT_SMALL_SIZE)) {
            bar->error = S("");
            continue;
        }
        bar->error_left = bar->text_right + GANTT_ERROR_GAP;
        bar->error = metrics_fit_end(bar->error, GANTT_SMALL_SIZE, WEIGHT_REGULAR, room - GANTT_ERROR_GAP + 0.01, c->a);
        bar->text_right = bar->error_left + metrics_width(bar->error, GANTT_SMALL_SIZE, WEIGHT_REGULAR);
    }
}

/* Places the columns: names, plot, right edge; the scene gets its width. */
static void find_columns(struct chart *c)
{
    double names = gantt_names_width(c), most = c->o->max_side > 0 ? c->o->max_side : INFINITY;
    if (c->o->max_width > 0) most = fmin(most, c->o->max_width);
    double width = fmax(fmax(c->o->min_width, 2 * GANTT_MARGIN + names + GANTT_NAMES_GAP + PLOT_WIDTH),
                        2 * GANTT_MARGIN);
    if (width > most) {
        width = most;
        names = fmin(names, width * NAMES_PART);
    }
    width = floor(width);
    c->s->width = width;
    c->names = GANTT_MARGIN;
    c->plot = GANTT_MARGIN + names + GANTT_NAMES_GAP;
    c->right = c->s->width - GANTT_MARGIN;
    double plot = plot_width(c, false), with_errors = plot_width(c, true);
    /* errors widen the picture before they narrow its plot, where nobody said how wide it is to be */
    if (c->o->min_width < width) c->s->width += floor(fmin(fmin(plot - with_errors, ERROR_WIDEN), most - width));
    c->right = c->s->width - GANTT_MARGIN;
    plot = fmax(plot_width(c, true), fmin(plot, floor(plot * ERROR_PART)));
    c->scale = scale_make(c->start, c->end, c->plot, plot, c->o->unit, GANTT_TICK_SIZE);
    place_bars(c);
}

/* Whatever the header says: the facts and two notes of three lines each, a legend of four, the strip, dates, and the
 * axis below. */
uint32_t gantt_room(double max_side)
{
    double header = 480, rows = max_side > 0 ? floor((max_side - header) / ROW_HEIGHT) : GANTT_ROWS_MAX;
    return (uint32_t)fmin(fmax(rows, 2), GANTT_ROWS_MAX);
}

static uint32_t row_limit(const struct gantt_options *o)
{
    if (!(o->max_side > 0)) return o->max_rows;
    uint32_t room = gantt_room(o->max_side);
    return o->max_rows && o->max_rows < room ? o->max_rows : room;
}

/* By step: the row that shows it, or its nearest ancestor with one. */
static void find_rows(struct chart *c)
{
    const struct run *run = c->run;
    c->row_of = ARENA_ARRAY(c->a, uint32_t, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) c->row_of[i] = ROW_NONE;
    for (uint32_t i = 0; i < c->rows.count; i++)
        for (uint32_t k = 0; k < c->rows.items[i].step_count; k++) c->row_of[c->rows.items[i].steps[k]->index] = i;
    for (uint32_t i = 1; i < run->step_count; i++) { /* pre-order: a parent's is known */
        uint32_t above = run->steps[i]->parent ? c->row_of[run->steps[i]->parent->index] : ROW_NONE;
        if (c->row_of[i] != ROW_NONE || above == ROW_NONE) continue;
        const struct row *row = &c->rows.items[above];
        if (!row->repeated && !row->continues) c->row_of[i] = above; /* else it may be on another page */
    }
}

void gantt_find_analysis(struct chart *c)
{
    if (!c->o->analysis || c->start == TIME_NONE || !c->run->visible_count) return;
    const struct running *running = analysis_running(c->o->analysis);
    if (running->max < 2 || !running->count) return;
    c->strip = running;
    c->path = analysis_critical(c->o->analysis);
    if (!c->path->count) c->path = NULL;
}

static void draw(struct chart *c)
{
    const struct gantt_options *o = c->o;
    scene_rect(c->s, ROLE_BACKGROUND, 0, 0, c->s->width, 0);
    gantt_put_head(c);
    c->s->head_top = c->top - gantt_axis_height(c) + 12; /* px below what is above the axis */
    c->s->head_bottom = c->top;
    double below = c->rows.count > GANTT_ROWS_AXIS_TWICE ? 34 : GANTT_MARGIN;
    double room = (o->min_height - c->top - below) / fmax(c->rows.count, 1);
    c->row_height = floor(fmax(fmin(room, ROW_HEIGHT_MAX), ROW_HEIGHT));
    gantt_put_axis(c);
    gantt_put_guides(c);
    gantt_put_links(c);
    gantt_put_path(c);
    if (!c->rows.count)
        scene_text(c->s, ROLE_LABEL_MUTED, c->names, c->top, GANTT_TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
                   S("No step to show."));
    for (uint32_t i = 0; i < c->rows.count; i++) gantt_put_row(c, i);
    c->s->height = fmax(ceil(gantt_bottom(c) + below), floor(o->min_height));
    c->s->items[0].h = c->s->height;
}

void gantt_layout(const struct run *run, const struct gantt_options *o, struct scene *s)
{
    struct arena scratch = { 0 };
    struct chart c = { .run = run, .o = o, .s = s, .a = &scratch };
    s->id_prefix = "g";
    if (o->style == GANTT_MINI) {
        gantt_mini(&c);
        arena_free(&scratch);
        return;
    }
    if (o->rows) c.rows = *o->rows;
    else rows_select(&c.rows, run, o->analysis, row_limit(o), &scratch);
    c.bars = ARENA_ARRAY(&scratch, struct bar, c.rows.count + 1);
    find_rows(&c);
    find_span(&c);
    find_indent(&c);
    gantt_find_analysis(&c);
    gantt_find_texts(&c);
    find_columns(&c);
    gantt_find_marks(&c);
    gantt_find_links(&c);
    gantt_put_words(&c);
    draw(&c);
    arena_free(&scratch);
}
