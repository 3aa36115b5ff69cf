/* SPDX-License-Identifier: MIT
 *
 * NULL in every place of every function, every error that the header names, and no output that is left unset.
 * tests/track.sh looks whether each function of the header is called here.
 */
#include "cases.h"

#define LOG "contract.ndjson"

/* Through these pointers the compiler does not object to a format that is NULL. */
static int (*const fail)(struct pipelens_step *, const char *, int, const char *, const char *, const char *,
                         ...) = pipelens_step_fail_at;
static int (*const handled)(struct pipelens_step *, const char *, int, const char *, const char *, const char *,
                            ...) = pipelens_step_handled_at;
static int (*const say)(struct pipelens_step *, enum pipelens_level, const char *, ...) = pipelens_step_log;
static char untouched;
#define JUNK ((void *)&untouched)

static unsigned int calls;
static int count_call(struct pipelens_step *step, void *user)
{
    calls++;
    expect(user == (void *)&calls);
    pipelens_step_log(step, PIPELENS_INFO, "called");
    return 7;
}

static void ignore_notice(const struct pipelens_notice *notice, void *user) { (void)notice, (void)user; }

static struct pipelens_run *new_run(void)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "contract", .log = LOG };
    need(pipelens_run_new(&options, &run) == 0);
    return run;
}

/* ---- NULL ---- */

__attribute__((format(printf, 2, 3))) static int vlog(struct pipelens_step *step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int error = pipelens_step_vlog(step, PIPELENS_INFO, format, args);
    va_end(args);
    return error;
}

static int (*const vsay)(struct pipelens_step *, const char *, ...) = vlog;

static void no_run(void)
{
    expect_int(pipelens_run_add_action(NULL, "a"), EINVAL);
    expect_int(pipelens_run_add_transition(NULL, "a", "b", NULL), EINVAL);
    expect_int(pipelens_run_set_entrypoint(NULL, "a"), EINVAL);
    expect_int(pipelens_run_start(NULL), EINVAL);
    expect_int(pipelens_run_finish(NULL), EINVAL);
    expect_int(pipelens_run_finish_joined(NULL, 0), EINVAL);
    expect_int(pipelens_run_free(NULL), EINVAL);
    expect_int(pipelens_unlisten(NULL, 1), EINVAL);
    expect(pipelens_run_id(NULL) == NULL);
    expect(pipelens_run_root(NULL) == NULL);
    expect_int(pipelens_run_errors(NULL), 0);
    /* the program's own work is done also when it cannot be tracked */
    expect_int(pipelens_run_track(NULL, count_call, &calls), 7);
    expect_int(calls, 1);
}

