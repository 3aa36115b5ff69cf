/* SPDX-License-Identifier: MIT
 *
 * The library is a guest: its host may cancel threads, end while a pipe is full, start without standard streams, name a
 * FIFO that nobody reads, and lives on.
 */
#include "cases.h"

#include <pthread.h>
#include <signal.h>

#define LOG "guest.ndjson"

static struct pipelens_run *run_to(struct pipelens_transport *transport)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "guest", .transport = transport };
    if (!transport) options.log = LOG;
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

static void work(struct pipelens_step *parent)
{
    struct pipelens_step *step = pipelens_step_begin(parent, "step");
    expect_int(pipelens_step_record(step, "k", pipelens_int(1)), 0);
    expect_int(pipelens_step_end(step), 0);
}

/* Leaves no room in a pipe. */
static void fill(int fd)
{
    need(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    while (write(fd, "\n", 1) > 0) continue;
    need(errno == EAGAIN && fcntl(fd, F_SETFL, 0) == 0);
}

static void full_pipe(int ends[2])
{
    need(pipe(ends) == 0);
    fill(ends[1]);
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* ---- cancelled threads ---- */

static void *record_files_until_cancelled(void *user)
{
    while (user) {
        pipelens_step_record(user, "file", pipelens_file("/proc/self/stat", 100));
        pthread_testcancel();
    }
    return NULL;
}

static void *record_until_cancelled(void *user)
{
    while (user) {
        pipelens_step_record(user, "text", pipelens_string("0123456789012345678901234567890123456789"));
        pthread_testcancel();
    }
    return NULL;
}

static void cancel_while_recording(struct pipelens_transport *transport)
{
    enum { ROUNDS = 40 };
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *root = pipelens_run_root(run);
    work(root);
    size_t before = open_descriptors();
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread;
        void *result;
        need(pthread_create(&thread, NULL, i % 2 ? record_until_cancelled : record_files_until_cancelled, root) == 0);
        sleep_us(i * 37 % 500);
        need(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
        expect(result == PTHREAD_CANCELED);
        work(root);
        expect_int(pipelens_transport_flush(transport), 0);
    }
    expect_int(open_descriptors(), before);
    expect_int(pipelens_run_errors(run), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    struct lines l = lines_in(LOG);
    expect(lines_are_whole(&l));
    expect_int(lines_with(&l, FINISH, "\"name\":\"step\""), ROUNDS + 1);
    lines_free(&l);
}

static void cancelled(void)
{
    struct pipelens_transport *transport;
    alarm(PATIENCE_S);
    need(pipelens_transport_file(LOG, NULL, &transport) == 0);
    cancel_while_recording(transport);
}

static void cancelled_buffered(void)
{
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = 500 };
    alarm(PATIENCE_S);
    need(pipelens_transport_file(LOG, &buffering, &transport) == 0);
    cancel_while_recording(transport);
}

/* Within a write that waits for the reader of a pipe. */
static void cancelled_in_pipe(void)
{
    struct pipelens_transport *transport;
    static char text[1 << 17];
    int ends[2];
    pthread_t thread;
    void *result;
    alarm(PATIENCE_S);
    need(pipe(ends) == 0 && pipelens_transport_fd(ends[1], NULL, &transport) == 0);
    struct pipelens_run *run = run_to(transport);
    need(read(ends[0], text, sizeof text) > 0);
    fill(ends[1]);
    need(pthread_create(&thread, NULL, record_until_cancelled, pipelens_run_root(run)) == 0);
    sleep_us(50000);
    need(pthread_cancel(thread) == 0);
    sleep_us(50000);
    need(read(ends[0], text, sizeof text) > 0);
    need(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
    work(pipelens_run_root(run));
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    close(ends[1]);
    ssize_t length = read(ends[0], text, sizeof text - 1);
    need(length > 0);
    text[length] = '\0';
    struct lines l = lines_of(strdup(text + strspn(text, "\n")));
    expect(lines_are_whole(&l));
    expect_int(lines_with(&l, FINISH, "\"name\":\"step\""), 1);
    lines_free(&l);
    close(ends[0]);
}

/* ---- the end of the process ---- */

/* `use` in a process of its own, which then calls exit(). */
static pid_t begin_exit(void (*use)(void))
{
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_S);
        use();
        exit(atomic_load(failures) != 0);
    }
    return child;
}

static double exit_after(void (*use)(void))
{
    double begun = seconds();
    expect_int(wait_for(begin_exit(use)), 0);
    return seconds() - begun;
}

static void hold_for_full_pipe(unsigned int flush_ms)
{
    static char text[200000];
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = 1 << 20, .flush_ms = flush_ms };
    int ends[2];
    full_pipe(ends);
    need(pipelens_transport_fd(ends[1], &buffering, &transport) == 0);
    struct pipelens_run *run = run_to(transport);
    memset(text, 'x', sizeof text);
    expect_int(pipelens_step_record(pipelens_run_root(run), "text", pipelens_text(text, sizeof text)), 0);
    if (flush_ms) sleep_us(50000); /* the thread waits for the pipe */
}

