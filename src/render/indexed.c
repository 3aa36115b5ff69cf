/* SPDX-License-Identifier: MIT
 *
 * The palette is made from what the theme gives the scene's items, before anything is drawn, so that a picture can be
 * written band by band. Sixteen colours are the inks themselves and, between text and ground, the greys that grid,
 * guides and axis have anyway; half the bytes go to the compressor, and a row of a chart finds the one two rows above,
 * on the same stripe, in its window of 32 KiB.
 */
#include "render/indexed.h"

#include <string.h>

enum { LARGE = 2000000 }; /* pixels; smaller pictures are small files anyway, and keep all steps of their edges */

void indexed_begin(struct indexed *x, enum picture_theme theme, const struct scene *s, double pixels)
{
    x->bits = 8;
    x->count = 0;
    if (pixels > LARGE) x->count = theme_few_colours(theme, s, x->palette);
    if (x->count) x->bits = 4;
    else x->count = theme_palette(theme, x->palette);
    memset(x->cache_colour, 0xFF, sizeof x->cache_colour); /* colours that no pixel has: over 0xFFFFFF */
}

size_t indexed_row_size(const struct indexed *x, int width)
{
    return x->bits == 4 ? ((size_t)width + 1) / 2 : (size_t)width;
}

/* The palette entry next to the colour, remembered. */
static unsigned char find(struct indexed *x, uint32_t colour)
{
    size_t at = (colour * UINT32_C(2654435761)) >> 18 & (INDEXED_CACHE - 1);
    if (x->cache_colour[at] == colour) return x->cache_index[at];
    size_t best = 0;
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i < x->count && least > 0; i++) {
        unsigned d = theme_distance(x->palette[i], colour);
        if (d < least) {
            least = d;
            best = i;
        }
    }
    x->cache_colour[at] = colour;
    return x->cache_index[at] = (unsigned char)best;
}

/* Where the run of equal pixels that begins at x ends; eight at a time where it is long, as most are. */
static int run_end(const uint32_t *pixels, int x, int width)
{
    uint32_t colour = pixels[x];
    uint64_t twice = (uint64_t)colour << 32 | colour, eight[4];
    if (++x < width && pixels[x] != colour) return x; /* as in letters */
    for (; x + 8 <= width; x += 8) {
        memcpy(eight, pixels + x, sizeof eight);
        if ((eight[0] ^ twice) | (eight[1] ^ twice) | (eight[2] ^ twice) | (eight[3] ^ twice)) break;
    }
    while (x < width && pixels[x] == colour) x++;
    return x;
}

/* A run into halves of bytes: the first and the last byte may be shared with the neighbours. */
static void put_halves(unsigned char *row, int from, int end, unsigned char entry)
{
    if (from & 1) {
        row[from / 2] = (unsigned char)(row[from / 2] | entry);
        from++;
    }
    if (from >= end) return;
    memset(row + from / 2, entry << 4 | entry, (size_t)(end - from) / 2);
    if (end & 1) row[end / 2] = (unsigned char)(entry << 4);
}

void indexed_row(struct indexed *x, const uint32_t *pixels, int width, unsigned char *ret_row)
{
    for (int at = 0; at < width;) {
        int end = run_end(pixels, at, width);
        unsigned char entry = find(x, pixels[at] & 0xFFFFFF);
        if (x->bits == 4) put_halves(ret_row, at, end, entry);
        else memset(ret_row + at, entry, (size_t)(end - at));
        at = end;
    }
}
