/* SPDX-License-Identifier: MIT
 *
 * A scene as PDF, in pages that print, its texts as text that can be searched and copied.
 */
#include "base/utf8.h"
#include "layout/metrics.h"
#include "render/font.h"
#include "render/paint.h"
#include "render/paper.h"
#include "render/shape.h"
#include "render/visual.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <math.h>
#include <stdlib.h>

#define FOOT_SIZE  8.0 /* pt */
#define INK_AROUND 6.0 /* px beyond a line's ends */

enum { METADATA_MAX = 2000 }; /* bytes of a text */

/* Cairo keeps fonts it has used in a cache that outlives the page, so the FreeType faces live until cairo lets go of
 * the last of its own. */
struct shared_fonts {
    struct fonts fonts;
    int users;
};

struct page {
    enum picture_theme theme;
    struct paper paper;
    struct arena arena;
    struct shared_fonts *shared;
    cairo_surface_t *surface;
    cairo_t *cr;
    struct paint paint;
    cairo_font_face_t *faces[FONT_COUNT];
    cairo_glyph_t *glyphs; /* of the run at hand */
    cairo_text_cluster_t *clusters;
    size_t glyph_cap, cluster_cap;
    struct visual visual; /* of the text at hand */
};

static cairo_status_t on_write(void *closure, const unsigned char *bytes, unsigned size)
{
    struct buf *out = closure;
    buf_put(out, str_of((const char *)bytes, size));
    return out->error ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static struct str text_of(const struct picture_text *text, const char *key)
{
    for (; text && text->key; text++)
        if (strcmp(text->key, key) == 0) return text->value;
    return (struct str){ 0 };
}

static void set_metadata(struct page *page, cairo_pdf_metadata_t what, struct str value)
{
    value = arena_copy(&page->arena, metrics_clean(str_first(value, utf8_floor(value, METADATA_MAX)), &page->arena));
    if (value.len) cairo_pdf_surface_set_metadata(page->surface, what, value.ptr);
}

/* "2026-05-18T04:26:40Z": without a date cairo would write the time of the day. */
static struct str date_of(struct page *page, const struct picture_text *text)
{
    struct str date = text_of(text, "Creation Time");
    bool plain = date.len > 19 && date.ptr[4] == '-' && date.ptr[10] == 'T';
    return plain ? arena_format(&page->arena, "%.19sZ", date.ptr) : S("1970-01-01T00:00:00Z");
}

static void put_metadata(struct page *page, const struct scene *s, const struct picture_text *text)
{
    static const char *const keys[] = { "Pipeline", "Run", "Log SHA-256", "Options" };
    struct str program = text_of(text, "Software");
    struct buf keywords = BUF_INIT;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str value = text_of(text, keys[i]);
        if (!value.len) continue;
        buf_printf(&keywords, "%s%s: ", keywords.len ? "; " : "", keys[i]);
        buf_put(&keywords, value);
    }
    if (!program.len) program = S("pipelens-report");
    set_metadata(page, CAIRO_PDF_METADATA_TITLE, s->title);
    set_metadata(page, CAIRO_PDF_METADATA_SUBJECT, s->description);
    set_metadata(page, CAIRO_PDF_METADATA_AUTHOR, program);
    set_metadata(page, CAIRO_PDF_METADATA_CREATOR, program);
    set_metadata(page, CAIRO_PDF_METADATA_KEYWORDS, buf_str(&keywords));
    set_metadata(page, CAIRO_PDF_METADATA_CREATE_DATE, date_of(page, text));
    buf_free(&keywords);
}

static void missing_box(struct page *page, double x, double y, double size)
{
    double stroke = size * FONT_BOX_STROKE;
    cairo_set_line_width(page->cr, stroke);
    cairo_rectangle(page->cr, x + size * FONT_BOX_LEFT + stroke / 2, y - size * FONT_BOX_TOP + stroke / 2,
                    size * (FONT_BOX_RIGHT - FONT_BOX_LEFT) - stroke, size * FONT_BOX_TOP - stroke);
    cairo_stroke(page->cr);
}

/* Draws the glyphs collected for one face and the text they stand for. */
static void show_run(struct page *page, struct str text, size_t count, enum font_face face, double size)
{
    if (!count) return;
    cairo_set_font_face(page->cr, page->faces[face]);
    cairo_set_font_size(page->cr, size);
    cairo_show_text_glyphs(page->cr, text.ptr, (int)text.len, page->glyphs, (int)count, page->clusters, (int)count, 0);
}

/* Each run in the text's order, its glyphs wherever they are: what is copied out of the page reads as it was. */
static void show_text(struct page *page, const struct scene_item *item)
{
    enum font_face run_face = FONT_REGULAR;
    size_t run_count = 0, run_start = 0;
    double left = shape_text_left(item);
    paint_source(page->cr, theme_colour(page->theme, item->role), 1);
    visual_lay(&page->visual, item->text, item->weight);
    for (size_t i = 0; i < page->visual.count; i++) {
        const struct visual_glyph *g = &page->visual.glyphs[i];
        double x = left + g->x * item->size;
        if (!g->code && run_count) { /* part of the ligature before it */
            page->clusters[run_count - 1].num_bytes += (int)(g->end - g->from);
            continue;
        }
        enum font_face face;
        FT_UInt glyph = fonts_glyph(&page->shared->fonts, g->code, item->weight, &face);
        bool visible = g->code && metrics_visible(g->code);
        if (run_count && (!visible || !glyph || face != run_face)) {
            show_run(page, str_of(item->text.ptr + run_start, g->from - run_start), run_count, run_face, item->size);
            run_count = 0;
        }
        if (visible && glyph) {
            if (!run_count) run_start = g->from;
            run_face = face;
            page->glyphs = array_grow(page->glyphs, &page->glyph_cap, run_count + 1, sizeof *page->glyphs);
            page->clusters = array_grow(page->clusters, &page->cluster_cap, run_count + 1, sizeof *page->clusters);
            page->glyphs[run_count] = (cairo_glyph_t){ glyph, x, item->y };
            page->clusters[run_count++] = (cairo_text_cluster_t){ (int)(g->end - g->from), 1 };
        } else if (visible && !metrics_is_mark(g->code)) {
            missing_box(page, x, item->y, item->size);
        }
    }
    show_run(page, str_of(item->text.ptr + run_start, item->text.len - run_start), run_count, run_face, item->size);
}

