/* SPDX-License-Identifier: MIT
 *
 * The tasks of a Nextflow trace that failed, by their names: a later row may be another attempt.
 */
#ifndef INPUT_NEXTFLOW_FAILURES_H
#define INPUT_NEXTFLOW_FAILURES_H

#include "base/str.h"

struct nextflow_failure {
    uint64_t hash;         /* of the name; 0: nothing here */
    uint64_t row, attempt; /* of the last one that failed; attempt 0: not said */
    bool final;            /* not retried so far, nor ignored */
};

struct nextflow_failures {
    struct nextflow_failure *table; /* open addressing, at most half full */
    size_t count, size;
};

/* The failure of this name. Where there is none: a new one, all zero but the hash, when `add`, else NULL. Valid until
 * the next call. */
struct nextflow_failure *nextflow_failure_of(struct nextflow_failures *all, struct str name, bool add);
void nextflow_failures_clear(struct nextflow_failures *all);
void nextflow_failures_free(struct nextflow_failures *all);

#endif
