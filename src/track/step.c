/* SPDX-License-Identifier: MIT
 *
 * Steps: the tree, keys, beginning and end.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A parent's key, a dot and the name with its dots replaced; the second of a parent gets `___1`, the third `___2`. */
static int put_key(struct pl_text *t, struct pipelens_step *parent, const char *name)
{
    size_t before = parent ? strlen(parent->key) + 1 : 0;
    if (parent) {
        pl_text_put(t, parent->key, before - 1);
        pl_text_putc(t, '.');
    }
    pl_text_puts(t, name);
    if (t->error) return t->error;
    for (char *dot = t->data + before; (dot = memchr(dot, '.', (size_t)(t->data + t->len - dot)));) *dot = '_';
    if (!parent) return 0;
    struct pl_more *more = pl_step_more(parent);
    uint32_t *given = more ? pl_names_at(&more->child_names, t->data + before, t->len - before) : NULL;
    if (!given) return ENOMEM;
    if (*given) {
        pl_text_puts(t, "___");
        pl_text_put_uint(t, *given);
    }
    ++*given;
    return t->error;
}

enum { RESTART_ROOM = 8 }; /* by how much a time may get longer: its decimals, and a digit */

/* One piece of memory for the step, its head, its name and its key. */
static struct pipelens_step *allocate(const struct pl_text *head, const char *name, const char *key)
{
    size_t name_size = strlen(name) + 1, key_size = strlen(key) + 1, head_size = head->len + RESTART_ROOM;
    struct pipelens_step *step = malloc(sizeof *step + head_size + name_size + key_size);
    if (!step) return NULL;
    memset(step, 0, sizeof *step);
    memcpy(step->head, head->data, head->len);
    step->head_len = head->len;
    step->name = memcpy(step->head + head_size, name, name_size);
    step->key = memcpy(step->head + head_size + name_size, key, key_size);
    return step;
}

static void append_child(struct pipelens_step *parent, struct pipelens_step *step)
{
    step->parent = parent;
    step->previous = parent->last_child;
    if (parent->last_child) parent->last_child->next = step;
    else parent->first_child = step;
    parent->last_child = step;
    parent->refs++;
}

struct pipelens_step *pl_step_new(struct pipelens_run *run, struct pipelens_step *parent, const char *name,
                                  const char *key)
{
    char head_space[512], key_space[256];
    struct pl_text head = pl_text_in(head_space, sizeof head_space), k = pl_text_in(key_space, sizeof key_space);
    struct pipelens_step *step = NULL;
    int64_t start = pl_now(run);
    size_t key_at = 0, key_len = 0;
    if (key) pl_text_puts(&k, key);
    else k.error = put_key(&k, parent, name);
    pl_text_put(&k, "", 1);
    if (!k.error) {
        pl_text_puts(&head, "{\"name\":");
        pl_text_put_string(&head, name, strlen(name));
        pl_text_puts(&head, ",\"key\":");
        key_at = head.len;
        pl_text_put_string(&head, k.data, k.len - 1);
        key_len = head.len - key_at;
        pl_text_puts(&head, ",\"time\":{\"startTs\":");
        pl_text_put_ms(&head, start);
        if (!head.error) step = allocate(&head, name, k.data);
    }
    pl_text_free(&head);
    pl_text_free(&k);
    if (!step) return NULL;
    step->run = run;
    step->head_key = key_at;
    step->head_key_len = key_len;
    step->start = start;
    step->end = PL_TIME_NONE;
    step->generation = run->generation;
    step->refs = 1;
    pl_next_id(run, step->own_id);
    step->id = step->own_id;
    if (parent) append_child(parent, step);
    return step;
}

void pl_step_restart(struct pipelens_step *step, int64_t start)
{
    char space[32];
    struct pl_text time = pl_text_in(space, sizeof space);
    size_t before = step->head_len;
    while (step->head[before - 1] != ':') before--;
    step->start = start;
    pl_text_put_ms(&time, start);
    if (time.len <= step->head_len - before + RESTART_ROOM) {
        memcpy(step->head + before, time.data, time.len);
        step->head_len = before + time.len;
    }
}

bool pl_step_is_own(const struct pipelens_step *step)
{
    return !step->foreign && step->generation == step->run->generation;
}

struct pl_more *pl_step_more(struct pipelens_step *step)
{
    if (!step->more) step->more = calloc(1, sizeof *step->more);
    return step->more;
}

static void free_one(struct pipelens_step *step)
{
    struct pl_more *more = step->more;
    if (more) {
        for (size_t i = 0; i < more->record_count; i++) {
            free(more->records[i].key);
            free(more->records[i].value);
        }
        free(more->records);
        pl_names_free(&more->record_names);
        pl_names_free(&more->child_names);
        char *const texts[] = { more->result, more->error, more->trace,     more->inputs,
                                more->state,  more->kind,  more->error_type };
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) free(texts[i]);
        pl_text_free(&more->handled);
        pl_text_free(&more->logs);
        pl_text_free(&more->links);
        pl_usage_free(more->usage);
        free(more);
    }
    free(step);
}

void pl_steps_free(struct pipelens_step *top)
{
    struct pipelens_step *at = top;
    for (;;) { /* always the first leaf; without recursion, a tree may be deep */
        while (at->first_child) at = at->first_child;
        if (at == top) break;
        struct pipelens_step *parent = at->parent;
        parent->first_child = at->next;
        free_one(at);
        at = parent;
    }
    free_one(top);
}

struct pipelens_step *pl_step_next(const struct pipelens_step *top, const struct pipelens_step *at)
{
    if (at->first_child) return at->first_child;
    while (at != top && !at->next) at = at->parent;
    return at == top ? NULL : at->next;
}

