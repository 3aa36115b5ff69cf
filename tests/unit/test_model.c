/* SPDX-License-Identifier: MIT
 *
 * From lines to runs: the surprises of real logs, each with a log of its own, and the measures computed by hand.
 */
#include "load_text.h"

#define START(key, name, ms)                                                                                           \
    "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"" name "\",\"key\":\"" key        \
    "\",\"time\":{\"startTs\":" ms "},\"records\":{}}}\n"
#define FINISH(key, name, ms, end, more)                                                                               \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"" name "\",\"key\":\"" key       \
    "\",\"time\":{\"startTs\":" ms ",\"endTs\":" end "}" more "}}\n"
#define RUN_START(ms)                                                                                                  \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":" ms  \
    "},\"records\":{},\"logVersion\":1,\"runId\":\"r\",\"steps\":[]}}\n"
#define RUN_FINISH(ms, end, steps, status)                                                                             \
    "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":" ms \
    ",\"endTs\":" end "},\"records\":{},\"logVersion\":1,\"runId\":\"r\",\"steps\":[" steps "]},\"status\":\"" status  \
    "\"}\n"
#define LISTED(key, name, ms, end)                                                                                     \
    "{\"name\":\"" name "\",\"key\":\"" key "\",\"time\":{\"startTs\":" ms ",\"endTs\":" end "},\"records\":{}}"

static void surprise_1_keys_are_not_unique(void **state)
{
    (void)state; /* the 2nd, 3rd and 4th `c` are all c___1; two of them begin in one millisecond */
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") START("p.c", "c", "1") FINISH("p.c", "c", "1", "2", "") START("p.c___1", "c", "2")
                        FINISH("p.c___1", "c", "2", "5", ",\"result\":2") START("p.c___1", "c", "5")
                            START("p.c___1", "c", "5") FINISH("p.c___1", "c", "5", "7", ",\"result\":3") FINISH(
                                "p.c___1", "c", "5", "9", ",\"result\":4") RUN_FINISH("0", "9", "", "completed")));
    const struct run *run = f.runs;
    assert_int_equal(run->step_count, 5);
    for (int i = 0; i < 3; i++) {
        static const int64_t ends[] = { 5000, 7000, 9000 };
        const struct step *s = step_at(run, "p.c___1", i);
        assert_int_equal(s->end, ends[i]);
        assert_int_equal(sources_text(&f.sources, s->result).ptr[0], '2' + i);
        assert_ptr_equal(s->parent, run->root);
    }
    assert_int_equal(run->notes.conflicts, 0);
    unload(&f);
}

static void surprise_1_the_list_says_how_many_twins_there_are(void **state)
{
    (void)
        state; /* two steps that are equal in all: the events cannot tell them from one delivered twice, the list can */
    struct log_fixture f;
    load_text(&f,
              S(RUN_START("0") START("p.c", "c", "1") FINISH("p.c", "c", "1", "1", "") START("p.c", "c", "1")
                    FINISH("p.c", "c", "1", "1", "") RUN_FINISH(
                        "0", "9",
                        LISTED("p", "p", "0", "9") "," LISTED("p.c", "c", "1", "1") "," LISTED("p.c", "c", "1", "1"),
                        "completed")));
    assert_int_equal(f.runs->step_count, 3);
    unload(&f);
}

static void surprise_1_children_of_equal_keys_go_by_place_or_time(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") START("p.c", "c", "1") FINISH("p.c", "c", "1", "10", "") START("p.c", "c", "20")
                        START("p.c.x", "x", "22") FINISH("p.c.x", "x", "22", "23", "")
                            FINISH("p.c", "c", "20", "30", "") START("p.c.x", "x", "5")
                                FINISH("p.c.x", "x", "5", "6", "") RUN_FINISH("0", "40", "", "completed")));
    assert_int_equal(step_at(f.runs, "p.c.x", 0)->parent->start, 1000);
    assert_int_equal(step_at(f.runs, "p.c.x", 1)->parent->start, 20000);
    unload(&f);
}

