/* SPDX-License-Identifier: MIT
 *
 * Chrome trace events: what lies in what, asynchronous ones, flows, what is left out, files that are cut off.
 */
#include "load_text.h"

#include "input/format.h"

#include <time.h>

static void load(struct log_fixture *f, const char *text) { load_as(f, NULL, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

/* The run as "root(a(b c) d)". */
static void assert_tree(const struct run *run, const char *expected)
{
    struct buf b = BUF_INIT;
    for (const struct step *s = run->root; s;) {
        buf_put(&b, s->name);
        if (s->first_child) {
            buf_putc(&b, '(');
            s = s->first_child;
            continue;
        }
        while (s && s != run->root && !s->next) {
            buf_putc(&b, ')');
            s = s->parent;
        }
        if (s == run->root) break;
        buf_putc(&b, ' ');
        s = s->next;
    }
    assert_str(buf_str(&b), expected);
    buf_free(&b);
}

static void expect(const char *events, size_t problems, const char *tree)
{
    struct log_fixture f;
    load(&f, events);
    assert_int_equal(f.problems, problems);
    assert_tree(f.runs, tree);
    unload(&f);
}

#define X(name, ts, dur) "{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":" ts ",\"dur\":" dur ",\"name\":\"" name "\"}"
#define EV(ph, name, ts) "{\"ph\":\"" ph "\",\"pid\":1,\"tid\":1,\"ts\":" ts ",\"name\":\"" name "\"}"
#define ASYNC(ph, id, name, ts)                                                                                        \
    "{\"ph\":\"" ph "\",\"pid\":1,\"tid\":1,\"cat\":\"c\",\"id\":" id ",\"ts\":" ts ",\"name\":\"" name "\"}"

static void nests_complete_events(void **state)
{
    (void)state;
    /* the inner one first, as it ends first; fractions of a µs; one after the other at the same time */
    expect("[" X("in", "1.5", "0.25") "," X("out", "1.5", "0.5") "," X("after", "2", "1") "]", 0,
           "pid 1(out(in) after)");
    expect("[" X("out", "10", "5") "," X("in", "10", "5") "]", 0, "pid 1(out(in))");
    /* they come as they end: of two that are the same the later one is the outer one */
    expect("[" X("z", "1", "1") "," X("y", "0", "5") "," X("in", "10", "5") "," X("out", "10", "5") "]", 0,
           "pid 1(y(z) out(in))");
    /* overlapping partly: beside each other */
    expect("[" X("a", "0", "10") "," X("b", "5", "10") "," X("c", "6", "2") "]", 0, "pid 1(a b(c))");
    /* no duration, twice at one time: one after the other */
    expect("[" X("a", "5", "0") "," X("b", "5", "0") "]", 0, "pid 1(a b)");
    /* as doubles since 1970 have it: the inner one ends a quarter of a µs behind the outer one */
    expect("[" X("out", "1700000000000000.25", "10") "," X("in", "1700000000000001.5", "9") "]", 0, "pid 1(out(in))");
    expect("[" X("a", "1700000000000000", "10") "," X("b", "1700000000000001", "10") "]", 0, "pid 1(a b)");
}

static void rounds_times_to_microseconds(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "[" X("a", "1700000000000000.5", "0.75") "]");
    const struct step *a = f.runs->steps[1];
    assert_true(a->start == INT64_C(1700000000000001) && a->end == INT64_C(1700000000000001));
    unload(&f);
    load(&f, "{\"traceEvents\":[" X("a", "7", "2") "],\"beginningOfTime\":1700000000000000}");
    assert_true(f.runs->steps[1]->start == INT64_C(1700000000000007));
    assert_int_equal(f.said.len, 0);
    unload(&f);
    load(&f, "[" X("a", "7", "2") "]");
    assert_str(f.said, "the times are of a clock without a date: they are shown as if it had begun in 1970");
    unload(&f);
}

static void matches_begins_and_ends(void **state)
{
    struct log_fixture f;
    (void)state;
    expect("[" EV("B", "a", "1") "," EV("B", "b", "2") "," EV("E", "b", "3") "," EV("E", "a", "4") "]", 0,
           "pid 1(a(b))");
    expect("[" EV("E", "a", "4") "," EV("B", "b", "2") "," EV("E", "b", "3") "," EV("B", "a", "1") "]", 0,
           "pid 1(a(b))"); /* not in order */
    expect("[" EV("B", "a", "1") "," EV("E", "a", "1") "," EV("B", "b", "1") "," EV("E", "b", "1") "]", 0,
           "pid 1(a b)"); /* all at one time */
    expect("[" EV("B", "a", "1") "," X("x", "1", "2") "," EV("E", "a", "3") "," X("y", "3", "1") "]", 0,
           "pid 1(a(x) y)");
    expect("[" EV("E", "lost", "1") "," EV("B", "a", "2") "," EV("E", "a", "3") "," EV("E", "lost", "4") "]", 1,
           "pid 1(a)");
    load(&f, "[{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":1,\"name\":\"a\",\"args\":{\"x\":1},\"tts\":5},"
             "{\"ph\":\"E\",\"pid\":1,\"tid\":1,\"ts\":2,\"args\":{\"y\":2},\"tts\":6},"
             "{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":3,\"name\":\"open\",\"args\":[1]}]");
    assert_str(payload(f.runs, f.runs->steps[1]->records->data), "{\"x\":1,\"y\":2}");
    assert_str(f.runs->steps[1]->more->extras->name, "tts");
    assert_str(f.runs->steps[1]->more->extras->next->name, "tts (end)");
    assert_int_equal(f.runs->steps[2]->status, STEP_UNFINISHED);
    assert_str(f.runs->steps[2]->more->extras->name, "args");
    assert_int_equal(f.runs->status, RUN_UNFINISHED);
    unload(&f);
}

static void nests_asynchronous_events_by_their_ids(void **state)
{
    (void)state;
    expect("[" ASYNC("b", "1", "a", "1") "," ASYNC("b", "2", "other", "2") "," ASYNC("b", "1", "in", "3") "," ASYNC(
               "e", "1", "in", "4") "," ASYNC("e", "1", "a", "5") "," ASYNC("e", "2", "other", "6") "]",
           0, "pid 1(a(in) other)");
    /* the ends cross: by their names */
    expect("[" ASYNC("b", "1", "a", "1") "," ASYNC("b", "1", "b", "2") "," ASYNC("e", "1", "a",
                                                                                 "3") "," ASYNC("e", "1", "b", "4") "]",
           0, "pid 1(a(b))");
    /* the old kind: by their names as well */
    expect("[" ASYNC("S", "1", "a", "1") "," ASYNC("S", "1", "b", "2") "," ASYNC("F", "1", "a",
                                                                                 "3") "," ASYNC("F", "1", "b", "4") "]",
           0, "pid 1(a b)");
}

static void makes_threads_branches(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         "{\"traceEvents\":["
         "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"a.out\"}},"
         "{\"ph\":\"M\",\"pid\":1,\"tid\":2,\"name\":\"thread_name\",\"args\":{\"name\":\"worker\"}},"
         "{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":1,\"dur\":9,\"name\":\"main\"},"
         "{\"ph\":\"X\",\"pid\":\"1\",\"tid\":2,\"ts\":2,\"dur\":3,\"name\":\"work\"},"
         "{\"ph\":\"X\",\"pid\":5,\"tid\":2,\"ts\":2,\"dur\":3,\"name\":\"alone\"},"
         "{\"ph\":\"i\",\"s\":\"p\",\"pid\":1,\"tid\":2,\"ts\":3,\"name\":\"all\",\"cat\":\"k\",\"args\":{\"n\":1}},"
         "{\"ph\":\"C\",\"pid\":1,\"ts\":3,\"name\":\"count\",\"args\":{\"n\":1}}"
         "],\"otherData\":{\"who\":\"me\"}}");
    assert_int_equal(run_count(&f), 2);
    assert_tree(f.runs, "a.out(thread 1(main) worker(work))");
    assert_int_equal(f.runs->log_steps, 2);
    assert_int_equal(f.runs->status_count[STEP_OK], 2);
    assert_true(f.runs->steps[1]->made);
    assert_str(f.runs->id, "pid 1");
    assert_str(f.runs->extras->name, "otherData");
    assert_str(payload(f.runs, f.runs->root->more->logs->message), "\"[k] all {\\\"n\\\":1}\"");
    assert_tree(f.runs->next, "pid 5(alone)");
    assert_str(f.said, "left out: 1 counter event (C)");
    unload(&f);
}

