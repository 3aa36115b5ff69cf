/* SPDX-License-Identifier: MIT
 *
 * A command as a step: the run that the environment names, or a new one; the command; what became of it.
 */
#define _DEFAULT_SOURCE /* WCOREDUMP, setenv */
#include "cli/exec.h"

#include "base/utf8.h"
#include "cli/exec_child.h"
#include "model/redact.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CANNOT_RUN = 126, /* exit statuses as those of shells */
    NOT_FOUND = 127,
    BY_SIGNAL = 128,
    LOST = 125,             /* as of timeout(1), env(1), nice(1) when they have failed themselves */
    ARGV_BYTES_MAX = 32768, /* of one word, and of all of them: beyond that they are counted */
    ARGV_MARGIN = 4096      /* looked at for secrets behind that */
};

const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

enum exit_status tracking_find_log(struct tracking *t, const struct options *o)
{
    struct err e;
    t->log = o->log ? o->log : variable("PIPELENS_LOG");
    if (t->log && *t->log && strcmp(t->log, "-") != 0) return EXIT_DONE;
    err_set(&e, ERR_USAGE, "",
            t->log ? "-l '%s': the log is a file that several processes append to: give its name"
                   : "no log is named: give one with -l FILE, or in the environment variable PIPELENS_LOG",
            t->log);
    return complain(&e);
}

void tracking_shield(void) { signal(SIGXFSZ, SIG_IGN); }

/* The library says `taking …` of what it was given and other things of the log. */
void tracking_error(struct pipelens_run *run, int error, const char *what, void *tracking)
{
    struct tracking *t = tracking;
    struct buf b = BUF_INIT;
    (void)run;
    bool refused = strncmp(what, "taking ", 7) == 0;
    if (refused) t->refused = error;
    if (refused || t->told) return;
    t->told = true;
    buf_printf(&b, "the log cannot be written: %s (%s)%s", strerror(error), what, t->aftermath);
    buf_putc(&b, '\0');
    complain_at(str_z(t->log), 0, 0, b.ptr);
    buf_free(&b);
}

/* ---- the step ---- */

/* Without its log a run still has ids for what the command starts, which may have more luck with the log. */
static void go_without_log(struct tracking *t, struct pipelens_options *options, int error)
{
    char *directory = *t->log == '/' ? NULL : getcwd(NULL, 0);
    struct buf path = BUF_INIT;
    tracking_error(NULL, error, "opening it", t);
    options->log = NULL;
    options->write = PIPELENS_OFF;
    unsetenv("PIPELENS_LOG");
    pipelens_run_from_environment(options, &t->run);
    buf_printf(&path, "%s%s%s", directory ? directory : "", directory ? "/" : "", t->log);
    buf_putc(&path, '\0');
    setenv("PIPELENS_LOG", path.ptr, 1);
    buf_free(&path);
    free(directory);
}

/* The run that the environment names, else a new one of this name, and in it the command's step. */
static void begin_step(struct tracking *t, const char *name)
{
    struct pipelens_options options = { .name = name, .log = t->log, .on_error = tracking_error, .on_error_user = t };
    int error = pipelens_run_from_environment(&options, &t->run);
    if (error) go_without_log(t, &options, error);
    const char *run = variable("PIPELENS_RUN"), *step = variable("PIPELENS_STEP");
    struct pipelens_step *root = pipelens_run_root(t->run);
    bool joined = root && run && step && strcmp(pipelens_run_id(t->run), run) == 0 &&
                  strcmp(pipelens_step_id(root), step) == 0;
    if (joined) {
        t->step = pipelens_step_begin_at(root, name, "command", pipelens_null(), NULL, 0, NULL);
        return;
    }
    pipelens_run_start(t->run);
    t->step = root;
}

static void hand_on(const struct pipelens_step *step)
{
    char **variables = pipelens_step_environment(step);
    for (char **v = variables; v && *v; v++) putenv(*v); /* lives to the end of the process */
}

/* A command as others may read it. */
static struct buf redacted_command(const char *command)
{
    struct redact_words line = { 0 };
    struct buf word = BUF_INIT;
    redact_word(&line, str_z(command), &word);
    buf_putc(&word, '\0');
    return word;
}

/* The name that was given, else that of the command without its directory, ending with NUL. */
static struct buf step_name(const char *given, const char *command)
{
    struct buf name = BUF_INIT, word = redacted_command(command);
    const char *slash = strrchr(word.ptr, '/'), *base = slash ? slash + 1 : word.ptr;
    if (given && *given) redact_text(str_z(given), &name);
    else buf_puts(&name, *base ? base : "command");
    buf_putc(&name, '\0');
    buf_free(&word);
    return name;
}

