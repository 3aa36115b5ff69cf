/* SPDX-License-Identifier: MIT
 *
 * The current step of a thread, and the forms of tracking that use it: scopes, callbacks, begin and end by name.
 *
 * A thread may outlive a run that another one frees: a remembered step counts only while its run is there. In a run
 * that forgets its steps a remembered one is held, so that it is not freed when it ends.
 */
#include "track/track.h"

#include <errno.h>
#include <string.h>

static _Thread_local struct {
    struct pipelens_step *step;
    uint64_t run;   /* serial of its run's guard */
    uint64_t epoch; /* of the guards, when the run was last seen to be there */
} current;

struct pipelens_step *pipelens_current(void)
{
    uint64_t epoch = pl_guard_epoch();
    if (!current.step || current.epoch == epoch) return current.step;
    if (!pl_guard_is_there(current.run)) current.step = NULL;
    current.epoch = epoch;
    return current.step;
}

static uint64_t run_of(const struct pipelens_step *step) { return step ? step->run->guard.serial : 0; }

static void hold(struct pipelens_step *step)
{
    if (!step || !step->run->forget_steps) return;
    pl_run_lock(step->run);
    step->refs++;
    pl_run_unlock(step->run);
}

static void let_go(struct pipelens_step *step)
{
    struct pipelens_run *run = step ? step->run : NULL;
    if (!run || !run->forget_steps) return;
    pl_run_lock(run);
    pl_step_release(step);
    pl_run_unlock(run);
}

/* Takes the hold on `step` over and lets go of the one before. */
static void take_current(struct pipelens_step *step)
{
    struct pipelens_step *before = pipelens_current();
    current.step = step;
    current.run = run_of(step);
    current.epoch = pl_guard_epoch();
    let_go(before);
}

struct pipelens_step *pipelens_set_current(struct pipelens_step *step)
{
    struct pipelens_step *before = pipelens_current();
    hold(step);
    take_current(step);
    return before;
}

void pl_current_replace(const struct pipelens_step *step, struct pipelens_step *to)
{
    if (!step || pipelens_current() != step) return;
    if (to) pipelens_set_current(to);
    else pl_current_leave(step->run);
}

void pl_current_enter(struct pipelens_run *run)
{
    struct pipelens_step *now = pipelens_current();
    run->outer = now && now->run == run ? NULL : now; /* something was told before the start */
    run->outer_run = run_of(run->outer);
    run->starter = pthread_self();
    hold(run->outer);
    pipelens_set_current(run->root);
}

void pl_current_leave(struct pipelens_run *run)
{
    struct pipelens_step *now = pipelens_current();
    struct pipelens_step *outer = run->outer && pl_guard_is_there(run->outer_run) ? run->outer : NULL;
    bool inside = now && now->run == run, back = inside && pthread_equal(run->starter, pthread_self());
    if (inside) pipelens_set_current(back ? outer : NULL);
}

void pl_current_forget(struct pipelens_run *run)
{
    pl_current_leave(run);
    if (run->outer && pl_guard_is_there(run->outer_run)) let_go(run->outer);
    run->outer = NULL;
}

struct pipelens_scope pipelens_scope_enter(struct pipelens_step *step, bool ends)
{
    struct pipelens_step *before = pipelens_current();
    struct pipelens_scope scope = {
        .step = step, .previous = before, .run = run_of(step), .previous_run = run_of(before), .ends = ends
    };
    if (!step) return scope;
    hold(step); /* it may be ended before its scope */
    hold(before);
    pipelens_set_current(step);
    return scope;
}

void pipelens_scope_leave(struct pipelens_scope *scope)
{
    if (!scope || !scope->step) return;
    /* `return pipelens_run_free(run);` leaves the scopes around it when their steps are gone, and the run has set
     * what is current */
    bool there = pl_guard_is_there(scope->run), back = scope->previous && pl_guard_is_there(scope->previous_run);
    if (there && scope->ends) pipelens_step_end(scope->step);
    if (there || back) take_current(back ? scope->previous : NULL);
    if (there) let_go(scope->step);
    scope->step = NULL;
}

static int run_function(struct pipelens_step *step, pipelens_function *function, void *user, bool ends)
{
    struct pipelens_scope scope = pipelens_scope_enter(step, ends);
    int result = function(step, user);
    if (result && step) {
        pl_run_lock(step->run);
        bool told = step->more && step->more->error;
        pl_run_unlock(step->run);
        if (!told) pipelens_step_fail_at(step, NULL, 0, NULL, NULL, "returned %d", result);
    }
    pipelens_scope_leave(&scope);
    return result;
}

int pipelens_step_track_at(struct pipelens_step *parent, const char *name, pipelens_function *function, void *user,
                           const char *file, int line, const char *place)
{
    if (!function) return EINVAL;
    struct pipelens_step *step = pipelens_step_begin_at(parent, name, NULL, pipelens_null(), file, line, place);
    return run_function(step, function, user, true);
}

int pipelens_run_track(struct pipelens_run *run, pipelens_function *function, void *user)
{
    if (!function) return EINVAL;
    pipelens_run_start(run);
    int result = run_function(pipelens_run_root(run), function, user, false);
    pipelens_run_finish(run);
    return result;
}

struct pipelens_step *pipelens_begin_at(const char *name, const char *file, int line, const char *function)
{
    struct pipelens_step *step = pipelens_step_begin_at(pipelens_current(), name, NULL, pipelens_null(), file, line,
                                                        function);
    if (!step) return NULL;
    step->named = true;
    pipelens_set_current(step);
    return step;
}

int pipelens_end(const char *name)
{
    const struct pipelens_step *found = pipelens_current();
    int error = 0;
    if (!name) return EINVAL;
    while (found && !(found->named && strcmp(found->name, name) == 0)) found = found->named ? found->parent : NULL;
    if (!found) return ENOENT;
    for (bool last = false; !last;) { /* each end makes the parent current */
        struct pipelens_step *at = pipelens_current();
        last = at == found;
        int end_error = pipelens_step_end(at);
        if (!error) error = end_error;
    }
    return error;
}
