/* SPDX-License-Identifier: MIT
 *
 * The text outputs apart from the summary: wording, the tree, JSON, PipeLens's shapes and CSV. Logs are given as text;
 * what comes out is compared as a whole where it is small, by its rules where not.
 */
#include "load_text.h"

#include "base/utf8.h"
#include "event/json.h"
#include "render/exports.h"
#include "render/payload.h"
#include "render/picture.h"
#include "render/report.h"
#include "render/tree.h"
#include "render/wording.h"

#include <cjson/cJSON.h>

#define RUN(more)                                                                                                      \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":"     \
    "1000},"                                                                                                           \
    "\"records\":{},\"logVersion\":1,\"runId\":\"r\"" more "}}\n"
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

#define assert_text(buffer, expected) assert_text_at((buffer), (expected), __LINE__)
static void assert_text_at(const struct buf *b, const char *expected, int line)
{
    if (!str_eq(buf_str(b), str_z(expected)))
        fail_msg("line %d:\n%.*s\nis not\n%s", line, STR_ARG(buf_str(b)), expected);
}

static bool contains(const struct buf *b, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= b->len; i++)
        if (memcmp(b->ptr + i, part, n) == 0) return true;
    return false;
}

static void names_are_cut_by_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *middle, *end;
    } cases[] = {
        { "short", 10, "short", "short" },
        { "exactly-10", 10, "exactly-10", "exactly-10" },
        { "abcdefghijklmnop", 9, "abcd…mnop", "abcdefgh…" },
        { "abcdefghijklmnop", 8, "abcd…nop", "abcdefg…" },
        { "漢字漢字漢字", 7, "漢…字", "漢字漢…" },
        { "e\xCC\x81"
          "e\xCC\x81"
          "e\xCC\x81"
          "e\xCC\x81"
          "e\xCC\x81",
          3, "e\xCC\x81…e\xCC\x81",
          "e\xCC\x81"
          "e\xCC\x81…" },
        { "abc", 1, "…", "…" },
        { "abc", 0, "…", "…" },
        { "a\nb\033[1m", 20, "a b\xEF\xBF\xBD[1m", "a b\xEF\xBF\xBD[1m" },
        { "bad \xFF byte", 20, "bad \xEF\xBF\xBD byte", "bad \xEF\xBF\xBD byte" },
        { "", 20, "(no name)", "" },
        { "  ", 20, "(no name)", "  " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT;
        buf_puts(&b, "before ");
        size_t columns = wording_put_short(&b, str_z(cases[i].text), cases[i].columns);
        struct buf cut = BUF_INIT;
        buf_put(&cut, str_skip(buf_str(&b), 7));
        assert_text(&cut, cases[i].middle);
        assert_int_equal(columns, utf8_columns(buf_str(&cut)));
        buf_clear(&cut);
        wording_put_start(&cut, str_z(cases[i].text), cases[i].columns);
        assert_text(&cut, cases[i].end);
        buf_free(&cut);
        buf_free(&b);
    }
}

static void a_name_of_megabytes_is_cut_like_any_other(void **state)
{
    (void)state;
    struct buf name = BUF_INIT, b = BUF_INIT;
    buf_puts(&name, "begin");
    buf_put_repeat(&name, 'x', 5000000);
    buf_puts(&name, "end");
    assert_int_equal(wording_put_short(&b, buf_str(&name), 11), 11);
    assert_text(&b, "begin…xxend");
    buf_clear(&name);
    buf_puts(&name, "a");
    for (int i = 0; i < 100000; i++) buf_puts(&name, "\xCC\x81"); /* one letter, very many accents */
    buf_clear(&b);
    assert_true(wording_put_short(&b, buf_str(&name), 10) <= 10);
    assert_true(utf8_valid(buf_str(&b)));
    assert_true(b.len < 10000);
    buf_free(&name);
    buf_free(&b);
}

