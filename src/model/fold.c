/* SPDX-License-Identifier: MIT
 *
 * Names are compared piece by piece, a piece being all digits or no digits: "item 7 of 9" is «item »«7»« of »«9».
 * First all siblings whose names agree without their numbers come together. Where more than one of the numbers varies
 * among them, the last such number is taken as the running one ("epoch 3 batch *"), as numbers nest from left to right,
 * and they are told apart by the others.
 */
#include "model/fold.h"

#include "model/statistics.h"

#include <stdlib.h>

/* Instead of the place of a number among the numbers of its name. */
#define PIECE_ALL  UINT32_MAX
#define PIECE_NONE (UINT32_MAX - 1)

struct fold_entry {
    uint64_t hash; /* of the name without the masked numbers */
    const struct step *step;
    uint32_t order;  /* among the siblings */
    uint32_t masked; /* the number that does not count, by its place among the name's numbers; or PIECE_ALL */
};

void fold_list_free(struct fold_list *folds)
{
    free(folds->items);
    free(folds->entries);
    free(folds->durations);
    folds->items = NULL;
    folds->durations = NULL;
    folds->entries = NULL;
    folds->count = folds->cap = folds->entry_cap = folds->duration_cap = 0;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The next piece of the name, empty at its end; *at moves behind it. */
static struct str next_piece(struct str name, size_t *at, bool *ret_number)
{
    size_t from = *at, to = from;
    *ret_number = from < name.len && is_digit(name.ptr[from]);
    while (to < name.len && is_digit(name.ptr[to]) == *ret_number) to++;
    *at = to;
    return str_of(name.ptr + from, to - from);
}

static bool is_masked(uint32_t masked, uint32_t number) { return masked == PIECE_ALL || masked == number; }

static uint64_t masked_hash(struct str name, uint32_t masked)
{
    uint64_t hash = 0;
    uint32_t numbers = 0;
    for (size_t at = 0; at < name.len;) {
        bool number;
        struct str piece = next_piece(name, &at, &number);
        if (number && is_masked(masked, numbers++)) piece = S("*");
        hash = str_hash(piece, hash);
    }
    return hash;
}

static bool same_masked(struct str a, struct str b, uint32_t masked)
{
    uint32_t numbers = 0;
    for (size_t at_a = 0, at_b = 0; at_a < a.len || at_b < b.len;) {
        bool number_a, number_b;
        struct str piece_a = next_piece(a, &at_a, &number_a), piece_b = next_piece(b, &at_b, &number_b);
        bool ignored = number_a && number_b && is_masked(masked, numbers);
        if (!ignored && !str_eq(piece_a, piece_b)) return false;
        numbers += number_a;
    }
    return true;
}

static int compare_entries(const void *pa, const void *pb)
{
    const struct fold_entry *a = pa, *b = pb;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static void sort_masked(struct fold_entry *entries, size_t count, uint32_t masked)
{
    for (size_t i = 0; i < count; i++) {
        entries[i].masked = masked;
        entries[i].hash = masked_hash(entries[i].step->name, masked);
    }
    qsort(entries, count, sizeof *entries, compare_entries);
}

static bool same_kind(const struct fold_entry *a, const struct fold_entry *b)
{
    return a->hash == b->hash && same_masked(a->step->name, b->step->name, a->masked);
}

/* How many entries from the first on are of one kind. Kinds that share a hash may be mixed and then fold less. */
static size_t kind_length(const struct fold_entry *entries, size_t count)
{
    size_t n = 1;
    while (n < count && same_kind(&entries[0], &entries[n])) n++;
    return n;
}

/* Which numbers differ among names that agree otherwise: the first and the last of them, PIECE_NONE when all agree. */
static void varying_numbers(const struct fold_entry *entries, size_t count, uint32_t *ret_first, uint32_t *ret_last)
{
    *ret_first = *ret_last = PIECE_NONE;
    struct str a = entries[0].step->name;
    for (size_t i = 1; i < count; i++) {
        struct str b = entries[i].step->name;
        uint32_t numbers = 0;
        for (size_t at_a = 0, at_b = 0; at_a < a.len;) {
            bool number, ignored;
            struct str piece_a = next_piece(a, &at_a, &number), piece_b = next_piece(b, &at_b, &ignored);
            if (!number) continue;
            if (!str_eq(piece_a, piece_b)) {
                if (*ret_first == PIECE_NONE || numbers < *ret_first) *ret_first = numbers;
                if (*ret_last == PIECE_NONE || numbers > *ret_last) *ret_last = numbers;
            }
            numbers++;
        }
    }
}

/* The name with its number `star` written as "*". */
static struct str pattern_of(struct str name, uint32_t star, struct arena *arena)
{
    uint32_t numbers = 0;
    for (size_t at = 0; at < name.len;) {
        size_t from = at;
        bool number;
        next_piece(name, &at, &number);
        if (!number || numbers++ != star) continue;
        char *p = arena_alloc(arena, name.len + 1, 1);
        memcpy(p, name.ptr, from);
        p[from] = '*';
        memcpy(p + from + 1, name.ptr + at, name.len - at);
        return str_of(p, from + 1 + name.len - at);
    }
    return name;
}

static int ascending(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return (a > b) - (a < b);
}

/* The timed members are counted already. */
static void measure_durations(struct fold_list *folds, struct fold *f, const struct fold_entry *entries)
{
    f->min = f->mean = f->p95 = f->max = TIME_NONE;
    if (!f->timed) return;
    folds->durations = array_grow(folds->durations, &folds->duration_cap, f->timed, sizeof *folds->durations);
    /* the mean as a sum of quotients and a sum of remainders: the sum of durations could overflow */
    int64_t quotients = 0, remainders = 0, n = f->timed, count = 0, *durations = folds->durations;
    for (uint32_t i = 0; i < f->members.steps; i++) {
        const struct step *s = entries[i].step;
        if (s->end == TIME_NONE || s->duration == TIME_NONE) continue;
        durations[count++] = s->duration;
        quotients += s->duration / n;
        remainders += s->duration % n;
    }
    qsort(durations, (size_t)n, sizeof *durations, ascending);
    f->min = durations[0];
    f->max = durations[n - 1];
    f->p95 = statistics_percentile(durations, (uint64_t)n, 95);
    f->mean = quotients + (remainders + (remainders < 0 ? -n : n) / 2) / n;
}

static void add_fold(struct fold_list *folds, const struct fold_entry *entries, size_t count, uint32_t star,
                     uint32_t *group_of)
{
    folds->items = array_grow(folds->items, &folds->cap, folds->count + 1, sizeof *folds->items);
    struct fold *f = &folds->items[folds->count];
    *f = (struct fold){ .first = entries[0].step, .other = STEP_STATUS_COUNT };
    f->pattern = star == PIECE_NONE ? entries[0].step->name : pattern_of(entries[0].step->name, star, folds->arena);
    for (size_t i = 0; i < count; i++) {
        const struct step *s = entries[i].step;
        enum step_status status = (enum step_status)s->status;
        group_of[entries[i].order] = (uint32_t)folds->count;
        f->timed += s->end != TIME_NONE && s->duration != TIME_NONE;
        tally_add(&f->members, status);
        if (status == STEP_ERROR || status == STEP_RUNNING || status == STEP_UNFINISHED) continue;
        f->other = f->other == STEP_STATUS_COUNT || f->other == status ? status : STEP_OK;
    }
    if (f->other == STEP_STATUS_COUNT) f->other = STEP_OK;
    measure_durations(folds, f, entries);
    folds->count++;
}

/* Siblings that agree but for their numbers: one fold when one number varies, else one for each text around the last
 * varying number that is frequent enough. */
static void fold_alike(struct fold_list *folds, struct fold_entry *entries, size_t count, uint32_t over,
                       uint32_t *group_of)
{
    uint32_t first, last;
    varying_numbers(entries, count, &first, &last);
    if (first == last) {
        add_fold(folds, entries, count, last, group_of);
        return;
    }
    sort_masked(entries, count, last);
    for (size_t at = 0, n; at < count; at += n) {
        n = kind_length(entries + at, count - at);
        if (n > over) add_fold(folds, entries + at, n, last, group_of);
    }
}

void fold_siblings(struct fold_list *folds, const struct step *const *siblings, uint32_t count, uint32_t over,
                   uint32_t *group_of)
{
    for (uint32_t i = 0; i < count; i++) group_of[i] = FOLD_NONE;
    if (count <= over) return;
    folds->entries = array_grow(folds->entries, &folds->entry_cap, count, sizeof *folds->entries);
    struct fold_entry *entries = folds->entries;
    for (uint32_t i = 0; i < count; i++) entries[i] = (struct fold_entry){ .step = siblings[i], .order = i };
    sort_masked(entries, count, PIECE_ALL);
    for (size_t at = 0, n; at < count; at += n) {
        n = kind_length(entries + at, count - at);
        if (n > over) fold_alike(folds, entries + at, n, over, group_of);
    }
}
