/* SPDX-License-Identifier: MIT
 *
 * Parents to children, to the right or down. What is not drawn below a box hangs there as a small stub, and leaves that
 * are many stand together in a rack:
 *
 *     ┌────────┐      ┌────────┐      ┌────────────────────┐
 *     │ root   │──┬───│ parse  │──────│ page_*         ×20 │
 *     │ 1.24 s │  │   │ 45 ms  │      │ mean · p95 · max   │
 *     └────────┘  │   └────────┘      └────────────────────┘
 *                 └─── +12 more
 */
#include "layout/graph_tree.h"

#include "layout/caption.h"

#include <math.h>

struct drawing {
    struct tree tree;
    double left, top;
};

/* Does the critical path go through what stands there? */
static bool is_critical(const struct drawing *d, const struct tree_node *n)
{
    if (n->kind == TREE_BOX) return sheet_is_critical(d->tree.sheet, &d->tree.boxes, n->box);
    for (uint32_t k = 0; n->kind == TREE_RACK && k < n->members; k++)
        if (sheet_is_critical(d->tree.sheet, &d->tree.boxes, &d->tree.boxes.items[d->tree.kept[n->first + k]]))
            return true;
    return false;
}

static void draw_edge(const struct drawing *d, uint32_t i)
{
    const struct tree_node *n = &d->tree.nodes[i], *up = &d->tree.nodes[n->parent];
    enum scene_role role = is_critical(d, n) ? ROLE_CRITICAL : ROLE_EDGE;
    double x1 = d->left + up->x, y1 = d->top + up->y, x2 = d->left + n->x, y2 = d->top + n->y;
    if (d->tree.down)
        scene_curve(d->tree.sheet->s, role, x1 + up->width / 2, y1 + up->height, x2 + n->width / 2, y2)->bend =
            BEND_UPRIGHT;
    else scene_curve(d->tree.sheet->s, role, x1 + up->width, y1 + up->height / 2, x2, y2 + n->height / 2);
}

static void draw_rack(struct drawing *d, const struct tree_node *n)
{
    double x = d->left + n->x, y = d->top + n->y;
    scene_rect(d->tree.sheet->s, ROLE_FRAME, x, y, n->width, n->height)->radius = BOX_RADIUS + 2;
    for (uint32_t k = 0; k < n->members; k++) {
        struct sheet_box drawn = *tree_wanted(&d->tree, d->tree.kept[n->first + k]);
        uint32_t column = k % n->columns, row = k / n->columns;
        drawn.width = n->cell;
        sheet_box_draw(d->tree.sheet, &drawn, x + TREE_RACK_PADDING + column * (n->cell + TREE_RACK_GAP),
                       y + TREE_RACK_PADDING + row * (n->cell_height + TREE_RACK_GAP));
    }
}

static void draw_node(struct drawing *d, const struct tree_node *n)
{
    double x = d->left + n->x, y = d->top + n->y, indent = d->tree.down ? 0 : TREE_STUB_LEFT;
    if (n->kind == TREE_RACK) draw_rack(d, n);
    else if (n->kind == TREE_BOX) sheet_box_draw(d->tree.sheet, &n->drawn, x, y);
    else
        sheet_text(d->tree.sheet, n->stub.role, x + indent, y + n->height / 2 + 4 + (d->tree.down ? TREE_STUB_TOP : 0),
                   BOX_LINE_SIZE, WEIGHT_REGULAR, n->width - indent, n->stub.text);
}

static struct tally dropped(const struct tree *t)
{
    struct tally all = { 0 };
    for (uint32_t n = 0; n < t->count; n++)
        if (t->nodes[n].kind == TREE_STUB && !t->nodes[n].again) tally_merge(&all, t->nodes[n].box->dropped);
    return all;
}

static void draw(struct drawing *d)
{
    struct tree *t = &d->tree;
    struct sheet *sheet = t->sheet;
    struct buf drawn = BUF_INIT;
    buf_put_count(&drawn, t->boxes.kept, "box", "boxes");
    d->top = sheet_begin(sheet, t->width + 2 * SHEET_MARGIN, sheet_drop_note(sheet, dropped(t)),
                         caption_take(&drawn, sheet->scratch));
    d->left = SHEET_MARGIN;
    for (uint32_t c = 1; c < t->columns; c++) {
        double x = d->left + floor(t->column_left[c] - TREE_COLUMN_GAP / 2.0);
        scene_line(sheet->s, ROLE_GRID, x, d->top, x, d->top + t->height);
    }
    for (int critical = 0; critical < 2; critical++)
        for (uint32_t n = 1; n < t->count; n++)
            if (t->nodes[n].parent != TIDY_NONE && is_critical(d, &t->nodes[n]) == critical) draw_edge(d, n);
    for (uint32_t n = 0; n < t->count; n++) draw_node(d, &t->nodes[n]);
    sheet_end(sheet, d->top + t->height);
}

void tree_draw(struct sheet *sheet)
{
    struct drawing d = { .tree = { .sheet = sheet } };
    boxes_collect(&d.tree.boxes, sheet->run, sheet->o->analysis, sheet->o->fold_over, sheet->s->arena);
    sheet_find_path(sheet, &d.tree.boxes);
    tree_choose(&d.tree);
    if (!d.tree.count) sheet_put_nothing(sheet, S("No steps to show."));
    else draw(&d);
    boxes_free(&d.tree.boxes);
}
