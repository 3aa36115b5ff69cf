/* SPDX-License-Identifier: MIT
 *
 * Tables as data of templates: views, values of the log, the check of names, the document.
 */
#include "render/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- a shop: {name, count, owner {name}, goods [{name}], words [texts], free (JSON), html {logo, empty} } --- */

struct shop {
    const char *name, *free;
    unsigned count, goods;
    bool owned;
    struct pieces pieces;
};

static const struct shop *shop_of(const struct view *v) { return v->of; }

static void put_name(const struct view *v, struct buf *out) { buf_puts(out, shop_of(v)->name); }
static void put_count(const struct view *v, struct buf *out) { buf_put_uint(out, shop_of(v)->count); }
static void put_owner(const struct view *v, struct buf *out) { buf_printf(out, "owner of %s", shop_of(v)->name); }
static void put_good(const struct view *v, struct buf *out) { buf_printf(out, "good %u", (unsigned)v->n); }
static void put_word(const struct view *v, struct buf *out) { buf_printf(out, "<w%u>", (unsigned)v->n); }

static bool get_owner(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch, (void)ret;
    return shop_of(v)->owned;
}

static bool good_item(const struct view *v, uint64_t i, struct view *ret)
{
    ret->n = i;
    return i < shop_of(v)->goods;
}

static bool get_free(const struct view *v, struct arena *scratch, struct str *ret)
{
    if (shop_of(v)->free) *ret = arena_copy(scratch, str_z(shop_of(v)->free));
    return shop_of(v)->free != NULL;
}

static bool get_pieces(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = (void *)(uintptr_t)&shop_of(v)->pieces;
    return true;
}

static const struct field owner_fields[] = { { .name = "name", .kind = FIELD_TEXT, .put = put_owner }, { 0 } };
static const struct field good_fields[] = { { .name = "title", .kind = FIELD_TEXT, .put = put_good }, { 0 } };
static const struct field shop_fields[] = {
    { .name = "name", .kind = FIELD_TEXT, .put = put_name },
    { .name = "count", .kind = FIELD_NUMBER, .put = put_count },
    { .name = "owner", .kind = FIELD_OBJECT, .fields = owner_fields, .get = get_owner },
    { .name = "goods", .kind = FIELD_LIST, .fields = good_fields, .item = good_item },
    { .name = "words", .kind = FIELD_LIST, .put = put_word, .item = good_item },
    { .name = "free", .kind = FIELD_JSON, .json = get_free },
    { .name = "html", .kind = FIELD_PIECES, .get = get_pieces },
    { 0 },
};

static void put_logo(void *context, struct buf *out) { buf_puts(out, context); }
static void put_empty(void *context, struct buf *out) { (void)context, (void)out; }
static const struct template_slot slots[] = { { "logo", put_logo }, { "empty", put_empty } };

static char logo[] = "<b>{{name}}</b>";
static struct shop shop_full(void)
{
    return (struct shop){
        .name = "A&B",
        .free = "{\"a\":{\"b\":[1,2.50,\"<x>\"]},\"big\":12345678901234567890,\"no\":null}",
        .count = 3,
        .goods = 2,
        .owned = true,
        .pieces = { slots, 2, logo },
    };
}
static struct shop shop_empty(void) { return (struct shop){ .name = "", .pieces = { slots, 2, logo } }; }

static void renders(const char *text, struct shop *shop, const char *expected)
{
    struct arena arena = { 0 };
    struct err e = { 0 };
    struct buf out = BUF_INIT;
    const struct mustache *t = mustache_compile("page.html", str_z(text), &arena, &e);
    if (!t) fail_msg("%s: %s", text, e.text);
    const struct view view = fields_view(shop_fields, shop, 0);
    assert_true(mustache_render(t, &view, NULL, &out, &e));
    buf_putc(&out, '\0');
    assert_string_equal(out.ptr, expected);
    buf_free(&out);
    arena_free(&arena);
}

static void tables_are_data(void **state)
{
    (void)state;
    struct shop full = shop_full(), none = shop_empty();
    renders("{{name}} {{count}} {{owner.name}}", &full, "A&amp;B 3 owner of A&amp;B");
    renders("{{#owner}}{{name}}, {{count}}{{/owner}}", &full, "owner of A&amp;B, 3");
    renders("{{#goods}}[{{title}} {{name}}]{{/goods}}{{^goods}}none{{/goods}}", &full,
            "[good 0 A&amp;B][good 1 A&amp;B]");
    renders("{{#words}}{{.}}{{/words}}", &full, "&lt;w0&gt;&lt;w1&gt;");
    renders(
        "{{{html.logo}}}{{#html}}{{{logo}}}{{/html}}{{#html.logo}}{{{.}}}{{/html.logo}}{{#html.empty}}!{{/html.empty}}",
        &full, "<b>{{name}}</b><b>{{name}}</b><b>{{name}}</b>");
    renders("{{name}}{{count}}{{owner.name}}{{owner}}{{#owner}}o{{/owner}}{{#goods}}g{{/goods}}{{#free}}f{{/free}}",
            &none, "0");
    renders("{{^name}}n{{/name}}{{^count}}c{{/count}}{{^owner}}o{{/owner}}{{^goods}}g{{/goods}}{{^free}}f{{/free}}",
            &none, "ncogf");
}

