/* SPDX-License-Identifier: MIT */
#include "render/anyvalue.h"

#include "event/json.h"
#include "render/payload.h"

#include <math.h>
#include <stdlib.h>

enum { NESTED_MAX = 30, DIGITS_MAX = 300 };

/* A whole number that an int64 holds. */
static bool is_int(struct str n)
{
    char text[24], *end;
    if (n.len > 20 || !memchr("-0123456789", n.ptr[0], 11)) return false;
    for (size_t i = 1; i < n.len; i++)
        if (n.ptr[i] < '0' || n.ptr[i] > '9') return false;
    memcpy(text, n.ptr, n.len);
    text[n.len] = '\0';
    long long value = strtoll(text, &end, 10);
    return *end == '\0' && n.len > (n.ptr[0] == '-') && value != INT64_MAX && value != INT64_MIN;
}

static bool is_not_number(struct str n)
{
    return str_eq(n, S("NaN")) || str_eq(n, S("Infinity")) || str_eq(n, S("-Infinity"));
}

static bool number_fits(struct str n)
{
    char text[DIGITS_MAX + 1];
    if (is_not_number(n)) return true;
    if (n.len > DIGITS_MAX) return false;
    memcpy(text, n.ptr, n.len);
    text[n.len] = '\0';
    return isfinite(strtod(text, NULL));
}

bool any_holds(struct str value)
{
    struct json j = json_begin(value);
    char kinds[NESTED_MAX];
    size_t depth = 0;
    struct str key;
    bool holds = true;
    while (holds) {
        if (!json_at_end(&j) && (*j.at == '{' || *j.at == '[')) {
            holds = depth < NESTED_MAX;
            if (!holds) break;
            kinds[depth++] = *j.at;
            json_enter(&j, *j.at);
        } else {
            struct str scalar = json_skip(&j);
            holds = !j.error && (json_type(scalar) != JSON_NUMBER || number_fits(scalar));
        }
        while (depth && !(kinds[depth - 1] == '{' ? json_member(&j, &key) : json_element(&j))) depth--;
        if (!depth) break;
    }
    holds = holds && !j.error;
    json_done(&j);
    return holds;
}

static void put_scalar(struct buf *b, struct str value)
{
    enum json_type type = json_type(value);
    if (type == JSON_NULL || type == JSON_BAD) {
        buf_puts(b, "{}");
        return;
    }
    bool whole = type == JSON_NUMBER && is_int(value), word = type == JSON_NUMBER && is_not_number(value);
    buf_puts(b, type == JSON_STRING   ? "{\"stringValue\":"
                : type != JSON_NUMBER ? "{\"boolValue\":"
                : whole               ? "{\"intValue\":\""
                : word                ? "{\"doubleValue\":\""
                                      : "{\"doubleValue\":");
    if (type == JSON_STRING) payload_put(b, value, NOT_NUMBERS_KEPT); /* bad UTF-8 is put right */
    else buf_put(b, value);
    buf_puts(b, whole || word ? "\"}" : "}");
}

void any_put(struct buf *b, struct str value)
{
    struct json j = json_begin(str_trim(value));
    char kinds[NESTED_MAX];
    bool begun[NESTED_MAX];
    size_t depth = 0;
    for (;;) {
        if (depth < NESTED_MAX && !json_at_end(&j) && (*j.at == '{' || *j.at == '[')) {
            buf_puts(b, *j.at == '{' ? "{\"kvlistValue\":{\"values\":[" : "{\"arrayValue\":{\"values\":[");
            begun[depth] = false;
            kinds[depth++] = *j.at;
            json_enter(&j, *j.at);
        } else {
            put_scalar(b, json_skip(&j));
            if (depth && kinds[depth - 1] == '{') buf_putc(b, '}');
        }
        struct str key = { 0 };
        while (depth && !(kinds[depth - 1] == '{' ? json_member(&j, &key) : json_element(&j))) {
            buf_puts(b, "]}}");
            depth--;
            if (depth && kinds[depth - 1] == '{') buf_putc(b, '}');
        }
        if (!depth) break;
        if (begun[depth - 1]) buf_putc(b, ',');
        begun[depth - 1] = true;
        if (kinds[depth - 1] != '{') continue;
        buf_puts(b, "{\"key\":\"");
        buf_put(b, key);
        buf_puts(b, "\",\"value\":");
    }
    json_done(&j);
}
