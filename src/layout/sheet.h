/* SPDX-License-Identifier: MIT
 *
 * What the three kinds of graph have in common: the title block and the notes over the drawing, and the box of a step.
 *
 *     ┌────────────────────┐
 *     │ ▌ name         ×20 │   the strip at the left tells the status
 *     │ ▌ 1.24 s · error   │
 *     └────────────────────┘
 */
#ifndef LAYOUT_SHEET_H
#define LAYOUT_SHEET_H

#include "layout/box_text.h"
#include "layout/graph.h"

/* px. Heights are even, so that the middles of boxes, where edges end, are whole numbers. */
enum {
    SHEET_MARGIN = 20,
    BOX_MIN = 112,
    BOX_MAX = 288,
    BOX_HEIGHT = 46,
    BOX_RADIUS = 6,
    FOLD_MAX = 400,       /* width of a fold: its durations are never cut */
    BOX_LINE_HEIGHT = 16, /* of each text line below the second */
    BOX_TEXT_LEFT = 20,
    BOX_TEXT_RIGHT = 14, /* from the box's edges */
    BOX_NAME_BASELINE = 19,
    BOX_LINE_BASELINE = 36, /* from the box's top */
    BOX_STRIP_LEFT = 7,
    BOX_STRIP_TOP = 8,
    BOX_STRIP_WIDTH = 5,
    BOX_STACK = 4, /* what the card behind a folded box peeks out */
    BOX_TIMES_GAP = 16,
    HEADER_MAX = 300, /* height of title, notes and legend */
};
#define BOX_NAME_SIZE 13.0
#define BOX_LINE_SIZE 11.0

struct sheet {
    const struct run *run;
    const struct graph_options *o;
    struct scene *s;
    struct arena *scratch;
    double width;                 /* of the picture */
    const unsigned char *on_path; /* by box: the critical path goes through it; NULL when there is none to mark */
    bool shares;                  /* the legend says that edges are the thicker, the longer a step took */
};

/* The longest side of the drawing in px; infinite when there is no limit. */
double sheet_side(const struct sheet *sheet);
/* Starts the scene: background, title block and `note` (may be empty). `width` is that of the drawing with its margins,
 * `drawn` says what is in it, for readers who do not see it ("12 boxes"). Returns the y where the drawing begins and
 * sets sheet->width. */
double sheet_begin(struct sheet *sheet, double width, struct str note, struct str drawn);
/* Ends it: `bottom` is the lowest y of the drawing. */
void sheet_end(struct sheet *sheet, double bottom);
/* Instead of a drawing. */
void sheet_put_nothing(struct sheet *sheet, struct str sentence);

/* Marks the boxes that the critical path goes through, unless it goes through all of them. Before
 * sheet_begin, whose legend says what the mark is. */
void sheet_find_path(struct sheet *sheet, const struct boxes *boxes);
/* px of a line for a step that took that share of the run. */
double sheet_share_thickness(double share);
bool sheet_is_critical(const struct sheet *sheet, const struct boxes *boxes, const struct box *box);

/* Text at the left, cut in its middle to `max` px. */
void sheet_text(const struct sheet *sheet, enum scene_role role, double x, double baseline, double size,
                enum scene_weight weight, double max, struct str text);
/* A status as a rounded mark. */
struct scene_item *sheet_mark(const struct sheet *sheet, enum step_status status, double x, double y, double w,
                              double h);

/* The box of a step or fold: its texts and the width and height it wants. */
struct sheet_box {
    const struct boxes *boxes;
    const struct box *box;
    struct box_text text;
    double width, height;
    bool pale; /* it is drawn elsewhere already */
};
/* Its width again after a change of its texts. */
void sheet_box_measure(struct sheet_box *b);
struct sheet_box sheet_box(const struct sheet *sheet, const struct boxes *boxes, const struct box *box);
double sheet_box_height(const struct boxes *boxes, const struct box *box);
void sheet_box_draw(const struct sheet *sheet, const struct sheet_box *b, double left, double y);
/* "demo.load.page_1 · 480 ms · error", "page_* ×20 · mean … · min …"; in a page, which tells it by itself, only what
 * the box does not show. */
struct str sheet_box_tip(const struct sheet *sheet, const struct sheet_box *b);
/* The status at the left side of a box. */
void sheet_strip(const struct sheet *sheet, const struct sheet_box *b, double x, double y, double height);
enum scene_role sheet_name_role(const struct sheet *sheet, const struct box *box);
/* How many steps `dropped` boxes_keep left out, as a sentence; "" when none. */
struct str sheet_drop_note(const struct sheet *sheet, struct tally dropped);

void tree_draw(struct sheet *sheet);
void flow_draw(struct sheet *sheet);
void states_draw(struct sheet *sheet);

#endif
