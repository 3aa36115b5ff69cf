/* SPDX-License-Identifier: MIT
 *
 * What is told of a step in unusual ways: LLM responses as plain records, results too late, files that are pipes,
 * messages of a root that never ends.
 */
#include "cases.h"

#define LOG "run.ndjson" /* what the library says of it as run.nested is compared with the log */

static struct pipelens_run *begin_run(bool forget)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "told", .log = LOG, .forget_steps = forget };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

/* ---- responses ---- */

static void expect_usage(struct pipelens_step *step, uint64_t responses, uint64_t total)
{
    struct pipelens_usage usage;
    expect_int(pipelens_step_usage(step, "m", &usage), responses ? 0 : ENOENT);
    expect_int(usage.responses, responses);
    expect_int(usage.total_tokens, total);
}

static int respond(struct pipelens_step *step, const char *key, const char *json)
{
    return pipelens_step_record(step, key, pipelens_json(json));
}

static void responses_recorded(void)
{
    struct pipelens_run *run = begin_run(false);
    struct pipelens_step *root = pipelens_run_root(run), *step = pipelens_step_begin(root, "step");
    expect_int(respond(step, "__LLM_RESPONSE_1", "{\"model\":\"m\",\"usage\":{\"total_tokens\":10}}"), 0);
    expect_int(respond(step, "__LLM_RESPONSE_2", "{\"model\":\"m\",\"usage\":{\"total_tokens\":5}}"), 0);
    expect_int(respond(step, "LLM_RESPONSE_3", "{\"model\":\"m\",\"usage\":{\"total_tokens\":100}}"), 0);
    expect_usage(step, 2, 15);
    expect_usage(root, 2, 15);
    /* in place of one: by a record, by a response that is tracked, by what is none */
    expect_int(respond(step, "__LLM_RESPONSE_1", "{\"model\":\"m\",\"usage\":{\"total_tokens\":7}}"), 0);
    expect_usage(root, 2, 12);
    expect_int(pipelens_llm_track(step, "{\"id\":\"2\",\"model\":\"m\",\"usage\":{\"total_tokens\":1}}"), 0);
    expect_usage(root, 2, 8);
    expect_int(pipelens_llm_track(step, "{\"id\":\"4\",\"model\":\"m\",\"usage\":{\"total_tokens\":2}}"), 0);
    expect_int(respond(step, "__LLM_RESPONSE_4", "{\"model\":\"other\",\"usage\":{\"total_tokens\":3}}"), 0);
    expect_usage(root, 2, 8);
    static const char *const none[] = { "null", "5", "\"model\"", "[{\"model\":\"m\"}]", "{}", "{\"model\":5}" };
    for (size_t i = 0; i < LENGTH(none); i++) {
        expect_int(respond(step, "__LLM_RESPONSE_1", none[i]), 0);
        expect_usage(root, 1, 1);
    }
    expect_int(respond(step, "__LLM_RESPONSE_2", "null"), 0);
    expect_usage(root, 0, 0);
    char *usage = pipelens_step_output_new(root, PIPELENS_USAGE, NULL);
    expect_text(usage, "{\"other\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":3}}");
    free(usage);
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_run_free(run), 0);
}

/* ---- too late ---- */

static void after_the_end(void)
{
    struct pipelens_run *run = begin_run(false);
    struct pipelens_step *root = pipelens_run_root(run), *step = pipelens_step_begin(root, "step");
    expect_int(pipelens_step_set_result(step, pipelens_string("in time")), 0);
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_step_set_result(step, pipelens_string("late")), EALREADY);
    expect_int(pipelens_step_set_state(step, pipelens_string("late")), EALREADY);
    expect_int(pipelens_step_set_status(step, PIPELENS_STATUS_SKIPPED), EALREADY);
    expect_int(pipelens_step_fail(step, "Late", "late"), EALREADY);
    expect_int(pipelens_step_set_trace(step, "late"), EALREADY);
    expect_int(pipelens_step_handled(step, "Late", "late"), EALREADY);
    expect_int(pipelens_run_errors(run), 0); /* nothing was lost */
    char *output = pipelens_step_output_new(step, PIPELENS_NESTED, NULL);
    expect(output && strstr(output, "in time") && !strstr(output, "ate\"") && !strstr(output, "skipped"));
    free(output);
    expect_int(pipelens_run_finish(run), 0);
    expect_int(pipelens_step_fail(root, "Late", "late"), EALREADY);
    output = pipelens_step_output_new(root, PIPELENS_NESTED, NULL);
    need(output != NULL);
    file_put("run.nested", output, strlen(output));
    file_put("run.nested", "\n", 1);
    free(output);
    expect_int(pipelens_run_free(run), 0);
}

