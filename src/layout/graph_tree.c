/* SPDX-License-Identifier: MIT
 *
 * A column for each depth, as wide as its widest box; within it tidy_layout says how high a box stands. The steps of
 * a column are of one width, and so are its folds. What is not drawn below a box hangs there as a small stub:
 *
 *     ┌────────┐      ┌────────┐      ┌────────────────────┐
 *     │ root   │──┬───│ parse  │──────│ page_*         ×20 │
 *     │ 1.24 s │  │   │ 45 ms  │      │ min · mean · max   │
 *     └────────┘  │   └────────┘      └────────────────────┘
 *                 └─── +12 more
 */
#include "layout/boxes.h"
#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/sheet.h"
#include "layout/tidy.h"

#include <math.h>

/* px */
enum {
    STUB_HEIGHT = 24,
    STUB_LEFT = 8,
    ROW_GAP = 12,
    COUSIN_GAP = 24,
    COLUMN_GAP_MIN = 48,
    COLUMN_GAP_MAX = 112,
    DEPTH_MIN = BOX_MIN + COLUMN_GAP_MIN,
};

/* What is drawn at one place: a box, or the stub for what is missing below it. */
struct node {
    const struct box *box;
    bool stub;
    double height, x, width;
    struct sheet_box drawn;
    struct box_line stub_line;
};

struct graph {
    struct sheet *sheet;
    struct boxes boxes;
    struct arena *scratch;
    struct tidy_node *tidy;
    struct node *nodes;
    uint32_t *node_of;  /* by box */
    uint32_t count;     /* nodes */
    uint32_t depths;    /* columns */
    double width;       /* of the tree with its margins */
    double top, height; /* of the tree */
};

static void add_node(struct graph *g, const struct box *b, bool stub, uint32_t parent, double height)
{
    uint32_t n = g->count++, depth = b->depth + stub;
    g->nodes[n] = (struct node){ .box = b, .stub = stub, .height = height };
    tidy_add(g->tidy, n, parent, height);
    if (depth + 1 > g->depths) g->depths = depth + 1;
}

/* The kept boxes and stubs as a tree with heights and places across; texts come later, for those that stay. */
static void place_rows(struct graph *g)
{
    g->count = g->depths = 0;
    for (uint32_t i = 0; i < g->boxes.count; i++) {
        const struct box *b = &g->boxes.items[i];
        if (!b->kept) continue;
        g->node_of[i] = g->count;
        uint32_t parent = b->parent == BOX_NONE ? TIDY_NONE : g->node_of[b->parent];
        add_node(g, b, false, parent, sheet_box_height(&g->boxes, b));
    }
    uint32_t boxes = g->count;
    for (uint32_t n = 0; n < boxes; n++)
        if (g->nodes[n].box->dropped.steps) add_node(g, g->nodes[n].box, true, n, STUB_HEIGHT);
    tidy_layout(g->tidy, g->count, ROW_GAP, COUSIN_GAP);
    g->height = 0;
    for (uint32_t n = 0; n < g->count; n++) g->height = fmax(g->height, g->tidy[n].centre + g->tidy[n].size / 2);
}

static uint32_t node_depth(const struct node *n) { return n->box->depth + n->stub; }

static bool is_fold(const struct node *n) { return n->box->fold != FOLD_NONE; }

/* The texts of a node and the width they want. */
static void describe(struct graph *g, struct node *n)
{
    if (n->stub) {
        n->stub_line = stub_text(n->box, g->scratch);
        n->width = STUB_LEFT + ceil(metrics_width(n->stub_line.text, BOX_LINE_SIZE, WEIGHT_REGULAR));
        return;
    }
    n->drawn = sheet_box(g->sheet, &g->boxes, n->box);
    n->width = n->drawn.width;
}

/* Columns side by side, the farther the edges between two of them have to climb, the more room there. The steps of a
 * column get the width of the widest, and so do its folds. Returns how many columns end before `limit`. */
static uint32_t place_columns(struct graph *g, double limit)
{
    double *climb = ARENA_ARRAY(g->scratch, double, g->depths), *widest = ARENA_ARRAY(g->scratch, double, g->depths);
    double *left = ARENA_ARRAY(g->scratch, double, g->depths);
    double *widest_of[2] = { ARENA_ARRAY(g->scratch, double, g->depths), ARENA_ARRAY(g->scratch, double, g->depths) };
    for (uint32_t i = 0; i < g->count; i++) {
        struct node *n = &g->nodes[i];
        uint32_t depth = node_depth(n), parent = g->tidy[i].parent;
        describe(g, n);
        widest[depth] = fmax(widest[depth], n->width);
        if (!n->stub) widest_of[is_fold(n)][depth] = fmax(widest_of[is_fold(n)][depth], n->width);
        if (parent != TIDY_NONE) climb[depth] = fmax(climb[depth], fabs(g->tidy[i].centre - g->tidy[parent].centre));
    }
    uint32_t fitting = 0;
    g->width = SHEET_MARGIN;
    for (uint32_t d = 0; d < g->depths; d++) {
        if (d > 0) g->width += fmin(floor(COLUMN_GAP_MIN + climb[d] / 16), COLUMN_GAP_MAX);
        left[d] = g->width;
        g->width += widest[d];
        fitting += g->width + SHEET_MARGIN <= limit;
    }
    g->width += SHEET_MARGIN;
    for (uint32_t i = 0; i < g->count; i++) {
        struct node *n = &g->nodes[i];
        n->x = left[node_depth(n)];
        if (!n->stub) n->width = n->drawn.width = widest_of[is_fold(n)][node_depth(n)];
    }
    return fitting;
}