static void no_step(void)
{
    struct pipelens_usage usage = { .responses = 1, .prompt_tokens = 1, .completion_tokens = 1, .total_tokens = 1 };
    struct pipelens_scope scope = pipelens_scope_enter(NULL, true);
    char buffer[8] = "x";
    size_t length = 9;
    uint64_t id = 9;
    pipelens_scope_leave(&scope);
    pipelens_scope_leave(NULL);
    expect(pipelens_step_begin(NULL, "a") == NULL);
    expect(pipelens_step_begin_with(NULL, "a", "tool", pipelens_int(1)) == NULL);
    expect(pipelens_step_begin_at(NULL, NULL, NULL, pipelens_null(), NULL, 0, NULL) == NULL);
    expect_int(pipelens_step_end(NULL), EINVAL);
    expect_int(pipelens_step_track(NULL, "a", count_call, &calls), 7);
    expect_int(pipelens_step_track_at(NULL, NULL, count_call, &calls, NULL, 0, NULL), 7);
    expect(pipelens_set_current(NULL) == NULL && pipelens_current() == NULL);
    expect(pipelens_begin("a") == NULL);
    expect(pipelens_begin_at(NULL, NULL, 0, NULL) == NULL);
    expect(!pipelens_step_run(NULL) && !pipelens_step_parent(NULL) && !pipelens_step_name(NULL));
    expect(!pipelens_step_key(NULL) && !pipelens_step_id(NULL));
    expect_int(pipelens_step_record(NULL, "k", pipelens_null()), EINVAL);
    expect_int(pipelens_step_set_result(NULL, pipelens_null()), EINVAL);
    expect_int(pipelens_step_set_state(NULL, pipelens_null()), EINVAL);
    expect_int(pipelens_step_set_status(NULL, PIPELENS_STATUS_OK), EINVAL);
    expect_int(pipelens_step_fail(NULL, "E", "m"), EINVAL);
    expect_int(pipelens_step_fail_at(NULL, NULL, 0, NULL, "E", "m"), EINVAL);
    expect_int(pipelens_step_record(NULL, "k", pipelens_json_text("1x", 1)), EINVAL);
    expect_int(pipelens_step_set_trace(NULL, "t"), EINVAL);
    expect_int(pipelens_step_handled(NULL, "E", "m"), EINVAL);
    expect_int(pipelens_step_handled_at(NULL, NULL, 0, NULL, NULL, "m"), EINVAL);
    expect_int(pipelens_step_log(NULL, PIPELENS_INFO, "m"), EINVAL);
    expect_int(vlog(NULL, "m"), EINVAL);
    expect_int(pipelens_step_link(NULL, "r", "s", PIPELENS_FOLLOWS), EINVAL);
    expect(pipelens_step_reference(NULL) == NULL);
    expect_int(pipelens_step_refer(NULL, "r/s", PIPELENS_FOLLOWS), EINVAL);
    expect(pipelens_step_environment(NULL) == NULL);
    expect_int(pipelens_llm_track(NULL, "{}"), EINVAL);
    expect_int(pipelens_step_usage(NULL, NULL, &usage), EINVAL);
    expect_int(usage.responses + usage.total_tokens, 0);
    expect_int(pipelens_step_listen(NULL, PIPELENS_STEP_ALL, ignore_notice, NULL, NULL, &id), EINVAL);
    expect_int(id, 0);
    expect_int(pipelens_step_output(NULL, PIPELENS_NESTED, buffer, sizeof buffer, &length), EINVAL);
    expect_text(buffer, "");
    expect_int(length, 0);
    expect(pipelens_step_output_new(NULL, PIPELENS_NESTED, &length) == NULL);
}

/* NULL beside a step that is there. */
static void no_arguments(void)
{
    struct pipelens_run *run = new_run();
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    expect_int(pipelens_run_add_action(run, NULL), EINVAL);
    expect_int(pipelens_run_add_transition(run, NULL, "b", "c"), EINVAL);
    expect_int(pipelens_run_add_transition(run, "a", NULL, "c"), EINVAL);
    expect_int(pipelens_run_set_entrypoint(run, NULL), EINVAL);
    expect_int(pipelens_run_track(run, NULL, NULL), EINVAL);
    expect_int(pipelens_step_track(root, "a", NULL, NULL), EINVAL);
    expect_int(pipelens_step_record(root, NULL, pipelens_null()), EINVAL);
    expect_int(pipelens_step_record(root, "k", pipelens_json(NULL)), EINVAL);
    expect_int(pipelens_step_record(root, "k", pipelens_bytes(NULL, 3)), EINVAL);
    expect_int(pipelens_step_record(root, "k", pipelens_file(NULL, 3)), EINVAL);
    expect_int(pipelens_step_record(root, "none", pipelens_string(NULL)), 0);
    expect_int(pipelens_step_record(root, "no bytes", pipelens_bytes(NULL, 0)), 0);
    expect_int(fail(root, NULL, 0, NULL, "E", NULL), EINVAL);
    expect_int(pipelens_step_set_trace(root, NULL), EINVAL);
    expect_int(handled(root, NULL, 0, NULL, "E", NULL), EINVAL);
    expect_int(say(root, PIPELENS_INFO, NULL), EINVAL);
    expect_int(vsay(root, NULL), EINVAL);
    expect_int(pipelens_step_link(root, NULL, "s", PIPELENS_FOLLOWS), EINVAL);
    expect_int(pipelens_step_refer(root, NULL, PIPELENS_FOLLOWS), EINVAL);
    expect_int(pipelens_llm_track(root, NULL), EINVAL);
    expect_int(pipelens_step_usage(root, NULL, NULL), EINVAL);
    expect_int(pipelens_step_listen(root, PIPELENS_STEP_ALL, NULL, NULL, NULL, NULL), EINVAL);
    expect_int(pipelens_step_output(root, PIPELENS_TIME, NULL, 5, NULL), EINVAL);
    expect_int(pipelens_end(NULL), EINVAL);
    struct pipelens_step *nameless = pipelens_step_begin(root, NULL);
    expect(nameless != NULL);
    expect_text(pipelens_step_name(nameless), "");
    expect_int(pipelens_step_end(nameless), 0);
    char *output = pipelens_step_output_new(root, PIPELENS_RECORDS, NULL);
    expect_text(output, "{\"none\":null,\"no bytes\":{\"size\":0,\"base64\":\"\"}}");
    free(output);
    expect_int(pipelens_run_free(run), 0);
}

