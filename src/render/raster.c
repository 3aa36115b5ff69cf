/* SPDX-License-Identifier: MIT */
#include "render/raster.h"

#include "layout/metrics.h"
#include "render/shape.h"

#include FT_OUTLINE_H

#include <math.h>
#include <stdlib.h>

enum { PHASES = 4 }; /* places of a glyph within a pixel */

struct glyph_mask {
    uint64_t key;  /* 0: free */
    int left, top; /* of the mask, from the pen's whole pixel; top upwards from the baseline */
    int width, height;
    unsigned char *coverage;
};

void raster_init(struct raster *r, const struct fonts *fonts, double scale)
{
    *r = (struct raster){ .fonts = fonts, .scale = scale };
}

void raster_free(struct raster *r)
{
    free(r->table);
    visual_free(&r->visual);
    arena_free(&r->arena);
    *r = (struct raster){ 0 };
}

/* The entry of the key, or the free one where it belongs. */
static struct glyph_mask *slot(struct glyph_mask *table, size_t cap, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (cap - 1);
    while (table[at].key && table[at].key != key) at = (at + 1) & (cap - 1);
    return &table[at];
}

static void grow(struct raster *r)
{
    size_t cap = r->cap ? r->cap * 2 : 512;
    struct glyph_mask *table = calloc(cap, sizeof *table);
    if (!table) arena_exhausted(cap * sizeof *table);
    for (size_t i = 0; i < r->cap; i++)
        if (r->table[i].key) *slot(table, cap, r->table[i].key) = r->table[i];
    free(r->table);
    r->table = table;
    r->cap = cap;
}

/* The outline's coverage, moved right by phase / PHASES pixel. What cannot be rendered stays an empty mask. */
static void render_glyph(struct raster *r, struct glyph_mask *mask, FT_UInt glyph, enum font_face id, FT_F26Dot6 size,
                         int phase)
{
    FT_Face face = r->fonts->faces[id];
    if (r->sizes[id] != size) {
        if (FT_Set_Char_Size(face, 0, size, 72, 72)) return;
        r->sizes[id] = size;
    }
    if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP)) return;
    if (face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return;
    FT_Outline_Translate(&face->glyph->outline, phase * 64 / PHASES, 0);
    if (FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL)) return;
    const FT_Bitmap *bitmap = &face->glyph->bitmap;
    mask->left = face->glyph->bitmap_left;
    mask->top = face->glyph->bitmap_top;
    mask->width = (int)bitmap->width;
    mask->height = (int)bitmap->rows;
    mask->coverage = arena_alloc(&r->arena, bitmap->rows, bitmap->width);
    for (unsigned row = 0; row < bitmap->rows; row++)
        memcpy(mask->coverage + (size_t)row * bitmap->width, bitmap->buffer + (ptrdiff_t)row * bitmap->pitch,
               bitmap->width);
}

/* The box for a glyph that no face has, on whole pixels. */
static void render_box(struct raster *r, struct glyph_mask *mask, double em)
{
    int stroke = (int)(em * FONT_BOX_STROKE + 0.5);
    if (stroke < 1) stroke = 1;
    mask->left = (int)(em * FONT_BOX_LEFT + 0.5);
    mask->top = (int)(em * FONT_BOX_TOP + 0.5);
    mask->width = (int)(em * (FONT_BOX_RIGHT - FONT_BOX_LEFT) + 0.5);
    mask->height = mask->top;
    mask->coverage = arena_alloc(&r->arena, (size_t)mask->height, (size_t)mask->width);
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++)
            if (x < stroke || y < stroke || x >= mask->width - stroke || y >= mask->height - stroke)
                mask->coverage[y * mask->width + x] = 255;
}

static const struct glyph_mask *mask_of(struct raster *r, uint32_t code, enum scene_weight weight, FT_F26Dot6 size,
                                        int phase)
{
    /* 21 bits of code point, 1 of weight, 2 of phase, the rest size; never 0 */
    uint64_t key = (uint64_t)code | (uint64_t)weight << 21 | (uint64_t)phase << 22 | (uint64_t)size << 24;
    if (r->count * 2 >= r->cap) grow(r);
    struct glyph_mask *mask = slot(r->table, r->cap, key);
    if (mask->key) return mask;
    r->count++;
    mask->key = key;
    enum font_face face;
    FT_UInt glyph = fonts_glyph(r->fonts, code, weight, &face);
    if (glyph) render_glyph(r, mask, glyph, face, size, phase);
    else if (!metrics_is_mark(code)) render_box(r, mask, (double)size / 64);
    return mask;
}

/* under + (over - under) * coverage / 255, rounded, for the three channels. */
static uint32_t blend(uint32_t under, uint32_t over, uint32_t coverage)
{
    uint32_t rest = 255 - coverage;
    uint32_t red_blue = (under & 0xFF00FF) * rest + (over & 0xFF00FF) * coverage + 0x800080;
    uint32_t green = (under >> 8 & 0xFF) * rest + (over >> 8 & 0xFF) * coverage + 0x80;
    red_blue = (red_blue + (red_blue >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
    green = (green + (green >> 8)) & 0xFF00;
    return red_blue | green;
}

static void paint_mask(const struct raster_target *t, const struct glyph_mask *mask, int x, int y, uint32_t colour)
{
    int first_row = y < 0 ? -y : 0, rows = mask->height < t->height - y ? mask->height : t->height - y;
    int first = x < 0 ? -x : 0, columns = mask->width < t->width - x ? mask->width : t->width - x;
    for (int row = first_row; row < rows; row++) {
        const unsigned char *coverage = mask->coverage + (size_t)row * (size_t)mask->width;
        uint32_t *pixels = t->pixels + (size_t)(y + row) * t->stride;
        for (int i = first; i < columns; i++) {
            if (coverage[i]) pixels[x + i] = blend(pixels[x + i], colour, coverage[i]);
        }
    }
}

void raster_text(struct raster *r, const struct raster_target *target, const struct scene_item *item, uint32_t colour)
{
    double px = item->size * r->scale, pen = shape_text_left(item) * r->scale;
    double baseline = floor(item->y * r->scale + 0.5) - target->top;
    if (!(px >= 1 && px <= 4096 && fabs(baseline) < 1e6 && fabs(pen) < 1e6)) return;
    FT_F26Dot6 size = (FT_F26Dot6)(px * 64 + 0.5);
    visual_lay(&r->visual, item->text, item->weight);
    for (size_t i = 0; i < r->visual.count; i++) {
        const struct visual_glyph *g = &r->visual.glyphs[i];
        double x = pen + g->x * px;
        if (g->code == ' ' || !g->code || !metrics_visible(g->code) || x > target->width) continue;
        int quarter = (int)floor(x * PHASES + 0.5);
        int whole = quarter >= 0 ? quarter / PHASES : -((PHASES - 1 - quarter) / PHASES);
        const struct glyph_mask *mask = mask_of(r, g->code, item->weight, size, quarter - whole * PHASES);
        paint_mask(target, mask, whole + mask->left, (int)baseline - mask->top, colour);
    }
}
