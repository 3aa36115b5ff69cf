/* SPDX-License-Identifier: MIT
 *
 * The small sections of the summary: status, slowest steps, tokens, notes. Errors are in summary_errors.c, the table
 * by name in summary_names.c.
 */
#include "render/summary.h"

#include "base/utf8.h"
#include "model/measure.h"
#include "render/wording.h"

enum { TOP_MAX = 10, MODELS_MAX = 20, PATH_COLUMNS = 72 };

#define CRITICAL_WORDS "What the run was waiting for: only what is on this path makes the run longer."

/* Moves the text to the arena and empties the buffer. */
static struct str taken(struct buf *b, struct arena *arena)
{
    struct str text = arena_copy(arena, buf_str(b));
    buf_clear(b);
    return text;
}

void md_put_code(struct buf *b, struct str plain)
{
    plain = str_trim(plain);
    bool fits = plain.len && !memchr(plain.ptr, '`', plain.len) && !memchr(plain.ptr, '|', plain.len);
    if (fits) buf_putc(b, '`');
    if (fits) buf_put(b, plain);
    else buf_put_md(b, plain);
    if (fits) buf_putc(b, '`');
}

static void put_status(struct buf *b, const struct run *run, enum time_unit unit, const char *strong)
{
    static const char *const words[RUN_STATUS_COUNT] = {
        [RUN_COMPLETED] = "completed",
        [RUN_FAILED] = "failed",
        [RUN_RUNNING] = "running",
        [RUN_UNFINISHED] = "unfinished: the log just stops",
    };
    static const char *const betweens[RUN_STATUS_COUNT] = {
        [RUN_COMPLETED] = " in ",
        [RUN_FAILED] = " after ",
        [RUN_RUNNING] = " for ",
        [RUN_UNFINISHED] = " after ",
    };
    buf_puts(b, strong);
    buf_puts(b, wording_run_mark(run->status));
    buf_putc(b, ' ');
    buf_puts(b, words[run->status]);
    buf_puts(b, strong);
    if (run->duration != TIME_NONE) {
        buf_puts(b, betweens[run->status]);
        buf_puts(b, strong);
        clock_put_duration(b, run->duration, unit);
        buf_puts(b, strong);
    }
    buf_puts(b, " · ");
    buf_put_count(b, run->log_steps, "step", "steps");
    if (run->log_steps) buf_puts(b, ": ");
    wording_put_statuses(b, run);
    if (run->start != TIME_NONE) {
        buf_puts(b, " · ");
        clock_put_utc(b, run->start);
    }
}

static void make_head(const struct run *run, const struct report_options *o, struct summary *s)
{
    enum { TITLE_COLUMNS = 120, ID_COLUMNS = 64 };
    struct buf plain = BUF_INIT, b = BUF_INIT;
    wording_put_short(&plain, wording_title(run, o->title), TITLE_COLUMNS);
    buf_put_md(&b, buf_str(&plain));
    s->title = taken(&b, &s->arena);

    put_status(&b, run, o->unit, "");
    s->plain_status = taken(&b, &s->arena);
    put_status(&b, run, o->unit, "**");
    if (run->id.len) {
        buf_clear(&plain);
        wording_put_short(&plain, run->id, ID_COLUMNS);
        buf_puts(&b, " · run ");
        md_put_code(&b, buf_str(&plain));
    }
    if (run->attempt > 1) buf_printf(&b, ", attempt %u", (unsigned)run->attempt);
    s->status = taken(&b, &s->arena);

    wording_put_running(&b, run, analysis_running(o->analysis), o->unit);
    s->running = taken(&b, &s->arena);

    if (o->left_out.len) {
        buf_clear(&plain);
        wording_put_start(&plain, o->left_out, 400);
        buf_put_md(&b, buf_str(&plain));
        buf_putc(&b, '.');
        s->left_out = taken(&b, &s->arena);
    }
    buf_free(&plain);
    buf_free(&b);
}

/* The steps with the most of some time, in order. */
struct top {
    const struct step *steps[TOP_MAX];
    int64_t times[TOP_MAX];
    size_t count;
    uint64_t beyond;
};

static void top_add(struct top *t, const struct step *step, int64_t time)
{
    if (step->hidden || time <= 0) return;
    t->beyond += t->count == TOP_MAX;
    if (t->count == TOP_MAX && time <= t->times[TOP_MAX - 1]) return;
    size_t at = t->count < TOP_MAX ? t->count++ : TOP_MAX - 1;
    for (; at > 0 && t->times[at - 1] < time; at--) {
        t->steps[at] = t->steps[at - 1];
        t->times[at] = t->times[at - 1];
    }
    t->steps[at] = step;
    t->times[at] = time;
}

