/* SPDX-License-Identifier: MIT
 *
 * A tree that is too high for a picture goes on in columns, as a text does in a newspaper. Above what a column begins
 * with stand all its ancestors again:
 *
 *     root ─┬─ a ─── a1     root (continued) ─┬─ b (continued) ─── b2
 *           └─ b ─── b1                       └─ c
 */
#include "layout/graph_tree.h"

#include <math.h>

enum { COLUMNS_MOST = 64, AGAIN_PART = 4 /* of the nodes may stand there again */, LEAF_GAP = 12 /* px */ };

struct breaking {
    const struct tree *whole;
    uint32_t *order;      /* nodes in pre-order, stubs in their places */
    uint32_t *low, *high; /* by node: the columns that it is in */
    uint32_t *copy;       /* by node: its place in the column that is made */
    double leaves;        /* px, height of all of them */
};

static void find_order(struct breaking *b)
{
    const struct tidy_node *tidy = b->whole->tidy;
    uint32_t count = 0;
    for (uint32_t n = 0; n != TIDY_NONE;) {
        b->order[count++] = n;
        if (tidy[n].first_child == TIDY_NONE) b->leaves += b->whole->nodes[n].height + LEAF_GAP;
        if (tidy[n].first_child != TIDY_NONE) {
            n = tidy[n].first_child;
            continue;
        }
        while (n != TIDY_NONE && tidy[n].next == TIDY_NONE) n = tidy[n].parent;
        if (n != TIDY_NONE) n = tidy[n].next;
    }
}

/* Leaves of about the same height in each column; the others are where their leaves are. Returns how many nodes that
 * makes. */
static size_t assign(struct breaking *b, uint32_t columns, uint32_t *ret_used)
{
    const struct tree *t = b->whole;
    uint32_t column = 0;
    double height = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t n = b->order[i];
        b->low[n] = UINT32_MAX;
        b->high[n] = 0;
        if (t->tidy[n].first_child != TIDY_NONE) continue;
        uint32_t due = (uint32_t)(height * columns / b->leaves);
        if (height > 0 && due > column) column++;
        b->low[n] = b->high[n] = column;
        height += t->nodes[n].height + LEAF_GAP;
    }
    size_t nodes = 0;
    for (uint32_t i = t->count; i-- > 0;) {
        uint32_t n = b->order[i], up = t->nodes[n].parent;
        nodes += b->high[n] - b->low[n] + 1;
        if (up == TIDY_NONE) continue;
        if (b->low[n] < b->low[up]) b->low[up] = b->low[n];
        if (b->high[n] > b->high[up]) b->high[up] = b->high[n];
    }
    *ret_used = column + 1;
    return nodes;
}

/* Fills and places column c; `to` has room for it. */
static void make_column(struct breaking *b, uint32_t c, struct tree *to)
{
    to->count = to->depths = 0;
    for (uint32_t i = 0; i < b->whole->count; i++) {
        uint32_t n = b->order[i];
        if (c < b->low[n] || c > b->high[n]) continue;
        uint32_t k = b->copy[n] = to->count++;
        struct tree_node *node = &to->nodes[k];
        *node = b->whole->nodes[n];
        node->again = node->drawn.pale = c > b->low[n];
        if (node->again) node->drawn.text.lines[0] = (struct box_line){ S("continued"), ROLE_LABEL_MUTED };
        if (node->parent != TIDY_NONE) node->parent = b->copy[node->parent];
        if (node->depth + 1 > to->depths) to->depths = node->depth + 1;
        tidy_add(to->tidy, k, node->parent, node->height);
    }
    tree_place(to);
}

/* Of no nodes when too many would stand there again. */
static struct tree broken(struct breaking *b, uint32_t columns)
{
    struct arena *a = b->whole->sheet->scratch;
    struct tree t = *b->whole;
    size_t nodes = assign(b, columns, &t.columns), most = (size_t)b->whole->count + b->whole->count / AGAIN_PART;
    if (nodes > most || t.columns < columns) return (struct tree){ 0 };
    t.nodes = ARENA_ARRAY(a, struct tree_node, nodes);
    t.tidy = ARENA_ARRAY(a, struct tidy_node, nodes);
    t.column_left = ARENA_ARRAY(a, double, t.columns);
    t.count = t.depths = 0;
    t.width = t.height = 0;
    for (uint32_t c = 0; c < t.columns; c++) {
        struct tree column = t;
        column.nodes += t.count;
        column.tidy += t.count;
        make_column(b, c, &column);
        if (c) t.width += TREE_COLUMN_GAP;
        t.column_left[c] = t.width;
        for (uint32_t n = 0; n < column.count; n++) {
            column.nodes[n].x += t.width;
            if (column.nodes[n].parent != TIDY_NONE) column.nodes[n].parent += t.count;
        }
        t.width += column.width;
        t.height = fmax(t.height, column.height);
        t.depths = column.depths > t.depths ? column.depths : t.depths;
        t.count += column.count;
    }
    return t;
}

bool tree_break(struct tree *t)
{
    struct arena *a = t->sheet->scratch;
    struct tree best = { 0 };
    struct breaking b = { .whole = t,
                          .order = ARENA_ARRAY(a, uint32_t, t->count),
                          .low = ARENA_ARRAY(a, uint32_t, t->count),
                          .high = ARENA_ARRAY(a, uint32_t, t->count),
                          .copy = ARENA_ARRAY(a, uint32_t, t->count) };
    find_order(&b);
    for (uint32_t columns = 2; columns <= COLUMNS_MOST; columns++) {
        struct tree here = broken(&b, columns);
        if (!here.count) break;
        bool better = tree_fits(&here) && (!best.count || tree_largeness(&here) < tree_largeness(&best));
        if (better) best = here;
        else if (best.count) break; /* more columns make it wider than it is high */
    }
    if (!best.count) return false;
    *t = best;
    return true;
}
