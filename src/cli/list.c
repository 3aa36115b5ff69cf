/* SPDX-License-Identifier: MIT
 *
 * A line per run, in columns: pipeline, run, status, start, duration, steps, errors.
 */
#include "cli/command.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { COLUMNS = 7, RIGHT_FROM = 4 /* the columns from here on are numbers */ };

struct table {
    struct arena arena;
    struct str (*cells)[COLUMNS];
    size_t rows, cap, width[COLUMNS];
};

static void set_cell(struct table *t, int column, struct buf *text)
{
    struct buf plain = BUF_INIT;
    buf_put_plain(&plain, buf_str(text));
    struct str s = arena_copy(&t->arena, buf_str(&plain));
    t->cells[t->rows - 1][column] = s;
    if (utf8_columns(s) > t->width[column]) t->width[column] = utf8_columns(s);
    buf_free(&plain);
    buf_clear(text);
}

static void add_row(struct table *t)
{
    t->cells = array_grow(t->cells, &t->cap, t->rows + 1, sizeof *t->cells);
    t->rows++;
}

static void add_header(struct table *t)
{
    static const char *const titles[COLUMNS] = { "PIPELINE", "RUN", "STATUS", "START", "DURATION", "STEPS", "ERRORS" };
    struct buf b = BUF_INIT;
    add_row(t);
    for (int i = 0; i < COLUMNS; i++) {
        buf_puts(&b, titles[i]);
        set_cell(t, i, &b);
    }
    buf_free(&b);
}

/* Long names and ids keep their beginning; scripts that need the whole id have --json. */
static void put_cut(struct buf *b, struct str s)
{
    enum { BYTES_MAX = 48 };
    if (s.len <= BYTES_MAX) buf_put(b, s);
    else {
        buf_put(b, str_first(s, utf8_floor(s, BYTES_MAX - 3)));
        buf_puts(b, "…");
    }
}

static void add_run(struct table *t, const struct run *run)
{
    struct buf b = BUF_INIT;
    add_row(t);
    put_cut(&b, run->name.len ? run->name : S("–"));
    set_cell(t, 0, &b);
    put_cut(&b, run->id.len ? run->id : S("–"));
    if (run->attempt > 1) buf_printf(&b, " (attempt %u)", (unsigned)run->attempt);
    set_cell(t, 1, &b);
    buf_puts(&b, run_status_name(run->status));
    set_cell(t, 2, &b);
    clock_put_utc(&b, run->start);
    set_cell(t, 3, &b);
    clock_put_duration(&b, run->duration, UNIT_AUTO);
    set_cell(t, 4, &b);
    buf_put_uint(&b, run->log_steps);
    set_cell(t, 5, &b);
    buf_put_uint(&b, run->status_count[STEP_ERROR]);
    set_cell(t, 6, &b);
    buf_free(&b);
}

static void put_table(const struct table *t, bool colour, struct buf *out)
{
    for (size_t row = 0; row < t->rows; row++)
        for (int i = 0; i < COLUMNS; i++) {
            struct str cell = t->cells[row][i];
            size_t gap = t->width[i] - utf8_columns(cell);
            bool right = i >= RIGHT_FROM, last = i == COLUMNS - 1;
            const char *sgr = !colour                        ? NULL
                              : row == 0                     ? "\033[2m"
                              : i != 2                       ? NULL
                              : str_eq(cell, S("failed"))    ? "\033[31m"
                              : str_eq(cell, S("completed")) ? "\033[32m"
                                                             : "\033[33m";
            if (right) buf_put_repeat(out, ' ', gap);
            if (sgr) buf_puts(out, sgr);
            buf_put(out, cell);
            if (sgr) buf_puts(out, "\033[0m");
            if (!right && !last) buf_put_repeat(out, ' ', gap);
            buf_puts(out, last ? "\n" : "  ");
        }
}

enum exit_status command_list(const struct options *o)
{
    struct loaded l = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    if (status == EXIT_DONE) {
        struct table t = { 0 };
        struct buf out = BUF_INIT;
        add_header(&t);
        for (const struct run *run = l.runs; run; run = run->next) add_run(&t, run);
        put_table(&t, wants_colour(o->colour), &out);
        status = print(buf_str(&out));
        buf_free(&out);
        free(t.cells);
        arena_free(&t.arena);
    }
    if (status == EXIT_DONE) status = verdict(&l, o);
    loaded_free(&l);
    return status;
}
