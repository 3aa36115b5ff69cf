/* SPDX-License-Identifier: MIT
 *
 * What is known of a step, as JSON text. Each case leaves a log and what the library says of it (NAME.nested, .flat,
 * .pipelens); tests/track.sh compares that with what `pipelens-report export` makes of the log.
 */
#include "cases.h"

#include <float.h>
#include <locale.h>
#include <math.h>

static struct pipelens_run *new_run(struct pipelens_options options)
{
    struct pipelens_run *run;
    options.run_id = "outputs-1";
    if (options.write != PIPELENS_OFF) options.log = "run.ndjson";
    need(pipelens_run_new(&options, &run) == 0);
    return run;
}

static char *output(struct pipelens_step *step, enum pipelens_output what)
{
    size_t length = 0;
    char *text = pipelens_step_output_new(step, what, &length);
    need(text != NULL);
    expect_int(length, strlen(text));
    return text;
}

static void expect_output(struct pipelens_step *step, enum pipelens_output what, const char *expected)
{
    char *text = output(step, what);
    expect_text(text, expected);
    free(text);
}

static void save(struct pipelens_run *run)
{
    static const struct {
        enum pipelens_output what;
        const char *path;
    } files[] = { { PIPELENS_NESTED, "run.nested" },
                  { PIPELENS_FLATTENED, "run.flat" },
                  { PIPELENS_PIPELINE_META, "run.pipelens" } };
    for (size_t i = 0; i < LENGTH(files); i++) {
        char *text = output(pipelens_run_root(run), files[i].what);
        file_put(files[i].path, text, strlen(text));
        file_put(files[i].path, "\n", 1);
        free(text);
    }
}

static void finish_and_save(struct pipelens_run *run)
{
    expect_int(pipelens_run_finish(run), 0);
    save(run);
    expect_int(pipelens_run_errors(run), 0);
    expect_int(pipelens_run_free(run), 0);
}

/* ---- a run with everything ---- */

static void tell_everything(struct pipelens_step *parent)
{
    struct pipelens_step *step = pipelens_step_begin_with(parent, "answer", "llm",
                                                          pipelens_json("{\"question\": \"why?\"}"));
    pipelens_llm_track(step, "{\"id\":\"r1\",\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":12,"
                             "\"completion_tokens\":30,\"total_tokens\":42},\"secret\":1}");
    pipelens_step_handled(step, "Timeout", "after %d s", 30);
    pipelens_step_handled(step, NULL, "no type");
    pipelens_step_log(step, PIPELENS_WARN, "a \"quoted\"\nmessage");
    pipelens_step_log(step, PIPELENS_CRITICAL, "another");
    pipelens_step_link(step, "other-run", "step-7", PIPELENS_FOLLOWS);
    pipelens_step_link(step, "other-run", NULL, PIPELENS_REFERS);
    pipelens_step_set_result(step, pipelens_json("[1, 2.50, 12345678901234567890123]"));
    pipelens_step_set_state(step, pipelens_json("{\"counter\": 1}"));
    for (int i = 0; i < 4; i++) {
        struct pipelens_step *child = pipelens_step_begin(step, "part");
        pipelens_step_record(child, "index", pipelens_int(i));
        pipelens_step_set_status(child, (enum pipelens_status)i);
        pipelens_step_end(child);
    }
    pipelens_step_end(step);
}

static struct pipelens_run *run_with_everything(enum pipelens_write write)
{
    static const struct pipelens_tag tags[] = { { "env", "test" }, { "quote", "\"" } };
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "everything",
                                                                  .args = "{ \"a\" : [ 1 ] }",
                                                                  .tags = tags,
                                                                  .tag_count = LENGTH(tags),
                                                                  .parent_run = "parent-run",
                                                                  .write = write });
    pipelens_run_add_action(run, "ask");
    pipelens_run_add_action(run, "answer");
    pipelens_run_add_transition(run, "ask", "answer", NULL);
    pipelens_run_add_transition(run, "answer", "ask", "again == true");
    pipelens_run_set_entrypoint(run, "ask");
    expect_int(pipelens_run_start(run), 0);
    tell_everything(pipelens_run_root(run));
    pipelens_step_record(pipelens_run_root(run), "of the root", pipelens_bool(false));
    pipelens_step_set_result(pipelens_run_root(run), pipelens_string("done"));
    return run;
}

static void everything(void)
{
    struct pipelens_run *run = run_with_everything(PIPELENS_REAL_TIME);
    expect_output(pipelens_run_root(run), PIPELENS_USAGE,
                  "{\"m-1\":{\"prompt_tokens\":12,\"completion_tokens\":30,\"total_tokens\":42}}");
    finish_and_save(run);
}

