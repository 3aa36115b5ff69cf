/* SPDX-License-Identifier: MIT
 *
 * Records of stage-tracker: what is documented, what its code writes, and what a hand may have made of it.
 */
#include "load_text.h"

#include "input/format.h"

static void load_record(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static const struct extra *extra_of(const struct extra *list, const char *name)
{
    while (list && !str_eq(list->name, str_z(name))) list = list->next;
    if (!list) fail_msg("no field %s", name);
    return list;
}

#define T0 INT64_C(1746486850000000) /* 2025-05-05T23:14:10Z */

static void reads_the_documented_record(void **state)
{
    struct log_fixture f;
    (void)state;
    load_record(&f, "{\"run_id\": \"r1\", \"start_time\": \"2025-05-05T23:14:10.5+00:00\", \"args\": \"Recon\",\n"
                    " \"stages\": {\n"
                    "  \"Detect\": {\"start_time\": \"2025-05-05T23:14:11+00:00\", \"duration_sec\": 3.42,\n"
                    "   \"data\": {\"status\": \"clean\", \"n\": 12345678901234567890}, \"error\": null},\n"
                    "  \"Enrich\": {\"start_time\": \"2025-05-06T01:14:15+02:00\", \"duration_sec\": 1,\n"
                    "   \"data\": [1, NaN], \"error\": null}},\n"
                    " \"completed_at\": \"2025-05-05T23:14:20+00:00\", \"total_duration_sec\": 9.5}");
    assert_int_equal(f.problems, 0);
    assert_int_equal(run_count(&f), 1);
    const struct run *run = f.runs;
    assert_str(run->id, "r1");
    assert_true(run->root_made);
    assert_int_equal(run->log_steps, 2);
    assert_int_equal(run->status, RUN_COMPLETED);
    assert_str(payload(run, run->args), "\"Recon\"");
    assert_true(run->root->start == T0 + 500000 && run->root->end == T0 + 10000000);
    assert_null(run->extras); /* the total is what the times say */
    const struct step *detect = run->steps[1], *enrich = run->steps[2];
    assert_str(detect->name, "Detect");
    assert_true(detect->start == T0 + 1000000 && detect->end == T0 + 4420000);
    assert_str(payload(run, detect->records->data), "{\"status\": \"clean\", \"n\": 12345678901234567890}");
    assert_int_equal(detect->records->members, 2);
    assert_true(enrich->start == T0 + 5000000 && enrich->end == T0 + 6000000);
    assert_str(payload(run, enrich->result), "[1, NaN]");
    assert_null(enrich->records);
    unload(&f);
}

/* A stage that says neither how long it took nor that it failed has no end, and that is said. */
static void leaves_ends_open_that_nobody_knows(void **state)
{
    struct log_fixture f;
    (void)state;
    load_record(&f, "[{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:14:10+00:00\",\"args\":{},\"stages\":{"
                    "\"one\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":null,\"data\":1,"
                    "\"error\":null},"
                    "\"bad\":{\"start_time\":\"2025-05-05T23:14:12+00:00\",\"duration_sec\":null,\"data\":null,"
                    "\"error\":\"ValueError: row 17\",\"end_time\":\"2025-05-05T23:14:13.25+00:00\"}},"
                    "\"completed_at\":\"2025-05-05T23:14:14+00:00\",\"total_duration_sec\":4.0}]");
    const struct run *run = f.runs;
    assert_int_equal(run->status, RUN_FAILED);
    assert_int_equal(run->status_count[STEP_UNFINISHED], 1);
    assert_int_equal(run->status_count[STEP_ERROR], 1);
    assert_true(run->steps[1]->end == TIME_NONE && run->steps[1]->shown_end == T0 + 4000000);
    assert_true(run->steps[2]->end == T0 + 3250000);
    assert_str(payload(run, run->steps[2]->error), "\"ValueError: row 17\"");
    assert_str(f.said, "1 stage has neither a duration nor an error: the end is unknown, shown as unfinished");
    unload(&f);
}

/* What the times nearly say, and data that hold nothing, are kept as they were said. */
static void keeps_what_is_declared(void **state)
{
    struct log_fixture f;
    (void)state;
    load_record(&f, "{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:14:10+00:00\",\"stages\":{"
                    "\"s\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":0.9999,\"data\":{ },"
                    "\"error\":null,\"end_time\":\"2025-05-05T23:14:11+00:00\"}},"
                    "\"completed_at\":\"2025-05-05T23:14:14.00001+00:00\",\"total_duration_sec\":4.0}");
    const struct run *run = f.runs;
    assert_int_equal(f.problems, 0);
    assert_true(run->root->end == T0 + 4000010 && run->steps[1]->end == T0 + 1000000);
    assert_str(payload(run, extra_of(run->extras, "total_duration_sec")->data), "4.0");
    assert_str(payload(run, extra_of(run->steps[1]->more->extras, "duration_sec")->data), "0.9999");
    assert_str(payload(run, extra_of(run->steps[1]->more->extras, "data")->data), "{ }");
    assert_null(run->steps[1]->records);
    unload(&f);
}

static void keeps_odd_values_as_they_stand(void **state)
{
    struct log_fixture f;
    (void)state;
    load_record(&f, "{\"run_id\":\"a\",\"start_time\":\"yesterday\",\"args\":null,\"owner\":\"ops\",\"stages\":{"
                    "\"nan\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":NaN},"
                    "\"inf\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":Infinity},"
                    "\"text\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":\"2.5\"},"
                    "\"minus\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":-1},"
                    "\"long\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":1e999},"
                    "\"none\":17,"
                    "\"more\":{\"error\":{\"message\":\"m\",\"code\":5},\"host\":\"h1\",\"status\":\"odd\"}},"
                    "\"completed_at\":null,\"total_duration_sec\":-3}");
    const struct run *run = f.runs;
    assert_int_equal(f.problems, 2); /* the start of the run, and the stage that is a number */
    assert_int_equal(run->log_steps, 7);
    assert_int_equal(run->status, RUN_UNFINISHED);
    assert_str(payload(run, extra_of(run->extras, "start_time")->data), "\"yesterday\"");
    assert_str(payload(run, extra_of(run->extras, "owner")->data), "\"ops\"");
    assert_str(payload(run, extra_of(run->extras, "total_duration_sec")->data), "-3");
    assert_str(payload(run, extra_of(run->steps[1]->more->extras, "duration_sec")->data), "NaN");
    assert_str(payload(run, extra_of(run->steps[2]->more->extras, "duration_sec")->data), "Infinity");
    assert_true(run->steps[3]->end == T0 + 2500000);
    assert_true(run->steps[4]->end == T0 - 1000000);
    assert_int_equal(run->notes.negative_durations, 1);
    assert_str(payload(run, extra_of(run->steps[5]->more->extras, "duration_sec")->data), "1e999");
    assert_str(payload(run, extra_of(run->steps[6]->more->extras, "stage")->data), "17");
    assert_str(payload(run, run->steps[7]->error), "{\"message\":\"m\",\"code\":5}");
    /* a name that our own log uses is marked */
    assert_str(payload(run, extra_of(run->steps[7]->more->extras, "host")->data), "\"h1\"");
    assert_str(payload(run, extra_of(run->steps[7]->more->extras, "status_")->data), "\"odd\"");
    unload(&f);
}

