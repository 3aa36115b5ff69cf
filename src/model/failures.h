/* SPDX-License-Identifier: MIT
 *
 * What failed, with its cause first, and where the work stood when the log ends. An error on its way up makes every
 * step above it fail, so the deepest failed steps stand first, those with a failed step below them last, and steps with
 * the same error are one failure.
 */
#ifndef MODEL_FAILURES_H
#define MODEL_FAILURES_H

#include "model/run.h"

enum {
    FAILURES_MAX = 20,      /* different errors that are told apart */
    FAILURES_READ = 5000,   /* failed steps whose error is read to find those alike */
    FAILURE_OTHERS_MAX = 4, /* steps with the same error that are named */
};

struct failure {
    const struct step *first; /* the deepest step with this error */
    const struct step *top;   /* the highest ancestor of it with the same error, NULL for none */
    const struct step *others[FAILURE_OTHERS_MAX];
    uint64_t other_count; /* steps with the same error that are no ancestors of the first */
    uint64_t hash;
    size_t length;
};

/* Returns how many failures there are; *ret_beyond: failed steps that belong to none of them. */
size_t failures_find(const struct run *run, struct failure list[FAILURES_MAX], uint64_t *ret_beyond);

/* Steps without an end and with no such step below, in pre-order: the first `max`. *ret_beyond: how many more. */
size_t open_leaves(const struct run *run, const struct step **list, size_t max, uint64_t *ret_beyond);

/* A text of the log without the escape sequences that colour a terminal, and without white space around it. */
struct str failure_plain(struct str text, struct arena *arena);

/* The last message of level error or worse, which may be all that is known of the error; "" when there is none, or when
 * it only tells the step's error again, as events of spans do. */
struct str failure_last_words(const struct run *run, const struct step *step, struct arena *scratch);

/* Where the error arose, when its trace is that alone, else where the step is; "" when the log does not say. */
struct str failure_place(const struct run *run, const struct step *step, struct arena *scratch);

#endif
