/* SPDX-License-Identifier: MIT
 *
 * The static state machine of a run, in the shape of Burr's graph.json.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pipelens_run_add_action(struct pipelens_run *run, const char *name)
{
    if (!run || !name) return EINVAL;
    size_t size = strlen(name) + 1;
    struct pl_action *action = malloc(sizeof *action + size);
    if (!action) return pl_run_error(run, ENOMEM, "declaring an action");
    action->next = NULL;
    memcpy(action->name, name, size);
    pl_run_lock(run);
    if (run->last_action) run->last_action->next = action;
    else run->actions = action;
    run->last_action = action;
    pl_run_unlock(run);
    return 0;
}

int pipelens_run_add_transition(struct pipelens_run *run, const char *from, const char *to, const char *condition)
{
    if (!run || !from || !to) return EINVAL;
    size_t from_size = strlen(from) + 1, to_size = strlen(to) + 1, more = condition ? strlen(condition) + 1 : 0;
    struct pl_transition *t = malloc(sizeof *t + from_size + to_size + more);
    if (!t) return pl_run_error(run, ENOMEM, "declaring a transition");
    char *to_copy = t->from + from_size, *condition_copy = to_copy + to_size;
    memcpy(t->from, from, from_size);
    memcpy(to_copy, to, to_size);
    if (condition) memcpy(condition_copy, condition, more);
    t->next = NULL;
    t->to = to_copy;
    t->condition = condition ? condition_copy : NULL;
    pl_run_lock(run);
    if (run->last_transition) run->last_transition->next = t;
    else run->transitions = t;
    run->last_transition = t;
    pl_run_unlock(run);
    return 0;
}

int pipelens_run_set_entrypoint(struct pipelens_run *run, const char *action)
{
    if (!run || !action) return EINVAL;
    char *copy = pl_copy(action);
    if (!copy) return pl_run_error(run, ENOMEM, "declaring the entry point");
    pl_run_lock(run);
    free(run->entrypoint);
    run->entrypoint = copy;
    pl_run_unlock(run);
    return 0;
}

static void put_string(struct pl_text *t, const char *before, const char *text)
{
    pl_text_puts(t, before);
    pl_text_put_string(t, text, strlen(text));
}

void pl_put_graph(struct pl_text *t, const struct pipelens_run *run)
{
    if (!run->actions && !run->transitions && !run->entrypoint) return;
    pl_text_puts(t, ",\"graph\":{");
    if (run->entrypoint) {
        put_string(t, "\"entrypoint\":", run->entrypoint);
        pl_text_putc(t, ',');
    }
    pl_text_puts(t, "\"actions\":[");
    for (const struct pl_action *a = run->actions; a; a = a->next) {
        put_string(t, a == run->actions ? "{\"name\":" : ",{\"name\":", a->name);
        pl_text_putc(t, '}');
    }
    pl_text_puts(t, "],\"transitions\":[");
    for (const struct pl_transition *c = run->transitions; c; c = c->next) {
        put_string(t, c == run->transitions ? "{\"from_\":" : ",{\"from_\":", c->from);
        put_string(t, ",\"to\":", c->to);
        put_string(t, ",\"condition\":", c->condition ? c->condition : "default");
        pl_text_putc(t, '}');
    }
    pl_text_puts(t, "]}");
}

void pl_graph_free(struct pipelens_run *run)
{
    while (run->actions) {
        struct pl_action *next = run->actions->next;
        free(run->actions);
        run->actions = next;
    }
    while (run->transitions) {
        struct pl_transition *next = run->transitions->next;
        free(run->transitions);
        run->transitions = next;
    }
    free(run->entrypoint);
}