#define BROAD_LOG                                                                                                      \
    RUN("")                                                                                                            \
    STEP("p.a", "\"a\"", "1000", "1010", "")                                                                           \
    STEP("p.a.x", "\"x\"", "1001", "1002", ",\"error\":\"no\"")                                                        \
    STEP("p.a.y", "\"y\"", "1002", "1009", "")                                                                         \
    STEP("p.b", "\"b\"", "1010", "1090", "")                                                                           \
    STEP("p.b.z", "\"z\"", "1020", "1080", "") STEP("p.c", "\"c\"", "1090", "1091", "") END("1100", "completed")

static void tree_of(const struct run *run, size_t columns, bool records, bool colour, struct buf *b)
{
    const struct tree_options o = { .columns = columns, .records = records, .colour = colour };
    buf_clear(b);
    tree_write(run, &o, b);
}

static void the_tree_as_a_whole(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("") STEP("p.extract", "\"extract\"", "1000", "1008",
                                 ",\"records\":{\"rows\":1200,\"from\":\"a b\",\"to\":\"c\"},\"result\":[1, 2]")
                        STEP("p.transform", "\"transform\"", "1008", "1025.5", ",\"error\":\"bad row 17\\nat line 3\"")
                            STEP("p.transform.shard-1", "\"shard-1\"", "1010", "1020",
                                 ",\"errorType\":\"ValueError\",\"error\":\"bad row 17\\nat line 3\"")
                                OPEN("p.transform.shard-2", "\"shard-2\"", "1010") END("1030", "failed")));
    tree_of(f.runs, 80, true, false, &b);
    assert_text(&b, "p  ✗ failed  30 ms\n"
                    "run r\n"
                    "1970-01-01 00:00:01.000 UTC  5 steps: 2 failed, 1 unfinished, 2 ok\n"
                    "\n"
                    "✗ p                                30 ms\n"
                    "├─ ✓ extract                        8 ms\n"
                    "│    rows=1200  from=\"a b\"  to=c  → [1,2]\n"
                    "└─ ✗ transform                   17.5 ms\n"
                    "   ├─ ✗ shard-1                    10 ms\n"
                    "   │    ValueError: bad row 17\n"
                    "   └─ ○ shard-2 unfinished         20 ms\n");
    tree_of(f.runs, 80, false, true, &b);
    assert_true(contains(&b, "\033[1m\033[31m✗\033[0m shard-1"));
    unload(&f);
    buf_free(&b);
}

/* Every line of the tree fits, whatever the names are, and nothing drives the terminal. */
static void the_tree_fits_its_width(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT, log = BUF_INIT;
    buf_puts(&log, RUN(""));
    struct buf key = BUF_INIT;
    buf_puts(&key, "p");
    for (int depth = 1; depth <= 40; depth++) {
        buf_puts(&key, ".k");
        buf_printf(&log,
                   "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"漢字 level %d "
                   "\\u001b[31m\\u0007\\u009b with a long name that goes on and on and "
                   "on\\n\\u202e\",\"key\":\"%.*s\",\"time\":{\"startTs\":1000,\"endTs\":%d},"
                   "\"records\":{\"a\\u001b[0m very long record key indeed\":\"\\u001b]0;title\\u0007 and a value that "
                   "is long as well, much longer than there is room for in a line\",\"b\":1,\"c\":[]},\"error\":\"a "
                   "rather long error %d \\u001b[2J that does not fit into the width of a narrow terminal at all\"}}\n",
                   depth, STR_ARG(buf_str(&key)), 1000 + depth, depth);
    }
    load_text(&f, buf_str(&log));
    assert_int_equal(f.runs->step_count, 41);
    static const size_t widths[] = { 60, 80, 120 };
    for (size_t i = 0; i < 3; i++) {
        tree_of(f.runs, widths[i], true, false, &b);
        assert_true(utf8_valid(buf_str(&b)));
        struct str rest = buf_str(&b);
        for (struct str line = str_cut(&rest, '\n'); line.len || rest.len; line = str_cut(&rest, '\n')) {
            if (utf8_columns(line) > widths[i]) fail_msg("%zu columns: %.*s", utf8_columns(line), STR_ARG(line));
            for (size_t k = 0; k < line.len; k++)
                assert_true((unsigned char)line.ptr[k] >= 0x20 && line.ptr[k] != 0x7F);
        }
        assert_true(contains(&b, "⋯ 40 ✗ 漢")); /* the level is told where the indent has stopped */
        assert_false(contains(&b, "\xC2\x9B"));
        assert_false(contains(&b, "\xE2\x80\xAE"));
    }
    unload(&f);
    buf_free(&b);
    buf_free(&log);
    buf_free(&key);
}

