/* SPDX-License-Identifier: MIT
 *
 * OTLP/JSON: what its values may be, and what becomes of them.
 */
#include "load_text.h"

#include "input/format.h"

#define RESOURCE "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}}]},"
#define BEGIN                                                                                                          \
    "{\"resourceSpans\":[" RESOURCE "\"scopeSpans\":[{\"scope\":{\"name\":\"lib\",\"version\":\"1\"},\"spans\":["
#define END   "]}]}]}\n"
#define IDS   "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\""
#define TIMES ",\"startTimeUnixNano\":\"1000000000\",\"endTimeUnixNano\":\"3000000000\""

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
    load(&f, BEGIN "{" IDS TIMES ",\"name\":\"GET /\",\"kind\":2,\"traceState\":\"a=b\",\"flags\":257,"
                   "\"droppedAttributesCount\":2,\"status\":{\"code\":1},\"novel\":[1.50]}" END);
    const struct run *run = f.runs;
    const struct step *s = run->root;
    assert_int_equal(f.problems, 0);
    assert_int_equal(run->log_steps, 1);
    assert_str(run->id, "0af7651916cd43dd8448eb211c80319c");
    assert_str(s->name, "GET /");
    assert_str(s->more->id, "b7ad6b7169203331");
    assert_str(s->more->kind, "server");
    assert_true(s->start == 1000000 && s->end == 3000000);
    assert_int_equal(s->status, STEP_OK);
    assert_str(extra(run, s, "service"), "\"shop\"");
    assert_str(extra(run, s, "resource"), "{\"service.name\":\"shop\"}");
    assert_str(extra(run, s, "scope"), "{\"name\":\"lib\",\"version\":\"1\"}");
    assert_str(extra(run, s, "traceState"), "\"a=b\"");
    assert_str(extra(run, s, "flags"), "257");
    assert_str(extra(run, s, "droppedAttributesCount"), "2");
    assert_str(extra(run, s, "statusCode"), "\"OK\"");
    assert_str(extra(run, s, "other"), "{\"novel\":[1.50]}");
    unload(&f);
}

static void reads_attributes_as_records(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, BEGIN
         "{" IDS TIMES ",\"name\":\"n\",\"attributes\":["
         "{\"key\":\"s\",\"value\":{\"stringValue\":\"a\\\"b\"}},{\"key\":\"i\",\"value\":{\"intValue\":"
         "\"9223372036854775807\"}},"
         "{\"key\":\"n\",\"value\":{\"intValue\":-1}},{\"key\":\"e\",\"value\":{\"intValue\":1e+21}},"
         "{\"key\":\"d\",\"value\":{\"doubleValue\":0.250}},{\"key\":\"nan\",\"value\":{\"doubleValue\":\"NaN\"}},"
         "{\"key\":\"t\",\"value\":{\"boolValue\":false}},{\"key\":\"b\",\"value\":{\"bytesValue\":\"AAE=\"}},"
         "{ \"value\": {\"arrayValue\":{\"values\":[{\"intValue\":\"1\"},{\"arrayValue\":{}},{}]}}, \"key\":\"a\"},"
         "{\"key\":\"k\",\"value\":{\"kvlistValue\":{\"values\":[{\"key\":\"x\",\"value\":{\"kvlistValue\":{\"values\":"
         "[]}}},"
         "{\"key\":\"y\",\"value\":{\"string_value\":\"z\"}}]}}},{\"key\":\"none\",\"value\":{}},{\"key\":\"odd\","
         "\"value\":7},"
         "{\"value\":{\"intValue\":\"1\"}},{\"key\":\"new\",\"value\":{\"uuidValue\":\"u\"}},{\"key\":\"gone\"}]}" END);
    assert_int_equal(f.problems, 0);
    assert_str(payload(f.runs, f.runs->root->records->data),
               "{\"s\":\"a\\\"b\",\"i\":9223372036854775807,\"n\":-1,\"e\":1e+21,\"d\":0.250,\"nan\":NaN,\"t\":false,"
               "\"b\":\"AAE=\",\"a\":[1,[],null],\"k\":{\"x\":{},\"y\":\"z\"},\"none\":null,\"odd\":7,\"\":1,"
               "\"new\":{\"uuidValue\":\"u\"},\"gone\":null}");
    unload(&f);
}

