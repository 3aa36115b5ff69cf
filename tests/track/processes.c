/* SPDX-License-Identifier: MIT
 *
 * Several processes append to one file: runs of their own, and one run that all of them join.
 */
#include "cases.h"

#include <sys/resource.h>
#include <signal.h>

enum { PROCESSES = 8, STEPS = 400 };

#define LOG "processes.ndjson"

/* Lines of very different lengths, up to several pages. */
static void work(struct pipelens_step *parent, int process)
{
    static char text[20000];
    memset(text, 'a' + process, sizeof text);
    for (int i = 0; i < STEPS; i++) {
        char name[32];
        snprintf(name, sizeof name, "p%d_%d", process, i);
        struct pipelens_step *step = pipelens_step_begin(parent, name);
        expect_int(pipelens_step_record(step, "text", pipelens_text(text, (size_t)(i % 20) * 1000)), 0);
        expect_int(pipelens_step_end(step), 0);
    }
}

static void run_own(int process, const struct pipelens_buffering *buffering)
{
    struct pipelens_run *run;
    struct pipelens_transport *transport;
    char id[32];
    snprintf(id, sizeof id, "run-%d", process);
    need(pipelens_transport_file(LOG, buffering, &transport) == 0);
    struct pipelens_options options = { .name = "own", .run_id = id, .transport = transport };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    work(pipelens_run_root(run), process);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
}

static void run_joined(int process, const char *step_id)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .run_id = "joined", .log = LOG };
    need(pipelens_run_join(&options, step_id, "main.shared", &run) == 0);
    expect_int(pipelens_run_start(run), 0);
    work(pipelens_run_root(run), process);
    expect_int(pipelens_step_record(pipelens_run_root(run), "joined", pipelens_int(process)), 0);
    expect_int(pipelens_step_end(pipelens_run_root(run)), 0);
    expect_int(pipelens_run_free(run), 0);
}

/* Who opens the log while another writes may end that line once more: an empty line is no damage. */
static size_t broken_lines(const struct lines *l)
{
    size_t broken = l->torn;
    for (size_t i = 0; i < l->count; i++) broken += l->line[i][0] && !line_is_whole(l->line[i]);
    return broken;
}

/* Both lines of every step are there, of the right run (NULL: its process's own), with an id of its own and the
 * letter of its process. */
static void check_log(const char *run, const char *parent, size_t others)
{
    struct lines l = lines_in(LOG);
    size_t starts = 0, finishes = 0, mixed = 0;
    for (size_t i = 0; i < l.count; i++) {
        struct field name = field_of(l.line[i], "name"), run_id = field_of(l.line[i], "runId");
        int process = 0, step = 0;
        if (sscanf(name.text, "p%d_%d", &process, &step) != 2) continue;
        char own[32], letter[2] = { (char)('a' + process), '\0' };
        snprintf(own, sizeof own, "run-%d", process);
        mixed += strcmp(run_id.text, run ? run : own) != 0;
        if (parent) mixed += strcmp(field_of(l.line[i], "parentId").text, parent) != 0;
        starts += strstr(l.line[i], START) != NULL;
        finishes += strstr(l.line[i], FINISH) != NULL;
        const char *text = strstr(l.line[i], "\"text\":\"");
        if (text) mixed += strspn(text + 8, letter) != (size_t)(step % 20) * 1000;
    }
    expect_int(broken_lines(&l), 0);
    expect_int(mixed, 0);
    expect_int(starts, PROCESSES * STEPS);
    expect_int(finishes, PROCESSES * STEPS);
    expect_int(distinct_ids(&l), PROCESSES * STEPS + others);
    lines_free(&l);
}

static void wait_for_all(const pid_t *children)
{
    for (int i = 0; i < PROCESSES; i++) expect_int(wait_for(children[i]), 0);
}

static void own_runs_with(const struct pipelens_buffering *buffering)
{
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            run_own(i, buffering);
            _exit(0);
        }
    }
    wait_for_all(children);
    check_log(NULL, NULL, PROCESSES);
}

static void own_runs(void) { own_runs_with(NULL); }

static void own_runs_buffered(void)
{
    static const struct pipelens_buffering buffering = { .flush_bytes = 30000, .flush_ms = 2 };
    own_runs_with(&buffering);
}

