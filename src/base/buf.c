/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void buf_free(struct buf *b)
{
    free(b->ptr);
    *b = BUF_INIT;
}

int buf_flush(struct buf *b)
{
    size_t done = 0;
    while (b->fd >= 0 && !b->error && done < b->len) {
        ssize_t n = write(b->fd, b->ptr + done, b->len - done);
        if (n > 0) done += (size_t)n;
        else if (n == 0) b->error = EIO;
        else if (errno != EINTR) b->error = errno;
    }
    if (b->fd >= 0) {
        b->written += b->len;
        b->len = 0;
    }
    return b->error;
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->fd >= 0 && b->len >= BUF_FLUSH) buf_flush(b);
    if (n > SIZE_MAX / 2 - b->len) arena_exhausted(n);
    size_t need = b->len + n + 1; /* one more, so that an empty buf never hands out NULL */
    if (need > b->cap) {
        size_t grown = b->cap + b->cap / 2 + 256;
        if (grown < need) grown = need;
        char *p = realloc(b->ptr, grown);
        if (!p) arena_exhausted(grown);
        b->ptr = p;
        b->cap = grown;
    }
    return b->ptr + b->len;
}

void buf_put(struct buf *b, struct str s)
{
    if (!s.len) return;
    memcpy(buf_room(b, s.len), s.ptr, s.len);
    b->len += s.len;
}

void buf_puts(struct buf *b, const char *z) { buf_put(b, str_z(z)); }

void buf_putc(struct buf *b, char c)
{
    *buf_room(b, 1) = c;
    b->len++;
}