static void normalises_ids(void **state)
{
    struct log_fixture f;
    (void)state;
    /* the same trace and parent in three spellings; zeros are no parent; a text that is no id stays */
    load(
        &f, BEGIN
        "{\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\",\"spanId\":\"t61rcWkgMzE=\",\"parentSpanId\":\"\",\"name\":\"top\"},"
        "{\"traceId\":\"0AF7651916CD43DD8448EB211C80319C\",\"spanId\":\"00000000000000AB\","
        "\"parentSpanId\":\"B7AD6B7169203331\",\"name\":\"upper\"},"
        "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"span-1\",\"parentSpanId\":"
        "\"t61rcWkgMzE=\",\"name\":\"text\"}" END BEGIN
        "{\"traceId\":\"01\",\"spanId\":\"02\",\"parentSpanId\":\"0000000000000000\",\"name\":\"short\"}" END);
    assert_int_equal(run_count(&f), 2);
    const struct run *run = f.runs;
    assert_str(run->id, "0af7651916cd43dd8448eb211c80319c");
    assert_int_equal(run->step_count, 3);
    assert_int_equal(run->root->child_count, 2);
    assert_str(run->root->more->id, "b7ad6b7169203331");
    assert_str(run->steps[1]->more->id, "00000000000000ab");
    assert_str(run->steps[2]->more->id, "span-1");
    assert_str(run->next->id, "01");
    assert_int_equal(run->next->notes.unknown_parents, 0);
    unload(&f);
}

static void keeps_spans_of_one_id_apart(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, BEGIN "{" IDS TIMES ",\"name\":\"a\"},{" IDS TIMES
                   ",\"name\":\"a\"},{\"name\":\"no ids\"},{\"name\":\"none either\"}" END);
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.runs->log_steps, 2);
    assert_str(f.runs->steps[2]->more->id, "b7ad6b7169203331/2");
    assert_int_equal(f.runs->next->log_steps, 2);
    unload(&f);
}

static void takes_status_and_exceptions(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, BEGIN
         "{" IDS TIMES
         ",\"name\":\"n\",\"status\":{\"code\":\"STATUS_CODE_ERROR\"},\"kind\":\"SPAN_KIND_CONSUMER\",\"events\":["
         "{\"timeUnixNano\":\"1500000000\",\"name\":\"row\"},"
         "{\"timeUnixNano\":1600000000,\"name\":\"slow\",\"attributes\":[{\"key\":\"level\",\"value\":{\"stringValue\":"
         "\"WARNING\"}},"
         "{\"key\":\"ms\",\"value\":{\"intValue\":\"7\"}}]},"
         "{\"timeUnixNano\":\"0\",\"name\":\"exception\",\"attributes\":[{\"key\":\"exception.type\",\"value\":{"
         "\"stringValue\":"
         "\"Gone\"}},{\"key\":\"exception.message\",\"value\":{\"stringValue\":\"is "
         "gone\"}},{\"key\":\"exception.stacktrace\","
         "\"value\":{\"stringValue\":\"at x\"}}]}]}" END);
    const struct run *run = f.runs;
    const struct step *s = run->root;
    assert_int_equal(run->status, RUN_FAILED);
    assert_int_equal(s->status, STEP_ERROR);
    assert_str(s->more->kind, "consumer");
    assert_str(payload(run, s->error), "\"is gone\"");
    assert_str(s->more->error_type, "Gone");
    assert_str(payload(run, s->more->trace), "\"at x\"");
    const struct log_entry *l = s->more->logs;
    assert_str(payload(run, l->message), "\"row\"");
    assert_true(l->ts == 1500000 && l->level == LEVEL_INFO);
    l = l->next;
    assert_str(payload(run, l->message), "{\"event\":\"slow\",\"level\":\"WARNING\",\"ms\":7}");
    assert_int_equal(l->level, LEVEL_WARN);
    l = l->next;
    assert_int_equal(l->level, LEVEL_ERROR);
    assert_true(l->ts == TIME_NONE && !l->next);
    unload(&f);
    /* the message of the status goes before; an exception alone is no error */
    load(&f, BEGIN
         "{" IDS ",\"name\":\"n\",\"status\":{\"code\":2,\"message\":\"declined\"},\"events\":[{\"name\":\"exception\","
         "\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"E\"}}]}]},"
         "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"02\",\"parentSpanId\":\"b7ad6b7169203331\","
         "\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"5000\","
         "\"name\":\"m\",\"events\":[{\"name\":\"exception\"}]}" END);
    assert_str(payload(f.runs, f.runs->root->error), "\"declined\"");
    assert_str(f.runs->root->more->error_type, "E");
    assert_int_equal(f.runs->steps[1]->status, STEP_OK);
    unload(&f);
}

