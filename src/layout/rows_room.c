/* SPDX-License-Identifier: MIT
 *
 * Three numbers are looked for one after the other, the threshold of each class of steps. They are lowered in large
 * strides, from half of the room to a fourth of that and so on, so that siblings of about equal numbers are treated
 * alike: of 600, 598 and 601 pages not just the last ones fold. Rows are counted without making them.
 */
#include "layout/rows_room.h"

#include <stdlib.h>

struct room {
    const struct folding *f;
    uint32_t *parent;      /* by step index */
    unsigned char *seen;   /* by step index: it may have a row of its own */
    unsigned char *inside; /* by step index: it is in a fold or below one */
    unsigned char *met;    /* by number of a fold: its row is counted */
    uint32_t rows;
};

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    if (!p) arena_exhausted(count * size);
    return p;
}

/* Rows of steps of that class or a weightier one. */
static uint32_t count_rows(const struct room *r, struct fold_rule rule, enum fold_class least)
{
    const struct run *run = r->f->run;
    uint32_t rows = 0;
    memset(r->met, 0, folding_numbers(r->f));
    for (uint32_t i = 0; i < run->step_count; i++) {
        r->inside[i] = i > 0 && r->inside[r->parent[i]];
        if (!r->seen[i] || r->inside[i] || r->f->classes[i] < (unsigned char)least) continue;
        uint32_t number = folding_number(r->f, i, rule);
        r->inside[i] = number != FOLD_NONE;
        if (number != FOLD_NONE && r->met[number]) continue;
        if (number != FOLD_NONE) r->met[number] = 1;
        rows++;
    }
    return rows;
}

/* Lowers one threshold of the rule until the rows fit; false when they never do. */
static bool lower(const struct room *r, struct fold_rule *rule, uint32_t *threshold, enum fold_class least)
{
    *threshold = r->rows / 2;
    for (;; *threshold /= 4) {
        if (*threshold < ROWS_FOLD_OVER) *threshold = ROWS_FOLD_OVER;
        if (count_rows(r, *rule, least) <= r->rows) return true;
        if (*threshold == ROWS_FOLD_OVER) return false;
    }
}

static struct fold_rule find_rule(const struct room *r)
{
    struct fold_rule rule = { FOLD_NEVER, FOLD_NEVER, FOLD_NEVER };
    if (lower(r, &rule, &rule.plain, FOLD_PLAIN) || lower(r, &rule, &rule.critical, FOLD_PLAIN)) return rule;
    if (count_rows(r, rule, FOLD_TROUBLED) > r->rows) lower(r, &rule, &rule.troubled, FOLD_TROUBLED);
    return rule;
}

struct fold_rule rows_room(const struct folding *f, const uint32_t *merged, uint32_t room)
{
    const struct run *run = f->run;
    struct room r = { .f = f, .rows = room };
    r.parent = allocate(run->step_count, sizeof *r.parent);
    r.seen = allocate(run->step_count, 1);
    r.inside = allocate(run->step_count, 1);
    r.met = allocate(folding_numbers(f), 1);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->parent) r.parent[i] = step->parent->index;
        r.seen[i] = !step->hidden && (!merged || merged[i] == i);
    }
    struct fold_rule rule = find_rule(&r);
    void *const blocks[] = { r.parent, r.seen, r.inside, r.met };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
    return rule;
}