static void choose_rows(struct graph *g, uint32_t max_boxes, uint32_t depths, double room)
{
    boxes_keep(&g->boxes, max_boxes, depths);
    place_rows(g);
    while (g->height > room && g->boxes.kept > 1) {
        boxes_keep(&g->boxes, (uint32_t)(g->boxes.kept * fmin(room > 0 ? room / g->height : 0, 0.98)), depths);
        place_rows(g);
    }
}

/* Chooses the boxes and places them: fewer of them until the tree is low enough, fewer columns until it is narrow
 * enough. */
static void choose(struct graph *g)
{
    const struct graph_options *o = g->sheet->o;
    uint32_t max_boxes = o->max_boxes ? o->max_boxes : UINT32_MAX;
    double side = sheet_side(g->sheet), room = side - HEADER_MAX - 2 * SHEET_MARGIN;
    uint32_t most = g->boxes.count < max_boxes ? g->boxes.count : max_boxes, depths = UINT32_MAX;
    g->tidy = ARENA_ARRAY(g->scratch, struct tidy_node, (size_t)most * 2);
    g->nodes = ARENA_ARRAY(g->scratch, struct node, (size_t)most * 2);
    g->node_of = ARENA_ARRAY(g->scratch, uint32_t, g->boxes.count);
    if (isfinite(side)) depths = side < DEPTH_MIN ? 1 : (uint32_t)fmin(side / DEPTH_MIN, 1e9);
    for (;;) {
        choose_rows(g, max_boxes, depths, room);
        uint32_t fitting = place_columns(g, side);
        if (fitting >= g->depths || depths <= 1) return;
        /* the last column that fits may be needed for stubs; a sixteenth at least, so that this ends soon */
        uint32_t fewer = depths - 1 - depths / 16;
        depths = fitting > 1 && fitting - 1 < fewer ? fitting - 1 : fewer;
        if (depths < 1) depths = 1;
    }
}

static double middle(const struct graph *g, uint32_t n) { return g->top + floor(g->tidy[n].centre + 0.5); }

static void draw_edge(const struct graph *g, uint32_t n)
{
    uint32_t parent = g->tidy[n].parent;
    if (parent == TIDY_NONE) return;
    const struct node *from = &g->nodes[parent];
    scene_curve(g->sheet->s, ROLE_EDGE, from->x + from->width, middle(g, parent), g->nodes[n].x, middle(g, n));
}

static void draw_node(const struct graph *g, uint32_t i)
{
    const struct node *n = &g->nodes[i];
    if (n->stub)
        sheet_text(g->sheet, n->stub_line.role, n->x + STUB_LEFT, middle(g, i) + 4, BOX_LINE_SIZE, WEIGHT_REGULAR,
                   n->width - STUB_LEFT, n->stub_line.text);
    else sheet_box_draw(g->sheet, &n->drawn, n->x, middle(g, i) - n->height / 2);
}

static struct tally dropped(const struct graph *g)
{
    struct tally all = { 0 };
    for (uint32_t n = 0; n < g->count; n++)
        if (g->nodes[n].stub) tally_merge(&all, g->nodes[n].box->dropped);
    return all;
}

void tree_draw(struct sheet *sheet)
{
    struct graph g = { .sheet = sheet, .scratch = sheet->scratch };
    boxes_collect(&g.boxes, sheet->run, sheet->o->analysis, sheet->o->fold_over, sheet->s->arena);
    choose(&g);
    if (!g.count) sheet_put_nothing(sheet, S("No steps to show."));
    else {
        struct buf drawn = BUF_INIT;
        buf_put_count(&drawn, g.boxes.kept, "box", "boxes");
        g.top = sheet_begin(sheet, g.width, sheet_drop_note(sheet, dropped(&g)), caption_take(&drawn, g.scratch));
        for (uint32_t n = 0; n < g.count; n++) draw_edge(&g, n);
        for (uint32_t n = 0; n < g.count; n++) draw_node(&g, n);
        sheet_end(sheet, g.top + g.height);
    }
    boxes_free(&g.boxes);
}
