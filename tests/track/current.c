/* SPDX-License-Identifier: MIT
 *
 * The current step of a thread when runs and steps go from under it: freed by others, inside one another, in the middle
 * of a scope.
 */
#include "cases.h"

#include <pthread.h>

#define LOG "current.ndjson"

static struct pipelens_run *begin_run(const char *name, bool forget)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = name, .log = LOG, .forget_steps = forget };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

/* Every step that the log knows was begun once and ended once. */
static void check_log(size_t steps)
{
    struct lines l = lines_in(LOG);
    expect(lines_are_whole(&l));
    expect_int(lines_with(&l, START, NULL), steps);
    expect_int(lines_with(&l, FINISH, NULL), steps);
    lines_free(&l);
}

/* ---- runs freed by others ---- */

struct handing_over {
    pthread_barrier_t turn;
    struct pipelens_step *step;
    bool forget;
};

static void expect_nothing_current(void)
{
    expect(pipelens_current() == NULL);
    expect(pipelens_begin("nowhere") == NULL);
    expect_int(pipelens_end("nowhere"), ENOENT);
    PIPELENS_STEP(nowhere, "nowhere");
    expect(nowhere == NULL);
    expect_int(pipelens_step_record(nowhere, "k", pipelens_int(1)), EINVAL);
}

/* Its current step is freed at the first barrier. What it does with a run of its own is as always. */
static void *outlive(void *user)
{
    struct handing_over *h = user;
    pipelens_set_current(h->step);
    expect(pipelens_current() == h->step);
    pthread_barrier_wait(&h->turn);
    pthread_barrier_wait(&h->turn);
    expect_nothing_current();
    struct pipelens_run *own = begin_run("own", h->forget);
    expect(pipelens_current() == pipelens_run_root(own));
    expect_int(pipelens_run_free(own), 0);
    expect_nothing_current();
    return NULL;
}

static void freed_by_another(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct handing_over h = { .forget = forget };
        pthread_t thread;
        struct pipelens_run *run = begin_run("run", forget);
        h.step = pipelens_step_begin(pipelens_run_root(run), "handed over");
        need(pthread_barrier_init(&h.turn, NULL, 2) == 0);
        need(pthread_create(&thread, NULL, outlive, &h) == 0);
        pthread_barrier_wait(&h.turn);
        expect_int(pipelens_step_end(h.step), 0);
        expect_int(pipelens_run_free(run), 0);
        /* what is made next may get the memory that the run had */
        run = begin_run("next", forget);
        pthread_barrier_wait(&h.turn);
        pthread_join(thread, NULL);
        expect(pipelens_current() == pipelens_run_root(run));
        expect_int(pipelens_run_free(run), 0);
        pthread_barrier_destroy(&h.turn);
    }
    check_log(8);
}

/* ---- runs inside runs ---- */

static void inside_one_another(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct pipelens_run *outer = begin_run("outer", forget);
        {
            PIPELENS_STEP(step, "step");
            for (int i = 0; i < 3; i++) {
                struct pipelens_run *inner = begin_run("inner", i == 1);
                expect(pipelens_current() == pipelens_run_root(inner));
                pipelens_step_end(pipelens_begin("below"));
                if (i == 2) expect_int(pipelens_run_finish(inner), 0);
                if (i == 2) expect(pipelens_current() == step);
                expect_int(pipelens_run_free(inner), 0);
                expect(pipelens_current() == step);
            }
            PIPELENS_STEP(after, "after");
            expect(after && pipelens_step_parent(after) == step);
        }
        expect(pipelens_current() == pipelens_run_root(outer));
        expect_int(pipelens_run_free(outer), 0);
        expect(pipelens_current() == NULL);
    }
    check_log(2 * (3 + 3 * 2));
}

/* A scope of the inner run makes its root current once more, after the run was finished. */
static void finished_in_a_scope(void)
{
    struct pipelens_run *outer = begin_run("outer", false), *inner = begin_run("inner", false);
    {
        PIPELENS_STEP(step, "step");
        expect(pipelens_step_run(step) == inner);
        expect_int(pipelens_run_finish(inner), 0);
    }
    expect_int(pipelens_run_free(inner), 0);
    expect(pipelens_current() == pipelens_run_root(outer));
    expect_int(pipelens_run_free(outer), 0);
    expect(pipelens_current() == NULL);
    check_log(3);
}

/* The outer run goes first. */
static void outer_freed_first(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct pipelens_run *outer = begin_run("outer", forget), *inner = begin_run("inner", forget);
        expect_int(pipelens_run_free(outer), 0);
        expect(pipelens_current() == pipelens_run_root(inner));
        expect_int(pipelens_run_free(inner), 0);
        expect_nothing_current();
    }
    check_log(4);
}

/* ---- scopes ---- */

static int free_within(struct pipelens_run *run)
{
    PIPELENS_STEP(one, "one");
    PIPELENS_STEP(two, "two");
    expect(pipelens_step_parent(two) == one);
    return pipelens_run_free(run);
}

