/* SPDX-License-Identifier: MIT
 *
 * What the boxes of the execution graph say, before anything is cut to fit.
 */
#ifndef LAYOUT_BOX_TEXT_H
#define LAYOUT_BOX_TEXT_H

#include "layout/boxes.h"
#include "layout/scene.h"

enum { BOX_LINES = 3 };

struct box_line {
    struct str text;
    enum scene_role role;
};

struct box_text {
    struct str name;
    struct str times;                 /* "×20" of a fold, else "" */
    struct box_line lines[BOX_LINES]; /* durations, what went wrong in a fold, what is below it; empty ones last */
};

/* Texts live in the arena; names may be those of the run. */
struct box_text box_text(const struct boxes *boxes, const struct box *b, enum time_unit unit, struct arena *a);
/* How many lines box_text gives. */
int box_line_count(const struct boxes *boxes, const struct box *b);
/* "+12 more, 1 error": what is not drawn below a box. */
struct box_line stub_text(const struct box *b, struct arena *a);

/* "2 errors, 1 unfinished" behind what b holds, nothing when there are none. */
void put_troubles(struct buf *b, struct tally t, const char *between);

#endif
