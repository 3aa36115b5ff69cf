/* SPDX-License-Identifier: MIT
 *
 * The summary: what it says, that no name or error can become markup, that it keeps within its budget, and that the
 * timeline keeps to Mermaid's grammar.
 */
#include "load_text.h"

#include "base/utf8.h"
#include "render/mermaid.h"
#include "render/report.h"
#include "render/summary.h"

#define RUN(name)                                                                                                      \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":" name                                          \
    ",\"key\":\"p\",\"time\":{\"startTs\":1000},"                                                                      \
    "\"records\":{},\"logVersion\":1,\"runId\":\"r\"}}\n"
#define STEP(key, name, start, end, more)                                                                              \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":" name ",\"key\":\"" key           \
    "\",\"time\":{\"startTs\":" start ",\"endTs\":" end "}" more "}}\n"
#define OPEN(key, name, start)                                                                                         \
    "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":" name ",\"key\":\"" key            \
    "\",\"time\":{\"startTs\":" start "}}}\n"
#define END(end, status)                                                                                               \
    "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":"    \
    "1000,"                                                                                                            \
    "\"endTs\":" end "},\"records\":{},\"runId\":\"r\"},\"status\":\"" status "\"}\n"

/* Names and errors that are markup somewhere: Markdown, GitHub's references, HTML, Mermaid. JSON strings. */
static const char *const hostile[] = {
    "a|b",
    "`tick`",
    "```",
    "```\\n```text",
    "~~~",
    "@octocat and #12",
    "GH-12 o/r#1",
    "<script>alert(1)</script>",
    "<!-- c",
    "</details>",
    "&lt;b&gt;",
    "&#64;",
    "a\\nb\\r\\nc\\td",
    "end",
    "section x",
    "title y",
    "gantt",
    "click a call b()",
    "2024-01-02",
    "%% comment",
    "5% done",
    "%%{init: {}}%%",
    "---",
    "a: b: c",
    "x;y;z",
    "#35;",
    ":done, 1, 2",
    "",
    "   ",
    "\\u0000\\u001b[31mred",
    "\\u202Ertl",
    "\\u2028line",
    "\\ud800",
    "[link](http://evil.example)",
    "![i](x)",
    "www.evil.example",
    "**b** __x__ _i_ ~~s~~",
    "- item",
    "1. one",
    "# h",
    "> q",
    "===",
    "|---|",
    "\\\\|",
    "\\\\`",
    "$x$ $$ $`x`$",
    "\\\"q\\\" 'q'",
    "[ ] task",
    "[^1]",
    ":smile:",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
};
enum { HOSTILE_COUNT = sizeof hostile / sizeof *hostile };

static bool contains(const struct buf *b, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= b->len; i++)
        if (memcmp(b->ptr + i, part, n) == 0) return true;
    return false;
}

static size_t count_of(const struct buf *b, const char *part)
{
    size_t n = strlen(part), count = 0;
    for (size_t i = 0; i + n <= b->len; i++) count += memcmp(b->ptr + i, part, n) == 0;
    return count;
}

#define assert_contains(buffer, part)                                                                                  \
    do                                                                                                                 \
        if (!contains((buffer), (part)))                                                                               \
            fail_msg("line %d: \"%s\" is not in\n%.*s", __LINE__, (part), STR_ARG(buf_str(buffer)));                   \
    while (0)

static void put_summary(const struct run *run, uint64_t max_bytes, struct buf *b)
{
    static const struct input_notes notes = { .bad_lines = 2, .first_bad = { "l.ndjson:3:1: `x` | <b>", 23 } };
    const struct report_options o = { .max_bytes = max_bytes,
                                      .notes = &notes,
                                      .left_out = S("2 of 9 steps left out by --filter <a|b>"),
                                      .analysis = analysis_begin(run) };
    buf_clear(b);
    markdown_write(run, &o, b);
    analysis_free(o.analysis);
}

/* A run with a step, a child and a model for each hostile text. */
static void load_hostile(struct log_fixture *f)
{
    struct buf log = BUF_INIT;
    buf_puts(&log, RUN("\"p|`<i>`@me #1\\n## x\""));
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        buf_printf(&log, STEP("p.s%d", "\"%s\"", "%d", "%d", ",\"location\":\"%s\",\"error\":\"%s\\n%s\""), hostile[i],
                   i, 1000 + i, 1005 + i, hostile[i], hostile[i], hostile[i]);
        buf_printf(&log,
                   STEP("p.s%d.c", "\"%s\"", "%d", "%d",
                        ",\"records\":{\"__LLM_RESPONSE_1\":{\"model\":\"%s\",\"usage\":{\"prompt_tokens\":1,"
                        "\"completion_tokens\":2,\"total_tokens\":3}}}"),
                   hostile[i], i, 1001 + i, 1002 + i, hostile[i]);
        buf_printf(&log, OPEN("p.o%d", "\"%s\"", "%d"), hostile[i], i, 1000 + i);
    }
    buf_puts(&log, END("1200", "failed"));
    load_text(f, buf_str(&log));
    assert_int_equal(f->runs->step_count, 1 + 3 * HOSTILE_COUNT);
    buf_free(&log);
}

