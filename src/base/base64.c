/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct str data, char *out)
{
    const unsigned char *p = (const unsigned char *)data.ptr;
    size_t left = data.len;
    for (; left >= 3; left -= 3, p += 3, out += 4) {
        uint32_t group = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
        out[0] = alphabet[group >> 18];
        out[1] = alphabet[group >> 12 & 63];
        out[2] = alphabet[group >> 6 & 63];
        out[3] = alphabet[group & 63];
    }
    if (!left) return;
    uint32_t group = (uint32_t)p[0] << 16 | (left == 2 ? (uint32_t)p[1] << 8 : 0);
    out[0] = alphabet[group >> 18];
    out[1] = alphabet[group >> 12 & 63];
    out[2] = left == 2 ? alphabet[group >> 6 & 63] : '=';
    out[3] = '=';
}

/* 64 and more: none of the alphabet. */
static void invert_alphabet(unsigned char values[256])
{
    memset(values, 64, 256);
    for (unsigned char i = 0; i < 64; i++) values[(unsigned char)alphabet[i]] = i;
}

bool base64_decode(struct str text, unsigned char *out, size_t *ret_length)
{
    unsigned char values[256];
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t padding = 0;
    if (text.len % 4) return false;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=') padding++;
    invert_alphabet(values);
    unsigned bad = 0;
    for (size_t left = text.len - (padding ? 4 : 0); left; left -= 4, p += 4) {
        unsigned a = values[p[0]], b = values[p[1]], c = values[p[2]], d = values[p[3]];
        uint32_t group = a << 18 | b << 12 | c << 6 | d;
        bad |= a | b | c | d;
        *out++ = (unsigned char)(group >> 16);
        *out++ = (unsigned char)(group >> 8);
        *out++ = (unsigned char)group;
    }
    if (padding) {
        unsigned a = values[p[0]], b = values[p[1]], c = padding == 1 ? values[p[2]] : 0;
        bad |= a | b | c;
        *out++ = (unsigned char)(a << 2 | b >> 4);
        if (padding == 1) *out = (unsigned char)(b << 4 | c >> 2);
    }
    *ret_length = text.len / 4 * 3 - padding;
    return bad < 64;
}

void buf_put_base64(struct buf *b, struct str data)
{
    size_t length = (size_t)base64_length(data.len);
    base64_encode(data, buf_room(b, length));
    b->len += length;
}
