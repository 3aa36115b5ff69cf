/* SPDX-License-Identifier: MIT */
#include "input/anyvalue.h"

#include "input/trace.h"

enum { NESTED_MAX = 32 };

struct any {
    struct str string, boolean, integer, real, bytes, array, list;
};

/* The fields of an AnyValue. False when it is none. */
static bool take(struct str value, struct any *ret)
{
    static const struct field table[] = {
        FIELD(struct any, string, "stringValue"), FIELD(struct any, string, "string_value"),
        FIELD(struct any, boolean, "boolValue"),  FIELD(struct any, boolean, "bool_value"),
        FIELD(struct any, integer, "intValue"),   FIELD(struct any, integer, "int_value"),
        FIELD(struct any, real, "doubleValue"),   FIELD(struct any, real, "double_value"),
        FIELD(struct any, bytes, "bytesValue"),   FIELD(struct any, bytes, "bytes_value"),
        FIELD(struct any, array, "arrayValue"),   FIELD(struct any, array, "array_value"),
        FIELD(struct any, list, "kvlistValue"),   FIELD(struct any, list, "kvlist_value"),
    };
    *ret = (struct any){ 0 };
    return fields_take(value, table, sizeof table / sizeof *table, ret, NULL, NULL);
}

static struct str scalar_of(const struct any *a)
{
    if (!value_absent(a->string)) return a->string;
    if (!value_absent(a->boolean)) return a->boolean;
    if (!value_absent(a->bytes)) return a->bytes;
    struct str number = !value_absent(a->integer) ? a->integer : a->real;
    if (value_absent(number)) return (struct str){ 0 };
    if (trace_number(number).len) return trace_number(number);
    struct str word = json_type(number) == JSON_STRING ? str_of(number.ptr + 1, number.len - 2) : S("");
    if (str_eq(word, S("NaN")) || str_eq(word, S("Infinity")) || str_eq(word, S("-Infinity"))) return word;
    return number;
}

struct str anyvalue_scalar(struct str value)
{
    struct any a;
    return take(value, &a) ? scalar_of(&a) : (struct str){ 0 };
}

static bool is_empty(struct str object) { return str_trim(str_of(object.ptr + 1, object.len - 2)).len == 0; }

/* Puts the value, or the bracket that it begins with: then its elements are in *ret_list. */
static bool put_or_enter(struct buf *b, struct str value, bool may_enter, struct str *ret_list, bool *ret_pairs)
{
    struct any a;
    bool any = take(value, &a);
    struct str scalar = any ? scalar_of(&a) : (struct str){ 0 };
    *ret_pairs = json_type(a.list) == JSON_OBJECT;
    if (any && !scalar.len && may_enter && (*ret_pairs || json_type(a.array) == JSON_OBJECT)) {
        *ret_list = json_get(*ret_pairs ? a.list : a.array, S("values"));
        buf_putc(b, *ret_pairs ? '{' : '[');
        return true;
    }
    if (scalar.len) buf_put(b, scalar);
    else if (any && is_empty(value)) buf_puts(b, "null");
    else if (value.len) buf_put(b, value);
    else buf_puts(b, "null");
    return false;
}

static void put_key(struct buf *b, struct str key)
{
    if (json_type(key) == JSON_STRING) buf_put(b, key);
    else buf_put_json(b, key);
    buf_putc(b, ':');
}

void anyvalue_put(struct buf *b, struct str any)
{
    struct {
        struct json list;
        bool pairs, first;
    } up[NESTED_MAX];
    size_t depth = 0;
    for (;;) {
        struct str list;
        bool pairs;
        if (put_or_enter(b, any, depth < NESTED_MAX, &list, &pairs)) {
            up[depth].list = trace_list(list);
            up[depth].pairs = pairs;
            up[depth++].first = true;
        }
        for (; depth; depth--) {
            struct attribute pair = { 0 };
            struct json *j = &up[depth - 1].list;
            if (up[depth - 1].pairs ? attribute_next(j, &pair) : json_element(j)) {
                if (!up[depth - 1].first) buf_putc(b, ',');
                up[depth - 1].first = false;
                any = up[depth - 1].pairs ? pair.value : json_skip(j);
                if (up[depth - 1].pairs) put_key(b, pair.key);
                break;
            }
            buf_putc(b, up[depth - 1].pairs ? '}' : ']');
            json_done(j);
        }
        if (!depth) return;
    }
}

static bool expect(struct json *j, struct str literal)
{
    if ((size_t)(j->end - j->at) < literal.len || memcmp(j->at, literal.ptr, literal.len) != 0) return false;
    j->at += literal.len;
    return true;
}

/* The form that programs write, {"key":"…","value":{"intValue":"1"}} without white space, in one go. */
static bool take_plain(struct json *j, struct attribute *ret)
{
    struct any a = { 0 };
    if (!expect(j, S("{\"key\":"))) return false;
    ret->key = json_skip(j);
    if (j->error || !expect(j, S(",\"value\":"))) return false;
    const char *from = j->at;
    struct str *field = expect(j, S("{\"stringValue\":"))   ? &a.string
                        : expect(j, S("{\"intValue\":"))    ? &a.integer
                        : expect(j, S("{\"boolValue\":"))   ? &a.boolean
                        : expect(j, S("{\"doubleValue\":")) ? &a.real
                                                            : NULL;
    if (!field) return false;
    *field = json_skip(j);
    if (j->error || !expect(j, S("}"))) return false;
    ret->value = str_of(from, (size_t)(j->at - from));
    ret->scalar = scalar_of(&a);
    return expect(j, S("}"));
}

bool attribute_next(struct json *list, struct attribute *ret)
{
    static const struct field table[] = { FIELD(struct attribute, key, "key"),
                                          FIELD(struct attribute, value, "value") };
    *ret = (struct attribute){ 0 };
    if (!json_element(list)) return false;
    const char *from = list->at;
    if (take_plain(list, ret)) return true;
    *ret = (struct attribute){ 0 };
    list->at = from;
    list->error = NULL;
    trace_take(list, table, 2, ret, false, NULL, NULL);
    return !list->error;
}

void attribute_put(struct buf *b, const struct attribute *a)
{
    if (a->scalar.len) buf_put(b, a->scalar);
    else anyvalue_put(b, a->value);
}

struct str attribute_scalar(const struct attribute *a) { return a->scalar.len ? a->scalar : anyvalue_scalar(a->value); }

void attributes_put(struct buf *members, struct str text)
{
    struct attribute a;
    struct json list = trace_list(text);
    while (attribute_next(&list, &a)) {
        trace_put_key(members, a.key);
        attribute_put(members, &a);
    }
    json_done(&list);
}