void buf_put_repeat(struct buf *b, char c, size_t times)
{
    memset(buf_room(b, times), c, times);
    b->len += times;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_put_uint(struct buf *b, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    buf_put(b, str_of(digits + at, sizeof digits - at));
}

void buf_put_int(struct buf *b, int64_t n)
{
    if (n < 0) buf_putc(b, '-');
    buf_put_uint(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void buf_put_fixed(struct buf *b, double value, int decimals, bool trim)
{
    static const double powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    if (!(fabs(value) < 9e12)) value = value > 0 ? 9e12 : value < 0 ? -9e12 : 0; /* also turns NaN into 0 */
    if (decimals < 0) decimals = 0;
    if (decimals > 6) decimals = 6;
    uint64_t scaled = (uint64_t)(fabs(value) * powers[decimals] + 0.5), unit = (uint64_t)powers[decimals];
    if (value < 0 && scaled) buf_putc(b, '-');
    buf_put_uint(b, scaled / unit);
    uint64_t fraction = scaled % unit;
    while (trim && decimals > 0 && fraction % 10 == 0) {
        fraction /= 10;
        decimals--;
    }
    if (decimals <= 0) return;
    buf_putc(b, '.');
    char digits[7];
    for (int i = decimals - 1; i >= 0; i--) {
        digits[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    buf_put(b, str_of(digits, (size_t)decimals));
}

void buf_put_number(struct buf *b, uint64_t n)
{
    char digits[27]; /* 20 digits and 6 commas */
    size_t at = sizeof digits;
    for (unsigned place = 0; n || !place; n /= 10, place++) {
        if (place && place % 3 == 0) digits[--at] = ',';
        digits[--at] = (char)('0' + n % 10);
    }
    buf_put(b, str_of(digits + at, sizeof digits - at));
}

void buf_put_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
    buf_put_number(b, n);
    buf_putc(b, ' ');
    buf_puts(b, n == 1 ? one : many);
}

/* How one medium writes one code point; the caller copies runs that `plain` marks as safe in one piece. */
typedef void put_code(struct buf *b, uint32_t code);

static void put_utf8(struct buf *b, uint32_t code) { b->len += utf8_encode(code, buf_room(b, 4)); }

/* Copies s, handing every byte that `special` marks, and every bad sequence as U+FFFD, to `put`. Bytes over 0x7F are
 * checked as UTF-8; `wide` says that good code points over 0x7F go to `put` as well. */
static void put_escaped(struct buf *b, struct str s, const bool special[128], bool wide, put_code *put)
{
    size_t at = 0, start = 0;
    if (!s.len) return;
    while (at < s.len) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x80 && !special[c]) {
            at++;
            continue;
        }
        size_t here = at;
        bool ok;
        uint32_t code = utf8_next(s, &at, &ok);
        if (ok && c >= 0x80 && !wide) continue;
        buf_put(b, str_of(s.ptr + start, here - start));
        put(b, code);
        start = at;
    }
    buf_put(b, str_of(s.ptr + start, at - start));
}

static void html_code(struct buf *b, uint32_t code)
{
    switch (code) {
    case '&': buf_puts(b, "&amp;"); break;
    case '<': buf_puts(b, "&lt;"); break;
    case '>': buf_puts(b, "&gt;"); break;
    case '"': buf_puts(b, "&quot;"); break;
    case '\'': buf_puts(b, "&#39;"); break;
    default: put_utf8(b, code < 0x20 || code == 0x7F || (code >= 0xFFFE && code <= 0xFFFF) ? UTF8_BAD : code); break;
    }
}

#define CONTROLS_BUT_SPACE                                                                                             \
    [0] = true, [1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [6] = true, [7] = true, [8] = true,        \
    [11] = true, [12] = true, [14] = true, [15] = true, [16] = true, [17] = true, [18] = true, [19] = true,            \
    [20] = true, [21] = true, [22] = true, [23] = true, [24] = true, [25] = true, [26] = true, [27] = true,            \
    [28] = true, [29] = true, [30] = true, [31] = true, [127] = true
#define CONTROLS CONTROLS_BUT_SPACE, [9] = true, [10] = true, [13] = true

void buf_put_html(struct buf *b, struct str s)
{
    static const bool special[128] = {
        CONTROLS_BUT_SPACE, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true
    };
    put_escaped(b, s, special, false, html_code);
}

void buf_put_html_text(struct buf *b, struct str s)
{
    static const bool special[128] = { CONTROLS_BUT_SPACE, ['&'] = true, ['<'] = true, ['>'] = true };
    put_escaped(b, s, special, false, html_code);
}

void buf_put_xml(struct buf *b, struct str s)
{
    static const bool special[128] = {
        CONTROLS_BUT_SPACE, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true
    };
    put_escaped(b, s, special, true, html_code); /* wide: U+FFFE and U+FFFF are no XML characters */
}

static void json_code(struct buf *b, uint32_t code)
{
    switch (code) {
    case '"': buf_puts(b, "\\\""); break;
    case '\\': buf_puts(b, "\\\\"); break;
    case '\b': buf_puts(b, "\\b"); break;
    case '\f': buf_puts(b, "\\f"); break;
    case '\n': buf_puts(b, "\\n"); break;
    case '\r': buf_puts(b, "\\r"); break;
    case '\t': buf_puts(b, "\\t"); break;
    default:
        if (code < 0x20) buf_printf(b, "\\u%04x", (unsigned)code);
        else put_utf8(b, code);
    }
}

void buf_put_json(struct buf *b, struct str s)
{
    static const bool special[128] = { CONTROLS, ['"'] = true, ['\\'] = true };
    buf_putc(b, '"');
    put_escaped(b, s, special, false, json_code);
    buf_putc(b, '"');
}

static void json_html_code(struct buf *b, uint32_t code)
{
    if (code == '<' || code == '>' || code == '&' || code == 0x2028 || code == 0x2029)
        buf_printf(b, "\\u%04x", (unsigned)code);
    else json_code(b, code);
}

void buf_put_json_html(struct buf *b, struct str s)
{
    static const bool special[128] = {
        CONTROLS, ['"'] = true, ['\\'] = true, ['<'] = true, ['>'] = true, ['&'] = true
    };
    buf_putc(b, '"');
    put_escaped(b, s, special, true, json_html_code);
    buf_putc(b, '"');
}

/* Characters that begin markup, a mention, a reference or a table cell become entities; a backslash would not survive
 * a table's `|`. GitHub looks for mentions and references only after the entities are resolved: there a zero width
 * space comes between. A link that a bare address would become is broken by the entity for its colon. */
static void md_code(struct buf *b, uint32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029) buf_putc(b, ' ');
    else if (code < 0x20 || code == 0x7F) put_utf8(b, UTF8_BAD);
    else if (code < 0x80) buf_printf(b, "&#%u;", (unsigned)code);
    else put_utf8(b, code);
    if (code == '@' || code == '#') buf_puts(b, "&#8203;");
}

void buf_put_md(struct buf *b, struct str s)
{
    static const bool special[128] = {
        CONTROLS,     ['\\'] = true, ['`'] = true, ['*'] = true, ['_'] = true, ['['] = true, [']'] = true, ['<'] = true,
        ['>'] = true, ['#'] = true,  ['|'] = true, ['~'] = true, ['@'] = true, ['&'] = true, ['$'] = true, [':'] = true,
    };
    /* what matters only where a line begins (lists, underlines); a cell or an item may begin with this text */
    size_t digits = 0;
    while (digits < s.len && digits < 10 && s.ptr[digits] >= '0' && s.ptr[digits] <= '9') digits++;
    if (digits < s.len && (digits ? memchr(".)", s.ptr[digits], 2) : memchr("-+=", s.ptr[0], 3))) {
        buf_put(b, str_first(s, digits));
        md_code(b, (unsigned char)s.ptr[digits]);
        s = str_skip(s, digits + 1);
    }
    put_escaped(b, s, special, true, md_code);
}

void buf_put_csv(struct buf *b, struct str s)
{
    bool formula = s.len && strchr("=+-@\t\r", s.ptr[0]) && s.ptr[0];
    bool quote = formula;
    for (size_t i = 0; i < s.len && !quote; i++) quote = memchr(",\"\r\n", s.ptr[i], 4) != NULL;
    if (quote) buf_putc(b, '"');
    if (formula) buf_putc(b, '\'');
    for (size_t at = 0; at < s.len;) {
        uint32_t code = utf8_next(s, &at, NULL);
        if (code == '"') buf_putc(b, '"');
        put_utf8(b, code ? code : UTF8_BAD);
    }
    if (quote) buf_putc(b, '"');
}

static void plain_code(struct buf *b, uint32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029) buf_putc(b, ' ');
    /* C1 controls drive terminals as well; bidirectional overrides would reorder what follows them */
    else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
             (code >= 0x2066 && code <= 0x2069))
        put_utf8(b, UTF8_BAD);
    else put_utf8(b, code);
}

void buf_put_plain(struct buf *b, struct str s)
{
    static const bool special[128] = { CONTROLS };
    put_escaped(b, s, special, true, plain_code);
}
