/* SPDX-License-Identifier: MIT
 *
 * The style sheet of an SVG that stands alone: each look that its items have is a class of one letter or two, so that
 * an item names its look in a few bytes and a reader's dark setting can change them all.
 */
#ifndef RENDER_SVG_STYLE_H
#define RENDER_SVG_STYLE_H

#include "render/theme.h"

struct svg_styles {
    enum picture_theme theme;
    struct scene_item *looks; /* an item of each */
    size_t count, cap, last;  /* `last`: the one found last */
    bool hatched;             /* some item is */
};

/* All looks of the scene; svg_styles_free is due. */
void svg_styles_make(struct svg_styles *styles, const struct scene *s, enum picture_theme theme);
void svg_styles_free(struct svg_styles *styles);

/* The <style> element; `id` is that of the <svg>. */
void svg_styles_put(const struct svg_styles *styles, const char *id, struct buf *out);
/*  class="ab" with a space before it, of an item of the scene. */
void svg_styles_put_class(struct svg_styles *styles, const struct scene_item *item, struct buf *out);

/* The class of stripes over a hatched rectangle. No look has a name of capitals. */
#define SVG_HATCH_CLASS "H"

#endif
