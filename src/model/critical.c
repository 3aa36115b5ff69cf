/* SPDX-License-Identifier: MIT
 *
 * First every step gets its home: the ancestor whose child it is for the path. Then the homes' children are sorted by
 * how far they reach, and one walk goes backwards through them: each child is looked at once.
 */
#include "model/critical.h"

#include <stdlib.h>

#define NONE UINT32_MAX

/* A step as a child of its home. */
struct kin {
    uint32_t home, index;
    int64_t reach; /* the last end of the step and of all that has its home below it */
};

/* A step that the walk is in. */
struct frame {
    uint32_t index;
    uint32_t next, end;    /* its kin not looked at yet */
    int64_t cursor;        /* what is later is told already */
    int64_t skipped_start; /* the earliest start of kin that reached beyond the cursor */
    uint32_t taken;        /* the step that the walk went into last, NONE before */
    bool taken_by_link;    /* because its successor names it */
    bool next_by_link;     /* the kin at `next` is named by the one taken last */
};

struct name {
    struct str id;
    uint32_t index;
};

struct path {
    const struct run *run;
    struct critical *result;
    uint32_t *home;    /* by step index, NONE: no times */
    uint32_t *visible; /* by step index: the nearest visible one of itself and its ancestors */
    int64_t *reach;    /* by step index */
    struct kin *kin;   /* by home, the furthest reach first */
    uint32_t kin_count;
    uint32_t *first; /* by step index: its kin begin here */
    uint32_t *place; /* by step index: where it is in kin */
    struct name *names;
    size_t name_count; /* steps with an id, sorted by it; only when there are links */
    struct frame *stack;
    size_t depth, stack_cap;
    size_t segment_cap;
    struct critical_segment *segments; /* the latest first */
    size_t segment_count;
};

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    if (!p) arena_exhausted(count * size);
    return p;
}

static const struct step *step_at(const struct path *p, uint32_t index) { return p->run->steps[index]; }

static uint32_t home_of(const struct step *step)
{
    const struct step *at = step->parent;
    for (int i = 0; at && at->parent; i++, at = at->parent) {
        if (i == CRITICAL_CLIMB_MAX) return 0;
        if (at->start != TIME_NONE && step->start < at->shown_end && step->shown_end >= at->start) return at->index;
    }
    return 0;
}

static void find_homes(struct path *p)
{
    const struct run *run = p->run;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        bool timed = step->start != TIME_NONE && !step->older;
        p->visible[i] = step->hidden && step->parent ? p->visible[step->parent->index] : i;
        p->home[i] = timed && i > 0 ? home_of(step) : NONE;
        p->reach[i] = timed ? step->shown_end : run->start;
    }
    for (uint32_t i = run->step_count; i-- > 1;) { /* pre-order: what has its home in a step comes behind it */
        if (p->home[i] == NONE) continue;
        if (p->reach[i] > p->reach[p->home[i]]) p->reach[p->home[i]] = p->reach[i];
        p->kin[p->kin_count++] = (struct kin){ p->home[i], i, p->reach[i] };
    }
}

/* Of two that end together the one that started first comes first: it explains more of the time. */
static int by_home_and_reach(const void *pa, const void *pb)
{
    const struct kin *a = pa, *b = pb;
    if (a->home != b->home) return a->home < b->home ? -1 : 1;
    if (a->reach != b->reach) return a->reach > b->reach ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index; /* siblings are in start order */
}

static void sort_kin(struct path *p)
{
    qsort(p->kin, p->kin_count, sizeof *p->kin, by_home_and_reach);
    for (uint32_t i = 0, at = 0; i <= p->run->step_count; i++) {
        while (at < p->kin_count && p->kin[at].home < i) at++;
        p->first[i] = at;
    }
    for (uint32_t at = 0; at < p->kin_count; at++) p->place[p->kin[at].index] = at;
}

static bool is_follows(const struct path *p, const struct step_link *link)
{
    return str_eq(link->relation, S("follows")) && (!link->run_id.len || str_eq(link->run_id, p->run->id));
}

static int by_id(const void *pa, const void *pb)
{
    const struct name *a = pa, *b = pb;
    int order = str_cmp(a->id, b->id);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static void name_steps(struct path *p)
{
    const struct run *run = p->run;
    bool any = false;
    for (uint32_t i = 0; i < run->step_count && !any; i++)
        for (const struct step_link *l = run->steps[i]->more->links; l && !any; l = l->next) any = is_follows(p, l);
    if (!any) return;
    p->names = allocate(run->step_count, sizeof *p->names);
    for (uint32_t i = 0; i < run->step_count; i++)
        if (run->steps[i]->more->id.len) p->names[p->name_count++] = (struct name){ run->steps[i]->more->id, i };
    qsort(p->names, p->name_count, sizeof *p->names, by_id);
}

static uint32_t step_named(const struct path *p, struct str id)
{
    size_t low = 0, high = p->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(p->names[middle].id, id) < 0) low = middle + 1;
        else high = middle;
    }
    return low < p->name_count && str_eq(p->names[low].id, id) ? p->names[low].index : NONE;
}

