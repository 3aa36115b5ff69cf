/* SPDX-License-Identifier: MIT
 *
 * The transport that writes to a descriptor: at once or buffered, and whole again after an error.
 *
 *   write() ── at once ──────────────┐
 *      └────── held ── swapped into ─┴─ going ── write(2) ── the log
 *
 * `going` is what could not be written yet, from `gone` on. It begins with a whole line, so that a line which another
 * process has written into can be written again as a whole.
 */
#include "track/track.h"
#include "track/write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FLUSH_BYTES = 65536, MAX_BYTES = 64 << 20, LAST_WAIT_MS = 5000, EXIT_WAIT_MS = 1000 };

struct sink {
    struct pipelens_transport functions; /* the first member: what the caller has is this one */
    struct pl_guard guard;
    size_t flush_bytes, max_bytes;
    unsigned int flush_ms;
    /* under guard.lock */
    struct pl_text held;
    pthread_cond_t wake;
    pthread_t thread;
    int64_t first_held_ms;
    int thread_error; /* of the thread's last try, for the next call to return */
    bool has_thread, stop;
    /* under guard.io */
    struct pl_writer to;
    struct pl_text going;
    size_t gone;
    off_t torn_size;
    bool torn;      /* the log ends within a line of ours */
    bool line_open; /* the log ends within a line of somebody else's */
    bool owns_fd;
    atomic_bool lost; /* lines that max_bytes had no room for: told once more at the end */
};

static struct sink *sink_of(struct pipelens_transport *t) { return (struct sink *)(void *)t; }

/* ---- under guard.io: bytes into the log ---- */

static off_t log_size(const struct sink *s)
{
    struct stat st;
    return s->to.regular && fstat(s->to.fd, &st) == 0 ? st.st_size : -1;
}

/* What was written last ended within a line? Then the log's size tells later whether it still ends there. */
static void note_torn(struct sink *s, const char *bytes, size_t done, bool was_torn)
{
    s->torn = done ? bytes[done - 1] != '\n' : was_torn;
    if (s->torn && done) s->torn_size = log_size(s);
}

/* Another process has written behind our half of a line: that half is ended, and the line begun anew. */
static int mend(struct sink *s)
{
    size_t done;
    bool alone = s->torn && s->gone && (!s->to.regular || log_size(s) == s->torn_size);
    if ((!s->torn && !s->line_open) || alone) return 0;
    int error = pl_write_all(&s->to, "\n", 1, &done);
    if (error) return error;
    s->torn = s->line_open = false;
    while (s->gone && s->going.data[s->gone - 1] != '\n') s->gone--;
    return 0;
}

/* Writes what is going. */
static int write_going(struct sink *s)
{
    size_t done = 0, left = s->going.len - s->gone;
    int error = left ? mend(s) : 0;
    if (!left || error) return error;
    left = s->going.len - s->gone;
    error = pl_write_all(&s->to, s->going.data + s->gone, left, &done);
    note_torn(s, s->going.data + s->gone, done, s->torn);
    s->gone += done;
    if (s->gone == s->going.len) {
        s->gone = s->going.len = 0;
        return 0;
    }
    /* lines that went whole are dropped, so that `going` stays small and begins with a line */
    size_t line = s->gone;
    while (line && s->going.data[line - 1] != '\n') line--;
    memmove(s->going.data, s->going.data + line, s->going.len - line);
    s->going.len -= line;
    s->gone -= line;
    return error;
}

/* Keeps what could not be written, up to the limit. */
static int keep(struct sink *s, const char *lines, size_t length)
{
    bool fits = length <= s->max_bytes && s->going.len <= s->max_bytes - length;
    if (fits) pl_text_put(&s->going, lines, length);
    int error = fits ? s->going.error : ENOBUFS;
    s->going.error = 0;
    if (error) atomic_store(&s->lost, true);
    return error;
}

static int write_at_once(struct sink *s, const char *lines, size_t length)
{
    size_t done = 0;
    int error = write_going(s);
    if (!error) error = mend(s);
    if (!error) error = pl_write_all(&s->to, lines, length, &done);
    if (!error) return 0;
    if (done) note_torn(s, lines, done, false);
    int kept = keep(s, lines, length);
    if (!kept && done) s->gone = done;
    if (kept && done) {
        s->line_open |= s->torn; /* nobody will complete it */
        s->torn = false;
    }
    return kept ? kept : error;
}

/* ---- buffering ---- */

