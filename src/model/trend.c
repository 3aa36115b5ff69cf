/* SPDX-License-Identifier: MIT */
#include "model/trend.h"

#include <math.h>
#include <stdlib.h>

/* Up to so many values a probability is counted in random orders of them; beyond, Pettitt's formula is close enough
 * (the test compares the two). */
enum { SHUFFLED_UP_TO = 200, SHUFFLES = 999 };

/* The completed runs of a trend, and where they are cut. */
struct series {
    int64_t *values;
    size_t *points; /* which of the trend's points each is */
    size_t count;
    size_t cuts[TREND_CHANGES_MAX + 2]; /* ascending: 0, the first value behind each change, count */
    size_t cut_count;
    int64_t *ranks, *sorted; /* room for work */
};

struct split {
    size_t at; /* values before it */
    double statistic;
};

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    if (!p) arena_exhausted(count * size);
    return p;
}

static int by_value(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return (a > b) - (a < b);
}

static size_t count_below(const int64_t *sorted, size_t count, int64_t value, bool or_equal)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < value || (or_equal && sorted[middle] == value)) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Twice the rank of each value less n + 1, so that they add up to 0; equal ones share the mean of their ranks. Example:
 * 5, 9, 5 have the ranks 1.5, 3, 1.5, and get -1, 2, -1. */
static void rank(struct series *s, size_t from, size_t count)
{
    memcpy(s->sorted, s->values + from, count * sizeof *s->sorted);
    qsort(s->sorted, count, sizeof *s->sorted, by_value);
    for (size_t i = 0; i < count; i++) {
        size_t below = count_below(s->sorted, count, s->values[from + i], false);
        size_t up_to = count_below(s->sorted, count, s->values[from + i], true);
        s->ranks[i] = (int64_t)(below + up_to) - (int64_t)count;
    }
}

/* The sum of the first t ranks is Mann and Whitney's statistic of the split at t, from -t(n-t) to t(n-t). */
static struct split best_split(const int64_t *ranks, size_t count)
{
    struct split best = { 0 };
    int64_t sum = 0;
    for (size_t t = 1; t + TREND_SIDE_LEAST <= count; t++) {
        sum += ranks[t - 1];
        double size = fabs((double)sum);
        if (t < TREND_SIDE_LEAST || size <= best.statistic) continue;
        best = (struct split){ t, size };
    }
    return best;
}

static uint32_t random_below(uint64_t *seed, size_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*seed >> 33) % n);
}

static void shuffle(int64_t *ranks, size_t count, uint64_t *seed)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = random_below(seed, i);
        int64_t rank_of_other = ranks[other];
        ranks[other] = ranks[i - 1];
        ranks[i - 1] = rank_of_other;
    }
}

/* Is so large a statistic too rare where the order means nothing? The ranks are left in another order. */
static bool is_significant(int64_t *ranks, size_t count, double statistic)
{
    double n = (double)count;
    if (count > SHUFFLED_UP_TO) return 2 * exp(-6 * statistic * statistic / (n * n * n + n * n)) < TREND_LEVEL;
    uint64_t seed = 1;
    int as_large = 1; /* the order at hand is one of them */
    for (int i = 0; i < SHUFFLES && as_large < TREND_LEVEL * (SHUFFLES + 1); i++) {
        shuffle(ranks, count, &seed);
        as_large += best_split(ranks, count).statistic >= statistic;
    }
    return as_large < TREND_LEVEL * (SHUFFLES + 1);
}

static void insert_cut(struct series *s, size_t at)
{
    size_t i = s->cut_count++;
    for (; s->cuts[i - 1] > at; i--) s->cuts[i] = s->cuts[i - 1];
    s->cuts[i] = at;
}

/* Splits the pieces from the left on, each until there is nothing more in it. */
static void find_cuts(struct series *s)
{
    s->cut_count = 2;
    s->cuts[1] = s->count;
    for (size_t i = 0; i + 1 < s->cut_count && s->cut_count < TREND_CHANGES_MAX + 2;) {
        size_t from = s->cuts[i], count = s->cuts[i + 1] - from;
        bool found = false;
        if (count >= 2 * TREND_SIDE_LEAST) {
            rank(s, from, count);
            struct split split = best_split(s->ranks, count);
            found = split.statistic > 0 && is_significant(s->ranks, count, split.statistic);
            if (found) insert_cut(s, from + split.at);
        }
        i += !found;
    }
    if (s->cut_count < TREND_CHANGES_MAX + 2) return;
    s->cut_count = 2; /* what changes all the time has no level to tell of */
    s->cuts[1] = s->count;
}

/* The smallest value that so large a part (0 to 1) of them does not exceed. */
static int64_t percentile(const int64_t *sorted, size_t count, double part)
{
    size_t place = (size_t)ceil(part * (double)count);
    return sorted[place ? place - 1 : 0];
}

