/* SPDX-License-Identifier: MIT
 *
 * Time to x, and the ticks of a time axis: round steps that people use (1, 2, 5, 10 … µs and ms; 1, 2, 5, 10, 15, 30 s
 * and min; 1, 2, 3, 6, 12 h; 1, 2, 5, 10 … d), labels that name their unit and never touch.
 */
#ifndef LAYOUT_SCALE_H
#define LAYOUT_SCALE_H

#include "base/clock.h"

struct scale {
    double x, width;     /* px: where the span begins and how long it is */
    int64_t start, span; /* µs; span is 0 when all is one instant */
    int64_t step;        /* µs between ticks */
    uint32_t ticks;      /* at start, start + step, …; never beyond the span */
    enum time_unit unit;
};

/* A scale for [start, end] over `width` px from x on; tick labels will be `size` px high. An end before the start
 * counts as the start. */
struct scale scale_make(int64_t start, int64_t end, double x, double width, enum time_unit unit, double size);

/* The place of a time, held within the scale. */
double scale_x(const struct scale *s, int64_t time);
/* The place of the i-th tick. */
double scale_tick_x(const struct scale *s, uint32_t i);

/* "0", "50 ms", "0.5 s", "1 m 30 s", "2 h", "1 d": time since the start at the i-th tick. */
void scale_put_label(const struct scale *s, uint32_t i, struct buf *b);

#endif