/* Writes what is held, until nothing is left or an error comes. */
static int drain(struct sink *s)
{
    int error;
    pthread_mutex_lock(&s->guard.io);
    for (;;) {
        error = write_going(s);
        if (error) break;
        pthread_mutex_lock(&s->guard.lock);
        struct pl_text empty = s->going;
        s->going = s->held;
        s->held = empty;
        pthread_mutex_unlock(&s->guard.lock);
        if (!s->going.len) break;
    }
    pthread_mutex_unlock(&s->guard.io);
    return error;
}

static void wait_until(struct sink *s, int64_t ms)
{
    struct timespec t = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
    pthread_cond_timedwait(&s->wake, &s->guard.lock, &t);
}

static void *flusher(void *context)
{
    struct sink *s = context;
    int error = 0;
    pthread_mutex_lock(&s->guard.lock);
    while (!s->stop) {
        if (!s->held.len && !error) {
            pthread_cond_wait(&s->wake, &s->guard.lock);
            continue;
        }
        int64_t due = (error ? pl_now_ms() : s->first_held_ms) + s->flush_ms;
        while (!s->stop && pl_now_ms() < due && (error || s->held.len < s->flush_bytes)) wait_until(s, due);
        pthread_mutex_unlock(&s->guard.lock);
        error = drain(s);
        pthread_mutex_lock(&s->guard.lock);
        s->thread_error = error;
    }
    pthread_mutex_unlock(&s->guard.lock);
    return NULL;
}

/* Locked. The host's signals are not for this thread. */
static void start_thread(struct sink *s)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    s->has_thread = pthread_create(&s->thread, NULL, flusher, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int write_buffered(struct sink *s, const char *lines, size_t length)
{
    pthread_mutex_lock(&s->guard.lock);
    bool fits = length <= s->max_bytes && s->held.len <= s->max_bytes - length;
    if (!fits) {
        pthread_mutex_unlock(&s->guard.lock);
        drain(s);
        pthread_mutex_lock(&s->guard.lock);
        fits = length <= s->max_bytes && s->held.len <= s->max_bytes - length;
    }
    bool first = !s->held.len, was_full = s->held.len >= s->flush_bytes;
    if (fits) pl_text_put(&s->held, lines, length);
    int error = fits ? s->held.error ? s->held.error : s->thread_error : ENOBUFS;
    if (!fits || s->held.error) atomic_store(&s->lost, true);
    s->held.error = s->thread_error = 0;
    if (first && s->flush_ms) s->first_held_ms = pl_now_ms();
    if (s->flush_ms && !s->has_thread) start_thread(s);
    bool full = s->held.len >= s->flush_bytes, behind = s->held.len / 4 >= s->flush_bytes;
    if (s->has_thread && (first || (full && !was_full))) pthread_cond_signal(&s->wake);
    bool write_now = s->has_thread ? behind : full;
    pthread_mutex_unlock(&s->guard.lock);
    int write_error = write_now ? drain(s) : 0;
    return error ? error : write_error;
}

/* ---- the transport ---- */

static int sink_write(struct pipelens_transport *t, struct pipelens_run *run, const char *lines, size_t length)
{
    struct sink *s = sink_of(t);
    (void)run;
    int before = pl_guard_shield(), error;
    if (s->flush_bytes) {
        error = write_buffered(s, lines, length);
    } else {
        pthread_mutex_lock(&s->guard.io);
        error = write_at_once(s, lines, length);
        pthread_mutex_unlock(&s->guard.io);
    }
    pl_guard_unshield(before);
    return error;
}

static int sink_flush(struct pipelens_transport *t)
{
    int before = pl_guard_shield();
    int error = drain(sink_of(t));
    pl_guard_unshield(before);
    return error;
}

/* The last try: a pipe that is full for the moment is waited for. */
static int drain_patiently(struct sink *s)
{
    int64_t until = pl_now_ms() + LAST_WAIT_MS;
    int error = drain(s);
    while (error == EAGAIN && pl_now_ms() < until) {
        struct pollfd p = { .fd = s->to.fd, .events = POLLOUT };
        poll(&p, 1, 100);
        error = drain(s);
    }
    return error;
}

static int sink_close(struct pipelens_transport *t)
{
    struct sink *s = sink_of(t);
    int before = pl_guard_shield();
    pthread_mutex_lock(&s->guard.lock);
    bool has_thread = s->has_thread;
    s->stop = true;
    if (has_thread) pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->guard.lock);
    if (has_thread) pthread_join(s->thread, NULL);
    int error = drain_patiently(s);
    if (!error && s->lost) error = ENOBUFS;
    pl_guard_end(&s->guard);
    if (s->owns_fd && close(s->to.fd) != 0 && !error && errno != EINTR) error = errno;
    pthread_cond_destroy(&s->wake);
    pl_text_free(&s->held);
    pl_text_free(&s->going);
    free(s);
    pl_guard_unshield(before);
    return error;
}

