/* SPDX-License-Identifier: MIT
 *
 * Steps are counted by name first, by hash, and only the different names are looked at for numbers, so 100,000 steps
 * take milliseconds. Then the durations of each entry are laid side by side and sorted.
 */
#include "model/statistics.h"

#include "model/measure.h"

#include <stdlib.h>

enum { NAMES_ALONE = 3 }; /* names that differ in numbers stand alone up to so many */

#define NO_PATTERN UINT32_MAX

struct row {
    struct str name; /* in the run's arena, or a pattern in the arena of the list */
    uint64_t hash;
    uint32_t pattern; /* the row among the patterns, NO_PATTERN when the name has no number */
    uint32_t names;   /* of a pattern: how many names have it */
    uint32_t entry;   /* in the list */
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
    t->rows = array_grow(t->rows, &t->cap, t->slot_cap / 2, sizeof *t->rows);
    free(t->slots);
    t->slots = calloc(t->slot_cap, sizeof *t->slots);
    if (!t->slots) arena_exhausted(t->slot_cap * sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++) {
        size_t at = (size_t)t->rows[i].hash & (t->slot_cap - 1);
        while (t->slots[at]) at = (at + 1) & (t->slot_cap - 1);
        t->slots[at] = (uint32_t)i + 1;
    }
}

/* The number of that name's row. A new one, with *ret_new set, borrows the name. */
static uint32_t table_row(struct table *t, struct str name, bool *ret_new)
{
    if (t->count * 2 >= t->slot_cap) table_grow(t);
    uint64_t hash = str_hash(name, 0);
    size_t at = (size_t)hash & (t->slot_cap - 1);
    *ret_new = false;
    for (; t->slots[at]; at = (at + 1) & (t->slot_cap - 1)) {
        const struct row *row = &t->rows[t->slots[at] - 1];
        if (row->hash == hash && str_eq(row->name, name)) return t->slots[at] - 1;
    }
    t->slots[at] = (uint32_t)t->count + 1;
    t->rows[t->count] = (struct row){ .name = name, .hash = hash, .pattern = NO_PATTERN };
    *ret_new = true;
    return (uint32_t)t->count++;
}

static void table_free(struct table *t)
{
    free(t->rows);
    free(t->slots);
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
        name->pattern = table_row(patterns, buf_str(&pattern), &new);
        struct row *row = &patterns->rows[name->pattern];
        if (new) row->name = arena_copy(arena, buf_str(&pattern));
        row->names++;
    }
    buf_free(&pattern);
}

/* An entry for each pattern of many names and for each name without one. */
static void make_entries(struct table *names, struct table *patterns, struct arena *arena, struct statistics *s)
{
    s->list = ARENA_ARRAY(arena, struct name_statistics, names->count + patterns->count + 1);
    for (size_t i = 0; i < patterns->count; i++) {
        struct row *row = &patterns->rows[i];
        if (row->names <= NAMES_ALONE) continue;
        row->entry = (uint32_t)s->count;
        s->list[s->count++] = (struct name_statistics){ .name = row->name, .names = row->names };
    }
    for (size_t i = 0; i < names->count; i++) {
        struct row *row = &names->rows[i];
        const struct row *pattern = row->pattern == NO_PATTERN ? NULL : &patterns->rows[row->pattern];
        if (pattern && pattern->names > NAMES_ALONE) {
            row->entry = pattern->entry;
            continue;
        }
        row->entry = (uint32_t)s->count;
        s->list[s->count++] = (struct name_statistics){ .name = row->name };
    }
}

static int64_t add_capped(int64_t a, int64_t b) { return a > INT64_MAX - b ? INT64_MAX : a + b; } /* b >= 0 */

/* A negative duration, an end before the start, is told among the notes of the run. */
static int64_t duration_of(const struct step *step) { return step->duration > 0 ? step->duration : 0; }

/* A thread that is made to stand above its steps is none of them. */
static bool counts(const struct step *step) { return !step->hidden && !step->made; }

