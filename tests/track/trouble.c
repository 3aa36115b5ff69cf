/* SPDX-License-Identifier: MIT
 *
 * A log that cannot be written, for a while or for ever: the program goes on, each error is returned, counted and told,
 * and the log is whole again once there is room.
 */
#include "cases.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#define LOG "trouble.ndjson"

struct told {
    unsigned int errors, without_words;
    int last;
};

static void take_error(struct pipelens_run *run, int error, const char *what, void *user)
{
    struct told *told = user;
    told->errors++;
    told->without_words += !what || !*what;
    told->last = error;
    expect(pipelens_run_errors(run) > 0); /* nothing is locked */
}

static struct pipelens_run *run_to(struct pipelens_transport *transport, struct told *told)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "trouble", .on_error = take_error, .on_error_user = told };
    if (transport) options.transport = transport;
    else options.log = LOG;
    need(pipelens_run_new(&options, &run) == 0);
    return run;
}

/* Begins, tells of and ends a step; returns how many of the calls had the error. A begin returns none. */
static unsigned int work(struct pipelens_run *run, int n, int error)
{
    char name[32];
    snprintf(name, sizeof name, "s%d", n);
    struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), name);
    const int results[] = { pipelens_step_record(step, "text",
                                                 pipelens_string("0123456789012345678901234567890123456789")),
                            pipelens_step_log(step, PIPELENS_WARN, "message of %s", name), pipelens_step_end(step) };
    unsigned int failed = 0;
    expect(step != NULL);
    for (size_t i = 0; i < LENGTH(results); i++)
        if (expect(results[i] == 0 || results[i] == error)) failed += results[i] != 0;
    return failed;
}

/* All four lines of the steps from 0 on, once and in order, and no other line that is broken. */
static void check_lines(struct lines *l, int steps)
{
    size_t expected = 0;
    expect(lines_are_whole(l));
    for (size_t i = 0; i < l->count; i++) {
        const char *key = strstr(l->line[i], "\"key\":\"trouble.s");
        if (!key) continue;
        int step = atoi(strchr(key, '.') + 2);
        expect_int(step, expected / 4);
        expected++;
    }
    expect_int(expected, steps * 4);
    expect_int(lines_with(l, START, NULL), steps + 1);
    expect_int(lines_with(l, FINISH, NULL), steps + 1);
    lines_free(l);
}

static void check_log(const char *path, int steps)
{
    struct lines l = lines_in(path);
    check_lines(&l, steps);
}

/* ---- no room ---- */

/* The file may become no longer than it is and so many bytes; SIZE_MAX: as long as it likes. */
static void limit_size(size_t more)
{
    struct rlimit limit;
    struct stat st = { 0 };
    stat(LOG, &st);
    signal(SIGXFSZ, SIG_IGN);
    need(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = more == SIZE_MAX ? limit.rlim_max : (rlim_t)st.st_size + more;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* The disk is full at every place of a line in turn, and has room again. */
static void disk_full(void)
{
    struct told told = { 0 };
    struct pipelens_run *run = run_to(NULL, &told);
    int steps = 0;
    unsigned int failed = 0;
    need(pipelens_run_start(run) == 0);
    for (size_t room = 0; room < 700; room += 7) {
        limit_size(room);
        for (int i = 0; i < 2; i++) failed += work(run, steps++, EFBIG);
        expect_int(told.last, EFBIG);
        limit_size(SIZE_MAX);
        failed += work(run, steps++, 0);
    }
    /* 8 lines that do not fit into 0 to 700 bytes: most calls fail, and a begin that does is counted as well */
    expect(failed > 400 && told.errors >= failed);
    expect_int(told.errors, pipelens_run_errors(run));
    expect_int(told.without_words, 0);
    expect_int(pipelens_run_free(run), 0);
    check_log(LOG, steps);
}

static bool is_pending(int number)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, number) == 1;
}

/* The signal that comes with a limit of file sizes ends a program that does not know of it. A buffer is written by its
 * own thread too. */
