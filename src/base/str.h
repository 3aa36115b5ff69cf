/* SPDX-License-Identifier: MIT
 *
 * Borrowed text: a pointer and a length, never owned, never NUL-terminated.
 * What it points at (an arena, a line, a literal) must outlive it.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
};

/* A literal as a str, its length known to the compiler. */
#define S(literal)      ((struct str){ "" literal, sizeof(literal) - 1 })
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)((s).len > 1000000 ? 1000000 : (s).len), ((s).ptr ? (s).ptr : "")

static inline struct str str_of(const char *ptr, size_t len) { return (struct str){ ptr, len }; }
/* The text of a NUL-terminated string; empty for NULL. */
static inline struct str str_z(const char *z) { return (struct str){ z, z ? strlen(z) : 0 }; }

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* The same, with ASCII letters equal in both cases. */
bool str_eq_ignoring_case(struct str a, struct str b);

/* From byte `from` to the end; empty when from is past it. */
static inline struct str str_skip(struct str s, size_t from)
{
    return from >= s.len ? (struct str){ s.ptr ? s.ptr + s.len : NULL, 0 } : (struct str){ s.ptr + from, s.len - from };
}

/* The first n bytes, or all. */
static inline struct str str_first(struct str s, size_t n) { return (struct str){ s.ptr, n < s.len ? n : s.len }; }

/* Byte order, shorter first on a tie: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/* Without leading and trailing white space (ASCII). */
struct str str_trim(struct str s);

/* Position of the first or last byte c, or s.len when there is none. */
size_t str_find(struct str s, char c);
size_t str_rfind(struct str s, char c);

/* Cuts the text before the first `sep` off *s and returns it; the rest stays in *s (empty when there is no sep). */
struct str str_cut(struct str *s, char sep);

/* 64-bit hash (FNV-like mixing over 8-byte words; for tables and equality of payloads, not for secrets). */
uint64_t str_hash(struct str s, uint64_t seed);

#endif
