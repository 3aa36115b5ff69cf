/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "cli/command.h"
#include "cli/spare.h"
#include "event/json.h"

enum { TEMPLATE_DATA = EXPORT_PIPELENS + 1 /* not a shape of PipeLens */ };

static bool format_of(const char *name, int *ret_format)
{
    static const char *const names[] = { "nested", "flat", "pipelens", "template-data" };
    for (int i = 0; name && i < 4; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret_format = i;
            return true;
        }
    return false;
}

static void put_run(const struct loaded *l, const struct run *run, size_t nth, int format, struct buf *out)
{
    if (format != TEMPLATE_DATA) {
        export_write(run, (enum export_shape)format, out);
        return;
    }
    const struct report_options o = { .notes = &l->notes,
                                      .left_out = l->left_out[nth],
                                      .analysis = analysis_begin(run) };
    template_data_write(run, &o, out);
    analysis_free(o.analysis);
}

/* One run as it is; several as one JSON document a line. */
static void put_runs(const struct loaded *l, int format, struct buf *out)
{
    size_t nth = 0;
    for (const struct run *run = l->runs; run; run = run->next, nth++) {
        if (l->run_count == 1) {
            put_run(l, run, nth, format, out);
            return;
        }
        struct buf one = BUF_INIT;
        put_run(l, run, nth, format, &one);
        json_put_compact(out, buf_str(&one));
        buf_putc(out, '\n');
        buf_free(&one);
    }
}

enum exit_status command_export(const struct options *o)
{
    int format;
    struct err e = { 0 };
    if (!format_of(o->to, &format)) {
        err_set(&e, ERR_USAGE, "",
                o->to ? "--to %s: there are nested, flat, pipelens and template-data"
                      : "--to FORMAT is missing: nested, flat, pipelens or template-data",
                o->to);
        return complain(&e);
    }
    struct loaded l = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    if (status == EXIT_DONE) status = spare_inputs(&l, o, o->out);
    struct file_out f;
    if (status == EXIT_DONE && !file_create(&f, o->out ? o->out : "-", &e)) status = complain(&e);
    else if (status == EXIT_DONE) {
        put_runs(&l, format, &f.buf);
        if (!file_commit(&f, &e)) status = complain(&e);
    }
    if (status == EXIT_DONE) status = verdict(&l, o);
    loaded_free(&l);
    return status;
}