static void at_finish(void)
{
    struct pipelens_run *run = run_with_everything(PIPELENS_FINISH);
    struct lines before = lines_in("run.ndjson");
    expect_int(before.count, 0);
    lines_free(&before);
    finish_and_save(run);
    struct lines after = lines_in("run.ndjson");
    expect_int(lines_with(&after, "\"type\":\"pipeline\",\"operation\":\"finish\"", "\"name\":\"part\""), 1);
    expect_int(lines_with(&after, START, NULL), 0);
    lines_free(&after);
}

/* Nothing is written, and the outputs are the same but for ids and times. */
static void off(void)
{
    struct pipelens_run *run = run_with_everything(PIPELENS_OFF);
    expect_int(pipelens_run_finish(run), 0);
    char *flat = output(pipelens_run_root(run), PIPELENS_FLATTENED);
    expect(strstr(flat, "\"key\":\"everything.answer.part___3\"") != NULL);
    expect(strstr(flat, "\"result\":[1,2.50,12345678901234567890123]") != NULL);
    free(flat);
    expect(access("run.ndjson", F_OK) != 0);
    expect_int(pipelens_run_free(run), 0);
}

/* ---- names ---- */

static void names(void)
{
    static const struct {
        const char *name, *key;
    } steps[] = {
        { "größe", "größe" },
        { "日本語 🚀", "日本語 🚀" },
        { "a.b.c", "a_b_c" },
        { "a_b.c", "a_b_c___1" },
        { "a", "a" },
        { "a", "a___1" },
        { "a", "a___2" },
        { ".", "_" },
        { "", "" },
        { "tab\tquote\"back\\slash\nline\x01", "tab\\tquote\\\"back\\\\slash\\nline\\u0001" },
        { "bad \xFF\xC3 \xED\xA0\x80 utf-8",
          "bad \xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD utf-8" },
        { "__proto__", "__proto__" },
        { "<script>&amp;", "<script>&amp;" },
    };
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "na.mes" });
    expect_int(pipelens_run_start(run), 0);
    for (size_t i = 0; i < LENGTH(steps); i++) {
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), steps[i].name);
        expect_int(pipelens_step_record(step, steps[i].name, pipelens_string(steps[i].name)), 0);
        char *text = output(step, PIPELENS_FLATTENED), expected[256];
        snprintf(expected, sizeof expected, "\"key\":\"na_mes.%s\",", steps[i].key);
        if (!expect(strstr(text, expected) != NULL)) dprintf(complaints, "%s\n%s\n", text, expected);
        free(text);
        expect_int(pipelens_step_end(step), 0);
    }
    finish_and_save(run);
}

/* ---- values ---- */

static void values(void)
{
    static const struct {
        const char *key, *json;
        struct pipelens_value value;
    } numbers[] = {
        { "least", "-9223372036854775808", { .type = PIPELENS_INT, .as.integer = INT64_MIN } },
        { "most", "18446744073709551615", { .type = PIPELENS_UINT, .as.natural = UINT64_MAX } },
        { "tenth", "0.1", { .type = PIPELENS_DOUBLE, .as.number = 0.1 } },
        { "third", "0.3333333333333333", { .type = PIPELENS_DOUBLE, .as.number = 1.0 / 3 } },
        { "sum", "0.30000000000000004", { .type = PIPELENS_DOUBLE, .as.number = 0.1 + 0.2 } },
        { "large", "1.7976931348623157e+308", { .type = PIPELENS_DOUBLE, .as.number = DBL_MAX } },
        { "small", "5e-324", { .type = PIPELENS_DOUBLE, .as.number = 5e-324 } },
        { "nan", "\"NaN\"", { .type = PIPELENS_DOUBLE, .as.number = NAN } },
        { "infinite", "\"Infinity\"", { .type = PIPELENS_DOUBLE, .as.number = INFINITY } },
        { "minus", "\"-Infinity\"", { .type = PIPELENS_DOUBLE, .as.number = -INFINITY } },
        { "true", "true", { .type = PIPELENS_BOOL, .as.boolean = true } },
        { "null", "null", { .type = PIPELENS_NULL } },
    };
    char expected[4096];
    size_t length = 0;
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "values" });
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        expect_int(pipelens_step_record(root, numbers[i].key, numbers[i].value), 0);
        length += (size_t)snprintf(expected + length, sizeof expected - length, "%s\"%s\":%s", i ? "," : "{",
                                   numbers[i].key, numbers[i].json);
    }
    snprintf(expected + length, sizeof expected - length, "}");
    expect_output(root, PIPELENS_RECORDS, expected);
    struct pipelens_step *powers = pipelens_step_begin(root, "powers");
    uint64_t power = 1;
    for (int zeros = 0; zeros < 20; zeros++, power *= 10) {
        snprintf(expected, sizeof expected, "{\"below\":%" PRIu64 ",\"power\":%" PRIu64 "}", power - 1, power);
        expect_int(pipelens_step_record(powers, "below", pipelens_uint(power - 1)), 0);
        expect_int(pipelens_step_record(powers, "power", pipelens_uint(power)), 0);
        expect_output(powers, PIPELENS_RECORDS, expected);
    }
    pipelens_step_end(powers);
    struct pipelens_step *texts = pipelens_step_begin(root, "texts");
    pipelens_step_record(texts, "nul", pipelens_text("a\0b", 3));
    pipelens_step_record(texts, "part", pipelens_text("abc", 2));
    pipelens_step_record(texts, "controls", pipelens_string("\x01\x1f\x7f\b\f\n\r\t"));
    pipelens_step_record(texts, "part", pipelens_text("", 0));
    expect_output(texts, PIPELENS_RECORDS,
                  "{\"nul\":\"a\\u0000b\",\"part\":\"\",\"controls\":\"\\u0001\\u001f\x7f\\b\\f\\n\\r\\t\"}");
    pipelens_step_end(texts);
    finish_and_save(run);
}