static void hold_lines(void) { hold_for_full_pipe(0); }
static void hold_lines_with_thread(void) { hold_for_full_pipe(1); }

static void hold_run(void)
{
    struct pipelens_transport *console;
    int ends[2];
    full_pipe(ends);
    need(pipelens_transport_console(ends[1], &console) == 0);
    work(pipelens_run_root(run_to(console)));
}

/* What goes into a pipe without waiting does go. */
static void hold_for_reader(void)
{
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = 1 << 20 };
    need(mkfifo("fifo", 0666) == 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    need(reader >= 0 && fcntl(reader, F_SETFD, 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        need(pipelens_transport_file("fifo", &buffering, &transport) == 0);
        struct pipelens_run *run = run_to(transport);
        for (int i = 0; i < 20; i++) work(pipelens_run_root(run));
        exit(0);
    }
    expect_int(wait_for(child), 0);
    static char text[1 << 16];
    ssize_t length = read(reader, text, sizeof text - 1);
    need(length > 0);
    struct lines l = lines_of(strdup(text));
    expect(lines_are_whole(&l));
    expect_int(lines_with(&l, FINISH, NULL), 20);
    lines_free(&l);
    close(reader);
}

static void nobody_reads(void)
{
    void (*const uses[])(void) = { hold_lines, hold_lines_with_thread, hold_run };
    pid_t children[LENGTH(uses)];
    double begun = seconds();
    for (size_t i = 0; i < LENGTH(uses); i++) children[i] = begin_exit(uses[i]);
    for (size_t i = 0; i < LENGTH(uses); i++) expect_int(wait_for(children[i]), 0);
    expect(seconds() - begun < PATIENCE_S / 2);
    hold_for_reader();
}

enum { CREATORS = 3 };

/* Runs come and go, each with a transport that holds lines. */
static void *create_and_free(void *user)
{
    static atomic_uint number;
    for (;;) {
        char path[32];
        struct pipelens_transport *transport;
        struct pipelens_buffering buffering = { .flush_bytes = 1 << 16 };
        snprintf(path, sizeof path, "run%u.log", atomic_fetch_add(&number, 1) % 8);
        need(pipelens_transport_file(path, &buffering, &transport) == 0);
        struct pipelens_run *run = run_to(transport);
        work(pipelens_run_root(run));
        expect_int(pipelens_run_free(run), 0);
        expect_int(pipelens_transport_close(transport), 0);
    }
    return user;
}

static void create_in_threads(void)
{
    for (int i = 0; i < CREATORS; i++) {
        pthread_t thread;
        need(pthread_create(&thread, NULL, create_and_free, NULL) == 0);
        pthread_detach(thread);
    }
    sleep_us(20000);
}

static void *close_late(void *user)
{
    struct pipelens_transport *transport = user;
    pipelens_transport_flush(transport); /* waits for the pipe */
    pipelens_transport_close(transport);
    return NULL;
}

static void *read_late(void *user)
{
    static char text[1 << 16];
    int *end = user;
    sleep_us(300000);
    while (read(*end, text, sizeof text) > 0) continue;
    return NULL;
}

/* exit() waits for the lock of a transport that its thread closes and frees as soon as it has it no more. */
static void close_at_exit(void)
{
    static int ends[2];
    pthread_t closer, reader;
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = 1 << 20 };
    full_pipe(ends);
    need(pipelens_transport_fd(ends[1], &buffering, &transport) == 0);
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "guest", .transport = transport, .write = PIPELENS_REAL_TIME };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    need(pthread_create(&closer, NULL, close_late, transport) == 0);
    need(pthread_create(&reader, NULL, read_late, &ends[0]) == 0);
    pthread_detach(closer);
    pthread_detach(reader);
    sleep_us(100000);
}