static void links_flows(void **state)
{
    struct log_fixture f;
    (void)state;
#define FLOW(ph, ts, more)                                                                                             \
    "{\"ph\":\"" ph "\",\"id\":3,\"pid\":1,\"tid\":1,\"cat\":\"c\",\"name\":\"n\",\"ts\":" ts more "}"
    load(&f, "[" X("a", "1", "2") "," FLOW("s", "3", "") "," FLOW("t", "5", "") "," FLOW("f", "6", "") "," X(
                 "b", "4", "2") "," X("c", "10", "2") "]");
    assert_int_equal(f.problems, 0);
    const struct step *b = step_at(f.runs, "pid 1.b", 0), *c = step_at(f.runs, "pid 1.c", 0);
    assert_str(b->more->links->step_id, "1"); /* a */
    assert_str(b->more->links->relation, "follows");
    assert_str(c->more->links->step_id, b->more->id.ptr); /* the slice that begins next */
    assert_int_equal(f.runs->steps[1]->more->links == NULL, 1);
    unload(&f);
    load(&f,
         "[" X("a", "1", "2") "," X("c", "10", "2") "," FLOW("s", "2", "") "," FLOW("f", "11", ",\"bp\":\"e\"") "]");
    assert_str(step_at(f.runs, "pid 1.c", 0)->more->links->step_id, "1");
    unload(&f);
    load(&f, "[{\"ph\":\"X\",\"pid\":1,\"ts\":1,\"dur\":1,\"name\":\"a\",\"bind_id\":\"0x1\",\"flow_out\":true},"
             "{\"ph\":\"X\",\"pid\":2,\"ts\":5,\"dur\":1,\"name\":\"b\",\"bind_id\":\"0x1\",\"flow_in\":true}]");
    assert_str(f.runs->next->steps[1]->more->links->run_id, "pid 1");
    assert_str(f.runs->next->steps[1]->more->links->step_id, "1");
    unload(&f);
}

