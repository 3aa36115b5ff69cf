/* SPDX-License-Identifier: MIT
 *
 * One pass over the steps in pre-order makes the rows: a step's row, or that of its nearest ancestor with one, is known
 * before its children ask for it. A second one fills in the steps of each row; then what does not fit is taken out.
 */
#include "layout/rows.h"

#include "layout/rows_room.h"
#include "model/attempts.h"

#include <stdlib.h>

/* What is known of a row while there may be too many of them. */
struct draft {
    uint32_t rank;                      /* of the steps the one that ranks first */
    uint32_t class;                     /* enum fold_class */
    uint32_t fold;                      /* place among the folds, FOLD_NONE */
    uint32_t dropped, dropped_troubled; /* steps of it and of rows below it that are left out */
    uint32_t number;                    /* among the rows that stay, ROW_NONE */
};

struct making {
    const struct run *run;
    struct rows *rows;
    struct arena *arena;
    const uint32_t *merged; /* by step index, see attempts_find; NULL: each for itself */
    bool folding;
    struct folding folds;
    struct fold_rule rule;
    struct draft *drafts;      /* by row */
    uint32_t *row_of;          /* by step index: its row or that of the nearest ancestor with one */
    uint32_t *row_of_attempts; /* by step index of the last attempt: their row */
};

static bool is_troubled(const struct step *step)
{
    return step->status == STEP_ERROR || step->status == STEP_RUNNING || step->status == STEP_UNFINISHED;
}

static uint32_t stands_for(const struct making *s, uint32_t i) { return s->merged ? s->merged[i] : i; }

static uint32_t add_row(struct making *s, const struct step *step, uint32_t above, uint32_t fold)
{
    s->rows->items[s->rows->count] = (struct row){ .step = step, .parent = above, .last_child = ROW_NONE };
    s->drafts[s->rows->count] = (struct draft){ .rank = step->rank, .fold = fold };
    return s->rows->count++;
}

/* The row of a visible step that is below no fold. */
static uint32_t find_row(struct making *s, const struct step *step, uint32_t above)
{
    uint32_t counts = stands_for(s, step->index), *row = &s->row_of_attempts[counts];
    const struct step *last = s->run->steps[counts];
    uint32_t number = s->folding ? folding_number(&s->folds, counts, s->rule) : FOLD_NONE;
    if (*row != ROW_NONE) return *row;
    if (number == FOLD_NONE) return *row = add_row(s, last, above, FOLD_NONE);
    uint32_t folds = s->folds.count, fold = folding_add(&s->folds, number, last);
    if (s->folds.count > folds) return *row = add_row(s, last, above, fold);
    return *row = s->row_of_attempts[s->folds.items[fold].first->index];
}

static void find_rows(struct making *s)
{
    struct rows *rows = s->rows;
    for (uint32_t i = 0; i < s->run->step_count; i++) {
        const struct step *step = s->run->steps[i];
        uint32_t above = step->parent ? s->row_of[step->parent->index] : ROW_NONE;
        s->row_of[i] = above;
        if (step->hidden) continue;
        uint32_t fold = above == ROW_NONE ? FOLD_NONE : s->drafts[above].fold;
        if (fold != FOLD_NONE) {
            tally_add(&s->folds.items[fold].below, (enum step_status)step->status);
            rows->folded++;
            rows->folded_troubled += is_troubled(step);
            continue;
        }
        s->row_of[i] = find_row(s, step, above);
        struct draft *draft = &s->drafts[s->row_of[i]];
        rows->items[s->row_of[i]].step_count++;
        uint32_t class = s->folding ? s->folds.classes[stands_for(s, i)] : FOLD_PLAIN;
        if (class > draft->class) draft->class = class;
        if (step->rank < draft->rank) draft->rank = step->rank;
        rows->folded += draft->fold != FOLD_NONE;
        rows->folded_troubled += draft->fold != FOLD_NONE && is_troubled(step);
    }
}

/* The steps of each row, one array for all. */
static void fill_rows(struct making *s)
{
    const struct step **steps = ARENA_ARRAY(s->arena, const struct step *, s->run->visible_count + (size_t)1);
    for (uint32_t i = 0; i < s->rows->count; i++) {
        s->rows->items[i].steps = steps;
        steps += s->rows->items[i].step_count;
        s->rows->items[i].step_count = 0;
    }
    for (uint32_t i = 0; i < s->run->step_count; i++) {
        const struct step *step = s->run->steps[i];
        uint32_t above = step->parent ? s->row_of[step->parent->index] : ROW_NONE;
        if (step->hidden || (above != ROW_NONE && s->drafts[above].fold != FOLD_NONE)) continue;
        struct row *row = &s->rows->items[s->row_of[i]];
        row->steps[row->step_count++] = step;
    }
    if (s->folding) folding_measure(&s->folds);
    for (uint32_t i = 0; i < s->rows->count; i++) {
        struct row *row = &s->rows->items[i];
        uint32_t fold = s->drafts[i].fold;
        row->attempts = fold == FOLD_NONE && row->step_count > 1;
        if (fold == FOLD_NONE) continue;
        row->fold = &s->folds.items[fold];
        row->step = row->fold->first;
        s->rows->folds++;
        s->rows->folded_critical |= row->fold->critical > 0;
    }
}

