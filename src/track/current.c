/* SPDX-License-Identifier: MIT
 *
 * The current step of a thread, and the forms of tracking that use it: scopes, callbacks, begin and end by name.
 */
#include "track/track.h"

#include <errno.h>
#include <string.h>

static _Thread_local struct pipelens_step *current;

struct pipelens_step *pipelens_current(void) { return current; }

struct pipelens_step *pipelens_set_current(struct pipelens_step *step)
{
    struct pipelens_step *before = current;
    current = step;
    return before;
}

void pl_current_replace(const struct pipelens_step *step, struct pipelens_step *to)
{
    if (current == step) current = to;
}

void pl_current_forget(const struct pipelens_run *run)
{
    if (current && current->run == run) current = NULL;
}

struct pipelens_scope pipelens_scope_enter(struct pipelens_step *step, bool ends)
{
    struct pipelens_scope scope = { .step = step, .previous = current, .ends = ends };
    if (step) current = step;
    return scope;
}

void pipelens_scope_leave(struct pipelens_scope *scope)
{
    if (!scope || !scope->step) return;
    if (scope->ends) pipelens_step_end(scope->step);
    current = scope->previous;
    scope->step = NULL;
}

static int run_function(struct pipelens_step *step, pipelens_function *function, void *user)
{
    struct pipelens_scope scope = pipelens_scope_enter(step, false);
    int result = function(step, user);
    if (result && step) {
        pl_run_lock(step->run);
        bool told = step->more && step->more->error;
        pl_run_unlock(step->run);
        if (!told) pipelens_step_fail(step, NULL, "returned %d", result);
    }
    pipelens_scope_leave(&scope);
    return result;
}

int pipelens_step_track_at(struct pipelens_step *parent, const char *name, pipelens_function *function, void *user,
                           const char *file, int line, const char *place)
{
    if (!function) return EINVAL;
    struct pipelens_step *step = pipelens_step_begin_at(parent, name, NULL, pipelens_null(), file, line, place);
    int result = run_function(step, function, user);
    pipelens_step_end(step);
    return result;
}

int pipelens_run_track(struct pipelens_run *run, pipelens_function *function, void *user)
{
    if (!function) return EINVAL;
    struct pipelens_step *before = current;
    pipelens_run_start(run);
    int result = run_function(pipelens_run_root(run), function, user);
    pipelens_run_finish(run);
    current = before;
    return result;
}

struct pipelens_step *pipelens_begin_at(const char *name, const char *file, int line, const char *function)
{
    struct pipelens_step *step = pipelens_step_begin_at(current, name, NULL, pipelens_null(), file, line, function);
    if (!step) return NULL;
    step->named = true;
    step->outer = current;
    current = step;
    return step;
}

int pipelens_end(const char *name)
{
    struct pipelens_step *found = current;
    if (!name) return EINVAL;
    while (found && !(found->named && strcmp(found->name, name) == 0)) found = found->named ? found->outer : NULL;
    if (!found) return ENOENT;
    int error = 0;
    for (bool last = false; !last;) {
        struct pipelens_step *at = current, *outer = at->outer;
        last = at == found;
        int end_error = pipelens_step_end(at);
        if (!error) error = end_error;
        current = outer;
    }
    return error;
}