/* A step without an end has no duration yet, as in a state machine (machine.c); its self time was spent. */
static bool is_timed(const struct step *step) { return step->end != TIME_NONE && step->duration != TIME_NONE; }

static void count_step(struct name_statistics *s, const struct step *step)
{
    s->count++;
    s->errors += step->status == STEP_ERROR;
    if (step->duration != TIME_NONE) s->self = add_capped(s->self, step->self);
    if (!is_timed(step)) return;
    s->timed++;
    s->total = add_capped(s->total, duration_of(step));
}

static const double roots[] = { 1, 1.189207115002721, 1.4142135623730951, 1.681792830507429 };

/* Quarter octaves: 0 for up to 1 µs, 4 for 2 µs, 6 for 3 µs, 40 for 1,024 µs. Exact in doubles on every machine. */
static uint32_t quarter_octave(int64_t us)
{
    uint32_t quarters = 0;
    double rest = us > 1 ? (double)us : 1;
    while (rest >= 2) {
        rest /= 2;
        quarters += 4;
    }
    for (size_t i = 1; i < 4; i++) quarters += rest >= roots[i];
    return quarters;
}

/* Quarter octaves from min to max, and how many of them make a bin. */
static uint32_t bin_width(const struct name_statistics *s)
{
    uint32_t quarters = quarter_octave(s->max) - quarter_octave(s->min) + 1;
    return (quarters + STATISTICS_BINS - 1) / STATISTICS_BINS;
}

int64_t statistics_bin_start(const struct name_statistics *s, uint32_t bin)
{
    uint32_t quarter = quarter_octave(s->min) + bin * bin_width(s);
    double start = roots[quarter % 4];
    for (uint32_t i = quarter / 4; i > 0; i--) start *= 2;
    int64_t whole = start < 9e18 ? (int64_t)start : INT64_MAX;
    return bin == 0 ? s->min : (double)whole < start ? whole + 1 : whole;
}

int64_t statistics_percentile(const int64_t *sorted, uint64_t count, uint64_t percent)
{
    uint64_t rank = (count * percent + 99) / 100; /* the smallest rank that covers so many percent */
    return sorted[rank ? rank - 1 : 0];
}

static void describe(struct name_statistics *s, const int64_t *sorted)
{
    uint64_t n = s->timed;
    s->min = sorted[0];
    s->max = sorted[n - 1];
    s->mean = s->total / (int64_t)n;
    s->p50 = statistics_percentile(sorted, n, 50);
    s->p90 = statistics_percentile(sorted, n, 90);
    s->p95 = statistics_percentile(sorted, n, 95);
    uint32_t from = quarter_octave(s->min), width = bin_width(s);
    s->bins = (quarter_octave(s->max) - from) / width + 1;
    for (uint64_t i = 0; i < n; i++) s->histogram[(quarter_octave(sorted[i]) - from) / width]++;
}

static int smaller_first(const void *pa, const void *pb)
{
    const int64_t *a = pa, *b = pb;
    return *a < *b ? -1 : *a > *b;
}

/* Lays the durations of each entry side by side. `name_of` is by step index: the row among the names. */
static void describe_all(const struct run *run, const struct table *names, const uint32_t *name_of,
                         struct statistics *s)
{
    int64_t *durations = malloc((run->step_count + (size_t)1) * sizeof *durations);
    size_t *at = calloc(s->count + 1, sizeof *at);
    if (!durations || !at) arena_exhausted(run->step_count * sizeof *durations);
    for (size_t i = 1; i < s->count; i++) at[i] = at[i - 1] + s->list[i - 1].timed;
    for (uint32_t i = 1; i < run->step_count; i++)
        if (counts(run->steps[i]) && is_timed(run->steps[i]))
            durations[at[names->rows[name_of[i]].entry]++] = duration_of(run->steps[i]);
    for (size_t i = 0; i < s->count; i++) { /* at[i] is the end now */
        struct name_statistics *entry = &s->list[i];
        if (!entry->timed) continue;
        int64_t *own = durations + at[i] - entry->timed;
        qsort(own, entry->timed, sizeof *own, smaller_first);
        describe(entry, own);
    }
    free(durations);
    free(at);
}