static struct trend_stretch measure(struct series *s, size_t piece)
{
    size_t from = s->cuts[piece], count = s->cuts[piece + 1] - from;
    memcpy(s->sorted, s->values + from, count * sizeof *s->sorted);
    qsort(s->sorted, count, sizeof *s->sorted, by_value);
    bool many = count >= TREND_P95_LEAST;
    return (struct trend_stretch){ .counted = count,
                                   .median = percentile(s->sorted, count, 0.5),
                                   .p95 = many ? percentile(s->sorted, count, 0.95) : TIME_NONE };
}

/* How much the medians on both sides of a cut differ, by how much they must: below 1 it is no news. */
static double news(const struct trend_stretch *before, const struct trend_stretch *after)
{
    double least = fmax(TREND_SHIFT_LEAST * (double)before->median, TREND_SHIFT_LEAST_US);
    return fabs((double)(after->median - before->median)) / least;
}

/* Takes away the cut that says the least, until all say something. */
static void drop_cuts(struct series *s)
{
    for (;;) {
        size_t worst = 0;
        double least = 1;
        struct trend_stretch before = measure(s, 0);
        for (size_t i = 1; i + 1 < s->cut_count; i++) {
            struct trend_stretch after = measure(s, i);
            double size = news(&before, &after);
            if (size < least) {
                worst = i;
                least = size;
            }
            before = after;
        }
        if (!worst) return;
        s->cut_count--;
        for (size_t i = worst; i < s->cut_count; i++) s->cuts[i] = s->cuts[i + 1];
    }
}

static void cut_trend(struct trend *trend, struct arena *arena)
{
    size_t n = trend->completed;
    struct series s = { .values = allocate(n, sizeof *s.values), .points = allocate(n, sizeof *s.points) };
    s.ranks = allocate(n, sizeof *s.ranks);
    s.sorted = allocate(n, sizeof *s.sorted);
    for (size_t i = 0; i < trend->count; i++) {
        if (trend->points[i].run->status != RUN_COMPLETED) continue;
        s.points[s.count] = i;
        s.values[s.count++] = trend->points[i].duration;
    }
    find_cuts(&s);
    drop_cuts(&s);
    trend->stretches = ARENA_ARRAY(arena, struct trend_stretch, s.cut_count);
    for (size_t i = 0; i + 1 < s.cut_count; i++) {
        struct trend_stretch *stretch = &trend->stretches[trend->stretch_count++];
        *stretch = measure(&s, i);
        stretch->first = i ? s.points[s.cuts[i]] : 0;
        stretch->end = i + 2 < s.cut_count ? s.points[s.cuts[i + 1]] : trend->count;
    }
    free(s.values);
    free(s.points);
    free(s.ranks);
    free(s.sorted);
}

/* --- the runs by name --- */

static int by_name_and_start(const void *pa, const void *pb)
{
    const struct trend_point *a = pa, *b = pb;
    int order = str_cmp(a->run->name, b->run->name);
    if (order) return order;
    if (a->run->start != b->run->start) return a->run->start < b->run->start ? -1 : 1; /* TIME_NONE is the first */
    return (a->position > b->position) - (a->position < b->position);
}

static int most_points_first(const void *pa, const void *pb)
{
    const struct trend *a = pa, *b = pb;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return str_cmp(a->name, b->name);
}

/* The points from `first` on that have its name, as a trend. Returns how many they are. */
static size_t take_trend(struct trend_point *first, size_t count, struct arena *arena, struct trend *ret_trend)
{
    size_t n = 0;
    struct trend t = { .name = first->run->name };
    for (; n < count && str_eq(first[n].run->name, t.name); n++) {
        const struct run *run = first[n].run;
        if (run->start == TIME_NONE) {
            t.untimed++;
            continue;
        }
        t.completed += run->status == RUN_COMPLETED;
        t.failed += run->status == RUN_FAILED;
    }
    t.points = first + t.untimed;
    t.count = n - t.untimed;
    if (t.completed >= TREND_LEAST) cut_trend(&t, arena);
    *ret_trend = t;
    return n;
}

void trends_of(const struct run *runs, struct arena *arena, struct trends *ret_trends)
{
    size_t count = 0, at = 0;
    for (const struct run *run = runs; run; run = run->next) count++;
    struct trend_point *points = ARENA_ARRAY(arena, struct trend_point, count + 1);
    *ret_trends = (struct trends){ .list = ARENA_ARRAY(arena, struct trend, count + 1) };
    for (const struct run *run = runs; run; run = run->next, at++)
        points[at] = (struct trend_point){ run, at, run->duration > 0 ? run->duration : 0 };
    if (count) qsort(points, count, sizeof *points, by_name_and_start);
    for (at = 0; at < count;) at += take_trend(points + at, count - at, arena, &ret_trends->list[ret_trends->count++]);
    if (ret_trends->count) qsort(ret_trends->list, ret_trends->count, sizeof *ret_trends->list, most_points_first);
}

bool trends_tell(const struct trends *trends) { return trends->count > 0 && trends->list[0].count > 1; }
