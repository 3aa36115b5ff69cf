/* SPDX-License-Identifier: MIT
 *
 * Killed at any moment: what a call has said is written is in the log.
 */
#include "cases.h"

#include <limits.h>
#include <signal.h>

enum { ROUNDS = 1000, ROUNDS_A_LOG = 25, TEAR_EVERY = 7, LONGEST_US = 2500, LARGE = 300000 };

#define LOG  "kill.log"
#define TORN "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"tor"

struct acknowledged {
    atomic_bool started;
    atomic_ulong events, errors;
};

struct checker {
    off_t checked;        /* where the first line begins that was not looked at as a whole */
    bool torn;            /* a piece of a line stands there */
    bool started;         /* the run that was killed last */
    unsigned long events; /* of that run */
    size_t bad;           /* lines that are no JSON */
};

/* Event 4n begins a step, 4n + 1 records, 4n + 2 logs, 4n + 3 ends the step. */
static unsigned long event_of(const char *line)
{
    static const struct {
        const char *operation, *member;
        unsigned long more;
    } kinds[] = {
        { "start", "name", 0 }, { "record", "recordKey", 0 }, { "log", "message", 0 }, { "finish", "name", 3 }
    };
    struct field operation = field_of(line, "operation");
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct field marker = field_of(line, kinds[i].member);
        if (strcmp(operation.text, kinds[i].operation) == 0 && marker.text[0] == 'e')
            return strtoul(marker.text + 1, NULL, 10) + kinds[i].more;
    }
    return ULONG_MAX;
}

static void acknowledge(struct acknowledged *a, int error)
{
    if (error) atomic_fetch_add(&a->errors, 1);
    else atomic_fetch_add(&a->events, 1);
}

/* Tracks until it is killed. */
static void track(int round, struct acknowledged *a)
{
    static char large[LARGE];
    char id[24], name[24];
    unsigned int seed = (unsigned int)round;
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "killed", .run_id = id, .log = LOG, .forget_steps = true };
    memset(large, 'x', sizeof large);
    snprintf(id, sizeof id, "round-%d", round);
    if (pipelens_run_new(&options, &run) || pipelens_run_start(run)) atomic_fetch_add(&a->errors, 1);
    else atomic_store(&a->started, true);
    for (unsigned long n = 0;; n += 4) {
        size_t size = rand_r(&seed) % 8 ? 100 : 10000 + (size_t)rand_r(&seed) % (LARGE - 10000);
        snprintf(name, sizeof name, "e%lu", n);
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), name);
        acknowledge(a, step ? 0 : ENOMEM);
        snprintf(name, sizeof name, "e%lu", n + 1);
        acknowledge(a, pipelens_step_record(step, name, pipelens_text(large, size)));
        acknowledge(a, pipelens_step_log(step, PIPELENS_INFO, "e%lu", n + 2));
        acknowledge(a, pipelens_step_end(step));
    }
}

/* A line with its '\n'. It is the next event of the run that was killed, or belongs to the run's beginning; the first
 * one may be the rest of the line that the kill before has torn. */
static void check_line(struct checker *c, const char *line, const char *run, bool first)
{
    unsigned long event = event_of(line);
    if (!line_is_whole(line)) {
        c->bad++;
        expect(first && c->torn);
    } else if (strstr(line, run) && event != ULONG_MAX) {
        expect_int(event, c->events);
        c->events = event + 1;
    } else if (strstr(line, run) && strstr(line, "\"type\":\"pipeline\",\"operation\":\"start\"")) {
        c->started = true;
    } else {
        expect(strstr(line, "\"killed\"") != NULL || (first && c->torn));
    }
}

/* Looks at what the log has since the kill before. */
static void check_round(struct checker *c, int round)
{
    char run[24];
    size_t size;
    char *text = file_from(LOG, c->checked, &size);
    struct lines l = lines_of(text);
    snprintf(run, sizeof run, "\"round-%d\"", round);
    c->events = 0;
    c->started = false;
    size_t whole = l.count - l.torn;
    for (size_t i = 0; i < whole; i++) check_line(c, l.line[i], run, i == 0);
    c->torn = l.torn;
    c->checked += (off_t)(l.torn ? (size_t)(l.line[l.count - 1] - text) : size);
    lines_free(&l);
}

static void kill_once(int round, unsigned int *seed, struct acknowledged *a)
{
    atomic_store(&a->started, false);
    atomic_store(&a->events, 0);
    pid_t child = fork();
    need(child >= 0);
    if (child == 0) {
        track(round, a);
        _exit(0);
    }
    /* a slow machine would not get to its events within LONGEST_US */
    double until = seconds() + PATIENCE_S;
    while (round % 8 == 0 && atomic_load(&a->events) < 10 && seconds() < until) sleep_us(100);
    sleep_us(rand_r(seed) % LONGEST_US);
    kill(child, SIGKILL);
    expect_int(wait_for(child), 128 + SIGKILL);
}

static void killed_at_random(void)
{
    struct acknowledged *a = shared_memory(sizeof *a);
    unsigned int seed = (unsigned int)time(NULL), begun = seed;
    unsigned long acknowledged = 0, torn = 0;
    for (int round = 0; round < ROUNDS;) {
        struct checker c = { 0 };
        unlink(LOG);
        file_put(LOG, "", 0);
        for (int i = 0; i < ROUNDS_A_LOG; i++, round++) {
            kill_once(round, &seed, a);
            check_round(&c, round);
            unsigned long events = atomic_load(&a->events);
            /* one more may stand there: its call had not returned yet */
            if (!expect(c.events >= events && c.events <= events + 1))
                dprintf(complaints, "seed %u round %d: %lu acknowledged, %lu in the log\n", begun, round, events,
                        c.events);
            expect(c.started || !atomic_load(&a->started));
            acknowledged += events;
            torn += c.torn;
            /* kills rarely tear a line: some that are torn for certain */
            if (!c.torn && round % TEAR_EVERY == 0) {
                file_put(LOG, TORN, strlen(TORN));
                c.torn = true;
            }
        }
        if (c.torn) file_put(LOG, "\n", 1);
        char bad[24];
        snprintf(bad, sizeof bad, "%zu\n", c.bad + c.torn);
        unlink("bad");
        file_put("bad", bad, strlen(bad));
    }
    dprintf(complaints, "%lu events acknowledged, %lu lines torn by a kill\n", acknowledged, torn);
    expect_int(atomic_load(&a->errors), 0);
    expect(acknowledged > ROUNDS);
}

static const struct test_case cases[] = {
    { "killed", "1000 kills: every acknowledged event is in the log, at most the last line is torn", killed_at_random },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
