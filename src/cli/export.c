/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "cli/command.h"
#include "event/json.h"

static bool shape_of(const char *name, enum export_shape *ret_shape)
{
    static const char *const names[] = { "nested", "flat", "pipelens" };
    for (int i = 0; name && i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret_shape = (enum export_shape)i;
            return true;
        }
    return false;
}

/* One run as it is; several as one JSON document a line. */
static void put_runs(const struct loaded *l, enum export_shape shape, struct buf *out)
{
    for (const struct run *run = l->runs; run; run = run->next) {
        if (l->run_count == 1) {
            export_write(run, shape, out);
            return;
        }
        struct buf one = BUF_INIT;
        export_write(run, shape, &one);
        json_put_compact(out, buf_str(&one));
        buf_putc(out, '\n');
        buf_free(&one);
    }
}

enum exit_status command_export(const struct options *o)
{
    enum export_shape shape;
    struct err e = { 0 };
    if (!shape_of(o->to, &shape)) {
        err_set(&e, ERR_USAGE, "",
                o->to ? "--to %s: there are nested, flat and pipelens"
                      : "--to FORMAT is missing: nested, flat or pipelens",
                o->to);
        return complain(&e);
    }
    struct loaded l = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    if (status == EXIT_DONE) status = spare_logs(&l, o->out);
    struct file_out f;
    if (status == EXIT_DONE && !file_create(&f, o->out ? o->out : "-", &e)) status = complain(&e);
    else if (status == EXIT_DONE) {
        put_runs(&l, shape, &f.buf);
        if (!file_commit(&f, &e)) status = complain(&e);
    }
    if (status == EXIT_DONE) status = verdict(&l, o);
    loaded_free(&l);
    return status;
}
