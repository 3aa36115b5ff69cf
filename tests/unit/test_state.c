/* SPDX-License-Identifier: MIT
 *
 * The actions of a run, the state after each, and what follows.
 */
#include "load_text.h"

#include "render/state.h"

#define GRAPH(transitions)                                                                                             \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"app\",\"key\":\"app\",\"runId\":\"r\","       \
    "\"time\":{\"startTs\":1},\"graph\":{\"entrypoint\":\"a\",\"actions\":[],\"transitions\":[" transitions "]}}}\n"
#define BEGIN(name, id, ms)                                                                                            \
    "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"" name "\",\"key\":\"app." name   \
    "\",\"id\":\"" id "\",\"kind\":\"action\",\"time\":{\"startTs\":" ms "}}}\n"
#define END(name, id, ms, end, more)                                                                                   \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"" name "\",\"key\":\"app." name  \
    "\",\"id\":\"" id "\",\"time\":{\"startTs\":" ms ",\"endTs\":" end "}" more "}}\n"
#define STATE(json) ",\"state\":" json

/* What state_write says of the nth action of a log. */
static void assert_state(struct str log, int64_t n, const char *expected)
{
    struct log_fixture f;
    struct buf b = BUF_INIT;
    size_t at;
    load_text(&f, log);
    struct actions actions = actions_of(f.runs, &f.arena);
    assert_true(actions_find(&actions, n, &at));
    state_write(f.runs, &actions, at, &b);
    assert_str(buf_str(&b), expected);
    buf_free(&b);
    unload(&f);
}

static void actions_stand_in_the_order_they_began(void **state)
{
    (void)state; /* c ended first and stands first in the log; plain is no action; open has no state, but is one */
    struct log_fixture f;
    load_text(&f, S(END("c", "3", "30", "31", STATE("{}")) END("a", "1", "10", "20", STATE("[]"))
                        END("plain", "9", "15", "16", "") END("b", "2", "20", "29", STATE("0")) BEGIN("open", "4", "40")
                            END("none", "5", "35", "36", STATE("null"))));
    struct actions actions = actions_of(f.runs, &f.arena);
    static const char *const names[] = { "a", "b", "c", "open" };
    assert_int_equal(actions.count, 4);
    assert_int_equal(actions.with_state, 3);
    for (size_t i = 0; i < 4; i++) {
        assert_str(actions.list[i]->name, names[i]);
        assert_int_equal(action_has_state(actions.list[i]), i < 3);
    }
    unload(&f);
}

static void those_that_began_at_once_keep_the_order_of_the_log(void **state)
{
    (void)state; /* and one of which no time is known comes last */
    struct log_fixture f;
    load_text(&f, S("{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"z\",\"key\":"
                    "\"app.z\",\"id\":\"z\",\"state\":1}}\n" END("b", "1", "5", "6", STATE("1"))
                        END("a", "2", "5", "6", STATE("2")) END("c", "3", "5", "6", STATE("3"))));
    struct actions actions = actions_of(f.runs, &f.arena);
    assert_int_equal(actions.count, 4);
    for (size_t i = 0; i < 4; i++) assert_int_equal(actions.list[i]->name.ptr[0], "bacz"[i]);
    unload(&f);
}

static void order_is_of_time_also_across_branches(void **state)
{
    (void)state; /* two branches at once: left (1) with leaf (5) inside, right (3) */
    struct str log = S(
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"left\",\"key\":"
        "\"app.left\",\"time\":{\"startTs\":1,\"endTs\":9},\"state\":1}}\n"
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"leaf\",\"key\":"
        "\"app.left.leaf\",\"time\":{\"startTs\":5,\"endTs\":6},\"state\":2}}\n"
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"right\",\"key\":"
        "\"app.right\",\"time\":{\"startTs\":3,\"endTs\":4},\"state\":3}}\n");
    assert_state(log, 1,
                 "{\"runId\":\"r\",\"sequenceId\":1,\"action\":\"right\",\"key\":\"app.right\",\"status\":\"ok\","
                 "\"state\":3,\"next\":\"leaf\",\"transitions\":[]}\n");
}

