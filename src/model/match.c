/* SPDX-License-Identifier: MIT
 *
 * Which step an event speaks of. With an id that is all. Without:
 *
 *   start    of a key and time that is known: the same start again, or a parallel step of the same name that began in
 *            the same millisecond. It is only counted; a finish that no open step waits for, and that differs from
 *            those seen, then makes the second step.
 *   finish   the open step of that key and start; else the same finish again; else, when more starts than steps were
 *            counted (or none at all), a step of its own; else a contradiction of the step that is there. A start time
 *            that nobody has: the oldest open step of that key; else a new step.
 */
#include "model/node.h"

#include "base/utf8.h"

static void chain_key(struct entry *e, struct node *n)
{
    if (e->last) e->last->next_key = n;
    else e->first = e->open = n;
    e->last = n;
    e->nodes++;
}

static void chain_end(struct builder *b, struct node *n)
{
    struct entry *e = index_find(&b->index, ENTRY_END, n->instance->group, n->step.key, n->step.end, n->step.start,
                                 true);
    n->next_end = NULL;
    if (e->last && e->last != n) e->last->next_end = n;
    else e->first = n;
    e->last = n;
}

/* The very same finish is known again by this, where key and start are not enough. */
static void remember_finish(struct builder *b, struct node *n)
{
    index_find(&b->index, ENTRY_LINE, n->starts, (struct str){ 0 }, (int64_t)n->content, 0, true)->item = n;
}

void node_close(struct builder *b, struct node *n, uint64_t content)
{
    n->open = false;
    n->content = content;
    if (n->starts && n->starts->nodes >= 2) remember_finish(b, n);
}

/* Ends are indexed only where several steps share key and start: elsewhere key and start find the step alone. */
static void chain_start(struct builder *b, struct node *n, struct entry *e)
{
    if (e->last) e->last->next_start = n;
    else e->first = e->open = n;
    e->last = n;
    n->starts = e;
    e->nodes++;
    if (e->nodes == 2 && !e->first->open) remember_finish(b, e->first);
    if (e->nodes == 2 && e->first->step.end != TIME_NONE) chain_end(b, e->first);
    if (e->nodes >= 2 && n->step.end != TIME_NONE) chain_end(b, n);
}

/* NULL without a start. */
static struct entry *entry_of_start(struct builder *b, struct entry *key, int64_t start)
{
    return start == TIME_NONE ? NULL : index_start(&b->index, key, start);
}

struct node *node_new(struct builder *b, struct instance *i, struct entry *key, int64_t start)
{
    struct entry *of_start = entry_of_start(b, key, start);
    struct node *n = ARENA_NEW(b->arena, struct node);
    n->step.key = key->text;
    n->of_key = key;
    n->step.start = start;
    n->step.end = TIME_NONE;
    n->step.more = &b->none;
    n->instance = i;
    n->order = UINT64_C(1) << 40 | b->seq++; /* behind all that a list of steps has put in order */
    n->open = true;
    if (i->last_node) i->last_node->next = n;
    else i->first_node = n;
    i->last_node = n;
    chain_key(key, n);
    if (of_start) chain_start(b, n, of_start);
    return n;
}

void node_set_start(struct builder *b, struct node *n, int64_t start)
{
    bool first = n->step.start == TIME_NONE;
    n->step.start = start;
    if (first && start != TIME_NONE)
        chain_start(
            b, n,
            index_start(&b->index, n->of_key, start)); /* a start that is contradicted keeps its place in the index */
}

void node_set_end(struct builder *b, struct node *n, int64_t end)
{
    n->step.end = end;
    if (n->starts && n->starts->nodes >= 2) chain_end(b, n);
}

/* The oldest open node of a chain that is linked by next_key or next_start. Closed ones at its beginning are passed for
 * good, so that many finishes in order cost no more than one walk. */
static struct node *oldest_open(struct entry *e, bool by_start)
{
    while (e->open && !e->open->open) e->open = by_start ? e->open->next_start : e->open->next_key;
    return e->open;
}

/* The pipeline's events give its own step a key, the step's events an id as well. */
static bool is_root_without_id(const struct instance *i, const struct event_step *s, const struct entry *key)
{
    bool nameless = i->run.root_made && !key->text.len; /* a step that has an id only is not meant by that */
    return i->root && !nameless && i->root->of_key == key && !i->root->step.more->id.ptr && !value_present(s->parentId);
}