static void surprise_2_a_start_may_look_finished(void **state)
{
    (void)state; /* live objects: the start line holds the end, too; it is a start all the same */
    struct log_fixture f;
    load_text(
        &f,
        S(RUN_START("0") "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"a\",\"key\":"
                         "\"p.a\",\"time\":{\"startTs\":1,\"endTs\":3,\"timeUsageMs\":2},\"records\":{\"x\":1}}}\n"));
    const struct step *s = step_at(f.runs, "p.a", 0);
    struct record_view *list;
    assert_int_equal(s->status, STEP_UNFINISHED);
    assert_int_equal(s->end, TIME_NONE);
    assert_int_equal(records_list(f.runs, s, &f.arena, &list), 1);
    unload(&f);
}

static void surprise_3_the_root_starts_late_or_is_listed_early(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") START("p.a", "a", "0") START("p", "p", "0") FINISH("p.a", "a", "0", "2", "")
                        FINISH("p", "p", "0", "3", "") RUN_FINISH("0", "3", "", "completed")));
    assert_int_equal(f.runs->step_count, 2);
    assert_str(f.runs->root->key, "p");
    unload(&f);
    load_text(&f, S("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{"
                    "\"startTs\":0},\"runId\":\"r\",\"steps\":[" LISTED("p", "p", "0", "3") "," LISTED(
                        "p.a", "a", "0", "2") "]}}\n" START("p", "p", "0") START("p.a", "a", "0")
                        FINISH("p.a", "a", "0", "2", "")));
    assert_int_equal(f.runs->step_count, 2);
    assert_int_equal(step_at(f.runs, "p.a", 0)->status, STEP_OK);
    assert_int_equal(f.runs->root->status, STEP_UNFINISHED);
    unload(&f);
}

static void surprise_4_events_after_the_pipelines_finish_count(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f,
              S(RUN_START("0") START("p.a", "a", "1") START("p.b", "b", "1")
                    FINISH("p.b", "b", "1", "2", ",\"error\":\"x\"") RUN_FINISH(
                        "0", "2",
                        LISTED("p", "p", "0", "2") ",{\"name\":\"a\",\"key\":\"p.a\",\"time\":{\"startTs\":1}}," LISTED(
                            "p.b", "b", "1", "2"),
                        "failed") FINISH("p.a", "a", "1", "8", ",\"result\":\"late\"")));
    const struct step *a = step_at(f.runs, "p.a", 0);
    assert_int_equal(f.runs->step_count, 3);
    assert_int_equal(a->end, 8000);
    assert_int_equal(a->status, STEP_OK);
    assert_int_equal(f.runs->end, 8000);
    assert_int_equal(f.runs->duration, 2000);
    assert_int_equal(f.runs->notes.late_events, 1);
    unload(&f);
}

static void surprise_5_errors_of_every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        enum step_status status;
        const char *text;
    } cases[] = {
        { "\"boom\"", STEP_ERROR, "boom" },
        { "\"\"", STEP_ERROR, "" }, /* Python, an exception without text */
        { "null", STEP_OK, "" },
        { "0", STEP_ERROR, "0" }, /* a falsy value was thrown */
        { "{\"code\":7,\"message\":\"no \\u00e4\"}", STEP_ERROR, "no \xC3\xA4" },
        { "{\"code\": 7}", STEP_ERROR, "{\"code\":7}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_fixture f;
        struct buf b = BUF_INIT;
        buf_printf(
            &b,
            RUN_START("0") "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"a\","
                           "\"key\":\"p.a\",\"time\":{\"startTs\":1,\"endTs\":2},\"error\":%s}}\n" RUN_FINISH(
                               "0", "2", "", "completed"),
            cases[i].error);
        load_text(&f, buf_str(&b));
        const struct step *s = step_at(f.runs, "p.a", 0);
        assert_int_equal(s->status, cases[i].status);
        assert_str(error_text(f.runs, s->error, &f.arena), cases[i].text);
        unload(&f);
        buf_free(&b);
    }
    struct log_fixture f;
    load_text(&f,
              S(RUN_START("0") FINISH("p", "p", "0", "2", ",\"error\":\"\"") RUN_FINISH("0", "2", "", "completed")));
    assert_int_equal(f.runs->status, RUN_FAILED);
    assert_int_equal(f.runs->notes.status_overruled, 1);
    unload(&f);
}

