/* SPDX-License-Identifier: MIT
 *
 * Where the page finds the text of a payload: every place that is told is looked up in the element, as the page does.
 */
#include "base/base64.h"
#include "render/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { FILES = 4, LARGE = 3 * PACK_CHUNK };

struct fixture {
    struct sources sources;
    char paths[FILES][40];
    struct buf text; /* what the element inflates to */
};

static void add_file(struct fixture *f, struct str content)
{
    struct err e = { 0 };
    char *path = f->paths[f->sources.count];
    strcpy(path, "/tmp/pipelens-test-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.ptr, content.len), (ssize_t)content.len);
    close(fd);
    assert_true(sources_open(&f->sources, path, &e));
}

static void add_gzip(struct fixture *f, struct str content)
{
    struct err e = { 0 };
    char *path = f->paths[f->sources.count];
    strcpy(path, "/tmp/pipelens-test-XXXXXX");
    gzFile file = gzdopen(mkstemp(path), "wb");
    assert_int_equal(gzwrite(file, content.ptr, (unsigned)content.len), (int)content.len);
    gzclose(file);
    assert_true(sources_open(&f->sources, path, &e));
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->sources = SOURCES_INIT;
    f->text = BUF_INIT;
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->sources.count; i++) unlink(f->paths[i]);
    sources_close(&f->sources);
    buf_free(&f->text);
    free(f);
    return 0;
}

/* The array of numbers of that name in the index. Returns how many there are. */
static size_t numbers(const char *index, const char *name, unsigned long *out)
{
    size_t count = 0;
    const char *p = strstr(index, name);
    assert_non_null(p);
    for (p = strchr(p, '[') + 1; *p != ']'; p += *p == ',') out[count++] = strtoul(p, (char **)(uintptr_t)&p, 10);
    return count;
}

/* Inflates the element `out` into f->text, chunk by chunk. */
static void inflate_element(struct fixture *f, struct buf *out, const char *opening)
{
    unsigned long packed[100], sizes[FILES], total = 0, at = 0;
    buf_putc(out, '\0');
    assert_true(str_starts(buf_str(out), str_z(opening)));
    char *index = out->ptr + strlen(opening), *base64 = strchr(index, '\n') + 1, *close = strchr(base64, '\n');
    size_t chunks = numbers(index, "\"packed\"", packed), files = numbers(index, "\"sizes\"", sizes), length;
    assert_true(str_starts(str_z(close), S(ARCHIVE_CLOSE)));
    unsigned char *bytes = malloc(out->len), *chunk = malloc(PACK_CHUNK);
    assert_true(base64_decode(str_of(base64, (size_t)(close - base64)), bytes, &length));
    for (size_t i = 0; i < chunks; at += packed[i++]) {
        unsigned long got = PACK_CHUNK;
        assert_int_equal(uncompress(chunk, &got, bytes + at, packed[i]), Z_OK);
        buf_put(&f->text, str_of((char *)chunk, got));
    }
    for (size_t i = 0; i < files; i++) total += sizes[i];
    assert_int_equal(at, length);
    assert_int_equal(f->text.len, total);
    free(bytes);
    free(chunk);
}

static void finish(struct fixture *f, struct store *st)
{
    struct buf out = BUF_INIT;
    store_put(st, &out);
    inflate_element(f, &out, STORE_OPEN);
    store_free(st);
    buf_free(&out);
}

static struct payload at(uint32_t source, uint64_t offset, uint32_t length)
{
    return (struct payload){ .source = source, .offset = offset, .length = length };
}

static void assert_ref(const struct fixture *f, struct store_ref ref, const char *expected, uint64_t whole)
{
    struct str text = str_first(str_skip(buf_str(&f->text), ref.at), ref.length);
    assert_int_equal(ref.length, strlen(expected));
    assert_true(str_eq(text, str_z(expected)));
    assert_int_equal(ref.whole, whole);
}

static void assert_totals(const struct store *st, uint64_t cut, uint64_t left_out, uint64_t bytes)
{
    struct store_totals t = store_totals(st);
    assert_int_equal(t.cut, cut);
    assert_int_equal(t.left_out, left_out);
    assert_int_equal(t.bytes, bytes);
}

static void texts_are_copied(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("....{\"a\":1}....\"b\""));
    add_gzip(f, S("..[2,3]"));
    struct store *st = store_new(&f->sources, NULL, 100, 1000);
    struct store_ref last = store_add(st, at(1, 2, 5)), first = store_add(st, at(0, 4, 7)),
                     text = store_add(st, at(0, 15, 3)), none = store_add(st, (struct payload){ 0 });
    assert_totals(st, 0, 0, 0);
    finish(f, st);
    assert_ref(f, last, "[2,3]", 5);
    assert_ref(f, first, "{\"a\":1}", 7);
    assert_ref(f, text, "\"b\"", 3);
    assert_ref(f, none, "", 0);
    assert_true(str_eq(buf_str(&f->text), S("[2,3]\n{\"a\":1}\n\"b\"\n")));
}

/* Five bytes end in the middle of the second ä, and of the emoji. */
static void cut_at_a_character(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("\"\u00e4b\u00e4\"\"a\U0001F600\"12345"));
    struct store *st = store_new(&f->sources, NULL, 5, 1000);
    struct store_ref a = store_add(st, at(0, 0, 7)), b = store_add(st, at(0, 7, 7)), c = store_add(st, at(0, 14, 5));
    assert_totals(st, 2, 0, 3 + 5);
    finish(f, st);
    assert_ref(f, a, "\"\u00e4b", 7);
    assert_ref(f, b, "\"a", 7);
    assert_ref(f, c, "12345", 5);
}

