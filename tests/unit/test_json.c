/* SPDX-License-Identifier: MIT
 *
 * The scanner: what it takes, what it refuses and where, and the texts it makes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/clock.h"
#include "event/json.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void takes_json_and_what_python_writes(void **state)
{
    (void)state;
    static const char *const good[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-1.5",
        "1e5",
        "1E+05",
        "1.25e-3",
        "\"\"",
        "\"a\\u0000\\ud800\\n\\/\"",
        "[]",
        "{}",
        "[1,2,[3]]",
        "{\"a\":{\"b\":[{}]}}",
        " { \"a\" : 1 , \"a\" : 2 } ",
        "NaN",
        "Infinity",
        "-Infinity",
        "[NaN,{\"x\":-Infinity}]",
        "123456789012345678901234567890",
        "\"\xFF raw bytes are not its business\"",
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        struct json j = json_begin(str_z(good[i]));
        struct str value = json_skip(&j);
        if (j.error) fail_msg("%s: %s", good[i], j.error);
        assert_true(value.len > 0);
        assert_true(json_at_end(&j));
        json_done(&j);
    }
}

static void refuses_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {
        { "", 0 },        { "nul", 0 },       { "nan", 0 },         { "01", 1 },       { "1.", 2 },
        { "-", 1 },       { "1e", 2 },        { "+1", 0 },          { ".5", 0 },       { "'a'", 0 },
        { "\"a", 2 },     { "\"\\x41\"", 1 }, { "\"\\u12G4\"", 1 }, { "\"a\tb\"", 2 }, { "[1,]", 3 },
        { "[1 2]", 3 },   { "{\"a\"}", 4 },   { "{\"a\":1,}", 7 },  { "{a:1}", 1 },    { "[", 1 },
        { "{\"a\":", 5 }, { "[1}", 2 },       { "{\"a\":1]", 6 },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct str text = str_z(bad[i].text);
        struct json j = json_begin(text);
        assert_int_equal(json_skip(&j).len, 0);
        if (!j.error) fail_msg("%s was taken", bad[i].text);
        if ((size_t)(j.at - text.ptr) != bad[i].at) fail_msg("%s: at %zu", bad[i].text, (size_t)(j.at - text.ptr));
        json_done(&j);
    }
}

static void nests_without_recursion_up_to_its_limit(void **state)
{
    (void)state;
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        char *text = malloc(depth * 2);
        assert_non_null(text);
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct json j = json_begin(str_of(text, depth * 2));
        json_skip(&j);
        assert_int_equal(j.error != NULL, depth > JSON_DEPTH_MAX);
        json_done(&j);
        free(text);
    }
}

static void finds_strings_ends_at_every_offset(void **state)
{
    (void)
        state; /* the scanner looks at eight bytes at a time: a quote, a backslash, a control character at each place */
    for (size_t pad = 0; pad < 20; pad++)
        for (size_t kind = 0; kind < 3; kind++) {
            struct buf b = BUF_INIT;
            buf_putc(&b, '"');
            for (size_t i = 0; i < pad; i++) buf_puts(&b, i % 3 ? "x" : "\xC3\xA4");
            buf_puts(&b, kind == 0 ? "\"," : kind == 1 ? "\\\"y\"," : "\x1F\"");
            struct json j = json_begin(buf_str(&b));
            struct str value = json_skip(&j);
            if (kind == 2) assert_non_null(j.error);
            else assert_int_equal(value.len, b.len - 1);
            json_done(&j);
            buf_free(&b);
        }
}

static void walks_members_and_refuses_bad_commas(void **state)
{
    (void)state;
    struct json j = json_begin(S(" { \"a\" : [1] , \"b\":2 } "));
    struct str key;
    assert_true(json_enter(&j, '{'));
    assert_true(json_member(&j, &key));
    assert_true(str_eq(key, S("a")));
    assert_true(str_eq(json_skip(&j), S("[1]")));
    assert_true(json_member(&j, &key));
    json_skip(&j);
    assert_false(json_member(&j, &key));
    assert_null(j.error);
    json_done(&j);
    static const char *const bad[] = { "{,\"a\":1}", "{\"a\":1 \"b\":2}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        j = json_begin(str_z(bad[i]));
        json_enter(&j, '{');
        while (json_member(&j, &key)) json_skip(&j);
        if (!j.error) fail_msg("%s was taken", bad[i]);
        json_done(&j);
    }
}

static void decodes_text(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
        size_t len;
    } cases[] = {
        { "\"plain\"", "plain", 5 },
        { "\"a\\n\\t\\\"\\\\\\/\"", "a\n\t\"\\/", 6 },
        { "\"\\u00e4\\u20ac\"", "\xC3\xA4\xE2\x82\xAC", 5 },
        { "\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80", 4 },
        { "\"\\ud83dx\"", "\xEF\xBF\xBDx", 4 }, /* a lone surrogate */
        { "\"\\ude00\\ud83d\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6 },
        { "\"a\\u0000b\"", "a\0b", 3 },
        { "\"caf\xE9\"", "caf\xEF\xBF\xBD", 6 }, /* Latin-1 */
        { "12.50", "12.50", 5 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a = { 0 };
        struct str text = json_text(str_z(cases[i].json), &a);
        assert_int_equal(text.len, cases[i].len);
        assert_memory_equal(text.ptr, cases[i].text, text.len);
        arena_free(&a);
    }
    assert_true(json_key_is(S("\\u006eame"), S("name")));
    assert_false(json_key_is(S("\\u006eam"), S("name")));
    assert_false(json_key_is(S("names"), S("name")));
}

static void reads_times_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *ms;
        int64_t us;
    } good[] = {
        { "0", 0 },
        { "-1", -1000 },
        { "1716000000000", 1716000000000000 },
        { "1716000000000.125", 1716000000000125 },
        { "1716000000000.1", 1716000000000100 },
        { "1.0005", 1001 },
        { "-1.0005", -1001 },
        { "1.7e12", 1700000000000000 },
        { "0.001", 1 },
        { "0.0004", 0 },
    };
    static const char *const bad[] = {
        "\"1\"", "null", "1e400", "-1e400", "NaN", "Infinity", "9999999999999999999", "{}", "4000000000000001"
    };
    int64_t us;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(json_ms_to_us(str_z(good[i].ms), &us));
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (json_ms_to_us(str_z(bad[i]), &us)) fail_msg("%s was taken", bad[i]);
}

