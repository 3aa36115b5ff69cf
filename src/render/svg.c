/* SPDX-License-Identifier: MIT
 *
 * A scene as SVG. A standalone document has a style sheet with the looks that occur (svg_style.h); the inline element
 * for a page has the classes of the roles, and the page's CSS (theme_css) the colours.
 */
#include "render/picture.h"
#include "render/shape.h"
#include "render/svg_style.h"

#include <stdlib.h>

struct svg {
    struct buf *out;
    enum picture_theme theme;
    const char *prefix;              /* of ids */
    struct svg_styles styles;        /* unless it is for a page */
    bool hatched;                    /* some item needs the pattern */
    bool linked;                     /* some item leads somewhere: it is more than an image */
    const struct scene_item *joined; /* the last stroke of the path that is open, NULL when none is */
};

static void put_number(struct svg *svg, const char *before, double value)
{
    buf_puts(svg->out, before);
    buf_put_fixed(svg->out, value, 2, true);
}

/* name="value" with a space before it. */
static void put_attribute(struct svg *svg, const char *name, double value)
{
    buf_putc(svg->out, ' ');
    buf_puts(svg->out, name);
    put_number(svg, "=\"", value);
    buf_putc(svg->out, '"');
}

/* Lines, curves and arrow heads are paths, and so are stripes: hundreds of rectangles, all alike. */
static bool is_path(const struct scene_item *item)
{
    return item->kind == SCENE_LINE || item->kind == SCENE_CURVE || item->kind == SCENE_ARROW ||
           (item->kind == SCENE_RECT && item->role == ROLE_STRIPE && !item->outlined && item->radius <= 0);
}

/* A class attribute for the page: the role's colour and what the shape does with it. */
static void put_class(struct svg *svg, const struct scene_item *item, const struct ink *ink)
{
    buf_puts(svg->out, " class=\"r-");
    buf_puts(svg->out, scene_role_name(item->role));
    if (item->kind == SCENE_RECT) {
        if (item->outlined) buf_puts(svg->out, " outlined");
        else if (item->open_end || is_path(item)) buf_puts(svg->out, " solid");
    } else if (item->kind == SCENE_CURVE || item->kind == SCENE_LINE) buf_puts(svg->out, " curve");
    else if (item->kind == SCENE_ARROW) buf_puts(svg->out, " solid");
    else if (item->kind == SCENE_TEXT && item->weight == WEIGHT_BOLD) buf_puts(svg->out, " bold");
    if (ink->stroke_width > 2.25) buf_printf(svg->out, " w%d", (int)(ink->stroke_width + 0.5));
    else if (ink->stroke_width > 1.75) buf_puts(svg->out, " wider");
    else if (ink->stroke_width > 1.25) buf_puts(svg->out, " wide");
    buf_putc(svg->out, '"');
    if (item->kind != SCENE_TEXT && item->step != SCENE_NO_STEP)
        buf_printf(svg->out, " data-step=\"%lu\"", (unsigned long)item->step);
}

static void put_paint(struct svg *svg, const struct scene_item *item, const struct ink *ink)
{
    if (svg->theme == THEME_AUTO) put_class(svg, item, ink);
    else svg_styles_put_class(&svg->styles, item, svg->out);
}

/* Ends the start tag that is open: with the hover text inside the element, or at once. */
static void put_end(struct svg *svg, const struct scene_item *item, const char *name)
{
    if (!item->tip.len) {
        buf_puts(svg->out, "/>\n");
        return;
    }
    buf_puts(svg->out, "><title>");
    buf_put_xml(svg->out, item->tip);
    buf_puts(svg->out, "</title></");
    buf_puts(svg->out, name);
    buf_puts(svg->out, ">\n");
}

/* A rounded corner: a quadratic curve, relative to where the path is. */
static void put_corner(struct svg *svg, double x1, double y1, double x2, double y2)
{
    put_number(svg, "q", x1);
    put_number(svg, " ", y1);
    put_number(svg, " ", x2);
    put_number(svg, " ", y2);
}

