/* SPDX-License-Identifier: MIT
 *
 * Listeners: what they are told, in which order, and what they may do meanwhile.
 */
#include "cases.h"

#include <pthread.h>

/* What was heard, as "start a; record a k=1; ". */
struct heard {
    char text[4096];
    unsigned int released;
};

static const char *name_of(enum pipelens_event event)
{
    switch (event) {
    case PIPELENS_STEP_START: return "start";
    case PIPELENS_STEP_RECORD: return "record";
    case PIPELENS_STEP_SUCCESS: return "success";
    case PIPELENS_STEP_ERROR: return "error";
    case PIPELENS_STEP_COMPLETE: return "complete";
    default: return "?";
    }
}

static void hear(const struct pipelens_notice *notice, void *user)
{
    struct heard *heard = user;
    size_t length = strlen(heard->text);
    snprintf(heard->text + length, sizeof heard->text - length, "%s %s%s%s%s%s; ", name_of(notice->event),
             pipelens_step_name(notice->step), notice->record_key ? " " : "",
             notice->record_key ? notice->record_key : "", notice->data ? "=" : "", notice->data ? notice->data : "");
}

static void release(void *user)
{
    struct heard *heard = user;
    heard->released++;
}

static struct pipelens_run *new_run(bool forget)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "run", .log = "listeners.ndjson", .forget_steps = forget };
    need(pipelens_run_new(&options, &run) == 0);
    return run;
}

static uint64_t listen_to(struct pipelens_step *step, unsigned int events, struct heard *heard)
{
    uint64_t id = 0;
    expect_int(pipelens_step_listen(step, events, hear, heard, release, &id), 0);
    expect(id != 0);
    return id;
}

/* A step "good" with a record and a result, a step "bad" with an error. */
static void work(struct pipelens_step *parent)
{
    struct pipelens_step *good = pipelens_step_begin(parent, "good");
    pipelens_step_record(good, "k", pipelens_json("{ \"a\" : 1 }"));
    pipelens_step_set_result(good, pipelens_string("r"));
    pipelens_step_end(good);
    struct pipelens_step *bad = pipelens_step_begin(parent, "bad");
    pipelens_step_fail(bad, "Error", "because");
    pipelens_step_end(bad);
}

static void order(void)
{
    struct heard heard = { "", 0 };
    struct pipelens_run *run = new_run(false);
    listen_to(pipelens_run_root(run), PIPELENS_STEP_ALL, &heard);
    pipelens_run_start(run);
    work(pipelens_run_root(run));
    pipelens_llm_track(pipelens_run_root(run), "{\"id\":\"1\"}");
    pipelens_run_finish(run);
    expect_text(heard.text, "start run; start good; record good k={\"a\":1}; success good=\"r\"; complete good; "
                            "start bad; error bad=\"because\"; complete bad; "
                            "record run __LLM_RESPONSE_1={\"id\":\"1\"}; success run; complete run; ");
    expect_int(heard.released, 0);
    pipelens_run_free(run);
    expect_int(heard.released, 1);
}

/* Each kind alone. */
static void kinds(void)
{
    static const struct {
        unsigned int events;
        const char *text;
    } kinds[] = { { PIPELENS_STEP_START, "start good; start bad; " },
                  { PIPELENS_STEP_RECORD, "record good k={\"a\":1}; " },
                  { PIPELENS_STEP_SUCCESS, "success good=\"r\"; " },
                  { PIPELENS_STEP_ERROR, "error bad=\"because\"; " },
                  { PIPELENS_STEP_COMPLETE, "complete good; complete bad; " },
                  { PIPELENS_STEP_ERROR | PIPELENS_STEP_START, "start good; start bad; error bad=\"because\"; " } };
    struct pipelens_run *run = new_run(false);
    pipelens_run_start(run);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct heard heard = { "", 0 };
        uint64_t id = listen_to(pipelens_run_root(run), kinds[i].events, &heard);
        work(pipelens_run_root(run));
        expect_int(pipelens_unlisten(run, id), 0);
        expect_text(heard.text, kinds[i].text);
        expect_int(heard.released, 1);
    }
    pipelens_run_free(run);
}

