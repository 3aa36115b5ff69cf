/* SPDX-License-Identifier: MIT
 *
 * How many steps ran at once, over the plot and on its time axis: one tone, and one number, the most there were.
 *
 *     Up to 8 steps at once     ▂▂▂▅▅▇▇▇▅▅▂▂
 */
#include "layout/gantt_chart.h"

#define COLUMN      2.0 /* px */
#define COLUMN_BARE 4.0 /* in a page, which has to stay small */

/* The most steps at once from `from` to `to`. */
static uint32_t most_between(const struct chart *c, int64_t from, int64_t to)
{
    const struct running *r = c->strip;
    double bin = (double)(c->run->end - c->run->start) / (double)r->count;
    double first = floor((double)(from - c->run->start) / bin), last = ceil((double)(to - c->run->start) / bin);
    uint32_t most = 0;
    if (last <= 0 || first >= (double)r->count) return 0;
    size_t i = first > 0 ? (size_t)first : 0, end = last < (double)r->count ? (size_t)last : r->count;
    for (; i < end; i++)
        if (r->bins[i] > most) most = r->bins[i];
    return most;
}

/* Rectangles as wide as the number stays the same. */
static void put_columns(const struct chart *c, double bottom)
{
    double column = c->o->bare ? COLUMN_BARE : COLUMN, left = floor(c->plot), held = 0, from = left;
    double end = floor(c->plot + c->scale.width), a_px = (double)(c->end - c->start) / c->scale.width;
    size_t columns = (size_t)ceil((end - left) / column);
    for (size_t i = 0; i <= columns; i++) {
        double x = fmin(left + column * (double)i, end), height = 0;
        if (i < columns) {
            int64_t t = c->start + (int64_t)((x - left) * a_px);
            height = ceil(GANTT_STRIP_HEIGHT * most_between(c, t, t + (int64_t)(column * a_px) + 1) / c->strip->max);
        }
        if (i < columns && height == held) continue;
        if (held > 0) scene_rect(c->s, ROLE_STRIP, from, bottom - held, x - from, held);
        from = x;
        held = height;
    }
}

struct str gantt_strip_text(const struct chart *c)
{
    if (!c->strip) return S("");
    struct buf b = BUF_INIT;
    buf_puts(&b, "up to ");
    buf_put_number(&b, c->strip->max);
    buf_puts(&b, " steps at once");
    return caption_take(&b, c->a);
}

void gantt_put_strip(const struct chart *c, double y)
{
    double bottom = floor(y + GANTT_STRIP_HEIGHT), room = c->plot - c->names - GANTT_BAR_GAP;
    struct str text = metrics_fit_end(gantt_strip_text(c), GANTT_SMALL_SIZE, WEIGHT_REGULAR, room, c->a);
    gantt_small(c, ROLE_LABEL_MUTED, c->names, bottom - 1, text);
    put_columns(c, bottom);
    scene_line(c->s, ROLE_GRID, c->plot, bottom + 0.5, c->plot + c->scale.width, bottom + 0.5);
}