/* Steps that are open when their run is freed stay unfinished; the scopes leave them alone. */
static void freed_in_a_scope(void)
{
    for (int forget = 0; forget < 2; forget++) {
        expect_int(free_within(begin_run("run", forget)), 0);
        expect(pipelens_current() == NULL);
        struct pipelens_run *outer = begin_run("outer", forget);
        expect_int(free_within(begin_run("inner", forget)), 0);
        expect(pipelens_current() == pipelens_run_root(outer));
        expect_int(pipelens_run_free(outer), 0);
        expect_nothing_current();
    }
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, START, NULL), 2 * 7);
    expect_int(lines_with(&l, FINISH, NULL), 2 * 3);
    lines_free(&l);
}

/* A scope of a run that is there stands in scopes of one that is not. */
static void outer_scope_gone(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct pipelens_run *gone = begin_run("gone", forget), *stays = begin_run("stays", forget);
        pipelens_set_current(pipelens_run_root(gone));
        {
            PIPELENS_STEP(first, "first");
            expect(first != NULL);
            {
                PIPELENS_WITHIN(pipelens_run_root(stays));
                PIPELENS_STEP(second, "second");
                expect(pipelens_step_run(second) == stays);
                expect_int(pipelens_run_free(gone), 0);
                expect(pipelens_current() == second);
            }
            expect_nothing_current(); /* of `first` nothing is left */
        }
        expect_nothing_current();
        expect_int(pipelens_run_free(stays), 0);
    }
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, FINISH, "\"name\":\"second\""), 2);
    expect_int(lines_with(&l, FINISH, "\"name\":\"first\""), 0);
    lines_free(&l);
}

/* ---- steps that are forgotten ---- */

/* The parents end first, from the top down; each is there as long as a thread may come back to it. */
static void parent_ended_first(void)
{
    struct pipelens_run *run = begin_run("run", true);
    struct pipelens_step *root = pipelens_run_root(run);
    struct pipelens_step *parent = pipelens_step_begin(root, "parent"), *child = pipelens_step_begin(parent, "child");
    pipelens_set_current(child);
    expect_int(pipelens_step_end(parent), 0);
    expect(pipelens_current() == child && pipelens_step_parent(child) == parent);
    expect_int(pipelens_step_end(child), 0);
    expect(pipelens_current() == parent); /* held: it may be looked at, and is freed when it is left */
    expect_text(pipelens_step_name(parent), "parent");
    expect_text(pipelens_step_key(pipelens_begin("below")), "run.parent.below");
    expect_int(pipelens_end("below"), 0);
    pipelens_set_current(root);
    char *left = pipelens_step_output_new(root, PIPELENS_FLATTENED, NULL);
    expect(left && !strstr(left, "parent")); /* nobody has it any more */
    free(left);
    {
        PIPELENS_STEP(outer, "outer");
        PIPELENS_STEP(inner, "inner");
        expect_int(pipelens_step_end(outer), 0);
        expect(pipelens_current() == inner);
    }
    expect(pipelens_current() == root);
    struct pipelens_step *named = pipelens_begin("named");
    pipelens_begin("in it");
    expect_int(pipelens_step_end(named), 0);
    expect_int(pipelens_end("in it"), 0);
    expect_int(pipelens_end("named"), EALREADY);
    expect(pipelens_current() == root);
    left = pipelens_step_output_new(root, PIPELENS_FLATTENED, NULL);
    expect(left && !strstr(left, "outer") && !strstr(left, "named"));
    free(left);
    expect_int(pipelens_run_free(run), 0);
    check_log(8);
}

static int end_itself(struct pipelens_step *step, void *user)
{
    expect_int(pipelens_step_end(step), 0);
    return user ? 3 : 0;
}

/* What a scope or a callback would end is ended before. */
static void ended_in_its_scope(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct pipelens_run *run = begin_run("run", forget);
        struct pipelens_step *root = pipelens_run_root(run);
        {
            PIPELENS_STEP(step, "step");
            expect_int(pipelens_step_end(step), 0);
            expect(pipelens_current() == root);
        }
        struct pipelens_step *aside = pipelens_step_begin(root, "aside");
        {
            PIPELENS_WITHIN(aside);
            expect_int(pipelens_step_end(aside), 0);
        }
        expect_int(pipelens_step_track(root, "callback", end_itself, NULL), 0);
        expect_int(pipelens_step_track(root, "failing callback", end_itself, run), 3);
        expect(pipelens_current() == root);
        char *left = pipelens_step_output_new(root, PIPELENS_FLATTENED, NULL);
        expect(left && (!strstr(left, "aside")) == forget && (!strstr(left, "callback")) == forget);
        free(left);
        expect_int(pipelens_run_free(run), 0);
    }
    check_log(10);
}

static const struct test_case cases[] = {
    { "freed_by_another", "a run that another thread frees: this one has no current step", freed_by_another },
    { "inside_one_another", "runs inside the step of a run: that step is current again", inside_one_another },
    { "finished_in_a_scope", "a run finished in a scope of its own inside another run", finished_in_a_scope },
    { "outer_freed_first", "the outer of two runs goes first", outer_freed_first },
    { "freed_in_a_scope", "a run is freed by return out of its scopes", freed_in_a_scope },
    { "outer_scope_gone", "the run of an outer scope is gone", outer_scope_gone },
    { "ended_in_its_scope", "a step is ended before its scope or callback is left", ended_in_its_scope },
    { "parent_ended_first", "forgotten steps: the parent ends before the current child", parent_ended_first },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