static void no_transport(void)
{
    struct pipelens_transport *transport = JUNK;
    size_t length = 9;
    expect_int(pipelens_transport_flush(NULL), EINVAL);
    expect_int(pipelens_transport_close(NULL), EINVAL);
    expect(pipelens_transport_take(NULL, &length) == NULL);
    expect_int(length, 0);
    expect_int(pipelens_transport_file(NULL, NULL, &transport), EINVAL);
    expect(transport == NULL);
    expect_int(pipelens_transport_file(LOG, NULL, NULL), EINVAL);
    expect_int(pipelens_transport_fd(1, NULL, NULL), EINVAL);
    expect_int(pipelens_transport_memory(NULL), EINVAL);
    expect_int(pipelens_transport_console(1, NULL), EINVAL);
    expect_int(pipelens_transport_fan_out(NULL, 1, &transport), EINVAL);
    expect_int(pipelens_transport_fan_out(&transport, 1, NULL), EINVAL);
    struct pipelens_transport *one_missing[] = { NULL };
    transport = JUNK;
    expect_int(pipelens_transport_fan_out(one_missing, 1, &transport), EINVAL);
    expect(transport == NULL);
}

/* ---- errors ---- */

static void expect_refused(const struct pipelens_options *options, int error)
{
    struct pipelens_run *run = JUNK;
    expect_int(pipelens_run_new(options, &run), error);
    expect(run == NULL);
    run = JUNK;
    expect_int(pipelens_run_from_environment(options, &run), error);
    expect(run == NULL);
}

static void options(void)
{
    struct pipelens_transport *memory;
    struct pipelens_run *run = JUNK;
    const struct pipelens_tag tags[] = { { "k", "v" } };
    need(pipelens_transport_memory(&memory) == 0);
    const struct pipelens_options good = { .name = "n", .transport = memory };
    struct pipelens_options o = good;
    expect_refused(NULL, EINVAL);
    o.name = NULL;
    expect_refused(&o, EINVAL);
    o = good;
    o.log = LOG;
    expect_refused(&o, EINVAL);
    o = good;
    o.args = "{\"a\":}";
    expect_refused(&o, EINVAL);
    o = good;
    o.tag_count = 1;
    expect_refused(&o, EINVAL);
    o = good;
    o.write = (enum pipelens_write)3;
    expect_refused(&o, EINVAL);
    for (size_t i = 0; i < LENGTH(o.reserved); i++) {
        o = good;
        o.reserved[i] = JUNK; /* an option of a later version, which this one does not know */
        expect_refused(&o, EINVAL);
    }
    o = good;
    o.run_id = "";
    expect_refused(&o, EINVAL);
    o = (struct pipelens_options){ .name = "n", .log = "no/such/directory/log.ndjson" };
    expect_refused(&o, ENOENT);
    o.log = "/";
    expect_refused(&o, EISDIR);
    o.log = "";
    expect_refused(&o, EINVAL);
    expect_int(pipelens_run_new(&good, NULL), EINVAL);
    expect_int(pipelens_run_from_environment(&good, NULL), EINVAL);
    o = good;
    o.args = "{\"a\":1}";
    o.tags = tags;
    o.tag_count = 1;
    expect_int(pipelens_run_new(&o, &run), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(memory), 0);
}

