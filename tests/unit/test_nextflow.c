/* SPDX-License-Identifier: MIT
 *
 * Nextflow traces: columns in any order, times from whatever columns there are, attempts, odd rows.
 */
#include "load_text.h"

#include "input/format.h"
#include "input/nextflow_values.h"

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static void load_table(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

#define HEADER "task_id\thash\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\trss\n"
/* 2021-03-29T20:00:00Z */
#define T0 INT64_C(1617048000000000)

static void reads_the_default_columns(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f,
               HEADER "1\te8/e6ef42\tprep (a b)\tCOMPLETED\t0\t2021-03-29 20:00:00.250\t1m 1.5s\t1s\t54.1%\t3.1 MB\n"
                      "2\t12/3456\tcall\tFAILED\t137\t2021-03-29 20:00:10\t5s\t-\t-\t\n");
    assert_int_equal(f.problems, 0);
    assert_str(f.said, "the times of the trace have no zone: taken as UTC; --tz says another one");
    const struct run *run = f.runs;
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(run->log_steps, 2);
    assert_int_equal(run->status, RUN_FAILED);
    assert_true(run->root->start == T0 + 250000 && run->root->end == T0 + 61750000);
    const struct step *call = run->steps[1], *prep = run->steps[2];
    assert_str(prep->name, "prep (a b)");
    assert_true(prep->start == T0 + 60750000 && prep->end == T0 + 61750000); /* 60.5 s in the queue */
    assert_str(
        payload(run, prep->records->data),
        "{\"task_id\":1,\"hash\":\"e8/e6ef42\",\"exit\":0,\"submit\":\"2021-03-29 20:00:00.250\","
        "\"duration\":\"1m 1.5s\",\"realtime\":\"1s\",\"%cpu\":\"54.1%\",\"rss\":\"3.1 MB\",\"queued\":\"1m 0s\"}");
    assert_true(call->start == T0 + 10000000 && call->end == T0 + 15000000);
    assert_str(payload(run, call->error), "\"exit status 137 (killed by signal 9)\"");
    assert_str(payload(run, call->records->data),
               "{\"task_id\":2,\"hash\":\"12/3456\",\"exit\":137,\"duration\":\"5s\"}");
    unload(&f);
}

/* trace.raw: milliseconds; columns in another order; start and complete say it all. */
static void reads_plain_numbers(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f, "complete\tstart\tsubmit\tstatus\ttag\tprocess\thash\tattempt\tworkdir\tpeak_rss\r\n"
                   "1617048009000\t1617048004000\t1617048000000\tCACHED\tx\tALIGN\taa/bb\t1\t/w\t4096\r\n"
                   "-\t1617048004000\t1617048000000\tRUNNING\t\tSORT\tcc/dd\t1\t/w\t-\t9\r\n");
    assert_int_equal(f.problems, 0);
    assert_int_equal(f.said.len, 0);
    const struct run *run = f.runs;
    assert_int_equal(run->status, RUN_RUNNING);
    const struct step *align = run->steps[1], *sort = run->steps[2];
    assert_str(align->name, "ALIGN (x)");
    assert_str(align->more->kind, "ALIGN");
    assert_int_equal(align->status, STEP_CACHED);
    assert_true(align->start == T0 + 4000000 && align->end == T0 + 9000000);
    assert_str(payload(run, align->records->data),
               "{\"submit\":1617048000000,\"hash\":\"aa/bb\",\"attempt\":1,\"workdir\":\"/"
               "w\",\"peak_rss\":4096,\"queued\":\"4s\"}");
    assert_str(sort->name, "SORT");
    assert_int_equal(sort->status, STEP_RUNNING);
    assert_str(payload(run, sort->records->data), "{\"submit\":1617048000000,\"hash\":\"cc/dd\",\"attempt\":1,"
                                                  "\"workdir\":\"/w\",\"column 11\":9,\"queued\":\"4s\"}");
    unload(&f);
}

static void knows_attempts(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f, "task_id\thash\tname\tstatus\texit\tattempt\terror_action\n"
                   "1\ta\tone\tFAILED\t1\t1\t-\n" /* tried again below */
                   "2\tb\ttwo\tFAILED\t1\t2\t-\n" /* its first attempt comes later */
                   "3\tc\tone\tFAILED\t1\t2\t-\n" /* and again */
                   "4\td\tsix\tFAILED\t1\t1\tIGNORE\n"
                   "5\te\tone\tCOMPLETED\t0\t3\t-\n"
                   "6\tf\ttwo\tFAILED\t1\t1\tRETRY\n"
                   "7\tg\tend\tABORTED\t-\t1\t-\n");
    const struct run *run = f.runs;
    static const enum step_status want[] = { STEP_RETRIED, STEP_ERROR,   STEP_RETRIED, STEP_ERROR,
                                             STEP_OK,      STEP_RETRIED, STEP_ERROR };
    assert_int_equal(run->log_steps, 7);
    for (uint32_t i = 0; i < 7; i++) assert_int_equal(run->steps[i + 1]->status, want[i]);
    assert_int_equal(run->status, RUN_FAILED); /* two */
    assert_str(payload(run, run->steps[7]->error), "\"aborted\"");
    unload(&f);
    load_table(&f, "task_id\thash\tname\tstatus\texit\n1\ta\tone\tFAILED\t1\n2\tb\tone\tCOMPLETED\t0\n");
    assert_int_equal(f.runs->status, RUN_COMPLETED);
    assert_int_equal(f.runs->steps[1]->status, STEP_RETRIED);
    unload(&f);
}

