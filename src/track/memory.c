/* SPDX-License-Identifier: MIT
 *
 * The transport that keeps its lines, and the one that hands them on to several.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct memory {
    struct pipelens_transport functions;
    struct pl_guard guard;
    struct pl_text lines;
};

static int memory_write(struct pipelens_transport *t, struct pipelens_run *run, const char *lines, size_t length)
{
    struct memory *m = (struct memory *)(void *)t;
    (void)run;
    pthread_mutex_lock(&m->guard.lock);
    pl_text_put(&m->lines, lines, length);
    int error = m->lines.error;
    m->lines.error = 0;
    pthread_mutex_unlock(&m->guard.lock);
    return error;
}

static int memory_close(struct pipelens_transport *t)
{
    struct memory *m = (struct memory *)(void *)t;
    pl_guard_end(&m->guard);
    pl_text_free(&m->lines);
    free(m);
    return 0;
}

/* What the parent was told stays the parent's. */
static void in_child(struct pl_guard *guard)
{
    struct memory *m = (struct memory *)(void *)((char *)guard - offsetof(struct memory, guard));
    m->lines.len = 0;
}

int pipelens_transport_memory(struct pipelens_transport **ret_transport)
{
    if (!ret_transport) return EINVAL;
    *ret_transport = NULL;
    struct memory *m = calloc(1, sizeof *m);
    if (!m) return ENOMEM;
    int error = pl_guard_begin(&m->guard, in_child, NULL);
    if (error) {
        free(m);
        return error;
    }
    m->functions = (struct pipelens_transport){ .write = memory_write, .close = memory_close };
    *ret_transport = &m->functions;
    return 0;
}

char *pipelens_transport_take(struct pipelens_transport *transport, size_t *ret_length)
{
    struct memory *m = (struct memory *)(void *)transport;
    if (ret_length) *ret_length = 0;
    if (!transport || transport->write != memory_write) return NULL;
    pthread_mutex_lock(&m->guard.lock);
    struct pl_text lines = m->lines;
    pl_text_put(&lines, "", 1);
    m->lines = lines.error ? lines : (struct pl_text){ 0 };
    m->lines.error = 0;
    pthread_mutex_unlock(&m->guard.lock);
    if (lines.error) return NULL;
    if (ret_length) *ret_length = lines.len - 1;
    return lines.data;
}

struct fan_out {
    struct pipelens_transport functions;
    size_t count;
    struct pipelens_transport *transports[];
};

static int fan_write(struct pipelens_transport *t, struct pipelens_run *run, const char *lines, size_t length)
{
    struct fan_out *f = (struct fan_out *)(void *)t;
    int error = 0;
    for (size_t i = 0; i < f->count; i++) {
        int one = f->transports[i]->write(f->transports[i], run, lines, length);
        if (!error) error = one;
    }
    return error;
}

static int fan_flush(struct pipelens_transport *t)
{
    struct fan_out *f = (struct fan_out *)(void *)t;
    int error = 0;
    for (size_t i = 0; i < f->count; i++) {
        int one = pipelens_transport_flush(f->transports[i]);
        if (!error) error = one;
    }
    return error;
}

static int fan_finished(struct pipelens_transport *t, struct pipelens_run *run)
{
    struct fan_out *f = (struct fan_out *)(void *)t;
    int error = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct pipelens_transport *to = f->transports[i];
        int one = to->finished ? to->finished(to, run) : 0;
        if (!error) error = one;
    }
    return error;
}

static int fan_close(struct pipelens_transport *t)
{
    struct fan_out *f = (struct fan_out *)(void *)t;
    int error = 0;
    for (size_t i = 0; i < f->count; i++) {
        int one = pipelens_transport_close(f->transports[i]);
        if (!error) error = one;
    }
    free(f);
    return error;
}

int pipelens_transport_fan_out(struct pipelens_transport *const *transports, size_t count,
                               struct pipelens_transport **ret_transport)
{
    if (!ret_transport) return EINVAL;
    *ret_transport = NULL;
    if (!transports || !count || count > SIZE_MAX / sizeof *transports - 8) return EINVAL;
    for (size_t i = 0; i < count; i++) {
        if (!transports[i]) return EINVAL;
        for (size_t k = 0; k < i; k++) /* it would be closed twice */
            if (transports[k] == transports[i]) return EINVAL;
    }
    struct fan_out *f = malloc(sizeof *f + count * sizeof *transports);
    if (!f) return ENOMEM;
    f->functions = (struct pipelens_transport){
        .write = fan_write, .flush = fan_flush, .finished = fan_finished, .close = fan_close
    };
    f->count = count;
    memcpy(f->transports, transports, count * sizeof *transports);
    *ret_transport = &f->functions;
    return 0;
}
