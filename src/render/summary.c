/* SPDX-License-Identifier: MIT
 *
 * The small sections of the summary: status, slowest steps, tokens, notes. Errors are in summary_errors.c, the table
 * by name in summary_names.c.
 */
#include "render/summary.h"

#include "base/utf8.h"
#include "render/wording.h"

enum { SLOW_MAX = 10, MODELS_MAX = 20, PATH_COLUMNS = 72 };

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
    buf_put_count(b, run->step_count, "step", "steps");
    buf_puts(b, ": ");
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

/* The visible steps with the most self time, in order. Returns how many. */
static size_t slowest(const struct run *run, const struct step *list[SLOW_MAX])
{
    size_t count = 0;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->hidden || step->self <= 0) continue;
        if (count == SLOW_MAX && step->self <= list[SLOW_MAX - 1]->self) continue;
        size_t at = count < SLOW_MAX ? count++ : SLOW_MAX - 1;
        for (; at > 0 && list[at - 1]->self < step->self; at--) list[at] = list[at - 1];
        list[at] = step;
    }
    return count;
}

void summary_slow(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Step", false }, { "Self time", true }, { "Share", true }, { "Total", true }
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    const struct step *list[SLOW_MAX];
    size_t count = slowest(run, list);
    int64_t wall = run_wall_time(run);
    *s = (struct section){ .heading = "Slowest steps",
                           .name = "the slowest steps",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .unit_count = count,
                           .one = "step",
                           .many = "steps" };
    s->intro = S("By self time: the time in which none of a step's own steps was running. Share is that of the run.");
    s->units = ARENA_ARRAY(arena, struct str, count * COLUMNS + 1);
    struct buf b = BUF_INIT, path = BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        struct str *row = s->units + i * COLUMNS;
        buf_clear(&path);
        wording_put_path(&path, run, list[i], PATH_COLUMNS);
        md_put_code(&b, buf_str(&path));
        row[0] = taken(&b, arena);
        clock_put_duration(&b, list[i]->self, o->unit);
        row[1] = taken(&b, arena);
        buf_put_fixed(&b, wall > 0 ? 100.0 * (double)list[i]->self / (double)wall : 0, 1, false);
        buf_puts(&b, " %");
        row[2] = taken(&b, arena);
        clock_put_duration(&b, list[i]->duration, o->unit);
        row[3] = taken(&b, arena);
    }
    buf_free(&b);
    buf_free(&path);
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

void summary_notes(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    enum { NOTES_MAX = 2 + WORDING_NOTES };
    *s = (struct section){ .heading = "Notes", .name = "the notes", .one = "note", .many = "notes" };
    s->units = ARENA_ARRAY(arena, struct str, NOTES_MAX);
    add_bad_lines(s, arena, o->notes);
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
    summary_slow(run, o, &s->arena, &s->sections[SUMMARY_SLOW]);
    summary_names(o, &s->arena, &s->sections[SUMMARY_NAMES]);
    summary_usage(run, o, &s->arena, &s->sections[SUMMARY_USAGE]);
    summary_notes(run, o, &s->arena, &s->sections[SUMMARY_NOTES]);
}

void summary_free(struct summary *s) { arena_free(&s->arena); }
