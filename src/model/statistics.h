/* SPDX-License-Identifier: MIT
 *
 * Durations by step name. Names that differ in their numbers only (page_1 … page_20) are one entry, "page_*", when
 * there are more than a few of them: twenty rows that say the same help nobody. The root, which is the run itself, and
 * hidden steps are left out.
 */
#ifndef MODEL_STATISTICS_H
#define MODEL_STATISTICS_H

#include "model/run.h"

enum { STATISTICS_BINS = 24 };

/* Times in µs; a negative duration counts as 0, a step without times does not count among them. */
struct name_statistics {
    struct str name;
    uint64_t names; /* different names that a pattern stands for, 0 when `name` is a name */
    /* steps; timed: those that ended and have a duration: without one all below but self and share is 0 */
    uint64_t count, errors, timed;
    int64_t total, self;                   /* capped at INT64_MAX */
    int64_t min, mean, p50, p90, p95, max; /* percentiles by nearest rank: the smallest that p % do not exceed */
    double share;                          /* self time by the wall time of the run; parallel steps can pass 1 */
    uint32_t histogram[STATISTICS_BINS]; /* steps from min to max, in bins of equal ratio: a fourth of an octave, or */
    uint32_t bins;                       /* a whole multiple of that when there would be more than STATISTICS_BINS */
};

struct statistics {
    struct name_statistics *list; /* largest total first, then by name */
    size_t count;
};

/* The list lives in `arena`, names there or in the run's. O(n log n). */
void statistics_by_name(const struct run *run, struct arena *arena, struct statistics *ret_statistics);

/* The smallest of `count` > 0 ascending values that `percent` % of them do not exceed. */
int64_t statistics_percentile(const int64_t *sorted, uint64_t count, uint64_t percent);

/* Names by what their steps, the root among them, have of some time. */
struct name_time {
    struct str name;
    uint64_t names;          /* as in name_statistics */
    uint64_t steps;          /* those that have any of the time */
    int64_t time;            /* capped at INT64_MAX */
    const struct step *step; /* the first of them */
};

enum { NAMES_TELL_PERCENT = 1 };

/* Do names say where the time went, and single steps do not? They do when no visible step has NAMES_TELL_PERCENT of
 * `whole`. `time` is by step index; NULL: the self time. */
bool statistics_names_tell(const struct run *run, const int64_t *time, int64_t whole);

/* The names with any of the time, largest first, then by name; the list lives in `arena`, names there or in the run's.
 * Returns how many there are. O(n log n). */
size_t statistics_name_times(const struct run *run, const int64_t *time, struct arena *arena, struct name_time **ret);

/* Where the bin begins, in µs: the smallest duration in it is not below. */
int64_t statistics_bin_start(const struct name_statistics *s, uint32_t bin);

#endif