/* The decimal comma of the program's locale, which tests/track.sh has found or made, stays out of the log. */
static void locale(void)
{
    const char *comma = getenv("COMMA_LOCALE");
    need(comma && setlocale(LC_ALL, comma) && strcmp(localeconv()->decimal_point, ",") == 0);
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "locale" });
    expect_int(pipelens_run_start(run), 0);
    pipelens_step_record(pipelens_run_root(run), "half", pipelens_double(0.5));
    expect_output(pipelens_run_root(run), PIPELENS_RECORDS, "{\"half\":0.5}");
    finish_and_save(run);
    expect_text(setlocale(LC_ALL, NULL), comma);
}

static void bytes_and_files(void)
{
    static const unsigned char bytes[] = { 0, 255, 16, 128, 10 };
    static const char *const base64[] = { "", "AA==", "AP8=", "AP8Q", "AP8QgA==", "AP8QgAo=" };
    static const struct {
        const char *content;
        size_t size, limit;
        const char *json;
    } files[] = {
        { "text\n", 5, 100, "{\"file\":\"f\",\"size\":5,\"text\":\"text\\n\"}" },
        { "text\n", 5, 5, "{\"file\":\"f\",\"size\":5,\"text\":\"text\\n\"}" },
        { "text\n", 5, 4, "{\"file\":\"f\",\"size\":5,\"text\":\"text\",\"truncated\":true}" },
        { "text\n", 5, 0, "{\"file\":\"f\",\"size\":5,\"text\":\"\",\"truncated\":true}" },
        { "", 0, 10, "{\"file\":\"f\",\"size\":0,\"text\":\"\"}" },
        { "a€", 4, 3, "{\"file\":\"f\",\"size\":4,\"text\":\"a\",\"truncated\":true}" },
        { "\xFF\x00\x10", 3, 10, "{\"file\":\"f\",\"size\":3,\"base64\":\"/wAQ\"}" },
        { "\xFF\x00\x10", 3, 2, "{\"file\":\"f\",\"size\":3,\"base64\":\"/wA=\",\"truncated\":true}" },
        { "a\0b", 3, 10, "{\"file\":\"f\",\"size\":3,\"text\":\"a\\u0000b\"}" },
    };
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "bytes" });
    struct pipelens_step *root = pipelens_run_root(run);
    char expected[256];
    expect_int(pipelens_run_start(run), 0);
    for (size_t size = 0; size < LENGTH(base64); size++) {
        struct pipelens_step *step = pipelens_step_begin(root, "bytes");
        expect_int(pipelens_step_record(step, "k", pipelens_bytes(bytes, size)), 0);
        snprintf(expected, sizeof expected, "{\"k\":{\"size\":%zu,\"base64\":\"%s\"}}", size, base64[size]);
        expect_output(step, PIPELENS_RECORDS, expected);
        pipelens_step_end(step);
    }
    for (size_t i = 0; i < LENGTH(files); i++) {
        struct pipelens_step *step = pipelens_step_begin(root, "file");
        unlink("f");
        file_put("f", files[i].content, files[i].size);
        expect_int(pipelens_step_record(step, "k", pipelens_file("f", files[i].limit)), 0);
        snprintf(expected, sizeof expected, "{\"k\":%s}", files[i].json);
        expect_output(step, PIPELENS_RECORDS, expected);
        pipelens_step_end(step);
    }
    finish_and_save(run);
}

/* ---- failures, steps that are open, late or forgotten ---- */

