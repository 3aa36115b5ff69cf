/* SPDX-License-Identifier: MIT
 *
 * Plain class selectors and properties only: viewers other than browsers know no more.
 */
#include "render/svg_style.h"

#include <stdlib.h>

enum { LETTERS = 26 };

/* Do all items of the two kinds look the same where they have the same role and numbers? */
static bool same_kind(enum scene_kind a, enum scene_kind b)
{
    bool stroke_a = a == SCENE_LINE || a == SCENE_CURVE, stroke_b = b == SCENE_LINE || b == SCENE_CURVE;
    return a == b || (stroke_a && stroke_b);
}

static bool same_look(const struct scene_item *a, const struct scene_item *b)
{
    if (a->role != b->role || !same_kind(a->kind, b->kind)) return false;
    if (a->kind == SCENE_TEXT) return a->size == b->size && a->weight == b->weight && a->align == b->align;
    return a->outlined == b->outlined && a->thickness == b->thickness && a->critical == b->critical;
}

/* The index of the item's look; one more than there are when it is new. */
static size_t find(struct svg_styles *styles, const struct scene_item *item)
{
    if (styles->last < styles->count && same_look(&styles->looks[styles->last], item)) return styles->last;
    size_t i = 0;
    while (i < styles->count && !same_look(&styles->looks[i], item)) i++;
    return styles->last = i;
}

void svg_styles_make(struct svg_styles *styles, const struct scene *s, enum picture_theme theme)
{
    *styles = (struct svg_styles){ .theme = theme };
    for (size_t i = 0; i < s->count; i++) {
        styles->hatched |= s->items[i].hatched;
        if (find(styles, &s->items[i]) < styles->count) continue;
        styles->looks = array_grow(styles->looks, &styles->cap, styles->count + 1, sizeof *styles->looks);
        styles->looks[styles->count++] = s->items[i];
    }
}

void svg_styles_free(struct svg_styles *styles)
{
    free(styles->looks);
    *styles = (struct svg_styles){ 0 };
}

/* a, b, … z, aa, ab, … */
static void put_name(size_t look, struct buf *out)
{
    char name[8];
    size_t len = sizeof name;
    for (size_t rest = look + 1; rest && len; rest = (rest - 1) / LETTERS)
        name[--len] = (char)('a' + (int)((rest - 1) % LETTERS));
    buf_put(out, str_of(name + len, sizeof name - len));
}

void svg_styles_put_class(struct svg_styles *styles, const struct scene_item *item, struct buf *out)
{
    buf_puts(out, " class=\"");
    put_name(find(styles, item), out);
    buf_putc(out, '"');
}

static void put_number(struct buf *out, const char *before, double value)
{
    buf_puts(out, before);
    buf_put_fixed(out, value, 2, true);
}

static void put_rule(const struct scene_item *item, enum picture_theme theme, bool colours_only, struct buf *out)
{
    struct ink ink = theme_ink(theme, item);
    if (ink.fill_alpha > 0) buf_printf(out, "fill:#%06x", (unsigned)ink.fill);
    else buf_puts(out, "fill:none");
    if (ink.stroke_width > 0) buf_printf(out, ";stroke:#%06x", (unsigned)ink.stroke);
    if (colours_only) return;
    if (ink.fill_alpha > 0 && ink.fill_alpha < 1) put_number(out, ";fill-opacity:", ink.fill_alpha);
    if (ink.stroke_width > 0) put_number(out, ";stroke-width:", ink.stroke_width);
    if (item->kind != SCENE_TEXT) return;
    static const char *const anchors[] = { "", ";text-anchor:middle", ";text-anchor:end" };
    put_number(out, ";font-size:", item->size);
    buf_puts(out, "px");
    buf_puts(out, anchors[item->align]);
    if (item->weight == WEIGHT_BOLD) buf_puts(out, ";font-weight:600");
}

/* Selectors begin with the picture's id, as two pictures may be put into one page. */
static void put_rules(const struct svg_styles *styles, enum picture_theme theme, bool colours_only, const char *id,
                      struct buf *out)
{
    for (size_t i = 0; i < styles->count; i++) {
        buf_printf(out, "#%s .", id);
        put_name(i, out);
        buf_putc(out, '{');
        put_rule(&styles->looks[i], theme, colours_only, out);
        buf_puts(out, "}\n");
    }
    if (!styles->hatched) return;
    buf_printf(out, "#%s .hatch{stroke:#%06x", id, (unsigned)theme_colour(theme, ROLE_ON_STATUS));
    if (!colours_only) {
        put_number(out, ";stroke-width:", HATCH_WIDTH);
        put_number(out, ";stroke-opacity:", HATCH_ALPHA);
    }
    buf_puts(out, "}\n");
}

void svg_styles_put(const struct svg_styles *styles, const char *id, struct buf *out)
{
    buf_puts(out, "<style>\n");
    put_rules(styles, styles->theme, false, id, out);
    if (styles->hatched) buf_printf(out, "#%s ." SVG_HATCH_CLASS "{fill:url(#%s-hatch);pointer-events:none}\n", id, id);
    if (styles->theme == THEME_READER) {
        buf_puts(out, "@media(prefers-color-scheme:dark){\n");
        put_rules(styles, THEME_DARK, true, id, out);
        buf_puts(out, "}\n");
    }
    buf_puts(out, "</style>\n");
}
