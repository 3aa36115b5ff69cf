/* SPDX-License-Identifier: MIT
 *
 * For tests: runs over time, without a log.
 */
#ifndef TESTS_MADE_HISTORY_H
#define TESTS_MADE_HISTORY_H

#include "made_run.h"

#include "model/trend.h"

#include <math.h>

/* A list of runs, each of a root alone. */
struct history {
    struct arena arena;
    struct run *runs, **end;
    size_t count;
};

static inline struct run *history_add(struct history *h, const char *name, int64_t start, int64_t duration,
                                      enum run_status status)
{
    struct run *run = ARENA_NEW(&h->arena, struct run);
    if (!h->end) h->end = &h->runs;
    *run = (struct run){ .arena = &h->arena, .name = str_z(name), .start = start, .duration = duration };
    run->status = status;
    h->count++;
    *h->end = run;
    h->end = &run->next;
    return run;
}

static inline void history_free(struct history *h) { arena_free(&h->arena); }

static inline struct trends trends_of_history(struct history *h)
{
    struct trends trends;
    trends_of(h->runs, &h->arena, &trends);
    return trends;
}

static inline double random_part(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 40) / (double)(1 << 24);
}

/* Around `level`, skewed to the slow side as durations are. */
static inline int64_t random_duration(uint64_t *seed, double level)
{
    double noise = -log(1 - random_part(seed));
    return (int64_t)(level * (0.9 + 0.1 * noise));
}

static inline void add_level(struct history *h, size_t count, double level, uint64_t *seed)
{
    for (size_t i = 0; i < count; i++)
        history_add(h, "p", (int64_t)h->count * 1000, random_duration(seed, level), RUN_COMPLETED);
}

#endif
