/* SPDX-License-Identifier: MIT */
#include "cli/drawings.h"

#include "cli/pages.h"
#include "cli/provenance.h"
#include "layout/gantt.h"
#include "layout/graph.h"

enum { PICTURE_ROWS = 200 };

/* The drawings in a page: px that they fill, and what they show at most. The report's is for readers without script,
 * with a list of all steps below it; paper has drawings that fit a page, and a bar in its table for each step. */
static const struct {
    double width;
    uint32_t rows;
} in_page[] = {
    [TEMPLATE_REPORT] = { 1200, 60 },
    [TEMPLATE_PAPER] = { 740, 30 },
    [TEMPLATE_CARD] = { 680, 7 },
};

bool picture_format(const char *path, enum picture_format *ret_format)
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

double picture_side(const struct writing *w, const char *path)
{
    enum picture_format format;
    picture_format(path, &format);
    return format == PICTURE_PNG ? PICTURE_SIDE_MAX / w->o->scale : PICTURE_SIDE_MAX;
}

/* A page has one picture, whatever was asked for. */
static uint32_t rows_in_page(uint64_t max_rows)
{
    return max_rows && max_rows < GANTT_ROWS_MAX ? (uint32_t)max_rows : GANTT_ROWS_MAX;
}

/* `path` is NULL for the drawing in the page. */
static void lay_out_gantt(const struct writing *w, const char *path, struct scene *s)
{
    const struct options *o = w->o;
    double width = in_page[o->template].width;
    struct gantt_options g = {
        .analysis = w->analysis,
        .errors = &w->errors,
        .style = path ? (enum gantt_style)o->gantt_style : GANTT_FULL,
        .unit = (enum time_unit)o->unit,
        .min_width = path || o->min_width > width ? o->min_width : width,
        .min_height = path || o->template == TEMPLATE_REPORT ? o->min_height : 0,
        .max_side = path ? picture_side(w, path) : 0,
        .max_width = path || o->template == TEMPLATE_REPORT ? 0 : width,
        .max_rows = !o->max_rows_set ? (path ? PICTURE_ROWS : in_page[o->template].rows)
                    : path           ? (uint32_t)o->max_rows
                                     : rows_in_page(o->max_rows),
        .title = str_z(o->title),
        .left_out = w->l->left_out[w->position],
        .bare = !path,
    };
    if (path && w->pages) {
        g.rows = &w->pages->rows[w->page];
        g.page = w->page + 1;
        g.pages = w->pages->count;
    }
    gantt_layout(w->run, &g, s);
}

static void lay_out_graph(const struct writing *w, const char *path, struct scene *s)
{
    const struct options *o = w->o;
    uint64_t boxes = !o->max_rows_set ? GRAPH_BOXES : o->max_rows ? o->max_rows : GRAPH_BOXES_MAX;
    struct graph_options g = {
        .analysis = w->analysis,
        .style = (enum graph_style)o->graph_style,
        .unit = (enum time_unit)o->unit,
        .min_width = o->min_width,
        .min_height = o->min_height,
        .max_side = picture_side(w, path),
        .max_boxes = boxes < GRAPH_BOXES_MAX ? (uint32_t)boxes : GRAPH_BOXES_MAX,
        .fold_over = GRAPH_FOLD_OVER,
        .max_states = GRAPH_STATES,
        .machine = &w->machine,
        .title = str_z(o->title),
        .left_out = w->l->left_out[w->position],
    };
    graph_layout(w->run, &g, s);
}

/* Does that kind of graph say anything about the run? */
static bool is_telling(const struct writing *w, enum graph_style style)
{
    if (style == (enum graph_style)w->o->graph_style || style == GRAPH_TREE) return true;
    if (style == GRAPH_MACHINE) return w->machine.evident;
    return w->run->visible_count > 2 && w->run->start != TIME_NONE;
}

/* A page holds the graphs in a smaller form, so that it stays small. */
static void lay_out_page_graph(const struct writing *w, enum graph_style style, struct scene *s)
{
    const struct graph_options g = {
        .analysis = w->analysis,
        .style = style,
        .unit = (enum time_unit)w->o->unit,
        .max_boxes = GRAPH_PAGE_BOXES,
        .fold_over = GRAPH_PAGE_FOLD_OVER,
        .max_states = GRAPH_PAGE_STATES,
        .machine = &w->machine,
        .left_out = w->l->left_out[w->position],
        .title = str_z(w->o->title),
        .bare = true,
    };
    graph_layout(w->run, &g, s);
}

bool put_picture(const struct writing *w, const char *path, const struct scene *s, struct buf *out, struct err *e)
{
    enum picture_format format;
    enum picture_theme theme = w->o->theme == THEME_DARK ? THEME_DARK : THEME_LIGHT;
    struct picture_text text[PROVENANCE_TEXTS];
    provenance_fill(w, s, s->arena, text);
    picture_format(path, &format);
    if (format == PICTURE_PNG) return png_write(s, theme, w->o->scale, text, out, e);
    if (format == PICTURE_PDF) return pdf_write(s, theme, text, out, e);
    svg_write(s, w->o->theme == THEME_AUTO ? THEME_READER : theme, out);
    return true;
}

typedef void lay_out(const struct writing *w, const char *path, struct scene *s);

static bool put_drawing(const struct writing *w, const char *path, lay_out *drawing, struct buf *out, struct err *e)
{
    struct arena a = { 0 };
    struct scene s;
    scene_init(&s, &a);
    drawing(w, path, &s);
    bool good = put_picture(w, path, &s, out, e);
    scene_free(&s);
    arena_free(&a);
    return good;
}

bool put_gantt(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    return put_drawing(w, path, lay_out_gantt, out, e);
}

bool put_graph(const struct writing *w, const char *path, struct buf *out, struct err *e)
{
    return put_drawing(w, path, lay_out_graph, out, e);
}

static void *draw_gantt(void *drawings)
{
    struct page_drawings *d = drawings;
    scene_init(&d->gantt, &d->arenas[0]);
    lay_out_gantt(d->w, NULL, &d->gantt);
    return NULL;
}

static void *draw_graphs(void *drawings)
{
    struct page_drawings *d = drawings;
    for (unsigned i = 0; i < HTML_GRAPHS; i++) {
        scene_init(&d->scenes[i], &d->arenas[1]);
        if (!is_telling(d->w, (enum graph_style)i)) continue;
        lay_out_page_graph(d->w, (enum graph_style)i, &d->scenes[i]);
        d->graphs.scenes[i] = &d->scenes[i];
    }
    return NULL;
}

void page_drawings_begin(struct page_drawings *d, const struct writing *w)
{
    static void *(*const drawers[PAGE_DRAWERS])(void *) = { draw_gantt, draw_graphs };
    *d = (struct page_drawings){ .w = w, .graphs = { .first = w->o->graph_style } };
    for (int i = 0; i < PAGE_DRAWERS; i++) {
        d->running[i] = pthread_create(&d->threads[i], NULL, drawers[i], d) == 0;
        if (!d->running[i]) drawers[i](d);
    }
}

void page_drawings_wait(struct page_drawings *d)
{
    for (int i = 0; i < PAGE_DRAWERS; i++) {
        if (d->running[i]) pthread_join(d->threads[i], NULL);
        d->running[i] = false;
    }
}

void page_drawings_free(struct page_drawings *d)
{
    scene_free(&d->gantt);
    for (unsigned i = 0; i < HTML_GRAPHS; i++) scene_free(&d->scenes[i]);
    for (int i = 0; i < PAGE_DRAWERS; i++) arena_free(&d->arenas[i]);
}
