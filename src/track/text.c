/* SPDX-License-Identifier: MIT */
#include "track/text.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pl_text pl_text_in(char *space, size_t size)
{
    return (struct pl_text){ .data = space, .cap = size, .borrowed = true };
}

void pl_text_free(struct pl_text *t)
{
    if (!t->borrowed) free(t->data);
    *t = (struct pl_text){ 0 };
}

bool pl_text_grow(struct pl_text *t, size_t more)
{
    size_t cap = t->cap < 256 ? 256 : t->cap;
    if (t->error || more > SIZE_MAX / 4 - t->len) {
        t->error = ENOMEM;
        return false;
    }
    while (cap - t->len < more) cap *= 2;
    char *data = t->borrowed ? malloc(cap) : realloc(t->data, cap);
    if (!data) {
        t->error = ENOMEM;
        return false;
    }
    if (t->borrowed) memcpy(data, t->data, t->len);
    t->data = data;
    t->cap = cap;
    t->borrowed = false;
    return true;
}

void pl_text_vprintf(struct pl_text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *room = length < 0 ? NULL : pl_text_room(t, (size_t)length + 1);
    if (room) {
        vsnprintf(room, (size_t)length + 1, format, again);
        t->len += (size_t)length;
    } else if (!t->error) {
        t->error = EINVAL; /* a format that the C library refuses */
    }
    va_end(again);
}

void pl_text_printf(struct pl_text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pl_text_vprintf(t, format, args);
    va_end(args);
}

size_t pl_utf8_length(const char *at, const char *end)
{
    const unsigned char *p = (const unsigned char *)at;
    size_t left = (size_t)(end - at), count = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < count) return 0;
    for (size_t i = 1; i < count; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xED && p[1] > 0x9F, too_large = p[0] == 0xF4 && p[1] > 0x8F;
    return overlong || surrogate || too_large ? 0 : count;
}

static void put_escape(struct pl_text *t, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char *known = "\"\\\n\r\t\b\f", *names = "\"\\nrtbf";
    const char *at = c ? strchr(known, c) : NULL;
    if (at) {
        pl_text_put(t, (const char[]){ '\\', names[at - known] }, 2);
        return;
    }
    pl_text_put(t, (const char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
}

/* How many bytes from here stand for themselves in a JSON string: ASCII but for controls, quotes and backslashes. Eight
 * at a time: a byte below 0x20, equal to a quote or a backslash, or above 0x7F leaves its highest bit set
 * (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord; false alarms are looked at one by one). */
static size_t plain_length(const char *text, size_t count)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    size_t at = 0;
    for (uint64_t w; at + sizeof w <= count; at += sizeof w) {
        memcpy(&w, text + at, sizeof w);
        uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
        if (((w - ones * 0x20) | (quote - ones) | (backslash - ones) | w) & high) break;
    }
    while (at < count && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x80 && text[at] != '"' &&
           text[at] != '\\')
        at++;
    return at;
}

void pl_text_put_characters(struct pl_text *t, const char *text, size_t count)
{
    const char *end = text + count;
    while (text < end) {
        size_t plain = plain_length(text, (size_t)(end - text));
        pl_text_put(t, text, plain);
        text += plain;
        if (text == end) break;
        size_t length = (unsigned char)*text < 0x80 ? 0 : pl_utf8_length(text, end);
        if (length) pl_text_put(t, text, length);
        else if ((unsigned char)*text < 0x80) put_escape(t, (unsigned char)*text);
        else pl_text_put(t, "\xEF\xBF\xBD", 3);
        text += length ? length : 1;
    }
}

void pl_text_put_string(struct pl_text *t, const char *text, size_t count)
{
    pl_text_putc(t, '"');
    pl_text_put_characters(t, text, count);
    pl_text_putc(t, '"');
}

/* How many decimal digits a number has: its binary ones times log10(2), made right by a comparison
 * (https://graphics.stanford.edu/~seander/bithacks.html#IntegerLog10). */
static size_t digits_of(uint64_t value)
{
    /* clang-format off */
    static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
        1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
        1000000000000000000, UINT64_C(10000000000000000000)
    };
    /* clang-format on */
    size_t guess = (size_t)(64 - __builtin_clzll(value | 1)) * 1233 >> 12;
    return guess + ((value | 1) >= powers[guess]);
}

void pl_text_put_uint(struct pl_text *t, uint64_t value)
{
    /* two digits a division: times are most of the numbers in a log, and have thirteen */
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    size_t count = digits_of(value);
    char *room = pl_text_room(t, count);
    if (!room) return;
    char *at = room + count;
    for (; value >= 100; value /= 100) memcpy(at -= 2, pairs + value % 100 * 2, 2);
    if (value >= 10) memcpy(at - 2, pairs + value * 2, 2);
    else at[-1] = (char)('0' + value);
    t->len += count;
}

void pl_text_put_int(struct pl_text *t, int64_t value)
{
    if (value < 0) pl_text_putc(t, '-');
    pl_text_put_uint(t, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void pl_text_put_double(struct pl_text *t, double value)
{
    char digits[40];
    if (isnan(value)) pl_text_puts(t, "\"NaN\"");
    else if (isinf(value)) pl_text_puts(t, value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    if (!isfinite(value)) return;
    /* 15 digits are always exact, trailing zeros are left out; the smallest numbers of all have fewer */
    for (int precision = fabs(value) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    /* the decimal point of the host's locale may be anything, also several bytes */
    bool point = false;
    for (const char *c = digits; *c; c++) {
        if (strchr("0123456789+-e", *c)) pl_text_putc(t, *c);
        else if (!point) pl_text_putc(t, '.'), point = true;
    }
}

void pl_text_put_ms(struct pl_text *t, int64_t us)
{
    uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    unsigned int fraction = (unsigned int)(size % 1000);
    if (us < 0) pl_text_putc(t, '-');
    pl_text_put_uint(t, size / 1000);
    if (!fraction) return;
    char digits[4] = { '.', (char)('0' + fraction / 100), (char)('0' + fraction / 10 % 10),
                       (char)('0' + fraction % 10) };
    pl_text_put(t, digits, fraction % 10 ? 4 : fraction % 100 ? 3 : 2);
}

void pl_text_put_base64(struct pl_text *t, const unsigned char *bytes, size_t count)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    pl_text_putc(t, '"');
    for (size_t i = 0; i < count; i += 3) {
        size_t left = count - i;
        unsigned int three = (unsigned int)bytes[i] << 16 | (left > 1 ? (unsigned int)bytes[i + 1] << 8 : 0) |
                             (left > 2 ? bytes[i + 2] : 0);
        char four[4] = { letters[three >> 18], letters[three >> 12 & 63], left > 1 ? letters[three >> 6 & 63] : '=',
                         left > 2 ? letters[three & 63] : '=' };
        pl_text_put(t, four, 4);
    }
    pl_text_putc(t, '"');
}
