/* SPDX-License-Identifier: MIT
 *
 * Files that appear whole or not at all: written under a temporary name in the same directory, renamed when all is
 * well. "-" is standard output. Not for appending (file_append is).
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

struct file_out {
    struct buf buf;       /* put the bytes here; a buf with a descriptor behind it */
    char path[4096];      /* where it will be */
    char temporary[4160]; /* where it is until then, "" for standard output and for devices and pipes */
};

/* Opens `path` for writing. A path that names a device or a FIFO is written in place. False with *e set. */
bool file_create(struct file_out *f, const char *path, struct err *e);
/* Flushes, closes, renames. On failure nothing is left behind and *e is set. Always releases f. */
bool file_commit(struct file_out *f, struct err *e);
/* Gives up: closes and removes the temporary. */
void file_abandon(struct file_out *f);

/* How long the file is and its last byte ('\0' when it is empty or not there). */
uint64_t file_length(const char *path, char *ret_last);

/* Appends all of s to path (made when missing) with one write, without touching what is there. */
bool file_append(const char *path, struct str s, struct err *e);

/* Do both paths lead to one file, be it there already or not? */
bool file_same(const char *a, const char *b);

/* Makes `path` and its missing parents, mode 0777 less umask; fine when it is there. */
bool file_make_directory(const char *path, struct err *e);

/* Removes the temporaries of every file still open; async-signal-safe, for a signal handler. */
void file_abandon_all(void);

#endif