static void surprise_6_payloads_stay_as_they_are(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") FINISH("p.a", "a", "1", "2",
                                          ",\"records\":{\"big\": 123456789012345678901, "
                                          "\"nan\":NaN,\"inf\":-Infinity,\"z\":\"\\u0000\",\"lone\":\"\\ud800\","
                                          "\"dup\":{\"k\":1,\"k\":2}},\"result\":1.10")));
    const struct step *s = step_at(f.runs, "p.a", 0);
    struct record_view *list;
    assert_int_equal(records_list(f.runs, s, &f.arena, &list), 6);
    assert_str(list[0].value, "123456789012345678901");
    assert_str(list[1].value, "NaN");
    assert_str(list[2].value, "-Infinity");
    assert_str(list[3].value, "\"\\u0000\"");
    assert_str(list[4].value, "\"\\ud800\"");
    assert_str(list[5].value, "{\"k\":1,\"k\":2}");
    assert_str(sources_text(&f.sources, s->result), "1.10");
    unload(&f);
}

static void surprise_6_null_is_a_result_in_typescript_and_nothing_in_python(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") FINISH("p.a", "a", "1", "2", ",\"result\":null") FINISH(
                      "p.b", "b", "1", "2", ",\"result\":null,\"error\":null") FINISH("p.c", "c", "1", "2", "")));
    assert_str(sources_text(&f.sources, step_at(f.runs, "p.a", 0)->result), "null");
    assert_false(payload_present(step_at(f.runs, "p.b", 0)->result));
    assert_false(payload_present(step_at(f.runs, "p.c", 0)->result));
    assert_int_equal(step_at(f.runs, "p.b", 0)->status, STEP_OK);
    unload(&f);
}

static void surprise_7_lost_events_leave_a_whole_tree(void **state)
{
    (void)state; /* no pipeline start, a parent that was never written, a finish without its start */
    struct log_fixture f;
    load_text(&f, S(FINISH("p.a.b", "b", "3", "4", "") FINISH("p.c", "c", "5", "6", "")));
    assert_int_equal(run_count(&f), 1);
    assert_str(f.runs->root->key, "p");
    assert_ptr_equal(step_at(f.runs, "p.a.b", 0)->parent, f.runs->root);
    assert_int_equal(f.runs->status, RUN_UNFINISHED);
    assert_int_equal(f.runs->step_count, 3);
    unload(&f);
}

static void surprise_8_a_run_id_may_run_twice(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(
        &f,
        S(RUN_START("0") START("p.a", "a", "1") FINISH("p.a", "a", "1", "2", "") RUN_FINISH("0", "3", "", "completed")
              RUN_START("100") START("p.a", "a", "101") FINISH("p.a", "a", "101", "105", "") RUN_FINISH(
                  "100", "106",
                  LISTED("p", "p", "100", "106") "," LISTED("p.a", "a", "1", "2") "," LISTED("p.a", "a", "101", "105"),
                  "completed")));
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.runs->step_count, 2);
    assert_int_equal(f.runs->next->step_count, 2);
    assert_int_equal(f.runs->next->attempt, 2);
    assert_int_equal(f.runs->next->duration, 6000);
    unload(&f);
    /* names and run ids may be empty */
    load_text(&f, S("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"\",\"key\":\"\",\"time\":{"
                    "\"startTs\":0},\"runId\":\"\"}}\n"
                    "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"\",\"step\":{\"name\":\"\",\"key\":\".\","
                    "\"time\":{\"startTs\":1}}}\n"));
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(f.runs->step_count, 2);
    assert_int_equal(f.problems, 0);
    unload(&f);
}

