/* SPDX-License-Identifier: MIT
 *
 * Burr's logs: what each line becomes, local times and UTC on one scale, attempts, and what no Burr writes. What stands
 * beside a log is tested in tests/burr.sh.
 */
#include "load_text.h"

#include "input/format.h"
#include "model/actions.h"

#define BEGIN(seq, name, time)                                                                                         \
    "{\"type\":\"begin_entry\",\"start_time\":\"2026-03-01T" time "\",\"action\":\"" name "\",\"inputs\":{},"          \
    "\"sequence_id\":" seq "}\n"
#define END_WITH(seq, name, time, result, exception, state)                                                            \
    "{\"type\":\"end_entry\",\"end_time\":\"2026-03-01T" time "\",\"action\":\"" name "\",\"result\":" result          \
    ",\"exception\":" exception ",\"state\":" state ",\"sequence_id\":" seq "}\n"
#define END(seq, name, time) END_WITH(seq, name, time, "{}", "null", "{\"n\":" seq "}")
#define SPAN(seq, id, name, parent, time)                                                                              \
    "{\"type\":\"begin_span\",\"start_time\":\"2026-03-01T" time "\",\"action_sequence_id\":" seq ",\"span_id\":\"" id \
    "\",\"span_name\":\"" name "\",\"parent_span_id\":" parent ",\"span_dependencies\":[]}\n"
#define END_SPAN(seq, id, time)                                                                                        \
    "{\"type\":\"end_span\",\"end_time\":\"2026-03-01T" time "\",\"action_sequence_id\":" seq ",\"span_id\":\"" id     \
    "\"}\n"
#define ATTRIBUTE(seq, span, key, value, tags, time)                                                                   \
    "{\"type\":\"attribute\",\"key\":\"" key "\",\"action_sequence_id\":" seq ",\"span_id\":" span ",\"value\":" value \
    ",\"tags\":" tags ",\"time_logged\":\"2026-03-01T" time "\"}\n"

/* 2026-03-01 00:00 UTC */
#define DAY         INT64_C(1772323200000000)
#define AT(h, m, s) (DAY + (((h)*60 + (m)) * INT64_C(60) + (s)) * 1000000)

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static struct str record_of(const struct run *run, const struct step *step, const char *key)
{
    for (const struct record *r = step->records; r; r = r->next)
        if (str_eq(r->key, str_z(key))) return payload(run, r->data);
    return S("");
}

static struct str extra_of(const struct run *run, const struct extra *x, const char *name)
{
    while (x && !str_eq(x->name, str_z(name))) x = x->next;
    return x ? payload(run, x->data) : S("");
}

/* The step of this id; fails the test when there is none. */
static const struct step *by_id(const struct run *run, const char *id)
{
    for (uint32_t i = 0; i < run->step_count; i++)
        if (str_eq(run->steps[i]->more->id, str_z(id))) return run->steps[i];
    fail_msg("no step of id %s", id);
    return NULL;
}

