/* SPDX-License-Identifier: MIT
 *
 * A question is answered from a handbook: split it, embed it, search it, let models write and check the answer. What
 * goes over a network in earnest is a pause here, and what models say is canned; the rest is computed (rag_handbook.h).
 * The sample is about how a program leaves its event log with libpipelens:
 *
 *     cc rag_pipeline.c -o rag_pipeline $(pkg-config --cflags --libs pipelens) -pthread -lm
 *     ./rag_pipeline run.ndjson && pipelens-report run.ndjson
 *
 * A step is begun in the way that is easiest where it stands:
 *   PIPELENS_STEP            for the rest of a block
 *   PIPELENS_FUNCTION        for a whole function, whose name it has
 *   pipelens_step_track      around a function, which gets the step
 *   pipelens_begin, _end     by name
 *   pipelens_step_begin      for a step that another thread works in
 * What the tracking calls return is not looked at: the work goes on whatever happens to the log, and pipelens_run_free
 * tells in the end.
 */
#include "pipelens.h"
#include "rag_handbook.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WORKERS = 3, BATCH = 2, TOP = 4, JOBS_MAX = 4 };

static const char answer[] =
    "**Yes, bring it back tomorrow. It costs nothing, if you call before six.**\n\n"
    "1. Try the patch kit under the saddle; the rear wheel comes off with the small key [3].\n"
    "2. If the tyre goes flat again, lock the bicycle and tell the library the place [2].\n"
    "3. Call before the library closes at six: after a breakdown a late day is free [1, 4].\n\n"
    "| late day | costs |\n|---|---|\n| after a breakdown, you called | nothing |\n"
    "| otherwise | 2 € |\n";

static void pause_ms(int ms) { nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL); }

/* A time between two others: another one for each request, the same ones in every run. */
static int varied_ms(int least, int most, size_t which) { return least + (int)(which * 7 % 11) * (most - least) / 10; }

/* ---- what a program needs around its tracking ---- */

/* A step that a thread of its own works in. It is begun by the thread that hands it over, so that the log has such
 * steps in the order in which they were started. */
struct job {
    struct pipelens_step *step;
    void (*work)(struct pipelens_step *step, size_t number);
    size_t number;
    pthread_t thread;
    bool apart;
};

static void *run_job(void *user)
{
    struct job *job = user;
    PIPELENS_WITHIN(job->step); /* what is begun on this thread becomes its child */
    job->work(job->step, job->number);
    pipelens_step_end(job->step);
    return NULL;
}

static void start_job(struct job *job)
{
    job->apart = pthread_create(&job->thread, NULL, run_job, job) == 0;
    if (!job->apart) run_job(job);
}

static void join_job(struct job *job)
{
    if (job->apart) pthread_join(job->thread, NULL);
}

/* Children NAME_1, NAME_2 and so on of the current step, at the same time. */
static void run_jobs(const char *name, void (*work)(struct pipelens_step *step, size_t number), size_t count)
{
    struct job jobs[JOBS_MAX];
    char numbered[32];
    for (size_t i = 0; i < count; i++) {
        snprintf(numbered, sizeof numbered, "%s_%zu", name, i + 1);
        jobs[i] = (struct job){ .step = pipelens_step_begin(pipelens_current(), numbered), .work = work, .number = i };
        start_job(&jobs[i]);
    }
    for (size_t i = 0; i < count; i++) join_job(&jobs[i]);
}

/* Asks a model. A program that calls a service hands the body of the response to pipelens_llm_track as it came; this
 * one puts the body together. */
static void ask_model(struct pipelens_step *step, const char *model, const char *prompt, const char *reply)
{
    char content[1024], body[2048];
    size_t length = 0, prompt_tokens = strlen(prompt) / 4, reply_tokens = strlen(reply) / 4;
    for (const char *c = reply; *c && length < sizeof content - 2; c++) {
        if (*c == '\n' || *c == '"' || *c == '\\') content[length++] = '\\';
        content[length++] = *c == '\n' ? 'n' : *c;
    }
    content[length] = '\0';
    snprintf(body, sizeof body,
             "{\"id\":\"chatcmpl-%s\",\"object\":\"chat.completion\",\"model\":\"%s\",\"choices\":[{\"index\":0,"
             "\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}],"
             "\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%zu,\"total_tokens\":%zu}}",
             pipelens_step_id(step), model, content, prompt_tokens, reply_tokens, prompt_tokens + reply_tokens);
    pipelens_llm_track(step, body);
}

/* ---- the pipeline ---- */

