/* SPDX-License-Identifier: MIT
 *
 * The Gantt chart of a run as a scene: a row per visible step in tree order; or a sparkline of it.
 */
#ifndef LAYOUT_GANTT_H
#define LAYOUT_GANTT_H

#include "layout/rows.h"
#include "layout/scene.h"
#include "model/error_lines.h"

enum gantt_style { GANTT_FULL, GANTT_MINI };

struct gantt_options {
    struct analysis *analysis;        /* of the run; NULL: no critical path, no strip of running steps */
    const struct error_lines *errors; /* of the run; NULL: none are shown. The layout reads no log */
    enum gantt_style style;
    enum time_unit unit;
    double min_width, min_height; /* px; defaults 500 and 300, as PipeLens has them */
    double max_side;              /* px before scaling; 0: no limit (SVG in a page) */
    double max_width;             /* px; 0: as wide as the names want it, up to max_side */
    uint32_t max_rows;            /* more rows than this are folded or left out by rule; 0: all */
    const struct rows *rows;      /* of a page, chosen already; NULL: all that max_rows and max_side have room for */
    uint32_t page, pages;         /* 1 … pages; pages 0 or 1: there is but one, nothing is said */
    struct str title;             /* "" : made of pipeline, run id and status */
    struct str left_out;          /* a sentence about what selection hid, "" when nothing */
    bool bare;                    /* no title block: the page around it has one */
};

/* Rows that a picture of at most max_side px has room for. */
enum { GANTT_ROWS_MAX = 1200 };
uint32_t gantt_room(double max_side);

/* A sparkline has this size, whatever the run. */
enum { GANTT_MINI_WIDTH = 600, GANTT_MINI_HEIGHT = 120 };

/* `run` must be measured. The scene's texts live in s->arena. */
void gantt_layout(const struct run *run, const struct gantt_options *o, struct scene *s);

#endif
