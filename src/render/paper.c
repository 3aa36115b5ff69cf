/* SPDX-License-Identifier: MIT */
#include "render/paper.h"

#include <math.h>

#define MARGIN      28.3465 /* pt: 10 mm, which every printer can do without */
#define FOOT        14.0    /* pt for the page's number */
#define A_SIZES     5       /* A4 to A0 */
#define BREAK_LEAST 0.6     /* of a page that is filled before a break is taken where it may cut something */

/* What a row of pixels is to a break: nothing is there, something ends or begins there, something would be cut. */
enum { FREE, EDGE, SOLID };

static void mark(unsigned char *kinds, size_t count, double top, double bottom, unsigned char edge)
{
    int64_t first = (int64_t)floor(top), last = (int64_t)ceil(bottom);
    for (int64_t y = first > 0 ? first : 0; y <= last && y < (int64_t)count; y++) {
        unsigned char kind = y > first && y < last ? SOLID : edge;
        if (kinds[y] < kind) kinds[y] = kind;
    }
}

/* What must stay in one piece: stripes, which are rows, texts, bars and boxes; not what goes through the rows. */
static const unsigned char *find_solid(const struct scene *s, struct arena *a)
{
    size_t count = (size_t)s->height + 1;
    unsigned char *kinds = ARENA_ARRAY(a, unsigned char, count);
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        if (item->kind == SCENE_TEXT) mark(kinds, count, item->y - item->size, item->y + item->size * 0.3, FREE);
        else if (item->kind == SCENE_RECT && item->role != ROLE_BACKGROUND && item->role != ROLE_FRAME)
            mark(kinds, count, item->y, item->y + item->h, item->role == ROLE_STRIPE ? EDGE : FREE);
    }
    return kinds;
}

/* Where the page that begins at `from` ends, when there is room for `room` px: between two rows, else between two
 * things. */
static double find_break(const unsigned char *kinds, double from, double room, double height)
{
    double limit = floor(from + room), least = from + room * BREAK_LEAST;
    if (limit >= height) return height;
    for (int kind = EDGE; kind >= FREE; kind--)
        for (int64_t y = (int64_t)limit; (double)y > least; y--)
            if (kinds[y] == kind) return (double)y;
    return limit;
}

static void find_breaks(const struct scene *s, struct paper *p, double room, struct arena *a)
{
    const unsigned char *kinds = find_solid(s, a);
    double head = s->head_bottom - s->head_top, least = fmax((room - head) * BREAK_LEAST, 1);
    double *breaks = ARENA_ARRAY(a, double, (size_t)(s->height / least) + 3);
    for (p->pages = 0; breaks[p->pages] < s->height; p->pages++)
        breaks[p->pages + 1] = find_break(kinds, breaks[p->pages], p->pages ? room - head : room, s->height);
    p->breaks = breaks;
}

/* Fits the scene on paper of that size, or its width if it may be broken. False when it would be too small to read. */
static bool fit(const struct scene *s, struct paper *p, double width, double height, bool broken)
{
    double across = (width - 2 * MARGIN) / s->width, down = (height - 2 * MARGIN) / s->height;
    double scale = fmin(PAPER_FULL, broken ? across : fmin(across, down));
    if (scale < PAPER_LEAST) return false;
    if (scale <= p->scale) return true;
    *p = (struct paper){ .width = width, .height = height, .scale = scale };
    return true;
}

/* The smaller of the two ways to lay a sheet that can be read, upright where both are as good. */
static bool fit_sheet(const struct scene *s, struct paper *p, double narrow, double wide, bool broken)
{
    if (broken) return fit(s, p, narrow, wide, true) || fit(s, p, wide, narrow, true);
    bool upright = fit(s, p, narrow, wide, false), across = fit(s, p, wide, narrow, false);
    return upright || across;
}

static void own_size(const struct scene *s, struct paper *p)
{
    double scale = fmin(PAPER_FULL, PAPER_LARGEST_PT / fmax(s->width, s->height));
    *p = (struct paper){ .width = s->width * scale, .height = s->height * scale, .scale = scale };
}

static bool is_small(const struct scene *s)
{
    double width = s->width * PAPER_FULL, height = s->height * PAPER_FULL;
    return fmin(width, height) <= PAPER_A4_SHORT - 2 * MARGIN && fmax(width, height) <= PAPER_A4_LONG - 2 * MARGIN;
}

void paper_plan(const struct scene *s, struct paper *p, struct arena *a)
{
    double narrow = PAPER_A4_SHORT, wide = PAPER_A4_LONG;
    bool fits = false, rows = s->head_bottom > 0;
    *p = (struct paper){ 0 };
    for (int size = 0; size < A_SIZES && !fits && !is_small(s); size++) {
        fits = fit_sheet(s, p, narrow, wide, false) || (rows && fit_sheet(s, p, narrow, wide, true));
        double next = narrow * 2;
        narrow = wide;
        wide = next;
    }
    if (!fits) {
        own_size(s, p);
    } else {
        p->left = (p->width - s->width * p->scale) / 2;
        p->top = MARGIN;
        p->foot = p->height - MARGIN;
    }
    double room = (p->height - 2 * p->top - FOOT) / p->scale;
    if (fits && s->height * p->scale > p->height - 2 * MARGIN + 0.01) {
        find_breaks(s, p, room, a);
    } else {
        double *breaks = ARENA_ARRAY(a, double, 2);
        breaks[1] = s->height;
        p->breaks = breaks;
        p->pages = 1;
    }
}

double paper_part_top(const struct scene *s, const struct paper *p, size_t page)
{
    return p->top + (page ? (s->head_bottom - s->head_top) * p->scale : 0);
}
