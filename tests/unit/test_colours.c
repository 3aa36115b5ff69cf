/* SPDX-License-Identifier: MIT
 *
 * The theme's colours: contrast by WCAG 2, and distances between statuses (CIEDE2000: 1 is just seen side by side) as
 * seen by people without the cones for red or green, simulated by the matrices of Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.0, on linear RGB.
 */
#include "render/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array)     (sizeof(array) / sizeof *(array))
#define DEGREES(radians) ((radians)*57.29577951308232)
#define RADIANS(degrees) ((degrees) / 57.29577951308232)

struct vector {
    double v[3];
};

struct matrix {
    double m[3][3];
};

static struct vector multiply(const struct matrix *m, struct vector x)
{
    struct vector y = { { 0 } };
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 3; i++) y.v[row] += m->m[row][i] * x.v[i];
    return y;
}

/* Red, green, blue without the transfer curve, 0..1. */
static struct vector linear(uint32_t colour)
{
    struct vector rgb;
    for (int i = 0; i < 3; i++) {
        double c = (colour >> (16 - 8 * i) & 255) / 255.0;
        rgb.v[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    return rgb;
}

/* --- contrast --- */

static double contrast(enum picture_theme theme, enum scene_role over, enum scene_role under)
{
    static const struct matrix luminance = { { { 0.2126, 0.7152, 0.0722 } } };
    double a = multiply(&luminance, linear(theme_colour(theme, over))).v[0];
    double b = multiply(&luminance, linear(theme_colour(theme, under))).v[0];
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

static void texts_and_bars_stand_off_their_grounds(void **state)
{
    (void)state;
    static const enum scene_role texts[] = { ROLE_TITLE, ROLE_SUBTITLE, ROLE_LABEL, ROLE_LABEL_MUTED,
                                             ROLE_LABEL_ERROR };
    static const enum scene_role grounds[] = { ROLE_BACKGROUND, ROLE_STRIPE, ROLE_BOX, ROLE_FRAME };
    for (enum picture_theme theme = THEME_LIGHT; theme <= THEME_DARK; theme++) {
        for (size_t g = 0; g < COUNT(grounds); g++) {
            for (size_t i = 0; i < COUNT(texts); i++)
                if (contrast(theme, texts[i], grounds[g]) < 4.5)
                    fail_msg("%s on %s", scene_role_name(texts[i]), scene_role_name(grounds[g]));
            for (enum scene_role bar = ROLE_OK; bar <= ROLE_RETRIED; bar++)
                if (contrast(theme, bar, grounds[g]) < 3)
                    fail_msg("%s on %s", scene_role_name(bar), scene_role_name(grounds[g]));
        }
        assert_true(contrast(theme, ROLE_OK, ROLE_ERROR) >= 1.3); /* in greyscale, besides the hatching */
    }
}

/* --- distances --- */

struct lab {
    double l, a, b;
};

/* CIE L*a*b* for the white of sRGB. */
static struct lab lab_of(struct vector rgb)
{
    static const struct matrix to_xyz = { { { 0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047 },
                                            { 0.2126729, 0.7151522, 0.0721750 },
                                            { 0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883 } } };
    struct vector f = multiply(&to_xyz, rgb);
    for (int i = 0; i < 3; i++) {
        double t = f.v[i];
        f.v[i] = t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return (struct lab){ 116 * f.v[1] - 16, 500 * (f.v[0] - f.v[1]), 200 * (f.v[1] - f.v[2]) };
}

static double hue(double a, double b)
{
    double h = a == 0 && b == 0 ? 0 : DEGREES(atan2(b, a));
    return h < 0 ? h + 360 : h;
}

static double power7(double x) { return sqrt(pow(x, 7) / (pow(x, 7) + 6103515625.0)); } /* 25^7 */

/* CIEDE2000 as Sharma, Wu and Dalal (2005) write it. */
static double distance(struct lab x, struct lab y)
{
    double grey = 1 + 0.5 * (1 - power7((hypot(x.a, x.b) + hypot(y.a, y.b)) / 2));
    double c1 = hypot(x.a * grey, x.b), c2 = hypot(y.a * grey, y.b);
    double h1 = hue(x.a * grey, x.b), h2 = hue(y.a * grey, y.b), turn = c1 * c2 == 0 ? 0 : h2 - h1;
    if (turn > 180) turn -= 360;
    if (turn < -180) turn += 360;
    double dl = y.l - x.l, dc = c2 - c1, dh = 2 * sqrt(c1 * c2) * sin(RADIANS(turn / 2));
    double l = (x.l + y.l) / 2, c = (c1 + c2) / 2, h = h1 + h2;
    if (c1 * c2 != 0) h = fabs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2;
    double t = 1 - 0.17 * cos(RADIANS(h - 30)) + 0.24 * cos(RADIANS(2 * h)) + 0.32 * cos(RADIANS(3 * h + 6)) -
               0.2 * cos(RADIANS(4 * h - 63));
    double around = 30 * exp(-pow((h - 275) / 25, 2)), rt = -sin(RADIANS(2 * around)) * 2 * power7(c);
    double sl = 1 + 0.015 * pow(l - 50, 2) / sqrt(20 + pow(l - 50, 2)), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
    return sqrt(pow(dl / sl, 2) + pow(dc / sc, 2) + pow(dh / sh, 2) + rt * (dc / sc) * (dh / sh));
}

/* Pairs of the paper's table: the blue corner, a hue that wraps, greys, a large one. */
static void distance_is_the_published_one(void **state)
{
    (void)state;
    static const struct {
        struct lab x, y;
        double distance;
    } pairs[] = {
        { { 50, 2.6772, -79.7751 }, { 50, 0, -82.7485 }, 2.0425 },
        { { 50, -1, 2 }, { 50, 0, 0 }, 2.3669 },
        { { 50, 2.49, -0.001 }, { 50, -2.49, 0.0011 }, 7.2195 },
        { { 50, 2.5, 0 }, { 61, -5, 29 }, 22.8977 },
        { { 50, 2.5, 0 }, { 58, 24, 15 }, 19.4535 },
        { { 90.8027, -2.0831, 1.441 }, { 91.1528, -1.6435, 0.0447 }, 1.4441 },
        { { 2.0776, 0.0795, -1.135 }, { 0.9033, -0.0636, -0.5514 }, 0.9082 },
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_true(fabs(distance(pairs[i].x, pairs[i].y) - pairs[i].distance) < 0.0001);
        assert_true(fabs(distance(pairs[i].y, pairs[i].x) - pairs[i].distance) < 0.0001);
    }
}

static const struct {
    const char *name;
    struct matrix m;
} sights[] = {
    { "all cones", { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } } },
    { "protanopia",
      { { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } } } },
    { "deuteranopia",
      { { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } } } },
};

static struct lab seen(uint32_t colour, size_t sight)
{
    struct vector rgb = multiply(&sights[sight].m, linear(colour));
    for (int i = 0; i < 3; i++) rgb.v[i] = fmin(fmax(rgb.v[i], 0), 1);
    return lab_of(rgb);
}

/* Without red or green cones red and green of one lightness are near each other; white and greys stay what they are. */
static void sights_are_simulated(void **state)
{
    (void)state;
    for (size_t sight = 1; sight < COUNT(sights); sight++) {
        double full = distance(seen(0xC04040, 0), seen(0x508030, 0));
        assert_true(distance(seen(0xC04040, sight), seen(0x508030, sight)) < full / 2);
        assert_true(distance(seen(0x808080, sight), seen(0x808080, 0)) < 0.1);
    }
}

/* How a status is drawn besides its colour: a full bar, a hatched one, a hollow one. */
static int form_of(enum scene_role status)
{
    if (status == ROLE_ERROR) return 1;
    return status == ROLE_RUNNING || status == ROLE_UNFINISHED || status == ROLE_SKIPPED ? 2 : 0;
}

/* Any two bars may stand one below the other. Those of one form are told apart by the colour alone. */
static void statuses_can_be_told_apart(void **state)
{
    (void)state;
    for (enum picture_theme theme = THEME_LIGHT; theme <= THEME_DARK; theme++)
        for (size_t sight = 0; sight < COUNT(sights); sight++)
            for (enum scene_role a = ROLE_OK; a <= ROLE_RETRIED; a++)
                for (enum scene_role b = ROLE_OK; b < a; b++) {
                    double least = form_of(a) == form_of(b) ? 9 : 6;
                    double d = distance(seen(theme_colour(theme, a), sight), seen(theme_colour(theme, b), sight));
                    if (d < least)
                        fail_msg("%s and %s are %.1f apart, %s, %s", scene_role_name(a), scene_role_name(b), d,
                                 theme == THEME_DARK ? "dark" : "light", sights[sight].name);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_bars_stand_off_their_grounds),
        cmocka_unit_test(distance_is_the_published_one),
        cmocka_unit_test(sights_are_simulated),
        cmocka_unit_test(statuses_can_be_told_apart),
    };
    return cmocka_run_group_tests_name("colours", tests, NULL, NULL);
}
