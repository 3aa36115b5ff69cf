/* SPDX-License-Identifier: MIT
 *
 * How long the runs of a pipeline took, in the order in which they started, and where that changed for good.
 *
 * Only completed runs count for medians, percentiles and changes: one that failed early says nothing about how long the
 * work takes. The runs are cut into stretches at their changes, and each stretch has a median and a 95th percentile of
 * its own. A rolling window would smear a change over its width and lag behind it.
 *
 *   18 s |                    · · ··  ·· ·
 *   12 s | ·· · ·· ··  ×· ·· |
 *        +--------------------------------
 *          #1        × failed  #31
 *
 * A change is found by ranks, so that single outliers do not matter, with Pettitt's test: the split whose sides differ
 * most in the Mann-Whitney statistic, taken for a change when so large a difference has a probability of less than
 * TREND_LEVEL where nothing changed; then the same again on both sides (binary segmentation). What goes up and soon
 * down again, or to and fro all the time, is no change for good and is not found.
 *
 * A. N. Pettitt, A non-parametric approach to the change-point problem, Applied Statistics 28 (1979), 126-135.
 * L. J. Vostrikova, Detecting "disorder" in multidimensional random processes, Soviet Math. Dokl. 24 (1981), 55-59.
 */
#ifndef MODEL_TREND_H
#define MODEL_TREND_H

#include "model/run.h"

enum {
    TREND_LEAST = 8,      /* completed runs, with fewer nothing is said of them */
    TREND_SIDE_LEAST = 4, /* completed runs on both sides of a change */
    TREND_P95_LEAST = 20,
    TREND_CHANGES_MAX = 15, /* a series with as many has no level, and none is told */
};

#define TREND_LEVEL          0.01 /* probability of taking chance for a change */
#define TREND_SHIFT_LEAST    0.05 /* of the median before: smaller changes may be real, and are no news; */
#define TREND_SHIFT_LEAST_US 1000 /* nor are those that are below a millisecond */

struct trend_point {
    const struct run *run;
    size_t position;  /* in the list of runs */
    int64_t duration; /* µs, not negative; of a run without an end up to its last event */
};

/* The points from `first` to before `end`. */
struct trend_stretch {
    size_t first, end;
    size_t counted;      /* completed ones */
    int64_t median, p95; /* µs, by nearest rank; p95 TIME_NONE with fewer than TREND_P95_LEAST: it were the slowest */
};

/* The runs of one name. */
struct trend {
    struct str name;
    struct trend_point *points; /* by start, then as the list has them */
    size_t count;
    size_t completed, failed;
    size_t untimed;                  /* besides: runs without times, which have no place in the order */
    struct trend_stretch *stretches; /* they cover all points; none with fewer than TREND_LEAST completed runs */
    size_t stretch_count;
};

struct trends {
    struct trend *list; /* the one with the most points first, then by name */
    size_t count;
};

/* All of it lives in `arena`, names in the runs'. O(n log n). The same runs give the same answer: the random order that
 * small samples are compared with begins with a fixed seed. */
void trends_of(const struct run *runs, struct arena *arena, struct trends *ret_trends);

/* Has any pipeline two runs to be compared? */
bool trends_tell(const struct trends *trends);

#endif