static void look_up_hours(struct pipelens_step *step, size_t number)
{
    (void)number;
    {
        PIPELENS_STEP(call, "hours_service");
        pause_ms(600);
        pipelens_step_log(call, PIPELENS_ERROR, "hours.example: connected, but no answer");
        pipelens_step_fail(call, "TimeoutError", "no answer within %d ms", 600);
    }
    pipelens_step_handled(step, "TimeoutError", "no live hours, taking those of the handbook");
    {
        PIPELENS_STEP(fallback, "printed_hours");
        pause_ms(35);
        pipelens_step_set_result(fallback, pipelens_json("{\"opens\": \"10:00\", \"closes\": \"18:00\"}"));
    }
    pipelens_step_record(step, "live", pipelens_bool(false));
}

static int load_handbook(struct pipelens_step *step, void *user)
{
    (void)user;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        PIPELENS_STEP(file, handbook[i].name);
        pause_ms(varied_ms(12, 40, i));
        pipelens_step_record(file, "bytes", pipelens_uint(strlen(handbook[i].text)));
        pipelens_step_record(file, "chunks", pipelens_uint(split(&handbook[i])));
    }
    pipelens_step_log(step, PIPELENS_INFO, "%zu chunks from %d documents", chunk_count, DOCUMENTS);
    return 0;
}

/* One request to the embedding service; false when it has had too many and wants to be asked again later. */
static bool embed_batch(size_t batch, int attempt)
{
    char name[32];
    snprintf(name, sizeof name, "batch_%zu", batch + 1);
    PIPELENS_STEP(step, name);
    pipelens_step_record(step, "attempt", pipelens_int(attempt));
    pause_ms(varied_ms(60, 150, batch));
    if (batch == 4 && attempt == 1) {
        pipelens_step_log(step, PIPELENS_WARN, "429 Too Many Requests, Retry-After: 0.07");
        pipelens_step_set_status(step, PIPELENS_STATUS_RETRIED);
        return false;
    }
    for (size_t i = batch * BATCH; i < chunk_count && i < (batch + 1) * BATCH; i++)
        embed(chunks[i].text, chunks[i].length, chunks[i].vector);
    return true;
}

static void embed_batches(struct pipelens_step *step, size_t number)
{
    static atomic_size_t next;
    (void)number;
    for (size_t batch; (batch = atomic_fetch_add(&next, 1)) * BATCH < chunk_count;) {
        for (int attempt = 1; !embed_batch(batch, attempt); attempt++) {
            pipelens_step_handled(step, "RateLimitError", "batch_%zu was refused, again in 70 ms", batch + 1);
            pause_ms(70);
        }
    }
}

static void embed_handbook(void)
{
    PIPELENS_FUNCTION(step);
    pipelens_step_record(step, "model", pipelens_json("{\"name\": \"bag-of-words\", \"dimensions\": 256}"));
    run_jobs("worker", embed_batches, WORKERS);
}

static void rewrite_question(void)
{
    static char reply[] = "flat tyre, patch kit, rear wheel, tyre goes flat again\n"
                          "late day after a breakdown, call before closing time";
    PIPELENS_FUNCTION(step);
    pause_ms(180);
    ask_model(step, "reed-small", queries[0], reply);
    char *end_of_line = strchr(reply, '\n');
    *end_of_line = '\0';
    queries[1] = reply;
    queries[2] = end_of_line + 1;
}

/* What was embedded before need not be paid for again. */
static void embed_query(size_t number)
{
    static bool known[QUERIES];
    unsigned char signs[DIMENSIONS / 8] = { 0 };
    PIPELENS_FUNCTION(step);
    if (known[number]) {
        pipelens_step_set_status(step, PIPELENS_STATUS_CACHED);
        return;
    }
    pause_ms(varied_ms(30, 60, number));
    embed(queries[number], strlen(queries[number]), query_vectors[number]);
    known[number] = true;
    for (int i = 0; i < DIMENSIONS; i++) signs[i / 8] |= (unsigned char)((query_vectors[number][i] > 0) << i % 8);
    pipelens_step_record(step, "signs", pipelens_bytes(signs, sizeof signs));
}

static void search(struct pipelens_step *step, size_t number)
{
    pipelens_step_record(step, "query", pipelens_string(queries[number]));
    embed_query(number);
    PIPELENS_STEP(scan, "scan");
    pause_ms(varied_ms(40, 140, number + 3));
    for (size_t i = 0; i < chunk_count; i++)
        chunks[i].score[number] = likeness(chunks[i].vector, query_vectors[number]);
}