static void surprise_9_a_finish_line_may_be_larger_than_any_buffer(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    buf_puts(&b, "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{"
                 "\"startTs\":0,\"endTs\":9},\"runId\":\"r\",\"steps\":[" LISTED("p", "p", "0", "9"));
    for (int i = 0; i < 20000; i++)
        buf_printf(&b,
                   ","
                   "{\"name\":\"s%d\",\"key\":\"p.s%d\",\"time\":{\"startTs\":%d,\"endTs\":%d}}",
                   i, i, i, i + 1);
    buf_puts(&b, "]},\"status\":\"completed\"}\n");
    assert_true(b.len > 1024 * 1024);
    load_text(&f, buf_str(&b));
    assert_int_equal(f.runs->step_count, 20001);
    assert_int_equal(f.runs->root->child_count, 20000);
    unload(&f);
    buf_free(&b);
}

/* Several processes write one log: what is said of the pipeline's own step may come before the pipeline's start. */
static void the_root_is_told_of_before_it_starts(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f,
              S("{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"id\":\"a\",\"key\":\"p\"},"
                "\"recordKey\":\"k\",\"data\":1,\"ts\":5}\n"
                "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"runId\":\"r\","
                "\"time\":{\"startTs\":1}}}\n"
                "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"p\",\"key\":\"p\","
                "\"time\":{\"startTs\":1},\"id\":\"a\"}}\n"
                "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"c\",\"key\":\"p.c\","
                "\"time\":{\"startTs\":2},\"id\":\"b\",\"parentId\":\"a\"}}\n"));
    assert_int_equal(f.problems + f.notes, 0);
    assert_int_equal(f.runs->step_count, 2);
    assert_str(f.runs->root->more->id, "a");
    assert_non_null(f.runs->root->records);
    unload(&f);
}

static void surprise_10_documents(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\n \"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0,\"endTs\":9},\"records\":{},\n "
        "\"logVersion\":1,\"runId\":\"r\",\"steps\":[" LISTED("p", "p", "0", "9") "," LISTED("p.a", "a", "1", "2") "]}",
        "[\n{\"key\":\"p\",\"time\":{\"startTs\":0,\"endTs\":9},\"record\":{}},\n{\"key\":\"p.a\",\"time\":{"
        "\"startTs\":1,\"endTs\":2},\"record\":{\"x\":1}}\n]\n",
        "{\"key\":\"p\",\"time\":{\"startTs\":0,\"endTs\":9},\"record\":{},\"substeps\":[\n{\"key\":\"p.a\",\"time\":{"
        "\"startTs\":1,\"endTs\":2},\"record\":{\"x\":1},\"substeps\":[]}]}",
    };
    for (size_t i = 0; i < 3; i++) {
        struct log_fixture f;
        struct record_view *list;
        load_text(&f, str_z(documents[i]));
        assert_int_equal(run_count(&f), 1);
        assert_int_equal(f.runs->step_count, 2);
        assert_int_equal(f.runs->status, RUN_COMPLETED);
        assert_str(f.runs->name, "p");
        assert_str(step_at(f.runs, "p.a", 0)->name, "a");
        assert_int_equal(step_at(f.runs, "p.a", 0)->end, 2000);
        assert_int_equal(records_list(f.runs, step_at(f.runs, "p.a", 0), &f.arena, &list), i > 0);
        assert_int_equal(f.problems, 0);
        unload(&f);
    }
}