/* Path data of the rectangle: with the torn right edge, or a plain one. */
static void put_outline(struct svg *svg, const struct shape_box *box, bool torn)
{
    double r = box->radius;
    put_number(svg, " d=\"M", box->x + r);
    put_number(svg, " ", box->y);
    if (torn) {
        struct point points[TEAR_POINTS];
        shape_tear(box, points);
        for (int i = 0; i < TEAR_POINTS; i++) {
            put_number(svg, i ? " " : "L", points[i].x);
            put_number(svg, " ", points[i].y);
        }
    } else {
        put_number(svg, "H", box->x + box->w - r);
        if (r > 0) put_corner(svg, r, 0, r, r);
        put_number(svg, "V", box->y + box->h - r);
        if (r > 0) put_corner(svg, 0, r, -r, r);
    }
    put_number(svg, "H", box->x + r);
    if (r > 0) put_corner(svg, -r, 0, -r, -r);
    put_number(svg, "V", box->y + r);
    if (r > 0) put_corner(svg, 0, -r, r, -r);
    buf_puts(svg->out, "z\"");
}

static void put_rect(struct svg *svg, const struct scene_item *item)
{
    if (svg->theme == THEME_AUTO && item->role == ROLE_BACKGROUND) return; /* the page has its own */
    struct ink ink = theme_ink(svg->theme, item);
    struct shape_box box = shape_inset(item, ink.stroke_width);
    buf_puts(svg->out, item->open_end ? "<path" : "<rect");
    if (item->open_end) put_outline(svg, &box, true);
    else {
        put_attribute(svg, "x", box.x);
        put_attribute(svg, "y", box.y);
        put_attribute(svg, "width", box.w);
        put_attribute(svg, "height", box.h);
        if (box.radius > 0) put_attribute(svg, "rx", box.radius);
    }
    put_paint(svg, item, &ink);
    put_end(svg, item, item->open_end ? "path" : "rect");
    if (item->hatched) { /* the pointer meets the rectangle below, which has the hover text */
        if (svg->theme == THEME_AUTO)
            buf_printf(svg->out, "<path pointer-events=\"none\" fill=\"url(#%s-hatch)\"", svg->prefix);
        else buf_puts(svg->out, "<path class=\"" SVG_HATCH_CLASS "\"");
        put_outline(svg, &box, item->open_end);
        buf_puts(svg->out, "/>\n");
    }
}

/* "M1 2C3 4 5 6 7 8": the stroke as path data. */
static void put_stroke(struct svg *svg, const struct scene_item *item)
{
    struct point points[3];
    int count = 1;
    points[0] = (struct point){ item->x + item->w, item->y + item->h };
    put_number(svg, "M", item->x);
    put_number(svg, " ", item->y);
    if (item->kind == SCENE_LINE && (item->w == 0 || item->h == 0)) {
        put_number(svg, item->h == 0 ? "h" : "v", item->h == 0 ? item->w : item->h);
        return;
    }
    if (item->kind == SCENE_CURVE) {
        points[2] = points[0];
        shape_curve(item, &points[0], &points[1]);
        count = 3;
    }
    for (int i = 0; i < count; i++) {
        put_number(svg, i ? " " : count == 1 ? "L" : "C", points[i].x);
        put_number(svg, " ", points[i].y);
    }
}

static void put_head_shape(struct svg *svg, const struct scene_item *item)
{
    struct point points[ARROW_POINTS];
    shape_arrow(item, points);
    for (int i = 0; i < ARROW_POINTS; i++) {
        put_number(svg, i ? "L" : "M", points[i].x);
        put_number(svg, " ", points[i].y);
    }
    buf_putc(svg->out, 'z');
}

static void put_box(struct svg *svg, const struct scene_item *item)
{
    put_number(svg, "M", item->x);
    put_number(svg, " ", item->y);
    put_number(svg, "h", item->w);
    put_number(svg, "v", item->h);
    put_number(svg, "h", -item->w);
    buf_putc(svg->out, 'z');
}

