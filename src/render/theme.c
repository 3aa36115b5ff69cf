/* SPDX-License-Identifier: MIT
 *
 * One accent (the blue of steps that are fine), a vermilion that stays darker than it for every kind of colour sight,
 * an ochre for what did not end, greys for what did not run. Status is never told by colour alone: errors are hatched,
 * steps without an end are hollow with a torn edge, skipped ones hollow. tests/unit/test_colours.c holds all of them
 * apart for eyes without red or green, and off their grounds.
 */
#include "render/theme.h"

const char theme_font_family[] = "Open Sans, Noto Sans, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif";

struct tint {
    uint32_t light, dark;
};

static const struct tint colours[ROLE_COUNT] = {
    [ROLE_BACKGROUND] = { 0xFFFFFF, 0x11161D },  [ROLE_STRIPE] = { 0xF5F7F9, 0x171D26 },
    [ROLE_GRID] = { 0xE1E6EB, 0x29323D },        [ROLE_AXIS] = { 0x98A4B0, 0x5E6B79 },
    [ROLE_TITLE] = { 0x14202B, 0xF0F4F8 },       [ROLE_SUBTITLE] = { 0x55626F, 0x9AA8B6 },
    [ROLE_LABEL] = { 0x1F2B37, 0xD5DDE5 },       [ROLE_LABEL_MUTED] = { 0x5A6875, 0x94A3B1 },
    [ROLE_LABEL_ERROR] = { 0xAE2A10, 0xFF8E75 }, [ROLE_GUIDE] = { 0xC2CCD5, 0x3A4653 },
    [ROLE_EDGE] = { 0xA3B0BC, 0x536170 },        [ROLE_BOX] = { 0xFFFFFF, 0x1A222C },
    [ROLE_FRAME] = { 0xF5F7F9, 0x171D26 },       [ROLE_CRITICAL] = { 0x14202B, 0xF0F4F8 },
    [ROLE_STRIP] = { 0xA9CDDB, 0x2C5A6C },       [ROLE_FOLD] = { 0xC9E0E9, 0x234655 },
    [ROLE_LINK] = { 0x7C62B0, 0xA890DD },        [ROLE_WARN] = { 0xB87A00, 0xE5B04A },
    [ROLE_OK] = { 0x3B93B2, 0x54A5BE },          [ROLE_ERROR] = { 0xC34320, 0xE5532F },
    [ROLE_RUNNING] = { 0x1F7694, 0x62BEDB },     [ROLE_UNFINISHED] = { 0x724800, 0xDDA63F },
    [ROLE_SKIPPED] = { 0x77848F, 0x8592A0 },     [ROLE_CACHED] = { 0x859091, 0x64737F },
    [ROLE_RETRIED] = { 0x7B63B6, 0xB094F5 },     [ROLE_ON_STATUS] = { 0xFFFFFF, 0x0C1117 },
};

/* How much of its colour the inside of a hollow rectangle has. */
enum { HOLLOW_PART = 3, HOLLOW_OF = 16 };
#define HOLLOW_ALPHA ((double)HOLLOW_PART / HOLLOW_OF)

uint32_t theme_colour(enum picture_theme theme, enum scene_role role)
{
    return theme == THEME_DARK ? colours[role].dark : colours[role].light;
}

static bool is_status(enum scene_role role) { return role >= ROLE_OK && role <= ROLE_RETRIED; }

static double line_width(enum scene_role role) { return role == ROLE_EDGE ? 1.5 : is_status(role) ? 2 : 1; }

struct ink theme_ink(enum picture_theme theme, const struct scene_item *item)
{
    uint32_t colour = theme_colour(theme, item->role);
    if (item->kind == SCENE_LINE || item->kind == SCENE_CURVE)
        return (struct ink){ .stroke = colour,
                             .stroke_width = item->thickness > 0 ? item->thickness : line_width(item->role) };
    struct ink ink = { .fill = colour, .fill_alpha = 1, .stroke = colour };
    if (item->kind != SCENE_RECT) return ink;
    if (item->role == ROLE_BOX) {
        ink.stroke = theme_colour(theme, item->outlined ? ROLE_GUIDE : ROLE_EDGE);
        ink.stroke_width = 1;
    } else if (item->role == ROLE_FRAME) {
        ink.stroke = theme_colour(theme, ROLE_GUIDE);
        ink.stroke_width = 1;
    } else if (item->outlined) {
        ink.fill_alpha = HOLLOW_ALPHA;
        ink.stroke_width = is_status(item->role) ? 1.5 : 1;
    }
    return ink;
}

