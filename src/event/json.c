/* SPDX-License-Identifier: MIT
 *
 * The scanner (RFC 8259, plus Python's NaN and infinities). Every byte is looked at once; strings, which are most of a
 * log, 8 or 16 bytes at a time.
 */
#include "event/json.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct json json_begin(struct str s) { return (struct json){ .at = s.ptr, .end = s.ptr + s.len }; }

void json_done(struct json *j)
{
    free(j->nesting);
    j->nesting = NULL;
    j->nesting_cap = 0;
}

static bool fail(struct json *j, const char *why)
{
    if (!j->error) j->error = why;
    return false;
}

/* The same for those that go by a pointer of their own, which a compiler keeps in a register: j stands at `at`. */
static const char *fail_at(struct json *j, const char *at, const char *why)
{
    j->at = at;
    fail(j, why);
    return NULL;
}

static inline const char *pass_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

static void skip_space(struct json *j) { j->at = pass_space(j->at, j->end); }

bool json_at_end(struct json *j)
{
    skip_space(j);
    return j->at >= j->end;
}

#ifdef __SSE2__
enum { STRIDE = 16 };

/* How many of the 16 bytes stand before the first one that is a quote, a backslash or below 0x20; 16 for none. */
static inline unsigned plain_bytes(const char *at)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"')), backslash = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(x, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));
    unsigned marks = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
    return marks ? (unsigned)__builtin_ctz(marks) : STRIDE;
}
#else
enum { STRIDE = 8 };

/* The same of 8 bytes (S. E. Anderson, "Bit Twiddling Hacks": determine if a word has a byte equal to / less than n). A
 * mark may be false for a byte behind a true one only; 0 where the order of bytes hides which is the first. */
static inline unsigned plain_bytes(const char *at)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t w;
    memcpy(&w, at, 8);
    uint64_t quote = w ^ (ones * '"'), backslash = w ^ (ones * '\\');
    uint64_t marks = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w)) & high;
    if (!marks) return STRIDE;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (unsigned)__builtin_ctzll(marks) / 8;
#else
    return 0;
#endif
}
#endif

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Behind an escape, from its backslash on. */
static const char *pass_escape(struct json *j, const char *at)
{
    const char *end = j->end;
    if (end - at < 2) return fail_at(j, end, "the text ends inside a string");
    char c = at[1];
    if (c == 'u') {
        for (int i = 2; i < 6; i++) {
            if (at + i >= end) return fail_at(j, end, "the text ends inside a string");
            if (!is_hex(at[i])) return fail_at(j, at, "a \\u escape needs four hexadecimal digits");
        }
        return at + 6;
    }
    if (!memchr("\"\\/bfnrt", c, 8)) return fail_at(j, at, "unknown escape in a string");
    return at + 2;
}

/* Behind the closing quote, from the opening one on. */
static const char *pass_string(struct json *j, const char *at)
{
    const char *end = j->end;
    at++;
    for (;;) {
        while (end - at >= STRIDE) {
            unsigned plain = plain_bytes(at);
            at += plain;
            if (plain < STRIDE) break;
        }
        while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) at++;
        if (at >= end) return fail_at(j, end, "the text ends inside a string");
        if (*at == '"') return at + 1;
        if (*at != '\\') return fail_at(j, at, "a control character stands inside a string");
        if (!(at = pass_escape(j, at))) return NULL;
    }
}

static const char *pass_digits(struct json *j, const char *at)
{
    const char *from = at;
    while (at < j->end && *at >= '0' && *at <= '9') at++;
    return at > from ? at : fail_at(j, at, "a digit is missing in a number");
}

static const char *pass_word(struct json *j, const char *at, struct str word)
{
    if ((size_t)(j->end - at) < word.len || memcmp(at, word.ptr, word.len) != 0)
        return fail_at(j, at, at < j->end ? "this is no JSON value" : "the text ends where a value should be");
    return at + word.len;
}

static const char *pass_number(struct json *j, const char *at)
{
    const char *end = j->end;
    if (*at == '-') at++;
    if (at < end && *at == 'I') return pass_word(j, at, S("Infinity"));
    if (at < end && *at == '0') {
        at++;
        if (at < end && *at >= '0' && *at <= '9') return fail_at(j, at, "a number may not begin with 0");
    } else if (!(at = pass_digits(j, at))) return NULL;
    if (at < end && *at == '.' && !(at = pass_digits(j, at + 1))) return NULL;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        at = pass_digits(j, at);
    }
    return at;
}

