/* SPDX-License-Identifier: MIT
 *
 * Listeners. One is called with nothing locked, so it may do what it likes, also remove itself; it is freed when it is
 * removed and no call of it goes on.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>

/* The calls that go on in this thread, innermost first: a listener is not told of what it causes itself. */
struct call {
    const struct pl_listener *listener;
    struct call *outer;
};
static _Thread_local struct call *calls;

static bool is_below(const struct pipelens_step *step, const struct pipelens_step *top)
{
    while (step && step != top) step = step->parent;
    return step == top;
}

static bool is_calling(const struct pl_listener *listener)
{
    for (const struct call *c = calls; c; c = c->outer)
        if (c->listener == listener) return true;
    return false;
}

/* The first one behind `last` that is to be told, with its call counted. Locked. */
static struct pl_listener *next_listener(const struct pipelens_step *step, enum pipelens_event event, uint64_t last)
{
    for (struct pl_listener *l = step->run->listeners; l; l = l->next) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what settle() frees is out of the list by then */
        if (l->id <= last || l->removed || !(l->events & (unsigned int)event)) continue;
        if (!is_below(step, l->step) || is_calling(l)) continue;
        l->calls++;
        return l;
    }
    return NULL;
}

static void unlink_listener(struct pipelens_run *run, const struct pl_listener *listener)
{
    struct pl_listener **at = &run->listeners;
    while (*at != listener) at = &(*at)->next;
    *at = listener->next;
}

/* After a call, or after its removal: frees what is removed and no longer called. Unlocks the run. */
static void settle(struct pipelens_run *run, struct pl_listener *listener)
{
    bool gone = listener->removed && !listener->calls;
    if (gone) {
        unlink_listener(run, listener);
        pl_step_unref(listener->step);
    }
    pl_run_unlock(run);
    if (!gone) return;
    if (listener->release) listener->release(listener->user);
    free(listener);
}

void pl_notify(struct pipelens_step *step, enum pipelens_event event, const char *record_key, const char *data)
{
    const struct pipelens_notice notice = { .event = event, .step = step, .record_key = record_key, .data = data };
    struct pipelens_run *run = step->run;
    uint64_t last = 0;
    pl_run_lock(run);
    step->refs++; /* a listener may end the step */
    pl_run_unlock(run);
    for (;;) {
        pl_run_lock(run);
        struct pl_listener *listener = next_listener(step, event, last);
        pl_run_unlock(run);
        if (!listener) break;
        struct call call = { .listener = listener, .outer = calls };
        last = listener->id;
        calls = &call;
        listener->call(&notice, listener->user);
        calls = call.outer;
        pl_run_lock(run);
        listener->calls--;
        settle(run, listener);
    }
    pl_run_lock(run);
    pl_step_unref(step);
    pl_run_unlock(run);
}

int pipelens_step_listen(struct pipelens_step *step, unsigned int events, pipelens_listener *listener, void *user,
                         void (*release)(void *user), uint64_t *ret_id)
{
    if (ret_id) *ret_id = 0;
    if (!step || !listener || !events || (events & ~(unsigned int)PIPELENS_STEP_ALL)) return EINVAL;
    struct pipelens_run *run = step->run;
    struct pl_listener *added = calloc(1, sizeof *added);
    if (!added) return pl_run_error(run, ENOMEM, "adding a listener");
    added->step = step;
    added->events = events;
    added->call = listener;
    added->user = user;
    added->release = release;
    pl_run_lock(run);
    added->id = ++run->last_listener;
    step->refs++;
    struct pl_listener **at = &run->listeners;
    while (*at) at = &(*at)->next;
    *at = added;
    if (ret_id) *ret_id = added->id;
    pl_run_unlock(run);
    return 0;
}

int pipelens_unlisten(struct pipelens_run *run, uint64_t id)
{
    if (!run) return EINVAL;
    pl_run_lock(run);
    struct pl_listener *listener = run->listeners;
    while (listener && (listener->id != id || listener->removed)) listener = listener->next;
    if (!listener) {
        pl_run_unlock(run);
        return ENOENT;
    }
    listener->removed = true;
    settle(run, listener);
    return 0;
}

void pl_listeners_free(struct pipelens_run *run)
{
    while (run->listeners) {
        struct pl_listener *listener = run->listeners;
        run->listeners = listener->next;
        if (listener->release) listener->release(listener->user);
        free(listener);
    }
}
