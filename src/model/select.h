/* SPDX-License-Identifier: MIT
 *
 * Which steps are shown. What is not selected is hidden; the ancestors of what is selected stay as context.
 */
#ifndef MODEL_SELECT_H
#define MODEL_SELECT_H

#include "base/err.h"
#include "model/run.h"

struct selection {
    const char
        *filter;      /* POSIX extended regular expression that the key (its first 4,095 bytes) must match; NULL: all */
    const char *keys; /* keys, separated by commas, exactly as in the log; NULL: all */
    const char *statuses; /* status names, separated by commas; NULL: all */
    int64_t min_duration; /* µs; 0: all */
    int64_t max_depth;    /* levels below the root that are shown; -1: all */
};

/* Checks the expression and the names before any log is read. */
bool selection_check(const struct selection *s, struct err *e);

/* Sets `hidden` and `context` of every step and ranks the visible ones anew (model/keep.h). Returns a sentence that
 * says what was left out and why, "" when nothing was. Lives in the run's arena. */
struct str selection_apply(const struct selection *s, struct run *run);

#endif