/* --- what stays --- */

struct candidate {
    uint32_t class, rank, row;
};

static int weightiest_first(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    if (a->class != b->class) return a->class > b->class ? -1 : 1;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* A row's ancestors are of no lesser class and rank before it: the first ones are a tree, however many. */
static void choose_rows(struct making *s, uint32_t max_rows)
{
    uint32_t count = s->rows->count, kept = 0;
    struct candidate *list = calloc(count + (size_t)1, sizeof *list);
    if (!list) arena_exhausted(count * sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = (struct candidate){ s->drafts[i].class, s->drafts[i].rank, i };
        s->drafts[i].number = ROW_NONE;
    }
    if (count > max_rows) qsort(list, count, sizeof *list, weightiest_first);
    for (uint32_t i = 0; i < count && i < max_rows; i++) s->drafts[list[i].row].number = 0;
    for (uint32_t i = 0; i < count; i++)
        if (s->drafts[i].number != ROW_NONE) s->drafts[i].number = kept++;
    free(list);
}

/* What the row itself stands for, counted as left out. */
static void drop_row(struct making *s, uint32_t i)
{
    const struct row *row = &s->rows->items[i];
    struct draft *draft = &s->drafts[i];
    uint32_t below = row->fold ? row->fold->below.steps : 0, troubled = 0;
    for (uint32_t k = 0; k < row->step_count; k++) troubled += is_troubled(row->steps[k]);
    if (row->fold) {
        troubled += row->fold->below.errors + row->fold->below.unfinished;
        s->rows->folds--;
        s->rows->folded -= row->step_count + below;
        s->rows->folded_troubled -= troubled;
    }
    draft->dropped += row->step_count + below;
    s->rows->left_out += row->step_count + below;
    s->rows->troubled_left_out += troubled;
}

static void keep_rows(struct making *s)
{
    struct rows *rows = s->rows;
    uint32_t kept = 0;
    for (uint32_t i = rows->count; i-- > 0;) {
        struct row *row = &rows->items[i];
        if (s->drafts[i].number == ROW_NONE) {
            drop_row(s, i);
            if (row->parent != ROW_NONE) s->drafts[row->parent].dropped += s->drafts[i].dropped;
        } else row->below = s->drafts[i].dropped;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        if (s->drafts[i].number == ROW_NONE) continue;
        struct row row = rows->items[i];
        if (row.parent != ROW_NONE) {
            row.parent = s->drafts[row.parent].number;
            row.depth = rows->items[row.parent].depth + 1;
            rows->items[row.parent].last_child = kept;
        }
        rows->items[kept++] = row;
    }
    rows->count = kept;
}

static uint32_t *fresh(struct arena *arena, uint32_t count)
{
    uint32_t *list = ARENA_ARRAY(arena, uint32_t, count + (size_t)1);
    for (uint32_t i = 0; i < count; i++) list[i] = ROW_NONE;
    return list;
}

static uint32_t count_merged(const struct making *s)
{
    uint32_t count = 0;
    for (uint32_t i = 0; s->merged && i < s->run->step_count; i++) count += s->merged[i] != i;
    return count;
}

void rows_select(struct rows *rows, const struct run *run, struct analysis *analysis, uint32_t max_rows,
                 struct arena *arena)
{
    struct making s = { .run = run, .rows = rows, .arena = arena, .merged = attempts_find(run, arena) };
    uint32_t count = run->visible_count - count_merged(&s);
    *rows = (struct rows){ .steps = run->visible_count };
    s.folding = max_rows && count > max_rows;
    if (s.folding) {
        folding_begin(&s.folds, run, analysis, s.merged, ROWS_FOLD_OVER, arena);
        s.rule = rows_room(&s.folds, s.merged, max_rows);
        rows->path_known = analysis != NULL;
    }
    rows->items = ARENA_ARRAY(arena, struct row, count + (size_t)1);
    s.drafts = ARENA_ARRAY(arena, struct draft, count + (size_t)1);
    s.row_of = fresh(arena, run->step_count);
    s.row_of_attempts = fresh(arena, run->step_count);
    find_rows(&s);
    fill_rows(&s);
    choose_rows(&s, s.folding ? max_rows : UINT32_MAX);
    keep_rows(&s);
}
