/* SPDX-License-Identifier: MIT
 *
 * Workflow runs and jobs of GitHub's API become runs and steps.
 */
#include "load_text.h"

static void load(struct log_fixture *f, const char *text) { load_as(f, NULL, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

#define JOB_TIMES "\"created_at\":\"2026-01-01T00:00:00Z\",\"started_at\":\"2026-01-01T00:00:05Z\","

static void reads_a_page_of_jobs(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"total_count\":2,\"jobs\":[{\"id\":7,\"run_id\":3,\"run_attempt\":1,\"workflow_name\":\"CI\","
             "\"name\":\"build\",\"status\":\"completed\",\"conclusion\":\"failure\"," JOB_TIMES
             "\"completed_at\":\"2026-01-01T00:01:00Z\",\"runner_name\":\"box\",\"labels\":[\"linux\"],"
             "\"head_sha\":\"abc\",\"unheard\":[1],\"nothing\":null,"
             "\"steps\":[{\"number\":1,\"name\":\"a\",\"status\":\"completed\",\"conclusion\":\"success\","
             "\"started_at\":\"2026-01-01T00:00:06Z\",\"completed_at\":\"2026-01-01T00:00:07Z\"},"
             "{\"number\":2,\"name\":\"b\",\"status\":\"completed\",\"conclusion\":\"cancelled\"},"
             "{\"name\":\"c\",\"status\":\"completed\",\"conclusion\":\"skipped\"},"
             "{\"number\":4,\"name\":\"d\",\"status\":\"completed\",\"conclusion\":\"neutral\"}]},"
             "{\"id\":8,\"run_id\":3,\"run_attempt\":1,\"workflow_name\":\"CI\",\"name\":\"test\","
             "\"status\":\"completed\",\"conclusion\":\"skipped\"," JOB_TIMES
             "\"completed_at\":\"2026-01-01T00:00:05Z\",\"steps\":[]}]}");
    assert_int_equal(f.problems, 0);
    assert_int_equal(run_count(&f), 1);
    const struct run *run = f.runs;
    assert_str(run->id, "3");
    assert_str(run->name, "CI");
    assert_true(run->root_made);
    assert_int_equal(run->log_steps, 6);
    assert_int_equal(run->status, RUN_FAILED);
    assert_true(run->duration == 55000000); /* from the first start to the last end */
    const struct step *build = step_at(run, "CI.build", 0), *b = step_at(run, "CI.build.b", 0);
    assert_int_equal(build->status, STEP_ERROR);
    assert_str(build->more->kind, "job");
    assert_true(build->duration == 55000000);
    assert_str(payload(run, build->records->data), "{\"queuedMs\":5000,\"runner\":\"box\",\"labels\":[\"linux\"]}");
    assert_str(build->more->extras->name, "head_sha");
    assert_str(build->more->extras->next->name, "unheard");
    assert_null(build->more->extras->next->next);
    assert_int_equal(b->status, STEP_ERROR);
    assert_str(payload(run, b->error), "\"cancelled\"");
    assert_str(b->more->id, "7.2");
    assert_int_equal(step_at(run, "CI.build.c", 0)->status, STEP_SKIPPED);
    assert_str(step_at(run, "CI.build.c", 0)->more->id, "7.#3");
    assert_int_equal(step_at(run, "CI.build.d", 0)->status, STEP_OK);
    assert_int_equal(step_at(run, "CI.test", 0)->status, STEP_SKIPPED);
    unload(&f);
}

static void joins_a_run_and_its_jobs(void **state)
{
    static const char *const run_text =
        "{\"id\":3,\"name\":\"CI\",\"run_number\":9,\"workflow_id\":1,\"status\":\"completed\","
        "\"conclusion\":\"success\",\"head_branch\":\"main\",\"event\":\"push\",\"run_attempt\":2,"
        "\"created_at\":\"2026-01-01T00:00:00Z\",\"run_started_at\":\"2026-01-01T00:00:02Z\","
        "\"updated_at\":\"2026-01-01T00:02:00Z\"}";
    static const char *const jobs_text =
        "[{\"total_count\":1,\"jobs\":[{\"id\":7,\"run_id\":3,\"run_attempt\":2,\"workflow_name\":\"CI\","
        "\"name\":\"may fail\",\"status\":\"completed\",\"conclusion\":\"timed_out\"," JOB_TIMES
        "\"completed_at\":\"2026-01-01T00:01:00Z\",\"steps\":[]}]},{\"total_count\":1,\"jobs\":[]}]";
    for (int order = 0; order < 2; order++) {
        struct log_fixture f;
        const struct str texts[] = { str_z(order ? jobs_text : run_text), str_z(order ? run_text : jobs_text), { 0 } };
        (void)state;
        load_files(&f, texts);
        assert_int_equal(f.problems, 0);
        assert_int_equal(run_count(&f), 1);
        assert_str(f.runs->id, "3/attempts/2");
        assert_int_equal(f.runs->log_steps, 1);
        assert_int_equal(f.runs->status, RUN_COMPLETED); /* GitHub says so, whatever became of the job */
        assert_true(f.runs->duration == 118000000);
        assert_str(payload(f.runs, f.runs->tags), "{\"event\":\"push\",\"branch\":\"main\",\"run\":9}");
        assert_str(payload(f.runs, f.runs->root->records->data), "{\"queuedMs\":2000}");
        assert_str(payload(f.runs, f.runs->steps[1]->error), "\"timed_out\"");
        unload(&f);
    }
}

static void reads_what_gh_says(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"attempt\":1,\"conclusion\":\"\",\"databaseId\":3,\"workflowName\":\"CI\",\"status\":\"in_progress\","
             "\"startedAt\":\"2026-01-01T00:00:00Z\",\"updatedAt\":\"2026-01-01T00:01:00Z\",\"jobs\":["
             "{\"databaseId\":7,\"name\":\"build\",\"conclusion\":\"\",\"status\":\"in_progress\","
             "\"startedAt\":\"2026-01-01T00:00:05Z\",\"completedAt\":\"0001-01-01T00:00:00Z\","
             "\"url\":\"https://ci.example/7\",\"steps\":[{\"name\":\"a\",\"number\":1,\"status\":\"in_progress\","
             "\"conclusion\":\"\"}]}]}");
    assert_int_equal(f.problems, 0);
    assert_str(f.runs->name, "CI");
    assert_int_equal(f.runs->status, RUN_RUNNING);
    assert_int_equal(f.runs->log_steps, 2);
    assert_int_equal(f.runs->steps[1]->status, STEP_RUNNING);
    assert_str(f.runs->steps[1]->name, "build");
    unload(&f);
}

