/* SPDX-License-Identifier: MIT
 *
 * A run from its creation to its end, and the way of its lines to the transport.
 */
#include "track/track.h"

#include "track/json.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *pipelens_version(void) { return PIPELENS_VERSION; }

char *pl_copy(const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = size ? malloc(size) : NULL;
    if (copy) memcpy(copy, text, size);
    return copy;
}

void pl_run_lock(struct pipelens_run *run) { pthread_mutex_lock(&run->guard.lock); }
void pl_run_unlock(struct pipelens_run *run) { pthread_mutex_unlock(&run->guard.lock); }

int pl_run_error(struct pipelens_run *run, int error, const char *what)
{
    static _Thread_local bool telling;             /* what on_error does itself may fail as well, and would never end */
    if (!error || error == EALREADY) return error; /* told too late: no line was lost */
    pl_run_lock(run);
    run->errors++;
    pl_run_unlock(run);
    if (!run->on_error || telling) return error;
    telling = true;
    run->on_error(run, error, what, run->on_error_user);
    telling = false;
    return error;
}

/* Hands a line over and frees it. */
static int write_line(struct pipelens_run *run, struct pl_text *line)
{
    int error = line->error;
    if (!error && line->len && run->transport) {
        atomic_store(&run->wrote, true);
        error = run->transport->write(run->transport, run, line->data, line->len);
    }
    pl_text_free(line);
    return error;
}

int pl_run_emit(struct pipelens_run *run, struct pl_text *line, const char *what)
{
    return pl_run_error(run, write_line(run, line), what);
}

/* The child of a fork has ids of its own, and does not begin or end what is its parent's. What it does itself it writes
 * when it happens, because the run's finish is not its own. */
static void in_child(struct pl_guard *guard)
{
    struct pipelens_run *run = (struct pipelens_run *)(void *)((char *)guard - offsetof(struct pipelens_run, guard));
    run->generation++;
    run->start_called = run->started = run->start_written = true;
    run->held_lines.len = 0;
    if (run->write == PIPELENS_FINISH) run->write = PIPELENS_REAL_TIME;
    pl_random(&run->id_seed, sizeof run->id_seed);
}

static char *tags_text(const struct pipelens_tag *tags, size_t count, int *ret_error)
{
    struct pl_text t = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (!tags[i].key || !tags[i].value) continue;
        pl_text_putc(&t, t.len ? ',' : '{');
        pl_text_put_string(&t, tags[i].key, strlen(tags[i].key));
        pl_text_putc(&t, ':');
        pl_text_put_string(&t, tags[i].value, strlen(tags[i].value));
    }
    if (t.len) pl_text_put(&t, "}", 2);
    if (t.error) *ret_error = t.error;
    return t.data;
}

static const struct {
    const char *type, *operation;
} kinds[] = {
#define EVENT_KIND(identifier, type, operation) { type, operation },
#include "event/kinds.def"
};

/* `{"type":T,"operation":O,"runId":R,"step":`, which every line of its kind begins with. */
static int make_prefixes(struct pipelens_run *run)
{
    for (int kind = 0; kind < PL_KIND_COUNT; kind++) {
        struct pl_text *t = &run->prefix[kind];
        bool pipeline = strcmp(kinds[kind].type, "pipeline") == 0;
        pl_text_printf(t, "{\"type\":\"%s\",\"operation\":\"%s\",", kinds[kind].type, kinds[kind].operation);
        if (!pipeline) {
            pl_text_puts(t, "\"runId\":");
            pl_text_put_string(t, run->id, strlen(run->id));
        }
        pl_text_puts(t, pipeline ? "\"meta\":" : ",\"step\":");
        if (t->error) return t->error;
    }
    return 0;
}

/* Of a path that the log was opened by; NULL when it cannot be told. */
static char *absolute(const char *path)
{
    struct pl_text t = { 0 };
    char *directory = *path == '/' ? NULL : getcwd(NULL, 0);
    if (directory) {
        pl_text_puts(&t, directory);
        pl_text_putc(&t, '/');
    }
    pl_text_put(&t, path, strlen(path) + 1);
    if (t.error || (*path != '/' && !directory)) pl_text_free(&t);
    free(directory);
    return t.data;
}

static int take_options(struct pipelens_run *run, const struct pipelens_options *o)
{
    int error = 0;
    char uuid[37];
    if (!o->run_id) pl_uuid(uuid);
    run->id = pl_copy(o->run_id ? o->run_id : uuid);
    run->name = pl_copy(o->name);
    run->parent_run = pl_copy(o->parent_run);
    run->tags = tags_text(o->tags, o->tag_count, &error);
    if (!run->id || !run->name || (o->parent_run && !run->parent_run)) return ENOMEM;
    if (error || (o->args && (error = pl_value_text(pipelens_json(o->args), &run->args)))) return error;
    if (o->log) {
        error = pipelens_transport_file(o->log, NULL, &run->transport);
        if (error) return error;
        run->owns_transport = true;
        run->log = absolute(o->log);
    } else {
        run->transport = o->transport;
    }
    return make_prefixes(run);
}

