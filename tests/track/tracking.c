/* SPDX-License-Identifier: MIT
 *
 * The ways of tracking: scopes, callbacks, by name; ids, links, tokens.
 */
#include "cases.h"

#define LOG "tracking.ndjson"

static struct pipelens_run *begin_run(struct pipelens_options options)
{
    struct pipelens_run *run;
    options.name = "main";
    options.log = LOG;
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    return run;
}

static struct lines end_run(struct pipelens_run *run)
{
    expect_int(pipelens_run_free(run), 0);
    return lines_in(LOG);
}

static void expect_key(const struct lines *l, const char *key, size_t lines)
{
    char text[128];
    snprintf(text, sizeof text, "\"key\":\"%s\"", key);
    expect_int(lines_with(l, text, NULL), lines);
}

/* ---- scopes ---- */

static int leave_by(int way)
{
    for (int i = 0; i < 3; i++) {
        PIPELENS_STEP(turn, "turn");
        PIPELENS_STEP(inner, "inner");
        expect(pipelens_step_parent(inner) == turn && pipelens_current() == inner);
        if (i == 0) continue;
        if (way == 1) break;
        if (way == 2) return 7;
        if (way == 3) goto out;
    }
out:
    return way;
}

static void named_after_function(void)
{
    PIPELENS_FUNCTION(step);
    expect_text(pipelens_step_name(step), __func__);
}

static void scopes(void)
{
    struct pipelens_run *run = begin_run((struct pipelens_options){ 0 });
    struct pipelens_step *root = pipelens_run_root(run);
    static const int turns[] = { 3, 2, 2, 2 };
    size_t expected = 0;
    for (int way = 0; way < 4; way++) {
        expect_int(leave_by(way), way == 2 ? 7 : way);
        expect(pipelens_current() == root);
        expected += (size_t)turns[way];
    }
    named_after_function();
    expect(pipelens_current() == root);
    struct pipelens_step *aside = pipelens_step_begin(root, "aside");
    {
        PIPELENS_WITHIN(aside);
        expect(pipelens_current() == aside);
    }
    expect(pipelens_current() == root); /* and the step goes on */
    expect_int(pipelens_step_end(aside), 0);
    struct lines l = end_run(run);
    expect(pipelens_current() == NULL);
    expect_int(lines_with(&l, FINISH, "\"name\":\"turn\""), expected);
    expect_int(lines_with(&l, FINISH, "\"name\":\"inner\""), expected);
    expect_key(&l, "main.turn___8.inner", 2);
    expect_key(&l, "main.named_after_function", 2);
    expect_int(lines_with(&l, START, "tracking.c:"), expected * 2 + 2); /* with the place of the source */
    lines_free(&l);
}

/* ---- by name ---- */

static void by_name(void)
{
    struct pipelens_run *run = begin_run((struct pipelens_options){ 0 });
    struct pipelens_step *root = pipelens_run_root(run);
    struct pipelens_step *one = pipelens_begin("one");
    expect(pipelens_current() == one);
    pipelens_begin("two");
    pipelens_begin("three");
    pipelens_begin("two");
    expect_int(pipelens_end("two"), 0); /* the innermost */
    expect_text(pipelens_step_key(pipelens_current()), "main.one.two.three");
    expect_int(pipelens_end("no such"), ENOENT);
    expect_int(pipelens_end("two"), 0); /* and three inside it */
    expect(pipelens_current() == one);
    {
        PIPELENS_STEP(scope, "scope");
        expect_int(pipelens_end("one"), ENOENT); /* not out of a scope */
        expect(pipelens_current() == scope);
    }
    expect_int(pipelens_end("one"), 0);
    expect(pipelens_current() == root);
    struct lines l = end_run(run);
    expect_int(lines_with(&l, FINISH, NULL), 6);
    lines_free(&l);
}

/* ---- callbacks ---- */

static int succeed(struct pipelens_step *step, void *user)
{
    expect(pipelens_current() == step);
    expect_text(user, "user");
    return 0;
}

static int fail(struct pipelens_step *step, void *user)
{
    (void)step, (void)user;
    return -3;
}

static int fail_with_words(struct pipelens_step *step, void *user)
{
    (void)user;
    pipelens_step_fail(step, "Type", "in words");
    return 1;
}

