/* SPDX-License-Identifier: MIT
 *
 * Base64 against the vectors of RFC 4648, section 10, every byte there and back, and what is none.
 */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void published_vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct buf b = BUF_INIT;
        unsigned char back[16];
        size_t length = 99;
        buf_put_base64(&b, str_z(pairs[i][0]));
        assert_true(str_eq(buf_str(&b), str_z(pairs[i][1])));
        assert_true(base64_decode(buf_str(&b), back, &length));
        assert_int_equal(length, strlen(pairs[i][0]));
        assert_memory_equal(back, pairs[i][0], length);
        buf_free(&b);
    }
}

static void every_byte(void **state)
{
    (void)state;
    char data[3 * 256], text[4 * 256];
    unsigned char back[sizeof data];
    size_t length;
    for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i / 3 + i % 3 * 85);
    base64_encode(str_of(data, sizeof data), text);
    assert_true(base64_decode(str_of(text, sizeof text), back, &length));
    assert_int_equal(length, sizeof data);
    assert_memory_equal(data, back, sizeof data);
}

static void what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = { "Z",        "Zg",    "Zg=",      "====",    "Z===", "=Zg=", "Zg=a",
                                         "Zg==Zg==", "Zm9\n", "Zm 9",     "Zm9-",    "Zm9_", "Zm9!", "!m9v",
                                         "Z!9v",     "Zm!v",  "Zm9v!m9v", "Zm9\x80", "!g==", "Z!==", "Zm!=" };
    unsigned char back[16];
    size_t length;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (base64_decode(str_z(texts[i]), back, &length)) fail_msg("'%s' was taken for base64", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(every_byte),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
