/* SPDX-License-Identifier: MIT
 *
 * libpipelens: leave an event log of a pipeline run with a few lines of C.
 *
 *     struct pipelens_run *run;
 *     struct pipelens_options options = { .name = "import", .log = "run.ndjson" };
 *
 *     pipelens_run_new(&options, &run);
 *     pipelens_run_start(run);
 *     {
 *         PIPELENS_STEP(load, "load");                      // ends with the block, also by return
 *         pipelens_step_record(load, "rows", pipelens_int(1200));
 *         if (disk_is_full) pipelens_step_fail(load, "OSError", "no room for %d rows", 1200);
 *     }
 *     pipelens_run_free(run);                               // finishes it
 *
 * A run is one execution of a pipeline, a step a part of it with a beginning and an end, a child of another step; the
 * run's root step is the pipeline itself. `pipelens-report run.ndjson` turns the log into pictures and pages.
 *
 * Rules that hold for every function:
 *  - Nothing aborts, prints or changes signals, locale, environment or working directory of the host program. (A limit
 *    of file sizes that is set after the log was opened may still send SIGXFSZ.)
 *  - int results are 0 or an errno value: EINVAL for a NULL or an impossible argument, ENOMEM, ENOBUFS, or what the
 *    operating system said when the log was written. What is told of a step is kept in memory also when its line could
 *    not be written. A NULL run or step is allowed everywhere and does nothing, so the result of a failed
 *    pipelens_run_new or pipelens_step_begin may be used unchecked.
 *  - Any thread may call any function on any run or step, but for pipelens_run_free and pipelens_transport_close, which
 *    need that nobody else uses the object any more. Signal handlers may call none. The functions that the host gives
 *    to the library (listeners, on_error, transports) return; they do not leave by longjmp or an exception.
 *  - Strings are UTF-8 and end with a NUL, unless a length is asked for; bytes that are no UTF-8 are written as U+FFFD.
 *    The library copies what it is given; only the file and function names of a location must live as long as the run
 *    (those of the macros do).
 *  - Times in the log are milliseconds since 1970, UTC, with up to three decimals. They come from a monotonic clock,
 *    set by the wall clock once, when the run is created: a wall clock that is put back does not bend durations.
 *  - A step is valid until its run is freed; in a run with `forget_steps`, until it is ended. A thread that has one as
 *    its current step then has none, and a scope macro leaves it alone.
 *  - After fork() the child may begin steps below those it inherited and record on them; it writes what it does itself,
 *    at once, never what the parent still had to write. Starting, ending or finishing what it inherited writes nothing
 *    there: that is left to the process that began it. fork() waits while a thread is within a write of a log.
 */
#ifndef PIPELENS_H
#define PIPELENS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#define PIPELENS_PRINTF(string, first) __attribute__((format(__printf__, string, first)))
#define PIPELENS_CLEANUP(function)     __attribute__((cleanup(function), unused))
#define PIPELENS_UNUSED                __attribute__((unused))
#else
#define PIPELENS_PRINTF(string, first)
#define PIPELENS_UNUSED
#endif

struct pipelens_run;
struct pipelens_step;

/* Of this header: as text, and as a number that grows (major * 10000 + minor * 100 + patch). */
#define PIPELENS_VERSION        "0.1.0"
#define PIPELENS_VERSION_NUMBER 100

/* The version of the library that is linked, as "0.1.0". */
const char *pipelens_version(void);

/* ---- values ---- */

enum pipelens_type {
    PIPELENS_NULL,
    PIPELENS_BOOL,
    PIPELENS_INT,
    PIPELENS_UINT,
    PIPELENS_DOUBLE,
    PIPELENS_STRING,
    PIPELENS_JSON,
    PIPELENS_BYTES,
    PIPELENS_FILE
};

/* A datum for a record, a result, inputs or a state. Make one with the functions below; it borrows its pointer until
 * the call that takes it has returned. */
struct pipelens_value {
    enum pipelens_type type;
    size_t size; /* of a string, a JSON text or bytes; the limit of a file */
    union {
        bool boolean;
        int64_t integer;
        uint64_t natural;
        double number;
        const char *text; /* string, JSON, path of a file */
        const void *bytes;
    } as;
};

/* JSON null. */
struct pipelens_value pipelens_null(void);
/* true or false. */
struct pipelens_value pipelens_bool(bool value);
/* Written with all its digits. */
struct pipelens_value pipelens_int(int64_t value);
struct pipelens_value pipelens_uint(uint64_t value);
/* The shortest decimal that gives the same double again. JSON has no NaN and no infinities: they are written as the
 * strings "NaN", "Infinity" and "-Infinity". */