/* Draws what of the scene lies between two heights, the upper one at `y` pt of the page. */
static void draw_part(struct page *page, const struct scene *s, double from, double to, double y)
{
    const struct paper *paper = &page->paper;
    cairo_save(page->cr);
    cairo_translate(page->cr, paper->left, y);
    cairo_scale(page->cr, paper->scale, paper->scale);
    cairo_translate(page->cr, 0, -from);
    if (paper->pages > 1) {
        cairo_rectangle(page->cr, 0, from, s->width, to - from);
        cairo_clip(page->cr);
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        bool text = item->kind == SCENE_TEXT;
        double top = fmin(item->y, item->y + item->h) - (text ? item->size : INK_AROUND);
        double bottom = fmax(item->y, item->y + item->h) + (text ? item->size * 0.3 : INK_AROUND);
        if (bottom <= from || top >= to) continue;
        if (text) show_text(page, item);
        else paint_shape(&page->paint, item);
    }
    cairo_restore(page->cr);
}

/* "Gantt chart: demo · page 2 of 5", centered. */
static void put_foot(struct page *page, const struct scene *s, size_t number)
{
    double room = page->paper.width * 0.7;
    struct str title = metrics_fit_end(s->title, FOOT_SIZE, WEIGHT_REGULAR, room, &page->arena);
    struct str text = arena_format(&page->arena, "%.*s · page %zu of %zu", STR_ARG(title), number, page->paper.pages);
    const struct scene_item item = {
        .kind = SCENE_TEXT,
        .role = ROLE_LABEL_MUTED,
        .align = ALIGN_CENTER,
        .x = page->paper.width / 2,
        .y = page->paper.foot,
        .size = FOOT_SIZE,
        .width = metrics_width(text, FOOT_SIZE, WEIGHT_REGULAR),
        .text = text,
    };
    show_text(page, &item);
}

static cairo_status_t draw(struct page *page, const struct scene *s)
{
    const struct paper *paper = &page->paper;
    for (size_t i = 0; i < paper->pages; i++) {
        paint_source(page->cr, theme_colour(page->theme, ROLE_BACKGROUND), 1);
        cairo_paint(page->cr);
        if (i) draw_part(page, s, s->head_top, s->head_bottom, paper->top);
        draw_part(page, s, paper->breaks[i], paper->breaks[i + 1], paper_part_top(s, paper, i));
        if (paper->pages > 1) put_foot(page, s, i + 1);
        cairo_show_page(page->cr);
    }
    cairo_status_t status = cairo_status(page->cr);
    cairo_surface_finish(page->surface);
    return status ? status : cairo_surface_status(page->surface);
}

static void release_fonts(void *closure)
{
    struct shared_fonts *shared = closure;
    if (--shared->users > 0) return;
    fonts_close(&shared->fonts);
    free(shared);
}

/* The faces with the same settings as the pixels: no hinting, linear advances. */
static bool open_faces(struct page *page, struct err *e)
{
    static const cairo_user_data_key_t key;
    page->shared = calloc(1, sizeof *page->shared);
    if (!page->shared) arena_exhausted(sizeof *page->shared);
    page->shared->users = 1;
    if (!fonts_open(&page->shared->fonts, e)) return false;
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(page->cr, options);
    cairo_font_options_destroy(options);
    for (int i = 0; i < FONT_COUNT; i++) {
        page->faces[i] = cairo_ft_font_face_create_for_ft_face(page->shared->fonts.faces[i], FT_LOAD_NO_HINTING);
        if (cairo_font_face_set_user_data(page->faces[i], &key, page->shared, release_fonts) == CAIRO_STATUS_SUCCESS)
            page->shared->users++;
        else return err_set(e, ERR_OUTPUT, NULL, "the PDF could not be drawn: its fonts could not be set up");
    }
    return true;
}

static void close_page(struct page *page)
{
    paint_end(&page->paint);
    cairo_destroy(page->cr);
    cairo_surface_destroy(page->surface);
    for (int i = 0; i < FONT_COUNT; i++)
        if (page->faces[i]) cairo_font_face_destroy(page->faces[i]);
    if (page->shared) release_fonts(page->shared);
    free(page->glyphs);
    free(page->clusters);
    visual_free(&page->visual);
    arena_free(&page->arena);
}

bool pdf_write(const struct scene *s, enum picture_theme theme, const struct picture_text *text, struct buf *out,
               struct err *e)
{
    struct page page = { .theme = theme };
    paper_plan(s, &page.paper, &page.arena);
    page.surface = cairo_pdf_surface_create_for_stream(on_write, out, page.paper.width, page.paper.height);
    page.cr = cairo_create(page.surface);
    paint_begin(&page.paint, page.cr, theme, 0);
    bool ok = open_faces(&page, e);
    if (ok) {
        put_metadata(&page, s, text);
        cairo_status_t status = draw(&page, s);
        if (status) ok = err_set(e, ERR_OUTPUT, NULL, "the PDF could not be drawn: %s", cairo_status_to_string(status));
    }
    close_page(&page);
    return ok;
}
