/* SPDX-License-Identifier: MIT
 *
 *     Title
 *     run 7f3a · failed · 2026-05-18 04:26:40.125 UTC · 1.24 s · 25 steps · 1 error
 *     1,800 of 2,000 steps have no row here: …
 *     ▬ ok  ▨ error                          0        0.5 s     1.0 s
 *     demo                                   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬ 1.24 s
 *     ├ load                                 ▬▬▬▬▬▬ 300 ms    ┊
 *     └ a name that is cut in … the middle   ┊      ▨▨▨▨▨▨▨▨▨ 480 ms · error
 *     <- names, as wide as they need       -><- plot                -><- room for the last bars' durations
 *
 * Everything is measured before the first item is placed: the names give the plot's left edge, the durations beside the
 * bars give its width, so that no text meets a bar or leaves the picture.
 */
#include "layout/gantt.h"

#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/rows.h"
#include "layout/scale.h"

#include <math.h>

#define MARGIN         20.0
#define ROW_HEIGHT     26.0
#define ROW_HEIGHT_MAX 34.0 /* of short charts in a picture of a minimal height */
#define BAR_HEIGHT     14.0
#define BAR_MIN        3.0 /* px: what took no time is still seen */
#define BAR_RADIUS     2.5
#define BAR_GAP        7.0 /* bar to duration */
#define TEAR_MIN       9.0 /* px: a narrower bar has no torn end */

#define TITLE_SIZE   18.0
#define TEXT_SIZE    13.0
#define SMALL_SIZE   12.0
#define TICK_SIZE    11.5
#define NOTE_LEADING 18.0
#define NOTE_LINES   3

#define INDENT          15.0 /* a level */
#define INDENT_LEAST    4.0
#define INDENT_MAX      225.0 /* all levels together */
#define GUIDE_LEAST     10.0  /* narrower levels get no tree lines */
#define NAMES_MIN       70.0
#define NAMES_MAX       400.0
#define NAMES_PART      0.45 /* of a picture that may not be wider */
#define NAMES_GAP       18.0
#define PLOT_WIDTH      660.0 /* of a picture without a minimal width */
#define PLOT_MIN        60.0
#define TICK_OVERHANG   26.0 /* half of a tick's label */
#define RUN_ID_MAX      280.0
#define TIP_MAX         600.0
#define ROWS_AXIS_TWICE 24 /* more rows have the axis below as well */

/* Where a row's bar and the text beside it are. */
struct bar {
    double left, width; /* width 0: the step has no time */
    double text_left, text_right;
    struct str text;
};

struct chart {
    const struct run *run;
    const struct gantt_options *o;
    struct scene *s;
    struct arena *a; /* texts that may not end up in the scene */
    struct rows rows;
    struct bar *bars;   /* by row */
    double indent;      /* a level's, px */
    double names, plot; /* left edges */
    double right;       /* of everything */
    double row_height, top;
    struct scale scale;
    int64_t start, end; /* µs; TIME_NONE when no row has a time */
};

static bool has_time(const struct step *step) { return step->start != TIME_NONE; }

/* Until when a bar is drawn. */
static int64_t bar_end(const struct step *step)
{
    return step->shown_end > step->start ? step->shown_end : step->start;
}