/* Walks Markdown line by line: outside fences, every table row has the cells of its head, and no character of markup
 * stands free: what is not ours is an entity or in a code span. Counts tables. */
static size_t check_markdown(struct str text)
{
    size_t fence = 0, cells = 0, tables = 0;
    for (struct str rest = text; rest.len;) {
        struct str line = str_cut(&rest, '\n');
        size_t ticks = 0;
        while (ticks < line.len && line.ptr[ticks] == '`') ticks++;
        if (fence ? ticks >= fence && ticks == line.len : ticks >= 3) {
            fence = fence ? 0 : ticks;
            continue;
        }
        if (fence) continue;
        bool table = line.len && line.ptr[0] == '|', code = false;
        size_t pipes = 0, marks = 0;
        for (size_t i = 0; i < line.len; i++) {
            char c = line.ptr[i];
            if (c == '`') code = !code;
            if (c == '|') pipes++;
            if (!code && strchr("<>@[]~$\\", c)) marks++;
            if (!code && c == '#' && !(i > 0 && line.ptr[i - 1] == '&') && !str_starts(line, S("## ")) &&
                !str_starts(line, S("### ")))
                marks++;
        }
        if (str_starts(line, S("<details")) || str_starts(line, S("</details>")) || str_starts(line, S("<summary>")))
            marks = 0;
        if (code || marks) fail_msg("markup in: %.*s", STR_ARG(line));
        if (table && !cells) {
            cells = pipes;
            tables++;
        }
        if (pipes != (table ? cells : 0)) fail_msg("%zu pipes in: %.*s", pipes, STR_ARG(line));
        if (!table) cells = 0;
    }
    if (fence) fail_msg("a fence is open at the end of\n%.*s", STR_ARG(text));
    return tables;
}

static void no_text_of_a_log_is_markup(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_hostile(&f);
    put_summary(f.runs, 1000000, &b);
    assert_true(utf8_valid(buf_str(&b)));
    assert_int_equal(check_markdown(buf_str(&b)), 3);
    assert_contains(&b, "### What failed");
    assert_contains(&b, "### Never ended");
    assert_contains(&b, "### LLM usage");
    for (size_t i = 0; i < b.len; i++) assert_true((unsigned char)b.ptr[i] >= 0x20 || b.ptr[i] == '\n');
    unload(&f);
    buf_free(&b);
}

static void it_keeps_within_every_budget(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_hostile(&f);
    put_summary(f.runs, UINT64_MAX, &b);
    size_t whole = b.len;
    for (uint64_t max = 0; max <= whole + 400; max += max < 700 ? 1 : 97) {
        put_summary(f.runs, max, &b);
        if (b.len > max) fail_msg("%zu bytes of %llu", b.len, (unsigned long long)max);
        assert_true(utf8_valid(buf_str(&b)));
        if (max > 700) {
            check_markdown(buf_str(&b));
            assert_true(str_starts(buf_str(&b), S("## p")));
            assert_contains(&b, "**✗ failed**");
            assert_true(contains(&b, "… and ") || contains(&b, "Left out, because") || max >= whole);
        }
    }
    assert_int_equal(b.len, whole); /* with room enough nothing is cut */
    put_summary(f.runs, 4000, &b);
    assert_contains(&b, "Left out, because a summary may have 4,000 bytes: the ");
    assert_contains(&b, "### What failed"); /* what is left out last */
    unload(&f);
    buf_free(&b);
}

