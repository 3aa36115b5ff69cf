/* SPDX-License-Identifier: MIT
 *
 * The standard error of a command on its way through this process: passed on at once, its last bytes kept. Where it is
 * a terminal the command gets a terminal too (a pseudoterminal), else a pipe.
 */
#ifndef CLI_EXEC_CAPTURE_H
#define CLI_EXEC_CAPTURE_H

#include "base/buf.h"

struct capture {
    int fd;              /* where it is read; -1 once the command and all that it started have closed it */
    int child_fd;        /* what becomes the command's standard error; -1 once released */
    bool terminal, deaf; /* deaf: our standard error takes nothing any more */
    size_t limit;        /* bytes to keep */
    uint64_t total;      /* bytes that came */
    struct buf last;     /* at least the last `limit` of them, and some before */
};

/* False when there are no descriptors; then nothing is captured (errno tells why). */
bool capture_begin(struct capture *c, size_t limit);
/* In the parent, once the child has its own copy. */
void capture_release_child(struct capture *c);
/* The terminal's size may have changed. */
void capture_follow_size(struct capture *c);
/* Passes on what is there to be read; waits when there is nothing. */
void capture_pass(struct capture *c);
/* The command has ended: passes on what it has left. Does not wait for others that still have its standard error. */
void capture_drain(struct capture *c);
/* The last `limit` bytes or fewer, secrets masked: from the beginning of a line when one begins there, else of a
 * character; without line breaks at the end. NUL bytes are 0xFF in it, which is as little UTF-8 but ends no C string.
 * Valid until capture_end; to be called once. */
struct str capture_tail(struct capture *c);
/* Leaves a process behind while somebody else still has the command's standard error, so that what he writes arrives
 * there and does not kill him. Frees. */
void capture_end(struct capture *c);

#endif
