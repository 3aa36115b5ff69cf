/* SPDX-License-Identifier: MIT
 *
 * Which boxes of the tree are drawn, and where. Several arrangements are tried, and the one is taken that is readable
 * with the least scrolling:
 *
 *     to the right   a column for each depth                down   a row for each depth: for long chains
 *     with racks     leaves that are many stand in rows and columns of their own: for wide and flat runs
 *
 * Of a depth only the extent along the way down the tree counts; across, tidy_layout says where a node stands.
 */
#include "layout/graph_tree.h"

#include "layout/metrics.h"

#include <math.h>

/* px */
enum {
    STUB_HEIGHT = 24,
    ROW_GAP = 12,
    ROW_COUSIN_GAP = 24,
    COLUMN_GAP_MIN = 48,
    COLUMN_GAP_MAX = 112,
    SIDE_GAP = 16,
    SIDE_COUSIN_GAP = 32,
    DOWN_GAP_MIN = 32,
    DOWN_GAP_MAX = 96,
    GOOD_WIDTH = 1200, /* what a reader sees at once */
    GOOD_HEIGHT = 800,
};
enum { MANY = 8, SOME = 3 /* leaves that make a rack */, CLIMB_PER_GAP = 16 };
#define MUCH_BETTER 0.9
#define TOO_LARGE   1e6

struct arrangement {
    double rack;    /* width of a rack against its height, 0: no racks */
    uint32_t least; /* leaves that make one */
    bool down;
};

static const struct arrangement all[] = {
    { 0, 0, false },      { 1.5, MANY, false }, { 4, MANY, false },  { 12, MANY, false },
    { 0.7, MANY, false }, { 0, 0, true },       { 1.5, MANY, true }, { 4, MANY, true },
    { 0.4, MANY, true },  { 4, SOME, false },   { 12, SOME, false }, { 60, SOME, false },
};

const struct sheet_box *tree_wanted(struct tree *t, uint32_t box)
{
    if (!t->wanted[box]) {
        struct sheet_box *b = t->wanted[box] = ARENA_NEW(t->sheet->scratch, struct sheet_box);
        *b = sheet_box(t->sheet, &t->boxes, &t->boxes.items[box]);
        b->width = 2 * ceil(b->width / 2);
    }
    return t->wanted[box];
}

/* ---- nodes and their sizes ---- */

static struct tree_node *add_node(struct tree *t, enum tree_kind kind, const struct box *box, uint32_t parent)
{
    struct tree_node *n = &t->nodes[t->count++];
    uint32_t depth = parent == TIDY_NONE ? 0 : t->nodes[parent].depth + 1;
    *n = (struct tree_node){ .kind = kind, .box = box, .parent = parent, .depth = depth };
    if (depth + 1 > t->depths) t->depths = depth + 1;
    return n;
}

/* The node is measured. */
static void hang_node(struct tree *t, const struct tree_node *n)
{
    tidy_add(t->tidy, (uint32_t)(n - t->nodes), n->parent, t->down ? n->width : n->height);
}

static void add_box(struct tree *t, uint32_t box, uint32_t parent)
{
    struct tree_node *n = add_node(t, TREE_BOX, &t->boxes.items[box], parent);
    t->node_of[box] = (uint32_t)(n - t->nodes);
    n->drawn = *tree_wanted(t, box);
    n->width = n->drawn.width;
    n->height = n->drawn.height;
    hang_node(t, n);
}

static void add_stub(struct tree *t, uint32_t of)
{
    struct tree_node *n = add_node(t, TREE_STUB, t->nodes[of].box, of);
    n->stub = stub_text(n->box, t->sheet->scratch);
    n->width = 2 * ceil(metrics_width(n->stub.text, BOX_LINE_SIZE, WEIGHT_REGULAR) / 2);
    if (!t->down) n->width += TREE_STUB_LEFT;
    n->height = STUB_HEIGHT;
    hang_node(t, n);
}

static void add_rack(struct tree *t, uint32_t first, uint32_t members, uint32_t parent, double aspect)
{
    struct tree_node *n = add_node(t, TREE_RACK, NULL, parent);
    for (uint32_t k = first; k < first + members; k++) {
        n->cell = fmax(n->cell, tree_wanted(t, t->kept[k])->width);
        n->cell_height = fmax(n->cell_height, tree_wanted(t, t->kept[k])->height);
    }
    double wanted = sqrt(members * aspect * (n->cell_height + TREE_RACK_GAP) / (n->cell + TREE_RACK_GAP));
    uint32_t columns = (uint32_t)fmax(1, fmin(floor(wanted + 0.5), members));
    uint32_t rows = (members + columns - 1) / columns;
    n->first = first;
    n->members = members;
    n->columns = (members + rows - 1) / rows;
    n->width = n->columns * (n->cell + TREE_RACK_GAP) - TREE_RACK_GAP + 2 * TREE_RACK_PADDING;
    n->height = rows * (n->cell_height + TREE_RACK_GAP) - TREE_RACK_GAP + 2 * TREE_RACK_PADDING;
    hang_node(t, n);
}