static void the_cause_comes_first(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("\"p\"") STEP("p", "\"p\"", "1000", "1100", ",\"error\":\"disk full\"")
                        STEP("p.load", "\"load\"", "1000", "1100", ",\"error\":\"load failed\"")
                            STEP("p.early", "\"early\"", "1000", "1002",
                                 ",\"error\":\"bad\\u001b[31m red\\u001b[0m\\nline 2\"")
                                STEP("p.load.w", "\"write\"", "1050", "1090",
                                     ",\"location\":\"w.c:7\",\"errorType\":\"OSError\",\"error\":\"disk full\"")
                                    STEP("p.load.v", "\"verify\"", "1050", "1090",
                                         ",\"errorType\":\"OSError\",\"error\":\"disk full\"") END("1100", "failed")));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "### What failed\n\n"
                        "**`load › write`** failed after 40 ms, 90 ms into the run, at `w.c:7`\n\n"
                        "```text\nOSError: disk full\n```\n\n"
                        "Passed up to `p`. The same error in 1 other step: `load › verify`.\n\n"
                        "**`early`** failed after 2 ms, 2 ms into the run\n\n"
                        "```text\nbad red\nline 2\n```\n\n"
                        "**`load`** failed after 100 ms, 100 ms into the run\n\n"
                        "```text\nload failed\n```\n\n");
    assert_contains(&b, "2 of 9 steps left out by --filter &#60;a&#124;b&#62;.");
    assert_contains(&b, "- 2 lines of the log could not be read and were skipped.\n- The first is l.ndjson");
    unload(&f);
    buf_free(&b);
}

static void the_slowest_by_self_time(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT, log = BUF_INIT;
    buf_puts(&log, RUN("\"p\"") STEP("p.wait", "\"wait\"", "1000", "2000", "")
                       STEP("p.wait.work", "\"work\"", "1000", "1900", ""));
    for (int i = 0; i < 12; i++) buf_printf(&log, STEP("p.s%d", "\"s\"", "1000", "%d", ""), i, 1001 + i);
    buf_puts(&log, END("2000", "completed"));
    load_text(&f, buf_str(&log));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "| `wait › work` |    900 ms | 90.0 % | 900 ms |\n| `wait`        |    100 ms | 10.0 % | 1.00 "
                        "s |\n| `s`           |     12 ms |  1.2 % |  12 ms |\n");
    assert_contains(&b, "|:--------------|----------:|-------:|-------:|\n");
    assert_int_equal(count_of(&b, "\n| `s`           |"), 8); /* ten rows in all */
    unload(&f);
    buf_free(&b);
    buf_free(&log);
}

static void names_that_differ_in_numbers_are_one_row(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT, log = BUF_INIT;
    buf_puts(&log, RUN("\"p\"") STEP("p.alone1", "\"alone 1\"", "1000", "1001", "")
                       STEP("p.alone2", "\"alone 2\"", "1000", "1002", ""));
    for (int i = 1; i <= 20; i++)
        buf_printf(&log, STEP("p.page_%d", "\"page_%d\"", "1000", "%d", "%s"), i, i, 1000 + i,
                   i == 7 ? ",\"error\":\"x\"" : "");
    buf_puts(&log, END("1100", "completed"));
    load_text(&f, buf_str(&log));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "| `page_*`  |    20 |      1 | 210 ms | 10.5 ms | 20 ms |\n"
                        "| `alone 2` |     1 |      0 |   2 ms |    2 ms |  2 ms |\n"
                        "| `alone 1` |     1 |      0 |   1 ms |    1 ms |  1 ms |\n");
    unload(&f);
    buf_free(&b);
    buf_free(&log);
}

static void more_names_than_rows_are_counted(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT, log = BUF_INIT;
    buf_puts(&log, RUN("\"p\""));
    for (int i = 0; i < 1000; i++)
        buf_printf(&log, STEP("p.k%d", "\"%c%c%c\"", "1000", "1001", ""), 'a' + i / 100, 'a' + i / 10 % 10,
                   'a' + i % 10, i);
    buf_puts(&log, END("1100", "completed"));
    load_text(&f, buf_str(&log));
    put_summary(f.runs, 1000000, &b);
    assert_contains(&b, "\n… and 970 more names\n");
    assert_contains(&b, "<details>\n<summary>200 of 1,001 steps: failed and unfinished ones first");
    assert_contains(&b, "└─ … 801 more steps\n");
    assert_contains(&b, "\n… and 921 more steps; ");
    unload(&f);
    buf_free(&b);
    buf_free(&log);
}

static void where_the_log_stops(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("\"p\"") OPEN("p.a", "\"a\"", "1000") OPEN("p.a.b", "\"b\"", "1010")
                        STEP("p.a.c", "\"c\"", "1010", "1030", "")));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "- `a › b`, open for 20 ms\n");
    assert_false(contains(&b, "- `a`, open"));
    assert_false(contains(&b, "### What failed"));
    unload(&f);
    buf_free(&b);
}

