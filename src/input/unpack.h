/* SPDX-License-Identifier: MIT
 *
 * The log out of a page (see archive.h), which may be cut off, edited by hand or written by an enemy: nothing in it is
 * believed, what it claims is checked before it costs memory or time.
 */
#ifndef INPUT_UNPACK_H
#define INPUT_UNPACK_H

#include "input/archive.h"

enum { UNPACK_INDEX_MAX = 16 << 20 }; /* bytes of an index; a log of 100 GB has one of 3 MB */

/* Where a file begins: its first chunk, and the place of that in the packed bytes. */
struct unpack_start {
    size_t chunk;
    uint64_t at;
};

struct unpack {
    struct sources *page; /* its first source */
    const char *path;
    struct archive_file *files; /* of a log that is not inside just the first */
    size_t count;               /* of all */
    struct str missing;         /* "" when the log is inside */
    uint64_t *lengths;          /* of the chunks, packed */
    size_t chunk_count;
    struct unpack_start *starts; /* of the files */
    uint64_t base64_at;          /* in the page */
    uint64_t packed;             /* bytes */
};

/* Finds and checks the index of the page, which is the first source; everything lives in the arena. False with *e set,
 * also when the page holds no index. */
bool unpack_open(struct unpack *u, struct sources *page, struct arena *a, struct err *e);
/* Puts the bytes of a file to out (NULL: nowhere) and checks its SHA-256. False with *e set; out may have got some
 * of them by then. */
bool unpack_file(const struct unpack *u, size_t file, struct buf *out, struct err *e);

#endif
