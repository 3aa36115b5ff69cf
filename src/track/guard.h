/* SPDX-License-Identifier: MIT
 *
 * What fork() and the end of the process mean for an object with a lock. Every run, and every transport that holds
 * lines back, has a guard: at a fork all locks are taken first, so that the child finds each object whole and unlocked.
 */
#ifndef TRACK_GUARD_H
#define TRACK_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct pl_guard {
    pthread_mutex_t lock; /* of the object's data; held for moments only */
    pthread_mutex_t io;   /* of its descriptor; held while something is written, taken before `lock` */
    struct pl_guard *next, *previous;
    uint64_t serial;                          /* no other guard of this process has, or had, the same */
    void (*in_child)(struct pl_guard *guard); /* after a fork, in the child, nothing locked; may be NULL */
    /* Neither of its locks held, and no guard may be made or ended meanwhile; may be NULL. */
    void (*at_exit)(struct pl_guard *guard);
};

/* Returns 0 or an errno value. */
int pl_guard_begin(struct pl_guard *guard, void (*in_child)(struct pl_guard *), void (*at_exit)(struct pl_guard *));
void pl_guard_end(struct pl_guard *guard);
/* A thread that is cancelled while it holds a lock would hold it for ever: between these two it is not cancelled. */
int pl_guard_shield(void);
void pl_guard_unshield(int before);
/* Is the guard of this serial still there? The answer is the same while pl_guard_epoch() is. */
bool pl_guard_is_there(uint64_t serial);
/* Changes whenever a guard goes. */
uint64_t pl_guard_epoch(void);

#endif