static struct node *find_by_id(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key)
{
    struct entry *e = id_entry(b, i, s->id);
    if (!e->first) {
        bool root = is_root_without_id(i, s, key);
        /* without a key the id is all that it will be known by: no place in the index by its start */
        e->first = root ? i->root : node_new(b, i, key, key->text.len ? s->start : TIME_NONE);
        if (!root) e->first->step.start = s->start;
        struct step_more *more = ARENA_NEW(b->arena, struct step_more);
        *more = *e->first->step.more;
        more->id = e->text;
        e->first->step.more = more;
    }
    return e->first;
}

struct node *node_for_start(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key)
{
    if (value_present(s->id)) return find_by_id(b, i, s, key);
    struct entry *e = entry_of_start(b, key, s->start);
    if (e) e->starts++;
    if (e && e->first) {
        struct node *open = oldest_open(e, true);
        return open ? open : e->first;
    }
    struct node *mentioned = oldest_open(key, false); /* by a record, before it had a start */
    if (!mentioned || mentioned->step.start != TIME_NONE) return node_new(b, i, key, s->start);
    if (s->start != TIME_NONE) node_set_start(b, mentioned, s->start);
    return mentioned;
}

/* The node that this very finish closed before. */
static struct node *seen_before(struct builder *b, uint64_t content, struct entry *e)
{
    if (e->nodes == 1) return e->first->content == content ? e->first : NULL;
    struct entry *seen = index_find(&b->index, ENTRY_LINE, e, (struct str){ 0 }, (int64_t)content, 0, false);
    return seen ? seen->item : NULL;
}

struct node *node_for_finish(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key,
                             uint64_t content, bool *ret_again)
{
    *ret_again = false;
    if (value_present(s->id)) {
        struct node *n = find_by_id(b, i, s, key);
        *ret_again = !n->open && n->content == content;
        return n;
    }
    struct entry *e = entry_of_start(b, key, s->start);
    if (e && e->first) {
        struct node *open = oldest_open(e, true), *same = seen_before(b, content, e);
        if (same && !(open && e->starts >= e->nodes + 1)) {
            *ret_again = true;
            return same;
        }
        if (open) return open;
        if (!e->settled && (e->starts == 0 || e->starts > e->nodes)) return node_new(b, i, key, s->start);
        return e->last;
    }
    struct node *open = oldest_open(key, false);
    return open ? open : node_new(b, i, key, s->start);
}

struct node *node_for_mention(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key)
{
    if (value_present(s->id)) return find_by_id(b, i, s, key);
    struct entry *e = entry_of_start(b, key, s->start);
    if (!e || !e->first) e = key;
    if (!e->first) return node_new(b, i, key, s->start);
    struct node *open = oldest_open(e, e->tag == ENTRY_START);
    return open ? open : e->last;
}

struct entry *step_key(struct builder *b, struct instance *i, const struct event_step *s)
{
    struct str value = s->key;
    if (json_type(value) != JSON_STRING) {
        if (!i->group->no_key) i->group->no_key = index_key(&b->index, i->group, S(""), b->arena);
        return i->group->no_key;
    }
    struct str inner = str_of(value.ptr + 1, value.len - 2);
    bool plain = !memchr(value.ptr, '\\', value.len);
    struct entry *same = b->same_key; /* the events of a step that has no children follow one another */
    if (plain && same && same->owner == i->group && str_eq(same->text, inner)) return same;
    plain = plain && utf8_valid(inner);
    return b->same_key = index_key(&b->index, i->group, plain ? inner : node_text(b, value), b->arena);
}

/* Most ids and names are plain text: as they stand, between the quotes. */
static bool is_plain(struct str value)
{
    return json_type(value) == JSON_STRING && !memchr(value.ptr, '\\', value.len) &&
           utf8_valid(str_of(value.ptr + 1, value.len - 2));
}

struct entry *id_entry(struct builder *b, struct instance *i, struct str value)
{
    struct str id = is_plain(value)                   ? str_of(value.ptr + 1, value.len - 2)
                    : json_type(value) == JSON_NUMBER ? value
                                                      : node_text(b, value);
    return index_id(&b->index, i->group, id, b->arena);
}

struct str node_text(struct builder *b, struct str value)
{
    if (is_plain(value)) return index_intern(&b->index, str_of(value.ptr + 1, value.len - 2), b->arena);
    struct buf text = BUF_INIT;
    json_put_text(&text, value);
    struct str decoded = index_intern(&b->index, buf_str(&text), b->arena);
    buf_free(&text);
    return decoded;
}