static void joining(void)
{
    struct pipelens_transport *memory;
    struct pipelens_run *run = JUNK;
    need(pipelens_transport_memory(&memory) == 0);
    struct pipelens_options o = { .transport = memory };
    expect_int(pipelens_run_join(&o, "step", "k", &run), EINVAL); /* of which run? */
    expect(run == NULL);
    o.run_id = "run";
    expect_int(pipelens_run_join(&o, NULL, "k", &run), EINVAL);
    expect_int(pipelens_run_join(NULL, "step", "k", &run), EINVAL);
    expect_int(pipelens_run_join(&o, "step", "k", NULL), EINVAL);
    o.reserved[0] = JUNK;
    expect_int(pipelens_run_join(&o, "step", "k", &run), EINVAL);
    o.reserved[0] = NULL;
    o.run_id = "";
    expect_int(pipelens_run_join(&o, "step", "k", &run), EINVAL);
    o.run_id = "run";
    o.log = LOG;
    expect_int(pipelens_run_join(&o, "step", "k", &run), EINVAL);
    o.log = NULL;
    expect_int(pipelens_run_join(&o, "step", NULL, &run), 0);
    expect_int(pipelens_run_start(run), 0);
    expect_int(pipelens_step_end(pipelens_run_root(run)), 0); /* says nothing, is no error */
    expect_int(pipelens_run_free(run), 0);
    size_t length = 9;
    char *text = pipelens_transport_take(memory, &length);
    expect_text(text, ""); /* a joined run has no beginning and no end of its own */
    expect_int(length, 0);
    free(text);
    expect_int(pipelens_transport_close(memory), 0);
}

/* A joined run is finished in place of a process that is gone, with any time that this process may have written. */
static void finishing_for_others(void)
{
    static const int64_t starts[] = { 0, 1, -1, 1700000000000000, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < LENGTH(starts); i++) {
        struct pipelens_transport *memory;
        struct pipelens_run *run;
        need(pipelens_transport_memory(&memory) == 0);
        struct pipelens_options o = { .run_id = "run", .transport = memory };
        need(pipelens_run_join(&o, "step", "k", &run) == 0);
        int error = pipelens_run_finish_joined(run, starts[i]);
        expect(error == 0 || (error == EINVAL && starts[i] < 0)); /* what is impossible may be refused */
        if (!error) expect_int(pipelens_run_finish_joined(run, starts[i]), EALREADY);
        pipelens_run_free(run);
        struct lines l = lines_of(pipelens_transport_take(memory, NULL));
        expect_int(l.count, error ? 0 : 2);
        expect(lines_are_whole(&l));
        lines_free(&l);
        expect_int(pipelens_transport_close(memory), 0);
    }
}

static void transports(void)
{
    struct pipelens_transport *transport = JUNK;
    expect_int(pipelens_transport_file("", NULL, &transport), EINVAL);
    expect_int(pipelens_transport_file("no/such/log", NULL, &transport), ENOENT);
    expect(transport == NULL);
    expect_int(pipelens_transport_fd(-1, NULL, &transport), EBADF);
    expect_int(pipelens_transport_fd(987654, NULL, &transport), EBADF);
    expect_int(pipelens_transport_console(-1, &transport), EBADF);
    struct pipelens_transport *twice[3] = { NULL };
    need(pipelens_transport_memory(&twice[0]) == 0 && pipelens_transport_memory(&twice[1]) == 0);
    twice[2] = twice[0]; /* would be closed twice */
    transport = JUNK;
    expect_int(pipelens_transport_fan_out(twice, 3, &transport), EINVAL);
    expect(transport == NULL);
    expect_int(pipelens_transport_close(twice[0]), 0);
    expect_int(pipelens_transport_close(twice[1]), 0);
    need(pipelens_transport_file("empty.log", NULL, &transport) == 0);
    expect(pipelens_transport_take(transport, NULL) == NULL); /* not one that keeps its lines in memory */
    expect_int(pipelens_transport_flush(transport), 0);
    expect_int(pipelens_transport_close(transport), 0);
}

