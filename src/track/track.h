/* SPDX-License-Identifier: MIT
 *
 * What the files of libpipelens share: runs, steps, and how a line gets from one to the other. Names that only this
 * library sees begin with pl_, because a program that is linked with the static library sees them too.
 *
 *   step.c, tell.c  change a step with its run locked, and make a line of it (line.c)
 *   run.c           hands the line to the transport, with nothing locked; errors are counted there
 *   listen.c        tells the listeners, with nothing locked
 *
 * A thread holds the locks of one guard (guard.h) at a time, so that fork() can take all of them in any order.
 */
#ifndef TRACK_TRACK_H
#define TRACK_TRACK_H

#include "track/guard.h"
#include "track/names.h"
#include "track/pipelens.h"
#include "track/text.h"

enum { PL_LINE_SPACE = 1024 }; /* a line of this length needs no memory of its own */
enum pl_kind {
#define EVENT_KIND(identifier, type, operation) PL_##identifier,
#include "event/kinds.def"
    PL_KIND_COUNT
};

#define PL_TIME_NONE INT64_MIN

struct pl_record {
    char *key;   /* as the caller gave it */
    char *value; /* compact JSON */
    size_t value_len;
};

struct pl_usage {
    struct pl_usage *next;
    struct pipelens_usage tokens;
    char model[]; /* as it stands between the quotes of its JSON string */
};

struct pl_listener {
    struct pl_listener *next;   /* in order of their ids */
    struct pipelens_step *step; /* of it and all below it; this holds a reference */
    uint64_t id;
    unsigned int events;
    pipelens_listener *call;
    void *user;
    void (*release)(void *user);
    unsigned int calls; /* that go on now */
    bool removed;       /* to be freed when no call goes on */
};

/* What some steps have. A run may have millions that do not, and they are to be small. */
struct pl_more {
    struct pl_names child_names, record_names;
    struct pl_record *records;
    size_t record_count, record_cap;
    char *result, *error, *trace, *inputs, *state; /* compact JSON, NULL when absent */
    char *kind, *error_type;
    struct pl_text handled, logs, links; /* elements of JSON arrays, with commas between */
    enum pipelens_status status;
    struct pl_usage *usage; /* of the step and all below it */
};

struct pipelens_step {
    struct pipelens_run *run;
    struct pipelens_step *parent, *first_child, *last_child, *next, *previous;
    struct pl_more *more; /* NULL until something of it is told */
    int64_t start, end;   /* µs since 1970, end is PL_TIME_NONE while it goes on */
    const char *file, *function;
    int line;
    unsigned int refs;       /* children that are kept, plus one while it is open or the run keeps it */
    unsigned int generation; /* of the process that began it, see pl_run.generation */
    bool foreign;            /* begun by another process and joined */
    bool named;              /* begun by pipelens_begin() */
    char own_id[17];
    size_t head_len, head_key, head_key_len; /* of the head, and of its key with its quotes */
    const char *id;                          /* own_id, or that of a joined step */
    const char *name, *key;                  /* behind the head */
    char head[];                             /* {"name":…,"key":…,"time":{"startTs":… */
};

struct pl_action {
    struct pl_action *next;
    char name[];
};

struct pl_transition {
    struct pl_transition *next;
    const char *to, *condition; /* condition: NULL for else */
    char from[];                /* the three texts, one behind the other */
};

struct pipelens_run {
    struct pl_guard guard;    /* its lock is held for everything below that can change */
    pthread_mutex_t starting; /* held while the start is written; no guard's, because a transport writes meanwhile */
    enum pipelens_write write;
    struct pipelens_transport *transport; /* NULL: nothing is written */
    bool owns_transport, forget_steps, joined, start_called, started, start_written, finished;
    pipelens_error_callback *on_error;
    void *on_error_user;
    uint64_t errors;
    _Atomic bool wrote;                        /* a line since the transport was told that the run is finished */
    char *id, *name, *args, *parent_run, *log; /* args: compact JSON; log: absolute path */
    char *tags;                                /* compact JSON object */
    struct pl_text prefix[PL_KIND_COUNT];      /* of a line: up to the step or the meta */
    char trace_id[33], trace_parent[17], trace_flags[3]; /* hex; trace_parent "" when there is none */
    struct pl_action *actions, *last_action;
    struct pl_transition *transitions, *last_transition;
    char *entrypoint;
    struct pipelens_step *root;
    struct pl_text held_lines; /* PIPELENS_FINISH: logs and links, which come before its one line */
    uint64_t id_seed, id_count;
    int64_t wall_us, monotonic_ns; /* the same moment on both clocks */
    unsigned int generation;       /* forks since the run was created, seen from this process */
    struct pl_listener *listeners;
    uint64_t last_listener;
    char *joined_id;             /* of the root, when it is another process's */
    struct pipelens_step *outer; /* the current step of `starter` before the run was started */
    uint64_t outer_run;          /* serial of its guard */
    pthread_t starter;
};

/* ---- identity.c: ids and clocks ---- */
void pl_random(void *bytes, size_t count);
void pl_uuid(char ret_text[37]);
void pl_set_clock(struct pipelens_run *run);
int64_t pl_now(const struct pipelens_run *run); /* µs since 1970 */
void pl_next_id(struct pipelens_run *run, char ret_id[17]);
/* Takes the trace of a W3C traceparent, or (NULL, or one that is none) makes one of the run's id. */
void pl_set_trace(struct pipelens_run *run, const char *traceparent);

