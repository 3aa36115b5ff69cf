/* SPDX-License-Identifier: MIT */
#include "track/json.h"

#include <string.h>

struct scan {
    const char *at, *end;
    struct pl_text *out;
    unsigned char open[PL_JSON_DEPTH_MAX]; /* ']' or '}' a level */
    size_t depth;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) s->at++;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c) return false;
    pl_text_putc(s->out, c);
    s->at++;
    return true;
}

static bool escape_is_good(struct scan *s)
{
    if (s->end - s->at < 2) return false;
    if (s->at[1] != 'u') return s->at[1] && strchr("\"\\/bfnrt", s->at[1]);
    if (s->end - s->at < 6) return false;
    for (int i = 2; i < 6; i++)
        if (!s->at[i] || !strchr("0123456789abcdefABCDEF", s->at[i])) return false;
    return true;
}

static bool string(struct scan *s)
{
    if (!take(s, '"')) return false;
    while (s->at < s->end && *s->at != '"') {
        unsigned char c = (unsigned char)*s->at;
        if (c < 0x20 || (c == '\\' && !escape_is_good(s))) return false;
        size_t length = c == '\\' ? 2 : pl_utf8_length(s->at, s->end);
        if (length) pl_text_put(s->out, s->at, length);
        else pl_text_put(s->out, "\xEF\xBF\xBD", 3);
        s->at += length ? length : 1;
    }
    return take(s, '"');
}

static bool digits(struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && is_digit(*s->at)) take(s, *s->at);
    return s->at > from;
}

static bool number(struct scan *s)
{
    take(s, '-');
    if (!take(s, '0') && !digits(s)) return false;
    if (take(s, '.') && !digits(s)) return false;
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+')) take(s, '-');
        return digits(s);
    }
    return true;
}

static bool word(struct scan *s, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(s->end - s->at) < length || memcmp(s->at, text, length) != 0) return false;
    pl_text_put(s->out, text, length);
    s->at += length;
    return true;
}

/* A value up to its first child: whole when it is a scalar or empty. */
static bool begin_value(struct scan *s)
{
    skip_space(s);
    if (s->at == s->end) return false;
    char c = *s->at;
    if (c == '{' || c == '[') {
        if (s->depth == PL_JSON_DEPTH_MAX) return false;
        s->open[s->depth++] = c == '{' ? '}' : ']';
        return take(s, c);
    }
    if (c == '"') return string(s);
    if (c == '-' || is_digit(c)) return number(s);
    return word(s, c == 't' ? "true" : c == 'f' ? "false" : "null");
}

static bool key(struct scan *s)
{
    skip_space(s);
    if (!string(s)) return false;
    skip_space(s);
    return take(s, ':');
}

/* All of one value, its nesting on a stack of bytes. */
static bool value(struct scan *s)
{
    bool first = true; /* in an object or array of which nothing was taken yet */
    size_t before = 0;
    if (!begin_value(s)) return false;
    while (s->depth) {
        char close = (char)s->open[s->depth - 1];
        skip_space(s);
        if (take(s, close)) {
            s->depth--;
            first = false;
            continue;
        }
        if (!first && !take(s, ',')) return false;
        if (close == '}' && !key(s)) return false;
        before = s->depth;
        if (!begin_value(s)) return false;
        first = s->depth > before;
    }
    return true;
}

bool pl_json_compact(struct pl_text *out, const char *json, size_t count)
{
    struct scan s = { .at = json, .end = json + count, .out = out };
    size_t before = out->len;
    bool good = value(&s);
    skip_space(&s);
    if (good && s.at == s.end) return true;
    out->len = before;
    return false;
}

/* Behind a string or a scalar or a whole object of compact JSON. */
static const char *behind(const char *at, const char *end)
{
    size_t depth = 0;
    do {
        if (*at == '"') {
            for (at++; *at != '"'; at++) at += *at == '\\';
            at++;
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (depth) {
            at++;
        } else {
            while (at < end && !strchr(",}]:", *at)) at++;
        }
    } while (depth && at < end);
    return at;
}

const char *pl_json_member(const char *object, size_t count, const char *name, size_t *ret_count)
{
    const char *at = object + 1, *end = object + count, *found = NULL;
    size_t length = strlen(name);
    if (count < 2 || object[0] != '{') return NULL;
    while (at < end && *at == '"') {
        const char *from = at, *after = behind(at, end);
        const char *member = after + 1;
        at = behind(member, end);
        if ((size_t)(after - from) == length + 2 && memcmp(from + 1, name, length) == 0) {
            found = member;
            *ret_count = (size_t)(at - member);
        }
        if (at < end && *at == ',') at++;
    }
    return found;
}

static unsigned int hex4(const char *at)
{
    unsigned int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        unsigned int digit = (unsigned int)(is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
        value = value * 16 + digit;
    }
    return value;
}

static void put_code(struct pl_text *out, unsigned int code)
{
    char bytes[4];
    size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = count; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(leads[count] | code);
    pl_text_put(out, bytes, count);
}

void pl_json_unescape(struct pl_text *out, const char *inner, size_t count)
{
    static const char names[] = "bfnrt", codes[] = "\b\f\n\r\t";
    const char *at = inner, *end = inner + count;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        if (!escape) escape = end;
        pl_text_put(out, at, (size_t)(escape - at));
        if (escape == end) return;
        const char *known = strchr(names, escape[1]);
        at = escape + 2;
        if (known) pl_text_putc(out, codes[known - names]);
        else if (escape[1] != 'u') pl_text_putc(out, escape[1]);
        else {
            unsigned int code = hex4(at);
            at += 4;
            if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
                unsigned int low = hex4(at + 2);
                if (low >= 0xDC00 && low < 0xE000) {
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    at += 6;
                }
            }
            put_code(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
        }
    }
}