static void put_path(struct svg *svg, const struct scene_item *item)
{
    if (item->kind == SCENE_ARROW) put_head_shape(svg, item);
    else if (item->kind == SCENE_RECT) put_box(svg, item);
    else put_stroke(svg, item);
}

/* Strokes go on with strokes only. */
static bool joins_kind(enum scene_kind a, enum scene_kind b)
{
    return (a == SCENE_ARROW) == (b == SCENE_ARROW) && (a == SCENE_RECT) == (b == SCENE_RECT);
}

static void close_path(struct svg *svg)
{
    if (!svg->joined) return;
    struct ink ink = theme_ink(svg->theme, svg->joined);
    buf_putc(svg->out, '"');
    put_paint(svg, svg->joined, &ink);
    buf_puts(svg->out, "/>\n");
    svg->joined = NULL;
}

/* May the item go on with the path that is open? A page has hundreds of edges, all alike. */
static bool joins(const struct svg *svg, const struct scene_item *item)
{
    const struct scene_item *before = svg->joined;
    if (!before || before->role != item->role || !joins_kind(before->kind, item->kind)) return false;
    return before->thickness == item->thickness;
}

static void put_line(struct svg *svg, const struct scene_item *item)
{
    struct ink ink = theme_ink(svg->theme, item);
    bool plain = !item->tip.len && !item->link.len && item->step == SCENE_NO_STEP;
    if (!plain || !joins(svg, item)) {
        close_path(svg);
        buf_puts(svg->out, "<path d=\"");
    }
    put_path(svg, item);
    if (plain) {
        svg->joined = item;
        return;
    }
    buf_putc(svg->out, '"');
    put_paint(svg, item, &ink);
    put_end(svg, item, "path");
}

static const char *anchor(const struct scene_item *item)
{
    static const char *const anchors[] = { "", " text-anchor=\"middle\"", " text-anchor=\"end\"" };
    return anchors[item->align];
}

enum { SHORT_TEXT = 14, SHORT_ALONE = 8 };

/* In a page the reader's fonts are used: a short text may be a pixel wider, a long one must keep its width. */
static void put_text_length(struct svg *svg, const struct scene_item *item)
{
    if (item->text.len <= (svg->theme == THEME_AUTO ? SHORT_TEXT : SHORT_ALONE) || !(item->width > 0)) return;
    buf_puts(svg->out, " textLength=\"");
    buf_put_fixed(svg->out, item->width, 1, true);
    buf_puts(svg->out, "\" lengthAdjust=\"spacingAndGlyphs\"");
}

/* In a page the group around it has size, anchor and paint. */
static void put_text(struct svg *svg, const struct scene_item *item)
{
    if (!item->text.len) return;
    buf_puts(svg->out, "<text");
    if (svg->theme != THEME_AUTO) svg_styles_put_class(&svg->styles, item, svg->out);
    put_attribute(svg, "x", item->x);
    put_attribute(svg, "y", item->y);
    put_text_length(svg, item);
    buf_putc(svg->out, '>');
    if (item->tip.len) {
        buf_puts(svg->out, "<title>");
        buf_put_xml(svg->out, item->tip);
        buf_puts(svg->out, "</title>");
    }
    buf_put_xml(svg->out, item->text);
    buf_puts(svg->out, "</text>\n");
}

static bool same_look(const struct scene_item *a, const struct scene_item *b)
{
    return a->role == b->role && a->weight == b->weight && a->align == b->align && a->size == b->size;
}

/* A page holds thousands of texts of a few looks: they come look by look, which takes half the bytes. */
static void put_text_groups(struct svg *svg, const struct scene *s)
{
    bool *done = calloc(s->count + 1, sizeof *done);
    if (!done) arena_exhausted(s->count);
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *first = &s->items[i];
        if (first->kind != SCENE_TEXT || done[i]) continue;
        struct ink ink = theme_ink(svg->theme, first);
        buf_puts(svg->out, "<g");
        put_attribute(svg, "font-size", first->size);
        buf_puts(svg->out, anchor(first));
        put_class(svg, first, &ink);
        buf_puts(svg->out, ">\n");
        for (size_t k = i; k < s->count; k++) {
            if (s->items[k].kind != SCENE_TEXT || done[k] || !same_look(first, &s->items[k])) continue;
            done[k] = true;
            put_text(svg, &s->items[k]);
        }
        buf_puts(svg->out, "</g>\n");
    }
    free(done);
}