static uint32_t mix(uint32_t a, uint32_t b, unsigned part, unsigned of)
{
    uint32_t result = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        unsigned from = a >> shift & 255, to = b >> shift & 255;
        result |= ((from * (of - part) + to * part + of / 2) / of) << shift;
    }
    return result;
}

enum {
    NEAR_TEXT = 7 * 24 * 24, /* theme_distance of two inks that letters may share */
    NEAR_EDGE = 7 * 20 * 20  /* of two steps along an edge */
};

struct palette {
    uint32_t *colours;
    size_t count;
};

static void add(struct palette *p, uint32_t colour)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->colours[i] == colour) return;
    if (p->count < 256) p->colours[p->count++] = colour;
}

/* The colours from `under` to `over` in `steps` steps: what edges and curves of glyphs are made of. */
static void add_ramp(struct palette *p, enum picture_theme theme, enum scene_role over, enum scene_role under,
                     unsigned steps)
{
    for (unsigned i = 0; i <= steps; i++) add(p, mix(theme_colour(theme, under), theme_colour(theme, over), i, steps));
}

size_t theme_palette(enum picture_theme theme, uint32_t out[256])
{
    struct palette p = { 0 };
    p.colours = out;
    for (unsigned role = 0; role < ROLE_COUNT; role++) add(&p, theme_colour(theme, role));
    add_ramp(&p, theme, ROLE_LABEL, ROLE_BACKGROUND, 20);
    add_ramp(&p, theme, ROLE_LABEL_MUTED, ROLE_BACKGROUND, 16);
    add_ramp(&p, theme, ROLE_LABEL_ERROR, ROLE_BACKGROUND, 16);
    add_ramp(&p, theme, ROLE_TITLE, ROLE_BACKGROUND, 16);
    for (unsigned role = ROLE_OK; role <= ROLE_RETRIED; role++) {
        add_ramp(&p, theme, role, ROLE_BACKGROUND, 8);
        add_ramp(&p, theme, ROLE_ON_STATUS, role, 8);
        static const enum scene_role under[] = { ROLE_BACKGROUND, ROLE_STRIPE, ROLE_BOX }; /* hollow bars */
        for (size_t i = 0; i < sizeof under / sizeof *under; i++)
            add(&p, mix(theme_colour(theme, under[i]), theme_colour(theme, role), HOLLOW_PART, HOLLOW_OF));
    }
    add_ramp(&p, theme, ROLE_EDGE, ROLE_BACKGROUND, 6);
    add_ramp(&p, theme, ROLE_EDGE, ROLE_BOX, 4);
    add_ramp(&p, theme, ROLE_LINK, ROLE_BACKGROUND, 4);
    add_ramp(&p, theme, ROLE_WARN, ROLE_BACKGROUND, 4);
    add_ramp(&p, theme, ROLE_LABEL, ROLE_STRIPE, 10);
    add_ramp(&p, theme, ROLE_LABEL_MUTED, ROLE_STRIPE, 8);
    add_ramp(&p, theme, ROLE_GUIDE, ROLE_BACKGROUND, 2);
    return p.count;
}

unsigned theme_distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return (unsigned)(2 * red * red + 4 * green * green + blue * blue);
}

/* Adds the colour unless one is there that is `near` it. False when there is no room. */
static bool add_apart(struct palette *p, uint32_t colour, unsigned near)
{
    for (size_t i = 0; i < p->count; i++)
        if (theme_distance(p->colours[i], colour) <= near) return true;
    if (p->count == THEME_FEW) return false;
    p->colours[p->count++] = colour;
    return true;
}

/* The colours of an item's inside: its own, paler where it is hollow, and that of its stripes. */
static bool add_inks(struct palette *p, enum picture_theme theme, const struct scene_item *item)
{
    struct ink ink = theme_ink(theme, item);
    uint32_t ground = theme_colour(theme, ROLE_BACKGROUND);
    unsigned near = item->kind == SCENE_TEXT ? NEAR_TEXT : 0; /* strokes of letters have hardly a pixel of full ink */
    bool fits = true;
    if (ink.fill_alpha > 0) fits = add_apart(p, mix(ground, ink.fill, (unsigned)(ink.fill_alpha * 16 + 0.5), 16), near);
    if (ink.stroke_width > 0) fits &= add_apart(p, ink.stroke, near);
    if (item->hatched) fits &= add_apart(p, mix(ink.fill, theme_colour(theme, ROLE_ON_STATUS), 2, 5), NEAR_EDGE);
    return fits;
}

