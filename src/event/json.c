/* SPDX-License-Identifier: MIT
 *
 * The scanner (RFC 8259, plus Python's NaN and infinities). Every byte is looked at once; strings, which are most of a
 * log, eight bytes at a time.
 */
#include "event/json.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdlib.h>

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

static void skip_space(struct json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\r' || *j->at == '\t')) j->at++;
}

bool json_at_end(struct json *j)
{
    skip_space(j);
    return j->at >= j->end;
}

/* Non-zero when one of the word's eight bytes is a quote, a backslash or below 0x20 (S. E. Anderson, "Bit Twiddling
 * Hacks": determine if a word has a byte equal to / less than n). May be non-zero for a byte behind a true hit only. */
static uint64_t special_bytes(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t quote = w ^ (ones * '"'), backslash = w ^ (ones * '\\');
    return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w)) & high;
}

/* How many bytes of a word in memory stand before the first one that is marked; 0 where the order of bytes hides it. */
static unsigned first_byte(uint64_t marks)
{
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (unsigned)__builtin_ctzll(marks) / 8;
#else
    (void)marks;
    return 0;
#endif
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Behind a backslash at j->at; leaves j behind the escape. */
static bool skip_escape(struct json *j)
{
    if (j->end - j->at < 2) {
        j->at = j->end;
        return fail(j, "the text ends inside a string");
    }
    char c = j->at[1];
    if (c == 'u') {
        for (int i = 2; i < 6; i++) {
            if (j->at + i >= j->end) {
                j->at = j->end;
                return fail(j, "the text ends inside a string");
            }
            if (!is_hex(j->at[i])) return fail(j, "a \\u escape needs four hexadecimal digits");
        }
        j->at += 6;
        return true;
    }
    if (!memchr("\"\\/bfnrt", c, 8)) return fail(j, "unknown escape in a string");
    j->at += 2;
    return true;
}

/* At the opening quote; leaves j behind the closing one. */
static bool skip_string(struct json *j)
{
    j->at++;
    for (;;) {
        uint64_t word;
        while (j->end - j->at >= 8) {
            memcpy(&word, j->at, 8);
            uint64_t special = special_bytes(word);
            j->at += special ? first_byte(special) : 8;
            if (special) break;
        }
        while (j->at < j->end && *j->at != '"' && *j->at != '\\' && (unsigned char)*j->at >= 0x20) j->at++;
        if (j->at >= j->end) return fail(j, "the text ends inside a string");
        if (*j->at == '"') {
            j->at++;
            return true;
        }
        if (*j->at != '\\') return fail(j, "a control character stands inside a string");
        if (!skip_escape(j)) return false;
    }
}

static bool skip_digits(struct json *j)
{
    const char *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9') j->at++;
    return j->at > from || fail(j, "a digit is missing in a number");
}

static bool skip_word(struct json *j, struct str word)
{
    if ((size_t)(j->end - j->at) < word.len || memcmp(j->at, word.ptr, word.len) != 0)
        return fail(j, j->at < j->end ? "this is no JSON value" : "the text ends where a value should be");
    j->at += word.len;
    return true;
}

static bool skip_number(struct json *j)
{
    if (*j->at == '-') j->at++;
    if (j->at < j->end && *j->at == 'I') return skip_word(j, S("Infinity"));
    if (j->at < j->end && *j->at == '0') {
        j->at++;
        if (j->at < j->end && *j->at >= '0' && *j->at <= '9') return fail(j, "a number may not begin with 0");
    } else if (!skip_digits(j)) return false;
    if (j->at < j->end && *j->at == '.') {
        j->at++;
        if (!skip_digits(j)) return false;
    }
    if (j->at < j->end && (*j->at == 'e' || *j->at == 'E')) {
        j->at++;
        if (j->at < j->end && (*j->at == '+' || *j->at == '-')) j->at++;
        if (!skip_digits(j)) return false;
    }
    return true;
}

static bool skip_scalar(struct json *j)
{
    if (j->at >= j->end) return fail(j, "the text ends where a value should be");
    switch (*j->at) {
    case '"': return skip_string(j);
    case 't': return skip_word(j, S("true"));
    case 'f': return skip_word(j, S("false"));
    case 'n': return skip_word(j, S("null"));
    case 'N': return skip_word(j, S("NaN"));
    case 'I': return skip_word(j, S("Infinity"));
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
    case '9': return skip_number(j);
    default: return fail(j, "this is no JSON value");
    }
}

/* A member's key and colon; leaves j at the value. */
static bool skip_key(struct json *j, struct str *ret_key)
{
    skip_space(j);
    if (j->at >= j->end) return fail(j, "the text ends inside an object");
    if (*j->at != '"') return fail(j, "a key in double quotes should stand here");
    const char *from = j->at + 1;
    if (!skip_string(j)) return false;
    if (ret_key) *ret_key = str_of(from, (size_t)(j->at - 1 - from));
    skip_space(j);
    if (j->at >= j->end) return fail(j, "the text ends inside an object");
    if (*j->at != ':') return fail(j, "a : should follow the key");
    j->at++;
    skip_space(j);
    return true;
}

static bool push(struct json *j, size_t depth)
{
    if (depth >= JSON_DEPTH_MAX) return fail(j, "nested deeper than 1,000,000 levels");
    if (depth >= j->nesting_cap) j->nesting = array_grow(j->nesting, &j->nesting_cap, depth + 1, 1);
    j->nesting[depth] = *j->at++;
    return true;
}

/* Behind a complete value `depth` containers deep: closes what ends here and goes on to the next value. Sets *ret_more
 * when another value follows. */
static bool after_value(struct json *j, size_t *depth, bool *ret_more)
{
    *ret_more = false;
    while (*depth > 0) {
        skip_space(j);
        bool object = j->nesting[*depth - 1] == '{';
        if (j->at >= j->end)
            return fail(j, object ? "the text ends inside an object" : "the text ends inside an array");
        if (*j->at == ',') {
            j->at++;
            *ret_more = true;
            if (object) return skip_key(j, NULL);
            skip_space(j);
            return true;
        }
        if (*j->at != (object ? '}' : ']'))
            return fail(j, object ? "a , or } should stand here" : "a , or ] should stand here");
        j->at++;
        --*depth;
    }
    return true;
}

struct str json_skip(struct json *j)
{
    skip_space(j);
    const char *from = j->at;
    size_t depth = 0;
    bool more = !j->error;
    while (more) {
        if (j->at < j->end && (*j->at == '{' || *j->at == '[')) {
            char open = *j->at;
            if (!push(j, depth)) break;
            depth++;
            skip_space(j);
            if (j->at >= j->end || *j->at != (open == '{' ? '}' : ']')) { /* not empty: its first value is next */
                if (open == '{' && !skip_key(j, NULL)) break;
                continue;
            }
            j->at++;
            depth--;
        } else if (!skip_scalar(j)) break;
        if (!after_value(j, &depth, &more)) break;
    }
    return j->error ? str_of(from, 0) : str_of(from, (size_t)(j->at - from));
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
