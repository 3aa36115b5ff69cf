/* SPDX-License-Identifier: MIT
 *
 * All passes go over arrays in pre-order, forwards to hand something down, backwards to hand it up.
 */
#include "layout/boxes.h"

#include <stdlib.h>

/* State of collecting, all arrays by step index. */
struct collect {
    struct boxes *boxes;
    uint32_t *owner;    /* the box that draws a step or has it folded away */
    uint32_t *fold_of;  /* of a child of a box: its fold */
    uint32_t *fold_box; /* by fold: its box, once it has one */
    size_t fold_box_cap;
    const struct step **siblings; /* the visible children of one step */
    size_t sibling_cap;
    uint32_t *groups; /* their folds */
    size_t group_cap;
    uint32_t fold_over;
};

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

static void fold_children(struct collect *c, const struct step *parent)
{
    if (!c->fold_over || parent->child_count <= c->fold_over) return;
    struct fold_list *folds = &c->boxes->folds;
    uint32_t count = 0;
    c->siblings = array_grow(c->siblings, &c->sibling_cap, parent->child_count, sizeof(struct step *));
    c->groups = array_grow(c->groups, &c->group_cap, parent->child_count, sizeof(uint32_t));
    for (const struct step *s = parent->first_child; s; s = s->next)
        if (!s->hidden) c->siblings[count++] = s;
    fold_siblings(folds, c->siblings, count, c->fold_over, c->groups);
    for (uint32_t i = 0; i < count; i++) c->fold_of[c->siblings[i]->index] = c->groups[i];
    c->fold_box = array_grow(c->fold_box, &c->fold_box_cap, folds->count, sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++)
        if (c->groups[i] != FOLD_NONE) c->fold_box[c->groups[i]] = BOX_NONE;
}

static void collect_step(struct collect *c, const struct step *s)
{
    struct boxes *boxes = c->boxes;
    uint32_t *owner = &c->owner[s->index];
    uint32_t parent = s->parent ? c->owner[s->parent->index] : BOX_NONE;
    if (parent != BOX_NONE && boxes->items[parent].fold != FOLD_NONE) {
        tally_add(&boxes->folds.items[boxes->items[parent].fold].below, (enum step_status)s->status);
        *owner = parent;
        return;
    }
    uint32_t fold = c->fold_of[s->index];
    if (fold == FOLD_NONE) {
        *owner = add_box(boxes, s, FOLD_NONE, parent);
        fold_children(c, s);
        return;
    }
    if (c->fold_box[fold] == BOX_NONE) c->fold_box[fold] = add_box(boxes, s, fold, parent);
    *owner = c->fold_box[fold];
}

void boxes_collect(struct boxes *boxes, const struct run *run, uint32_t fold_over, struct arena *arena)
{
    *boxes = (struct boxes){ .run = run, .folds = { .arena = arena } };
    struct collect c = { .boxes = boxes, .fold_over = fold_over };
    c.owner = ARENA_ARRAY(&boxes->scratch, uint32_t, run->step_count);
    c.fold_of = ARENA_ARRAY(&boxes->scratch, uint32_t, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) c.fold_of[i] = FOLD_NONE;
    boxes->items = ARENA_ARRAY(&boxes->scratch, struct box, run->step_count);
    for (const struct step *s = run->root; s; s = step_next(run->root, s, s->hidden))
        if (!s->hidden) collect_step(&c, s);
    for (uint32_t i = 0; i < boxes->count; i++) boxes->items[i].rank = i;
    boxes->kept = boxes->count;
    free(c.fold_box);
    free(c.siblings);
    free(c.groups);
}

void boxes_free(struct boxes *boxes)
{
    fold_list_free(&boxes->folds);
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

/* How much a box deserves to be drawn. */
struct merit {
    int64_t duration;
    uint32_t box;
    bool must; /* failed or unfinished, or an ancestor of one that is */
};

static struct merit own_merit(const struct boxes *boxes, uint32_t i)
{
    const struct box *b = &boxes->items[i];
    struct tally tally = box_tally(boxes, b);
    int64_t duration = b->fold == FOLD_NONE ? b->step->duration : boxes->folds.items[b->fold].max;
    return (struct merit){ duration, i, tally.errors + tally.unfinished > 0 };
}

/* The musts in tree order, then by duration; at equal merit tree order, which has ancestors first. */
static int compare_merit(const void *pa, const void *pb)
{
    const struct merit *a = pa, *b = pb;
    if (a->must != b->must) return a->must ? -1 : 1;
    if (!a->must && a->duration != b->duration) return a->duration > b->duration ? -1 : 1;
    return (a->box > b->box) - (a->box < b->box);
}

void boxes_rank(struct boxes *boxes, uint32_t max_depth)
{
    if (!boxes->merits) boxes->merits = ARENA_ARRAY(&boxes->scratch, struct merit, boxes->count);
    struct merit *merits = boxes->merits;
    uint32_t candidates = 0;
    for (uint32_t i = 0; i < boxes->count; i++) merits[i] = own_merit(boxes, i);
    /* an ancestor deserves at least what its descendants do: so any first few in this order make a connected tree */
    for (uint32_t i = boxes->count; i-- > 1;) {
        struct merit *up = &merits[boxes->items[i].parent];
        up->must |= merits[i].must;
        if (merits[i].duration > up->duration) up->duration = merits[i].duration;
    }
    for (uint32_t i = 0; i < boxes->count; i++) {
        boxes->items[i].rank = BOX_NONE;
        if (boxes->items[i].depth < max_depth) merits[candidates++] = merits[i];
    }
    qsort(merits, candidates, sizeof *merits, compare_merit);
    for (uint32_t rank = 0; rank < candidates; rank++) boxes->items[merits[rank].box].rank = rank;
    boxes->kept = candidates;
}

void boxes_keep(struct boxes *boxes, uint32_t max_boxes)
{
    if (max_boxes == 0) max_boxes = 1;
    if (boxes->kept > max_boxes) boxes->kept = max_boxes;
    for (uint32_t i = 0; i < boxes->count; i++) boxes->items[i].dropped = (struct tally){ 0 };
    for (uint32_t i = boxes->count; i-- > 1;) {
        struct box *b = &boxes->items[i], *up = &boxes->items[b->parent];
        if (box_kept(boxes, b)) continue;
        tally_merge(&b->dropped, box_tally(boxes, b));
        tally_merge(&up->dropped, b->dropped);
    }
}