/* The span of the axis: the run's, made larger where a row reaches out of it. */
static void find_span(struct chart *c)
{
    c->start = c->run->start;
    c->end = c->run->end;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct step *step = c->rows.items[i].step;
        if (!has_time(step)) continue;
        if (c->start == TIME_NONE || step->start < c->start) c->start = step->start;
        if (c->end == TIME_NONE || bar_end(step) > c->end) c->end = bar_end(step);
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

static double indent_of(const struct chart *c, const struct row *row)
{
    return fmin(row->depth * c->indent, INDENT_MAX);
}

/* Steps deeper than the indent can show say their depth before their name. */
static struct str depth_text(const struct chart *c, const struct row *row)
{
    return row->depth * c->indent > INDENT_MAX ? arena_format(c->a, "%lu: ", (unsigned long)row->depth) : S("");
}

/* "+12": steps below this one that have no row. */
static struct str left_out_text(const struct chart *c, const struct row *row)
{
    uint32_t below = keep_below(&c->rows.keep, row->step);
    if (!below) return S("");
    struct buf b = BUF_INIT;
    buf_puts(&b, "  +");
    buf_put_number(&b, below);
    return caption_take(&b, c->a);
}

static struct str name_of(const struct chart *c, const struct step *step)
{
    if (step->name.len) return step->name;
    if (step == c->run->root) return caption_title(c->run, S(""), c->a);
    return CAPTION_NO_NAME;
}

static enum scene_weight name_weight(const struct row *row)
{
    return row->parent == ROW_NONE ? WEIGHT_BOLD : WEIGHT_REGULAR;
}

/* "480 ms · error": what stands beside a bar. */
static struct str duration_text(const struct chart *c, const struct step *step)
{
    struct buf b = BUF_INIT;
    if (has_time(step)) clock_put_duration(&b, step->duration, c->o->unit);
    else buf_puts(&b, "no time");
    if (step->status != STEP_OK) {
        buf_puts(&b, " · ");
        buf_puts(&b, step_status_name((enum step_status)step->status));
    }
    return caption_take(&b, c->a);
}

/* The names' column: as wide as the longest name, within limits. */
static double names_width(const struct chart *c)
{
    double widest = NAMES_MIN;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        /* a name that is too wide needs no measuring to its end */
        struct str name = str_first(name_of(c, row->step), 1024);
        double width = indent_of(c, row) + metrics_width(name, TEXT_SIZE, name_weight(row)) +
                       metrics_width(depth_text(c, row), SMALL_SIZE, WEIGHT_REGULAR) +
                       metrics_width(left_out_text(c, row), SMALL_SIZE, WEIGHT_REGULAR);
        widest = fmax(widest, width);
    }
    return ceil(fmin(widest, NAMES_MAX));
}

/* The largest width of the plot at which every duration still fits behind its bar. With x the plot's left edge, a bar
 * ends at x + width * part (part: 0..1 of the span), its text needs `need` more: width <= (right - x - need) / part. */
static double plot_width(const struct chart *c)
{
    double most = c->right - c->plot - TICK_OVERHANG, span = (double)(c->end - c->start);
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct step *step = c->rows.items[i].step;
        if (!has_time(step) || !(span > 0)) continue;
        double part = (double)(bar_end(step) - c->start) / span;
        double need = BAR_MIN + BAR_GAP + metrics_width(c->bars[i].text, SMALL_SIZE, WEIGHT_REGULAR);
        if (part * most > c->right - c->plot - need) most = (c->right - c->plot - need) / part;
    }
    return floor(fmax(most, PLOT_MIN));
}

/* Places the bars on the scale, on half pixels so that their edges are crisp at scale 1 and 2. */
static void place_bars(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct step *step = c->rows.items[i].step;
        struct bar *bar = &c->bars[i];
        bar->left = c->plot;
        if (has_time(step)) {
            bar->left = floor(scale_x(&c->scale, step->start) * 2 + 0.5) / 2;
            double right = floor(scale_x(&c->scale, bar_end(step)) * 2 + 0.5) / 2;
            bar->width = fmax(right - bar->left, BAR_MIN);
        }
        bar->text_left = bar->left + bar->width + BAR_GAP;
        bar->text_right = bar->text_left + metrics_width(bar->text, SMALL_SIZE, WEIGHT_REGULAR);
    }
}

/* Places the columns: names, plot, right edge; the scene gets its width. */
static void find_columns(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) c->bars[i].text = duration_text(c, c->rows.items[i].step);
    double names = names_width(c), most = c->o->max_side > 0 ? c->o->max_side : INFINITY;
    if (c->o->max_width > 0) most = fmin(most, c->o->max_width);
    double width = fmax(fmax(c->o->min_width, 2 * MARGIN + names + NAMES_GAP + PLOT_WIDTH), 2 * MARGIN);
    if (width > most) {
        width = most;
        names = fmin(names, width * NAMES_PART);
    }
    c->s->width = floor(width);
    c->names = MARGIN;
    c->plot = MARGIN + names + NAMES_GAP;
    c->right = c->s->width - MARGIN;
    c->scale = scale_make(c->start, c->end, c->plot, plot_width(c), c->o->unit, TICK_SIZE);
    place_bars(c);
}