static const char *pass_scalar(struct json *j, const char *at)
{
    if (at >= j->end) return fail_at(j, at, "the text ends where a value should be");
    switch (*at) {
    case '"': return pass_string(j, at);
    case 't': return pass_word(j, at, S("true"));
    case 'f': return pass_word(j, at, S("false"));
    case 'n': return pass_word(j, at, S("null"));
    case 'N': return pass_word(j, at, S("NaN"));
    case 'I': return pass_word(j, at, S("Infinity"));
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return pass_number(j, at);
    default: return fail_at(j, at, "this is no JSON value");
    }
}

/* At a member's value, from before its key on. */
static inline const char *pass_key(struct json *j, const char *at, struct str *ret_key)
{
    const char *end = j->end, *from;
    at = pass_space(at, end);
    if (at >= end) return fail_at(j, at, "the text ends inside an object");
    if (*at != '"') return fail_at(j, at, "a key in double quotes should stand here");
    from = at + 1;
    if (!(at = pass_string(j, at))) return NULL;
    if (ret_key) *ret_key = str_of(from, (size_t)(at - 1 - from));
    at = pass_space(at, end);
    if (at >= end) return fail_at(j, at, "the text ends inside an object");
    if (*at != ':') return fail_at(j, at, "a : should follow the key");
    return pass_space(at + 1, end);
}

static bool skip_key(struct json *j, struct str *ret_key)
{
    const char *at = pass_key(j, j->at, ret_key);
    if (at) j->at = at;
    return at != NULL;
}

/* Behind a complete value `depth` containers deep: closes what ends here and goes on to the next value; *ret_more when
 * one follows. */
static inline const char *pass_end(struct json *j, const char *at, size_t *depth, bool *ret_more)
{
    const char *end = j->end;
    *ret_more = false;
    while (*depth > 0) {
        at = pass_space(at, end);
        bool object = j->nesting[*depth - 1] == '{';
        if (at >= end)
            return fail_at(j, at, object ? "the text ends inside an object" : "the text ends inside an array");
        if (*at == ',') {
            *ret_more = true;
            return object ? pass_key(j, at + 1, NULL) : pass_space(at + 1, end);
        }
        if (*at != (object ? '}' : ']'))
            return fail_at(j, at, object ? "a , or } should stand here" : "a , or ] should stand here");
        at++;
        --*depth;
    }
    return at;
}

struct str json_skip(struct json *j)
{
    skip_space(j);
    const char *from = j->at, *at = from, *end = j->end;
    size_t depth = 0;
    bool more = !j->error;
    while (more) {
        if (at < end && (*at == '{' || *at == '[')) {
            if (depth >= JSON_DEPTH_MAX) {
                fail_at(j, at, "nested deeper than 1,000,000 levels");
                break;
            }
            if (depth >= j->nesting_cap) j->nesting = array_grow(j->nesting, &j->nesting_cap, depth + 1, 1);
            char open = j->nesting[depth++] = *at++;
            at = pass_space(at, end);
            if (at >= end || *at != (open == '{' ? '}' : ']')) { /* not empty: its first value is next */
                if (open == '{' && !(at = pass_key(j, at, NULL))) break;
                continue;
            }
            at++;
            depth--;
        } else if (!(at = pass_scalar(j, at))) break;
        if (!(at = pass_end(j, at, &depth, &more))) break;
    }
    if (j->error) return str_of(from, 0);
    j->at = at;
    return str_of(from, (size_t)(at - from));
}

bool json_enter(struct json *j, char open)
{
    skip_space(j);
    if (j->at >= j->end || *j->at != open)
        return fail(j, open == '{' ? "an object should stand here" : "an array should stand here");
    j->at++;
    j->first = true;
    return true;
}

/* Before the next member or element; false behind the closing bracket. */
static bool next_item(struct json *j, char close)
{
    if (j->error) return false;
    skip_space(j);
    if (j->at >= j->end)
        return fail(j, close == '}' ? "the text ends inside an object" : "the text ends inside an array");
    if (*j->at == close) {
        j->at++;
        j->first = false;
        return false;
    }
    if (!j->first) {
        if (*j->at != ',') return fail(j, close == '}' ? "a , or } should stand here" : "a , or ] should stand here");
        j->at++;
        skip_space(j);
    }
    j->first = false;
    return true;
}