static void twice(void)
{
    struct pipelens_run *run = new_run();
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    expect_int(pipelens_run_start(run), EALREADY);
    struct pipelens_step *step = pipelens_step_begin(root, "step");
    expect_int(pipelens_step_end(step), 0);
    expect_int(pipelens_step_end(step), EALREADY);
    expect_int(pipelens_end("nothing"), ENOENT);
    struct pipelens_step *late = pipelens_step_begin(root, "late");
    expect_int(pipelens_run_finish_joined(run, 0), EINVAL); /* it was not joined */
    expect_int(pipelens_run_finish(run), 0);
    expect_int(pipelens_run_finish(run), EALREADY);
    expect_int(pipelens_run_start(run), EALREADY);
    expect_int(pipelens_step_end(root), EALREADY);
    expect_int(pipelens_step_end(late), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in(LOG);
    expect_int(l.count, 8); /* nothing of it was written twice */
    lines_free(&l);
    run = new_run(); /* one that was never started is begun and ended */
    expect_int(pipelens_run_free(run), 0);
    l = lines_in(LOG);
    expect_int(l.count, 12);
    lines_free(&l);
}

static void impossible_arguments(void)
{
    struct pipelens_usage usage;
    struct pipelens_value strange = pipelens_int(1);
    struct pipelens_run *run = new_run();
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    strange.type = (enum pipelens_type)99;
    expect_int(pipelens_step_record(root, "k", strange), EINVAL);
    expect_int(pipelens_step_record(root, "k", pipelens_file(".", 10)), EISDIR);
    expect_int(pipelens_step_record(root, "k", pipelens_file("missing", 10)), ENOENT);
    expect_int(pipelens_step_set_status(root, (enum pipelens_status)4), EINVAL);
    expect_int(pipelens_step_log(root, (enum pipelens_level)6, "m"), EINVAL);
    expect_int(pipelens_step_link(root, "r", "s", (enum pipelens_relation)3), EINVAL);
    static const char *const no_references[] = { "", "/", "a", "a/", "/b" };
    for (size_t i = 0; i < LENGTH(no_references); i++)
        expect_int(pipelens_step_refer(root, no_references[i], PIPELENS_REFERS), EINVAL);
    expect_int(pipelens_step_usage(root, NULL, &usage), ENOENT);
    expect_int(pipelens_llm_track(root, "[1]"), EINVAL);
    expect_int(pipelens_llm_track(root, "{"), EINVAL);
    expect_int(pipelens_step_listen(root, 0, ignore_notice, NULL, NULL, NULL), EINVAL);
    expect_int(pipelens_step_listen(root, 32, ignore_notice, NULL, NULL, NULL), EINVAL);
    expect_int(pipelens_unlisten(run, 77), ENOENT);
    expect_int(pipelens_step_output(root, (enum pipelens_output)9, NULL, 0, NULL), EINVAL);
    expect(pipelens_step_output_new(root, (enum pipelens_output)9, NULL) == NULL);
    expect_int(pipelens_run_free(run), 0);
}

/* Too small a buffer: the right length, "" in it, and not a byte beyond. */
static void small_buffers(void)
{
    struct pipelens_run *run = new_run();
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    expect_int(pipelens_step_record(root, "key", pipelens_string("€")), 0);
    const char *expected = "{\"key\":\"€\"}";
    size_t whole = strlen(expected);
    for (size_t size = 0; size < 2 * whole; size++) {
        char buffer[64];
        size_t length = 0;
        memset(buffer, '#', sizeof buffer);
        int error = pipelens_step_output(root, PIPELENS_RECORDS, buffer, size, &length);
        expect_int(error, size > whole ? 0 : ENOBUFS);
        expect_int(length, whole);
        expect_text(size ? buffer : "", size > whole ? expected : "");
        if (!size) expect(buffer[0] == '#');
        for (size_t i = size; i < sizeof buffer; i++) expect(buffer[i] == '#');
    }
    expect_int(pipelens_step_output(root, PIPELENS_RECORDS, NULL, 0, NULL), ENOBUFS);
    expect_int(pipelens_run_free(run), 0);
}

/* JSON of the caller: checked, at most 512 deep, digits and order as they were, on one line. */
static void json_values(void)
{
    static const char *const bad[] = { "",           " ",
                                       "{",          "[1,]",
                                       "{\"a\":1,}", "01",
                                       "1.",         ".5",
                                       "+1",         "1e",
                                       "tru",        "nul",
                                       "'a'",        "\"\n\"",
                                       "[1 2]",      "{} {}",
                                       "{a:1}",      "\"\\x\"",
                                       "NaN",        "\"\\u12G4\"",
                                       "\"open",     "1,2",
                                       "]",          "-",
                                       "{\"a\"}",    "\xEF\xBB\xBF{}",
                                       "\"\x01\"" };
    struct pipelens_run *run = new_run();
    struct pipelens_step *root = pipelens_run_root(run);
    expect_int(pipelens_run_start(run), 0);
    for (size_t i = 0; i < LENGTH(bad); i++)
        if (!expect_int(pipelens_step_record(root, "bad", pipelens_json(bad[i])), EINVAL))
            dprintf(complaints, "  %s\n", bad[i]);
    expect_int(
        pipelens_step_record(root, "j",
                             pipelens_json(" { \"b\" : 123456789012345678901234567890.50 ,\r\n\t\"a\":[ 1E+2 , -0 , "
                                           "\"\\u0000\\ud800 x\" ],\"b\":{ } } \n")),
        0);
    char *records = pipelens_step_output_new(root, PIPELENS_RECORDS, NULL);
    expect_text(records,
                "{\"j\":{\"b\":123456789012345678901234567890.50,\"a\":[1E+2,-0,\"\\u0000\\ud800 x\"],\"b\":{}}}");
    free(records);
    char deep[2 * 600 + 1];
    for (size_t depth = 512; depth <= 600; depth += 1) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        deep[2 * depth] = '\0';
        expect_int(pipelens_step_set_result(root, pipelens_json(deep)), depth > 512 ? EINVAL : 0);
    }
    expect_int(pipelens_run_errors(run), LENGTH(bad) + 88);
    expect_int(pipelens_run_free(run), 0);
}