static void limit_of_sizes_with(const struct pipelens_buffering *buffering)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct rlimit limit;
    int steps = 0;
    unlink(LOG);
    need(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = 3333;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    need(pipelens_transport_file(LOG, buffering, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    need(pipelens_run_start(run) == 0);
    while (told.last != EFBIG && steps < 1000) work(run, steps++, EFBIG);
    for (int i = 0; i < 3; i++) work(run, steps++, EFBIG);
    expect_int(pipelens_transport_flush(transport), EFBIG);
    expect_int(told.last, EFBIG);
    expect(!is_pending(SIGXFSZ));
    /* one that was sent by another stays */
    sigset_t ours, before;
    sigemptyset(&ours);
    sigaddset(&ours, SIGXFSZ);
    need(pthread_sigmask(SIG_BLOCK, &ours, &before) == 0 && raise(SIGXFSZ) == 0);
    work(run, steps++, EFBIG);
    expect_int(pipelens_transport_flush(transport), EFBIG);
    if (expect(is_pending(SIGXFSZ))) expect_int(sigwaitinfo(&ours, NULL), SIGXFSZ);
    need(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    limit.rlim_cur = limit.rlim_max;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    work(run, steps++, EFBIG);
    expect_int(pipelens_transport_flush(transport), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    check_log(LOG, steps);
}

static void limit_of_sizes(void)
{
    static const struct pipelens_buffering by_size = { .flush_bytes = 1000 }, by_time = { .flush_ms = 1 };
    struct sigaction action;
    expect(sigaction(SIGXFSZ, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    limit_of_sizes_with(NULL);
    limit_of_sizes_with(&by_size);
    limit_of_sizes_with(&by_time);
}

/* Each call says so, none of them ends anything, and closing says that lines were lost. */
static void no_room_ever(void)
{
    struct told told = { 0 };
    struct pipelens_transport *full;
    int fd = open("/dev/full", O_WRONLY);
    need(fd >= 0 && pipelens_transport_fd(fd, NULL, &full) == 0);
    struct pipelens_run *run = run_to(full, &told);
    expect_int(pipelens_run_start(run), ENOSPC);
    for (int i = 0; i < 100; i++) expect_int(work(run, i, ENOSPC), 3);
    /* the start, a begin and three calls for each step */
    expect_int(told.errors, 1 + 4 * 100);
    expect_int(pipelens_run_errors(run), 1 + 4 * 100);
    expect_int(told.last, ENOSPC);
    char *kept = pipelens_step_output_new(pipelens_run_root(run), PIPELENS_FLATTENED, NULL);
    expect(kept && strstr(kept, "\"name\":\"s99\"")); /* what was told is kept in memory */
    free(kept);
    expect_int(pipelens_run_finish(run), ENOSPC);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(full), ENOSPC);
    need(pipelens_transport_file("/dev/full", NULL, &full) == 0);
    close(fd);
    run = run_to(full, &told);
    expect_int(pipelens_run_free(run), ENOSPC);
    expect_int(pipelens_transport_close(full), ENOSPC);
}

/* More is lost than can be kept: ENOBUFS, whole lines only, and closing still knows it. */
static void too_much_to_keep(void)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .max_bytes = 5000 };
    need(pipelens_transport_file(LOG, &buffering, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    need(pipelens_run_start(run) == 0);
    limit_size(100);
    for (int i = 0; i < 50; i++) {
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "some");
        int error = pipelens_step_end(step);
        expect(error == EFBIG || error == ENOBUFS);
    }
    expect_int(told.last, ENOBUFS);
    expect_int(pipelens_run_errors(run), 100);
    limit_size(SIZE_MAX);
    expect_int(pipelens_step_end(pipelens_step_begin(pipelens_run_root(run), "after")), 0);
    expect_int(pipelens_run_free(run), 0);
    expect(pipelens_transport_close(transport) != 0);
    struct lines l = lines_in(LOG);
    expect(lines_are_whole(&l));
    size_t kept = lines_with(&l, "\"name\":\"some\"", NULL);
    expect(kept >= 10 && kept < 50);
    expect_int(lines_with(&l, "\"name\":\"after\"", NULL), 2);
    lines_free(&l);
}

/* A line alone is larger than what may be kept: without room it is lost, but not the next. */
static void one_large_line(void)
{
    static char large[20000];
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .max_bytes = 5000 };
    need(pipelens_transport_file("large.log", &buffering, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    need(pipelens_run_start(run) == 0);
    struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "s0");
    memset(large, 'x', sizeof large);
    struct rlimit limit;
    need(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    signal(SIGXFSZ, SIG_IGN);
    limit.rlim_cur = 10000;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    expect_int(pipelens_step_record(step, "large", pipelens_text(large, sizeof large)), ENOBUFS);
    limit.rlim_cur = limit.rlim_max;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    expect_int(pipelens_step_log(step, PIPELENS_INFO, "after"), 0);
    expect_int(pipelens_run_free(run), 0);
    pipelens_transport_close(transport);
    struct lines l = lines_in("large.log");
    size_t broken = 0;
    for (size_t i = 0; i < l.count; i++) broken += !line_is_whole(l.line[i]);
    expect_int(broken, 1);
    expect(!l.torn);
    expect_int(lines_with(&l, "\"message\":\"after\"", NULL), 1);
    lines_free(&l);
}

/* A buffer that cannot be written is kept; a later flush brings it out. */
static void buffered_with(unsigned int flush_ms)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = 1000, .flush_ms = flush_ms };
    need(pipelens_transport_file(LOG, &buffering, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    need(pipelens_run_start(run) == 0);
    limit_size(500);
    for (int i = 0; i < 50; i++) work(run, i, EFBIG);
    expect_int(pipelens_transport_flush(transport), EFBIG);
    expect_int(pipelens_run_finish(run), EFBIG);
    expect(told.errors > 0 && told.last == EFBIG);
    limit_size(SIZE_MAX);
    expect_int(pipelens_transport_flush(transport), 0);
    check_log(LOG, 50);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    check_log(LOG, 50);
}

static void buffered(void) { buffered_with(0); }
static void buffered_by_time(void) { buffered_with(2); }

/* One of several transports fails: the others have every line. */
static void one_of_several(void)
{
    struct told told = { 0 };
    struct pipelens_transport *both[2], *fan_out;
    need(pipelens_transport_file("/dev/full", NULL, &both[0]) == 0);
    need(pipelens_transport_file(LOG, NULL, &both[1]) == 0);
    need(pipelens_transport_fan_out(both, 2, &fan_out) == 0);
    struct pipelens_run *run = run_to(fan_out, &told);
    expect_int(pipelens_run_start(run), ENOSPC);
    for (int i = 0; i < 10; i++) expect_int(work(run, i, ENOSPC), 3);
    expect_int(pipelens_run_free(run), ENOSPC);
    expect_int(pipelens_transport_close(fan_out), ENOSPC);
    check_log(LOG, 10);
}

/* ---- descriptors ---- */

static void closed_descriptor(void)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    int fd = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0666);
    need(fd >= 0 && pipelens_transport_fd(fd, NULL, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    expect_int(pipelens_run_start(run), 0);
    work(run, 0, 0);
    close(fd);
    expect_int(work(run, 1, EBADF), 3);
    expect_int(told.errors, 4);
    need(open(LOG, O_WRONLY | O_APPEND) == fd);
    expect_int(work(run, 2, 0), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    close(fd);
    check_log(LOG, 3);
}

struct pipe_reader {
    pthread_t thread;
    int fd;
    size_t bytes;  /* at once */
    long pause_us; /* between */
    char *text;
    size_t length;
};

static void *read_slowly(void *user)
{
    struct pipe_reader *r = user;
    size_t cap = 1 << 20;
    r->text = malloc(cap + 1);
    for (;;) {
        if (cap - r->length < r->bytes) r->text = realloc(r->text, (cap *= 2) + 1);
        need(r->text != NULL);
        ssize_t n = read(r->fd, r->text + r->length, r->bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        r->length += (size_t)n;
        sleep_us(r->pause_us);
    }
    r->text[r->length] = '\0';
    return NULL;
}

/* A small pipe and who reads it; returns the end that is written to. */
static int pipe_to(struct pipe_reader *r, size_t bytes, long pause_us, sigset_t *blocked)
{
    int ends[2];
    sigset_t before;
    *r = (struct pipe_reader){ .bytes = bytes, .pause_us = pause_us };
    need(pipe(ends) == 0);
    r->fd = ends[0];
    pthread_sigmask(SIG_BLOCK, blocked, &before); /* the signals are for the writer */
    need(pthread_create(&r->thread, NULL, read_slowly, r) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ends[1];
}

static void check_pipe(struct pipe_reader *r, int fd, int steps)
{
    close(fd);
    pthread_join(r->thread, NULL);
    close(r->fd);
    struct lines l = lines_of(r->text);
    check_lines(&l, steps);
}

static atomic_uint signals;
static void count_signal(int number)
{
    (void)number;
    atomic_fetch_add(&signals, 1);
}

/* Signals without SA_RESTART interrupt the writes into a pipe that is nearly always full. */
static void interrupted(void)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct pipe_reader reader;
    struct sigaction action = { .sa_handler = count_signal };
    const struct itimerval storm = { { 0, 300 }, { 0, 300 } }, calm = { { 0, 0 }, { 0, 0 } };
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    int fd = pipe_to(&reader, 4096, 200, &alarms);
    need(pipelens_transport_fd(fd, NULL, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    need(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &storm, NULL) == 0);
    expect_int(pipelens_run_start(run), 0);
    int steps = 0;
    while (steps < 3000 || (atomic_load(&signals) <= 50 && steps < 100000)) work(run, steps++, 0);
    expect_int(pipelens_run_free(run), 0);
    setitimer(ITIMER_REAL, &calm, NULL);
    expect_int(pipelens_transport_close(transport), 0);
    expect_int(told.errors, 0);
    expect(atomic_load(&signals) > 50);
    check_pipe(&reader, fd, steps);
}

/* A pipe that does not block takes pieces of lines: EAGAIN, and the rest of the line goes first next time. */
static void non_blocking(void)
{
    struct told told = { 0 };
    struct pipelens_transport *transport;
    struct pipe_reader reader;
    static char large[9000];
    sigset_t none;
    sigemptyset(&none);
    int fd = pipe_to(&reader, 5000, 300, &none);
    need(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    need(pipelens_transport_fd(fd, NULL, &transport) == 0);
    struct pipelens_run *run = run_to(transport, &told);
    expect_int(pipelens_run_start(run), 0);
    memset(large, 'x', sizeof large);
    for (int i = 0; i < 500; i++) {
        int error = pipelens_step_record(pipelens_run_root(run), "large", pipelens_text(large, sizeof large));
        expect(error == 0 || error == EAGAIN);
        work(run, i, EAGAIN);
    }
    expect(told.errors > 0 && told.last == EAGAIN);
    /* closing waits some seconds for what does not go into the pipe at once: no more than a line, for a slow reader */
    double until = seconds() + PATIENCE_S;
    int error = EAGAIN;
    while (error == EAGAIN && seconds() < until) {
        error = pipelens_transport_flush(transport);
        sleep_us(1000);
    }
    expect_int(error, 0);
    for (int i = 0; i < 10000 && !error; i++)
        error = pipelens_step_record(pipelens_run_root(run), "large", pipelens_text(large, sizeof large));
    expect_int(error, EAGAIN);
    pipelens_run_free(run);
    expect_int(pipelens_transport_close(transport), 0);
    check_pipe(&reader, fd, 500);
}

/* Who reads has gone: an error like others, no signal that ends the program. */
static void nobody_reads(void)
{
    int ends[2];
    for (int i = 0; i < 2; i++) {
        struct told told = { 0 };
        struct pipelens_transport *transport;
        need(i ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 : pipe(ends) == 0);
        need(pipelens_transport_fd(ends[1], NULL, &transport) == 0);
        struct pipelens_run *run = run_to(transport, &told);
        close(ends[0]);
        expect_int(pipelens_run_start(run), EPIPE);
        work(run, 0, EPIPE);
        expect_int(told.errors, 5);
        expect_int(pipelens_run_free(run), EPIPE);
        expect_int(pipelens_transport_close(transport), EPIPE);
        close(ends[1]);
    }
    sigset_t pending;
    expect(sigpending(&pending) == 0 && !sigismember(&pending, SIGPIPE));
    struct sigaction action;
    expect(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
}

/* ---- what is told ---- */

static void tell_again(struct pipelens_run *run, int error, const char *what, void *user)
{
    unsigned int *calls = user;
    if (++*calls > 1000) _exit(3); /* before the stack is used up */
    pipelens_step_log(pipelens_run_root(run), PIPELENS_ERROR, "%s: %s", what, strerror(error));
}

/* Whoever writes each error into the log that has it is not told without end. */
static void error_in_error(void)
{
    unsigned int calls = 0;
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "trouble", .log = "/dev/full", .on_error = tell_again };
    options.on_error_user = &calls;
    need(pipelens_run_new(&options, &run) == 0);
    expect_int(pipelens_run_start(run), ENOSPC);
    expect_int(pipelens_run_free(run), ENOSPC);
    expect(calls > 0 && calls < 20);
}

/* Refused values are errors of the run too, and the step goes on. */
static void refused_values(void)
{
    struct told told = { 0 };
    struct pipelens_run *run = run_to(NULL, &told);
    need(pipelens_run_start(run) == 0);
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_step_record(root, "k", pipelens_json("{]")), EINVAL);
    expect_int(pipelens_step_record(root, "k", pipelens_file("not there", 100)), ENOENT);
    expect_int(pipelens_step_set_result(root, pipelens_json("01")), EINVAL);
    expect_int(pipelens_step_set_state(root, pipelens_json("")), EINVAL);
    expect_int(pipelens_llm_track(root, "[]"), EINVAL);
    expect_int(pipelens_run_errors(run), 5);
    expect_int(told.errors, 5);
    expect_int(told.without_words, 0);
    work(run, 0, 0);
    expect_int(pipelens_run_free(run), 0);
    check_log(LOG, 1);
}

static const struct test_case cases[] = {
    { "disk_full", "a disk that is full in every part of a line: all is there once it has room", disk_full },
    { "limit_of_sizes", "a limit of file sizes sends no signal, takes none, and the log is whole when it is raised",
      limit_of_sizes },
    { "no_room_ever", "/dev/full: each call returns the error, counts it, tells it; closing says what was lost",
      no_room_ever },
    { "too_much_to_keep", "more than max_bytes to keep: ENOBUFS, whole lines, closing says so", too_much_to_keep },
    { "one_large_line", "a line larger than max_bytes that did not fit costs no other line", one_large_line },
    { "buffered", "a buffer that cannot be written is written later", buffered },
    { "buffered_by_time", "the same with a thread that flushes", buffered_by_time },
    { "one_of_several", "a transport that fails costs the others nothing", one_of_several },
    { "closed_descriptor", "a closed descriptor: EBADF, and all lines once it is open again", closed_descriptor },
    { "interrupted", "writes that are interrupted by signals lose nothing and say nothing", interrupted },
    { "non_blocking", "a pipe that takes pieces of lines gets all of them", non_blocking },
    { "nobody_reads", "a pipe or socket that nobody reads any more: EPIPE, the program lives", nobody_reads },
    { "error_in_error", "writing an error into the log that has it comes to an end", error_in_error },
    { "refused_values", "values that are refused are returned, counted and told", refused_values },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
