/* SPDX-License-Identifier: MIT
 *
 * Where a picture comes from, as texts for its file: PNG chunks, PDF metadata.
 */
#ifndef CLI_PROVENANCE_H
#define CLI_PROVENANCE_H

#include "cli/drawings.h"

enum { PROVENANCE_TEXTS = 10 };

/* Fills `texts`, ended by a NULL key; their values live in the arena, the scene and the run. */
void provenance_fill(const struct writing *w, const struct scene *s, struct arena *a,
                     struct picture_text texts[PROVENANCE_TEXTS]);

#endif
