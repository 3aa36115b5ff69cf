/* SPDX-License-Identifier: MIT
 *
 * Nextflow's trace file (`nextflow run -with-trace`; columns as in its documentation, "trace.fields", in any order and
 * choice; values as its TraceRecord prints them, or, with `trace.raw`, as plain numbers):
 *
 *   task_id  hash       native_id  name              status     exit  submit                   duration  realtime  rss
 *   1        e6/335796  11248      sayHello (world)  COMPLETED  0     2018-11-08 15:28:28.731  5.8s      857ms     4 MB
 *
 *            submit ──── queued ──── start ═════ realtime ═════ complete
 *                   ←─────────────── duration ───────────────→
 *
 * The file is a run (each header begins one), a task a step. What gives a step its name, start, end and status is told
 * as that, all else as records under the names of the columns, numbers as numbers, other values as the text they are;
 * "-" and nothing are nothing. A failed task is `retried` when a later attempt of the same name follows.
 */
#include "input/format.h"

#include "input/nextflow_failures.h"
#include "input/nextflow_values.h"
#include "input/titles.h"

#include <stdlib.h>

enum column_kind {
    COLUMN_NAME,
    COLUMN_PROCESS,
    COLUMN_TAG,
    COLUMN_STATUS,
    COLUMN_EXIT,
    COLUMN_SUBMIT,
    COLUMN_START,
    COLUMN_COMPLETE,
    COLUMN_DURATION,
    COLUMN_REALTIME,
    COLUMN_ATTEMPT,
    COLUMN_ERROR_ACTION,
    COLUMN_KINDS, /* those that mean something to this reader; then */
    COLUMN_OTHER
};

static const struct str kind_names[COLUMN_KINDS] = {
    [COLUMN_NAME] = { "name", 4 },         [COLUMN_PROCESS] = { "process", 7 },
    [COLUMN_TAG] = { "tag", 3 },           [COLUMN_STATUS] = { "status", 6 },
    [COLUMN_EXIT] = { "exit", 4 },         [COLUMN_SUBMIT] = { "submit", 6 },
    [COLUMN_START] = { "start", 5 },       [COLUMN_COMPLETE] = { "complete", 8 },
    [COLUMN_DURATION] = { "duration", 8 }, [COLUMN_REALTIME] = { "realtime", 8 },
    [COLUMN_ATTEMPT] = { "attempt", 7 },   [COLUMN_ERROR_ACTION] = { "error_action", 12 },
};

struct trace_file {
    struct column {
        enum column_kind kind;
        struct str json; /* its name as a JSON string */
    } * columns;
    size_t column_count, column_cap;
    struct str run; /* id, JSON; empty between a header and its first row */
    uint64_t runs;  /* so far; the others are of the run at hand */
    uint64_t rows, failures, aborted, running, naive;
    int64_t start, end, cached_start, cached_end;
    struct nextflow_failures failed;
};

struct task {
    struct str line, cell[COLUMN_KINDS];
    struct str name;
    int64_t submit, start, end, duration, realtime;
    bool from_submit, from_duration; /* the start is that of `submit`; the end comes from a duration */
    bool failed, cached, running, aborted;
};

static enum column_kind kind_of(struct str name)
{
    for (enum column_kind k = 0; k < COLUMN_KINDS; k++)
        if (str_eq(name, kind_names[k])) return k;
    return COLUMN_OTHER;
}

/* Columns that no other table has all of: how a task is known, and what became of it. */
static bool is_header(struct str line)
{
    static const struct str known[] = { { "task_id", 7 }, { "hash", 4 }, { "native_id", 9 }, { "workdir", 7 },
                                        { "%cpu", 4 },    { "rss", 3 },  { "peak_rss", 8 },  { "vmem", 4 } };
    int names = 0, values = 0;
    while (line.len) {
        struct str name = str_trim(str_cut(&line, '\t'));
        enum column_kind kind = kind_of(name);
        names += kind == COLUMN_NAME || kind == COLUMN_PROCESS;
        values += kind != COLUMN_OTHER && kind != COLUMN_NAME && kind != COLUMN_PROCESS && kind != COLUMN_TAG;
        for (size_t i = 0; i < COUNT_OF(known); i++)
            if (str_eq(name, known[i])) names++, values += i > 3;
    }
    return names >= 1 && values >= 2 && names + values >= 4;
}