static void numbers_count_actions_and_back_from_the_last_state(void **state)
{
    (void)state;
    struct log_fixture f;
    size_t at;
    load_text(&f, S(END("a", "0", "1", "2", STATE("0")) BEGIN("lost", "1", "2") END("b", "2", "3", "4", STATE("2"))
                        BEGIN("open", "3", "4")));
    struct actions actions = actions_of(f.runs, &f.arena);
    static const struct {
        int64_t n;
        bool found;
        size_t at;
    } cases[] = {
        { 0, true, 0 },  { 1, true, 1 },   { 3, true, 3 },          { 4, false, 0 },         { -1, true, 2 },
        { -2, true, 0 }, { -3, false, 0 }, { INT64_MIN, false, 0 }, { INT64_MAX, false, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(actions_find(&actions, cases[i].n, &at), cases[i].found);
        if (cases[i].found) assert_int_equal(at, cases[i].at);
    }
    unload(&f);
}

static void a_run_without_actions_has_no_number(void **state)
{
    (void)state;
    struct log_fixture f;
    size_t at;
    load_text(&f, S(END("plain", "1", "1", "2", "")));
    struct actions actions = actions_of(f.runs, &f.arena);
    assert_int_equal(actions.count, 0);
    assert_false(actions_find(&actions, 0, &at));
    assert_false(actions_find(&actions, -1, &at));
    unload(&f);
}

static void the_next_action_is_the_one_that_began_next(void **state)
{
    (void)state; /* also when it did not end, and whatever the graph says */
    assert_state(S(GRAPH("{\"from_\":\"a\",\"to\":\"z\",\"condition\":\"default\"}")
                       END("a", "0", "1", "2", STATE("{\"n\":1}")) BEGIN("b", "1", "3")),
                 0,
                 "{\"runId\":\"r\",\"sequenceId\":0,\"action\":\"a\",\"key\":\"app.a\",\"id\":\"0\",\"status\":\"ok\","
                 "\"state\":{\"n\":1},\"next\":\"b\",\"transitions\":[{\"to\":\"z\",\"condition\":\"default\"}]}\n");
}

static void an_action_inside_another_does_not_follow_it(void **state)
{
    (void)state;
    struct str log = S(
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"outer\",\"key\":"
        "\"app.outer\",\"time\":{\"startTs\":1,\"endTs\":9},\"state\":1}}\n"
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"inner\",\"key\":"
        "\"app.outer.inner\",\"time\":{\"startTs\":2,\"endTs\":3},\"state\":2}}\n"
        "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"after\",\"key\":"
        "\"app.after\",\"time\":{\"startTs\":10,\"endTs\":11},\"state\":3}}\n");
    assert_state(log, 0,
                 "{\"runId\":\"r\",\"sequenceId\":0,\"action\":\"outer\",\"key\":\"app.outer\",\"status\":\"ok\","
                 "\"state\":1,\"next\":\"after\",\"transitions\":[]}\n");
    assert_state(log, 1,
                 "{\"runId\":\"r\",\"sequenceId\":1,\"action\":\"inner\",\"key\":\"app.outer.inner\",\"status\":\"ok\","
                 "\"state\":2,\"next\":\"after\",\"transitions\":[]}\n");
}

/* The end of what is said of an action `a` that nothing followed. */
static void assert_next(struct str graph, const char *more, const char *expected)
{
    struct buf log = BUF_INIT, said = BUF_INIT;
    buf_put(&log, graph);
    buf_printf(&log, END("a", "0", "1", "2", STATE("1") "%s"), more);
    buf_printf(&said,
               "{\"runId\":\"r\",\"sequenceId\":0,\"action\":\"a\",\"key\":\"app.a\",\"id\":\"0\",\"status\":\"%s\","
               "\"state\":1,\"next\":%s}\n",
               *more ? "error" : "ok", expected);
    buf_putc(&said, '\0');
    assert_state(buf_str(&log), -1, said.ptr);
    buf_free(&log);
    buf_free(&said);
}

static void without_a_follower_the_graph_tells(void **state)
{
    (void)state;
    assert_next(S(""), "", "null,\"transitions\":[]");
    assert_next(S(GRAPH("{\"from_\":\"a\",\"to\":\"b\",\"condition\":\"x > 1\"},{\"from_\":\"b\",\"to\":\"c\"}")), "",
                "\"b\",\"transitions\":[{\"to\":\"b\",\"condition\":\"x > 1\"}]");
    assert_next(S(GRAPH("{\"from_\":\"a\",\"to\":\"a\",\"condition\":\"x\"},{\"from\":\"a\",\"to\":\"b\"}")), "",
                "null,\"transitions\":[{\"to\":\"a\",\"condition\":\"x\"},{\"to\":\"b\",\"condition\":\"default\"}]");
    /* on two conditions to the same action: that one it is; three are three also when the first and last are one */
    assert_next(S(GRAPH("{\"from_\":\"a\",\"to\":\"b\",\"condition\":\"x\"},{\"from_\":\"a\",\"to\":\"b\"}")), "",
                "\"b\",\"transitions\":[{\"to\":\"b\",\"condition\":\"x\"},{\"to\":\"b\",\"condition\":\"default\"}]");
    assert_next(
        S(GRAPH("{\"from_\":\"a\",\"to\":\"b\"},{\"from_\":\"a\",\"to\":\"c\"},{\"from_\":\"a\",\"to\":\"b\"}")), "",
        "null,\"transitions\":[{\"to\":\"b\",\"condition\":\"default\"},{\"to\":\"c\",\"condition\":\"default\"},"
        "{\"to\":\"b\",\"condition\":\"default\"}]");
    assert_next(
        S(GRAPH("{\"from_\":\"a\",\"to\":\"b\"},{\"from_\":\"a\",\"to\":\"c\"},{\"from_\":\"a\",\"to\":\"c\"}")), "",
        "null,\"transitions\":[{\"to\":\"b\",\"condition\":\"default\"},{\"to\":\"c\",\"condition\":\"default\"},"
        "{\"to\":\"c\",\"condition\":\"default\"}]");
    assert_next(S(GRAPH("{\"from_\":\"\\u0061\",\"to\":\"\\u0062\\\"\",\"condition\":null}")), "",
                "\"b\\\"\",\"transitions\":[{\"to\":\"b\\\"\",\"condition\":\"default\"}]");
}

static void graph_and_state_may_stand_far_apart(void **state)
{
    (void)state; /* further than what is held of a log at once */
    enum { APART = 64 * 1024 };
    struct buf filler = BUF_INIT;
    buf_put(&filler, S(GRAPH("{\"from_\":\"a\",\"to\":\"b\"}")));
    buf_puts(&filler,
             "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"x\",\"key\":\"app.x\","
             "\"time\":{\"startTs\":1,\"endTs\":1},\"result\":\"");
    buf_put_repeat(&filler, 'x', APART);
    buf_puts(&filler, "\"}}\n");
    assert_next(buf_str(&filler), "", "\"b\",\"transitions\":[{\"to\":\"b\",\"condition\":\"default\"}]");
    buf_free(&filler);
}

static void a_failed_action_is_the_next_one(void **state)
{
    (void)state;
    assert_next(S(GRAPH("{\"from_\":\"a\",\"to\":\"b\",\"condition\":\"default\"}")), ",\"error\":\"no\"",
                "\"a\",\"transitions\":[{\"to\":\"b\",\"condition\":\"default\"}]");
}

static void a_graph_of_another_shape_has_no_transitions(void **state)
{
    (void)state;
    static const char *const lists[] = { "1",
                                         "[]",
                                         "\"a\"",
                                         "null",
                                         "{}",
                                         "{\"from_\":1,\"to\":\"b\"}",
                                         "{\"from_\":\"a\"}",
                                         "{\"from_\":\"a\",\"to\":[\"b\"]}" };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct buf b = BUF_INIT;
        buf_printf(&b, GRAPH("%s"), lists[i]);
        assert_next(buf_str(&b), "", "null,\"transitions\":[]");
        buf_free(&b);
    }
    static const char *const graphs[] = { "[]", "7", "\"\"", "{\"transitions\":7}", "{\"transitions\":{\"a\":\"b\"}}" };
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        struct buf b = BUF_INIT;
        buf_printf(&b,
                   "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"app\",\"key\":\"app\","
                   "\"runId\":\"r\",\"time\":{\"startTs\":1},\"graph\":%s}}\n",
                   graphs[i]);
        assert_next(buf_str(&b), "", "null,\"transitions\":[]");
        buf_free(&b);
    }
}