static void survives_odd_rows(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f, HEADER "\n"
                          "1\n"
                          "2\tx\n"
                          "\t\t\tCOMPLETED\t0\tyesterday\t1x\t99999999999999999999s\t0x1\t1e5\n"
                          "007\t\t\"q\"\\\tODD\t-1.50\t2021-03-29 20:00:00.250\t\t\t1.\t-\tmore\n");
    assert_int_equal(f.problems, 2); /* a row without columns, and a time that is none */
    assert_int_equal(f.line, 3);
    const struct run *run = f.runs;
    assert_int_equal(run->log_steps, 3);
    const struct step *odd = run->steps[1]; /* the only one with a start */
    assert_str(odd->name, "\"q\"\\");
    assert_str(payload(run, odd->records->data),
               "{\"task_id\":\"007\",\"status\":\"ODD\",\"exit\":-1.50,\"%cpu\":\"1.\",\"column 11\":\"more\"}");
    assert_str(run->steps[2]->name, "task 1");
    assert_str(payload(run, run->steps[3]->records->data),
               "{\"exit\":0,\"submit\":\"yesterday\",\"duration\":\"1x\",\"realtime\":\"99999999999999999999s\","
               "\"%cpu\":\"0x1\",\"rss\":\"1e5\"}");
    unload(&f);
}

/* A second header is another run; one without rows is a run without steps. */
static void begins_a_run_at_each_header(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f, HEADER "1\ta\tone\tCOMPLETED\t0\t2021-03-29 20:00:00\t1s\t1s\t-\t-\n" HEADER
                          "1\ta\ttwo\tCOMPLETED\t0\t2021-03-29 21:00:00\t1s\t1s\t-\t-\n");
    assert_int_equal(run_count(&f), 2);
    assert_str(f.runs->next->steps[1]->name, "two");
    unload(&f);
    load_table(&f, HEADER);
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(f.runs->log_steps, 0);
    unload(&f);
}

/* Two tables without times are two runs all the same. */
static void keeps_tables_without_times_apart(void **state)
{
    struct log_fixture f;
    (void)state;
    load_table(&f, "task_id\thash\tname\tstatus\texit\n1\taa/bb\tone\tCOMPLETED\t0\n"
                   "task_id\thash\tname\tstatus\texit\n1\tcc/dd\ttwo\tCOMPLETED\t0\n");
    assert_int_equal(run_count(&f), 2);
    assert_true(str_ends(f.runs->next->id, S("#2")));
    unload(&f);
}

static void heeds_the_zone(void **state)
{
    const struct str texts[] = { S(HEADER "1\ta\tn\tCOMPLETED\t0\t2021-03-29 22:00:00\t1s\t1s\t-\t-\n"), { 0 } };
    struct log_fixture f;
    (void)state;
    load_with(&f, NULL, "+02:00", texts);
    assert_true(f.runs->steps[1]->start == T0);
    assert_int_equal(f.said.len, 0);
    unload(&f);
}

static void reads_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t us; /* -1: none */
    } cases[] = {
        { "0", 0 },
        { "1500", 1500000 },
        { "95ms", 95000 },
        { "5.8s", 5800000 },
        { "1h 3m", 3780000000 },
        { "2d 1h 1m 1.5s", 176461500000 },
        { "1 min", 60000000 },
        { "2 hours", 7200000000 },
        { "", -1 },
        { "1x", -1 },
        { "s", -1 },
        { "1.5", -1 },
        { "-5s", -1 },
        { "1s1", -1 },
        { "9999999999999s", -1 },
        { "0.0000019s", 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t us;
        bool good = nextflow_duration(str_z(cases[i].text), &us);
        if (good != (cases[i].us >= 0) || (good && us != cases[i].us))
            fail_msg("%s: %lld", cases[i].text, (long long)us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_default_columns),
        cmocka_unit_test(reads_plain_numbers),
        cmocka_unit_test(knows_attempts),
        cmocka_unit_test(survives_odd_rows),
        cmocka_unit_test(begins_a_run_at_each_header),
        cmocka_unit_test(keeps_tables_without_times_apart),
        cmocka_unit_test(heeds_the_zone),
        cmocka_unit_test(reads_durations),
    };
    return cmocka_run_group_tests_name("nextflow", tests, NULL, NULL);
}