static void put_size(struct svg *svg, const struct scene *s)
{
    put_attribute(svg, "width", s->width);
    put_attribute(svg, "height", s->height);
    put_number(svg, " viewBox=\"0 0 ", s->width);
    put_number(svg, " ", s->height);
    buf_printf(svg->out, "\" role=\"%s\" xml:space=\"preserve\"", svg->linked ? "group" : "img");
}

/* In a page the name is an attribute: a <title> of the whole picture would be the hover text of every spot of it. */
static void put_head(struct svg *svg, const struct scene *s)
{
    struct buf *out = svg->out;
    if (svg->theme == THEME_AUTO) {
        buf_puts(out, "<svg class=\"pl\"");
        put_size(svg, s);
        buf_puts(out, " aria-label=\"");
        buf_put_xml(out, s->title);
        buf_puts(out, "\">\n<desc>");
    } else {
        buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"");
        put_size(svg, s);
        buf_printf(out, " id=\"%s\" aria-labelledby=\"%s-title\" font-family=\"%s\">\n<title id=\"%s-title\">",
                   svg->prefix, svg->prefix, theme_font_family, svg->prefix);
        buf_put_xml(out, s->title);
        buf_puts(out, "</title>\n<desc>");
    }
    buf_put_xml(out, s->description);
    buf_puts(out, "</desc>\n");
}

/* One tile of stripes at 45 degrees; the two short ones fill the corners where neighbouring tiles' stripes end. */
static void put_pattern(struct svg *svg)
{
    double p = HATCH_PERIOD;
    buf_printf(svg->out, "<defs><pattern id=\"%s-hatch\" patternUnits=\"userSpaceOnUse\"", svg->prefix);
    put_attribute(svg, "width", p);
    put_attribute(svg, "height", p);
    put_number(svg, "><path d=\"M0 ", p);
    put_number(svg, "L", p);
    put_number(svg, " 0M-1 1L1 -1M", p - 1);
    put_number(svg, " ", p + 1);
    put_number(svg, "L", p + 1);
    put_number(svg, " ", p - 1);
    buf_putc(svg->out, '"');
    buf_puts(svg->out, " class=\"hatch\"");
    buf_puts(svg->out, "/></pattern></defs>\n");
}

void svg_write(const struct scene *s, enum picture_theme theme, struct buf *out)
{
    struct svg svg = { .out = out, .theme = theme, .prefix = s->id_prefix ? s->id_prefix : "s" };
    for (size_t i = 0; i < s->count; i++) {
        svg.hatched |= s->items[i].hatched;
        svg.linked |= s->items[i].link.len > 0;
    }
    put_head(&svg, s);
    if (theme != THEME_AUTO) {
        svg_styles_make(&svg.styles, s, theme);
        svg_styles_put(&svg.styles, svg.prefix, out);
    }
    if (svg.hatched) put_pattern(&svg);
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        bool linked = item->link.len && item->kind != SCENE_TEXT;
        if (linked || !is_path(item)) close_path(&svg);
        if (linked) { /* a mark among hundreds: for the pointer; the page lists what it leads to */
            buf_puts(out, "<a href=\"");
            buf_put_xml(out, item->link);
            buf_puts(out, "\" tabindex=\"-1\" aria-label=\"");
            buf_put_xml(out, item->tip);
            buf_puts(out, "\">");
        }
        if (is_path(item)) put_line(&svg, item);
        else if (item->kind == SCENE_RECT) put_rect(&svg, item);
        else if (theme != THEME_AUTO) put_text(&svg, item);
        if (linked) buf_puts(out, "</a>\n");
    }
    close_path(&svg);
    if (theme == THEME_AUTO) put_text_groups(&svg, s);
    buf_puts(out, "</svg>\n");
    svg_styles_free(&svg.styles);
}
