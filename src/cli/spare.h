/* SPDX-License-Identifier: MIT
 *
 * No output may replace what the user gave: a log, the notes, a template.
 */
#ifndef CLI_SPARE_H
#define CLI_SPARE_H

#include "cli/load.h"

#include <sys/stat.h>

/* Is there a regular file of that name? Then *ret_st tells which. Not for "-" and NULL. */
bool spare_exists(const char *path, struct stat *ret_st);
bool spare_is_source(const struct stat *st, const struct source *source);

/* False with *e set when an output would be a file which the report is made from, under whatever name. `path` may be
 * NULL. */
bool spare_check(const struct loaded *l, const struct options *o, const char *path, struct err *e);

/* The same, and complains. */
enum exit_status spare_inputs(const struct loaded *l, const struct options *o, const char *path);

#endif
