/* SPDX-License-Identifier: MIT
 *
 *      fork ──► child: signals as they were, standard error, execvp ─(cannot: errno into shared memory)─► _exit
 *        │
 *      parent: sleeps in ppoll on the captured standard error, or on nothing; only there signals come
 *
 * No descriptor is needed for any of it: the command must run also where there are none left.
 * fork and not vfork or posix_spawn: the kernel counts what a process was before exec into its peak memory, which is
 * little after fork and all of this program else; and a command that is to ignore SIGCHLD needs code of ours before
 * exec.
 */
#define _GNU_SOURCE /* ppoll, wait4 */
#include "cli/exec_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GUESSED_DESCRIPTORS = 1024 }; /* where /proc does not tell */

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
static volatile sig_atomic_t told_to_end, leads_session, typed;

void child_prepare(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, standard = { .sa_handler = SIG_DFL };
    for (int i = 0; i < OWN_COUNT; i++)
        sigaction(own_signals[i], own_signals[i] == SIGCHLD ? &standard : &ignore, &inherited[i]);
}

/* What the terminal sends goes to the whole process group and reaches the command by itself, but for the hangup, which
 * goes to the leader of the session alone. What another process sends (kill, sigqueue) is for the command. That it was
 * sent to the whole group as well cannot be seen. */
static bool is_sent(const siginfo_t *info) { return info->si_code == SI_USER || info->si_code < 0; }

static void on_signal(int number, siginfo_t *info, void *context)
{
    int error = errno;
    (void)context;
    if (number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM) told_to_end = 1;
    if ((number == SIGINT || number == SIGQUIT) && !is_sent(info)) typed = number;
    bool passes = is_sent(info) || (number == SIGHUP && leads_session);
    if (child > 0 && number != SIGCHLD && passes) kill((pid_t)child, number);
    errno = error;
}

/* Stops this process as its parent expects it of one that is told to stop, and the command before it. */
static void on_stop(int number, siginfo_t *info, void *context)
{
    struct sigaction standard = { .sa_handler = SIG_DFL }, ours;
    sigset_t stop;
    int error = errno;
    (void)context;
    if (child > 0 && is_sent(info)) kill((pid_t)child, number);
    sigemptyset(&stop);
    sigaddset(&stop, number);
    sigaction(number, &standard, &ours);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &stop, NULL); /* from here to SIGCONT it stands still */
    sigaction(number, &ours, NULL);
    errno = error;
}

/* No SA_RESTART: a write to a standard error that nobody reads must come back. */
static void take_signals(void)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO }, before;
    sigfillset(&action.sa_mask);
    leads_session = getsid(0) == getpid();
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) sigaction(passed_on[i], &action, NULL);
#ifdef SIGRTMIN
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) sigaction(number, &action, NULL);
#endif
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    action.sa_sigaction = on_stop;
    if (sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGTSTP, &action, NULL);
}

/* In the child. Handlers of this program go away by themselves with exec; what was ignored stays so. */
static _Noreturn void become(char *const *words, const struct capture *c, const sigset_t *mask, int *report)
{
    for (int i = 0; i < OWN_COUNT; i++) sigaction(own_signals[i], &inherited[i], NULL);
    if (!c || dup2(c->child_fd, STDERR_FILENO) >= 0) {
        sigprocmask(SIG_SETMASK, mask, NULL);
        execvp(words[0], words);
    }
    *report = errno;
    _exit(127);
}

/* Has the child ended? Then it is reaped. No signal comes meanwhile, to be passed on: its process id could be
 * another's. */
static bool reap(struct ended *ret)
{
    pid_t got = wait4((pid_t)child, &ret->status, WNOHANG, &ret->usage);
    if (got == 0) return false;
    child = 0;
    if (got < 0) ret->lost = errno;
    return true;
}

bool child_is_over(void)
{
    siginfo_t info = { 0 };
    if (!told_to_end) return false;
    return !child || (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0);
}

/* All signals are blocked here, so that none is missed between looking for the child's end and waiting for it. */
static void attend(struct capture *c, const sigset_t *open, struct ended *ret)
{
    sigset_t blocked;
    while (!reap(ret)) {
        struct pollfd source = { .fd = c ? c->fd : -1, .events = POLLIN };
        int ready = ppoll(&source, 1, NULL, open);
        if (c) capture_follow_size(c);
        if (ready <= 0) continue; /* a signal; or a moment without memory */
        sigprocmask(SIG_SETMASK, open, &blocked);
        capture_pass(c);
        sigprocmask(SIG_SETMASK, &blocked, NULL);
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

static void close_inherited(int fd)
{
    int flags = fd > STDERR_FILENO ? fcntl(fd, F_GETFD) : FD_CLOEXEC;
    if (flags >= 0 && !(flags & FD_CLOEXEC)) close(fd);
}

/* Nor for us to close what else we have inherited: pipes that tell that somebody is ready, locks. All that is our own
 * is closed by exec, and nothing of what came through one is. */
static void let_go_of_others(void)
{
    DIR *open_ones = opendir("/proc/self/fd");
    for (int fd = STDERR_FILENO + 1; !open_ones && fd < GUESSED_DESCRIPTORS; fd++) close_inherited(fd);
    if (!open_ones) return;
    for (struct dirent *entry; (entry = readdir(open_ones));) close_inherited((int)strtol(entry->d_name, NULL, 10));
    closedir(open_ones);
}

struct ended child_run(char *const *words, struct capture *c)
{
    struct ended ended = { 0 };
    sigset_t all, before, none;
    int *report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) return (struct ended){ .error = errno };
    sigfillset(&all);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) become(words, c, &before, report);
    if (pid < 0) ended.error = errno;
    child = (sig_atomic_t)(pid < 0 ? 0 : pid);
    take_signals();
    if (pid > 0) {
        let_go_of_streams();
        let_go_of_others();
        if (c) capture_release_child(c);
        attend(c, &none, &ended);
        ended.error = *report;
        if (!ended.lost && WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == typed) ended.typed = typed;
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (pid > 0 && c) capture_drain(c);
    munmap(report, sizeof *report);
    return ended;
}

/* A limit of 0 would not keep a program from being given the core; 1 is too little for a file and for a program. */
void child_share_end(int number)
{
    struct rlimit no_core;
    sigset_t one;
    if (getrlimit(RLIMIT_CORE, &no_core) == 0) {
        no_core.rlim_cur = no_core.rlim_max < 1 ? no_core.rlim_max : 1;
        setrlimit(RLIMIT_CORE, &no_core);
    }
    signal(number, SIG_DFL);
    raise(number);
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
}