struct pipelens_value pipelens_double(double value);
/* A string; NULL is JSON null. */
struct pipelens_value pipelens_string(const char *text);
/* The first `length` bytes, NUL bytes included. */
struct pipelens_value pipelens_text(const char *text, size_t length);
/* A JSON text (RFC 8259, at most 512 levels deep). It is checked, EINVAL when it is none, and put on one line; digits
 * and key order stay. */
struct pipelens_value pipelens_json(const char *json);
/* The same for the first `length` bytes. */
struct pipelens_value pipelens_json_text(const char *json, size_t length);
/* Bytes, as {"size":N,"base64":"…"}. */
struct pipelens_value pipelens_bytes(const void *bytes, size_t length);
/* What a file holds now, at most `limit` bytes of it, as {"file":PATH,"size":N,"text":"…"}, or with "base64" when it is
 * not UTF-8, and with "truncated":true when the file was longer. The call that takes the value fails with what open or
 * read said. */
struct pipelens_value pipelens_file(const char *path, size_t limit);

/* ---- transports: where lines go ---- */

/* The functions of a transport; write your own by making this the first member of a structure. All but `write` may be
 * NULL. They are called from any thread, also several at once, never with a lock held. */
struct pipelens_transport {
    /* Takes whole lines, each with its '\n'. Returns 0 once they are safe as far as this transport promises, or an
     * errno value. `run` is the one they tell of. */
    int (*write)(struct pipelens_transport *transport, struct pipelens_run *run, const char *lines, size_t length);
    /* Brings out what is held back. Returns 0 or an errno value. */
    int (*flush)(struct pipelens_transport *transport);
    /* The run is finished, as far as this process goes: its last line was given to `write`; again when the run
     * is freed, if lines came later. */
    int (*finished)(struct pipelens_transport *transport, struct pipelens_run *run);
    /* Flushes and frees. Returns 0, or an errno value when lines were lost. */
    int (*close)(struct pipelens_transport *transport);
    void (*reserved[4])(void); /* NULL */
};

/* When a transport writes. All zero, or NULL in place of it: at once. */
struct pipelens_buffering {
    size_t flush_bytes;    /* write when this much is held; 0: at once, or 64 KiB when flush_ms is set */
    unsigned int flush_ms; /* and this long after the first held line, by a thread of the library; 0: no thread */
    size_t max_bytes;      /* hold no more than this while the log cannot be written; 0: 64 MiB */
    size_t reserved[4];    /* 0 */
};

/* Appends to a file, which is made (mode 0666 and the umask) when it is not there. Several processes may append to one
 * file. A torn last line that a crash has left is closed off first.
 *
 * At once: the line is in the kernel when the call returns; it survives the end of the process, however it ends.
 * When the log cannot be written (no room, say) each call returns the error, and the lines are kept, up to max_bytes,
 * and written before the next one as soon as that is possible again. Lines beyond max_bytes are lost: ENOBUFS.
 *
 * Buffered: what is held comes out when the conditions say so, by a flush, and at exit(); it is lost when the process
 * ends by a signal, _exit or quick_exit. Closing waits up to five seconds for a full pipe, exit one.
 *
 * A FIFO without a reader is ENXIO. The host must not close descriptors that are not its own. */
int pipelens_transport_file(const char *path, const struct pipelens_buffering *buffering,
                            struct pipelens_transport **ret_transport);
/* The same for a descriptor: a pipe, a socket, a terminal. It is not closed by the transport. */
int pipelens_transport_fd(int fd, const struct pipelens_buffering *buffering,
                          struct pipelens_transport **ret_transport);
/* Keeps all lines in memory, for tests and for those who send them elsewhere. */
int pipelens_transport_memory(struct pipelens_transport **ret_transport);
/* What a memory transport has, with a NUL behind it, and empties it; the caller frees it with free(). NULL when
 * there is no memory. *ret_length, which may be NULL, is without the NUL. */
char *pipelens_transport_take(struct pipelens_transport *transport, size_t *ret_length);
/* Passes lines on to each of `count` transports and closes them with itself. Returns the first error, after having
 * tried all. */
int pipelens_transport_fan_out(struct pipelens_transport *const *transports, size_t count,
                               struct pipelens_transport **ret_transport);
