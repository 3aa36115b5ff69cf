/* SPDX-License-Identifier: MIT
 *
 * How wide a text is in the embedded fonts, from a table made at build time: the same on every machine. The picture
 * formats place every glyph by these advances, so what is drawn is as wide as what was measured.
 */
#ifndef LAYOUT_METRICS_H
#define LAYOUT_METRICS_H

#include "layout/scene.h"

/* Advance width of s in px at `size` px. Glyphs the faces lack reserve a full em. */
double metrics_width(struct str s, double size, enum scene_weight weight);

/* Advance of one code point in em; 0 for combining marks and for what is not visible. */
double metrics_advance(uint32_t code, enum scene_weight weight);
/* Reads the next code point of s at *at: its advance in em, *ret_code as it is to be drawn in its place (Arabic letters
 * in the form that joins their neighbours), 0 when there is nothing to draw. *before is 0 at the start of a text and
 * then left alone. The sum of these advances is what metrics_width measures. */
double metrics_next(struct str s, size_t *at, enum scene_weight weight, uint32_t *before, uint32_t *ret_code);
/* A mark that belongs on the letter before it. */
bool metrics_is_mark(uint32_t code);
/* Is there anything to see in the text? Not in one of blanks and of what has no width. */
bool metrics_shows(struct str s);
/* How far a mark that the font gives an advance has to go back, in em. */
double metrics_mark_advance(uint32_t code, enum scene_weight weight);

/* False for controls, joiners, variation selectors and the like, which have no ink and no advance. */
bool metrics_visible(uint32_t code);

/* How many bytes from the start of s fit into max px, whole code points. */
size_t metrics_fit_bytes(struct str s, double size, enum scene_weight weight, double max);

/* s as one line: line breaks and tabs as spaces, controls and direction overrides gone, bad UTF-8 and noncharacters as
 * U+FFFD, letters with marks as one code point where there is one (NFC). s itself when nothing of that is in it, else a
 * text of the arena. */
struct str metrics_clean(struct str s, struct arena *a);

/* s when it fits into max px, else its beginning and end with "…" in the middle (ends at least with "…" alone), cut
 * between code points. Control characters are gone. Lives in the arena. */
struct str metrics_fit_middle(struct str s, double size, enum scene_weight weight, double max, struct arena *a);
/* The same with the "…" at the end. */
struct str metrics_fit_end(struct str s, double size, enum scene_weight weight, double max, struct arena *a);

#endif