static void put_rule(const struct chart *c, struct buf *b)
{
    const struct keep *keep = &c->rows.keep;
    buf_put_number(b, keep->left_out);
    buf_puts(b, " of ");
    buf_put_count(b, c->run->visible_count, "step", "steps");
    buf_puts(b, keep->left_out == 1 ? " is hidden" : " are hidden");
    if (keep->troubled_left_out) {
        buf_puts(b, ", ");
        buf_put_number(b, keep->troubled_left_out);
        buf_puts(b, " of them failed or unfinished");
    }
    buf_puts(b, ": shown are " KEEP_RULE ". +N behind a name counts hidden steps below it.");
}

static struct scene_item *put_small(const struct chart *c, enum scene_role role, double x, double baseline,
                                    struct str text)
{
    return scene_text(c->s, role, x, baseline, SMALL_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, text);
}

static bool status_shown(const struct chart *c, enum step_status status)
{
    for (uint32_t i = 0; i < c->rows.count; i++)
        if (c->rows.items[i].step->status == status) return true;
    return false;
}

static struct scene_item *put_bar(struct scene *s, enum step_status status, double x, double y, double w, double h)
{
    struct scene_item *bar = scene_rect(s, (enum scene_role)(ROLE_OK + (int)status), x, y, w, h);
    bool open = status == STEP_RUNNING || status == STEP_UNFINISHED;
    bar->radius = fmin(BAR_RADIUS, w / 2);
    bar->hatched = status == STEP_ERROR;
    bar->outlined = open || status == STEP_SKIPPED;
    bar->open_end = open && w >= TEAR_MIN;
    return bar;
}

/* What the bars mean, when there is anything but "ok". Returns its baseline, or y without one. */
static double put_legend(const struct chart *c, double y)
{
    bool needed = false;
    for (unsigned status = STEP_OK + 1; status < STEP_STATUS_COUNT; status++) needed |= status_shown(c, status);
    if (!needed) return y;
    double x = c->names;
    y += 24;
    for (unsigned status = 0; status < STEP_STATUS_COUNT; status++) {
        if (!status_shown(c, status)) continue;
        put_bar(c->s, status, x, y - 10, 22, 11);
        x += 22 + 6;
        x += put_small(c, ROLE_LABEL_MUTED, x, y, str_z(step_status_name(status)))->width + 18;
    }
    return y;
}

/* Title, line of facts, notes, legend. Sets where the rows begin. */
static void put_header(struct chart *c)
{
    double y = c->o->bare ? 0 : MARGIN - 4, room = c->right - c->names;
    struct str title = caption_title(c->run, c->o->title, c->s->arena);
    if (!c->o->bare) {
        y += 20;
        scene_text(c->s, ROLE_TITLE, c->names, y, TITLE_SIZE, WEIGHT_BOLD, ALIGN_LEFT,
                   metrics_fit_middle(title, TITLE_SIZE, WEIGHT_BOLD, room, c->a));
        struct str facts = caption_subtitle(c->run, c->o->unit, SMALL_SIZE, RUN_ID_MAX, c->a);
        y += 20;
        y += NOTE_LEADING * (double)(caption_put_lines(c->s, ROLE_SUBTITLE, c->names, y, SMALL_SIZE, NOTE_LEADING, room,
                                                       NOTE_LINES, facts) -
                                     1);
    }
    struct str notes[2] = { c->o->left_out, { 0 } };
    if (c->rows.keep.left_out) {
        struct buf b = BUF_INIT;
        put_rule(c, &b);
        notes[1] = caption_take(&b, c->a);
    }
    for (int i = 0; i < 2; i++)
        y += NOTE_LEADING * (double)caption_put_lines(c->s, ROLE_LABEL_MUTED, c->names, y + NOTE_LEADING, SMALL_SIZE,
                                                      NOTE_LEADING, room, NOTE_LINES, notes[i]);
    y = put_legend(c, y);
    c->top = y + 38;
}

