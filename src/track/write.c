/* SPDX-License-Identifier: MIT */
#include "track/write.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool pl_may_break(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static int write_all(int fd, const char *bytes, size_t count, size_t *ret_done)
{
    while (*ret_done < count) {
        ssize_t n = write(fd, bytes + *ret_done, count - *ret_done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return EIO;
        *ret_done += (size_t)n;
    }
    return 0;
}

/* SIGPIPE is kept from this thread; the one that an EPIPE has made is taken, unless one was waiting before. */
static int write_unbroken(int fd, const char *bytes, size_t count, size_t *ret_done)
{
    sigset_t broken, before, pending;
    const struct timespec at_once = { 0 };
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    if (pthread_sigmask(SIG_BLOCK, &broken, &before) != 0) return EINVAL;
    int error = write_all(fd, bytes, count, ret_done);
    if (error == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&broken, NULL, &at_once) < 0 && errno == EINTR) continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

int pl_write_all(int fd, bool may_break, const char *bytes, size_t count, size_t *ret_done)
{
    *ret_done = 0;
    return may_break ? write_unbroken(fd, bytes, count, ret_done) : write_all(fd, bytes, count, ret_done);
}
