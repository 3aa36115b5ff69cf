/* SPDX-License-Identifier: MIT */
#include "cli/outputs.h"

#include "base/file.h"
#include "event/json.h"
#include "layout/gantt.h"
#include "layout/graph.h"
#include "render/picture.h"

#include <pthread.h>
#include <stdio.h>

enum { PICTURE_ROWS = 200 };

/* One set of outputs being written. */
struct writing {
    const struct loaded *l;
    const struct options *o;
    const struct run *run;  /* the first one */
    size_t position, count; /* of it, and how many from there on */
    struct progress *progress;
};

static bool picture_format(const char *path, enum picture_format *ret_format)
{
    static const struct {
        struct str suffix;
        enum picture_format format;
    } suffixes[] = {
        { { ".png", 4 }, PICTURE_PNG },
        { { ".svg", 4 }, PICTURE_SVG },
        { { ".pdf", 4 }, PICTURE_PDF },
    };
    *ret_format = PICTURE_PNG;
    if (strcmp(path, "-") == 0) return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (str_ends(str_z(path), suffixes[i].suffix)) {
            *ret_format = suffixes[i].format;
            return true;
        }
    return false;
}

enum exit_status outputs_check(const struct outputs *out)
{
    const char *pictures[] = { out->gantt, out->graph };
    enum picture_format format;
    struct err e;
    for (size_t i = 0; i < 2; i++) {
        if (!pictures[i] || picture_format(pictures[i], &format)) continue;
        err_set(&e, ERR_USAGE, pictures[i], "a picture is a .png, .svg or .pdf file");
        return complain(&e);
    }
    return EXIT_DONE;
}

static struct report_options report_options(const struct writing *w, size_t nth)
{
    const struct options *o = w->o;
    return (struct report_options){
        .title = str_z(o->title),
        .unit = (enum time_unit)o->unit,
        .google = (enum google_mode)o->google,
        .theme = o->theme == UINT32_MAX ? THEME_AUTO : (int)o->theme,
        .max_bytes = o->max_bytes,
        .left_out = w->l->left_out[w->position + nth],
        .notes = &w->l->notes,
        .max_rows = o->max_rows_set ? (uint32_t)o->max_rows : 0,
    };
}

static void lay_out_gantt(const struct writing *w, bool in_page, struct scene *s)
{
    const struct options *o = w->o;
    struct gantt_options g = {
        .unit = (enum time_unit)o->unit,
        .min_width = o->min_width,
        .min_height = o->min_height,
        .max_side = in_page ? 0 : PICTURE_SIDE_MAX / o->scale,
        .max_rows = o->max_rows_set ? (uint32_t)o->max_rows
                    : in_page       ? HTML_STATIC_STEPS
                                    : PICTURE_ROWS,
        .title = str_z(o->title),
        .left_out = w->l->left_out[w->position],
        .bare = in_page,
    };
    gantt_layout(w->run, &g, s);
}

static void lay_out_graph(const struct writing *w, bool in_page, struct scene *s)
{
    const struct options *o = w->o;
    struct graph_options g = {
        .unit = (enum time_unit)o->unit,
        .min_width = o->min_width,
        .min_height = in_page ? 0 : o->min_height,
        .max_side = in_page ? 0 : PICTURE_SIDE_MAX / o->scale,
        .max_boxes = GRAPH_BOXES,
        .fold_over = GRAPH_FOLD_OVER,
        .title = str_z(o->title),
        .left_out = w->l->left_out[w->position],
        .bare = in_page,
    };
    graph_layout(w->run, &g, s);
}

static bool put_picture(const struct writing *w, const char *path, const struct scene *s, struct buf *out,
                        struct err *e)
{
    enum picture_format format;
    enum picture_theme theme = w->o->theme == THEME_DARK ? THEME_DARK : THEME_LIGHT;
    const struct picture_text text[] = {
        { "Title", s->title },
        { "Description", s->description },
        { "Software", S("pipelens-report " VERSION) },
        { "Run", w->run->id },
        { NULL, { 0 } },
    };
    picture_format(path, &format);
    if (format == PICTURE_PNG) return png_write(s, theme, w->o->scale, text, out, e);
    if (format == PICTURE_PDF) return pdf_write(s, theme, out, e);
    svg_write(s, theme, out);
    return true;
}

static bool put_gantt(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    lay_out_gantt(w, false, &s);
    bool good = put_picture(w, path, &s, out, e);
    scene_free(&s);
    arena_free(&a);
    return good;
}

static bool put_graph(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    lay_out_graph(w, false, &s);
    bool good = put_picture(w, path, &s, out, e);
    scene_free(&s);
    arena_free(&a);
    return good;
}

static bool put_html(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    struct arena a = { 0 };
    struct scene gantt, graph;
    struct report_options o = report_options(w, 0);
    scene_init(&gantt, &a);
    scene_init(&graph, &a);
    lay_out_gantt(w, true, &gantt);
    lay_out_graph(w, true, &graph);
    bool good = html_write(w->run, &o, &gantt, &graph, out, e);
    scene_free(&gantt);
    scene_free(&graph);
    arena_free(&a);
    return good;
}

