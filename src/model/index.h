/* SPDX-License-Identifier: MIT
 *
 * The tables by which the builder finds what an event speaks of: one hash table of entries, each a chain of nodes that
 * share something (a key, a key and a start, an id).
 */
#ifndef MODEL_INDEX_H
#define MODEL_INDEX_H

#include "base/arena.h"

struct node;

enum entry_tag { ENTRY_RUN, ENTRY_ATTEMPT, ENTRY_KEY, ENTRY_START, ENTRY_END, ENTRY_ID, ENTRY_EXTRA, ENTRY_LINE };

struct entry {
    enum entry_tag tag;
    const void *owner; /* the run id's group; the list, node or entry that a field or line belongs to */
    struct str text;   /* the key or id */
    int64_t time;      /* ENTRY_START, ENTRY_ATTEMPT: the start; ENTRY_END: the end */
    int64_t start;     /* ENTRY_END: the start */
    struct node *first, *last;
    struct node *open;   /* nodes before this one in the chain are closed; amortised search for the oldest open one */
    struct node *cursor; /* walking the chain for one list of steps */
    uint32_t cursor_turn;
    uint32_t nodes, starts;
    bool settled; /* ENTRY_START: a pipeline's finish has listed its nodes, so there are no more */
    /* ENTRY_KEY: its first ENTRY_START, which is not in the table; ENTRY_RUN: the group; ENTRY_ATTEMPT: the instance;
     * ENTRY_EXTRA: the field; ENTRY_LINE: not NULL when seen, the node of a finish */
    void *item;
    struct node **by_start; /* ENTRY_KEY with many nodes: sorted by start, made when the tree is joined */
};

struct index_slot {
    uint64_t hash; /* here as well, so that a probe that does not match touches no entry */
    struct entry *entry;
};

struct text_slot {
    uint64_t hash;
    struct str text;
};

struct index {
    struct index_slot *slots;
    size_t count, cap;       /* cap is a power of two */
    struct arena arena;      /* the entries: they go when the runs are built */
    struct text_slot *texts; /* interned */
    size_t text_count, text_cap;
};

/* The entry of these properties, NULL when there is none and `make` is false. The text of ENTRY_START and ENTRY_END is
 * an interned one: it is known by its address alone. */
struct entry *index_find(struct index *x, enum entry_tag tag, const void *owner, struct str text, int64_t time,
                         int64_t start, bool make);

/* The ENTRY_KEY of the text, made when there is none, with a copy of the text in `arena`. */
struct entry *index_key(struct index *x, const void *owner, struct str text, struct arena *arena);

/* The ENTRY_ID of the text, with a copy of the text in `arena`: that of a step, or one that a step names as its
 * parent's and that may come yet. */
struct entry *index_id(struct index *x, const void *owner, struct str text, struct arena *arena);

/* The ENTRY_START of a key. Most keys have one start: it hangs on its key. */
struct entry *index_start(struct index *x, struct entry *key, int64_t start);

/* The one ENTRY_KEY whose text is a prefix of `text` that ends before a '.', the longest there is; NULL when none. */
struct entry *index_longest_prefix(struct index *x, const void *owner, struct str text);

/* One copy of the text in `arena`, shared by all that are equal. */
struct str index_intern(struct index *x, struct str text, struct arena *arena);

void index_free(struct index *x);

#endif
