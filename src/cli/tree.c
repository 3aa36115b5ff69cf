/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_DEFAULT = 80, COLUMNS_MIN = 40, COLUMNS_MAX = 400 };

/* Of the terminal; 80 where there is none, so that files and pipes get the same text everywhere. */
static size_t terminal_columns(void)
{
    struct winsize size;
    size_t columns = COLUMNS_DEFAULT;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) columns = size.ws_col;
    return columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
}

enum exit_status command_tree(const struct options *o)
{
    struct loaded l = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    struct buf out = { .fd = STDOUT_FILENO };
    struct tree_options t = {
        .colour = wants_colour(o->colour),
        .columns = terminal_columns(),
        .records = o->records,
        .unit = (enum time_unit)o->unit,
    };
    size_t i = 0;
    for (const struct run *run = status == EXIT_DONE ? l.runs : NULL; run; run = run->next, i++) {
        if (i) buf_putc(&out, '\n');
        struct analysis *analysis = o->critical ? analysis_begin(run) : NULL;
        t.critical = analysis ? analysis_critical(analysis) : NULL;
        tree_write(run, &t, &out);
        analysis_free(analysis);
        if (l.left_out[i].len) buf_printf(&out, "%.*s\n", STR_ARG(l.left_out[i]));
    }
    if (status == EXIT_DONE) status = print_end(&out);
    if (status == EXIT_DONE) status = verdict(&l, o);
    buf_free(&out);
    loaded_free(&l);
    return status;
}
