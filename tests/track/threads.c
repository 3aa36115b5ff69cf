/* SPDX-License-Identifier: MIT
 *
 * Many threads, one run: every line whole, every step there once, nothing raced over (with ThreadSanitizer).
 */
#include "cases.h"

#include <pthread.h>
#include <sys/resource.h>

enum { THREADS = 8, LARGE = 3000, LARGE_EVERY = 50, BYTES_A_NAME = 128 };

/* Of the process, so far. */
static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* ---- a great many steps ---- */

struct load {
    pthread_t thread;
    struct pipelens_step *parent;
    unsigned int number, steps;
    bool own_names;
};

/* Some steps have a record that is all one letter, so that a foreign byte is seen in it. */
static void *begin_and_end(void *user)
{
    const struct load *load = user;
    char name[32] = "work", large[LARGE];
    memset(large, (int)('a' + load->number), sizeof large);
    for (unsigned int i = 0; i < load->steps; i++) {
        if (load->own_names) snprintf(name, sizeof name, "work %u %u", load->number, i);
        struct pipelens_step *step = pipelens_step_begin(load->parent, name);
        if (i % LARGE_EVERY == 0)
            expect_int(pipelens_step_record(step, "large", pipelens_text(large, sizeof large)), 0);
        expect_int(pipelens_step_end(step), 0);
    }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct tally {
    uint64_t *started, *ended; /* ids */
    size_t starts, ends, records, pipeline, cap;
};

static void take_line(struct tally *t, char *line)
{
    static const char opening[] = "\"data\":\"";
    bool start = strstr(line, START) != NULL, finish = strstr(line, FINISH) != NULL;
    char *end = strrchr(line, '\n');
    need(end != NULL);
    *end = '\0';
    if (!line_is_whole(line)) expect_text(line, "a whole line");
    if (start && t->starts < t->cap) t->started[t->starts++] = strtoull(field_of(line, "id").text, NULL, 16);
    else if (finish && t->ends < t->cap) t->ended[t->ends++] = strtoull(field_of(line, "id").text, NULL, 16);
    else if (strstr(line, "\"recordKey\":\"large\"")) {
        const char *data = strstr(line, opening);
        char letter[2] = { data ? data[strlen(opening)] : '\0', '\0' };
        expect(data && strspn(data + strlen(opening), letter) == LARGE);
        t->records++;
    } else {
        expect(strstr(line, "\"type\":\"pipeline\"") != NULL);
        t->pipeline++;
    }
}

/* Every step has one start and one finish, of one id that no other has; `steps` with the root. */
static void check_log(const char *path, size_t steps, size_t records)
{
    struct tally t = { .cap = steps + 1 };
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "r");
    t.started = calloc(t.cap, sizeof *t.started);
    t.ended = calloc(t.cap, sizeof *t.ended);
    need(f && t.started && t.ended);
    while (getline(&line, &size, f) > 0) take_line(&t, line);
    fclose(f);
    free(line);
    expect_int(t.starts, steps);
    expect_int(t.ends, steps);
    expect_int(t.records, records);
    expect_int(t.pipeline, 2);
    qsort(t.started, t.starts, sizeof *t.started, by_number);
    qsort(t.ended, t.ends, sizeof *t.ended, by_number);
    size_t twice = 0;
    for (size_t i = 1; i < t.starts; i++) twice += t.started[i] == t.started[i - 1];
    expect_int(twice, 0);
    expect(t.starts == t.ends && memcmp(t.started, t.ended, t.starts * sizeof *t.started) == 0);
    free(t.started);
    free(t.ended);
}

