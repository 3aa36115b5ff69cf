/* SPDX-License-Identifier: MIT
 *
 * The display list itself: adding items, naming roles, writing the list as text.
 */
#include "layout/scene.h"

#include "layout/metrics.h"

#include <stdlib.h>

void scene_init(struct scene *s, struct arena *a)
{
    *s = (struct scene){ .arena = a, .title = S(""), .description = S(""), .id_prefix = "s" };
}

void scene_free(struct scene *s)
{
    free(s->items);
    *s = (struct scene){ 0 };
}

static struct scene_item *add(struct scene *s, enum scene_kind kind, enum scene_role role)
{
    s->items = array_grow(s->items, &s->cap, s->count + 1, sizeof *s->items);
    struct scene_item *item = &s->items[s->count++];
    *item = (struct scene_item){ .kind = kind, .role = role, .step = SCENE_NO_STEP };
    return item;
}

static struct scene_item *add_box(struct scene *s, enum scene_kind kind, enum scene_role role, double x, double y,
                                  double w, double h)
{
    struct scene_item *item = add(s, kind, role);
    item->x = x;
    item->y = y;
    item->w = w;
    item->h = h;
    return item;
}

struct scene_item *scene_rect(struct scene *s, enum scene_role role, double x, double y, double w, double h)
{
    return add_box(s, SCENE_RECT, role, x, y, w, h);
}

struct scene_item *scene_line(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2)
{
    return add_box(s, SCENE_LINE, role, x1, y1, x2 - x1, y2 - y1);
}

struct scene_item *scene_curve(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2)
{
    return add_box(s, SCENE_CURVE, role, x1, y1, x2 - x1, y2 - y1);
}

struct scene_item *scene_arrow(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2)
{
    return add_box(s, SCENE_ARROW, role, x1, y1, x2 - x1, y2 - y1);
}

struct scene_item *scene_text(struct scene *s, enum scene_role role, double x, double baseline, double size,
                              enum scene_weight weight, enum scene_align align, struct str text)
{
    struct scene_item *item = add(s, SCENE_TEXT, role);
    item->x = x;
    item->y = baseline;
    item->size = size;
    item->weight = weight;
    item->align = align;
    struct str clean = metrics_clean(text, s->arena);
    item->text = clean.ptr == text.ptr ? arena_copy(s->arena, text) : clean;
    item->width = metrics_width(item->text, size, weight);
    return item;
}

const char *scene_role_name(enum scene_role role)
{
    static const char *const names[ROLE_COUNT] = {
        [ROLE_BACKGROUND] = "background",
        [ROLE_STRIPE] = "stripe",
        [ROLE_GRID] = "grid",
        [ROLE_AXIS] = "axis",
        [ROLE_TITLE] = "title",
        [ROLE_SUBTITLE] = "subtitle",
        [ROLE_LABEL] = "label",
        [ROLE_LABEL_MUTED] = "label-muted",
        [ROLE_LABEL_ERROR] = "label-error",
        [ROLE_GUIDE] = "guide",
        [ROLE_EDGE] = "edge",
        [ROLE_BOX] = "box",
        [ROLE_FRAME] = "frame",
        [ROLE_CRITICAL] = "critical",
        [ROLE_STRIP] = "strip",
        [ROLE_FOLD] = "fold",
        [ROLE_LINK] = "link",
        [ROLE_WARN] = "warn",
        [ROLE_OK] = "ok",
        [ROLE_ERROR] = "error",
        [ROLE_RUNNING] = "running",
        [ROLE_UNFINISHED] = "unfinished",
        [ROLE_SKIPPED] = "skipped",
        [ROLE_CACHED] = "cached",
        [ROLE_RETRIED] = "retried",
        [ROLE_ON_STATUS] = "on-status",
    };
    return names[role];
}

const char *scene_kind_name(enum scene_kind kind)
{
    static const char *const names[] = { "rect", "line", "curve", "arrow", "text" };
    return names[kind];
}

static void dump_number(struct buf *out, double value)
{
    buf_putc(out, ' ');
    buf_put_fixed(out, value, 2, false);
}

static void dump_item(const struct scene_item *item, struct buf *out)
{
    static const char *const aligns[] = { "left", "center", "right" };
    static const char *const bends[] = { "", " upright", " level-upright", " upright-level" };
    buf_puts(out, scene_kind_name(item->kind));
    buf_putc(out, ' ');
    buf_puts(out, scene_role_name(item->role));
    dump_number(out, item->x);
    dump_number(out, item->y);
    if (item->kind == SCENE_TEXT) {
        dump_number(out, item->width);
        dump_number(out, item->size);
        buf_putc(out, ' ');
        buf_puts(out, aligns[item->align]);
        if (item->weight == WEIGHT_BOLD) buf_puts(out, " bold");
    } else {
        dump_number(out, item->w);
        dump_number(out, item->h);
    }
    if (item->radius > 0) {
        buf_puts(out, " radius");
        dump_number(out, item->radius);
    }
    if (item->hatched) buf_puts(out, " hatched");
    if (item->outlined) buf_puts(out, " outlined");
    if (item->open_end) buf_puts(out, " open-end");
    buf_puts(out, bends[item->bend]);
    if (item->thickness > 0) {
        buf_puts(out, " thick");
        dump_number(out, item->thickness);
    }
    if (item->step != SCENE_NO_STEP) {
        buf_puts(out, " step ");
        buf_put_uint(out, item->step);
    }
    if (item->kind == SCENE_TEXT) {
        buf_putc(out, ' ');
        buf_put_json(out, item->text);
    }
    if (item->tip.len) {
        buf_puts(out, " tip ");
        buf_put_json(out, item->tip);
    }
    buf_putc(out, '\n');
}

void scene_dump(const struct scene *s, struct buf *out)
{
    buf_puts(out, "scene");
    dump_number(out, s->width);
    dump_number(out, s->height);
    buf_putc(out, ' ');
    buf_put_json(out, s->title);
    buf_putc(out, ' ');
    buf_put_json(out, s->description);
    buf_putc(out, '\n');
    for (size_t i = 0; i < s->count; i++) dump_item(&s->items[i], out);
}
