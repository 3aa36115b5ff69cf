/* SPDX-License-Identifier: MIT
 *
 * Which files of a directory are logs, where it is named in place of them.
 */
#ifndef INPUT_DIRECTORY_H
#define INPUT_DIRECTORY_H

#include "base/arena.h"
#include "base/err.h"

struct log_paths {
    char **list; /* by name; freed with free() */
    size_t count, cap;
};

/* The logs of a directory: where it is the folder of one log of a system (input/format.h), that log alone; else all
 * files in it that are called like logs, not those below; where there are none, the logs of the folders in it that are
 * such ones. The paths live in the arena. False with *e set when it cannot be listed or has none. */
bool directory_logs(struct arena *a, const char *path, struct log_paths *ret, struct err *e);

#endif
