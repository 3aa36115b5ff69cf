/* SPDX-License-Identifier: MIT
 *
 * Box by box in pre-order, each adds the blocks of its children. A fold stands for many steps that may be far apart, so
 * whether two boxes ran side by side is told by the steps themselves:
 *
 *     steps   a1──── b1──      a2───            boxes   a ×3   (a1 a2 a3)
 *                 b2────────          a3──              b ×2   (b1 b2)
 *
 * a1 and b2 overlap, so a and b are a fork. Had all of them followed each other they were a chain, though the time from
 * the first to the last a contains the b's.
 */
#include "layout/sequence.h"

#include "model/attempts.h"

#include <stdlib.h>

/* Children of one box while they are put in order; all arrays are by number of the child. */
struct siblings {
    uint32_t *boxes;
    int64_t *from, *to; /* of all steps in a box */
    int32_t *spans;     /* +1 where a group of overlapping boxes begins, -1 where the last one of it is */
    uint32_t *lane;     /* which lane a box of a fork is in */
    uint32_t *chosen;   /* those of one lane */
    uint32_t count;
};

struct making {
    const struct boxes *boxes;
    struct sequence *s;
    struct siblings now;
    uint32_t *block_of;                  /* by box */
    uint32_t *first_child, *next, *last; /* kept boxes below a box, as lists */
    uint32_t *number;                    /* by box: its number among its siblings */
    int64_t *lane_end;
};

static void widen(int64_t *from, int64_t *to, int64_t start, int64_t end)
{
    if (start == TIME_NONE) return;
    if (*from == TIME_NONE || start < *from) *from = start;
    if (*to == TIME_NONE || end > *to) *to = end;
}

static uint32_t add_block(struct making *m, enum block_kind kind, uint32_t box, uint32_t parent)
{
    uint32_t n = m->s->count++;
    m->s->blocks[n] = (struct block){ .kind = kind,
                                      .box = box,
                                      .parent = parent,
                                      .first_child = BLOCK_NONE,
                                      .last_child = BLOCK_NONE,
                                      .next = BLOCK_NONE,
                                      .from = TIME_NONE,
                                      .to = TIME_NONE };
    if (parent == BLOCK_NONE) return n;
    struct block *up = &m->s->blocks[parent];
    if (up->last_child == BLOCK_NONE) up->first_child = n;
    else m->s->blocks[up->last_child].next = n;
    up->last_child = n;
    up->children++;
    return n;
}

static const struct box *box_at(const struct making *m, uint32_t number)
{
    return &m->boxes->items[m->now.boxes[number]];
}

static void add_box(struct making *m, uint32_t number, uint32_t parent)
{
    uint32_t box = m->now.boxes[number];
    bool frame = m->first_child[box] != BOX_NONE || m->boxes->items[box].dropped.steps;
    uint32_t n = add_block(m, frame ? BLOCK_FRAME : BLOCK_BOX, box, parent);
    m->block_of[box] = n;
    m->s->blocks[n].from = m->now.from[number];
    m->s->blocks[n].to = m->now.to[number];
}

static bool is_retry(const struct box *a, const struct box *b)
{
    return a->fold == FOLD_NONE && b->fold == FOLD_NONE && attempt_again(a->step, b->step);
}

/* Boxes one after the other, attempts among them as one. */
static void add_chain(struct making *m, const uint32_t *numbers, uint32_t count, uint32_t parent)
{
    for (uint32_t i = 0, end; i < count; i = end) {
        uint32_t at = parent;
        for (end = i + 1; end < count && is_retry(box_at(m, numbers[end - 1]), box_at(m, numbers[end]));) end++;
        if (end > i + 1) at = add_block(m, BLOCK_ATTEMPTS, m->now.boxes[numbers[i]], parent);
        for (uint32_t k = i; k < end; k++) {
            add_box(m, numbers[k], at);
            if (at != parent)
                widen(&m->s->blocks[at].from, &m->s->blocks[at].to, m->now.from[numbers[k]], m->now.to[numbers[k]]);
        }
    }
}

/* Finds the children, their times, and which of them overlap: steps are in the order of their starts, so as long as one
 * begins before the last of a cluster has ended it belongs to that cluster. */
static void find_groups(struct making *m, uint32_t box)
{
    struct siblings *now = &m->now;
    now->count = 0;
    for (uint32_t c = m->first_child[box]; c != BOX_NONE; c = m->next[c]) {
        uint32_t k = m->number[c] = now->count++;
        now->boxes[k] = c;
        now->from[k] = now->to[k] = TIME_NONE;
        now->spans[k] = 0;
    }
    int64_t end = TIME_NONE;
    uint32_t least = 0, most = 0;
    for (const struct step *s = m->boxes->items[box].step->first_child; s; s = s->next) {
        if (s->hidden || s->start == TIME_NONE || !m->boxes->items[m->boxes->owner[s->index]].kept) continue;
        uint32_t k = m->number[m->boxes->owner[s->index]];
        widen(&now->from[k], &now->to[k], s->start, s->shown_end);
        if (end == TIME_NONE || s->start >= end) {
            now->spans[least]++;
            now->spans[most]--;
            least = most = k;
            end = s->shown_end;
            continue;
        }
        if (k < least) least = k;
        if (k > most) most = k;
        if (s->shown_end > end) end = s->shown_end;
    }
    if (!now->count) return;
    now->spans[least]++;
    now->spans[most]--;
}