/* More members than an event holds: none is lost. */
static void keeps_any_number_of_members(void **state)
{
    enum { MEMBERS = 200 };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    buf_puts(&b, "{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:14:10+00:00\"");
    for (int i = 0; i < MEMBERS; i++) buf_printf(&b, ",\"r%d\":%d", i, i);
    buf_puts(&b, ",\"stages\":{\"s\":{\"duration_sec\":null");
    for (int i = 0; i < MEMBERS; i++) buf_printf(&b, ",\"s\\u003a%d\":%d", i, i);
    buf_puts(&b, "}}}");
    buf_putc(&b, '\0');
    load_as(&f, &format_stage_tracker, str_z(b.ptr)); /* so many that its beginning does not show what it is */
    for (int i = 0; i < MEMBERS; i++) {
        char name[20], value[20];
        const struct extra *more = extra_of(f.runs->steps[1]->more->extras, "more members");
        snprintf(name, sizeof name, "s:%d", i);
        snprintf(value, sizeof value, "%d", i);
        if (i < 40) assert_str(payload(f.runs, extra_of(f.runs->steps[1]->more->extras, name)->data), value);
        else assert_str(json_get(payload(f.runs, more->data), str_z(name)), value);
    }
    assert_str(json_get(payload(f.runs, extra_of(f.runs->extras, "more members")->data), S("r199")), "199");
    assert_int_equal(f.runs->log_steps, 1);
    buf_free(&b);
    unload(&f);
}