static void requests_of_the_non_batch_mode(void **state)
{
    (void)state;
    static const char *const wrapped[][2] = {
        { "{\"path\":\"/api/ingestion/pipeline/start\",\"body\":", "}" },
        { "{\"path\":\"/api/ingestion/step/start\",\"body\":", "}" },
        { "{\"path\":\"/api/ingestion/step/finish\",\"body\":", "}" },
        { "{\"path\":\"/api/ingestion/pipeline/finish\",\"body\":", "}" },
    };
    static const char *const bodies[] = {
        "{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0},\"records\":{},\"logVersion\":1,\"runId\":\"r\","
        "\"steps\":[]}",
        "{\"runId\":\"r\",\"step\":{\"name\":\"a\",\"key\":\"p.a\",\"time\":{\"startTs\":1},\"records\":{}}}",
        "{\"runId\":\"r\",\"step\":{\"name\":\"a\",\"key\":\"p.a\",\"time\":{\"startTs\":1,\"endTs\":4},\"records\":{},"
        "\"result\":7}}",
        "{\"pipelineMeta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0,\"endTs\":5},\"runId\":\"r\","
        "\"steps\":[]},\"status\":\"completed\"}",
    };
    for (int bare = 0; bare < 2; bare++) {
        struct log_fixture f;
        struct buf b = BUF_INIT;
        for (size_t i = 0; i < 4; i++)
            buf_printf(&b, "%s%s%s\n", bare ? "" : wrapped[i][0], bodies[i], bare ? "" : wrapped[i][1]);
        load_text(&f, buf_str(&b));
        assert_int_equal(f.problems, 0);
        assert_int_equal(run_count(&f), 1);
        assert_int_equal(f.runs->step_count, 2);
        assert_int_equal(f.runs->status, RUN_COMPLETED);
        assert_int_equal(step_at(f.runs, "p.a", 0)->end, 4000);
        unload(&f);
        buf_free(&b);
    }
}

static void our_own_fields_and_operations(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(
        &f,
        S("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":"
          "0},\"runId\":\"r\",\"args\":{\"n\":1},\"tags\":{\"env\":\"ci\"},\"parentRun\":\"q\",\"color\":\"red\"}}\n"
          "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":7,\"name\":\"a.b\",\"time\":{"
          "\"startTs\":1.5},\"location\":\"main.c:3\",\"kind\":\"tool\",\"inputs\":[1]}}\n"
          "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":\"8\",\"parentId\":7,\"name\":"
          "\"c\",\"time\":{\"startTs\":2},\"mood\":\"good\"}}\n"
          "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"id\":\"8\"},\"recordKey\":\"rows\","
          "\"data\":12,\"ts\":2.25}\n"
          "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"id\":\"8\"},\"recordKey\":\"rows\","
          "\"data\":13,\"ts\":2.5}\n"
          "{\"type\":\"step\",\"operation\":\"log\",\"runId\":\"r\",\"step\":{\"id\":\"8\"},\"level\":\"warn\","
          "\"message\":\"slow\",\"ts\":3}\n"
          "{\"type\":\"step\",\"operation\":\"log\",\"runId\":\"r\",\"step\":{\"id\":\"8\"},\"level\":\"warn\","
          "\"message\":\"slow\",\"ts\":3}\n"
          "{\"type\":\"step\",\"operation\":\"link\",\"runId\":\"r\",\"step\":{\"id\":\"8\"},\"to\":{\"runId\":\"z\","
          "\"stepId\":\"1\"},\"relation\":\"spawned\"}\n"
          "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":\"8\",\"name\":\"c\",\"time\":{"
          "\"startTs\":2,\"endTs\":4},\"status\":\"cached\",\"errorType\":\"E\",\"usage\":{\"model\":\"m\",\"prompt_"
          "tokens\":3,\"completion_tokens\":4}}}\n"));
    const struct run *run = f.runs;
    const struct step *a = step_at(run, "p.a_b", 0), *c = step_at(run, "p.a_b.c", 0);
    struct record_view *list;
    assert_int_equal(f.problems, 0);
    assert_ptr_equal(c->parent, a);
    assert_int_equal(a->start, 1500);
    assert_str(a->more->location, "main.c:3");
    assert_str(sources_text(&f.sources, run->args), "{\"n\":1}");
    assert_str(run->parent_run, "q");
    assert_str(run->extras->name, "color");
    assert_str(c->more->extras->name, "mood");
    assert_int_equal(c->status, STEP_CACHED);
    assert_int_equal(records_list(run, c, &f.arena, &list), 1);
    assert_str(list[0].value, "13");
    assert_int_equal(c->more->logs->level, LEVEL_WARN);
    assert_null(c->more->logs->next); /* delivered twice is one entry */
    assert_str(c->more->links->run_id, "z");
    assert_int_equal(run->usage->total_tokens, 7);
    unload(&f);
}

