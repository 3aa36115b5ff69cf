/* SPDX-License-Identifier: MIT
 *
 * The table by step name. Names that differ in their numbers only (page_1 … page_20) are one row, "page_*", when there
 * are more than a few of them: a table of twenty rows that say the same helps nobody. Steps are counted by name first,
 * by hash, and only the different names are looked at for numbers, so 100,000 steps take milliseconds.
 */
#include "render/summary.h"

#include "render/wording.h"

#include <stdlib.h>

enum {
    ROWS_MAX = 30,
    NAMES_ALONE = 3, /* names that differ in numbers stand alone up to so many */
    NAME_COLUMNS = 60,
};

#define NO_ROW SIZE_MAX

struct row {
    struct str name; /* in the run's arena, or a pattern in the table's */
    uint64_t hash;
    uint64_t count, errors, timed; /* timed: steps that have a duration */
    int64_t total, max;            /* µs */
    size_t pattern;                /* the row among the patterns, NO_ROW when the name has no number */
    uint64_t names;                /* of a pattern: how many names have it */
};

/* Rows found by name. */
struct table {
    struct row *rows;
    size_t count, cap;
    uint32_t *slots; /* row + 1, 0: free */
    size_t slot_cap; /* a power of two, more than twice count */
};

static void table_grow(struct table *t)
{
    t->slot_cap = t->slot_cap ? t->slot_cap * 2 : 256;
    free(t->slots);
    t->slots = calloc(t->slot_cap, sizeof *t->slots);
    if (!t->slots) arena_exhausted(t->slot_cap * sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++) {
        size_t at = (size_t)t->rows[i].hash & (t->slot_cap - 1);
        while (t->slots[at]) at = (at + 1) & (t->slot_cap - 1);
        t->slots[at] = (uint32_t)i + 1;
    }
}

/* The row of that name. A new one, with *ret_new set, borrows the name. */
static struct row *table_row(struct table *t, struct str name, bool *ret_new)
{
    if (t->count * 2 >= t->slot_cap) table_grow(t);
    uint64_t hash = str_hash(name, 0);
    size_t at = (size_t)hash & (t->slot_cap - 1);
    *ret_new = false;
    for (; t->slots[at]; at = (at + 1) & (t->slot_cap - 1)) {
        struct row *row = &t->rows[t->slots[at] - 1];
        if (row->hash == hash && str_eq(row->name, name)) return row;
    }
    t->rows = array_grow(t->rows, &t->cap, t->count + 1, sizeof *t->rows);
    t->slots[at] = (uint32_t)t->count + 1;
    t->rows[t->count] = (struct row){ .name = name, .hash = hash, .pattern = NO_ROW };
    *ret_new = true;
    return &t->rows[t->count++];
}

static void table_free(struct table *t)
{
    free(t->rows);
    free(t->slots);
}

static int64_t add_capped(int64_t a, int64_t b) { return a > INT64_MAX - b ? INT64_MAX : a + b; } /* b >= 0 */

static void count_step(struct row *row, const struct step *step)
{
    row->count++;
    row->errors += step->status == STEP_ERROR;
    if (step->duration == TIME_NONE) return;
    int64_t duration = step->duration > 0 ? step->duration : 0; /* an end before the start is in the notes */
    row->timed++;
    row->total = add_capped(row->total, duration);
    if (duration > row->max) row->max = duration;
}