size_t theme_few_colours(enum picture_theme theme, const struct scene *s, uint32_t out[THEME_FEW])
{
    enum { STEPS = 6 };
    struct palette p = { out, 0 };
    uint32_t ground = theme_colour(theme, ROLE_BACKGROUND), text = theme_colour(theme, ROLE_LABEL);
    unsigned status = 0; /* those that occur, by bit */
    add_apart(&p, ground, 0);
    for (int texts = 0; texts < 2; texts++) { /* exact inks first */
        if (texts && !add_apart(&p, text, 0)) return 0;
        for (size_t i = 0; i < s->count; i++) {
            const struct scene_item *item = &s->items[i];
            if ((item->kind == SCENE_TEXT) != texts) continue;
            if (!add_inks(&p, theme, item)) return 0;
            if (is_status(item->role)) status |= 1U << (item->role - ROLE_OK);
        }
    }
    for (unsigned i = 1; i < STEPS; i++)
        if (!add_apart(&p, mix(text, ground, i, STEPS), NEAR_EDGE)) return 0;
    for (unsigned i = 0; i <= ROLE_RETRIED - ROLE_OK; i++) /* rounded corners: as far as there is room */
        if (status >> i & 1)
            add_apart(&p, mix(theme_colour(theme, (enum scene_role)(ROLE_OK + i)), ground, 1, 2), NEAR_EDGE);
    return p.count;
}

static void put_colour(struct buf *out, uint32_t colour)
{
    static const char digits[] = "0123456789abcdef";
    buf_putc(out, '#');
    for (int shift = 20; shift >= 0; shift -= 4) buf_putc(out, digits[colour >> shift & 15]);
}

static void put_properties(struct buf *out, const char *selector, enum picture_theme theme)
{
    buf_puts(out, selector);
    buf_putc(out, '{');
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        buf_printf(out, "--pl-%s:", scene_role_name(role));
        put_colour(out, theme_colour(theme, role));
        buf_putc(out, ';');
    }
    buf_puts(out, "}\n");
}

void theme_css(struct buf *out)
{
    put_properties(out, ":root", THEME_LIGHT);
    buf_puts(out, "@media screen and (prefers-color-scheme:dark){");
    put_properties(out, ":root:not([data-theme=light])", THEME_DARK);
    buf_puts(out, "}\n");
    buf_puts(out, "@media screen{"); /* paper is light */
    put_properties(out, ":root[data-theme=dark]", THEME_DARK);
    buf_puts(out, "}\n");
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        buf_printf(out, ".pl .r-%s{color:var(--pl-%s)}\n", scene_role_name(role), scene_role_name(role));
    buf_puts(out, ".pl{font-family:");
    buf_puts(out, theme_font_family);
    buf_puts(out, "}\n.pl text,.pl rect,.pl .solid{fill:currentColor}\n"
                  ".pl .curve{fill:none;stroke:currentColor;stroke-width:1}\n"
                  ".pl .outlined{stroke:currentColor;stroke-width:1;fill:currentColor;fill-opacity:");
    buf_put_fixed(out, HOLLOW_ALPHA, 4, true);
    buf_puts(out, "}\n.pl .r-box{stroke:var(--pl-edge);stroke-width:1}\n"
                  ".pl .r-box.outlined{stroke:var(--pl-guide);fill-opacity:1}\n"
                  ".pl .r-frame{stroke:var(--pl-guide);stroke-width:1}\n"
                  ".pl .hatch{fill:none;stroke:var(--pl-on-status);stroke-opacity:");
    buf_put_fixed(out, HATCH_ALPHA, 2, true);
    buf_puts(out, ";stroke-width:");
    buf_put_fixed(out, HATCH_WIDTH, 2, true);
    buf_puts(out,
             "}\n.pl .wide{stroke-width:1.5}\n.pl .wider{stroke-width:2}\n.pl .w3{stroke-width:3}\n"
             ".pl .w4{stroke-width:4}\n.pl .w5{stroke-width:5}\n.pl .w6{stroke-width:6}\n.pl .bold{font-weight:600}\n");
}
