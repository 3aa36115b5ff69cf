/* SPDX-License-Identifier: MIT
 *
 * fork() keeps parent and child apart.
 */
#include "cases.h"

#include <pthread.h>
#include <signal.h>

#define LOG "fork.ndjson"

enum ending { BY_EXIT, BY_EXIT_NOW, BY_SIGNAL };

static void leave(enum ending ending)
{
    if (ending == BY_EXIT) exit(0);
    if (ending == BY_SIGNAL) kill(getpid(), SIGKILL);
    _exit(0);
}

static struct pipelens_run *run_to(struct pipelens_transport *transport)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "fork", .transport = transport };
    if (!transport) options.log = LOG;
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

static struct pipelens_transport *buffered_log(size_t bytes, unsigned int ms)
{
    struct pipelens_transport *transport;
    struct pipelens_buffering buffering = { .flush_bytes = bytes, .flush_ms = ms };
    need(pipelens_transport_file(LOG, &buffering, &transport) == 0);
    return transport;
}

/* A step `name` below `parent`, with a record and a message. */
static void work(struct pipelens_step *parent, const char *name)
{
    struct pipelens_step *step = pipelens_step_begin(parent, name);
    expect_int(pipelens_step_record(step, "pid", pipelens_int(getpid())), 0);
    expect_int(pipelens_step_log(step, PIPELENS_INFO, "from %s", name), 0);
    expect_int(pipelens_step_end(step), 0);
}

/* What a process does with the step and run that it has inherited: it ends neither. */
static void act_as_child(struct pipelens_run *run, struct pipelens_step *shared, const char *name)
{
    work(shared, name);
    expect_int(pipelens_step_record(shared, name, pipelens_bool(true)), 0);
    pipelens_step_end(shared);
    pipelens_step_end(pipelens_run_root(run));
    pipelens_run_finish(run);
}

/* Every step of `names` is there once, in four lines, with an id of its own and the shared step as parent. */
static void check_children(const struct lines *l, const char *const *names, size_t count)
{
    struct field shared = field_of(line_with(l, START, "\"name\":\"shared\""), "id");
    for (size_t i = 0; i < count; i++) {
        char name[64], message[64];
        snprintf(name, sizeof name, "\"name\":\"%s\"", names[i]);
        snprintf(message, sizeof message, "\"message\":\"from %s\"", names[i]);
        struct field id = field_of(line_with(l, START, name), "id");
        char told[160];
        snprintf(told, sizeof told, "\"step\":{\"id\":\"%s\"", id.text);
        expect_int(lines_with(l, START, name), 1);
        expect_int(lines_with(l, FINISH, name), 1);
        expect_int(lines_with(l, message, NULL), 1);
        expect_int(lines_with(l, "\"recordKey\":\"pid\"", told), 1);
        expect_text(field_of(line_with(l, START, name), "parentId").text, shared.text);
        expect_text(field_of(line_with(l, FINISH, name), "id").text, id.text);
    }
    expect(lines_are_whole(l));
    expect_int(distinct_ids(l), lines_with(l, START, NULL));
    expect_int(lines_with(l, FINISH, "\"name\":\"shared\""), 1);
    expect_int(lines_with(l, FINISH, "\"name\":\"fork\""), 1);
    expect_int(lines_with(l, "\"type\":\"pipeline\",\"operation\":\"start\"", NULL), 1);
    expect_int(lines_with(l, "\"type\":\"pipeline\",\"operation\":\"finish\"", NULL), 1);
}

/* ---- at once ---- */

static void real_time(void)
{
    static const char *const names[] = { "exit", "exit_now", "killed", "freed" };
    struct pipelens_run *run = run_to(NULL);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        if (child == 0) {
            act_as_child(run, shared, names[i]);
            if (i == 3) pipelens_run_free(run);
            leave(i == 3 ? BY_EXIT : (enum ending)i);
        }
        expect_int(wait_for(child), i == BY_SIGNAL ? 128 + SIGKILL : 0);
    }
    work(shared, "parent");
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    static const char *const all[] = { "exit", "exit_now", "killed", "freed", "parent" };
    struct lines l = lines_in(LOG);
    check_children(&l, all, LENGTH(all));
    lines_free(&l);
}

