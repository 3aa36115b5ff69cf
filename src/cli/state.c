/* SPDX-License-Identifier: MIT */
#include "render/state.h"

#include "base/utf8.h"
#include "cli/command.h"
#include "event/json.h"

enum { LAST_STATE = -1, NAME_SHOWN = 200 };

static bool refuse_number(const struct actions *actions, int64_t n, const char *file, struct err *e)
{
    if (!actions->with_state)
        return err_set(e, ERR_INPUT, file,
                       "no step has a state: the finish line of an action must hold `state`, which "
                       "pipelens_step_set_state writes");
    if (n < 0)
        return err_set(e, ERR_INPUT, file, "--at %lld: the states of the run count back from -1 to -%zu", (long long)n,
                       actions->with_state);
    return err_set(e, ERR_INPUT, file, "--at %lld: the actions of the run are numbered from %llu to %llu", (long long)n,
                   (unsigned long long)action_number(actions, 0),
                   (unsigned long long)action_number(actions, actions->count - 1));
}

static bool refuse_logged(const struct run *runs, int64_t n, struct arena *scratch, const char *file, struct err *e)
{
    size_t states = 0;
    for (const struct run *r = runs; r; r = r->next) states += actions_of(r, scratch).with_state;
    if (!states) return err_set(e, ERR_INPUT, file, "no attempt of the run has left a state");
    return err_set(e, ERR_INPUT, file,
                   "--at %lld: the attempts of the run have left %zu states, numbered from 0 to %zu, or from -1 back",
                   (long long)n, states, states - 1);
}

/* An action without a state: mostly the one in which the program died. */
static bool refuse_action(const struct actions *actions, size_t at, const char *file, struct err *e)
{
    const struct step *action = actions->list[at];
    struct str name = str_first(action->name, utf8_floor(action->name, NAME_SHOWN));
    const char *why = action->end == TIME_NONE ? "did not end and left no state" : "ended without a state";
    size_t before = at;
    while (before && !action_has_state(actions->list[before - 1])) before--;
    unsigned long long number = action_number(actions, at);
    if (before)
        return err_set(e, ERR_INPUT, file, "--at %llu: the action '%.*s' %s; the state before it is --at %llu", number,
                       STR_ARG(name), why, (unsigned long long)action_number(actions, before - 1));
    return err_set(e, ERR_INPUT, file, "--at %llu: the action '%.*s' %s; no action before it has one", number,
                   STR_ARG(name), why);
}

static struct actions numbered(const struct run *run, struct arena *scratch)
{
    struct actions actions = actions_of(run, scratch);
    actions_number(run, &actions, scratch);
    return actions;
}

/* One application that was resumed, of which each action has a sequence id. */
static bool are_attempts(const struct run *runs, struct arena *scratch)
{
    for (const struct run *r = runs; r; r = r->next)
        if (!r->id.len || !str_eq(r->id, runs->id) || !numbered(r, scratch).numbers) return false;
    return true;
}

/* The nth state that Burr has logged, through all attempts, as its load_state counts: the ids of a resumed application
 * begin anew, so that its number need not be the action's. */
static bool find_logged(const struct run *runs, int64_t n, struct arena *scratch, const struct run **ret_run,
                        struct actions *ret_actions, size_t *ret_at)
{
    for (const struct run *r = runs; r; r = r->next) {
        *ret_actions = numbered(r, scratch);
        for (size_t at = 0; at < ret_actions->count; at++) {
            if (!action_has_state(ret_actions->list[at]) || n-- > 0) continue;
            *ret_run = r;
            *ret_at = at;
            return true;
        }
    }
    return false;
}

/* The action of number n; numbers below 0 count back from the last attempt. Without one, *ret_actions are those that
 * were looked through last. */
static bool find(const struct run *runs, int64_t n, struct arena *scratch, const struct run **ret_run,
                 struct actions *ret_actions, size_t *ret_at)
{
    if (n >= 0 && runs->next) return find_logged(runs, n, scratch, ret_run, ret_actions, ret_at);
    int64_t with_state = 0, before = 0; /* actions in all attempts, in those before the one at hand */
    bool found = false;
    for (const struct run *r = runs; r && n < 0; r = r->next) with_state += (int64_t)actions_of(r, scratch).with_state;
    for (const struct run *r = runs; r; r = r->next) {
        struct actions actions = numbered(r, scratch);
        int64_t has = (int64_t)actions.with_state;
        int64_t wanted = n < 0 ? n + with_state - before - has : n; /* counted from the end of this attempt */
        size_t at;
        bool here = (n >= 0 || (wanted < 0 && wanted >= -has)) && actions_find(&actions, wanted, &at);
        if (here || !found) *ret_actions = actions;
        before += has;
        if (!here) continue;
        *ret_run = r;
        *ret_at = at;
        found = true;
        if (action_has_state(actions.list[at])) break;
    }
    return found;
}

/* The state that was asked for, indented, when there is one. */
static bool put_state(const struct loaded *l, const struct options *o, struct arena *scratch, struct buf *out,
                      struct err *e)
{
    const char *file = l->sources.count == 1 ? l->sources.list[0].name.ptr : "";
    if (l->run_count > 1 && !are_attempts(l->runs, scratch))
        return err_set(e, ERR_USAGE, file,
                       "the input holds %zu runs and a state is of one: name it with --run ID or --latest (list shows "
                       "them)",
                       l->run_count);
    int64_t n = o->at_set ? o->at : LAST_STATE;
    const struct run *run;
    struct actions actions;
    size_t at;
    if (!find(l->runs, n, scratch, &run, &actions, &at))
        return l->run_count > 1 ? refuse_logged(l->runs, n, scratch, file, e) : refuse_number(&actions, n, file, e);
    if (!action_has_state(actions.list[at])) return refuse_action(&actions, at, file, e);
    struct buf compact = BUF_INIT;
    state_write(run, &actions, at, &compact);
    json_put_pretty(out, str_trim(buf_str(&compact)));
    buf_putc(out, '\n');
    buf_free(&compact);
    return true;
}

enum exit_status command_state(const struct options *o)
{
    struct loaded l = { 0 };
    struct arena scratch = { 0 };
    struct buf out = BUF_INIT;
    struct err e = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    if (status == EXIT_DONE && !put_state(&l, o, &scratch, &out, &e)) status = complain(&e);
    if (status == EXIT_DONE) status = verdict(&l, o); /* a log that changed meanwhile gives no state */
    if (status == EXIT_DONE) status = print(buf_str(&out));
    buf_free(&out);
    arena_free(&scratch);
    loaded_free(&l);
    return status;
}
