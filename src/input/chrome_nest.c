/* SPDX-License-Identifier: MIT
 *
 * What lies in what on one track: begins meet their ends, slices get their parents, instants and flows theirs.
 *
 *     X a   |-----------------|          a: no parent
 *     B b      |-----|                   b: a
 *     X c       |---|                    c: b
 *     i             .                    b (c has ended)
 *     X d        |-------------------|   overlaps a partly: beside it, what begins now and fits lies in d
 *
 * The items of a track are walked in the order of time with a stack of what is open. At one time: ends of what began
 * before; begins, the longest first; what begins and ends there, in the order of the file; flows.
 */
#include "input/chrome.h"

#include <stdlib.h>

enum { LOOK_BACK = 8 };

/* By which items of a track are put in order. */
struct place {
    int64_t first, second;
    uint32_t third, item;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->second != y->second) return x->second < y->second ? -1 : 1;
    return (x->third > y->third) - (x->third < y->third);
}

static void sort_places(struct place *places, uint32_t *order, size_t count)
{
    qsort(places, count, sizeof *places, by_place);
    for (size_t i = 0; i < count; i++) order[i] = places[i].item;
    free(places);
}

static struct place *places_new(size_t count)
{
    struct place *places = calloc(count, sizeof *places);
    if (!places) arena_exhausted(count * sizeof *places);
    return places;
}

/* In the order of time, in that of the file where it is the same; most files have it already. */
static void sort_by_time(struct chrome *c, uint32_t *order, size_t count)
{
    size_t i = 1;
    while (i < count && c->items[order[i - 1]].ts <= c->items[order[i]].ts) i++;
    if (i >= count) return;
    struct place *places = places_new(count);
    for (i = 0; i < count; i++) places[i] = (struct place){ c->items[order[i]].ts, 0, order[i], order[i] };
    sort_places(places, order, count);
}

static void push(struct chrome *c, uint32_t item)
{
    c->walk.stack = array_grow(c->walk.stack, &c->walk.stack_cap, c->walk.depth + 1, sizeof *c->walk.stack);
    c->walk.stack[c->walk.depth++] = item;
}

static struct chrome_item *top(const struct chrome *c)
{
    return c->walk.depth ? &c->items[c->walk.stack[c->walk.depth - 1]] : NULL;
}

/* The begin that this end belongs to: that of its name among the last ones, else the last one. Place in the stack. */
static size_t begin_of(const struct chrome *c, const struct chrome_item *end)
{
    struct str name = chrome_str(c, end->name);
    for (size_t i = c->walk.depth; name.len && i-- > 0 && c->walk.depth - i <= LOOK_BACK;)
        if (str_eq(chrome_str(c, c->items[c->walk.stack[i]].name), name)) return i;
    return c->walk.depth - 1;
}

/* B and E, by a stack: each learns the other's time. */
static void match(struct chrome *c, const uint32_t *order, size_t count)
{
    c->walk.depth = 0;
    for (size_t i = 0; i < count; i++) {
        struct chrome_item *it = &c->items[order[i]];
        if (it->ts == TIME_NONE) continue;
        if (chrome_is_slice(it->ph) && it->ph != 'X') push(c, order[i]);
        if (!chrome_is_end(it->ph)) continue;
        if (!c->walk.depth) {
            const char *at = c->text.ptr + it->at;
            if (!c->notes.orphan_ends++ || at < c->notes.first_orphan_end) c->notes.first_orphan_end = at;
            continue;
        }
        size_t place = begin_of(c, it);
        struct chrome_item *begin = &c->items[c->walk.stack[place]];
        begin->end = it->ts;
        begin->partner = order[i];
        it->end = begin->ts;
        it->partner = c->walk.stack[place];
        memmove(&c->walk.stack[place], &c->walk.stack[place + 1], (c->walk.depth - place - 1) * sizeof *c->walk.stack);
        c->walk.depth--;
    }
}