static bool is_leaf(const struct tree *t, uint32_t box)
{
    const struct box *b = &t->boxes.items[box];
    return !b->dropped.steps && !t->inner[box];
}

/* How many of the kept boxes from the k-th on are leaves of one parent. */
static uint32_t leaves_from(const struct tree *t, uint32_t k)
{
    uint32_t n = 0, parent = t->boxes.items[t->kept[k]].parent;
    while (parent != BOX_NONE && k + n < t->boxes.kept && t->boxes.items[t->kept[k + n]].parent == parent &&
           is_leaf(t, t->kept[k + n]))
        n++;
    return n;
}

static void list_kept(struct tree *t)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->boxes.count; i++) {
        const struct box *b = &t->boxes.items[i];
        t->inner[i] = 0;
        if (!b->kept) continue;
        t->kept[count++] = i;
        if (b->parent != BOX_NONE) t->inner[b->parent] = 1;
    }
}

static void add_nodes(struct tree *t, const struct arrangement *how)
{
    t->count = t->depths = 0;
    for (uint32_t k = 0, run = 0, taken; k < t->boxes.kept; k += taken) {
        uint32_t up = t->boxes.items[t->kept[k]].parent;
        uint32_t parent = up == BOX_NONE ? TIDY_NONE : t->node_of[up];
        if (how->rack > 0 && !run) run = leaves_from(t, k);
        taken = run && run >= how->least ? run : 1;
        if (taken > 1) add_rack(t, k, taken, parent, how->rack);
        else add_box(t, t->kept[k], parent);
        run -= run ? taken : 0;
    }
    uint32_t nodes = t->count;
    for (uint32_t n = 0; n < nodes; n++)
        if (t->nodes[n].kind == TREE_BOX && t->nodes[n].box->dropped.steps) add_stub(t, n);
}

/* ---- places ---- */

static bool is_fold(const struct tree_node *n) { return n->kind == TREE_BOX && n->box->fold != FOLD_NONE; }

/* The steps of a column get the width of the widest, and so do its folds. */
static void even_widths(struct tree *t, double *widest_of[2])
{
    for (int fold = 0; fold < 2; fold++) memset(widest_of[fold], 0, t->depths * sizeof *widest_of[fold]);
    for (uint32_t i = 0; i < t->count; i++) {
        double *widest = &widest_of[is_fold(&t->nodes[i])][t->nodes[i].depth];
        if (t->nodes[i].kind == TREE_BOX) *widest = fmax(*widest, t->nodes[i].width);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        struct tree_node *n = &t->nodes[i];
        if (n->kind == TREE_BOX) n->width = n->drawn.width = widest_of[is_fold(n)][n->depth];
    }
}

/* Depths one after the other; the farther the edges between two of them have to go across, the more room there.
 * Returns how many of them end before `limit`. */
static uint32_t place_along(struct tree *t, double limit)
{
    struct arena *a = t->sheet->scratch;
    double *far = ARENA_ARRAY(a, double, t->depths), *thick = ARENA_ARRAY(a, double, t->depths);
    double *from = ARENA_ARRAY(a, double, t->depths), end = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tree_node *n = &t->nodes[i];
        uint32_t parent = t->tidy[i].parent;
        thick[n->depth] = fmax(thick[n->depth], t->down ? n->height : n->width);
        if (parent != TIDY_NONE) far[n->depth] = fmax(far[n->depth], fabs(t->tidy[i].centre - t->tidy[parent].centre));
    }
    double least = t->down ? DOWN_GAP_MIN : COLUMN_GAP_MIN, most = t->down ? DOWN_GAP_MAX : COLUMN_GAP_MAX;
    uint32_t fitting = 0;
    for (uint32_t d = 0; d < t->depths; d++) {
        if (d > 0) end += fmin(floor(least + far[d] / CLIMB_PER_GAP), most);
        from[d] = end;
        end += thick[d];
        fitting += end <= limit;
    }
    *(t->down ? &t->height : &t->width) = end;
    for (uint32_t i = 0; i < t->count; i++) *(t->down ? &t->nodes[i].y : &t->nodes[i].x) = from[t->nodes[i].depth];
    return fitting;
}

static void place_across(struct tree *t)
{
    double end = 0;
    tidy_layout(t->tidy, t->count, t->down ? SIDE_GAP : ROW_GAP, t->down ? SIDE_COUSIN_GAP : ROW_COUSIN_GAP);
    for (uint32_t i = 0; i < t->count; i++) {
        struct tree_node *n = &t->nodes[i];
        double extent = t->down ? n->width : n->height, at = floor(t->tidy[i].centre + 0.5) - extent / 2;
        *(t->down ? &n->x : &n->y) = at;
        end = fmax(end, at + extent);
    }
    *(t->down ? &t->width : &t->height) = end;
}

