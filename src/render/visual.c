/* SPDX-License-Identifier: MIT
 *
 * The Unicode Bidirectional Algorithm (UAX #9) for one line from left to right without explicit directions, which
 * metrics_clean takes away: the rules are named where they are applied.
 */
#include "render/visual.h"

#include "base/utf8.h"
#include "layout/metrics.h"

#include <stdlib.h>
#include <utf8proc.h>

/* What a character does to the direction. */
enum { LEFT, RIGHT, ARABIC, DIGIT, ARABIC_DIGIT, SIGN, CURRENCY, SEPARATOR, MARK, NEUTRAL };

static unsigned char kind_of(uint32_t code)
{
    switch ((utf8proc_bidi_class_t)utf8proc_get_property((utf8proc_int32_t)code)->bidi_class) {
    case UTF8PROC_BIDI_CLASS_R: return RIGHT;
    case UTF8PROC_BIDI_CLASS_AL: return ARABIC;
    case UTF8PROC_BIDI_CLASS_EN: return DIGIT;
    case UTF8PROC_BIDI_CLASS_AN: return ARABIC_DIGIT;
    case UTF8PROC_BIDI_CLASS_ES: return SIGN;
    case UTF8PROC_BIDI_CLASS_ET: return CURRENCY;
    case UTF8PROC_BIDI_CLASS_CS: return SEPARATOR;
    case UTF8PROC_BIDI_CLASS_NSM: return MARK;
    case UTF8PROC_BIDI_CLASS_L: return LEFT;
    default: return NEUTRAL;
    }
}

/* Where the script may run from right to left: from Hebrew to Arabic, their presentation forms, and some old ones. */
static bool may_turn(uint32_t code)
{
    return (code >= 0x590 && code < 0x900) || (code >= 0xFB1D && code < 0xFE00) || (code >= 0xFE70 && code < 0xFEFF) ||
           (code >= 0x10800 && code < 0x11000) || (code >= 0x1E800 && code < 0x1F000);
}

static bool is_number(unsigned char kind) { return kind == DIGIT || kind == ARABIC_DIGIT; }

/* W1 to W3: marks are as what they stand on, digits behind Arabic are Arabic's. */
static void resolve_letters(struct visual *v)
{
    unsigned char strong = LEFT, last = LEFT;
    for (size_t i = 0; i < v->count; i++) {
        unsigned char *kind = &v->glyphs[i].kind;
        if (*kind == MARK) *kind = last;
        if (*kind <= ARABIC) strong = *kind;
        if (*kind == DIGIT && strong == ARABIC) *kind = ARABIC_DIGIT;
        last = *kind;
    }
    for (size_t i = 0; i < v->count; i++)
        if (v->glyphs[i].kind == ARABIC) v->glyphs[i].kind = RIGHT;
}

/* W4 to W7: what is in and around a number belongs to it, and numbers behind left-to-right letters are as those. */
static void resolve_numbers(struct visual *v)
{
    for (size_t i = 1; i + 1 < v->count; i++) {
        struct visual_glyph *g = &v->glyphs[i];
        if ((g->kind != SIGN && g->kind != SEPARATOR) || !is_number(g[-1].kind) || g[-1].kind != g[1].kind) continue;
        if (g->kind == SEPARATOR || g[1].kind == DIGIT) g->kind = g[1].kind;
    }
    for (size_t i = 1; i < v->count; i++)
        if (v->glyphs[i].kind == CURRENCY && v->glyphs[i - 1].kind == DIGIT) v->glyphs[i].kind = DIGIT;
    for (size_t i = v->count; i-- > 1;)
        if (v->glyphs[i - 1].kind == CURRENCY && v->glyphs[i].kind == DIGIT) v->glyphs[i - 1].kind = DIGIT;
    unsigned char strong = LEFT;
    for (size_t i = 0; i < v->count; i++) {
        unsigned char *kind = &v->glyphs[i].kind;
        if (*kind == SIGN || *kind == CURRENCY || *kind == SEPARATOR) *kind = NEUTRAL;
        if (*kind <= RIGHT) strong = *kind;
        if (*kind == DIGIT && strong == LEFT) *kind = LEFT;
    }
}

/* The bracket that belongs to the one at hand, itself for everything else. */
static uint32_t mirrored(uint32_t code)
{
    static const char pairs[][2] = { { '(', ')' }, { '[', ']' }, { '{', '}' }, { '<', '>' } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (code == (unsigned char)pairs[i][0]) return (unsigned char)pairs[i][1];
        if (code == (unsigned char)pairs[i][1]) return (unsigned char)pairs[i][0];
    }
    return code == 0xAB ? 0xBB : code == 0xBB ? 0xAB : code;
}

