/* SPDX-License-Identifier: MIT
 *
 * Traces of span-tree: paths, events, errors, links, what is open, what is odd.
 */
#include "load_text.h"

#include "input/format.h"

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static void load_trace(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

#define SPAN(name, status, start, end, events)                                                                         \
    "{\"span_status\":\"" status "\",\"__node_counter__\":0,\"span_name\":\"" name "\",\"__EVENTS__\":[" events        \
    "],\"ts_start\":" start ",\"ts_end\":" end ",\"call_location\":\"File \\\"run.py\\\", line 3\"}"
#define TRACE(id, spans)                                                                                               \
    "{\"trace_id\":\"" id                                                                                              \
    "\",\"span_name\":\"n\",\"runtime_id\":\"MainThread\",\"parent_trace\":null,\"spans\":{" spans "}}\n"
/* 1795255890 is 2026-11-21T10:11:30Z. */
#define T0 INT64_C(1795255890000000)

static void reads_spans_by_path(void **state)
{
    struct log_fixture f;
    (void)state;
    load_trace(&f,
               TRACE("t", "\"0\":" SPAN("root", "succeeded", "1795255890", "1795255892.5",
                                        "") ","
                                            "\"0/0/0\":" SPAN("leaf", "failed", "1795255890.2", "1795255890.3",
                                                              "") ","
                                                                  "\"0/0\":" SPAN("inner", "succeeded", "1795255890.1",
                                                                                  "1795255890.4", "")));
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(f.problems, 0);
    const struct run *run = f.runs;
    assert_str(run->id, "t");
    assert_str(run->name, "root");
    assert_false(run->root_made);
    assert_int_equal(run->log_steps, 3);
    assert_int_equal(run->status, RUN_COMPLETED); /* the failure was handled above it */
    assert_int_equal(run->status_count[STEP_ERROR], 1);
    assert_str(run->steps[2]->key, "root.inner.leaf");
    assert_str(run->steps[2]->more->location, "File \"run.py\", line 3");
    assert_true(run->steps[1]->start == T0 + 100000 && run->steps[1]->end == T0 + 400000);
    assert_str(payload(run, run->tags), "{\"runtime_id\":\"MainThread\"}");
    unload(&f);
}

static void takes_events_apart(void **state)
{
    struct log_fixture f;
    (void)state;
    load_trace(&f, TRACE("t", "\"0\":{\"customer\":\"acme\",\"span_status\":\"failed\",\"span_name\":\"root\","
                              "\"ts_start\":1795255890.25,\"ts_end\":1795255891,\"__EVENTS__\":["
                              "[\"__child_placeholder\",\"...\"],"
                              "[\"extra\",{\"a\":1}],[\"extra\",{\"b\":[2]}],"
                              "[\"WARNING\",\"2026-11-21T11:11:30.500 WARNING careful\"],"
                              "[\"except_error\",{\"__rich_trace__\":[{\"exc_type\":\"KeyError\","
                              "\"exc_value\":\"'k'\",\"frames\":[]}]}],[\"call_trace\",\"handled here\"],"
                              "[\"exit_error\",{\"__rich_trace__\":[{\"exc_type\":\"RuntimeError\","
                              "\"exc_value\":\"boom\",\"frames\":[]},{\"exc_type\":\"Cause\",\"exc_value\":\"c\"}]}],"
                              "[\"call_trace\",\"Traceback: boom\"],[\"custom\",7],[\"alone\"],8]}"));
    const struct run *run = f.runs;
    const struct step *root = run->root;
    assert_int_equal(f.problems, 0);
    assert_int_equal(run->status, RUN_FAILED);
    assert_str(payload(run, root->records->data), "{\"customer\":\"acme\",\"a\":1,\"b\":[2]}");
    assert_str(payload(run, root->error), "\"boom\"");
    assert_str(root->more->error_type, "RuntimeError");
    assert_str(payload(run, root->more->trace), "\"Traceback: boom\"");
    assert_str(payload(run, root->more->handled_errors),
               "[{\"type\":\"KeyError\",\"message\":\"'k'\",\"stacks\":{\"__rich_trace__\":[{\"exc_type\":\"KeyError\","
               "\"exc_value\":\"'k'\",\"frames\":[]}]},\"trace\":\"handled here\"}]");
    assert_int_equal(root->more->logs->level, LEVEL_WARN);
    assert_true(root->more->logs->ts == T0 + 500000); /* an hour ahead of UTC, which its span shows */
    assert_str(f.said, "the times in messages have no zone: read as UTC+01:00, which fits their spans");
    assert_str(root->more->extras->name, "exit_error");
    assert_str(root->more->extras->next->name, "events");
    assert_str(payload(run, root->more->extras->next->data), "[[\"custom\",7],[\"alone\"],8]");
    unload(&f);
}

static void links_threads_and_references(void **state)
{
    struct log_fixture f;
    (void)state;
    load_trace(&f, "{\"trace_id\":\"b\",\"runtime_id\":\"Pool-0\",\"parent_trace\":\"a\",\"spans\":{\"0\":" SPAN(
                       "task", "succeeded", "3", "4",
                       "[\"trace_parent\",{\"name\":\"root\",\"trace_id\":\"a\"}],"
                       "[\"ref_dest\",\"ref-1\"]") "}}\n" TRACE("a", "\"0\":" SPAN("root", "succeeded", "1", "5",
                                                                                   "[\"trace_child\",{\"id\":\"b\"}],"
                                                                                   "[\"ref_src\",\"ref-1\"],"
                                                                                   "[\"ref_dest\",\"elsewhere\"]")));
    assert_int_equal(run_count(&f), 2);
    const struct run *b = f.runs, *a = f.runs->next;
    assert_str(b->parent_run, "a");
    const struct step_link *spawned = a->root->more->links;
    assert_str(spawned->run_id, "b");
    assert_str(spawned->step_id, "0");
    assert_str(spawned->relation, "spawned");
    assert_null(spawned->next);
    const struct step_link *refers = b->root->more->links;
    assert_str(refers->run_id, "a");
    assert_str(refers->relation, "refers");
    assert_str(payload(b, b->root->more->extras->data),
               "[[\"trace_parent\",{\"name\":\"root\",\"trace_id\":\"a\"}],[\"ref_dest\",\"ref-1\"]]");
    unload(&f);
}

static void shows_what_runs(void **state)
{
    struct log_fixture f;
    (void)state;
    load_trace(&f, "[{\"trace_id\":\"t\",\"span_name\":\"r\",\"spans\":{"
                   "\"0\":{\"span_name\":\"r\",\"span_status\":\"started\",\"ts_start\":1795255890},"
                   "\"0/0\":{\"span_name\":\"done\",\"span_status\":\"succeeded\",\"ts_start\":1795255890,"
                   "\"ts_end\":1795255891},"
                   "\"0/1\":{\"span_name\":\"open\",\"span_status\":\"created\"}}}]");
    assert_int_equal(f.runs->status, RUN_RUNNING);
    assert_int_equal(f.runs->status_count[STEP_RUNNING], 2);
    assert_int_equal(f.runs->log_steps, 3);
    unload(&f);
}

static void survives_odd_values(void **state)
{
    struct log_fixture f;
    (void)state;
    load_trace(&f, "{\"trace_id\":\"t\",\"span_name\":\"r\",\"extra\":{\"x\":1},\"spans\":{"
                   "\"0\":{\"span_name\":7,\"span_status\":\"odd\",\"ts_start\":NaN,\"ts_end\":\"12\","
                   "\"__EVENTS__\":\"text\"},"
                   "\"0\\/1\":17,\"\":{},\"0/2\":{\"__EVENTS__\":[[],[[\"extra\"]],[\"extra\"],[\"INFO\"],"
                   "[\"INFO\",{\"a\":1}],[\"exit_error\",\"plain\"],[\"trace_child\",{}],[\"ref_src\"]]}}}\n"
                   "{\"trace_id\":\"u\",\"span_name\":\"r\",\"spans\":{}}\n"
                   "{\"trace_id\":\"v\",\"span_name\":\"r\",\"spans\":[]}\n");
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(f.problems, 5); /* NaN; 17 is no span; no spans, spans that are no object and so none */
    const struct run *run = f.runs;
    assert_int_equal(run->log_steps, 4);
    const struct step *plain = NULL, *seventeen = NULL;
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (str_eq(run->steps[i]->more->id, S("0/2"))) plain = run->steps[i];
        if (str_eq(run->steps[i]->more->id, S("0/1"))) seventeen = run->steps[i];
    }
    assert_non_null(plain);
    assert_non_null(seventeen);
    assert_str(seventeen->parent->more->id, "0");
    assert_str(payload(run, plain->error), "\"plain\"");
    unload(&f);
}

