/* SPDX-License-Identifier: MIT */
#include "track/write.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 512 }; /* _POSIX_PIPE_BUF: a pipe that is ready takes as much without blocking */

int64_t pl_now_ms(void)
{
    struct timespec t = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void pl_writer_begin(struct pl_writer *w, int fd)
{
    struct stat st;
    struct rlimit limit;
    *w = (struct pl_writer){ .fd = fd };
    if (fstat(fd, &st) != 0) return;
    w->regular = S_ISREG(st.st_mode);
    w->pipe = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
    w->signals = w->pipe || (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY);
}

/* Waits until the pipe is ready, no longer than until `until_ms`. */
static int wait_ready(int fd, int64_t until_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    int64_t left = until_ms - pl_now_ms();
    int ready = poll(&p, 1, left > 0 ? (int)left : 0);
    return ready > 0 || (ready < 0 && errno == EINTR) ? 0 : ETIMEDOUT;
}

static int write_all(const struct pl_writer *w, const char *bytes, size_t count, size_t *ret_done)
{
    while (*ret_done < count) {
        size_t piece = count - *ret_done;
        if (w->until_ms && w->pipe) {
            int late = wait_ready(w->fd, w->until_ms);
            if (late) return late;
            if (piece > PIECE) piece = PIECE;
        }
        ssize_t n = write(w->fd, bytes + *ret_done, piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return EIO;
        *ret_done += (size_t)n;
    }
    return 0;
}

/* The signals that a failing write sends are kept from this thread; one that this write has made is taken, unless one
 * was waiting before. */
static int write_in_silence(const struct pl_writer *w, const char *bytes, size_t count, size_t *ret_done)
{
    sigset_t ours, before, pending;
    const struct timespec at_once = { 0 };
    sigemptyset(&ours);
    sigaddset(&ours, SIGPIPE);
    sigaddset(&ours, SIGXFSZ);
    sigpending(&pending);
    if (pthread_sigmask(SIG_BLOCK, &ours, &before) != 0) return EINVAL;
    int error = write_all(w, bytes, count, ret_done);
    int number = error == EPIPE ? SIGPIPE : error == EFBIG ? SIGXFSZ : 0;
    if (number && !sigismember(&pending, number)) {
        sigemptyset(&ours);
        sigaddset(&ours, number);
        while (sigtimedwait(&ours, NULL, &at_once) < 0 && errno == EINTR) continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

int pl_write_all(const struct pl_writer *w, const char *bytes, size_t count, size_t *ret_done)
{
    *ret_done = 0;
    return w->signals ? write_in_silence(w, bytes, count, ret_done) : write_all(w, bytes, count, ret_done);
}
