/* SPDX-License-Identifier: MIT
 *
 * write(2) of a guest in somebody else's program: it neither gives up at an interruption nor lets a closed pipe kill.
 */
#ifndef TRACK_WRITE_H
#define TRACK_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all, or as much as goes: *ret_done bytes went. Returns 0 or an errno value. `may_break`: the descriptor is a
 * pipe or a socket, whose other end may be gone. */
int pl_write_all(int fd, bool may_break, const char *bytes, size_t count, size_t *ret_done);
/* Is it a pipe or a socket? */
bool pl_may_break(int fd);

#endif
