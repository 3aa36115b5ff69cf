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

/* 0..63, or 64 for what is none of the alphabet. */
static uint32_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z') return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

bool base64_decode(struct str text, unsigned char *out, size_t *ret_length)
{
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=') padding++;
    if (text.len % 4) return false;
    for (size_t i = 0; i < text.len; i += 4) {
        uint32_t group = 0;
        for (size_t k = i; k < i + 4; k++) {
            uint32_t value = k < text.len - padding ? value_of(text.ptr[k]) : 0;
            if (value > 63) return false;
            group = group << 6 | value;
        }
        size_t bytes = i + 4 == text.len ? 3 - padding : 3;
        for (size_t k = 0; k < bytes; k++) *out++ = (unsigned char)(group >> (16 - 8 * k));
    }
    *ret_length = text.len / 4 * 3 - padding;
    return true;
}

void buf_put_base64(struct buf *b, struct str data)
{
    size_t length = (size_t)base64_length(data.len);
    base64_encode(data, buf_room(b, length));
    b->len += length;
}
