/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE   700 /* pseudoterminals */
#define _DEFAULT_SOURCE     /* window sizes */
#include "cli/exec_capture.h"

#include "cli/exec_child.h"
#include "model/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    CHUNK = 16384,
    CONTEXT = 8192,     /* kept before the tail: in it a secret may begin that would not be known for one else */
    DRAIN_MAX = 1 << 20 /* as much as a pipe can hold: a process left behind may write for ever */
};

/* A pseudoterminal like the terminal that standard error is, but one that passes bytes as they are: the real one makes
 * line ends of them. */
static bool open_terminal(struct capture *c)
{
    struct termios settings;
    c->fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (c->fd < 0) return false;
    fcntl(c->fd, F_SETFD, FD_CLOEXEC);
    const char *name = grantpt(c->fd) == 0 && unlockpt(c->fd) == 0 ? ptsname(c->fd) : NULL;
    c->child_fd = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (c->child_fd < 0) {
        close(c->fd);
        return false;
    }
    if (tcgetattr(STDERR_FILENO, &settings) == 0) {
        settings.c_oflag &= ~(tcflag_t)OPOST;
        tcsetattr(c->child_fd, TCSANOW, &settings);
    }
    return true;
}

static bool open_pipe(struct capture *c)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    c->fd = ends[0];
    c->child_fd = ends[1];
    fcntl(c->fd, F_SETFD, FD_CLOEXEC);
    fcntl(c->child_fd, F_SETFD, FD_CLOEXEC);
    return true;
}

bool capture_begin(struct capture *c, size_t limit)
{
    *c = (struct capture){ .limit = limit, .last = BUF_INIT };
    c->terminal = isatty(STDERR_FILENO) && open_terminal(c);
    if (!c->terminal && !open_pipe(c)) return false;
    capture_follow_size(c);
    return true;
}

void capture_release_child(struct capture *c)
{
    close(c->child_fd);
    c->child_fd = -1;
}

void capture_follow_size(struct capture *c)
{
    struct winsize real, its;
    if (!c->terminal || c->fd < 0 || ioctl(STDERR_FILENO, TIOCGWINSZ, &real) != 0) return;
    if (ioctl(c->fd, TIOCGWINSZ, &its) == 0 && memcmp(&real, &its, sizeof real) == 0) return;
    ioctl(c->fd, TIOCSWINSZ, &real);
}

static void close_source(struct capture *c)
{
    close(c->fd);
    c->fd = -1;
}

/* When nothing can be written the command's words are still kept. But when nobody reads any more, the command must
 * notice that, as it would without us. */
static void write_out(struct capture *c, const char *bytes, size_t count)
{
    while (count && !c->deaf) {
        ssize_t n = write(STDERR_FILENO, bytes, count);
        if (n > 0) {
            bytes += n;
            count -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
            if (poll(&p, 1, -1) < 0 && child_is_over()) c->deaf = true;
        } else {
            c->deaf = n == 0 || errno != EINTR || child_is_over();
            if (n < 0 && errno == EPIPE) close_source(c);
        }
    }
}

static void keep(struct capture *c, const char *bytes, size_t count)
{
    size_t most = c->limit + CONTEXT;
    c->total += count;
    buf_put(&c->last, str_of(bytes, count));
    if (c->last.len < 2 * most) return;
    memmove(c->last.ptr, c->last.ptr + c->last.len - most, most);
    c->last.len = most;
}

void capture_pass(struct capture *c)
{
    char chunk[CHUNK];
    ssize_t n = read(c->fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) { /* a pseudoterminal ends with EIO */
        close_source(c);
        return;
    }
    keep(c, chunk, (size_t)n);
    write_out(c, chunk, (size_t)n);
}

void capture_drain(struct capture *c)
{
    uint64_t most = c->total + DRAIN_MAX;
    while (c->fd >= 0 && c->total < most) {
        struct pollfd p = { .fd = c->fd, .events = POLLIN };
        int ready = poll(&p, 1, 0);
        if (ready == 0) return;
        if (ready > 0) capture_pass(c);
    }
}

/* Secrets are masked before anything is cut: a part of one would not be known for it. */
static void mask(struct capture *c)
{
    struct buf masked = BUF_INIT;
    for (size_t i = 0; i < c->last.len; i++)
        if (!c->last.ptr[i]) c->last.ptr[i] = '\xff';
    redact_text(buf_str(&c->last), &masked);
    buf_free(&c->last);
    c->last = masked;
}

struct str capture_tail(struct capture *c)
{
    bool dropped = c->total > c->last.len;
    mask(c);
    size_t kept = c->last.len, from = kept > c->limit ? kept - c->limit : 0;
    struct str tail = str_skip(buf_str(&c->last), from);
    bool cut = from > 0 || dropped, whole = from > 0 && c->last.ptr[from - 1] == '\n';
    while (tail.len && (tail.ptr[tail.len - 1] == '\n' || tail.ptr[tail.len - 1] == '\r')) tail.len--;
    if (!cut) return tail;
    size_t line = str_find(tail, '\n');
    if (!whole && line + 1 < tail.len) return str_skip(tail, line + 1);
    for (int i = 0; i < 3 && tail.len && ((unsigned char)tail.ptr[0] & 0xC0) == 0x80; i++) tail = str_skip(tail, 1);
    return tail;
}

/* No signal ends it: it goes when the last one who can write has gone. */
static _Noreturn void pass_for_others(struct capture *c)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    c->limit = 0;
    while (c->fd >= 0) capture_pass(c);
    _exit(0);
}

void capture_end(struct capture *c)
{
    bool begun = c->child_fd < 0; /* else nobody but us has it, and would not be heard to the end */
    if (!begun) capture_release_child(c);
    if (begun && c->fd >= 0 && fork() == 0) pass_for_others(c);
    if (c->fd >= 0) close(c->fd);
    buf_free(&c->last);
}