static void makes_steps_of_actions_and_spans(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S("{\"type\":\"begin_entry\",\"start_time\":\"2026-03-01T09:00:00\",\"action\":\"ask\",\"inputs\":{"
                    "\"text\":\"hi\"},\"sequence_id\":0}\n" /* the log tells no zone: UTC */
                    SPAN("0", "0:0.0", "chat", "\"0:0\"", "09:00:00.5") END_SPAN("0", "0:0.0", "09:00:01")
                        END_WITH("0", "ask", "09:00:02", "{\"a\":1.50}", "null", "{\"n\":1,\"__SEQUENCE_ID\":0}")
                            END_SPAN("0", "0:0", "09:00:03") BEGIN("1", "reply", "09:00:04") SPAN("1", "1:0", "outer",
                                                                                                  "null", "09:00:04")
                                SPAN("1", "1:0.0", "inner", "\"1:0\"", "09:00:05") END_SPAN("1", "1:0.0", "09:00:05")
                                    END_SPAN("1", "1:0", "09:00:06") END("1", "reply", "09:00:07")));
    const struct run *run = f.runs;
    assert_int_equal(f.problems + f.notes, 0);
    assert_int_equal(run_count(&f), 1);
    assert_true(run->root_made);
    assert_int_equal(run->log_steps, 5);
    assert_int_equal(run->status, RUN_COMPLETED);
    assert_true(run->start == AT(9, 0, 0) && run->end == AT(9, 0, 7));
    const struct step *ask = by_id(run, "0");
    assert_str(ask->name, "ask");
    assert_str(ask->more->kind, "action");
    assert_str(payload(run, ask->more->inputs), "{\"text\":\"hi\"}");
    assert_str(payload(run, ask->result), "{\"a\":1.50}");
    assert_str(payload(run, ask->more->state), "{\"n\":1,\"__SEQUENCE_ID\":0}");
    assert_str(extra_of(run, ask->more->extras, "sequence_id"), "0");
    assert_str(extra_of(run, ask->more->extras, "end_span"), "\"2026-03-01T09:00:03\""); /* 0:0 is the action */
    assert_true(ask->end == AT(9, 0, 2));
    assert_ptr_equal(by_id(run, "0:0.0")->parent, ask);
    assert_str(by_id(run, "0:0.0")->more->kind, "span");
    const struct step *reply = by_id(run, "1"); /* 1:0 was begun: a span */
    assert_ptr_equal(by_id(run, "1:0")->parent, reply);
    assert_ptr_equal(by_id(run, "1:0.0")->parent, by_id(run, "1:0"));
    assert_true(by_id(run, "1:0")->end == AT(9, 0, 6));
    assert_false(payload_present(reply->result)); /* {} says nothing */
    assert_false(payload_present(reply->more->inputs));
    assert_str(extra_of(run, run->extras, "timeZone"), "\"UTC\"");
    unload(&f);
}

static const char mixed[] = BEGIN("0", "a", "18:00:00") ATTRIBUTE("0", "null", "k", "[1,2]", "{}", "09:00:01Z")
    SPAN("0", "0:0.0", "s", "\"0:0\"", "18:00:02") ATTRIBUTE("0", "\"0:0.0\"", "k", "1e400", "{\"t\":0}", "09:00:03Z")
        END_SPAN("0", "0:0.0", "18:00:04") END("0", "a", "18:00:05");

static void infers_the_zone(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, str_z(mixed));
    assert_true(f.runs->start == AT(9, 0, 0) && f.runs->end == AT(9, 0, 5));
    assert_str(extra_of(f.runs, f.runs->extras, "timeZone"), "\"UTC+09:00\"");
    assert_str(f.said,
               "times of actions and spans are local ones without a zone: read as UTC+09:00, which fits 2 times "
               "in UTC between them; --tz ZONE says otherwise");
    const struct step *a = by_id(f.runs, "0"), *s = by_id(f.runs, "0:0.0");
    assert_str(record_of(f.runs, a, "k"), "[1,2]");
    assert_str(record_of(f.runs, s, "k"), "1e400");
    assert_str(record_of(f.runs, s, "k (tags)"), "{\"t\":0}");
    assert_true(a->records->ts == AT(9, 0, 1));
    unload(&f);
}

static void takes_the_zone_that_the_user_says(void **state)
{
    struct log_fixture f;
    (void)state;
    const struct str texts[] = { str_z(mixed), { 0 } };
    load_with(&f, NULL, "+09:30", texts);
    assert_true(f.runs->start == AT(8, 30, 0));
    assert_int_equal(f.said.len, 0);
    assert_str(extra_of(f.runs, f.runs->extras, "timeZone"), "\"UTC+09:30\"");
    unload(&f);
    const struct str winter[] = { S(BEGIN("0", "a", "12:00:00") END("0", "a", "12:00:01")), { 0 } };
    load_with(&f, NULL, "Europe/Berlin", winter);
    assert_true(f.runs->start == AT(11, 0, 0));
    unload(&f);
}

/* The first times in UTC lie behind more than what is read at once, between lines that are longer than that. */
static void infers_the_zone_from_behind_long_lines(void **state)
{
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    buf_puts(&b, BEGIN("0", "a", "02:00:00"));
    buf_puts(&b, "{\"type\":\"end_entry\",\"end_time\":\"2026-03-01T02:00:01\",\"action\":\"a\",\"state\":\"");
    buf_put_repeat(&b, 'x', 700 * 1000);
    buf_puts(&b, "\",\"sequence_id\":0}\n");
    buf_puts(&b,
             BEGIN("1", "a", "02:00:02") ATTRIBUTE("1", "null", "k", "1", "{}", "05:30:03Z") END("1", "a", "02:00:04"));
    load_text(&f, buf_str(&b));
    assert_true(f.runs->start == AT(5, 30, 0));
    assert_str(extra_of(f.runs, f.runs->extras, "timeZone"), "\"UTC-03:30\"");
    unload(&f);
    buf_free(&b);
}

