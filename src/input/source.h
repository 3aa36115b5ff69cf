/* SPDX-License-Identifier: MIT
 *
 * Where bytes come from: files, standard input, gzip, directories. Whatever cannot be read twice (a pipe, gzip) is
 * spooled to an unlinked temporary file, so that every payload can be read again by its place.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* A text that stays in the log: where it is. length 0: absent. It is one complete JSON value. */
struct payload {
    uint64_t offset;
    uint64_t length;
    uint32_t source;
};

static inline bool payload_present(struct payload p) { return p.length != 0; }

struct source {
    struct str name; /* as the user gave it or as found in a directory, NUL-terminated; "-" is standard input */
    bool spooled;    /* its content is in the spool, from `base` on: `name` cannot be read twice */
    uint64_t base;
    uint64_t size;          /* bytes of content (after decompression) when it was opened */
    uint64_t device, inode; /* of the file, to notice that it was replaced */
    const char *damage;     /* what is wrong with it as a whole, NULL when nothing: a gzip stream that is cut off */
};

struct sources {
    struct source *list;
    size_t count, cap;
    struct arena arena;
    int spool; /* one file for all that had to be copied, -1 when nothing had to */
    uint64_t spool_size;
    int fd; /* the file read last, -1 when none */
    uint32_t fd_source;
    /* The piece read last, so that payloads in file order cost one read per window. */
    char *window;
    size_t window_len, window_cap;
    uint64_t window_at;
    uint32_t window_source;
    const struct source *failed; /* the first one whose payloads could not be read again, NULL when all is well */
};

#define SOURCES_INIT ((struct sources){ .fd = -1, .spool = -1 })

/* The text of p; valid until the next call. Empty when p is absent, or can no longer be read (the file
 * shrank or was replaced): then s->failed says so. */
struct str sources_text(struct sources *s, struct payload p);

/* Reads up to n bytes at `offset` of a source into `out`. Returns how many, 0 at the end, -1 with errno. */
ptrdiff_t sources_read(struct sources *s, uint32_t source, uint64_t offset, char *out, size_t n);

/* Opens one more input: a file, "-", or a directory (all its *.ndjson*, *.jsonl*, *.json by name, not below). */
bool sources_open(struct sources *s, const char *path, struct err *e);
void sources_close(struct sources *s);

#endif
