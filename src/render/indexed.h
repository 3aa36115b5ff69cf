/* SPDX-License-Identifier: MIT
 *
 * Pixels as entries of a palette: which colours it has, and rows of pixels turned into rows of entries.
 */
#ifndef RENDER_INDEXED_H
#define RENDER_INDEXED_H

#include "render/theme.h"

enum { INDEXED_CACHE = 16384 };

struct indexed {
    int bits; /* an entry: 8, or 4 with two pixels a byte, the left one in the upper half */
    uint32_t palette[256];
    size_t count;
    uint32_t cache_colour[INDEXED_CACHE]; /* colours whose entry is known */
    unsigned char cache_index[INDEXED_CACHE];
};

/* The palette for the scene: 4 bits when the picture is large and its colours allow, else 8. */
void indexed_begin(struct indexed *x, enum picture_theme theme, const struct scene *s, double pixels);

/* Bytes of a row. */
size_t indexed_row_size(const struct indexed *x, int width);
/* `pixels` are 0x__RRGGBB. */
void indexed_row(struct indexed *x, const uint32_t *pixels, int width, unsigned char *ret_row);

#endif