/* Both go on after the fork, and so does a grandchild: no id is given twice. */
static void own_ids(void)
{
    struct pipelens_run *run = run_to(NULL);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    pid_t child = fork(), grandchild = child ? 0 : fork();
    for (int i = 0; i < 300; i++) work(shared, child ? "parent" : grandchild ? "child" : "grandchild");
    if (!child && grandchild) expect_int(wait_for(grandchild), 0);
    if (!child) _exit(0);
    expect_int(wait_for(child), 0);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, START, NULL), 2 + 3 * 300);
    expect_int(distinct_ids(&l), 2 + 3 * 300);
    expect(lines_are_whole(&l));
    lines_free(&l);
}

/* ---- buffered ---- */

/* The parent holds lines at the fork; the child ends in every way, with and without a flush. */
static void held_lines(void)
{
    static const char *const names[] = { "exit", "flushed" };
    struct pipelens_transport *transport = buffered_log(1 << 20, 0);
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    work(shared, "before");
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        if (child == 0) {
            if (i == 3) leave(BY_EXIT); /* it has done nothing and says nothing */
            work(shared, i < 2 ? names[i] : "lost");
            if (i == 1) expect_int(pipelens_transport_flush(transport), 0);
            leave(i == 0 ? BY_EXIT : BY_EXIT_NOW);
        }
        expect_int(wait_for(child), 0);
    }
    work(shared, "after");
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    static const char *const all[] = { "before", "exit", "flushed", "after" };
    struct lines l = lines_in(LOG);
    check_children(&l, all, LENGTH(all));
    expect_int(lines_with(&l, "\"name\":\"lost\"", NULL), 0);
    lines_free(&l);
}

/* The library's thread does not survive a fork; its work in the child does. */
static void flushed_by_time(void)
{
    static const char *const all[] = { "before", "held", "child", "after" };
    struct pipelens_transport *transport = buffered_log(0, 20);
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    work(shared, "before");
    if (SANITIZED) sleep_us(50000); /* the thread that begins there holds locks of AddressSanitizer */
    work(shared, "held");
    pid_t child = fork();
    if (child == 0) {
        work(shared, "child");
        double until = seconds() + PATIENCE_S;
        for (;;) {
            struct lines l = lines_in(LOG);
            bool there = lines_with(&l, FINISH, "\"name\":\"child\"") > 0;
            lines_free(&l);
            if (there) break;
            need(seconds() < until);
            sleep_us(5000);
        }
        leave(BY_SIGNAL);
    }
    expect_int(wait_for(child), 128 + SIGKILL);
    work(shared, "after");
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    struct lines l = lines_in(LOG);
    check_children(&l, all, LENGTH(all));
    lines_free(&l);
}

/* A child by `return` from main: through test_main, with the run still open and lines held. */
static void returns(void)
{
    struct pipelens_transport *transport = buffered_log(1 << 20, 0);
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    work(shared, "before");
    pid_t child = fork();
    if (child == 0) {
        work(shared, "child");
        return;
    }
    expect_int(wait_for(child), 0);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    static const char *const all[] = { "before", "child" };
    struct lines l = lines_in(LOG);
    check_children(&l, all, LENGTH(all));
    lines_free(&l);
}

/* The console keeps the lines of a run until it is finished, and what is left until the process exits: both only in the
 * process that was told. */
static void console(void)
{
    struct pipelens_transport *transport;
    int fd = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0666);
    need(pipelens_transport_console(fd, &transport) == 0);
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    work(shared, "before");
    pid_t child = fork();
    if (child == 0) {
        work(shared, "child");
        leave(BY_EXIT);
    }
    expect_int(wait_for(child), 0);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    close(fd);
    static const char *const all[] = { "before", "child" };
    struct lines l = lines_in(LOG);
    check_children(&l, all, LENGTH(all));
    lines_free(&l);
}

/* A run that is written at its finish: a child that exits leaves it to its parent. */
static void at_finish(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "fork", .log = LOG, .write = PIPELENS_FINISH };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    work(shared, "before");
    pid_t child = fork();
    if (child == 0) {
        pipelens_step_end(shared);
        pipelens_run_free(run);
        leave(BY_EXIT);
    }
    expect_int(wait_for(child), 0);
    struct lines nothing = lines_in(LOG);
    expect_int(nothing.count, 0);
    lines_free(&nothing);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, "\"type\":\"pipeline\",\"operation\":\"finish\"", "\"name\":\"before\""), 1);
    expect(lines_are_whole(&l));
    lines_free(&l);
}

