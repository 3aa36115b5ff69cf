/* SPDX-License-Identifier: MIT
 *
 * The Mustache engine against the tests of the specification (tests/mustache-spec), and what the specification leaves
 * open: errors with their places, bounds, nested indentation.
 */
#include "render/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

/* --- data: a cJSON document --- */

static const struct view_type document_view;

static struct view view_of(const cJSON *json) { return (struct view){ .type = &document_view, .what = json }; }

static enum view_kind document_kind(const struct view *v)
{
    const cJSON *json = v->what;
    if (cJSON_IsFalse(json) || cJSON_IsNull(json)) return VIEW_NOTHING;
    if (cJSON_IsString(json) && !*json->valuestring) return VIEW_NOTHING;
    if (cJSON_IsNumber(json) && json->valuedouble == 0) return VIEW_NOTHING;
    return cJSON_IsArray(json) ? VIEW_LIST : VIEW_ONE;
}

static bool document_member(const struct view *v, struct str name, struct arena *scratch, struct view *ret)
{
    const cJSON *found = cJSON_IsObject((const cJSON *)v->what)
                             ? cJSON_GetObjectItemCaseSensitive((const cJSON *)v->what, arena_copy(scratch, name).ptr)
                             : NULL;
    if (found) *ret = view_of(found);
    return found != NULL;
}

static bool document_next(const struct view *v, uint64_t *cursor, struct view *ret)
{
    const cJSON *item = cJSON_GetArrayItem(v->what, (int)*cursor);
    ++*cursor;
    if (item) *ret = view_of(item);
    return item != NULL;
}

static void document_put(const struct view *v, struct buf *out)
{
    const cJSON *json = v->what;
    if (cJSON_IsString(json)) buf_puts(out, json->valuestring);
    else if (cJSON_IsNumber(json)) buf_put_fixed(out, json->valuedouble, 6, true);
    else if (cJSON_IsBool(json)) buf_puts(out, cJSON_IsTrue(json) ? "true" : "false");
}

static const struct view_type document_view = { document_kind, document_member, document_next, document_put };

/* --- partials: a cJSON object of texts --- */

enum { PARTIALS_MAX = 8 };

struct partials {
    const cJSON *texts;
    const struct mustache *compiled[PARTIALS_MAX];
    struct arena arena;
};

static const struct mustache *find_partial(void *context, struct str name)
{
    struct partials *p = context;
    int i = 0;
    for (const cJSON *text = p->texts ? p->texts->child : NULL; text; text = text->next, i++) {
        if (!str_eq(str_z(text->string), name)) continue;
        assert_true(i < PARTIALS_MAX);
        if (!p->compiled[i]) p->compiled[i] = mustache_compile("partial", str_z(text->valuestring), &p->arena, NULL);
        return p->compiled[i];
    }
    return NULL;
}

/* The text of a template, compiled and rendered; NULL, and the error, when that fails. free() it. */
static char *rendered(const char *text, struct view data, const cJSON *texts, struct err *e)
{
    struct partials partials = { .texts = texts };
    const struct mustache_partials finder = { find_partial, &partials };
    struct buf out = BUF_INIT;
    *e = (struct err){ 0 };
    const struct mustache *t = mustache_compile("page.html", str_z(text), &partials.arena, e);
    bool good = t && mustache_render(t, &data, &finder, &out, e);
    buf_putc(&out, '\0');
    arena_free(&partials.arena);
    if (good) return out.ptr;
    buf_free(&out);
    return NULL;
}

/* --- the specification --- */

static char *file_text(const char *path)
{
    struct buf b = BUF_INIT;
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("%s is missing", path);
    for (int c = getc(f); c != EOF; c = getc(f)) buf_putc(&b, (char)c);
    fclose(f);
    buf_putc(&b, '\0');
    return b.ptr;
}

static const char *member_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static int passes_test(const char *module, const cJSON *test, struct view data)
{
    struct err e;
    char *got = rendered(member_text(test, "template"), data, cJSON_GetObjectItemCaseSensitive(test, "partials"), &e);
    const char *want = member_text(test, "expected");
    bool good = got && strcmp(got, want) == 0;
    if (!good)
        print_message("%s, %s: %s\n  instead of %s\n", module, member_text(test, "name"), got ? got : e.text, want);
    free(got);
    return good;
}