static void the_root_may_have_an_id_as_well(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":2,"
                                   "\"parentId\":1,\"name\":\"a\",\"time\":{\"startTs\":1}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":1,"
                                   "\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":1,"
                                   "\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0,\"endTs\":4}}}\n" RUN_FINISH(
                                       "0", "4", "", "completed")));
    assert_int_equal(f.runs->step_count, 2);
    assert_str(f.runs->root->more->id, "1");
    assert_ptr_equal(step_at(f.runs, "p.a", 0)->parent, f.runs->root);
    assert_int_equal(f.runs->notes.unknown_parents, 0);
    unload(&f);
}

static void ids_that_are_missing_or_in_a_ring_go_below_the_root(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":1,"
                                   "\"parentId\":2,\"name\":\"a\",\"time\":{\"startTs\":1}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":2,"
                                   "\"parentId\":3,\"name\":\"b\",\"time\":{\"startTs\":1}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":3,"
                                   "\"parentId\":1,\"name\":\"c\",\"time\":{\"startTs\":1}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":4,"
                                   "\"parentId\":4,\"name\":\"d\",\"time\":{\"startTs\":1}}}\n"
                                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":5,"
                                   "\"parentId\":99,\"name\":\"e\",\"time\":{\"startTs\":1}}}\n"));
    assert_int_equal(f.runs->step_count, 6);
    assert_int_equal(f.runs->root->subtree, 6);
    assert_int_equal(f.runs->notes.unknown_parents, 3);
    unload(&f);
}

static void order_and_repetition_do_not_matter(void **state)
{
    (void)state;
    static const char *const lines[] = {
        RUN_START("0"),
        START("p", "p", "0"),
        START("p.a", "a", "1"),
        FINISH("p.a", "a", "1", "4", ",\"result\":1"),
        START("p.b", "b", "4"),
        FINISH("p.b", "b", "4", "6", ",\"error\":\"x\""),
        FINISH("p", "p", "0", "6", ""),
        RUN_FINISH("0", "6",
                   LISTED("p", "p", "0", "6") "," LISTED("p.a", "a", "1", "4") "," LISTED("p.b", "b", "4", "6"),
                   "failed"),
    };
    enum { LINES = sizeof lines / sizeof *lines };
    uint32_t seed = 1;
    for (int round = 0; round < 200; round++) {
        struct buf b = BUF_INIT;
        int order[2 * LINES];
        for (int i = 0; i < 2 * LINES; i++) order[i] = i % LINES;
        for (int i = 2 * LINES - 1; i > 0; i--) { /* every line twice, shuffled (linear congruential generator) */
            seed = seed * 1664525 + 1013904223;
            int k = (int)(seed >> 8) % (i + 1), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        for (int i = 0; i < 2 * LINES; i++) buf_puts(&b, lines[order[i]]);
        struct log_fixture f;
        load_text(&f, buf_str(&b));
        assert_int_equal(run_count(&f), 1);
        if (f.runs->step_count != 3) fail_msg("round %d: %u steps", round, f.runs->step_count);
        assert_int_equal(f.runs->status, RUN_FAILED);
        assert_int_equal(step_at(f.runs, "p.a", 0)->end, 4000);
        assert_int_equal(step_at(f.runs, "p.b", 0)->status, STEP_ERROR);
        assert_int_equal(f.runs->notes.conflicts, 0);
        unload(&f);
        buf_free(&b);
    }
}

static void later_fields_win_and_are_counted(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") START("p.a", "a", "1")
                        FINISH("p.a", "a", "1", "4", ",\"result\":1,\"records\":{\"x\":1,\"y\":1}")
                            FINISH("p.a", "a", "1", "5", ",\"result\":2,\"records\":{\"x\":2}")));
    const struct step *a = step_at(f.runs, "p.a", 0);
    struct record_view *list;
    assert_int_equal(f.runs->step_count, 2);
    assert_int_equal(a->end, 5000);
    assert_str(sources_text(&f.sources, a->result), "2");
    assert_int_equal(f.runs->notes.conflicts, 2);
    assert_int_equal(f.notes, 2);
    assert_int_equal(records_list(f.runs, a, &f.arena, &list), 2); /* nothing that was recorded is lost */
    assert_str(list[0].value, "2");
    assert_str(list[1].value, "1");
    unload(&f);
}