/* An hour passes between the local times: what fits is nearest to UTC. */
static void pairs_far_apart_are_better_than_none(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S(BEGIN("0", "a", "10:00:00") ATTRIBUTE("0", "null", "k", "1", "{}", "05:00:00Z")
                        END("0", "a", "11:00:00")));
    assert_true(f.runs->start == AT(5, 0, 0));
    unload(&f);
    load_text(&f, S(BEGIN("0", "a", "10:00:00+02:00") END("0", "a", "08:00:01Z"))); /* a later version may say it */
    assert_true(f.runs->start == AT(8, 0, 0) && f.runs->end == AT(8, 0, 1));
    unload(&f);
}

#define STREAM(type, rest) "{\"type\":\"" type "\",\"action_sequence_id\":0,\"span_id\":null," rest "}\n"

static void tells_of_streams(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S(BEGIN("0", "a", "09:00:00") STREAM("begin_stream", "\"stream_init_time\":\"2026-03-01T09:00:01Z\"")
                        STREAM("first_item_stream", "\"first_item_time\":\"2026-03-01T09:00:01.250Z\"")
                            END("0", "a", "09:00:02")
                                STREAM("end_stream", "\"end_time\":\"2026-03-01T09:00:02.5Z\",\"items_streamed\":7")));
    const struct step *a = by_id(f.runs, "0");
    assert_str(record_of(f.runs, a, "stream"),
               "{\"stream_init_time\":\"2026-03-01T09:00:01Z\",\"first_item_time\":\"2026-03-01T09:00:01.250Z\","
               "\"end_time\":\"2026-03-01T09:00:02.5Z\",\"items_streamed\":7,\"msToFirstItem\":250}");
    const struct log_entry *log = a->more->logs;
    assert_str(payload(f.runs, log->message), "\"the stream begins\"");
    assert_true(log->ts == AT(9, 0, 1));
    assert_str(payload(f.runs, log->next->message), "\"the first item of the stream\"");
    assert_str(payload(f.runs, log->next->next->message), "\"the stream ends\"");
    assert_true(f.runs->root->end == AT(9, 0, 2) + 500000); /* the stream ended after the action */
    assert_int_equal(f.runs->status, RUN_COMPLETED);
    unload(&f);
}

#define TRACE(text) "\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 1, in f\\n    g()\\n" text "\""
#define FAILS(text) BEGIN("0", "a", "09:00:00") END_WITH("0", "a", "09:00:01", "null", text, "{}")

static void assert_error(struct str log, const char *error, const char *type)
{
    struct log_fixture f;
    load_text(&f, log);
    const struct step *a = by_id(f.runs, "0");
    assert_int_equal(a->status, STEP_ERROR);
    assert_int_equal(f.runs->status, RUN_FAILED);
    assert_str(payload(f.runs, a->error), error);
    assert_str(a->more->error_type, type);
    unload(&f);
}

static void takes_errors_out_of_exceptions(void **state)
{
    (void)state;
    assert_error(S(FAILS(TRACE("ValueError: too long\\n"))), "\"ValueError: too long\"", "ValueError");
    assert_error(S(FAILS(TRACE("GeneratorExit\\n"))), "\"GeneratorExit\"", "GeneratorExit");
    assert_error(S(FAILS(TRACE("a.b.Error: first line\\nsecond: line\\n"))), /* a message of two lines */
                 "\"a.b.Error: first line\\nsecond: line\"", "a.b.Error");
    assert_error(
        S(FAILS("\"Traceback (most recent call last):\\n  File\\nKeyError: 'x'\\n\\nDuring handling of the above "
                "exception, another exception occurred:\\n\\nTraceback (most recent call last):\\n  File\\n"
                "OSError: y\\n\"")),
        "\"OSError: y\"", "OSError");
    assert_error(S(FAILS("\"it broke: badly\"")), "\"it broke: badly\"", "");
    assert_error(S(FAILS("\"\"")), "\"\"", "");
    assert_error(S(FAILS("{\"code\":7}")), "{\"code\":7}", "");
}

