/* SPDX-License-Identifier: MIT
 *
 * Siblings that are many of a kind: equal names, or names that differ in one number or id only (page_1 … page_20).
 * Where there is no room for all of them they are drawn as one. What failed and what the run was waiting for stays
 * apart from the others: it folds only among its like, or, on the critical path, when the path goes through so many of
 * the kind that nothing stands out.
 */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include "model/analysis.h"

#define FOLD_NONE  UINT32_MAX
#define FOLD_NEVER UINT32_MAX /* in a rule */

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
    struct str pattern;          /* "page_*", or the name where all are equal */
    const struct step *first;    /* of the members */
    const struct step **steps;   /* the members, in order of start */
    struct tally members;        /* how many they are, and how they went */
    struct tally below;          /* steps under the members; the caller counts them */
    uint32_t critical;           /* members that the critical path goes through, or through what is below them */
    enum step_status other;      /* of the members that neither failed nor lack an end; STEP_OK when they differ */
    uint32_t timed;              /* members that ended and have a duration */
    int64_t min, mean, p95, max; /* µs, of those; TIME_NONE when there are none */
};

/* What a step is to be seen for, itself or what is below it; the later ones weigh more. */
enum fold_class { FOLD_PLAIN, FOLD_CRITICAL, FOLD_TROUBLED /* failed, running or unfinished */, FOLD_CLASSES };

/* Siblings of a kind fold when they are more than this. */
struct fold_rule {
    uint32_t plain;
    uint32_t critical; /* more on the critical path than this fold as if they were plain */
    uint32_t troubled; /* these among themselves */
};

/* What could fold in a run, and what does. */
struct folding {
    const struct run *run;
    struct arena *arena;
    uint32_t *kind;         /* by step index: its kind, FOLD_NONE for what is alone, or one of a few */
    unsigned char *classes; /* by step index: enum fold_class */
    struct fold_kind *kinds;
    uint32_t kind_count;
    struct fold *items; /* the folds made so far */
    uint32_t count;
    uint32_t *made; /* by number of a fold: its place among the items, FOLD_NONE before it is made */
};

/* Finds the kinds of more than `over` visible siblings. merged[i] (NULL: i for all) is the index of the step that
 * stands for step i among its siblings. `analysis` (NULL: nothing is known) tells what is critical. All memory is of
 * `arena`. O(n log n) whatever the names are. */
void folding_begin(struct folding *f, const struct run *run, struct analysis *analysis, const uint32_t *merged,
                   uint32_t over, struct arena *arena);

/* The number of the fold that has the step of that index in it by the rule, below folding_numbers(), or FOLD_NONE. */
uint32_t folding_number(const struct folding *f, uint32_t index, struct fold_rule rule);
uint32_t folding_numbers(const struct folding *f);

/* Adds a member to the fold of that number: its place in f->items. Steps must come in order, all of one rule. */
uint32_t folding_add(struct folding *f, uint32_t number, const struct step *step);

/* Fills in the durations of all folds when all their members are there. */
void folding_measure(struct folding *f);

#endif
