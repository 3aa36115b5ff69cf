/* SPDX-License-Identifier: MIT
 *
 * write(2) of a guest in somebody else's program: it goes on after an interruption, and neither a pipe that is closed
 * nor a limit of file sizes sends the host a signal.
 */
#ifndef TRACK_WRITE_H
#define TRACK_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pl_writer {
    int fd;
    bool regular, pipe; /* a file; a pipe, FIFO or socket */
    bool signals;       /* a failing write may send one: it is a pipe, or there is a limit of file sizes */
    int64_t until_ms;   /* of pl_now_ms(), when a full pipe is given up (ETIMEDOUT); 0: never */
};

void pl_writer_begin(struct pl_writer *w, int fd);
/* Writes all, or as much as goes: *ret_done bytes went. Returns 0 or an errno value. */
int pl_write_all(const struct pl_writer *w, const char *bytes, size_t count, size_t *ret_done);
/* Of the monotonic clock. */
int64_t pl_now_ms(void);

#endif