static void count_row(struct row *to, const struct row *from)
{
    to->names++;
    to->count += from->count;
    to->errors += from->errors;
    to->timed += from->timed;
    to->total = add_capped(to->total, from->total);
    if (from->max > to->max) to->max = from->max;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The name with `*` for each number; false when there is none. */
static bool put_pattern(struct buf *b, struct str name)
{
    bool any = false;
    for (size_t i = 0; i < name.len; i++) {
        if (!is_digit(name.ptr[i])) {
            buf_putc(b, name.ptr[i]);
            continue;
        }
        if (i == 0 || !is_digit(name.ptr[i - 1])) buf_putc(b, '*');
        any = true;
    }
    return any;
}

static void find_patterns(struct table *names, struct table *patterns, struct arena *arena)
{
    struct buf pattern = BUF_INIT;
    for (size_t i = 0; i < names->count; i++) {
        struct row *name = &names->rows[i];
        bool new;
        buf_clear(&pattern);
        if (!put_pattern(&pattern, name->name)) continue;
        struct row *row = table_row(patterns, buf_str(&pattern), &new);
        if (new) row->name = arena_copy(arena, buf_str(&pattern));
        count_row(row, name);
        name->pattern = (size_t)(row - patterns->rows);
    }
    buf_free(&pattern);
}

static int largest_first(const void *pa, const void *pb)
{
    const struct row *a = *(const struct row *const *)pa, *b = *(const struct row *const *)pb;
    if (a->total != b->total) return a->total > b->total ? -1 : 1;
    return str_cmp(a->name, b->name);
}

/* The rows to show, sorted; free() the list. */
static const struct row **choose_rows(const struct table *names, const struct table *patterns, size_t *ret_count)
{
    const struct row **list = malloc((names->count + patterns->count + 1) * sizeof *list);
    if (!list) arena_exhausted((names->count + patterns->count) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < patterns->count; i++)
        if (patterns->rows[i].names > NAMES_ALONE) list[count++] = &patterns->rows[i];
    for (size_t i = 0; i < names->count; i++) {
        size_t pattern = names->rows[i].pattern;
        if (pattern >= patterns->count || patterns->rows[pattern].names <= NAMES_ALONE) list[count++] = &names->rows[i];
    }
    qsort(list, count, sizeof *list, largest_first);
    *ret_count = count;
    return list;
}

static struct str duration_text(int64_t us, enum time_unit unit, struct arena *arena)
{
    struct buf b = BUF_INIT;
    clock_put_duration(&b, us, unit);
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&b);
    return text;
}

static struct str number_text(uint64_t n, struct arena *arena)
{
    struct buf b = BUF_INIT;
    buf_put_number(&b, n);
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&b);
    return text;
}

static struct str name_text(struct str name, struct arena *arena)
{
    struct buf plain = BUF_INIT, b = BUF_INIT;
    wording_put_short(&plain, name, NAME_COLUMNS);
    md_put_code(&b, buf_str(&plain));
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&plain);
    buf_free(&b);
    return text;
}

void summary_names(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Step", false }, { "Count", true }, { "Errors", true }, { "Total", true }, { "Mean", true }, { "Max", true },
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct table names = { 0 }, patterns = { 0 };
    struct arena texts = { 0 };
    bool new;
    for (uint32_t i = 1; i < run->step_count; i++) /* the root is the run itself: its times stand at the top */
        if (!run->steps[i]->hidden) count_step(table_row(&names, run->steps[i]->name, &new), run->steps[i]);
    find_patterns(&names, &patterns, &texts);
    size_t count, shown;
    const struct row **rows = choose_rows(&names, &patterns, &count);
    shown = count < ROWS_MAX ? count : ROWS_MAX;
    *s = (struct section){ .heading = "Steps by name",
                           .name = "the table by step name",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .unit_count = shown,
                           .beyond = count - shown,
                           .one = "name",
                           .many = "names" };
    s->units = ARENA_ARRAY(arena, struct str, shown * COLUMNS + 1);
    for (size_t i = 0; i < shown; i++) {
        const struct row *r = rows[i];
        struct str *cells = s->units + i * COLUMNS;
        cells[0] = name_text(r->name, arena);
        cells[1] = number_text(r->count, arena);
        cells[2] = number_text(r->errors, arena);
        cells[3] = duration_text(r->timed ? r->total : TIME_NONE, o->unit, arena);
        cells[4] = duration_text(r->timed ? r->total / (int64_t)r->timed : TIME_NONE, o->unit, arena);
        cells[5] = duration_text(r->timed ? r->max : TIME_NONE, o->unit, arena);
    }
    free(rows);
    table_free(&names);
    table_free(&patterns);
    arena_free(&texts);
}
