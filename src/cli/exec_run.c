/* SPDX-License-Identifier: MIT
 *
 * Runs whose steps are processes that do not start each other, as the steps of a CI job: one process starts the run and
 * prints what the others need in their environment, a last one finishes it. What the last one must know of the run it
 * reads from the log.
 */
#include "cli/exec.h"

#include "model/redact.h"

#include <stdlib.h>

/* ---- start ---- */

/* NAME=VALUE for env files, or for a shell's eval. A value with a line break would be two lines of an env file: what
 * stands in the second one would be a variable that somebody has smuggled in. */
static bool put_variable(struct buf *out, const char *variable_text, bool shell, struct err *e)
{
    struct str value = str_z(variable_text), name = str_cut(&value, '=');
    if (!shell && (str_find(value, '\n') < value.len || str_find(value, '\r') < value.len))
        return err_set(e, ERR_USAGE, "", "%.*s would hold a line break: use --shell, or a name and a path without",
                       STR_ARG(name));
    buf_printf(out, "%s%.*s=%s", shell ? "export " : "", STR_ARG(name), shell ? "'" : "");
    while (shell && str_find(value, '\'') < value.len) {
        buf_put(out, str_cut(&value, '\''));
        buf_puts(out, "'\\''");
    }
    buf_put(out, value);
    buf_puts(out, shell ? "'\n" : "\n");
    return true;
}

static enum exit_status start(struct tracking *t, const struct options *o, const char *name)
{
    struct buf out = BUF_INIT;
    struct err e = { 0 };
    const struct pipelens_options options = {
        .name = name,
        .log = t->log,
        .parent_run = variable("PIPELENS_RUN"),
        .traceparent = variable("TRACEPARENT"),
        .on_error = tracking_error,
        .on_error_user = t,
    };
    int error = pipelens_run_new(&options, &t->run);
    if (error) {
        tracking_error(NULL, error, "opening it", t);
        return EXIT_OUTPUT;
    }
    char **variables = pipelens_step_environment(pipelens_run_root(t->run));
    bool good = variables != NULL;
    for (char **v = variables; good && *v; v++) good = put_variable(&out, *v, o->shell, &e);
    enum exit_status status = e.code ? complain(&e) : good ? EXIT_DONE : EXIT_OUTPUT;
    if (status == EXIT_DONE && pipelens_run_start(t->run) != 0) status = EXIT_OUTPUT;
    if (status == EXIT_DONE) status = print(buf_str(&out));
    buf_free(&out);
    free(variables);
    return status; /* the run is not freed, which would finish it */
}

enum exit_status exec_run_start(const struct options *o, const char *log)
{
    struct tracking t = { .log = log, .aftermath = "" };
    struct buf name = BUF_INIT;
    tracking_shield();
    redact_text(str_z(o->name), &name);
    buf_putc(&name, '\0');
    enum exit_status status = start(&t, o, name.ptr);
    buf_free(&name);
    return status;
}

/* ---- finish ---- */

/* The run of this id as the log tells it; its latest attempt. */
static enum exit_status read_run(struct loaded *l, const char *log, const char *id)
{
    struct options o = options_default();
    struct progress progress = progress_begin(WHEN_NEVER, true);
    o.logs = &log;
    o.log_count = 1;
    o.run = id;
    o.quiet = true;
    return load(l, &o, &progress);
}

/* The steps that make a run fail: those of its first level. */
static size_t count_failed(const struct step *root, const struct step **ret_first)
{
    size_t failed = 0;
    for (const struct step *s = root->first_child; s; s = s->next)
        if (s->status == STEP_ERROR && !failed++) *ret_first = s;
    return failed;
}

static enum exit_status finish(struct tracking *t, const struct options *o, const struct run *run, const char *step)
{
    const struct step *root = run->root, *first = NULL;
    const struct pipelens_options options = {
        .name = arena_copy(run->arena, root->name).ptr,
        .run_id = variable("PIPELENS_RUN"),
        .log = t->log,
        .on_error = tracking_error,
        .on_error_user = t,
    };
    int error = pipelens_run_join(&options, step, arena_copy(run->arena, root->key).ptr, &t->run);
    if (error) {
        tracking_error(NULL, error, "opening it", t);
        return EXIT_OUTPUT;
    }
    struct pipelens_step *root_step = pipelens_run_root(t->run);
    size_t failed = count_failed(root, &first);
    if (o->declared_status == DECLARED_COMPLETED) failed = 0;
    if (failed == 1) pipelens_step_fail_at(root_step, NULL, 0, NULL, NULL, "%.*s failed", STR_ARG(first->name));
    else if (failed)
        pipelens_step_fail_at(root_step, NULL, 0, NULL, NULL, "%.*s and %zu more failed", STR_ARG(first->name),
                              failed - 1);
    else if (o->declared_status == DECLARED_FAILED)
        pipelens_step_fail_at(root_step, NULL, 0, NULL, NULL, "the run was declared failed");
    error = pipelens_run_finish_joined(t->run, root->start != TIME_NONE ? root->start : run->start);
    int closed = pipelens_run_free(t->run);
    return error || closed ? EXIT_OUTPUT : EXIT_DONE;
}

enum exit_status exec_run_finish(const struct options *o)
{
    struct tracking t = { .aftermath = "; the run stays unfinished" };
    struct loaded l = { 0 };
    struct err e = { 0 };
    const char *id = variable("PIPELENS_RUN"), *step = variable("PIPELENS_STEP");
    tracking_shield();
    if (!id || !step) {
        err_set(&e, ERR_USAGE, "",
                "--run-finish: no run is named: %s is not set; take over what --run-start has printed",
                id ? "PIPELENS_STEP" : "PIPELENS_RUN");
        return complain(&e);
    }
    enum exit_status status = tracking_find_log(&t, o);
    if (status == EXIT_DONE) status = read_run(&l, t.log, id);
    if (status == EXIT_DONE) {
        const struct step *root = l.runs->root;
        if (root->more->id.len && !str_eq(root->more->id, str_z(step)))
            err_set(&e, ERR_USAGE, "", "--run-finish inside the run's step %s: only who started the run can finish it",
                    variable("PIPELENS_KEY") ? variable("PIPELENS_KEY") : step);
        else if (root->end != TIME_NONE) err_set(&e, ERR_USAGE, "", "--run-finish: the run %s is finished already", id);
        else if (l.runs->start == TIME_NONE)
            err_set(&e, ERR_INPUT, t.log, "does not say when the run %s began: its first lines are missing", id);
        status = e.code ? complain(&e) : finish(&t, o, l.runs, step);
    }
    loaded_free(&l);
    return status;
}