static void reads_lists_and_single_jobs(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"total_count\":2,\"workflow_runs\":[{\"id\":1,\"name\":\"A\",\"status\":\"completed\","
             "\"conclusion\":\"failure\"},{\"id\":2,\"name\":\"B\",\"status\":\"queued\",\"conclusion\":null},5]}");
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.problems, 1);
    assert_int_equal(f.runs->status, RUN_FAILED);
    assert_int_equal(f.runs->next->status, RUN_RUNNING);
    unload(&f);
    load(&f, "{\"id\":7,\"run_id\":3,\"run_url\":\"u\",\"name\":\"build\",\"status\":\"in_progress\","
             "\"conclusion\":null,\"started_at\":\"yesterday\",\"steps\":[1]}");
    assert_int_equal(f.problems, 2); /* the time, the step */
    assert_int_equal(f.runs->status, RUN_RUNNING);
    assert_int_equal(f.runs->log_steps, 1);
    unload(&f);
}

static struct str extra(const struct run *run, const struct extra *list, const char *name)
{
    while (list && !str_eq(list->name, str_z(name))) list = list->next;
    if (!list) fail_msg("no field %s", name);
    return payload(run, list->data);
}

/* A member that runs have a place for is an extra of a job or a step, and the other way round. */
static void keeps_what_another_level_uses(void **state)
{
    struct log_fixture f;
    (void)state;
    load(&f, "{\"total_count\":1,\"jobs\":[{\"id\":1,\"run_id\":5,\"workflow_name\":\"CI\",\"head_sha\":\"abc\",\"head_"
             "branch\":\"main\","
             "\"name\":\"j\",\"status\":\"completed\",\"conclusion\":\"success\","
             "\"started_at\":\"2026-01-01T00:00:00Z\",\"completed_at\":\"2026-01-01T00:00:05Z\","
             "\"updated_at\":\"2026-01-01T00:00:06Z\",\"steps\":[{\"number\":1,\"name\":\"s\",\"event\":\"push\","
             "\"status\":\"completed\",\"conclusion\":\"success\",\"labels\":[1]}]}]}");
    const struct run *run = f.runs;
    const struct extra *job = step_at(run, "CI.j", 0)->more->extras, *step = step_at(run, "CI.j.s", 0)->more->extras;
    assert_str(extra(run, job, "head_sha"), "\"abc\"");
    assert_str(extra(run, job, "head_branch"), "\"main\"");
    assert_str(extra(run, job, "updated_at"), "\"2026-01-01T00:00:06Z\"");
    assert_str(extra(run, step, "event"), "\"push\"");
    assert_str(extra(run, step, "labels"), "[1]");
    unload(&f);
    load(&f, "{\"id\":3,\"run_number\":9,\"name\":\"CI\",\"status\":\"waiting\",\"conclusion\":null,"
             "\"runner_name\":\"box\",\"completed_at\":\"x\",\"updated_at\":\"2026-01-01T00:02:00Z\","
             "\"jobs\":[{\"id\":7,\"run_id\":4,\"name\":\"build\",\"status\":\"queued\",\"conclusion\":null,"
             "\"created_at\":\"2026-01-01T00:00:00Z\"}]}");
    run = f.runs;
    assert_str(extra(run, run->extras, "status"), "\"waiting\"");
    assert_str(extra(run, run->extras, "runner_name"), "\"box\"");
    assert_str(extra(run, run->extras, "completed_at"), "\"x\"");
    assert_str(extra(run, run->extras, "updated_at"), "\"2026-01-01T00:02:00Z\"");
    job = run->steps[1]->more->extras;
    assert_str(extra(run, job, "run_id"), "4");
    assert_str(extra(run, job, "created_at"), "\"2026-01-01T00:00:00Z\"");
    unload(&f);
}

static void survives_odd_values(void **state)
{
    static const char *const texts[] = {
        "{\"total_count\":1,\"jobs\":[{\"run_id\":1,\"steps\":[]}]}",
        "{\"total_count\":1,\"jobs\":[{\"id\":{},\"run_id\":[],\"name\":3,\"steps\":{},\"conclusion\":1}]}",
        "{\"total_count\":1,\"jobs\":{\"run_id\":1,\"steps\":1}}",
        "{\"total_count\":1,\"workflow_runs\":{}}",
        "{\"total_count\":1,\"jobs\":[{\"id\":1,\"run_id\":1,\"conclusion\":\"\\u0000\",\"steps\":[{},{\"number\":[]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct log_fixture f;
        load_as(&f, &format_github_actions, str_z(texts[i]));
        unload(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_page_of_jobs),
        cmocka_unit_test(joins_a_run_and_its_jobs),
        cmocka_unit_test(reads_what_gh_says),
        cmocka_unit_test(reads_lists_and_single_jobs),
        cmocka_unit_test(keeps_what_another_level_uses),
        cmocka_unit_test(survives_odd_values),
    };
    return cmocka_run_group_tests_name("github_actions", tests, NULL, NULL);
}
