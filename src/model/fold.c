/* SPDX-License-Identifier: MIT
 *
 * First all siblings whose names agree without their numbers come together. Where more than one of the numbers varies
 * among them, the last such number is taken as the running one ("epoch 3 batch *"), as numbers nest from left to right,
 * and they are told apart by the others.
 */
#include "model/fold.h"

#include "model/pieces.h"
#include "model/statistics.h"

#include <stdlib.h>

/* Instead of the place of a number among the numbers of its name. */
#define PIECE_ALL  UINT32_MAX
#define PIECE_NONE (UINT32_MAX - 1)

struct fold_kind {
    struct str pattern;
    uint32_t counts[FOLD_CLASSES];
};

struct fold_entry {
    uint64_t hash; /* of the name without the masked numbers */
    const struct step *step;
    bool ids;        /* as piece_next has it */
    uint32_t masked; /* the number that does not count, by its place among the name's numbers; or PIECE_ALL */
};

/* The siblings that are looked at. */
struct family {
    struct fold_entry *entries;
    size_t count, cap;
    uint32_t over;
};

static bool is_masked(uint32_t masked, uint32_t number) { return masked == PIECE_ALL || masked == number; }

static uint64_t masked_hash(struct str name, bool ids, uint32_t masked)
{
    uint64_t hash = 0;
    uint32_t numbers = 0;
    for (size_t at = 0; at < name.len;) {
        bool number;
        struct str piece = piece_next(name, &at, ids, &number);
        if (number && is_masked(masked, numbers++)) piece = S("*");
        hash = str_hash(piece, hash);
    }
    return hash;
}

