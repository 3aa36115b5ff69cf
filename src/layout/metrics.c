/* SPDX-License-Identifier: MIT
 *
 * Looks code points up in the tables that widths_gen.c wrote: first the face of the weight, then the fallback faces
 * that both weights share. A code point that none has is a box one em wide.
 */
#include "layout/metrics.h"

#include "base/utf8.h"
#include "layout/joining.h"

#include <stdlib.h>
#include <utf8proc.h>

struct advance_run {
    uint32_t first, last;
    uint16_t advance; /* 1/2048 em */
};

#include "font_widths.inc"

#define EM       2048.0
#define ELLIPSIS "…"

struct run_table {
    const struct advance_run *runs;
    size_t count;
};

#define RUN_TABLE(runs)                                                                                                \
    {                                                                                                                  \
        runs, sizeof runs / sizeof *runs                                                                               \
    }
static const struct run_table by_weight[] = { RUN_TABLE(font_0_runs), RUN_TABLE(font_1_runs) };
static const struct run_table fallbacks[] = { RUN_TABLE(font_2_runs), RUN_TABLE(font_3_runs) };

/* The advance in 1/2048 em, -1 when the table lacks the code point. */
static int find(struct run_table table, uint32_t code)
{
    size_t low = 0, high = table.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table.runs[middle].last < code) low = middle + 1;
        else high = middle;
    }
    return low < table.count && table.runs[low].first <= code ? table.runs[low].advance : -1;
}

/* Code points without ink or advance of their own (Unicode's Default_Ignorable_Code_Point, and controls). */
static bool ignorable(uint32_t code)
{
    if (code < 0x300) return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD;
    return code == 0x34F || code == 0x61C || (code >= 0x115F && code <= 0x1160) || (code >= 0x17B4 && code <= 0x17B5) ||
           (code >= 0x180B && code <= 0x180F) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0x3164 ||
           (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF || code == 0xFFA0 ||
           (code >= 0x1BCA0 && code <= 0x1BCA3) || (code >= 0x1D173 && code <= 0x1D17A) ||
           (code >= 0xE0000 && code <= 0xE0FFF);
}

bool metrics_visible(uint32_t code) { return !ignorable(code); }

bool metrics_is_mark(uint32_t code)
{
    if (code < 0x300) return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/* In 1/2048 em, -1 when no face has it. */
static int look_up(uint32_t code, enum scene_weight weight)
{
    int advance = find(by_weight[weight], code);
    for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks && advance < 0; i++) advance = find(fallbacks[i], code);
    return advance;
}

double metrics_advance(uint32_t code, enum scene_weight weight)
{
    if (ignorable(code) || metrics_is_mark(code)) return 0;
    int advance = look_up(code, weight);
    return advance < 0 ? 1 : advance / EM;
}

double metrics_mark_advance(uint32_t code, enum scene_weight weight)
{
    int advance = look_up(code, weight);
    return advance < 0 ? 0 : advance / EM;
}

/* The letter behind the marks that begin at `at`, 0 at the end. */
static uint32_t letter_after(struct str s, size_t at)
{
    uint32_t code = 0;
    while (at < s.len) {
        code = utf8_next(s, &at, NULL);
        if (!joining_skips(code)) return code;
    }
    return 0;
}

double metrics_next(struct str s, size_t *at, enum scene_weight weight, uint32_t *before, uint32_t *ret_code)
{
    uint32_t code = utf8_next(s, at, NULL);
    *ret_code = code;
    if (joining_matters(code) && !joining_skips(code)) {
        *ret_code = joining_form(*before, code, letter_after(s, *at));
        *before = code;
    } else if (!joining_skips(code)) {
        *before = 0;
    }
    return *ret_code ? metrics_advance(*ret_code, weight) : 0;
}

double metrics_width(struct str s, double size, enum scene_weight weight)
{
    double em = 0;
    uint32_t before = 0, code;
    for (size_t at = 0; at < s.len;) em += metrics_next(s, &at, weight, &before, &code);
    return em * size;
}

/* White space that becomes one plain space in a line. */
static bool breaks_line(uint32_t code)
{
    return (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0x2028 || code == 0x2029;
}

/* What could reorder the text around it, or is not a character of a text. */
static bool dropped(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200E && code <= 0x200F) || code == 0x61C ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

/* Code points that are no characters, which XML and PDF refuse. */
static bool noncharacter(uint32_t code) { return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF); }

/* Is it a mark, or a part of a Korean syllable, that may be one code point with what is before it? */
static bool composes(uint32_t code)
{
    return (code >= 0x300 && code < 0x370) || (code >= 0x653 && code <= 0x655) || (code >= 0x1160 && code < 0x1200) ||
           code == 0x3099 || code == 0x309A;
}

static struct str compose(struct str s, struct arena *a)
{
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)s.ptr, (utf8proc_ssize_t)s.len, &composed,
                                        UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    struct str out = len >= 0 ? arena_copy(a, str_of((const char *)composed, (size_t)len)) : s;
    free(composed);
    return out;
}