/* The step itself and what is below it; not its parent, not its sibling. */
static void subtree(bool forget)
{
    struct heard heard = { "", 0 }, inner = { "", 0 };
    struct pipelens_run *run = new_run(forget);
    pipelens_run_start(run);
    struct pipelens_step *one = pipelens_step_begin(pipelens_run_root(run), "one");
    struct pipelens_step *two = pipelens_step_begin(pipelens_run_root(run), "two");
    listen_to(one, PIPELENS_STEP_COMPLETE | PIPELENS_STEP_START, &heard);
    struct pipelens_step *below = pipelens_step_begin(one, "below");
    listen_to(below, PIPELENS_STEP_COMPLETE, &inner);
    pipelens_step_end(pipelens_step_begin(below, "deep"));
    pipelens_step_end(pipelens_step_begin(two, "other"));
    pipelens_step_end(below);
    pipelens_step_end(two);
    pipelens_step_end(one);
    pipelens_run_free(run);
    expect_text(heard.text, "start below; start deep; complete deep; complete below; complete one; ");
    expect_text(inner.text, "complete deep; complete below; ");
    expect_int(heard.released, 1);
    expect_int(inner.released, 1);
}

static void subtrees(void) { subtree(false); }
static void subtrees_forgotten(void) { subtree(true); }

/* ---- from inside ---- */

struct actor {
    struct heard heard;
    uint64_t id, other;
    unsigned int calls;
};

static void release_actor(void *user) { ((struct actor *)user)->heard.released++; }

static void remove_itself(const struct pipelens_notice *notice, void *user)
{
    struct actor *actor = user;
    struct pipelens_run *run = pipelens_step_run(notice->step);
    actor->calls++;
    expect_int(pipelens_unlisten(run, actor->id), 0);
    expect_int(pipelens_unlisten(run, actor->id), ENOENT);
    expect_int(actor->heard.released, 0); /* not while it is called */
}

static void remove_other(const struct pipelens_notice *notice, void *user)
{
    struct actor *actor = user;
    if (!actor->calls++) expect_int(pipelens_unlisten(pipelens_step_run(notice->step), actor->other), 0);
}

static void removal(void)
{
    struct heard first = { "", 0 }, last = { "", 0 };
    struct actor self = { .calls = 0 }, other = { .calls = 0 };
    struct pipelens_run *run = new_run(false);
    struct pipelens_step *root = pipelens_run_root(run);
    pipelens_run_start(run);
    uint64_t id = listen_to(root, PIPELENS_STEP_START, &first);
    pipelens_step_listen(root, PIPELENS_STEP_START, remove_itself, &self, release_actor, &self.id);
    pipelens_step_listen(root, PIPELENS_STEP_START, remove_other, &other, release_actor, NULL);
    other.other = listen_to(root, PIPELENS_STEP_START, &last);
    for (int i = 0; i < 3; i++) pipelens_step_end(pipelens_step_begin(root, "s"));
    expect_int(pipelens_unlisten(run, id), 0);
    expect_int(pipelens_unlisten(run, id), ENOENT);
    pipelens_step_end(pipelens_step_begin(root, "unheard"));
    expect_text(first.text, "start s; start s; start s; ");
    expect_text(last.text, "");
    expect_int(first.released, 1);
    expect_int(last.released, 1);
    expect_int(self.calls, 1);
    expect_int(self.heard.released, 1);
    expect_int(other.calls, 4);
    pipelens_run_free(run);
    expect_int(other.heard.released, 1);
    expect_int(self.heard.released + first.released + last.released, 3);
}

/* Does everything a listener may want to do; none of it comes back to it. */
static void act(const struct pipelens_notice *notice, void *user)
{
    struct actor *actor = user;
    need(++actor->calls < 1000);
    char *output = pipelens_step_output_new(notice->step, PIPELENS_NESTED, NULL);
    expect(output != NULL);
    free(output);
    expect_int(pipelens_step_record(notice->step, "from inside", pipelens_uint(actor->calls)), 0);
    expect_int(pipelens_step_log(notice->step, PIPELENS_INFO, "from inside"), 0);
    struct pipelens_step *step = pipelens_step_begin(notice->step, "inside");
    expect_int(pipelens_step_fail(step, NULL, "inside"), 0);
    expect_int(pipelens_step_end(step), 0);
}

