/* SPDX-License-Identifier: MIT
 *
 * The foundation: borrowed text, UTF-8, errors, region memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
/* S() for initializers, which need a constant. */
#define L(literal)                                                                                                     \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }

/* ---- str ---- */

static void str_basics(void **state)
{
    (void)state;
    struct str none = { NULL, 0 };
    assert_true(str_eq(none, S("")));
    assert_true(str_eq(str_z(NULL), none));
    assert_false(str_eq(S("a"), S("b")));
    assert_false(str_eq(S("a"), S("ab")));
    assert_true(str_eq(S("a\0b"), S("a\0b")));
    assert_false(str_eq(S("a\0b"), S("a\0c")));
    assert_true(str_starts(S("abc"), S("ab")) && str_starts(S("abc"), none) && !str_starts(S("a"), S("ab")));
    assert_true(str_ends(S("abc"), S("bc")) && str_ends(none, none) && !str_ends(S("c"), S("bc")));
    assert_true(str_eq(str_skip(S("abc"), 1), S("bc")));
    assert_true(str_eq(str_skip(S("abc"), 3), none) && str_eq(str_skip(S("abc"), SIZE_MAX), none));
    assert_true(str_eq(str_skip(none, 5), none));
    assert_true(str_eq(str_first(S("abc"), 2), S("ab")) && str_eq(str_first(S("abc"), SIZE_MAX), S("abc")));
}

static void str_order(void **state)
{
    (void)state;
    static const struct {
        struct str a, b;
        int order;
    } cases[] = {
        { { "a", 1 }, { "b", 1 }, -1 },   { { "b", 1 }, { "a", 1 }, 1 },        { { "a", 1 }, { "a", 1 }, 0 },
        { { "a", 1 }, { "ab", 2 }, -1 },  { { "", 0 }, { NULL, 0 }, 0 },        { { NULL, 0 }, { "a", 1 }, -1 },
        { { "\xFF", 1 }, { "a", 1 }, 1 }, { { "a\0b", 3 }, { "a\0c", 3 }, -1 },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int order = str_cmp(cases[i].a, cases[i].b);
        assert_int_equal((order > 0) - (order < 0), cases[i].order);
    }
}

static void str_trim_find_cut(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(S(" \t\r\n\f\v a b \n")), S("a b")));
    assert_true(str_eq(str_trim(S("  ")), S("")) && str_eq(str_trim(S("")), S("")));
    assert_true(str_eq(str_trim(S("\xC2\xA0 x")), S("\xC2\xA0 x"))); /* only ASCII space */
    assert_int_equal(str_find(S("a.b.c"), '.'), 1);
    assert_int_equal(str_rfind(S("a.b.c"), '.'), 3);
    assert_int_equal(str_find(S("abc"), '.'), 3);
    assert_int_equal(str_rfind(S("abc"), '.'), 3);
    assert_int_equal(str_find(str_z(NULL), '.'), 0);
    struct str s = S("a,,b");
    assert_true(str_eq(str_cut(&s, ','), S("a")));
    assert_true(str_eq(str_cut(&s, ','), S("")));
    assert_true(str_eq(s, S("b")));
    assert_true(str_eq(str_cut(&s, ','), S("b")));
    assert_true(s.len == 0 && str_cut(&s, ',').len == 0);
}

static void str_hashes_differ(void **state)
{
    (void)state;
    char text[40] = { 0 };
    for (size_t len = 0; len < sizeof text; len++) /* lengths of zeros, also beyond a word */
        assert_true(str_hash(str_of(text, len), 0) != str_hash(str_of(text, len + 1 < sizeof text ? len + 1 : 0), 0));
    uint64_t before = str_hash(str_of(text, 40), 0);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = 1;
        assert_true(str_hash(str_of(text, 40), 0) != before);
        text[i] = 0;
    }
    assert_true(str_hash(S("a"), 1) != str_hash(S("a"), 2));
    assert_true(str_hash(S("aaaaaaaabbbbbbbb"), 0) != str_hash(S("bbbbbbbbaaaaaaaa"), 0));
    char unaligned[] = "xabcdefghijk";
    assert_true(str_hash(S("abcdefghijk"), 7) == str_hash(str_of(unaligned + 1, 11), 7));
}

/* ---- UTF-8 ---- */