static void end_run(struct teller *t, struct trace_file *f);

static void take_header(struct teller *t, struct trace_file *f, struct str line)
{
    end_run(t, f);
    f->column_count = 0;
    while (line.len) {
        struct str name = str_trim(str_cut(&line, '\t'));
        f->columns = array_grow(f->columns, &f->column_cap, f->column_count + 1, sizeof *f->columns);
        f->columns[f->column_count++] = (struct column){ kind_of(name), json_of_text(name, &t->arena) };
    }
}

/* Cells of a row, by kind; of two columns of one kind the first that says something. */
static void take_cells(const struct trace_file *f, struct task *task)
{
    struct str rest = task->line;
    for (size_t i = 0; i < f->column_count && rest.len; i++) {
        struct str cell = nextflow_cell(str_cut(&rest, '\t'));
        enum column_kind kind = f->columns[i].kind;
        if (kind != COLUMN_OTHER && !task->cell[kind].len) task->cell[kind] = cell;
    }
}

static int64_t take_time(struct teller *t, struct trace_file *f, struct task *task, enum column_kind kind)
{
    int64_t us;
    struct str cell = task->cell[kind];
    if (!cell.len) return TIME_NONE;
    if (nextflow_time(t, cell, &us, &f->naive)) return us;
    tell_problem(t, cell.ptr, "this is no time such as 2021-03-29 20:06:06.979: kept as text");
    return TIME_NONE;
}

static int64_t take_duration(const struct task *task, enum column_kind kind)
{
    int64_t us;
    return nextflow_duration(task->cell[kind], &us) ? us : TIME_NONE;
}

/* When the task ran, from what columns there are. */
static void take_times(struct teller *t, struct trace_file *f, struct task *task)
{
    task->submit = take_time(t, f, task, COLUMN_SUBMIT);
    task->start = take_time(t, f, task, COLUMN_START);
    task->end = take_time(t, f, task, COLUMN_COMPLETE);
    task->duration = take_duration(task, COLUMN_DURATION);
    task->realtime = take_duration(task, COLUMN_REALTIME);
    bool both = task->duration != TIME_NONE && task->realtime != TIME_NONE;
    bool queued = both && task->duration > task->realtime;
    if (task->start == TIME_NONE) {
        task->start = queued ? clock_after(task->submit, task->duration - task->realtime) : task->submit;
        task->from_submit = !queued;
    }
    if (task->end != TIME_NONE || task->running) return;
    task->from_duration = true;
    int64_t whole = clock_after(task->submit, task->duration);
    task->end = whole != TIME_NONE ? whole : clock_after(task->start, task->realtime);
}

static void take_status(struct task *task)
{
    struct str s = task->cell[COLUMN_STATUS];
    task->failed = str_eq(s, S("FAILED"));
    task->cached = str_eq(s, S("CACHED"));
    task->aborted = str_eq(s, S("ABORTED"));
    task->running = str_eq(s, S("RUNNING")) || str_eq(s, S("SUBMITTED")) || str_eq(s, S("NEW"));
}

static void take_name(struct teller *t, const struct trace_file *f, struct task *task)
{
    const struct str *c = task->cell;
    if (c[COLUMN_NAME].len) task->name = c[COLUMN_NAME];
    else if (c[COLUMN_PROCESS].len && c[COLUMN_TAG].len)
        task->name = arena_format(&t->arena, "%.*s (%.*s)", STR_ARG(c[COLUMN_PROCESS]), STR_ARG(c[COLUMN_TAG]));
    else if (c[COLUMN_PROCESS].len) task->name = c[COLUMN_PROCESS];
    else task->name = arena_format(&t->arena, "task %llu", (unsigned long long)f->rows);
}

static void begin_run(struct teller *t, struct trace_file *f, int64_t first, const char *at)
{
    f->run = path_run_id(t, S("trace.txt"), ++f->runs, first);
    f->start = f->end = f->cached_start = f->cached_end = TIME_NONE;
    f->rows = f->failures = f->aborted = f->running = 0;
    tell_begin(t, EVENT_PIPELINE_START, at);
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, f->run);
    tell_text(t, &t->event.step.name, path_title(t, S("trace.txt")));
    tell_send(t);
}

