/* SPDX-License-Identifier: MIT
 *
 * The only place with colours: what ink a role has, light and dark.
 */
#ifndef RENDER_THEME_H
#define RENDER_THEME_H

#include "layout/scene.h"
#include "render/picture.h"

/* What an item is painted with. Colours are 0xRRGGBB. */
struct ink {
    uint32_t fill, stroke;
    double fill_alpha;   /* 0: not filled */
    double stroke_width; /* px, 0: no border */
};

/* For THEME_LIGHT and THEME_DARK; the others give the light ink. */
uint32_t theme_colour(enum picture_theme theme, enum scene_role role);
struct ink theme_ink(enum picture_theme theme, const struct scene_item *item);

/* The stripes of a hatched rectangle: at 45 degrees, in the colour of ROLE_ON_STATUS. */
#define HATCH_PERIOD 6.0 /* px from stripe to stripe along the x axis */
#define HATCH_WIDTH  1.6
#define HATCH_ALPHA  0.5

/* Colours for a palette image: all inks and the steps between each and what it lies on. Returns how many. */
size_t theme_palette(enum picture_theme theme, uint32_t out[256]);
/* Those of one scene in THEME_FEW colours: every ink it has, then steps between them. 0 when they do not suffice. */
enum { THEME_FEW = 16 };
size_t theme_few_colours(enum picture_theme theme, const struct scene *s, uint32_t out[THEME_FEW]);

/* How far two colours are from each other, by a rule of thumb for what the eye makes of red, green and blue. */
unsigned theme_distance(uint32_t a, uint32_t b);

/* CSS font families for texts; the first is the embedded one. */
extern const char theme_font_family[];

#endif