static void free_parts(struct pipelens_run *run)
{
    pl_listeners_free(run);
    if (run->root) pl_steps_free(run->root);
    pl_graph_free(run);
    pl_text_free(&run->held_lines);
    for (int kind = 0; kind < PL_KIND_COUNT; kind++) pl_text_free(&run->prefix[kind]);
    free(run->id);
    free(run->name);
    free(run->args);
    free(run->tags);
    free(run->parent_run);
    free(run->log);
    free(run->joined_id);
}

bool pl_options_fit(const struct pipelens_options *o)
{
    if (!o || (unsigned int)o->write > PIPELENS_OFF || (o->log && o->transport)) return false;
    for (size_t i = 0; i < sizeof o->reserved / sizeof *o->reserved; i++)
        if (o->reserved[i]) return false;
    return (o->tags || !o->tag_count) && !(o->run_id && !*o->run_id);
}

int pl_run_create(const struct pipelens_options *options, const char *root_id, const char *root_key,
                  struct pipelens_run **ret_run)
{
    struct pipelens_run *run = calloc(1, sizeof *run);
    if (!run) return ENOMEM;
    int error = pthread_mutex_init(&run->starting, NULL);
    if (!error) error = pl_guard_begin(&run->guard, in_child, NULL);
    if (error) {
        free(run);
        return error;
    }
    /* the finish of a joined run is not this process's to write: its steps are written when they happen */
    run->write = root_id && options->write == PIPELENS_FINISH ? PIPELENS_REAL_TIME : options->write;
    run->forget_steps = options->forget_steps;
    run->on_error = options->on_error;
    run->on_error_user = options->on_error_user;
    run->joined = root_id != NULL;
    run->joined_id = pl_copy(root_id);
    pl_random(&run->id_seed, sizeof run->id_seed);
    pl_set_clock(run);
    error = root_id && !run->joined_id ? ENOMEM : take_options(run, options);
    if (!error) {
        pl_set_trace(run, options->traceparent);
        run->root = pl_step_new(run, NULL, run->name, root_key);
        if (!run->root) error = ENOMEM;
    }
    if (error) {
        if (run->owns_transport) pipelens_transport_close(run->transport);
        free_parts(run);
        pl_guard_end(&run->guard);
        free(run);
        return error;
    }
    if (root_id) {
        run->root->id = run->joined_id;
        run->root->foreign = true;
    }
    *ret_run = run;
    return 0;
}

int pipelens_run_new(const struct pipelens_options *options, struct pipelens_run **ret_run)
{
    if (!ret_run) return EINVAL;
    *ret_run = NULL;
    if (!pl_options_fit(options) || !options->name) return EINVAL;
    return pl_run_create(options, NULL, NULL, ret_run);
}

/* The pipeline's start, the root's, and where the trace comes from. */
static void put_start(struct pl_text *t, const struct pipelens_run *run)
{
    pl_text_put(t, run->prefix[PL_PIPELINE_START].data, run->prefix[PL_PIPELINE_START].len);
    pl_put_meta(t, run, false, false, PL_START_LINE);
    pl_text_puts(t, "}\n");
    pl_text_put(t, run->prefix[PL_STEP_START].data, run->prefix[PL_STEP_START].len);
    pl_put_step(t, run->root, PL_START_LINE);
    pl_text_puts(t, "}}\n");
}

/* No other thread's line comes before those of the start: it waits here until they are written. */
static int start(struct pipelens_run *run)
{
    struct pl_text line = { 0 };
    int shield = pl_guard_shield();
    pthread_mutex_lock(&run->starting);
    pl_run_lock(run);
    bool before = run->started, listened = run->listeners != NULL;
    run->started = true;
    if (!before) pl_step_restart(run->root, pl_now(run));
    if (!before && !run->joined && run->write == PIPELENS_REAL_TIME && run->transport) put_start(&line, run);
    pl_run_unlock(run);
    int error = before ? EALREADY : write_line(run, &line);
    pl_run_lock(run);
    run->start_written = true;
    pl_run_unlock(run);
    pthread_mutex_unlock(&run->starting);
    pl_guard_unshield(shield);
    if (before) return EALREADY;
    pl_run_error(run, error, "writing the start of a run");
    if (run->joined) return error;
    if (run->trace_parent[0]) {
        int link_error = pipelens_step_link(run->root, run->trace_id, run->trace_parent, PIPELENS_FOLLOWS);
        if (!error) error = link_error;
    }
    if (listened) pl_notify(run->root, PIPELENS_STEP_START, NULL, NULL);
    return error;
}