/* For people: on a terminal the tree of each finished run, elsewhere its lines. One run stays together, also when
 * several go on at once; what was not finished comes out when the process exits. The descriptor is not closed. */
int pipelens_transport_console(int fd, struct pipelens_transport **ret_transport);
/* Writes what is held back. 0, or why it could not. */
int pipelens_transport_flush(struct pipelens_transport *transport);
/* Flushes and frees; every run that writes to it must have been freed. 0, or an errno value when lines were lost. */
int pipelens_transport_close(struct pipelens_transport *transport);

/* ---- runs ---- */

enum pipelens_write {
    PIPELENS_REAL_TIME, /* a line for each event, when it happens */
    PIPELENS_FINISH,    /* one line with everything when the run is finished */
    PIPELENS_OFF        /* nothing is written; the outputs below work */
};

struct pipelens_tag {
    const char *key, *value;
};

/* Told of each error of a run, on the thread and in the call that has it, with no lock held. `what` says in words what
 * was being done; it is valid during the call. */
typedef void pipelens_error_callback(struct pipelens_run *run, int error, const char *what, void *user);

/* All zero is a good default but for the name; options that a later version adds are zero in programs of today. */
struct pipelens_options {
    const char *name;                     /* of the pipeline; must be given */
    const char *run_id;                   /* NULL: a random UUID (version 4) */
    const char *args;                     /* JSON text: what the run was started with */
    const struct pipelens_tag *tags;      /* tag_count of them; may be NULL */
    size_t tag_count;                     /* */
    const char *parent_run;               /* id of the run that started this one */
    enum pipelens_write write;            /* when to write */
    const char *log;                      /* path of a log: the run opens and closes its own file transport, at once */
    struct pipelens_transport *transport; /* or one that the caller has made and closes after the run is freed */
    pipelens_error_callback *on_error;    /* may be NULL */
    void *on_error_user;                  /* handed to it */
    bool forget_steps; /* free each step when it is ended: memory stays small in runs of millions of steps; the outputs
                          then hold only what is open, without messages and links, and a run written at its finish
                          holds nothing else */
    const char *traceparent; /* W3C trace context of the caller, "00-…-…-01": this run becomes part of that trace */
    void *reserved[4];       /* NULL */
};

/* Creates a run; nothing is written yet. EINVAL when there is no name, the args are no JSON, or both a log and a
 * transport are given; or what opening the log said. On an error *ret_run is NULL. */
int pipelens_run_new(const struct pipelens_options *options, struct pipelens_run **ret_run);
/* Joins a run that another process has begun: its steps become children of that run's step `step_id`, whose key is
 * `step_key` (NULL: not known). options->run_id must be given, a name need not. The run's own start and finish are
 * left to the process that began it; the root is the step that was joined, which this process can record on but not
 * end. */
int pipelens_run_join(const struct pipelens_options *options, const char *step_id, const char *step_key,
                      struct pipelens_run **ret_run);
/* Joins the run that the environment names (PIPELENS_LOG, PIPELENS_RUN, PIPELENS_STEP, PIPELENS_KEY), as it does below
 * `pipelens-report exec`; without one creates a run of its own, as pipelens_run_new (with the trace of TRACEPARENT).
 * A log or transport in the options wins over PIPELENS_LOG. */
int pipelens_run_from_environment(const struct pipelens_options *options, struct pipelens_run **ret_run);

/* Declares a part of the run's state machine, the static graph (`meta.graph`, as Burr's graph.json): an action, a
 * transition between two of them with its condition (NULL or "default": else), where it begins. Declare before
 * pipelens_run_start, so that the log has it from its first line; what comes later stands in its last. */
int pipelens_run_add_action(struct pipelens_run *run, const char *name);
int pipelens_run_add_transition(struct pipelens_run *run, const char *from, const char *to, const char *condition);
int pipelens_run_set_entrypoint(struct pipelens_run *run, const char *action);

/* Starts the clock of the root step, writes the run's first lines and makes the root the current step of the calling
 * thread; when the run is over, the step that was current before is so again. Beginning a step, a record, a message or
 * a link before this does the first two as well. EALREADY when it was called before. */
int pipelens_run_start(struct pipelens_run *run);
/* Ends the root step and the run (failed when the root has an error, else completed), writes the last lines and
 * flushes. Steps still open stay unfinished, unless they end later. Starts the run first when that was not done.
 * EALREADY when it was finished. */
