/* SPDX-License-Identifier: MIT
 *
 * UTF-8 as logs hold it: possibly broken. Bad bytes read as U+FFFD, one per maximal bad sequence (Unicode 3.9).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

enum { UTF8_BAD = 0xFFFD };

/* The code point at s.ptr[*at] (*at < s.len), *at moved behind it. Surrogates, overlong forms, values over U+10FFFF and
 * cut sequences give UTF8_BAD; *ret_ok (may be NULL) tells whether the bytes were good. */
uint32_t utf8_next(struct str s, size_t *at, bool *ret_ok);

/* Bytes of the code point written to out (at most 4). */
size_t utf8_encode(uint32_t code, char out[4]);

bool utf8_valid(struct str s);

/* The largest n' <= n such that s cut there ends between two code points. */
size_t utf8_floor(struct str s, size_t n);

/* Terminal columns of s: 0 for combining marks, 2 for wide characters; controls and bad bytes count 1. */
size_t utf8_columns(struct str s);
/* Columns of one code point. */
size_t utf8_code_columns(uint32_t code);

#endif
