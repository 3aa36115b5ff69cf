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

/* The logs of a directory: of the folder of a Burr application its log.jsonl alone; else all *.ndjson*, *.jsonl* and
 * *.json in it; where there are none, of a project folder of Burr's the log.jsonl of each application. The paths live
 * in the arena. False with *e set when it cannot be listed or has none. */
bool directory_logs(struct arena *a, const char *path, struct log_paths *ret, struct err *e);

/* Does the directory hold log.jsonl, as a Burr application's does? */
bool directory_has_log(const char *path);
/* And what Burr puts beside it? */
bool directory_is_application(const char *path);

#endif