static void a_cut_tree_says_what_is_missing(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    struct arena arena = { 0 };
    const struct tree_options o = { .columns = 60 };
    load_text(&f, S(BROAD_LOG));
    struct keep keep = keep_first(f.runs, 4, &arena);
    tree_put_lines(f.runs, &o, &keep, true, &b);
    assert_text(&b, "✓ p                               100 ms\n"
                    "├─ ✓ a                             10 ms\n"
                    "│  ├─ ✗ x                           1 ms\n"
                    "│  │    no\n"
                    "│  └─ … 1 more step\n"
                    "├─ ✓ b                             80 ms\n"
                    "│  └─ … 1 more step\n"
                    "└─ … 1 more step\n");
    arena_free(&arena);
    unload(&f);
    buf_free(&b);
}

static void an_error_on_its_way_up_is_told_once(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("") STEP("p", "\"p\"", "1000", "1010", ",\"error\":\"other\"")
                        STEP("p.a", "\"a\"", "1000", "1010", ",\"error\":\"no\"")
                            STEP("p.a.b", "\"b\"", "1000", "1010", ",\"error\":\"no\"") END("1010", "failed")));
    tree_of(f.runs, 80, false, false, &b);
    size_t told = 0;
    for (struct str rest = buf_str(&b); rest.len;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        told += str_ends(line, S(" no")) || str_eq(line, S("no"));
    }
    assert_int_equal(told, 1);
    assert_true(contains(&b, "other"));
    unload(&f);
    buf_free(&b);
}

static void put_json(const struct run *run, struct buf *b)
{
    struct analysis *analysis = analysis_begin(run);
    json_write(run, analysis, b);
    analysis_free(analysis);
}

static void put_csv(const struct run *run, bool header, struct buf *b)
{
    struct analysis *analysis = analysis_begin(run);
    csv_write(run, analysis, header, b);
    analysis_free(analysis);
}

/* From the end: b waits for v, which ended after w did; b begins when z ends, which a had started before it ended
 * itself; before z began a worked for 10 ms, and first it waited for x. */
#define CRITICAL_LOG                                                                                                   \
    RUN("")                                                                                                            \
    STEP("p.a", "\"a\"", "1000", "1040", "")                                                                           \
    STEP("p.a.x", "\"x\"", "1000", "1010", "")                                                                         \
    STEP("p.a.z", "\"z\"", "1020", "1070", "")                                                                         \
    STEP("p.b", "\"b\"", "1070", "1100", "")                                                                           \
    STEP("p.b.v", "\"v\"", "1070", "1090", "") STEP("p.b.w", "\"w\"", "1070", "1080", "") END("1100", "completed")

static void critical_tree_of(const struct run *run, size_t columns, bool colour, struct buf *b)
{
    struct analysis *analysis = analysis_begin(run);
    const struct tree_options o = { .columns = columns, .colour = colour, .critical = analysis_critical(analysis) };
    buf_clear(b);
    tree_write(run, &o, b);
    analysis_free(analysis);
}

