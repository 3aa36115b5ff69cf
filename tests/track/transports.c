/* SPDX-License-Identifier: MIT
 *
 * Where lines go: a transport of the program's own, memory, several at once, the console.
 */
#include "cases.h"

#define LOG "transports.ndjson"

static struct pipelens_run *begin_run(struct pipelens_options options)
{
    struct pipelens_run *run;
    options.name = "main";
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

/* One that a program has written. */
struct own_transport {
    struct pipelens_transport functions;
    unsigned int writes, flushes, finishes, closes, lines;
    struct pipelens_run *run;
};

static int own_write(struct pipelens_transport *t, struct pipelens_run *run, const char *lines, size_t length)
{
    struct own_transport *own = (struct own_transport *)(void *)t;
    expect(run == own->run && length > 0 && lines[length - 1] == '\n');
    for (size_t i = 0; i < length; i++) own->lines += lines[i] == '\n';
    own->writes++;
    return own->writes == 3 ? EIO : 0;
}

static int own_flush(struct pipelens_transport *t)
{
    ((struct own_transport *)(void *)t)->flushes++;
    return 0;
}

static int own_finished(struct pipelens_transport *t, struct pipelens_run *run)
{
    struct own_transport *own = (struct own_transport *)(void *)t;
    expect(run == own->run);
    expect_int(own->lines, 6);
    own->finishes++;
    return 0;
}

static int own_close(struct pipelens_transport *t)
{
    ((struct own_transport *)(void *)t)->closes++;
    return 0;
}

static void own_transports(void)
{
    struct own_transport own = {
        .functions = { .write = own_write, .flush = own_flush, .finished = own_finished, .close = own_close }
    };
    struct own_transport bare = { .functions = { .write = own_write } }; /* all others may be missing */
    struct own_transport *all[] = { &own, &bare };
    for (size_t i = 0; i < LENGTH(all); i++) {
        struct pipelens_options options = { .name = "main", .transport = &all[i]->functions };
        need(pipelens_run_new(&options, &all[i]->run) == 0);
        expect_int(pipelens_run_start(all[i]->run), 0);
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(all[i]->run), "step");
        expect_int(pipelens_step_end(step), EIO); /* what it returns is returned */
        expect_int(pipelens_run_errors(all[i]->run), 1);
        expect_int(pipelens_run_free(all[i]->run), 0);
        expect_int(pipelens_transport_flush(&all[i]->functions), 0);
        expect_int(pipelens_transport_close(&all[i]->functions), 0);
    }
    expect(own.flushes > 0);
    expect_int(own.finishes, 1);
    expect_int(own.closes, 1);
}

static void memory_and_fan_out(void)
{
    struct pipelens_transport *both[2], *fan_out;
    size_t length;
    need(pipelens_transport_memory(&both[0]) == 0 && pipelens_transport_file(LOG, NULL, &both[1]) == 0);
    need(pipelens_transport_fan_out(both, 2, &fan_out) == 0);
    struct pipelens_run *run = begin_run((struct pipelens_options){ .transport = fan_out });
    char *first = pipelens_transport_take(both[0], &length);
    expect(first && strlen(first) == length);
    pipelens_step_end(pipelens_step_begin(pipelens_run_root(run), "step"));
    expect_int(pipelens_run_free(run), 0);
    char *second = pipelens_transport_take(both[0], NULL), *third = pipelens_transport_take(both[0], &length);
    char *log = file_from(LOG, 0, NULL), *whole = malloc(strlen(first) + strlen(second) + 1);
    need(whole != NULL);
    sprintf(whole, "%s%s", first, second);
    expect_text(whole, log); /* the second had not what the first had taken */
    expect_text(third, "");
    free(first);
    free(second);
    free(third);
    free(log);
    free(whole);
    expect_int(pipelens_transport_close(fan_out), 0);
}

/* Two runs at once, not on a terminal: the lines of each stay together, the one that is finished first comes first. */
static void console_lines(void)
{
    struct pipelens_transport *console;
    int fd = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0666);
    need(fd >= 0 && pipelens_transport_console(fd, &console) == 0);
    struct pipelens_run *runs[] = { begin_run((struct pipelens_options){ .run_id = "one", .transport = console }),
                                    begin_run((struct pipelens_options){ .run_id = "two", .transport = console }) };
    for (int i = 0; i < 6; i++) pipelens_step_end(pipelens_step_begin(pipelens_run_root(runs[i % 2]), "step"));
    struct lines before = lines_in(LOG);
    expect_int(before.count, 0);
    lines_free(&before);
    expect_int(pipelens_run_free(runs[1]), 0);
    expect_int(pipelens_run_free(runs[0]), 0);
    expect_int(pipelens_transport_close(console), 0);
    close(fd);
    struct lines l = lines_in(LOG);
    expect_int(l.count, 2 * 10);
    for (size_t i = 0; i < l.count; i++) expect(strstr(l.line[i], i < 10 ? "\"two\"" : "\"one\"") != NULL);
    lines_free(&l);
}

