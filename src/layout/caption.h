/* SPDX-License-Identifier: MIT
 *
 * The words around a picture of a run: its title, the line under it, sentences that need several lines.
 */
#ifndef LAYOUT_CAPTION_H
#define LAYOUT_CAPTION_H

#include "layout/scene.h"
#include "model/run.h"

/* What a step or pipeline without a name is called; the documents say it alike. */
#define CAPTION_NO_NAME S("(no name)")

/* `title`, or the pipeline's name when that is empty. */
struct str caption_title(const struct run *run, struct str title, struct arena *a);

/* "run 7f3a · completed · 2026-05-18 04:26:40.125 UTC · 1.24 s · 25 steps · 1 failed", what is unknown left out. A
 * long run id is cut in its middle to about max_id px at `size`. */
struct str caption_subtitle(const struct run *run, enum time_unit unit, double size, double max_id, struct arena *a);

/* Adds the text in lines of at most `width` px, broken at spaces, `leading` px from baseline to baseline; after
 * max_lines the last one ends with "…". Returns the number of lines. */
size_t caption_put_lines(struct scene *s, enum scene_role role, double x, double baseline, double size, double leading,
                         double width, size_t max_lines, struct str text);
/* What b holds as a text of the arena; b is freed. */
struct str caption_take(struct buf *b, struct arena *a);

#endif
