/* SPDX-License-Identifier: MIT
 *
 * Owned text: growth, numbers, errors that stick, and escaping for each medium.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
/* S() for initializers, which need a constant. */
#define L(literal)                                                                                                     \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }

/* Compares and empties b. */
static void assert_buf(struct buf *b, struct str expected, const char *what)
{
    if (!str_eq(buf_str(b), expected))
        fail_msg("%s: got \"%.*s\", expected \"%.*s\"", what, STR_ARG(buf_str(b)), STR_ARG(expected));
    buf_free(b);
}

static void buf_growth_and_repeat(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_put(&b, str_of(NULL, 0));
    assert_int_equal(b.len, 0);
    for (int i = 0; i < 10000; i++) buf_putc(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 10000);
    for (int i = 0; i < 10000; i++) assert_int_equal(b.ptr[i], 'a' + i % 26);
    buf_clear(&b);
    buf_put_repeat(&b, '-', 0);
    buf_put_repeat(&b, '-', 3);
    buf_printf(&b, "%s%d", "", 42);
    buf_printf(&b, "%300d", 7);
    assert_int_equal(b.len, 3 + 2 + 300);
    buf_free(&b);
    buf_free(&b); /* twice does no harm */
}

static void buf_numbers(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_put_uint(&b, 0);
    buf_putc(&b, ' ');
    buf_put_uint(&b, UINT64_MAX);
    buf_putc(&b, ' ');
    buf_put_int(&b, INT64_MIN);
    buf_putc(&b, ' ');
    buf_put_int(&b, INT64_MAX);
    assert_buf(&b, S("0 18446744073709551615 -9223372036854775808 9223372036854775807"), "integers");
    static const struct {
        double value;
        int decimals;
        bool trim;
        const char *text;
    } cases[] = {
        { 0, 2, false, "0.00" },
        { 0, 2, true, "0" },
        { 1.5, 2, true, "1.5" },
        { -0.001, 2, false, "0.00" },
        { -1.25, 1, false, "-1.3" },
        { 0.999, 2, false, "1.00" },
        { 0.996, 2, true, "1" },
        { 1e300, 0, false, "9000000000000" },
        { -1e300, 0, false, "-9000000000000" },
        { 12.05, 2, false, "12.05" },
        { 123456.789, 6, true, "123456.789" },
        { 1.5, -3, false, "2" },
        { 1, 99, false, "1.000000" },
        { 100, 0, true, "100" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        buf_put_fixed(&b, cases[i].value, cases[i].decimals, cases[i].trim);
        assert_buf(&b, str_z(cases[i].text), "fixed");
    }
    buf_put_fixed(&b, NAN, 2, true);
    assert_buf(&b, S("0"), "NaN");
    buf_put_fixed(&b, INFINITY, 0, true);
    assert_buf(&b, S("9000000000000"), "infinity");
}

static void numbers_for_people(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    static const struct {
        uint64_t n;
        const char *text;
    } cases[] = {
        { 0, "0 steps" },
        { 1, "1 step" },
        { 999, "999 steps" },
        { 1000, "1,000 steps" },
        { 1000007, "1,000,007 steps" },
        { 1234567, "1,234,567 steps" },
        { UINT64_MAX, "18,446,744,073,709,551,615 steps" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        buf_put_count(&b, cases[i].n, "step", "steps");
        assert_buf(&b, str_z(cases[i].text), "count");
    }
}

struct escape_case {
    const char *what;
    struct str in, out;
};

static void check_escapes(void (*put)(struct buf *, struct str), const struct escape_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf b = BUF_INIT;
        put(&b, cases[i].in);
        assert_buf(&b, cases[i].out, cases[i].what);
    }
}

#define BAD "\xEF\xBF\xBD"

static void escape_html(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "nothing", L(""), L("") },
        { "plain", L("a b\tc\nd"), L("a b\tc\nd") },
        { "markup", L("<b a=\"x\" b='y'>&amp;"), L("&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;") },
        { "script end", L("</script><!--"), L("&lt;/script&gt;&lt;!--") },
        { "controls",
          L("a\0b\x1b"
            "c\x7f"),
          L("a" BAD "b" BAD "c" BAD) },
        { "letters", L("é名💥"), L("é名💥") },
        { "line separators", L("\xE2\x80\xA8"), L("\xE2\x80\xA8") },
        { "bad UTF-8",
          L("a\xFF"
            "b\xC3"),
          L("a" BAD "b" BAD) },
    };
    check_escapes(buf_put_html, cases, LENGTH(cases));
}