/* The web is asked only when the handbook knows little. */
static void search_web(double best)
{
    PIPELENS_FUNCTION(step);
    pipelens_step_record(step, "best_score", pipelens_double(best));
    pipelens_step_record(step, "needed_below", pipelens_double(0.3));
    if (best >= 0.3) pipelens_step_set_status(step, PIPELENS_STATUS_SKIPPED);
    else pipelens_step_fail(step, "NetworkError", "this sample has no network");
}

static void retrieve(struct chunk *ret_picked[TOP])
{
    double best = 0;
    PIPELENS_FUNCTION(step);
    run_jobs("search", search, QUERIES);
    for (size_t i = 0; i < chunk_count; i++) best = fmax(best, chunks[i].score[0]);
    search_web(best);

    pipelens_begin("rerank"); /* by name: the current step until pipelens_end says the name again */
    embed_query(0);
    for (size_t i = 0; i < TOP; i++) {
        PIPELENS_STEP(one, "pick");
        pause_ms(varied_ms(15, 40, i));
        ret_picked[i] = pick(ret_picked, i);
        pipelens_step_set_result(one, pipelens_text(ret_picked[i]->text, ret_picked[i]->length));
        pipelens_step_log(one, PIPELENS_DEBUG, "[%zu] from %s", i + 1, ret_picked[i]->document->name);
    }
    pipelens_end("rerank");
}

static void write_answer(struct chunk *const picked[TOP])
{
    char prompt[2048];
    PIPELENS_FUNCTION(step);
    int length = snprintf(prompt, sizeof prompt, "Answer from these notes only.\n%s\n", queries[0]);
    for (size_t i = 0; i < TOP && (size_t)length < sizeof prompt; i++)
        length += snprintf(prompt + length, sizeof prompt - (size_t)length, "[%zu] %.*s\n", i + 1,
                           (int)picked[i]->length, picked[i]->text);

    struct pipelens_step *call = pipelens_step_begin_with(step, "completion", "llm", pipelens_string(prompt));
    pause_ms(430);
    ask_model(call, "heron-large", prompt, answer);
    pipelens_step_end(call);
    pipelens_step_set_result(step, pipelens_string(answer));
}

static void check_claim(struct pipelens_step *step, size_t number)
{
    static const char *const claims[] = { "a late day after a breakdown is free",
                                          "the call must come before closing time",
                                          "the patch kit is under the saddle" };
    pipelens_step_record(step, "claim", pipelens_string(claims[number]));
    pause_ms(varied_ms(110, 240, number + 1));
    ask_model(step, "wren-judge", claims[number], "supported");
    pipelens_step_set_result(step, pipelens_bool(true));
}

static void check_answer(void)
{
    PIPELENS_FUNCTION(step);
    run_jobs("claim", check_claim, 3);
    pipelens_step_log(step, PIPELENS_INFO, "3 of 3 claims are supported");
}

/* The root step. */
static int answer_question(struct pipelens_step *root, void *user)
{
    struct chunk *picked[TOP];
    struct pipelens_usage usage;
    (void)user;
    pipelens_step_record(root, "question", pipelens_string(queries[0]));
    pipelens_step_record(root, "member", pipelens_null());

    /* The service is slow: it is asked meanwhile. */
    struct job hours = { .work = look_up_hours };
    hours.step = pipelens_step_begin_with(root, "opening_hours", "tool", pipelens_json("{\"day\": \"today\"}"));
    start_job(&hours);
    pipelens_step_track(root, "load_handbook", load_handbook, NULL);
    embed_handbook();
    rewrite_question();
    retrieve(picked);
    join_job(&hours);
    write_answer(picked);
    check_answer();

    if (pipelens_step_usage(root, NULL, &usage) == 0)
        pipelens_step_record(root, "tokens", pipelens_uint(usage.total_tokens));
    pipelens_step_set_result(root, pipelens_string(answer));
    fputs(answer, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    const struct pipelens_tag tags[] = { { "sample", "rag_pipeline.c" }, { "handbook", "bicycle library" } };
    struct pipelens_options options = {
        .name = "bicycle-answers", .args = "{\"top\": 4}", .tags = tags, .tag_count = 2
    };
    struct pipelens_run *run;
    if (argc != 2) {
        fputs("usage: rag_pipeline LOG\n", stderr);
        return 2;
    }
    options.log = argv[1];
    /* Below `pipelens-report exec` the steps become part of its run, else they are a run of their own. */
    int error = pipelens_run_from_environment(&options, &run);
    if (!error) {
        pipelens_run_track(run, answer_question, NULL);
        error = pipelens_run_free(run);
    }
    if (error) fprintf(stderr, "rag_pipeline: %s: %s\n", argv[1], strerror(error));
    return error ? 1 : 0;
}
