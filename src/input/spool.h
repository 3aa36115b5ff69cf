/* SPDX-License-Identifier: MIT
 *
 * What cannot be read twice, a pipe or gzip, is copied to an unlinked temporary file.
 */
#ifndef INPUT_SPOOL_H
#define INPUT_SPOOL_H

#include "base/err.h"

/* An unlinked file in TMPDIR or /tmp: gone with the process, however that ends. -1 with errno. */
int spool_open(void);

struct spooled {
    uint64_t size;      /* bytes written */
    uint64_t read;      /* bytes that came in */
    bool gzip;          /* they were compressed */
    const char *damage; /* what is wrong with the source as a whole, NULL when nothing */
};

/* Copies what `from` yields to the end of `spool`, decompressed where it is gzip: several members in a row, and
 * whatever can be read around damage. What is compressed also goes to the end of `keep` as it came, unless that is -1.
 * `name` is for messages. False with *e set when it could not be read or written,
 * or expands like a bomb. */
bool spool_copy(int from, int spool, int keep, const char *name, struct spooled *ret, struct err *e);

#endif
