/* SPDX-License-Identifier: MIT
 *
 * The transport for people: runs are held until they are finished, and come out one after the other, as a tree on a
 * terminal, as their lines elsewhere.
 */
#include "track/track.h"
#include "track/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_WAIT_MS = 1000 };

/* A run that goes on. */
struct held_run {
    struct held_run *next;
    struct pipelens_run *run;
    struct pl_text lines;
};

struct console {
    struct pipelens_transport functions;
    struct pl_guard guard;
    bool terminal, colour;
    struct pl_writer to;
    struct held_run *runs; /* the oldest first */
};

static struct console *console_of(struct pipelens_transport *t) { return (struct console *)(void *)t; }

/* A run that forgets its steps has no tree in the end, and of one that other processes write it would be a part. */
static bool shows_tree(const struct console *c, const struct pipelens_run *run)
{
    return c->terminal && !run->forget_steps && pl_step_is_own(run->root);
}

static int console_write(struct pipelens_transport *t, struct pipelens_run *run, const char *lines, size_t length)
{
    struct console *c = console_of(t);
    pthread_mutex_lock(&c->guard.lock);
    struct held_run **at = &c->runs;
    while (*at && (*at)->run != run) at = &(*at)->next;
    if (!*at && (*at = calloc(1, sizeof **at))) (*at)->run = run;
    int error = *at ? 0 : ENOMEM;
    if (!error && !shows_tree(c, run)) {
        pl_text_put(&(*at)->lines, lines, length);
        error = (*at)->lines.error;
        (*at)->lines.error = 0;
    }
    pthread_mutex_unlock(&c->guard.lock);
    return error;
}

static int put_out(struct console *c, const struct pl_text *text)
{
    size_t done;
    if (text->error) return text->error;
    int before = pl_guard_shield();
    pthread_mutex_lock(&c->guard.io);
    int error = pl_write_all(&c->to, text->data, text->len, &done);
    pthread_mutex_unlock(&c->guard.io);
    pl_guard_unshield(before);
    return error;
}

/* Puts out a run that was taken from the list, and frees it. At exit a run that another thread works on is left
 * alone. */
static int put_run(struct console *c, struct held_run *held, bool exiting)
{
    struct pl_text text = { 0 };
    struct pipelens_run *run = held->run;
    bool tree = shows_tree(c, run);
    if (tree && (!exiting || pthread_mutex_trylock(&run->guard.lock) == 0)) {
        if (!exiting) pl_run_lock(run);
        pl_put_tree(&text, run, c->colour);
        pl_run_unlock(run);
    }
    int error = put_out(c, tree ? &text : &held->lines);
    pl_text_free(&text);
    pl_text_free(&held->lines);
    free(held);
    return error;
}

static int console_finished(struct pipelens_transport *t, struct pipelens_run *run)
{
    struct console *c = console_of(t);
    pthread_mutex_lock(&c->guard.lock);
    struct held_run **at = &c->runs, *held;
    while (*at && (*at)->run != run) at = &(*at)->next;
    held = *at;
    if (held) *at = held->next;
    pthread_mutex_unlock(&c->guard.lock);
    return held ? put_run(c, held, false) : 0;
}

static struct console *console_of_guard(struct pl_guard *guard)
{
    return (struct console *)(void *)((char *)guard - offsetof(struct console, guard));
}

/* What the parent holds is its own to put out. */
static void in_child(struct pl_guard *guard)
{
    struct console *c = console_of_guard(guard);
    for (struct held_run *held = c->runs; held; held = held->next) held->lines.len = 0;
}

static void at_exit(struct pl_guard *guard)
{
    struct console *c = console_of_guard(guard);
    pthread_mutex_lock(&c->guard.io);
    c->to.until_ms = pl_now_ms() + EXIT_WAIT_MS;
    pthread_mutex_unlock(&c->guard.io);
    for (;;) {
        pthread_mutex_lock(&c->guard.lock);
        struct held_run *held = c->runs;
        if (held) c->runs = held->next;
        pthread_mutex_unlock(&c->guard.lock);
        if (!held) return;
        put_run(c, held, true);
    }
}

/* Every run was freed, so what is still held belongs to runs that another process finishes. Their lines come out. */
static int console_close(struct pipelens_transport *t)
{
    struct console *c = console_of(t);
    int error = 0;
    while (c->runs) {
        struct held_run *held = c->runs;
        c->runs = held->next;
        int one = put_out(c, &held->lines);
        if (!error) error = one;
        pl_text_free(&held->lines);
        free(held);
    }
    pl_guard_end(&c->guard);
    free(c);
    return error;
}

int pipelens_transport_console(int fd, struct pipelens_transport **ret_transport)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (!ret_transport) return EINVAL;
    *ret_transport = NULL;
    if (fd < 0) return EBADF;
    struct console *c = calloc(1, sizeof *c);
    if (!c) return ENOMEM;
    c->functions =
        (struct pipelens_transport){ .write = console_write, .finished = console_finished, .close = console_close };
    c->terminal = isatty(fd) == 1;
    pl_writer_begin(&c->to, fd);
    c->colour = c->terminal && !(no_colour && *no_colour) && !(terminal && strcmp(terminal, "dumb") == 0);
    int error = pl_guard_begin(&c->guard, in_child, at_exit); /* last: from now on an exit finds it */
    if (error) {
        free(c);
        return error;
    }
    *ret_transport = &c->functions;
    return 0;
}