enum { ENDS, BEGINS, MOMENTS, FLOWS };

static int class_of(const struct chrome_item *it)
{
    if (chrome_is_end(it->ph)) return it->partner != CHROME_NONE && it->end == it->ts ? MOMENTS : ENDS;
    if (chrome_is_slice(it->ph)) return it->end > it->ts ? BEGINS : MOMENTS;
    return FLOWS;
}

/* What happens at one time, where an X is among it: B and E alone are right as they stand in the file. */
static void sort_moment(struct chrome *c, uint32_t *order, size_t count)
{
    bool inner_first = c->walk.later_contains > c->walk.earlier_contains;
    struct place *places = places_new(count);
    for (size_t i = 0; i < count; i++) {
        const struct chrome_item *it = &c->items[order[i]];
        int class = class_of(it);
        places[i] = (struct place){ class, class == BEGINS ? -it->end : 0, order[i], order[i] };
        if (class == BEGINS && inner_first && it->ph == 'X') places[i].third = ~order[i];
    }
    sort_places(places, order, count);
}

static void sort_moments(struct chrome *c, uint32_t *order, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        bool any = false;
        int64_t ts = c->items[order[from]].ts;
        for (to = from; to < count && c->items[order[to]].ts == ts; to++)
            any |= c->items[order[to]].ph == 'X' || chrome_is_flow(c->items[order[to]].ph);
        if (any && to - from > 1 && ts != TIME_NONE) sort_moment(c, order + from, to - from);
    }
}

/* Of a time in µs as a double: what two such may differ by where they mean the same. 1 ns, at times since 1970 a
 * fraction of a µs, so that whole µs are never taken for equal. */
static int64_t tolerance(int64_t ns) { return 1 + ((ns < 0 ? -ns : ns) >> 51); }

/* Takes complete slices off the stack that do not reach to `end` or are over at `start`. */
static void leave(struct chrome *c, int64_t start, int64_t end)
{
    for (struct chrome_item *x = top(c); x; x = top(c)) {
        bool complete = x->ph == 'X' && x->end != CHROME_OPEN;
        if (!(x->flags & CHROME_CLOSED) && !complete) return;
        if (complete && x->end > start && x->end >= end - tolerance(end)) return;
        c->notes.overlaps += complete && x->end > start + tolerance(start);
        c->walk.depth--;
    }
}

static void set_parent(struct chrome *c, struct chrome_item *it)
{
    struct chrome_item *up = top(c);
    if (!up || up->process != it->process) return;
    it->parent = c->walk.stack[c->walk.depth - 1];
    if (it->ph == 'X' && up->ph == 'X' && it->end != CHROME_OPEN && it->end > up->end && it->end > it->ts)
        it->end = up->end; /* within the tolerance */
}

static void widen(struct chrome *c, struct chrome_track *track, const struct chrome_item *it)
{
    struct chrome_process *p = &c->processes[it->process];
    int64_t end = it->end == CHROME_OPEN ? it->ts : it->end;
    if (track->start == TIME_NONE || it->ts < track->start) track->start = it->ts;
    if (track->end == TIME_NONE || end > track->end) track->end = end;
    if (p->start == TIME_NONE || it->ts < p->start) p->start = it->ts;
    if (p->end == TIME_NONE || end > p->end) p->end = end;
    if (it->end == CHROME_OPEN) track->open = p->open = true;
}

/* The slice around a moment; one that has just ended holds its own end. */
static void set_around(struct chrome *c, struct chrome_item *it, uint32_t last)
{
    while (c->walk.depth && ((top(c)->flags & CHROME_CLOSED) || (top(c)->ph == 'X' && top(c)->end < it->ts)))
        c->walk.depth--;
    if (c->walk.depth) it->parent = c->walk.stack[c->walk.depth - 1];
    else if (last != CHROME_NONE && c->items[last].end == it->ts) it->parent = last;
    if (it->parent != CHROME_NONE && c->items[it->parent].process != it->process && !chrome_is_flow(it->ph))
        it->parent = CHROME_NONE;
}

