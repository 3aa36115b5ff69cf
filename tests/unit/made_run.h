/* SPDX-License-Identifier: MIT
 *
 * For tests: a measured run made of a table, without a log.
 */
#ifndef TESTS_MADE_RUN_H
#define TESTS_MADE_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/measure.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define OPEN         TIME_NONE /* as an end */

/* A step of a table in pre-order, siblings by their starts, as the model has them. */
struct given {
    const char *name;
    int parent;         /* its place in the table, -1 for the root */
    int64_t start, end; /* µs */
};

struct made {
    struct arena arena;
    struct run *run;
};

static inline struct step *made_add(struct made *m, int parent, struct str name, int64_t start, int64_t end)
{
    static struct step_more none;
    struct run *run = m->run;
    struct step *step = run->steps[run->step_count] = ARENA_NEW(&m->arena, struct step);
    step->index = run->step_count++;
    step->parent = parent < 0 ? NULL : run->steps[parent];
    step->name = step->key = name;
    step->start = start;
    step->end = end;
    step->more = &none;
    step->depth = step->parent ? (uint16_t)(step->parent->depth + 1) : 0;
    if (step->parent && step->parent->last_child) step->parent->last_child = step->parent->last_child->next = step;
    else if (step->parent) step->parent->first_child = step->parent->last_child = step;
    if (step->parent) step->parent->child_count++;
    return step;
}

static inline void made_begin(struct made *m, uint32_t room)
{
    *m = (struct made){ 0 };
    m->run = ARENA_NEW(&m->arena, struct run);
    *m->run = (struct run){ .arena = &m->arena, .start = TIME_NONE, .end = TIME_NONE, .duration = TIME_NONE };
    m->run->steps = ARENA_ARRAY(&m->arena, struct step *, room);
}

static inline void made_end(struct made *m)
{
    m->run->root = m->run->steps[0];
    measure_run(m->run);
}

static inline void make_run(struct made *m, const struct given *given, uint32_t count)
{
    made_begin(m, count);
    for (uint32_t i = 0; i < count; i++)
        made_add(m, given[i].parent, str_z(given[i].name), given[i].start, given[i].end);
    made_end(m);
}

static inline void made_free(struct made *m) { arena_free(&m->arena); }

#endif