static void utf8_decoding(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct str in;
        size_t good, bad;
    } cases[] = {
        { "ASCII", L("abc"), 3, 0 },
        { "two bytes", L("\xC2\x80\xDF\xBF"), 2, 0 },
        { "three bytes", L("\xE0\xA0\x80\xEF\xBF\xBF"), 2, 0 },
        { "around the surrogates", L("\xED\x9F\xBF\xEE\x80\x80"), 2, 0 },
        { "four bytes", L("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), 2, 0 },
        { "NUL", L("\0"), 1, 0 },
        { "overlong NUL", L("\xC0\x80"), 0, 2 },
        { "overlong slash", L("\xE0\x80\xAF"), 0, 3 },
        { "overlong in four", L("\xF0\x80\x80\xAF"), 0, 4 },
        { "surrogate", L("\xED\xA0\x80"), 0, 3 },
        { "surrogate pair", L("\xED\xA0\x80\xED\xB0\x80"), 0, 6 },
        { "over U+10FFFF", L("\xF4\x90\x80\x80"), 0, 4 },
        { "a start byte over F4", L("\xF5\x80\x80\x80"), 0, 4 },
        { "five bytes", L("\xF8\x88\x80\x80\x80"), 0, 5 },
        { "FE FF", L("\xFE\xFF"), 0, 2 },
        { "lone continuation",
          L("\x80"
            "a"),
          1, 1 },
        { "cut at the end", L("a\xE2\x82"), 1, 1 },
        { "cut by a letter",
          L("\xE2\x82"
            "a"),
          1, 1 },
        { "cut by a start byte", L("\xF0\x9F\x92\xC3\xA9"), 1, 1 },
        { "cut four", L("\xF0\x9F"), 0, 1 },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t good = 0, bad = 0;
        for (size_t at = 0; at < cases[i].in.len;) {
            bool ok;
            size_t before = at;
            uint32_t code = utf8_next(cases[i].in, &at, &ok);
            assert_true(at > before && at <= cases[i].in.len);
            char bytes[4];
            if (!ok) assert_int_equal(code, UTF8_BAD);
            else assert_int_equal(utf8_encode(code, bytes), at - before);
            if (ok) assert_memory_equal(bytes, cases[i].in.ptr + before, at - before);
            good += ok;
            bad += !ok;
        }
        if (good != cases[i].good || bad != cases[i].bad) fail_msg("%s: %zu good, %zu bad", cases[i].what, good, bad);
        assert_int_equal(utf8_valid(cases[i].in), bad == 0);
    }
    /* bad bytes behind eight and sixteen good ones, where words are checked at once */
    assert_false(utf8_valid(S("abcdefgh\xFF")));
    assert_false(utf8_valid(S("abcdefghabcdefg\xC3")));
    assert_true(utf8_valid(S("abcdefgh\xC3\xA9"
                             "abcdefghijk")));
}

static void utf8_cutting(void **state)
{
    (void)state;
    struct str s = S("a\xC3\xA9\xF0\x9F\x92\xA5z"); /* a é 💥 z */
    static const size_t floors[] = { 0, 1, 1, 3, 3, 3, 3, 7, 8 };
    for (size_t n = 0; n < LENGTH(floors); n++) assert_int_equal(utf8_floor(s, n), floors[n]);
    assert_int_equal(utf8_floor(s, 1000), s.len);
    assert_int_equal(utf8_floor(str_of(NULL, 0), 5), 0);
    assert_int_equal(utf8_floor(S("\x80\x80\x80\x80\x80\x80"), 5), 5); /* no code point to spare */
}

static void utf8_widths(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        size_t columns;
    } cases[] = {
        { L(""), 0 },  { L("abc"), 3 },  { L("é"), 1 },    { L("e\xCC\x81"), 1 },    { L("名前"), 4 },
        { L("💥"), 2 }, { L("\x1b"), 1 }, { L("\xFF"), 1 }, { L("\xE2\x80\x8B"), 0 },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) assert_int_equal(utf8_columns(cases[i].in), cases[i].columns);
}

/* ---- errors ---- */

