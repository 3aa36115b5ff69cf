/* SPDX-License-Identifier: MIT
 *
 * What fork() and the end of the process mean for an object with a lock. Every run, and every transport that holds
 * lines back, has a guard: at a fork all locks are taken first, so that the child finds each object whole and unlocked.
 */
#ifndef TRACK_GUARD_H
#define TRACK_GUARD_H

#include <pthread.h>

struct pl_guard {
    pthread_mutex_t lock; /* of the object's data; held for moments only */
    pthread_mutex_t io;   /* of its descriptor; held while something is written, taken before `lock` */
    struct pl_guard *next, *previous;
    void (*in_child)(struct pl_guard *guard); /* after a fork, in the child, nothing locked; may be NULL */
    void (*at_exit)(struct pl_guard *guard);  /* nothing locked; may be NULL */
};

/* Returns 0 or an errno value. */
int pl_guard_begin(struct pl_guard *guard, void (*in_child)(struct pl_guard *), void (*at_exit)(struct pl_guard *));
void pl_guard_end(struct pl_guard *guard);

#endif