int pipelens_run_start(struct pipelens_run *run)
{
    if (!run) return EINVAL;
    pl_run_lock(run);
    bool before = run->start_called, told_before = run->started;
    run->start_called = true;
    pl_run_unlock(run);
    if (before) return EALREADY;
    int error = told_before ? 0 : start(run);
    pl_current_enter(run);
    return error;
}

void pl_run_lock_started(struct pipelens_run *run)
{
    pl_run_lock(run);
    if (run->start_written) return;
    pl_run_unlock(run);
    start(run);
    pl_run_lock(run);
}

static void put_finish(struct pl_text *t, struct pipelens_run *run)
{
    bool failed = run->root->more && run->root->more->error, all = run->write == PIPELENS_FINISH;
    if (all) pl_text_put(t, run->held_lines.data, run->held_lines.len);
    pl_text_put(t, run->prefix[PL_PIPELINE_FINISH].data, run->prefix[PL_PIPELINE_FINISH].len);
    pl_put_meta(t, run, true, all, PL_WHOLE_STEP);
    pl_text_puts(t, failed ? ",\"status\":\"failed\"}\n" : ",\"status\":\"completed\"}\n");
}

/* After the last line: out with it, and this thread is within the run no more. */
static int end_log(struct pipelens_run *run)
{
    struct pipelens_transport *log = run->transport;
    pl_current_leave(run);
    if (!log) return 0;
    int flushed = pl_run_error(run, pipelens_transport_flush(log), "flushing the log");
    atomic_store(&run->wrote, false);
    int told = log->finished ? pl_run_error(run, log->finished(log, run), "ending the run in the log") : 0;
    return flushed ? flushed : told;
}

int pipelens_run_finish(struct pipelens_run *run)
{
    struct pl_text line = { 0 };
    int error = 0;
    if (!run) return EINVAL;
    pl_run_lock(run);
    bool started = run->started, before = run->finished, own = pl_step_is_own(run->root);
    run->finished = true;
    pl_run_unlock(run);
    if (before) return EALREADY;
    if (!started && own) error = start(run);
    if (own) {
        int end_error = pipelens_step_end(run->root);
        if (!error && end_error != EALREADY) error = end_error;
        pl_run_lock(run);
        if (run->write != PIPELENS_OFF && run->transport) put_finish(&line, run);
        pl_run_unlock(run);
        int write_error = pl_run_emit(run, &line, "writing the finish of a run");
        if (!error) error = write_error;
    }
    int ended = end_log(run);
    return error ? error : ended;
}

int pipelens_run_finish_joined(struct pipelens_run *run, int64_t start_us)
{
    struct pl_text line = { 0 };
    if (!run || !run->joined || start_us < 0) return EINVAL;
    pl_run_lock(run);
    bool before = run->finished, inherited = run->root->generation != run->generation;
    run->finished = true;
    if (!before && !inherited) {
        pl_step_restart(run->root, start_us);
        run->root->end = pl_now(run) > start_us ? pl_now(run) : start_us;
        if (run->write != PIPELENS_OFF && run->transport) {
            pl_text_put(&line, run->prefix[PL_STEP_FINISH].data, run->prefix[PL_STEP_FINISH].len);
            pl_put_step(&line, run->root, PL_FINISH_LINE);
            pl_text_puts(&line, "}}\n");
            put_finish(&line, run);
        }
    }
    pl_run_unlock(run);
    if (before) return EALREADY;
    int error = pl_run_emit(run, &line, "writing the finish of a run");
    int ended = end_log(run);
    return error ? error : ended;
}

int pipelens_run_free(struct pipelens_run *run)
{
    if (!run) return EINVAL;
    int error = run->finished ? 0 : pipelens_run_finish(run);
    struct pipelens_transport *log = run->transport;
    /* steps may have ended after the run's finish: whoever keeps something of the run must let go of it */
    if (log && log->finished && atomic_load(&run->wrote)) log->finished(log, run);
    pl_current_forget(run);
    run->transport = NULL; /* on_error may still tell of the run */
    if (run->owns_transport) {
        int closed = pl_run_error(run, pipelens_transport_close(log), "closing the log");
        if (!error) error = closed;
    }
    pl_guard_end(&run->guard);
    free_parts(run);
    pthread_mutex_destroy(&run->starting);
    free(run);
    return error;
}

const char *pipelens_run_id(const struct pipelens_run *run) { return run ? run->id : NULL; }

struct pipelens_step *pipelens_run_root(struct pipelens_run *run) { return run ? run->root : NULL; }

uint64_t pipelens_run_errors(struct pipelens_run *run)
{
    if (!run) return 0;
    pl_run_lock(run);
    uint64_t errors = run->errors;
    pl_run_unlock(run);
    return errors;
}