static void reads_what_is_cut_off(void **state)
{
    (void)state;
    expect("[" X("a", "1", "2") ",\n" X("b", "4", "2") ",\n", 0, "pid 1(a b)");
    expect("[" X("a", "1", "2") ",\n" X("b", "4", "2"), 0, "pid 1(a b)");
    expect("{\"traceEvents\":[" X("a", "1", "2") ",\n" X("b", "4", "2"), 0, "pid 1(a b)");
    expect("{\"traceEvents\":[" X("a", "1", "2") ",\n{\"ph\":\"X\",\"na", 1, "pid 1(a)");
    expect("{\"traceEvents\":[" X("a", "1", "2") "],\"otherData\":{\"x", 1, "pid 1(a)");
    expect(X("a", "1", "2") "\n" X("b", "4", "2") "\n", 0, "pid 1(a b)"); /* an event a line */
    expect("[" X("a", "1", "2") ",\n{\"ph\":\"X\",oops},\n" X("b", "4", "2") ",\n7,\n]", 2, "pid 1(a b)");
}

static void reads_the_dialects(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "[{\"pid\":1,\"tid\":1,\"ts\":1,\"dur\":2,\"ph\":\"X\",\"cat\":\"FEE\",\"name\":\"fib (/a b/fib.py:6)\","
             "\"args\":{\"func_args\":{\"n\":\"2\"},\"return_value\":\"1\",\"more\":3}}]");
    const struct step *fib = f.runs->steps[1];
    assert_str(fib->name, "fib");
    assert_str(fib->more->location, "/a b/fib.py:6");
    assert_str(payload(f.runs, fib->result), "\"1\"");
    assert_str(payload(f.runs, fib->more->inputs), "{\"n\":\"2\"}");
    assert_str(payload(f.runs, fib->records->data), "{\"more\":3}");
    unload(&f);
    load(&f, "{\"traceEvents\":[{\"pid\":1,\"tid\":1,\"ph\":\"X\",\"ts\":100,\"dur\":50,\"name\":\"ExecuteCompiler\"},"
             "{\"pid\":1,\"tid\":2,\"ph\":\"X\",\"ts\":0,\"dur\":50,\"name\":\"Total ExecuteCompiler\","
             "\"args\":{\"count\":1,\"avg ms\":0}},"
             "{\"pid\":1,\"tid\":3,\"ph\":\"X\",\"ts\":0,\"dur\":20,\"name\":\"Total Source\",\"args\":{\"count\":3}}],"
             "\"beginningOfTime\":1700000000000000}");
    assert_tree(f.runs, "pid 1(ExecuteCompiler totals(Total ExecuteCompiler Total Source))");
    assert_int_equal(f.runs->log_steps, 3);
    assert_true(f.runs->duration == 50); /* the sums make it no longer */
    assert_true(f.runs->steps[3]->start == TIME_NONE && f.runs->steps[3]->status == STEP_OK);
    assert_str(payload(f.runs, f.runs->steps[3]->records->data), "{\"ms\":0.05,\"count\":1,\"avg ms\":0}");
    unload(&f);
}