static void one_run_over_files_and_many_runs_in_one(void **state)
{
    (void)state;
    struct log_fixture f;
    const struct str parts[] = { S(RUN_FINISH("0", "6", "", "completed")),
                                 S(START("p.a", "a",
                                         "1") "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"other\",\"step\":"
                                              "{\"name\":\"q\",\"key\":\"q\",\"time\":{\"startTs\":9}}}\n"),
                                 S(RUN_START("0") FINISH("p.a", "a", "1", "2", "")),
                                 { 0 } };
    load_files(&f, parts);
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.runs->step_count, 2);
    assert_int_equal(f.runs->status, RUN_COMPLETED);
    assert_str(f.runs->next->id, "other");
    assert_int_equal(f.runs->next->status, RUN_UNFINISHED);
    unload(&f);
}

static void self_time_is_what_no_child_covers(void **state)
{
    (void)state; /* 0..100 with 10..40, 30..60 and 90..120: 10 before the first, 30 between */
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") FINISH("p.a", "a", "10", "40", "") FINISH("p.b", "b", "30", "60", "")
                        FINISH("p.c", "c", "90", "120", "") RUN_FINISH("0", "100", "", "completed")));
    assert_int_equal(f.runs->root->self, 40000);
    assert_int_equal(step_at(f.runs, "p.c", 0)->self, 30000);
    unload(&f);
    /* a child that covers all, one that ends before it starts, one before its parent */
    load_text(&f, S(RUN_START("0") FINISH("p.a", "a", "0", "100", "") FINISH("p.b", "b", "50", "40", "")
                        FINISH("p.c", "c", "-20", "-10", "") RUN_FINISH("0", "100", "", "completed")));
    assert_int_equal(f.runs->root->self, 0);
    assert_int_equal(step_at(f.runs, "p.b", 0)->duration, -10000);
    assert_int_equal(step_at(f.runs, "p.b", 0)->self, 0);
    assert_int_equal(f.runs->notes.negative_durations, 1);
    unload(&f);
}

static void unfinished_steps_reach_to_the_last_event(void **state)
{
    (void)state;
    struct log_fixture f;
    load_text(&f, S(RUN_START("0") START("p.a", "a", "1") START("p.b", "b", "2") FINISH("p.b", "b", "2", "7", "")));
    const struct step *a = step_at(f.runs, "p.a", 0);
    assert_int_equal(a->status, STEP_UNFINISHED);
    assert_int_equal(a->shown_end, 7000);
    assert_int_equal(a->duration, 6000);
    assert_int_equal(f.runs->status, RUN_UNFINISHED);
    unload(&f);
    load_text(&f, S("{\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":0},\"runId\":\"r\",\"steps\":[{\"name\":\"p\","
                    "\"key\":\"p\",\"time\":{\"startTs\":0}}]}"));
    assert_int_equal(f.runs->status, RUN_RUNNING);
    assert_int_equal(f.runs->root->status, STEP_RUNNING);
    unload(&f);
}