static int be_root(struct pipelens_step *root, void *user)
{
    expect_int(pipelens_step_track(root, "good", succeed, user), 0);
    expect_int(pipelens_step_track(root, "bad", fail, NULL), -3);
    expect_int(pipelens_step_track(root, "words", fail_with_words, NULL), 1);
    expect(pipelens_current() == root);
    return 5;
}

static void callbacks(void)
{
    static char user[] = "user";
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "main", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0);
    expect_int(pipelens_run_track(run, be_root, user), 5);
    expect(pipelens_current() == NULL);
    struct lines l = end_run(run);
    expect_int(lines_with(&l, FINISH, "\"error\":\"returned -3\""), 1);
    expect_int(lines_with(&l, FINISH, "\"error\":\"in words\""), 1);
    expect_int(lines_with(&l, FINISH, "\"error\":\"returned 5\""), 1);
    expect_int(lines_with(&l, FINISH, "\"error\""), 3);
    expect_int(lines_with(&l, "\"operation\":\"finish\"", "\"status\":\"failed\"}"), 1);
    lines_free(&l);
}

/* ---- ids, links, the environment ---- */

static void ids(void)
{
    struct field ids[50];
    for (size_t i = 0; i < LENGTH(ids); i++) {
        struct pipelens_run *run;
        struct pipelens_options options = { .name = "n", .write = PIPELENS_OFF };
        need(pipelens_run_new(&options, &run) == 0);
        snprintf(ids[i].text, sizeof ids[i].text, "%s", pipelens_run_id(run));
        const char *id = ids[i].text; /* xxxxxxxx-xxxx-4xxx-[89ab]xxx-xxxxxxxxxxxx */
        expect_int(strlen(id), 36);
        expect(strspn(id, "0123456789abcdef-") == 36);
        expect(id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' && id[14] == '4' &&
               strchr("89ab", id[19]));
        pipelens_run_free(run);
    }
    qsort(ids, LENGTH(ids), sizeof *ids, by_text);
    for (size_t i = 1; i < LENGTH(ids); i++) expect(strcmp(ids[i].text, ids[i - 1].text) != 0);
}

static void links(void)
{
    struct pipelens_run *run = begin_run((struct pipelens_options){ .run_id = "run/with \"signs\"" });
    struct pipelens_step *sender = pipelens_step_begin(pipelens_run_root(run), "sender");
    struct pipelens_step *receiver = pipelens_step_begin(pipelens_run_root(run), "receiver");
    char *reference = pipelens_step_reference(sender), expected[200];
    snprintf(expected, sizeof expected, "run/with \"signs\"/%s", pipelens_step_id(sender));
    expect_text(reference, expected);
    expect_int(pipelens_step_refer(receiver, reference, PIPELENS_FOLLOWS), 0);
    free(reference);
    expect_int(pipelens_step_link(receiver, "r", "s", PIPELENS_SPAWNED), 0);
    expect_int(pipelens_step_link(receiver, "r", NULL, PIPELENS_REFERS), 0);
    snprintf(expected, sizeof expected,
             "\"to\":{\"runId\":\"run/with \\\"signs\\\"\",\"stepId\":\"%s\"},\"relation\":\"follows\"",
             pipelens_step_id(sender));
    pipelens_step_end(sender);
    pipelens_step_end(receiver);
    struct lines l = end_run(run);
    expect_int(lines_with(&l, "\"operation\":\"link\"", expected), 1);
    expect_int(lines_with(&l, "\"operation\":\"link\"", "\"relation\":\"spawned\""), 1);
    expect_int(lines_with(&l, "\"operation\":\"link\"", "\"relation\":\"refers\""), 1);
    lines_free(&l);
}

static const char *variable(char **list, const char *name)
{
    for (; *list; list++)
        if (strncmp(*list, name, strlen(name)) == 0 && (*list)[strlen(name)] == '=') return *list + strlen(name) + 1;
    return "";
}

