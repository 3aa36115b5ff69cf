/* SPDX-License-Identifier: MIT
 *
 * The sections of the page in words and numbers: what they say, what they leave out, and that no name, error or answer
 * becomes markup.
 */
#include "load_text.h"

#include "base/utf8.h"
#include "model/select.h"
#include "render/html_sections.h"

#define START(end)                                                                                                     \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"run\",\"key\":\"r\",\"time\":{\"startTs\":0," \
    "\"endTs\":" end "},\"runId\":\"R\",\"logVersion\":1}}\n"                                                          \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"R\",\"step\":{\"name\":\"run\",\"key\":\"r\",\"time\":"   \
    "{\"startTs\":0,\"endTs\":" end "}}}\n"
#define STEP(key, name, start, end, more)                                                                              \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"R\",\"step\":{\"name\":\"" name "\",\"key\":\"" key       \
    "\",\"time\":{\"startTs\":" start ",\"endTs\":" end "}" more "}}\n"

static const struct input_notes no_notes = { 0 };

struct fixture {
    struct log_fixture log;
    struct buf html;
};

static void begin(struct fixture *f, struct str log)
{
    load_text(&f->log, log);
    assert_int_equal(f->log.problems, 0);
    f->html = BUF_INIT;
}

static void end(struct fixture *f)
{
    unload(&f->log);
    buf_free(&f->html);
}

static void overview(struct fixture *f)
{
    const struct report_options o = { .notes = &no_notes, .analysis = analysis_begin(f->log.runs) };
    buf_clear(&f->html);
    html_overview_write(f->log.runs, &o, &f->html);
    analysis_free(o.analysis);
    buf_putc(&f->html, '\0');
}

static void statistics(struct fixture *f)
{
    buf_clear(&f->html);
    const struct report_options o = { .notes = &no_notes, .analysis = analysis_begin(f->log.runs) };
    html_stats_write(&o, &f->html);
    analysis_free(o.analysis);
    buf_putc(&f->html, '\0');
}

static void llm(struct fixture *f)
{
    buf_clear(&f->html);
    html_llm_write(f->log.runs, UNIT_AUTO, &f->html);
    buf_putc(&f->html, '\0');
}

static size_t count_of(const struct fixture *f, const char *what)
{
    size_t count = 0;
    for (const char *at = f->html.ptr; (at = strstr(at, what)); at += strlen(what)) count++;
    return count;
}

static void has(const struct fixture *f, const char *what)
{
    if (!strstr(f->html.ptr, what)) fail_msg("%s is not in %s", what, f->html.ptr);
}

static void has_not(const struct fixture *f, const char *what)
{
    if (strstr(f->html.ptr, what)) fail_msg("%s is in %s", what, f->html.ptr);
}

/* One text stands before the other. */
static void in_order(const struct fixture *f, const char *first, const char *second)
{
    has(f, first);
    has(f, second);
    assert_true(strstr(f->html.ptr, first) < strstr(f->html.ptr, second));
}

static void the_failure_nearest_the_leaves_comes_first(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP("r.early", "early", "0", "10", ",\"error\":\"other\"") STEP("r.a", "a", "10", "90",
                                                                                              ",\"error\":\"boom\"")
                    STEP("r.a.b", "b", "20", "80",
                         ",\"error\":\"boom\",\"trace\":\"at b (x.c:1)\\nat a (x.c:9)\",\"errorType\":\"BoomError\"")));
    overview(&f);
    in_order(&f, "BoomError: boom", ">\nother</pre>");
    in_order(&f, "failed after 60 ms, 80 ms into the run", "failed after 10 ms");
    has(&f, "<span class=\"way\"><bdi>a</bdi> ›</span> <a href=\"#s3\"><bdi>b</bdi></a>");
    has(&f, "Passed up to <a href=\"#s2\">");
    has(&f, "at b (x.c:1)\nat a (x.c:9)</pre></details>");
    assert_int_equal(count_of(&f, "class=\"failure\""), 2);
    end(&f);
}

