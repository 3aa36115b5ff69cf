/* SPDX-License-Identifier: MIT
 *
 * Runs into files: which outputs there are, where each goes, and how it is written.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/load.h"

/* Where the outputs of a run, or of several where that makes sense, go; NULL: not wanted, "-": standard output. */
struct outputs {
    const char *html, *gantt, *graph, *trend, *summary, *json, *csv;
};

/* Checks the names before anything is read: pictures by their suffix. */
enum exit_status outputs_check(const struct outputs *out);

/* Writes all that is wanted for the runs from `first` on, `count` of them (html, gantt and graph take the first one
 * only, trend all that were loaded), and prints the paths. One output that fails does not keep the others from being
 * written. */
enum exit_status outputs_write(const struct outputs *out, const struct loaded *l, const struct options *o,
                               const struct run *first, size_t position, size_t count, struct progress *progress);

/* A directory name for each run that is safe on any file system and unique also where case does not count. */
struct str *outputs_folders(const struct loaded *l, struct arena *a);

#endif