/* Among the kin of frame f, the one that the step says it follows and that ended last before it; NONE when it says
 * nothing of the sort. */
static uint32_t predecessor(const struct path *p, const struct frame *f, const struct step *step)
{
    uint32_t best = NONE;
    for (const struct step_link *l = p->name_count ? step->more->links : NULL; l; l = l->next) {
        uint32_t index = is_follows(p, l) ? step_named(p, l->step_id) : NONE;
        if (index == NONE || p->home[index] != f->index || p->reach[index] > f->cursor) continue;
        uint32_t place = p->place[index];
        if (place >= f->next && place < best) best = place;
    }
    return best;
}

static void add_segment(struct path *p, uint32_t index, int64_t from, int64_t to)
{
    if (from >= to) return;
    const struct step *step = step_at(p, p->visible[index]);
    p->result->time[step->index] += to - from;
    struct critical_segment *last = p->segment_count ? &p->segments[p->segment_count - 1] : NULL;
    if (last && last->step == step) {
        last->from = from;
        return;
    }
    p->segments = array_grow(p->segments, &p->segment_cap, p->segment_count + 1, sizeof *p->segments);
    p->segments[p->segment_count++] = (struct critical_segment){ step, from, to };
}

static void enter(struct path *p, uint32_t index, int64_t cursor)
{
    p->stack = array_grow(p->stack, &p->stack_cap, p->depth + 1, sizeof *p->stack);
    p->stack[p->depth++] = (struct frame){ .index = index,
                                           .next = p->first[index],
                                           .end = p->first[index + 1],
                                           .cursor = cursor,
                                           .skipped_start = INT64_MAX,
                                           .taken = NONE };
    const struct step *step = step_at(p, index), *parent = step->parent;
    if (parent && parent->start != TIME_NONE && step->shown_end > parent->shown_end)
        p->result->flags[index] |= CRITICAL_OUTLIVES;
}

/* Kin that reach beyond the cursor ran beside the step taken last, and may run beside the next one. */
static void skip_kin(struct path *p, struct frame *f)
{
    for (; f->next < f->end && p->kin[f->next].reach > f->cursor; f->next++) {
        const struct step *skipped = step_at(p, p->kin[f->next].index);
        if (p->kin[f->next].reach == skipped->start) continue;
        if (f->taken != NONE && !f->taken_by_link) p->result->flags[f->taken] |= CRITICAL_BESIDE;
        if (skipped->start < f->skipped_start) f->skipped_start = skipped->start;
    }
}

/* One move: into the next child, or out of the step with its own time told. */
static void move(struct path *p)
{
    struct frame *f = &p->stack[p->depth - 1];
    skip_kin(p, f);
    if (f->next < f->end) {
        struct kin k = p->kin[f->next++];
        add_segment(p, f->index, k.reach, f->cursor);
        f->cursor = k.reach;
        f->taken = k.index;
        f->taken_by_link = f->next_by_link;
        if (!f->taken_by_link && f->skipped_start < k.reach) p->result->flags[k.index] |= CRITICAL_BESIDE;
        enter(p, k.index, k.reach);
        return;
    }
    int64_t start = f->index ? step_at(p, f->index)->start : p->run->start, left = f->cursor;
    add_segment(p, f->index, start, left);
    if (start < left) left = start;
    if (--p->depth == 0) return;
    struct frame *up = &p->stack[p->depth - 1];
    up->cursor = left;
    uint32_t place = predecessor(p, up, step_at(p, up->taken));
    up->next_by_link = place != NONE;
    if (place != NONE) up->next = place;
}

static void hand_over(struct path *p, struct arena *arena)
{
    p->result->segments = ARENA_ARRAY(arena, struct critical_segment, p->segment_count + 1);
    p->result->count = p->segment_count;
    for (size_t i = 0; i < p->segment_count; i++) p->result->segments[i] = p->segments[p->segment_count - 1 - i];
}

void critical_path(const struct run *run, struct arena *arena, struct critical *ret_path)
{
    size_t count = run->step_count;
    *ret_path = (struct critical){ .time = ARENA_ARRAY(arena, int64_t, count + 1),
                                   .flags = ARENA_ARRAY(arena, unsigned char, count + 1) };
    if (run->start == TIME_NONE || run->end <= run->start) return;
    struct path p = { .run = run, .result = ret_path };
    p.home = allocate(count, sizeof *p.home);
    p.visible = allocate(count, sizeof *p.visible);
    p.reach = allocate(count, sizeof *p.reach);
    p.kin = allocate(count, sizeof *p.kin);
    p.first = allocate(count + 1, sizeof *p.first);
    p.place = allocate(count, sizeof *p.place);
    find_homes(&p);
    sort_kin(&p);
    name_steps(&p);
    for (enter(&p, 0, run->end); p.depth > 0;) move(&p);
    hand_over(&p, arena);
    void *const blocks[] = { p.home, p.visible, p.reach, p.kin, p.first, p.place, p.names, p.stack, p.segments };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}