/* Brackets around what has nothing from left to right, behind a letter from right to left, are of that direction. */
static void turn_pair(struct visual *v, size_t open, size_t close)
{
    bool left = false, right = false;
    for (size_t i = open + 1; i < close; i++) {
        left |= v->glyphs[i].kind == LEFT;
        right |= v->glyphs[i].kind == RIGHT || is_number(v->glyphs[i].kind);
    }
    size_t before = open;
    while (before > 0 && v->glyphs[before - 1].kind == NEUTRAL) before--;
    if (left) v->glyphs[open].kind = v->glyphs[close].kind = LEFT;
    else if (right && before > 0 && v->glyphs[before - 1].kind != LEFT)
        v->glyphs[open].kind = v->glyphs[close].kind = RIGHT;
}

/* N0, for the brackets of ASCII; deeper ones than the stack stay neutral. */
static void resolve_brackets(struct visual *v)
{
    enum { DEPTH = 16 };
    size_t open[DEPTH], depth = 0;
    for (size_t i = 0; i < v->count; i++) {
        uint32_t code = v->glyphs[i].code;
        if (v->glyphs[i].kind != NEUTRAL) continue;
        if ((code == '(' || code == '[' || code == '{') && depth < DEPTH) open[depth++] = i;
        if (code != ')' && code != ']' && code != '}') continue;
        size_t at = depth;
        while (at > 0 && v->glyphs[open[at - 1]].code != mirrored(code)) at--;
        if (!at) continue;
        depth = at - 1;
        turn_pair(v, open[depth], i);
    }
}

/* N1, N2, I1: neutrals between two of one direction have it, the others the line's; then everything has its level. */
static void find_levels(struct visual *v)
{
    for (size_t i = 0; i < v->count;) {
        size_t end = i;
        while (end < v->count && v->glyphs[end].kind == NEUTRAL) end++;
        bool right = end < v->count && i > 0 && v->glyphs[i - 1].kind != LEFT && v->glyphs[end].kind != LEFT;
        for (; i < end; i++) v->glyphs[i].kind = right ? RIGHT : LEFT;
        if (i < v->count) i++;
    }
    for (size_t i = 0; i < v->count; i++) {
        unsigned char kind = v->glyphs[i].kind;
        v->glyphs[i].level = kind == LEFT ? 0 : kind == RIGHT ? 1 : 2;
    }
}

/* One after the other, from `x` on. Returns where they end. */
static double place_plain(struct visual *v, size_t i, size_t end, double x)
{
    for (; i < end; i++) {
        v->glyphs[i].x = x;
        x += v->glyphs[i].advance;
    }
    return x;
}

/* L2 for a run of levels 1 and 2: from the right, its numbers forwards. Marks stay behind their letters (L3). */
static double place_turned(struct visual *v, size_t from, size_t end, double x)
{
    for (size_t i = end; i > from;) {
        size_t start = i - 1;
        if (v->glyphs[start].level == 2) {
            while (start > from && v->glyphs[start - 1].level == 2) start--;
        } else {
            while (start > from && metrics_is_mark(v->glyphs[start].code) && v->glyphs[start - 1].level == 1) start--;
            /* L4 */
            v->glyphs[start].code = mirrored(v->glyphs[start].code);
        }
        x = place_plain(v, start, i, x);
        i = start;
    }
    return x;
}

static void place(struct visual *v)
{
    double x = 0;
    for (size_t i = 0; i < v->count;) {
        size_t end = i + 1;
        bool turned = v->glyphs[i].level > 0;
        while (end < v->count && (v->glyphs[end].level > 0) == turned) end++;
        x = turned ? place_turned(v, i, end, x) : place_plain(v, i, end, x);
        i = end;
    }
}

/* Marks that the font gives an advance stand where their letter does. */
static void move_marks(struct visual *v, enum scene_weight weight)
{
    for (size_t i = 0; i < v->count; i++)
        if (metrics_is_mark(v->glyphs[i].code)) v->glyphs[i].x -= metrics_mark_advance(v->glyphs[i].code, weight);
}

void visual_lay(struct visual *v, struct str text, enum scene_weight weight)
{
    bool turns = false;
    uint32_t before = 0;
    v->count = 0;
    for (size_t at = 0; at < text.len;) {
        struct visual_glyph g = { .from = at };
        g.advance = metrics_next(text, &at, weight, &before, &g.code);
        g.end = at;
        turns |= may_turn(g.code);
        v->glyphs = array_grow(v->glyphs, &v->cap, v->count + 1, sizeof *v->glyphs);
        v->glyphs[v->count++] = g;
    }
    if (turns) {
        for (size_t i = 0; i < v->count; i++) v->glyphs[i].kind = v->glyphs[i].code ? kind_of(v->glyphs[i].code) : MARK;
        resolve_letters(v);
        resolve_numbers(v);
        resolve_brackets(v);
        find_levels(v);
    }
    place(v);
    move_marks(v, weight);
}

void visual_free(struct visual *v)
{
    free(v->glyphs);
    *v = (struct visual){ 0 };
}