static void the_critical_path_and_the_slowest_are_tables(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP("r.a", "a", "0", "60", "") STEP("r.b", "b", "0", "50", "")
                    STEP("r.c", "c", "60", "90", "") STEP("r.c.d", "d", "70", "95", "")));
    overview(&f);
    has_not(&f, "What failed");
    in_order(&f, "What the run was waiting for", "What took the most time itself");
    /* run 95-100, d 70-95, c 60-70, a 0-60, b ran beside a */
    has(&f, "<bdi>a</bdi></a> <sup>*</sup></th><td><svg");
    has(&f, "<path d=\"M0 0H600V8H0z\"/></svg></td><td class=\"num\">60 ms</td><td class=\"num\">60.0 %</td>");
    has(&f, "goes on after its parent</span></th>");
    has(&f, "<path d=\"M700 0H950V8H700z\"/></svg></td><td class=\"num\">25 ms</td><td class=\"num\">25.0 %</td>");
    has(&f, "the log does not say which of them");
    has(&f, "<a href=\"#s2\"><bdi>b</bdi></a></th><td class=\"num\">50 ms</td><td class=\"num\">50.0 %</td>");
    assert_int_equal(count_of(&f, "<table"), 2);
    end(&f);
}

static void only_the_largest_are_rows(void **state)
{
    (void)state;
    struct fixture f;
    struct buf log = BUF_INIT;
    buf_puts(&log, START("100")); /* 1, 2, … 13 ms, one after the other: 91 ms, and 9 ms of the run itself */
    for (int i = 1, at = 0; i <= 13; at += i++)
        buf_printf(&log, STEP("r.%c", "%c", "%d", "%d", ""), 'a' + i, 'a' + i, at, at + i);
    begin(&f, buf_str(&log));
    overview(&f);
    assert_int_equal(count_of(&f, "<tr><th scope=\"row\">"), 16);
    in_order(&f, "<td class=\"num\">13 ms</td>", "<td class=\"num\">12 ms</td>");
    in_order(&f, "<bdi>run</bdi>", "<bdi>j</bdi>"); /* both 9 ms */
    has(&f, "… and 6 more steps: 21 ms");
    end(&f);
    buf_free(&log);
}

static void what_never_ended_is_told(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"run\",\"key\":\"r\",\"time\":"
                "{\"startTs\":0},\"runId\":\"R\",\"logVersion\":1}}\n"
                "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"R\",\"step\":{\"name\":\"a\",\"key\":\"r.a\","
                "\"time\":{\"startTs\":5}}}\n" STEP("r.b", "b", "0", "20", "")));
    overview(&f);
    has(&f, "Never ended");
    has(&f, "<bdi>a</bdi></a> <span class=\"hint\">open for 15 ms</span>");
    end(&f);
}

static void nothing_of_a_log_is_markup(void **state)
{
    (void)state;
    static const char *const forbidden[] = { "<script", "<i>", "<img", "<!--", "onload=", "href=\"java", "\x1b" };
    struct fixture f;
    begin(&f,
          S(START("100") STEP(
              "r.a", "<script>a</script>", "0", "60",
              ",\"error\":\"<img src=x onload\\u003dx>\\u001b[31m<i>\",\"errorType\":\"<i>\",\"trace\":\"<i>\\n<i>\","
              "\"records\":{\"__LLM_RESPONSE_1\":{\"model\":\"<i>\",\"choices\":[{\"message\":{\"role\":\"<i>\","
              "\"content\":\"# A\\n\\n<script>x</script>\\n\\n[a](javascript:x) <!-- c -->\"}}],\"usage\":{}}}")
                STEP("r.b", "\\\"><i>\\u202e 1", "0", "60", "")));
    for (int i = 0; i < 3; i++) {
        (i == 0 ? overview : i == 1 ? statistics : llm)(&f);
        assert_true(utf8_valid(buf_str(&f.html)));
        for (size_t k = 0; k < sizeof forbidden / sizeof *forbidden; k++)
            if (k != 4 || i) has_not(&f, forbidden[k]);
        has(&f, "&lt;i&gt;");
    }
    end(&f);
}

static void statistics_are_a_row_a_name(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP("r.load", "load", "0", "10", "") STEP("r.load___1", "load", "10", "30", "")
                    STEP("r.load___2", "load", "30", "60", ",\"error\":\"x\"") STEP("r.a1", "a.1", "60", "61", "")
                        STEP("r.a2", "a.2", "60", "61", "") STEP("r.a3", "a.3", "60", "61", "")
                            STEP("r.a4", "a.4", "60", "61", "")));
    statistics(&f);
    has(&f, "<span class=\"hint\">2 step names</span>");
    in_order(&f, "<bdi>load</bdi><td>", "<th scope=\"row\" data-q=\"name:/^a\\.([0-9]+|\\*)$/\"><bdi>a.*</bdi>");
    has(&f, "<tr data-v=\"3,1,60000,600000,");
    has(&f, "<td>3<td>1<td>60 ms<td>60.0 %<td>");
    has(&f, "aria-label=\"3 steps from 10 ms to 30 ms; most often 10 ms to 11.6 ms: 1\"");
    end(&f);
    begin(&f, S(START("100")));
    statistics(&f);
    assert_string_equal(f.html.ptr, "");
    end(&f);
}

