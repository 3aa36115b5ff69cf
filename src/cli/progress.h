/* SPDX-License-Identifier: MIT
 *
 * "reading 45 %" on standard error, when the work takes longer than a second and somebody watches.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/option.h"

struct progress {
    bool wanted, shown;
    int64_t begun, drawn; /* µs, monotonic */
    uint64_t done, total; /* bytes */
};

struct progress progress_begin(uint32_t when, bool quiet);
/* What is being done now and how far it is; total 0: unknown. */
void progress_show(struct progress *p, const char *what, uint64_t done, uint64_t total);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
