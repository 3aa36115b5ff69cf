/* SPDX-License-Identifier: MIT
 *
 * Siblings that are many of a kind: equal names, or names that differ in one number only (page_1 … page_20). The
 * graph draws them as one.
 */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include "base/arena.h"
#include "model/run.h"

#define FOLD_NONE UINT32_MAX

/* Steps that are not drawn one by one. */
struct tally {
    uint32_t steps, errors, unfinished; /* running ones count as unfinished */
};

static inline void tally_add(struct tally *t, enum step_status status)
{
    t->steps++;
    t->errors += status == STEP_ERROR;
    t->unfinished += status == STEP_RUNNING || status == STEP_UNFINISHED;
}

static inline void tally_merge(struct tally *t, struct tally other)
{
    t->steps += other.steps;
    t->errors += other.errors;
    t->unfinished += other.unfinished;
}

struct fold {
    struct str pattern;       /* "page_*", or the name where all are equal */
    const struct step *first; /* of the members */
    struct tally members;
    struct tally below;          /* steps under the members; the caller counts them */
    enum step_status other;      /* of the members that neither failed nor lack an end; STEP_OK when they differ */
    uint32_t timed;              /* members that ended and have a duration */
    int64_t min, mean, p95, max; /* µs, of those; TIME_NONE when there are none */
};

struct fold_list {
    struct arena *arena; /* patterns live here */
    struct fold *items;
    size_t count, cap;
    struct fold_entry *entries; /* scratch of fold_siblings */
    size_t entry_cap;
    int64_t *durations; /* likewise */
    size_t duration_cap;
};

void fold_list_free(struct fold_list *folds);

/* Folds siblings (in order) when more than `over` of them are of a kind: group_of[i] becomes the number of i's fold
 * in the list, or FOLD_NONE. O(n log n) whatever the names are. */
void fold_siblings(struct fold_list *folds, const struct step *const *siblings, uint32_t count, uint32_t over,
                   uint32_t *group_of);

#endif