static void keeps_fine_times(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, BEGIN
         "{" IDS
         ",\"name\":\"n\",\"startTimeUnixNano\":\"1795256200843311500\",\"endTimeUnixNano\":1795256200843312499}" END);
    const struct step *s = f.runs->root;
    assert_true(s->start == 1795256200843312 && s->end == 1795256200843312);
    assert_str(extra(f.runs, s, "startTimeUnixNano"), "\"1795256200843311500\"");
    assert_str(extra(f.runs, s, "endTimeUnixNano"), "1795256200843312499");
    unload(&f);
    load(&f, BEGIN "{" IDS ",\"name\":\"n\",\"startTimeUnixNano\":\"soon\",\"endTimeUnixNano\":1e999}" END);
    assert_int_equal(f.problems, 2);
    assert_true(f.runs->root->start == TIME_NONE && f.runs->root->end == TIME_NONE);
    unload(&f);
}

static void reads_links(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         BEGIN "{" IDS ",\"name\":\"n\",\"links\":[{\"traceId\":\"0AF7651916CD43DD8448EB211C80319C\",\"spanId\":\"AB\","
               "\"attributes\":[{\"key\":\"why\",\"value\":{\"stringValue\":\"because\"}}]},{}]}" END);
    const struct step_link *l = f.runs->root->more->links;
    assert_str(l->run_id, "0af7651916cd43dd8448eb211c80319c");
    assert_str(l->step_id, "ab");
    assert_str(l->relation, "refers");
    assert_str(extra(f.runs, f.runs->root, "other"), "{\"links\":[{\"spanId\":\"ab\",\"why\":\"because\"}]}");
    assert_non_null(l->next);
    unload(&f);
}

static void reads_other_shapes(void **state)
{
    static const char *const texts[] = {
        "{\"result\":{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS ",\"name\":\"n\"}]}]}]}}",
        "{\"trace\": {\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [{" IDS ",\n\"name\":\"n\"}]}]}]}}",
        "{\"batches\":[{\"scopeSpans\":[{\"spans\":[{" IDS ",\"name\":\"n\"}]}]}]}",
        "[{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS ",\"name\":\"n\"}]}]}]}]",
        "{\"resourceSpans\":[{\"instrumentationLibrarySpans\":[{\"spans\":[{" IDS
        ",\"name\":\"n\"}],\"instrumentationLibrary\":{\"name\":\"old\"}}],\"resource\":{}}]}",
        "{\"resource_spans\":[{\"scope_spans\":[{\"spans\":[{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_"
        "id\":"
        "\"b7ad6b7169203331\",\"name\":\"n\",\"start_time_unix_nano\":\"1000\"}]}]}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct log_fixture f;
        load(&f, texts[i]);
        assert_int_equal(f.problems, 0);
        assert_int_equal(run_count(&f), 1);
        assert_str(f.runs->name, "n");
        assert_str(f.runs->root->more->id, "b7ad6b7169203331");
        if (i == 4) assert_str(extra(f.runs, f.runs->root, "scope"), "{\"name\":\"old\"}");
        unload(&f);
    }
}