static void acting(void)
{
    struct actor one = { .calls = 0 }, two = { .calls = 0 };
    struct heard heard = { "", 0 };
    struct pipelens_run *run = new_run(false);
    struct pipelens_step *root = pipelens_run_root(run);
    pipelens_run_start(run);
    pipelens_step_listen(root, PIPELENS_STEP_RECORD, act, &one, release_actor, NULL);
    pipelens_step_record(root, "k", pipelens_int(1));
    expect_int(one.calls, 1);
    /* others hear what it causes, also one that acts: what both cause comes to an end */
    pipelens_step_listen(root, PIPELENS_STEP_RECORD, act, &two, release_actor, NULL);
    listen_to(root, PIPELENS_STEP_RECORD | PIPELENS_STEP_ERROR, &heard);
    pipelens_step_record(root, "k", pipelens_int(2));
    expect(one.calls > 1 && two.calls > 0);
    expect(strstr(heard.text, "record run k=2; ") != NULL);
    expect(strstr(heard.text, "record run from inside=") != NULL);
    expect(strstr(heard.text, "error inside=\"inside\"; ") != NULL);
    expect_int(pipelens_run_errors(run), 0);
    pipelens_run_free(run);
    expect_int(one.heard.released + two.heard.released + heard.released, 3);
}

static void listen_more(const struct pipelens_notice *notice, void *user)
{
    struct actor *actor = user;
    need(++actor->calls < 1000);
    pipelens_step_listen(notice->step, PIPELENS_STEP_ALL, hear, &actor->heard, NULL, NULL);
}

static void listening_from_inside(void)
{
    struct actor actor = { .calls = 0 };
    struct pipelens_run *run = new_run(false);
    pipelens_run_start(run);
    pipelens_step_listen(pipelens_run_root(run), PIPELENS_STEP_START, listen_more, &actor, NULL, NULL);
    struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "s");
    expect_int(actor.calls, 1);
    pipelens_step_end(step);
    expect(strstr(actor.heard.text, "success s; complete s; ") != NULL);
    pipelens_run_free(run);
}

static void end_step(const struct pipelens_notice *notice, void *user)
{
    struct actor *actor = user;
    actor->calls++;
    expect_int(pipelens_step_end(notice->step), 0);
}

/* A listener ends the step it is told of; behind it another listens. */
static void ending_from_inside(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct actor actor = { .calls = 0 };
        struct heard heard = { "", 0 };
        struct pipelens_run *run = new_run(forget);
        pipelens_run_start(run);
        pipelens_step_listen(pipelens_run_root(run), PIPELENS_STEP_RECORD, end_step, &actor, release_actor, NULL);
        listen_to(pipelens_run_root(run), PIPELENS_STEP_COMPLETE, &heard);
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "s");
        expect_int(pipelens_step_record(step, "k", pipelens_int(1)), 0);
        expect_text(heard.text, "complete s; ");
        expect_int(actor.calls, 1);
        pipelens_run_free(run);
        expect_int(actor.heard.released, 1);
    }
}

/* One ends the step at its start: in a run that forgets its steps there is none to be returned. */
static void ending_at_start(void)
{
    for (int forget = 0; forget < 2; forget++) {
        struct actor actor = { .calls = 0 };
        struct heard heard = { "", 0 };
        struct pipelens_run *run = new_run(forget);
        pipelens_run_start(run);
        pipelens_step_listen(pipelens_run_root(run), PIPELENS_STEP_START, end_step, &actor, release_actor, NULL);
        listen_to(pipelens_run_root(run), PIPELENS_STEP_COMPLETE, &heard);
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "s");
        expect((step == NULL) == forget);
        expect_int(pipelens_step_end(step), forget ? EINVAL : EALREADY);
        {
            PIPELENS_STEP(scope, "scope");
            expect((scope == NULL) == forget);
        }
        expect(pipelens_current() == pipelens_run_root(run));
        expect_text(heard.text, "complete s; complete scope; ");
        expect_int(actor.calls, 2);
        pipelens_run_free(run);
        expect_int(actor.heard.released, 1);
    }
}