static void escape_xml(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "markup", L("<a b=\"'\">&]]>"), L("&lt;a b=&quot;&#39;&quot;&gt;&amp;]]&gt;") },
        { "forbidden characters", L("\0\x01\x1f\xEF\xBF\xBE\xEF\xBF\xBF"), L(BAD BAD BAD BAD BAD) },
        { "white space", L(" \t\n"), L(" \t\n") },
        { "surrogate", L("\xED\xA0\x80"), L(BAD BAD BAD) },
        { "beyond the BMP", L("𝄞"), L("𝄞") },
    };
    check_escapes(buf_put_xml, cases, LENGTH(cases));
}

static void escape_json(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "nothing", L(""), L("\"\"") },
        { "quotes", L("a\"b\\c/"), L("\"a\\\"b\\\\c/\"") },
        { "short escapes", L("\b\f\n\r\t"), L("\"\\b\\f\\n\\r\\t\"") },
        { "controls", L("\0\x1f\x7f"), L("\"\\u0000\\u001f\x7f\"") },
        { "letters", L("é\xE2\x80\xA8</script>"), L("\"é\xE2\x80\xA8</script>\"") },
        { "bad UTF-8", L("\x80x"), L("\"" BAD "x\"") },
    };
    check_escapes(buf_put_json, cases, LENGTH(cases));
    static const struct escape_case in_script[] = {
        { "script end", L("</script>"), L("\"\\u003c/script\\u003e\"") },
        { "comment", L("<!--&-->"), L("\"\\u003c!--\\u0026--\\u003e\"") },
        { "line separators", L("\xE2\x80\xA8\xE2\x80\xA9"), L("\"\\u2028\\u2029\"") },
        { "quotes and NUL", L("\"\\\0"), L("\"\\\"\\\\\\u0000\"") },
        { "letters", L("é名💥'"), L("\"é名💥'\"") },
    };
    check_escapes(buf_put_json_html, in_script, LENGTH(in_script));
}

static void escape_markdown(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "plain", L("load page 1 (main), twice."), L("load page 1 (main), twice.") },
        { "table cell", L("a|b"), L("a&#124;b") },
        { "code", L("`x` ```"), L("&#96;x&#96; &#96;&#96;&#96;") },
        { "emphasis", L("*a* _b_ ~c~"), L("&#42;a&#42; &#95;b&#95; &#126;c&#126;") },
        { "link", L("![a](b)"), L("!&#91;a&#93;(b)") },
        { "HTML", L("<img src=x>&lt;"), L("&#60;img src=x&#62;&#38;lt;") },
        { "backslash", L("a\\*b"), L("a&#92;&#42;b") },
        { "mention", L("@name"), L("&#64;&#8203;name") },
        { "reference", L("see #12"), L("see &#35;&#8203;12") },
        { "address", L("https://a.b"), L("https&#58;//a.b") },
        { "mathematics", L("$x$"), L("&#36;x&#36;") },
        { "emoji name", L(":tada:"), L("&#58;tada&#58;") },
        { "line breaks",
          L("a\nb\r\nc\td\xE2\x80\xA8"
            "e"),
          L("a b  c d e") },
        { "bullet at the start", L("- x - y"), L("&#45; x - y") },
        { "plus at the start", L("+ x"), L("&#43; x") },
        { "number at the start", L("1. x 2. y"), L("1&#46; x 2. y") },
        { "number with bracket", L("12) x"), L("12&#41; x") },
        { "only a number", L("2026"), L("2026") },
        { "underline of a heading", L("==="), L("&#61;==") },
        { "controls", L("a\0\x1b[31m"), L("a" BAD BAD "&#91;31m") },
        { "bad UTF-8", L("\xC0\x80"), L(BAD BAD) },
    };
    check_escapes(buf_put_md, cases, LENGTH(cases));
}