/* Traces without an id are runs of their own, in one file and in several. */
static void keeps_traces_without_an_id_apart(void **state)
{
    static const char *const text =
        "{\"trace_id\":null,\"span_name\":\"n\",\"runtime_id\":\"M\",\"spans\":{\"0\":{\"span_name\":\"one\","
        "\"ts_start\":1795255890,\"ts_end\":1795255891}}}\n"
        "{\"trace_id\":\"\",\"span_name\":\"n\",\"runtime_id\":\"M\",\"spans\":{\"0\":{\"span_name\":\"two\","
        "\"ts_start\":1795255890,\"ts_end\":1795255891}}}\n";
    const struct str texts[] = { str_z(text), str_z(text), { 0 } };
    struct log_fixture f;
    (void)state;
    load_files(&f, texts);
    assert_int_equal(run_count(&f), 4);
    assert_str(f.runs->name, "one");
    assert_true(str_ends(f.runs->id, S(" 2026-11-21T10:11:30.000Z")));
    assert_str(f.runs->next->name, "two");
    assert_true(str_ends(f.runs->next->id, S("#2 2026-11-21T10:11:30.000Z")));
    for (const struct run *run = f.runs; run; run = run->next) assert_int_equal(run->log_steps, 1);
    unload(&f);
    /* no time either */
    load_as(&f, &format_span_tree, S("[{\"spans\":{\"0\":{}}},{\"spans\":{\"0\":[]}},{\"spans\":{}}]"));
    assert_int_equal(run_count(&f), 2);
    unload(&f);
}

static void reads_what_is_left(void **state)
{
    static const char *const text = TRACE(
        "t", "\"0\":" SPAN("root", "succeeded", "1", "2", "[\"INFO\",\"m\"],[\"extra\",{\"a\":1}]") ",\"0/0\":" SPAN(
                 "inner", "failed", "1", "2", "[\"exit_error\",{}]"));
    struct log_fixture f;
    (void)state;
    for (size_t len = 0; len < strlen(text); len++) {
        load_as(&f, &format_span_tree, str_of(text, len));
        unload(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_spans_by_path),
        cmocka_unit_test(takes_events_apart),
        cmocka_unit_test(links_threads_and_references),
        cmocka_unit_test(shows_what_runs),
        cmocka_unit_test(survives_odd_values),
        cmocka_unit_test(reads_what_is_left),
        cmocka_unit_test(keeps_traces_without_an_id_apart),
    };
    return cmocka_run_group_tests_name("span_tree", tests, NULL, NULL);
}
