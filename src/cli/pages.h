/* SPDX-License-Identifier: MIT
 *
 * A Gantt chart of more rows than one picture has room for, when so many were asked for: pages gantt-1.png, gantt-2.png
 * and so on. Without being asked a chart folds instead.
 */
#ifndef CLI_PAGES_H
#define CLI_PAGES_H

#include "cli/drawings.h"

struct gantt_pages {
    uint32_t count;     /* 0: one picture will do */
    struct rows *rows;  /* of each page */
    const char **paths; /* likewise */
};

/* The pages of the chart that goes to `path`. All memory is of `arena`. */
struct gantt_pages pages_of(const struct writing *w, const char *path, struct arena *arena);

#endif