static void the_timeline_as_a_whole(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("\"p\"") STEP("p.zero", "\"zero\"", "1000", "1000", "")
                        STEP("p.g", "\"group: 1\"", "1010", "1090", ",\"error\":\"x\"") OPEN("p.g.h", "\"h\"", "1020")
                            STEP("p.last", "\"last\"", "1090", "1100", "") END("1100", "failed")));
    assert_int_equal(mermaid_write(f.runs, UNIT_AUTO, 100, SIZE_MAX, &b), 0);
    static const char expected[] =
        "gantt\n    dateFormat x\n    axisFormat %-S.%L s\n    todayMarker off\n"
        "    section p\n    ✓ p · 100 ms :done, 0, 100\n    ✓ zero · 0 ms :done, 0, 1\n"
        "    section group∶ 1\n    ✗ group∶ 1 · 80 ms :crit, 10, 90\n    ○ h · 80 ms :active, 20, 100\n"
        "    section p (2)\n    ✓ last · 10 ms :done, 90, 100\n";
    if (!str_eq(buf_str(&b), str_z(expected))) fail_msg("%.*s", STR_ARG(buf_str(&b)));
    buf_clear(&b);
    assert_int_equal(mermaid_write(f.runs, UNIT_AUTO, 3, SIZE_MAX, &b), 2);
    assert_contains(&b, ":crit");
    buf_clear(&b);
    assert_int_equal(mermaid_write(f.runs, UNIT_AUTO, 100, 20, &b), 5);
    assert_int_equal(b.len, 0);
    unload(&f);
    buf_free(&b);
}

static void the_axis_follows_the_span(void **state)
{
    (void)state;
    static const struct {
        const char *end, *format, *bar;
    } cases[] = {
        { "1000.009", "%-S.%L ms", ":done, 0, 9\n" },
        { "1030", "%-S ms", ":done, 0, 30000\n" },
        { "9000", "%-S.%L s", ":done, 0, 8000\n" },
        { "31000", "%-S s", ":done, 0, 30000\n" },
        { "3601000", "%H:%M:%S", ":done, 1000, 3601000\n" },
        { "864001000", "%m-%d %H:%M", ":done, 1000, 864001000\n" },
        { "86400001000", "%Y-%m-%d", ":done, 1000, 86400001000\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_fixture f;
        struct buf b = BUF_INIT, log = BUF_INIT;
        buf_printf(&log, RUN("\"p\"") END("%s", "completed"), cases[i].end);
        load_text(&f, buf_str(&log));
        mermaid_write(f.runs, UNIT_AUTO, 10, SIZE_MAX, &b);
        struct buf format = BUF_INIT;
        buf_printf(&format, "    axisFormat %s\n", cases[i].format);
        buf_putc(&format, '\0');
        assert_contains(&b, format.ptr);
        assert_contains(&b, cases[i].bar);
        unload(&f);
        buf_free(&b);
        buf_free(&log);
        buf_free(&format);
    }
}

/* Every line is one that Mermaid's lexer takes for what it is, section names are different, and the whole is short
 * enough for GitHub to draw. */
static void the_timeline_keeps_to_mermaids_grammar(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    struct str sections[HOSTILE_COUNT * 3];
    size_t section_count = 0, tasks = 0;
    load_hostile(&f);
    uint32_t left_out = mermaid_write(f.runs, UNIT_AUTO, 1000, SIZE_MAX, &b);
    assert_int_equal(left_out, 0);
    struct str rest = buf_str(&b);
    for (int i = 0; i < 4; i++) str_cut(&rest, '\n');
    while (rest.len) {
        struct str line = str_cut(&rest, '\n');
        assert_true(str_starts(line, S("    ")));
        assert_int_equal(str_find(line, '%'), line.len);
        assert_int_equal(str_find(line, ';'), line.len);
        assert_int_equal(str_find(line, '#'), line.len);
        assert_int_equal(str_find(line, '`'), line.len);
        if (str_starts(line, S("    section "))) {
            assert_int_equal(str_find(line, ':'), line.len);
            for (size_t i = 0; i < section_count; i++) assert_false(str_eq(sections[i], line));
            sections[section_count++] = line;
            continue;
        }
        size_t colon = str_find(line, ':');
        struct str data = str_skip(line, colon + 1);
        assert_true((unsigned char)line.ptr[4] >= 0x80); /* the mark: no keyword, no date */
        assert_true(str_starts(data, S("done, ")) || str_starts(data, S("crit, ")) || str_starts(data, S("active, ")));
        assert_int_equal(str_find(data, ':'), data.len);
        tasks++;
    }
    assert_int_equal(tasks, f.runs->step_count);
    for (size_t max = 0; max < b.len; max += 211) {
        struct buf cut = BUF_INIT;
        mermaid_write(f.runs, UNIT_AUTO, 1000, max, &cut);
        assert_true(cut.len <= max);
        buf_free(&cut);
    }
    unload(&f);
    buf_free(&b);
}

static void a_large_run_stays_under_mermaids_limit(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT, log = BUF_INIT;
    buf_puts(&log, RUN("\"p\""));
    for (int i = 0; i < 3000; i++)
        buf_printf(&log, STEP("p.k%d", "\"a step with a rather long name, number %d\"", "1000", "1001", ""), i, i);
    load_text(&f, buf_str(&log));
    uint32_t left_out = mermaid_write(f.runs, UNIT_AUTO, UINT32_MAX, SIZE_MAX, &b);
    assert_true(b.len <= MERMAID_BYTES_MAX && b.len > MERMAID_BYTES_MAX / 2);
    assert_int_equal(left_out + count_of(&b, " :done, ") + count_of(&b, " :active, "), f.runs->step_count);
    unload(&f);
    buf_free(&b);
    buf_free(&log);
}

static void a_run_without_times_has_a_summary(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S("{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"\",\"key\":\"p\",\"time\":{},"
                    "\"records\":{},\"runId\":\"\","
                    "\"steps\":[]},\"status\":\"failed\"}\n"));
    put_summary(f.runs, 100000, &b);
    check_markdown(buf_str(&b));
    assert_contains(&b, "## (no name)\n\n**✗ failed** · 1 step");
    assert_false(contains(&b, "mermaid"));
    unload(&f);
    buf_free(&b);
}