bool metrics_shows(struct str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t code = utf8_next(s, &at, NULL);
        bool blank = code == ' ' || code == 0xA0 || breaks_line(code) || dropped(code);
        if (!blank && metrics_advance(code, WEIGHT_REGULAR) > 0) return true;
    }
    return false;
}

/* More marks on one letter would pile up over the rows above, and are put in order by exchanging neighbours. */
enum { MARKS_MAX = 4 };

static bool piles_up(uint32_t code)
{
    return metrics_is_mark(code) || (code >= 0x300 && utf8proc_get_property((utf8proc_int32_t)code)->combining_class);
}

struct str metrics_clean(struct str s, struct arena *a)
{
    bool clean = true, marks = false;
    unsigned piled = 0;
    for (size_t at = 0; at < s.len;) {
        bool ok;
        uint32_t code = utf8_next(s, &at, &ok);
        piled = piles_up(code) ? piled + 1 : 0;
        clean &= ok && !breaks_line(code) && !dropped(code) && !noncharacter(code) && piled <= MARKS_MAX;
        marks |= composes(code);
    }
    if (clean) return marks ? compose(s, a) : s;
    /* a bad byte grows to the three of U+FFFD; nothing else grows */
    char *out = arena_alloc(a, s.len, 3);
    size_t len = 0;
    piled = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t code = utf8_next(s, &at, NULL);
        piled = piles_up(code) ? piled + 1 : 0;
        if (piled > MARKS_MAX) continue;
        if (breaks_line(code)) out[len++] = ' ';
        else if (!dropped(code)) len += utf8_encode(noncharacter(code) ? UTF8_BAD : code, out + len);
    }
    return marks ? compose(str_of(out, len), a) : str_of(out, len);
}

/* Bytes from the start of s that fit into max px, Arabic letters taken as if they stood alone, as wide all in all as
 * joined ones at least; *ret_width is their width. */
static size_t fit_front(struct str s, double size, enum scene_weight weight, double max, double *ret_width)
{
    size_t at = 0, fits = 0;
    double width = 0;
    while (at < s.len) {
        double advance = metrics_advance(utf8_next(s, &at, NULL), weight) * size;
        if (width + advance > max) break;
        width += advance;
        fits = at;
    }
    *ret_width = width;
    return fits;
}

size_t metrics_fit_bytes(struct str s, double size, enum scene_weight weight, double max)
{
    double width;
    return fit_front(s, size, weight, max, &width);
}

/* Where the longest end of s begins that fits into max px, never on a mark that belongs to the letter before it. */
static size_t fit_back(struct str s, double size, enum scene_weight weight, double max)
{
    size_t from = s.len, best = s.len;
    double width = 0;
    while (from > 0) {
        size_t start = utf8_floor(s, from - 1), at = start;
        double advance = metrics_advance(utf8_next(s, &at, NULL), weight) * size;
        width += advance;
        if (width > max) break;
        from = start;
        if (advance > 0) best = start;
    }
    return best;
}

static struct str join(struct str front, struct str back, struct arena *a)
{
    while (front.len && front.ptr[front.len - 1] == ' ') front.len--;
    while (back.len && back.ptr[0] == ' ') back = str_skip(back, 1);
    size_t dots = sizeof ELLIPSIS - 1;
    char *out = arena_alloc(a, front.len + dots + back.len + 1, 1);
    if (front.len) memcpy(out, front.ptr, front.len);
    memcpy(out + front.len, ELLIPSIS, dots);
    if (back.len) memcpy(out + front.len + dots, back.ptr, back.len);
    return str_of(out, front.len + dots + back.len);
}

/* Room beside the dots, in px; a negative one when everything fits. Long texts are not measured to their end. */
static double room_when_cut(struct str s, double size, enum scene_weight weight, double max)
{
    double width;
    if (fit_front(s, size, weight, max, &width) == s.len) return -1;
    double room = max - metrics_width(S(ELLIPSIS), size, weight);
    return room > 0 ? room : 0;
}

struct str metrics_fit_middle(struct str s, double size, enum scene_weight weight, double max, struct arena *a)
{
    s = metrics_clean(s, a);
    double room = room_when_cut(s, size, weight, max), front_width;
    if (room < 0) return arena_copy(a, s);
    size_t front = fit_front(s, size, weight, room / 2, &front_width);
    size_t back = fit_back(s, size, weight, room - front_width);
    if (back < front) back = front;
    return join(str_first(s, front), str_skip(s, back), a);
}

struct str metrics_fit_end(struct str s, double size, enum scene_weight weight, double max, struct arena *a)
{
    s = metrics_clean(s, a);
    double room = room_when_cut(s, size, weight, max), width;
    if (room < 0) return arena_copy(a, s);
    size_t front = fit_front(s, size, weight, room, &width);
    return join(str_first(s, front), str_of(NULL, 0), a);
}