static void keeps_runs_apart(void **state)
{
    struct log_fixture f;
    (void)state;
    load_record(&f, "{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:14:10+00:00\",\"stages\":{\"s\":{}}}\n"
                    "{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:15:10+00:00\",\"stages\":{\"s\":{},\"t\":{}}}\n"
                    "{\"run_id\":null,\"start_time\":\"2025-05-05T23:16:10+00:00\",\"stages\":{}}\n"
                    "{\"start_time\":\"2025-05-05T23:16:10+00:00\",\"stages\":[]}\n"
                    "17\n");
    assert_int_equal(run_count(&f), 4);
    assert_int_equal(f.runs->next->attempt, 2);
    assert_int_equal(f.runs->next->log_steps, 2);
    assert_int_equal(f.runs->next->next->log_steps, 0);
    assert_int_equal(f.problems, 2); /* stages that are no object, and 17 */
    assert_int_equal(f.line, 4);
    unload(&f);
}

/* Times without a zone are of the zone that is named. */
static void heeds_the_zone(void **state)
{
    const struct str texts[] = { S("{\"run_id\":\"a\",\"start_time\":\"2025-05-06T01:14:10\",\"stages\":{}}"), { 0 } };
    struct log_fixture f;
    (void)state;
    load_with(&f, NULL, "+02:00", texts);
    assert_true(f.runs->root->start == T0);
    assert_int_equal(f.said.len, 0);
    unload(&f);
    load_with(&f, NULL, NULL, texts);
    assert_true(f.runs->root->start == T0 + INT64_C(7200000000));
    assert_str(f.said, "1 time has no zone: taken as UTC; --tz says another one");
    unload(&f);
}

/* A document that is cut off: what stands before the cut is there. */
static void reads_what_is_left(void **state)
{
    static const char *const text = "[\n{\"run_id\":\"a\",\"start_time\":\"2025-05-05T23:14:10+00:00\",\"stages\":{\n"
                                    "\"one\":{\"start_time\":\"2025-05-05T23:14:10+00:00\",\"duration_sec\":1,"
                                    "\"data\":{\"k\":1}},\n\"two\":{\"duration_sec\":2,\"data\":{\"k\":[1,";
    struct log_fixture f;
    (void)state;
    load_record(&f, text);
    assert_int_equal(f.problems, 1);
    assert_int_equal(f.runs->log_steps, 2);
    assert_str(f.runs->steps[1]->name, "one");
    assert_true(f.runs->steps[1]->end == T0 + 1000000);
    assert_str(f.runs->steps[2]->name, "two");
    unload(&f);
    for (size_t len = 0; len < strlen(text); len++) {
        load_as(&f, &format_stage_tracker, str_of(text, len));
        unload(&f);
    }
}

static void knows_runs_by_any_id(void **state)
{
    static const char *const nameless = "[{\"run_id\":\"\",\"start_time\":\"2025-05-05T23:14:10Z\",\"stages\":{}},"
                                        "{\"run_id\":null,\"start_time\":\"2025-05-05T23:14:10Z\",\"stages\":{}}]";
    const struct str texts[] = { str_z(nameless),
                                 S("{\"run_id\":null,\"start_time\":\"2025-05-05T23:14:11Z\","
                                   "\"stages\":{}}"),
                                 { 0 } };
    struct log_fixture f;
    (void)state;
    load_record(&f, "{\"run_id\":12,\"start_time\":\"2026-01-01T00:00:00Z\",\"stages\":{\"a\":{"
                    "\"start_time\":\"2026-01-01T00:00:00Z\",\"duration_sec\":1}}}");
    assert_str(f.runs->id, "12");
    unload(&f);
    load_files(&f, texts);
    assert_int_equal(run_count(&f), 3);
    assert_true(str_ends(f.runs->next->id, S("#2 2025-05-05T23:14:10.000Z")));
    assert_true(str_ends(f.runs->next->next->id, S(" 2025-05-05T23:14:11.000Z")));
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_documented_record),
        cmocka_unit_test(leaves_ends_open_that_nobody_knows),
        cmocka_unit_test(keeps_what_is_declared),
        cmocka_unit_test(keeps_odd_values_as_they_stand),
        cmocka_unit_test(keeps_any_number_of_members),
        cmocka_unit_test(keeps_runs_apart),
        cmocka_unit_test(knows_runs_by_any_id),
        cmocka_unit_test(heeds_the_zone),
        cmocka_unit_test(reads_what_is_left),
    };
    return cmocka_run_group_tests_name("stage_tracker", tests, NULL, NULL);
}