static void others_create_runs(void)
{
    for (int i = 0; i < 10; i++) expect(exit_after(create_in_threads) < PATIENCE_S / 2);
    expect(exit_after(close_at_exit) < PATIENCE_S / 2);
}

/* ---- descriptors ---- */

static void without_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) close(fd);
    struct pipelens_run *run = run_to(NULL);
    for (int fd = 0; fd <= 2; fd++) expect(fcntl(fd, F_GETFD) < 0 && errno == EBADF);
    /* what the host then says is not found in the log */
    need(open("own", O_RDWR | O_CREAT, 0666) == 0 && dup(0) == 1 && dup(0) == 2);
    printf("said by the host\n");
    fflush(stdout);
    work(pipelens_run_root(run));
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(l.count, 7);
    expect(lines_are_whole(&l));
    lines_free(&l);
    char *said = file_from("own", 0, NULL);
    expect_text(said, "said by the host\n");
    free(said);
}

static void closed_streams(void)
{
    pid_t child = fork();
    if (child == 0) {
        without_standard_streams();
        exit(atomic_load(failures) != 0);
    }
    expect_int(wait_for(child), 0);
}

static void fifo(void)
{
    static char text[1 << 16];
    struct pipelens_transport *transport;
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "guest", .log = "log" };
    alarm(PATIENCE_S);
    need(mkfifo("log", 0666) == 0);
    double begun = seconds();
    expect_int(pipelens_run_new(&options, &run), ENXIO);
    expect_int(pipelens_transport_file("log", NULL, &transport), ENXIO);
    expect(seconds() - begun < PATIENCE_S / 2);
    int reader = open("log", O_RDONLY | O_NONBLOCK);
    need(reader >= 0 && pipelens_run_new(&options, &run) == 0);
    work(pipelens_run_root(run));
    expect_int(pipelens_run_free(run), 0);
    ssize_t length = read(reader, text, sizeof text - 1);
    need(length > 0);
    struct lines l = lines_of(strdup(text));
    expect_int(l.count, 7);
    expect(lines_are_whole(&l));
    lines_free(&l);
    /* a reader that is slow is waited for, one that goes is noticed */
    need(pipelens_run_new(&options, &run) == 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_S);
        sleep_us(100000);
        fcntl(reader, F_SETFL, 0);
        for (size_t left = 1 << 20; left;) {
            ssize_t n = read(reader, text, left < sizeof text ? left : sizeof text);
            if (n <= 0) _exit(1);
            left -= (size_t)n;
        }
        _exit(0);
    }
    close(reader);
    memset(text, 'x', sizeof text);
    int error = 0;
    unsigned int calls = 0;
    while (!error && calls < 100000) {
        error = pipelens_step_record(pipelens_run_root(run), "text", pipelens_text(text, 5000));
        calls++;
    }
    expect_int(error, EPIPE);
    expect(calls > 50);
    expect_int(wait_for(child), 0);
    pipelens_run_free(run);
}

static const struct test_case cases[] = {
    { "cancelled", "threads cancelled while they record: the next record by another returns", cancelled },
    { "cancelled_buffered", "the same through a buffer", cancelled_buffered },
    { "cancelled_in_pipe", "a thread cancelled while it waits for a pipe", cancelled_in_pipe },
    { "nobody_reads", "exit with lines held for a pipe that nobody reads", nobody_reads },
    { "others_create_runs", "exit while other threads create and free runs", others_create_runs },
    { "closed_streams", "a host without standard streams finds none of its output in the log", closed_streams },
    { "fifo", "a FIFO without a reader is ENXIO at once, with one it is a log", fifo },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