static void the_tree_of_the_critical_path(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(CRITICAL_LOG));
    critical_tree_of(f.runs, 80, false, &b);
    assert_text(&b, "p  ✓ completed  100 ms\n"
                    "run r\n"
                    "1970-01-01 00:00:01.000 UTC  7 steps: 7 ok\n\n"
                    "✓ p                               100 ms\n"
                    "├─ ✓ a                             40 ms  ◆     10 ms   10.0 %\n"
                    "│  ├─ ✓ x                          10 ms  ◆     10 ms   10.0 %\n"
                    "│  └─ ✓ z                          50 ms  ◆     50 ms   50.0 % +\n"
                    "└─ ✓ b                             30 ms  ◆     10 ms   10.0 %\n"
                    "   ├─ ✓ v                          20 ms  ◇     20 ms   20.0 %\n"
                    "   └─ … 1 more step\n\n"
                    "◆ on the critical path: time on it, share of the run\n"
                    "◇ other steps ran beside it; that this one was waited for is told by times alone\n"
                    "+ goes on after its parent\n");
    for (size_t columns = 1; columns < 120; columns++) { /* whatever the width, no line is wider */
        critical_tree_of(f.runs, columns, false, &b);
        for (struct str rest = buf_str(&b); rest.len;)
            assert_true(utf8_columns(str_cut(&rest, '\n')) <= (columns < 40 ? 40 : columns));
    }
    critical_tree_of(f.runs, 50, false, &b);
    assert_true(contains(&b, "└─ ✓ z                          50 ms  ◆ +\n"));
    assert_false(contains(&b, "%"));
    unload(&f);
    load_text(
        &f,
        S("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"runId\":\"r\"}}\n"));
    critical_tree_of(f.runs, 80, false, &b);
    assert_true(contains(&b, "no critical path: the log holds no times\n"));
    unload(&f);
    buf_free(&b);
}

#define RICH_LOG                                                                                                       \
    RUN(",\"args\":{\"n\": 1e400},\"tags\":[\"x\"],\"custom\":true")                                                   \
    STEP(                                                                                                              \
        "p.s", "\"s\"", "1000.125", "1002",                                                                            \
        ",\"id\":\"7\",\"kind\":\"tool\",\"status\":\"cached\",\"records\":{\"big\": 12345678901234567890, \"nan\": "  \
        "NaN, \"neg\":-Infinity, \"u\":\"\\ud800\\u0000\"},\"result\":[ Infinity , \"NaN\\\"\"],\"mine\":{\"a\" : 1}") \
    "{\"type\":\"step\",\"operation\":\"log\",\"runId\":\"r\",\"step\":{\"id\":\"7\"},\"level\":\"warn\",\"message\":" \
    "\"hot\",\"ts\":1001}\n"                                                                                           \
    "{\"type\":\"step\",\"operation\":\"link\",\"runId\":\"r\",\"step\":{\"id\":\"7\"},\"to\":{\"runId\":\"q\","       \
    "\"stepId\":\"1\"},\"relation\":\"follows\"}\n" END("1010", "completed")