/* The trace of a caller goes on in what this run starts; a text that is no trace does not. */
static void traces(void)
{
    static const char *const texts[] = { "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                                         "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                         "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                         "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                         "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                         "",
                                         "nonsense" };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        unlink(LOG);
        struct pipelens_run *run = begin_run((struct pipelens_options){ .traceparent = texts[i] });
        char **list = pipelens_step_environment(pipelens_run_root(run));
        const char *trace = variable(list, "TRACEPARENT");
        expect_int(strlen(trace), 55);
        bool same = strncmp(trace, "00-0af7651916cd43dd8448eb211c80319c-", 36) == 0;
        expect_int(same, i < 3);
        expect(strncmp(trace + 36, pipelens_step_id(pipelens_run_root(run)), 16) == 0);
        expect_text(trace + 52, i == 1 ? "-00" : "-01");
        expect_text(variable(list, "PIPELENS_RUN"), pipelens_run_id(run));
        expect_text(variable(list, "PIPELENS_KEY"), "main");
        expect(strstr(variable(list, "PIPELENS_LOG"), "/" LOG) != NULL && *variable(list, "PIPELENS_LOG") == '/');
        free(list);
        struct lines l = end_run(run);
        expect_int(lines_with(&l, "\"operation\":\"link\"", "b7ad6b7169203331"), i < 3);
        lines_free(&l);
    }
}

/* ---- tokens ---- */

static void expect_usage(struct pipelens_step *step, const char *model, uint64_t responses, uint64_t total)
{
    struct pipelens_usage usage;
    expect_int(pipelens_step_usage(step, model, &usage), responses ? 0 : ENOENT);
    expect_int(usage.responses, responses);
    expect_int(usage.total_tokens, total);
}

static void tokens(void)
{
    struct pipelens_run *run = begin_run((struct pipelens_options){ .forget_steps = true });
    struct pipelens_step *root = pipelens_run_root(run), *outer = pipelens_step_begin(root, "outer");
    struct pipelens_step *inner = pipelens_step_begin(outer, "inner");
    expect_int(pipelens_llm_track(
                   inner, "{\"id\":\"x\",\"object\":\"o\",\"created\":1,\"model\":\"a\",\"choices\":[1],"
                          "\"usage\":{\"total_tokens\":10},\"system_fingerprint\":\"f\",\"api_key\":\"secret\"}"),
               0);
    expect_int(pipelens_llm_track(inner, "{\"model\":\"b\\\"\",\"usage\":{\"total_tokens\":1}}"), 0);
    expect_int(pipelens_llm_track(outer, "{\"id\":\"y\",\"model\":\"a\",\"usage\":{\"total_tokens\":5}}"), 0);
    expect_usage(inner, "a", 1, 10);
    expect_usage(outer, "a", 2, 15);
    expect_usage(outer, "b\"", 1, 1);
    expect_usage(outer, "c", 0, 0);
    /* the same id again takes the place of the first */
    expect_int(pipelens_llm_track(inner, "{\"id\":\"x\",\"model\":\"a\",\"usage\":{\"total_tokens\":7}}"), 0);
    expect_usage(inner, "a", 1, 7);
    pipelens_step_end(inner);
    pipelens_step_end(outer);
    expect_usage(root, NULL, 3, 13);
    char *usage = pipelens_step_output_new(root, PIPELENS_USAGE, NULL);
    expect_text(usage, "{\"a\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":12},"
                       "\"b\\\"\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":1}}");
    free(usage);
    struct lines l = end_run(run);
    expect_int(lines_with(&l, "\"recordKey\":\"__LLM_RESPONSE_x\"", NULL), 2);
    expect_int(
        lines_with(&l, "\"data\":{\"id\":\"x\",\"object\":\"o\",\"created\":1,\"model\":\"a\",\"choices\":[1],", NULL),
        1);
    expect_int(lines_with(&l, "secret", NULL), 0);
    lines_free(&l);
}

/* ---- what is told before the start ---- */

static void before_the_start(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "main", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0);
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_step_record(root, "early", pipelens_int(1)), 0);
    expect_int(pipelens_step_log(root, PIPELENS_INFO, "early"), 0);
    struct pipelens_step *step = pipelens_step_begin(root, "early");
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_run_start(run), 0);
    pipelens_step_end(pipelens_step_begin(root, "later"));
    struct lines l = end_run(run);
    expect_int(lines_with(&l, FINISH, NULL), 3);
    expect_int(lines_with(&l, "\"message\":\"early\"", NULL), 1);
    lines_free(&l);
}

static const struct test_case cases[] = {
    { "scopes", "steps end with their block, also by break, return and goto", scopes },
    { "by_name", "steps begun and ended by name", by_name },
    { "callbacks", "functions run as steps, and what becomes of what they return", callbacks },
    { "ids", "run ids are UUIDs of version 4", ids },
    { "links", "links, and references that travel in a message", links },
    { "traces", "the trace of the caller, and the environment of commands", traces },
    { "tokens", "tokens by model, of steps and of all below them", tokens },
    { "before_the_start", "what is told before the run is started", before_the_start },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
