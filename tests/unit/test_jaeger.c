/* SPDX-License-Identifier: MIT
 *
 * Jaeger's JSON: references, tags, logs, processes.
 */
#include "load_text.h"

#include "input/format.h"

#define TRACE "\"traceID\":\"4bf1a0c37e25d986\""
#define PLACE "\"operationName\":\"op\",\"startTime\":1000000,\"duration\":500"
#define END                                                                                                            \
    "],\"processes\":{\"p1\":{\"serviceName\":\"shop\",\"tags\":[{\"key\":\"host\",\"type\":\"string\",\"value\":"     \
    "\"a\"}]}}}"

static void load(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static struct str extra(const struct run *run, const struct step *step, const char *name)
{
    for (const struct extra *x = step->more->extras; x; x = x->next)
        if (str_eq(x->name, str_z(name))) return payload(run, x->data);
    return S("(none)");
}

static void reads_a_trace(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"data\":[{" TRACE ",\"spans\":[{" TRACE ",\"spanID\":\"2\"," PLACE ",\"processID\":\"p1\",\"flags\":1,"
             "\"references\":[{\"refType\":\"CHILD_OF\"," TRACE ",\"spanID\":\"1\"}],\"tags\":["
             "{\"key\":\"big\",\"type\":\"int64\",\"value\":\"9223372036854775222\"},{\"key\":\"t\",\"type\":"
             "\"string\",\"value\":\"7\"},"
             "{\"key\":\"ok\",\"type\":\"bool\",\"value\":true},{\"key\":\"blob\",\"type\":\"binary\",\"value\":"
             "\"AAAwOQ==\"},"
             "{\"key\":\"span.kind\",\"type\":\"string\",\"value\":\"client\"},"
             "{\"key\":\"otel.library.name\",\"type\":\"string\",\"value\":\"lib\"}]},"
             "{" TRACE ",\"spanID\":\"1\"," PLACE ",\"references\":[],\"processID\":\"px\",\"extra\":{}}" END
             "],\"errors\":null}");
    const struct run *run = f.runs;
    assert_int_equal(f.problems, 0);
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(run->log_steps, 2);
    const struct step *s = run->steps[1];
    assert_str(run->id, "4bf1a0c37e25d986");
    assert_true(s->start == 1000000 && s->end == 1000500);
    assert_str(s->more->kind, "client");
    assert_str(payload(run, s->records->data),
               "{\"big\":9223372036854775222,\"t\":\"7\",\"ok\":true,\"blob\":\"AAAwOQ==\"}");
    assert_str(extra(run, s, "service"), "\"shop\"");
    assert_str(extra(run, s, "resource"), "{\"service.name\":\"shop\",\"host\":\"a\"}");
    assert_str(extra(run, s, "scope"), "{\"name\":\"lib\"}");
    assert_str(extra(run, s, "flags"), "1");
    assert_str(extra(run, run->root, "resource"), "{\"processID\":\"px\"}");
    assert_str(extra(run, run->root, "other"), "{\"extra\":{}}");
    unload(&f);
}

static void finds_parents(void **state)
{
    struct log_fixture f;
    (void)state;
    /* b: the first CHILD_OF in this trace; c: FOLLOWS_FROM for want of one; d: what old versions wrote */
    load(&f, "{" TRACE ",\"spans\":[{\"spanID\":\"a\"," PLACE "},{\"spanID\":\"b\"," PLACE ",\"references\":["
             "{\"refType\":\"CHILD_OF\",\"traceID\":\"ff\",\"spanID\":\"ff\"},{\"refType\":\"FOLLOWS_FROM\"," TRACE
             ",\"spanID\":\"c\"},"
             "{\"refType\":\"CHILD_OF\"," TRACE ",\"spanID\":\"a\"}]},"
             "{\"spanID\":\"c\"," PLACE ",\"references\":[{\"refType\":\"FOLLOWS_FROM\"," TRACE ",\"spanID\":\"b\"}]},"
             "{\"spanID\":\"d\"," PLACE ",\"parentSpanID\":\"c\"}" END);
    const struct run *run = f.runs;
    assert_int_equal(run->log_steps, 4);
    const struct step *b = run->root->first_child, *c = b->first_child;
    assert_str(b->more->id, "b");
    assert_str(c->more->id, "c");
    assert_str(c->first_child->more->id, "d");
    const struct step_link *l = b->more->links;
    assert_str(l->relation, "refers");
    assert_str(l->run_id, "ff");
    assert_str(l->next->relation, "follows");
    assert_null(l->next->next);
    assert_str(c->more->links->relation, "follows");
    assert_str(c->more->links->step_id, "b");
    unload(&f);
}