static void record_json(struct pipelens_step *step, const char *key, struct buf *json)
{
    buf_putc(json, '\0');
    pipelens_step_record(step, key, pipelens_json(json->ptr));
    buf_free(json);
}

/* A word as far as it is shown, its secrets masked. */
static void put_word(struct redact_words *line, struct str word, struct buf *out)
{
    size_t from = out->len, most = ARGV_BYTES_MAX + ARGV_MARGIN;
    redact_word(line, str_first(word, most), out);
    struct str shown = str_skip(buf_str(out), from);
    size_t length = shown.len > ARGV_BYTES_MAX ? utf8_floor(shown, ARGV_BYTES_MAX) : shown.len;
    size_t rest = shown.len - length + (word.len > most ? word.len - most : 0);
    out->len = from + length;
    if (rest) buf_printf(out, "… %zu more bytes", rest);
}

/* The words with their secrets masked; very long ones, and very many, not in full. */
static void record_argv(struct pipelens_step *step, char *const *words)
{
    struct buf json = BUF_INIT, word = BUF_INIT;
    struct redact_words line = { 0 };
    size_t count = 0, more = 0;
    buf_putc(&json, '[');
    for (; words[count] && json.len < ARGV_BYTES_MAX; count++) {
        buf_clear(&word);
        put_word(&line, str_z(words[count]), &word);
        if (count) buf_putc(&json, ',');
        buf_put_json(&json, buf_str(&word));
    }
    while (words[count + more]) more++;
    if (more) buf_printf(&json, ",\"… %zu more words\"", more);
    buf_putc(&json, ']');
    record_json(step, "argv", &json);
    buf_free(&word);
}

static void record_beginning(struct pipelens_step *step, char *const *words)
{
    char *directory = getcwd(NULL, 0);
    struct buf shown = BUF_INIT;
    record_argv(step, words);
    redact_text(str_z(directory), &shown);
    if (directory) pipelens_step_record(step, "cwd", pipelens_text(shown.ptr, shown.len));
    buf_free(&shown);
    free(directory);
}

/* ---- what became of the command ---- */

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        { SIGHUP, "SIGHUP" },   { SIGINT, "SIGINT" },   { SIGQUIT, "SIGQUIT" }, { SIGILL, "SIGILL" },
        { SIGTRAP, "SIGTRAP" }, { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },   { SIGFPE, "SIGFPE" },
        { SIGKILL, "SIGKILL" }, { SIGUSR1, "SIGUSR1" }, { SIGSEGV, "SIGSEGV" }, { SIGUSR2, "SIGUSR2" },
        { SIGPIPE, "SIGPIPE" }, { SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" }, { SIGXCPU, "SIGXCPU" },
        { SIGXFSZ, "SIGXFSZ" }, { SIGSYS, "SIGSYS" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number) return names[i].name;
    return NULL;
}

static double milliseconds(struct timeval t) { return (double)t.tv_sec * 1000 + (double)t.tv_usec / 1000; }

static void record_usage(struct pipelens_step *step, const struct rusage *usage)
{
    const int64_t rss_unit = 1024;
    pipelens_step_record(step, "user_cpu_ms", pipelens_double(milliseconds(usage->ru_utime)));
    pipelens_step_record(step, "system_cpu_ms", pipelens_double(milliseconds(usage->ru_stime)));
    pipelens_step_record(step, "peak_rss_bytes", pipelens_int(usage->ru_maxrss * rss_unit));
    pipelens_step_record(step, "voluntary_switches", pipelens_int(usage->ru_nvcsw));
    pipelens_step_record(step, "involuntary_switches", pipelens_int(usage->ru_nivcsw));
}

/* Not pipelens_step_fail: the place in the source is the command's affair, not this program's. */
#define fail(step, ...) pipelens_step_fail_at((step), NULL, 0, NULL, __VA_ARGS__)

/* The command was not run: says so as a shell would, on the step and on standard error. Returns the exit status. */
static int tell_not_run(struct pipelens_step *step, const char *command, int error)
{
    bool found = error != ENOENT || (strchr(command, '/') && access(command, F_OK) == 0);
    const char *why = !found            ? (strchr(command, '/') ? "no such file" : "command not found")
                      : error == ENOENT ? "cannot be run: the interpreter in its first line is not there"
                                        : strerror(error);
    int status = found ? CANNOT_RUN : NOT_FOUND;
    struct buf shown = redacted_command(command);
    complain_at(*command ? str_z(shown.ptr) : S("''"), 0, 0, why);
    pipelens_step_record(step, "exit_status", pipelens_int(status));
    fail(step, "exec", "%s: %s", shown.ptr, why);
    buf_free(&shown);
    return status;
}

