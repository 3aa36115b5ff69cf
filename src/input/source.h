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
    uint32_t length; /* bytes; no line and no document is longer (LINE_BYTES_MAX) */
    uint32_t source;
};

static inline bool payload_present(struct payload p) { return p.length != 0; }

/* Where the bytes are that were given, before anything was decompressed. */
enum original_place {
    ORIGINAL_CONTENT, /* they are the content */
    ORIGINAL_FILE,    /* in the file of that name */
    ORIGINAL_KEPT,    /* in the sources' file for them */
    ORIGINAL_GONE,    /* they came from a pipe and nobody wanted them kept */
};

struct source {
    struct str name; /* as the user gave it or as found in a directory, NUL-terminated; "-" is standard input */
    bool spooled;    /* its content is in the spool, from `base` on: `name` cannot be read twice */
    uint64_t base;
    uint64_t size;   /* bytes of content (after decompression) when it was opened */
    bool translated; /* payloads are not in its content, but in what was told of it, in the spool from `told_base` on */
    uint64_t told_base, told_size;
    enum original_place original;
    uint64_t original_base, original_size;
    uint64_t device, inode; /* of the file, to notice that it was replaced */
    const char *damage;     /* what is wrong with it as a whole, NULL when nothing: a gzip stream that is cut off */
};

struct sources {
    struct source *list;
    size_t count, cap;
    struct arena arena;
    int spool; /* one file for all that had to be copied, -1 when nothing had to */
    uint64_t spool_size;
    bool keep_originals; /* set before the first one is opened: gzip from a pipe is kept as it came, too */
    int kept;            /* in here, -1 when there is none */
    uint64_t kept_size;
    int fd; /* the file read last, -1 when none */
    uint32_t fd_source;
    /* The piece read last, so that payloads in file order cost one read per window. */
    char *window;
    size_t window_len, window_cap;
    uint64_t window_at;
    uint32_t window_source;
    const struct source *failed; /* the first one whose payloads could not be read again, NULL when all is well */
};

#define SOURCES_INIT ((struct sources){ .fd = -1, .spool = -1, .kept = -1 })

/* The text of p; valid until the next call. Empty when p is absent, or can no longer be read (the file
 * shrank or was replaced): then s->failed says so. */
struct str sources_text(struct sources *s, struct payload p);

/* Reads up to n bytes at `offset` of a source into `out`. Returns how many, 0 at the end, -1 with errno. */
ptrdiff_t sources_read(struct sources *s, uint32_t source, uint64_t offset, char *out, size_t n);

/* The bytes of a source as they were given, of gzip the compressed ones. Reading them leaves the sources alone, so it
 * may be done beside everything else once all are open. */
struct original {
    int fd;
    bool owned; /* fd is closed by original_close */
    bool gzip;
    uint64_t base, size;
};

/* False with errno when they are gone: the file was replaced, cut short, or they were not kept. */
bool original_open(const struct sources *s, uint32_t source, struct original *ret);
/* Exactly n bytes at `offset`; offset + n is at most the size. False with errno. */
bool original_read(const struct original *o, uint64_t offset, char *out, size_t n);
void original_close(struct original *o);

/* From now on payloads of the source are in what sources_tell appends for it, one source after the other. False with
 * *e set when the temporary file cannot be made or written. */
bool sources_translate(struct sources *s, uint32_t source, struct err *e);
bool sources_tell(struct sources *s, uint32_t source, struct str text, struct err *e);

/* Opens one more input: a file, "-", or a directory (its logs, see input/directory.h). */
bool sources_open(struct sources *s, const char *path, struct err *e);
void sources_close(struct sources *s);

#endif
