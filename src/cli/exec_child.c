/* SPDX-License-Identifier: MIT
 *
 *      fork ──► child: signals as they were, standard error, execvp ─(cannot: errno through `report`)─► _exit
 *        │
 *      parent: sleeps in poll on two descriptors: `wake`, which every signal writes to, and the captured standard error
 *
 * fork and not vfork or posix_spawn: the kernel counts what a process was before exec into its peak memory, which is
 * little after fork and all of this program else; and a command that is to ignore SIGCHLD needs code of ours before
 * exec.
 */
#define _DEFAULT_SOURCE /* wait4 */
#include "cli/exec_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Signals that must not end this process while it writes the log, or of which it must be told. */
static const int own_signals[] = { SIGCHLD, SIGPIPE, SIGXFSZ };
enum { OWN_COUNT = sizeof own_signals / sizeof *own_signals };
static struct sigaction inherited[OWN_COUNT];

static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH,
#ifdef SIGPWR
                                 SIGPWR,
#endif
                                 SIGIO };

static volatile sig_atomic_t child; /* 0 before and after */
static volatile sig_atomic_t told_to_end, leads_session;
static int wake[2];

void child_prepare(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, standard = { .sa_handler = SIG_DFL };
    for (int i = 0; i < OWN_COUNT; i++)
        sigaction(own_signals[i], own_signals[i] == SIGCHLD ? &standard : &ignore, &inherited[i]);
}

/* What the terminal sends goes to the whole process group and reaches the command by itself, but for the hangup, which
 * goes to the leader of the session alone. What another process sends (kill, sigqueue) is for the command. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    int error = errno;
    bool sent = info->si_code == SI_USER || info->si_code < 0;
    (void)context;
    if (number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM) told_to_end = 1;
    if (child > 0 && number != SIGCHLD && (sent || (number == SIGHUP && leads_session))) kill((pid_t)child, number);
    ssize_t unused = write(wake[1], "", 1); /* when the pipe is full there is enough to wake up by */
    (void)unused;
    errno = error;
}

/* No SA_RESTART: a write to a standard error that nobody reads must come back. */
static void take_signals(void)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
    sigfillset(&action.sa_mask);
    leads_session = getsid(0) == getpid();
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) sigaction(passed_on[i], &action, NULL);
#ifdef SIGRTMIN
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) sigaction(number, &action, NULL);
#endif
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
}

static bool make_pipe(int fds[2], bool waits)
{
    if (pipe(fds) != 0) return false;
    for (int i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        if (!waits) fcntl(fds[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

/* In the child. Handlers of this program go away by themselves with exec; what was ignored stays so. */
static _Noreturn void become(char *const *words, const struct capture *c, const sigset_t *mask, int report)
{
    for (int i = 0; i < OWN_COUNT; i++) sigaction(own_signals[i], &inherited[i], NULL);
    if (!c || dup2(c->child_fd, STDERR_FILENO) >= 0) {
        sigprocmask(SIG_SETMASK, mask, NULL);
        execvp(words[0], words);
    }
    int error = errno;
    ssize_t unused = write(report, &error, sizeof error);
    (void)unused;
    _exit(127);
}

/* Has the child ended? Then it is reaped. No signal may be passed on meanwhile: its process id could be another's. */
static bool reap(struct ended *ret)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t got = wait4((pid_t)child, &ret->status, WNOHANG, &ret->usage);
    if (got != 0) child = 0;
    if (got < 0) ret->error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return got != 0;
}

bool child_is_over(void)
{
    siginfo_t info = { 0 };
    if (!told_to_end) return false;
    return !child || (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0);
}

static void attend(struct capture *c, struct ended *ret)
{
    char bytes[64];
    while (!reap(ret)) {
        struct pollfd waiting[] = { { .fd = wake[0], .events = POLLIN }, { .fd = c ? c->fd : -1, .events = POLLIN } };
        if (poll(waiting, 2, -1) < 0) continue; /* a signal; or a moment without memory */
        while (read(wake[0], bytes, sizeof bytes) > 0) {
        }
        if (c) capture_follow_size(c);
        if (waiting[1].revents) capture_pass(c);
    }
}

/* Whoever waits for the end of the command's standard output, or for its input to be closed, must not wait for us. */
static void let_go_of_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return;
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (null > STDERR_FILENO) close(null);
}

static int read_report(int report)
{
    int error = 0;
    ssize_t got;
    do got = read(report, &error, sizeof error);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof error ? error : 0;
}

struct ended child_run(char *const *words, struct capture *c)
{
    struct ended ended = { 0 };
    sigset_t all, before, none;
    int report[2];
    if (!make_pipe(wake, false)) return (struct ended){ .error = errno };
    if (!make_pipe(report, true)) return (struct ended){ .error = errno };
    sigfillset(&all);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) become(words, c, &before, report[1]);
    int error = pid < 0 ? errno : 0;
    close(report[1]);
    child = (sig_atomic_t)(pid < 0 ? 0 : pid);
    take_signals();
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (pid > 0) {
        let_go_of_streams();
        if (c) capture_release_child(c);
        error = read_report(report[0]);
        attend(c, &ended);
        if (c) capture_drain(c);
    }
    close(report[0]);
    if (error) ended.error = error;
    return ended;
}
