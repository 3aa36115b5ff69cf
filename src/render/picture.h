/* SPDX-License-Identifier: MIT
 *
 * Ink for scenes: SVG text, PNG and PDF.
 */
#ifndef RENDER_PICTURE_H
#define RENDER_PICTURE_H

#include "base/buf.h"
#include "base/err.h"
#include "layout/scene.h"

enum picture_theme {
    THEME_LIGHT,
    THEME_DARK,
    THEME_AUTO,  /* SVG in a page only: CSS classes, the page has the colours */
    THEME_READER /* SVG that stands alone only: light, and dark where the reader's setting is */
};

enum picture_format { PICTURE_PNG, PICTURE_SVG, PICTURE_PDF };

/* A standalone SVG document, its looks as classes in a style sheet of its own; or with THEME_AUTO the inline <svg>
 * element for a page: items carry the class of their role (class="r-ok"), those of a step data-step="INDEX", and the
 * page has the colours. Texts have textLength, so they keep their width in any font. */
void svg_write(const struct scene *s, enum picture_theme theme, struct buf *out);

/* Where the picture comes from: a NULL key ends them. A PNG has them as tEXt and iTXt chunks, a PDF as its metadata. */
struct picture_text {
    const char *key;
    struct str value;
};
/* scale: device pixels per px (1 or 2 mostly). `text` may be NULL. */
bool png_write(const struct scene *s, enum picture_theme theme, double scale, const struct picture_text *text,
               struct buf *out, struct err *e);
/* In pages that print, see paper.h. */
bool pdf_write(const struct scene *s, enum picture_theme theme, const struct picture_text *text, struct buf *out,
               struct err *e);

/* The CSS that gives THEME_AUTO pictures their ink, light and dark by the reader's setting (custom properties defined
 * from the same table as the pictures use). */
void theme_css(struct buf *out);

#endif