/* What a child does in such a run it writes itself, when it happens. */
static void at_finish_in_child(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "fork", .log = LOG, .write = PIPELENS_FINISH };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    struct field id = { "" };
    snprintf(id.text, sizeof id.text, "%s", pipelens_step_id(shared));
    work(shared, "before");
    pid_t child = fork();
    if (child == 0) {
        work(shared, "child");
        leave(BY_SIGNAL);
    }
    expect_int(wait_for(child), 128 + SIGKILL);
    struct lines l = lines_in(LOG);
    expect_int(l.count, 4);
    expect_text(field_of(line_with(&l, START, "\"name\":\"child\""), "parentId").text, id.text);
    expect_int(lines_with(&l, "\"recordKey\":\"pid\"", NULL), 1);
    expect_int(lines_with(&l, "\"message\":\"from child\"", NULL), 1);
    expect_int(lines_with(&l, FINISH, "\"name\":\"child\""), 1);
    lines_free(&l);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    l = lines_in(LOG);
    expect_int(lines_with(&l, "\"type\":\"pipeline\"", "\"name\":\"before\""), 1);
    expect_int(lines_with(&l, "\"type\":\"pipeline\"", "\"name\":\"child\""), 0);
    expect(lines_are_whole(&l));
    lines_free(&l);
}

/* A run that nobody has started is not the child's to start, by whatever it does with it. */
static void not_started(void)
{
    for (int i = 0; i < 3; i++) {
        struct pipelens_run *run;
        struct pipelens_options options = { .name = "fork", .log = LOG, .write = (enum pipelens_write)i };
        unlink(LOG);
        need(pipelens_run_new(&options, &run) == 0);
        pid_t child = fork();
        if (child == 0) {
            pipelens_run_start(run);
            pipelens_run_finish(run);
            pipelens_run_free(run);
            leave(BY_EXIT);
        }
        expect_int(wait_for(child), 0);
        child = fork();
        if (child == 0) {
            pipelens_run_free(run);
            leave(BY_EXIT);
        }
        expect_int(wait_for(child), 0);
        struct lines l = lines_in(LOG);
        expect_int(l.count, 0);
        lines_free(&l);
        expect_int(pipelens_run_start(run), 0);
        expect_int(pipelens_run_free(run), 0);
        static const size_t expected[] = { 4, 1, 0 };
        l = lines_in(LOG);
        expect_int(l.count, expected[i]);
        expect(lines_are_whole(&l));
        lines_free(&l);
    }
    unlink(LOG); /* the last one is empty, as it should be */
}

/* What would stand in the finish of a step is refused where that is not written. */
static void not_the_childs(void)
{
    struct pipelens_run *run = run_to(NULL);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    expect_int(pipelens_step_set_result(shared, pipelens_string("the parent's")), 0);
    pid_t child = fork();
    if (child == 0) {
        expect_int(pipelens_step_set_result(shared, pipelens_int(1)), EPERM);
        expect_int(pipelens_step_set_state(shared, pipelens_int(1)), EPERM);
        expect_int(pipelens_step_set_status(shared, PIPELENS_STATUS_CACHED), EPERM);
        expect_int(pipelens_step_fail(shared, "Error", "the child's"), EPERM);
        expect_int(pipelens_step_set_trace(shared, "the child's"), EPERM);
        expect_int(pipelens_step_handled(shared, "Error", "the child's"), EPERM);
        expect_int(pipelens_run_errors(run), 6);
        struct pipelens_step *own = pipelens_step_begin(shared, "own");
        expect_int(pipelens_step_fail(own, "Error", "its own"), 0);
        expect_int(pipelens_step_end(own), 0);
        leave(BY_EXIT);
    }
    expect_int(wait_for(child), 0);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, "the child's", NULL), 0);
    expect_int(lines_with(&l, FINISH, "\"result\":\"the parent's\""), 1);
    expect_int(lines_with(&l, FINISH, "its own"), 1);
    lines_free(&l);
}