/* ---- other threads ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool inside, open, released;
    struct pipelens_step *step;
};

static void wait_at_gate(const struct pipelens_notice *notice, void *user)
{
    struct gate *gate = user;
    (void)notice;
    pthread_mutex_lock(&gate->lock);
    gate->inside = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open) pthread_cond_wait(&gate->changed, &gate->lock);
    expect(!gate->released);
    pthread_mutex_unlock(&gate->lock);
}

static void release_gate(void *user)
{
    struct gate *gate = user;
    pthread_mutex_lock(&gate->lock);
    expect(!gate->released && gate->open);
    gate->released = true;
    pthread_mutex_unlock(&gate->lock);
}

static void *record_once(void *user)
{
    struct gate *gate = user;
    pipelens_step_record(gate->step, "k", pipelens_int(1));
    return NULL;
}

/* Removed while another thread is in it: removing does not wait, releasing does. */
static void removed_meanwhile(void)
{
    struct gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    struct pipelens_run *run = new_run(false);
    pthread_t thread;
    uint64_t id;
    pipelens_run_start(run);
    gate.step = pipelens_run_root(run);
    pipelens_step_listen(gate.step, PIPELENS_STEP_RECORD, wait_at_gate, &gate, release_gate, &id);
    need(pthread_create(&thread, NULL, record_once, &gate) == 0);
    pthread_mutex_lock(&gate.lock);
    while (!gate.inside) pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    expect_int(pipelens_unlisten(run, id), 0);
    pipelens_step_record(gate.step, "unheard", pipelens_int(1));
    pthread_mutex_lock(&gate.lock);
    expect(!gate.released);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    pthread_join(thread, NULL);
    expect(gate.released);
    pipelens_run_free(run);
}

enum { THREADS = 6, TURNS = 200 };
static atomic_uint counted, released;

static void count(const struct pipelens_notice *notice, void *user)
{
    (void)notice;
    expect(*(int *)user == 42);
    atomic_fetch_add(&counted, 1);
}

static void count_release(void *user)
{
    *(int *)user = 0;
    free(user);
    atomic_fetch_add(&released, 1);
}

static void *come_and_go(void *user)
{
    struct pipelens_step *shared = user;
    for (int i = 0; i < TURNS; i++) {
        uint64_t id;
        int *own = malloc(sizeof *own);
        need(own != NULL);
        *own = 42;
        expect_int(pipelens_step_listen(shared, PIPELENS_STEP_ALL, count, own, count_release, &id), 0);
        pipelens_step_end(pipelens_step_begin(shared, "s"));
        if (i % 8) expect_int(pipelens_unlisten(pipelens_step_run(shared), id), 0);
    }
    return NULL;
}

/* Listeners come and go in many threads; each is released once, and is not called afterwards. */
static void from_threads(void)
{
    pthread_t threads[THREADS];
    struct pipelens_run *run = new_run(false);
    pipelens_run_start(run);
    struct pipelens_step *shared = pipelens_step_begin(pipelens_run_root(run), "shared");
    for (int i = 0; i < THREADS; i++) need(pthread_create(&threads[i], NULL, come_and_go, shared) == 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    pipelens_step_end(shared);
    expect(atomic_load(&counted) >= THREADS * TURNS * 3);
    expect(atomic_load(&released) < THREADS * TURNS);
    pipelens_run_free(run);
    expect_int(atomic_load(&released), THREADS * TURNS);
}

static const struct test_case cases[] = {
    { "order", "all events of a run in their order, with their data", order },
    { "kinds", "each kind of event alone, and kinds added up", kinds },
    { "subtrees", "a step and all below it, nothing beside or above", subtrees },
    { "subtrees_forgotten", "the same in a run that forgets its steps", subtrees_forgotten },
    { "removal", "removal, also from inside, of itself and of others", removal },
    { "acting", "a listener that records, logs and begins steps is not told of what it causes", acting },
    { "listening_from_inside", "a listener adds a listener", listening_from_inside },
    { "ending_from_inside", "a listener ends the step it is told of", ending_from_inside },
    { "ending_at_start", "a listener ends the step at its start", ending_at_start },
    { "removed_meanwhile", "one that another thread is in is released after the call", removed_meanwhile },
    { "from_threads", "listeners come and go in several threads and are released once", from_threads },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
