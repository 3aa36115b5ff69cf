/* SPDX-License-Identifier: MIT
 *
 * The list of all steps that a pipeline's start or finish holds: in pre-order, each step once, also those that share
 * key and start. So it says how many there are, and who is whose parent. Walked as often as needed:
 *
 *   1  steps whose end is known find the node that ended then
 *   2  the others take, of the nodes with their key and start, the first that the list has not named yet
 *   3  what is left takes, of the nodes with its key, the first not named yet (the start is contradicted), or is new
 *   4  each step's parent is the last step before it whose key, and a '.', its own key begins with
 */
#include "model/node.h"

#include <stdlib.h>

struct listing {
    struct builder *b;
    struct instance *instance;
    const struct event *event;
    bool finish;
    struct node **nodes; /* by position in the list */
    size_t count, cap;
};

static bool in_this_list(const struct listing *l, const struct node *n) { return n->turn == l->b->turn; }

static struct node *take(struct listing *l, struct node *n, const struct event_step *s)
{
    n->turn = l->b->turn;
    bool finish = l->finish && s->end != TIME_NONE;
    if (finish && n->open) node_close(l->b, n, finish_content(s));
    node_merge(l->b, n, l->event, s, finish);
    if (n->starts && l->finish) n->starts->settled = true;
    return n;
}

/* Walk 1: the node of this key and start that ended at s->end, or the only one there is. */
static struct node *find_exact(struct listing *l, const struct event_step *s, struct entry *key)
{
    if (s->start == TIME_NONE) return NULL;
    struct entry *e = index_start(&l->b->index, key, s->start);
    if (!e->first) return NULL;
    if (e->nodes == 1)
        return !in_this_list(l, e->first) && (!l->finish || e->first->open || e->first->step.end == s->end) ? e->first
                                                                                                            : NULL;
    if (s->end == TIME_NONE) return NULL;
    struct entry *ends = index_find(&l->b->index, ENTRY_END, key->owner, key->text, s->end, s->start, false);
    if (!ends) return NULL;
    if (ends->cursor_turn != l->b->turn) {
        ends->cursor = ends->first;
        ends->cursor_turn = l->b->turn;
    }
    while (ends->cursor && in_this_list(l, ends->cursor)) ends->cursor = ends->cursor->next_end;
    return ends->cursor;
}

/* Walks 2 and 3: the first node of this key and start, or of this key alone, not named yet. */
static struct node *find_free(struct listing *l, const struct event_step *s, struct entry *key, bool by_start)
{
    if (by_start && s->start == TIME_NONE) return NULL;
    struct entry *e = by_start ? index_start(&l->b->index, key, s->start) : key;
    if (e->cursor_turn != l->b->turn) {
        e->cursor = e->first;
        e->cursor_turn = l->b->turn;
    }
    while (e->cursor && in_this_list(l, e->cursor)) e->cursor = by_start ? e->cursor->next_start : e->cursor->next_key;
    return e->cursor;
}

static struct node *find_by_identity(struct listing *l, const struct event_step *s, struct entry *key)
{
    bool again;
    return node_for_finish(l->b, l->instance, s, key, finish_content(s), &again);
}

static bool walk_exact(struct listing *l)
{
    bool complete = true;
    struct event_steps it = event_steps_begin(l->event);
    while (event_steps_next(&it)) {
        l->nodes = array_grow(l->nodes, &l->cap, l->count + 1, sizeof *l->nodes);
        struct entry *key = step_key(l->b, l->instance, &it.step);
        struct node *n = value_present(it.step.id) ? find_by_identity(l, &it.step, key) : find_exact(l, &it.step, key);
        l->nodes[l->count++] = n ? take(l, n, &it.step) : NULL;
        complete &= n != NULL;
    }
    event_steps_done(&it);
    return complete;
}

/* False when there are steps left that have no node yet. */
static bool walk_free(struct listing *l, bool by_start)
{
    bool complete = true;
    struct event_steps it = event_steps_begin(l->event);
    for (size_t i = 0; i < l->count && event_steps_next(&it); i++) {
        if (l->nodes[i]) continue;
        struct entry *key = step_key(l->b, l->instance, &it.step);
        struct node *n = find_free(l, &it.step, key, by_start);
        if (!n && !by_start) n = node_new(l->b, l->instance, key, it.step.start);
        if (n) l->nodes[i] = take(l, n, &it.step);
        else complete = false;
    }
    event_steps_done(&it);
    return complete;
}

static bool is_below(struct str key, struct str parent)
{
    return key.len > parent.len && key.ptr[parent.len] == '.' && str_starts(key, parent);
}

/* Walk 4, over the nodes alone; `open` is the path from the root to the step before. */
static void walk_parents(struct listing *l)
{
    struct node **open = NULL;
    size_t depth = 0, cap = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct node *n = l->nodes[i];
        if (l->finish) n->order = i;
        while (depth && !is_below(n->step.key, open[depth - 1]->step.key)) depth--;
        if (depth) n->hint = open[depth - 1];
        open = array_grow(open, &cap, depth + 1, sizeof *open);
        open[depth++] = n;
    }
    free(open);
}

void builder_steps(struct builder *b, struct instance *i, const struct event *e, bool finish)
{
    struct listing l = { .b = b, .instance = i, .event = e, .finish = finish };
    if (!e->nested && json_type(e->steps) != JSON_ARRAY) return;
    b->turn++;
    if (!walk_exact(&l) && !walk_free(&l, true)) walk_free(&l, false);
    walk_parents(&l);
    free(l.nodes);
}