/* Numbers first … last side by side: each goes into the first lane that is free when it begins. */
static void add_fork(struct making *m, uint32_t first, uint32_t last, uint32_t parent)
{
    struct siblings *now = &m->now;
    uint32_t lanes = 0, fork = add_block(m, BLOCK_FORK, BOX_NONE, parent);
    for (uint32_t k = first; k <= last; k++) {
        uint32_t lane = 0;
        while (lane < lanes && (now->from[k] == TIME_NONE || m->lane_end[lane] > now->from[k])) lane++;
        if (lane == lanes) m->lane_end[lanes++] = TIME_NONE;
        now->lane[k] = lane;
        if (now->to[k] != TIME_NONE) m->lane_end[lane] = now->to[k];
        widen(&m->s->blocks[fork].from, &m->s->blocks[fork].to, now->from[k], now->to[k]);
    }
    for (uint32_t lane = 0; lane < lanes; lane++) {
        uint32_t count = 0, n = add_block(m, BLOCK_LANE, BOX_NONE, fork);
        for (uint32_t k = first; k <= last; k++) {
            if (now->lane[k] != lane) continue;
            now->chosen[count++] = k;
            widen(&m->s->blocks[n].from, &m->s->blocks[n].to, now->from[k], now->to[k]);
        }
        add_chain(m, now->chosen, count, n);
    }
}

static void add_children(struct making *m, uint32_t box)
{
    struct siblings *now = &m->now;
    find_groups(m, box);
    uint32_t chain = 0;
    for (uint32_t k = 0, last; k < now->count; k = last + 1) {
        int32_t open = now->spans[k];
        for (last = k; open > 0; open += now->spans[last]) last++;
        if (last == k) {
            now->chosen[chain++] = k;
            continue;
        }
        add_chain(m, now->chosen, chain, m->block_of[box]);
        chain = 0;
        add_fork(m, k, last, m->block_of[box]);
    }
    add_chain(m, now->chosen, chain, m->block_of[box]);
    if (m->boxes->items[box].dropped.steps) add_block(m, BLOCK_STUB, box, m->block_of[box]);
}

static uint32_t *numbers(struct arena *arena, uint32_t count)
{
    uint32_t *list = ARENA_ARRAY(arena, uint32_t, count + (size_t)1);
    for (uint32_t i = 0; i < count; i++) list[i] = BOX_NONE;
    return list;
}

static struct siblings siblings_of(struct arena *arena, uint32_t count)
{
    return (struct siblings){ .boxes = numbers(arena, count),
                              .from = ARENA_ARRAY(arena, int64_t, count),
                              .to = ARENA_ARRAY(arena, int64_t, count),
                              .spans = ARENA_ARRAY(arena, int32_t, count + (size_t)1),
                              .lane = numbers(arena, count),
                              .chosen = numbers(arena, count) };
}

struct sequence sequence_of(const struct boxes *boxes, struct arena *arena)
{
    struct sequence s = { 0 };
    uint32_t count = boxes->count;
    struct making m = { .boxes = boxes, .s = &s };
    if (!count || !boxes->items[0].kept) return s;
    /* a box, and at most a lane, a fork or attempts, and a stub for it */
    s.blocks = ARENA_ARRAY(arena, struct block, boxes->kept * (size_t)5);
    m.now = siblings_of(arena, boxes->kept);
    m.lane_end = ARENA_ARRAY(arena, int64_t, boxes->kept);
    m.block_of = numbers(arena, count);
    m.first_child = numbers(arena, count);
    m.next = numbers(arena, count);
    m.last = numbers(arena, count);
    m.number = numbers(arena, count);
    for (uint32_t i = 1; i < count; i++) {
        uint32_t up = boxes->items[i].parent;
        if (!boxes->items[i].kept) continue;
        if (m.first_child[up] == BOX_NONE) m.first_child[up] = i;
        else m.next[m.last[up]] = i;
        m.last[up] = i;
    }
    m.now.boxes[0] = 0;
    m.now.from[0] = boxes->items[0].step->start;
    m.now.to[0] = boxes->items[0].step->shown_end;
    add_box(&m, 0, BLOCK_NONE);
    for (uint32_t i = 0; i < count; i++)
        if (boxes->items[i].kept && s.blocks[m.block_of[i]].kind == BLOCK_FRAME) add_children(&m, i);
    return s;
}
