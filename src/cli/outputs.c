/* SPDX-License-Identifier: MIT */
#include "cli/outputs.h"

#include "base/file.h"
#include "cli/pages.h"
#include "cli/spare.h"
#include "event/json.h"

#include <pthread.h>
#include <stdio.h>

/* Two outputs into one file would leave one of them, or both mixed. */
static const char *named_twice(const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (paths[i] && paths[k] && file_same(paths[i], paths[k])) return paths[i];
    return NULL;
}

enum exit_status outputs_check(const struct outputs *out)
{
    const char *paths[] = { out->gantt, out->graph, out->trend, out->html, out->summary, out->json, out->csv };
    enum picture_format format;
    struct err e;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (!paths[i] || paths[i][0]) continue;
        err_set(&e, ERR_USAGE, "", "an output has an empty name");
        return complain(&e);
    }
    for (size_t i = 0; i < 3; i++) { /* the pictures */
        if (!paths[i] || picture_format(paths[i], &format)) continue;
        err_set(&e, ERR_USAGE, paths[i], "a picture is a .png, .svg or .pdf file");
        return complain(&e);
    }
    const char *twice = named_twice(paths, sizeof paths / sizeof *paths);
    if (!twice) return EXIT_DONE;
    err_set(&e, ERR_USAGE, strcmp(twice, "-") == 0 ? "" : twice, "%s",
            strcmp(twice, "-") == 0 ? "two outputs cannot share standard output: name a file for one of them"
                                    : "two outputs cannot share one file: name another one");
    return complain(&e);
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
        .analysis = w->analysis,
        .template = (enum template_id)o->template,
        .templates = w->l->templates,
        .own_notes = w->l->own_notes,
        .archive = w->l->archive,
        .max_data = o->max_data,
        .archive_part = w->l->runs_read > 1 || w->l->left_out[w->position + nth].len,
    };
}

/* The drawings need no log: they are made while the page's data is read and written. */
static bool put_html(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    struct page_drawings drawings;
    struct report_options o = report_options(w, 0);
    struct buf given = BUF_INIT;
    page_drawings_begin(&drawings, w);
    options_put_given(w->o, TO_HTML, &given);
    o.given = buf_str(&given);
    struct page *page = page_make(w->run, &o);
    page_drawings_wait(&drawings);
    bool good = page_write(page, &drawings.gantt, &drawings.graphs, out, e);
    page_free(page);
    page_drawings_free(&drawings);
    buf_free(&given);
    return good;
}

/* The first run's is made for all outputs, those of the others when they are needed. */
static struct analysis *analysis_of(const struct writing *w, const struct run *run)
{
    return run == w->run ? w->analysis : analysis_begin(run);
}

static void analysis_done(const struct writing *w, struct analysis *a)
{
    if (a != w->analysis) analysis_free(a);
}

/* Several runs share the budget, so that what they make together still fits. */
static bool put_summary(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    enum { LEAST = 64 }; /* bytes that say anything */
    uint64_t budget = w->o->max_bytes > w->taken ? w->o->max_bytes - w->taken : 0, share = budget / w->count;
    const struct run *run = w->run;
    if (w->count > 1 && share < LEAST)
        return err_set(
            e, ERR_USAGE, path,
            "--max-bytes leaves %llu bytes for each of %zu runs: give more, or fewer runs with --run or --latest",
            (unsigned long long)share, w->count);
    for (size_t i = 0; i < w->count; i++, run = run->next) {
        struct report_options o = report_options(w, i);
        o.max_bytes = w->count > 1 ? share - 1 : share; /* the line between two */
        o.analysis = analysis_of(w, run);
        if (i) buf_putc(out, '\n');
        markdown_write(run, &o, out);
        analysis_done(w, o.analysis);
    }
    return true;
}