/* THREADS times so many steps; returns by how many KiB the process has grown. */
static long run_load(const char *path, const struct pipelens_buffering *buffering, unsigned int steps, bool own_names)
{
    struct pipelens_transport *transport;
    struct pipelens_run *run;
    struct load loads[THREADS];
    need(pipelens_transport_file(path, buffering, &transport) == 0);
    struct pipelens_options options = { .name = "threads", .transport = transport, .forget_steps = true };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    long before = peak_kib();
    for (unsigned int i = 0; i < THREADS; i++) {
        loads[i] =
            (struct load){ .parent = pipelens_run_root(run), .number = i, .steps = steps, .own_names = own_names };
        need(pthread_create(&loads[i].thread, NULL, begin_and_end, &loads[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(loads[i].thread, NULL);
    long grown = peak_kib() - before;
    expect_int(pipelens_run_errors(run), 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
    check_log(path, (size_t)THREADS * steps + 1, (size_t)THREADS * ((steps + LARGE_EVERY - 1) / LARGE_EVERY));
    return grown;
}

static void many(void)
{
    long grown = run_load("many.log", NULL, SANITIZED ? 5000 : 100000, false);
    dprintf(complaints, "grown by %ld KiB\n", grown);
    expect(SANITIZED || grown < 16 << 10);
    unlink("many.log"); /* large */
}

static void many_names(void)
{
    unsigned int steps = SANITIZED ? 5000 : 25000;
    long grown = run_load("names.log", NULL, steps, true);
    dprintf(complaints, "grown by %ld KiB\n", grown);
    expect(SANITIZED || grown < (long)(THREADS * steps * BYTES_A_NAME >> 10));
    unlink("names.log");
}

static void buffered(void)
{
    static const struct pipelens_buffering by_size = { .flush_bytes = 10000 }, by_time = { .flush_ms = 1 };
    run_load("size.ndjson", &by_size, SANITIZED ? 500 : 5000, false);
    run_load("time.ndjson", &by_time, SANITIZED ? 500 : 5000, false);
}

/* ---- everything at once on the same steps ---- */

struct meeting {
    pthread_t thread;
    struct pipelens_run *run;
    struct pipelens_step *shared;
    atomic_uint *heard, *released;
    unsigned int number, turns;
};

static void hear(const struct pipelens_notice *notice, void *user)
{
    atomic_fetch_add((atomic_uint *)user, 1);
    if (notice->event == PIPELENS_STEP_START) pipelens_step_record(notice->step, "heard", pipelens_bool(true));
    if (notice->event == PIPELENS_STEP_SUCCESS || notice->event == PIPELENS_STEP_ERROR) sleep_us(200);
    if (notice->data) expect(strlen(notice->data) > 0); /* still there, whatever others tell meanwhile */
}

static void *meet(void *user)
{
    const struct meeting *m = user;
    for (unsigned int i = 0; i < m->turns; i++) {
        char key[32];
        uint64_t id;
        struct pipelens_usage usage;
        struct pipelens_step *step = pipelens_step_begin(m->shared, "child"), *before = pipelens_set_current(step);
        snprintf(key, sizeof key, "key%u", i % 7);
        expect_int(pipelens_step_listen(m->shared, PIPELENS_STEP_ALL, hear, m->heard, NULL, &id), 0);
        expect_int(pipelens_step_record(m->shared, key, pipelens_uint(i)), 0);
        expect_int(pipelens_step_set_result(m->shared, pipelens_uint(i)), 0);
        expect_int(pipelens_step_set_state(m->shared, pipelens_json("{\"a\":[1,2]}")), 0);
        expect_int(pipelens_step_set_status(m->shared, PIPELENS_STATUS_RETRIED), 0);
        expect_int(pipelens_step_fail(m->shared, "Error", "number %u", i), 0);
        expect_int(pipelens_step_set_trace(m->shared, "a\nb"), 0);
        expect_int(pipelens_step_handled(m->shared, "Error", "number %u", i), 0);
        expect_int(pipelens_step_log(m->shared, PIPELENS_DEBUG, "number %u", i), 0);
        expect_int(pipelens_step_link(m->shared, "other", "1", PIPELENS_REFERS), 0);
        expect_int(pipelens_llm_track(step, "{\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}}"), 0);
        expect_int(pipelens_step_usage(m->shared, "m", &usage), 0);
        expect_int(pipelens_run_add_action(m->run, "action"), 0);
        free(pipelens_step_output_new(m->shared, PIPELENS_NESTED, NULL));
        free(pipelens_step_reference(step));
        free(pipelens_step_environment(step));
        pipelens_set_current(before);
        expect_int(pipelens_step_end(step), 0);
        expect_int(pipelens_step_set_result(step, pipelens_int(1)), EALREADY);
        expect_int(pipelens_unlisten(m->run, id), 0);
        expect_int(pipelens_run_errors(m->run), 0);
    }
    return NULL;
}

/* All threads tell of one step, while others end and are ended. */
static void together(void)
{
    struct pipelens_run *run;
    struct pipelens_usage usage;
    struct meeting meetings[THREADS];
    atomic_uint heard = 0;
    unsigned int turns = SANITIZED ? 20 : 50;
    struct pipelens_options options = { .name = "threads", .log = "together.ndjson" };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (unsigned int i = 0; i < THREADS; i++) {
        meetings[i] = (struct meeting){ .run = run, .shared = shared, .heard = &heard, .number = i, .turns = turns };
        need(pthread_create(&meetings[i].thread, NULL, meet, &meetings[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(meetings[i].thread, NULL);
    expect_int(pipelens_step_usage(shared, NULL, &usage), 0);
    expect_int(usage.prompt_tokens, THREADS * turns);
    expect(atomic_load(&heard) >= THREADS * turns * 4);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in("together.ndjson");
    expect(lines_are_whole(&l));
    expect_int(distinct_ids(&l), THREADS * turns + 2);
    expect_int(lines_with(&l, "\"operation\":\"log\"", NULL), THREADS * turns);
    expect_int(lines_with(&l, "\"operation\":\"link\"", NULL), THREADS * turns);
    lines_free(&l);
}

enum { RESPONSES = 200, LOOKS = SANITIZED ? 500 : 30000 };

static void *respond(void *user)
{
    const struct meeting *m = user;
    for (unsigned int i = 0; i < m->turns; i++)
        expect_int(
            pipelens_llm_track(m->shared, "{\"model\":\"m\",\"usage\":{\"prompt_tokens\":2,\"total_tokens\":3}}"), 0);
    return NULL;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; at && (at = strstr(at, what)); at++) count++;
    return count;
}

/* Responses that name no id get numbers, and no two the same. */
static void responses(void)
{
    struct pipelens_run *run;
    struct pipelens_usage usage;
    struct meeting meetings[4];
    struct pipelens_options options = { .name = "threads", .log = "responses.ndjson" };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (size_t i = 0; i < LENGTH(meetings); i++) {
        meetings[i] = (struct meeting){ .shared = shared, .turns = RESPONSES };
        need(pthread_create(&meetings[i].thread, NULL, respond, &meetings[i]) == 0);
    }
    for (size_t i = 0; i < LENGTH(meetings); i++) pthread_join(meetings[i].thread, NULL);
    char *records = pipelens_step_output_new(shared, PIPELENS_RECORDS, NULL);
    expect_int(occurrences(records, "\"__LLM_RESPONSE_"), 4 * RESPONSES);
    free(records);
    expect_int(pipelens_step_usage(shared, "m", &usage), 0);
    expect_int(usage.responses, 4 * RESPONSES);
    expect_int(usage.prompt_tokens, 4 * RESPONSES * 2);
    expect_int(usage.total_tokens, 4 * RESPONSES * 3);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
    struct lines l = lines_in("responses.ndjson");
    expect_int(lines_with(&l, "\"recordKey\":\"__LLM_RESPONSE_", NULL), 4 * RESPONSES);
    lines_free(&l);
}

/* Each failure has a letter of its own in its type, message and place. */
static void *fail_often(void *user)
{
    static const struct {
        const char *type, *message, *file, *function;
    } failures_of[] = { { "TypeA", "messageA", "fileA", "functionA" }, { "TypeB", "messageB", "fileB", "functionB" } };
    const struct meeting *m = user;
    while (!atomic_load(m->heard))
        expect_int(pipelens_step_fail_at(m->shared, failures_of[m->number].file, 1, failures_of[m->number].function,
                                         failures_of[m->number].type, "%s", failures_of[m->number].message),
                   0);
    return NULL;
}

static void *look_often(void *user)
{
    const struct meeting *m = user;
    for (unsigned int i = 0; i < m->turns; i++) {
        char *output = pipelens_step_output_new(m->shared, PIPELENS_NESTED, NULL);
        bool a = output && strstr(output, "TypeA");
        const char *letters = a ? "A" : "B", *others = a ? "B" : "A";
        static const char *const parts[] = { "Type", "message", "file", "function" };
        for (size_t k = 0; output && strstr(output, "Type") && k < LENGTH(parts); k++) {
            char own[16], other[16];
            snprintf(own, sizeof own, "%s%s", parts[k], letters);
            snprintf(other, sizeof other, "%s%s", parts[k], others);
            if (!expect(strstr(output, own) && !strstr(output, other))) dprintf(complaints, "  %s\n", output);
        }
        free(output);
    }
    atomic_store(m->heard, 1);
    return NULL;
}

static void failures_together(void)
{
    struct pipelens_run *run;
    struct meeting meetings[3];
    atomic_uint done = 0;
    struct pipelens_options options = { .name = "threads", .log = "failures.ndjson" };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (unsigned int i = 0; i < LENGTH(meetings); i++) {
        meetings[i] = (struct meeting){ .shared = shared, .heard = &done, .number = i, .turns = LOOKS };
        need(pthread_create(&meetings[i].thread, NULL, i < 2 ? fail_often : look_often, &meetings[i]) == 0);
    }
    for (size_t i = 0; i < LENGTH(meetings); i++) pthread_join(meetings[i].thread, NULL);
    expect_int(pipelens_step_end(shared), 0);
    expect_int(pipelens_run_free(run), 0);
}

/* One thread ends a step while others still tell of it and listen. */
static void *tell_until_ended(void *user)
{
    const struct meeting *m = user;
    for (unsigned int i = 0; i < m->turns; i++) {
        pipelens_step_set_result(m->shared, pipelens_string("a result that is long enough to be freed"));
        pipelens_step_fail(m->shared, "Error", "number %u", i);
        pipelens_step_record(m->shared, "key", pipelens_uint(i));
        pipelens_step_end(m->shared);
    }
    return NULL;
}

static void ended_by_others(void)
{
    struct pipelens_run *run;
    struct pipelens_transport *memory;
    struct meeting meetings[THREADS];
    atomic_uint heard = 0;
    need(pipelens_transport_memory(&memory) == 0);
    struct pipelens_options options = { .name = "threads", .transport = memory };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    pipelens_step_listen(pipelens_run_root(run), PIPELENS_STEP_ALL, hear, &heard, NULL, NULL);
    for (unsigned int turn = 0; turn < 20; turn++) {
        struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
        for (unsigned int i = 0; i < THREADS; i++) {
            meetings[i] = (struct meeting){ .run = run, .shared = shared, .turns = 20 };
            need(pthread_create(&meetings[i].thread, NULL, tell_until_ended, &meetings[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) pthread_join(meetings[i].thread, NULL);
    }
    expect_int(pipelens_run_free(run), 0);
    char *text = pipelens_transport_take(memory, NULL);
    struct lines l = lines_of(text);
    expect(lines_are_whole(&l));
    expect_int(lines_with(&l, FINISH, "\"name\":\"shared\""), 20);
    lines_free(&l);
    expect_int(pipelens_transport_close(memory), 0);
}

/* The current step is each thread's own, and can be handed over. */
static void *has_own_current(void *user)
{
    struct pipelens_step *given = user;
    expect(pipelens_current() == NULL);
    expect(pipelens_begin("nowhere") == NULL);
    {
        PIPELENS_WITHIN(given);
        expect(pipelens_current() == given);
        PIPELENS_STEP(inner, "inner");
        expect(pipelens_step_parent(inner) == given && pipelens_current() == inner);
    }
    expect(pipelens_current() == NULL);
    return NULL;
}

static void current(void)
{
    struct pipelens_run *run;
    pthread_t thread;
    struct pipelens_options options = { .name = "threads", .log = "current.ndjson" };
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    expect(pipelens_current() == pipelens_run_root(run));
    {
        PIPELENS_STEP(outer, "outer");
        need(pthread_create(&thread, NULL, has_own_current, outer) == 0);
        pthread_join(thread, NULL);
        expect(pipelens_current() == outer);
    }
    expect_int(pipelens_run_free(run), 0);
    expect(pipelens_current() == NULL);
}

/* Nobody has started the run: its first lines come first all the same, and once. */
static void *begin_one(void *user)
{
    expect_int(pipelens_step_end(pipelens_step_begin(user, "step")), 0);
    return NULL;
}

static void unstarted(void)
{
    struct pipelens_run *run;
    pthread_t threads[THREADS];
    struct pipelens_options options = { .name = "threads", .log = "unstarted.ndjson" };
    for (size_t turn = 0; turn < 20; turn++) {
        unlink("unstarted.ndjson");
        need(pipelens_run_new(&options, &run) == 0);
        for (int i = 0; i < THREADS; i++)
            need(pthread_create(&threads[i], NULL, begin_one, pipelens_run_root(run)) == 0);
        for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
        expect_int(pipelens_run_start(run), 0);
        expect_int(pipelens_run_free(run), 0);
        struct lines l = lines_in("unstarted.ndjson");
        expect(l.count > 2 && strstr(l.line[0], "\"type\":\"pipeline\",\"operation\":\"start\"") != NULL);
        expect_int(lines_with(&l, "\"operation\":\"start\"", NULL), THREADS + 2);
        expect_int(lines_with(&l, FINISH, NULL), THREADS + 1);
        lines_free(&l);
    }
}

static const struct test_case cases[] = {
    { "many", "8 threads with 100,000 steps each: every line whole, every step once; memory stays small", many },
    { "many_names", "the same with a name for every step", many_names },
    { "buffered", "the same through a buffer, with and without a thread that flushes", buffered },
    { "together", "8 threads tell of one step in every way", together },
    { "ended_by_others", "a step is ended once, while others tell of it", ended_by_others },
    { "responses", "4 threads track responses without ids: as many records as responses", responses },
    { "failures", "an error's type, message and place belong together", failures_together },
    { "unstarted", "8 threads in a run that nobody has started", unstarted },
    { "current", "the current step is the thread's own and can be handed over", current },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
