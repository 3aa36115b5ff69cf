/* SPDX-License-Identifier: MIT
 *
 * All passes go over arrays in pre-order, forwards to hand something down, backwards to hand it up.
 */
#include "layout/boxes.h"

static uint32_t add_box(struct boxes *boxes, const struct step *step, uint32_t fold, uint32_t parent)
{
    boxes->items[boxes->count] = (struct box){
        .step = step,
        .fold = fold,
        .parent = parent,
        .depth = parent == BOX_NONE ? 0 : boxes->items[parent].depth + 1,
    };
    return boxes->count++;
}

static void collect_step(struct boxes *boxes, struct fold_rule rule, const struct step *s)
{
    uint32_t *owner = &boxes->owner[s->index];
    uint32_t parent = s->parent ? boxes->owner[s->parent->index] : BOX_NONE;
    if (parent != BOX_NONE && boxes->items[parent].fold != FOLD_NONE) {
        tally_add(&boxes->folds.items[boxes->items[parent].fold].below, (enum step_status)s->status);
        *owner = parent;
        return;
    }
    uint32_t number = boxes->folds.kind_count ? folding_number(&boxes->folds, s->index, rule) : FOLD_NONE;
    if (number == FOLD_NONE) {
        *owner = add_box(boxes, s, FOLD_NONE, parent);
        return;
    }
    uint32_t fold = folding_add(&boxes->folds, number, s);
    const struct step *first = boxes->folds.items[fold].first;
    *owner = s == first ? add_box(boxes, s, fold, parent) : boxes->owner[first->index];
    struct box *box = &boxes->items[*owner];
    if (s->rank < box->step->rank) box->step = s;
}

/* Could any siblings be too many? */
static bool may_fold(const struct run *run, uint32_t fold_over)
{
    bool may = false;
    for (uint32_t i = 0; i < run->step_count && !may; i++) may = run->steps[i]->child_count > fold_over;
    return may;
}

/* Boxes rank as their steps do. */
static void order_boxes(struct boxes *boxes)
{
    uint32_t steps = boxes->run->visible_count, count = 0;
    boxes->order = ARENA_ARRAY(&boxes->scratch, uint32_t, steps);
    for (uint32_t rank = 0; rank < steps; rank++) boxes->order[rank] = BOX_NONE;
    for (uint32_t i = 0; i < boxes->count; i++) boxes->order[boxes->items[i].step->rank] = i;
    for (uint32_t rank = 0; rank < steps; rank++)
        if (boxes->order[rank] != BOX_NONE) boxes->order[count++] = boxes->order[rank];
}

void boxes_collect(struct boxes *boxes, const struct run *run, struct analysis *analysis, uint32_t fold_over,
                   struct arena *arena)
{
    const struct fold_rule rule = { fold_over, fold_over, fold_over };
    *boxes = (struct boxes){ .run = run };
    if (fold_over && may_fold(run, fold_over)) folding_begin(&boxes->folds, run, analysis, NULL, fold_over, arena);
    boxes->owner = ARENA_ARRAY(&boxes->scratch, uint32_t, run->step_count);
    boxes->items = ARENA_ARRAY(&boxes->scratch, struct box, run->step_count);
    for (const struct step *s = run->root; s; s = step_next(run->root, s, s->hidden))
        if (!s->hidden) collect_step(boxes, rule, s);
    folding_measure(&boxes->folds);
    order_boxes(boxes);
}

void boxes_free(struct boxes *boxes)
{
    arena_free(&boxes->scratch);
    boxes->items = NULL;
    boxes->count = boxes->kept = 0;
}

/* The steps that a box stands for. */
static struct tally box_tally(const struct boxes *boxes, const struct box *b)
{
    struct tally tally = { 0 };
    if (b->fold == FOLD_NONE) tally_add(&tally, (enum step_status)b->step->status);
    else {
        tally_merge(&tally, boxes->folds.items[b->fold].members);
        tally_merge(&tally, boxes->folds.items[b->fold].below);
    }
    return tally;
}

void boxes_keep(struct boxes *boxes, uint32_t max_boxes, uint32_t max_depth)
{
    if (max_boxes == 0) max_boxes = 1;
    boxes->kept = 0;
    for (uint32_t i = 0; i < boxes->count; i++) {
        struct box *b = &boxes->items[boxes->order[i]];
        b->dropped = (struct tally){ 0 };
        b->kept = boxes->kept < max_boxes && b->depth < max_depth;
        boxes->kept += b->kept;
    }
    for (uint32_t i = boxes->count; i-- > 1;) {
        struct box *b = &boxes->items[i], *up = &boxes->items[b->parent];
        if (b->kept) continue;
        tally_merge(&b->dropped, box_tally(boxes, b));
        tally_merge(&up->dropped, b->dropped);
    }
}