/* The state that is given back for the one in the log. */
static void assert_kept(const char *in_log, const char *expected)
{
    struct buf log = BUF_INIT, said = BUF_INIT;
    buf_printf(&log, END("a", "0", "1", "2", STATE("%s")), in_log);
    buf_printf(&said,
               "{\"runId\":\"r\",\"sequenceId\":0,\"action\":\"a\",\"key\":\"app.a\",\"id\":\"0\",\"status\":\"ok\","
               "\"state\":%s,\"next\":null,\"transitions\":[]}\n",
               expected);
    buf_putc(&said, '\0');
    assert_state(buf_str(&log), 0, said.ptr);
    buf_free(&log);
    buf_free(&said);
}

static void a_state_keeps_its_text(void **state)
{
    (void)state; /* digits, order, duplicates and escapes; white space goes, and what JSON does not have is quoted */
    assert_kept("{ \"z\" : 12345678901234567890.10 , \"a\":1E5,\"z\":[ 1 , { } ],\"\\u00e9\":\"a \\u0000\\ud800 b\" }",
                "{\"z\":12345678901234567890.10,\"a\":1E5,\"z\":[1,{}],\"\\u00e9\":\"a \\u0000\\ud800 b\"}");
    assert_kept("{\"a\":NaN,\"b\":[-Infinity]}", "{\"a\":\"NaN\",\"b\":[\"-Infinity\"]}");
    assert_kept("{\"k\xff\":\"v\xff\"}", "{\"k\xEF\xBF\xBD\":\"v\xEF\xBF\xBD\"}");
    assert_kept("{}", "{}");
    assert_kept("\"text\"", "\"text\"");
    assert_kept("[{\"__a\":1}]", "[{\"__a\":1}]");
}