/* A module is its file, "comments.json"; it holds so many tests. Each with two kinds of views: of a document, and of
 * the text of one as it would stand in a log. */
static void passes_module(const char *module, int expected_count)
{
    char path[200];
    snprintf(path, sizeof path, "tests/mustache-spec/%s.json", module);
    char *text = file_text(path);
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    const cJSON *test;
    int count = 0, bad = 0;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(document, "tests"))
    {
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(test, "data");
        char *data_text = cJSON_Print(data);
        bad += !passes_test(module, test, view_of(data));
        bad += !passes_test(module, test, json_view(str_z(data_text)));
        cJSON_free(data_text);
        count++;
    }
    assert_int_equal(bad, 0);
    assert_int_equal(count, expected_count);
    cJSON_Delete(document);
    free(text);
}

static void comments(void **state) { (void)state, passes_module("comments", 12); }
static void delimiters(void **state) { (void)state, passes_module("delimiters", 14); }
static void interpolation(void **state) { (void)state, passes_module("interpolation", 42); }
static void inverted(void **state) { (void)state, passes_module("inverted", 22); }
static void partials(void **state) { (void)state, passes_module("partials", 12); }
static void sections(void **state) { (void)state, passes_module("sections", 34); }

/* --- what the specification leaves open --- */

static void renders(const char *text, const char *json, const char *texts, const char *expected)
{
    cJSON *data = cJSON_Parse(json), *partial_texts = cJSON_Parse(texts);
    const struct view views[] = { view_of(data), json_view(str_z(json)) };
    for (size_t i = 0; i < 2; i++) {
        struct err e;
        char *got = rendered(text, views[i], partial_texts, &e);
        if (!got) fail_msg("%s: %s", text, e.text);
        assert_string_equal(got, expected);
        free(got);
    }
    cJSON_Delete(data);
    cJSON_Delete(partial_texts);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    static const char data[] = "{\"a\":\"\",\"b\":0,\"c\":[],\"d\":null,\"e\":false,\"f\":{},\"g\":\"0\",\"h\":0.5}";
    renders("{{#a}}a{{/a}}{{#b}}b{{/b}}{{#c}}c{{/c}}{{#d}}d{{/d}}{{#e}}e{{/e}}", data, "{}", "");
    renders("{{^a}}a{{/a}}{{^b}}b{{/b}}{{^c}}c{{/c}}{{^d}}d{{/d}}{{^e}}e{{/e}}", data, "{}", "abcde");
    renders("{{#f}}f{{/f}}{{#g}}g{{/g}}{{#h}}h{{/h}}{{^f}}F{{/f}}", data, "{}", "fgh");
    renders("{{b}}{{a}}{{d}}", data, "{}", "0");
}

static void partials_are_indented_as_a_whole(void **state)
{
    (void)state;
    renders("a\n  {{>outer}}\nb\n", "{\"x\":\"1\\n2\"}",
            "{\"outer\":\"<\\n  {{>inner}}\\n\\n{{x}} {{>inner}}>\\n\",\"inner\":\"[{{x}}\\n{{x}}]\"}",
            "a\n  <\n    [1\n2\n    1\n2]\n  1\n2 [1\n2\n1\n2]>\nb\n");
}

static void sections_in_partials_are_indented_line_by_line(void **state)
{
    (void)state;
    renders(" {{>list}}\n", "{\"l\":[1,2]}",
            "{\"list\":\"{{#l}}\\n- {{.}}\\n{{/l}}\\n{{#l}}{{.}}{{/l}}!\\n{{^l}}\\n{{/l}}end\"}",
            " - 1\n - 2\n 12!\n end");
}

static void a_partial_sees_what_its_place_sees(void **state)
{
    (void)state;
    renders("{{#l}}{{>p}}{{/l}}{{>p}}", "{\"n\":0,\"l\":[{\"n\":1},{\"n\":2}]}", "{\"p\":\"({{n}})\"}", "(1)(2)(0)");
}