/* A vertical line from the first row to the last, with gaps where it would cross a text. */
static void put_grid_line(const struct chart *c, double x)
{
    double from = c->top;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct bar *bar = &c->bars[i];
        double y = c->top + c->row_height * i;
        if (x < bar->text_left - 3 || x > bar->text_right + 3) continue;
        if (y > from) scene_line(c->s, ROLE_GRID, x, from, x, y);
        from = y + c->row_height;
    }
    double bottom = c->top + c->row_height * c->rows.count;
    if (bottom > from) scene_line(c->s, ROLE_GRID, x, from, x, bottom);
}

/* Every second row, then the vertical lines and their labels. */
static void put_grid(const struct chart *c)
{
    double bottom = c->top + c->row_height * c->rows.count, width = c->right - c->names + 16;
    for (uint32_t i = 1; i < c->rows.count; i += 2)
        scene_rect(c->s, ROLE_STRIPE, c->names - 8, c->top + c->row_height * i, width, c->row_height);
    if (c->start == TIME_NONE) return;
    bool twice = c->rows.count > ROWS_AXIS_TWICE;
    for (uint32_t i = 0; i < c->scale.ticks; i++) {
        double x = floor(scale_tick_x(&c->scale, i)) + 0.5;
        struct buf b = BUF_INIT;
        scale_put_label(&c->scale, i, &b);
        struct str label = caption_take(&b, c->a);
        put_grid_line(c, x);
        scene_text(c->s, ROLE_LABEL_MUTED, x, c->top - 10, TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, label);
        if (twice) scene_text(c->s, ROLE_LABEL_MUTED, x, bottom + 19, TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, label);
    }
    double end = c->plot + c->scale.width;
    scene_line(c->s, ROLE_AXIS, c->plot, c->top - 0.5, end, c->top - 0.5);
    if (twice) scene_line(c->s, ROLE_AXIS, c->plot, bottom + 0.5, end, bottom + 0.5);
}

static double middle(const struct chart *c, uint32_t row)
{
    return c->top + c->row_height * row + floor(c->row_height / 2);
}

/* Tree lines: one down from each parent to its last child, a short one across to each child. */
static void put_guides(const struct chart *c)
{
    if (c->indent < GUIDE_LEAST) return;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        double x = floor(c->names + indent_of(c, row)) + 4.5;
        if (row->last_child != ROW_NONE)
            scene_line(c->s, ROLE_GUIDE, x, middle(c, i) + 9, x, middle(c, row->last_child) + 0.5);
        if (row->parent == ROW_NONE) continue;
        double across = x - c->indent;
        scene_line(c->s, ROLE_GUIDE, across, middle(c, i) + 0.5, across + c->indent - 7, middle(c, i) + 0.5);
    }
}

/* "demo.load.page_1 · 480 ms · error · starts at +120 ms". */
static struct str tip_of(const struct chart *c, uint32_t i)
{
    const struct step *step = c->rows.items[i].step;
    struct buf b = BUF_INIT;
    struct str key = step->key.len ? step->key : name_of(c, step);
    buf_put(&b, metrics_fit_middle(key, TEXT_SIZE, WEIGHT_REGULAR, TIP_MAX, c->a));
    buf_puts(&b, " · ");
    buf_put(&b, c->bars[i].text);
    if (has_time(step)) {
        buf_puts(&b, " · starts at +");
        clock_put_duration(&b, step->start - c->start, c->o->unit);
    }
    return caption_take(&b, c->s->arena);
}