void pl_step_unref(struct pipelens_step *step)
{
    if (step->run->forget_steps) pl_step_release(step);
    else step->refs--;
}

void pl_step_release(struct pipelens_step *step)
{
    while (step->parent && --step->refs == 0) {
        struct pipelens_step *parent = step->parent;
        if (step->previous) step->previous->next = step->next;
        else parent->first_child = step->next;
        if (step->next) step->next->previous = step->previous;
        else parent->last_child = step->previous;
        free_one(step);
        step = parent;
    }
}

/* What goes into a step, kept before its first line is made. */
static int set_beginnings(struct pipelens_step *step, const char *kind, char *inputs)
{
    if (!kind && !inputs) return 0;
    struct pl_more *more = pl_step_more(step);
    if (!more) {
        free(inputs);
        return ENOMEM;
    }
    more->inputs = inputs;
    more->kind = pl_copy(kind);
    return kind && !more->kind ? ENOMEM : 0;
}

static bool writes_now(const struct pipelens_run *run)
{
    return run->write == PIPELENS_REAL_TIME && run->transport != NULL;
}

static void put_line(struct pl_text *t, const struct pipelens_step *step, enum pl_kind kind, enum pl_extent extent)
{
    const struct pl_text *prefix = &step->run->prefix[kind];
    pl_text_put(t, prefix->data, prefix->len);
    pl_put_step(t, step, extent);
    pl_text_put(t, "}}\n", 3);
}

struct pipelens_step *pipelens_step_begin_at(struct pipelens_step *parent, const char *name, const char *kind,
                                             struct pipelens_value inputs, const char *file, int line_number,
                                             const char *function)
{
    char space[PL_LINE_SPACE], *inputs_text = NULL;
    struct pl_text line = pl_text_in(space, sizeof space);
    if (!parent) return NULL;
    struct pipelens_run *run = parent->run;
    int error = inputs.type == PIPELENS_NULL ? 0 : pl_value_text(inputs, &inputs_text);
    if (error) pl_run_error(run, error, "taking the inputs of a step");
    pl_run_lock_started(run);
    struct pipelens_step *step = pl_step_new(run, parent, name ? name : "", NULL);
    if (step) {
        step->file = file;
        step->line = line_number;
        step->function = function;
        line.error = set_beginnings(step, kind, inputs_text);
        if (writes_now(run)) put_line(&line, step, PL_STEP_START, PL_START_LINE);
    }
    bool listened = step && run->listeners;
    if (listened) step->refs++; /* a listener may end the step */
    pl_run_unlock(run);
    if (!step) {
        free(inputs_text);
        pl_run_error(run, ENOMEM, "beginning a step");
        return NULL;
    }
    pl_run_emit(run, &line, "writing the start of a step");
    if (!listened) return step;
    pl_notify(step, PIPELENS_STEP_START, NULL, NULL);
    pl_run_lock(run);
    bool gone = run->forget_steps && step->end != PL_TIME_NONE;
    pl_step_unref(step);
    pl_run_unlock(run);
    return gone ? NULL : step;
}

/* Ends the step, whose run is locked, and makes its last line; false when it is not ours to end, or was ended. */
static bool close_step(struct pipelens_step *step, struct pl_text *line)
{
    if (!pl_step_is_own(step) || step->end != PL_TIME_NONE) return false;
    step->end = pl_now(step->run);
    if (writes_now(step->run)) put_line(line, step, PL_STEP_FINISH, PL_FINISH_LINE);
    return true;
}

/* What the listeners are told of an end. A copy, because other threads may still tell of the step. */
static char *outcome_of(const struct pipelens_step *step, enum pipelens_event *ret_event)
{
    const char *error = step->more ? step->more->error : NULL, *result = step->more ? step->more->result : NULL;
    *ret_event = error ? PIPELENS_STEP_ERROR : PIPELENS_STEP_SUCCESS;
    return pl_copy(error ? error : result);
}

int pipelens_step_end(struct pipelens_step *step)
{
    char space[PL_LINE_SPACE];
    struct pl_text line = pl_text_in(space, sizeof space);
    if (!step) return EINVAL;
    struct pipelens_run *run = step->run;
    enum pipelens_event event = PIPELENS_STEP_SUCCESS;
    char *outcome = NULL;
    pl_run_lock(run);
    bool inherited = !pl_step_is_own(step), ended = close_step(step, &line), listened = run->listeners != NULL;
    if (ended && listened) outcome = outcome_of(step, &event);
    pl_run_unlock(run);
    pl_current_replace(step, step->parent); /* one that was ended before may be gone now */
    if (!ended) return inherited ? 0 : EALREADY;
    int error = pl_run_emit(run, &line, "writing the finish of a step");
    if (listened) {
        pl_notify(step, event, NULL, outcome);
        pl_notify(step, PIPELENS_STEP_COMPLETE, NULL, NULL);
        free(outcome);
    }
    if (run->forget_steps) {
        pl_run_lock(run);
        pl_step_release(step);
        pl_run_unlock(run);
    }
    return error;
}

struct pipelens_run *pipelens_step_run(const struct pipelens_step *step) { return step ? step->run : NULL; }
struct pipelens_step *pipelens_step_parent(const struct pipelens_step *step) { return step ? step->parent : NULL; }
const char *pipelens_step_name(const struct pipelens_step *step) { return step ? step->name : NULL; }
const char *pipelens_step_key(const struct pipelens_step *step) { return step ? step->key : NULL; }
const char *pipelens_step_id(const struct pipelens_step *step) { return step ? step->id : NULL; }