static void end_run(struct teller *t, struct trace_file *f)
{
    if (!f->run.len) return;
    bool any = f->start != TIME_NONE || f->end != TIME_NONE;
    tell_begin(t, EVENT_PIPELINE_FINISH, NULL);
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, f->run);
    t->event.step.start = any ? f->start : f->cached_start;
    if (!f->running) t->event.step.end = any ? f->end : f->cached_end;
    bool failed = f->failures || f->aborted;
    tell_text(t, &t->event.status, f->running ? S("running") : failed ? S("failed") : S("completed"));
    tell_send(t);
    f->run = (struct str){ 0 };
    nextflow_failures_clear(&f->failed);
}

static void widen(int64_t *start, int64_t *end, int64_t from, int64_t to)
{
    if (from != TIME_NONE && (*start == TIME_NONE || from < *start)) *start = from;
    if (to == TIME_NONE) to = from;
    if (to != TIME_NONE && (*end == TIME_NONE || to > *end)) *end = to;
}

static void tell_retried(struct teller *t, const struct trace_file *f, uint64_t row)
{
    tell_begin(t, EVENT_STEP_START, NULL);
    tell_raw(t, &t->event.runId, f->run);
    buf_put_uint(tell_open(t, &t->event.step.id), row);
    tell_close(t);
    tell_text(t, &t->event.step.status, S("retried"));
    tell_send(t);
}

/* Does this row try again what an earlier one failed at? And what becomes of its own failure? */
static void count_failure(struct teller *t, struct trace_file *f, const struct task *task)
{
    uint64_t attempt = 0;
    nextflow_number(task->cell[COLUMN_ATTEMPT], &attempt);
    struct nextflow_failure *before = nextflow_failure_of(&f->failed, task->name, task->failed);
    if (!before) return;
    bool later = !attempt || !before->attempt || attempt > before->attempt;
    if (before->final && later && !task->running) {
        tell_retried(t, f, before->row);
        before->final = false;
        f->failures--;
    }
    if (!task->failed) return;
    bool ignored = str_eq(task->cell[COLUMN_ERROR_ACTION], S("IGNORE"));
    bool retried = str_eq(task->cell[COLUMN_ERROR_ACTION], S("RETRY"));
    before->row = f->rows;
    before->attempt = attempt;
    before->final = !ignored && !retried;
    f->failures += before->final;
    if (retried) tell_retried(t, f, f->rows);
}

/* Is the cell told as something else than a record? */
static bool is_told(const struct task *task, enum column_kind kind)
{
    switch (kind) {
    case COLUMN_NAME: return true;
    case COLUMN_PROCESS: return true; /* the step's kind */
    case COLUMN_TAG: return !task->cell[COLUMN_NAME].len && task->cell[COLUMN_PROCESS].len;
    case COLUMN_STATUS:
        return task->failed || task->cached || task->aborted || str_eq(task->cell[kind], S("COMPLETED")) ||
               str_eq(task->cell[kind], S("RUNNING"));
    case COLUMN_SUBMIT: return task->submit != TIME_NONE && task->from_submit;
    case COLUMN_START: return task->start != TIME_NONE;
    case COLUMN_COMPLETE: return task->end != TIME_NONE && !task->from_duration;
    default: return false;
    }
}

/* How long the task waited to be started, in the words of the other durations; no column says it. */
static void put_queued(struct buf *b, const struct task *task, bool first)
{
    int64_t queued;
    if (task->submit == TIME_NONE || task->start == TIME_NONE || task->from_submit) return;
    if (__builtin_sub_overflow(task->start, task->submit, &queued) || queued < 0) return;
    buf_puts(b, first ? "\"queued\":\"" : ",\"queued\":\"");
    nextflow_put_duration(b, queued);
    buf_putc(b, '"');
}