static void the_budget_holds(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("12345678"));
    struct store *st = store_new(&f->sources, NULL, 100, 10);
    struct store_ref a = store_add(st, at(0, 0, 5)), b = store_add(st, at(0, 0, 4)), c = store_add(st, at(0, 5, 3)),
                     d = store_add(st, at(0, 7, 1));
    assert_totals(st, 0, 2, 4 + 1);
    finish(f, st);
    assert_ref(f, a, "12345", 5);
    assert_ref(f, b, "", 4);
    assert_ref(f, c, "678", 3);
    assert_ref(f, d, "", 1);
    assert_int_equal(f->text.len, 10);
}

static void the_budget_holds_for_what_is_cut(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("12345678"));
    struct store *st = store_new(&f->sources, NULL, 4, 9);
    struct store_ref a = store_add(st, at(0, 0, 8)), b = store_add(st, at(0, 1, 7)), c = store_add(st, at(0, 0, 3));
    assert_totals(st, 1, 1, 4 + 7);
    finish(f, st);
    assert_ref(f, a, "1234", 8);
    assert_ref(f, b, "", 7);
    assert_ref(f, c, "123", 3);
}

static char *noise(size_t n)
{
    char *text = malloc(n);
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) text[i] = (char)('0' + (x = x * 1103515245 + 12345) / 65536 % 10);
    return text;
}

static void texts_run_over_chunks(void **state)
{
    struct fixture *f = *state;
    char *text = noise(LARGE);
    enum { PART = 100000 };
    struct store_ref refs[LARGE / PART];
    add_file(f, str_of(text, LARGE));
    struct store *st = store_new(&f->sources, NULL, PART, LARGE + 100);
    for (size_t i = 0; i < LARGE / PART; i++) refs[i] = store_add(st, at(0, i * PART, PART));
    struct store_ref whole = store_add(st, at(0, 0, LARGE));
    finish(f, st);
    for (size_t i = 0; i < LARGE / PART; i++)
        assert_true(str_eq(str_of(text + i * PART, PART), str_of(f->text.ptr + refs[i].at, refs[i].length)));
    assert_int_equal(whole.length, 0);
    free(text);
}

static void the_log_serves(void **state)
{
    struct fixture *f = *state;
    char *text = noise(LARGE);
    struct buf out = BUF_INIT;
    add_file(f, str_of(text, PACK_CHUNK + 5));
    add_file(f, S(""));
    add_file(f, S("12345678"));
    struct archive *a = archive_begin(&f->sources, ARCHIVE_AUTO);
    assert_int_equal(archive_missing(a, false), ARCHIVE_INSIDE);
    struct store *st = store_new(&f->sources, a, 2, 2);
    struct store_ref far = store_add(st, at(2, 2, 6)), near = store_add(st, at(0, 7, 3)),
                     over = store_add(st, at(0, PACK_CHUNK - 3, 6)), none = store_add(st, (struct payload){ 0 });
    assert_totals(st, 0, 0, 0);
    store_put(st, &out);
    assert_int_equal(out.len, 0);
    store_free(st);
    archive_put(a, ARCHIVE_INSIDE, &out);
    inflate_element(f, &out, ARCHIVE_OPEN);
    assert_ref(f, far, "345678", 6);
    assert_true(str_eq(str_of(f->text.ptr + near.at, near.length), str_of(text + 7, 3)));
    assert_true(str_eq(str_of(f->text.ptr + over.at, over.length), str_of(text + PACK_CHUNK - 3, 6)));
    assert_ref(f, none, "", 0);
    archive_free(a);
    buf_free(&out);
    free(text);
}

/* What is in the page then is the .gz file, and payloads count in what it inflates to. */
static void compressed_logs_do_not_serve(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("12345678"));
    add_gzip(f, S("abcdefgh"));
    struct archive *a = archive_begin(&f->sources, ARCHIVE_AUTO);
    assert_int_equal(archive_missing(a, false), ARCHIVE_INSIDE);
    struct store *st = store_new(&f->sources, a, 4, 100);
    struct store_ref plain = store_add(st, at(0, 4, 2)), packed = store_add(st, at(1, 0, 8));
    assert_totals(st, 1, 0, 4);
    finish(f, st);
    assert_ref(f, plain, "56", 2);
    assert_ref(f, packed, "abcd", 8);
    archive_free(a);
}

static void a_log_that_shrank(void **state)
{
    struct fixture *f = *state;
    add_file(f, S("12345678"));
    struct store *st = store_new(&f->sources, NULL, 4, 100);
    assert_int_equal(truncate(f->paths[0], 3), 0);
    struct store_ref ref = store_add(st, at(0, 4, 4));
    assert_int_equal(ref.length, 0);
    assert_int_equal(ref.whole, 4);
    assert_ptr_equal(f->sources.failed, &f->sources.list[0]);
    assert_totals(st, 0, 1, 4);
    store_free(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_are_copied, begin, end),
        cmocka_unit_test_setup_teardown(cut_at_a_character, begin, end),
        cmocka_unit_test_setup_teardown(the_budget_holds, begin, end),
        cmocka_unit_test_setup_teardown(the_budget_holds_for_what_is_cut, begin, end),
        cmocka_unit_test_setup_teardown(texts_run_over_chunks, begin, end),
        cmocka_unit_test_setup_teardown(the_log_serves, begin, end),
        cmocka_unit_test_setup_teardown(compressed_logs_do_not_serve, begin, end),
        cmocka_unit_test_setup_teardown(a_log_that_shrank, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
