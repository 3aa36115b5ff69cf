/* SPDX-License-Identifier: MIT
 *
 * A record or a message of the step that this process runs in.
 */
#include "cli/exec.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The step of the environment; outside of one a usage error. */
static enum exit_status join(struct tracking *t, const struct options *o, const char *command)
{
    static const char *const needed[] = { "PIPELENS_LOG", "PIPELENS_RUN", "PIPELENS_STEP" };
    const struct pipelens_options options = { .name = "step", .on_error = tracking_error, .on_error_user = t };
    struct err e = { 0 };
    for (int i = 0; i < 3; i++)
        if (!variable(needed[i]) && !e.code)
            err_set(&e, ERR_USAGE, "",
                    "%s writes to the step it runs in, and there is none: %s is not set; start it below "
                    "`pipelens-report exec`, or in the environment that exec --run-start has printed",
                    command, needed[i]);
    if (e.code) return complain(&e);
    tracking_shield();
    tracking_find_log(t, o);
    int error = pipelens_run_from_environment(&options, &t->run);
    if (error) {
        tracking_error(NULL, error, "opening it", t);
        return EXIT_OUTPUT;
    }
    t->step = pipelens_run_root(t->run);
    return EXIT_DONE;
}

/* ---- record ---- */

static enum exit_status refuse_file(const char *path, int error)
{
    struct err e;
    err_set(&e, ERR_INPUT, path, "cannot be read: %s; nothing was recorded", strerror(error));
    return complain(&e);
}

/* Without opening it: whoever writes to a FIFO would take the end of a look for the end of the reader. */
static enum exit_status check_file(const char *path)
{
    struct stat st;
    int error = stat(path, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : access(path, R_OK) != 0 ? errno : 0;
    return error ? refuse_file(path, error) : EXIT_DONE;
}

static const char *path_of(const char *file) { return strcmp(file, "-") == 0 ? "/dev/stdin" : file; }

static enum exit_status check_record(const struct options *o)
{
    struct err e = { 0 };
    bool json = o->json_text != NULL, file = o->record_file != NULL;
    if (!o->log_count || !o->logs[0][0])
        err_set(&e, ERR_USAGE, "", "no key is given: pipelens-report record KEY VALUE; see --help");
    else if (json && file) err_set(&e, ERR_USAGE, "", "--json and --file: a record has one value");
    else if (json || file ? o->log_count > 1 : o->log_count > 2)
        err_set(&e, ERR_USAGE, "", "'%s' is one word too many: a record has one value; quote what belongs together",
                o->logs[json || file ? 1 : 2]);
    else if (!json && !file && o->log_count == 1)
        err_set(&e, ERR_USAGE, "", "the record '%s' has no value: give a text, --json TEXT or --file FILE", o->logs[0]);
    else if (o->limit_set && !file) err_set(&e, ERR_USAGE, "", "--limit belongs to --file");
    return e.code ? complain(&e) : file ? check_file(path_of(o->record_file)) : EXIT_DONE;
}

/* What is wrong with the value, said of the value; of the log tracking_error has spoken. */
static enum exit_status tell_refused(const struct tracking *t, const struct options *o)
{
    struct err e;
    if (o->record_file) return refuse_file(path_of(o->record_file), t->refused);
    if (t->refused == EINVAL)
        err_set(&e, ERR_USAGE, "", "--json: this is no JSON; a string needs quotes of its own: --json '\"text\"'");
    else err_set(&e, ERR_INPUT, "", "the value cannot be recorded: %s", strerror(t->refused));
    return complain(&e);
}

enum exit_status command_record(const struct options *o)
{
    struct tracking t = { .aftermath = "" };
    enum exit_status status = check_record(o);
    if (status == EXIT_DONE) status = join(&t, o, "record");
    if (status != EXIT_DONE) return status;
    struct pipelens_value value = o->json_text     ? pipelens_json(o->json_text)
                                  : o->record_file ? pipelens_file(path_of(o->record_file), (size_t)o->limit)
                                                   : pipelens_string(o->logs[1]);
    int error = pipelens_step_record(t.step, o->logs[0], value);
    if (t.refused) status = tell_refused(&t, o);
    else if (error) {
        tracking_error(t.run, error, "recording", &t);
        status = EXIT_OUTPUT;
    }
    if (pipelens_run_free(t.run) != 0 && status == EXIT_DONE) status = EXIT_OUTPUT;
    return status;
}

/* ---- log ---- */

static const char *const levels[] = { "trace", "debug", "info", "warn", "error", "critical", NULL };

static enum exit_status find_level(const struct options *o, enum pipelens_level *ret_level)
{
    struct err e;
    const char *word = o->log_count ? o->logs[0] : "", *meant = nearest_word(str_z(word), levels);
    for (int i = 0; levels[i]; i++)
        if (strcmp(levels[i], word) == 0) {
            *ret_level = (enum pipelens_level)i;
            return EXIT_DONE;
        }
    if (!*word) err_set(&e, ERR_USAGE, "", "no level is given: pipelens-report log LEVEL TEXT...; see --help");
    else if (meant) err_set(&e, ERR_USAGE, "", "'%s' is no level; did you mean %s?", word, meant);
    else err_set(&e, ERR_USAGE, "", "'%s' is no level: there are trace, debug, info, warn, error and critical", word);
    return complain(&e);
}

enum exit_status command_log(const struct options *o)
{
    struct tracking t = { .aftermath = "" };
    enum pipelens_level level = PIPELENS_INFO;
    struct buf text = BUF_INIT;
    enum exit_status status = find_level(o, &level);
    size_t from = o->log_count > 1 && strcmp(o->logs[1], "--") == 0 ? 2 : 1;
    if (status == EXIT_DONE && o->log_count <= from) {
        struct err e;
        err_set(&e, ERR_USAGE, "", "the message is missing: pipelens-report log LEVEL TEXT...; see --help");
        status = complain(&e);
    }
    if (status == EXIT_DONE) status = join(&t, o, "log");
    if (status != EXIT_DONE) return status;
    for (size_t i = from; i < o->log_count; i++) buf_printf(&text, "%s%s", i > from ? " " : "", o->logs[i]);
    buf_putc(&text, '\0');
    if (pipelens_step_log(t.step, level, "%s", text.ptr) != 0) status = EXIT_OUTPUT;
    if (pipelens_run_free(t.run) != 0) status = EXIT_OUTPUT;
    buf_free(&text);
    return status;
}
