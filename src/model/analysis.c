/* SPDX-License-Identifier: MIT */
#include "model/analysis.h"

#include <pthread.h>
#include <stdlib.h>

struct analysis {
    const struct run *run;
    struct arena arena;
    struct critical critical;
    struct statistics names;
    struct running running;
    pthread_t thread;
    pthread_mutex_t lock;
    bool joinable; /* under the lock: the thread runs, or has ended unheeded */
};

static void *analyse(void *context)
{
    struct analysis *a = context;
    critical_path(a->run, &a->arena, &a->critical);
    running_steps(a->run, ANALYSIS_BINS, &a->arena, &a->running);
    statistics_by_name(a->run, &a->arena, &a->names);
    return NULL;
}

struct analysis *analysis_begin(const struct run *run)
{
    struct analysis *a = calloc(1, sizeof *a);
    if (!a) arena_exhausted(sizeof *a);
    a->run = run;
    pthread_mutex_init(&a->lock, NULL);
    a->joinable = pthread_create(&a->thread, NULL, analyse, a) == 0;
    if (!a->joinable) analyse(a);
    return a;
}

static void wait_for(struct analysis *a)
{
    pthread_mutex_lock(&a->lock);
    if (a->joinable) pthread_join(a->thread, NULL);
    a->joinable = false;
    pthread_mutex_unlock(&a->lock);
}

void analysis_free(struct analysis *a)
{
    if (!a) return;
    wait_for(a);
    pthread_mutex_destroy(&a->lock);
    arena_free(&a->arena);
    free(a);
}

const struct critical *analysis_critical(struct analysis *a)
{
    wait_for(a);
    return &a->critical;
}

const struct statistics *analysis_names(struct analysis *a)
{
    wait_for(a);
    return &a->names;
}

const struct running *analysis_running(struct analysis *a)
{
    wait_for(a);
    return &a->running;
}
