/* SPDX-License-Identifier: MIT
 *
 * The first lines of errors: what is said of a failed step where there is one line of room.
 */
#ifndef MODEL_ERROR_LINES_H
#define MODEL_ERROR_LINES_H

#include "model/run.h"

enum {
    ERROR_LINE_MAX = 400,   /* bytes */
    ERROR_LINES_MAX = 1200, /* as many as a picture has rows */
};

/* The first line of the step's error, cut to ERROR_LINE_MAX bytes; "" when the log holds no error text. */
struct str error_line(const struct run *run, const struct step *step, struct arena *arena);

/* For those who may not read the log: read beforehand. */
struct error_lines {
    struct known_error {
        uint32_t step;
        struct str text;
    } * items; /* by step index */
    size_t count;
};

/* Of the failed ones among the first ERROR_LINES_MAX steps that are kept (keep.h). All of `arena`. */
struct error_lines error_lines_read(const struct run *run, struct arena *arena);

/* "" when it was not read. */
struct str error_lines_find(const struct error_lines *lines, const struct step *step);

#endif
