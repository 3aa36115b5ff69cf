/* SPDX-License-Identifier: MIT
 *
 * A display list: rectangles, lines and texts with a role each, in final coordinates (CSS px, y down, origin top left).
 * No colours, no fonts, no cairo: render/ inks it as SVG, PNG or PDF. Layout measures once, here; nothing is measured
 * again while drawing. Items are painted in order, except that texts may be painted after all shapes: no shape may
 * cover a text.
 */
#ifndef LAYOUT_SCENE_H
#define LAYOUT_SCENE_H

#include "base/arena.h"
#include "base/buf.h"

/* What a thing is; render/theme gives it its ink. The names appear in scene dumps and as CSS classes. */
enum scene_role {
    ROLE_BACKGROUND,
    ROLE_STRIPE, /* every second row */
    ROLE_GRID,   /* vertical lines at ticks */
    ROLE_AXIS,
    ROLE_TITLE,       /* text */
    ROLE_SUBTITLE,    /* text */
    ROLE_LABEL,       /* text: step names */
    ROLE_LABEL_MUTED, /* text: durations, ticks, notes */
    ROLE_LABEL_ERROR, /* text */
    ROLE_GUIDE,       /* tree lines in the label column */
    ROLE_EDGE,        /* graph: parent to child */
    ROLE_BOX,         /* graph box */
    ROLE_FRAME,       /* graph: what encloses the boxes of a step's children */
    ROLE_CRITICAL,    /* the critical path, and what leads along it */
    ROLE_STRIP,       /* how many steps ran at once */
    ROLE_FOLD,        /* what a bar of folded steps spans; a bar that is not on the path, in a small chart */
    ROLE_LINK,        /* links between steps */
    ROLE_WARN,        /* mark of a logged warning */
    /* bars, badges: in the order of enum step_status */
    ROLE_OK,
    ROLE_ERROR,
    ROLE_RUNNING,
    ROLE_UNFINISHED,
    ROLE_SKIPPED,
    ROLE_CACHED,
    ROLE_RETRIED,
    ROLE_ON_STATUS, /* text or mark on a status fill */
    ROLE_COUNT
};

enum scene_kind { SCENE_RECT, SCENE_LINE, SCENE_CURVE, SCENE_ARROW, SCENE_TEXT };

/* How a curve sets out and how it arrives: level or upright. */
enum scene_bend { BEND_LEVEL, BEND_UPRIGHT, BEND_LEVEL_UPRIGHT, BEND_UPRIGHT_LEVEL };

enum scene_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

enum scene_weight { WEIGHT_REGULAR, WEIGHT_BOLD };

struct scene_item {
    enum scene_kind kind;
    enum scene_role role;
    /* RECT: x, y, w, h, radius. LINE and CURVE: from x, y to x + w, y + h. ARROW (a head): from the middle of its base
     * at x, y to its tip at x + w, y + h. TEXT: x, baseline y. */
    double x, y, w, h, radius;
    bool hatched;         /* RECT: diagonal stripes besides the colour */
    bool outlined;        /* RECT: hollow, with a border */
    bool open_end;        /* RECT: the right edge is torn (running or unfinished) */
    enum scene_bend bend; /* CURVE */
    double thickness;     /* LINE, CURVE: px, 0 for what the role has */
    enum scene_align align;
    enum scene_weight weight;
    double size;     /* TEXT: px */
    double width;    /* TEXT: advance width that layout reserved, px */
    struct str text; /* TEXT: valid UTF-8, already cut to fit */
    struct str tip;  /* hover text (SVG <title>), may be empty */
    struct str link; /* what it leads to in a page, a relative URL; may be empty */
    uint32_t step;   /* index of the step it stands for, SCENE_NO_STEP when none */
};

#define SCENE_NO_STEP UINT32_MAX

/* Pictures may not be larger than this a side, in device pixels: cairo's limit for image surfaces. */
enum { PICTURE_SIDE_MAX = 32767 };

struct scene {
    struct arena *arena; /* texts live here */
    struct scene_item *items;
    size_t count, cap;
    double width, height; /* px, whole numbers */
    struct str title;     /* for <title> of the picture and its alternative text */
    struct str description;
    /* px: rows begin at head_bottom, and paper may break between them; the axis from head_top on is then repeated. 0:
     * the picture is one piece. */
    double head_top, head_bottom;
    const char *id_prefix; /* of the ids inside an SVG, so that two pictures may stand in one page: "g", "x" */
};

void scene_init(struct scene *s, struct arena *a);
void scene_free(struct scene *s);

/* Each returns the new item, to set the rarer fields; valid until the next call. */
struct scene_item *scene_rect(struct scene *s, enum scene_role role, double x, double y, double w, double h);
struct scene_item *scene_line(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2);
/* A level S. */
struct scene_item *scene_curve(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2);
struct scene_item *scene_arrow(struct scene *s, enum scene_role role, double x1, double y1, double x2, double y2);
/* text is copied into the arena; width is measured. */
struct scene_item *scene_text(struct scene *s, enum scene_role role, double x, double baseline, double size,
                              enum scene_weight weight, enum scene_align align, struct str text);

const char *scene_role_name(enum scene_role role);
const char *scene_kind_name(enum scene_kind kind);

/* One line an item, for goldens and for people: kind, role, numbers with two decimals, flags, text as JSON. */
void scene_dump(const struct scene *s, struct buf *out);

#endif
