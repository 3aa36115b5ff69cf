/* SPDX-License-Identifier: MIT
 *
 * Secrets that are known by their own shape, whatever stands around them: tokens of well-known services, private keys.
 * For redact.c, which knows the names that others stand under.
 */
#ifndef MODEL_REDACT_SHAPE_H
#define MODEL_REDACT_SHAPE_H

#include "base/str.h"

struct secret {
    size_t from, to; /* bytes of the text that are masked */
    const char *kind;
};

/* A secret that begins at this byte of the text. What is looked at in vain is bounded, so that a text full of
 * beginnings takes no more time than another of its length. */
bool redact_shape(struct str text, size_t at, struct secret *ret);

/* Does it look like a random token, with `least` bytes or more of letters, digits and the signs of base64? */
bool redact_looks_random(struct str text, size_t least);

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_small(char c) { return c >= 'a' && c <= 'z'; }
static inline bool is_capital_or_digit(char c) { return is_capital(c) || is_digit(c); }
static inline bool is_alnum(char c) { return is_capital(c) || is_small(c) || is_digit(c); }
static inline bool is_word(char c) { return is_alnum(c) || c == '_'; }
static inline bool is_token(char c) { return is_word(c) || c == '-'; }
static inline bool is_name(char c) { return is_token(c) || c == '.'; }

/* The byte at `at`, or 0 behind the end. */
static inline char byte_at(struct str text, size_t at) { return at < text.len ? text.ptr[at] : '\0'; }

#endif