static void leaves_out_metrics_and_logs(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"resourceMetrics\":[{}]}\n" BEGIN "{" IDS ",\"name\":\"n\"}" END
             "{\"resourceLogs\":[]}\n{\"resourceLogs\":[]}\n");
    assert_int_equal(f.problems, 0);
    assert_int_equal(run_count(&f), 1);
    assert_str(f.said, "2 requests with log records were left out: only traces are read");
    unload(&f);
}

static void says_where_something_is_wrong(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         BEGIN "{" IDS ",\"name\":\"n\"}" END
               "{\"resourceSpans\":[5,{\"scopeSpans\":[6,{\"spans\":[\"x\",{\"spanId\":\"1\"}]}]}]}\n{\"else\":1}\n");
    assert_int_equal(f.problems, 4);
    assert_int_equal(f.line, 2);
    assert_str(f.what_text, "the spans of a resource should be an object: skipped");
    unload(&f);
}

static void uses_what_stands_before_a_cut(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f,
         "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [\n{" IDS
         ",\"name\":\"whole\",\"endTimeUnixNano\":\"9000\"},\n"
         "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"02\",\"parentSpanId\":\"b7ad6b7169203331\","
         "\"name\":\"half\",\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}},{\"key\":\"b\",\"val");
    assert_int_equal(f.problems, 1);
    assert_int_equal(f.runs->log_steps, 2);
    assert_str(f.runs->steps[1]->name, "half");
    assert_str(payload(f.runs, f.runs->steps[1]->records->data), "{\"a\":1}");
    unload(&f);
}

static void counts_tokens(void **state)
{
    static const char *const texts[] = {
        "\"gen_ai.request.model\",\"m\",\"gen_ai.usage.input_tokens\",\"gen_ai.usage.output_tokens\"",
        "\"llm.model_name\",\"m\",\"llm.token_count.prompt\",\"llm.token_count.completion\"",
        "\"llm.request.model\",\"m\",\"llm.usage.prompt_tokens\",\"llm.usage.completion_tokens\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct log_fixture f;
        char text[2000], names[4][60];
        assert_int_equal(sscanf(texts[i], "\"%59[^\"]\",\"%59[^\"]\",\"%59[^\"]\",\"%59[^\"]\"", names[0], names[1],
                                names[2], names[3]),
                         4);
        snprintf(text, sizeof text,
                 BEGIN
                 "{" IDS
                 ",\"name\":\"n\",\"attributes\":[{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}},{\"key\":\"%s\","
                 "\"value\":{\"intValue\":\"7\"}},{\"key\":\"%s\",\"value\":{\"intValue\":5}}]}" END,
                 names[0], names[1], names[2], names[3]);
        load(&f, text);
        assert_non_null(f.runs->usage);
        assert_str(f.runs->usage->model, "m");
        assert_int_equal(f.runs->usage->prompt_tokens, 7);
        assert_int_equal(f.runs->usage->completion_tokens, 5);
        assert_int_equal(f.runs->usage->total_tokens, 12);
        unload(&f);
    }
}

static void bears_deep_nesting(void **state)
{
    enum { DEEP = 100000 };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    buf_puts(&b, BEGIN "{" IDS ",\"name\":\"n\",\"attributes\":[{\"key\":\"deep\",\"value\":");
    for (int i = 0; i < DEEP; i++) buf_puts(&b, "{\"arrayValue\":{\"values\":[");
    for (int i = 0; i < DEEP; i++) buf_puts(&b, "]}}");
    buf_puts(&b, "}]}" END);
    load_text(&f, buf_str(&b));
    assert_int_equal(f.problems, 0);
    struct str records = payload(f.runs, f.runs->root->records->data);
    assert_true(str_starts(records, S("{\"deep\":[[[[")) && records.len > DEEP);
    buf_free(&b);
    unload(&f);
}