/* ---- run.c ---- */
/* Hands a line over and frees it; returns (and counts) the error of making it or of writing it. `what` was done. */
int pl_run_emit(struct pipelens_run *run, struct pl_text *line, const char *what);
/* Counts an error, tells on_error, and returns it. Nothing may be locked. */
int pl_run_error(struct pipelens_run *run, int error, const char *what);
/* Are the options possible, the name aside? */
bool pl_options_fit(const struct pipelens_options *options);
/* A run with its root, not started. `root_id` and `root_key` for a joined one, else NULL. */
int pl_run_create(const struct pipelens_options *options, const char *root_id, const char *root_key,
                  struct pipelens_run **ret_run);
void pl_run_lock(struct pipelens_run *run);
/* The same once the run is started, which what is told of it does when the program has not. */
void pl_run_lock_started(struct pipelens_run *run);
void pl_run_unlock(struct pipelens_run *run);
/* The text in memory of its own, NULL for NULL or when there is none. */
char *pl_copy(const char *text);

/* ---- step.c ---- */
/* A step below `parent` (NULL: the root of `run`). */
struct pipelens_step *pl_step_new(struct pipelens_run *run, struct pipelens_step *parent, const char *name,
                                  const char *key);
/* Frees a step and all below it. */
void pl_steps_free(struct pipelens_step *top);
/* Sets the step's start, µs since 1970; its run is locked. There is room for a time of some more digits. */
void pl_step_restart(struct pipelens_step *step, int64_t start);
struct pl_more *pl_step_more(struct pipelens_step *step);
/* Lets go of a step that was referred to, in a run that forgets its steps: it may be freed, and ancestors with it. */
void pl_step_release(struct pipelens_step *step);
/* The same in any run. */
void pl_step_unref(struct pipelens_step *step);
/* Was it begun by this process? */
bool pl_step_is_own(const struct pipelens_step *step);
/* The next one in pre-order below `top`, NULL behind the last. */
struct pipelens_step *pl_step_next(const struct pipelens_step *top, const struct pipelens_step *at);
/* A record of compact JSON with a NUL behind it, in two halves: with the run locked it is kept, and its line made; with
 * nothing locked the line is written, and the listeners told if there were any. */
int pl_step_keep_record(struct pipelens_step *step, const char *key, const struct pl_text *value, struct pl_text *line);
int pl_step_end_record(struct pipelens_step *step, const char *key, const struct pl_text *value, struct pl_text *line,
                       bool listened);
/* NULL when there is none of this key. The run is locked. */
const struct pl_record *pl_step_find_record(struct pipelens_step *step, const char *key);

/* ---- current.c ---- */
/* The thread's current step changes from `step` to `to` (NULL: what was current before the run), if it is that one. */
void pl_current_replace(const struct pipelens_step *step, struct pipelens_step *to);
/* The root becomes the thread's current step; when the run is over, what was current before does so again. */
void pl_current_enter(struct pipelens_run *run);
void pl_current_leave(struct pipelens_run *run);
/* The same before the run is freed, which held what was current before it. */
void pl_current_forget(struct pipelens_run *run);

/* ---- value.c ---- */
/* Appends the value as JSON: 0, EINVAL, ENOMEM, or what reading a file said. */
int pl_put_value(struct pl_text *t, struct pipelens_value value);
/* The value as JSON in memory of its own. */
int pl_value_text(struct pipelens_value value, char **ret_text);

/* ---- line.c ---- */
enum pl_extent { PL_START_LINE, PL_FINISH_LINE, PL_WHOLE_STEP, PL_OUTPUT_STEP };
/* A step as an object: what its start line says, its finish line, a line that stands alone, or an output (which has the
 * logs and links too). Without the closing brace. */
void pl_put_step(struct pl_text *t, const struct pipelens_step *step, enum pl_extent extent);
/* `"step":{"id":…,"key":…}` of a line that says one thing of a step. */
void pl_put_reference(struct pl_text *t, const struct pipelens_step *step);
void pl_put_records(struct pl_text *t, const struct pipelens_step *step);
/* `{"startTs":…}`, with its end when it has one. */
void pl_put_time(struct pl_text *t, const struct pipelens_step *step);
void pl_put_flat(struct pl_text *t, const struct pipelens_step *top, enum pl_extent extent);
void pl_put_nested(struct pl_text *t, const struct pipelens_step *top);
/* The pipeline's meta; `steps` says which stand in it: none, or all with this extent. */
void pl_put_meta(struct pl_text *t, const struct pipelens_run *run, bool finished, bool steps, enum pl_extent extent);
void pl_put_location(struct pl_text *t, const char *file, int line, const char *function);

/* ---- tree.c ---- */
/* The run for people: a line a step, indented, with its status, duration and error. Locked. */
void pl_put_tree(struct pl_text *t, const struct pipelens_run *run, bool colour);

/* ---- graph.c ---- */
/* `,"graph":{…}` when anything was declared. */
void pl_put_graph(struct pl_text *t, const struct pipelens_run *run);
void pl_graph_free(struct pipelens_run *run);

/* ---- listen.c ---- */
/* Tells the listeners of the step and of those above it. Nothing may be locked. Worth calling when run->listeners is
 * not NULL. */
void pl_notify(struct pipelens_step *step, enum pipelens_event event, const char *record_key, const char *data);
void pl_listeners_free(struct pipelens_run *run);

/* ---- usage.c ---- */
void pl_usage_free(struct pl_usage *list);
/* Is a record of this key an LLM response? */
bool pl_usage_is_response(const char *key);
/* Counts a response for the step and all above it, in place of the one that its record held before. Locked. */
int pl_usage_replace(struct pipelens_step *step, const struct pl_record *before, const struct pl_text *response);
void pl_put_usage(struct pl_text *t, const struct pipelens_step *step);

#endif
