/* SPDX-License-Identifier: MIT
 *
 * Which texts are taken for Markdown, and that nothing in them becomes more than text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/richtext.h"

static const char *const markdown[] = {
    "# Answer\n\nThe key is rotated first.\n",
    "Intro\n\n## Steps\nDo this.\n",
    "Steps:\n1. Make a new key.\n2. Publish it.\n3. Wait an hour.\n",
    "What you need:\n\n- a key\n- a lock\n- some time, **much** of it\n",
    "* one\n  * inner\n  * inner two\n* two\n",
    "Use this:\n\n```sh\nrm -rf build; make\n```\n",
    "~~~\nint main(void) { return 0; }\n~~~\nThat is all.\n",
    "**Yes.** You can do so.\n\nBut **not before** six.\n",
    "See [the manual](https://example.org/a) for it.\nIt is long.\n",
    "Der Schlüssel:\n\n1. **Erzeugen** und prüfen\n2. Veröffentlichen\n",
    "# 标题\n\n正文在这里。\n",
    "```python\nprint(1)\n```\n",
    "**Yes, bring it back tomorrow. It costs nothing, if you call before six.**\n\n1. Try the patch kit.\n2. If the "
    "tyre "
    "goes flat again, tell the library [2].\n\n| late day | costs |\n|---|---|\n| other | 2 € |\n",
};

static const char *const other[] = {
    "",
    "one line",
    "**one line, strong**",
    "# one line",
    "flat tyre, patch kit\nlate day after a breakdown",
    "{\n  \"a\": \"**b**\",\n  \"c\": [\"- x\", \"- y\"]\n}",
    "[\n \"# a\",\n \"# b\"\n]",
    "<html>\n<body>\n<h1>**x**</h1>\n</body>",
    "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    x ** y ** z\nValueError: no",
    "Error: boom\n    at f (/srv/a.js:12:3)\n    at g (/srv/b.js:1:1)\n    at h (/srv/b.js:1:1)",
    "2026-05-18 04:26:40 INFO started\n2026-05-18 04:26:41 WARN slow\n2026-05-18 04:26:42 INFO done",
    "- 2026-05-18 started\n- 2026-05-18 stopped\n- 2026-05-19 started",
    "[INFO] scanning\n[INFO] **********\n[INFO] done",
    "#include <stdio.h>\n#define A 1\nint main(void) {\n}\n",
    "#!/bin/sh\n\n# Build it.\n\nmake all\n",
    "# read the key\nkey = read()\n# write it\nwrite(key)\n",
    "def f(a, **kw):\n    return g(**kw)\n\ndef h(**kw):\n    pass\n",
    "x = 2**3**4\ny = 3**2**2\n",
    "name: build\non: push\njobs:\n  - name: a\n  - name: b\n  - name: c\n",
    "- old line\n- old line two\n+ new line\n+ new line two\n",
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n- a\n+ b\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "> quoted\n> quoted again\n",
    "total 12\n-rw-r--r-- 1 a a 12 x\n-rw-r--r-- 1 a a 12 y\n",
    "usage: tool [-h]\n\noptions:\n  -h, --help  show this\n  -v          more\n",
    "SELECT * FROM a\nWHERE b = 1\nORDER BY c;\n",
    "1.5 2.5 3.5\n2.5 3.5 4.5\n3.5 4.5 5.5\n",
    "arr[i](x)\nf[a](http)\n",
    "Ground control\nto Major Tom\n\nTake your protein pills\nand put your helmet on\n",
    "```\nnever closed\n",
    "f(2**a**, 2**b**)\ng(2**a**)\n",
    "[\n\"**a b**\",\n\"**c d**\",\n\"**e f**\"\n]",
    "a = 1\n## part one\nb = 2\n## part two\n",
};

static void answers_are_taken_for_markdown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof markdown / sizeof *markdown; i++)
        if (!richtext_is_markdown(str_z(markdown[i]))) fail_msg("is Markdown: %s", markdown[i]);
}

static void look_alikes_stay_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (richtext_is_markdown(str_z(other[i]))) fail_msg("is no Markdown: %s", other[i]);
}

static void check(const char *text, const char *html)
{
    struct buf out = BUF_INIT;
    richtext_put_html(str_z(text), &out);
    buf_putc(&out, '\0');
    assert_string_equal(out.ptr, html);
    buf_free(&out);
}

static void what_is_harmless_is_rendered(void **state)
{
    (void)state;
    check("a *b* `c`\n\n- d\n", "<p>a <em>b</em> <code>c</code></p>\n<ul>\n<li>d</li>\n</ul>\n");
    check("# a\n\n### b", "<h4>a</h4>\n<h6>b</h6>\n");
    check("[a](https://example.org/?b=\"c\"&d)",
          "<p><a rel=\"noreferrer\" href=\"https://example.org/?b=&quot;c&quot;&amp;d\">a</a></p>\n");
    check("<mailto:a@example.org>",
          "<p><a rel=\"noreferrer\" href=\"mailto:a@example.org\">mailto:a@example.org</a></p>\n");
    check("[a][b]\n\n[b]: HTTP://example.org 'title'",
          "<p><a rel=\"noreferrer\" href=\"HTTP://example.org\">a</a></p>\n");
    check("", "");
}

static void what_could_harm_is_text(void **state)
{
    (void)state;
    check("<script>alert(1)</script>", "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n</code></pre>\n");
    check("a <b onclick=x>c</b>", "<p>a <code>&lt;b onclick=x&gt;</code>c<code>&lt;/b&gt;</code></p>\n");
    check("[*a*](javascript:alert(1))", "<p><em>a</em></p>\n");
    check("[a](JavaScript:x) [b](data:text/html,x) [c](/etc/passwd) [d](#s1) [e](\x01http://x)", "<p>a b c d e</p>\n");
    check("[a](java&#10;script:x)", "<p>a</p>\n");
    check("![alt *text*](https://example.org/a.png)", "<p>alt text</p>\n");
    check("[![a [b](https://x.org)](https://y.org/p.png)](https://z.org)", "<p>[a b](https://z.org)</p>\n");
    check("```a\"onclick=x\n<i>\n```", "<pre><code class=\"language-a&quot;onclick=x\">&lt;i&gt;\n</code></pre>\n");
    check("a\xff"
          "b",
          "<p>a\xEF\xBF\xBD"
          "b</p>\n");
}

static void tables_keep_their_lines(void **state)
{
    (void)state;
    check("one\n\ntwo\n\n| a | b |\n|---|:-:|\n| 1 | *2* |\n\nthree | four\n",
          "<p>one</p>\n<p>two</p>\n<pre><code>| a | b |\n|---|:-:|\n| 1 | *2* |\n</code></pre>\n<p>three | four</p>\n");
}

static void the_source_stands_beside(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    richtext_put_both(S("**a** <b>\n"), &out);
    buf_putc(&out, '\0');
    assert_non_null(strstr(out.ptr, "<strong>a</strong>"));
    assert_non_null(strstr(out.ptr, "<pre dir=\"auto\">\n**a** &lt;b&gt;\n</pre>"));
    buf_free(&out);
}

/* Nothing grows beyond measure, and what is too long is not rendered at all. */
static void hostile_texts_end_soon(void **state)
{
    (void)state;
    static const char *const pieces[] = { "> ", "![", "[a](", "**a ", "<!--", "- ", "a\n\n", "`", "| a |\n|--|\n" };
    enum { LENGTH = 1 << 16 };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf text = BUF_INIT, out = BUF_INIT;
        while (text.len < LENGTH) buf_puts(&text, pieces[i]);
        richtext_is_markdown(buf_str(&text));
        richtext_put_html(buf_str(&text), &out);
        assert_true(out.len > 0 && out.len < 30 * LENGTH);
        buf_free(&text);
        buf_free(&out);
    }
    struct buf text = BUF_INIT, out = BUF_INIT;
    buf_puts(&text, "# a\n\n");
    buf_put_repeat(&text, 'a', RICHTEXT_MAX);
    richtext_put_html(buf_str(&text), &out);
    assert_int_equal(out.len, 0);
    text.len = RICHTEXT_MAX;
    richtext_put_html(buf_str(&text), &out);
    assert_true(out.len > RICHTEXT_MAX);
    buf_free(&text);
    buf_free(&out);
}

/* cmark takes 0.07 s for 32 KB of "![[]()" and 64 times as long for 256 KB. */
static void long_texts_of_a_log_stay_text(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "# a\n\n");
    while (text.len < RICHTEXT_GUESSED_MAX + 1) buf_puts(&text, "![[]()");
    text.len = RICHTEXT_GUESSED_MAX;
    assert_true(richtext_is_markdown(buf_str(&text)));
    text.len++;
    assert_false(richtext_is_markdown(buf_str(&text)));
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_texts_of_a_log_stay_text), cmocka_unit_test(answers_are_taken_for_markdown),
        cmocka_unit_test(look_alikes_stay_text),         cmocka_unit_test(what_is_harmless_is_rendered),
        cmocka_unit_test(what_could_harm_is_text),       cmocka_unit_test(tables_keep_their_lines),
        cmocka_unit_test(the_source_stands_beside),      cmocka_unit_test(hostile_texts_end_soon),
    };
    return cmocka_run_group_tests_name("richtext", tests, NULL, NULL);
}