bool json_member(struct json *j, struct str *ret_key) { return next_item(j, '}') && skip_key(j, ret_key); }
bool json_element(struct json *j) { return next_item(j, ']'); }

enum json_type json_type(struct str value)
{
    if (!value.len) return JSON_BAD;
    switch (value.ptr[0]) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    default: return JSON_NUMBER;
    }
}

struct str json_get(struct str object, struct str literal)
{
    struct str found = { 0 }, key;
    if (json_type(object) != JSON_OBJECT) return found;
    struct json j = json_begin(object);
    json_enter(&j, '{');
    while (json_member(&j, &key)) {
        struct str value = json_skip(&j);
        if (json_key_is(key, literal)) found = value;
    }
    json_done(&j);
    return j.error ? (struct str){ 0 } : found;
}

bool json_ms_to_us(struct str value, int64_t *ret_us)
{
    /* ddd.fff as an integer where that is exact, which is every time that a log writes in practice */
    size_t at = value.len && value.ptr[0] == '-', places = 0;
    int64_t us = 0;
    bool point = false, exact = at < value.len;
    for (size_t i = at; i < value.len && exact; i++) {
        char c = value.ptr[i];
        if (c == '.' && !point) point = true;
        else if (c < '0' || c > '9' || us > TIME_MAX / 100 || (point && places == 3)) exact = false;
        else {
            us = us * 10 + (c - '0');
            places += point;
        }
    }
    if (!exact) { /* an exponent, or more digits than microseconds hold */
        char number[64], *end;
        if (value.len >= sizeof number || json_type(value) != JSON_NUMBER || !memchr("-0123456789", value.ptr[0], 11))
            return false;
        memcpy(number, value.ptr, value.len);
        number[value.len] = '\0';
        double ms = strtod(number, &end);
        if (*end != '\0' || !(ms * 1000 < (double)TIME_MAX) || !(ms * 1000 > -(double)TIME_MAX)) return false;
        *ret_us = (int64_t)(ms < 0 ? ms * 1000 - 0.5 : ms * 1000 + 0.5);
        return true;
    }
    for (; places < 3; places++) {
        if (us > TIME_MAX / 10) return false;
        us *= 10;
    }
    *ret_us = at ? -us : us;
    return true;
}

/* The exponent behind e or E, in *ret; false when none stands there. */
static bool read_exponent(struct str s, int *ret)
{
    bool minus = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = str_skip(s, 1);
    int n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || n > 1000) return false;
        n = n * 10 + (s.ptr[i] - '0');
    }
    *ret = minus ? -n : n;
    return s.len != 0;
}

/* Digits become an integer of units, the point and the exponent say how many of them count:
 *
 *   "1795255890.433779" seconds: 1795255890433779 digits, 6 behind the point, 6 places to µs: × 10^0
 *   "1e21" nanoseconds:          1, none behind the point, exponent 21, -3 places:              × 10^18, too large
 */
bool json_to_us(struct str value, enum json_unit unit, int64_t *ret_us)
{
    static const int places_of[] = { 6, 3, 0, -3 };
    enum { DIGITS_MAX = 400 };
    if (json_type(value) == JSON_STRING) value = str_of(value.ptr + 1, value.len - 2);
    bool minus = value.len && value.ptr[0] == '-', point = false, any = false;
    int places = places_of[unit], exponent = 0;
    int64_t n = 0;
    int dropped = 0, first_dropped = 0; /* digits that are too many for an int64 */
    size_t i = minus;
    if (value.len > DIGITS_MAX) return false;
    for (; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '.' && !point) point = true;
        else if (c >= '0' && c <= '9') {
            any = true;
            if (dropped || n > TIME_MAX / 10) {
                if (!dropped++) first_dropped = c - '0';
            } else n = n * 10 + (c - '0');
            if (point) places--;
        } else break;
    }
    if (!any) return false;
    if (i < value.len &&
        ((value.ptr[i] != 'e' && value.ptr[i] != 'E') || !read_exponent(str_skip(value, i + 1), &exponent)))
        return false;
    places += exponent + dropped;
    int last = dropped ? first_dropped : 0;
    for (; places < 0; places++) {
        last = (int)(n % 10);
        n /= 10;
    }
    for (; places > 0 && n; places--) {
        if (n > TIME_MAX / 10) return false;
        n *= 10;
        last = 0;
    }
    if (last >= 5) n++;
    *ret_us = minus ? -n : n;
    return n <= TIME_MAX;
}