/* The first three cells of a row: path, time, share. */
static void put_top_row(struct str *row, const struct run *run, const struct step *step, int64_t time, double share,
                        enum time_unit unit, struct arena *arena)
{
    struct buf b = BUF_INIT, path = BUF_INIT;
    wording_put_path(&path, run, step, PATH_COLUMNS);
    md_put_code(&b, buf_str(&path));
    row[0] = taken(&b, arena);
    clock_put_duration(&b, time, unit);
    row[1] = taken(&b, arena);
    wording_put_percent(&b, share);
    row[2] = taken(&b, arena);
    buf_free(&b);
    buf_free(&path);
}

static struct str critical_remark(const struct critical *path, const struct step *step)
{
    unsigned flags = path->flags[step->index];
    if (!step->parent) return S("the run itself");
    if (flags & CRITICAL_OUTLIVES)
        return flags & CRITICAL_BESIDE ? S("goes on after its parent; others ran beside it")
                                       : S("goes on after its parent");
    return flags & CRITICAL_BESIDE ? S("others ran beside it") : S("");
}

/* Thousands of steps that have next to nothing each: their names tell more. */
static void critical_by_name(const struct run *run, const struct report_options *o, const struct critical *path,
                             struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Steps of a name", false }, { "Count", true }, { "On the path", true }, { "Share", true }
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct name_time *list;
    size_t count = statistics_name_times(run, path->time, arena, &list);
    s->intro = S(CRITICAL_WORDS " By name: no step alone has one percent of it.");
    s->columns = columns;
    s->column_count = COLUMNS;
    s->unit_count = count < TOP_MAX ? count : TOP_MAX;
    s->beyond = count - s->unit_count;
    s->one = "name";
    s->many = "names";
    s->units = ARENA_ARRAY(arena, struct str, TOP_MAX * COLUMNS);
    struct buf b = BUF_INIT, name = BUF_INIT;
    for (size_t i = 0; i < s->unit_count; i++) {
        struct str *row = s->units + i * COLUMNS;
        buf_clear(&name);
        wording_put_short(&name, list[i].name, PATH_COLUMNS);
        md_put_code(&b, buf_str(&name));
        row[0] = taken(&b, arena);
        buf_put_number(&b, list[i].steps);
        row[1] = taken(&b, arena);
        clock_put_duration(&b, list[i].time, o->unit);
        row[2] = taken(&b, arena);
        wording_put_percent(&b, (double)list[i].time / (double)(run->end - run->start));
        row[3] = taken(&b, arena);
    }
    buf_free(&b);
    buf_free(&name);
}

static void critical_by_step(const struct run *run, const struct report_options *o, const struct critical *path,
                             struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Step", false }, { "On the path", true }, { "Share", true }, { "Remark", false }
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct top top = { 0 };
    bool beside = false, remarks = false;
    for (uint32_t i = 0; i < run->step_count; i++) top_add(&top, run->steps[i], path->time[i]);
    if (top.count < 2) return; /* a path through one step says nothing new */
    for (size_t i = 0; i < top.count; i++) {
        beside |= (path->flags[top.steps[i]->index] & CRITICAL_BESIDE) != 0;
        remarks |= critical_remark(path, top.steps[i]).len > 0;
    }
    s->intro = beside ? S(CRITICAL_WORDS " Where others ran beside a step, the log does not say which of them was "
                                         "waited for; the one that ended last is taken.")
                      : S(CRITICAL_WORDS);
    s->columns = columns;
    s->column_count = remarks ? COLUMNS : COLUMNS - 1;
    s->unit_count = top.count;
    s->beyond = top.beyond;
    s->one = "step";
    s->many = "steps";
    s->units = ARENA_ARRAY(arena, struct str, TOP_MAX * COLUMNS);
    for (size_t i = 0; i < top.count; i++) {
        struct str *row = s->units + i * s->column_count;
        double share = (double)top.times[i] / (double)(run->end - run->start);
        put_top_row(row, run, top.steps[i], top.times[i], share, o->unit, arena);
        if (remarks) row[3] = critical_remark(path, top.steps[i]);
    }
}

void summary_critical(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    const struct critical *path = analysis_critical(o->analysis);
    *s = (struct section){ .heading = "Critical path", .name = "the critical path" };
    if (!path->count) return;
    if (statistics_names_tell(run, path->time, run->end - run->start)) critical_by_name(run, o, path, arena, s);
    else critical_by_step(run, o, path, arena, s);
}

void summary_slow(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Step", false }, { "Self time", true }, { "Share", true }, { "Total", true }
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct top top = { 0 };
    for (uint32_t i = 0; i < run->step_count; i++) top_add(&top, run->steps[i], run->steps[i]->self);
    *s = (struct section){ .heading = "Slowest steps",
                           .name = "the slowest steps",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .unit_count = top.count,
                           .one = "step",
                           .many = "steps" };
    s->intro = S("By self time: the time in which none of a step's own steps was running. Share is that of the run.");
    s->units = ARENA_ARRAY(arena, struct str, top.count * COLUMNS + 1);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < top.count; i++) {
        struct str *row = s->units + i * COLUMNS;
        double share = measure_share(run, top.times[i]);
        put_top_row(row, run, top.steps[i], top.times[i], share, o->unit, arena);
        clock_put_duration(&b, top.steps[i]->duration, o->unit);
        row[3] = taken(&b, arena);
    }
    buf_free(&b);
}