static void put_name(const struct chart *c, uint32_t i, double baseline)
{
    const struct row *row = &c->rows.items[i];
    const struct step *step = row->step;
    double x = c->names + indent_of(c, row), end = c->plot - NAMES_GAP;
    struct str depth = depth_text(c, row), more = left_out_text(c, row);
    enum scene_role role = step->status == STEP_ERROR ? ROLE_LABEL_ERROR : ROLE_LABEL;
    if (step->context) role = ROLE_LABEL_MUTED;
    if (depth.len) x += put_small(c, ROLE_LABEL_MUTED, x, baseline, depth)->width;
    double room = end - x - metrics_width(more, SMALL_SIZE, WEIGHT_REGULAR);
    struct str name = metrics_fit_middle(name_of(c, step), TEXT_SIZE, name_weight(row), room, c->a);
    struct scene_item *item = scene_text(c->s, role, x, baseline, TEXT_SIZE, name_weight(row), ALIGN_LEFT, name);
    item->step = step->index;
    if (name.len < step->name.len) item->tip = tip_of(c, i);
    if (more.len) put_small(c, ROLE_LABEL_MUTED, x + item->width, baseline, more);
}

/* The bar and what stands beside it. */
static void put_step(const struct chart *c, uint32_t i)
{
    const struct step *step = c->rows.items[i].step;
    const struct bar *bar = &c->bars[i];
    double y = middle(c, i), baseline = y + 4.5;
    put_name(c, i, baseline);
    if (bar->width > 0) {
        struct scene_item *item = put_bar(c->s, step->status, bar->left, y - BAR_HEIGHT / 2, bar->width, BAR_HEIGHT);
        item->step = step->index;
        if (!c->o->bare) item->tip = tip_of(c, i); /* the page's list says it */
    }
    enum scene_role role = step->status == STEP_ERROR ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED;
    put_small(c, role, bar->text_left, baseline - 0.5, bar->text)->step = step->index;
}

/* "Gantt chart of demo: completed, 25 steps …", for readers who do not see it. */
static void put_words(const struct chart *c)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "Gantt chart: ");
    buf_put(&b, caption_title(c->run, c->o->title, c->a));
    c->s->title = caption_take(&b, c->s->arena);
    c->s->description = caption_subtitle(c->run, c->o->unit, SMALL_SIZE, RUN_ID_MAX, c->s->arena);
}

/* How many rows fit into the height, whatever the header says. */
static uint32_t row_limit(const struct gantt_options *o)
{
    double header = 260, rows = o->max_side > 0 ? fmax(floor((o->max_side - header) / ROW_HEIGHT), 1) : UINT32_MAX;
    uint32_t fit = rows < UINT32_MAX ? (uint32_t)rows : 0;
    return fit && (!o->max_rows || fit < o->max_rows) ? fit : o->max_rows;
}

void gantt_layout(const struct run *run, const struct gantt_options *o, struct scene *s)
{
    struct arena scratch = { 0 };
    struct chart c = { .run = run, .o = o, .s = s, .a = &scratch };
    s->id_prefix = "g";
    rows_select(&c.rows, run, row_limit(o), &scratch);
    c.bars = ARENA_ARRAY(&scratch, struct bar, c.rows.count + 1);
    find_span(&c);
    find_indent(&c);
    find_columns(&c);
    put_words(&c);
    scene_rect(s, ROLE_BACKGROUND, 0, 0, s->width, 0);
    put_header(&c);
    s->head_top = c.top - 26;
    s->head_bottom = c.top;
    double below = c.rows.count > ROWS_AXIS_TWICE ? 34 : MARGIN;
    double room = (o->min_height - c.top - below) / fmax(c.rows.count, 1);
    c.row_height = floor(fmax(fmin(room, ROW_HEIGHT_MAX), ROW_HEIGHT));
    put_grid(&c);
    put_guides(&c);
    if (!c.rows.count)
        scene_text(s, ROLE_LABEL_MUTED, c.names, c.top, TEXT_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, S("No step to show."));
    for (uint32_t i = 0; i < c.rows.count; i++) put_step(&c, i);
    s->height = fmax(ceil(c.top + c.row_height * c.rows.count + below), floor(o->min_height));
    s->items[0].h = s->height;
    arena_free(&scratch);
}
