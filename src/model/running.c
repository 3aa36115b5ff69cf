/* SPDX-License-Identifier: MIT */
#include "model/running.h"

#include <stdlib.h>

/* At `at` so many steps more run, or less. */
struct change {
    int64_t at;
    int32_t by;
};

struct changes {
    struct change *list;
    size_t count, cap;
    double busy; /* µs of all steps together */
};

static void add_piece(struct changes *c, int64_t from, int64_t to)
{
    if (from >= to) return;
    c->list = array_grow(c->list, &c->cap, c->count + 2, sizeof *c->list);
    c->list[c->count++] = (struct change){ from, 1 };
    c->list[c->count++] = (struct change){ to, -1 };
    c->busy += (double)(to - from);
}

/* The pieces of the step that no child covers; they add up to its self time (see measure.c). */
static void add_step(struct changes *c, const struct step *step)
{
    int64_t covered_to = step->start;
    for (const struct step *child = step->first_child; child; child = child->next) {
        if (child->start == TIME_NONE || child->older) continue;
        int64_t start = child->start < step->shown_end ? child->start : step->shown_end;
        add_piece(c, covered_to, start);
        if (child->shown_end > covered_to) covered_to = child->shown_end;
    }
    add_piece(c, covered_to, step->shown_end);
}

static int by_time(const void *pa, const void *pb)
{
    const struct change *a = pa, *b = pb;
    return a->at < b->at ? -1 : a->at > b->at;
}

struct strip {
    int64_t start;
    double bins_per_us;
    struct running *running;
};

static size_t bin_of(const struct strip *s, int64_t at)
{
    size_t bin = (size_t)((double)(at - s->start) * s->bins_per_us);
    return bin < s->running->count ? bin : s->running->count - 1;
}

/* Between from and to (µs, from < to) so many steps ran. */
static void put_level(const struct strip *s, int64_t from, int64_t to, uint32_t level)
{
    struct running *r = s->running;
    if (level == 0) r->idle += to - from;
    if (level > r->max) r->max = level;
    if (!r->count) return;
    size_t last = bin_of(s, to - 1); /* the moment `to` belongs to the next piece */
    for (size_t bin = bin_of(s, from); bin <= last; bin++)
        if (level > r->bins[bin]) r->bins[bin] = level;
}

void running_steps(const struct run *run, size_t bins, struct arena *arena, struct running *ret_running)
{
    struct changes c = { 0 };
    *ret_running = (struct running){ 0 };
    if (run->start == TIME_NONE || run->end <= run->start) return;
    ret_running->bins = ARENA_ARRAY(arena, uint32_t, bins + 1);
    ret_running->count = bins;
    for (uint32_t i = run->step_count > 1; i < run->step_count; i++)
        if (run->steps[i]->start != TIME_NONE && !run->steps[i]->older) add_step(&c, run->steps[i]);
    if (c.count) qsort(c.list, c.count, sizeof *c.list, by_time);
    double span = (double)(run->end - run->start);
    struct strip strip = { run->start, (double)bins / span, ret_running };
    int64_t from = run->start;
    uint32_t level = 0;
    for (size_t i = 0; i < c.count; i++) {
        if (c.list[i].at > from) {
            put_level(&strip, from, c.list[i].at, level);
            from = c.list[i].at;
        }
        level += (uint32_t)c.list[i].by;
    }
    if (from < run->end) put_level(&strip, from, run->end, level);
    ret_running->mean = c.busy / span;
    free(c.list);
}
