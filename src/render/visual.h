/* SPDX-License-Identifier: MIT
 *
 * Where each character of a line of text is drawn: runs written from right to left in their visual order, Arabic
 * letters joined, marks on their letters. Pixels and PDF share it; an SVG leaves it to its viewer.
 */
#ifndef RENDER_VISUAL_H
#define RENDER_VISUAL_H

#include "layout/scene.h"

struct visual_glyph {
    uint32_t code;      /* to be drawn; 0: nothing */
    size_t from, end;   /* bytes of the text */
    double x, advance;  /* em from the text's left edge */
    unsigned char kind; /* of visual.c */
    unsigned char level;
};

struct visual {
    struct visual_glyph *glyphs; /* in the text's order */
    size_t count, cap;
};

/* Starts as { 0 }, may be used for one text after the other. */
void visual_lay(struct visual *v, struct str text, enum scene_weight weight);
void visual_free(struct visual *v);

#endif