static void trees_are_partials_that_include_themselves(void **state)
{
    (void)state;
    struct buf json = BUF_INIT;
    enum { LEVELS = 40 }; /* a partial and a section each */
    for (int i = 0; i < LEVELS; i++) buf_puts(&json, "{\"c\":[");
    for (int i = 0; i < LEVELS; i++) buf_puts(&json, "]}");
    buf_putc(&json, '\0');
    struct buf expected = BUF_INIT;
    buf_put_repeat(&expected, '<', LEVELS);
    buf_put_repeat(&expected, '>', LEVELS);
    buf_putc(&expected, '\0');
    renders("{{>n}}", json.ptr, "{\"n\":\"<{{#c}}{{>n}}{{/c}}>\"}", expected.ptr);
    buf_free(&json);
    buf_free(&expected);
}

static void fails(const char *text, const char *texts, unsigned line, unsigned column, const char *words)
{
    cJSON *data = cJSON_Parse("{\"a\":{\"a\":1}}"), *partial_texts = cJSON_Parse(texts);
    struct err e;
    char *got = rendered(text, view_of(data), partial_texts, &e);
    if (got) fail_msg("%s is no error", text);
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    if (!strstr(e.text, words)) fail_msg("%s: '%s' does not say '%s'", text, e.text, words);
    cJSON_Delete(data);
    cJSON_Delete(partial_texts);
}

static void errors_have_their_place(void **state)
{
    (void)state;
    fails("a\n b {{name\nc", "{}", 2, 4, "}} is missing");
    fails("{{{name}} x", "{}", 1, 1, "}}} is missing");
    fails("{{name <b>{{x}}", "{}", 1, 1, "is no name");
    fails("\xC3\xA4{{ }}", "{}", 1, 3, "without a name");
    fails("{{#}}", "{}", 1, 1, "without a name");
    fails("{{a..b}}", "{}", 1, 1, "is no name");
    fails("{{.a}}", "{}", 1, 1, "is no name");
    fails("a\r\n\r\n  {{#a}}\r\nx", "{}", 3, 3, "{{/a}} is missing");
    fails("{{#a}}{{^b}}{{/b}}", "{}", 1, 1, "{{/a}} is missing");
    fails("x\n{{/a}}", "{}", 2, 1, "has not begun");
    fails("{{#a}}\n{{#b}}\n{{/a}}\n{{/b}}", "{}", 3, 1, "'b' of line 2");
    fails("{{=<% %}}", "{}", 1, 1, "=}} is missing");
    fails("{{=<%=}}", "{}", 1, 1, "two words");
    fails("{{=a b c=}}", "{}", 1, 1, "two words");
    fails("{{!", "{}", 1, 1, "}} is missing");
    fails("a\n{{> }}", "{}", 2, 1, "without a name");
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    fails("\n {{>p}}", "{\"p\":\"x{{>p}}\"}", 1, 2, "include itself");
    fails("{{>p}}", "{\"p\":\"{{>q}}\",\"q\":\"\\n  {{>p}}{{>p}}\"}", 2, 3, "include itself");
    for (int depth = MUSTACHE_DEPTH_MAX; depth <= MUSTACHE_DEPTH_MAX + 1; depth++) {
        struct buf text = BUF_INIT;
        for (int i = 0; i < depth; i++) buf_puts(&text, "{{#a}}");
        buf_putc(&text, 'x');
        for (int i = 0; i < depth; i++) buf_puts(&text, "{{/a}}");
        buf_putc(&text, '\0');
        if (depth > MUSTACHE_DEPTH_MAX) fails(text.ptr, "{}", 1, 6 * MUSTACHE_DEPTH_MAX + 1, "nest deeper");
        else renders(text.ptr, "{\"a\":true}", "{}", "x");
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments),
        cmocka_unit_test(delimiters),
        cmocka_unit_test(interpolation),
        cmocka_unit_test(inverted),
        cmocka_unit_test(partials),
        cmocka_unit_test(sections),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(partials_are_indented_as_a_whole),
        cmocka_unit_test(sections_in_partials_are_indented_line_by_line),
        cmocka_unit_test(a_partial_sees_what_its_place_sees),
        cmocka_unit_test(trees_are_partials_that_include_themselves),
        cmocka_unit_test(errors_have_their_place),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