/* What a terminal shows; the caller frees it. `use` works on a console in a process of its own, which exits. */
static char *shown_on_terminal(void (*use)(struct pipelens_transport *console, int terminal))
{
    static char shown[8192];
    size_t length = 0;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    need(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    need(terminal >= 0);
    pid_t child = fork();
    if (child == 0) {
        struct pipelens_transport *console;
        unsetenv("NO_COLOR");
        setenv("TERM", "xterm", 1);
        need(pipelens_transport_console(terminal, &console) == 0);
        use(console, terminal);
        exit(atomic_load(failures) != 0);
    }
    close(terminal);
    for (ssize_t n; (n = read(master, shown + length, sizeof shown - 1 - length)) > 0;) length += (size_t)n;
    shown[length] = '\0';
    close(master);
    expect_int(wait_for(child), 0);
    return shown;
}

static void track_tree(struct pipelens_transport *console, int terminal)
{
    (void)terminal;
    struct pipelens_run *run = begin_run((struct pipelens_options){ .transport = console });
    struct pipelens_step *load = pipelens_step_begin(pipelens_run_root(run), "load");
    struct pipelens_step *file = pipelens_step_begin(load, "file \033[2J\xFF");
    pipelens_step_fail(file, "OSError", "no\033[1m room\nhere");
    pipelens_step_end(file);
    pipelens_step_end(load);
    pipelens_run_free(run);
    pipelens_transport_close(console);
}

static void track_and_exit(struct pipelens_transport *console, int terminal)
{
    (void)terminal;
    pipelens_step_begin(pipelens_run_root(begin_run((struct pipelens_options){ .transport = console })), "unfinished");
}

static void join_and_exit(struct pipelens_transport *console, int terminal)
{
    (void)terminal;
    struct pipelens_run *run;
    struct pipelens_options options = { .run_id = "joined", .transport = console };
    need(pipelens_run_join(&options, "id", "main.key", &run) == 0 && pipelens_run_start(run) == 0);
    pipelens_step_end(pipelens_step_begin(pipelens_run_root(run), "below"));
    expect_int(pipelens_run_free(run), 0);
}

/* A step ends when its run is finished already, and the run is freed before the process exits. */
static void end_late_and_exit(struct pipelens_transport *console, int terminal)
{
    (void)terminal;
    struct pipelens_run *run = begin_run((struct pipelens_options){ .transport = console });
    struct pipelens_step *late = pipelens_step_begin(pipelens_run_root(run), "late");
    expect_int(pipelens_run_finish(run), 0);
    expect_int(pipelens_step_end(late), 0);
    expect_int(pipelens_run_free(run), 0);
}

static void end_late_in_joined(struct pipelens_transport *console, int terminal)
{
    (void)terminal;
    struct pipelens_run *run;
    struct pipelens_options options = { .run_id = "joined", .transport = console };
    need(pipelens_run_join(&options, "id", "main.key", &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *late = pipelens_step_begin(pipelens_run_root(run), "late");
    expect_int(pipelens_run_finish(run), 0);
    expect_int(pipelens_step_end(late), 0);
    expect_int(pipelens_run_free(run), 0);
}

static void freed_before_exit(void)
{
    char *shown = shown_on_terminal(end_late_and_exit);
    expect(strstr(shown, "main") && strstr(shown, "late") && !strstr(shown, "{\"type\""));
    /* of a joined run there is no tree to be shown, so its lines are */
    shown = shown_on_terminal(join_and_exit);
    expect(strstr(shown, START) && strstr(shown, FINISH) && strstr(shown, "\"name\":\"below\""));
    shown = shown_on_terminal(end_late_in_joined);
    expect(strstr(shown, START) && strstr(shown, FINISH) && strstr(shown, "\"name\":\"late\""));
}

static void terminals(void)
{
    char *shown = shown_on_terminal(track_tree);
    expect(strstr(shown, "main") && strstr(shown, "└─") && strstr(shown, "load") && strstr(shown, "OSError: no"));
    expect(!strstr(shown, "\033[2J") && !strstr(shown, "\033[1m") && !strchr(shown, '\xFF')); /* nothing steers it */
    expect(!strstr(shown, "{\"type\""));
    shown = shown_on_terminal(track_and_exit);
    expect(strstr(shown, "unfinished") != NULL); /* what was not finished comes out when the process exits */
    shown_on_terminal(join_and_exit);
}

static const struct test_case cases[] = {
    { "own_transports", "a transport of the program's own", own_transports },
    { "memory_and_fan_out", "lines in memory and to several places", memory_and_fan_out },
    { "console_lines", "the console keeps the lines of a run together", console_lines },
    { "freed_before_exit", "on a terminal, with steps that end after their run, and of a joined run",
      freed_before_exit },
    { "terminals", "on a terminal a tree, without what would steer it; at exit too", terminals },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