static void err_fills_what_fits(void **state)
{
    (void)state;
    struct err e;
    assert_false(err_set(&e, ERR_INPUT, "log", "%d of %s", 3, "them"));
    assert_int_equal(e.code, ERR_INPUT);
    assert_string_equal(e.file, "log");
    assert_string_equal(e.text, "3 of them");
    assert_true(e.line == 0 && e.column == 0);
    char longest[2000];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(err_set(&e, ERR_OUTPUT, longest, "%s", longest));
    assert_int_equal(strlen(e.file), sizeof e.file - 1);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_false(err_set(&e, ERR_USAGE, NULL, "x"));
    assert_string_equal(e.file, "");
    assert_false(err_set(NULL, ERR_USAGE, NULL, "x"));
}

/* ---- memory ---- */

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena a = { 0 };
    unsigned char *before = NULL;
    for (size_t i = 0; i < 3000; i++) {
        size_t size = i % 97 + (i % 500 == 0 ? 100000 : 0);
        unsigned char *p = arena_alloc(&a, 1, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        if (size) assert_true(p != before);
        for (size_t j = 0; j < size; j++) assert_int_equal(p[j], 0);
        memset(p, 0xAA, size); /* what comes later may not be affected, nor affect this */
        if (size) before = p;
    }
    assert_non_null(arena_alloc(&a, 0, 8));
    assert_non_null(arena_alloc(&a, 8, 0));
    assert_true(a.total > 0);
    arena_free(&a);
    assert_true(a.total == 0 && a.block == NULL);
    assert_non_null(ARENA_NEW(&a, int)); /* and again */
    arena_free(&a);
}

static void arena_texts(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct str copy = arena_copy(&a, S("a\0b"));
    assert_true(str_eq(copy, S("a\0b")));
    assert_int_equal(copy.ptr[3], '\0');
    struct str none = arena_copy(&a, str_of(NULL, 0));
    assert_true(none.len == 0 && none.ptr && none.ptr[0] == '\0');
    struct str text = arena_format(&a, "%d-%s", 42, "x");
    assert_true(str_eq(text, S("42-x")));
    assert_int_equal(text.ptr[text.len], '\0');
    assert_int_equal(arena_format(&a, "%5000d", 1).len, 5000);
    arena_free(&a);
}

/* The program ends with status 3 and one line on standard error. */
static void assert_exhausts(void (*ask)(void))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        ask();
        _exit(0);
    }
    close(ends[1]);
    char text[400];
    size_t len = 0;
    for (ssize_t n; len < sizeof text && (n = read(ends[0], text + len, sizeof text - len)) > 0;) len += (size_t)n;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_true(str_starts(str_of(text, len), S("pipelens-report: out of memory")));
    assert_int_equal(str_find(str_of(text, len), '\n'), len - 1);
}

static void ask_overflow(void)
{
    struct arena a = { 0 };
    arena_alloc(&a, SIZE_MAX / 8 + 2, 8); /* the product would be 8 */
}

static void ask_nearly_all(void)
{
    struct arena a = { 0 };
    arena_alloc(&a, SIZE_MAX - 8, 1);
}

static void ask_array(void)
{
    size_t cap = 0;
    free(array_grow(NULL, &cap, SIZE_MAX / 2, 16));
}

static void ask_buf(void)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "x");
    buf_room(&b, SIZE_MAX / 2);
}

static void arena_overflow_ends_the_program(void **state)
{
    (void)state;
    assert_exhausts(ask_overflow);
    assert_exhausts(ask_nearly_all);
    assert_exhausts(ask_array);
    assert_exhausts(ask_buf);
}

static void array_grows(void **state)
{
    (void)state;
    size_t cap = 0;
    int *list = NULL;
    for (int i = 0; i < 1000; i++) {
        list = array_grow(list, &cap, (size_t)i + 1, sizeof *list);
        assert_true(cap > (size_t)i);
        list[i] = i;
    }
    for (int i = 0; i < 1000; i++) assert_int_equal(list[i], i);
    assert_true(cap < 3000);
    assert_ptr_equal(array_grow(list, &cap, 0, sizeof *list), list);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_basics),
        cmocka_unit_test(str_order),
        cmocka_unit_test(str_trim_find_cut),
        cmocka_unit_test(str_hashes_differ),
        cmocka_unit_test(utf8_decoding),
        cmocka_unit_test(utf8_cutting),
        cmocka_unit_test(utf8_widths),
        cmocka_unit_test(err_fills_what_fits),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(arena_overflow_ends_the_program),
        cmocka_unit_test(array_grows),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