static bool put_json(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    (void)path;
    (void)e;
    const struct run *run = w->run;
    if (w->count == 1) {
        json_write(run, w->analysis, out);
        return true;
    }
    for (size_t i = 0; i < w->count; i++, run = run->next) {
        struct buf one = BUF_INIT;
        struct analysis *analysis = analysis_of(w, run);
        json_write(run, analysis, &one);
        analysis_done(w, analysis);
        json_put_compact(out, buf_str(&one));
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
    for (size_t i = 0; i < w->count; i++, run = run->next) {
        struct analysis *analysis = analysis_of(w, run);
        csv_write(run, analysis, i == 0, out);
        analysis_done(w, analysis);
    }
    return true;
}

typedef bool put_output(const struct writing *w, const char *path, struct buf *out, struct err *e);

/* One output of a set, and how it went. */
struct job {
    const char *path, *what;
    put_output *put;
    struct err err;
    uint32_t page; /* of the Gantt chart, from 0 */
    bool picture;  /* reads no payloads, so it may be drawn while others do */
    bool append;
    bool given_up; /* before it began: err says why */
    bool good;
};

/* Behind what the file holds, with an empty line between, the whole within the budget. */
static void append_job(const struct writing *w, struct job *job)
{
    struct writing own = *w;
    struct buf b = BUF_INIT;
    char last;
    uint64_t held = file_length(job->path, &last);
    if (held) buf_puts(&b, last == '\n' ? "\n" : "\n\n");
    own.taken = held + b.len;
    size_t between = b.len;
    job->good = job->put(&own, job->path, &b, &job->err);
    /* a file that is full already stays as it is */
    if (job->good && b.len > between) job->good = file_append(job->path, buf_str(&b), &job->err);
    buf_free(&b);
}

static void write_job(const struct writing *all, struct job *job)
{
    struct writing own = *all, *w = &own;
    struct file_out f;
    if (job->given_up) return;
    own.page = job->page;
    if (job->append && strcmp(job->path, "-") != 0) {
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

static enum exit_status tell(const struct job *job, bool silent)
{
    if (!job->good) return complain(&job->err);
    if (silent) return EXIT_DONE;
    struct buf line = BUF_INIT;
    buf_printf(&line, "%s\n", job->path);
    enum exit_status status = print(buf_str(&line));
    buf_free(&line);
    return status;
}

/* A page's name is made here: it may be that of a log, or of another output. */
static void check_page(const struct writing *w, const struct job *jobs, size_t count, struct job *page)
{
    bool twice = false;
    for (size_t i = 0; i < count; i++) twice |= file_same(jobs[i].path, page->path);
    if (twice)
        err_set(&page->err, ERR_USAGE, page->path, "two outputs cannot share one file: name another one for --gantt");
    page->given_up = twice || !spare_check(w->l, w->o, page->path, &page->err);
}

/* The jobs for what is wanted, a page of the Gantt chart each. */
static struct job *make_jobs(const struct writing *w, const struct outputs *out, struct arena *arena, size_t *ret_count)
{
    const struct job all[] = {
        { .path = out->html, .what = "writing the page", .put = put_html },
        { .path = w->pages ? NULL : out->gantt, .put = put_gantt, .picture = true },
        { .path = out->graph, .put = put_graph, .picture = true },
        { .path = out->trend, .put = put_trend, .picture = true },
        { .path = out->summary, .what = "writing the summary", .put = put_summary, .append = w->o->append },
        { .path = out->json, .what = "writing JSON", .put = put_json },
        { .path = out->csv, .what = "writing CSV", .put = put_csv },
    };
    enum { MOST = sizeof all / sizeof *all };
    uint32_t pages = w->pages ? w->pages->count : 0;
    struct job *jobs = ARENA_ARRAY(arena, struct job, MOST + (size_t)pages);
    size_t count = 0;
    for (size_t i = 0; i < MOST; i++)
        if (all[i].path) jobs[count++] = all[i];
    size_t others = count;
    for (uint32_t i = 0; i < pages; i++) {
        struct job *page = &jobs[count++];
        *page = (struct job){ .path = w->pages->paths[i], .put = put_gantt, .picture = true, .page = i };
        check_page(w, jobs, others, page);
    }
    *ret_count = count;
    return jobs;
}

enum exit_status outputs_write(const struct outputs *out, const struct loaded *l, const struct options *o,
                               const struct run *first, size_t position, size_t count, struct progress *progress)
{
    struct arena arena = { 0 };
    struct writing w = {
        .l = l,
        .o = o,
        .run = first,
        .position = position,
        .count = count,
        .machine = machine_of(first, &arena),
        .errors = out->gantt || out->html ? error_lines_read(first, &arena) : (struct error_lines){ 0 },
        .analysis = analysis_begin(first),
        .progress = progress,
    };
    const struct gantt_pages pages = pages_of(&w, out->gantt, &arena);
    if (pages.count) w.pages = &pages;
    size_t wanted;
    struct job *jobs = make_jobs(&w, out, &arena, &wanted);
    bool silent = o->quiet; /* as also where standard output is an output itself */
    enum exit_status worst = EXIT_DONE;
    for (size_t i = 0; i < wanted; i++) silent |= strcmp(jobs[i].path, "-") == 0;
    do_all(&w, jobs, wanted);
    progress_end(progress);
    for (size_t i = 0; i < wanted; i++) {
        enum exit_status status = tell(&jobs[i], silent);
        if (status != EXIT_DONE) worst = status;
    }
    analysis_free(w.analysis);
    arena_free(&arena);
    return worst;
}
