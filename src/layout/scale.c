/* SPDX-License-Identifier: MIT */
#include "layout/scale.h"

#include "layout/caption.h"
#include "layout/metrics.h"

enum { MS = 1000, SECOND = 1000 * MS };
#define MINUTE (INT64_C(60) * SECOND)
#define HOUR   (INT64_C(60) * MINUTE)
#define DAY    (INT64_C(24) * HOUR)

#define TICK_ROOM 72.0 /* px at least from tick to tick */
#define LABEL_GAP 20.0 /* px at least between two labels */

/* Powers of ten times 1, 2 and 5. */
static int64_t next_decimal(int64_t step)
{
    int64_t power = 1;
    while (step / power >= 10) power *= 10;
    int64_t digit = step / power;
    if (digit >= 5 && power > INT64_MAX / 10) return INT64_MAX;
    return digit < 2 ? 2 * power : digit < 5 ? 5 * power : 10 * power;
}

/* The next larger step between ticks, at least 1 µs. */
static int64_t next_step(int64_t step, enum time_unit unit)
{
    static const int64_t round[] = {
        SECOND,      2 * SECOND,  5 * SECOND,  10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE,   2 * MINUTE, 5 * MINUTE,
        10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,        2 * HOUR,    3 * HOUR,    6 * HOUR, 12 * HOUR,
    };
    if (step < 1) return 1;
    if (unit != UNIT_AUTO || step < SECOND / 2) return next_decimal(step);
    for (size_t i = 0; i < sizeof round / sizeof *round; i++)
        if (round[i] > step) return round[i];
    return step < DAY ? DAY : next_decimal(step / DAY) * DAY;
}

/* Digits behind the point that multiples of `step` need in a unit of unit_us (µs): step 50 ms in seconds needs 2. */
static int decimals_of(int64_t step, int64_t unit_us)
{
    int decimals = 0;
    while (unit_us > 1 && step % unit_us && decimals < 6) {
        unit_us /= 10;
        decimals++;
    }
    return decimals;
}

static void put_decimal(struct buf *b, int64_t us, int64_t unit_us, int64_t step, const char *unit)
{
    int decimals = decimals_of(step, unit_us);
    buf_put_number(b, (uint64_t)(us / unit_us));
    if (decimals) {
        struct buf fraction = BUF_INIT;
        buf_put_fixed(&fraction, (double)(us % unit_us) / (double)unit_us, decimals, false);
        buf_put(b, str_skip(buf_str(&fraction), 1)); /* without its 0 */
        buf_free(&fraction);
    }
    buf_puts(b, unit);
}

/* "1 d 6 h", "1 m 30 s": the parts that are not zero. */
static void put_parts(struct buf *b, int64_t us, int64_t step)
{
    static const struct {
        int64_t us;
        const char *name;
    } parts[] = { { DAY, " d" }, { HOUR, " h" }, { MINUTE, " m" } };
    bool any = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int64_t n = us / parts[i].us;
        us %= parts[i].us;
        if (!n) continue;
        if (any) buf_putc(b, ' ');
        buf_put_number(b, (uint64_t)n);
        buf_puts(b, parts[i].name);
        any = true;
    }
    if (!us) return;
    if (any) buf_putc(b, ' ');
    put_decimal(b, us, SECOND, step, " s");
}

/* All labels of an axis share the unit that its last tick asks for. */
void scale_put_label(const struct scale *s, uint32_t i, struct buf *b)
{
    int64_t us = s->step * (int64_t)i, last = s->step * (int64_t)(s->ticks - 1);
    if (!us) buf_putc(b, '0');
    else if (s->unit == UNIT_MS) put_decimal(b, us, MS, s->step, " ms");
    else if (s->unit == UNIT_S) put_decimal(b, us, SECOND, s->step, " s");
    else if (last < MS) put_decimal(b, us, 1, s->step, " µs");
    else if (last < SECOND) put_decimal(b, us, MS, s->step, " ms");
    else if (last < MINUTE) put_decimal(b, us, SECOND, s->step, " s");
    else put_parts(b, us, s->step);
}

static double widest_label(const struct scale *s, double size)
{
    double widest = 0;
    struct buf b = BUF_INIT;
    for (uint32_t i = 0; i < s->ticks; i++) {
        buf_clear(&b);
        scale_put_label(s, i, &b);
        double width = metrics_width(buf_str(&b), size, WEIGHT_REGULAR);
        if (width > widest) widest = width;
    }
    buf_free(&b);
    return widest;
}

struct scale scale_make(int64_t start, int64_t end, double x, double width, enum time_unit unit, double size)
{
    struct scale s = { .x = x, .width = width, .start = start, .ticks = 1, .unit = unit };
    s.span = end > start ? end - start : 0;
    double spacing;
    do {
        s.step = next_step(s.step, unit);
        spacing = s.span ? (double)s.step / (double)s.span * width : width;
        s.ticks = spacing < TICK_ROOM ? 1 : (uint32_t)(s.span / s.step) + 1;
    } while (s.step < s.span && (spacing < TICK_ROOM || spacing < widest_label(&s, size) + LABEL_GAP));
    return s;
}

double scale_x(const struct scale *s, int64_t time)
{
    if (time <= s->start || !s->span) return s->x;
    if (time - s->start >= s->span) return s->x + s->width;
    return s->x + (double)(time - s->start) / (double)s->span * s->width;
}

double scale_tick_x(const struct scale *s, uint32_t i) { return scale_x(s, s->start + s->step * (int64_t)i); }
