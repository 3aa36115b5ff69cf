/* SPDX-License-Identifier: MIT
 *
 * A small hash table from names to numbers: how often a child's name was given, where a record of a key stands.
 */
#ifndef TRACK_NAMES_H
#define TRACK_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct pl_name;

struct pl_names {
    struct pl_name *slots; /* cap of them, a power of two, at most three quarters used; name NULL: free */
    size_t used, cap;
};

/* The number of a name, 0 when it is new; may be changed until the next call. NULL when memory is short. */
size_t *pl_names_at(struct pl_names *names, const char *name, size_t length);
void pl_names_free(struct pl_names *names);

#endif