static int largest_first(const void *pa, const void *pb)
{
    const struct name_statistics *a = pa, *b = pb;
    if (a->total != b->total) return a->total > b->total ? -1 : 1;
    int order = str_cmp(a->name, b->name);
    return order ? order : (a->names > b->names) - (a->names < b->names); /* a name may look like a pattern */
}

static int64_t time_of(const struct step *step, const int64_t *time)
{
    int64_t own = step->hidden ? 0 : time ? time[step->index] : step->self;
    return own > 0 ? own : 0;
}

bool statistics_names_tell(const struct run *run, const int64_t *time, int64_t whole)
{
    for (uint32_t i = 0; i < run->step_count; i++)
        if (time_of(run->steps[i], time) >= whole / 100 * NAMES_TELL_PERCENT) return false;
    return whole >= 100;
}

static int most_time_first(const void *pa, const void *pb)
{
    const struct name_time *a = pa, *b = pb;
    if (a->time != b->time) return a->time > b->time ? -1 : 1;
    int order = str_cmp(a->name, b->name);
    return order ? order : (a->names > b->names) - (a->names < b->names);
}

size_t statistics_name_times(const struct run *run, const int64_t *time, struct arena *arena, struct name_time **ret)
{
    struct table names = { 0 }, patterns = { 0 };
    struct statistics entries = { 0 };
    uint32_t *name_of = calloc(run->step_count + (size_t)1, sizeof *name_of);
    bool new;
    if (!name_of) arena_exhausted(run->step_count * sizeof *name_of);
    for (uint32_t i = 0; i < run->step_count; i++)
        if (time_of(run->steps[i], time)) name_of[i] = table_row(&names, run->steps[i]->name, &new);
    find_patterns(&names, &patterns, arena);
    make_entries(&names, &patterns, arena, &entries);
    *ret = ARENA_ARRAY(arena, struct name_time, entries.count + 1);
    for (size_t i = 0; i < entries.count; i++)
        (*ret)[i] = (struct name_time){ .name = entries.list[i].name, .names = entries.list[i].names };
    for (uint32_t i = 0; i < run->step_count; i++) {
        int64_t own = time_of(run->steps[i], time);
        if (!own) continue;
        struct name_time *entry = &(*ret)[names.rows[name_of[i]].entry];
        if (!entry->steps++) entry->step = run->steps[i];
        entry->time = add_capped(entry->time, own);
    }
    if (entries.count) qsort(*ret, entries.count, sizeof **ret, most_time_first);
    free(name_of);
    table_free(&names);
    table_free(&patterns);
    return entries.count;
}

void statistics_by_name(const struct run *run, struct arena *arena, struct statistics *ret_statistics)
{
    struct table names = { 0 }, patterns = { 0 };
    uint32_t *name_of = calloc(run->step_count + (size_t)1, sizeof *name_of);
    bool new;
    if (!name_of) arena_exhausted(run->step_count * sizeof *name_of);
    *ret_statistics = (struct statistics){ 0 };
    for (uint32_t i = 1; i < run->step_count; i++)
        if (counts(run->steps[i])) name_of[i] = table_row(&names, run->steps[i]->name, &new);
    find_patterns(&names, &patterns, arena);
    make_entries(&names, &patterns, arena, ret_statistics);
    for (uint32_t i = 1; i < run->step_count; i++)
        if (counts(run->steps[i])) count_step(&ret_statistics->list[names.rows[name_of[i]].entry], run->steps[i]);
    describe_all(run, &names, name_of, ret_statistics);
    for (size_t i = 0; i < ret_statistics->count; i++)
        ret_statistics->list[i].share = measure_share(run, ret_statistics->list[i].self);
    if (ret_statistics->count)
        qsort(ret_statistics->list, ret_statistics->count, sizeof *ret_statistics->list, largest_first);
    free(name_of);
    table_free(&names);
    table_free(&patterns);
}