static void bad_lines_cost_no_good_ones(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t line, column;
    } cases[] = {
        { RUN_START("0") "{\"type\":\"step\",", 2, 16 }, /* torn */
        { RUN_START("0") "not json\n" START("p.a", "a", "1"), 2, 1 },
        { "\xEF\xBB\xBF" RUN_START("0") "\r\n\n{\"type\":\"x\"}\r\n", 4, 9 },
        { RUN_START("0") START("p.a", "a", "1") "{\"a\":1} x\n", 3, 1 },
        { "{\n\"type\":\"pipe\n" RUN_START("0"), 1, 2 },            /* a torn first line is no document */
        { "{\"name\":\"p\",\n\"key\":\"p\",\n\"steps\":[", 3, 10 }, /* a document that is cut off */
    };
    static const uint32_t runs[] = { 1, 1, 1, 1, 1, 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_fixture f;
        load_text(&f, str_z(cases[i].text));
        assert_int_equal(run_count(&f), runs[i]);
        if (f.line != cases[i].line || f.column != cases[i].column)
            fail_msg("case %zu: %llu:%llu %s", i, (unsigned long long)f.line, (unsigned long long)f.column, f.what);
        unload(&f);
    }
}

static void many_steps_of_one_key_take_linear_time(void **state)
{
    (void)state; /* all with one key and one start; a quadratic search would take minutes */
    struct log_fixture f;
    struct buf b = BUF_INIT;
    enum { STEPS = 60000 };
    buf_puts(&b, RUN_START("0"));
    for (int i = 0; i < STEPS; i++) buf_puts(&b, START("p.c___1", "c", "1"));
    for (int i = 0; i < STEPS; i++)
        buf_printf(&b,
                   "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"c\",\"key\":\"p.c_"
                   "__1\",\"time\":{\"startTs\":1,\"endTs\":%d}}}\n",
                   i + 2);
    load_text(&f, buf_str(&b));
    assert_int_equal(f.runs->step_count, STEPS + 1);
    unload(&f);
    buf_free(&b);
}

static void deep_chains_need_no_stack(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    enum { DEPTH = 100000 };
    buf_puts(&b, RUN_START("0"));
    for (int i = 0; i < DEPTH; i++)
        buf_printf(&b,
                   "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"id\":%d,\"parentId\":%d,"
                   "\"name\":\"n\",\"time\":{\"startTs\":%d}}}\n",
                   i + 1, i, i + 1);
    load_text(&f, buf_str(&b));
    assert_int_equal(f.runs->step_count, DEPTH + 1);
    assert_int_equal(f.runs->max_depth, UINT16_MAX);
    unload(&f);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surprise_1_keys_are_not_unique),
        cmocka_unit_test(surprise_1_the_list_says_how_many_twins_there_are),
        cmocka_unit_test(surprise_1_children_of_equal_keys_go_by_place_or_time),
        cmocka_unit_test(surprise_2_a_start_may_look_finished),
        cmocka_unit_test(surprise_3_the_root_starts_late_or_is_listed_early),
        cmocka_unit_test(surprise_4_events_after_the_pipelines_finish_count),
        cmocka_unit_test(surprise_5_errors_of_every_kind),
        cmocka_unit_test(surprise_6_payloads_stay_as_they_are),
        cmocka_unit_test(surprise_6_null_is_a_result_in_typescript_and_nothing_in_python),
        cmocka_unit_test(surprise_7_lost_events_leave_a_whole_tree),
        cmocka_unit_test(surprise_8_a_run_id_may_run_twice),
        cmocka_unit_test(surprise_9_a_finish_line_may_be_larger_than_any_buffer),
        cmocka_unit_test(surprise_10_documents),
        cmocka_unit_test(the_root_is_told_of_before_it_starts),
        cmocka_unit_test(requests_of_the_non_batch_mode),
        cmocka_unit_test(our_own_fields_and_operations),
        cmocka_unit_test(the_root_may_have_an_id_as_well),
        cmocka_unit_test(ids_that_are_missing_or_in_a_ring_go_below_the_root),
        cmocka_unit_test(order_and_repetition_do_not_matter),
        cmocka_unit_test(later_fields_win_and_are_counted),
        cmocka_unit_test(one_run_over_files_and_many_runs_in_one),
        cmocka_unit_test(self_time_is_what_no_child_covers),
        cmocka_unit_test(unfinished_steps_reach_to_the_last_event),
        cmocka_unit_test(bad_lines_cost_no_good_ones),
        cmocka_unit_test(many_steps_of_one_key_take_linear_time),
        cmocka_unit_test(deep_chains_need_no_stack),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