static void what_burr_keeps_for_itself_is_left_out(void **state)
{
    (void)state; /* at the top only: further in it belongs to the program */
    assert_kept("{\"__SEQUENCE_ID\":3,\"n\":1,\"__PRIOR_STEP\":\"x\"}", "{\"n\":1}");
    assert_kept("{\"\\u005f_a\":1,\"_b\":2,\"c__\":3,\"__\":4,\"d\":{\"__e\":5}}",
                "{\"_b\":2,\"c__\":3,\"d\":{\"__e\":5}}");
    assert_kept("{\"__only\":{\"a\":1}}", "{}");
}

static void a_log_that_is_gone_gives_no_state(void **state)
{
    (void)state;
    struct log_fixture f;
    struct buf b = BUF_INIT;
    load_text(&f, S(END("a", "0", "1", "2", STATE("{\"n\":1}"))));
    struct actions actions = actions_of(f.runs, &f.arena);
    assert_int_equal(truncate(f.sources.list[0].name.ptr, 0), 0);
    state_write(f.runs, &actions, 0, &b);
    assert_str(buf_str(&b),
               "{\"runId\":\"r\",\"sequenceId\":0,\"action\":\"a\",\"key\":\"app.a\",\"id\":\"0\",\"status\":"
               "\"ok\",\"state\":null,\"next\":null,\"transitions\":[]}\n");
    assert_ptr_equal(f.sources.failed, &f.sources.list[0]);
    buf_free(&b);
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_stand_in_the_order_they_began),
        cmocka_unit_test(those_that_began_at_once_keep_the_order_of_the_log),
        cmocka_unit_test(order_is_of_time_also_across_branches),
        cmocka_unit_test(numbers_count_actions_and_back_from_the_last_state),
        cmocka_unit_test(a_run_without_actions_has_no_number),
        cmocka_unit_test(the_next_action_is_the_one_that_began_next),
        cmocka_unit_test(an_action_inside_another_does_not_follow_it),
        cmocka_unit_test(without_a_follower_the_graph_tells),
        cmocka_unit_test(graph_and_state_may_stand_far_apart),
        cmocka_unit_test(a_failed_action_is_the_next_one),
        cmocka_unit_test(a_graph_of_another_shape_has_no_transitions),
        cmocka_unit_test(a_state_keeps_its_text),
        cmocka_unit_test(what_burr_keeps_for_itself_is_left_out),
        cmocka_unit_test(a_log_that_is_gone_gives_no_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