/* The command was run, and nobody knows how it ended. */
static int tell_lost(struct pipelens_step *step, const char *command, int error)
{
    struct buf shown = redacted_command(command), why = BUF_INIT;
    buf_printf(&why, "it was run, but how it ended is not known: %s", strerror(error));
    buf_putc(&why, '\0');
    complain_at(str_z(shown.ptr), 0, 0, why.ptr);
    fail(step, "exec", "%s: %s", shown.ptr, why.ptr);
    buf_free(&shown);
    buf_free(&why);
    return LOST;
}

static int tell_signal(struct pipelens_step *step, int status)
{
    int number = WTERMSIG(status);
    const char *name = signal_name(number), *core = WCOREDUMP(status) ? ", core dumped" : "";
    char text[32];
    if (!name) {
        snprintf(text, sizeof text, "signal %d", number);
        pipelens_step_record(step, "signal", pipelens_string(text));
        fail(step, "signal", "killed by %s%s", text, core);
    } else {
        pipelens_step_record(step, "signal", pipelens_string(name));
        fail(step, "signal", "killed by %s (%d)%s", name, number, core);
    }
    return BY_SIGNAL + number;
}

static int tell_exit(struct pipelens_step *step, int status)
{
    int code = WEXITSTATUS(status);
    pipelens_step_record(step, "exit_status", pipelens_int(code));
    if (code) fail(step, "exit", "exit status %d", code);
    return code;
}

static void log_tail(struct pipelens_step *step, struct capture *c)
{
    struct str tail = capture_tail(c);
    if (c->total > c->limit) pipelens_step_record(step, "stderr_bytes", pipelens_uint(c->total));
    if (tail.len) pipelens_step_log(step, PIPELENS_ERROR, "%.*s", (int)tail.len, tail.ptr);
}

static int tell_ended(struct pipelens_step *step, const char *command, const struct ended *ended, struct capture *c)
{
    if (ended->error) return tell_not_run(step, command, ended->error);
    if (ended->lost) return tell_lost(step, command, ended->lost);
    int code = WIFSIGNALED(ended->status) ? tell_signal(step, ended->status) : tell_exit(step, ended->status);
    record_usage(step, &ended->usage);
    if (code && c) log_tail(step, c);
    return code;
}

/* ---- the command line ---- */

static enum exit_status check_usage(const struct options *o)
{
    struct err e = { 0 };
    if (o->run_start && o->run_finish)
        err_set(&e, ERR_USAGE, "", "--run-start and --run-finish: a run is started first and finished later");
    else if (o->shell && !o->run_start) err_set(&e, ERR_USAGE, "", "--shell belongs to --run-start");
    else if (o->declared_status != NOT_TOLD && !o->run_finish)
        err_set(&e, ERR_USAGE, "", "--status belongs to --run-finish: a command's own exit status is that of its step");
    else if ((o->run_start || o->run_finish) && (o->log_count || o->capture))
        err_set(&e, ERR_USAGE, "", "--run-%s runs no command", o->run_start ? "start" : "finish");
    else if (o->run_finish && o->name) err_set(&e, ERR_USAGE, "", "--run-finish: the run has its name already");
    else if (o->run_start && !(o->name && *o->name))
        err_set(&e, ERR_USAGE, "", "--run-start: give the run a name with -n NAME");
    else if (!o->run_start && !o->run_finish && !o->log_count)
        err_set(&e, ERR_USAGE, "", "no command is given: pipelens-report exec -l FILE -- COMMAND...; see --help");
    return e.code ? complain(&e) : EXIT_DONE;
}

static int run_command(struct tracking *t, const struct options *o, char *const *words)
{
    struct capture capture;
    struct ended ended;
    struct buf name = step_name(o->name, words[0]);
    child_prepare();
    begin_step(t, name.ptr);
    buf_free(&name);
    record_beginning(t->step, words);
    hand_on(t->step);
    bool captured = o->capture && capture_begin(&capture, (size_t)o->capture);
    if (o->capture && !captured)
        complain_at(S(""), 0, 0, "--capture: standard error cannot be captured, it goes where it went");
    ended = child_run(words, captured ? &capture : NULL);
    int code = tell_ended(t->step, words[0], &ended, captured ? &capture : NULL);
    pipelens_step_end(t->step);
    pipelens_run_free(t->run);
    if (captured) capture_end(&capture);
    if (ended.typed) child_share_end(ended.typed);
    return code;
}

enum exit_status command_exec(const struct options *o)
{
    struct tracking t = { .aftermath = "; the command runs all the same" };
    enum exit_status status = check_usage(o);
    if (status == EXIT_DONE && o->run_finish) return exec_run_finish(o);
    if (status == EXIT_DONE) status = tracking_find_log(&t, o);
    if (status != EXIT_DONE) return status;
    if (o->run_start) return exec_run_start(o, t.log);
    return (enum exit_status)run_command(&t, o, (char *const *)(uintptr_t)o->logs);
}