static void begin_slice(struct chrome *c, uint32_t number, struct chrome_track *track)
{
    struct chrome_item *it = &c->items[number];
    widen(c, track, it);
    leave(c, it->ts, it->end == CHROME_OPEN ? it->ts : it->end);
    set_parent(c, it);
    if (it->end >= it->ts && !(it->ph == 'X' && it->end == CHROME_OPEN)) push(c, number);
}

static void nest(struct chrome *c, struct chrome_track *track, const uint32_t *order, size_t count)
{
    uint32_t last = CHROME_NONE;
    size_t waiting = 0; /* flows from here on, that belong to the slice that begins next */
    c->walk.depth = 0;
    for (size_t i = 0; i < count; i++) {
        struct chrome_item *it = &c->items[order[i]];
        if (it->ts == TIME_NONE) continue;
        if (chrome_is_slice(it->ph)) {
            begin_slice(c, order[i], track);
            for (; waiting < i; waiting++)
                if (c->items[order[waiting]].ph == 'f' && !(c->items[order[waiting]].flags & CHROME_ENCLOSED))
                    c->items[order[waiting]].parent = order[i];
            if (it->ph == 'X') last = order[i];
        } else if (!chrome_is_end(it->ph)) {
            set_around(c, it, last);
        } else if (it->partner != CHROME_NONE) {
            c->items[it->partner].flags |= CHROME_CLOSED;
            last = it->partner;
            while (c->walk.depth && (top(c)->ph == 'X' || (top(c)->flags & CHROME_CLOSED))) {
                bool found = c->walk.stack[c->walk.depth - 1] == it->partner;
                c->walk.depth--;
                if (found) break;
            }
        }
    }
}

/* clang puts its sums on threads of their own: one slice, "Total …", with a count. */
static bool is_total(const struct chrome *c, const struct chrome_track *track)
{
    if (track->count != 1 || track->async || c->own) return false;
    const struct chrome_item *it = &c->items[c->walk.order[track->first]];
    return it->ph == 'X' && str_starts(chrome_str(c, it->name), S("\"Total ")) &&
           json_get(chrome_str(c, it->args), S("count")).len;
}

static void make_branches(struct chrome *c)
{
    for (size_t i = 0; i < c->track_count; i++) {
        const struct chrome_track *track = &c->tracks[i];
        if (!track->async && track->slices && !track->totals) c->processes[track->process].threads++;
    }
    for (size_t i = 0; i < c->track_count; i++) {
        struct chrome_track *track = &c->tracks[i];
        bool own = c->processes[track->async ? 0 : track->process].own.len != 0; /* its lanes are no threads */
        track->branch = !own && track->slices && !track->async && !track->totals &&
                        c->processes[track->process].threads > 1;
    }
}

void chrome_nest(struct chrome *c)
{
    uint32_t at = 0;
    for (size_t i = 0; i < c->track_count; i++) {
        c->tracks[i].first = at;
        at += c->tracks[i].count;
        c->tracks[i].count = 0;
    }
    c->walk.order = calloc(at + (size_t)1, sizeof *c->walk.order);
    if (!c->walk.order) arena_exhausted(at * sizeof *c->walk.order);
    for (size_t i = 0; i < c->item_count; i++) {
        struct chrome_track *track = c->items[i].track == CHROME_NONE ? NULL : &c->tracks[c->items[i].track];
        if (track) c->walk.order[track->first + track->count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < c->track_count; i++) {
        uint32_t *order = c->walk.order + c->tracks[i].first;
        size_t count = c->tracks[i].count;
        c->tracks[i].totals = is_total(c, &c->tracks[i]);
        if (c->tracks[i].totals) continue;
        sort_by_time(c, order, count);
        match(c, order, count);
        sort_moments(c, order, count);
        nest(c, &c->tracks[i], order, count);
    }
    make_branches(c);
}
