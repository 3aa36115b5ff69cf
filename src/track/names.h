/* SPDX-License-Identifier: MIT
 *
 * A small hash table from names to numbers: how often a child's name was given, where a record of a key stands. It
 * keeps hashes, not names, so that a million different names take 16 bytes each: two of one hash share a number.
 */
#ifndef TRACK_NAMES_H
#define TRACK_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct pl_name {
    uint64_t hash; /* 0: free */
    uint32_t number;
};

struct pl_names {
    struct pl_name *slots; /* a power of two of them, or none */
    uint32_t used, cap;
};

/* Never 0. */
uint64_t pl_hash(const char *name, size_t length);

/* The number of a name, 0 when it is new; may be changed until the next call. NULL when memory is short. */
uint32_t *pl_names_at(struct pl_names *names, const char *name, size_t length);
void pl_names_free(struct pl_names *names);

#endif