static void values_of_the_log_keep_their_text(void **state)
{
    (void)state;
    struct shop shop = shop_full();
    renders("{{free.big}} {{free.a}}", &shop, "12345678901234567890 {&quot;b&quot;:[1,2.50,&quot;&lt;x&gt;&quot;]}");
    renders("{{#free.a.b}}({{.}}){{/free.a.b}}", &shop, "(1)(2.50)(&lt;x&gt;)");
    renders("{{#free}}{{#a}}{{name}}{{big}}{{no}}{{nowhere}}{{/a}}{{/free}}{{^free.no}}null{{/free.no}}", &shop,
            "A&amp;B12345678901234567890null");
    static const struct {
        const char *json;
        bool nothing;
    } cases[] = {
        { "0", true },    { "-0.00", true },  { "0e7", true },  { "0.0E-3", true }, { "\"\"", true },
        { "[]", true },   { "false", true },  { "null", true }, { "0.01", false },  { "1e-9", false },
        { "10", false },  { "\"0\"", false }, { "{}", false },  { "true", false },  { "NaN", false },
        { "[0]", false }, { " 5 ", false },   { " 0 ", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        shop.free = cases[i].json;
        renders("{{^free}}nothing{{/free}}", &shop, cases[i].nothing ? "nothing" : "");
    }
}

/* A list in a log may be long and its items nested: neither costs more than its bytes. */
static void hostile_values_take_linear_time(void **state)
{
    (void)state;
    enum { ITEMS = 300000, DEEP = 200000 };
    struct buf json = BUF_INIT, expected = BUF_INIT;
    buf_putc(&json, '[');
    for (int i = 0; i < ITEMS; i++) buf_puts(&json, i ? ",1" : "1");
    buf_puts(&json, "]");
    buf_putc(&json, '\0');
    buf_put_repeat(&expected, '.', ITEMS);
    buf_putc(&expected, '\0');
    struct shop shop = shop_full();
    shop.free = json.ptr;
    renders("{{#free}}.{{/free}}", &shop, expected.ptr);
    buf_clear(&json);
    buf_put_repeat(&json, '[', DEEP);
    buf_put_repeat(&json, ']', DEEP);
    buf_putc(&json, '\0');
    shop.free = json.ptr;
    renders("{{free}}", &shop, json.ptr);
    renders("{{#free}}{{#.}}{{#.}}x{{/.}}{{/.}}{{/free}}", &shop, "x");
    buf_free(&json);
    buf_free(&expected);
}

static void the_document_holds_it_all(void **state)
{
    (void)state;
    struct shop full = shop_full(), none = shop_empty();
    struct buf out = BUF_INIT;
    struct view view = fields_view(shop_fields, &full, 0);
    fields_put_json(shop_fields, &view, &out);
    buf_putc(&out, '\0');
    assert_string_equal(
        out.ptr,
        "{\"name\":\"A&B\",\"count\":3,\"owner\":{\"name\":\"owner of A&B\"},\"goods\":[{\"title\":\"good 0\"},\n"
        "{\"title\":\"good 1\"}],\"words\":[\"<w0>\",\"<w1>\"],"
        "\"free\":{\"a\":{\"b\":[1,2.50,\"<x>\"]},\"big\":12345678901234567890,\"no\":null},"
        "\"html\":{\"logo\":\"{{{html.logo}}}\",\"empty\":\"{{{html.empty}}}\"}}");
    buf_clear(&out);
    view = fields_view(shop_fields, &none, 0);
    fields_put_json(shop_fields, &view, &out);
    buf_putc(&out, '\0');
    assert_string_equal(out.ptr, "{\"name\":\"\",\"count\":0,\"owner\":null,\"goods\":[],\"words\":[],\"free\":null,"
                                 "\"html\":{\"logo\":\"{{{html.logo}}}\",\"empty\":\"{{{html.empty}}}\"}}");
    buf_free(&out);
}

/* --- the check --- */

struct told {
    struct arena arena;
    const struct mustache *self, *row; /* partials: "self" includes itself */
    size_t count;
    struct err first;
};

static void tell(void *context, const struct err *e)
{
    struct told *told = context;
    if (!told->count++) told->first = *e;
}

static const struct mustache *find_partial(void *context, struct str name)
{
    struct told *told = context;
    return str_eq(name, S("self")) ? told->self : str_eq(name, S("row")) ? told->row : NULL;
}

static void check(const char *text, struct told *told)
{
    const struct pieces pieces = { slots, 2, NULL };
    const struct mustache_partials partials = { find_partial, told };
    *told = (struct told){ 0 };
    told->self = mustache_compile("self.html", S("{{name}}{{#goods}}{{title}}{{> self}}{{/goods}}"), &told->arena,
                                  NULL);
    told->row = mustache_compile("row.html", S("\n {{title}}"), &told->arena, NULL);
    const struct mustache *t = mustache_compile("page.html", str_z(text), &told->arena, NULL);
    assert_non_null(t);
    fields_check(t, shop_fields, &pieces, &partials, tell, told);
    arena_free(&told->arena);
}

static void good_names_pass(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{{name}}{{count}}{{owner.name}}{{#owner}}{{name}}{{count}}{{/owner}}",
        "{{#goods}}{{title}}{{name}}{{/goods}}{{^goods}}{{name}}{{/goods}}{{#words}}{{.}}{{/words}}",
        "{{free}}{{free.any.thing}}{{#free}}{{anything}}{{#more}}{{.}}{{/more}}{{name}}{{/free}}",
        "{{{html.logo}}}{{&html.logo}}{{#html}}{{{logo}}}{{/html}}{{#html.logo}}{{{.}}}{{/html.logo}}",
        "{{#name}}{{name}}{{.}}{{/name}}{{#count}}{{count}}{{/count}}{{#free}}{{{html.logo}}}{{/free}}",
        "{{#goods}}{{> row}}{{/goods}}",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct told told;
        check(good[i], &told);
        if (told.count) fail_msg("%s: %s", good[i], told.first.text);
    }
}

static void bad_names_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *file;
        unsigned line, column;
        const char *words;
    } cases[] = {
        { "a\n {{nmae}}", 1, "page.html", 2, 2, "no nmae here" },
        { "{{#nmae}}{{nothing}}{{/nmae}}", 1, "page.html", 1, 1, "no nmae here" },
        { "{{^goods}}{{title}}{{/goods}}", 1, "page.html", 1, 11, "no title here" },
        { "{{#goods}}{{x}}{{/goods}}{{y}}", 2, "page.html", 1, 11, "no x here" },
        { "{{owner.nmae}}", 1, "page.html", 1, 1, "no owner.nmae here" },
        { "{{name.first}}", 1, "page.html", 1, 1, "no name.first here" },
        { "{{goods.title}}", 1, "page.html", 1, 1, "goods is a list" },
        { "{{goods}}", 1, "page.html", 1, 1, "a list and has no text" },
        { "{{owner}}{{html}}", 2, "page.html", 1, 1, "an object and has no text" },
        { "{{#goods}}{{.}}{{/goods}}", 1, "page.html", 1, 11, "an object and has no text" },
        { "{{{name}}}", 1, "page.html", 1, 1, "write {{name}}" },
        { "{{&free.a}}", 1, "page.html", 1, 1, "write {{free.a}}" },
        { "{{#words}}{{{.}}}{{/words}}", 1, "page.html", 1, 11, "must be escaped" },
        { "{{html.logo}}", 1, "page.html", 1, 1, "write {{{html.logo}}}" },
        { "{{{logo}}}", 1, "page.html", 1, 1, "is {{{html.logo}}} meant" },
        { "{{{html.lgoo}}}", 1, "page.html", 1, 1, "no html.lgoo here" },
        { "\n{{> nowhere}}", 1, "page.html", 2, 1, "no partial nowhere.html" },
        { "{{> row}}", 1, "row.html", 2, 2, "no title here" },
        { "{{> self}}", 0, "", 0, 0, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told;
        check(cases[i].text, &told);
        if (told.count != cases[i].count) fail_msg("%s: %zu problems", cases[i].text, told.count);
        if (!told.count) continue;
        assert_int_equal(told.first.code, ERR_USAGE);
        assert_string_equal(told.first.file, cases[i].file);
        assert_int_equal(told.first.line, cases[i].line);
        assert_int_equal(told.first.column, cases[i].column);
        if (!strstr(told.first.text, cases[i].words)) fail_msg("%s: %s", cases[i].text, told.first.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_data),
        cmocka_unit_test(values_of_the_log_keep_their_text),
        cmocka_unit_test(hostile_values_take_linear_time),
        cmocka_unit_test(the_document_holds_it_all),
        cmocka_unit_test(good_names_pass),
        cmocka_unit_test(bad_names_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