static void the_run_as_json(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RICH_LOG));
    put_json(f.runs, &b);
    assert_text(
        &b,
        "{\"format\":\"pipelens-report.run\",\"version\":1,\"id\":\"r\",\"name\":\"p\",\"attempt\":1,\"status\":"
        "\"completed\","
        "\"startTs\":1000,\"endTs\":1010,\"durationMs\":10,\"stepCount\":2,\"shownCount\":2,\"maxDepth\":1,"
        "\"statusCounts\":{\"ok\":1,\"error\":0,\"running\":0,\"unfinished\":0,\"skipped\":0,\"cached\":1,\"retried\":"
        "0},"
        "\"logVersion\":1,\"args\":{\"n\":1e400},\"tags\":[\"x\"],\"usage\":[],"
        "\"notes\":{\"conflicts\":0,\"unknownParents\":0,\"negativeDurations\":0,\"timeDisagreements\":0,"
        "\"statusOverruled\":0,\"lateEvents\":0},"
        "\"unknown\":{\"custom\":true},\"wallMs\":10,\"concurrency\":{\"max\":1,\"mean\":0.188,\"idleMs\":8.125},"
        "\"criticalPath\":[\n"
        "{\"step\":0,\"key\":\"p\",\"fromMs\":0,\"toMs\":0.125,\"flags\":[]},\n"
        "{\"step\":1,\"key\":\"p.s\",\"fromMs\":0.125,\"toMs\":2,\"flags\":[]},\n"
        "{\"step\":0,\"key\":\"p\",\"fromMs\":2,\"toMs\":10,\"flags\":[]}\n],\"steps\":[\n"
        "{\"index\":0,\"parent\":null,\"depth\":0,\"name\":\"p\",\"key\":\"p\",\"status\":\"ok\",\"startTs\":1000,"
        "\"endTs\":1010,"
        "\"durationMs\":10,\"selfMs\":8.125,\"selfShare\":0.8125,\"criticalMs\":8.125,\"records\":{}},\n"
        "{\"index\":1,\"parent\":0,\"depth\":1,\"name\":\"s\",\"key\":\"p.s\",\"id\":\"7\",\"kind\":\"tool\","
        "\"status\":\"cached\","
        "\"startTs\":1000.125,\"endTs\":1002,\"durationMs\":1.875,\"selfMs\":1.875,\"selfShare\":0.1875,\"criticalMs\":"
        "1.875,"
        "\"records\":{\"big\":12345678901234567890,\"nan\":\"NaN\",\"neg\":\"-Infinity\",\"u\":\"\\ud800\\u0000\"},"
        "\"result\":[\"Infinity\",\"NaN\\\"\"],\"logs\":[{\"level\":\"warn\",\"message\":\"hot\",\"ts\":1001}],"
        "\"links\":[{\"runId\":\"q\",\"stepId\":\"1\",\"relation\":\"follows\"}],\"unknown\":{\"mine\":{\"a\":1}}}\n"
        "]}\n");
    unload(&f);
    buf_free(&b);
}

static void the_critical_path_as_json(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(CRITICAL_LOG));
    put_json(f.runs, &b);
    assert_true(contains(&b, "\"concurrency\":{\"max\":2,\"mean\":1.1,\"idleMs\":0},\"criticalPath\":[\n"));
    assert_true(contains(&b, "{\"step\":3,\"key\":\"p.a.z\",\"fromMs\":20,\"toMs\":70,\"flags\":[\"outlives\"]},\n"));
    assert_true(contains(&b, "{\"step\":5,\"key\":\"p.b.v\",\"fromMs\":70,\"toMs\":90,\"flags\":[\"beside\"]},\n"));
    assert_true(contains(&b, "\"selfMs\":20,\"selfShare\":0.2,\"criticalMs\":20,"));
    unload(&f);
    buf_free(&b);
}

static void pipelens_shapes(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN(",\"custom\":null,\"other\":1")
                        STEP("p.a", "\"a\"", "1000", "1002", ",\"records\":{\"n\":NaN},\"result\":1.50,\"mine\":2")
                            STEP("p.a.b", "\"b\"", "1001", "1002", ",\"error\":{\"code\":7}")
                                OPEN("p.c", "\"c\"", "1003") END("1010", "completed")));
    export_nested(f.runs, 0, &b);
    assert_text(&b, "{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":1000,\"endTs\":1010,\"timeUsageMs\":10},"
                    "\"records\":{},\"substeps\":["
                    "{\"name\":\"a\",\"key\":\"p.a\",\"time\":{\"startTs\":1000,\"endTs\":1002,\"timeUsageMs\":2},"
                    "\"records\":{\"n\":null},\"result\":1.50,\"mine\":2,\"substeps\":["
                    "{\"name\":\"b\",\"key\":\"p.a.b\",\"time\":{\"startTs\":1001,\"endTs\":1002,\"timeUsageMs\":1},"
                    "\"records\":{},\"error\":{\"code\":7},\"substeps\":[]}]},"
                    "{\"name\":\"c\",\"key\":\"p.c\",\"time\":{\"startTs\":1003},\"records\":{},\"substeps\":[]}]}\n");
    buf_clear(&b);
    export_flat(f.runs, 0, &b);
    assert_true(str_starts(buf_str(&b), S("[{\"name\":\"p\",")));
    assert_true(contains(&b, "}},{\"name\":\"a\"") || contains(&b, "{}},{\"name\":\"a\""));
    buf_clear(&b);
    export_pipelens(f.runs, 0, &b);
    assert_true(str_starts(
        buf_str(&b),
        S("{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":1000,\"endTs\":1010,\"timeUsageMs\":10},\"records\":{},"
          "\"logVersion\":1,\"runId\":\"r\",")));
    assert_true(contains(&b, ",\"other\":1,"));
    cJSON *doc = cJSON_ParseWithLength(b.ptr, b.len);
    assert_non_null(doc);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(doc, "steps")), 4);
    cJSON_Delete(doc);
    unload(&f);
    buf_free(&b);
}