/* Several runs share the budget, so that what they make together still fits. */
static bool put_summary(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    (void)e;
    const struct run *run = w->run;
    for (size_t i = 0; i < w->count; i++, run = run->next) {
        struct report_options o = report_options(w, i);
        o.max_bytes /= w->count;
        if (i) buf_putc(out, '\n');
        markdown_write(run, &o, out);
    }
    return true;
}

static bool put_json(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    (void)e;
    const struct run *run = w->run;
    if (w->count == 1) {
        json_write(run, out);
        return true;
    }
    for (size_t i = 0; i < w->count; i++, run = run->next) {
        struct buf one = BUF_INIT;
        json_write(run, &one);
        json_put_compact(out, buf_str(&one), false);
        buf_putc(out, '\n');
        buf_free(&one);
    }
    return true;
}

static bool put_csv(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    (void)e;
    const struct run *run = w->run;
    for (size_t i = 0; i < w->count; i++, run = run->next) csv_write(run, i == 0, out);
    return true;
}

typedef bool put_output(const struct writing *w, const char *path, struct buf *out, struct err *e);

/* One output of a set, and how it went. */
struct job {
    const char *path, *what;
    put_output *put;
    bool picture; /* reads no payloads, so it may be drawn while others do */
    bool append;
    bool good;
    struct err err;
};

static void append_job(const struct writing *w, struct job *job)
{
    struct buf b = BUF_INIT;
    job->put(w, job->path, &b, &job->err);
    struct str text = buf_str(&b);
    if (strcmp(job->path, "-") != 0) job->good = file_append(job->path, text, &job->err);
    else {
        struct file_out f;
        job->good = file_create(&f, "-", &job->err);
        buf_put(&f.buf, text);
        job->good = job->good && file_commit(&f, &job->err);
    }
    buf_free(&b);
}

static void write_job(const struct writing *w, struct job *job)
{
    struct file_out f;
    if (job->append) {
        append_job(w, job);
        return;
    }
    if (!file_create(&f, job->path, &job->err)) return;
    job->good = job->put(w, job->path, &f.buf, &job->err);
    if (job->good) job->good = file_commit(&f, &job->err);
    else {
        if (!job->err.file[0]) snprintf(job->err.file, sizeof job->err.file, "%.500s", f.path);
        file_abandon(&f);
    }
}

struct work {
    const struct writing *w;
    struct job *jobs;
    size_t count;
    bool pictures; /* which half of them */
};

static void *do_work(void *context)
{
    const struct work *work = context;
    for (size_t i = 0; i < work->count; i++)
        if (work->jobs[i].picture == work->pictures) {
            if (!work->pictures) progress_show(work->w->progress, work->jobs[i].what, 0, 0);
            write_job(work->w, &work->jobs[i]);
        }
    return NULL;
}

/* Pictures are drawn beside the rest: they need nothing but the run, which nobody changes any more. */
static void do_all(const struct writing *w, struct job *jobs, size_t count)
{
    struct work pictures = { w, jobs, count, true }, rest = { w, jobs, count, false };
    pthread_t thread;
    bool beside = count > 1 && pthread_create(&thread, NULL, do_work, &pictures) == 0;
    if (!beside) do_work(&pictures);
    do_work(&rest);
    if (beside) pthread_join(thread, NULL);
}

static enum exit_status tell(const struct writing *w, const struct job *job)
{
    if (!job->good) return complain(&job->err);
    if (w->o->quiet || strcmp(job->path, "-") == 0) return EXIT_DONE;
    struct buf line = BUF_INIT;
    buf_printf(&line, "%s\n", job->path);
    enum exit_status status = print(buf_str(&line));
    buf_free(&line);
    return status;
}

enum exit_status outputs_write(const struct outputs *out, const struct loaded *l, const struct options *o,
                               const struct run *first, size_t position, size_t count, struct progress *progress)
{
    const struct writing w = {
        .l = l, .o = o, .run = first, .position = position, .count = count, .progress = progress
    };
    const struct job all[] = {
        { .path = out->html, .what = "writing the page", .put = put_html },
        { .path = out->gantt, .put = put_gantt, .picture = true },
        { .path = out->graph, .put = put_graph, .picture = true },
        { .path = out->summary, .what = "writing the summary", .put = put_summary, .append = o->append },
        { .path = out->json, .what = "writing JSON", .put = put_json },
        { .path = out->csv, .what = "writing CSV", .put = put_csv },
    };
    struct job jobs[sizeof all / sizeof *all];
    size_t wanted = 0;
    enum exit_status worst = EXIT_DONE;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].path) jobs[wanted++] = all[i];
    do_all(&w, jobs, wanted);
    progress_end(progress);
    for (size_t i = 0; i < wanted; i++) {
        enum exit_status status = tell(&w, &jobs[i]);
        if (status != EXIT_DONE) worst = status;
    }
    return worst;
}