static void statistics_are_bounded(void **state)
{
    (void)state;
    struct fixture f;
    struct buf log = BUF_INIT;
    buf_puts(&log, START("100"));
    for (int i = 0; i < STATS_ROWS_MAX + 5; i++)
        buf_printf(&log, STEP("r.%c%c", "%c%c", "0", "10", ""), 'A' + i / 26, 'a' + i % 26, 'A' + i / 26, 'a' + i % 26);
    begin(&f, buf_str(&log));
    statistics(&f);
    assert_int_equal(count_of(&f, "<tr data-v="), STATS_ROWS_MAX);
    has(&f, "205 step names: the 200 with the largest total time");
    end(&f);
    buf_free(&log);
}

#define RESPONSE(content, more)                                                                                        \
    "\"__LLM_RESPONSE_1\":{\"model\":\"m\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":" content     \
        more "}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4}}"

static void prompts_come_before_answers(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f,
          S(START("100") STEP("r.a", "a", "0", "40",
                              ",\"records\":{\"__LLM_REQUEST_1\":{\"messages\":[{\"role\":\"system\",\"content\":\"be "
                              "brief\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"what is this\"},"
                              "{\"type\":\"image_url\"}]}]}," RESPONSE("\"## A\\n\\n**key**\"", "") "}")));
    llm(&f);
    in_order(&f, "\nbe brief</pre>", "what is this\n[image_url]</pre>");
    in_order(&f, "what is this", "<h5>A</h5>\n<p><strong>key</strong></p>");
    has(&f, "<pre dir=\"auto\">\n## A\n\n**key**</pre>");
    has(&f, "<a href=\"#s1\"><bdi>a</bdi></a><span class=\"hint\"><bdi>m</bdi>: 10 tokens in, 4 out</span>");
    has(&f, "<td class=\"num\">14</td><td class=\"num\">40 ms</td></tr>");
    end(&f);
}

static void other_shapes_of_messages(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP(
                  "r.a", "a", "0", "40",
                  ",\"inputs\":{\"messages\":[{\"role\":\"user\",\"content\":\"from inputs\"}]},\"records\":{" RESPONSE(
                      "null", ",\"tool_calls\":[{\"function\":{\"name\":\"search\",\"arguments\":\"{}\"}}]") "}")
                    STEP("r.b", "b", "40", "80",
                         ",\"records\":{\"gen_ai.request.model\":\"m\",\"gen_ai.usage.input_tokens\":1,"
                         "\"gen_ai.prompt.0.content\":\"hello\",\"gen_ai.prompt.0.role\":\"system\","
                         "\"gen_ai.completion.0.content\":\"there\"}")));
    llm(&f);
    in_order(&f, "\nfrom inputs</pre>", "\nsearch({})</pre>");
    in_order(&f, "<b>system</b><div><pre class=\"t\" dir=\"auto\">\nhello</pre>", "\nthere</pre>");
    end(&f);
}

static void no_use_of_models_no_section(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP("r.a", "a", "0", "40", ",\"records\":{\"messages\":[{\"role\":\"user\"}]}")));
    llm(&f);
    assert_string_equal(f.html.ptr, "");
    end(&f);
}