static void failures_of_steps(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "failures" });
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    struct pipelens_step *step = pipelens_step_begin(root, "fails");
    pipelens_step_fail(step, "OSError", "first");
    pipelens_step_fail(step, NULL, "the last %s counts: %d%%", "call", 100);
    pipelens_step_set_trace(step, "line 1\n\tline 2 \"x\"");
    pipelens_step_set_status(step, PIPELENS_STATUS_RETRIED); /* of a step without an error */
    pipelens_step_end(step);
    step = pipelens_step_begin(root, "empty message");
    pipelens_step_fail(step, "Empty", "%s", "");
    pipelens_step_end(step);
    step = pipelens_step_begin(root, "bad bytes");
    pipelens_step_fail(step, "\xFF", "\xFF\x01");
    pipelens_step_end(step);
    pipelens_step_fail(root, "Failed", "2 of 3");
    finish_and_save(run);
}

static void open_steps(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "open" });
    expect_int(pipelens_run_start(run), 0);
    struct pipelens_step *outer = pipelens_step_begin(pipelens_run_root(run), "outer");
    pipelens_step_begin(outer, "inner");
    pipelens_step_record(outer, "k", pipelens_int(1));
    char *time = output(outer, PIPELENS_TIME);
    expect(strncmp(time, "{\"startTs\":", 11) == 0 && !strstr(time, "endTs") && strchr(time, '}'));
    free(time);
    save(run);
    file_put("end", "", 0); /* the log is looked at as it is now */
    _exit(atomic_load(failures) != 0);
}

static void late_steps(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "late" });
    expect_int(pipelens_run_start(run), 0);
    struct pipelens_step *outer = pipelens_step_begin(pipelens_run_root(run), "outer");
    struct pipelens_step *inner = pipelens_step_begin(outer, "inner");
    expect_int(pipelens_run_finish(run), 0);
    expect_int(pipelens_step_record(inner, "late", pipelens_bool(true)), 0);
    expect_int(pipelens_step_end(inner), 0);
    char *time = output(inner, PIPELENS_TIME);
    expect(strstr(time, "\"endTs\":") && strstr(time, "\"timeUsageMs\":"));
    free(time);
    save(run);
    expect_int(pipelens_run_free(run), 0);
}

static void forgotten_steps(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "forget", .forget_steps = true });
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    struct pipelens_step *open = pipelens_step_begin(root, "open");
    for (int i = 0; i < 3; i++) {
        struct pipelens_step *step = pipelens_step_begin(root, "ended"), *below = pipelens_step_begin(step, "below");
        pipelens_step_end(step);
        expect_text(pipelens_step_name(pipelens_step_parent(below)), "ended"); /* kept for its open child */
        pipelens_step_end(below);
    }
    char *flat = output(root, PIPELENS_FLATTENED);
    expect(strstr(flat, "\"open\"") != NULL);
    expect(strstr(flat, "\"ended\"") == NULL && strstr(flat, "\"below\"") == NULL);
    free(flat);
    pipelens_step_end(open);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in("run.ndjson");
    expect_int(lines_with(&l, FINISH, "\"name\":\"below\""), 3);
    expect_int(lines_with(&l, FINISH, "forget.ended___2.below"), 1);
    lines_free(&l);
}

/* ---- great numbers ---- */

static void deep(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "d" });
    struct pipelens_step *at = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    for (int i = 0; i < 400; i++) at = pipelens_step_begin(at, "d");
    for (; at != pipelens_run_root(run); at = pipelens_step_parent(at)) expect_int(pipelens_step_end(at), 0);
    finish_and_save(run);
}

/* A later record of a key takes the place of the one before it. */
static void many_records(void)
{
    struct pipelens_run *run = new_run((struct pipelens_options){ .name = "records" });
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    for (int i = 0; i < 6000; i++) {
        char key[24];
        snprintf(key, sizeof key, "k%d", i % 2000);
        expect_int(pipelens_step_record(root, key, pipelens_int(i)), 0);
    }
    char *records = output(root, PIPELENS_RECORDS);
    expect(strncmp(records, "{\"k0\":4000,\"k1\":4001,\"k2\":4002,", 31) == 0);
    expect(strstr(records, "\"k1999\":5999}") != NULL);
    free(records);
    finish_and_save(run);
}

static const struct test_case cases[] = {
    { "everything", "a run with everything that can be told", everything },
    { "at_finish", "the same written at its finish: one line", at_finish },
    { "off", "the same with nothing written", off },
    { "names", "names with dots, twice, in Unicode and in bad UTF-8, and their keys", names },
    { "values", "values of every type, to the last digit", values },
    { "locale", "a decimal comma of the program's locale", locale },
    { "bytes_and_files", "bytes and files: base64, text, cut at the limit", bytes_and_files },
    { "failures", "failed steps and a failed run", failures_of_steps },
    { "open_steps", "steps that are open, in a run that stops", open_steps },
    { "late_steps", "steps that end after their run", late_steps },
    { "forgotten_steps", "forgotten steps are in the log and not in the outputs", forgotten_steps },
    { "deep", "400 steps, one in another", deep },
    { "many_records", "6000 records under 2000 keys", many_records },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
