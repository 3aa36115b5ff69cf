/* SPDX-License-Identifier: MIT
 *
 * Zipkin v2: the two halves of a call, annotations, tags, what may be missing.
 */
#include "load_text.h"

#include "input/format.h"

#define SPAN(id) "{\"traceId\":\"9C0d417e5b2a8f36\",\"id\":\"" id "\",\"timestamp\":1000000,\"duration\":500"

static void load(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static struct str extra(const struct run *run, const struct step *step, const char *name)
{
    for (const struct extra *x = step->more->extras; x; x = x->next)
        if (str_eq(x->name, str_z(name))) return payload(run, x->data);
    return S("(none)");
}

static void reads_a_span(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         "[" SPAN(
             "1") ",\"kind\":\"PRODUCER\",\"name\":\"send\",\"localEndpoint\":{\"serviceName\":\"shop\",\"port\":1},"
                  "\"remoteEndpoint\":{\"ipv4\":\"192.0.2.1\"},\"tags\":{\"a\":\"1\",\"error\":\"lost\"},\"debug\":"
                  "true,\"x\":[0],"
                  "\"annotations\":[{\"timestamp\":1000100,\"value\":\"sent\"},{\"value\":5}]}]");
    const struct run *run = f.runs;
    const struct step *s = run->root;
    assert_int_equal(f.problems, 0);
    assert_str(run->id, "9c0d417e5b2a8f36");
    assert_str(s->name, "send");
    assert_str(s->more->kind, "producer");
    assert_true(s->start == 1000000 && s->end == 1000500);
    assert_int_equal(s->status, STEP_ERROR);
    assert_str(payload(run, s->error), "\"lost\"");
    assert_str(payload(run, s->records->data), "{\"a\":\"1\",\"error\":\"lost\"}");
    assert_str(extra(run, s, "service"), "\"shop\"");
    assert_str(extra(run, s, "localEndpoint"), "{\"serviceName\":\"shop\",\"port\":1}");
    assert_str(extra(run, s, "remoteEndpoint"), "{\"ipv4\":\"192.0.2.1\"}");
    assert_str(extra(run, s, "debug"), "true");
    assert_str(extra(run, s, "other"), "{\"x\":[0]}");
    assert_str(payload(run, s->more->logs->message), "\"sent\"");
    assert_true(s->more->logs->ts == 1000100);
    assert_str(payload(run, s->more->logs->next->message), "5");
    unload(&f);
}

static void puts_halves_below_each_other(void **state)
{
    static const char *const texts[] = {
        /* said, and only by the kinds; the server's half before the client's */
        "[" SPAN("1") ",\"name\":\"top\"}," SPAN("7") ",\"parentId\":\"1\",\"kind\":\"SERVER\",\"name\":\"server\","
                                                      "\"shared\":true}," SPAN("8") ",\"parentId\":\"7\",\"name\":"
                                                                                    "\"query\"}," SPAN(
                                                                                        "7") ",\"parentId\":\"1\","
                                                                                             "\"kind\":\"CLIENT\","
                                                                                             "\"name\":\"client\"}]",
        "[[" SPAN("1") ",\"name\":\"top\"}," SPAN("7") ",\"parentId\":\"1\",\"kind\":\"CLIENT\",\"name\":\"client\"}"
                                                       "," SPAN("8") ",\"parentId\":\"7\",\"name\":\"query\"}," SPAN(
                                                           "7") ",\"parentId\":\"1\",\"kind\":\"SERVER\",\"name\":"
                                                                "\"server\"}]]",
        /* in two requests */
        "[" SPAN("1") ",\"name\":\"top\"}," SPAN(
            "7") ",\"parentId\":\"1\",\"kind\":\"CLIENT\",\"name\":\"client\"}]\n"
                 "[" SPAN("8") ",\"parentId\":\"7\",\"name\":\"query\"}," SPAN(
                     "7") ",\"parentId\":\"1\",\"kind\":\"SERVER\",\"name\":\"server\",\"shared\":true}]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct log_fixture f;
        load(&f, texts[i]);
        assert_int_equal(f.problems, 0);
        assert_int_equal(run_count(&f), 1);
        assert_int_equal(f.runs->log_steps, 4);
        assert_int_equal(f.runs->notes.unknown_parents, 0);
        const struct step *client = f.runs->root->first_child, *server = client->first_child;
        assert_str(client->name, "client");
        assert_str(server->name, "server");
        assert_str(server->more->id, "7/server");
        assert_str(server->first_child->name, "query");
        unload(&f);
    }
}

#define AT(id, service) "{\"traceId\":\"1\",\"id\":\"" id "\",\"localEndpoint\":{\"serviceName\":\"" service "\"}"
#define TIMES           ",\"timestamp\":1000000,\"duration\":10"

