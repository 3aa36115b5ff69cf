/* SPDX-License-Identifier: MIT
 *
 * Nodes in order of appearance become a tree in pre-order, without recursion. A step's parent is, in this order: the
 * step its parentId names; the one before it in a list of steps; the step with the longest key that is a prefix of its
 * own; the root.
 */
#include "model/node.h"

#include <stdlib.h>

static int by_start_then_order(const void *a, const void *b)
{
    const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
    if (x->step.start != y->step.start) { /* without a start: last */
        if (x->step.start == TIME_NONE) return 1;
        if (y->step.start == TIME_NONE) return -1;
        return x->step.start < y->step.start ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

/* Nodes of one key sorted by start, for keys that many steps share. */
static void sort_entry(struct builder *b, struct entry *e)
{
    if (e->by_start) return;
    e->by_start = ARENA_ARRAY(&b->index.arena, struct node *, e->nodes);
    size_t count = 0;
    for (struct node *n = e->first; n; n = n->next_key) e->by_start[count++] = n;
    qsort(e->by_start, count, sizeof *e->by_start, by_start_then_order);
}

static bool is_open_at(const struct node *n, int64_t t) { return n->step.end == TIME_NONE || n->step.end >= t; }

/* Of the steps that share the parent's key, the one that ran when the child began: the latest that had started and not
 * ended; else the latest that had started; else the first. Of many that had ended the last LOOK_BACK are
 * looked at, so that no log makes this a search through all pairs. */
static struct node *best_of(struct builder *b, struct entry *e, const struct node *child)
{
    enum { LOOK_BACK = 64 };
    if (e->nodes == 1 || child->step.start == TIME_NONE) return e->first;
    sort_entry(b, e);
    size_t low = 0, high = e->nodes; /* by_start[0..low) started no later than the child */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t start = e->by_start[middle]->step.start;
        if (start != TIME_NONE && start <= child->step.start) low = middle + 1;
        else high = middle;
    }
    for (size_t i = low; i > 0 && low - i < LOOK_BACK; i--)
        if (is_open_at(e->by_start[i - 1], child->step.start)) return e->by_start[i - 1];
    return low ? e->by_start[low - 1] : e->by_start[0];
}

static struct node *parent_of(struct builder *b, struct instance *i, struct node *n)
{
    struct node *root = i->root;
    const struct entry *up = n->up;
    if (up) {
        if (up->first && up->first != n && up->first->instance == i) return up->first;
        i->run.notes.unknown_parents++;
        node_note(b, n,
                  up->first == n ? "the step names itself as its parent: put below the root"
                                 : "no step has the parentId that this one names: put below the root");
        return root;
    }
    if (n->hint && n->hint != n && n->hint->instance == i) return n->hint;
    struct str key = n->step.key;
    struct entry *e = index_longest_prefix(&b->index, i->group, key);
    struct node *p = e ? best_of(b, e, n) : NULL;
    if (p && p != n && p->instance == i) {
        struct str rest = str_skip(key, p->step.key.len + 1);
        if (str_find(rest, '.') < rest.len)
            node_note(b, n, "the log has no step that its key names as its parent: put below the next one up");
        return p;
    }
    if (key.len) node_note(b, n, "its key does not begin with the pipeline's: put below the pipeline");
    return root;
}

/* A run that no pipeline event told of: its root is the step whose key has no '.', or is made up of the keys' common
 * beginning. */
static void find_missing_root(struct builder *b, struct instance *i)
{
    if (i->root) return;
    struct str key = i->first_node ? i->first_node->step.key : S("");
    key = str_first(key, str_find(key, '.'));
    for (struct node *n = i->first_node; n && !i->root; n = n->next)
        if (str_eq(n->step.key, key)) i->root = n;
    if (i->root) return;
    i->root = node_new(b, i, index_key(&b->index, i->group, key, b->arena), TIME_NONE);
    i->root->step.name = i->root->step.key;
}

static bool has_parent(const struct instance *i, const struct node *n)
{
    return n->up && n->up->first && n->up->first != n && n->up->first->instance == i;
}

/* The root of a trace: the one step that has no parent here. Of several the one that began first gives its name to a
 * root that is made, which lasts from the first start to the last end; one that names no parent goes before those whose
 * parents are missing. */
static void find_trace_root(struct builder *b, struct instance *i)
{
    struct node *first = NULL;
    size_t tops = 0;
    int64_t start = TIME_NONE, end = TIME_NONE;
    for (struct node *n = i->first_node; n; n = n->next) {
        if (n->step.start != TIME_NONE && (start == TIME_NONE || n->step.start < start)) start = n->step.start;
        if (n->step.end != TIME_NONE && (end == TIME_NONE || n->step.end > end)) end = n->step.end;
        if (has_parent(i, n)) continue;
        tops++;
        bool whole = !n->step.more->parent_id.ptr, whole_before = first && !first->step.more->parent_id.ptr;
        if (!first || whole > whole_before || (whole == whole_before && by_start_then_order(&n, &first) < 0)) first = n;
    }
    if (tops == 1) {
        i->root = first;
        if (!first->step.more->parent_id.ptr) return;
        i->run.notes.unknown_parents++;
        node_note(b, first, "no step has the parentId that this one names: taken for the root");
        return;
    }
    i->root = node_new(b, i, index_key(&b->index, i->group, S(""), b->arena), start);
    i->root->step.name = first ? first->step.name : S("trace");
    i->root->step.end = end;
    i->run.root_made = true;
}

/* A step id that is its own ancestor: each step is walked once; what meets its own walk is put below the root. */
static void break_cycles(struct builder *b, struct instance *i)
{
    enum { UNSEEN, ON_THE_WAY, GOOD };
    i->root->visit = GOOD;
    for (struct node *n = i->first_node; n; n = n->next) {
        struct node *at = n, *before = n;
        while (at->visit == UNSEEN) {
            at->visit = ON_THE_WAY;
            before = at;
            at = (struct node *)at->step.parent;
        }
        if (at->visit == ON_THE_WAY) {
            before->step.parent = &i->root->step;
            i->run.notes.unknown_parents++;
            node_note(b, before, "the step is its own ancestor: put below the root");
        }
        for (at = n; at->visit == ON_THE_WAY; at = (struct node *)at->step.parent) at->visit = GOOD;
    }
}

/* The nodes, and where the lines stand that speak of them. A root that was made has no line. */
static uint32_t count_nodes(struct instance *i)
{
    uint32_t count = 0;
    i->run.first_source = UINT32_MAX;
    for (const struct node *n = i->first_node; n; n = n->next, count++) {
        if (!n->line) continue;
        if (n->source < i->run.first_source) i->run.first_source = n->source;
        if (n->source > i->run.last_source) i->run.last_source = n->source;
    }
    return count;
}

/* Children lists in start order: all nodes sorted once, each appended to its parent's list. */
static void link_children(struct instance *i, uint32_t count)
{
    struct node **sorted = array_grow(NULL, &(size_t){ 0 }, count, sizeof *sorted);
    size_t k = 0;
    bool in_order = true; /* as most logs are */
    for (struct node *n = i->first_node; n; n = n->next) {
        in_order &= !k || by_start_then_order(&sorted[k - 1], &n) <= 0;
        sorted[k++] = n;
    }
    if (!in_order) qsort(sorted, count, sizeof *sorted, by_start_then_order);
    for (k = 0; k < count; k++) {
        struct step *s = &sorted[k]->step, *p = s->parent;
        if (!p) continue;
        if (p->last_child) p->last_child->next = s;
        else p->first_child = s;
        p->last_child = s;
        p->child_count++;
    }
    free(sorted);
}

/* A step known by its id alone gets the key that its place gives it. */
static void complete_key(struct builder *b, struct step *s)
{
    enum { KEY_BYTES_MAX = 512 }; /* where keys of deep trees stop growing: the name stands alone */
    if (!s->name.ptr && !s->key.len) s->name = s->more->id;
    if (!s->name.ptr) { /* no name: the key's last part */
        size_t dot = str_rfind(s->key, '.');
        s->name = dot == s->key.len ? s->key : str_skip(s->key, dot + 1);
    }
    if (s->key.len) return;
    struct str name = arena_copy(b->arena, s->name);
    char *p = (char *)(uintptr_t)name.ptr;
    for (size_t i = 0; i < name.len; i++)
        if (p[i] == '.') p[i] = '_';
    s->key = !s->parent || s->parent->key.len + name.len > KEY_BYTES_MAX
                 ? name
                 : arena_format(b->arena, "%.*s.%.*s", STR_ARG(s->parent->key), STR_ARG(name));
}

static void *reversed(void *list, size_t next_offset)
{
    void *done = NULL;
    while (list) {
        void **link = (void **)(void *)((char *)list + next_offset), *rest = *link;
        *link = done;
        done = list;
        list = rest;
    }
    return done;
}

/* The steps in pre-order with what that order gives. */
static void number_steps(struct builder *b, struct run *run, uint32_t count)
{
    run->steps = ARENA_ARRAY(b->arena, struct step *, count);
    run->step_count = count;
    uint32_t index = 0;
    for (struct step *s = run->root; s; s = step_next(run->root, s, false)) {
        s->index = index;
        s->depth = s->parent ? (uint16_t)(s->parent->depth + (s->parent->depth < UINT16_MAX)) : 0;
        s->subtree = 1;
        complete_key(b, s);
        run->steps[index++] = s;
        if (s->more == &b->none) continue;
        s->more->extras = reversed(s->more->extras, offsetof(struct extra, next));
        s->more->links = reversed(s->more->links, offsetof(struct step_link, next));
    }
    for (index = count; index-- > 1;) run->steps[index]->parent->subtree += run->steps[index]->subtree;
}

/* A root that was named but stands for the whole of a trace, of which nobody said how long it lasted. */
static void span_root(struct builder *b, struct instance *i)
{
    int64_t start = i->root->step.start, end = i->root->step.end;
    if (start != TIME_NONE && end != TIME_NONE) return;
    for (struct node *n = i->first_node; n; n = n->next) {
        if (i->root->step.start == TIME_NONE && n->step.start != TIME_NONE &&
            (start == TIME_NONE || n->step.start < start))
            start = n->step.start;
        if (i->root->step.end == TIME_NONE && n->step.end != TIME_NONE && (end == TIME_NONE || n->step.end > end))
            end = n->step.end;
    }
    if (i->root->step.start == TIME_NONE && start != TIME_NONE) node_set_start(b, i->root, start);
    if (i->root->step.end == TIME_NONE) i->root->step.end = end;
}

void instance_join(struct builder *b, struct instance *i)
{
    if (i->trace && !i->root) find_trace_root(b, i);
    else if (i->trace && i->run.root_made) span_root(b, i);
    find_missing_root(b, i);
    for (struct node *n = i->first_node; n; n = n->next)
        n->step.parent = n == i->root ? NULL : &parent_of(b, i, n)->step;
    break_cycles(b, i);
    uint32_t count = count_nodes(i);
    link_children(i, count);
    i->run.root = &i->root->step;
    number_steps(b, &i->run, count);
    i->run.extras = reversed(i->run.extras, offsetof(struct extra, next));
    i->run.name = i->run.root->name;
}