static void version(void)
{
    unsigned int numbers[3];
    char rest;
    expect_int(sscanf(pipelens_version(), "%u.%u.%u%c", &numbers[0], &numbers[1], &numbers[2], &rest), 3);
    struct pipelens_value values[] = { pipelens_null(),        pipelens_bool(true),  pipelens_int(-1),
                                       pipelens_uint(1),       pipelens_double(0.5), pipelens_string("s"),
                                       pipelens_text("abc", 2) };
    static const enum pipelens_type types[] = { PIPELENS_NULL,   PIPELENS_BOOL,   PIPELENS_INT,   PIPELENS_UINT,
                                                PIPELENS_DOUBLE, PIPELENS_STRING, PIPELENS_STRING };
    for (size_t i = 0; i < LENGTH(values); i++) expect_int(values[i].type, types[i]);
}

static const struct test_case cases[] = {
    { "no_run", "NULL in place of a run", no_run },
    { "no_step", "NULL in place of a step", no_step },
    { "no_arguments", "NULL in place of other arguments", no_arguments },
    { "no_transport", "NULL in place of a transport", no_transport },
    { "options", "options that are refused, and why", options },
    { "joining", "what joining a run needs", joining },
    { "finishing_for_others", "a joined run is finished in place of a process that is gone", finishing_for_others },
    { "transports", "logs that cannot be opened", transports },
    { "twice", "what was begun or ended is not begun or ended twice", twice },
    { "impossible_arguments", "arguments that cannot be", impossible_arguments },
    { "small_buffers", "buffers that are too small: ENOBUFS and the right length", small_buffers },
    { "json_values", "JSON texts are checked and kept to the digit", json_values },
    { "version", "the version, and the types of values", version },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
