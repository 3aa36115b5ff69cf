/* SPDX-License-Identifier: MIT
 *
 * JSON as text: a scanner that checks and skips values without building a tree, and readers for the pieces. Values
 * stay slices of the line, so digits, key order and duplicate keys survive. Besides RFC 8259 it takes what Python
 * writes: NaN, Infinity, -Infinity. It never recurses; nesting deeper than JSON_DEPTH_MAX is refused.
 */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include "base/arena.h"
#include "base/buf.h"

enum { JSON_DEPTH_MAX = 1000000 };

enum json_type { JSON_BAD, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A position in a text, and what was wrong there. */
struct json {
    const char *at, *end;
    const char *error; /* NULL while all is well: what was expected or found at `at` */
    char *nesting;     /* '{' or '[' a level, for json_skip; grown as needed, freed by json_done */
    size_t nesting_cap;
    bool first; /* inside json_enter: no member or element was taken yet */
};

/* Starts scanning s. Call json_done when through. */
struct json json_begin(struct str s);
void json_done(struct json *j);

/* Skips white space; true when nothing is left. */
bool json_at_end(struct json *j);

/* Skips one value, checking all of it. Returns its text, empty with j->error set when it is not JSON. */
struct str json_skip(struct json *j);

/* Walks the members of an object: after json_enter(j, '{'), each json_member gives the raw key (without its quotes,
 * escapes as they are) and leaves j at the value, which the caller skips or enters. False at the end or on error. */
bool json_enter(struct json *j, char open);
bool json_member(struct json *j, struct str *ret_key);
/* The same for an array's elements. */
bool json_element(struct json *j);

enum json_type json_type(struct str value);

/* The characters of a JSON string value (with its quotes): the slice itself when it has no escapes and is valid UTF-8,
 * else decoded into the arena: \u0000 stays a NUL byte, lone surrogates and bad UTF-8 become U+FFFD. For a value that
 * is no string: its text. */
struct str json_text(struct str value, struct arena *a);
/* Appends the same characters to b. */
void json_put_text(struct buf *b, struct str value);
/* The same for a raw key as json_member gives it. */
struct str json_key_text(struct str raw, struct arena *a);
/* The other way: characters as a JSON string, in the arena. */
struct str json_of_text(struct str text, struct arena *a);

/* What stands between the quotes of a JSON string, escapes as they are; of a value that is no string all of it. */
static inline struct str json_inside(struct str value)
{
    return json_type(value) == JSON_STRING && value.len > 1 ? str_of(value.ptr + 1, value.len - 2) : value;
}

/* Is the raw key this ASCII literal? Keys written with escapes (as \u006eame) match as well. */
bool json_key_is(struct str raw, struct str literal);

/* Milliseconds written as a JSON number, as exact microseconds (rounded half away from zero beyond three decimals).
 * False when it is no number, outside ±TIME_MAX, or longer than 63 characters. */
bool json_ms_to_us(struct str value, int64_t *ret_us);

/* The same for other units and also for numbers in quotes, as 64-bit values are often written. Exact: no double is
 * between the digits and the result. */
enum json_unit { JSON_SECONDS, JSON_MILLISECONDS, JSON_MICROSECONDS, JSON_NANOSECONDS };
bool json_to_us(struct str value, enum json_unit unit, int64_t *ret_us);

/* The value indented by two spaces a level, without recursion, digits untouched; invalid UTF-8 becomes U+FFFD. A value
 * nested deeper than 200 levels, and one that is not JSON, is put as it is. */
void json_put_pretty(struct buf *b, struct str value);
/* The value on one line with nothing between its tokens. */
void json_put_compact(struct buf *b, struct str value);

/* The member `literal` of the object text (the last one of that name, as JavaScript takes it), empty when absent. */
struct str json_get(struct str object, struct str literal);

#endif