static void keeps_the_trace(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S(FAILS(TRACE("E: x\\n"))));
    assert_str(payload(f.runs, by_id(f.runs, "0")->more->trace), TRACE("E: x\\n"));
    unload(&f);
}

static void a_resumed_application_is_another_attempt(void **state)
{
    struct log_fixture f;
    (void)state; /* it died in action 1, and began it again */
    load_text(&f, S(BEGIN("0", "a", "09:00:00") END("0", "a", "09:00:01") BEGIN("1", "b", "09:00:02")
                        SPAN("1", "1:0.0", "s", "\"1:0\"", "09:00:03") BEGIN("1", "b", "10:00:00")
                            SPAN("1", "1:0.0", "s", "\"1:0\"", "10:00:01") END_SPAN("1", "1:0.0", "10:00:02")
                                END("1", "b", "10:00:03") BEGIN("2", "c", "10:00:04") END("2", "c", "10:00:05")));
    assert_int_equal(run_count(&f), 2);
    const struct run *first = f.runs, *second = first->next;
    assert_str(first->id, second->id.ptr ? arena_copy(&f.arena, second->id).ptr : "");
    assert_int_equal(second->attempt, 2);
    assert_int_equal(first->status, RUN_UNFINISHED);
    assert_int_equal(first->log_steps, 3);
    assert_int_equal(by_id(first, "1")->status, STEP_UNFINISHED);
    assert_int_equal(second->status, RUN_COMPLETED);
    assert_int_equal(second->log_steps, 3);
    assert_true(second->start == AT(10, 0, 0) && second->root->end == AT(10, 0, 5));
    assert_ptr_equal(by_id(second, "#2/1:0.0")->parent, by_id(second, "#2/1"));
    struct actions actions = actions_of(second, &f.arena);
    actions_number(second, &actions, &f.arena);
    assert_int_equal(action_number(&actions, 0), 1);
    assert_int_equal(action_number(&actions, 1), 2);
    unload(&f);
    load_text(&f, S(BEGIN("0", "a", "09:00:00") END("0", "a", "09:00:01") BEGIN("1", "b", "11:00:02")
                        END("1", "b", "11:00:03"))); /* sequence ids go on: one run, whoever wrote it */
    assert_int_equal(run_count(&f), 1);
    unload(&f);
}

static void keeps_what_it_does_not_know(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(
        &f,
        S("{\"type\":\"begin_entry\",\"start_time\":\"2026-03-01T09:00:00\",\"action\":\"a\",\"inputs\":{},"
          "\"sequence_id\":0,\"n\\u0065w\":[7],\"value\":8}\n"
          "{\"type\":\"pause\",\"action_sequence_id\":0,\"why\":\"tea\"}\n"
          "{\"type\":\"pause\",\"why\":\"of the last one\"}\n" SPAN(
              "0", "0:1", "s", "null",
              "09:00:01") "{\"type\":\"begin_span\",\"start_time\":\"2026-03-01T09:00:02\",\"action_sequence_id\":0,"
                          "\"span_id\":\"0:2\",\"span_name\":\"t\",\"parent_span_id\":null,\"span_dependencies\":[\"0:"
                          "1\","
                          "5]}\n7\n" END("0", "a", "09:00:03")));
    const struct step *a = by_id(f.runs, "0");
    assert_str(extra_of(f.runs, a->more->extras, "new"), "[7]");
    assert_str(extra_of(f.runs, a->more->extras, "value"), "8"); /* known, but not here */
    assert_str(record_of(f.runs, a, "pause"), "{\"type\":\"pause\",\"action_sequence_id\":0,\"why\":\"tea\"}");
    assert_str(payload(f.runs, a->records->next->data), "{\"type\":\"pause\",\"why\":\"of the last one\"}");
    assert_int_equal(f.problems, 1); /* 7 */
    assert_int_equal(f.line, 6);
    const struct step_link *link = by_id(f.runs, "0:2")->more->links;
    assert_str(link->step_id, "0:1");
    assert_str(link->relation, "follows");
    assert_null(link->next);
    unload(&f);
}