static void long_and_many_messages_are_bounded(void **state)
{
    (void)state;
    struct fixture f;
    struct buf log = BUF_INIT, text = BUF_INIT;
    buf_put_repeat(&text, 'x', 2000);
    buf_putc(&text, '\0');
    buf_puts(&log, START("100"));
    for (int i = 0; i < LLM_CALLS_MAX + 3; i++)
        buf_printf(&log, STEP("r.s%d", "s%d", "0", "40", ",\"records\":{" RESPONSE("\"%s\"", "") "}"), i, i, text.ptr);
    begin(&f, buf_str(&log));
    llm(&f);
    size_t fit = LLM_TEXT_MAX / 2000;
    assert_int_equal(count_of(&f, "All of it: 2 KB"), fit);
    assert_int_equal(count_of(&f, "1 message is not shown here"), 1); /* that at which the room was used up */
    assert_true(f.html.len < 4 * LLM_TEXT_MAX);
    end(&f);
    buf_clear(&log);
    buf_puts(&log, START("100"));
    for (int i = 0; i < LLM_CALLS_MAX + 3; i++)
        buf_printf(&log, STEP("r.s%d", "s%d", "0", "40", ",\"records\":{" RESPONSE("\"short\"", "") "}"), i, i);
    begin(&f, buf_str(&log));
    llm(&f);
    assert_int_equal(count_of(&f, "<li class=\"call\">"), LLM_CALLS_MAX);
    has(&f, "Messages of 3 more steps are not shown here");
    end(&f);
    buf_clear(&log);
    buf_puts(&log, START("100"));
    buf_puts(&log,
             "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"R\",\"step\":{\"name\":\"a\",\"key\":\"r.a\","
             "\"time\":{\"startTs\":0,\"endTs\":9},\"records\":{" RESPONSE("\"x\"",
                                                                           "") ",\"__LLM_REQUEST_1\":"
                                                                               "{\"messages\":[{\"content\":\"a\"}");
    for (int i = 0; i < 102; i++) buf_puts(&log, ",{\"content\":\"a\"}");
    buf_puts(&log, "]}}}}\n");
    begin(&f, buf_str(&log));
    llm(&f);
    assert_int_equal(count_of(&f, "<div class=\"said\">"), 101); /* and the answer */
    has(&f, "3 messages are not shown here");
    end(&f);
    buf_free(&log);
    buf_free(&text);
}

static void many_attributes_are_bounded(void **state)
{
    (void)state;
    struct fixture f;
    struct buf log = BUF_INIT;
    buf_puts(&log, START("100"));
    buf_puts(&log,
             "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"R\",\"step\":{\"name\":\"a\",\"key\":\"r.a\","
             "\"time\":{\"startTs\":0,\"endTs\":9},\"records\":{\"gen_ai.request.model\":\"m\","
             "\"gen_ai.usage.input_tokens\":1,\"gen_ai.prompt.0.role\":\"system\"");
    for (int i = 0; i < 60; i++)
        buf_printf(&log, ",\"gen_ai.prompt.%d.content\":\"a\",\"gen_ai.completion.%d.content\":\"b\"", i, i);
    buf_puts(&log, "}}}\n");
    begin(&f, buf_str(&log));
    llm(&f);
    assert_int_equal(count_of(&f, "<div class=\"said\">"), 100);
    assert_int_equal(count_of(&f, "<b>system</b>"), 1);
    has(&f, "20 messages are not shown here");
    end(&f);
    buf_free(&log);
}

static void hidden_steps_say_nothing(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, S(START("100") STEP("r.a", "open", "0", "40", ",\"records\":{" RESPONSE("\"seen\"", "") "}") STEP(
                  "r.b", "secret", "40", "80", ",\"error\":\"secret\",\"records\":{" RESPONSE("\"secret\"", "") "}")));
    const struct selection only = { .keys = "r.a", .max_depth = -1 };
    selection_apply(&only, f.log.runs);
    overview(&f);
    has_not(&f, "secret");
    statistics(&f);
    has_not(&f, "secret");
    llm(&f);
    has(&f, "seen");
    has_not(&f, "secret");
    end(&f);
}

static void notes_are_rendered(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    struct report_options o = { .notes = &no_notes, .own_notes = S(" \n") };
    html_notes_write(&o, &out);
    assert_int_equal(out.len, 0);
    o.own_notes = S("# Why\n\n<b>x</b>");
    html_notes_write(&o, &out);
    buf_putc(&out, '\0');
    assert_non_null(strstr(out.ptr, "<h4>Why</h4>"));
    assert_null(strstr(out.ptr, "<b>"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_failure_nearest_the_leaves_comes_first),
        cmocka_unit_test(the_critical_path_and_the_slowest_are_tables),
        cmocka_unit_test(only_the_largest_are_rows),
        cmocka_unit_test(what_never_ended_is_told),
        cmocka_unit_test(nothing_of_a_log_is_markup),
        cmocka_unit_test(statistics_are_a_row_a_name),
        cmocka_unit_test(statistics_are_bounded),
        cmocka_unit_test(prompts_come_before_answers),
        cmocka_unit_test(other_shapes_of_messages),
        cmocka_unit_test(no_use_of_models_no_section),
        cmocka_unit_test(long_and_many_messages_are_bounded),
        cmocka_unit_test(many_attributes_are_bounded),
        cmocka_unit_test(hidden_steps_say_nothing),
        cmocka_unit_test(notes_are_rendered),
    };
    return cmocka_run_group_tests_name("sections", tests, NULL, NULL);
}