static void what_the_run_waited_for(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("\"p\"") STEP("p.a", "\"a\"", "1000", "1050", "") STEP("p.b", "\"b\"", "1000", "1060", "")
                        STEP("p.c", "\"c\"", "1080", "1100", "") END("1100", "completed")));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "\nAt most 2 steps ran at once, 1.3 on average; for 20 ms (20.0 %) none did.\n");
    assert_contains(&b, "### Critical path\n");
    assert_contains(&b, "| `b`  |       60 ms | 60.0 % | others ran beside it |\n");
    assert_contains(&b, "| `c`  |       20 ms | 20.0 % |                      |\n");
    assert_contains(&b, "| `p`  |       20 ms | 20.0 % | the run itself       |\n");
    assert_false(contains(&b, "| `a`  |       "));
    unload(&f);
    load_text(&f, S(RUN("\"p\"") STEP("p.a", "\"a\"", "1000", "1100", "") END("1100", "completed")));
    put_summary(f.runs, 100000, &b); /* one step at a time, and one alone: no words about it */
    assert_false(contains(&b, "at once"));
    assert_false(contains(&b, "ran at a time"));
    assert_false(contains(&b, "Critical path"));
    unload(&f);
    struct buf log = BUF_INIT; /* 200 steps of half a percent each */
    buf_puts(&log, RUN("\"p\""));
    for (int i = 0; i < 200; i++)
        buf_printf(
            &log,
            "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"%s\",\"key\":\"p.%d\","
            "\"time\":{\"startTs\":%d,\"endTs\":%d}}}\n",
            i % 4 ? "often" : "at times", i, 1000 + i, 1001 + i);
    buf_puts(&log, END("1200", "completed"));
    load_text(&f, buf_str(&log));
    put_summary(f.runs, 100000, &b);
    assert_contains(&b, "no step alone has one percent of it");
    assert_contains(
        &b, "| `often`         |   150 |      150 ms | 75.0 % |\n| `at times`      |    50 |       50 ms | 25.0 % |\n");
    unload(&f);
    buf_free(&log);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_of_a_log_is_markup),
        cmocka_unit_test(it_keeps_within_every_budget),
        cmocka_unit_test(the_cause_comes_first),
        cmocka_unit_test(the_slowest_by_self_time),
        cmocka_unit_test(names_that_differ_in_numbers_are_one_row),
        cmocka_unit_test(more_names_than_rows_are_counted),
        cmocka_unit_test(where_the_log_stops),
        cmocka_unit_test(the_timeline_as_a_whole),
        cmocka_unit_test(the_axis_follows_the_span),
        cmocka_unit_test(the_timeline_keeps_to_mermaids_grammar),
        cmocka_unit_test(a_large_run_stays_under_mermaids_limit),
        cmocka_unit_test(a_run_without_times_has_a_summary),
        cmocka_unit_test(what_the_run_waited_for),
    };
    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
