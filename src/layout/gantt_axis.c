/* SPDX-License-Identifier: MIT
 *
 * The time axis above the rows (and below them, when they are many) with its grid:
 *
 *     0          6 h          12 h           1 d           time since the start
 *     2026-05-18       2026-05-19                          days, months or years where the run passes into another
 *     ───────────────────────────────────────
 */
#include "layout/calendar.h"
#include "layout/gantt_chart.h"

#define AXIS_HEIGHT  38.0
#define DATES_HEIGHT 16.0
#define LABEL_ABOVE  10.0 /* of the first row */
#define DATE_GAP     20.0 /* px at least between two dates */
#define TEXT_AROUND  3.0  /* px that the grid keeps from a text; a row has a text or a line */
#define TEXT_TOUCH   1.0  /* px that what leads from row to row keeps, … */
#define TEXT_BAND    18.0 /* … and the height that it leaves to the text */

/* How many rows lie above y, at most all. */
static uint32_t rows_above(const struct chart *c, double y)
{
    double rows = floor((y - c->top) / c->row_height);
    return rows <= 0 ? 0 : rows >= c->rows.count ? c->rows.count : (uint32_t)rows;
}

void gantt_put_upright(const struct chart *c, enum scene_role role, double thickness, double x, double y1, double y2)
{
    double from = fmin(y1, y2), to = fmax(y1, y2);
    bool grid = role == ROLE_GRID || role == ROLE_GUIDE;
    double beside = grid ? TEXT_AROUND : TEXT_TOUCH, rest = grid ? 0 : (c->row_height - TEXT_BAND) / 2;
    for (uint32_t i = rows_above(c, from); i < c->rows.count; i++) {
        const struct bar *bar = &c->bars[i];
        double y = c->top + c->row_height * i;
        if (y >= to) break;
        if (x < bar->text_left - beside || x > bar->text_right + beside) continue;
        double gap = y + rest, end = y + c->row_height - rest;
        if (end <= from || gap >= to) continue;
        if (gap > from) scene_line(c->s, role, x, from, x, gap)->thickness = thickness;
        from = end;
    }
    if (to > from) scene_line(c->s, role, x, from, x, to)->thickness = thickness;
}

static double date_width(enum calendar_unit unit)
{
    return metrics_width(unit == CALENDAR_DAY     ? S("2026-05-28")
                         : unit == CALENDAR_MONTH ? S("2026-05")
                                                  : S("2026"),
                         GANTT_TICK_SIZE, WEIGHT_REGULAR);
}

/* The smallest part of the calendar whose labels have room side by side; false when the run begins and ends in one. */
static bool find_dates(const struct chart *c, enum calendar_unit *ret_unit, int64_t *ret_every)
{
    static const struct {
        enum calendar_unit unit;
        int64_t every, days;
    } parts[] = {
        { CALENDAR_DAY, 1, 1 },
        { CALENDAR_DAY, 2, 2 },
        { CALENDAR_DAY, 7, 7 },
        { CALENDAR_MONTH, 1, 28 },
        { CALENDAR_MONTH, 3, 89 },
        { CALENDAR_MONTH, 6, 181 },
        { CALENDAR_YEAR, 1, 365 },
        { CALENDAR_YEAR, 2, 730 },
        { CALENDAR_YEAR, 5, 1826 },
        { CALENDAR_YEAR, 10, 3652 },
        { CALENDAR_YEAR, 100, 36524 },
        { CALENDAR_YEAR, 1000, 365242 },
        { CALENDAR_YEAR, 10000, 3652425 },
        { CALENDAR_YEAR, 100000, 36524250 },
    };
    if (c->start == TIME_NONE || calendar_next(CALENDAR_DAY, 1, c->start) >= c->end) return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double spacing = 86400e6 * (double)parts[i].days / (double)(c->end - c->start) * c->scale.width;
        if (spacing < date_width(parts[i].unit) + DATE_GAP) continue;
        *ret_unit = parts[i].unit;
        *ret_every = parts[i].every;
        return calendar_next(*ret_unit, *ret_every, c->start) < c->end;
    }
    return false;
}

double gantt_axis_height(const struct chart *c)
{
    enum calendar_unit unit;
    int64_t every;
    return find_dates(c, &unit, &every) ? AXIS_HEIGHT + DATES_HEIGHT : AXIS_HEIGHT;
}

static void put_date(const struct chart *c, enum calendar_unit unit, int64_t time, double x, enum scene_align align)
{
    struct buf b = BUF_INIT;
    calendar_put(unit, time, &b);
    scene_text(c->s, ROLE_LABEL_MUTED, x, c->top - LABEL_ABOVE, GANTT_TICK_SIZE, WEIGHT_REGULAR, align,
               caption_take(&b, c->a));
}

/* Dates under the ticks, days with a line down. Returns whether there are any. */
static bool put_dates(const struct chart *c)
{
    enum calendar_unit unit;
    int64_t every;
    if (!find_dates(c, &unit, &every)) return false;
    int64_t time = calendar_next(unit, every, c->start);
    double half = date_width(unit) / 2;
    if (scale_x(&c->scale, time) - half > c->plot + 2 * half + DATE_GAP)
        put_date(c, unit, c->start, c->plot, ALIGN_LEFT);
    for (; time < c->end; time = calendar_next(unit, every, time)) {
        double x = floor(scale_x(&c->scale, time)) + 0.5;
        gantt_put_upright(c, ROLE_GUIDE, 0, x, c->top - 6, unit == CALENDAR_DAY ? gantt_bottom(c) : c->top);
        put_date(c, unit, time, x, ALIGN_CENTER);
    }
    return true;
}

static void put_ticks(const struct chart *c, double above, bool twice)
{
    double bottom = gantt_bottom(c);
    for (uint32_t i = 0; i < c->scale.ticks; i++) {
        double x = floor(scale_tick_x(&c->scale, i)) + 0.5;
        struct buf b = BUF_INIT;
        scale_put_label(&c->scale, i, &b);
        struct str label = caption_take(&b, c->a);
        gantt_put_upright(c, ROLE_GRID, 0, x, c->top, bottom);
        scene_text(c->s, ROLE_LABEL_MUTED, x, c->top - above, GANTT_TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, label);
        if (twice)
            scene_text(c->s, ROLE_LABEL_MUTED, x, bottom + 19, GANTT_TICK_SIZE, WEIGHT_REGULAR, ALIGN_CENTER, label);
    }
}

/* Every second row, then the vertical lines and their labels. */
void gantt_put_axis(const struct chart *c)
{
    double bottom = gantt_bottom(c), width = c->right - c->names + 16;
    for (uint32_t i = 1; i < c->rows.count; i += 2)
        scene_rect(c->s, ROLE_STRIPE, c->names - 8, c->top + c->row_height * i, width, c->row_height);
    if (c->start == TIME_NONE) return;
    bool twice = c->rows.count > GANTT_ROWS_AXIS_TWICE;
    bool dates = put_dates(c);
    put_ticks(c, dates ? LABEL_ABOVE + DATES_HEIGHT : LABEL_ABOVE, twice);
    double end = c->plot + c->scale.width;
    scene_line(c->s, ROLE_AXIS, c->plot, c->top - 0.5, end, c->top - 0.5);
    if (twice) scene_line(c->s, ROLE_AXIS, c->plot, bottom + 0.5, end, bottom + 0.5);
}