/* What has no id is no parent: the next one is it, and no link besides. */
static void passes_references_without_an_id(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{" TRACE ",\"spans\":[{\"spanID\":\"a\"," PLACE "},{\"spanID\":\"b\"," PLACE ",\"references\":["
             "{\"refType\":\"CHILD_OF\"," TRACE "},{\"refType\":\"CHILD_OF\"," TRACE ",\"spanID\":\"a\"}]}" END);
    const struct step *b = f.runs->root->first_child;
    assert_str(b->more->id, "b");
    for (const struct step_link *l = b->more->links; l; l = l->next) assert_false(str_eq(l->step_id, S("a")));
    unload(&f);
}

static void reads_errors_and_logs(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         "{" TRACE ",\"spans\":[{\"spanID\":\"a\"," PLACE
         ",\"warnings\":[\"skewed\"],\"tags\":[{\"key\":\"error\",\"type\":\"bool\","
         "\"value\":true}],\"logs\":[{\"timestamp\":1000100,\"fields\":[{\"key\":\"event\",\"type\":\"string\","
         "\"value\":\"begun\"}]},"
         "{\"timestamp\":1000200,\"fields\":[{\"key\":\"level\",\"type\":\"string\",\"value\":\"warn\"},{\"key\":\"n\","
         "\"type\":\"int64\","
         "\"value\":3}]},{\"timestamp\":1000300,\"fields\":[{\"key\":\"event\",\"value\":\"error\"},{\"key\":\"error."
         "kind\",\"value\":"
         "\"Gone\"},{\"key\":\"message\",\"value\":\"is gone\"},{\"key\":\"stack\",\"value\":\"at x\"}]}]},"
         "{\"spanID\":\"b\"," PLACE ",\"tags\":[{\"key\":\"otel.status_code\",\"type\":\"string\",\"value\":\"ERROR\"},"
         "{\"key\":\"otel.status_description\",\"type\":\"string\",\"value\":\"declined\"}]}" END);
    const struct run *run = f.runs;
    const struct step *s = run->steps[1];
    assert_int_equal(s->status, STEP_ERROR);
    assert_str(payload(run, s->error), "\"is gone\"");
    assert_str(s->more->error_type, "Gone");
    assert_str(payload(run, s->more->trace), "\"at x\"");
    const struct log_entry *l = s->more->logs;
    assert_str(payload(run, l->message), "\"begun\"");
    assert_true(l->ts == 1000100);
    l = l->next;
    assert_str(payload(run, l->message), "{\"level\":\"warn\",\"n\":3}");
    assert_int_equal(l->level, LEVEL_WARN);
    l = l->next;
    assert_int_equal(l->level, LEVEL_ERROR);
    l = l->next;
    assert_str(payload(run, l->message), "\"skewed\"");
    assert_int_equal(l->level, LEVEL_WARN);
    assert_str(payload(run, run->steps[2]->error), "\"declined\"");
    assert_null(run->steps[2]->records);
    unload(&f);
}

static void bears_odd_values(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"data\":[{" TRACE
             ",\"spans\":[{\"spanID\":\"a\",\"operationName\":5,\"startTime\":\"soon\",\"duration\":-1,"
             "\"references\":{},\"tags\":\"x\",\"logs\":[1],\"processID\":9},7,{\"spanID\":\"b\",\"startTime\":4e18,"
             "\"duration\":4e18}"
             "],\"processes\":[]},3]}");
    assert_int_equal(f.problems, 3);
    assert_int_equal(f.runs->log_steps, 2);
    assert_true(f.runs->steps[1]->end == TIME_NONE);
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_trace),
        cmocka_unit_test(finds_parents),
        cmocka_unit_test(passes_references_without_an_id),
        cmocka_unit_test(reads_errors_and_logs),
        cmocka_unit_test(bears_odd_values),
    };
    return cmocka_run_group_tests_name("jaeger", tests, NULL, NULL);
}