int pipelens_run_finish(struct pipelens_run *run);
/* Finishes a run that was joined at its root, in place of the process that began it at `start_us` (µs since 1970)
 * and is gone: for jobs whose steps are processes of their own. What was told of the root here (records, an error)
 * is its. EINVAL for a run that was not joined or a time before 1970, EALREADY when it was finished. */
int pipelens_run_finish_joined(struct pipelens_run *run, int64_t start_us);
/* Finishes the run unless that was done, closes a log that it opened, frees it with all its steps. Returns what
 * pipelens_run_finish and the closing said. */
int pipelens_run_free(struct pipelens_run *run);

/* The run's id, valid as long as the run; NULL for a NULL run. */
const char *pipelens_run_id(const struct pipelens_run *run);
/* The root step, valid as long as the run. */
struct pipelens_step *pipelens_run_root(struct pipelens_run *run);
/* The errors so far: lines that could not be written, values that were refused. */
uint64_t pipelens_run_errors(struct pipelens_run *run);

/* ---- steps ---- */

/* What a step does, for the callback form: 0 when all is well. The status of a step whose function returns something
 * else and has not called pipelens_step_fail is error, "returned N". */
typedef int pipelens_function(struct pipelens_step *step, void *user);

/* Starts the run, runs the function as its root step, finishes the run. Returns what the function returned. */
int pipelens_run_track(struct pipelens_run *run, pipelens_function *function, void *user);

/* Begins a child of `parent`, at this place of the source. It does not become the current step. NULL when the parent is
 * NULL or memory is short. Names need not be unique: the second `page` below a step has the key `….page___1`. */
#define pipelens_step_begin(parent, name)                                                                              \
    pipelens_step_begin_at((parent), (name), NULL, pipelens_null(), __FILE__, __LINE__, __func__)
/* The same with a kind ("llm", "tool", "action", …; may be NULL) and what goes into the step (null: nothing). */
#define pipelens_step_begin_with(parent, name, kind, inputs)                                                           \
    pipelens_step_begin_at((parent), (name), (kind), (inputs), __FILE__, __LINE__, __func__)
/* What the macros above call. `file` and `function` may be NULL. */
struct pipelens_step *pipelens_step_begin_at(struct pipelens_step *parent, const char *name, const char *kind,
                                             struct pipelens_value inputs, const char *file, int line,
                                             const char *function);
/* Ends a step. If it is the current one of this thread, its parent becomes that. EALREADY when it was ended. */
int pipelens_step_end(struct pipelens_step *step);
/* Begins a child of `parent`, makes it current, runs the function, ends it. Returns what the function returned. */
#define pipelens_step_track(parent, name, function, user)                                                              \
    pipelens_step_track_at((parent), (name), (function), (user), __FILE__, __LINE__, __func__)
/* What the macro above calls. */
int pipelens_step_track_at(struct pipelens_step *parent, const char *name, pipelens_function *function, void *user,
                           const char *file, int line, const char *place);

/* The current step of the calling thread, NULL when there is none. */
struct pipelens_step *pipelens_current(void);
/* Makes a step the current one of this thread (NULL: none) and returns the one before, to be set again later. This is
 * how a step is handed to another thread. */
struct pipelens_step *pipelens_set_current(struct pipelens_step *step);

/* By name: begins a child of the current step and makes it current; ends the innermost step begun like this that has
 * the name, and those begun like this inside it. ENOENT when there is none, or the step of a scope is current. */
#define pipelens_begin(name) pipelens_begin_at((name), __FILE__, __LINE__, __func__)
/* What the macro above calls. */
struct pipelens_step *pipelens_begin_at(const char *name, const char *file, int line, const char *function);
int pipelens_end(const char *name);

/* What a scope macro keeps; not for direct use. */
struct pipelens_scope {
    struct pipelens_step *step, *previous;
    uint64_t run, previous_run;
    bool ends;
};
/* What the scope macros call: enters a step and ends it (or only leaves it) when the scope is left. */
struct pipelens_scope pipelens_scope_enter(struct pipelens_step *step, bool ends);
void pipelens_scope_leave(struct pipelens_scope *scope);

#ifdef PIPELENS_CLEANUP
/* A child of the current step for the rest of the block, in `variable`; it is the current step meanwhile, and ends when
 * the block is left, also by return, break or goto. (GCC and Clang, C and C++.) */
