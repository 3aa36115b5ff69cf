/* SPDX-License-Identifier: MIT
 *
 * The embedded fonts as FreeType faces. No font of the machine is ever looked for, so a picture has the same bytes
 * everywhere. The faces are asked in the order of layout's tables: the weight's own, then the fallbacks.
 */
#ifndef RENDER_FONT_H
#define RENDER_FONT_H

#include "base/err.h"
#include "layout/scene.h"

#include <ft2build.h>
#include FT_FREETYPE_H

enum font_face { FONT_REGULAR, FONT_BOLD, FONT_CJK, FONT_SYMBOLS, FONT_COUNT };

struct fonts {
    FT_Library library;
    FT_Face faces[FONT_COUNT];
};

bool fonts_open(struct fonts *fonts, struct err *e);
void fonts_close(struct fonts *fonts);

/* The glyph of a code point and the face that has it; 0 when none has: a box one em wide is drawn instead. */
FT_UInt fonts_glyph(const struct fonts *fonts, uint32_t code, enum scene_weight weight, enum font_face *ret_face);

/* The box for a missing glyph, in em from the pen's place on the baseline, y upwards. */
#define FONT_BOX_LEFT   0.14
#define FONT_BOX_RIGHT  0.86
#define FONT_BOX_TOP    0.72
#define FONT_BOX_STROKE 0.07

#endif