/* What a service did below a call that it made itself is not below the server's half of that. */
static void puts_children_below_their_service(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "[" AT("1", "be") TIMES ",\"kind\":\"SERVER\",\"name\":\"server\",\"shared\":true}," AT("1", "fe") TIMES
         ",\"kind\":\"CLIENT\",\"name\":\"client\"}," AT("2", "fe") TIMES
         ",\"parentId\":\"1\",\"name\":\"fe-child\"}," AT("3", "be") TIMES
         ",\"parentId\":\"1\",\"name\":\"be-child\"}," AT(
             "1", "be") ",\"tags\":{\"late\":\"1\"}},"
                        "{\"traceId\":\"1\",\"id\":\"4\",\"parentId\":\"1\",\"name\":\"who\"" TIMES "}]");
    const struct run *run = f.runs;
    static const struct {
        const char *name, *parent;
    } expected[] = { { "server", "client" }, { "fe-child", "client" }, { "be-child", "server" }, { "who", "server" } };
    assert_int_equal(run->log_steps, 5);
    assert_str(run->root->name, "client");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct step *s = NULL;
        for (uint32_t k = 1; k < run->step_count; k++)
            if (str_eq(run->steps[k]->name, str_z(expected[i].name))) s = run->steps[k];
        assert_non_null(s);
        assert_str(s->parent->name, expected[i].parent);
        if (i == 0) assert_str(payload(run, s->records->data), "{\"late\":\"1\"}");
    }
    unload(&f);
}

/* Start and duration may come apart, in either order, in one text or in two; the same span twice is one. */
static void joins_parts_of_a_span(void **state)
{
    static const char *const between[] = { ",", "]\n[" };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct log_fixture f;
        struct buf b = BUF_INIT;
        const char *start = AT("1", "x") ",\"name\":\"a\",\"timestamp\":1000000}";
        const char *took = AT("1", "x") ",\"duration\":10,\"name\":\"\",\"tags\":{\"t\":\"1\"}}";
        buf_printf(&b, "[%s%s%s,%s,{\"traceId\":\"1\",\"id\":\"1\",\"debug\":true}]%c", i < 2 ? start : took,
                   between[i % 2], i < 2 ? took : start, i < 2 ? took : start, '\0');
        load(&f, b.ptr);
        const struct run *run = f.runs;
        assert_int_equal(f.problems, 0);
        assert_int_equal(run->step_count, 1);
        assert_int_equal(run->notes.conflicts, 0);
        assert_int_equal(run->status, RUN_COMPLETED);
        assert_str(run->root->name, "a");
        assert_true(run->root->start == 1000000 && run->root->end == 1000010);
        assert_str(payload(run, run->root->records->data), "{\"t\":\"1\"}");
        assert_null(run->root->records->next);
        assert_str(extra(run, run->root, "debug"), "true");
        buf_free(&b);
        unload(&f);
    }
    struct log_fixture f;
    load(&f, "[" AT("1", "x") TIMES ",\"annotations\":[{\"timestamp\":1000001,\"value\":\"v\"}]}," AT("1", "x") TIMES
         ",\"annotations\":[{\"timestamp\":1000001,\"value\":\"v\"}]}," AT("1", "y") TIMES ",\"parentId\":\"1\"}]");
    assert_int_equal(f.runs->step_count, 2); /* another service's is another span */
    assert_null(f.runs->root->more->logs->next);
    assert_str(f.runs->root->first_child->more->id, "1/2");
    unload(&f);
}

/* Many spans that never end: what is remembered of them is bounded, and they are all there. */
static void forgets_parts_in_time(void **state)
{
    enum { SPANS = 70000 };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    for (int i = 1; i <= SPANS; i++)
        buf_printf(&b, "{\"traceId\":\"1\",\"id\":\"%x\",\"parentId\":\"%x\",\"timestamp\":1000000}\n", i, i > 1);
    buf_printf(&b, "{\"traceId\":\"1\",\"id\":\"%x\",\"duration\":5}\n%c", SPANS, '\0');
    load(&f, b.ptr);
    assert_int_equal(f.runs->step_count, SPANS);
    assert_int_equal(f.runs->status_count[STEP_OK], 1);
    buf_free(&b);
    unload(&f);
}

static void bears_what_is_missing(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "[[{\"traceId\":\"1\",\"id\":\"1\",\"timestamp\":1000000},{\"traceId\":\"1\",\"id\":\"2\",\"parentId\":"
             "\"1\",\"duration\":7},"
             "{\"traceId\":\"1\",\"id\":\"3\",\"parentId\":\"1\",\"timestamp\":\"x\",\"tags\":{\"error\":\"\"},"
             "\"kind\":7},null],[],"
             "[{\"traceId\":\"2\",\"id\":\"1\",\"tags\":[],\"timestamp\":1,\"duration\":1}]]");
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.problems, 2);
    const struct run *run = f.runs;
    assert_int_equal(run->log_steps, 3);
    assert_int_equal(run->status, RUN_UNFINISHED);
    assert_int_equal(run->root->status, STEP_UNFINISHED);
    const struct step *lost = run->steps[1];
    assert_true(lost->start == TIME_NONE && lost->end == TIME_NONE);
    assert_str(extra(run, lost, "duration"), "7");
    assert_int_equal(run->steps[2]->status, STEP_ERROR);
    assert_str(extra(run->next, run->next->root, "tags"), "[]");
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_span),
        cmocka_unit_test(puts_halves_below_each_other),
        cmocka_unit_test(puts_children_below_their_service),
        cmocka_unit_test(joins_parts_of_a_span),
        cmocka_unit_test(forgets_parts_in_time),
        cmocka_unit_test(bears_what_is_missing),
    };
    return cmocka_run_group_tests_name("zipkin", tests, NULL, NULL);
}