static void escape_csv(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "plain", L("a b"), L("a b") },
        { "comma", L("a,b"), L("\"a,b\"") },
        { "quotes", L("say \"x\""), L("\"say \"\"x\"\"\"") },
        { "line breaks", L("a\nb\rc"), L("\"a\nb\rc\"") },
        { "formula", L("=1+2"), L("\"'=1+2\"") },
        { "plus", L("+1"), L("\"'+1\"") },
        { "minus", L("-1"), L("\"'-1\"") },
        { "at", L("@SUM(A1)"), L("\"'@SUM(A1)\"") },
        { "tab first", L("\t=1"), L("\"'\t=1\"") },
        { "sign inside", L("a=b-c"), L("a=b-c") },
        { "NUL first", L("\0=1"), L(BAD "=1") },
        { "bad UTF-8", L("\xE2\x82"), L(BAD) },
    };
    check_escapes(buf_put_csv, cases, LENGTH(cases));
}

static void escape_plain(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        { "plain", L("a|b `c` <d>"), L("a|b `c` <d>") },
        { "line breaks", L("a\nb\tc\rd"), L("a b c d") },
        { "escape sequence", L("\x1b[31m\x9b\x07"), L(BAD "[31m" BAD BAD) },
        { "C1 controls",
          L("\xC2\x9B"
            "31m"),
          L(BAD "31m") },
        { "direction override",
          L("a\xE2\x80\xAE"
            "b\xE2\x81\xA6"
            "c"),
          L("a" BAD "b" BAD "c") },
        { "letters", L("é名💥"), L("é名💥") },
    };
    check_escapes(buf_put_plain, cases, LENGTH(cases));
}

/* Whatever the bytes, what comes out is valid UTF-8 without a character that would end the text it stands in. */
static void escape_any_bytes(void **state)
{
    (void)state;
    uint32_t random = 12345;
    for (int turn = 0; turn < 2000; turn++) {
        char text[24];
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 1664525u + 1013904223u;
            static const char likely[] = "<&\"'\\\n|@#`\xE2\x80\xA8\xF0\x9F\xED\xC0\0";
            text[i] = random >> 30 ? likely[(random >> 8) % (sizeof likely - 1)] : (char)(random >> 16);
        }
        void (*const puts[])(struct buf *, struct str) = { buf_put_html, buf_put_xml,   buf_put_json, buf_put_json_html,
                                                           buf_put_md,   buf_put_plain, buf_put_csv };
        for (size_t p = 0; p < LENGTH(puts); p++) {
            struct buf b = BUF_INIT;
            puts[p](&b, str_of(text, sizeof text));
            assert_true(utf8_valid(buf_str(&b)));
            assert_int_equal(str_find(buf_str(&b), '\0'), b.len);
            if (puts[p] != buf_put_plain && puts[p] != buf_put_csv && puts[p] != buf_put_json)
                assert_int_equal(str_find(buf_str(&b), '<'), b.len);
            if (puts[p] == buf_put_md || puts[p] == buf_put_plain || puts[p] == buf_put_json)
                assert_int_equal(str_find(buf_str(&b), '\n'), b.len);
            buf_free(&b);
        }
    }
}

static void buf_errors_stick(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) skip();
    struct buf b = BUF_INIT;
    b.fd = full;
    buf_puts(&b, "x");
    assert_int_equal(buf_flush(&b), ENOSPC);
    int other = open("/dev/null", O_WRONLY);
    assert_true(other >= 0);
    b.fd = other;
    buf_puts(&b, "y");
    assert_int_equal(buf_flush(&b), ENOSPC);
    close(full);
    close(other);
    buf_free(&b);
}

static void buf_flushes_by_itself(void **state)
{
    (void)state;
    FILE *f = tmpfile();
    assert_non_null(f);
    struct buf b = BUF_INIT;
    b.fd = fileno(f);
    for (int i = 0; i < 1000; i++) buf_put_repeat(&b, 'x', 1000);
    assert_int_equal(buf_total(&b), 1000000);
    assert_true(b.cap < 2 * BUF_FLUSH);
    assert_true(b.written > 0);
    assert_int_equal(buf_flush(&b), 0);
    struct stat st;
    assert_int_equal(fstat(fileno(f), &st), 0);
    assert_int_equal(st.st_size, 1000000);
    buf_free(&b);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_growth_and_repeat),
        cmocka_unit_test(buf_numbers),
        cmocka_unit_test(numbers_for_people),
        cmocka_unit_test(escape_html),
        cmocka_unit_test(escape_xml),
        cmocka_unit_test(escape_json),
        cmocka_unit_test(escape_markdown),
        cmocka_unit_test(escape_csv),
        cmocka_unit_test(escape_plain),
        cmocka_unit_test(escape_any_bytes),
        cmocka_unit_test(buf_errors_stick),
        cmocka_unit_test(buf_flushes_by_itself),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