static void a_status_that_nothing_else_tells_is_exported(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("") STEP("p.a", "\"a\"", "1000", "1002", ",\"status\":\"error\"")
                        STEP("p.b", "\"b\"", "1000", "1002", ",\"status\":\"skipped\"")
                            STEP("p.c", "\"c\"", "1000", "1002", ",\"error\":\"x\"") END("1010", "completed")));
    export_flat(f.runs, 0, &b);
    assert_true(contains(&b, "\"status\":\"error\""));
    assert_true(contains(&b, "\"status\":\"skipped\""));
    assert_false(contains(&b, "\"error\":\"x\",\"status\""));
    unload(&f);
    buf_free(&b);
}

typedef void export_shape(const struct run *run, size_t nth, struct buf *out);
static export_shape *const shapes[] = { export_nested, export_flat, export_pipelens };

/* What a field says is told by every document, but for those that say in their own way where a step stands. */
static bool is_structure(const char *field)
{
    static const char *const names[] = { "logVersion", "runId", "steps", "substeps", "status", "rootMade", "made" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], field) == 0) return true;
    return false;
}

static void put_told_fields(struct buf *log, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_structure(fields[i])) buf_printf(log, ",\"%s\":\"told-%s\"", fields[i], fields[i]);
}

static void assert_told(const struct buf *b, const char *document, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "told-%s", fields[i]);
        bool said = strcmp(document, "json") == 0 && strcmp(fields[i], "parentId") == 0; /* "parent": its index */
        if (!is_structure(fields[i]) && !said && !contains(b, text)) fail_msg("%s: nothing of %s", document, fields[i]);
    }
}

/* The vocabulary lists a field once, the outputs each by hand. */
static void every_field_is_told_everywhere(void **state)
{
    (void)state;
    static const char *const step_fields[] = {
#define STEP_FIELD(name) #name,
#include "event/kinds.def"
    };
    static const char *const meta_fields[] = {
#define META_FIELD(name) #name,
#include "event/kinds.def"
    };
    enum {
        STEP_FIELDS = sizeof step_fields / sizeof *step_fields,
        META_FIELDS = sizeof meta_fields / sizeof *meta_fields
    };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    buf_puts(&b,
             "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"runId\":\"r\"");
    put_told_fields(&b, meta_fields, META_FIELDS);
    buf_puts(
        &b, "}}\n{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"a\",\"key\":\"p.a\"");
    put_told_fields(&b, step_fields, STEP_FIELDS);
    buf_puts(&b, "}}\n");
    load_text(&f, buf_str(&b));
    assert_int_equal(f.problems, 0);

    buf_clear(&b);
    put_json(f.runs, &b);
    assert_told(&b, "json", step_fields, STEP_FIELDS);
    assert_told(&b, "json", meta_fields, META_FIELDS);
    for (int shape = 0; shape < 3; shape++) {
        buf_clear(&b);
        shapes[shape](f.runs, 0, &b);
        assert_told(&b, "export", step_fields, STEP_FIELDS);
    }
    assert_told(&b, "export --to pipelens", meta_fields, META_FIELDS);

    static const struct input_notes notes = { 0 };
    const struct report_options o = { .theme = THEME_AUTO,
                                      .max_bytes = 1 << 20,
                                      .max_data = 1 << 20,
                                      .notes = &notes,
                                      .analysis = analysis_begin(f.runs) };
    struct scene empty;
    struct err e = { 0 };
    scene_init(&empty, &f.arena);
    buf_clear(&b);
    struct page *page = page_make(f.runs, &o);
    assert_true(page_write(page, &empty, &(struct html_graphs){ .scenes = { &empty } }, &b, &e));
    page_free(page);
    assert_told(&b, "html", step_fields, STEP_FIELDS);
    assert_told(&b, "html", meta_fields, META_FIELDS);
    scene_free(&empty);
    analysis_free(o.analysis);
    unload(&f);
    buf_free(&b);
}