static void reads_a_name_with_escapes_as_one_without(void **state)
{
    (void)state;
    expect("[{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"\\u0074hread_name\",\"args\":{\"name\":\"x\"}}," X(
               "a", "1", "2") ",{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"ts\":1,\"dur\":1,\"name\":\"b\"}]",
           0, "pid 1(x(a) thread 2(b))");
    expect("[{\"ph\":\"M\",\"pid\":1,\"name\":\"process\\u005fname\",\"args\":{\"name\":\"p\"}}," X("a", "1", "2") "]",
           0, "p(a)");
}

/* Processes of two files are two runs, whatever their numbers. */
static void tells_files_apart(void **state)
{
    struct log_fixture f;
    const struct str texts[] = { str_z("[" X("a", "1", "2") "," X("b", "3", "2") "]"),
                                 str_z("[" X("c", "1", "2") "]"),
                                 { 0 } };
    (void)state;
    load_files(&f, texts);
    assert_int_equal(run_count(&f), 2);
    assert_tree(f.runs, "pid 1(a b)");
    assert_tree(f.runs->next, "pid 1(c)");
    assert_str(f.runs->id, "pid 1"); /* the only file when it was read */
    assert_true(str_starts(f.runs->next->id, S("pid 1, pipelens-test-")));
    unload(&f);
}

/* What our own writer wrote of a run that was tried twice. */
static void reads_its_own_attempts(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         "[{\"ph\":\"M\",\"pid\":1,\"name\":\"pipelens_run\",\"args\":{\"pipelens\":{\"runId\":\"r\",\"name\":\"p\","
         "\"rootMade\":true,\"time\":[1,2],\"status\":\"failed\"}}},"
         "{\"ph\":\"X\",\"pid\":1,\"ts\":1000,\"dur\":5,\"name\":\"a\",\"args\":{\"pipelens\":{\"id\":\"#1\"}}},"
         "{\"ph\":\"X\",\"pid\":1,\"ts\":1005,\"dur\":5,\"name\":\"b\",\"args\":{\"pipelens\":{\"id\":\"#2\"}}},"
         "{\"ph\":\"M\",\"pid\":2,\"name\":\"pipelens_run\",\"args\":{\"pipelens\":{\"runId\":\"r\",\"name\":\"p\","
         "\"rootMade\":true,\"time\":[3,4],\"status\":\"completed\"}}},"
         "{\"ph\":\"X\",\"pid\":2,\"ts\":3000,\"dur\":5,\"name\":\"c\",\"args\":{\"pipelens\":{\"id\":\"#2.1\"}}}]");
    assert_int_equal(run_count(&f), 2);
    assert_tree(f.runs, "p(a b)");
    assert_int_equal(f.runs->status, RUN_FAILED);
    assert_tree(f.runs->next, "p(c)");
    assert_int_equal(f.runs->next->status, RUN_COMPLETED);
    assert_int_equal(f.runs->next->attempt, 2);
    unload(&f);
}

/* Such a run without an id, or with one that is null, is named as others are. */
static void names_its_own_run_without_an_id(void **state)
{
    static const char *const members[] = { "", "\"runId\":null,", NULL };
    (void)state;
    for (size_t i = 0; members[i]; i++) {
        struct log_fixture f;
        struct buf b = BUF_INIT;
        buf_printf(&b,
                   "[{\"ph\":\"M\",\"pid\":1,\"name\":\"pipelens_run\",\"args\":{\"pipelens\":{%s\"name\":\"r\"}}},%s]",
                   members[i], X("a", "1", "2"));
        load_as(&f, NULL, buf_str(&b));
        assert_int_equal(run_count(&f), 1);
        assert_str(f.runs->id, "pid 1");
        assert_tree(f.runs, "r(a)");
        buf_free(&b);
        unload(&f);
    }
}