/* What our own export says of a run and of a step comes back, however much it is. */
static void takes_all_fields_of_its_own_export(void **state)
{
    enum { FIELDS = 100 };
    struct log_fixture f;
    struct buf b = BUF_INIT, fields = BUF_INIT;
    size_t of_run = 0, of_step = 0;
    (void)state;
    for (int i = 0; i < FIELDS; i++) buf_printf(&fields, "%s\\\"x%d\\\":%d", i ? "," : "", i, i);
    buf_printf(&b,
               BEGIN "{" IDS TIMES ",\"name\":\"n\",\"attributes\":["
                     "{\"key\":\"pipelens.key\",\"value\":{\"stringValue\":\"n\"}},"
                     "{\"key\":\"pipelens.run\",\"value\":{\"stringValue\":\"{\\\"extras\\\":{%s}}\"}},"
                     "{\"key\":\"pipelens.extras\",\"value\":{\"stringValue\":\"{%s}\"}}]}" END,
               fields.ptr, fields.ptr);
    load(&f, b.ptr);
    for (const struct extra *x = f.runs->extras; x; x = x->next) of_run++;
    for (int i = 0; i < FIELDS; i++) {
        char name[20], value[20];
        snprintf(name, sizeof name, "x%d", i);
        snprintf(value, sizeof value, "%d", i);
        of_step += str_eq(extra(f.runs, f.runs->root, name), str_z(value));
    }
    assert_int_equal(of_run, FIELDS);
    assert_int_equal(of_step, FIELDS);
    buf_free(&b);
    buf_free(&fields);
    unload(&f);
}

#define TEXT(key, text) "{\"key\":\"pipelens." key "\",\"value\":{\"stringValue\":\"" text "\"}}"

/* Attempts of one run are traces of their own; a thread is no step of the log. */
static void takes_attempts_and_branches_of_its_own_export(void **state)
{
    struct log_fixture f;
    (void)state;
#define OWN_SPAN(trace, id, parent, start, attributes)                                                                 \
    "{\"traceId\":\"" trace "\",\"spanId\":\"" id "\",\"parentSpanId\":\"" parent "\",\"startTimeUnixNano\":\"" start  \
    "000000\",\"endTimeUnixNano\":\"9000000000\",\"name\":\"s\",\"attributes\":[" attributes "]}"
    load(&f,
         BEGIN OWN_SPAN(
             "a1", "b1", "", "1000",
             TEXT("key", "p") "," TEXT("runId", "r") "," TEXT(
                 "run",
                 "{}")) "," OWN_SPAN("a1", "b2", "b1", "2000",
                                     TEXT("key", "p.t") "," TEXT("runId", "r") "," TEXT(
                                         "made",
                                         "branch")) "," OWN_SPAN("a2", "c1", "", "5000",
                                                                 TEXT("key", "p") "," TEXT("runId", "r") "," TEXT(
                                                                     "run",
                                                                     "{}")) "," OWN_SPAN("a2", "c2", "c1", "6000",
                                                                                         TEXT("key", "p.u") "," TEXT(
                                                                                             "runId", "r")) END);
    assert_int_equal(run_count(&f), 2);
    assert_str(f.runs->id, "r");
    assert_true(f.runs->steps[1]->made);
    assert_int_equal(f.runs->log_steps, 1);
    assert_str(f.runs->next->id, "r");
    assert_int_equal(f.runs->next->attempt, 2);
    assert_int_equal(f.runs->next->log_steps, 2);
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_span),
        cmocka_unit_test(reads_attributes_as_records),
        cmocka_unit_test(normalises_ids),
        cmocka_unit_test(keeps_spans_of_one_id_apart),
        cmocka_unit_test(takes_status_and_exceptions),
        cmocka_unit_test(keeps_fine_times),
        cmocka_unit_test(reads_links),
        cmocka_unit_test(reads_other_shapes),
        cmocka_unit_test(leaves_out_metrics_and_logs),
        cmocka_unit_test(says_where_something_is_wrong),
        cmocka_unit_test(uses_what_stands_before_a_cut),
        cmocka_unit_test(counts_tokens),
        cmocka_unit_test(bears_deep_nesting),
        cmocka_unit_test(takes_all_fields_of_its_own_export),
        cmocka_unit_test(takes_attempts_and_branches_of_its_own_export),
    };
    return cmocka_run_group_tests_name("otlp", tests, NULL, NULL);
}