static struct sink *sink_of_guard(struct pl_guard *guard)
{
    return (struct sink *)(void *)((char *)guard - offsetof(struct sink, guard));
}

static int make_condition(pthread_cond_t *ret_condition)
{
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error) return error;
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (!error) error = pthread_cond_init(ret_condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return error;
}

/* What is held is the parent's to write. The thread was not forked. */
static void in_child(struct pl_guard *guard)
{
    struct sink *s = sink_of_guard(guard);
    s->held.len = s->going.len = s->gone = 0;
    s->line_open |= s->torn;
    s->torn = s->has_thread = false;
    s->thread_error = 0;
    make_condition(&s->wake); /* the parent's may have waiters, which are not here */
}

static void at_exit(struct pl_guard *guard)
{
    struct sink *s = sink_of_guard(guard);
    pthread_mutex_lock(&s->guard.io);
    s->to.until_ms = pl_now_ms() + EXIT_WAIT_MS;
    pthread_mutex_unlock(&s->guard.io);
    drain(s);
}

/* Takes the descriptor over when `owns` and no error comes. */
static int make_sink(int fd, bool owns, const struct pipelens_buffering *b, struct pipelens_transport **ret_transport)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return errno;
    struct sink *s = calloc(1, sizeof *s);
    if (!s) return ENOMEM;
    s->functions = (struct pipelens_transport){ .write = sink_write, .flush = sink_flush, .close = sink_close };
    pl_writer_begin(&s->to, fd);
    s->owns_fd = owns;
    s->max_bytes = b && b->max_bytes ? b->max_bytes : MAX_BYTES;
    if (b) s->flush_ms = b->flush_ms;
    if (b) s->flush_bytes = b->flush_bytes ? b->flush_bytes : b->flush_ms ? FLUSH_BYTES : 0;
    if (s->flush_bytes) s->max_bytes = s->max_bytes / 2 + 1; /* one half held, one half going */
    int error = make_condition(&s->wake);
    if (!error) {
        error = pl_guard_begin(&s->guard, in_child, at_exit); /* last: from now on an exit finds it */
        if (error) pthread_cond_destroy(&s->wake);
    }
    if (error) {
        free(s);
        return error;
    }
    *ret_transport = &s->functions;
    return 0;
}

/* Does the file end within a line, which a crash has torn? One that may not be read is taken to be whole. */
static bool ends_in_line(int fd)
{
    struct stat st;
    char last;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) return false;
    return pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

/* A program that was started without standard streams must not find its own output in the log. */
static int above_standard(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO) return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), error = errno;
    close(fd);
    errno = error;
    return higher;
}

/* A FIFO is opened for writing alone, because who also reads would never notice that nobody else does; and without
 * waiting for a reader, which may never come. */
static int open_log(const char *path, int *ret_fd)
{
    struct stat st;
    int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;
    bool there = stat(path, &st) == 0, fifo = there && S_ISFIFO(st.st_mode), readable = !there || S_ISREG(st.st_mode);
    int fd = open(path, flags | (fifo ? O_NONBLOCK : 0) | (readable ? O_RDWR : O_WRONLY), 0666);
    if (fd < 0 && readable && errno == EACCES) fd = open(path, flags | O_WRONLY, 0666);
    *ret_fd = above_standard(fd);
    if (*ret_fd < 0) return errno;
    if (fifo) fcntl(*ret_fd, F_SETFL, fcntl(*ret_fd, F_GETFL) & ~O_NONBLOCK);
    return 0;
}

int pipelens_transport_file(const char *path, const struct pipelens_buffering *buffering,
                            struct pipelens_transport **ret_transport)
{
    int fd;
    if (!ret_transport) return EINVAL;
    *ret_transport = NULL;
    if (!path || !*path) return EINVAL;
    int error = open_log(path, &fd);
    if (error) return error;
    bool torn = ends_in_line(fd);
    error = make_sink(fd, true, buffering, ret_transport);
    if (error) close(fd);
    else sink_of(*ret_transport)->line_open = torn;
    return error;
}

int pipelens_transport_fd(int fd, const struct pipelens_buffering *buffering, struct pipelens_transport **ret_transport)
{
    if (!ret_transport) return EINVAL;
    *ret_transport = NULL;
    return make_sink(fd, false, buffering, ret_transport);
}

int pipelens_transport_flush(struct pipelens_transport *transport)
{
    if (!transport) return EINVAL;
    return transport->flush ? transport->flush(transport) : 0;
}

int pipelens_transport_close(struct pipelens_transport *transport)
{
    if (!transport) return EINVAL;
    return transport->close ? transport->close(transport) : 0;
}
