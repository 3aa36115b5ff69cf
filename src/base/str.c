/* SPDX-License-Identifier: MIT */
#include "base/str.h"

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

bool str_eq_ignoring_case(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.ptr[0])) s = str_skip(s, 1);
    while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

size_t str_find(struct str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : s.len;
}

size_t str_rfind(struct str s, char c)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.ptr[i - 1] == c) return i - 1;
    return s.len;
}

struct str str_cut(struct str *s, char sep)
{
    size_t at = str_find(*s, sep);
    struct str head = str_first(*s, at);
    *s = str_skip(*s, at + 1);
    return head;
}

/* Where the program was loaded: differs from run to run, so that nobody can write a log whose texts all fall into one
 * slot. No output depends on the order of a table. */
static const char anchor;

/* The 128-bit product's halves are mixed, so every input bit reaches every output bit. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t str_hash(struct str s, uint64_t seed)
{
    const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd6e8feb86659fd93u;
    uint64_t secret = (uint64_t)(uintptr_t)&anchor * k0;
    uint64_t h = (seed + secret) ^ k0 ^ s.len;
    while (s.len >= 8) {
        uint64_t word;
        memcpy(&word, s.ptr, 8);
        h = fold(h ^ word, k1) + (h << 31 | h >> 33); /* the sum keeps what came before, also where the product is 0 */
        s = str_skip(s, 8);
    }
    uint64_t tail = 0;
    if (s.len) memcpy(&tail, s.ptr, s.len);
    return fold(h ^ tail, k0) + (h << 17 | h >> 47);
}