static void hidden_steps_are_nowhere(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("") STEP("p.a", "\"a\"", "1000", "1002", "") STEP("p.secret", "\"secret\"", "1000", "1002", "")
                        STEP("p.secret.deep", "\"secret deep\"", "1000", "1002", "")
                            STEP("p.z", "\"z\"", "1000", "1002", "") END("1010", "completed")));
    for (uint32_t i = 0; i < f.runs->step_count; i++) {
        struct step *step = f.runs->steps[i];
        step->hidden = str_starts(step->key, S("p.secret"));
    }
    keep_rank(f.runs);
    put_json(f.runs, &b);
    put_csv(f.runs, true, &b);
    for (int shape = 0; shape < 3; shape++) shapes[shape](f.runs, 0, &b);
    const struct tree_options o = { .columns = 80 };
    tree_write(f.runs, &o, &b);
    assert_false(contains(&b, "secret"));
    assert_true(contains(&b, "\"z\""));
    critical_tree_of(f.runs, 80, false, &b);
    assert_false(contains(&b, "secret"));
    unload(&f);
    buf_free(&b);
}

/* Payloads as hostile as a log can hold them stay one valid document. */
static void json_is_valid_whatever_the_log_held(void **state)
{
    (void)state;
    static const struct {
        const char *text, *quoted, *null;
    } cases[] = {
        { "", "null", "null" },
        { " [ 1 , 2 ]\n", "[1,2]", "[1,2]" },
        { "NaN", "\"NaN\"", "null" },
        { "[-Infinity,-1,Infinity]", "[\"-Infinity\",-1,\"Infinity\"]", "[null,-1,null]" },
        { "{\"NaN\":\"Infinity\",\"-I\\\"\":NaN}", "{\"NaN\":\"Infinity\",\"-I\\\"\":\"NaN\"}",
          "{\"NaN\":\"Infinity\",\"-I\\\"\":null}" },
        { "\"a \xFF b\xED\xA0\x80\"", "\"a \xEF\xBF\xBD b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"",
          "\"a \xEF\xBF\xBD b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "\"two  spaces\\\\\"", "\"two  spaces\\\\\"", "\"two  spaces\\\\\"" },
        { "1E+5", "1E+5", "1E+5" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT;
        payload_put(&b, str_z(cases[i].text), NOT_NUMBERS_QUOTED);
        assert_text(&b, cases[i].quoted);
        buf_clear(&b);
        payload_put(&b, str_z(cases[i].text), NOT_NUMBERS_NULL);
        assert_text(&b, cases[i].null);
        cJSON *value = cJSON_ParseWithLength(b.ptr, b.len);
        assert_non_null(value);
        cJSON_Delete(value);
        buf_free(&b);
    }
}

static void a_deep_chain_is_exported_without_a_stack(void **state)
{
    (void)state;
    enum { DEPTH = 3000 }; /* keys grow with the level: more would be a log of its square */
    struct log_fixture f;
    struct buf log = BUF_INIT, b = BUF_INIT, key = BUF_INIT;
    buf_puts(&log, RUN(""));
    buf_puts(&key, "p");
    for (int i = 0; i < DEPTH; i++) {
        buf_puts(&key, ".k");
        buf_printf(&log, OPEN("%.*s", "\"k\"", "1000"), STR_ARG(buf_str(&key)));
    }
    load_text(&f, buf_str(&log));
    export_nested(f.runs, 0, &b);
    size_t opened = 0, closed = 0;
    for (size_t i = 0; i < b.len; i++) {
        opened += b.ptr[i] == '[';
        closed += b.ptr[i] == ']';
    }
    assert_int_equal(opened, DEPTH + 1);
    assert_int_equal(closed, DEPTH + 1);
    struct json j = json_begin(str_trim(buf_str(&b)));
    assert_int_equal(json_skip(&j).len, b.len - 1);
    assert_true(json_at_end(&j));
    json_done(&j);
    unload(&f);
    buf_free(&log);
    buf_free(&b);
    buf_free(&key);
}

static void rows_for_spreadsheets(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(RUN("") STEP("p.a", "\"=SUM(A1), \\\"x\\\"\"", "1000", "1002.5",
                                 ",\"records\":{\"k\":\"v,w\"},\"error\":\"two\\nlines\"") OPEN("p.b", "\"+1\"", "1003")
                        END("1010", "completed")));
    put_csv(f.runs, true, &b);
    put_csv(f.runs, false, &b);
    static const char rows[] = "r,p,0,,0,p,p,ok,1970-01-01T00:00:01.000Z,1000,1010,10,0.5,0.05,0.5,,\r\n"
                               "r,p,1,0,1,p.a,\"'=SUM(A1), "
                               "\"\"x\"\"\",error,1970-01-01T00:00:01.000Z,1000,1002.5,2.5,2.5,0.25,2.5,\"{\"\"k\"\":"
                               "\"\"v,w\"\"}\",\"two\nlines\"\r\n"
                               "r,p,2,0,1,p.b,\"'+1\",unfinished,1970-01-01T00:00:01.003Z,1003,,7,7,0.7,7,,\r\n";
    static const char head[] = "run_id,pipeline,index,parent,depth,key,name,status,start_utc,start_ms,end_ms,duration_"
                               "ms,self_ms,self_share,critical_ms,records,error\r\n";
    assert_true(str_starts(buf_str(&b), str_z(head)));
    struct buf body = BUF_INIT;
    buf_put(&body, str_skip(buf_str(&b), sizeof head - 1));
    struct buf want = BUF_INIT;
    buf_puts(&want, rows);
    buf_puts(&want, rows);
    buf_putc(&want, '\0');
    assert_text(&body, want.ptr);
    unload(&f);
    buf_free(&b);
    buf_free(&body);
    buf_free(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_cut_by_columns),
        cmocka_unit_test(a_name_of_megabytes_is_cut_like_any_other),
        cmocka_unit_test(the_tree_as_a_whole),
        cmocka_unit_test(the_tree_fits_its_width),
        cmocka_unit_test(a_cut_tree_says_what_is_missing),
        cmocka_unit_test(an_error_on_its_way_up_is_told_once),
        cmocka_unit_test(the_tree_of_the_critical_path),
        cmocka_unit_test(the_run_as_json),
        cmocka_unit_test(the_critical_path_as_json),
        cmocka_unit_test(pipelens_shapes),
        cmocka_unit_test(a_status_that_nothing_else_tells_is_exported),
        cmocka_unit_test(every_field_is_told_everywhere),
        cmocka_unit_test(hidden_steps_are_nowhere),
        cmocka_unit_test(json_is_valid_whatever_the_log_held),
        cmocka_unit_test(a_deep_chain_is_exported_without_a_stack),
        cmocka_unit_test(rows_for_spreadsheets),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