static void survives_odd_values(void **state)
{
    static const struct {
        const char *text;
        size_t runs;
        uint32_t steps; /* of all runs */
        size_t problems;
    } cases[] = {
        { "{\"traceEvents\":[]}", 0, 0, 0 },
        { "{\"traceEvents\":[{},[],null,1,{\"ph\":1},{\"ph\":\"\"},{\"ph\":\"XX\"},{\"ph\":\"M\"},{\"ph\":\"X\"}]}", 1,
          1, 5 },
        { "[{\"ph\":\"X\",\"pid\":{},\"tid\":[],\"ts\":1e999,\"dur\":-1,\"name\":{\"a\":1},\"args\":7,\"cat\":3}]", 1,
          1, 0 },
        { "[{\"ph\":\"X\",\"pid\":1,\"ts\":NaN,\"dur\":NaN,\"name\":null},{\"ph\":\"E\",\"pid\":1,\"ts\":null}]", 1, 1,
          0 },
        { "[{\"ph\":\"X\",\"pid\":1,\"ts\":3999999999999999,\"dur\":3999999999999999,\"name\":\"a\"}]", 1, 1, 0 },
        { "[{\"ph\":\"X\",\"pid\":1,\"ts\":-3999999999999999,\"dur\":-3999999999999999,\"name\":\"a\"}]", 1, 1, 0 },
        { "[{\"ph\":\"B\",\"pid\":1,\"ts\":1},{\"ph\":\"e\",\"pid\":1,\"ts\":1},{\"ph\":\"f\",\"pid\":1,\"ts\":1}]", 1,
          1, 1 },
        { "{\"traceEvents\":7}", 0, 0, 0 },
        { "{\"traceEvents\":[{\"ph\":\"M\",\"pid\":1,\"name\":\"pipelens_run\",\"args\":{\"pipelens\":{}}},"
          "{\"ph\":\"X\",\"pid\":1,\"ts\":1,\"name\":\"a\",\"args\":{\"pipelens\":{\"time\":[1e999,\"x\"],\"links\":[1]"
          ","
          "\"extras\":[],\"id\":{},\"parentId\":{}}}},{\"ph\":\"i\",\"pid\":1,\"args\":{\"pipelens\":{\"time\":7}}}]}",
          1, 2, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_fixture f;
        uint32_t steps = 0;
        load_as(&f, &format_chrome, str_z(cases[i].text));
        for (const struct run *r = f.runs; r; r = r->next) steps += r->log_steps;
        if (run_count(&f) != cases[i].runs || steps != cases[i].steps || f.problems != cases[i].problems)
            fail_msg("%s: %zu runs, %u steps, %zu problems", cases[i].text, run_count(&f), (unsigned)steps, f.problems);
        unload(&f);
    }
}

/* Seconds that a file of so many events takes, the best of three times. */
static double seconds_for(const char *ph, int events, bool steps)
{
    double best = 1e9;
    struct buf b = BUF_INIT;
    bool halved = *ph == 'X';
    for (int i = 0; i < events; i++)
        buf_printf(&b, "%s{\"ph\":\"%s\",\"pid\":1,\"tid\":1,\"id\":1,\"ts\":%d,\"dur\":50000,\"name\":\"n%d\"}",
                   i ? "," : "[", ph, halved ? i / 2 : i, i % 100);
    for (int i = 0; i < 3; i++) {
        struct log_fixture f;
        clock_t begin = clock();
        load_as(&f, &format_chrome, buf_str(&b));
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds < best) best = seconds;
        if (steps) assert_int_equal(f.runs->log_steps, events);
        unload(&f);
    }
    buf_free(&b);
    return best;
}

/* Deep and wide files take the time of any other: four times the events about four times the time, not sixteen. */
static void stays_quick(void **state)
{
    enum { EVENTS = 12000 };
    static const char *const shapes[] = { "B", "X", "E", "b", "s" };
    (void)state;
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        bool steps = shape != 2 && shape != 4;
        double one = seconds_for(shapes[shape], EVENTS, steps), four = seconds_for(shapes[shape], 4 * EVENTS, steps);
        if (four > 10 * one + 0.05) fail_msg("%s: %.3f s, four times as many %.3f s", shapes[shape], one, four);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nests_complete_events),
        cmocka_unit_test(rounds_times_to_microseconds),
        cmocka_unit_test(matches_begins_and_ends),
        cmocka_unit_test(nests_asynchronous_events_by_their_ids),
        cmocka_unit_test(makes_threads_branches),
        cmocka_unit_test(links_flows),
        cmocka_unit_test(reads_what_is_cut_off),
        cmocka_unit_test(reads_the_dialects),
        cmocka_unit_test(survives_odd_values),
        cmocka_unit_test(stays_quick),
        cmocka_unit_test(reads_a_name_with_escapes_as_one_without),
        cmocka_unit_test(tells_files_apart),
        cmocka_unit_test(reads_its_own_attempts),
        cmocka_unit_test(names_its_own_run_without_an_id),
    };
    return cmocka_run_group_tests_name("chrome", tests, NULL, NULL);
}