/* px that the picture may have beside title and margins. */
static double room_along(const struct tree *t)
{
    return sheet_side(t->sheet) - 2 * SHEET_MARGIN - (t->down ? HEADER_MAX : 0);
}

static double room_across(const struct tree *t)
{
    return sheet_side(t->sheet) - 2 * SHEET_MARGIN - (t->down ? 0 : HEADER_MAX);
}

uint32_t tree_place(struct tree *t)
{
    if (!t->down) {
        double *widest_of[2] = { ARENA_ARRAY(t->sheet->scratch, double, t->depths),
                                 ARENA_ARRAY(t->sheet->scratch, double, t->depths) };
        even_widths(t, widest_of);
    }
    place_across(t);
    return place_along(t, room_along(t));
}

/* Places the kept boxes. Returns how many depths fit. */
static uint32_t arrange(struct tree *t, const struct arrangement *how)
{
    t->down = how->down;
    add_nodes(t, how);
    return tree_place(t);
}

static void keep(struct tree *t, uint32_t boxes, uint32_t depths)
{
    boxes_keep(&t->boxes, boxes, depths);
    list_kept(t);
}

/* ---- choosing ---- */

double tree_largeness(const struct tree *t) { return fmax(1, fmax(t->width / GOOD_WIDTH, t->height / GOOD_HEIGHT)); }

bool tree_fits(const struct tree *t)
{
    double across = t->down ? t->width : t->height, along = t->down ? t->height : t->width;
    return across <= room_across(t) && along <= room_along(t);
}

/* One that fits, if any does. */
static struct arrangement best_arrangement(struct tree *t)
{
    struct arrangement best = all[0];
    double least = INFINITY;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        arrange(t, &all[i]);
        double here = tree_largeness(t) * (tree_fits(t) ? 1 : TOO_LARGE);
        if (here >= least * MUCH_BETTER) continue;
        least = here;
        best = all[i];
    }
    return best;
}

/* Breaks the arrangement to the right that takes the least area into columns. */
static bool break_smallest(struct tree *t)
{
    const struct arrangement *smallest = NULL;
    double least = INFINITY;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].down) continue;
        arrange(t, &all[i]);
        if (t->width * t->height >= least) continue;
        least = t->width * t->height;
        smallest = &all[i];
    }
    arrange(t, smallest);
    return tree_break(t);
}

/* Fewer depths until the tree is short enough, and of these fewer boxes until it is narrow enough. */
static void shrink(struct tree *t, const struct arrangement *how, uint32_t limit)
{
    double step = how->down ? BOX_HEIGHT + DOWN_GAP_MIN : BOX_MIN + COLUMN_GAP_MIN;
    uint32_t boxes = limit, depths = (uint32_t)fmax(1, fmin(sheet_side(t->sheet) / step, 1e9));
    for (;;) {
        keep(t, boxes, depths);
        uint32_t fitting = arrange(t, how);
        double across = how->down ? t->width : t->height, room = room_across(t);
        if (across > room && t->boxes.kept > 1) {
            boxes = (uint32_t)(t->boxes.kept * fmin(fmax(room, 0) / across, 0.98));
            continue;
        }
        if (fitting >= t->depths || depths <= 1) return;
        /* the last one that fits may be needed for stubs; a sixteenth at least, so that this ends soon */
        uint32_t fewer = depths - 1 - depths / 16;
        depths = fitting > 1 && fitting - 1 < fewer ? fitting - 1 : fewer;
        if (depths < 1) depths = 1;
        boxes = limit;
    }
}

void tree_choose(struct tree *t)
{
    const struct graph_options *o = t->sheet->o;
    struct arena *a = t->sheet->scratch;
    uint32_t limit = o->max_boxes && o->max_boxes < GRAPH_BOXES_MAX ? o->max_boxes : GRAPH_BOXES_MAX;
    uint32_t most = t->boxes.count < limit ? t->boxes.count : limit;
    t->tidy = ARENA_ARRAY(a, struct tidy_node, (size_t)most * 2);
    t->nodes = ARENA_ARRAY(a, struct tree_node, (size_t)most * 2);
    t->kept = ARENA_ARRAY(a, uint32_t, most);
    t->node_of = ARENA_ARRAY(a, uint32_t, t->boxes.count);
    t->wanted = ARENA_ARRAY(a, struct sheet_box *, t->boxes.count);
    t->inner = ARENA_ARRAY(a, unsigned char, t->boxes.count);
    if (!t->boxes.count) return;
    keep(t, limit, UINT32_MAX);
    struct arrangement best = best_arrangement(t);
    arrange(t, &best);
    if (tree_fits(t)) return;
    if (break_smallest(t)) return;
    shrink(t, &best, limit);
}