/* Lines in memory are those of the process that has them. */
static void memory(void)
{
    struct pipelens_transport *transport;
    need(pipelens_transport_memory(&transport) == 0);
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    pid_t child = fork();
    if (child == 0) {
        work(shared, "child");
        struct lines own = lines_of(pipelens_transport_take(transport, NULL));
        expect_int(own.count, 4);
        expect_int(lines_with(&own, "child", NULL), 4);
        lines_free(&own);
        leave(BY_EXIT_NOW);
    }
    expect_int(wait_for(child), 0);
    struct lines l = lines_of(pipelens_transport_take(transport, NULL));
    expect_int(l.count, 3);
    expect_int(lines_with(&l, "child", NULL), 0);
    lines_free(&l);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
}

/* ---- while other threads write ---- */

/* Not with AddressSanitizer: a child may find the lock of its allocator held by a thread that was not forked. */
#if !SANITIZED

enum { WRITERS = 4, FORKS = 40 };

struct writer {
    struct pipelens_step *shared;
    atomic_bool *done;
    pthread_t thread;
    int number;
    unsigned int steps;
};

static void *write_until_done(void *user)
{
    struct writer *w = user;
    while (!atomic_load(w->done)) {
        char name[32];
        snprintf(name, sizeof name, "w%d_%u", w->number, w->steps++);
        work(w->shared, name);
    }
    return NULL;
}

static void expect_once(const struct lines *l, const char *what, const char *name)
{
    char text[64];
    snprintf(text, sizeof text, "\"name\":\"%s\"", name);
    expect_int(lines_with(l, what, text), 1);
}

static void fork_among_threads(struct pipelens_transport *transport)
{
    atomic_bool done = false;
    struct writer writers[WRITERS];
    char name[32];
    struct pipelens_run *run = run_to(transport);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){ .shared = shared, .done = &done, .number = i };
        need(pthread_create(&writers[i].thread, NULL, write_until_done, &writers[i]) == 0);
    }
    for (int i = 0; i < FORKS; i++) {
        snprintf(name, sizeof name, "child%d", i);
        pid_t child = fork();
        if (child == 0) {
            act_as_child(run, shared, name);
            if (i % 2) pipelens_transport_flush(transport);
            leave(i % 2 ? BY_EXIT_NOW : BY_EXIT);
        }
        expect_int(wait_for(child), 0);
    }
    atomic_store(&done, true);
    size_t steps = 0;
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        steps += writers[i].steps;
    }
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    if (transport) expect_int(pipelens_transport_close(transport), 0);
    struct lines l = lines_in(LOG);
    for (int i = 0; i < FORKS; i++) {
        snprintf(name, sizeof name, "child%d", i);
        expect_once(&l, START, name);
        expect_once(&l, FINISH, name);
    }
    check_children(&l, NULL, 0);
    expect_int(distinct_ids(&l), steps + FORKS + 2);
    expect_int(lines_with(&l, START, NULL), steps + FORKS + 2);
    expect_int(lines_with(&l, FINISH, NULL), steps + FORKS + 2);
    expect_int(lines_with(&l, "\"message\":\"from ", NULL), steps + FORKS);
    lines_free(&l);
}

static void threads_real_time(void) { fork_among_threads(NULL); }
static void threads_buffered(void) { fork_among_threads(buffered_log(5000, 0)); }
static void threads_by_time(void) { fork_among_threads(buffered_log(0, 3)); }
#endif

static const struct test_case cases[] = {
    { "real_time", "children that exit, _exit, are killed, free the run: each line once, the parent ends its steps",
      real_time },
    { "own_ids", "parent, child and grandchild give no id twice", own_ids },
    { "held_lines", "lines held at the fork are written by the parent, the child's by the child", held_lines },
    { "flushed_by_time", "a child's held lines are written in time, though the thread is the parent's",
      flushed_by_time },
    { "returns", "a child that returns from main writes what it held", returns },
    { "console", "on the console each process writes its own lines", console },
    { "at_finish", "a run written at its finish is written by the process that began it", at_finish },
    { "at_finish_in_child", "what a child does in such a run is written at once", at_finish_in_child },
    { "not_started", "a run that was not started at the fork: the child writes nothing of it", not_started },
    { "not_the_childs", "what the child may not set is refused, not lost", not_the_childs },
    { "memory", "lines in memory: the child has its own only", memory },
#if !SANITIZED
    { "threads_real_time", "forks while four threads write at once", threads_real_time },
    { "threads_buffered", "forks while four threads fill a buffer", threads_buffered },
    { "threads_by_time", "forks while four threads write and a fifth flushes", threads_by_time },
#endif
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