/* No line is lost that says something of a step. */
static void lives_with_odd_values(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S(BEGIN("0", "a", "nonsense") END("0", "a", "99:99:99")));
    assert_true(f.runs->root->start == TIME_NONE);
    assert_int_equal(by_id(f.runs, "0")->status, STEP_UNFINISHED);
    unload(&f);
    load_text(&f, S(END("5", "a", "09:00:01") END_SPAN("5", "5:3", "09:00:02")
                        SPAN("8", "8:0.0", "lost", "\"8:0\"", "09:00:03"))); /* only ends; a span of no action */
    assert_int_equal(f.runs->log_steps, 3);
    assert_str(by_id(f.runs, "5:3")->name, "5:3");
    assert_str(by_id(f.runs, "8:0.0")->name, "lost");
    unload(&f);
    load_as(&f, &format_burr,
            S("{\"type\":\"begin_entry\"}\n{\"type\":\"end_entry\"}\n{\"type\":\"begin_span\"}\n{\"type\":"
              "\"end_span\"}\n{\"type\":\"attribute\"}\n{\"type\":\"begin_stream\"}\n{\"type\":\"end_stream\"}\n{}\n"));
    assert_int_equal(f.problems, 1); /* {} */
    unload(&f);
    load_as(&f, &format_burr,
            S("{\"type\":\"begin_entry\",\"sequence_id\":{},\"action\":null,\"start_time\":[],\"inputs\":1}\n"
              "{\"type\":\"begin_entry\",\"sequence_id\":-3,\"action\":\"b\",\"start_time\":1e999,\"inputs\":NaN}\n"
              "{\"type\":\"begin_entry\",\"sequence_id\":\"\",\"action\":\"c\"}\n"
              "{\"type\":\"begin_entry\",\"sequence_id\":99999999999999999999999,\"action\":\"d\"}\n"
              "{\"type\":\"attribute\",\"key\":7,\"span_id\":[],\"tags\":\"x\",\"time_logged\":{}}\n"
              "{\"type\":\"begin_span\",\"span_id\":\"\\u0031:0\",\"parent_span_id\":\"\\u0031:0\"}\n"));
    assert_int_equal(f.problems, 0);
    assert_int_equal(f.runs->status, RUN_UNFINISHED);
    assert_str(by_id(f.runs, "-3")->name, "b");
    unload(&f);
}

static void circles_of_spans_end(void **state)
{
    struct log_fixture f;
    (void)state;
    load_text(&f, S(BEGIN("0", "a", "09:00:00") SPAN("0", "0:1", "x", "\"0:2\"", "09:00:01")
                        SPAN("0", "0:2", "y", "\"0:1\"", "09:00:02") SPAN("0", "0:3", "z", "\"0:3\"", "09:00:02")
                            END("0", "a", "09:00:03")));
    assert_int_equal(f.runs->log_steps, 4);
    assert_int_equal(f.runs->notes.unknown_parents, 1);
    assert_ptr_equal(by_id(f.runs, "0:3")->parent, by_id(f.runs, "0"));
    unload(&f);
}

static void others_logs_are_not_its_own(void **state)
{
    static const char *const texts[] = {
        "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"begin_entry\"}}",
        "{\"type\":\"attribute\",\"key\":\"k\"}",
        "{\"type\":\"begin_entry\",\"action\":\"a\"}",
        "[{\"type\":\"begin_entry\",\"action\":\"a\",\"start_time\":\"x\"}]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_ptr_not_equal(format_detect(str_z(texts[i])), &format_burr);
    assert_ptr_equal(format_detect(S("\n{\"start_time\":\"x\",\"action\":\"a\",\"type\":\"begin_entry\"}")),
                     &format_burr);
    assert_ptr_equal(format_detect(S(END_SPAN("0", "0:0", "09:00:00"))), &format_burr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_steps_of_actions_and_spans),
        cmocka_unit_test(infers_the_zone),
        cmocka_unit_test(takes_the_zone_that_the_user_says),
        cmocka_unit_test(infers_the_zone_from_behind_long_lines),
        cmocka_unit_test(pairs_far_apart_are_better_than_none),
        cmocka_unit_test(tells_of_streams),
        cmocka_unit_test(takes_errors_out_of_exceptions),
        cmocka_unit_test(keeps_the_trace),
        cmocka_unit_test(a_resumed_application_is_another_attempt),
        cmocka_unit_test(keeps_what_it_does_not_know),
        cmocka_unit_test(lives_with_odd_values),
        cmocka_unit_test(circles_of_spans_end),
        cmocka_unit_test(others_logs_are_not_its_own),
    };
    return cmocka_run_group_tests_name("burr", tests, NULL, NULL);
}