static void joined_run(void)
{
    pid_t children[PROCESSES];
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "main", .run_id = "joined", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            run_joined(i, pipelens_step_id(shared));
            _exit(0);
        }
    }
    wait_for_all(children);
    struct field id;
    snprintf(id.text, sizeof id.text, "%s", pipelens_step_id(shared));
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    check_log("joined", id.text, 2);
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, "\"type\":\"pipeline\"", NULL), 2); /* its start and its finish, by the first process */
    expect_int(lines_with(&l, FINISH, "\"name\":\"shared\""), 1);
    expect_int(lines_with(&l, "\"recordKey\":\"joined\"", id.text), PROCESSES);
    lines_free(&l);
}

/* What a command finds in its environment. */
static void by_environment(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "main", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    char **environment = pipelens_step_environment(shared);
    need(environment != NULL);
    pid_t child = fork();
    if (child == 0) {
        struct pipelens_run *inner;
        struct pipelens_options empty = { .name = "inner" };
        for (char **e = environment; *e; e++) putenv(*e);
        need(chdir("/") == 0); /* the log is found from anywhere */
        need(pipelens_run_from_environment(&empty, &inner) == 0);
        expect_text(pipelens_run_id(inner), pipelens_run_id(run));
        expect_text(pipelens_step_id(pipelens_run_root(inner)), pipelens_step_id(shared));
        expect_text(pipelens_step_key(pipelens_run_root(inner)), "main.shared");
        expect_int(pipelens_run_start(inner), 0);
        expect_int(pipelens_step_end(pipelens_step_begin(pipelens_run_root(inner), "below")), 0);
        expect_int(pipelens_run_free(inner), 0);
        _exit(0);
    }
    expect_int(wait_for(child), 0);
    free(environment);
    struct field id;
    snprintf(id.text, sizeof id.text, "%s", pipelens_step_id(shared));
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_text(field_of(line_with(&l, START, "\"name\":\"below\""), "parentId").text, id.text);
    expect_text(field_of(line_with(&l, START, "\"name\":\"below\""), "key").text, "main.shared.below");
    lines_free(&l);
}

/* A joined run is never finished by the process that joins: what would be written then is written at once. */
static void joined_at_finish(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "main", .run_id = "joined", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct pipelens_run *joined;
        options.write = PIPELENS_FINISH;
        need(pipelens_run_join(&options, pipelens_step_id(pipelens_run_root(run)), "main", &joined) == 0);
        expect_int(pipelens_run_start(joined), 0);
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(joined), "of the joined");
        expect_int(pipelens_step_record(step, "k", pipelens_string("v")), 0);
        expect_int(pipelens_step_log(step, PIPELENS_INFO, "message"), 0);
        expect_int(pipelens_step_end(step), 0);
        expect_int(pipelens_run_free(joined), 0);
        _exit(0);
    }
    expect_int(wait_for(child), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(l.count, 4 + 4);
    expect_int(lines_with(&l, START, "of the joined"), 1);
    expect_int(lines_with(&l, FINISH, "\"k\":\"v\""), 1);
    expect_int(lines_with(&l, "\"operation\":\"log\"", "message"), 1);
    expect_int(lines_with(&l, "\"type\":\"pipeline\"", NULL), 2);
    lines_free(&l);
}