static void put_records(struct buf *b, const struct trace_file *f, const struct task *task)
{
    struct str rest = task->line;
    bool first = true, used[COLUMN_KINDS] = { false };
    buf_putc(b, '{');
    for (size_t i = 0; rest.len; i++) {
        struct str cell = nextflow_cell(str_cut(&rest, '\t'));
        enum column_kind kind = i < f->column_count ? f->columns[i].kind : COLUMN_OTHER;
        if (!cell.len) continue;
        bool told = kind != COLUMN_OTHER && !used[kind] && is_told(task, kind);
        if (kind != COLUMN_OTHER) used[kind] = true;
        if (told) continue;
        if (!first) buf_putc(b, ',');
        first = false;
        if (i < f->column_count) buf_put(b, f->columns[i].json);
        else buf_printf(b, "\"column %zu\"", i + 1);
        buf_putc(b, ':');
        nextflow_put_value(b, cell);
    }
    put_queued(b, task, first);
    buf_putc(b, '}');
}

static void tell_outcome(struct teller *t, const struct task *task)
{
    if (str_eq(task->cell[COLUMN_STATUS], S("COMPLETED"))) tell_text(t, &t->event.step.status, S("ok"));
    if (task->cached) tell_text(t, &t->event.step.status, S("cached"));
    if (task->running) tell_text(t, &t->event.step.status, S("running"));
    if (!task->failed && !task->aborted) return;
    struct buf b = BUF_INIT;
    nextflow_put_error(&b, task->aborted, task->cell[COLUMN_EXIT]);
    tell_text(t, &t->event.step.error, buf_str(&b));
    buf_free(&b);
}

static void tell_task(struct teller *t, struct trace_file *f, struct str line)
{
    struct task task = { .line = line };
    take_cells(f, &task);
    take_status(&task);
    take_times(t, f, &task);
    if (!f->run.len) begin_run(t, f, task.submit != TIME_NONE ? task.submit : task.start, line.ptr);
    f->rows++;
    take_name(t, f, &task);
    tell_begin(t, task.running ? EVENT_STEP_START : EVENT_STEP_FINISH, line.ptr);
    tell_raw(t, &t->event.runId, f->run);
    buf_put_uint(tell_open(t, &t->event.step.id), f->rows);
    tell_close(t);
    tell_text(t, &t->event.step.name, task.name);
    t->event.step.start = task.start;
    t->event.step.end = task.end;
    if (task.cell[COLUMN_PROCESS].len) tell_text(t, &t->event.step.kind, task.cell[COLUMN_PROCESS]);
    tell_outcome(t, &task);
    put_records(tell_open(t, &t->event.step.records), f, &task);
    tell_close(t);
    tell_send(t);
    f->running += task.running;
    f->aborted += task.aborted;
    int64_t from = task.submit != TIME_NONE ? task.submit : task.start;
    if (task.cached) widen(&f->cached_start, &f->cached_end, from, task.end);
    else widen(&f->start, &f->end, from, task.end);
    count_failure(t, f, &task);
}

static void take_line(struct teller *t, void *state, struct str line)
{
    struct trace_file *f = state;
    if (!str_trim(line).len) return;
    bool digit = line.ptr[0] >= '0' && line.ptr[0] <= '9'; /* as most rows begin, and no header does */
    if (!digit && is_header(line)) take_header(t, f, line);
    else if (!f->column_count) tell_problem(t, line.ptr, "this stands before the names of the columns: left out");
    else if (f->column_count > 1 && str_find(line, '\t') == line.len)
        tell_problem(t, line.ptr, "this is no row of the table, it has no columns: left out");
    else tell_task(t, f, line);
}

static void finish(struct teller *t, void *state)
{
    struct trace_file *f = state;
    if (f->column_count && !f->run.len) begin_run(t, f, TIME_NONE, NULL);
    end_run(t, f);
    if (f->naive) tell_note(t, S("the times of the trace have no zone: taken as UTC; --tz says another one"));
    free(f->columns);
    nextflow_failures_free(&f->failed);
}

static bool knows_nextflow(const struct glance *g) { return !g->object && is_header(g->line); }

const struct format format_nextflow = {
    .name = "nextflow",
    .title = "Nextflow",
    .about = "the trace file of a pipeline run: nextflow run … -with-trace trace.txt\n"
             "(tab-separated, any choice of columns, also with trace.raw = true)\n",
    .names = (const char *const[]){ "trace*.txt*", "*[-_.]trace*.txt*", "*.tsv", NULL },
    .takes = TAKES_LINES,
    .knows = knows_nextflow,
    .state_size = sizeof(struct trace_file),
    .text = take_line,
    .end = finish,
};