#define PIPELENS_STEP(variable, name)                                                                                  \
    PIPELENS_CLEANUP(pipelens_scope_leave)                                                                             \
    struct pipelens_scope variable##_scope = pipelens_scope_enter(pipelens_step_begin(pipelens_current(), (name)),     \
                                                                  true);                                               \
    PIPELENS_UNUSED struct pipelens_step *const variable = variable##_scope.step
/* The same, named like the function it stands in. */
#define PIPELENS_FUNCTION(variable) PIPELENS_STEP(variable, __func__)
/* Makes an open step the current one for the rest of the block: for the thread it was handed to. */
#define PIPELENS_WITHIN(step) PIPELENS_WITHIN_AT(step, __LINE__)
/* What the macro above uses: a name of its own for each line. */
#define PIPELENS_WITHIN_AT(step, line) PIPELENS_WITHIN_NAMED(step, line)
#define PIPELENS_WITHIN_NAMED(step, line)                                                                              \
    PIPELENS_CLEANUP(pipelens_scope_leave)                                                                             \
    struct pipelens_scope pipelens_within_scope_##line = pipelens_scope_enter((step), false)
#endif

/* The step's run, parent (NULL for the root), name, key and id. Strings are valid as long as the step. */
struct pipelens_run *pipelens_step_run(const struct pipelens_step *step);
struct pipelens_step *pipelens_step_parent(const struct pipelens_step *step);
const char *pipelens_step_name(const struct pipelens_step *step);
const char *pipelens_step_key(const struct pipelens_step *step);
const char *pipelens_step_id(const struct pipelens_step *step);

/* ---- what is told of a step ---- */

/* Records a datum; a later one of the same key takes its place. Written the moment it is recorded, and again with all
 * others when the step ends. */
int pipelens_step_record(struct pipelens_step *step, const char *key, struct pipelens_value value);
/* The functions below that set something, fail or handle return EALREADY when the step was ended, since what they tell
 * would not be written, and EPERM for a step that was inherited by a fork. */

/* What came out of the step. The last call counts. */
int pipelens_step_set_result(struct pipelens_step *step, struct pipelens_value value);
/* The state after the step, for state machines: `pipelens-report state LOG --at N` gives it back. */
int pipelens_step_set_state(struct pipelens_step *step, struct pipelens_value value);

enum pipelens_status { PIPELENS_STATUS_OK, PIPELENS_STATUS_SKIPPED, PIPELENS_STATUS_CACHED, PIPELENS_STATUS_RETRIED };
/* What else is to be said of a step without an error: it was not needed, its result was known, another attempt
 * follows. */
int pipelens_step_set_status(struct pipelens_step *step, enum pipelens_status status);

/* The step has failed, at this place of the source: `type` is the kind of error (may be NULL), the rest its message as
 * for printf. The last call counts. It does not end the step. */
#define pipelens_step_fail(step, type, ...)                                                                            \
    pipelens_step_fail_at((step), __FILE__, __LINE__, __func__, (type), __VA_ARGS__)
/* What the macro above calls. `file` and `function` may be NULL. */
int pipelens_step_fail_at(struct pipelens_step *step, const char *file, int line, const char *function,
                          const char *type, const char *format, ...) PIPELENS_PRINTF(6, 7);
/* A stack trace or the like in place of the error's place in the source; many lines. */
int pipelens_step_set_trace(struct pipelens_step *step, const char *trace);
/* An error that was dealt with: the step goes on. */
#define pipelens_step_handled(step, type, ...)                                                                         \
    pipelens_step_handled_at((step), __FILE__, __LINE__, __func__, (type), __VA_ARGS__)
/* What the macro above calls. */
int pipelens_step_handled_at(struct pipelens_step *step, const char *file, int line, const char *function,
                             const char *type, const char *format, ...) PIPELENS_PRINTF(6, 7);

enum pipelens_level { PIPELENS_TRACE, PIPELENS_DEBUG, PIPELENS_INFO, PIPELENS_WARN, PIPELENS_ERROR, PIPELENS_CRITICAL };
/* A message of the step, as for printf. */
int pipelens_step_log(struct pipelens_step *step, enum pipelens_level level, const char *format, ...)
    PIPELENS_PRINTF(3, 4);
int pipelens_step_vlog(struct pipelens_step *step, enum pipelens_level level, const char *format, va_list args)
    PIPELENS_PRINTF(3, 0);

enum pipelens_relation { PIPELENS_FOLLOWS, PIPELENS_SPAWNED, PIPELENS_REFERS };
/* Joins traces: the step follows, has spawned or refers to a step (NULL: the whole) of another run. */
int pipelens_step_link(struct pipelens_step *step, const char *run_id, const char *step_id,
                       enum pipelens_relation relation);
