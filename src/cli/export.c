/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "cli/command.h"
#include "cli/spare.h"
#include "event/json.h"
#include "render/exports.h"

/* What templates see needs more than the run: how it was read, what was left out. */
static void put_template_data(const struct loaded *l, const struct run *run, size_t nth, struct buf *out)
{
    const struct report_options o = { .notes = &l->notes,
                                      .left_out = l->left_out[nth],
                                      .analysis = analysis_begin(run) };
    template_data_write(run, &o, out);
    analysis_free(o.analysis);
}

static const struct export_format template_data = { .name = "template-data",
                                                    .help = "what templates see; see help templates",
                                                    .several = EXPORT_LINES };

static void put_run(const struct loaded *l, const struct run *run, size_t nth, const struct export_format *f,
                    struct buf *out)
{
    if (f == &template_data) put_template_data(l, run, nth, out);
    else f->write(run, nth, out);
}

static void put_line(const struct loaded *l, const struct run *run, size_t nth, const struct export_format *f,
                     struct buf *out)
{
    struct buf one = BUF_INIT;
    put_run(l, run, nth, f, &one);
    json_put_compact(out, buf_str(&one));
    buf_free(&one);
}

static void put_runs(const struct loaded *l, const struct export_format *f, struct buf *out)
{
    bool several = l->run_count > 1, frame = f->several == EXPORT_FRAME, array = f->several == EXPORT_ARRAY && several;
    size_t nth = 0;
    if (frame || array) buf_puts(out, frame ? f->before : "[\n");
    for (const struct run *run = l->runs; run; run = run->next, nth++) {
        if (nth && (frame || array)) buf_puts(out, frame ? f->between : ",\n");
        if (several && (f->several == EXPORT_LINES || array)) put_line(l, run, nth, f, out);
        else put_run(l, run, nth, f, out);
        if (several && f->several == EXPORT_LINES) buf_putc(out, '\n');
    }
    if (frame || array) buf_puts(out, frame ? f->after : "\n]\n");
}

/* "ndjson, nested, … and template-data", and the one that may have been meant. */
static bool refuse(const char *to, struct err *e)
{
    enum { NAMES_MAX = 32 };
    const char *names[NAMES_MAX + 2];
    struct buf list = BUF_INIT;
    size_t count = 0;
    for (const struct export_format *f = export_formats; f->name && count < NAMES_MAX; f++) {
        names[count++] = f->name;
        buf_printf(&list, "%s, ", f->name);
    }
    list.len -= 2;
    buf_printf(&list, " and %s", template_data.name);
    buf_putc(&list, '\0');
    names[count++] = template_data.name;
    names[count] = NULL;
    const char *meant = to ? nearest_word(str_z(to), names) : NULL;
    if (!to) err_set(e, ERR_USAGE, "", "--to FORMAT is missing: there are %s", list.ptr);
    else if (meant) err_set(e, ERR_USAGE, "", "--to %s: did you mean %s? There are %s", to, meant, list.ptr);
    else err_set(e, ERR_USAGE, "", "--to %s: there are %s", to, list.ptr);
    buf_free(&list);
    return false;
}

static bool find_format(const char *to, const struct export_format **ret, struct err *e)
{
    *ret = NULL;
    if (to && strcmp(to, template_data.name) == 0) *ret = &template_data;
    for (const struct export_format *f = export_formats; to && f->name; f++)
        if (strcmp(to, f->name) == 0) *ret = f;
    return *ret || refuse(to, e);
}

static bool fits(const struct loaded *l, const struct export_format *f, struct err *e)
{
    return f->several != EXPORT_ONE || l->run_count == 1 ||
           err_set(e, ERR_USAGE, "",
                   "--to %s holds one run and the input holds %zu: name it with --run ID or --latest (list shows them)",
                   f->name, l->run_count);
}

enum exit_status command_export(const struct options *o)
{
    const struct export_format *format;
    struct err e = { 0 };
    if (!find_format(o->to, &format, &e)) return complain(&e);
    struct loaded l = { 0 };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    if (status == EXIT_DONE && !fits(&l, format, &e)) status = complain(&e);
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

void export_help(struct buf *out)
{
    buf_puts(out, "\nformats:\n");
    for (const struct export_format *f = export_formats; f->name; f++)
        buf_printf(out, "  %-15s %s\n", f->name, f->help);
    buf_printf(out, "  %-15s %s\n", template_data.name, template_data.help);
}
