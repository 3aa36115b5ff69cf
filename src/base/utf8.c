/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <utf8proc.h>

/* Length of a sequence by its first byte, 0 for a byte that cannot start one (RFC 3629, table 3-7 of Unicode). */
static size_t sequence_length(unsigned char c)
{
    if (c < 0x80) return 1;
    if (c >= 0xC2 && c <= 0xDF) return 2;
    if (c >= 0xE0 && c <= 0xEF) return 3;
    if (c >= 0xF0 && c <= 0xF4) return 4;
    return 0;
}

/* The range that the second byte of a sequence may have: narrower after E0, ED, F0 and F4, which shuts out overlong
 * forms, surrogates and values over U+10FFFF. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

uint32_t utf8_next(struct str s, size_t *at, bool *ret_ok)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t left = s.len - *at, need = sequence_length(p[0]), have = 1;
    if (ret_ok) *ret_ok = true;
    if (need == 1) {
        *at += 1;
        return p[0];
    }
    uint32_t code = need == 2 ? p[0] & 0x1Fu : need == 3 ? p[0] & 0x0Fu : p[0] & 0x07u;
    while (have < need && have < left) {
        if (have == 1 ? !second_byte_fits(p[0], p[1]) : (p[have] & 0xC0) != 0x80) break;
        code = code << 6 | (p[have] & 0x3Fu);
        have++;
    }
    *at += have;
    if (need && have == need) return code;
    if (ret_ok) *ret_ok = false;
    return UTF8_BAD;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

bool utf8_valid(struct str s)
{
    size_t at = 0;
    while (at < s.len) {
        uint64_t word;
        if (s.len - at >= 8) { /* eight ASCII bytes at a time: most logs are nothing else */
            memcpy(&word, s.ptr + at, 8);
            if (!(word & 0x8080808080808080u)) {
                at += 8;
                continue;
            }
        }
        bool ok;
        utf8_next(s, &at, &ok);
        if (!ok) return false;
    }
    return true;
}

size_t utf8_floor(struct str s, size_t n)
{
    if (n >= s.len) return s.len;
    size_t cut = n;
    while (cut > 0 && n - cut < 4 && ((unsigned char)s.ptr[cut] & 0xC0) == 0x80) cut--;
    return ((unsigned char)s.ptr[cut] & 0xC0) == 0x80 ? n : cut;
}

size_t utf8_code_columns(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return 1;
    int width = utf8proc_charwidth((utf8proc_int32_t)code);
    return width < 0 ? 1 : (size_t)width;
}

size_t utf8_columns(struct str s)
{
    size_t columns = 0;
    for (size_t at = 0; at < s.len;) columns += utf8_code_columns(utf8_next(s, &at, NULL));
    return columns;
}