/* The process that has begun a run is gone without a word; another one finishes it. */
static void finished_by_another(void)
{
    struct field id;
    struct timespec now;
    pid_t child = fork();
    if (child == 0) {
        struct pipelens_run *run;
        struct pipelens_options options = { .name = "main", .run_id = "joined", .log = LOG };
        need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
        pipelens_step_end(pipelens_step_begin(pipelens_run_root(run), "of the first"));
        _exit(0);
    }
    expect_int(wait_for(child), 0);
    struct lines before = lines_in(LOG);
    id = field_of(line_with(&before, START, "\"name\":\"main\""), "id");
    double start = number_of(before.line[0], "startTs");
    lines_free(&before);
    sleep_us(20000);
    struct pipelens_run *run;
    struct pipelens_options options = { .run_id = "joined", .log = LOG };
    need(pipelens_run_join(&options, id.text, "main", &run) == 0);
    expect_int(pipelens_step_record(pipelens_run_root(run), "late", pipelens_int(1)), 0);
    expect_int(pipelens_step_fail(pipelens_run_root(run), "Lost", "the first process is gone"), 0);
    expect_int(pipelens_run_finish_joined(run, (int64_t)(start * 1000 + 0.5)), 0);
    expect_int(pipelens_run_free(run), 0);
    clock_gettime(CLOCK_REALTIME, &now);
    struct lines l = lines_in(LOG);
    const char *finish = line_with(&l, FINISH, "\"name\":\"main\"");
    expect_text(field_of(finish, "id").text, id.text);
    expect_text(field_of(finish, "error").text, "the first process is gone");
    expect(number_of(finish, "startTs") == start && number_of(finish, "timeUsageMs") >= 20);
    expect(number_of(finish, "endTs") <= (double)now.tv_sec * 1000 + 1000);
    expect_int(lines_with(&l, "\"type\":\"pipeline\",\"operation\":\"finish\"", "\"status\":\"failed\"}"), 1);
    expect_int(lines_with(&l, "\"operation\":\"finish\"", "\"late\":1"), 2);
    lines_free(&l);
}

/* A crash has torn the last line. Of many that open the log then, none loses a line. */
static void after_a_torn_line(void)
{
    static const char torn[] = "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"torn\",\"step\":{\"id\":\"";
    file_put("torn.log", torn, strlen(torn));
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct pipelens_run *run;
            struct pipelens_options options = { .name = "own", .log = "torn.log" };
            need(pipelens_run_new(&options, &run) == 0);
            expect_int(pipelens_run_free(run), 0);
            _exit(0);
        }
    }
    wait_for_all(children);
    struct lines l = lines_in("torn.log");
    expect_text(l.line[0], torn);
    expect_int(broken_lines(&l), 1);
    expect_int(lines_with(&l, "\"name\":\"own\"", NULL), PROCESSES * 4);
    lines_free(&l);
}

/* One process is cut off in the middle of a line by a full disk, others write behind it, then there is room again: the
 * line is written anew as a whole. */
static void behind_half_a_line(void)
{
    struct pipelens_run *run;
    struct rlimit limit, small;
    struct pipelens_options options = { .name = "first", .run_id = "first", .log = "half.log" };
    need(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    signal(SIGXFSZ, SIG_IGN);
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct stat st;
    need(stat("half.log", &st) == 0);
    small = (struct rlimit){ .rlim_cur = (rlim_t)st.st_size + 50, .rlim_max = limit.rlim_max };
    need(setrlimit(RLIMIT_FSIZE, &small) == 0);
    struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "cut");
    expect(step != NULL);
    expect_int(pipelens_run_errors(run), 1);
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct pipelens_run *other;
        struct pipelens_options options_of_other = { .name = "second", .run_id = "second", .log = "half.log" };
        need(pipelens_run_new(&options_of_other, &other) == 0);
        expect_int(pipelens_run_free(other), 0);
        _exit(0);
    }
    expect_int(wait_for(child), 0);
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in("half.log");
    expect_int(broken_lines(&l), 1); /* the first half, once */
    expect_int(lines_with(&l, START, "\"name\":\"cut\""), 1);
    expect_int(lines_with(&l, FINISH, "\"name\":\"cut\""), 1);
    expect_int(lines_with(&l, "\"type\":\"pipeline\"", "\"second\""), 2);
    lines_free(&l);
}

static const struct test_case cases[] = {
    { "own_runs", "8 processes, each with its own run: no line is mixed with another", own_runs },
    { "own_runs_buffered", "the same through buffers", own_runs_buffered },
    { "joined_run", "8 processes join one run: its steps are children of the joined one", joined_run },
    { "joined_at_finish", "a process that joins and asks for one line at the finish writes at once", joined_at_finish },
    { "by_environment", "a process joins the run that its environment names", by_environment },
    { "finished_by_another", "a process finishes a run that another one has begun", finished_by_another },
    { "after_a_torn_line", "8 processes open a log with a torn last line and lose nothing", after_a_torn_line },
    { "behind_half_a_line", "half a line that others have written behind is written anew", behind_half_a_line },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
