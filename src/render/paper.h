/* SPDX-License-Identifier: MIT
 *
 * A scene on paper. One that fits on A4 at its own size keeps a page of that size, to be put into a document. Larger
 * ones are made smaller to fit on A4, as long as they can be read; then
 *
 *     +--------------+  +--------------+     a chart with rows goes on page by page, broken between two rows, with its
 *     | title, facts |  | 0   5 s  10 s|     axis on top of each,
 *     | 0   5 s  10 s|  | row 40       |     and a graph, or a chart that is too wide, gets the next larger paper, up
 *     | row 1        |  | ...          |     to A0. What is too large even for that gets a page of its own size.
 *     | ...          |  |              |
 *     | page 1 of 2  |  | page 2 of 2  |
 *     +--------------+  +--------------+
 */
#ifndef RENDER_PAPER_H
#define RENDER_PAPER_H

#include "layout/scene.h"

#define PAPER_A4_SHORT   595.276 /* pt */
#define PAPER_A4_LONG    841.89
#define PAPER_FULL       0.75    /* pt a px: the scene's own size */
#define PAPER_LEAST      0.45    /* names are 5.8 pt high then, ticks 5.2 */
#define PAPER_LARGEST_PT 14400.0 /* PDF's limit */

struct paper {
    double width, height; /* of a page, pt */
    double scale;         /* pt a px */
    double left, top;     /* pt */
    double foot;          /* baseline of the page's number, pt */
    size_t pages;
    const double *breaks; /* px: page i shows the scene from breaks[i] to breaks[i + 1] */
};

/* `breaks` lives in the arena. */
void paper_plan(const struct scene *s, struct paper *p, struct arena *a);

/* pt from the top of a page to where its part of the scene begins: below the repeated axis. */
double paper_part_top(const struct scene *s, const struct paper *p, size_t page);

#endif