static void usage_row(const struct usage *u, struct str name, struct buf *b, struct arena *arena, struct str *row)
{
    row[0] = name;
    const uint64_t numbers[] = { u->responses, u->prompt_tokens, u->completion_tokens, u->total_tokens };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buf_put_number(b, numbers[i]);
        row[i + 1] = taken(b, arena);
    }
}

void summary_usage(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Model", false },       { "Responses", true }, { "Prompt tokens", true }, { "Completion tokens", true },
        { "Total tokens", true },
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    (void)o;
    *s = (struct section){ .heading = "LLM usage",
                           .name = "the LLM usage",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .one = "model",
                           .many = "models" };
    s->units = ARENA_ARRAY(arena, struct str, (MODELS_MAX + 1) * COLUMNS);
    struct buf b = BUF_INIT, name = BUF_INIT;
    for (const struct usage *u = run->usage; u; u = u->next) {
        if (s->unit_count == MODELS_MAX) {
            s->beyond++;
            continue;
        }
        buf_clear(&name);
        wording_put_short(&name, u->model, 48);
        md_put_code(&b, buf_str(&name));
        struct str model = taken(&b, arena);
        usage_row(u, model, &b, arena, s->units + s->unit_count++ * COLUMNS);
    }
    if (s->unit_count > 1)
        usage_row(&run->usage_total, S("all models"), &b, arena, s->units + s->unit_count++ * COLUMNS);
    buf_free(&b);
    buf_free(&name);
}

static void add_bad_lines(struct section *s, struct arena *arena, const struct input_notes *notes)
{
    enum { BAD_LINE_COLUMNS = 300 };
    struct buf b = BUF_INIT, plain = BUF_INIT;
    if (!notes->bad_lines) return;
    buf_puts(&b, "- ");
    wording_put_bad_lines(&b, notes->bad_lines, false);
    buf_puts(&b, ".\n");
    s->units[s->unit_count++] = taken(&b, arena);
    if (notes->first_bad.len) {
        wording_put_start(&plain, notes->first_bad, BAD_LINE_COLUMNS);
        buf_puts(&b, notes->bad_lines == 1 ? "- It is " : "- The first is ");
        md_put_code(&b, buf_str(&plain));
        buf_puts(&b, "\n");
        s->units[s->unit_count++] = taken(&b, arena);
    }
    buf_free(&plain);
    buf_free(&b);
}

static void add_said(struct section *s, struct arena *arena, const struct run *run, const struct input_notes *notes)
{
    struct buf b = BUF_INIT;
    struct str said[WORDING_SAID];
    size_t count = wording_said(run, notes, arena, said);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&b, "- ");
        buf_put_md(&b, said[i]);
        buf_puts(&b, ".\n");
        s->units[s->unit_count++] = taken(&b, arena);
    }
    buf_free(&b);
}

void summary_notes(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    enum { NOTES_MAX = 2 + WORDING_SAID + WORDING_NOTES };
    *s = (struct section){ .heading = "Notes", .name = "the notes", .one = "note", .many = "notes" };
    s->units = ARENA_ARRAY(arena, struct str, NOTES_MAX);
    add_bad_lines(s, arena, o->notes);
    add_said(s, arena, run, o->notes);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < WORDING_NOTES; i++) {
        buf_puts(&b, "- ");
        bool any = wording_put_note(&b, &run->notes, i);
        buf_putc(&b, '\n');
        if (any) s->units[s->unit_count++] = arena_copy(arena, buf_str(&b));
        buf_clear(&b);
    }
    buf_free(&b);
}

void summary_make(const struct run *run, const struct report_options *o, struct summary *s)
{
    *s = (struct summary){ 0 };
    make_head(run, o, s);
    summary_errors(run, o, &s->arena, &s->sections[SUMMARY_ERRORS]);
    summary_open(run, o, &s->arena, &s->sections[SUMMARY_OPEN]);
    summary_critical(run, o, &s->arena, &s->sections[SUMMARY_CRITICAL]);
    summary_slow(run, o, &s->arena, &s->sections[SUMMARY_SLOW]);
    summary_names(o, &s->arena, &s->sections[SUMMARY_NAMES]);
    summary_usage(run, o, &s->arena, &s->sections[SUMMARY_USAGE]);
    summary_notes(run, o, &s->arena, &s->sections[SUMMARY_NOTES]);
}

void summary_free(struct summary *s) { arena_free(&s->arena); }
