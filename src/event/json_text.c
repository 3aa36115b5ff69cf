/* SPDX-License-Identifier: MIT
 *
 * The characters behind JSON strings, and JSON laid out anew: pretty for people, compact for data blocks.
 */
#include "event/json.h"

#include "base/utf8.h"

static uint32_t hex4(const char *p)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        code = code << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return code;
}

/* The escape at s.ptr[*at] (a backslash, checked by the scanner); a surrogate pair is one character. */
static uint32_t next_escape(struct str s, size_t *at)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    if (s.len - *at < 2) {
        *at = s.len;
        return UTF8_BAD;
    }
    char c = s.ptr[*at + 1];
    if (c != 'u' || s.len - *at < 6) {
        const char *known = memchr(from, c, 5);
        *at += 2;
        return known ? (uint32_t)(unsigned char)to[known - from] : (uint32_t)(unsigned char)c;
    }
    uint32_t code = hex4(s.ptr + *at + 2);
    *at += 6;
    if (code < 0xD800 || code > 0xDFFF) return code;
    if (code < 0xDC00 && s.len - *at >= 6 && s.ptr[*at] == '\\' && s.ptr[*at + 1] == 'u') {
        uint32_t low = hex4(s.ptr + *at + 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *at += 6;
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return UTF8_BAD;
}

static void put_decoded(struct buf *b, struct str inner)
{
    for (size_t at = 0; at < inner.len;) {
        uint32_t code = inner.ptr[at] == '\\' ? next_escape(inner, &at) : utf8_next(inner, &at, NULL);
        b->len += utf8_encode(code, buf_room(b, 4));
    }
}

struct str json_of_text(struct str text, struct arena *a)
{
    struct buf b = BUF_INIT;
    buf_put_json(&b, text);
    struct str json = arena_copy(a, buf_str(&b));
    buf_free(&b);
    return json;
}

void json_put_text(struct buf *b, struct str value)
{
    struct str inner = json_inside(value);
    if (json_type(value) == JSON_STRING && memchr(inner.ptr, '\\', inner.len)) put_decoded(b, inner);
    else if (utf8_valid(inner)) buf_put(b, inner);
    else put_decoded(b, inner);
}

static struct str decoded(struct str inner, bool escapes, struct arena *a)
{
    if (!inner.len || ((!escapes || !memchr(inner.ptr, '\\', inner.len)) && utf8_valid(inner))) return inner;
    struct buf b = BUF_INIT;
    put_decoded(&b, inner);
    struct str text = arena_copy(a, buf_str(&b));
    buf_free(&b);
    return text;
}

struct str json_text(struct str value, struct arena *a)
{
    return decoded(json_inside(value), json_type(value) == JSON_STRING, a);
}

struct str json_key_text(struct str raw, struct arena *a) { return decoded(raw, true, a); }

bool json_key_is(struct str raw, struct str literal)
{
    /* written with escapes a key is longer than what it says */
    if (raw.len <= literal.len) return str_eq(raw, literal);
    if (raw.ptr[0] != literal.ptr[0] && raw.ptr[0] != '\\') return false;
    if (!memchr(raw.ptr, '\\', raw.len)) return false;
    size_t at = 0, i = 0;
    while (at < raw.len && i < literal.len) {
        uint32_t code = raw.ptr[at] == '\\' ? next_escape(raw, &at) : utf8_next(raw, &at, NULL);
        if (code != (unsigned char)literal.ptr[i++]) return false;
    }
    return at == raw.len && i == literal.len;
}

/* A scalar token from j->at on, in text that was checked before: a string with its quotes, or up to the next
 * structural character. */
static struct str next_token(struct json *j)
{
    const char *from = j->at;
    if (*j->at == '"') {
        for (j->at++; j->at < j->end && *j->at != '"'; j->at++)
            if (*j->at == '\\' && j->at + 1 < j->end) j->at++;
        if (j->at < j->end) j->at++;
    } else if (memchr("{}[],:", *j->at, 6)) {
        j->at++;
    } else {
        while (j->at < j->end && !memchr("{}[],: \t\r\n\"", *j->at, 11)) j->at++;
    }
    return str_of(from, (size_t)(j->at - from));
}

static void put_token(struct buf *b, struct str token)
{
    if (utf8_valid(token)) {
        buf_put(b, token);
        return;
    }
    for (size_t at = 0; at < token.len;) b->len += utf8_encode(utf8_next(token, &at, NULL), buf_room(b, 4));
}

static bool is_json(struct str value)
{
    struct json j = json_begin(value);
    json_skip(&j);
    bool good = !j.error && json_at_end(&j);
    json_done(&j);
    return good;
}

static size_t depth_of(struct str value)
{
    size_t depth = 0, deepest = 0;
    for (struct json j = json_begin(value); !json_at_end(&j);) {
        struct str token = next_token(&j);
        if (token.ptr[0] == '{' || token.ptr[0] == '[') deepest = ++depth > deepest ? depth : deepest;
        else if (token.ptr[0] == '}' || token.ptr[0] == ']') depth--;
    }
    return deepest;
}

static void put_line(struct buf *b, size_t depth)
{
    buf_putc(b, '\n');
    buf_put_repeat(b, ' ', depth * 2);
}

void json_put_pretty(struct buf *b, struct str value)
{
    enum { PRETTY_DEPTH = 200 };
    if (!is_json(value) || depth_of(value) > PRETTY_DEPTH) {
        put_token(b, value);
        return;
    }
    size_t depth = 0;
    char before = 0;
    for (struct json j = json_begin(value); !json_at_end(&j);) {
        struct str token = next_token(&j);
        char c = token.ptr[0];
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        bool empty = closes && (before == '{' || before == '[');
        if (closes) depth--;
        if ((before == '{' || before == '[' || before == ',') ? !empty : closes) put_line(b, depth);
        put_token(b, token);
        if (c == ':') buf_putc(b, ' ');
        if (opens) depth++;
        before = c;
    }
}

void json_put_compact(struct buf *b, struct str value)
{
    for (struct json j = json_begin(value); !json_at_end(&j);) put_token(b, next_token(&j));
}