/* A text that names the step, "RUN/STEP", to travel in a message; the caller frees it with free(). NULL when there
 * is no memory. */
char *pipelens_step_reference(const struct pipelens_step *step);
/* Links to the step that such a text names, where the message arrives. EINVAL when it names none. */
int pipelens_step_refer(struct pipelens_step *step, const char *reference, enum pipelens_relation relation);

/* What a command started by this step needs in its environment so that its own steps become children of this one:
 * PIPELENS_LOG (when the run has a log or PIPELENS_LOG named it), PIPELENS_RUN, PIPELENS_STEP, PIPELENS_KEY and
 * TRACEPARENT, each as NAME=VALUE, the list ending with NULL. One block of memory that the caller frees with free();
 * NULL when there is none. */
char **pipelens_step_environment(const struct pipelens_step *step);

/* ---- large language models ---- */

/* Records an OpenAI-compatible chat completion as `__LLM_RESPONSE_` and its id: of the response `json` the members id,
 * object, created, model, choices, usage and system_fingerprint are kept. When it names a model, its tokens count for
 * the step, for the steps around it and for the run. EINVAL when it is no JSON object. */
int pipelens_llm_track(struct pipelens_step *step, const char *json);

struct pipelens_usage {
    uint64_t responses, prompt_tokens, completion_tokens, total_tokens;
    uint64_t reserved[4]; /* 0 */
};
/* The tokens of a step and all below it, of one model or (NULL) of all. ENOENT when there was no response. */
int pipelens_step_usage(struct pipelens_step *step, const char *model, struct pipelens_usage *ret_usage);

/* ---- listeners ---- */

enum pipelens_event {
    PIPELENS_STEP_START = 1,
    PIPELENS_STEP_RECORD = 2,
    PIPELENS_STEP_SUCCESS = 4, /* ended without an error; COMPLETE follows */
    PIPELENS_STEP_ERROR = 8,   /* ended with an error; COMPLETE follows */
    PIPELENS_STEP_COMPLETE = 16,
    PIPELENS_STEP_ALL = 31
};

struct pipelens_notice {
    enum pipelens_event event;
    struct pipelens_step *step;
    const char *record_key; /* RECORD, else NULL */
    const char *data;       /* JSON text: the datum, the result, the error; NULL when there is none */
};
typedef void pipelens_listener(const struct pipelens_notice *notice, void *user);

/* Calls `listener` for the events (added up) of a step and all below it, of the run's root: of all steps. It is called
 * on the thread that caused the event, with no lock held; it may use all of this library, but is not called for what it
 * causes itself. `release`, which may be NULL, is called with `user` once the listener was removed, or its run freed,
 * and no call of it goes on. *ret_id, which may be NULL, is for pipelens_unlisten. */
int pipelens_step_listen(struct pipelens_step *step, unsigned int events, pipelens_listener *listener, void *user,
                         void (*release)(void *user), uint64_t *ret_id);
/* Removes a listener. A call that another thread is in goes on to its end. ENOENT when there is none of this id. */
int pipelens_unlisten(struct pipelens_run *run, uint64_t id);

/* ---- outputs ---- */

enum pipelens_output {
    PIPELENS_NESTED,        /* the step with its children in `substeps`, as `pipelens-report export --to nested` */
    PIPELENS_FLATTENED,     /* an array of the step and all below it, in pre-order, as --to flat */
    PIPELENS_PIPELINE_META, /* the whole run, as --to pipelens; for the root */
    PIPELENS_RECORDS,       /* the step's records */
    PIPELENS_TIME,          /* {"startTs","endTs","timeUsageMs"} of the step, the last two once it has ended */
    PIPELENS_USAGE          /* {MODEL:{"prompt_tokens","completion_tokens","total_tokens"}} of the step and below */
};
/* JSON text with a NUL behind it into the caller's buffer. *ret_length, which may be NULL, is its length without the
 * NUL, also when the buffer is too small: then ENOBUFS, and the buffer is "". */
int pipelens_step_output(struct pipelens_step *step, enum pipelens_output what, char *buffer, size_t size,
                         size_t *ret_length);
/* The same in memory that the caller frees with free(); NULL when the step is NULL or memory is short. */
char *pipelens_step_output_new(struct pipelens_step *step, enum pipelens_output what, size_t *ret_length);

#undef PIPELENS_PRINTF
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
