/* SPDX-License-Identifier: MIT */
#include "cli/outputs.h"

#include "base/file.h"
#include "event/json.h"
#include "layout/gantt.h"
#include "layout/graph.h"
#include "render/picture.h"

enum { PICTURE_ROWS = 200 };

/* One set of outputs being written. */
struct writing {
    const struct loaded *l;
    const struct options *o;
    const struct run *run;  /* the first one */
    size_t position, count; /* of it, and how many from there on */
    struct progress *progress;
    enum exit_status worst;
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

static void print_path(struct writing *w, const char *path)
{
    if (w->o->quiet || strcmp(path, "-") == 0) return;
    struct buf line = BUF_INIT;
    buf_printf(&line, "%s\n", path);
    if (print(buf_str(&line)) != EXIT_DONE) w->worst = EXIT_OUTPUT;
    buf_free(&line);
}

static void write_one(struct writing *w, const char *path, const char *what, put_output *put)
{
    struct file_out f;
    struct err e = { 0 };
    if (!path) return;
    progress_show(w->progress, what, 0, 0);
    bool good = file_create(&f, path, &e);
    if (good && !put(w, path, &f.buf, &e)) {
        if (!e.file[0]) memcpy(e.file, f.path, sizeof e.file - 1);
        file_abandon(&f);
        good = false;
    } else if (good) good = file_commit(&f, &e);
    if (good) {
        print_path(w, path);
        return;
    }
    progress_end(w->progress);
    w->worst = complain(&e);
}

static void append_summary(struct writing *w)
{
    struct buf b = BUF_INIT;
    struct err e = { 0 };
    put_summary(w, w->o->summary, &b, &e);
    struct str text = buf_str(&b);
    bool good = strcmp(w->o->summary, "-") == 0 ? print(text) == EXIT_DONE : file_append(w->o->summary, text, &e);
    if (good) print_path(w, w->o->summary);
    else w->worst = e.code == ERR_NONE ? EXIT_OUTPUT : complain(&e);
    buf_free(&b);
}

enum exit_status outputs_write(const struct outputs *out, const struct loaded *l, const struct options *o,
                               const struct run *first, size_t position, size_t count, struct progress *progress)
{
    struct writing w = { .l = l, .o = o, .run = first, .position = position, .count = count, .progress = progress };
    write_one(&w, out->html, "writing the page", put_html);
    write_one(&w, out->gantt, "drawing the Gantt chart", put_gantt);
    write_one(&w, out->graph, "drawing the graph", put_graph);
    if (o->append && out->summary) append_summary(&w);
    else write_one(&w, out->summary, "writing the summary", put_summary);
    write_one(&w, out->json, "writing JSON", put_json);
    write_one(&w, out->csv, "writing CSV", put_csv);
    progress_end(progress);
    return w.worst;
}