/* ---- files ---- */

static char *recorded_file(struct pipelens_step *step, const char *path, size_t limit)
{
    expect_int(pipelens_step_record(step, "file", pipelens_file(path, limit)), 0);
    return pipelens_step_output_new(step, PIPELENS_RECORDS, NULL);
}

/* Opens the FIFO at once and writes later. */
static pid_t begin_writer(void)
{
    int opened[2];
    char byte;
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    need(reader >= 0 && pipe(opened) == 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = open("fifo", O_WRONLY);
        need(fd >= 0 && write(opened[1], "", 1) == 1);
        sleep_us(100000);
        need(write(fd, "late", 4) == 4);
        sleep_us(100000);
        need(write(fd, "r", 1) == 1);
        _exit(0);
    }
    close(opened[1]);
    need(read(opened[0], &byte, 1) == 1);
    close(opened[0]);
    close(reader);
    return child;
}

static void pipes_and_proc(void)
{
    struct pipelens_run *run = begin_run(false);
    struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "step");
    alarm(PATIENCE_S);
    need(mkfifo("fifo", 0666) == 0);
    char *records = recorded_file(step, "fifo", 100); /* nobody writes: not waited for */
    expect_text(records, "{\"file\":{\"file\":\"fifo\",\"size\":0,\"text\":\"\"}}");
    free(records);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK); /* so that the writer may come before the library */
    pid_t writer = begin_writer();
    records = recorded_file(step, "fifo", 100);
    expect_text(records, "{\"file\":{\"file\":\"fifo\",\"size\":5,\"text\":\"later\"}}");
    free(records);
    expect_int(wait_for(writer), 0);
    close(reader);
    records = recorded_file(step, "/proc/self/status", 5); /* whose size nobody knows */
    expect_text(records, "{\"file\":{\"file\":\"/proc/self/status\",\"text\":\"Name:\",\"truncated\":true}}");
    free(records);
    records = recorded_file(step, "/proc/self/status", 100000);
    expect(records && number_of(records, "size") > 100 && !strstr(records, "truncated"));
    free(records);
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_run_free(run), 0);
}

/* ---- what is forgotten ---- */

/* A server's root goes on for ever. */
static void messages_of_the_root(void)
{
    enum { MESSAGES = 5000 };
    struct pipelens_run *run = begin_run(true);
    struct pipelens_step *root = pipelens_run_root(run), *open = pipelens_step_begin(root, "open");
    size_t before = 0, after = 0;
    pipelens_step_output(root, PIPELENS_NESTED, NULL, 0, &before);
    for (int i = 0; i < MESSAGES; i++) {
        expect_int(pipelens_step_log(i % 2 ? root : open, PIPELENS_INFO, "message %d", i), 0);
        expect_int(pipelens_step_link(i % 2 ? root : open, "run", "step", PIPELENS_REFERS), 0);
    }
    pipelens_step_output(root, PIPELENS_NESTED, NULL, 0, &after);
    expect(before > 0);
    expect_int(after, before); /* the outputs show what is kept */
    expect_int(pipelens_step_end(open), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(lines_with(&l, "\"operation\":\"log\"", NULL), MESSAGES);
    expect_int(lines_with(&l, "\"operation\":\"link\"", NULL), MESSAGES);
    lines_free(&l);
}

static const struct test_case cases[] = {
    { "responses_recorded", "responses recorded under their key count, and replace one another", responses_recorded },
    { "after_the_end", "what is set after the end is refused; log and outputs agree", after_the_end },
    { "pipes_and_proc", "files that are pipes with a late writer, and files without a size", pipes_and_proc },
    { "messages_of_the_root", "messages and links of a root that goes on take no memory", messages_of_the_root },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