static bool same_masked(struct str a, struct str b, bool ids, uint32_t masked)
{
    uint32_t numbers = 0;
    for (size_t at_a = 0, at_b = 0; at_a < a.len || at_b < b.len;) {
        bool number_a, number_b;
        struct str piece_a = piece_next(a, &at_a, ids, &number_a), piece_b = piece_next(b, &at_b, ids, &number_b);
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
    return a->step->index < b->step->index ? -1 : a->step->index > b->step->index;
}

static void sort_masked(struct fold_entry *entries, size_t count, uint32_t masked)
{
    for (size_t i = 0; i < count; i++) {
        entries[i].masked = masked;
        entries[i].hash = masked_hash(entries[i].step->name, entries[i].ids, masked);
    }
    qsort(entries, count, sizeof *entries, compare_entries);
}

static bool same_kind(const struct fold_entry *a, const struct fold_entry *b)
{
    return a->hash == b->hash && same_masked(a->step->name, b->step->name, a->ids, a->masked);
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
    bool ids = entries[0].ids;
    for (size_t i = 1; i < count; i++) {
        struct str b = entries[i].step->name;
        uint32_t numbers = 0;
        for (size_t at_a = 0, at_b = 0; at_a < a.len;) {
            bool number, ignored;
            struct str piece_a = piece_next(a, &at_a, ids, &number), piece_b = piece_next(b, &at_b, ids, &ignored);
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
static struct str pattern_of(struct str name, bool ids, uint32_t star, struct arena *arena)
{
    uint32_t numbers = 0;
    for (size_t at = 0; at < name.len;) {
        size_t from = at;
        bool number;
        piece_next(name, &at, ids, &number);
        if (!number || numbers++ != star) continue;
        char *p = arena_alloc(arena, name.len + 1, 1);
        memcpy(p, name.ptr, from);
        p[from] = '*';
        memcpy(p + from + 1, name.ptr + at, name.len - at);
        return str_of(p, from + 1 + name.len - at);
    }
    return name;
}

/* Entries that are one kind, its number `star` being what varies. */
static void add_kind(struct folding *f, const struct fold_entry *entries, size_t count, uint32_t star)
{
    struct fold_kind *kind = &f->kinds[f->kind_count];
    struct str name = entries[0].step->name;
    *kind = (struct fold_kind){ .pattern = star == PIECE_NONE ? name
                                                              : pattern_of(name, entries[0].ids, star, f->arena) };
    for (size_t i = 0; i < count; i++) {
        uint32_t index = entries[i].step->index;
        f->kind[index] = f->kind_count;
        kind->counts[f->classes[index]]++;
    }
    f->kind_count++;
}

/* Siblings that agree but for their numbers: one kind when one number varies, else one for each text around the last
 * varying number that is frequent enough. */
static void add_alike(struct folding *f, struct fold_entry *entries, size_t count, uint32_t over)
{
    uint32_t first, last;
    varying_numbers(entries, count, &first, &last);
    if (first == last) {
        add_kind(f, entries, count, last);
        return;
    }
    sort_masked(entries, count, last);
    for (size_t at = 0, n; at < count; at += n) {
        n = kind_length(entries + at, count - at);
        if (n > over) add_kind(f, entries + at, n, last);
    }
}

static void add_family(struct folding *f, struct family *of, const struct step *parent, const uint32_t *merged)
{
    of->count = 0;
    of->entries = array_grow(of->entries, &of->cap, parent->child_count, sizeof *of->entries);
    for (const struct step *s = parent->first_child; s; s = s->next)
        if (!s->hidden && (!merged || merged[s->index] == s->index))
            of->entries[of->count++] = (struct fold_entry){ .step = s };
    if (of->count <= of->over) return;
    bool ids = false;
    for (size_t i = 0; i < of->count && !ids; i++) ids = pieces_have_id(of->entries[i].step->name);
    for (size_t i = 0; i < of->count; i++) of->entries[i].ids = ids;
    sort_masked(of->entries, of->count, PIECE_ALL);
    for (size_t at = 0, n; at < of->count; at += n) {
        n = kind_length(of->entries + at, of->count - at);
        if (n > of->over) add_alike(f, of->entries + at, n, of->over);
    }
}

static enum fold_class class_of(const struct step *s, const struct critical *path)
{
    if (s->hidden) return FOLD_PLAIN;
    if (s->status == STEP_ERROR || s->status == STEP_RUNNING || s->status == STEP_UNFINISHED) return FOLD_TROUBLED;
    return path && path->time[s->index] > 0 ? FOLD_CRITICAL : FOLD_PLAIN;
}

static void find_classes(struct folding *f, struct analysis *analysis, const uint32_t *merged)
{
    const struct run *run = f->run;
    const struct critical *path = analysis ? analysis_critical(analysis) : NULL;
    f->classes = ARENA_ARRAY(f->arena, unsigned char, run->step_count + (size_t)1);
    for (uint32_t i = 0; i < run->step_count; i++) f->classes[i] = (unsigned char)class_of(run->steps[i], path);
    for (uint32_t i = run->step_count; i-- > 1;) {
        uint32_t up = run->steps[i]->parent->index;
        if (f->classes[i] > f->classes[up]) f->classes[up] = f->classes[i];
        if (merged && f->classes[i] > f->classes[merged[i]]) f->classes[merged[i]] = f->classes[i];
    }
}

void folding_begin(struct folding *f, const struct run *run, struct analysis *analysis, const uint32_t *merged,
                   uint32_t over, struct arena *arena)
{
    struct family family = { .over = over };
    *f = (struct folding){ .run = run, .arena = arena };
    find_classes(f, analysis, merged);
    f->kind = ARENA_ARRAY(arena, uint32_t, run->step_count + (size_t)1);
    for (uint32_t i = 0; i < run->step_count; i++) f->kind[i] = FOLD_NONE;
    f->kinds = ARENA_ARRAY(arena, struct fold_kind, run->step_count / (over + (size_t)1) + 1);
    for (uint32_t i = 0; i < run->step_count; i++)
        if (!run->steps[i]->hidden && run->steps[i]->child_count > over) add_family(f, &family, run->steps[i], merged);
    free(family.entries);
    uint32_t numbers = folding_numbers(f);
    f->items = ARENA_ARRAY(arena, struct fold, numbers + (size_t)1);
    f->made = ARENA_ARRAY(arena, uint32_t, numbers + (size_t)1);
    for (uint32_t i = 0; i < numbers; i++) f->made[i] = FOLD_NONE;
}

/* A kind may have two folds: of those in trouble, and of the others. */
uint32_t folding_numbers(const struct folding *f) { return 2 * f->kind_count; }

uint32_t folding_number(const struct folding *f, uint32_t index, struct fold_rule rule)
{
    uint32_t number = f->kind[index];
    if (number == FOLD_NONE) return FOLD_NONE;
    const struct fold_kind *kind = &f->kinds[number];
    enum fold_class class = (enum fold_class)f->classes[index];
    if (class == FOLD_TROUBLED) return kind->counts[class] > rule.troubled ? 2 * number + 1 : FOLD_NONE;
    bool joined = kind->counts[FOLD_CRITICAL] > rule.critical;
    if (class == FOLD_CRITICAL && !joined) return FOLD_NONE;
    uint32_t together = kind->counts[FOLD_PLAIN] + (joined ? kind->counts[FOLD_CRITICAL] : 0);
    return together > rule.plain ? 2 * number : FOLD_NONE;
}

static uint32_t make_fold(struct folding *f, uint32_t number, const struct step *first)
{
    const struct fold_kind *kind = &f->kinds[number / 2];
    size_t most = number % 2 ? kind->counts[FOLD_TROUBLED]
                             : (size_t)kind->counts[FOLD_PLAIN] + kind->counts[FOLD_CRITICAL];
    f->items[f->count] = (struct fold){ .pattern = kind->pattern,
                                        .first = first,
                                        .steps = ARENA_ARRAY(f->arena, const struct step *, most),
                                        .other = STEP_STATUS_COUNT };
    return f->made[number] = f->count++;
}

uint32_t folding_add(struct folding *f, uint32_t number, const struct step *step)
{
    uint32_t at = f->made[number] == FOLD_NONE ? make_fold(f, number, step) : f->made[number];
    struct fold *fold = &f->items[at];
    enum step_status status = (enum step_status)step->status;
    fold->steps[fold->members.steps] = step;
    fold->timed += step->end != TIME_NONE && step->duration != TIME_NONE;
    fold->critical += f->classes[step->index] == FOLD_CRITICAL;
    tally_add(&fold->members, status);
    if (status == STEP_ERROR || status == STEP_RUNNING || status == STEP_UNFINISHED) return at;
    fold->other = fold->other == STEP_STATUS_COUNT || fold->other == status ? status : STEP_OK;
    return at;
}

static int ascending(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return (a > b) - (a < b);
}

/* `durations` has room for all members. */
static void measure(struct fold *f, int64_t *durations)
{
    /* the mean as a sum of quotients and a sum of remainders: the sum of durations could overflow */
    int64_t quotients = 0, remainders = 0, n = f->timed, count = 0;
    if (f->other == STEP_STATUS_COUNT) f->other = STEP_OK;
    f->min = f->mean = f->p95 = f->max = TIME_NONE;
    if (!n) return;
    for (uint32_t i = 0; i < f->members.steps; i++) {
        const struct step *s = f->steps[i];
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

void folding_measure(struct folding *f)
{
    int64_t *durations = NULL;
    size_t cap = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        durations = array_grow(durations, &cap, f->items[i].members.steps, sizeof *durations);
        measure(&f->items[i], durations);
    }
    free(durations);
}
