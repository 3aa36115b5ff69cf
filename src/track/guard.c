/* SPDX-License-Identifier: MIT */
#include "track/guard.h"

#include <stddef.h>
#include <time.h>

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pl_guard *list;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_error;
static uint64_t last_serial;
static _Atomic uint64_t epoch;

static void lock_all(void)
{
    pthread_mutex_lock(&list_lock);
    for (struct pl_guard *g = list; g; g = g->next) {
        pthread_mutex_lock(&g->io);
        pthread_mutex_lock(&g->lock);
    }
}

static void unlock_all(void)
{
    for (struct pl_guard *g = list; g; g = g->next) {
        pthread_mutex_unlock(&g->lock);
        pthread_mutex_unlock(&g->io);
    }
    pthread_mutex_unlock(&list_lock);
}

static void unlock_in_child(void)
{
    unlock_all();
    for (struct pl_guard *g = list; g; g = g->next)
        if (g->in_child) g->in_child(g);
}

static void watch_forks(void) { once_error = pthread_atfork(lock_all, unlock_all, unlock_in_child); }

int pl_guard_begin(struct pl_guard *guard, void (*in_child)(struct pl_guard *), void (*at_exit)(struct pl_guard *))
{
    pthread_once(&once, watch_forks);
    if (once_error) return once_error;
    int error = pthread_mutex_init(&guard->lock, NULL);
    if (error) return error;
    error = pthread_mutex_init(&guard->io, NULL);
    if (error) {
        pthread_mutex_destroy(&guard->lock);
        return error;
    }
    guard->in_child = in_child;
    guard->at_exit = at_exit;
    guard->previous = NULL;
    pthread_mutex_lock(&list_lock);
    guard->serial = ++last_serial;
    guard->next = list;
    if (list) list->previous = guard;
    list = guard;
    pthread_mutex_unlock(&list_lock);
    return 0;
}

void pl_guard_end(struct pl_guard *guard)
{
    pthread_mutex_lock(&list_lock);
    if (guard->previous) guard->previous->next = guard->next;
    else list = guard->next;
    if (guard->next) guard->next->previous = guard->previous;
    epoch++;
    pthread_mutex_unlock(&list_lock);
    pthread_mutex_destroy(&guard->io);
    pthread_mutex_destroy(&guard->lock);
}

int pl_guard_shield(void)
{
    int before = PTHREAD_CANCEL_ENABLE;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}

void pl_guard_unshield(int before) { pthread_setcancelstate(before, NULL); }

bool pl_guard_is_there(uint64_t serial)
{
    pthread_mutex_lock(&list_lock);
    const struct pl_guard *g = list;
    while (g && g->serial != serial) g = g->next;
    pthread_mutex_unlock(&list_lock);
    return g != NULL;
}

uint64_t pl_guard_epoch(void) { return epoch; }

/* Another thread may still be writing, perhaps for ever, to a pipe that nobody reads: the process must end all the
 * same, so a lock that is not free within a second is passed over. */
static bool lock_soon(pthread_mutex_t *lock)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    return pthread_mutex_timedlock(lock, &until) == 0;
}

static bool free_soon(pthread_mutex_t *lock)
{
    bool locked = lock_soon(lock);
    if (locked) pthread_mutex_unlock(lock);
    return locked;
}

/* The list stays locked, so that no guard goes meanwhile. */
__attribute__((destructor)) static void at_exit(void)
{
    if (!lock_soon(&list_lock)) return;
    for (struct pl_guard *g = list; g; g = g->next)
        if (g->at_exit && free_soon(&g->io) && free_soon(&g->lock)) g->at_exit(g);
    pthread_mutex_unlock(&list_lock);
}