static void reads_times_of_all_units(void **state)
{
    static const struct {
        const char *value;
        enum json_unit unit;
        int64_t us; /* TIME_NONE: is refused */
    } cases[] = {
        { "1795255890.433779", JSON_SECONDS, INT64_C(1795255890433779) },
        { "1795255890.4337794", JSON_SECONDS, INT64_C(1795255890433779) },
        { "1795255890.4337795", JSON_SECONDS, INT64_C(1795255890433780) },
        { "3.42", JSON_SECONDS, 3420000 },
        { "\"1706678909209712499\"", JSON_NANOSECONDS, INT64_C(1706678909209712) },
        { "\"1706678909209712500\"", JSON_NANOSECONDS, INT64_C(1706678909209713) },
        { "-1500", JSON_NANOSECONDS, -2 },
        { "1795256200838000000", JSON_NANOSECONDS, INT64_C(1795256200838000) },
        { "1.795256200838e18", JSON_NANOSECONDS, INT64_C(1795256200838000) },
        { "6556500799.741", JSON_MICROSECONDS, INT64_C(6556500800) },
        { "0.3", JSON_MICROSECONDS, 0 },
        { "0.5744784873156823", JSON_MICROSECONDS, 1 },
        { "1573196810403381", JSON_MICROSECONDS, INT64_C(1573196810403381) },
        { "1e-30", JSON_SECONDS, 0 },
        { "0e999", JSON_SECONDS, 0 },
        { "123456789012345678901234567890e-12", JSON_NANOSECONDS, INT64_C(123456789012346) },
        { "1e21", JSON_SECONDS, TIME_NONE },
        { "18446744073709551615", JSON_SECONDS, TIME_NONE },
        { "NaN", JSON_SECONDS, TIME_NONE },
        { "Infinity", JSON_SECONDS, TIME_NONE },
        { "\"\"", JSON_SECONDS, TIME_NONE },
        { "\"12x\"", JSON_SECONDS, TIME_NONE },
        { "1e", JSON_SECONDS, TIME_NONE },
        { "null", JSON_SECONDS, TIME_NONE },
        { "", JSON_SECONDS, TIME_NONE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t us = TIME_NONE;
        bool good = json_to_us(str_z(cases[i].value), cases[i].unit, &us);
        if (good != (cases[i].us != TIME_NONE) || (good && us != cases[i].us))
            fail_msg("%s: %d %lld", cases[i].value, (int)good, (long long)us);
    }
}

static void lays_out_values(void **state)
{
    (void)state;
    static const struct {
        const char *json, *pretty, *compact;
    } cases[] = {
        { "{\"a\":[1,{\"b\":\"x: ,\"}],\"c\":{}}",
          "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x: ,\"\n    }\n  ],\n  \"c\": {}\n}",
          "{\"a\":[1,{\"b\":\"x: ,\"}],\"c\":{}}" },
        { "[ ]", "[]", "[]" },
        { "12345678901234567890.10", "12345678901234567890.10", "12345678901234567890.10" },
        { "[NaN, -Infinity , \"NaN\"]", "[\n  NaN,\n  -Infinity,\n  \"NaN\"\n]", "[NaN,-Infinity,\"NaN\"]" },
        { "\"caf\xE9\"", "\"caf\xEF\xBF\xBD\"", "\"caf\xEF\xBF\xBD\"" },
        { "{\"a\":1,\"a\":2}", "{\n  \"a\": 1,\n  \"a\": 2\n}", "{\"a\":1,\"a\":2}" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf b = BUF_INIT;
        json_put_pretty(&b, str_z(cases[i].json));
        buf_putc(&b, '\0');
        assert_string_equal(b.ptr, cases[i].pretty);
        buf_clear(&b);
        json_put_compact(&b, str_z(cases[i].json));
        buf_putc(&b, '\0');
        assert_string_equal(b.ptr, cases[i].compact);
        buf_free(&b);
    }
}

static void gets_the_last_of_equal_members(void **state)
{
    (void)state;
    assert_true(str_eq(json_get(S("{\"a\":1,\"b\":2,\"a\":[3]}"), S("a")), S("[3]")));
    assert_int_equal(json_get(S("{\"a\":1}"), S("b")).len, 0);
    assert_int_equal(json_get(S("[1]"), S("a")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_json_and_what_python_writes),
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(nests_without_recursion_up_to_its_limit),
        cmocka_unit_test(finds_strings_ends_at_every_offset),
        cmocka_unit_test(walks_members_and_refuses_bad_commas),
        cmocka_unit_test(decodes_text),
        cmocka_unit_test(reads_times_exactly),
        cmocka_unit_test(reads_times_of_all_units),
        cmocka_unit_test(lays_out_values),
        cmocka_unit_test(gets_the_last_of_equal_members),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
